/* survey_memory: rows of surveys as they were under a version of the store (app_version): everybody who answers asks for the same one, and as
 * long as nothing was committed it is the same. Bounded; the one put in longest ago makes room. From any thread. */
#ifndef APP_SURVEY_MEMORY_H
#define APP_SURVEY_MEMORY_H
#include "db/survey.h"

struct survey_memory;

struct survey_kept {
	db_survey s;
	int64_t all, today; /* through the open door, when it has a limit */
	day on;             /* today */
};

struct survey_memory *survey_memory_new(void);
void survey_memory_free(struct survey_memory *m); /* NULL is fine */

/* False: not known under this version, or of yesterday. Texts go into c. */
bool survey_memory_get(struct survey_memory *m, cx *c, uint64_t version, str code, struct survey_kept *out);
/* version: as it was before the row was read; 0: not known, and nothing is kept. m may be NULL. */
void survey_memory_put(struct survey_memory *m, uint64_t version, const struct survey_kept *x);

#endif
