/* worker: what has to be done without anybody asking: what rounds tell people, letters sent, digests made, files and old notices cleared away.
 * One thread, started by `thuocdo serve`; several servers on one store do not disturb each other. */
#ifndef APP_WORKER_H
#define APP_WORKER_H
#include "app/app.h"

struct worker;

struct worker_options {
	int every_ms;         /* how often it looks for letters; 0: 5,000 */
	int64_t (*now_ms)(void);
	/* What failed, for the log; from the worker's thread. */
	void (*report)(const char *work, enum err e, const cx *c);
};

struct worker *worker_start(struct app *a, const struct worker_options *opt); /* NULL: no thread could be started */
void worker_stop(struct worker *w); /* ends after the letter in hand; NULL is fine */
/* Everything once, now: for the command line and tests. */
void worker_once(struct app *a, const struct worker_options *opt, bool clean);

#endif
