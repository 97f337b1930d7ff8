#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "engine/question_words.h"

#define FORM \
	"code,parent,kind,text_vi,text_en,list,show_if\n@name,,,Phiếu (minh họa),,,\nhan,,list,,,,\n" \
	"1,han,option,Đúng hẹn,On time,,\n3,han,option,Trễ hẹn,Late,,\n" \
	"mon,,list,,,,\ngiay,mon,option,Bớt giấy,Fewer papers,,\ncho,mon,option,Bớt chờ,Less waiting,,\nS,,section,Phần,,,\n" \
	"A2,S,single,Trả kết quả,,han,\nC1,S,multiple,Cải thiện,,mon,\nN,S,number,Tuổi,,,\nD,S,date,Ngày,,,\nT,S,text,Chữ,,,\n"

static str code_of(void *ctx, int32_t item)
{
	return ((const questionnaire *)ctx)->items.p[item].code;
}

static const struct {
	const char *rule, *vi, *en; /* vi NULL: no words */
} cases[] = {
	{ "A2 = 3", "A2 là “Trễ hẹn”", "A2 is “Late”" },
	{ "3 = A2", "A2 là “Trễ hẹn”", "A2 is “Late”" },
	{ "A2 != 1", "A2 không phải “Đúng hẹn”", "A2 is not “On time”" },
	{ "not(A2 = 1)", "A2 không phải “Đúng hẹn”", "A2 is not “On time”" },
	{ "A2 in (1, 3)", "A2 là “Đúng hẹn” hoặc “Trễ hẹn”", "A2 is “On time” or “Late”" },
	{ "A2 = 3 and N >= 18", "A2 là “Trễ hẹn” và N từ 18 trở lên", "A2 is “Late” and N is at least 18" },
	{ "A2 = 3 or N < 18", "A2 là “Trễ hẹn” hoặc N dưới 18", "A2 is “Late” or N is below 18" },
	{ "A2 = 3 and (N < 18 or N > 60)", "A2 là “Trễ hẹn”, đồng thời (N dưới 18 hoặc N trên 60)", "A2 is “Late”, and also (N is below 18 or N is above 60)" },
	{ "18 <= N", "N từ 18 trở lên", "N is at least 18" },
	{ "N between 18 and 60", "N từ 18 đến 60", "N is between 18 and 60" },
	{ "list contains(C1, \"cho\")", "ở C1 có chọn “Bớt chờ”", "“Less waiting” is chosen in C1" },
	{ "count(C1) >= 2", "số mục chọn ở C1 từ 2 trở lên", "the number of choices in C1 is at least 2" },
	{ "T != null", "T có trả lời", "T is answered" },
	{ "A2 = null", "A2 bỏ trống", "A2 is left empty" },
	{ "D > date(\"2025-01-31\")", NULL, NULL },
	{ "A2 >= 2", NULL, NULL }, /* the order of codes is not on the form */
	{ "A2 = 7", NULL, NULL },
	{ "N + 1 > 3", NULL, NULL },
	{ "if A2 = 1 then true else false", NULL, NULL },
	{ "contains(T, \"x\")", NULL, NULL },
};

static void check(size_t i)
{
	cx *c = cx_new(0);
	questionnaire *q;
	str all = arena_printf(c->mem, "%sX,S,text,Hỏi thêm,,,\"", FORM), out;
	for (const char *p = cases[i].rule; *p; p++)
		all = arena_printf(c->mem, "%.*s%s%c", STR_ARG(all), *p == '"' ? "\"" : "", *p);
	all = arena_printf(c->mem, "%.*s\"\n", STR_ARG(all));
	if (questionnaire_read(c, table_csv(csv_open_mem(c, STR("q.csv"), all, NULL), STR("q.csv")), &q))
		fail_msg("%s: %s", cases[i].rule, c->n_faults ? c->faults[0].key : "");
	const struct question_names names = { code_of, q };
	for (int lang = 0; lang < LANGS; lang++) {
		const char *wanted = lang == LANG_VI ? cases[i].vi : cases[i].en;
		bool said = question_words(c, q, q->items.p[q->items.n - 1].show_if, &names, (enum lang)lang, &out);
		if (said != (wanted != NULL) || (said && !str_is(out, wanted)))
			fail_msg("%s: %.*s", cases[i].rule, STR_ARG(out));
	}
	cx_free(c);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };
	return cmocka_run_group_tests_name("question_words", tests, NULL, NULL);
}
