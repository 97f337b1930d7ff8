/* round_setup: making a round with a workflow and changing its dates; the owners of its criteria; the board of its progress; the list of
 * what somebody has to do. */
#ifndef APP_ROUND_SETUP_H
#define APP_ROUND_SETUP_H
#include "app/actor.h"
#include "app/round.h"

struct round_new {
	str code, name_vi, name_en; /* code: a-z, 0-9 and "-", 3 to 60 signs */
	str edition;                /* code of the criteria set; its newest version that is in force */
	str level, period, kind;    /* level: of the units; kind: down, up */
	day opens_on, self_due, appraise_due, explain_due, final_due;
	int due_minute;             /* 0: 17:00 */
	bool needs_proof, illustrative;
	const str *units;           /* codes; n_units 0: all of the level at the end of the period */
	size_t n_units;
	/* upwards: who answers for which name in the edition's column owner */
	const struct round_owner_of {
		str owner, level, code;
	} * owners;
	size_t n_owners;
};

/* In the state draft. Faults: setup.* */
enum err round_create(cx *c, struct app *a, const struct actor *who, const struct round_new *x);

struct round_dates {
	day opens_on, self_due, appraise_due, explain_due, final_due;
	int due_minute;
};

/* Other dates, with a reason; the old ones stay in the history. */
enum err round_set_dates(cx *c, struct app *a, const struct actor *who, str round, const struct round_dates *x, str reason);

/* ---- what there is ---- */

struct plan_info {
	struct round_info round;
	str kind, state;
	day opens_on, self_due, appraise_due, explain_due, final_due;
	int due_minute, days_left; /* to the day that matters in this state */
	day next_due;              /* that day; 0: none */
	bool needs_proof, published;
	int revision;              /* of the publication; 0: none */
	int sheets, rows, done;    /* of those that who asks may see */
	str only;                  /* short name of the one sheet he sees; empty: several */
};

struct plan_list {
	struct plan_info *p;
	size_t n, cap;
};

/* Rounds with a workflow of which somebody may see a sheet or a part, newest first. */
enum err plan_mine(cx *c, struct app *a, const struct actor *who, struct plan_list *out);
enum err plan_get(cx *c, struct app *a, str round, struct plan_info *out);

struct board_row {
	int64_t unit_id;
	str code, name, slug, type, state;
	int n_rows, n_done, n_todo, n_wrong, n_proof, n_asked, n_decided;
	struct figure points, max;
	int64_t saved_at, due_ms;
	bool extended, late; /* late: past its day and not handed in */
};

struct board_owner {
	str owner, unit_name, unit_slug;
	int parts, n_rows, n_done, handed_in;
	str state; /* of the one part upwards; else empty */
};

struct board_step {
	int64_t at;
	str verb, from, to, reason, who, unit_name, owner;
};

struct board {
	struct plan_info plan;
	bool may_plan, may_publish, may_appraise, may_return;
	struct board_row *rows;
	size_t n_rows;
	struct board_owner *owners;
	size_t n_owners;
	struct board_step *steps; /* of the round, newest first */
	size_t n_steps;
	int by_state[9]; /* sheets, by the order of flow_states[FLOW_SHEET] */
	int rows_all, done_all, late;
};

/* Progress of every sheet and owner that who asks may see. */
enum err board_of(cx *c, struct app *a, const struct actor *who, str round, struct board *out);

#endif
