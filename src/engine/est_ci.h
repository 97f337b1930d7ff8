/* est_ci: confidence intervals from an estimate, its variance and degrees of freedom.
 *
 *   t           estimate ± t(df) se
 *   logit       for shares: a t interval on log(p / (1 - p)), with se / (p (1 - p)); R survey's svyciprop "xlogit"
 *   asin        for shares: a t interval on the arc sine of the square root
 *   beta        for shares: Clopper and Pearson's limits at an effective size (E. Korn and B. Graubard, Survey Methodology 24, 1998)
 *   wilson      for shares: E. B. Wilson's limits (JASA 22, 1927) at that effective size, with the normal quantile
 *   likelihood  for shares: the p whose log likelihood ratio, over the design effect and the dispersion n / (n - 1), stays below t(df)
 *               squared (J. N. K. Rao and A. J. Scott, Annals of Statistics 12, 1984); R interpolates it, we solve for it
 * Effective size: p (1 - p) / V times (t(n - 1) / t(df))^2. A share of 0 or 1 has no variance of its own: its effective size is n, and
 * beta and wilson still give an interval; the others give the point.
 * Without degrees of freedom (df <= 0) or variance there is no interval: NaN. */
#ifndef ENGINE_EST_CI_H
#define ENGINE_EST_CI_H
#include <stddef.h>

enum est_ci { EST_CI_T, EST_CI_LOGIT, EST_CI_BETA, EST_CI_WILSON, EST_CI_ASIN, EST_CI_LIKELIHOOD };

struct est_interval {
	double low, high;
};

/* level: 0.95. n: answers behind the estimate, for beta, wilson, likelihood. Methods for shares give NaN outside [0, 1]. */
struct est_interval est_interval(enum est_ci how, double estimate, double variance, double df, size_t n, double level);

#endif
