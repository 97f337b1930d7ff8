#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <cmocka.h>
#include "base/pool.h"

static atomic_int ran;

static void count(void *arg)
{
	(void)arg;
	atomic_fetch_add(&ran, 1);
}

/* A door that jobs wait at until it opens. */
struct door {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	int open, waiting;
};

static void wait_at(void *arg)
{
	struct door *d = arg;
	pthread_mutex_lock(&d->lock);
	d->waiting++;
	while (!d->open)
		pthread_cond_wait(&d->opened, &d->lock);
	pthread_mutex_unlock(&d->lock);
	atomic_fetch_add(&ran, 1);
}

static void open_door(struct door *d)
{
	pthread_mutex_lock(&d->lock);
	d->open = 1;
	pthread_cond_broadcast(&d->opened);
	pthread_mutex_unlock(&d->lock);
}

static void wait_until_busy(struct door *d, int n)
{
	for (int waiting = 0; waiting < n;) {
		pthread_mutex_lock(&d->lock);
		waiting = d->waiting;
		pthread_mutex_unlock(&d->lock);
	}
}

static void test_all_run(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 4; threads++) {
		atomic_store(&ran, 0);
		pool *p = pool_new(&(pool_options){ "a name too long for it", threads, 1000, 0 });
		assert_non_null(p);
		for (int i = 0; i < 1000; i++)
			while (!pool_put(p, count, NULL))
				;
		pool_stop(p); /* what waits is run */
		assert_int_equal(atomic_load(&ran), 1000);
	}
	pool_stop(NULL);
}

static void test_full(void **state)
{
	struct door d = { .lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER };
	(void)state;
	atomic_store(&ran, 0);
	pool *p = pool_new(&(pool_options){ "few", 2, 3, 5 });
	for (int i = 0; i < 2; i++)
		assert_true(pool_put(p, wait_at, &d));
	wait_until_busy(&d, 2);
	for (int i = 0; i < 3; i++)
		assert_true(pool_put(p, wait_at, &d));
	assert_false(pool_put(p, wait_at, &d));
	pool_counts n = pool_count(p);
	assert_int_equal(n.running, 2);
	assert_int_equal(n.waiting, 3);
	assert_int_equal(n.refused, 1);
	open_door(&d);
	pool_stop(p);
	assert_int_equal(atomic_load(&ran), 5);
}

struct order {
	int at, seen[50];
};

static void note(void *arg)
{
	struct order *o = arg;
	o->seen[o->at] = o->at;
	o->at++;
}

/* One thread: in the order in which they were put. */
static void test_order(void **state)
{
	struct order o = { 0 };
	(void)state;
	pool *p = pool_new(&(pool_options){ "one", 1, 50, 0 });
	for (int i = 0; i < 50; i++)
		assert_true(pool_put(p, note, &o));
	pool_stop(p);
	assert_int_equal(o.at, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all_run), cmocka_unit_test(test_full), cmocka_unit_test(test_order) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
