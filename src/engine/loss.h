/* loss: where a unit lost points, largest first. Only scored nodes with known points and, as points taken off, penalties. */
#ifndef ENGINE_LOSS_H
#define ENGINE_LOSS_H
#include "engine/score.h"

struct loss {
	int32_t node;
	dec lost; /* maximum minus points; of a penalty: the points taken off */
};

/* out: room for t->nodes.n; mem: scratch. Returns how many; equal losses stay in the edition's order. */
size_t loss_list(const tree *t, const struct score_cell *cells, arena *mem, struct loss *out);
/* Lost points of any node, also an inner one; a bonus loses nothing. */
dec loss_of(const tree *t, const struct score_cell *cells, int32_t node);

#endif
