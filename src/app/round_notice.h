/* round_notice: who is told what of a round with a workflow, by the roles they hold over the units (actor_meant).
 *
 * A step of one sheet or part, and more time for one sheet, are told inside the transaction of the step. What concerns many sheets at once
 * (a round opens, asks for explanations, is published, gets other dates) and what follows from the calendar alone (due soon, late) is told by
 * the worker of the server, which compares each round with what was told last: sheets in chunks, a short transaction each. A notice of this
 * kind has a name of its own (`once`), so that a sweep that was broken off, or two servers, tell nothing twice. */
#ifndef APP_ROUND_NOTICE_H
#define APP_ROUND_NOTICE_H
#include "app/round_work.h"

enum { TELL_DAYS = 3 }; /* working days before the last day that "due soon" is told */

/* Inside the transaction of a step; part NULL: of the sheet. */
enum err round_tell_step(cx *c, db_conn *k, const struct work *w, const struct work_sheet *s, const db_round_part *part, const struct actor *who,
	str verb, str reason);
/* More time for this sheet. */
enum err round_tell_more(cx *c, db_conn *k, const struct work *w, const db_round_sheet *s, const struct actor *who, const db_round_extension *x);
/* Another criteria set: to those of the sheet, and upwards to the agencies of its parts. source: the decision; opened: codes whose appraisal was
 * opened again, or empty. Inside the transaction. */
enum err round_tell_edition(cx *c, db_conn *k, const struct work *w, const db_round_sheet *s, const struct actor *who, str source, str opened);
/* What there is to tell of all rounds today. */
enum err round_tell_due(cx *c, struct app *a);

#endif
