/* edition_text: a criteria set as a text and as a workbook. The text is the canonical form of docs/formats.md, 2: the sixteen columns in their
 * order, comma, LF, numbers plain. The same set has the same text, and so the same hash, whether it came as CSV or as a workbook, and a
 * workbook made here reads back to the text it was made from. */
#ifndef APP_EDITION_TEXT_H
#define APP_EDITION_TEXT_H
#include "base/table.h"

/* Takes over the source. ERR_INPUT: faults of reading are in c; cells are not checked (engine/tree.h does that). */
enum err edition_text(cx *c, table_source from, str *text);
/* The workbook to work on in a spreadsheet: headings with hints in both languages, drop-down lists, a sheet that explains. */
enum err edition_workbook(cx *c, str text, str title, str *bytes);

#endif
