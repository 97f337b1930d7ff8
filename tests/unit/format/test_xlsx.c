#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <time.h>
#include "base/po.h"
#include "format/xlsx.h"

#define DATA "tests/data/xlsx/"

/* The rows of a sheet as lines, then the faults in English. */
static void dump(buf *b, cx *c, const char *file, const char *sheet)
{
	str bytes;
	table_source t;
	table_row r;
	if (package_read_file(c, arena_printf(c->mem, DATA "%s", file).p, &bytes))
		return;
	xlsx *x = xlsx_open(c, str_of(file), bytes, NULL);
	if (x && xlsx_table(x, str_of(sheet), &t)) {
		while (t.next(t.ctx, &r)) {
			for (int i = 0; i < r.n; i++)
				buf_printf(b, "%s%.*s", i ? "|" : "", STR_ARG(r.shown[i]));
			buf_addz(b, "\n");
			for (int i = 0; i < r.n; i++)
				if (!str_eq(r.cell[i], r.shown[i]))
					buf_printf(b, "  %d=%.*s\n", i + 1, STR_ARG(r.cell[i]));
		}
		if (!t.sound(t.ctx))
			buf_addz(b, "unsound\n");
		t.close(t.ctx);
	}
	for (size_t i = 0; i < c->n_faults; i++) {
		po_fault(b, &c->faults[i], LANG_EN);
		buf_char(b, '\n');
	}
}

static void check(const char *file, const char *sheet, const char *expected)
{
	cx *c = cx_new(0);
	buf b;
	buf_init(&b, 0);
	dump(&b, c, file, sheet);
	buf_char(&b, 0);
	if (strcmp(b.p, expected) != 0)
		print_error("%s:\n%s\n-- expected:\n%s\n", file, b.p, expected);
	assert_string_equal(b.p, expected);
	assert_null(c->held);
	buf_free(&b);
	cx_free(c);
}

#define HEAD "code|name|points|share|day|yes\n"
#define PLAIN HEAD "007|Cải cách thể chế|9.5|4.50%|31/01/2026|true\n  1=7\n  4=0.045\n  5=2026-01-31\n"

static void test_writers(void **state)
{
	(void)state;
	check("inline.xlsx", "", PLAIN);
	check("absolute.xlsx", "", PLAIN);
	check("prefixed.xlsx", "", PLAIN);
	check("shared.xlsx", "", PLAIN "shared.xlsx:Bảng!D1: 1 columns are hidden; they were read all the same\n");
	check("strict.xlsx", "", HEAD "007|Cải cách thể chế|9.5|4.50%|2026-01-31|true\n  1=7\n  4=0.045\n");
	check("bare.xlsx", "", HEAD "007|Cải cách thể chế|9.5|0.045|2026-01-31|true\n");
	check("1904-macros.xlsm", "", PLAIN "1904-macros.xlsm: the file has macros; only its data were read\n");
	check("1904-macros.xlsm", "ẩn", "khác\n1904-macros.xlsm: the file has macros; only its data were read\n");
	check("libreoffice.xlsx", "Bảng",
		PLAIN "libreoffice.xlsx:Bảng!C2: 1 cells are formulas; their stored values were taken, nothing was calculated anew\n");
	check("openpyxl.xlsx", "", HEAD "007|Cải cách thể chế|9.5|4.50%|2026-01-31|true\n  1=7\n  4=0.045\n");
}

static void test_faults(void **state)
{
	(void)state;
	check("faults.xlsx", "",
		HEAD
		"1|gộp|3\n2|||#N/A\nunsound\n"
		"faults.xlsx:Bảng!C3: a formula without a stored value; open the file in Excel or LibreOffice and save it again\n"
		"faults.xlsx:Bảng!E3: not a number: abc\n"
		"faults.xlsx:Bảng!F3: the cell refers to a shared string that is not there: 99\n"
		"faults.xlsx:Bảng!D3: the cell holds the error #N/A; repair the formula or type a value\n"
		"faults.xlsx:Bảng!B2: merged cells B2:B3; unmerge them and fill in each row\n"
		"faults.xlsx:Bảng!C2: 2 cells are formulas; their stored values were taken, nothing was calculated anew\n"
		"faults.xlsx:Bảng!A2: 1 rows are hidden or filtered out; they were read all the same\n");
	check("shared.xlsx", "Tổng hợp", "shared.xlsx: there is no sheet “Tổng hợp”; the file has: Bảng\n");
}

/* Refused with this fault, at this place, in little time and memory. */
static void test_hostile(void **state)
{
	static const struct {
		const char *file, *key;
		int64_t row;
		int column;
	} cases[] = {
		{ "bomb.xlsx", "office.bomb", 0, 0 },
		{ "entities.xlsx", "office.doctype", 0, 0 },
		{ "external.xlsx", "office.doctype", 0, 0 },
		{ "deep.xlsx", "office.too_deep", 0, 0 },
		{ "columns.xlsx", "xlsx.too_many_columns", 1, 257 },
		{ "far-column.xlsx", "xlsx.reference", 1, 1 },
		{ "order.xlsx", "xlsx.order", 1, 0 },
		{ "long-tag.xlsx", "office.tag_too_long", 0, 0 },
		{ "long-cell.xlsx", "xlsx.cell_too_long", 1, 1 },
		{ "broken-xml.xlsx", "office.xml", 0, 0 },
		{ "cut.xlsx", "office.damaged", 0, 0 },
		{ "no-workbook.xlsx", "office.not_zip", 0, 0 },
		{ "open-document.ods", "office.open_document", 0, 0 },
		{ "old.xls", "office.binary", 0, 0 },
		{ "password.xlsx", "office.password", 0, 0 },
		{ "make.py", "office.not_zip", 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cx *c = cx_new(8 << 20);
		buf b;
		buf_init(&b, 0);
		clock_t before = clock();
		dump(&b, c, cases[i].file, "");
		assert_true(clock() - before < 5 * CLOCKS_PER_SEC);
		if (c->n_errors != 1 || strcmp(c->faults[0].key, cases[i].key) != 0)
			print_error("%s: %zu errors\n%.*s\n", cases[i].file, c->n_errors, STR_ARG(buf_str(&b)));
		assert_int_equal(c->n_errors, 1);
		assert_string_equal(c->faults[0].key, cases[i].key);
		assert_int_equal(c->faults[0].at.line, cases[i].row);
		assert_int_equal(c->faults[0].at.column, cases[i].column);
		assert_null(c->held);
		buf_free(&b);
		cx_free(c);
	}
}

static void test_many_parts(void **state)
{
	cx *c = cx_new(0);
	buf b;
	(void)state;
	buf_init(&b, 0);
	buf_add(&b, STR("PK\x03\x04"));
	for (int i = 0; i <= PACKAGE_MAX_PARTS; i++)
		buf_add(&b, STR("PK\x01\x02"));
	assert_null(xlsx_open(c, STR("many.xlsx"), buf_str(&b), NULL));
	assert_string_equal(c->faults[0].key, "office.too_many_parts");
	buf_free(&b);
	cx_free(c);
}

/* A context that is broken off in the middle gives everything back (the sanitizer would tell). */
static void test_broken_off(void **state)
{
	cx *c = cx_new(0);
	str bytes;
	table_source t;
	table_row r;
	(void)state;
	assert_int_equal(package_read_file(c, DATA "shared.xlsx", &bytes), ERR_OK);
	xlsx *x = xlsx_open(c, STR("shared.xlsx"), bytes, NULL);
	assert_true(x && xlsx_table(x, STR(""), &t) && t.next(t.ctx, &r));
	cx_free(c);
}

static void test_refs(void **state)
{
	static const struct {
		const char *text;
		int64_t row;
		int column;
	} good[] = { { "A1", 1, 1 }, { "Z9", 9, 26 }, { "AA10", 10, 27 }, { "XFD1048576", 1048576, 16384 } };
	static const char *const bad[] = { "", "A", "1", "A0", "XFE1", "A1048577", "A1B", "a1", "AAAAAAAAAAAAAAAAAAA1", "A99999999999999999999" };
	cx *c = cx_new(0);
	int64_t row;
	int column;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(xlsx_parse_ref(good[i].text, &row, &column));
		assert_int_equal(row, good[i].row);
		assert_int_equal(column, good[i].column);
		assert_true(str_is(xlsx_ref(c->mem, row, column), good[i].text));
	}
	assert_true(xlsx_parse_ref("$B$7", &row, &column) && row == 7 && column == 2);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(xlsx_parse_ref(bad[i], &row, &column));
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writers),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_many_parts),
		cmocka_unit_test(test_broken_off),
		cmocka_unit_test(test_refs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
