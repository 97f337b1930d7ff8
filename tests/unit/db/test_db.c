#include "db/store.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static void script(store *s, const char *sql)
{
	db_conn *k = store_writer(s);
	assert_int_equal(k->driver->script(s->c, k, sql), ERR_OK);
	db_release(k);
}

static void test_types(void **state)
{
	store *s = store_new(state);
	script(s,
		s->pg ? "CREATE TABLE t (i BIGINT PRIMARY KEY, r DOUBLE PRECISION, s TEXT, b BYTEA)"
		      : "CREATE TABLE t (i INTEGER PRIMARY KEY, r REAL, s TEXT, b BLOB) STRICT");
	db_conn *k = store_writer(s);
	int64_t n;
	str blob = { "a\0b", 3 };
	const char insert[] = "INSERT INTO t (i, r, s, b) VALUES ($1, $2, $3, $4)";
	assert_int_equal(db_exec(s->c, k, insert, DB_ARGS(db_int(INT64_MAX), db_real(0.1), db_text(STR("Đắk Lắk")), db_blob(blob)), &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(db_exec(s->c, k, insert, DB_ARGS(db_int(INT64_MIN), db_null(DB_REAL), db_null(DB_TEXT), db_null(DB_BLOB)), &n), ERR_OK);
	assert_int_equal(db_exec(s->c, k, insert, DB_ARGS(db_int(0), db_real(-1e300), db_text((str){ 0 }), db_blob((str){ 0 })), &n), ERR_OK);
	db_rows r;
	db_query(s->c, k, "SELECT i, r, s, b, COUNT(*) OVER (), SUM(i) OVER () FROM t WHERE i <> $1 ORDER BY i DESC", DB_ARGS(db_int(INT64_MIN)), &r);
	assert_true(db_next(&r));
	assert_int_equal(r.columns, 6);
	assert_true(db_cell_int(&r, 0) == INT64_MAX);
	assert_true(db_cell_real(&r, 1) == 0.1);
	assert_true(str_is(db_cell_text(&r, 2), "Đắk Lắk"));
	assert_true(str_eq(db_cell_blob(&r, 3), blob));
	assert_int_equal(db_cell_int(&r, 4), 2);
	assert_true(db_cell_int(&r, 5) == INT64_MAX);
	assert_true(db_next(&r));
	assert_true(!db_cell_null(&r, 2) && db_cell_text(&r, 2).len == 0);
	assert_true(!db_cell_null(&r, 3) && db_cell_blob(&r, 3).len == 0);
	assert_false(db_next(&r));
	assert_int_equal(db_end(&r), ERR_OK);
	db_query(s->c, k, "SELECT r, s, b FROM t WHERE i = $1", DB_ARGS(db_int(INT64_MIN)), &r);
	assert_true(db_next(&r));
	assert_true(db_cell_null(&r, 0) && db_cell_null(&r, 1) && db_cell_null(&r, 2));
	assert_int_equal(db_end(&r), ERR_OK); /* early */
	assert_int_equal(db_end(&r), ERR_OK); /* again */
	/* RETURNING gives rows, and all of them are changed. */
	db_query(s->c, k, "UPDATE t SET s = $1 WHERE i >= $2 RETURNING i", DB_ARGS(db_text(STR("x")), db_int(0)), &r);
	int rows = 0;
	while (db_next(&r))
		rows++;
	assert_int_equal(rows, 2);
	assert_int_equal(db_affected(&r), 2);
	assert_int_equal(db_end(&r), ERR_OK);
	db_release(k);
	store_free(s);
}

static void test_decimals(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	dec d, got;
	assert_true(dec_parse(STR("0.830"), &d));
	assert_int_equal(db_exec(s->c, k, "INSERT INTO meta (key, value) VALUES ($1, $2)",
				 DB_ARGS(db_text(STR("d")), db_bind_dec(s->c->mem, d)), NULL),
		ERR_OK);
	db_rows r;
	db_query(s->c, k, "SELECT value, NULLIF(value, value) FROM meta WHERE key = $1", DB_ARGS(db_text(STR("d"))), &r);
	assert_true(db_next(&r));
	assert_true(str_is(db_cell_text(&r, 0), "0.83"));
	assert_true(db_cell_dec(&r, 0, &got) && dec_eq(got, d));
	assert_false(db_cell_dec(&r, 1, &got));
	assert_int_equal(db_end(&r), ERR_OK);
	db_release(k);
	store_free(s);
}

static void test_errors(void **state)
{
	store *s = store_new(state);
	s->quiet = true;
	script(s, s->pg ? "CREATE TABLE p (i BIGINT PRIMARY KEY)" : "CREATE TABLE p (i INTEGER PRIMARY KEY) STRICT");
	script(s,
		s->pg ? "CREATE TABLE t (i BIGINT PRIMARY KEY, u TEXT UNIQUE, c TEXT NOT NULL CHECK (c <> 'bad'), p BIGINT REFERENCES p)"
		      : "CREATE TABLE t (i INTEGER PRIMARY KEY, u TEXT UNIQUE, c TEXT NOT NULL CHECK (c <> 'bad'), p INTEGER REFERENCES p) STRICT");
	db_conn *k = store_writer(s);
	static const struct { int64_t i; const char *u, *c; int64_t p; enum err code; const char *key; } rows[] = {
		{ 1, "a", "x", 0, ERR_OK, "" },
		{ 1, "b", "x", 0, ERR_CONFLICT, "db.duplicate" },
		{ 2, "a", "x", 0, ERR_CONFLICT, "db.duplicate" },
		{ 3, "c", NULL, 0, ERR_INPUT, "db.constraint" },
		{ 4, "d", "bad", 0, ERR_INPUT, "db.constraint" },
		{ 5, "e", "x", 77, ERR_CONFLICT, "db.reference" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err e = db_exec(s->c, k, "INSERT INTO t (i, u, c, p) VALUES ($1, $2, $3, $4)",
			DB_ARGS(db_int(rows[i].i), db_text(str_of(rows[i].u)), rows[i].c ? db_text(str_of(rows[i].c)) : db_null(DB_TEXT),
				db_int_if(rows[i].p != 0, rows[i].p)), NULL);
		assert_int_equal(e, rows[i].code);
		if (e)
			assert_string_equal(store_last_fault(s), rows[i].key);
	}
	const char set[] = "INSERT INTO meta (key, value) VALUES ($1, $2)";
	assert_int_equal(db_exec(s->c, k, set, DB_ARGS(db_text((str){ "a\0b", 3 }), db_text(STR("x"))), NULL), ERR_INPUT);
	assert_string_equal(store_last_fault(s), "db.bad_text");
	assert_int_equal(db_exec(s->c, k, "SELECT $1 + 1", DB_ARGS(db_real(0.0 / 0.0)), NULL), ERR_INPUT);
	assert_int_equal(db_exec(s->c, k, "SELECT nothing FROM nowhere WHERE x = $1", DB_ARGS(db_text(STR("secret"))), NULL), ERR_IO);
	/* Neither SQL nor values in a fault. */
	for (size_t i = 0; i < s->c->n_faults; i++)
		for (int a = 0; a < FAULT_ARGS; a++)
			assert_null(memmem(s->c->faults[i].arg[a].p ? s->c->faults[i].arg[a].p : "", s->c->faults[i].arg[a].len, "nowhere", 7));
	db_release(k);
	store_free(s);
}

/* After a failure inside a transaction nothing works until it, or its savepoint, is rolled back. */
static void test_transactions(void **state)
{
	store *s = store_new(state);
	s->quiet = true;
	db_conn *k = store_writer(s);
	str v;
	int64_t n;
	const char count[] = "SELECT COUNT(*) FROM meta";
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("a"), STR("1")), ERR_OK);
	assert_int_equal(db_savepoint(s->c, k), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("a"), STR("2")), ERR_OK);
	assert_int_equal(db_exec(s->c, k, "INSERT INTO meta (key, value) VALUES ($1, $2)", DB_ARGS(db_text(STR("a")), db_text(STR("3"))), NULL), ERR_CONFLICT);
	assert_int_equal(db_scalar(s->c, k, count, DB_NONE, &n, NULL), ERR_IO);
	assert_int_equal(db_savepoint_undo(s->c, k), ERR_OK);
	assert_int_equal(db_meta_get(s->c, k, STR("a"), &v), ERR_OK);
	assert_true(str_is(v, "1"));
	assert_int_equal(db_savepoint(s->c, k), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("b"), STR("1")), ERR_OK);
	assert_int_equal(db_savepoint_keep(s->c, k), ERR_OK);
	assert_int_equal(db_commit(s->c, k), ERR_OK);
	assert_int_equal(db_scalar(s->c, k, count, DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("c"), STR("1")), ERR_OK);
	assert_int_equal(db_exec(s->c, k, "SELECT wrong", DB_NONE, NULL), ERR_IO);
	assert_int_equal(db_commit(s->c, k), ERR_IO);
	assert_int_equal(db_scalar(s->c, k, count, DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 2);
	/* Released in the middle: rolled back. */
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("c"), STR("1")), ERR_OK);
	db_release(k);
	db_conn *r = store_reader(s);
	assert_int_equal(db_scalar(s->c, r, count, DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 2);
	/* One snapshot while somebody writes. */
	assert_int_equal(db_begin(s->c, r, DB_READ), ERR_OK);
	assert_int_equal(db_scalar(s->c, r, count, DB_NONE, &n, NULL), ERR_OK);
	k = store_writer(s);
	assert_int_equal(db_meta_set(s->c, k, STR("d"), STR("1")), ERR_OK);
	assert_int_equal(db_scalar(s->c, r, count, DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 2);
	assert_int_not_equal(db_meta_set(s->c, r, STR("e"), STR("1")), ERR_OK);
	db_rollback(r);
	assert_int_equal(db_scalar(s->c, r, count, DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 3);
	db_release(k);
	db_release(r);
	store_free(s);
}

static void test_bulk(void **state)
{
	enum { ROWS = 3000 };
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	db_val *args = NEW_ARRAY(s->c->mem, db_val, ROWS * 2);
	for (int i = 0; i < ROWS; i++) {
		args[2 * i] = db_text(arena_printf(s->c->mem, "k%d", i % 2500));
		args[2 * i + 1] = db_text(STR("v"));
	}
	const char sql[] = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
	int64_t n;
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_bulk(s->c, k, sql, args, 2, ROWS, &n), ERR_OK);
	assert_int_equal(n, 2500);
	assert_int_equal(db_commit(s->c, k), ERR_OK);
	/* A bad row in the middle: the transaction is lost, the connection is not. */
	s->quiet = true;
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_bulk(s->c, k, "INSERT INTO meta (key, value) VALUES ('x' || $1, NULLIF($2, 'v'))", args, 2, ROWS, &n), ERR_INPUT);
	db_rollback(k);
	assert_int_equal(db_scalar(s->c, k, "SELECT COUNT(*) FROM meta", DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 2500);
	db_release(k);
	store_free(s);
}

/* What is posted counts when it was waited for, is seen by what comes after it, and fails there at the latest. */
static void test_post(void **state)
{
	enum { ROWS = 1500 };
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	int64_t n[ROWS], found;
	const char sql[] = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", count[] = "SELECT COUNT(*) FROM meta";
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(db_post(s->c, k, sql, DB_ARGS(db_text(arena_printf(s->c->mem, "k%d", i % 1000)), db_text(STR("v"))), &n[i]), ERR_OK);
	assert_int_equal(db_scalar(s->c, k, count, DB_NONE, &found, NULL), ERR_OK);
	assert_int_equal(found, 1000);
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(n[i], i < 1000);
	/* Another text in between, a savepoint given up, and the end without a word. */
	assert_int_equal(db_post(s->c, k, "UPDATE meta SET value = $1", DB_ARGS(db_text(STR("w"))), &n[0]), ERR_OK);
	assert_int_equal(db_post(s->c, k, sql, DB_ARGS(db_text(STR("a")), db_text(STR("v"))), &n[1]), ERR_OK);
	assert_int_equal(db_savepoint(s->c, k), ERR_OK);
	assert_int_equal(db_post(s->c, k, sql, DB_ARGS(db_text(STR("b")), db_text(STR("v"))), &n[2]), ERR_OK);
	assert_int_equal(db_savepoint_undo(s->c, k), ERR_OK);
	assert_int_equal(db_post(s->c, k, sql, DB_ARGS(db_text(STR("a")), db_text(STR("v"))), &n[3]), ERR_OK);
	assert_int_equal(db_commit(s->c, k), ERR_OK);
	assert_true(n[0] == 1000 && n[1] == 1 && n[3] == 0);
	assert_int_equal(db_scalar(s->c, k, count, DB_NONE, &found, NULL), ERR_OK);
	assert_int_equal(found, 1001);
	/* A bad one: told at once or at the commit, and nothing of the transaction is left. */
	s->quiet = true;
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_post(s->c, k, sql, DB_ARGS(db_text(STR("c")), db_text(STR("v"))), &n[0]), ERR_OK);
	enum err e = db_post(s->c, k, sql, DB_ARGS(db_text(STR("d")), db_null(DB_TEXT)), &n[1]);
	if (!e)
		e = db_posted(s->c, k);
	assert_int_equal(e, ERR_INPUT);
	assert_int_not_equal(db_scalar(s->c, k, count, DB_NONE, &found, NULL), ERR_OK);
	assert_int_not_equal(db_commit(s->c, k), ERR_OK);
	/* Posted, and the connection is given back: gone, and the connection is good. */
	assert_int_equal(db_begin(s->c, k, DB_WRITE), ERR_OK);
	assert_int_equal(db_post(s->c, k, sql, DB_ARGS(db_text(STR("e")), db_text(STR("v"))), &n[0]), ERR_OK);
	db_release(k);
	k = store_writer(s);
	assert_int_equal(db_scalar(s->c, k, count, DB_NONE, &found, NULL), ERR_OK);
	assert_int_equal(found, 1001);
	db_release(k);
	store_free(s);
}

static void test_read_bound(void **state)
{
	store *s = store_place(state);
	s->opt.read_ms = 200;
	s->quiet = true;
	store_open(s);
	db_conn *k = store_reader(s);
	int64_t n;
	const char slow[] = "WITH RECURSIVE a (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM a WHERE i < 100000000) SELECT COUNT(*) FROM a";
	int64_t from = db_monotonic_ms();
	assert_int_equal(db_scalar(s->c, k, slow, DB_NONE, &n, NULL), ERR_LIMIT);
	assert_string_equal(store_last_fault(s), "db.too_slow");
	assert_true(db_monotonic_ms() - from < 2000);
	assert_int_equal(db_scalar(s->c, k, "SELECT 1", DB_NONE, &n, NULL), ERR_OK);
	db_release(k);
	store_free(s);
}

/* The same statement inside its own loop. */
static void test_nested(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	assert_int_equal(db_meta_set(s->c, k, STR("a"), STR("1")), ERR_OK);
	assert_int_equal(db_meta_set(s->c, k, STR("b"), STR("2")), ERR_OK);
	int pairs = 0;
	db_rows r, q;
	const char sql[] = "SELECT key FROM meta ORDER BY key";
	db_query(s->c, k, sql, DB_NONE, &r);
	while (db_next(&r)) {
		db_query(s->c, k, sql, DB_NONE, &q);
		while (db_next(&q))
			pairs++;
		assert_int_equal(db_end(&q), ERR_OK);
	}
	assert_int_equal(db_end(&r), ERR_OK);
	assert_int_equal(pairs, 4);
	/* More texts than the cache holds. */
	for (int i = 0; i < 2000; i++) {
		int64_t n;
		assert_int_equal(db_scalar(s->c, k, arena_cstr(s->c->mem, arena_printf(s->c->mem, "SELECT %d + $1", i)), DB_ARGS(db_int(1)), &n, NULL), ERR_OK);
		assert_int_equal(n, i + 1);
	}
	db_release(k);
	store_free(s);
}

struct adder {
	store *s;
	db_work work;
	int failures;
	atomic_int *runs;
};

static enum err add_one(cx *c, db_conn *k, void *arg)
{
	str v;
	(void)arg;
	enum err e = db_meta_get(c, k, STR("n"), &v);
	if (e)
		return e;
	long n;
	if (!str_int(v, 0, 1000000, &n))
		n = 0;
	return db_meta_set(c, k, STR("n"), arena_printf(c->mem, "%ld", n + 1));
}

static void *adding(void *arg)
{
	struct adder *a = arg;
	cx *c = cx_new(0);
	for (int i = 0; i < 50; i++)
		if (db_tx(c, a->s->d, DB_WRITE, a->work, a->runs) != ERR_OK)
			a->failures++;
	cx_free(c);
	return NULL;
}

static enum err add_in_line(cx *c, db_conn *k, void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
	db_in_line(k);
	return add_one(c, k, NULL);
}

/* Work that has asked for the line once waits before it begins: none is done anew for another. */
static void test_line(void **state)
{
	store *s = store_new(state);
	atomic_int runs = 0;
	s->quiet = true;
	struct adder one = { s, add_in_line, 0, &runs }, a[4];
	pthread_t t[4];
	adding(&one);
	for (int i = 0; i < 4; i++) {
		a[i] = one;
		assert_int_equal(pthread_create(&t[i], NULL, adding, &a[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(a[i].failures, 0);
	}
	assert_int_equal(runs, 5 * 50);
	str n;
	db_conn *k = store_reader(s);
	assert_int_equal(db_meta_get(s->c, k, STR("n"), &n), ERR_OK);
	assert_true(str_is(n, "250"));
	db_release(k);
	store_free(s);
}

/* Reading and writing back in one transaction loses nothing, on either database. */
static void test_concurrent_writers(void **state)
{
	store *s = store_new(state);
	s->quiet = true;
	struct adder a[4];
	pthread_t t[4];
	int failures = 0;
	for (int i = 0; i < 4; i++) {
		a[i] = (struct adder){ s, add_one, 0, NULL };
		assert_int_equal(pthread_create(&t[i], NULL, adding, &a[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		failures += a[i].failures;
	}
	db_conn *k = store_reader(s);
	str v;
	assert_int_equal(db_meta_get(s->c, k, STR("n"), &v), ERR_OK);
	long n;
	assert_true(str_int(v, 0, 1000, &n));
	assert_int_equal(n, 200 - failures);
	assert_true(failures < 100);
	db_release(k);
	store_free(s);
}

static void test_pool_is_bounded(void **state)
{
	store *s = store_place(state);
	s->opt.readers = 2;
	s->opt.busy_ms = 1500;
	s->quiet = true;
	store_open(s);
	db_conn *a = store_reader(s), *b = store_reader(s), *k;
	assert_int_equal(db_reader(s->c, s->d, &k), ERR_BUSY);
	db_release(a);
	assert_int_equal(db_reader(s->c, s->d, &k), ERR_OK);
	assert_ptr_equal(k, a);
	db_release(k);
	db_release(b);
	db_release(NULL);
	store_free(s);
}

/* ---- opening and migrations ---- */

static void test_open_faults(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	db *d;
	static const struct { const char *url; enum err code; } rows[] = {
		{ "", ERR_INPUT }, { "/nowhere/at/all.db", ERR_IO }, { "/tmp", ERR_IO }, { "sqlite:/nowhere/x", ERR_IO },
		{ "postgresql://nobody:geheim@/nothing?host=/nowhere", ERR_IO },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(db_open(c, str_of(rows[i].url), NULL, &d), rows[i].code);
		assert_null(d);
		assert_null(memmem(c->faults[i].arg[0].p ? c->faults[i].arg[0].p : "", c->faults[i].arg[0].len, "geheim", 6));
	}
	char path[] = "/tmp/tddbXXXXXX";
	int fd = mkstemp(path);
	char noise[8192];
	memset(noise, 'x', sizeof noise);
	assert_int_equal(write(fd, noise, sizeof noise), sizeof noise);
	close(fd);
	assert_int_equal(db_open(c, str_of(path), NULL, &d), ERR_IO);
	assert_string_equal(c->faults[c->n_faults - 1].key, "db.corrupt");
	unlink(path);
	assert_int_equal(db_open(c, str_of(path), &(db_options){ .must_exist = true }, &d), ERR_IO);
	assert_int_not_equal(access(path, F_OK), 0);
	cx_free(c);
}

static const db_migration first[] = { { 1, "one", "h1", "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) {strict}" } };
static const db_migration second[] = {
	{ 1, "one", "h1", "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) {strict}" },
	{ 2, "two", "h2", "CREATE TABLE two (id {id}, n {int}, r {real}, b {blob}) {strict};\nINSERT INTO two (id, n) VALUES (1, 2)" },
};
static const db_migration broken[] = {
	{ 1, "one", "h1", "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) {strict}" },
	{ 2, "two", "h2", "CREATE TABLE two (id {id}) {strict};\nCREATE TABLE three (oops" },
};
static const db_migration changed[] = { { 1, "one", "other", "-" } };

static void test_migrate(void **state)
{
	store *s = store_place(state);
	s->opt.schema = DB_SCHEMA_NONE;
	s->quiet = true;
	store_open(s);
	int64_t n;
	assert_int_equal(db_schema_check(s->c, s->d, first, 1), ERR_CONFLICT);
	assert_int_equal(db_migrate(s->c, s->d, first, 1), ERR_OK);
	assert_int_equal(db_schema_check(s->c, s->d, first, 1), ERR_OK);
	assert_int_not_equal(db_migrate(s->c, s->d, broken, 2), ERR_OK);
	assert_int_equal(db_schema_check(s->c, s->d, first, 1), ERR_OK); /* nothing of it is left */
	assert_int_equal(db_schema_check(s->c, s->d, second, 2), ERR_CONFLICT);
	assert_string_equal(store_last_fault(s), "db.older");
	assert_int_equal(db_migrate(s->c, s->d, second, 2), ERR_OK);
	assert_int_equal(db_migrate(s->c, s->d, second, 2), ERR_OK);
	db_conn *k = store_reader(s);
	assert_int_equal(db_scalar(s->c, k, "SELECT n FROM two", DB_NONE, &n, NULL), ERR_OK);
	assert_int_equal(n, 2);
	db_release(k);
	assert_int_equal(db_migrate(s->c, s->d, first, 1), ERR_CONFLICT);
	assert_string_equal(store_last_fault(s), "db.newer");
	assert_int_equal(db_migrate(s->c, s->d, changed, 1), ERR_CONFLICT);
	store_free(s);
}

static void test_foreign_database(void **state)
{
	store *s = store_place(state);
	s->opt.schema = DB_SCHEMA_NONE;
	store_open(s);
	script(s, "CREATE TABLE theirs (a TEXT)");
	assert_int_equal(db_migrate(s->c, s->d, first, 1), ERR_INPUT);
	assert_string_equal(store_last_fault(s), "db.foreign");
	store_free(s);
}

/* Several programs start at once on an empty place. */
static void test_concurrent_start(void **state)
{
	store *s = store_place(state);
	pid_t p[4];
	for (int i = 0; i < 4; i++) {
		p[i] = fork();
		assert_true(p[i] >= 0);
		if (p[i] == 0) {
			cx *c = cx_new(0);
			db *d;
			enum err e = db_open(c, str_of(s->url), &s->opt, &d);
			for (size_t n = 0; n < c->n_faults; n++)
				fprintf(stderr, "%s %.*s\n", c->faults[n].key, STR_ARG(c->faults[n].value));
			db_close(d);
			cx_free(c);
			_exit(e ? 1 : 0);
		}
	}
	for (int i = 0; i < 4; i++) {
		int status;
		assert_int_equal(waitpid(p[i], &status, 0), p[i]);
		assert_int_equal(status, 0);
	}
	store_open(s);
	store_free(s);
}

static void test_incomplete_is_refused(void **state)
{
	store *s = store_new(state);
	db_conn *k = store_writer(s);
	assert_int_equal(db_meta_set(s->c, k, STR("incomplete"), STR("copy")), ERR_OK);
	db_release(k);
	db_close(s->d);
	s->d = NULL;
	assert_int_equal(db_open(s->c, str_of(s->url), &s->opt, &s->d), ERR_CONFLICT);
	assert_string_equal(store_last_fault(s), "db.incomplete");
	s->opt.accept_incomplete = true;
	store_open(s);
	store_free(s);
}

static void test_ids(void **state)
{
	(void)state;
	db_ids a, b;
	db_ids_init(&a, 1);
	db_ids_init(&b, 1);
	int64_t last = 0, now = INT64_C(1767225600123);
	for (int i = 0; i < 100000; i++) {
		int64_t id = db_id_next(&a, now + i / 1000 - (i % 7 == 0 ? 50 : 0)); /* the clock goes back at times */
		assert_true(id > last);
		last = id;
		if (i < 10)
			assert_true(db_id_next(&b, now + i / 1000 - (i % 7 == 0 ? 50 : 0)) == id); /* same seed, same ids */
	}
	assert_true(db_id_ms(db_id_next(&b, now + 5000)) == now + 5000);
	char text[DB_ID_TEXT];
	static const int64_t ids[] = { 0, 1, 31, 32, INT64_MAX, INT64_C(0x123456789abcdef) };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		int64_t back;
		assert_true(db_id_parse(db_id_text(ids[i], text), &back) && back == ids[i]);
	}
	int64_t back;
	assert_true(db_id_parse(STR("7ZZZZZZZZZZZZ"), &back) && back == INT64_MAX);
	assert_true(db_id_parse(STR("000000000000O"), &back) && back == 0);
	assert_false(db_id_parse(STR("8000000000000"), &back));
	assert_false(db_id_parse(STR("000000000000u"), &back));
	assert_false(db_id_parse(STR("0"), &back));
	db_ids_free(&a);
	db_ids_free(&b);
}

#define ALL(ON) \
	ON(test_types), ON(test_decimals), ON(test_errors), ON(test_transactions), ON(test_post), ON(test_bulk), ON(test_read_bound), ON(test_nested), \
		ON(test_concurrent_writers), ON(test_line), ON(test_pool_is_bounded), ON(test_migrate), ON(test_foreign_database), ON(test_concurrent_start), \
		ON(test_incomplete_is_refused)

int main(void)
{
	const struct CMUnitTest sqlite[] = { ALL(ON_SQLITE), cmocka_unit_test(test_open_faults), cmocka_unit_test(test_ids) };
	const struct CMUnitTest pg[] = { ALL(ON_PG) };
	return RUN_ON_BOTH("db", sqlite, pg);
}
