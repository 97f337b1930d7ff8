#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "edition.h"

static arena *mem;

static int set_up(void **state)
{
	(void)state;
	mem = arena_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static val num(const char *s)
{
	return val_num(dec_of_text(s));
}

static val text(const char *s)
{
	return val_str(str_of(s));
}

static val list_of(size_t n, const val *items)
{
	struct val_list *l = arena_alloc(mem, sizeof *l + n * sizeof(val));
	l->n = n;
	for (size_t i = 0; i < n; i++)
		l->item[i] = items[i];
	return (val){ .kind = VAL_LIST, .list = l };
}

static val range_of(val lo, val hi, bool lo_closed, bool hi_closed)
{
	struct val_range r = { .lo = lo,
		.hi = hi,
		.lo_closed = lo_closed,
		.hi_closed = hi_closed,
		.lo_bounded = lo.kind != VAL_NULL,
		.hi_bounded = hi.kind != VAL_NULL };
	return (val){ .kind = VAL_RANGE, .range = arena_copy(mem, &r, sizeof r) };
}

static void prints(val v, const char *as_text, const char *as_string)
{
	buf b;
	buf_init(&b, 0);
	val_text(&b, v);
	is_text(buf_str(&b), as_text);
	buf_clear(&b);
	val_string(&b, v);
	is_text(buf_str(&b), as_string);
	buf_free(&b);
}

static void test_text(void **state)
{
	day d;
	(void)state;
	assert_true(date_make(2026, 1, 31, &d));
	prints(VAL_NONE, "null", "null");
	prints(val_bool(true), "true", "true");
	prints(num("0.10"), "0.1", "0.1");
	prints(num("-1200"), "-1200", "-1200");
	prints(text("a\"b\\\n\t\r\x01\x7F"), "\"a\\\"b\\\\\\n\\t\\r\\u0001\\u007F\"", "a\"b\\\n\t\r\x01\x7F");
	prints(val_date(d), "2026-01-31", "2026-01-31");
	prints(val_ymd(14), "P1Y2M", "P1Y2M");
	prints(val_ymd(-24), "-P2Y", "-P2Y");
	prints(val_ymd(0), "P0M", "P0M");
	prints(val_ymd(INT64_MIN), "-P768614336404564650Y8M", "-P768614336404564650Y8M");
	prints(val_dtd(dec_int(93784)), "P1DT2H3M4S", "P1DT2H3M4S");
	prints(val_dtd(dec_of_text("-0.5")), "-PT0.5S", "-PT0.5S");
	prints(val_dtd(DEC_ZERO), "PT0S", "PT0S");
	prints(list_of(2, (val[]){ text("a"), VAL_NONE }), "[\"a\", null]", "[\"a\", null]");
	prints(list_of(0, NULL), "[]", "[]");
	prints(range_of(num("1"), num("2"), true, false), "[1..2)", "[1..2)");
	prints(range_of(VAL_NONE, num("2"), false, true), "(<= 2)", "(<= 2)");
	prints(range_of(num("1"), VAL_NONE, false, false), "(> 1)", "(> 1)");
}

/* Equality and order of every pair of kinds: of one kind a truth, of two kinds null, except that null equals only null. */
static void test_kinds(void **state)
{
	val v[] = { VAL_NONE, val_bool(true), num("1"), text("1"), val_date(1), val_dtd(DEC_ONE), val_ymd(1), list_of(1, (val[]){ num("1") }),
		range_of(num("1"), num("2"), true, true) };
	(void)state;
	for (size_t i = 0; i < COUNT(v); i++)
		for (size_t k = 0; k < COUNT(v); k++) {
			val same = val_eq(v[i], v[k]), less = val_cmp_lt(v[i], v[k], true);
			bool ordered = i == k && v[i].kind >= VAL_NUM && v[i].kind <= VAL_YMD;
			if (i == k)
				assert_true(val_is(same, true));
			else if (i == 0 || k == 0)
				assert_true(val_is(same, false));
			else
				assert_int_equal(same.kind, VAL_NULL);
			assert_int_equal(less.kind, ordered ? VAL_BOOL : VAL_NULL);
		}
}

static void test_in(void **state)
{
	val one_two = range_of(num("1"), num("2"), true, false);
	(void)state;
	assert_true(val_is(val_in(num("1"), one_two), true));
	assert_true(val_is(val_in(num("2"), one_two), false));
	assert_int_equal(val_in(text("1"), one_two).kind, VAL_NULL);
	assert_true(val_is(val_in(one_two, one_two), true)); /* a range is not in itself, but equal */
	assert_true(val_is(val_in(num("1"), list_of(2, (val[]){ text("a"), one_two })), true));
	assert_true(val_is(val_in(num("3"), list_of(2, (val[]){ text("a"), one_two })), false));
	assert_int_equal(val_in(text("x"), list_of(2, (val[]){ text("a"), one_two })).kind, VAL_NULL);
	assert_true(val_is(val_in(text("a"), list_of(2, (val[]){ one_two, text("a") })), true));
	struct val_range not_one = { .lo = num("1"), .lo_bounded = true, .negated = true };
	assert_true(val_is(val_in(num("1"), (val){ .kind = VAL_RANGE, .range = &not_one }), false));
	assert_true(val_is(val_in(num("2"), (val){ .kind = VAL_RANGE, .range = &not_one }), true));
	assert_int_equal(val_in(text("2"), (val){ .kind = VAL_RANGE, .range = &not_one }).kind, VAL_NULL);
}

/* What text of the form of a duration means, or that it is none. */
static void test_parse_duration(void **state)
{
	static const struct {
		const char *text, *wanted; /* NULL: none */
	} cases[] = { { "P1D", "P1D" }, { "-P1D", "-P1D" }, { "PT1H", "PT1H" }, { "P1DT1S", "P1DT1S" }, { "PT0.001S", "PT0.001S" }, { "PT1.S", "PT1S" },
		{ "P400D", "P400D" }, { "PT3600S", "PT1H" }, { "P1Y", "P1Y" }, { "P13M", "P1Y1M" }, { "P0Y0M", "P0M" }, { "P1M", "P1M" }, { "PT1M", "PT1M" },
		{ "", NULL }, { "P", NULL }, { "-", NULL }, { "PT", NULL }, { "P1", NULL }, { "1D", NULL }, { "P1D1H", NULL }, { "P1Y1D", NULL },
		{ "P1M1Y", NULL }, { "PT1S1M", NULL }, { "P1DT", NULL }, { "P-1D", NULL }, { "+P1D", NULL }, { "p1d", NULL }, { "P1.5D", NULL },
		{ "PT.5S", NULL }, { "PT1.2.3S", NULL }, { "P 1D", NULL }, { "P1D ", NULL }, { "P1W", NULL }, { "P9223372036854775808M", NULL } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		val v;
		bool ok = val_parse_duration(str_of(cases[i].text), &v);
		if (ok != (cases[i].wanted != NULL))
			fail_msg("%s: %d", cases[i].text, ok);
		if (ok)
			prints(v, cases[i].wanted, cases[i].wanted);
	}
}

/* No operation leads outside: null, or a duration that has its opposite. */
static void test_ends_of_range(void **state)
{
	val most = val_ymd(INT64_MAX), least = val_ymd(-INT64_MAX), one = val_ymd(1), day_one;
	(void)state;
	assert_int_equal(val_add(mem, most, one).kind, VAL_NULL);
	assert_int_equal(val_sub(least, one).kind, VAL_NULL);
	assert_int_equal(val_sub(least, most).kind, VAL_NULL);
	assert_int_equal(val_mul(most, num("-2")).kind, VAL_NULL);
	assert_int_equal(val_mul(one, num("-9223372036854775808")).kind, VAL_NULL);
	assert_int_equal(val_div(most, num("0.5")).kind, VAL_NULL);
	assert_int_equal(val_div(most, num("0")).kind, VAL_NULL);
	assert_true(val_is(val_eq(val_neg(val_neg(most)), most), true));
	day_one = val_date(0);
	assert_int_equal(val_add(mem, day_one, most).kind, VAL_NULL);
	assert_int_equal(val_sub(day_one, most).kind, VAL_NULL);
	assert_int_equal(val_add(mem, day_one, val_dtd(dec_of_text("1e40"))).kind, VAL_NULL);
	assert_int_equal(val_add(mem, val_dtd(dec_of_text("9e6144")), val_dtd(dec_of_text("9e6144"))).kind, VAL_NULL);
	assert_int_equal(val_pow(num("10"), num("6145")).kind, VAL_NULL);
}

static void test_measure_value(void **state)
{
	static const struct {
		const char *cell;
		enum val_kind kind;
		const char *wanted;
	} cases[] = { { "", VAL_NULL, "null" }, { "0", VAL_NUM, "0" }, { "-1.50", VAL_NUM, "-1.5" }, { "1e3", VAL_NUM, "1000" },
		{ ".5", VAL_NUM, "0.5" }, { "true", VAL_BOOL, "true" }, { "false", VAL_BOOL, "false" },
		{ "TRUE", VAL_BOOL, "true" }, { "FALSE", VAL_BOOL, "false" }, { "True", VAL_STR, "\"True\"" },
		{ "null", VAL_STR, "\"null\"" }, { "2024-02-29", VAL_DATE, "2024-02-29" },
		{ "2023-02-29", VAL_STR, "\"2023-02-29\"" }, { "29/02/2024", VAL_STR, "\"29/02/2024\"" },
		{ "1,5", VAL_STR, "\"1,5\"" }, { "có", VAL_STR, "\"có\"" }, { "5.", VAL_STR, "\"5.\"" },
		{ "+5", VAL_STR, "\"+5\"" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		val v = measure_value(str_of(cases[i].cell));
		if (v.kind != cases[i].kind)
			fail_msg("%s: kind %d", cases[i].cell, v.kind);
		buf b;
		buf_init(&b, 0);
		val_text(&b, v);
		is_text(buf_str(&b), cases[i].wanted);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		TEST(test_text), TEST(test_kinds), TEST(test_in), TEST(test_parse_duration), TEST(test_ends_of_range), TEST(test_measure_value),
	};
	return cmocka_run_group_tests_name("val", tests, NULL, NULL);
}
