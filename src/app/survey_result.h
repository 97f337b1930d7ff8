/* survey_result: what the answers of a survey say: shares, means and points of items, factors and the whole, for everybody or for groups.
 *
 * Basis. Of a probability sample every figure is weighted and has an interval by the design of the answers (strata, PSUs, weights; first
 * stage, with replacement; a lonely PSU is centred at the mean of all). Where an answer lacks the weight, stratum or PSU that others have,
 * nobody can say how far the figures reach: no interval, and the result says so. A census has no sampling error. Of answers by whoever
 * liked (self-selected) nothing is weighted, nothing has an interval or a rank.
 *
 * Figures. Only valid answers count: "don't know", "not experienced", "refused", what was not asked and what was left out are outside the
 * denominator, and counted beside it. Satisfied: options that mean "good". Mean: of the numbers of a scale. Points: of options with weights.
 *
 * Roll-up of a factor, of the questionnaire or chosen by the reader (then at every level), and always told; none is the official one:
 *     pooled         all answers to all items below it: sum of the satisfied over the sum of the valid
 *     mean_items     the mean of its items, each once
 *     mean_factors   the mean of what is directly below it, factors and items
 *     weights        the same, by the weights of the questionnaire
 * The variance of a roll-up is that of the same sum of influences, so that items of one person are not taken for independent ones.
 *
 * Small cells: below SURVEY_MIN_CELL nobody is shown: not a group, not an answer to a filter, not the people who answered an item, not an
 * option; and as many others that those cannot be worked out from what is shown, here or in another view (survey_hide.h).
 * Ranks: of places or strata, by the index; a group whose answers are too few, too much alike or too wide apart has none, and neither has one
 * that lies in a single primary unit, which says nothing of its error. */
#ifndef APP_SURVEY_RESULT_H
#define APP_SURVEY_RESULT_H
#include "app/survey_data.h"
#include "engine/est_ci.h"

enum { SURVEY_MIN_CELL = 5, SURVEY_MIN_N = 30, SURVEY_MIN_N_EFF = 20, SURVEY_MAX_GROUPS = 400 };
#define SURVEY_MAX_CV 0.15

enum survey_basis { SURVEY_WEIGHTED, SURVEY_EVERYBODY, SURVEY_WHO_LIKED, SURVEY_INCOMPLETE /* parts of the design are missing */ };
enum survey_stat { SURVEY_SATISFIED, SURVEY_MEAN, SURVEY_POINTS, SURVEY_SHARE };
enum survey_row { SURVEY_INDEX, SURVEY_FACTOR, SURVEY_ITEM, SURVEY_OPTION };
enum survey_figure_state { SURVEY_NO_ANSWER, SURVEY_FIGURE, SURVEY_HIDDEN /* v is nothing; n where it is told */ };

struct survey_figure {
	enum survey_figure_state state;
	double v; /* shares: 0 to 1 */
	double se, low, high, deff, df, n_eff, cv; /* NaN: there is none */
	int64_t n;       /* people with a valid answer */
	int64_t answers; /* valid answers; more than n for several items */
	int64_t hits;    /* satisfied ones, or those of the option */
};

/* One figure of one group. */
struct survey_line {
	size_t group;
	enum survey_row row;
	enum survey_stat stat;
	int32_t factor, item, option; /* NO_ITEM where it does not fit */
	enum factor_agg agg;          /* index, factor */
	struct survey_figure f;
};

struct survey_group {
	str code, name[LANGS];
	str level;           /* by unit: of it, and code is "level/code" */
	int64_t people;
	bool hidden, ranked; /* not hidden: enough for a place in the ranking */
	int rank;            /* 0: none */
};

/* Why answers to an item do not count; of all groups together. */
struct survey_counts {
	int64_t valid, dont_know, not_experienced, refused, left_out, not_asked;
};

/* How items become an index: as the questionnaire says, or one way at every level. */
struct survey_rollup {
	bool choose;
	enum factor_agg agg;
};

struct survey_question {
	str by;          /* empty: everybody; "noi" by place, "don-vi" by the units of the places, "tang" by stratum, or a single-choice item */
	str item, value; /* only those who gave this answer to this item; empty: all */
	str cross;       /* an item whose options are wanted for each group; empty: none */
	bool choose;     /* the roll-up is the reader's choice */
	enum factor_agg agg;
	enum est_ci ci;  /* of shares: EST_CI_LOGIT or EST_CI_T; everything else has t */
	bool all;        /* small options of everybody together as they are: for who may see answers */
	bool clean;      /* without the answers that quality.h flags. For who may see answers: the difference to all of them may be one person */
};

struct survey_result {
	const struct survey_info *s;
	struct survey_question asked;
	enum survey_basis basis;
	int32_t index;           /* the factor it is of; NO_ITEM: everything that can be satisfied or has points */
	enum survey_stat stat;   /* of the index; SURVEY_SHARE: this form has nothing to sum up */
	int64_t everybody, people; /* all answers; those that the filter lets in */
	int64_t flagged;         /* answers left out because they are flagged; 0 unless that was asked for */
	bool filter_hidden;      /* the filter leaves too few, or a rest that is too small */
	int64_t psus, strata;    /* of a probability sample */
	bool unmet;              /* its recorded weighting cannot be met by the answers there are: by the base weights (survey_weight.h) */
	VEC(struct survey_group) groups; /* the first is all together */
	VEC(struct survey_line) lines;   /* by group; in it the index, factors, items with their options, as the form has them */
	struct survey_counts *counts;    /* by item */
	VEC(int32_t) can_group;          /* items that may divide people */
	bool has_places, has_units, has_strata, has_weights; /* has_weights: the roll-up by weights is possible */
};

/* ERR_INPUT: survey_result.no_item, survey_result.no_value, survey_result.not_single, survey_result.no_places, survey_result.no_units, survey_result.no_strata,
 * survey_result.no_weights, survey_result.too_many_groups; ERR_LIMIT as survey_data_load. */
enum err survey_result_of(cx *c, struct app *a, const struct survey_info *s, const struct survey_question *ask, struct survey_result *out);
/* The same of answers that were loaded. */
enum err survey_result_from(cx *c, struct app *a, const struct survey_data *d, const struct survey_question *ask, struct survey_result *out);

/* The line of a group; item, option: NO_ITEM where it does not fit. NULL: not asked for. */
const struct survey_line *survey_result_line(
	const struct survey_result *r, size_t group, enum survey_row row, enum survey_stat stat, int32_t factor, int32_t item, int32_t option);
static inline const struct survey_figure *survey_result_index(const struct survey_result *r, size_t group)
{
	const struct survey_line *l = survey_result_line(r, group, SURVEY_INDEX, r->stat, NO_ITEM, NO_ITEM, NO_ITEM);
	return l ? &l->f : NULL;
}

/* Whether a figure is worth a rank, by the number of people, what they are worth, and its error. f may be NULL. */
bool survey_enough(const struct survey_result *r, const struct survey_figure *f);
/* Whether the groups are places, units or strata: those can be ranked. */
bool survey_by_unit(const struct survey_question *ask);

/* Whether the questionnaire has weights, so that it can be rolled up by them. */
bool survey_has_weights(const questionnaire *q);
/* The figure is the quotient of hits and answers, but for the weights of people: an item, an option, or all answers pooled. */
static inline bool survey_is_quotient(const struct survey_line *l) { return l->row >= SURVEY_ITEM || l->agg == FACTOR_POOLED; }
/* "questionnaire", "pooled" …; empty is "questionnaire", too. */
const char *survey_rollup_word(struct survey_rollup r);
bool survey_rollup_read(str word, struct survey_rollup *out);

/* For pages, commands and files: "pooled", "satisfied" … */
const char *survey_agg_word(enum factor_agg a);
bool survey_agg_read(str word, enum factor_agg *out);
const char *survey_stat_word(enum survey_stat s);
const char *survey_basis_word(enum survey_basis b);

#endif
