/* unit: provinces, communes, departments … as they were from one day to another. Key: (level, code, valid_from). */
#ifndef DB_UNIT_H
#define DB_UNIT_H
#include "db/db.h"

typedef struct db_unit {
	int64_t id;
	str level, code;          /* level: country, province, department, district, commune, sample */
	day valid_from, valid_to; /* both included; DB_DAY_OPEN: still so */
	str name, sort_key;       /* sort_key and the fold are made by db_unit_put */
	str type, parent_level, parent_code, region, successor_code, source, status, note;
	int64_t import_id;
} db_unit;

typedef struct db_unit_list {
	db_unit *p;
	size_t n, cap;
} db_unit_list;

typedef struct db_unit_alias {
	int64_t unit_id;
	str alias;
} db_unit_alias;

typedef struct db_unit_region {
	str scheme, level, code;
	day decided_on;
	str region, status;
} db_unit_region;

/* Inserts or corrects by key; rows that are the same already are left alone. *changed: inserted and corrected ones. */
enum err db_unit_put(cx *c, db_conn *k, const db_unit *u, size_t n, int64_t import_id, int64_t *changed);
enum err db_unit_alias_put(cx *c, db_conn *k, const db_unit_alias *a, size_t n);
enum err db_unit_region_put(cx *c, db_conn *k, const db_unit_region *g, size_t n);
/* After units or aliases were put: successors by successor_code, and the words for search, made anew. */
enum err db_unit_finish(cx *c, db_conn *k);

/* ERR_NOTFOUND comes without a fault. */
enum err db_unit_get(cx *c, db_conn *k, int64_t id, db_unit *out);
enum err db_unit_at(cx *c, db_conn *k, str level, str code, day on, db_unit *out);
/* In Vietnamese order. parent_code "": all of the level. */
enum err db_unit_on(cx *c, db_conn *k, str level, day on, str parent_code, db_unit_list *out);
enum err db_unit_versions(cx *c, db_conn *k, str level, str code, db_unit_list *out); /* oldest first */
enum err db_unit_ids_on(cx *c, db_conn *k, str level, day on, int64_t **out, size_t *n); /* ascending */
/* The units that a written name may mean on that day: none, one or several. Case, marks and spacing do not matter, words like "Tỉnh" or
 * "TP." before it neither; where marks tell several apart, they do. level "": any. */
enum err db_unit_resolve(cx *c, db_conn *k, str level, str name, day on, db_unit_list *out);
/* Units with a word that begins like each word of text, in names and aliases. level "": any. */
enum err db_unit_search(cx *c, db_conn *k, str level, str text, day on, int limit, db_unit_list *out);
enum err db_unit_predecessors(cx *c, db_conn *k, int64_t id, db_unit_list *out);
enum err db_unit_successors(cx *c, db_conn *k, int64_t id, db_unit_list *out);
/* Region of a unit in the last scheme decided by that day; empty: none. */
enum err db_unit_region_on(cx *c, db_conn *k, str level, str code, day on, str *out);

#endif
