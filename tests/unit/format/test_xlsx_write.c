#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "format/xlsx.h"
#include "format/xlsx_write.h"

static const char *const words[] = { "yes", "no", NULL };
static const struct sheet_column columns[] = {
	{ .heading = "code", .hint = { "Mã\nCode", 8 }, .width = 10, .locked = true },
	{ .heading = "points", .form = SHEET_NUMBER, .number_format = "0.00" },
	{ .heading = "day", .form = SHEET_DAY },
	{ .heading = "yes", .choices = words },
	{ .heading = "text", .wrap = true, .width = 40 },
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const str rows[][COLUMNS] = {
	{ STR("1.10"), STR("9.5"), STR("2026-01-31"), STR("yes"), STR("=1+1") },
	{ STR("007"), STR("0.1"), STR("1900-03-01"), STR(""), STR("hai dòng\nTiếng Việt  ") },
	{ STR("@x"), STR("-123456789012345"), STR("1890-01-01"), STR("no"), STR("_x000D_ <&>\"' \x01\x1F") },
	{ STR(""), STR("0.1234567890123456789"), STR("hôm nay"), STR(""), STR(" 1,5 ") },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static str write_book(cx *c, const char *second)
{
	static const struct sheet_layout first = { .name = { "Bộ/tiêu chí: [1]", 20 },
		.columns = columns,
		.n = COLUMNS,
		.frozen_columns = 1,
		.spare_rows = 10,
		.protect = true };
	struct sheet_layout other = { .name = str_of(second), .columns = columns, .n = 1 };
	str bytes = { 0 };
	xlsx_out *o = xlsx_out_open(c, STR("Bộ tiêu chí"));
	xlsx_out_sheet(o, &first);
	for (int i = 0; i < ROWS; i++)
		xlsx_out_row(o, rows[i], COLUMNS, i ? 0 : SHEET_ROW_BOLD | SHEET_ROW_LOCKED);
	xlsx_out_sheet(o, &other);
	xlsx_out_row(o, rows[0], 1, SHEET_ROW_SHADED);
	assert_int_equal(xlsx_out_end(o, &bytes), ERR_OK);
	assert_null(c->held);
	return bytes;
}

static void test_reads_back(void **state)
{
	cx *c = cx_new(0);
	table_source t;
	table_row r;
	int64_t line = 2;
	(void)state;
	xlsx *x = xlsx_open(c, STR("a.xlsx"), write_book(c, "Bộ-tiêu chí- -1-"), NULL);
	assert_non_null(x);
	assert_int_equal(xlsx_sheets(x), 2);
	assert_true(str_is(xlsx_sheet_at(x, 0)->name, "Bộ-tiêu chí- -1-"));
	assert_true(str_is(xlsx_sheet_at(x, 1)->name, "Bộ-tiêu chí- -1- 2")); /* no two of a name */
	assert_true(xlsx_table(x, STR(""), &t) && t.next(t.ctx, &r));
	for (int i = 0; i < COLUMNS; i++)
		assert_true(str_is(r.cell[i], columns[i].heading));
	for (int i = 0; i < ROWS; i++, line++) {
		assert_true(t.next(t.ctx, &r));
		assert_int_equal(r.line, line);
		for (int k = 0; k < COLUMNS; k++) {
			str have = k < r.n ? r.cell[k] : (str){ "", 0 };
			if (!str_eq(have, rows[i][k]))
				print_error("row %d, column %d: '%.*s'\n", i, k, STR_ARG(have));
			assert_true(str_eq(have, rows[i][k]));
		}
	}
	assert_false(t.next(t.ctx, &r));
	assert_true(t.sound(t.ctx));
	t.close(t.ctx);
	assert_int_equal(c->n_faults, 0);
	cx_free(c);
}

static void test_same_bytes(void **state)
{
	cx *c = cx_new(0);
	(void)state;
	assert_true(str_eq(write_book(c, "b"), write_book(c, "b")));
	cx_free(c);
}

/* A part of the workbook as text. */
struct grep {
	buf b;
};

static void grep_open(void *user, const char *name, const char **attributes)
{
	struct grep *g = user;
	buf_printf(&g->b, "<%s", name);
	for (; attributes[0]; attributes += 2)
		buf_printf(&g->b, " %s=%s", attributes[0], attributes[1]);
	buf_char(&g->b, '>');
}

static void grep_close(void *user, const char *name)
{
	(void)user;
	(void)name;
}

static void grep_text(void *user, const char *s, size_t n)
{
	struct grep *g = user;
	buf_add(&g->b, (str){ s, n });
}

static void test_lists_and_locks(void **state)
{
	static const struct xml_handler h = { grep_open, grep_close, grep_text };
	static const char *const wanted[] = { "<dataValidation type=list", "sqref=D2:D15", "\"yes,no\"", "prompt=Mã",
		"<sheetProtection", "<pane xSplit=1 ySplit=1" };
	struct grep g;
	cx *c = cx_new(0);
	(void)state;
	buf_init(&g.b, 0);
	package *p = package_open(c, STR("a.xlsx"), write_book(c, "b"), PACKAGE_XLSX);
	assert_non_null(p);
	assert_int_equal(xml_read(p, STR("xl/worksheets/sheet1.xml"), &h, &g), ERR_OK);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		if (!memmem(g.b.p, g.b.len, wanted[i], strlen(wanted[i])))
			print_error("no %s in %.*s\n", wanted[i], STR_ARG(buf_str(&g.b)));
		assert_non_null(memmem(g.b.p, g.b.len, wanted[i], strlen(wanted[i])));
	}
	buf_clear(&g.b);
	assert_int_equal(xml_read(p, STR("xl/comments1.xml"), &h, &g), ERR_OK);
	assert_non_null(memmem(g.b.p, g.b.len, "Code", 4));
	package_close(p);
	buf_free(&g.b);
	cx_free(c);
}

static void test_too_long(void **state)
{
	cx *c = cx_new(0);
	struct sheet_layout layout = { .name = STR("a"), .columns = columns, .n = COLUMNS };
	char *p = arena_alloc(c->mem, 32769);
	str bytes, cells[COLUMNS] = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 }, { p, 32768 } };
	(void)state;
	memset(p, 'x', 32768);
	xlsx_out *o = xlsx_out_open(c, STR(""));
	xlsx_out_sheet(o, &layout);
	xlsx_out_row(o, cells, COLUMNS, 0);
	assert_int_equal(xlsx_out_end(o, &bytes), ERR_IO);
	assert_string_equal(c->faults[0].key, "xlsx.write_text");
	assert_int_equal(c->faults[0].at.column, 5);
	assert_null(c->held);
	cx_free(c);
}

static void test_broken_off(void **state)
{
	cx *c = cx_new(0);
	struct sheet_layout layout = { .name = STR("a"), .columns = columns, .n = COLUMNS };
	(void)state;
	xlsx_out *o = xlsx_out_open(c, STR(""));
	xlsx_out_sheet(o, &layout);
	xlsx_out_row(o, rows[0], COLUMNS, 0);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_lists_and_locks),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_broken_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
