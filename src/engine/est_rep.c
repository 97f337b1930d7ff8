#include "engine/est_rep.h"
#include <assert.h>
#include <math.h>
#include "base/pool.h"
#include "base/rng.h"

enum { MAX_HADAMARD = 4096, RANK_WORK = 2000000000 };

static enum err fail(const est_design *d, const char *key, str value)
{
	return cx_fail(d->c, ERR_INPUT, key, (place){ .file = d->f->file }, value);
}

static str number_text(const est_design *d, double x)
{
	return arena_printf(d->c->mem, "%.15g", x);
}

/* 1 - n / N of a first-stage stratum. */
static double left_of(const est_design *d, uint32_t h)
{
	const struct est_stage *st = &d->stage[0];
	double N = st->population[h], left = isinf(N) ? 1 : (N - st->count[h]) / N;
	return left < 1e-7 ? 0 : left;
}

/* The rank of made replicates less one, as R survey counts degrees of freedom, without laying them out: in a stratum with weight in p of its n
 * units there are min(p, n - 1) ways to differ; where no stratum has the whole weights in reach, they are one way fewer. */
static double made_df(const est_design *d, const bool *replicated)
{
	const struct est_stage *st = &d->stage[0];
	arena *scratch = arena_new(0);
	uint32_t *with = NEW_ARRAY(scratch, uint32_t, st->n_strata + 1), last = UINT32_MAX;
	bool whole = false;
	int64_t ways = 0;
	for (size_t i = 0; i < d->n; i++)
		if (d->base[i] > 0 && d->psu[i] != last) {
			last = d->psu[i];
			with[st->stratum[last]]++;
		}
	for (uint32_t h = 0; h < st->n_strata; h++) {
		whole = whole || (with[h] && (!replicated[h] || with[h] == st->count[h]));
		ways += !replicated[h] ? 0 : with[h] < st->count[h] ? with[h] : st->count[h] - 1;
	}
	arena_free(scratch);
	return (double)(ways - !whole);
}

static enum err fail_lonely(const est_design *d, uint32_t h)
{
	const struct frame_column *stratum = d->spec.strata ? d->spec.stratum[0] : NULL;
	size_t row = d->stage[0].first[h];
	return cx_fail(d->c, ERR_INPUT, "est.rep_lonely", frame_at(d->f, stratum, row), stratum ? stratum->level[stratum->code[row]] : STR("–"));
}

/* ---- jackknife ---- */

static enum err make_jackknife(est_design *d, struct est_rep *rep)
{
	const struct est_stage *st = &d->stage[0];
	if (rep->kind == EST_JK1 ? st->n_strata > 1 : !d->spec.strata)
		return fail(d, "est.rep_strata", rep->kind == EST_JK1 ? STR("JK1") : STR("JKn"));
	if (st->n_units > EST_MAX_REP_CELLS / 8)
		return fail(d, "est.rep_big", number_text(d, st->n_units));
	rep->left_out = NEW_ARRAY(d->c->mem, uint32_t, st->n_units + 1);
	rep->scale = NEW_ARRAY(d->c->mem, double, st->n_units + 1);
	bool *replicated = NEW_ARRAY(d->c->mem, bool, st->n_strata + 1);
	for (uint32_t u = 0; u < st->n_units; u++) {
		uint32_t h = st->stratum[u];
		double n = st->count[h], left = left_of(d, h);
		if (left == 0)
			continue;
		if (n < 2) {
			if (d->lonely == EST_REMOVE)
				continue;
			return fail_lonely(d, h);
		}
		replicated[h] = true;
		rep->left_out[rep->n] = u;
		rep->scale[rep->n++] = left * (n - 1) / n;
	}
	rep->df = rep->n ? made_df(d, replicated) : 0;
	return ERR_OK;
}

/* ---- balanced half samples ---- */

static bool is_prime(int n)
{
	for (int k = 2; k * k <= n; k++)
		if (n % k == 0)
			return false;
	return n > 1;
}

/* What an order n = core 2^k goes back to: 1 (Sylvester), or Paley's p + 1 with p prime, or 36 (twin primes); 0: none of these. */
static int smallest_core(int n)
{
	int core = n;
	while (core % 8 == 0)
		core /= 2;
	return core == 4 ? 1 : core == 36 || is_prime(core - 1) ? core : 0;
}

/* The order that R survey takes for H strata, and its core: the first n above H, or behind a gap the next one, whichever way. */
static int hadamard_order(int H, int *core)
{
	int least = H / 4 * 4 + 4, n = least;
	while (!smallest_core(n) && !is_prime(n - 1))
		n += 4;
	*core = smallest_core(n);
	if (!*core || (n > least && is_prime(n - 1)))
		*core = n;
	return n;
}

/* plus[k]: the sign in row i, column j of a core, k = i - 1 + (j - 1) modulo its length, i and j from 1. */
static bool *core_signs(arena *mem, int core)
{
	int q = core == 36 ? 35 : core - 1;
	bool *square = NEW_ARRAY(mem, bool, (size_t)core + 1), *plus = NEW_ARRAY(mem, bool, (size_t)core + 1);
	for (int k = 1; core != 36 && k < q; k++)
		square[(int64_t)k * k % q] = true;
	for (int k = 1; core != 36 && k < q; k++)
		plus[k] = !square[k];
	/* R. G. Stanton and D. A. Sprott (Canadian J. Math. 10, 1958), 35 = 5 * 7: minus where 7 divides k, or where -k is a square modulo both or
	 * modulo neither. */
	for (int k = 0; core == 36 && k < q; k++) {
		int a = (35 - k) % 5, b = (35 - k) % 7;
		bool square_a = a == 1 || a == 4, square_b = b == 1 || b == 2 || b == 4;
		plus[k] = b != 0 && (a == 0 || square_a != square_b);
	}
	return plus;
}

/* The sign in row i, column j of the Hadamard matrix of order n, by doublings (H, H; H, -H) of its core. */
static bool hadamard_plus(int n, int core, const bool *plus, int i, int j)
{
	bool flip = false;
	for (; n > core; n /= 2) {
		int half = n / 2;
		if (i >= half && j >= half)
			flip = !flip;
		i %= half;
		j %= half;
	}
	/* The first row is plus, the first column, too, except beside the cyclic 35. */
	bool entry = core == 1 || i == 0 || (j == 0 ? core != 36 : plus[(i + j - 2) % (core - 1)]);
	return entry != flip;
}

/* Numbers of the strata in the order of their labels as text: row h + 1 of the matrix is the h-th one's. */
static uint32_t *by_label(const est_design *d, arena *mem)
{
	const struct est_stage *st = &d->stage[0];
	const struct frame_column *stratum = d->spec.stratum[0];
	uint32_t *order = NEW_ARRAY(mem, uint32_t, st->n_strata), *at = NEW_ARRAY(mem, uint32_t, stratum->n_levels + 1);
	const uint32_t *rank = frame_text_ranks(mem, stratum);
	for (uint32_t h = 0; h < st->n_strata; h++)
		at[rank[stratum->code[st->first[h]]] + 1] = 1;
	for (uint32_t k = 0; k < stratum->n_levels; k++)
		at[k + 1] += at[k];
	for (uint32_t h = 0; h < st->n_strata; h++)
		order[h] = at[rank[stratum->code[st->first[h]]]];
	return order;
}

static enum err make_brr(est_design *d, struct est_rep *rep)
{
	const struct est_stage *st = &d->stage[0];
	arena *mem = d->c->mem;
	int H = (int)st->n_strata, core;
	if (!d->spec.strata)
		return fail(d, "est.rep_strata", STR("BRR"));
	for (uint32_t h = 0; h < st->n_strata; h++)
		if (st->count[h] != 2)
			return cx_fail(d->c, ERR_INPUT, "est.rep_two", frame_at(d->f, NULL, st->first[h]), number_text(d, st->count[h]));
	if (H >= MAX_HADAMARD)
		return fail(d, "est.rep_big", number_text(d, H));
	int n = hadamard_order(H, &core);
	const bool *plus = core_signs(mem, core);
	const uint32_t *order = by_label(d, mem);
	rep->n = n;
	rep->scale = NEW_ARRAY(mem, double, (size_t)n);
	rep->times = NEW_ARRAY(mem, uint16_t, (size_t)n * st->n_units);
	rep->from = NEW_ARRAY(mem, double, st->n_strata);
	rep->step = NEW_ARRAY(mem, double, st->n_strata);
	for (int r = 0; r < n; r++)
		rep->scale[r] = 1.0 / n;
	bool *replicated = NEW_ARRAY(mem, bool, st->n_strata);
	for (uint32_t u = 0; u < st->n_units; u++) {
		uint32_t h = st->stratum[u];
		replicated[h] = true;
		bool second = u > 0 && st->stratum[u - 1] == h;
		rep->step[h] = 2;
		for (int r = 0; r < n; r++)
			rep->times[(size_t)u * (size_t)n + (size_t)r] = hadamard_plus(n, core, plus, (int)order[h] + 1, r) != second;
	}
	rep->df = made_df(d, replicated);
	for (uint32_t h = 0; h < st->n_strata; h++)
		if (!isinf(st->population[h])) {
			cx_fault(d->c, FAULT_NOTE, "est.rep_fpc", (place){ .file = d->f->file }, STR("BRR"));
			break;
		}
	return ERR_OK;
}

/* ---- bootstrap ---- */

struct draw {
	const est_design *d;
	struct est_rep *rep;
	uint64_t seed;
	int from, to;
};

static void draw_replicates(void *arg)
{
	const struct draw *w = arg;
	const struct est_stage *st = &w->d->stage[0];
	size_t R = (size_t)w->rep->n;
	for (int r = w->from; r < w->to; r++) {
		rng g;
		/* Far-apart seeds for neighbours. */
		rng_seed(&g, w->seed * 0x9e3779b97f4a7c15u + (uint64_t)r * 0xd1342543de82ef95u + 1);
		for (uint32_t first = 0, n; first < st->n_units; first += n) {
			n = st->count[st->stratum[first]];
			for (uint32_t k = 1; k < n; k++)
				w->rep->times[(first + rng_below(&g, n)) * R + (size_t)r]++;
		}
	}
}

/* Runs work on replicates 0 … n-1 in pieces. */
static void in_pieces(int threads, int n, size_t size, const void *base, void (*run)(void *), void (*set)(void *, int, int), arena *mem)
{
	int pieces = threads > 1 ? threads * 4 : 1;
	pool *p = threads > 1 ? pool_new(&(pool_options){ .name = "replicates", .threads = threads, .queue = (size_t)pieces }) : NULL;
	for (int k = 0; k < pieces; k++) {
		void *one = arena_copy(mem, base, size);
		set(one, (int)((int64_t)n * k / pieces), (int)((int64_t)n * (k + 1) / pieces));
		if (!p || !pool_put(p, run, one))
			run(one);
	}
	pool_stop(p);
}

static void set_draw(void *one, int from, int to)
{
	struct draw *w = one;
	w->from = from;
	w->to = to;
}

static enum err make_bootstrap(est_design *d, const struct est_rep_options *o, struct est_rep *rep)
{
	const struct est_stage *st = &d->stage[0];
	arena *mem = d->c->mem;
	if ((uint64_t)st->n_units * (uint64_t)o->n > EST_MAX_REP_CELLS)
		return fail(d, "est.rep_big", number_text(d, (double)st->n_units * o->n));
	rep->n = o->n;
	rep->scale = NEW_ARRAY(mem, double, (size_t)o->n);
	rep->times = NEW_ARRAY(mem, uint16_t, (size_t)o->n * st->n_units);
	rep->from = NEW_ARRAY(mem, double, st->n_strata);
	rep->step = NEW_ARRAY(mem, double, st->n_strata);
	for (int r = 0; r < o->n; r++)
		rep->scale[r] = 1.0 / (o->n - 1);
	bool *replicated = NEW_ARRAY(mem, bool, st->n_strata);
	for (uint32_t h = 0; h < st->n_strata; h++) {
		double n = st->count[h], pull = sqrt(left_of(d, h));
		if (n < 2 && pull > 0 && d->lonely != EST_REMOVE)
			return fail_lonely(d, h);
		replicated[h] = n > 1 && pull > 0;
		rep->from[h] = n > 1 ? 1 - pull : 1;
		rep->step[h] = n > 1 ? pull * n / (n - 1) : 0;
	}
	struct draw base = { .d = d, .rep = rep, .seed = o->seed };
	in_pieces(o->threads, o->n, sizeof base, &base, draw_replicates, set_draw, mem);
	rep->df = fmin(made_df(d, replicated), o->n - 1);
	return ERR_OK;
}

/* ---- columns ---- */

/* The rank of the replicates, over rows that differ, by Gram and Schmidt; R when there are too many to look at. */
static int rank_of(const est_design *d, const struct est_rep *rep)
{
	size_t R = (size_t)rep->n;
	arena *scratch = arena_new(0);
	double *basis = NEW_ARRAY(scratch, double, R *R), *v = NEW_ARRAY(scratch, double, R), *last = NEW_ARRAY(scratch, double, R);
	size_t rank = 0;
	double work = 0;
	for (size_t i = 0; i < d->n && rank < R && work < RANK_WORK; i++) {
		double norm = 0, left = 0;
		bool same = i > 0;
		for (size_t r = 0; r < R; r++) {
			v[r] = rep->weights[r][i];
			norm += v[r] * v[r];
		}
		norm = sqrt(norm);
		for (size_t r = 0; r < R && norm > 0; r++) {
			v[r] /= norm;
			same = same && fabs(v[r] - last[r]) < 1e-12;
		}
		if (norm <= 0 || same)
			continue;
		memcpy(last, v, R * sizeof *v);
		for (int pass = 0; pass < 2; pass++)
			for (size_t k = 0; k < rank; k++) {
				double dot = 0;
				for (size_t r = 0; r < R; r++)
					dot += basis[k * R + r] * v[r];
				for (size_t r = 0; r < R; r++)
					v[r] -= dot * basis[k * R + r];
			}
		work += 4.0 * (double)rank * (double)R;
		for (size_t r = 0; r < R; r++)
			left += v[r] * v[r];
		if (left < 1e-10)
			continue;
		for (size_t r = 0; r < R; r++)
			basis[rank * R + r] = v[r] / sqrt(left);
		rank++;
	}
	arena_free(scratch);
	return work < RANK_WORK ? (int)rank : rep->n;
}

/* What a set of given replicates looks like. */
struct look {
	bool jackknife, two_sided;
	double rho;
};

static struct look look_at(const est_design *d, const struct est_rep *rep, double *most)
{
	struct look l = { .jackknife = true, .two_sided = true, .rho = (double)INFINITY };
	size_t R = (size_t)rep->n;
	for (size_t r = 0; r < R; r++) {
		most[r] = 0;
		for (size_t i = 0; i < d->n; i++)
			if (d->base[i] > 0) {
				double ratio = rep->weights[r][i] / d->base[i];
				most[r] = fmax(most[r], ratio);
				l.rho = fmin(l.rho, ratio);
			}
	}
	for (size_t i = 0; i < d->n; i++) {
		size_t zeros = 0;
		double sum = 0, near = 1e-6; /* half samples are balanced: as often above one as below */
		for (size_t r = 0; r < R && d->base[i] > 0; r++) {
			double ratio = rep->weights[r][i] / d->base[i];
			zeros += ratio == 0;
			sum += ratio - 1;
			l.two_sided = l.two_sided && (fabs(ratio - l.rho) < near || fabs(ratio - (2 - l.rho)) < near);
			l.jackknife = l.jackknife && (ratio == 0 || fabs(ratio - 1) < near || fabs(ratio - most[r]) < near);
		}
		l.two_sided = l.two_sided && fabs(sum) < near * (double)R;
		l.jackknife = l.jackknife && (zeros == 1 || !(d->base[i] > 0));
	}
	return l;
}

static enum err take_columns(est_design *d, const struct est_rep_options *o, struct est_rep *rep)
{
	arena *mem = d->c->mem;
	if (o->n_columns < 2)
		return fail(d, "est.rep_columns", number_text(d, o->n_columns));
	rep->n = o->n_columns;
	rep->weights = arena_array(mem, (size_t)rep->n, sizeof *rep->weights);
	rep->scale = NEW_ARRAY(mem, double, (size_t)rep->n);
	bool good = true;
	for (int r = 0; r < rep->n; r++) {
		rep->weights[r] = o->columns[r]->number;
		for (size_t i = 0; i < d->n; i++)
			if (!(rep->weights[r][i] >= 0) || isinf(rep->weights[r][i])) {
				cx_fault(d->c, FAULT_ERROR, "est.rep_weight", frame_at(d->f, o->columns[r], i), STR(""));
				good = false;
			}
	}
	if (!good)
		return ERR_INPUT;
	double *most = NEW_ARRAY(mem, double, (size_t)rep->n), R = rep->n;
	struct look l = look_at(d, rep, most);
	for (int r = 0; r < rep->n; r++)
		rep->scale[r] = o->scale > 0 ? o->scale : l.jackknife ? 1 / most[r] : l.two_sided ? 1 / (R * (1 - l.rho) * (1 - l.rho)) : 1 / (R - 1);
	if (!(o->scale > 0))
		cx_fault(d->c, FAULT_NOTE, "est.rep_seen", (place){ .file = d->f->file },
			l.jackknife ? STR("jackknife") : l.two_sided ? STR("BRR") : STR("bootstrap"));
	rep->df = rank_of(d, rep) - 1;
	return ERR_OK;
}

/* ---- calibrated replicates ---- */

struct recalibrate {
	const est_design *d;
	struct est_rep *rep;
	double *all; /* n x d->n */
	bool *good;  /* by replicate */
	int from, to;
};

static double multiplier(const struct est_rep *rep, int r, uint32_t u)
{
	const struct est_stage *st = &rep->d->stage[0];
	uint32_t h = st->stratum[u];
	if (rep->times)
		return rep->from[h] + rep->step[h] * rep->times[(size_t)u * (size_t)rep->n + (size_t)r];
	if (u == rep->left_out[r])
		return 0;
	double n = st->count[h];
	return h == st->stratum[rep->left_out[r]] ? n / (n - 1) : 1;
}

static void recalibrate(void *arg)
{
	const struct recalibrate *w = arg;
	const est_design *d = w->d;
	for (int r = w->from; r < w->to; r++) {
		double *to = w->all + (size_t)r * d->n;
		for (size_t i = 0; i < d->n; i++)
			to[i] = w->rep->weights ? w->rep->weights[r][i] : d->base[i] * multiplier(w->rep, r, d->psu[i]);
		arena *scratch = arena_new(0);
		w->good[r] = est_cal_weights(d, to, scratch);
		arena_free(scratch);
	}
}

static void set_recalibrate(void *one, int from, int to)
{
	struct recalibrate *w = one;
	w->from = from;
	w->to = to;
}

static enum err make_calibrated(est_design *d, const struct est_rep_options *o, struct est_rep *rep)
{
	arena *mem = d->c->mem;
	if ((uint64_t)d->n * (uint64_t)rep->n > EST_MAX_REP_CELLS)
		return fail(d, "est.rep_big", number_text(d, (double)d->n * rep->n));
	struct recalibrate base = { .d = d, .rep = rep };
	base.all = NEW_ARRAY(mem, double, d->n *(size_t)rep->n + 1);
	base.good = NEW_ARRAY(mem, bool, (size_t)rep->n + 1);
	in_pieces(o->threads, rep->n, sizeof base, &base, recalibrate, set_recalibrate, mem);
	const double **weights = arena_array(mem, (size_t)rep->n + 1, sizeof *weights);
	for (int r = 0; r < rep->n; r++) {
		if (!base.good[r])
			return fail(d, "est.rep_calibration", number_text(d, r + 1));
		weights[r] = base.all + (size_t)r * d->n;
	}
	rep->weights = weights;
	return ERR_OK;
}

enum err est_rep_make(est_design *d, const struct est_rep_options *o, struct est_rep **out)
{
	struct est_rep *rep = NEW(d->c->mem, struct est_rep);
	*rep = (struct est_rep){ .d = d, .kind = o->kind, .mse = o->mse };
	assert(o->kind != EST_BOOTSTRAP || (o->n >= 2 && o->n <= EST_MAX_REPLICATES));
	enum err e = o->kind == EST_BRR         ? make_brr(d, rep)
		: o->kind == EST_BOOTSTRAP ? make_bootstrap(d, o, rep)
		: o->kind == EST_COLUMNS   ? take_columns(d, o, rep)
					   : make_jackknife(d, rep);
	if (!e && d->cal)
		e = make_calibrated(d, o, rep);
	if (!e)
		*out = rep;
	return e;
}

/* ---- sums and variances ---- */

/* Sums per PSU, for entries in the order of the design. */
struct unit_sums {
	uint32_t *psu;
	double *sum; /* three each */
	size_t n;
};

static struct unit_sums by_psu(const est_design *d, const struct est_sums *s, arena *scratch)
{
	struct unit_sums u = { NEW_ARRAY(scratch, uint32_t, s->n + 1), NEW_ARRAY(scratch, double, 3 * s->n + 3), 0 };
	for (size_t k = 0; k < s->n; k++) {
		uint32_t psu = d->psu[s->rows[k]];
		if (!u.n || u.psu[u.n - 1] != psu)
			u.psu[u.n++] = psu;
		double *to = u.sum + 3 * (u.n - 1);
		to[0] += s->w[k];
		to[1] += s->w[k] * s->a[k];
		to[2] += s->b ? s->w[k] * s->b[k] : 0;
	}
	return u;
}

static void sums_by_times(const struct est_rep *rep, const struct unit_sums *u, double *const sum[3])
{
	size_t R = (size_t)rep->n;
	double fixed[3] = { 0 };
	for (size_t k = 0; k < u->n; k++) {
		uint32_t h = rep->d->stage[0].stratum[u->psu[k]];
		const uint16_t *times = rep->times + (size_t)u->psu[k] * R;
		for (int j = 0; j < 3; j++) {
			double part = rep->step[h] * u->sum[3 * k + (size_t)j], *to = sum[j];
			fixed[j] += rep->from[h] * u->sum[3 * k + (size_t)j];
			for (size_t r = 0; part != 0 && r < R; r++)
				to[r] += part * times[r];
		}
	}
	for (int j = 0; j < 3; j++)
		for (size_t r = 0; r < R; r++)
			sum[j][r] += fixed[j];
}

/* Jackknife: the whole, less the stratum, plus what is left of it. */
static void sums_left_out(const struct est_rep *rep, const struct unit_sums *u, double *const sum[3], arena *scratch)
{
	const struct est_stage *st = &rep->d->stage[0];
	double whole[3] = { 0 }, *stratum = NEW_ARRAY(scratch, double, 3 * (size_t)st->n_strata), *unit = NEW_ARRAY(scratch, double, 3 * (size_t)st->n_units);
	for (size_t k = 0; k < u->n; k++)
		for (size_t j = 0; j < 3; j++) {
			whole[j] += u->sum[3 * k + j];
			stratum[3 * st->stratum[u->psu[k]] + j] += u->sum[3 * k + j];
			unit[3 * u->psu[k] + j] = u->sum[3 * k + j];
		}
	for (int r = 0; r < rep->n; r++) {
		uint32_t out = rep->left_out[r], h = st->stratum[out];
		double n = st->count[h];
		for (size_t j = 0; j < 3; j++)
			sum[j][r] = whole[j] - stratum[3 * h + j] + (stratum[3 * h + j] - unit[3 * out + j]) * n / (n - 1);
	}
}

void est_rep_sums(const struct est_rep *rep, const struct est_sums *s, double *sum, double *sum_a, double *sum_b, arena *scratch)
{
	size_t R = (size_t)rep->n;
	double *const to[3] = { sum, sum_a, sum_b };
	for (int j = 0; j < 3; j++)
		memset(to[j], 0, R * sizeof *sum);
	if (rep->weights) {
		for (size_t r = 0; r < R; r++)
			for (size_t k = 0; k < s->n; k++) {
				double w = rep->weights[r][s->rows[k]];
				sum[r] += w;
				sum_a[r] += w * s->a[k];
				sum_b[r] += s->b ? w * s->b[k] : 0;
			}
		return;
	}
	struct unit_sums u = by_psu(rep->d, s, scratch);
	if (rep->times)
		sums_by_times(rep, &u, to);
	else
		sums_left_out(rep, &u, to, scratch);
}

double est_rep_cov(const struct est_rep *rep, const double *x, const double *y, double x0, double y0)
{
	double mean_x = 0, mean_y = 0, sum = 0;
	int n = 0;
	for (int r = 0; r < rep->n; r++)
		if (isfinite(x[r]) && isfinite(y[r])) {
			mean_x += x[r];
			mean_y += y[r];
			n++;
		}
	if (!n)
		return rep->n ? (double)NAN : 0;
	mean_x = rep->mse ? x0 : mean_x / n;
	mean_y = rep->mse ? y0 : mean_y / n;
	for (int r = 0; r < rep->n; r++)
		if (isfinite(x[r]) && isfinite(y[r]))
			sum += rep->scale[r] * (x[r] - mean_x) * (y[r] - mean_y);
	return sum;
}
