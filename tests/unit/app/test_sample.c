/* Samples in the store: frames, draws, replacements, personal data apart; on both databases. */
#include "filled.h"
#include "app/kept.h"
#include <math.h>
#include "app/quality.h"
#include "app/sample.h"
#include "app/survey_progress.h"
#include "app/survey_rates.h"
#include "app/survey_result.h"
#include "app/survey_weight.h"

#define FORM \
	"code,parent,kind,text_vi,list,required,show_if\n@name,,,Phiếu (minh họa),,,\n" \
	"hl,,list,,,,\n1,hl,option,Không,,,\n4,hl,option,Có,,,\ngl,,list,,,,\nm,gl,option,Nam,,,\nf,gl,option,Nữ,,,\nx,gl,option,Khác,,,\n" \
	"S,,section,Phần,,,\nA,S,scale,Hài lòng?,hl,yes,\nG,S,single,Giới?,gl,yes,\n"
#define PERSONS "N,S,number,Số người?,,,\n"
#define SURVEYS \
	"code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note\n" \
	"k,f,Khảo sát,Survey,2025,probability,token,draft,2025-01-01,2026-12-31,,yes,\n"

static app_store begin_with(void **state, const char *form)
{
	app_store t = app_empty(state);
	OK(app_import(&t, "questionnaire", form, NULL, NULL));
	OK(app_import(&t, "surveys", SURVEYS, NULL, NULL));
	t.app.kept = kept_new();
	return t;
}

static app_store begin(void **state) { return begin_with(state, FORM); }

static void end(app_store *t)
{
	kept_free(t->app.kept);
	app_free(t);
}

/* 4 clusters of 12 households in two strata. */
static const char *frame_of(app_store *t)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "survey,kind,unit,name,phone,address,place,stratum,cluster,size\n");
	for (int i = 0; i < 48; i++)
		buf_printf(&b, "k,households,H%d,Người %d,0900 000 %03d,Ngõ %d,x%d,%s,C%d,%d\n", i, i, i, i, i / 12, i < 24 ? "A" : "B", i / 12, 1 + i % 3);
	const char *z = arena_cstr(t->c->mem, buf_str(&b));
	buf_free(&b);
	return z;
}

static void test_draw(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct sample_info now;
	struct sample_list *l;
	struct actor who = actor_system("test");
	struct sample_wish wish = { .seed = 7, .strata = STR("stratum"), .stages = STR("cluster:brewer:4:size,:srs:5"), .reserve = 2, .person = SAMPLE_KISH };
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	assert_int_equal(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "sample.no_frame");
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	OK(sample_of(t.c, &t.app, &s, &now));
	assert_true(now.drawn && now.frames.n == 1 && now.frames.p[0].contacts && now.frames.p[0].rows == 48);
	assert_int_equal(now.draw.drawn, 20);
	assert_int_equal(now.units.n, 28);
	/* the same seed, the same people */
	str first = now.units.p[0].unit, last = now.units.p[19].unit;
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	OK(sample_of(t.c, &t.app, &s, &now));
	assert_true(str_eq(first, now.units.p[0].unit) && str_eq(last, now.units.p[19].unit));
	end(&t);
}

static void test_stand_in(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct sample_info now;
	struct sample_list *l;
	db_sample_unit by;
	struct actor who = actor_system("test");
	struct sample_wish wish = { .seed = 7, .strata = STR("stratum"), .stages = STR("cluster:srs:4,:srs:5"), .reserve = 1 };
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	assert_int_equal(sample_stand_in(t.c, &t.app, &who, &s, 2, STR(" "), CASE_NEW, &by), ERR_INPUT);
	OK(sample_stand_in(t.c, &t.app, &who, &s, 2, STR("đi vắng"), CASE_NEW, &by));
	OK(sample_of(t.c, &t.app, &s, &now));
	assert_int_equal(now.replaced, 1);
	assert_true(now.begun);
	assert_true(str_eq(now.units.p[1].reason, STR("đi vắng")) && str_eq(by.grp, now.units.p[1].grp));
	/* the only reserve of the group is used */
	assert_int_equal(sample_stand_in(t.c, &t.app, &who, &s, 1, STR("từ chối"), CASE_REFUSED, &by), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "sample.no_reserve");
	assert_int_equal(sample_stand_in(t.c, &t.app, &who, &s, 999, STR("từ chối"), CASE_REFUSED, &by), ERR_INPUT);
	assert_int_equal(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "sample.begun");
	end(&t);
}

/* The units of a draw as cases: once each, with contact and place in the design; a reserve takes over the case of whom it stands for. */
static void test_cases(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct sample_info now;
	struct sample_list *l;
	struct sample_cases done;
	struct survey_case_list list;
	struct survey_rates rates;
	db_sample_unit by;
	struct actor who = actor_system("test"), nobody = { 0 };
	struct sample_wish wish = { .seed = 7, .strata = STR("stratum"), .stages = STR("cluster:srs:4,:srs:5"), .reserve = 1 };
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	assert_int_equal(sample_cases_make(t.c, &t.app, &who, &s, STR(""), &done), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "sample.not_drawn");
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	assert_int_equal(sample_cases_make(t.c, &t.app, &nobody, &s, STR(""), &done), ERR_DENIED);
	assert_int_equal(sample_cases_make(t.c, &t.app, &who, &s, STR("nobody-here"), &done), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "sample.no_interviewer");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_case"), 0);
	OK(sample_cases_make(t.c, &t.app, &who, &s, STR(""), &done));
	assert_true(done.made == 20 && done.known == 0 && done.given == 0);
	OK(sample_cases_make(t.c, &t.app, &who, &s, STR(""), &done));
	assert_true(done.made == 0 && done.known == 20);
	OK(sample_of(t.c, &t.app, &s, &now));
	assert_true(now.asked == 20 && now.cases == 20 && !now.begun);
	/* nobody worked on them: another draw takes its own */
	wish.seed = 8;
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_case"), 0);
	OK(sample_cases_make(t.c, &t.app, &who, &s, STR(""), &done));
	OK(survey_cases(t.c, &t.app, &who, &s, &list));
	assert_true(list.n == 20 && list.p[0].name.len && list.p[0].phone.len);
	/* one refuses, one is never reached */
	OK(sample_of(t.c, &t.app, &s, &now));
	OK(survey_case_attempt(t.c, &t.app, &who, &s, now.units.p[0].unit, CASE_REFUSED, 0, STR("")));
	wish.seed = 9;
	assert_int_equal(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l), ERR_CONFLICT);
	OK(sample_stand_in(t.c, &t.app, &who, &s, 1, STR("từ chối"), CASE_NEW, &by));
	assert_int_equal(sample_stand_in(t.c, &t.app, &who, &s, 20, STR("đi vắng"), CASE_BUSY, &by), ERR_INPUT);
	OK(sample_stand_in(t.c, &t.app, &who, &s, 20, STR("đi vắng"), CASE_NEW, &by));
	OK(survey_rates_of(t.c, &t.app, &s, (double)NAN, &rates));
	assert_true(rates.cases == 22 && rates.n[CASE_REFUSED] == 1 && rates.n[CASE_NO_CONTACT] == 1 && rates.n[CASE_NEW] == 20);
	assert_true(rates.sum[OUTCOME_R] == 1 && rates.sum[OUTCOME_NC] == 1 && rates.sum[OUTCOME_UH] == 20);
	/* who has answered is not replaced */
	OK(sample_of(t.c, &t.app, &s, &now));
	db_conn *k = store_writer(t.s);
	OK(db_begin(t.c, k, DB_WRITE));
	OK(db_exec(t.c, k, "UPDATE survey_case SET outcome = 'completed' WHERE code = $1", DB_ARGS(db_text(now.units.p[6].unit)), NULL));
	OK(db_commit(t.c, k));
	db_release(k);
	assert_int_equal(sample_stand_in(t.c, &t.app, &who, &s, now.units.p[6].no, STR("nhầm"), CASE_NEW, &by), ERR_CONFLICT);
	assert_string_equal(store_last_fault(t.s), "sample.case_answered");
	OK(sample_of(t.c, &t.app, &s, &now));
	assert_int_equal(now.replaced, 2);
	end(&t);
}

/* Of a household of so many, the person that the words for the interviewer name. */
static int asked_of(app_store *t, const char *ask, int persons)
{
	const char *at = ask;
	str from = persons == 1 ? STR("Nhà có 1 người: hỏi người thứ ")
		: persons < 6   ? arena_printf(t->c->mem, "; %d người: thứ ", persons)
				: STR("; từ 6 người: thứ ");
	at = strstr(ask, arena_cstr(t->c->mem, from));
	assert_non_null(at);
	return atoi(at + from.len);
}

/* Who is asked goes with the case, in words, and over a dozen of households each person comes as often as Kish's tables say. */
static void test_person(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct sample_list *l;
	struct sample_cases done;
	struct survey_case_list list;
	struct survey_case one;
	struct survey_call_list calls;
	struct actor who = actor_system("test");
	struct sample_wish wish = { .seed = 7, .strata = STR("stratum"), .stages = STR("cluster:srs:4,:srs:12"), .person = SAMPLE_KISH };
	int times[7][7] = { { 0 } };
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l)); /* everybody: 4 dozens */
	OK(sample_cases_make(t.c, &t.app, &who, &s, STR(""), &done));
	OK(survey_cases(t.c, &t.app, &who, &s, &list));
	assert_int_equal(list.n, 48);
	for (size_t i = 0; i < list.n; i++) {
		const char *ask = arena_cstr(t.c->mem, survey_case_ask(t.c->mem, list.p[i].person, LANG_VI));
		for (int persons = 1; persons <= 6; persons++)
			times[persons][asked_of(&t, ask, persons)]++;
		assert_true(list.p[i].address.len && list.p[i].place.len && survey_case_numbering(list.p[i].person, LANG_EN).len);
	}
	for (int persons = 1; persons <= 6; persons++)
		for (int k = 1; k <= 6; k++) {
			/* Kish, JASA 44, 1949: alike, but for five persons: 1/6, 1/6, 1/4, 1/6, 1/4 */
			int twelfths = k > persons ? 0 : persons != 5 ? 12 / persons : k == 3 || k == 5 ? 3 : 2;
			assert_int_equal(times[persons][k], 4 * twelfths);
		}
	/* an attempt keeps it, an answer or another draw takes it away; the birthday has a rule and no table */
	OK(survey_case_attempt(t.c, &t.app, &who, &s, list.p[0].code, CASE_BUSY, 0, STR("")));
	OK(survey_case_get(t.c, &t.app, &who, &s, list.p[0].code, &one, &calls));
	assert_true(str_eq(one.person, list.p[0].person));
	assert_int_equal(survey_case_numbering(STR(CASE_BIRTHDAY), LANG_VI).len, 0);
	assert_non_null(strstr(arena_cstr(t.c->mem, survey_case_ask(t.c->mem, STR(CASE_BIRTHDAY), LANG_EN)), "next birthday"));
	assert_int_equal(survey_case_ask(t.c->mem, STR(""), LANG_VI).len, 0);
	end(&t);
}

static void test_birthday(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct sample_list *l;
	struct sample_cases done;
	struct survey_case_list list;
	struct sample_info now;
	struct actor who = actor_system("test");
	struct sample_wish wish = { .seed = 7, .strata = STR("stratum"), .stages = STR("cluster:srs:4,:srs:2"), .person = SAMPLE_BIRTHDAY };
	buf b;
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	OK(sample_of(t.c, &t.app, &s, &now));
	assert_true(str_is(now.draw.person, "birthday") && str_is(now.units.p[0].person, "birthday"));
	OK(sample_cases_make(t.c, &t.app, &who, &s, STR(""), &done));
	OK(survey_cases(t.c, &t.app, &who, &s, &list));
	assert_true(list.n == 8 && str_is(list.p[0].person, CASE_BIRTHDAY));
	buf_init(&b, 0);
	OK(sample_csv(t.c, &t.app, &who, &s, true, LANG_EN, &b));
	const char *text = arena_cstr(t.c->mem, buf_str(&b));
	assert_non_null(strstr(text, ",birthday,"));
	assert_non_null(strstr(text, "next birthday"));
	assert_non_null(strstr(text, ",Ngõ "));
	buf_free(&b);
	end(&t);
}

static void test_contacts(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct sample_list *l;
	struct actor who = actor_system("test"), nobody = { 0 };
	struct sample_wish wish = { .seed = 7, .stages = STR(":srs:6") };
	buf b;
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	assert_int_equal(sample_make(t.c, &t.app, &nobody, &s, 0, &wish, &l), ERR_DENIED);
	OK(sample_make(t.c, &t.app, &who, &s, 0, &wish, &l));
	/* nothing of a person stands among units and draws; who is their own primary unit has none */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM sample_frame_part WHERE what = 'units' AND (csv LIKE '%Người%' OR csv LIKE '%Ngõ%')"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM sample_unit WHERE psu IS NOT NULL"), 0);
	buf_init(&b, 0);
	assert_int_equal(sample_csv(t.c, &t.app, &nobody, &s, true, LANG_VI, &b), ERR_DENIED);
	assert_int_equal(b.len, 0);
	OK(sample_csv(t.c, &t.app, &who, &s, true, LANG_VI, &b));
	assert_non_null(strstr(arena_cstr(t.c->mem, buf_str(&b)), "0900 000"));
	OK(sample_forget(t.c, &t.app, &who, &s));
	buf_clear(&b);
	OK(sample_csv(t.c, &t.app, &who, &s, true, LANG_VI, &b));
	assert_null(strstr(arena_cstr(t.c->mem, buf_str(&b)), "0900 000"));
	buf_free(&b);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM sample_frame_part WHERE what = 'contacts'"), 0);
	end(&t);
}

static void test_faults(void **state)
{
	app_store t = begin(state);
	assert_int_equal(app_import(&t, "frame", "survey,unit,size\nk,1,2\nk,1,3\nk,2,x\nz,3,1\n", NULL, NULL), ERR_INPUT);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM sample_frame"), 0);
	assert_int_equal(app_import(&t, "frame", "survey,unit,kind\nk,1,cows\n", NULL, NULL), ERR_INPUT);
	end(&t);
}

/* 30 answers in two strata: men 20, women 10; the population has 60 and 40. */
static void add_answers(app_store *t)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "survey,key,day,mode,lang,place,stratum,psu,weight,answers\n");
	for (int i = 0; i < 30; i++)
		buf_printf(&b, "k,a%d,2025-06-01,paper,vi,,%s,p%d,%d,A=%d&G=%s\n", i, i < 15 ? "A" : "B", i / 5, i < 15 ? 2 : 4,
			i % 4 ? 4 : 1, i % 3 ? "m" : "f");
	OK(app_import(t, "answers", arena_cstr(t->c->mem, buf_str(&b)), NULL, NULL));
	buf_free(&b);
}

static double share_of_men(app_store *t, const struct survey_info *s, double *low)
{
	struct survey_result r;
	OK(survey_result_of(t->c, &t->app, s, &(struct survey_question){ .ci = EST_CI_LOGIT }, &r));
	int32_t item = 0;
	while (!str_is(s->q->items.p[item].code, "G"))
		item++;
	const struct survey_line *l = survey_result_line(&r, 0, SURVEY_OPTION, SURVEY_SHARE, s->q->items.p[item].factor, item, 0);
	assert_non_null(l);
	*low = l->f.low;
	return l->f.v;
}

static void test_weights(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	db_weight_list steps;
	struct actor who = actor_system("test");
	double low;
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	add_answers(&t);
	assert_true(fabs(share_of_men(&t, &s, &low) - 2.0 / 3) < 0.05);
	struct weight_wish wish = { .high = STR("3"), .rake = { STR("G,n\r\nm,60\r\n\r\nf,40\r\n") }, .n_rake = 1 };
	OK(survey_weigh(t.c, &t.app, &who, &s, &wish, &steps));
	assert_int_equal(steps.n, 2);
	OK(survey_weights(t.c, &t.app, &s, &steps));
	assert_true(str_is(steps.p[0].kind, "trim") && steps.p[0].greatest <= 3 + 1e-9);
	assert_true(fabs(steps.p[0].total_after - 90) < 1e-9 && fabs(steps.p[1].total_after - 100) < 1e-9);
	assert_true(fabs(share_of_men(&t, &s, &low) - 0.6) < 1e-12);
	assert_true(fabs(low - 0.6) < 1e-6 || isnan(low)); /* what is known has no error */
	/* a cell that nobody has, an item that is not there, no draw */
	wish.rake[0] = STR("G,n\nm,60\nx,40\n");
	assert_int_equal(survey_weigh(t.c, &t.app, &who, &s, &wish, &steps), ERR_INPUT);
	wish.rake[0] = STR("Z,n\nm,60\nf,40\n");
	assert_int_equal(survey_weigh(t.c, &t.app, &who, &s, &wish, &steps), ERR_INPUT);
	assert_int_equal(survey_weigh(t.c, &t.app, &who, &s, &(struct weight_wish){ .nonresponse = true }, &steps), ERR_INPUT);
	assert_true(fabs(share_of_men(&t, &s, &low) - 0.6) < 1e-12); /* the former ones hold */
	struct survey_result r;
	OK(survey_result_of(t.c, &t.app, &s, &(struct survey_question){ .ci = EST_CI_LOGIT }, &r));
	assert_false(r.unmet);
	/* an answer that stands in no cell of the margin */
	OK(app_import(&t, "answers", "survey,key,day,mode,lang,place,stratum,psu,weight,answers\nk,late,2025-06-02,paper,vi,,A,p0,2,A=4&G=x\n", NULL, NULL));
	OK(survey_result_of(t.c, &t.app, &s, &(struct survey_question){ .ci = EST_CI_LOGIT }, &r));
	assert_true(r.unmet);
	assert_true(share_of_men(&t, &s, &low) > 0.62); /* by the base weights */
	OK(survey_weigh(t.c, &t.app, &who, &s, &(struct weight_wish){ 0 }, &steps));
	OK(survey_weights(t.c, &t.app, &s, &steps));
	assert_int_equal(steps.n, 0);
	end(&t);
}

/* One person was asked of each household: two men of three live in households of three, the women alone. */
static void test_within(void **state)
{
	app_store t = begin_with(state, FORM PERSONS);
	struct survey_info s;
	db_weight_list steps;
	struct actor who = actor_system("test");
	double low;
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "survey,key,day,mode,place,stratum,psu,weight,answers\n");
	for (int i = 0; i < 30; i++)
		buf_printf(&b, "k,a%d,2025-06-01,paper,,A,p%d,2,A=4&G=%s&N=%d\n", i, i / 5, i % 3 ? "m" : "f", i % 3 ? 3 : 1);
	OK(app_import(&t, "answers", arena_cstr(t.c->mem, buf_str(&b)), NULL, NULL));
	buf_free(&b);
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(survey_weigh(t.c, &t.app, &who, &s, &(struct weight_wish){ .within = STR("N"), .high = STR("5x") }, &steps));
	assert_true(steps.n == 2 && str_is(steps.p[0].kind, "within") && str_is(steps.p[0].params, "N"));
	assert_true(fabs(steps.p[0].total_before - 60) < 1e-9 && fabs(steps.p[0].total_after - 140) < 1e-9);
	assert_true(steps.p[0].least == 2 && steps.p[0].greatest == 6);
	assert_true(fabs(share_of_men(&t, &s, &low) - 120.0 / 140) < 1e-12);
	/* no such item, one that is no number */
	assert_int_equal(survey_weigh(t.c, &t.app, &who, &s, &(struct weight_wish){ .within = STR("Z") }, &steps), ERR_INPUT);
	assert_int_equal(survey_weigh(t.c, &t.app, &who, &s, &(struct weight_wish){ .within = STR("G") }, &steps), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "weight.no_number");
	/* nobody counted: the base weights hold, and that is told; nothing is guessed */
	OK(app_import(&t, "answers", "survey,key,day,mode,place,stratum,psu,weight,answers\nk,late,2025-06-02,paper,,A,p0,2,A=4&G=m\n", NULL, NULL));
	struct survey_result r;
	OK(survey_result_of(t.c, &t.app, &s, &(struct survey_question){ .ci = EST_CI_LOGIT }, &r));
	assert_true(r.unmet && fabs(share_of_men(&t, &s, &low) - 21.0 / 31) < 1e-12);
	assert_int_equal(survey_weigh(t.c, &t.app, &who, &s, &(struct weight_wish){ .within = STR("N") }, &steps), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "weight.persons");
	end(&t);
}

static void test_flags(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct quality q;
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	add_answers(&t);
	OK(quality_of(t.c, &t.app, &s, 0, &q));
	assert_int_equal(q.n, 30);
	assert_int_equal(q.flagged, 0); /* two answers are too few for a double or a straight line */
	OK(app_import(&t, "frame", frame_of(&t), NULL, NULL));
	end(&t);
}

/* Too fast: below a share of the median of those that came the same way, where enough have a time. */
static void test_speed(void **state)
{
	app_store t = begin(state);
	struct survey_info s;
	struct quality q;
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "survey,key,day,mode,place,stratum,psu,weight,answers,seconds\n");
	for (int i = 0; i < 25; i++)
		buf_printf(&b, "k,w%d,2025-06-01,web,,A,p%d,2,A=4&G=m,%d\n", i, i / 5, i < 2 ? 20 : i < 4 ? 62 : 200 + i);
	for (int i = 0; i < 10; i++)
		buf_printf(&b, "k,p%d,2025-06-01,phone,,A,p%d,2,A=4&G=m,%d\n", i, i / 5, i ? 300 : 5);
	OK(app_import(&t, "answers", arena_cstr(t.c->mem, buf_str(&b)), NULL, NULL));
	buf_free(&b);
	OK(survey_get(t.c, &t.app, STR("k"), &s));
	OK(quality_of(t.c, &t.app, &s, 0, &q));
	assert_int_equal(q.count[QUALITY_FAST], 4); /* median 210, in bands; 60 is below 70 */
	assert_int_equal(q.modes.n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct quality_mode *m = &q.modes.p[i];
		if (str_is(m->mode, "web"))
			assert_true(m->answers == 25 && m->timed == 25 && m->fast == 4 && m->median == 210);
		else
			assert_true(m->timed == 10 && m->fast == 0 && isnan(m->median)); /* too few to judge */
	}
	OK(quality_of(t.c, &t.app, &s, 0.2, &q));
	assert_int_equal(q.count[QUALITY_FAST], 2);
	/* in bands, as they are kept */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE seconds NOT IN (15, 60, 180, 210, 1, 300)"), 0);
	/* results without them, and how many they were */
	struct survey_result r;
	OK(survey_result_of(t.c, &t.app, &s, &(struct survey_question){ .ci = EST_CI_LOGIT, .clean = true }, &r));
	assert_int_equal(r.flagged, 4);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_draw), ON_SQLITE(test_stand_in), ON_SQLITE(test_cases),
		ON_SQLITE(test_person), ON_SQLITE(test_birthday), ON_SQLITE(test_contacts), ON_SQLITE(test_faults),
		ON_SQLITE(test_weights), ON_SQLITE(test_within), ON_SQLITE(test_flags), ON_SQLITE(test_speed) };
	const struct CMUnitTest pg[] = { ON_PG(test_draw), ON_PG(test_stand_in), ON_PG(test_cases), ON_PG(test_person),
		ON_PG(test_birthday), ON_PG(test_contacts), ON_PG(test_faults), ON_PG(test_weights), ON_PG(test_within),
		ON_PG(test_flags), ON_PG(test_speed) };
	return RUN_ON_BOTH("sample", sqlite, pg);
}
