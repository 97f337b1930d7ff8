/* edition_round: a round that goes over to another version of its criteria set: what would become of it, and doing it. Part of edition_force.h;
 * not for other rooms.
 *
 * Figures belong to measures and stay. Texts, evidence and decisions belong to criteria and go with the codes; what has no counterpart goes to
 * a place of its own (round_left.h). A decision goes along where its criterion became one of the new set, no other became the same, and maximum,
 * rule and treatment of points are the same; else it is opened again: a further revision, without points, that says why. */
#ifndef APP_EDITION_ROUND_H
#define APP_EDITION_ROUND_H
#include "app/edition_force.h"
#include "app/round_work.h"

struct moving {
	struct app *a;
	const struct actor *who;
	const struct force *x;
	const db_edition *from;
	const tree *old, *now;
	const db_edition *to; /* doing it; NULL: only a look */
};

str force_map_code(void *x, str code); /* x: struct force, or NULL; empty: left out */
bool force_names(const str *codes, size_t n, str code);

/* look: score it under both sets, too. */
enum err moving_look(cx *c, db_conn *k, const struct moving *m, const db_round *r, bool look, struct force_round *out);
/* Inside the transaction. *planned: it has sheets, which are to be settled behind it (moving_settle). */
enum err moving_do(cx *c, db_conn *k, const struct moving *m, const db_round *r, bool *planned);
enum err moving_settle(cx *c, struct app *a, int64_t round_id);

#endif
