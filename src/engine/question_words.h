/* question_words: the condition of an item in words, for a form on paper: "câu 2 là “Trễ hẹn”", "in question 5 “Less waiting” is chosen, or question 7 is
 * at least 3". From the syntax tree of the rule; nothing is left out: what has no words here is refused, and the caller says something general. */
#ifndef ENGINE_QUESTION_WORDS_H
#define ENGINE_QUESTION_WORDS_H
#include "engine/questionnaire.h"

/* What an item is called where the words stand: its number on the form, or its code. */
struct question_names {
	str (*name)(void *ctx, int32_t item);
	void *ctx;
};

/* False: it cannot be said. *out lives in c->mem. */
bool question_words(cx *c, const questionnaire *q, const rule *r, const struct question_names *names, enum lang lang, str *out);

#endif
