/* bar: small figures of points, drawn by the server as SVG: colours come from the style sheet, geometry is in the file. The hatch is the
 * pattern of ui/templates/marks.html, which a page with these figures includes once. */
#ifndef WEB_BAR_H
#define WEB_BAR_H
#include "app/round.h"
#include "web/web.h"

/* What was obtained of a maximum (solid) and lost (hatched), with a tick at each tenth. share is cut to 0 … 1. The number stands in the
 * page beside it, so readers of the screen do not hear it twice. */
str bar_score(arena *mem, double share, int width);

/* The ruler of a rule: stretches by the points they give, the numbers of the rule as brass lines, and where the share lies. digits: of points. */
str bar_scale(struct web_cx *w, const struct sheet_scale *s, int digits);

#endif
