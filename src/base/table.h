/* table: a CSV file with a heading line, read row by row. The columns may stand in any order; the table gives the cells in the order of
 * the caller's list. Unknown, doubled and missing columns are faults, and so are rows with too many cells. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H
#include "base/csv.h"

enum { TABLE_MAX_COLUMNS = 64 };

struct table_column {
	const char *name;
	bool required;
};

typedef struct table {
	cx *c;
	csv *in;
	str file;
	const struct table_column *columns; /* what the caller knows */
	int n;
	int at[TABLE_MAX_COLUMNS]; /* number of the cell in the file, from 1; 0: the file lacks the column */
	/* The row read last, in the order of `columns`; cells are trimmed. Valid until the next row. */
	int64_t line;
	str cell[TABLE_MAX_COLUMNS];
	int64_t rows; /* read so far */
	bool faulty;  /* the heading was not good */
} table;

/* Reads the heading. Takes over `in` (NULL is fine: then it failed to open). ERR_INPUT: faults are in c. */
enum err table_open(cx *c, csv *in, str file, const struct table_column *columns, int n, table *t);
bool table_next(table *t);
void table_close(table *t);
/* The place of a cell of the current row. */
place table_at(const table *t, int column);

#endif
