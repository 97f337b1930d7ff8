/* rank: places of units by the value of an index, from the highest down. Units without a value, or left out by the edition, get place 0.
 * Values are compared unrounded; where the edition rounds each component, units whose official values are equal are told apart by their
 * points before rounding. What is still equal shares a place (competition: 1, 2, 2, 4; dense: 1, 2, 2, 3) or is put in order by the
 * edition's keys (order:…: 1, 2, 3, 4), and then by name. */
#ifndef ENGINE_RANK_H
#define ENGINE_RANK_H
#include "engine/score.h"

struct rank_entry {
	const struct score_result *result;
	str name;
	bool ranked;
	int place; /* out */
};

/* mem: scratch. Entries keep their order. */
void rank_units(const tree *t, arena *mem, struct rank_entry *e, size_t n);
/* Whether the edition leaves this unit out of the ranking. */
bool rank_is_left_out(const tree *t, arena *mem, str unit);
/* The same for bare values, highest first: places[i] of value[i]. */
void rank_values(enum tie_policy ties, arena *mem, const dec *value, size_t n, int *places);

#endif
