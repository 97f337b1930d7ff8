/* Questionnaires as XLSForm, there and back, and forms made elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <glob.h>
#include <cmocka.h>
#include "../engine/edition.h"
#include "app/xlsform.h"
#include "format/package.h"
#include "format/xlsx_write.h"

static str canonical(cx *c, const char *name, str bytes, const questionnaire **q)
{
	str text = { 0 };
	enum err e = questionnaire_text(c, str_of(name), bytes, NULL, STR(""), &text, q);
	if (e)
		print_error("%s\n%.*s", name, STR_ARG(fault_lines(c)));
	assert_int_equal(e, ERR_OK);
	return text;
}

static void there_and_back(const char *name, str bytes)
{
	cx *c = cx_new(0);
	const questionnaire *q, *again;
	str book, text = canonical(c, name, bytes, &q);
	enum err e = xlsform_write(c, q, STR("thu"), 3, &book);
	if (e)
		print_error("%s\n%.*s", name, STR_ARG(fault_lines(c)));
	assert_int_equal(e, ERR_OK);
	str back = canonical(c, "thu.xlsx", book, &again);
	if (!str_eq(text, back))
		print_error("%s\n%.*s\n--\n%.*s\n", name, STR_ARG(text), STR_ARG(back));
	assert_true(str_eq(text, back));
	assert_int_equal(c->n_errors, 0);
	cx_free(c);
}

/* Every questionnaire that is shipped; they stand there in their canonical text already. */
static void test_shipped(void **state)
{
	glob_t files;
	(void)state;
	assert_int_equal(glob("method/questionnaires/*.csv", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		cx *c = cx_new(0);
		const questionnaire *q;
		str bytes;
		assert_int_equal(package_read_file(c, files.gl_pathv[i], &bytes), ERR_OK);
		if (!str_eq(canonical(c, files.gl_pathv[i], bytes, &q), bytes))
			fail_msg("%s is not in its canonical text", files.gl_pathv[i]);
		there_and_back(files.gl_pathv[i], bytes);
		cx_free(c);
	}
	globfree(&files);
}

#define HEAD "code,parent,kind,text_vi,text_en,hint_vi,list,factor,required,show_if,check,say_vi,min,max,means,agg,weight,note\n"

/* Everything that a questionnaire can say. */
static void test_everything(void **state)
{
	(void)state;
	there_and_back("all.csv",
		STR(HEAD "@name,,,\"Phiếu \"\"thử\"\", đủ thứ\",All of it,,,,,,,,,,,,,\n@population,,,Ai đó,,,,,,,,,,,,,,\n"
		"@note,,,\"Hai\ndòng\",,,,,,,,,,,,,,\n"
			"hl,,list,Mức hài lòng,Satisfaction,,,,,,,,,,,,,ghi chú của danh sách\n1,hl,option,Không,No,,,,,,,,,,,,0,\n"
			"01,hl,option,Vừa,,,,,,,,,,,,,2.5,\n5,hl,option,Có,Yes,,,,,,,,,,good,,100,chú\n"
			"9,hl,option,Không biết,,,,,,,,,,,dont_know,,,\n"
			"mon,,list,,,,,,,,,,,,,,,\ngiay-to,mon,option,Giấy tờ,,,,,,,,,,,,,,\nkhac,mon,option,Khác,,,,,,,,,,,none,,,\n"
			"F,,factor,Chung,All,,,,,,,,,,,weights,,\nF1,F,factor,Một,,,,,,,,,,,,pooled,0.4,\n"
			"F2,F,factor,Hai,,,,,,,,,,,,mean_items,0.6,x\n"
			"P1,,section,Phần một,One,Gợi ý của phần,,,,,,,,,,,,\nA,P1,single,Câu A,A?,Gợi ý,hl,F1,yes,,,,,,,,1.5,\n"
			"G,P1,group,Nhóm,,Gợi ý nhóm,,,,A in [1..5],,,,,,,,\nG.1,G,scale,Câu G,,,hl,F2,,,,,,,,,,\n"
			"M,P1,matrix,Bảng,Table,,hl,,,A != 9,,,,,,,,\nM.1,M,scale,Dòng một,Row one,,,F2,yes,,,,,,,,,\n"
			"M.2,M,scale,Dòng hai,,,,F2,,,,,,,,,,\n"
			"P2,,section,Phần hai,,,,,,A = 5,,,,,,,,\nB,P2,multiple,Nhiều,,,mon,,,,,,1,2,,,,\n"
			"C,P2,number,Tuổi,,,,,,\"list contains( B, \"\"khac\"\" )\",floor(C) = C and C < 200,Sai,0,120,,,,\n"
			"D,P2,number,Số,,,,,,,D  <=  C,Không quá tuổi,,,,,,\nE,P2,text,Chữ,,,,,,,,,,500,,,,\n"
			"N,P2,date,Ngày,,,,,,\"D = null or true\",,,,,,,,\n"
			"O,P2,date,Ngày,,,,,,\"not(A in (1, 5)) or E = null\",,,,,,,,ghi chú\n"));
}

/* ---- forms made elsewhere: cells of the sheets, rows divided by \n, cells by | ---- */

static void put_sheet(cx *c, xlsx_out *o, const char *name, const char *text)
{
	struct sheet_column *columns = NEW_ARRAY(c->mem, struct sheet_column, 30);
	struct sheet_layout *l = NEW(c->mem, struct sheet_layout);
	str row, rest = str_of(text);
	for (bool first = true; str_next(&rest, '\n', &row); first = false) {
		str cells[30], cell;
		int n = 0;
		if (!row.len)
			continue;
		while (n < 30 && str_next(&row, '|', &cell))
			cells[n++] = cell;
		for (int i = 0; i < n && first; i++)
			columns[i].heading = arena_printf(c->mem, "%.*s", STR_ARG(cells[i])).p;
		if (first) {
			*l = (struct sheet_layout){ .name = str_of(name), .columns = columns, .n = n };
			xlsx_out_sheet(o, l);
		} else
			xlsx_out_row(o, cells, n, 0);
	}
}

static void elsewhere(const char *survey, const char *choices, const char *settings, const char *wanted, const char *faults)
{
	cx *c = cx_new(0);
	str book, text = { 0 };
	const questionnaire *q;
	xlsx_out *o = xlsx_out_open(c, STR("Form"));
	put_sheet(c, o, "survey", survey);
	put_sheet(c, o, "choices", choices);
	if (settings)
		put_sheet(c, o, "settings", settings);
	assert_int_equal(xlsx_out_end(o, &book), ERR_OK);
	enum err e = questionnaire_text(c, STR("form.xlsx"), book, NULL, STR(""), &text, &q);
	str told = fault_lines(c);
	if (!str_is(told, faults))
		print_error("got:\n%.*s\nwanted:\n%s\n", STR_ARG(told), faults);
	assert_true(str_is(told, faults));
	assert_int_equal(e == ERR_OK, wanted != NULL);
	if (wanted) {
		buf b; /* code<parent kind list required show_if check min max */
		buf_init(&b, 0);
		for (size_t i = 0; i < q->items.n; i++) {
			const struct question *x = &q->items.p[i];
			char lo[DEC_TEXT], hi[DEC_TEXT];
			str up = x->parent == NO_ITEM ? STR("") : q->items.p[x->parent].code;
			buf_printf(&b, "%.*s<%.*s %s %.*s", STR_ARG(x->code), STR_ARG(up), question_kind_word(x->kind), STR_ARG(x->text[LANG_VI]));
			if (x->hint[LANG_VI].len)
				buf_printf(&b, " (%.*s)", STR_ARG(x->hint[LANG_VI]));
			if (x->list != NO_ITEM)
				buf_printf(&b, " @%.*s", STR_ARG(q->lists.p[x->list].code));
			if (x->required)
				buf_addz(&b, " !");
			if (x->show_if)
				buf_printf(&b, " ?%.*s", STR_ARG(x->show_if->text));
			if (x->check)
				buf_printf(&b, " =%.*s", STR_ARG(x->check->text));
			if (x->has_min)
				buf_printf(&b, " >=%.*s", STR_ARG(dec_text(x->min, lo)));
			if (x->has_max)
				buf_printf(&b, " <=%.*s", STR_ARG(dec_text(x->max, hi)));
			buf_char(&b, '\n');
		}
		is_text_at(buf_str(&b), wanted, __FILE__, __LINE__);
		buf_free(&b);
	}
	cx_free(c);
}

#define CHOICES \
	"list_name|name|label::English (en)|label::Vietnamese (vi)\nyesno|1|Yes|Có\nyesno|0|No|Không\n" \
	"sat|1|Bad|Kém\nsat|2|Fair|Vừa\nsat|3|Good|Tốt\nwhat|fee|Fees|Phí\nwhat|time|Time|Thời gian\nwhat|none|Nothing|Không\n"

static void test_made_elsewhere(void **state)
{
	(void)state;
	elsewhere("type|name|label::English (en)|label::Vietnamese (vi)|label::Français (fr)|hint::English (en)|"
		  "required|relevant|constraint|constraint_message::Vietnamese (vi)|appearance|default\n"
		  "start|start\nend|end\nnote|intro|Welcome|Xin chào|Bonjour\n"
		  "select_one yesno|visited|Visited?|Đã đến?|Visité?||yes\n"
		  "begin group|svc|Service|Dịch vụ||||${visited} = '1'\nnote|n1|Rate each|Chấm từng mục\n"
		  "select_one sat|svc_wait|Waiting|Chờ đợi|||true()||||likert\n"
		  "begin_group|grid|Staff|Cán bộ|||||||table-list\nselect_one sat|polite|Polite|Lịch sự\n"
		  "select_one sat|clear|Clear|Rõ ràng\nend_group\n"
		  "end group|svc\n"
		  "select_multiple what or_other|improve|Improve?|Cải thiện gì?|||||"
		  "count-selected(.) <= 2 and not(selected(., 'none') and count-selected(.) > 1)\n"
		  "integer|age|Age|Tuổi||In years||not(selected(${improve}, 'fee'))|. >= 18 and . <= 120|Từ 18 đến 120\n"
		  "text|more|More|Thêm|||||string-length(.) <= 300|||x\n",
		CHOICES, "form_title|form_id|default_language\nKhảo sát dịch vụ|svc_2026|Vietnamese (vi)\n",
		"P1< section Phần 1\nvisited<P1 single Đã đến? (Xin chào) @yesno !\n"
		"svc< section Dịch vụ (Chấm từng mục) ?visited = 1\nsvc_wait<svc scale Chờ đợi @sat !\n"
		"grid<svc matrix Cán bộ @sat\npolite<grid single Lịch sự @sat\nclear<grid single Rõ ràng @sat\n"
		"P2< section Phần 2\nimprove<P2 multiple Cải thiện gì? @what_other <=2\n"
		"improve_other<P2 text Xin ghi rõ ?list contains(improve, \"other\")\n"
		"age<P2 number Tuổi (In years) ?(improve = null or not(list contains(improve, \"fee\"))) =floor(age) = age >=18 <=120\n"
		"more<P2 text Thêm <=300\n",
		". xlsform.language 1:5 <Français (fr)>\n? xlsform.left_out 16:12 <default>\n. xlsform.meta 2:1 <start>\n"
		". xlsform.meta 3:1 <end>\n"
		". xlsform.note_moved 4:1 <visited>\n. xlsform.or_other 14:1 <improve_other>\n");
	/* English only, plain labels, range, other spellings */
	elsewhere("type|name|label|parameters|disabled\nbegin group|g|Group\nrange|r|How much|start=0 end=5 step=1\n"
		  "select one yesno|q|Sure?\ntext|off|Off||yes\nend group\n",
		"list name|name|label\nyesno|yes|Yes\nyesno|no|No\n", "form_title|default_language\nA form|English (en)\n",
		"g< section Group\nr<g number How much >=0 <=5\nq<g single Sure? @yesno\n", "? xlsform.no_vietnamese 1:3\n");
}

static void test_faults(void **state)
{
	(void)state;
	elsewhere("type|name|label::vi|relevant|calculation|required\n"
		  "begin_group|g|Nhóm\nimage|p|Ảnh\ncalculate|c|||${x}*2\nselect_one none|q|Hỏi\ninteger||Thiếu tên\n"
		  "begin_repeat|r|Lặp\nend_repeat\n"
		  "text|t|Chữ|${zz} = 1\ntext|t2|Chữ|regex(${t}, 'a')\ntext|t3|Chữ|||${t} = 'x'\ntext|a-b|Chữ\n"
		  "select_one_from_file f.csv|f|Tệp\nnote|n|Ghi chú|${t} = 'x'\nend_group\nend_group\n",
		"list_name|name|label::vi\nyesno|1|Có\nyesno|0|Không\n", "form_title\nPhiếu\n", NULL,
		"! xlsform.type_media 3:1 <image>\n"
		". xlsform.computed_dropped 4:1 <c>\n! xlsform.no_list 5:1 <none>\n"
		"! xlsform.no_name 6:2 <integer>\n! xlsform.type_repeat 7:1 <begin_repeat>\n! xlsform.type_repeat 8:1 <end_repeat>\n"
		"! xpath.unknown 9:4+1 <zz>\n! xpath.function 10:4+1 <regex>\n! xlsform.required 11:6 <${t} = 'x'>\n"
		"! xlsform.type_file 13:1 <select_one_from_file>\n"
		"! xlsform.note_condition 14:4 <n>\n! xlsform.end_alone 16:1 <end_group>\n"
		"! questionnaire.no_list 5:1 <none>\n! questionnaire.code 12:2 <a-b>\n");
	elsewhere("type|name|label::vi\nbegin_group|a|A\nbegin_group|b|B\nbegin_group|c|C\ntext|t|T\nend_group\n"
		  "end_group\ntext|u|U\n",
		"list_name|name|label::vi\n", "form_title\nPhiếu\n", NULL, "! xlsform.deep 4:1 <c>\n! xlsform.unclosed 2:1 <a>\n");
	elsewhere("type|label\ntext|Chữ\n", "list_name|name|label\n", NULL, NULL, "! xlsform.no_column 1:1 <name>\n");
}

#define TITLE "form_title\nPhiếu\n"

/* Tables as such forms make them: a group of its own at the top, and a row of headings. */
static void test_tables(void **state)
{
	(void)state;
	elsewhere(
		"type|name|label::vi|relevant|appearance\nbegin_group|grid|Cán bộ||table-list\nselect_one sat|a|Lịch sự\nselect_one sat|b|Rõ ràng\nend_group\n"
		"text|t|Thêm\nbegin_group|g|Phần\ninteger|n|Số lần||\nselect_one sat|head|Chấm từng mục|${n} > 0|label\n"
		"select_one sat|c|Nhanh||list-nolabel\nselect_one sat|d|Gọn||list-nolabel\ntext|u|Góp ý\n"
		"begin_group|own\nselect_one yesno|h2|Có hay không||label\nselect_one yesno|e|Mới||list-nolabel\nend_group\nend_group\n",
		CHOICES, TITLE,
		"P1< section Phần 1\ngrid<P1 matrix Cán bộ @sat\na<grid single Lịch sự @sat\nb<grid single Rõ ràng @sat\nt<P1 text Thêm\n"
		"g< section Phần\nn<g number Số lần =floor(n) = n\nhead<g matrix Chấm từng mục @sat ?n > 0\nc<head single Nhanh @sat\nd<head single Gọn @sat\n"
		"u<g text Góp ý\nown<g matrix Có hay không @yesno\ne<own single Mới @yesno\n",
		"");
	elsewhere(
		"type|name|label::vi|appearance\nbegin_group|s|Phần\nbegin_group|g|Nhóm\ntext|t|Chữ\nselect_one sat|h|Chấm|label\n"
		"select_one sat|c|Nhanh|list-nolabel\nend_group\nend_group\n",
		CHOICES, TITLE, NULL, "! xlsform.table_place 5:4 <h>\n");
}

/* What is computed goes where nothing uses it; words with answers in them would be shown as they stand; "other" may be there already. */
static void test_left_out(void **state)
{
	(void)state;
	elsewhere(
		"type|name|label::vi|relevant|calculation\ninteger|a|Tuổi\ncalculate|c|||${a} * 2\ncalculate|c2|||${c} + 1\ntext|t|Chữ\n",
		CHOICES, TITLE, "P1< section Phần 1\na<P1 number Tuổi =floor(a) = a\nt<P1 text Chữ\n",
		". xlsform.computed_dropped 3:1 <c>\n. xlsform.computed_dropped 4:1 <c2>\n");
	elsewhere(
		"type|name|label::vi|relevant|calculation\ninteger|a|Tuổi\ncalculate|c|||${a} * 2\ncalculate|c2|||${c} + 1\ntext|t|Chữ|${c2} > 3\n"
		"text|u|Chữ||now()\n",
		CHOICES, TITLE, NULL,
		"! xlsform.type_computed 3:1 <calculate>\n! xlsform.type_computed 4:1 <calculate>\n"
		"! xpath.unknown 5:4+1 <c2>\n! xlsform.column 6:5 <calculation>\n");
	elsewhere("type|name|label::vi|hint::vi\ninteger|a|Tuổi\nnote|n|${a} tuổi à?\ntext|t|Chữ của ${ a }|gợi ý ${a}\n", CHOICES, TITLE, NULL,
		"! xlsform.piping 3:3 <${a}>\n! xlsform.piping 4:3 <${ a }>\n! xlsform.piping 4:4 <${a}>\n. xlsform.note_moved 3:1 <t>\n");
	elsewhere("type|name|label::vi\nselect_one o or_other|a|Vì sao\n", "list_name|name|label::vi\no|1|Một\no|other|Khác\n", TITLE,
		"P1< section Phần 1\na<P1 single Vì sao @o\na_other<P1 text Xin ghi rõ ?a = \"other\"\n", ". xlsform.or_other 2:1 <a_other>\n");
}

/* Faults that say what to do in the workbook, and no others behind them. */
static void test_faults_that_help(void **state)
{
	(void)state;
	elsewhere("type|name|label::vi|relevant\ntext|a|Một|${b} = 'x'\ntext|b|Hai|coalesce(${a}, 'y') = 'y'\n", CHOICES, NULL, NULL,
		"! xpath.function 3:4+1 <coalesce>\n! questionnaire.later 2:4+1 <b>\n! xlsform.no_title 0:0 <@name>\n");
	elsewhere("type|name|label::vi\nselect_multiple m|a|Một\n", "list_name|name|label::vi\nm|không biết|Không\nm|một cửa|Cửa\n", TITLE, NULL,
		"! questionnaire.option_space 2:2 <không biết>\n! questionnaire.option_space 3:2 <một cửa>\n");
}

/* A condition that was changed in the workbook counts, not our own column beside it; the others keep their words. */
static void test_changed_condition(void **state)
{
	cx *c = cx_new(0);
	const questionnaire *q;
	str book, text = { 0 };
	(void)state;
	xlsx_out *o = xlsx_out_open(c, STR("Form"));
	put_sheet(c, o, "survey",
		"type|name|label::vi|relevant|constraint|constraint_message::vi|thuocdo_show_if|thuocdo_check\nbegin_group|S|Phần\n"
		"decimal|A|Số||. >= 1|Sai||\ndecimal|B|Số|${A} = 3||Sai|A  =  2|\n"
		"decimal|C|Số|${A} = 2|. > 5|Sai|A  =  2|C  >  5\nend_group\n");
	put_sheet(c, o, "choices", "list_name|name|label::vi\n");
	put_sheet(c, o, "settings", "form_title\nPhiếu\n");
	assert_int_equal(xlsx_out_end(o, &book), ERR_OK);
	assert_int_equal(questionnaire_text(c, STR("f.xlsx"), book, NULL, STR(""), &text, &q), ERR_OK);
	assert_true(str_is(q->items.p[1].code, "A") && q->items.p[1].has_min);
	assert_true(str_is(q->items.p[2].show_if->text, "A = 3"));
	assert_true(str_is(q->items.p[3].show_if->text, "A  =  2") && str_is(q->items.p[3].check->text, "C  >  5"));
	cx_free(c);
}

/* Codes of options with a space are told at their cell, and so is what XPath cannot say. */
static void test_cannot_be_written(void **state)
{
	cx *c = cx_new(0);
	const questionnaire *q;
	str book;
	(void)state;
	canonical(c, "q.csv",
		STR(HEAD "@name,,,Phiếu,,,,,,,,,,,,,,\nl,,list,,,,,,,,,,,,,,,\nab,l,option,A,,,,,,,,,,,,,,\n"
			 "c,l,option,C,,,,,,,,,,,,,,\n"
			 "S,,section,Phần,,,,,,,,,,,,,,\nA,S,single,Câu,,,l,,,,,,,,,,,\nN,S,number,Số,,,,,,,,,,,,,,\n"
			 "B,S,text,Câu,,,,,,sqrt(N) > 2,,,,,,,,\n"),
		&q);
	assert_int_equal(xlsform_write(c, q, STR("q"), 1, &book), ERR_INPUT);
	is_text_at(fault_lines(c), "! xpath.cannot 5:8+1 <sqrt(N)>\n", __FILE__, __LINE__);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shipped), cmocka_unit_test(test_everything),
		cmocka_unit_test(test_made_elsewhere), cmocka_unit_test(test_tables), cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_faults_that_help), cmocka_unit_test(test_faults), cmocka_unit_test(test_changed_condition),
		cmocka_unit_test(test_cannot_be_written) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
