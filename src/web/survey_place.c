/* The places of a survey: a list, one by one or from a table. */
#include "app/survey_place.h"
#include "app/survey_edit.h"
#include "app/unit.h"
#include "web/fault.h"
#include "web/pager.h"
#include "web/round.h"
#include "web/say.h"
#include "web/survey_desk.h"
#include "web/survey_edit.h"
#include "web/upload.h"
#include "web_views.h"

static str unit_value(struct web_cx *w, str level, str code) { return arena_printf(w->mem, "%.*s/%.*s", STR_ARG(level), STR_ARG(code)); }

/* The units of the province as choices, communes first; the one that a place has stays in it, also where it is no more. */
static enum err fill_units(struct web_cx *w, const struct survey_place_edit *x, str unit_name, struct view_survey_places *v)
{
	static const char *const levels[] = { "commune", "department", "sample-commune", "sample-department" };
	size_t n = w->app->sandbox ? 4 : 2;
	str now = x->unit.len ? unit_value(w, x->level, x->unit) : STR("");
	bool found = !now.len;
	v->groups = NEW_ARRAY(w->mem, struct view_survey_places_group, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct unit_list list = { 0 };
		enum err e = unit_own(w->cx, w->app, str_of(levels[i]), &list);
		if (e)
			return e;
		if (!list.n)
			continue;
		struct view_survey_places_group *g = &v->groups[v->n_groups++];
		*g = (struct view_survey_places_group){ .name = level_name(w, str_of(levels[i < 2 ? i : i - 2])),
			.units = NEW_ARRAY(w->mem, struct view_survey_places_choice, list.n) };
		for (; g->n_units < list.n; g->n_units++) {
			const struct unit_info *u = &list.p[g->n_units];
			str value = unit_value(w, u->level, u->code);
			g->units[g->n_units] = (struct view_survey_places_choice){ value, u->name, str_eq(value, now) };
			found |= str_eq(value, now);
		}
	}
	if (!found) {
		struct view_survey_places_choice *one = NEW(w->mem, struct view_survey_places_choice);
		*one = (struct view_survey_places_choice){ now, unit_name.len ? unit_name : x->unit, true };
		v->groups[v->n_groups++] = (struct view_survey_places_group){ say(w, "survey_places.other_unit"), one, 1 };
	}
	return ERR_OK;
}

/* "commune/00001" */
static struct survey_place_edit typed(struct web_cx *w)
{
	struct survey_place_edit x = { .code = web_text(w, "ma"), .name = { web_text(w, "ten"), web_text(w, "ten-en") } };
	str rest = web_text(w, "don-vi");
	if (rest.len && str_next(&rest, '/', &x.level))
		x.unit = rest;
	return x;
}

static void fill_looks(struct web_cx *w, const struct upload *up, const struct import_looks *l, struct view_survey_places *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_survey_places_row, l->n + 1);
	for (size_t i = 0; i < l->n; i++) {
		const struct import_look *x = &l->p[i];
		v->rows[v->n_rows++] = (struct view_survey_places_row){ x->line, x->key, x->name, x->more[0], (enum view_survey_places_is)x->is };
		v->new_rows += x->is == LOOK_NEW;
		v->changed_rows += x->is == LOOK_CHANGED;
	}
	v->same_rows = (int64_t)v->n_rows - v->new_rows - v->changed_rows;
	if (v->new_rows + v->changed_rows && !v->n_faults) {
		v->file = up->name;
		v->data = up->data;
	}
}

static enum err fill_places(struct web_cx *w, const struct survey_info *s, struct survey_place_edit *x, str *unit_name, struct view_survey_places *v)
{
	struct survey_place_rows list;
	enum err e = survey_place_rows(w->cx, w->app, w->actor, s, &list);
	str edit = w->method == WEB_GET ? web_text(w, "noi") : STR("");
	v->places = NEW_ARRAY(w->mem, struct view_survey_places_place, list.n + 1);
	for (size_t i = 0; i < list.n && !e; i++) {
		const struct survey_place_row *p = &list.p[i];
		v->places[v->n_places++] = (struct view_survey_places_place){ p->at.code, say_either(w, p->at.name[LANG_VI], p->at.name[LANG_EN]), p->unit_name,
			p->answers, arena_printf(w->mem, "%.*s?noi=%.*s#h-sua", STR_ARG(desk_path(w, s, "dia-diem")), STR_ARG(p->at.code)),
			desk_path(w, s, "dia-diem/bo") };
		if (edit.len && str_eq(edit, p->at.code)) {
			v->editing = true;
			*x = p->at;
		}
		if (str_eq(p->at.code, x->code))
			*unit_name = p->unit_name;
	}
	return e;
}

/* x: what was typed into the form; up: the table that was looked at. Both may be NULL. */
static void show(struct web_cx *w, const struct survey_info *s, const struct survey_place_edit *form, const struct upload *up, const struct import_looks *looks)
{
	struct view_survey_places v = { .code = s->code, .name = desk_name(w, s), .by_token = s->tokens, .illustrative = s->illustrative };
	struct survey_place_edit x = form ? *form : (struct survey_place_edit){ 0 };
	str unit_name = STR("");
	v.faults = fault_rows(w, &v.n_faults);
	v.more = (int64_t)(w->cx->n_errors > v.n_faults ? w->cx->n_errors - v.n_faults : 0);
	if (up)
		fill_looks(w, up, looks, &v);
	enum err e = fill_places(w, s, &x, &unit_name, &v);
	if (!e)
		e = fill_units(w, &x, unit_name, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (form)
		v.editing = !web_bool(w, "moi");
	v.place_code = x.code;
	v.name_vi = x.name[LANG_VI];
	v.name_en = x.name[LANG_EN];
	if (w->method == WEB_GET && web_has(w, "xong"))
		v.done = (enum view_survey_places_done)(web_enum(w, "xong") + 1);
	v.imported = w->method == WEB_GET ? web_int(w, "so") : 0;
	v.tabs = desk_tabs(w, s, "dia-diem", &v.n_tabs);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_survey_places(w, &v);
}

static void page_places(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		show(w, &s, NULL, NULL, NULL);
}

static void after(struct web_cx *w, const struct survey_info *s, enum err e, const struct survey_place_edit *form, const char *done)
{
	if (!e)
		web_redirect(w, arena_printf(w->mem, "%.*s?xong=%s", STR_ARG(desk_path(w, s, "dia-diem")), done));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show(w, s, form, NULL, NULL);
	else
		web_fail(w, e);
}

static void page_place(struct web_cx *w)
{
	struct survey_info s;
	struct survey_place_edit x = typed(w);
	if (desk_open(w, &s))
		after(w, &s, w->cx->n_errors ? ERR_INPUT : survey_place_save(w->cx, w->app, w->actor, &s, &x, web_bool(w, "moi")), &x, "luu");
}

static void page_drop(struct web_cx *w)
{
	struct survey_info s;
	if (desk_open(w, &s))
		after(w, &s, survey_place_drop(w->cx, w->app, w->actor, &s, web_text(w, "ma")), NULL, "bo");
}

/* First what is in it, then, when it comes back, the places. */
static void page_table(struct web_cx *w)
{
	struct survey_info s;
	struct import_looks looks;
	struct upload up;
	int64_t changed;
	if (!desk_open(w, &s))
		return;
	enum err e = upload_import(w, "places", "survey", "manage", arena_cstr(w->mem, s.code), &up, &looks, &changed);
	if (!e && up.again)
		web_redirect(w, arena_printf(w->mem, "%.*s?xong=bang&so=%lld", STR_ARG(desk_path(w, &s, "dia-diem")), (long long)changed));
	else if (!e || e == ERR_INPUT || e == ERR_LIMIT || e == ERR_CONFLICT)
		show(w, &s, NULL, &up, &looks);
	else
		web_fail(w, e);
}

#define TEXT(name, most, vi, en) { name, IN_TEXT, .max = most, .doc = { vi, en } }
#define CODE_IN TEXT("ma", SURVEY_CODE_MAX, "mã địa điểm", "code of the place")
#define POSTED .faces = FACE_HTML, .section = "khao-sat", .flags = WEB_FORM_ERRORS, .view = "survey_places"

const struct web_route routes_survey_place[] = {
	{ WEB_GET, "/khao-sat/{survey}/dia-diem", page_places, "survey.manage", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .section = "khao-sat",
		.view = "survey_places", .doc = { "Địa điểm của một khảo sát", "The places of a survey" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, TEXT("noi", SURVEY_CODE_MAX, "địa điểm đang sửa", "place to correct"),
			{ "xong", IN_ENUM, .values = "luu bo bang", .doc = { "việc vừa làm", "what was just done" } },
			{ "so", IN_INT, .min = 0, .max = 1000000, .doc = { "số địa điểm vừa nhập", "places just imported" } }) },
	{ WEB_POST, "/khao-sat/{survey}/dia-diem", page_place, "survey.manage", POSTED,
		.doc = { "Thêm hoặc sửa một địa điểm", "Adds or corrects a place" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, CODE_IN, TEXT("ten", SURVEY_NAME_MAX, "tên", "name"),
			TEXT("ten-en", SURVEY_NAME_MAX, "tên tiếng Anh", "English name"), TEXT("don-vi", 120, "đơn vị", "unit"),
			{ "moi", IN_BOOL, .doc = { "địa điểm mới", "a new place" } }) },
	{ WEB_POST, "/khao-sat/{survey}/dia-diem/bo", page_drop, "survey.manage", POSTED,
		.doc = { "Bỏ một địa điểm chưa dùng", "Removes a place that nothing names" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, CODE_IN) },
	{ WEB_POST, "/khao-sat/{survey}/dia-diem/bang", page_table, "survey.manage", .faces = FACE_HTML, .section = "khao-sat", .lane = LANE_SLOW,
		.max_body = UPLOAD_BODY, .view = "survey_places",
		.doc = { "Xem trước bảng địa điểm (CSV, XLSX); gửi lại nội dung đã xem thì nhập",
			"What a table of places (CSV, XLSX) would do; what was looked at is loaded" },
		.in = WEB_INPUTS(DESK_SURVEY_IN, UPLOAD_INPUTS) },
	{ 0 },
};
