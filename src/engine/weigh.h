/* weigh: weights of a sample, step by step, each with what it changed.
 *
 *     base          1 / the product of the inclusion probabilities
 *     within        times the number of persons one was chosen from (or 1 / the probability by Kish's tables)
 *     nonresponse   in each class, times (sum of the weights of all eligible) / (sum of those who answered), over those who answered
 *     post-stratification, raking, calibration: est_cal.h
 *     trim          weights outside [low, high] are set to the bound; what that takes or adds is spread evenly over those inside, again
 *                   until all are inside (with an upper bound alone: what R survey's trimWeights, strict, comes to). The total stays.
 * A step changes the weights in place. Weight 0: does not take part (who did not answer). */
#ifndef ENGINE_WEIGH_H
#define ENGINE_WEIGH_H
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

struct weigh_figures {
	size_t n; /* with a weight above 0 */
	double total, min, max, mean;
	double deff; /* of unequal weights: n sum w^2 / (sum w)^2 = 1 + CV^2 (L. Kish, Journal of Official Statistics 8, 1992) */
};
void weigh_look(const double *w, size_t n, struct weigh_figures *out);

/* Of the weights above 0; NaN: there is none. */
double weigh_median(const double *w, size_t n, arena *scratch);

/* class: by row, below `classes`. answered: by row; rows of weight 0 are not eligible. factor: by class; 0 where nobody is eligible. Returns
 * the number of the first class with eligible people and no answer (then nothing was changed), or `classes`. */
uint32_t weigh_nonresponse(double *w, size_t n, const uint32_t *class, uint32_t classes, const bool *answered, double *factor);

/* In each class weights come to total[class]. Returns the number of the first class that has no weight (then nothing was changed), or `classes`. */
uint32_t weigh_to(double *w, size_t n, const uint32_t *class, uint32_t classes, const double *total);

/* Returns how many weights were cut in all; false in *fits: the total cannot be kept within the bounds (nothing was changed then). */
size_t weigh_trim(double *w, size_t n, double low, double high, arena *scratch, bool *fits);

#endif
