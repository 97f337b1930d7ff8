/* measure: the figures of units, as the rules of a tree read them: value, counts, the preceding period, dated events (docs/formats.md).
 * Missing, not applicable and zero are three different things. */
#ifndef ENGINE_MEASURE_H
#define ENGINE_MEASURE_H
#include "base/period.h"
#include "base/table.h"
#include "engine/tree.h"

enum fact_status { FACT_MISSING, FACT_OK, FACT_NA };

/* One measure of one unit in one period. */
struct fact {
	enum fact_status status;
	bool has_counts, has_as_of;
	val value; /* with counts: num / den, null when den = 0 */
	dec num, den;
	str reason, source;
	day as_of;
	int64_t line; /* 0: no row */
};

struct measure_unit {
	str name;
	struct fact *now, *prev; /* by measure of the tree */
	struct fact *events;     /* value: the sum of the events (1 each) decided in the period; missing when no row speaks of the period */
};

struct measures {
	const tree *t;
	period period;
	VEC(struct measure_unit) units; /* in order of appearance */
	map by_name;
	int64_t rows, unused_rows;
};

enum { MEASURES_MAX_ROWS = 3000000 };

/* The columns of a MEASURES table (docs/formats.md). */
enum measure_column {
	MEASURE_UNIT,
	MEASURE_NAME,
	MEASURE_PERIOD,
	MEASURE_NUMERATOR,
	MEASURE_DENOMINATOR,
	MEASURE_VALUE,
	MEASURE_STATUS,
	MEASURE_REASON,
	MEASURE_SOURCE,
	MEASURE_AS_OF,
	MEASURE_COLUMNS
};

extern const struct table_column measure_columns[MEASURE_COLUMNS];

/* Reads a MEASURES table. period NULL: the latest in the file. Rows of measures that no rule names are counted, not kept.
 * Faults measure.*, table.*, csv.*. ERR_OK only when none is an error. Closes the file. */
enum err measures_read_table(cx *c, table_source from, const tree *t, const period *want, struct measures **out);
enum err measures_read(cx *c, csv *in, str file, const tree *t, const period *want, struct measures **out);

/* The same for rows that come from elsewhere, so that there is one reading of figures: begin, add row by row, end.
 * file: what faults name as their place, with the number of the row. false: too many rows, told at the end too. */
struct measures_in;
struct measures_in *measures_begin(cx *c, str file, const tree *t);
bool measures_add(struct measures_in *in, const str cells[MEASURE_COLUMNS]); /* read at once; in NFC */
enum err measures_end(struct measures_in *in, const period *want, struct measures **out);

int measures_find_unit(cx *c, const struct measures *m, str name); /* -1: none; tone placement does not matter */

/* Writes the unit's values into the tree's slots (t->slots.n of them). */
void measures_fill(const struct measure_unit *u, const tree *t, val *slots);
/* The fact behind a name of a rule. */
const struct fact *measures_fact(const struct measure_unit *u, int32_t measure, enum rule_part part);

/* What a cell that is to be a value surely is not meant to be: "83,1" and "31/12/2024" are measure.number and measure.date. NULL: fine. */
const char *measure_value_fault(str s);

/* A cell as a value: number, true, false (also TRUE, FALSE), yyyy-mm-dd, else text; empty: null. Text points into s. */
val measure_value(str s);

#endif
