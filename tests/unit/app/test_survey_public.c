/* A survey is published, corrected, withdrawn: what may follow what, what is fixed meanwhile, what the public was told. */
#include "filled.h"
#include <math.h>
#include "app/survey_public.h"
#include "app/survey_weight.h"
#include "base/vec.h"

#define HEAD "survey,key,day,mode,lang,place,stratum,psu,weight,answers\n"
#define FIRST "lanh-dao-2025,moi-1,2025-11-16,web,vi,,,,,N=1&Q1=D&Q2=D&Q3=D&Q4=D&Q5=D&Q6=D\n"

static const struct actor_grant rights[] = { { .noun = { "survey", 6 }, .verb = { "*", 1 } } },
				reads[] = { { .noun = { "survey", 6 }, .verb = { "read", 4 } } };
static const struct actor boss = { .user_id = 1, .login = { "sn", 2 }, .grants = rights, .n_grants = 1 },
			  reader = { .user_id = 2, .login = { "ng", 2 }, .grants = reads, .n_grants = 1 };

static const struct survey_rollup own; /* as the questionnaire says */

static struct survey_info now(app_store *t, const char *code)
{
	struct survey_info s;
	OK(survey_get(t->c, &t->app, str_of(code), &s));
	return s;
}

static void refused(app_store *t, enum err e, enum err want, const char *key)
{
	assert_int_equal(e, want);
	assert_true(t->c->n_faults > 0);
	assert_string_equal(t->c->faults[t->c->n_faults - 1].key, key);
	app_forget(t);
}

static double whole(app_store *t, const struct survey_info *s, int64_t seq)
{
	struct survey_frozen f;
	OK(survey_frozen_get(t->c, &t->app, s, seq, &f));
	assert_true(f.rows.n >= 1);
	return f.rows.p[0].v;
}

static void test_course(void **state)
{
	app_store t = app_surveys(state);
	const char *code = "lanh-dao-2025";
	struct survey_info s = now(&t, code);
	assert_int_equal(s.is_public, SURVEY_UNPUBLISHED);
	refused(&t, survey_publish(t.c, &t.app, &reader, &s, false, own, STR("")), ERR_DENIED, t.c->n_faults ? t.c->faults[0].key : "actor.denied");
	refused(&t, survey_correct(t.c, &t.app, &boss, &s, STR("vì")), ERR_CONFLICT, "survey_public.state");
	refused(&t, survey_publish(t.c, &t.app, &boss, &s, true, own, STR("")), ERR_INPUT, "survey_public.not_live");
	struct survey_frozen look;
	OK(survey_public_preview(t.c, &t.app, &boss, &s, own, &look));
	assert_int_equal(survey_public_preview(t.c, &t.app, &reader, &s, own, &(struct survey_frozen){ 0 }), ERR_DENIED);
	app_forget(&t);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_publication"), 0);
	OK(survey_publish(t.c, &t.app, &boss, &s, false, own, STR("QĐ 12")));
	refused(&t, survey_publish(t.c, &t.app, &boss, &s, false, own, STR("")), ERR_CONFLICT, "survey_public.state"); /* an old view of it */
	s = now(&t, code);
	assert_int_equal(s.is_public, SURVEY_PUBLISHED);
	double first = whole(&t, &s, 1);
	assert_true(look.rows.n > 0 && look.rows.p[0].v == first && look.people == 120); /* what was looked at is what was published */

	/* what the figures rest on is fixed; the same file again changes nothing and may come */
	refused(&t, app_import(&t, "answers", HEAD FIRST, NULL, NULL), ERR_CONFLICT, "survey_public.locked");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response r JOIN survey s ON s.id = r.survey_id WHERE s.code = 'lanh-dao-2025'"), 120);
	app_load(&t, "answers", "method/demo/answers.csv");
	db_weight_list steps;
	refused(&t, survey_weigh(t.c, &t.app, &boss, &s, &(struct weight_wish){ .low = STR("0.5") }, &steps), ERR_CONFLICT, "survey_public.locked");

	refused(&t, survey_correct(t.c, &t.app, &boss, &s, STR("  ")), ERR_INPUT, "survey_public.needs_reason");
	OK(survey_correct(t.c, &t.app, &boss, &s, STR("Thiếu một phiếu")));
	s = now(&t, code);
	assert_int_equal(s.is_public, SURVEY_CORRECTING);
	OK(app_import(&t, "answers", HEAD FIRST, NULL, NULL));
	assert_true(whole(&t, &s, 1) == first); /* the public still has these */
	OK(survey_publish(t.c, &t.app, &boss, &s, false, own, STR("Đã bổ sung")));
	s = now(&t, code);
	assert_true(whole(&t, &s, 1) == first && whole(&t, &s, 3) != first);

	struct survey_publications list;
	OK(survey_publications(t.c, &t.app, &s, &list));
	assert_int_equal(list.n, 3);
	assert_int_equal(list.p[0].revision, 2);
	assert_int_equal(list.p[1].verb, SURVEY_CORRECT);
	assert_string_equal(app_z(&t, list.p[2].note), "QĐ 12");
	OK(survey_withdraw(t.c, &t.app, &boss, &s, STR("Sai phương pháp")));
	s = now(&t, code);
	assert_int_equal(s.is_public, SURVEY_WITHDRAWN);
	assert_false(survey_is_public(&s));
	OK(survey_publish(t.c, &t.app, &boss, &s, false, own, STR("")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_publication"), 5);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM audit_entry WHERE what IN ('survey.publish', 'survey.correct', 'survey.withdraw')"), 5);
	app_free(&t);
}

static void test_live(void **state)
{
	app_store t = app_surveys(state);
	struct survey_info s = now(&t, "mot-cua-2026"), empty = now(&t, "ho-2026");
	refused(&t, survey_publish(t.c, &t.app, &boss, &s, false, own, STR("")), ERR_CONFLICT, "survey_public.open");
	OK(survey_publish(t.c, &t.app, &boss, &s, true, own, STR("")));
	s = now(&t, "mot-cua-2026");
	assert_int_equal(s.is_public, SURVEY_LIVE);
	OK(app_import(&t, "answers", HEAD "mot-cua-2026,moi-2,2026-01-16,web,vi,,,,,A1=1&A2=1&B1=4&B2=4&B3=4&B4=4&B5=4&B6=4&C1=khong\n", NULL, NULL));
	struct survey_frozen f;
	OK(survey_frozen_get(t.c, &t.app, &s, 1, &f));
	assert_int_equal(f.people, 412);
	assert_true(f.rows.n > 1 && isnan(f.rows.p[0].low) && !f.rows.p[0].rank); /* by whoever liked: neither interval nor rank */
	refused(&t, survey_correct(t.c, &t.app, &boss, &s, STR("x")), ERR_CONFLICT, "survey_public.state");
	empty.gate = SURVEY_OVER;
	refused(&t, survey_publish(t.c, &t.app, &boss, &empty, false, own, STR("")), ERR_CONFLICT, "survey_public.nothing");
	app_free(&t);
}

/* Who publishes chooses the roll-up: stored with the figures, the form and its version; units that are worth no rank are told apart. */
static void test_rollup(void **state)
{
	app_store t = app_surveys(state);
	struct survey_info s = now(&t, "sipas-ho-2025");
	struct survey_rollup pooled = { .choose = true, .agg = FACTOR_POOLED }, weights = { .choose = true, .agg = FACTOR_WEIGHTS }, got;
	struct survey_frozen f;
	refused(&t, survey_publish(t.c, &t.app, &boss, &s, false, weights, STR("")), ERR_INPUT, "survey_result.no_weights");
	OK(survey_public_rollup(t.c, &t.app, &s, &got));
	assert_false(got.choose);
	OK(survey_publish(t.c, &t.app, &boss, &s, false, pooled, STR("")));
	s = now(&t, "sipas-ho-2025");
	OK(survey_frozen_get(t.c, &t.app, &s, 1, &f));
	assert_string_equal(app_z(&t, f.questionnaire), "sipas-2022");
	assert_int_equal(f.version, 1);
	assert_true(f.rollup.choose && f.rollup.agg == FACTOR_POOLED && f.agg == FACTOR_POOLED);
	assert_int_equal(f.rows.p[0].n, 558);
	assert_int_equal(f.rows.p[0].answers, 18414);
	assert_int_equal(f.rows.p[0].hits, 15041);
	OK(survey_public_rollup(t.c, &t.app, &s, &got));
	assert_true(got.choose && got.agg == FACTOR_POOLED);
	OK(survey_correct(t.c, &t.app, &boss, &s, STR("Cách gộp khác")));
	s = now(&t, "sipas-ho-2025");
	OK(survey_publish(t.c, &t.app, &boss, &s, false, own, STR("")));
	OK(survey_frozen_get(t.c, &t.app, &s, 3, &f));
	assert_true(!f.rollup.choose && f.agg == FACTOR_MEAN_FACTORS);
	for (size_t i = 1; i < f.rows.n; i++)
		assert_true(f.rows.p[i].enough == (f.rows.p[i].rank > 0));
	app_free(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_course), ON_SQLITE(test_live), ON_SQLITE(test_rollup) };
	const struct CMUnitTest pg[] = { ON_PG(test_course), ON_PG(test_live), ON_PG(test_rollup) };
	return RUN_ON_BOTH("survey_public", sqlite, pg);
}
