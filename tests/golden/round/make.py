"""The results of the downward journey of tests/browser/yearly.mjs, worked out without the program: by the decisions written down here, in
Python's decimals.   python3 tests/golden/round/make.py >tests/golden/round/down.csv

Rules and maxima are those of tests/data/round/edition.csv. What counts is the council's word, else the second appraisal's, else the first's;
survey points come from tests/data/round/survey.csv. A criterion that does not apply takes its maximum with it.
"""
from decimal import ROUND_HALF_UP, Decimal as D


def points(x):
    return x.quantize(D("0.01"), ROUND_HALF_UP)


def share(numerator, denominator, maximum=2):
    return points(D(numerator) / D(denominator) * maximum)


UNITS = {
    "Sở Công Thương": {
        "1.1": D("1.75"),  # itself 12/13, first appraisal 11/13, second 1.75
        "1.2": None,  # does not apply
        "1.3": D("1.5"),  # 1,200 against 1,000: 2; the council 1.5
        "2.1": share(970, 1000),
        "2.2": share(80, 100),
    },
    "Sở Nông nghiệp và Môi trường": {
        "1.1": D(2),  # 13/13
        "1.2": share(45, 50),
        "1.3": D(0),  # 900 against 1,000
        "2.1": share(480, 500),
        "2.2": share(90, 100),
    },
}
GROUPS = ((90, "A"), (80, "B"), (70, "C"), (0, "D"))


def main():
    print("unit,code,points,applicable,value,rank,group")
    values = {}
    for unit, rows in UNITS.items():
        for top in ("1", "2"):
            mine = {code: p for code, p in rows.items() if code.startswith(top)}
            for code, p in mine.items():
                print(f"{unit},{code},{'' if p is None else p},{0 if p is None else 2},,,")
            counted = [p for p in mine.values() if p is not None]
            print(f"{unit},{top},{sum(counted)},{2 * len(counted)},,,")
        counted = [p for p in rows.values() if p is not None]
        values[unit] = sum(counted) / D(2 * len(counted)) * 100
    order = sorted(values, key=values.get, reverse=True)
    for unit, value in values.items():
        counted = [p for p in UNITS[unit].values() if p is not None]
        group = next(g for least, g in GROUPS if value >= least)
        print(f"{unit},T,{sum(counted)},{2 * len(counted)},{points(value)},{order.index(unit) + 1},{group}")


main()
