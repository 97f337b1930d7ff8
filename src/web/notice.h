/* notice: what one has been told, what one wants to be told, and the outbox for who runs the program. */
#ifndef WEB_NOTICE_H
#define WEB_NOTICE_H
#include "web/web.h"

extern const struct web_route routes_notice[];

#endif
