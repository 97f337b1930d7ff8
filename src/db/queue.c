#include "db/queue.h"
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include "db/driver.h"

enum { LANES = 3, TRIES = 5, FAIR_TURN = 8, CAREFUL_FOR = 16 };

struct request {
	struct request *next;
	db_work work;
	void *arg;
	enum db_lane lane;
	int64_t now_ms;
	cx *c; /* of the work */
	bool used;
	enum err err;
	void (*done)(void *ctx, enum err e, const cx *w); /* NULL: somebody waits at sem */
	void *ctx;
	sem_t sem;
};

struct lane {
	struct request *first, **last;
	size_t n;
};

struct db_queue {
	db *d;
	db_queue_options opt;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
	struct lane lane[LANES];
	uint64_t turn;
	int careful; /* transactions to come in which each request has a savepoint */
	db_queue_counts counts;
};

/* The requests of one transaction. */
struct batch {
	struct request *first, **last;
	int n;
	bool bulk;
	bool careful;  /* each request in a savepoint */
	int64_t until; /* monotonic */
};

/* ---- one request ---- */

static void new_context(const db_queue *q, struct request *r)
{
	cx_free(r->c);
	r->c = cx_new(q->opt.work_memory);
	r->c->now_ms = r->now_ms;
}

/* False: the work was broken off in the middle, and the connection is unusable. */
static bool call(struct request *r, db_conn *k)
{
	struct cx_exit full = { .c = r->c };
	if (setjmp(full.to)) {
		r->err = ERR_LIMIT;
		return false;
	}
	arena_on_full(r->c->mem, cx_leave, &full);
	k->work = r->work;
	r->err = r->work(r->c, k, r->arg);
	return true;
}

static bool must_start_anew(enum err e) { return e == ERR_BUSY; }

/* Runs the work and sees what came of it. ERR_BUSY: the transaction must start anew; ERR_LIMIT: broken off. */
static enum err run_work(struct request *r, db_conn *k)
{
	int depth = k->savepoints;
	bool whole = call(r, k);
	arena_on_full(r->c->mem, NULL, NULL);
	if (!whole) {
		k->broken = true;
		return ERR_LIMIT;
	}
	assert(k->in_tx && k->savepoints == depth);
	if (must_start_anew(r->err))
		return ERR_BUSY;
	/* A failure that the work swallowed is a failure. */
	if (!r->err && k->failed)
		r->err = ERR_IO;
	return ERR_OK;
}

/* ERR_OK: the transaction goes on, whatever became of the request. */
static enum err run_one(db_queue *q, struct batch *b, struct request *r, db_conn *k)
{
	if (r->used)
		new_context(q, r);
	r->used = true;
	enum err e = b->careful ? db_savepoint(r->c, k) : ERR_OK;
	if (!e)
		e = run_work(r, k);
	if (e)
		return e;
	if (b->careful)
		return r->err ? db_savepoint_undo(r->c, k) : db_savepoint_keep(r->c, k);
	if (!r->err)
		return ERR_OK;
	b->careful = true;
	return ERR_BUSY;
}

static void answer(db_queue *q, struct request *r)
{
	pthread_mutex_lock(&q->lock);
	q->counts.requests++;
	q->counts.failed += r->err != ERR_OK;
	pthread_mutex_unlock(&q->lock);
	if (!r->done) {
		sem_post(&r->sem); /* r is gone now */
		return;
	}
	r->done(r->ctx, r->err, r->c);
	cx_free(r->c);
	free(r);
}

/* ---- choosing ---- */

static struct request *take(struct lane *l)
{
	struct request *r = l->first;
	l->first = r->next;
	if (!l->first)
		l->last = &l->first;
	l->n--;
	r->next = NULL;
	return r;
}

/* Under the lock. */
static struct request *choose(db_queue *q, const struct batch *b)
{
	if (b->bulk)
		return NULL;
	bool fair = b->n == 0 && q->turn % FAIR_TURN == 0;
	if (fair && q->lane[DB_BULK].n)
		return take(&q->lane[DB_BULK]);
	if (fair && q->lane[DB_FLOOD].n)
		return take(&q->lane[DB_FLOOD]);
	for (int i = 0; i < LANES; i++)
		if (q->lane[i].n && (i != DB_BULK || b->n == 0))
			return take(&q->lane[i]);
	return NULL;
}

static struct request *next_request(db_queue *q, struct batch *b)
{
	if (b->n >= q->opt.batch_max || (b->n && db_monotonic_ms() >= b->until))
		return NULL;
	pthread_mutex_lock(&q->lock);
	struct request *r = choose(q, b);
	pthread_mutex_unlock(&q->lock);
	if (!r)
		return NULL;
	*b->last = r;
	b->last = &r->next;
	b->n++;
	b->bulk = r->lane == DB_BULK;
	return r;
}

/* ---- a transaction ---- */

/* Takes a request that broke off out of the batch and answers it. */
static void drop(db_queue *q, struct batch *b, const struct request *r)
{
	struct request **at = &b->first;
	while (*at != r)
		at = &(*at)->next;
	struct request *gone = *at;
	*at = gone->next;
	if (!*at)
		b->last = at;
	b->n--;
	cx_fault(gone->c, FAULT_ERROR, "db.work_memory", (place){ 0 }, (str){ 0 });
	answer(q, gone);
}

static enum err run_requests(db_queue *q, struct batch *b, db_conn *k, bool more)
{
	struct request *r = b->first;
	for (;;) {
		if (!r && more)
			r = next_request(q, b);
		if (!r)
			return ERR_OK;
		enum err e = run_one(q, b, r, k);
		if (e == ERR_LIMIT && k->broken && r->err == ERR_LIMIT) {
			drop(q, b, r);
			return ERR_BUSY; /* the others again */
		}
		if (e)
			return e;
		r = r->next;
	}
}

static void take_first(db_queue *q, struct batch *b)
{
	if (!b->n)
		next_request(q, b);
}

static enum err try_batch(db_queue *q, struct batch *b, cx *c, bool more)
{
	db_conn *k;
	enum err e = db_writer(c, q->d, &k);
	if (e)
		return e;
	take_first(q, b);
	e = b->n ? db_begin_work(c, k, b->first->work) : db_begin(c, k, DB_WRITE);
	if (!e)
		e = run_requests(q, b, k, more);
	if (!e)
		e = db_commit(c, k);
	db_release(k); /* rolls back what is open */
	return e;
}

static void pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static void copy_faults(cx *to, const cx *from)
{
	for (size_t i = 0; i < from->n_faults; i++) {
		const fault *f = &from->faults[i];
		fault *g = cx_fault(to, f->level, f->key, f->at, f->value);
		for (int a = 0; a < FAULT_ARGS; a++)
			if (f->arg[a].len)
				fault_arg(to, g, a + 1, f->arg[a]);
	}
}

/* The transaction as a whole has failed: so has each request that had not failed by itself. */
static void fail_all(struct batch *b, enum err e, const cx *c)
{
	for (struct request *r = b->first; r; r = r->next)
		if (!r->err || must_start_anew(r->err)) {
			r->err = e;
			copy_faults(r->c, c);
		}
}

static void answer_all(db_queue *q, struct batch *b)
{
	for (struct request *r = b->first, *next; r; r = next) {
		next = r->next; /* answering frees it */
		answer(q, r);
	}
}

static void count(db_queue *q, const struct batch *b, int again)
{
	pthread_mutex_lock(&q->lock);
	q->counts.batches++;
	q->counts.again += (uint64_t)again;
	if ((uint64_t)b->n > q->counts.largest)
		q->counts.largest = (uint64_t)b->n;
	pthread_mutex_unlock(&q->lock);
}

/* Tries until it holds. What keeps failing together is tried one by one, so that nobody suffers for somebody else. */
static void run_batch(db_queue *q, struct batch *b, bool alone)
{
	enum err e;
	int again = 0;
	for (bool more = !alone;; more = false) {
		cx *c = cx_new(0);
		bool careful = b->careful;
		e = try_batch(q, b, c, more);
		if (e)
			take_first(q, b); /* when not even a transaction could be begun, somebody must hear of it */
		bool with_care = b->careful && !careful;
		bool last = !with_care && (!must_start_anew(e) || ++again == TRIES);
		if (e && last && (alone || b->n <= 1 || e == ERR_IO))
			fail_all(b, e, c);
		cx_free(c);
		if (last)
			break;
		if (!with_care)
			pause_ms(INT64_C(1) << (2 * (again - 1)));
	}
	count(q, b, again);
	if (!e || alone || b->n <= 1 || e == ERR_IO) {
		answer_all(q, b);
		return;
	}
	for (struct request *r = b->first, *next; r; r = next) {
		struct batch one = { .first = r, .last = &r->next, .n = 1, .bulk = true, .careful = true };
		next = r->next;
		r->next = NULL;
		run_batch(q, &one, true);
	}
}

/* ---- the thread ---- */

static bool any_waiting(const db_queue *q) { return q->lane[0].n || q->lane[1].n || q->lane[2].n; }

static void *loop(void *arg)
{
	db_queue *q = arg;
	for (;;) {
		pthread_mutex_lock(&q->lock);
		while (!any_waiting(q) && !q->stopping)
			pthread_cond_wait(&q->wake, &q->lock);
		bool end = !any_waiting(q);
		q->turn++;
		pthread_mutex_unlock(&q->lock);
		if (end)
			return NULL;
		struct batch b = { .until = db_monotonic_ms() + q->opt.batch_ms, .careful = q->careful > 0 };
		b.last = &b.first;
		bool careful = b.careful;
		run_batch(q, &b, false);
		q->careful = b.careful && !careful ? CAREFUL_FOR : q->careful > 0 ? q->careful - 1 : 0;
	}
}

db_queue *db_queue_new(db *d, const db_queue_options *opt)
{
	db_queue *q = calloc(1, sizeof *q);
	if (!q)
		abort();
	q->d = d;
	if (opt)
		q->opt = *opt;
	q->opt.batch_ms = q->opt.batch_ms ? q->opt.batch_ms : 20;
	q->opt.batch_max = q->opt.batch_max ? q->opt.batch_max : 1024;
	q->opt.waiting_max = q->opt.waiting_max ? q->opt.waiting_max : 20000;
	q->opt.work_memory = q->opt.work_memory ? q->opt.work_memory : 64 << 20;
	for (int i = 0; i < LANES; i++)
		q->lane[i].last = &q->lane[i].first;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->wake, NULL);
	if (pthread_create(&q->thread, NULL, loop, q) != 0) {
		free(q);
		return NULL;
	}
	return q;
}

void db_queue_stop(db_queue *q)
{
	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->stopping = true;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

/* ---- submitting ---- */

static enum err put(db_queue *q, cx *c, struct request *r)
{
	struct lane *l = &q->lane[r->lane];
	pthread_mutex_lock(&q->lock);
	bool stopping = q->stopping, refuse = stopping || l->n >= q->opt.waiting_max;
	if (!refuse) {
		*l->last = r;
		l->last = &r->next;
		l->n++;
		pthread_cond_signal(&q->wake);
	}
	pthread_mutex_unlock(&q->lock);
	return refuse ? cx_fail(c, ERR_BUSY, stopping ? "db.stopping" : "db.queue_full", (place){ 0 }, (str){ 0 }) : ERR_OK;
}

enum err db_submit(db_queue *q, enum db_lane lane, cx *c, db_work work, void *arg)
{
	struct request r = { .work = work, .arg = arg, .lane = lane, .now_ms = c->now_ms };
	sem_init(&r.sem, 0, 0);
	new_context(q, &r);
	enum err e = put(q, c, &r);
	if (!e) {
		while (sem_wait(&r.sem) != 0)
			;
		e = r.err;
		copy_faults(c, r.c);
	}
	sem_destroy(&r.sem);
	cx_free(r.c);
	return e;
}

enum err db_submit_async(db_queue *q, enum db_lane lane, cx *c, db_work work, void *arg, void (*done)(void *ctx, enum err e, const cx *w),
	void *ctx)
{
	struct request *r = calloc(1, sizeof *r);
	if (!r)
		abort();
	*r = (struct request){ .work = work, .arg = arg, .lane = lane, .now_ms = c->now_ms, .done = done, .ctx = ctx };
	new_context(q, r);
	enum err e = put(q, c, r);
	if (e) {
		cx_free(r->c);
		free(r);
	}
	return e;
}

db_queue_counts db_queue_count(db_queue *q)
{
	pthread_mutex_lock(&q->lock);
	db_queue_counts n = q->counts;
	for (int i = 0; i < LANES; i++)
		n.waiting[i] = q->lane[i].n;
	pthread_mutex_unlock(&q->lock);
	return n;
}
