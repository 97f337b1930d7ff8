#include "db/store.h"
#include "db/questionnaire.h"
#include "db/response.h"
#include "db/survey.h"

#define OK(e) assert_int_equal((e), ERR_OK)

static db_survey survey_in(store *s, db_conn *k)
{
	bool stored;
	db_questionnaire q = { .code = STR("q"), .name_vi = STR("Phiếu"), .name_en = STR("Form"), .csv = STR("x"), .sha256 = STR("s1"), .actor = STR("t") };
	OK(db_questionnaire_put(s->c, k, &q, &stored));
	db_survey v = { .code = STR("kv"), .questionnaire_id = q.id, .name_vi = STR("Khảo sát"), .name_en = STR("Survey"), .period = STR("2025"),
		.design = STR("self_selected"), .access = STR("open"), .state = STR("open"), .opens_on = 1, .closes_on = DB_DAY_OPEN, .max_answers = 9,
		.actor = STR("t") };
	OK(db_survey_put(s->c, k, &v));
	return v;
}

static void test_questionnaires(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	db_questionnaire q = { .code = STR("q"), .name_vi = STR("Một"), .name_en = STR("One"), .csv = STR("a"), .sha256 = STR("s1"), .actor = STR("t") }, got;
	db_questionnaire_list list;
	bool stored;
	OK(db_begin(s->c, k, DB_WRITE));
	OK(db_questionnaire_put(s->c, k, &q, &stored));
	assert_true(stored && q.version == 1);
	OK(db_questionnaire_put(s->c, k, &q, &stored));
	assert_false(stored);
	q.sha256 = STR("s2");
	q.csv = STR("b");
	OK(db_questionnaire_put(s->c, k, &q, &stored));
	assert_true(stored && q.version == 2);
	OK(db_questionnaire_last(s->c, k, STR("q"), &got));
	assert_true(got.version == 2 && str_is(got.csv, "b"));
	OK(db_questionnaire_get(s->c, k, q.id, &got));
	OK(db_questionnaire_all(s->c, k, &list));
	assert_int_equal(list.n, 2);
	assert_int_equal(list.p[0].version, 2);
	assert_int_equal(db_questionnaire_last(s->c, k, STR("r"), &got), ERR_NOTFOUND);
	OK(db_commit(s->c, k));
	db_release(k);
	store_free(s);
}

static enum err sum_answers(void *ctx, const db_response *r)
{
	buf_printf(ctx, "%.*s %.*s;", STR_ARG(r->at.place), STR_ARG(r->answers));
	return ERR_OK;
}

static void test_answers_once(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	bool known;
	int64_t n;
	db_response_sum_list sums;
	OK(db_begin(s->c, k, DB_WRITE));
	db_survey v = survey_in(s, k);
	db_response r = { .id = 77, .survey_id = v.id, .receipt = STR("0123456789abcdef"), .on = 20000, .mode = STR("web"), .lang = STR("vi"),
		.at = { .place = STR("q1") }, .answers = STR("A=1") };
	OK(db_response_add(s->c, k, &r, &known));
	assert_false(known);
	r.id = 78;
	OK(db_response_add(s->c, k, &r, &known));
	assert_true(known);
	r.receipt = STR("0123456789abcdeg");
	r.id = 5;
	r.answers = STR("A=2");
	OK(db_response_add(s->c, k, &r, &known));
	OK(db_response_count(s->c, k, v.id, &n));
	assert_int_equal(n, 2);
	buf b;
	buf_init(&b, 0);
	OK(db_response_each(s->c, k, v.id, sum_answers, &b));
	assert_true(str_is(buf_str(&b), "q1 A=2;q1 A=1;"));
	buf_free(&b);
	OK(db_response_sums(s->c, k, v.id, &sums));
	assert_true(sums.n == 1 && sums.p[0].n == 2 && sums.p[0].last == 20000);
	/* A survey with answers keeps its questionnaire and who may answer, not its name. */
	db_survey other = v;
	other.questionnaire_id = 1;
	assert_int_equal(db_survey_put(s->c, k, &other), ERR_CONFLICT);
	other = v;
	other.access = str_is(v.access, "token") ? STR("open") : STR("token");
	assert_int_equal(db_survey_put(s->c, k, &other), ERR_CONFLICT);
	v.name_vi = STR("Tên mới");
	OK(db_survey_put(s->c, k, &v));
	OK(db_commit(s->c, k));
	db_release(k);
	store_free(s);
}

static void test_tokens(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	db_sampled at = { STR("q1"), STR("h"), STR("p7"), STR("12.5") }, got = { 0 };
	bool again, used;
	int64_t all, n_used, id;
	str where, hash = STR("0123456789abcdef0123456789abcdef");
	OK(db_begin(s->c, k, DB_WRITE));
	db_survey v = survey_in(s, k);
	OK(db_token_add(s->c, k, v.id, hash, &at));
	OK(db_token_look(s->c, k, hash, &id, &used, &where));
	assert_true(id == v.id && !used && str_is(where, "q1"));
	assert_int_equal(db_token_use(s->c, k, v.id, STR("x"), STR("r1"), &got, &again), ERR_NOTFOUND);
	assert_int_equal(db_token_use(s->c, k, v.id + 1, hash, STR("r1"), &got, &again), ERR_NOTFOUND);
	OK(db_token_use(s->c, k, v.id, hash, STR("r1"), &got, &again));
	assert_true(!again && str_is(got.psu, "p7") && str_is(got.weight, "12.5"));
	OK(db_token_use(s->c, k, v.id, hash, STR("r1"), &got, &again));
	assert_true(again);
	assert_int_equal(db_token_use(s->c, k, v.id, hash, STR("r2"), &got, &again), ERR_CONFLICT);
	OK(db_token_look(s->c, k, hash, &id, &used, &where));
	assert_true(used && !where.len);
	OK(db_token_count(s->c, k, v.id, &all, &n_used));
	assert_true(all == 1 && n_used == 1);
	OK(db_commit(s->c, k));
	db_release(k);
	store_free(s);
}

static void test_places(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	db_survey_place_list list;
	db_survey_place got;
	OK(db_begin(s->c, k, DB_WRITE));
	db_survey v = survey_in(s, k);
	const db_survey_place p[] = { { v.id, STR("b"), 0, STR("Quầy 2"), STR("Desk 2") }, { v.id, STR("a"), 0, STR("Quầy 1"), STR("Desk 1") } };
	OK(db_survey_place_put(s->c, k, p, 2));
	OK(db_survey_place_put(s->c, k, p, 1));
	OK(db_survey_place_all(s->c, k, v.id, &list));
	assert_true(list.n == 2 && str_is(list.p[0].code, "a"));
	OK(db_survey_place_get(s->c, k, v.id, STR("b"), &got));
	assert_true(str_is(got.name_vi, "Quầy 2"));
	assert_int_equal(db_survey_place_get(s->c, k, v.id, STR("c"), &got), ERR_NOTFOUND);
	OK(db_commit(s->c, k));
	db_release(k);
	store_free(s);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_questionnaires), ON_SQLITE(test_answers_once), ON_SQLITE(test_tokens), ON_SQLITE(test_places) };
	const struct CMUnitTest pg[] = { ON_PG(test_questionnaires), ON_PG(test_answers_once), ON_PG(test_tokens), ON_PG(test_places) };
	return RUN_ON_BOTH("survey", sqlite, pg);
}
