#include "app/trees.h"
#include "app/kept.h"
#include "db/edition.h"

static enum err read_tree(cx *c, const void *stored, const void **out)
{
	tree *t;
	const db_edition *e = stored;
	str code = arena_str(c->mem, e->code), text = arena_str(c->mem, e->csv);
	enum err err = tree_read(c, csv_open_mem(c, code, text, NULL), code, &t);
	*out = t;
	return err;
}

enum err trees_get(cx *c, struct app *a, const db_edition *e, const tree **out)
{
	const void *t = kept_make(a->kept, e->id, read_tree, e);
	enum err err = t ? ERR_OK : read_tree(c, e, &t);
	*out = t;
	return err;
}

static size_t walk(const tree *t, int32_t node, int32_t *order, size_t n)
{
	order[n++] = node;
	for (int32_t k = t->nodes.p[node].first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling)
		n = walk(t, k, order, n);
	return n;
}

size_t trees_walk(const tree *t, int32_t *order)
{
	return walk(t, t->root, order, 0);
}
