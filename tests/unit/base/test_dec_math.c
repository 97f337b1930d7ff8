/* exp, ln, powers and roots against golden values, and cases from the field. The arithmetic itself: test_dec.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/dec.h"

#ifndef TEST_DATA
#define TEST_DATA "tests/data"
#endif

/* ---- helpers ---- */

static dec D(const char *z)
{
	dec d = DEC_ZERO;
	if (!dec_parse(str_of(z), &d))
		fail_msg("not a number: %s", z);
	return d;
}

static const char *T(dec d)
{
	static char text[4][DEC_TEXT];
	static int i;
	i = (i + 1) % 4;
	dec_text(d, text[i]);
	return text[i];
}

static void same(dec got, const char *want)
{
	assert_string_equal(T(got), want);
	assert_true(dec_eq(got, D(want)));
	assert_false(got.neg && dec_is_zero(got));
}

static const char *fixed(const char *z, int digits, enum dec_round mode)
{
	static char text[64];
	buf b;
	buf_init(&b, 0);
	dec_fixed(&b, D(z), digits, mode, ",", ".");
	snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&b)));
	buf_free(&b);
	return text;
}

/* ---- exp, ln, powers ---- */

static void check_row(const char *line, str op, dec a, dec b, str want)
{
	dec got = DEC_ZERO;
	bool ok = false;
	if (str_is(op, "exp"))
		ok = dec_exp(a, &got);
	else if (str_is(op, "ln"))
		ok = dec_ln(a, &got);
	else if (str_is(op, "pow"))
		ok = dec_pow(a, b, &got);
	else if (str_is(op, "sqrt"))
		ok = dec_sqrt(a, &got);
	else
		fail_msg("unknown operation: %s", line);
	dec right = DEC_ZERO;
	bool right_ok = dec_parse(want, &right);
	if (ok != right_ok || !dec_eq(got, right))
		fail_msg("%s: got %s", line, ok ? T(got) : "nothing");
}

static void golden_values(void **state)
{
	(void)state;
	FILE *f = fopen(TEST_DATA "/dec_math.csv", "r");
	char line[256];
	int rows = 0;
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	for (; fgets(line, sizeof line, f); rows++) {
		str rest = str_trim(str_of(line)), field[4];
		for (int i = 0; i < 4; i++)
			assert_true(str_next(&rest, ',', &field[i]));
		dec a, b = DEC_ZERO;
		assert_true(dec_parse(field[1], &a));
		assert_true(field[2].len == 0 || dec_parse(field[2], &b));
		check_row(line, field[0], a, b, field[3]);
	}
	fclose(f);
	assert_true(rows >= 150);
}

static void powers(void **state)
{
	(void)state;
	static const char *const known[][3] = { { "0", "0", "1" }, { "0", "5", "0" }, { "0", "0.5", "0" }, { "7", "0", "1" },
		{ "-2", "3", "-8" }, { "-2", "2", "4" }, { "2", "-1", "0.5" }, { "2", "10", "1024" }, { "1", "1e6000", "1" },
		{ "-1", "1e6000", "1" }, { "-1", "1000000000000001", "-1" }, { "1", "0.3", "1" }, { "10", "6144", "1E+6144" },
		{ "10", "-6176", "1E-6176" }, { "10", "-6177", "0" }, { "0.1", "1e9", "0" }, { "4", "0.5", "2" },
		{ "4", "1.5", "8" }, { "0.0625", "0.25", "0.5" }, { "2", "-50", "8.881784197001252323389053344726562E-16" },
		{ "1.5", "2", "2.25" }, { "1.10", "2.0", "1.21" }, { "-0.5", "-3", "-8" } };
	dec d = DEC_ZERO;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!dec_pow(D(known[i][0]), D(known[i][1]), &d))
			fail_msg("%s ** %s: nothing", known[i][0], known[i][1]);
		if (!dec_eq(d, D(known[i][2])))
			fail_msg("%s ** %s: got %s", known[i][0], known[i][1], T(d));
	}
	assert_false(dec_pow(D("-1"), D("0.5"), &d) || dec_pow(D("0"), D("-0.5"), &d) || dec_pow(D("1e6000"), D("2"), &d));
}

/* ---- cases from the field ---- */

static void school_rounding(void **state)
{
	(void)state;
	dec d, q;
	assert_string_equal(fixed("0.125", 2, DEC_HALF_UP), "0,13");
	assert_string_equal(fixed("0.125", 2, DEC_HALF_EVEN), "0,12");
	assert_string_equal(fixed("0.125", 2, DEC_DOWN), "0,12");
	assert_string_equal(fixed("2.675", 2, DEC_HALF_UP), "2,68");
	assert_string_equal(fixed("2.675", 2, DEC_HALF_EVEN), "2,68");
	assert_string_equal(fixed("2.675", 2, DEC_DOWN), "2,67");
	assert_true(dec_div(dec_int(13), dec_int(16), &q) && dec_mul(q, dec_int(100), &q));
	same(q, "81.25");
	assert_true(dec_round(q, 1, DEC_DOWN, &d));
	same(d, "81.2");
	assert_true(dec_round(q, 1, DEC_HALF_UP, &d));
	same(d, "81.3");
	assert_true(dec_round(q, 1, DEC_HALF_EVEN, &d));
	same(d, "81.2");
}

static void school_means(void **state)
{
	(void)state;
	static const char *const marks[] = { "91.14", "84.31", "76.72", "74.85" };
	dec sum = DEC_ZERO, d;
	for (int i = 0; i < 4; i++)
		assert_true(dec_add(sum, D(marks[i]), &sum));
	assert_true(dec_div(sum, dec_int(4), &d));
	same(d, "81.755");
	assert_true(dec_round(d, 2, DEC_HALF_UP, &d));
	same(d, "81.76");
	assert_true(dec_div(D("68.32"), dec_int(84), &d) && dec_mul(d, dec_int(100), &d) && dec_round(d, 2, DEC_HALF_UP, &d));
	same(d, "81.33");
}

static void school_limits(void **state)
{
	(void)state;
	dec d, e;
	assert_true(dec_div(D("7999.6"), dec_int(10000), &d));
	assert_true(dec_cmp(d, D("0.8")) < 0);
	assert_true(dec_div(dec_int(8000), dec_int(10000), &d));
	assert_true(dec_cmp(d, D("0.80")) == 0);
	/* neighbouring fractions of counts below 10^16 stay apart */
	assert_true(dec_div(dec_int(9999999999999997), dec_int(9999999999999998), &d));
	assert_true(dec_div(dec_int(9999999999999998), dec_int(9999999999999999), &e));
	assert_true(dec_cmp(d, e) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_values),
		cmocka_unit_test(powers),
		cmocka_unit_test(school_rounding),
		cmocka_unit_test(school_means),
		cmocka_unit_test(school_limits),
	};
	return cmocka_run_group_tests_name("dec_math", tests, NULL, NULL);
}
