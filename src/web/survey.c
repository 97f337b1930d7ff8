/* survey: forms of surveys. A form is made of steps, a section each (at a kiosk, a question each). No JavaScript, no cookie, nothing kept on
 * the server: what was answered in earlier steps travels in hidden fields. A form has a random key from its beginning, so that one sent
 * twice is stored once. */
#include "web/survey.h"
#include <sodium.h>
#include "app/actor.h"
#include "app/questionnaire_edit.h"
#include "app/response.h"
#include "app/survey_case.h"
#include "base/vn.h"
#include "web/form.h"
#include "web/pages.h"
#include "web/pager.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web/survey_time.h"
#include "web/svg.h"
#include "web_views.h"

/* What the screen at a desk shows at an end goes back to the first question by itself: a header, since axe-core (and WCAG 2.2.1) refuse the same
 * as an element of the page; the page says how long it stays. */
enum { KIOSK_SECONDS = 30, KIOSK_CLOSED_SECONDS = 300 };
enum { SECONDS_A_QUESTION = 9, FACES = 5, MATRIX_COLUMNS = 7 /* side by side; more are always stacked */ };

/* Items [from, to) of the questionnaire, shown together. */
struct step {
	int32_t from, to;
};

struct sitting {
	struct web_cx *w;
	struct survey_info s;
	struct survey_place at;
	str where, token, key, begun;
	bool kiosk, qr;
	const struct survey_case *of; /* an interviewer has the form; NULL: whoever answers */
	bool trial;            /* of a questionnaire, by who works on it: nothing is stored */
	int64_t version;       /* of a trial; 0: the draft */
	struct given *given;   /* by item */
	struct answer *answers;
	struct step *steps;
	int n_steps;
};

/* ---- what came with the form ---- */

static void make_key(struct sitting *t)
{
	unsigned char random[16];
	char *p = arena_alloc(t->w->mem, RESPONSE_KEY + 1);
	randombytes_buf(random, sizeof random);
	sodium_bin2base64(p, RESPONSE_KEY + 1, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	t->key = (str){ p, RESPONSE_KEY };
}

/* Values of one field, in the order in which they came; empty ones count as not given. */
static struct given values_of(struct web_cx *w, str name)
{
	size_t n;
	const struct web_pair *p = web_pairs(w, &n);
	VEC(str) list = { 0 };
	for (size_t i = 0; i < n; i++) {
		str s = str_eq(p[i].name, name) ? vn_nfc(w->mem, str_trim(p[i].value)) : (str){ 0 };
		if (s.len)
			*VEC_PUSH(w->mem, &list) = s;
	}
	return (struct given){ list.p, list.n };
}

static void read_given(struct sitting *t)
{
	const questionnaire *q = t->s.q;
	for (size_t i = 0; i < q->items.n; i++)
		if (question_is_asked(&q->items.p[i]))
			t->given[i] = values_of(t->w, q->items.p[i].code);
}

static void make_steps(struct sitting *t)
{
	const questionnaire *q = t->s.q;
	t->steps = NEW_ARRAY(t->w->mem, struct step, q->items.n + 1);
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		bool begins = t->kiosk ? question_is_asked(x) : x->kind == ASK_SECTION;
		if (begins)
			t->steps[t->n_steps++] = (struct step){ i, i };
		if (t->n_steps)
			t->steps[t->n_steps - 1].to = i + 1;
	}
}

/* Checks the answers so far; faults are told for the items of one step, or for none. */
static enum err check(struct sitting *t, struct step told)
{
	return answers_check(t->w->cx, t->s.q, t->given, date_of_ms(t->w->cx->now_ms), told.from, told.to, t->w->lang, t->answers);
}

static bool is_shown(const struct sitting *t, int32_t item)
{
	return question_is_asked(&t->s.q->items.p[item]) && t->answers[item].state != ANSWER_NOT_ASKED;
}

static bool any_shown(const struct sitting *t, int step)
{
	for (int32_t i = t->steps[step].from; i < t->steps[step].to; i++)
		if (is_shown(t, i))
			return true;
	return false;
}

static void forget_faults(struct sitting *t)
{
	t->w->cx->n_faults = t->w->cx->n_errors = 0;
}

/* The next step in a direction that has something to ask; -1 or n_steps: none. */
static int seek(const struct sitting *t, int step, int by)
{
	step += by;
	while (step >= 0 && step < t->n_steps && !any_shown(t, step))
		step += by;
	return step;
}

/* ---- the page ---- */

static const enum view_survey_kind kinds[] = { [ASK_SINGLE] = VIEW_SURVEY_KIND_SINGLE, [ASK_MULTIPLE] = VIEW_SURVEY_KIND_MULTIPLE,
	[ASK_SCALE] = VIEW_SURVEY_KIND_SCALE, [ASK_NUMBER] = VIEW_SURVEY_KIND_NUMBER, [ASK_TEXT] = VIEW_SURVEY_KIND_TEXT,
	[ASK_DATE] = VIEW_SURVEY_KIND_DATE };
static const enum view_survey_face faces[] = { VIEW_SURVEY_FACE_F1, VIEW_SURVEY_FACE_F2, VIEW_SURVEY_FACE_F3, VIEW_SURVEY_FACE_F4,
	VIEW_SURVEY_FACE_F5 };

static bool is_chosen(const struct given *g, str code)
{
	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->p[i], code))
			return true;
	return false;
}

static void fill_options(const struct sitting *t, int32_t item, struct view_survey_item *v)
{
	const struct question *x = &t->s.q->items.p[item];
	if (x->list < 0)
		return;
	const struct question_list *l = &t->s.q->lists.p[x->list];
	v->options = NEW_ARRAY(t->w->mem, struct view_survey_option, l->options.n);
	v->others = NEW_ARRAY(t->w->mem, struct view_survey_option, l->options.n);
	for (size_t i = 0; i < l->options.n; i++) {
		const struct question_option *o = &l->options.p[i];
		struct view_survey_option *to = o->means >= MEANS_DONT_KNOW && !v->in_matrix ? &v->others[v->n_others++] : &v->options[v->n_options++];
		*to = (struct view_survey_option){ .value = o->code, .words = o->text[t->w->lang], .chosen = is_chosen(&t->given[item], o->code) };
	}
	v->faces = x->kind == ASK_SCALE && v->n_options == FACES && !v->in_matrix;
	for (size_t i = 0; i < v->n_options && v->faces; i++)
		v->options[i].face = faces[i];
}

static str error_of(const struct sitting *t, str code)
{
	const cx *c = t->w->cx;
	for (size_t i = 0; i < c->n_faults; i++)
		if (str_eq(c->faults[i].at.field, code))
			return web_fault_text(t->w, &c->faults[i]);
	return STR("");
}

static int number_of(const questionnaire *q, int32_t item)
{
	int n = 0;
	for (int32_t i = 0; i <= item; i++)
		n += question_is_asked(&q->items.p[i]);
	return n;
}

static void fill_item(const struct sitting *t, int32_t item, int32_t *group, struct view_survey_item *v)
{
	const questionnaire *q = t->s.q;
	const struct question *x = &q->items.p[item], *up = &q->items.p[x->parent];
	*v = (struct view_survey_item){ .code = x->code,
		.number = number_of(q, item),
		.kind = kinds[x->kind],
		.words = x->text[t->w->lang],
		.hint = x->hint[t->w->lang],
		.required = x->required,
		.given = t->given[item].n ? t->given[item].p[0] : STR(""),
		.error = error_of(t, x->code),
		.in_matrix = up->kind == ASK_MATRIX && !t->kiosk,
		.maximum = ANSWER_MAX_TEXT };
	int64_t max;
	if (x->kind == ASK_TEXT && x->has_max && dec_to_int(x->max, &max))
		v->maximum = max;
	if (up->kind != ASK_SECTION && *group != x->parent)
		v->heading = up->text[t->w->lang];
	*group = x->parent;
	fill_options(t, item, v);
}

/* The items as they are laid out: the rows of a matrix together, all others by themselves. */
static void fill_blocks(const struct sitting *t, struct view_survey *v)
{
	int32_t before = NO_ITEM;
	v->blocks = NEW_ARRAY(t->w->mem, struct view_survey_block, v->n_items + 1);
	for (size_t i = 0; i < v->n_items; i++) {
		const struct question *x = &t->s.q->items.p[questionnaire_find(t->s.q, v->items[i].code)];
		if (!i || !v->items[i].in_matrix || before != x->parent) {
			struct view_survey_block *b = &v->blocks[v->n_blocks++];
			*b = (struct view_survey_block){ .code = v->items[i].code, .heading = v->items[i].heading, .matrix = v->items[i].in_matrix,
				.columns = v->items[i].n_options <= MATRIX_COLUMNS ? (int64_t)v->items[i].n_options : 0, .options = v->items[i].options,
				.n_options = v->items[i].n_options, .rows = &v->items[i] };
			if (b->matrix)
				b->hint = t->s.q->items.p[x->parent].hint[t->w->lang];
		}
		v->blocks[v->n_blocks - 1].n_rows++;
		before = x->parent;
	}
}

static void fill_items(const struct sitting *t, struct step at, struct view_survey *v)
{
	int32_t group = NO_ITEM;
	v->items = NEW_ARRAY(t->w->mem, struct view_survey_item, (size_t)(at.to - at.from));
	v->faults = NEW_ARRAY(t->w->mem, struct view_survey_fault, (size_t)(at.to - at.from));
	for (int32_t i = at.from; i < at.to; i++) {
		if (!is_shown(t, i))
			continue;
		struct view_survey_item *x = &v->items[v->n_items++];
		fill_item(t, i, &group, x);
		if (x->error.len)
			v->faults[v->n_faults++] = (struct view_survey_fault){ x->code, x->number, x->error };
	}
	fill_blocks(t, v);
}

/* What other steps got, for the hidden fields. */
static void fill_kept(const struct sitting *t, struct step at, struct view_survey *v)
{
	VEC(struct view_survey_kept) list = { 0 };
	for (int32_t i = 0; i < (int32_t)t->s.q->items.n; i++)
		for (size_t k = 0; (i < at.from || i >= at.to) && k < t->given[i].n; k++)
			*VEC_PUSH(t->w->mem, &list) = (struct view_survey_kept){ t->s.q->items.p[i].code, t->given[i].p[k] };
	v->kept = list.p;
	v->n_kept = list.n;
}

/* A bar with a tick for each step. */
static str progress(const struct sitting *t, int done, int steps)
{
	enum { WIDTH = 600, HEIGHT = 10 };
	buf b;
	buf_init(&b, 0);
	str numbers[] = { say_int(t->w, done), say_int(t->w, steps) };
	svg_open(&b, "sv__bar", WIDTH, HEIGHT, say_with(t->w, "survey.done", numbers, 2));
	double part = WIDTH / (double)(steps ? steps : 1);
	svg_path(&b, "sv__rail", "M0 5H%d", WIDTH);
	if (done)
		svg_path(&b, "sv__done", "M0 5H%.1f", part * done);
	for (int i = 1; i < steps; i++)
		svg_path(&b, "sv__tick", "M%.1f 0V10", part * i);
	svg_close(&b);
	str s = arena_str(t->w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* After so many seconds a screen at a desk opens the path. */
static void go_back(struct web_cx *w, int seconds, str path)
{
	web_header(w, "Refresh", arena_printf(w->mem, "%d; url=%.*s", seconds, STR_ARG(web_path(w, w->lang, path))));
}

/* "?noi=quay-1&quay=1": the place, and how one came to it. */
static str way_of(struct web_cx *w, str where, bool kiosk, bool qr)
{
	const char *mark = "?";
	str s = STR("");
	if (where.len) {
		s = arena_printf(w->mem, "?noi=%.*s", STR_ARG(where));
		mark = "&";
	}
	if (kiosk) {
		s = arena_printf(w->mem, "%.*s%squay=1", STR_ARG(s), mark);
		mark = "&";
	}
	return qr ? arena_printf(w->mem, "%.*s%sqr=1", STR_ARG(s), mark) : s;
}

static str case_path(const struct sitting *t, const char *more)
{
	return arena_printf(t->w->mem, "%.*s%s", STR_ARG(desk_case_path(t->w, &t->s, "phong-van", t->of->code)), more);
}

static str trial_path(const struct sitting *t);

static void fill_head(struct sitting *t, struct view_survey *v)
{
	struct web_cx *w = t->w;
	v->code = t->s.code;
	v->name = say_either(w, t->s.name[LANG_VI], t->s.name[LANG_EN]);
	v->asks_whom = t->where.len ? say_either(w, t->at.name[LANG_VI], t->at.name[LANG_EN]) : v->name;
	v->gate = (enum view_survey_gate)t->s.gate;
	v->key = t->key;
	v->begun = t->begun;
	v->at = t->where;
	v->token = t->token;
	v->kiosk = t->kiosk;
	v->qr = t->qr;
	v->illustrative = t->s.illustrative;
	v->action = t->of ? case_path(t, "/phieu") : arena_printf(w->mem, "/khao-sat/%.*s", STR_ARG(t->s.code));
	v->interview = t->of != NULL;
	if (t->of) {
		v->asks_whom = SAY(w, "interview.form", t->of->code);
		v->leave = case_path(t, "");
	}
	str way = way_of(w, t->where, t->kiosk, t->qr);
	str self = t->token.len
		? arena_printf(w->mem, "/phieu/%.*s%.*s", STR_ARG(t->token), STR_ARG(way_of(w, STR(""), false, t->qr)))
		: t->of ? v->action
			: arena_printf(w->mem, "/khao-sat/%.*s%.*s", STR_ARG(t->s.code), STR_ARG(way));
	if (t->trial) {
		self = trial_path(t);
		v->action = web_path(w, w->lang, self);
		v->trial = true;
		if (t->version)
			v->version = some_int(t->version);
		v->leave_trial = web_path(w, w->lang, t->version ? STR("/bo-cau-hoi") : arena_printf(w->mem, "/bo-cau-hoi/%.*s", STR_ARG(t->s.code)));
	}
	v->again = t->kiosk ? self : STR("");
	v->lang_link = w->lang == LANG_EN ? self : arena_printf(w->mem, "/en%.*s", STR_ARG(self));
}

static void reply_closed(struct sitting *t, str why)
{
	struct view_survey v = { .closed = why };
	fill_head(t, &v);
	if (t->kiosk)
		go_back(t->w, KIOSK_CLOSED_SECONDS, v.again);
	web_cache(t->w, -1);
	reply_survey(t->w, &v);
}

static void reply_step(struct sitting *t, int step, bool more)
{
	struct web_cx *w = t->w;
	struct view_survey v = { .more = more };
	struct step at = t->steps[step];
	const struct question *section = &t->s.q->items.p[t->s.q->items.p[at.from].section];
	int left = 0, before = 0, steps = 0;
	fill_head(t, &v);
	fill_items(t, at, &v);
	fill_kept(t, at, &v);
	for (int32_t i = at.from; i < (int32_t)t->s.q->items.n; i++)
		left += is_shown(t, i);
	for (int i = 0; i < t->n_steps; i++) {
		steps += any_shown(t, i);
		before += i < step && any_shown(t, i);
	}
	v.section = section->text[w->lang];
	v.section_hint = section->hint[w->lang];
	for (size_t i = 0; i < v.n_items && !t->of; i++)
		v.touch |= v.items[i].faces;
	v.step = before + 1;
	v.steps = steps;
	v.minutes = (left * SECONDS_A_QUESTION + 59) / 60;
	v.first = before == 0;
	v.last = seek(t, step, 1) == t->n_steps;
	v.progress = progress(t, before, steps);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1); /* the form has a key, and maybe answers */
	reply_survey(w, &v);
}

/* ---- opening one ---- */

static str closed_text(struct sitting *t)
{
	char text[DATE_TEXT];
	str day_text = date_text_vn(t->s.gate == SURVEY_NOT_YET ? t->s.opens_on : t->s.closes_on, text);
	switch (t->s.gate) {
	case SURVEY_TAKES: return STR("");
	case SURVEY_NOT_YET: return SAY(t->w, "survey.not_yet", day_text);
	case SURVEY_OVER: return SAY(t->w, "survey.over", day_text);
	case SURVEY_FULL: /* the answer that took the last place may be sent again: the store knows it */
	case SURVEY_FULL_TODAY:
		return t->token.len || t->of || t->w->method == WEB_POST
			? STR("")
			: say(t->w, t->s.gate == SURVEY_FULL ? "survey.full" : "survey.full_today");
	default: return say(t->w, "survey.closed");
	}
}

static void begin(struct sitting *t)
{
	t->given = NEW_ARRAY(t->w->mem, struct given, t->s.q->items.n);
	t->answers = NEW_ARRAY(t->w->mem, struct answer, t->s.q->items.n);
	make_steps(t);
}

/* False: answered already, with an error or with a page that says why not. */
static bool open_survey(struct sitting *t, enum err e)
{
	if (!e && t->where.len)
		e = survey_place_get(t->w->cx, t->w->app, &t->s, t->where, &t->at);
	if (e) {
		web_fail(t->w, e);
		return false;
	}
	str why = closed_text(t);
	if (why.len) {
		reply_closed(t, why);
		return false;
	}
	begin(t);
	return true;
}

static void first_step(struct sitting *t)
{
	make_key(t);
	t->begun = survey_stamp(t->w, t->key);
	check(t, (struct step){ 0, 0 });
	forget_faults(t);
	reply_step(t, seek(t, -1, 1), false);
}

static void page_form(struct web_cx *w)
{
	struct sitting t = { .w = w, .where = web_text(w, "noi"), .kiosk = web_bool(w, "quay"), .qr = web_bool(w, "qr") };
	if (!open_survey(&t, survey_get(w->cx, w->app, web_text(w, "survey"), &t.s)))
		return;
	if (t.s.tokens)
		reply_closed(&t, say(w, "survey.by_letter"));
	else
		first_step(&t);
}

/* No survey: who mistyped is told to look at the letter, with the same status as for any address that there is not. */
static void reply_unknown(struct sitting *t)
{
	struct web_cx *w = t->w;
	struct view_survey v = { .name = say(w, "survey.unknown_token"), .asks_whom = say(w, "survey.name"), .closed = say(w, "survey.unknown_token_todo"),
		.gate = VIEW_SURVEY_GATE_DRAFT };
	str self = arena_printf(w->mem, "/phieu/%.*s", STR_ARG(t->token));
	v.lang_link = w->lang == LANG_EN ? self : arena_printf(w->mem, "/en%.*s", STR_ARG(self));
	w->status = 404;
	web_cache(w, -1);
	reply_survey(w, &v);
}

static void page_by_token(struct web_cx *w)
{
	bool used = false;
	struct sitting t = { .w = w, .token = survey_token_typed(w->mem, web_text(w, "token")), .qr = web_bool(w, "qr") };
	enum err e = survey_token_look(w->cx, w->app, t.token, &t.s, &t.where, &used);
	if (e == ERR_NOTFOUND && w->face == FACE_HTML) {
		reply_unknown(&t);
		return;
	}
	if (!open_survey(&t, e))
		return;
	if (used)
		reply_closed(&t, say(w, "survey.used"));
	else
		first_step(&t);
}

/* ---- what comes back ---- */

/* Questions that an answer on this very page brought up: they were not on it yet. */
static bool has_new(const struct sitting *t, struct step at)
{
	struct given seen = values_of(t->w, STR("_co"));
	for (int32_t i = at.from; i < at.to; i++)
		if (is_shown(t, i) && !is_chosen(&seen, t->s.q->items.p[i].code))
			return true;
	return false;
}

static struct submission submission_of(const struct sitting *t)
{
	struct submission in = { .token = t->token, .where = t->where, .key = t->key, .lang = t->w->lang, .given = t->given };
	in.mode = t->of ? "phone" : t->kiosk ? "kiosk" : t->qr ? "qr" : "web";
	in.seconds = survey_took(t->w, t->begun, t->key);
	if (t->of) {
		in.case_id = t->of->id;
		in.interviewer = t->w->actor->login;
		struct response_visit *v = NEW(t->w->mem, struct response_visit);
		*v = (struct response_visit){ .user_id = t->w->actor->user_id, .by_day = true };
		in.visit = v;
	}
	return in;
}

/* enough: the cell of the respondent is full; thanked all the same. */
static void to_thanks(struct sitting *t, bool enough)
{
	struct web_cx *w = t->w;
	if (t->of) {
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/phong-van?xong=%s", STR_ARG(t->s.code), enough ? "du" : "1"));
		return;
	}
	str way = t->token.len ? STR("?mot=1") : way_of(w, t->where, t->kiosk, t->qr);
	web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/cam-on%.*s%s", STR_ARG(t->s.code), STR_ARG(way), !enough ? "" : way.len ? "&du=1" : "?du=1"));
}

static bool last_fault_is(const struct sitting *t, const char *key)
{
	const cx *c = t->w->cx;
	return c->n_faults && !strcmp(c->faults[c->n_faults - 1].key, key);
}

static void reply_tried(struct sitting *t);

/* What the survey does not take is said on a page of the survey: people have no use for the menus of the site, and a screen at a desk shall not
 * lead out of its form. */
static void reply_refused(struct sitting *t, enum err e)
{
	const cx *c = t->w->cx;
	if (t->w->face != FACE_HTML || t->of || !c->n_faults || (e != ERR_DENIED && e != ERR_CONFLICT)) {
		web_fail(t->w, e);
		return;
	}
	bool used = last_fault_is(t, "response.token_used");
	t->w->status = e == ERR_DENIED ? 403 : 409;
	reply_closed(t, used ? say(t->w, "survey.used") : web_fault_text(t->w, &c->faults[c->n_faults - 1]));
}

/* The whole form is there. A fault in another step leads to that step. */
static void finish(struct sitting *t)
{
	bool again;
	struct submission in = submission_of(t);
	enum err e = t->trial ? check(t, (struct step){ 0, (int32_t)t->s.q->items.n }) : response_submit(t->w->cx, t->w->app, &t->s, &in, &again);
	if (!e && t->trial) {
		reply_tried(t);
		return;
	}
	if (!e || last_fault_is(t, "response.quota_full")) {
		forget_faults(t);
		to_thanks(t, e != ERR_OK);
		return;
	}
	if (e != ERR_INPUT) {
		reply_refused(t, e);
		return;
	}
	for (int i = 0; i < t->n_steps; i++)
		for (int32_t k = t->steps[i].from; k < t->steps[i].to; k++)
			if (error_of(t, t->s.q->items.p[k].code).len) {
				reply_step(t, i, false);
				return;
			}
	web_fail(t->w, e);
}

static void go_on(struct sitting *t, int step)
{
	enum err e = check(t, t->steps[step]);
	bool more = has_new(t, t->steps[step]);
	if (more) /* nobody could have answered them */
		forget_faults(t);
	if (e || more) {
		reply_step(t, step, more);
		return;
	}
	int next = seek(t, step, 1);
	if (next == t->n_steps) {
		finish(t);
		return;
	}
	if (t->kiosk && seek(t, step, -1) < 0) /* the screen at the desk had waited for somebody */
		t->begun = survey_stamp(t->w, t->key);
	bool enough = false;
	struct submission in = submission_of(t);
	e = t->trial ? ERR_OK : response_screen(t->w->cx, t->w->app, &t->s, &in, &enough);
	if (e)
		reply_refused(t, e);
	else if (enough)
		to_thanks(t, true);
	else
		reply_step(t, next, false);
}

/* The step as the page counted it: among those with something to ask. */
static int step_of(const struct sitting *t, int64_t number)
{
	int last = 0;
	for (int i = 0; i < t->n_steps; i++)
		if (any_shown(t, i)) {
			last = i;
			if (--number == 0)
				return i;
		}
	return last;
}

static void take_step(struct sitting *t)
{
	t->begun = web_text(t->w, "luc");
	read_given(t);
	check(t, (struct step){ 0, 0 });
	forget_faults(t);
	int step = step_of(t, web_int(t->w, "buoc"));
	if (web_enum(t->w, "di") != 0) {
		go_on(t, step);
		return;
	}
	int before = seek(t, step, -1);
	reply_step(t, before < 0 ? step : before, false);
}

static void page_answer(struct web_cx *w)
{
	struct sitting t = { .w = w, .where = web_text(w, "noi"), .kiosk = web_bool(w, "quay"), .qr = web_bool(w, "qr"), .token = web_text(w, "ma"),
		.key = web_text(w, "khoa") };
	if (open_survey(&t, survey_get(w->cx, w->app, web_text(w, "survey"), &t.s)))
		take_step(&t);
}

/* ---- the same form in the hands of an interviewer ---- */

static bool open_case(struct sitting *t, struct survey_case *of)
{
	struct web_cx *w = t->w;
	struct survey_call_list calls;
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &t->s);
	if (!e)
		e = survey_case_get(w->cx, w->app, w->actor, &t->s, web_text(w, "case"), of, &calls);
	t->of = of;
	return open_survey(t, e);
}

static void page_interview(struct web_cx *w)
{
	struct survey_case of;
	struct sitting t = { .w = w };
	if (!open_case(&t, &of))
		return;
	if (case_is_over(of.outcome))
		reply_closed(&t, say(w, "interview.over"));
	else
		first_step(&t);
}

static void page_interview_step(struct web_cx *w)
{
	struct survey_case of;
	struct sitting t = { .w = w, .key = web_text(w, "khoa") };
	if (open_case(&t, &of))
		take_step(&t);
}

/* ---- trying a questionnaire out: the same form, and nothing is stored ---- */

static str trial_path(const struct sitting *t)
{
	struct web_cx *w = t->w;
	return t->version ? arena_printf(w->mem, "/bo-cau-hoi/%.*s/thu?ban=%lld", STR_ARG(t->s.code), (long long)t->version)
			  : arena_printf(w->mem, "/bo-cau-hoi/%.*s/thu", STR_ARG(t->s.code));
}

/* False: answered already. */
static bool open_trial(struct sitting *t)
{
	struct web_cx *w = t->w;
	struct questionnaire_info info = { .version = 0 };
	struct form_draft d = { .revision = 0 };
	str code = web_text(w, "phieu");
	enum err e = t->version ? questionnaire_get(w->cx, w->app, code, (int)t->version, &info) : form_draft_open(w->cx, w->app, w->actor, code, &d);
	if (e) {
		web_fail(w, e);
		return false;
	}
	t->s = (struct survey_info){ .code = code, .q = t->version ? info.q : d.q, .gate = SURVEY_TAKES, .name = { info.name[LANG_VI], info.name[LANG_EN] } };
	if (!t->s.q) {
		t->s.name[LANG_VI] = d.name;
		reply_closed(t, say(w, "survey.trial_faulty"));
		return false;
	}
	memcpy(t->s.name, t->s.q->name, sizeof t->s.name);
	begin(t);
	return true;
}

static str answer_text(const struct sitting *t, int32_t item)
{
	buf b;
	buf_init(&b, 0);
	const struct given *g = &t->answers[item].given;
	for (size_t i = 0; i < g->n; i++) {
		const struct question_option *o = question_option(t->s.q, &t->s.q->items.p[item], g->p[i]);
		buf_addz(&b, i ? "; " : "");
		buf_add(&b, o ? o->text[t->w->lang] : g->p[i]);
	}
	str s = arena_str(t->w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* What would have been stored, item by item. */
static void reply_tried(struct sitting *t)
{
	static const char *const states[] = { "survey.st_not_asked", "survey.st_missing", "survey.st_given", "survey.st_dont_know", "survey.st_not_experienced",
		"survey.st_refused" };
	struct web_cx *w = t->w;
	struct view_survey v = { .first = true };
	fill_head(t, &v);
	v.tried = NEW_ARRAY(w->mem, struct view_survey_tried, t->s.q->items.n + 1);
	for (int32_t i = 0; i < (int32_t)t->s.q->items.n; i++)
		if (question_is_asked(&t->s.q->items.p[i]))
			v.tried[v.n_tried++] = (struct view_survey_tried){ number_of(t->s.q, i), t->s.q->items.p[i].text[w->lang], answer_text(t, i),
				say(w, states[t->answers[i].state]) };
	web_cache(w, -1);
	reply_survey(w, &v);
}

static void page_trial(struct web_cx *w)
{
	struct sitting t = { .w = w, .trial = true, .version = web_int(w, "ban") };
	if (open_trial(&t))
		first_step(&t);
}

static void page_trial_step(struct web_cx *w)
{
	struct sitting t = { .w = w, .trial = true, .version = web_int(w, "ban"), .key = web_text(w, "khoa") };
	if (open_trial(&t))
		take_step(&t);
}

static void page_thanks(struct web_cx *w)
{
	struct survey_info s;
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &s);
	if (e) {
		web_fail(w, e);
		return;
	}
	str way = way_of(w, web_text(w, "noi"), web_bool(w, "quay"), web_bool(w, "qr"));
	struct view_survey_thanks v = { .enough = web_bool(w, "du"),
		.code = s.code,
		.name = say_either(w, s.name[LANG_VI], s.name[LANG_EN]),
		.kiosk = web_bool(w, "quay"),
		.illustrative = s.illustrative };
	v.again = arena_printf(w->mem, "/khao-sat/%.*s%.*s", STR_ARG(s.code), STR_ARG(way));
	v.seconds = KIOSK_SECONDS;
	if (v.kiosk) {
		go_back(w, KIOSK_SECONDS, v.again);
		web_cache(w, -1);
	}
	if (web_bool(w, "mot") || s.tokens)
		v.once = say(w, "survey.once");
	reply_survey_thanks(w, &v);
}

/* ---- the list ---- */

static void page_surveys(struct web_cx *w)
{
	struct survey_list list;
	struct view_surveys v = { 0 };
	struct pager_rows at = { 0 };
	size_t n = 0, seen = 0;
	enum err e = survey_all(w->cx, w->app, &list);
	v.manages = actor_can(w->actor, STR("survey"), STR("manage"));
	for (size_t i = 0; i < list.n && !e; i++)
		n += v.manages || list.p[i].gate != SURVEY_DRAFT;
	if (!e)
		e = pager_rows(w, n, &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.surveys = NEW_ARRAY(w->mem, struct view_surveys_survey, n + 1);
	v.sampled = NEW_ARRAY(w->mem, struct view_surveys_sampled, list.n + 1);
	bool may = w->actor && actor_can(w->actor, STR("survey"), STR("sample"));
	for (size_t i = 0; may && i < list.n; i++)
		v.sampled[v.n_sampled++] = (struct view_surveys_sampled){ list.p[i].code, say_either(w, list.p[i].name[LANG_VI], list.p[i].name[LANG_EN]) };
	bool desk = actor_can(w->actor, STR("survey"), STR("view")) || actor_can(w->actor, STR("survey"), STR("interview"));
	for (size_t i = 0; i < list.n; i++) {
		const struct survey_info *s = &list.p[i];
		if (s->gate == SURVEY_DRAFT && !v.manages)
			continue;
		v.open += s->gate == SURVEY_TAKES;
		v.illustrative |= s->illustrative;
		size_t row = seen++;
		if (row < at.from || row >= at.to)
			continue;
		v.surveys[v.n_surveys++] = (struct view_surveys_survey){ .code = s->code,
			.name = say_either(w, s->name[LANG_VI], s->name[LANG_EN]),
			.period = s->period,
			.gate = (enum view_surveys_gate)s->gate,
			.opens_on = s->opens_on,
			.closes_on = s->open_end ? (opt_date){ 0 } : some_date(s->closes_on),
			.tokens = s->tokens,
			.design = (enum view_surveys_design)s->design,
			.answers = s->answers,
			.illustrative = s->illustrative,
			.results = survey_result_shown(w, s),
			.desk = desk };
	}
	v.edits = actor_can(w->actor, STR("survey"), STR("edit"));
	reply_surveys(w, &v);
}

#define SURVEY_IN { "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } }
#define PLACE_IN { "noi", IN_TEXT, .max = 60, .doc = { "mã địa điểm, quầy", "code of the place or desk" } }
#define KIOSK_IN { "quay", IN_BOOL, .doc = { "màn hình đặt tại quầy: mỗi lần một câu", "screen at a desk: one question at a time" } }
#define QR_IN { "qr", IN_BOOL, .doc = { "mở bằng mã QR", "opened by a QR code" } }
#define CASE_IN { "case", IN_TEXT, .max = 120, .doc = { "mã phiếu trong mẫu", "code of the case in the sample" } }
#define KEY_IN \
	{ \
		"khoa", IN_TEXT, .required = true, .min = RESPONSE_KEY, .max = RESPONSE_KEY, \
				 .doc = { "khóa ngẫu nhiên của phiếu: gửi lại cùng khóa thì phiếu chỉ được ghi một lần", \
					 "random key of the form: sent again with the same key it is stored once" } \
	}
#define BEGUN_IN \
	{ \
		"luc", IN_TEXT, .max = STAMP_TEXT, \
				.doc = { "dấu thời điểm mở phiếu, do máy chủ tạo", \
					"stamp of when the form was opened, made by the server" } \
	}
#define STEP_IN \
	{ \
		"buoc", IN_INT, .required = true, .min = 1, .max = QUESTIONNAIRE_MAX_ROWS, .doc = { "bước", "step" } \
	}
#define MOVE_IN \
	{ \
		"di", IN_ENUM, .values = "lui toi", .def = "toi", .doc = { "lui hoặc toi", "back (lui) or on (toi)" } \
	}

#define FORM_IN { "phieu", IN_TEXT, .max = FORM_CODE_MAX, .doc = { "mã bộ câu hỏi", "code of the questionnaire" } }
#define VERSION_IN { "ban", IN_INT, .min = 0, .max = 1000000, .doc = { "phiên bản; bỏ trống: dự thảo", "version; without: the draft" } }

const struct web_route routes_survey[] = {
	{ WEB_GET, "/khao-sat", page_surveys, "public", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "surveys", .section = "khao-sat",
		.rows = PAGER_ROWS,
		.doc = { "Các cuộc khảo sát", "Surveys" } },
	{ WEB_GET, "/khao-sat/{survey}", page_form, "public", .view = "survey", .section = "khao-sat", .doc = { "Phiếu khảo sát", "Form of a survey" },
		.in = WEB_INPUTS(SURVEY_IN, PLACE_IN, KIOSK_IN, QR_IN) },
	{ WEB_POST, "/khao-sat/{survey}", page_answer, "public", LANE_SAVE, .view = "survey", .section = "khao-sat", .flags = WEB_NO_CSRF,
		.doc = { "Gửi một bước của phiếu; các câu trả lời mang mã của câu",
			"Sends a step of a form; answers are named by the code of their item" },
		.in = WEB_INPUTS(SURVEY_IN, PLACE_IN, KIOSK_IN, QR_IN, KEY_IN, BEGUN_IN, STEP_IN, MOVE_IN,
			{ "ma", IN_TEXT, .max = 26, .doc = { "mã mời", "invitation" } }) },
	{ WEB_GET, "/khao-sat/{survey}/phong-van/{case}/phieu", page_interview, "survey.interview", .view = "survey",
		.section = "khao-sat",
		.doc = { "Phiếu khảo sát do điều tra viên ghi", "Form of a survey, filled in by an interviewer" },
		.in = WEB_INPUTS(SURVEY_IN, CASE_IN) },
	{ WEB_POST, "/khao-sat/{survey}/phong-van/{case}/phieu", page_interview_step, "survey.interview", LANE_SAVE, .view = "survey",
		.section = "khao-sat",
		.doc = { "Gửi một bước của phiếu do điều tra viên ghi", "Sends a step of a form filled in by an interviewer" },
		.in = WEB_INPUTS(SURVEY_IN, CASE_IN, KEY_IN, BEGUN_IN, STEP_IN, MOVE_IN) },
	{ WEB_GET, "/khao-sat/{survey}/cam-on", page_thanks, "public", .view = "survey_thanks", .section = "khao-sat", .doc = { "Cảm ơn", "Thanks" },
		.in = WEB_INPUTS(SURVEY_IN, PLACE_IN, KIOSK_IN, QR_IN,
			{ "du", IN_BOOL, .doc = { "nhóm của người trả lời đã đủ phiếu", "the cell of the respondent was full" } },
			{ "mot", IN_BOOL, .doc = { "phiếu của một mã mời", "a form by invitation" } }) },
	{ WEB_GET, "/bo-cau-hoi/{phieu}/thu", page_trial, "survey.edit", .view = "survey", .section = "khao-sat",
		.doc = { "Xem và thử phiếu; không ghi gì", "Shows and tries a form; nothing is stored" },
		.in = WEB_INPUTS(FORM_IN, VERSION_IN) },
	{ WEB_POST, "/bo-cau-hoi/{phieu}/thu", page_trial_step, "survey.edit", .view = "survey", .section = "khao-sat",
		.flags = WEB_NO_CSRF, .doc = { "Gửi một bước của phiếu đang thử", "Sends a step of a form on trial" },
		.in = WEB_INPUTS(FORM_IN, VERSION_IN, KEY_IN, BEGUN_IN, STEP_IN, MOVE_IN) },
	{ WEB_GET, "/phieu/{token}", page_by_token, "public", .view = "survey", .section = "khao-sat", .flags = WEB_SECRET_PATH,
		.doc = { "Phiếu của một mã mời", "Form of an invitation" },
		.in = WEB_INPUTS({ "token", IN_TEXT, .max = 200, .doc = { "mã mời", "invitation" } }, QR_IN) },
	{ 0 },
};
