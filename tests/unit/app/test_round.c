/* Rounds of the demo: a sheet equals the table that the scorer prints, a missing figure leaves its unit without a rank, changes are against the
 * preceding round. The store is filled once for each database and only read, unless a test says so. */
#include "app/filled.h"
#include "app/backup.h"
#include "app/round.h"

static app_store filled[2];

static app_store demo_of_its_own(void **state)
{
	app_store t = app_empty(state);
	app_load(&t, "units", "method/packs/units.csv");
	app_load(&t, "catalogue", "method/measures.csv");
	struct import_report report;
	OK(import_file(t.c, &t.app, STR("edition"), "method/par-index-province-illustrative.csv",
		&(struct import_options){ .code = "par-index-minh-hoa" }, &report));
	OK(import_file(t.c, &t.app, STR("edition"), "method/so-illustrative.csv",
		&(struct import_options){ .code = "so-nganh-minh-hoa" }, &report));
	OK(import_file(t.c, &t.app, STR("edition"), "method/xa-illustrative.csv",
		&(struct import_options){ .code = "cap-xa-minh-hoa" }, &report));
	app_load_forms(&t);
	OK(app_load_demo(t.c, &t.app));
	t.c->now_ms = INT64_C(1790000000000);
	return t;
}

static app_store *demo(void **state)
{
	app_store *t = &filled[strcmp(*state, "pg") == 0];
	if (!t->s)
		*t = demo_of_its_own(state);
	return t;
}

static int free_demo(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		if (filled[i].s) {
			app_free(&filled[i]);
			filled[i].s = NULL;
		}
	return 0;
}

static const struct sheet_node *node(const struct sheet *s, const char *code)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (str_is(s->nodes[i].code, code))
			return &s->nodes[i];
	fprintf(stderr, "# no node %s\n", code);
	assert_true(false);
	return NULL;
}

static void is(struct figure f, const char *want)
{
	assert_string_equal(app_dec(f), want);
}

/* The figures of `thuocdo score` on the same edition and measures. */
static void test_sheet_of_the_province(void **state)
{
	static const struct { const char *code, *max, *points, *scored, *survey, *lost; } fields[] = {
		{ "1", "9.5", "8.71", "7", "1.71", "0.79" }, { "2", "10", "9.37", "7.25", "2.12", "0.63" }, { "3", "13", "11.73", "9.6", "2.13", "1.27" },
	};
	app_store *t = demo(state);
	struct sheet s;
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s));
	is(s.unit.value, "87.25");
	is(s.unit.points, "87.25");
	is(s.unit.max, "100");
	is(s.nodes[0].lost, "12.75");
	is(s.nodes[0].appraised, "60.44");
	is(s.nodes[0].survey, "26.81");
	is(s.nodes[0].self, "65.31");
	assert_true(s.has_self && s.percent);
	assert_int_equal(s.unit.rank, 1);
	assert_int_equal(s.of, 1);
	assert_string_equal(app_z(t, s.unit.group), "B");
	assert_int_equal(s.unit.missing, 0);
	assert_true(s.round.illustrative);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const struct sheet_node *n = node(&s, fields[i].code);
		assert_int_equal(n->level, 1);
		is(n->max, fields[i].max);
		is(n->points, fields[i].points);
		is(n->appraised, fields[i].scored);
		is(n->survey, fields[i].survey);
		is(n->lost, fields[i].lost);
	}
	/* The points of the fields are those of the whole, and so are the losses. */
	dec points = DEC_ZERO, lost = DEC_ZERO;
	int n_fields = 0;
	for (size_t i = 0; i < s.n_nodes; i++)
		if (s.nodes[i].level == 1) {
			n_fields++;
			assert_true(dec_add(points, s.nodes[i].points.v, &points) && dec_add(lost, s.nodes[i].lost.v, &lost));
		}
	assert_int_equal(n_fields, 8);
	assert_true(dec_eq(points, s.nodes[0].points.v) && dec_eq(lost, s.nodes[0].lost.v));
}

static void test_trace(void **state)
{
	app_store *t = demo(state);
	struct sheet s;
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s));
	const struct sheet_node *n = node(&s, "3.4.1");
	assert_true(n->scored && n->known);
	is(n->points, "0.97");
	is(n->max, "1");
	assert_non_null(strstr(app_z(t, n->trace_vi), "12.486 / 12.851 = 0,971597… × 1,00 → 0,97"));
	assert_non_null(strstr(app_z(t, n->trace_en), "12,486 / 12,851 = 0.971597… × 1.00 → 0.97"));
	assert_int_equal(n->n_facts, 1);
	is(n->facts[0].num, "12486");
	is(n->facts[0].den, "12851");
	assert_int_equal(n->facts[0].status, FACT_IS_OK);
	assert_non_null(strstr(app_z(t, n->facts[0].source), "II.06a"));
	assert_true(n->facts[0].label_vi.len > 0 && !str_eq(n->facts[0].label_vi, n->facts[0].name));
	assert_int_equal(n->facts[0].as_of, 20119); /* 2025-01-31 */
	assert_string_equal(n->by, "self");
}

static void test_losses(void **state)
{
	app_store *t = demo(state);
	struct sheet s;
	dec sum = DEC_ZERO;
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s));
	assert_true(s.n_losses > 20);
	for (size_t i = 0; i < s.n_losses; i++) {
		const struct sheet_loss *l = &s.losses[i];
		assert_true(l->node < s.n_nodes && s.nodes[l->node].scored);
		assert_true(l->lost.there && dec_eq(l->lost.v, s.nodes[l->node].lost.v));
		assert_true(i == 0 || dec_cmp(l->lost.v, s.losses[i - 1].lost.v) <= 0);
		assert_true(dec_add(sum, l->lost.v, &sum));
	}
	assert_true(dec_eq(sum, s.nodes[0].lost.v));
}

/* Changes are those of the figures shown for the two rounds. */
static void test_change_against_the_round_before(void **state)
{
	app_store *t = demo(state);
	struct sheet now, before, first;
	dec d = DEC_ZERO;
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &now));
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2023"), STR("tm.tinh-mau"), &before));
	assert_string_equal(app_z(t, now.previous), "2023");
	assert_true(now.unit.change.there && dec_sub(now.unit.value.v, before.unit.value.v, &d));
	assert_true(dec_eq(d, now.unit.change.v));
	assert_int_equal(now.n_nodes, before.n_nodes);
	for (size_t i = 0; i < now.n_nodes; i++)
		if (now.nodes[i].change.there) {
			assert_true(dec_sub(now.nodes[i].points.v, before.nodes[i].points.v, &d));
			assert_true(dec_eq(d, now.nodes[i].change.v));
		}
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2021"), STR("tm.tinh-mau"), &first));
	assert_int_equal(first.previous.len, 0);
	assert_false(first.unit.change.there || first.nodes[0].change.there);
	assert_int_equal(now.rounds.n, 5);
	assert_string_equal(app_z(t, now.rounds.p[0].period), "2025");
}

static void test_table(void **state)
{
	app_store *t = demo(state);
	struct round_table r;
	OK(round_table_of(t->c, &t->app, STR("so-nganh-2025"), &r));
	assert_true(r.n == 12 && r.ranked <= r.n && r.round.illustrative);
	assert_string_equal(app_z(t, r.previous), "2024");
	for (size_t i = 0; i < r.n; i++) {
		const struct round_unit *u = &r.p[i];
		if (i && u->rank)
			assert_true(r.p[i - 1].rank && r.p[i - 1].rank <= u->rank && dec_cmp(r.p[i - 1].value.v, u->value.v) >= 0);
		if (u->moved_known)
			assert_int_equal(u->previous_rank - u->rank, u->moved);
		/* The sheet of each unit says what the table says. */
		struct sheet s;
		OK(round_sheet(t->c, &t->app, STR("so-nganh-2025"), u->slug, &s));
		assert_int_equal(s.unit.rank, u->rank);
		assert_int_equal(s.of, (int)r.ranked);
		assert_string_equal(app_dec(s.unit.value), app_dec(u->value));
	}
}

/* A figure is missing: no points there, no value and no rank for the unit; the others are ranked among themselves. */
static void test_missing_figure(void **state)
{
	app_store *t = demo(state);
	struct round_table r, next;
	OK(round_table_of(t->c, &t->app, STR("so-nganh-2023"), &r));
	const struct round_unit *u = &r.p[r.n - 1];
	assert_string_equal(app_z(t, u->name), "Sở Xây dựng");
	assert_int_equal(u->rank, 0);
	assert_false(u->value.there);
	assert_true(u->missing > 0);
	assert_int_equal(r.ranked, r.n - 1);
	struct sheet s;
	int missing = 0;
	OK(round_sheet(t->c, &t->app, STR("so-nganh-2023"), u->slug, &s));
	assert_int_equal(s.of, (int)r.ranked);
	for (size_t i = 0; i < s.n_nodes; i++)
		if (strcmp(s.nodes[i].state, "missing") == 0) {
			assert_false(s.nodes[i].points.there || s.nodes[i].known || s.nodes[i].lost.there);
			if (s.nodes[i].scored)
				missing++;
		}
	assert_int_equal(missing, u->missing);
	/* No change is made up against what was missing. */
	OK(round_table_of(t->c, &t->app, STR("so-nganh-2024"), &next));
	for (size_t i = 0; i < next.n; i++)
		if (str_is(next.p[i].name, "Sở Xây dựng")) {
			assert_true(next.p[i].rank > 0);
			assert_false(next.p[i].change.there || next.p[i].moved_known);
		}
}

static void test_not_found(void **state)
{
	app_store *t = demo(state);
	struct round_table r;
	struct sheet s;
	assert_int_equal(round_table_of(t->c, &t->app, STR("none"), &r), ERR_NOTFOUND);
	assert_int_equal(round_sheet(t->c, &t->app, STR("none"), STR("tm.tinh-mau"), &s), ERR_NOTFOUND);
	assert_int_equal(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("none"), &s), ERR_NOTFOUND);
	assert_int_equal(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm-so-01.van-phong-ubnd-tinh"), &s), ERR_NOTFOUND); /* of another level */
	assert_int_equal(t->c->n_errors, 0);
}

/* 12,486 of 12,851 on time: 365 more reach full points, 277 fewer still keep the 95 % below which there are none. */
static void test_steps_of_a_rule(void **state)
{
	app_store *t = demo(state);
	struct sheet s;
	OK(round_sheet(t->c, &t->app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s));
	const struct sheet_scale *scale = node(&s, "3.4.1")->scale;
	assert_non_null(scale);
	assert_int_equal(scale->n, 2);
	is((struct figure){ scale->up.there && scale->up.counted, scale->up.count }, "365");
	is((struct figure){ scale->down.there && scale->down.counted, scale->down.count }, "277");
	is((struct figure){ true, scale->up.points }, "1");
	is((struct figure){ true, scale->down.at }, "0.95");
	is((struct figure){ true, scale->down.points }, "0");
	is((struct figure){ true, scale->low }, "0.9");
	assert_null(node(&s, "1.1.1")->scale); /* dates */
	assert_null(node(&s, "3.4")->scale);   /* a sum */
}

static void test_round_list(void **state)
{
	app_store *t = demo(state);
	struct round_list l = { 0 };
	OK(round_all(t->c, &t->app, &l));
	assert_int_equal(l.n, 12);
	for (size_t i = 0; i < l.n; i++)
		assert_true(l.p[i].edition_code.len && l.p[i].name_vi.len && l.p[i].name_en.len && l.p[i].illustrative);
}

/* A corrected figure shows at once; the old one stays as a revision. A figure of a unit that ended during the period takes no round down. */
static void test_corrections(void **state)
{
	app_store t = demo_of_its_own(state);
	struct import_report report;
	struct import_options opt = { .level = "sample-province" };
	struct sheet s;
	OK(app_import(&t, "measures",
		"unit,measure,period,numerator,denominator,value,source\nTỉnh Mẫu,on_time_rate_province,2024,12851,12851,1,x\n",
		&opt, &report));
	assert_int_equal(report.changed, 1);
	OK(round_sheet(t.c, &t.app, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s));
	is(node(&s, "3.4.1")->points, "1");
	is(s.unit.value, "87.28");
	assert_int_equal(
		app_count(&t,
			"SELECT COUNT(*) FROM measure_value WHERE measure = 'on_time_rate_province' AND period = '2024' AND stage = 'appraised'"),
		2);
	OK(app_import(&t, "units", "level,code,name,valid_from,valid_to\nsample-department,TM-SO-99,Sở Cũ,2020-01-01,2024-06-30\n",
		NULL, NULL));
	opt.level = "sample-department";
	OK(app_import(&t, "measures", "unit,measure,period,value\nSở Cũ,initiatives_recognised,2024,1\n", &opt, NULL));
	struct round_table r;
	OK(round_table_of(t.c, &t.app, STR("so-nganh-2024"), &r));
	assert_int_equal(r.n, 12);
	for (size_t i = 0; i < r.n; i++)
		assert_false(str_is(r.p[i].name, "Sở Cũ"));
	app_free(&t);
}

static void test_demo_again(void **state)
{
	app_store *t = demo(state);
	static const char all[] = "SELECT (SELECT COUNT(*) FROM import) * 1000000 + (SELECT COUNT(*) FROM measure_value) + (SELECT COUNT(*) FROM round)";
	int64_t before = app_count(t, all);
	OK(app_load_demo(t->c, &t->app));
	assert_int_equal(app_count(t, all), before);
}

/* Through app: written, verified, brought back to the other place, and scored there the same. */
static void test_backup(void **state)
{
	app_store *t = demo(state);
	struct table_sums written = { 0 }, verified = { 0 }, restored = { 0 };
	char path[120], to[140];
	snprintf(path, sizeof path, "%s/b.tdb", t->s->dir);
	snprintf(to, sizeof to, "sqlite:%s/r.db", t->s->dir);
	OK(backup_write(t->c, &t->app, path, false, &written));
	assert_int_equal(backup_write(t->c, &t->app, path, false, &verified), ERR_CONFLICT);
	app_forget(t);
	verified = (struct table_sums){ 0 };
	OK(backup_verify(t->c, path, &verified));
	OK(backup_restore(t->c, path, str_of(to), false, &restored));
	assert_true(written.n > 10);
	assert_int_equal(written.n, restored.n);
	for (size_t i = 0; i < written.n; i++) {
		assert_true(str_eq(written.p[i].hash, verified.p[i].hash) && str_eq(written.p[i].hash, restored.p[i].hash));
		assert_true(written.p[i].rows == restored.p[i].rows);
	}
	struct app_options opt = { 0 };
	struct app *a;
	struct sheet s;
	OK(app_open(t->c, str_of(to), &opt, &a));
	OK(round_sheet(t->c, a, STR("cap-tinh-2024"), STR("tm.tinh-mau"), &s));
	is(s.unit.value, "87.25");
	app_close(a);
	/* A backup with one other byte is refused. */
	FILE *f = fopen(path, "r+");
	char *all = malloc(64 << 20);
	assert_true(f && all);
	size_t n = fread(all, 1, 64 << 20, f);
	char *at = memmem(all, n, "Biểu II.06a", strlen("Biểu II.06a"));
	assert_non_null(at);
	assert_int_equal(fseek(f, at - all, SEEK_SET), 0);
	fputc('C', f);
	fclose(f);
	free(all);
	t->s->quiet = true;
	assert_int_not_equal(backup_verify(t->c, path, &verified), ERR_OK);
	t->s->quiet = false;
}

static void test_open(void **state)
{
	app_store t = app_empty(state);
	struct app *a = NULL;
	struct app_options opt = { .trouble = NULL };
	char url[160];
	OK(app_open(t.c, str_of(t.s->url), &opt, &a));
	app_close(a);
	app_close(NULL);
	snprintf(url, sizeof url, "sqlite:%s/none.db", t.s->dir);
	assert_int_not_equal(app_open(t.c, str_of(url), &opt, &a), ERR_OK); /* not there, and not to be made */
	assert_int_equal(access(url + 7, F_OK), -1);
	assert_int_not_equal(app_open(t.c, STR("mysql://x"), &opt, &a), ERR_OK);
	assert_int_not_equal(app_open(t.c, STR(""), &opt, &a), ERR_OK);
	assert_true(t.c->n_errors >= 3);
	/* Without packs there is a fault with a reason. */
	app_forget(&t);
	t.app.method_dir = NULL;
	assert_int_equal(app_load_packs(t.c, &t.app), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "app.no_method");
	app_free(&t);
}

#define ALL(ON) \
	ON(test_sheet_of_the_province), ON(test_trace), ON(test_losses), ON(test_change_against_the_round_before), ON(test_table), \
		ON(test_missing_figure), ON(test_not_found), ON(test_steps_of_a_rule), ON(test_round_list), ON(test_corrections), \
		ON(test_demo_again), ON(test_backup), ON(test_open)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return cmocka_run_group_tests_name("round-sqlite", sqlite, NULL, free_demo)
		| (store_pg_here() ? cmocka_run_group_tests_name("round-postgresql", pg, NULL, free_demo) : 0);
}
