#include "web/sign_in.h"
#include "app/session.h"
#include "app/site.h"
#include "app/sso.h"
#include "web/basic.h"
#include "web/display.h"
#include "web/fault.h"
#include "web/inner.h"
#include "web/view.h"
#include "web_views.h"

static const char CHANGE[] = "/toi/mat-khau";

/* ---- who asks ---- */

static bool denied(struct web_cx *w, str noun, str verb)
{
	fault *f = cx_fault(w->cx, FAULT_ERROR, "actor.denied", (place){ 0 }, (str){ 0 });
	fault_arg(w->cx, f, 1, noun);
	fault_arg(w->cx, f, 2, verb);
	web_error(w, 403);
	return false;
}

/* The store may be down; what is public is shown all the same, to nobody in particular. */
static bool read_session(struct web_cx *w, bool is_public)
{
	str token = web_cookie_get(w, SESSION_COOKIE);
	struct actor who;
	bool awaits_code;
	if (!token.len || w->app->resetting)
		return true;
	size_t faults = w->cx->n_faults, errors = w->cx->n_errors;
	enum err e = session_actor(w->cx, w->app, token, &who, &awaits_code);
	if (!e && !awaits_code) {
		struct actor *kept = NEW(w->mem, struct actor);
		*kept = who;
		w->actor = kept;
	}
	if (!e || e == ERR_NOTFOUND)
		return true;
	if (!is_public) {
		web_fail(w, e);
		return false;
	}
	w->cx->n_faults = faults;
	w->cx->n_errors = errors;
	return true;
}

/* With a first password nothing is open but to change it. */
static bool must_change_first(struct web_cx *w)
{
	if (!w->actor->must_change || str_is(w->path, CHANGE) || str_is(w->path, "/dang-xuat"))
		return false;
	if (w->face == FACE_HTML && w->method == WEB_GET)
		web_redirect(w, str_of(CHANGE));
	else {
		cx_fault(w->cx, FAULT_ERROR, "session.must_change", (place){ 0 }, (str){ 0 });
		web_error(w, 403);
	}
	return true;
}

bool sign_in_allow(struct web_cx *w)
{
	str may = str_of(w->route->may), verb = may, noun;
	bool is_public = str_is(may, "public"), is_program = w->route->flags & WEB_PROGRAM;
	site_refresh(w->app, w->cx->now_ms);
	if (is_program ? !basic_allow(w) : !read_session(w, is_public))
		return false;
	if (is_public)
		return true;
	if (!w->actor->user_id) {
		web_sign_in(w);
		return false;
	}
	if (!is_program && must_change_first(w))
		return false;
	if (str_is(may, "signed-in"))
		return true;
	str_next(&verb, '.', &noun);
	return actor_can(w->actor, noun, verb) || denied(w, noun, verb);
}

/* ---- signing in ---- */

static struct session_from from_of(struct web_cx *w)
{
	return (struct session_from){ w->client, w->agent };
}

/* What can be shown in the form; the rest is an answer of its own. */
static bool is_shown(enum err e) { return e == ERR_DENIED || e == ERR_INPUT; }

static void fail(struct web_cx *w, enum err e)
{
	if (e == ERR_BUSY)
		web_error(w, 429);
	else
		web_fail(w, e);
}

static str sso_link(struct web_cx *w, str back)
{
	buf b;
	buf_init(&b, 16384);
	buf_addz(&b, "/dang-nhap/mot-lan?ve=");
	view_segment(&b, back);
	str link = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return link;
}

static void show(struct web_cx *w, str login, str back)
{
	struct view_sign_in v = { .login = login, .back = display_is_here(back) ? back : STR("") };
	v.faults = fault_rows(w, &v.n_faults);
	v.training = w->app->sandbox;
	v.sso = sso_there(w->app);
	v.sso_label = sso_label(w->app);
	v.sso_link = sso_link(w, v.back);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_sign_in(w, &v);
}

static void page_sign_in(struct web_cx *w)
{
	if (w->actor->user_id)
		web_redirect(w, STR("/toi"));
	else
		show(w, STR(""), web_text(w, "ve"));
}

void sign_in_done(struct web_cx *w, const struct session_start *s, str back)
{
	web_cookie(w, SESSION_COOKIE, s->token, 0);
	if (!display_is_here(back))
		back = STR("/");
	if (s->needs_code) {
		buf b;
		buf_init(&b, 16384);
		buf_addz(&b, "/dang-nhap/ma?ve=");
		view_segment(&b, back);
		back = arena_str(w->mem, buf_str(&b));
		buf_free(&b);
	}
	web_redirect(w, back);
}

static void page_sign_in_do(struct web_cx *w)
{
	struct session_from from = from_of(w);
	struct session_start s;
	enum err e = session_begin(w->cx, w->app, web_text(w, "login"), web_text(w, "password"), &from, &s);
	if (!e)
		sign_in_done(w, &s, web_text(w, "ve"));
	else if (is_shown(e))
		show(w, web_text(w, "login"), web_text(w, "ve"));
	else
		fail(w, e);
}

/* ---- the second factor ---- */

static bool awaits_code(struct web_cx *w)
{
	struct actor who;
	bool awaits = false;
	return session_actor(w->cx, w->app, web_cookie_get(w, SESSION_COOKIE), &who, &awaits) == ERR_OK && awaits;
}

static void show_code(struct web_cx *w)
{
	str back = web_text(w, "ve");
	struct view_sign_code v = { .back = display_is_here(back) ? back : STR("") };
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_sign_code(w, &v);
}

static void page_code(struct web_cx *w)
{
	if (awaits_code(w))
		show_code(w);
	else
		web_redirect(w, STR("/dang-nhap"));
}

static void page_code_do(struct web_cx *w)
{
	struct session_from from = from_of(w);
	struct session_start s;
	enum err e = session_code(w->cx, w->app, web_cookie_get(w, SESSION_COOKIE), web_text(w, "code"), &from, &s);
	if (!e)
		sign_in_done(w, &s, web_text(w, "ve"));
	else if (e == ERR_NOTFOUND)
		web_redirect(w, STR("/dang-nhap"));
	else if (is_shown(e))
		show_code(w);
	else
		fail(w, e);
}

static void page_sign_out(struct web_cx *w)
{
	enum err e = session_end(w->cx, w->app, web_cookie_get(w, SESSION_COOKIE));
	web_cookie(w, SESSION_COOKIE, STR(""), -1);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, STR("/"));
}

/* ---- forgotten ---- */

static void page_forgot(struct web_cx *w)
{
	struct view_forgot v = { .asked = false };
	web_cache(w, -1);
	reply_forgot(w, &v);
}

static void page_forgot_do(struct web_cx *w)
{
	struct session_from from = from_of(w);
	struct view_forgot v = { .asked = true };
	enum err e = session_reset_ask(w->cx, w->app, web_text(w, "login"), &from);
	if (e)
		fail(w, e);
	else
		reply_forgot(w, &v);
}

static void show_reset(struct web_cx *w, bool good, str login)
{
	struct view_reset v = { .login = login, .token = web_text(w, "token"), .good = good };
	v.faults = fault_rows(w, &v.n_faults);
	w->status = !good ? 404 : v.n_faults ? 422 : 200;
	web_cache(w, -1);
	reply_reset(w, &v);
}

static void page_reset(struct web_cx *w)
{
	str login = STR("");
	enum err e = session_reset_look(w->cx, w->app, web_text(w, "token"), &login);
	if (e && e != ERR_NOTFOUND)
		web_fail(w, e);
	else
		show_reset(w, !e, login);
}

static bool repeated(struct web_cx *w)
{
	if (str_eq(web_text(w, "password"), web_text(w, "again")))
		return true;
	cx_fault(w->cx, FAULT_ERROR, "password.again", (place){ .field = STR("again") }, (str){ 0 });
	return false;
}

static void page_reset_do(struct web_cx *w)
{
	str login = STR("");
	enum err e = session_reset_look(w->cx, w->app, web_text(w, "token"), &login);
	if (!e)
		e = repeated(w) ? session_reset_use(w->cx, w->app, web_text(w, "token"), web_text(w, "password")) : ERR_INPUT;
	if (!e)
		web_redirect(w, STR("/dang-nhap"));
	else if (e == ERR_INPUT || e == ERR_NOTFOUND)
		show_reset(w, e == ERR_INPUT, login);
	else
		fail(w, e);
}

#define BACK { "ve", IN_TEXT, .max = 2000, .doc = { "trang quay về", "page to come back to" } }
#define PASSWORD(name, vi, en) { name, IN_TEXT, .required = true, .max = 1000, .secret = true, .doc = { vi, en } }

const struct web_route routes_sign_in[] = {
	{ WEB_GET, "/dang-nhap", page_sign_in, "public", .faces = FACE_HTML, .view = "sign_in", .doc = { "Đăng nhập", "Sign in" }, .in = WEB_INPUTS(BACK) },
	{ WEB_POST, "/dang-nhap", page_sign_in_do, "public", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "sign_in",
		.doc = { "Đăng nhập bằng tên và mật khẩu", "Signs in with login and password" },
		.in = WEB_INPUTS({ "login", IN_TEXT, .required = true, .min = 1, .max = 200, .doc = { "tên đăng nhập", "login" } },
			PASSWORD("password", "mật khẩu", "password"), BACK) },
	{ WEB_GET, "/dang-nhap/ma", page_code, "public", .faces = FACE_HTML, .view = "sign_code",
		.doc = { "Mã xác thực", "Verification code" }, .in = WEB_INPUTS(BACK) },
	{ WEB_POST, "/dang-nhap/ma", page_code_do, "public", .faces = FACE_HTML, .view = "sign_code",
		.doc = { "Mã của ứng dụng xác thực hoặc mã dự phòng", "Code of the authenticator or a recovery code" },
		.in = WEB_INPUTS({ "code", IN_TEXT, .required = true, .min = 1, .max = 40, .doc = { "mã", "code" } }, BACK) },
	{ WEB_POST, "/dang-xuat", page_sign_out, "public", .faces = FACE_HTML, .doc = { "Đăng xuất", "Sign out" } },
	{ WEB_GET, "/quen-mat-khau", page_forgot, "public", .faces = FACE_HTML, .view = "forgot", .doc = { "Quên mật khẩu", "Forgotten password" } },
	{ WEB_POST, "/quen-mat-khau", page_forgot_do, "public", .faces = FACE_HTML, .view = "forgot",
		.doc = { "Xin thư đặt lại mật khẩu", "Asks for a letter to set a password" },
		.in = WEB_INPUTS({ "login", IN_TEXT, .required = true, .min = 1, .max = 200, .doc = { "tên đăng nhập", "login" } }) },
	{ WEB_GET, "/dat-mat-khau/{token}", page_reset, "public", .faces = FACE_HTML, .flags = WEB_SECRET_PATH, .view = "reset",
		.doc = { "Đặt mật khẩu bằng liên kết trong thư", "Sets a password by the link of a letter" } },
	{ WEB_POST, "/dat-mat-khau/{token}", page_reset_do, "public", .lane = LANE_SLOW, .faces = FACE_HTML, .flags = WEB_SECRET_PATH, .view = "reset",
		.doc = { "Đặt mật khẩu", "Sets the password" },
		.in = WEB_INPUTS(PASSWORD("password", "mật khẩu mới", "new password"), PASSWORD("again", "nhập lại mật khẩu mới", "new password again")) },
	{ 0 },
};
