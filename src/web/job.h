/* job: work in the background on a page: how far it is, a button to stop it, what came out of it. */
#ifndef WEB_JOB_H
#define WEB_JOB_H
#include "web/web.h"

extern const struct web_route routes_job[];

#endif
