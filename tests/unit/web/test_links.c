/* The product's own routes and templates: the table is sound, every link of a template leads to a route, every view of a route exists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "app/right.h"
#include "web/inner.h"
#include "web/pages.h"
#include "web/view.h"

enum { TABLES = 64 };

static struct router *product(void)
{
	static const struct web_route *tables[TABLES] = { web_own_routes };
	static char why[300];
	for (size_t i = 0; web_pages[i] && i + 2 < TABLES; i++)
		tables[i + 1] = web_pages[i];
	struct router *r = router_new(tables, why, sizeof why);
	if (!r)
		fail_msg("%s", why);
	return r;
}

/* A `*` may be a value of any type. */
static bool leads(const struct router *r, arena *mem, str link)
{
	static const char *const values[] = { "x", "1", "0000000000000", "2026-01-31" };
	for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
		str path = STR(""), segments[ROUTE_SEGMENTS];
		for (size_t i = 0; i < link.len; i++)
			path = link.p[i] == '*' ? arena_printf(mem, "%.*s%s", STR_ARG(path), values[v]) : arena_printf(mem, "%.*s%c", STR_ARG(path), link.p[i]);
		for (int suffix = 0; suffix < 3; suffix++) {
			static const char *const ends[] = { "", ".json", ".csv" };
			size_t n_end = strlen(ends[suffix]);
			str p = path;
			if (n_end && (p.len <= n_end || memcmp(p.p + p.len - n_end, ends[suffix], n_end) != 0))
				continue;
			p.len -= n_end;
			int n = route_split(mem, p, segments);
			if (n >= 0 && router_find(r, WEB_GET, segments, (size_t)n).methods)
				return true;
		}
	}
	return false;
}

static void test_links(void **state)
{
	arena *mem = arena_new(0);
	struct router *r = product();
	(void)state;
	for (size_t i = 0; i < view_n_links; i++)
		if (!leads(r, mem, str_of(view_links[i])))
			fail_msg("a template links to %s, which no route answers", view_links[i]);
	router_free(r);
	arena_free(mem);
}

static bool has_view(const char *name)
{
	for (size_t i = 0; i < view_n_infos; i++)
		if (strcmp(view_infos[i].name, name) == 0)
			return true;
	return false;
}

static void test_views(void **state)
{
	struct router *r = product();
	(void)state;
	for (size_t i = 0; i < router_count(r); i++) {
		const struct web_route *route = router_at(r, i)->route;
		if (route->view && !has_view(route->view))
			fail_msg("%s: there is no view %s", route->path, route->view);
	}
	router_free(r);
}

/* Each input says what it is, in both languages: the OpenAPI document and the error page show it. */
static void test_documented(void **state)
{
	struct router *r = product();
	(void)state;
	for (size_t i = 0; i < router_count(r); i++) {
		const struct web_route *route = router_at(r, i)->route;
		for (const struct web_input *in = route->in; in && in->name; in++)
			if (!in->doc[0] || !in->doc[1])
				fail_msg("%s: input %s has no description", route->path, in->name);
	}
	router_free(r);
}

/* What a route demands stands in the table of app/right.h. */
static void test_rights(void **state)
{
	(void)state;
	struct router *r = product();
	for (size_t i = 0; i < router_count(r); i++) {
		const char *may = router_at(r, i)->route->may;
		if (may && strchr(may, '.') && !right_known(str_of(may)))
			fail_msg("%s demands %s, which app/right.c does not name", router_at(r, i)->route->path, may);
	}
	assert_true(right_known(STR("round.*")) && !right_known(STR("round.eat")) && !right_known(STR("cake.view")));
	router_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_links), cmocka_unit_test(test_views), cmocka_unit_test(test_documented),
		cmocka_unit_test(test_rights) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
