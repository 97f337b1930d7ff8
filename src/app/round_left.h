/* round_left: what a sheet holds of criteria that the criteria set has no more, since it was replaced in mid-year. Texts, evidence and
 * decisions of such a criterion stand at "@CODE@VERSION" (of the version before), a code that no criterion can have; nothing is lost, and
 * nothing of it counts. Not for other rooms. */
#ifndef APP_ROUND_LEFT_H
#define APP_ROUND_LEFT_H
#include "app/round_work.h"

/* Where what belonged to a code is put. */
str left_place(cx *c, str code, int version);
static inline bool left_is(str node) { return node.len && node.p[0] == '@'; }
/* "@1.1@2" as code and version; false: it is no such place. */
bool left_parse(str node, str *code, int *version);
/* The set that the place belongs to, and the criterion there. ERR_NOTFOUND without a fault. */
enum err left_find(cx *c, db_conn *k, struct app *a, const struct work *w, str node, const tree **t, int32_t *at);
/* Whether somebody who sees only parts of the sheet sees this: the part of the name that answered for it is his. mine: by parts. */
bool left_mine(cx *c, const struct work_sheet *s, const bool *mine, const tree *t, int32_t at);

#endif
