/* round_flow: the state machines of a round with a workflow, as one table, and the clock of its deadlines.
 *
 * A round goes draft, open, closed, appraisal1, explanation, appraisal2, council, final, published; corrected: back to "correcting" and
 * published anew. The sheet of a unit goes new, work, submitted (upwards also approved), returned, appraised1, explained, appraised2,
 * locked. A part (the rows of one agency or division) goes new, work, submitted, returned, accepted. */
#ifndef APP_ROUND_FLOW_H
#define APP_ROUND_FLOW_H
#include "app/actor.h"

enum flow_of { FLOW_ROUND, FLOW_SHEET, FLOW_PART };

struct flow_step {
	enum flow_of of;
	const char *verb;
	const char *from;   /* states before, with spaces */
	const char *to;
	const char *rounds; /* states of the round in which it may be; "": any */
	const char *kinds;  /* "down", "up", "down up" */
	const char *noun, *may; /* permission: noun and verb */
	bool reason;        /* must be given */
};

extern const struct flow_step flow_steps[]; /* ends with a NULL verb */
extern const char *const flow_states[3][11]; /* by enum flow_of, in order; NULL behind the last */

/* The step of this verb from this state. ERR_CONFLICT with flow.not_now; ERR_INPUT: no such verb. */
enum err flow_find(cx *c, enum flow_of of, str verb, str state, str round_state, str kind, const struct flow_step **out);
bool flow_can(enum flow_of of, const char *verb, str state, str round_state, str kind);
bool flow_word(const char *words, str word); /* whether it is one of the words */
/* Place of a state in its row of flow_states; -1: none. */
int flow_rank(enum flow_of of, str state);

/* ---- doing it; unit: the code or the short name of addresses ---- */

/* Each writes the step with its reason and an audit entry in one transaction. Faults: flow.*. The verbs "submit", "appraise1" … that
 * demand something of the sheet are refused with flow.incomplete and what is missing. */
enum err round_do(cx *c, struct app *a, const struct actor *who, str round, str verb, str reason);
enum err round_sheet_do(cx *c, struct app *a, const struct actor *who, str round, str unit, str verb, str reason);
enum err round_part_do(cx *c, struct app *a, const struct actor *who, str round, str unit, str owner, str verb, str reason);
/* More time for one sheet, or with unit "" for all; phase: self, explain. A reason is demanded. */
enum err round_extend(cx *c, struct app *a, const struct actor *who, str round, str unit, str phase, day until, str reason);

#endif
