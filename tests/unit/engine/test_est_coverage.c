/* Whether a 95 % interval holds the truth 95 times in 100, in three designs (coverage.h). `./dev bench coverage` shows it to anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "coverage.h"

static void cover(int design, double df)
{
	struct coverage x = coverage_of(design, 2000, 20260701);
	printf("# %s: %.2f %% of %d intervals hold the mean %.2f %%; mean half-width %.2f points; n = %d, df = %g\n", x.name, 100.0 * x.held / x.draws,
		x.draws, 100 * x.mean, 100 * x.width, x.n, x.df);
	assert_true(x.df == df);
	if (x.held < x.draws * 93 / 100 || x.held > x.draws * 97 / 100)
		fail_msg("%s: coverage %.2f %%", x.name, 100.0 * x.held / x.draws);
}

static void test_three_districts(void **state)
{
	(void)state;
	cover(0, 2);
}

static void test_seat_certain(void **state)
{
	(void)state;
	cover(1, 4);
}

static void test_two_tiers(void **state)
{
	(void)state;
	cover(2, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_three_districts), cmocka_unit_test(test_seat_certain), cmocka_unit_test(test_two_tiers) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
