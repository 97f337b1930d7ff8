/* survey_result: what the answers of a survey say, for everybody once the survey is over. */
#ifndef WEB_SURVEY_RESULT_H
#define WEB_SURVEY_RESULT_H
#include "web/web.h"

struct survey_info;

extern const struct web_route routes_survey_result[], routes_survey_export[], routes_survey_text[];

/* Whether the figures are for who asks: the survey is over, or only an example, or the asker may read surveys. */
bool survey_result_shown(const struct web_cx *w, const struct survey_info *s);
/* The same of the anonymised answers. */
bool survey_data_shown(const struct web_cx *w, const struct survey_info *s);

#endif
