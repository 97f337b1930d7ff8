/* tree_diff: two editions beside each other: which row of the one is which of the other, which were added and which left out. */
#ifndef ENGINE_TREE_DIFF_H
#define ENGINE_TREE_DIFF_H
#include "engine/tree.h"

struct diff_row {
	int32_t old, now; /* NO_NODE: added; left out */
};

/* The code in the new edition of a row of the old one; empty: left out. NULL: codes stay. */
typedef str (*diff_map)(void *ctx, str old_code);

/* In the order of the new tree, then what was left out in the order of the old one. *rows has room for all. */
size_t tree_diff(arena *mem, const tree *old, const tree *now, diff_map map_code, void *ctx, struct diff_row **rows);

#endif
