/* Rules as sentences: a table of expected words in both languages, and every rule of the table of families says something whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "base/csv.h"
#include "engine/rule_words.h"

static bool any_name(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	uint32_t *n = ctx;
	(void)part;
	*slot = str_is(name, "max") ? 0 : ++*n;
	return true;
}

static struct words_measure measure(void *ctx, str name, enum lang lang)
{
	(void)ctx;
	if (str_is(name, "r"))
		return (struct words_measure){ lang == LANG_VI ? STR("Tỷ lệ đúng hạn") : STR("On-time rate"), WORDS_SHARE };
	return (struct words_measure){ name, str_starts(name, STR("d")) ? WORDS_DATE : WORDS_PLAIN };
}

static str words(cx *c, const char *text, enum lang lang)
{
	const rule *r;
	uint32_t n = 0;
	str *lines;
	struct rule_scope scope = { .find = any_name, .ctx = &n };
	struct words_scope of = { .measure = measure, .max = dec_int(2), .has_max = true };
	if (rule_compile(c, str_of(text), &scope, (place){ 0 }, &r))
		fail_msg("does not compile: %s", text);
	buf b;
	buf_init(&b, 0);
	size_t count = rule_words(c, r, &of, lang, &lines);
	for (size_t i = 0; i < count; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", STR_ARG(lines[i]));
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static const struct {
	const char *rule, *vi, *en;
} cases[] = {
	{ "if r >= 1 then max else if r in [0.95..1) then r * max else 0",
		"Nếu “Tỷ lệ đúng hạn” đạt 100%: điểm tối đa (2). Nếu từ 95% đến dưới 100%: “Tỷ lệ đúng hạn” × điểm tối đa. Còn lại: 0 điểm.",
		"If “On-time rate” is 100% or more: the maximum (2). If from 95% to below 100%: “On-time rate” × the maximum. Otherwise: 0 points." },
	{ "r * max", "Điểm: “Tỷ lệ đúng hạn” × điểm tối đa.", "Points: “On-time rate” × the maximum." },
	{ "if r <= 0.01 then max else if r in (0.01..0.035] then 0.5 else null",
		"Nếu “Tỷ lệ đúng hạn” không quá 1%: điểm tối đa (2). Nếu trên 1% đến 3,5%: 0,5 điểm. Còn lại: chưa có điểm.",
		"If “On-time rate” up to 1%: the maximum (2). If above 1% up to 3.5%: 0.5 points. Otherwise: no points yet." },
	{ "if d1 <= d2 then max else if d1 <= d2 + duration(\"P30D\") then max / 2 else 0",
		"Nếu “d1” không muộn hơn “d2”: điểm tối đa (2). Nếu không muộn hơn “d2” + 30 ngày: điểm tối đa : 2. Còn lại: 0 điểm.",
		"If “d1” not later than “d2”: the maximum (2). If not later than “d2” + 30 days: the maximum : 2. Otherwise: 0 points." },
	{ "if n >= 4 and ok then max else 0", "Nếu “n” từ 4 trở lên và “ok” có: điểm tối đa (2). Còn lại: 0 điểm.",
		"If “n” from 4 up and “ok” yes: the maximum (2). Otherwise: 0 points." },
	{ "if a and (b or not(c)) then max else 0", "Nếu “a” có và (“b” có hoặc “c” không): điểm tối đa (2). Còn lại: 0 điểm.",
		"If “a” yes and (“b” yes or “c” no): the maximum (2). Otherwise: 0 points." },
	{ "min(max, 0.05 * n)", "Điểm: số nhỏ nhất trong (điểm tối đa; 0,05 × “n”).", "Points: the least of (the maximum; 0.05 × “n”)." },
	{ "if 0.25 * events(x) >= max then 0 else max - 0.25 * events(x)",
		"Nếu 0,25 × số vụ việc “x” quyết định trong kỳ từ điểm tối đa trở lên: 0 điểm. "
		"Còn lại: điểm tối đa − 0,25 × số vụ việc “x” quyết định trong kỳ.",
		"If 0.25 × events “x” decided in the period from the maximum up: 0 points. Otherwise: the maximum − 0.25 × events “x” decided in the period." },
	{ "if n >= 1.1 * n.prev then max else 0", "Nếu “n” từ 1,1 × “n” kỳ trước trở lên: điểm tối đa (2). Còn lại: 0 điểm.",
		"If “n” from 1.1 × “n” of the period before up: the maximum (2). Otherwise: 0 points." },
	{ "if a = \"thường xuyên\" then max else if a = null then 0 else 1",
		"Nếu “a” là “thường xuyên”: điểm tối đa (2). Nếu chưa có số liệu: 0 điểm. Còn lại: 1 điểm.",
		"If “a” is “thường xuyên”: the maximum (2). If is missing: 0 points. Otherwise: 1 points." },
	{ "if not(p) then (if n >= 1 then max else 0) else if r >= 0.9 then max else 0",
		"Nếu “p” không: – nếu “n” từ 1 trở lên: điểm tối đa (2); – còn lại: 0 điểm. "
		"Nếu “Tỷ lệ đúng hạn” từ 90% trở lên: điểm tối đa (2). Còn lại: 0 điểm.",
		"If “p” no: – if “n” from 1 up: the maximum (2); – otherwise: 0 points. If “On-time rate” from 90% up: the maximum (2). Otherwise: 0 points." },
	{ "if n in (0, 1) then 0 else if n in [2..4] then 0.5 else if n in (5, > 5) then max else null",
		"Nếu “n” bằng 0 hoặc bằng 1: 0 điểm. Nếu từ 2 đến 4: 0,5 điểm. Nếu bằng 5 hoặc trên 5: điểm tối đa (2). Còn lại: chưa có điểm.",
		"If “n” is 0 or is 1: 0 points. If from 2 to 4: 0.5 points. If is 5 or above 5: the maximum (2). Otherwise: no points yet." },
	{ "round half up(r * max, 2)", "Điểm: (“Tỷ lệ đúng hạn” × điểm tối đa) làm tròn 2 chữ số, nửa lên.",
		"Points: (“On-time rate” × the maximum) rounded half up to 2 decimals." },
	{ "max - (a + b) / (c - 1)", "Điểm: điểm tối đa − (“a” + “b”) : (“c” − 1).", "Points: the maximum − (“a” + “b”) : (“c” − 1)." },
	{ "if all([a, b]) then max else 0", "Nếu có đủ: “a” có; “b” có: điểm tối đa (2). Còn lại: 0 điểm.",
		"If all of: “a” yes; “b” yes: the maximum (2). Otherwise: 0 points." },
	{ "if d1 in [date(\"2024-01-01\")..date(\"2024-03-31\")] then max else 0",
		"Nếu “d1” từ 01/01/2024 đến 31/03/2024: điểm tối đa (2). Còn lại: 0 điểm.",
		"If “d1” from 2024-01-01 to 2024-03-31: the maximum (2). Otherwise: 0 points." },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cx *c = cx_new(0);
		assert_string_equal(words(c, cases[i].rule, LANG_VI).p, cases[i].vi);
		assert_string_equal(words(c, cases[i].rule, LANG_EN).p, cases[i].en);
		cx_free(c);
	}
}

static void test_all_say_something(void **state)
{
	cx *c = cx_new(0);
	csv_record rec;
	csv *in = csv_open_file(c, "tests/data/rule_families.csv", NULL);
	size_t n = 0;
	(void)state;
	while (csv_read(in, &rec)) {
		if (str_is(rec.cell[0], "family"))
			continue;
		const char *text = arena_cstr(c->mem, rec.cell[1]);
		for (int lang = 0; lang < LANGS; lang++) {
			str s = words(c, text, (enum lang)lang);
			assert_true(s.len > 10 && s.p[s.len - 1] == '.');
			assert_null(memmem(s.p, s.len, "words.", 6)); /* a key that is no message */
		}
		n++;
	}
	csv_close(in);
	assert_true(n > 200);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words), cmocka_unit_test(test_all_say_something) };
	return cmocka_run_group_tests_name("rule_words", tests, NULL, NULL);
}
