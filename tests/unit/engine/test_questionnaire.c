#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "edition.h"
#include "engine/answer.h"

/* Columns here: code 1, parent 2, kind 3, text_vi 4, text_en 5, list 6, factor 7, required 8, show_if 9, check 10, say_vi 11, min 12, max 13,
 * means 14, agg 15, weight 16. Rows begin in line 3. */
#define HEAD "code,parent,kind,text_vi,text_en,list,factor,required,show_if,check,say_vi,min,max,means,agg,weight\n"
#define NAME HEAD "@name,,,Phiếu,,,,,,,,,,,,\n"
#define LISTS \
	"hl,,list,,,,,,,,,,,,,\n1,hl,option,Không hài lòng,,,,,,,,,,,,0\n" \
	"4,hl,option,Hài lòng,,,,,,,,,,good,,60\n9,hl,option,Không biết,,,,,,,,,,dont_know,,\n" \
	"yn,,list,,,,,,,,,,,,,\nco,yn,option,Có,Yes,,,,,,,,,,,\nkhong,yn,option,Không,No,,,,,,,,,none,,\n"
#define S "S,,section,Phần,,,,,,,,,,,,\n"
#define A "A,S,single,Câu A,,hl,,,,,,,,,,\n"

struct form {
	cx *c;
	questionnaire *q;
	enum err result;
};

static struct form form_of(const char *text)
{
	struct form f = { .c = cx_new(0) };
	f.result = questionnaire_read(f.c, table_csv(csv_open_mem(f.c, STR("q.csv"), str_of(text), NULL), STR("q.csv")), &f.q);
	return f;
}

static void check(const char *text, const char *wanted)
{
	struct form f = form_of(text);
	str got = fault_lines(f.c);
	if (!str_is(got, wanted) || (f.result == ERR_OK) != (f.c->n_errors == 0))
		fail_msg("%s\n  %.*s", text, STR_ARG(got));
	cx_free(f.c);
}

static void test_good(void **state)
{
	(void)state;
	check(NAME LISTS S A, "");
	check(NAME "F,,factor,Yếu tố,,,,,,,,,,,mean_items,\n" LISTS S "G,S,group,Nhóm,,,,,,,,,,,,\nA.1,G,scale,Câu,,hl,F,yes,,,,,,,,0.5\n"
		   "B,S,number,Tuổi,,,,,A_1 = 4,B > 3,Phải trên 3,0,120,,,\n",
		"");
}

static void test_faults(void **state)
{
	(void)state;
	check(HEAD LISTS S A, "! questionnaire.no_title 1:0 <@name>\n");
	check(NAME S, "! questionnaire.no_rows 1:0\n");
	check(NAME "@name,,,Hai,,,,,,,,,,,,\n" LISTS S A, "! questionnaire.setting_twice 3:1 <@name>\n");
	check(NAME "@x,,,Hai,,,,,,,,,,,,\n" LISTS S A, "! questionnaire.unknown_setting 3:1 <@x>\n");
	check(NAME LISTS S A A, "! questionnaire.code_twice 12:1 <A>\n");
	check(NAME LISTS S A "a b,S,text,Chữ,,,,,,,,,,,,\n", "! questionnaire.code 12:1 <a b>\n");
	check(NAME LISTS S "A.1,S,text,Chữ,,,,,,,,,,,,\nA_1,S,text,Chữ,,,,,,,,,,,,\n", "! questionnaire.name_twice 12:1 <A_1>\n");
	check(NAME LISTS S A "B,X,text,Chữ,,,,,,,,,,,,\n", "! questionnaire.no_parent 12:2 <X>\n");
	check(NAME LISTS S A "B,A,text,Chữ,,,,,,,,,,,,\n", "! questionnaire.parent_kind 12:2 <A>\n");
	check(NAME LISTS S A "T,S,section,Hai,,,,,,,,,,,,\n", "! questionnaire.section_inside 12:2 <S>\n");
	check(NAME LISTS S A "T,,section,Hai,,,,,,,,,,,,\nB,S,text,Chữ,,,,,,,,,,,,\n", "! questionnaire.out_of_section 13:2 <S>\n");
	check(NAME LISTS S A "B,S,single,Chọn,,hk,,,,,,,,,,\n", "! questionnaire.no_list 12:6 <hk>\n");
	check(NAME LISTS S A "B,S,text,Chọn,,hl,,,,,,,,,,\n", "! questionnaire.idle_list 12:6 <hl>\n");
	check(NAME LISTS S A "B,S,text,Chọn,,,F,,,,,,,,,\n", "! questionnaire.no_factor 12:7 <F>\n");
	check(NAME LISTS S A "B,S,date,Ngày,,,,,,,,1,,,,\n", "! questionnaire.idle_bound 12:12 <1>\n");
	check(NAME LISTS S A "B,S,number,Số,,,,,,,,5,4,,,\n", "! questionnaire.bounds 12:13 <4>\n");
	check(NAME LISTS S A "B,S,number,Số,,,,,,B > 3,,,,,,\n", "! questionnaire.no_say 12:11\n");
	check(NAME LISTS S A "B,S,sum,Số,,,,,,,,,,,,\n",
		"! cell.choice 12:3 <sum> (section, group, matrix, single, multiple, scale, number, text, date, list, optio…)\n");
	check(NAME LISTS S A "l,,list,,,,,,,,,,,,,\n1,l,option,Một,,,,,,,,,,,,\n", "! questionnaire.short_list 1:0 <l>\n");
	check(NAME LISTS S "M,S,matrix,Bảng,,hl,,,,,,,,,,\nM.1,M,text,Chữ,,,,,,,,,,,,\n" A, "! questionnaire.matrix_kind 12:3 <text>\n");
	check(NAME LISTS S "M,S,matrix,Bảng,,hl,,,,,,,,,,\nM.1,M,scale,Dòng,,yn,,,,,,,,,,\n", "! questionnaire.matrix_list 12:6 <yn>\n");
	check(NAME LISTS S A "M,S,matrix,Bảng,,,,,,,,,,,,\n", "! questionnaire.no_list 12:6\n");
	check(NAME LISTS S A "1,hl,option,Một,,,,,,,,,,,,\n", "! questionnaire.code_twice 12:1 <1>\n");
	check(NAME LISTS S A "1,hm,option,Một,,,,,,,,,,,,\n", "! questionnaire.no_list 12:2 <hm>\n");
}

/* A condition reads only what stands above, a check also its own item. */
static void test_rules_see_what_is_above(void **state)
{
	(void)state;
	struct form f = form_of(NAME LISTS S "A,S,single,Câu,,hl,,,B = 1,,,,,,,\nB,S,single,Câu,,hl,,,,,,,,,,\n");
	assert_int_equal(f.c->n_errors, 1);
	assert_string_equal(f.c->faults[0].key, "questionnaire.later");
	cx_free(f.c);
	check(NAME LISTS S "A,S,single,Câu,,hl,,,Z = 1,,,,,,,\n", "! questionnaire.unknown_item 11:9+1 <Z>\n");
	check(NAME LISTS S A "m,,list,,,,,,,,,,,,,\na b,m,option,Một,,,,,,,,,,,,\nc,m,option,Hai,,,,,,,,,,,,\n", "! questionnaire.option_space 13:1 <a b>\n");
}

/* ---- answers ---- */

#define ASK \
	NAME LISTS S \
		"A,S,scale,Câu A,,hl,,yes,,,,,,,,\nG,S,group,Nhóm,,,,,A = 1,,,,,,,\nB,G,multiple,Vì sao,,yn,,,,,,1,2,,,\n" \
		"C,G,text,Nêu rõ,,,,yes,count(B) > 0,,,2,5,,,\n" \
		"T,,section,Hai,,,,,,,,,,,,\nN,T,number,Tuổi,,,,,,N != 13,Không nhận 13,0,120,,,\nD,T,date,Ngày,,,,,,,,,,,,\n"

enum { ALL = 8 }; /* items of the form */

/* given: "A=1&B=co+khong"; what remains of it, then the faults with their items. */
static void answers(const char *given, int32_t to, const char *line, const char *faults)
{
	struct form f = form_of(ASK);
	assert_int_equal(f.result, ERR_OK);
	struct given *g = NEW_ARRAY(f.c->mem, struct given, f.q->items.n);
	struct answer *a = NEW_ARRAY(f.c->mem, struct answer, f.q->items.n);
	assert_true(answers_read(f.q, str_of(given), f.c->mem, g));
	enum err e = answers_check(f.c, f.q, g, 0, 0, to, LANG_VI, a);
	buf b, told;
	buf_init(&b, 0);
	buf_init(&told, 0);
	answers_write(f.q, a, &b);
	for (size_t i = 0; i < f.c->n_faults; i++)
		buf_printf(&told, "%.*s %s;", STR_ARG(f.c->faults[i].at.field), f.c->faults[i].key);
	if (!str_is(buf_str(&b), line) || !str_is(buf_str(&told), faults) || (e == ERR_OK) != (f.c->n_errors == 0))
		fail_msg("%s\n  %.*s\n  %.*s", given, STR_ARG(buf_str(&b)), STR_ARG(buf_str(&told)));
	buf_free(&b);
	buf_free(&told);
	cx_free(f.c);
}

static void test_answers(void **state)
{
	(void)state;
	answers("A=4&N=30&D=31/12/2025", ALL, "A=4&N=30&D=31/12/2025", "");
	answers("", ALL, "", "A answer.missing;");
	answers("A=5", ALL, "", "A answer.choice;");
	answers("A=1+4", ALL, "", "A answer.several;");
	answers("A=4&B=co&C=abc", ALL, "A=4", ""); /* not asked: left out */
	answers("A=1", ALL, "A=1", "");
	answers("A=1&B=co", ALL, "A=1&B=co", "C answer.missing;");
	answers("A=1&B=co&C=ấy%26", ALL, "A=1&B=co&C=ấy%26", "");
	answers("A=1&B=co&C=a", ALL, "A=1&B=co", "C answer.text_short;");
	answers("A=1&B=co&C=abcdef", ALL, "A=1&B=co", "C answer.text_long;");
	answers("A=1&B=khong+co&C=abc", ALL, "A=1", "B answer.alone;");
	answers("A=9", ALL, "A=9", "");
	answers("A=4&N=13", ALL, "A=4&N=13", "N answer.check;");
	answers("A=4&N=121", ALL, "A=4", "N answer.range;");
	answers("A=4&N=x", ALL, "A=4", "N answer.number;");
	answers("A=4&D=31/02/2025", ALL, "A=4", "D answer.date;");
	answers("N=x", 5, "", "A answer.missing;"); /* the faults of the first section only */
}

/* The day is what the caller says, on whatever day this runs. */
static void test_today(void **state)
{
	(void)state;
	struct form f = form_of(NAME LISTS S "D,S,date,Ngày,,,,,,D <= today(),Không thể sau hôm nay,,,,,\nE,S,text,Thêm,,,,,D = today(),,,,,,,\n");
	day on;
	assert_int_equal(f.result, ERR_OK);
	assert_true(date_parse(STR("2026-11-20"), &on));
	static const struct {
		const char *given, *left;
	} cases[] = { { "D=20/11/2026&E=x", "D=20/11/2026&E=x" }, { "D=19/11/2026&E=x", "D=19/11/2026" }, { "D=21/11/2026&E=x", NULL } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct given *g = NEW_ARRAY(f.c->mem, struct given, f.q->items.n);
		struct answer *a = NEW_ARRAY(f.c->mem, struct answer, f.q->items.n);
		buf b;
		buf_init(&b, 0);
		assert_true(answers_read(f.q, str_of(cases[i].given), f.c->mem, g));
		enum err e = answers_check(f.c, f.q, g, on, 0, (int32_t)f.q->items.n, LANG_VI, a);
		assert_int_equal(e, cases[i].left ? ERR_OK : ERR_INPUT);
		answers_write(f.q, a, &b);
		assert_true(!cases[i].left || str_is(buf_str(&b), cases[i].left));
		buf_free(&b);
	}
	cx_free(f.c);
}

static void test_states(void **state)
{
	(void)state;
	struct form f = form_of(ASK);
	struct given *g = NEW_ARRAY(f.c->mem, struct given, f.q->items.n);
	struct answer *a = NEW_ARRAY(f.c->mem, struct answer, f.q->items.n);
	assert_true(answers_read(f.q, STR("A=9"), f.c->mem, g));
	assert_int_equal(answers_check(f.c, f.q, g, 0, 0, (int32_t)f.q->items.n, LANG_VI, a), ERR_OK);
	assert_int_equal(a[questionnaire_find(f.q, STR("A"))].state, ANSWER_DONT_KNOW);
	assert_int_equal(a[questionnaire_find(f.q, STR("B"))].state, ANSWER_NOT_ASKED);
	assert_int_equal(a[questionnaire_find(f.q, STR("N"))].state, ANSWER_MISSING);
	assert_int_equal(a[questionnaire_find(f.q, STR("A"))].value.kind, VAL_NUM);
	cx_free(f.c);
}

static void test_lines_that_are_none(void **state)
{
	(void)state;
	struct form f = form_of(ASK);
	struct given *g = NEW_ARRAY(f.c->mem, struct given, f.q->items.n);
	static const char *const bad[] = { "A", "A=1&A=1", "X=1", "=1", "A=%", "A=%4", "A=%00", "A=%zz", "A=%FF", "A=1&" };
	for (size_t i = 0; i < COUNT(bad); i++)
		if (answers_read(f.q, str_of(bad[i]), f.c->mem, g))
			fail_msg("%s", bad[i]);
	cx_free(f.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_rules_see_what_is_above),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_states), cmocka_unit_test(test_today),
		cmocka_unit_test(test_lines_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
