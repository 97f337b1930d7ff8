#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "base/csv.h"
#include "engine/est_frame.h"
#include "engine/est_math.h"

/* tests/data/est_math.csv: values worked out with 40 digits (mpmath 1.3.0: betainc, gammainc, erfc, loggamma). */
static double ours(str what, double x, double a, double b)
{
	return str_is(what, "t_upper")       ? est_t_p(x, a, true)
		: str_is(what, "chi2_lower") ? est_chi2_p(x, a, false)
		: str_is(what, "chi2_upper") ? est_chi2_p(x, a, true)
		: str_is(what, "beta_lower") ? est_beta_p(x, a, b, false)
		: str_is(what, "lgamma")     ? est_lgamma(x)
		: str_is(what, "norm_upper") ? est_norm_p(x, true)
					     : (double)NAN;
}

static void test_table(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	csv *f = csv_open_file(c, "tests/data/est_math.csv", NULL);
	csv_record r;
	int rows = 0;
	assert_non_null(f);
	assert_true(csv_read(f, &r));
	while (csv_read(f, &r)) {
		double x[4];
		for (int k = 0; k < 4; k++)
			assert_true(frame_parse(r.cell[k + 1], &x[k]));
		double got = ours(r.cell[0], x[0], x[1], x[2]), off = x[3] != 0 ? fabs(got - x[3]) / fabs(x[3]) : fabs(got);
		/* One of the 953 is at 1.17e-12: a share near one, where the argument itself has no more digits. */
		if (!(off <= 1.2e-12))
			fail_msg("%.*s(%g, %g, %g) = %.17g, not %.17g", STR_ARG(r.cell[0]), x[0], x[1], x[2], got, x[3]);
		rows++;
	}
	assert_int_equal(rows, 953);
	csv_close(f);
	cx_free(c);
}

static const double shapes[] = { 0.3, 0.5, 1, 2, 3, 4, 7, 14, 30, 100, 197, 1000, 12345 };
static const double shares[] = { 1e-30, 1e-10, 1e-5, 0.001, 0.025, 0.1, 0.3, 0.5, 0.6, 0.9, 0.975, 0.999 };
#define EACH(i, array) size_t i = 0; i < sizeof array / sizeof *array; i++

static void there_and_back(const char *what, double q, double p, double back)
{
	if (q > 1e-290 && q < 1e290 && !(fabs(back / p - 1) <= 4e-12))
		fail_msg("%s: the quantile of %g is %.17g, whose tail is %.17g", what, p, q, back);
}

static void test_quantiles(void **state)
{
	(void)state;
	for (EACH(i, shapes))
		for (EACH(j, shares))
			for (int upper = 0; upper < 2; upper++) {
				double a = shapes[i], p = shares[j], q = est_chi2_q(p, a, upper);
				there_and_back("chi square", q, p, est_chi2_p(q, a, upper));
				there_and_back("t", fabs(est_t_q(p, a, upper)), p, est_t_p(est_t_q(p, a, upper), a, upper));
				for (EACH(k, shapes)) {
					q = est_f_q(p, a, shapes[k], upper);
					there_and_back("F", q, p, est_f_p(q, a, shapes[k], upper));
					q = est_beta_q(p, a, shapes[k], upper);
					if (q < 0.999) /* nearer to one, q has fewer digits than its tail */
						there_and_back("beta", q, p, est_beta_p(q, a, shapes[k], upper));
				}
			}
}

#define CLOSE(got, wanted, within) assert_true(fabs((got) - (wanted)) <= (within))

static void test_known(void **state)
{
	(void)state;
	CLOSE(est_t_q(0.025, 2, true), 4.302652729749464, 2e-14);
	CLOSE(est_t_q(0.025, INFINITY, true), 1.959963984540054, 1e-14);
	CLOSE(est_t_q(0.025, 1e6, true), 1.95996635681410703, 1e-14);
	CLOSE(est_norm_q(0.975, false), 1.959963984540054, 1e-14);
	CLOSE(est_norm_q(1e-300, true), 37.04709629936120, 1e-13);
	CLOSE(est_chi2_q(0.05, 1, true), 3.841458820694126, 1e-14);
	assert_true(est_t_q(0.5, 3, true) == 0 && isinf(est_t_q(0, 3, true)) && est_beta_q(1, 2, 3, false) == 1);
	assert_true(isnan(est_t_q(0.1, 0, true)) && isnan(est_t_q(1.5, 3, true)) && isnan(est_beta_p(0.5, -1, 2, false)));
	assert_true(isnan(est_gamma_p(1, NAN, false)) && est_f_p(-1, 2, 3, true) == 1 && est_chi2_p(0, 3, false) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_quantiles), cmocka_unit_test(test_known) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
