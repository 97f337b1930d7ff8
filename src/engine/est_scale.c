#include "engine/est_scale.h"
#include <assert.h>
#include <math.h>
#include "engine/est_math.h"

static bool answered(const struct frame_column *const *items, int k, uint32_t row)
{
	for (int j = 0; j < k; j++)
		if (isnan(items[j]->number[row]))
			return false;
	return true;
}

/* Weighted means, then the covariances (k x k, times anything). Returns the rows that took part. */
static size_t moments(const est_design *d, const struct frame_column *const *items, int k, const struct est_part *part, double *mean, double *cov)
{
	size_t n = 0;
	double sum = 0;
	for (size_t r = 0; r < part->n; r++) {
		uint32_t i = part->rows[r];
		if (d->weight[i] == 0 || !answered(items, k, i))
			continue;
		n++;
		sum += d->weight[i];
		for (int j = 0; j < k; j++)
			mean[j] += d->weight[i] * items[j]->number[i];
	}
	for (int j = 0; j < k; j++)
		mean[j] /= sum;
	for (size_t r = 0; r < part->n; r++) {
		uint32_t i = part->rows[r];
		if (d->weight[i] == 0 || !answered(items, k, i))
			continue;
		for (int a = 0; a < k; a++)
			for (int b = 0; b <= a; b++)
				cov[a * k + b] += d->weight[i] / sum * (items[a]->number[i] - mean[a]) * (items[b]->number[i] - mean[b]);
	}
	for (int a = 0; a < k; a++)
		for (int b = a + 1; b < k; b++)
			cov[a * k + b] = cov[b * k + a];
	return n;
}

static double alpha_of(const double *cov, int k, int without)
{
	double own = 0, all = 0;
	int used = 0;
	for (int a = 0; a < k; a++) {
		if (a == without)
			continue;
		used++;
		own += cov[a * k + a];
		for (int b = 0; b < k; b++)
			all += b == without ? 0 : cov[a * k + b];
	}
	return used > 1 && all > 0 ? (double)used / (used - 1) * (1 - own / all) : (double)NAN;
}

void est_alpha(const est_design *d, struct frame_column *const *items, int k, const struct est_part *part, struct est_alpha *out)
{
	assert(k >= 2 && k <= EST_MAX_ITEMS);
	arena *scratch = arena_new(0);
	const struct frame_column *list[EST_MAX_ITEMS];
	double *mean = NEW_ARRAY(scratch, double, (size_t)k), *cov = NEW_ARRAY(scratch, double, (size_t)k *(size_t)k);
	for (int j = 0; j < k; j++)
		list[j] = items[j];
	out->n = moments(d, list, k, part, mean, cov);
	out->alpha = out->n > 1 ? alpha_of(cov, k, -1) : (double)NAN;
	double factor = (double)out->n / ((double)out->n - 1);
	for (int j = 0; j < k; j++) {
		double with = 0, rest = 0;
		for (int a = 0; a < k; a++)
			for (int b = 0; b < k; b++)
				rest += a == j || b == j ? 0 : cov[a * k + b];
		for (int a = 0; a < k; a++)
			with += a == j ? 0 : cov[a * k + j];
		out->item[j] = (struct est_item_figures){ .mean = mean[j], .sd = sqrt(cov[j * k + j] * factor),
			.rest_correlation = with / sqrt(cov[j * k + j] * rest), .alpha_without = alpha_of(cov, k, j) };
	}
	arena_free(scratch);
}

void est_icc_of(const double *y, const uint32_t *group, size_t n, uint32_t groups, double level, struct est_icc *out)
{
	arena *scratch = arena_new(0);
	double *sum = NEW_ARRAY(scratch, double, groups + 1), *count = NEW_ARRAY(scratch, double, groups + 1);
	double N = 0, all = 0, within = 0, between = 0, squares = 0;
	*out = (struct est_icc){ .icc = (double)NAN, .n0 = (double)NAN, .low = (double)NAN, .high = (double)NAN, .msb = (double)NAN, .msw = (double)NAN };
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			if (isnan(y[i]))
				continue;
			if (pass) {
				double off = y[i] - sum[group[i]] / count[group[i]];
				within += off * off;
			} else {
				sum[group[i]] += y[i];
				count[group[i]]++;
				all += y[i];
				N++;
			}
		}
	for (uint32_t g = 0; g < groups; g++) {
		if (count[g] == 0)
			continue;
		double off = sum[g] / count[g] - all / N;
		between += count[g] * off * off;
		squares += count[g] * count[g];
		out->groups++;
	}
	out->n = (size_t)N;
	if (out->groups > 1 && N > out->groups) {
		double k = out->groups;
		out->msb = between / (k - 1);
		out->msw = within / (N - k);
		out->n0 = (N - squares / N) / (k - 1);
		out->icc = (out->msb - out->msw) / (out->msb + (out->n0 - 1) * out->msw);
		double f = out->msb / out->msw, a = f / est_f_q((1 - level) / 2, k - 1, N - k, true), b = f * est_f_q((1 - level) / 2, N - k, k - 1, true);
		out->low = (a - 1) / (a + out->n0 - 1);
		out->high = (b - 1) / (b + out->n0 - 1);
	}
	arena_free(scratch);
}

void est_icc(const est_design *d, const struct frame_column *y, const struct frame_column *by, const struct est_part *part, struct est_icc *out)
{
	arena *scratch = arena_new(0);
	double *value = NEW_ARRAY(scratch, double, part->n + 1);
	uint32_t *group = NEW_ARRAY(scratch, uint32_t, part->n + 1);
	size_t n = 0;
	for (size_t r = 0; r < part->n; r++) {
		uint32_t i = part->rows[r];
		if (isnan(y->number[i]) || by->code[i] == FRAME_MISSING || d->weight[i] == 0)
			continue;
		value[n] = y->number[i];
		group[n++] = by->code[i];
	}
	est_icc_of(value, group, n, by->n_levels, 0.95, out);
	arena_free(scratch);
}
