/* survey_public: what the public was told of a survey, entry by entry. Nothing is overwritten. */
#ifndef DB_SURVEY_PUBLIC_H
#define DB_SURVEY_PUBLIC_H
#include "db/db.h"

typedef struct db_survey_public {
	int64_t seq;  /* from 1; given by db_survey_public_add */
	str verb;     /* publish, correct, withdraw */
	int revision; /* how often it was published, this entry included */
	bool live;
	str note;
	str body; /* JSON; read by db_survey_public_body only */
	str actor;
	int64_t at;
} db_survey_public;

typedef struct db_survey_public_list {
	db_survey_public *p;
	size_t n, cap;
} db_survey_public_list;

/* Adds an entry behind the last and sets survey.public. ERR_CONFLICT without a fault: it does not stand as `was` says any more. */
enum err db_survey_public_add(cx *c, db_conn *k, int64_t survey_id, const db_survey_public *x, str was, const char *now);
enum err db_survey_public_all(cx *c, db_conn *k, int64_t survey_id, db_survey_public_list *out); /* the last first, without bodies */
enum err db_survey_public_body(cx *c, db_conn *k, int64_t survey_id, int64_t seq, str *out);     /* empty: none */

#endif
