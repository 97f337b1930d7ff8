/* Response rates, agreement, and the correlation within groups beside what R says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "engine/est_scale.h"
#include "engine/fieldwork.h"

static void near(double found, double wanted)
{
	if (!(fabs(found - wanted) <= 1e-9 * (1 + fabs(wanted))))
		fail_msg("%.17g, not %.17g", found, wanted);
}

static void rates(void **state)
{
	(void)state;
	const double n[OUTCOMES] = { [OUTCOME_I] = 60, [OUTCOME_R] = 20, [OUTCOME_NC] = 10, [OUTCOME_UH] = 10, [OUTCOME_NE] = 10 };
	double r[FIELD_RATES];
	near(field_rates(n, (double)NAN, r), 0.9);
	near(r[0], 0.6);
	near(r[2], 60.0 / 99);
	near(r[4], 60.0 / 90);
	near(r[6], 0.75);
	near(r[12], 20.0 / 90);
	near(r[13], 0.8);
	near(r[14], 80.0 / 99);
	const double none[OUTCOMES] = { 0 };
	assert_true(isnan(field_rates(none, (double)NAN, r)) && isnan(r[0]) && isnan(r[15]));
}

/* The error of kappa was checked by the delta method with numeric derivatives: 0.126996063. */
static void agreement(void **state)
{
	(void)state;
	uint32_t one[50], two[50];
	const int cells[4] = { 20, 5, 10, 15 };
	size_t n = 0;
	for (int k = 0; k < 4; k++)
		for (int i = 0; i < cells[k]; i++, n++) {
			one[n] = (uint32_t)(k / 2);
			two[n] = (uint32_t)(k % 2);
		}
	struct agreement a;
	arena *mem = arena_new(0);
	field_agreement(one, two, n, 2, mem, &a);
	near(a.agree, 0.7);
	near(a.kappa, 0.4);
	assert_true(fabs(a.se - 0.126996063) < 1e-8);
	field_agreement(one, one, 5, 2, mem, &a); /* one class only */
	near(a.agree, 1);
	assert_true(isnan(a.kappa));
	arena_free(mem);
}

/* R 4.2.2: mean squares of anova(aov(y ~ factor(g))), the interval by qf. */
static void within_groups(void **state)
{
	(void)state;
	const double y[] = { 1, 2, 3, 2, 5, 6, 7, 6, 9, 8, 9, (double)NAN, 4 };
	const uint32_t g[] = { 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 1 };
	struct est_icc x;
	est_icc_of(y, g, 13, 3, 0.95, &x);
	assert_int_equal(x.n, 12);
	assert_int_equal(x.groups, 3);
	near(x.msb, 38.9);
	near(x.msw, 0.874074074074074);
	near(x.n0, 3.91666666666667);
	near(x.icc, 0.917406326323941);
	near(x.low, 0.634104667778677);
	near(x.high, 0.99776929777601);
}

static void test_seconds(void **state)
{
	(void)state;
	static const int64_t in[] = { -5, 0, 1, 14, 15, 119, 120, 149, 299, 301, 599, 601, 1799, 1800, 864000 },
			     out[] = { 0, 0, 1, 1, 15, 105, 120, 120, 270, 300, 540, 600, 1500, 1800, 1800 };
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		assert_int_equal(field_seconds(in[i]), out[i]);
	int64_t odd[] = { 9, 1, 5 }, even[] = { 8, 2, 4, 6 };
	near(field_median(odd, 3), 5);
	near(field_median(even, 4), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rates), cmocka_unit_test(agreement), cmocka_unit_test(within_groups),
		cmocka_unit_test(test_seconds) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
