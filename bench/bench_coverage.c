/* How often a 95 % interval holds the truth, and how wide it is: three designs of a provincial survey over a made-up population.
 *   bench_coverage [DRAWS [SEED]]   default 2000 20260701
 * Claim: between 93 and 97 of 100 in each; exit 1 where fewer or more do (few draws stray further). */
#include <stdio.h>
#include "../tests/unit/engine/coverage.h"

int main(int argc, char **argv)
{
	int draws = argc > 1 ? atoi(argv[1]) : 2000, bad = 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20260701;
	if (draws < 1 || draws > 1000000)
		return fprintf(stderr, "bench_coverage [DRAWS (1 to 1000000) [SEED]]\n"), 2;
	printf("%-50s %8s %9s %7s %11s %5s %3s\n", "design", "draws", "coverage", "truth", "half-width", "n", "df");
	for (int i = 0; i < COVERAGE_DESIGNS; i++) {
		struct coverage x = coverage_of(i, draws, seed);
		double share = 100.0 * x.held / x.draws;
		printf("%-50s %8d %7.2f %% %5.2f %% %8.2f pts %5d %3g\n", x.name, x.draws, share, 100 * x.mean, 100 * x.width, x.n, x.df);
		bad += share < 93 || share > 97;
	}
	return bad > 0;
}
