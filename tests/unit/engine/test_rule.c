#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/vn.h"
#include "engine/rule_ast.h"
#include "edition.h"

static cx *c;

static int set_up(void **state)
{
	(void)state;
	c = cx_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cx_free(c);
	return 0;
}

/* ---- evaluating with names ---- */

static struct {
	struct {
		str name;
		enum rule_part part;
		val value;
	} list[32];
	size_t n;
} names;

static bool find(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	(void)ctx;
	for (size_t i = 0; i < names.n; i++)
		if (names.list[i].part == part && str_eq(names.list[i].name, name)) {
			*slot = (uint32_t)i;
			return true;
		}
	return false;
}

static const struct rule_scope scope = { .find = find };

static void add_name(str name, val v)
{
	static const char *const suffix[RULE_PARTS] = { "", ".num", ".den", ".prev", ".prev.num", ".prev.den", "" };
	enum rule_part part = PART_VALUE;
	for (enum rule_part p = PART_EVENTS; p-- > PART_NUM;) {
		str s = str_of(suffix[p]);
		if (name.len > s.len && str_eq((str){ name.p + name.len - s.len, s.len }, s)) {
			name.len -= s.len;
			part = p;
			break;
		}
	}
	if (str_starts(name, STR("events("))) {
		name = (str){ name.p + 7, name.len - 8 };
		part = PART_EVENTS;
	}
	assert_true(names.n < COUNT(names.list));
	names.list[names.n].name = name;
	names.list[names.n].part = part;
	names.list[names.n++].value = v;
}

/* "x=1;y=null;z=[1, 2]": cells of a MEASURES table, or expressions in parentheses or brackets. */
static void set_names(const char *vars)
{
	str rest = str_of(vars), one, name;
	names.n = 0;
	while (str_next(&rest, ';', &one)) {
		if (!str_next(&one, '=', &name))
			continue;
		val v = str_is(one, "null") ? VAL_NONE : measure_value(one);
		const rule *r;
		if (one.len && strchr("([\"", one.p[0]) && !rule_compile(c, one, &scope, (place){ 0 }, &r)) {
			val slots[COUNT(names.list)];
			for (size_t i = 0; i < names.n; i++)
				slots[i] = names.list[i].value;
			v = rule_eval(r, slots, c->mem);
		}
		add_name(name, v);
	}
}

/* The value as the terminal prints it, or what is wrong with the text. */
static str eval_str(str text)
{
	const rule *r;
	val slots[COUNT(names.list)];
	c->n_faults = c->n_errors = 0;
	if (rule_compile(c, text, &scope, (place){ 0 }, &r)) {
		assert_true(c->n_errors == 1);
		return fault_lines(c);
	}
	assert_true(c->n_errors == 0);
	for (size_t i = 0; i < names.n; i++)
		slots[i] = names.list[i].value;
	buf b;
	buf_init(&b, 0);
	val_text(&b, rule_eval(r, slots, c->mem));
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str eval(const char *text)
{
	return eval_str(str_of(text));
}

struct pair {
	const char *text, *wanted;
};

static void check(const struct pair *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		str got = eval(p[i].text);
		if (!str_is(got, p[i].wanted))
			fail_msg("%s is %.*s, not %s", p[i].text, STR_ARG(got), p[i].wanted);
	}
}
#define CHECK(...) \
	do { \
		static const struct pair pairs[] = { __VA_ARGS__ }; \
		check(pairs, COUNT(pairs)); \
	} while (0)

/* ---- arithmetic ---- */

static void test_arithmetic(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "1 + 2", "3" }, { "1.10 + 2.2", "3.3" }, { "0.1 + 0.2 = 0.3", "true" }, { "1 - 2 - 3", "-4" }, { "2 * 3 + 4", "10" },
		{ "2 + 3 * 4", "14" }, { "(2 + 3) * 4", "20" }, { "12 / 4 / 3", "1" }, { "2 * 12 / 4", "6" },
		{ "1/3", "0.3333333333333333333333333333333333" }, { "2/3", "0.6666666666666666666666666666666667" }, { "10 / 0", "null" },
		{ "0 / 0", "null" }, { "-5", "-5" }, { "--5", "5" }, { "- -5", "5" }, { "1 - -1", "2" }, { "1--1", "2" }, { "-(1 + 2)", "-3" },
		{ ".5", "0.5" }, { "0.50", "0.5" }, { "1e3", "1000" }, { "1E-2", "0.01" }, { "1e+2", "100" }, { "00012", "12" },
		{ "1e6144", "1E+6144" }, { "9e6144 * 10", "null" }, { "1e-6176 / 10", "0" },
		{ "12345678901234567890123456789012345678", "1.234567890123456789012345678901235E+37" }, { "-0", "0" }, { "0 * -1", "0" });
}

static void test_power(void **state)
{
	(void)state;
	set_names("x=-2;t=(\"a\")");
	CHECK({ "2 ** 3", "8" }, { "-2 ** 2", "4" }, { "0 - 2 ** 2", "-4" }, { "-(2 ** 2)", "-4" }, { "x ** 2", "4" }, { "-x ** 2", "4" },
		{ "2 ** 3 ** 2", "64" }, { "2 ** (3 ** 2)", "512" }, { "2 ** -1", "0.5" }, { "2 ** -1 ** 2", "0.25" }, { "3 * 2 ** 2", "12" },
		{ "2 ** 2 * 3", "12" }, { "4 ** 0.5", "2" }, { "0 ** 0", "1" }, { "0 ** -1", "null" }, { "(-8) ** (1/3)", "null" },
		{ "10 ** 7000", "null" }, { "10 ** -7000", "0" }, { "t ** 2", "null" }, { "2 ** null", "null" });
}

static void test_arithmetic_of_other_kinds(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "1 + null", "null" }, { "null + 1", "null" }, { "null + null", "null" }, { "1 - null", "null" }, { "1 * null", "null" },
		{ "1 / null", "null" }, { "-null", "null" }, { "1 + \"1\"", "null" }, { "\"a\" + \"b\"", "\"ab\"" }, { "\"a\" + \"\"", "\"a\"" },
		{ "\"a\" + 1", "null" }, { "\"a\" - \"a\"", "null" }, { "\"a\" * 2", "null" }, { "true + true", "null" }, { "-true", "null" },
		{ "-\"a\"", "null" }, { "[1] + [2]", "null" }, { "[1..2] + 1", "null" }, { "1 + [1]", "null" },
		{ "date(\"2024-01-01\") + 1", "null" }, { "date(\"2024-01-01\") + date(\"2024-01-01\")", "null" },
		{ "date(\"2024-01-01\") * 2", "null" }, { "-date(\"2024-01-01\")", "null" });
}

/* ---- comparison ---- */

static void test_comparison(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "1 < 2", "true" }, { "2 < 2", "false" }, { "2 <= 2", "true" }, { "3 > 2", "true" }, { "2 >= 2", "true" }, { "1 >= 2", "false" },
		{ "1 = 1.0", "true" }, { "1 != 1.0", "false" }, { "1 + 1 = 2", "true" }, { "1 < 2 = true", "! rule.chained 0:0+7 <=>\n" },
		{ "(1 < 2) = true", "true" }, { "\"a\" < \"b\"", "true" }, { "\"a\" < \"B\"", "false" }, { "\"ă\" > \"z\"", "true" },
		{ "\"a\" = \"a\"", "true" }, { "\"a\" != \"b\"", "true" }, { "date(\"2024-02-29\") < date(\"2024-03-01\")", "true" },
		{ "date(\"2024-02-29\") = @\"2024-02-29\"", "true" }, { "duration(\"P1D\") < duration(\"PT25H\")", "true" },
		{ "duration(\"P1Y\") = duration(\"P12M\")", "true" }, { "duration(\"P1D\") = duration(\"PT24H\")", "true" },
		{ "19999/25000 >= 0.8", "false" }, { "0.8 >= 20000/25000", "true" }, { "[1, 2] = [1, 2]", "true" }, { "[1, 2] = [2, 1]", "false" },
		{ "[1] = [1, 2]", "false" }, { "[1, \"a\"] = [1, 2]", "null" }, { "[] = []", "true" }, { "[1..2] = [1..2]", "true" },
		{ "[1..2] = [1..2)", "false" }, { "[1..2] = [1..3]", "false" }, { "true = true", "true" }, { "true != false", "true" });
}

static void test_comparison_of_kinds(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "null = null", "true" }, { "null != null", "false" }, { "1 = null", "false" }, { "null = 1", "false" }, { "1 != null", "true" },
		{ "null < 1", "null" }, { "1 >= null", "null" }, { "null <= null", "null" }, { "1 = \"1\"", "null" }, { "1 != \"1\"", "null" },
		{ "1 < \"2\"", "null" }, { "true < false", "null" }, { "true = 1", "null" }, { "[1] = 1", "null" }, { "1 = [1..2]", "null" },
		{ "[1] < [2]", "null" }, { "duration(\"P1D\") < duration(\"P1M\")", "null" }, { "duration(\"P1D\") = duration(\"P1M\")", "null" },
		{ "date(\"2024-01-01\") = \"2024-01-01\"", "null" }, { "date(\"2024-01-01\") < duration(\"P1D\")", "null" },
		{ "null >= 0.8", "null" }, { "if null >= 0.8 then 1 else 0", "0" });
}

static void test_chained_comparison(void **state)
{
	(void)state;
	set_names("x=1");
	CHECK({ "1 < x < 3", "! rule.chained 0:0+7 <<>\n" }, { "0 <= x <= 1", "! rule.chained 0:0+8 <<=>\n" },
		{ "x = 1 = true", "! rule.chained 0:0+7 <=>\n" }, { "x between 0 and 2 between 0 and 1", "! rule.chained 0:0+19 <between>\n" },
		{ "x in [1..2] = true", "! rule.chained 0:0+13 <=>\n" }, { "x in 1 in 1", "! rule.unexpected 0:0+8 <in>\n" },
		{ "(x in [1..2]) = true", "true" });
}

/* ---- logic ---- */

/* DMN 1.5 table 50, every pair of kinds: what is no boolean counts as null. */
static void test_truth_tables(void **state)
{
	static const char *const value[] = { "true", "false", "null", "1", "0", "\"true\"", "[true]", "date(\"2024-01-01\")", "duration(\"P1D\")",
		"[1..2]", "@\"P1Y\"", "[]" };
	(void)state;
	set_names("");
	for (size_t i = 0; i < COUNT(value); i++)
		for (size_t k = 0; k < COUNT(value); k++) {
			int a = i < 2 ? i == 0 : 2, b = k < 2 ? k == 0 : 2; /* 2: neither */
			const char *and = a == 0 || b == 0 ? "false" : a == 1 && b == 1 ? "true" : "null";
			const char * or = a == 1 || b == 1 ? "true" : a == 0 && b == 0 ? "false" : "null";
			str both = eval_str(arena_printf(c->mem, "%s and %s", value[i], value[k]));
			str either = eval_str(arena_printf(c->mem, "%s or %s", value[i], value[k]));
			if (!str_is(both, and) || !str_is(either, or))
				fail_msg("%s, %s: and %.*s, or %.*s", value[i], value[k], STR_ARG(both), STR_ARG(either));
		}
	for (size_t i = 0; i < COUNT(value); i++)
		is_text(eval_str(arena_printf(c->mem, "not(%s)", value[i])), i == 0 ? "false" : i == 1 ? "true" : "null");
}

static void test_logic(void **state)
{
	(void)state;
	set_names("a=true;b=false;x=5");
	CHECK({ "true or false and false", "true" }, { "(true or false) and false", "false" }, { "a and not(b)", "true" },
		{ "not(a) or b", "false" }, { "not(a and b)", "true" }, { "x > 1 and x < 10", "true" }, { "x < 1 or x > 4 and a", "true" },
		{ "if a then 1 else 2", "1" }, { "if b then 1 else 2", "2" }, { "if null then 1 else 2", "2" }, { "if 1 then 1 else 2", "2" },
		{ "if \"true\" then 1 else 2", "2" }, { "if b then 1 else if a then 2 else 3", "2" },
		{ "if a then if b then 1 else 2 else 3", "2" }, { "(if a then 1 else 2) + 1", "2" }, { "if a then 1 else 2 + 1", "1" },
		{ "1 + if a then 1 else 2", "2" }, { "if x > 4 then \"cao\" else \"thấp\"", "\"cao\"" }, { "a or 1/0", "true" },
		{ "b and 1/0 = 1", "false" });
}

/* ---- between, in ---- */

static void test_between(void **state)
{
	(void)state;
	set_names("x=5;d=2024-06-30");
	CHECK({ "x between 1 and 10", "true" }, { "x between 5 and 5", "true" }, { "x between 6 and 10", "false" }, { "x between 10 and 1", "false" },
		{ "x between 1 and 2 + 3", "true" }, { "x between 1 and 10 and x = 5", "true" }, { "x between 1 and 4 or x = 5", "true" },
		{ "null between 1 and 2", "null" }, { "x between null and 4", "false" }, { "x between null and 9", "null" },
		{ "x between \"a\" and \"b\"", "null" }, { "d between date(\"2024-01-01\") and date(\"2024-12-31\")", "true" },
		{ "\"b\" between \"a\" and \"c\"", "true" }, { "x * 2 between 10 and 10", "true" }, { "x between 1", "! rule.ends_early 0:0+12\n" },
		{ "x between 1 or 2", "! rule.expected 0:0+13 <or> (and)\n" });
}

static void test_in_ranges(void **state)
{
	(void)state;
	set_names("x=5;d=2024-06-30;lo=1;hi=5");
	CHECK({ "x in [1..5]", "true" }, { "x in [1..5)", "false" }, { "x in (5..9]", "false" }, { "x in [5..9]", "true" },
		{ "x in (1..9)", "true" }, { "x in ]5..9]", "false" }, { "x in ]4..9[", "true" }, { "x in [1..5[", "false" },
		{ "x in [lo..hi]", "true" }, { "x in (lo..hi)", "false" }, { "x in [1 + 1..3 * 2]", "true" },
		{ "x in [9..1]", "false" }, { "x in [5..5]", "true" }, { "x in (5..5)", "false" }, { "x in [-1..10]", "true" },
		{ "-x in [-10..-1]", "true" }, { "x in < 6", "true" }, { "x in <= 5", "true" }, { "x in > 5", "false" },
		{ "x in >= 5", "true" }, { "x in = 5", "true" }, { "x in != 5", "false" }, { "x in != 4", "true" },
		{ "x in 5", "true" }, { "x in (5)", "true" }, { "x in (4)", "false" }, { "null in [1..5]", "null" },
		{ "x in [null..9]", "null" }, { "x in [null..4]", "false" }, { "x in [\"a\"..\"z\"]", "null" },
		{ "\"b\" in [\"a\"..\"c\"]", "true" }, { "d in [date(\"2024-01-01\")..date(\"2024-06-30\")]", "true" },
		{ "d in [date(\"2024-01-01\")..date(\"2024-06-30\"))", "false" },
		{ "d in (date(\"2024-06-30\")..date(\"2024-12-31\")]", "false" },
		{ "duration(\"P3D\") in [duration(\"P1D\")..duration(\"P7D\")]", "true" }, { "x in [1..5] and true", "true" },
		{ "0.9 in [0.8..0.9)", "false" }, { "0.8 in [0.8..0.9)", "true" }, { "19999/25000 in [0.8..1)", "false" },
		{ "null in != 1", "true" }, { "null in null", "true" }, { "x in null", "false" });
}

static void test_in_lists(void **state)
{
	(void)state;
	set_names("x=5;s=có;l=[1, 5];n=null");
	CHECK({ "x in (1, 5)", "true" }, { "x in [1, 5]", "true" }, { "x in l", "true" }, { "x in (1, 2)", "false" }, { "x in (< 3, > 4)", "true" },
		{ "x in (< 3, [4..5))", "false" }, { "x in ((1..3), [5..6])", "true" }, { "x in [[1..3], [4..6]]", "true" }, { "x in (< 3, 5)", "true" },
		{ "x in (\"a\", 5)", "true" }, { "x in (\"a\", 4)", "false" }, { "x in (null, 4)", "false" }, { "x in ([\"a\"..\"b\"], 5)", "true" },
		{ "x in ([\"a\"..\"b\"], 4)", "null" }, { "s in (\"có\", \"không\")", "true" }, { "s in [\"không\"]", "false" }, { "x in []", "false" },
		{ "n in (null, 1)", "true" }, { "n in (1, 2)", "false" }, { "n in (< 1, 2)", "null" }, { "[1, 5] in l", "true" }, { "x in (!= 4, 1)", "true" },
		{ "x in (!= 5, 1)", "false" }, { "not(x in (1, 2))", "true" }, { "x in (1, 2) or x in (5, 6)", "true" }, { "x in (= 5)", "true" },
		{ "x in (1,)", "! rule.unexpected 0:0+9 <)>\n" }, { "x in ()", "! rule.unexpected 0:0+7 <)>\n" }, { "x in", "! rule.ends_early 0:0+5\n" },
		{ "x in [1, 2", "! rule.ends_early 0:0+11\n" }, { "x in [1..2", "! rule.ends_early 0:0+11\n" });
}

static void test_lists_and_ranges(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "[]", "[]" }, { "[1, \"a\", null, [true]]", "[1, \"a\", null, [true]]" }, { "[1..2]", "[1..2]" }, { "(1..2]", "(1..2]" },
		{ "]1..2[", "(1..2)" }, { "[\"a\"..\"b\"]", "[\"a\"..\"b\"]" }, { "[2..1]", "null" }, { "[1..\"a\"]", "null" },
		{ "[date(\"2024-01-01\")..date(\"2024-12-31\")]", "[2024-01-01..2024-12-31]" }, { "(< 5)", "(< 5)" }, { "(>= 5)", "(>= 5)" },
		{ "[1,]", "! rule.unexpected 0:0+4 <]>\n" }, { "[,1]", "! rule.unexpected 0:0+2 <,>\n" }, { "1, 2", "! rule.unexpected 0:0+2 <,>\n" },
		{ "()", "! rule.unexpected 0:0+2 <)>\n" }, { "(1", "! rule.ends_early 0:0+3\n" }, { "1)", "! rule.unexpected 0:0+2 <)>\n" },
		{ "[1", "! rule.ends_early 0:0+3\n" }, { "[1..2..3]", "! rule.unexpected 0:0+6 <..>\n" }, { "1..2", "! rule.unexpected 0:0+2 <..>\n" });
}

/* ---- strings ---- */

static void test_strings(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "\"\"", "\"\"" }, { "\"Thước Đo\"", "\"Thước Đo\"" }, { "\"a\\nb\"", "\"a\\nb\"" }, { "\"\\t\\r\\n\"", "\"\\t\\r\\n\"" },
		{ "\"\\\"\"", "\"\\\"\"" }, { "\"\\'\"", "\"'\"" }, { "\"\\\\\"", "\"\\\\\"" }, { "\"\\u0041\"", "\"A\"" }, { "\"\\u1EA1\"", "\"ạ\"" },
		{ "\"\\u1ea1\"", "\"ạ\"" }, { "\"\\U01F40E\"", "\"🐎\"" }, { "\"\\uD83D\\uDC0E\"", "\"🐎\"" }, { "\"// no comment\"", "\"// no comment\"" },
		{ "\"/* a */\"", "\"/* a */\"" }, { "\"\\u0007\"", "\"\\u0007\"" }, { "string length(\"\\U01F40E\")", "1" },
		{ "\"a\\u0062c\" = \"abc\"", "true" });
	CHECK({ "\"a", "! rule.string_unclosed 0:0+1 <\"a>\n" }, { "1 + \"a\\\"", "! rule.string_unclosed 0:0+5 <\"a\\\">\n" },
		{ "\"\\x\"", "! rule.escape 0:0+1 <\"\\x\">\n" }, { "\"\\u12\"", "! rule.escape 0:0+1 <\"\\u12\">\n" },
		{ "\"\\u12G4\"", "! rule.escape 0:0+1 <\"\\u12G4\">\n" }, { "\"\\uD83D\"", "! rule.escape 0:0+1 <\"\\uD83D\">\n" },
		{ "\"\\uDC0E\"", "! rule.escape 0:0+1 <\"\\uDC0E\">\n" }, { "\"\\u0000\"", "! rule.escape 0:0+1 <\"\\u0000\">\n" },
		{ "\"\\U110000\"", "! rule.escape 0:0+1 <\"\\U110000\">\n" }, { "'a'", "! rule.character 0:0+1 <'>\n" });
}

/* ---- dates and durations ---- */

static void test_dates(void **state)
{
	(void)state;
	set_names("d=2024-01-31");
	CHECK({ "date(\"2024-02-29\")", "2024-02-29" }, { "@\"2024-02-29\"", "2024-02-29" }, { "date(2024, 2, 29)", "2024-02-29" },
		{ "date(\"2023-02-29\")", "null" }, { "date(\"29/02/2024\")", "null" }, { "date(2023, 2, 29)", "null" }, { "date(2024, 13, 1)", "null" },
		{ "date(2024, 1.5, 1)", "null" }, { "date(0, 1, 1)", "null" }, { "date(d)", "2024-01-31" }, { "date(1)", "null" }, { "date(null)", "null" },
		{ "@\"2023-02-29\"", "! rule.at_literal 0:0+1 <@\"2023-02-29\">\n" }, { "@\"x\"", "! rule.at_literal 0:0+1 <@\"x\">\n" },
		{ "1 + @\"10:00:00\"", "! rule.at_literal 0:0+5 <@\"10:00:00\">\n" }, { "d.year", "2024" }, { "d.month", "1" }, { "d.day", "31" },
		{ "d.weekday", "3" }, { "date(\"2024-12-29\").weekday", "7" }, { "@\"2026-01-31\".day", "31" }, { "d.hours", "null" }, { "d.years", "null" },
		{ "d.day + 1", "32" }, { "(d + duration(\"P1D\")).month", "2" }, { "day of year(date(\"2024-12-31\"))", "366" },
		{ "d = date(d.year, d.month, d.day)", "true" });
}

static void test_date_arithmetic(void **state)
{
	(void)state;
	set_names("d=2024-01-31;e=2024-03-01");
	CHECK({ "d + duration(\"P1D\")", "2024-02-01" }, { "duration(\"P1D\") + d", "2024-02-01" }, { "d - duration(\"P31D\")", "2023-12-31" },
		{ "d + duration(\"P1M\")", "2024-02-29" }, { "d + duration(\"P1Y1M\")", "2025-02-28" }, { "d - duration(\"P2M\")", "2023-11-30" },
		{ "d + duration(\"PT23H\")", "2024-01-31" }, { "d + duration(\"PT24H\")", "2024-02-01" }, { "d - duration(\"PT1S\")", "2024-01-30" },
		{ "e - d", "P30D" }, { "d - e", "-P30D" }, { "d - d", "PT0S" }, { "(e - d).days", "30" }, { "(e - d) / duration(\"P1D\")", "30" },
		{ "e - d > duration(\"P29D\")", "true" }, { "d - 1", "null" }, { "1 - d", "null" }, { "duration(\"P1D\") - d", "null" },
		{ "date(\"9999-12-31\") + duration(\"P1D\")", "null" }, { "date(\"0001-01-01\") - duration(\"P1D\")", "null" },
		{ "d + duration(\"P99999999999Y\")", "null" }, { "years and months duration(d, e)", "P1M" },
		{ "years and months duration(e, d)", "-P1M" }, { "years and months duration(d, date(\"2025-01-31\"))", "P1Y" },
		{ "years and months duration(d, d)", "P0M" });
}

static void test_durations(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "duration(\"P1D\")", "P1D" }, { "@\"P1DT2H3M4.5S\"", "P1DT2H3M4.5S" }, { "duration(\"PT36H\")", "P1DT12H" },
		{ "duration(\"P0D\")", "PT0S" }, { "-duration(\"P1D\")", "-P1D" }, { "duration(\"-P1D\")", "-P1D" },
		{ "duration(\"P14M\")", "P1Y2M" }, { "duration(\"P0Y\")", "P0M" }, { "-duration(\"P1Y\")", "-P1Y" },
		{ "duration(\"P1Y2D\")", "null" }, { "duration(\"P\")", "null" }, { "duration(\"PT\")", "null" },
		{ "duration(\"P1DT\")", "null" }, { "duration(\"1D\")", "null" }, { "duration(\"P1\")", "null" },
		{ "duration(\"P1.5D\")", "null" }, { "duration(\"PT1.5S\")", "PT1.5S" }, { "duration(5)", "null" },
		{ "duration(duration(\"P1D\"))", "P1D" }, { "duration(\"P1D\") + duration(\"PT1H\")", "P1DT1H" },
		{ "duration(\"P1D\") - duration(\"P2D\")", "-P1D" }, { "duration(\"P1Y\") + duration(\"P1M\")", "P1Y1M" },
		{ "duration(\"P1D\") + duration(\"P1M\")", "null" }, { "duration(\"P1D\") * 2", "P2D" },
		{ "2 * duration(\"P1D\")", "P2D" }, { "duration(\"P1D\") * 0.5", "PT12H" }, { "duration(\"P1D\") / 2", "PT12H" },
		{ "duration(\"P1D\") / 0", "null" }, { "duration(\"P1Y\") * 1.5", "P1Y6M" }, { "duration(\"P1Y\") / 5", "P2M" },
		{ "duration(\"P1Y\") / duration(\"P5M\")", "2.4" }, { "duration(\"P1D\") / duration(\"PT1H\")", "24" },
		{ "duration(\"P1D\") / duration(\"PT0S\")", "null" }, { "1 / duration(\"P1D\")", "null" },
		{ "duration(\"P1D\") * duration(\"P1D\")", "null" }, { "duration(\"P1D\") + 1", "null" },
		{ "duration(\"P1Y\") / duration(\"P1D\")", "null" }, { "duration(\"P1DT2H3M4S\").days", "1" },
		{ "duration(\"P1DT2H3M4S\").hours", "2" }, { "duration(\"P1DT2H3M4S\").minutes", "3" },
		{ "duration(\"P1DT2H3M4.5S\").seconds", "4.5" }, { "duration(\"-PT90M\").minutes", "-30" },
		{ "duration(\"P14M\").years", "1" }, { "duration(\"P14M\").months", "2" }, { "duration(\"P14M\").days", "null" },
		{ "duration(\"P1D\").months", "null" }, { "duration(\"P1D\").year", "null" });
	/* At the ends of the range: null, never a wrong sign. */
	CHECK({ "duration(\"P9223372036854775807M\").months", "7" }, { "duration(\"P9223372036854775808M\")", "null" },
		{ "duration(\"P9223372036854775807M\") + duration(\"P1M\")", "null" }, { "-duration(\"P9223372036854775807M\") - duration(\"P1M\")", "null" },
		{ "duration(\"P1M\") - (-duration(\"P9223372036854775807M\") - duration(\"P1M\"))", "null" },
		{ "duration(\"P1M\") * -9223372036854775808", "null" }, { "duration(\"P9223372036854775807M\") * 2", "null" },
		{ "date(\"2024-01-01\") - duration(\"P9223372036854775807M\")", "null" },
		{ "duration(\"P999999999999999999999D\").days", "999999999999999999999" });
}

static void test_properties(void **state)
{
	(void)state;
	set_names("x=0.5;x.num=1;x.den=2;x.prev=0.25;x.prev.num=1;x.prev.den=4;events(x)=3;d.prev=2023-05-06");
	CHECK({ "x", "0.5" }, { "x.num", "1" }, { "x.den", "2" }, { "x.prev", "0.25" }, { "x.prev.num", "1" }, { "x.prev.den", "4" },
		{ "x.num / x.den = x", "true" }, { "x - x.prev", "0.25" }, { "events(x)", "3" }, { "events( x ) * 2", "6" }, { "x . num", "1" },
		{ "d.prev.year", "2023" }, { "x.year", "null" }, { "x.num.year", "null" });
	CHECK({ "x.size", "! rule.unknown_property 0:0+3 <size>\n" }, { "x.num.den", "! rule.unknown_property 0:0+7 <den>\n" },
		{ "x.num.prev", "! rule.unknown_property 0:0+7 <prev>\n" }, { "(x).num", "! rule.unknown_property 0:0+5 <num>\n" },
		{ "y.num", "! rule.unknown_name 0:0+1 <y.num>\n" }, { "x.", "! rule.ends_early 0:0+3\n" }, { "x.1", "! rule.unexpected 0:0+2 <.1>\n" },
		{ "x.(1)", "! rule.unexpected 0:0+3 <(>\n" }, { "events(1)", "! rule.events_name 0:0+8 <1>\n" },
		{ "events(\"x\")", "! rule.events_name 0:0+8 <\"x\">\n" }, { "events()", "! rule.events_name 0:0+8 <)>\n" },
		{ "events(x.prev)", "! rule.unexpected 0:0+9 <.>\n" }, { "events(x, x)", "! rule.unexpected 0:0+9 <,>\n" },
		{ "events(zz)", "! rule.unknown_name 0:0+1 <events(zz)>\n" }, { "x.prev.prev", "! rule.unknown_property 0:0+8 <prev>\n" },
		{ "1.num", "! rule.unexpected 0:0+2 <.>\n" });
}

/* ---- functions ---- */

static const struct pair function_cases[] = {
	{ "abs(-1.5)", "1.5" },
	{ "abs(duration(\"-P1D\"))", "P1D" },
	{ "abs(duration(\"-P1M\"))", "P1M" },
	{ "abs(\"1\")", "null" },
	{ "abs(null)", "null" },
	{ "all([true, true])", "true" },
	{ "all([true, false, null])", "false" },
	{ "all([true, null])", "null" },
	{ "all([])", "true" },
	{ "all(true, false)", "false" },
	{ "all(null)", "null" },
	{ "all(1)", "null" },
	{ "all([1, false])", "false" },
	{ "all(true)", "true" },
	{ "any([false, true])", "true" },
	{ "any([false, null])", "null" },
	{ "any([null, true])", "true" },
	{ "any([])", "false" },
	{ "any(false)", "false" },
	{ "any(null)", "null" },
	{ "any(false, \"true\")", "null" },
	{ "ceiling(1.1)", "2" },
	{ "ceiling(-1.5)", "-1" },
	{ "ceiling(1.234, 2)", "1.24" },
	{ "ceiling(null)", "null" },
	{ "ceiling(\"1\")", "null" },
	{ "contains(\"Thanh Hóa\", \"Hóa\")", "true" },
	{ "contains(\"abc\", \"\")", "true" },
	{ "contains(\"abc\", \"d\")", "false" },
	{ "contains(1, \"1\")", "null" },
	{ "contains(\"1\", null)", "null" },
	{ "count([1, null, 3])", "3" },
	{ "count([])", "0" },
	{ "count(1, 2)", "2" },
	{ "count(null)", "null" },
	{ "count(5)", "1" },
	{ "date(\"2024-01-02\")", "2024-01-02" },
	{ "date(true)", "null" },
	{ "date(\"2024\", 1, 2)", "null" },
	{ "day of year(date(\"2023-03-01\"))", "60" },
	{ "day of year(\"2023-03-01\")", "null" },
	{ "decimal(1/3, 2)", "0.33" },
	{ "decimal(2.5, 0)", "2" },
	{ "decimal(1.5, 0)", "2" },
	{ "decimal(0.125, 2)", "0.12" },
	{ "decimal(2.675, 2)", "2.68" },
	{ "decimal(1234, -2)", "1200" },
	{ "decimal(null, 2)", "null" },
	{ "decimal(1, null)", "null" },
	{ "decimal(1, \"2\")", "null" },
	{ "decimal(1, 9999)", "null" },
	{ "decimal(1, -9999)", "null" },
	{ "decimal(1.25, 1.9)", "1.2" },
	{ "duration(\"P30D\")", "P30D" },
	{ "duration(null)", "null" },
	{ "duration(date(\"2024-01-01\"))", "null" },
	{ "ends with(\"foobar\", \"bar\")", "true" },
	{ "ends with(\"r\", \"bar\")", "false" },
	{ "ends with(\"a\", 1)", "null" },
	{ "even(4)", "true" },
	{ "even(-3)", "false" },
	{ "even(0)", "true" },
	{ "even(1.5)", "null" },
	{ "even(\"2\")", "null" },
	{ "exp(0)", "1" },
	{ "exp(1)", "2.718281828459045235360287471352662" },
	{ "exp(\"a\")", "null" },
	{ "exp(99999)", "null" },
	{ "floor(1.9)", "1" },
	{ "floor(-1.1)", "-2" },
	{ "floor(1.29, 1)", "1.2" },
	{ "floor(true)", "null" },
	{ "list contains([1, 2], 2)", "true" },
	{ "list contains([1, 2], \"2\")", "false" },
	{ "list contains([1, null], null)", "true" },
	{ "list contains(1, 1)", "null" },
	{ "list contains([], 1)", "false" },
	{ "log(1)", "0" },
	{ "log(10)", "2.302585092994045684017991454684364" },
	{ "log(0)", "null" },
	{ "log(-1)", "null" },
	{ "log(null)", "null" },
	{ "lower case(\"ĐẮK LẮK\")", "\"đắk lắk\"" },
	{ "lower case(1)", "null" },
	{ "max(1, 3, 2)", "3" },
	{ "max([1, 3, 2])", "3" },
	{ "max(\"a\", \"b\")", "\"b\"" },
	{ "max(1, \"a\")", "null" },
	{ "max([])", "null" },
	{ "max([1, null])", "null" },
	{ "max(date(\"2024-01-01\"), date(\"2024-01-02\"))", "2024-01-02" },
	{ "max(true)", "null" },
	{ "max(4)", "4" },
	{ "mean(1, 2, 6)", "3" },
	{ "mean([1, 2])", "1.5" },
	{ "mean([])", "null" },
	{ "mean([1, \"2\"])", "null" },
	{ "mean([1, null])", "null" },
	{ "mean(91.14, 84.31, 76.72, 74.85)", "81.755" },
	{ "mean(duration(\"P1D\"), duration(\"P3D\"))", "P2D" },
	{ "median(8, 2, 5, 3, 4)", "4" },
	{ "median([6, 1, 2, 3])", "2.5" },
	{ "median([])", "null" },
	{ "median(1, null)", "null" },
	{ "median(\"a\")", "null" },
	{ "min(3, 1, 2)", "1" },
	{ "min([duration(\"P2D\"), duration(\"P1D\")])", "P1D" },
	{ "min(1, null)", "null" },
	{ "min([])", "null" },
	{ "modulo(12, 5)", "2" },
	{ "modulo(-12, 5)", "3" },
	{ "modulo(12, -5)", "-3" },
	{ "modulo(-12, -5)", "-2" },
	{ "modulo(10.1, 4.5)", "1.1" },
	{ "modulo(1, 0)", "null" },
	{ "modulo(\"1\", 2)", "null" },
	{ "modulo(1, null)", "null" },
	{ "not(true)", "false" },
	{ "not(1)", "null" },
	{ "number(\"1234.5\")", "1234.5" },
	{ "number(\"1.234,5\", \".\", \",\")", "1234.5" },
	{ "number(\"1 234.5\", \" \", \".\")", "1234.5" },
	{ "number(\"1,5\", null, \",\")", "1.5" },
	{ "number(\"1,000\", \",\")", "1000" },
	{ "number(\"1,5\")", "null" },
	{ "number(\"abc\")", "null" },
	{ "number(\"\")", "null" },
	{ "number(\"1.5\", null, \",\")", "null" },
	{ "number(\"1\", \",\", \",\")", "null" },
	{ "number(\"1\", \"x\")", "null" },
	{ "number(\"1\", \" \", \" \")", "null" },
	{ "number(12)", "null" },
	{ "number(null)", "null" },
	{ "number(\"-1e2\")", "-100" },
	{ "odd(3)", "true" },
	{ "odd(2)", "false" },
	{ "odd(-1)", "true" },
	{ "odd(0.5)", "null" },
	{ "product(2, 3, 4)", "24" },
	{ "product([])", "null" },
	{ "product([2, null])", "null" },
	{ "product(\"a\")", "null" },
	{ "product(2, duration(\"P1D\"))", "null" },
	{ "round down(1.259, 2)", "1.25" },
	{ "round down(-1.259, 2)", "-1.25" },
	{ "round down(\"1\", 2)", "null" },
	{ "round half down(0.125, 2)", "0.12" },
	{ "round half down(-2.5, 0)", "-2" },
	{ "round half down(2.51, 0)", "3" },
	{ "round half down(1, null)", "null" },
	{ "round half up(0.125, 2)", "0.13" },
	{ "round half up(2.675, 2)", "2.68" },
	{ "round half up(-2.5, 0)", "-3" },
	{ "round half up(81.755, 2)", "81.76" },
	{ "round half up(null, 2)", "null" },
	{ "round up(1.121, 2)", "1.13" }, { "round up(-1.121, 2)", "-1.13" }, { "round up(\"1\", 0)", "null" },
	{ "sqrt(16)", "4" }, { "sqrt(2)", "1.414213562373095048801688724209698" }, { "sqrt(-1)", "null" }, { "sqrt(\"4\")", "null" },
	{ "starts with(\"Sở Y tế\", \"Sở\")", "true" }, { "starts with(\"a\", \"ab\")", "false" }, { "starts with(null, \"a\")", "null" },
	{ "stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931" }, { "stddev([1])", "null" }, { "stddev([])", "null" }, { "stddev(1, \"2\")", "null" },
	{ "string(1.50)", "\"1.5\"" }, { "string(\"a\")", "\"a\"" }, { "string(null)", "null" }, { "string(true)", "\"true\"" },
	{ "string(date(\"2024-01-02\"))", "\"2024-01-02\"" }, { "string([1, \"a\"])", "\"[1, \\\"a\\\"]\"" }, { "string(duration(\"P1D\"))", "\"P1D\"" },
	{ "string length(\"Đắk\")", "3" }, { "string length(\"\")", "0" }, { "string length(1)", "null" },
	{ "sum(1, 2, 3)", "6" }, { "sum([0.1, 0.2])", "0.3" }, { "sum([])", "null" }, { "sum([1, null])", "null" }, { "sum([1, \"2\"])", "null" },
	{ "sum(duration(\"P1D\"), duration(\"PT12H\"))", "P1DT12H" }, { "sum(duration(\"P1D\"), 1)", "null" }, { "sum(\"a\", \"b\")", "null" },
	{ "upper case(\"đắk lắk\")", "\"ĐẮK LẮK\"" }, { "upper case(null)", "null" },
	{ "years and months duration(date(\"2020-01-15\"), date(\"2024-03-14\"))", "P4Y1M" }, { "years and months duration(1, 2)", "null" },
};

/* Every function of the table has its cases: those that give a value, and those that give null. */
static void test_functions(void **state)
{
	const char *name, *params;
	(void)state;
	set_names("");
	check(function_cases, COUNT(function_cases));
	for (size_t i = 0; (name = rule_function_name(i, &params)); i++) {
		int given = 0, null = 0;
		for (size_t k = 0; k < COUNT(function_cases); k++)
			if (str_starts(str_of(function_cases[k].text), arena_printf(c->mem, "%s(", name))) {
				given += strcmp(function_cases[k].wanted, "null") != 0;
				null += strcmp(function_cases[k].wanted, "null") == 0;
			}
		if (!given || !null)
			fail_msg("%s: %d cases with a value, %d with null", name, given, null);
	}
	assert_int_equal(rule_fn_count(), 38);
	assert_null(rule_function_name(38, &params));
}

/* A call with too few or too many arguments is null, and told of. */
static void test_arity(void **state)
{
	(void)state;
	set_names("");
	for (size_t i = 0; i < rule_fn_count(); i++) {
		const struct rule_fn *f = &rule_fns[i];
		for (int n = 0; n <= 5; n++) {
			buf b;
			buf_init(&b, 0);
			buf_printf(&b, "%s(", f->name);
			for (int k = 0; k < n; k++)
				buf_addz(&b, k ? ", 1" : "1");
			buf_char(&b, ')');
			bool fits = n >= f->min_args && (n <= f->max_args || f->max_args == 255) && !(strcmp(f->name, "date") == 0 && n == 2);
			str got = eval_str(buf_str(&b));
			if (c->n_faults != !fits || (!fits && !str_is(got, "null")))
				fail_msg("%.*s: %.*s, %zu faults", STR_ARG(buf_str(&b)), STR_ARG(got), c->n_faults);
			buf_free(&b);
		}
	}
	eval("1 + round half  up ( 2 ) + 3");
	is_text(fault_lines(c), "? rule.arguments 0:0+5 <round half  up ( 2 )> (round half up) (n, scale)\n");
	eval("date(2024, 1)");
	is_text(fault_lines(c), "? rule.arguments 0:0+1 <date(2024, 1)> (date) (from | year, month, day)\n");
}

static void test_named_arguments(void **state)
{
	(void)state;
	set_names("");
	CHECK({ "decimal(n: 1.25, scale: 1)", "1.2" }, { "decimal(scale: 1, n: 1.25)", "1.2" }, { "floor(n: 1.5)", "1" }, { "floor(scale: 1, n: 1.29)", "1.2" },
		{ "modulo(divisor: 5, dividend: 12)", "2" }, { "number(from: \"1 234,5\", grouping separator: \" \", decimal separator: \",\")", "1234.5" },
		{ "number(decimal separator: \",\", from: \"1,5\")", "1.5" }, { "sum(list: [1, 2])", "3" }, { "not(negand: true)", "false" },
		{ "date(from: \"2024-01-02\")", "2024-01-02" }, { "date(year: 2024, month: 1, day: 2)", "2024-01-02" },
		{ "date(day: 2, month: 1, year: 2024)", "2024-01-02" }, { "list contains(element: 1, list: [1])", "true" },
		{ "years and months duration(to: date(\"2024-01-01\"), from: date(\"2023-01-01\"))", "P1Y" }, { "floor(scale: 1)", "null" },
		{ "contains(match: \"a\", string: \"ba\")", "true" });
	static const char *const misfits[] = { "abs(x: 1)", "decimal(n: 1)", "abs(N: 1)", "decimal(n: 1, scale: 2, more: 3)", "date(year: 2024, month: 1)",
		"date(z: 1)" };
	for (size_t i = 0; i < COUNT(misfits); i++) {
		str got = eval(misfits[i]);
		if (!str_is(got, "null") || c->n_faults != 1 || strcmp(c->faults[0].key, "rule.arguments") != 0)
			fail_msg("%s: %.*s", misfits[i], STR_ARG(got));
	}
	CHECK({ "abs(n: 1, 2)", "! rule.unexpected 0:0+11 <2>\n" }, { "abs(1, n: 2)", "! rule.unknown_name 0:0+8 <n>\n" },
		{ "abs(n:)", "! rule.unexpected 0:0+7 <)>\n" }, { "abs(n: 1", "! rule.ends_early 0:0+9\n" });
}

/* ---- text of a rule ---- */

static void test_comments_and_space(void **state)
{
	(void)state;
	set_names("x=2");
	CHECK({ "// trước\n1 + // giữa\n2", "3" }, { "/* a */ 1 /* b\n*/ + 2 /* c **/", "3" }, { "1 // sau", "1" }, { "1 /**/", "1" },
		{ "\t\r\n 1 \xC2\xA0+\xE2\x80\x83 1\xEF\xBB\xBF", "2" }, { "1 /*", "! rule.comment_unclosed 0:0+3 </*>\n" },
		{ "1 /* * /", "! rule.comment_unclosed 0:0+3 </* * />\n" }, { "// only", "! rule.ends_early 0:0+8\n" }, { "", "! rule.ends_early 0:0+1\n" },
		{ "  ", "! rule.ends_early 0:0+3\n" }, { "x/2", "1" }, { "x//2", "2" });
}

static void test_names(void **state)
{
	(void)state;
	set_names("tỷ_lệ=0.5;Đ=3;x1=1;_a=2;số·1=4;max=10;notx=7;ifx=8;sum=9;events=6");
	CHECK({ "tỷ_lệ * 2", "1" }, { "Đ", "3" }, { "x1+_a", "3" }, { "số·1", "4" }, { "max", "10" }, { "max(1, 2)", "2" }, { "max * max(1, 2)", "20" },
		{ "max (1, max)", "10" }, { "notx", "7" }, { "ifx", "8" }, { "sum", "9" }, { "sum(sum, 1)", "10" }, { "events", "6" },
		/* A name is found however its tones are encoded; the rule's text is made NFC. */
		{ "ty\xCC\x89_l\xC3\xAA\xCC\xA3", "0.5" });
	CHECK({ "y", "! rule.unknown_name 0:0+1 <y>\n" }, { "1 + tỷ_lê", "! rule.unknown_name 0:0+5 <tỷ_lê>\n" },
		{ "Max", "! rule.unknown_name 0:0+1 <Max>\n" }, { "TRUE", "! rule.unknown_name 0:0+1 <TRUE>\n" },
		{ "x1 Đ", "! rule.unexpected 0:0+4 <Đ>\n" }, { "2x1", "! rule.number_then_name 0:0+1 <2x>\n" },
		{ "1 2", "! rule.unexpected 0:0+3 <2>\n" }, { "tỷ_lệ tỷ_lệ", "! rule.unexpected 0:0+7 <tỷ_lệ>\n" },
		{ "not true", "! rule.unknown_name 0:0+1 <not>\n" }, { "foo(1)", "! rule.unknown_function 0:0+1 <foo>\n" },
		{ "round(1)", "! rule.unknown_function 0:0+1 <round>\n" }, { "round half(1, 2)", "! rule.unknown_function 0:0+1 <round half>\n" },
		{ "and", "! rule.unexpected 0:0+1 <and>\n" }, { "1 + then", "! rule.unexpected 0:0+5 <then>\n" });
}

static void test_errors(void **state)
{
	(void)state;
	set_names("x=1;đ=1");
	CHECK({ "1 +", "! rule.ends_early 0:0+4\n" }, { "1 + + 1", "! rule.unexpected 0:0+5 <+>\n" }, { "* 1", "! rule.unexpected 0:0+1 <*>\n" },
		{ "1 ! 2", "! rule.character 0:0+3 <!>\n" }, { "đ # 1", "! rule.character 0:0+3 <#>\n" }, { "x & x", "! rule.character 0:0+3 <&>\n" },
		{ "x == 1", "! rule.unexpected 0:0+4 <=>\n" }, { "x <> 1", "! rule.unexpected 0:0+4 <>>\n" },
		{ "x => 1", "! rule.unexpected 0:0+4 <>>\n" }, { "x =< 1", "! rule.unexpected 0:0+4 <<>\n" },
		{ "x < (> 1)", "null" }, { "x && x", "! rule.character 0:0+3 <&>\n" }, { "“a”", "! rule.character 0:0+1 <“>\n" },
		{ "đ − 1", "! rule.character 0:0+3 <−>\n" }, { "đ ≥ 1", "! rule.character 0:0+3 <≥>\n" },
		{ "5.", "! rule.unexpected 0:0+2 <.>\n" }, { "1.e3", "! rule.unexpected 0:0+2 <.>\n" },
		{ "1,5", "! rule.unexpected 0:0+2 <,>\n" }, { "1e6145", "! rule.number_range 0:0+1 <1e6145>\n" },
		{ "1e", "! rule.number_then_name 0:0+1 <1e>\n" }, { "80%", "! rule.character 0:0+3 <%>\n" },
		{ "if x then 1", "! rule.ends_early 0:0+12\n" }, { "if x 1 else 2", "! rule.expected 0:0+6 <1> (then)\n" },
		{ "if x then 1 otherwise 2", "! rule.expected 0:0+13 <otherwise> (else)\n" }, { "đ + đ + (", "! rule.ends_early 0:0+10\n" },
		{ "(x", "! rule.ends_early 0:0+3\n" }, { "x)", "! rule.unexpected 0:0+2 <)>\n" }, { "abs(x", "! rule.ends_early 0:0+6\n" },
		{ "abs(x,)", "! rule.unexpected 0:0+7 <)>\n" }, { "abs x", "! rule.unknown_name 0:0+1 <abs>\n" }, { "@x", "! rule.character 0:0+1 <@>\n" },
		{ "@\"x", "! rule.string_unclosed 0:0+1 <@\"x>\n" }, { "1 ]2..3]", "! rule.unexpected 0:0+3 <]>\n" });
}

/* What FEEL has and the subset does not is an error, never a silent null. */
static void test_unsupported(void **state)
{
	(void)state;
	set_names("x=[1, 2]");
	CHECK({ "x[1]", "! rule.unsupported 0:0+2 <[>\n" }, { "[1, 2][item > 1]", "! rule.unsupported 0:0+7 <[>\n" },
		{ "{a: 1}", "! rule.unsupported 0:0+1 <{>\n" }, { "1 + {}", "! rule.unsupported 0:0+5 <{>\n" },
		{ "for i in x return i", "! rule.unsupported 0:0+1 <for>\n" }, { "some i in x satisfies i > 1", "! rule.unsupported 0:0+1 <some>\n" },
		{ "every i in x satisfies i > 1", "! rule.unsupported 0:0+1 <every>\n" }, { "function(a) a", "! rule.unsupported 0:0+1 <function>\n" },
		{ "1 instance of number", "! rule.unsupported 0:0+3 <instance>\n" }, { "? > 1", "! rule.unsupported 0:0+1 <?>\n" },
		{ "today()", "! rule.unsupported_function 0:0+1 <today>\n" }, { "now()", "! rule.unsupported_function 0:0+1 <now>\n" },
		{ "1 + substring(\"a\", 1)", "! rule.unsupported_function 0:0+5 <substring>\n" },
		{ "date and time(\"2024-01-01T00:00:00\")", "! rule.unsupported_function 0:0+1 <date and time>\n" },
		{ "time(\"10:00:00\")", "! rule.unsupported_function 0:0+1 <time>\n" },
		{ "get value(x, 1)", "! rule.unsupported_function 0:0+1 <get value>\n" },
		{ "mode(x)", "! rule.unsupported_function 0:0+1 <mode>\n" },
		{ "sort(x)", "! rule.unsupported_function 0:0+1 <sort>\n" },
		{ "string join(x)", "! rule.unsupported_function 0:0+1 <string join>\n" },
		{ "is(1, 1)", "! rule.unsupported_function 0:0+1 <is>\n" }, { "x.y.z", "! rule.unknown_property 0:0+3 <y>\n" });
}

/* ---- bounds ---- */

static str repeated(const char *head, const char *piece, size_t n, const char *tail)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, head);
	for (size_t i = 0; i < n; i++)
		buf_addz(&b, piece);
	buf_addz(&b, tail);
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void is_key(str text, const char *key)
{
	str got = eval_str(text);
	if (c->n_faults != 1 || strcmp(c->faults[0].key, key) != 0)
		fail_msg("%.*s…: %.*s, not %s", (int)(text.len < 30 ? text.len : 30), text.p, (int)(got.len < 200 ? got.len : 200), got.p, key);
	assert_true(c->faults[0].value.len <= 400); /* what is shown of it is short */
}

static void test_length(void **state)
{
	(void)state;
	set_names("");
	str fits = repeated("1", " ", RULE_MAX_LENGTH - 1, "");
	is_text(eval_str(fits), "1");
	is_key(repeated("1", " ", RULE_MAX_LENGTH, ""), "rule.too_long");
	is_key(repeated("", "(", 1000000, ""), "rule.too_long");
	is_key(repeated("\"", "a", 20000, "\""), "rule.too_long");
	is_text(eval_str((str){ "1 + \xC3(", 6 }), "! rule.not_utf8 0:0+5 <1 + >\n");
	is_text(eval_str((str){ "1\0+ 1", 5 }), "! rule.not_utf8 0:0+2 <1>\n");
}

static void test_depth(void **state)
{
	(void)state;
	set_names("x=1");
	is_text(eval_str(repeated("", "(", 199, arena_cstr(c->mem, repeated("1", ")", 199, "")))), "1");
	is_text(eval_str(repeated("", "-", 199, "1")), "-1");
	is_text(eval_str(repeated("", "if false then 0 else ", 199, "1")), "1");
	static const char *const deep[] = { "(", "[", "-", "not(", "abs(", "<", "]", "[1..", "(1..", "]1..", "[<", "(>=", "x in (<(", "x in [", "1 + (", "if ",
		"if true then ", "if false then 0 else ", "sum(list: ", "x between (" };
	for (size_t i = 0; i < COUNT(deep); i++) {
		size_t most = (RULE_MAX_LENGTH - 1) / strlen(deep[i]);
		is_key(repeated("", deep[i], most, "1"), "rule.too_deep");
		is_key(repeated("", deep[i], 250, "1"), "rule.too_deep");
	}
	is_text(eval_str(repeated("", "(", 300, "1")), "! rule.too_deep 0:0+201 <(>\n");
}

/* Operations in a row make the tree as high: their number is bounded, for evaluation is recursive. */
static void test_terms(void **state)
{
	(void)state;
	set_names("x=1;t=true;d=2024-01-01");
	is_text(eval_str(repeated("0", " + 1", RULE_MAX_TERMS, "")), "1000");
	is_text(eval_str(repeated("1", "*x", RULE_MAX_TERMS, "")), "1");
	is_text(eval_str(repeated("t", " and t", RULE_MAX_TERMS, "")), "true");
	static const char *const row[] = { " + 1", " - 1", "*1", "/1", "**1", " or t", " and t", ".year" };
	for (size_t i = 0; i < COUNT(row); i++)
		is_key(repeated("d", row[i], RULE_MAX_TERMS + 1, ""), "rule.too_many_terms");
	is_text(eval_str(repeated("sum(1", ", 1", 5000, ")")), "5001");
	is_text(eval_str(repeated("x in (2", ", 3", 5000, ", 1)")), "true");
}

static void test_refs(void **state)
{
	const rule *r;
	(void)state;
	set_names("x=1;x.prev=2;y=3;events(y)=0;max=1");
	str text = STR("if đ = 1 and x = null then x + x.prev else events(y) * max + y");
	add_name(STR("đ"), val_num(DEC_ONE));
	assert_int_equal(rule_compile(c, text, &scope, (place){ 0 }, &r), ERR_OK);
	assert_int_equal(r->n_refs, 6);
	static const struct {
		const char *name;
		enum rule_part part;
		bool tested;
		int64_t offset;
	} wanted[] = { { "đ", PART_VALUE, false, 4 }, { "x", PART_VALUE, true, 14 }, { "x", PART_PREV, false, 32 }, { "y", PART_EVENTS, false, 44 },
		{ "max", PART_VALUE, false, 56 }, { "y", PART_VALUE, false, 62 } };
	for (size_t i = 0; i < r->n_refs; i++) {
		assert_true(str_is(r->refs[i].name, wanted[i].name));
		assert_int_equal(r->refs[i].part, wanted[i].part);
		assert_int_equal(r->refs[i].tested_null, wanted[i].tested);
		assert_int_equal(r->refs[i].offset, wanted[i].offset);
	}
	static const char *const tests[] = { "x = null", "null = x", "x != null", "null != x", "(x) = null", "x = (null)" };
	for (size_t i = 0; i < COUNT(tests); i++) {
		assert_int_equal(rule_compile(c, str_of(tests[i]), &scope, (place){ 0 }, &r), ERR_OK);
		assert_true(r->refs[0].tested_null);
	}
	static const char *const none[] = { "x = 1", "x + 1 = null", "x in (null, 1)", "x > null" };
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_int_equal(rule_compile(c, str_of(none[i]), &scope, (place){ 0 }, &r), ERR_OK);
		assert_false(r->refs[0].tested_null);
	}
}

/* ---- tests/data/rule_families.csv ---- */

static void test_rule_families(void **state)
{
	static const struct table_column columns[] = { { "family", true }, { "rule", true }, { "vars", true }, { "max", true }, { "expected", true },
		{ "source_note", true } };
	table in;
	int wrong = 0;
	cx *file = cx_new(0);
	(void)state;
	const char *path = "tests/data/rule_families.csv";
	assert_int_equal(table_open(file, csv_open_file(file, path, NULL), str_of(path), columns, COUNT(columns), &in), ERR_OK);
	while (table_next(&in)) {
		set_names(arena_cstr(c->mem, arena_printf(c->mem, "%.*s;max=%.*s", STR_ARG(in.cell[2]), STR_ARG(in.cell[3]))));
		str got = eval_str(in.cell[1]);
		if (!str_eq(got, in.cell[4])) {
			wrong++;
			print_error("%s:%lld: %.*s is %.*s, not %.*s\n", path, (long long)in.line, STR_ARG(in.cell[1]), STR_ARG(got), STR_ARG(in.cell[4]));
		}
	}
	assert_int_equal(in.rows, 262);
	assert_int_equal(file->n_faults, 0);
	assert_int_equal(wrong, 0);
	table_close(&in);
	cx_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		TEST(test_arithmetic), TEST(test_power), TEST(test_arithmetic_of_other_kinds), TEST(test_comparison), TEST(test_comparison_of_kinds),
		TEST(test_chained_comparison), TEST(test_truth_tables), TEST(test_logic), TEST(test_between), TEST(test_in_ranges), TEST(test_in_lists),
		TEST(test_lists_and_ranges), TEST(test_strings), TEST(test_dates), TEST(test_date_arithmetic), TEST(test_durations), TEST(test_properties),
		TEST(test_functions), TEST(test_arity), TEST(test_named_arguments), TEST(test_comments_and_space), TEST(test_names), TEST(test_errors),
		TEST(test_unsupported), TEST(test_length), TEST(test_depth), TEST(test_terms), TEST(test_refs), TEST(test_rule_families),
	};
	return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
