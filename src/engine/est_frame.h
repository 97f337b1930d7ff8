/* est_frame: a table of answers in memory, column by column, as estimates need it: numbers as doubles, factors as small whole numbers.
 *
 * frame_open reads the heading of any CSV file; frame_want asks for columns, frame_where for a filter; frame_load reads the rows once and
 * keeps only what was asked for. The filter drops nothing: rows outside are marked, because an estimate of a part needs the whole design.
 * An empty cell, NA and NaN are missing. A number has a decimal point, no thousands marks; Inf is a number (an infinite population).
 * White space at both ends of a cell does not count.
 *
 * Owner: the arena of the context. A frame can also be made in memory (frame_new, frame_number, frame_factor), for programs that have the
 * answers already; those arrays stay the caller's and are put into another order by frame_order.
 *
 * Faults: frame.no_column, frame.twice (a wanted name stands twice in the heading), frame.number, frame.too_big, table.empty,
 * table.too_many_cells, rule.*, csv.*, all with line and column. */
#ifndef ENGINE_EST_FRAME_H
#define ENGINE_EST_FRAME_H
#include "base/csv.h"
#include "base/map.h"
#include "base/vec.h"
#include "engine/rule.h"

enum { FRAME_NUMBER = 1, FRAME_FACTOR = 2 };
enum { FRAME_MAX_ROWS = 20000000, FRAME_MAX_CELLS = 1 << 27, FRAME_MAX_COLUMNS = 4096 };
#define FRAME_MISSING UINT32_MAX

struct frame_column {
	str name;
	int column;        /* place in the file, from 1; 0: made in memory */
	unsigned kinds;    /* FRAME_NUMBER, FRAME_FACTOR or both */
	double *number;    /* n values; NaN: missing */
	uint32_t *code;    /* n values below n_levels; FRAME_MISSING: missing */
	const str *level;  /* texts of the factor, in order of appearance */
	uint32_t n_levels;
	struct frame_fill *fill; /* while reading */
};

/* What a filter reads of a row. */
struct frame_cell {
	uint32_t column; /* from 0 */
	bool text; /* as it stands */
};

typedef struct frame {
	cx *c;
	csv *in;
	struct cx_hold hold; /* of in */
	str file;
	size_t n;
	uint32_t *line; /* physical line of each row; NULL: made in memory */
	bool *in_part;  /* whether the filter lets the row in; NULL: all */
	VEC(str) heading;
	VEC(struct frame_column *) columns; /* those that were asked for */
	const rule *where;
	VEC(struct frame_cell) where_cells; /* by slot of the rule */
} frame;

/* Takes over `in` (NULL: it failed to open). *out is set only with ERR_OK. */
enum err frame_open(cx *c, csv *in, str file, frame **out);
bool frame_has(const frame *f, str name);
/* A column of the file, NULL: a fault. Asked twice, it is the same one, with the kinds of both. Valid numbers come with frame_load. */
struct frame_column *frame_want(frame *f, str name, unsigned kinds);
/* A FEEL expression over the columns; names may have dots, and stand in backticks. Where a cell is compared with text, its text counts
 * ("01", not 1). A row is in when it yields true; the note frame.where_none when none does. */
enum err frame_where(frame *f, str text);
/* Reads the rows, closes the file. */
enum err frame_load(frame *f);

frame *frame_new(cx *c, size_t n);
struct frame_column *frame_number(frame *f, str name, double *values);
struct frame_column *frame_factor(frame *f, str name, uint32_t *codes, const str *levels, uint32_t n_levels);

/* Puts the rows of all columns into a new order: the row at place i becomes the former row order[i]. */
void frame_order(frame *f, const uint32_t *order);
place frame_at(const frame *f, const struct frame_column *col, size_t row);

/* A cell as a number. False: not one. Missing is NaN and true. */
bool frame_parse(str s, double *out);
/* The levels of a factor as people sort them: numbers by value, then text by the Vietnamese alphabet. rank[code] from 0. */
uint32_t *frame_ranks(arena *mem, const struct frame_column *col);
/* The same with numbers as text, too, digit by digit: 10 before 9. */
uint32_t *frame_text_ranks(arena *mem, const struct frame_column *col);

/* The combinations of levels of several factors (at least one), in the order in which people sort them. Rows where one is missing, and
 * those that `in` (NULL: all) leaves out, get FRAME_MISSING. False: more than FRAME_MAX_CROSS combinations. */
enum { FRAME_MAX_CROSS = 200000, FRAME_MAX_BY = 4 };
struct frame_cross {
	uint32_t n_cells;
	uint32_t *cell;  /* by row */
	uint32_t *first; /* by cell: a row in it */
};
bool frame_cross(arena *mem, const frame *f, struct frame_column *const *columns, int n, const bool *in, struct frame_cross *out);
/* The levels of a row: one as it is, several joined by commas, in quotes where CSV wants them. */
str frame_label(arena *mem, struct frame_column *const *columns, int n, size_t row);

#endif
