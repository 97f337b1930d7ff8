/* edition_diff: two criteria sets beside each other: which rows were added, left out or changed, and every cell that says something else,
 * settings included, with what was there and what is there now. */
#ifndef APP_EDITION_DIFF_H
#define APP_EDITION_DIFF_H
#include "app/app.h"
#include "engine/figure.h"
#include "engine/tree_diff.h"

/* One cell of a row, or of a setting. */
struct edition_change {
	int column;  /* of tree_columns */
	str setting; /* "@round"; empty: of a row */
	str old, now; /* as in the table (docs/formats.md); empty: nothing was said */
};

enum diff_is { DIFF_IS_SAME, DIFF_IS_ADDED, DIFF_IS_LEFT_OUT, DIFF_IS_CHANGED };

struct edition_diff_row {
	enum diff_is is;
	int level;
	bool scored;
	str old_code, code, old_vi, old_en, name_vi, name_en;
	struct figure old_max, max;
	struct edition_change *changes; /* in the order of the columns; a parent whose code is another one by the map has not changed */
	size_t n_changes;
};

struct edition_diff {
	str old_name_vi, old_name_en, name_vi, name_en, old_code, code;
	int old_version, version; /* version 0: a draft */
	struct edition_change *settings;
	size_t n_settings;
	struct edition_diff_row *p;
	size_t n, n_added, n_left, n_changed;
};

/* One side: the set as a tree and as its canonical text (app/edition_text.h). */
struct edition_side {
	const tree *t;
	str text;
};

/* map_code: as in engine/tree_diff.h. The names and versions of *out are left as they are. */
enum err edition_diff_of(cx *c, const struct edition_side *old, const struct edition_side *now, diff_map map_code, void *ctx, struct edition_diff *out);
/* Two stored versions, by id. ERR_NOTFOUND without a fault. For everybody. */
enum err edition_compare(cx *c, struct app *a, int64_t old_id, int64_t id, struct edition_diff *out);

#endif
