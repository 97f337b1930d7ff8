/* file: evidence and other files, at /tep/{id}. */
#ifndef WEB_FILE_H
#define WEB_FILE_H
#include "web/web.h"

extern const struct web_route routes_file[];

#endif
