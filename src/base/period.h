/* period: a span of days with a name: a year (2024), a half (2024-H1), a quarter (2024-Q3) or a month (2024-06). */
#ifndef BASE_PERIOD_H
#define BASE_PERIOD_H
#include "base/date.h"

typedef struct period {
	int year;
	char kind; /* 'Y', 'H', 'Q', 'M' */
	int part;  /* 1-based; 1 for a year */
} period;

enum { PERIOD_TEXT = 16 };

bool period_parse(str s, period *out);
str period_text(period p, char out[PERIOD_TEXT]);
bool period_eq(period a, period b);
period period_prev(period p); /* the preceding one of the same kind */
void period_days(period p, day *first, day *last);
int period_cmp(period a, period b); /* by the last day, then the longer one later */

#endif
