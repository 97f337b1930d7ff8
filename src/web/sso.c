#include "web/sso.h"
#include "app/sso.h"
#include "web/sign_in.h"

static const char COOKIE[] = "td_sso";
enum { COOKIE_S = 600 };

static void page_away(struct web_cx *w)
{
	struct sso_start s;
	enum err e = sso_begin(w->cx, w->app, web_text(w, "ve"), &s);
	if (e) {
		web_fail(w, e);
		return;
	}
	web_cookie(w, COOKIE, s.cookie, COOKIE_S);
	web_redirect_out(w, s.url);
}

static void page_back(struct web_cx *w)
{
	struct session_from from = { w->client, w->agent };
	struct session_start s;
	str back = STR("");
	enum err e;
	if (web_has(w, "error")) /* what the provider calls it is not shown: anybody can write it into an address */
		e = cx_fail(w->cx, ERR_DENIED, "sso.refused", (place){ 0 }, STR(""));
	else
		e = sso_finish(w->cx, w->app, web_cookie_get(w, COOKIE), web_text(w, "state"), web_text(w, "code"), &from, &s, &back);
	web_cookie(w, COOKIE, STR(""), -1);
	if (e)
		web_fail(w, e);
	else
		sign_in_done(w, &s, back);
}

const struct web_route routes_sso[] = {
	{ WEB_GET, "/dang-nhap/mot-lan", page_away, "public", .lane = LANE_SLOW, .faces = FACE_HTML,
		.doc = { "Đăng nhập bằng tài khoản của tỉnh (OpenID Connect)", "Sign in through another server (OpenID Connect)" },
		.in = WEB_INPUTS({ "ve", IN_TEXT, .max = 500, .doc = { "trang quay lại", "page to come back to" } }) },
	{ WEB_GET, "/dang-nhap/quay-ve", page_back, "public", .lane = LANE_SLOW, .faces = FACE_HTML,
		.doc = { "Quay về từ máy chủ danh tính", "Back from the other server" },
		.in = WEB_INPUTS({ "code", IN_TEXT, .max = 2000, .doc = { "mã dùng một lần", "code" } },
			{ "state", IN_TEXT, .max = 200, .doc = { "dấu của lần đăng nhập", "state" } },
			{ "error", IN_TEXT, .max = 200, .doc = { "lý do từ chối", "reason of a refusal" } }) },
	{ 0 },
};
