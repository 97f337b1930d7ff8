/* est_test: whether two factors go together in the population: Pearson's statistic of their weighted table with the corrections of J. N. K. Rao
 * and A. J. Scott (Annals of Statistics 12, 1984) for the design.
 *
 * X2 is Pearson's statistic of the shares times n. delta are the eigenvalues of the generalised design effects of the (r - 1)(c - 1)
 * independent contrasts.
 *     first order    X2 / mean(delta) as chi square with (r - 1)(c - 1)
 *     second order   F = X2 / sum(delta) with ndf = sum(delta)^2 / sum(delta^2) and ddf = ndf * df of the design (D. R. Thomas and J. N. K. Rao)
 * as R survey's svychisq, statistics "Chisq" and "F". */
#ifndef ENGINE_EST_TEST_H
#define ENGINE_EST_TEST_H
#include "engine/est.h"

enum { EST_MAX_TABLE = 100 }; /* cells */

struct est_test {
	double x2, df, chi2, p_first; /* chi2: first order */
	double f, ndf, ddf, p_second;
	size_t n; /* answers of weight other than zero */
};

/* A factor with fewer than two levels in the part: df 0, all else NaN. Faults: est.test_big, those of est_covariance. */
enum err est_test(struct est_run *r, struct frame_column *a, struct frame_column *b, const struct est_part *part, struct est_test *out);

#endif
