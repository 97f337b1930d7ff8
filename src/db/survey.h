/* survey: who is asked what, when and how: surveys with their places and one-time tokens. */
#ifndef DB_SURVEY_H
#define DB_SURVEY_H
#include "db/db.h"

typedef struct db_survey {
	int64_t id;
	str code;
	int64_t questionnaire_id;
	str name_vi, name_en, period;
	str design; /* probability, census, self_selected */
	str access; /* open, token */
	str state;  /* draft, open, closed */
	day opens_on, closes_on; /* both included */
	int64_t max_answers, max_day; /* 0: no limit */
	int64_t quotas; /* how many cells; read only */
	str public;     /* none, published, live, correcting, withdrawn; written by db_survey_public_add only */
	bool illustrative;
	str note, actor;
	int64_t created_at;
} db_survey;

typedef struct db_survey_list {
	db_survey *p;
	size_t n, cap;
} db_survey_list;

typedef struct db_survey_place {
	int64_t survey_id;
	str code;
	int64_t unit_id; /* 0: none */
	str name_vi, name_en;
} db_survey_place;

typedef struct db_survey_place_list {
	db_survey_place *p;
	size_t n, cap;
} db_survey_place_list;

/* What an answer inherits from its place in the sample. */
typedef struct db_sampled {
	str place, stratum, psu, weight;
} db_sampled;

enum { DB_TOKEN_HASH = 32, DB_RECEIPT = 16 };

/* Inserts by code, or corrects the one there is; questionnaire, design and access stay once there are answers (ERR_CONFLICT without a fault). */
enum err db_survey_put(cx *c, db_conn *k, db_survey *s);
enum err db_survey_by_code(cx *c, db_conn *k, str code, db_survey *out); /* ERR_NOTFOUND without a fault */
enum err db_survey_get(cx *c, db_conn *k, int64_t id, db_survey *out);
/* Whether anybody has answered: stored, screened out, typed from paper, or kept aside. */
enum err db_survey_answered(cx *c, db_conn *k, int64_t id, bool *out);
enum err db_survey_all(cx *c, db_conn *k, db_survey_list *out); /* newest period first */

enum err db_survey_place_put(cx *c, db_conn *k, const db_survey_place *p, size_t n);
enum err db_survey_place_get(cx *c, db_conn *k, int64_t survey_id, str code, db_survey_place *out);
enum err db_survey_place_all(cx *c, db_conn *k, int64_t survey_id, db_survey_place_list *out); /* by code */

/* Whether answers, invitations, cases or printed forms name it; whoever drops it asks first. */
enum err db_survey_place_used(cx *c, db_conn *k, int64_t survey_id, str code, bool *out);
enum err db_survey_place_drop(cx *c, db_conn *k, int64_t survey_id, str code);

/* hash: DB_TOKEN_HASH bytes. */
enum err db_token_add(cx *c, db_conn *k, int64_t survey_id, str hash, const db_sampled *at);
/* Uses a token: *at gets what stood there, and the row keeps the receipt alone. *again: it was used with this very receipt.
 * ERR_NOTFOUND: no such token; ERR_CONFLICT: used for something else; both without a fault. */
enum err db_token_use(cx *c, db_conn *k, int64_t survey_id, str hash, str receipt, db_sampled *at, bool *again);
/* Whether it is there, and whether it was used. */
enum err db_token_look(cx *c, db_conn *k, str hash, int64_t *survey_id, bool *used, str *where);
enum err db_token_count(cx *c, db_conn *k, int64_t survey_id, int64_t *all, int64_t *used);

#endif
