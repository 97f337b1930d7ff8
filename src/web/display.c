#include "web/display.h"
#include "web/pages.h"

static const char THEME[] = "td_nen", VIEW[] = "td_co";
enum { YEAR_S = 365 * 24 * 3600, LONGEST = 2000 };

bool display_dark(const struct web_cx *w)
{
	return str_is(web_cookie_get(w, THEME), "toi");
}

bool display_wall(const struct web_cx *w)
{
	return str_is(web_cookie_get(w, VIEW), "lon");
}

str display_here(struct web_cx *w)
{
	str path = w->path.len ? w->path : STR("/");
	if (w->method != WEB_GET || !w->route || (w->route->flags & WEB_SECRET_PATH))
		return STR("");
	str here = w->query.len ? arena_printf(w->mem, "%.*s?%.*s", STR_ARG(path), STR_ARG(w->query)) : path;
	return display_is_here(here) ? here : path;
}

bool display_is_here(str path)
{
	if (!path.len || path.len > LONGEST || path.p[0] != '/' || (path.len > 1 && (path.p[1] == '/' || path.p[1] == '\\')))
		return false;
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] >= 0x7F)
			return false;
	return true;
}

/* The first word of each choice is the usual look, which needs no cookie. */
static void keep(struct web_cx *w, const char *name, const char *cookie, const char *word)
{
	if (!web_has(w, name))
		return;
	if (web_enum(w, name) == 1)
		web_cookie(w, cookie, str_of(word), YEAR_S);
	else
		web_cookie(w, cookie, STR(""), -1);
}

static void page_display(struct web_cx *w)
{
	str back = web_text(w, "ve");
	keep(w, "nen", THEME, "toi");
	keep(w, "co", VIEW, "lon");
	web_redirect(w, display_is_here(back) ? back : STR("/"));
}

/* No form token: it would forbid to store any page, and what a stranger could do with this form is change a colour. */
const struct web_route routes_display[] = {
	{ .method = WEB_POST,
		.path = "/hien-thi",
		.page = page_display,
		.may = "public",
		.flags = WEB_NO_CSRF,
		.doc = { "Đặt cách hiển thị trang: nền sáng hay tối, cỡ chữ thường hay màn hình lớn; lưu trong cookie, rồi trở lại trang",
			"Sets how pages look: light or dark, usual size or wall screen; kept in a cookie, then back to the page" },
		.in = WEB_INPUTS({ "nen", IN_ENUM, .values = "sang toi", .doc = { "nền", "ground" } },
			{ "co", IN_ENUM, .values = "thuong lon", .doc = { "cỡ chữ", "size" } },
			{ "ve", IN_TEXT, .max = LONGEST, .doc = { "trang để trở lại", "page to come back to" } }) },
	{ 0 },
};
