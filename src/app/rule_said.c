#include "app/rule_said.h"
#include "app/round_work.h"
#include "db/measure.h"

static struct words_measure measure(void *ctx, str name, enum lang lang)
{
	const db_measure_def_list *catalogue = ctx;
	const db_measure_def *def = catalogue ? work_def(catalogue, name) : NULL;
	if (!def)
		return (struct words_measure){ name, WORDS_PLAIN };
	enum words_kind kind = str_is(def->value_unit, "share") ? WORDS_SHARE
		: str_is(def->value_unit, "date")               ? WORDS_DATE
		: str_is(def->value_unit, "yes_no")             ? WORDS_YES
								: WORDS_PLAIN;
	return (struct words_measure){ lang == LANG_EN && def->name_en.len ? def->name_en : def->name_vi, kind };
}

size_t rule_said(cx *c, const db_measure_def_list *catalogue, const struct tree_node *n, enum lang lang, str **lines)
{
	struct words_scope scope = { .measure = measure, .ctx = (void *)(uintptr_t)catalogue, .max = n->max, .has_max = n->has_max };
	return n->rule ? rule_words(c, n->rule, &scope, lang, lines) : 0;
}
