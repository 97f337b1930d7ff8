/* survey_change: what changed from one survey to the next: the difference of the index and of each factor, with its standard error, interval
 * and whether it is told from nothing.
 *
 * Units of the sample that both have (the same primary unit in the same stratum) are one unit, so that what they have in common cancels out;
 * strata without such a unit are independent of one another. Two probability samples with the same questionnaire in the same version only:
 * across a break of method nothing is compared, and why not is said. Several differences looked at together find something by chance more
 * often than one in twenty: the number of them goes with the answer. What the results of either survey hide (survey_hide.h) is hidden here. */
#ifndef APP_SURVEY_CHANGE_H
#define APP_SURVEY_CHANGE_H
#include "app/survey_result.h"
#include "base/vec.h"

struct survey_change {
	enum survey_row row; /* index, factor */
	int32_t factor;
	enum survey_stat stat;
	struct survey_figure old, now; /* SURVEY_HIDDEN, both: there are too few people in one of them */
	double diff, se, low, high, df; /* NaN: there is none */
	bool told; /* the interval of 95 % leaves out zero */
};

struct survey_change_list {
	VEC(struct survey_change) rows;
	int64_t shared; /* primary units that both have */
};

/* ERR_INPUT: survey_change.questionnaire, survey_change.version, survey_change.basis ({1} of which survey), survey_change.empty. */
enum err survey_change_of(cx *c, struct app *a, const struct survey_info *old, const struct survey_info *now, struct survey_change_list *out);

#endif
