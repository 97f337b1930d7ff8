/* survey_edit: surveys made, set, opened and closed; their places and quotas. For who holds survey.manage. */
#ifndef WEB_SURVEY_EDIT_H
#define WEB_SURVEY_EDIT_H
#include "web/web.h"

extern const struct web_route routes_survey_edit[];
extern const struct web_route routes_survey_place[];

#endif
