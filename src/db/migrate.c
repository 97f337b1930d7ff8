/* migrate: the numbered files of sql/, compiled into the program, applied once each in a transaction of their own. Forward only. */
#include "base/buf.h"
#include "db/driver.h"

enum { TOKENS = 5 };

static const char *const token[TOKENS] = { "{id}", "{int}", "{real}", "{blob}", "{strict}" };

/* The DDL text with its tokens in the words of the database. */
static const char *translate(cx *c, const struct db_driver *driver, const char *sql)
{
	buf b;
	buf_init(&b, 0);
	while (*sql) {
		int i = 0;
		while (i < TOKENS && strncmp(sql, token[i], strlen(token[i])) != 0)
			i++;
		if (i == TOKENS) {
			buf_char(&b, *sql++);
			continue;
		}
		buf_addz(&b, driver->ddl[i]);
		sql += strlen(token[i]);
	}
	const char *text = arena_cstr(c->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static const char create_list[] = "CREATE TABLE schema_version (version {id}, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at {int} NOT NULL) {strict}";

enum err db_schema_version(cx *c, db_conn *k, int *out)
{
	db_table *tables;
	size_t n;
	int64_t version = 0;
	*out = 0;
	enum err e = k->driver->tables(c, k, &tables, &n);
	if (e || n == 0)
		return e;
	bool ours = false;
	for (size_t i = 0; i < n; i++)
		ours |= str_is(tables[i].name, "schema_version");
	if (!ours)
		return cx_fail(c, ERR_INPUT, "db.foreign", (place){ 0 }, (str){ 0 });
	e = db_scalar(c, k, "SELECT MAX(version) FROM schema_version", DB_NONE, &version, NULL);
	*out = (int)version;
	return e;
}

static enum err number_fault(cx *c, enum err code, const char *key, int store, int program)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, (str){ 0 });
	fault_arg(c, f, 1, arena_printf(c->mem, "%d", store));
	fault_arg(c, f, 2, arena_printf(c->mem, "%d", program));
	return code;
}

/* The texts that made the store must be the texts of this program. */
static enum err check_hashes(cx *c, db_conn *k, const db_migration *list, size_t n)
{
	db_rows r;
	int changed = 0;
	db_query(c, k, "SELECT version, hash FROM schema_version ORDER BY version", DB_NONE, &r);
	while (db_next(&r))
		for (size_t i = 0; i < n; i++)
			if (list[i].version == db_cell_int(&r, 0) && !str_is(db_cell_text(&r, 1), list[i].hash) && !changed)
				changed = list[i].version;
	enum err e = db_end(&r);
	if (!e && changed)
		e = number_fault(c, ERR_CONFLICT, "db.schema_changed", changed, list[n - 1].version);
	return e;
}

static enum err check(cx *c, db_conn *k, const db_migration *list, size_t n, int *version)
{
	enum err e = db_schema_version(c, k, version);
	if (e || !*version)
		return e;
	int newest = n ? list[n - 1].version : 0;
	if (*version > newest)
		return number_fault(c, ERR_CONFLICT, "db.newer", *version, newest);
	return check_hashes(c, k, list, n);
}

/* One step: looks again inside the transaction, since another process may just have done it. */
static enum err step(cx *c, db_conn *k, const db_migration *list, size_t n, bool *done)
{
	int version;
	enum err e = check(c, k, list, n, &version);
	if (e)
		return e;
	size_t i = 0;
	while (i < n && list[i].version <= version)
		i++;
	*done = i == n;
	if (*done)
		return ERR_OK;
	if (!version)
		e = k->driver->script(c, k, translate(c, k->driver, create_list));
	if (!e)
		e = k->driver->script(c, k, translate(c, k->driver, list[i].sql));
	if (e)
		return e;
	return db_exec(c, k, "INSERT INTO schema_version (version, name, hash, applied_at) VALUES ($1, $2, $3, $4)",
		DB_ARGS(db_int(list[i].version), db_text(str_of(list[i].name)), db_text(str_of(list[i].hash)), db_int(c->now_ms)), NULL);
}

/* Steps until nothing is left. On PostgreSQL a lock of the session lets one program in: a lock inside the transaction would come after
 * its snapshot. SQLite's BEGIN IMMEDIATE is lock and snapshot in one. */
static enum err all_steps(cx *c, db_conn *k, const db_migration *list, size_t n)
{
	bool done = false;
	enum err e = k->driver->migrate_lock ? k->driver->script(c, k, k->driver->migrate_lock) : ERR_OK;
	while (!e && !done) {
		e = db_begin(c, k, DB_WRITE);
		if (!e)
			e = step(c, k, list, n, &done);
		if (!e)
			e = db_commit(c, k);
		else
			db_rollback(k);
	}
	if (k->driver->migrate_unlock && k->driver->script(c, k, k->driver->migrate_unlock))
		k->broken = true; /* the lock goes with the connection */
	return e;
}

/* An empty database is no store where one has to be there. */
static enum err none_here(cx *c, const db *d)
{
	return cx_fail(c, ERR_IO, "db.no_store", (place){ .file = arena_str(c->mem, str_of(d->path ? d->path : "")) }, (str){ 0 });
}

enum err db_migrate(cx *c, db *d, const db_migration *list, size_t n)
{
	/* The usual start: nothing to do, and no need to write. */
	db_conn *k;
	int version;
	enum err e = db_reader(c, d, &k);
	if (e)
		return e;
	e = check(c, k, list, n, &version);
	db_release(k);
	if (e || (n && version == list[n - 1].version))
		return e;
	if (!version && d->opt.must_exist)
		return none_here(c, d);
	e = db_writer(c, d, &k);
	if (e)
		return e;
	e = all_steps(c, k, list, n);
	db_release(k);
	return e;
}

enum err db_schema_check(cx *c, db *d, const db_migration *list, size_t n)
{
	db_conn *k;
	int version;
	enum err e = db_reader(c, d, &k);
	if (e)
		return e;
	e = check(c, k, list, n, &version);
	db_release(k);
	if (!e && !version && d->opt.must_exist)
		return none_here(c, d);
	if (!e && n && version < list[n - 1].version)
		e = number_fault(c, ERR_CONFLICT, "db.older", version, list[n - 1].version);
	return e;
}
