/* xlsx: reads workbooks (.xlsx, .xlsm) as a stream of rows, in bounded memory: shared strings and styles are kept, sheets are not.
 *
 * What a cell gives: `text`, the form tables want: numbers as plain decimals with the 15 significant digits that spreadsheets show, days as
 * yyyy-mm-dd, true and false, texts in NFC with the runs of rich text put together (phonetic guides left out), errors as written ("#N/A").
 * xlsx_shown gives it as the sheet shows it ("007", "80%", "31/01/2026"). Of a formula the stored value is taken; one without a stored value
 * is a fault. Macros are left out. Files may come from Excel, LibreOffice, Google Sheets, WPS and libraries: transitional and strict
 * namespaces with any prefix, inline and shared strings, missing dimensions, styles and cell references, absolute and relative targets.
 *
 * Faults say file, sheet and cell ("a.xlsx:Tiêu chí!B7"). They are those of package.h and:
 *     xlsx.no_sheet             {value} the name   {1} the sheets there are
 *     xlsx.no_sheets
 *     xlsx.order, xlsx.reference, xlsx.type, xlsx.number, xlsx.shared, xlsx.no_value, xlsx.text
 *     xlsx.too_many_rows, xlsx.too_many_columns, xlsx.cell_too_long, xlsx.too_many_texts, xlsx.too_many_merges   {1} the cap
 * After a fault of the last line reading of the sheet ends; after the others the cell is skipped. */
#ifndef FORMAT_XLSX_H
#define FORMAT_XLSX_H
#include "base/dec.h"
#include "base/table.h"
#include "format/package.h"

enum {
	XLSX_MAX_ROWS = 1048576, /* the format's own */
	XLSX_MAX_COLUMNS = 16384,
	XLSX_MAX_TEXTS = 4000000,       /* shared strings */
	XLSX_MAX_TEXT_BYTES = 256 << 20, /* of them all */
	XLSX_MAX_STYLES = 65536,
	XLSX_MAX_SHEETS = 1000,
	XLSX_MAX_MERGES = 100000
};

typedef struct xlsx_caps {
	size_t max_cell;   /* bytes of UTF-8; 0: 64 KiB */
	int max_columns;   /* cells beyond it that say something; 0: 256 */
	int64_t max_rows;  /* rows beyond it that say something: LibreOffice formats down to the last one; 0: XLSX_MAX_ROWS */
} xlsx_caps;

enum xlsx_type { XLSX_TEXT, XLSX_NUMBER, XLSX_DATE, XLSX_BOOL, XLSX_ERROR };

typedef struct xlsx_cell {
	int column; /* from 1 */
	enum xlsx_type type;
	bool formula;
	int style;
	dec value; /* of numbers and days */
	str text;
} xlsx_cell;

typedef struct xlsx_row {
	int64_t row; /* from 1 */
	bool hidden;
	int n; /* cells that say something, by column */
	const xlsx_cell *cell; /* valid until the next row */
} xlsx_row;

typedef struct xlsx_sheet {
	str name;
	bool hidden;
	str part;
} xlsx_sheet;

typedef struct xlsx_merge {
	int64_t row, last_row;
	int column, last_column;
} xlsx_merge;

/* What was met in the sheet, up to the row read last. */
typedef struct xlsx_seen {
	int64_t formulas, hidden_rows, first_hidden_row;
	int64_t formula_row; /* the first formula */
	int formula_column;
} xlsx_seen;

typedef struct xlsx xlsx;

/* bytes must stay until xlsx_close. NULL: faults. */
xlsx *xlsx_open(cx *c, str name, str bytes, const xlsx_caps *caps);
void xlsx_close(xlsx *x); /* NULL is fine */
bool xlsx_macros(const xlsx *x);

size_t xlsx_sheets(const xlsx *x);
const xlsx_sheet *xlsx_sheet_at(const xlsx *x, size_t i);
/* The sheet of a name (capitals and tone placement do not matter), or without one the first that is not hidden. -1: fault. */
int xlsx_find_sheet(xlsx *x, str name);

/* Begins a sheet; the one before ends. */
enum err xlsx_begin(xlsx *x, int sheet);
/* The next row that says something. false: the end, or it cannot go on (then xlsx_broken). */
bool xlsx_next(xlsx *x, xlsx_row *row);
bool xlsx_broken(const xlsx *x);
int64_t xlsx_rejected(const xlsx *x); /* cells of this sheet skipped with a fault */
str xlsx_shown(xlsx *x, const xlsx_cell *cell); /* valid until the next row */
bool xlsx_hidden_column(const xlsx *x, int column);
const xlsx_seen *xlsx_met(const xlsx *x);
/* Known once the rows are used up. */
size_t xlsx_merges(const xlsx *x, const xlsx_merge **out);

/* "B7", "XFD1048576"; column letters alone with row 0. */
str xlsx_ref(arena *mem, int64_t row, int column);
/* The cell of "B7", "$B$7". False: none. */
bool xlsx_parse_ref(const char *s, int64_t *row, int *column);

/* A sheet as the rows of a table (base/table.h). Errors and merged cells in it are faults (xlsx.error_value, xlsx.merged); formulas, hidden
 * rows and columns and macros are noted at the end (xlsx.formulas, xlsx.hidden_rows, xlsx.hidden_columns, xlsx.macros_left). Closes x with
 * the table. name "": the first sheet. False: fault, and x is closed. */
bool xlsx_table(xlsx *x, str sheet, struct table_source *out);

#endif
