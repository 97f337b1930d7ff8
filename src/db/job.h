/* job: work in the background as it stands in the store: waiting, running (owner says in which process), then done, failed or cancelled.
 * What a job does is not known here. Moments are those of c->now_ms. */
#ifndef DB_JOB_H
#define DB_JOB_H
#include "db/db.h"

typedef struct db_job {
	int64_t id;
	str kind, args, state, actor;
	str owner;         /* process that took it; empty: none yet */
	str message;       /* faults, as JSON */
	str result;        /* address of what came out; empty: nothing to show */
	int64_t progress, total; /* total 0: not known */
	bool cancel;       /* somebody wants it stopped */
	int64_t created_at, started_at, finished_at, beat_at; /* 0: not yet */
} db_job;

typedef struct db_job_list {
	db_job *p;
	size_t n, cap;
} db_job_list;

/* A new one, waiting. */
enum err db_job_put(cx *c, db_conn *k, str kind, str args, str actor, int64_t *id);
enum err db_job_get(cx *c, db_conn *k, int64_t id, db_job *out); /* ERR_NOTFOUND without a fault */
/* Those that wait or run, in the order of their beginning; kind "": all. */
enum err db_job_open(cx *c, db_conn *k, str kind, db_job_list *out);
enum err db_job_last(cx *c, db_conn *k, int limit, db_job_list *out); /* newest first */
/* Takes the first one that waits. ERR_NOTFOUND without a fault: none, or another process was quicker. */
enum err db_job_claim(cx *c, db_conn *k, str owner, db_job *out);
/* The owner is alive and so far; *cancel: it shall stop. ERR_NOTFOUND without a fault: it is not this owner's any more. */
enum err db_job_beat(cx *c, db_conn *k, int64_t id, str owner, int64_t progress, int64_t total, bool *cancel);
/* How it ended; *ended is false when it was not running for this owner. */
enum err db_job_end(cx *c, db_conn *k, const db_job *end, bool *ended);
/* One that waits is cancelled at once; one that runs is told so. Others stay as they are. */
enum err db_job_cancel(cx *c, db_conn *k, int64_t id);
/* Forgets what ended before a moment. */
enum err db_job_purge(cx *c, db_conn *k, int64_t before);

#endif
