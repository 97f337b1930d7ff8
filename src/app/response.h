/* response: taking an answer: is the survey open, may this one answer, is everything answered as it should be, and then store it once,
 * durably, without a way back to the person. */
#ifndef APP_RESPONSE_H
#define APP_RESPONSE_H
#include "app/survey.h"
#include "engine/answer.h"

/* Of an interviewer's app. */
struct response_visit {
	int64_t user_id, started_at, ended_at; /* moments by the clock of the telephone; 0: not told */
};

struct submission {
	str token; /* empty: without */
	str where; /* code of the place; empty: none. With a token, the token's counts */
	str key;   /* random name of this form, made when it was begun; the same key again is the same answer */
	const char *mode; /* "web", "kiosk", "paper", "phone", "interview", "odk", "import" */
	enum lang lang;
	const struct given *given; /* by item */
	const struct response_visit *visit; /* NULL: nobody asked */
};

enum { RESPONSE_KEY = 22 }; /* characters of a key */

/* Returns when the answer is on the disk. *again: it was there already, from this very form. Errors:
 *     ERR_INPUT     answer.* for each item (answers_check)
 *     ERR_DENIED    response.closed, response.token_needed, response.token_unknown, response.place_unknown
 *     ERR_CONFLICT  response.token_used
 *     ERR_BUSY      too much at once; nothing is stored, the same may be sent again */
enum err response_submit(cx *c, struct app *a, const struct survey_info *s, const struct submission *in, bool *again);
/* The answer that came with this key; 0: none. */
enum err response_find(cx *c, struct app *a, const struct survey_info *s, str key, int64_t *id);

#endif
