/* score_report: what `thuocdo score` prints, in its three forms (docs/formats.md, RESULTS). */
#ifndef CLI_SCORE_REPORT_H
#define CLI_SCORE_REPORT_H
#include "base/po.h"
#include "engine/loss.h"
#include "engine/measure.h"
#include "engine/rank.h"
#include "engine/trace.h"

struct score_report {
	cx *c;
	enum lang lang;
	const tree *t;
	const struct measures *m;
	const struct score_result *results; /* by unit */
	const struct rank_entry *ranks;     /* by unit */
	int only;                           /* unit; -1: all */
	int32_t trace;                      /* node; NO_NODE: no single trace asked for */
	val *slots;
	arena *scratch;
};

void score_report_text(buf *b, const struct score_report *r);
void score_report_csv(buf *b, const struct score_report *r);
void score_report_json(buf *b, const struct score_report *r);

#endif
