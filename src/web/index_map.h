/* index_map: the schematic map of the provinces. One square a unit since 01/07/2025; inside it, for the years before, the provinces it was
 * made of, side by side and never averaged. A scheme, not a boundary map. */
#ifndef WEB_INDEX_MAP_H
#define WEB_INDEX_MAP_H
#include "app/result.h"
#include "web_views.h"

/* ranked_of: ranks are shaded by quarters of that many; 0: not at all. whole: only units that one square is enough for (the 34 of today). */
enum err index_map(struct web_cx *w, const struct league *l, int ranked_of, bool whole, struct view_league *v);

#endif
