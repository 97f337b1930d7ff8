#include "app/survey_edit.h"
#include <string.h>
#include "app/audit.h"
#include "app/survey_public.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/period.h"
#include "base/vn.h"
#include "db/questionnaire.h"
#include "db/survey.h"

static enum err wrong(cx *c, enum err code, const char *key, const char *field, str value)
{
	return cx_fail(c, code, key, (place){ .field = str_of(field) }, value);
}

bool survey_code_good(str s, bool dots)
{
	static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || (!strchr(signs, s.p[i]) && (!i || !strchr(dots ? "-_." : "-_", s.p[i]))))
			return false;
	return s.len && s.len <= SURVEY_CODE_MAX;
}

enum err survey_answered(cx *c, struct app *a, const struct survey_info *s, bool *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_survey_answered(c, k, s->id, out);
}

/* ---- settings ---- */

static const char *const designs[] = { "probability", "census", "self_selected" };

/* All of them are told. */
static enum err check(cx *c, const struct survey_settings *x)
{
	enum { LIMIT_MAX = 100000000 };
	period p;
	size_t before = c->n_errors;
	if (!str_trim(x->name[LANG_VI]).len || vn_length(x->name[LANG_VI]) > SURVEY_NAME_MAX)
		wrong(c, ERR_INPUT, "survey_edit.name", "ten", x->name[LANG_VI]);
	if (vn_length(x->name[LANG_EN]) > SURVEY_NAME_MAX)
		wrong(c, ERR_INPUT, "survey_edit.name", "ten-en", x->name[LANG_EN]);
	if (!period_parse(x->period, &p))
		wrong(c, ERR_INPUT, "survey_edit.period", "ky", x->period);
	if (x->opens_on <= 0)
		wrong(c, ERR_INPUT, "survey_edit.day", "tu", (str){ 0 });
	else if (x->closes_on && x->closes_on < x->opens_on)
		wrong(c, ERR_INPUT, "survey_edit.days", "den", (str){ 0 });
	if (x->design != SURVEY_SELF_SELECTED && !x->tokens) /* whoever likes is no sample */
		wrong(c, ERR_INPUT, "survey_edit.open_sample", "cach-vao", (str){ 0 });
	if (x->max_answers < 0 || x->max_answers > LIMIT_MAX)
		wrong(c, ERR_INPUT, "survey_edit.limit", "toi-da", (str){ 0 });
	if (x->max_day < 0 || x->max_day > LIMIT_MAX)
		wrong(c, ERR_INPUT, "survey_edit.limit", "moi-ngay", (str){ 0 });
	if (vn_length(x->note) > SURVEY_REMARK_MAX)
		wrong(c, ERR_INPUT, "survey_edit.note", "ghi-chu", (str){ 0 });
	return c->n_errors > before ? ERR_INPUT : ERR_OK;
}

static void apply(const struct survey_settings *x, int64_t questionnaire_id, db_survey *s)
{
	s->questionnaire_id = questionnaire_id;
	s->name_vi = str_trim(x->name[LANG_VI]);
	s->name_en = str_trim(x->name[LANG_EN]).len ? str_trim(x->name[LANG_EN]) : s->name_vi;
	s->period = x->period;
	s->design = str_of(designs[x->design]);
	s->access = x->tokens ? STR("token") : STR("open");
	s->opens_on = x->opens_on;
	s->closes_on = x->closes_on ? x->closes_on : DB_DAY_OPEN;
	s->max_answers = x->max_answers;
	s->max_day = x->max_day;
	s->illustrative = x->illustrative;
	s->note = str_trim(x->note);
}

enum { SETTINGS = 12 };

static str number(cx *c, int64_t n) { return arena_printf(c->mem, "%lld", (long long)n); }

static str day_of(cx *c, day d)
{
	char text[DATE_TEXT];
	return d == DB_DAY_OPEN ? STR("") : arena_str(c->mem, date_text(d, text));
}

static void texts_of(cx *c, const db_survey *s, str *out)
{
	const str all[SETTINGS] = { number(c, s->questionnaire_id), s->name_vi, s->name_en, s->period, s->design, s->access, day_of(c, s->opens_on),
		day_of(c, s->closes_on), number(c, s->max_answers), number(c, s->max_day), s->illustrative ? STR("yes") : STR("no"), s->note };
	memcpy(out, all, sizeof all);
}

static str mark_of(cx *c, const db_survey *s)
{
	str all[SETTINGS];
	buf b;
	texts_of(c, s, all);
	buf_init(&b, 0);
	for (int i = 0; i < SETTINGS; i++)
		buf_printf(&b, "%zu:%.*s", all[i].len, STR_ARG(all[i]));
	str mark = hash_sha256(c->mem, buf_str(&b));
	buf_free(&b);
	return (str){ mark.p, SURVEY_MARK };
}

enum err survey_settings_mark(cx *c, struct app *a, const struct survey_info *s, str *out)
{
	DB_READER(k);
	db_survey stored;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_get(c, k, s->id, &stored);
	if (!e)
		*out = mark_of(c, &stored);
	return e;
}

/* What changed, from what to what; empty: nothing. */
static str difference(cx *c, const db_survey *old, const db_survey *now)
{
	static const char *const names[SETTINGS] = { "questionnaire", "name_vi", "name_en", "period", "design", "access",
		"opens_on", "closes_on", "max_answers", "max_day", "illustrative", "note" };
	str was[SETTINGS], is[SETTINGS];
	json_out j;
	buf b;
	bool any = false;
	texts_of(c, old, was);
	texts_of(c, now, is);
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	for (int i = 0; i < SETTINGS; i++)
		if (!str_eq(was[i], is[i])) {
			any = true;
			json_put_key(&j, names[i]);
			json_put_array(&j);
			json_put_str(&j, was[i]);
			json_put_str(&j, is[i]);
			json_put_end(&j, ']');
		}
	json_put_end(&j, '}');
	str s = any ? arena_str(c->mem, buf_str(&b)) : STR("");
	buf_free(&b);
	return s;
}

struct edit {
	const struct actor *who;
	const struct survey_settings *x;
	const struct survey_info *s; /* NULL: a new one */
};

static enum err find_form(cx *c, db_conn *k, const struct survey_settings *x, int64_t *id)
{
	db_questionnaire q;
	enum err e = db_questionnaire_version(c, k, x->questionnaire, x->version, &q);
	if (e == ERR_NOTFOUND)
		return wrong(c, ERR_INPUT, "survey_edit.no_questionnaire", "bo-cau-hoi", x->questionnaire);
	*id = q.id;
	return e;
}

static enum err create(cx *c, db_conn *k, void *arg)
{
	const struct edit *w = arg;
	db_survey there, s = { .code = w->x->code, .state = STR("draft"), .actor = w->who->login };
	int64_t form = 0;
	enum err e = db_survey_by_code(c, k, w->x->code, &there);
	if (!e)
		return wrong(c, ERR_INPUT, "survey_edit.there", "ma", w->x->code);
	if (e != ERR_NOTFOUND)
		return e;
	e = find_form(c, k, w->x, &form);
	if (e)
		return e;
	apply(w->x, form, &s);
	e = db_survey_put(c, k, &s);
	return e ? e : audit_add(c, k, w->who, "survey.create", s.code, difference(c, &(db_survey){ .closes_on = DB_DAY_OPEN }, &s));
}

enum err survey_create(cx *c, struct app *a, const struct actor *who, const struct survey_settings *x)
{
	struct edit w = { who, x, NULL };
	enum err e = actor_may(c, a, who, "survey", "manage", 0), bad = ERR_OK;
	if (e)
		return e;
	if (!survey_code_good(x->code, false) || str_is(x->code, "moi")) /* the address of the form that makes one */
		bad = wrong(c, ERR_INPUT, "survey_edit.code", "ma", x->code);
	e = check(c, x);
	return e || bad ? ERR_INPUT : db_tx(c, a->db, DB_WRITE, create, &w);
}

static enum err settle(cx *c, db_conn *k, void *arg)
{
	const struct edit *w = arg;
	db_survey old, now;
	int64_t form = 0;
	enum err e = db_survey_get(c, k, w->s->id, &old);
	if (!e)
		e = find_form(c, k, w->x, &form);
	if (e)
		return e;
	if (w->x->seen.len && !str_eq(w->x->seen, mark_of(c, &old)))
		return wrong(c, ERR_CONFLICT, "survey_edit.meanwhile", "", (str){ 0 });
	now = old;
	apply(w->x, form, &now);
	if (form != old.questionnaire_id && old.quotas)
		return wrong(c, ERR_CONFLICT, "survey_edit.has_quotas", "bo-cau-hoi", (str){ 0 });
	str changed = difference(c, &old, &now);
	if (!changed.len)
		return ERR_OK;
	bool counts = now.opens_on != old.opens_on || now.closes_on != old.closes_on || !str_eq(now.period, old.period);
	e = counts ? survey_changes(c, w->s) : ERR_OK;
	if (e)
		return e;
	e = db_survey_put(c, k, &now);
	if (e == ERR_CONFLICT)
		return wrong(c, e, "survey_edit.answered",
			form != old.questionnaire_id             ? "bo-cau-hoi"
				: str_eq(old.design, now.design) ? "cach-vao"
								 : "cach-chon",
			(str){ 0 });
	return e ? e : audit_add(c, k, w->who, "survey.settle", old.code, changed);
}

enum err survey_settle(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct survey_settings *x)
{
	struct edit w = { who, x, s };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	if (!e)
		e = check(c, x);
	return e ? e : db_tx(c, a->db, DB_WRITE, settle, &w);
}

/* ---- draft, open, closed ---- */

static const char *const states[] = { "draft", "open", "closed" };
static const char *const verbs[] = { "survey.redraft", "survey.open", "survey.close" };

static const char *cannot(cx *c, const struct survey_info *s, bool answered, enum survey_state to)
{
	switch (to) {
	case SURVEY_IS_DRAFT: return answered ? "survey_edit.not_draft" : NULL;
	case SURVEY_IS_OPEN:
		return s->closes_on < date_of_ms(c->now_ms) ? "survey_edit.past"
			: s->is_public == SURVEY_PUBLISHED  ? "survey_public.locked"
							    : NULL;
	case SURVEY_IS_CLOSED: return s->state == SURVEY_IS_DRAFT ? "survey_edit.not_open" : NULL;
	}
	return NULL;
}

bool survey_state_can(cx *c, const struct survey_info *s, bool answered, enum survey_state to)
{
	return s->state != to && !cannot(c, s, answered, to);
}

struct state_work {
	const struct actor *who;
	const struct survey_info *s;
	enum survey_state to;
};

static enum err put_state(cx *c, db_conn *k, void *arg)
{
	const struct state_work *w = arg;
	db_survey s;
	bool answered = false;
	enum err e = db_survey_get(c, k, w->s->id, &s);
	if (!e)
		e = db_survey_answered(c, k, w->s->id, &answered);
	if (e || str_is(s.state, states[w->to])) /* somebody else was quicker, or the button was pressed twice */
		return e;
	const char *why = cannot(c, w->s, answered, w->to);
	if (why)
		return wrong(c, ERR_CONFLICT, why, "", w->s->code);
	s.state = str_of(states[w->to]);
	e = db_survey_put(c, k, &s);
	return e ? e : audit_add(c, k, w->who, verbs[w->to], s.code, STR(""));
}

enum err survey_state_set(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, enum survey_state to)
{
	struct state_work w = { who, s, to };
	enum err e = actor_may(c, a, who, "survey", "manage", 0);
	return e ? e : db_tx(c, a->db, DB_WRITE, put_state, &w);
}
