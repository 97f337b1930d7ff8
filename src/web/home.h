/* home: the first page: where the newest figures stand, and where to go from there. */
#ifndef WEB_HOME_H
#define WEB_HOME_H
#include "web/web.h"

extern const struct web_route routes_home[];

#endif
