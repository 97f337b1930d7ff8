/* tree: an index as an edition describes it: fields, criteria and components with maxima, rules and settings (docs/formats.md).
 * Nothing of it is compiled in. A tree is read from a table, checked, and never changed afterwards. */
#ifndef ENGINE_TREE_H
#define ENGINE_TREE_H
#include "base/map.h"
#include "base/table.h"
#include "base/vec.h"
#include "engine/rule.h"

enum node_by { BY_SUM, BY_SELF, BY_SURVEY, BY_INDEX, BY_BONUS, BY_PENALTY };
enum node_agg { AGG_SUM, AGG_WSUM, AGG_MEAN, AGG_WMEAN, AGG_GMEAN };
enum na_policy { NA_UNSET, NA_ASK, NA_REDUCE, NA_MAX, NA_ZERO };
enum tie_policy { TIES_COMPETITION, TIES_DENSE, TIES_ORDER };
enum round_at { ROUND_COMPONENT, ROUND_END, ROUND_NONE };
enum clamp_flags { CLAMP_COMPONENT = 1, CLAMP_GROUP = 2, CLAMP_TOTAL = 4 };
enum index_value { VALUE_PERCENT, VALUE_POINTS };

enum { NO_NODE = -1, TREE_MAX_NODES = 20000, TREE_MAX_DEPTH = 12, SLOT_MAX = 0 /* the slot of `max` */ };

/* The columns of the table, in the order of docs/formats.md. */
enum tree_column {
	TREE_CODE,
	TREE_PARENT,
	TREE_NAME_VI,
	TREE_NAME_EN,
	TREE_MAX,
	TREE_BY,
	TREE_AGG,
	TREE_WEIGHT,
	TREE_CAP,
	TREE_RULE,
	TREE_OWNER,
	TREE_NA,
	TREE_DIGITS,
	TREE_ROUNDING,
	TREE_EVIDENCE,
	TREE_NOTE,
	TREE_COLUMNS
};

extern const struct table_column tree_columns[TREE_COLUMNS];

struct tree_node {
	str code, name_vi, name_en, owner, note;
	int64_t line;
	int32_t parent, first_child, next_sibling;
	int level; /* 0 root, 1 field, 2 criterion, … */
	enum node_by by;
	enum node_agg agg;
	enum na_policy na;
	bool has_max, has_cap, has_weight, evidence;
	dec max, cap, weight;
	int digits; /* of points, when rounded */
	enum dec_round rounding;
	const rule *rule; /* scored rows only */
	str rule_text;
	int rule_column; /* for faults */
};

/* One measure that the rules name, with the slots of its parts (0: not read). */
struct tree_measure {
	str name;
	uint32_t slot[RULE_PARTS];
};

/* What a slot holds. */
struct tree_slot {
	int32_t measure; /* -1: the maximum */
	enum rule_part part;
};

struct tree_group {
	str name;
	dec from;
	bool open; /* > instead of >= */
};

struct tree_key {
	int32_t node; /* more percent of this node first; NO_NODE: see what */
	enum { KEY_NODE, KEY_NAME, KEY_INPUT } what;
};

typedef struct tree {
	str file, sheet; /* for faults */
	str name_vi, name_en, level, years, note;
	int year_from, year_to; /* 0: not said */
	enum round_at round_at;
	int digits; /* of the index value and, where the row says nothing, of points */
	enum dec_round rounding;
	enum tie_policy ties;
	enum index_value value;
	unsigned clamp; /* clamp_flags; an edition that says nothing: components */
	enum na_policy na;
	VEC(struct tree_key) keys;
	VEC(struct tree_group) groups;
	VEC(str) unranked;
	VEC(struct tree_node) nodes;
	int32_t root;
	int32_t *order; /* children before parents */
	VEC(struct tree_measure) measures;
	map by_code, by_measure;
	VEC(struct tree_slot) slots;
} tree;

/* Reads an edition. Faults (edition.*, rule.*, table.*, csv.*) are in c; ERR_OK only when none is an error. *out also after faults in rows, for
 * further checks, else NULL. Closes the table's file. */
enum err tree_read_table(cx *c, table_source from, tree **out);
enum err tree_read(cx *c, csv *in, str file, tree **out);

int32_t tree_find(const tree *t, str code);         /* NO_NODE: none */
int32_t tree_measure_find(const tree *t, str name); /* -1: no rule names it */
static inline bool tree_is_scored(const struct tree_node *n)
{
	return n->rule != NULL;
}
/* Whether the years say that the edition is for this one; true when they say nothing. */
bool tree_for_year(const tree *t, int year);

/* Bands of a rule that can never apply (dead) or reach into an earlier one: edition.band_dead, edition.band_overlap. Gaps between bands are
 * warnings whatever the level: edition.band_missing. */
void tree_check_bands(cx *c, const tree *t, enum fault_level level);

#endif
