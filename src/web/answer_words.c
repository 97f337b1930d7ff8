#include "web/answer_words.h"
#include "app/survey_text.h"
#include "web/say.h"

static str option_words(const struct web_cx *w, const questionnaire *q, const struct question *x, str code)
{
	const struct question_option *o = question_option(q, x, code);
	return o ? say_either(w, o->text[LANG_VI], o->text[LANG_EN]) : code;
}

static str join(const struct web_cx *w, const questionnaire *q, int32_t item, const struct given *given, bool words)
{
	const struct question *x = &q->items.p[item];
	buf b;
	buf_init(&b, 0);
	for (size_t k = 0; k < given->n; k++) {
		buf_addz(&b, !k ? "" : words ? ", " : "+");
		if (x->list >= 0)
			buf_add(&b, words ? option_words(w, q, x, given->p[k]) : given->p[k]);
		else
			buf_add(&b, x->kind == ASK_TEXT ? survey_mask(w->mem, given->p[k]) : given->p[k]);
	}
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

str answer_words(const struct web_cx *w, const questionnaire *q, int32_t item, const struct given *given)
{
	return join(w, q, item, given, true);
}

str answer_codes(const struct web_cx *w, const questionnaire *q, int32_t item, const struct given *given)
{
	return join(w, q, item, given, false);
}
