/* est_design: a sample design over a frame, and the variance of linearised statistics under it.
 *
 * Shapes: n rows (answers); stages 1 … k, each with units (the first are the primary sampling units, PSU) that lie in strata; the strata of a
 * stage lie in the units of the stage above. est_design_make numbers units and strata so that each stage's are in ascending order along the
 * rows, and puts the frame's rows into that order: afterwards row i of every column belongs to row i of the design.
 *
 * Weights: the column; without one the product of N / n over the stages; without both, 1 (a note says so). Zero weights are kept: such a
 * row counts as a member of its unit. Finite population corrections: per stage a population size N (a column with a value above 1), or a
 * sampling fraction n / N (none above 1); Inf, or fraction 0, is with replacement. N is a property of the stratum. A stage without a column
 * behind one that has one counts as drawn from an infinite population; without any fpc only the first stage counts.
 *
 * Variance (Särndal, Swensson, Wretman 1992, 4.3.2; the rule of R survey's svyrecvar): with z the weighted influence of a row and t the sum
 * of z in a unit,
 *     V = sum over stages and strata  c_h (1 - n_h / N_h) n_h / (n_h - 1) sum_j (t_hj - mean_h)^2,    c_h = product of n / N of the stages above.
 * Rows that are not given count as zeros: a part (domain) keeps the whole design. A stratum with all of its units drawn (1 - f < 1e-7) adds
 * nothing at its stage and passes on its units in full: a certainty unit is a stratum of its own with N = 1.
 * A stratum with a single unit of several (lonely): fail, the variance is NaN and a fault is told, where such a stratum has rows in it (of
 * calibrated designs: anywhere); adjust: its total is taken about zero, the mean of all influences; remove (certainty): nothing; average: the
 * mean of the other strata (of the same unit above).
 * Degrees of freedom: PSUs less strata, counting those with a row of weight above zero.
 *
 * Faults, with line and column: est.missing, est.weight, est.no_weight, est.no_rows, est.nested, est.fpc_value, est.fpc_mixed,
 * est.fpc_varies, est.fpc_small, est.weights_needed; the note est.unweighted; of variances est.lonely, est.lonely_row. Each is told for every
 * row or stratum. */
#ifndef ENGINE_EST_DESIGN_H
#define ENGINE_EST_DESIGN_H
#include "engine/est_frame.h"

enum { EST_STAGES = 8 };
enum est_lonely { EST_FAIL, EST_ADJUST, EST_REMOVE, EST_AVERAGE };

struct est_spec {
	int stages; /* 0: each row is a unit of its own */
	const struct frame_column *id[EST_STAGES]; /* factors */
	int strata; /* at most max(1, stages); the last one holds for the stages below it, too */
	const struct frame_column *stratum[EST_STAGES]; /* factors */
	const struct frame_column *weight; /* number, or NULL */
	int fpcs; /* at most max(1, stages) */
	const struct frame_column *fpc[EST_STAGES]; /* numbers */
	bool nest; /* the same id in two strata of the first stage is two units; else a fault */
	enum est_lonely lonely;
};

struct est_stage {
	uint32_t n_units, n_strata;
	uint32_t *parent;   /* by unit: unit of the stage above; first stage: 0 */
	uint32_t *stratum;  /* by unit */
	uint32_t *above;    /* by stratum: unit of the stage above */
	uint32_t *count;    /* by stratum: units drawn */
	uint32_t *first;    /* by stratum: a row in it, for messages */
	double *population; /* by stratum: N, or infinity */
	double *factor;     /* by stratum: c (1 - f) n / (n - 1); of a lonely one c (1 - f) */
	bool *told;         /* by stratum: that it is lonely */
};

typedef struct est_design {
	cx *c;
	frame *f;
	struct est_spec spec;
	size_t n;
	int stages; /* that count in the variance */
	struct est_stage stage[EST_STAGES];
	uint32_t *psu;  /* by row: unit of the first stage */
	uint32_t *unit; /* by row: unit of the last stage that counts */
	const double *weight; /* by row: as estimates use them (calibrated when est_cal says so) */
	const double *base;   /* by row: as they came */
	enum est_lonely lonely;
	bool has_lonely;
	uint32_t psus, strata; /* with a row of weight above zero */
	struct est_cal *cal;   /* calibration steps in order, or NULL */
} est_design;

/* Puts the frame into the design's order. *out is set only with ERR_OK. */
enum err est_design_make(frame *f, const struct est_spec *spec, est_design **out);
int64_t est_design_df(const est_design *d);
/* The same counted over some rows only (R's degf of a subset). rows ascending; NULL: all. */
int64_t est_rows_df(const est_design *d, const uint32_t *rows, size_t m);

/* Room for variances of k columns at once; reused between calls, one per thread. */
struct est_work {
	uint32_t *unit;
	double *sum;  /* by entry and column */
	double *mean; /* k */
	double *part; /* k x k */
	int k;
};
struct est_work *est_work_new(arena *mem, const est_design *d, int k);

/* cov (k x k, row by row) of the totals of z (m x k, row by row). rows: ascending numbers of the m rows; NULL: all (m = n).
 * NaN where the policy is average and there is nothing to average, or fail and a stratum is lonely. */
void est_cov(const est_design *d, const uint32_t *rows, size_t m, const double *z, int k, struct est_work *w, double *cov);
/* k = 1. */
double est_variance(const est_design *d, const uint32_t *rows, size_t m, const double *z, struct est_work *w);

#endif
