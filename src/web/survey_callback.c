/* Call-backs on pages: which share of the interviews is asked again, who waits for it, and what they say the second time. */
#include "app/survey_callback.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

static str field_of(struct web_cx *w, size_t item) { return arena_printf(w->mem, "c%zu", item); }

/* ---- the list and the share ---- */

static void show_list(struct web_cx *w, const struct survey_info *s, bool told)
{
	db_callback_plan plan;
	db_callback_list list;
	size_t errors = w->cx->n_errors;
	enum err e = survey_callback_planned(w->cx, w->app, w->actor, s, &plan);
	if (!e)
		e = survey_callbacks(w->cx, w->app, w->actor, s, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_callbacks v = { .code = s->code, .name = desk_name(w, s), .illustrative = s->illustrative, .share = plan.share, .seed = plan.seed,
		.title = SAY(w, "callback.title", say_int(w, (int64_t)list.n)) };
	if (told && web_has(w, "xong"))
		v.done = (enum view_callbacks_done)(web_enum(w, "xong") + 1);
	v.wished = told ? arena_printf(w->mem, "%lld", (long long)(plan.share ? plan.share : CALLBACK_SHARE)) : web_text(w, "ty-le");
	v.wished_seed = told ? arena_printf(w->mem, "%lld", (long long)(plan.share ? plan.seed : w->cx->now_ms / 1000 % 1000000)) : web_text(w, "hat");
	v.waiting = NEW_ARRAY(w->mem, struct view_callbacks_item, list.n + 1);
	for (; v.n_waiting < list.n; v.n_waiting++) {
		const db_callback *x = &list.p[v.n_waiting];
		v.waiting[v.n_waiting] = (struct view_callbacks_item){ .code = x->code, .url = desk_case_path(w, s, "phuc-tra", x->code), .name = x->name,
			.phone = x->phone, .email = x->email, .address = x->address };
	}
	v.tabs = desk_tabs(w, s, "phuc-tra", &v.n_tabs);
	v.faults = fault_rows(w, &v.n_faults);
	if (errors)
		w->status = 422;
	web_cache(w, -1);
	reply_callbacks(w, &v);
}

static void page_callbacks(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_list(w, &s, true);
}

static void go_back(struct web_cx *w, const struct survey_info *s, const char *done)
{
	web_redirect(w, arena_printf(w->mem, "%.*s?xong=%s", STR_ARG(desk_path(w, s, "phuc-tra")), done));
}

static void page_plan(struct web_cx *w)
{
	struct survey_info s;
	bool end = web_enum(w, "viec") == 1;
	long share = 0, seed = 0;
	if (!desk_open(w, &s))
		return;
	enum err e = ERR_OK;
	if (!end && !str_int(str_trim(web_text(w, "ty-le")), 1, 100, &share))
		e = cx_fail(w->cx, ERR_INPUT, "callback.share", (place){ .field = STR("ty-le") }, web_text(w, "ty-le"));
	if (!end && !str_int(str_trim(web_text(w, "hat")), 0, CALLBACK_SEED_MAX, &seed))
		e = cx_fail(w->cx, ERR_INPUT, "callback.bad_seed", (place){ .field = STR("hat") }, web_text(w, "hat"));
	if (!e)
		e = survey_callback_plan(w->cx, w->app, w->actor, &s, share, seed);
	if (!e)
		go_back(w, &s, end ? "thoi" : "dat");
	else if (e == ERR_INPUT)
		show_list(w, &s, false);
	else
		web_fail(w, e);
}

/* ---- one of them ---- */

static void fill_items(struct web_cx *w, const questionnaire *q, struct view_callback *v)
{
	str heading = STR("");
	int64_t number = 0;
	v->items = NEW_ARRAY(w->mem, struct view_callback_item, q->items.n + 1);
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (!question_is_asked(x)) {
			heading = say_either(w, x->text[LANG_VI], x->text[LANG_EN]);
			continue;
		}
		number++;
		if (!survey_callback_compares(x))
			continue;
		const struct question_list *l = &q->lists.p[x->list];
		struct view_callback_item *to = &v->items[v->n_items++];
		*to = (struct view_callback_item){ .field = field_of(w, i),
			.number = number,
			.heading = heading,
			.words = say_either(w, x->text[LANG_VI], x->text[LANG_EN]),
			.options = NEW_ARRAY(w->mem, struct view_callback_option, l->options.n + 1) };
		heading = STR("");
		str given = w->method == WEB_POST ? web_pair_text(w, to->field) : STR("");
		for (size_t k = 0; k < l->options.n; k++)
			to->options[to->n_options++] = (struct view_callback_option){ l->options.p[k].code,
				say_either(w, l->options.p[k].text[LANG_VI], l->options.p[k].text[LANG_EN]), str_eq(given, l->options.p[k].code) };
	}
}

static void show_one(struct web_cx *w, const struct survey_info *s)
{
	db_callback x;
	size_t errors = w->cx->n_errors;
	enum err e = survey_callback_get(w->cx, w->app, w->actor, s, web_text(w, "case"), &x);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_callback v = { .survey = s->code, .survey_name = desk_name(w, s), .code = x.code, .illustrative = s->illustrative, .name = x.name,
		.phone = x.phone, .email = x.email, .address = x.address };
	fill_items(w, s->q, &v);
	v.tabs = desk_tabs(w, s, "phuc-tra", &v.n_tabs);
	v.faults = fault_rows(w, &v.n_faults);
	if (errors)
		w->status = 422;
	web_cache(w, -1);
	reply_callback(w, &v);
}

static void page_callback(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_one(w, &s);
}

static struct given *read_second(struct web_cx *w, const questionnaire *q)
{
	struct given *given = NEW_ARRAY(w->mem, struct given, q->items.n + 1);
	for (size_t i = 0; i < q->items.n; i++) {
		str s = survey_callback_compares(&q->items.p[i]) ? web_pair_text(w, field_of(w, i)) : STR("");
		if (!s.len)
			continue;
		str *one = NEW(w->mem, str);
		*one = s;
		given[i] = (struct given){ one, 1 };
	}
	return given;
}

static void page_record(struct web_cx *w)
{
	struct survey_info s;
	bool asked = web_enum(w, "viec") == 0;
	if (!desk_open(w, &s))
		return;
	enum err e = survey_callback_record(w->cx, w->app, w->actor, &s, web_text(w, "case"), asked ? read_second(w, s.q) : NULL);
	if (!e)
		go_back(w, &s, asked ? "ghi" : "khong");
	else if (e == ERR_INPUT)
		show_one(w, &s);
	else
		web_fail(w, e);
}

const struct web_route routes_survey_callback[] = {
	{ WEB_GET, "/khao-sat/{survey}/phuc-tra", page_callbacks, "survey.sample", .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "callbacks", .section = "khao-sat",
		.doc = { "Phúc tra: những phiếu chờ hỏi lại", "Call-backs: who waits to be asked again" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "xong", IN_ENUM, .values = "dat thoi ghi khong", .doc = { "việc vừa làm", "what was just done" } }) },
	{ WEB_POST, "/khao-sat/{survey}/phuc-tra", page_plan, "survey.sample", .faces = FACE_HTML, .view = "callbacks",
		.section = "khao-sat", .doc = { "Đặt hoặc thôi phúc tra", "Sets or ends the call-backs" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "viec", IN_ENUM, .required = true, .values = "dat thoi",
				.doc = { "đặt tỷ lệ, hoặc thôi", "set the share, or end" } },
			{ "ty-le", IN_TEXT, .max = 3, .doc = { "phần trăm phiếu phỏng vấn", "percent of the interviews" } },
			{ "hat", IN_TEXT, .max = 10, .doc = { "hạt giống", "seed" } }) },
	{ WEB_GET, "/khao-sat/{survey}/phuc-tra/{case}", page_callback, "survey.sample", .view = "callback", .section = "khao-sat",
		.doc = { "Hỏi lại một người", "Asks one again" }, .in = WEB_INPUTS(DESK_SURVEY_IN, DESK_CASE_IN) },
	{ WEB_POST, "/khao-sat/{survey}/phuc-tra/{case}", page_record, "survey.sample", .faces = FACE_HTML, .view = "callback", .section = "khao-sat",
		.doc = { "Ghi câu trả lời lần hai; các câu mang tên c và số thứ tự", "Records the second answers; items are named c and their place" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, DESK_CASE_IN,
			{ "viec", IN_ENUM, .required = true, .values = "ghi khong",
				.doc = { "ghi, hoặc không hỏi lại được", "record, or could not be asked" } }) },
	{ 0 },
};
