/* survey_measures: figures of a survey handed on as measures of units, looked at first. */
#ifndef WEB_SURVEY_MEASURES_H
#define WEB_SURVEY_MEASURES_H
#include "web/web.h"

extern const struct web_route routes_survey_measures[];

#endif
