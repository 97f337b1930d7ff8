/* survey_measures: figures of a survey as measures of units, so that the rules of a criteria set can use them ("sipas * max"), with where
 * they come from, in words: survey, questionnaire and version, what, statistic, roll-up, basis, n, standard error, day.
 *
 * A unit is that of the places of its answers (survey_place.unit), or one unit for the whole survey. A figure that is not worth a rank (too
 * few people, worth too few, error too wide, hidden) becomes a measure that is missing, with the reason: it never turns into points. Figures
 * of whoever liked to answer are taken only when asked for, from the usual number of people on.
 *
 * Shares are 0 to 1; points of 100 become shares, too; means stay as they are. They are written as the stage "counted", where rounds with a
 * workflow look for figures of the store, by import_bytes of the kind measures: revisions, a register, the same again changes nothing. */
#ifndef APP_SURVEY_MEASURES_H
#define APP_SURVEY_MEASURES_H
#include "app/actor.h"
#include "app/survey_result.h"

struct survey_measure_ask {
	str measure;      /* its name in rules */
	str what;         /* code of a factor or item; empty: the index */
	str level, unit;  /* of the one unit that all answers are about; empty: by place */
	str period;       /* empty: that of the survey */
	const char *stage; /* NULL: "counted" */
	struct survey_rollup rollup; /* of the index and of factors */
	bool self_selected; /* also of a sample of whoever liked */
	bool preview;     /* writes nothing */
	const char *actor;
	const struct actor *who; /* whose act it is: asked for "measure" "write", and audited; NULL: the terminal */
};

struct survey_measure {
	str level, name;
	struct survey_figure f;
	bool enough;
	str numerator, denominator, value, reason, source;
};

struct survey_measure_list {
	const struct survey_result *r;
	str measure, period, stage;
	day as_of;
	VEC(struct survey_measure) rows;
	int64_t changed; /* measures that are new or other than before */
};

struct survey_measure_name {
	str name, label[LANGS];
};

struct survey_measure_names {
	struct survey_measure_name *p;
	size_t n, cap;
};

/* The measures of the catalogue, to choose from. */
enum err survey_measure_names(cx *c, struct app *a, struct survey_measure_names *out);

/* ERR_INPUT: those of survey_result_of, survey_measures.self_selected, survey_measures.no_units, survey_measures.no_figure,
 * survey_measures.no_measure (the catalogue has others, not this one), import.*. */
enum err survey_measures(cx *c, struct app *a, const struct survey_info *s, const struct survey_measure_ask *ask, struct survey_measure_list *out);

#endif
