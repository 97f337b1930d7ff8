/* survey_text: what people wrote, for those who may read surveys: searched without regard to marks and capitals, page by page, in the order of
 * the random ids, with the month only.
 *
 * What leads to a person by its form is masked, whoever reads: numbers of eight digits and more (telephones, identity and tax numbers,
 * accounts), also with spaces, points and dashes between their digits, and addresses of mail. Names cannot be told from other words: pages say
 * so. What is stored stays as it was written. */
#ifndef APP_SURVEY_TEXT_H
#define APP_SURVEY_TEXT_H
#include "app/survey_data.h"

enum { SURVEY_MASK_DIGITS = 8 };

struct survey_text_ask {
	str item;   /* code of a text item; empty: all of them */
	str search; /* all of its words must be there; empty: everything */
	size_t from, most;
};

struct survey_text {
	int32_t item;
	str text; /* masked */
	str place, month;
};

struct survey_text_list {
	struct survey_text *p;
	size_t n, cap;
	int64_t found, written; /* all that fit, all that were written */
	bool more;
};

/* ERR_INPUT: survey_result.no_item. The search is made in the masked texts: nobody can find out a number by looking for it. */
enum err survey_texts(cx *c, struct app *a, const struct survey_info *s, const struct survey_text_ask *ask, struct survey_text_list *out);
str survey_mask(arena *mem, str text);

#endif
