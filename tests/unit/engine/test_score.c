#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rng.h"
#include "edition.h"

/* Settings and the criterion A of maximum 2 beside B of maximum 8, which always has 4 points; its measure puts units on the list. */
static struct edition scored(const char *settings, const char *a_row, const char *measures)
{
	arena *mem = arena_new(0);
	const char *clamp = strstr(settings, "@clamp") ? "" : "@clamp,,none\n";
	struct edition e = edition_of(arena_cstr(mem,
		arena_printf(mem, EDITION_NAME "%s%sR,,Gốc,10,sum\n%sB,R,b,8,survey,,,,if none = null then 4 else 4\n", clamp,
			settings, a_row)));
	edition_run(&e, *measures ? measures : "U,none,2024,,,1,,,,\n");
	arena_free(mem);
	return e;
}

static void is_cells(const struct edition *e, const char *a, const char *root)
{
	is_text(cell_text(e, 0, "A"), a);
	is_text(cell_text(e, 0, "R"), root);
}

/* ---- missing, not applicable, zero ---- */

#define SHARE "A,R,a,2,self,,,,if x >= 0.5 then max else 0\n"

static void test_three_states(void **state)
{
	(void)state;
	struct edition zero = scored("", SHARE, "U,x,2024,,,0,,,,\n"), missing = scored("", SHARE, "U,x,2024,,,,missing,,,\nV,x,2024,,,1,,,,\n"),
		       ask = scored("", SHARE, "U,x,2024,,,,na,lý do,,\n");
	is_cells(&zero, "0/2 ok", "4/10 ok");
	is_cells(&missing, "0/2 missing", "4/10 missing");
	is_cells(&ask, "0/2 ask", "4/10 ask");
	assert_true(zero.r[0].available && zero.r[0].missing == 0 && zero.r[0].ask == 0);
	is_dec(zero.r[0].published, "40");
	assert_true(!missing.r[0].available && missing.r[0].missing == 1 && missing.r[0].ask == 0);
	assert_true(!ask.r[0].available && ask.r[0].missing == 0 && ask.r[0].ask == 1);
	assert_int_equal(missing.r[0].group, -1);
	assert_int_equal(zero.ranks[0].place, 1);
	assert_int_equal(missing.ranks[0].place, 0);
	assert_int_equal(missing.ranks[1].place, 1);
	assert_int_equal(cell_of(&missing, 0, "A")->cause, 0);
	assert_int_equal(cell_of(&zero, 0, "A")->cause, -1);
	edition_end(&zero);
	edition_end(&missing);
	edition_end(&ask);
}

static void test_na_policies(void **state)
{
	static const struct {
		const char *na, *a, *root, *value;
		bool available;
	} cases[] = { { "reduce", "0/0 reduced", "4/8 ok", "50", true }, { "max", "2/2 na_max", "6/10 ok", "60", true },
		{ "zero", "0/2 na_zero", "4/10 ok", "40", true }, { "ask", "0/2 ask", "4/10 ask", "40", false },
		{ "", "0/2 ask", "4/10 ask", "40", false } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char row[100];
		snprintf(row, sizeof row, "A,R,a,2,self,,,,x,%s\n", cases[i].na);
		struct edition e = scored("", row, "U,x,2024,,,,na,lý do,,\n");
		is_cells(&e, cases[i].a, cases[i].root);
		is_dec(e.r[0].published, cases[i].value);
		assert_int_equal(e.r[0].available, cases[i].available);
		edition_end(&e);
		snprintf(row, sizeof row, "@na,,%s\n", *cases[i].na ? cases[i].na : "ask");
		e = scored(row, "A,R,a,2,self,,,,x\n", "U,x,2024,,,,na,lý do,,\n"); /* the edition's */
		is_cells(&e, cases[i].a, cases[i].root);
		edition_end(&e);
	}
}

static void test_zero_denominator(void **state)
{
	(void)state;
	struct edition e = scored("", "A,R,a,2,self,,,,x * max\n", "U,x,2024,0,0,,,,,\n");
	is_cells(&e, "0/2 missing", "4/10 missing");
	edition_end(&e);
	/* The counts themselves are known: a rule of counts has its value. */
	e = scored("", "A,R,a,2,self,,,,if x.den = 0 then max else x.num / x.den\n", "U,x,2024,0,0,,,,,\n");
	is_cells(&e, "2/2 ok", "6/10 ok");
	edition_end(&e);
	static const char absent[] = "A,R,a,2,self,,,,if x = null then (if x.den = 0 then max else null) else x * max\n";
	e = scored("", absent, "U,x,2024,0,0,,,,,\n");
	is_cells(&e, "2/2 ok", "6/10 ok");
	edition_end(&e);
	e = scored("", absent, "U,x,2024,1,4,,,,,\n");
	is_cells(&e, "0.5/2 ok", "4.5/10 ok");
	edition_end(&e);
	e = scored("", absent, "U,x,2024,,,,missing,,,\n"); /* missing is not zero: the rule gives null */
	is_cells(&e, "0/2 no_number", "4/10 missing");
	edition_end(&e);
	e = scored("", absent, "U,x,2024,,,,na,lý do,,\n"); /* not applicable is looked at first */
	is_cells(&e, "0/2 ask", "4/10 ask");
	edition_end(&e);
}

static void test_null_tests(void **state)
{
	(void)state;
	struct edition e = scored("", "A,R,a,2,self,,,,if x = null then 0 else if x <= d then max else 1\n", "U,d,2024,,,2024-03-31,,,,\n");
	is_cells(&e, "0/2 ok", "4/10 ok"); /* no date is no points, for the rule says so */
	edition_end(&e);
	e = scored("", "A,R,a,2,self,,,,if x = null then 0 else if x <= d then max else 1\n", "U,x,2024,,,2024-03-31,,,,\n");
	is_cells(&e, "0/2 missing", "4/10 missing"); /* the other name it does not test */
	edition_end(&e);
	e = scored("", "A,R,a,2,self,,,,if x.prev = null then max else 0\n", "U,x,2024,,,5,,,,\n");
	is_cells(&e, "2/2 ok", "6/10 ok"); /* X itself is not read */
	edition_end(&e);
	e = scored("", "A,R,a,2,self,,,,if x.prev = null then 1 else x\n", "U,none,2024,,,5,,,,\nU,x,2023,,,1,,,,\nV,x,2024,,,1,,,,\n");
	is_cells(&e, "0/2 missing", "4/10 missing"); /* a test of X.prev does not speak for X */
	edition_end(&e);
	e = scored("", "A,R,a,2,self,,,,if events(x) = null then 2 else events(x)\n", "U,none,2024,,,5,,,,\nV,x,2024,,,1,,,,2024-05-05\n");
	is_cells(&e, "2/2 ok", "6/10 ok");
	edition_end(&e);
	e = scored("", "A,R,a,2,self,,,,2 - events(x)\n", "U,none,2024,,,5,,,,\nV,x,2024,,,1,,,,2024-05-05\n");
	is_cells(&e, "0/2 missing", "4/10 missing"); /* nobody looked at the register */
	is_text(cell_text(&e, 1, "A"), "1/2 ok");
	edition_end(&e);
}

/* A rule that gives no number gives no points: never 0. */
static void test_no_number(void **state)
{
	static const char *const rules[] = { "null", "x = 1", "\"\"\"2\"\"\"", "x / 0", "if x > 5 then 1 else null", "\"date(2024, 1, 1)\"", "[x]",
		"\"1 + \"\"a\"\"\"" };
	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		char row[100];
		snprintf(row, sizeof row, "A,R,a,2,self,,,,%s\n", rules[i]);
		struct edition e = scored("", row, "U,x,2024,,,1,,,,\nU,none,2024,,,1,,,,\n");
		is_cells(&e, "0/2 no_number", "4/10 missing");
		assert_true(!e.r[0].available && e.r[0].missing == 1);
		edition_end(&e);
	}
}

/* One unknown among the descendants: the branch has no points, the others have theirs. */
static void test_unknown_branch(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME "R,,g,10,sum\nF,R,f,5,sum\nA,F,a,2,self,,,,x\nB,F,b,3,self,,,,y\nG,R,g,5,sum\nC,G,c,5,self,,,,5\n");
	edition_run(&e, "U,x,2024,,,2,,,,\n");
	is_text(cell_text(&e, 0, "F"), "2/5 missing");
	is_text(cell_text(&e, 0, "G"), "5/5 ok");
	is_text(cell_text(&e, 0, "R"), "7/10 missing");
	dec points = DEC_ZERO, max = DEC_ZERO;
	assert_false(score_part(e.t, e.r[0].cells, node_of(&e, "R"), KIND_SELF, &points, &max));
	edition_end(&e);
	e = edition_of(EDITION_NAME "R,,g,10,sum\nF,R,f,5,sum\nA,F,a,2,self,,,,x,ask\nB,F,b,3,self,,,,y\nG,R,g,5,self,,,,5\n");
	edition_run(&e, "U,x,2024,,,,na,lý do,,\nU,y,2024,,,1,,,,\nV,x,2024,,,,na,lý do,,\n");
	is_text(cell_text(&e, 0, "R"), "6/10 ask");     /* only a decision is wanting */
	is_text(cell_text(&e, 1, "R"), "5/10 missing"); /* a figure too */
	edition_end(&e);
}

static void test_reduced_branches(void **state)
{
	static const char rows[] = EDITION_NAME "@na,,reduce\nR,,g,10,sum\nF,R,f,4,sum\nA,F,a,1,self,,,,x\nB,F,b,3,self,,,,y\nG,R,g,6,self,,,,3\n";
	(void)state;
	struct edition e = edition_of(rows);
	edition_run(&e, "U,x,2024,,,,na,lý do,,\nU,y,2024,,,2,,,,\nV,x,2024,,,,na,lý do,,\nV,y,2024,,,,na,lý do,,\n");
	is_text(cell_text(&e, 0, "F"), "2/3 ok");
	is_text(cell_text(&e, 0, "R"), "5/9 ok");
	is_text(cell_text(&e, 1, "F"), "0/0 reduced"); /* all of it */
	is_text(cell_text(&e, 1, "R"), "3/6 ok");
	is_dec(e.r[1].published, "50");
	assert_true(cell_of(&e, 0, "R")->reduced);
	edition_end(&e);
	e = edition_of(EDITION_NAME "@na,,reduce\nR,,g,1,sum\nA,R,a,1,self,,,,x\n");
	edition_run(&e, "U,x,2024,,,,na,lý do,,\n");
	assert_false(e.r[0].available); /* nothing is applicable */
	edition_end(&e);
}

/* ---- clamps, caps, bonus, penalty ---- */

static void test_clamp_component(void **state)
{
	static const struct {
		const char *rule, *clamped, *free;
	} cases[] = { { "5", "2/2 ok", "5/2 ok" }, { "-5", "0/2 ok", "-5/2 ok" }, { "1.5", "1.5/2 ok", "1.5/2 ok" }, { "2.001", "2/2 ok", "2/2 ok" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char row[100];
		snprintf(row, sizeof row, "A,R,a,2,self,,,,%s\n", cases[i].rule);
		struct edition e = scored("@clamp,,component\n", row, "");
		is_text(cell_text(&e, 0, "A"), cases[i].clamped);
		assert_int_equal(cell_of(&e, 0, "A")->clamped, i != 2);
		edition_end(&e);
		e = scored("@clamp,,none\n", row, "");
		is_text(cell_text(&e, 0, "A"), cases[i].free);
		assert_false(cell_of(&e, 0, "A")->clamped);
		edition_end(&e);
	}
	/* A maximum of more digits than the points have is not passed by rounding. */
	struct edition e = edition_of(EDITION_NAME "@clamp,,component\nR,,g,1.005,sum\nA,R,a,1.005,self,,,,x\n");
	edition_run(&e, "U,x,2024,,,1.005,,,,\n");
	is_text(cell_text(&e, 0, "A"), "1.005/1.005 ok");
	edition_end(&e);
}

static void test_clamp_group_and_total(void **state)
{
	static const char tail[] = "R,,g,10,sum\nF,R,f,4,sum\nA,F,a,1,self,,,,x\nB,F,b,3,self,,,,3\nG,R,g,6,self,,,,6\n";
	static const struct {
		const char *clamp, *x, *f, *root;
	} cases[] = { { "none", "5", "8/4 ok", "14/10 ok" }, { "group", "5", "4/4 ok", "10/10 ok" }, { "total", "5", "8/4 ok", "10/10 ok" },
		{ "group", "-9", "0/4 ok", "6/10 ok" }, { "total", "-19", "-16/4 ok", "0/10 ok" }, { "none", "-19", "-16/4 ok", "-10/10 ok" },
		{ "component", "5", "4/4 ok", "10/10 ok" }, { "component", "-9", "3/4 ok", "9/10 ok" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[400], row[60];
		snprintf(text, sizeof text, EDITION_NAME "@clamp,,%s\n%s", cases[i].clamp, tail);
		snprintf(row, sizeof row, "U,x,2024,,,%s,,,,\n", cases[i].x);
		struct edition e = edition_of(text);
		edition_run(&e, row);
		is_text(cell_text(&e, 0, "F"), cases[i].f);
		is_text(cell_text(&e, 0, "R"), cases[i].root);
		edition_end(&e);
	}
}

static void test_bonus_and_penalty(void **state)
{
	static const char rows[] =
		"R,,g,10,sum\nA,R,a,10,self,,,,x\nT,R,t,3,bonus,,,2\nT1,T,a,2,bonus,,,,b\nT2,T,b,1,bonus,,,,1\nP,R,p,5,penalty,,,3\n"
		"P1,P,a,5,penalty,,,,p\n";
	static const struct {
		const char *clamp, *x, *b, *p, *t, *off, *root, *value;
	} cases[] = { { "component total", "8", "0.5", "1", "1.5/3 ok", "1/5 ok", "8.5/10 ok", "85" },
		{ "component total", "8", "2", "0", "2/3 ok", "0/5 ok", "10/10 ok", "100" },
		{ "component total", "9", "2", "0", "2/3 ok", "0/5 ok", "10/10 ok", "100" },
		{ "component", "9", "2", "0", "2/3 ok", "0/5 ok", "11/10 ok", "110" },
		{ "component total", "1", "0", "5", "1/3 ok", "3/5 ok", "0/10 ok", "0" },
		{ "component", "1", "-1", "5", "1/3 ok", "3/5 ok", "-1/10 ok", "-10" },
		{ "component", "1", "0", "-5", "1/3 ok", "0/5 ok", "2/10 ok", "20" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[500], data[200];
		snprintf(text, sizeof text, EDITION_NAME "@clamp,,%s\n%s", cases[i].clamp, rows);
		snprintf(data, sizeof data, "U,x,2024,,,%s,,,,\nU,b,2024,,,%s,,,,\nU,p,2024,,,%s,,,,\n", cases[i].x, cases[i].b, cases[i].p);
		struct edition e = edition_of(text);
		edition_run(&e, data);
		is_text(cell_text(&e, 0, "T"), cases[i].t);
		is_text(cell_text(&e, 0, "P"), cases[i].off);
		is_text(cell_text(&e, 0, "R"), cases[i].root);
		is_dec(e.r[0].published, cases[i].value);
		edition_end(&e);
	}
}

static void test_cap_of_a_group(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME "R,,g,2,sum,,,2\nA,R,a,2,self,,,,x\nB,R,b,2,self,,,,1.5\n");
	edition_run(&e, "U,x,2024,,,1,,,,\nV,x,2024,,,0.25,,,,\n");
	is_text(cell_text(&e, 0, "R"), "2/2 ok");
	assert_true(cell_of(&e, 0, "R")->clamped);
	is_text(cell_text(&e, 1, "R"), "1.75/2 ok");
	assert_false(cell_of(&e, 1, "R")->clamped);
	edition_end(&e);
}

static void test_parts(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME
		"R,,g,10,sum\nF,R,f,6,sum\nA,F,a,2,self,,,,1\nB,F,b,4,survey,,,,3\nC,R,c,4,index,,,,2\nT,R,t,1,bonus,,,,x\n");
	edition_run(&e, "U,x,2024,,,1,,,,\n");
	dec points = DEC_ZERO, max = DEC_ZERO;
	assert_true(score_part(e.t, e.r[0].cells, node_of(&e, "R"), KIND_SELF, &points, &max));
	is_dec(points, "1");
	is_dec(max, "2");
	points = max = DEC_ZERO;
	assert_true(score_part(e.t, e.r[0].cells, node_of(&e, "R"), KIND_SURVEY, &points, &max));
	is_dec(points, "5");
	is_dec(max, "8");
	points = max = DEC_ZERO;
	assert_true(score_part(e.t, e.r[0].cells, node_of(&e, "R"), 1 << BY_BONUS, &points, &max));
	is_dec(points, "1");
	edition_end(&e);
}

/* ---- aggregation ---- */

static void test_aggregation(void **state)
{
	static const struct {
		const char *agg, *root;
	} cases[] = { { "wsum", "44/100 ok" }, { "wmean", "5.5/10 ok" }, { "mean", "4/10 ok" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[300];
		snprintf(text, sizeof text,
			EDITION_NAME "@value,,points\nR,,g,%s,sum,%s\nA,R,a,10,index,,2,,x\nB,R,b,10,index,,6,,y\n",
			i ? "10" : "100", cases[i].agg);
		struct edition e = edition_of(text);
		edition_run(&e, "U,x,2024,,,1,,,,\nU,y,2024,,,7,,,,\n");
		is_text(cell_text(&e, 0, "R"), cases[i].root);
		edition_end(&e);
	}
	struct edition e = edition_of(EDITION_NAME
		"@clamp,,none\n@value,,points\n@round,,none\nR,,g,10,sum,gmean\nA,R,a,10,index,,1,,x\nB,R,b,10,index,,1,,y\n");
	edition_run(&e,
		"U,x,2024,,,2,,,,\nU,y,2024,,,8,,,,\nV,x,2024,,,0,,,,\nV,y,2024,,,8,,,,\nW,x,2024,,,-1,,,,\nW,y,2024,,,8,,,,\n");
	dec off;
	assert_true(dec_sub(e.r[0].value, dec_int(4), &off) && dec_cmp(dec_abs(off), dec_of_text("1e-32")) < 0);
	is_text(cell_text(&e, 1, "R"), "0/10 ok");
	assert_int_equal(cell_of(&e, 2, "R")->state, SCORE_NO_NUMBER);
	assert_false(e.r[2].available);
	edition_end(&e);
}

/* With reduced children a mean is that of the others, and its maximum too. */
static void test_aggregation_reduced(void **state)
{
	static const struct {
		const char *agg, *top, *root;
	} cases[] = { { "mean", "10", "3/8 ok" }, { "wmean", "10", "3/8 ok" }, { "wsum", "100", "18/48 ok" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[300];
		snprintf(text, sizeof text, EDITION_NAME "@na,,reduce\nR,,g,%s,sum,%s\nA,R,a,10,index,,2,,x\nB,R,b,8,index,,6,,3\n",
			cases[i].top, cases[i].agg);
		struct edition e = edition_of(text);
		edition_run(&e, "U,x,2024,,,,na,lý do,,\n");
		is_text(cell_text(&e, 0, "R"), cases[i].root);
		is_dec(e.r[0].published, "37.5");
		edition_end(&e);
	}
}

/* ---- rounding ---- */

static void test_rounding(void **state)
{
	static const struct {
		const char *x, *half_up, *half_even, *truncate;
	} cases[] = { { "0.125", "0.13", "0.12", "0.12" }, { "2.675", "2.68", "2.68", "2.67" }, { "0.115", "0.12", "0.12", "0.11" },
		{ "1.005", "1.01", "1", "1" }, { "0.9949999", "0.99", "0.99", "0.99" }, { "0.995", "1", "1", "0.99" },
		{ "-0.125", "-0.13", "-0.12", "-0.12" } };
	static const char *const modes[] = { "half_up", "half_even", "truncate" };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t m = 0; m < 3; m++) {
			char settings[60], data[60];
			const char *wanted[] = { cases[i].half_up, cases[i].half_even, cases[i].truncate };
			snprintf(settings, sizeof settings, "@round,,component 2 %s\n", modes[m]);
			snprintf(data, sizeof data, "U,x,2024,,,%s,,,,\n", cases[i].x);
			struct edition e = scored(settings, "A,R,a,2,self,,,,x\n", data);
			is_dec(cell_of(&e, 0, "A")->points, wanted[m]);
			is_dec(cell_of(&e, 0, "A")->raw, cases[i].x);
			edition_end(&e);
		}
}

/* Where the rounding is done: each component, the end, or not at all. */
static void test_round_where(void **state)
{
	static const char tail[] = "R,,g,2,sum\nA,R,a,1,self,,,,x\nB,R,b,1,self,,,,x\n";
	static const struct {
		const char *setting, *a, *root, *value, *published;
	} cases[] = { { "component 2", "0.33", "0.66", "33", "33" }, { "component 1", "0.3", "0.6", "30", "30" },
		{ "end 2", "0.3333333333333333333333333333333333", "0.67", "33.33333333333333333333333333333333", "33.33" },
		{ "none", "0.3333333333333333333333333333333333", "0.6666666666666666666666666666666666",
			"33.33333333333333333333333333333333", "33.33333333333333333333333333333333" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[300];
		snprintf(text, sizeof text, EDITION_NAME "@round,,%s\n%s", cases[i].setting, tail);
		struct edition e = edition_of(text);
		edition_run(&e, "U,x,2024,1,3,,,,,\n");
		is_dec(cell_of(&e, 0, "A")->points, cases[i].a);
		is_dec(cell_of(&e, 0, "R")->points, cases[i].root);
		is_dec(e.r[0].value, cases[i].value);
		is_dec(e.r[0].published, cases[i].published);
		edition_end(&e);
	}
}

/* A row's own digits and rounding go before the edition's. */
static void test_round_of_a_row(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME
		"@round,,component 2\nR,,g,3,sum,,,,,,1,truncate\nA,R,a,1,self,,,,x,,0\nB,R,b,1,self,,,,x,,3,truncate\nC,R,c,1,self,,,,x\n");
	edition_run(&e, "U,x,2024,,,0.6666,,,,\n");
	is_dec(cell_of(&e, 0, "A")->points, "1");
	is_dec(cell_of(&e, 0, "B")->points, "0.666");
	is_dec(cell_of(&e, 0, "C")->points, "0.67");
	is_dec(cell_of(&e, 0, "R")->points, "2.336"); /* sums of rounded points are not rounded */
	is_dec(e.r[0].published, "77.8");
	edition_end(&e);
}

/* Figures that were published: the index of one unit with so many points of so many. */
static void published(const char *settings, const char *max, const char *points, const char *wanted)
{
	char text[300], data[80];
	snprintf(text, sizeof text, EDITION_NAME "%sR,,g,%s,sum\nA,R,a,%s,self,,,,x\n", settings, max, max);
	snprintf(data, sizeof data, "U,x,2024,,,%s,,,,\n", points);
	struct edition e = edition_of(text);
	edition_run(&e, data);
	is_dec(e.r[0].published, wanted);
	edition_end(&e);
}

static void test_published(void **state)
{
	(void)state;
	published("", "84", "68.32", "81.33");
	published("@round,,component 1 truncate\n", "16", "13", "81.2");
	published("@round,,component 1 half_up\n", "16", "13", "81.3");
	published("@round,,component 1\n", "16", "13", "81.3");
	published("@round,,end 1 half_even\n", "16", "13", "81.2");
	published("", "10", "9.117", "91.2"); /* rounded before: 9.12 of 10 */
	published("@round,,end 2\n", "10", "9.117", "91.17");
	published("@value,,points\n", "10", "9.117", "9.12");
	published("@value,,points\n@round,,none\n", "10", "9.117", "9.117");
	published("@round,,component 3\n", "100", "91.651", "91.651");
	struct edition e = edition_of(EDITION_NAME
		"@value,,points\n@round,,end 2\nR,,g,100,sum,mean\nA,R,a,100,index,,,,a\nB,R,b,100,index,,,,b\nC,R,c,100,index,,,,c\nD,R,d,100,index,,,,d\n");
	edition_run(&e, "Huế,a,2024,,,91.14,,,,\nHuế,b,2024,,,84.31,,,,\nHuế,c,2024,,,76.72,,,,\nHuế,d,2024,,,74.85,,,,\n");
	is_dec(e.r[0].published, "81.76");
	is_dec(e.r[0].value, "81.755");
	edition_end(&e);
}

/* The edges of the law are exact, whatever the digits shown. */
static void test_exact_edges(void **state)
{
	static const char rate[] = "A,R,a,2,self,,,,if x >= 0.8 then max else 0\n",
			  growth[] = "A,R,a,2,self,,,,if (x - x.prev) / x.prev >= 0.1 then max else 0\n";
	static const struct {
		const char *row, *measures, *a;
	} cases[] = { { rate, "U,x,2024,19999,25000,,,,,\n", "0/2 ok" }, { rate, "U,x,2024,20000,25000,,,,,\n", "2/2 ok" },
		{ rate, "U,x,2024,79996,100000,0.80,,,,\n", "0/2 ok" }, { rate, "U,x,2024,7999999999999999,10000000000000000,,,,,\n", "0/2 ok" },
		{ growth, "U,x,2024,,,1099,,,,\nU,x,2023,,,1000,,,,\n", "0/2 ok" }, { growth, "U,x,2024,,,1100,,,,\nU,x,2023,,,1000,,,,\n", "2/2 ok" },
		{ growth, "U,x,2024,,,1.099,,,,\nU,x,2023,,,1,,,,\n", "0/2 ok" }, { growth, "U,x,2024,,,1.10,,,,\nU,x,2023,,,1,,,,\n", "2/2 ok" },
		{ growth, "U,x,2024,,,1082,,,,\nU,x,2023,,,1004,,,,\n", "0/2 ok" }, { growth, "U,x,2024,,,5,,,,\n", "0/2 missing" },
		{ growth, "U,x,2024,,,5,,,,\nU,x,2023,,,0,,,,\n", "0/2 ok" } /* null is not true: a rule has to say what growth from 0 is */ };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct edition e = scored("", cases[i].row, cases[i].measures);
		is_text(cell_text(&e, 0, "A"), cases[i].a);
		edition_end(&e);
	}
}

static void test_groups(void **state)
{
	static const struct {
		const char *points;
		int group;
	} cases[] = { { "90", 0 }, { "89.996", 1 }, { "89.99", 1 }, { "80", 2 }, { "80.001", 1 }, { "70", 2 }, { "69.99", -1 }, { "100", 0 }, { "0", -1 } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char data[60];
		struct edition e = edition_of(EDITION_NAME "@round,,end 2\n@groups,,A>=90;B>80;C>=70\nR,,g,100,sum\nA,R,a,100,self,,,,x\n");
		snprintf(data, sizeof data, "U,x,2024,,,%s,,,,\n", cases[i].points);
		edition_run(&e, data);
		if (e.r[0].group != cases[i].group)
			fail_msg("%s: group %d", cases[i].points, e.r[0].group);
		edition_end(&e);
	}
}

/* ---- properties ---- */

struct generator {
	rng r;
	buf text;
	int nodes, leaves;
};

static unsigned below(struct generator *g, unsigned n)
{
	return (unsigned)rng_below(&g->r, n);
}

/* A subtree; returns its maximum in hundredths. Parents stand below their children. */
static int subtree(struct generator *g, int parent, int depth)
{
	int self = g->nodes++, max = 0;
	if (depth == 0 || (depth < 3 && below(g, 3) == 0)) {
		static const char *const rules[] = { "x%d * max", "if x%d >= 0.8 then max else if x%d >= 0.5 then max / 2 else 0",
			"max - 3 * x%d", "x%d * max * 4 / 3", "-x%d", "if x%d = null then 0 else max / 3",
			"if x%d < 0 then null else x%d.num / 7" };
		static const char *const by[] = { "self", "survey", "index" };
		static const char *const na[] = { "", "reduce", "max", "zero", "ask" };
		char text[120];
		const char *form = rules[below(g, COUNT(rules))];
		int leaf = g->leaves++;
		max = 1 + (int)below(g, 500);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, form, leaf, leaf);
#pragma GCC diagnostic pop
		buf_printf(&g->text, "n%d,n%d,t,%d.%02d,%s,,,,%s,%s\n", self, parent, max / 100, max % 100, by[below(g, 3)], text, na[below(g, 5)]);
		return max;
	}
	for (unsigned i = 0, n = 1 + below(g, 5); i < n; i++)
		max += subtree(g, self, depth - 1);
	buf_printf(&g->text, "n%d,", self);
	if (parent >= 0)
		buf_printf(&g->text, "n%d", parent);
	buf_printf(&g->text, ",t,%d.%02d,sum\n", max / 100, max % 100);
	return max;
}

/* One line a unit; the units in the given order. */
static void measures_text(struct generator *g, buf *b, const int *order, int units, int leaves)
{
	rng saved = g->r;
	for (int k = 0; k < units; k++)
		for (int leaf = 0; leaf < leaves; leaf++) {
			rng_seed(&g->r, (uint64_t)(order[k] * 100000 + leaf)); /* the figures hang on the unit, not on its place */
			unsigned kind = below(g, 20), den = below(g, 40);
			if (kind == 0)
				continue;
			if (kind == 1)
				buf_printf(b, "u%d,x%d,2024,,,,na,lý do,,\n", order[k], leaf);
			else if (kind == 2)
				buf_printf(b, "u%d,x%d,2024,,,,missing,,,\n", order[k], leaf);
			else
				buf_printf(b, "u%d,x%d,2024,%u,%u,,,,,\n", order[k], leaf, below(g, den + 1 + den / 8), den);
		}
	g->r = saved;
}

static void is_sum_of_children(const struct edition *e, size_t unit, int32_t i)
{
	const struct tree_node *n = &e->t->nodes.p[i];
	const struct score_cell *x = &e->r[unit].cells[i];
	dec points = DEC_ZERO, max = DEC_ZERO;
	bool known = true, all_reduced = true;
	if (n->first_child == NO_NODE)
		return;
	for (int32_t k = n->first_child; k != NO_NODE; k = e->t->nodes.p[k].next_sibling) {
		const struct score_cell *child = &e->r[unit].cells[k];
		assert_true(dec_add(points, child->points, &points) && dec_add(max, child->max, &max));
		known = known && score_known(child);
		all_reduced = all_reduced && child->state == SCORE_NA_REDUCED;
	}
	assert_true(dec_eq(max, x->max));
	assert_true(dec_sub(points, x->points, &points) && dec_cmp(dec_abs(points), dec_of_text("1e-30")) < 0);
	assert_true(e->t->round_at != ROUND_COMPONENT || dec_is_zero(points)); /* rounded points add up exactly */
	assert_int_equal(known, score_known(x));
	assert_int_equal(all_reduced, x->state == SCORE_NA_REDUCED);
}

static void check_result(const struct edition *e, size_t unit)
{
	const struct score_result *r = &e->r[unit];
	dec self = DEC_ZERO, survey = DEC_ZERO, max = DEC_ZERO, both;
	for (int32_t i = 0; i < (int32_t)e->t->nodes.n; i++) {
		const struct score_cell *x = &r->cells[i];
		assert_true(!x->points.neg && dec_cmp(x->points, x->max) <= 0 && dec_cmp(x->max, e->t->nodes.p[i].max) <= 0);
		is_sum_of_children(e, unit, i);
	}
	bool known = score_part(e->t, r->cells, e->t->root, KIND_SELF, &self, &max);
	known &= score_part(e->t, r->cells, e->t->root, KIND_SURVEY, &survey, &max);
	assert_true(dec_add(self, survey, &both) && dec_sub(both, r->cells[e->t->root].points, &both));
	assert_true(dec_cmp(dec_abs(both), dec_of_text("1e-30")) < 0);
	assert_true(dec_eq(max, r->cells[e->t->root].max));
	assert_int_equal(known, score_known(&r->cells[e->t->root]));
	assert_int_equal(r->available, known && !dec_is_zero(max));
	assert_int_equal(r->missing + r->ask == 0, known);
	assert_true(!r->value.neg && dec_cmp(r->value, dec_int(100)) <= 0);
	assert_int_equal(e->ranks[unit].place > 0, r->available);
}

static bool same_cells(const struct edition *a, size_t i, const struct edition *b, size_t k)
{
	for (size_t n = 0; n < a->t->nodes.n; n++) {
		const struct score_cell *x = &a->r[i].cells[n], *y = &b->r[k].cells[n];
		if (!dec_eq(x->points, y->points) || !dec_eq(x->raw, y->raw) || !dec_eq(x->max, y->max) || x->state != y->state || x->clamped != y->clamped)
			return false;
	}
	return dec_eq(a->r[i].value, b->r[k].value) && a->r[i].group == b->r[k].group && a->ranks[i].place == b->ranks[k].place;
}

enum { UNITS = 12 };

static void shuffle(struct generator *g, int *order)
{
	for (int i = UNITS; i > 1; i--) {
		int k = (int)below(g, (unsigned)i), t = order[i - 1];
		order[i - 1] = order[k];
		order[k] = t;
	}
}

/* Random trees and figures under @clamp component: points within bounds, parents the sums of their parts, self and survey the whole; and
 * neither the order of the units nor a second run changes anything. */
static void test_random_trees(void **state)
{
	struct generator g;
	buf data;
	(void)state;
	rng_seed(&g.r, 20241231);
	buf_init(&g.text, 0);
	buf_init(&data, 0);
	for (int round = 0; round < 150; round++) {
		static const char *const settings[] = { "", "@round,,component 1 half_even\n", "@round,,none\n", "@round,,component 0\n", "@na,,reduce\n" };
		int order[UNITS];
		for (int i = 0; i < UNITS; i++)
			order[i] = i;
		g.nodes = g.leaves = 0;
		buf_clear(&g.text);
		buf_printf(&g.text, EDITION_NAME "@clamp,,component\n@groups,,A>=60;B>=30\n@ties,,%s\n%s",
			round % 2 ? "competition" : "dense", settings[round % 5]);
		subtree(&g, -1, 3);
		buf_char(&g.text, '\0');
		struct edition e[3];
		for (int run = 0; run < 3; run++) {
			if (run == 2)
				shuffle(&g, order);
			buf_clear(&data);
			measures_text(&g, &data, order, UNITS, g.leaves);
			buf_char(&data, '\0');
			e[run] = edition_of(g.text.p);
			edition_run(&e[run], data.p);
			for (size_t i = 0; i < e[run].m->units.n; i++)
				check_result(&e[run], i);
		}
		assert_int_equal(e[0].m->units.n, e[2].m->units.n);
		for (size_t i = 0; i < e[0].m->units.n; i++) {
			int other = measures_find_unit(e[2].c, e[2].m, e[0].m->units.p[i].name);
			assert_true(same_cells(&e[0], i, &e[1], i));
			assert_true(other >= 0 && same_cells(&e[0], i, &e[2], (size_t)other));
		}
		for (int run = 0; run < 3; run++)
			edition_end(&e[run]);
	}
	buf_free(&g.text);
	buf_free(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_states),
		cmocka_unit_test(test_na_policies),
		cmocka_unit_test(test_zero_denominator),
		cmocka_unit_test(test_null_tests),
		cmocka_unit_test(test_no_number),
		cmocka_unit_test(test_unknown_branch),
		cmocka_unit_test(test_reduced_branches),
		cmocka_unit_test(test_clamp_component),
		cmocka_unit_test(test_clamp_group_and_total),
		cmocka_unit_test(test_bonus_and_penalty),
		cmocka_unit_test(test_cap_of_a_group),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_aggregation),
		cmocka_unit_test(test_aggregation_reduced),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_round_where),
		cmocka_unit_test(test_round_of_a_row),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_exact_edges),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_random_trees),
	};
	return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
