#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "format/xlsx_number.h"

static void check_shown(const char *code, const char *value, const char *expected)
{
	arena *mem = arena_new(0);
	struct number_format f = number_format_read(mem, 0, str_of(code));
	dec d;
	buf b;
	buf_init(&b, 0);
	assert_true(dec_parse(str_of(value), &d));
	number_shown(&b, d, &f, false);
	buf_char(&b, 0);
	if (strcmp(b.p, expected) != 0)
		print_error("%s in %s: %s, not %s\n", value, code, b.p, expected);
	assert_string_equal(b.p, expected);
	buf_free(&b);
	arena_free(mem);
}

static void test_shown(void **state)
{
	(void)state;
	check_shown("General", "1.1", "1.1");
	check_shown("0.00", "1.1", "1.10");
	check_shown("000", "7", "007");
	check_shown("000", "-7", "-007");
	check_shown("#,##0.0", "1234567.25", "1,234,567.3");
	check_shown("0%", "0.045", "5%");
	check_shown("0.00%;[Red]-0.00%", "0.045", "4.50%");
	check_shown("_(* #,##0.00_)", "1234", "1,234.00");
	check_shown("#,##0\\ \"đ\"", "1500", "1,500");
	check_shown("@", "1.50", "1.5");
	check_shown("# ?/?", "0.5", "0.5");
	check_shown("dd/mm/yyyy", "46053", "31/01/2026");
	check_shown("[$-42A]d/m/yy;@", "46053", "31/1/26");
	check_shown("\"ngày\" dd", "46053", "ngày 31");
	check_shown("hh:mm", "0.354166666666667", "08:30");
	check_shown("dd/mm/yyyy hh:mm", "46053.3541666667", "31/01/2026 08:30");
	check_shown("d-mmm-yy", "46053", "2026-01-31");
	check_shown("dd/mm/yyyy", "60", "60");
	check_shown("dd/mm/yyyy", "-1", "-1");
	check_shown("dd/mm/yyyy", "1e300", "1E+300");
}

static void test_kinds(void **state)
{
	static const struct {
		const char *code;
		enum number_kind kind;
	} cases[] = { { "General", NUMBER_GENERAL }, { "0", NUMBER_PLAIN }, { "0.0%", NUMBER_PERCENT }, { "mm/yyyy", NUMBER_DATE },
		{ "[h]:mm:ss", NUMBER_TIME }, { "yyyy-mm-dd hh:mm", NUMBER_DATE_TIME }, { "@", NUMBER_TEXT }, { "0.00E+00", NUMBER_OTHER },
		{ "[Red]0.00", NUMBER_PLAIN }, { "\"dày\"0", NUMBER_PLAIN }, { "0 \"điểm\"", NUMBER_PLAIN }, { "mmm", NUMBER_DATE } };
	arena *mem = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(number_format_read(mem, 0, str_of(cases[i].code)).kind, cases[i].kind);
	for (int id = 14; id <= 17; id++)
		assert_int_equal(number_format_read(mem, id, STR("")).kind, NUMBER_DATE);
	assert_int_equal(number_format_read(mem, 999, STR("")).kind, NUMBER_GENERAL);
	arena_free(mem);
}

static void test_numbers(void **state)
{
	static const char *const cases[][2] = { { "9.5", "9.5" }, { "4.4999999999999998E-2", "0.045" }, { "0.30000000000000004", "0.3" },
		{ "1E-3", "0.001" }, { "123456789012345", "123456789012345" }, { "0.1", "0.1" }, { "-0", "0" }, { "1.0000000000000002", "1" },
		{ "99999999999999999999", "100000000000000000000" } };
	static const char *const bad[] = { "", "abc", "1,5", "NaN", "INF", "0x10", "--1", "1e999999" };
	char room[DEC_TEXT];
	str text;
	dec d;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(number_text(str_of(cases[i][0]), room, &text, &d));
		assert_string_equal(room, cases[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(number_text(str_of(bad[i]), room, &text, &d));
}

static void test_days(void **state)
{
	static const struct {
		const char *serial, *text;
		bool date1904;
	} cases[] = { { "1", "1900-01-01", false }, { "59", "1900-02-28", false }, { "61", "1900-03-01", false }, { "25569", "1970-01-01", false },
		{ "2958465", "9999-12-31", false }, { "0", "1904-01-01", true }, { "44591", "2026-01-31", true },
		{ "46053.99999999", "2026-02-01", false }, { "46053.5", "2026-01-31 12:00:00", false } };
	static const char *const bad[] = { "60", "0", "-5", "2958466", "1e30" };
	char room[32];
	str text;
	dec d;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(dec_parse(str_of(cases[i].serial), &d));
		assert_true(number_date(d, NUMBER_DATE, cases[i].date1904, room, &text));
		assert_string_equal(room, cases[i].text);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_true(dec_parse(str_of(bad[i]), &d));
		assert_false(number_date(d, NUMBER_DATE, false, room, &text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
