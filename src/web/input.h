/* input: what a client sent, checked against the declarations of the route: type, bounds, required, number of values. */
#ifndef WEB_INPUT_H
#define WEB_INPUT_H
#include "web/form.h"
#include "web/route.h"

/* Fills w->values for w->info from the segments of the path, the query and the body (NULL: none). Faults go to w->cx; false when there is one.
 * *path_wrong: a segment was out of its bounds, so that the page does not exist. */
bool input_read(struct web_cx *w, const str *params, const struct form *query, const struct form *body, bool *path_wrong);

#endif
