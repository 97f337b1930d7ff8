#include "engine/est_math.h"
#include <math.h>

#define LN_SQRT_2PI 0.918938533204672741780329736406
#define TWO_PI 6.283185307179586476925286766559
enum { MAX_TERMS = 200000, MAX_STEPS = 200 };
static const double STEP = 0x1p-52, TINY = 1e-300, EPS = 1e-16, SETTLED = 3e-16;

/* ---- gamma and the densities ---- */

/* log gamma(x) - ((x - 1/2) log x - x + log sqrt(2 pi)) by Stirling's series, for x >= 16. */
static double stirling_tail(double x)
{
	static const double c[] = { 1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156 };
	double y = 1 / (x * x), sum = 0;
	for (int i = 6; i >= 0; i--)
		sum = sum * y + c[i];
	return sum / x;
}

double est_lgamma(double x)
{
	if (!(x > 0))
		return NAN;
	double product = 1;
	for (; x < 16; x += 1)
		product *= x;
	return (x - 0.5) * log(x) - x + LN_SQRT_2PI + stirling_tail(x) - log(product);
}

/* log(n!) minus Stirling's formula for it. */
static double stirling_error(double n)
{
	if (n >= 16)
		return stirling_tail(n);
	return n > 0 ? est_lgamma(n + 1) - (n + 0.5) * log(n) + n - LN_SQRT_2PI : 0;
}

/* x log(x / m) + m - x, without cancellation where x is near m. */
static double deviance(double x, double m)
{
	if (fabs(x - m) < 0.1 * (x + m)) {
		double v = (x - m) / (x + m), sum = (x - m) * v, term = 2 * x * v;
		for (int i = 1; i < 1000; i++) {
			term *= v * v;
			double next = sum + term / (2 * i + 1);
			if (next == sum)
				return next;
			sum = next;
		}
		return sum;
	}
	return x * log(x / m) + m - x;
}

/* exp(-m) m^x / x!, for real x. */
static double poisson(double x, double m)
{
	if (m <= 0)
		return x == 0 ? 1 : 0;
	if (x <= 0)
		return exp(-m);
	if (x < 1) /* no sum of large parts: plainly */
		return exp(x * log(m) - m - est_lgamma(x + 1));
	return exp(-stirling_error(x) - deviance(x, m)) / sqrt(TWO_PI * x);
}

/* x^a y^b / B(a, b), where x + y = 1. */
static double beta_front(double a, double b, double x, double y)
{
	double n = a + b;
	if (a < 1 || b < 1) { /* one step up keeps the pieces of Loader's formula away from zero */
		bool up_a = a < 1, up_b = b < 1;
		double factor = up_a && up_b ? a * b / (n * (n + 1) * x * y) : up_a ? a / (n * x) : b / (n * y);
		/* B(a, b) = B(a + 1, b) (a + b) / a */
		return isfinite(factor) && x * y > 0 ? beta_front(a + up_a, b + up_b, x, y) * factor
						     : exp(a * log(x) + b * log(y) + est_lgamma(n) - est_lgamma(a) - est_lgamma(b));
	}
	double l = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
	return exp(l) * sqrt(a * b / (TWO_PI * n));
}

/* ---- normal ---- */

double est_norm_p(double z, bool upper) { return 0.5 * erfc((upper ? z : -z) * M_SQRT1_2); }

/* Newton from below the tail bound; p in (0, 1/2]: the z > 0 with upper tail p. */
static double norm_tail(double p)
{
	double t = sqrt(-2 * log(p));
	double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	for (int i = 0; i < 20; i++) {
		double tail = est_norm_p(z, true), density = exp(-0.5 * z * z) / sqrt(TWO_PI);
		/* Halley: the second derivative is -z times the first. */
		double r = (tail - p) / density, step = r / (1 + 0.5 * r * z);
		z += step;
		if (fabs(step) <= EPS * (1 + fabs(z)))
			break;
	}
	return z;
}

double est_norm_q(double p, bool upper)
{
	if (!(p >= 0 && p <= 1))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 0) == upper ? INFINITY : -INFINITY;
	double z = p == 0.5 ? 0 : p < 0.5 ? norm_tail(p) : -norm_tail(1 - p);
	return upper ? z : -z;
}

/* ---- incomplete gamma ---- */

/* P(a, x) for x < a + 1. */
static double gamma_series(double a, double x)
{
	double term = 1, sum = 1;
	for (int n = 1; n < MAX_TERMS; n++) {
		term *= x / (a + n);
		sum += term;
		if (term < EPS * sum)
			break;
	}
	return poisson(a, x) * sum;
}

/* Q(a, x) for x >= a + 1. */
static double gamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
	for (int i = 1; i < MAX_TERMS; i++) {
		double an = -i * (i - a);
		b += 2;
		d = an * d + b;
		d = fabs(d) < TINY ? TINY : d;
		c = b + an / c;
		c = fabs(c) < TINY ? TINY : c;
		d = 1 / d;
		h *= d * c;
		if (fabs(d * c - 1) < SETTLED)
			break;
	}
	return poisson(a, x) * a * h;
}

double est_gamma_p(double a, double x, bool upper)
{
	if (!(a > 0) || !(x >= 0))
		return NAN;
	if (x == 0 || isinf(x))
		return (x == 0) == upper;
	bool low = x < a + 1;
	double p = low ? gamma_series(a, x) : gamma_fraction(a, x);
	return low == upper ? 1 - p : p;
}

double est_chi2_p(double x, double df, bool upper) { return x < 0 ? upper : est_gamma_p(df / 2, x / 2, upper); }

/* ---- incomplete beta ---- */

/* I_x(a, b) for x below the mean, by the continued fraction of A. R. DiDonato and A. H. Morris, ACM TOMS 18 (1992), eq. 9: in this form
 * nothing cancels where a is large and x near 1. lambda = a - (a + b) x >= 0. */
static double beta_fraction(double a, double b, double x, double y, double lambda)
{
	double before_a = 0, before_b = 1, now_a = 1, now_b = a / (a + 1) * (lambda + 1), value = now_a / now_b;
	for (int n = 1; n < MAX_TERMS; n++) {
		double step = a + 2 * n - 1;
		double alpha = (a + n - 1) / step * ((a + b + n - 1) / step) * n * (b - n) * x * x;
		double beta = n + n * (b - n) * x / step + (a + n) / (step + 2) * (lambda + 1 + n * (1 + y));
		double next_a = alpha * before_a + beta * now_a, next_b = alpha * before_b + beta * now_b;
		before_a = now_a / next_b;
		before_b = now_b / next_b;
		now_a = next_a / next_b;
		now_b = 1;
		double change = fabs(now_a - value);
		value = now_a;
		if (change <= SETTLED * value)
			break;
	}
	return beta_front(a, b, x, y) * value;
}

/* I_x(a, b), y = 1 - x given by itself so that neither loses digits. */
static double beta_xy(double x, double y, double a, double b, bool upper)
{
	if (x <= 0 || y <= 0)
		return (x <= 0) == upper;
	/* Which of the two has the digits: x + y = 1, and one of them may be rounded. */
	double lambda = x <= y ? a - (a + b) * x : (a + b) * y - b;
	bool low = lambda >= 0;
	double p = low ? beta_fraction(a, b, x, y, lambda) : beta_fraction(b, a, y, x, -lambda);
	return low == upper ? 1 - p : p;
}

double est_beta_p(double x, double a, double b, bool upper)
{
	return a > 0 && b > 0 && x >= 0 && x <= 1 ? beta_xy(x, 1 - x, a, b, upper) : NAN;
}

double est_t_p(double t, double df, bool upper)
{
	if (isinf(df))
		return est_norm_p(t, upper);
	if (!(df > 0) || isnan(t))
		return NAN;
	double square = t * t, far = isinf(square) ? 0 : 0.5 * beta_xy(df / (df + square), square / (df + square), df / 2, 0.5, false);
	return (t >= 0) == upper ? far : 1 - far;
}

double est_f_p(double f, double df1, double df2, bool upper)
{
	if (!(df1 > 0) || !(df2 > 0) || isnan(f))
		return NAN;
	if (f <= 0)
		return upper;
	if (isinf(df2))
		return est_chi2_p(f * df1, df1, upper);
	double sum = df2 + df1 * f;
	return isinf(sum) ? !upper : beta_xy(df1 * f / sum, df2 / sum, df1 / 2, df2 / 2, upper);
}

/* ---- quantiles ---- */

/* A distribution on (0, infinity) for the search of a quantile: its tail and, up to nothing, its density at exp(u) times exp(u). */
struct law {
	double (*tail)(const struct law *, double x, bool upper);
	double (*density)(const struct law *, double x); /* x times the density at x */
	double a, b;
};

/* The x with tail probability p, searched for in u = log x: bracket, then Newton on log p, falling back to bisection. */
static double quantile(const struct law *l, double p, bool upper, double start)
{
	double u = log(start), lo = -745, hi = 709;
	double target = log(p);
	for (int i = 0; i < MAX_STEPS; i++) {
		double x = exp(u), tail = l->tail(l, x, upper), error = tail > 0 ? log(tail) - target : -INFINITY;
		if (error == 0)
			return x;
		bool too_far = (error > 0) != upper; /* lower tail too large, or upper too small: x is too large */
		if (too_far)
			hi = u;
		else
			lo = u;
		double slope = l->density(l, x) / tail * (upper ? -1 : 1), next = u - error / slope;
		if (!(next > lo && next < hi))
			next = isinf(error) || next <= -745 || next >= 709 ? 0.5 * (lo + hi) : 0.5 * (u + (next <= lo ? lo : hi));
		if (fabs(next - u) <= 4 * STEP * (fabs(next) > 1 ? 1 : fabs(next)) || hi - lo <= STEP * fabs(u))
			return exp(next);
		u = next;
	}
	return exp(u);
}

static double chi2_tail(const struct law *l, double x, bool upper) { return est_gamma_p(l->a, x, upper); }
static double chi2_density(const struct law *l, double x) { return poisson(l->a, x) * l->a; }

double est_chi2_q(double p, double df, bool upper)
{
	if (!(p >= 0 && p <= 1) || !(df > 0))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 0) == upper ? INFINITY : 0;
	struct law l = { chi2_tail, chi2_density, df / 2, 0 };
	bool flip = p > 0.5; /* search by the smaller tail */
	/* Wilson and Hilferty. */
	double z = est_norm_q(p, upper), k = 2 / (9 * df), w = 1 - k + z * sqrt(k), start = 0.5 * df * w * w * w;
	if (!(start > 0.01))
		start = fmax(exp((log(upper ? 1 - p : p) + est_lgamma(df / 2 + 1)) / (df / 2)), 1e-280);
	return 2 * quantile(&l, flip ? 1 - p : p, flip ? !upper : upper, start);
}

/* Beta as odds x / (1 - x), which keeps digits at both ends. */
static double odds_tail(const struct law *l, double r, bool upper) { return beta_xy(r / (1 + r), 1 / (1 + r), l->a, l->b, upper); }
static double odds_density(const struct law *l, double r) { return beta_front(l->a, l->b, r / (1 + r), 1 / (1 + r)); }

static double odds_q(double p, double a, double b, bool upper)
{
	struct law l = { odds_tail, odds_density, a, b };
	bool flip = p > 0.5;
	return quantile(&l, flip ? 1 - p : p, flip ? !upper : upper, a / b);
}

double est_beta_q(double p, double a, double b, bool upper)
{
	if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 0) == upper;
	double r = odds_q(p, a, b, upper);
	return r / (1 + r);
}

double est_f_q(double p, double df1, double df2, bool upper)
{
	if (!(p >= 0 && p <= 1) || !(df1 > 0) || !(df2 > 0))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 0) == upper ? INFINITY : 0;
	return isinf(df2) ? est_chi2_q(p, df1, upper) / df1 : odds_q(p, df1 / 2, df2 / 2, upper) * df2 / df1;
}

double est_t_q(double p, double df, bool upper)
{
	if (isinf(df))
		return est_norm_q(p, upper);
	if (!(p >= 0 && p <= 1) || !(df > 0))
		return NAN;
	if (p == 0 || p == 1)
		return (p == 0) == upper ? INFINITY : -INFINITY;
	double far = p < 0.5 ? p : 1 - p;
	if (p == 0.5)
		return 0;
	/* t squared is F(1, df): both tails together are twice the far one. */
	double t = sqrt(odds_q(2 * far, 0.5, df / 2, true) * df);
	return (p < 0.5) == upper ? t : -t;
}
