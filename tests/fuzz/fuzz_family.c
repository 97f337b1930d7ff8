/* Any bytes as a rule: its sentences are valid text in both languages, and a family that says it would have written the rule writes one that
 * belongs to the same family with the same values. */
#include <stdlib.h>
#include "base/vn.h"
#include "engine/rule_family.h"
#include "engine/rule_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool any_name(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	uint32_t *n = ctx;
	*slot = str_is(name, "max") ? 0 : ++*n;
	return *slot || part == PART_VALUE;
}

static bool compile(cx *c, str text, const rule **r)
{
	uint32_t names = 0;
	const struct rule_scope scope = { .find = any_name, .ctx = &names };
	return rule_compile(c, text, &scope, (place){ 0 }, r) == ERR_OK;
}

static struct words_measure measure(void *ctx, str name, enum lang lang)
{
	(void)ctx;
	return (struct words_measure){ lang == LANG_VI ? name : STR("the measure"), (enum words_kind)(name.len % 4) };
}

static void say(cx *c, const rule *r)
{
	const struct words_scope scope = { .measure = measure, .max = dec_int(2), .has_max = true };
	for (int lang = 0; lang < LANGS; lang++) {
		str *lines;
		size_t n = rule_words(c, r, &scope, (enum lang)lang, &lines);
		must(n > 0);
		for (size_t i = 0; i < n; i++)
			must(lines[i].len >= 1 << 16 || vn_utf8_check(lines[i]) == lines[i].len); /* as long as that, it was cut */
	}
}

static void write_again(cx *c, const struct family_values *v)
{
	struct family_values again;
	const rule *r;
	str text;
	if (rule_family_write(c, v, &text)) {
		must(c->n_errors > 0); /* a name or a text that a form would not take */
		return;
	}
	must(compile(c, text, &r) && rule_family_read(c, r, &again));
	must(again.family == v->family && again.n_steps == v->n_steps);
	for (int i = 0; i < FAMILY_HOLES; i++)
		must(str_eq(again.fixed[i], v->fixed[i]));
	for (int k = 0; k < v->n_steps; k++)
		for (int i = 0; i < FAMILY_STEP_HOLES; i++)
			must(str_eq(again.step[k][i], v->step[k][i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(256 << 20);
	struct family_values v;
	const rule *r;
	if (compile(c, (str){ (const char *)data, size }, &r)) {
		say(c, r);
		if (rule_family_read(c, r, &v))
			write_again(c, &v);
		else
			must(c->n_errors == 0);
	}
	cx_free(c);
	return 0;
}
