/* survey_text: what people wrote in a survey, for those who may read surveys. */
#include "app/survey_text.h"
#include "web/pager.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

enum { ROWS = 50 };

static void fill_items(struct web_cx *w, const struct survey_info *s, struct view_survey_texts *v)
{
	v->items = NEW_ARRAY(w->mem, struct view_survey_texts_choice, s->q->items.n + 1);
	for (size_t i = 0; i < s->q->items.n; i++) {
		const struct question *x = &s->q->items.p[i];
		if (x->kind == ASK_TEXT)
			v->items[v->n_items++] = (struct view_survey_texts_choice){ x->code, say_either(w, x->text[LANG_VI], x->text[LANG_EN]),
				str_eq(x->code, web_text(w, "cau")) };
	}
}

static str place_name(struct web_cx *w, const struct survey_place_list *places, str code)
{
	for (size_t i = 0; i < places->n; i++)
		if (str_eq(places->p[i].code, code))
			return say_either(w, places->p[i].name[LANG_VI], places->p[i].name[LANG_EN]);
	return code;
}

/* 2026-04 as people write it: 04/2026. */
static str month_shown(struct web_cx *w, str month)
{
	str rest = month, year;
	return str_next(&rest, '-', &year) && rest.len ? arena_printf(w->mem, "%.*s/%.*s", STR_ARG(rest), STR_ARG(year)) : month;
}

static void reply(struct web_cx *w, const struct survey_info *s, const struct survey_text_ask *ask, const struct survey_text_list *list,
	const struct survey_place_list *places)
{
	struct view_survey_texts v = { .code = s->code, .name = say_either(w, s->name[LANG_VI], s->name[LANG_EN]), .search = ask->search,
		.title = SAY(w, "survey_text.title", say_int(w, list->found)), .found = list->found, .written = list->written,
		.illustrative = s->illustrative };
	v.rows = NEW_ARRAY(w->mem, struct view_survey_texts_row, list->n + 1);
	for (; v.n_rows < list->n; v.n_rows++) {
		const struct survey_text *x = &list->p[v.n_rows];
		const struct question *q = &s->q->items.p[x->item];
		v.rows[v.n_rows] = (struct view_survey_texts_row){ q->code, say_either(w, q->text[LANG_VI], q->text[LANG_EN]), x->text, x->place,
			place_name(w, places, x->place), x->month, month_shown(w, x->month) };
	}
	fill_items(w, s, &v);
	web_cache(w, -1);
	reply_survey_texts(w, &v);
}

static void page_texts(struct web_cx *w)
{
	struct survey_info s;
	struct survey_text_list list;
	struct survey_place_list places = { 0 };
	struct survey_text_ask ask = { .item = web_text(w, "cau"), .search = web_text(w, "tim"), .from = (size_t)pager_skip(w),
		.most = (size_t)pager_limit(w) };
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &s);
	if (!e)
		e = survey_texts(w->cx, w->app, &s, &ask, &list);
	if (!e)
		e = survey_places(w->cx, w->app, &s, &places);
	if (!e)
		e = pager_total(w, list.found);
	if (e)
		web_fail(w, e);
	else
		reply(w, &s, &ask, &list, &places);
}

const struct web_route routes_survey_text[] = {
	{ WEB_GET, "/khao-sat/{survey}/y-kien", page_texts, "survey.read", .lane = LANE_SLOW,
		.faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "survey_texts", .rows = ROWS, .section = "khao-sat",
		.doc = { "Ý kiến ghi trong phiếu, đã che thông tin cá nhân", "What people wrote, with persons masked" },
		.in = WEB_INPUTS({ "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } },
			{ "tim", IN_TEXT, .max = 100, .doc = { "từ cần tìm, không cần dấu", "words to look for; marks are not needed" } },
			{ "cau", IN_TEXT, .max = 60, .doc = { "mã câu; để trống: mọi câu", "code of an item; empty: all" } }) },
	{ 0 },
};
