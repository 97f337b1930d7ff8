#include "base/date.h"
#include <assert.h>
#include <stdio.h>

/* Days are counted in years that begin on 1 March, so that the leap day is the last of its year, and in eras of 400 years, which are
 * all alike (H. Hinnant, chrono-compatible low-level date algorithms). */
enum { ERA_DAYS = 146097, ERA_TO_1970 = 719468 };
enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01, 9999-12-31 */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static bool in_range(int64_t d) { return d >= FIRST_DAY && d <= LAST_DAY; }

static bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int date_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (month < 1 || month > 12)
		return 0;
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static day day_of(int year, int month, int mday)
{
	int y = year - (month <= 2); /* never negative: year >= 1 */
	int era = y / 400, of_era = y % 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;
	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - ERA_TO_1970;
}

bool date_make(int year, int month, int mday, day *out)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || mday < 1 || mday > date_month_days(year, month))
		return false;
	*out = day_of(year, month, mday);
	return true;
}

void date_parts(day d, int *year, int *month, int *mday)
{
	int64_t z = (int64_t)d + ERA_TO_1970;
	int64_t era = floor_div(z, ERA_DAYS);
	int e = (int)(z - era * ERA_DAYS); /* 0 to 146096 */
	int of_era = (e - e / 1460 + e / 36524 - e / 146096) / 365; /* 0 to 399 */
	int of_year = e - (365 * of_era + of_era / 4 - of_era / 100); /* 0 to 365 */
	int m = (5 * of_year + 2) / 153; /* 0 = March */
	*mday = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int)(of_era + era * 400) + (*month <= 2);
}

int date_weekday(day d)
{
	int64_t monday_based = (int64_t)d + 3; /* 1970-01-01 was a Thursday */
	return (int)(monday_based - floor_div(monday_based, 7) * 7) + 1;
}

int date_yearday(day d)
{
	int year, month, mday, n = 0;
	date_parts(d, &year, &month, &mday);
	for (int m = 1; m < month; m++)
		n += date_month_days(year, m);
	return n + mday;
}

/* Takes min to max digits from the start of *s. */
static bool digits(str *s, size_t min, size_t max, int *out)
{
	size_t n = 0;
	int v = 0;
	for (; n < s->len && n < max && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		v = v * 10 + (s->p[n] - '0');
	if (n < min)
		return false;
	*s = (str){ s->p + n, s->len - n };
	*out = v;
	return true;
}

static bool sign(str *s, char c)
{
	if (!s->len || s->p[0] != c)
		return false;
	*s = (str){ s->p + 1, s->len - 1 };
	return true;
}

bool date_parse(str s, day *out)
{
	int y, m, d;
	return digits(&s, 4, 4, &y) && sign(&s, '-') && digits(&s, 2, 2, &m) && sign(&s, '-') && digits(&s, 2, 2, &d) && s.len == 0
		&& date_make(y, m, d, out);
}

bool date_parse_vn(str s, day *out)
{
	str iso = s;
	int y, m, d;
	if (digits(&s, 1, 2, &d) && sign(&s, '/') && digits(&s, 1, 2, &m) && sign(&s, '/') && digits(&s, 4, 4, &y) && s.len == 0)
		return date_make(y, m, d, out);
	return date_parse(iso, out);
}

/* Any day fits in DATE_TEXT bytes, those outside the years 1 to 9999 too ("-5877641-06-23"). */
static str text(const char *out, int n)
{
	assert(n > 0 && n < DATE_TEXT);
	return (str){ out, (size_t)n };
}

str date_text(day d, char out[DATE_TEXT])
{
	int year, month, mday;
	date_parts(d, &year, &month, &mday);
	return text(out, snprintf(out, DATE_TEXT, "%04d-%02d-%02d", year, month, mday));
}

str date_text_vn(day d, char out[DATE_TEXT])
{
	int year, month, mday;
	date_parts(d, &year, &month, &mday);
	return text(out, snprintf(out, DATE_TEXT, "%02d/%02d/%04d", mday, month, year));
}

bool date_add_months(day d, int64_t months, day *out)
{
	int year, month, mday;
	int64_t n;
	date_parts(d, &year, &month, &mday);
	if (__builtin_add_overflow(months, (int64_t)year * 12 + month - 1, &n) || n < 12 || n >= 10000 * 12)
		return false;
	year = (int)(n / 12);
	month = (int)(n % 12) + 1;
	int last = date_month_days(year, month);
	return date_make(year, month, mday < last ? mday : last, out);
}

bool date_add_days(day d, int64_t days, day *out)
{
	int64_t n;
	if (__builtin_add_overflow(days, (int64_t)d, &n) || !in_range(n))
		return false;
	*out = (day)n;
	return true;
}

/* A month is whole when its day of the month is reached: 31 January to 28 February is none. */
int64_t date_months_between(day from, day to)
{
	int y1, m1, d1, y2, m2, d2;
	date_parts(from, &y1, &m1, &d1);
	date_parts(to, &y2, &m2, &d2);
	int64_t n = (int64_t)(y2 - y1) * 12 + (m2 - m1);
	if (n > 0 && d2 < d1)
		return n - 1;
	if (n < 0 && d2 > d1)
		return n + 1;
	return n;
}

/* Times outside the years 1 to 9999 give the nearest day inside. */
day date_of_ms(int64_t utc_ms)
{
	enum { LOCAL_MS = 7 * 3600 * 1000 };
	int64_t d = floor_div(utc_ms, DAY_MS), of_day = (utc_ms % DAY_MS + DAY_MS) % DAY_MS;
	d += of_day >= DAY_MS - LOCAL_MS; /* adding 7 hours first could overflow */
	return d < FIRST_DAY ? FIRST_DAY : d > LAST_DAY ? LAST_DAY : (day)d;
}

/* "10:03", "10:03:04", "10:03:04.000" at the beginning; what is left is the zone. */
static bool read_clock(str s, int64_t *seconds, str *zone)
{
	long h, m, sec = 0;
	if (s.len < 5 || s.p[2] != ':' || !str_int((str){ s.p, 2 }, 0, 23, &h) || !str_int((str){ s.p + 3, 2 }, 0, 59, &m))
		return false;
	s = (str){ s.p + 5, s.len - 5 };
	if (s.len >= 3 && s.p[0] == ':') {
		if (!str_int((str){ s.p + 1, 2 }, 0, 60, &sec))
			return false;
		s = (str){ s.p + 3, s.len - 3 };
	}
	while (s.len && (s.p[0] == '.' || (s.p[0] >= '0' && s.p[0] <= '9')))
		s = (str){ s.p + 1, s.len - 1 };
	*seconds = (h * 60 + m) * 60 + sec;
	*zone = s;
	return true;
}

bool date_parse_moment(str s, int64_t *utc_ms)
{
	day d;
	int64_t seconds;
	long oh = 7, om = 0;
	str zone;
	if (s.len < 16 || (s.p[10] != 'T' && s.p[10] != ' ') || !date_parse((str){ s.p, 10 }, &d)
		|| !read_clock((str){ s.p + 11, s.len - 11 }, &seconds, &zone))
		return false;
	if (str_is(zone, "Z"))
		oh = 0;
	else if (zone.len
		&& !(zone.len == 6 && (zone.p[0] == '+' || zone.p[0] == '-') && zone.p[3] == ':' && str_int((str){ zone.p + 1, 2 }, 0, 14, &oh)
			&& str_int((str){ zone.p + 4, 2 }, 0, 59, &om)))
		return false;
	int64_t offset = (oh * 60 + om) * (zone.len == 6 && zone.p[0] == '-' ? -1 : 1);
	*utc_ms = (int64_t)d * DAY_MS + (seconds - offset * 60) * 1000;
	return true;
}
