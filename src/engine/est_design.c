#include "engine/est_design.h"
#include <assert.h>
#include <math.h>

static const double ALL_DRAWN = 1e-7; /* 1 - f below this: every unit was drawn */

/* Two numbers as one dense number, in order of appearance. */
struct pairs {
	uint64_t *key;
	uint32_t *value;
	size_t cap;
	uint32_t n;
	uint64_t last_key;
	uint32_t last;
};

struct maker {
	frame *f;
	const struct est_spec *spec;
	arena *scratch;
	est_design *d;
	int all; /* stages of the spec, at least 1 */
	uint32_t *unit[EST_STAGES], *stratum[EST_STAGES]; /* by row */
};

/* ---- dense numbers ---- */

static void pairs_grow(struct pairs *p, arena *scratch)
{
	struct pairs more = *p;
	more.cap = p->cap ? p->cap * 2 : 1024;
	more.key = NEW_ARRAY(scratch, uint64_t, more.cap);
	more.value = NEW_ARRAY(scratch, uint32_t, more.cap);
	for (size_t i = 0; i < p->cap; i++) {
		if (!p->value[i])
			continue;
		size_t at = (p->key[i] * 0x9e3779b97f4a7c15u) >> 20 & (more.cap - 1);
		while (more.value[at])
			at = (at + 1) & (more.cap - 1);
		more.key[at] = p->key[i];
		more.value[at] = p->value[i];
	}
	*p = more;
}

static uint32_t pairs_number(struct pairs *p, uint32_t a, uint32_t b, arena *scratch, bool *added)
{
	uint64_t key = (uint64_t)a << 32 | b;
	*added = false;
	if (p->n && key == p->last_key)
		return p->last;
	if ((size_t)p->n * 2 >= p->cap)
		pairs_grow(p, scratch);
	size_t at = (key * 0x9e3779b97f4a7c15u) >> 20 & (p->cap - 1);
	while (p->value[at] && p->key[at] != key)
		at = (at + 1) & (p->cap - 1);
	if (!p->value[at]) {
		p->key[at] = key;
		p->value[at] = ++p->n;
		*added = true;
	}
	p->last_key = key;
	return p->last = p->value[at] - 1;
}

/* ---- checks of the columns ---- */

static bool check_codes(const frame *f, const struct frame_column *col)
{
	bool good = true;
	for (size_t i = 0; i < f->n; i++)
		if (col->code[i] == FRAME_MISSING) {
			cx_fault(f->c, FAULT_ERROR, "est.missing", frame_at(f, col, i), STR(""));
			good = false;
		}
	return good;
}

static bool check_weights(const frame *f, const struct frame_column *col)
{
	bool good = true, any = false;
	for (size_t i = 0; i < f->n; i++) {
		double w = col->number[i];
		if (isnan(w) || w < 0 || isinf(w)) {
			cx_fault(f->c, FAULT_ERROR, isnan(w) ? "est.missing" : "est.weight", frame_at(f, col, i),
				isnan(w) ? STR("") : arena_printf(f->c->mem, "%g", w));
			good = false;
		}
		any = any || w > 0;
	}
	if (good && !any)
		cx_fault(f->c, FAULT_ERROR, "est.no_weight", frame_at(f, col, 0), STR(""));
	return good && any;
}

static bool check_columns(const struct maker *m)
{
	const struct est_spec *s = m->spec;
	bool good = true;
	if (m->f->n == 0) {
		cx_fault(m->f->c, FAULT_ERROR, "est.no_rows", (place){ .file = m->f->file, .line = 1 }, STR(""));
		return false;
	}
	for (int i = 0; i < s->stages; i++)
		good &= check_codes(m->f, s->id[i]);
	for (int i = 0; i < s->strata; i++)
		good &= check_codes(m->f, s->stratum[i]);
	return (s->weight ? check_weights(m->f, s->weight) : true) && good;
}

/* ---- units and strata ---- */

/* Strata and units of one stage, by row, in order of appearance. */
static void number_stage(struct maker *m, int s)
{
	frame *f = m->f;
	struct est_stage *st = &m->d->stage[s];
	int which = s < m->spec->strata ? s : m->spec->strata - 1;
	const uint32_t *code = which >= 0 ? m->spec->stratum[which]->code : NULL;
	struct pairs strata = { 0 }, units = { 0 };
	VEC(uint32_t) first = { 0 }, above = { 0 }, parent = { 0 }, in = { 0 };
	m->stratum[s] = NEW_ARRAY(m->scratch, uint32_t, f->n);
	m->unit[s] = NEW_ARRAY(m->scratch, uint32_t, f->n);
	for (size_t i = 0; i < f->n; i++) {
		bool added;
		uint32_t up = s ? m->unit[s - 1][i] : 0;
		uint32_t h = pairs_number(&strata, up, code ? code[i] : 0, m->scratch, &added), u = (uint32_t)i;
		m->stratum[s][i] = h;
		if (added) {
			*VEC_PUSH(m->scratch, &first) = (uint32_t)i;
			*VEC_PUSH(m->scratch, &above) = up;
		}
		added = true;
		if (m->spec->stages)
			u = pairs_number(&units, h, m->spec->id[s]->code[i], m->scratch, &added);
		m->unit[s][i] = u;
		if (added) {
			*VEC_PUSH(m->scratch, &parent) = up;
			*VEC_PUSH(m->scratch, &in) = h;
		}
	}
	st->n_strata = (uint32_t)first.n;
	st->n_units = (uint32_t)in.n;
	st->first = first.p;
	st->above = above.p;
	st->parent = parent.p;
	st->stratum = in.p;
}

/* A PSU in two strata is a slip in the data, or an id that begins anew in each stratum: the user says which. */
static bool check_nested(const struct maker *m)
{
	const struct est_spec *s = m->spec;
	if (s->nest || !s->stages || !s->strata)
		return true;
	bool good = true;
	const struct frame_column *id = s->id[0], *stratum = s->stratum[0];
	uint32_t *seen = NEW_ARRAY(m->scratch, uint32_t, id->n_levels + 1); /* row + 1 */
	for (size_t i = 0; i < m->f->n; i++) {
		uint32_t k = id->code[i];
		if (!seen[k]) {
			seen[k] = (uint32_t)i + 1;
		} else if (stratum->code[seen[k] - 1] != stratum->code[i]) {
			size_t before = seen[k] - 1;
			fault *made = cx_fault(m->f->c, FAULT_ERROR, "est.nested", frame_at(m->f, id, i), id->level[k]);
			fault_arg(m->f->c, made, 1, stratum->level[stratum->code[before]]);
			fault_arg(m->f->c, made, 2, arena_printf(m->f->c->mem, "%lld", (long long)frame_at(m->f, id, before).line));
			fault_arg(m->f->c, made, 3, stratum->level[stratum->code[i]]);
			seen[k] = (uint32_t)i + 1; /* told once per change */
			good = false;
		}
	}
	return good;
}

/* order[new] = old, ascending by key[old] (below n_keys); stable. to_place[old] = new. */
static void sort_by(const uint32_t *key, size_t n, size_t n_keys, uint32_t *order, uint32_t *to_place, arena *scratch)
{
	uint32_t *at = NEW_ARRAY(scratch, uint32_t, n_keys + 1);
	for (size_t i = 0; i < n; i++)
		at[key[i] + 1]++;
	for (size_t k = 0; k < n_keys; k++)
		at[k + 1] += at[k];
	for (size_t i = 0; i < n; i++) {
		uint32_t to = at[key[i]]++;
		order[to] = (uint32_t)i;
		if (to_place)
			to_place[i] = to;
	}
}

static void *picked(arena *mem, const uint32_t *from, const uint32_t *order, size_t n)
{
	uint32_t *to = NEW_ARRAY(mem, uint32_t, n + 1);
	for (size_t i = 0; i < n; i++)
		to[i] = from[order[i]];
	return to;
}

/* Numbers of strata, then units, ascending within the stage above; and by row. */
static void order_stage(struct maker *m, int s, const uint32_t *parent_place)
{
	struct est_stage *st = &m->d->stage[s];
	arena *mem = m->f->c->mem;
	size_t nh = st->n_strata, nu = st->n_units, above = s ? m->d->stage[s - 1].n_units : 1;
	uint32_t *order = NEW_ARRAY(m->scratch, uint32_t, (nh > nu ? nh : nu) + 1), *stratum_place = NEW_ARRAY(m->scratch, uint32_t, nh + 1);
	for (size_t h = 0; h < nh; h++)
		st->above[h] = parent_place ? parent_place[st->above[h]] : 0;
	for (size_t u = 0; u < nu; u++)
		st->parent[u] = parent_place ? parent_place[st->parent[u]] : 0;
	sort_by(st->above, nh, above, order, stratum_place, m->scratch);
	st->above = picked(mem, st->above, order, nh);
	st->first = picked(mem, st->first, order, nh);
	for (size_t u = 0; u < nu; u++)
		st->stratum[u] = stratum_place[st->stratum[u]];
	uint32_t *unit_place = NEW_ARRAY(m->scratch, uint32_t, nu + 1);
	sort_by(st->stratum, nu, nh, order, unit_place, m->scratch);
	st->stratum = picked(mem, st->stratum, order, nu);
	st->parent = picked(mem, st->parent, order, nu);
	st->count = NEW_ARRAY(mem, uint32_t, nh + 1);
	for (size_t u = 0; u < nu; u++)
		st->count[st->stratum[u]]++;
	for (size_t i = 0; i < m->f->n; i++) {
		m->unit[s][i] = unit_place[m->unit[s][i]];
		m->stratum[s][i] = stratum_place[m->stratum[s][i]];
	}
	if (s + 1 < m->all)
		order_stage(m, s + 1, unit_place);
}

/* Rows into the order of the units of the last stage. */
static void order_rows(struct maker *m)
{
	frame *f = m->f;
	est_design *d = m->d;
	const uint32_t *last = m->unit[m->all - 1];
	bool sorted = true;
	for (size_t i = 1; i < f->n && sorted; i++)
		sorted = last[i - 1] <= last[i];
	if (sorted)
		return;
	uint32_t *order = NEW_ARRAY(m->scratch, uint32_t, f->n), *to_place = NEW_ARRAY(m->scratch, uint32_t, f->n);
	sort_by(last, f->n, d->stage[m->all - 1].n_units, order, to_place, m->scratch);
	frame_order(f, order);
	for (int s = 0; s < m->all; s++) {
		m->unit[s] = picked(m->scratch, m->unit[s], order, f->n);
		m->stratum[s] = picked(m->scratch, m->stratum[s], order, f->n);
		for (uint32_t h = 0; h < d->stage[s].n_strata; h++)
			d->stage[s].first[h] = to_place[d->stage[s].first[h]];
	}
}

/* ---- finite populations ---- */

static bool fpc_fault(const struct maker *m, int s, size_t row, const char *key, double value, double of)
{
	cx *c = m->f->c;
	fault *made = cx_fault(c, FAULT_ERROR, key, frame_at(m->f, m->spec->fpc[s], row), arena_printf(c->mem, "%.15g", value));
	fault_arg(c, made, 1, arena_printf(c->mem, "%.15g", of));
	fault_arg(c, made, 2, arena_printf(c->mem, "%d", s + 1));
	return false;
}

static bool check_fpc_value(const struct maker *m, int s, size_t row, double v, bool sizes)
{
	if (isnan(v)) {
		cx_fault(m->f->c, FAULT_ERROR, "est.missing", frame_at(m->f, m->spec->fpc[s], row), STR(""));
		return false;
	}
	if (v < 0)
		return fpc_fault(m, s, row, "est.fpc_value", v, 0);
	return sizes && v < 1 ? fpc_fault(m, s, row, "est.fpc_mixed", v, 0) : true;
}

/* The population of each stratum of a stage. */
static bool read_fpc(const struct maker *m, int s)
{
	struct est_stage *st = &m->d->stage[s];
	const double *v = m->spec->fpc[s]->number;
	bool sizes = false, good = true;
	for (size_t i = 0; i < m->f->n; i++)
		sizes = sizes || v[i] > 1;
	for (size_t i = 0; i < m->f->n; i++)
		good &= check_fpc_value(m, s, i, v[i], sizes);
	for (size_t i = 0; good && i < m->f->n; i++) {
		uint32_t h = m->stratum[s][i];
		double first = v[st->first[h]];
		if (v[i] != first && !(fabs(v[i] - first) <= 1e-9 * fabs(first)))
			good = fpc_fault(m, s, i, "est.fpc_varies", v[i], first);
	}
	for (uint32_t h = 0; good && h < st->n_strata; h++) {
		double x = v[st->first[h]], n = st->count[h];
		st->population[h] = sizes ? x : x > 0 ? n / x : (double)INFINITY;
		if (st->population[h] < n * (1 - 1e-9))
			good = fpc_fault(m, s, st->first[h], "est.fpc_small", x, n);
	}
	return good;
}

static bool read_populations(struct maker *m)
{
	bool good = true;
	for (int s = 0; s < m->all; s++) {
		struct est_stage *st = &m->d->stage[s];
		st->population = NEW_ARRAY(m->f->c->mem, double, st->n_strata + 1);
		for (uint32_t h = 0; h < st->n_strata; h++)
			st->population[h] = (double)INFINITY;
		if (s < m->spec->fpcs)
			good &= read_fpc(m, s);
	}
	return good;
}

/* Factors of the strata, from the first stage down; carry: by unit of the stage above, the product of n / N. */
static void make_factors(struct maker *m)
{
	est_design *d = m->d;
	bool counts = true;
	double *carry = NEW_ARRAY(m->scratch, double, 1);
	carry[0] = 1;
	d->stages = 0;
	for (int s = 0; s < m->all && counts; s++) {
		struct est_stage *st = &d->stage[s];
		st->factor = NEW_ARRAY(m->f->c->mem, double, st->n_strata + 1);
		st->told = NEW_ARRAY(m->f->c->mem, bool, st->n_strata + 1);
		double *below = NEW_ARRAY(m->scratch, double, st->n_units + 1);
		for (uint32_t h = 0; h < st->n_strata; h++) {
			double n = st->count[h], N = st->population[h], c = carry[st->above[h]], left = isinf(N) ? 1 : (N - n) / N;
			bool lonely = st->count[h] == 1 && left >= ALL_DRAWN && c > 0;
			st->factor[h] = left < ALL_DRAWN ? 0 : lonely ? c * left : c * left * n / (n > 1 ? n - 1 : 1);
			d->has_lonely = d->has_lonely || lonely;
		}
		counts = false;
		for (uint32_t u = 0; u < st->n_units; u++) {
			uint32_t h = st->stratum[u];
			below[u] = isinf(st->population[h]) ? 0 : carry[st->above[h]] * st->count[h] / st->population[h];
			counts = counts || below[u] > 0;
		}
		carry = below;
		d->stages++;
	}
}

/* ---- weights ---- */

static const double *own_weights(const struct maker *m)
{
	frame *f = m->f;
	double *w = NEW_ARRAY(f->c->mem, double, f->n + 1);
	if (m->spec->fpcs && m->spec->fpcs < m->all) {
		cx_fault(f->c, FAULT_ERROR, "est.weights_needed", frame_at(f, m->spec->fpc[0], 0), STR(""));
		return NULL;
	}
	for (size_t i = 0; i < f->n; i++) {
		w[i] = 1;
		for (int s = 0; s < m->spec->fpcs; s++) {
			const struct est_stage *st = &m->d->stage[s];
			uint32_t h = m->stratum[s][i];
			w[i] *= st->population[h] / st->count[h];
		}
		if (isinf(w[i])) {
			cx_fault(f->c, FAULT_ERROR, "est.weights_needed", frame_at(f, m->spec->fpc[0], i), STR(""));
			return NULL;
		}
	}
	if (!m->spec->fpcs)
		cx_fault(f->c, FAULT_NOTE, "est.unweighted", (place){ .file = f->file }, STR(""));
	return w;
}

int64_t est_rows_df(const est_design *d, const uint32_t *rows, size_t m)
{
	int64_t psus = 0, strata = 0;
	uint32_t last_psu = UINT32_MAX, last_stratum = UINT32_MAX;
	for (size_t k = 0; k < m; k++) {
		size_t i = rows ? rows[k] : k;
		uint32_t u = d->psu[i];
		if (!(d->base[i] > 0) || u == last_psu)
			continue;
		uint32_t h = d->stage[0].stratum[u];
		psus++;
		strata += h != last_stratum;
		last_psu = u;
		last_stratum = h;
	}
	return psus - strata;
}

int64_t est_design_df(const est_design *d)
{
	return (int64_t)d->psus - d->strata;
}

static void count_units(est_design *d)
{
	uint32_t last_psu = UINT32_MAX, last_stratum = UINT32_MAX;
	for (size_t i = 0; i < d->n; i++) {
		uint32_t u = d->psu[i];
		if (!(d->base[i] > 0) || u == last_psu)
			continue;
		d->psus++;
		d->strata += d->stage[0].stratum[u] != last_stratum;
		last_psu = u;
		last_stratum = d->stage[0].stratum[u];
	}
}

/* ---- making ---- */

static bool make(struct maker *m)
{
	if (!check_columns(m) || !check_nested(m))
		return false;
	est_design *d = m->d;
	for (int s = 0; s < m->all; s++)
		number_stage(m, s);
	order_stage(m, 0, NULL);
	order_rows(m);
	if (!read_populations(m))
		return false;
	make_factors(m);
	d->base = m->spec->weight ? m->spec->weight->number : own_weights(m);
	if (!d->base)
		return false;
	d->weight = d->base;
	d->psu = arena_copy(m->f->c->mem, m->unit[0], d->n * sizeof(uint32_t));
	d->unit = d->stages == 1 ? d->psu : arena_copy(m->f->c->mem, m->unit[d->stages - 1], d->n * sizeof(uint32_t));
	count_units(d);
	return true;
}

static void drop_arena(void *a)
{
	arena_free(a);
}

enum err est_design_make(frame *f, const struct est_spec *spec, est_design **out)
{
	int most = spec->stages > 0 ? spec->stages : 1;
	assert(most <= EST_STAGES && spec->strata <= most && spec->fpcs <= most);
	struct maker m = { .f = f, .spec = spec, .scratch = arena_new(0), .all = most };
	struct cx_hold hold;
	cx_hold(f->c, &hold, drop_arena, m.scratch);
	m.d = NEW(f->c->mem, est_design);
	*m.d = (est_design){ .c = f->c, .f = f, .n = f->n, .spec = *spec, .lonely = spec->lonely };
	bool good = make(&m);
	cx_unhold(&hold);
	arena_free(m.scratch);
	if (!good)
		return ERR_INPUT;
	*out = m.d;
	return ERR_OK;
}

/* ---- variance ---- */

struct est_work *est_work_new(arena *mem, const est_design *d, int k)
{
	struct est_work *w = NEW(mem, struct est_work);
	size_t columns = (size_t)k;
	w->k = k;
	w->unit = NEW_ARRAY(mem, uint32_t, d->n + 1);
	w->sum = NEW_ARRAY(mem, double, (d->n + 1) * columns);
	w->mean = NEW_ARRAY(mem, double, columns);
	w->part = NEW_ARRAY(mem, double, columns *columns);
	return w;
}

/* Sums of the rows per unit of the last stage. Returns the number of units met. */
static size_t gather(const est_design *d, const uint32_t *rows, size_t m, const double *z, size_t k, struct est_work *w)
{
	size_t n = 0;
	for (size_t r = 0; r < m; r++) {
		uint32_t u = d->unit[rows ? rows[r] : r];
		if (n == 0 || w->unit[n - 1] != u) {
			w->unit[n] = u;
			memcpy(w->sum + n * k, z + r * k, k * sizeof *z);
			n++;
		} else {
			for (size_t j = 0; j < k; j++)
				w->sum[(n - 1) * k + j] += z[r * k + j];
		}
	}
	return n;
}

/* Entries of units become entries of the units above. */
static size_t collapse(const struct est_stage *st, struct est_work *w, size_t n, size_t k)
{
	size_t to = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t up = st->parent[w->unit[i]];
		if (to && w->unit[to - 1] == up) {
			for (size_t j = 0; j < k; j++)
				w->sum[(to - 1) * k + j] += w->sum[i * k + j];
		} else {
			w->unit[to] = up;
			memmove(w->sum + to * k, w->sum + i * k, k * sizeof *w->sum);
			to++;
		}
	}
	return to;
}

/* factor (x - about)(x - about)', the lower half; x NULL: zeros. */
static void add_product(double *cov, const double *x, const double *about, double factor, size_t k)
{
	for (size_t a = 0; a < k; a++) {
		double left = factor * ((x ? x[a] : 0) - about[a]);
		for (size_t b = 0; b <= a; b++)
			cov[a * k + b] += left * ((x ? x[b] : 0) - about[b]);
	}
}

/* One stratum: `met` entries of its units; those without an entry are zeros. */
static void add_stratum(const struct est_stage *st, uint32_t h, const double *sum, size_t met, size_t k, double *mean, double *cov)
{
	double factor = st->factor[h], n = st->count[h];
	memset(mean, 0, k * sizeof *mean);
	if (factor == 0)
		return;
	if (st->count[h] > 1) { /* a lonely one is taken about zero */
		/* About the first one: totals that are all the same then have no variance, not even by rounding. */
		for (size_t i = 1; i < met; i++)
			for (size_t j = 0; j < k; j++)
				mean[j] += sum[i * k + j] - sum[j];
		for (size_t j = 0; j < k; j++)
			mean[j] = sum[j] + (mean[j] - (n - (double)met) * sum[j]) / n;
	}
	for (size_t i = 0; i < met; i++)
		add_product(cov, sum + i * k, mean, factor, k);
	if (met < st->count[h])
		add_product(cov, NULL, mean, factor * (n - (double)met), k);
}

static bool is_lonely(const struct est_stage *st, uint32_t h)
{
	return st->count[h] == 1 && st->factor[h] > 0;
}

static void tell_lonely(const est_design *d, int s, uint32_t h)
{
	const struct est_stage *st = &d->stage[s];
	const struct est_spec *spec = &d->spec;
	size_t row = st->first[h];
	const struct frame_column *id = s < spec->stages ? spec->id[s] : NULL;
	int which = s < spec->strata ? s : spec->strata - 1;
	const struct frame_column *stratum = which >= 0 ? spec->stratum[which] : NULL;
	if (st->told[h])
		return;
	st->told[h] = true;
	fault *made = cx_fault(d->c, FAULT_ERROR, id ? "est.lonely" : "est.lonely_row", frame_at(d->f, id ? id : stratum, row),
		id ? id->level[id->code[row]] : STR(""));
	fault_arg(d->c, made, 1, stratum ? stratum->level[stratum->code[row]] : STR("–"));
	fault_arg(d->c, made, 2, arena_printf(d->c->mem, "%d", s + 1));
}

static bool any_of(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (x[i] != 0)
			return true;
	return false;
}

/* All strata of a stage; `average` scales the sum over the strata of one unit above by all / those with two units or more. all: the rows were
 * not chosen, so a stratum without influence may lie outside. False: a lonely stratum, told. */
static bool add_stage(const est_design *d, int s, bool all, struct est_work *w, size_t n, size_t k, double *cov)
{
	const struct est_stage *st = &d->stage[s];
	bool average = d->lonely == EST_AVERAGE && d->has_lonely;
	double *into = average ? w->part : cov;
	size_t strata = 0, lonely = 0;
	bool good = true;
	for (size_t i = 0, end; i < n; i = end) {
		uint32_t h = st->stratum[w->unit[i]];
		for (end = i + 1; end < n && st->stratum[w->unit[end]] == h;)
			end++;
		if (average && strata == 0)
			memset(into, 0, k * k * sizeof *into);
		strata++;
		lonely += is_lonely(st, h);
		if (d->lonely == EST_FAIL && is_lonely(st, h) && (!all || d->cal || any_of(w->sum + i * k, (end - i) * k))) {
			tell_lonely(d, s, h);
			good = false;
		}
		if (!is_lonely(st, h) || d->lonely == EST_ADJUST)
			add_stratum(st, h, w->sum + i * k, end - i, k, w->mean, into);
		bool closes = end == n || st->above[st->stratum[w->unit[end]]] != st->above[h];
		if (average && closes) {
			double scale = lonely ? (double)strata / (double)(strata - lonely) : 1;
			for (size_t j = 0; j < k * k; j++)
				cov[j] += strata == lonely ? (double)NAN : into[j] * scale;
			strata = lonely = 0;
		}
	}
	return good;
}

void est_cov(const est_design *d, const uint32_t *rows, size_t m, const double *z, int columns, struct est_work *w, double *cov)
{
	size_t k = (size_t)columns;
	assert(w->k >= columns && m <= d->n);
	memset(cov, 0, k * k * sizeof *cov);
	size_t n = gather(d, rows, m, z, k, w);
	bool good = true;
	for (int s = d->stages - 1; s >= 0; s--) {
		good &= add_stage(d, s, !rows, w, n, k, cov);
		if (s)
			n = collapse(&d->stage[s], w, n, k);
	}
	for (size_t a = 0; a < k; a++)
		for (size_t b = a + 1; b < k; b++)
			cov[a * k + b] = cov[b * k + a];
	for (size_t a = 0; a < k * k && !good; a++)
		cov[a] = (double)NAN;
}

double est_variance(const est_design *d, const uint32_t *rows, size_t m, const double *z, struct est_work *w)
{
	double v;
	est_cov(d, rows, m, z, 1, w, &v);
	return v;
}
