/* xlsform_sheet: the sheets of an XLSForm workbook and the columns in them, by heading and language. For xlsform_read.c alone. */
#ifndef APP_XLSFORM_SHEET_H
#define APP_XLSFORM_SHEET_H
#include "app/xlsform.h"

enum survey_column { S_TYPE, S_NAME, S_LABEL, S_HINT = S_LABEL + LANGS, S_SAY = S_HINT + LANGS, S_REQUIRED = S_SAY + LANGS, S_RELEVANT, S_CONSTRAINT,
	S_APPEARANCE, S_PARAMETERS, S_CALCULATION, S_DISABLED, S_KIND, S_FACTOR, S_WEIGHT, S_SHOW_IF, S_CHECK, S_NOTE, S_COLUMNS };
enum choice_column { C_LIST, C_NAME, C_LABEL, C_MEANS = C_LABEL + LANGS, C_WEIGHT, C_NOTE, C_COLUMNS };
enum setting_column { T_TITLE, T_ID, T_LANGUAGE, T_COLUMNS };
enum xlsform_part { PART_SURVEY, PART_CHOICES, PART_SETTINGS };

struct xlsform_sheet {
	const grid *g;
	int at[S_COLUMNS]; /* from 0; -1: not there */
};

/* NULL: not there. */
const grid *xlsform_find(const grid_list *sheets, const char *name);
/* g NULL: an empty sheet. plain: the language of a heading without one. Columns of other things that would change who is asked or what is
 * stored are faults (xlsform.column), those without harm warnings (xlsform.left_out), other languages notes (xlsform.language). */
void xlsform_headings(cx *c, const grid *g, enum xlsform_part part, enum lang plain, struct xlsform_sheet *out);
bool xlsform_language(cx *c, str s, enum lang *out); /* "Tiếng Việt (vi)", "English", "vi" */

str xlsform_cell(const struct xlsform_sheet *s, int line, int column);
str xlsform_code(const struct xlsform_sheet *s, int line, int column); /* as it is shown: 007, 1.10 */
place xlsform_place(const struct xlsform_sheet *s, int line, int column); /* column of the grid; -1: the row */

#endif
