#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "web/accept.h"
#include "web/route.h"

static void page(struct web_cx *w) { (void)w; }

#define DOC .doc = { "Thử", "Test" }

static const struct web_route table[] = {
	{ WEB_GET, "/", page, "public", DOC },
	{ WEB_GET, "/chi-so", page, "public", DOC },
	{ WEB_GET, "/chi-so/moi", page, "public", DOC },
	{ WEB_GET, "/chi-so/{code}", page, "public", DOC },
	{ WEB_GET, "/chi-so/{code}/{year:int}", page, "public", .faces = FACE_HTML | FACE_JSON | FACE_CSV, DOC },
	{ WEB_GET, "/chi-so/{code}/tong", page, "public", DOC },
	{ WEB_GET, "/don-vi/{id:id}", page, "public", DOC },
	{ WEB_GET, "/don-vi/{day:date}", page, "public", DOC },
	{ WEB_GET, "/don-vi/{name}", page, "public", DOC },
	{ WEB_POST, "/don-vi/{name}", page, "user", DOC },
	{ WEB_POST, "/gui", page, "user", DOC },
	{ 0 },
};

static struct router *make(const struct web_route *routes, char *why)
{
	const struct web_route *tables[] = { routes, NULL };
	return router_new(tables, why, 200);
}

/* Pattern that a path leads to, "-" for none, "405" when only other methods know it; values in brackets. */
static const char *find(const struct router *r, arena *mem, enum web_method method, const char *path)
{
	str segments[ROUTE_SEGMENTS];
	int n = route_split(mem, str_of(path), segments);
	if (n < 0)
		return "bad";
	struct route_match m = router_find(r, method, segments, (size_t)n);
	if (!m.info)
		return m.methods ? "405" : "-";
	str s = str_of(m.info->route->path);
	for (size_t i = 0; i < m.info->n_params; i++)
		s = arena_printf(mem, "%.*s [%s=%.*s]", STR_ARG(s), m.info->in[i].name, STR_ARG(m.param[i]));
	return s.p;
}

static void test_find(void **state)
{
	static const struct { enum web_method method; const char *path, *found; } cases[] = {
		{ WEB_GET, "/", "/" },
		{ WEB_POST, "/", "405" },
		{ WEB_GET, "/chi-so", "/chi-so" },
		{ WEB_GET, "/chi-so/moi", "/chi-so/moi" }, /* fixed before typed */
		{ WEB_GET, "/chi-so/par", "/chi-so/{code} [code=par]" },
		{ WEB_GET, "/chi-so/moi/2025", "/chi-so/{code}/{year:int} [code=moi] [year=2025]" }, /* and back from the fixed one */
		{ WEB_GET, "/chi-so/par/-5", "/chi-so/{code}/{year:int} [code=par] [year=-5]" },
		{ WEB_GET, "/chi-so/par/tong", "/chi-so/{code}/tong [code=par]" },
		{ WEB_GET, "/chi-so/par/abc", "-" },
		{ WEB_GET, "/chi-so/par/1e3", "-" },
		{ WEB_GET, "/chi-so/par/2025/x", "-" },
		{ WEB_GET, "/don-vi/028t5cy4tqkff", "/don-vi/{id:id} [id=028t5cy4tqkff]" },
		{ WEB_GET, "/don-vi/2026-01-31", "/don-vi/{day:date} [day=2026-01-31]" },
		{ WEB_GET, "/don-vi/2026-02-31", "/don-vi/{name} [name=2026-02-31]" },
		{ WEB_POST, "/don-vi/2026-01-31", "/don-vi/{name} [name=2026-01-31]" }, /* the date route has no POST */
		{ WEB_GET, "/don-vi/a%2Fb%20c", "/don-vi/{name} [name=a/b c]" },
		{ WEB_GET, "/don-vi/S%E1%BB%9F", "/don-vi/{name} [name=S\xE1\xBB\x9F]" },
		{ WEB_GET, "/chi%2dso", "/chi-so" },
		{ WEB_GET, "/gui", "405" },
		{ WEB_GET, "/Chi-so", "-" },
		{ WEB_GET, "", "bad" },
		{ WEB_GET, "chi-so", "bad" },
		{ WEB_GET, "/chi-so/", "bad" },
		{ WEB_GET, "//chi-so", "bad" },
		{ WEB_GET, "/%", "bad" },
		{ WEB_GET, "/%4", "bad" },
		{ WEB_GET, "/%gg", "bad" },
		{ WEB_GET, "/%00", "bad" },
		{ WEB_GET, "/%C0%AF", "bad" },
		{ WEB_GET, "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "bad" },
	};
	char why[200];
	arena *mem = arena_new(0);
	struct router *r = make(table, why);
	(void)state;
	assert_non_null(r);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(find(r, mem, cases[i].method, cases[i].path), cases[i].found);
	router_free(r);
	arena_free(mem);
}

static void test_methods(void **state)
{
	char why[200];
	struct router *r = make(table, why);
	str both[] = { STR("don-vi"), STR("x") }, post[] = { STR("gui") };
	(void)state;
	assert_int_equal(router_find(r, WEB_GET, both, 2).methods, 1u << WEB_GET | 1u << WEB_POST);
	assert_int_equal(router_find(r, WEB_GET, post, 1).methods, 1u << WEB_POST);
	router_free(r);
}

static void refused(const struct web_route *routes, const char *text)
{
	char why[200] = "";
	assert_null(make(routes, why));
	if (!strstr(why, text))
		fail_msg("“%s” is not in “%s”", text, why);
}

static void test_wrong_tables(void **state)
{
	(void)state;
	refused((const struct web_route[]){ { WEB_GET, "/a", page, "public", DOC }, { WEB_GET, "/a", page, "public", DOC }, { 0 } }, "GET /a: stands twice");
	refused((const struct web_route[]){ { WEB_GET, "/a/{x}", page, "public", DOC }, { WEB_GET, "/a/{y}", page, "public", DOC }, { 0 } }, "twice");
	refused((const struct web_route[]){ { WEB_GET, "a", page, "public", DOC }, { 0 } }, "needs a path");
	refused((const struct web_route[]){ { WEB_GET, "/a", page, "public" }, { 0 } }, "description in both languages");
	refused((const struct web_route[]){ { WEB_GET, "/a", page, NULL, DOC }, { 0 } }, "permission");
	refused((const struct web_route[]){ { WEB_GET, "/{x", page, "public", DOC }, { 0 } }, "without }");
	refused((const struct web_route[]){ { WEB_GET, "/{x:float}", page, "public", DOC }, { 0 } }, "int|id|date|text");
	refused((const struct web_route[]){ { WEB_GET, "/{}", page, "public", DOC }, { 0 } }, "a segment is");
	refused((const struct web_route[]){ { WEB_GET, "//a", page, "public", DOC }, { 0 } }, "empty segment");
	refused((const struct web_route[]){ { WEB_GET, "/a", page, "public", DOC, .in = WEB_INPUTS({ "k", IN_ENUM }) }, { 0 } }, "needs values");
	refused((const struct web_route[]){ { WEB_GET, "/a", page, "public", DOC, .in = WEB_INPUTS({ "k", IN_FILE }) }, { 0 } }, "by POST");
	refused((const struct web_route[]){ { WEB_GET, "/{k:int}", page, "public", DOC, .in = WEB_INPUTS({ "k", IN_DATE }) }, { 0 } }, "differ in type");
}

static const struct web_route with_inputs[] = {
	{ WEB_GET, "/a/{year:int}/{name}", page, "public", DOC, .in = WEB_INPUTS({ "sort", IN_TEXT }, { "year", IN_INT, .min = 1990, .max = 2100 }) },
	{ 0 },
};

/* The inputs of a route: segments first, each once, with the bounds of its declaration. */
static void test_inputs(void **state)
{
	char why[200];
	struct router *r = make(with_inputs, why);
	const struct route_info *info = router_at(r, 0);
	(void)state;
	assert_int_equal(info->n_in, 3);
	assert_int_equal(info->n_params, 2);
	assert_string_equal(info->in[0].name, "year");
	assert_int_equal(info->in[0].min, 1990);
	assert_true(info->in[0].required);
	assert_string_equal(info->in[1].name, "name");
	assert_string_equal(info->in[2].name, "sort");
	assert_int_equal(info->faces, FACE_HTML | FACE_JSON);
	router_free(r);
}

static void test_cases(void **state)
{
	char why[200];
	arena *mem = arena_new(0);
	struct router *r = make(table, why);
	struct route_case *cases;
	size_t n = router_cases(r, mem, &cases), heads = 0, posts = 0, csv = 0;
	(void)state;
	for (size_t i = 0; i < n; i++) {
		heads += cases[i].head;
		posts += cases[i].method == WEB_POST;
		csv += cases[i].face == FACE_CSV;
	}
	assert_int_equal(posts, 2 * 2);
	assert_int_equal(heads, 9 * 2 + 1);
	assert_int_equal(csv, 2);
	assert_int_equal(n, 2 * heads + posts);
	router_free(r);
	arena_free(mem);
}

static void test_accept(void **state)
{
	static const struct { const char *accept; int html, json; } cases[] = {
		{ "text/html", 1000, 0 },
		{ "*/*", 1000, 1000 },
		{ "application/json, text/html;q=0.9", 900, 1000 },
		{ "text/*;q=0.3, */*;q=0.1", 300, 100 },
		{ "text/html;level=1;q=0.25,*/*;q=0", 250, 0 },
		{ "text/html;q=0, */*", 0, 1000 },
		{ "application/*;q=0.123", 0, 123 },
		{ "text/html;q=1.5", 1000, 0 },
		{ "text/html;q=x", 1000, 0 },
		{ " , ,application/json ; Q=0.5", 0, 500 },
		{ "application/jsonx, text", 0, 0 },
		{ "", 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(accept_quality(str_of(cases[i].accept), "text/html"), cases[i].html);
		assert_int_equal(accept_quality(str_of(cases[i].accept), "application/json"), cases[i].json);
	}
	assert_true(accepts_gzip("br, gzip;q=0.1"));
	assert_true(accepts_gzip("*;q=0.5"));
	assert_false(accepts_gzip("gzip;q=0, *"));
	assert_false(accepts_gzip("br"));
	assert_false(accepts_gzip(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find), cmocka_unit_test(test_methods), cmocka_unit_test(test_wrong_tables),
		cmocka_unit_test(test_inputs), cmocka_unit_test(test_cases), cmocka_unit_test(test_accept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
