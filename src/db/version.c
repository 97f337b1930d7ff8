/* version: whether anything was committed since somebody looked. A connection of its own asks the store: SQLite keeps a number for each
 * connection that changes when another one has committed (PRAGMA data_version), PostgreSQL tells which transactions a snapshot sees, and the
 * same text means the same data (pg_current_snapshot; transactions of other databases of that server change it, too, which costs a page made
 * anew and nothing else). */
#include "db/driver.h"

void db_watch_init(struct db_watch *w)
{
	pthread_mutex_init(&w->lock, NULL);
}

void db_watch_free(struct db_watch *w)
{
	if (w->k)
		w->k->driver->disconnect(w->k);
	pthread_mutex_destroy(&w->lock);
}

void db_watch_commit(db *d)
{
	atomic_fetch_add(&d->watch.commits, 1);
}

static bool is_fresh(struct db_watch *w)
{
	return atomic_load(&w->commits_seen) == atomic_load(&w->commits) && db_monotonic_ms() - atomic_load(&w->asked_ms) < DB_VERSION_MS;
}

/* What the store says, as one number. */
static enum err ask_store(cx *c, db_conn *k, uint64_t *out)
{
	db_rows r;
	db_query(c, k, k->driver->version, DB_NONE, &r);
	if (db_next(&r)) {
		db_val v = db_cell(&r, 0);
		*out = v.type == DB_INT ? (uint64_t)v.i : db_hash(arena_cstr(c->mem, v.s));
	}
	return db_end(&r);
}

/* A new connection counts anew: what was known through the old one is worth nothing. */
static enum err connect(cx *c, db *d)
{
	struct db_watch *w = &d->watch;
	if (w->k)
		return ERR_OK;
	enum err e = d->driver->connect(c, d, false, &w->k);
	if (e) {
		w->k = NULL;
		return e;
	}
	w->k->read_ms = d->opt.read_ms;
	w->asked_once = false;
	return d->driver->version_setup ? d->driver->script(c, w->k, d->driver->version_setup) : ERR_OK;
}

static bool look(db *d)
{
	struct db_watch *w = &d->watch;
	uint64_t commits = atomic_load(&w->commits), said = 0;
	int64_t now = db_monotonic_ms();
	cx *c = cx_new(0);
	enum err e = connect(c, d);
	if (!e)
		e = ask_store(c, w->k, &said);
	if (e && w->k) {
		d->driver->disconnect(w->k);
		w->k = NULL;
	}
	cx_free(c);
	if (e)
		return false;
	if (!w->asked_once || said != w->said)
		atomic_fetch_add(&w->version, 1);
	w->asked_once = true;
	w->said = said;
	atomic_store(&w->commits_seen, commits);
	atomic_store(&w->asked_ms, now);
	return true;
}

bool db_version(db *d, bool wait, uint64_t *out)
{
	struct db_watch *w = &d->watch;
	*out = atomic_load(&w->version);
	if (is_fresh(w))
		return *out != 0;
	/* Asking SQLite is a few microseconds, once there is a connection; PostgreSQL may be far away. */
	if (!wait && (!d->driver->version_setup || pthread_mutex_trylock(&w->lock) != 0))
		return false;
	if (wait)
		pthread_mutex_lock(&w->lock);
	bool known = is_fresh(w) || ((wait || w->k) && look(d));
	*out = atomic_load(&w->version);
	pthread_mutex_unlock(&w->lock);
	return known && *out;
}
