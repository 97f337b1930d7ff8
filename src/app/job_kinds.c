/* The kinds of jobs of the program. */
#include "app/intake_wait.h"
#include "app/job.h"

static enum err run_reset(struct job_run *j)
{
	j->result = STR("/");
	return app_reset(j->c, j->app);
}

static const struct job_kind training_reset = { .name = "training.reset", .run = run_reset, .open = true, .alone = true };

const struct job_kind *const job_kinds[] = { &training_reset, &job_intake, NULL };
