/* Pages of lists: which rows, which links, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "web/form.h"
#include "web/input.h"
#include "web/pager.h"

static void page(struct web_cx *w) { (void)w; }

#define DOC .doc = { "Thử", "Test" }

static const struct web_route table[] = {
	{ WEB_GET, "/dai", page, "public", .rows = 10, .faces = FACE_HTML | FACE_JSON | FACE_CSV, DOC,
		.in = WEB_INPUTS({ "q", IN_TEXT, .max = 100, .doc = { "từ", "words" } }) },
	{ WEB_GET, "/dong", page, "public", .rows = 10, .flags = WEB_STREAM, DOC, .in = WEB_INPUTS({ "truoc", IN_INT, .doc = { "trước", "before" } }) },
	{ 0 },
};

struct asked {
	struct router *r;
	struct web_cx w;
};

/* A request for one of the paths above; false: its inputs are refused. */
static bool ask(struct asked *a, const char *path, const char *query, enum web_face face, enum lang lang)
{
	const struct web_route *tables[] = { table, NULL };
	static char why[200];
	str segments[ROUTE_SEGMENTS];
	struct form f = { 0 };
	bool path_wrong;
	*a = (struct asked){ .r = router_new(tables, why, sizeof why) };
	assert_string_equal(why, "");
	a->w.cx = cx_new(0);
	a->w.mem = a->w.cx->mem;
	a->w.lang = lang;
	a->w.face = face;
	a->w.path = str_of(path);
	a->w.query = str_of(query);
	int n = route_split(a->w.mem, a->w.path, segments);
	struct route_match m = router_find(a->r, WEB_GET, segments, (size_t)n);
	assert_non_null(m.info);
	a->w.info = m.info;
	a->w.route = m.info->route;
	assert_int_equal(form_urlencoded(a->w.cx, a->w.query, &f), ERR_OK);
	return input_read(&a->w, m.param, &f, NULL, &path_wrong);
}

static void end(struct asked *a)
{
	cx_free(a->w.cx);
	router_free(a->r);
}

static void same(str s, const char *wanted)
{
	if (!str_is(s, wanted))
		fail_msg("%.*s, not %s", STR_ARG(s), wanted);
}

static void test_rows(void **state)
{
	static const struct { const char *query; size_t total, from, to; const char *prev, *next; } cases[] = {
		{ "", 0, 0, 0, "", "" },
		{ "", 10, 0, 10, "", "" },
		{ "", 11, 0, 10, "", "/dai?trang=2" },
		{ "trang=2", 11, 10, 11, "/dai", "" },
		{ "q=a%20b&trang=2&x=%C4%91", 25, 10, 20, "/dai?q=a%20b&x=%C4%91", "/dai?q=a%20b&x=%C4%91&trang=3" },
		{ "trang=3&q=", 25, 20, 25, "/dai?q=&trang=2", "" },
		{ "moi-trang=1000", 25, 0, 25, "", "" },
		{ "moi-trang=3&trang=9", 25, 24, 25, "/dai?moi-trang=3&trang=8", "" },
		{ "trang=2&z=\"<\xC4\x91>", 25, 10, 20, "/dai?z=%22%3C%C4%91%3E", "/dai?z=%22%3C%C4%91%3E&trang=3" }, /* nothing that ends an attribute */
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct asked a;
		struct pager_rows at;
		assert_true(ask(&a, "/dai", cases[i].query, FACE_HTML, LANG_VI));
		assert_int_equal(pager_rows(&a.w, cases[i].total, &at), ERR_OK);
		assert_int_equal(at.from, cases[i].from);
		assert_int_equal(at.to, cases[i].to);
		same(a.w.pages->prev, cases[i].prev);
		same(a.w.pages->next, cases[i].next);
		end(&a);
	}
}

static void test_refused(void **state)
{
	static const char *const wrong[] = { "trang=0", "trang=-1", "trang=x", "trang=1000001", "moi-trang=0", "moi-trang=1001", "trang=1&trang=2" };
	struct asked a;
	struct pager_rows at;
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_false(ask(&a, "/dai", wrong[i], FACE_HTML, LANG_VI));
		end(&a);
	}
	assert_true(ask(&a, "/dai", "trang=3", FACE_HTML, LANG_VI));
	assert_int_equal(pager_rows(&a.w, 20, &at), ERR_NOTFOUND);
	assert_int_equal(a.w.cx->n_errors, 1);
	assert_string_equal(a.w.cx->faults[0].key, "http.no_page");
	assert_null(a.w.pages);
	end(&a);
}

static void test_csv_is_whole(void **state)
{
	struct asked a;
	struct pager_rows at;
	(void)state;
	assert_true(ask(&a, "/dai", "trang=7&moi-trang=2", FACE_CSV, LANG_VI));
	assert_int_equal(pager_rows(&a.w, 25, &at), ERR_OK);
	assert_int_equal(at.from, 0);
	assert_int_equal(at.to, 25);
	assert_int_equal(pager_skip(&a.w), 0);
	assert_int_equal(pager_limit(&a.w), PAGER_CSV);
	assert_int_equal(pager_rows(&a.w, PAGER_CSV + 1, &at), ERR_OK); /* what is whole in memory has no bound here */
	assert_int_equal(pager_total(&a.w, PAGER_CSV), ERR_OK);
	assert_null(a.w.pages);
	assert_int_equal(pager_total(&a.w, PAGER_CSV + 1), ERR_LIMIT); /* not cut in silence */
	assert_string_equal(a.w.cx->faults[0].key, "http.csv_long");
	end(&a);
}

static void test_from_the_store(void **state)
{
	struct asked a;
	(void)state;
	assert_true(ask(&a, "/dai", "trang=3&moi-trang=4", FACE_JSON, LANG_EN));
	assert_int_equal(pager_skip(&a.w), 8);
	assert_int_equal(pager_limit(&a.w), 4);
	assert_int_equal(pager_total(&a.w, 9), ERR_OK);
	assert_int_equal(a.w.pages->first, 9);
	assert_int_equal(a.w.pages->last, 9);
	same(a.w.pages->prev, "/en/dai.json?moi-trang=4&trang=2");
	end(&a);
}

static void test_links_and_json(void **state)
{
	struct asked a;
	struct pager_rows at;
	buf b;
	json_out j;
	(void)state;
	assert_true(ask(&a, "/dai", "trang=2", FACE_JSON, LANG_VI));
	assert_int_equal(pager_rows(&a.w, 25, &at), ERR_OK);
	pager_links(&a.w);
	assert_string_equal(a.w.headers->name, "Link");
	assert_string_equal(a.w.headers->value,
		"</dai.json>; rel=\"first\", </dai.json>; rel=\"prev\", </dai.json?trang=3>; rel=\"next\", </dai.json?trang=3>; rel=\"last\"");
	buf_init(&b, 4096);
	json_init(&j, &b);
	json_put_object(&j);
	pager_json(&a.w, &j);
	json_put_end(&j, '}');
	same(buf_str(&b), "{\"page\":{\"number\":2,\"pages\":3,\"total\":25,\"size\":10,\"prev\":\"/dai.json\",\"next\":\"/dai.json?trang=3\"}}");
	buf_free(&b);
	end(&a);
}

/* A list that fits one page says how long it is, and has no links. */
static void test_short(void **state)
{
	struct asked a;
	struct pager_rows at;
	(void)state;
	assert_true(ask(&a, "/dai", "", FACE_HTML, LANG_VI));
	assert_int_equal(pager_rows(&a.w, 10, &at), ERR_OK);
	assert_int_equal(a.w.pages->pages, 1);
	pager_links(&a.w);
	assert_null(a.w.headers);
	end(&a);
}

static void test_by_place(void **state)
{
	struct asked a;
	(void)state;
	assert_true(ask(&a, "/dong", "truoc=90&x=1", FACE_HTML, LANG_VI));
	pager_older(&a.w, STR("80"));
	same(a.w.pages->next, "/dong?x=1&truoc=80");
	same(a.w.pages->start, "/dong?x=1");
	same(a.w.pages->prev, "");
	end(&a);
	assert_true(ask(&a, "/dong", "", FACE_HTML, LANG_VI));
	pager_older(&a.w, STR(""));
	pager_links(&a.w);
	assert_null(a.w.headers);
	end(&a);
}

static const struct web_route with_trang[] = {
	{ WEB_GET, "/a", page, "public", .rows = 10, DOC, .in = WEB_INPUTS({ "trang", IN_INT, .doc = { "x", "x" } }) },
	{ 0 },
};
static const struct web_route without_truoc[] = { { WEB_GET, "/a", page, "public", .rows = 10, .flags = WEB_STREAM, DOC }, { 0 } };
static const struct web_route too_many[] = { { WEB_GET, "/a", page, "public", .rows = 1001, DOC }, { 0 } };

static void test_tables(void **state)
{
	const struct web_route *const wrong[] = { with_trang, without_truoc, too_many };
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char why[200];
		const struct web_route *tables[] = { wrong[i], NULL };
		assert_null(router_new(tables, why, sizeof why));
		assert_true(strlen(why) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_refused), cmocka_unit_test(test_csv_is_whole), cmocka_unit_test(test_from_the_store),
		cmocka_unit_test(test_links_and_json), cmocka_unit_test(test_short), cmocka_unit_test(test_by_place), cmocka_unit_test(test_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
