/* Criteria as they come, as the beginning of a criteria set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "app/edition_draft.h"
#include "engine/tree.h"
#include "format/package.h"

static str drafted(cx *c, const char *name, str bytes, struct draft_report *r)
{
	grid_list list;
	struct draft_map m;
	str text = { "", 0 };
	assert_int_equal(grid_read(c, str_of(name), bytes, NULL, &list), ERR_OK);
	assert_int_equal(draft_guess(c, &list.p[0], &m), ERR_OK);
	assert_int_equal(draft_text(c, &list.p[0], &m, STR("Bộ thử (minh họa)"), &text, r), ERR_OK);
	return text;
}

/* What the rows of the draft say: code, parent, name, max, by, note. */
static void check(str text, const char *expected)
{
	cx *c = cx_new(0);
	table t;
	buf b;
	buf_init(&b, 0);
	assert_int_equal(table_open(c, csv_open_mem(c, STR("d"), text, NULL), STR("d"), tree_columns, TREE_COLUMNS, &t), ERR_OK);
	while (table_next(&t))
		if (t.cell[TREE_CODE].p[0] != '@')
			buf_printf(&b, "%.*s<%.*s|%.*s|%.*s|%.*s|%.*s|%.*s\n", STR_ARG(t.cell[TREE_CODE]), STR_ARG(t.cell[TREE_PARENT]),
				STR_ARG(t.cell[TREE_NAME_VI]), STR_ARG(t.cell[TREE_MAX]), STR_ARG(t.cell[TREE_BY]), STR_ARG(t.cell[TREE_EVIDENCE]),
				STR_ARG(t.cell[TREE_NOTE]));
	table_close(&t);
	buf_char(&b, 0);
	if (strcmp(b.p, expected) != 0)
		print_error("%s\n-- expected:\n%s\n", b.p, expected);
	assert_string_equal(b.p, expected);
	buf_free(&b);
	cx_free(c);
}

static void test_word_annex(void **state)
{
	cx *c = cx_new(0);
	str bytes;
	struct draft_report r;
	(void)state;
	assert_int_equal(package_read_file(c, "tests/data/docx/tables.docx", &bytes), ERR_OK);
	check(drafted(c, "tables.docx", bytes, &r),
		"TONG<|Bộ thử (minh họa)|9.5|sum||\n1<TONG|Công tác chỉ đạo, điều hành|9.5|sum||\n1.1<1|Kế hoạch|2|self||có\nMức độ hoàn thành: 1\n");
	assert_true(r.rows == 2 && r.scored == 1 && r.notes == 1 && r.commas == 1);
	assert_int_equal(package_read_file(c, "tests/data/docx/python-docx.docx", &bytes), ERR_OK);
	check(drafted(c, "python-docx.docx", bytes, &r),
		"TONG<|Bộ thử (minh họa)|0|sum||\nI<TONG|Cải cách thể chế||sum||\nI.1<I|Xây dựng|4|self||Rà soát: 6\n");
	assert_int_equal(r.no_max, 1);
	cx_free(c);
}

static void test_pasted(void **state)
{
	cx *c = cx_new(0);
	struct draft_report r;
	(void)state;
	check(drafted(c, "p.txt",
		      STR("TT\tTiêu chí\tĐiểm tối đa\tCơ quan chủ trì\tTài liệu kiểm chứng\n(1)\t2\t3\t4\t5\n"
			  "I\tChỉ đạo\t10 điểm\t\t\n1\tKế hoạch\t6\tSở Nội vụ\tVăn bản\n1.1\tBan hành\t2,5\tSở Nội vụ\tVăn bản\n\tĐúng hạn\t2,5\t\t\n"
			  "1.2\tKhảo sát người dân\t3,5\t\t\na)\tPhụ\t1\t\t\n"
			  "II\tThể chế\tmười\t\t\n1\tVăn bản\t5\t\t\n1\tLần nữa\t1\t\t\nTổng cộng\tTổng cộng\t100\t\t\n"),
		      &r),
		"TONG<|Bộ thử (minh họa)|10|sum||\nI<TONG|Chỉ đạo|10|sum||\nI.1<I|Kế hoạch|6|sum||\nI.1.1<I.1|Ban hành|2.5|self|yes|Đúng hạn: 2,5\n"
		"I.1.2<I.1|Khảo sát người dân|3.5|sum||\nI.1.2.a<I.1.2|Phụ|1|self||\nII<TONG|Thể chế||sum||\nII.1<II|Văn bản|5|self||Lần nữa: 1\n");
	assert_int_equal(c->n_errors, 0);
	assert_string_equal(c->faults[0].key, "draft.max");
	assert_string_equal(c->faults[1].key, "draft.twice");
	cx_free(c);
}

static void test_refused(void **state)
{
	cx *c = cx_new(0);
	grid_list list;
	struct draft_map m;
	struct draft_report r;
	str text;
	(void)state;
	assert_int_equal(grid_read(c, STR("a"), STR("x,y\n1,2\n"), NULL, &list), ERR_OK);
	assert_int_equal(draft_guess(c, &list.p[0], &m), ERR_INPUT);
	assert_int_equal(grid_read(c, STR("a"), STR("STT,Tiêu chí,Điểm\n,,\n"), NULL, &list), ERR_OK);
	assert_int_equal(draft_guess(c, &list.p[0], &m), ERR_OK);
	assert_int_equal(draft_text(c, &list.p[0], &m, STR("n"), &text, &r), ERR_INPUT);
	assert_string_equal(c->faults[1].key, "draft.no_rows");
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_word_annex), cmocka_unit_test(test_pasted), cmocka_unit_test(test_refused) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
