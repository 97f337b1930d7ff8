#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "web/svg.h"

static size_t count(str s, const char *what)
{
	size_t n = 0, len = strlen(what);
	for (size_t i = 0; i + len <= s.len; i++)
		n += memcmp(s.p + i, what, len) == 0;
	return n;
}

static void check_has(const buf *b, const char *what)
{
	if (!count(buf_str(b), what))
		fail_msg("no %s in %.*s", what, (int)b->len, b->p);
}

static void test_numbers(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = { { 0, "0" }, { -0.01, "0" }, { 12, "12" }, { 12.34, "12.3" }, { 12.35, "12.4" }, { -7.5, "-7.5" }, { 99.96, "100" } };
	buf b;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_init(&b, 100);
		svg_num(&b, cases[i].v);
		assert_true(str_is(buf_str(&b), cases[i].text));
		buf_free(&b);
	}
}

static void test_step(void **state)
{
	(void)state;
	assert_true(svg_step(6, 6) == 1);
	assert_true(svg_step(7, 6) == 2);
	assert_true(svg_step(45, 6) == 10);
	assert_true(svg_step(0.9, 6) > .19 && svg_step(0.9, 6) < .21);
	assert_true(svg_step(0, 6) == 1);
	assert_true(svg_step(-3, 6) == 1);
}

/* The label and every text are escaped: names come from imported tables. */
static void test_escape(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 10000);
	svg_open(&b, "x", 10, 10, STR("a\"<b>&"));
	svg_text(&b, "t", 1, 2, "end", STR("<script>"));
	svg_close(&b);
	check_has(&b, "&quot;&lt;b&gt;&amp;");
	assert_int_equal(count(buf_str(&b), "<script>"), 0);
	assert_int_equal(count(buf_str(&b), "style="), 0);
	buf_free(&b);
}

/* As the mock has it: of 63, rank 39 stands at 117.9, the target 20 at 205. */
static void test_rank(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_rank(&b, &(struct svg_rank){ .n = 63, .rank = 39, .previous = 44, .target = 20, .label = STR("Thang hạng"), .target_label = STR("mục tiêu 20") });
	check_has(&b, "M117.9 24l-6-11h12z");
	check_has(&b, "cx=\"95\"");
	check_has(&b, "M205 24V7");
	check_has(&b, ">63</text>");
	assert_int_equal(count(buf_str(&b), ">60</text>"), 0); /* it would touch 63 */
	assert_int_equal(count(buf_str(&b), "24v"), 63 + 0);
	buf_clear(&b);
	svg_rank(&b, &(struct svg_rank){ .n = 1, .rank = 1, .label = STR("x") });
	check_has(&b, "M292 24l-6-11h12z");
	assert_int_equal(count(buf_str(&b), "prev"), 0);
	buf_free(&b);
}

static void test_rank_rows(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_rank_ticks(&b, 63);
	assert_int_equal(count(buf_str(&b), "id=\"ranks\""), 1);
	buf_clear(&b);
	svg_rank_row(&b, 63, 5, 43, STR("hạng 5"));
	check_has(&b, "class=\"up\"");
	check_has(&b, "href=\"#ranks\"");
	buf_clear(&b);
	svg_rank_row(&b, 63, 43, 5, STR("hạng 43"));
	check_has(&b, "class=\"dn\"");
	buf_clear(&b);
	svg_rank_row(&b, 61, 3, 63, STR("hạng 3")); /* a rank beyond the scale of this year is not drawn */
	assert_int_equal(count(buf_str(&b), "prev"), 0);
	buf_free(&b);
}

static void test_strip(void **state)
{
	static const double v[] = { 40.84, 43, 46.74 };
	static const double same[] = { 5 };
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_strip(&b, &(struct svg_strip){ .v = v, .n = 3, .has_mean = true, .mean = 43.53, .label = STR("x"), .mean_label = STR("bình quân") });
	check_has(&b, ">40</text>");
	check_has(&b, ">47</text>");
	assert_int_equal(count(buf_str(&b), "v14"), 3);
	check_has(&b, "bình quân");
	buf_clear(&b);
	svg_strip(&b, &(struct svg_strip){ .v = same, .n = 1, .label = STR("x") }); /* no span: still an axis, no division by zero */
	assert_int_equal(count(buf_str(&b), "v14"), 1);
	assert_int_equal(count(buf_str(&b), "nan") + count(buf_str(&b), "inf"), 0);
	buf_free(&b);
}

/* 2011 to 2015 without 2013, a break at 2015: one plain segment, one over the gap, one over the break. */
static void test_lines(void **state)
{
	static const struct svg_value p[] = { { true, false, 10 }, { true, false, 12 }, { false, false, 0 }, { true, true, 14 }, { true, false, 13 } };
	static const struct svg_break breaks[] = { { 2015, { "2948", 4 } }, { 2011, { "x", 1 } } };
	const struct svg_line line = { STR("bình quân"), p, false, 0 };
	struct svg_chart c = { .first_year = 2011,
		.n_years = 5,
		.lines = &line,
		.n_lines = 1,
		.breaks = breaks,
		.n_breaks = 2,
		.digits = 1,
		.label = STR("x") };
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_lines(&b, &c);
	assert_int_equal(count(buf_str(&b), "class=\"ln\""), 1);
	assert_int_equal(count(buf_str(&b), "class=\"ln2\""), 2);
	assert_int_equal(count(buf_str(&b), "class=\"brk\""), 1); /* one before the first year says nothing */
	assert_int_equal(count(buf_str(&b), "<circle"), 4);
	check_has(&b, "pt--part");
	check_has(&b, ">2015</text>");
	check_has(&b, ">14,0</text>");
	buf_free(&b);
}

/* Ranks run upwards to 1. */
static void test_rank_lines(void **state)
{
	static const struct svg_value p[] = { { true, false, 57 }, { true, false, 43 } };
	const struct svg_line line = { STR(""), p, false };
	struct svg_chart c = { .first_year = 2018, .n_years = 2, .lines = &line, .n_lines = 1, .ranks = true, .worst = 63, .label = STR("x") };
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_lines(&b, &c);
	check_has(&b, "M38 24H"); /* the grid line of rank 1 at the top */
	check_has(&b, ">43</text>");
	check_has(&b, ">63</text>");
	buf_clear(&b);
	c.n_years = 0;
	svg_lines(&b, &c);
	assert_int_equal(count(buf_str(&b), "nan"), 0);
	buf_free(&b);
}

/* Four lines that end within a tenth of a point: four looks, and names that stand apart, each with its number. */
static void test_names(void **state)
{
	static const struct svg_value p[4][3] = { { { true, false, 40 }, { true, false, 42 }, { true, false, 43.75 } },
		{ { true, false, 41 }, { true, false, 41 }, { true, false, 43.77 } }, { { true, false, 42 }, { true, false, 40 }, { true, false, 43.7 } },
		{ { true, false, 39 }, { true, false, 43 }, { true, false, 43.79 } } };
	const struct svg_line lines[] = { { STR("Thanh Hóa"), p[0], false, 0 }, { STR("Hà Nội"), p[1], false, 1 }, { STR("Đà Nẵng"), p[2], false, 2 },
		{ STR("Quảng Ninh"), p[3], false, 3 } };
	static const char *const words[] = { ">43,79 Quảng Ninh</text>", ">43,77 Hà Nội</text>", ">43,75 Thanh Hóa</text>", ">43,70 Đà Nẵng</text>" };
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_lines(&b, &(struct svg_chart){ .first_year = 2022, .n_years = 3, .lines = lines, .n_lines = 4, .digits = 2, .label = STR("x") });
	double last = 0;
	for (size_t i = 0; i < 4; i++) {
		check_has(&b, words[i]);
		buf_char(&b, 0);
		char *at = strstr(b.p, words[i]), *y = at;
		while (y > b.p && strncmp(y, "y=\"", 3) != 0)
			y--;
		double height = strtod(y + 3, NULL);
		b.len--;
		assert_true(height >= last + 13);
		last = height;
	}
	check_has(&b, "class=\"ln ln--2\"");
	check_has(&b, "class=\"pt pt--4\"");
	assert_int_equal(count(buf_str(&b), "ln--q"), 0);
	buf_free(&b);
}

/* A line that ends early has its name at its end, not at the edge: a line led there would be taken for figures. */
static void test_early_end(void **state)
{
	static const struct svg_value top[] = { { true, false, 80 }, { true, false, 81 }, { true, false, 82 }, { true, false, 83 }, { true, false, 84 } };
	static const struct svg_value mean[] = { { true, false, 52 }, { true, false, 55 }, { false, false, 0 }, { false, false, 0 }, { false, false, 0 } };
	const struct svg_line lines[] = { { STR("hạng 1"), top, true, 0 }, { STR("bình quân"), mean, false, 0 } };
	buf b;
	(void)state;
	buf_init(&b, 100000);
	svg_lines(&b, &(struct svg_chart){ .first_year = 2012, .n_years = 5, .lines = lines, .n_lines = 2, .digits = 2, .label = STR("x") });
	check_has(&b, ">55,00 bình quân</text>");
	check_has(&b, ">84,00 hạng 1</text>");
	assert_int_equal(count(buf_str(&b), "class=\"ld\""), 0);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),   cmocka_unit_test(test_step),  cmocka_unit_test(test_escape), cmocka_unit_test(test_rank),
		cmocka_unit_test(test_rank_rows), cmocka_unit_test(test_strip), cmocka_unit_test(test_lines),  cmocka_unit_test(test_rank_lines),
		cmocka_unit_test(test_names),     cmocka_unit_test(test_early_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
