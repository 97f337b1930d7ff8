/* unit: pages that the file of the routes does not hold itself. */
#ifndef WEB_UNIT_H
#define WEB_UNIT_H
#include "web/web.h"

void page_compare(struct web_cx *w);

#endif
