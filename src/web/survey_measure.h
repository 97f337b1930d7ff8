/* survey_measure: figures of a survey become measures of units, looked at first. */
#ifndef WEB_SURVEY_MEASURE_H
#define WEB_SURVEY_MEASURE_H
#include "web/web.h"

extern const struct web_route routes_survey_measure[];

#endif
