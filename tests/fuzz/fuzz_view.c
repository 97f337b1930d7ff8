/* Any text in a page: what is written in an element, an attribute or a URL never leaves its place. The number formats take any bits. */
#include <stdlib.h>
#include "base/vn.h"
#include "web/route.h"
#include "web/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool none_of(str s, const char *chars)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] && strchr(chars, s.p[i]))
			return false;
	return true;
}

static void text(buf *b, str s)
{
	view_text(b, s);
	must(none_of(buf_str(b), "<>\"'"));
	must(b->len >= s.len);
	buf_clear(b);
}

static void segment(buf *b, str s)
{
	arena *mem = arena_new(0);
	str back;
	view_segment(b, s);
	must(none_of(buf_str(b), "<>\"'&/?#= \\"));
	if (vn_utf8_check(s) == s.len)
		must(route_decode(mem, buf_str(b), true, &back) && str_eq(back, s));
	buf_clear(b);
	arena_free(mem);
}

static void href(buf *b, str s)
{
	for (int l = LANG_VI; l <= LANG_EN; l++) {
		view_href(b, s, (enum lang)l);
		str out = buf_str(b);
		must(out.len && none_of(out, "<>\"' \t\r\n"));
		must(out.p[0] == '#' || out.p[0] == '?'
			|| (out.p[0] == '/' && (out.len == 1 || (out.p[1] != '/' && out.p[1] != '\\')))
			|| str_starts(out, STR("http://")) || str_starts(out, STR("https://")) || str_starts(out, STR("mailto:"))
			|| str_starts(out, STR("tel:")));
		buf_clear(b);
	}
}

static void numbers(buf *b, const uint8_t *data, size_t size)
{
	struct { int64_t n, den; double v; dec d; } x = { 0 };
	if (size < 24)
		return;
	memcpy(&x.n, data, 8);
	memcpy(&x.den, data + 8, 8);
	memcpy(&x.v, data + 16, 8);
	enum lang l = (enum lang)(data[0] & 1);
	view_int(b, x.n, l, VIEW_SIGN);
	view_real(b, x.v, data[1] % 18, l, VIEW_PLAIN);
	view_real_pct(b, x.v, data[1] % 18, l, VIEW_SIGN);
	view_rate(b, (struct rate){ x.n, x.den }, data[1] % 10, true, l);
	if (dec_from_double(x.v, &x.d)) {
		view_dec(b, x.d, data[2] % 35 - 1, l, VIEW_PLAIN);
		view_pct(b, x.d, data[2] % 34, l, VIEW_SIGN);
	}
	view_time(b, x.n % (INT64_C(200000000000000)), l);
	view_time_iso(b, x.n % (INT64_C(200000000000000)));
	must(none_of(buf_str(b), "<>\"'&"));
	buf_clear(b);
}

static void id(str s)
{
	uint64_t v;
	char room[ID_TEXT];
	if (!view_id_parse(s, &v))
		return;
	must(v <= INT64_MAX);
	str back = view_id_text(v, room);
	must(back.len == s.len);
	for (size_t i = 0; i < s.len; i++)
		must(back.p[i] == (s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 5000)
		return 0;
	str s = { size ? (const char *)data : "", size };
	buf b;
	buf_init(&b, 1 << 20);
	text(&b, s);
	segment(&b, s);
	href(&b, s);
	numbers(&b, data, size);
	id(s);
	buf_free(&b);
	return 0;
}
