/* grid: tables as people make them, whole in memory: the sheets of a workbook, the tables of a Word file, a CSV or pasted text. Unlike a table
 * (base/table.h) a grid needs no heading of ours: it is what a person maps to columns. Merged cells are filled: each cell they cover has the
 * text and says that it is spread.
 *
 * Text of the encodings before Unicode is converted and told: where a Word file names the fonts, by them, else by looking at the whole table
 * (base/vn_legacy.h). Numbers stand as tables want them, beside it as they are shown.
 *     grid.legacy        note: a table was read as {1}   {value} the first text, as it stood
 *     grid.legacy_font   the same, because of the font {2}
 *     grid.mixed         warning: some texts look like {1}, others are Unicode; nothing was changed
 *     grid.too_large     {1} cells at most
 *     grid.no_tables     nothing in the file */
#ifndef FORMAT_GRID_H
#define FORMAT_GRID_H
#include "base/csv.h"
#include "base/vec.h"
#include "base/vn_legacy.h"

enum { GRID_MAX_CELLS = 400000, GRID_MAX_ROWS = 20000, GRID_MAX_COLUMNS = 256, GRID_MAX_TABLES = 200 };

typedef struct grid_cell {
	str text;  /* trimmed */
	str shown; /* the same as a person sees it */
	bool spread; /* covered by a merged cell that begins further up or left */
} grid_cell;

typedef struct grid {
	str file, name; /* name of the sheet, or "#2" for the second table of a document; empty for CSV */
	int rows, columns;
	grid_cell *cell; /* rows * columns */
	int64_t *line;   /* of each row in its file */
	enum vn_legacy read_as;
} grid;

typedef struct grid_list {
	grid *p;
	size_t n, cap;
} grid_list;

static inline grid_cell *grid_at(const grid *g, int row, int column) { return &g->cell[(size_t)row * (size_t)g->columns + (size_t)column]; }
/* The place of a cell for faults. */
place grid_place(const grid *g, int row, int column);

/* Every table of a file, told apart by content. opt: of CSV, may be NULL. Hidden sheets are left out. */
enum err grid_read(cx *c, str name, str bytes, const csv_options *opt, grid_list *out);

/* For readers of formats: an empty grid of a size (ERR_LIMIT: fault), filling a merged cell, the end of reading (looks for old encodings). */
enum err grid_new(cx *c, str file, str name, int rows, int columns, grid *g);
void grid_spread(grid *g, int row, int column, int last_row, int last_column);
void grid_finish(cx *c, grid *g);

#endif
