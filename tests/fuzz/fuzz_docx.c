/* Any bytes as the body of a Word file, as its styles, as the whole file, or as pasted text (the first byte chooses): grids keep their promises. */
#include <stdlib.h>
#include "archive.h"
#include "base/vn.h"
#include "format/grid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static void make(buf *b, bool styles, str body)
{
	struct part parts[] = {
		{ "word/document.xml", STR("<w:document><w:tbl><w:tr><w:tc><w:p><w:r><w:t>bé</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>") },
		{ "word/styles.xml", STR("<w:styles><w:style w:type='paragraph' w:default='1'><w:rFonts w:ascii='.VnTime'/></w:style></w:styles>") },
		{ "word/_rels/document.xml.rels", STR("<Relationships><Relationship Id='r1' Type='" OFFICE "/styles' Target='styles.xml'/></Relationships>") },
	};
	parts[styles].body = body;
	archive(b, parts, 3);
}

static void check(const grid *g, arena *mem)
{
	must(g->rows > 0 && g->columns > 0 && g->rows <= GRID_MAX_ROWS && g->columns <= GRID_MAX_COLUMNS);
	for (int r = 0; r < g->rows; r++)
		for (int k = 0; k < g->columns; k++) {
			const grid_cell *cell = grid_at(g, r, k);
			must(cell->text.p && vn_utf8_check(cell->text) == cell->text.len && vn_utf8_check(cell->shown) == cell->shown.len);
			must(str_eq(vn_nfc(mem, cell->text), cell->text));
			must(r == 0 || g->line[r] > g->line[r - 1]);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	str body = { (const char *)data + 1, size - 1 };
	cx *c = cx_new(0);
	grid_list list;
	buf b;
	buf_init(&b, 0);
	if (data[0] % 3 == 2)
		buf_add(&b, body);
	else
		make(&b, data[0] % 3, body);
	enum err e = grid_read(c, STR("f"), buf_str(&b), NULL, &list);
	must((e != ERR_OK) == (c->n_errors > 0));
	for (size_t i = 0; i < list.n; i++)
		check(&list.p[i], c->mem);
	must(!c->held);
	buf_free(&b);
	cx_free(c);
	return 0;
}
