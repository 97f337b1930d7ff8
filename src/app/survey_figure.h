/* survey_figure: the arithmetic behind survey_result: one figure of one part of the answers, under the design of the survey. */
#ifndef APP_SURVEY_FIGURE_H
#define APP_SURVEY_FIGURE_H
#include "app/survey_result.h"
#include "engine/est.h"

struct survey_sheet;

/* Chooses the basis by what the answers have. NULL: a fault of the design (est.*). */
struct survey_sheet *survey_sheet_new(cx *c, const struct survey_data *d, enum survey_basis *basis, int64_t *psus, int64_t *strata);
/* The recorded steps of the weights cannot be met by the answers there are: figures go by the base weights. */
bool survey_sheet_unmet(const struct survey_sheet *s);
/* The answer at a place of the design; parts are ascending places. */
size_t survey_sheet_row(const struct survey_sheet *s, size_t at);

void survey_sheet_item(struct survey_sheet *s, const struct est_part *part, int32_t item, enum survey_stat stat, int32_t option, enum est_ci ci,
	struct survey_figure *out);
/* factor NO_ITEM: everything that can be satisfied (or has points). choose: agg holds at every level. */
void survey_sheet_roll(struct survey_sheet *s, const struct est_part *part, int32_t factor, enum survey_stat stat, bool choose, enum factor_agg agg,
	enum est_ci ci, struct survey_figure *out);

/* The same figure of two parts, which together are all answers and share none, and the variance of their difference. */
void survey_sheet_change(struct survey_sheet *s, const struct est_part part[2], int32_t factor, enum survey_stat stat, struct survey_figure *old,
	struct survey_figure *now, double *variance, double *df);

/* Whether an item can have such a figure. */
bool survey_item_has(const questionnaire *q, int32_t item, enum survey_stat stat);
bool survey_factor_has(const questionnaire *q, int32_t factor, enum survey_stat stat);

#endif
