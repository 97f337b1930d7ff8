#include "app/survey_quota.h"
#include "app/audit.h"
#include "app/survey_edit.h"
#include "app/survey_data.h"
#include "base/json.h"
#include "base/vn.h"
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

/* ---- kept on pages ---- */

struct quota_work {
	const struct actor *who;
	const struct survey_info *s;
	const struct survey_quota *x;
	bool fresh;
};

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

static str detail_of(cx *c, const db_quota *q)
{
	json_out j;
	buf b;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "quota", q->code);
	json_add_str(&j, "cell", q->cell);
	json_add_int(&j, "most", q->most);
	json_add_str(&j, "name_vi", q->name_vi);
	json_put_end(&j, '}');
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* That of the code; NULL: none. */
static const db_quota *find_quota(const db_quota_list *l, str code)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i].code, code))
			return &l->p[i];
	return NULL;
}

static enum err save_quota(cx *c, db_conn *k, void *arg)
{
	const struct quota_work *w = arg;
	const struct survey_quota *x = w->x;
	db_quota_list all;
	enum err e = db_quota_all(c, k, w->s->id, &all);
	if (e)
		return e;
	const db_quota *old = find_quota(&all, x->code);
	if (!w->fresh && !old)
		return ERR_NOTFOUND;
	if (w->fresh && (old || all.n >= SURVEY_QUOTAS_MAX))
		return wrong(c, old ? "survey_quota.there" : "survey_quota.many", "nhom", x->code);
	db_quota q = { w->s->id, x->code, x->cell, x->most, old ? old->n : 0, str_trim(x->name[LANG_VI]), str_trim(x->name[LANG_EN]) };
	if (!q.name_en.len)
		q.name_en = q.name_vi;
	e = db_quota_put(c, k, &q);
	return e ? e : audit_add(c, k, w->who, "survey_quota.save", w->s->code, detail_of(c, &q));
}

enum err survey_quota_save(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct survey_quota *x, bool fresh)
{
	enum { MOST = 100000000 };
	struct quota_work w = { who, s, x, fresh };
	const struct given *given;
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	if (e)
		return e;
	if (fresh && !survey_code_good(x->code, true))
		e = wrong(c, "survey_quota.code", "nhom", x->code);
	if (!str_trim(x->name[LANG_VI]).len || vn_length(x->name[LANG_VI]) > SURVEY_NAME_MAX || vn_length(x->name[LANG_EN]) > SURVEY_NAME_MAX)
		e = wrong(c, "survey_quota.name", "ten", x->name[LANG_VI]);
	if (x->cell.len > SURVEY_CELL_MAX || !survey_quota_read(c, s->q, x->cell, &given))
		e = wrong(c, "import.quota_cell", "o", x->cell);
	if (x->most < 0 || x->most > MOST)
		e = wrong(c, "survey_quota.most", "nhieu-nhat", (str){ 0 });
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, save_quota, &w);
	return e ? e : survey_recount_id(c, a, s->id);
}

static enum err drop_quota(cx *c, db_conn *k, void *arg)
{
	const struct quota_work *w = arg;
	db_quota_list all;
	enum err e = db_quota_all(c, k, w->s->id, &all);
	const db_quota *old = e ? NULL : find_quota(&all, w->x->code);
	if (!e && !old)
		e = ERR_NOTFOUND;
	if (!e)
		e = db_quota_drop(c, k, w->s->id, w->x->code);
	return e ? e : audit_add(c, k, w->who, "survey_quota.drop", w->s->code, detail_of(c, old));
}

enum err survey_quota_drop(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code)
{
	struct survey_quota x = { .code = code };
	struct quota_work w = { who, s, &x, false };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, drop_quota, &w);
}
