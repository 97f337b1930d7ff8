#include "web/survey_measures.h"
#include <math.h>
#include "app/actor.h"
#include "app/survey_measures.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

static opt_real real(double x) { return isfinite(x) ? some_real(x) : (opt_real){ 0 }; }

/* What can be a measure: the index, factors, items that have one figure. */
static void fill_whats(struct web_cx *w, const struct survey_info *s, struct view_survey_measures *v)
{
	const questionnaire *q = s->q;
	v->whats = NEW_ARRAY(w->mem, struct view_survey_measures_choice, q->factors.n + q->items.n + 1);
	v->whats[v->n_whats++] = (struct view_survey_measures_choice){ STR(""), say(w, "survey_result.whole"), !v->what.len };
	for (size_t i = 0; i < q->factors.n; i++)
		v->whats[v->n_whats++] = (struct view_survey_measures_choice){ q->factors.p[i].code,
			say_either(w, q->factors.p[i].text[LANG_VI], q->factors.p[i].text[LANG_EN]), str_eq(q->factors.p[i].code, v->what) };
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (survey_measure_can(q, i))
			v->whats[v->n_whats++] = (struct view_survey_measures_choice){ x->code,
				arena_printf(w->mem, "%.*s %.*s", STR_ARG(x->code), STR_ARG(say_either(w, x->text[LANG_VI], x->text[LANG_EN]))),
				str_eq(x->code, v->what) };
	}
}

static void fill_rows(struct web_cx *w, const struct survey_measure_list *l, struct view_survey_measures *v)
{
	v->measure = l->measure;
	v->period_of = l->period;
	v->as_of = l->as_of;
	v->rows = NEW_ARRAY(w->mem, struct view_survey_measures_row, l->rows.n + 1);
	for (size_t i = 0; i < l->rows.n; i++) {
		const struct survey_measure *x = &l->rows.p[i];
		struct view_survey_measures_row *to = &v->rows[v->n_rows++];
		*to = (struct view_survey_measures_row){ .level = x->level, .unit = x->name, .numerator = x->numerator, .denominator = x->denominator,
			.value = x->value, .enough = x->enough, .reason = x->reason, .source = x->source };
		to->shown = x->numerator.len ? arena_printf(w->mem, "%.*s/%.*s", STR_ARG(x->numerator), STR_ARG(x->denominator)) : x->value;
		if (x->f.state != SURVEY_FIGURE)
			continue;
		to->people = some_int(x->f.n);
		to->se = real(x->f.se);
		to->n_eff = real(x->f.n_eff);
		to->cv = real(x->f.cv);
		v->enough += x->enough;
	}
}

static struct survey_measure_ask ask_of(struct web_cx *w, bool preview)
{
	struct survey_measure_ask ask = { .measure = str_trim(web_text(w, "so-lieu")), .what = web_text(w, "noi-dung"), .period = str_trim(web_text(w, "ky")),
		.self_selected = web_bool(w, "khong-xac-suat"), .preview = preview, .actor = arena_cstr(w->mem, w->actor->login), .who = w->actor };
	str unit = str_trim(web_text(w, "don-vi"));
	if (unit.len && memchr(unit.p, '/', unit.len)) {
		ask.unit = unit;
		str_next(&ask.unit, '/', &ask.level);
	} else if (unit.len) {
		cx_fail(w->cx, ERR_INPUT, "survey_measures.unit_field", (place){ .field = STR("don-vi") }, unit);
	}
	return ask;
}

static void show(struct web_cx *w, const struct survey_info *s)
{
	struct survey_measure_list list = { 0 };
	struct survey_measure_ask ask = ask_of(w, true);
	struct view_survey_measures v = { .code = s->code, .name = desk_name(w, s), .illustrative = s->illustrative, .measure_in = web_text(w, "so-lieu"),
		.what = web_text(w, "noi-dung"), .unit_in = web_text(w, "don-vi"), .period_in = web_has(w, "ky") ? web_text(w, "ky") : s->period,
		.self_selected = web_bool(w, "khong-xac-suat"), .who_liked = s->design == SURVEY_SELF_SELECTED };
	fill_whats(w, s, &v);
	if (!w->cx->n_errors && ask.measure.len) {
		enum err e = survey_measures(w->cx, w->app, s, &ask, &list);
		if (e && e != ERR_INPUT) {
			web_fail(w, e);
			return;
		}
		if (!e)
			fill_rows(w, &list, &v);
	}
	if (w->method == WEB_GET && web_has(w, "xong"))
		v.done = SAY(w, "survey_measures.written", ask.measure, say_int(w, web_int(w, "xong")));
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	reply_survey_measures(w, &v);
}

static void page_measures(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show(w, &s);
}

static void page_measures_do(struct web_cx *w)
{
	struct survey_info s;
	struct survey_measure_list list;
	if (!desk_open(w, &s))
		return;
	struct survey_measure_ask ask = ask_of(w, false);
	enum err e = w->cx->n_errors ? ERR_INPUT : survey_measures(w->cx, w->app, &s, &ask, &list);
	if (!e)
		web_redirect(w, arena_printf(w->mem, "%.*s?xong=%lld", STR_ARG(desk_path(w, &s, "so-lieu")), (long long)list.changed));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show(w, &s);
	else
		web_fail(w, e);
}

#define ASK_IN \
	{ "noi-dung", IN_TEXT, .max = 60, .doc = { "mã nhóm hoặc câu; trống: chỉ số chung", "code of a factor or item; empty: the index" } }, \
		{ "don-vi", IN_TEXT, .max = 200, \
			.doc = { "một đơn vị CẤP/TÊN cho cả khảo sát; trống: theo đơn vị của nơi", \
				"one unit LEVEL/NAME for the whole survey; empty: by place" } }, \
		{ "ky", IN_TEXT, .max = 20, .doc = { "kỳ; trống: kỳ của khảo sát", "period; empty: that of the survey" } }, \
	{ \
		"khong-xac-suat", IN_BOOL, .doc = { "cả khi mẫu không xác suất", "also of a sample of whoever liked" } \
	}

const struct web_route routes_survey_measures[] = {
	{ WEB_GET, "/khao-sat/{survey}/so-lieu", page_measures, "survey.publish", .lane = LANE_SLOW,
		.faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "survey_measures", .section = "khao-sat",
		.doc = { "Kết quả khảo sát thành số liệu chấm điểm, xem trước",
			"Results of a survey as measures, looked at first" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "so-lieu", IN_TEXT, .max = 100, .doc = { "tên số liệu trong quy tắc", "name of the measure in rules" } },
			ASK_IN, { "xong", IN_INT, .max = 1000000, .doc = { "số liệu vừa ghi", "measures just written" } }) },
	{ WEB_POST, "/khao-sat/{survey}/so-lieu", page_measures_do, "survey.publish", .lane = LANE_SLOW, .faces = FACE_HTML,
		.view = "survey_measures", .section = "khao-sat",
		.doc = { "Ghi kết quả khảo sát thành số liệu chấm điểm", "Writes results of a survey as measures" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "so-lieu", IN_TEXT, .required = true, .max = 100, .doc = { "tên số liệu trong quy tắc", "name of the measure in rules" } }, ASK_IN) },
	{ 0 },
};
