/* sample: the sample of a survey, for who runs it. */
#ifndef WEB_SAMPLE_H
#define WEB_SAMPLE_H
#include "web/web.h"

extern const struct web_route routes_sample[];

#endif
