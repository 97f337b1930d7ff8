/* guide: the help pages, one for each kind of page. Their words are messages: guide.SLUG_title, _lead, _1 … */
#ifndef WEB_GUIDE_H
#define WEB_GUIDE_H
#include "base/str.h"

/* Slug of the guide page that explains the page at this path; never empty. */
str guide_of(str path);

#endif
