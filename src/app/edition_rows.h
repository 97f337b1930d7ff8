/* edition_rows: a criteria set as rows that are being edited: the cells of docs/formats.md, 2, each row with a number (key) that it keeps
 * while its code, its parent or its place change. Rows may be faulty; engine/tree.h finds out.
 *
 * As a text (body) a row is a CSV record: the key, then the sixteen cells. */
#ifndef APP_EDITION_ROWS_H
#define APP_EDITION_ROWS_H
#include "engine/tree.h"

struct edition_row {
	int64_t key;
	str cell[TREE_COLUMNS]; /* never NULL: empty when nothing is said */
};

struct edition_rows {
	struct edition_row *p;
	size_t n, cap;
	int64_t last_key;
};

enum err edition_rows_read(cx *c, str body, struct edition_rows *out);
str edition_rows_body(cx *c, const struct edition_rows *r);
/* From a table in our form, with faults about its heading and its reading only; takes over the source. */
enum err edition_rows_take(cx *c, table_source from, struct edition_rows *out);
/* The rows as a table: row i stands on line i + 2. They must stay as they are until it is closed. */
table_source edition_rows_table(cx *c, const struct edition_rows *r, str name);
/* In the canonical form (app/edition_text.h). */
str edition_rows_text(cx *c, const struct edition_rows *r);

static inline bool edition_row_sets(const struct edition_row *r) { return r->cell[TREE_CODE].len && r->cell[TREE_CODE].p[0] == '@'; }
int edition_rows_find(const struct edition_rows *r, int64_t key);  /* place; -1: none */
int edition_rows_code(const struct edition_rows *r, str code);     /* the first row of this code; -1: none */
struct edition_row *edition_rows_add(cx *c, struct edition_rows *r); /* an empty row at the end, with the next key */

/* Puts the settings first, then the tree depth first, then what hangs nowhere. level (room for n): 0 for roots, -1 for settings and for what
 * hangs nowhere. */
void edition_rows_sort(cx *c, struct edition_rows *r, int *level);
/* How many rows below the one at place i, in a sorted set. */
size_t edition_rows_below(const int *level, size_t n, size_t i);

#endif
