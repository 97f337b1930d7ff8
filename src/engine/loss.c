#include "engine/loss.h"

dec loss_of(const tree *t, const struct score_cell *cells, int32_t node)
{
	const struct tree_node *n = &t->nodes.p[node];
	dec lost = DEC_ZERO;
	if (n->by == BY_BONUS)
		return DEC_ZERO;
	if (n->by == BY_PENALTY)
		return cells[node].points;
	dec_sub(cells[node].max, cells[node].points, &lost);
	return lost;
}

enum { BILLIONTHS = 9, AT_BITS = 20, FEW = 256 };
#define KEY_MAX ((UINT64_C(1) << (64 - AT_BITS)) - 1)

_Static_assert(TREE_MAX_NODES < 1 << AT_BITS, "a place in the list must fit beside the key");

/* Maximum minus points where both are short: as billionths at once. False: take the long way. */
static bool quick(const struct score_cell *c, struct loss *x)
{
	static const uint32_t power[] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };
	dec max = c->max, points = c->points;
	if ((max.hi | points.hi) || max.neg || points.neg || max.lo >= 1000000 || points.lo >= 1000000 || max.exp > 0
		|| points.exp > 0 || max.exp < -BILLIONTHS || points.exp < -BILLIONTHS)
		return false;
	uint64_t a = max.lo * power[-max.exp], b = points.lo * power[-points.exp];
	x->lost = a > b ? (dec){ .lo = a - b, .exp = -BILLIONTHS } : DEC_ZERO;
	return a >= b;
}

/* The loss in billionths, cut; *exact is cleared when that is not all of it. Most losses are whole hundredths. */
static uint64_t key_of(dec lost, bool *exact)
{
	static const uint64_t power[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };
	dec cut, back;
	int64_t key;
	if (lost.hi == 0 && lost.exp == -BILLIONTHS && lost.lo <= KEY_MAX)
		return lost.lo;
	if (lost.hi == 0 && lost.lo < 10000 && lost.exp <= 0 && lost.exp >= -BILLIONTHS)
		return lost.lo * power[BILLIONTHS + lost.exp];
	bool whole = dec_round(lost, BILLIONTHS, DEC_DOWN, &cut) && dec_eq(cut, lost);
	if (!dec_mul(cut, dec_int(1000000000), &back) || !dec_to_int(back, &key) || (uint64_t)key > KEY_MAX) {
		*exact = false;
		return KEY_MAX;
	}
	*exact = *exact && whole;
	return (uint64_t)key;
}

/* Merge sort, largest first; without branches in the inner loop, since which side comes next cannot be guessed. */
static const uint64_t *sort(uint64_t *a, uint64_t *b, size_t n)
{
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t lo = 0; lo < n; lo += 2 * width) {
			size_t mid = lo + width < n ? lo + width : n, hi = lo + 2 * width < n ? lo + 2 * width : n;
			size_t i = lo, j = mid, k = lo;
			while (i < mid && j < hi) {
				bool left = a[i] > a[j];
				b[k++] = left ? a[i] : a[j];
				i += left;
				j += !left;
			}
			while (i < mid)
				b[k++] = a[i++];
			while (j < hi)
				b[k++] = a[j++];
		}
		uint64_t *swap = a;
		a = b;
		b = swap;
	}
	return a;
}

/* Puts right what keys of billionths could not tell apart. */
static void refine(struct loss *out, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct loss x = out[i];
		size_t j = i;
		for (; j > 0 && dec_cmp(out[j - 1].lost, x.lost) < 0; j--)
			out[j] = out[j - 1];
		out[j] = x;
	}
}

size_t loss_list(const tree *t, const struct score_cell *cells, arena *mem, struct loss *out)
{
	size_t n = 0;
	bool exact = true;
	/* Editions of the usual size need no memory of the arena: this runs for thousands of units. */
	struct loss few[FEW], *found = few;
	uint64_t few_keys[2 * FEW], *keys = few_keys;
	if (t->nodes.n > FEW) {
		found = NEW_ARRAY(mem, struct loss, t->nodes.n);
		keys = NEW_ARRAY(mem, uint64_t, 2 * t->nodes.n);
	}
	for (size_t i = 0; i < t->nodes.n; i++) {
		if (!tree_is_scored(&t->nodes.p[i]) || !score_known(&cells[i]))
			continue;
		struct loss x = { .node = (int32_t)i };
		enum node_by by = t->nodes.p[i].by;
		if (by == BY_BONUS || by == BY_PENALTY || !quick(&cells[i], &x))
			x.lost = loss_of(t, cells, (int32_t)i);
		if (x.lost.neg || dec_is_zero(x.lost))
			continue;
		/* Behind the key, the place from the end: equal losses stay in the edition's order. */
		keys[n] = key_of(x.lost, &exact) << AT_BITS | ((1u << AT_BITS) - 1 - n);
		found[n++] = x;
	}
	const uint64_t *sorted = sort(keys, keys + (t->nodes.n > FEW ? t->nodes.n : FEW), n);
	for (size_t i = 0; i < n; i++)
		out[i] = found[(1u << AT_BITS) - 1 - (sorted[i] & ((1u << AT_BITS) - 1))];
	if (!exact)
		refine(out, n);
	return n;
}
