#include "app/survey_quota.h"
#include "app/survey_data.h"
#include "db/survey_limit.h"

bool survey_quota_read(cx *c, const questionnaire *q, str cell, const struct given **out)
{
	struct given *given = NEW_ARRAY(c->mem, struct given, q->items.n);
	size_t named = 0;
	if (!answers_read(q, cell, c->mem, given))
		return false;
	for (size_t i = 0; i < q->items.n; i++) {
		for (size_t n = 0; n < given[i].n; n++)
			if (q->items.p[i].list < 0 || !question_option(q, &q->items.p[i], given[i].p[n]))
				return false;
		named += given[i].n > 0;
	}
	*out = given;
	return named > 0;
}

static bool among(const struct given *wanted, const struct given *said)
{
	for (size_t i = 0; i < wanted->n; i++)
		for (size_t k = 0; k < said->n; k++)
			if (str_eq(wanted->p[i], said->p[k]))
				return true;
	return false;
}

bool survey_quota_matches(const questionnaire *q, const struct survey_quota *cell, const struct answer *answers)
{
	for (size_t i = 0; i < q->items.n; i++)
		if (cell->given[i].n && !among(&cell->given[i], &answers[i].given))
			return false;
	return true;
}

enum err survey_quotas(cx *c, struct app *a, const struct survey_info *s, struct survey_quota_list *out)
{
	DB_READER(k);
	db_quota_list list = { 0 };
	*out = (struct survey_quota_list){ 0 };
	if (!s->quotas)
		return ERR_OK;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_quota_all(c, k, s->id, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_quota *d = &list.p[i];
		struct survey_quota x = { .code = d->code, .name = { d->name_vi, d->name_en }, .cell = d->cell, .most = d->most, .n = d->n };
		if (survey_quota_read(c, s->q, d->cell, &x.given))
			*VEC_PUSH(c->mem, out) = x;
	}
	return e;
}

/* ---- counting anew ---- */

struct recount {
	cx *c;
	const questionnaire *q;
	struct survey_quota_list list;
};

static enum err count_one(void *ctx, const db_response *r)
{
	struct recount *w = ctx;
	cx *own = cx_new(0);
	struct given *given = NEW_ARRAY(own->mem, struct given, w->q->items.n);
	struct answer *answers = NEW_ARRAY(own->mem, struct answer, w->q->items.n);
	if (answers_read(w->q, r->answers, own->mem, given)) {
		answers_check_as_is(own, w->q, given, r->on, 0, 0, LANG_VI, answers);
		for (size_t i = 0; i < w->list.n; i++)
			w->list.p[i].n += survey_quota_matches(w->q, &w->list.p[i], answers);
	}
	cx_free(own);
	return ERR_OK;
}

struct recount_work {
	const struct survey_info *s;
	struct survey_quota_list list;
};

static enum err recount(cx *c, db_conn *k, void *arg)
{
	const struct recount_work *w = arg;
	db_survey stored;
	struct recount r = { .c = c, .q = w->s->q, .list = { NEW_ARRAY(c->mem, struct survey_quota, w->list.n), w->list.n, w->list.n } };
	for (size_t i = 0; i < r.list.n; i++) {
		r.list.p[i] = w->list.p[i];
		r.list.p[i].n = 0;
	}
	enum err e = db_survey_get(c, k, w->s->id, &stored);
	if (!e)
		e = db_tally_make(c, k, &stored);
	if (!e && r.list.n)
		e = db_response_each(c, k, w->s->id, count_one, &r);
	for (size_t i = 0; i < r.list.n && !e; i++) {
		const struct survey_quota *x = &r.list.p[i];
		e = db_quota_put(c, k, &(db_quota){ w->s->id, x->code, x->cell, x->most, x->n, x->name[LANG_VI], x->name[LANG_EN] });
	}
	return e;
}

enum err survey_recount(cx *c, struct app *a, const struct survey_info *s)
{
	struct recount_work w = { .s = s };
	enum err e = survey_quotas(c, a, s, &w.list);
	return e ? e : db_tx(c, a->db, DB_WRITE, recount, &w);
}

static enum err code_of(cx *c, struct app *a, int64_t id, str *out)
{
	DB_READER(k);
	db_survey s;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_get(c, k, id, &s);
	if (!e)
		*out = s.code;
	return e;
}

enum err survey_recount_id(cx *c, struct app *a, int64_t survey_id)
{
	str code;
	struct survey_info s;
	enum err e = code_of(c, a, survey_id, &code);
	if (!e)
		e = survey_get(c, a, code, &s);
	return e || (!s.quotas && !s.max_answers && !s.max_day) ? e : survey_recount(c, a, &s);
}
