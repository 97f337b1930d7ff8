/* index: how far a published table reaches decides what may be said of it. */
#ifndef WEB_INDEX_H
#define WEB_INDEX_H
#include "app/result.h"
#include "web/web.h"

enum league_scope {
	SCOPE_ALL,     /* every unit of the time has a figure: ranks hold for all */
	SCOPE_COUNTED, /* ranks were counted among the units with figures, and hold for those */
	SCOPE_PART     /* some published figures: nothing can be said of all units */
};

enum league_scope league_scope(const struct league *l);
int64_t league_figures(const struct league *l); /* units with a score or a rank; a row may have only a note */
const struct league_row *league_first(const struct league *l); /* ranked first; NULL: nobody known */
/* The finding as one sentence. */
str league_title(struct web_cx *w, const struct league *l);
/* The same beside columns that name the index and how far its figures reach. */
str league_finding(struct web_cx *w, const struct league *l);
str league_url(struct web_cx *w, const struct index_info *index, int year, str series);
/* A tick a unit along its score; empty without scores. */
str league_strip(struct web_cx *w, const struct league *l);
/* "đã kiểm chứng" when all rows say so, else the weakest word. */
str league_status(struct web_cx *w, const struct league *l);
str series_name(const struct web_cx *w, const struct series_info *s);

#endif
