#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/str.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_cmp(void **state)
{
	static const char *const ordered[] = { "", "A", "Aa", "B", "a", "a ", "aa", "z", "Đ", "đ", "ế", "\xEF\xBF\xBD", "😀" };
	(void)state;
	for (size_t i = 0; i < COUNT(ordered); i++)
		for (size_t k = 0; k < COUNT(ordered); k++) {
			int got = str_cmp(str_of(ordered[i]), str_of(ordered[k]));
			assert_int_equal((got > 0) - (got < 0), (i > k) - (i < k));
			assert_int_equal(str_eq(str_of(ordered[i]), str_of(ordered[k])), i == k);
			assert_int_equal(str_is(str_of(ordered[i]), ordered[k]), i == k);
		}
	assert_int_equal(str_cmp((str){ 0 }, STR("")), 0);
	assert_true(str_eq((str){ 0 }, STR("")));
	assert_true(str_eq(str_of(NULL), (str){ 0 }));
	assert_true(str_cmp((str){ "a\0b", 3 }, (str){ "a\0c", 3 }) < 0);
	assert_false(str_eq((str){ "a\0b", 3 }, STR("a")));
}

static void test_starts(void **state)
{
	(void)state;
	assert_true(str_starts(STR("@name"), STR("@")));
	assert_true(str_starts(STR("@"), STR("@")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_false(str_starts(STR(""), STR("@")));
	assert_false(str_starts(STR("name@"), STR("@")));
}

static void test_ends(void **state)
{
	(void)state;
	assert_true(str_ends_nocase(STR("bảng.XLSX"), ".xlsx"));
	assert_true(str_ends_nocase(STR(".csv"), ".csv"));
	assert_true(str_ends_nocase((str){ 0 }, ""));
	assert_false(str_ends_nocase(STR("csv"), ".csv"));
	assert_false(str_ends_nocase(STR("a.csv2"), ".csv"));
	assert_false(str_ends_nocase((str){ 0 }, ".csv"));
}

static void test_trim(void **state)
{
	static const struct { const char *in, *want; } rows[] = {
		{ "", "" }, { " ", "" }, { "a", "a" }, { "  a b  ", "a b" }, { "\t\r\n\v\fa\f\v\n\r\t", "a" },
		{ "\xC2\xA0 a \xC2\xA0", "a" }, { "\xEF\xBB\xBF" "Hà Nội\xC2\xA0", "Hà Nội" }, { "\xC2\xA0", "" }, { "\xEF\xBB\xBF\xEF\xBB\xBF", "" },
		{ "à", "à" }, /* C3 A0: its last byte is that of U+00A0 */
		{ " Hoà ", "Hoà" }, { "\xE2\x80\x83" "a", "\xE2\x80\x83" "a" }, { "\xA0" "a", "\xA0" "a" }, { "\xC2", "\xC2" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(str_is(str_trim(str_of(rows[i].in)), rows[i].want));
	assert_int_equal(str_trim((str){ 0 }).len, 0);
}

static void assert_split(const char *in, const char *const *want, size_t n)
{
	str rest = str_of(in), head;
	for (size_t i = 0; i < n; i++) {
		assert_true(str_next(&rest, ';', &head));
		assert_true(str_is(head, want[i]));
	}
	assert_false(str_next(&rest, ';', &head));
	assert_true(!head.p && !head.len);
}

static void test_next(void **state)
{
	str rest = { 0 }, head;
	(void)state;
	assert_split("", (const char *const[]){ "" }, 1);
	assert_split("a", (const char *const[]){ "a" }, 1);
	assert_split("a;b", (const char *const[]){ "a", "b" }, 2);
	assert_split(";a;;b;", (const char *const[]){ "", "a", "", "b", "" }, 5);
	assert_split("Sở Nội vụ; Sở Tài chính", (const char *const[]){ "Sở Nội vụ", " Sở Tài chính" }, 2);
	assert_false(str_next(&rest, ';', &head));
}

static void test_int(void **state)
{
	static const struct { const char *in; long lo, hi; bool ok; long want; } rows[] = {
		{ "0", 0, 10, true, 0 }, { "10", 0, 10, true, 10 }, { "11", 0, 10, false, 0 }, { "-1", 0, 10, false, 0 }, { "-1", -1, 10, true, -1 },
		{ "-0", -1, 1, true, 0 }, { "007", 0, 10, true, 7 }, { "", 0, 10, false, 0 }, { "-", -10, 10, false, 0 }, { "+1", 0, 10, false, 0 },
		{ " 1", 0, 10, false, 0 }, { "1 ", 0, 10, false, 0 }, { "1.0", 0, 10, false, 0 }, { "1e3", 0, 9999, false, 0 }, { "0x1", 0, 10, false, 0 },
		{ "--1", -10, 10, false, 0 }, { "1000000000000000000", 0, LONG_MAX, true, 1000000000000000000 },
		{ "99999999999999999999", LONG_MIN, LONG_MAX, false, 0 }, { "-99999999999999999999", LONG_MIN, LONG_MAX, false, 0 },
		{ "9223372036854775808", LONG_MIN, LONG_MAX, false, 0 }, { "١", 0, 10, false, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		long out = 42;
		assert_int_equal(str_int(str_of(rows[i].in), rows[i].lo, rows[i].hi, &out), rows[i].ok);
		assert_int_equal(out, rows[i].ok ? rows[i].want : 42);
	}
	long out = 42;
	assert_false(str_int((str){ 0 }, 0, 1, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cmp), cmocka_unit_test(test_starts), cmocka_unit_test(test_ends), cmocka_unit_test(test_trim),
		cmocka_unit_test(test_next), cmocka_unit_test(test_int),
	};
	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
