#include "engine/weigh.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void weigh_look(const double *w, size_t n, struct weigh_figures *out)
{
	double squares = 0;
	*out = (struct weigh_figures){ .min = (double)NAN, .max = (double)NAN, .mean = (double)NAN, .deff = (double)NAN };
	for (size_t i = 0; i < n; i++) {
		if (!(w[i] > 0))
			continue;
		out->min = out->n && out->min < w[i] ? out->min : w[i];
		out->max = out->n && out->max > w[i] ? out->max : w[i];
		out->n++;
		out->total += w[i];
		squares += w[i] * w[i];
	}
	if (out->n) {
		out->mean = out->total / (double)out->n;
		out->deff = (double)out->n * squares / (out->total * out->total);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double weigh_median(const double *w, size_t n, arena *scratch)
{
	double *p = NEW_ARRAY(scratch, double, n + 1);
	size_t m = 0;
	for (size_t i = 0; i < n; i++)
		if (w[i] > 0)
			p[m++] = w[i];
	if (!m)
		return (double)NAN;
	qsort(p, m, sizeof *p, by_size);
	return m % 2 ? p[m / 2] : (p[m / 2 - 1] + p[m / 2]) / 2;
}

uint32_t weigh_nonresponse(double *w, size_t n, const uint32_t *class, uint32_t classes, const bool *answered, double *factor)
{
	arena *scratch = arena_new(0);
	double *all = NEW_ARRAY(scratch, double, classes + 1), *here = NEW_ARRAY(scratch, double, classes + 1);
	uint32_t empty = classes;
	for (size_t i = 0; i < n; i++) {
		all[class[i]] += w[i];
		here[class[i]] += answered[i] ? w[i] : 0;
	}
	for (uint32_t k = classes; k-- > 0;) {
		factor[k] = here[k] > 0 ? all[k] / here[k] : 0;
		if (all[k] > 0 && !(here[k] > 0))
			empty = k;
	}
	for (size_t i = 0; i < n && empty == classes; i++)
		w[i] = answered[i] ? w[i] * factor[class[i]] : 0;
	arena_free(scratch);
	return empty;
}

uint32_t weigh_to(double *w, size_t n, const uint32_t *class, uint32_t classes, const double *total)
{
	arena *scratch = arena_new(0);
	double *here = NEW_ARRAY(scratch, double, classes + 1);
	uint32_t k = 0;
	for (size_t i = 0; i < n; i++)
		here[class[i]] += w[i];
	while (k < classes && here[k] > 0)
		k++;
	for (size_t i = 0; i < n && k == classes; i++)
		w[i] *= total[class[i]] / here[class[i]];
	arena_free(scratch);
	return k;
}

/* One round. Returns how many are outside. */
static size_t cut(double *w, size_t n, double low, double high, bool *held)
{
	size_t outside = 0, open = 0;
	double off = 0;
	for (size_t i = 0; i < n; i++) {
		if (!(w[i] > 0))
			continue;
		double to = w[i] < low ? low : w[i] > high ? high : w[i];
		if (to != w[i]) {
			off += w[i] - to;
			w[i] = to;
			held[i] = true;
			outside++;
		}
		open += !held[i];
	}
	for (size_t i = 0; i < n && open; i++)
		if (w[i] > 0 && !held[i])
			w[i] += off / (double)open;
	return outside;
}

size_t weigh_trim(double *w, size_t n, double low, double high, arena *scratch, bool *fits)
{
	struct weigh_figures f;
	weigh_look(w, n, &f);
	*fits = !f.n || (f.mean >= low && f.mean <= high);
	if (!*fits)
		return 0;
	double *before = NEW_ARRAY(scratch, double, n + 1);
	bool *held = NEW_ARRAY(scratch, bool, n + 1);
	size_t all = 0, now = 0;
	memcpy(before, w, n * sizeof *w);
	while ((now = cut(w, n, low, high, held)) > 0)
		all += now;
	weigh_look(w, n, &f);
	double was = 0;
	for (size_t i = 0; i < n; i++)
		was += before[i] > 0 ? before[i] : 0;
	*fits = fabs(f.total - was) <= 1e-9 * was;
	if (!*fits)
		memcpy(w, before, n * sizeof *w);
	return *fits ? all : 0;
}
