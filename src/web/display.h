/* display: how a reader wants pages to look: light or dark ground, the usual size or that of a wall screen. Each choice is a cookie of its
 * own that only ever holds one of our words; a form at the foot of each page sets it, without JavaScript. Pages therefore differ by cookie
 * and say so (Vary). Nobody is recognised by it. */
#ifndef WEB_DISPLAY_H
#define WEB_DISPLAY_H
#include "web/web.h"

bool display_dark(const struct web_cx *w);
bool display_wall(const struct web_cx *w);
/* Where the form leads back to: this page with its query; empty on a page without an address to come back to (the answer to a form, an
 * address that is a secret), where the form is left out. */
str display_here(struct web_cx *w);
/* An address of this site: begins with one slash, holds nothing but visible ASCII. Anything else could lead elsewhere. */
bool display_is_here(str path);

#endif
