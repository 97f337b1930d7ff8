#include "web/survey_edit.h"
#include "app/survey_edit.h"
#include "app/survey_quota.h"
#include "web/fault.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web_views.h"

static bool is_shown(enum err e) { return e == ERR_INPUT || e == ERR_CONFLICT; }

/* ---- the form ---- */

/* "mot-cua/2": code and version; a code alone: the newest. */
static void split_form(str value, str *code, int *version)
{
	long n = 0;
	*code = value;
	*version = 0;
	for (size_t i = value.len; i-- > 0;)
		if (value.p[i] == '/') {
			str_int((str){ value.p + i + 1, value.len - i - 1 }, 1, 1000000, &n);
			*code = (str){ value.p, i };
			*version = (int)n;
			return;
		}
}

static struct survey_settings typed(const struct web_cx *w)
{
	struct survey_settings x = { .name = { web_text(w, "ten"), web_text(w, "ten-en") }, .period = web_text(w, "ky"),
		.note = web_text(w, "ghi-chu"), .tokens = web_enum(w, "cach-vao") == 1, .opens_on = web_date(w, "tu"), .closes_on = web_date(w, "den"),
		.max_answers = web_int(w, "toi-da"), .max_day = web_int(w, "moi-ngay"), .illustrative = web_bool(w, "minh-hoa") };
	int design = web_enum(w, "cach-chon");
	x.design = design < 0 ? SURVEY_SELF_SELECTED : (enum survey_design)design;
	split_form(web_text(w, "bo-cau-hoi"), &x.questionnaire, &x.version);
	return x;
}

static str day_text(struct web_cx *w, day d)
{
	char text[DATE_TEXT];
	return d ? arena_str(w->mem, date_text_vn(d, text)) : STR("");
}

static str count_text(struct web_cx *w, int64_t n) { return n ? arena_printf(w->mem, "%lld", (long long)n) : STR(""); }

static void fill_settings(struct web_cx *w, const struct survey_settings *x, struct view_survey_setup *v)
{
	v->name_vi = x->name[LANG_VI];
	v->name_en = x->name[LANG_EN];
	v->questionnaire = x->questionnaire;
	v->version = x->version;
	v->form_value = arena_printf(w->mem, "%.*s/%d", STR_ARG(x->questionnaire), x->version);
	v->period = x->period;
	v->design = (enum view_survey_setup_design)x->design;
	v->tokens = x->tokens;
	v->note = x->note;
	v->illustrative = x->illustrative;
	if (x->opens_on)
		v->opens_on = some_date(x->opens_on);
	if (x->closes_on)
		v->closes_on = some_date(x->closes_on);
	if (x->max_answers)
		v->max_answers = some_int(x->max_answers);
	if (x->max_day)
		v->max_day = some_int(x->max_day);
	v->opens = day_text(w, x->opens_on);
	v->closes = day_text(w, x->closes_on);
	v->limit = count_text(w, x->max_answers);
	v->limit_day = count_text(w, x->max_day);
}

/* What was typed stays, also where it is no day and no number. */
static void keep_typed(struct web_cx *w, struct view_survey_setup *v)
{
	v->opens = web_text(w, "tu");
	v->closes = web_text(w, "den");
	v->limit = web_text(w, "toi-da");
	v->limit_day = web_text(w, "moi-ngay");
}

/* Versions to choose from; the chosen one also where only its code is known. */
static enum err fill_forms(struct web_cx *w, struct survey_settings *x, bool prefill, struct view_survey_setup *v)
{
	struct questionnaire_infos all;
	enum err e = questionnaire_all(w->cx, w->app, &all);
	if (e)
		return e;
	v->forms = NEW_ARRAY(w->mem, struct view_survey_setup_choice, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		const struct questionnaire_info *q = &all.p[i];
		bool newest = !i || !str_eq(all.p[i - 1].code, q->code);
		bool chosen = str_eq(q->code, x->questionnaire) && (x->version ? q->version == x->version : newest);
		str name = say_either(w, q->name[LANG_VI], q->name[LANG_EN]);
		if (chosen) {
			x->version = q->version;
			v->form_name = SAY(w, "survey_setup.form_version", name, say_int(w, q->version));
			if (prefill) {
				x->name[LANG_VI] = q->name[LANG_VI];
				x->name[LANG_EN] = q->name[LANG_EN];
				x->illustrative |= q->illustrative;
			}
		}
		v->forms[v->n_forms++] = (struct view_survey_setup_choice){ arena_printf(w->mem, "%.*s/%d", STR_ARG(q->code), q->version),
			SAY(w, "survey_setup.form_version", name, say_int(w, q->version)), chosen };
	}
	return ERR_OK;
}

/* ---- a new one ---- */

static void show_new(struct web_cx *w)
{
	bool posted = w->method == WEB_POST;
	struct view_survey_setup v = { .fresh = true, .code = web_text(w, "ma"), .action = STR("/khao-sat/moi") };
	v.faults = fault_rows(w, &v.n_faults);
	struct survey_settings x = typed(w);
	if (!posted) {
		day today = date_of_ms(w->cx->now_ms);
		char text[DATE_TEXT];
		x.period = arena_str(w->mem, (str){ date_text(today, text).p, 4 });
		x.opens_on = today;
		x.illustrative = w->app->sandbox;
	}
	enum err e = fill_forms(w, &x, !posted, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	fill_settings(w, &x, &v);
	if (posted)
		keep_typed(w, &v);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_setup(w, &v);
}

static void page_new(struct web_cx *w) { show_new(w); }

static void page_new_do(struct web_cx *w)
{
	struct survey_settings x = typed(w);
	x.code = web_text(w, "ma");
	enum err e = w->cx->n_errors ? ERR_INPUT : survey_create(w->cx, w->app, w->actor, &x);
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/thiet-lap?xong=lap", STR_ARG(x.code)));
	else if (is_shown(e))
		show_new(w);
	else
		web_fail(w, e);
}

/* ---- quotas ---- */

static void say_options(const questionnaire *q, const struct question *x, enum lang lang, const struct given *only, buf *b)
{
	const struct question_list *l = &q->lists.p[x->list];
	bool first = true;
	for (size_t i = 0; i < l->options.n; i++) {
		const struct question_option *o = &l->options.p[i];
		bool named = !only;
		for (size_t k = 0; only && k < only->n; k++)
			named |= str_eq(only->p[k], o->code);
		if (!named)
			continue;
		buf_addz(b, first ? "" : only ? " / " : "; ");
		first = false;
		if (only)
			buf_add(b, o->text[lang]);
		else
			buf_printf(b, "%.*s = %.*s", STR_ARG(o->code), STR_ARG(o->text[lang]));
	}
}

static str taken(struct web_cx *w, buf *b)
{
	str s = arena_str(w->mem, buf_str(b));
	buf_free(b);
	return s;
}

static str cell_words(struct web_cx *w, const questionnaire *q, const struct given *cell)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < q->items.n; i++) {
		if (!cell[i].n)
			continue;
		buf_addz(&b, b.len ? "; " : "");
		buf_printf(&b, "%.*s ", STR_ARG(q->items.p[i].code));
		say_options(q, &q->items.p[i], w->lang, &cell[i], &b);
	}
	return taken(w, &b);
}

static enum err fill_quotas(struct web_cx *w, const struct survey_info *s, struct view_survey_setup *v)
{
	struct survey_quota_list list;
	enum err e = survey_quotas(w->cx, w->app, s, &list);
	str edit = w->method == WEB_GET ? web_text(w, "nhom") : STR("");
	v->quotas = NEW_ARRAY(w->mem, struct view_survey_setup_cell, list.n + 1);
	for (size_t i = 0; i < list.n && !e; i++) {
		const struct survey_quota *x = &list.p[i];
		v->quotas[v->n_quotas++] = (struct view_survey_setup_cell){ x->code,
			say_either(w, x->name[LANG_VI], x->name[LANG_EN]), x->cell, cell_words(w, s->q, x->given), x->n, x->most,
			arena_printf(w->mem, "%.*s?nhom=%.*s#h-nhom", STR_ARG(desk_path(w, s, "thiet-lap")), STR_ARG(x->code)),
			desk_path(w, s, "chi-tieu/bo") };
		if (!edit.len || !str_eq(edit, x->code))
			continue;
		v->quota_editing = true;
		v->quota_code = x->code;
		v->quota_vi = x->name[LANG_VI];
		v->quota_en = x->name[LANG_EN];
		v->quota_cell = x->cell;
		v->quota_most = arena_printf(w->mem, "%lld", (long long)x->most);
	}
	return e;
}

static void fill_items(struct web_cx *w, const questionnaire *q, struct view_survey_setup *v)
{
	v->items = NEW_ARRAY(w->mem, struct view_survey_setup_item, q->items.n + 1);
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		buf b;
		if (!question_is_asked(x) || x->list < 0)
			continue;
		buf_init(&b, 0);
		say_options(q, x, w->lang, NULL, &b);
		v->items[v->n_items++] = (struct view_survey_setup_item){ x->code, x->text[w->lang], taken(w, &b) };
	}
}

/* ---- one that is there ---- */

static struct survey_settings settings_of(const struct survey_info *s)
{
	return (struct survey_settings){ .code = s->code,
		.questionnaire = s->questionnaire,
		.version = s->version,
		.name = { s->name[LANG_VI], s->name[LANG_EN] },
		.period = s->period,
		.note = s->note,
		.design = s->design,
		.tokens = s->tokens,
		.opens_on = s->opens_on,
		.closes_on = s->open_end ? 0 : s->closes_on,
		.max_answers = s->max_answers,
		.max_day = s->max_day,
		.illustrative = s->illustrative };
}

enum posted { NOTHING, SETTINGS, QUOTA };

static enum err fill_state(struct web_cx *w, const struct survey_info *s, struct view_survey_setup *v)
{
	struct survey_place_list places;
	enum err e = survey_answered(w->cx, w->app, s, &v->answered);
	if (!e)
		e = survey_places(w->cx, w->app, s, &places);
	if (e)
		return e;
	v->places = (int64_t)places.n;
	v->locked = s->is_public == SURVEY_PUBLISHED;
	v->state = (enum view_survey_setup_state)s->state;
	v->gate = (enum view_survey_setup_gate)s->gate;
	v->can_open = survey_state_can(w->cx, s, v->answered, SURVEY_IS_OPEN);
	v->can_close = survey_state_can(w->cx, s, v->answered, SURVEY_IS_CLOSED);
	v->can_redraft = survey_state_can(w->cx, s, v->answered, SURVEY_IS_DRAFT);
	return ERR_OK;
}

static void show_one(struct web_cx *w, const struct survey_info *s, enum posted what)
{
	struct view_survey_setup v = { .code = s->code, .name = desk_name(w, s), .action = desk_path(w, s, "thiet-lap") };
	v.faults = fault_rows(w, &v.n_faults);
	struct survey_settings x = what == SETTINGS ? typed(w) : settings_of(s);
	enum err e = fill_state(w, s, &v);
	if (!e)
		e = fill_quotas(w, s, &v);
	if (!e)
		e = fill_forms(w, &x, false, &v);
	if (!e)
		e = survey_settings_mark(w->cx, w->app, s, &v.seen);
	if (e) {
		web_fail(w, e);
		return;
	}
	fill_settings(w, &x, &v);
	fill_items(w, s->q, &v);
	if (what == SETTINGS)
		keep_typed(w, &v);
	if (what == QUOTA) {
		v.quota_editing = !web_bool(w, "moi");
		v.quota_code = web_text(w, "nhom");
		v.quota_vi = web_text(w, "ten");
		v.quota_en = web_text(w, "ten-en");
		v.quota_cell = web_text(w, "o");
		v.quota_most = web_text(w, "nhieu-nhat");
	}
	if (w->method == WEB_GET && web_has(w, "xong"))
		v.done = (enum view_survey_setup_done)(web_enum(w, "xong") + 1);
	v.tabs = desk_tabs(w, s, "thiet-lap", &v.n_tabs);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_setup(w, &v);
}

static void page_setup(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show_one(w, &s, NOTHING);
}

static void after(struct web_cx *w, const struct survey_info *s, enum err e, enum posted what, const char *done)
{
	if (!e)
		web_redirect(w, arena_printf(w->mem, "%.*s?xong=%s", STR_ARG(desk_path(w, s, "thiet-lap")), done));
	else if (is_shown(e))
		show_one(w, s, what);
	else
		web_fail(w, e);
}

static void page_setup_do(struct web_cx *w)
{
	struct survey_info s;
	struct survey_settings x = typed(w);
	x.seen = web_text(w, "dau");
	if (desk_open(w, &s))
		after(w, &s, w->cx->n_errors ? ERR_INPUT : survey_settle(w->cx, w->app, w->actor, &s, &x), SETTINGS, "luu");
}

static void page_state(struct web_cx *w)
{
	static const struct {
		enum survey_state to;
		const char *done;
	} acts[] = { { SURVEY_IS_OPEN, "mo" }, { SURVEY_IS_CLOSED, "dong" }, { SURVEY_IS_DRAFT, "du-thao" } };
	struct survey_info s;
	int i = web_enum(w, "viec");
	if (!desk_open(w, &s))
		return;
	enum err e = w->cx->n_errors || i < 0 ? ERR_INPUT : ERR_OK;
	if (!e && acts[i].to == SURVEY_IS_CLOSED && !web_bool(w, "chac"))
		e = cx_fail(w->cx, ERR_INPUT, "survey_edit.confirm", (place){ .field = STR("chac") }, (str){ 0 });
	if (!e)
		e = survey_state_set(w->cx, w->app, w->actor, &s, acts[i].to);
	after(w, &s, e, NOTHING, e ? "" : acts[i].done);
}

static void page_quota(struct web_cx *w)
{
	struct survey_info s;
	struct survey_quota x = { .code = web_text(w, "nhom"), .name = { web_text(w, "ten"), web_text(w, "ten-en") }, .cell = web_text(w, "o"),
		.most = web_has(w, "nhieu-nhat") ? web_int(w, "nhieu-nhat") : -1 };
	if (desk_open(w, &s))
		after(w, &s, w->cx->n_errors ? ERR_INPUT : survey_quota_save(w->cx, w->app, w->actor, &s, &x, web_bool(w, "moi")), QUOTA, "nhom");
}

static void page_quota_drop(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s, survey_quota_drop(w->cx, w->app, w->actor, &s, web_text(w, "nhom")), NOTHING, "bo-nhom");
}

#define TEXT(name, most, vi, en) { name, IN_TEXT, .max = most, .doc = { vi, en } }
#define FORM_IN TEXT("bo-cau-hoi", 80, "bộ câu hỏi", "questionnaire")
#define SETTINGS_IN \
	FORM_IN, TEXT("ten", SURVEY_NAME_MAX, "tên", "name"), TEXT("ten-en", SURVEY_NAME_MAX, "tên tiếng Anh", "English name"), \
		TEXT("ky", 10, "kỳ", "period"), \
		{ "cach-chon", IN_ENUM, .values = "xac-suat toan-bo tu-tra-loi", \
			.doc = { "cách chọn người trả lời", "how respondents are chosen" } }, \
		{ "cach-vao", IN_ENUM, .values = "mo ma-moi", .doc = { "cách vào phiếu", "who may open the form" } }, \
		{ "tu", IN_DATE, .doc = { "ngày mở", "opens on" } }, { "den", IN_DATE, .doc = { "ngày đóng", "closes on" } }, \
		{ "toi-da", IN_INT, .min = 1, .max = 100000000, .doc = { "nhiều nhất bao nhiêu phiếu", "most answers in all" } }, \
		{ "moi-ngay", IN_INT, .min = 1, .max = 100000000, .doc = { "nhiều nhất bao nhiêu phiếu mỗi ngày", "most answers on a day" } }, \
		{ "minh-hoa", IN_BOOL, .doc = { "chạy thử, số liệu minh họa", "a trial, illustrative figures" } }, \
		TEXT("ghi-chu", SURVEY_REMARK_MAX, "ghi chú", "note")
#define QUOTA_IN TEXT("nhom", SURVEY_CODE_MAX, "mã nhóm", "code of the cell")
#define POSTED .faces = FACE_HTML, .section = "khao-sat", .flags = WEB_FORM_ERRORS, .view = "survey_setup"

const struct web_route routes_survey_edit[] = {
	{ WEB_GET, "/khao-sat/moi", page_new, "survey.manage", .faces = FACE_HTML, .section = "khao-sat", .view = "survey_setup",
		.doc = { "Lập khảo sát mới", "The form of a new survey" },
		.in = WEB_INPUTS(TEXT("ma", SURVEY_CODE_MAX, "mã khảo sát", "code of the survey"), SETTINGS_IN) },
	{ WEB_POST, "/khao-sat/moi", page_new_do, "survey.manage", POSTED,
		.doc = { "Lập khảo sát mới, ở dạng dự thảo", "Makes a survey, as a draft" },
		.in = WEB_INPUTS(TEXT("ma", SURVEY_CODE_MAX, "mã khảo sát", "code of the survey"), SETTINGS_IN) },
	{ WEB_GET, "/khao-sat/{survey}/thiet-lap", page_setup, "survey.manage", .section = "khao-sat", .view = "survey_setup",
		.doc = { "Thiết lập của một khảo sát", "What a survey is set to" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, QUOTA_IN,
			{ "xong", IN_ENUM, .values = "lap luu mo dong du-thao nhom bo-nhom", .doc = { "việc vừa làm", "what was just done" } }) },
	{ WEB_POST, "/khao-sat/{survey}/thiet-lap", page_setup_do, "survey.manage", POSTED,
		.doc = { "Sửa thiết lập của khảo sát", "Corrects what a survey is set to" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, SETTINGS_IN,
			TEXT("dau", SURVEY_MARK, "dấu của thiết lập đang sửa", "mark of the settings that are corrected")) },
	{ WEB_POST, "/khao-sat/{survey}/trang-thai", page_state, "survey.manage", POSTED,
		.doc = { "Mở, đóng khảo sát, hoặc đưa về dự thảo", "Opens or closes a survey, or makes it a draft again" },
		.in = WEB_INPUTS(DESK_SURVEY_IN,
			{ "viec", IN_ENUM, .required = true, .values = "mo dong du-thao",
				.doc = { "mở, đóng, về dự thảo", "open, close, redraft" } },
			{ "chac", IN_BOOL, .doc = { "xác nhận đóng", "confirmation of closing" } }) },
	{ WEB_POST, "/khao-sat/{survey}/chi-tieu", page_quota, "survey.manage", POSTED, .lane = LANE_SLOW,
		.doc = { "Thêm hoặc sửa một nhóm chỉ tiêu", "Adds or corrects a cell of the quotas" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, QUOTA_IN, TEXT("ten", SURVEY_NAME_MAX, "tên", "name"),
			TEXT("ten-en", SURVEY_NAME_MAX, "tên tiếng Anh", "English name"),
			TEXT("o", SURVEY_CELL_MAX, "điều kiện", "condition"),
			{ "nhieu-nhat", IN_INT, .min = 0, .max = 100000000, .doc = { "nhiều nhất bao nhiêu phiếu", "most answers" } },
			{ "moi", IN_BOOL, .doc = { "nhóm mới", "a new cell" } }) },
	{ WEB_POST, "/khao-sat/{survey}/chi-tieu/bo", page_quota_drop, "survey.manage", POSTED,
		.doc = { "Bỏ một nhóm chỉ tiêu", "Drops a cell of the quotas" }, .in = WEB_INPUTS(DESK_SURVEY_IN, QUOTA_IN) },
	{ 0 },
};
