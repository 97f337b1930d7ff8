#include "engine/rank.h"
#include <stdlib.h>
#include "base/vn.h"

struct item {
	size_t index;
	dec value, raw; /* raw: only where values are equal */
	str sort_key;
};

struct order {
	const tree *t;
	const struct rank_entry *e;
};

/* Higher percent of one node first. */
static int by_node(const struct rank_entry *a, const struct rank_entry *b, int32_t node)
{
	const struct score_cell *x = &a->result->cells[node], *y = &b->result->cells[node];
	dec p = DEC_ZERO, q = DEC_ZERO;
	dec_mul(x->points, y->max, &p);
	dec_mul(y->points, x->max, &q);
	return dec_cmp(q, p);
}

static int by_value(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int d = dec_cmp(b->value, a->value);
	return d ? d : dec_cmp(b->raw, a->raw);
}

static int by_keys(const struct item *a, const struct item *b, const struct order *o)
{
	for (size_t i = 0; i < o->t->keys.n; i++) {
		struct tree_key k = o->t->keys.p[i];
		int d = k.what == KEY_NAME    ? str_cmp(a->sort_key, b->sort_key)
			: k.what == KEY_INPUT ? (a->index > b->index) - (a->index < b->index)
					      : by_node(&o->e[a->index], &o->e[b->index], k.node);
		if (d)
			return d;
	}
	return str_cmp(a->sort_key, b->sort_key);
}

static int by_value_and_keys(const void *a, const void *b, void *ctx)
{
	int d = by_value(a, b);
	return d ? d : by_keys(a, b, ctx);
}

/* Places of sorted items. */
static void number(enum tie_policy ties, const struct item *items, size_t n, int *places)
{
	int dense = 0;
	for (size_t i = 0; i < n; i++) {
		bool tie = i > 0 && by_value(&items[i - 1], &items[i]) == 0 && ties != TIES_ORDER;
		dense += !tie;
		places[items[i].index] = tie ? places[items[i - 1].index] : ties == TIES_DENSE ? dense : (int)i + 1;
	}
}

/* Units of equal value are told apart by their points before rounding: those are reckoned only where it matters. */
static void look_behind_ties(const tree *t, arena *mem, const struct rank_entry *e, struct item *items, size_t n)
{
	struct score_cell *scratch = NEW_ARRAY(mem, struct score_cell, t->nodes.n);
	for (size_t i = 0; i < n; i++) {
		bool before = i > 0 && dec_eq(items[i - 1].value, items[i].value), behind = i + 1 < n && dec_eq(items[i].value, items[i + 1].value);
		if (before || behind)
			items[i].raw = score_unrounded(t, e[items[i].index].result, scratch);
	}
}

void rank_units(const tree *t, arena *mem, struct rank_entry *e, size_t n)
{
	struct item *items = NEW_ARRAY(mem, struct item, n + 1);
	int *places = NEW_ARRAY(mem, int, n + 1);
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		if (!e[i].ranked || !e[i].result->available)
			continue;
		struct item *it = &items[used++];
		*it = (struct item){ .index = i, .value = e[i].result->value };
		if (t->ties == TIES_ORDER)
			it->sort_key = vn_sort_key(mem, e[i].name);
	}
	struct order o = { .t = t, .e = e };
	qsort(items, used, sizeof *items, by_value);
	look_behind_ties(t, mem, e, items, used);
	qsort_r(items, used, sizeof *items, by_value_and_keys, &o);
	number(t->ties, items, used, places);
	for (size_t i = 0; i < n; i++)
		e[i].place = places[i];
}

void rank_values(enum tie_policy ties, arena *mem, const dec *value, size_t n, int *places)
{
	struct item *items = NEW_ARRAY(mem, struct item, n + 1);
	for (size_t i = 0; i < n; i++)
		items[i] = (struct item){ .index = i, .value = value[i] };
	qsort(items, n, sizeof *items, by_value);
	number(ties, items, n, places);
}

bool rank_is_left_out(const tree *t, arena *mem, str unit)
{
	for (size_t i = 0; i < t->unranked.n; i++)
		if (str_eq(vn_tone(mem, t->unranked.p[i]), vn_tone(mem, unit)))
			return true;
	return false;
}
