#include "db/store.h"
#include <pthread.h>
#include <time.h>

static void wait_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

static uint64_t version_of(db *d)
{
	uint64_t v = 0;
	assert_true(db_version(d, true, &v));
	assert_true(v > 0);
	return v;
}

static void put(cx *c, db *d, const char *value)
{
	db_conn *k;
	assert_int_equal(db_writer(c, d, &k), ERR_OK);
	assert_int_equal(db_begin(c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_meta_set(c, k, STR("seen"), str_of(value)), ERR_OK);
	assert_int_equal(db_commit(c, k), ERR_OK);
	db_release(k);
}

static void test_own_commits(void **state)
{
	store *s = store_new(state);
	uint64_t v, before = version_of(s->d);
	if (!s->pg) /* the server of PostgreSQL has other guests, whose commits count, too */
		for (int i = 0; i < 3; i++, wait_ms(DB_VERSION_MS + 2))
			assert_true(version_of(s->d) == before);
	before = version_of(s->d);
	for (int i = 0; i < 5; i++) { /* at once, without waiting */
		put(s->c, s->d, i % 2 ? "a" : "b");
		if (s->pg) /* what is known is too old, and nobody may ask */
			assert_false(db_version(s->d, false, &v));
		else
			assert_true(db_version(s->d, false, &v) && v > before);
		assert_true(version_of(s->d) > before);
		before = version_of(s->d);
	}
	/* A statement outside of a transaction. */
	db_conn *k = store_writer(s);
	assert_int_equal(db_meta_set(s->c, k, STR("seen"), STR("c")), ERR_OK);
	db_release(k);
	assert_true(version_of(s->d) > before);
	/* Work that is given up changes nothing. */
	before = version_of(s->d);
	k = store_writer(s);
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("seen"), STR("d")), ERR_OK);
	db_release(k);
	if (!s->pg)
		assert_true(version_of(s->d) == before);
	store_free(s);
}

/* Another program with the same store. */
static void test_commits_of_others(void **state)
{
	store *s = store_new(state);
	db *other;
	uint64_t before = version_of(s->d);
	assert_int_equal(db_open(s->c, str_of(s->url), &s->opt, &other), ERR_OK);
	for (int i = 0; i < 5; i++) {
		put(s->c, other, i % 2 ? "a" : "b");
		wait_ms(DB_VERSION_MS + 2);
		assert_true(version_of(s->d) > before);
		before = version_of(s->d);
	}
	db_close(other);
	store_free(s);
}

struct watcher {
	store *s;
	atomic_bool stop;
	atomic_uint_fast64_t last;
};

static void *watch(void *arg)
{
	struct watcher *w = arg;
	uint64_t v, last = 0;
	while (!atomic_load(&w->stop)) {
		if (!db_version(w->s->d, last % 3 == 0, &v))
			continue;
		assert_true(v >= last);
		last = v;
	}
	atomic_store(&w->last, last);
	return NULL;
}

/* Many look while one writes: who wrote sees a new number, and nobody sees an older one again. */
static void test_threads(void **state)
{
	struct watcher w = { .s = store_new(state) };
	pthread_t t[3];
	uint64_t before = version_of(w.s->d);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&t[i], NULL, watch, &w), 0);
	for (int i = 0; i < 50; i++) {
		put(w.s->c, w.s->d, i % 2 ? "a" : "b");
		uint64_t now = version_of(w.s->d);
		assert_true(now > before);
		before = now;
	}
	atomic_store(&w.stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	store_free(w.s);
}

#define ALL(ON) ON(test_own_commits), ON(test_commits_of_others), ON(test_threads)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("version", sqlite, pg);
}
