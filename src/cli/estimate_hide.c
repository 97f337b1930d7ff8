/* --min-cell: which rows of the answer may not be shown, by engine/hide.h. The table is that of the columns of --by, in the order of the file
 * whatever order was asked for, so that the same cells are hidden either way; of a share with its levels as a further axis. */
#include "cli/estimate.h"
#include "engine/hide.h"

struct cells {
	struct hide_table t;
	struct frame_column *by[FRAME_MAX_BY];
	size_t parts; /* cells of --by alone */
	size_t *at;   /* by part: its cell there */
};

static size_t levels_of(const struct estimate_stat *s)
{
	return s->kind == STAT_PLAIN && s->ask.kind == EST_PROP ? s->y->n_levels : 1;
}

static bool find_cells(struct estimate_job *j, struct cells *k)
{
	k->parts = 1;
	k->t.threshold = (size_t)j->o.cell;
	for (int i = 0; i < j->n_by; i++) {
		int to = i;
		for (; to > 0 && k->by[to - 1]->column > j->by[i]->column; to--)
			k->by[to] = k->by[to - 1];
		k->by[to] = j->by[i];
		k->parts *= j->by[i]->n_levels;
		if (k->parts > FRAME_MAX_CROSS)
			return cli_misuse(j->cli, "estimate.too_many", "--min-cell"), false;
	}
	for (int i = 0; i < j->n_by; i++)
		k->t.size[k->t.axes++] = k->by[i]->n_levels;
	k->at = NEW_ARRAY(j->cli->c->mem, size_t, j->parts.n + 1);
	for (size_t p = 0; p < j->parts.n; p++)
		for (int i = 0; i < j->n_by; i++)
			k->at[p] = k->at[p] * k->by[i]->n_levels + k->by[i]->code[j->parts.p[p].rows[0]];
	return true;
}

/* n: answers of each part. */
static void hide_parts(struct estimate_job *j, const struct cells *k, const size_t *n, bool *out)
{
	arena *mem = j->cli->c->mem;
	struct hide_table t = k->t;
	size_t *counts = NEW_ARRAY(mem, size_t, k->parts);
	bool *hidden = NEW_ARRAY(mem, bool, k->parts);
	for (size_t p = 0; p < j->parts.n; p++)
		counts[k->at[p]] = n[p];
	t.n = counts;
	j->tells |= !hide_small(mem, &t, hidden);
	for (size_t p = 0; p < j->parts.n; p++)
		out[p] |= hidden[k->at[p]];
}

/* The people of each level in each part. */
static void hide_levels(struct estimate_job *j, const struct cells *k, const struct frame_column *y, bool *out)
{
	arena *mem = j->cli->c->mem;
	struct hide_table t = k->t;
	size_t levels = y->n_levels, *counts = NEW_ARRAY(mem, size_t, k->parts * levels);
	bool *hidden = NEW_ARRAY(mem, bool, k->parts *levels);
	for (size_t p = 0; p < j->parts.n; p++)
		for (size_t i = 0; i < j->parts.p[p].n; i++) {
			uint32_t row = j->parts.p[p].rows[i];
			if (y->code[row] != FRAME_MISSING && j->d->weight[row] != 0)
				counts[k->at[p] * levels + y->code[row]]++;
		}
	t.n = counts;
	t.size[t.axes++] = levels;
	j->tells |= !hide_small(mem, &t, hidden);
	for (size_t p = 0; p < j->parts.n; p++)
		for (size_t level = 0; level < levels; level++)
			out[level * j->parts.n + p] |= hidden[k->at[p] * levels + level];
}

static bool find_hidden(struct estimate_job *j, const struct estimate_stat *s, const size_t *n, bool *out)
{
	struct cells k = { 0 };
	size_t levels = levels_of(s);
	if (!find_cells(j, &k))
		return false;
	if (k.parts * levels > FRAME_MAX_CROSS)
		return cli_misuse(j->cli, "estimate.too_many", "--min-cell"), false;
	if (levels > 1)
		hide_levels(j, &k, s->y, out);
	for (size_t level = 0; level < levels; level++)
		hide_parts(j, &k, n, out + level * j->parts.n);
	return true;
}

bool estimate_hide(struct estimate_job *j, const struct estimate_stat *s, uint32_t level, size_t from)
{
	arena *mem = j->cli->c->mem;
	bool **hidden = &j->hidden[s - j->stats];
	size_t *n = NEW_ARRAY(mem, size_t, j->parts.n + 1);
	if (!j->o.cell)
		return true;
	for (size_t i = from; i < j->report.rows.n; i++)
		n[j->report.rows.p[i].part] = j->report.rows.p[i].v.n;
	if (!*hidden) {
		*hidden = NEW_ARRAY(mem, bool, levels_of(s) * j->parts.n + 1);
		if (!find_hidden(j, s, n, *hidden))
			return false;
	}
	for (size_t i = from; i < j->report.rows.n; i++)
		j->report.rows.p[i].hidden = estimate_is_hidden(j, s, level, j->report.rows.p[i].part);
	return true;
}

bool estimate_is_hidden(const struct estimate_job *j, const struct estimate_stat *s, uint32_t level, size_t part)
{
	const bool *hidden = j->hidden[s - j->stats];
	return hidden && hidden[(levels_of(s) > 1 ? level : 0) * j->parts.n + part];
}

void estimate_leave_out(struct estimate_job *j)
{
	size_t kept = 0;
	for (size_t i = 0; i < j->report.rows.n && j->tells; i++)
		if (!j->report.rows.p[i].hidden)
			j->report.rows.p[kept++] = j->report.rows.p[i];
	if (!j->tells)
		return;
	j->report.rows.n = kept;
	cx_fault(j->cli->c, FAULT_NOTE, "estimate.left_out", (place){ .file = str_of(j->o.data) }, (str){ 0 });
}
