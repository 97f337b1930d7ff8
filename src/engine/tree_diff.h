/* tree_diff: two editions beside each other: which rows were added, left out or changed, and in what. */
#ifndef ENGINE_TREE_DIFF_H
#define ENGINE_TREE_DIFF_H
#include "engine/tree.h"

enum diff_bits { DIFF_CODE = 1, DIFF_NAME = 2, DIFF_MAX = 4, DIFF_RULE = 8, DIFF_BY = 16, DIFF_PARENT = 32, DIFF_OTHER = 64 };

struct diff_row {
	int32_t old, now; /* NO_NODE: added; left out */
	unsigned bits;    /* of rows that are in both; 0: as before */
};

/* The code in the new edition of a row of the old one; empty: left out. NULL: codes stay. */
typedef str (*diff_map)(void *ctx, str old_code);

/* In the order of the new tree, then what was left out in the order of the old one. *rows has room for all. */
size_t tree_diff(arena *mem, const tree *old, const tree *now, diff_map map_code, void *ctx, struct diff_row **rows);

#endif
