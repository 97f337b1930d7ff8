/* Forms on paper: printed with numbers, typed twice, compared, settled; nothing leads from the number to the answer. */
#include "filled.h"
#include "app/kept.h"
#include "app/survey_paper.h"
#include "app/survey_progress.h"

#define FORM \
	"code,parent,kind,text_vi,list,required,show_if\n@name,,,Phiếu (minh họa),,,\nhl,,list,,,,\n1,hl,option,Không,,,\n4,hl,option,Có,,,\n" \
	"mon,,list,,,,\ngiay,mon,option,Giấy tờ,,,\ncho,mon,option,Chờ,,,\nmang,mon,option,Qua mạng,,,\nS,,section,Phần,,,\n" \
	"A,S,scale,Hài lòng?,hl,yes,\nB,S,text,Vì sao?,,,A = 1\nC,S,multiple,Điều gì?,mon,yes,\nD,S,number,Bao nhiêu ngày?,,,\n"
#define SURVEYS "code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note,max_day\n"

/* Fontconfig, whose tables Pango loads once in a thread, keeps 288 bytes for good. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}

static const struct actor_grant rights[] = { { .noun = { "survey", 6 }, .verb = { "*", 1 } } };
static const struct actor an = { .user_id = 1, .login = { "an", 2 }, .grants = rights, .n_grants = 1 };
static const struct actor be = { .user_id = 2, .login = { "be", 2 }, .grants = rights, .n_grants = 1 };
static const struct actor chi = { .user_id = 3, .login = { "chi", 3 }, .grants = rights, .n_grants = 1 };

static app_store papers(void **state, struct survey_info *s)
{
	app_store t = app_empty(state);
	int64_t first;
	OK(app_import(&t, "questionnaire", FORM, NULL, NULL));
	OK(app_import(&t, "surveys", SURVEYS "mau,f,Mẫu,Sample,2025,probability,token,open,2025-01-01,2026-12-31,,yes,,\n", NULL, NULL));
	OK(app_import(&t, "places", "survey,code,name_vi,name_en\nmau,x1,Xã 1,Commune 1\n", NULL, NULL));
	t.app.kept = kept_new();
	OK(survey_get(t.c, &t.app, STR("mau"), s));
	OK(paper_print(t.c, &t.app, &an, s, STR("x1"), 5, &first));
	assert_int_equal(first, 1);
	return t;
}

static void end(app_store *t)
{
	kept_free(t->app.kept);
	app_free(t);
}

static const struct given *typed(app_store *t, const struct survey_info *s, const char *a, const char *b, const char *m, const char *d)
{
	const char *const texts[] = { a, b, m, d };
	const char *const codes[] = { "A", "B", "C", "D" };
	struct given *g = NEW_ARRAY(t->c->mem, struct given, s->q->items.n);
	for (int i = 0; i < 4; i++) {
		int32_t item = questionnaire_find(s->q, str_of(codes[i]));
		assert_true(paper_read(t->c, s->q, item, str_of(texts[i]), &g[item]));
	}
	return g;
}

static const char *last(app_store *t) { return store_last_fault(t->s); }

static void test_signs(void **state)
{
	struct survey_info s;
	app_store t = papers(state, &s);
	int32_t a = questionnaire_find(s.q, STR("A")), m = questionnaire_find(s.q, STR("C"));
	struct given g;
	assert_true(paper_read(t.c, s.q, a, STR(" 4 "), &g) && g.n == 1 && str_is(g.p[0], "4")); /* codes that are numbers stand for themselves */
	assert_true(paper_read(t.c, s.q, m, STR("13"), &g) && g.n == 2 && str_is(g.p[0], "giay") && str_is(g.p[1], "mang"));
	assert_true(paper_read(t.c, s.q, m, STR("3, 1"), &g) && g.n == 2 && str_is(g.p[0], "mang"));
	assert_true(str_is(paper_typed(t.c, s.q, m, &g), "3 1"));
	assert_true(paper_read(t.c, s.q, m, STR("-"), &g) && g.n == 0);
	assert_false(paper_read(t.c, s.q, a, STR("2"), &g));
	assert_string_equal(last(&t), "paper.sign");
	assert_false(paper_read(t.c, s.q, m, STR("14"), &g));
	end(&t);
}

static void test_twice_the_same(void **state)
{
	struct survey_info s;
	enum paper_state now;
	app_store t = papers(state, &s);
	for (int i = 0; i < 2; i++) { /* sent again */
		OK(paper_enter(t.c, &t.app, &an, &s, 1, typed(&t, &s, "1", "chậm", "13", ""), &now));
		assert_int_equal(now, PAPER_ONCE);
	}
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 0);
	assert_int_equal(paper_enter(t.c, &t.app, &an, &s, 1, typed(&t, &s, "4", "", "1", ""), &now), ERR_DENIED);
	assert_string_equal(last(&t), "paper.same_person");
	for (int i = 0; i < 3; i++) {
		OK(paper_enter(t.c, &t.app, &be, &s, 1, typed(&t, &s, "1", "chậm", "3 1", ""), &now));
		assert_int_equal(now, PAPER_SETTLED);
	}
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE mode = 'paper' AND place = 'x1' AND answers = 'A=1&B=chậm&C=giay+mang'"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 1);
	assert_int_equal(paper_enter(t.c, &t.app, &chi, &s, 1, typed(&t, &s, "1", "", "1", ""), &now), ERR_CONFLICT);
	/* A required answer that the paper lacks is missing; what is not asked is left out. */
	OK(paper_enter(t.c, &t.app, &an, &s, 2, typed(&t, &s, "", "nhầm", "", "5"), &now));
	OK(paper_enter(t.c, &t.app, &be, &s, 2, typed(&t, &s, "", "", "", "5"), &now));
	assert_int_equal(now, PAPER_SETTLED);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE answers = 'D=5'"), 1);
	assert_int_equal(paper_enter(t.c, &t.app, &an, &s, 3, typed(&t, &s, "", "", "", "năm"), &now), ERR_INPUT);
	assert_string_equal(last(&t), "answer.number");
	assert_int_equal(paper_enter(t.c, &t.app, &an, &s, 99, typed(&t, &s, "1", "", "", ""), &now), ERR_NOTFOUND);
	const struct actor nobody = { .user_id = 9, .login = STR("la") };
	assert_int_equal(paper_enter(t.c, &t.app, &nobody, &s, 3, typed(&t, &s, "1", "", "", ""), &now), ERR_DENIED);
	end(&t);
}

/* A form on which nothing stands is asked about, closed without an answer, and counted. */
static void test_blank(void **state)
{
	struct survey_info s;
	enum paper_state now;
	struct survey_progress p;
	app_store t = papers(state, &s);
	const struct given *nothing = typed(&t, &s, "", "-", "", "");
	assert_int_equal(paper_enter(t.c, &t.app, &an, &s, 1, nothing, &now), ERR_INPUT);
	assert_string_equal(last(&t), "paper.blank");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_sheet WHERE state = 'printed'"), 5);
	for (int i = 0; i < 2; i++) /* sent again */
		OK(paper_blank(t.c, &t.app, &an, &s, 1));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_sheet WHERE number = 1 AND state = 'void' AND reason = 'blank' AND key IS NULL"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM audit_entry WHERE what = 'paper.blank'"), 1);
	assert_int_equal(paper_enter(t.c, &t.app, &be, &s, 1, typed(&t, &s, "1", "", "1", ""), &now), ERR_CONFLICT);
	/* one who overlooked the answers does not close it: both are looked at by a third */
	OK(paper_enter(t.c, &t.app, &an, &s, 2, typed(&t, &s, "4", "", "1", ""), &now));
	assert_int_equal(paper_blank(t.c, &t.app, &be, &s, 2), ERR_CONFLICT);
	assert_string_equal(last(&t), "paper.not_blank");
	OK(paper_enter(t.c, &t.app, &be, &s, 2, nothing, &now));
	assert_int_equal(now, PAPER_DIFFERS);
	assert_int_equal(paper_settle(t.c, &t.app, &chi, &s, 2, nothing, STR("")), ERR_INPUT);
	assert_string_equal(last(&t), "paper.blank");
	assert_int_equal(paper_blank(t.c, &t.app, &an, &s, 2), ERR_DENIED);
	OK(paper_blank(t.c, &t.app, &chi, &s, 2));
	OK(paper_void(t.c, &t.app, &chi, &s, 3, STR("phiếu rách")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 0);
	OK(survey_progress(t.c, &t.app, &an, &s, &p));
	assert_true(p.sheets == 5 && p.sheets_blank == 2 && p.sheets_void == 1);
	const struct actor nobody = { .user_id = 9, .login = STR("la") };
	assert_int_equal(paper_blank(t.c, &t.app, &nobody, &s, 4), ERR_DENIED);
	end(&t);
}

static void test_differences(void **state)
{
	struct survey_info s;
	struct paper_sheet p;
	struct paper_sheet_list list;
	enum paper_state now;
	app_store t = papers(state, &s);
	for (int64_t n = 1; n <= 3; n++) {
		OK(paper_enter(t.c, &t.app, &an, &s, n, typed(&t, &s, "1", "chậm", "1", "3"), &now));
		OK(paper_get(t.c, &t.app, &be, &s, n, &p));
		assert_true(p.state == PAPER_ONCE && !p.first && !p.second); /* the second types without a sight of the first */
		OK(paper_enter(t.c, &t.app, &be, &s, n, typed(&t, &s, "4", "", "1", "3"), &now));
		assert_int_equal(now, PAPER_DIFFERS);
	}
	OK(paper_differing(t.c, &t.app, &chi, &s, &list));
	assert_true(list.n == 3 && list.p[0].n_items == 4 && list.p[0].n_differ == 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 0);
	const struct given *right = typed(&t, &s, "1", "chậm", "1", "3");
	assert_int_equal(paper_settle(t.c, &t.app, &an, &s, 1, right, STR("xem lại phiếu")), ERR_DENIED);
	assert_string_equal(last(&t), "paper.first_settles");
	assert_int_equal(paper_settle(t.c, &t.app, &be, &s, 1, right, STR(" ")), ERR_INPUT);
	assert_string_equal(last(&t), "paper.reason");
	for (int i = 0; i < 2; i++)
		OK(paper_settle(t.c, &t.app, &be, &s, 1, right, STR("xem lại phiếu")));
	for (int i = 0; i < 2; i++)
		OK(paper_settle(t.c, &t.app, &chi, &s, 2, right, STR("")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE answers = 'A=1&B=chậm&C=giay&D=3'"), 2);
	OK(paper_void(t.c, &t.app, &chi, &s, 3, STR("phiếu rách")));
	OK(paper_void(t.c, &t.app, &chi, &s, 3, STR("phiếu rách")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM audit_entry WHERE what = 'paper.void'"), 1);
	assert_int_equal(paper_settle(t.c, &t.app, &chi, &s, 3, right, STR("")), ERR_CONFLICT);
	assert_int_equal(paper_void(t.c, &t.app, &chi, &s, 1, STR("x")), ERR_CONFLICT);
	/* Numbers are left, who worked on them, and how much differed. */
	assert_int_equal(app_count(&t,
		"SELECT COUNT(*) FROM survey_sheet WHERE state <> 'printed' AND (key IS NOT NULL OR place IS NOT NULL OR entry1 IS NOT NULL OR"
		" entry2 IS NOT NULL)"), 0);
	assert_int_equal(app_count(&t, "SELECT SUM(n_differ) FROM survey_sheet WHERE state = 'settled'"), 4);
	end(&t);
}

static void test_pdf(void **state)
{
	struct survey_info s;
	str one, two, again;
	app_store t = papers(state, &s);
	OK(paper_pdf(t.c, &t.app, &an, &s, 1, 1, LANG_VI, &one));
	assert_true(str_starts(one, STR("%PDF-1.")) && one.len > 5000);
	OK(paper_pdf(t.c, &t.app, &an, &s, 1, 1, LANG_VI, &again));
	assert_true(str_eq(one, again));
	OK(paper_pdf(t.c, &t.app, &an, &s, 1, 5, LANG_EN, &two));
	assert_true(two.len > one.len);
	assert_int_equal(paper_pdf(t.c, &t.app, &an, &s, 50, 60, LANG_VI, &two), ERR_NOTFOUND);
	assert_int_equal(paper_pdf(t.c, &t.app, &an, &s, 1, 500, LANG_VI, &two), ERR_INPUT);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_signs), ON_SQLITE(test_twice_the_same), ON_SQLITE(test_blank),
		ON_SQLITE(test_differences), ON_SQLITE(test_pdf) };
	const struct CMUnitTest pg[] = { ON_PG(test_signs), ON_PG(test_twice_the_same), ON_PG(test_blank), ON_PG(test_differences),
		ON_PG(test_pdf) };
	return RUN_ON_BOTH("paper", sqlite, pg);
}
