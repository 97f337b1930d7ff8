/* The figures of the demo surveys. What is expected was worked out apart from the program: by hand from the answers, and for the sample with
 * the formulas in 20 lines of Python (linearisation, strata of old districts, communes as PSUs). */
#include "filled.h"
#include <math.h>
#include "app/kept.h"
#include "app/survey_result.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

static app_store demo(void **state)
{
	app_store t = app_surveys(state);
	t.app.kept = kept_new();
	return t;
}

static void end(app_store *t)
{
	kept_free(t->app.kept);
	app_free(t);
}

static enum err ask(app_store *t, const char *survey, struct survey_question q, struct survey_result *r)
{
	struct survey_info *s = NEW(t->c->mem, struct survey_info);
	OK(survey_get(t->c, &t->app, str_of(survey), s));
	return survey_result_of(t->c, &t->app, s, &q, r);
}

static const struct survey_figure *item(const struct survey_result *r, size_t g, const char *code, enum survey_stat stat, const char *option)
{
	const questionnaire *q = r->s->q;
	int32_t i = questionnaire_find(q, str_of(code)), o = NO_ITEM;
	const struct question_list *l = &q->lists.p[q->items.p[i].list];
	for (size_t k = 0; option && k < l->options.n; k++)
		if (str_is(l->options.p[k].code, option))
			o = (int32_t)k;
	const struct survey_line *line = survey_result_line(r, g, option ? SURVEY_OPTION : SURVEY_ITEM, stat, NO_ITEM, i, o);
	assert_non_null(line);
	return &line->f;
}

/* The case of the guide: 56 people whose dossier was late, 19 told beforehand, 11 with a letter of apology. */
static void test_late(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "mot-cua-2026", (struct survey_question){ .item = STR("A2"), .value = STR("3") }, &r));
	assert_int_equal(r.everybody, 412);
	assert_int_equal(r.people, 56);
	assert_int_equal(r.basis, SURVEY_WHO_LIKED);
	const struct survey_figure *told = item(&r, 0, "A3", SURVEY_SHARE, "1"), *sorry = item(&r, 0, "A4", SURVEY_SHARE, "1");
	assert_int_equal(told->hits, 19);
	assert_int_equal(told->n, 56);
	NEAR(told->v, 19 / 56.0); /* 33,93 % */
	NEAR(sorry->v, 11 / 56.0); /* 19,64 % */
	assert_true(isnan(told->low) && isnan(told->se) && isnan(told->cv)); /* nobody drew a sample */
	NEAR(survey_result_index(&r, 0)->v, (52 / 109.0 + 72 / 164.0 + 26 / 56.0) / 3);
	end(&t);
}

static void test_whole(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "mot-cua-2026", (struct survey_question){ .by = STR("noi") }, &r));
	NEAR(survey_result_index(&r, 0)->v, (618 / 801.0 + 957 / 1200.0 + 297 / 372.0) / 3); /* mean of factors, as the form says */
	assert_int_equal(survey_result_index(&r, 0)->answers, 801 + 1200 + 372);
	assert_int_equal(survey_result_index(&r, 0)->hits, 618 + 957 + 297);
	const struct survey_figure *b1 = item(&r, 0, "B1", SURVEY_SATISFIED, NULL);
	assert_int_equal(b1->n, 402); /* ten said that they do not know */
	NEAR(b1->v, (184 + 122) / 402.0);
	NEAR(item(&r, 0, "B1", SURVEY_MEAN, NULL)->v, (10 + 2 * 34 + 3 * 52 + 4 * 184 + 5 * 122) / 402.0);
	assert_int_equal(r.counts[questionnaire_find(r.s->q, STR("B1"))].dont_know, 10);
	assert_int_equal(r.counts[questionnaire_find(r.s->q, STR("A3"))].not_asked, 412 - 56);
	assert_int_equal(r.counts[questionnaire_find(r.s->q, STR("C2"))].left_out, 412 - 38);
	assert_int_equal(r.groups.n, 5);
	assert_true(str_is(r.groups.p[1].code, "quay-1"));
	assert_int_equal(r.groups.p[2].people, 107);
	NEAR(survey_result_index(&r, 3)->v, 0.8128813067079378);
	for (size_t g = 1; g < r.groups.n; g++)
		assert_true(!r.groups.p[g].ranked && !r.groups.p[g].rank); /* self-selected: never */
	end(&t);
}

/* Nobody or everybody: a share without an interval; all others have one that holds it. */
static void edges_have_none(const struct survey_result *r)
{
	size_t edges = 0, others = 0;
	for (size_t i = 0; i < r->lines.n; i++) {
		const struct survey_line *l = &r->lines.p[i];
		if (l->f.state != SURVEY_FIGURE || (l->stat != SURVEY_SHARE && l->stat != SURVEY_SATISFIED))
			continue;
		bool edge = l->f.hits == 0 || l->f.hits == l->f.answers;
		edges += edge;
		others += !edge;
		assert_true(edge ? isnan(l->f.low) && isnan(l->f.high) : l->f.low <= l->f.v && l->f.v <= l->f.high);
	}
	assert_true(edges > 0 && others > 0);
}

static void test_roll_up(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .ci = EST_CI_LOGIT }, &r));
	const struct survey_figure *f = survey_result_index(&r, 0), *first;
	assert_int_equal(r.basis, SURVEY_WEIGHTED);
	assert_int_equal(r.psus, 6);
	assert_int_equal(r.strata, 3);
	NEAR(f->v, 0.819901092800374);
	NEAR(f->se, 0.020360410458907054);
	assert_true(f->df == 3 && f->n == 558 && f->answers == 558 * 33);
	first = item(&r, 0, "C9.1", SURVEY_SATISFIED, NULL);
	NEAR(first->v, 0.8318528907589217);
	NEAR(first->se, 0.02600268382430233);
	NEAR(first->low, 0.7324709875001149);
	NEAR(first->high, 0.8993874586957129);
	assert_true(first->deff > 1 && first->n_eff < 558);
	edges_have_none(&r);
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .choose = true, .agg = FACTOR_POOLED }, &r));
	NEAR(survey_result_index(&r, 0)->v, 0.8205358871558031);
	NEAR(survey_result_index(&r, 0)->se, 0.02126701948693953);
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .choose = true, .agg = FACTOR_MEAN_ITEMS }, &r));
	NEAR(survey_result_index(&r, 0)->se, 0.021267019486939525);
	assert_int_equal(ask(&t, "sipas-ho-2025", (struct survey_question){ .choose = true, .agg = FACTOR_WEIGHTS }, &r), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "survey_result.no_weights");
	end(&t);
}

static void test_groups(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .by = STR("A1") }, &r));
	NEAR(item(&r, 1, "C9.1", SURVEY_SATISFIED, NULL)->v, 0.8123787976729153);
	NEAR(item(&r, 1, "C9.1", SURVEY_SATISFIED, NULL)->se, 0.028834055952913235);
	NEAR(item(&r, 2, "C9.1", SURVEY_SATISFIED, NULL)->se, 0.02354837877035075);
	assert_int_equal(r.groups.p[1].people + r.groups.p[2].people, 558);
	assert_false(r.groups.p[1].ranked); /* men and women are not ranked */
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .by = STR("tang") }, &r));
	assert_int_equal(r.groups.n, 4);
	assert_int_equal(r.groups.p[1].people, 186);
	assert_true(survey_result_index(&r, 1)->df == 1); /* two communes */
	for (size_t g = 1; g < 4; g++) /* 186 answers each, but alike within two communes: worth fewer than 20 */
		assert_true(!r.groups.p[g].ranked && !r.groups.p[g].rank && survey_result_index(&r, g)->n_eff < SURVEY_MIN_N_EFF);
	end(&t);
}

static void test_panel(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "lanh-dao-2025", (struct survey_question){ .by = STR("N") }, &r));
	assert_int_equal(r.basis, SURVEY_EVERYBODY);
	assert_int_equal(r.stat, SURVEY_POINTS);
	NEAR(survey_result_index(&r, 0)->v, 48200 / 682.0);
	NEAR(survey_result_index(&r, 2)->v, 12380 / 169.0);
	NEAR(item(&r, 0, "Q3", SURVEY_POINTS, NULL)->v, 7640 / 116.0);
	assert_true(isnan(survey_result_index(&r, 0)->low));
	OK(ask(&t, "lanh-dao-2025", (struct survey_question){ .choose = true, .agg = FACTOR_MEAN_ITEMS }, &r));
	NEAR(survey_result_index(&r, 0)->v, (8300 / 111.0 + 7820 / 114.0 + 7640 / 116.0 + 7720 / 114.0 + 8120 / 115.0 + 8600 / 112.0) / 6);
	end(&t);
}

/* quay-2, late: 15 people, 3 told; quay-4: 11 people, 3 told, 2 with an apology. */
static void test_small(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	struct survey_question q = { .by = STR("noi"), .item = STR("A2"), .value = STR("3"), .cross = STR("A3") };
	OK(ask(&t, "mot-cua-2026", q, &r));
	assert_int_equal(item(&r, 2, "A3", SURVEY_SHARE, "1")->state, SURVEY_HIDDEN);
	assert_int_equal(item(&r, 2, "A3", SURVEY_SHARE, "2")->state, SURVEY_HIDDEN); /* 15 - 3 */
	assert_int_equal(item(&r, 2, "A3", SURVEY_SHARE, "1")->hits, 0);
	assert_int_equal(item(&r, 0, "A3", SURVEY_SHARE, "1")->hits, 19);
	end(&t);
}

/* ---- what is hidden cannot be worked out ---- */

struct sums {
	int64_t n, hits;
	double mean;
	int64_t low[5], high[5], at[5];
	int found;
};

/* Every distribution of n people over five options with so many satisfied (the last two) and that mean. */
static void each(struct sums *s, int option, int64_t left)
{
	if (option < 4) {
		for (int64_t k = 0; k <= left; k++) {
			s->at[option] = k;
			each(s, option + 1, left - k);
		}
		return;
	}
	s->at[4] = left;
	int64_t sum = 0;
	for (int i = 0; i < 5; i++)
		sum += (i + 1) * s->at[i];
	if (s->at[3] + s->at[4] != s->hits || fabs((double)sum / (double)s->n - s->mean) > 1e-9)
		return;
	for (int i = 0; i < 5; i++) {
		s->low[i] = s->found && s->low[i] < s->at[i] ? s->low[i] : s->at[i];
		s->high[i] = s->found && s->high[i] > s->at[i] ? s->high[i] : s->at[i];
	}
	s->found++;
}

/* How many of the item's options are hidden, all or none; hidden, its people, satisfied and mean leave several numbers for each small one. */
static bool look_at(const struct survey_result *r, size_t g, const char *code)
{
	const struct survey_figure *good = item(r, g, code, SURVEY_SATISFIED, NULL), *mean = item(r, g, code, SURVEY_MEAN, NULL);
	struct sums s = { .n = good->n, .hits = good->hits, .mean = mean->v };
	const char *const options[] = { "1", "2", "3", "4", "5" };
	int hidden = 0, small = 0;
	for (int i = 0; i < 5; i++) {
		const struct survey_figure *f = item(r, g, code, SURVEY_SHARE, options[i]);
		hidden += f->state == SURVEY_HIDDEN;
		small += f->state == SURVEY_FIGURE && f->hits > 0 && f->hits < SURVEY_MIN_CELL;
	}
	assert_int_equal(small, 0);
	assert_true(hidden == 0 || hidden == 5);
	if (!hidden || good->state != SURVEY_FIGURE || mean->state != SURVEY_FIGURE || s.n > 60)
		return hidden;
	each(&s, 0, s.n);
	assert_true(s.found > 1);
	for (int i = 0; i < 5; i++)
		assert_true(s.low[i] >= SURVEY_MIN_CELL || s.low[i] < s.high[i]);
	return true;
}

static void test_sums(void **state)
{
	app_store t = demo(state);
	struct survey_result r, whole;
	const char *const items[] = { "B1", "B2", "B3", "B4", "B5", "B6" }, *const values[] = { "1", "2", "3", "4" };
	size_t hidden = 0, looked = 0;
	OK(ask(&t, "mot-cua-2026", (struct survey_question){ 0 }, &whole));
	for (size_t i = 0; i < 6; i++) {
		struct survey_question q = { .by = STR("A2"), .cross = str_of(items[i]) };
		struct survey_result by;
		OK(ask(&t, "mot-cua-2026", q, &by));
		size_t rows = 0;
		for (size_t v = 0; v < 4; v++) {
			OK(ask(&t, "mot-cua-2026", (struct survey_question){ .item = STR("A2"), .value = str_of(values[v]) }, &r));
			if (r.filter_hidden || by.groups.p[v + 1].hidden)
				continue;
			/* The page of a filter says what the row of a division says, no more. */
			assert_int_equal(item(&r, 0, items[i], SURVEY_SHARE, "1")->state, item(&by, v + 1, items[i], SURVEY_SHARE, "1")->state);
			assert_int_equal(item(&r, 0, items[i], SURVEY_MEAN, NULL)->state, item(&by, v + 1, items[i], SURVEY_MEAN, NULL)->state);
			rows += look_at(&r, 0, items[i]);
			looked++;
		}
		hidden += rows;
		/* One row alone would be everybody less the others. */
		assert_true(rows != 1 || item(&whole, 0, items[i], SURVEY_SHARE, "1")->state == SURVEY_HIDDEN);
	}
	assert_true(hidden > 6 && hidden < looked);
	end(&t);
}

/* Of everybody, too; who may see answers sees all. */
static void test_everybody(void **state)
{
	app_store t = demo(state);
	struct survey_result r, all;
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ 0 }, &r));
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .all = true }, &all));
	size_t small = 0;
	for (size_t i = 0; i < all.lines.n; i++) {
		assert_int_equal(all.lines.p[i].f.state, SURVEY_FIGURE);
		if (all.lines.p[i].row == SURVEY_OPTION && all.lines.p[i].f.hits > 0 && all.lines.p[i].f.hits < SURVEY_MIN_CELL) {
			assert_int_equal(r.lines.p[i].f.state, SURVEY_HIDDEN);
			small++;
		}
	}
	assert_int_equal(small, 2); /* 4 and 3 of 558 */
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .by = STR("A1"), .all = true }, &all));
	assert_int_equal(item(&all, 0, "C9.1", SURVEY_SHARE, "1")->state, SURVEY_FIGURE);
	end(&t);
}

/* Groups of five and more where fewer answered an item: the item is hidden there, and another item or group so that it stays so. */
static void test_items(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "mot-cua-2026", (struct survey_question){ .by = STR("B5") }, &r));
	size_t hidden = 0;
	for (size_t i = 0; i < r.lines.n; i++) {
		const struct survey_line *l = &r.lines.p[i];
		assert_true(l->f.state != SURVEY_FIGURE || l->f.n >= SURVEY_MIN_CELL);
		if (l->f.state != SURVEY_HIDDEN || l->row != SURVEY_ITEM || l->stat != SURVEY_SATISFIED || r.groups.p[l->group].hidden)
			continue;
		hidden++;
		assert_int_equal(l->f.n, 0);
		size_t others = 0; /* the same item elsewhere, or another one there */
		for (size_t k = 0; k < r.lines.n; k++)
			others += r.lines.p[k].f.state == SURVEY_HIDDEN && k != i && r.lines.p[k].stat == l->stat &&
				(r.lines.p[k].item == l->item || r.groups.p[r.lines.p[k].group].hidden);
		assert_true(others > 0);
	}
	assert_true(hidden > 0);
	end(&t);
}

static void test_wrong(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	assert_int_equal(ask(&t, "mot-cua-2026", (struct survey_question){ .by = STR("Z9") }, &r), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "survey_result.no_item");
	assert_int_equal(ask(&t, "mot-cua-2026", (struct survey_question){ .item = STR("A2"), .value = STR("77") }, &r), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "survey_result.no_value");
	assert_int_equal(ask(&t, "mot-cua-2026", (struct survey_question){ .by = STR("C1") }, &r), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "survey_result.not_single");
	assert_int_equal(ask(&t, "mot-cua-2026", (struct survey_question){ .by = STR("tang") }, &r), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "survey_result.no_strata");
	end(&t);
}

static void add_answers(buf *b, const char *at, int n, int good)
{
	for (int i = 0; i < n; i++)
		buf_printf(b, "p,%s-%d,2026-01-05,web,vi,%s,,,10,A1=1&A2=4&B1=%d&B2=4&B3=4&B4=4&B5=4&C1=khong\n", at, i, at, i < good ? 4 : 2);
}

#define HEAD "code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note\n"

static void test_ranks(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	buf b;
	OK(app_import(&t, "surveys", HEAD "p,mot-cua-minh-hoa,P,P,2026,probability,token,closed,2026-01-01,,,yes,\n", NULL, NULL));
	buf_init(&b, 0);
	buf_addz(&b, "survey,key,day,mode,lang,place,stratum,psu,weight,answers\n");
	add_answers(&b, "x", 40, 20);
	add_answers(&b, "y", 40, 30);
	add_answers(&b, "z", 25, 25); /* too few */
	add_answers(&b, "u", 4, 4);   /* nobody may see them, nor the next smallest */
	buf_char(&b, 0);
	OK(app_import(&t, "answers", buf_str(&b).p, NULL, NULL));
	buf_free(&b);
	OK(ask(&t, "p", (struct survey_question){ .by = STR("noi") }, &r));
	assert_true(str_is(r.groups.p[1].code, "u") && r.groups.p[1].hidden && !r.groups.p[1].people);
	assert_true(str_is(r.groups.p[4].code, "z") && r.groups.p[4].hidden);
	assert_true(r.groups.p[2].rank == 2 && r.groups.p[3].rank == 1);
	assert_int_equal(survey_result_index(&r, 1)->state, SURVEY_HIDDEN);
	end(&t);
}

/* A place that is one primary unit of its stratum: nothing says how far its figure reaches, so it has no rank, however many answered. */
static void test_one_unit(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	buf b;
	OK(app_import(&t, "surveys", HEAD "p,mot-cua-minh-hoa,P,P,2026,probability,token,closed,2026-01-01,,,yes,\n", NULL, NULL));
	buf_init(&b, 0);
	buf_addz(&b, "survey,key,day,mode,lang,place,stratum,psu,weight,answers\n");
	for (int i = 0; i < 120; i++)
		buf_printf(&b, "p,k%d,2026-01-02,paper,vi,noi-%d,s,noi-%d,2,A1=1&A2=1&B1=%d&B2=4&B3=4&B4=4&B5=5&B6=5&C1=khong\n", i, i / 40, i / 40, 1 + i % 5);
	buf_char(&b, 0);
	OK(app_import(&t, "answers", buf_str(&b).p, NULL, NULL));
	buf_free(&b);
	OK(ask(&t, "p", (struct survey_question){ .by = STR("noi") }, &r));
	assert_int_equal(r.groups.n, 4);
	for (size_t g = 1; g < r.groups.n; g++)
		assert_true(survey_result_index(&r, g)->n == 40 && !r.groups.p[g].ranked && !r.groups.p[g].rank);
	end(&t);
}

/* A stratum that bears the code of a place has its name; a survey by units ranks those with enough. */
static void test_names_and_units(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(ask(&t, "sipas-ho-2025", (struct survey_question){ .by = STR("tang") }, &r));
	assert_string_equal(app_z(&t, r.groups.p[1].name[LANG_VI]), "Huyện Thượng (cũ)");
	OK(ask(&t, "mot-cua-xa-2025", (struct survey_question){ .by = STR("don-vi") }, &r));
	assert_int_equal(r.groups.n, 9);
	assert_string_equal(app_z(&t, r.groups.p[8].code), "sample-commune/TM-XA-17");
	assert_true(r.groups.p[8].people == 24 && !r.groups.p[8].rank && r.groups.p[6].rank == 1);
	end(&t);
}

/* A probability survey where one answer came without its weight: figures, but nobody knows how far they reach. */
static void test_incomplete(void **state)
{
	app_store t = demo(state);
	struct survey_result r;
	OK(app_import(&t, "surveys",
		HEAD "p,mot-cua-minh-hoa,P,P,2026,probability,token,closed,2026-01-01,,,yes,\n"
		     "leer,mot-cua-minh-hoa,P,P,2026,probability,token,closed,2026-01-01,,,yes,\n",
		NULL, NULL));
	OK(app_import(&t, "answers",
		"survey,key,day,mode,lang,place,stratum,psu,weight,answers\n"
		"p,a,2026-01-05,web,vi,,,,2,A1=1&A2=1&B1=4&B2=4&B3=4&B4=4&B5=4&B6=4&C1=khong\n"
		"p,b,2026-01-05,web,vi,,,,,A1=1&A2=1&B1=1&B2=4&B3=4&B4=4&B5=4&B6=4&C1=khong\n",
		NULL, NULL));
	OK(ask(&t, "p", (struct survey_question){ 0 }, &r));
	assert_int_equal(r.basis, SURVEY_INCOMPLETE);
	assert_true(r.filter_hidden); /* two people */
	OK(ask(&t, "leer", (struct survey_question){ 0 }, &r));
	assert_int_equal(r.people, 0);
	assert_int_equal(survey_result_index(&r, 0)->state, SURVEY_NO_ANSWER);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_late), ON_SQLITE(test_whole), ON_SQLITE(test_roll_up),
		ON_SQLITE(test_groups), ON_SQLITE(test_panel), ON_SQLITE(test_small), ON_SQLITE(test_sums),
		ON_SQLITE(test_everybody), ON_SQLITE(test_items), ON_SQLITE(test_ranks), ON_SQLITE(test_wrong),
		ON_SQLITE(test_incomplete), ON_SQLITE(test_one_unit), ON_SQLITE(test_names_and_units) };
	const struct CMUnitTest pg[] = { ON_PG(test_late), ON_PG(test_whole), ON_PG(test_roll_up), ON_PG(test_groups),
		ON_PG(test_panel), ON_PG(test_small), ON_PG(test_sums), ON_PG(test_everybody), ON_PG(test_items), ON_PG(test_ranks),
		ON_PG(test_wrong), ON_PG(test_incomplete), ON_PG(test_one_unit), ON_PG(test_names_and_units) };
	return RUN_ON_BOTH("survey_result", sqlite, pg);
}
