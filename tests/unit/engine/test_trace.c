#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "edition.h"

struct traced {
	const char *rule, *vars; /* "x=1;y=3/4;d=2024-05-06;z=na;w=0/0;x.prev=2" */
	const char *vi, *en;
};

/* Rows of the measures of one unit; the year before for X.prev, an event a number of events(X). */
static void add_rows(buf *b, const char *vars)
{
	str rest = str_of(vars), one, name;
	while (str_next(&rest, ';', &one)) {
		const char *year = "2024";
		if (!str_next(&one, '=', &name) || !name.len)
			continue;
		if (name.len > 5 && memcmp(name.p + name.len - 5, ".prev", 5) == 0) {
			name.len -= 5;
			year = "2023";
		}
		if (str_starts(name, STR("events("))) {
			buf_printf(b, "U,%.*s,%s,,,%.*s,,,,2024-03-01\n", (int)name.len - 8, name.p + 7, year, STR_ARG(one));
			continue;
		}
		const char *slash = !one.len ? NULL : memchr(one.p, '/', one.len);
		if (str_is(one, "na"))
			buf_printf(b, "U,%.*s,%s,,,,na,chưa lập,,\n", STR_ARG(name), year);
		else if (slash)
			buf_printf(b, "U,%.*s,%s,%.*s,%.*s,,,,,\n", STR_ARG(name), year, (int)(slash - one.p), one.p,
				(int)(one.p + one.len - slash - 1), slash + 1);
		else
			buf_printf(b, "U,%.*s,%s,,,%.*s,,,,\n", STR_ARG(name), year, STR_ARG(one));
	}
}

static void check(const struct traced *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf b;
		buf_init(&b, 0);
		buf_addz(&b, EDITION_NAME "@clamp,,component\nR,,g,10,sum\nB,R,b,8,self,,,,if none = null then 4 else 4\nA,R,a,2,self,,,,");
		csv_cell(&b, str_of(cases[i].rule));
		buf_addz(&b, "\n");
		buf_char(&b, '\0');
		struct edition e = edition_of(b.p);
		buf_clear(&b);
		buf_addz(&b, "U,none,2024,,,1,,,,\n");
		add_rows(&b, cases[i].vars);
		buf_char(&b, '\0');
		edition_run(&e, b.p);
		str vi = trace_text(&e, 0, "A", LANG_VI), en = trace_text(&e, 0, "A", LANG_EN);
		if (!str_is(vi, cases[i].vi) || !str_is(en, cases[i].en))
			fail_msg("%s (%s)\n  %.*s\n  %.*s", cases[i].rule, cases[i].vars, STR_ARG(vi), STR_ARG(en));
		edition_end(&e);
		buf_free(&b);
	}
}
#define CHECK(...) \
	do { \
		static const struct traced cases[] = { __VA_ARGS__ }; \
		check(cases, COUNT(cases)); \
	} while (0)

static void test_numbers(void **state)
{
	static const struct {
		const char *number, *vi, *en;
	} cases[] = { { "0", "0", "0" }, { "12486", "12.486", "12,486" }, { "1234567.5", "1.234.567,5", "1,234,567.5" },
		{ "0.1234567", "0,123456…", "0.123456…" }, { "0.9999999", "0,999999…", "0.999999…" },
		{ "-1234.5", "−1.234,5", "−1,234.5" }, { "0.500", "0,5", "0.5" }, { "0.0000001", "0…", "0…" },
		{ "-0.0000001", "0…", "0…" }, { "1e15", "1.000.000.000.000.000", "1,000,000,000,000,000" }, { "999", "999", "999" },
		{ "1000", "1.000", "1,000" } };
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			buf_clear(&b);
			trace_number(&b, dec_of_text(cases[i].number), (enum lang)lang);
			is_text(buf_str(&b), lang == LANG_VI ? cases[i].vi : cases[i].en);
		}
	}
	buf_clear(&b);
	trace_points(&b, dec_of_text("1234.5"), 2, LANG_VI);
	trace_points(&b, dec_of_text("-0.125"), 2, LANG_EN);
	trace_points(&b, dec_of_text("2"), 0, LANG_VI);
	is_text(buf_str(&b), "1.234,50−0.132");
	buf_free(&b);
}

static void test_branches(void **state)
{
	static const char floor_rule[] = "if r >= 1 then max else if r in [0.8..1) then r * max else 0";
	(void)state;
	CHECK({ floor_rule, "r=12486/12851", "12.486 / 12.851 = 0,971597… × 2,00 → 1,94", "12,486 / 12,851 = 0.971597… × 2.00 → 1.94" },
		{ floor_rule, "r=5/5", "5 / 5 = 1 ≥ 1 → 2,00", "5 / 5 = 1 ≥ 1 → 2.00" },
		{ floor_rule, "r=19999/25000", "19.999 / 25.000 = 0,79996 < 1, ∉ [0,8; 1) → 0,00", "19,999 / 25,000 = 0.79996 < 1, ∉ [0.8; 1) → 0.00" },
		{ floor_rule, "r=0.85", "0,85 × 2,00 → 1,70", "0.85 × 2.00 → 1.70" },
		{ "if r > 0.9 then 2 else if r in [0.7..0.9] then 1 else if r < 0.7 then 0 else null", "r=0.9",
			"0,9 ∈ [0,7; 0,9] → 1,00", "0.9 ∈ [0.7; 0.9] → 1.00" },
		{ "if r > 0.9 then 2 else if r in [0.7..0.9] then 1 else if r < 0.7 then 0 else null", "r=0.5", "0,5 < 0,7 → 0,00",
			"0.5 < 0.7 → 0.00" },
		{ "if n >= 1.1 * n.prev then max else 0", "n=1082;n.prev=1004", "1.082 < 1,1 × 1.004 = 1.104,4 → 0,00",
			"1,082 < 1.1 × 1,004 = 1,104.4 → 0.00" },
		{ "if n >= 1.1 * n.prev then max else 0", "n=1110;n.prev=1000", "1.110 ≥ 1,1 × 1.000 = 1.100 → 2,00",
			"1,110 ≥ 1.1 × 1,000 = 1,100 → 2.00" },
		{ "if n between 1 and 3 then 1 else 0", "n=2", "2 ∈ [1; 3] → 1,00", "2 ∈ [1; 3] → 1.00" },
		{ "if n between 1 and 3 then 1 else 0", "n=4", "4 ∉ [1; 3] → 0,00", "4 ∉ [1; 3] → 0.00" },
		{ "if n in (0, 1) then 0 else if n in (5, > 6) then 2 else 1", "n=7", "7 ∈ {5; > 6} → 2,00", "7 ∈ {5; > 6} → 2.00" },
		{ "if n in (0, 1) then 0 else if n in (5, > 6) then 2 else 1", "n=3", "3 ∉ {0; 1}, ∉ {5; > 6} → 1,00", "3 ∉ {0; 1}, ∉ {5; > 6} → 1.00" },
		{ "if n in >= 3 then 2 else 0", "n=3", "3 ≥ 3 → 2,00", "3 ≥ 3 → 2.00" }, { "if n = 3 then 2 else 0", "n=4", "4 ≠ 3 → 0,00", "4 ≠ 3 → 0.00" } );
}

static void test_arithmetic(void **state)
{
	(void)state;
	CHECK({ "r * max", "r=0.5", "0,5 × 2,00 → 1,00", "0.5 × 2.00 → 1.00" },
		{ "max * r", "r=1/3", "2,00 × (1 / 3 = 0,333333…) → 0,67", "2.00 × (1 / 3 = 0.333333…) → 0.67" },
		{ "max - 0.2 * n", "n=3", "2,00 − 0,2 × 3 → 1,40", "2.00 − 0.2 × 3 → 1.40" },
		{ "(a + b) * 0.1", "a=2;b=3", "(2 + 3) × 0,1 → 0,50", "(2 + 3) × 0.1 → 0.50" },
		{ "a - (b - 1)", "a=3;b=2", "3 − (2 − 1) → 2,00", "3 − (2 − 1) → 2.00" },
		{ "a / b / 2", "a=6;b=3", "6 / 3 / 2 → 1,00", "6 / 3 / 2 → 1.00" },
		{ "min(max, 0.5 * n)", "n=3", "min(2,00; 0,5 × 3) → 1,50", "min(2.00; 0.5 × 3) → 1.50" },
		{ "round half up(r / 0.85 * max, 2)", "r=0.7", "round half up(0,7 / 0,85 × 2,00; 2) → 1,65", "round half up(0.7 / 0.85 × 2.00; 2) → 1.65" },
		{ "max - 0.25 * events(x)", "events(x)=3", "2,00 − 0,25 × 3 → 1,25", "2.00 − 0.25 × 3 → 1.25" },
		{ "n ** 2 / 10", "n=3", "3 ^ 2 / 10 → 0,90", "3 ^ 2 / 10 → 0.90" }, { "-n", "n=-1", "−(−1) → 1,00", "−(−1) → 1.00" },
		{ "r.num / r.den * max", "r=3/4", "3 / 4 × 2,00 → 1,50", "3 / 4 × 2.00 → 1.50" }, { "1.5", "", "1,5 → 1,50", "1.5 → 1.50" },
		{ "max", "", "2,00 → 2,00", "2.00 → 2.00" }, { "n * 3", "n=1", "1 × 3 (lấy trong giới hạn) → 2,00", "1 × 3 (kept within its limits) → 2.00" },
		{ "n - 3", "n=1", "1 − 3 (lấy trong giới hạn) → 0,00", "1 − 3 (kept within its limits) → 0.00" } );
}

static void test_dates(void **state)
{
	static const char steps[] = "if d = null then 0 else if d <= due then max else if d <= due + duration(\"P30D\") then max / 2 else 0";
	(void)state;
	CHECK({ steps, "d=2024-01-12;due=2024-01-31", "12/01/2024 ≤ 31/01/2024 → 2,00", "2024-01-12 ≤ 2024-01-31 → 2.00" },
		{ steps, "d=2024-02-12;due=2024-01-31", "12/02/2024 ≤ 31/01/2024 + 30 ngày → 1,00", "2024-02-12 ≤ 2024-01-31 + 30 days → 1.00" },
		{ steps, "due=2024-01-31", "d: chưa có số liệu → 0,00", "d: no figure → 0.00" },
		{ steps, "d=2024-05-12;due=2024-01-31", "12/05/2024 > 31/01/2024, > 31/01/2024 + 30 ngày → 0,00",
			"2024-05-12 > 2024-01-31, > 2024-01-31 + 30 days → 0.00" },
		{ "if d <= date(\"2024-03-31\") then max else 0", "d=2024-03-31", "31/03/2024 ≤ 31/03/2024 → 2,00",
			"2024-03-31 ≤ 2024-03-31 → 2.00" },
		{ "if d < date(2024, 3, 31) + duration(\"P1Y2M\") then max else 0", "d=2024-03-31",
			"31/03/2024 < 31/03/2024 + 1 năm 2 tháng → 2,00", "2024-03-31 < 2024-03-31 + 1 years 2 months → 2.00" });
}

static void test_logic(void **state)
{
	(void)state;
	CHECK({ "if a and b then max else 0", "a=true;b=true", "a = có; b = có → 2,00", "a = yes; b = yes → 2.00" },
		{ "if a and b then max else 0", "a=true;b=false", "b = không → 0,00", "b = no → 0.00" },
		{ "if a or b then max else 0", "a=true;b=false", "a = có → 2,00", "a = yes → 2.00" },
		{ "if a or b then max else 0", "a=false;b=false", "a = không; b = không → 0,00", "a = no; b = no → 0.00" },
		{ "if not(a) then max else 0", "a=false", "a = không → 2,00", "a = no → 2.00" },
		{ "if not(n > 2) then max else 0", "n=1", "1 ≤ 2 → 2,00", "1 ≤ 2 → 2.00" },
		{ "if all([a, n >= 2, b]) then max else 0", "a=true;b=true;n=3", "a = có; 3 ≥ 2; b = có → 2,00",
			"a = yes; 3 ≥ 2; b = yes → 2.00" },
		{ "if n >= 4 and ok and d <= due then max else 0", "n=4;ok=true;d=2024-06-16;due=2024-06-15",
			"16/06/2024 > 15/06/2024 → 0,00", "2024-06-16 > 2024-06-15 → 0.00" },
		{ "if t = \"có\" then max else 0", "t=có", "\"có\" = \"có\" → 2,00", "\"có\" = \"có\" → 2.00" });
}

static void test_without_points(void **state)
{
	(void)state;
	CHECK({ "r * max", "", "r: chưa có số liệu → chưa có điểm", "r: no figure → no points yet" },
		{ "r * max", "r=0/0", "r: mẫu số bằng 0 → chưa có điểm", "r: denominator 0 → no points yet" },
		{ "r * max", "r=na", "r: không áp dụng (chưa lập) → chờ quyết định", "r: not applicable (chưa lập) → to be decided" },
		{ "r.prev", "r=1", "r.prev: chưa có số liệu → chưa có điểm", "r.prev: no figure → no points yet" },
		{ "r.den", "r=1", "r.den: chưa có số liệu → chưa có điểm", "r.den: no figure → no points yet" },
		{ "if r = null then null else r", "", "r: chưa có số liệu → chưa có điểm", "r: no figure → no points yet" },
		{ "if r > 3 then 1 else null", "r=2", "2 ≤ 3 → chưa có điểm", "2 ≤ 3 → no points yet" },
		{ "r / n", "r=2;n=0", "2 / 0 → chưa có điểm", "2 / 0 → no points yet" });
}

static void test_not_applicable(void **state)
{
	static const struct {
		const char *na, *vi, *en;
	} cases[] = { { "reduce", "x: không áp dụng (mới lập) → giảm điểm tối đa 2,00", "x: not applicable (mới lập) → maximum reduced by 2.00" },
		{ "max", "x: không áp dụng (mới lập) → 2,00", "x: not applicable (mới lập) → 2.00" },
		{ "zero", "x: không áp dụng (mới lập) → 0,00", "x: not applicable (mới lập) → 0.00" },
		{ "ask", "x: không áp dụng (mới lập) → chờ quyết định", "x: not applicable (mới lập) → to be decided" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[200];
		snprintf(text, sizeof text, EDITION_NAME "R,,g,10,sum\nA,R,a,2,self,,,,x,%s\nB,R,b,8,self,,,,4\n", cases[i].na);
		struct edition e = edition_of(text);
		edition_run(&e, "U,x,2024,,,,na,mới lập,,\n");
		is_text(trace_text(&e, 0, "A", LANG_VI), cases[i].vi);
		is_text(trace_text(&e, 0, "A", LANG_EN), cases[i].en);
		edition_end(&e);
	}
}

static void test_inner(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME
		"@clamp,,component total\n@na,,reduce\nR,,g,10,sum\nF,R,f,6,sum\nA,F,a,2,self,,,,x\nB,F,b,4,survey,,,,y\nC,R,c,4,self,,,,4\n"
		"T,R,t,2,bonus,,,1\nT1,T,u,2,bonus,,,,1.5\nP,R,p,3,penalty,,,3\nP1,P,q,3,penalty,,,,0.5\n");
	edition_run(&e,
		"U,x,2024,,,1,,,,\nU,y,2024,,,4,,,,\nV,x,2024,,,,na,lý do,,\nV,y,2024,,,4,,,,\nW,x,2024,,,1,,,,\nX,x,2024,,,2,,,,\nX,y,2024,,,4,,,,\n");
	is_text(trace_text(&e, 0, "F", LANG_VI), "tổng: [A] 1,00 + [B] 4,00 → 5,00");
	is_text(trace_text(&e, 0, "R", LANG_VI), "tổng: [F] 5,00 + [C] 4,00 + [T] 1,00 − [P] 0,50 → 9,50");
	is_text(trace_text(&e, 0, "R", LANG_EN), "sum: [F] 5.00 + [C] 4.00 + [T] 1.00 − [P] 0.50 → 9.50");
	is_text(trace_text(&e, 0, "T", LANG_VI), "tổng: [T1] 1,50 (lấy trong giới hạn) → 1,00");
	is_text(trace_text(&e, 0, "P", LANG_VI), "tổng: [P1] 0,50 → 0,50");
	is_text(trace_text(&e, 1, "F", LANG_VI), "tổng: [A] không áp dụng + [B] 4,00 → 4,00");
	is_text(trace_text(&e, 2, "F", LANG_VI), "tổng: [A] 1,00 + [B] ? → chưa có điểm");
	is_text(trace_text(&e, 3, "R", LANG_VI), "tổng: [F] 6,00 + [C] 4,00 + [T] 1,00 − [P] 0,50 (lấy trong giới hạn) → 10,00");
	edition_end(&e);
	static const struct {
		const char *agg, *vi, *en;
	} cases[] = { { "wsum", "tổng có trọng số: [A] 1,00 × 2 + [B] 7,00 × 6,5 → 47,50", "weighted sum: [A] 1.00 × 2 + [B] 7.00 × 6.5 → 47.50" },
		{ "wmean", "trung bình có trọng số: [A] 1,00 × 2 + [B] 7,00 × 6,5 → 5,59", "weighted mean: [A] 1.00 × 2 + [B] 7.00 × 6.5 → 5.59" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[200];
		snprintf(text, sizeof text, EDITION_NAME "R,,g,100,sum,%s\nA,R,a,10,self,,2,,x\nB,R,b,10,self,,6.5,,7\n", cases[i].agg);
		e = edition_of(text);
		edition_run(&e, "U,x,2024,,,1,,,,\n");
		is_text(trace_text(&e, 0, "R", LANG_VI), cases[i].vi);
		is_text(trace_text(&e, 0, "R", LANG_EN), cases[i].en);
		edition_end(&e);
	}
}

/* The line that the issue names, from the shipped files. */
static void test_shipped(void **state)
{
	(void)state;
	struct edition e = edition_file("method/par-index-province-illustrative.csv");
	edition_run_file(&e, "method/examples/tinh-mau-2024-measures.csv");
	is_text(trace_text(&e, 0, "3.4.1", LANG_VI), "12.486 / 12.851 = 0,971597… × 1,00 → 0,97");
	is_text(trace_text(&e, 0, "3.4.1", LANG_EN), "12,486 / 12,851 = 0.971597… × 1.00 → 0.97");
	is_text(trace_text(&e, 0, "8.2.2", LANG_VI), "1.082 < 1,1 × 1.004 = 1.104,4 → 0,00");
	/* Every row has a line in both languages, and none is empty or without its points. */
	for (size_t i = 0; i < e.t->nodes.n; i++) {
		const char *code = arena_cstr(e.c->mem, e.t->nodes.p[i].code);
		str vi = trace_text(&e, 0, code, LANG_VI), en = trace_text(&e, 0, code, LANG_EN);
		assert_non_null(memmem(vi.p, vi.len, "→ ", strlen("→ ")));
		assert_non_null(memmem(en.p, en.len, "→ ", strlen("→ ")));
	}
	edition_end(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_logic),
		cmocka_unit_test(test_without_points),
		cmocka_unit_test(test_not_applicable),
		cmocka_unit_test(test_inner),
		cmocka_unit_test(test_shipped),
	};
	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
