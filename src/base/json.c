#include "base/json.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void json_init(json_out *j, buf *b) { *j = (json_out){ .b = b }; }

static uint64_t bit_of(const json_out *j) { return UINT64_C(1) << j->depth; }

/* The comma that separates a member or an element from the one before. */
static void begin(json_out *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->comma & bit_of(j)) {
		assert(j->depth > 0); /* one value a document */
		buf_char(j->b, ',');
	}
	j->comma |= bit_of(j);
}

static void open(json_out *j, char c)
{
	begin(j);
	assert(j->depth < JSON_MAX_DEPTH);
	buf_char(j->b, c);
	j->depth++;
	j->comma &= ~bit_of(j);
}

void json_put_object(json_out *j) { open(j, '{'); }

void json_put_array(json_out *j) { open(j, '['); }

void json_put_end(json_out *j, char close)
{
	assert(j->depth > 0 && !j->after_key && (close == '}' || close == ']'));
	j->depth--;
	buf_char(j->b, close);
}

/* Bytes at p to be escaped as one: control characters, quote and backslash as JSON demands; '<', U+2028 and U+2029 so that the text can stand
 * inside a script element. 0: none. */
static size_t special(const char *p, size_t left)
{
	unsigned char c = (unsigned char)*p;
	if (c < 0x20 || c == 0x7F || c == '"' || c == '\\' || c == '<')
		return 1;
	if (left >= 3 && (memcmp(p, "\xE2\x80\xA8", 3) == 0 || memcmp(p, "\xE2\x80\xA9", 3) == 0))
		return 3;
	return 0;
}

static void escape(buf *b, const char *p, size_t n)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *at = n == 1 && *p ? strchr(plain, *p) : NULL;
	if (at) {
		buf_char(b, '\\');
		buf_char(b, letter[at - plain]);
	} else {
		buf_printf(b, "\\u%04x", n == 1 ? (unsigned)(unsigned char)*p : 0x2028u + ((unsigned char)p[2] & 1u));
	}
}

static void string(buf *b, str s)
{
	size_t from = 0;
	buf_char(b, '"');
	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		n = special(s.p + i, s.len - i);
		if (!n)
			continue;
		buf_add(b, (str){ s.p + from, i - from });
		escape(b, s.p + i, n);
		from = i + n;
	}
	if (from < s.len)
		buf_add(b, (str){ s.p + from, s.len - from });
	buf_char(b, '"');
}

void json_put_key(json_out *j, const char *key)
{
	assert(!j->after_key && j->depth > 0);
	begin(j);
	string(j->b, str_of(key));
	buf_char(j->b, ':');
	j->after_key = true;
}

void json_put_str(json_out *j, str s)
{
	begin(j);
	string(j->b, s);
}

void json_put_dec(json_out *j, dec d)
{
	char text[DEC_TEXT];
	begin(j);
	buf_add(j->b, dec_text(d, text));
}

void json_put_int(json_out *j, int64_t n)
{
	begin(j);
	buf_printf(j->b, "%" PRId64, n);
}

void json_put_double(json_out *j, double x)
{
	if (isfinite(x)) {
		begin(j);
		buf_double(j->b, x);
	} else {
		json_put_null(j);
	}
}

void json_put_bool(json_out *j, bool v)
{
	begin(j);
	buf_addz(j->b, v ? "true" : "false");
}

void json_put_null(json_out *j)
{
	begin(j);
	buf_addz(j->b, "null");
}

/* Offset of the bracket that goes too deep; s.len if none. jansson recurses, so this comes before it. */
static size_t too_deep(str s)
{
	int64_t depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '"')
			quoted = !quoted;
		else if (quoted)
			i += c == '\\'; /* what is escaped ends nothing */
		else if (c == ']' || c == '}')
			depth--;
		else if ((c == '[' || c == '{') && ++depth > JSON_MAX_DEPTH)
			return i;
	}
	return s.len;
}

/* Line and column, both from 1, columns in characters. */
static place place_at(str name, str s, size_t offset)
{
	place at = { .file = name, .line = 1, .column = 1 };
	for (size_t i = 0; i < offset; i++) {
		if (s.p[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if (((unsigned char)s.p[i] & 0xC0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

static json_t *refuse(cx *c, const char *key, place at, str arg)
{
	fault_arg(c, cx_fault(c, FAULT_ERROR, key, at, (str){ 0 }), 1, arg);
	return NULL;
}

static json_t *refuse_number(cx *c, const char *key, place at, size_t number)
{
	char text[24];
	snprintf(text, sizeof text, "%zu", number);
	return refuse(c, key, at, str_of(text));
}

static json_t *parse(cx *c, str name, str s)
{
	json_error_t e;
	json_t *v = json_loadb(s.p, s.len, JSON_REJECT_DUPLICATES, &e);
	if (v)
		return v;
	place at = { .file = name, .line = e.line > 0 ? e.line : 1, .column = e.column > 0 ? e.column : 1 };
	bool text = json_error_code(&e) != json_error_invalid_utf8;
	return refuse(c, text ? "json.syntax" : "json.not_utf8", at, str_of(e.text));
}

json_t *json_read(cx *c, str name, str bytes, size_t max_bytes)
{
	if (bytes.len > max_bytes)
		return refuse_number(c, "json.too_long", (place){ .file = name }, max_bytes);
	if (!bytes.len)
		bytes = STR(""); /* jansson takes no NULL */
	if (str_starts(bytes, STR("\xEF\xBB\xBF"))) /* RFC 8259 lets a reader ignore the mark that Windows programs write */
		bytes = (str){ bytes.p + 3, bytes.len - 3 };
	size_t deep = too_deep(bytes);
	if (deep < bytes.len)
		return refuse_number(c, "json.too_deep", place_at(name, bytes, deep), JSON_MAX_DEPTH);
	return parse(c, name, bytes);
}

void json_add_str(json_out *j, const char *key, str s)
{
	json_put_key(j, key);
	json_put_str(j, s);
}

void json_add_int(json_out *j, const char *key, int64_t n)
{
	json_put_key(j, key);
	json_put_int(j, n);
}

void json_add_bool(json_out *j, const char *key, bool v)
{
	json_put_key(j, key);
	json_put_bool(j, v);
}

void json_add_double(json_out *j, const char *key, double v)
{
	json_put_key(j, key);
	json_put_double(j, v);
}
