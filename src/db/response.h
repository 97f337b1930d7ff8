/* response: answers as they came, each once, never changed. Ids are random and there is no time of the day, so that the order in which
 * people came cannot be told from the store. */
#ifndef DB_RESPONSE_H
#define DB_RESPONSE_H
#include "db/survey.h"

typedef struct db_response {
	int64_t id; /* positive and random, from the caller */
	int64_t survey_id;
	str receipt; /* DB_RECEIPT bytes */
	day on;
	str mode; /* the channel: web, qr, kiosk, paper, phone, interview, odk, import */
	str lang;
	db_sampled at;
	str answers; /* engine/answer.h says how it is written */
	int64_t seconds; /* how long it took, in bands; 0: not known */
} db_response;

/* For the statements that store one (response.c, survey_limit.c). */
#define DB_RESPONSE_COLUMNS "id, survey_id, receipt, on_day, mode, lang, place, stratum, psu, weight, answers, seconds"
#define DB_RESPONSE_VALUES(r) \
	db_int((r)->id), db_int((r)->survey_id), db_blob((r)->receipt), db_int((r)->on), db_text((r)->mode), db_text((r)->lang), db_text_if((r)->at.place), \
		db_text_if((r)->at.stratum), db_text_if((r)->at.psu), db_text_if((r)->at.weight), db_text((r)->answers), \
		db_int_if((r)->seconds > 0, (r)->seconds)

/* *known: an answer with this receipt is there already; nothing was stored then. */
enum err db_response_add(cx *c, db_conn *k, const db_response *r, bool *known);
/* Many of them; those whose receipt is there already are left out. *added: how many were not. */
enum err db_response_put(cx *c, db_conn *k, const db_response *r, size_t n, int64_t *added);
/* The same without waiting (db_post): *added is 0 or 1 when the transaction has ended. */
enum err db_response_post(cx *c, db_conn *k, const db_response *r, int64_t *added);
enum err db_response_has(cx *c, db_conn *k, int64_t survey_id, str receipt, bool *out);
enum err db_response_find(cx *c, db_conn *k, int64_t survey_id, str receipt, int64_t *id); /* 0: none */
enum err db_response_count(cx *c, db_conn *k, int64_t survey_id, int64_t *out);

/* What an interviewer's app tells about an answer. Moments 0: not told. */
typedef struct db_visit {
	int64_t response_id, account_id, started_at, ended_at;
	int64_t received_at; /* 0: now */
} db_visit;

enum err db_visit_add(cx *c, db_conn *k, const db_visit *v);
/* Of answers that are there and have none yet. */
enum err db_visit_put(cx *c, db_conn *k, const db_visit *v, size_t n);

typedef struct db_visitor {
	int64_t response_id;
	str login, name; /* of who asked */
} db_visitor;

typedef struct db_visitor_list {
	db_visitor *p;
	size_t n, cap;
} db_visitor_list;

enum err db_visitor_all(cx *c, db_conn *k, int64_t survey_id, db_visitor_list *out); /* by response */

/* Calls each for every answer, in the order of ids (that is, in no order); what r holds lives until each returns. An error of each ends it. */
enum err db_response_each(cx *c, db_conn *k, int64_t survey_id, enum err (*each)(void *ctx, const db_response *r), void *ctx);

/* Answers by place and mode. */
typedef struct db_response_sum {
	str place, mode;
	int64_t n;
	day last;
} db_response_sum;

typedef struct db_response_sum_list {
	db_response_sum *p;
	size_t n, cap;
} db_response_sum_list;

enum err db_response_sums(cx *c, db_conn *k, int64_t survey_id, db_response_sum_list *out); /* by place, mode */

#endif
