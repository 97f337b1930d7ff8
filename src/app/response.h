/* response: taking an answer: is the survey open, may this one answer, is everything answered as it should be, and then store it once,
 * durably, without a way back to the person. */
#ifndef APP_RESPONSE_H
#define APP_RESPONSE_H
#include "app/survey.h"
#include "engine/answer.h"

struct db_conn;
struct db_response;

/* Who asked. started_at, ended_at: of an app, by the clock of the telephone; 0: not told. by_day: nothing of the time of the day is kept. */
struct response_visit {
	int64_t user_id, started_at, ended_at;
	bool by_day;
};

struct submission {
	int64_t id; /* of the answer; 0: a new random one */
	str token;  /* empty: without */
	str where;  /* code of the place; empty: none. With a token or a case, theirs counts */
	str key;    /* random name of this form, made when it was begun; the same key again is the same answer */
	const char *mode; /* "web", "qr", "kiosk", "paper", "phone", "interview", "odk", "import": the channel alone (decision 0098) */
	enum lang lang;
	const struct given *given; /* by item */
	int64_t case_id; /* of whom the sample chose (survey_case.h), by an interviewer; 0: none */
	str interviewer; /* login */
	day on;     /* 0: today */
	int64_t seconds; /* from the first page to sending; 0: not known. Of a visit, its two moments count */
	bool as_is; /* from paper: what is missing is missing */
	const struct response_visit *visit; /* NULL: nobody asked */
};

day response_day(const cx *c, const struct submission *in); /* of the answer, local */

enum { RESPONSE_KEY = 22 }; /* characters of a key */

/* Returns when the answer is on the disk. *again: it was there already, from this very form. Errors:
 *     ERR_INPUT     answer.* for each item (answers_check)
 *     ERR_DENIED    response.closed, response.full, response.full_today, response.token_needed, response.needs_sample (only an invitation
 *                   leads into a sample: whoever comes by an open link is never pooled with it), response.token_unknown,
 *                   response.place_unknown, response.quota_full: the cell is full; what the screening items said is kept aside, once
 *     ERR_CONFLICT  response.token_used, response.case_over
 *     ERR_BUSY      too much at once; nothing is stored, the same may be sent again */
enum err response_submit(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, bool *again);
/* After a step of the form, before the end: whether what was said so far leads into a full cell. Then it is kept aside, and the token or case
 * is over. */
enum err response_screen(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, bool *full);

/* For whoever stores an answer inside a transaction of its own (paper): what is to be stored, checked; then the storing. */
struct response_work;
enum err response_prepare(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, struct response_work **out);
enum err response_store(cx *c, struct db_conn *k, void *response_work); /* a db_work */
/* What a printed form knows: the key, and where it stood in the sample. */
void response_from_paper(cx *c, struct response_work *w, str key, str place, str stratum, str psu, str weight);
str response_line(const struct response_work *w); /* as it is stored */
/* The answer that came with this key; 0: none. */
enum err response_find(cx *c, struct app *a, const struct survey_info *s, str key, int64_t *id);

#endif
