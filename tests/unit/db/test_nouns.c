/* Every statement of the nouns, on both databases. */
#include "db/store.h"
#include "db/calendar.h"
#include "db/edition.h"
#include "db/import.h"
#include "db/measure.h"
#include "db/result.h"
#include "db/round.h"
#include "db/unit.h"

#define OK(call) assert_int_equal((call), ERR_OK)

static day on(int y, int m, int d)
{
	day out;
	assert_true(date_make(y, m, d, &out));
	return out;
}

static db_dec number(const char *z)
{
	db_dec d = { .there = true };
	assert_true(dec_parse(str_of(z), &d.v));
	return d;
}

/* ---- a small country ---- */

typedef struct country {
	store *s;
	db_conn *k;
	int64_t import;
} country;

static int64_t begin_import(store *s, db_conn *k, const char *kind, const char *sha)
{
	int64_t id;
	bool resumed;
	OK(db_import_begin(s->c, k, str_of(kind), STR("tệp.csv"), str_of(sha), STR("test"), &id, &resumed));
	assert_false(resumed);
	return id;
}

static db_unit province(const char *code, const char *name, day from, day to, const char *successor)
{
	return (db_unit){ .level = STR("province"), .code = str_of(code), .name = str_of(name), .valid_from = from, .valid_to = to,
		.type = STR("tỉnh"), .region = STR("Vùng"), .successor_code = str_of(successor), .status = STR("verified") };
}

static country country_new(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	OK(db_begin(s->c, k, DB_WRITE));
	country co = { s, k, begin_import(s, k, "units", "u1") };
	day start = on(2008, 8, 1), end = on(2025, 6, 30), merged = on(2025, 7, 1);
	const db_unit units[] = {
		{ .level = STR("country"),
			.code = STR("VN"),
			.name = STR("Cả nước"),
			.valid_from = on(1976, 7, 2),
			.valid_to = DB_DAY_OPEN,
			.type = STR("quốc gia"),
			.status = STR("verified") },
		province("01", "Hà Nội", start, end, "01"),
		province("01", "Hà Nội", merged, DB_DAY_OPEN, ""),
		province("24", "Bắc Giang", start, end, "24"),
		province("27", "Bắc Ninh", start, end, "24"),
		province("24", "Bắc Ninh", merged, DB_DAY_OPEN, ""),
		province("17", "Hòa Bình", start, DB_DAY_OPEN, ""),
		{ .level = STR("commune"),
			.code = STR("00004"),
			.name = STR("Ba Đình"),
			.valid_from = merged,
			.valid_to = DB_DAY_OPEN,
			.type = STR("phường"),
			.parent_level = STR("province"),
			.parent_code = STR("01"),
			.status = STR("verified") },
		{ .level = STR("commune"),
			.code = STR("00008"),
			.name = STR("Hoà Bình"),
			.valid_from = merged,
			.valid_to = DB_DAY_OPEN,
			.type = STR("xã"),
			.parent_level = STR("province"),
			.parent_code = STR("01"),
			.status = STR("verified") },
		{ .level = STR("commune"),
			.code = STR("00009"),
			.name = STR("Hóa Bình"),
			.valid_from = merged,
			.valid_to = DB_DAY_OPEN,
			.type = STR("xã"),
			.parent_level = STR("province"),
			.parent_code = STR("01"),
			.status = STR("verified") },
	};
	size_t n = sizeof units / sizeof *units;
	int64_t changed;
	OK(db_unit_put(s->c, k, units, n, co.import, &changed));
	assert_int_equal(changed, n);
	OK(db_unit_put(s->c, k, units, n, co.import, &changed));
	assert_int_equal(changed, 0);
	OK(db_unit_finish(s->c, k));
	OK(db_import_finish(s->c, k, co.import));
	OK(db_commit(s->c, k));
	return co;
}

static void country_free(country co)
{
	db_release(co.k);
	store_free(co.s);
}

static int64_t unit_id(country co, const char *code, day d)
{
	db_unit u;
	OK(db_unit_at(co.s->c, co.k, STR("province"), str_of(code), d, &u));
	return u.id;
}

static void test_units(void **state)
{
	country co = country_new(state);
	cx *c = co.s->c;
	db_conn *k = co.k;
	db_unit u, v;
	db_unit_list list;
	OK(db_unit_at(c, k, STR("province"), STR("24"), on(2025, 6, 30), &u));
	assert_true(str_is(u.name, "Bắc Giang"));
	OK(db_unit_at(c, k, STR("province"), STR("24"), on(2025, 7, 1), &v));
	assert_true(str_is(v.name, "Bắc Ninh") && v.id != u.id && v.valid_to == DB_DAY_OPEN);
	assert_int_equal(db_unit_at(c, k, STR("province"), STR("27"), on(2026, 1, 1), &u), ERR_NOTFOUND);
	OK(db_unit_get(c, k, v.id, &u));
	assert_true(str_is(u.code, "24"));
	assert_int_equal(db_unit_get(c, k, 1, &u), ERR_NOTFOUND);
	OK(db_unit_on(c, k, STR("province"), on(2024, 1, 1), STR(""), &list));
	assert_int_equal(list.n, 4);
	assert_true(str_is(list.p[0].name, "Bắc Giang") && str_is(list.p[1].name, "Bắc Ninh") && str_is(list.p[2].name, "Hà Nội"));
	OK(db_unit_on(c, k, STR("commune"), on(2026, 1, 1), STR("01"), &list));
	assert_int_equal(list.n, 3);
	OK(db_unit_on(c, k, STR("commune"), on(2026, 1, 1), STR("24"), &list));
	assert_int_equal(list.n, 0);
	int64_t *ids;
	size_t n_ids;
	OK(db_unit_ids_on(c, k, STR("province"), on(2026, 1, 1), &ids, &n_ids));
	assert_true(n_ids == 3 && ids[0] < ids[1] && ids[1] < ids[2]);
	OK(db_unit_versions(c, k, STR("province"), STR("24"), &list));
	assert_int_equal(list.n, 2);
	OK(db_unit_predecessors(c, k, v.id, &list));
	assert_int_equal(list.n, 2);
	OK(db_unit_successors(c, k, list.p[0].id, &list));
	assert_int_equal(list.n, 1);
	assert_true(list.p[0].id == v.id);
	country_free(co);
}

static size_t resolved(country co, const char *level, const char *name, day d, const char *code)
{
	db_unit_list list;
	OK(db_unit_resolve(co.s->c, co.k, str_of(level), str_of(name), d, &list));
	if (list.n == 1 && code)
		assert_true(str_is(list.p[0].code, code));
	return list.n;
}

static void test_names(void **state)
{
	country co = country_new(state);
	cx *c = co.s->c;
	db_conn *k = co.k;
	day d = on(2026, 1, 1);
	assert_int_equal(resolved(co, "province", "HA NOI", d, "01"), 1);
	assert_int_equal(resolved(co, "province", "  Thành phố   Hà Nội ", d, "01"), 1);
	assert_int_equal(resolved(co, "province", "TP. Hà Nội", d, "01"), 1);
	assert_int_equal(resolved(co, "province", "Thủ đô", d, NULL), 0);
	assert_int_equal(resolved(co, "province", "Bắc Giang", d, NULL), 0);
	assert_int_equal(resolved(co, "province", "Bắc Giang", on(2024, 1, 1), "24"), 1);
	assert_int_equal(resolved(co, "", "Hòa Bình", d, NULL), 2); /* a province and a commune; Hóa Bình is another */
	assert_int_equal(resolved(co, "", "hoa binh", d, NULL), 3);
	assert_int_equal(resolved(co, "commune", "Xã Hóa Bình", d, "00009"), 1);
	db_unit_alias alias[] = { { unit_id(co, "01", d), STR("Thủ đô") }, { unit_id(co, "01", d), STR("HN") } };
	OK(db_begin(c, k, DB_WRITE));
	OK(db_unit_alias_put(c, k, alias, 2));
	OK(db_unit_alias_put(c, k, alias, 2));
	OK(db_unit_finish(c, k));
	OK(db_commit(c, k));
	assert_int_equal(resolved(co, "province", "thu do", d, "01"), 1);
	db_unit_list list;
	static const struct {
		const char *text;
		size_t n;
	} searches[] = {
		{ "ba", 2 },
		{ "bac n", 1 },
		{ "n", 3 },
		{ "dinh ba", 1 },
		{ "thu", 1 },
		{ "x", 0 },
		{ "", 0 },
		{ " ", 0 },
		{ "hoa", 3 },
		{ "HN", 1 },
		{ "%", 0 },
	};
	for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
		OK(db_unit_search(c, k, STR(""), str_of(searches[i].text), d, 20, &list));
		assert_int_equal(list.n, searches[i].n);
	}
	OK(db_unit_search(c, k, STR("commune"), STR("hoa"), d, 1, &list));
	assert_int_equal(list.n, 1);
	const db_unit_region regions[] = {
		{ STR("cũ"), STR("province"), STR("24"), on(2023, 1, 9), STR("Trung du"), STR("recollection") },
		{ STR("mới"), STR("province"), STR("24"), on(2025, 10, 5), STR("Đồng bằng"), STR("verified") },
	};
	str region;
	OK(db_unit_region_put(c, k, regions, 2));
	OK(db_unit_region_put(c, k, regions, 2));
	OK(db_unit_region_on(c, k, STR("province"), STR("24"), on(2024, 1, 1), &region));
	assert_true(str_is(region, "Trung du"));
	OK(db_unit_region_on(c, k, STR("province"), STR("24"), d, &region));
	assert_true(str_is(region, "Đồng bằng"));
	OK(db_unit_region_on(c, k, STR("province"), STR("99"), d, &region));
	assert_int_equal(region.len, 0);
	country_free(co);
}

static void test_imports(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	cx *c = s->c;
	int64_t a = begin_import(s, k, "results", "sha"), b;
	bool resumed;
	OK(db_import_begin(c, k, STR("results"), STR("x"), STR("sha"), STR("test"), &b, &resumed));
	assert_true(resumed && a == b);
	OK(db_import_count(c, k, a, 10, 9, 1));
	db_import i;
	OK(db_import_get(c, k, a, &i));
	assert_true(!i.visible && i.finished_at == 0 && str_is(i.state, "running") && i.n_rows == 10 && i.n_accepted == 9 && i.n_rejected == 1);
	OK(db_import_finish(c, k, a));
	OK(db_import_get(c, k, a, &i));
	assert_true(i.visible && i.finished_at == c->now_ms && str_is(i.state, "done"));
	OK(db_import_begin(c, k, STR("results"), STR("x"), STR("sha"), STR("test"), &b, &resumed));
	assert_true(!resumed && a != b);
	OK(db_import_fail(c, k, b));
	OK(db_import_get(c, k, b, &i));
	assert_true(!i.visible && str_is(i.state, "failed"));
	assert_int_equal(db_import_get(c, k, 5, &i), ERR_NOTFOUND);
	db_import_list list;
	OK(db_import_last(c, k, STR("results"), 10, &list));
	assert_true(list.n == 2 && list.p[0].id == b);
	OK(db_import_last(c, k, STR(""), 1, &list));
	assert_int_equal(list.n, 1);
	db_release(k);
	store_free(s);
}

/* ---- results ---- */

static db_result figure(int64_t unit, int year, const char *series, const char *score, int rank)
{
	return (db_result){ .index_code = STR("PAPI"), .series = str_of(series), .year = year, .unit_id = unit,
		.score = *score ? number(score) : (db_dec){ .there = false }, .rank = rank, .rank_kind = STR("computed"), .coverage = STR("complete"),
		.publisher = STR("CECODES"), .source = STR("x"), .status = STR("verified") };
}

static void define_papi(country co)
{
	cx *c = co.s->c;
	const db_index d = { STR("PAPI"), 3, STR("Chỉ số PAPI"), STR("PAPI"), STR("CECODES"), STR("points"), true, STR("province"),
		STR(""), STR("") };
	const db_series total = { .index_code = STR("PAPI"),
		.code = STR("total"),
		.first_year = 2011,
		.last_year = 9999,
		.sort_no = 0,
		.name_vi = STR("Tổng"),
		.name_en = STR("Total"),
		.maximum = number("80") };
	const db_break b = { STR("PAPI"), STR("total"), 2018, STR("thêm hai nội dung"), STR("two dimensions more"), STR("") };
	OK(db_index_put(c, co.k, &d));
	OK(db_index_put(c, co.k, &d));
	OK(db_series_put(c, co.k, &total));
	OK(db_series_put(c, co.k, &total));
	OK(db_break_put(c, co.k, &b));
	OK(db_break_put(c, co.k, &b));
}

static int64_t put_results(country co, const char *sha, const db_result *r, size_t n, bool finish)
{
	cx *c = co.s->c;
	int64_t changed;
	OK(db_begin(c, co.k, DB_WRITE));
	int64_t import = begin_import(co.s, co.k, "results", sha);
	OK(db_result_put(c, co.k, r, n, import, &changed));
	OK(finish ? db_import_finish(c, co.k, import) : ERR_OK);
	OK(db_commit(c, co.k));
	return changed;
}

static void test_definitions(void **state)
{
	country co = country_new(state);
	cx *c = co.s->c;
	db_conn *k = co.k;
	define_papi(co);
	db_index d;
	db_index_list all;
	db_series_list series;
	db_break_list breaks;
	OK(db_index_get(c, k, STR("PAPI"), &d));
	assert_true(d.higher_is_better && d.sort_no == 3 && str_is(d.name_vi, "Chỉ số PAPI"));
	assert_int_equal(db_index_get(c, k, STR("X"), &d), ERR_NOTFOUND);
	OK(db_index_list_all(c, k, &all));
	assert_int_equal(all.n, 1);
	OK(db_series_of(c, k, STR("PAPI"), &series));
	assert_true(series.n == 1 && series.p[0].maximum.there && dec_eq(series.p[0].maximum.v, dec_int(80)));
	OK(db_break_of(c, k, STR("PAPI"), &breaks));
	assert_true(breaks.n == 1 && breaks.p[0].year == 2018);
	OK(db_break_of(c, k, STR(""), &breaks));
	assert_int_equal(breaks.n, 1);
	const db_index_year y[] = {
		{ .index_code = STR("PAPI"),
			.series = STR("total"),
			.area = STR("national"),
			.year = 2019,
			.release_year = 2020,
			.mean = number("43.75"),
			.status = STR("verified"),
			.published_on = on(2020, 4, 28) },
		{ .index_code = STR("PAPI"),
			.series = STR("total"),
			.area = STR("Vùng"),
			.year = 2019,
			.release_year = 2020,
			.mean = number("44.1"),
			.status = STR("derived") },
	};
	db_index_year_list years;
	OK(db_index_year_put(c, k, y, 2, co.import));
	OK(db_index_year_put(c, k, y, 2, co.import));
	OK(db_index_year_of(c, k, STR("PAPI"), STR("national"), &years));
	assert_true(years.n == 1 && dec_eq(years.p[0].mean.v, number("43.75").v) && !years.p[0].maximum.there && years.p[0].published_on == on(2020, 4, 28));
	OK(db_index_year_of(c, k, STR("PAPI"), STR(""), &years));
	assert_int_equal(years.n, 2);
	country_free(co);
}

static void test_results(void **state)
{
	country co = country_new(state);
	cx *c = co.s->c;
	db_conn *k = co.k;
	define_papi(co);
	day old = on(2024, 12, 31), now = on(2025, 12, 31);
	int64_t hn = unit_id(co, "01", old), bg = unit_id(co, "24", old), bn = unit_id(co, "27", old), hb = unit_id(co, "17", old);
	int64_t hn2 = unit_id(co, "01", now), bn2 = unit_id(co, "24", now);
	db_unit vn;
	OK(db_unit_at(c, k, STR("country"), STR("VN"), now, &vn));
	const db_result rows[] = {
		figure(hn, 2024, "total", "43.5", 2),
		figure(bg, 2024, "total", "44.25", 1),
		figure(bn, 2024, "total", "41", 3),
		figure(hb, 2024, "total", "", 0),
		figure(hn2, 2025, "total", "45", 1),
		figure(bn2, 2025, "total", "44.9", 2),
		figure(hb, 2025, "total", "44.9", 2),
		figure(vn.id, 2025, "total", "44.93", 0),
		figure(hn2, 2025, "D1", "5.1", 1),
	};
	size_t n = sizeof rows / sizeof *rows;
	assert_int_equal(put_results(co, "r1", rows, n, true), n);
	assert_int_equal(put_results(co, "r2", rows, n, true), 0); /* nothing new */
	db_standing_list list;
	OK(db_result_league(c, k, STR("PAPI"), 2025, STR("total"), STR("province"), &list));
	assert_int_equal(list.n, 3);
	assert_true(str_is(list.p[0].unit_name, "Hà Nội") && list.p[0].previous_rank == 2 && dec_eq(list.p[0].previous_score.v, number("43.5").v));
	assert_true(str_is(list.p[1].unit_name, "Bắc Ninh") && list.p[1].previous_rank == 0); /* made of two: not comparable */
	assert_true(str_is(list.p[2].unit_name, "Hòa Bình") && list.p[2].previous_rank == 0 && !list.p[2].previous_score.there);
	OK(db_result_league(c, k, STR("PAPI"), 2024, STR("total"), STR("province"), &list));
	assert_true(list.n == 4 && str_is(list.p[3].unit_name, "Hòa Bình") && !list.p[3].r.score.there);
	OK(db_result_of_unit(c, k, bn2, false, STR(""), STR(""), &list));
	assert_int_equal(list.n, 1);
	OK(db_result_of_unit(c, k, bn2, true, STR("PAPI"), STR("total"), &list));
	assert_true(list.n == 3 && list.p[0].generation == 1 && list.p[2].generation == 0 && list.p[2].r.year == 2025);
	db_result one;
	OK(db_result_one(c, k, STR("PAPI"), 2025, hn2, STR("D1"), &one));
	assert_true(one.rank == 1 && dec_eq(one.score.v, number("5.1").v));
	assert_int_equal(db_result_one(c, k, STR("PAPI"), 2025, hn2, STR("D2"), &one), ERR_NOTFOUND);
	db_result_year_list years;
	OK(db_result_years(c, k, STR("PAPI"), STR("total"), STR("province"), &years));
	assert_int_equal(years.n, 2);
	assert_true(years.p[0].year == 2024 && years.p[0].units == 4 && years.p[0].ranked == 3 && years.p[0].scored == 3 && years.p[0].expected == 4);
	assert_true(years.p[0].figures == 3 && years.p[1].expected == 3);
	assert_true(str_is(years.p[0].first_name, "Bắc Giang") && str_is(years.p[0].first_code, "24") && dec_eq(years.p[0].first_score.v, number("44.25").v));
	assert_true(dec_eq(years.p[0].sum, number("128.75").v) && str_is(years.p[1].first_name, "Hà Nội"));
	OK(db_result_year_numbers(c, k, STR("PAPI"), STR("total"), &years));
	assert_true(years.n == 2 && years.p[0].year == 2024 && years.p[1].year == 2025);
	OK(db_result_year_numbers(c, k, STR(""), STR("total"), &years));
	assert_true(years.n == 2 && str_is(years.p[0].index_code, "PAPI") && years.p[1].year == 2025);
	OK(db_result_years(c, k, STR(""), STR("total"), STR("province"), &years));
	assert_true(years.n == 2 && years.p[0].units == 4 && str_is(years.p[1].index_code, "PAPI"));
	OK(db_result_year_numbers(c, k, STR("PAPI"), STR("no such"), &years));
	assert_int_equal(years.n, 0);
	/* A corrected figure: unseen until its import is visible, then a second revision. */
	const db_result fixed[] = { figure(hn2, 2025, "total", "45.1", 1), rows[5] };
	assert_int_equal(put_results(co, "r3", fixed, 2, false), 1);
	OK(db_result_one(c, k, STR("PAPI"), 2025, hn2, STR("total"), &one));
	assert_true(one.revision == 1 && dec_eq(one.score.v, dec_int(45)));
	int64_t import;
	bool resumed;
	OK(db_import_begin(c, k, STR("results"), STR(""), STR("r3"), STR(""), &import, &resumed));
	assert_true(resumed);
	bool left;
	OK(db_import_purge(c, k, import, 1, &left));
	assert_true(left);
	OK(db_import_purge(c, k, import, 1, &left));
	assert_false(left);
	OK(db_import_fail(c, k, import));
	assert_int_equal(put_results(co, "r4", fixed, 2, true), 1);
	OK(db_result_one(c, k, STR("PAPI"), 2025, hn2, STR("total"), &one));
	assert_true(one.revision == 2 && dec_eq(one.score.v, number("45.1").v));
	OK(db_result_revisions(c, k, STR("PAPI"), 2025, hn2, STR("total"), &list));
	assert_true(list.n == 2 && list.p[0].r.revision == 2);
	country_free(co);
}

/* ---- editions, measures, rounds ---- */

static void test_editions(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	cx *c = s->c;
	db_edition e = { .code = STR("par"),
		.name_vi = STR("Bộ tiêu chí"),
		.name_en = STR("Set"),
		.level = STR("province"),
		.first_year = 2022,
		.last_year = 2025,
		.valid_from = on(2022, 1, 1),
		.valid_to = DB_DAY_OPEN,
		.status = STR("active"),
		.illustrative = true,
		.csv = STR("code,parent\n1,\n"),
		.sha256 = STR("a"),
		.actor = STR("test") };
	db_edition f = e, got;
	bool stored;
	OK(db_edition_put(c, k, &e, &stored));
	assert_true(stored && e.version == 1 && e.id > 0);
	OK(db_edition_put(c, k, &f, &stored));
	assert_true(!stored && f.id == e.id);
	f.sha256 = STR("b");
	f.valid_from = on(2024, 6, 1);
	OK(db_edition_put(c, k, &f, &stored));
	assert_true(stored && f.version == 2 && f.id != e.id);
	OK(db_edition_get(c, k, e.id, &got));
	assert_true(got.illustrative && str_eq(got.csv, e.csv) && got.valid_to == DB_DAY_OPEN);
	assert_int_equal(db_edition_get(c, k, 1, &got), ERR_NOTFOUND);
	OK(db_edition_on(c, k, STR("par"), on(2024, 5, 31), &got));
	assert_true(got.id == e.id);
	OK(db_edition_on(c, k, STR("par"), on(2024, 6, 1), &got));
	assert_true(got.id == f.id);
	db_edition_list list;
	OK(db_edition_list_all(c, k, STR(""), &list));
	assert_true(list.n == 2 && list.p[0].version == 2 && list.p[0].csv.len == 0);
	OK(db_edition_list_all(c, k, STR("commune"), &list));
	assert_int_equal(list.n, 0);
	OK(db_edition_set_status(c, k, e.id, STR("replaced")));
	assert_int_equal(db_edition_set_status(c, k, 1, STR("x")), ERR_NOTFOUND);
	db_release(k);
	store_free(s);
}

static db_measure value(int64_t unit, const char *name, int seq, const char *num, const char *den, const char *v)
{
	return (db_measure){ .unit_id = unit, .measure = str_of(name), .period = STR("2024"), .stage = STR("self"), .seq = seq, .numerator = str_of(num),
		.denominator = str_of(den), .value = str_of(v), .status = STR("ok"), .as_of = on(2025, 1, 31) };
}

static void test_measures(void **state)
{
	country co = country_new(state);
	cx *c = co.s->c;
	db_conn *k = co.k;
	const db_measure_def defs[] = {
		{ STR("on_time"), STR("Đúng hạn"), STR("On time"), STR("share"), STR("a"), STR("b"), STR("dossier"), STR("year"), STR("") },
		{ STR("events"), STR("Vụ việc"), STR("Events"), STR("events"), STR(""), STR(""), STR("typed"), STR("year"), STR("") },
	};
	OK(db_measure_def_put(c, k, defs, 1));
	db_measure_def_list all;
	OK(db_begin(c, k, DB_WRITE));
	OK(db_measure_def_put(c, k, defs, 2));
	OK(db_commit(c, k));
	OK(db_measure_def_all(c, k, &all));
	assert_true(all.n == 2 && str_is(all.p[1].name, "on_time") && all.p[0].numerator.len == 0);
	int64_t u = unit_id(co, "17", on(2024, 1, 1)), changed;
	db_measure rows[] = { value(u, "on_time", 0, "95", "100", "0.95"), value(u, "events", 0, "", "", "1"), value(u, "events", 1, "", "", "1") };
	OK(db_begin(c, k, DB_WRITE));
	int64_t import = begin_import(co.s, k, "measures", "m1");
	OK(db_measure_put(c, k, rows, 3, import, &changed));
	assert_int_equal(changed, 3);
	OK(db_measure_put(c, k, rows, 3, import, &changed));
	assert_int_equal(changed, 0);
	OK(db_commit(c, k));
	db_measure_list list;
	OK(db_measure_of(c, k, u, STR("2024"), STR("self"), &list));
	assert_int_equal(list.n, 0); /* not visible yet */
	OK(db_import_finish(c, k, import));
	OK(db_measure_of(c, k, u, STR("2024"), STR("self"), &list));
	assert_true(list.n == 3 && str_is(list.p[2].numerator, "95") && list.p[2].as_of == on(2025, 1, 31) && list.p[1].seq == 1);
	rows[0].value = STR("0.96");
	OK(db_begin(c, k, DB_WRITE));
	int64_t again = begin_import(co.s, k, "measures", "m2");
	OK(db_measure_put(c, k, rows, 3, again, &changed));
	OK(db_import_finish(c, k, again));
	OK(db_commit(c, k));
	assert_int_equal(changed, 1);
	OK(db_measure_history(c, k, u, STR("on_time"), STR("self"), &list));
	assert_true(list.n == 1 && list.p[0].revision == 2 && str_is(list.p[0].value, "0.96"));
	OK(db_measure_of_period(c, k, STR("province"), STR("2024"), STR("self"), &list));
	assert_int_equal(list.n, 3);
	db_measure_set_list sets;
	OK(db_measure_sets(c, k, u, &sets));
	assert_true(sets.n == 1 && sets.p[0].n == 3 && str_is(sets.p[0].stage, "self"));
	country_free(co);
}

static void test_rounds(void **state)
{
	country co = country_new(state);
	cx *c = co.s->c;
	db_conn *k = co.k;
	db_edition e = { .code = STR("par"),
		.name_vi = STR("x"),
		.name_en = STR("x"),
		.level = STR("province"),
		.first_year = 2022,
		.last_year = 2025,
		.valid_from = 0,
		.valid_to = DB_DAY_OPEN,
		.status = STR("active"),
		.sha256 = STR("a"),
		.actor = STR("test") };
	bool stored;
	OK(db_edition_put(c, k, &e, &stored));
	db_round r = { .code = STR("par-2024"),
		.edition_id = e.id,
		.name_vi = STR("Đợt 2024"),
		.name_en = STR("2024"),
		.level = STR("province"),
		.period = STR("2024"),
		.status = STR("self"),
		.illustrative = true,
		.actor = STR("test") },
		 got;
	OK(db_round_put(c, k, &r));
	int64_t id = r.id;
	r.name_vi = STR("Đợt năm 2024");
	OK(db_round_put(c, k, &r));
	assert_true(r.id == id);
	OK(db_round_get(c, k, id, &got));
	assert_true(str_is(got.name_vi, "Đợt năm 2024") && got.illustrative && got.edition_id == e.id);
	OK(db_round_by_code(c, k, STR("par-2024"), &got));
	assert_int_equal(db_round_by_code(c, k, STR("none"), &got), ERR_NOTFOUND);
	OK(db_round_set_status(c, k, id, STR("final")));
	assert_int_equal(db_round_set_status(c, k, 1, STR("final")), ERR_NOTFOUND);
	db_round_list list;
	OK(db_round_list_all(c, k, STR(""), &list));
	assert_true(list.n == 1 && str_is(list.p[0].status, "final"));
	int64_t a = unit_id(co, "17", on(2024, 1, 1)), b = unit_id(co, "01", on(2024, 1, 1));
	const db_score scores[] = {
		{ .node_code = STR("PAR"), .sort_no = 0, .points = number("87.25"), .maximum = number("100"), .percent = number("87.25"), .status = STR("ok") },
		{ .node_code = STR("1"), .sort_no = 1, .maximum = number("9.5"), .status = STR("not available"), .trace = STR("r = 0.83") },
	};
	const db_round_result results[] = {
		{ .unit_id = a,
			.points = number("87.25"),
			.maximum = number("100"),
			.value = number("87.25"),
			.rank = 2,
			.status = STR("ok"),
			.engine = STR("1"),
			.edition_sha256 = STR("a") },
		{ .unit_id = b,
			.points = number("88"),
			.maximum = number("100"),
			.value = number("88"),
			.rank = 1,
			.status = STR("ok"),
			.engine = STR("1"),
			.edition_sha256 = STR("a") },
	};
	for (int again = 0; again < 2; again++) {
		OK(db_begin(c, k, DB_WRITE));
		OK(db_score_put(c, k, id, a, STR("final"), scores, 2));
		OK(db_round_result_put(c, k, id, STR("final"), results, 2));
		OK(db_commit(c, k));
	}
	db_score_list points;
	OK(db_score_of(c, k, id, a, STR("final"), &points));
	assert_true(points.n == 2 && dec_eq(points.p[0].points.v, number("87.25").v) && !points.p[1].points.there && str_is(points.p[1].trace, "r = 0.83"));
	OK(db_score_of(c, k, id, b, STR("final"), &points));
	assert_int_equal(points.n, 0);
	db_node_score_list nodes;
	OK(db_score_of_node(c, k, id, STR("final"), STR("PAR"), &nodes));
	assert_true(nodes.n == 1 && nodes.p[0].unit_id == a && str_is(nodes.p[0].unit_name, "Hòa Bình"));
	db_round_result_list places;
	OK(db_round_result_of(c, k, id, STR("final"), &places));
	assert_true(places.n == 2 && places.p[0].unit_id == b && places.p[1].rank == 2 && str_is(places.p[1].unit_name, "Hòa Bình"));
	country_free(co);
}

static void test_calendar(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	cx *c = s->c;
	db_holiday h[] = {
		{ on(2026, 1, 1), STR("holiday"), STR("Tết Dương lịch"), STR("labour_code"), STR("x"), STR("recollection"), STR("") },
		{ on(2026, 9, 2), STR("holiday"), STR("Quốc khánh"), STR("labour_code"), STR("x"), STR("verified"), STR("") },
	};
	day from, to;
	bool any;
	int64_t changed;
	db_holiday_list list;
	OK(db_holiday_span(c, k, &from, &to, &any));
	assert_false(any);
	OK(db_begin(c, k, DB_WRITE));
	OK(db_holiday_put(c, k, h, 2, &changed));
	assert_int_equal(changed, 2);
	OK(db_holiday_put(c, k, h, 2, &changed));
	assert_int_equal(changed, 0);
	h[0].status = STR("verified");
	OK(db_holiday_put(c, k, h, 2, &changed));
	assert_int_equal(changed, 1);
	OK(db_commit(c, k));
	OK(db_holiday_span(c, k, &from, &to, &any));
	assert_true(any && from == on(2026, 1, 1) && to == on(2026, 9, 2));
	OK(db_holiday_between(c, k, on(2026, 1, 1), on(2026, 9, 1), &list));
	assert_true(list.n == 1 && str_is(list.p[0].status, "verified"));
	OK(db_holiday_drop(c, k, on(2026, 1, 1), STR("holiday")));
	assert_int_equal(db_holiday_drop(c, k, on(2026, 1, 1), STR("holiday")), ERR_NOTFOUND);
	db_release(k);
	store_free(s);
}

#define ALL(ON) \
	ON(test_units), ON(test_names), ON(test_imports), ON(test_definitions), ON(test_results), ON(test_editions), ON(test_measures), \
		ON(test_rounds), ON(test_calendar)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("nouns", sqlite, pg);
}
