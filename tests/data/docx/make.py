#!/usr/bin/env python3
"""Writes the Word files of this folder that are not from a program (README.md). Same bytes each time.

    tests/data/docx/make.py
"""
import io
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def run(text, font=None):
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f'<w:r>{fonts}<w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(content, span=1, merge=None):
    pr = (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "") + \
        ({None: "", "restart": '<w:vMerge w:val="restart"/>', "go": "<w:vMerge/>"}[merge])
    if not content.startswith("<w:p"):
        content = f"<w:p>{content if content.startswith('<') else run(content)}</w:p>"
    return f"<w:tc><w:tcPr>{pr}</w:tcPr>{content}</w:tc>"


def row(*cells, pr=""):
    return f"<w:tr>{pr}{''.join(cells)}</w:tr>"


def table(*rows):
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def write(name, body, styles=None):
    rels = [("rId1", "styles", "styles.xml")] if styles else []
    entries = [("_rels/.rels", rel([("rId1", "officeDocument", "word/document.xml")])), ("word/_rels/document.xml.rels", rel(rels)),
               ("word/document.xml", HEAD + f'<w:document xmlns:w="{W}" xmlns:mc="http://x"><w:body>{body}</w:body></w:document>')]
    if styles:
        entries.append(("word/styles.xml", HEAD + f'<w:styles xmlns:w="{W}">{styles}</w:styles>'))
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for n, data in entries:
            info = zipfile.ZipInfo(n, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data.encode())
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(b.getvalue())


def rel(rows):
    return HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
        f'<Relationship Id="{i}" Type="{REL}/{t}" Target="{to}"/>' for i, t, to in rows) + "</Relationships>"


def annex(write_run=run):
    """Criteria as annexes have them: a heading over two rows, groups over all columns, names over several rows."""
    c = lambda text, **how: cell(write_run(text), **how)
    return table(
        row(c("STT", merge="restart"), c("Lĩnh vực/Tiêu chí", merge="restart"), c("Điểm", span=2)),
        row(c("", merge="go"), c("", merge="go"), c("Tối đa"), c("Ghi chú")),
        row(c("1"), c("Công tác chỉ đạo, điều hành"), c("9,5"), c("")),
        row(c("1.1", merge="restart"), c("Kế hoạch"), c("2"), c("có")),
        row(c("", merge="go"), c("Mức độ hoàn thành"), c("1"), c("")))


def main():
    nested = table(row(cell("trong")))
    two = "<w:p>" + run("Trước") + "</w:p>" + annex() + table(
        row(cell("<w:p>" + run("dòng 1") + "</w:p><w:p>" + run("dòng") + "<w:r><w:tab/><w:t>2</w:t></w:r></w:p>"), cell(f"<w:p/>{nested}<w:p>{run('sau')}</w:p>")),
        row(cell('<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del><w:ins>' + run("thêm") + "</w:ins>"
                 "<mc:AlternateContent><mc:Choice>" + run(" chọn") + "</mc:Choice><mc:Fallback>" + run("dự phòng") + "</mc:Fallback></mc:AlternateContent>"),
            pr='<w:trPr><w:gridBefore w:val="1"/></w:trPr>'))
    write("tables.docx", two)
    # Two fonts of TCVN3, one of them with capitals; Unicode beside them.
    tcvn3 = table(row(cell(run("bé", ".VnTimeH") + run(" tiªu chÝ", ".VnTime")), cell(run("Việt Nam", "Times New Roman"))),
                  row(cell(run("§iÓm tèi ®a", ".VnTime")), cell(run("9,5"))))
    write("tcvn3.docx", tcvn3)
    # VNI by the style of the paragraph; the mark stands in a run of its own.
    styles = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:rPr><w:rFonts w:ascii="VNI-Times"/></w:rPr></w:style>' \
        '<w:style w:type="paragraph" w:styleId="Uni"><w:rPr><w:rFonts w:ascii="Arial"/></w:rPr></w:style>'
    vni = table(row(cell("<w:p>" + run("Coäng hoøa xaõ ho") + run("äi") + "</w:p>"), cell('<w:p><w:pPr><w:pStyle w:val="Uni"/></w:pPr>' + run("Hội đồng") + "</w:p>")))
    write("vni.docx", vni, styles)
    # No font says anything: the whole table does.
    plain = table(row(cell("Céng hßa x· héi chñ nghÜa ViÖt Nam")), row(cell("c¶i c¸ch thñ tôc hµnh chÝnh")))
    write("guess.docx", plain)
    write("no-table.docx", "<w:p>" + run("chỉ có chữ") + "</w:p>")
    write("wide.docx", table(row(*[cell("x", span=200) for _ in range(3)])))


if __name__ == "__main__":
    main()
