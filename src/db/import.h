/* import: one loading of facts from one file. Rows carry its id and count once it is visible; until then they can be taken back. */
#ifndef DB_IMPORT_H
#define DB_IMPORT_H
#include "db/db.h"

typedef struct db_import {
	int64_t id;
	str kind, file_name, sha256, state, actor; /* state: running, done, failed */
	bool visible;
	int64_t n_rows, n_accepted, n_rejected, started_at, finished_at; /* finished_at 0: not yet */
} db_import;

typedef struct db_import_list {
	db_import *p;
	size_t n, cap;
} db_import_list;

/* A new import, or the one of the same kind and content that was begun and not finished: then *resumed. */
enum err db_import_begin(cx *c, db_conn *k, str kind, str file_name, str sha256, str actor, int64_t *id, bool *resumed);
enum err db_import_count(cx *c, db_conn *k, int64_t id, int64_t rows, int64_t accepted, int64_t rejected);
/* The one flag: from here on its rows count. */
enum err db_import_finish(cx *c, db_conn *k, int64_t id);
enum err db_import_fail(cx *c, db_conn *k, int64_t id);
/* Takes back rows of an import that never became visible, at most `most` of each table a call; *left tells whether to call again. */
enum err db_import_purge(cx *c, db_conn *k, int64_t id, int64_t most, bool *left);
enum err db_import_get(cx *c, db_conn *k, int64_t id, db_import *out); /* ERR_NOTFOUND without a fault */
enum err db_import_last(cx *c, db_conn *k, str kind, int limit, db_import_list *out); /* newest first; kind "": all */

#endif
