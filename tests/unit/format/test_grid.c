/* Tables of Word files, workbooks and texts as grids: merged cells, fonts and old encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/po.h"
#include "format/grid.h"
#include "format/package.h"

static void put_grid(buf *b, const grid *g)
{
	buf_printf(b, "[%.*s]\n", STR_ARG(g->name));
	for (int r = 0; r < g->rows; r++) {
		for (int k = 0; k < g->columns; k++) {
			const grid_cell *cell = grid_at(g, r, k);
			buf_printf(b, "%s%s%.*s", k ? "|" : "", cell->spread ? "~" : "", STR_ARG(cell->shown));
			if (!str_eq(cell->shown, cell->text))
				buf_printf(b, "=%.*s", STR_ARG(cell->text));
		}
		buf_char(b, '\n');
	}
}

static void check_bytes(const char *name, str bytes, const char *expected)
{
	cx *c = cx_new(0);
	grid_list list;
	buf b;
	buf_init(&b, 0);
	enum err e = grid_read(c, str_of(name), bytes, NULL, &list);
	for (size_t i = 0; i < list.n; i++)
		put_grid(&b, &list.p[i]);
	for (size_t i = 0; i < c->n_faults; i++) {
		po_fault(&b, &c->faults[i], LANG_EN);
		buf_char(&b, '\n');
	}
	assert_true((e != ERR_OK) == (c->n_errors > 0));
	buf_char(&b, 0);
	if (strcmp(b.p, expected) != 0)
		print_error("%s:\n%s\n-- expected:\n%s\n", name, b.p, expected);
	assert_string_equal(b.p, expected);
	assert_null(c->held);
	buf_free(&b);
	cx_free(c);
}

static void check(const char *path, const char *expected)
{
	cx *c = cx_new(0);
	str bytes;
	const char *slash = strrchr(path, '/');
	assert_int_equal(package_read_file(c, path, &bytes), ERR_OK);
	check_bytes(slash + 1, bytes, expected);
	cx_free(c);
}

static void test_word(void **state)
{
	(void)state;
	check("tests/data/docx/tables.docx",
		"[#1]\nSTT|Lĩnh vực/Tiêu chí|Điểm|~Điểm\n~STT|~Lĩnh vực/Tiêu chí|Tối đa|Ghi chú\n1|Công tác chỉ đạo, điều hành|9,5|\n"
		"1.1|Kế hoạch|2|có\n~1.1|Mức độ hoàn thành|1|\n"
		"[#2]\ndòng 1\ndòng 2|trong\nsau\n|thêm chọn\n");
	check("tests/data/docx/python-docx.docx",
		"[#1]\nSTT|Tiêu chí|Điểm tối đa\nI. Cải cách thể chế|~I. Cải cách thể chế|~I. Cải cách thể chế\n1|Xây dựng|4\n~1|Rà soát|6\n");
	check("tests/data/docx/no-table.docx", "no-table.docx: there is no table in the file\n");
	check("tests/data/docx/wide.docx", "wide.docx: the table is too large (at most 400000 cells, 256 columns, 20,000 rows)\n");
}

static void test_old_encodings(void **state)
{
	(void)state;
	check("tests/data/docx/tcvn3.docx",
		"[#1]\nBỘ tiêu chí|Việt Nam\nĐiểm tối đa|9,5\n"
		"tcvn3.docx:#1: text in the old encoding TCVN3 was converted (font .VnTimeH); it stood there as “bé”\n");
	check("tests/data/docx/vni.docx",
		"[#1]\nCộng hòa xã hội|Hội đồng\n"
		"vni.docx:#1: text in the old encoding VNI was converted (font VNI-Times); it stood there as “Coäng hoøa xaõ hoäi”\n");
	check("tests/data/docx/guess.docx",
		"[#1]\nCộng hòa xã hội chủ nghĩa Việt Nam\ncải cách thủ tục hành chính\n"
		"guess.docx:#1: text in the old encoding TCVN3 was converted; it stood there as “Céng hßa x· héi chñ nghÜa ViÖt Nam”\n");
	check_bytes("p.txt", STR("M·\tTªn tiªu chÝ\n1\tc¶i c¸ch thñ tôc\n"),
		"[]\nMã|Tên tiêu chí\n1|cải cách thủ tục\n"
		"p.txt: text in the old encoding TCVN3 was converted; it stood there as “M·”\n");
	check_bytes("p.txt", STR("Mã;Tên;Việt\n1;c¶i c¸ch thñ tôc hµnh chÝnh ViÖt;x\n"),
		"[]\nMã|Tên|Việt\n1|c¶i c¸ch thñ tôc hµnh chÝnh ViÖt|x\n"
		"p.txt: warning: some cells look like the old encoding TCVN3, others are Unicode; nothing was converted\n");
}

static void test_workbooks(void **state)
{
	(void)state;
	check("tests/data/xlsx/shared.xlsx",
		"[Bảng]\ncode|name|points|share|day|yes\n007=7|Cải cách thể chế|9.5|4.50%=0.045|31/01/2026=2026-01-31|true\n");
	check("tests/data/xlsx/merged.xlsx", "[Bảng]\nSTT|Tiêu chí|Điểm\n1|Một|4\n~1|Hai|6\nTổng|~Tổng|10\n");
	check("tests/data/xlsx/last-row.xlsx", "[Bảng]\nSTT|Tiêu chí\n1|Một\n"); /* formatted rows say nothing */
	check("tests/data/xlsx/last-row-text.xlsx", "last-row-text.xlsx:Bảng!A1048576: more than 20000 rows; divide the file\n");
	check("tests/data/xlsx/1904-macros.xlsm",
		"[Bảng]\ncode|name|points|share|day|yes\n007=7|Cải cách thể chế|9.5|4.50%=0.045|31/01/2026=2026-01-31|true\n");
	check("tests/data/xlsx/password.xlsx", "password.xlsx: the file is protected by a password; remove it and save again\n");
}

static void test_texts(void **state)
{
	(void)state;
	check_bytes("p.txt", STR("a\tb\n\n c \td\te\n"), "[]\na|b|\nc|d|e\n");
	check_bytes("p.txt", STR(""), "p.txt: there is no table in the file\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_old_encodings),
		cmocka_unit_test(test_workbooks),
		cmocka_unit_test(test_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
