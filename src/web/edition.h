/* edition: criteria sets as trees with maxima and rules. */
#ifndef WEB_EDITION_H
#define WEB_EDITION_H
#include "web/web.h"

void page_editions(struct web_cx *w);
void page_edition(struct web_cx *w);

#endif
