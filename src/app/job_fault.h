/* job_fault: the faults of a job, kept in the store as JSON and put into words when somebody reads them. For job.c. */
#ifndef APP_JOB_FAULT_H
#define APP_JOB_FAULT_H
#include "base/cx.h"

enum { JOB_FAULTS = 20 }; /* so many are kept; the rest is a number */

str job_faults_write(arena *mem, const cx *said); /* empty: none */
/* A text that cannot be read gives none. */
void job_faults_read(cx *c, str text, fault **out, size_t *n);

#endif
