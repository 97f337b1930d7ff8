/* inject: the n-th statement of a database fails. wrap once, then until_done or attempt. */
#ifndef TEST_INJECT_H
#define TEST_INJECT_H
#include "app/filled.h"

static struct {
	const struct db_driver *real;
	int countdown, inserts, each; /* each: of how many INSERTs one counts; 0: 171 */
	enum db_trouble what;
} inject;

/* Rows of an import are many and alike: only each so many-th counts, unless a test says otherwise before wrap. */
static inline bool now_fails(const char *sql)
{
	if (strncmp(sql, "INSERT", 6) == 0 && ++inject.inserts % (inject.each ? inject.each : 171) != 0)
		return false;
	return inject.countdown > 0 && --inject.countdown == 0;
}

static inline enum err bad_command(cx *c, db_conn *k, const char *sql)
{
	if (strcmp(sql, "ROLLBACK") != 0 && now_fails(sql))
		return db_trouble(c, k, inject.what, "injected", sql);
	return inject.real->command(c, k, sql);
}

static inline enum err bad_query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out)
{
	if (now_fails(sql))
		return db_trouble(c, k, inject.what, "injected", sql);
	return inject.real->query(c, k, sql, args, n, keep, out);
}

static inline enum err bad_bulk(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, size_t rows, int64_t *affected)
{
	if (now_fails(sql))
		return db_trouble(c, k, inject.what, "injected", sql);
	return inject.real->bulk(c, k, sql, args, n, rows, affected);
}

static inline enum err bad_post(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected)
{
	if (now_fails(sql))
		return db_trouble(c, k, inject.what, "injected", sql);
	return inject.real->post(c, k, sql, args, n, affected);
}

static struct db_driver wrapper;

static inline enum err bad_connect(cx *c, db *d, bool writer, db_conn **out)
{
	enum err e = inject.real->connect(c, d, writer, out);
	if (!e)
		(*out)->driver = &wrapper;
	return e;
}

/* Every connection of the store goes through the wrapper from now on. */
static inline void wrap(store *s)
{
	inject.real = s->d->driver;
	inject.countdown = 0;
	inject.what = DB_FULL;
	wrapper = *s->d->driver;
	wrapper.command = bad_command;
	wrapper.query = bad_query;
	wrapper.bulk = bad_bulk;
	if (wrapper.post)
		wrapper.post = bad_post;
	wrapper.connect = bad_connect;
	s->d->driver = &wrapper;
	for (int i = 0; i < 2; i++)
		for (db_conn *k = s->d->side[i].idle; k; k = k->next)
			k->driver = &wrapper;
	s->quiet = true;
}

/* Once, with the n-th statement failing; its memory goes at once. */
static inline enum err attempt(app_store *t, enum err (*work)(app_store *, void *), void *arg, int nth)
{
	cx *c = t->c;
	t->c = cx_new(0);
	t->c->now_ms = c->now_ms;
	inject.countdown = nth;
	inject.inserts = 0;
	enum err e = work(t, arg);
	inject.countdown = 0;
	assert_true(!e || t->c->n_faults > 0); /* there is a reason for the log and the reader */
	cx_free(t->c);
	t->c = c;
	return e;
}

/* Tries with the first, second, … statement failing until the work gets through. Gives the number of failures. */
static inline int until_done(app_store *t, enum err (*work)(app_store *, void *), void *arg, void (*between)(app_store *, void *))
{
	int failures = 0;
	enum err e = ERR_IO;
	for (int nth = 1; e && nth < 4000; nth += 1 + nth / 6) {
		e = attempt(t, work, arg, nth);
		failures += e != ERR_OK;
		if (between)
			between(t, arg);
	}
	return e ? -1 : failures;
}

#endif
