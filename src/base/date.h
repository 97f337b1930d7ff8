/* date: civil days and durations. A day is a number of days since 1970-01-01 in the proleptic Gregorian calendar, years 1 to 9999.
 * Local dates in Việt Nam are UTC+7, fixed. */
#ifndef BASE_DATE_H
#define BASE_DATE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

typedef int32_t day;

enum { DATE_TEXT = 16, DAY_MS = 86400000 };

bool date_make(int year, int month, int mday, day *out); /* false: no such day */
void date_parts(day d, int *year, int *month, int *mday);
int date_weekday(day d); /* ISO: Monday = 1 … Sunday = 7 */
int date_yearday(day d); /* 1 to 366 */
int date_month_days(int year, int month);
bool date_parse(str s, day *out);    /* "2026-01-31" only */
bool date_parse_vn(str s, day *out); /* "31/01/2026", "1/2/2026" or ISO */
/* "2026-11-26T10:03:04.000+07:00", "…Z", "2026-11-26 10:03"; without a zone it is local time. */
bool date_parse_moment(str s, int64_t *utc_ms);
str date_text(day d, char out[DATE_TEXT]);    /* "2026-01-31" */
str date_text_vn(day d, char out[DATE_TEXT]); /* "31/01/2026" */
/* The day n months later; 31 January + 1 month = the last day of February. False: out of range. */
bool date_add_months(day d, int64_t months, day *out);
bool date_add_days(day d, int64_t days, day *out);
int64_t date_months_between(day from, day to); /* whole months, towards zero */
day date_of_ms(int64_t utc_ms); /* local day (UTC+7) */

#endif
