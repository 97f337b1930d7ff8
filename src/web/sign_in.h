/* sign_in: the pages of signing in and out, and the look at who asks that every request passes.
 *
 * The session's token is in a cookie that no script reads; it is a new one at each step of signing in, so that nobody can be given one that
 * somebody else knows. */
#ifndef WEB_SIGN_IN_H
#define WEB_SIGN_IN_H
#include "web/web.h"

extern const struct web_route routes_sign_in[];

/* For web_config.allow. */
bool sign_in_allow(struct web_cx *w);
/* The session is there: its cookie, and on to the page that was asked for (checked; else the first one). */
struct session_start;
void sign_in_done(struct web_cx *w, const struct session_start *s, str back);

#endif
