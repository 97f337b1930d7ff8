#include "app/weight_margin.h"
#include "base/vn.h"
#include "engine/answer_match.h"
#include "format/grid.h"
#include "format/package.h"

struct piece { /* rows of a grid that are one table */
	const grid *g;
	int from, to, columns;
};

/* What marks decimals in this table. False: it contradicts itself (a fault). */
static bool decimal_of(cx *c, const struct piece *t, char *out)
{
	int grouped = -1;
	bool points = false;
	for (int i = t->from + 1; i < t->to; i++) {
		str s = grid_at(t->g, i, t->columns - 1)->text;
		if (match_thousands(s))
			grouped = grouped < 0 ? i : grouped;
		else
			points |= s.len && memchr(s.p, '.', s.len) && !memchr(s.p, ',', s.len);
	}
	*out = grouped >= 0 ? ',' : points ? '.' : 0;
	if (grouped < 0 || !points)
		return true;
	cx_fault(c, FAULT_ERROR, "weight.total_unclear", grid_place(t->g, grouped, t->columns - 1), grid_at(t->g, grouped, t->columns - 1)->text);
	return false;
}

static str total_of(cx *c, const struct piece *t, int row, char decimal)
{
	str s = grid_at(t->g, row, t->columns - 1)->text, plain;
	dec d;
	bool clear = match_number(s, decimal, c->mem, &plain) != MATCH_CELL_UNCLEAR;
	if (clear && dec_parse(plain, &d))
		return plain;
	cx_fault(c, FAULT_ERROR, clear ? "weight.total" : "weight.total_unclear", grid_place(t->g, row, t->columns - 1), s);
	return STR("0");
}

static void put_row(cx *c, const struct piece *t, int row, char decimal, buf *b)
{
	int last = t->columns;
	while (last < t->g->columns && grid_at(t->g, row, last)->text.len) /* more cells than the heading has: told by the reader */
		last++;
	for (int k = 0; k < last; k++) {
		if (k)
			buf_char(b, ',');
		csv_cell(b, row > t->from && k == t->columns - 1 ? total_of(c, t, row, decimal) : grid_at(t->g, row, k)->shown);
	}
	buf_char(b, '\n');
}

/* Reads what was written, so that it is checked now; faults go back to where the cells came from. */
static void check(cx *c, const struct piece *t, str text)
{
	struct est_margin *m;
	size_t before = c->n_faults;
	est_margin_read(c, csv_open_mem(c, t->g->file, text, &(csv_options){ .delimiter = ',', .encoding = CSV_UTF8 }), t->g->file, &m);
	for (size_t i = before; i < c->n_faults; i++) {
		place *at = &c->faults[i].at;
		int row = t->from + (int)at->line - 1;
		if (at->line > 0 && row < t->to)
			*at = grid_place(t->g, row, at->column ? at->column - 1 : 0);
	}
}

static void add_table(cx *c, struct piece *t, struct weight_margins *out)
{
	char decimal;
	buf b;
	t->columns = t->g->columns;
	while (t->columns > 1 && !grid_at(t->g, t->from, t->columns - 1)->text.len)
		t->columns--;
	if (out->n == WEIGHT_MARGINS - 1) {
		cx_fault(c, FAULT_ERROR, "sample.too_many", grid_place(t->g, t->from, 0), (str){ 0 });
		return;
	}
	if (!decimal_of(c, t, &decimal))
		return;
	size_t errors = c->n_errors;
	buf_init(&b, WEIGHT_MARGIN_BYTES);
	for (int i = t->from; i < t->to; i++)
		put_row(c, t, i, decimal, &b);
	str text = arena_str(c->mem, buf_str(&b));
	if (buf_full(&b))
		cx_fault(c, FAULT_ERROR, "weight.file", (place){ .file = t->g->file }, t->g->file);
	buf_free(&b);
	if (c->n_errors == errors)
		check(c, t, text);
	out->text[out->n++] = text;
}

/* A sheet, whose empty rows the grid left out: they are seen by the lines. */
static void add_grid(cx *c, const grid *g, struct weight_margins *out)
{
	for (int from = 0, to; from < g->rows; from = to) {
		for (to = from + 1; to < g->rows && g->line[to] == g->line[to - 1] + 1;)
			to++;
		add_table(c, &(struct piece){ .g = g, .from = from, .to = to }, out);
	}
}

static enum err add_text(cx *c, str name, str text, int64_t lines_before, struct weight_margins *out)
{
	grid_list l;
	enum err e = grid_read(c, name, text, NULL, &l);
	if (e)
		return e;
	for (int i = 0; i < l.p[0].rows; i++)
		l.p[0].line[i] += lines_before;
	add_table(c, &(struct piece){ .g = &l.p[0], .to = l.p[0].rows }, out);
	return ERR_OK;
}

/* Tables with an empty line between. */
static enum err read_texts(cx *c, str name, str text, struct weight_margins *out)
{
	str rest = text, line;
	const char *from = NULL;
	int64_t n = 0, first = 0;
	enum err e = ERR_OK;
	while (!e && (rest.len || from)) {
		bool more = str_next(&rest, '\n', &line), filled = more && str_trim(line).len;
		if (filled && !from) {
			from = line.p;
			first = n;
		} else if (!filled && from) {
			const char *end = more ? line.p : text.p + text.len;
			e = add_text(c, name, (str){ from, (size_t)(end - from) }, first, out);
			from = NULL;
		}
		n++;
	}
	return e;
}

enum err weight_margins_read(cx *c, str name, str bytes, struct weight_margins *out)
{
	size_t errors = c->n_errors;
	grid_list l;
	*out = (struct weight_margins){ 0 };
	bool office = package_is_office(bytes);
	if (!office && (bytes.len > WEIGHT_MARGIN_BYTES || vn_utf8_check(bytes) < bytes.len))
		return cx_fail(c, ERR_INPUT, "weight.file", (place){ .file = name }, name);
	enum err e = office ? grid_read(c, name, bytes, NULL, &l) : read_texts(c, name, bytes, out);
	for (size_t i = 0; office && !e && i < l.n; i++)
		add_grid(c, &l.p[i], out);
	if (!e && !out->n && bytes.len && c->n_errors == errors && str_trim(bytes).len)
		return cx_fail(c, ERR_INPUT, "weight.file", (place){ .file = name }, name);
	return c->n_errors > errors ? ERR_INPUT : e;
}
