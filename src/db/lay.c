#include "db/lay.h"
#include "base/buf.h"
#include "db/driver.h"
#include "db/table_page.h"

enum { ROWS = 500 };

/* Written when an answer comes; by their keys. */
static const char *const laid[] = { "response", "response_screened", "response_visit", "survey_token", "survey_case", "survey_contact", "survey_sheet",
	"survey_callback" };

struct laying {
	table_pager p;
	const char *change, *insert;
	table_page before, now;
};

/* "… WHERE (a, b) = ($1, $2)" */
static const char *key_sql(cx *c, const table_pager *p, const char *verb)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "%s WHERE ", verb);
	for (int i = 0; i < p->n_key; i++)
		buf_printf(&b, i ? " AND %.*s = $%d" : "%.*s = $%d", STR_ARG(p->t->column[p->key[i]].name), i + 1);
	const char *sql = arena_cstr(c->mem, buf_str(&b));
	buf_free(&b);
	return sql;
}

static const db_val *keys_of(cx *c, const table_pager *p, const table_page *g)
{
	db_val *v = NEW_ARRAY(c->mem, db_val, g->n * (size_t)p->n_key + 1);
	for (size_t r = 0; r < g->n; r++)
		for (int i = 0; i < p->n_key; i++)
			v[r * (size_t)p->n_key + (size_t)i] = g->cell[r * (size_t)p->t->n + (size_t)p->key[i]];
	return v;
}

static enum err lay_page(cx *c, db_conn *k, void *arg)
{
	struct laying *w = arg;
	w->p.k = k;
	cx_free(w->now.c); /* of a try before this one */
	w->now = (table_page){ 0 };
	enum err e = w->insert ? k->driver->command(c, k, k->driver->late_references) : ERR_OK;
	if (!e)
		e = table_page_read(&w->p, w->before.c ? &w->before : NULL, &w->now);
	if (!e && w->now.n)
		e = db_bulk(c, k, w->change, keys_of(w->now.c, &w->p, &w->now), (size_t)w->p.n_key, w->now.n, NULL);
	if (!e && w->now.n && w->insert)
		e = db_bulk(c, k, w->insert, w->now.cell, (size_t)w->p.t->n, w->now.n, NULL);
	return e;
}

static enum err lay_table(cx *c, db *d, const db_table *t)
{
	struct laying w = { .p = { .k = NULL } };
	enum err e = table_pager_init(c, NULL, t, ROWS, &w.p);
	if (e)
		return e;
	str name = t->name, key = t->column[w.p.key[0]].name;
	if (d->driver->late_references) {
		w.change = key_sql(c, &w.p, arena_printf(c->mem, "DELETE FROM %.*s", STR_ARG(name)).p);
		w.insert = table_insert_sql(c, t);
	} else {
		w.change = key_sql(c, &w.p, arena_printf(c->mem, "UPDATE %.*s SET %.*s = %.*s", STR_ARG(name), STR_ARG(key), STR_ARG(key)).p);
	}
	for (bool more = true; more && !e;) {
		e = db_tx(c, d, DB_WRITE, lay_page, &w);
		more = w.now.n == ROWS;
		cx_free(w.before.c);
		w.before = w.now;
		w.now = (table_page){ 0 };
		if (!cx_step(c, 0, 0))
			e = ERR_CANCELLED;
	}
	cx_free(w.before.c);
	return e;
}

/* The old versions of rows, where a database keeps them for a while. */
static enum err sweep(cx *c, db *d, str table)
{
	db_conn *k;
	if (!d->driver->sweep)
		return ERR_OK;
	enum err e = db_writer(c, d, &k);
	if (e)
		return e;
	e = d->driver->script(c, k, arena_printf(c->mem, "%s %.*s", d->driver->sweep, STR_ARG(table)).p);
	db_release(k);
	return e;
}

static bool is_laid(str name)
{
	for (size_t i = 0; i < sizeof laid / sizeof *laid; i++)
		if (str_is(name, laid[i]))
			return true;
	return false;
}

enum err db_lay_anew(cx *c, db *d)
{
	db_table *tables;
	size_t n = 0;
	DB_READER(k);
	enum err e = db_reader(c, d, &k);
	if (!e)
		e = d->driver->tables(c, k, &tables, &n);
	db_release(k);
	k = NULL;
	for (size_t i = 0; i < n && !e; i++) {
		if (!is_laid(tables[i].name))
			continue;
		e = lay_table(c, d, &tables[i]);
		if (!e)
			e = sweep(c, d, tables[i].name);
	}
	return e;
}

enum err db_cut_log(cx *c, db *d)
{
	db_conn *k;
	bool done = false;
	uint64_t commits = atomic_load(&d->watch.commits);
	if (!d->driver->cut_log || atomic_load(&d->watch.commits_cut) == commits)
		return ERR_OK;
	enum err e = db_writer(c, d, &k);
	if (e)
		return e;
	e = d->driver->cut_log(c, k, &done);
	db_release(k);
	if (!e && done)
		atomic_store(&d->watch.commits_cut, commits);
	return e;
}
