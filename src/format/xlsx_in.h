/* xlsx_in: the inside of an xlsx, shared by xlsx*.c only. */
#ifndef FORMAT_XLSX_IN_H
#define FORMAT_XLSX_IN_H
#include "format/xlsx.h"
#include "format/xlsx_number.h"

enum cell_form { FORM_NUMBER, FORM_SHARED, FORM_STRING, FORM_INLINE, FORM_BOOL, FORM_ERROR, FORM_DATE, FORM_UNKNOWN };

struct span {
	int from, to;
};

struct xlsx {
	cx *c;
	package *package;
	str name;
	size_t max_cell;
	int max_columns;
	int64_t max_rows;
	struct cx_hold hold; /* of value, texts and scratch; the package holds itself */

	bool date1904;
	VEC(xlsx_sheet) sheets;
	VEC(const struct number_format *) styles; /* by the number that cells name */
	VEC(str) shared;

	/* The sheet in hand. */
	int sheet; /* -1: none */
	xml *xml;
	int64_t row;
	int column;
	bool row_hidden, in_data, in_row, in_cell, in_value, in_guide; /* in_guide: a phonetic guide, not to be read */
	bool has_value, has_formula, ended, broken;
	enum cell_form form;
	int style;
	buf value, texts;
	arena *scratch; /* texts of the row in hand */
	xlsx_cell *cells;
	int n_cells;
	int64_t rejected;
	VEC(struct span) hidden;
	VEC(xlsx_merge) merges;
	xlsx_seen seen;
};

/* A text as files write it: "_x000D_" and the like put in, NFC. */
str xlsx_plain_text(arena *mem, str s);

#endif
