/* unit: a unit's published figures arranged for pages: one table an index, years from the newest, former units beside, breaks between. */
#ifndef WEB_UNIT_H
#define WEB_UNIT_H
#include "app/result.h"
#include "web/view.h"

/* One line of a chart. */
struct history_line {
	str name, slug; /* the first line is the main one */
};

/* Ranks or scores of the total over the years, as a figure; empty below three years. low: two stand above each other beside a table. */
str history_chart(struct web_cx *w, const struct history *h, const struct break_list *breaks, str index_code, const struct history_line *lines,
	size_t n, bool ranks, bool low, str label);

/* "hạng 43/63" or, where the table of the year is incomplete, "hạng 43". */
str say_rank(struct web_cx *w, const struct point *p);
/* "tăng 14 bậc", "giữ nguyên"; empty: not known. */
str say_moved(struct web_cx *w, const struct point *p);

#endif
