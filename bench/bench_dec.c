/* ns per operation on dec, for short operands (points, counts) and full ones (34 digits). */
#include <stdio.h>
#include <time.h>
#include "base/dec.h"
#include "base/rng.h"

enum { N = 1024, ROUNDS = 2000 };

static dec short_a[N], short_b[N], ratio[N], limit[N], full_a[N], full_b[N];
static volatile uint64_t sink;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static dec points(rng *r)
{
	static const dec unit[] = { { .lo = 1 }, { .lo = 1, .exp = -1 }, { .lo = 1, .exp = -2 } };
	dec d = dec_int((int64_t)rng_below(r, 10000) + 1);
	dec_mul(d, unit[rng_below(r, 3)], &d);
	return d;
}

static void fill(void)
{
	rng r;
	rng_seed(&r, 1);
	for (int i = 0; i < N; i++) {
		short_a[i] = points(&r);
		short_b[i] = points(&r);
		dec_div(short_a[i], short_b[i], &ratio[i]);
		limit[i] = dec_int((int64_t)rng_below(&r, 20) + 1);
		limit[i].exp = -1;
		dec_div(points(&r), dec_int(7 * 11 * 13 * 17), &full_a[i]);
		dec_div(points(&r), dec_int(3 * 19 * 23), &full_b[i]);
	}
}

static uint64_t use(bool ok, dec d) { return ok ? d.lo : 0; }

/* EXPR sees i and d. */
#define BENCH(name, expr) \
	do { \
		uint64_t sum = 0; \
		double t = now(); \
		for (int round = 0; round < ROUNDS; round++) \
			for (int i = 0; i < N; i++) { \
				dec d = DEC_ZERO; \
				sum += (expr); \
				(void)d; \
			} \
		sink = sum; \
		printf("%-28s %6.1f ns\n", name, (now() - t) / ((double)N * ROUNDS)); \
	} while (0)

int main(void)
{
	const dec hundred = dec_int(100);
	fill();
	BENCH("add short", use(dec_add(short_a[i], short_b[i], &d), d));
	BENCH("add full", use(dec_add(full_a[i], full_b[i], &d), d));
	BENCH("mul short", use(dec_mul(short_a[i], short_b[i], &d), d));
	BENCH("mul quotient * 100", use(dec_mul(ratio[i], hundred, &d), d));
	BENCH("mul full * short", use(dec_mul(full_a[i], short_b[i], &d), d));
	BENCH("mul full", use(dec_mul(full_a[i], full_b[i], &d), d));
	BENCH("div short", use(dec_div(short_a[i], short_b[i], &d), d));
	BENCH("div full / short", use(dec_div(full_a[i], short_b[i], &d), d));
	BENCH("div full", use(dec_div(full_a[i], full_b[i], &d), d));
	BENCH("cmp short", (uint64_t)dec_cmp(short_a[i], short_b[i]));
	BENCH("cmp quotient with limit", (uint64_t)dec_cmp(ratio[i], limit[i]));
	BENCH("cmp full", (uint64_t)dec_cmp(full_a[i], full_b[i]));
	BENCH("round short to 1", use(dec_round(short_a[i], 1, DEC_HALF_UP, &d), d));
	BENCH("round full to 2", use(dec_round(full_a[i], 2, DEC_HALF_UP, &d), d));
	BENCH("divide, compare", (uint64_t)(dec_div(short_a[i], short_b[i], &d) ? dec_cmp(d, limit[i]) : 0));
	return 0;
}
