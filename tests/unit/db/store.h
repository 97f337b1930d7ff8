/* store: a fresh store for each test, on both databases. A test takes the name of the driver as its state and gets its store with
 * store_new. SQLite always; PostgreSQL when THUOCDO_TEST_PG holds a URL (tests/pg.py), in a schema of its own. */
#ifndef TEST_STORE_H
#define TEST_STORE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include "db/driver.h"

typedef struct store {
	cx *c;
	db *d;
	bool pg;
	char dir[64], url[400], schema[40];
	db_options opt;
	bool quiet; /* failures are expected */
} store;

static inline void store_trouble(void *ctx, const char *code, const char *sql)
{
	if (!((store *)ctx)->quiet)
		fprintf(stderr, "# %s: %s\n", code, sql ? sql : "-");
}

static inline void store_pg_command(const char *text)
{
	PGconn *h = PQconnectdb(getenv("THUOCDO_TEST_PG"));
	assert_int_equal(PQstatus(h), CONNECTION_OK);
	PQclear(PQexec(h, "SET client_min_messages = error"));
	PGresult *r = PQexec(h, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		fprintf(stderr, "# %s: %s\n", text, PQerrorMessage(h));
	assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
	PQclear(r);
	PQfinish(h);
}

/* A place for a store, nothing in it yet. */
static inline store *store_place(void **state)
{
	static int number;
	store *s = calloc(1, sizeof *s);
	assert_non_null(s);
	s->c = cx_new(0);
	s->c->now_ms = INT64_C(1767225600000);
	s->pg = strcmp(*state, "pg") == 0;
	snprintf(s->dir, sizeof s->dir, "/tmp/tddbXXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->opt = (db_options){ .seed = 7, .trouble = store_trouble, .trouble_ctx = s };
	if (!s->pg) {
		snprintf(s->url, sizeof s->url, "sqlite:%s/a.db", s->dir);
		return s;
	}
	const char *url = getenv("THUOCDO_TEST_PG");
	char text[100];
	snprintf(s->schema, sizeof s->schema, "t%d_%d", (int)getpid(), ++number);
	snprintf(text, sizeof text, "CREATE SCHEMA %s", s->schema);
	store_pg_command(text);
	snprintf(s->url, sizeof s->url, "%s%coptions=-csearch_path%%3D%s", url, strchr(url, '?') ? '&' : '?', s->schema);
	return s;
}

static inline void store_open(store *s)
{
	assert_int_equal(db_open(s->c, str_of(s->url), &s->opt, &s->d), ERR_OK);
}

static inline store *store_new(void **state)
{
	store *s = store_place(state);
	store_open(s);
	return s;
}

static inline void store_free(store *s)
{
	char text[120];
	db_close(s->d);
	if (s->pg) {
		snprintf(text, sizeof text, "DROP SCHEMA %s CASCADE", s->schema);
		store_pg_command(text);
	}
	snprintf(text, sizeof text, "rm -rf %s", s->dir);
	assert_int_equal(system(text), 0);
	cx_free(s->c);
	free(s);
}

static inline db_conn *store_writer(store *s)
{
	db_conn *k = NULL;
	assert_int_equal(db_writer(s->c, s->d, &k), ERR_OK);
	return k;
}

static inline db_conn *store_reader(store *s)
{
	db_conn *k = NULL;
	assert_int_equal(db_reader(s->c, s->d, &k), ERR_OK);
	return k;
}

static inline const char *store_last_fault(const store *s) { return s->c->n_faults ? s->c->faults[s->c->n_faults - 1].key : ""; }

static inline bool store_pg_here(void) { return getenv("THUOCDO_TEST_PG") != NULL; }

#define ON_SQLITE(f) { #f " sqlite", f, NULL, NULL, (void *)(uintptr_t)"sqlite" }
#define ON_PG(f) { #f " postgresql", f, NULL, NULL, (void *)(uintptr_t)"pg" }
/* Runs the tests on each database there is. */
#define RUN_ON_BOTH(name, sqlite_tests, pg_tests) \
	(cmocka_run_group_tests_name(name "-sqlite", sqlite_tests, NULL, NULL) | \
		(store_pg_here() ? cmocka_run_group_tests_name(name "-postgresql", pg_tests, NULL, NULL) : 0))

#endif
