/* survey_stray: interviews that could not be tied to a case of the sample. */
#ifndef DB_SURVEY_STRAY_H
#define DB_SURVEY_STRAY_H
#include "db/db.h"

typedef struct db_stray {
	int64_t id, survey_id;
	str receipt, key, case_code, place, reason;
	int64_t account_id, started_at, ended_at, received_at; /* moments 0: not told */
	str answers;
	str login, name; /* of the interviewer; when read */
} db_stray;

typedef struct db_stray_list {
	db_stray *p;
	size_t n, cap;
} db_stray_list;

enum err db_stray_add(cx *c, db_conn *k, const db_stray *x); /* one with its receipt that is there stays */
enum err db_stray_find(cx *c, db_conn *k, int64_t survey_id, str receipt, int64_t *id); /* 0: none */
enum err db_stray_count(cx *c, db_conn *k, int64_t survey_id, int64_t *n);
enum err db_stray_all(cx *c, db_conn *k, int64_t survey_id, int limit, db_stray_list *out); /* as they came */
enum err db_stray_get(cx *c, db_conn *k, int64_t survey_id, int64_t id, db_stray *out); /* ERR_NOTFOUND without a fault */
enum err db_stray_drop(cx *c, db_conn *k, int64_t id);

#endif
