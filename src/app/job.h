/* job: work that takes too long for a page. It is put into the store, run by threads of its own, followed and cancelled from
 * /cong-viec/ID, and its end is a fact: whatever happens to the program, a job is never left "running".
 *
 * A kind of work is data:
 *
 *     static enum err run(struct job_run *j)
 *     {
 *         for (size_t i = 0; i < n; i++) {
 *             if (!cx_step(j->c, (int64_t)i, (int64_t)n))
 *                 return ERR_CANCELLED;
 *             … one chunk, in a transaction of its own …
 *         }
 *         j->result = STR("/ket-qua/cap-tinh-2024");
 *         return ERR_OK;
 *     }
 *     const struct job_kind job_estimate = { .name = "estimate", .run = run };
 *
 * and a line in job_kinds (job_kinds.c), its words "job.kind.estimate" in both catalogues. A page (POST) asks
 *
 *     job_start(w->cx, w->app, who, "estimate", args, &id);   … then redirects to job_path(w->cx, id)
 *
 * What run may count on, and what it owes:
 *  - It has a context of its own (j->c: arena with a cap, clock, faults) and no more than args (text, at most 64 KiB, JSON by habit).
 *    What else it needs lies in the store, or in a file that args name and that outlives the page.
 *  - cx_step may be called anywhere and as often as it likes, inside transactions too: it touches only memory. The store is told once a
 *    second by another thread. cx_part gives the parts of a whole their shares.
 *  - When cx_step says false it gives up soon and returns ERR_CANCELLED: what it wrote so far does not count, or is said in a fault.
 *  - Transactions stay short, as everywhere: nothing is locked while it computes.
 *  - It returns what any function of app returns. Faults of j->c are kept (20 of them) and shown in the language of the reader; warnings
 *    and notes of a good end, too.
 *  - It may be run again by the user after a failure: repeatable, or it refuses.
 *
 * States: waiting, running, done, failed, cancelled. A job that waits survives a restart and is run then. One that ran in a process which
 * is gone becomes failed with job.lost, as soon as any server of this store looks (at its start, and each half minute): a process of this
 * machine is gone when /proc says so, one of another machine when nothing was heard of it for five minutes. At a stop of the server
 * running jobs are called off and become failed with job.stopped. Ended jobs are forgotten after 30 days.
 *
 * Who may look: everybody where the kind is open; else who started it (by login), and who may "view" a "job"; to cancel: who started it,
 * and who may "cancel" a "job". */
#ifndef APP_JOB_H
#define APP_JOB_H
#include "app/actor.h"

struct job_run {
	cx *c;
	struct app *app;
	int64_t id;
	str args, actor; /* actor: login of who started it; empty: nobody */
	str result;      /* set by run: address of this server ("/…") where the outcome is; empty: nothing to show */
};

struct job_kind {
	const char *name; /* lower-case words with points; stored */
	enum err (*run)(struct job_run *j);
	bool open;  /* everybody may look and cancel */
	bool alone; /* no two at a time: a second start gives the id of the one that waits or runs */
};

extern const struct job_kind *const job_kinds[]; /* those of the program; NULL behind the last */

struct jobs_options {
	const struct job_kind *const *kinds; /* NULL: job_kinds */
	int threads;                         /* 0: 1; at most JOBS_THREADS */
	int nice;                            /* added to the priority of the threads */
	size_t memory;                       /* of one job; 0: 1 GiB */
	int64_t (*now_ms)(void);             /* the clock of the edge */
};

enum { JOBS_THREADS = 8, JOBS_WAITING = 100, JOB_ARGS = 64 << 10 };

/* Begins to run jobs in this process, and looks after lost ones first. Once for an app; jobs_close before app_close. */
enum err jobs_open(cx *c, struct app *a, const struct jobs_options *opt);
/* Calls off what runs and waits for it, at most wait_s seconds. false: something did not end; then the app must stay open. No jobs: true. */
bool jobs_close(struct app *a, int wait_s);

/* Puts a job into the store. ERR_BUSY: too many wait (job.full), or nobody runs jobs here (job.no_runner). Whether the actor may do such a
 * thing is asked by the caller, before. */
enum err job_start(cx *c, struct app *a, const struct actor *who, const char *kind, str args, int64_t *id);
str job_path(cx *c, int64_t id); /* "/cong-viec/…" */

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };

struct job_info {
	int64_t id;
	str kind, actor, result;
	enum job_state state;
	bool ended, stopping, may_cancel; /* stopping: it runs and was told to stop */
	int64_t done, total;              /* total 0: not known */
	int64_t created_at, started_at, finished_at; /* 0: not yet */
	fault *faults;
	size_t n_faults;
};

struct job_list {
	struct job_info *p;
	size_t n, cap;
};

/* ERR_NOTFOUND, ERR_DENIED without a fault. */
enum err job_get(cx *c, struct app *a, const struct actor *who, int64_t id, struct job_info *out);
/* The newest ones that the actor may look at. */
enum err job_last(cx *c, struct app *a, const struct actor *who, int limit, struct job_list *out);
/* Of one that has ended: nothing happens. */
enum err job_cancel(cx *c, struct app *a, const struct actor *who, int64_t id);

#endif
