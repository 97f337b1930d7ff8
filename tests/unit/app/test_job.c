/* Jobs on both databases: how they run, are followed and cancelled, and what becomes of them when their process goes. */
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include "app/filled.h"
#include "app/job.h"
#include "app/kept.h"
#include "db/job.h"

static int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- kinds ---- */

static atomic_bool gate; /* kinds that wait go on when it is open */
static atomic_int begun;

static enum err run_good(struct job_run *j)
{
	for (int i = 0; i <= 10; i++)
		if (!cx_step(j->c, i, 10))
			return ERR_CANCELLED;
	fault *f = cx_fault(j->c, FAULT_NOTE, "import.file_size", (place){ .file = STR("a.csv"), .line = 7 }, j->args);
	fault_arg(j->c, f, 2, j->actor);
	j->result = arena_printf(j->c->mem, "/chi-so/%.*s", STR_ARG(j->args));
	return ERR_OK;
}

static enum err run_bad(struct job_run *j)
{
	return cx_fail(j->c, ERR_INPUT, "import.number", (place){ .file = STR("b.csv"), .line = 3, .column = 2 }, STR("x\"y<z"));
}

static enum err run_mute(struct job_run *j)
{
	(void)j;
	return ERR_IO;
}

static enum err run_wait(struct job_run *j)
{
	atomic_fetch_add(&begun, 1);
	for (int64_t i = 0; !atomic_load(&gate); i++) {
		if (!cx_step(j->c, i, 0))
			return ERR_CANCELLED;
		usleep(2000);
	}
	return ERR_OK;
}

static enum err run_greedy(struct job_run *j)
{
	for (size_t i = 0; i < 1 << 16; i++)
		memset(arena_alloc(j->c->mem, 4096), 1, 4096);
	return ERR_OK;
}

/* A table of many rows, called off after a few chunks. */
static enum err run_import(struct job_run *j)
{
	buf b;
	struct import_report report;
	static const struct import_options none;
	buf_init(&b, 0);
	buf_addz(&b, "index,year,unit_code,series,score\n");
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "PCI,2026,01,k%d,1\n", i);
	atomic_store(&begun, 1);
	enum err e = import_bytes(j->c, j->app, STR("results"), STR("many.csv"), buf_str(&b), &none, &report);
	buf_free(&b);
	return e;
}

static const struct job_kind good = { .name = "good", .run = run_good, .open = true }, bad = { .name = "bad", .run = run_bad, .open = true },
			     mute = { .name = "mute", .run = run_mute, .open = true }, waits = { .name = "wait", .run = run_wait, .open = true },
			     single = { .name = "single", .run = run_wait, .open = true, .alone = true },
			     greedy = { .name = "greedy", .run = run_greedy, .open = true },
			     closed = { .name = "closed", .run = run_good }, imports = { .name = "imports", .run = run_import, .open = true };
static const struct job_kind *const kinds[] = { &good, &bad, &mute, &waits, &single, &greedy, &closed, &imports, NULL };

/* ---- helpers of the tests ---- */

static const struct actor nobody;

static void open_jobs(app_store *t, int threads)
{
	const struct jobs_options opt = { .kinds = kinds, .threads = threads, .memory = 64 << 20, .now_ms = clock_ms };
	atomic_store(&gate, false);
	atomic_store(&begun, 0);
	OK(jobs_open(t->c, &t->app, &opt));
}

static void end(app_store *t)
{
	atomic_store(&gate, true);
	assert_true(jobs_close(&t->app, 60));
	app_free(t);
}

static int64_t start(app_store *t, const char *kind, const char *args)
{
	int64_t id = 0;
	OK(job_start(t->c, &t->app, &nobody, kind, str_of(args), &id));
	assert_true(id > 0);
	return id;
}

static struct job_info look(app_store *t, int64_t id)
{
	struct job_info j;
	OK(job_get(t->c, &t->app, &nobody, id, &j));
	return j;
}

static struct job_info until_ended(app_store *t, int64_t id)
{
	for (int i = 0; i < 30000; i++) {
		struct job_info j = look(t, id);
		if (j.ended)
			return j;
		usleep(10000);
	}
	fail_msg("the job does not end");
	return look(t, id);
}

static void until_begun(int n)
{
	for (int i = 0; i < 6000 && atomic_load(&begun) < n; i++)
		usleep(10000);
	assert_true(atomic_load(&begun) >= n);
}

static const char *key(const struct job_info *j) { return j->n_faults ? j->faults[0].key : "none"; }

/* ---- ends ---- */

static void test_done(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 2);
	const struct actor who = { .login = STR("an") };
	int64_t id;
	OK(job_start(t.c, &t.app, &who, "good", STR("papi"), &id));
	struct job_info j = until_ended(&t, id);
	assert_int_equal(j.state, JOB_DONE);
	assert_string_equal(app_z(&t, j.result), "/chi-so/papi");
	assert_string_equal(app_z(&t, j.actor), "an");
	assert_true(j.done == 10 && j.total == 10 && !j.may_cancel);
	assert_true(j.created_at <= j.started_at && j.started_at <= j.finished_at && j.created_at > 0);
	assert_int_equal(j.n_faults, 1); /* a note with everything that belongs to it */
	assert_int_equal(j.faults[0].level, FAULT_NOTE);
	assert_string_equal(key(&j), "import.file_size");
	assert_string_equal(app_z(&t, j.faults[0].at.file), "a.csv");
	assert_int_equal(j.faults[0].at.line, 7);
	assert_string_equal(app_z(&t, j.faults[0].value), "papi");
	assert_string_equal(app_z(&t, j.faults[0].arg[1]), "an");
	end(&t);
}

static void test_failed(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 1);
	struct job_info j = until_ended(&t, start(&t, "bad", ""));
	assert_int_equal(j.state, JOB_FAILED);
	assert_string_equal(key(&j), "import.number");
	assert_true(j.faults[0].at.line == 3 && j.faults[0].at.column == 2);
	assert_string_equal(app_z(&t, j.faults[0].value), "x\"y<z");
	j = until_ended(&t, start(&t, "mute", "")); /* who says nothing gets words all the same */
	assert_int_equal(j.state, JOB_FAILED);
	assert_string_equal(key(&j), "job.failed");
	j = until_ended(&t, start(&t, "greedy", ""));
	assert_int_equal(j.state, JOB_FAILED);
	assert_string_equal(key(&j), "job.memory");
	j = until_ended(&t, start(&t, "good", "x")); /* the thread goes on */
	assert_int_equal(j.state, JOB_DONE);
	end(&t);
}

static void test_refused(void **state)
{
	app_store t = app_empty(state);
	int64_t id;
	struct job_info j;
	assert_int_equal(job_start(t.c, &t.app, &nobody, "good", STR(""), &id), ERR_BUSY); /* nobody runs jobs here */
	open_jobs(&t, 1);
	assert_int_equal(job_start(t.c, &t.app, &nobody, "unheard-of", STR(""), &id), ERR_NOTFOUND);
	char *large = calloc(1, JOB_ARGS + 1);
	memset(large, 'x', JOB_ARGS + 1);
	assert_int_equal(job_start(t.c, &t.app, &nobody, "good", (str){ large, JOB_ARGS + 1 }, &id), ERR_LIMIT);
	free(large);
	assert_int_equal(job_get(t.c, &t.app, &nobody, 5, &j), ERR_NOTFOUND);
	assert_int_equal(job_cancel(t.c, &t.app, &nobody, 5), ERR_NOTFOUND);
	start(&t, "wait", "");
	until_begun(1);
	for (int i = 0; i < JOBS_WAITING; i++)
		start(&t, "good", "");
	assert_int_equal(job_start(t.c, &t.app, &nobody, "good", STR(""), &id), ERR_BUSY);
	assert_string_equal(t.c->faults[t.c->n_faults - 1].key, "job.full");
	end(&t);
}

/* ---- cancelling ---- */

static void test_cancel_running(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 1);
	int64_t id = start(&t, "wait", "");
	until_begun(1);
	struct job_info j = look(&t, id);
	assert_true(j.state == JOB_RUNNING && j.may_cancel && !j.ended);
	OK(job_cancel(t.c, &t.app, &nobody, id));
	j = until_ended(&t, id);
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_int_equal(j.n_faults, 0);
	OK(job_cancel(t.c, &t.app, &nobody, id)); /* once more: nothing */
	assert_int_equal(look(&t, id).state, JOB_CANCELLED);
	end(&t);
}

static void test_cancel_waiting(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 1);
	int64_t first = start(&t, "wait", ""), second = start(&t, "wait", "");
	until_begun(1);
	assert_int_equal(look(&t, second).state, JOB_WAITING);
	OK(job_cancel(t.c, &t.app, &nobody, second));
	assert_int_equal(look(&t, second).state, JOB_CANCELLED);
	atomic_store(&gate, true);
	assert_int_equal(until_ended(&t, first).state, JOB_DONE);
	assert_int_equal(atomic_load(&begun), 1);
	end(&t);
}

/* Another process writes the wish into the store: the owner hears of it within a second or two. */
static enum err put_cancel(cx *c, db_conn *k, void *arg) { return db_job_cancel(c, k, *(int64_t *)arg); }

static void test_cancel_from_elsewhere(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 1);
	int64_t id = start(&t, "wait", "");
	until_begun(1);
	OK(db_tx(t.c, t.app.db, DB_WRITE, put_cancel, &id));
	assert_true(look(&t, id).stopping || look(&t, id).ended);
	assert_int_equal(until_ended(&t, id).state, JOB_CANCELLED);
	end(&t);
}

static void test_cancelled_import_does_not_count(void **state)
{
	app_store t = app_small(state);
	open_jobs(&t, 1);
	int64_t id = start(&t, "imports", "");
	until_begun(1);
	for (int i = 0; i < 6000 && !look(&t, id).done && !look(&t, id).ended; i++)
		usleep(2000);
	OK(job_cancel(t.c, &t.app, &nobody, id));
	struct job_info j = until_ended(&t, id);
	assert_string_equal(key(&j), "none");
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_true(j.total == 20000 && j.done > 0 && j.done < 20000);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result_current WHERE year = 2026"), 0);
	atomic_store(&begun, 0);
	assert_int_equal(until_ended(&t, start(&t, "imports", "")).state, JOB_DONE); /* and goes on where it stopped */
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM result_current WHERE year = 2026"), 20000);
	end(&t);
}

/* ---- several ---- */

static void test_alone(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 3);
	int64_t id = start(&t, "single", "");
	assert_true(start(&t, "single", "") == id);
	until_begun(1);
	assert_true(start(&t, "single", "") == id);
	atomic_store(&gate, true);
	until_ended(&t, id);
	assert_true(start(&t, "single", "") != id);
	end(&t);
}

static void test_side_by_side_and_list(void **state)
{
	app_store t = app_empty(state);
	int64_t id[4];
	open_jobs(&t, 3);
	for (int i = 0; i < 4; i++)
		id[i] = start(&t, "wait", "");
	until_begun(3);
	assert_int_equal(atomic_load(&begun), 3);
	struct job_list list = { 0 };
	OK(job_last(t.c, &t.app, &nobody, 10, &list));
	assert_int_equal(list.n, 4);
	assert_true(list.p[0].id == id[3] && list.p[3].id == id[0]);
	assert_int_equal(list.p[0].state, JOB_WAITING);
	atomic_store(&gate, true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(until_ended(&t, id[i]).state, JOB_DONE);
	end(&t);
}

static void test_who_may_look(void **state)
{
	app_store t = app_empty(state);
	const struct actor an = { .login = STR("an") }, ba = { .login = STR("ba") }, root = actor_system("cli");
	int64_t id;
	struct job_info j;
	struct job_list list = { 0 };
	open_jobs(&t, 1);
	OK(job_start(t.c, &t.app, &an, "closed", STR("x"), &id));
	assert_int_equal(job_get(t.c, &t.app, &nobody, id, &j), ERR_DENIED);
	assert_int_equal(job_get(t.c, &t.app, &ba, id, &j), ERR_DENIED);
	assert_int_equal(job_cancel(t.c, &t.app, &ba, id), ERR_DENIED);
	assert_int_equal(t.c->n_errors, 0); /* no word of it */
	OK(job_get(t.c, &t.app, &an, id, &j));
	OK(job_get(t.c, &t.app, &root, id, &j));
	OK(job_last(t.c, &t.app, &ba, 10, &list));
	assert_int_equal(list.n, 0);
	OK(job_last(t.c, &t.app, &an, 10, &list));
	assert_int_equal(list.n, 1);
	end(&t);
}

/* ---- when the process goes ---- */

static void test_stop(void **state)
{
	app_store t = app_empty(state);
	open_jobs(&t, 1);
	int64_t id = start(&t, "wait", ""), next = start(&t, "good", "z");
	until_begun(1);
	assert_true(jobs_close(&t.app, 60));
	assert_null(t.app.jobs);
	open_jobs(&t, 1); /* the next start */
	struct job_info j = look(&t, id);
	assert_int_equal(j.state, JOB_FAILED);
	assert_string_equal(key(&j), "job.stopped");
	assert_int_equal(until_ended(&t, next).state, JOB_DONE); /* what had not begun is done now */
	end(&t);
}

/* A process that is killed in the middle of a job. */
static void crash_elsewhere(const store *s, int64_t *id)
{
	int pipe_of[2];
	assert_int_equal(pipe(pipe_of), 0);
	pid_t child = fork();
	if (child == 0) {
		cx *c = cx_new(0);
		struct app app = { .url = str_of(s->url) };
		const struct jobs_options opt = { .kinds = kinds, .threads = 1, .now_ms = clock_ms };
		int64_t made = 0;
		c->now_ms = clock_ms();
		if (db_open(c, str_of(s->url), NULL, &app.db) || jobs_open(c, &app, &opt) || job_start(c, &app, &nobody, "wait", STR(""), &made))
			_exit(3);
		while (!atomic_load(&begun))
			usleep(1000);
		if (write(pipe_of[1], &made, sizeof made) != sizeof made)
			_exit(4);
		kill(getpid(), SIGKILL);
	}
	close(pipe_of[1]);
	assert_int_equal(read(pipe_of[0], id, sizeof *id), sizeof *id);
	close(pipe_of[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_killed(void **state)
{
	app_store t = { .s = store_place(state) };
	int64_t id = 0;
	t.c = t.s->c;
	store_open(t.s); /* made, then closed: no connection crosses the fork */
	db_close(t.s->d);
	atomic_store(&gate, false);
	atomic_store(&begun, 0);
	crash_elsewhere(t.s, &id);
	store_open(t.s);
	t.app = (struct app){ .db = t.s->d, .url = str_of(t.s->url), .method_dir = "method" };
	t.c->now_ms = clock_ms();
	open_jobs(&t, 1);
	struct job_info j = look(&t, id); /* at once, not after minutes */
	assert_int_equal(j.state, JOB_FAILED);
	assert_string_equal(key(&j), "job.lost");
	assert_true(j.finished_at >= j.started_at);
	end(&t);
}

struct foreign {
	int64_t id[2];
	int64_t beat[2];
};

static enum err put_foreign(cx *c, db_conn *k, void *arg)
{
	struct foreign *f = arg;
	enum err e = ERR_OK;
	int64_t now = c->now_ms;
	for (int i = 0; i < 2 && !e; i++) {
		db_job taken;
		c->now_ms = f->beat[i];
		e = db_job_put(c, k, STR("good"), STR(""), STR("an"), &f->id[i]);
		if (!e)
			e = db_job_claim(c, k, STR("elsewhere/pid:[1] 77 123"), &taken);
	}
	c->now_ms = now;
	return e;
}

static void test_other_machines(void **state)
{
	app_store t = app_empty(state);
	t.c->now_ms = clock_ms();
	struct foreign f = { .beat = { t.c->now_ms - 3600000, t.c->now_ms - 1000 } };
	OK(db_tx(t.c, t.app.db, DB_WRITE, put_foreign, &f));
	open_jobs(&t, 1);
	struct job_info j = look(&t, f.id[0]);
	assert_int_equal(j.state, JOB_FAILED); /* silent for an hour */
	assert_string_equal(key(&j), "job.lost");
	assert_int_equal(look(&t, f.id[1]).state, JOB_RUNNING); /* heard of a second ago */
	end(&t);
}

static void test_unknown_kind(void **state)
{
	static const struct job_kind *const none[] = { NULL };
	const struct jobs_options opt = { .kinds = none, .now_ms = clock_ms };
	app_store t = app_empty(state);
	open_jobs(&t, 1);
	start(&t, "wait", "");
	int64_t id = start(&t, "good", "");
	until_begun(1);
	assert_true(jobs_close(&t.app, 60));
	OK(jobs_open(t.c, &t.app, &opt)); /* a program that lacks the kind */
	const struct actor root = actor_system("cli");
	struct job_info j = { 0 };
	for (int i = 0; i < 3000 && !j.ended; i++, usleep(10000))
		OK(job_get(t.c, &t.app, &root, id, &j));
	assert_int_equal(j.state, JOB_FAILED);
	assert_string_equal(key(&j), "job.unknown");
	end(&t);
}

/* ---- the training store ---- */

static void test_reset(void **state)
{
	app_store t = app_empty(state);
	const struct jobs_options opt = { .now_ms = clock_ms };
	t.app.sandbox = true;
	t.app.kept = kept_new(); /* as the server has it: else each sheet of the demo reads its edition anew */
	OK(jobs_open(t.c, &t.app, &opt));
	int64_t id = start(&t, "training.reset", "");
	struct job_info j = until_ended(&t, id);
	assert_int_equal(j.state, JOB_DONE);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM round"), 15);
	id = start(&t, "training.reset", "");
	for (int i = 0; i < 6000 && look(&t, id).state == JOB_WAITING; i++)
		usleep(2000);
	OK(job_cancel(t.c, &t.app, &nobody, id));
	j = until_ended(&t, id);
	assert_int_equal(j.state, JOB_CANCELLED);
	assert_string_equal(key(&j), "app.reset_partial");
	assert_false(t.app.resetting);
	assert_int_equal(look(&t, id).state, JOB_CANCELLED); /* the reset leaves the jobs alone */
	struct kept *kept = t.app.kept;
	end(&t);
	kept_free(kept);
}

#define ALL(ON) \
	ON(test_done), ON(test_failed), ON(test_refused), ON(test_cancel_running), ON(test_cancel_waiting), ON(test_cancel_from_elsewhere), \
		ON(test_cancelled_import_does_not_count), ON(test_alone), ON(test_side_by_side_and_list), ON(test_who_may_look), ON(test_stop), \
		ON(test_killed), ON(test_other_machines), ON(test_unknown_kind), ON(test_reset)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("job", sqlite, pg);
}
