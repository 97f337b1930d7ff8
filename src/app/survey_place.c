#include "app/survey_place.h"
#include "app/audit.h"
#include "app/survey_edit.h"
#include "app/survey_public.h"
#include "base/json.h"
#include "base/vn.h"
#include "db/response.h"
#include "db/unit.h"

static enum err wrong(cx *c, enum err code, const char *key, const char *field, str value)
{
	return cx_fail(c, code, key, (place){ .field = str_of(field) }, value);
}

/* ---- reading ---- */

static enum err row_of(cx *c, db_conn *k, const db_survey_place *p, const db_response_sum_list *sums, struct survey_place_row *out)
{
	db_unit u;
	*out = (struct survey_place_row){ .at = { .code = p->code, .name = { p->name_vi, p->name_en } } };
	for (size_t i = 0; i < sums->n; i++)
		if (str_eq(sums->p[i].place, p->code))
			out->answers += sums->p[i].n;
	enum err e = p->unit_id ? db_unit_get(c, k, p->unit_id, &u) : ERR_NOTFOUND;
	if (!e) {
		out->at.level = u.level;
		out->at.unit = u.code;
		out->unit_name = u.name;
	}
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err survey_place_rows(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_place_rows *out)
{
	DB_READER(k);
	db_survey_place_list list = { 0 };
	db_response_sum_list sums = { 0 };
	*out = (struct survey_place_rows){ 0 };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_place_all(c, k, s->id, &list);
	if (!e)
		e = db_response_sums(c, k, s->id, &sums);
	for (size_t i = 0; i < list.n && !e; i++)
		e = row_of(c, k, &list.p[i], &sums, VEC_PUSH(c->mem, out));
	return e;
}

/* ---- writing ---- */

struct place_work {
	const struct actor *who;
	const struct survey_info *s;
	const struct survey_place_edit *x;
	bool fresh;
};

static str detail_of(cx *c, const db_survey_place *p)
{
	json_out j;
	buf b;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "place", p->code);
	json_add_str(&j, "name_vi", p->name_vi);
	json_add_str(&j, "name_en", p->name_en);
	if (p->unit_id)
		json_add_int(&j, "unit", p->unit_id);
	json_put_end(&j, '}');
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static enum err find_unit(cx *c, db_conn *k, const struct survey_place_edit *x, int64_t was, int64_t *id)
{
	db_unit u;
	*id = 0;
	if (!x->unit.len)
		return ERR_OK;
	enum err e = was ? db_unit_get(c, k, was, &u) : ERR_NOTFOUND; /* one that is no more may stay */
	if (!e && str_eq(u.level, x->level) && str_eq(u.code, x->unit)) {
		*id = was;
		return ERR_OK;
	}
	e = db_unit_at(c, k, x->level, x->unit, date_of_ms(c->now_ms), &u);
	if (!e)
		*id = u.id;
	return e == ERR_NOTFOUND ? wrong(c, ERR_INPUT, "survey_place.unit", "don-vi", x->unit) : e;
}

static enum err save(cx *c, db_conn *k, void *arg)
{
	const struct place_work *w = arg;
	db_survey_place old = { 0 },
			p = { .survey_id = w->s->id,
				.code = w->x->code,
				.name_vi = str_trim(w->x->name[LANG_VI]),
				.name_en = str_trim(w->x->name[LANG_EN]) };
	db_survey_place_list all = { 0 };
	enum err e = db_survey_place_get(c, k, w->s->id, w->x->code, &old);
	if (!e && w->fresh)
		return wrong(c, ERR_INPUT, "survey_place.there", "ma", w->x->code);
	if (e && !(e == ERR_NOTFOUND && w->fresh))
		return e;
	e = w->fresh ? db_survey_place_all(c, k, w->s->id, &all) : ERR_OK;
	if (!e && all.n >= SURVEY_PLACES_MAX)
		return wrong(c, ERR_INPUT, "survey_place.many", "ma", (str){ 0 });
	if (!e)
		e = find_unit(c, k, w->x, old.unit_id, &p.unit_id);
	if (!e && !w->fresh && p.unit_id != old.unit_id)
		e = survey_changes(c, w->s);
	if (!p.name_en.len)
		p.name_en = p.name_vi;
	if (!e)
		e = db_survey_place_put(c, k, &p, 1);
	return e ? e : audit_add(c, k, w->who, "survey_place.save", w->s->code, detail_of(c, &p));
}

enum err survey_place_save(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct survey_place_edit *x, bool fresh)
{
	struct place_work w = { who, s, x, fresh };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	if (e)
		return e;
	if (fresh && !survey_code_good(x->code, true))
		e = wrong(c, ERR_INPUT, "survey_place.code", "ma", x->code);
	if (!str_trim(x->name[LANG_VI]).len || vn_length(x->name[LANG_VI]) > SURVEY_NAME_MAX || vn_length(x->name[LANG_EN]) > SURVEY_NAME_MAX)
		e = wrong(c, ERR_INPUT, "survey_place.name", "ten", x->name[LANG_VI]);
	return e ? e : db_tx(c, a->db, DB_WRITE, save, &w);
}

static enum err drop(cx *c, db_conn *k, void *arg)
{
	const struct place_work *w = arg;
	db_survey_place old;
	bool used = false;
	enum err e = db_survey_place_get(c, k, w->s->id, w->x->code, &old);
	if (!e)
		e = db_survey_place_used(c, k, w->s->id, w->x->code, &used);
	if (!e && used)
		e = wrong(c, ERR_CONFLICT, "survey_place.used", "", old.name_vi);
	if (!e)
		e = db_survey_place_drop(c, k, w->s->id, w->x->code);
	return e ? e : audit_add(c, k, w->who, "survey_place.drop", w->s->code, detail_of(c, &old));
}

enum err survey_place_drop(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str code)
{
	struct survey_place_edit x = { .code = code };
	struct place_work w = { who, s, &x, false };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, drop, &w);
}
