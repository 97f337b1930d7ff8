/* score: from a unit's measures to the points of every node and the value of the index.
 *
 * Missing and not applicable are looked at before a rule runs (design: FEEL would turn a missing figure into zero):
 * - a measure not applicable: the node's N/A policy (reduce the maximum, full points, zero, or ask: no points until decided);
 * - a measure missing, or a share whose denominator is 0: no points, unless the rule itself tests that name for null;
 * - a rule that yields null, or no number: no points.
 * A node with such a descendant has no points either, and the unit no rank; `points` then holds what is known so far. */
#ifndef ENGINE_SCORE_H
#define ENGINE_SCORE_H
#include "engine/measure.h"

enum score_state {
	SCORE_OK,
	SCORE_NA_REDUCED, /* left out: maximum and points are 0 */
	SCORE_NA_MAX,
	SCORE_NA_ZERO,
	SCORE_ASK,      /* not applicable, and somebody must decide what that means */
	SCORE_MISSING,  /* a measure is missing */
	SCORE_NO_NUMBER /* the rule gave null or something else than a number */
};

/* One node of one unit. Also the record a trace is written from. */
struct score_cell {
	dec raw;    /* of a scored node: before rounding, after the clamp; of the others: points */
	dec points; /* as the edition rounds */
	dec max;    /* applicable maximum */
	uint8_t state;
	bool clamped;  /* clamp or cap changed it */
	bool reduced;  /* some or all of its maximum is not applicable */
	int16_t cause; /* index among the rule's refs of what is missing or not applicable; -1: none */
};

struct score_result {
	struct score_cell *cells; /* by node */
	bool available;           /* has a value, and may be ranked */
	dec value;                /* percent or points, unrounded */
	dec published;            /* value as the edition rounds it */
	int group;                /* of t->groups; -1: none */
	int missing, ask;         /* scored nodes without points */
};

static inline bool score_known(const struct score_cell *c)
{
	return c->state < SCORE_ASK;
}

/* slots: t->slots.n values, scratch. mem: for texts and lists while rules run. r->cells must hold t->nodes.n cells. */
void score_unit(const tree *t, const struct measure_unit *u, val *slots, arena *mem, struct score_result *r);

/* The same where the cells of the scored nodes are there already, by decisions instead of rules: everything above them. */
void score_sum(const tree *t, struct score_result *r);

/* What the value would be if the components were not rounded: tells units apart whose official values are equal. scratch:
 * t->nodes.n cells. */
dec score_unrounded(const tree *t, const struct score_result *r, struct score_cell *scratch);

/* Points and applicable maximum of the scored nodes below `node` (or itself) with one of these kinds (bits 1 << enum node_by), in plain
 * sums. False: some of them have no points. Bonus and penalty outside the maximum count only when asked for. */
bool score_part(const tree *t, const struct score_cell *cells, int32_t node, unsigned kinds, dec *points, dec *max);
enum { KIND_SELF = 1 << BY_SELF, KIND_SURVEY = 1 << BY_SURVEY | 1 << BY_INDEX };

#endif
