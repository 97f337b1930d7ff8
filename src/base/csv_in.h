/* csv_in: the inside of a csv, shared by csv.c and csv_open.c only. */
#ifndef BASE_CSV_IN_H
#define BASE_CSV_IN_H
#include "base/csv_decode.h"
#include "base/vec.h"

typedef struct span {
	size_t at, len, doubled; /* content as written: where in the record, how long, how many "" in it */
} span;

/* The window holds decoded text from the record in hand on. Positions are offsets in it. */
struct csv {
	cx *c;
	arena *own, *scratch; /* scratch: cells that had to be composed */
	str name;
	csv_decoder in;
	csv_info info;
	size_t max_cell, max_record;
	int max_columns;
	int64_t max_records;

	buf window;
	uint64_t base; /* offset of the window in the decoded text */
	bool ended, failed, broken; /* failed: the source did; reported when what came before is used up */

	size_t pos, record, cell, doubled; /* cell, doubled: of the cell in hand */
	int64_t line, cell_line;
	int64_t n_records, rejected;
	int64_t column; /* of the cell in hand, from 1 */
	bool bad;       /* the record in hand has its fault and is being skipped */

	VEC(span) spans;
	VEC(str) cells;
	VEC(int64_t) lines;

	int fd;
	str rest; /* of the memory read from */
};

/* Decodes another piece, keeping the record in hand; only its cell when it is being skipped. Moves the window: positions held outside f
 * are void. False: nothing more. */
bool csv_fill(csv *f);
/* Past the CR, CRLF or LF at pos. */
void csv_end_line(csv *f);
void csv_fail_source(csv *f);

#endif
