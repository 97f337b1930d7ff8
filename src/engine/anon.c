#include "engine/anon.h"
#include <string.h>

struct work {
	arena *mem;
	struct anon_column *columns;
	size_t n, rows, k;
	uint32_t *slots; /* open addressing: row + 1 of the first of a group */
	size_t cap;
	uint32_t *group, *size; /* by row: first row of its group; by first row: rows */
};

static uint64_t hash_row(const struct work *w, size_t row)
{
	uint64_t h = 0x9E3779B97F4A7C15u;
	for (size_t i = 0; i < w->n; i++) {
		h ^= (uint64_t)(uint32_t)w->columns[i].level[row];
		h *= 0xBF58476D1CE4E5B9u;
		h ^= h >> 29;
	}
	return h;
}

static bool same(const struct work *w, size_t a, size_t b)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->columns[i].level[a] != w->columns[i].level[b])
			return false;
	return true;
}

/* Returns how many groups there are. */
static size_t make_groups(struct work *w)
{
	size_t groups = 0;
	memset(w->slots, 0, w->cap * sizeof *w->slots);
	memset(w->size, 0, w->rows * sizeof *w->size);
	for (size_t row = 0; row < w->rows; row++) {
		size_t at = hash_row(w, row) & (w->cap - 1);
		while (w->slots[at] && !same(w, w->slots[at] - 1, row))
			at = (at + 1) & (w->cap - 1);
		if (!w->slots[at]) {
			w->slots[at] = (uint32_t)row + 1;
			groups++;
		}
		w->group[row] = w->slots[at] - 1;
		w->size[w->group[row]]++;
	}
	return groups;
}

static bool is_small(const struct work *w, size_t row) { return w->size[w->group[row]] < w->k; }

static size_t count_small(const struct work *w, size_t *least)
{
	size_t small = 0;
	*least = w->rows;
	for (size_t row = 0; row < w->rows; row++) {
		small += is_small(w, row);
		if (w->size[w->group[row]] < *least)
			*least = w->size[w->group[row]];
	}
	return small;
}

static void suppress(struct anon_column *k, size_t row)
{
	k->suppressed += k->level[row] != ANON_SUPPRESSED;
	k->level[row] = ANON_SUPPRESSED;
}

static void suppress_rare(struct work *w, struct anon_column *k)
{
	size_t *n = NEW_ARRAY(w->mem, size_t, (size_t)k->levels + 1);
	for (size_t row = 0; row < w->rows; row++)
		n[k->level[row] + 1]++;
	for (size_t row = 0; row < w->rows; row++)
		if (n[k->level[row] + 1] < w->k)
			suppress(k, row);
}

/* Columns that may be suppressed, the one with the most values first; of equal ones the last. */
static size_t order_of(const struct work *w, size_t *order)
{
	size_t n = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (w->columns[i].fixed)
			continue;
		size_t at = n++;
		for (; at > 0 && w->columns[order[at - 1]].levels <= w->columns[i].levels; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return n;
}

static bool tells_nothing(const struct work *w, size_t row)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->columns[i].fixed && w->columns[i].level[row] != ANON_SUPPRESSED)
			return false;
	return true;
}

static bool alike_in_fixed(const struct work *w, size_t a, size_t b)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->columns[i].fixed && w->columns[i].level[a] != w->columns[i].level[b])
			return false;
	return true;
}

/* The smallest group that could join the rows like this one; rows: none. */
static size_t smallest_beside(const struct work *w, size_t row)
{
	size_t best = w->rows;
	for (size_t i = 0; i < w->rows; i++)
		if (w->group[i] == i && i != w->group[row] && alike_in_fixed(w, i, row) && (best == w->rows || w->size[i] < w->size[best]))
			best = i;
	return best;
}

/* False: nothing more can be done. */
static bool join(struct work *w)
{
	size_t row = 0;
	while (row < w->rows && !(is_small(w, row) && tells_nothing(w, row)))
		row++;
	size_t other = row < w->rows ? smallest_beside(w, row) : w->rows;
	if (other == w->rows)
		return false;
	for (size_t i = 0; i < w->rows; i++)
		for (size_t k = 0; k < w->n && w->group[i] == other; k++)
			if (!w->columns[k].fixed)
				suppress(&w->columns[k], i);
	return true;
}

void anon_protect(arena *mem, struct anon_column *columns, size_t n, size_t rows, size_t k, struct anon_report *out)
{
	struct work w = { .mem = mem, .columns = columns, .n = n, .rows = rows, .k = k, .cap = 16 };
	while (w.cap < 2 * rows)
		w.cap *= 2;
	w.slots = NEW_ARRAY(mem, uint32_t, w.cap);
	w.group = NEW_ARRAY(mem, uint32_t, rows + 1);
	w.size = NEW_ARRAY(mem, uint32_t, rows + 1);
	size_t *order = NEW_ARRAY(mem, size_t, n + 1), steps = order_of(&w, order);
	*out = (struct anon_report){ 0 };
	make_groups(&w);
	out->small = count_small(&w, &out->least);
	for (size_t row = 0; row < rows; row++)
		out->alone += w.size[w.group[row]] == 1;
	for (size_t i = 0; i < n; i++)
		if (!columns[i].fixed)
			suppress_rare(&w, &columns[i]);
	make_groups(&w);
	for (size_t i = 0; i < steps && count_small(&w, &out->least); i++) {
		for (size_t row = 0; row < rows; row++)
			if (is_small(&w, row))
				suppress(&columns[order[i]], row);
		make_groups(&w);
	}
	while (count_small(&w, &out->least) && join(&w))
		make_groups(&w);
	out->groups = make_groups(&w);
	count_small(&w, &out->least);
}
