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
#define AT_MAX ((UINT64_C(1) << AT_BITS) - 1)
#define KEY_MAX ((INT64_C(1) << (64 - AT_BITS)) - 1)

_Static_assert(TREE_MAX_NODES <= AT_MAX, "a place in the list must fit beside the key");

/* Maximum minus points in billionths where all of them are short, as they nearly always are. False: take the long way. */
static inline bool quick(const struct score_cell *c, int64_t *key)
{
	static const uint32_t power[] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };
	dec max = c->max, points = c->points;
	if ((max.hi | points.hi) || max.neg || points.neg || max.lo >= 1000000 || points.lo >= 1000000 || max.exp > 0
		|| points.exp > 0 || max.exp < -BILLIONTHS || points.exp < -BILLIONTHS)
		return false;
	*key = (int64_t)(max.lo * power[-max.exp]) - (int64_t)(points.lo * power[-points.exp]);
	return *key <= KEY_MAX;
}

/* Whether a scored node lost points. key: how many, in billionths, cut; *exact is cleared when that is not all of it. */
static inline bool lost_points(const tree *t, const struct score_cell *cells, int32_t node, int64_t *key, bool *exact)
{
	enum node_by by = t->nodes.p[node].by;
	dec lost, cut, back;
	if (by != BY_BONUS && by != BY_PENALTY && quick(&cells[node], key))
		return *key > 0;
	lost = loss_of(t, cells, node);
	if (lost.neg || dec_is_zero(lost))
		return false;
	bool whole = dec_round(lost, BILLIONTHS, DEC_DOWN, &cut) && dec_eq(cut, lost);
	if (!dec_mul(cut, dec_int(1000000000), &back) || !dec_to_int(back, key) || *key > KEY_MAX) {
		*key = KEY_MAX;
		whole = false;
	}
	*exact = *exact && whole;
	return true;
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
	size_t n = 0, most = t->nodes.n;
	bool exact = true;
	/* Editions of the usual size need no memory of the arena: this runs for thousands of units. */
	int32_t few_nodes[FEW], *nodes = few_nodes;
	uint64_t few_keys[2 * FEW], *keys = few_keys;
	if (most > FEW) {
		nodes = NEW_ARRAY(mem, int32_t, most);
		keys = NEW_ARRAY(mem, uint64_t, 2 * most);
	}
	for (size_t i = 0; i < most; i++) {
		int64_t key;
		if (!tree_is_scored(&t->nodes.p[i]) || !score_known(&cells[i]) || !lost_points(t, cells, (int32_t)i, &key, &exact))
			continue;
		/* Behind the key, the place from the end: equal losses stay in the edition's order. */
		keys[n] = (uint64_t)key << AT_BITS | (AT_MAX - n);
		nodes[n++] = (int32_t)i;
	}
	const uint64_t *sorted = sort(keys, keys + most, n);
	for (size_t i = 0; i < n; i++) {
		int32_t node = nodes[AT_MAX - (sorted[i] & AT_MAX)];
		out[i].node = node;
		out[i].lost = exact ? (dec){ .lo = sorted[i] >> AT_BITS, .exp = -BILLIONTHS } : loss_of(t, cells, node);
	}
	if (!exact)
		refine(out, n);
	return n;
}
