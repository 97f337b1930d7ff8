#include "format/xlsx_number.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/date.h"

/* ---- codes ---- */

static const char *built_in(int id)
{
	static const struct {
		int id;
		const char *code;
	} known[] = { { 1, "0" }, { 2, "0.00" }, { 3, "#,##0" }, { 4, "#,##0.00" }, { 9, "0%" }, { 10, "0.00%" }, { 11, "0.00E+00" },
		{ 12, "# ?/?" }, { 13, "# ?/?" }, { 14, "dd/mm/yyyy" }, { 15, "d-mmm-yy" }, { 16, "d-mmm" }, { 17, "mmm-yy" },
		{ 18, "h:mm AM/PM" }, { 19, "h:mm:ss AM/PM" }, { 20, "hh:mm" }, { 21, "hh:mm:ss" }, { 22, "dd/mm/yyyy hh:mm" },
		{ 37, "#,##0" }, { 38, "#,##0" }, { 39, "#,##0.00" }, { 40, "#,##0.00" }, { 45, "mm:ss" }, { 46, "[h]:mm:ss" },
		{ 47, "mm:ss.0" }, { 48, "##0.0E+0" }, { 49, "@" } };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].id == id)
			return known[i].code;
	/* Dates of East Asian calendars. */
	return (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? "yyyy/mm/dd" : "General";
}

/* The signs of the first section that mean something: without quoted words, escapes, fill and space signs, colours and locales. "[h]"
 * becomes "h". */
static str skeleton(str code, char *out, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < code.len && n < room && code.p[i] != ';'; i++) {
		char c = code.p[i];
		if (c == '"') {
			while (++i < code.len && code.p[i] != '"')
				continue;
		} else if (c == '\\' || c == '_' || c == '*') {
			i++;
		} else if (c == '[') {
			size_t from = i + 1;
			while (i < code.len && code.p[i] != ']')
				i++;
			if (i > from && strchr("hHmMsS", code.p[from]))
				out[n++] = code.p[from];
		} else {
			out[n++] = c;
		}
	}
	return (str){ out, n };
}

static bool has(str s, const char *signs)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] && strchr(signs, s.p[i]))
			return true;
	return false;
}

static bool only(str s, const char *signs)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || !strchr(signs, s.p[i]))
			return false;
	return true;
}

static enum number_kind kind_of(str s)
{
	if (s.len >= 7 && strncasecmp(s.p, "General", 7) == 0)
		return NUMBER_GENERAL;
	if (has(s, "@"))
		return NUMBER_TEXT;
	if (has(s, "E") && has(s, "0#") && !has(s, "yYdD"))
		return NUMBER_OTHER;
	bool date = has(s, "yYdD"), time = has(s, "hHsS");
	if (!date && !time && has(s, "mM"))
		date = true;
	if (date || time)
		return date && time ? NUMBER_DATE_TIME : date ? NUMBER_DATE : NUMBER_TIME;
	if (!has(s, "0#?") || !only(s, "0#?.,% +-()"))
		return NUMBER_OTHER;
	return has(s, "%") ? NUMBER_PERCENT : NUMBER_PLAIN;
}

struct number_format number_format_read(arena *mem, int id, str code)
{
	char room[256];
	struct number_format f = { .code = code.len ? arena_str(mem, code) : str_of(built_in(id)) };
	str s = skeleton(f.code, room, sizeof room);
	f.kind = kind_of(s);
	if (f.kind != NUMBER_PLAIN && f.kind != NUMBER_PERCENT)
		return f;
	bool behind = false;
	for (size_t i = 0; i < s.len; i++) {
		behind |= s.p[i] == '.';
		f.grouped |= s.p[i] == ',' && !behind;
		f.digits += behind && strchr("0#?", s.p[i]) != NULL;
		f.width += !behind && s.p[i] == '0';
	}
	if (f.digits > DEC_DIGITS)
		f.digits = DEC_DIGITS;
	return f;
}

/* ---- numbers ---- */

bool number_text(str v, char out[DEC_TEXT], str *text, dec *value)
{
	enum { SAFE = 15 };
	char copy[64];
	v = str_trim(v);
	if (!dec_parse(v, value))
		return false;
	size_t digits = 0;
	for (size_t i = 0; i < v.len; i++)
		digits += v.p[i] >= '0' && v.p[i] <= '9';
	if (digits > SAFE && v.len < sizeof copy) {
		memcpy(copy, v.p, v.len);
		copy[v.len] = 0;
		int n = snprintf(copy, sizeof copy, "%.15g", strtod(copy, NULL));
		dec short_value;
		if (dec_parse((str){ copy, (size_t)n }, &short_value))
			*value = short_value;
	}
	*text = dec_text(*value, out);
	return true;
}

/* Days since 1970 of a serial's whole part. */
static bool serial_day(int64_t whole, bool date1904, day *out)
{
	enum { LAST = 2958465 };
	if (date1904) {
		if (whole < 0 || whole > LAST - 1462)
			return false;
		*out = (day)(whole - 24107);
		return true;
	}
	if (whole < 1 || whole > LAST || whole == 60)
		return false;
	*out = (day)(whole - (whole < 60 ? 25568 : 25569));
	return true;
}

/* A serial as a day and seconds in it, to the nearest second. */
static bool split(dec serial, int64_t *whole, int *seconds)
{
	dec d, rest;
	int64_t s;
	if (!dec_round(serial, 0, DEC_FLOOR, &d) || !dec_to_int(d, whole) || !dec_sub(serial, d, &rest))
		return false;
	if (!dec_mul(rest, dec_int(86400), &rest) || !dec_round(rest, 0, DEC_HALF_UP, &rest) || !dec_to_int(rest, &s))
		return false;
	*whole += s == 86400;
	*seconds = s == 86400 ? 0 : (int)s;
	return true;
}

bool number_date(dec serial, enum number_kind kind, bool date1904, char out[32], str *text)
{
	int64_t whole;
	int s, n;
	day d = 0;
	char date[DATE_TEXT];
	if (!split(serial, &whole, &s))
		return false;
	bool alone = whole == 0 && kind == NUMBER_TIME;
	if (!alone && !serial_day(whole, date1904, &d))
		return false;
	if (!alone)
		date_text(d, date);
	if (alone)
		n = snprintf(out, 32, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
	else if (s == 0)
		n = snprintf(out, 32, "%s", date);
	else
		n = snprintf(out, 32, "%s %02d:%02d:%02d", date, s / 3600, s / 60 % 60, s % 60);
	*text = (str){ out, (size_t)n };
	return true;
}

/* ---- as shown ---- */

static void show_plain(buf *b, dec value, const struct number_format *f)
{
	if (f->kind == NUMBER_PERCENT && !dec_mul(value, dec_int(100), &value))
		return;
	buf digits;
	buf_init(&digits, 0);
	dec_fixed(&digits, dec_abs(value), f->digits, DEC_HALF_UP, ".", f->grouped ? "," : "");
	str s = buf_str(&digits);
	size_t whole = 0;
	while (whole < s.len && s.p[whole] != '.')
		whole++;
	if (value.neg)
		buf_char(b, '-');
	for (size_t i = whole; i < (size_t)f->width; i++)
		buf_char(b, '0');
	buf_add(b, s);
	if (f->kind == NUMBER_PERCENT)
		buf_char(b, '%');
	buf_free(&digits);
}

/* m is minutes behind h or before s. */
static bool means_minutes(str s, size_t at, char before)
{
	size_t i = at;
	while (i < s.len && (s.p[i] | 32) == 'm')
		i++;
	while (i < s.len && !strchr("yYmMdDhHsS", s.p[i]))
		i++;
	return before == 'h' || (i < s.len && (s.p[i] | 32) == 's');
}

static void show_date(buf *b, str code, day d, int s)
{
	int year, month, mday;
	char before = 0;
	date_parts(d, &year, &month, &mday);
	for (size_t i = 0; i < code.len && code.p[i] != ';';) {
		char c = code.p[i] | 32;
		size_t n = 1;
		while (i + n < code.len && (code.p[i + n] | 32) == c)
			n++;
		if (code.p[i] == '[') {
			while (i < code.len && code.p[i] != ']')
				i++;
			i += i < code.len;
			continue;
		}
		if (code.p[i] == '"' || code.p[i] == '\\') {
			bool quoted = code.p[i++] == '"';
			for (; i < code.len && code.p[i] != '"'; i++) {
				buf_char(b, code.p[i]);
				if (!quoted)
					break;
			}
			i += i < code.len;
			continue;
		}
		switch (c) {
		case 'y': buf_printf(b, n > 2 ? "%04d" : "%02d", n > 2 ? year : year % 100); break;
		case 'd': buf_printf(b, n > 1 ? "%02d" : "%d", mday); break;
		case 'h': buf_printf(b, n > 1 ? "%02d" : "%d", s / 3600); break;
		case 's': buf_printf(b, n > 1 ? "%02d" : "%d", s % 60); break;
		case 'm': buf_printf(b, n > 1 ? "%02d" : "%d", means_minutes(code, i, before) ? s / 60 % 60 : month); break;
		default: buf_add(b, (str){ code.p + i, n });
		}
		if (strchr("ydhsm", c))
			before = c;
		i += n;
	}
}

/* Names of months, halves of the day and elapsed hours are words or sums that this program would get wrong in some language. */
static bool is_simple_date(str code)
{
	return !memmem(code.p, code.len, "mmm", 3) && !memmem(code.p, code.len, "ddd", 3) && !memmem(code.p, code.len, "AM/PM", 5) &&
		!memmem(code.p, code.len, "[h", 2) && !memmem(code.p, code.len, "[m", 2) && !memmem(code.p, code.len, "[s", 2);
}

static bool shown_date(buf *b, dec value, const struct number_format *f, bool date1904)
{
	char room[32];
	int64_t whole;
	int s;
	day d = 0;
	str text;
	if (!is_simple_date(f->code)) {
		if (!number_date(value, f->kind, date1904, room, &text))
			return false;
		buf_add(b, text);
		return true;
	}
	if (!split(value, &whole, &s) || !(serial_day(whole, date1904, &d) || (whole == 0 && f->kind == NUMBER_TIME)))
		return false;
	show_date(b, f->code, d, s);
	return true;
}

void number_shown(buf *b, dec value, const struct number_format *f, bool date1904)
{
	char room[DEC_TEXT];
	switch (f->kind) {
	case NUMBER_PLAIN:
	case NUMBER_PERCENT: show_plain(b, value, f); return;
	case NUMBER_DATE:
	case NUMBER_TIME:
	case NUMBER_DATE_TIME:
		if (shown_date(b, value, f, date1904))
			return;
		break;
	case NUMBER_GENERAL:
	case NUMBER_TEXT:
	case NUMBER_OTHER: break;
	}
	buf_add(b, dec_text(value, room));
}
