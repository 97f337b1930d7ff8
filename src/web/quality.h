/* quality: which answers of a survey deserve a second look, for who runs it. */
#ifndef WEB_QUALITY_H
#define WEB_QUALITY_H
#include "web/web.h"

extern const struct web_route routes_quality[];

#endif
