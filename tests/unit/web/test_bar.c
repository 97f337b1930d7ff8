#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "web/bar.h"
#include "web/fold.h"

#define AXIS "<path class=\"sb-ax\" d=\"M0 10.5H100\"/></svg>"
#define TENTHS "M10 7v3M20 7v3M30 7v3M40 7v3M50 5v5M60 7v3M70 7v3M80 7v3M90 7v3"
#define TICKS "<path class=\"sb-tk\" d=\"" TENTHS "\"/>" AXIS
#define OPEN "<svg class=\"sb\" width=\"100\" height=\"11\" viewBox=\"0 0 100 11\" aria-hidden=\"true\">"

static void is(str got, const char *wanted)
{
	if (!str_is(got, wanted))
		fail_msg("%.*s\n%s", STR_ARG(got), wanted);
}

static void test_bar(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	is(bar_score(mem, 0.9716, 100), OPEN "<rect class=\"sb-got\" x=\"0\" y=\"1\" width=\"97.16\" height=\"9\"/>"
		"<rect class=\"sb-lost\" x=\"97.16\" y=\"1\" width=\"2.84\" height=\"9\" fill=\"url(#gach)\"/>"
		"<path class=\"sb-edge\" d=\"M97.16 1v9\"/>" TICKS);
	is(bar_score(mem, 1, 100), OPEN "<rect class=\"sb-got\" x=\"0\" y=\"1\" width=\"100\" height=\"9\"/>" TICKS);
	is(bar_score(mem, 0, 100), OPEN "<rect class=\"sb-lost\" x=\"0\" y=\"1\" width=\"100\" height=\"9\" fill=\"url(#gach)\"/>"
		"<path class=\"sb-edge\" d=\"M0 1v9\"/>" TICKS);
	assert_true(str_eq(bar_score(mem, 1.7, 100), bar_score(mem, 1, 100)));
	assert_true(str_eq(bar_score(mem, -3, 100), bar_score(mem, 0, 100)));
	arena_free(mem);
}

/* 1 (1.1 (1.1.1 1.1.2) 1.2) 2 (2.1) below a root. */
static const char *const names[] = { "R", "1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1" };
static const int levels[] = { 0, 1, 2, 3, 3, 2, 1, 2 };
enum { NODES = 8 };

static struct fold folded(struct web_cx *w, const char *listed)
{
	struct fold f;
	str *codes = NEW_ARRAY(w->mem, str, NODES);
	for (int i = 0; i < NODES; i++)
		codes[i] = str_of(names[i]);
	fold_init(&f, w, codes, levels, NODES, str_of(listed));
	f.open[0] = true;
	return f;
}

/* The rows that are shown, without the root: "1 1.1 2". */
static str shown(struct web_cx *w, const struct fold *f)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 1; i < f->n; i++)
		if (fold_shows(f, i))
			buf_printf(&b, "%s%s", b.len ? " " : "", names[i]);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void test_fold(void **state)
{
	(void)state;
	struct web_cx w = { .mem = arena_new(0) };
	struct fold f = folded(&w, "");
	is(shown(&w, &f), "1 2");
	is(fold_toggled(&f, 1), "1");
	is(fold_toggled(&f, 3), "1.1.1"); /* those above follow */
	f = folded(&w, "1.1");
	is(shown(&w, &f), "1 1.1 1.1.1 1.1.2 1.2 2");
	is(fold_toggled(&f, 2), "1"); /* closed: the one above stays open */
	is(fold_toggled(&f, 1), "");  /* closed with all below it */
	is(fold_toggled(&f, 6), "1.1,2");
	f = folded(&w, "nothing,1.1.2,,2.1");
	is(shown(&w, &f), "1 1.1 1.1.1 1.1.2 1.2 2 2.1");
	is(fold_toggled(&f, 4), "1.1,2.1");
	f = folded(&w, "*");
	is(shown(&w, &f), "1 1.1 1.1.1 1.1.2 1.2 2 2.1");
	assert_false(f.open[3]); /* what explains itself stays closed */
	arena_free(w.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_bar), cmocka_unit_test(test_fold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
