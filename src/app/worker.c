#include "app/worker.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include "app/apart.h"
#include "app/audit.h"
#include "app/file.h"
#include "app/intake_wait.h"
#include "app/notice.h"
#include "app/round_notice.h"
#include "app/site.h"

enum { LETTERS = 20, CLEAN_MS = 3600 * 1000 };

struct worker {
	struct app *app;
	struct worker_options opt;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
};

static void one_work(struct app *a, const struct worker_options *opt, const char *name, enum err (*work)(cx *, struct app *))
{
	atomic_store(&a->working, true);
	if (!atomic_load(&a->resetting)) {
		cx *c = cx_new(64 << 20);
		c->now_ms = opt->now_ms();
		enum err e = work(c, a);
		if (e && opt->report)
			opt->report(name, e, c);
		cx_free(c);
	}
	atomic_store(&a->working, false);
}

static enum err letters(cx *c, struct app *a)
{
	int sent;
	return notice_send_due(c, a, LETTERS, &sent);
}

void worker_once(struct app *a, const struct worker_options *opt, bool clean)
{
	if (clean) {
		one_work(a, opt, "files", file_sweep);
		one_work(a, opt, "notices", notice_trim);
		one_work(a, opt, "tables of answers", intake_sweep);
		one_work(a, opt, "anchor", audit_anchor_daily);
		one_work(a, opt, "order of answers", apart_daily);
	}
	site_refresh(a, opt->now_ms());
	one_work(a, opt, "rounds", round_tell_due);
	one_work(a, opt, "digests", notice_digests);
	one_work(a, opt, "letters", letters);
	one_work(a, opt, "log", apart_log);
}

/* true: to stop. */
static bool wait_a_while(struct worker *w)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	int64_t ns = t.tv_nsec + (int64_t)w->opt.every_ms % 1000 * 1000000;
	t.tv_sec += w->opt.every_ms / 1000 + ns / 1000000000;
	t.tv_nsec = ns % 1000000000;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping && pthread_cond_timedwait(&w->wake, &w->lock, &t) != ETIMEDOUT)
		;
	bool stop = w->stopping;
	pthread_mutex_unlock(&w->lock);
	return stop;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	int64_t cleaned = 0;
	do {
		int64_t now = w->opt.now_ms();
		bool clean = now - cleaned >= CLEAN_MS || now < cleaned;
		if (clean)
			cleaned = now;
		worker_once(w->app, &w->opt, clean);
	} while (!wait_a_while(w));
	return NULL;
}

struct worker *worker_start(struct app *a, const struct worker_options *opt)
{
	struct worker *w = calloc(1, sizeof *w);
	pthread_condattr_t monotonic;
	if (!w)
		return NULL;
	w->app = a;
	w->opt = *opt;
	w->opt.every_ms = opt->every_ms ? opt->every_ms : 5000;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&w->thread, NULL, run, w) == 0)
		return w;
	free(w);
	return NULL;
}

void worker_stop(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
