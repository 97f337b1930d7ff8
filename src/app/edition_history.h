/* edition_history: what happened to a draft, newest first, taken from the audit entries as fields: who, when, what, and each cell with what was
 * there and what is there now. */
#ifndef APP_EDITION_HISTORY_H
#define APP_EDITION_HISTORY_H
#include "app/actor.h"
#include "app/edition_diff.h"

struct draft_event {
	int64_t at;
	str who;
	str what; /* message key: "edition.put_row" */
	str row;  /* code of the row; empty: of the set */
	str name; /* its name, where the entry says it */
	bool added, dropped;              /* the row as a whole; changes then say what it holds */
	enum { MOVED_NOT, MOVED_UP, MOVED_DOWN } moved;
	str file;                         /* it was made from */
	int64_t rows;                     /* of that */
	int version; /* it became; 0: it did not */
	day from;
	struct edition_change *changes;
	size_t n_changes;
	bool erased; /* what the entry said was taken out */
	str text;    /* an entry that cannot be read as fields, as it is */
};

struct draft_event_list {
	struct draft_event *p;
	size_t n, cap;
	bool more; /* there are older ones */
};

/* Who asks has opened the draft of this code. */
enum err draft_history(cx *c, struct app *a, str code, int limit, struct draft_event_list *out);

#endif
