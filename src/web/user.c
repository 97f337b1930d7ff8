#include "web/user.h"
#include "app/import.h"
#include "app/user_book.h"
#include "app/session.h"
#include "app/unit.h"
#include "app/user.h"
#include "web/fault.h"
#include "web/inner.h"
#include "web/pager.h"
#include "web/say.h"
#include "web/upload.h"
#include "web_views.h"

enum { OPEN_END = 2932896 };

static const char STATES[] = "tat-ca hoat-dong da-khoa chua-cap"; /* in the order of user_query.state */

/* ---- the list ---- */

static str roles_text(struct web_cx *w, const struct user *u)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < u->n_grants; i++) {
		const struct user_grant *g = &u->grants[i];
		str name = say_either(w, g->role_vi, g->role_en), where = g->unit_name.len ? g->unit_name : g->unit_code;
		buf_printf(&b, "%s%.*s", b.len ? "; " : "", STR_ARG(name));
		if (g->level.len && !(str_eq(g->level, u->level) && str_eq(g->unit_code, u->unit_code)))
			buf_printf(&b, " (%.*s)", STR_ARG(where));
	}
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static enum view_users_state state_of(const struct user *u)
{
	return u->disabled ? VIEW_USERS_STATE_DISABLED : u->has_password ? VIEW_USERS_STATE_ACTIVE : VIEW_USERS_STATE_NO_PASSWORD;
}

static void fill_rows(struct web_cx *w, const struct user_list *list, struct view_users *v)
{
	v->rows = NEW_ARRAY(w->mem, struct view_users_row, list->n + 1);
	for (; v->n_rows < list->n; v->n_rows++) {
		const struct user *u = &list->p[v->n_rows];
		v->rows[v->n_rows] = (struct view_users_row){ .id = (uint64_t)u->id,
			.login = u->login,
			.name = u->name,
			.title = u->title,
			.unit = u->unit_name,
			.roles = roles_text(w, u),
			.state = state_of(u),
			.totp = u->has_totp,
			.seen = u->signed_in_at ? some_time(u->signed_in_at) : (opt_time){ 0 } };
	}
}

static void fill_choices(struct web_cx *w, const struct role_list *roles, struct view_users *v)
{
	static const char *const names[] = { "user.state_all", "user.state.active", "user.state.disabled", "user.state.no_password" };
	v->roles = NEW_ARRAY(w->mem, struct view_users_choice, roles->n + 1);
	for (; v->n_roles < roles->n; v->n_roles++) {
		const struct role_info *r = &roles->p[v->n_roles];
		v->roles[v->n_roles] = (struct view_users_choice){ r->code, say_either(w, r->name_vi, r->name_en), str_eq(web_text(w, "vai-tro"), r->code) };
	}
	v->states = NEW_ARRAY(w->mem, struct view_users_choice, 4);
	str rest = str_of(STATES), word;
	for (; v->n_states < 4 && str_next(&rest, ' ', &word); v->n_states++)
		v->states[v->n_states] = (struct view_users_choice){ word, say(w, names[v->n_states]), web_enum(w, "tinh-trang") == (int)v->n_states };
}

static void page_users(struct web_cx *w)
{
	struct user_query q = { .text = web_text(w, "q"), .role = web_text(w, "vai-tro"), .state = web_enum(w, "tinh-trang"), .limit = pager_limit(w),
		.skip = pager_skip(w) };
	struct user_list list, waiting = { 0 };
	struct role_list roles;
	enum err e = user_list(w->cx, w->app, w->actor, &q, &list);
	if (!e)
		e = pager_total(w, list.total);
	if (!e)
		e = user_list(w->cx, w->app, w->actor, &(struct user_query){ .state = 3, .limit = 1 }, &waiting);
	if (!e)
		e = role_list(w->cx, w->app, &roles);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_users v = { .q = q.text, .total = list.total,
		.may_add = actor_can(w->actor, STR("user"), STR("add")), .no_password = waiting.total };
	if (web_has(w, "nhap"))
		v.imported = some_int(web_int(w, "nhap"));
	fill_rows(w, &list, &v);
	fill_choices(w, &roles, &v);
	reply_users(w, &v);
}

/* ---- one account ---- */

static void add_units(struct web_cx *w, str level, struct view_account *v, size_t most)
{
	struct unit_list list = { 0 };
	if (!level.len || unit_on(w->cx, w->app, level, date_of_ms(w->cx->now_ms), &list))
		return;
	for (size_t i = 0; i < list.n && v->n_units < most; i++)
		v->units[v->n_units++] = (struct view_account_choice){
			arena_printf(w->mem, "%.*s/%.*s", STR_ARG(list.p[i].level), STR_ARG(list.p[i].code)), list.p[i].name, false
		};
}

/* The list beside the field: departments and communes, and groups. */
static enum err fill_units(struct web_cx *w, struct view_account *v)
{
	enum { MOST = 600 };
	struct group_list groups;
	enum err e = group_list(w->cx, w->app, &groups);
	if (e)
		return e;
	v->units = NEW_ARRAY(w->mem, struct view_account_choice, MOST);
	static const char *const levels[] = { "department", "sample-province", "sample-department", "sample-commune" };
	for (size_t i = 0; i < groups.n && v->n_units < MOST; i++)
		v->units[v->n_units++] = (struct view_account_choice){ arena_printf(w->mem, "group/%.*s", STR_ARG(groups.p[i].code)), groups.p[i].name, false };
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		add_units(w, str_of(levels[i]), v, MOST);
	return ERR_OK;
}

static enum err fill_roles(struct web_cx *w, struct view_account *v)
{
	struct role_list roles;
	enum err e = role_list(w->cx, w->app, &roles);
	if (e)
		return e;
	v->roles = NEW_ARRAY(w->mem, struct view_account_choice, roles.n + 1);
	for (; v->n_roles < roles.n; v->n_roles++) {
		const struct role_info *r = &roles.p[v->n_roles];
		v->roles[v->n_roles] = (struct view_account_choice){ r->code, say_either(w, r->name_vi, r->name_en), false };
	}
	return ERR_OK;
}

static void fill_grants(struct web_cx *w, const struct user *u, struct view_account *v)
{
	v->grants = NEW_ARRAY(w->mem, struct view_account_grant, u->n_grants + 1);
	for (; v->n_grants < u->n_grants; v->n_grants++) {
		const struct user_grant *g = &u->grants[v->n_grants];
		v->grants[v->n_grants] = (struct view_account_grant){ g->role, say_either(w, g->role_vi, g->role_en), g->level,
			g->unit_code, g->level.len && !g->unit_name.len ? g->unit_code : g->unit_name, g->from,
			g->to == OPEN_END ? (opt_date){ 0 } : some_date(g->to), g->now };
	}
}

static void answer(struct web_cx *w, struct view_account *v)
{
	v->faults = fault_rows(w, &v->n_faults);
	enum err e = fill_roles(w, v);
	if (!e)
		e = fill_units(w, v);
	if (v->n_faults)
		w->status = 422;
	if (e)
		web_fail(w, e);
	else
		reply_account(w, v);
}

static str unit_text(struct web_cx *w, const struct user *u)
{
	return u->level.len ? arena_printf(w->mem, "%.*s/%.*s", STR_ARG(u->level), STR_ARG(u->unit_code)) : STR("");
}

/* typed: what was in the form stays there. */
static void show(struct web_cx *w, bool typed, bool saved, str link)
{
	struct user u;
	enum err e = user_get(w->cx, w->app, (int64_t)web_id(w, "id"), &u);
	if (!e)
		e = actor_may_at(w->cx, w->app, w->actor, "user", "view", u.level, u.unit_code);
	if (e) {
		web_fail(w, e);
		return;
	}
	size_t faults = w->cx->n_faults, errors = w->cx->n_errors;
	bool may_edit = actor_may_at(w->cx, w->app, w->actor, "user", "edit", u.level, u.unit_code) == ERR_OK;
	if (!may_edit) {
		w->cx->n_faults = faults;
		w->cx->n_errors = errors;
	}
	struct view_account v = { .saved = saved, .id = some_id((uint64_t)u.id), .login = u.login, .name = typed ? web_text(w, "name") : u.name,
		.title = typed ? web_text(w, "title") : u.title, .email = typed ? web_text(w, "email") : u.email,
		.phone = typed ? web_text(w, "phone") : u.phone, .unit = typed ? web_text(w, "unit") : unit_text(w, &u), .unit_name = u.unit_name,
		.disabled = u.disabled, .has_password = u.has_password, .must_change = u.must_change, .totp = u.has_totp, .created = some_time(u.created_at),
		.seen = u.signed_in_at ? some_time(u.signed_in_at) : (opt_time){ 0 }, .link = link, .may_edit = may_edit };
	fill_grants(w, &u, &v);
	answer(w, &v);
}

static void page_user(struct web_cx *w) { show(w, false, web_bool(w, "luu"), STR("")); }

static str own_path(struct web_cx *w, const char *more)
{
	char id[ID_TEXT];
	return arena_printf(w->mem, "/nguoi-dung/%.*s%s", STR_ARG(view_id_text(web_id(w, "id"), id)), more);
}

/* After a change: the page anew, or the form with what is wrong. */
static void after(struct web_cx *w, enum err e, bool typed)
{
	if (!e)
		web_redirect(w, own_path(w, "?luu=1"));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show(w, typed, false, STR(""));
	else
		web_fail(w, e);
}

static enum err read_form(struct web_cx *w, struct user *u)
{
	*u = (struct user){ .name = web_text(w, "name"), .title = web_text(w, "title"), .email = web_text(w, "email"), .phone = web_text(w, "phone") };
	return user_unit_read(w->cx, w->app, "unit", web_text(w, "unit"), &u->level, &u->unit_code);
}

static void page_edit(struct web_cx *w)
{
	struct user u;
	enum err e = read_form(w, &u);
	u.id = (int64_t)web_id(w, "id");
	after(w, e ? e : user_edit(w->cx, w->app, w->actor, &u), true);
}

static void show_new(struct web_cx *w)
{
	struct view_account v = { .fresh = true, .login = web_text(w, "login"), .name = web_text(w, "name"), .title = web_text(w, "title"),
		.email = web_text(w, "email"), .phone = web_text(w, "phone"), .unit = web_text(w, "unit") };
	answer(w, &v);
}

static void page_new(struct web_cx *w)
{
	struct view_account v = { .fresh = true };
	answer(w, &v);
}

static void page_new_do(struct web_cx *w)
{
	struct user u;
	enum err e = read_form(w, &u);
	u.login = web_text(w, "login");
	if (!e)
		e = user_add(w->cx, w->app, w->actor, &u);
	if (!e && web_text(w, "role").len)
		e = user_grant(w->cx, w->app, w->actor, u.id, &(struct user_grant){ .role = web_text(w, "role"), .level = u.level, .unit_code = u.unit_code });
	char id[ID_TEXT];
	if (!e)
		web_redirect(w, arena_printf(w->mem, "/nguoi-dung/%.*s?luu=1", STR_ARG(view_id_text((uint64_t)u.id, id))));
	else if (e == ERR_INPUT || e == ERR_CONFLICT)
		show_new(w);
	else
		web_fail(w, e);
}

static void page_grant(struct web_cx *w)
{
	struct user_grant g = { .role = web_text(w, "role"), .from = web_date(w, "from"), .to = web_date(w, "until") };
	enum err e = user_unit_read(w->cx, w->app, "place", web_text(w, "place"), &g.level, &g.unit_code);
	after(w, e ? e : user_grant(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), &g), false);
}

static void page_revoke(struct web_cx *w)
{
	enum err e = user_revoke(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), web_text(w, "role"), web_text(w, "level"), web_text(w, "code"));
	after(w, e == ERR_NOTFOUND ? ERR_CONFLICT : e, false);
}

static void page_disable(struct web_cx *w) { after(w, user_enable(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), web_bool(w, "on")), false); }
static void page_totp_reset(struct web_cx *w) { after(w, totp_reset(w->cx, w->app, w->actor, (int64_t)web_id(w, "id")), false); }

static str address_of(struct web_cx *w)
{
	const char *scheme = w->server->config.tls ? "https" : "http";
	return w->host.len ? arena_printf(w->mem, "%s://%.*s/", scheme, STR_ARG(w->host)) : STR("/");
}

static void page_link(struct web_cx *w)
{
	str path;
	enum err e = session_reset_link(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), &path);
	if (e)
		web_fail(w, e);
	else
		show(w, false, false, arena_printf(w->mem, "%.*s%.*s", STR_ARG(address_of(w)), (int)path.len - 1, path.p + 1));
}

/* ---- letters ---- */

static void letters(struct web_cx *w, const int64_t *ids, size_t n)
{
	struct user_letters list;
	enum err e = user_letters(w->cx, w->app, w->actor, ids, n, &list);
	if (e) {
		web_fail(w, e);
		return;
	}
	struct view_letters v = { .address = address_of(w), .today = date_of_ms(w->cx->now_ms) };
	v.letters = NEW_ARRAY(w->mem, struct view_letters_letter, list.n + 1);
	for (; v.n_letters < list.n; v.n_letters++) {
		const struct user_letter *l = &list.p[v.n_letters];
		v.letters[v.n_letters] = (struct view_letters_letter){ l->login, l->name, l->title, l->unit_name, l->password };
	}
	web_cache(w, -1);
	reply_letters(w, &v);
}

static void page_letters(struct web_cx *w) { letters(w, NULL, 0); }

static void page_letter(struct web_cx *w)
{
	int64_t id = (int64_t)web_id(w, "id");
	letters(w, &id, 1);
}

/* ---- import ---- */

static void show_import(struct web_cx *w, const struct upload *up, const struct import_looks *l)
{
	struct view_user_import v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	v.more = fault_more(w, v.n_faults);
	if (v.n_faults)
		w->status = 422;
	v.rows = NEW_ARRAY(w->mem, struct view_user_import_row, (l ? l->n : 0) + 1);
	for (size_t i = 0; l && i < l->n; i++) {
		const struct import_look *x = &l->p[i];
		v.rows[v.n_rows++] = (struct view_user_import_row){ x->line, x->key, x->name, x->more[0], x->more[1],
			x->more[1].len && !x->more[2].len ? say(w, "user.all_units") : x->more[2], x->is == LOOK_NEW };
		v.fresh += x->is == LOOK_NEW;
	}
	v.corrected = (int64_t)v.n_rows - v.fresh;
	if (up && v.n_rows && !v.n_faults) {
		v.file = up->name;
		v.data = up->data;
	}
	web_cache(w, -1);
	reply_user_import(w, &v);
}

static void page_import_book(struct web_cx *w)
{
	str bytes;
	enum err e = user_book(w->cx, w->app, w->actor, &bytes);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_download(w, STR("tai-khoan-mau.xlsx"));
	web_cache(w, -1);
	web_bytes(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes);
}

static void page_import(struct web_cx *w) { show_import(w, NULL, NULL); }

/* First what is in it, then, when it comes back, the accounts. */
static void page_import_do(struct web_cx *w)
{
	struct import_looks looks;
	struct upload up;
	int64_t changed;
	enum err e = upload_import(w, "users", "user", "add", NULL, &up, &looks, &changed);
	if (!e && up.again)
		web_redirect(w, arena_printf(w->mem, "/nguoi-dung?nhap=%lld", (long long)changed));
	else if (!e || e == ERR_INPUT || e == ERR_LIMIT)
		show_import(w, &up, &looks);
	else
		web_fail(w, e);
}

#define TEXT(name, needed, most, vi, en) { name, IN_TEXT, .required = needed, .max = most, .doc = { vi, en } }
#define FIELDS \
	TEXT("name", true, 200, "họ tên", "name"), TEXT("title", false, 200, "chức vụ", "title"), TEXT("unit", false, 200, "đơn vị", "unit"), \
		TEXT("email", false, 200, "thư điện tử", "e-mail"), TEXT("phone", false, 40, "điện thoại", "telephone")

const struct web_route routes_user[] = {
	{ WEB_GET, "/nguoi-dung", page_users, "user.view", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "users", .rows = PAGER_ROWS,
		.doc = { "Tài khoản", "Accounts" },
		.in = WEB_INPUTS(TEXT("q", false, 100, "họ tên hoặc tên đăng nhập", "name or login"),
			TEXT("vai-tro", false, 60, "mã vai trò", "code of a role"),
			{ "tinh-trang", IN_ENUM, .values = STATES, .def = "tat-ca", .doc = { "tình trạng", "state" } },
			{ "nhap", IN_INT, .min = 0, .max = 1000000,
				.doc = { "số tài khoản vừa nhập", "accounts just imported" } }) },
	{ WEB_GET, "/nguoi-dung/moi", page_new, "user.add", .faces = FACE_HTML, .view = "account",
		.doc = { "Biểu mẫu tài khoản mới", "Form of a new account" } },
	{ WEB_POST, "/nguoi-dung/moi", page_new_do, "user.add", .faces = FACE_HTML, .view = "account",
		.doc = { "Tạo tài khoản", "Makes an account" },
		.in = WEB_INPUTS(TEXT("login", true, 60, "tên đăng nhập", "login"), FIELDS,
			TEXT("role", false, 60, "vai trò ở đơn vị", "role over the unit")) },
	{ WEB_GET, "/nguoi-dung/nhap", page_import, "user.add", .faces = FACE_HTML, .view = "user_import",
		.doc = { "Nhập tài khoản từ bảng", "Accounts from a table" } },
	{ WEB_GET, "/nguoi-dung/nhap/mau", page_import_book, "user.add", .lane = LANE_SLOW, .faces = FACE_HTML,
		.doc = { "Mẫu Excel để nhập tài khoản: tiêu đề, gợi ý, danh sách vai trò và đơn vị",
			"Excel form for accounts: headings, hints, lists of roles and units" } },
	{ WEB_POST, "/nguoi-dung/nhap", page_import_do, "user.add", .lane = LANE_SLOW, .faces = FACE_HTML, .max_body = UPLOAD_BODY,
		.view = "user_import", .doc = { "Xem trước bảng tài khoản (CSV, XLSX); gửi lại nội dung đã xem thì nhập",
			"What a table of accounts (CSV, XLSX) would do; what was looked at is loaded" },
		.in = WEB_INPUTS(UPLOAD_INPUTS) },
	{ WEB_POST, "/nguoi-dung/thu", page_letters, "user.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "letters",
		.doc = { "Cấp mật khẩu lần đầu cho mọi tài khoản chưa có, thư để in", "First passwords for all accounts without one, as letters to print" } },
	{ WEB_GET, "/nguoi-dung/{id:id}", page_user, "user.view", .view = "account", .doc = { "Một tài khoản", "An account" },
		.in = WEB_INPUTS({ "luu", IN_BOOL, .doc = { "vừa lưu", "just saved" } }) },
	{ WEB_POST, "/nguoi-dung/{id:id}", page_edit, "user.edit", .faces = FACE_HTML, .view = "account",
		.doc = { "Sửa tài khoản", "Edits an account" }, .in = WEB_INPUTS(FIELDS) },
	{ WEB_POST, "/nguoi-dung/{id:id}/giao", page_grant, "user.grant", .faces = FACE_HTML, .view = "account",
		.doc = { "Giao vai trò", "Gives a role" },
		.in = WEB_INPUTS(TEXT("role", true, 60, "vai trò", "role"),
			TEXT("place", false, 200, "đơn vị; trống: mọi đơn vị", "unit; empty: all units"),
			{ "from", IN_DATE, .doc = { "từ ngày", "from" } },
			{ "until", IN_DATE, .doc = { "đến hết ngày", "until" } }) },
	{ WEB_POST, "/nguoi-dung/{id:id}/thu-hoi", page_revoke, "user.grant", .faces = FACE_HTML, .view = "account",
		.doc = { "Thu hồi vai trò", "Takes a role back" },
		.in = WEB_INPUTS(TEXT("role", true, 60, "vai trò", "role"), TEXT("level", false, 60, "cấp", "level"),
			TEXT("code", false, 60, "mã đơn vị", "code of the unit")) },
	{ WEB_POST, "/nguoi-dung/{id:id}/thu", page_letter, "user.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "letters",
		.doc = { "Cấp mật khẩu lần đầu mới", "Gives a new first password" } },
	{ WEB_POST, "/nguoi-dung/{id:id}/lien-ket", page_link, "user.edit", .faces = FACE_HTML, .view = "account",
		.doc = { "Tạo liên kết đặt mật khẩu", "Makes a link to set a password" } },
	{ WEB_POST, "/nguoi-dung/{id:id}/xac-thuc", page_totp_reset, "user.edit", .faces = FACE_HTML, .view = "account",
		.doc = { "Tắt xác thực hai lớp của tài khoản", "Drops the second factor of an account" } },
	{ WEB_POST, "/nguoi-dung/{id:id}/khoa", page_disable, "user.disable", .faces = FACE_HTML, .view = "account",
		.doc = { "Khóa hoặc mở lại tài khoản", "Disables or enables an account" },
		.in = WEB_INPUTS({ "on", IN_BOOL, .doc = { "mở lại", "enable" } }) },
	{ 0 },
};
