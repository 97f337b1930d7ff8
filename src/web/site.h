/* site: the logo in the head of each page, and the page where an administrator sets it with the mail server: the second step of the first
 * start. */
#ifndef WEB_SITE_H
#define WEB_SITE_H
#include "web/web.h"

extern const struct web_route routes_site[];

#endif
