#include "web/survey_form.h"
#include <sodium.h>
#include "app/response.h"
#include "base/vn.h"
#include "web/form.h"
#include "web/say.h"
#include "web/survey_time.h"
#include "web/svg.h"
#include "web_views.h"

enum { KIOSK_CLOSED_SECONDS = 300, SECONDS_A_QUESTION = 9, FACES = 5, MATRIX_COLUMNS = 7 /* side by side; more are always stacked */ };

/* Items [from, to) of the questionnaire, shown together. */
struct step {
	int32_t from, to;
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

int form_number_of(const questionnaire *q, int32_t item)
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
		.number = form_number_of(q, item),
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

void form_head(struct sitting *t, struct view_survey *v)
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
	str self = t->use->head(t, v);
	v->again = t->kiosk ? self : STR("");
	v->lang_link = w->lang == LANG_EN ? self : arena_printf(w->mem, "/en%.*s", STR_ARG(self));
}

void form_go_back(struct web_cx *w, int seconds, str path)
{
	web_header(w, "Refresh", arena_printf(w->mem, "%d; url=%.*s", seconds, STR_ARG(web_path(w, w->lang, path))));
}

void form_closed(struct sitting *t, str why)
{
	struct view_survey v = { .closed = why };
	form_head(t, &v);
	if (t->kiosk)
		form_go_back(t->w, KIOSK_CLOSED_SECONDS, v.again);
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
	form_head(t, &v);
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
	for (size_t i = 0; i < v.n_items && !t->use->interviewer; i++)
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
		return t->token.len || t->use->interviewer || t->w->method == WEB_POST
			? STR("")
			: say(t->w, t->s.gate == SURVEY_FULL ? "survey.full" : "survey.full_today");
	default: return say(t->w, "survey.closed");
	}
}

void form_begin(struct sitting *t)
{
	t->given = NEW_ARRAY(t->w->mem, struct given, t->s.q->items.n);
	t->answers = NEW_ARRAY(t->w->mem, struct answer, t->s.q->items.n);
	make_steps(t);
}

bool form_open(struct sitting *t, enum err e)
{
	if (!e && t->where.len)
		e = survey_place_get(t->w->cx, t->w->app, &t->s, t->where, &t->at);
	if (e) {
		web_fail(t->w, e);
		return false;
	}
	str why = closed_text(t);
	if (why.len) {
		form_closed(t, why);
		return false;
	}
	form_begin(t);
	return true;
}

void form_first(struct sitting *t)
{
	make_key(t);
	t->begun = survey_stamp(t->w, t->key);
	check(t, (struct step){ 0, 0 });
	forget_faults(t);
	reply_step(t, seek(t, -1, 1), false);
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

static bool last_fault_is(const struct sitting *t, const char *key)
{
	const cx *c = t->w->cx;
	return c->n_faults && !strcmp(c->faults[c->n_faults - 1].key, key);
}

static struct submission submission_of(const struct sitting *t)
{
	struct submission in = { .token = t->token, .where = t->where, .key = t->key, .lang = t->w->lang, .given = t->given };
	in.seconds = survey_took(t->w, t->begun, t->key);
	t->use->submission(t, &in);
	return in;
}

static enum err store(struct sitting *t)
{
	bool again;
	if (!t->use->submission)
		return check(t, (struct step){ 0, (int32_t)t->s.q->items.n });
	struct submission in = submission_of(t);
	return response_submit(t->w->cx, t->w->app, &t->s, &in, &again);
}

/* Whether what was said so far leads into a cell that is full. */
static enum err screen(struct sitting *t, bool *enough)
{
	*enough = false;
	if (!t->use->submission)
		return ERR_OK;
	struct submission in = submission_of(t);
	return response_screen(t->w->cx, t->w->app, &t->s, &in, enough);
}

/* What the survey does not take is said on a page of the survey: people have no use for the menus of the site, and a screen at a desk shall not
 * lead out of its form. */
static void reply_refused(struct sitting *t, enum err e)
{
	const cx *c = t->w->cx;
	if (t->w->face != FACE_HTML || t->use->interviewer || !c->n_faults || (e != ERR_DENIED && e != ERR_CONFLICT)) {
		web_fail(t->w, e);
		return;
	}
	bool used = last_fault_is(t, "response.token_used");
	t->w->status = e == ERR_DENIED ? 403 : 409;
	form_closed(t, used ? say(t->w, "survey.used") : web_fault_text(t->w, &c->faults[c->n_faults - 1]));
}

/* The whole form is there. A fault in another step leads to that step. */
static void finish(struct sitting *t)
{
	enum err e = store(t);
	if (!e || last_fault_is(t, "response.quota_full")) {
		forget_faults(t);
		t->use->done(t, e != ERR_OK);
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
	bool enough;
	e = screen(t, &enough);
	if (e)
		reply_refused(t, e);
	else if (enough)
		t->use->done(t, true);
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

void form_take(struct sitting *t)
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
