/* Roles as a table, groups of units, everybody's delegations. */
#include "app/right.h"
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
	struct view_roles v = { .may_edit = actor_can(w->actor, STR("role"), STR("edit")) };
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

/* ---- one role ---- */

/* A right as a box of its noun; a role that may all of it has "*". */
static void add_right(struct web_cx *w, struct view_role_edit *v, str right, bool held)
{
	str verb = right, noun;
	size_t n = 0;
	str_next(&verb, '.', &noun);
	str name = word_of(w, "right_noun", noun);
	while (n < v->n_nouns && !str_eq(v->nouns[n].code, noun))
		n++;
	if (n == 200)
		return;
	if (n == v->n_nouns) {
		v->nouns[v->n_nouns++] = (struct view_role_edit_noun){ .code = noun, .name = name, .verbs = NEW_ARRAY(w->mem, struct view_role_edit_verb, 64) };
		add_right(w, v, arena_printf(w->mem, "%.*s.*", STR_ARG(noun)), false);
	}
	struct view_role_edit_noun *to = &v->nouns[n];
	for (size_t i = 0; i < to->n_verbs; i++)
		if (str_eq(to->verbs[i].value, right)) {
			to->verbs[i].held |= held;
			return;
		}
	if (to->n_verbs < 64)
		to->verbs[to->n_verbs++] = (struct view_role_edit_verb){ right, word_of(w, "right_verb", verb), held };
}

/* What the program asks leave for, and what else any role of the store says. */
static void offer_rights(struct web_cx *w, struct view_role_edit *v, const struct role_list *list)
{
	str one;
	for (const struct right_noun *n = right_nouns; n->noun; n++)
		for (str rest = str_of(n->verbs); str_next(&rest, ' ', &one);)
			add_right(w, v, arena_printf(w->mem, "%s.%.*s", n->noun, STR_ARG(one)), false);
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->p[i].n_rights; k++)
			add_right(w, v, list->p[i].rights[k], false);
}

static void show_role(struct web_cx *w, const struct role_info *r, bool typed)
{
	struct role_list list;
	enum err e = role_list(w->cx, w->app, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_role_edit v = { .code = r->code, .name_vi = r->name_vi, .name_en = r->name_en, .note_vi = r->note_vi, .note_en = r->note_en,
		.delegable = r->delegable, .saved = !typed && web_bool(w, "luu"), .may_edit = actor_can(w->actor, STR("role"), STR("edit")) };
	v.nouns = NEW_ARRAY(w->mem, struct view_role_edit_noun, 201);
	offer_rights(w, &v, &list);
	for (size_t i = 0; i < r->n_rights; i++)
		add_right(w, &v, r->rights[i], true);
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	reply_role_edit(w, &v);
}

static bool find_role(struct web_cx *w, struct role_info *out)
{
	struct role_list list;
	enum err e = role_list(w->cx, w->app, &list);
	for (size_t i = 0; !e && i < list.n; i++)
		if (str_eq(list.p[i].code, web_text(w, "code"))) {
			*out = list.p[i];
			return true;
		}
	web_fail(w, e ? e : ERR_NOTFOUND);
	return false;
}

static void page_role(struct web_cx *w)
{
	struct role_info r;
	if (find_role(w, &r))
		show_role(w, &r, false);
}

static struct role_info role_typed(struct web_cx *w)
{
	struct role_info r = { .code = web_text(w, "code"), .name_vi = web_text(w, "name_vi"), .name_en = web_text(w, "name_en"),
		.note_vi = web_text(w, "note_vi"), .note_en = web_text(w, "note_en"), .delegable = web_bool(w, "delegable") };
	if (!r.name_en.len)
		r.name_en = r.name_vi;
	return r;
}

static void page_role_do(struct web_cx *w)
{
	struct role_info r = role_typed(w);
	str *rights = NEW_ARRAY(w->mem, str, 401);
	for (const struct web_value *x = web_values(w, "rights"); x && r.n_rights < 401; x = x->more)
		if (x->has)
			rights[r.n_rights++] = x->text;
	r.rights = rights;
	enum err e = role_put(w->cx, w->app, w->actor, &r, false);
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/vai-tro/%.*s?luu=1", STR_ARG(r.code)));
	else if (e == ERR_INPUT)
		show_role(w, &r, true);
	else
		web_fail(w, e);
}

static void page_role_new(struct web_cx *w)
{
	struct role_info r = role_typed(w);
	enum err e = role_put(w->cx, w->app, w->actor, &r, true);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, arena_printf(w->mem, "/vai-tro/%.*s", STR_ARG(r.code)));
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
	/* Everybody's for who sees all accounts, one's own for others. */
	size_t faults = w->cx->n_faults, errors = w->cx->n_errors;
	enum err e = actor_may_at(w->cx, w->app, w->actor, "user", "view", STR(""), STR(""));
	bool all = e == ERR_OK;
	if (e == ERR_DENIED) {
		w->cx->n_faults = faults;
		w->cx->n_errors = errors;
		e = ERR_OK;
	}
	if (!e)
		e = delegation_list(w->cx, w->app, all ? 0 : w->actor->user_id, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.delegations = profile_delegations(w, &list, actor_can(w->actor, STR("user"), STR("delegate")));
	v.n_delegations = list.n;
	reply_delegations(w, &v);
}

#define TEXT(name, needed, most, vi, en) { name, IN_TEXT, .required = needed, .max = most, .doc = { vi, en } }

#define ROLE_CODE { "code", IN_TEXT, .required = true, .max = 40, .doc = { "mã vai trò", "code of the role" } }
#define ROLE_FIELDS \
	{ "name_vi", IN_TEXT, .required = true, .max = 200, .doc = { "tên", "Vietnamese name" } }, \
		{ "name_en", IN_TEXT, .max = 200, .doc = { "tên tiếng Anh", "English name" } }, \
		{ "note_vi", IN_TEXT, .max = 400, .doc = { "ghi chú", "note" } }, \
		{ "note_en", IN_TEXT, .max = 400, .doc = { "ghi chú tiếng Anh", "English note" } }, \
	{ \
		"delegable", IN_BOOL, .doc = { "được ủy quyền khi vắng mặt", "goes with a delegation" } \
	}

const struct web_route routes_role[] = {
	{ WEB_GET, "/vai-tro", page_roles, "user.view", .view = "roles", .doc = { "Vai trò và quyền", "Roles and rights" } },
	{ WEB_GET, "/vai-tro/{code}", page_role, "role.view", .faces = FACE_HTML | FACE_JSON, .view = "role_edit",
		.doc = { "Một vai trò: được làm gì, với gì", "A role: what it may do, on what" },
		.in = WEB_INPUTS(ROLE_CODE, { "luu", IN_BOOL, .doc = { "vừa lưu", "just saved" } }) },
	{ WEB_POST, "/vai-tro", page_role_new, "role.edit", .faces = FACE_HTML, .doc = { "Thêm vai trò", "A new role" },
		.in = WEB_INPUTS(ROLE_CODE, ROLE_FIELDS) },
	{ WEB_POST, "/vai-tro/{code}", page_role_do, "role.edit", .faces = FACE_HTML, .view = "role_edit",
		.doc = { "Sửa tên và quyền của một vai trò", "Changes names and rights of a role" },
		.in = WEB_INPUTS(ROLE_CODE, ROLE_FIELDS,
			{ "rights", IN_TEXT, .many = true, .max = 90, .doc = { "quyền: danh từ.động từ", "right: noun.verb" } }) },
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
