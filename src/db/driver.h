/* driver: what a database must offer to db.c. Only db/ and its tests include this. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H
#include <pthread.h>
#include <stdatomic.h>
#include "db/db.h"
#include "db/id.h"

/* What can go wrong, in words of our own; db_trouble makes the error code and the fault of it. */
enum db_trouble {
	DB_DUPLICATE,
	DB_REFERENCE,
	DB_CONSTRAINT,
	DB_BAD_TEXT,
	DB_LOCKED,
	DB_TOO_SLOW,
	DB_FULL,
	DB_CORRUPT,
	DB_CANNOT_OPEN,
	DB_DISCONNECTED,
	DB_OTHER
};
enum err db_trouble(cx *c, db_conn *k, enum db_trouble what, const char *code, const char *sql);

/* A table as the database knows it, for copying and checking. */
typedef struct db_column {
	str name;
	enum db_type type;
	int key; /* place in the primary key from 1, or 0 */
} db_column;

typedef struct db_table {
	str name;
	int n;
	db_column *column;
} db_table;

struct db_driver {
	const char *name;
	int max_writers;
	const char *begin_read, *begin_write;
	const char *begin_line; /* begin_write, after all others that began so have ended; NULL: no writer ever fails for another */
	const char *migrate_lock, *migrate_unlock; /* around the migrations, on one connection; may be NULL */
	const char *settle;       /* run after large loads; may be NULL */
	const char *late_references; /* in a writing transaction: references are looked at when it ends; NULL: an update puts a row elsewhere anyway */
	const char *sweep;        /* and a table's name: old versions of its rows go; NULL: there are none */
	const char *version;      /* gives one cell that is another one when another connection has committed */
	const char *version_setup; /* makes the connection that asks for it one that never waits; NULL: it may have to */
	const char *ddl[5];       /* for {id} {int} {real} {blob} {strict} */
	enum err (*connect)(cx *c, db *d, bool writer, db_conn **out);
	void (*disconnect)(db_conn *k);
	/* Transactions and savepoints. */
	enum err (*command)(cx *c, db_conn *k, const char *sql);
	/* Statements without parameters, divided by semicolons. */
	enum err (*script)(cx *c, db_conn *k, const char *text);
	/* keep: args stay as they are until the rows end. On failure nothing is open. */
	enum err (*query)(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out);
	bool (*next)(db_rows *r); /* false: the end, or r->err */
	db_val (*cell)(const db_rows *r, int i);
	void (*end)(db_rows *r);
	/* Sends a statement without waiting for its answer; *affected grows when it comes. Every other call flushes first. Both NULL: post is
	 * a query like any other. */
	enum err (*post)(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected);
	enum err (*flush)(cx *c, db_conn *k);
	enum err (*bulk)(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, size_t rows, int64_t *affected);
	/* Empties the log of commits into the file, unless somebody reads what is in it (*done false). NULL: it is none of our business. */
	enum err (*cut_log)(cx *c, db_conn *k, bool *done);
	/* User tables in the order of their creation. */
	enum err (*tables)(cx *c, db_conn *k, db_table **out, size_t *n);
};

struct db_conn {
	struct db *db;
	const struct db_driver *driver;
	struct db_conn *next; /* in the list of idle ones */
	bool writer, in_tx, failed, broken;
	int savepoints, read_ms;
	db_work work; /* of the transaction; NULL: not known */
	int64_t deadline; /* of reads, monotonic milliseconds; 0: none */
	struct cx_hold hold; /* by the context that took it */
};

/* version.c */
struct db_watch {
	pthread_mutex_t lock; /* of who asks the store */
	db_conn *k;           /* of its own; NULL: none yet */
	uint64_t said;        /* by the store, last time */
	bool asked_once;
	atomic_uint_fast64_t version;               /* 0: never asked */
	atomic_uint_fast64_t commits, commits_seen; /* of this process; before the store was asked last */
	atomic_uint_fast64_t commits_cut;           /* when the log was cut last */
	atomic_int_fast64_t asked_ms;
};
void db_watch_init(struct db_watch *w);
void db_watch_free(struct db_watch *w);
void db_watch_commit(db *d); /* something may have been committed through this process */

enum { DB_LINE = 256 };

struct db {
	const struct db_driver *driver;
	char *url;  /* for PostgreSQL with its secrets: never shown */
	const char *path;
	db_options opt;
	db_ids ids;
	pthread_mutex_t lock;
	struct side {
		db_conn *idle;
		int open, max;
		struct waiter *first, **last; /* in order of arrival: a busy thread must not starve the others */
	} side[2];                            /* readers, writers */
	struct db_watch watch;
	_Atomic(db_work) line[DB_LINE]; /* what db_in_line was called by; open addressing */
};

extern const struct db_driver db_sqlite, db_postgres;

struct sqlite3 *db_sqlite_handle(db_conn *k); /* for backup.c */

int64_t db_monotonic_ms(void);
uint64_t db_hash(const char *sql); /* of a statement's text */

/* migrate.c */
typedef struct db_migration {
	int version;
	const char *name, *hash, *sql; /* hash: of the text without comments and spacing */
} db_migration;
extern const db_migration db_migrations[];
extern const size_t db_n_migrations;
enum err db_migrate(cx *c, db *d, const db_migration *list, size_t n);
enum err db_schema_check(cx *c, db *d, const db_migration *list, size_t n);
/* The highest version in the store; 0: an empty store. A database with tables of somebody else is refused. */
enum err db_schema_version(cx *c, db_conn *k, int *out);

#endif
