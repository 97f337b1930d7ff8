#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/str.h"
#include "engine/figure.h"

static struct figure of(const char *text)
{
	struct figure f = { .there = true };
	assert_true(dec_parse(str_of(text), &f.v));
	return f;
}

static void is(struct figure f, const char *want)
{
	char text[DEC_TEXT];
	str got = f.there ? dec_text(f.v, text) : STR("none");
	if (!str_eq(got, str_of(want)))
		fail_msg("%.*s, wanted %s", STR_ARG(got), want);
}

static const struct figure none;

static void test_missing_stays_missing(void **state)
{
	(void)state;
	is(figure_if(true, dec_int(0)), "0");
	is(figure_if(false, dec_int(5)), "none");
	is(figure_minus(of("80.15"), of("73.98")), "6.17");
	is(figure_minus(of("80.15"), none), "none");
	is(figure_minus(none, of("80.15")), "none");
	is(figure_plus(of("1"), none), "1"); /* a sum of what is there */
	is(figure_plus(none, of("1")), "none");
}

static void test_no_share_of_nothing(void **state)
{
	(void)state;
	is(figure_percent(of("1"), of("8")), "12.5");
	is(figure_percent(of("0"), of("8")), "0");
	is(figure_percent(of("0"), of("0")), "none");
	is(figure_percent(none, of("8")), "none");
	is(figure_percent(of("8"), none), "none");
	is(figure_mean(of("7"), 2), "3.5");
	is(figure_mean(of("0"), 0), "none");
	is(figure_mean(none, 2), "none");
}

static void test_beyond_all_decimals(void **state)
{
	(void)state;
	struct figure huge = of("9e6144");
	is(figure_plus(huge, huge), "none");
	is(figure_minus(huge, of("-9e6144")), "none");
	is(figure_percent(huge, of("1")), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_stays_missing),
		cmocka_unit_test(test_no_share_of_nothing),
		cmocka_unit_test(test_beyond_all_decimals),
	};
	return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
