/* edition_draft: criteria as they come - the annex of a decision in Word, a sheet with merged cells, a pasted table - as the beginning of a
 * criteria set. Which row is the heading and which column means what is guessed from the usual words, and can be told instead; codes such as
 * I, 1, 1.1, a) become a tree; lines without a code of their own (the steps of a criterion) become its note. Rules are not guessed: the
 * column stays empty, and `edition check` lists what is to be written.
 *     draft.no_heading    no row names at least a column of criteria and one of points
 *     draft.max           warning: not a number of points; left empty
 *     draft.twice         warning: a code that stands twice; the later row became a note of the one before   {1} the code
 *     draft.no_rows */
#ifndef APP_EDITION_DRAFT_H
#define APP_EDITION_DRAFT_H
#include "format/grid.h"

enum draft_column { DRAFT_CODE, DRAFT_NAME, DRAFT_MAX, DRAFT_NOTE, DRAFT_OWNER, DRAFT_EVIDENCE, DRAFT_COLUMNS };

struct draft_map {
	int first;                /* first row below the heading */
	int column[DRAFT_COLUMNS]; /* from 0; -1: none */
};

struct draft_report {
	size_t rows, scored, notes, commas, no_max; /* commas: points written as "9,5" */
};

/* ERR_INPUT: draft.no_heading. */
enum err draft_guess(cx *c, const grid *g, struct draft_map *out);
/* name: of the set. *text is a table as edition_text.h has it, ready for edition_workbook. */
enum err draft_text(cx *c, const grid *g, const struct draft_map *m, str name, str *text, struct draft_report *out);

#endif
