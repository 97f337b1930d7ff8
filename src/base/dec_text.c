/* dec as text and as double. */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/dec_impl.h"

enum { PLAIN_DECIMALS = 44, EXP_CLAMP = 1 << 20 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- reading ---- */

/* Digits as they come: the first 37 in coef, of the others only whether they matter. */
struct digits {
	u128 coef;
	long exp;
	enum rest rest;
};

static void take_digit(struct digits *d, char c)
{
	u128 v = (unsigned)(c - '0');
	if (d->coef < dec_power[POW_MAX - 2].ten) {
		d->coef = d->coef * 10 + v;
		return;
	}
	d->exp++;
	if (v)
		d->rest = REST_BELOW;
}

/* "e-12" at s[i] up to the end of s. Exponents no coefficient can make up for are clamped. */
static bool take_exp(str s, size_t i, long *exp)
{
	long v = 0, sign = 1, clamp = EXP_CLAMP + (long)(s.len < INT_MAX ? s.len : INT_MAX);
	if (++i < s.len && (s.p[i] == '-' || s.p[i] == '+'))
		sign = s.p[i++] == '-' ? -1 : 1;
	if (i >= s.len)
		return false;
	for (; i < s.len; i++) {
		if (!is_digit(s.p[i]))
			return false;
		if (v < clamp)
			v = v * 10 + (s.p[i] - '0');
	}
	*exp += sign * v;
	return true;
}

bool dec_parse(str s, dec *out)
{
	struct digits d = { 0 };
	bool neg = s.len && s.p[0] == '-';
	size_t i = neg, start = i;
	while (i < s.len && is_digit(s.p[i]))
		take_digit(&d, s.p[i++]);
	bool any = i > start;
	if (i < s.len && s.p[i] == '.') {
		start = ++i;
		for (; i < s.len && is_digit(s.p[i]); i++) {
			take_digit(&d, s.p[i]);
			d.exp--;
		}
		any = i > start; /* no "5." */
	}
	if (!any)
		return false;
	if (i < s.len && ((s.p[i] | 32) != 'e' || !take_exp(s, i, &d.exp)))
		return false;
	if (!d.coef) {
		*out = DEC_ZERO;
		return true;
	}
	long exp = d.exp < -EXP_CLAMP ? -EXP_CLAMP : d.exp > EXP_CLAMP ? EXP_CLAMP : d.exp;
	return dec_make(neg, d.coef, (int)exp, d.rest, out);
}

/* ---- writing ---- */

static char *put_u64(char *end, uint64_t n)
{
	for (; n; n /= 10)
		*--end = (char)('0' + n % 10);
	return end;
}

/* The coefficient's digits without leading zeros; their number. */
static int digits_text(u128 n, char out[DEC_DIGITS])
{
	char b[DEC_DIGITS], *end = b + DEC_DIGITS, *p;
	if (n >> 64) {
		u128 q = div_power(n, 17);
		uint64_t low = (uint64_t)(n - q * dec_power[17].ten);
		for (p = end; p > end - 17; low /= 10)
			*--p = (char)('0' + low % 10);
		p = put_u64(p, (uint64_t)q);
	} else {
		p = put_u64(end, (uint64_t)n);
	}
	memcpy(out, p, (size_t)(end - p));
	return (int)(end - p);
}

static char *put(char *to, const char *from, int n)
{
	memcpy(to, from, (size_t)n);
	return to + n;
}

static char *put_zeros(char *to, int n)
{
	memset(to, '0', (size_t)n);
	return to + n;
}

static char *put_scientific(char *to, const char *digits, int n, int exp)
{
	*to++ = digits[0];
	if (n > 1) {
		*to++ = '.';
		to = put(to, digits + 1, n - 1);
	}
	return to + snprintf(to, sizeof "E+1234", "E%+d", exp + n - 1);
}

str dec_text(dec d, char out[DEC_TEXT])
{
	char digits[DEC_DIGITS], *to = out;
	int n = digits_text(coef_of(d), digits), exp = d.exp;
	if (!n) {
		digits[n++] = '0';
		exp = 0;
	}
	for (; n > 1 && digits[n - 1] == '0'; exp++)
		n--;
	int whole = n + exp; /* digits before the point */
	if (d.neg)
		*to++ = '-';
	if (whole > DEC_DIGITS || -exp > PLAIN_DECIMALS) {
		to = put_scientific(to, digits, n, exp);
	} else if (exp >= 0) {
		to = put(to, digits, n);
		to = put_zeros(to, exp);
	} else if (whole > 0) {
		to = put(to, digits, whole);
		*to++ = '.';
		to = put(to, digits + whole, n - whole);
	} else {
		to = put(to, "0.", 2);
		to = put_zeros(to, -whole);
		to = put(to, digits, n);
	}
	*to = 0;
	return (str){ out, (size_t)(to - out) };
}

void dec_fixed(buf *b, dec d, int digits, enum dec_round mode, const char *point, const char *group)
{
	char text[DEC_DIGITS];
	assert(digits >= 0 && digits <= DEC_DIGITS);
	dec_round(d, digits, mode, &d);
	int n = digits_text(coef_of(d), text), last = n - 1 + d.exp; /* place of the first digit: its power of ten */
	if (d.neg)
		buf_char(b, '-');
	for (int place = n && last > 0 ? last : 0; place >= -digits; place--) {
		int i = last - place;
		if (place == -1)
			buf_addz(b, point);
		buf_char(b, i >= 0 && i < n ? text[i] : '0');
		if (place > 0 && place % 3 == 0)
			buf_addz(b, group);
	}
}

/* ---- double ---- */

double dec_to_double(dec d)
{
	char text[DEC_DIGITS + sizeof "e-1234"];
	int n = digits_text(coef_of(d), text);
	if (!n)
		return 0;
	/* no decimal point: strtod's depends on the locale */
	snprintf(text + n, sizeof text - (size_t)n, "e%d", d.exp);
	double v = strtod(text, NULL);
	return d.neg ? -v : v;
}

/* v with the given significant digits, the locale's decimal point made '.'. */
static void double_text(double v, int digits, char *out, size_t size)
{
	snprintf(out, size, "%.*e", digits - 1, v);
	char *p = out + (*out == '-') + 1, *e = strchr(out, 'e');
	if (p == e)
		return;
	while (!is_digit(p[1]))
		memmove(p, p + 1, strlen(p));
	*p = '.';
}

bool dec_from_double(double v, dec *out)
{
	char text[64];
	if (!(v - v == 0)) /* NaN, infinities */
		return false;
	if (v > -1e15 && v < 1e15 && v == (double)(int64_t)v) {
		*out = dec_int((int64_t)v);
		return true;
	}
	/* 15 digits always come back from a normal double, so the shortest has that many at most or needs 16 or 17 */
	int n = v > -2.2250738585072014e-308 && v < 2.2250738585072014e-308 ? 1 : 15;
	for (; n <= 17; n++) {
		snprintf(text, sizeof text, "%.*e", n - 1, v);
		if (strtod(text, NULL) == v)
			break;
	}
	double_text(v, n, text, sizeof text);
	if (!dec_parse(str_of(text), out))
		return false;
	*out = dec_strip(*out);
	return true;
}
