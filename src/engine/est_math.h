/* est_math: the distributions that estimates need: normal, t, chi square, F, beta, and the incomplete gamma and beta functions under them.
 * Doubles; relative error at most about 1e-12 for shapes up to 1e8 (tests compare with GSL). Written here, because the functions of C
 * libraries differ in their last digits, and some keep hidden state (signgam).
 *
 * Arguments outside the domain give NaN. Tails: `upper` asks for the probability above x, without cancellation. Quantiles take the
 * probability of that same tail, so that small ones on either side stay exact.
 * Sources: C. Loader, "Fast and accurate computation of binomial probabilities" (2000) for the density without cancellation; W. J. Lentz
 * (1976) for continued fractions; Abramowitz and Stegun 6.5.29, 6.5.31, 26.5.8 for the series. */
#ifndef ENGINE_EST_MATH_H
#define ENGINE_EST_MATH_H
#include <stdbool.h>

double est_lgamma(double x); /* log of the gamma function, x > 0 */

double est_norm_p(double z, bool upper);
double est_norm_q(double p, bool upper);

double est_gamma_p(double a, double x, bool upper); /* regularised incomplete gamma: P(a, x), upper: Q(a, x) */
double est_chi2_p(double x, double df, bool upper);
double est_chi2_q(double p, double df, bool upper);

double est_beta_p(double x, double a, double b, bool upper); /* regularised incomplete beta: I_x(a, b), upper: I_{1-x}(b, a) */
double est_beta_q(double p, double a, double b, bool upper);

double est_t_p(double t, double df, bool upper); /* df may be infinite: the normal */
double est_t_q(double p, double df, bool upper);

double est_f_p(double f, double df1, double df2, bool upper); /* df2 may be infinite: chi square over df1 */
double est_f_q(double p, double df1, double df2, bool upper);

#endif
