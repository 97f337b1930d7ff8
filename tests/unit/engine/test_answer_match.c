#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rng.h"
#include "engine/answer_match.h"

#define FORM \
	"code,parent,kind,text_vi,text_en,list,means\n@name,,,Phiếu (minh họa),,,\nhl,,list,,,,\n1,hl,option,Không hài lòng,Dissatisfied,,\n" \
	"5,hl,option,Rất hài lòng,Very satisfied,,good\n9,hl,option,Không ý kiến,No opinion,,dont_know\nmon,,list,,,,\n" \
	"giay,mon,option,\"Bớt giấy, bản sao\",Papers,,\n" \
	"cho,mon,option,Bớt chờ,Waiting,,\nS,,section,Phần,,,\nA.1,S,scale,Thái độ phục vụ,Manners,hl,\nA.2,S,scale,Thời gian giải quyết,Time taken,hl,\n" \
	"B,S,multiple,Cần cải thiện gì?,Improve what?,mon,\nN,S,number,Tuổi của ông bà,Age,,\nD,S,date,Ngày nộp,Day,,\nT,S,text,Góp ý,Remarks,,\n"

static questionnaire *form(cx *c)
{
	questionnaire *q = NULL;
	assert_int_equal(questionnaire_read(c, table_csv(csv_open_mem(c, STR("q.csv"), STR(FORM), NULL), STR("q.csv")), &q), ERR_OK);
	return q;
}

static const struct {
	const char *heading, *target;
	enum match_how how;
} headings[] = {
	{ "A.1", "A.1", MATCH_CODE },
	{ "S/A_1", "A.1", MATCH_CODE },
	{ "a_2", "A.2", MATCH_CODE },
	{ "[A.2] Thời gian", "A.2", MATCH_CODE },
	{ "B/giay", "B/giay", MATCH_CODE },
	{ "S/B/cho", "B/cho", MATCH_CODE },
	{ "B [Bớt chờ]", "B/cho", MATCH_CODE },
	{ "Câu 1. THÁI ĐỘ PHỤC VỤ của công chức", "A.1", MATCH_LABEL },
	{ "Phần [Thời gian giải quyết]", "A.2", MATCH_LABEL },
	{ "thoi gian giai quyet", "A.2", MATCH_LABEL },
	{ "Time taken", "A.2", MATCH_LABEL },
	{ "Màu sắc", "", MATCH_NONE },
	{ "", "", MATCH_NONE },
};

static void test_headings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
		cx *c = cx_new(0);
		questionnaire *q = form(c);
		str h = str_of(headings[i].heading);
		struct match_column m = { 0 };
		match_columns(q, c->mem, &h, NULL, 1, &m);
		str got = match_target_word(q, c->mem, &m);
		if (!str_is(got, headings[i].target) || m.how != headings[i].how)
			fail_msg("%s: %.*s, %d", headings[i].heading, STR_ARG(got), m.how);
		cx_free(c);
	}
}

/* As many columns as items, of which nothing else is known: by their order; one column more, and nothing is guessed. */
static void test_order(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	questionnaire *q = form(c);
	const str h[] = { STR("A.1"), STR("x"), STR("y"), STR("z"), STR("u"), STR("v"), STR("w") };
	struct match_column m[7] = { 0 };
	match_columns(q, c->mem, h, NULL, 6, m);
	assert_int_equal(m[5].how, MATCH_ORDER);
	assert_true(str_is(match_target_word(q, c->mem, &m[5]), "T"));
	memset(m, 0, sizeof m);
	match_columns(q, c->mem, h, NULL, 7, m);
	assert_int_equal(m[0].how, MATCH_CODE);
	assert_int_equal(m[5].how, MATCH_NONE);
	cx_free(c);
}

static const struct {
	const char *target, *cell, *given; /* given NULL: unknown; "?": unclear; "-": nothing said */
} cells[] = {
	{ "A.1", "5", "5" },
	{ "A.1", "5.0", "5" },
	{ "A.1", "5 - Rất hài lòng", "5" },
	{ "A.1", "(5) rat hai long", "5" },
	{ "A.1", "RẤT HÀI LÒNG", "5" },
	{ "A.1", "very satisfied", "5" },
	{ "A.1", "5 - Không hài lòng", NULL }, /* code and words say different things */
	{ "A.1", "kb", "9" },
	{ "A.1", "từ chối", NULL }, /* this list has no such option */
	{ "A.1", "6", NULL },
	{ "A.1", "N/A", "-" },
	{ "A.1", " - ", "-" },
	{ "B", "cho", "cho" },
	{ "B", "Bớt giấy, bản sao", "giay" },
	{ "B", "Bớt giấy, bản sao, Bớt chờ", "giay+cho" },
	{ "B", "giay;cho;giay", "giay+cho" },
	{ "B", "giay cho", "giay+cho" },
	{ "B", "cho|khác", NULL },
	{ "B/cho", "1", "cho" },
	{ "B/cho", "x", "cho" },
	{ "B/cho", "✓", "cho" },
	{ "B/cho", "0", "" },
	{ "B/cho", "Bớt chờ", "cho" },
	{ "B/cho", "có lẽ", NULL },
	{ "N", "8,5", "8.5" },
	{ "N", "1.234.567", "1234567" },
	{ "N", "1.234,5", "1234.5" },
	{ "N", "1,234.5", "1234.5" },
	{ "N", "1,234", "?" },
	{ "N", "-3", "-3" },
	{ "N", "ba", "ba" }, /* left to the check of answers */
	{ "D", "31/12/2025", "2025-12-31" },
	{ "D", "2025-12-31T08:00:00+07:00", "2025-12-31" },
	{ "D", "2025/12/31 8:03:11 SA GMT+7", "2025-12-31" },
	{ "D", "31/13/2025", "31/13/2025" },
	{ "T", "x", "x" },
};

static void check_cell(size_t i)
{
	cx *c = cx_new(0);
	questionnaire *q = form(c);
	struct match_column m;
	struct given g;
	str unknown;
	buf b;
	assert_true(match_target(q, str_of(cells[i].target), &m));
	enum match_cell is = match_value(q, &m, str_of(cells[i].cell), &(struct match_marks){ 0 }, c->mem, &g, &unknown);
	buf_init(&b, 0);
	for (size_t k = 0; k < g.n; k++)
		buf_printf(&b, "%s%.*s", k ? "+" : "", STR_ARG(g.p[k]));
	const char *got = is == MATCH_CELL_UNKNOWN ? NULL : is == MATCH_CELL_UNCLEAR ? "?" : is == MATCH_CELL_EMPTY ? "-" : arena_cstr(c->mem, buf_str(&b));
	if (!got != !cells[i].given || (got && strcmp(got, cells[i].given) != 0))
		fail_msg("%s in %s: %s", cells[i].cell, cells[i].target, got ? got : "unknown");
	buf_free(&b);
	cx_free(c);
}

static void test_cells(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		check_cell(i);
}

static void test_marks(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	day d;
	str s;
	assert_int_equal(match_number(STR("1,234"), ',', c->mem, &s), MATCH_CELL_OK);
	assert_true(str_is(s, "1.234"));
	assert_int_equal(match_number(STR("1,234"), '.', c->mem, &s), MATCH_CELL_OK);
	assert_true(str_is(s, "1234"));
	assert_true(match_day(STR("12/31/2025"), true, &d));
	assert_false(match_day(STR("12/31/2025"), false, &d));
	assert_false(match_day(STR("1/2"), false, &d));
	assert_false(match_day(STR("1/2/3/2025"), false, &d));
	cx_free(c);
}

/* Whatever stands in a file: nothing breaks, and what is given is an option or was written so. */
static void test_anything(void **state)
{
	static const char *const bits[] = { "5", "A.1", "/", "[", "]", "(", " ", ",", ";", ".", "-", "Bớt giấy", "ế", "\n", "giay",
		"_", "2025", "12", ":", "kb" };
	(void)state;
	cx *c = cx_new(0);
	questionnaire *q = form(c);
	rng r;
	rng_seed(&r, 20261127);
	for (int i = 0; i < 4000; i++) {
		buf b;
		buf_init(&b, 0);
		for (uint64_t n = rng_next(&r) % 7; n; n--)
			buf_addz(&b, bits[rng_next(&r) % (sizeof bits / sizeof *bits)]);
		str s = arena_str(c->mem, buf_str(&b)), unknown;
		struct match_column m = { 0 };
		struct given g;
		match_columns(q, c->mem, &s, NULL, 1, &m);
		for (int32_t item = 0; item < (int32_t)q->items.n; item++) {
			if (!question_is_asked(&q->items.p[item]))
				continue;
			m = (struct match_column){ item, -1, MATCH_TOLD };
			if (match_value(q, &m, s, &(struct match_marks){ 0 }, c->mem, &g, &unknown) == MATCH_CELL_OK && q->items.p[item].list >= 0)
				for (size_t k = 0; k < g.n; k++)
					assert_non_null(question_option(q, &q->items.p[item], g.p[k]));
		}
		buf_free(&b);
	}
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_headings), cmocka_unit_test(test_order), cmocka_unit_test(test_cells),
		cmocka_unit_test(test_marks), cmocka_unit_test(test_anything) };
	return cmocka_run_group_tests_name("answer_match", tests, NULL, NULL);
}
