/* Roles as a table, groups of units, everybody's delegations. */
#include "app/user.h"
#include "web/fault.h"
#include "web/inner.h"
#include "web/profile.h"
#include "web/say.h"
#include "web/user.h"
#include "web_views.h"

/* ---- roles ---- */

/* A word of a right in the reader's language, where the catalogue has it. */
static str word_of(struct web_cx *w, const char *kind, str word)
{
	const char *key = arena_printf(w->mem, "%s.%.*s", kind, STR_ARG(str_is(word, "*") ? STR("all") : word)).p;
	const char *text = po_text(key, w->lang);
	return strcmp(text, key) == 0 ? word : str_of(text);
}

/* "score.view", "score.fill" one behind the other make one row. */
static void fill_rights(struct web_cx *w, const struct role_info *r, struct view_roles_role *to)
{
	str last = STR("");
	to->rights = NEW_ARRAY(w->mem, struct view_roles_right, r->n_rights + 1);
	for (size_t i = 0; i < r->n_rights; i++) {
		str verb = r->rights[i], noun;
		str_next(&verb, '.', &noun);
		str said = word_of(w, "right_verb", verb);
		if (to->n_rights && str_eq(noun, last)) {
			struct view_roles_right *at = &to->rights[to->n_rights - 1];
			at->verbs = arena_printf(w->mem, "%.*s, %.*s", STR_ARG(at->verbs), STR_ARG(said));
			continue;
		}
		to->rights[to->n_rights++] = (struct view_roles_right){ word_of(w, "right_noun", noun), said };
		last = noun;
	}
}

static void page_roles(struct web_cx *w)
{
	struct role_list list;
	struct view_roles v = { 0 };
	enum err e = role_list(w->cx, w->app, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.roles = NEW_ARRAY(w->mem, struct view_roles_role, list.n + 1);
	for (; v.n_roles < list.n; v.n_roles++) {
		const struct role_info *r = &list.p[v.n_roles];
		v.roles[v.n_roles] = (struct view_roles_role){ .code = r->code,
			.name = say_either(w, r->name_vi, r->name_en),
			.note = say_either(w, r->note_vi, r->note_en),
			.delegable = r->delegable };
		fill_rights(w, r, &v.roles[v.n_roles]);
	}
	reply_roles(w, &v);
}

/* ---- groups ---- */

static void show_groups(struct web_cx *w, struct view_groups *v)
{
	struct group_list list;
	v->faults = fault_rows(w, &v->n_faults);
	if (v->n_faults)
		w->status = 422;
	v->may_edit = actor_can(w->actor, STR("group"), STR("edit"));
	enum err e = group_list(w->cx, w->app, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	v->groups = NEW_ARRAY(w->mem, struct view_groups_group, list.n + 1);
	for (; v->n_groups < list.n; v->n_groups++) {
		const struct group_info *g = &list.p[v->n_groups];
		v->groups[v->n_groups] = (struct view_groups_group){ g->code, g->name, g->note, g->members };
	}
	reply_groups(w, v);
}

static void page_groups(struct web_cx *w)
{
	struct view_groups v = { 0 };
	show_groups(w, &v);
}

static void page_group(struct web_cx *w)
{
	struct group_info g;
	enum err e = group_get(w->cx, w->app, web_text(w, "code"), &g);
	if (e) {
		web_fail(w, e);
		return;
	}
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < g.n; i++)
		buf_printf(&b, "%.*s/%.*s\n", STR_ARG(g.p[i].level), STR_ARG(g.p[i].code));
	struct view_groups v = { .chosen = true, .code = g.code, .name = g.name, .note = g.note, .members = arena_str(w->mem, buf_str(&b)) };
	buf_free(&b);
	show_groups(w, &v);
}

static void page_group_put(struct web_cx *w)
{
	struct group_info g = { .code = web_text(w, "code"), .name = web_text(w, "name"), .note = web_text(w, "note") };
	enum err e = group_put(w->cx, w->app, w->actor, &g, web_text(w, "members"));
	if (!e)
		web_redirect(w, STR("/nhom-don-vi"));
	else if (e == ERR_INPUT) {
		struct view_groups v = { .code = g.code, .name = g.name, .note = g.note, .members = web_text(w, "members") };
		show_groups(w, &v);
	} else
		web_fail(w, e);
}

static void page_group_drop(struct web_cx *w)
{
	enum err e = group_drop(w->cx, w->app, w->actor, web_text(w, "code"));
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, STR("/nhom-don-vi"));
}

/* ---- delegations ---- */

static void page_delegations(struct web_cx *w)
{
	struct delegation_list list;
	struct view_delegations v = { 0 };
	enum err e = delegation_list(w->cx, w->app, 0, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.delegations = profile_delegations(w, &list, actor_can(w->actor, STR("user"), STR("delegate")));
	v.n_delegations = list.n;
	reply_delegations(w, &v);
}

#define TEXT(name, needed, most, vi, en) { name, IN_TEXT, .required = needed, .max = most, .doc = { vi, en } }

const struct web_route routes_role[] = {
	{ WEB_GET, "/vai-tro", page_roles, "user.view", .view = "roles", .doc = { "Vai trò và quyền", "Roles and rights" } },
	{ WEB_GET, "/nhom-don-vi", page_groups, "user.view", .view = "groups", .doc = { "Nhóm đơn vị", "Groups of units" } },
	{ WEB_POST, "/nhom-don-vi", page_group_put, "group.edit", .faces = FACE_HTML, .view = "groups",
		.doc = { "Tạo hoặc sửa nhóm đơn vị", "Makes or edits a group of units" },
		.in = WEB_INPUTS(TEXT("code", true, 40, "mã nhóm", "code"), TEXT("name", true, 200, "tên nhóm", "name"),
			TEXT("note", false, 200, "ghi chú", "note"), TEXT("members", true, 10000, "đơn vị", "units")) },
	{ WEB_GET, "/nhom-don-vi/{code}", page_group, "user.view", .view = "groups",
		.doc = { "Một nhóm đơn vị", "A group of units" } },
	{ WEB_POST, "/nhom-don-vi/{code}/xoa", page_group_drop, "group.edit", .faces = FACE_HTML,
		.doc = { "Xóa nhóm và các vai trò theo nhóm", "Drops a group and the roles over it" } },
	{ WEB_GET, "/uy-quyen", page_delegations, "user.view", .view = "delegations",
		.doc = { "Ủy quyền của mọi người", "Everybody's delegations" } },
	{ 0 },
};
