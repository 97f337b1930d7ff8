/* scale: how the points of a rule go with one of its figures, everything else as it is: the steps of a rule, for drawing and for saying how
 * far the next one is. Only for rules that are made of comparisons of that figure with numbers, and of branches that are linear in it; then
 * the points are exact: they are the rule's own results at and between those numbers. */
#ifndef ENGINE_SCALE_H
#define ENGINE_SCALE_H
#include "engine/figure.h"
#include "engine/tree.h"

enum { SCALE_PIECES = 32 };

/* Between two numbers, without them, points go on a straight line. */
struct scale_piece {
	dec from, to;
	dec at_from, at_to; /* points just above from and just below to */
};

struct scale {
	struct scale_piece piece[SCALE_PIECES];
	dec point[SCALE_PIECES + 1]; /* points at the numbers: at piece[i].from, and at the end of the last */
	size_t n;
};

/* slot: of the figure, a value of the measure; low < high: where to look. slots: as measures_fill leaves them. mem: scratch.
 * false: the rule is of another shape, or its points are cut by the edition there. */
bool scale_of(const tree *t, int32_t node, uint32_t slot, dec low, dec high, const val *slots, arena *mem, struct scale *out);

/* Points at a number inside the scale. */
dec scale_at(const struct scale *s, dec x);

/* Where a scale of a share ends: at 1, or at the first tenth above a share beyond it. false: beyond all decimals. */
bool scale_end(dec now, dec *out);
/* Where showing it begins, in twentieths: as much below the lowest of its numbers and the figure as there is above it, at least 0. */
dec scale_low(const struct scale *s, dec now);

/* A number where the points change, seen from the figure. */
struct scale_step {
	bool there;
	dec at, points;
};

struct scale_step scale_up(const struct scale *s, dec now);   /* the next number above with more points */
struct scale_step scale_down(const struct scale *s, dec now); /* the one not to be fallen below: a fall, not a slope; points: below it */
/* How many of what is counted lie between the share num / den and such a number: so many more reach it, so many fewer still keep it. */
struct figure scale_count(dec at, struct figure num, struct figure den, bool up);

#endif
