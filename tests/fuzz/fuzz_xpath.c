/* Any bytes as a condition of a form made elsewhere: either a fault with its character, or a rule that compiles; and whatever rule of it can be
 * written again as XPath is read again. */
#include <stdlib.h>
#include "engine/xpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static const struct {
	const char *name;
	enum question_kind kind;
	bool numbers;
} items[] = { { "A", ASK_SINGLE, true }, { "B", ASK_SINGLE, false }, { "M", ASK_MULTIPLE, false }, { "N", ASK_NUMBER, false }, { "T", ASK_TEXT, false },
	{ "D", ASK_DATE, false } };
enum { ITEMS = sizeof items / sizeof items[0] };

static bool find(void *ctx, str name, struct xpath_item *out)
{
	(void)ctx;
	for (size_t i = 0; i < ITEMS; i++)
		if (str_is(name, items[i].name)) {
			*out = (struct xpath_item){ str_of(items[i].name), items[i].kind, items[i].numbers };
			return true;
		}
	return false;
}

static bool find_slot(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	(void)ctx;
	for (uint32_t i = 0; i < ITEMS; i++)
		if (str_is(name, items[i].name) && part == PART_VALUE) {
			*slot = i;
			return true;
		}
	return false;
}

static void make(cx *c, questionnaire *q)
{
	for (size_t i = 0; i < ITEMS; i++)
		*VEC_PUSH(c->mem, &q->items) = (struct question){ .code = str_of(items[i].name), .kind = items[i].kind, .list = NO_ITEM, .parent = NO_ITEM };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(64 << 20);
	questionnaire q = { 0 };
	struct xpath_item self = { STR("N"), ASK_NUMBER, false };
	struct xpath_bounds bounds;
	struct xpath_in in = { .c = c, .find = find, .self = size & 1 ? &self : NULL };
	struct rule_scope scope = { .find = find_slot };
	const rule *r;
	str text, again;
	buf b;
	buf_init(&b, 1 << 20);
	make(c, &q);
	if (xpath_read(&in, (str){ (const char *)data, size }, in.self ? &bounds : NULL, &text) == ERR_OK && text.len) {
		size_t before = c->n_errors;
		/* Only depth and length may still be too much for a rule. */
		if (rule_compile(c, text, &scope, (place){ 0 }, &r) == ERR_OK) {
			struct xpath_out o = { c, &q, xpath_ref_name, { .line = 0 }, NO_ITEM };
			in.self = NULL;
			if (xpath_write(&o, r, &b) == ERR_OK && !buf_full(&b))
				must(xpath_read(&in, arena_str(c->mem, buf_str(&b)), NULL, &again) == ERR_OK || c->n_errors > before);
		} else
			must(c->n_errors > before);
	}
	buf_free(&b);
	cx_free(c);
	return 0;
}
