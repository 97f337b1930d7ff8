/* coverage: whether a 95 % interval holds the truth 95 times in 100: three designs of a provincial survey, each drawn many times from one
 * simulated population (seeds fixed). The population is made up. For the unit test and for `./dev bench coverage`. */
#ifndef TEST_COVERAGE_H
#define TEST_COVERAGE_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "engine/est.h"

enum { DISTRICTS = 60, COMMUNES = 10, VILLAGES = 8, PERSONS = 120, N = DISTRICTS * COMMUNES * VILLAGES * PERSONS, MOST = 1200 };

/* The population: satisfied or not, person by person; district 0 is the seat of the province. */
struct people {
	bool *satisfied;
	int districts;
	int size[DISTRICTS]; /* communes of a district: the seat has all, the others differ where the design is PPS */
};

static double normal(rng *r)
{
	double sum = -6;
	for (int k = 0; k < 12; k++)
		sum += rng_double(r);
	return sum;
}

static size_t person(int district, int commune, int village, int who)
{
	return ((size_t)(district * COMMUNES + commune) * VILLAGES + (size_t)village) * PERSONS + (size_t)who;
}

static void make_people(arena *mem, struct people *p, uint64_t seed, int districts, double of_district, double of_commune)
{
	rng r;
	p->districts = districts;
	rng_seed(&r, seed);
	p->satisfied = NEW_ARRAY(mem, bool, N);
	for (int d = 0; d < districts; d++) {
		double a = 0.82 + of_district * normal(&r);
		p->size[d] = d == 0 || districts == DISTRICTS ? COMMUNES : 2 + (int)rng_below(&r, 3);
		for (int c = 0; c < COMMUNES; c++) {
			double b = a + of_commune * normal(&r);
			for (int v = 0; v < VILLAGES; v++) {
				double share = b + 0.03 * normal(&r);
				for (int k = 0; k < PERSONS; k++)
					p->satisfied[person(d, c, v, k)] = rng_double(&r) < share;
			}
		}
	}
}

/* One answer of a sample. */
struct sample {
	int n;
	double y[MOST], w[MOST], fpc[4][MOST];
	uint32_t unit[4][MOST], stratum[MOST];
};

static void choose(rng *r, int k, int n, int *out)
{
	int all[1024];
	for (int i = 0; i < n; i++)
		all[i] = i;
	for (int i = 0; i < k; i++) {
		int j = i + (int)rng_below(r, (uint64_t)(n - i)), t = all[i];
		all[i] = all[j];
		all[j] = t;
		out[i] = all[i];
	}
}

/* 3 villages of a commune, 31 persons in each. base: the weight down to the commune. */
static void take_commune(const struct people *p, rng *r, struct sample *s, int district, int commune, double base, uint32_t stratum, const uint32_t unit[2],
	int villages, const double fpc[2])
{
	int village[8], who[64];
	choose(r, villages, VILLAGES, village);
	for (int v = 0; v < villages; v++) {
		choose(r, 31, PERSONS, who);
		for (int k = 0; k < 31; k++) {
			int i = s->n++;
			s->y[i] = p->satisfied[person(district, commune, village[v], who[k])];
			s->w[i] = base * VILLAGES / villages * PERSONS / 31;
			s->stratum[i] = stratum;
			s->unit[0][i] = unit[0];
			s->unit[1][i] = unit[1];
			s->unit[2][i] = unit[1] * 10 + (uint32_t)v;
			s->unit[3][i] = (uint32_t)i;
			s->fpc[0][i] = fpc[0];
			s->fpc[1][i] = fpc[1];
			s->fpc[2][i] = VILLAGES;
			s->fpc[3][i] = PERSONS;
		}
	}
}

/* (a) 3 of the districts, 2 communes each, 3 villages each: 558 people. */
static void draw_a(const struct people *p, rng *r, struct sample *s)
{
	int district[3], commune[2];
	choose(r, 3, DISTRICTS, district);
	for (int d = 0; d < 3; d++) {
		choose(r, 2, COMMUNES, commune);
		for (int c = 0; c < 2; c++)
			take_commune(p, r, s, district[d], commune[c], DISTRICTS / 3.0 * COMMUNES / 2.0, 0,
				(uint32_t[]){ (uint32_t)d, (uint32_t)(d * 2 + c) }, 3, (double[]){ DISTRICTS, COMMUNES });
	}
}

/* (b) The seat of the province has about half of the people. It is taken for certain, its communes as first stage (4 of 10); of the
 * other districts 2 are drawn in proportion to their communes, with replacement. (Where those two carry nearly all of the variance, df = PSUs -
 * strata flatters: a seat of one twentieth of the people gave 79 %.) */
static void draw_b(const struct people *p, rng *r, struct sample *s)
{
	int commune[4], total = 0;
	choose(r, 4, COMMUNES, commune);
	for (int c = 0; c < 4; c++)
		take_commune(p, r, s, 0, commune[c], COMMUNES / 4.0, 0, (uint32_t[]){ (uint32_t)c, (uint32_t)c }, 3, (double[]){ COMMUNES, VILLAGES });
	for (int d = 1; d < p->districts; d++)
		total += p->size[d];
	for (int k = 0; k < 2; k++) {
		int at = (int)rng_below(r, (uint64_t)total), d = 1;
		while (at >= p->size[d])
			at -= p->size[d++];
		choose(r, 2, p->size[d], commune);
		for (int c = 0; c < 2; c++)
			take_commune(p, r, s, d, commune[c], (double)total / p->size[d] / 2 * p->size[d] / 2, 1,
				(uint32_t[]){ 100 + (uint32_t)k, 200 + (uint32_t)(k * 2 + c) }, 3, (double[]){ INFINITY, INFINITY });
	}
}

/* (c) Two tiers: 9 wards of the seat's kind and 9 communes of the rest, 2 villages each, 31 persons. */
static void draw_c(const struct people *p, rng *r, struct sample *s)
{
	enum { WARDS = 12 * COMMUNES, OTHERS = (DISTRICTS - 12) * COMMUNES };
	int which[9];
	for (uint32_t h = 0; h < 2; h++) {
		int size = h ? OTHERS : WARDS, first = h ? WARDS : 0;
		choose(r, 9, size, which);
		for (int k = 0; k < 9; k++) {
			int c = first + which[k];
			take_commune(p, r, s, c / COMMUNES, c % COMMUNES, size / 9.0, h, (uint32_t[]){ h * 9 + (uint32_t)k, h * 9 + (uint32_t)k }, 2,
				(double[]){ size, VILLAGES });
		}
	}
	/* Its stages are commune, village, person. */
	for (int k = 1; k < 3; k++) {
		memcpy(s->unit[k], s->unit[k + 1], sizeof s->unit[k]);
		memcpy(s->fpc[k], s->fpc[k + 1], sizeof s->fpc[k]);
	}
}

static double truth(const struct people *p)
{
	double sum = 0, n = 0;
	for (int d = 0; d < p->districts; d++)
		for (int c = 0; c < p->size[d]; c++)
			for (int v = 0; v < VILLAGES; v++)
				for (int k = 0; k < PERSONS; k++) {
					sum += p->satisfied[person(d, c, v, k)];
					n++;
				}
	return sum / n;
}

static void estimate(struct sample *s, int stages, int fpcs, struct est_value *v)
{
	cx *c = cx_new(0);
	frame *f = frame_new(c, (size_t)s->n);
	struct est_spec spec = { .stages = stages, .strata = 1, .fpcs = fpcs };
	static const str level[1] = { { "x", 1 } };
	for (int k = 0; k < stages; k++)
		spec.id[k] = frame_factor(f, STR("id"), s->unit[k], level, MOST);
	for (int k = 0; k < fpcs; k++)
		spec.fpc[k] = frame_number(f, STR("fpc"), s->fpc[k]);
	spec.stratum[0] = frame_factor(f, STR("h"), s->stratum, level, 2);
	spec.weight = frame_number(f, STR("w"), s->w);
	struct frame_column *y = frame_number(f, STR("y"), s->y);
	est_design *d;
	struct est_parts parts;
	if (est_design_make(f, &spec, &d) || est_parts(d, NULL, 0, &parts))
		abort();
	struct est_options o = { 0 };
	est_value(est_start(c->mem, d, &o), &(struct est_ask){ .kind = EST_MEAN, .y = y }, &parts.p[0], v);
	cx_free(c);
}

struct coverage {
	const char *name;
	int draws, held, n;
	double mean, width, df; /* width: the mean of half the intervals */
};

enum { COVERAGE_DESIGNS = 3 };

static inline struct coverage coverage_of(int design, int draws, uint64_t seed)
{
	static const struct {
		const char *name;
		int districts;
		double of_district, of_commune;
		void (*draw)(const struct people *, rng *, struct sample *);
		int stages, fpcs;
	} designs[COVERAGE_DESIGNS] = {
		{ "(a) 3 districts x 2 communes x 3 villages x 31", DISTRICTS, 0.04, 0.03, draw_a, 1, 0 },
		{ "(b) the seat certain, 2 districts PPS", 4, 0.005, 0.05, draw_b, 1, 1 },
		{ "(c) two tiers, 9 wards and 9 communes", DISTRICTS, 0.03, 0.04, draw_c, 3, 3 },
	};
	arena *mem = arena_new(0);
	struct people p;
	rng r;
	struct sample *s = malloc(sizeof *s);
	if (!s)
		abort();
	make_people(mem, &p, (uint64_t)design + 1, designs[design].districts, designs[design].of_district, designs[design].of_commune);
	struct coverage out = { .name = designs[design].name, .draws = draws, .mean = truth(&p) };
	rng_seed(&r, seed);
	for (int k = 0; k < draws; k++) {
		struct est_value v;
		s->n = 0;
		designs[design].draw(&p, &r, s);
		estimate(s, designs[design].stages, designs[design].fpcs, &v);
		out.df = v.df;
		out.n = s->n;
		out.held += v.ci.low <= out.mean && out.mean <= v.ci.high;
		out.width += (v.ci.high - v.ci.low) / 2 / draws;
	}
	free(s);
	arena_free(mem);
	return out;
}

#endif
