#include "engine/tree_diff.h"

struct differ {
	const tree *old, *now;
	diff_map map_code;
	void *ctx;
	int32_t *before; /* by node of the new tree: the node that it comes from */
	struct diff_row *rows;
	size_t n;
};

static str mapped(const struct differ *d, str code) { return d->map_code ? d->map_code(d->ctx, code) : code; }

static void walk_new(struct differ *d, int32_t node)
{
	int32_t from = d->before[node];
	d->rows[d->n++] = (struct diff_row){ .old = from, .now = node };
	for (int32_t k = d->now->nodes.p[node].first_child; k != NO_NODE; k = d->now->nodes.p[k].next_sibling)
		walk_new(d, k);
}

static void walk_old(struct differ *d, int32_t node, const bool *kept)
{
	if (!kept[node])
		d->rows[d->n++] = (struct diff_row){ .old = node, .now = NO_NODE };
	for (int32_t k = d->old->nodes.p[node].first_child; k != NO_NODE; k = d->old->nodes.p[k].next_sibling)
		walk_old(d, k, kept);
}

size_t tree_diff(arena *mem, const tree *old, const tree *now, diff_map map_code, void *ctx, struct diff_row **rows)
{
	struct differ d = { .old = old, .now = now, .map_code = map_code, .ctx = ctx };
	bool *kept = NEW_ARRAY(mem, bool, old->nodes.n + 1);
	d.before = NEW_ARRAY(mem, int32_t, now->nodes.n + 1);
	d.rows = NEW_ARRAY(mem, struct diff_row, old->nodes.n + now->nodes.n + 1);
	for (size_t i = 0; i < now->nodes.n; i++)
		d.before[i] = NO_NODE;
	for (size_t i = 0; i < old->nodes.n; i++) {
		str code = mapped(&d, old->nodes.p[i].code);
		int32_t to = code.len ? tree_find(now, code) : NO_NODE;
		bool root = (int32_t)i == old->root && to == NO_NODE; /* the roots are one, whatever they are called */
		if (root)
			to = now->root;
		if (to == NO_NODE || d.before[to] != NO_NODE)
			continue;
		d.before[to] = (int32_t)i;
		kept[i] = true;
	}
	if (now->root != NO_NODE)
		walk_new(&d, now->root);
	if (old->root != NO_NODE)
		walk_old(&d, old->root, kept);
	*rows = d.rows;
	return d.n;
}
