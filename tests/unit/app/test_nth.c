/* The n-th statement of a database fails, for many n: nothing of an import counts, the same import afterwards does, and reading never shows
 * half a page. */
#include "app/inject.h"
#include "app/round.h"

struct import {
	const char *kind;
	char *text;
	const char *visible; /* what must be 0 until it is done */
};

static enum err import(app_store *t, void *arg)
{
	const struct import *i = arg;
	return app_import(t, i->kind, i->text, NULL, NULL);
}

static void sees_nothing(app_store *t, void *arg)
{
	const struct import *i = arg;
	if (app_count(t, "SELECT COUNT(*) FROM import WHERE state <> 'running' AND file_name = 'f.csv'") == 0)
		assert_int_equal(app_count(t, i->visible), 0);
}

static char *big_results(arena *mem)
{
	static const char *const names[] = { "Hà Nội", "Thanh Hóa", "Quảng Ninh", "Lào Cai" };
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "index,year,unit_name,series,score,rank\n");
	for (int i = 0; i < 1100; i++) /* three transactions */
		buf_printf(&b, "PCI,%d,%s,s%d,%d.5,%d\n", 2010 + i / 600, names[i % 4], i % 600 / 4, i, i + 1);
	char *text = arena_copy(mem, buf_str(&b).p, b.len + 1);
	text[b.len] = 0;
	buf_free(&b);
	return text;
}

static void test_results(void **state)
{
	app_store t = app_small(state);
	struct import i = { "results", big_results(t.c->mem), "SELECT COUNT(*) FROM result_current" };
	wrap(t.s);
	int failures = until_done(&t, import, &i, sees_nothing);
	assert_true(failures >= 10);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result_current"), 1100);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result"), 1100); /* what an attempt wrote was used, not doubled */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM import WHERE kind = 'results'"), 1);
	app_free(&t);
}

static void test_measures(void **state)
{
	app_store t = app_small(state);
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "unit,measure,period,numerator,denominator,value\n");
	for (int i = 0; i < 1100; i++)
		buf_printf(&b, "Hà Nội,m%d,2024,%d,1200,\n", i, i);
	buf_char(&b, 0);
	struct import i = { "measures", arena_copy(t.c->mem, buf_str(&b).p, b.len), "SELECT COUNT(*) FROM measure_current" };
	buf_free(&b);
	wrap(t.s);
	assert_true(until_done(&t, import, &i, sees_nothing) >= 8);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM measure_current"), 1100);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM measure_value"), 1100);
	app_free(&t);
}

/* Units have no flag of their import: all of a file appear in one transaction, with their successors and words. */
static void test_units(void **state)
{
	app_store t = app_small(state);
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "level,code,name\n");
	for (int i = 0; i < 1100; i++)
		buf_printf(&b, "ward,%d,Phường %d\n", i, i);
	buf_char(&b, 0);
	struct import i = { "units", arena_copy(t.c->mem, buf_str(&b).p, b.len), "SELECT COUNT(*) FROM unit WHERE level = 'ward'" };
	buf_free(&b);
	wrap(t.s);
	int failures = 0;
	for (int nth = 1; nth < 1000; nth += 1 + nth / 6) {
		enum err e = attempt(&t, import, &i, nth);
		int64_t n = app_count(&t, i.visible);
		assert_true(n == 0 || n == 1100);
		if (n)
			assert_true(app_count(&t, "SELECT COUNT(*) FROM unit_word w JOIN unit u ON u.id = w.unit_id WHERE u.level = 'ward'") >= 2200);
		if (!e)
			break;
		failures++;
	}
	assert_true(failures >= 6);
	assert_int_equal(app_count(&t, i.visible), 1100);
	app_free(&t);
}

static enum err load_packs(app_store *t, void *arg)
{
	(void)arg;
	return app_load_packs(t->c, &t->app);
}

static int64_t checks[4];

static void read_checks(app_store *t, int64_t *out)
{
	out[0] = app_count(t, "SELECT COUNT(*) FROM result_current");
	out[1] = app_count(t, "SELECT COUNT(*) FROM unit");
	out[2] = app_count(t, "SELECT COUNT(*) FROM import WHERE visible = 1");
	out[3] = app_count(t, "SELECT COUNT(*) FROM edition") * 1000 + app_count(t, "SELECT COUNT(*) FROM series_break");
}

/* init with every so many statements failing ends, when it is repeated, in the store of an undisturbed one. */
static void test_init(void **state)
{
	app_store whole = app_empty(state);
	OK(load_packs(&whole, NULL));
	read_checks(&whole, checks);
	app_free(&whole);
	app_store t = app_empty(state);
	wrap(t.s);
	int failures = 0;
	unsigned seed = 20261122;
	for (int nth = 3; nth < 100000; nth = nth * 16 + (int)(rand_r(&seed) % 5)) {
		enum err e = attempt(&t, load_packs, NULL, nth);
		failures += e != ERR_OK;
		if (!e)
			break;
	}
	assert_true(failures >= 2);
	OK(load_packs(&t, NULL));
	int64_t got[4];
	read_checks(&t, got);
	for (int i = 0; i < 4; i++)
		assert_int_equal(got[i], checks[i]);
	app_free(&t);
}

/* ---- reading ---- */

static enum err read_league(app_store *t, void *arg)
{
	struct league l;
	(void)arg;
	enum err e = result_league(t->c, &t->app, STR("pci"), 2024, STR(""), &l);
	if (!e)
		assert_int_equal(l.n, 2);
	return e;
}

static enum err read_history(app_store *t, void *arg)
{
	struct history h = { 0 };
	enum err e = result_history(t->c, &t->app, *(int64_t *)arg, true, STR(""), &h);
	if (!e)
		assert_int_equal(h.n, 1);
	return e;
}

static enum err read_trend(app_store *t, void *arg)
{
	struct trend r = { 0 };
	(void)arg;
	enum err e = result_trend(t->c, &t->app, STR("PCI"), STR(""), &r);
	if (!e)
		assert_int_equal(r.n, 1);
	return e;
}

static enum err read_indices(app_store *t, void *arg)
{
	struct index_list l = { 0 };
	(void)arg;
	enum err e = result_indices(t->c, &t->app, &l);
	if (!e)
		assert_int_equal(l.n, 4);
	return e;
}

static enum err read_search(app_store *t, void *arg)
{
	struct unit_list l = { 0 };
	(void)arg;
	enum err e = unit_search(t->c, &t->app, STR("thanh hoa"), 10, &l);
	if (!e)
		assert_true(l.n >= 1);
	return e;
}

static enum err read_slug(app_store *t, void *arg)
{
	struct unit_info u;
	(void)arg;
	return unit_by_slug(t->c, &t->app, STR("38.thanh-hoa"), &u);
}

static void test_reading(void **state)
{
	app_store t = app_small(state);
	struct unit_info u;
	OK(app_import(&t, "results", "index,year,unit_name,score,rank\nPCI,2024,Hà Nội,70,2\nPCI,2024,Thanh Hóa,71,1\n", NULL, NULL));
	t.c->now_ms = INT64_C(1790000000000);
	OK(unit_by_slug(t.c, &t.app, STR("38.thanh-hoa"), &u));
	enum err (*const reads[])(app_store *, void *) = { read_league, read_history, read_trend, read_indices, read_search, read_slug };
	wrap(t.s);
	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
		assert_true(until_done(&t, reads[i], &u.id, NULL) >= 1);
	app_free(&t);
}

static enum err read_sheet(app_store *t, void *arg)
{
	struct sheet s;
	(void)arg;
	enum err e = round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s);
	if (!e)
		assert_string_equal(app_dec(s.unit.value), "87.25");
	return e;
}

static enum err read_table(app_store *t, void *arg)
{
	struct round_table r;
	(void)arg;
	enum err e = round_table_of(t->c, &t->app, STR("cap-tinh-2024"), &r);
	if (!e)
		assert_int_equal(r.n, 1);
	return e;
}

static void test_reading_rounds(void **state)
{
	app_store t = app_small(state);
	struct import_report report;
	app_load(&t, "catalogue", "method/measures.csv");
	OK(import_file(t.c, &t.app, STR("edition"), "method/par-index-province-illustrative.csv",
		&(struct import_options){ .code = "par-index-minh-hoa" }, &report));
	app_load(&t, "units", "method/demo/units.csv");
	OK(import_file(t.c, &t.app, STR("measures"), "method/demo/measures-province.csv", &(struct import_options){ .level = "sample-province" }, &report));
	OK(app_import(&t, "rounds",
		"code,edition,name_vi,name_en,level,period,illustrative\ncap-tinh-2023,par-index-minh-hoa,a,b,sample-province,2023,yes\n"
		"cap-tinh-2024,par-index-minh-hoa,a,b,sample-province,2024,yes\n", NULL, NULL));
	wrap(t.s);
	assert_true(until_done(&t, read_sheet, NULL, NULL) >= 5);
	assert_true(until_done(&t, read_table, NULL, NULL) >= 5);
	app_free(&t);
}

#define ALL(ON) \
	ON(test_results), ON(test_measures), ON(test_units), ON(test_init), ON(test_reading), ON(test_reading_rounds)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("nth", sqlite, pg);
}
