"""A second year of the demo's household survey, and what changed worked out apart from the program: linearisation, units that are in both years as
one, other strata independent.   survey_change.py make METHOD | figures METHOD"""
import collections
import csv
import math
import random
import sys

METHOD = sys.argv[2]


def answers(path):
    with open(path, encoding="utf-8") as f:
        return [x for x in csv.DictReader(f) if x["survey"] in ("sipas-ho-2025", "sipas-ho-2026")]


def better(part, r):
    """Now and then a degree more satisfied."""
    code, given = part.split("=")
    return f"{code}={int(given) + 1}" if code.startswith("C9.") and r.random() < 0.3 and given in "1234" else part


def make():
    r = random.Random(5)
    with open("answers.csv", "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(["survey", "key", "day", "mode", "lang", "place", "stratum", "psu", "weight", "answers"])
        for x in answers(f"{METHOD}/demo/answers.csv"):
            psu = x["psu"] if x["stratum"] != "huyen-3" else "new-" + x["psu"]  # the third district has other communes
            out.writerow(["sipas-ho-2026", x["key"], "2026-10-08", x["mode"], "vi", "", x["stratum"], psu, x["weight"],
                          "&".join(better(p, r) for p in x["answers"].split("&"))])
    with open(f"{METHOD}/demo/surveys.csv", encoding="utf-8") as f:
        lines = f.read().splitlines()
    line = next(x for x in lines if x.startswith("sipas-ho-2025")).replace("sipas-ho-2025", "sipas-ho-2026").replace(",2025,", ",2026,")
    with open("surveys.csv", "w", encoding="utf-8") as f:
        f.write(lines[0] + "\n" + line.replace("2025-1", "2026-1") + "\n")


def figures():
    rows = []
    for path, year in ((f"{METHOD}/demo/answers.csv", 0), ("answers.csv", 1)):
        for x in answers(path):
            given = dict(p.split("=", 1) for p in x["answers"].split("&"))
            good = {k: float(int(v) >= 4) for k, v in given.items() if k.startswith("C9.")}
            rows.append((year, x["stratum"], x["psu"], float(x["weight"]), good))
    units = [{(r[1], r[2]) for r in rows if r[0] == year} for year in (0, 1)]
    shared = {stratum for stratum, _ in units[0] & units[1]}
    factors = collections.defaultdict(list)
    with open(f"{METHOD}/questionnaires/sipas-2022.csv", encoding="utf-8") as f:
        for q in csv.DictReader(f):
            if q["code"].startswith("C9.") and q["factor"]:
                factors[q["factor"]].append(q["code"])
    for factor, items in sorted(factors.items()):
        total, share = collections.defaultdict(float), [0, 0]
        for year in (0, 1):
            mine = [(r, sum(r[4].get(i, 0) for i in items), sum(i in r[4] for i in items)) for r in rows if r[0] == year]
            count = sum(r[3] * x for r, _, x in mine)
            share[year] = sum(r[3] * y for r, y, _ in mine) / count
            for r, y, x in mine:
                stratum = r[1] if r[1] in shared else (year, r[1])
                total[stratum, r[2]] += (1 if year else -1) * r[3] * (y - share[year] * x) / count
        by = collections.defaultdict(list)
        for (stratum, _), z in total.items():
            by[str(stratum)].append(z)
        variance = sum(len(z) / (len(z) - 1) * sum((u - sum(z) / len(z)) ** 2 for u in z) for z in by.values())
        print(f"{factor} {share[1] - share[0]:.11f} {math.sqrt(variance):.11f} {sum(len(z) - 1 for z in by.values())}")


make() if sys.argv[1] == "make" else figures()
