/* est_cal: weights made to agree with known totals of the population, and the variance that follows.
 *
 * Post-stratification: weights of a cell times N / (sum of its weights). Raking: that for several margins in turn, until no weight changes
 * by more than 1e-12 of itself in a round (W. E. Deming and F. F. Stephan, 1940). Linear calibration: g = 1 + x' lambda, so that the weighted
 * totals of x are the given ones (J.-C. Deville and C.-E. Särndal, JASA 87, 1992). Steps follow one another in the order of the calls.
 *
 * Variance: influences are replaced by their residuals before est_cov, as R survey does: of post-strata, the means by the weights before;
 * of raking, ten rounds of plain means per margin; of calibration, the weighted regression on x. Rows outside a part take part in it.
 *
 * A population file is a table with a heading: for post-strata and margins one column per variable (their names are those of the data) and,
 * last, the number of people; for calibration the columns term, total, with terms (Intercept), NAME (a number) or NAME=LEVEL.
 *
 * Faults: est.margin_columns, est.margin_total (not a number or negative), est.margin_twice, est.cell_unknown (answers in a cell that the
 * population lacks), est.cell_empty (a cell of the population without answers), est.missing, est.rake_totals (margins add up to different
 * totals), est.rake_diverges, est.term, est.calibrate_singular; the note est.negative_weights. */
#ifndef ENGINE_EST_CAL_H
#define ENGINE_EST_CAL_H
#include "engine/est_design.h"

enum { EST_MAX_MARGINS = 16, EST_MAX_TERMS = 64, EST_MAX_CELLS = 100000 };

struct est_margin {
	str file;
	int n_by;
	str name[FRAME_MAX_BY];
	struct frame_column *by[FRAME_MAX_BY]; /* set by est_margin_want */
	VEC(struct est_margin_row) rows;
};
struct est_margin_row {
	str level[FRAME_MAX_BY];
	double total;
	int64_t line;
};

/* Terms of a linear calibration. */
struct est_term {
	str text;
	struct frame_column *x; /* NULL: the intercept */
	bool is_level;
	str level;
	double total;
	int64_t line;
};
struct est_terms {
	str file;
	VEC(struct est_term) list;
};

/* Reads a population file and closes it; *out is set only with ERR_OK. */
enum err est_margin_read(cx *c, csv *in, str file, struct est_margin **out);
enum err est_terms_read(cx *c, csv *in, str file, struct est_terms **out);
/* Asks the data for the columns. Before frame_load. */
enum err est_margin_want(frame *f, struct est_margin *m);
enum err est_terms_want(frame *f, struct est_terms *t);

enum err est_poststratify(est_design *d, const struct est_margin *m);
/* epsilon 0: until it has converged. Above 0: R's rule, at most ten rounds, ending when no cell of the cross table changes by epsilon. */
enum err est_rake(est_design *d, struct est_margin *const *margins, int n, double epsilon);
enum err est_calibrate(est_design *d, const struct est_terms *t);

/* The residuals of influences z (n, of all rows), in place. scratch: room for est_cal_room values. */
size_t est_cal_room(const est_design *d);
void est_cal_residuals(const est_design *d, double *z, double *scratch);
/* The same steps for other weights (n), in place: a replicate. False: they cannot be met. */
bool est_cal_weights(const est_design *d, double *w, arena *scratch);

#endif
