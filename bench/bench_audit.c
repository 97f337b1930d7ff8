/* Audited transactions of several writers at once: each adds its own row and one entry of the audit chain. The entries stand in one line, so
 * on PostgreSQL writers wait for each other from the entry to the commit; SQLite has one writer anyway. Measured beside the same rows
 * without the entry. On SQLite, and on the PostgreSQL of THUOCDO_TEST_PG (tests/pg.py). No budget: it shows what the line costs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "app/app.h"
#include "app/audit.h"
#include "db/db.h"

enum { SECONDS = 3, MOST = 4 };

static struct app *app;
static atomic_bool stop;

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct writer {
	pthread_t thread;
	int number;
	db_work work;
	long done, busy;
};

static enum err plain(cx *c, db_conn *k, void *arg)
{
	const struct writer *w = arg;
	return db_meta_set(c, k, arena_printf(c->mem, "bench-%d", w->number), arena_printf(c->mem, "%ld", w->done));
}

static enum err audited(cx *c, db_conn *k, void *arg)
{
	const struct writer *w = arg;
	struct actor who = actor_system("bench");
	enum err e = plain(c, k, arg);
	return e ? e : audit_add(c, k, &who, "bench.write", arena_printf(c->mem, "bench-%d", w->number), STR("x"));
}

static void *run(void *arg)
{
	struct writer *w = arg;
	while (!atomic_load(&stop)) {
		cx *c = cx_new(0);
		c->now_ms = INT64_C(1795000000000);
		enum err e = db_tx(c, app->db, DB_WRITE, w->work, w);
		*(e ? &w->busy : &w->done) += 1;
		cx_free(c);
	}
	return NULL;
}

static void measure(const char *name, int writers)
{
	struct writer w[MOST] = { 0 };
	double rate[2];
	long busy = 0;
	for (int a = 0; a < 2; a++) {
		atomic_store(&stop, false);
		double from = seconds();
		for (int i = 0; i < writers; i++) {
			w[i] = (struct writer){ .number = i, .work = a ? audited : plain };
			if (pthread_create(&w[i].thread, NULL, run, &w[i]))
				exit(1);
		}
		sleep(SECONDS);
		atomic_store(&stop, true);
		long done = 0;
		for (int i = 0; i < writers; i++) {
			pthread_join(w[i].thread, NULL);
			done += w[i].done;
			busy += w[i].busy;
		}
		rate[a] = (double)done / (seconds() - from);
	}
	printf("%-10s %d writers: %7.0f/s without an entry, %7.0f/s with one; given up as busy: %ld\n", name, writers, rate[0], rate[1], busy);
}

static int on(const char *name, const char *url)
{
	cx *c = cx_new(0);
	struct app_options opt = { .store = STORE_NEW };
	c->now_ms = INT64_C(1795000000000);
	if (app_open(c, str_of(url), &opt, &app)) {
		fprintf(stderr, "%s: %s\n", name, c->n_faults ? c->faults[0].key : "?");
		cx_free(c);
		return 1;
	}
	for (int writers = 1; writers <= MOST; writers *= 2)
		measure(name, writers);
	app_close(app);
	cx_free(c);
	return 0;
}

int main(void)
{
	char dir[] = "/tmp/bench_auditXXXXXX", path[80];
	const char *pg = getenv("THUOCDO_TEST_PG");
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/a.db", dir);
	int bad = on("SQLite", path);
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (int i = 0; i < 3; i++) {
		char name[96];
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
	rmdir(dir);
	return bad | (pg ? on("PostgreSQL", pg) : 0);
}
