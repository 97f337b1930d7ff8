"""Fills a unit's workbook as somebody with a spreadsheet would.   fill_book.py IN.xlsx OUT.xlsx MEASURE[.prev]=NUM/DEN|VALUE|na:REASON ...

Openpyxl is another's reader and writer: what our program writes goes through it and comes back.
"""
import sys

import openpyxl

NUMERATOR, DENOMINATOR, VALUE, STATUS, REASON, KEY = 5, 6, 7, 8, 9, 14


def main():
    book = openpyxl.load_workbook(sys.argv[1])
    page = book.worksheets[0]
    wanted = {}
    for word in sys.argv[3:]:
        name, figure = word.split("=", 1)
        measure, _, part = name.partition(".")
        wanted[f"{measure}/{part or 'now'}/0"] = figure
    for row in page.iter_rows():
        figure = wanted.pop(str(row[KEY - 1].value), None) if len(row) >= KEY else None
        if figure is None:
            continue
        if figure.startswith("na:"):
            row[STATUS - 1].value, row[REASON - 1].value = "na", figure[3:]
        elif "/" in figure:
            row[NUMERATOR - 1].value, row[DENOMINATOR - 1].value = (float(x) if "." in x else int(x) for x in figure.split("/"))
        else:
            row[VALUE - 1].value = int(figure) if figure.isdigit() else figure
    if wanted:
        sys.exit(f"no such rows: {', '.join(wanted)}")
    book.save(sys.argv[2])


main()
