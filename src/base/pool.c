#include "base/pool.h"
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct job {
	void (*run)(void *);
	void *arg;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *queue; /* a ring */
	size_t cap, head;
	pool_counts n;
	size_t idle;
	bool stopping;
	int threads, nice;
	char name[12];
	pthread_t thread[];
};

static void set_priority(int nice_by)
{
#ifdef __linux__
	if (nice_by)
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice_by); /* a hint: failing is harmless */
#else
	(void)nice_by;
#endif
}

static void *work(void *arg)
{
	pool *p = arg;
	set_priority(p->nice);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->n.waiting == 0 && !p->stopping) {
			p->idle++;
			pthread_cond_wait(&p->work, &p->lock);
			p->idle--;
		}
		if (p->n.waiting == 0)
			break;
		struct job j = p->queue[p->head];
		p->head = (p->head + 1) % p->cap;
		p->n.waiting--;
		p->n.running++;
		pthread_mutex_unlock(&p->lock);
		j.run(j.arg);
		pthread_mutex_lock(&p->lock);
		p->n.running--;
		p->n.done++;
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals belong to the main thread; workers are born with all of them blocked. */
static int start_threads(pool *p, int wanted)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int n = 0;
	while (n < wanted && pthread_create(&p->thread[n], NULL, work, p) == 0) {
		char name[16];
		snprintf(name, sizeof name, "%.11s/%d", p->name, n % 1000);
		pthread_setname_np(p->thread[n], name);
		n++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n;
}

pool *pool_new(const pool_options *opt)
{
	assert(opt->threads >= 1 && opt->queue >= 1);
	pool *p = calloc(1, sizeof *p + (size_t)opt->threads * sizeof p->thread[0]);
	if (!p)
		abort();
	p->queue = calloc(opt->queue, sizeof *p->queue);
	if (!p->queue)
		abort();
	p->cap = opt->queue;
	p->nice = opt->nice;
	snprintf(p->name, sizeof p->name, "%s", opt->name ? opt->name : "pool");
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->threads = start_threads(p, opt->threads);
	if (p->threads == opt->threads)
		return p;
	pool_stop(p);
	return NULL;
}

bool pool_put(pool *p, void (*run)(void *), void *arg)
{
	pthread_mutex_lock(&p->lock);
	bool ok = !p->stopping && p->n.waiting < p->cap;
	if (ok) {
		p->queue[(p->head + p->n.waiting) % p->cap] = (struct job){ run, arg };
		p->n.waiting++;
	} else {
		p->n.refused++;
	}
	bool wake = ok && p->idle > 0;
	pthread_mutex_unlock(&p->lock);
	if (wake)
		pthread_cond_signal(&p->work);
	return ok;
}

pool_counts pool_count(pool *p)
{
	pthread_mutex_lock(&p->lock);
	pool_counts n = p->n;
	pthread_mutex_unlock(&p->lock);
	return n;
}

void pool_stop(pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->queue);
	free(p);
}
