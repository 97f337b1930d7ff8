#include "web/survey_public.h"
#include <math.h>
#include "app/survey_public.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_result.h"
#include "web_views.h"

static opt_real real(double x) { return isfinite(x) ? some_real(x) : (opt_real){ 0 }; }

static str counts_of(struct web_cx *w, const struct survey_frozen *f, const struct survey_frozen_row *x)
{
	struct survey_line l = { .row = SURVEY_INDEX, .stat = f->stat, .agg = f->agg,
		.f = { .state = isfinite(x->v) ? SURVEY_FIGURE : SURVEY_NO_ANSWER, .answers = x->answers, .hits = x->hits } };
	return survey_counts_text(w, &l);
}

static void fill_rows(struct web_cx *w, const struct survey_frozen *f, struct view_survey_public *v)
{
	bool share = f->stat == SURVEY_SATISFIED || f->stat == SURVEY_SHARE;
	v->people = f->people;
	v->rows = NEW_ARRAY(w->mem, struct view_survey_public_figure, f->rows.n + 1);
	for (size_t i = 0; i < f->rows.n; i++) {
		const struct survey_frozen_row *x = &f->rows.p[i];
		struct view_survey_public_figure *r = &v->rows[v->n_rows++];
		*r = (struct view_survey_public_figure){ .code = x->code, .name = say_either(w, x->name[LANG_VI], x->name[LANG_EN]), .people = x->people,
			.hidden = x->hidden, .estimate = real(x->v), .low = real(x->low), .high = real(x->high), .shown = survey_number(w, x->v, share),
			.n = x->n, .answers = x->answers, .hits = x->hits, .enough = x->enough, .questionnaire = v->questionnaire, .version = v->version,
			.rollup = v->rollup };
		r->counts = counts_of(w, f, x);
		r->place = x->rank ? say_int(w, x->rank) : i ? say(w, "survey_result.not_enough") : STR("–");
		if (i == 0)
			r->name = say(w, "survey_result.everybody");
		if (x->rank)
			r->rank = some_int(x->rank);
		r->interval = isfinite(x->low)
			? arena_printf(w->mem, "%.*s–%.*s", STR_ARG(survey_number(w, x->low, share)), STR_ARG(survey_number(w, x->high, share)))
			: STR("–");
	}
}

/* By what it was made, and that this is not the official way. */
static void fill_method(struct web_cx *w, const struct survey_frozen *f, struct view_survey_public *v)
{
	if (!f->rows.n)
		return;
	v->questionnaire = f->questionnaire;
	v->version = f->version;
	v->rollup = str_of(survey_rollup_word(f->rollup));
	v->agg = str_of(survey_agg_word(f->agg));
	v->basis = (enum view_survey_result_basis)f->basis;
	v->ranks = f->by.len && (f->basis == SURVEY_WEIGHTED || f->basis == SURVEY_EVERYBODY);
	str agg = say(w, arena_printf(w->mem, "survey_result.agg.%.*s", STR_ARG(v->agg)).p);
	if (!f->rollup.choose)
		agg = SAY(w, "survey_public.own_rollup", agg);
	v->how = SAY(w, "survey_public.how", f->questionnaire, say_int(w, f->version), agg);
}

static void fill_events(struct web_cx *w, const struct survey_publications *list, struct view_survey_public *v)
{
	v->events = NEW_ARRAY(w->mem, struct view_survey_public_event, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		const struct survey_publication *x = &list->p[i];
		v->events[v->n_events++] = (struct view_survey_public_event){ .verb = (enum view_survey_public_verb)x->verb, .revision = x->revision,
			.live = x->live, .note = x->note, .at = x->at,
			.link = x->verb == SURVEY_PUBLISH ? arena_printf(w->mem, "?lan=%d", x->revision) : STR("") };
	}
}

/* ERR_NOTFOUND without a fault: nobody has answered. */
static enum err preview(struct web_cx *w, const struct survey_info *s, struct survey_rollup roll, struct survey_frozen *f)
{
	size_t faults = w->cx->n_faults, errors = w->cx->n_errors;
	enum err e = survey_public_preview(w->cx, w->app, w->actor, s, roll, f);
	if (e != ERR_CONFLICT)
		return e;
	w->cx->n_faults = faults;
	w->cx->n_errors = errors;
	return ERR_NOTFOUND;
}

/* The publication that is asked for, else the last one; its place in the list of acts, 0: none. */
static int64_t find_revision(const struct survey_publications *list, int64_t wanted, struct view_survey_public *v)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct survey_publication *x = &list->p[i];
		if (x->verb != SURVEY_PUBLISH || (wanted && x->revision != wanted))
			continue;
		v->revision = x->revision;
		v->at = some_time(x->at);
		v->live = x->live;
		return x->seq;
	}
	return 0;
}

static void fill_acts(struct web_cx *w, const struct survey_info *s, struct view_survey_public *v)
{
	v->may = actor_can(w->actor, STR("survey"), STR("publish"));
	v->can_publish = v->may && survey_public_can(s, SURVEY_PUBLISH, false);
	v->can_live = v->may && survey_public_can(s, SURVEY_PUBLISH, true);
	v->can_correct = v->may && survey_public_can(s, SURVEY_CORRECT, false);
	v->can_withdraw = v->may && survey_public_can(s, SURVEY_WITHDRAW, false);
	v->can_act = v->can_publish || v->can_live || v->can_correct || v->can_withdraw;
	v->still_open = v->may && !survey_is_public(s) && s->gate != SURVEY_OVER && s->gate != SURVEY_DRAFT;
	v->is_draft = v->may && s->gate == SURVEY_DRAFT;
}

/* For who publishes what would be published next, else what was; an earlier publication is looked at by its number. */
static enum err figures(struct web_cx *w, const struct survey_info *s, int64_t seq, bool next, struct view_survey_public *v, struct survey_frozen *f)
{
	struct survey_rollup roll;
	if (next && !survey_roll_read(w, &roll) && w->method == WEB_GET)
		return ERR_INPUT;
	if (next)
		v->rolls = survey_rolls(w, s->q, roll, &v->n_rolls);
	enum err e = next ? preview(w, s, roll, f) : ERR_NOTFOUND;
	v->preview = !e;
	if (e != ERR_NOTFOUND)
		return e;
	return seq && s->is_public != SURVEY_WITHDRAWN ? survey_frozen_get(w->cx, w->app, s, seq, f) : ERR_OK;
}

static void show(struct web_cx *w, const struct survey_info *s)
{
	struct survey_publications list;
	struct survey_frozen f = { 0 };
	struct view_survey_public v = { .code = s->code, .name = say_either(w, s->name[LANG_VI], s->name[LANG_EN]), .period = s->period,
		.is_public = (enum view_survey_result_public)s->is_public, .illustrative = s->illustrative };
	int64_t wanted = w->method == WEB_GET ? web_int(w, "lan") : 0, seq = 0;
	enum err e = survey_publications(w->cx, w->app, s, &list);
	if (!e && !(seq = find_revision(&list, wanted, &v)) && wanted)
		e = ERR_NOTFOUND;
	fill_acts(w, s, &v);
	if (!e)
		e = figures(w, s, seq, !wanted && (v.can_publish || v.can_live), &v, &f);
	if (e) {
		web_fail(w, e);
		return;
	}
	fill_method(w, &f, &v);
	fill_rows(w, &f, &v);
	fill_events(w, &list, &v);
	if (w->method == WEB_POST)
		v.note = web_text(w, "ly-do");
	if (survey_result_shown(w, s))
		v.result_url = arena_printf(w->mem, "/khao-sat/%.*s/ket-qua", STR_ARG(s->code));
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	reply_survey_public(w, &v);
}

static bool open_survey(struct web_cx *w, struct survey_info *s)
{
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), s);
	if (!e && s->is_public == SURVEY_UNPUBLISHED && !survey_result_shown(w, s))
		e = cx_fail(w->cx, ERR_DENIED, "survey_result.not_public", (place){ 0 }, (str){ 0 });
	if (e)
		web_fail(w, e);
	return !e;
}

static void page_public(struct web_cx *w)
{
	struct survey_info s;
	if (open_survey(w, &s))
		show(w, &s);
}

static void page_public_do(struct web_cx *w)
{
	struct survey_info s;
	struct survey_rollup roll;
	str note = web_text(w, "ly-do");
	if (!open_survey(w, &s))
		return;
	if (!survey_roll_read(w, &roll)) {
		web_fail(w, ERR_INPUT);
		return;
	}
	enum err e;
	switch (web_enum(w, "viec")) {
	case 0: e = survey_publish(w->cx, w->app, w->actor, &s, false, roll, note); break;
	case 1: e = survey_publish(w->cx, w->app, w->actor, &s, true, roll, note); break;
	case 2: e = survey_correct(w->cx, w->app, w->actor, &s, note); break;
	default: e = survey_withdraw(w->cx, w->app, w->actor, &s, note);
	}
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/cong-bo", STR_ARG(s.code)));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show(w, &s);
	else
		web_fail(w, e);
}

#define SURVEY_IN { "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } }

const struct web_route routes_survey_public[] = {
	{ WEB_GET, "/khao-sat/{survey}/cong-bo", page_public, "public", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "survey_public",
		.section = "khao-sat", .doc = { "Kết quả đã công bố của một khảo sát, từng lần", "Published results of a survey, revision by revision" },
		.in = WEB_INPUTS(SURVEY_IN, SURVEY_ROLL_IN,
			{ "lan", IN_INT, .min = 1, .max = 1000000, .doc = { "lần công bố; không ghi: lần cuối", "revision; not given: the last" } }) },
	{ WEB_POST, "/khao-sat/{survey}/cong-bo", page_public_do, "survey.publish", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "survey_public",
		.doc = { "Công bố, mở đính chính, rút kết quả khảo sát", "Publishes, corrects, withdraws the results of a survey" },
		.in = WEB_INPUTS(SURVEY_IN, SURVEY_ROLL_IN,
			{ "viec", IN_ENUM, .required = true, .values = "cong-bo cap-nhat dinh-chinh rut",
				.doc = { "việc: công bố, công bố và cập nhật theo phiếu, mở đính chính, rút",
					"act: publish, publish live, correct, withdraw" } },
			{ "ly-do", IN_TEXT, .max = SURVEY_NOTE_MOST, .doc = { "lý do hoặc ghi chú", "reason or remark" } }) },
	{ 0 },
};
