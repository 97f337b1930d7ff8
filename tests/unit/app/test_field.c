/* Collection in the field: limits of the open door, quotas, invitations, cases, letters; and that nothing leads from an answer to a person. */
#include "filled.h"
#include "app/actor.h"
#include "app/kept.h"
#include "app/response.h"
#include "app/survey_callback.h"
#include "app/survey_case.h"
#include "app/survey_issue.h"
#include "app/survey_progress.h"
#include "app/survey_quota.h"
#include "app/survey_result.h"
#include "db/queue.h"
#include "db/response.h"

#define FORM \
	"code,parent,kind,text_vi,list,required,show_if\n@name,,,Phiếu (minh họa),,,\nhl,,list,,,,\n1,hl,option,Không,,,\n4,hl,option,Có,,,\n" \
	"gt,,list,,,,\nnam,gt,option,Nam,,,\nnu,gt,option,Nữ,,,\nS,,section,Phần 1,,,\nG,S,single,Giới tính,gt,yes,\nT,,section,Phần 2,,,\n" \
	"A,T,scale,Hài lòng?,hl,yes,\n"
#define SURVEYS "code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note,max_day\n"
#define OPEN "mo,f,Mở,Open,2025,self_selected,open,open,2025-01-01,2026-12-31,3,yes,,2\n"
#define SAMPLE "mau,f,Mẫu,Sample,2025,probability,token,open,2025-01-01,2026-12-31,,yes,,\n"
#define CASES "survey,code,place,stratum,psu,weight,interviewer,name,phone,email,address\n"

static const struct actor boss = { .user_id = 1, .login = { "boss", 4 }, .system = true };

static app_store fields(void **state)
{
	app_store t = app_empty(state);
	OK(app_import(&t, "questionnaire", FORM, NULL, NULL));
	OK(app_import(&t, "surveys", SURVEYS OPEN SAMPLE, NULL, NULL));
	OK(app_import(&t, "places", "survey,code,name_vi,name_en\nmau,x1,Xã 1,Commune 1\nmo,q1,Quầy 1,Desk 1\n", NULL, NULL));
	OK(app_import(&t, "cases",
		CASES
		"mau,H1,x1,s1,p1,12.5,an,Nguyễn Thị Một,0901,mot@example.org,Thôn 1\nmau,H2,x1,s1,p1,12.5,an,Trần Văn Hai,0902,,\n"
		"mau,H3,,s1,p2,12.5,,Lê Ba,,ba@example.org,\n",
		NULL, NULL));
	t.app.kept = kept_new();
	memset(t.app.key, 7, sizeof t.app.key);
	t.app.has_key = true;
	return t;
}

static void end(app_store *t)
{
	kept_free(t->app.kept);
	app_free(t);
}

static struct survey_info survey(app_store *t, const char *code)
{
	struct survey_info s;
	OK(survey_get(t->c, &t->app, str_of(code), &s));
	return s;
}

static enum err send_as(app_store *t, const char *code, struct submission in, const char *line, bool *again)
{
	struct survey_info s = survey(t, code);
	struct given *g = NEW_ARRAY(t->c->mem, struct given, s.q->items.n);
	assert_true(answers_read(s.q, str_of(line), t->c->mem, g));
	in.given = g;
	return response_submit(t->c, &t->app, &s, &in, again);
}

static enum err send_open(app_store *t, const char *mode, const char *key, const char *line, bool *again)
{
	return send_as(t, "mo", (struct submission){ .key = str_of(key), .mode = mode }, line, again);
}

static const char *last(app_store *t) { return store_last_fault(t->s); }

/* ---- limits ---- */

static void test_limits(void **state)
{
	app_store t = fields(state);
	bool again;
	OK(send_open(&t, "web", "k1", "G=nu&A=4", &again));
	OK(send_open(&t, "qr", "k2", "G=nu&A=4", &again));
	assert_int_equal(survey(&t, "mo").gate, SURVEY_FULL_TODAY);
	assert_int_equal(send_open(&t, "qr", "k3", "G=nu&A=4", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.full_today");
	OK(send_open(&t, "qr", "k2", "G=nu&A=4", &again)); /* the one that took the last place */
	assert_true(again);
	t.c->now_ms += DAY_MS;
	OK(send_open(&t, "kiosk", "k4", "G=nam&A=1", &again));
	assert_int_equal(survey(&t, "mo").gate, SURVEY_FULL);
	assert_int_equal(send_open(&t, "web", "k5", "G=nu&A=4", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.full");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 3);
	/* What officers bring is not turned away, and a higher limit opens the door again. */
	OK(app_import(&t, "answers", "survey,key,day,mode,answers\nmo,a,2025-06-01,paper,G=nu&A=1\n", NULL, NULL));
	OK(app_import(&t, "surveys", SURVEYS "mo,f,Mở,Open,2025,self_selected,open,open,2025-01-01,2026-12-31,4,yes,,2\n", NULL, NULL));
	OK(send_open(&t, "web", "k6", "G=nu&A=4", &again));
	assert_int_equal(app_count(&t, "SELECT n FROM survey_tally WHERE on_day = 0"), 4);
	end(&t);
}

/* ---- a sample is never pooled with whoever liked ---- */

static void test_no_pooling(void **state)
{
	app_store t = fields(state);
	bool again;
	for (int i = 0; i < 3; i++) {
		const char *const modes[] = { "web", "qr", "kiosk" };
		assert_int_equal(send_as(&t, "mau", (struct submission){ .key = STR("k"), .mode = modes[i] }, "G=nu&A=4", &again), ERR_DENIED);
	}
	assert_string_equal(last(&t), "response.token_needed");
	assert_int_equal(app_import(&t, "surveys", SURVEYS "lan,f,Lẫn,Mixed,2025,probability,open,open,2025-01-01,,,yes,,\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(last(&t), "import.survey_open_sample");
	assert_int_equal(app_import(&t, "answers", "survey,key,day,mode,psu,answers\nmau,a,2025-06-01,qr,,G=nu&A=1\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(last(&t), "import.answer_self_selected");
	assert_int_equal(app_import(&t, "answers", "survey,key,day,mode,psu,answers\nmau,a,2025-06-01,kiosk,p1,G=nu&A=1\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(last(&t), "import.answer_self_selected");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 0);
	/* Even if one stood there, its figures would have no margin of error. */
	struct survey_info s = survey(&t, "mau");
	struct survey_result r;
	OK(app_import(&t, "answers",
		"survey,key,day,mode,psu,stratum,weight,answers\nmau,a,2025-06-01,phone,p1,s1,2,G=nu&A=1\nmau,b,2025-06-01,phone,p2,s1,2,G=nu&A=4\n",
		NULL, NULL));
	/* An invitation that was opened by its code is of the sample: the mode is the channel alone. */
	db_conn *k = store_writer(t.s);
	str token = survey_token_text(t.c->mem);
	OK(db_begin(t.c, k, DB_WRITE));
	OK(db_token_add(t.c, k, s.id, survey_token_hash(t.c->mem, token), &(db_sampled){ STR("x1"), STR("s1"), STR("p3"), STR("2") }));
	OK(db_commit(t.c, k));
	db_release(k);
	OK(send_as(&t, "mau", (struct submission){ .key = STR("kq"), .token = token, .mode = "qr" }, "G=nu&A=4", &again));
	OK(app_import(&t, "answers", "survey,key,day,mode,psu,stratum,weight,answers\nmau,q,2025-06-01,qr,p2,s1,2,G=nu&A=4\n", NULL, NULL));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE mode = 'qr' AND weight = '2'"), 2);
	OK(survey_result_of(t.c, &t.app, &s, &(struct survey_question){ 0 }, &r));
	assert_int_equal(r.basis, SURVEY_WEIGHTED);
	k = store_writer(t.s);
	OK(db_begin(t.c, k, DB_WRITE));
	OK(db_exec(t.c, k, "UPDATE response SET mode = 'kiosk' WHERE answers = 'G=nu&A=1'", DB_NONE, NULL));
	OK(db_commit(t.c, k));
	db_release(k);
	OK(survey_result_of(t.c, &t.app, &s, &(struct survey_question){ 0 }, &r));
	assert_int_equal(r.basis, SURVEY_INCOMPLETE);
	end(&t);
}

/* ---- quotas ---- */

static void test_quotas(void **state)
{
	app_store t = fields(state);
	bool again, full;
	OK(send_open(&t, "web", "k1", "G=nu&A=4", &again));
	OK(app_import(&t, "quotas", "survey,code,cell,most,name_vi\nmo,nu,G=nu,1,Nữ\nmo,nam,G=nam,5,Nam\n", NULL, NULL));
	assert_int_equal(app_count(&t, "SELECT n FROM survey_quota WHERE code = 'nu'"), 1); /* counted from what is there */
	assert_int_equal(app_import(&t, "quotas", "survey,code,cell,most,name_vi\nmo,x,G=la,1,X\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(last(&t), "import.quota_cell");
	/* After the first step: thanked there, and what was said is kept aside, once. */
	struct survey_info s = survey(&t, "mo");
	struct given *g = NEW_ARRAY(t.c->mem, struct given, s.q->items.n);
	struct submission in = { .key = STR("k2"), .mode = "web", .given = g };
	assert_true(answers_read(s.q, STR("G=nu"), t.c->mem, g));
	for (int i = 0; i < 3; i++) {
		OK(response_screen(t.c, &t.app, &s, &in, &full));
		assert_true(full);
	}
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response_screened WHERE answers = 'G=nu' AND quota = 'nu'"), 1);
	in.key = STR("k3");
	assert_true(answers_read(s.q, STR("G=nam"), t.c->mem, g));
	OK(response_screen(t.c, &t.app, &s, &in, &full));
	assert_false(full);
	/* The cell filled up while somebody was answering. */
	assert_int_equal(send_open(&t, "web", "k4", "G=nu&A=1", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.quota_full");
	OK(send_open(&t, "web", "k1", "G=nu&A=4", &again)); /* the one that filled it, sent again */
	assert_true(again);
	OK(send_open(&t, "web", "k3", "G=nam&A=1", &again));
	OK(send_open(&t, "web", "k3", "G=nam&A=1", &again));
	assert_true(again);
	assert_int_equal(app_count(&t, "SELECT n FROM survey_quota WHERE code = 'nam'"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 2);
	struct survey_progress p;
	OK(survey_progress(t.c, &t.app, &boss, &s, &p));
	assert_true(p.answers == 2 && p.screened == 2 && p.quotas.n == 2);
	end(&t);
}

static void test_quotas_through_the_queue(void **state)
{
	app_store t = fields(state);
	bool again;
	OK(app_import(&t, "quotas", "survey,code,cell,most,name_vi\nmo,nu,G=nu,1,Nữ\n", NULL, NULL));
	t.app.queue = db_queue_new(t.s->d, NULL);
	OK(send_open(&t, "web", "k1", "G=nu&A=4", &again));
	OK(send_open(&t, "web", "k1", "G=nu&A=4", &again));
	assert_true(again);
	assert_int_equal(send_open(&t, "web", "k2", "G=nu&A=4", &again), ERR_DENIED);
	assert_int_equal(send_open(&t, "web", "k2", "G=nu&A=4", &again), ERR_DENIED);
	db_queue_stop(t.app.queue);
	t.app.queue = NULL;
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response_screened"), 1);
	end(&t);
}

/* ---- interviews ---- */

static void test_attempts(void **state)
{
	app_store t = fields(state);
	struct survey_info s = survey(&t, "mau");
	struct survey_case x;
	struct survey_call_list calls;
	struct survey_case_list list;
	OK(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H1"), CASE_NO_ANSWER, 0, STR("")));
	OK(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H1"), CASE_APPOINTMENT, t.c->now_ms + 3600000, STR("gọi sau giờ làm")));
	OK(survey_case_get(t.c, &t.app, &boss, &s, STR("H1"), &x, &calls));
	assert_true(x.outcome == CASE_APPOINTMENT && x.attempts == 2 && calls.n == 2 && str_is(x.phone, "0901"));
	assert_int_equal(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H1"), CASE_APPOINTMENT, t.c->now_ms - 1, STR("")), ERR_INPUT);
	assert_int_equal(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H1"), CASE_COMPLETED, 0, STR("")), ERR_INPUT);
	/* Who refuses is called no more, and nobody knows the number. */
	OK(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H2"), CASE_REFUSED, 0, STR("")));
	assert_int_equal(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H2"), CASE_BUSY, 0, STR("")), ERR_CONFLICT);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_contact"), 2);
	OK(survey_cases(t.c, &t.app, &boss, &s, &list));
	assert_int_equal(list.n, 2);
	const struct actor nobody = { .user_id = 5, .login = STR("la") };
	assert_int_equal(survey_cases(t.c, &t.app, &nobody, &s, &list), ERR_DENIED);
	const struct actor_grant may[] = { { .noun = STR("survey"), .verb = STR("interview") } };
	const struct actor an = { .user_id = 6, .login = STR("an"), .grants = may, .n_grants = 1 },
			   be = { .user_id = 7, .login = STR("be"), .grants = may, .n_grants = 1 };
	OK(survey_cases(t.c, &t.app, &be, &s, &list));
	assert_int_equal(list.n, 0);
	assert_int_equal(survey_case_get(t.c, &t.app, &be, &s, STR("H2"), &x, &calls), ERR_DENIED); /* boss took it over */
	OK(app_import(&t, "cases", CASES "mau,H4,x1,s1,p1,12.5,an,Tên,09,,\n", NULL, NULL));
	assert_int_equal(survey_case_get(t.c, &t.app, &be, &s, STR("H4"), &x, &calls), ERR_DENIED);
	OK(survey_case_get(t.c, &t.app, &an, &s, STR("H4"), &x, &calls));
	end(&t);
}

/* By telephone and by invitation, each sent again; then everything that the store holds is searched for a way from an answer to a person. */
static void test_no_way_back(void **state)
{
	app_store t = fields(state);
	struct survey_info s = survey(&t, "mau");
	struct survey_case x;
	struct survey_call_list calls;
	struct survey_letter letter;
	bool again;
	int64_t n;
	OK(survey_case_attempt(t.c, &t.app, &boss, &s, STR("H1"), CASE_BUSY, 0, STR("máy bận")));
	OK(survey_case_get(t.c, &t.app, &boss, &s, STR("H1"), &x, &calls));
	OK(survey_invite(t.c, &t.app, &boss, &s, false, &n));
	assert_int_equal(n, 3); /* two by mail, one by short message */
	OK(survey_invite(t.c, &t.app, &boss, &s, true, &n));
	assert_int_equal(n, 0); /* not so soon */
	t.c->now_ms += 4 * (int64_t)DAY_MS;
	OK(survey_invite(t.c, &t.app, &boss, &s, true, &n));
	assert_int_equal(n, 3);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM outbox"), 6);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_token"), 3); /* a reminder carries the same invitation */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM outbox WHERE secret <> ''"), 0);
	int64_t third = app_count(&t, "SELECT id FROM survey_case WHERE code = 'H3'");
	OK(survey_case_letter(t.c, &t.app, third, &letter));
	assert_true(letter.there && str_is(letter.email, "ba@example.org") && str_starts(letter.path, STR("/phieu/")));
	/* The store alone does not give the invitation away. */
	t.app.key[0] ^= 1;
	struct survey_letter wrong_key;
	OK(survey_case_letter(t.c, &t.app, third, &wrong_key));
	assert_false(wrong_key.there);
	t.app.key[0] ^= 1;

	const struct submission by_phone = { .key = STR("p1"), .mode = "phone", .case_id = x.id, .interviewer = STR("an") };
	for (int i = 0; i < 3; i++) {
		OK(send_as(&t, "mau", by_phone, "G=nu&A=4", &again));
		assert_int_equal(again, i > 0);
	}
	const struct submission by_letter = { .key = STR("t3"), .mode = "web", .token = { letter.path.p + 7, 26 } };
	for (int i = 0; i < 3; i++) {
		OK(send_as(&t, "mau", by_letter, "G=nam&A=1", &again));
		assert_int_equal(again, i > 0);
	}
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE mode = 'phone' AND place = 'x1' AND psu = 'p1' AND weight = '12.5'"), 1);
	struct submission other = by_phone;
	other.key = STR("p2");
	assert_int_equal(send_as(&t, "mau", other, "G=nu&A=1", &again), ERR_CONFLICT);

	/* Code and outcome are left of a case, and nothing that an answer has. */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_case WHERE outcome = 'completed'"), 2);
	assert_int_equal(app_count(&t,
		"SELECT COUNT(*) FROM survey_case WHERE outcome = 'completed' AND (place IS NOT NULL OR stratum IS NOT NULL OR psu IS NOT NULL OR"
		" weight IS NOT NULL OR interviewer IS NOT NULL OR due_at IS NOT NULL OR token IS NOT NULL OR attempts <> 0)"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_contact p JOIN survey_case x ON x.id = p.case_id WHERE x.outcome = 'completed'"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_call"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_token WHERE receipt IS NULL"), 1); /* H2's; that of H1 was withdrawn */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response r JOIN survey_token k ON k.receipt = r.receipt OR k.hash = r.receipt"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response r JOIN survey_case x ON x.id = r.id OR x.token = r.receipt"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response r JOIN outbox o ON o.id = r.id OR o.user_id = r.id"), 0);
	/* Letters that still wait find nobody. */
	OK(survey_case_letter(t.c, &t.app, third, &letter));
	assert_false(letter.there);
	t.c->now_ms += 4 * (int64_t)DAY_MS;
	OK(survey_invite(t.c, &t.app, &boss, &s, true, &n));
	assert_int_equal(n, 1);
	/* The work is still counted. */
	struct survey_progress p;
	OK(survey_progress(t.c, &t.app, &boss, &s, &p));
	assert_int_equal(p.by_interviewer.p[p.by_interviewer.n - 1].n[CASE_COMPLETED], 2);
	assert_int_equal(p.by_interviewer.p[p.by_interviewer.n - 1].cases, 3);
	end(&t);
}

static void test_quota_ends_a_case(void **state)
{
	app_store t = fields(state);
	struct survey_info s;
	bool full, again;
	OK(app_import(&t, "quotas", "survey,code,cell,most,name_vi\nmau,nu,G=nu,0,Nữ\n", NULL, NULL));
	s = survey(&t, "mau");
	struct given *g = NEW_ARRAY(t.c->mem, struct given, s.q->items.n);
	assert_true(answers_read(s.q, STR("G=nu"), t.c->mem, g));
	struct submission in = { .key = STR("p1"), .mode = "phone", .interviewer = STR("an"), .given = g,
		.case_id = app_count(&t, "SELECT id FROM survey_case WHERE code = 'H1'") };
	OK(response_screen(t.c, &t.app, &s, &in, &full));
	assert_true(full);
	OK(response_screen(t.c, &t.app, &s, &in, &full));
	assert_true(full);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_case WHERE outcome = 'quota_full' AND psu IS NULL"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response_screened WHERE psu = 'p1' AND weight = '12.5'"), 1); /* what weighting needs */
	in.key = STR("p2");
	assert_int_equal(send_as(&t, "mau", in, "G=nam&A=1", &again), ERR_CONFLICT);
	end(&t);
}

static void test_issue(void **state)
{
	app_store t = fields(state);
	struct survey_info s = survey(&t, "mau");
	struct survey_tokens list;
	str svg;
	int64_t all, used;
	OK(survey_tokens_issue(t.c, &t.app, &boss, &s, STR("x1"), 50, &list));
	assert_int_equal(list.n, 50);
	OK(survey_tokens_count(t.c, &t.app, &s, &all, &used));
	assert_true(all == 50 && !used);
	assert_int_equal(survey_tokens_issue(t.c, &t.app, &boss, &s, STR("x9"), 5, &list), ERR_INPUT);
	assert_int_equal(survey_tokens_issue(t.c, &t.app, &boss, &s, STR(""), 2001, &list), ERR_INPUT);
	const struct actor nobody = { .user_id = 5, .login = STR("la") };
	assert_int_equal(survey_tokens_issue(t.c, &t.app, &nobody, &s, STR(""), 1, &list), ERR_DENIED);
	OK(survey_qr(t.c, STR("http://127.0.0.1:8080/khao-sat/mo?noi=q1&qr=1"), &svg));
	assert_true(str_starts(svg, STR("<svg ")));
	end(&t);
}

/* A part of the interviews is asked again: drawn by the seed when they come in, tied to their answer by the key outside the store alone. */
static void test_callback(void **state)
{
	app_store t = fields(state);
	struct survey_info s = survey(&t, "mau");
	struct callback_result r;
	db_callback_list list;
	bool again;
	int chosen = 0;
	assert_int_equal(survey_callback_plan(t.c, &t.app, &boss, &s, 101, 7), ERR_INPUT);
	t.app.has_key = false;
	assert_int_equal(survey_callback_plan(t.c, &t.app, &boss, &s, 100, 7), ERR_DENIED);
	t.app.has_key = true;
	OK(survey_callback_plan(t.c, &t.app, &boss, &s, 100, 7));
	for (int i = 1; i <= 2; i++) {
		struct submission in = { .key = arena_printf(t.c->mem, "p%d", i), .mode = "phone", .interviewer = STR("an"),
			.case_id = app_count(&t, i == 1 ? "SELECT id FROM survey_case WHERE code = 'H1'" : "SELECT id FROM survey_case WHERE code = 'H2'") };
		for (int k = 0; k < 2; k++) /* sent again, it is drawn once */
			OK(send_as(&t, "mau", in, "G=nu&A=4", &again));
	}
	OK(survey_callbacks(t.c, &t.app, &boss, &s, &list));
	assert_int_equal(list.n, 2);
	assert_true(str_is(list.p[0].code, "H1") && str_is(list.p[0].phone, "0901") && str_is(list.p[1].name, "Trần Văn Hai"));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_contact"), 1);
	/* without the key the rows do not lead to an answer */
	for (size_t i = 0; i < list.n; i++)
		assert_null(strstr(arena_cstr(t.c->mem, list.p[i].sealed),
			arena_printf(t.c->mem, "%lld", (long long)app_count(&t, "SELECT MIN(id) FROM response")).p));
	t.app.key[0] ^= 1;
	assert_int_equal(app_import(&t, "callbacks", "survey,code,answers\nmau,H1,G=nu&A=4\n", NULL, NULL), ERR_DENIED);
	t.app.key[0] ^= 1;
	/* all of a file or nothing */
	assert_int_equal(app_import(&t, "callbacks", "survey,code,answers\nmau,H1,G=nu&A=4\nmau,H3,A=4\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(last(&t), "import.callback");
	assert_int_equal(app_import(&t, "callbacks", "survey,code,answers\nmau,H1,G=nu&A=9\n", NULL, NULL), ERR_INPUT);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_callback"), 2);
	OK(app_import(&t, "callbacks", "survey,code,answers\nmau,H1,G=nu&A=1\nmau,H2,\n", NULL, NULL));
	assert_int_equal(app_import(&t, "callbacks", "survey,code,answers\nmau,H1,G=nu&A=1\n", NULL, NULL), ERR_INPUT); /* not twice */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_callback"), 0);
	OK(survey_callback_result(t.c, &t.app, &s, &r));
	assert_true(r.items.n == 2 && r.waiting == 0 && r.items.p[0].a.n == 1 && r.items.p[0].a.agree == 1 && r.items.p[1].a.agree == 0);
	/* the same seed, the same ones; about as many as were asked for */
	for (int i = 0; i < 1000; i++)
		chosen += survey_callback_chosen(t.c->mem, &(db_callback_plan){ s.id, 10, 7 }, arena_printf(t.c->mem, "H%d", i));
	assert_in_range(chosen, 70, 130);
	OK(survey_callback_plan(t.c, &t.app, &boss, &s, 0, 0));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_callback_plan"), 0);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_limits), ON_SQLITE(test_no_pooling), ON_SQLITE(test_quotas),
		ON_SQLITE(test_quotas_through_the_queue), ON_SQLITE(test_attempts), ON_SQLITE(test_no_way_back),
		ON_SQLITE(test_quota_ends_a_case), ON_SQLITE(test_callback), ON_SQLITE(test_issue) };
	const struct CMUnitTest pg[] = { ON_PG(test_limits), ON_PG(test_no_pooling), ON_PG(test_quotas),
		ON_PG(test_quotas_through_the_queue), ON_PG(test_attempts), ON_PG(test_no_way_back), ON_PG(test_quota_ends_a_case),
		ON_PG(test_callback), ON_PG(test_issue) };
	return RUN_ON_BOTH("field", sqlite, pg);
}
