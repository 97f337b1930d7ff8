/* table: rows of named columns, read one by one: a CSV file, a sheet of a workbook, or any other source of rows. The first row is the
 * heading. The columns may stand in any order; the table gives the cells in the order of the caller's list. Unknown, doubled and missing
 * columns are faults, and so are rows with too many cells. Rows that say nothing are read over. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H
#include "base/csv.h"

enum { TABLE_MAX_COLUMNS = 64 };

struct table_column {
	const char *name;
	bool required;
	bool label; /* codes and names: a source that knows how a number is shown ("007", "1.10") gives it so */
};

typedef struct table_row {
	int64_t line;
	int n;
	const str *cell;  /* valid until the next row */
	const str *shown; /* the same as a person sees them; NULL: no difference */
} table_row;

/* Where rows come from. A file that could not be opened is a source without functions; what was wrong is in the context. */
typedef struct table_source {
	void *ctx;
	str file, sheet;
	bool (*next)(void *ctx, table_row *row);
	bool (*sound)(void *ctx); /* nothing was left out because of a fault, so far */
	void (*close)(void *ctx);
	void (*begins)(void *ctx, int64_t line); /* the table begins with this row: what is above it is no part of it. NULL: nothing to know */
} table_source;

typedef struct table {
	cx *c;
	table_source from;
	const struct table_column *columns; /* what the caller knows */
	int n;
	int at[TABLE_MAX_COLUMNS]; /* number of the cell in the file, from 1; 0: the file lacks the column */
	/* The row read last, in the order of `columns`; cells are trimmed. Valid until the next row. */
	int64_t line;
	str cell[TABLE_MAX_COLUMNS];
	int64_t rows; /* read so far */
	bool faulty;  /* the heading was not good */
} table;

table_source table_csv(csv *in, str file); /* takes over `in` (NULL is fine: then it failed to open) */

/* Rows that are in memory already: row i stands on line i + 2. All of it must stay until the table is closed. */
struct table_rows {
	const struct table_column *names;
	int columns;
	const str *const *row; /* each with that many cells */
	size_t n, at; /* at: used by the table */
};
table_source table_of_rows(cx *c, struct table_rows *rows, str file);

/* Reads the heading. Takes over the source. ERR_INPUT: faults are in c. */
enum err table_begin(cx *c, table_source from, const struct table_column *columns, int n, table *t);
enum err table_open(cx *c, csv *in, str file, const struct table_column *columns, int n, table *t); /* of table_csv */
bool table_next(table *t);
/* Whether every row was given: to be asked at the end, before closing. */
bool table_sound(const table *t);
void table_close(table *t);
/* The place of a cell of the current row. */
place table_at(const table *t, int column);

#endif
