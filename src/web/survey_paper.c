/* Forms on paper: numbers to print, the PDF, typing by keyboard, two entries side by side. */
#include "app/actor.h"
#include "app/survey_paper.h"
#include "app/survey_progress.h"
#include "web/fault.h"
#include "web/form.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

enum { MOST_FORM = 512 * 1024 };

static str name_of(struct web_cx *w, int32_t item)
{
	return arena_printf(w->mem, "c%d", item);
}

/* ---- the desk ---- */

static void fill_differing(struct web_cx *w, const struct survey_info *s, const struct paper_sheet_list *list, struct view_survey_paper *v)
{
	v->differ = NEW_ARRAY(w->mem, struct view_survey_paper_sheet, list->n + 1);
	for (; v->n_differ < list->n; v->n_differ++) {
		const struct paper_sheet *p = &list->p[v->n_differ];
		v->differ[v->n_differ] = (struct view_survey_paper_sheet){ p->number, p->entry1_by, p->entry2_by, p->n_differ, p->n_items,
			arena_printf(w->mem, "/khao-sat/%.*s/giay/nhap?so=%lld", STR_ARG(s->code), (long long)p->number) };
	}
}

/* told: the address says what was just done (only that of the desk itself does). */
static void show_desk(struct web_cx *w, const struct survey_info *s, bool told)
{
	struct paper_sheet_list list;
	struct survey_progress p;
	struct survey_place_list places;
	size_t errors = w->cx->n_errors;
	enum err e = paper_differing(w->cx, w->app, w->actor, s, &list);
	if (!e)
		e = survey_progress(w->cx, w->app, w->actor, s, &p);
	if (!e)
		e = survey_places(w->cx, w->app, s, &places);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_survey_paper v = { .code = s->code, .name = desk_name(w, s), .sheets = p.sheets, .once = p.sheets_once, .differing = p.sheets_differ,
		.settled = p.sheets_settled, .typed_items = p.typed_items, .typed_differ = p.typed_differ, .illustrative = s->illustrative,
		.may_print = actor_can(w->actor, STR("survey"), STR("issue")),
		.title = SAY(w, "paper.title", say_int(w, p.sheets_settled), say_int(w, p.sheets)) };
	if (told && web_has(w, "so")) {
		v.number = some_int(web_int(w, "so"));
		v.done = (enum view_survey_paper_state)(web_enum(w, "xong") + 1);
	}
	if (told && web_has(w, "tu")) {
		v.printed_from = some_int(web_int(w, "tu"));
		v.printed_to = some_int(web_int(w, "den"));
	}
	v.places = NEW_ARRAY(w->mem, struct view_survey_paper_place, places.n + 1);
	for (; v.n_places < places.n; v.n_places++)
		v.places[v.n_places] = (struct view_survey_paper_place){ places.p[v.n_places].code,
			say_either(w, places.p[v.n_places].name[LANG_VI], places.p[v.n_places].name[LANG_EN]) };
	fill_differing(w, s, &list, &v);
	v.tabs = desk_tabs(w, s, "giay", &v.n_tabs);
	v.faults = fault_rows(w, &v.n_faults);
	if (errors)
		w->status = 422;
	reply_survey_paper(w, &v);
}

static void page_paper(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_desk(w, &s, true);
}

static void page_print(struct web_cx *w)
{
	struct survey_info s;
	int64_t first, n = web_int(w, "so-luong");
	if (!desk_open(w, &s))
		return;
	enum err e = w->cx->n_errors ? ERR_INPUT : paper_print(w->cx, w->app, w->actor, &s, web_text(w, "noi"), n, &first);
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/giay?tu=%lld&den=%lld", STR_ARG(s.code), (long long)first, (long long)(first + n - 1)));
	else if (e == ERR_INPUT)
		show_desk(w, &s, false);
	else
		web_fail(w, e);
}

static void page_pdf(struct web_cx *w)
{
	struct survey_info s;
	str bytes;
	if (!desk_open(w, &s))
		return;
	enum err e = paper_pdf(w->cx, w->app, w->actor, &s, web_int(w, "tu"), web_int(w, "den"), w->lang, &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_show(w, arena_printf(w->mem, "phieu-%.*s-%lld-%lld.pdf", STR_ARG(s.code), (long long)web_int(w, "tu"), (long long)web_int(w, "den")));
	web_cache(w, -1);
	web_bytes(w, "application/pdf", bytes);
}

/* ---- typing ---- */

static str typed_field(struct web_cx *w, int32_t item)
{
	return web_pair_text(w, name_of(w, item));
}

static bool is_wrong(const struct web_cx *w, str code)
{
	for (size_t i = 0; i < w->cx->n_faults; i++)
		if (str_eq(w->cx->faults[i].at.field, code))
			return true;
	return false;
}

static void fill_choices(struct web_cx *w, const questionnaire *q, const struct question *x, struct view_survey_entry_item *v)
{
	if (x->list < 0)
		return;
	const struct question_list *l = &q->lists.p[x->list];
	char *signs = arena_alloc(w->mem, l->options.n + 1);
	size_t single = 0;
	v->choices = NEW_ARRAY(w->mem, struct view_survey_entry_choice, l->options.n);
	for (; v->n_choices < l->options.n; v->n_choices++) {
		str sign = paper_sign(w->cx, q, x, v->n_choices);
		v->choices[v->n_choices] = (struct view_survey_entry_choice){ sign,
			say_either(w, l->options.p[v->n_choices].text[LANG_VI], l->options.p[v->n_choices].text[LANG_EN]) };
		if (sign.len == 1)
			signs[single++] = sign.p[0];
	}
	if (x->kind != ASK_MULTIPLE && single == l->options.n)
		v->signs = (str){ signs, single };
}

/* given: NULL, or what stands in the fields when nothing was sent. */
static void fill_items(struct web_cx *w, const struct survey_info *s, const struct paper_sheet *p, struct view_survey_entry *v)
{
	const questionnaire *q = s->q;
	str heading = STR("");
	v->items = NEW_ARRAY(w->mem, struct view_survey_entry_item, q->items.n);
	for (int32_t i = 0; i < (int32_t)q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (!question_is_asked(x)) {
			heading = say_either(w, x->text[LANG_VI], x->text[LANG_EN]);
			continue;
		}
		struct view_survey_entry_item *to = &v->items[v->n_items++];
		*to = (struct view_survey_entry_item){ .name = name_of(w, i), .code = x->code, .number = (int64_t)v->n_items, .heading = heading,
			.words = say_either(w, x->text[LANG_VI], x->text[LANG_EN]), .wrong = is_wrong(w, x->code) };
		heading = STR("");
		if (v->settle) {
			to->first = paper_typed(w->cx, q, i, &p->first[i]);
			to->second = paper_typed(w->cx, q, i, &p->second[i]);
			to->differs = !paper_same(&p->first[i], &p->second[i]);
		}
		to->given = w->method == WEB_POST ? typed_field(w, i) : v->settle && !to->differs ? to->first : STR("");
		fill_choices(w, q, x, to);
	}
}

/* Whether what was sent had nothing in it: then it is asked if the form is blank. */
static bool is_blank(const struct web_cx *w)
{
	for (size_t i = 0; i < w->cx->n_faults; i++)
		if (strcmp(w->cx->faults[i].key, "paper.blank") == 0)
			return true;
	return false;
}

static void show_form(struct web_cx *w, const struct survey_info *s, str reason)
{
	struct paper_sheet p;
	size_t errors = w->cx->n_errors;
	enum err e = paper_get(w->cx, w->app, w->actor, s, web_int(w, "so"), &p);
	if (!e && p.state >= PAPER_SETTLED)
		e = cx_fail(w->cx, ERR_CONFLICT, "paper.over", (place){ 0 }, arena_printf(w->mem, "%lld", (long long)p.number));
	if (!e && p.state == PAPER_ONCE && str_eq(p.entry1_by, w->actor->login))
		e = cx_fail(w->cx, ERR_DENIED, "paper.same_person", (place){ 0 }, arena_printf(w->mem, "%lld", (long long)p.number));
	if (!e && p.state == PAPER_DIFFERS && str_eq(p.entry1_by, w->actor->login))
		e = cx_fail(w->cx, ERR_DENIED, "paper.first_settles", (place){ 0 }, arena_printf(w->mem, "%lld", (long long)p.number));
	if (e == ERR_NOTFOUND) {
		cx_fault(w->cx, FAULT_ERROR, "paper.unknown", (place){ .field = STR("so") }, arena_printf(w->mem, "%lld", (long long)web_int(w, "so")));
		show_desk(w, s, false);
		return;
	}
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_survey_entry v = { .code = s->code, .name = desk_name(w, s), .number = p.number, .second = p.state == PAPER_ONCE,
		.settle = p.state == PAPER_DIFFERS && p.first && p.second, .first_by = p.entry1_by, .second_by = p.entry2_by,
		.reason = reason, .blank = is_blank(w), .reason_needed = str_eq(p.entry2_by, w->actor->login),
		.illustrative = s->illustrative };
	fill_items(w, s, &p, &v);
	v.tabs = desk_tabs(w, s, "giay", &v.n_tabs);
	v.faults = v.blank ? NULL : fault_rows(w, &v.n_faults);
	if (errors)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_entry(w, &v);
}

static void page_form(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_form(w, &s, STR(""));
}

/* What was typed, by item; false: a fault at each sign that there is not. */
static bool read_typed(struct web_cx *w, const struct survey_info *s, struct given **out)
{
	bool good = true;
	*out = NEW_ARRAY(w->mem, struct given, s->q->items.n);
	for (int32_t i = 0; i < (int32_t)s->q->items.n; i++)
		if (question_is_asked(&s->q->items.p[i]))
			good &= paper_read(w->cx, s->q, i, typed_field(w, i), &(*out)[i]);
	return good;
}

static void after(struct web_cx *w, const struct survey_info *s, enum err e, const char *done, str reason)
{
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/giay?so=%lld&xong=%s", STR_ARG(s->code), (long long)web_int(w, "so"), done));
	else if (e == ERR_INPUT || e == ERR_NOTFOUND)
		show_form(w, s, reason);
	else
		web_fail(w, e);
}

static void page_typed(struct web_cx *w)
{
	static const char *const done[] = { "mot", "mot", "khac", "xong", "huy" };
	struct survey_info s;
	struct given *given;
	enum paper_state state = PAPER_PRINTED;
	if (!desk_open(w, &s))
		return;
	enum err e = read_typed(w, &s, &given) ? paper_enter(w->cx, w->app, w->actor, &s, web_int(w, "so"), given, &state) : ERR_INPUT;
	after(w, &s, e, done[state], STR(""));
}

static void page_settled(struct web_cx *w)
{
	struct survey_info s;
	struct given *given;
	if (!desk_open(w, &s))
		return;
	str reason = web_text(w, "ly-do");
	enum err e = read_typed(w, &s, &given) ? paper_settle(w->cx, w->app, w->actor, &s, web_int(w, "so"), given, reason) : ERR_INPUT;
	after(w, &s, e, "xong", reason);
}

static void page_void(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s, paper_void(w->cx, w->app, w->actor, &s, web_int(w, "so"), web_text(w, "ly-do")), "huy", web_text(w, "ly-do"));
}

static void page_blank(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s, paper_blank(w->cx, w->app, w->actor, &s, web_int(w, "so")), "trang", STR(""));
}

#define NUMBER_IN { "so", IN_INT, .required = true, .min = 1, .max = 999999999, .doc = { "số phiếu", "number of the form" } }
#define REASON_IN { "ly-do", IN_TEXT, .max = PAPER_REASON_MAX, .doc = { "lý do", "reason" } }

const struct web_route routes_survey_paper[] = {
	{ WEB_GET, "/khao-sat/{survey}/giay", page_paper, "survey.enter", .view = "survey_paper", .section = "khao-sat",
		.doc = { "Phiếu giấy", "Forms on paper" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "so", IN_INT, .min = 1, .max = 999999999, .doc = { "số phiếu vừa nhập", "number of the form just typed" } },
			{ "xong", IN_ENUM, .values = "mot khac xong huy trang", .doc = { "kết quả nhập", "what became of it" } },
			{ "tu", IN_INT, .min = 1, .max = 999999999, .doc = { "từ số vừa in", "first number just made" } },
			{ "den", IN_INT, .min = 1, .max = 999999999, .doc = { "đến số vừa in", "last number just made" } }) },
	{ WEB_POST, "/khao-sat/{survey}/giay", page_print, "survey.issue", .faces = FACE_HTML, .flags = WEB_FORM_ERRORS, .view = "survey_paper",
		.section = "khao-sat", .doc = { "Lấy số phiếu mới để in", "Makes numbers of forms to print" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "noi", IN_TEXT, .max = 60, .doc = { "nơi trả lời", "place" } },
			{ "so-luong", IN_INT, .required = true, .min = 1, .max = PAPER_PRINT_MAX, .doc = { "số lượng", "how many" } }) },
	{ WEB_GET, "/khao-sat/{survey}/giay/pdf", page_pdf, "survey.issue", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "khao-sat",
		.doc = { "Phiếu giấy để in, PDF", "Forms to print, as PDF" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "tu", IN_INT, .required = true, .min = 1, .max = 999999999, .doc = { "từ số", "from number" } },
			{ "den", IN_INT, .required = true, .min = 1, .max = 999999999, .doc = { "đến số", "to number" } }) },
	{ WEB_GET, "/khao-sat/{survey}/giay/nhap", page_form, "survey.enter", .faces = FACE_HTML, .view = "survey_entry",
		.section = "khao-sat",
		.doc = { "Nhập một phiếu giấy, hoặc đối chiếu hai lần nhập", "Types a form, or settles its two entries" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, NUMBER_IN) },
	{ WEB_POST, "/khao-sat/{survey}/giay/nhap", page_typed, "survey.enter", .faces = FACE_HTML, .max_body = MOST_FORM,
		.view = "survey_entry", .section = "khao-sat", .doc = { "Ghi một lần nhập", "Stores an entry" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, NUMBER_IN) },
	{ WEB_POST, "/khao-sat/{survey}/giay/doi-chieu", page_settled, "survey.enter", .faces = FACE_HTML, .max_body = MOST_FORM,
		.view = "survey_entry", .section = "khao-sat",
		.doc = { "Chốt phiếu có hai lần nhập khác nhau", "Settles a form whose entries differ" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, NUMBER_IN, REASON_IN) },
	{ WEB_POST, "/khao-sat/{survey}/giay/huy", page_void, "survey.enter", .faces = FACE_HTML, .view = "survey_entry", .section = "khao-sat",
		.doc = { "Hủy một phiếu", "Voids a form" }, .in = WEB_INPUTS(DESK_SURVEY_IN, NUMBER_IN, REASON_IN) },
	{ WEB_POST, "/khao-sat/{survey}/giay/trang", page_blank, "survey.enter", .faces = FACE_HTML, .view = "survey_entry", .section = "khao-sat",
		.doc = { "Khép một phiếu trắng, không thành phiếu trả lời", "Closes a blank form without an answer" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, NUMBER_IN) },
	{ 0 },
};
