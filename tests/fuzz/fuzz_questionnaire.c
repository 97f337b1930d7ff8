/* Any bytes as a questionnaire: faults with their places, or a form; then the rest of the bytes as a line of answers to it: whatever is given,
 * what counts can be written and read back to the same line, and checking that line again changes nothing. */
#include <stdint.h>
#include <stdlib.h>
#include "engine/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static str line_of(cx *c, const questionnaire *q, const struct answer *a)
{
	buf b;
	buf_init(&b, 0);
	answers_write(q, a, &b);
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void answer(cx *c, const questionnaire *q, str line)
{
	size_t n = q->items.n;
	struct given *given = NEW_ARRAY(c->mem, struct given, n), *back = NEW_ARRAY(c->mem, struct given, n);
	struct answer *a = NEW_ARRAY(c->mem, struct answer, n), *again = NEW_ARRAY(c->mem, struct answer, n);
	if (!answers_read(q, line, c->mem, given))
		return;
	answers_check(c, q, given, 20000, 0, (int32_t)n, LANG_VI, a);
	str kept = line_of(c, q, a);
	must(answers_read(q, kept, c->mem, back));
	answers_check(c, q, back, 20000, 0, (int32_t)n, LANG_EN, again);
	must(str_eq(line_of(c, q, again), kept));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(64 << 20);
	str all = { (const char *)data, size };
	const char *cut = size ? memchr(data, 0, size) : NULL;
	str text = cut ? (str){ all.p, (size_t)(cut - all.p) } : all;
	questionnaire *q;
	if (questionnaire_read(c, table_csv(csv_open_mem(c, STR("q.csv"), text, NULL), STR("q.csv")), &q) == ERR_OK) {
		must(q->n_asked > 0 && q->items.n <= QUESTIONNAIRE_MAX_ROWS);
		str line = cut ? (str){ cut + 1, size - text.len - 1 } : STR("");
		must(line.len == 0 || line.p);
		answer(c, q, line);
	} else {
		must(c->n_errors > 0);
	}
	cx_free(c);
	return 0;
}
