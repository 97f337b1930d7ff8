#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/rng.h"

/* The outputs of the authors' C code for the state 1, 2, 3, 4. */
static void xoshiro_known(void **state)
{
	(void)state;
	static const uint64_t want[] = { 11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
		16172922978634559625u, 8476171486693032832, 10595114339597558777u, 2904607092377533576 };
	rng r = { { 1, 2, 3, 4 } };
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_true(rng_next(&r) == want[i]);
}

/* The state is splitmix64's first four outputs. */
static void splitmix_known(void **state)
{
	(void)state;
	static const uint64_t want[] = { 6457827717110365317, 3203168211198807973, 9817491932198370423u, 4593380528125082431 };
	rng r;
	rng_seed(&r, 1234567);
	for (int i = 0; i < 4; i++)
		assert_true(r.s[i] == want[i]);
}

static void below_is_uniform(void **state)
{
	(void)state;
	enum { N = 7, ROUNDS = 70000 };
	int count[N] = { 0 };
	rng r;
	rng_seed(&r, 1);
	for (int i = 0; i < ROUNDS; i++)
		count[rng_below(&r, N)]++;
	for (int i = 0; i < N; i++)
		assert_in_range(count[i], ROUNDS / N - 500, ROUNDS / N + 500);
	for (int i = 0; i < 100; i++)
		assert_true(rng_below(&r, 1) == 0);
}

/* With n = 3 * 2^62 a plain product or remainder would prefer some thirds. */
static void below_large(void **state)
{
	(void)state;
	enum { ROUNDS = 30000 };
	const uint64_t n = (uint64_t)3 << 62;
	int count[3] = { 0 };
	rng r;
	rng_seed(&r, 2);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t v = rng_below(&r, n);
		assert_true(v < n);
		count[v >> 62]++;
	}
	for (int i = 0; i < 3; i++)
		assert_in_range(count[i], ROUNDS / 3 - 500, ROUNDS / 3 + 500);
}

static void doubles(void **state)
{
	(void)state;
	rng r;
	double sum = 0;
	rng_seed(&r, 3);
	for (int i = 0; i < 100000; i++) {
		double v = rng_double(&r);
		assert_true(v >= 0 && v < 1);
		sum += v;
	}
	assert_true(sum > 49500 && sum < 50500);
}

static void same_seed_same_numbers(void **state)
{
	(void)state;
	rng a, b, c;
	rng_seed(&a, 42);
	rng_seed(&b, 42);
	rng_seed(&c, 43);
	assert_true(rng_next(&a) == rng_next(&b));
	assert_true(rng_next(&a) != rng_next(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xoshiro_known),
		cmocka_unit_test(splitmix_known),
		cmocka_unit_test(below_is_uniform),
		cmocka_unit_test(below_large),
		cmocka_unit_test(doubles),
		cmocka_unit_test(same_seed_same_numbers),
	};
	return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
