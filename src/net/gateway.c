#include "net/gateway.h"
#include "base/buf.h"
#include "base/vn.h"

static enum err fail(cx *c, enum err code, const char *key, int status)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, STR(""));
	fault_arg(c, f, 1, arena_printf(c->mem, "%d", status));
	return code;
}

static void json_escape(buf *b, str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char x = (unsigned char)s.p[i];
		if (x == '"' || x == '\\')
			buf_printf(b, "\\%c", x);
		else if (x < 0x20 || x == 0x7F)
			buf_printf(b, "\\u%04x", x);
		else
			buf_char(b, (char)x);
	}
}

static str filled(cx *c, str template, str to, str text, str id, bool json)
{
	const struct {
		str name, value;
	} places[] = { { STR("{to}"), to }, { STR("{text}"), text }, { STR("{id}"), id } };
	buf b;
	buf_init(&b, 64 << 10);
	while (template.len) {
		size_t i = 0, n = sizeof places / sizeof *places;
		while (i < n && !str_starts(template, places[i].name))
			i++;
		if (i == n)
			buf_char(&b, template.p[0]);
		else if (json)
			json_escape(&b, places[i].value);
		else
			buf_add(&b, net_escape(c->mem, places[i].value));
		size_t used = i == n ? 1 : places[i].name.len;
		template = (str){ template.p + used, template.len - used };
	}
	str out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

str gateway_number(arena *mem, str phone)
{
	char *p = arena_alloc(mem, phone.len + 4);
	size_t n = 0;
	bool plus = false;
	for (size_t i = 0; i < phone.len; i++) {
		char d = phone.p[i];
		if (d >= '0' && d <= '9')
			p[n++] = d;
		else if (d == '+' && !n && !plus)
			plus = true;
		else if (!memchr(" .-()", d, 5))
			return STR("");
	}
	if (n && p[0] == '0' && !plus) { /* within Vietnam */
		memmove(p + 1, p, n++);
		p[0] = '8', p[1] = '4';
	}
	return n >= 9 && n <= 15 ? (str){ p, n } : STR("");
}

static bool contains(str s, str what)
{
	for (size_t i = 0; i + what.len <= s.len; i++)
		if (memcmp(s.p + i, what.p, what.len) == 0)
			return true;
	return false;
}

enum err gateway_send(cx *c, const struct gateway *g, str to, str text, str id, int *reply)
{
	*reply = 0;
	str number = gateway_number(c->mem, to);
	if (!number.len)
		return fail(c, ERR_INPUT, "gateway.number", 0);
	if (!text.len || text.len > GATEWAY_TEXT_MAX || vn_utf8_check(text) < text.len)
		return fail(c, ERR_INPUT, "gateway.text", GATEWAY_TEXT_MAX);
	str headers[HTTP_HEADERS + 1];
	size_t n = g->n_headers < HTTP_HEADERS ? g->n_headers : HTTP_HEADERS;
	if (n)
		memcpy(headers, g->headers, n * sizeof *headers);
	if (g->body.len)
		headers[n++] = STR("Content-Type: application/json; charset=utf-8");
	const struct http_ask ask = { .method = g->body.len ? "POST" : "GET", .url = filled(c, g->url, number, text, id, false), .headers = headers,
		.n_headers = n, .body = filled(c, g->body, number, text, id, true), .ca_file = g->ca_file, .plain = g->plain,
		.connect_ms = g->connect_ms, .total_ms = g->total_ms, .max_reply = 64 << 10 };
	struct http_reply r = { 0 };
	enum err e = http_do(c, &ask, &r);
	if (e)
		return e == ERR_LIMIT ? ERR_IO : e;
	*reply = r.status;
	if (r.status / 100 == 2)
		return !g->accepted.len || contains(r.body, g->accepted) ? ERR_OK : fail(c, ERR_INPUT, "gateway.refused", r.status);
	if (r.status == 408 || r.status == 429 || r.status >= 500)
		return fail(c, ERR_BUSY, "gateway.not_now", r.status);
	return r.status == 401 || r.status == 403 ? fail(c, ERR_IO, "gateway.sign_in", r.status) : fail(c, ERR_INPUT, "gateway.refused", r.status);
}
