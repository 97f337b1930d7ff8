#include "app/trees.h"
#include <pthread.h>
#include <stdlib.h>
#include "db/edition.h"

enum { KEPT = 64 };

struct trees {
	pthread_mutex_t lock;
	size_t n;
	struct {
		int64_t edition_id;
		cx *c;
		const tree *t;
	} kept[KEPT];
};

struct trees *trees_new(void)
{
	struct trees *t = calloc(1, sizeof *t);
	if (t)
		pthread_mutex_init(&t->lock, NULL);
	return t;
}

void trees_free(struct trees *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		cx_free(t->kept[i].c);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static enum err read_tree(cx *c, const db_edition *e, const tree **out)
{
	tree *t;
	str code = arena_str(c->mem, e->code), text = arena_str(c->mem, e->csv);
	enum err err = tree_read(c, csv_open_mem(c, code, text, NULL), code, &t);
	*out = t;
	return err;
}

static const tree *find(struct trees *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->kept[i].edition_id == id)
			return s->kept[i].t;
	return NULL;
}

/* Under the lock; NULL: no room, or the text has faults. */
static const tree *keep(struct trees *s, const db_edition *e)
{
	const tree *t;
	if (s->n == KEPT)
		return NULL;
	cx *own = cx_new(0);
	if (read_tree(own, e, &t)) {
		cx_free(own);
		return NULL;
	}
	s->kept[s->n].edition_id = e->id;
	s->kept[s->n].c = own;
	s->kept[s->n++].t = t;
	return t;
}

enum err trees_get(cx *c, struct app *a, const db_edition *e, const tree **out)
{
	*out = NULL;
	if (a->trees) {
		pthread_mutex_lock(&a->trees->lock);
		*out = find(a->trees, e->id);
		if (!*out)
			*out = keep(a->trees, e);
		pthread_mutex_unlock(&a->trees->lock);
	}
	return *out ? ERR_OK : read_tree(c, e, out);
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
