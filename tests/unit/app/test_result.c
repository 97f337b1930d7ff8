/* The packs that ship with the program, and published results as pages show them: moves, breaks, completeness, mergers, search. The store is
 * filled once for each database and only read. */
#include "app/filled.h"
#include "app/compare.h"
#include "app/round.h"

static app_store filled[2];

static app_store *packs(void **state)
{
	app_store *t = &filled[strcmp(*state, "pg") == 0];
	if (!t->s) {
		*t = app_empty(state);
		OK(app_load_packs(t->c, &t->app));
	}
	t->c->now_ms = INT64_C(1790000000000); /* September 2026 */
	return t;
}

static int free_packs(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		if (filled[i].s) {
			app_free(&filled[i]);
			filled[i].s = NULL;
		}
	return 0;
}

/* A second time nothing is new, and no table has another row. */
static void test_packs_again(void **state)
{
	app_store *t = packs(state);
	static const char all[] =
		"SELECT (SELECT COUNT(*) FROM import) * 1000000 + (SELECT COUNT(*) FROM result) + (SELECT COUNT(*) FROM unit)"
		" + (SELECT COUNT(*) FROM edition) + (SELECT COUNT(*) FROM unit_word) + (SELECT COUNT(*) FROM unit_successor)"
		" + (SELECT COUNT(*) FROM series_break) + (SELECT COUNT(*) FROM measure_def) + (SELECT COUNT(*) FROM holiday)";
	int64_t before = app_count(t, all);
	OK(app_load_packs(t->c, &t->app));
	assert_int_equal(app_count(t, all), before);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM import WHERE state <> 'done' OR visible <> 1"), 0);
	assert_int_equal(t->c->n_errors, 0);
}

static void test_pack_sizes(void **state)
{
	app_store *t = packs(state);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM unit WHERE level IN ('province', 'country')"), 104);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM unit WHERE level = 'commune'"), 3321);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM result WHERE index_code = 'PAPI'"), 6943);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM result"), 6943 + 860 + 39 + 109);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM holiday"), 131);
	assert_int_equal(app_count(t, "SELECT COUNT(*) FROM edition"), 10);
	/* 63 provinces into 34, Hà Tây into Hà Nội; cities of 2026 go on as they were. */
	assert_int_equal(
		app_count(t,
			"SELECT COUNT(*) FROM unit_successor s JOIN unit o ON o.id = s.old_id WHERE o.level = 'province' AND s.effective = 20270"),
		63);
}

/* ---- figures of a table of expectations ---- */

enum { INDEX, YEAR, UNIT, SERIES, SCORE, RANK, MOVED, COLUMNS };

static bool same(struct figure f, str want)
{
	dec d;
	return want.len ? f.there && dec_parse(want, &d) && dec_eq(f.v, d) : !f.there;
}

static const char *check_point(app_store *t, const str *cell, int year, int rank)
{
	struct unit_list units = { 0 };
	struct history h = { 0 };
	day on;
	assert_true(date_make(year, str_is(cell[UNIT], "Hà Tây") ? 6 : 12, 30, &on));
	OK(unit_by_name(t->c, &t->app, str_is(cell[UNIT], "Cả nước") ? STR("country") : STR("province"), cell[UNIT], on, &units));
	if (units.n != 1)
		return "unit";
	OK(result_history(t->c, &t->app, units.p[0].id, false, cell[INDEX], &h));
	for (size_t i = 0; i < h.n; i++) {
		const struct point *p = &h.p[i];
		if (p->year != year || !str_eq(p->series, cell[SERIES]))
			continue;
		long moved = 0;
		bool want = str_int(cell[MOVED], -100, 100, &moved);
		if (cell[SCORE].len && !same(p->score, cell[SCORE]))
			return "score";
		if (p->rank != rank)
			return "rank";
		if (want && !(p->moved_known && p->moved == moved))
			return "moved";
		return p->own ? NULL : "own";
	}
	return "no row";
}

static const char *check_row(app_store *t, const str *cell, int year, int rank)
{
	struct league l;
	if (result_league(t->c, &t->app, cell[INDEX], year, cell[SERIES], &l))
		return "no league";
	for (size_t i = 0; i < l.n; i++) {
		long moved = 0;
		bool want = str_int(cell[MOVED], -100, 100, &moved);
		if (!str_eq(l.p[i].unit_name, cell[UNIT]))
			continue;
		if (cell[SCORE].len && !same(l.p[i].score, cell[SCORE]))
			return "league score";
		if (want && !(l.p[i].moved_known && l.p[i].moved == moved))
			return "league moved";
		return l.p[i].rank == rank ? NULL : "league rank";
	}
	return str_is(cell[UNIT], "Cả nước") ? NULL : "league row";
}

static void test_expected_facts(void **state)
{
	static const struct table_column columns[COLUMNS] = { { "index", true }, { "year", true }, { "unit", true }, { "series", true },
		{ "score", true }, { "rank", true }, { "moved", true } };
	app_store *t = packs(state);
	table in;
	int rows = 0, failed = 0;
	OK(table_open(t->c, csv_open_file(t->c, "tests/data/packs_expect.csv", NULL), STR("packs_expect.csv"), columns, COLUMNS, &in));
	while (table_next(&in)) {
		long year, rank = 0;
		assert_true(str_int(in.cell[YEAR], 2000, 2100, &year));
		str_int(in.cell[RANK], 1, 100, &rank);
		const char *bad = check_point(t, in.cell, (int)year, (int)rank);
		if (!bad)
			bad = check_row(t, in.cell, (int)year, (int)rank);
		if (bad) {
			failed++;
			fprintf(stderr, "# packs_expect.csv:%lld: %s\n", (long long)in.line, bad);
		}
		rows++;
	}
	table_close(&in);
	assert_int_equal(failed, 0);
	assert_true(rows >= 21);
}

/* ---- leagues ---- */

static const struct league_row *row_named(const struct league *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->p[i].unit_name, name))
			return &l->p[i];
	return NULL;
}

static void test_index_list(void **state)
{
	app_store *t = packs(state);
	struct index_list list = { 0 };
	struct index_info one;
	OK(result_indices(t->c, &t->app, &list));
	assert_int_equal(list.n, 4);
	assert_string_equal(app_z(t, list.p[0].slug), "par-index");
	OK(result_index(t->c, &t->app, STR("PAR INDEX"), &one));
	OK(result_index(t->c, &t->app, STR("par-index"), &one));
	assert_true(one.percent);
	OK(result_index(t->c, &t->app, STR("papi"), &one));
	assert_false(one.percent);
	assert_int_equal(one.years[0], 2024);
	assert_int_equal(one.n_years, 14);
	for (size_t i = 1; i < one.n_years; i++)
		assert_true(one.years[i] < one.years[i - 1]);
	assert_int_equal(result_index(t->c, &t->app, STR("fifa"), &one), ERR_NOTFOUND);
	assert_int_equal(t->c->n_errors, 0);
}

static void test_league(void **state)
{
	app_store *t = packs(state);
	struct league l;
	OK(result_league(t->c, &t->app, STR("papi"), 2019, STR(""), &l));
	assert_int_equal(l.n, 63);
	assert_true(l.complete && !l.broken && !l.merged);
	assert_int_equal(l.previous_year, 2018);
	assert_int_equal(l.p[0].rank, 1);
	assert_int_equal(l.all_series.n, 9); /* total and D1 to D8 */
	assert_true(dec_cmp(l.lowest.v, l.mean.v) < 0 && dec_cmp(l.mean.v, l.highest.v) < 0);
	for (size_t i = 1; i < l.n; i++)
		assert_true(l.p[i].rank >= l.p[i - 1].rank);
	/* The newest year, and what there is not. */
	OK(result_league(t->c, &t->app, STR("papi"), 0, STR(""), &l));
	assert_int_equal(l.year, 2024);
	assert_int_equal(result_league(t->c, &t->app, STR("papi"), 2030, STR(""), &l), ERR_NOTFOUND);
	assert_int_equal(result_league(t->c, &t->app, STR("papi"), 2019, STR("D99"), &l), ERR_NOTFOUND);
	assert_int_equal(result_league(t->c, &t->app, STR("papi"), 2017, STR("D7"), &l), ERR_NOTFOUND); /* since 2018 */
	assert_int_equal(t->c->n_errors, 0);
}

/* Where a table of a year is incomplete it says so. */
static void test_incomplete_years(void **state)
{
	static const struct { const char *index; int year, scored, expected; bool complete; } cases[] = {
		{ "PAPI", 2019, 63, 63, true }, { "PAPI", 2021, 60, 63, false }, { "PAPI", 2018, 61, 63, false },
		{ "PCI", 2006, 64, 64, true }, { "PCI", 2007, 64, 64, true },
		{ "PCI", 2008, 64, 64, true }, /* Hà Tây ended in August and is in the table */
		{ "PCI", 2009, 63, 63, true }, { "PCI", 2005, 42, 64, false }, { "PCI", 2024, 8, 63, false },
		{ "PAR INDEX", 2019, 9, 63, false },
	};
	app_store *t = packs(state);
	int failed = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct league l;
		struct trend trend = { 0 };
		OK(result_league(t->c, &t->app, str_of(cases[i].index), cases[i].year, STR(""), &l));
		if (l.complete != cases[i].complete || l.expected != cases[i].expected || (cases[i].complete && (int)l.scored != cases[i].scored)) {
			failed++;
			fprintf(stderr, "# league %s %d: %zu of %lld, %s\n", cases[i].index, cases[i].year, l.scored,
				(long long)l.expected, l.complete ? "complete" : "incomplete");
		}
		OK(result_trend(t->c, &t->app, str_of(cases[i].index), STR(""), &trend));
		for (size_t y = 0; y < trend.n; y++)
			if (trend.p[y].year == cases[i].year && (trend.p[y].complete != cases[i].complete || trend.p[y].expected != cases[i].expected)) {
				failed++;
				fprintf(stderr, "# trend %s %d: %zu of %lld\n", cases[i].index, cases[i].year, trend.p[y].scored,
					(long long)trend.p[y].expected);
			}
	}
	assert_int_equal(failed, 0);
}

/* Neither a change nor a move is stated over a break of the method; the ranks themselves stay. */
/* The line over the years: what is complete, what is not, and whose score leads. */
static void test_trend(void **state)
{
	app_store *t = packs(state);
	struct trend line = { 0 }, none = { 0 };
	OK(result_trend(t->c, &t->app, STR("PAPI"), STR(""), &line));
	assert_int_equal(line.n, 14);
	const struct trend_year *y = &line.p[8];
	assert_true(line.p[0].year == 2011 && y->year == 2019 && y->complete && y->figures == 63 && y->expected == 63);
	assert_string_equal(arena_cstr(t->c->mem, y->leader), "Bến Tre");
	assert_true(y->mean.there && dec_cmp(y->mean.v, y->leading.v) < 0);
	assert_true(line.p[13].year == 2024 && !line.p[13].complete && line.p[13].figures == 61 && line.p[13].expected == 63);
	line = (struct trend){ 0 };
	OK(result_trend(t->c, &t->app, STR("PCI"), STR("total"), &line));
	for (size_t i = 0; i < line.n; i++) /* Hà Tây is in the table of the year in which it ended */
		if (line.p[i].year == 2008)
			assert_true(line.p[i].figures == 64 && line.p[i].expected == 64 && line.p[i].complete);
	OK(result_trend(t->c, &t->app, STR("PAPI"), STR("D99"), &none));
	assert_int_equal(none.n, 0);
	assert_int_equal(result_trend(t->c, &t->app, STR("XYZ"), STR(""), &none), ERR_NOTFOUND);
}

static void test_no_chain_over_a_break(void **state)
{
	app_store *t = packs(state);
	struct league l;
	OK(result_league(t->c, &t->app, STR("papi"), 2019, STR("D8"), &l));
	assert_true(l.broken);
	const struct league_row *r = row_named(&l, "Đắk Lắk");
	assert_non_null(r);
	assert_true(r->rank > 0 && r->previous_rank > 0);
	assert_false(r->moved_known);
	assert_int_equal(r->moved, 0);
	assert_false(r->change.there);
	OK(result_league(t->c, &t->app, STR("papi"), 2019, STR("D5"), &l));
	assert_false(l.broken);
	r = row_named(&l, "Đắk Lắk");
	assert_true(r->moved_known && r->change.there);
	assert_int_equal(r->rank, 55);
	/* The same in a unit's history, for every index, series and year. */
	struct unit_list units = { 0 };
	struct history h = { 0 };
	struct break_list breaks = { 0 };
	OK(unit_by_name(t->c, &t->app, STR("province"), STR("Đắk Lắk"), 18000, &units));
	OK(result_history(t->c, &t->app, units.p[0].id, false, STR(""), &h));
	OK(result_breaks(t->c, &t->app, STR("PAPI"), &breaks));
	int broken = 0, moved = 0;
	for (size_t i = 0; i < h.n; i++) {
		const struct point *p = &h.p[i];
		if (p->after_break) {
			broken++;
			assert_false(p->moved_known || p->change.there);
		}
		moved += p->moved_known;
		if (str_is(p->index_code, "PAPI"))
			for (size_t b = 0; b < breaks.n; b++)
				if (breaks.p[b].year == p->year && str_eq(breaks.p[b].series, p->series))
					assert_false(p->moved_known || p->change.there);
	}
	assert_true(broken >= 5 && moved > 60);
}

/* ---- units ---- */

static void test_history_of_a_merged_province(void **state)
{
	app_store *t = packs(state);
	struct unit_info u;
	struct unit_list before = { 0 }, after = { 0 };
	OK(unit_by_slug(t->c, &t->app, STR("15.lao-cai"), &u));
	assert_true(u.today);
	OK(unit_line(t->c, &t->app, u.id, &before, &after));
	assert_int_equal(before.n, 2); /* Lào Cai and Yên Bái */
	assert_int_equal(after.n, 0);
	struct history own = { 0 }, line = { 0 };
	OK(result_history(t->c, &t->app, u.id, false, STR("PAPI"), &own));
	OK(result_history(t->c, &t->app, u.id, true, STR("PAPI"), &line));
	assert_int_equal(own.n, 0); /* no result since the merger yet */
	assert_true(line.n > 100);
	int names = 0;
	for (size_t i = 0; i < line.n; i++) {
		assert_false(line.p[i].own);
		names |= str_is(line.p[i].unit_name, "Yên Bái") ? 1 : str_is(line.p[i].unit_name, "Lào Cai") ? 2 : 4;
		/* A move is one of the same unit. */
		if (line.p[i].moved_known)
			assert_true(line.p[i].previous_rank - line.p[i].moved == line.p[i].rank);
	}
	assert_int_equal(names, 3);
	struct unit_list old_before = { 0 }, old_after = { 0 };
	OK(unit_by_slug(t->c, &t->app, STR("15.yen-bai"), &u));
	assert_false(u.today);
	OK(unit_line(t->c, &t->app, u.id, &old_before, &old_after));
	assert_int_equal(old_after.n, 1);
	assert_string_equal(app_z(t, old_after.p[0].slug), "15.lao-cai");
}

static void test_slugs(void **state)
{
	static const struct { const char *slug, *name; } good[] = { { "38.thanh-hoa", "Thanh Hóa" }, { "66.dak-lak", "Đắk Lắk" },
		{ "10.lao-cai", "Lào Cai" }, { "15.lao-cai", "Lào Cai" }, { "15.yen-bai", "Yên Bái" }, { "28.ha-tay", "Hà Tây" },
		{ "46.thua-thien-hue", "Thừa Thiên Huế" }, { "46.hue", "Huế" }, { "77.ba-ria-vung-tau", "Bà Rịa - Vũng Tàu" } };
	static const char *const bad[] = { "", ".", "38", "38.", ".thanh-hoa", "38.thanh-hóa", "39.thanh-hoa", "38.thanh-hoa.", "38-thanh-hoa", "38.Thanh-Hoa",
		"../etc/passwd", "38.thanh-hoa'--", "\xff\xfe.x" };
	app_store *t = packs(state);
	struct unit_info u;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		enum err e = unit_by_slug(t->c, &t->app, str_of(good[i].slug), &u);
		if (e)
			fprintf(stderr, "# %s\n", good[i].slug);
		OK(e);
		assert_string_equal(app_z(t, u.name), good[i].name);
		assert_string_equal(app_z(t, u.slug), good[i].slug);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(unit_by_slug(t->c, &t->app, str_of(bad[i]), &u), ERR_NOTFOUND);
	/* Every province of every time has an address of its own, and it leads to a unit of that name. */
	struct unit_list all = { 0 };
	for (int i = 0; i < 3; i++)
		OK(unit_on(t->c, &t->app, STR("province"), (const day[]){ 13700, 18000, 20600 }[i], &all));
	assert_int_equal(all.n, 64 + 63 + 34);
	for (size_t i = 0; i < all.n; i++) {
		OK(unit_by_slug(t->c, &t->app, all.p[i].slug, &u));
		assert_true(str_eq(u.name, all.p[i].name));
	}
	assert_int_equal(t->c->n_errors, 0);
}

static bool finds(app_store *t, const char *text, const char *slug)
{
	struct unit_list list = { 0 };
	OK(unit_search(t->c, &t->app, str_of(text), 20, &list));
	assert_true(list.n <= 20);
	for (size_t i = 0; i < list.n; i++)
		if (str_is(list.p[i].slug, slug))
			return true;
	return false;
}

static void test_search(void **state)
{
	app_store *t = packs(state);
	struct unit_list list = { 0 };
	assert_true(finds(t, "dak lak", "66.dak-lak"));
	assert_true(finds(t, "Đắk", "66.dak-lak"));
	assert_true(finds(t, "ĐẮC LẮC", "66.dak-lak")); /* another spelling */
	assert_true(finds(t, "thanh hoá", "38.thanh-hoa"));
	assert_true(finds(t, "hoa thanh", "38.thanh-hoa")); /* words in any order */
	assert_true(finds(t, "tph", "79.ho-chi-minh"));
	assert_true(finds(t, "lao cai", "15.lao-cai"));
	assert_true(finds(t, "lao cai", "10.lao-cai")); /* the one before the merger, too */
	assert_true(finds(t, "yên bái", "15.yen-bai"));
	assert_true(finds(t, "bắc giang", "24.bac-giang"));
	assert_true(finds(t, "ha tay", "28.ha-tay")); /* gone since 2008 */
	assert_false(finds(t, "thanh xxx", "38.thanh-hoa"));
	OK(unit_search(t->c, &t->app, STR(""), 20, &list));
	OK(unit_search(t->c, &t->app, STR("   "), 20, &list));
	OK(unit_search(t->c, &t->app, STR("' OR 1=1 --"), 20, &list));
	OK(unit_search(t->c, &t->app, STR("%"), 20, &list));
	assert_int_equal(list.n, 0);
	OK(unit_search(t->c, &t->app, STR("xa"), 5, &list));
	assert_true(list.n <= 5);
	/* Units of today stand before former ones. */
	list = (struct unit_list){ 0 };
	OK(unit_search(t->c, &t->app, STR("lào cai"), 20, &list));
	assert_true(list.n >= 2 && list.p[0].today);
}

/* ---- editions ---- */

static void test_editions(void **state)
{
	app_store *t = packs(state);
	struct edition_brief_list list = { 0 };
	struct edition_view v;
	OK(edition_all(t->c, &t->app, &list));
	assert_int_equal(list.n, 10);
	OK(edition_view_of(t->c, &t->app, STR("par-index-minh-hoa"), &v));
	assert_true(v.illustrative);
	assert_int_equal(v.version, 1);
	assert_true(v.n_scored > 50 && v.n_nodes > v.n_scored);
	assert_string_equal(app_dec(v.nodes[0].max), "100");
	assert_string_equal(app_z(t, v.nodes[0].parent), "");
	for (size_t i = 1; i < v.n_nodes; i++) { /* a parent stands before its children */
		bool seen = false;
		for (size_t p = 0; p < i; p++)
			seen |= str_eq(v.nodes[p].code, v.nodes[i].parent);
		assert_true(seen);
	}
	assert_int_equal(edition_view_of(t->c, &t->app, STR("none"), &v), ERR_NOTFOUND);
	assert_int_equal(t->c->n_errors, 0);
}

static void test_edition_versions(void **state)
{
	app_store t = app_empty(state);
	struct import_report report;
	struct import_options opt = { .code = "thu" };
	OK(import_file(t.c, &t.app, STR("edition"), "method/xa-illustrative.csv", &opt, &report));
	assert_int_equal(report.changed, 1);
	OK(import_file(t.c, &t.app, STR("edition"), "method/xa-illustrative.csv", &opt, &report));
	assert_true(report.known);
	/* Another text under the same code is the next version; the one before stays. */
	OK(import_file(t.c, &t.app, STR("edition"), "method/so-illustrative.csv", &opt, &report));
	assert_false(report.known);
	struct edition_view v;
	OK(edition_view_of(t.c, &t.app, STR("thu"), &v));
	assert_int_equal(v.version, 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition WHERE code = 'thu'"), 2);
	struct edition_brief_list list = { 0 };
	OK(edition_all(t.c, &t.app, &list));
	assert_int_equal(list.n, 1);
	/* Without a code the file's name is it. */
	OK(import_file(t.c, &t.app, STR("edition"), "method/pci-2022.csv", &(struct import_options){ 0 }, &report));
	OK(edition_view_of(t.c, &t.app, STR("pci-2022"), &v));
	/* Faults: refused whole, with the place. */
	app_forget(&t);
	assert_int_equal(app_import(&t, "edition", "code,parent\n1,x\n", NULL, &report), ERR_INPUT);
	assert_true(t.c->n_errors > 0);
	assert_true(str_is(t.c->faults[0].at.file, "f.csv"));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM edition"), 3);
	app_free(&t);
}

/* Two provinces side by side: what was asked for twice counts once, what is no unit is told, gaps go from one to the other. */
static void test_compare(void **state)
{
	app_store *t = packs(state);
	struct index_list indices = { 0 };
	struct comparison x;
	str slugs[COMPARE_MOST] = { STR("38.thanh-hoa"), STR("99.khong-co"), STR("66.dak-lak"), STR("38.thanh-hoa") };
	OK(result_indices(t->c, &t->app, &indices));
	OK(compare_units(t->c, &t->app, &indices, STR("papi"), slugs, COMPARE_MOST, &x));
	assert_true(str_is(x.index.code, "PAPI"));
	assert_int_equal(x.n, 2);
	assert_int_equal(x.n_unknown, 1);
	assert_true(str_is(x.unknown[0], "99.khong-co"));
	assert_true(compare_has_year(&x, 2019) && compare_has_dimensions(&x, 2019));
	const struct point *a = compare_at(&x, 0, STR("D5"), 2019), *b = compare_at(&x, 1, STR("D5"), 2019);
	assert_non_null(a);
	assert_int_equal(b->rank, 55);
	struct figure gap = compare_gap(&x, 1, 0, STR("D5"), 2019), back = compare_gap(&x, 0, 1, STR("D5"), 2019);
	dec sum;
	assert_true(gap.there && back.there && dec_add(gap.v, back.v, &sum) && dec_is_zero(sum));
	assert_true(dec_add(a->score.v, gap.v, &sum) && dec_eq(sum, b->score.v));
	assert_false(compare_gap(&x, 1, 0, STR("D5"), 1999).there);
	assert_true(x.common_year > 2019);
	size_t best = compare_highest(&x, 2019);
	assert_true(dec_cmp(compare_at(&x, best, STR("total"), 2019)->score.v, compare_at(&x, 1 - best, STR("total"), 2019)->score.v) >= 0);
	OK(compare_units(t->c, &t->app, &indices, STR("khong-co"), slugs, 0, &x)); /* the first index, no units */
	assert_true(x.n == 0 && x.common_year == 0 && x.index.code.len > 0);
}

#define ALL(ON) \
	ON(test_packs_again), ON(test_pack_sizes), ON(test_expected_facts), ON(test_index_list), ON(test_league), ON(test_incomplete_years), \
		ON(test_trend), ON(test_no_chain_over_a_break), ON(test_history_of_a_merged_province), ON(test_slugs), ON(test_search), ON(test_editions), \
		ON(test_edition_versions), ON(test_compare)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return cmocka_run_group_tests_name("result-sqlite", sqlite, NULL, free_packs)
		| (store_pg_here() ? cmocka_run_group_tests_name("result-postgresql", pg, NULL, free_packs) : 0);
}
