#include "base/table.h"
#include <assert.h>
#include "base/vn.h"

static bool next_record(void *ctx, table_row *row)
{
	csv_record r;
	if (!csv_read(ctx, &r))
		return false;
	*row = (table_row){ .line = r.line, .n = r.n, .cell = r.cell };
	return true;
}

static bool csv_sound(void *ctx) { return !csv_broken(ctx) && csv_rejected(ctx) == 0; }

static void close_csv(void *ctx) { csv_close(ctx); }

table_source table_csv(csv *in, str file)
{
	if (!in)
		return (table_source){ .file = file };
	return (table_source){ .ctx = in, .file = file, .next = next_record, .sound = csv_sound, .close = close_csv };
}

static place at_line(const table *t, int64_t line, int column)
{
	return (place){ .file = t->from.file, .sheet = t->from.sheet, .line = line, .column = column };
}

static bool read_heading(table *t, const table_row *head)
{
	bool good = true;
	for (int i = 0; i < head->n; i++) {
		str name = str_trim(head->cell[i]);
		int k = 0;
		while (k < t->n && !str_is(name, t->columns[k].name))
			k++;
		if (k == t->n || t->at[k]) {
			cx_fault(t->c, FAULT_ERROR, k == t->n ? "table.unknown_column" : "table.column_twice", at_line(t, head->line, i + 1), name);
			good = false;
			continue;
		}
		t->at[k] = i + 1;
	}
	for (int k = 0; k < t->n; k++)
		if (t->columns[k].required && !t->at[k]) {
			cx_fault(t->c, FAULT_ERROR, "table.missing_column", at_line(t, head->line, 0), str_of(t->columns[k].name));
			good = false;
		}
	return good;
}

enum err table_begin(cx *c, table_source from, const struct table_column *columns, int n, table *t)
{
	assert(n <= TABLE_MAX_COLUMNS);
	*t = (table){ .c = c, .from = from, .columns = columns, .n = n, .faulty = true };
	table_row head;
	if (!from.next)
		return ERR_INPUT;
	if (!from.next(from.ctx, &head)) {
		if (from.sound(from.ctx))
			cx_fault(c, FAULT_ERROR, "table.empty", at_line(t, 1, 0), STR(""));
		return ERR_INPUT;
	}
	t->faulty = !read_heading(t, &head);
	return t->faulty ? ERR_INPUT : ERR_OK;
}

enum err table_open(cx *c, csv *in, str file, const struct table_column *columns, int n, table *t)
{
	return table_begin(c, table_csv(in, file), columns, n, t);
}

struct rows_source {
	struct table_rows *rows;
	str *names;
};

static bool next_of_rows(void *ctx, table_row *row)
{
	const struct rows_source *s = ctx;
	struct table_rows *r = s->rows;
	if (r->at > r->n)
		return false;
	*row = (table_row){ .line = (int64_t)r->at + 1, .n = r->columns, .cell = r->at ? r->row[r->at - 1] : s->names };
	r->at++;
	return true;
}

static bool rows_sound(void *ctx)
{
	(void)ctx;
	return true;
}

static void rows_close(void *ctx) { (void)ctx; }

table_source table_of_rows(cx *c, struct table_rows *rows, str file)
{
	struct rows_source *s = NEW(c->mem, struct rows_source);
	*s = (struct rows_source){ rows, NEW_ARRAY(c->mem, str, (size_t)rows->columns) };
	for (int i = 0; i < rows->columns; i++)
		s->names[i] = str_of(rows->names[i].name);
	rows->at = 0;
	return (table_source){ .ctx = s, .file = file, .next = next_of_rows, .sound = rows_sound, .close = rows_close };
}

bool table_next(table *t)
{
	table_row r;
	while (t->from.next && t->from.next(t->from.ctx, &r)) {
		t->line = r.line;
		t->rows++;
		int last = 0;
		for (int i = 0; i < t->n; i++) {
			const str *cells = r.shown && t->columns[i].label ? r.shown : r.cell;
			t->cell[i] = t->at[i] && t->at[i] <= r.n ? str_trim(cells[t->at[i] - 1]) : (str){ "", 0 };
			if (t->at[i] > last)
				last = t->at[i];
		}
		if (r.n <= last)
			return true;
		cx_fault(t->c, FAULT_ERROR, "table.too_many_cells", at_line(t, r.line, last + 1), r.cell[last]);
	}
	return false;
}

bool table_sound(const table *t) { return t->from.next && t->from.sound(t->from.ctx); }

void table_close(table *t)
{
	if (t->from.close)
		t->from.close(t->from.ctx);
	t->from = (table_source){ .file = t->from.file, .sheet = t->from.sheet };
}

place table_at(const table *t, int column)
{
	place at = at_line(t, t->line, t->at[column]);
	at.field = str_of(t->columns[column].name);
	return at;
}
