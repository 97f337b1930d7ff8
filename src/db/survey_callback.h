/* survey_callback: whom a second interviewer asks again, and what came of it, as sums. */
#ifndef DB_SURVEY_CALLBACK_H
#define DB_SURVEY_CALLBACK_H
#include "db/db.h"

typedef struct db_callback_plan {
	int64_t survey_id, share, seed; /* share: percent of the interviews */
} db_callback_plan;

/* One that waits. sealed: which answer it is, for the program with its key alone. */
typedef struct db_callback {
	int64_t survey_id;
	str code, name, phone, email, address, sealed;
} db_callback;

typedef struct db_callback_list {
	db_callback *p;
	size_t n, cap;
} db_callback_list;

/* How many said `first` to the interviewer and `second` to who asked again. */
typedef struct db_callback_pair {
	str item, first, second;
	int64_t n;
} db_callback_pair;

typedef struct db_callback_pair_list {
	db_callback_pair *p;
	size_t n, cap;
} db_callback_pair_list;

enum err db_callback_plan_get(cx *c, db_conn *k, int64_t survey_id, db_callback_plan *out); /* ERR_NOTFOUND without a fault */
enum err db_callback_plan_put(cx *c, db_conn *k, const db_callback_plan *p, str actor);     /* in place of the former one */
/* No plan any more; who waits is forgotten, what came of it stays. */
enum err db_callback_plan_drop(cx *c, db_conn *k, int64_t survey_id);

enum err db_callback_add(cx *c, db_conn *k, const db_callback *x);
enum err db_callback_all(cx *c, db_conn *k, int64_t survey_id, db_callback_list *out);           /* by code */
enum err db_callback_get(cx *c, db_conn *k, int64_t survey_id, str code, db_callback *out);      /* ERR_NOTFOUND without a fault */
enum err db_callback_drop(cx *c, db_conn *k, int64_t survey_id, str code);
/* The line of an answer; ERR_NOTFOUND without a fault. */
enum err db_callback_first(cx *c, db_conn *k, int64_t survey_id, int64_t response_id, str *line);

enum err db_callback_count(cx *c, db_conn *k, int64_t survey_id, const db_callback_pair *x); /* adds x->n */
enum err db_callback_pairs(cx *c, db_conn *k, int64_t survey_id, db_callback_pair_list *out); /* by item, first, second */

#endif
