/* survey_weigh: the weights of a survey, step by step: chosen, looked at, recorded. */
#ifndef WEB_SURVEY_WEIGH_H
#define WEB_SURVEY_WEIGH_H
#include "web/web.h"

extern const struct web_route routes_survey_weigh[];

#endif
