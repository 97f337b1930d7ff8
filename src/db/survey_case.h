/* survey_case: whom the sample chose, how to reach them, and how each attempt ended. A case that ended with an answer keeps its code and that
 * alone; what remains of it otherwise is a sum (survey_field). */
#ifndef DB_SURVEY_CASE_H
#define DB_SURVEY_CASE_H
#include "db/survey.h"

typedef struct db_case {
	int64_t id, survey_id;
	str code, outcome; /* app/survey_case.h names the outcomes */
	db_sampled at;
	str person;      /* whom of a household to ask: a table by Kish, "birthday"; empty: nothing to choose */
	str interviewer; /* login */
	int64_t attempts, due_at; /* due_at 0: none */
	str token;       /* DB_TOKEN_HASH bytes, or empty */
	/* of survey_contact */
	bool has_contact;
	str name, phone, email, address, lang, sealed;
	int64_t invitations;
	day invited_on;
} db_case;

typedef struct db_case_list {
	db_case *p;
	size_t n, cap;
} db_case_list;

typedef struct db_call {
	int64_t no, at;
	str outcome, interviewer, note;
} db_call;

typedef struct db_call_list {
	db_call *p;
	size_t n, cap;
} db_call_list;

/* Whether anything was done with it: an attempt, or a letter. */
typedef struct db_case_mark {
	str code;
	bool touched;
} db_case_mark;

typedef struct db_case_mark_list {
	db_case_mark *p;
	size_t n, cap;
} db_case_mark_list;

/* Inserts with its contact, unless its code is there. */
enum err db_case_add(cx *c, db_conn *k, db_case *x, bool *known);
/* The same; one that is there and is not over gets the new sample data, interviewer and contact. */
enum err db_case_put(cx *c, db_conn *k, db_case *x, bool *known);
enum err db_case_get(cx *c, db_conn *k, int64_t survey_id, str code, db_case *out); /* ERR_NOTFOUND without a fault */
enum err db_case_by_id(cx *c, db_conn *k, int64_t id, db_case *out);
enum err db_case_by_token(cx *c, db_conn *k, str hash, db_case *out);
/* By code; interviewer empty: of everybody; open_only: those that may still answer. */
enum err db_case_of(cx *c, db_conn *k, int64_t survey_id, str interviewer, bool open_only, int limit, db_case_list *out);
/* Who has an invitation and has not answered, and was not written to since. */
enum err db_case_to_invite(cx *c, db_conn *k, int64_t survey_id, bool again, day before, int limit, db_case_list *out);

enum err db_case_outcome(cx *c, db_conn *k, const db_case *x); /* outcome, attempts, due_at, interviewer */
enum err db_case_invited(cx *c, db_conn *k, const db_case *x); /* token, sealed, invitations, invited_on */
/* The case has answered, or was screened out: what it has in common with an answer goes, and its sum grows. Its invitation is withdrawn. */
enum err db_case_over(cx *c, db_conn *k, const db_case *x, str outcome);
/* Over without an answer, and no answer is wanted any more: contact and invitation go, the place in the design stays. */
enum err db_case_close(cx *c, db_conn *k, const db_case *x, str outcome);
enum err db_case_marks(cx *c, db_conn *k, int64_t survey_id, db_case_mark_list *out); /* by code */
enum err db_case_give(cx *c, db_conn *k, int64_t survey_id, str code, str interviewer, bool *given); /* one that is nobody's, and not over */
enum err db_case_drop(cx *c, db_conn *k, int64_t survey_id, str code); /* one that nothing was done with */
enum err db_contact_drop(cx *c, db_conn *k, int64_t case_id);

enum err db_call_add(cx *c, db_conn *k, int64_t case_id, const db_call *x);
enum err db_call_of(cx *c, db_conn *k, int64_t case_id, db_call_list *out);

/* Cases by interviewer, area and outcome: those under way and the sums of those that are over. */
typedef struct db_case_sum {
	str interviewer, place, outcome;
	int64_t cases, attempts;
} db_case_sum;

typedef struct db_case_sum_list {
	db_case_sum *p;
	size_t n, cap;
} db_case_sum_list;

enum err db_case_sums(cx *c, db_conn *k, int64_t survey_id, db_case_sum_list *out);
enum err db_contact_count(cx *c, db_conn *k, int64_t survey_id, int64_t *contacts, int64_t *invited);

#endif
