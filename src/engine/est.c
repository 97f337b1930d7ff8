#include "engine/est.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include "engine/est_math.h"
#include "engine/est_rep.h"

/* ---- parts ---- */

static enum err one_part(est_design *d, struct est_parts *out)
{
	const bool *in = d->f->in_part;
	uint32_t *rows = NEW_ARRAY(d->c->mem, uint32_t, d->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		if (!in || in[i])
			rows[n++] = (uint32_t)i;
	out->p = NEW(d->c->mem, struct est_part);
	out->p[0] = (struct est_part){ .rows = rows, .n = n };
	out->n = 1;
	return ERR_OK;
}

enum err est_parts(est_design *d, struct frame_column *const *by, int n, struct est_parts *out)
{
	arena *mem = d->c->mem;
	struct frame_cross cross;
	if (!n)
		return one_part(d, out);
	if (!frame_cross(mem, d->f, by, n, d->f->in_part, &cross)) {
		fault *made = cx_fault(d->c, FAULT_ERROR, "est.too_many_parts", frame_at(d->f, by[0], 0), STR(""));
		fault_arg(d->c, made, 1, arena_printf(mem, "%d", FRAME_MAX_CROSS));
		return ERR_LIMIT;
	}
	size_t *from = NEW_ARRAY(mem, size_t, cross.n_cells + 2);
	bool *weighted = NEW_ARRAY(mem, bool, cross.n_cells + 1);
	uint32_t *rows = NEW_ARRAY(mem, uint32_t, d->n + 1);
	for (size_t i = 0; i < d->n; i++)
		if (cross.cell[i] != FRAME_MISSING) {
			from[cross.cell[i] + 2]++;
			weighted[cross.cell[i]] |= d->weight[i] != 0;
		}
	for (uint32_t k = 0; k < cross.n_cells; k++)
		from[k + 2] += from[k + 1];
	for (size_t i = 0; i < d->n; i++)
		if (cross.cell[i] != FRAME_MISSING)
			rows[from[cross.cell[i] + 1]++] = (uint32_t)i;
	out->p = NEW_ARRAY(mem, struct est_part, cross.n_cells + 1);
	out->n = 0;
	for (uint32_t k = 0; k < cross.n_cells; k++)
		if (weighted[k])
			out->p[out->n++] = (struct est_part){ .rows = rows + from[k], .n = from[k + 1] - from[k],
				.label = frame_label(mem, by, n, cross.first[k]) };
	return ERR_OK;
}

/* ---- answers ---- */

struct est_run *est_start(arena *mem, est_design *d, const struct est_options *o)
{
	struct est_run *r = NEW(mem, struct est_run);
	*r = (struct est_run){ .d = d, .options = *o, .df = (double)est_design_df(d) };
	if (!(r->options.level > 0))
		r->options.level = 0.95;
	r->rows = NEW_ARRAY(mem, uint32_t, d->n + 1);
	r->y = NEW_ARRAY(mem, double, d->n + 1);
	r->w = NEW_ARRAY(mem, double, d->n + 1);
	r->z = NEW_ARRAY(mem, double, d->n + 1);
	r->work = est_work_new(mem, d, 1);
	if (o->rep) {
		r->df = o->rep->df;
		r->theta = NEW_ARRAY(mem, double, (size_t)o->rep->n + 1);
		r->sums[0] = NEW_ARRAY(mem, double, (size_t)o->rep->n + 1);
		r->sums[1] = NEW_ARRAY(mem, double, (size_t)o->rep->n + 1);
		r->other = NEW_ARRAY(mem, double, (size_t)o->rep->n + 1);
	}
	if (d->cal) {
		r->full = NEW_ARRAY(mem, double, d->n + 1);
		r->scratch = NEW_ARRAY(mem, double, est_cal_room(d));
	}
	return r;
}

/* Answers of a part that are not missing: rows, y, w. A ratio's denominators go to z. Returns those of weight other than zero. */
static size_t take(struct est_run *r, const struct est_ask *ask, const struct est_part *part, const double *weight)
{
	size_t used = 0, n = 0;
	const double *y = ask->y->number, *x = ask->kind == EST_RATIO ? ask->x->number : NULL;
	const uint32_t *code = ask->kind == EST_PROP || ask->of_level ? ask->y->code : NULL;
	for (size_t k = 0; k < part->n; k++) {
		uint32_t i = part->rows[k];
		double value = code ? (code[i] == FRAME_MISSING ? (double)NAN : code[i] == ask->level) : y[i];
		if (isnan(value) || (x && isnan(x[i])))
			continue;
		r->rows[used] = i;
		r->y[used] = value;
		r->w[used] = weight[i];
		if (x)
			r->z[used] = x[i];
		used++;
		n += weight[i] != 0;
	}
	r->used = used;
	return n;
}

static double weighted_sum(const double *w, const double *y, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += w[i] * y[i];
	return sum;
}

static double sum_of(const double *w, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += w[i];
	return sum;
}

/* n/(n-1) sum w (y - mean)^2 / sum w */
static double spread(const double *w, const double *y, size_t used, size_t n)
{
	double sum = sum_of(w, used), mean = weighted_sum(w, y, used) / sum, squares = 0;
	for (size_t i = 0; i < used; i++)
		squares += w[i] * (y[i] - mean) * (y[i] - mean);
	return n > 1 ? squares / sum * (double)n / (double)(n - 1) : (double)NAN;
}

/* ---- estimates ---- */

/* The estimate from what `take` left; with `influence`, z of every answer, too. A ratio's denominators stand in z. */
static double estimate(struct est_run *r, const struct est_ask *ask, size_t n, bool influence)
{
	size_t used = r->used;
	double sum = sum_of(r->w, used), factor = n > 1 ? (double)n / (double)(n - 1) : (double)NAN, e, under, mean;
	switch (ask->kind) {
	case EST_TOTAL:
		for (size_t i = 0; influence && i < used; i++)
			r->z[i] = r->w[i] * r->y[i];
		return weighted_sum(r->w, r->y, used);
	case EST_RATIO:
		under = weighted_sum(r->w, r->z, used);
		e = weighted_sum(r->w, r->y, used) / under;
		for (size_t i = 0; influence && i < used; i++)
			r->z[i] = r->w[i] * (r->y[i] - e * r->z[i]) / under;
		return e;
	case EST_VAR:
		e = spread(r->w, r->y, used, n);
		mean = weighted_sum(r->w, r->y, used) / sum;
		for (size_t i = 0; influence && i < used; i++)
			r->z[i] = r->w[i] * (factor * (r->y[i] - mean) * (r->y[i] - mean) - e) / sum;
		return e;
	case EST_MEAN:
	case EST_PROP:
	case EST_QUANTILE: break;
	}
	e = weighted_sum(r->w, r->y, used) / sum;
	for (size_t i = 0; influence && i < used; i++)
		r->z[i] = r->w[i] * (r->y[i] - e) / sum;
	return e;
}

void est_influence(const struct est_run *r, double *z)
{
	memset(z, 0, r->d->n * sizeof *z);
	for (size_t i = 0; i < r->used; i++)
		z[r->rows[i]] = r->z[i];
}

/* The statistic in each replicate, and the variance of that; e: the estimate, y: as the statistic sees it. */
static double replicated(struct est_run *r, const struct est_ask *ask, double e)
{
	const struct est_rep *rep = r->options.rep;
	size_t used = r->used;
	arena *scratch = arena_new(0);
	double mean = weighted_sum(r->w, r->y, used) / sum_of(r->w, used), n = 0;
	for (size_t i = 0; i < used; i++)
		n += r->w[i] != 0;
	double factor = n / (n - 1);
	struct est_sums s = { .rows = r->rows, .n = used, .w = r->w, .a = r->y };
	if (ask->kind == EST_RATIO || ask->kind == EST_VAR) {
		double *b = NEW_ARRAY(scratch, double, used + 1);
		for (size_t i = 0; i < used; i++)
			b[i] = ask->kind == EST_RATIO ? ask->x->number[r->rows[i]] : (r->y[i] - mean) * (r->y[i] - mean);
		s.b = b;
	}
	double *w = r->sums[0], *a = r->sums[1], *b = r->other;
	est_rep_sums(rep, &s, w, a, b, scratch);
	for (int k = 0; k < rep->n; k++) {
		double m = a[k] / w[k];
		r->theta[k] = ask->kind == EST_TOTAL ? a[k] : ask->kind == EST_RATIO ? a[k] / b[k]
			: ask->kind == EST_VAR ? factor * (b[k] / w[k] - (m - mean) * (m - mean)) : m;
	}
	arena_free(scratch);
	return est_rep_cov(rep, r->theta, r->theta, e, e);
}

static double variance(struct est_run *r, const struct est_ask *ask, double e)
{
	est_design *d = r->d;
	if (r->options.rep)
		return replicated(r, ask, e);
	if (!d->cal)
		return est_variance(d, r->rows, r->used, r->z, r->work);
	est_influence(r, r->full);
	est_cal_residuals(d, r->full, r->scratch);
	return est_variance(d, NULL, d->n, r->full, r->work);
}

/* ---- quantiles ---- */

struct ranked {
	double y;
	uint32_t at;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int d = (x->y > y->y) - (x->y < y->y);
	return d ? d : (x->at > y->at) - (x->at < y->at);
}

/* r->order: answers by y. */
static void sort_answers(struct est_run *r)
{
	arena *scratch = arena_new(0);
	struct ranked *s = NEW_ARRAY(scratch, struct ranked, r->used + 1);
	if (!r->order)
		r->order = NEW_ARRAY(r->d->c->mem, uint32_t, r->d->n + 1);
	for (size_t i = 0; i < r->used; i++)
		s[i] = (struct ranked){ r->y[i], (uint32_t)i };
	qsort(s, r->used, sizeof *s, by_value);
	for (size_t i = 0; i < r->used; i++)
		r->order[i] = s[i].at;
	arena_free(scratch);
}

/* A sum that carries its rounding along: the same on every machine, and right to the last digit. */
struct exact {
	double sum, rest;
};

static void add_exact(struct exact *e, double x)
{
	double next = e->sum + x, part = next - e->sum;
	e->rest += (e->sum - (next - part)) + (x - part);
	e->sum = next;
}

/* A weight as R's designs hold it, the reciprocal of a probability; at ties the last digit decides. */
static double as_kept(double w)
{
	return 1 / (1 / w);
}

/* The smallest y with F(y) >= p, both in doubles. For a limit of an interval, R survey (4.1) takes the second value where p lies below the
 * first step of F; so do we, that intervals agree. */
static double quantile(const struct est_run *r, double p, bool limit)
{
	struct exact total = { 0 }, sum = { 0 };
	double at = 0, below = (double)NAN, above = (double)NAN;
	size_t steps = 0;
	for (size_t k = 0; k < r->used; k++)
		if (r->w[r->order[k]] != 0)
			add_exact(&total, as_kept(r->w[r->order[k]]));
	double whole = total.sum + total.rest;
	for (size_t k = 0; k < r->used; k++) {
		uint32_t i = r->order[k];
		if (r->w[i] == 0)
			continue;
		add_exact(&sum, as_kept(r->w[i]));
		if (sum.sum + sum.rest <= p * whole) {
			at = sum.sum + sum.rest;
			below = r->y[i];
			steps++;
		} else if (steps || !limit || !isnan(above)) {
			above = r->y[i];
			break;
		} else {
			above = r->y[i]; /* the first value; go on to the second */
		}
	}
	return isnan(above) || (steps && p - at / whole == 0) ? below : above;
}

/* Of the share of answers up to y; z stands ready for linearisation. */
static double variance_below(struct est_run *r, const struct est_ask *ask, double y, double share)
{
	if (!r->options.rep)
		return variance(r, ask, share);
	arena *scratch = arena_new(0);
	double *kept = arena_copy(scratch, r->y, r->used * sizeof *kept);
	for (size_t i = 0; i < r->used; i++)
		r->y[i] = r->y[i] <= y;
	double v = replicated(r, ask, share);
	memcpy(r->y, kept, r->used * sizeof *kept);
	arena_free(scratch);
	return v;
}

/* The share of answers up to y: exactly 1 when none with a weight lies above. */
static double share_up_to(const struct est_run *r, double y)
{
	double sum = sum_of(r->w, r->used), share = 0;
	bool above = false;
	for (size_t i = 0; i < r->used; i++) {
		share += r->w[i] / sum * (r->y[i] <= y);
		above = above || (r->w[i] != 0 && r->y[i] > y);
	}
	return above ? share : 1;
}

static void quantile_value(struct est_run *r, const struct est_ask *ask, struct est_value *out)
{
	sort_answers(r);
	out->estimate = quantile(r, ask->p, false);
	double sum = sum_of(r->w, r->used), t = est_t_q((1 - r->options.level) / 2, out->df, true), share = share_up_to(r, out->estimate);
	for (size_t i = 0; i < r->used; i++)
		r->z[i] = r->w[i] * ((r->y[i] <= out->estimate) - share) / sum;
	double v = variance_below(r, ask, out->estimate, share);
	struct est_interval f = est_interval(EST_CI_T, share, v, out->df, out->n, r->options.level);
	out->ci.low = f.low >= 0 ? quantile(r, f.low, true) : (double)NAN;
	out->ci.high = f.high <= 1 ? quantile(r, f.high, true) : (double)NAN;
	out->se = (out->ci.high - out->ci.low) / (2 * t);
	out->variance = out->se * out->se;
}

/* ---- values ---- */

/* The variance of a simple random sample of the answers, for the design effect; y: as the statistic sees it. */
static double simple_variance(struct est_run *r, const struct est_ask *ask, size_t n, double e)
{
	double N = sum_of(r->w, r->used), under = 0;
	if (ask->kind == EST_VAR || !(N > (double)n * (1 + 1e-12)))
		return (double)NAN;
	if (ask->kind == EST_RATIO) { /* of the total of the residuals */
		const double *x = ask->x->number;
		for (size_t i = 0; i < r->used; i++)
			under += r->w[i] * x[r->rows[i]];
		for (size_t i = 0; i < r->used; i++)
			r->y[i] = (r->y[i] - e * x[r->rows[i]]) / under;
	}
	double v = spread(r->w, r->y, r->used, n) * (N - (double)n) / (N * (double)n);
	return ask->kind == EST_TOTAL || ask->kind == EST_RATIO ? v * N * N : v;
}

void est_value(struct est_run *r, const struct est_ask *ask, const struct est_part *part, struct est_value *out)
{
	double none = (double)NAN;
	*out = (struct est_value){ .estimate = none, .variance = none, .se = none, .deff = none, .cv = none, .n_eff = none,
		.ci = { none, none } };
	out->df = r->options.df_of_part ? (double)est_rows_df(r->d, part->rows, part->n) : r->df;
	out->n = take(r, ask, part, r->d->weight);
	if (!out->n)
		return;
	if (ask->kind == EST_QUANTILE) {
		quantile_value(r, ask, out);
	} else {
		out->estimate = estimate(r, ask, out->n, true);
		out->variance = isfinite(out->estimate) ? variance(r, ask, out->estimate) : none;
		out->se = sqrt(out->variance);
		out->deff = out->variance / simple_variance(r, ask, out->n, out->estimate);
		if (!isfinite(out->deff))
			out->deff = none;
		out->ci = est_interval(ask->kind == EST_PROP ? r->options.ci : EST_CI_T, out->estimate, out->variance, out->df, out->n,
			r->options.level);
	}
	if (ask->kind == EST_MEAN || ask->kind == EST_PROP)
		out->n_eff = out->deff > 1 ? (double)out->n / out->deff : (double)out->n;
	out->cv = out->estimate != 0 ? out->se / fabs(out->estimate) : none;
}

/* ---- several at once ---- */

enum err est_covariance(struct est_run *r, const struct est_item *items, int k, struct est_value *values, double *cov)
{
	est_design *d = r->d;
	const struct est_rep *rep = r->options.rep;
	size_t columns = (size_t)k, rows = rep ? (size_t)rep->n : d->n;
	if (rows * columns > EST_MAX_COVARIANCE) {
		fault *made = cx_fault(d->c, FAULT_ERROR, "est.covariance_big", (place){ .file = d->f->file }, STR(""));
		fault_arg(d->c, made, 1, arena_printf(d->c->mem, "%d", EST_MAX_COVARIANCE));
		return ERR_LIMIT;
	}
	arena *scratch = arena_new(0);
	double *all = NEW_ARRAY(scratch, double, rows *columns + 1), *one = NEW_ARRAY(scratch, double, d->n + 1);
	for (size_t j = 0; j < columns; j++) {
		assert(items[j].ask.kind != EST_QUANTILE);
		est_value(r, &items[j].ask, items[j].part, &values[j]);
		if (rep) {
			memcpy(all + j * rows, r->theta, rows * sizeof *all);
			continue;
		}
		est_influence(r, one);
		if (d->cal)
			est_cal_residuals(d, one, r->scratch);
		for (size_t i = 0; i < rows; i++)
			all[i * columns + j] = one[i];
	}
	for (size_t a = 0; rep && a < columns; a++)
		for (size_t b = 0; b < columns; b++)
			cov[a * columns + b] = est_rep_cov(rep, all + a * rows, all + b * rows, values[a].estimate, values[b].estimate);
	if (!rep)
		est_cov(d, NULL, d->n, all, k, est_work_new(scratch, d, k), cov);
	arena_free(scratch);
	return ERR_OK;
}
