/* round_work: what the files of a round with a workflow share: the round with its edition and dates, a sheet with everything entered in it,
 * and its figures as the engine reads them. Not for other rooms. */
#ifndef APP_ROUND_WORK_H
#define APP_ROUND_WORK_H
#include "app/actor.h"
#include "base/period.h"
#include "db/edition.h"
#include "db/measure.h"
#include "db/round.h"
#include "db/round_fact.h"
#include "engine/score.h"

struct work {
	db_round round;
	db_edition edition;
	db_round_plan plan;
	db_round_extension_list more;
	const tree *t;
	int32_t *order; /* of all nodes, depth first */
	size_t n_order;
	period period;
};

/* Everything of one sheet, as it stands. */
struct work_sheet {
	db_round_sheet s;
	db_round_part_list parts;
	db_entry_list entries;
	db_note_list notes;
	db_evidence_list evidence;
	db_decision_list decisions;
	db_measure_list live, before; /* of the store: this period, and appraised ones of the period before */
};

/* ERR_NOTFOUND: no such round, or (with the fault flow.no_plan) one without a workflow. */
enum err work_round(cx *c, db_conn *k, struct app *a, str code, struct work *out);
/* unit: code or short name of addresses. Only the row and its parts; ERR_NOTFOUND without a fault. */
enum err work_sheet(cx *c, db_conn *k, const struct work *w, str unit, struct work_sheet *out);
/* The rest of it. */
enum err work_facts(cx *c, db_conn *k, const struct work *w, struct work_sheet *s);

/* ---- rights ---- */

/* The same as actor_may, without a fault. Holds no connection, and neither may the caller. */
bool work_may(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, int64_t unit_id);

/* ---- time ---- */

int64_t work_due(const struct work *w, const char *phase, int64_t sheet_id); /* phase: self, explain; UTC milliseconds */
/* Working days from the day after today to that day, by the calendar of the store; on the last day and after it 0. */
enum err work_days_left(cx *c, db_conn *k, day until, int *out);
/* Whether figures of a sheet may be entered now. NULL, or the key of the fault that says why not. */
const char *work_closed(cx *c, const struct work *w, str round_state, str sheet_state, int64_t sheet_id);
/* The same for explanations and evidence, which may also be given in the phase of explanation. */
const char *work_closed_note(cx *c, const struct work *w, str round_state, str sheet_state, int64_t sheet_id);

/* ---- rows ---- */

str work_owner(cx *c, const tree *t, int32_t node); /* the first name in the column, or in that of the nodes above */
bool work_is_row(const struct tree_node *n);  /* scored by the unit itself */
bool work_is_bonus(const struct tree_node *n); /* bonus or penalty */
int work_stage_rank(str stage); /* self 0, appraisal1 1, appraisal2 2; survey -1 */

/* A figure that holds: entered, or from the store. Both NULL: there is none. */
struct work_figure {
	const db_entry *entry;
	const db_measure *live;
};

/* stage: the newest stage up to this one counts. part: now, prev, event. */
struct work_figure work_figure(const struct work_sheet *s, str stage, str measure, str part, int seq);
/* The measure of a catalogue; NULL: not in it. */
const db_measure_def *work_def(const db_measure_def_list *l, str name);
/* NULL: fine; else the key of what is wrong with the figures ("entry.exceeds", "entry.no_denominator"). */
const char *work_wrong(const db_entry *x, str unit);
/* The figures of a stage as the engine reads them; those that are wrong are left out. One unit, at place 0. */
enum err work_measures(cx *c, const struct work *w, const struct work_sheet *s, str stage, const db_measure_def_list *catalogue,
	struct measures **out);
/* Scored by the rules. r->cells are allocated. */
enum err work_score(cx *c, const struct work *w, struct measures *m, struct score_result *r);
/* Opened again: it decides nothing any more. */
static inline bool work_is_open(const db_decision *d)
{
	return str_is(d->basis, "open");
}
/* The decision that holds for a node, up to a stage: council before appraisal2 before appraisal1; NULL: none. */
const db_decision *work_decision(const struct work_sheet *s, str node, str up_to);

/* ---- progress ---- */

enum row_state { ROW_DONE, ROW_TODO, ROW_WRONG, ROW_PROOF, ROW_ASKED, ROW_NA };
extern const char *const row_states[]; /* done todo wrong proof asked na */

enum row_state work_row_state(const struct work *w, const struct work_sheet *s, const struct measures *m, const struct score_result *r, int32_t node,
	const db_measure_def_list *catalogue);
const db_note *work_note(const struct work_sheet *s, str node, str kind);
/* Whether the last decision of a node wants an explanation that was not given since. */
bool work_asked(const struct work_sheet *s, str node);
/* Counts rows, points and parts; s->s and s->parts get the figures (not written). points, maximum: of the self-scored part. */
enum err work_sum(cx *c, const struct work *w, struct work_sheet *s, const db_measure_def_list *catalogue, struct measures **m,
	struct score_result *r);
/* Counts anew and writes, where what is stored is of an older version. */
enum err work_settle(cx *c, struct app *a, const struct work *w, int64_t unit_id);

/* ---- writing ---- */

/* Through the queue of the server, or as a transaction. */
enum err work_write(cx *c, struct app *a, db_work work, void *arg);
static inline db_who work_who(const struct actor *who)
{
	return (db_who){ who->user_id, actor_name(who) };
}
/* Moves a sheet, notes the step and the audit entry, inside a transaction. */
enum err work_move_sheet(cx *c, db_conn *k, const struct work *w, const db_round_sheet *s, const struct actor *who, str verb, str to, str reason);

#endif
