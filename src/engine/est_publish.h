/* est_publish: who may be ranked in a table of estimates. What of it may be shown: hide.h.
 *
 * Ranks: a unit takes a place only when its answers, effective answers and coefficient of variation meet the thresholds; else "chưa đủ cơ sở
 * xếp hạng". Places are shared by equal estimates (1, 2, 2, 4).
 * Rank intervals: with all pairs tested at level / pairs (Bonferroni; M. Mogstad, J. Romano, A. Shaikh, D. Wilhelm, Review of Economic
 * Studies 91, 2024, give the construction), a unit's best place is 1 + the number of units surely above it, its worst n - those surely below. */
#ifndef ENGINE_EST_PUBLISH_H
#define ENGINE_EST_PUBLISH_H
#include "engine/est.h"

struct est_thresholds {
	size_t n;     /* least answers; 0: none */
	double n_eff; /* least effective answers; 0: none */
	double cv;    /* greatest coefficient of variation; 0: none */
};
enum est_short { EST_SHORT_NOTHING, EST_SHORT_N, EST_SHORT_EFFECTIVE, EST_SHORT_CV };
/* Which threshold is missed first. */
enum est_short est_falls_short(const struct est_value *v, const struct est_thresholds *t);

struct est_place {
	int place; /* 0: not ranked */
	int best, worst;
};
/* Of m estimates, highest first; ranked: which take part; cov (m x m) may be NULL: no intervals. */
void est_rank(const struct est_value *v, const bool *ranked, size_t m, const double *cov, double level, struct est_place *out);

#endif
