/* Any bytes as a workbook, or as one part of a whole one (the first byte chooses): the reader keeps its promises, and leaves nothing open. */
#include <stdlib.h>
#include "base/vn.h"
#include "archive.h"
#include "format/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static void make(buf *b, unsigned which, str body)
{
	struct part parts[] = {
		{ "xl/worksheets/sheet1.xml",
			STR("<worksheet><sheetData><row r='1'><c r='A1' t='s' s='1'><v>0</v></c><c><v>46053.5</v></c></row>"
			    "</sheetData><mergeCells><mergeCell ref='A1:B2'/></mergeCells></worksheet>") },
		{ "xl/sharedStrings.xml", STR("<sst><si><t>a_x000D_</t></si></sst>") },
		{ "xl/styles.xml",
			STR("<styleSheet><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy'/></numFmts>"
			    "<cellXfs><xf numFmtId='164'/><xf numFmtId='9'/></cellXfs></styleSheet>") },
		{ "xl/workbook.xml", STR("<workbook><sheets><sheet name='A' r:id='r1'/></sheets></workbook>") },
		{ "xl/_rels/workbook.xml.rels",
			STR("<Relationships><Relationship Id='r1' Type='" OFFICE "/worksheet' Target='worksheets/sheet1.xml'/>"
			    "<Relationship Id='r2' Type='" OFFICE "/sharedStrings' Target='sharedStrings.xml'/>"
			    "<Relationship Id='r3' Type='" OFFICE "/styles' Target='/xl/styles.xml'/></Relationships>") },
	};
	parts[which % 5].body = body;
	archive(b, parts, 5);
}

/* ---- what is promised ---- */

static void check_row(xlsx *x, const xlsx_row *r, int64_t before, arena *mem)
{
	int column = 0;
	must(r->row > before && r->n > 0);
	for (int i = 0; i < r->n; i++) {
		const xlsx_cell *cell = &r->cell[i];
		must(cell->column > column && cell->column <= 20 && cell->text.len);
		must(vn_utf8_check(cell->text) == cell->text.len && str_eq(vn_nfc(mem, cell->text), cell->text));
		must(vn_utf8_check(xlsx_shown(x, cell)) == xlsx_shown(x, cell).len);
		column = cell->column;
	}
}

static void read_sheet(cx *c, xlsx *x, int sheet)
{
	xlsx_row r;
	int64_t before = 0;
	const xlsx_merge *m;
	if (xlsx_begin(x, sheet))
		return;
	while (xlsx_next(x, &r)) {
		check_row(x, &r, before, c->mem);
		before = r.row;
	}
	must(!xlsx_next(x, &r));
	must(!xlsx_broken(x) || c->n_errors);
	must(!xlsx_rejected(x) || c->n_errors);
	for (size_t n = xlsx_merges(x, &m); n; n--, m++)
		must(m->row <= m->last_row && m->column <= m->last_column);
}

static void read_table(cx *c, str bytes)
{
	table_source t;
	table_row r;
	xlsx *x = xlsx_open(c, STR("f"), bytes, &(xlsx_caps){ .max_columns = 20 });
	if (!x || !xlsx_table(x, STR(""), &t))
		return;
	while (t.next(t.ctx, &r))
		for (int i = 0; i < r.n; i++)
			must(r.cell[i].p && r.shown[i].p);
	must(t.sound(t.ctx) || c->n_errors);
	t.close(t.ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	str body = { (const char *)data + 1, size - 1 };
	cx *c = cx_new(0);
	buf b;
	buf_init(&b, 0);
	if (data[0] == '5')
		buf_add(&b, body);
	else
		make(&b, data[0], body);
	xlsx *x = xlsx_open(c, STR("f"), buf_str(&b), &(xlsx_caps){ .max_columns = 20, .max_cell = 1000, .max_rows = 1000 });
	must(x || c->n_errors);
	for (size_t i = 0; x && i < xlsx_sheets(x) && i < 3; i++)
		read_sheet(c, x, (int)i);
	xlsx_close(x);
	must(!c->held);
	read_table(c, buf_str(&b));
	must(!c->held);
	buf_free(&b);
	cx_free(c);
	return 0;
}
