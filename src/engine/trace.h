/* trace: how a node got its points, as one readable line of arithmetic in Vietnamese or English:
 *     12.486 / 12.851 = 0,971597… × 1,00 → 0,97
 *     1.082 < 1,1 × 1.004 = 1.104,4 → 0,00
 * The figures of the measures stand in for their names; of the rule only the branch is shown that gave the points, or, where the branch is
 * a fixed number, the condition that chose it. Values are cut (never rounded) after six decimals and then end in "…". */
#ifndef ENGINE_TRACE_H
#define ENGINE_TRACE_H
#include "base/po.h"
#include "engine/score.h"

struct trace_source {
	const tree *t;
	const struct measure_unit *unit;
	const struct score_cell *cells;
	val *slots; /* scratch of t->slots.n */
	arena *mem; /* scratch */
};

/* Fills the slots for the unit; once before any number of trace_line. */
void trace_begin(const struct trace_source *s);
void trace_line(buf *b, const struct trace_source *s, int32_t node, enum lang lang);
/* The same line, allocated in mem. */
str trace_str(arena *mem, const struct trace_source *s, int32_t node, enum lang lang);

/* A number for people: whole numbers grouped, fractions cut after six decimals. */
void trace_number(buf *b, dec d, enum lang lang);
/* Points with the node's digits, for people. */
void trace_points(buf *b, dec d, int digits, enum lang lang);

#endif
