/* intake: pages of answers from tables of others: upload, columns and words, a look, taking over. */
#ifndef WEB_INTAKE_H
#define WEB_INTAKE_H
#include "web/web.h"

extern const struct web_route routes_intake[];

#endif
