/* survey_public: what is published of a survey, since when, in which revision; and the acts of who publishes. */
#ifndef WEB_SURVEY_PUBLIC_H
#define WEB_SURVEY_PUBLIC_H
#include "web/web.h"

extern const struct web_route routes_survey_public[];

#endif
