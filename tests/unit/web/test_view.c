#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <math.h>
#include <cmocka.h>
#include "web/view.h"

/* A true minus, U+2212. */
#define M "\xE2\x88\x92"

static buf out;

static void is(const char *expected)
{
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	buf_clear(&out);
}

static dec number(const char *text)
{
	dec d;
	assert_true(dec_parse(str_of(text), &d));
	return d;
}

static void test_text(void **state)
{
	(void)state;
	view_text(&out, STR("a<b>&\"c'"));
	is("a&lt;b&gt;&amp;&quot;c&#39;");
	view_text(&out, (str){ 0 });
	view_text(&out, STR("Đắk Lắk"));
	is("Đắk Lắk");
	view_segment(&out, STR("a b/ố?&=\"<~-._"));
	is("a%20b%2F%E1%BB%91%3F%26%3D%22%3C~-._");
}

static void test_href(void **state)
{
	static const struct { const char *given, *vi, *en; } cases[] = {
		{ "/nhiem-vu?a=1&b=2", "/nhiem-vu?a=1&amp;b=2", "/en/nhiem-vu?a=1&amp;b=2" },
		{ "/", "/", "/en" },
		{ "/static/a.css", "/static/a.css", "/static/a.css" },
		{ "#dau", "#dau", "#dau" },
		{ "?mo=3.4", "?mo=3.4", "?mo=3.4" },
		{ "https://example.org/a\"b", "https://example.org/a&quot;b", "https://example.org/a&quot;b" },
		{ "mailto:a@b.vn", "mailto:a@b.vn", "mailto:a@b.vn" },
		{ "//example.org", "#", "#" },
		{ "/\\example.org", "#", "#" },
		{ "javascript:alert(1)", "#", "#" },
		{ "JavaScript:alert(1)", "#", "#" },
		{ " javascript:alert(1)", "#", "#" },
		{ "java\tscript:alert(1)", "#", "#" },
		{ "/a\nb", "#", "#" },
		{ "data:text/html,x", "#", "#" },
		{ "nhiem-vu", "#", "#" },
		{ "", "#", "#" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		view_href(&out, str_of(cases[i].given), LANG_VI);
		is(cases[i].vi);
		view_href(&out, str_of(cases[i].given), LANG_EN);
		is(cases[i].en);
	}
}

static void test_int(void **state)
{
	static const struct { int64_t n; const char *vi, *en, *sign, *raw; } cases[] = {
		{ 0, "0", "0", "0", "0" },
		{ 7, "7", "7", "+7", "7" },
		{ 999, "999", "999", "+999", "999" },
		{ 1000, "1.000", "1,000", "+1.000", "1000" },
		{ -12851, M "12.851", M "12,851", M "12.851", "-12851" },
		{ INT64_MIN, M "9.223.372.036.854.775.808", M "9,223,372,036,854,775,808", M "9.223.372.036.854.775.808", "-9223372036854775808" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		view_int(&out, cases[i].n, LANG_VI, VIEW_PLAIN);
		is(cases[i].vi);
		view_int(&out, cases[i].n, LANG_EN, VIEW_PLAIN);
		is(cases[i].en);
		view_int(&out, cases[i].n, LANG_VI, VIEW_SIGN);
		is(cases[i].sign);
		view_int(&out, cases[i].n, LANG_EN, VIEW_RAW);
		is(cases[i].raw);
	}
}

static void test_dec(void **state)
{
	static const struct { const char *n; int digits; enum view_style style; const char *vi, *en; } cases[] = {
		{ "1234.565", 2, VIEW_PLAIN, "1.234,57", "1,234.57" },
		{ "-0.35", 2, VIEW_SIGN, M "0,35", M "0.35" },
		{ "2.86", 2, VIEW_SIGN, "+2,86", "+2.86" },
		{ "0", 2, VIEW_SIGN, "0,00", "0.00" },
		{ "-0.004", 2, VIEW_PLAIN, "0,00", "0.00" }, /* no minus before nothing */
		{ "-0.005", 2, VIEW_PLAIN, M "0,01", M "0.01" },
		{ "0.004", 2, VIEW_SIGN, "0,00", "0.00" },
		{ "-1234.5", -1, VIEW_RAW, "-1234.5", "-1234.5" },
		{ "-1234.5", -1, VIEW_PLAIN, M "1.234,5", M "1,234.5" },
		{ "1000000.125", -1, VIEW_PLAIN, "1.000.000,125", "1,000,000.125" },
		{ "12", 0, VIEW_PLAIN, "12", "12" },
		{ "1e40", -1, VIEW_PLAIN, "1E+40", "1E+40" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		view_dec(&out, number(cases[i].n), cases[i].digits, LANG_VI, cases[i].style);
		is(cases[i].vi);
		view_dec(&out, number(cases[i].n), cases[i].digits, LANG_EN, cases[i].style);
		is(cases[i].en);
	}
}

static void test_shares(void **state)
{
	(void)state;
	view_pct(&out, number("0.8633"), 2, LANG_VI, VIEW_PLAIN);
	is("86,33%");
	view_pct(&out, number("1"), 0, LANG_EN, VIEW_PLAIN);
	is("100%");
	view_rate(&out, (struct rate){ 12486, 12851 }, 2, true, LANG_VI);
	is("97,16% (12.486 / 12.851)");
	view_rate(&out, (struct rate){ 12486, 12851 }, 1, false, LANG_EN);
	is("97.2%");
	view_rate(&out, (struct rate){ 0, 0 }, 2, true, LANG_EN);
	is("no figure yet");
	view_rate(&out, (struct rate){ -1, 3 }, 2, false, LANG_VI);
	is(M "33,33%");
	view_rate(&out, (struct rate){ INT64_MAX, 1 }, 0, false, LANG_EN);
	is("922,337,203,685,477,580,700%");
}

static void test_real(void **state)
{
	(void)state;
	view_real(&out, 1234.5678, 3, LANG_VI, VIEW_PLAIN);
	is("1.234,568");
	view_real(&out, -0.0001, 2, LANG_VI, VIEW_SIGN);
	is("0,00");
	view_real(&out, 0.5, 1, LANG_EN, VIEW_SIGN);
	is("+0.5");
	view_real(&out, -12345.25, 2, LANG_VI, VIEW_RAW);
	is("-12345.25");
	view_real(&out, NAN, 2, LANG_EN, VIEW_PLAIN);
	is("no figure yet");
	view_real_pct(&out, 0.125, 1, LANG_VI, VIEW_PLAIN);
	is("12,5%");
	view_real(&out, 1e300, 0, LANG_EN, VIEW_RAW);
	assert_int_equal(out.len, 301);
	buf_clear(&out);
}

static void test_dates(void **state)
{
	day d;
	(void)state;
	assert_true(date_make(2026, 1, 31, &d));
	view_date(&out, d, LANG_VI);
	is("31/01/2026");
	view_date(&out, d, LANG_EN);
	is("31 Jan 2026");
	view_date_iso(&out, d);
	is("2026-01-31");
	int64_t ms = (int64_t)d * DAY_MS + 17 * 3600000 + 123; /* 17:00 UTC is midnight of 1 February here */
	view_time(&out, ms, LANG_VI);
	is("00:00 01/02/2026");
	view_time(&out, ms, LANG_EN);
	is("1 Feb 2026, 00:00");
	view_clock(&out, ms - 60000);
	is("23:59");
	view_time_iso(&out, ms);
	is("2026-01-31T17:00:00.123Z");
	view_time_iso(&out, -1);
	is("1969-12-31T23:59:59.999Z");
}

static void test_ids(void **state)
{
	static const uint64_t ids[] = { 0, 1, 31, 32, UINT64_C(0x123456789abcdef), INT64_MAX };
	uint64_t back;
	char room[ID_TEXT];
	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		str s = view_id_text(ids[i], room);
		assert_int_equal(s.len, 13);
		assert_true(view_id_parse(s, &back));
		assert_int_equal(back, ids[i]);
	}
	assert_true(view_id_parse(STR("028T5CY4TQKFF"), &back));
	assert_false(view_id_parse(STR("8000000000000"), &back)); /* 2^63 */
	assert_false(view_id_parse(STR("000000000000u"), &back));
	assert_false(view_id_parse(STR("000000000000"), &back));
	assert_false(view_id_parse((str){ "000000\0000000", 13 }, &back));
	assert_false(view_id_parse((str){ 0 }, &back));
}

static void test_json(void **state)
{
	json_out j;
	(void)state;
	json_init(&j, &out);
	json_put_object(&j);
	json_put_key(&j, "a");
	json_view_rate(&j, (struct rate){ 2, 3 });
	json_put_key(&j, "b");
	json_view_rate(&j, (struct rate){ 0, 0 });
	json_put_key(&j, "c");
	json_view_absent(&j, "c", HAVE_NONE);
	json_put_key(&j, "d");
	json_view_absent(&j, "d", HAVE_NA);
	json_put_key(&j, "e");
	json_view_real(&j, NAN);
	json_put_end(&j, '}');
	is("{\"a\":{\"num\":2,\"den\":3,\"share\":0.666666666667},\"b\":{\"num\":0,\"den\":0,\"share\":null},\"c\":null,"
	   "\"d\":null,\"d_state\":\"not_applicable\",\"e\":null}");
}

static void test_csv(void **state)
{
	(void)state;
	csv_view_text(&out, STR("a,b"));
	csv_view_text(&out, STR("=1+1"));
	csv_view_text(&out, STR("@x\"y"));
	csv_view_text(&out, STR("-5"));
	csv_view_text(&out, (str){ 0 });
	is("\"a,b\"'=1+1\"'@x\"\"y\"'-5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_href), cmocka_unit_test(test_int), cmocka_unit_test(test_dec),
		cmocka_unit_test(test_shares), cmocka_unit_test(test_real), cmocka_unit_test(test_dates), cmocka_unit_test(test_ids),
		cmocka_unit_test(test_json), cmocka_unit_test(test_csv),
	};
	buf_init(&out, 0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&out);
	return failed;
}
