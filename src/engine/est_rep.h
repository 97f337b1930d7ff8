/* est_rep: replicate weights, given or made, and the variance that they give.
 *
 *   JK1        one replicate per PSU, without strata: its PSU 0, the others n / (n - 1); scale (n - 1) / n (1 - f)
 *   JKn        the same within each stratum; scales (n_h - 1) / n_h (1 - f_h). Strata drawn in full get no replicates
 *   BRR        two PSUs in each stratum, one of them twice, by the rows of a Hadamard matrix, as R survey takes them
 *              (docs/decisions/0093); scale 1 / R. Corrections for finite populations do not apply
 *   bootstrap  n_h - 1 PSUs drawn with replacement in each stratum, weights times n_h / (n_h - 1) (J. N. K. Rao, C. F. J. Wu, K. Yue,
 *              Survey Methodology 18, 1992), pulled towards 1 by sqrt(1 - f_h); scale 1 / (R - 1). Replicate r depends on the seed and on r
 *              only: any number of threads gives the same bytes
 *   columns    weights of the data, with the weight in them. What they are is seen from them: every row zero in one replicate and the
 *              others at two values at most: jackknife, with scales 1 / greatest ratio; all ratios rho and 2 - rho, as often the one as the
 *              other: BRR (Fay), 1 / (R (1 - rho)^2); else bootstrap, 1 / (R - 1). `scale` above zero says it
 * Variance: scale times the sum of (theta_r - mean of theta)^2 (with mse: about the estimate), as R survey's svrVar. Replicates without a
 * value (no answers) are left out.
 * Calibrated designs: each replicate is calibrated anew. Only the first stage is replicated; its variance holds the stages below.
 * df: the rank of the replicates' matrix less one, at most R - 1; of those made it is the PSUs less the strata among strata that have
 * replicates (R survey's degf). Calibration does not change it (in R it does: the rank of what comes out).
 *
 * Faults: est.rep_strata (JK1 with strata, JKn and BRR without any), est.rep_two (BRR: not two PSUs), est.rep_lonely, est.rep_columns
 * (fewer than two), est.rep_big, est.rep_weight, est.rep_calibration; the notes est.rep_fpc, est.rep_seen. */
#ifndef ENGINE_EST_REP_H
#define ENGINE_EST_REP_H
#include "engine/est.h"

enum est_rep_kind { EST_JK1, EST_JKN, EST_BRR, EST_BOOTSTRAP, EST_COLUMNS };
enum { EST_MAX_REPLICATES = 10000, EST_MAX_REP_CELLS = 1 << 27 };

struct est_rep_options {
	enum est_rep_kind kind;
	int n; /* bootstrap */
	uint64_t seed;
	struct frame_column *const *columns;
	int n_columns;
	double scale; /* columns; 0: seen from them */
	bool mse;
	int threads; /* 0: 1 */
};

struct est_rep {
	const est_design *d;
	enum est_rep_kind kind;
	int n;
	bool mse;
	double *scale; /* by replicate */
	double df;
	/* BRR, bootstrap: multiplier of PSU u in replicate r: from[h] + step[h] * times[u * n + r]. */
	uint16_t *times;
	double *from, *step; /* by stratum */
	/* JK1, JKn: replicate r leaves out PSU left_out[r]. */
	uint32_t *left_out;
	/* columns, and everything calibrated: weights[r] by row. */
	const double **weights;
};

/* *out is set only with ERR_OK. After all calibration. */
enum err est_rep_make(est_design *d, const struct est_rep_options *o, struct est_rep **out);

/* Sums of one statistic by row; see est.c. */
struct est_sums {
	const uint32_t *rows;
	size_t n;
	const double *w, *a, *b; /* theta is of sum w, sum w a, sum w b (b may be NULL) */
};
/* Per replicate: sum w, sum w a, sum w b: three arrays of n. */
void est_rep_sums(const struct est_rep *rep, const struct est_sums *s, double *sum, double *sum_a, double *sum_b, arena *scratch);
/* scale sum (x_r - mean x)(y_r - mean y); with mse about x0 and y0. */
double est_rep_cov(const struct est_rep *rep, const double *x, const double *y, double x0, double y0);

#endif
