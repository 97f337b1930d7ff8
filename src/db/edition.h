/* edition: criteria sets as they were loaded. Another text under the same code is another version; old ones stay. */
#ifndef DB_EDITION_H
#define DB_EDITION_H
#include "db/db.h"

typedef struct db_edition {
	int64_t id;
	str code;
	int version;
	str name_vi, name_en, level;
	int first_year, last_year;
	day valid_from, valid_to;
	str status;
	bool illustrative;
	str csv, sha256; /* csv: empty in lists */
	str source, note, actor;
	int64_t created_at;
} db_edition;

typedef struct db_edition_list {
	db_edition *p;
	size_t n, cap;
} db_edition_list;

/* Fills id, version, created_at. The same text (sha256) under the same code is stored once: *stored is false then. */
enum err db_edition_put(cx *c, db_conn *k, db_edition *e, bool *stored);
enum err db_edition_get(cx *c, db_conn *k, int64_t id, db_edition *out); /* ERR_NOTFOUND without a fault */
/* The last version valid on that day. */
enum err db_edition_on(cx *c, db_conn *k, str code, day on, db_edition *out);
enum err db_edition_list_all(cx *c, db_conn *k, str level, db_edition_list *out); /* level "": all */
enum err db_edition_version(cx *c, db_conn *k, str code, int version, db_edition *out);
enum err db_edition_newest(cx *c, db_conn *k, str code, db_edition *out); /* whatever its days */
enum err db_edition_end(cx *c, db_conn *k, int64_t id, day last); /* replaced after that day */
/* What became of a row of an edition that was replaced; new_code empty: left out. */
enum err db_edition_map_put(cx *c, db_conn *k, int64_t id, str old_code, str new_code);
enum err db_edition_set_status(cx *c, db_conn *k, int64_t id, str status);

#endif
