/* sample_size: how many people a survey needs, and into how many clusters they go.
 *
 *     n0 = (z / e)^2 S^2                    e: margin, half the width of the interval; S^2 = p (1 - p) of a share, sd^2 of a mean
 *     n1 = deff n0                          deff = 1 + (m - 1) rho for clusters of m persons (L. Kish, Survey Sampling, 1965, 5.4, 8.2)
 *     n2 = n1 / (1 + (n1 - k) / N)          finite population; k = 1 of a share, 0 of a mean (W. G. Cochran, Sampling Techniques, 1977, 4.4, 4.6)
 *     interviews = n2, rounded up; addresses = interviews / (response x eligible), rounded up
 * Where clusters cost c1 and persons c2, the cheapest cluster has m = sqrt(c1 / c2 (1 - rho) / rho) persons (Kish, 8.3B).
 * What few clusters can do: the half-width by t with clusters less strata as degrees of freedom is given beside the one that was asked for.
 * For comparison, `by_law` is n = N / (1 + N e^2), which stood in guidance for the first satisfaction surveys (a share of one half, z about 2,
 * no design effect). */
#ifndef ENGINE_SAMPLE_SIZE_H
#define ENGINE_SAMPLE_SIZE_H
#include <stdbool.h>
#include <stdint.h>

struct sample_need {
	bool mean;         /* sd counts, else p */
	double margin;     /* above 0 */
	double p, sd;
	double level;      /* 0.95 */
	double population; /* infinite when not known */
	double deff;       /* 0: of rho and cluster; without them 1 */
	double rho, cluster, c1, c2; /* 0: not given; cluster 0 with rho, c1, c2: the cheapest */
	double response, eligible; /* 1 when not given */
	int64_t strata;    /* of the clusters; at least 1 */
};

struct sample_size {
	double z, n0, deff, n2;
	int64_t interviews, addresses;
	double cluster;      /* persons in each; 0: no clusters */
	int64_t clusters;
	double cost;         /* NaN: not known */
	double margin;       /* reached with `interviews`, by the normal distribution */
	double df, margin_t; /* by t; NaN without clusters or degrees of freedom */
	int64_t by_law;      /* 0: needs population and a share */
};

enum { SAMPLE_MOST_PEOPLE = 1000000000 };
/* What would be left out silently: a correlation without what says how large clusters are, clusters without a correlation, one cost of two. */
enum sample_gap { SAMPLE_GAP_NONE, SAMPLE_GAP_CLUSTER, SAMPLE_GAP_RHO, SAMPLE_GAP_COST };
enum sample_gap sample_size_gap(const struct sample_need *need);
/* False: more than SAMPLE_MOST_PEOPLE would be needed. */
bool sample_size_of(const struct sample_need *need, struct sample_size *out);
double sample_cheapest_cluster(double c1, double c2, double rho);

#endif
