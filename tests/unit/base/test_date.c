#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/date.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static day make(int y, int m, int d)
{
	day out = -1;
	assert_true(date_make(y, m, d, &out));
	return out;
}

static day iso(const char *s)
{
	day out = -1;
	assert_true(date_parse(str_of(s), &out));
	return out;
}

static void assert_text(str got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.p, want, got.len);
}

static void test_known_days(void **state)
{
	static const struct { int y, m, d; day want; int weekday, yearday; } rows[] = {
		{ 1970, 1, 1, 0, 4, 1 },
		{ 1969, 12, 31, -1, 3, 365 },
		{ 1, 1, 1, -719162, 1, 1 },
		{ 9999, 12, 31, 2932896, 5, 365 },
		{ 1900, 3, 1, -25508, 4, 60 },
		{ 2000, 2, 29, 11016, 2, 60 },
		{ 1945, 9, 2, -8887, 7, 245 },
		{ 2024, 12, 31, 20088, 2, 366 },
		{ 2026, 11, 22, 20779, 7, 326 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		day d = make(rows[i].y, rows[i].m, rows[i].d);
		assert_int_equal(d, rows[i].want);
		assert_int_equal(date_weekday(d), rows[i].weekday);
		assert_int_equal(date_yearday(d), rows[i].yearday);
	}
}

static void test_no_such_day(void **state)
{
	static const int rows[][3] = { { 0, 1, 1 }, { -1, 1, 1 }, { 10000, 1, 1 }, { 2023, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 },
		{ 2024, 2, 30 }, { 2024, 4, 31 }, { 2024, 0, 1 }, { 2024, 13, 1 }, { 2024, 1, 0 }, { 2024, 1, 32 }, { 2024, 1, -1 },
		{ INT32_MAX, INT32_MAX, INT32_MAX }, { INT32_MIN, INT32_MIN, INT32_MIN } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		day out = 42;
		assert_false(date_make(rows[i][0], rows[i][1], rows[i][2], &out));
		assert_int_equal(out, 42);
	}
}

static void test_month_days(void **state)
{
	static const struct { int y, m, want; } rows[] = { { 2023, 1, 31 }, { 2023, 2, 28 }, { 2024, 2, 29 }, { 1900, 2, 28 }, { 2000, 2, 29 },
		{ 2023, 4, 30 }, { 2023, 12, 31 }, { 2023, 0, 0 }, { 2023, 13, 0 }, { 2023, -5, 0 } };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(date_month_days(rows[i].y, rows[i].m), rows[i].want);
}

/* A calendar that only knows how to go to the next day. */
struct naive { int y, m, d, weekday, yearday; };

static void next_day(struct naive *n)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int last = days[n->m - 1];
	if (n->m == 2 && ((n->y % 4 == 0 && n->y % 100 != 0) || n->y % 400 == 0))
		last = 29;
	n->weekday = n->weekday % 7 + 1;
	n->yearday++;
	if (++n->d <= last)
		return;
	n->d = 1;
	if (++n->m <= 12)
		return;
	n->m = 1;
	n->yearday = 1;
	n->y++;
}

static void write_iso(const struct naive *n, char out[10])
{
	const int v[] = { n->y / 1000, n->y / 100 % 10, n->y / 10 % 10, n->y % 10, -3, n->m / 10, n->m % 10, -3, n->d / 10, n->d % 10 };
	for (size_t i = 0; i < COUNT(v); i++)
		out[i] = (char)('0' + v[i]); /* '0' - 3 is '-' */
}

/* Plain comparisons: an assert per check over 3.6 million days would take longer than the rest of the tests. */
static bool agrees(const struct naive *n, day want)
{
	day made = 0, parsed = 0;
	int y, m, d;
	char text[10], shown[DATE_TEXT];
	date_parts(want, &y, &m, &d);
	write_iso(n, text);
	return date_make(n->y, n->m, n->d, &made) && made == want && y == n->y && m == n->m && d == n->d
		&& date_weekday(want) == n->weekday && date_yearday(want) == n->yearday && str_eq(date_text(want, shown), (str){ text, 10 })
		&& date_parse((str){ text, 10 }, &parsed) && parsed == want;
}

static void test_every_day(void **state)
{
	struct naive n = { 1, 1, 1, 1, 1 };
	int days = 0;
	(void)state;
	for (day want = -719162; n.y <= 9999; want++, days++, next_day(&n))
		if (!agrees(&n, want))
			fail_msg("%04d-%02d-%02d, day %d", n.y, n.m, n.d, want);
	assert_int_equal(days, 3652059);
}

static void test_parse(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-01", "2026-1-31", "2026-01-1", "26-01-31", "2026-01-32", "2026-02-29", "2026-13-01",
		"0000-01-01", "-001-01-01", "10000-01-01", " 2026-01-31", "2026-01-31 ", "2026-01-31T00:00", "2026/01/31", "20260131",
		"2026-01-3a", "+026-01-31", "２０２６-01-31", "31/01/2026" };
	(void)state;
	assert_int_equal(iso("2026-01-31"), make(2026, 1, 31));
	assert_int_equal(iso("0001-01-01"), -719162);
	for (size_t i = 0; i < COUNT(bad); i++) {
		day out = 42;
		assert_false(date_parse(str_of(bad[i]), &out));
		assert_int_equal(out, 42);
	}
	day out = 42;
	assert_false(date_parse((str){ 0 }, &out));
	assert_false(date_parse((str){ "2026-01-31\0", 11 }, &out));
}

static void test_parse_vn(void **state)
{
	static const struct { const char *text; int y, m, d; } good[] = { { "31/01/2026", 2026, 1, 31 }, { "1/2/2026", 2026, 2, 1 },
		{ "01/2/2026", 2026, 2, 1 }, { "29/02/2024", 2024, 2, 29 }, { "2026-01-31", 2026, 1, 31 }, { "02/09/1945", 1945, 9, 2 } };
	static const char *const bad[] = { "", "1/2", "1/2/26", "001/02/2026", "32/01/2026", "29/02/2023", "13/13/2026", "1/31/2026", "2026/01/31",
		"1-2-2026", "1.2.2026", "1/2/20261", "1/2/2026 ", "/2/2026", "1//2026", "0/1/2026" };
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		day out = -1;
		assert_true(date_parse_vn(str_of(good[i].text), &out));
		assert_int_equal(out, make(good[i].y, good[i].m, good[i].d));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		day out = 42;
		assert_false(date_parse_vn(str_of(bad[i]), &out));
		assert_int_equal(out, 42);
	}
}

static void test_text(void **state)
{
	char out[DATE_TEXT];
	(void)state;
	assert_text(date_text(make(2026, 1, 31), out), "2026-01-31");
	assert_text(date_text_vn(make(2026, 1, 31), out), "31/01/2026");
	assert_text(date_text(make(1, 1, 1), out), "0001-01-01");
	assert_text(date_text_vn(make(7, 8, 9), out), "09/08/0007");
	assert_text(date_text(INT32_MAX, out), "5881580-07-11");
	assert_text(date_text(INT32_MIN, out), "-5877641-06-23");
	assert_text(date_text_vn(INT32_MIN, out), "23/06/-5877641");
}

static void test_add_months(void **state)
{
	static const struct { const char *from; int64_t n; const char *want; } rows[] = {
		{ "2026-01-31", 1, "2026-02-28" }, { "2024-01-31", 1, "2024-02-29" }, { "2024-02-29", 12, "2025-02-28" },
		{ "2024-02-29", 48, "2028-02-29" }, { "2024-02-29", -12, "2023-02-28" }, { "2026-03-31", -1, "2026-02-28" },
		{ "2026-01-31", 0, "2026-01-31" }, { "2026-01-31", 11, "2026-12-31" }, { "2026-12-31", 2, "2027-02-28" },
		{ "2026-01-15", -1, "2025-12-15" }, { "2026-05-31", 1, "2026-06-30" }, { "0001-01-01", 119987, "9999-12-01" },
		{ "9999-12-31", -119987, "0001-01-31" }, { "2000-01-31", 1201, "2100-02-28" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		day out = 0;
		char text[DATE_TEXT];
		assert_true(date_add_months(iso(rows[i].from), rows[i].n, &out));
		assert_text(date_text(out, text), rows[i].want);
	}
	static const struct { const char *from; int64_t n; } out_of_range[] = { { "9999-12-01", 1 }, { "0001-01-31", -1 }, { "2026-01-01", INT64_MAX },
		{ "2026-01-01", INT64_MIN }, { "2026-01-01", 119988 } };
	for (size_t i = 0; i < COUNT(out_of_range); i++) {
		day out = 42;
		assert_false(date_add_months(iso(out_of_range[i].from), out_of_range[i].n, &out));
		assert_int_equal(out, 42);
	}
}

static void test_add_days(void **state)
{
	day out = 42;
	(void)state;
	assert_false(date_add_days(iso("9999-12-31"), 1, &out));
	assert_false(date_add_days(iso("0001-01-01"), -1, &out));
	assert_false(date_add_days(0, INT64_MAX, &out));
	assert_false(date_add_days(-1, INT64_MIN, &out));
	assert_int_equal(out, 42);
	assert_true(date_add_days(iso("2024-02-28"), 2, &out));
	assert_int_equal(out, iso("2024-03-01"));
	assert_true(date_add_days(iso("0001-01-01"), 3652058, &out));
	assert_int_equal(out, iso("9999-12-31"));
}

static void test_months_between(void **state)
{
	static const struct { const char *from, *to; int64_t want; } rows[] = {
		{ "2026-01-01", "2026-01-31", 0 }, { "2026-01-01", "2026-02-01", 1 }, { "2026-01-31", "2026-02-28", 0 },
		{ "2026-01-31", "2026-03-30", 1 }, { "2026-01-31", "2026-03-31", 2 }, { "2011-12-22", "2013-08-24", 20 },
		{ "2011-12-22", "2013-08-21", 19 }, { "2026-02-28", "2026-01-31", 0 }, { "2026-03-31", "2026-01-31", -2 },
		{ "2026-03-30", "2026-01-31", -1 }, { "2026-02-01", "2026-01-01", -1 }, { "0001-01-01", "9999-12-31", 119987 },
		{ "9999-12-31", "0001-01-01", -119987 }, { "2024-02-29", "2025-02-28", 11 }, { "2024-02-29", "2025-03-01", 12 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(date_months_between(iso(rows[i].from), iso(rows[i].to)), rows[i].want);
}

/* As long as no month end cuts the day, n months later is n months between. */
static void test_months_agree(void **state)
{
	(void)state;
	for (int64_t n = -300; n <= 300; n += 7)
		for (day from = make(2000, 1, 1); from < make(2001, 1, 1); from += 3) {
			day to = 0;
			int y, m, d1, d2;
			assert_true(date_add_months(from, n, &to));
			date_parts(from, &y, &m, &d1);
			date_parts(to, &y, &m, &d2);
			assert_true(d2 == d1 || (d2 < d1 && d2 == date_month_days(y, m)));
			if (d1 == d2)
				assert_int_equal(date_months_between(from, to), n);
		}
}

static void test_of_ms(void **state)
{
	static const struct { int64_t ms; day want; } rows[] = {
		{ 0, 0 },
		{ 17 * 3600000 - 1, 0 }, /* 23:59:59.999 in Việt Nam */
		{ 17 * 3600000, 1 },
		{ -7 * 3600000, 0 },
		{ -7 * 3600000 - 1, -1 },
		{ -DAY_MS, -1 },
		{ INT64_C(1795314961123), 20779 },
		{ INT64_MAX, 2932896 },
		{ INT64_MIN, -719162 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(date_of_ms(rows[i].ms), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_days), cmocka_unit_test(test_no_such_day), cmocka_unit_test(test_month_days),
		cmocka_unit_test(test_every_day), cmocka_unit_test(test_parse), cmocka_unit_test(test_parse_vn),
		cmocka_unit_test(test_text), cmocka_unit_test(test_add_months), cmocka_unit_test(test_add_days),
		cmocka_unit_test(test_months_between), cmocka_unit_test(test_months_agree), cmocka_unit_test(test_of_ms),
	};
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
