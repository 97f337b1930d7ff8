/* survey_desk: the pages behind the counter of a survey: progress, ways in, interviews, paper, tables; and what they share. */
#ifndef WEB_SURVEY_DESK_H
#define WEB_SURVEY_DESK_H
#include "app/survey.h"
#include "web/web.h"

struct view_survey_progress_tab;

extern const struct web_route routes_survey_desk[];
extern const struct web_route routes_interview[];
extern const struct web_route routes_survey_paper[];
extern const struct web_route routes_survey_callback[];

/* The survey of the path; false: answered already. */
bool desk_open(struct web_cx *w, struct survey_info *s);
/* Those that whoever asks may open; here: last part of the path. */
struct view_survey_progress_tab *desk_tabs(struct web_cx *w, const struct survey_info *s, const char *here, size_t *n);
str desk_name(const struct web_cx *w, const struct survey_info *s);
/* Name of a place of the survey, its code where nobody knows it; empty: of none. */
str desk_place(const struct web_cx *w, const struct survey_place_list *places, str code);
/* Path of a page of the desk: desk_path(w, s, "tien-do"). */
str desk_path(struct web_cx *w, const struct survey_info *s, const char *page);
/* Of one case: desk_case_path(w, s, "phong-van", code). */
str desk_case_path(struct web_cx *w, const struct survey_info *s, const char *page, str code);
/* With scheme and host, as the administrator has set them, or as the browser called us: for codes and letters. */
str desk_address(struct web_cx *w, str path);
/* Whether its questionnaire has conditions that ODK cannot say, so that it is no form there. */
bool desk_without_odk(struct web_cx *w, const struct survey_info *s);

#define DESK_SURVEY_IN { "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } }
#define DESK_CASE_IN { "case", IN_TEXT, .max = 120, .doc = { "mã phiếu trong mẫu", "code of the case in the sample" } }

#endif
