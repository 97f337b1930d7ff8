#include "engine/rule_lex.h"
#include "base/vn.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* FEEL's white space (grammar rules 61 and 62). */
static bool is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || c == 0x180E
		|| (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000
		|| c == 0xFEFF;
}

/* Grammar rule 28, without '?'. */
static bool starts_name(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c <= 0xD6) || (c >= 0xD8 && c <= 0xF6)
		|| (c >= 0xF8 && c <= 0x2FF) || (c >= 0x370 && c <= 0x37D)
		|| (c >= 0x37F && c <= 0x1FFF && c != 0x1680 && c != 0x180E) || c == 0x200C || c == 0x200D
		|| (c >= 0x2070 && c <= 0x218F) || (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF)
		|| (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFFD && c != 0xFEFF) || c >= 0x10000;
}

/* Grammar rule 29. */
static bool goes_on_name(uint32_t c)
{
	return starts_name(c) || (c >= '0' && c <= '9') || c == 0xB7 || (c >= 0x300 && c <= 0x36F) || c == 0x203F || c == 0x2040;
}

static struct tok bad(uint32_t at, size_t end, const char *error)
{
	return (struct tok){ .kind = TOK_BAD, .at = at, .end = (uint32_t)end, .error = error };
}

/* Moves behind white space and comments; false: a comment is not closed (then *at is where it begins). */
static bool skip(str s, size_t *at)
{
	while (*at < s.len) {
		size_t next = *at;
		if (is_space(vn_next(s, &next))) {
			*at = next;
		} else if (s.p[*at] == '/' && *at + 1 < s.len && s.p[*at + 1] == '/') {
			while (*at < s.len && s.p[*at] != '\n' && s.p[*at] != '\r')
				++*at;
		} else if (s.p[*at] == '/' && *at + 1 < s.len && s.p[*at + 1] == '*') {
			const char *close = memmem(s.p + *at + 2, s.len - *at - 2, "*/", 2);
			if (!close)
				return false;
			*at = (size_t)(close - s.p) + 2;
		} else {
			break;
		}
	}
	return true;
}

static struct tok number(str s, size_t at)
{
	size_t i = at;
	while (i < s.len && is_digit(s.p[i]))
		i++;
	if (i + 1 < s.len && s.p[i] == '.' && is_digit(s.p[i + 1]))
		for (i++; i < s.len && is_digit(s.p[i]);)
			i++;
	if (i < s.len && (s.p[i] | 32) == 'e') {
		size_t k = i + 1 + (i + 1 < s.len && (s.p[i + 1] == '+' || s.p[i + 1] == '-'));
		if (k < s.len && is_digit(s.p[k]))
			for (i = k; i < s.len && is_digit(s.p[i]);)
				i++;
	}
	struct tok t = { .kind = TOK_NUMBER, .at = (uint32_t)at, .end = (uint32_t)i, .text = { s.p + at, i - at } };
	size_t behind = i;
	if (i < s.len && starts_name(vn_next(s, &behind)))
		return bad((uint32_t)at, behind, "rule.number_then_name");
	return dec_parse(t.text, &t.num) ? t : bad((uint32_t)at, i, "rule.number_range");
}

static struct tok string(str s, size_t at, enum tok_kind kind, size_t from)
{
	for (size_t i = from + 1; i < s.len; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return (struct tok){
				.kind = kind, .at = (uint32_t)at, .end = (uint32_t)i + 1, .text = { s.p + from, i + 1 - from }
			};
	}
	return bad((uint32_t)at, s.len, "rule.string_unclosed");
}

static struct tok name(str s, size_t at)
{
	size_t i = at, next = at;
	while (next < s.len && goes_on_name(vn_next(s, &next)))
		i = next;
	return (struct tok){ .kind = TOK_NAME, .at = (uint32_t)at, .end = (uint32_t)i, .text = { s.p + at, i - at } };
}

static struct tok quoted_name(str s, size_t at)
{
	const char *close = memchr(s.p + at + 1, '`', s.len - at - 1);
	size_t end = close ? (size_t)(close - s.p) : s.len;
	if (!close || end == at + 1)
		return bad((uint32_t)at, end, "rule.name_unclosed");
	return (struct tok){
		.kind = TOK_NAME, .quoted = true, .at = (uint32_t)at, .end = (uint32_t)end + 1, .text = { s.p + at + 1, end - at - 1 }
	};
}

static struct tok sign(str s, size_t at)
{
	static const struct {
		char text[3], sign;
	} twos[] = { { "..", SIGN_DOTS }, { "**", SIGN_POWER }, { "<=", SIGN_LE }, { ">=", SIGN_GE }, { "!=", SIGN_NE } };
	struct tok t = { .kind = TOK_SIGN, .at = (uint32_t)at };
	for (size_t i = 0; i < sizeof twos / sizeof twos[0]; i++)
		if (at + 1 < s.len && memcmp(s.p + at, twos[i].text, 2) == 0) {
			t.sign = twos[i].sign;
			t.end = (uint32_t)at + 2;
			return t;
		}
	if (!strchr("()[]+-*/<>=,.:{}?", s.p[at])) {
		size_t next = at;
		vn_next(s, &next);
		return bad((uint32_t)at, next, "rule.character");
	}
	t.sign = s.p[at];
	t.end = (uint32_t)at + 1;
	return t;
}

struct tok rule_lex(str s, uint32_t from)
{
	size_t at = from;
	if (!skip(s, &at))
		return bad((uint32_t)at, s.len, "rule.comment_unclosed");
	if (at >= s.len)
		return (struct tok){ .kind = TOK_END, .at = (uint32_t)s.len, .end = (uint32_t)s.len };
	char c = s.p[at];
	if (is_digit(c) || (c == '.' && at + 1 < s.len && is_digit(s.p[at + 1])))
		return number(s, at);
	if (c == '"')
		return string(s, at, TOK_STRING, at);
	if (c == '`')
		return quoted_name(s, at);
	if (c == '@' && at + 1 < s.len && s.p[at + 1] == '"')
		return string(s, at, TOK_AT, at + 1);
	size_t next = at;
	if (starts_name(vn_next(s, &next)))
		return name(s, at);
	return sign(s, at);
}

/* `digits` hexadecimal digits of a quoted text at `at`. */
static bool hex(str s, size_t at, size_t digits, uint32_t *out)
{
	*out = 0;
	if (at + digits >= s.len)
		return false;
	for (size_t k = 0; k < digits; k++) {
		char h = s.p[at + k], low = (char)(h | 32);
		bool is_digit = h >= '0' && h <= '9';
		if (!is_digit && (low < 'a' || low > 'f'))
			return false;
		*out = *out * 16 + (uint32_t)(is_digit ? h - '0' : low - 'a' + 10);
	}
	return true;
}

/* \n \r \t \" \' \\ \uXXXX \UXXXXXX (grammar rule 64). False: no such escape. */
bool rule_unescape(str s, buf *b)
{
	for (size_t i = 1; i + 1 < s.len; i++) {
		if (s.p[i] != '\\') {
			buf_char(b, s.p[i]);
			continue;
		}
		static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";
		char c = s.p[++i];
		const char *known = strchr(from, c);
		if (known && c) {
			buf_char(b, to[known - from]);
			continue;
		}
		uint32_t cp, low;
		size_t digits = c == 'u' ? 4 : 6;
		if ((c != 'u' && c != 'U') || !hex(s, i + 1, digits, &cp))
			return false;
		i += digits;
		/* A pair of surrogates is one character. */
		if (cp >= 0xD800 && cp <= 0xDBFF && i + 7 < s.len && s.p[i + 1] == '\\' && s.p[i + 2] == 'u'
			&& hex(s, i + 3, 4, &low) && low >= 0xDC00 && low <= 0xDFFF) {
			cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
			i += 6;
		}
		if (cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
			return false;
		vn_put(b, cp);
	}
	return true;
}
