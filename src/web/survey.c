/* survey: the pages of surveys for those who answer: the list, their forms, the thanks. */
#include "web/survey.h"
#include "app/actor.h"
#include "web/pages.h"
#include "web/pager.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web/survey_form.h"
#include "web/survey_time.h"
#include "web_views.h"

/* What the screen at a desk shows at an end goes back to the first question by itself: a header, since axe-core (and WCAG 2.2.1) refuse the same
 * as an element of the page; the page says how long it stays. */
enum { KIOSK_SECONDS = 30 };

/* ---- the form ---- */

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

static str respondent_head(struct sitting *t, struct view_survey *v)
{
	struct web_cx *w = t->w;
	v->action = arena_printf(w->mem, "/khao-sat/%.*s", STR_ARG(t->s.code));
	if (t->token.len)
		return arena_printf(w->mem, "/phieu/%.*s%.*s", STR_ARG(t->token), STR_ARG(way_of(w, STR(""), false, t->qr)));
	return arena_printf(w->mem, "%.*s%.*s", STR_ARG(v->action), STR_ARG(way_of(w, t->where, t->kiosk, t->qr)));
}

static void respondent_submission(const struct sitting *t, struct submission *in) { in->mode = t->kiosk ? "kiosk" : t->qr ? "qr" : "web"; }

/* Thanked all the same when the cell is full. */
static void respondent_done(struct sitting *t, bool enough)
{
	struct web_cx *w = t->w;
	str way = t->token.len ? STR("?mot=1") : way_of(w, t->where, t->kiosk, t->qr);
	web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/cam-on%.*s%s", STR_ARG(t->s.code), STR_ARG(way), !enough ? "" : way.len ? "&du=1" : "?du=1"));
}

static const struct form_use respondent = { respondent_head, respondent_submission, respondent_done, false };

static void page_form(struct web_cx *w)
{
	struct sitting t = { .w = w, .use = &respondent, .where = web_text(w, "noi"), .kiosk = web_bool(w, "quay"), .qr = web_bool(w, "qr") };
	if (!form_open(&t, survey_get(w->cx, w->app, web_text(w, "survey"), &t.s)))
		return;
	if (t.s.tokens)
		form_closed(&t, say(w, "survey.by_letter"));
	else
		form_first(&t);
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
	struct sitting t = { .w = w, .use = &respondent, .token = survey_token_typed(w->mem, web_text(w, "token")), .qr = web_bool(w, "qr") };
	enum err e = survey_token_look(w->cx, w->app, t.token, &t.s, &t.where, &used);
	if (e == ERR_NOTFOUND && w->face == FACE_HTML) {
		reply_unknown(&t);
		return;
	}
	if (!form_open(&t, e))
		return;
	if (used)
		form_closed(&t, say(w, "survey.used"));
	else
		form_first(&t);
}

static void page_answer(struct web_cx *w)
{
	struct sitting t = { .w = w,
		.use = &respondent,
		.where = web_text(w, "noi"),
		.kiosk = web_bool(w, "quay"),
		.qr = web_bool(w, "qr"),
		.token = web_text(w, "ma"),
		.key = web_text(w, "khoa") };
	if (form_open(&t, survey_get(w->cx, w->app, web_text(w, "survey"), &t.s)))
		form_take(&t);
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
		form_go_back(w, KIOSK_SECONDS, v.again);
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

#define PLACE_IN { "noi", IN_TEXT, .max = 60, .doc = { "mã địa điểm, quầy", "code of the place or desk" } }
#define KIOSK_IN { "quay", IN_BOOL, .doc = { "màn hình đặt tại quầy: mỗi lần một câu", "screen at a desk: one question at a time" } }
#define QR_IN { "qr", IN_BOOL, .doc = { "mở bằng mã QR", "opened by a QR code" } }

const struct web_route routes_survey[] = {
	{ WEB_GET, "/khao-sat", page_surveys, "public", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "surveys", .section = "khao-sat",
		.rows = PAGER_ROWS,
		.doc = { "Các cuộc khảo sát", "Surveys" } },
	{ WEB_GET, "/khao-sat/{survey}", page_form, "public", .view = "survey", .section = "khao-sat", .doc = { "Phiếu khảo sát", "Form of a survey" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, PLACE_IN, KIOSK_IN, QR_IN) },
	{ WEB_POST, "/khao-sat/{survey}", page_answer, "public", LANE_SAVE, .view = "survey", .section = "khao-sat", .flags = WEB_NO_CSRF,
		.doc = { "Gửi một bước của phiếu; các câu trả lời mang mã của câu",
			"Sends a step of a form; answers are named by the code of their item" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, PLACE_IN, KIOSK_IN, QR_IN, KEY_IN, BEGUN_IN, STEP_IN, MOVE_IN,
			{ "ma", IN_TEXT, .max = 26, .doc = { "mã mời", "invitation" } }) },
	{ WEB_GET, "/khao-sat/{survey}/cam-on", page_thanks, "public", .view = "survey_thanks", .section = "khao-sat", .doc = { "Cảm ơn", "Thanks" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, PLACE_IN, KIOSK_IN, QR_IN,
			{ "du", IN_BOOL, .doc = { "nhóm của người trả lời đã đủ phiếu", "the cell of the respondent was full" } },
			{ "mot", IN_BOOL, .doc = { "phiếu của một mã mời", "a form by invitation" } }) },
	{ WEB_GET, "/phieu/{token}", page_by_token, "public", .view = "survey", .section = "khao-sat", .flags = WEB_SECRET_PATH,
		.doc = { "Phiếu của một mã mời", "Form of an invitation" },
		.in = WEB_INPUTS({ "token", IN_TEXT, .max = 200, .doc = { "mã mời", "invitation" } }, QR_IN) },
	{ 0 },
};
