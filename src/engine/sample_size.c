#include "engine/sample_size.h"
#include <math.h>
#include "engine/est_math.h"

double sample_cheapest_cluster(double c1, double c2, double rho)
{
	double m = sqrt(c1 / c2 * (1 - rho) / rho);
	return m < 1 ? 1 : m;
}

/* Whole numbers, rounded up; what is a whole number but for rounding errors stays. */
static double up(double x)
{
	return ceil(x - 1e-9 * (x < 1 ? 1 : x));
}

static double of_finite(const struct sample_need *w, double n1)
{
	return isinf(w->population) ? n1 : n1 / (1 + (n1 - (w->mean ? 0 : 1)) / w->population);
}

static double spread(const struct sample_need *w)
{
	return w->mean ? w->sd : sqrt(w->p * (1 - w->p));
}

/* Standard error of n interviews: the same formulas the other way round. */
static double error_of(const struct sample_need *w, double deff, double n)
{
	double k = w->mean ? 0 : 1, v = spread(w) * spread(w) * deff / n;
	return sqrt(isinf(w->population) ? v : v * (w->population - n) / (w->population - k));
}

enum sample_gap sample_size_gap(const struct sample_need *w)
{
	if ((w->c1 > 0) != (w->c2 > 0))
		return SAMPLE_GAP_COST;
	if (w->deff > 0)
		return SAMPLE_GAP_NONE;
	if (w->rho > 0 && !(w->cluster > 0) && !(w->c1 > 0))
		return SAMPLE_GAP_CLUSTER;
	return (w->cluster > 1 || w->c1 > 0) && !(w->rho > 0) ? SAMPLE_GAP_RHO : SAMPLE_GAP_NONE;
}

bool sample_size_of(const struct sample_need *w, struct sample_size *out)
{
	*out = (struct sample_size){ .z = est_norm_q((1 - w->level) / 2, true), .cost = (double)NAN, .df = (double)NAN, .margin_t = (double)NAN };
	bool costs = w->c1 > 0 && w->c2 > 0;
	out->cluster = w->cluster > 0 ? w->cluster : costs && w->rho > 0 ? round(sample_cheapest_cluster(w->c1, w->c2, w->rho)) : 0;
	out->deff = w->deff > 0 ? w->deff : w->rho > 0 && out->cluster > 0 ? 1 + (out->cluster - 1) * w->rho : 1;
	out->n0 = pow(out->z * spread(w) / w->margin, 2);
	out->n2 = of_finite(w, out->deff * out->n0);
	double n = up(out->n2), all = up(n / (w->response * w->eligible));
	if (!(all <= SAMPLE_MOST_PEOPLE))
		return false;
	out->interviews = (int64_t)(n < 1 ? 1 : n);
	out->addresses = (int64_t)(all < 1 ? 1 : all);
	double se = error_of(w, out->deff, (double)out->interviews);
	out->margin = out->z * se;
	if (out->cluster > 0) {
		out->clusters = (int64_t)up((double)out->interviews / out->cluster);
		out->df = (double)(out->clusters - (w->strata > 0 ? w->strata : 1));
		if (out->df > 0)
			out->margin_t = est_t_q((1 - w->level) / 2, out->df, true) * se;
		if (costs)
			out->cost = (double)out->clusters * w->c1 + (double)out->addresses * w->c2;
	}
	if (!w->mean && !isinf(w->population))
		out->by_law = (int64_t)up(w->population / (1 + w->population * w->margin * w->margin));
	return true;
}
