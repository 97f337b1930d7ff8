#include "format/grid.h"
#include "base/vn.h"
#include "format/docx.h"
#include "format/xlsx.h"

place grid_place(const grid *g, int row, int column)
{
	return (place){ .file = g->file, .sheet = g->name, .line = row < g->rows ? g->line[row] : 0, .column = column + 1 };
}

enum err grid_new(cx *c, str file, str name, int rows, int columns, grid *g)
{
	*g = (grid){ .file = arena_str(c->mem, file), .name = arena_str(c->mem, name), .rows = rows, .columns = columns };
	if (rows > GRID_MAX_ROWS || columns > GRID_MAX_COLUMNS || (int64_t)rows * columns > GRID_MAX_CELLS) {
		fault *f = cx_fault(c, FAULT_ERROR, "grid.too_large", (place){ .file = g->file, .sheet = g->name }, STR(""));
		fault_arg(c, f, 1, arena_printf(c->mem, "%d", GRID_MAX_CELLS));
		return ERR_LIMIT;
	}
	size_t n = (size_t)rows * (size_t)columns;
	g->cell = NEW_ARRAY(c->mem, grid_cell, n ? n : 1);
	g->line = NEW_ARRAY(c->mem, int64_t, (size_t)rows + 1);
	for (size_t i = 0; i < n; i++)
		g->cell[i].text = g->cell[i].shown = (str){ "", 0 };
	for (int i = 0; i < rows; i++)
		g->line[i] = i + 1;
	return ERR_OK;
}

void grid_spread(grid *g, int row, int column, int last_row, int last_column)
{
	if (row < 0 || column < 0 || row >= g->rows || column >= g->columns)
		return;
	grid_cell from = *grid_at(g, row, column);
	from.spread = true;
	for (int r = row; r <= last_row && r < g->rows; r++)
		for (int k = column; k <= last_column && k < g->columns; k++)
			if (r != row || k != column)
				*grid_at(g, r, k) = from;
}

/* ---- old encodings ---- */

static void decode_all(cx *c, grid *g, enum vn_legacy e)
{
	size_t n = (size_t)g->rows * (size_t)g->columns;
	for (size_t i = 0; i < n; i++) {
		g->cell[i].text = vn_legacy_decode(c->mem, e, g->cell[i].text);
		g->cell[i].shown = vn_legacy_decode(c->mem, e, g->cell[i].shown);
	}
}

static str first_beyond_ascii(const grid *g)
{
	size_t n = (size_t)g->rows * (size_t)g->columns;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < g->cell[i].text.len; k++)
			if ((unsigned char)g->cell[i].text.p[k] >= 0x80)
				return g->cell[i].text;
	return (str){ "", 0 };
}

void grid_finish(cx *c, grid *g)
{
	size_t n = (size_t)g->rows * (size_t)g->columns;
	struct vn_guess guess = { 0 };
	place at = { .file = g->file, .sheet = g->name };
	if (g->read_as != VN_UNICODE)
		return; /* the fonts said so */
	for (size_t i = 0; i < n; i++)
		if (!g->cell[i].spread) {
			arena *scratch = arena_new(0);
			vn_guess_add(scratch, &guess, g->cell[i].text);
			arena_free(scratch);
		}
	enum vn_legacy e = vn_guess_end(&guess);
	if (e != VN_UNICODE) {
		fault_arg(c, cx_fault(c, FAULT_NOTE, "grid.legacy", at, first_beyond_ascii(g)), 1, str_of(vn_legacy_name(e)));
		decode_all(c, g, e);
		g->read_as = e;
		return;
	}
	guess.beyond_latin = false;
	e = vn_guess_end(&guess);
	if (e != VN_UNICODE)
		fault_arg(c, cx_fault(c, FAULT_WARNING, "grid.mixed", at, STR("")), 1, str_of(vn_legacy_name(e)));
}

/* ---- CSV and pasted text ---- */

static enum err read_text(cx *c, str name, str bytes, const csv_options *opt, grid_list *out)
{
	struct row {
		int64_t line;
		int n;
		str *cell;
	};
	VEC(struct row) rows = { 0 };
	csv_record r;
	int columns = 0;
	csv_options o = opt ? *opt : (csv_options){ 0 };
	o.max_records = GRID_MAX_ROWS;
	/* What is pasted from a spreadsheet has TABs, in rows of any length. */
	const char *end = memchr(bytes.p, '\n', bytes.len);
	if (!o.delimiter && end && memchr(bytes.p, '\t', (size_t)(end - bytes.p)))
		o.delimiter = '\t';
	csv *f = csv_open_mem(c, name, bytes, &o);
	while (csv_read(f, &r)) {
		struct row *row = VEC_PUSH(c->mem, &rows);
		*row = (struct row){ r.line, r.n, NEW_ARRAY(c->mem, str, (size_t)r.n) };
		for (int i = 0; i < r.n; i++)
			row->cell[i] = arena_str(c->mem, str_trim(r.cell[i]));
		columns = r.n > columns ? r.n : columns;
	}
	bool good = !csv_broken(f) && csv_rejected(f) == 0;
	csv_close(f);
	grid g;
	enum err e = good ? grid_new(c, name, STR(""), (int)rows.n, columns, &g) : ERR_INPUT;
	if (e || !rows.n)
		return e;
	for (int i = 0; i < g.rows; i++) {
		g.line[i] = rows.p[i].line;
		for (int k = 0; k < rows.p[i].n; k++)
			*grid_at(&g, i, k) = (grid_cell){ .text = rows.p[i].cell[k], .shown = rows.p[i].cell[k] };
	}
	grid_finish(c, &g);
	*VEC_PUSH(c->mem, out) = g;
	return ERR_OK;
}

/* ---- workbooks ---- */

struct kept_row {
	int64_t row;
	int n;
	xlsx_cell *cell;
	str *shown;
};

typedef VEC(struct kept_row) kept_rows;

static int read_rows(cx *c, xlsx *x, kept_rows *rows)
{
	xlsx_row r;
	int columns = 0;
	while (xlsx_next(x, &r)) {
		struct kept_row *k = VEC_PUSH(c->mem, rows);
		*k = (struct kept_row){ r.row, r.n, arena_copy(c->mem, r.cell, (size_t)r.n * sizeof *r.cell), NEW_ARRAY(c->mem, str, (size_t)r.n) };
		for (int i = 0; i < r.n; i++) {
			k->cell[i].text = arena_str(c->mem, str_trim(r.cell[i].text));
			k->shown[i] = arena_str(c->mem, str_trim(xlsx_shown(x, &r.cell[i])));
		}
		columns = r.cell[r.n - 1].column > columns ? r.cell[r.n - 1].column : columns;
	}
	return columns;
}

/* The grid's row of a sheet's row: rows that say nothing are left out. -1: none. */
static int find_row(const kept_rows *rows, int64_t row)
{
	size_t lo = 0, hi = rows->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (rows->p[mid].row < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < rows->n ? (int)lo : -1;
}

static void spread_merges(const xlsx *x, const kept_rows *rows, grid *g)
{
	const xlsx_merge *m;
	for (size_t n = xlsx_merges(x, &m); n; n--, m++) {
		int from = find_row(rows, m->row), to = from;
		if (from < 0 || rows->p[from].row != m->row)
			continue;
		while (to + 1 < (int)rows->n && rows->p[to + 1].row <= m->last_row)
			to++;
		grid_spread(g, from, m->column - 1, to, m->last_column - 1);
	}
}

static enum err read_sheet(cx *c, xlsx *x, int sheet, str name, grid_list *out)
{
	kept_rows rows = { 0 };
	grid g;
	enum err e = xlsx_begin(x, sheet);
	if (e)
		return e;
	int columns = read_rows(c, x, &rows);
	if (xlsx_broken(x) || xlsx_rejected(x))
		return ERR_INPUT;
	if (!rows.n)
		return ERR_OK;
	e = grid_new(c, name, xlsx_sheet_at(x, (size_t)sheet)->name, (int)rows.n, columns, &g);
	for (int i = 0; !e && i < g.rows; i++) {
		const struct kept_row *k = &rows.p[i];
		g.line[i] = k->row;
		for (int j = 0; j < k->n; j++)
			*grid_at(&g, i, k->cell[j].column - 1) = (grid_cell){ .text = k->cell[j].text, .shown = k->shown[j] };
	}
	if (e)
		return e;
	spread_merges(x, &rows, &g);
	grid_finish(c, &g);
	*VEC_PUSH(c->mem, out) = g;
	return ERR_OK;
}

static enum err read_workbook(cx *c, str name, str bytes, grid_list *out)
{
	xlsx *x = xlsx_open(c, name, bytes, &(xlsx_caps){ .max_rows = GRID_MAX_ROWS, .max_columns = GRID_MAX_COLUMNS });
	enum err e = x ? ERR_OK : ERR_INPUT;
	for (size_t i = 0; !e && i < xlsx_sheets(x) && i < GRID_MAX_TABLES; i++)
		if (!xlsx_sheet_at(x, i)->hidden)
			e = read_sheet(c, x, (int)i, name, out);
	xlsx_close(x);
	return e;
}

enum err grid_read(cx *c, str name, str bytes, const csv_options *opt, grid_list *out)
{
	enum err e;
	*out = (grid_list){ 0 };
	if (!package_is_office(bytes))
		e = read_text(c, name, bytes, opt, out);
	else if (docx_is_one(bytes))
		e = docx_tables(c, name, bytes, out);
	else
		e = read_workbook(c, name, bytes, out);
	if (!e && !out->n)
		return cx_fail(c, ERR_INPUT, "grid.no_tables", (place){ .file = name }, STR(""));
	return e;
}
