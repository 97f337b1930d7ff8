/* survey_progress: how far the collection of a survey is: answers by place and mode, cases by interviewer and area, quotas, invitations, printed
 * forms. Whole numbers of people only; nothing here says who answered. */
#ifndef APP_SURVEY_PROGRESS_H
#define APP_SURVEY_PROGRESS_H
#include "app/survey_case.h"
#include "app/survey_quota.h"

struct progress_mode {
	str place, place_name[LANGS], mode;
	int64_t n;
	day last;
};

/* The cases of an interviewer in an area; both empty: nobody's, nowhere. */
struct progress_field {
	str interviewer, interviewer_name, place, place_name[LANGS];
	int64_t n[CASE_OUTCOMES], cases, attempts;
};

struct survey_progress {
	int64_t answers, screened, tokens, used, contacts, invited;
	VEC(struct progress_mode) modes;    /* by place, mode */
	VEC(struct progress_field) by_interviewer, by_place; /* in the order of codes; the last line: all */
	struct survey_quota_list quotas;
	int64_t sheets, sheets_once, sheets_differ, sheets_settled, sheets_void, sheets_blank, typed_items, typed_differ;
};

/* Permission survey.interview or survey.view. */
enum err survey_progress(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, struct survey_progress *out);

#endif
