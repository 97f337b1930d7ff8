/* survey_result: what the answers of a survey say, for everybody once it is published. */
#ifndef WEB_SURVEY_RESULT_H
#define WEB_SURVEY_RESULT_H
#include "app/survey_result.h"
#include "web/web.h"

struct survey_info;
struct survey_line;
struct view_survey_result_choice;

extern const struct web_route routes_survey_result[], routes_survey_export[], routes_survey_text[];

/* Whether the figures are for who asks: they are published, or the asker may read surveys. */
bool survey_result_shown(const struct web_cx *w, const struct survey_info *s);
/* The same of the anonymised answers. */
bool survey_data_shown(const struct web_cx *w, const struct survey_info *s);
/* A figure with two decimals, a share in per cent; "–" where there is none. */
str survey_number(struct web_cx *w, double x, bool share);
/* Valid answers, and how many of them say so where the figure is their quotient: else nobody is invited to divide. */
str survey_counts_text(struct web_cx *w, const struct survey_line *l);
/* The ways to roll up, of which one is chosen now; weights where the questionnaire has them. */
struct view_survey_result_choice *survey_rolls(struct web_cx *w, const questionnaire *q, struct survey_rollup now, size_t *n);
/* "gop" of the request; false: it is none, and a fault says so. */
bool survey_roll_read(struct web_cx *w, struct survey_rollup *out);
#define SURVEY_ROLL_IN \
	{ \
		"gop", IN_TEXT, .max = 20, .doc = { "cách gộp: questionnaire, pooled, mean_items, mean_factors, weights", \
			"roll-up: questionnaire, pooled, mean_items, mean_factors, weights" } \
	}

#endif
