#include "engine/est_test.h"
#include <math.h>
#include "engine/est_math.h"

/* The table of a part: cells by row level and column level that occur. */
struct table {
	uint32_t rows, columns;
	uint32_t *code; /* by row of the design: cell, or FRAME_MISSING */
};

/* Levels that occur with weight, in order: number of a code, or FRAME_MISSING. */
static uint32_t *present(const est_design *d, const struct frame_column *f, const struct frame_column *other, const struct est_part *part, uint32_t *n)
{
	uint32_t *number = NEW_ARRAY(d->c->mem, uint32_t, f->n_levels + 1);
	bool *there = NEW_ARRAY(d->c->mem, bool, f->n_levels + 1);
	for (size_t k = 0; k < part->n; k++) {
		uint32_t i = part->rows[k];
		if (d->weight[i] != 0 && f->code[i] != FRAME_MISSING && other->code[i] != FRAME_MISSING)
			there[f->code[i]] = true;
	}
	*n = 0;
	for (uint32_t k = 0; k < f->n_levels; k++)
		number[k] = there[k] ? (*n)++ : FRAME_MISSING;
	return number;
}

/* x := m^-1 x, both k x k, by elimination with pivots. False: singular. */
static bool solve(double *m, double *x, size_t k)
{
	for (size_t c = 0; c < k; c++) {
		size_t best = c;
		for (size_t i = c + 1; i < k; i++)
			if (fabs(m[i * k + c]) > fabs(m[best * k + c]))
				best = i;
		if (!(fabs(m[best * k + c]) > 0))
			return false;
		for (size_t j = 0; j < k; j++) {
			double t = m[c * k + j];
			m[c * k + j] = m[best * k + j];
			m[best * k + j] = t;
			t = x[c * k + j];
			x[c * k + j] = x[best * k + j];
			x[best * k + j] = t;
		}
		for (size_t i = 0; i < k; i++) {
			double by = i == c ? 0 : m[i * k + c] / m[c * k + c];
			for (size_t j = 0; by != 0 && j < k; j++) {
				m[i * k + j] -= by * m[c * k + j];
				x[i * k + j] -= by * x[c * k + j];
			}
		}
	}
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++)
			x[i * k + j] /= m[i * k + i];
	return true;
}

/* Contrast q of the table at a cell: +1 -1 in rows times +1 -1 in columns, against the last level of each. */
static double contrast(const struct table *t, size_t q, size_t cell)
{
	size_t row = q / (t->columns - 1), column = q % (t->columns - 1), i = cell / t->columns, j = cell % t->columns;
	double a = i == row ? 1 : i == t->rows - 1 ? -1 : 0, b = j == column ? 1 : j == t->columns - 1 ? -1 : 0;
	return a * b;
}

/* out = C' D^-1 M D^-1 C (M the covariances), or C' D^-1 C when cov is NULL. */
static void project(const struct table *t, const double *share, const double *cov, double *out)
{
	size_t cells = (size_t)t->rows * t->columns, k = (size_t)(t->rows - 1) * (t->columns - 1);
	for (size_t p = 0; p < k; p++)
		for (size_t q = 0; q < k; q++) {
			double sum = 0;
			for (size_t i = 0; i < cells; i++) {
				double left = share[i] > 0 ? contrast(t, p, i) / share[i] : 0;
				if (left == 0)
					continue;
				if (!cov)
					sum += left * contrast(t, q, i);
				for (size_t j = 0; cov && j < cells; j++)
					sum += share[j] > 0 ? left * cov[i * cells + j] * contrast(t, q, j) / share[j] : 0;
			}
			out[p * k + q] = sum;
		}
}

static double pearson(const struct table *t, const double *share)
{
	double x2 = 0, row[EST_MAX_TABLE] = { 0 }, column[EST_MAX_TABLE] = { 0 };
	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->columns; j++) {
			row[i] += share[i * t->columns + j];
			column[j] += share[i * t->columns + j];
		}
	for (size_t i = 0; i < t->rows; i++)
		for (size_t j = 0; j < t->columns; j++) {
			double expected = row[i] * column[j], off = share[i * t->columns + j] - expected;
			x2 += off * off / expected;
		}
	return x2;
}

/* R survey counts units whose rows all have weight zero here, and nowhere else. */
static double denominator_df(const struct est_run *r, const struct est_value *v)
{
	const struct est_stage *st = &r->d->stage[0];
	return r->options.rep || r->options.df_of_part ? v->df : (double)st->n_units - st->n_strata;
}

enum err est_test(struct est_run *r, struct frame_column *a, struct frame_column *b, const struct est_part *part, struct est_test *out)
{
	est_design *d = r->d;
	arena *mem = d->c->mem;
	struct table t;
	uint32_t *row = present(d, a, b, part, &t.rows), *column = present(d, b, a, part, &t.columns);
	double none = (double)NAN;
	*out = (struct est_test){ .x2 = none, .chi2 = none, .p_first = none, .f = none, .ndf = none, .ddf = none, .p_second = none };
	if (t.rows < 2 || t.columns < 2)
		return ERR_OK;
	if ((uint64_t)t.rows * t.columns > EST_MAX_TABLE) {
		fault *made = cx_fault(d->c, FAULT_ERROR, "est.test_big", frame_at(d->f, a, 0), STR(""));
		fault_arg(d->c, made, 1, arena_printf(mem, "%d", EST_MAX_TABLE));
		return ERR_INPUT;
	}
	size_t cells = (size_t)t.rows * t.columns, k = (size_t)(t.rows - 1) * (t.columns - 1);
	t.code = NEW_ARRAY(mem, uint32_t, d->n + 1);
	for (size_t i = 0; i < d->n; i++) {
		uint32_t x = a->code[i] == FRAME_MISSING ? FRAME_MISSING : row[a->code[i]],
			 y = b->code[i] == FRAME_MISSING ? FRAME_MISSING : column[b->code[i]];
		t.code[i] = x == FRAME_MISSING || y == FRAME_MISSING ? FRAME_MISSING : x * t.columns + y;
	}
	struct frame_column cell = { .kinds = FRAME_FACTOR, .code = t.code, .n_levels = (uint32_t)cells };
	struct est_item *items = NEW_ARRAY(mem, struct est_item, cells);
	struct est_value *values = NEW_ARRAY(mem, struct est_value, cells);
	double *cov = NEW_ARRAY(mem, double, cells *cells), *share = NEW_ARRAY(mem, double, cells);
	for (size_t i = 0; i < cells; i++)
		items[i] = (struct est_item){ { .kind = EST_PROP, .y = &cell, .level = (uint32_t)i }, part };
	enum err e = est_covariance(r, items, (int)cells, values, cov);
	if (e)
		return e;
	for (size_t i = 0; i < cells; i++)
		share[i] = values[i].estimate;
	double *denominator = NEW_ARRAY(mem, double, k * k), *delta = NEW_ARRAY(mem, double, k * k), trace = 0, squares = 0, n = (double)values[0].n;
	project(&t, share, NULL, denominator);
	project(&t, share, cov, delta);
	bool good = solve(denominator, delta, k);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			trace += i == j ? delta[i * k + i] * n : 0;
			squares += delta[i * k + j] * delta[j * k + i] * n * n;
		}
	*out = (struct est_test){ .x2 = pearson(&t, share) * n, .df = (double)k, .n = values[0].n };
	out->chi2 = good ? out->x2 / (trace / (double)k) : (double)NAN;
	out->p_first = est_chi2_p(out->chi2, (double)k, true);
	out->f = good ? out->x2 / trace : (double)NAN;
	out->ndf = trace * trace / squares;
	out->ddf = out->ndf * denominator_df(r, &values[0]);
	out->p_second = est_f_p(out->f, out->ndf, out->ddf, true);
	return ERR_OK;
}
