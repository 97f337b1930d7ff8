/* fault: what was wrong with a form, as rows for the page that shows the form again (partial ui/templates/faults.html). */
#ifndef WEB_FAULT_H
#define WEB_FAULT_H
#include "web/web.h"

struct view_error_fault;

/* The errors in w->cx so far, with the words of their fields. */
struct view_error_fault *fault_rows(struct web_cx *w, size_t *n);
/* How many there were beyond those n that were kept. */
int64_t fault_more(const struct web_cx *w, size_t n);

#endif
