"""tests/golden/round/up.csv from files.   python3 tests/golden/round/up.py [PROGRAM] >tests/golden/round/up.csv"""
import csv
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
EDITION = os.path.join(ROOT, "method", "par-index-province-illustrative.csv")
MEASURES = os.path.join(ROOT, "method", "examples", "tinh-mau-2024-self-measures.csv")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build", "thuocdo")
    with open(EDITION, encoding="utf-8") as f:
        own = {r["code"] for r in csv.DictReader(f) if r["by"] == "self"}
    out = subprocess.run([program, "score", EDITION, MEASURES, "-o", "csv"], check=True, capture_output=True, text=True).stdout
    print("code,points,max")
    for r in csv.DictReader(out.splitlines()):
        if r["code"] in own:
            print(f"{r['code']},{r['points']},{r['max']}")


main()
