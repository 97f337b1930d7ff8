/* xlsform: questionnaires as XLSForm workbooks, the form in which ODK, KoboToolbox and others exchange them, and back.
 *
 * Writing: sheets survey, choices and settings with labels in Vietnamese and English; what XLSForm does not know stands in columns
 * `thuocdo_…`, which others pass over, and in the sheet `thuocdo` (factors, settings), in our own columns. A workbook written here reads back
 * to the same canonical text, byte for byte; where somebody changed a condition in it, the changed one counts.
 *     xpath.*            a rule that XPath cannot say, at its cell
 *     xlsform.split_group  an item of a group that does not stand with the others
 *
 * Reading takes forms made elsewhere as far as a questionnaire can hold them; each thing that it cannot is a fault of its cell which says what
 * to do (xlsform.*, xpath.*, questionnaire.*). What is left out without harm is a note or a warning. */
#ifndef APP_XLSFORM_H
#define APP_XLSFORM_H
#include "engine/questionnaire.h"
#include "format/grid.h"

enum xlsform_column { XLSFORM_TYPE, XLSFORM_NAME, XLSFORM_LABEL_VI, XLSFORM_LABEL_EN, XLSFORM_HINT_VI, XLSFORM_HINT_EN, XLSFORM_REQUIRED,
	XLSFORM_RELEVANT, XLSFORM_CONSTRAINT, XLSFORM_SAY_VI, XLSFORM_SAY_EN, XLSFORM_APPEARANCE, XLSFORM_KIND, XLSFORM_FACTOR, XLSFORM_WEIGHT,
	XLSFORM_SHOW_IF, XLSFORM_CHECK, XLSFORM_NOTE, XLSFORM_COLUMNS };

struct xlsform_row {
	str cell[XLSFORM_COLUMNS];
	int32_t item; /* NO_ITEM: an end, a note */
};

struct xlsform_rows {
	struct xlsform_row *p;
	size_t n, cap;
};

/* The rows of the sheet survey. */
enum err xlsform_rows(cx *c, const questionnaire *q, struct xlsform_rows *out);
/* code: the id of the form. */
enum err xlsform_write(cx *c, const questionnaire *q, str code, int version, str *bytes);

bool xlsform_is(const grid_list *sheets); /* a sheet survey with the column type */
/* The canonical text. title: where the form says none; may be empty. */
enum err xlsform_read(cx *c, const grid_list *sheets, str title, str *text);

/* The canonical text of a questionnaire in any form that we read: CSV, a workbook of our columns, XLSForm. opt: of CSV, may be NULL. title: of an
 * XLSForm that says none; may be empty. */
enum err questionnaire_text(cx *c, str name, str bytes, const csv_options *opt, str title, str *text, const questionnaire **q);

#endif
