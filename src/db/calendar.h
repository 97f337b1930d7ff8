/* calendar: days off and days worked instead, as decided. */
#ifndef DB_CALENDAR_H
#define DB_CALENDAR_H
#include "db/db.h"

typedef struct db_holiday {
	day on;
	str kind; /* holiday, swap_off, swap_work */
	str name, source_kind, source, status, note;
} db_holiday;

typedef struct db_holiday_list {
	db_holiday *p;
	size_t n, cap;
} db_holiday_list;

/* Inserts or corrects by (day, kind). *changed: rows inserted or corrected. */
enum err db_holiday_put(cx *c, db_conn *k, const db_holiday *h, size_t n, int64_t *changed);
enum err db_holiday_drop(cx *c, db_conn *k, day on, str kind);
enum err db_holiday_between(cx *c, db_conn *k, day from, day to, db_holiday_list *out); /* both included */
/* The first and last day that the calendar knows anything about; false: nothing. */
enum err db_holiday_span(cx *c, db_conn *k, day *from, day *to, bool *any);

#endif
