/* A sheet as the rows of a table. */
#include "format/xlsx_in.h"

struct source {
	xlsx *x;
	str *cell, *shown;
	int64_t first;  /* row of the heading */
	int64_t begins; /* as the caller says; 0: the first row */
	int hidden_columns, first_hidden;
	bool told;
};

static place at_of(const xlsx *x, int64_t row, int column)
{
	return (place){ .file = x->name, .sheet = x->sheets.p[x->sheet].name, .line = row, .column = column };
}

static void note(struct source *s, const char *key, place at, int64_t n)
{
	cx *c = s->x->c;
	fault_arg(c, cx_fault(c, FAULT_NOTE, key, at, STR("")), 1, arena_printf(c->mem, "%lld", (long long)n));
}

/* What a table cannot say, told once, when the rows are used up. */
static void tell(struct source *s)
{
	xlsx *x = s->x;
	const xlsx_seen *seen = &x->seen;
	if (s->told || (s->begins && !s->first)) /* no row of the table was met */
		return;
	s->told = true;
	for (size_t i = 0; i < x->merges.n; i++) {
		const xlsx_merge *m = &x->merges.p[i];
		if (m->last_row < s->first || !s->first)
			continue;
		arena *mem = x->c->mem;
		str range = arena_printf(mem, "%.*s:%.*s", STR_ARG(xlsx_ref(mem, m->row, m->column)), STR_ARG(xlsx_ref(mem, m->last_row, m->last_column)));
		cx_fault(x->c, FAULT_ERROR, "xlsx.merged", at_of(x, m->row, m->column), range);
		x->rejected++;
	}
	if (seen->formulas)
		note(s, "xlsx.formulas", at_of(x, seen->formula_row, seen->formula_column), seen->formulas);
	if (seen->hidden_rows)
		note(s, "xlsx.hidden_rows", at_of(x, seen->first_hidden_row, 1), seen->hidden_rows);
	if (s->hidden_columns)
		note(s, "xlsx.hidden_columns", at_of(x, s->first, s->first_hidden), s->hidden_columns);
	if (xlsx_macros(x))
		note(s, "xlsx.macros_left", (place){ .file = x->name }, 1);
}

static void see_heading(struct source *s, const xlsx_row *r)
{
	s->first = r->row;
	for (int i = 0; i < r->n; i++)
		if (xlsx_hidden_column(s->x, r->cell[i].column) && !s->hidden_columns++)
			s->first_hidden = r->cell[i].column;
}

static bool next(void *ctx, table_row *row)
{
	struct source *s = ctx;
	xlsx *x = s->x;
	xlsx_row r;
	if (!xlsx_next(x, &r)) {
		tell(s);
		return false;
	}
	if (!s->first && r.row >= s->begins)
		see_heading(s, &r);
	int n = 0;
	for (int i = 0; i < r.n; i++) {
		const xlsx_cell *cell = &r.cell[i];
		while (++n < cell->column)
			s->cell[n - 1] = s->shown[n - 1] = (str){ "", 0 };
		s->cell[n - 1] = cell->text;
		s->shown[n - 1] = xlsx_shown(x, cell);
		if (cell->type == XLSX_ERROR) {
			cx_fault(x->c, FAULT_ERROR, "xlsx.error_value", at_of(x, r.row, cell->column), cell->text);
			x->rejected++;
		}
	}
	*row = (table_row){ .line = r.row, .n = n, .cell = s->cell, .shown = s->shown };
	return true;
}

static bool sound(void *ctx)
{
	const struct source *s = ctx;
	return !s->x->broken && s->x->rejected == 0;
}

static void begins(void *ctx, int64_t line)
{
	struct source *s = ctx;
	s->begins = line;
}

static void finish(void *ctx)
{
	struct source *s = ctx;
	xlsx_close(s->x);
}

bool xlsx_table(xlsx *x, str sheet, struct table_source *out)
{
	int i = xlsx_find_sheet(x, sheet);
	if (i < 0 || xlsx_begin(x, i)) {
		xlsx_close(x);
		return false;
	}
	struct source *s = NEW(x->c->mem, struct source);
	s->x = x;
	s->cell = NEW_ARRAY(x->c->mem, str, (size_t)x->max_columns);
	s->shown = NEW_ARRAY(x->c->mem, str, (size_t)x->max_columns);
	*out = (struct table_source){ .ctx = s, .file = x->name, .sheet = x->sheets.p[i].name, .next = next, .sound = sound, .close = finish,
		.begins = begins };
	return true;
}
