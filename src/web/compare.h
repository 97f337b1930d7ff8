/* compare: up to four units side by side. */
#ifndef WEB_COMPARE_H
#define WEB_COMPARE_H
#include "web/web.h"

void page_compare(struct web_cx *w);

#endif
