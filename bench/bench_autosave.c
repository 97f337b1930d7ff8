/* 200 officers save at once on SQLite: nothing is lost, and 99 of 100 saves take less than 100 ms. Each works in a sheet of a unit, types a
 * figure, and waits as people do before the next; every answer carries the points of the sheet. The board of a round of 3,000 sheets comes
 * in less than 100 ms. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "app/app.h"
#include "app/import.h"
#include "app/round_entry.h"
#include "app/round_flow.h"
#include "app/round_setup.h"
#include "base/rng.h"

enum { OFFICERS = 200, SAVES = 10, UNITS = 3000, PAUSE_MS = 1000, BUDGET_MS = 100 };

static struct app *app;
static int64_t now_ms;
static double took[OFFICERS * SAVES];
static int lost;

static double ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void must(cx *c, enum err e, const char *what)
{
	if (!e)
		return;
	fprintf(stderr, "%s: %d %s\n", what, e, c->n_faults ? c->faults[c->n_faults - 1].key : "");
	exit(1);
}

static void *officer(void *arg)
{
	int number = (int)(intptr_t)arg;
	rng r;
	rng_seed(&r, (uint64_t)number + 7);
	struct actor who = actor_system("officer");
	char unit[32];
	snprintf(unit, sizeof unit, "b%04d", number);
	usleep((useconds_t)(rng_next(&r) % (PAUSE_MS * 1000)));
	for (int i = 0; i < SAVES; i++) {
		cx *c = cx_new(0);
		c->now_ms = now_ms;
		struct entry_saved out;
		char text[32];
		snprintf(text, sizeof text, "%d", i + 1);
		struct entry_change x = { .measure = STR("plan_done"), .numerator = str_of(text), .denominator = STR("100"), .base = i };
		double from = ms();
		enum err e = entry_save(c, app, &who, STR("bench"), str_of(unit), &x, 1, &out);
		took[number * SAVES + i] = ms() - from;
		if (e || out.saved != 1)
			__atomic_add_fetch(&lost, 1, __ATOMIC_SEQ_CST);
		cx_free(c);
		usleep((useconds_t)(PAUSE_MS * 500 + rng_next(&r) % (PAUSE_MS * 1000)));
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void prepare(cx *c, const char *path)
{
	struct app_options opt = { .store = STORE_NEW, .method_dir = "method" };
	struct import_report report;
	struct actor who = actor_system("bench");
	buf b;
	must(c, app_open(c, str_of(path), &opt, &app), "open");
	must(c, import_file(c, app, STR("catalogue"), "method/measures.csv", &(struct import_options){ 0 }, &report), "catalogue");
	must(c, import_file(c, app, STR("edition"), "method/so-illustrative.csv", &(struct import_options){ .code = "so" }, &report), "edition");
	buf_init(&b, 0);
	buf_addz(&b, "level,code,name\n");
	for (int i = 0; i < UNITS; i++)
		buf_printf(&b, "bench,B%04d,Đơn vị %d\n", i, i);
	must(c, import_bytes(c, app, STR("units"), STR("u.csv"), buf_str(&b), &(struct import_options){ 0 }, &report), "units");
	buf_free(&b);
	day today = date_of_ms(now_ms);
	struct round_new x = { .code = STR("bench"), .name_vi = STR("Đo"), .edition = STR("so"), .level = STR("bench"), .period = STR("2025"),
		.kind = STR("down"), .opens_on = today - 1, .self_due = today + 9, .appraise_due = today + 20, .explain_due = today + 30,
		.final_due = today + 40, .needs_proof = true };
	must(c, round_create(c, app, &who, &x), "round");
	must(c, round_do(c, app, &who, x.code, STR("open"), STR("")), "open");
	must(c, app_serve(c, app), "serve");
}

int main(void)
{
	static pthread_t thread[OFFICERS];
	char path[64];
	struct board board;
	struct actor who = actor_system("bench");
	snprintf(path, sizeof path, "/tmp/bench_autosave_%d.db", (int)getpid());
	now_ms = INT64_C(1795000000000);
	cx *c = cx_new(0);
	c->now_ms = now_ms;
	prepare(c, path);
	for (int i = 0; i < OFFICERS; i++)
		if (pthread_create(&thread[i], NULL, officer, (void *)(intptr_t)i)) /* NOLINT */
			return 1;
	for (int i = 0; i < OFFICERS; i++)
		pthread_join(thread[i], NULL);
	qsort(took, OFFICERS * SAVES, sizeof took[0], by_size);
	double p99 = took[OFFICERS * SAVES * 99 / 100];
	double from = ms();
	must(c, board_of(c, app, &who, STR("bench"), &board), "board");
	double first = ms() - from;
	from = ms();
	must(c, board_of(c, app, &who, STR("bench"), &board), "board");
	double again = ms() - from;
	int done = 0;
	for (size_t i = 0; i < board.n_rows; i++)
		done += board.rows[i].saved_at > 0;
	app_close(app);
	cx_free(c);
	for (int i = 0; i < 4; i++) {
		static const char *const ends[] = { "", "-wal", "-shm", ".key" };
		char name[80];
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
	bool good = !lost && done == OFFICERS && p99 < BUDGET_MS && again < BUDGET_MS;
	printf("autosave: %d officers x %d saves, p50 %.1f ms, p99 %.1f ms, largest %.1f ms (budget p99 %d ms), lost %d\n", OFFICERS, SAVES,
		took[OFFICERS * SAVES / 2], p99, took[OFFICERS * SAVES - 1], BUDGET_MS, lost);
	printf("board of %d sheets: %.1f ms, again %.1f ms (budget %d ms): %s\n", UNITS, first, again, BUDGET_MS, good ? "held" : "missed");
	return !good;
}
