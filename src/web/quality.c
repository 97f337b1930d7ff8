/* Which answers of a survey deserve a second look, for who runs it. */
#include "web/quality.h"
#include <math.h>
#include "app/quality.h"
#include "app/survey_callback.h"
#include "app/survey_rates.h"
#include "app/survey_stray.h"
#include "base/vn.h"
#include "web/answer_words.h"
#include "web/fault.h"
#include "web/pager.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

enum { FIRST_ITEMS = 3 /* of an interview without a case, to know it by */, SHOW_FROM = 5 }; /* people: below, no figure of a place */

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

/* What the first items got: enough to tell one interview from another. */
static str first_items(struct web_cx *w, const questionnaire *q, const struct given *given)
{
	buf b;
	int shown = 0;
	buf_init(&b, 0);
	for (int32_t i = 0; i < (int32_t)q->items.n && shown < FIRST_ITEMS; i++) {
		const struct question *x = &q->items.p[i];
		if (!question_is_asked(x) || !given[i].n)
			continue;
		str text = say_either(w, x->text[LANG_VI], x->text[LANG_EN]), words = answer_words(w, q, i, &given[i]);
		bool asks = text.len && text.p[text.len - 1] == '?';
		buf_printf(&b, "%s%.*s%s %.*s", shown++ ? "; " : "", STR_ARG(text), asks ? "" : ":", STR_ARG(words));
	}
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void fill_strays(struct web_cx *w, const struct survey_info *s, const struct survey_place_list *places, const struct survey_stray_list *list,
	const char *typed, struct view_quality *v)
{
	v->stray = typed ? web_id(w, "so") : 0;
	v->may_settle = actor_can(w->actor, STR("survey"), STR("manage"));
	v->may_call = actor_can(w->actor, STR("survey"), STR("sample"));
	v->strays = NEW_ARRAY(w->mem, struct view_quality_stray, list->n + 1);
	for (; v->n_strays < list->n; v->n_strays++) {
		const struct survey_stray *x = &list->p[v->n_strays];
		struct view_quality_stray *to = &v->strays[v->n_strays];
		*to = (struct view_quality_stray){ .id = (uint64_t)x->id, .said = x->case_code, .why = (enum view_quality_why)(x->reason - STRAY_NONE),
			.interviewer = x->interviewer, .place = x->place.len ? desk_place(w, places, x->place) : STR(""), .received = x->received_at,
			.began = x->started_at ? some_time(x->started_at) : (opt_time){ 0 }, .first = first_items(w, s->q, x->given) };
		if (typed && to->id == v->stray) {
			to->dismissing = strcmp(typed, "ly-do") == 0;
			*(to->dismissing ? &to->reason_typed : &to->code_typed) = web_text(w, typed);
		} else if (x->reason == STRAY_UNKNOWN) {
			to->code_typed = x->case_code;
		}
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
	const struct survey_rates *rates, const struct survey_stray_list *strays, const struct callback_result *again, const char *typed)
{
	struct view_quality v = { .code = s->code, .name = say_either(w, s->name[LANG_VI], s->name[LANG_EN]), .illustrative = s->illustrative,
		.answers = (int64_t)q->n, .flagged = q->flagged, .groups = q->icc.groups };
	v.flags = NEW_ARRAY(w->mem, struct view_quality_flag, QUALITY_FLAGS);
	for (int k = 0; k < QUALITY_FLAGS; k++)
		v.flags[v.n_flags++] = (struct view_quality_flag){ .what = (enum view_quality_what)k, .word = str_of(quality_words[k]), .answers = q->count[k],
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
	fill_strays(w, s, places, strays, typed, &v);
	fill_again(w, s, again, &v);
	if (w->method == WEB_GET && web_has(w, "xong"))
		v.done = (enum view_quality_done)(web_enum(w, "xong") + 1);
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_quality(w, &v);
}

/* typed: the field of the form that was sent and had a fault; NULL: none. */
static void show(struct web_cx *w, const struct survey_info *s, const char *typed)
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
		reply(w, s, &q, &places, &rates, &strays, &again, typed);
}

static void page_quality(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show(w, &s, NULL);
}

static void after(struct web_cx *w, const struct survey_info *s, enum err e, const char *typed, const char *done)
{
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/chat-luong?xong=%s", STR_ARG(s->code), done));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show(w, s, typed);
	else
		web_fail(w, e);
}

static void page_settle(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s,
			w->cx->n_errors ? ERR_INPUT
					: survey_stray_settle(w->cx, w->app, w->actor, &s, (int64_t)web_id(w, "so"), web_text(w, "ma-phieu")),
			"ma-phieu", "ghep");
}

static void page_dismiss(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s,
			w->cx->n_errors
				? ERR_INPUT
				: survey_stray_dismiss(w->cx, w->app, w->actor, &s, (int64_t)web_id(w, "so"), web_text(w, "ly-do")),
			"ly-do", "bo");
}

/* ---- single answers ---- */

static const char flags_in[] = "duplicate straight missing out_of_frame inconsistent fast";

static void fill_answer(struct web_cx *w, const struct survey_info *s, const struct survey_place_list *places, const struct quality_answer *x,
	struct view_flagged_answer *to)
{
	const questionnaire *q = s->q;
	buf flags, line;
	buf_init(&flags, 0);
	buf_init(&line, 0);
	to->marks = NEW_ARRAY(w->mem, struct view_flagged_mark, QUALITY_FLAGS);
	for (int k = 0; k < QUALITY_FLAGS; k++)
		if (x->flags >> k & 1) {
			buf_printf(&flags, "%s%s", flags.len ? " " : "", quality_words[k]);
			to->marks[to->n_marks++].what = (enum view_quality_what)k;
		}
	to->items = NEW_ARRAY(w->mem, struct view_flagged_item, q->items.n + 1);
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *item = &q->items.p[i];
		if (!question_is_asked(item) || !x->given[i].n)
			continue;
		str codes = answer_codes(w, q, i, &x->given[i]);
		buf_printf(&line, "%s%.*s=%.*s", line.len ? "; " : "", STR_ARG(item->code), STR_ARG(codes));
		to->items[to->n_items++] = (struct view_flagged_item){ item->code, say_either(w, item->text[LANG_VI], item->text[LANG_EN]),
			answer_words(w, q, i, &x->given[i]) };
	}
	to->flags = arena_str(w->mem, buf_str(&flags));
	to->answers = arena_str(w->mem, buf_str(&line));
	to->mode = str_of(x->mode.len ? arena_cstr(w->mem, x->mode) : "");
	to->mode_name = x->mode.len ? say(w, arena_printf(w->mem, "field.mode.%.*s", STR_ARG(x->mode)).p) : STR("");
	to->place = x->place;
	to->place_name = x->place.len ? desk_place(w, places, x->place) : STR("");
	buf_free(&flags);
	buf_free(&line);
}

static void page_flagged(struct web_cx *w)
{
	struct survey_info s;
	struct survey_place_list places;
	struct quality_list list;
	if (!desk_open(w, &s))
		return;
	int flag = web_has(w, "dau") ? web_enum(w, "dau") : QUALITY_ANY;
	const struct quality_ask ask = { .fast_share = (double)web_int(w, "nhanh") / 100, .flag = flag, .from = (size_t)pager_skip(w),
		.most = (size_t)pager_limit(w) };
	enum err e = quality_flagged(w->cx, w->app, w->actor, &s, &ask, &list);
	if (!e)
		e = survey_places(w->cx, w->app, &s, &places);
	if (!e)
		e = pager_total(w, (int64_t)list.found);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_flagged v = { .code = s.code,
		.name = desk_name(w, &s),
		.illustrative = s.illustrative,
		.found = (int64_t)list.found,
		.total = (int64_t)list.answers,
		.share = web_int(w, "nhanh"),
		.title = SAY(w, "quality.flagged_h1", say_int(w, (int64_t)list.found), say_int(w, (int64_t)list.answers)) };
	v.choices = NEW_ARRAY(w->mem, struct view_flagged_choice, QUALITY_FLAGS);
	for (int k = 0; k < QUALITY_FLAGS; k++)
		v.choices[v.n_choices++] = (struct view_flagged_choice){ str_of(quality_words[k]),
			say(w, arena_printf(w->mem, "quality.flag.%s", quality_words[k]).p), k == flag };
	v.rows = NEW_ARRAY(w->mem, struct view_flagged_answer, list.n + 1);
	for (; v.n_rows < list.n; v.n_rows++) {
		fill_answer(w, &s, &places, &list.p[v.n_rows], &v.rows[v.n_rows]);
		v.rows[v.n_rows].no = (int64_t)(ask.from + v.n_rows + 1);
	}
	web_cache(w, -1);
	reply_flagged(w, &v);
}

const struct web_route routes_quality[] = {
	{ WEB_GET, "/khao-sat/{survey}/chat-luong", page_quality, "survey.check", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "quality", .section = "khao-sat", .doc = { "Chất lượng phiếu của một khảo sát", "Quality of the answers to a survey" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "nhanh", IN_INT, .min = 1, .max = 99,
				.doc = { "nhanh bất thường: dưới bao nhiêu phần trăm trung vị; bỏ trống: một phần ba",
					"too fast: below so many percent of the median; without: a third" } },
			{ "xong", IN_ENUM, .values = "ghep bo", .doc = { "việc vừa làm", "what was just done" } }) },
	{ WEB_POST, "/khao-sat/{survey}/chat-luong/ghep", page_settle, "survey.manage", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_FORM_ERRORS,
		.view = "quality", .section = "khao-sat", .doc = { "Ghép một phỏng vấn vào phiếu trong mẫu", "Says of which case an interview is" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "so", IN_ID, .required = true, .doc = { "số của phỏng vấn", "number of the interview" } },
			{ "ma-phieu", IN_TEXT, .required = true, .max = 120, .doc = { "mã phiếu trong mẫu", "code of the case" } }) },
	{ WEB_POST, "/khao-sat/{survey}/chat-luong/bo", page_dismiss, "survey.manage", .lane = LANE_SLOW, .faces = FACE_HTML,
		.flags = WEB_FORM_ERRORS, .view = "quality", .section = "khao-sat",
		.doc = { "Bỏ một phỏng vấn không của ai, kèm lý do; câu trả lời bị xóa",
			"Dismisses an interview that is nobody's, with a reason; its answers are erased" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "so", IN_ID, .required = true, .doc = { "số của phỏng vấn", "number of the interview" } },
			{ "ly-do", IN_TEXT, .required = true, .max = STRAY_REASON_MAX, .doc = { "lý do bỏ", "reason" } }) },
	{ WEB_GET, "/khao-sat/{survey}/chat-luong/phieu", page_flagged, "survey.check", .lane = LANE_SLOW,
		.faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "flagged", .rows = PAGER_ROWS, .section = "khao-sat",
		.doc = { "Những phiếu có dấu hiệu: dấu hiệu và nội dung, không giờ, không người", "Flagged answers: flags and content, no time, no person" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "dau", IN_ENUM, .values = flags_in, .doc = { "chỉ dấu hiệu này; bỏ trống: mọi dấu hiệu", "this flag alone; without: any" } },
			{ "nhanh", IN_INT, .min = 1, .max = 99,
				.doc = { "nhanh bất thường: dưới bao nhiêu phần trăm trung vị; bỏ trống: một phần ba",
					"too fast: below so many percent of the median; without: a third" } }) },
	{ 0 },
};
