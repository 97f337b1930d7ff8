#include "web/setup.h"
#include "app/session.h"
#include "app/setup.h"
#include "app/unit.h"
#include "web/fault.h"
#include "web/inner.h"
#include "web/sign_in.h"
#include "web_views.h"

static enum err fill_provinces(struct web_cx *w, str chosen, struct view_setup *v)
{
	struct unit_list list = { 0 };
	enum err e = unit_on(w->cx, w->app, STR("province"), date_of_ms(w->cx->now_ms), &list);
	v->provinces = NEW_ARRAY(w->mem, struct view_setup_province, list.n + 1);
	for (; v->n_provinces < list.n; v->n_provinces++) {
		const struct unit_info *u = &list.p[v->n_provinces];
		v->provinces[v->n_provinces] = (struct view_setup_province){ u->code, u->name, str_eq(u->code, chosen) };
	}
	return e;
}

static void show(struct web_cx *w)
{
	bool typed = w->method == WEB_POST;
	struct view_setup v = { .login = typed ? web_text(w, "login") : STR(""), .name = typed ? web_text(w, "name") : STR(""),
		.title = typed ? web_text(w, "title") : STR(""), .email = typed ? web_text(w, "email") : STR("") };
	v.faults = fault_rows(w, &v.n_faults);
	if (v.n_faults)
		w->status = 422;
	enum err e = fill_provinces(w, typed ? web_text(w, "province") : STR(""), &v);
	web_cache(w, -1);
	if (e)
		web_fail(w, e);
	else
		reply_setup(w, &v);
}

static void page_setup(struct web_cx *w)
{
	if (setup_open(w->app))
		show(w);
	else
		web_error(w, 404);
}

static void page_setup_do(struct web_cx *w)
{
	struct session_from from = { w->client, w->agent };
	struct session_start start;
	struct setup s = { .code = web_text(w, "code"), .password = web_text(w, "password"), .province = web_text(w, "province"),
		.user = { .login = web_text(w, "login"), .name = web_text(w, "name"), .title = web_text(w, "title"), .email = web_text(w, "email") } };
	enum err e = ERR_INPUT;
	if (str_eq(s.password, web_text(w, "again")))
		e = setup_do(w->cx, w->app, &s, w->client);
	else
		cx_fault(w->cx, FAULT_ERROR, "password.again", (place){ .field = STR("again") }, (str){ 0 });
	if (!e)
		e = session_begin_for(w->cx, w->app, s.user.id, &from, &start);
	if (!e)
		sign_in_done(w, &start, STR("/cai-dat/he-thong?buoc=1"));
	else if (e == ERR_INPUT)
		show(w);
	else if (e == ERR_BUSY)
		web_error(w, 429);
	else
		web_fail(w, e);
}

#define PASSWORD(name, vi, en) { name, IN_TEXT, .required = true, .max = 1000, .secret = true, .doc = { vi, en } }
#define TEXT(name, needed, most, vi, en) { name, IN_TEXT, .required = needed, .max = most, .doc = { vi, en } }

const struct web_route routes_setup[] = {
	{ WEB_GET, "/cai-dat", page_setup, "public", .faces = FACE_HTML, .view = "setup",
		.doc = { "Cài đặt lần đầu, khi kho chưa có tài khoản nào", "The first start, while the store has no account" } },
	{ WEB_POST, "/cai-dat", page_setup_do, "public", .lane = LANE_SLOW, .faces = FACE_HTML, .view = "setup",
		.doc = { "Tạo quản trị viên đầu tiên bằng mã in ở cửa sổ chạy chương trình",
			"Makes the first administrator, by the code printed where the program was started" },
		.in = WEB_INPUTS({ "code", IN_TEXT, .required = true, .max = 40, .secret = true, .doc = { "mã cài đặt", "code" } },
			TEXT("province", false, 20, "mã tỉnh, thành phố", "code of the province"),
			TEXT("login", true, 60, "tên đăng nhập", "login"), TEXT("name", true, 200, "họ tên", "name"),
			TEXT("title", false, 200, "chức vụ", "title"), TEXT("email", false, 200, "thư điện tử", "e-mail"),
			PASSWORD("password", "mật khẩu", "password"), PASSWORD("again", "nhập lại mật khẩu", "password again")) },
	{ 0 },
};
