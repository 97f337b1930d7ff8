/* The work of an interviewer: the cases, one of them, how an attempt ended, the form. */
#include "app/survey_case.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web/survey_form.h"
#include "web/survey_time.h"
#include "web_views.h"

enum { LOCAL_MS = 7 * 3600 * 1000 };

static void page_cases(struct web_cx *w)
{
	struct survey_info s;
	struct survey_case_list list;
	struct survey_place_list places;
	if (!desk_open(w, &s))
		return;
	enum err e = survey_cases(w->cx, w->app, w->actor, &s, &list);
	if (!e)
		e = survey_places(w->cx, w->app, &s, &places);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_interviews v = { .code = s.code, .name = desk_name(w, &s), .done = (enum view_interviews_done)(web_enum(w, "xong") + 1),
		.illustrative = s.illustrative, .open = s.gate == SURVEY_TAKES, .title = SAY(w, "interview.list_title", say_int(w, (int64_t)list.n)) };
	v.cases = NEW_ARRAY(w->mem, struct view_interviews_item, list.n + 1);
	for (; v.n_cases < list.n; v.n_cases++) {
		const struct survey_case *x = &list.p[v.n_cases];
		v.cases[v.n_cases] = (struct view_interviews_item){ .code = x->code,
			.url = desk_case_path(w, &s, "phong-van", x->code),
			.outcome = (enum view_interviews_outcome)x->outcome, .place = x->place,
			.place_name = desk_place(w, &places, x->place), .person = x->person, .ask = survey_case_ask(w->mem, x->person, w->lang),
			.interviewer = x->interviewer, .attempts = x->attempts, .due = x->due_at ? some_time(x->due_at) : (opt_time){ 0 },
			.late = x->due_at && x->due_at <= w->cx->now_ms, .name = x->name, .phone = x->phone, .address = x->address };
		v.asks |= x->person.len > 0;
		if (!v.numbering.len)
			v.numbering = survey_case_numbering(x->person, w->lang);
	}
	v.no_odk = desk_without_odk(w, &s);
	v.tabs = desk_tabs(w, &s, "phong-van", &v.n_tabs);
	reply_interviews(w, &v);
}

static void fill_choices(struct web_cx *w, struct view_interview *v)
{
	static const enum case_outcome may[] = { CASE_NO_ANSWER, CASE_BUSY, CASE_APPOINTMENT, CASE_REFUSED, CASE_UNREACHABLE, CASE_NO_CONTACT,
		CASE_INELIGIBLE };
	v->choices = NEW_ARRAY(w->mem, struct view_interview_choice, sizeof may / sizeof *may);
	for (; v->n_choices < sizeof may / sizeof *may; v->n_choices++) {
		str word = str_of(case_outcome_word(may[v->n_choices]));
		v->choices[v->n_choices] = (struct view_interview_choice){ word, say(w, arena_printf(w->mem, "interview.outcome.%.*s", STR_ARG(word)).p),
			w->method == WEB_POST && str_eq(web_text(w, "ket-qua"), word) };
	}
}

static void show_case(struct web_cx *w, const struct survey_info *s)
{
	struct survey_case x;
	struct survey_call_list calls;
	struct survey_place_list places;
	size_t errors = w->cx->n_errors;
	enum err e = survey_case_get(w->cx, w->app, w->actor, s, web_text(w, "case"), &x, &calls);
	if (!e)
		e = survey_places(w->cx, w->app, s, &places);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_interview v = { .survey = s->code, .survey_name = desk_name(w, s), .code = x.code,
		.outcome = (enum view_interviews_outcome)x.outcome, .over = case_is_over(x.outcome), .place = x.place,
		.place_name = desk_place(w, &places, x.place), .person = x.person, .ask = survey_case_ask(w->mem, x.person, w->lang),
		.numbering = survey_case_numbering(x.person, w->lang), .attempts = x.attempts,
		.due = x.due_at ? some_time(x.due_at) : (opt_time){ 0 }, .name = x.name, .phone = x.phone, .email = x.email, .address = x.address,
		.may_call = s->gate == SURVEY_TAKES && !case_is_over(x.outcome), .illustrative = s->illustrative };
	if (w->method == WEB_POST) {
		v.note = web_text(w, "ghi-chu");
		v.due_day = web_text(w, "ngay");
		v.due_hour = web_text(w, "gio");
	}
	v.calls = NEW_ARRAY(w->mem, struct view_interview_call, calls.n + 1);
	for (; v.n_calls < calls.n; v.n_calls++) {
		const struct survey_call *k = &calls.p[v.n_calls];
		v.calls[v.n_calls] = (struct view_interview_call){ k->at, (enum view_interviews_outcome)k->outcome, k->interviewer, k->note };
	}
	fill_choices(w, &v);
	v.tabs = desk_tabs(w, s, "phong-van", &v.n_tabs);
	v.faults = fault_rows(w, &v.n_faults);
	if (errors)
		w->status = 422;
	web_cache(w, -1);
	reply_interview(w, &v);
}

static void page_case(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_case(w, &s);
}

/* "14:30" or "14h30"; -1: it is no hour. */
static int minute_of(str s)
{
	long h = 0, m = 0;
	size_t at = 0;
	while (at < s.len && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	str rest = at + 1 < s.len ? (str){ s.p + at + 1, s.len - at - 1 } : STR("0");
	if (!str_int((str){ s.p, at }, 0, 23, &h) || !str_int(rest, 0, 59, &m) || (at < s.len && s.p[at] != ':' && s.p[at] != 'h'))
		return -1;
	return (int)(h * 60 + m);
}

static void page_attempt(struct web_cx *w)
{
	struct survey_info s;
	enum case_outcome o = CASE_NEW;
	int64_t due = 0;
	if (!desk_open(w, &s))
		return;
	case_outcome_read(web_text(w, "ket-qua"), &o);
	if (o == CASE_APPOINTMENT) {
		int minute = minute_of(web_text(w, "gio"));
		due = web_has(w, "ngay") && minute >= 0 ? (int64_t)web_date(w, "ngay") * DAY_MS + (int64_t)minute * 60000 - LOCAL_MS : 0;
	}
	enum err e = w->cx->n_errors ? ERR_INPUT : survey_case_attempt(w->cx, w->app, w->actor, &s, web_text(w, "case"), o, due, web_text(w, "ghi-chu"));
	if (!e)
		web_redirect(w, desk_path(w, &s, "phong-van"));
	else if (e == ERR_INPUT)
		show_case(w, &s);
	else
		web_fail(w, e);
}

/* ---- the form in the hands of an interviewer ---- */

static str case_head(struct sitting *t, struct view_survey *v)
{
	const struct survey_case *of = t->of;
	str path = desk_case_path(t->w, &t->s, "phong-van", of->code);
	v->interview = true;
	v->asks_whom = SAY(t->w, "interview.form", of->code);
	v->leave = path;
	v->action = arena_printf(t->w->mem, "%.*s/phieu", STR_ARG(path));
	return v->action;
}

static void case_submission(const struct sitting *t, struct submission *in)
{
	const struct survey_case *of = t->of;
	struct response_visit *v = NEW(t->w->mem, struct response_visit);
	*v = (struct response_visit){ .user_id = t->w->actor->user_id, .by_day = true };
	in->mode = "phone";
	in->case_id = of->id;
	in->interviewer = t->w->actor->login;
	in->visit = v;
}

static void case_done(struct sitting *t, bool enough)
{
	web_redirect(t->w, arena_printf(t->w->mem, "%.*s?xong=%s", STR_ARG(desk_path(t->w, &t->s, "phong-van")), enough ? "du" : "1"));
}

static const struct form_use interview = { case_head, case_submission, case_done, true };

static bool open_case(struct sitting *t, struct survey_case *of)
{
	struct web_cx *w = t->w;
	struct survey_call_list calls;
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &t->s);
	if (!e)
		e = survey_case_get(w->cx, w->app, w->actor, &t->s, web_text(w, "case"), of, &calls);
	t->of = of;
	return form_open(t, e);
}

static void page_interview(struct web_cx *w)
{
	struct survey_case of;
	struct sitting t = { .w = w, .use = &interview };
	if (!open_case(&t, &of))
		return;
	if (case_is_over(of.outcome))
		form_closed(&t, say(w, "interview.over"));
	else
		form_first(&t);
}

static void page_interview_step(struct web_cx *w)
{
	struct survey_case of;
	struct sitting t = { .w = w, .use = &interview, .key = web_text(w, "khoa") };
	if (open_case(&t, &of))
		form_take(&t);
}

const struct web_route routes_interview[] = {
	{ WEB_GET, "/khao-sat/{survey}/phong-van", page_cases, "survey.interview", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "interviews",
		.section = "khao-sat", .doc = { "Danh sách phỏng vấn", "Cases to call" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "xong", IN_ENUM, .values = "1 du", .doc = { "phiếu vừa ghi", "what became of the last form" } }) },
	{ WEB_GET, "/khao-sat/{survey}/phong-van/{case}", page_case, "survey.interview", .view = "interview", .section = "khao-sat",
		.doc = { "Một phiếu trong mẫu", "A case of the sample" }, .in = WEB_INPUTS(DESK_SURVEY_IN, DESK_CASE_IN) },
	{ WEB_POST, "/khao-sat/{survey}/phong-van/{case}", page_attempt, "survey.interview", .faces = FACE_HTML, .flags = WEB_FORM_ERRORS,
		.view = "interview", .section = "khao-sat", .doc = { "Ghi kết quả một lần gọi", "How an attempt ended" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, DESK_CASE_IN, { "ket-qua", IN_TEXT, .required = true, .max = 20, .doc = { "kết quả", "outcome" } },
			{ "ngay", IN_DATE, .doc = { "ngày hẹn", "day of the appointment" } }, { "gio", IN_TEXT, .max = 5, .doc = { "giờ hẹn", "hour" } },
			{ "ghi-chu", IN_TEXT, .max = 500, .doc = { "ghi chú", "note" } }) },
	{ WEB_GET, "/khao-sat/{survey}/phong-van/{case}/phieu", page_interview, "survey.interview", .view = "survey",
		.section = "khao-sat",
		.doc = { "Phiếu khảo sát do điều tra viên ghi", "Form of a survey, filled in by an interviewer" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, DESK_CASE_IN) },
	{ WEB_POST, "/khao-sat/{survey}/phong-van/{case}/phieu", page_interview_step, "survey.interview", LANE_SAVE, .view = "survey",
		.section = "khao-sat",
		.doc = { "Gửi một bước của phiếu do điều tra viên ghi", "Sends a step of a form filled in by an interviewer" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, DESK_CASE_IN, KEY_IN, BEGUN_IN, STEP_IN, MOVE_IN) },
	{ 0 },
};
