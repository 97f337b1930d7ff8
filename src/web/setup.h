/* setup: the page of the first start, /cai-dat, which is there as long as nobody can sign in. */
#ifndef WEB_SETUP_H
#define WEB_SETUP_H
#include "web/web.h"

extern const struct web_route routes_setup[];

#endif
