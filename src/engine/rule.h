/* rule: the rule language, a subset of FEEL (OMG DMN 1.5, chapter 10) with the standard's own meaning. docs/rules.md lists the subset.
 *
 * A rule is compiled once and evaluated often. Names are bound to slots of an array of values while compiling, by a scope that the
 * caller supplies; evaluation reads that array and allocates only for text and lists.
 * What the subset lacks, and names or functions nobody knows, are errors of compiling, never a silent null. Wrong types and undefined
 * arithmetic give null, as the standard says; a call with the wrong number of arguments does too, with a warning.
 * Bounds: RULE_MAX_LENGTH bytes, RULE_MAX_DEPTH levels, RULE_MAX_TERMS operations in one another (a + b + c + …: evaluation goes down them
 * by recursion); there are no loops, so the time is bounded by the length. */
#ifndef ENGINE_RULE_H
#define ENGINE_RULE_H
#include "base/cx.h"
#include "engine/val.h"

enum { RULE_MAX_LENGTH = 16384, RULE_MAX_DEPTH = 200, RULE_MAX_TERMS = 1000 };

/* What of a measure a name means: X, X.num, X.den, X.prev, X.prev.num, X.prev.den, events(X). */
enum rule_part { PART_VALUE, PART_NUM, PART_DEN, PART_PREV, PART_PREV_NUM, PART_PREV_DEN, PART_EVENTS, RULE_PARTS };

struct rule_scope {
	/* Gives the slot of a name, or false when there is no such name. */
	bool (*find)(void *ctx, str name, enum rule_part part, uint32_t *slot);
	void *ctx;
	bool today; /* "today()" is a name that `find` knows: whoever evaluates says which day it is. Else it is a fault, as a clock would be */
	/* Columns of a table (else NULL): gives the slot with a cell's text as it stands, for where a rule compares the cell with text. Names may
	 * then have dots (the longest one that `find` knows is taken), and stand in backticks when they have other signs: `Tuổi (năm)`. */
	bool (*find_text)(void *ctx, str name, uint32_t *slot);
};

/* A name that a rule reads, once per (name, part). */
struct rule_ref {
	str name;
	enum rule_part part;
	uint32_t slot;
	bool tested_null; /* the rule itself asks whether it is null */
	int64_t offset;   /* character of its first use, from 1 */
};

struct rule_node;

typedef struct rule {
	str text; /* NFC */
	const struct rule_node *root;
	const struct rule_ref *refs;
	size_t n_refs;
} rule;

/* Faults: rule.* at `at` with the character as offset. *out and its parts live in c->mem. Untouched on failure. */
enum err rule_compile(cx *c, str text, const struct rule_scope *scope, place at, const rule **out);

/* slots: as the scope numbered them. mem takes texts and lists of the result. */
val rule_eval(const rule *r, const val *slots, arena *mem);

/* The functions of the subset, for documentation and completion: name and parameters; NULL behind the last. */
const char *rule_function_name(size_t i, const char **params);

#endif
