/* figure: a number that may be missing, and what can be said of such numbers: nothing, as soon as one of them is missing or the result is
 * beyond all decimals. */
#ifndef ENGINE_FIGURE_H
#define ENGINE_FIGURE_H
#include "base/dec.h"

struct figure {
	bool there;
	dec v;
};

struct figure figure_if(bool there, dec v);
struct figure figure_minus(struct figure a, struct figure b);
struct figure figure_percent(struct figure part, struct figure whole); /* missing of a whole of zero */
struct figure figure_mean(struct figure sum, int64_t n);               /* missing of no numbers */
struct figure figure_plus(struct figure sum, struct figure a);         /* a missing a adds nothing */

#endif
