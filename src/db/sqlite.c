/* SQLite: one file in WAL mode, one writer, many readers. Every commit is on the disk before it is answered (synchronous = FULL). */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/vec.h"
#include "db/driver.h"

enum { STATEMENTS = 512, MAX_ARGS = 64, PROGRESS_STEPS = 2000 };

struct statement {
	uint64_t hash;
	char *sql;
	sqlite3_stmt *s;
	int n;             /* parameters */
	int at[MAX_ARGS];  /* place in SQLite's numbering of $1, $2, … */
	bool busy, cached;
};

typedef struct sqlite_conn {
	db_conn k;
	sqlite3 *h;
	struct statement *cache[STATEMENTS]; /* open addressing */
	int n_cached;
} sqlite_conn;

static sqlite_conn *of(db_conn *k) { return (sqlite_conn *)k; }

static enum db_trouble meaning(int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID: return DB_DUPLICATE;
	case SQLITE_CONSTRAINT_FOREIGNKEY: return DB_REFERENCE;
	}
	if (code == SQLITE_IOERR_SHMSIZE) /* the index of the log could not grow */
		return DB_FULL;
	switch (code & 0xFF) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG: return DB_CONSTRAINT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return DB_LOCKED;
	case SQLITE_INTERRUPT: return DB_TOO_SLOW;
	case SQLITE_FULL: return DB_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return DB_CORRUPT;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY: return DB_CANNOT_OPEN;
	default: return DB_OTHER;
	}
}

static enum err trouble(cx *c, sqlite_conn *q, const char *sql)
{
	int code = sqlite3_extended_errcode(q->h);
	char text[24];
	snprintf(text, sizeof text, "sqlite-%d", code);
	/* SQLite may have ended the transaction by itself (disk full, I/O error); ROLLBACK would fail, and need not be. */
	return db_trouble(c, &q->k, meaning(code), text, sql);
}

/* ---- connections ---- */

static int too_late(void *ctx)
{
	const db_conn *k = ctx;
	return k->deadline && db_monotonic_ms() > k->deadline;
}

static enum err script(cx *c, db_conn *k, const char *text)
{
	return sqlite3_exec(of(k)->h, text, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : trouble(c, of(k), NULL);
}

static void disconnect(db_conn *k)
{
	sqlite_conn *q = of(k);
	for (int i = 0; i < STATEMENTS; i++)
		if (q->cache[i]) {
			sqlite3_finalize(q->cache[i]->s);
			free(q->cache[i]->sql);
			free(q->cache[i]);
		}
	/* What somebody left open when work was broken off. */
	for (sqlite3_stmt *s; q->h && (s = sqlite3_next_stmt(q->h, NULL)) != NULL;)
		sqlite3_finalize(s);
	sqlite3_close(q->h);
	free(q);
}

/* Going over to WAL is refused at once, without waiting, while another program does the same. */
static enum err patiently(cx *c, sqlite_conn *q, const char *text)
{
	int64_t until = db_monotonic_ms() + q->k.db->opt.busy_ms;
	while ((sqlite3_exec(q->h, text, NULL, NULL, NULL) & 0xFF) == SQLITE_BUSY && db_monotonic_ms() < until)
		sqlite3_sleep(5);
	return sqlite3_errcode(q->h) == SQLITE_OK ? ERR_OK : trouble(c, q, NULL);
}

static enum err setup(cx *c, sqlite_conn *q)
{
	char text[600];
	sqlite3_busy_timeout(q->h, q->k.db->opt.busy_ms);
	sqlite3_extended_result_codes(q->h, 1);
	sqlite3_db_config(q->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(q->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(q->h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_progress_handler(q->h, PROGRESS_STEPS, too_late, &q->k);
	/* No memory mapping: an I/O error would be a SIGBUS. */
	snprintf(text, sizeof text,
		"PRAGMA mmap_size = 0; %s PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
		"PRAGMA secure_delete = ON;" /* what is erased is overwritten */
		"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d; PRAGMA journal_size_limit = 67108864; PRAGMA query_only = %d",
		q->k.db->opt.read_only || q->k.db->opt.keep_journal ? "SELECT 1 FROM sqlite_schema;" : "PRAGMA journal_mode = WAL;",
		q->k.writer ? 32768 : 8192, !q->k.writer);
	return patiently(c, q, text);
}

/* Answers and names of persons stand in the file: nobody but its owner reads it. */
static enum err create_private(cx *c, db *d)
{
	int fd = open(d->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
		return ERR_OK;
	}
	if (errno == EEXIST)
		return ERR_OK;
	return cx_fail(c, ERR_IO, "db.cannot_open", (place){ .file = str_of(d->path) }, (str){ 0 });
}

static enum err connect_file(cx *c, db *d, bool writer, db_conn **out)
{
	if (!d->opt.must_exist && writer) {
		enum err e = create_private(c, d);
		if (e)
			return e;
	}
	sqlite_conn *q = calloc(1, sizeof *q);
	if (!q)
		abort();
	q->k = (db_conn){ .db = d, .driver = &db_sqlite, .writer = writer };
	enum err e = ERR_OK;
	int how = d->opt.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (sqlite3_open_v2(d->path, &q->h, how | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
		e = trouble(c, q, NULL);
	if (!e)
		e = setup(c, q);
	if (e) {
		if (c->n_faults)
			c->faults[c->n_faults - 1].at.file = arena_str(c->mem, str_of(d->path));
		disconnect(&q->k);
		return e;
	}
	*out = &q->k;
	return ERR_OK;
}

struct sqlite3 *db_sqlite_handle(db_conn *k) { return of(k)->h; }

/* ---- statements ---- */

static enum err prepare(cx *c, sqlite_conn *q, const char *sql, struct statement **out)
{
	struct statement *st = calloc(1, sizeof *st);
	char *copy = strdup(sql);
	if (!st || !copy)
		abort();
	st->sql = copy;
	if (sqlite3_prepare_v3(q->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->s, NULL) != SQLITE_OK) {
		free(copy);
		free(st);
		return trouble(c, q, sql);
	}
	st->n = sqlite3_bind_parameter_count(st->s);
	assert(st->n <= MAX_ARGS);
	for (int i = 0; i < st->n; i++) {
		char name[16];
		snprintf(name, sizeof name, "$%d", i + 1);
		st->at[i] = sqlite3_bind_parameter_index(st->s, name);
		assert(st->at[i] > 0);
	}
	*out = st;
	return ERR_OK;
}

static void forget(struct statement *st)
{
	sqlite3_finalize(st->s);
	free(st->sql);
	free(st);
}

/* Programs have some hundred literals; whoever builds texts fills the cache, and it starts anew. */
static void make_room(sqlite_conn *q)
{
	if (q->n_cached < STATEMENTS * 3 / 4)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		if (q->cache[i] && q->cache[i]->busy)
			q->cache[i]->cached = false; /* its rows free it */
		else if (q->cache[i])
			forget(q->cache[i]);
	memset(q->cache, 0, sizeof q->cache);
	q->n_cached = 0;
}

static enum err statement_of(cx *c, sqlite_conn *q, const char *sql, struct statement **out)
{
	uint64_t hash = db_hash(sql);
	size_t i = hash % STATEMENTS;
	for (; q->cache[i]; i = (i + 1) % STATEMENTS)
		if (q->cache[i]->hash == hash && strcmp(q->cache[i]->sql, sql) == 0)
			break;
	if (q->cache[i] && !q->cache[i]->busy) {
		*out = q->cache[i];
		return ERR_OK;
	}
	/* In use further up: a second one, only for now. */
	bool twin = q->cache[i] != NULL;
	enum err e = prepare(c, q, sql, out);
	if (e || twin)
		return e;
	make_room(q);
	for (i = hash % STATEMENTS; q->cache[i]; i = (i + 1) % STATEMENTS)
		;
	(*out)->hash = hash;
	(*out)->cached = true;
	q->cache[i] = *out;
	q->n_cached++;
	return ERR_OK;
}

static int bind(struct statement *st, int i, const db_val *v, bool keep)
{
	sqlite3_destructor_type how = keep ? SQLITE_STATIC : SQLITE_TRANSIENT;
	int at = st->at[i];
	if (v->null)
		return sqlite3_bind_null(st->s, at);
	const char *p = v->type >= DB_TEXT && v->s.p ? v->s.p : "";
	switch (v->type) {
	case DB_INT: return sqlite3_bind_int64(st->s, at, v->i);
	case DB_REAL: return sqlite3_bind_double(st->s, at, v->r);
	case DB_TEXT: return sqlite3_bind_text64(st->s, at, p, v->s.len, how, SQLITE_UTF8);
	case DB_BLOB: return sqlite3_bind_blob64(st->s, at, p, v->s.len, how);
	}
	return SQLITE_MISUSE;
}

static enum err bind_all(cx *c, sqlite_conn *q, struct statement *st, const db_val *args, size_t n, bool keep)
{
	assert((size_t)st->n == n);
	for (size_t i = 0; i < n; i++)
		if (bind(st, (int)i, &args[i], keep) != SQLITE_OK)
			return trouble(c, q, st->sql);
	return ERR_OK;
}

static void unuse(struct statement *st)
{
	sqlite3_reset(st->s);
	if (st->n)
		sqlite3_clear_bindings(st->s);
	st->busy = false;
	if (!st->cached)
		forget(st);
}

static enum err query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out)
{
	struct statement *st;
	enum err e = statement_of(c, of(k), sql, &st);
	if (e)
		return e;
	st->busy = true;
	e = bind_all(c, of(k), st, args, n, keep);
	if (e) {
		unuse(st);
		return e;
	}
	out->impl = st;
	out->columns = sqlite3_column_count(st->s);
	return ERR_OK;
}

static bool next(db_rows *r)
{
	struct statement *st = r->impl;
	sqlite_conn *q = of(r->conn);
	int code = sqlite3_step(st->s);
	if (code == SQLITE_ROW) {
		r->row++;
		return true;
	}
	if (code == SQLITE_DONE)
		r->affected = sqlite3_stmt_readonly(st->s) ? 0 : sqlite3_changes64(q->h);
	else
		r->err = trouble(r->c, q, st->sql);
	return false;
}

static db_val cell(const db_rows *r, int i)
{
	sqlite3_stmt *s = ((struct statement *)r->impl)->s;
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER: return db_int(sqlite3_column_int64(s, i));
	case SQLITE_FLOAT: return db_real(sqlite3_column_double(s, i));
	case SQLITE_TEXT: {
		const char *p = (const char *)sqlite3_column_text(s, i);
		return db_text((str){ p ? p : "", (size_t)sqlite3_column_bytes(s, i) });
	}
	case SQLITE_BLOB: {
		const char *p = sqlite3_column_blob(s, i);
		return db_blob((str){ p ? p : "", (size_t)sqlite3_column_bytes(s, i) });
	}
	default: return (db_val){ .null = true };
	}
}

static void end(db_rows *r) { unuse(r->impl); }

static enum err command(cx *c, db_conn *k, const char *sql)
{
	db_rows r = { .conn = k, .c = c, .sql = sql };
	/* After an I/O error SQLite has rolled back already. */
	if (strcmp(sql, "ROLLBACK") == 0 && sqlite3_get_autocommit(of(k)->h))
		return ERR_OK;
	enum err e = query(c, k, sql, NULL, 0, true, &r);
	if (e)
		return e;
	while (next(&r))
		;
	end(&r);
	return r.err;
}

static enum err bulk(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, size_t rows, int64_t *affected)
{
	struct statement *st;
	sqlite_conn *q = of(k);
	enum err e = statement_of(c, q, sql, &st);
	if (e)
		return e;
	st->busy = true;
	for (size_t i = 0; i < rows && !e; i++) {
		e = bind_all(c, q, st, args + i * n, n, true);
		int code = e ? SQLITE_DONE : sqlite3_step(st->s);
		while (code == SQLITE_ROW)
			code = sqlite3_step(st->s);
		if (!e && code != SQLITE_DONE)
			e = trouble(c, q, sql);
		if (!e)
			*affected += sqlite3_changes64(q->h);
		sqlite3_reset(st->s);
	}
	unuse(st);
	return e;
}

/* ---- what is in it ---- */

static enum db_type column_type(str s)
{
	return str_is(s, "INTEGER") ? DB_INT : str_is(s, "REAL") ? DB_REAL : str_is(s, "BLOB") ? DB_BLOB : DB_TEXT;
}

static enum err columns(cx *c, db_conn *k, db_table *t)
{
	VEC(db_column) found = { 0 };
	db_rows r;
	db_query(c, k, "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", DB_ARGS(db_text(t->name)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, &found) =
			(db_column){ db_cell_copy(c, &r, 0), column_type(db_cell_text(&r, 1)), (int)db_cell_int(&r, 2) };
	t->column = found.p;
	t->n = (int)found.n;
	return db_end(&r);
}

static enum err tables(cx *c, db_conn *k, db_table **out, size_t *n)
{
	VEC(db_table) found = { 0 };
	db_rows r;
	db_query(c, k, "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY rowid", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, &found) = (db_table){ .name = db_cell_copy(c, &r, 0) };
	enum err e = db_end(&r);
	for (size_t i = 0; i < found.n && !e; i++)
		e = columns(c, k, &found.p[i]);
	*out = found.p;
	*n = found.n;
	return e;
}

static enum err cut_log(cx *c, db_conn *k, bool *done)
{
	sqlite_conn *q = of(k);
	sqlite3_busy_timeout(q->h, 0); /* everybody who writes would wait with us for a long read */
	int code = sqlite3_wal_checkpoint_v2(q->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(q->h, k->db->opt.busy_ms);
	*done = code == SQLITE_OK;
	return code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED ? ERR_OK : trouble(c, q, NULL);
}

const struct db_driver db_sqlite = {
	.name = "sqlite",
	.max_writers = 1,
	.begin_read = "BEGIN",
	.begin_write = "BEGIN IMMEDIATE",
	.late_references = "PRAGMA defer_foreign_keys = ON",
	.cut_log = cut_log,
	.version = "PRAGMA data_version",
	.version_setup = "PRAGMA busy_timeout = 0",
	.ddl = { "INTEGER PRIMARY KEY", "INTEGER", "REAL", "BLOB", "STRICT" },
	.connect = connect_file,
	.disconnect = disconnect,
	.command = command,
	.script = script,
	.query = query,
	.next = next,
	.cell = cell,
	.end = end,
	.bulk = bulk,
	.tables = tables,
};
