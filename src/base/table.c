#include "base/table.h"
#include <assert.h>
#include "base/vn.h"

static bool read_heading(table *t, const csv_record *head)
{
	bool good = true;
	for (int i = 0; i < head->n; i++) {
		str name = str_trim(head->cell[i]);
		place at = { .file = t->file, .line = head->line, .column = i + 1 };
		int k = 0;
		while (k < t->n && !str_is(name, t->columns[k].name))
			k++;
		if (k == t->n || t->at[k]) {
			cx_fault(t->c, FAULT_ERROR, k == t->n ? "table.unknown_column" : "table.column_twice", at, name);
			good = false;
			continue;
		}
		t->at[k] = i + 1;
	}
	for (int k = 0; k < t->n; k++)
		if (t->columns[k].required && !t->at[k]) {
			place at = { .file = t->file, .line = head->line };
			cx_fault(t->c, FAULT_ERROR, "table.missing_column", at, str_of(t->columns[k].name));
			good = false;
		}
	return good;
}

enum err table_open(cx *c, csv *in, str file, const struct table_column *columns, int n, table *t)
{
	assert(n <= TABLE_MAX_COLUMNS);
	*t = (table){ .c = c, .in = in, .file = file, .columns = columns, .n = n, .faulty = true };
	csv_record head;
	if (!in)
		return ERR_INPUT;
	if (!csv_read(in, &head)) {
		if (!csv_broken(in) && csv_rejected(in) == 0)
			cx_fault(c, FAULT_ERROR, "table.empty", (place){ .file = file, .line = 1 }, STR(""));
		return ERR_INPUT;
	}
	t->faulty = !read_heading(t, &head);
	return t->faulty ? ERR_INPUT : ERR_OK;
}

bool table_next(table *t)
{
	csv_record r;
	while (csv_read(t->in, &r)) {
		t->line = r.line;
		t->rows++;
		int last = 0;
		for (int i = 0; i < t->n; i++) {
			t->cell[i] = t->at[i] && t->at[i] <= r.n ? str_trim(r.cell[t->at[i] - 1]) : (str){ "", 0 };
			if (t->at[i] > last)
				last = t->at[i];
		}
		if (r.n <= last)
			return true;
		place at = { .file = t->file, .line = r.line, .column = last + 1 };
		cx_fault(t->c, FAULT_ERROR, "table.too_many_cells", at, r.cell[last]);
	}
	return false;
}

void table_close(table *t)
{
	csv_close(t->in);
	t->in = NULL;
}

place table_at(const table *t, int column)
{
	return (place){ .file = t->file, .line = t->line, .column = t->at[column], .field = str_of(t->columns[column].name) };
}
