#include "base/str.h"
#include <limits.h>
#include <strings.h>

bool str_ends_nocase(str s, const char *end)
{
	size_t n = strlen(end);
	return s.len >= n && (n == 0 || strncasecmp(s.p + s.len - n, end, n) == 0);
}

int str_cmp(str a, str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n ? memcmp(a.p, b.p, n) : 0;
	return d ? d : (a.len > b.len) - (a.len < b.len);
}

/* Length of the white space at the start of s: ASCII, U+00A0 (C2 A0) or U+FEFF (EF BB BF). */
static size_t space_at(str s)
{
	if (s.len && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		return 1;
	if (s.len >= 2 && memcmp(s.p, "\xC2\xA0", 2) == 0)
		return 2;
	if (s.len >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0)
		return 3;
	return 0;
}

static size_t space_before_end(str s)
{
	for (size_t n = 1; n <= 3 && n <= s.len; n++)
		if (space_at((str){ s.p + s.len - n, n }) == n)
			return n;
	return 0;
}

str str_trim(str s)
{
	for (size_t n; (n = space_at(s)) > 0;)
		s = (str){ s.p + n, s.len - n };
	for (size_t n; (n = space_before_end(s)) > 0;)
		s.len -= n;
	return s;
}

bool str_next(str *rest, char sep, str *head)
{
	if (!rest->p) {
		*head = (str){ 0 };
		return false;
	}
	const char *at = rest->len ? memchr(rest->p, sep, rest->len) : NULL;
	if (!at) {
		*head = *rest;
		*rest = (str){ 0 };
		return true;
	}
	*head = (str){ rest->p, (size_t)(at - rest->p) };
	*rest = (str){ at + 1, rest->len - head->len - 1 };
	return true;
}

bool str_int(str s, long lo, long hi, long *out)
{
	bool neg = s.len && s.p[0] == '-';
	long v = 0;
	size_t i = neg;
	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || v > (LONG_MAX - 9) / 10)
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	if (neg)
		v = -v;
	if (v < lo || v > hi)
		return false;
	*out = v;
	return true;
}
