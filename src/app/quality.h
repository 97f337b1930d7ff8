/* quality: which answers of a survey deserve a second look. Flags, never deletions: what was answered stays as it came, results tell how many
 * are flagged and can leave them out.
 *
 *     duplicate     word for word the same as another one of the same place and day, with at least QUALITY_ENOUGH answers
 *     straight      one and the same option for all of at least QUALITY_BLOCK items of one scale
 *     missing       more than a fifth of what was asked is left out
 *     out_of_frame  a place that the survey has not, or a stratum that its draw has not
 *     inconsistent  what the form would not have let through: a check that is not met, a required item left out, no such option
 * How long somebody took is not kept (no answer has a time of the day), so speed cannot be flagged here. */
#ifndef APP_QUALITY_H
#define APP_QUALITY_H
#include "app/survey.h"
#include "engine/est_scale.h"

enum { QUALITY_ENOUGH = 8, QUALITY_BLOCK = 6 };
enum quality_flag { QUALITY_DUPLICATE, QUALITY_STRAIGHT, QUALITY_MISSING, QUALITY_OUT, QUALITY_INCONSISTENT, QUALITY_FLAGS };
extern const char *const quality_words[QUALITY_FLAGS];

struct quality_place {
	str code; /* empty: no place */
	int64_t answers, flagged;
	double index; /* mean of the people's satisfied shares; NaN: none */
};

struct quality {
	size_t n;
	uint8_t *flags;  /* by answer, in the order of survey_data; a bit each */
	int64_t count[QUALITY_FLAGS], flagged;
	VEC(struct quality_place) places;
	struct est_icc icc; /* of the people's satisfied shares, by place */
};

/* ERR_LIMIT as survey_data_load. */
enum err quality_of(cx *c, struct app *a, const struct survey_info *s, struct quality *out);

#endif
