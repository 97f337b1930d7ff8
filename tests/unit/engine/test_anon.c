/* k-anonymity: what is left tells nobody apart from k - 1 others, and only as much is taken away as has to be. */
#include "engine/anon.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include "base/rng.h"

enum { ROWS = 2000, COLUMNS = 4 };

static size_t like(const struct anon_column *c, size_t n, size_t rows, size_t row)
{
	size_t found = 0;
	for (size_t i = 0; i < rows; i++) {
		bool same = true;
		for (size_t k = 0; k < n; k++)
			same &= c[k].level[i] == c[k].level[row];
		found += same;
	}
	return found;
}

static void test_small(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	/* Sex and age of nine people: the only one of age 2, and two of age 1, are alone in a crowd of six. */
	int32_t sex[] = { 0, 0, 0, 1, 1, 1, 0, 1, 1 }, age[] = { 0, 0, 0, 0, 0, 0, 1, 1, 2 };
	struct anon_column c[] = { { .level = sex, .levels = 2 }, { .level = age, .levels = 3 } };
	struct anon_report r;
	anon_protect(mem, c, 2, 9, 3, &r);
	assert_int_equal(r.small, 3);
	assert_int_equal(r.alone, 3);
	assert_int_equal(r.least, 3);
	assert_int_equal(age[0], 0); /* whoever is in a crowd stays as he is */
	assert_int_equal(sex[3], 1);
	assert_int_equal(age[8], ANON_SUPPRESSED);
	for (size_t i = 0; i < 9; i++)
		assert_true(like(c, 2, 9, i) >= 3);
	arena_free(mem);
}

static void test_fixed_and_too_few(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	int32_t stratum[] = { 0, 0, 0, 0, 1, 1 }, job[] = { 0, 1, 2, 3, 0, ANON_MISSING };
	struct anon_column c[] = { { .level = stratum, .levels = 2, .fixed = true }, { .level = job, .levels = 4 } };
	struct anon_report r;
	anon_protect(mem, c, 2, 6, 3, &r);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(job[i], ANON_SUPPRESSED);
	assert_int_equal(stratum[4], 1);
	assert_int_equal(r.least, 2); /* the second stratum has two people: said, not hidden */
	assert_int_equal(c[1].suppressed, 6);
	arena_free(mem);
}

static void test_none(void **state)
{
	(void)state;
	arena *mem = arena_new(0);
	struct anon_report r;
	anon_protect(mem, NULL, 0, 0, 5, &r);
	assert_int_equal(r.groups, 0);
	anon_protect(mem, NULL, 0, 7, 5, &r);
	assert_int_equal(r.groups, 1);
	assert_int_equal(r.least, 7);
	arena_free(mem);
}

static void test_property(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		arena *mem = arena_new(0);
		rng r;
		struct anon_column c[COLUMNS];
		struct anon_report report;
		rng_seed(&r, seed);
		size_t rows = 50 + rng_next(&r) % ROWS, k = 2 + rng_next(&r) % 8;
		for (size_t i = 0; i < COLUMNS; i++) {
			c[i] = (struct anon_column){ .level = arena_alloc(mem, rows * sizeof(int32_t)), .levels = 1 + (int32_t)(rng_next(&r) % 30) };
			for (size_t row = 0; row < rows; row++) /* low levels often, high ones seldom */
				c[i].level[row] = (int32_t)(rng_next(&r) % (uint64_t)(1 + (int32_t)(rng_next(&r) % (uint64_t)c[i].levels))) - (row % 97 == 0);
		}
		anon_protect(mem, c, COLUMNS, rows, k, &report);
		if (report.least < k)
			fail_msg("seed %llu: %zu of %zu", (unsigned long long)seed, report.least, k);
		for (size_t row = 0; row < rows; row += 7)
			assert_true(like(c, COLUMNS, rows, row) >= k);
		arena_free(mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_small), cmocka_unit_test(test_fixed_and_too_few), cmocka_unit_test(test_none),
		cmocka_unit_test(test_property) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
