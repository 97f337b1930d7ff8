/* Draws: probabilities that are kept, the same seed the same sample, allocation, Kish's tables, sizes, weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "engine/est_math.h"
#include "engine/sample.h"
#include "engine/sample_size.h"
#include "engine/weigh.h"

enum { DRAWS = 40000 };

static void near(double found, double wanted)
{
	if (!(fabs(found - wanted) <= 1e-9 * (1 + fabs(wanted))))
		fail_msg("%.17g, not %.17g", found, wanted);
}

static void probabilities_and_certainty(void **state)
{
	(void)state;
	const double size[] = { 100, 30, 10, 10, 10, 0, 40 };
	double pi[7];
	/* n = 3: 100 is certain; of the others 2 x / 100: 40 is 0.8, none more */
	assert_true(sample_pi(size, NULL, 7, 3, pi));
	const double wanted[] = { 1, 0.6, 0.2, 0.2, 0.2, 0, 0.8 };
	for (int i = 0; i < 7; i++)
		near(pi[i], wanted[i]);
	/* n = 4: 100 is certain, then 3 x / 100: 40 is certain, then 2 x / 60: 30 is certain, then one of the three */
	assert_true(sample_pi(size, NULL, 7, 4, pi));
	const double then[] = { 1, 1, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 1 };
	for (int i = 0; i < 7; i++)
		near(pi[i], then[i]);
	assert_true(sample_pi(size, NULL, 7, 6, pi));
	assert_false(sample_pi(size, NULL, 7, 7, pi));
	const bool seat[] = { false, false, true, false, false, false, false };
	assert_true(sample_pi(size, seat, 7, 2, pi));
	near(pi[2], 1);
	near(pi[0], 100.0 / 190);
}

/* Each unit is drawn as often as its probability says. Sum of squared standardised differences: chi square with at most N degrees of
 * freedom would be exact for independent units; a fixed sample size only makes it smaller. Tolerance: its 1 - 1e-6 quantile. */
static void frequencies(enum sample_how how, uint64_t seed, bool equal)
{
	enum { N = 14, TAKE = 6 };
	double pi[N], size[N];
	size_t hits[N] = { 0 };
	rng r;
	arena *mem = arena_new(0);
	rng_seed(&r, seed);
	for (int i = 0; i < N; i++)
		size[i] = equal ? 1 : i == 3 ? 60 : 3 + (i * 7) % 11;
	assert_true(sample_pi(size, NULL, N, TAKE, pi));
	for (int d = 0; d < DRAWS; d++) {
		bool in[N];
		int n = 0;
		if (d % 1000 == 0) {
			arena_free(mem);
			mem = arena_new(0);
		}
		sample_take(&r, how, pi, N, TAKE, mem, in);
		for (int i = 0; i < N; i++) {
			hits[i] += in[i];
			n += in[i];
		}
		assert_int_equal(n, TAKE);
	}
	arena_free(mem);
	double chi = 0;
	for (int i = 0; i < N; i++) {
		double wanted = DRAWS * pi[i], off = (double)hits[i] - wanted;
		if (pi[i] >= 1)
			assert_int_equal(hits[i], DRAWS);
		else
			chi += off * off / (wanted * (1 - pi[i]));
	}
	print_message("%s: chi square %.1f, limit %.1f (seed %llu)\n", sample_how_word(how), chi, est_chi2_q(1e-6, N, true), (unsigned long long)seed);
	assert_true(chi < est_chi2_q(1e-6, N, true));
}

static void drawn_as_often_as_promised(void **state)
{
	(void)state;
	frequencies(SAMPLE_SRS, 11, true);
	frequencies(SAMPLE_SYSTEMATIC, 12, true);
	frequencies(SAMPLE_PPS, 13, false);
	frequencies(SAMPLE_BREWER, 14, false);
}

/* 3 strata x 4 communes x 5 households. */
static struct sample_plan plan(uint32_t *stratum, uint32_t *unit, bool *seat, const uint32_t *first)
{
	struct sample_plan p = { .seed = 2024, .rows = 60, .stratum = stratum, .strata = 3, .first_n = first, .stages = 2, .reserve = 2 };
	for (uint32_t i = 0; i < 60; i++) {
		stratum[i] = i / 20;
		unit[i] = i / 5;
		seat[i] = i == 22;
	}
	p.stage[0] = (struct sample_stage){ .unit = unit, .units = 12, .how = SAMPLE_BREWER, .certain = seat };
	p.stage[1] = (struct sample_stage){ .how = SAMPLE_SRS, .n = 2 };
	return p;
}

static void stages(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	uint32_t stratum[60], unit[60];
	bool seat[60];
	const uint32_t first[] = { 2, 2, 4 };
	struct sample_plan p = plan(stratum, unit, seat, first);
	struct sample_row row[60], again[60];
	assert_int_equal(sample_draw(c, &p, row), ERR_OK);
	assert_int_equal(sample_draw(c, &p, again), ERR_OK);
	int drawn = 0, reserves = 0;
	double total = 0;
	for (int i = 0; i < 60; i++) {
		assert_int_equal(row[i].role, again[i].role);
		assert_int_equal(row[i].turn, again[i].turn);
		drawn += row[i].role == SAMPLE_MAIN;
		reserves += row[i].role == SAMPLE_RESERVE;
		if (row[i].role == SAMPLE_MAIN)
			total += 1 / row[i].p;
		if (row[i].role != SAMPLE_OUT && i >= 40)
			near(row[i].p, 0.4);
		if (row[i].role != SAMPLE_OUT && i >= 20 && i < 25) { /* the seat is a stratum of its own */
			near(row[i].pi[0], 1);
			assert_int_equal(row[i].own, 1);
		}
	}
	assert_int_equal(drawn, 16);
	assert_int_equal(reserves, 16);
	near(total, 60);
	p.stage[1].how = SAMPLE_PPS;
	assert_int_equal(sample_draw(c, &p, row), ERR_INPUT); /* reserves of unequal chances */
	assert_string_equal(c->faults[0].key, "sample.reserve_unequal");
	cx_free(c);
}

static void allocate(enum sample_allocation how, const struct sample_stratum *s, uint32_t n, uint32_t least, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t out[3];
	arena *mem = arena_new(0);
	assert_true(sample_allocate(how, s, 3, n, least, mem, out));
	assert_int_equal(out[0], a);
	assert_int_equal(out[1], b);
	assert_int_equal(out[2], c);
	arena_free(mem);
}

static void allocations(void **state)
{
	(void)state;
	const struct sample_stratum s[] = { { 4421, 120, 1, 4421 }, { 755, 100, 1, 755 }, { 1018, 60, 4, 1018 } };
	uint32_t out[3];
	allocate(SAMPLE_PROPORTIONAL, s, 200, 0, 143, 24, 33);  /* 142.75, 24.38, 32.87 */
	allocate(SAMPLE_PROPORTIONAL, s, 200, 30, 138, 30, 32); /* the small one is held, the others share 170: 138.2, 31.8 */
	allocate(SAMPLE_EQUAL, s, 200, 0, 67, 67, 66);
	allocate(SAMPLE_NEYMAN, s, 200, 0, 167, 24, 9); /* 530520 : 75500 : 30540 */
	allocate(SAMPLE_EQUAL, s, 3000, 0, 1227, 755, 1018);
	arena *mem = arena_new(0);
	assert_false(sample_allocate(SAMPLE_EQUAL, s, 3, 7000, 0, mem, out));
	assert_false(sample_allocate(SAMPLE_EQUAL, s, 3, 5, 2, mem, out));
	/* who is alike in everything needs nobody beyond the least */
	const struct sample_stratum alike[] = { { 100, 0, 1, 100 }, { 10, 5, 1, 10 }, { 10, 5, 1, 10 } };
	allocate(SAMPLE_NEYMAN, alike, 14, 2, 2, 6, 6);
	assert_false(sample_allocate(SAMPLE_NEYMAN, alike, 3, 50, 2, mem, out));
	arena_free(mem);
}

static void kish_tables(void **state)
{
	(void)state;
	for (int m = 1; m <= 6; m++)
		for (int person = 1; person <= m; person++)
			near(sample_kish_p(person, m), m != 5 ? 1.0 / m : person == 3 || person == 5 ? 0.25 : 1.0 / 6);
	near(sample_kish_p(7, 9), 0);
	assert_int_equal(sample_kish(7, 9), 6);
	uint8_t table[120];
	int n[SAMPLE_KISH_TABLES] = { 0 };
	rng r;
	rng_seed(&r, 1);
	sample_kish_deal(&r, 120, table);
	for (int i = 0; i < 120; i++)
		n[table[i]]++;
	assert_int_equal(n[0], 20);
	assert_int_equal(n[1], 10);
	assert_int_equal(n[7], 20);
}

static void sizes(void **state)
{
	(void)state;
	struct sample_need w = { .margin = 0.05, .p = 0.5, .level = 0.95, .population = (double)INFINITY, .response = 1, .eligible = 1 };
	struct sample_size s;
	assert_true(sample_size_of(&w, &s));
	assert_int_equal(s.interviews, 385);
	w.population = 1000;
	assert_true(sample_size_of(&w, &s));
	assert_int_equal(s.interviews, 278);
	assert_int_equal(s.by_law, 286);
	w.rho = 0.05;
	w.c1 = 500;
	w.c2 = 50;
	w.response = 0.7;
	assert_true(sample_size_of(&w, &s)); /* sqrt(10 x 19) = 13.78 */
	near(s.cluster, 14);
	near(s.deff, 1.65);
	assert_int_equal(s.interviews, 389);
	assert_int_equal(s.addresses, 556);
	assert_int_equal(s.clusters, 28);
	assert_true(s.margin_t > s.margin && s.margin <= 0.05);
	w = (struct sample_need){ .mean = true, .sd = 20, .margin = 1e-9, .level = 0.95, .population = (double)INFINITY, .response = 1, .eligible = 1 };
	assert_false(sample_size_of(&w, &s));
}

static void weights(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	double w[] = { 10, 10, 20, 20, 40, 100 }, factor[2];
	const uint32_t class[] = { 0, 0, 0, 1, 1, 1 };
	const bool said[] = { true, false, true, true, true, false };
	struct weigh_figures f;
	assert_int_equal(weigh_nonresponse(w, 6, class, 2, said, factor), 2);
	near(factor[0], 4.0 / 3);
	near(factor[1], 160.0 / 60);
	weigh_look(w, 6, &f);
	near(f.total, 200);
	assert_int_equal(f.n, 4);
	bool fits;
	assert_int_equal(weigh_trim(w, 6, 0, 60, mem, &fits), 2); /* what came off one lifted another */
	assert_true(fits);
	weigh_look(w, 6, &f);
	near(f.total, 200);
	near(f.max, 60);
	weigh_trim(w, 6, 0, 40, mem, &fits); /* the mean is 50 */
	assert_false(fits);
	const bool nobody[] = { true, true, true, false, false, false };
	assert_int_equal(weigh_nonresponse(w, 6, class, 2, nobody, factor), 1);
	double part[] = { 1, 2, 3, 4 };
	const uint32_t of[] = { 0, 0, 2, 2 };
	const double total[] = { 6, 1, 14 };
	assert_int_equal(weigh_to(part, 4, of, 3, total), 1);
	near(part[0], 1);
	const uint32_t both[] = { 0, 0, 1, 1 };
	assert_int_equal(weigh_to(part, 4, both, 2, (const double[]){ 6, 14 }), 2);
	near(part[0], 2);
	near(part[1], 4);
	near(part[2], 6);
	near(part[3], 8);
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probabilities_and_certainty),
		cmocka_unit_test(drawn_as_often_as_promised),
		cmocka_unit_test(stages),
		cmocka_unit_test(allocations),
		cmocka_unit_test(kish_tables),
		cmocka_unit_test(sizes),
		cmocka_unit_test(weights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
