/* Any bytes as a workbook, or as one part of a whole one (the first byte chooses): the reader keeps its promises, and leaves nothing open. */
#include <stdlib.h>
#include "base/vn.h"
#include "format/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* ---- an archive of stored entries ---- */

static void put(buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_char(b, (char)(v >> (8 * i)));
}

static uint32_t crc(str s)
{
	uint32_t c = 0xFFFFFFFFu;
	for (size_t i = 0; i < s.len; i++) {
		c ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (0xEDB88320u & (0u - (c & 1)));
	}
	return ~c;
}

static void put_entry(buf *to, const char *name, str body, bool central, uint32_t offset)
{
	buf_addz(to, central ? "PK\x01\x02" : "PK\x03\x04");
	put(to, 20, central ? 4 : 2);
	put(to, 0, 4); /* no flags, stored */
	put(to, 0x00210000, 4);
	put(to, crc(body), 4);
	put(to, (uint32_t)body.len, 4);
	put(to, (uint32_t)body.len, 4);
	put(to, (uint32_t)strlen(name), 2);
	put(to, 0, 2);
	if (central) {
		put(to, 0, 4);
		put(to, 0, 2);
		put(to, 0, 4);
		put(to, offset, 4);
	}
	buf_addz(to, name);
	if (!central)
		buf_add(to, body);
}

struct part {
	const char *name;
	str body;
};

static void archive(buf *b, const struct part *parts, uint32_t n)
{
	uint32_t offsets[8];
	for (uint32_t i = 0; i < n; i++) {
		offsets[i] = (uint32_t)b->len;
		put_entry(b, parts[i].name, parts[i].body, false, 0);
	}
	uint32_t from = (uint32_t)b->len;
	for (uint32_t i = 0; i < n; i++)
		put_entry(b, parts[i].name, parts[i].body, true, offsets[i]);
	uint32_t length = (uint32_t)b->len - from;
	buf_addz(b, "PK\x05\x06");
	put(b, 0, 4);
	put(b, n, 2);
	put(b, n, 2);
	put(b, length, 4);
	put(b, from, 4);
	put(b, 0, 2);
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
