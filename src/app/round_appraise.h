/* round_appraise: deciding the criteria of a sheet: agreeing with the unit, other figures, or points as given; one by one or all that are
 * clear at once. The stage is that of the round: appraisal 1, appraisal 2, council (also while a published round is corrected).
 *
 * A decision keeps the points that the engine gave at that moment. Points other than the unit's own want a remark. */
#ifndef APP_ROUND_APPRAISE_H
#define APP_ROUND_APPRAISE_H
#include "app/round_entry.h"

struct appraise_change {
	str node;
	str basis;   /* self, figures, points */
	str points;  /* of basis points: canonical */
	str remark;
	bool asks;   /* an explanation is wanted */
	int base;    /* revision of this stage that was seen; 0: none */
	str key;
	/* of basis figures: the appraiser's, for measures of this node; at most 8 */
	const struct entry_change *figures;
	size_t n_figures;
};

struct appraise_saved {
	struct entry_outcome *p; /* one a change; at a conflict: value = their points, reason = their remark */
	size_t n, saved, conflicts, refused;
};

enum err appraise_save(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct appraise_change *x, size_t n,
	struct appraise_saved *out);
/* Agrees with every row that has points, has its evidence, and is not decided yet in this stage. */
enum err appraise_accept(cx *c, struct app *a, const struct actor *who, str round, str unit, int *accepted);

#endif
