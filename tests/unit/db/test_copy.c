/* Backup, restore, copy: whole or not at all, also when the process is killed in the middle. */
#include "db/store.h"
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "db/backup.h"
#include "db/import.h"
#include "db/result.h"

enum { YEARS = 15, SERIES = 20, UNITS = 10 };

#define OK(call) assert_int_equal((call), ERR_OK)

/* 3,000 results of 10 units. */
static enum err fill_store(cx *c, db_conn *k, void *arg)
{
	int64_t import, changed;
	bool resumed;
	(void)arg;
	enum err e = db_import_begin(c, k, STR("results"), STR("x"), STR("x"), STR("test"), &import, &resumed);
	db_unit units[UNITS];
	for (int i = 0; i < UNITS; i++)
		units[i] = (db_unit){ .level = STR("province"), .code = arena_printf(c->mem, "%02d", i), .name = arena_printf(c->mem, "Tỉnh số %d", i),
			.valid_from = 0, .valid_to = DB_DAY_OPEN, .type = STR("tỉnh"), .status = STR("illustrative") };
	if (!e)
		e = db_unit_put(c, k, units, UNITS, import, &changed);
	if (!e)
		e = db_unit_finish(c, k);
	const db_index d = { STR("X"), 1, STR("x"), STR("x"), STR("x"), STR("%"), true, STR("province"), STR(""), STR("") };
	if (!e)
		e = db_index_put(c, k, &d);
	db_unit_list list;
	if (!e)
		e = db_unit_on(c, k, STR("province"), 100, STR(""), &list);
	db_result *r = NEW_ARRAY(c->mem, db_result, YEARS * SERIES * UNITS);
	size_t n = 0;
	for (int y = 0; !e && y < YEARS; y++)
		for (int s = 0; s < SERIES; s++)
			for (int u = 0; u < UNITS; u++, n++)
				r[n] = (db_result){ .index_code = STR("X"),
					.year = 1980 + y,
					.series = arena_printf(c->mem, "s%d", s),
					.unit_id = list.p[u].id,
					.score = db_dec_of(dec_int(y * 100 + s * 10 + u)),
					.rank = u + 1,
					.status = STR("illustrative"),
					.note = STR("Ghi chú") };
	if (!e)
		e = db_result_put(c, k, r, n, import, &changed);
	return e ? e : db_import_finish(c, k, import);
}

static store *full_store(void **state)
{
	store *s = store_new(state);
	OK(db_tx(s->c, s->d, DB_WRITE, fill_store, NULL));
	return s;
}

static const char *beside(store *s, const char *name) { return arena_printf(s->c->mem, "%s/%s", s->dir, name).p; }

static int64_t count_results(store *s, const char *url)
{
	db *d;
	db_conn *k;
	int64_t n = -1;
	OK(db_open(s->c, str_of(url), &(db_options){ .must_exist = true }, &d));
	OK(db_reader(s->c, d, &k));
	OK(db_scalar(s->c, k, "SELECT COUNT(*) FROM result_current", DB_NONE, &n, NULL));
	db_release(k);
	db_close(d);
	return n;
}

/* A second, empty place on the other database, or on the same where there is no other. */
static store *other_place(const store *s)
{
	void *kind = (void *)(uintptr_t)(s->pg || !store_pg_here() ? "sqlite" : "pg");
	store *t = store_place(&kind);
	t->quiet = true;
	return t;
}

static void same_sums(cx *c, db *a, db *b)
{
	db_conn *k;
	db_sum_list x, y;
	OK(db_reader(c, a, &k));
	OK(db_begin(c, k, DB_READ));
	OK(db_sums(c, k, NULL, &x));
	db_release(k);
	OK(db_reader(c, b, &k));
	OK(db_begin(c, k, DB_READ));
	OK(db_sums(c, k, NULL, &y));
	db_release(k);
	OK(db_sums_compare(c, &x, &y));
	assert_true(x.n > 15);
}

static void test_copy_there_and_back(void **state)
{
	store *s = full_store(state), *t = other_place(s), *back = other_place(t);
	db_sum_list report;
	OK(db_copy(s->c, str_of(s->url), str_of(t->url), &(db_copy_options){ .page = 700 }, &report));
	assert_true(report.n > 15);
	store_open(t);
	same_sums(s->c, s->d, t->d);
	OK(db_copy(s->c, str_of(t->url), str_of(back->url), NULL, &report));
	store_open(back);
	same_sums(s->c, s->d, back->d);
	db_close(back->d);
	db_close(t->d);
	back->d = t->d = NULL;
	/* What is there stays, unless told. */
	assert_int_equal(db_copy(s->c, str_of(s->url), str_of(t->url), NULL, &report), ERR_CONFLICT);
	OK(db_copy(s->c, str_of(s->url), str_of(t->url), &(db_copy_options){ .overwrite = true }, &report));
	assert_int_equal(count_results(s, t->url), YEARS * SERIES * UNITS);
	assert_int_equal(db_copy(s->c, str_of(s->url), str_of(s->url), NULL, &report), ERR_INPUT);
	store_free(back);
	store_free(t);
	store_free(s);
}

static void change_byte(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	int ch = fgetc(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	fputc(ch ^ 1, f);
	fclose(f);
}

static enum err change_a_score(cx *c, db_conn *k, void *arg)
{
	(void)arg;
	return db_exec(c, k, "UPDATE result SET score = '1' WHERE year = 1990 AND series = 's3'", DB_NONE, NULL);
}

static void test_backup_and_restore(void **state)
{
	store *s = full_store(state), *t = other_place(s);
	db_sum_list report, again;
	const char *path = beside(s, "backup.tdb");
	struct stat st;
	OK(db_backup(s->c, s->d, path, NULL, &report));
	assert_int_equal(access(beside(s, "backup.tdb.part"), F_OK), -1);
	assert_int_equal(access(beside(s, "backup.tdb-wal"), F_OK), -1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	OK(db_backup_verify(s->c, path, &again));
	OK(db_sums_compare(s->c, &report, &again));
	assert_int_equal(db_backup(s->c, s->d, path, NULL, &report), ERR_CONFLICT);
	OK(db_backup(s->c, s->d, path, &(db_copy_options){ .overwrite = true }, &report));
	OK(db_restore(s->c, path, str_of(t->url), NULL, &report));
	store_open(t);
	same_sums(s->c, s->d, t->d);
	/* A store in use is never replaced; one that is not, when told. */
	if (!t->pg)
		assert_int_equal(db_restore(s->c, path, str_of(t->url), &(db_copy_options){ .overwrite = true }, &report), ERR_BUSY);
	db_close(t->d);
	t->d = NULL;
	assert_int_equal(db_restore(s->c, path, str_of(t->url), NULL, &report), ERR_CONFLICT);
	OK(db_restore(s->c, path, str_of(t->url), &(db_copy_options){ .overwrite = true }, &report));
	assert_int_equal(count_results(s, t->url), YEARS * SERIES * UNITS);
	/* A row that is not what it was. */
	db *d;
	OK(db_open(s->c, str_of(path), NULL, &d));
	OK(db_tx(s->c, d, DB_WRITE, change_a_score, NULL));
	db_close(d);
	assert_int_equal(db_backup_verify(s->c, path, &report), ERR_IO);
	assert_string_equal(store_last_fault(s), "db.sum_differs");
	assert_true(str_is(s->c->faults[s->c->n_faults - 1].value, "result"));
	/* A damaged file. */
	OK(db_backup(s->c, s->d, path, &(db_copy_options){ .overwrite = true }, &report));
	change_byte(path, 4096 * 5 + 1);
	change_byte(path, 4096 * 20 + 3);
	assert_int_not_equal(db_restore(s->c, path, str_of(t->url), &(db_copy_options){ .overwrite = true }, &report), ERR_OK);
	assert_int_equal(count_results(s, t->url), YEARS * SERIES * UNITS); /* untouched */
	/* A store is no backup. */
	if (!s->pg)
		assert_int_equal(db_backup_verify(s->c, s->url + strlen("sqlite:"), &report), ERR_INPUT);
	store_free(t);
	store_free(s);
}

static bool stop_soon(void *ctx, str table, int64_t rows)
{
	(void)table;
	(void)rows;
	return --*(int *)ctx > 0;
}

static void test_cancel(void **state)
{
	store *s = full_store(state);
	db_sum_list report;
	int left = 12;
	const char *path = beside(s, "b.tdb");
	assert_int_equal(db_backup(s->c, s->d, path, &(db_copy_options){ .progress = stop_soon, .ctx = &left }, &report), ERR_CANCELLED);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(beside(s, "b.tdb.part"), F_OK), -1);
	store_free(s);
}

/* Somebody writes all the time: the backup is of one moment, and it ends. */
static void test_backup_under_load(void **state)
{
	store *s = full_store(state);
	db_sum_list report;
	pid_t writer = fork();
	assert_true(writer >= 0);
	if (writer == 0) {
		cx *c = cx_new(0);
		db *d;
		db_conn *k;
		if (db_open(c, str_of(s->url), NULL, &d) || db_writer(c, d, &k))
			_exit(1);
		for (int i = 0;; i++) {
			char n[20];
			snprintf(n, sizeof n, "%d", i);
			if (db_begin(c, k, DB_WRITE) || db_meta_set(c, k, STR("a"), str_of(n)) || db_meta_set(c, k, STR("b"), str_of(n)) || db_commit(c, k))
				_exit(1);
		}
	}
	db_conn *k;
	str a = STR(""), b;
	for (int i = 0; i < 3000 && !a.len; i++) {
		usleep(10000);
		OK(db_reader(s->c, s->d, &k));
		OK(db_meta_get(s->c, k, STR("a"), &a));
		db_release(k);
	}
	const char *path = beside(s, "b.tdb");
	OK(db_backup(s->c, s->d, path, NULL, &report));
	int status;
	assert_int_equal(waitpid(writer, &status, WNOHANG), 0); /* still at it */
	kill(writer, SIGKILL);
	waitpid(writer, &status, 0);
	db *d;
	OK(db_open(s->c, str_of(path), &(db_options){ .read_only = true }, &d));
	OK(db_reader(s->c, d, &k));
	OK(db_meta_get(s->c, k, STR("a"), &a));
	OK(db_meta_get(s->c, k, STR("b"), &b));
	assert_true(a.len > 0 && str_eq(a, b));
	assert_int_equal(db_writer(s->c, d, &(db_conn *){ NULL }), ERR_DENIED);
	db_release(k);
	db_close(d);
	store_free(s);
}

/* ---- the n-th statement on the source fails ---- */

static const struct db_driver *real;
static struct db_driver wrapper;
static int countdown;

static enum err bad_query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out)
{
	if (countdown > 0 && --countdown == 0)
		return db_trouble(c, k, DB_OTHER, "injected", sql);
	return real->query(c, k, sql, args, n, keep, out);
}

static void test_nth_statement_fails(void **state)
{
	store *s = full_store(state);
	s->quiet = true;
	db_conn *k = store_reader(s); /* the one and only idle one afterwards */
	real = k->driver;
	wrapper = *real;
	wrapper.query = bad_query;
	k->driver = &wrapper;
	db_release(k);
	const char *path = beside(s, "n.tdb");
	db_sum_list report;
	enum err e = ERR_IO;
	int failures = 0;
	for (int nth = 1; e && nth < 400; nth += 3) {
		countdown = nth;
		e = db_backup(s->c, s->d, path, NULL, &report);
		failures += e != ERR_OK;
		assert_int_equal(access(path, F_OK), e ? -1 : 0);
		assert_int_equal(access(beside(s, "n.tdb.part"), F_OK), -1);
	}
	countdown = 0;
	assert_int_equal(e, ERR_OK);
	assert_true(failures > 10);
	OK(db_backup_verify(s->c, path, &report));
	store_free(s);
}

/* ---- kill -9 ---- */

struct chunk {
	int year;
	int64_t import;
};

static enum err begin_big(cx *c, db_conn *k, void *arg)
{
	bool resumed;
	return db_import_begin(c, k, STR("results"), STR("big"), STR("big"), STR("t"), &((struct chunk *)arg)->import, &resumed);
}

static enum err put_chunk(cx *c, db_conn *k, void *arg)
{
	const struct chunk *h = arg;
	db_unit_list list;
	db_result r[UNITS];
	int64_t changed;
	enum err e = db_unit_on(c, k, STR("province"), 100, STR(""), &list);
	if (e)
		return e;
	for (int u = 0; u < UNITS; u++)
		r[u] = (db_result){ .index_code = STR("X"),
			.year = h->year,
			.series = STR("kill"),
			.unit_id = list.p[u].id,
			.rank = u + 1,
			.status = STR("x") };
	return db_result_put(c, k, r, UNITS, h->import, &changed);
}

static void child_import(store *s)
{
	struct chunk h = { .year = 3000 };
	cx *c = cx_new(0);
	db *d;
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t); /* ids are unique by their time */
	c->now_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	/* The server may still be busy with what the last one left when it was killed: db_tx tries again. */
	if (db_open(c, str_of(s->url), NULL, &d) || db_tx(c, d, DB_WRITE, begin_big, &h))
		_exit(1);
	for (;; h.year++)
		if (db_tx(c, d, DB_WRITE, put_chunk, &h))
			_exit(1);
}

static void child_backup(store *s)
{
	db_sum_list report;
	cx *c = cx_new(0);
	db *d;
	if (db_open(c, str_of(s->url), NULL, &d))
		_exit(1);
	for (;;)
		if (db_backup(c, d, beside(s, "k.tdb"), &(db_copy_options){ .page = 200, .overwrite = true }, &report))
			_exit(1);
}

static store *copy_target;

static void child_copy(store *s)
{
	db_sum_list report;
	cx *c = cx_new(0);
	for (;;)
		if (db_copy(c, str_of(s->url), str_of(copy_target->url), &(db_copy_options){ .page = 200, .overwrite = true }, &report))
			_exit(1);
}

/* Starts the child and kills it after so long. */
static void killed(store *s, void (*child)(store *), int ms)
{
	pid_t p = fork();
	assert_true(p >= 0);
	if (p == 0) {
		child(s);
		_exit(0);
	}
	usleep((useconds_t)ms * 1000);
	int status;
	assert_int_equal(waitpid(p, &status, WNOHANG), 0); /* it did not end by itself */
	kill(p, SIGKILL);
	waitpid(p, &status, 0);
}

/* How long the machine needs for one, in milliseconds: the times of the kills follow from it. */
static int64_t since(int64_t from)
{
	int64_t ms = db_monotonic_ms() - from;
	return ms > 20 ? ms : 20;
}

static void test_kill_import(void **state)
{
	store *s = full_store(state);
	s->quiet = true;
	db_conn *k = store_reader(s);
	for (int ms = 60; ms < 300; ms += 60) {
		int64_t n, whole;
		killed(s, child_import, ms);
		/* Nothing of it counts, chunks are whole, and the next try finds the import again. */
		OK(db_scalar(s->c, k, "SELECT COUNT(*) FROM result_current WHERE series = 'kill'", DB_NONE, &n, NULL));
		assert_int_equal(n, 0);
		OK(db_scalar(s->c, k, "SELECT COUNT(*) FROM result WHERE series = 'kill'", DB_NONE, &whole, NULL));
		assert_int_equal(whole % UNITS, 0);
		OK(db_scalar(s->c, k, "SELECT COUNT(*) FROM import WHERE kind = 'results' AND state = 'running'", DB_NONE, &n, NULL));
		assert_int_equal(n, whole > 0 || n > 0 ? 1 : 0);
	}
	db_release(k);
	store_free(s);
}

static void test_kill_backup(void **state)
{
	store *s = full_store(state);
	s->quiet = true;
	const char *path = beside(s, "k.tdb");
	db_sum_list report;
	int there = 0;
	int64_t from = db_monotonic_ms();
	OK(db_backup(s->c, s->d, path, NULL, &report));
	int64_t one = since(from);
	unlink(path);
	for (int i = 1; i <= 7; i++) {
		killed(s, child_backup, (int)(one * i / 2));
		if (access(path, F_OK) == 0) {
			there++;
			OK(db_backup_verify(s->c, path, &report));
		}
	}
	assert_true(there > 0);
	/* Remains of the killed do not stand in the way. */
	OK(db_backup(s->c, s->d, path, &(db_copy_options){ .overwrite = true }, &report));
	assert_int_equal(access(beside(s, "k.tdb.part"), F_OK), -1);
	store_free(s);
}

static void test_kill_copy(void **state)
{
	store *s = full_store(state);
	s->quiet = true;
	copy_target = other_place(s);
	store *t = copy_target;
	db_sum_list report;
	int whole = 0, refused = 0;
	/* Without it the first one could be killed between making the tables and marking the store: an empty one, and complete. */
	int64_t from = db_monotonic_ms();
	OK(db_copy(s->c, str_of(s->url), str_of(t->url), NULL, &report));
	int64_t one = since(from);
	for (int i = 1; i <= 7; i++) {
		killed(s, child_copy, (int)(one * i / 3));
		db *d;
		/* The killed one's server process may still be about to end its transaction. */
		enum err e = db_open(s->c, str_of(t->url), &(db_options){ .schema = DB_SCHEMA_CHECK, .must_exist = true }, &d);
		if (e) {
			assert_int_equal(e, ERR_CONFLICT);
			refused++;
			continue;
		}
		db_conn *k;
		int64_t n;
		OK(db_reader(s->c, d, &k));
		OK(db_scalar(s->c, k, "SELECT COUNT(*) FROM result", DB_NONE, &n, NULL));
		assert_int_equal(n, YEARS * SERIES * UNITS);
		whole++;
		db_release(k);
		db_close(d);
	}
	assert_true(whole + refused > 0);
	assert_true(t->pg || refused == 0);
	OK(db_copy(s->c, str_of(s->url), str_of(t->url), &(db_copy_options){ .overwrite = true }, &report));
	assert_int_equal(count_results(s, t->url), YEARS * SERIES * UNITS);
	store_free(t);
	store_free(s);
}

#define ALL(ON) \
	ON(test_copy_there_and_back), ON(test_backup_and_restore), ON(test_cancel), ON(test_backup_under_load), \
		ON(test_nth_statement_fails), ON(test_kill_import), ON(test_kill_backup), ON(test_kill_copy)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("copy", sqlite, pg);
}
