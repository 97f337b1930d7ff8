/* survey: the pages of surveys for those who answer: the list, the form step by step, the thanks; and a form on trial. */
#ifndef WEB_SURVEY_H
#define WEB_SURVEY_H
#include "web/web.h"

extern const struct web_route routes_survey[], routes_survey_trial[];

#endif
