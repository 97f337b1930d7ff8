#include "engine/est_publish.h"
#include <math.h>
#include "engine/est_math.h"

enum est_short est_falls_short(const struct est_value *v, const struct est_thresholds *t)
{
	if (v->n < t->n || !isfinite(v->estimate))
		return EST_SHORT_N;
	if (t->n_eff > 0 && !(v->n_eff >= t->n_eff))
		return EST_SHORT_EFFECTIVE;
	return t->cv > 0 && !(v->cv <= t->cv) ? EST_SHORT_CV : EST_SHORT_NOTHING;
}

void est_rank(const struct est_value *v, const bool *ranked, size_t m, const double *cov, double level, struct est_place *out)
{
	int n = 0;
	for (size_t i = 0; i < m; i++)
		n += ranked[i];
	double pairs = 0.5 * n * (n - 1.0);
	for (size_t i = 0; i < m; i++) {
		out[i] = (struct est_place){ 0 };
		if (!ranked[i])
			continue;
		int above = 0, surely_above = 0, surely_below = 0;
		for (size_t j = 0; j < m; j++) {
			if (j == i || !ranked[j])
				continue;
			above += v[j].estimate > v[i].estimate;
			if (!cov)
				continue;
			double off = v[j].estimate - v[i].estimate, df = fmin(v[i].df, v[j].df);
			double variance = cov[i * m + i] + cov[j * m + j] - 2 * cov[i * m + j];
			double reach = df > 0 ? est_t_q((1 - level) / (2 * pairs), df, true) * sqrt(variance > 0 ? variance : 0) : (double)INFINITY;
			surely_above += off > reach;
			surely_below += -off > reach;
		}
		out[i] = (struct est_place){ .place = 1 + above, .best = cov ? 1 + surely_above : 0, .worst = cov ? n - surely_below : 0 };
	}
}
