/* answer_words: what somebody answered, in words of the reader's language, for those who look at single answers. What was written freely is masked
 * (app/survey_text.h). */
#ifndef WEB_ANSWER_WORDS_H
#define WEB_ANSWER_WORDS_H
#include "app/response.h"
#include "web/web.h"

/* One item; empty: nothing was given. */
str answer_words(const struct web_cx *w, const questionnaire *q, int32_t item, const struct given *given);
/* The same by codes: "1", "1+3", what was written. */
str answer_codes(const struct web_cx *w, const questionnaire *q, int32_t item, const struct given *given);

#endif
