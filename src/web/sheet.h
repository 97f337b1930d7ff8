/* sheet: one unit's result in one round. */
#ifndef WEB_SHEET_H
#define WEB_SHEET_H
#include "web/web.h"

void page_sheet(struct web_cx *w);

#endif
