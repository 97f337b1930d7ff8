/* trees: editions as trees, read from their text once and then shared by all threads. A stored edition never changes, nor does a tree. */
#ifndef APP_TREES_H
#define APP_TREES_H
#include "app/app.h"
#include "engine/tree.h"

struct db_edition;

/* The tree lives as long as a, or as c where a keeps none. */
enum err trees_get(cx *c, struct app *a, const struct db_edition *e, const tree **out);

/* The scored nodes and the others, depth first, as a reader goes through the tree; order: room for t->nodes.n. */
size_t trees_walk(const tree *t, int32_t *order);

#endif
