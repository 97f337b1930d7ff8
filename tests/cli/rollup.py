#!/usr/bin/env python3
"""A survey over a questionnaire with answers made up by a fixed seed, and its roll-ups worked out here, with fractions.

    rollup.py make QUESTIONNAIRE.csv CODE          writes surveys.csv and answers.csv
    rollup.py compare QUESTIONNAIRE.csv RESULTS    RESULTS: survey results -o csv; tells each factor that differs by more than 1e-12
"""
import csv
import random
import sys
from fractions import Fraction

PEOPLE = 60


def read(path):
    with open(path, encoding="utf-8") as f:
        return list(csv.DictReader(f))


class Form:
    def __init__(self, path):
        rows = read(path)
        self.options = {r["code"]: [] for r in rows if r["kind"] == "list"}
        for r in rows:
            if r["kind"] == "option":
                self.options[r["parent"]].append(r)
        self.factors = {r["code"]: r for r in rows if r["kind"] == "factor"}
        by_code = {r["code"]: r for r in rows if r["kind"] in ("section", "group", "matrix")}
        self.items = []
        for r in rows:
            if r["kind"] in ("single", "multiple", "scale", "number"):
                up = by_code.get(r["parent"], {})
                self.items.append((r, r["list"] or up.get("list", "")))

    def people(self):
        rng = random.Random(2640)
        for _ in range(PEOPLE):
            answers = {}
            for r, name in self.items:
                answers[r["code"]] = str(rng.randint(int(r["min"]), int(r["max"]))) if r["kind"] == "number" else rng.choice(self.options[name])["code"]
            yield answers

    def below(self, factor):
        """Items under a factor or what is below it."""
        def under(f):
            while f:
                if f == factor:
                    return True
                f = self.factors[f]["parent"]
            return False
        return [(r, name) for r, name in self.items if r["factor"] and under(r["factor"])]

    def counts(self, item):
        """Satisfied and valid answers: neither "don't know" nor "refused" is valid."""
        r, name = item
        means = {o["code"]: o["means"] for o in self.options[name]}
        valid = [means[a[r["code"]]] for a in self.people() if means[a[r["code"]]] not in ("dont_know", "not_experienced", "refused")]
        return sum(m == "good" for m in valid), len(valid)

    def share(self, factor):
        f = self.factors[factor]
        children = [c for c in self.factors.values() if c["parent"] == factor]
        if f["agg"] == "pooled":
            counts = [self.counts(i) for i in self.below(factor)]
            return Fraction(sum(g for g, _ in counts), sum(n for _, n in counts))
        if f["agg"] == "mean_items":
            shares = [Fraction(*self.counts(i)) for i in self.below(factor)]
            return sum(shares) / len(shares)
        weights = [Fraction(c["weight"]) if f["agg"] == "weights" else Fraction(1) for c in children]
        return sum(w * self.share(c["code"]) for w, c in zip(weights, children)) / sum(weights)


def make(path, code):
    form = Form(path)
    with open("surveys.csv", "w", encoding="utf-8") as f:
        f.write("code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note\n"
                f"thu,{code},Thử,Trial,2025,census,token,closed,2025-01-01,2025-12-31,,yes,\n")
    with open("answers.csv", "w", encoding="utf-8") as f:
        f.write("survey,key,day,mode,lang,place,stratum,psu,weight,answers\n")
        for n, answers in enumerate(form.people()):
            f.write(f"thu,n{n},2025-06-01,import,vi,,,,,{'&'.join(f'{k}={v}' for k, v in answers.items())}\n")


def compare(path, results):
    form, seen = Form(path), set()
    for r in read(results):
        if r["row"] != "factor" or r["stat"] != "satisfied" or r["group"]:
            continue
        seen.add(r["code"])
        wanted = form.share(r["code"])
        if abs(Fraction(r["estimate"]) - wanted) > Fraction(1, 10**12):
            print(r["code"], r["estimate"], float(wanted))
    print(f"{len(seen)} factors of {len(form.factors)}")


if __name__ == "__main__":
    {"make": make, "compare": compare}[sys.argv[1]](*sys.argv[2:])
