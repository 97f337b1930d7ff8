#include "engine/sample.h"
#include <assert.h>
#include <math.h>
#include "base/vec.h"

static const char *const how_words[SAMPLE_HOWS] = { "srs", "systematic", "pps", "brewer" };
/* Beyond this many steps Brewer's method would take minutes; the systematic one does the same. */
static const double BREWER_MOST = 2e9;

bool sample_how_read(str word, enum sample_how *out)
{
	for (int k = 0; k < SAMPLE_HOWS; k++)
		if (str_is(word, how_words[k])) {
			*out = (enum sample_how)k;
			return true;
		}
	return false;
}

const char *sample_how_word(enum sample_how how)
{
	return how_words[how];
}

/* ---- inclusion probabilities ---- */

bool sample_pi(const double *size, const bool *certain, size_t N, size_t n, double *pi)
{
	size_t left = n, open = 0;
	double total = 0;
	for (size_t i = 0; i < N; i++) {
		pi[i] = certain && certain[i] ? 1 : size[i] > 0 ? -1 : 0;
		left -= pi[i] == 1 && left > 0;
		open += pi[i] < 0;
		total += pi[i] < 0 ? size[i] : 0;
	}
	if (open < left)
		return false;
	for (bool more = true; more;) {
		size_t round = left;
		double less = 0;
		more = false;
		for (size_t i = 0; i < N && round; i++)
			if (pi[i] < 0 && (double)round * size[i] >= total) {
				pi[i] = 1;
				less += size[i];
				left--;
				more = true;
			}
		total -= less;
	}
	double sum = 0; /* anew: what was subtracted left its rounding errors */
	for (size_t i = 0; i < N; i++)
		sum += pi[i] < 0 ? size[i] : 0;
	for (size_t i = 0; i < N; i++)
		if (pi[i] < 0)
			pi[i] = (double)left * size[i] / sum;
	return true;
}

/* ---- drawing by probabilities ---- */

static void shuffle(rng *r, uint32_t *p, size_t n, size_t first)
{
	for (size_t i = 0; i < first && i < n; i++) {
		size_t k = i + (size_t)rng_below(r, n - i);
		uint32_t at = p[i];
		p[i] = p[k];
		p[k] = at;
	}
}

static void take_systematic(rng *r, const uint32_t *open, size_t N, size_t n, bool *in)
{
	uint64_t start = N ? rng_below(r, N) : 0;
	for (size_t i = 0; i < N; i++)
		in[open[i]] = ((uint64_t)i * n + start) % N < n;
}

static void take_madow(rng *r, const uint32_t *open, size_t N, size_t n, const double *pi, bool *in)
{
	double u = rng_double(r), sum = 0, before = 0;
	size_t taken = 0;
	for (size_t i = 0; i < N && taken < n; i++) {
		sum += pi[open[i]];
		double until = i + 1 == N ? (double)n : sum; /* the sum is n; its rounding errors must not lose the last one */
		if (before <= u + (double)taken && u + (double)taken < until) {
			in[open[i]] = true;
			taken++;
		}
		before = until;
	}
}

static void take_brewer(rng *r, const uint32_t *open, size_t N, size_t n, const double *pi, double *chance, bool *in)
{
	double drawn = 0;
	for (size_t j = 1; j <= n; j++) {
		double left = (double)n - drawn, all = 0;
		size_t last = N;
		for (size_t i = 0; i < N; i++) {
			double p = pi[open[i]], under = left - p * (double)(n - j + 1);
			/* in the last step the quotient is 1 for everybody */
			chance[i] = in[open[i]] ? 0 : j == n ? p : under > 0 ? p * (left - p) / under : p;
			all += chance[i];
			last = chance[i] > 0 ? i : last;
		}
		double u = rng_double(r) * all, sum = 0;
		size_t pick = last;
		for (size_t i = 0; i < N; i++) {
			sum += chance[i];
			if (chance[i] > 0 && u < sum) {
				pick = i;
				break;
			}
		}
		in[open[pick]] = true;
		drawn += pi[open[pick]];
	}
}

void sample_take(rng *r, enum sample_how how, const double *pi, size_t N, size_t n, arena *scratch, bool *in)
{
	uint32_t *open = NEW_ARRAY(scratch, uint32_t, N + 1);
	size_t m = 0;
	for (size_t i = 0; i < N; i++) {
		in[i] = pi[i] >= 1;
		n -= in[i] && n;
		if (pi[i] > 0 && pi[i] < 1)
			open[m++] = (uint32_t)i;
	}
	n = n < m ? n : m;
	switch (how) {
	case SAMPLE_SYSTEMATIC: take_systematic(r, open, m, n, in); break;
	case SAMPLE_PPS: take_madow(r, open, m, n, pi, in); break;
	case SAMPLE_BREWER: take_brewer(r, open, m, n, pi, NEW_ARRAY(scratch, double, m + 1), in); break;
	default:
		shuffle(r, open, m, n);
		for (size_t i = 0; i < n; i++)
			in[open[i]] = true;
	}
}

/* ---- stages ---- */

struct drawing {
	cx *c;
	const struct sample_plan *plan;
	struct sample_row *out;
	uint32_t *local[SAMPLE_STAGES]; /* by unit: 1 + its place in the group at hand */
	arena *scratch;
	uint64_t groups; /* so far */
	double brewer;   /* steps of that method so far */
};

/* A group at one stage: rows of one stratum or unit. */
struct group {
	const uint32_t *rows;
	size_t n;
	uint32_t wanted;
	int stage;
	struct sample_row so_far;
};

/* Units of a group: rows by unit, in order of appearance. */
struct units {
	size_t n;
	uint32_t *first; /* by unit, n + 1: where its rows begin in `row` */
	uint32_t *row;
	double *size, *pi;
	bool *certain, *in;
};

static void cut_units(struct drawing *d, const struct group *g, struct units *u)
{
	const struct sample_stage *s = &d->plan->stage[g->stage];
	uint32_t *local = d->local[g->stage], *of = NEW_ARRAY(d->scratch, uint32_t, g->n + 1);
	for (size_t i = 0; i < g->n; i++) {
		uint32_t *at = s->unit ? &local[s->unit[g->rows[i]]] : NULL;
		if (at && !*at)
			*at = (uint32_t)++u->n;
		of[i] = at ? *at - 1 : (uint32_t)u->n++;
	}
	u->first = NEW_ARRAY(d->scratch, uint32_t, u->n + 2);
	u->row = NEW_ARRAY(d->scratch, uint32_t, g->n + 1);
	u->size = NEW_ARRAY(d->scratch, double, u->n + 1);
	u->pi = NEW_ARRAY(d->scratch, double, u->n + 1);
	u->certain = NEW_ARRAY(d->scratch, bool, u->n + 1);
	u->in = NEW_ARRAY(d->scratch, bool, u->n + 1);
	for (size_t i = 0; i < g->n; i++) {
		uint32_t row = g->rows[i];
		u->first[of[i] + 2]++;
		u->size[of[i]] += s->size ? s->size[row] : 1;
		u->certain[of[i]] |= s->certain && s->certain[row];
	}
	for (size_t k = 2; k <= u->n; k++)
		u->first[k] += u->first[k - 1];
	for (size_t i = 0; i < g->n; i++)
		u->row[u->first[of[i] + 1]++] = g->rows[i];
	for (size_t i = 0; i < g->n && s->unit; i++) /* the next group begins with clean hands */
		local[s->unit[g->rows[i]]] = 0;
}

static bool has_size(enum sample_how how)
{
	return how == SAMPLE_PPS || how == SAMPLE_BREWER;
}

static enum err find_pi(struct drawing *d, const struct group *g, struct units *u, uint32_t *wanted)
{
	const struct sample_stage *s = &d->plan->stage[g->stage];
	size_t sure = 0, usable = 0;
	for (size_t i = 0; i < u->n; i++) {
		if (!(u->size[i] >= 0 && isfinite(u->size[i])))
			return cx_fail(d->c, ERR_INPUT, "sample.size_bounds", (place){ 0 }, (str){ 0 });
		if (!has_size(s->how))
			u->size[i] = 1;
		sure += u->certain[i];
		usable += u->certain[i] || u->size[i] > 0;
	}
	/* certain ones are part of what is wanted, and more of them are more */
	*wanted = (uint32_t)(g->wanted < sure ? sure : g->wanted < usable ? g->wanted : usable);
	d->brewer += s->how == SAMPLE_BREWER ? (double)*wanted * (double)u->n : 0;
	if (d->brewer > BREWER_MOST)
		return cx_fail(d->c, ERR_LIMIT, "sample.big", (place){ 0 }, (str){ 0 });
	if (!sample_pi(u->size, u->certain, u->n, *wanted, u->pi))
		return cx_fail(d->c, ERR_INPUT, "sample.too_few", (place){ 0 }, (str){ 0 });
	return ERR_OK;
}

/* Further units of the last stage, in random order. */
static void keep_reserves(struct drawing *d, const struct group *g, const struct units *u, rng *r, struct sample_row of)
{
	uint32_t *left = NEW_ARRAY(d->scratch, uint32_t, u->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < u->n; i++)
		if (!u->in[i] && u->pi[i] > 0)
			left[n++] = (uint32_t)i;
	shuffle(r, left, n, d->plan->reserve);
	for (size_t k = 0; k < n && k < d->plan->reserve; k++) {
		struct sample_row *row = &d->out[u->row[u->first[left[k]]]];
		*row = of;
		row->pi[g->stage] = u->pi[left[k]];
		row->p *= u->pi[left[k]];
		row->role = SAMPLE_RESERVE;
		row->turn = (uint32_t)k + 1;
	}
}

static enum err draw_group(struct drawing *d, const struct group *g)
{
	const struct sample_stage *s = &d->plan->stage[g->stage];
	bool last = g->stage + 1 == d->plan->stages;
	arena *outer = d->scratch;
	struct units u = { 0 };
	uint32_t wanted = 0;
	rng r;
	rng_seed(&r, d->plan->seed ^ ++d->groups * UINT64_C(0x9E3779B97F4A7C15));
	d->scratch = arena_new(0);
	cut_units(d, g, &u);
	enum err e = find_pi(d, g, &u, &wanted);
	if (!e)
		sample_take(&r, s->how, u.pi, u.n, wanted, d->scratch, u.in);
	struct sample_row so_far = g->so_far;
	so_far.of[g->stage] = (uint32_t)u.n;
	for (size_t i = 0; i < u.n && !e; i++) {
		if (!u.in[i])
			continue;
		struct group below = { u.row + u.first[i], u.first[i + 1] - u.first[i], last ? 0 : d->plan->stage[g->stage + 1].n, g->stage + 1, so_far };
		below.so_far.pi[g->stage] = u.pi[i];
		below.so_far.p *= u.pi[i];
		if (so_far.own == g->stage && u.pi[i] >= 1 && !last)
			below.so_far.own++;
		below.so_far.role = SAMPLE_MAIN;
		for (size_t k = 0; k < below.n && last; k++)
			d->out[below.rows[k]] = below.so_far;
		if (!last)
			e = draw_group(d, &below);
	}
	if (!e && last && d->plan->reserve)
		keep_reserves(d, g, &u, &r, so_far);
	arena_free(d->scratch);
	d->scratch = outer;
	return e;
}

static uint32_t **rows_by_stratum(arena *mem, const struct sample_plan *plan, size_t *n)
{
	uint32_t **rows = NEW_ARRAY(mem, uint32_t *, plan->strata);
	for (size_t i = 0; i < plan->rows; i++)
		n[plan->stratum ? plan->stratum[i] : 0]++;
	for (uint32_t h = 0; h < plan->strata; h++) {
		rows[h] = NEW_ARRAY(mem, uint32_t, n[h] + 1);
		n[h] = 0;
	}
	for (size_t i = 0; i < plan->rows; i++) {
		uint32_t h = plan->stratum ? plan->stratum[i] : 0;
		rows[h][n[h]++] = (uint32_t)i;
	}
	return rows;
}

enum err sample_draw(cx *c, const struct sample_plan *plan, struct sample_row *out)
{
	assert(plan->stages >= 1 && plan->stages <= SAMPLE_STAGES && plan->strata >= 1);
	const struct sample_stage *last = &plan->stage[plan->stages - 1];
	if (plan->rows > SAMPLE_MAX_ROWS)
		return cx_fail(c, ERR_LIMIT, "sample.big", (place){ 0 }, (str){ 0 });
	if (plan->reserve && (has_size(last->how) || last->unit))
		return cx_fail(c, ERR_INPUT, "sample.reserve_unequal", (place){ 0 }, (str){ 0 });
	struct drawing d = { .c = c, .plan = plan, .out = out };
	size_t *n = NEW_ARRAY(c->mem, size_t, plan->strata);
	uint32_t **rows = rows_by_stratum(c->mem, plan, n);
	for (int k = 0; k < plan->stages; k++)
		if (plan->stage[k].unit)
			d.local[k] = NEW_ARRAY(c->mem, uint32_t, plan->stage[k].units + 1);
	for (size_t i = 0; i < plan->rows; i++)
		out[i] = (struct sample_row){ 0 };
	enum err e = ERR_OK;
	for (uint32_t h = 0; h < plan->strata && !e; h++)
		e = draw_group(&d, &(struct group){ rows[h], n[h], plan->first_n[h], 0, { .p = 1 } });
	return e;
}

/* ---- allocation ---- */

bool sample_allocation_read(str word, enum sample_allocation *out)
{
	static const char *const words[] = { "proportional", "neyman", "equal" };
	for (int k = 0; k < SAMPLE_ALLOCATIONS; k++)
		if (str_is(word, words[k])) {
			*out = (enum sample_allocation)k;
			return true;
		}
	return false;
}

static double share_of(enum sample_allocation how, const struct sample_stratum *s)
{
	return how == SAMPLE_EQUAL ? 1 : how == SAMPLE_PROPORTIONAL ? s->size : s->size * s->sd / sqrt(s->cost);
}

static double between(double x, double lo, double hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

/* Real numbers first: the factor at which all shares, held between their bounds, add up to n. False: there is none, as nothing is due to
 * strata without a share. */
static bool fill_shares(enum sample_allocation how, const struct sample_stratum *s, size_t strata, double n, double least, double *x)
{
	double lo = 0, hi = 1, sum = 0, all = 0;
	for (size_t h = 0; h < strata; h++) {
		double a = share_of(how, &s[h]);
		all += a;
		if (a > 0 && s[h].most / a > hi)
			hi = s[h].most / a;
	}
	double plain = all > 0 ? n / all : 0;
	for (int k = 0; k < 220; k++) {
		double at = k == 0 && plain > 0 && plain < hi ? plain : lo + (hi - lo) / 2;
		sum = 0;
		for (size_t h = 0; h < strata; h++) {
			x[h] = between(at * share_of(how, &s[h]), least < s[h].most ? least : s[h].most, s[h].most);
			sum += x[h];
		}
		if (sum == n || fabs(sum - n) < 1e-9 * n)
			return true;
		*(sum < n ? &lo : &hi) = at;
	}
	return fabs(sum - n) < 1e-6 * (n + 1);
}

bool sample_allocate(enum sample_allocation how, const struct sample_stratum *s, size_t strata, uint32_t n, uint32_t least, arena *scratch, uint32_t *out)
{
	double most = 0, fewest = 0, *x = NEW_ARRAY(scratch, double, strata + 1);
	for (size_t h = 0; h < strata; h++) {
		most += s[h].most;
		fewest += least < s[h].most ? least : s[h].most;
	}
	if ((double)n > most || (double)n < fewest)
		return false;
	if (!fill_shares(how, s, strata, n, least, x))
		return false;
	uint32_t left = n;
	for (size_t h = 0; h < strata; h++) {
		out[h] = (uint32_t)(x[h] + 1e-7);
		left -= out[h] < left ? out[h] : left;
	}
	while (left--) {
		size_t best = strata;
		for (size_t h = 0; h < strata; h++)
			if (out[h] < s[h].most && (best == strata || x[h] - out[h] > x[best] - out[best] + 1e-9))
				best = h;
		if (best == strata)
			return false;
		out[best]++;
	}
	return true;
}

/* ---- one person of a household ---- */

static const uint8_t kish[SAMPLE_KISH_TABLES][SAMPLE_KISH_MOST] = { { 1, 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 2, 2 }, { 1, 1, 1, 2, 2, 2 },
	{ 1, 1, 2, 2, 3, 3 }, { 1, 2, 2, 3, 4, 4 }, { 1, 2, 3, 3, 3, 5 }, { 1, 2, 3, 4, 5, 5 }, { 1, 2, 3, 4, 5, 6 } };
static const uint8_t dozen[12] = { 0, 0, 1, 2, 3, 3, 4, 4, 5, 6, 7, 7 };

static const char *const kish_names[SAMPLE_KISH_TABLES] = { "A", "B1", "B2", "C", "D", "E1", "E2", "F" };
static const char *const person_words[SAMPLE_PERSONS] = { "none", "kish", "birthday" };

bool sample_person_read(str word, enum sample_person *out)
{
	for (int k = 0; k < SAMPLE_PERSONS; k++)
		if (str_is(word, person_words[k])) {
			*out = (enum sample_person)k;
			return true;
		}
	return false;
}

const char *sample_person_word(enum sample_person how)
{
	return person_words[how];
}

const char *sample_kish_name(int table)
{
	return kish_names[table];
}

int sample_kish_table(str name)
{
	for (int k = 0; k < SAMPLE_KISH_TABLES; k++)
		if (str_is(name, kish_names[k]))
			return k;
	return -1;
}

int sample_kish(int table, int adults)
{
	assert(adults >= 1);
	return kish[table][(adults < SAMPLE_KISH_MOST ? adults : SAMPLE_KISH_MOST) - 1];
}

double sample_kish_p(int person, int adults)
{
	int n = 0;
	for (int k = 0; k < 12; k++)
		n += sample_kish(dozen[k], adults) == person;
	return n / 12.0;
}

void sample_kish_deal(rng *r, size_t households, uint8_t *table)
{
	uint32_t hand[12];
	for (size_t i = 0; i < households; i++) {
		if (i % 12 == 0) {
			for (uint32_t k = 0; k < 12; k++)
				hand[k] = dozen[k];
			shuffle(r, hand, 12, 12);
		}
		table[i] = (uint8_t)hand[i % 12];
	}
}
