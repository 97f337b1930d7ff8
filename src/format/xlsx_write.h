/* xlsx_write: writes workbooks: sheets with a heading, hints, drop-down lists, locked cells. The same input gives the same bytes. Texts stay
 * texts, whatever they begin with: nothing a reader could run is written.
 *
 * A hint stands as a comment on the heading and as a message when a cell of the column is chosen (there the first 255 characters). Numbers
 * are written as numbers while the 15 digits of a spreadsheet hold them exactly, else as text, so that reading gives back what was
 * written. Memory holds the whole workbook; a temporary file is used while it is put together.
 *     xlsx.write        {1} the library's or the system's reason
 *     xlsx.write_text   a text longer than the 32,767 characters of a cell; the cell */
#ifndef FORMAT_XLSX_WRITE_H
#define FORMAT_XLSX_WRITE_H
#include "base/buf.h"
#include "base/cx.h"

enum sheet_form { SHEET_TEXT, SHEET_NUMBER, SHEET_DAY };

struct sheet_column {
	const char *heading;
	str hint;                   /* empty: none */
	double width;               /* characters; 0: as usual */
	enum sheet_form form;
	const char *number_format;  /* of SHEET_NUMBER; NULL: General */
	const char *const *choices; /* drop-down list, ended by NULL, or NULL; at most 255 characters together */
	const char *list;           /* or a list of cells of the workbook, however long: "='Roles'!$A$2:$A$9" */
	bool locked;                /* when the sheet is protected */
	bool wrap;
};

struct sheet_layout {
	str name; /* cut to 31 characters, signs that sheets may not have become '-' */
	const struct sheet_column *columns;
	int n;
	int frozen_columns; /* the heading is always frozen */
	int spare_rows;     /* below the last row, with hints and lists too */
	bool protect;       /* locked cells cannot be changed (no password) */
	bool landscape;
};

enum sheet_row_flags { SHEET_ROW_BOLD = 1, SHEET_ROW_LOCKED = 2, SHEET_ROW_SHADED = 4 };

typedef struct xlsx_out xlsx_out;

xlsx_out *xlsx_out_open(cx *c, str title);
/* Begins a sheet and writes its heading; the layout must stay until the end. */
void xlsx_out_sheet(xlsx_out *o, const struct sheet_layout *layout);
/* One row: n cells as tables have them (numbers plain, days yyyy-mm-dd). */
void xlsx_out_row(xlsx_out *o, const str *cells, int n, unsigned flags);
/* Puts the workbook together; o is closed. */
enum err xlsx_out_end(xlsx_out *o, str *bytes);
void xlsx_out_close(xlsx_out *o); /* without its end; NULL is fine */

#endif
