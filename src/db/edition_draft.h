/* edition_draft: criteria sets that are being worked on. A draft is one text and its revision; what it becomes is an edition (edition.h). */
#ifndef DB_EDITION_DRAFT_H
#define DB_EDITION_DRAFT_H
#include "db/db.h"

typedef struct db_draft {
	int64_t id;
	str code, state; /* state: draft, in force, dropped */
	int64_t base_id, edition_id; /* 0: none */
	int64_t revision;
	str body; /* empty in lists */
	str name;
	int n_rows, n_faults;
	str source_name; /* empty: it is not to be made from a file, or was already */
	int64_t created_at, changed_at;
	str actor, changed_by;
} db_draft;

typedef struct db_draft_list {
	db_draft *p;
	size_t n, cap;
} db_draft_list;

/* Fills id and the moments; revision 1. source: the bytes of source_name. */
enum err db_draft_add(cx *c, db_conn *k, db_draft *d, str source);
enum err db_draft_get(cx *c, db_conn *k, int64_t id, db_draft *out); /* ERR_NOTFOUND without a fault */
enum err db_draft_source(cx *c, db_conn *k, int64_t id, str *bytes);
enum err db_draft_list_all(cx *c, db_conn *k, str state, db_draft_list *out); /* changed last comes first; state "": all */
/* Writes body, name, counts and changed_by over the revision that d names, and drops the source: d->revision rises by one. ERR_CONFLICT
 * without a fault: it is another revision by now, or no draft any more. */
enum err db_draft_save(cx *c, db_conn *k, db_draft *d);
/* The end of the work: edition_id 0: none came of it. ERR_CONFLICT as above. */
enum err db_draft_end(cx *c, db_conn *k, const db_draft *d, str state, int64_t edition_id);

#endif
