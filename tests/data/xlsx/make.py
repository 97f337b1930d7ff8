#!/usr/bin/env python3
"""Writes the workbooks of this folder that are not from a program (README.md): the same small table in the forms that writers differ in, and
hostile files. Same bytes each time.

    tests/data/xlsx/make.py
"""
import io
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_REL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def types(macros=False):
    book = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if macros else \
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return HEAD + ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                   '<Default Extension="xml" ContentType="application/xml"/>'
                   '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                   f'<Override PartName="/xl/workbook.xml" ContentType="{book}"/></Types>')


def rels(*rows):
    return HEAD + f'<Relationships xmlns="{PACK}">' + "".join(
        f'<Relationship Id="{i}" Type="{t}" Target="{to}"/>' for i, t, to in rows) + "</Relationships>"


def book(sheets='<sheet name="Bảng" sheetId="1" r:id="rId1"/>', pr=""):
    return HEAD + f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">{pr}<sheets>{sheets}</sheets></workbook>'


def sheet(rows, before="", after=""):
    return HEAD + f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


STYLES = HEAD + (f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="000"/>'
                 '<numFmt numFmtId="165" formatCode="[$-42A]dd/mm/yyyy;@"/></numFmts><cellXfs count="5"><xf numFmtId="0"/>'
                 '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="165"/></cellXfs></styleSheet>')


def parts(sheet_xml, shared=None, styles=STYLES, book_xml=None, targets=("worksheets/sheet1.xml", "sharedStrings.xml", "styles.xml"),
          base=REL, more=()):
    to = [("rId1", base + "/worksheet", targets[0])]
    if shared is not None:
        to.append(("rId2", base + "/sharedStrings", targets[1]))
    if styles is not None:
        to.append(("rId3", base + "/styles", targets[2]))
    out = [("[Content_Types].xml", types()), ("_rels/.rels", rels(("rId1", base + "/officeDocument", "xl/workbook.xml"))),
           ("xl/workbook.xml", book_xml or book()), ("xl/_rels/workbook.xml.rels", rels(*to)), ("xl/worksheets/sheet1.xml", sheet_xml)]
    if shared is not None:
        out.append(("xl/sharedStrings.xml", shared))
    if styles is not None:
        out.append(("xl/styles.xml", styles))
    return out + list(more)


def pack(entries):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data if isinstance(data, bytes) else data.encode())
    return b.getvalue()


def write(name, entries):
    data = entries if isinstance(entries, bytes) else pack(entries)
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data)


def inline(ref, text):
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


# The table: code, name, points, share, day, yes. Code 7 is a number shown as 007; the share 0.045 stands as Excel writes that double.
NUMBERS = '<c r="C2"><v>9.5</v></c><c r="D2" s="3"><v>4.4999999999999998E-2</v></c><c r="E2" s="1"><v>46053</v></c><c r="F2" t="b"><v>1</v></c>'
HEADING = "".join(inline(f"{c}1", t) for c, t in zip("ABCDEF", ["code", "name", "points", "share", "day", "yes"]))
SHARED = HEAD + (f'<sst xmlns="{MAIN}" count="8" uniqueCount="8">' + "".join(f"<si><t>{t}</t></si>" for t in
                 ["code", "name", "points", "share", "day", "yes"]) +
                 '<si><r><t xml:space="preserve">Cải cách </t></r><r><rPr><b/></rPr><t>thể chế</t></r>'
                 '<rPh sb="0" eb="3"><t>phonetic</t></rPh><phoneticPr fontId="1"/></si></sst>')
SHARED_ROWS = ('<row r="1" spans="1:6">' + "".join(f'<c r="{c}1" t="s"><v>{i}</v></c>' for i, c in enumerate("ABCDEF")) + "</row>"
               '<row r="2" spans="1:6"><c r="A2" s="2"><v>7</v></c><c r="B2" t="s"><v>6</v></c>' + NUMBERS + "</row>")
INLINE_ROWS = f'<row r="1">{HEADING}</row><row r="2"><c r="A2" s="2"><v>7</v></c>{inline("B2", "Cải cách thể chế")}{NUMBERS}</row>'


def prefixed(xml):
    """The same with every element of the main namespace under a prefix."""
    import re
    xml = re.sub(r"<(/?)(?!\?)([A-Za-z])", r"<\1x:\2", xml)
    return xml.replace("xmlns=", "xmlns:x=")


def strict(xml):
    return xml.replace(MAIN, STRICT).replace(REL, STRICT_REL)


def forms():
    write("shared.xlsx", parts(sheet(SHARED_ROWS, '<dimension ref="A1:F2"/><cols><col min="4" max="4" width="9" hidden="1"/></cols>'), SHARED))
    write("inline.xlsx", parts(sheet(INLINE_ROWS)))
    # Google Sheets: absolute targets; rows and cells beyond the data with styles only.
    empties = '<row r="3"><c r="A3" s="1"/><c r="ZZ3" s="1"/></row><row r="1000"><c r="A1000" s="1"/></row>'
    write("absolute.xlsx", parts(sheet(SHARED_ROWS + empties), SHARED,
                                 targets=("/xl/worksheets/sheet1.xml", "/xl/sharedStrings.xml", "/xl/styles.xml")))
    # WPS and Office libraries: a prefix on every element.
    p = dict(parts(sheet(SHARED_ROWS), SHARED))
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"):
        p[name] = prefixed(p[name])
    write("prefixed.xlsx", list(p.items()))
    # Strict Open XML, with an ISO day.
    iso = SHARED_ROWS.replace('<c r="E2" s="1"><v>46053</v></c>', '<c r="E2" s="1" t="d"><v>2026-01-31T00:00:00</v></c>')
    p = {n: strict(x) for n, x in parts(sheet(iso), SHARED, base=STRICT_REL)}
    write("strict.xlsx", list(p.items()))
    # Libraries that write the least: no r, no dimension; a byte order mark; no styles, so the day must be text.
    bare = "<row>" + "".join(f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in ["code", "name", "points", "share", "day", "yes"]) + "</row>" \
        '<row><c t="str"><v>007</v></c><c t="inlineStr"><is><t>Cải cách thể chế</t></is></c><c><v>9.5</v></c><c t="n"><v>0.045</v></c>' \
        '<c t="inlineStr"><is><t>2026-01-31</t></is></c><c t="b"><v>1</v></c></row>'
    write("bare.xlsx", parts("\ufeff" + sheet(bare), styles=None))
    # The day system of 1904, several sheets, one of them hidden, one very hidden; macros.
    two = parts(sheet(INLINE_ROWS.replace("46053", "44591")), book_xml=book(
        '<sheet name="Ẩn" sheetId="3" state="hidden" r:id="rId9"/><sheet name="Bảng" sheetId="1" r:id="rId1"/>', '<workbookPr date1904="1"/>'),
        more=[("xl/worksheets/sheet2.xml", sheet('<row r="1">' + inline("A1", "khác") + "</row>")), ("xl/vbaProject.bin", b"\0")])
    p = dict(two)
    p["xl/_rels/workbook.xml.rels"] = rels(("rId1", REL + "/worksheet", "worksheets/sheet1.xml"), ("rId9", REL + "/worksheet", "worksheets/sheet2.xml"),
                                           ("rId3", REL + "/styles", "styles.xml"))
    p["[Content_Types].xml"] = types(macros=True)
    write("1904-macros.xlsm", list(p.items()))
    # What a table cannot say: merged cells, a formula with and without its value, an error, hidden rows.
    rows = f'<row r="1">{HEADING}</row><row r="2" hidden="1">{inline("A2", "1")}{inline("B2", "gộp")}<c r="C2"><f>SUM(1,2)</f><v>3</v></c></row>' \
        f'<row r="3">{inline("A3", "2")}<c r="C3"><f>SUM(1,2)</f></c><c r="D3" t="e"><v>#N/A</v></c><c r="E3"><v>abc</v></c><c r="F3" t="s"><v>99</v></c></row>'
    write("faults.xlsx", parts(sheet(rows, after='<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>')))


def rows_of(table):
    """Rows of a table as inline strings; what is a number in Python becomes a number."""
    out = ""
    for r, row in enumerate(table, 1):
        cells = ""
        for k, v in enumerate(row):
            ref = f"{chr(65 + k)}{r}"
            if isinstance(v, (int, float)):
                cells += f'<c r="{ref}"><v>{v}</v></c>'
            elif v:
                cells += inline(ref, v.replace("&", "&amp;").replace("<", "&lt;"))
        out += f'<row r="{r}">{cells}</row>'
    return out


def merged():
    rows = f'<row r="1">{inline("A1", "STT")}{inline("B1", "Tiêu chí")}{inline("C1", "Điểm")}</row>' \
        f'<row r="3">{inline("A3", "1")}{inline("B3", "Một")}<c r="C3"><v>4</v></c></row>' \
        f'<row r="4">{inline("B4", "Hai")}<c r="C4"><v>6</v></c></row>' \
        f'<row r="6">{inline("A6", "Tổng")}<c r="C6"><v>10</v></c></row>'
    write("merged.xlsx", parts(sheet(rows, after='<mergeCells><mergeCell ref="A3:A5"/><mergeCell ref="A6:B6"/></mergeCells>')))


def last_row():
    """Rows that are only formatted, down to the last one, as LibreOffice writes them; and a sheet that says something there."""
    empty = '<row r="1048575" ht="12.8" hidden="false"><c r="A1048575" s="1"/></row><row r="1048576" ht="12.8">%s</row>'
    rows = rows_of([["STT", "Tiêu chí"], [1, "Một"]])
    write("last-row.xlsx", parts(sheet(rows + empty % "")))
    write("last-row-text.xlsx", parts(sheet(rows + empty % inline("A1048576", "cuối"))))


def forms_of_ours():
    head = ["code", "parent", "name_vi", "max", "by", "rule"]
    good = [head, ["@name", "", "Bộ ví dụ (minh họa)"], ["X", "", "Gốc", 10, "sum"], ["1.10", "X", "Một", 4, "self", "m * max"],
            ["2", "X", "Hai", 6, "self", "if r >= 1 then max else 0"]]
    bad = [head, ["@name", "", "Bộ ví dụ (minh họa)"], ["X", "", "Gốc", 10, "sum"], ["1", "X", "Một", "9,5", "tự chấm", "m * max"],
           ["2", "Y", "Hai", 6, "self", "if r >= 1 then max"]]
    write("edition.xlsx", parts(sheet(rows_of(good)), book_xml=book('<sheet name="Bộ tiêu chí" sheetId="1" r:id="rId1"/>')))
    write("edition-faults.xlsx", parts(sheet(rows_of(bad)), book_xml=book('<sheet name="Bộ tiêu chí" sheetId="1" r:id="rId1"/>')))
    two = parts(sheet(rows_of([["bỏ qua"]])), book_xml=book(
        '<sheet name="Bìa" sheetId="1" r:id="rId1"/><sheet name="Kết quả" sheetId="2" r:id="rId9"/>'),
        more=[("xl/worksheets/sheet2.xml", sheet(rows_of([["unit_name", "score"], ["Hà Nội", 84.25], ["Thanh Hóa", 80.15]])))])
    p = dict(two)
    p["xl/_rels/workbook.xml.rels"] = rels(("rId1", REL + "/worksheet", "worksheets/sheet1.xml"), ("rId9", REL + "/worksheet", "worksheets/sheet2.xml"))
    write("results.xlsx", list(p.items()))


def hostile():
    write("bomb.xlsx", parts(sheet(INLINE_ROWS, "<cols>" + "<col/>" * (10 << 20) + "</cols>")))
    entity = HEAD.strip() + '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    write("entities.xlsx", parts(entity + sheet('<row r="1">' + inline("A1", "&b;") + "</row>")[len(HEAD):]))
    write("external.xlsx", parts(HEAD.strip() + '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + sheet("")[len(HEAD):]))
    write("deep.xlsx", parts(sheet("<row r=\"1\"><c><is>" + "<r>" * 5000 + "</r>" * 5000 + "</is></c></row>")))
    write("columns.xlsx", parts(sheet("<row>" + "<c><v>1</v></c>" * 1000000 + "</row>")))
    write("far-column.xlsx", parts(sheet('<row r="1"><c r="AAAA1"><v>1</v></c></row>')))
    write("order.xlsx", parts(sheet(f'<row r="2">{inline("A2", "b")}</row><row r="1">{inline("A1", "a")}</row>')))
    write("long-tag.xlsx", parts(sheet('<row r="1" a="' + "x" * (2 << 20) + '">' + inline("A1", "a") + "</row>")))
    write("long-cell.xlsx", parts(sheet('<row r="1">' + inline("A1", "x" * 70000) + "</row>")))
    write("broken-xml.xlsx", parts(sheet("<row r=\"1\"><c r=\"A1\"><v>1</c></row>")))
    whole = pack(parts(sheet(INLINE_ROWS)))
    write("cut.xlsx", whole[:len(whole) // 2])
    write("no-workbook.xlsx", [("readme.txt", "nothing")])
    write("open-document.ods", [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")])
    ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(504)
    write("old.xls", ole + "Workbook".encode("utf-16le"))
    write("password.xlsx", ole + "EncryptedPackage".encode("utf-16le"))


if __name__ == "__main__":
    forms()
    forms_of_ours()
    merged()
    last_row()
    hostile()
