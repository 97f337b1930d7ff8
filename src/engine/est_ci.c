#include "engine/est_ci.h"
#include <math.h>
#include "engine/est_math.h"

static const struct est_interval NO_INTERVAL = { (double)NAN, (double)NAN };

static double expit(double x)
{
	return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static struct est_interval logit(double p, double se, double t)
{
	double at = log(p / (1 - p)), reach = t * se / (p * (1 - p));
	return (struct est_interval){ expit(at - reach), expit(at + reach) };
}

static struct est_interval arc_sine(double p, double se, double t)
{
	double at = asin(sqrt(p)), reach = t * se / (2 * sqrt(p * (1 - p)));
	double low = sin(at - reach), high = sin(at + reach);
	return (struct est_interval){ low * low, high * high };
}

/* Beyond this effective size (a variance of next to nothing) the limits are those of the normal distribution, to eight digits. */
static const double LARGE_SIZE = 1e8;

static struct est_interval beta(double p, double size, double alpha)
{
	if (size > LARGE_SIZE) {
		double reach = est_norm_q(alpha / 2, true) * sqrt(p * (1 - p) / size);
		return (struct est_interval){ fmax(p - reach, 0), fmin(p + reach, 1) };
	}
	return (struct est_interval){ p > 0 ? est_beta_q(alpha / 2, size * p, size * (1 - p) + 1, false) : 0,
		p < 1 ? est_beta_q(alpha / 2, size * p + 1, size * (1 - p), true) : 1 };
}

static struct est_interval wilson(double p, double size, double z)
{
	double q = z * z / size, middle = (p + q / 2) / (1 + q), reach = sqrt(p * (1 - p) * q + q * q / 4) / (1 + q);
	return (struct est_interval){ p > 0 ? middle - reach : 0, p < 1 ? middle + reach : 1 };
}

/* Twice the log likelihood ratio of one Bernoulli trial with share p at q. */
static double deviance(double p, double q)
{
	return 2 * (p * log(p / q) + (1 - p) * log((1 - p) / (1 - q)));
}

/* deviance(p, q) p (1 - p) / variance = t^2 n / (n - 1), the last for the dispersion of the answers; below p and above it, by bisection. */
static struct est_interval likelihood(double p, double variance, double t, double n)
{
	double bound = t * t * variance / (p * (1 - p)) * (n > 1 ? n / (n - 1) : 1), ends[2];
	for (int side = 0; side < 2; side++) {
		double in = p, out = side;
		for (int i = 0; i < 200 && in != out; i++) {
			double middle = 0.5 * (in + out);
			if (middle == in || middle == out)
				break;
			if (deviance(p, middle) < bound)
				in = middle;
			else
				out = middle;
		}
		ends[side] = in;
	}
	return (struct est_interval){ ends[0], ends[1] };
}

static struct est_interval of_share(enum est_ci how, double p, double variance, double df, size_t n, double alpha)
{
	if (!(p >= 0 && p <= 1))
		return NO_INTERVAL;
	double t = est_t_q(alpha / 2, df, true);
	bool edge = p <= 0 || p >= 1;
	if (how == EST_CI_BETA || how == EST_CI_WILSON) {
		if (!edge && variance <= 0)
			return (struct est_interval){ p, p };
		double less = n > 1 ? est_t_q(alpha / 2, (double)n - 1, true) / t : 1, size = edge ? (double)n : p * (1 - p) / variance * less * less;
		return how == EST_CI_BETA ? beta(p, size, alpha) : wilson(p, size, est_norm_q(alpha / 2, true));
	}
	if (edge || variance <= 0)
		return (struct est_interval){ p, p };
	double se = sqrt(variance);
	return how == EST_CI_LOGIT ? logit(p, se, t) : how == EST_CI_ASIN ? arc_sine(p, se, t) : likelihood(p, variance, t, (double)n);
}

struct est_interval est_interval(enum est_ci how, double estimate, double variance, double df, size_t n, double level)
{
	double alpha = 1 - level;
	if (!(df > 0) || !isfinite(estimate) || !(variance >= 0))
		return NO_INTERVAL;
	if (how != EST_CI_T)
		return of_share(how, estimate, variance, df, n, alpha);
	double reach = est_t_q(alpha / 2, df, true) * sqrt(variance);
	return (struct est_interval){ estimate - reach, estimate + reach };
}
