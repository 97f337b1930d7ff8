/* basic: HTTP Basic for programs (routes with WEB_PROGRAM): each request carries login and password, which are checked with the delays of
 * signing in. Nobody who has a second factor, or still has the first password, comes in this way. */
#ifndef WEB_BASIC_H
#define WEB_BASIC_H
#include "web/web.h"

/* For web_config.allow. False: answered (401, 403, 429). */
bool basic_allow(struct web_cx *w);
void basic_challenge(struct web_cx *w); /* 401 */

#endif
