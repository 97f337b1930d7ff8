/* Criteria sets as texts and workbooks: the same set is one version, whatever form it comes in. */
#include "app/edition.h"
#include "app/edition_text.h"
#include "app/filled.h"
#include "base/hash.h"
#include "format/tabular.h"

static const char *const sets[] = { "method/par-index-province-illustrative.csv", "method/so-illustrative.csv", "method/xa-illustrative.csv",
	"method/par-index-2948-fields.csv", "method/papi-2018-2024.csv", "method/pci-2022.csv", "method/pci-2006-2008.csv" };

static str text_of(cx *c, const char *path)
{
	str text = { 0 };
	OK(edition_text(c, table_csv(csv_open_file(c, path, NULL), str_of(path)), &text));
	return text;
}

/* text -> workbook -> text, for every set we ship. */
static void test_workbook_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
		cx *c = cx_new(0);
		str text = text_of(c, sets[i]), book, again;
		OK(edition_workbook(c, text, STR("t"), &book));
		OK(edition_text(c, tabular_open(c, STR("t.xlsx"), book, NULL, STR("")), &again));
		assert_true(str_eq(text, again));
		OK(edition_text(c, tabular_open(c, STR("t.csv"), text, NULL, STR("")), &again));
		assert_true(str_eq(text, again));
		assert_int_equal(c->n_faults, 0);
		cx_free(c);
	}
}

static void test_canonical(void **state)
{
	cx *c = cx_new(0);
	str text;
	(void)state;
	OK(edition_text(c,
		tabular_open(c, STR("e"),
			STR("\xEF\xBB\xBFmax;code;parent;name_vi;by;rule\r\n1.50;1;X;\" Một\r\nhai \";self;m\r\n"), NULL, STR("")),
		&text));
	assert_true(str_is(text,
		"code,parent,name_vi,name_en,max,by,agg,weight,cap,rule,owner,na,digits,rounding,evidence,note\n"
		"1,X,\"Một\nhai\",,1.5,self,,,,m,,,,,,\n"));
	cx_free(c);
}

static void test_one_version(void **state)
{
	app_store t = app_empty(state);
	struct import_report report;
	struct import_options opt = { .code = "xa" };
	str text, name, book;
	OK(import_file(t.c, &t.app, STR("edition"), sets[2], &opt, &report));
	assert_true(report.changed == 1 && !report.known);
	OK(edition_csv(t.c, &t.app, STR("xa"), &text, &name));
	OK(edition_workbook(t.c, text, name, &book));
	OK(import_bytes(t.c, &t.app, STR("edition"), STR("xa.xlsx"), book, &opt, &report));
	assert_true(report.known);
	OK(import_bytes(t.c, &t.app, STR("edition"), STR("xa.csv"), text, &opt, &report));
	assert_true(report.known);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition"), 1);
	assert_int_equal(edition_csv(t.c, &t.app, STR("none"), &text, &name), ERR_NOTFOUND);
	app_free(&t);
}

/* Other kinds come from sheets too; a wrong cell is told by its address, and nothing is written. */
static void test_results_in_a_sheet(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	struct import_options opt = { .index = "PCI", .year = "2035", .sheet = "Kết quả" };
	OK(import_file(t.c, &t.app, STR("results"), "tests/data/xlsx/results.xlsx", &opt, &report));
	assert_int_equal(report.rows, 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result"), 2);
	opt.sheet = NULL;
	assert_int_equal(import_file(t.c, &t.app, STR("results"), "tests/data/xlsx/results.xlsx", &opt, &report), ERR_INPUT);
	assert_true(str_is(t.c->faults[0].at.sheet, "Bìa") && t.c->faults[0].at.column == 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result"), 2);
	app_free(&t);
}

#define ALL(ON) ON(test_one_version), ON(test_results_in_a_sheet)

int main(void)
{
	const struct CMUnitTest sqlite[] = { cmocka_unit_test(test_workbook_and_back), cmocka_unit_test(test_canonical), ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("edition_text", sqlite, pg);
}
