#!/usr/bin/env python3
"""Compares the made half samples (--rep BRR) of `thuocdo estimate` with brr.csv, made by brr.R on the same data: means, ratios and totals for as
many strata as a row says. Exits 1 when one is off by more than 1e-9 of itself."""
import csv
import io
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def data(strata):
    n = 4 * strata
    out = io.StringIO("h,u,w,y,x\n")
    out.seek(0, io.SEEK_END)
    for i in sorted(range(n), key=lambda i: (i * 389 % (n + 1), i)):
        out.write(f"{i // 4 + 1},{i // 2},{1 + i * 37 % 11},{i * 7919 % 101},{5 + i * 6007 % 23}\n")
    return out.getvalue()


def main():
    wrong = compared = 0
    with open(os.path.join(HERE, "brr.csv"), encoding="utf-8") as f:
        for row in csv.DictReader(f):
            with open("brr-data.csv", "w", encoding="utf-8") as to:
                to.write(data(int(row["strata"])))
            words = ["thuocdo", "estimate", "brr-data.csv", "--ids", "u", "--strata", "h", "--weights", "w", "--rep", "BRR", "-o", "csv"]
            words += ["--stat", "mean:y", "--stat", "ratio:y/x", "--stat", "total:y"]
            answers = csv.DictReader(io.StringIO(subprocess.run(words, capture_output=True, text=True, check=True).stdout))
            for name, found in zip(("mean", "ratio", "total"), answers):
                compared += 1
                if not abs(float(found["se"]) - float(row[name])) <= 1e-9 * float(row[name]):
                    wrong += 1
                    print(f"{row['strata']} strata: {name} {found['se']}, expected {row[name]}")
    print(f"{compared} compared, {wrong} differ")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
