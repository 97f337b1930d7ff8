"""A workbook of texts, for tests.   workbook.py OUT.xlsx < TEXT, or workbook(TEXT) -> bytes

Sheets begin with a line "# name"; cells stand with | between. An empty line is an empty row.
"""
import io
import re
import sys
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def letters(n):
    return chr(65 + n) if n < 26 else letters(n // 26 - 1) + chr(65 + n % 26)


def sheet(rows):
    out = []
    for i, row in enumerate(rows, 1):
        cells = [c.strip() for c in row.split("|")]
        made = "".join(f'<c r="{letters(k)}{i}"><v>{c}</v></c>' if re.fullmatch(r"-?\d+", c)
                       else f'<c r="{letters(k)}{i}" t="inlineStr"><is><t xml:space="preserve">{escape(c)}</t></is></c>' for k, c in enumerate(cells) if c)
        if made:
            out.append(f'<row r="{i}">{made}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(out)}</sheetData></worksheet>'


def workbook(text):
    sheets = []
    for line in text.strip("\n").split("\n"):
        if line.startswith("# "):
            sheets.append((line[2:].strip(), []))
        else:
            sheets[-1][1].append(line)
    n = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACK}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
                               f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
                               f'ContentType="{OFFICE}.sheet.main+xml"/>'
                               + "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{OFFICE}.worksheet+xml"/>' for i in n) + "</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACK}/relationships"><Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/>'
                       "</Relationships>",
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
                           + "".join(f'<sheet name="{escape(s[0])}" sheetId="{i}" r:id="r{i}"/>' for i, s in zip(n, sheets)) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACK}/relationships">'
                                      + "".join(f'<Relationship Id="r{i}" Type="{REL}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in n)
                                      + "</Relationships>",
        **{f"xl/worksheets/sheet{i}.xml": sheet(s[1]) for i, s in zip(n, sheets)},
    }
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return b.getvalue()


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as f:
        f.write(workbook(sys.stdin.read()))
