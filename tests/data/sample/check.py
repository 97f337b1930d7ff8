#!/usr/bin/env python3
"""Compares `thuocdo sample weights` with weights.csv (R survey), weight by weight to 1e-9. Exits 1 when one is off."""
import csv
import io
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "estimate")
RAKE = ["--rake", f"{DATA}/pop_wide.csv,{HERE}/rake_awards.csv"]
CASES = {"post": ["--poststrat", f"{DATA}/pop_wide.csv"], "rake": RAKE, "trim": RAKE + ["--high", "43"]}

wanted = list(csv.DictReader(open(os.path.join(HERE, "weights.csv"))))
off = compared = 0
for name, options in CASES.items():
    done = subprocess.run(["thuocdo", "sample", "weights", f"{DATA}/apistrat.csv", "--base", "pw", "-o", "csv", *options],
                          capture_output=True, text=True, check=True)
    for row, r in zip(csv.DictReader(io.StringIO(done.stdout)), wanted, strict=True):
        compared += 1
        off += not abs(float(row["final_weight"]) - float(r[name])) <= 1e-9 * float(r[name])
print(f"{compared} weights compared, {off} differ")
raise SystemExit(off > 0)
