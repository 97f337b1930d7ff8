/* est: estimates from a sample, with their errors: means, totals, ratios, shares, variances, quantiles, of the whole or of parts (domains).
 *
 *     est_design_make, then est_poststratify, est_rake, est_calibrate as wanted
 *     est_parts              the parts to estimate for
 *     est_start, est_value   one estimate after the other
 *
 * With weights w (calibrated ones where there are such), over the answers of a part that are not missing:
 *     total      sum w y                                  z = w y
 *     mean       sum w y / sum w                          z = w (y - mean) / sum w
 *     prop       the mean of "y is that level"            the same
 *     ratio      sum w y / sum w x                        z = w (y - ratio x) / sum w x
 *     var        n/(n-1) sum w (y - mean)^2 / sum w       z = w (n/(n-1) (y - mean)^2 - var) / sum w
 *     quantile   the left-continuous inverse of the weighted distribution: the smallest y with F(y) >= p
 * and the variance is est_cov of z (Taylor linearisation), after the residuals of est_cal. A quantile's interval inverts the t interval of
 * F at the estimate (R. Woodruff, JASA 47, 1952; R survey's interval.type "mean", qrule "math"); its standard error is the width over
 * 2 t(df). Answers are missing one statistic at a time: each uses all it has, and says how many (n).
 *
 * deff: the variance over that of a simple random sample without replacement of the same size, s^2 (1 - n/N)/n (times N^2 for a total), where
 * N = sum w and s^2 is `var` above; NaN where N <= n.
 * df: of the design (PSUs less strata), also for parts; with df_of_part those of the PSUs that the part has.
 * With replicate weights (est_rep.h) the variance is theirs, of the same estimate; a quantile's interval then inverts the replicates' error of F.
 * NaN says that a figure does not exist; `n` is 0 when there were no answers. */
#ifndef ENGINE_EST_H
#define ENGINE_EST_H
#include "engine/est_cal.h"
#include "engine/est_ci.h"

enum est_kind { EST_MEAN, EST_TOTAL, EST_RATIO, EST_PROP, EST_VAR, EST_QUANTILE };

struct est_ask {
	enum est_kind kind;
	const struct frame_column *y; /* number; prop: factor */
	const struct frame_column *x; /* ratio: below the line */
	uint32_t level;               /* prop */
	double p;                     /* quantile */
};

/* Rows of the design, ascending. */
struct est_part {
	const uint32_t *rows;
	size_t n;
	str label;
};
struct est_rep;
struct est_parts {
	struct est_part *p;
	size_t n;
};

struct est_value {
	double estimate, variance, se, deff, df;
	struct est_interval ci;
	double cv;    /* se / |estimate| */
	double n_eff; /* n / deff of the mean or share, at most n; NaN for others */
	size_t n;     /* answers of weight other than zero */
};

struct est_options {
	enum est_ci ci;  /* for shares; everything else has t */
	double level;    /* 0.95 when 0 */
	bool df_of_part;
	const struct est_rep *rep; /* NULL: linearisation */
};

/* Parts by the combinations of up to FRAME_MAX_BY factors (n 0: one part), within the frame's filter; those without weight are left out.
 * ERR_LIMIT: too many. */
enum err est_parts(est_design *d, struct frame_column *const *by, int n, struct est_parts *out);

/* Working memory of one thread. */
struct est_run {
	est_design *d;
	struct est_options options;
	double df;
	uint32_t *rows;         /* of the answers that count */
	double *y, *w, *z;      /* by answer */
	double *full, *scratch; /* by row of the design, when calibrated */
	struct est_work *work;
	uint32_t *order;
	size_t used;    /* answers of the last statistic */
	double *theta;  /* with replicates: its values, one each */
	double *sums[2], *other; /* with replicates: room */
};
struct est_run *est_start(arena *mem, est_design *d, const struct est_options *o);
void est_value(struct est_run *r, const struct est_ask *ask, const struct est_part *part, struct est_value *out);

/* Influences of the last est_value, scattered over all rows (n values): for covariances. Not for quantiles, nor with replicates. */
void est_influence(const struct est_run *r, double *z);

/* Several estimates at once, with their covariances (k x k): of change between years with the same units in both, of differences and other
 * contrasts. Not for quantiles. ERR_LIMIT: est.covariance_big, more than EST_MAX_COVARIANCE rows times estimates. */
enum { EST_MAX_COVARIANCE = 1 << 26 };
struct est_item {
	struct est_ask ask;
	const struct est_part *part;
};
enum err est_covariance(struct est_run *r, const struct est_item *items, int k, struct est_value *values, double *cov);

#endif
