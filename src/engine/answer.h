/* answer: what one respondent said to a questionnaire: what was asked of them, whether it was answered well, and the line that is stored. */
#ifndef ENGINE_ANSWER_H
#define ENGINE_ANSWER_H
#include "engine/questionnaire.h"

enum { ANSWER_MAX_TEXT = 2000 /* characters, where the questionnaire does not say */ };

/* What a respondent gave for one item: the codes that were ticked, or one text. */
struct given {
	const str *p;
	size_t n;
};

enum answer_state { ANSWER_NOT_ASKED, ANSWER_MISSING, ANSWER_GIVEN, ANSWER_DONT_KNOW, ANSWER_NOT_EXPERIENCED, ANSWER_REFUSED };

struct answer {
	enum answer_state state;
	val value; /* as rules see it */
	struct given given; /* what counts; nothing when the item was not asked */
};

/* Reads what was given for every item (given and out have items.n places; out and texts in c->mem). What stands for an item that is not
 * asked is left out. Faults (answer.*, place.field is the code) for the items in [from, to) only, a page of the form say: returns
 * ERR_INPUT when there is one. on: the day of the answer, what rules call today(). lang: in which the questionnaire's own words are told. */
enum err answers_check(cx *c, const questionnaire *q, const struct given *given, day on, int32_t from, int32_t to, enum lang lang, struct answer *out);

/* The same for what was written on paper or collected elsewhere: an answer that is missing, though the form asks for it, is no fault. */
enum err answers_check_as_is(cx *c, const questionnaire *q, const struct given *given, day on, int32_t from, int32_t to, enum lang lang, struct answer *out);

/* One line of text, as it is stored: "A1=1&C2=1+3&C11=chữ": items in order, only those with an answer; % & = + and control characters as
 * %XX. The same answers give the same bytes. */
void answers_write(const questionnaire *q, const struct answer *a, buf *out);
/* Back into what was given, by item; false: not such a line, or of another questionnaire. */
bool answers_read(const questionnaire *q, str line, arena *mem, struct given *out);

#endif
