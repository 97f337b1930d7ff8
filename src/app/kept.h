/* kept: what was made of a stored text that never changes (the tree of an edition, a questionnaire): read once, then shared by all threads
 * until the app is closed. Bounded: when there is no room, whoever asks reads it for himself. */
#ifndef APP_KEPT_H
#define APP_KEPT_H
#include "base/cx.h"

struct kept;

struct kept *kept_new(void);
void kept_free(struct kept *k); /* NULL is fine */

/* id: of the stored row; ids are never used twice. NULL: not there; k may be NULL. */
const void *kept_find(struct kept *k, int64_t id);

/* Reads what is stored into c. */
typedef enum err (*kept_read)(cx *c, const void *stored, const void **out);
/* The one there is, or read into a context of its own. NULL: no room, or it has faults; k may be NULL. */
const void *kept_make(struct kept *k, int64_t id, kept_read read, const void *stored);

#endif
