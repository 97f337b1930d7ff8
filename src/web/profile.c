#include "web/profile.h"
#include "app/session.h"
#include "app/user.h"
#include "web/fault.h"
#include "web/inner.h"
#include "web/say.h"
#include "web_views.h"

enum { OPEN_END = 2932896 }; /* 9999-12-31 */

/* ---- the page ---- */

/* more: room for what others gave. */
static void fill_grants(struct web_cx *w, const struct user *u, size_t more, struct view_profile *v)
{
	v->grants = NEW_ARRAY(w->mem, struct view_profile_grant, u->n_grants + more + 1);
	for (size_t i = 0; i < u->n_grants; i++) {
		const struct user_grant *g = &u->grants[i];
		v->grants[v->n_grants++] = (struct view_profile_grant){ .role = say_either(w, g->role_vi, g->role_en), .place = g->unit_name, .from = g->from,
			.until = g->to == OPEN_END ? (opt_date){ 0 } : some_date(g->to), .now = g->now };
	}
}

/* What others gave while they are absent stands there once a person. */
static void fill_borrowed(struct web_cx *w, const struct delegation_list *list, struct view_profile *v)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct delegation *d = &list->p[i];
		if (d->now && d->to_id == w->actor->user_id)
			v->grants[v->n_grants++] = (struct view_profile_grant){ .role = say(w, "profile.all_roles"), .place = STR("–"), .from = d->from,
				.until = some_date(d->until), .now = true, .delegator = d->from_name };
	}
}

static void fill_sessions(struct web_cx *w, const struct session_list *list, struct view_profile *v)
{
	v->sessions = NEW_ARRAY(w->mem, struct view_profile_session, list->n + 1);
	for (; v->n_sessions < list->n; v->n_sessions++) {
		const struct session_info *s = &list->p[v->n_sessions];
		v->sessions[v->n_sessions] = (struct view_profile_session){ (uint64_t)s->id, s->client, s->agent.len ? s->agent : say(w, "profile.no_agent"),
			s->created_at, s->seen_at, s->this_one };
	}
}

struct view_profile_delegation *profile_delegations(struct web_cx *w, const struct delegation_list *list, bool may_all)
{
	struct view_profile_delegation *rows = NEW_ARRAY(w->mem, struct view_profile_delegation, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		const struct delegation *d = &list->p[i];
		rows[i] = (struct view_profile_delegation){ (uint64_t)d->id, d->from_name, d->to_name, d->reason, d->from, d->until,
			d->now ? VIEW_PROFILE_STATE_NOW : d->coming ? VIEW_PROFILE_STATE_COMING : VIEW_PROFILE_STATE_OVER,
			(d->now || d->coming) && (may_all || d->from_id == w->actor->user_id) };
	}
	return rows;
}

static void show(struct web_cx *w)
{
	struct user u;
	struct session_list sessions = { 0 };
	struct delegation_list delegations = { 0 };
	struct view_profile v = { 0 };
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	enum err e = user_get(w->cx, w->app, w->actor->user_id, &u);
	if (!e)
		e = session_list(w->cx, w->app, w->actor, &sessions);
	if (!e)
		e = delegation_list(w->cx, w->app, u.id, &delegations);
	if (e) {
		web_fail(w, e);
		return;
	}
	v.name = u.name;
	v.login = u.login;
	v.title = u.title;
	v.email = u.email;
	v.phone = u.phone;
	v.unit = u.unit_name;
	v.totp = u.has_totp;
	v.today = date_of_ms(w->cx->now_ms);
	fill_grants(w, &u, delegations.n, &v);
	fill_borrowed(w, &delegations, &v);
	fill_sessions(w, &sessions, &v);
	v.delegations = profile_delegations(w, &delegations, false);
	v.n_delegations = delegations.n;
	reply_profile(w, &v);
}

static void page_profile(struct web_cx *w) { show(w); }

static void back(struct web_cx *w, enum err e)
{
	if (!e)
		web_redirect(w, STR("/toi"));
	else if (e == ERR_INPUT)
		show(w);
	else
		web_fail(w, e);
}

static void page_end_session(struct web_cx *w)
{
	enum err e = session_revoke(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"));
	back(w, e == ERR_NOTFOUND ? ERR_OK : e); /* it is over: that was wanted */
}

/* ---- password ---- */

static void show_password(struct web_cx *w)
{
	struct view_password v = { .first = w->actor->must_change };
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	reply_password(w, &v);
}

static void page_password(struct web_cx *w) { show_password(w); }

static void page_password_do(struct web_cx *w)
{
	enum err e = ERR_INPUT;
	if (str_eq(web_text(w, "password"), web_text(w, "again")))
		e = session_password(w->cx, w->app, w->actor, web_text(w, "old"), web_text(w, "password"));
	else
		cx_fault(w->cx, FAULT_ERROR, "password.again", (place){ .field = STR("again") }, (str){ 0 });
	if (!e)
		web_redirect(w, w->actor->must_change ? STR("/") : STR("/toi"));
	else if (e == ERR_INPUT)
		show_password(w);
	else
		web_fail(w, e);
}

/* ---- the second factor ---- */

static void show_totp(struct web_cx *w, const struct totp_setup *t)
{
	struct view_totp v = { .secret = t->secret, .qr = t->qr, .uri = t->uri, .sealed = t->sealed };
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	reply_totp(w, &v);
}

static void page_totp(struct web_cx *w)
{
	struct totp_setup t;
	enum err e = w->actor->has_totp ? ERR_CONFLICT : totp_begin(w->cx, w->app, w->actor, &t);
	if (e == ERR_CONFLICT)
		web_redirect(w, STR("/toi"));
	else if (e)
		web_fail(w, e);
	else
		show_totp(w, &t);
}

static void page_totp_do(struct web_cx *w)
{
	struct totp_setup t;
	str codes[TOTP_CODES];
	enum err e = totp_confirm(w->cx, w->app, w->actor, web_text(w, "sealed"), web_text(w, "code"), codes);
	if (!e) {
		struct view_totp v = { .codes = codes, .n_codes = TOTP_CODES };
		reply_totp(w, &v);
	} else if (e == ERR_INPUT && totp_resume(w->cx, w->app, w->actor, web_text(w, "sealed"), &t) == ERR_OK)
		show_totp(w, &t);
	else
		web_fail(w, e);
}

static void page_totp_drop(struct web_cx *w) { back(w, totp_drop(w->cx, w->app, w->actor, web_text(w, "password"))); }

/* ---- delegation ---- */

static void page_delegate(struct web_cx *w)
{
	struct user to;
	enum err e = user_by_login(w->cx, w->app, web_text(w, "to"), &to);
	if (e == ERR_NOTFOUND)
		e = cx_fail(w->cx, ERR_INPUT, "user.unknown", (place){ .field = STR("to") }, web_text(w, "to"));
	if (!e) {
		struct delegation d = { .from_id = w->actor->user_id,
			.to_id = to.id,
			.reason = web_text(w, "reason"),
			.from = web_date(w, "from"),
			.until = web_date(w, "until") };
		e = delegation_add(w->cx, w->app, w->actor, &d);
	}
	back(w, e);
}

static void page_delegate_end(struct web_cx *w) { back(w, delegation_end(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"))); }

#define PASSWORD(name, vi, en) { name, IN_TEXT, .required = true, .max = 1000, .secret = true, .doc = { vi, en } }

const struct web_route routes_profile[] = {
	{ WEB_GET, "/toi", page_profile, "signed-in", .view = "profile", .doc = { "Tài khoản của tôi", "The own account" } },
	{ WEB_POST, "/toi/phien", page_end_session, "signed-in", .faces = FACE_HTML,
		.doc = { "Kết thúc một phiên của mình, hoặc mọi phiên khác", "Ends a session of one's own, or all others" },
		.in = WEB_INPUTS({ "id", IN_ID, .doc = { "phiên; trống: mọi phiên khác", "session; empty: all others" } }) },
	{ WEB_GET, "/toi/mat-khau", page_password, "signed-in", .faces = FACE_HTML, .view = "password", .doc = { "Đổi mật khẩu", "Change the password" } },
	{ WEB_POST, "/toi/mat-khau", page_password_do, "signed-in", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "password",
		.doc = { "Đổi mật khẩu của mình; các phiên khác kết thúc", "Changes the own password; other sessions end" },
		.in = WEB_INPUTS(PASSWORD("old", "mật khẩu hiện tại", "present password"), PASSWORD("password", "mật khẩu mới", "new password"),
			PASSWORD("again", "nhập lại mật khẩu mới", "new password again")) },
	{ WEB_GET, "/toi/xac-thuc", page_totp, "signed-in", .faces = FACE_HTML, .view = "totp",
		.doc = { "Thiết lập xác thực hai lớp", "Set up the second factor" } },
	{ WEB_POST, "/toi/xac-thuc", page_totp_do, "signed-in", .faces = FACE_HTML, .view = "totp",
		.doc = { "Xác nhận ứng dụng xác thực bằng một mã; trả về mã dự phòng", "Confirms the authenticator with a code; answers with recovery codes" },
		.in = WEB_INPUTS({ "sealed", IN_TEXT, .required = true, .max = 400, .secret = true, .doc = { "biểu mẫu", "form" } },
			{ "code", IN_TEXT, .required = true, .max = 40, .doc = { "mã", "code" } }) },
	{ WEB_POST, "/toi/xac-thuc/tat", page_totp_drop, "signed-in", .lane = LANE_SLOW, .faces = FACE_HTML,
		.doc = { "Tắt xác thực hai lớp của mình", "Drops the own second factor" },
		.in = WEB_INPUTS(PASSWORD("password", "mật khẩu", "password")) },
	{ WEB_POST, "/uy-quyen", page_delegate, "signed-in", .faces = FACE_HTML,
		.doc = { "Ủy quyền khi vắng mặt", "Delegates while absent" },
		.in = WEB_INPUTS({ "to", IN_TEXT, .required = true, .max = 60,
					 .doc = { "tên đăng nhập của người nhận", "login of who acts meanwhile" } },
			{ "from", IN_DATE, .required = true, .doc = { "từ ngày", "from" } },
			{ "until", IN_DATE, .required = true, .doc = { "đến hết ngày", "until" } },
			{ "reason", IN_TEXT, .required = true, .max = 200, .doc = { "lý do", "reason" } }) },
	{ WEB_POST, "/uy-quyen/{id:id}/ket-thuc", page_delegate_end, "signed-in", .faces = FACE_HTML,
		.doc = { "Kết thúc ủy quyền sớm", "Ends a delegation early" } },
	{ 0 },
};
