/* Conditions of questionnaires as XPath, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "edition.h"
#include "engine/xpath.h"

#define HEAD "code,parent,kind,text_vi,list,show_if,check,say_vi,min,max,means\n@name,,,Phiếu,,,,,,,\n"
#define LISTS \
	"n,,list,,,,,,,,\n1,n,option,Một,,,,,,,\n2,n,option,Hai,,,,,,,\n" \
	"t,,list,,,,,,,,\na,t,option,A,,,,,,,\nb,t,option,B,,,,,,,\nk,t,option,Không,,,,,,,none\n"
#define ITEMS \
	"S,,section,Phần,,,,,,,\nA.1,S,single,Số,n,,,,,,\nB,S,single,Chữ,t,,,,,,\nM,S,multiple,Nhiều,t,,,,,,\n" \
	"N,S,number,Số,,,,,,,\nT,S,text,Chữ,,,,,,,\nD,S,date,Ngày,,,,,,,\nN2,S,number,Số,,,,,,,\n"

static questionnaire *read_form(cx *c, const char *last)
{
	questionnaire *q;
	str text = arena_printf(c->mem, HEAD LISTS ITEMS "%s\n", last);
	enum err e = questionnaire_read(c, table_csv(csv_open_mem(c, STR("q"), text, NULL), STR("q")), &q);
	if (e)
		print_error("%.*s", STR_ARG(fault_lines(c)));
	assert_int_equal(e, ERR_OK);
	return q;
}

static void says(cx *c, const char *rule_text, str got, const char *wanted)
{
	if (!str_is(got, wanted))
		print_error("%s\n got    %.*s\n wanted %s\n%.*s", rule_text, STR_ARG(got), wanted, STR_ARG(fault_lines(c)));
	assert_true(str_is(got, wanted));
}

static void shows_as(const char *condition, const char *wanted)
{
	cx *c = cx_new(0);
	buf b;
	buf_init(&b, 0);
	str row = arena_printf(c->mem, "X,S,text,Câu,,\"%s\",,,,,", condition);
	questionnaire *q = read_form(c, row.p);
	const struct question *x = &q->items.p[q->items.n - 1];
	struct xpath_out o = { c, q, xpath_ref_name, { .line = 0 }, NO_ITEM };
	enum err e = xpath_write(&o, x->show_if, &b);
	says(c, condition, e ? fault_lines(c) : buf_str(&b), wanted);
	buf_free(&b);
	cx_free(c);
}

static void test_conditions(void **state)
{
	(void)state;
	shows_as("A_1 = 1", "${A.1} = 1");
	shows_as("B = \"\"a\"\"", "${B} = 'a'");
	shows_as("A_1 != 2 and N > 3.50", "${A.1} != 2 and ${N} > 3.5");
	shows_as("A_1 = 1 or B = \"\"b\"\" and N <= 2", "${A.1} = 1 or (${B} = 'b' and ${N} <= 2)");
	shows_as("(A_1 = 1 or N = 2) and N2 = 3", "(${A.1} = 1 or ${N} = 2) and ${N2} = 3");
	shows_as("list contains(M, \"\"a\"\")", "selected(${M}, 'a')");
	shows_as("not(list contains(M, \"\"a\"\"))", "(${M} != '' and not(selected(${M}, 'a')))");
	shows_as("not(N < 3)", "${N} >= 3");
	shows_as("not(N < 3 and A_1 = 1)", "${N} >= 3 or ${A.1} != 1");
	shows_as("N in [1..5)", "(${N} >= 1 and ${N} < 5)");
	shows_as("not(N in [1..5))", "(${N} < 1 or ${N} >= 5)");
	shows_as("A_1 in (1, 2)", "(${A.1} = 1 or ${A.1} = 2)");
	shows_as("N between 1 and 3", "(${N} >= 1 and ${N} <= 3)");
	shows_as("T = null", "${T} = ''");
	shows_as("M != null", "${M} != ''");
	shows_as("count(M) >= 2", "count-selected(${M}) >= 2");
	shows_as("string length(T) > 5", "string-length(${T}) > 5");
	shows_as("D >= date(\"\"2026-01-31\"\")", "${D} >= date('2026-01-31')");
	shows_as("(N + N2) * 2 > 10", "((${N} + ${N2}) * 2) > 10");
	shows_as("if A_1 = 1 then N > 2 else N > 5", "((${A.1} = 1 and ${N} > 2) or (not(${A.1} = 1) and ${N} > 5))");
	shows_as("starts with(T, \"\"x\"\")", "starts-with(${T}, 'x')");
	shows_as("T = \"\"it's\"\"", "${T} = \"it's\"");
	shows_as("D <= today()", "${D} <= today()");
	/* the rest and floor are others below zero */
	shows_as("modulo(N, 2) = 0", "(${N} mod 2) = 0");
	shows_as("modulo(N, 2) = 1", "(((${N} mod 2) + 2) mod 2) = 1");
	shows_as("modulo(string length(T), 2) = 1", "(string-length(${T}) mod 2) = 1");
	shows_as("floor(N) = 2", "(int(${N}) - if(${N} < int(${N}), 1, 0)) = 2");
	shows_as("floor(count(M) / 2) = 2", "int((count-selected(${M}) div 2)) = 2");
	/* what XPath cannot say, with its character */
	shows_as("A_1 = 1 and sqrt(N) > 2", "! xpath.cannot 0:0+13 <sqrt(N)>\n");
	shows_as("M = \"\"a\"\"", "! xpath.cannot 0:0+1 <M>\n");
	shows_as("D.year > 2000", "! xpath.cannot 0:0+1 <D.year>\n");
}

static void demands(const char *row, const char *wanted)
{
	cx *c = cx_new(0);
	buf b;
	bool integer;
	buf_init(&b, 0);
	questionnaire *q = read_form(c, row);
	struct xpath_out o = { c, q, xpath_ref_name, { .line = 0 }, (int32_t)q->items.n - 1 };
	enum err e = xpath_constraint(&o, &integer, &b);
	if (integer)
		buf_addz(&b, " (integer)");
	says(c, row, e ? fault_lines(c) : buf_str(&b), wanted);
	buf_free(&b);
	cx_free(c);
}

static void test_constraints(void **state)
{
	(void)state;
	demands("X,S,number,Số,,,,,0,10.50,", ". >= 0 and . <= 10.5");
	demands("X,S,text,Chữ,,,,,,500,", "string-length(.) <= 500");
	demands("X,S,multiple,Nhiều,t,,,,1,2,",
		"count-selected(.) >= 1 and count-selected(.) <= 2 and not(selected(., 'k') and count-selected(.) > 1)");
	demands("X,S,number,Số,,,X > 3,Sai,0,,", ". >= 0 and . > 3");
	demands("X,S,number,Số,,,X > 3 or X = 1,Sai,0,,", ". >= 0 and (. > 3 or . = 1)");
	demands("X,S,number,Số,,,floor(X) = X,Sai,1,,", ". >= 1 (integer)");
	demands("X,S,number,Số,,,floor(X) = X and X < 9,Sai,1,,", ". >= 1 and . < 9 (integer)");
	/* A check that nothing can be said about holds; XPath says false then. */
	demands("X,S,date,Ngày,,,X <= today(),Sai,,,", ". <= today()");
	demands("X,S,number,Số,,,\"modulo(X, 2) = 1\",Sai,0,,", ". >= 0 and (. mod 2) = 1");
	demands("X,S,number,Số,,,X <= N,Sai,,,", "not(. > ${N})");
	demands("X,S,number,Số,,,X <= N and N2 != 4,Sai,,,", "not(. > ${N} or ${N2} = 4)");
}

/* ---- reading ---- */

static bool find(void *ctx, str name, struct xpath_item *out)
{
	const questionnaire *q = ctx;
	int32_t i = questionnaire_find(q, name);
	if (i == NO_ITEM)
		return false;
	const struct question *x = &q->items.p[i];
	*out = (struct xpath_item){ str_is(x->code, "A.1") ? STR("A_1") : x->code, x->kind, x->list != NO_ITEM && q->lists.p[x->list].numbers };
	return true;
}

static void reads(const char *text, const char *self, const char *wanted)
{
	cx *c = cx_new(0);
	struct xpath_item own;
	struct xpath_bounds b;
	str got;
	questionnaire *q = read_form(c, "X,S,text,Câu,,,,,,,");
	struct xpath_in in = { .c = c, .find = find, .ctx = q, .self = self && find(q, str_of(self), &own) ? &own : NULL };
	enum err e = xpath_read(&in, str_of(text), self ? &b : NULL, &got);
	if (!e && self) {
		char lo[DEC_TEXT], hi[DEC_TEXT];
		str low = b.has_min ? dec_text(b.min, lo) : STR(""), high = b.has_max ? dec_text(b.max, hi) : STR("");
		str alone = b.n_alone ? arena_printf(c->mem, " alone %.*s", STR_ARG(b.alone[0])) : STR("");
		got = arena_printf(c->mem, "%.*s [%.*s..%.*s]%.*s", STR_ARG(got), STR_ARG(low), STR_ARG(high), STR_ARG(alone));
	}
	says(c, text, e ? fault_lines(c) : got, wanted);
	if (!e && !self) { /* and it is a rule */
		questionnaire *again;
		str row = STR(HEAD LISTS ITEMS "X,S,text,Câu,,");
		buf all;
		buf_init(&all, 0);
		buf_add(&all, row);
		csv_cell(&all, got);
		buf_addz(&all, ",,,,,\n");
		e = questionnaire_read(c, table_csv(csv_open_mem(c, STR("q"), buf_str(&all), NULL), STR("q")), &again);
		if (e)
			print_error("%s -> %.*s\n%.*s", text, STR_ARG(got), STR_ARG(fault_lines(c)));
		assert_int_equal(e, ERR_OK);
		buf_free(&all);
	}
	cx_free(c);
}

static void test_reading(void **state)
{
	(void)state;
	reads("${D} <= today()", NULL, "D <= today()");
	reads(". <= today()", "D", "D <= today() [..]");
	reads("${A.1} = '1'", NULL, "A_1 = 1");
	reads("${A.1}=1 and ${B}='a'", NULL, "A_1 = 1 and B = \"a\"");
	reads("${A.1}!='2' or selected(${M},\"b\")", NULL, "A_1 != 2 or list contains(M, \"b\")");
	reads("selected(${A.1}, '2')", NULL, "A_1 = 2");
	reads("not(selected(${M}, 'b'))", NULL, "(M = null or not(list contains(M, \"b\")))");
	reads("not(${A.1} = '1')", NULL, "not(A_1 = 1)");
	reads("(${N} + 1) * 2 div 3 >= 4", NULL, "(N + 1) * 2 / 3 >= 4");
	reads("${N} - (${N2} - 1) = 0", NULL, "N - (N2 - 1) = 0");
	reads("${T} = ''", NULL, "T = null");
	reads("string-length(${T}) > 0", NULL, "T != null");
	reads("count-selected(${M}) > 1", NULL, "count(M) > 1");
	reads("${D} > date('2026-02-01')", NULL, "D > date(\"2026-02-01\")");
	reads("${D} > '2026-02-01'", NULL, "D > date(\"2026-02-01\")");
	reads("if(${N} > 1, ${A.1} = 1, ${A.1} = 2)", NULL, "if N > 1 then A_1 = 1 else A_1 = 2");
	reads("${N} mod 2 = 0", NULL, "modulo(N, 2) = 0");
	reads("${N} > -5", NULL, "N > -5");
	reads(". >= 18 and . <= 120", "N", " [18..120]");
	reads(". > 0 and . <= 120", "N", "N > 0 [..120]");
	reads("string-length(.) <= 200", "T", " [..200]");
	reads("count-selected(.) <= 3 and not(selected(., 'k') and count-selected(.) > 1)", "M", " [..3] alone k");
	reads(". = int(.)", "N", "N = floor(N) [..]");
	/* faults, with the character */
	reads("${Z} = 1", NULL, "! xpath.unknown 0:0+1 <Z>\n");
	reads("${A.1} = 1 and regex(${T}, '[a-z]')", NULL, "! xpath.function 0:0+16 <regex>\n");
	reads("now() > ${D}", NULL, "! xpath.function 0:0+1 <now>\n");
	reads("${M} = 'a'", NULL, "! xpath.several 0:0+6 <M>\n");
	reads("${A.1} = ", NULL, "! xpath.syntax 0:0+10 <${A.1} = >\n");
	reads("../A.1 = 1", NULL, "! xpath.syntax 0:0+1 <../A.1 = 1> (.)\n");
	reads(". = 1", NULL, "! xpath.unknown 0:0+1 <.>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_conditions), cmocka_unit_test(test_constraints), cmocka_unit_test(test_reading) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
