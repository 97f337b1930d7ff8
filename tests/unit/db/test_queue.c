#include <stdatomic.h>
#include "db/store.h"
#include <pthread.h>
#include "db/queue.h"

static enum err put_row(cx *c, db_conn *k, void *arg)
{
	return db_exec(c, k, "INSERT INTO meta (key, value) VALUES ($1, 'v')", DB_ARGS(db_text(str_of(arg))), NULL);
}

/* Writes, then fails: nothing of it may stay. */
static enum err put_and_fail(cx *c, db_conn *k, void *arg)
{
	enum err e = put_row(c, k, arg);
	return e ? e : cx_fail(c, ERR_DENIED, "test.denied", (place){ 0 }, STR("giá trị"));
}

/* A statement fails and the work does not notice. */
static enum err swallow(cx *c, db_conn *k, void *arg)
{
	put_row(c, k, arg);
	put_row(c, k, arg);
	return ERR_OK;
}

static enum err fill_memory(cx *c, db_conn *k, void *arg)
{
	enum err e = put_row(c, k, arg);
	for (int i = 0; i < 1000; i++)
		arena_alloc(c->mem, 100000);
	return e;
}

static int64_t rows(store *s)
{
	int64_t n;
	db_conn *k = store_reader(s);
	assert_int_equal(db_scalar(s->c, k, "SELECT COUNT(*) FROM meta", DB_NONE, &n, NULL), ERR_OK);
	db_release(k);
	return n;
}

struct client {
	pthread_t thread;
	store *s;
	db_queue *q;
	int number, good, bad;
};

static void *submit_many(void *arg)
{
	struct client *cl = arg;
	for (int i = 0; i < 100; i++) {
		char key[32];
		cx *c = cx_new(0);
		snprintf(key, sizeof key, "k%d-%d", cl->number, i);
		db_work work = i % 10 == 3 ? put_and_fail : i % 10 == 6 ? swallow : put_row;
		enum err e = db_submit(cl->q, (enum db_lane)(i % 3), c, work, key);
		if (work == put_row ? e == ERR_OK : e == (work == swallow ? ERR_IO : ERR_DENIED) && c->n_errors > 0)
			cl->good++;
		else
			cl->bad++;
		cx_free(c);
	}
	return NULL;
}

static void test_many(void **state)
{
	enum { CLIENTS = 16 };
	store *s = store_new(state);
	s->quiet = true;
	db_queue *q = db_queue_new(s->d, NULL);
	struct client cl[CLIENTS];
	for (int i = 0; i < CLIENTS; i++) {
		cl[i] = (struct client){ .s = s, .q = q, .number = i };
		assert_int_equal(pthread_create(&cl[i].thread, NULL, submit_many, &cl[i]), 0);
	}
	for (int i = 0; i < CLIENTS; i++) {
		pthread_join(cl[i].thread, NULL);
		assert_int_equal(cl[i].good, 100);
	}
	db_queue_counts n = db_queue_count(q);
	assert_int_equal(n.requests, CLIENTS * 100);
	assert_int_equal(n.failed, CLIENTS * 20);
	assert_true(n.batches < n.requests && n.largest > 1);
	db_queue_stop(q);
	assert_int_equal(rows(s), CLIENTS * 80);
	store_free(s);
}

static void test_faults_come_back(void **state)
{
	store *s = store_new(state);
	s->quiet = true;
	db_queue *q = db_queue_new(s->d, &(db_queue_options){ .work_memory = 1 << 20 });
	char a[] = "a", b[8] = "b";
	assert_int_equal(db_submit(q, DB_FLOOD, s->c, put_and_fail, a), ERR_DENIED);
	assert_string_equal(store_last_fault(s), "test.denied");
	assert_true(str_is(s->c->faults[s->c->n_faults - 1].value, "giá trị"));
	assert_int_equal(db_submit(q, DB_FLOOD, s->c, put_row, a), ERR_OK);
	assert_int_equal(db_submit(q, DB_FLOOD, s->c, put_row, a), ERR_CONFLICT);
	assert_string_equal(store_last_fault(s), "db.duplicate");
	/* Past its memory: broken off, nothing of it stays, the queue lives. */
	for (int i = 0; i < 20; i++) {
		snprintf(b, sizeof b, "b%d", i);
		assert_int_equal(db_submit(q, DB_FLOOD, s->c, fill_memory, b), ERR_LIMIT);
		assert_string_equal(store_last_fault(s), "db.work_memory");
		assert_int_equal(db_submit(q, DB_FLOOD, s->c, put_row, b), ERR_OK);
		assert_int_equal(rows(s), i + 2);
	}
	db_queue_stop(q);
	store_free(s);
}

/* ---- lanes, limits, stopping ---- */

static struct {
	pthread_mutex_t lock;
	int n;
	char order[300];
	int errors;
} log_of = { .lock = PTHREAD_MUTEX_INITIALIZER };

static char name_s[] = "s", name_f[] = "f", name_i[] = "i", name_b[] = "b";

static void done(void *ctx, enum err e, const cx *w)
{
	(void)w;
	pthread_mutex_lock(&log_of.lock);
	if (log_of.n < 299)
		log_of.order[log_of.n++] = *(char *)ctx;
	log_of.errors += e != ERR_OK;
	pthread_mutex_unlock(&log_of.lock);
}

static atomic_bool slow_begun;

/* The writer is busy from here on, however late the machine lets it begin. */
static void wait_for_slow(void)
{
	for (int i = 0; i < 5000 && !atomic_load(&slow_begun); i++)
		usleep(1000);
	assert_true(atomic_exchange(&slow_begun, false));
}

static enum err slow(cx *c, db_conn *k, void *arg)
{
	(void)c;
	(void)k;
	(void)arg;
	atomic_store(&slow_begun, true);
	usleep(100000);
	return ERR_OK;
}

static enum err nothing(cx *c, db_conn *k, void *arg)
{
	(void)c;
	(void)k;
	(void)arg;
	return ERR_OK;
}

static void test_lanes(void **state)
{
	store *s = store_new(state);
	db_queue *q = db_queue_new(s->d, &(db_queue_options){ .batch_max = 1 });
	log_of.n = log_of.errors = 0;
	assert_int_equal(db_submit_async(q, DB_INTERACTIVE, s->c, slow, NULL, done, name_s), ERR_OK);
	wait_for_slow(); /* it runs now */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(db_submit_async(q, DB_BULK, s->c, nothing, NULL, done, name_b), ERR_OK);
		assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, nothing, NULL, done, name_f), ERR_OK);
		assert_int_equal(db_submit_async(q, DB_INTERACTIVE, s->c, nothing, NULL, done, name_i), ERR_OK);
	}
	db_queue_stop(q); /* drains */
	assert_int_equal(log_of.n, 10);
	assert_int_equal(log_of.errors, 0);
	log_of.order[log_of.n] = 0;
	/* The eighth transaction is a bulk one in any case. */
	assert_string_equal(log_of.order, "siiifffbbb");
	store_free(s);
}

static void test_bulk_does_not_starve(void **state)
{
	store *s = store_new(state);
	db_queue *q = db_queue_new(s->d, &(db_queue_options){ .batch_max = 1 });
	log_of.n = 0;
	assert_int_equal(db_submit_async(q, DB_INTERACTIVE, s->c, slow, NULL, done, name_s), ERR_OK);
	wait_for_slow();
	assert_int_equal(db_submit_async(q, DB_BULK, s->c, nothing, NULL, done, name_b), ERR_OK);
	for (int i = 0; i < 50; i++)
		assert_int_equal(db_submit_async(q, DB_INTERACTIVE, s->c, nothing, NULL, done, name_i), ERR_OK);
	db_queue_stop(q);
	assert_int_equal(log_of.n, 52);
	assert_non_null(memchr(log_of.order, 'b', 12));
	store_free(s);
}

static void test_full_lane(void **state)
{
	store *s = store_new(state);
	db_queue *q = db_queue_new(s->d, &(db_queue_options){ .waiting_max = 2, .batch_max = 1 });
	log_of.n = 0;
	assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, slow, NULL, done, name_s), ERR_OK);
	wait_for_slow();
	assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, nothing, NULL, done, name_f), ERR_OK);
	assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, nothing, NULL, done, name_f), ERR_OK);
	assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, nothing, NULL, done, name_f), ERR_BUSY);
	assert_string_equal(store_last_fault(s), "db.queue_full");
	assert_int_equal(db_submit_async(q, DB_INTERACTIVE, s->c, nothing, NULL, done, name_i), ERR_OK);
	db_queue_stop(q);
	assert_int_equal(log_of.n, 4);
	store_free(s);
}

/* ---- faults of the database: the n-th statement fails ---- */

static struct {
	const struct db_driver *real;
	int countdown;
	enum db_trouble what;
	bool commit_only;
	const char *hit; /* the statement that failed */
} inject;

static bool now_fails(const char *sql)
{
	if (inject.commit_only && strcmp(sql, "COMMIT") != 0)
		return false;
	if (inject.countdown == 0 || --inject.countdown > 0)
		return false;
	inject.hit = sql;
	return true;
}

static enum err bad_command(cx *c, db_conn *k, const char *sql)
{
	if (strcmp(sql, "ROLLBACK") != 0 && now_fails(sql))
		return db_trouble(c, k, inject.what, "injected", sql);
	return inject.real->command(c, k, sql);
}

static enum err bad_query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out)
{
	if (now_fails(sql))
		return db_trouble(c, k, inject.what, "injected", sql);
	return inject.real->query(c, k, sql, args, n, keep, out);
}

/* Every connection of the store goes through the wrapper from now on. */
static struct db_driver wrapper;

static enum err bad_connect(cx *c, db *d, bool writer, db_conn **out)
{
	enum err e = inject.real->connect(c, d, writer, out);
	if (!e)
		(*out)->driver = &wrapper;
	return e;
}

static void wrap(store *s)
{
	inject.real = s->d->driver;
	inject.countdown = 0;
	inject.commit_only = false;
	wrapper = *s->d->driver;
	wrapper.command = bad_command;
	wrapper.query = bad_query;
	wrapper.connect = bad_connect;
	s->d->driver = &wrapper;
	for (int i = 0; i < 2; i++)
		for (db_conn *k = s->d->side[i].idle; k; k = k->next)
			k->driver = &wrapper;
}

static enum err two_rows(cx *c, db_conn *k, void *arg)
{
	char key[40];
	enum err e = put_row(c, k, arg);
	snprintf(key, sizeof key, "%s-2", (char *)arg);
	return e ? e : put_row(c, k, key);
}

/* Whatever statement fails and however: either both rows and ERR_OK, or neither and an error. What may be tried again is. */
static void test_nth_statement_fails(void **state)
{
	static const struct { enum db_trouble what; bool again; } kinds[] = {
		{ DB_OTHER, false }, { DB_FULL, false }, { DB_LOCKED, true }, { DB_DISCONNECTED, true },
	};
	store *s = store_new(state);
	s->quiet = true;
	wrap(s);
	db_queue *q = db_queue_new(s->d, NULL);
	for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		for (int nth = 1; nth <= 7; nth++) {
			char key[32];
			int64_t before = rows(s);
			snprintf(key, sizeof key, "k%d-%d", (int)kind, nth);
			inject.what = kinds[kind].what;
			inject.hit = NULL;
			inject.countdown = nth; /* begin, savepoint, two inserts, release, commit; the seventh is none */
			enum err e = db_submit(q, DB_FLOOD, s->c, two_rows, key);
			inject.countdown = 0;
			assert_int_equal(rows(s) - before, e ? 0 : 2);
			bool insert = inject.hit && strncmp(inject.hit, "INSERT", 6) == 0, commit = inject.hit && strcmp(inject.hit, "COMMIT") == 0;
			bool lost_answer = kinds[kind].what == DB_DISCONNECTED && commit;
			if (lost_answer)
				assert_string_equal(store_last_fault(s), "db.outcome_unknown");
			if (!inject.hit || (kinds[kind].again && !lost_answer))
				assert_int_equal(e, ERR_OK);
			else if (!insert) /* a failing insert may have been tried again with a savepoint */
				assert_int_not_equal(e, ERR_OK);
		}
	/* The same with a plain transaction. */
	for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		for (int nth = 1; nth <= 5; nth++) {
			char key[32];
			int64_t before = rows(s);
			snprintf(key, sizeof key, "t%d-%d", (int)kind, nth);
			inject.what = kinds[kind].what;
			inject.countdown = nth;
			enum err e = db_tx(s->c, s->d, DB_WRITE, two_rows, key);
			inject.countdown = 0;
			assert_int_equal(rows(s) - before, e ? 0 : 2);
		}
	db_queue_stop(q);
	store_free(s);
}

/* A commit that fails with many in it: each is told so, none is half there. */
static void test_failing_commit(void **state)
{
	store *s = store_new(state);
	s->quiet = true;
	wrap(s);
	log_of.n = log_of.errors = 0;
	inject.what = DB_FULL;
	inject.commit_only = true;
	inject.countdown = 2; /* the commit after the slow one's */
	db_queue *q = db_queue_new(s->d, NULL);
	assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, slow, NULL, done, name_s), ERR_OK);
	wait_for_slow();
	static char keys[20][8];
	for (int i = 0; i < 20; i++) {
		snprintf(keys[i], sizeof keys[i], "q%d", i);
		assert_int_equal(db_submit_async(q, DB_FLOOD, s->c, two_rows, keys[i], done, name_f), ERR_OK);
	}
	db_queue_stop(q);
	assert_int_equal(log_of.n, 21);
	assert_int_equal(log_of.errors, 20);
	inject.countdown = 0;
	assert_int_equal(rows(s), 0);
	store_free(s);
}

#define ALL(ON) \
	ON(test_many), ON(test_faults_come_back), ON(test_lanes), ON(test_bulk_does_not_starve), ON(test_full_lane), \
		ON(test_nth_statement_fails), ON(test_failing_commit)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("queue", sqlite, pg);
}
