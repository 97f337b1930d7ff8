#include "web/survey_desk.h"
#include "app/actor.h"
#include "app/questionnaire_note.h"
#include "app/settings.h"
#include "app/survey_issue.h"
#include "app/survey_progress.h"
#include "web/bar.h"
#include "web/fault.h"
#include "web/inner.h"
#include "web/say.h"
#include "web_views.h"

/* ---- shared ---- */

bool desk_open(struct web_cx *w, struct survey_info *s)
{
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), s);
	if (e)
		web_fail(w, e);
	return !e;
}

str desk_name(const struct web_cx *w, const struct survey_info *s)
{
	return say_either(w, s->name[LANG_VI], s->name[LANG_EN]);
}

str desk_place(const struct web_cx *w, const struct survey_place_list *places, str code)
{
	for (size_t i = 0; i < places->n; i++)
		if (str_eq(places->p[i].code, code))
			return say_either(w, places->p[i].name[LANG_VI], places->p[i].name[LANG_EN]);
	return code;
}

str desk_path(struct web_cx *w, const struct survey_info *s, const char *page)
{
	return arena_printf(w->mem, "/khao-sat/%.*s/%s", STR_ARG(s->code), page);
}

str desk_case_path(struct web_cx *w, const struct survey_info *s, const char *page, str code)
{
	buf b;
	buf_init(&b, 0);
	buf_add(&b, desk_path(w, s, page));
	buf_char(&b, '/');
	view_segment(&b, code);
	str path = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return path;
}

str desk_address(struct web_cx *w, str path)
{
	const struct settings *set = w->app->settings;
	if (set && set->url.len)
		return arena_printf(w->mem, "%.*s%.*s", STR_ARG(set->url), STR_ARG(path));
	const char *scheme = w->server->config.tls ? "https" : "http";
	return arena_printf(w->mem, "%s://%.*s%.*s", scheme, STR_ARG(w->host.len ? w->host : STR("localhost")), STR_ARG(path));
}

struct view_survey_progress_tab *desk_tabs(struct web_cx *w, const struct survey_info *s, const char *here, size_t *n)
{
	static const struct {
		const char *page, *verb, *other, *name;
	} tabs[] = { { "thiet-lap", "manage", "manage", "field.tab.setup" }, { "dia-diem", "manage", "manage", "field.tab.places" },
		{ "tien-do", "interview", "view", "field.tab.progress" }, { "phat-hanh", "issue", "issue", "field.tab.issue" },
		{ "phong-van", "interview", "interview", "field.tab.interview" },
		{ "phuc-tra", "sample", "sample", "field.tab.callback" }, { "giay", "enter", "enter", "field.tab.paper" },
		{ "nhap-bang", "import", "import", "field.tab.import" } };
	struct view_survey_progress_tab *v = NEW_ARRAY(w->mem, struct view_survey_progress_tab, sizeof tabs / sizeof *tabs);
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		if (actor_can(w->actor, STR("survey"), str_of(tabs[i].verb)) || actor_can(w->actor, STR("survey"), str_of(tabs[i].other)))
			v[(*n)++] = (struct view_survey_progress_tab){ desk_path(w, s, tabs[i].page), say(w, tabs[i].name), !strcmp(tabs[i].page, here) };
	return v;
}

/* ---- progress ---- */

static struct view_survey_progress_field field_of(const struct progress_field *f, str code, str name, bool whole)
{
	int64_t eligible = f->cases - f->n[CASE_INELIGIBLE] - f->n[CASE_QUOTA_FULL];
	return (struct view_survey_progress_field){ .code = code, .name = name, .whole = whole, .cases = f->cases, .untried = f->n[CASE_NEW],
		.trying = f->n[CASE_NO_ANSWER] + f->n[CASE_BUSY], .appointments = f->n[CASE_APPOINTMENT], .completed = f->n[CASE_COMPLETED],
		.refused = f->n[CASE_REFUSED], .lost = f->n[CASE_UNREACHABLE] + f->n[CASE_NO_CONTACT], .ineligible = f->n[CASE_INELIGIBLE],
		.quota_full = f->n[CASE_QUOTA_FULL], .attempts = f->attempts, .response = { f->n[CASE_COMPLETED], eligible } };
}

static void fill_fields(struct web_cx *w, const struct survey_progress *p, struct view_survey_progress *v)
{
	v->areas = NEW_ARRAY(w->mem, struct view_survey_progress_field, p->by_place.n + 1);
	for (; v->n_areas < p->by_place.n; v->n_areas++) {
		const struct progress_field *f = &p->by_place.p[v->n_areas];
		v->areas[v->n_areas] = field_of(f, f->place, say_either(w, f->place_name[LANG_VI], f->place_name[LANG_EN]), v->n_areas + 1 == p->by_place.n);
	}
	v->interviewers = NEW_ARRAY(w->mem, struct view_survey_progress_field, p->by_interviewer.n + 1);
	for (; v->n_interviewers < p->by_interviewer.n; v->n_interviewers++) {
		const struct progress_field *f = &p->by_interviewer.p[v->n_interviewers];
		v->interviewers[v->n_interviewers] = field_of(f, f->interviewer, f->interviewer_name, v->n_interviewers + 1 == p->by_interviewer.n);
	}
}

static void fill_modes(struct web_cx *w, const struct survey_progress *p, struct view_survey_progress *v)
{
	v->modes = NEW_ARRAY(w->mem, struct view_survey_progress_mode, p->modes.n + 1);
	for (; v->n_modes < p->modes.n; v->n_modes++) {
		const struct progress_mode *m = &p->modes.p[v->n_modes];
		const char *key = arena_printf(w->mem, "field.mode.%.*s", STR_ARG(m->mode)).p;
		v->modes[v->n_modes] = (struct view_survey_progress_mode){ m->place, say_either(w, m->place_name[LANG_VI], m->place_name[LANG_EN]), m->mode,
			say(w, key), m->n, m->last };
	}
}

static void fill_quotas(struct web_cx *w, const struct survey_progress *p, struct view_survey_progress *v)
{
	v->quotas = NEW_ARRAY(w->mem, struct view_survey_progress_quota, p->quotas.n + 1);
	for (; v->n_quotas < p->quotas.n; v->n_quotas++) {
		const struct survey_quota *q = &p->quotas.p[v->n_quotas];
		struct view_survey_progress_quota *to = &v->quotas[v->n_quotas];
		*to = (struct view_survey_progress_quota){ .code = q->code, .name = say_either(w, q->name[LANG_VI], q->name[LANG_EN]), .cell = q->cell,
			.answers = q->n, .most = q->most, .share = { q->n, q->most }, .full = q->n >= q->most };
		to->bar = bar_score(w->mem, q->most ? (double)q->n / (double)q->most : 1, 160);
	}
}

bool desk_without_odk(struct web_cx *w, const struct survey_info *s)
{
	struct form_gaps gaps;
	form_gaps_of(w->cx, s->q, &gaps);
	return gaps.n > 0;
}

static void page_progress(struct web_cx *w)
{
	struct survey_info s;
	struct survey_progress p;
	if (!desk_open(w, &s))
		return;
	enum err e = survey_progress(w->cx, w->app, w->actor, &s, &p);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_survey_progress v = { .code = s.code,
		.name = desk_name(w, &s),
		.answers = p.answers,
		.screened = p.screened,
		.tokens = p.tokens,
		.used = p.used,
		.contacts = p.contacts,
		.invited = p.invited,
		.sheets = p.sheets,
		.sheets_once = p.sheets_once,
		.sheets_differ = p.sheets_differ,
		.sheets_settled = p.sheets_settled,
		.sheets_void = p.sheets_void,
		.sheets_blank = p.sheets_blank,
		.typed_items = p.typed_items,
		.typed_differ = p.typed_differ,
		.self_selected = s.design == SURVEY_SELF_SELECTED,
		.illustrative = s.illustrative };
	if (s.max_answers && !s.tokens)
		v.limit = some_int(s.max_answers);
	if (s.max_day && !s.tokens)
		v.limit_day = some_int(s.max_day);
	const struct progress_field *all = p.by_place.n ? &p.by_place.p[p.by_place.n - 1] : NULL;
	v.title = all ? SAY(w, "field.title_cases", say_int(w, all->n[CASE_COMPLETED]), say_int(w, all->cases)) : SAY(w, "field.title", say_int(w, p.answers));
	v.no_odk = desk_without_odk(w, &s);
	v.tabs = desk_tabs(w, &s, "tien-do", &v.n_tabs);
	fill_fields(w, &p, &v);
	fill_modes(w, &p, &v);
	fill_quotas(w, &p, &v);
	reply_survey_progress(w, &v);
}

/* ---- ways in ---- */

static void fill_places(struct web_cx *w, const struct survey_info *s, const struct survey_place_list *list, struct view_survey_issue *v)
{
	v->places = NEW_ARRAY(w->mem, struct view_survey_issue_place, list->n + 1);
	for (; v->n_places < list->n; v->n_places++) {
		const struct survey_place *p = &list->p[v->n_places];
		v->places[v->n_places] = (struct view_survey_issue_place){ p->code, say_either(w, p->name[LANG_VI], p->name[LANG_EN]),
			arena_printf(w->mem, "/khao-sat/%.*s/ma-qr?kho=a6&noi=%.*s", STR_ARG(s->code), STR_ARG(p->code)),
			desk_address(w, arena_printf(w->mem, "/khao-sat/%.*s?noi=%.*s&quay=1", STR_ARG(s->code), STR_ARG(p->code))) };
	}
}

static void show_issue(struct web_cx *w, const struct survey_info *s)
{
	struct survey_place_list places;
	struct survey_progress p;
	size_t errors = w->cx->n_errors;
	enum err e = survey_places(w->cx, w->app, s, &places);
	if (!e)
		e = survey_progress(w->cx, w->app, w->actor, s, &p);
	if (e) {
		web_fail(w, e);
		return;
	}
	const struct settings *set = w->app->settings;
	struct view_survey_issue v = { .code = s->code, .name = desk_name(w, s), .tokens = p.tokens, .used = p.used, .by_token = s->tokens,
		.open = s->gate == SURVEY_TAKES, .illustrative = s->illustrative, .contacts = p.contacts, .invited = p.invited,
		.may_write = set && set->has_mail, .count = w->method == WEB_POST ? web_text(w, "so-luong") : STR("") };
	if (w->method == WEB_GET && web_has(w, "da-gui"))
		v.sent = some_int(web_int(w, "da-gui"));
	v.kiosk = desk_address(w, arena_printf(w->mem, "/khao-sat/%.*s?quay=1", STR_ARG(s->code)));
	fill_places(w, s, &places, &v);
	v.tabs = desk_tabs(w, s, "phat-hanh", &v.n_tabs);
	v.faults = fault_rows(w, &v.n_faults);
	if (errors)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_issue(w, &v);
}

static void page_issue(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_issue(w, &s);
}

static int minutes_of(const struct survey_info *s)
{
	enum { SECONDS_A_QUESTION = 9 };
	return (s->q->n_asked * SECONDS_A_QUESTION + 59) / 60;
}

static struct view_survey_print print_of(struct web_cx *w, const struct survey_info *s, enum view_survey_print_kind kind, size_t n)
{
	return (struct view_survey_print){ .code = s->code, .name = desk_name(w, s), .kind = kind, .illustrative = s->illustrative,
		.closes_on = s->open_end ? (opt_date){ 0 } : some_date(s->closes_on), .minutes = minutes_of(s), .today = date_of_ms(w->cx->now_ms),
		.codes = NEW_ARRAY(w->mem, struct view_survey_print_code, n + 1) };
}

/* The code says that it was a code, the address beside it, which is typed, does not. */
static enum err add_code(struct web_cx *w, struct view_survey_print *v, str name, str path)
{
	struct view_survey_print_code *to = &v->codes[v->n_codes++];
	bool has_query = memchr(path.p, '?', path.len) != NULL;
	*to = (struct view_survey_print_code){ .name = name, .address = desk_address(w, path) };
	return survey_qr(w->cx, arena_printf(w->mem, "%.*s%sqr=1", STR_ARG(to->address), has_query ? "&" : "?"), &to->svg);
}

static void page_codes(struct web_cx *w)
{
	struct survey_info s;
	struct survey_place_list places;
	if (!desk_open(w, &s))
		return;
	enum err e = survey_places(w->cx, w->app, &s, &places);
	if (!e && s.tokens)
		places.n = 0;
	struct view_survey_print v = print_of(w, &s, web_enum(w, "kho") == 1 ? VIEW_SURVEY_PRINT_KIND_A6 : VIEW_SURVEY_PRINT_KIND_A4, places.n + 1);
	str only = web_text(w, "noi");
	for (size_t i = 0; i < places.n && !e; i++) {
		const struct survey_place *p = &places.p[i];
		if (!only.len || str_eq(only, p->code))
			e = add_code(w, &v, say_either(w, p->name[LANG_VI], p->name[LANG_EN]),
				arena_printf(w->mem, "/khao-sat/%.*s?noi=%.*s", STR_ARG(s.code), STR_ARG(p->code)));
	}
	if (!e && !places.n && !s.tokens && !only.len)
		e = add_code(w, &v, desk_name(w, &s), arena_printf(w->mem, "/khao-sat/%.*s", STR_ARG(s.code)));
	if (e)
		web_fail(w, e);
	else
		reply_survey_print(w, &v);
}

static void reply_tokens_csv(struct web_cx *w, const struct survey_info *s, const struct survey_tokens *list)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "\xEF\xBB\xBFno,place,address\r\n");
	for (size_t i = 0; i < list->n; i++)
		buf_printf(&b, "%zu,%.*s,%.*s\r\n", i + 1, STR_ARG(web_text(w, "noi")),
			STR_ARG(desk_address(w, arena_printf(w->mem, "/phieu/%.*s", STR_ARG(list->p[i])))));
	web_download(w, arena_printf(w->mem, "ma-moi-%.*s.csv", STR_ARG(s->code)));
	web_cache(w, -1);
	web_bytes(w, "text/csv; charset=utf-8", buf_str(&b));
	buf_free(&b);
}

static void reply_tokens(struct web_cx *w, const struct survey_info *s, const struct survey_tokens *list, bool letters)
{
	struct survey_place at;
	str where = web_text(w, "noi"), name = desk_name(w, s);
	struct view_survey_print v = print_of(w, s, letters ? VIEW_SURVEY_PRINT_KIND_LETTER : VIEW_SURVEY_PRINT_KIND_SLIP, list->n);
	enum err e = where.len ? survey_place_get(w->cx, w->app, s, where, &at) : ERR_OK;
	if (!e && where.len && !letters)
		name = say_either(w, at.name[LANG_VI], at.name[LANG_EN]);
	for (size_t i = 0; i < list->n && !e; i++)
		e = add_code(w, &v, name, arena_printf(w->mem, "/phieu/%.*s", STR_ARG(list->p[i])));
	web_cache(w, -1);
	if (e)
		web_fail(w, e);
	else
		reply_survey_print(w, &v);
}

static void page_issue_do(struct web_cx *w)
{
	struct survey_info s;
	struct survey_tokens list;
	if (!desk_open(w, &s))
		return;
	enum err e = w->cx->n_errors ? ERR_INPUT : survey_tokens_issue(w->cx, w->app, w->actor, &s, web_text(w, "noi"), web_int(w, "so-luong"), &list);
	if (e == ERR_INPUT)
		show_issue(w, &s);
	else if (e)
		web_fail(w, e);
	else if (web_enum(w, "dang") == 2)
		reply_tokens_csv(w, &s, &list);
	else
		reply_tokens(w, &s, &list, web_enum(w, "dang") == 0);
}

static void page_letters(struct web_cx *w)
{
	struct survey_info s;
	int64_t n;
	if (!desk_open(w, &s))
		return;
	enum err e = survey_invite(w->cx, w->app, w->actor, &s, web_enum(w, "lan") == 1, &n);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/phat-hanh?da-gui=%lld", STR_ARG(s.code), (long long)n));
}

#define PLACE_IN { "noi", IN_TEXT, .max = 60, .doc = { "mã địa điểm, quầy", "code of the place or desk" } }

const struct web_route routes_survey_desk[] = {
	{ WEB_GET, "/khao-sat/{survey}/tien-do", page_progress, "signed-in", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "survey_progress",
		.section = "khao-sat", .doc = { "Tiến độ thu thập", "Progress of the collection" }, .in = WEB_INPUTS(DESK_SURVEY_IN) },
	{ WEB_GET, "/khao-sat/{survey}/phat-hanh", page_issue, "survey.issue", .view = "survey_issue", .section = "khao-sat",
		.doc = { "Phát hành phiếu: mã QR, mã mời, thư", "Ways into a survey: QR codes, invitations, letters" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, { "da-gui", IN_INT, .min = 0, .max = 1000000, .doc = { "số thư vừa gửi", "letters just sent" } }) },
	{ WEB_POST, "/khao-sat/{survey}/phat-hanh", page_issue_do, "survey.issue", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_FORM_ERRORS,
		.view = "survey_print", .section = "khao-sat",
		.doc = { "Tạo mã mời dùng một lần, trả về thư, thẻ hoặc CSV, chỉ lần này",
			"Makes one-time invitations and answers with letters, slips or CSV, this once" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, PLACE_IN,
			{ "so-luong", IN_INT, .required = true, .min = 1, .max = SURVEY_ISSUE_MAX,
				.doc = { "số lượng", "how many" } },
			{ "dang", IN_ENUM, .values = "thu the csv", .def = "thu",
				.doc = { "thư, thẻ hoặc CSV", "letters, slips or CSV" } }) },
	{ WEB_POST, "/khao-sat/{survey}/gui-thu", page_letters, "survey.issue", .lane = LANE_SLOW, .faces = FACE_HTML,
		.section = "khao-sat",
		.doc = { "Gửi thư mời hoặc thư nhắc cho người chưa trả lời",
			"Writes to those who have not answered: first letter or reminder" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "lan", IN_ENUM, .values = "moi nhac", .required = true,
				.doc = { "mời hoặc nhắc", "first letter or reminder" } }) },
	{ WEB_GET, "/khao-sat/{survey}/ma-qr", page_codes, "survey.issue", .faces = FACE_HTML, .view = "survey_print",
		.section = "khao-sat", .doc = { "Mã QR để in", "QR codes to print" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, PLACE_IN,
			{ "kho", IN_ENUM, .values = "a4 a6", .def = "a4", .doc = { "khổ giấy", "paper" } }) },
	{ 0 },
};
