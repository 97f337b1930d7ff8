/* Which answers of a survey deserve a second look, for who runs it. */
#include "web/quality.h"
#include <math.h>
#include "app/quality.h"
#include "app/survey_callback.h"
#include "app/survey_rates.h"
#include "app/survey_stray.h"
#include "base/vn.h"
#include "web/fault.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

enum { SHOW_FROM = 5 }; /* people: below, no figure of a place */

static opt_real maybe(double x)
{
	return isnan(x) ? (opt_real){ 0 } : some_real(x);
}

static void fill_speed(struct web_cx *w, const struct quality *q, struct view_quality *v)
{
	v->share = (int64_t)lround(q->fast_share * 100);
	v->modes = NEW_ARRAY(w->mem, struct view_quality_mode, q->modes.n + 1);
	for (; v->n_modes < q->modes.n; v->n_modes++) {
		const struct quality_mode *m = &q->modes.p[v->n_modes];
		v->modes[v->n_modes] = (struct view_quality_mode){ m->mode, say(w, arena_printf(w->mem, "field.mode.%.*s", STR_ARG(m->mode)).p), m->answers,
			m->timed, isnan(m->median) ? (opt_int){ 0 } : some_int((int64_t)m->median), m->fast };
	}
}

static void fill_interviewers(struct web_cx *w, const struct quality *q, struct view_quality *v)
{
	v->interviewers = NEW_ARRAY(w->mem, struct view_quality_asker, q->interviewers.n + 1);
	for (; v->n_interviewers < q->interviewers.n; v->n_interviewers++) {
		const struct quality_group *p = &q->interviewers.p[v->n_interviewers];
		v->interviewers[v->n_interviewers] = (struct view_quality_asker){ p->code, p->name, p->answers, p->flagged, p->fast,
			p->answers < SHOW_FROM ? (opt_real){ 0 } : maybe(p->index) };
	}
	if (q->icc_interviewers.groups > 1) {
		v->icc_interviewers = maybe(q->icc_interviewers.icc);
		v->icc_interviewers_low = maybe(q->icc_interviewers.low);
		v->icc_interviewers_high = maybe(q->icc_interviewers.high);
	}
}

static void fill_strays(struct web_cx *w, const struct survey_stray_list *list, struct view_quality *v)
{
	v->may_settle = actor_can(w->actor, STR("survey"), STR("manage"));
	v->may_call = actor_can(w->actor, STR("survey"), STR("sample"));
	v->strays = NEW_ARRAY(w->mem, struct view_quality_stray, list->n + 1);
	for (; v->n_strays < list->n; v->n_strays++) {
		const struct survey_stray *x = &list->p[v->n_strays];
		v->strays[v->n_strays] = (struct view_quality_stray){ (uint64_t)x->id, x->case_code,
			(enum view_quality_why)(x->reason - STRAY_NONE), x->interviewer, x->received_at };
	}
}

static void fill_rates(struct web_cx *w, const struct survey_rates *r, struct view_quality *v)
{
	v->cases = r->cases;
	v->e = maybe(r->e);
	v->outcomes = NEW_ARRAY(w->mem, struct view_quality_outcome, CASE_OUTCOMES);
	v->rates = NEW_ARRAY(w->mem, struct view_quality_rating, FIELD_RATES);
	for (int o = 0; o < CASE_OUTCOMES; o++) {
		str word = str_of(case_outcome_word((enum case_outcome)o));
		if (r->n[o])
			v->outcomes[v->n_outcomes++] = (struct view_quality_outcome){ word,
				say(w, arena_printf(w->mem, "interview.outcome.%.*s", STR_ARG(word)).p), str_of(case_dispositions[o].code),
				str_of(outcome_words[case_dispositions[o].counts]), r->n[o] };
	}
	for (int k = 0; k < FIELD_RATES && r->cases; k++)
		v->rates[v->n_rates++] = (struct view_quality_rating){ str_of(field_rate_names[k]), maybe(r->rate[k]),
			say(w, arena_printf(w->mem, "quality.rate.%.*s", STR_ARG(vn_lower(w->mem, str_of(field_rate_names[k])))).p) };
}

/* Below SHOW_FROM pairs a figure would tell what somebody said. */
static void fill_again(struct web_cx *w, const struct survey_info *s, const struct callback_result *r, struct view_quality *v)
{
	v->waiting = r->waiting;
	v->again = NEW_ARRAY(w->mem, struct view_quality_again, r->items.n + 1);
	for (; v->n_again < r->items.n; v->n_again++) {
		const struct callback_item *x = &r->items.p[v->n_again];
		const struct question *q = &s->q->items.p[x->item];
		bool few = x->a.n < SHOW_FROM;
		v->again[v->n_again] = (struct view_quality_again){ q->code, say_either(w, q->text[LANG_VI], q->text[LANG_EN]), (int64_t)x->a.n,
			few ? (opt_real){ 0 } : maybe(x->a.agree), few ? (opt_real){ 0 } : maybe(x->a.kappa) };
	}
}

static void reply(struct web_cx *w, const struct survey_info *s, const struct quality *q, const struct survey_place_list *places,
	const struct survey_rates *rates, const struct survey_stray_list *strays, const struct callback_result *again)
{
	struct view_quality v = { .code = s->code, .name = say_either(w, s->name[LANG_VI], s->name[LANG_EN]), .illustrative = s->illustrative,
		.answers = (int64_t)q->n, .flagged = q->flagged, .groups = q->icc.groups };
	v.flags = NEW_ARRAY(w->mem, struct view_quality_flag, QUALITY_FLAGS);
	for (int k = 0; k < QUALITY_FLAGS; k++)
		v.flags[v.n_flags++] = (struct view_quality_flag){ .what = (enum view_quality_what)k, .answers = q->count[k],
			.share = { q->count[k], (int64_t)q->n } };
	if (q->icc.groups > 1) {
		v.icc = maybe(q->icc.icc);
		v.icc_low = maybe(q->icc.low);
		v.icc_high = maybe(q->icc.high);
	}
	v.places = NEW_ARRAY(w->mem, struct view_quality_row, q->places.n + 1);
	for (size_t i = 0; i < q->places.n; i++) {
		const struct quality_group *p = &q->places.p[i];
		v.places[v.n_places++] = (struct view_quality_row){ .code = p->code,
			.name = p->code.len ? desk_place(w, places, p->code) : say(w, "quality.no_place"),
			.answers = p->answers,
			.flagged = p->flagged,
			.index = p->answers < SHOW_FROM ? (opt_real){ 0 } : maybe(p->index) };
	}
	fill_speed(w, q, &v);
	fill_interviewers(w, q, &v);
	fill_rates(w, rates, &v);
	fill_strays(w, strays, &v);
	fill_again(w, s, again, &v);
	v.done = w->method == WEB_GET && web_bool(w, "xong");
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_quality(w, &v);
}

static void show(struct web_cx *w, const struct survey_info *s)
{
	struct quality q;
	struct survey_place_list places;
	struct survey_rates rates;
	struct survey_stray_list strays;
	struct callback_result again;
	enum err e = quality_of(w->cx, w->app, s, w->method == WEB_GET ? (double)web_int(w, "nhanh") / 100 : 0, &q);
	if (!e)
		e = survey_places(w->cx, w->app, s, &places);
	if (!e)
		e = survey_rates_of(w->cx, w->app, s, (double)NAN, &rates);
	if (!e)
		e = survey_strays(w->cx, w->app, w->actor, s, &strays);
	if (!e)
		e = survey_callback_result(w->cx, w->app, s, &again);
	if (e)
		web_fail(w, e);
	else
		reply(w, s, &q, &places, &rates, &strays, &again);
}

static void page_quality(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show(w, &s);
}

static void page_settle(struct web_cx *w)
{
	struct survey_info s;
	if (!desk_open(w, &s))
		return;
	enum err e = survey_stray_settle(w->cx, w->app, w->actor, &s, (int64_t)web_id(w, "so"), web_text(w, "ma-phieu"));
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/chat-luong?xong=1", STR_ARG(s.code)));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show(w, &s);
	else
		web_fail(w, e);
}

const struct web_route routes_quality[] = {
	{ WEB_GET, "/khao-sat/{survey}/chat-luong", page_quality, "survey.check", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "quality", .section = "khao-sat", .doc = { "Chất lượng phiếu của một khảo sát", "Quality of the answers to a survey" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "nhanh", IN_INT, .min = 1, .max = 99,
				.doc = { "nhanh bất thường: dưới bao nhiêu phần trăm trung vị; bỏ trống: một phần ba",
					"too fast: below so many percent of the median; without: a third" } },
			{ "xong", IN_BOOL, .doc = { "vừa ghép một phiếu", "an interview was just settled" } }) },
	{ WEB_POST, "/khao-sat/{survey}/chat-luong/ghep", page_settle, "survey.manage", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "quality",
		.section = "khao-sat", .doc = { "Ghép một phỏng vấn vào phiếu trong mẫu", "Says of which case an interview is" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "so", IN_ID, .required = true, .doc = { "số của phỏng vấn", "number of the interview" } },
			{ "ma-phieu", IN_TEXT, .required = true, .max = 120, .doc = { "mã phiếu trong mẫu", "code of the case" } }) },
	{ 0 },
};
