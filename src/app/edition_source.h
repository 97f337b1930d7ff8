/* edition_source: a draft that is still to be made from a table as it came (edition_draft.h): which table of the file, where its rows begin,
 * which column means what; a look at what that would give, with its faults, before it is taken. The file stays in the store until then. */
#ifndef APP_EDITION_SOURCE_H
#define APP_EDITION_SOURCE_H
#include "app/edition_draft.h"
#include "app/edition_edit.h"

struct source_choice {
	int table;                  /* from 0; -1: the first one whose heading is known */
	bool told;                  /* map is said; false: guessed */
	struct draft_map map;
};

struct source {
	int64_t id;
	str code, name, file;
	grid_list tables;
	int table;
	bool has_map;              /* false: no heading was found, and nothing was said */
	struct draft_map map;
	struct draft_report report;
	struct draft preview;      /* rows, level, faults */
	const fault *notes;        /* about reading: old encodings, codes that stand twice … */
	size_t n_notes;
};

/* ERR_NOTFOUND without a fault: there is no such draft, or it waits for no table. */
enum err source_open(cx *c, struct app *a, const struct actor *who, int64_t id, const struct source_choice *x, struct source *out);
/* Makes the rows of the draft of it, and drops the file. */
enum err source_take(cx *c, struct app *a, const struct actor *who, int64_t id, const struct source_choice *x);

#endif
