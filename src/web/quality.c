/* Which answers of a survey deserve a second look, for who runs it. */
#include "web/quality.h"
#include <math.h>
#include "app/quality.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

enum { SHOW_FROM = 5 }; /* people: below, no figure of a place */

static opt_real maybe(double x)
{
	return isnan(x) ? (opt_real){ 0 } : some_real(x);
}

static str name_of(struct web_cx *w, const struct survey_place_list *places, str code)
{
	for (size_t i = 0; i < places->n; i++)
		if (str_eq(places->p[i].code, code))
			return say_either(w, places->p[i].name[LANG_VI], places->p[i].name[LANG_EN]);
	return code.len ? code : say(w, "quality.no_place");
}

static void reply(struct web_cx *w, const struct survey_info *s, const struct quality *q, const struct survey_place_list *places)
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
		const struct quality_place *p = &q->places.p[i];
		v.places[v.n_places++] = (struct view_quality_row){ .code = p->code, .name = name_of(w, places, p->code), .answers = p->answers,
			.flagged = p->flagged, .index = p->answers < SHOW_FROM ? (opt_real){ 0 } : maybe(p->index) };
	}
	web_cache(w, -1);
	reply_quality(w, &v);
}

static void page_quality(struct web_cx *w)
{
	struct survey_info s;
	struct quality q;
	struct survey_place_list places;
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &s);
	if (!e)
		e = quality_of(w->cx, w->app, &s, &q);
	if (!e)
		e = survey_places(w->cx, w->app, &s, &places);
	if (e)
		web_fail(w, e);
	else
		reply(w, &s, &q, &places);
}

const struct web_route routes_quality[] = {
	{ WEB_GET, "/khao-sat/{survey}/chat-luong", page_quality, "survey.check", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "quality", .section = "khao-sat", .doc = { "Chất lượng phiếu của một khảo sát", "Quality of the answers to a survey" },
		.in = WEB_INPUTS({ "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } }) },
	{ 0 },
};
