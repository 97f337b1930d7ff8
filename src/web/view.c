#include "web/view.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/csv.h"

static const char MINUS[] = "\xE2\x88\x92"; /* U+2212: a hyphen is no minus */

static const char *point_of(enum lang l) { return l == LANG_EN ? "." : ","; }
static const char *group_of(enum lang l) { return l == LANG_EN ? "," : "."; }

/* --- text --- */

static const char *entity_of(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void view_text(buf *b, str s)
{
	size_t from = 0;
	if (!s.len)
		return; /* s.p may be NULL */
	for (size_t i = 0; i < s.len; i++) {
		const char *e = entity_of(s.p[i]);
		if (!e)
			continue;
		buf_add(b, (str){ s.p + from, i - from });
		buf_addz(b, e);
		from = i + 1;
	}
	buf_add(b, (str){ s.p + from, s.len - from });
}

static bool unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void view_segment(buf *b, str s)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (unreserved(c))
			buf_char(b, (char)c);
		else
			buf_add(b, (str){ (char[]){ '%', hex[c >> 4], hex[c & 15] }, 3 });
	}
}

/* A path of this server: "/x", but not "//host" or "/\host", which browsers take for another server. */
static bool is_local(str s)
{
	return s.len && s.p[0] == '/' && !(s.len > 1 && (s.p[1] == '/' || s.p[1] == '\\'));
}

static bool has_scheme(str s)
{
	static const char *const schemes[] = { "https://", "http://", "mailto:", "tel:" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (str_starts(s, str_of(schemes[i])))
			return true;
	return false;
}

void view_href(buf *b, str s, enum lang l)
{
	bool plain = s.len > 0;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7F)
			plain = false; /* browsers strip these, which would hide a scheme */
	if (plain && is_local(s)) {
		if (l == LANG_EN && !str_starts(s, STR("/static/")))
			buf_addz(b, "/en");
		view_text(b, str_eq(s, STR("/")) && l == LANG_EN ? STR("") : s);
	} else if (plain && (s.p[0] == '#' || s.p[0] == '?' || has_scheme(s))) {
		view_text(b, s);
	} else {
		buf_char(b, '#');
	}
}

void view_none(buf *b, enum have is, enum lang l)
{
	view_text(b, str_of(po_text(is == HAVE_NA ? "view.not_applicable" : "view.not_available", l)));
}

/* --- numbers --- */

/* Digits with a mark before each group of three, counted from the end. */
static void put_grouped(buf *b, const char *digits, size_t n, const char *mark)
{
	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			buf_addz(b, mark);
		buf_char(b, digits[i]);
	}
}

static void put_sign(buf *b, bool neg, bool zero, enum view_style style)
{
	if (neg)
		buf_addz(b, style == VIEW_RAW ? "-" : MINUS);
	else if (style == VIEW_SIGN && !zero)
		buf_char(b, '+');
}

void view_int(buf *b, int64_t n, enum lang l, enum view_style style)
{
	char t[24];
	int len = snprintf(t, sizeof t, "%" PRIu64, n < 0 ? -(uint64_t)n : (uint64_t)n);
	put_sign(b, n < 0, n == 0, style);
	put_grouped(b, t, (size_t)len, style == VIEW_RAW ? "" : group_of(l));
}

/* As many digits as there are, the point as the language has it; huge exponents stay as dec_text writes them. */
static void put_dec_plain(buf *b, dec d, enum lang l, enum view_style style)
{
	char room[DEC_TEXT];
	str t = dec_text(dec_abs(d), room);
	put_sign(b, d.neg && !dec_is_zero(d), dec_is_zero(d), style);
	if (style == VIEW_RAW || memchr(t.p, 'E', t.len)) {
		buf_add(b, t);
		return;
	}
	const char *point = memchr(t.p, '.', t.len);
	size_t whole = point ? (size_t)(point - t.p) : t.len;
	put_grouped(b, t.p, whole, group_of(l));
	if (point) {
		buf_addz(b, point_of(l));
		buf_add(b, (str){ point + 1, t.len - whole - 1 });
	}
}

void view_dec(buf *b, dec d, int digits, enum lang l, enum view_style style)
{
	dec rounded;
	if (digits < 0 || !dec_round(dec_abs(d), digits, DEC_HALF_UP, &rounded)) {
		put_dec_plain(b, d, l, style);
		return;
	}
	bool zero = dec_is_zero(rounded); /* -0.001 at two digits is 0, without a sign */
	put_sign(b, d.neg && !zero, zero, style);
	bool raw = style == VIEW_RAW;
	dec_fixed(b, rounded, digits, DEC_HALF_UP, raw ? "." : point_of(l), raw ? "" : group_of(l));
}

void view_pct(buf *b, dec share, int digits, enum lang l, enum view_style style)
{
	dec hundred;
	if (!dec_mul(share, dec_int(100), &hundred)) {
		view_none(b, HAVE_NONE, l); /* beyond the range of numbers */
		return;
	}
	view_dec(b, hundred, digits, l, style);
	buf_char(b, '%');
}

void view_real(buf *b, double v, int digits, enum lang l, enum view_style style)
{
	assert(digits >= 0 && digits <= 17);
	if (!isfinite(v)) {
		view_none(b, HAVE_NONE, l);
		return;
	}
	char t[400];
	int len = snprintf(t, sizeof t, "%.*f", digits, fabs(v));
	bool zero = strspn(t, "0.") == (size_t)len;
	put_sign(b, v < 0 && !zero, zero, style);
	size_t whole = strcspn(t, ".");
	put_grouped(b, t, whole, style == VIEW_RAW ? "" : group_of(l));
	if (t[whole]) {
		buf_addz(b, style == VIEW_RAW ? "." : point_of(l));
		buf_addz(b, t + whole + 1);
	}
}

void view_real_pct(buf *b, double v, int digits, enum lang l, enum view_style style)
{
	view_real(b, v * 100, digits, l, style);
	if (isfinite(v))
		buf_char(b, '%');
}

static bool share_of(struct rate r, dec *out) { return r.den != 0 && dec_div(dec_int(r.num), dec_int(r.den), out); }

void view_rate(buf *b, struct rate r, int digits, bool counts, enum lang l)
{
	dec share;
	if (!share_of(r, &share)) {
		view_none(b, HAVE_NONE, l);
		return;
	}
	view_pct(b, share, digits, l, VIEW_PLAIN);
	if (!counts)
		return;
	buf_addz(b, " (");
	view_int(b, r.num, l, VIEW_PLAIN);
	buf_addz(b, " / ");
	view_int(b, r.den, l, VIEW_PLAIN);
	buf_char(b, ')');
}

/* --- dates and times --- */

void view_date(buf *b, day d, enum lang l)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int year, month, mday;
	date_parts(d, &year, &month, &mday);
	if (l == LANG_EN)
		buf_printf(b, "%d %s %d", mday, months[month - 1], year);
	else
		buf_printf(b, "%02d/%02d/%04d", mday, month, year);
}

void view_date_iso(buf *b, day d)
{
	char room[DATE_TEXT];
	buf_add(b, date_text(d, room));
}

enum { LOCAL_MS = 7 * 3600 * 1000 }; /* UTC+7, fixed */

static int64_t ms_of_day(int64_t ms)
{
	int64_t m = ms % DAY_MS;
	return m < 0 ? m + DAY_MS : m;
}

void view_clock(buf *b, int64_t utc_ms)
{
	int64_t minutes = ms_of_day(utc_ms + LOCAL_MS) / 60000;
	buf_printf(b, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

void view_time(buf *b, int64_t utc_ms, enum lang l)
{
	if (l == LANG_EN) {
		view_date(b, date_of_ms(utc_ms), l);
		buf_addz(b, ", ");
		view_clock(b, utc_ms);
		return;
	}
	view_clock(b, utc_ms);
	buf_char(b, ' ');
	view_date(b, date_of_ms(utc_ms), l);
}

void view_time_iso(buf *b, int64_t utc_ms)
{
	int64_t in_day = ms_of_day(utc_ms);
	view_date_iso(b, (day)((utc_ms - in_day) / DAY_MS));
	buf_printf(b, "T%02d:%02d:%02d.%03dZ", (int)(in_day / 3600000), (int)(in_day / 60000 % 60), (int)(in_day / 1000 % 60), (int)(in_day % 1000));
}

/* --- ids --- */

static const char ID_DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";
enum { ID_LEN = ID_TEXT - 1 };

str view_id_text(uint64_t id, char out[ID_TEXT])
{
	for (int i = ID_LEN - 1; i >= 0; i--, id >>= 5)
		out[i] = ID_DIGITS[id & 31];
	out[ID_LEN] = '\0';
	return (str){ out, ID_LEN };
}

bool view_id_parse(str s, uint64_t *out)
{
	uint64_t v = 0;
	if (s.len != ID_LEN || s.p[0] < '0' || s.p[0] > '7') /* 3 + 12 * 5 bits */
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		const char *at = c ? strchr(ID_DIGITS, c) : NULL;
		if (!at)
			return false;
		v = v << 5 | (uint64_t)(at - ID_DIGITS);
	}
	*out = v;
	return true;
}

void view_id(buf *b, uint64_t id)
{
	char room[ID_TEXT];
	buf_add(b, view_id_text(id, room));
}

/* --- JSON --- */

void json_view_rate(json_out *j, struct rate r)
{
	dec share, rounded;
	json_put_object(j);
	json_add_int(j, "num", r.num);
	json_add_int(j, "den", r.den);
	json_put_key(j, "share"); /* for convenience; exact comparisons use the counts */
	if (share_of(r, &share) && dec_round(share, 12, DEC_HALF_EVEN, &rounded))
		json_put_dec(j, rounded);
	else
		json_put_null(j);
	json_put_end(j, '}');
}

void json_view_date(json_out *j, day d)
{
	char room[DATE_TEXT];
	json_put_str(j, date_text(d, room));
}

void json_view_time(json_out *j, int64_t utc_ms)
{
	buf t;
	buf_init(&t, 64);
	view_time_iso(&t, utc_ms);
	json_put_str(j, buf_str(&t));
	buf_free(&t);
}

void json_view_id(json_out *j, uint64_t id)
{
	char room[ID_TEXT];
	json_put_str(j, view_id_text(id, room));
}

void json_view_real(json_out *j, double v)
{
	dec d;
	if (dec_from_double(v, &d))
		json_put_dec(j, d);
	else
		json_put_null(j);
}

void json_view_absent(json_out *j, const char *name, enum have is)
{
	json_put_null(j);
	if (is != HAVE_NA)
		return;
	char key[96];
	snprintf(key, sizeof key, "%s_state", name);
	json_put_key(j, key);
	json_put_str(j, STR("not_applicable"));
}

/* --- CSV --- */

void csv_view_start(buf *b) { buf_addz(b, "\xEF\xBB\xBF"); }

void csv_view_text(buf *b, str s)
{
	if (!s.len || !strchr("=+-@\t\r", s.p[0])) {
		csv_cell(b, s);
		return;
	}
	buf quoted;
	buf_init(&quoted, s.len + 1);
	buf_char(&quoted, '\'');
	buf_add(&quoted, s);
	csv_cell(b, buf_str(&quoted));
	buf_free(&quoted);
}
