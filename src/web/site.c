#include "web/site.h"
#include "app/actor.h"
#include "app/site.h"
#include "web/fault.h"
#include "web/upload.h"
#include "web_views.h"

/* ---- the logo ---- */

static const char IMAGE[] = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

static void page_logo(struct web_cx *w)
{
	str bytes;
	const char *media;
	enum err e = site_logo(w->cx, w->app, &bytes, &media);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_policy(w, IMAGE);
	web_cache(w, 3600); /* its address changes with it */
	web_bytes(w, media, bytes);
}

/* ---- the page ---- */

static void show(struct web_cx *w, const struct site_mail *typed)
{
	static const char *const tls[] = { "starttls", "tls", "none" };
	struct site_mail x;
	enum err e = site_mail_get(w->cx, w->app, w->actor, &x);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (typed) {
		bool has = x.has_password;
		x = *typed;
		x.has_password = has;
	}
	struct view_site v = { .logo = w->app->logo != 0, .url = x.url, .host = x.host, .port = x.port, .user = x.user, .from = x.from,
		.from_name = x.from_name, .has_password = x.has_password, .fixed = x.fixed, .training = w->app->sandbox };
	if (w->method == WEB_GET) {
		v.first = web_bool(w, "buoc");
		v.saved = web_bool(w, "luu");
		v.sent = web_text(w, "gui");
	}
	v.may_mail = !x.fixed && !v.training;
	for (int i = 0; i < 3; i++)
		if (str_is(x.tls, tls[i]))
			v.tls = (enum view_site_tls)i;
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	web_cache(w, -1);
	reply_site(w, &v);
}

static void page_site(struct web_cx *w) { show(w, NULL); }

static void back(struct web_cx *w, enum err e, const struct site_mail *typed, str where)
{
	if (!e)
		web_redirect(w, where);
	else if (w->cx->n_errors && e != ERR_DENIED)
		show(w, typed);
	else
		web_fail(w, e);
}

static void page_logo_do(struct web_cx *w)
{
	struct upload up;
	enum err e = web_bool(w, "bo") ? site_logo_drop(w->cx, w->app, w->actor) : upload_read(w, &up);
	if (!e && !web_bool(w, "bo"))
		e = site_logo_put(w->cx, w->app, w->actor, up.name, up.bytes);
	back(w, e, NULL, STR("/cai-dat/he-thong?luu=1"));
}

static void page_mail_do(struct web_cx *w)
{
	static const char *const tls[] = { "starttls", "tls", "none" };
	int i = web_enum(w, "tls");
	struct site_mail x = { .url = web_text(w, "url"), .host = web_text(w, "host"), .tls = str_of(tls[i < 0 ? 0 : i]), .user = web_text(w, "user"),
		.from = web_text(w, "from"), .from_name = web_text(w, "from_name"), .port = (int)web_int(w, "port") };
	back(w, site_mail_put(w->cx, w->app, w->actor, &x, web_text(w, "password")), &x, STR("/cai-dat/he-thong?luu=1"));
}

static void page_test_do(struct web_cx *w)
{
	int reply;
	str to = web_text(w, "to");
	enum err e = site_mail_test(w->cx, w->app, w->actor, to, &reply);
	back(w, e, NULL, arena_printf(w->mem, "/cai-dat/he-thong?gui=%.*s", STR_ARG(to)));
}

#define TEXT(name, most, vi, en) { name, IN_TEXT, .max = most, .doc = { vi, en } }

const struct web_route routes_site[] = {
	{ WEB_GET, "/bieu-trung", page_logo, "public", .faces = FACE_HTML, .doc = { "Biểu trưng của đơn vị", "The logo of the installation" },
		.in = WEB_INPUTS(TEXT("v", 20, "bản", "which one")) },
	{ WEB_GET, "/cai-dat/he-thong", page_site, "setting.edit", .faces = FACE_HTML, .view = "site",
		.doc = { "Biểu trưng và máy chủ thư", "Logo and mail server" },
		.in = WEB_INPUTS({ "buoc", IN_BOOL, .doc = { "bước hai của cài đặt lần đầu", "second step of the first start" } },
			{ "luu", IN_BOOL, .doc = { "vừa lưu", "just saved" } }, TEXT("gui", 254, "vừa gửi thử tới", "a test was sent to")) },
	{ WEB_POST, "/cai-dat/he-thong/bieu-trung", page_logo_do, "setting.edit", .faces = FACE_HTML, .max_body = UPLOAD_BODY, .view = "site",
		.doc = { "Đặt hoặc bỏ biểu trưng", "Sets or drops the logo" },
		.in = WEB_INPUTS(UPLOAD_INPUTS, { "bo", IN_BOOL, .doc = { "bỏ", "drop" } }) },
	{ WEB_POST, "/cai-dat/he-thong/thu", page_mail_do, "setting.edit", .faces = FACE_HTML, .view = "site",
		.doc = { "Đặt máy chủ thư", "Sets the mail server" },
		.in = WEB_INPUTS(TEXT("url", 200, "địa chỉ của hệ thống", "address of the installation"), TEXT("host", 253, "máy chủ", "host"),
			{ "port", IN_INT, .min = 1, .max = 65535, .def = "587", .doc = { "cổng", "port" } },
			{ "tls", IN_ENUM, .values = "starttls tls none", .def = "starttls", .doc = { "mã hóa", "encryption" } },
			TEXT("user", 200, "tên đăng nhập", "user"),
			{ "password", IN_TEXT, .max = 500, .secret = true, .doc = { "mật khẩu; trống: giữ nguyên", "password; empty: as it was" } },
			TEXT("from", 254, "địa chỉ gửi", "sender"), TEXT("from_name", 200, "tên người gửi", "name of the sender")) },
	{ WEB_POST, "/cai-dat/he-thong/gui-thu", page_test_do, "setting.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "site",
		.doc = { "Gửi thư thử", "Sends a test letter" }, .in = WEB_INPUTS({ "to", IN_TEXT, .required = true, .max = 254, .doc = { "tới", "to" } }) },
	{ 0 },
};
