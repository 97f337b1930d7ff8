/* survey_rates: response rates of a survey from the outcomes of its cases, by AAPOR's definitions (engine/fieldwork.h), and what each outcome
 * counts as: decision 0079. */
#ifndef APP_SURVEY_RATES_H
#define APP_SURVEY_RATES_H
#include "app/survey_case.h"
#include "engine/fieldwork.h"

struct case_disposition {
	const char *code; /* AAPOR's final disposition */
	enum outcome counts;
};

extern const struct case_disposition case_dispositions[CASE_OUTCOMES];

struct survey_rates {
	int64_t n[CASE_OUTCOMES], cases;
	double sum[OUTCOMES];
	double e, rate[FIELD_RATES]; /* NaN: without a denominator */
};

/* e: share of the eligible among those of whom it is unknown; NaN: estimated from the others. */
enum err survey_rates_of(cx *c, struct app *a, const struct survey_info *s, double e, struct survey_rates *out);

#endif
