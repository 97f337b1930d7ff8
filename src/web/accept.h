/* accept: what a client's Accept and Accept-Encoding allow (RFC 9110, 12.5). */
#ifndef WEB_ACCEPT_H
#define WEB_ACCEPT_H
#include "base/str.h"

/* Weight in thousandths of a media type ("text/html") under an Accept header; the most exact range counts. 0: refused. */
int accept_quality(str accept, const char *type);
bool accepts_gzip(const char *accept_encoding); /* NULL: no header */

#endif
