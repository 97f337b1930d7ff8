/* demo_round: rounds of the imaginary Tỉnh Mẫu in the middle of their work, so that every page has something to show. All figures are
 * illustrative; dates go by the day of loading. */
#ifndef APP_DEMO_ROUND_H
#define APP_DEMO_ROUND_H
#include "app/app.h"

/* After the demo's units and measures; what is there already is left alone. */
enum err demo_rounds(cx *c, struct app *a);

#endif
