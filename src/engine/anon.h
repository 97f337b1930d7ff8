/* anon: k-anonymity of a table: no combination of what others may know of a person (sex, age, occupation, place …) is shared by fewer than
 * k rows. A value is a level of a column; what must not be seen is suppressed, that is, its own level, which says "not told".
 *
 * Steps, the same for the same table:
 *     1  a value that fewer than k rows have is suppressed in them
 *     2  while some combination has fewer than k rows, the columns are suppressed in those rows, one column at a time, the one with the most
 *        values first; a column that must stay (the strata of a sample) is never suppressed
 *     3  when the rows that tell nothing any more are themselves fewer than k, the smallest other group joins them
 * What everybody of a group answered alike can still be told of the group (no l-diversity): whoever publishes should look at the figures. */
#ifndef ENGINE_ANON_H
#define ENGINE_ANON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

enum { ANON_MISSING = -1, ANON_SUPPRESSED = -2 };

struct anon_column {
	int32_t *level; /* by row: 0 … levels - 1, or ANON_MISSING, a value like others; suppressed in place */
	int32_t levels;
	bool fixed;
	size_t suppressed; /* rows, afterwards */
};

struct anon_report {
	size_t alone;  /* rows before that no other was like */
	size_t small;  /* rows before in groups of fewer than k */
	size_t groups; /* afterwards */
	size_t least;  /* rows of the smallest group afterwards; below k: there is no way (all rows are too few, or those of a fixed value) */
};

void anon_protect(arena *mem, struct anon_column *columns, size_t n, size_t rows, size_t k, struct anon_report *out);

#endif
