#include "app/survey_public.h"
#include <math.h>
#include <unistd.h>
#include "app/audit.h"
#include "app/import.h"
#include "app/survey_weight.h"
#include "base/json.h"
#include "db/survey_public.h"

static const char *const verbs[] = { "publish", "correct", "withdraw" };

static enum err wrong(cx *c, enum err code, const char *key, const char *field, str value)
{
	return cx_fail(c, code, key, (place){ .field = str_of(field) }, value);
}

enum err survey_changes(cx *c, const struct survey_info *s)
{
	return s->is_public == SURVEY_PUBLISHED ? wrong(c, ERR_CONFLICT, "survey_public.locked", "", s->code) : ERR_OK;
}

/* ---- the figures as they are published ---- */

static void write_row(json_out *j, const struct survey_result *r, size_t g)
{
	const struct survey_group *x = &r->groups.p[g];
	const struct survey_figure *f = survey_result_index(r, g);
	bool there = f && f->state == SURVEY_FIGURE;
	json_put_object(j);
	json_add_str(j, "code", x->code);
	json_add_str(j, "vi", x->name[LANG_VI]);
	json_add_str(j, "en", x->name[LANG_EN]);
	json_add_int(j, "people", x->hidden ? 0 : x->people);
	json_add_int(j, "n", there ? f->n : 0);
	json_add_int(j, "answers", there ? f->answers : 0);
	json_add_int(j, "hits", there ? f->hits : 0);
	json_add_bool(j, "hidden", x->hidden);
	json_add_bool(j, "enough", x->ranked);
	json_add_double(j, "v", there ? f->v : (double)NAN);
	json_add_double(j, "low", there ? f->low : (double)NAN);
	json_add_double(j, "high", there ? f->high : (double)NAN);
	json_add_int(j, "rank", x->rank);
	json_put_end(j, '}');
}

static str body_of(cx *c, const struct survey_result *r)
{
	buf b;
	json_out j;
	const struct survey_line *l = survey_result_line(r, 0, SURVEY_INDEX, r->stat, NO_ITEM, NO_ITEM, NO_ITEM);
	struct survey_rollup rollup = { r->asked.choose, r->asked.agg };
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_add_str(&j, "by", r->asked.by);
	json_add_str(&j, "questionnaire", r->s->questionnaire);
	json_add_int(&j, "version", r->s->version);
	json_add_str(&j, "rollup", str_of(survey_rollup_word(rollup)));
	json_add_str(&j, "agg", str_of(survey_agg_word(l ? l->agg : FACTOR_POOLED)));
	json_add_int(&j, "stat", r->stat);
	json_add_int(&j, "basis", r->basis);
	json_add_int(&j, "people", r->people);
	json_put_key(&j, "rows");
	json_put_array(&j);
	for (size_t g = 0; g < r->groups.n; g++)
		write_row(&j, r, g);
	json_put_end(&j, ']');
	json_put_end(&j, '}');
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* By units where places have them, else by places, else by strata. */
static enum err freeze(cx *c, struct app *a, const struct survey_info *s, struct survey_rollup rollup, struct survey_result *r)
{
	struct survey_question q = { .by = STR(""), .choose = rollup.choose, .agg = rollup.agg, .ci = EST_CI_LOGIT };
	enum err e = survey_result_of(c, a, s, &q, r);
	if (e)
		return e;
	if (!r->people)
		return wrong(c, ERR_CONFLICT, "survey_public.nothing", "", s->code);
	q.by = r->has_units ? STR("don-vi") : r->has_places ? STR("noi") : r->has_strata ? STR("tang") : STR("");
	return q.by.len ? survey_result_of(c, a, s, &q, r) : ERR_OK;
}

static str text_at(cx *c, const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));
	return z ? arena_str(c->mem, str_of(z)) : STR("");
}

static int64_t int_at(const json_t *o, const char *key) { return json_integer_value(json_object_get(o, key)); }

static double real_at(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static void thaw(cx *c, const json_t *o, struct survey_frozen *out)
{
	const json_t *rows = json_object_get(o, "rows");
	*out = (struct survey_frozen){ .by = text_at(c, o, "by"), .stat = (enum survey_stat)int_at(o, "stat"),
		.basis = (enum survey_basis)int_at(o, "basis"), .questionnaire = text_at(c, o, "questionnaire"), .version = (int)int_at(o, "version"),
		.people = int_at(o, "people") };
	survey_rollup_read(text_at(c, o, "rollup"), &out->rollup);
	survey_agg_read(text_at(c, o, "agg"), &out->agg);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *x = json_array_get(rows, i);
		*VEC_PUSH(c->mem, &out->rows) = (struct survey_frozen_row){ .code = text_at(c, x, "code"),
			.name = { text_at(c, x, "vi"), text_at(c, x, "en") },
			.people = int_at(x, "people"),
			.n = int_at(x, "n"),
			.answers = int_at(x, "answers"),
			.hits = int_at(x, "hits"),
			.hidden = json_is_true(json_object_get(x, "hidden")),
			.enough = json_is_true(json_object_get(x, "enough")),
			.v = real_at(x, "v"),
			.low = real_at(x, "low"),
			.high = real_at(x, "high"),
			.rank = (int)int_at(x, "rank") };
	}
}

static enum err thaw_text(cx *c, const struct survey_info *s, str body, struct survey_frozen *out)
{
	enum { BODY_MOST = 4 << 20 };
	json_t *o = json_read(c, s->code, body, BODY_MOST);
	if (!o)
		return ERR_INPUT;
	thaw(c, o, out);
	json_decref(o);
	return ERR_OK;
}

enum err survey_frozen_get(cx *c, struct app *a, const struct survey_info *s, int64_t seq, struct survey_frozen *out)
{
	str body;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_public_body(c, k, s->id, seq, &body);
	return e ? e : !body.len ? ERR_NOTFOUND : thaw_text(c, s, body, out);
}

enum err survey_public_preview(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_rollup rollup,
	struct survey_frozen *out)
{
	struct survey_result r;
	enum err e = actor_may(c, a, who, "survey", "publish", 0);
	if (!e)
		e = freeze(c, a, s, rollup, &r);
	return e ? e : thaw_text(c, s, body_of(c, &r), out);
}

/* ---- the acts ---- */

struct act {
	const struct actor *who;
	const struct survey_info *s;
	db_survey_public x;
	const char *was, *now;
};

static enum err put(cx *c, db_conn *k, void *arg)
{
	struct act *w = arg;
	db_survey_public_list before;
	enum err e = db_survey_public_all(c, k, w->s->id, &before);
	w->x.revision = (before.n ? before.p[0].revision : 0) + str_is(w->x.verb, "publish");
	if (!e)
		e = db_survey_public_add(c, k, w->s->id, &w->x, str_of(w->was), w->now);
	if (e == ERR_CONFLICT)
		return wrong(c, e, "survey_public.state", "", w->s->code);
	return e ? e
		 : audit_add(c, k, w->who, arena_printf(c->mem, "survey.%.*s", STR_ARG(w->x.verb)).p, w->s->code,
			 arena_printf(c->mem, "{\"revision\":%d,\"live\":%s}", w->x.revision, w->x.live ? "true" : "false"));
}

static bool may_follow(enum survey_public now, enum survey_public_verb verb)
{
	bool is_out = now == SURVEY_PUBLISHED || now == SURVEY_LIVE;
	switch (verb) {
	case SURVEY_PUBLISH: return !is_out;
	case SURVEY_CORRECT: return now == SURVEY_PUBLISHED;
	case SURVEY_WITHDRAW: return is_out || now == SURVEY_CORRECTING;
	}
	return false;
}

bool survey_public_can(const struct survey_info *s, enum survey_public_verb verb, bool live)
{
	if (!may_follow(s->is_public, verb))
		return false;
	return verb != SURVEY_PUBLISH || (live ? s->design == SURVEY_SELF_SELECTED && s->gate != SURVEY_DRAFT : s->gate == SURVEY_OVER);
}

static enum err act(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, enum survey_public_verb verb, bool live,
	struct survey_rollup rollup, str note, enum survey_public now)
{
	struct act w = { who, s, { .verb = str_of(verbs[verb]), .live = live, .note = str_trim(note), .body = STR(""), .actor = who->login },
		survey_public_word(s->is_public),
		survey_public_word(now) };
	struct survey_result r;
	enum err e = actor_may(c, a, who, "survey", "publish", 0);
	if (!e && !may_follow(s->is_public, verb))
		e = wrong(c, ERR_CONFLICT, "survey_public.state", "", s->code);
	if (!e && (w.x.note.len > SURVEY_NOTE_MOST || (verb != SURVEY_PUBLISH && !w.x.note.len)))
		e = wrong(c, ERR_INPUT, "survey_public.needs_reason", "ly-do", (str){ 0 });
	if (!e && live && s->design != SURVEY_SELF_SELECTED)
		e = wrong(c, ERR_INPUT, "survey_public.not_live", "", s->code);
	if (!e && verb == SURVEY_PUBLISH && !live && s->gate != SURVEY_OVER)
		e = wrong(c, ERR_CONFLICT, "survey_public.open", "", s->code);
	if (!e && verb == SURVEY_PUBLISH) {
		e = freeze(c, a, s, rollup, &r);
		if (!e)
			w.x.body = body_of(c, &r);
	}
	return e ? e : db_tx(c, a->db, DB_WRITE, put, &w);
}

enum err survey_publish(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, bool live, struct survey_rollup rollup, str note)
{
	return act(c, a, who, s, SURVEY_PUBLISH, live, rollup, note, live ? SURVEY_LIVE : SURVEY_PUBLISHED);
}

enum err survey_correct(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str reason)
{
	return act(c, a, who, s, SURVEY_CORRECT, false, (struct survey_rollup){ 0 }, reason, SURVEY_CORRECTING);
}

enum err survey_withdraw(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, str reason)
{
	return act(c, a, who, s, SURVEY_WITHDRAW, false, (struct survey_rollup){ 0 }, reason, SURVEY_WITHDRAWN);
}

enum err survey_publications(cx *c, struct app *a, const struct survey_info *s, struct survey_publications *out)
{
	DB_READER(k);
	db_survey_public_list list = { 0 };
	*out = (struct survey_publications){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_survey_public_all(c, k, s->id, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_survey_public *x = &list.p[i];
		int verb = SURVEY_PUBLISH;
		while (verb < SURVEY_WITHDRAW && !str_is(x->verb, verbs[verb]))
			verb++;
		*VEC_PUSH(c->mem, out) = (struct survey_publication){ x->seq, (enum survey_public_verb)verb, x->revision, x->live, x->note, x->actor, x->at };
	}
	return e;
}

enum err survey_public_rollup(cx *c, struct app *a, const struct survey_info *s, struct survey_rollup *out)
{
	struct survey_publications list;
	struct survey_frozen f = { 0 };
	enum err e = survey_is_public(s) ? survey_publications(c, a, s, &list) : ERR_NOTFOUND;
	size_t i = 0;
	while (!e && i < list.n && list.p[i].verb != SURVEY_PUBLISH)
		i++;
	if (!e)
		e = i < list.n ? survey_frozen_get(c, a, s, list.p[i].seq, &f) : ERR_NOTFOUND;
	*out = f.rollup;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* What the demonstration knows of the population of a survey, of whom its answers are made to speak. */
static enum err demo_weights(cx *c, struct app *a, const struct actor *who, const struct survey_info *s)
{
	db_weight_list steps;
	buf b;
	str name;
	const char *path = arena_printf(c->mem, "%s/demo/margins-%.*s.csv", a->method_dir ? a->method_dir : "", STR_ARG(s->code)).p;
	if (!a->method_dir || access(path, R_OK) != 0)
		return ERR_OK;
	enum err e = import_bytes_of(c, path, &b, &name);
	if (e)
		return e;
	struct weight_wish wish = { .high = STR("3x"), .rake = { arena_str(c->mem, buf_str(&b)) }, .n_rake = 1 };
	buf_free(&b);
	return survey_weigh(c, a, who, s, &wish, &steps);
}

enum err survey_public_demo(cx *c, struct app *a)
{
	struct survey_list list;
	struct actor who = actor_system("demo");
	enum err e = survey_all(c, a, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const struct survey_info *s = &list.p[i];
		bool live = s->gate == SURVEY_TAKES && s->design == SURVEY_SELF_SELECTED;
		struct survey_info whole;
		if (!s->answers || s->is_public != SURVEY_UNPUBLISHED || (!live && s->gate != SURVEY_OVER))
			continue;
		e = survey_get(c, a, s->code, &whole);
		if (!e)
			e = demo_weights(c, a, &who, &whole);
		if (!e)
			e = survey_publish(c, a, &who, &whole, live, (struct survey_rollup){ 0 }, STR("Số liệu minh họa (illustrative figures)"));
	}
	return e;
}
