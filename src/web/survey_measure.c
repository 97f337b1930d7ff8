#include "web/survey_measure.h"
#include <math.h>
#include "app/actor.h"
#include "app/survey_measures.h"
#include "web/entry.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

static struct survey_measure_ask ask_of(struct web_cx *w, bool preview)
{
	struct survey_measure_ask ask = { .measure = str_trim(web_text(w, "so-lieu")), .what = web_text(w, "noi-dung"), .period = str_trim(web_text(w, "ky")),
		.self_selected = web_bool(w, "tu-chon"), .preview = preview, .actor = arena_cstr(w->mem, w->actor->login), .who = w->actor };
	str unit = str_trim(web_text(w, "don-vi"));
	ask.unit = unit;
	if (unit.len && (!memchr(unit.p, '/', unit.len) || !str_next(&ask.unit, '/', &ask.level) || !ask.level.len || !ask.unit.len))
		cx_fault(w->cx, FAULT_ERROR, "survey_measure.unit_form", (place){ .field = STR("don-vi") }, unit);
	return ask;
}

static void fill_rows(struct web_cx *w, const struct survey_measure_list *list, struct view_survey_measure *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_survey_measure_row, list->rows.n + 1);
	for (size_t i = 0; i < list->rows.n; i++) {
		const struct survey_measure *x = &list->rows.p[i];
		str value = x->numerator.len ? arena_printf(w->mem, "%.*s/%.*s", STR_ARG(x->numerator), STR_ARG(x->denominator))
					     : x->value;
		v->rows[v->n_rows++] = (struct view_survey_measure_row){ .level = x->level,
			.unit = x->name,
			.value = value,
			.shown = entry_shown(w, value),
			.enough = x->enough,
			.n = x->f.n,
			.se = isfinite(x->f.se) ? some_real(x->f.se) : (opt_real){ 0 },
			.reason = x->reason,
			.source = x->source };
	}
}

/* The index, factors and items that have a figure of their own. */
static void fill_whats(struct web_cx *w, const struct survey_info *s, str chosen, struct view_survey_measure *v)
{
	const questionnaire *q = s->q;
	v->whats = NEW_ARRAY(w->mem, struct view_survey_measure_choice, q->factors.n + q->items.n + 1);
	v->whats[v->n_whats++] = (struct view_survey_measure_choice){ STR(""), say(w, "survey_result.whole"), !chosen.len };
	for (size_t i = 0; i < q->factors.n; i++)
		v->whats[v->n_whats++] = (struct view_survey_measure_choice){ q->factors.p[i].code,
			say_either(w, q->factors.p[i].text[LANG_VI], q->factors.p[i].text[LANG_EN]), str_eq(q->factors.p[i].code, chosen) };
	for (size_t i = 0; i < q->items.n; i++)
		if (q->items.p[i].list != NO_ITEM)
			v->whats[v->n_whats++] = (struct view_survey_measure_choice){ q->items.p[i].code,
				arena_printf(w->mem, "%.*s %.*s", STR_ARG(q->items.p[i].code),
					STR_ARG(say_either(w, q->items.p[i].text[LANG_VI], q->items.p[i].text[LANG_EN]))),
				str_eq(q->items.p[i].code, chosen) };
}

static void show(struct web_cx *w, const struct survey_info *s, const struct survey_measure_ask *ask, const struct survey_measure_list *list)
{
	struct survey_measure_names names;
	struct view_survey_measure v = { .code = s->code, .name = desk_name(w, s), .measure = ask->measure, .period = ask->period, .what = ask->what,
		.self_selected = ask->self_selected, .whoever = s->design == SURVEY_SELF_SELECTED, .illustrative = s->illustrative,
		.unit = web_text(w, "don-vi") };
	enum err e = survey_measure_names(w->cx, w->app, &names);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.names = NEW_ARRAY(w->mem, struct view_survey_measure_choice, names.n + 1);
	for (; v.n_names < names.n; v.n_names++)
		v.names[v.n_names] = (struct view_survey_measure_choice){ names.p[v.n_names].name,
			say_either(w, names.p[v.n_names].label[LANG_VI], names.p[v.n_names].label[LANG_EN]), false };
	fill_whats(w, s, ask->what, &v);
	if (list) {
		fill_rows(w, list, &v);
		v.done = !ask->preview;
		v.changed = list->changed;
		v.shown_period = list->period;
	}
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_measure(w, &v);
}

/* Looking is free of consequences; writing is a form of its own, with the same words. */
static void page(struct web_cx *w, bool preview)
{
	struct survey_info s;
	struct survey_measure_list list;
	if (!desk_open(w, &s))
		return;
	struct survey_measure_ask ask = ask_of(w, preview);
	if (!ask.measure.len) {
		show(w, &s, &ask, NULL);
		return;
	}
	enum err e = w->cx->n_errors ? ERR_INPUT : survey_measures(w->cx, w->app, &s, &ask, &list);
	if (!e || e == ERR_INPUT)
		show(w, &s, &ask, e ? NULL : &list);
	else
		web_fail(w, e);
}

static void page_look(struct web_cx *w) { page(w, true); }
static void page_write(struct web_cx *w) { page(w, false); }

#define FIELDS \
	DESK_SURVEY_IN, { "so-lieu", IN_TEXT, .max = 100, .doc = { "tên số liệu trong quy tắc", "name of the measure in rules" } }, \
		{ "noi-dung", IN_TEXT, .max = 60, .doc = { "mã nhóm nội dung hoặc câu; để trống: chung", "code of a factor or item; empty: the whole" } }, \
		{ "don-vi", IN_TEXT, .max = 200, .doc = { "một đơn vị cho cả khảo sát: cấp/tên", "one unit for the whole survey: level/name" } }, \
		{ "ky", IN_TEXT, .max = 40, .doc = { "kỳ; để trống: kỳ của khảo sát", "period; empty: that of the survey" } }, \
	{ \
		"tu-chon", IN_BOOL, .doc = { "lấy cả mẫu không xác suất", "also of answers by whoever liked" } \
	}

const struct web_route routes_survey_measure[] = {
	{ WEB_GET, "/khao-sat/{survey}/so-lieu", page_look, "measure.write", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON, .view = "survey_measure",
		.section = "khao-sat", .doc = { "Xem trước: kết quả khảo sát thành số liệu của đơn vị", "A look: figures of a survey as measures of units" },
		.in = WEB_INPUTS(FIELDS) },
	{ WEB_POST, "/khao-sat/{survey}/so-lieu", page_write, "measure.write", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "survey_measure",
		.doc = { "Ghi kết quả khảo sát thành số liệu của đơn vị", "Writes figures of a survey as measures of units" }, .in = WEB_INPUTS(FIELDS) },
	{ 0 },
};
