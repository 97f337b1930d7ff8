/* survey_limit: how many answers a survey takes: through the open door in all and on a day, and in each cell of its quotas; and those who were
 * thanked after the screening items because their cell was full. Surveys without limits have no rows here and pay nothing. */
#ifndef DB_SURVEY_LIMIT_H
#define DB_SURVEY_LIMIT_H
#include "db/response.h"

/* How many are taken; 0: no limit, and nothing is counted for it. */
typedef struct db_limits {
	int64_t all, day;
} db_limits;

/* Counts anew what came through the open door (modes web, qr, kiosk). */
enum err db_tally_make(cx *c, db_conn *k, const db_survey *s);
enum err db_tally_add(cx *c, db_conn *k, int64_t survey_id, day on, const db_limits *most);
/* Stores an answer that came through the open door and counts it, if there is room for it and it is not there already; there is one limit at
 * least. Nobody waits (db_post): *added is 0 or 1 when the transaction has ended. */
enum err db_tally_post(cx *c, db_conn *k, const db_response *r, const db_limits *most, int64_t *added);
/* 0 where there is no limit. */
enum err db_tally_get(cx *c, db_conn *k, int64_t survey_id, day on, int64_t *all, int64_t *today);

typedef struct db_quota {
	int64_t survey_id;
	str code, cell; /* cell: a line of answers (engine/answer.h) */
	int64_t most, n;
	str name_vi, name_en;
} db_quota;

typedef struct db_quota_list {
	db_quota *p;
	size_t n, cap;
} db_quota_list;

enum err db_quota_put(cx *c, db_conn *k, const db_quota *q); /* by code */
enum err db_quota_all(cx *c, db_conn *k, int64_t survey_id, db_quota_list *out); /* by code */
enum err db_quota_drop(cx *c, db_conn *k, int64_t survey_id, str code);
enum err db_quota_add(cx *c, db_conn *k, int64_t survey_id, str code); /* one more */

enum err db_screened_add(cx *c, db_conn *k, const db_response *r, str quota, bool *known);
enum err db_screened_has(cx *c, db_conn *k, int64_t survey_id, str receipt, bool *out);
enum err db_screened_count(cx *c, db_conn *k, int64_t survey_id, int64_t *out);

#endif
