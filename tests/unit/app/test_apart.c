/* Whoever has the file of the store, and not only its tables, finds neither the order of answers nor what was erased. */
#include "filled.h"
#include <stdio.h>
#include <sys/stat.h>
#include "app/apart.h"
#include "app/kept.h"
#include "app/response.h"
#include "app/survey_case.h"
#include "db/backup.h"

enum { PEOPLE = 160, FIRST = 24 /* their answers fill no page: none was divided yet */, PAGE = 4096 };

#define FORM \
	"code,parent,kind,text_vi,list,required,show_if\n@name,,,Phiếu (minh họa),,,\nhl,,list,,,,\n1,hl,option,Không,,,\n4,hl,option,Có,,,\n" \
	"S,,section,Phần,,,\nA,S,scale,Hài lòng?,hl,yes,\nB,S,text,Vì sao?,,,\n"
#define SURVEYS \
	"code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note\n" \
	"tk,f,Có mã,By token,2025,probability,token,open,2025-01-01,2026-12-31,,yes,\n"
#define NAME "Bùi Văn Khang Độc Nhất"

struct people {
	str answer[PEOPLE], receipt[PEOPLE]; /* bytes to look for in the file, in the order in which they came */
};

static app_store surveys(void **state)
{
	app_store t = app_empty(state);
	OK(app_import(&t, "questionnaire", FORM, NULL, NULL));
	OK(app_import(&t, "surveys", SURVEYS, NULL, NULL));
	OK(app_import(&t, "cases",
		"survey,code,place,stratum,psu,weight,interviewer,name,phone,email,address\ntk,H1,,s1,p1,12.5,an," NAME ",0913 777 555,,\n"
		"tk,H2,,s1,p1,12.5,an,Trần Văn Hai,0902,,\n",
		NULL, NULL));
	t.app.kept = kept_new();
	return t;
}

static void end(app_store *t)
{
	kept_free(t->app.kept);
	app_free(t);
}

static void send(app_store *t, const struct survey_info *s, str token, int64_t case_id, int i)
{
	bool again;
	struct given *g = NEW_ARRAY(t->c->mem, struct given, s->q->items.n);
	assert_true(answers_read(s->q, arena_printf(t->c->mem, "A=1&B=marker-%03d", i), t->c->mem, g));
	struct submission in = { .token = token, .case_id = case_id, .key = arena_printf(t->c->mem, "key%d", i), .mode = case_id ? "phone" : "web",
		.given = g };
	OK(response_submit(t->c, &t->app, s, &in, &again));
}

/* The receipt of the token that was used last: the one that was not there before. */
static str new_receipt(app_store *t, const struct people *p, int n)
{
	db_rows r;
	str found = { 0 };
	DB_READER(k);
	OK(db_reader(t->c, t->s->d, &k));
	db_query(t->c, k, "SELECT receipt FROM survey_token WHERE receipt IS NOT NULL", DB_NONE, &r);
	while (db_next(&r)) {
		bool known = false;
		str x = db_cell_copy(t->c, &r, 0);
		for (int i = 0; i < n && !known; i++)
			known = str_eq(x, p->receipt[i]);
		if (!known)
			found = x;
	}
	OK(db_end(&r));
	assert_true(found.len > 8);
	return found;
}

static str bytes_of(app_store *t, const char *path)
{
	str s = { 0 };
	FILE *f = fopen(path, "rb");
	struct stat st;
	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	char *p = arena_alloc(t->c->mem, (size_t)st.st_size + 1);
	s = (str){ p, fread(p, 1, (size_t)st.st_size, f) };
	assert_int_equal(s.len, st.st_size);
	fclose(f);
	return s;
}

/* Of those who came one after the other and lie in one page, the share (percent) that lies as rows do that came so: one below the other. */
static int in_order(str file, const str *mark, int n)
{
	int pairs = 0, down = 0;
	const char *before = NULL;
	for (int i = 0; i < n; i++) {
		const char *at = memmem(file.p, file.len, mark[i].p, mark[i].len);
		assert_non_null(at);
		if (before && (before - file.p) / PAGE == (at - file.p) / PAGE) {
			pairs++;
			down += at < before;
		}
		before = at;
	}
	assert_true(pairs > 15);
	return 100 * down / pairs;
}

/* Invitations are made, and used in quite another order. *seen: how much order the answers of the first show; may be NULL. */
static void answer(app_store *t, struct people *p, int *seen)
{
	struct survey_info s;
	str token[PEOPLE];
	OK(survey_get(t->c, &t->app, STR("tk"), &s));
	for (int i = 0; i < PEOPLE; i++)
		OK(survey_token_new(t->c, &t->app, &s, STR(""), &token[i]));
	for (int i = 0; i < PEOPLE; i++) {
		if (seen && i == FIRST) {
			OK(apart_log(t->c, &t->app));
			*seen = in_order(bytes_of(t, db_path(t->s->d)), p->answer, FIRST);
		}
		send(t, &s, token[(i * 37 + 11) % PEOPLE], 0, i);
		p->answer[i] = arena_printf(t->c->mem, "marker-%03d", i);
		p->receipt[i] = new_receipt(t, p, i);
	}
}

static void assert_no_order(str file, const struct people *p)
{
	assert_in_range(in_order(file, p->answer, PEOPLE), 25, 75);
	assert_in_range(in_order(file, p->receipt, PEOPLE), 25, 75);
}

static void test_order(void **state)
{
	app_store t = surveys(state);
	struct people p;
	struct stat log;
	db_sum_list report;
	int seen;
	answer(&t, &p, &seen);
	const char *path = db_path(t.s->d), *copy = arena_printf(t.c->mem, "%s.backup", path).p;
	OK(apart_log(t.c, &t.app));
	assert_true(seen > 90 && in_order(bytes_of(&t, path), p.receipt, PEOPLE) > 90); /* both stand there until then */
	OK(db_backup(t.c, t.s->d, copy, NULL, &report));
	assert_no_order(bytes_of(&t, copy), &p);
	unlink(copy);
	OK(apart_daily(t.c, &t.app));
	OK(apart_log(t.c, &t.app));
	assert_no_order(bytes_of(&t, path), &p);
	/* The log, in which a commit shows an invitation beside its answer, is empty. */
	assert_int_equal(stat(arena_printf(t.c->mem, "%s-wal", path).p, &log), 0);
	assert_int_equal(log.st_size, 0);
	end(&t);
}

static bool is_in(app_store *t, const char *path, const char *what)
{
	str s = bytes_of(t, path);
	return memmem(s.p, s.len, what, strlen(what)) != NULL;
}

static void test_erased(void **state)
{
	app_store t = surveys(state);
	struct survey_info s;
	const char *path = db_path(t.s->d);
	OK(survey_get(t.c, &t.app, STR("tk"), &s));
	OK(apart_log(t.c, &t.app));
	assert_true(is_in(&t, path, NAME));
	send(&t, &s, STR(""), app_count(&t, "SELECT id FROM survey_case WHERE code = 'H1'"), 1);
	OK(apart_log(t.c, &t.app));
	assert_false(is_in(&t, path, NAME));
	assert_false(is_in(&t, path, "0913 777 555"));
	assert_true(is_in(&t, path, "Trần Văn Hai"));
	end(&t);
}

/* Nothing but places changes, whatever refers to the rows; once a day. */
static void test_same(void **state)
{
	app_store t = surveys(state);
	struct people p;
	db_sum_list before, after;
	answer(&t, &p, NULL);
	OK(app_import(&t, "cases",
		"survey,code,place,stratum,psu,weight,interviewer,name,phone,email,address\ntk,H3,,s1,p1,12.5,an,Lê Ba,0903,,\n",
		NULL, NULL));
	for (int round = 0; round < 2; round++) {
		DB_READER(k);
		OK(db_reader(t.c, t.s->d, &k));
		OK(db_begin(t.c, k, DB_READ));
		OK(db_sums(t.c, k, NULL, round ? &after : &before));
		db_release(k);
		k = NULL;
		if (!round)
			OK(apart_daily(t.c, &t.app));
	}
	for (size_t i = 0; i < before.n; i++)
		if (!str_is(before.p[i].name, "meta"))
			assert_true(str_eq(before.p[i].hash, after.p[i].hash));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM response"), PEOPLE);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM meta WHERE key = 'answers_laid'"), 1);
	OK(apart_daily(t.c, &t.app));
	OK(apart_log(t.c, &t.app)); /* nothing to do on a server */
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_order), ON_SQLITE(test_erased), ON_SQLITE(test_same) };
	const struct CMUnitTest pg[] = { ON_PG(test_same) };
	return RUN_ON_BOTH("apart", sqlite, pg);
}
