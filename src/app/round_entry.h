/* round_entry: the sheet of a unit in a round: what is to be entered, what was, what it gives, and saving it.
 *
 * One API for the pages, for a sheet that comes back as a spreadsheet, and for programs:
 *     entry_load(c, a, who, STR("so-2025"), STR("tm-so-05"), &sheet);
 *     entry_save(c, a, who, STR("so-2025"), STR("tm-so-05"), changes, n, &saved);
 *
 * A figure (cell) is one measure of the sheet: part "now", "prev" (the period before) or "event" (seq 1, 2, …, each with its day). The same
 * measure may stand in several criteria; it is entered in the first of them, the others show it (cell.at).
 * A change names the revision it was made on (base; 0: none yet). Where another revision is there by now, nothing of that change is stored
 * and the outcome holds theirs: OUTCOME_CONFLICT. A change that came before (same key) or that changes nothing is OUTCOME_SAME. One that
 * cannot be right is OUTCOME_REFUSED with a fault whose place.field is "measure.part" or the node; the other changes are stored. */
#ifndef APP_ROUND_ENTRY_H
#define APP_ROUND_ENTRY_H
#include "app/round.h"
#include "app/actor.h"
#include "base/po.h"

struct entry_who {
	str name;
	int64_t at; /* UTC milliseconds; 0: never */
};

struct entry_cell {
	str measure, part, label_vi, label_en; /* label: from the catalogue, else the name */
	str unit;                              /* share, count, yes_no, date, events, text, …: what is to be entered */
	str num_label, den_label;              /* of a share */
	int seq, revision;                     /* revision: to be given back as base */
	bool counts;                           /* numerator and denominator are to be entered, else value */
	str numerator, denominator, value;     /* canonical: decimal point, yyyy-mm-dd, true, false */
	str status;                            /* ok, na, none, empty (nobody entered anything) */
	str reason, source;
	day as_of;
	struct entry_who who;
	const char *wrong; /* key of what is wrong with it; NULL: nothing */
	str at;            /* code of the criterion where it is entered, when that is another one; else empty */
	/* What the store knows: filled in until somebody enters another figure, for which a reason is demanded. */
	bool has_store, from_store; /* from_store: it is what counts now */
	str store_numerator, store_denominator, store_value, store_source;
	day store_as_of;
	str appraised_numerator, appraised_denominator; /* of the appraisal that is on */
	int appraised_revision;
	bool optional; /* the rule has a meaning for a figure that is not there */
};

struct entry_evidence {
	int64_t id, file_id;
	str kind, title, number, url, stage; /* kind: document, link, file */
	day issued_on;
	struct entry_who who;
	bool removed;
	str removed_reason;
};

struct entry_decision {
	bool there;
	bool opened; /* it was decided, and opened again: remark says why */
	str basis; /* self, figures, points */
	struct figure points;
	bool asks, na;
	str remark, trace_vi, trace_en;
	int revision;
	struct entry_who who;
};

struct entry_row {
	str code, parent, name_vi, name_en, rule, note, owner, owner_unit; /* owner_unit: name of the agency, where there is one */
	const char *by; /* sum self survey index bonus penalty */
	int level, digits;
	bool scored, evidence_needed;
	bool mine;  /* may be filled in by who asks, now */
	bool answer; /* explanation and evidence may be given, now */
	bool decide; /* may be appraised by who asks, now */
	const char *state; /* done todo wrong proof asked na; NULL: not a row of the unit */
	struct figure max, applicable, points, raw, last_year;
	const char *points_state; /* of the engine: ok na_reduced … */
	bool na;                  /* claimed as not applicable */
	bool lowered; /* appraised below the unit's own points */
	bool changed; /* a figure, text or evidence is newer than the last return, else than the handing in */
	bool differs; /* the points are others than last year's */
	str trace_vi, trace_en;
	struct entry_cell *cells;
	size_t n_cells;
	struct entry_evidence *evidence;
	size_t n_evidence;
	const struct tree_node *of; /* rule_said puts its rule in words; lives as long as the application */
	str explanation;
	int explanation_revision;
	struct entry_who explanation_who;
	struct entry_decision first, second, council;
	struct figure final;
};

/* What there is of a criterion that the criteria set has no more. */
struct entry_left {
	str place; /* "@1.1@2" */
	str code, name_vi, name_en;
	int version; /* of the set that had it */
	str explanation;
	struct entry_who explanation_who;
	struct entry_evidence *evidence;
	size_t n_evidence;
	struct entry_decision decision; /* that held then */
};

struct entry_part {
	str owner, unit_name, state;
	int64_t unit_id;
	int n_rows, n_done;
	bool mine; /* who asks may hand it in */
};

struct entry_sheet {
	struct round_info round;
	str kind, round_state, state; /* kind: down, up */
	int64_t unit_id;
	str unit_code, unit_name, unit_slug;
	int64_t version;
	bool percent, needs_proof;
	bool all;    /* who asks sees every row, not only the own part */
	bool edits, answers, decides, may_submit, may_approve, may_return, may_plan;
	const char *closed; /* why nothing can be entered now; NULL: it can */
	int64_t due_ms, explain_due_ms, saved_at;
	day due, explain_due;
	int days_left;
	str before; /* period of last year's points; empty: none */
	int n_rows, n_done, n_todo, n_wrong, n_proof, n_asked, n_decided;
	struct figure points, max; /* of the rows that the unit scores */
	struct figure decided_points, final_points, final_max;
	struct entry_row *rows; /* the tree, depth first, without rows that are not to be seen */
	size_t n_rows_all;
	struct entry_part *parts;
	size_t n_parts;
	struct entry_left *left; /* kept beside the sheet, counts for nothing */
	size_t n_left;
	str difficulty, proposal; /* for the report */
	int difficulty_revision, proposal_revision;
	const struct db_measure_def_list *catalogue; /* for rule_said */
};

/* ERR_DENIED: it is somebody else's; ERR_NOTFOUND without a fault: no such round or unit. */
enum err entry_load(cx *c, struct app *a, const struct actor *who, str round, str unit, struct entry_sheet *out);

enum entry_what { ENTRY_FIGURE, ENTRY_NOTE };

struct entry_change {
	enum entry_what what;
	int base;   /* revision it was made on */
	str key;    /* of the request, at most 64 bytes; empty: none */
	str origin; /* typed (empty), file */
	/* figure */
	str stage; /* self (empty), appraisal1, appraisal2, survey */
	str measure, part;
	int seq;
	str status; /* ok (empty), na, none, empty */
	str numerator, denominator, value, reason, source;
	day as_of;
	/* note: node and kind (explanation; difficulty, proposal with the root's code) */
	str node, kind, body;
};

struct entry_outcome {
	enum { OUTCOME_SAVED, OUTCOME_SAME, OUTCOME_CONFLICT, OUTCOME_REFUSED } is;
	int revision; /* that holds now */
	/* at a conflict: what is stored, and who stored it */
	str numerator, denominator, value, status, reason, body;
	struct entry_who who;
};

struct entry_saved {
	struct entry_outcome *p; /* one a change */
	size_t n;
	size_t saved, conflicts, refused;
	int64_t version, at;
	/* the sheet after it */
	int n_rows, n_done, n_todo, n_wrong, n_proof, n_asked;
	struct figure points, max;
	struct entry_point {
		str code;
		const char *state;
		struct figure points;
		struct figure applicable;
		str trace_vi, trace_en;
	} * points_of;
	size_t n_points; /* of every row */
};

enum { ENTRY_CHANGES_MAX = 2000, ENTRY_TEXT_MAX = 4000, ENTRY_SHORT_MAX = 500 };

/* ERR_OK also with conflicts and refusals: look at out. Otherwise nothing is stored: ERR_DENIED, ERR_CONFLICT with flow.* (closed, handed
 * in, too late), ERR_LIMIT, ERR_BUSY. */
enum err entry_save(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct entry_change *changes, size_t n,
	struct entry_saved *out);

/* A number as people write it, "4.218,6" in Vietnamese and "4,218.6" in English, as a canonical text. False: not a number. */
bool entry_number(cx *c, str text, enum lang lang, str *out);

/* ---- evidence ---- */

struct evidence_new {
	str node, kind, title, number, url; /* url: of kind link, http or https */
	day issued_on;
	int64_t file_id; /* of kind file */
	str key;
};

enum err evidence_add(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct evidence_new *x, int64_t *id);
enum err evidence_remove(cx *c, struct app *a, const struct actor *who, str round, str unit, int64_t id, str reason);

/* The evidence that the same unit gave for the criterion in the round of the period before; *round: its code. A sheet that who asks has loaded. */
enum err evidence_before(cx *c, struct app *a, const struct entry_sheet *s, str node, struct entry_evidence **out, size_t *n, str *round);

/* Signing (sign.h): a PDF leaves, and comes back signed. By who may give evidence of the criterion or hand in the sheet, until it is locked. What
 * came back is kept beside the original; both are locked, and so is the evidence (evidence_remove: ERR_CONFLICT with sign.keeps). */
struct file_info;
enum err evidence_sign(cx *c, struct app *a, const struct actor *who, str round, str unit, int64_t id);
enum err evidence_signed(cx *c, struct app *a, const struct actor *who, str round, str unit, int64_t request, str name, int fd, uint64_t size);
/* Whether who asks may do this now for a criterion. */
bool evidence_signs(cx *c, struct app *a, const struct actor *who, str round, str unit, str node);
/* The signed form of an evidence's file, once it has come back; 0: none. */
enum err evidence_signed_file(cx *c, struct app *a, int64_t id, int64_t *file_id);

/* For files (file_noun.c): ERR_OK, or ERR_DENIED. */
enum err evidence_may(cx *c, struct app *a, const struct actor *who, int64_t id);

/* ---- history of a criterion ---- */

struct entry_event {
	int64_t at;
	str who, what, node; /* what: figure, explanation, evidence, evidence_removed, decision, step */
	str label_vi, label_en, stage, old, now, reason;
};

struct entry_history {
	struct entry_event *p;
	size_t n, cap;
};

/* Newest first. node: of one criterion; empty: everything. */
enum err entry_history(cx *c, struct app *a, const struct actor *who, str round, str unit, str node, struct entry_history *out);

#endif
