#include "web/unit_table.h"
#include "app/actor.h"
#include "app/import.h"
#include "app/unit.h"
#include "web/fault.h"
#include "web/pager.h"
#include "web/round.h"
#include "web/say.h"
#include "web/upload.h"
#include "web_views.h"

#define LEVELS "department commune sample-department sample-commune"
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static const char *const levels[] = { "department", "commune", "sample-department", "sample-commune" };

/* A training store has units of its own only in the sample. */
static int chosen_at(const struct web_cx *w)
{
	int i = web_enum(w, "cap");
	return i >= 0 ? i : w->app->sandbox ? 2 : 0;
}

static str chosen(const struct web_cx *w) { return str_of(levels[chosen_at(w)]); }

static void page_units(struct web_cx *w)
{
	struct unit_list list = { 0 };
	struct pager_rows at = { 0 };
	str level = chosen(w);
	enum err e = unit_own(w->cx, w->app, level, &list);
	if (!e)
		e = pager_rows(w, list.n, &at);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_own_units v = { .level = level, .level_name = level_name(w, level), .total = (int64_t)list.n, .first = web_bool(w, "buoc"),
		.may_edit = actor_can(w->actor, STR("unit"), STR("edit")) };
	if (web_has(w, "nhap"))
		v.imported = some_int(web_int(w, "nhap"));
	v.levels = NEW_ARRAY(w->mem, struct view_own_units_choice, 4);
	for (int i = 0; i < (w->app->sandbox ? 4 : 2); i++)
		v.levels[v.n_levels++] = (struct view_own_units_choice){ str_of(levels[i]),
			i < 2 ? level_name(w, str_of(levels[i])) : SAY(w, "new.sample", level_name(w, str_of(levels[i]))),
			i == chosen_at(w) };
	v.rows = NEW_ARRAY(w->mem, struct view_own_units_row, list.n + 1);
	for (size_t i = at.from; i < at.to; i++) {
		const struct unit_info *u = &list.p[i];
		v.rows[v.n_rows++] = (struct view_own_units_row){ .level = u->level, .code = u->code, .name = u->name, .type = u->type,
			.parent_code = u->parent_code, .from = u->valid_from ? some_date(u->valid_from) : (opt_date){ 0 },
			.link = arena_printf(w->mem, "/don-vi/%.*s", STR_ARG(u->slug)) };
	}
	web_cache(w, -1);
	reply_own_units(w, &v);
}

static void page_units_file(struct web_cx *w)
{
	str bytes;
	enum err e = unit_workbook(w->cx, w->app, chosen(w), level_name(w, chosen(w)), &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_download(w, arena_printf(w->mem, "don-vi-%.*s.xlsx", STR_ARG(chosen(w))));
	web_cache(w, -1);
	web_bytes(w, XLSX, bytes);
}

static void show_import(struct web_cx *w, const struct upload *up, const struct import_looks *l)
{
	struct view_unit_import v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	v.more = fault_more(w, v.n_faults);
	if (v.n_faults)
		w->status = 422;
	v.rows = NEW_ARRAY(w->mem, struct view_unit_import_row, l->n + 1);
	for (size_t i = 0; i < l->n; i++) {
		const struct import_look *x = &l->p[i];
		v.rows[v.n_rows++] = (struct view_unit_import_row){ x->line, x->key, x->name, x->more[0], x->more[1], x->more[2],
			(enum view_unit_import_is)x->is };
		v.fresh += x->is == LOOK_NEW;
		v.changed += x->is == LOOK_CHANGED;
	}
	v.same = (int64_t)v.n_rows - v.fresh - v.changed;
	if (up && v.fresh + v.changed && !v.n_faults) {
		v.file = up->name;
		v.data = up->data;
	}
	web_cache(w, -1);
	reply_unit_import(w, &v);
}

static void page_import(struct web_cx *w) { show_import(w, NULL, &(struct import_looks){ 0 }); }

/* First what is in it, then, when it comes back, the units. */
static void page_import_do(struct web_cx *w)
{
	struct import_looks looks;
	struct upload up;
	int64_t changed;
	enum err e = upload_import(w, "units", "unit", "edit", NULL, &up, &looks, &changed);
	if (!e && up.again)
		web_redirect(w, arena_printf(w->mem, "/cai-dat/don-vi?nhap=%lld", (long long)changed));
	else if (!e || e == ERR_INPUT || e == ERR_LIMIT)
		show_import(w, &up, &looks);
	else
		web_fail(w, e);
}

#define LEVEL { "cap", IN_ENUM, .values = LEVELS, .doc = { "cấp", "level" } }

const struct web_route routes_unit_table[] = {
	{ WEB_GET, "/cai-dat/don-vi", page_units, "unit.view", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "own_units", .rows = PAGER_ROWS,
		.doc = { "Sở, ban, ngành và xã, phường của tỉnh", "Departments and communes of the province" },
		.in = WEB_INPUTS(LEVEL, { "buoc", IN_BOOL, .doc = { "bước của lần cài đặt đầu tiên", "step of the first start" } },
			{ "nhap", IN_INT, .min = 0, .max = 1000000, .doc = { "số đơn vị vừa nhập", "units just imported" } }) },
	{ WEB_GET, "/cai-dat/don-vi/bang.xlsx", page_units_file, "unit.view", .faces = FACE_HTML, .lane = LANE_SLOW,
		.doc = { "Bảng đơn vị (Excel) để sửa, điền thêm và nhập lại",
			"Units as a workbook, to be corrected, added to and sent back" },
		.in = WEB_INPUTS(LEVEL) },
	{ WEB_GET, "/cai-dat/don-vi/nhap", page_import, "unit.edit", .faces = FACE_HTML, .view = "unit_import",
		.doc = { "Nhập đơn vị từ bảng", "Units from a table" } },
	{ WEB_POST, "/cai-dat/don-vi/nhap", page_import_do, "unit.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .max_body = UPLOAD_BODY,
		.view = "unit_import", .doc = { "Xem trước bảng đơn vị (CSV, XLSX); gửi lại nội dung đã xem thì nhập",
			"What a table of units (CSV, XLSX) would do; what was looked at is loaded" },
		.in = WEB_INPUTS(UPLOAD_INPUTS) },
	{ 0 },
};
