#!/usr/bin/env python3
"""Compares `thuocdo estimate` with R survey over random designs: random.py [--program thuocdo] [FIRST LAST]. Needs R with its package survey, and
some minutes for the 216 seeds that are the default. Prints the largest relative differences; exits 1 when one is above 1e-6 (raked replicates
converge that far in R, all else to 1e-9). What is passed over is counted, with its reason."""
import argparse
import collections
import csv
import io
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("estimate", "se", "deff", "df", "ci_low", "ci_high")
NOTHING = ("NaN", "NA", "Inf", "-Inf", "")


def on_purpose(row, found, smallest):
    """Why the two differ, by docs/decisions/0054; None: they shall not."""
    zeros = int(row["data"][1:5]) % 7 == 0
    if zeros and "--ci beta" in row["options"]:
        return "weights of zero in beta"
    if "--ci beta" in row["options"] and abs(float(row["se"])) < 1e-12:
        return "beta without variance: R says 0.5"
    if zeros and row["stat"].startswith("var") and "--rep" in row["options"]:
        return "weights of zero in var with replicates"
    if zeros and "--poststrat" in row["options"]:
        return "weights of zero in post-strata"
    if row["stat"].startswith("quantile") and found and found["estimate"] and float(found["estimate"]) == smallest:
        return "quantile below the first step"
    if row["estimate"] in ("0", "NaN", "NA") and (not found or found["n"] == "0"):
        return "no answers: R says 0"
    if row["df"] == "-1":
        return "nothing to replicate: R has df -1"
    return None


def answers(program, data, options, stats):
    words = [program, "estimate", data, *shlex.split(options), "-o", "csv"]
    for stat in stats:
        words += ["--stat", stat]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{shlex.join(words)}: exit {done.returncode}\n{done.stderr}")
    return {(r["stat"], r["level"], r["domain"]): r for r in csv.DictReader(io.StringIO(done.stdout))}


def difference(found, expected, scale):
    return 9.0 if found in (None, "") else abs(float(found) - expected) / max(abs(expected), scale)


def compare(program):
    groups, passed, worst = {}, collections.Counter(), []
    with open("answers.csv", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            groups.setdefault((row["data"], row["options"]), []).append(row)
    for (data, options), rows in groups.items():
        ours = answers(program, data, options, dict.fromkeys(r["stat"] for r in rows))
        with open(data, encoding="utf-8") as f:
            smallest = min(float(r["x"]) for r in csv.DictReader(f) if float(r["w"]) > 0)
        for row in rows:
            found = ours.get((row["stat"], row["level"], row["domain"]))
            why = on_purpose(row, found, smallest)
            if why:
                passed[why] += 1
                continue
            for field in FIELDS:
                if row[field] in NOTHING:
                    continue
                # A standard error of nothing but rounding is compared against the estimate.
                scale = 1e-6 * abs(float(row["estimate"])) if field == "se" and row["estimate"] not in NOTHING else 1e-9
                off = difference(found and found[field], float(row[field]), scale)
                worst.append((off, f"{data} {options}: {row['stat']} {row['level']} {row['domain']}: {field} {found and found[field]}, R {row[field]}"))
    return len({data for data, _ in groups}), sorted(worst, reverse=True), passed


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--program", default="thuocdo")
    args.add_argument("range", nargs="*", default=["1001", "1216"])
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        subprocess.run(["Rscript", os.path.join(HERE, "random.R"), *args.range], check=True, stdout=subprocess.DEVNULL)
        designs, worst, passed = compare(args.program)
        os.chdir(HERE)
    print(f"{len(worst)} figures of {designs} designs compared; {sum(off > 1e-9 for off, _ in worst)} differ by more than 1e-9")
    for off, text in worst[:5]:
        print(f"{off:.1e}  {text}")
    for why, n in sorted(passed.items()):
        print(f"passed over: {why}: {n}")
    return 1 if not worst or worst[0][0] > 1e-6 else 0


if __name__ == "__main__":
    sys.exit(main())
