#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/rng.h"
#include "web/form.h"
#include "web/inner.h"

/* Pairs as "a=1|b=2"; files as "name:file(bytes)". */
static str shown(arena *mem, const struct form *f)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < f->n; i++) {
		const struct web_pair *p = &f->p[i];
		buf_printf(&b, "%s%.*s", i ? "|" : "", STR_ARG(p->name));
		if (p->file)
			buf_printf(&b, ":%.*s(%zu)", STR_ARG(p->file->name), p->file->size);
		else
			buf_printf(&b, "=%.*s", STR_ARG(p->value));
	}
	str s = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void test_urlencoded(void **state)
{
	static const struct { const char *given, *pairs; } cases[] = {
		{ "", "" },
		{ "a=1&b=2", "a=1|b=2" },
		{ "a=x+y%21&&b&=c&d==e", "a=x y!|b=|=c|d==e" },
		{ "t%C3%AAn=%E1%BB%91", "t\xC3\xAAn=\xE1\xBB\x91" },
	};
	cx *c = cx_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct form f = { 0 };
		assert_int_equal(form_urlencoded(c, str_of(cases[i].given), &f), ERR_OK);
		assert_string_equal(shown(c->mem, &f).p, cases[i].pairs);
	}
	static const char *const wrong[] = { "a=%", "a=%4", "a=%00", "a=%ff", "%zz=1", "a=1&b=%C0%80" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct form f = { 0 };
		assert_int_equal(form_urlencoded(c, str_of(wrong[i]), &f), ERR_INPUT);
	}
	cx_free(c);
}

static void test_cookies(void **state)
{
	arena *mem = arena_new(0);
	struct form f = { 0 };
	(void)state;
	form_cookies(mem, STR("a=1; b=\"x y\" ;c; =d; e=f=g"), &f);
	assert_string_equal(shown(mem, &f).p, "a=1|b=x y|e=f=g");
	assert_null(form_find(&f, "c"));
	assert_true(str_is(form_find(&f, "e")->value, "f=g"));
	arena_free(mem);
}

static enum err feed(cx *c, const char *type, str body, size_t piece, struct form *f)
{
	struct multipart_limits limits = { 1000, 3000, "/tmp" };
	struct multipart *m = multipart_new(c, str_of(type), &limits, f);
	if (!m)
		return ERR_INPUT;
	for (size_t at = 0; at < body.len; at += piece)
		multipart_feed(m, (str){ body.p + at, body.len - at < piece ? body.len - at : piece });
	return multipart_end(m);
}

#define TYPE "multipart/form-data; boundary=AaB"

/* However the bytes are cut, the result is the same. */
static void test_multipart_pieces(void **state)
{
	static const char body[] = "preamble\r\n--AaB\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--Aa\r\n2\r\n--AaB  \r\n"
		"content-disposition: form-data; name=b; filename=\"x \\\"y\\\".bin\"\r\nContent-Type: a/b\r\n\r\n\r\n\r--AaB\r\n-\r\n--Aa\r\r\n--AaB\r\n"
		"Content-Disposition: form-data; filename*=x; name=\"c\"\r\n\r\n\r\n--AaB--\r\nepilogue --AaB";
	(void)state;
	for (size_t piece = 1; piece <= sizeof body; piece++) {
		cx *c = cx_new(0);
		struct form f = { 0 };
		assert_int_equal(feed(c, TYPE, (str){ body, sizeof body - 1 }, piece, &f), ERR_OK);
		assert_string_equal(shown(c->mem, &f).p, "a=1\r\n--Aa\r\n2|b:x \"y\".bin(18)|c=");
		char content[32];
		assert_int_equal(read(f.p[1].file->fd, content, sizeof content), 18);
		assert_memory_equal(content, "\r\n\r--AaB\r\n-\r\n--Aa\r", 18);
		form_close_files(&f);
		cx_free(c);
	}
}

static void test_multipart_wrong(void **state)
{
	static const struct { const char *type, *body, *key; } cases[] = {
		{ "multipart/form-data", "", "form.no_boundary" },
		{ "multipart/form-data; boundary=\"\"", "", "form.no_boundary" },
		{ TYPE, "", "form.cut_short" },
		{ TYPE, "--AaB\r\n", "form.cut_short" },
		{ TYPE, "--AaB\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "form.cut_short" },
		{ TYPE, "--AaBx", "form.bad_multipart" },
		{ TYPE, "--AaB-x", "form.bad_multipart" },
		{ TYPE, "--AaB\rx", "form.bad_multipart" },
		{ TYPE, "--AaB\r\n\r\nx\r\n--AaB--", "form.bad_name" },
		{ TYPE, "--AaB\r\nContent-Disposition: form-data\r\n\r\nx\r\n--AaB--", "form.bad_name" },
		{ TYPE, "--AaB\r\nContent-Disposition: form-data; name=\"\xFF\"\r\n\r\nx\r\n--AaB--", "form.bad_name" },
		{ TYPE, "--AaB\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xFF\r\n--AaB--", "form.bad_text" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cx *c = cx_new(0);
		struct form f = { 0 };
		assert_int_not_equal(feed(c, cases[i].type, str_of(cases[i].body), 5, &f), ERR_OK);
		assert_string_equal(c->faults[0].key, cases[i].key);
		form_close_files(&f);
		cx_free(c);
	}
}

static void test_multipart_limits(void **state)
{
	cx *c = cx_new(0);
	(void)state;
	for (int i = 0; i < 4; i++) {
		bool file = i & 1;
		size_t n = (file ? 3000u : 1000u) + (i >= 2);
		str head = arena_printf(c->mem, "--AaB\r\nContent-Disposition: form-data; name=\"a\"%s\r\n\r\n", file ? "; filename=\"f\"" : "");
		char *body = arena_alloc(c->mem, head.len + n + 20);
		memcpy(body, head.p, head.len);
		memset(body + head.len, 'x', n);
		memcpy(body + head.len + n, "\r\n--AaB--\r\n", 12);
		struct form f = { 0 };
		assert_int_equal(feed(c, TYPE, (str){ body, head.len + n + 11 }, 700, &f), i >= 2 ? ERR_LIMIT : ERR_OK);
		form_close_files(&f);
	}
	cx_free(c);
}

static void test_clients(void **state)
{
	static const char *const proxies[] = { "10.0.0.1", "10.0.0.2", NULL };
	struct web_config config = { .proxies = proxies };
	static const struct { const char *peer, *forwarded, *client; } cases[] = {
		{ "10.0.0.1", NULL, "10.0.0.1" },
		{ "10.0.0.9", "1.2.3.4", "10.0.0.9" },
		{ "10.0.0.1", "1.2.3.4", "1.2.3.4" },
		{ "10.0.0.1", "6.6.6.6, 1.2.3.4 ,10.0.0.2", "1.2.3.4" },
		{ "10.0.0.1", "1.2.3.4, <script>", "10.0.0.1" },
		{ "10.0.0.1", "2001:DB8:0:0::1", "2001:db8::1" },
		{ "10.0.0.1", ",", "10.0.0.1" },
		{ "10.0.0.1", "10.0.0.2, 10.0.0.2", "10.0.0.1" },
	};
	static const struct { const char *client, *mask; } masks[] = {
		{ "203.0.113.77", "203.0.113.0/24" }, { "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48" }, { "x", "?" },
	};
	char out[CLIENT_TEXT];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(client_forwarded(&config, cases[i].peer, cases[i].forwarded, out), cases[i].client);
	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		client_mask(masks[i].client, out);
		assert_string_equal(out, masks[i].mask);
	}
}

static void test_rates(void **state)
{
	struct rates *t = rates_new();
	struct web_rate rate = { 60, 3 }, off = { 0, 0 };
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(rates_take(t, &rate, 0, "1.2.3.4", 1000), 0);
	assert_int_equal(rates_take(t, &rate, 0, "1.2.3.4", 1000), 1);
	assert_int_equal(rates_take(t, &rate, 1, "1.2.3.4", 1000), 0); /* another kind has its own bucket */
	assert_int_equal(rates_take(t, &rate, 0, "1.2.3.5", 1000), 0);
	assert_int_equal(rates_take(t, &rate, 0, "1.2.3.4", 2100), 0);
	assert_int_equal(rates_take(t, &rate, 0, "1.2.3.4", 2100), 1);
	assert_int_equal(rates_take(t, &rate, 0, "1.2.3.4", 100), 1); /* a clock that runs backwards gives nothing */
	assert_int_equal(rates_take(t, &off, 0, "1.2.3.4", 2100), 0);
	char client[CLIENT_TEXT];
	for (int i = 0; i < 20000; i++) { /* more clients than buckets: the table stays as it is */
		snprintf(client, sizeof client, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		assert_int_equal(rates_take(t, &rate, 0, client, 3000), 0);
	}
	rates_free(t);
}

/* What was compressed is what comes back, also from memory. */
static void test_memo(void **state)
{
	struct memo *m = memo_new();
	rng r;
	rng_seed(&r, 7);
	(void)state;
	for (int round = 0; round < 400; round++) {
		char text[3000];
		size_t n = 800 + rng_below(&r, 2000);
		uint64_t kind = rng_below(&r, 40);
		for (size_t i = 0; i < n; i++)
			text[i] = (char)('a' + (i * (kind + 3) + kind) % 26);
		str s = { text, n };
		struct content body;
		assert_true(gzip_content(m, s, body_hash(s), &body));
		assert_true(body.n > 0 && body.n < n && body.gzip);
		body.free(body.owner);
	}
	memo_free(m);
	assert_int_not_equal(body_hash(STR("a")), body_hash(STR("b")));
	assert_int_not_equal(body_hash(STR("")), body_hash((str){ "\0", 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urlencoded), cmocka_unit_test(test_cookies), cmocka_unit_test(test_multipart_pieces),
		cmocka_unit_test(test_multipart_wrong), cmocka_unit_test(test_multipart_limits), cmocka_unit_test(test_clients),
		cmocka_unit_test(test_rates), cmocka_unit_test(test_memo),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
