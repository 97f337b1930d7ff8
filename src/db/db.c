#include "db/driver.h"
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "base/vn.h"

enum { TRIES = 6 };

static const struct {
	enum err code;
	const char *key;
} troubles[] = {
	[DB_DUPLICATE] = { ERR_CONFLICT, "db.duplicate" },
	[DB_REFERENCE] = { ERR_CONFLICT, "db.reference" },
	[DB_CONSTRAINT] = { ERR_INPUT, "db.constraint" },
	[DB_BAD_TEXT] = { ERR_INPUT, "db.bad_text" },
	[DB_LOCKED] = { ERR_BUSY, "db.busy" },
	[DB_TOO_SLOW] = { ERR_LIMIT, "db.too_slow" },
	[DB_FULL] = { ERR_IO, "db.disk_full" },
	[DB_CORRUPT] = { ERR_IO, "db.corrupt" },
	[DB_CANNOT_OPEN] = { ERR_IO, "db.cannot_open" },
	[DB_DISCONNECTED] = { ERR_BUSY, "db.disconnected" },
	[DB_OTHER] = { ERR_IO, "db.failed" },
};

enum err db_trouble(cx *c, db_conn *k, enum db_trouble what, const char *code, const char *sql)
{
	const db_options *opt = k ? &k->db->opt : NULL;
	if (opt && opt->trouble)
		opt->trouble(opt->trouble_ctx, code, sql);
	fault *f = cx_fault(c, FAULT_ERROR, troubles[what].key, (place){ 0 }, (str){ 0 });
	fault_arg(c, f, 1, str_of(code));
	if (what == DB_DISCONNECTED && k)
		k->broken = true;
	return troubles[what].code;
}

int64_t db_monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint64_t db_hash(const char *sql)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (; *sql; sql++)
		h = (h ^ (unsigned char)*sql) * UINT64_C(0x100000001b3);
	return h;
}

db_val db_bind_dec(arena *mem, dec d)
{
	char text[DEC_TEXT];
	return db_text(arena_str(mem, dec_text(d, text)));
}

db_val db_bind_dec_if(arena *mem, db_dec d) { return d.there ? db_bind_dec(mem, d.v) : db_null(DB_TEXT); }

/* ---- opening ---- */

static const struct db_driver *driver_of(str url)
{
	return str_starts(url, STR("postgresql://")) || str_starts(url, STR("postgres://")) ? &db_postgres : &db_sqlite;
}

static uint64_t system_seed(void)
{
	uint64_t seed = 0;
	if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
		seed = (uint64_t)db_monotonic_ms();
	return seed;
}

static void set_defaults(db_options *opt)
{
	opt->readers = opt->readers ? opt->readers : 8;
	opt->writers = opt->writers ? opt->writers : 4;
	opt->read_ms = opt->read_ms ? opt->read_ms : 5000;
	opt->busy_ms = opt->busy_ms ? opt->busy_ms : 5000;
	opt->seed = opt->seed ? opt->seed : system_seed();
	if (opt->read_only && opt->schema == DB_SCHEMA_MIGRATE)
		opt->schema = DB_SCHEMA_CHECK;
}

static db *new_db(str url, const db_options *opt)
{
	db *d = calloc(1, sizeof *d);
	char *text = strndup(url.p, url.len);
	if (!d || !text)
		abort();
	pthread_mutex_init(&d->lock, NULL);
	d->url = text;
	d->driver = driver_of(url);
	if (opt)
		d->opt = *opt;
	set_defaults(&d->opt);
	if (d->driver == &db_sqlite)
		d->path = strncmp(text, "sqlite:", 7) == 0 ? text + 7 : text;
	d->side[DB_READ].max = d->opt.readers;
	d->side[DB_WRITE].max = d->opt.writers < d->driver->max_writers ? d->opt.writers : d->driver->max_writers;
	for (int i = 0; i < 2; i++)
		d->side[i].last = &d->side[i].first;
	db_ids_init(&d->ids, d->opt.seed);
	db_watch_init(&d->watch);
	return d;
}

static enum err refuse_incomplete(cx *c, db *d)
{
	db_conn *k;
	str mark = { 0 };
	enum err e = db_reader(c, d, &k);
	if (e)
		return e;
	e = db_meta_get(c, k, STR("incomplete"), &mark);
	db_release(k);
	if (!e && mark.len)
		e = cx_fail(c, ERR_CONFLICT, "db.incomplete", (place){ 0 }, (str){ 0 });
	return e;
}

static enum err check_schema(cx *c, db *d)
{
	enum err e = ERR_OK;
	if (d->opt.schema == DB_SCHEMA_MIGRATE)
		e = db_migrate(c, d, db_migrations, db_n_migrations);
	else if (d->opt.schema == DB_SCHEMA_CHECK)
		e = db_schema_check(c, d, db_migrations, db_n_migrations);
	if (!e && d->opt.schema != DB_SCHEMA_NONE && !d->opt.accept_incomplete)
		e = refuse_incomplete(c, d);
	return e;
}

enum err db_open(cx *c, str url, const db_options *opt, db **out)
{
	*out = NULL;
	if (!url.len || memchr(url.p, 0, url.len))
		return cx_fail(c, ERR_INPUT, "db.no_url", (place){ 0 }, (str){ 0 });
	db *d = new_db(url, opt);
	if (d->opt.must_exist && d->opt.schema != DB_SCHEMA_NONE && d->path && access(d->path, F_OK) != 0 && errno == ENOENT) {
		enum err none = cx_fail(c, ERR_IO, "db.no_store", (place){ .file = arena_str(c->mem, str_of(d->path)) }, (str){ 0 });
		db_close(d);
		return none;
	}
	/* The first connection shows whether the store can be opened at all. */
	db_conn *k;
	enum err e = d->opt.read_only ? db_reader(c, d, &k) : db_writer(c, d, &k);
	if (!e)
		db_release(k);
	if (!e)
		e = check_schema(c, d);
	if (e) {
		db_close(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

void db_close(db *d)
{
	if (!d)
		return;
	/* Readers first: the last connection of SQLite to go cleans up the log, and a reader may not. */
	db_watch_free(&d->watch);
	for (int i = 0; i < 2; i++)
		for (db_conn *k = d->side[i].idle, *next; k; k = next) {
			next = k->next;
			d->driver->disconnect(k);
			d->side[i].open--;
		}
	assert(d->side[DB_READ].open == 0 && d->side[DB_WRITE].open == 0);
	pthread_mutex_destroy(&d->lock);
	db_ids_free(&d->ids);
	free(d->url);
	free(d);
}

const char *db_driver_name(const db *d) { return d->driver->name; }
const char *db_path(const db *d) { return d->path; }
db *db_of(const db_conn *k) { return k->db; }

/* ---- the pool ---- */

static enum err busy(cx *c, db *d)
{
	if (d->opt.trouble)
		d->opt.trouble(d->opt.trouble_ctx, "pool", NULL);
	return cx_fail(c, ERR_BUSY, "db.busy", (place){ 0 }, (str){ 0 });
}

/* Who waits gets a connection, or leave to open one (NULL), from the thread that gives it up. */
struct waiter {
	struct waiter *next;
	db_conn *given;
	bool ready;
	pthread_cond_t wake; /* of its own: all the others sleep on */
};

static void leave_line(struct side *s, const struct waiter *w)
{
	struct waiter **at = &s->first;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (!*at)
		s->last = at;
}

static bool wait_in_line(db *d, struct side *s, int wait_ms, db_conn **out)
{
	int64_t until = db_monotonic_ms() + wait_ms;
	struct timespec t = { .tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000 };
	struct waiter w = { .wake = PTHREAD_COND_INITIALIZER };
	*s->last = &w;
	s->last = &w.next;
	while (!w.ready)
		if (pthread_cond_clockwait(&w.wake, &d->lock, CLOCK_MONOTONIC, &t) == ETIMEDOUT && !w.ready) {
			leave_line(s, &w);
			break;
		}
	*out = w.given;
	pthread_cond_destroy(&w.wake);
	return w.ready;
}

/* An idle connection or leave to open one: then *out is NULL. */
static enum err wait_for_place(cx *c, db *d, struct side *s, int wait_ms, db_conn **out)
{
	bool got = true;
	pthread_mutex_lock(&d->lock);
	*out = s->idle;
	if (s->idle)
		s->idle = s->idle->next;
	else if (s->open < s->max)
		s->open++;
	else
		got = wait_in_line(d, s, wait_ms, out);
	pthread_mutex_unlock(&d->lock);
	return got ? ERR_OK : busy(c, d);
}

/* k NULL: the place only. */
static void give_up(db *d, struct side *s, db_conn *k)
{
	pthread_mutex_lock(&d->lock);
	if (s->first) {
		struct waiter *w = s->first;
		leave_line(s, w);
		w->given = k;
		w->ready = true;
		pthread_cond_signal(&w->wake);
	} else if (k) {
		k->next = s->idle;
		s->idle = k;
	} else {
		s->open--;
	}
	pthread_mutex_unlock(&d->lock);
}

/* Its user was broken off in the middle of something: statements may be open, so it is closed, not kept. */
static void abandon(void *what)
{
	db_conn *k = what;
	k->broken = true;
	db_release(k);
}

static enum err acquire(cx *c, db *d, enum db_mode side, int wait_ms, db_conn **out)
{
	struct side *s = &d->side[side];
	*out = NULL;
	if (side == DB_WRITE && d->opt.read_only)
		return cx_fail(c, ERR_DENIED, "db.read_only", (place){ 0 }, (str){ 0 });
	enum err e = wait_for_place(c, d, s, wait_ms, out);
	if (e)
		return e;
	if (!*out) {
		e = d->driver->connect(c, d, side == DB_WRITE, out);
		if (e) {
			give_up(d, s, NULL);
			*out = NULL;
			return e;
		}
	}
	db_conn *k = *out;
	k->next = NULL;
	k->deadline = 0;
	k->read_ms = side == DB_READ ? d->opt.read_ms : 0;
	cx_hold(c, &k->hold, abandon, k);
	return ERR_OK;
}

enum err db_reader(cx *c, db *d, db_conn **out) { return acquire(c, d, DB_READ, d->opt.busy_ms, out); }
enum err db_writer(cx *c, db *d, db_conn **out) { return acquire(c, d, DB_WRITE, d->opt.busy_ms, out); }

void db_release(db_conn *k)
{
	if (!k)
		return;
	cx_unhold(&k->hold);
	db *d = k->db;
	struct side *s = &d->side[k->writer ? DB_WRITE : DB_READ];
	if (k->in_tx)
		db_rollback(k);
	if (k->writer)
		db_watch_commit(d); /* statements outside of transactions */
	if (k->broken) {
		d->driver->disconnect(k);
		k = NULL;
	}
	give_up(d, s, k);
}

enum err db_ping(cx *c, db *d, int ms)
{
	DB_READER(k);
	int64_t version = 0;
	if (d->path && access(d->path, R_OK) != 0)
		return cx_fail(c, ERR_IO, "db.gone", (place){ .file = str_of(d->path) }, (str){ 0 });
	enum err e = acquire(c, d, DB_READ, ms, &k);
	if (e)
		return e;
	k->read_ms = ms;
	e = db_scalar(c, k, "SELECT MAX(version) FROM schema_version", DB_NONE, &version, NULL);
	return e || version ? e : cx_fail(c, ERR_IO, "db.gone", (place){ .file = str_of(d->path ? d->path : "") }, (str){ 0 });
}

void db_release_at(db_conn **k)
{
	db_release(*k);
}

void db_read_bound(db_conn *k, int ms)
{
	k->read_ms = ms;
	k->deadline = 0;
}

/* ---- statements ---- */

static enum err check_args(cx *c, db_conn *k, const db_val *args, size_t n, const char *sql)
{
	for (size_t i = 0; i < n; i++) {
		const db_val *v = &args[i];
		assert(v->type >= DB_INT && v->type <= DB_BLOB);
		if (v->null)
			continue;
		/* PostgreSQL would refuse it, SQLite would not. */
		if (v->type == DB_TEXT && v->s.len && vn_utf8_check(v->s) < v->s.len)
			return db_trouble(c, k, DB_BAD_TEXT, "text", sql);
		/* SQLite would make NULL of it without a word. */
		if (v->type == DB_REAL && !isfinite(v->r))
			return db_trouble(c, k, DB_CONSTRAINT, "nan", sql);
	}
	return ERR_OK;
}

static enum err before(cx *c, db_conn *k, const db_val *args, size_t n, const char *sql)
{
	if (k->failed)
		return db_trouble(c, k, DB_OTHER, "aborted", sql);
	if (k->read_ms && !k->in_tx)
		k->deadline = db_monotonic_ms() + k->read_ms;
	return check_args(c, k, args, n, sql);
}

static enum err after(db_conn *k, enum err e)
{
	if (e && k->in_tx)
		k->failed = true;
	return e;
}

static enum err query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out)
{
	*out = (db_rows){ .conn = k, .c = c, .sql = sql };
	out->err = before(c, k, args, n, sql);
	if (!out->err)
		out->err = k->driver->query(c, k, sql, args, n, keep, out);
	out->open = !out->err;
	return after(k, out->err);
}

enum err db_query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, db_rows *out)
{
	return query(c, k, sql, args, n, false, out);
}

bool db_next(db_rows *r)
{
	if (!r->open || r->err)
		return false;
	if (r->conn->driver->next(r))
		return true;
	after(r->conn, r->err);
	r->conn->driver->end(r); /* at once: SQLite's read lock ends here */
	r->open = false;
	return false;
}

enum err db_end(db_rows *r)
{
	if (r->open)
		r->conn->driver->end(r);
	r->open = false;
	return r->err;
}

enum err db_end_found(db_rows *r, bool found)
{
	enum err e = db_end(r);
	return e ? e : found ? ERR_OK : ERR_NOTFOUND;
}

int64_t db_affected(const db_rows *r) { return r->affected; }

db_val db_cell(const db_rows *r, int i)
{
	assert(r->open && i >= 0 && i < r->columns);
	return r->conn->driver->cell(r, i);
}

bool db_cell_null(const db_rows *r, int i) { return db_cell(r, i).null; }

int64_t db_cell_int(const db_rows *r, int i)
{
	db_val v = db_cell(r, i);
	assert(v.null || v.type == DB_INT);
	return v.null ? 0 : v.i;
}

double db_cell_real(const db_rows *r, int i)
{
	db_val v = db_cell(r, i);
	assert(v.null || v.type == DB_REAL || v.type == DB_INT);
	return v.null ? 0 : v.type == DB_INT ? (double)v.i : v.r;
}

static str cell_bytes(const db_rows *r, int i, enum db_type type)
{
	db_val v = db_cell(r, i);
	assert(v.null || v.type == type);
	return v.null ? (str){ "", 0 } : v.s;
}

str db_cell_text(const db_rows *r, int i) { return cell_bytes(r, i, DB_TEXT); }
str db_cell_blob(const db_rows *r, int i) { return cell_bytes(r, i, DB_BLOB); }

str db_cell_copy(cx *c, const db_rows *r, int i)
{
	db_val v = db_cell(r, i);
	assert(v.null || v.type == DB_TEXT || v.type == DB_BLOB);
	return v.null ? (str){ "", 0 } : arena_str(c->mem, v.s);
}

str db_cell_again(cx *c, const db_rows *r, int i, str before)
{
	str s = db_cell_text(r, i);
	return s.len == before.len && before.p && memcmp(s.p, before.p, s.len) == 0 ? before : arena_str(c->mem, s);
}

bool db_cell_dec(const db_rows *r, int i, dec *out)
{
	str s = db_cell_text(r, i);
	return s.len && dec_parse(s, out);
}

db_dec db_cell_dec_if(const db_rows *r, int i)
{
	db_dec d = { DEC_ZERO, false };
	d.there = db_cell_dec(r, i, &d.v);
	return d;
}

static enum err run(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected)
{
	db_rows r;
	query(c, k, sql, args, n, true, &r);
	while (db_next(&r))
		;
	if (affected)
		*affected = r.affected;
	return db_end(&r);
}

enum err db_exec(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected)
{
	return run(c, k, sql, args, n, affected);
}

enum err db_post(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected)
{
	assert(k->in_tx);
	*affected = 0;
	if (!k->driver->post)
		return run(c, k, sql, args, n, affected);
	enum err e = before(c, k, args, n, sql);
	if (!e)
		e = k->driver->post(c, k, sql, args, n, affected);
	return after(k, e);
}

enum err db_posted(cx *c, db_conn *k)
{
	return k->driver->flush ? after(k, k->driver->flush(c, k)) : ERR_OK;
}

enum err db_scalar(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *out, bool *found)
{
	db_rows r;
	query(c, k, sql, args, n, true, &r);
	bool there = db_next(&r) && !db_cell_null(&r, 0);
	if (there)
		*out = db_cell_int(&r, 0);
	if (found)
		*found = there;
	return db_end(&r);
}

enum err db_bulk(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, size_t rows, int64_t *affected)
{
	int64_t ignored;
	affected = affected ? affected : &ignored;
	*affected = 0;
	assert(k->in_tx || rows <= 1);
	if (!rows)
		return ERR_OK;
	enum err e = before(c, k, args, n * rows, sql);
	if (!e)
		e = k->driver->bulk(c, k, sql, args, n, rows, affected);
	return after(k, e);
}

/* ---- transactions ---- */

static enum err begin(cx *c, db_conn *k, const char *sql)
{
	if (k->read_ms)
		k->deadline = db_monotonic_ms() + k->read_ms;
	enum err e = k->driver->command(c, k, sql);
	k->in_tx = true;
	k->failed = false;
	k->savepoints = 0;
	if (e && sql == k->driver->begin_line) /* begun, and then not let in */
		db_rollback(k);
	k->in_tx = !e;
	return e;
}

enum err db_begin(cx *c, db_conn *k, enum db_mode mode)
{
	assert(!k->in_tx && (mode == DB_READ || k->writer));
	k->work = NULL;
	return begin(c, k, mode == DB_WRITE ? k->driver->begin_write : k->driver->begin_read);
}

/* The place of a work in the table, or a free one; NULL: neither. */
static _Atomic(db_work) *line_place(db *d, db_work work)
{
	size_t at = (size_t)((uintptr_t)work * UINT64_C(0x9E3779B97F4A7C15) >> 56);
	for (size_t i = 0; i < DB_LINE; i++) {
		_Atomic(db_work) *p = &d->line[(at + i) % DB_LINE];
		db_work there = atomic_load(p);
		if (!there || there == work)
			return p;
	}
	return NULL;
}

void db_in_line(db_conn *k)
{
	_Atomic(db_work) *p = k->work && k->driver->begin_line ? line_place(k->db, k->work) : NULL;
	db_work none = NULL;
	if (p)
		atomic_compare_exchange_strong(p, &none, k->work); /* lost to another: the next time, then */
}

enum err db_begin_work(cx *c, db_conn *k, db_work work)
{
	const _Atomic(db_work) *p = k->driver->begin_line ? line_place(k->db, work) : NULL;
	k->work = work;
	return begin(c, k, p && atomic_load(p) ? k->driver->begin_line : k->driver->begin_write);
}

enum err db_commit(cx *c, db_conn *k)
{
	assert(k->in_tx);
	enum err e = k->failed ? db_trouble(c, k, DB_OTHER, "aborted", "COMMIT") : db_posted(c, k);
	bool sent = !e;
	if (sent)
		e = k->driver->command(c, k, "COMMIT");
	if (k->writer)
		db_watch_commit(k->db);
	/* The answer was lost, the commit perhaps not: to do the work again might do it twice. */
	if (e && sent && k->broken)
		e = cx_fail(c, ERR_IO, "db.outcome_unknown", (place){ 0 }, (str){ 0 });
	if (e)
		db_rollback(k);
	k->in_tx = k->failed = false;
	return e;
}

void db_rollback(db_conn *k)
{
	if (!k->in_tx)
		return;
	/* A failing rollback leaves nothing that could be used: the connection goes. */
	cx *c = cx_new(0);
	k->deadline = 0;
	if (!k->broken && k->driver->command(c, k, "ROLLBACK"))
		k->broken = true;
	cx_free(c);
	k->in_tx = k->failed = false;
}

/* The name depends on the depth; literals, so that SQLite's cache finds them again. */
static const char *const savepoint_sql[3][4] = {
	{ "SAVEPOINT s1", "SAVEPOINT s2", "SAVEPOINT s3", "SAVEPOINT s4" },
	{ "RELEASE SAVEPOINT s1", "RELEASE SAVEPOINT s2", "RELEASE SAVEPOINT s3", "RELEASE SAVEPOINT s4" },
	{ "ROLLBACK TO SAVEPOINT s1", "ROLLBACK TO SAVEPOINT s2", "ROLLBACK TO SAVEPOINT s3", "ROLLBACK TO SAVEPOINT s4" },
};

enum err db_savepoint(cx *c, db_conn *k)
{
	assert(k->in_tx && k->savepoints < 4);
	if (k->failed)
		return db_trouble(c, k, DB_OTHER, "aborted", "SAVEPOINT");
	enum err e = k->driver->command(c, k, savepoint_sql[0][k->savepoints]);
	if (!e)
		k->savepoints++;
	return after(k, e);
}

enum err db_savepoint_keep(cx *c, db_conn *k)
{
	assert(k->in_tx && k->savepoints > 0);
	if (k->failed)
		return db_trouble(c, k, DB_OTHER, "aborted", "RELEASE");
	return after(k, k->driver->command(c, k, savepoint_sql[1][--k->savepoints]));
}

enum err db_savepoint_undo(cx *c, db_conn *k)
{
	assert(k->in_tx && k->savepoints > 0);
	int at = --k->savepoints;
	enum err e = k->driver->command(c, k, savepoint_sql[2][at]);
	if (!e)
		e = k->driver->command(c, k, savepoint_sql[1][at]);
	k->failed = e != ERR_OK;
	return e;
}

static enum err try_tx(cx *c, db *d, enum db_mode mode, db_work work, void *arg)
{
	db_conn *k;
	enum err e = acquire(c, d, mode, d->opt.busy_ms, &k);
	if (e)
		return e;
	e = mode == DB_WRITE ? db_begin_work(c, k, work) : db_begin(c, k, mode);
	if (!e) {
		e = work(c, k, arg);
		if (e)
			db_rollback(k);
		else
			e = db_commit(c, k);
	}
	db_release(k);
	return e;
}

static void pause_before_retry(int tried)
{
	int64_t ms = INT64_C(2) << (2 * tried); /* 2 8 32 128 512 */
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

enum err db_tx(cx *c, db *d, enum db_mode mode, db_work work, void *arg)
{
	for (int i = 0;; i++) {
		size_t faults = c->n_faults, errors = c->n_errors, dropped = c->n_dropped;
		enum err e = try_tx(c, d, mode, work, arg);
		if (e != ERR_BUSY || i + 1 == TRIES)
			return e;
		c->n_faults = faults;
		c->n_errors = errors;
		c->n_dropped = dropped;
		pause_before_retry(i);
	}
}

/* ---- small things ---- */

enum err db_settle(cx *c, db *d)
{
	db_conn *k;
	if (!d->driver->settle)
		return ERR_OK;
	enum err e = db_writer(c, d, &k);
	if (e)
		return e;
	e = d->driver->script(c, k, d->driver->settle);
	db_release(k);
	return e;
}

int64_t db_new_id(cx *c, db_conn *k) { return db_id_next(&k->db->ids, c->now_ms); }

enum err db_meta_get(cx *c, db_conn *k, str key, str *out)
{
	db_rows r;
	*out = (str){ "", 0 };
	db_query(c, k, "SELECT value FROM meta WHERE key = $1", DB_ARGS(db_text(key)), &r);
	if (db_next(&r))
		*out = db_cell_copy(c, &r, 0);
	return db_end(&r);
}

enum err db_meta_set(cx *c, db_conn *k, str key, str value)
{
	return db_exec(c, k, "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		DB_ARGS(db_text(key), db_text(value)), NULL);
}
