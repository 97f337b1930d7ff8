#!/usr/bin/env python3
"""Compares `thuocdo estimate` with answers.csv, row by row: check.py [--program thuocdo] [-k TEXT]. Exits 1 when one is off."""
import argparse
import csv
import io
import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("estimate", "se", "deff", "df", "ci_low", "ci_high")


def run(program, data, options, stats):
    words = [program, "estimate", data, *shlex.split(options), "-o", "csv"]
    for stat in stats:
        words += ["--stat", stat]
    done = subprocess.run(words, capture_output=True, text=True, cwd=HERE)
    if done.returncode:
        raise SystemExit(f"{shlex.join(words)}: exit {done.returncode}\n{done.stderr}")
    return {(r["stat"], r["level"], r["domain"]): r for r in csv.DictReader(io.StringIO(done.stdout))}


def close(found, expected, tolerance, scale):
    if expected == "":
        return True
    if found == "":
        return False
    return abs(float(found) - float(expected)) <= tolerance * max(abs(float(expected)), scale)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--program", default="thuocdo")
    args.add_argument("-k", default="")
    args = args.parse_args()
    groups, compared, wrong = {}, 0, 0
    with open(os.path.join(HERE, "answers.csv"), encoding="utf-8") as f:
        for row in csv.DictReader(f):
            if args.k in f"{row['data']} {row['options']} {row['stat']}":
                groups.setdefault((row["data"], row["options"]), []).append(row)
    for (data, options), rows in groups.items():
        answers = run(args.program, data, options, list(dict.fromkeys(r["stat"].replace("covariance", "mean:api00") for r in rows)))
        for row in rows:
            found = answers.get((row["stat"], row["level"], row["domain"]))
            for field in FIELDS:
                # A standard error of nothing but rounding in R is compared against the estimate.
                scale = 1e-6 * abs(float(row["estimate"])) if field == "se" else 1e-12
                compared += row[field] != ""
                if found is None or not close(found[field], row[field], float(row["tolerance"]), scale):
                    wrong += 1
                    got = "nothing" if found is None else found[field]
                    print(f"{data} {options}: {row['stat']} {row['level']} {row['domain']}: {field} {got}, expected {row[field]}")
    print(f"{compared} figures of {sum(map(len, groups.values()))} answers compared, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
