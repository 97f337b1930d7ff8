/* survey_result: what the answers of a survey say, for everybody once it is published. */
#ifndef WEB_SURVEY_RESULT_H
#define WEB_SURVEY_RESULT_H
#include "web/web.h"

struct survey_info;

extern const struct web_route routes_survey_result[], routes_survey_export[], routes_survey_text[];

/* Whether the figures are for who asks: they are published, or the asker may read surveys. */
bool survey_result_shown(const struct web_cx *w, const struct survey_info *s);
/* The same of the anonymised answers. */
bool survey_data_shown(const struct web_cx *w, const struct survey_info *s);
/* A figure with two decimals, a share in per cent; "–" where there is none. */
str survey_number(struct web_cx *w, double x, bool share);

#endif
