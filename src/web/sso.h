/* sso: the two addresses of signing in through another server: away, and back. */
#ifndef WEB_SSO_H
#define WEB_SSO_H
#include "web/web.h"

extern const struct web_route routes_sso[];

#endif
