/* est_scale: how well several questions measure one thing, and how much the answers depend on who asked.
 *
 * Cronbach's alpha of k items: k / (k - 1) (1 - sum of the items' variances / variance of their sum), with weights, over the rows of a part
 * where all items are answered (L. J. Cronbach, Psychometrika 16, 1951). Per item: mean, standard deviation, correlation with the sum of the
 * others, alpha without it.
 * ICC of a factor (interviewer, post office): the one-way analysis of variance estimator (MSB - MSW) / (MSB + (n0 - 1) MSW), unweighted,
 * n0 = (N - sum n_j^2 / N) / (k - 1). Below zero is shown as such: it means none. Its interval: with F = MSB / MSW, (F / q - 1) / (F / q + n0 - 1)
 * at the upper quantiles q of F(k - 1, N - k) and, for the other end, 1 / q of F(N - k, k - 1) (S. Searle, Linear Models, 1971, 9.10); exact for
 * groups of one size, else near. */
#ifndef ENGINE_EST_SCALE_H
#define ENGINE_EST_SCALE_H
#include "engine/est.h"

enum { EST_MAX_ITEMS = 60 };

struct est_item_figures {
	double mean, sd, rest_correlation, alpha_without; /* alpha_without: NaN below three items */
};
struct est_alpha {
	double alpha;
	size_t n;
	struct est_item_figures item[EST_MAX_ITEMS];
};
/* weight: by row; k from 2. NaN without two rows or any spread. */
void est_alpha(const est_design *d, struct frame_column *const *items, int k, const struct est_part *part, struct est_alpha *out);

struct est_icc {
	double icc, n0, low, high; /* low, high: 95 %, or `level` */
	double msb, msw;
	size_t n;
	uint32_t groups;
};
/* Of bare values: group by value, below `groups`; NaN: no value. */
void est_icc_of(const double *y, const uint32_t *group, size_t n, uint32_t groups, double level, struct est_icc *out);
void est_icc(const est_design *d, const struct frame_column *y, const struct frame_column *by, const struct est_part *part, struct est_icc *out);

#endif
