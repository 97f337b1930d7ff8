/* round: an edition applied to the units of a level for a period, scored live from the measures in the store. */
#ifndef APP_ROUND_H
#define APP_ROUND_H
#include "app/result.h"

struct round_info {
	str code, name_vi, name_en, level, period;
	str edition_code, edition_vi, edition_en;
	bool illustrative;
};

struct round_list {
	struct round_info *p;
	size_t n, cap;
};

/* One unit of a round. */
struct round_unit {
	int64_t unit_id;
	str code, name, slug, group, type; /* type: phường, xã, …; empty: not said */
	struct figure value, points, max, change; /* change: of the value against the preceding round */
	struct figure lost, percent; /* of the maximum, where it is all there */
	int rank, previous_rank, moved;
	bool moved_known;
	int missing, ask; /* scored rows without points */
};

struct round_table {
	struct round_info round;
	struct round_list rounds; /* of the same level, newest first */
	str previous;             /* period of the round that changes are against; empty: none */
	bool percent;
	struct figure mean; /* of the values that are there, if two at least */
	struct round_unit *p; /* by rank, those without one last */
	size_t n, cap, ranked;
};

/* A figure behind a rule. */
struct sheet_fact {
	str name, label_vi, label_en; /* label: from the catalogue, else the name */
	str part;                     /* "", "prev", "events" */
	str unit; /* share, count, yes_no, date, …: from the catalogue, else empty */
	str value, numerator, denominator, source, reason;
	enum { FACT_IS_MISSING, FACT_IS_OK, FACT_IS_NA } status;
	struct figure num, den, number; /* where they are numbers */
	day as_of;                      /* 0: not said */
};

/* Between two numbers, without them, points go on a straight line. */
struct sheet_piece {
	dec from, to, at_from, at_to;
};

/* A number of the rule where points change. */
struct sheet_step {
	bool there;
	dec at, points;
	bool counted;
	dec count; /* of what is counted: so many more reach it; so many fewer still keep it */
};

/* How the points go with the one share that a rule reads, everything else as it is. */
struct sheet_scale {
	struct sheet_piece *piece;
	dec *point; /* at piece[i].from, and at the end of the last */
	size_t n;
	dec now, low, high;         /* what is worth showing: from low to high */
	bool plain, bare;           /* plain: of a number, not a share; bare: there is no figure to be marked on it */
	struct sheet_step up, down; /* the next number above with more points; the one that must not be fallen below */
};

struct sheet_node {
	str code, parent, name_vi, name_en, owner, note, rule;
	const char *by;    /* sum self survey index bonus penalty */
	const char *state; /* ok na_reduced na_max na_zero ask missing no_number */
	const char *na;    /* what becomes of points when a figure does not apply: unset ask reduce max zero */
	int level, digits;
	bool scored, has_children, evidence, known;
	bool rounds; /* points are rounded to so many digits here */
	struct figure max, applicable, points, raw, percent, lost;
	struct figure appraised, survey; /* the parts of points that are scored and surveyed */
	struct figure self;              /* what the unit gave itself, where that is stored */
	struct figure change;            /* of points against the preceding round */
	str trace_vi, trace_en;
	struct sheet_fact *facts;
	size_t n_facts;
	const struct sheet_scale *scale; /* NULL: none that is exact */
	const struct tree_node *of;      /* rule_said puts its rule in words; lives as long as the application */
};

struct sheet_loss {
	size_t node; /* place in nodes */
	struct figure lost;
	struct figure share; /* of all that is lost, this and the larger ones together: 0 to 1 */
};

/* One unit's result in one round: the whole tree, explained. */
struct sheet {
	struct round_info round;
	struct round_list rounds;
	str previous; /* period of the round that changes are against; empty: none */
	struct round_unit unit;
	int of; /* ranked units */
	bool percent, has_self;
	struct sheet_node *nodes;
	size_t n_nodes;
	struct sheet_loss *losses; /* largest first */
	size_t n_losses;
	struct figure self_max, survey_max; /* applicable maxima of what the unit scores, of surveys and outside indices; missing as soon as one is */
	const struct db_measure_def_list *catalogue; /* for rule_said */
};

/* An edition as a tree, without measures. */
struct edition_view {
	str code, name_vi, name_en, level, years, note;
	int version;
	bool illustrative;
	struct sheet_node *nodes;
	size_t n_nodes, n_scored;
	const struct db_measure_def_list *catalogue; /* for rule_said */
};

struct edition_brief {
	str code, name_vi, name_en, level;
	int version, first_year, last_year;
	bool illustrative;
};

struct edition_brief_list {
	struct edition_brief *p;
	size_t n, cap;
};

/* ERR_NOTFOUND without a fault, in all of them. */
enum err round_all(cx *c, struct app *a, struct round_list *out);
enum err round_table_of(cx *c, struct app *a, str code, struct round_table *out);
enum err round_sheet(cx *c, struct app *a, str code, str unit_slug, struct sheet *out);
/* The points of the units of a round that is scored live if a tree were applied to it. */
struct tree;
struct db_conn;
struct round_points {
	str code, name;
	struct figure points, value;
	int missing; /* scored rows without points */
};
struct round_points_list {
	struct round_points *p;
	size_t n, cap;
};
enum err round_points_under(cx *c, struct app *a, struct db_conn *k, str round, const struct tree *t, struct round_points_list *out);
enum err edition_view_of(cx *c, struct app *a, str code, struct edition_view *out);
/* Publications of all rounds with a workflow, the newest first: each revision as it was frozen. */
struct round_record {
	struct round_info round;
	int revision, units, ranked;
	bool last; /* this one is public */
	str decision, reason, engine, edition_sha256, first; /* first: the unit ranked first */
	int64_t at;
};

struct round_records {
	struct round_record *p;
	size_t n, cap;
};

enum err round_records(cx *c, struct app *a, struct round_records *out);
enum err edition_all(cx *c, struct app *a, struct edition_brief_list *out);

#endif
