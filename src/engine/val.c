#include "engine/val.h"

static bool same_num(val a, val b)
{
	return dec_cmp(a.num, b.num) == 0;
}

static val list_eq(const struct val_list *a, const struct val_list *b)
{
	if (a->n != b->n)
		return val_bool(false);
	for (size_t i = 0; i < a->n; i++) {
		val same = val_eq(a->item[i], b->item[i]);
		if (!val_is(same, true))
			return same;
	}
	return val_bool(true);
}

static val range_eq(const struct val_range *a, const struct val_range *b)
{
	if (a->lo_closed != b->lo_closed || a->hi_closed != b->hi_closed || a->negated != b->negated)
		return val_bool(false);
	return val_and(val_eq(a->lo, b->lo), val_eq(a->hi, b->hi));
}

val val_eq(val a, val b)
{
	if (a.kind == VAL_NULL || b.kind == VAL_NULL)
		return val_bool(a.kind == b.kind);
	if (a.kind != b.kind)
		return VAL_NONE;
	switch (a.kind) {
	case VAL_BOOL: return val_bool(a.truth == b.truth);
	case VAL_NUM:
	case VAL_DTD: return val_bool(same_num(a, b));
	case VAL_STR: return val_bool(str_eq(a.text, b.text));
	case VAL_DATE: return val_bool(a.date == b.date);
	case VAL_YMD: return val_bool(a.months == b.months);
	case VAL_LIST: return list_eq(a.list, b.list);
	case VAL_RANGE: return range_eq(a.range, b.range);
	case VAL_NULL: break;
	}
	return VAL_NONE;
}

/* -1, 0, 1, or 2 where the order is undefined. */
static int order(val a, val b)
{
	if (a.kind != b.kind)
		return 2;
	switch (a.kind) {
	case VAL_NUM:
	case VAL_DTD: return dec_cmp(a.num, b.num);
	case VAL_STR: {
		int d = str_cmp(a.text, b.text);
		return (d > 0) - (d < 0);
	}
	case VAL_DATE: return (a.date > b.date) - (a.date < b.date);
	case VAL_YMD: return (a.months > b.months) - (a.months < b.months);
	default: return 2;
	}
}

val val_cmp_lt(val a, val b, bool or_eq)
{
	int d = order(a, b);
	return d == 2 ? VAL_NONE : val_bool(d < 0 || (or_eq &&d == 0));
}

static val in_range(val x, const struct val_range *r)
{
	if (r->negated)
		return val_not(val_eq(x, r->lo));
	val above = r->lo_bounded ? val_cmp_lt(r->lo, x, r->lo_closed) : val_bool(true);
	val below = r->hi_bounded ? val_cmp_lt(x, r->hi, r->hi_closed) : val_bool(true);
	return val_and(above, below);
}

val val_in(val x, val test)
{
	if (test.kind == VAL_RANGE && x.kind != VAL_RANGE)
		return in_range(x, test.range);
	if (test.kind != VAL_LIST)
		return val_eq(x, test);
	if (x.kind == VAL_LIST && val_is(val_eq(x, test), true))
		return val_bool(true);
	val found = val_bool(false);
	for (size_t i = 0; i < test.list->n && !val_is(found, true); i++) {
		val item = test.list->item[i];
		/* A value of another kind is just not x; a comparison that cannot be made leaves the answer open. */
		val hit = item.kind == VAL_RANGE && x.kind != VAL_RANGE ? in_range(x, item.range)
									: val_bool(val_is(val_eq(x, item), true));
		found = val_or(found, hit);
	}
	return found;
}

val val_and(val a, val b)
{
	if (val_is(a, false) || val_is(b, false))
		return val_bool(false);
	return val_is(a, true) && val_is(b, true) ? val_bool(true) : VAL_NONE;
}

val val_or(val a, val b)
{
	if (val_is(a, true) || val_is(b, true))
		return val_bool(true);
	return val_is(a, false) && val_is(b, false) ? val_bool(false) : VAL_NONE;
}

val val_not(val a)
{
	return a.kind == VAL_BOOL ? val_bool(!a.truth) : VAL_NONE;
}

static val num_or_null(bool ok, enum val_kind kind, dec d)
{
	return ok ? (val){ .kind = kind, .num = d } : VAL_NONE;
}

static dec seconds_of_days(int64_t days)
{
	return dec_int(days * 86400); /* at most 10^7 days */
}

/* A date is the midnight that begins it; a part of a day leads back to the day it lies in. */
static val date_plus_seconds(day d, dec seconds)
{
	dec days, whole;
	int64_t n;
	day out;
	if (!dec_div(seconds, dec_int(86400), &days) || !dec_round(days, 0, DEC_FLOOR, &whole) || !dec_to_int(whole, &n)
		|| !date_add_days(d, n, &out))
		return VAL_NONE;
	return val_date(out);
}

static val date_plus(val date, val duration, bool minus)
{
	day out;
	if (duration.kind == VAL_DTD)
		return date_plus_seconds(date.date, minus ? dec_neg(duration.num) : duration.num);
	int64_t months = minus ? -duration.months : duration.months;
	return date_add_months(date.date, months, &out) ? val_date(out) : VAL_NONE;
}

static bool is_duration(val v)
{
	return v.kind == VAL_DTD || v.kind == VAL_YMD;
}

/* INT64_MIN months do not occur: they could not be negated. */
static val add_months(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) || sum == INT64_MIN ? VAL_NONE : val_ymd(sum);
}

val val_add(arena *mem, val a, val b)
{
	dec d;
	if (a.kind == VAL_DATE && is_duration(b))
		return date_plus(a, b, false);
	if (b.kind == VAL_DATE && is_duration(a))
		return date_plus(b, a, false);
	if (a.kind != b.kind)
		return VAL_NONE;
	if (a.kind == VAL_NUM || a.kind == VAL_DTD)
		return num_or_null(dec_add(a.num, b.num, &d), a.kind, d);
	if (a.kind == VAL_YMD)
		return add_months(a.months, b.months);
	if (a.kind != VAL_STR)
		return VAL_NONE;
	char *p = arena_alloc(mem, a.text.len + b.text.len + 1);
	memcpy(p, a.text.p, a.text.len);
	memcpy(p + a.text.len, b.text.p, b.text.len);
	return val_str((str){ p, a.text.len + b.text.len });
}

val val_sub(val a, val b)
{
	dec d;
	if (a.kind == VAL_DATE && is_duration(b))
		return date_plus(a, b, true);
	if (a.kind != b.kind)
		return VAL_NONE;
	switch (a.kind) {
	case VAL_NUM:
	case VAL_DTD: return num_or_null(dec_sub(a.num, b.num, &d), a.kind, d);
	case VAL_DATE: return val_dtd(seconds_of_days((int64_t)a.date - b.date));
	case VAL_YMD: return add_months(a.months, -b.months);
	default: return VAL_NONE;
	}
}

/* Months from a number of months that need not be whole: whole months, towards zero. */
static val ymd_of(bool ok, dec months)
{
	dec whole;
	int64_t n;
	if (!ok || !dec_round(months, 0, DEC_DOWN, &whole) || !dec_to_int(whole, &n) || n == INT64_MIN)
		return VAL_NONE;
	return val_ymd(n);
}

val val_mul(val a, val b)
{
	dec d = DEC_ZERO;
	if (is_duration(b) && a.kind == VAL_NUM) {
		val t = a;
		a = b;
		b = t;
	}
	if (b.kind != VAL_NUM)
		return VAL_NONE;
	if (a.kind == VAL_NUM || a.kind == VAL_DTD) {
		val v = { .kind = a.kind };
		if (!dec_mul(a.num, b.num, &v.num)) /* straight into the result: half of all rules end here */
			v = VAL_NONE;
		return v;
	}
	if (a.kind == VAL_YMD) {
		bool ok = dec_mul(dec_int(a.months), b.num, &d);
		return ymd_of(ok, d);
	}
	return VAL_NONE;
}

val val_div(val a, val b)
{
	dec d = DEC_ZERO;
	if (a.kind == VAL_YMD && b.kind == VAL_NUM) {
		bool ok = dec_div(dec_int(a.months), b.num, &d);
		return ymd_of(ok, d);
	}
	if (a.kind == VAL_YMD && b.kind == VAL_YMD)
		return num_or_null(dec_div(dec_int(a.months), dec_int(b.months), &d), VAL_NUM, d);
	if ((a.kind == VAL_NUM || a.kind == VAL_DTD) && b.kind == VAL_NUM)
		return num_or_null(dec_div(a.num, b.num, &d), a.kind, d);
	if (a.kind == VAL_DTD && b.kind == VAL_DTD)
		return num_or_null(dec_div(a.num, b.num, &d), VAL_NUM, d);
	return VAL_NONE;
}

val val_pow(val a, val b)
{
	dec d;
	if (a.kind != VAL_NUM || b.kind != VAL_NUM)
		return VAL_NONE;
	return num_or_null(dec_pow(a.num, b.num, &d), VAL_NUM, d);
}

val val_neg(val a)
{
	if (a.kind == VAL_NUM || a.kind == VAL_DTD)
		return (val){ .kind = a.kind, .num = dec_neg(a.num) };
	return a.kind == VAL_YMD && a.months != INT64_MIN ? val_ymd(-a.months) : VAL_NONE;
}

/* One designated part, such as 12D: false when s does not begin with digits and that letter. A fraction only where allowed. */
static bool part(str *s, char letter, bool fraction, dec *out)
{
	size_t n = 0;
	while (n < s->len && ((s->p[n] >= '0' && s->p[n] <= '9') || (fraction && s->p[n] == '.' && n > 0)))
		n++;
	if (n == 0 || n == s->len || s->p[n] != letter)
		return false;
	if (!dec_parse((str){ s->p, s->p[n - 1] == '.' ? n - 1 : n }, out)) /* "1.S" is a second */
		return false;
	*s = (str){ s->p + n + 1, s->len - n - 1 };
	return true;
}

static bool add_part(dec *sum, dec value, int64_t unit)
{
	dec scaled;
	return dec_mul(value, dec_int(unit), &scaled) && dec_add(*sum, scaled, sum);
}

static bool parse_ymd(str s, bool neg, val *out)
{
	dec sum = DEC_ZERO, d;
	int64_t months;
	bool some = false;
	if (part(&s, 'Y', false, &d)) {
		some = true;
		if (!add_part(&sum, d, 12))
			return false;
	}
	if (part(&s, 'M', false, &d)) {
		some = true;
		if (!add_part(&sum, d, 1))
			return false;
	}
	if (!some || s.len || !dec_to_int(sum, &months))
		return false;
	*out = val_ymd(neg ? -months : months);
	return true;
}

static bool parse_dtd(str s, bool neg, val *out)
{
	static const struct {
		char letter;
		int64_t seconds;
	} parts[] = { { 'H', 3600 }, { 'M', 60 }, { 'S', 1 } };
	dec sum = DEC_ZERO, d;
	bool some = false;
	if (part(&s, 'D', false, &d)) {
		some = true;
		if (!add_part(&sum, d, 86400))
			return false;
	}
	if (s.len && s.p[0] == 'T') {
		s = (str){ s.p + 1, s.len - 1 };
		some = false;
		for (int i = 0; i < 3; i++)
			if (part(&s, parts[i].letter, parts[i].letter == 'S', &d)) {
				some = true;
				if (!add_part(&sum, d, parts[i].seconds))
					return false;
			}
	}
	if (!some || s.len)
		return false;
	*out = val_dtd(neg ? dec_neg(sum) : sum);
	return true;
}

bool val_parse_duration(str s, val *out)
{
	bool neg = s.len && s.p[0] == '-';
	if (neg)
		s = (str){ s.p + 1, s.len - 1 };
	if (!s.len || s.p[0] != 'P')
		return false;
	s = (str){ s.p + 1, s.len - 1 };
	return parse_ymd(s, neg, out) || parse_dtd(s, neg, out);
}

static void ymd_text(buf *b, int64_t months)
{
	uint64_t n = months < 0 ? (uint64_t)0 - (uint64_t)months : (uint64_t)months;
	if (n == 0) {
		buf_addz(b, "P0M");
		return;
	}
	buf_addz(b, months < 0 ? "-P" : "P");
	if (n / 12)
		buf_printf(b, "%lluY", (unsigned long long)(n / 12));
	if (n % 12)
		buf_printf(b, "%lluM", (unsigned long long)(n % 12));
}

/* Takes the whole number of `unit` seconds out of *rest. */
static dec take(dec *rest, int64_t unit)
{
	dec quotient, whole = DEC_ZERO, back;
	if (dec_div(*rest, dec_int(unit), &quotient) && dec_round(quotient, 0, DEC_FLOOR, &whole)
		&& dec_mul(whole, dec_int(unit), &back))
		dec_sub(*rest, back, rest);
	return whole;
}

static void add_unit(buf *b, dec n, char letter)
{
	char text[DEC_TEXT];
	if (dec_is_zero(n))
		return;
	buf_add(b, dec_text(n, text));
	buf_char(b, letter);
}

static void dtd_text(buf *b, dec seconds)
{
	if (dec_is_zero(seconds)) {
		buf_addz(b, "PT0S");
		return;
	}
	dec rest = dec_abs(seconds);
	dec days = take(&rest, 86400), hours = take(&rest, 3600), minutes = take(&rest, 60);
	buf_addz(b, seconds.neg ? "-P" : "P");
	add_unit(b, days, 'D');
	if (!dec_is_zero(hours) || !dec_is_zero(minutes) || !dec_is_zero(rest))
		buf_char(b, 'T');
	add_unit(b, hours, 'H');
	add_unit(b, minutes, 'M');
	add_unit(b, rest, 'S');
}

static void quoted(buf *b, str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c == '\n')
			buf_addz(b, "\\n");
		else if (c == '\r')
			buf_addz(b, "\\r");
		else if (c == '\t')
			buf_addz(b, "\\t");
		else if (c < 0x20 || c == 0x7F)
			buf_printf(b, "\\u%04X", c);
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

static void range_text(buf *b, const struct val_range *r)
{
	if (!r->lo_bounded || !r->hi_bounded || r->negated) {
		bool upper = r->hi_bounded;
		buf_addz(b, r->negated ? "(!= " : upper ? (r->hi_closed ? "(<= " : "(< ") : r->lo_closed ? "(>= " : "(> ");
		val_text(b, upper ? r->hi : r->lo);
		buf_char(b, ')');
		return;
	}
	buf_char(b, r->lo_closed ? '[' : '(');
	val_text(b, r->lo);
	buf_addz(b, "..");
	val_text(b, r->hi);
	buf_char(b, r->hi_closed ? ']' : ')');
}

void val_text(buf *b, val v)
{
	char text[DEC_TEXT];
	switch (v.kind) {
	case VAL_NULL: buf_addz(b, "null"); break;
	case VAL_BOOL: buf_addz(b, v.truth ? "true" : "false"); break;
	case VAL_NUM: buf_add(b, dec_text(v.num, text)); break;
	case VAL_STR: quoted(b, v.text); break;
	case VAL_DATE: buf_add(b, date_text(v.date, text)); break;
	case VAL_DTD: dtd_text(b, v.num); break;
	case VAL_YMD: ymd_text(b, v.months); break;
	case VAL_LIST:
		buf_char(b, '[');
		for (size_t i = 0; i < v.list->n; i++) {
			if (i)
				buf_addz(b, ", ");
			val_text(b, v.list->item[i]);
		}
		buf_char(b, ']');
		break;
	case VAL_RANGE: range_text(b, v.range); break;
	}
}

void val_string(buf *b, val v)
{
	if (v.kind == VAL_STR)
		buf_add(b, v.text);
	else
		val_text(b, v);
}
