/* Published figures and the worked example, recomputed from the files that are shipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/vn.h"
#include "edition.h"

#define PROVINCE "method/par-index-province-illustrative.csv"

static struct edition scored(const char *edition, const char *measures)
{
	struct edition e = edition_file(edition);
	edition_run_file(&e, measures);
	return e;
}

static void is_fixed(dec d, const char *wanted)
{
	dec off;
	assert_true(dec_sub(d, dec_of_text(wanted), &off));
	if (!dec_is_zero(off)) {
		char text[DEC_TEXT];
		fail_msg("%.*s, not %s", STR_ARG(dec_text(d, text)), wanted);
	}
}

static dec part_of(const struct edition *e, const char *code, unsigned kinds, dec *max)
{
	dec points = DEC_ZERO;
	*max = DEC_ZERO;
	assert_true(score_part(e->t, e->r[0].cells, node_of(e, code), kinds, &points, max));
	return points;
}

/* ---- Tỉnh Mẫu 2024 ---- */

static const struct {
	const char *code, *max, *self, *appraised, *survey, *result, *lost, *self_max, *survey_max;
} fields[] = { { "1", "9.50", "7.50", "7.00", "1.71", "8.71", "0.79", "7.5", "2" }, { "2", "10.00", "7.50", "7.25", "2.12", "9.37", "0.63", "7.5", "2.5" },
	{ "3", "13.00", "10.25", "9.60", "2.13", "11.73", "1.27", "10.5", "2.5" }, { "4", "10.50", "7.50", "7.00", "2.49", "9.49", "1.01", "7.5", "3" },
	{ "5", "14.00", "9.50", "8.75", "3.31", "12.06", "1.94", "10", "4" }, { "6", "11.50", "8.00", "7.13", "2.52", "9.65", "1.85", "8.5", "3" },
	{ "7", "13.00", "9.06", "8.21", "2.54", "10.75", "2.25", "10", "3" }, { "8", "18.50", "6.00", "5.50", "9.99", "15.49", "3.01", "6.5", "12" },
	{ "PAR", "100", "65.31", "60.44", "26.81", "87.25", "12.75", "68", "32" } };

static void test_fields(void **state)
{
	struct edition own = scored(PROVINCE, "method/examples/tinh-mau-2024-self-measures.csv"),
		       e = scored(PROVINCE, "method/examples/tinh-mau-2024-measures.csv");
	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		const struct score_cell *x = cell_of(&e, 0, fields[i].code);
		dec max;
		is_fixed(part_of(&own, fields[i].code, KIND_SELF, &max), fields[i].self);
		is_fixed(max, fields[i].self_max);
		is_fixed(part_of(&own, fields[i].code, KIND_SURVEY, &max), fields[i].survey);
		is_fixed(part_of(&e, fields[i].code, KIND_SELF, &max), fields[i].appraised);
		is_fixed(part_of(&e, fields[i].code, KIND_SURVEY, &max), fields[i].survey);
		is_fixed(max, fields[i].survey_max);
		is_fixed(x->points, fields[i].result);
		is_fixed(x->max, fields[i].max);
		is_fixed(loss_of(e.t, e.r[0].cells, node_of(&e, fields[i].code)), fields[i].lost);
		assert_int_equal(x->state, SCORE_OK);
	}
	assert_true(e.r[0].available && e.r[0].missing == 0 && e.r[0].ask == 0);
	is_fixed(e.r[0].published, "87.25");
	is_text(e.t->groups.p[e.r[0].group].name, "B");
	edition_end(&own);
	edition_end(&e);
}

static void test_losses(void **state)
{
	static const struct {
		const char *code, *lost;
	} largest[] = { { "8.1", "1.69" }, { "7.2", "1.12" }, { "5.4.2", "1.00" }, { "8.2.2", "1.00" }, { "6.1.1", "0.87" },
		{ "5.5", "0.69" }, { "3.2", "0.50" } };
	struct edition e = scored(PROVINCE, "method/examples/tinh-mau-2024-measures.csv");
	int lossy = 0, listed = 0;
	dec half = dec_of_text("0.5"), sum = DEC_ZERO;
	(void)state;
	for (size_t i = 0; i < COUNT(largest); i++)
		is_fixed(loss_of(e.t, e.r[0].cells, node_of(&e, largest[i].code)), largest[i].lost);
	for (int32_t i = 0; i < (int32_t)e.t->nodes.n; i++) {
		const struct tree_node *n = &e.t->nodes.p[i];
		dec lost = loss_of(e.t, e.r[0].cells, i);
		if (n->level != 2)
			continue;
		lossy += !dec_is_zero(lost);
		for (size_t k = 0; k < COUNT(largest); k++) /* what is left of 5.4, 6.1 and 8.2 beside their large component */
			if (n->first_child != NO_NODE && strncmp(largest[k].code, n->code.p, n->code.len) == 0 && largest[k].code[n->code.len] == '.')
				assert_true(dec_sub(lost, dec_of_text(largest[k].lost), &lost));
		listed += dec_cmp(lost, half) >= 0;
	}
	assert_int_equal(lossy, 24);
	assert_int_equal(listed, 4); /* 8.1, 7.2, 5.5, 3.2: every other loses less than 0.50 */
	struct loss *list = NEW_ARRAY(e.c->mem, struct loss, e.t->nodes.n);
	size_t n = loss_list(e.t, e.r[0].cells, e.c->mem, list);
	for (size_t i = 0; i < n; i++)
		assert_true(dec_add(sum, list[i].lost, &sum));
	is_fixed(sum, "12.75");
	is_text(e.t->nodes.p[list[0].node].code, "8.1");
	edition_end(&e);
}

/* What the description of the data counts besides. */
static void test_counts(void **state)
{
	struct edition own = scored(PROVINCE, "method/examples/tinh-mau-2024-self-measures.csv"),
		       e = scored(PROVINCE, "method/examples/tinh-mau-2024-measures.csv");
	int criteria = 0, components = 0, differ = 0, scored_rows = 0, finance = 0;
	dec finance_max = DEC_ZERO, raw = DEC_ZERO;
	(void)state;
	for (int32_t i = 0; i < (int32_t)e.t->nodes.n; i++) {
		const struct tree_node *n = &e.t->nodes.p[i];
		criteria += n->level == 2;
		components += n->level == 3;
		differ += n->level == 2 && !dec_eq(e.r[0].cells[i].points, own.r[0].cells[i].points);
		if (!tree_is_scored(n))
			continue;
		scored_rows++;
		assert_true(dec_add(raw, e.r[0].cells[i].raw, &raw));
		if (memmem(n->owner.p, n->owner.len, "Sở Tài chính", strlen("Sở Tài chính"))) {
			finance++;
			assert_true(dec_add(finance_max, n->max, &finance_max));
		}
	}
	assert_true(criteria == 37 && components == 88 && scored_rows == 93 && differ == 15 && finance == 14);
	is_fixed(finance_max, "20");
	assert_true(dec_round(raw, 4, DEC_DOWN, &raw));
	is_fixed(raw, "87.2516");
	edition_end(&own);
	edition_end(&e);
}

/* Every shipped set is without faults, also in its bands, and says what it is. */
static void test_shipped_sets(void **state)
{
	static const struct {
		const char *path;
		bool illustrative;
	} sets[] = { { PROVINCE, true }, { "method/so-illustrative.csv", true }, { "method/xa-illustrative.csv", true },
		{ "method/par-index-2948-fields.csv", false }, { "method/papi-2011-2017.csv", false },
		{ "method/papi-2018-2024.csv", false }, { "method/pci-2006-2008.csv", false },
		{ "method/pci-2009-2012.csv", false }, { "method/pci-2022.csv", false } };
	(void)state;
	for (size_t i = 0; i < COUNT(sets); i++) {
		struct edition e = edition_file(sets[i].path);
		tree_check_bands(e.c, e.t, FAULT_ERROR);
		is_text(fault_lines(e.c), "");
		assert_int_equal(memmem(e.t->name_vi.p, e.t->name_vi.len, "minh họa", strlen("minh họa")) != NULL, sets[i].illustrative);
		assert_int_equal(memmem(e.t->name_en.p, e.t->name_en.len, "illustrative", 12) != NULL, sets[i].illustrative);
		edition_end(&e);
	}
}

/* ---- Đắk Lắk 2017 ---- */

static void test_dak_lak(void **state)
{
	static const char *const lost[] = { "4.5", "1.84", "0", "2.77", "4.88", "1.96", "7.14", "1.54" };
	struct edition e = scored("method/par-index-2948-fields.csv", "method/examples/dak-lak-2017-measures.csv");
	dec sum = DEC_ZERO;
	(void)state;
	for (int i = 0; i < 8; i++) {
		char code[2] = { (char)('1' + i), 0 };
		dec d = loss_of(e.t, e.r[0].cells, node_of(&e, code));
		is_fixed(d, lost[i]);
		assert_true(dec_add(sum, d, &sum));
	}
	is_fixed(sum, "24.63");
	is_fixed(e.r[0].published, "75.37");
	is_text(e.t->groups.p[e.r[0].group].name, "C");
	edition_end(&e);
}

/* ---- PAPI, PCI ---- */

/* A file of the data beside the source tree; NULL, told, where it is not there. */
static const char *shared(const char *name, char *path, size_t room)
{
	const char *folder = getenv("THUOCDO_SHARED");
	snprintf(path, room, "%s/%s", folder ? folder : "../shared", name);
	if (access(path, R_OK) == 0)
		return path;
	print_message("# %s is not there\n", path);
	return NULL;
}

enum { INDEX, YEAR, UNIT, SERIES, SCORE, COLUMNS = 12 };

static const struct table_column columns[COLUMNS] = { { "index", true }, { "year", true }, { "unit_name", true },
	{ "series", true }, { "score", true }, { "unit_code", false }, { "rank", false }, { "rank_kind", false },
	{ "source", false }, { "status", false }, { "coverage", false }, { "note", false } };

/* Scores the published parts of one index and year with an edition (their measures are prefix_series), and compares the value of each unit that
 * has a total with it. Returns how many; units without all parts have no value. */
static int compare(const char *path, const char *index, int year, const char *edition, const char *prefix, const char *tolerance)
{
	struct edition e = edition_file(edition);
	table in;
	buf b;
	map totals = { 0 };
	VEC(dec) total = { 0 };
	int compared = 0;
	char year_text[8];
	snprintf(year_text, sizeof year_text, "%d", year);
	buf_init(&b, 0);
	buf_addz(&b, MEASURES_HEAD);
	assert_int_equal(table_open(e.c, csv_open_file(e.c, path, NULL), str_of(path), columns, COLUMNS, &in), ERR_OK);
	while (table_next(&in)) {
		if (!str_is(in.cell[INDEX], index) || !str_is(in.cell[YEAR], year_text) || !in.cell[SCORE].len)
			continue; /* some are ranked without a published score */
		if (str_is(in.cell[SERIES], "total")) {
			*map_put(e.c->mem, &totals, arena_str(e.c->mem, vn_tone(e.c->mem, in.cell[UNIT])), NULL) = (int64_t)total.n;
			assert_true(dec_parse(in.cell[SCORE], VEC_PUSH(e.c->mem, &total)));
			continue;
		}
		csv_cell(&b, in.cell[UNIT]);
		str series = vn_lower(e.c->mem, in.cell[SERIES]);
		buf_printf(&b, ",%s_%.*s,%d,,,%.*s,,,,\n", prefix, STR_ARG(series), year, STR_ARG(in.cell[SCORE]));
	}
	table_close(&in);
	assert_int_equal(edition_measures(&e, csv_open_mem(e.c, STR("m.csv"), buf_str(&b), NULL), NULL), ERR_OK);
	edition_score(&e);
	for (size_t i = 0; i < e.m->units.n; i++) {
		const int64_t *at = map_get(&totals, vn_tone(e.c->mem, e.m->units.p[i].name));
		dec off;
		if (!at || !e.r[i].available)
			continue;
		assert_true(dec_sub(e.r[i].value, total.p[*at], &off));
		if (dec_cmp(dec_abs(off), dec_of_text(tolerance)) > 0) {
			char text[DEC_TEXT];
			fail_msg("%s %d %.*s: off by %.*s", index, year, STR_ARG(e.m->units.p[i].name), STR_ARG(dec_text(off, text)));
		}
		compared++;
	}
	edition_end(&e);
	buf_free(&b);
	return compared;
}

static void test_papi(void **state)
{
	char path[512];
	int compared = 0;
	(void)state;
	if (!shared("data/index_results.csv", path, sizeof path))
		skip();
	for (int year = 2011; year <= 2024; year++) {
		int n = compare(path, "PAPI", year, year < 2018 ? "method/papi-2011-2017.csv" : "method/papi-2018-2024.csv", "papi", "0.000001");
		if (n < 55)
			fail_msg("%d: only %d provinces", year, n);
		compared += n;
	}
	print_message("# %d totals of PAPI\n", compared);
}

static void test_papi_2019(void **state)
{
	struct edition e = scored("method/papi-2018-2024.csv", "method/examples/papi-2019-measures.csv");
	(void)state;
	assert_int_equal(e.m->units.n, 63);
	for (size_t i = 0; i < 63; i++) {
		dec sum = DEC_ZERO;
		for (int k = 1; k <= 8; k++) {
			char code[3] = { 'D', (char)('0' + k), 0 };
			assert_true(dec_add(sum, cell_of(&e, i, code)->raw, &sum));
		}
		assert_true(e.r[i].available && dec_eq(sum, e.r[i].value) && e.ranks[i].place > 0);
	}
	edition_end(&e);
}

static void test_pci(void **state)
{
	static const struct {
		int year;
		const char *edition, *tolerance;
		int provinces;
	} years[] = { { 2006, "method/pci-2006-2008.csv", "0.0003", 64 }, { 2007, "method/pci-2006-2008.csv", "0.0003", 64 },
		{ 2008, "method/pci-2006-2008.csv", "0.0003", 64 }, { 2009, "method/pci-2009-2012.csv", "0.0003", 63 },
		{ 2010, "method/pci-2009-2012.csv", "0.0003", 63 }, { 2012, "method/pci-2009-2012.csv", "0.0003", 63 },
		{ 2022, "method/pci-2022.csv", "0.02", 7 }, { 2024, "method/pci-2022.csv", "0.000001", 1 } };
	char path[512];
	(void)state;
	if (!shared("data/index_results.csv", path, sizeof path))
		skip();
	for (size_t i = 0; i < COUNT(years); i++)
		assert_int_equal(compare(path, "PCI", years[i].year, years[i].edition, "pci", years[i].tolerance), years[i].provinces);
}

/* The derived weights as they stand in the data. */
static void test_pci_weights(void **state)
{
	static const char *const series[] = { "entry", "land", "transparency", "time", "informal", "fair_competition",
		"proactivity", "support", "labour", "legal" };
	static const struct table_column weight_columns[13] = { { "years", true }, { "entry", true }, { "land", true },
		{ "transparency", true }, { "time", true }, { "informal", true }, { "fair_competition", true },
		{ "proactivity", true }, { "support", true }, { "labour", true }, { "legal", true }, { "status", false },
		{ "note", false } };
	char path[512];
	(void)state;
	if (!shared("data/pci_weights.csv", path, sizeof path))
		skip();
	table in;
	cx *c = cx_new(0);
	assert_int_equal(table_open(c, csv_open_file(c, path, NULL), str_of(path), weight_columns, 13, &in), ERR_OK);
	while (table_next(&in)) {
		const char *set = str_is(in.cell[0], "2006-2008") ? "method/pci-2006-2008.csv"
			: str_is(in.cell[0], "2009-2012")         ? "method/pci-2009-2012.csv"
								  : "method/pci-2022.csv";
		if (!in.cell[1].len)
			continue; /* 2023: unknown */
		struct edition e = edition_file(set);
		for (int i = 0; i < 10; i++) {
			int32_t node = tree_find(e.t, str_of(series[i]));
			dec percent, weight;
			assert_true(dec_parse(in.cell[i + 1], &percent));
			if (node == NO_NODE)
				assert_true(dec_is_zero(percent));
			else
				assert_true(dec_div(percent, dec_int(10), &weight) && dec_eq(weight, e.t->nodes.p[node].weight));
		}
		edition_end(&e);
	}
	assert_int_equal(in.rows, 4);
	table_close(&in);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_shipped_sets),
		cmocka_unit_test(test_dak_lak),
		cmocka_unit_test(test_papi),
		cmocka_unit_test(test_papi_2019),
		cmocka_unit_test(test_pci),
		cmocka_unit_test(test_pci_weights),
	};
	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
