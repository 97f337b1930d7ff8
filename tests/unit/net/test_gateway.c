/* Short messages and HTTP against a server of our own. */
#include "net/server.h"
#include "net/gateway.h"

#define S(x) { x, sizeof(x) - 1 }
#define OK(e) assert_int_equal((e), ERR_OK)

static const char PROGRAM[] = "tests/unit/net/http_stub.py";

static str url(cx *c, const struct test_server *s, const char *rest) { return arena_printf(c->mem, "http://127.0.0.1:%d%s", s->port, rest); }

static void test_messages(void **state)
{
	(void)state;
	struct test_server s;
	cx *c = cx_new(0);
	int reply;
	server_start(&s, PROGRAM, NULL);
	static const str headers[] = { S("Authorization: Bearer khoa") };
	struct gateway g = { .url = url(c, &s, "/200?to={to}&text={text}&id={id}"), .headers = headers, .n_headers = 1, .plain = true };
	OK(gateway_send(c, &g, STR("0912 345 678"), STR("Đã trễ hạn: 3 tiêu chí & \"một\" #1"), STR("x1"), &reply));
	assert_int_equal(reply, 200);
	json_t *got = server_got(&s, 1), *query = json_object_get(got, "query");
	assert_string_equal(got_text(got, "method"), "GET");
	assert_string_equal(got_text(query, "to"), "84912345678");
	assert_string_equal(got_text(query, "text"), "Đã trễ hạn: 3 tiêu chí & \"một\" #1");
	assert_string_equal(got_text(json_object_get(got, "headers"), "authorization"), "Bearer khoa");
	json_decref(got);
	g.url = url(c, &s, "/201?answer=ok:1");
	g.body = STR("{\"phone\":\"{to}\",\"data\":{\"text\":\"{text}\"},\"x\":\"{id}{other}\"}");
	g.accepted = STR("ok:1");
	OK(gateway_send(c, &g, STR("+84 (91) 234-5678"), STR("dòng 1\n\"dòng 2\"\\ {to}"), STR("x2"), &reply));
	got = server_got(&s, 2);
	json_t *body = json_loads(got_text(got, "body"), 0, NULL);
	assert_non_null(body);
	assert_string_equal(got_text(body, "phone"), "84912345678");
	assert_string_equal(got_text(json_object_get(body, "data"), "text"), "dòng 1\n\"dòng 2\"\\ {to}"); /* a value is not a template */
	assert_string_equal(got_text(body, "x"), "x2{other}");
	json_decref(body);
	json_decref(got);
	g.accepted = STR("ok:2");
	assert_int_equal(gateway_send(c, &g, STR("0912345678"), STR("x"), STR("x3"), &reply), ERR_INPUT);
	server_stop(&s);
	cx_free(c);
}

static void test_answers(void **state)
{
	(void)state;
	struct test_server s;
	cx *c = cx_new(0);
	int reply;
	server_start(&s, PROGRAM, NULL);
	static const struct {
		const char *path;
		enum err want;
	} cases[] = { { "/204", ERR_OK }, { "/400", ERR_INPUT }, { "/401", ERR_IO }, { "/403", ERR_IO }, { "/404", ERR_INPUT }, { "/408", ERR_BUSY },
		{ "/429", ERR_BUSY }, { "/500", ERR_BUSY }, { "/503", ERR_BUSY }, { "/leads", ERR_INPUT }, { "/long", ERR_IO }, { "/slow", ERR_BUSY },
		{ "/none", ERR_BUSY } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gateway g = { .url = url(c, &s, cases[i].path), .plain = true, .total_ms = 900 };
		int got = (int)gateway_send(c, &g, STR("0912345678"), STR("x"), STR("x"), &reply);
		if (got != (int)cases[i].want)
			fail_msg("%s: %d", cases[i].path, got);
	}
	assert_int_equal(server_count(&s), (int)(sizeof cases / sizeof *cases)); /* no redirect was followed */
	struct gateway g = { .url = url(c, &s, "/200") };
	assert_int_equal(gateway_send(c, &g, STR("0912345678"), STR("x"), STR("x"), &reply), ERR_INPUT); /* http:// is not for everybody */
	g.url = STR("file:///etc/passwd");
	g.plain = true;
	assert_int_equal(gateway_send(c, &g, STR("0912345678"), STR("x"), STR("x"), &reply), ERR_INPUT);
	static const str bad[] = { S("X: a\r\nY: b") };
	g = (struct gateway){ .url = url(c, &s, "/200"), .plain = true, .headers = bad, .n_headers = 1 };
	assert_int_equal(gateway_send(c, &g, STR("0912345678"), STR("x"), STR("x"), &reply), ERR_INPUT);
	server_stop(&s);
	cx_free(c);
}

static void test_numbers(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	static const char *const cases[][2] = { { "0912345678", "84912345678" }, { "+84912345678", "84912345678" }, { "84 912 345 678", "84912345678" },
		{ "0236.3888.888", "842363888888" }, { "12345", "" }, { "", "" }, { "09123x5678", "" }, { "++84912345678", "" }, { "0912345678901234", "" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(str_is(gateway_number(mem, str_of(cases[i][0])), cases[i][1]));
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages), cmocka_unit_test(test_answers), cmocka_unit_test(test_numbers) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
