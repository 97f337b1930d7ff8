#include "engine/est_publish.h"
#include <math.h>
#include "engine/est_math.h"

/* One line of the table: hides a second cell where one is hidden. True: it did. */
static bool complement(const size_t *counts, size_t from, size_t step, size_t n, bool *hidden)
{
	size_t hid = 0, best = SIZE_MAX;
	for (size_t k = 0; k < n; k++) {
		size_t i = from + k * step;
		hid += hidden[i];
		if (!hidden[i] && counts[i] > 0 && (best == SIZE_MAX || counts[i] < counts[best]))
			best = i;
	}
	if (hid != 1 || best == SIZE_MAX)
		return false;
	return hidden[best] = true;
}

void est_hide(const size_t *counts, size_t rows, size_t columns, size_t threshold, bool *hidden)
{
	for (size_t i = 0; i < rows * columns; i++)
		hidden[i] = counts[i] > 0 && counts[i] < threshold;
	for (bool again = true; again;) {
		again = false;
		for (size_t r = 0; r < rows && columns > 1; r++)
			again |= complement(counts, r * columns, 1, columns, hidden);
		for (size_t c = 0; c < columns && rows > 1; c++)
			again |= complement(counts, c, columns, rows, hidden);
	}
}

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
