/* intake: tables of others that wait for somebody to say what their columns mean. */
#ifndef DB_INTAKE_H
#define DB_INTAKE_H
#include "db/db.h"

typedef struct db_intake {
	int64_t id, survey_id;
	str name, map, actor;
	str bytes; /* empty in lists */
	int64_t size, created_at;
} db_intake;

typedef struct db_intake_list {
	db_intake *p;
	size_t n, cap;
} db_intake_list;

enum err db_intake_add(cx *c, db_conn *k, db_intake *x); /* fills id and the moment */
enum err db_intake_get(cx *c, db_conn *k, int64_t id, db_intake *out); /* ERR_NOTFOUND without a fault */
enum err db_intake_list_all(cx *c, db_conn *k, int64_t survey_id, db_intake_list *out); /* newest first */
enum err db_intake_map(cx *c, db_conn *k, int64_t id, str map);
enum err db_intake_drop(cx *c, db_conn *k, int64_t id);
enum err db_intake_drop_old(cx *c, db_conn *k, int64_t before_ms);

#endif
