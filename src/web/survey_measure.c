#include "web/survey_measure.h"
#include <math.h>
#include "app/actor.h"
#include "app/survey_measures.h"
#include "app/unit.h"
#include "web/entry.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web/survey_result.h"
#include "web_views.h"

static const char *const levels[] = { "province", "department", "sample-province", "sample-department", "sample-commune", "commune" };
enum { LEVELS = sizeof levels / sizeof *levels, MOST_UNITS = 600 };

static enum err named(struct web_cx *w, str level, str name, struct unit_list *out)
{
	enum err e = unit_by_name(w->cx, w->app, level, name, date_of_ms(w->cx->now_ms), out);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* A unit by its name, or level/name where several have that name. */
static enum err find_unit(struct web_cx *w, struct survey_measure_ask *ask)
{
	struct unit_list found = { 0 };
	str text = str_trim(web_text(w, "don-vi")), rest = text, level = { 0 };
	bool leveled = false;
	enum err e = ERR_OK;
	if (!text.len)
		return ERR_OK;
	if (memchr(text.p, '/', text.len) && str_next(&rest, '/', &level))
		for (size_t i = 0; i < LEVELS; i++)
			leveled |= str_is(level, levels[i]);
	for (size_t i = 0; i < LEVELS && !e; i++)
		if (!leveled || str_is(level, levels[i]))
			e = named(w, str_of(levels[i]), leveled ? str_trim(rest) : text, &found);
	if (e)
		return e;
	str which = STR("");
	for (size_t i = 0; i < found.n; i++)
		which = arena_printf(w->mem, "%.*s%s%.*s/%.*s", STR_ARG(which), i ? "; " : "", STR_ARG(found.p[i].level), STR_ARG(found.p[i].name));
	if (found.n != 1) {
		e = cx_fail(w->cx, ERR_INPUT, found.n ? "survey_measure.many_units" : "survey_measure.no_unit", (place){ .field = STR("don-vi") }, text);
		fault_arg(w->cx, &w->cx->faults[w->cx->n_faults - 1], 1, which);
		return e;
	}
	ask->level = found.p[0].level;
	ask->unit = found.p[0].name;
	return ERR_OK;
}

static enum err ask_of(struct web_cx *w, bool preview, struct survey_measure_ask *ask)
{
	*ask = (struct survey_measure_ask){ .measure = str_trim(web_text(w, "so-lieu")), .what = web_text(w, "noi-dung"),
		.period = str_trim(web_text(w, "ky")), .self_selected = web_bool(w, "tu-chon"), .preview = preview,
		.actor = arena_cstr(w->mem, w->actor->login), .who = w->actor };
	enum err e = survey_roll_read(w, &ask->rollup) ? ERR_OK : ERR_INPUT;
	return e ? e : find_unit(w, ask);
}

/* The units of this province, to choose from; every other one can be typed. */
static void fill_units(struct web_cx *w, struct view_survey_measure *v)
{
	v->units = NEW_ARRAY(w->mem, struct view_survey_result_choice, MOST_UNITS);
	for (size_t i = 0; i < LEVELS; i++) {
		struct unit_list list = { 0 };
		bool below = str_is(str_of(levels[i]), "department") || str_is(str_of(levels[i]), "commune");
		enum err e = below ? unit_own(w->cx, w->app, str_of(levels[i]), &list)
				   : unit_on(w->cx, w->app, str_of(levels[i]), date_of_ms(w->cx->now_ms), &list);
		for (size_t k = 0; !e && k < list.n && v->n_units < MOST_UNITS; k++)
			v->units[v->n_units++] = (struct view_survey_result_choice){ arena_printf(w->mem, "%.*s/%.*s", STR_ARG(list.p[k].level),
				STR_ARG(list.p[k].name)), list.p[k].name, false };
	}
}

static void fill_rows(struct web_cx *w, const struct survey_measure_list *list, struct view_survey_measure *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_survey_measure_figure, list->rows.n + 1);
	for (size_t i = 0; i < list->rows.n; i++) {
		const struct survey_measure *x = &list->rows.p[i];
		str value = x->numerator.len ? arena_printf(w->mem, "%.*s/%.*s", STR_ARG(x->numerator), STR_ARG(x->denominator))
					     : x->value;
		v->rows[v->n_rows++] = (struct view_survey_measure_figure){ .level = x->level,
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
	v->whats = NEW_ARRAY(w->mem, struct view_survey_result_choice, q->factors.n + q->items.n + 1);
	v->whats[v->n_whats++] = (struct view_survey_result_choice){ STR(""), say(w, "survey_result.whole"), !chosen.len };
	for (size_t i = 0; i < q->factors.n; i++)
		v->whats[v->n_whats++] = (struct view_survey_result_choice){ q->factors.p[i].code,
			say_either(w, q->factors.p[i].text[LANG_VI], q->factors.p[i].text[LANG_EN]), str_eq(q->factors.p[i].code, chosen) };
	for (size_t i = 0; i < q->items.n; i++)
		if (q->items.p[i].list != NO_ITEM)
			v->whats[v->n_whats++] = (struct view_survey_result_choice){ q->items.p[i].code,
				arena_printf(w->mem, "%.*s %.*s", STR_ARG(q->items.p[i].code),
					STR_ARG(say_either(w, q->items.p[i].text[LANG_VI], q->items.p[i].text[LANG_EN]))),
				str_eq(q->items.p[i].code, chosen) };
}

static void show(struct web_cx *w, const struct survey_info *s, const struct survey_measure_ask *ask, const struct survey_measure_list *list)
{
	struct survey_measure_names names;
	struct view_survey_measure v = { .code = s->code, .name = desk_name(w, s), .measure = ask->measure, .period = ask->period, .what = ask->what,
		.self_selected = ask->self_selected, .whoever = s->design == SURVEY_SELF_SELECTED, .illustrative = s->illustrative,
		.unit = web_text(w, "don-vi"), .rollup = str_of(survey_rollup_word(ask->rollup)), .questionnaire = s->questionnaire, .version = s->version };
	enum err e = survey_measure_names(w->cx, w->app, &names);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.names = NEW_ARRAY(w->mem, struct view_survey_result_choice, names.n + 1);
	for (; v.n_names < names.n; v.n_names++)
		v.names[v.n_names] = (struct view_survey_result_choice){ names.p[v.n_names].name,
			say_either(w, names.p[v.n_names].label[LANG_VI], names.p[v.n_names].label[LANG_EN]), false };
	fill_whats(w, s, ask->what, &v);
	fill_units(w, &v);
	v.rolls = survey_rolls(w, s->q, ask->rollup, &v.n_rolls);
	if (list) {
		fill_rows(w, list, &v);
		v.done = w->method == WEB_GET && web_has(w, "da-ghi");
		v.changed = v.done ? web_int(w, "da-ghi") : 0;
		v.shown_period = list->period;
	}
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_measure(w, &v);
}

/* The look at the same again, which says how many were written. */
static str written_url(struct web_cx *w, const struct survey_info *s, int64_t changed)
{
	static const char *const fields[] = { "so-lieu", "noi-dung", "don-vi", "ky", "gop" };
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "%.*s?da-ghi=%lld%s", STR_ARG(desk_path(w, s, "so-lieu")), (long long)changed, web_bool(w, "tu-chon") ? "&tu-chon=1" : "");
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		buf_printf(&b, "&%s=", fields[i]);
		view_segment(&b, web_text(w, fields[i]));
	}
	str url = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return url;
}

/* Looking is free of consequences; writing is a form of its own, with the same words. */
static void page(struct web_cx *w, bool preview)
{
	struct survey_info s;
	struct survey_measure_ask ask;
	struct survey_measure_list list;
	if (!desk_open(w, &s))
		return;
	enum err e = ask_of(w, preview, &ask);
	bool asked = ask.measure.len > 0;
	if (!e && asked)
		e = survey_measures(w->cx, w->app, &s, &ask, &list);
	if (e && e != ERR_INPUT)
		web_fail(w, e);
	else if (!e && asked && !preview)
		web_redirect(w, written_url(w, &s, list.changed));
	else
		show(w, &s, &ask, e || !asked ? NULL : &list);
}

static void page_look(struct web_cx *w) { page(w, true); }
static void page_write(struct web_cx *w) { page(w, false); }

#define FIELDS \
	DESK_SURVEY_IN, \
		{ "so-lieu", IN_TEXT, .max = 100, .doc = { "tên số liệu trong quy tắc", "name of the measure in rules" } }, \
		{ "noi-dung", IN_TEXT, .max = 60, \
			.doc = { "mã nhóm nội dung hoặc câu; để trống: chung", "code of a factor or item; empty: the whole" } }, \
		{ "don-vi", IN_TEXT, .max = 200, \
			.doc = { "một đơn vị cho cả khảo sát: tên, hoặc cấp/tên", \
				"one unit for the whole survey: its name, or level/name" } }, \
		{ "ky", IN_TEXT, .max = 40, .doc = { "kỳ; để trống: kỳ của khảo sát", "period; empty: that of the survey" } }, \
		SURVEY_ROLL_IN, \
	{ \
		"tu-chon", IN_BOOL, .doc = { "lấy cả mẫu không xác suất", "also of answers by whoever liked" } \
	}

const struct web_route routes_survey_measure[] = {
	{ WEB_GET, "/khao-sat/{survey}/so-lieu", page_look, "measure.write", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON, .view = "survey_measure",
		.section = "khao-sat", .doc = { "Xem trước: kết quả khảo sát thành số liệu của đơn vị", "A look: figures of a survey as measures of units" },
		.in = WEB_INPUTS(FIELDS, { "da-ghi", IN_INT, .min = 0, .max = 1000000,
			.doc = { "số liệu vừa ghi, để báo lại", "measures just written, to say so" } }) },
	{ WEB_POST, "/khao-sat/{survey}/so-lieu", page_write, "measure.write", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "survey_measure",
		.doc = { "Ghi kết quả khảo sát thành số liệu của đơn vị", "Writes figures of a survey as measures of units" }, .in = WEB_INPUTS(FIELDS) },
	{ 0 },
};
