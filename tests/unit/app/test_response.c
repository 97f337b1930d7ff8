#include "filled.h"
#include "app/kept.h"
#include "app/response.h"
#include "db/queue.h"
#include "db/response.h"

#define FORM \
	"code,parent,kind,text_vi,list,required,show_if\n@name,,,Phiếu (minh họa),,,\nhl,,list,,,,\n1,hl,option,Không,,,\n4,hl,option,Có,,,\n" \
	"S,,section,Phần,,,\nA,S,scale,Hài lòng?,hl,yes,\nB,S,text,Vì sao?,,,A = 1\n"
#define SURVEYS "code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note\n"
#define OPEN "kv,f,Khảo sát,Survey,2025,self_selected,open,open,2025-01-01,2026-12-31,,yes,\n"
#define BY_TOKEN "tk,f,Có mã,By token,2025,probability,token,open,2025-01-01,2026-12-31,,yes,\n"

static app_store surveys(void **state)
{
	app_store t = app_empty(state);
	OK(app_import(&t, "questionnaire", FORM, NULL, NULL));
	OK(app_import(&t, "surveys", SURVEYS OPEN BY_TOKEN "dong,f,Đã đóng,Over,2024,self_selected,open,closed,2024-01-01,2024-12-31,,yes,\n", NULL, NULL));
	OK(app_import(&t, "places", "survey,code,name_vi,name_en\nkv,q1,Quầy 1,Desk 1\n", NULL, NULL));
	t.app.kept = kept_new();
	return t;
}

static void end(app_store *t)
{
	kept_free(t->app.kept);
	app_free(t);
}

static enum err send(app_store *t, const char *survey, const char *token, const char *where, const char *key, const char *line, bool *again)
{
	struct survey_info s;
	OK(survey_get(t->c, &t->app, str_of(survey), &s));
	struct given *g = NEW_ARRAY(t->c->mem, struct given, s.q->items.n);
	assert_true(answers_read(s.q, str_of(line), t->c->mem, g));
	struct submission in = { .token = str_of(token), .where = str_of(where), .key = str_of(key), .mode = "web", .given = g };
	return response_submit(t->c, &t->app, &s, &in, again);
}

static const char *last(app_store *t)
{
	return store_last_fault(t->s);
}

static void test_open(void **state)
{
	app_store t = surveys(state);
	bool again;
	OK(send(&t, "kv", "", "q1", "k1", "A=1&B=chậm", &again));
	assert_false(again);
	OK(send(&t, "kv", "", "q1", "k1", "A=1&B=chậm", &again)); /* the same form sent again */
	assert_true(again);
	OK(send(&t, "kv", "", "", "k2", "A=4&B=x", &again)); /* B is not asked then */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 2);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE answers = 'A=4'"), 1);
	assert_int_equal(send(&t, "kv", "", "q9", "k3", "A=4", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.place_unknown");
	assert_int_equal(send(&t, "kv", "", "", "k4", "", &again), ERR_INPUT);
	assert_string_equal(last(&t), "answer.missing");
	assert_int_equal(send(&t, "dong", "", "", "k5", "A=4", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.closed");
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 2);
	end(&t);
}

static void test_token(void **state)
{
	app_store t = surveys(state);
	struct survey_info s, of;
	bool again, used;
	str token, where;
	OK(survey_get(t.c, &t.app, STR("tk"), &s));
	OK(survey_token_new(t.c, &t.app, &s, STR(""), &token));
	assert_int_equal(token.len, 26);
	assert_int_equal(send(&t, "tk", "", "", "k1", "A=4", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.token_needed");
	assert_int_equal(send(&t, "tk", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "", "k1", "A=4", &again), ERR_DENIED);
	assert_string_equal(last(&t), "response.token_unknown");
	OK(survey_token_look(t.c, &t.app, token, &of, &where, &used));
	assert_true(!used && of.id == s.id);
	OK(send(&t, "tk", app_z(&t, token), "", "k1", "A=4", &again));
	OK(send(&t, "tk", app_z(&t, token), "", "k1", "A=4", &again));
	assert_true(again);
	assert_int_equal(send(&t, "tk", app_z(&t, token), "", "k2", "A=1", &again), ERR_CONFLICT);
	assert_string_equal(last(&t), "response.token_used");
	/* A wrong answer uses no token. */
	OK(survey_token_new(t.c, &t.app, &s, STR(""), &token));
	assert_int_equal(send(&t, "tk", app_z(&t, token), "", "k3", "", &again), ERR_INPUT);
	OK(survey_token_look(t.c, &t.app, token, &of, &where, &used));
	assert_false(used);
	end(&t);
}

/* What the store holds of an answer and of its token has nothing in common that would join them: no equal value, and no order. */
static void test_no_way_back(void **state)
{
	enum { PEOPLE = 40 };
	app_store t = surveys(state);
	struct survey_info s;
	bool again;
	int64_t order[PEOPLE];
	OK(survey_get(t.c, &t.app, STR("tk"), &s));
	for (int i = 0; i < PEOPLE; i++) {
		str token;
		OK(survey_token_new(t.c, &t.app, &s, STR("q1"), &token));
		OK(send(&t, "tk", app_z(&t, token), "", arena_cstr(t.c->mem, arena_printf(t.c->mem, "key%d", i)), "A=4", &again));
		order[i] = app_count(&t, arena_cstr(t.c->mem, arena_printf(t.c->mem, "SELECT MAX(id) FROM response WHERE answers <> 'x%d'", i)));
	}
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response r JOIN survey_token t ON t.receipt = r.receipt OR t.hash = r.receipt"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM survey_token WHERE place IS NOT NULL OR psu IS NOT NULL OR weight IS NOT NULL"), 0);
	int rising = 0; /* the largest id so far was the new one: with ids in order of arrival, every time */
	for (int i = 1; i < PEOPLE; i++)
		rising += order[i] > order[i - 1];
	assert_true(rising < PEOPLE / 2);
	end(&t);
}

static void test_through_the_queue(void **state)
{
	app_store t = surveys(state);
	bool again;
	t.app.queue = db_queue_new(t.s->d, NULL);
	OK(send(&t, "kv", "", "", "k1", "A=4", &again));
	OK(send(&t, "kv", "", "", "k1", "A=4", &again));
	assert_true(again);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 1);
	db_queue_stop(t.app.queue);
	end(&t);
}

static void test_imported_answers(void **state)
{
	app_store t = surveys(state);
#define ANSWERS "survey,key,day,mode,lang,place,stratum,psu,weight,answers\n"
	OK(app_import(&t, "answers", ANSWERS "kv,a,2025-06-01,paper,vi,q1,h1,p1,12.5,A=1&B=lâu\nkv,b,2025-06-01,paper,vi,q1,h1,p1,12.5,A=4\n", NULL, NULL));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response WHERE psu = 'p1'"), 2);
	assert_int_equal(app_import(&t, "answers", ANSWERS "kv,c,2025-06-01,paper,vi,q1,,,,A=7\n", NULL, NULL), ERR_INPUT);
	assert_string_equal(last(&t), "answer.choice");
	assert_int_equal(app_import(&t, "answers", ANSWERS "kv,c,2025-06-01,fax,vi,q1,,,,A=1\n", NULL, NULL), ERR_INPUT);
	assert_int_equal(app_import(&t, "answers", ANSWERS "kx,c,2025-06-01,web,vi,q1,,,,A=1\n", NULL, NULL), ERR_INPUT);
	assert_int_equal(app_import(&t, "answers", ANSWERS "kv,c,2025-06-01,web,vi,q1,,,,Z=1\n", NULL, NULL), ERR_INPUT);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), 2);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_open), ON_SQLITE(test_token), ON_SQLITE(test_no_way_back), ON_SQLITE(test_through_the_queue),
		ON_SQLITE(test_imported_answers) };
	const struct CMUnitTest pg[] = { ON_PG(test_open), ON_PG(test_token), ON_PG(test_no_way_back), ON_PG(test_through_the_queue),
		ON_PG(test_imported_answers) };
	return RUN_ON_BOTH("response", sqlite, pg);
}
