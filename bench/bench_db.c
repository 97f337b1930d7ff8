/* bench_db: what the store does a second: league tables read, rows loaded, durable commits one by one and through the queue.
 * Claim: group commit stores at least twice as many durable submissions a second as single commits on the same disk in the same run.
 * SQLite in a fresh folder below $TMPDIR (or /tmp); PostgreSQL too when THUOCDO_TEST_PG is set (tests/pg.py build/…/bench_db). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "db/copy.h"
#include "db/import.h"
#include "db/queue.h"
#include "db/result.h"
#include "db/unit.h"

enum { UNITS = 63, YEARS = 20, SERIES = 10, CLIENTS = 64, PER_CLIENT = 300, SINGLE = 1500, LEAGUES = 3000 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(enum err e, const cx *c, const char *what)
{
	if (!e)
		return;
	fprintf(stderr, "bench_db: %s: error %d %s\n", what, (int)e, c->n_faults ? c->faults[c->n_faults - 1].key : "");
	exit(1);
}

static enum err load(cx *c, db_conn *k, void *arg)
{
	int64_t import, changed;
	bool resumed;
	db_unit units[UNITS];
	db_unit_list list;
	const db_index d = { STR("X"), 1, STR("x"), STR("x"), STR("x"), STR("%"), true, STR("province"), STR(""), STR("") };
	enum err e = db_import_begin(c, k, STR("bench"), STR("x"), STR("x"), STR("bench"), &import, &resumed);
	for (int i = 0; i < UNITS; i++)
		units[i] = (db_unit){ .level = STR("province"), .code = arena_printf(c->mem, "%02d", i), .name = arena_printf(c->mem, "Tỉnh %d", i),
			.valid_from = 0, .valid_to = DB_DAY_OPEN, .type = STR("tỉnh"), .status = STR("illustrative") };
	if (!e)
		e = db_unit_put(c, k, units, UNITS, import, &changed);
	if (!e)
		e = db_index_put(c, k, &d);
	if (!e)
		e = db_unit_on(c, k, STR("province"), 100, STR(""), &list);
	db_result *r = NEW_ARRAY(c->mem, db_result, UNITS * YEARS * SERIES);
	size_t n = 0;
	for (int y = 0; !e && y < YEARS; y++)
		for (int s = 0; s < SERIES; s++)
			for (int u = 0; u < UNITS; u++, n++)
				r[n] = (db_result){ .index_code = STR("X"), .year = 2005 + y, .series = arena_printf(c->mem, "D%d", s), .unit_id = list.p[u].id,
					.score = db_dec_of(dec_int((u * 7919 + y * 31 + s) % 10000)), .rank = u + 1, .rank_kind = STR("published"),
					.source = STR("https://example.org/a-source-of-usual-length/of-some-sixty-bytes"), .status = STR("verified") };
	double from = now();
	if (!e)
		e = db_result_put(c, k, r, n, import, &changed);
	*(double *)arg = (double)n / (now() - from);
	return e ? e : db_import_finish(c, k, import);
}

/* ---- reading ---- */

static void *read_leagues(void *arg)
{
	db *d = arg;
	for (int i = 0; i < LEAGUES; i++) {
		cx *c = cx_new(0);
		db_conn *k;
		db_standing_list list;
		must(db_reader(c, d, &k), c, "reader");
		must(db_result_league(c, k, STR("X"), 2006 + i % (YEARS - 1), STR("D3"), STR("province"), &list), c, "league");
		db_release(k);
		if (list.n != UNITS || list.p[0].previous_rank != 1)
			must(ERR_IO, c, "league: wrong rows");
		cx_free(c);
	}
	return NULL;
}

static double leagues(db *d, int threads)
{
	pthread_t t[8];
	double from = now();
	for (int i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, read_leagues, d);
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	return LEAGUES * threads / (now() - from);
}

/* ---- durable submissions ---- */

static char body[420];

struct submission {
	int number;
};

static enum err submission(cx *c, db_conn *k, void *arg)
{
	char key[40];
	const struct submission *s = arg;
	snprintf(key, sizeof key, "submission-%010d", s->number);
	return db_meta_set(c, k, str_of(key), (str){ body, sizeof body });
}

struct client {
	pthread_t thread;
	db_queue *q;
	int first;
};

static void *submit(void *arg)
{
	struct client *cl = arg;
	cx *c = cx_new(0);
	for (int i = 0; i < PER_CLIENT; i++) {
		struct submission s = { cl->first + i };
		must(db_submit(cl->q, DB_FLOOD, c, submission, &s), c, "submit");
	}
	cx_free(c);
	return NULL;
}

static double single_commits(db *d)
{
	cx *c = cx_new(0);
	double from = now();
	for (int i = 0; i < SINGLE; i++) {
		struct submission s = { 10000000 + i };
		must(db_tx(c, d, DB_WRITE, submission, &s), c, "single");
	}
	cx_free(c);
	return SINGLE / (now() - from);
}

static double group_commits(db *d, int *largest)
{
	struct client cl[CLIENTS];
	db_queue *q = db_queue_new(d, NULL);
	double from = now();
	for (int i = 0; i < CLIENTS; i++) {
		cl[i] = (struct client){ .q = q, .first = i * PER_CLIENT };
		pthread_create(&cl[i].thread, NULL, submit, &cl[i]);
	}
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(cl[i].thread, NULL);
	double rate = CLIENTS * PER_CLIENT / (now() - from);
	*largest = (int)db_queue_count(q).largest;
	db_queue_stop(q);
	return rate;
}

static void sums(cx *c, db *d)
{
	db_conn *k;
	db_sum_list list;
	int64_t rows = 0;
	double from = now();
	must(db_reader(c, d, &k), c, "reader");
	must(db_begin(c, k, DB_READ), c, "begin");
	must(db_sums(c, k, NULL, &list), c, "sums");
	for (size_t i = 0; i < list.n; i++)
		rows += list.p[i].rows;
	db_release(k);
	printf("  checksums                 %10.0f rows/s\n", (double)rows / (now() - from));
}

static int bench(const char *url)
{
	cx *c = cx_new(0);
	db *d;
	double loaded;
	int largest;
	must(db_open(c, str_of(url), NULL, &d), c, "open");
	printf("%s\n", db_driver_name(d));
	must(db_tx(c, d, DB_WRITE, load, &loaded), c, "load");
	must(db_settle(c, d), c, "settle");
	printf("  results loaded            %10.0f rows/s\n", loaded);
	printf("  league table, 1 thread    %10.0f /s   (63 rows with last year's ranks)\n", leagues(d, 1));
	printf("  league table, 2 threads   %10.0f /s\n", leagues(d, 2));
	double single = single_commits(d), group = group_commits(d, &largest);
	printf("  durable, single commits   %10.0f /s\n", single);
	printf("  durable, group commit     %10.0f /s   %d clients, at most %d in one transaction\n", group, CLIENTS, largest);
	printf("  group : single            %10.1f      claim: at least 2: %s\n", group / single, group >= 2 * single ? "holds" : "DOES NOT HOLD");
	sums(c, d);
	db_close(d);
	cx_free(c);
	return group >= 2 * single ? 0 : 1;
}

int main(void)
{
	char folder[200], url[260], command[260];
	const char *tmp = getenv("TMPDIR");
	memset(body, 'x', sizeof body);
	snprintf(folder, sizeof folder, "%.150s/benchdbXXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return 1;
	snprintf(url, sizeof url, "sqlite:%s/a.db", folder);
	int failed = bench(url);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command) != 0)
		failed = 1;
	const char *pg = getenv("THUOCDO_TEST_PG");
	return pg ? bench(pg) | failed : failed;
}
