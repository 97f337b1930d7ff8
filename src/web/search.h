/* search: one box for units, indices, rounds, criteria sets and their criteria. Marks, case and the place of tones do not matter. */
#ifndef WEB_SEARCH_H
#define WEB_SEARCH_H
#include "web/web.h"

extern const struct web_route routes_search[];

#endif
