/* db: the store, the same on SQLite and PostgreSQL.
 *
 * SQL texts are literals with $1 … $n, one text for both databases; each parameter carries its type. A statement that fails inside a
 * transaction makes every later one fail until the transaction, or the savepoint around it, is rolled back: PostgreSQL is like that,
 * so SQLite is made to be. Faults (db.*) hold neither SQL nor values; who runs the machine gets the code and the statement through
 * db_options.trouble.
 *
 * A connection belongs to one thread from db_reader or db_writer to db_release. SQLite has one writer; waiting for it is bounded. */
#ifndef DB_DB_H
#define DB_DB_H
#include "base/cx.h"
#include "base/date.h"
#include "base/dec.h"

typedef struct db db;
typedef struct db_conn db_conn;

/* ---- values ---- */

enum db_type { DB_INT = 1, DB_REAL, DB_TEXT, DB_BLOB };

typedef struct db_val {
	enum db_type type; /* of a NULL too; 0 only in cells whose type nobody knows */
	bool null;
	union {
		int64_t i;
		double r;
		str s;
	};
} db_val;

static inline db_val db_null(enum db_type t) { return (db_val){ .type = t, .null = true }; }
static inline db_val db_int(int64_t n) { return (db_val){ .type = DB_INT, .i = n }; }
static inline db_val db_real(double v) { return (db_val){ .type = DB_REAL, .r = v }; }
static inline db_val db_text(str s) { return (db_val){ .type = DB_TEXT, .s = s }; }
static inline db_val db_blob(str s) { return (db_val){ .type = DB_BLOB, .s = s }; }
static inline db_val db_int_if(bool there, int64_t n) { return there ? db_int(n) : db_null(DB_INT); }
static inline db_val db_text_if(str s) { return s.len ? db_text(s) : db_null(DB_TEXT); } /* empty = missing */

/* A decimal that may be missing. It is stored as its canonical text; a REAL column beside it serves only to order and to draw. */
typedef struct db_dec {
	dec v;
	bool there;
} db_dec;

static inline db_dec db_dec_of(dec v) { return (db_dec){ v, true }; }
db_val db_bind_dec(arena *mem, dec d);
db_val db_bind_dec_if(arena *mem, db_dec d);
static inline db_val db_bind_dec_real(db_dec d) { return d.there ? db_real(dec_to_double(d.v)) : db_null(DB_REAL); }

#define DB_ARGS(...) (const db_val[]){ __VA_ARGS__ }, sizeof((const db_val[]){ __VA_ARGS__ }) / sizeof(db_val)
#define DB_NONE NULL, 0

/* ---- opening ---- */

enum db_schema {
	DB_SCHEMA_MIGRATE, /* create or bring up to date */
	DB_SCHEMA_CHECK,   /* must be exactly this program's */
	DB_SCHEMA_NONE     /* do not look: backup, copy, tests */
};

typedef struct db_options {
	enum db_schema schema;
	bool must_exist;      /* a store must be there already (db.no_store): neither file nor tables are made, only brought up to date */
	bool read_only;       /* no writer; SQLite: a file that nobody writes (a backup), as it lies there */
	bool keep_journal; /* SQLite: leave the journal mode of the file as it is */
	bool accept_incomplete; /* a store that a copy did not finish: only for copying anew */
	int readers;          /* connections; 0: 8 */
	int writers;          /* PostgreSQL only; 0: 4 */
	int read_ms;          /* bound of a read on a reader, statement or transaction; 0: 5,000 */
	int busy_ms;          /* bound of waiting for a lock or for a free connection; 0: 5,000 */
	uint64_t seed;        /* of the ids; 0: from the system */
	/* Called at a failure, from the thread that met it: for the log of the machine. sql may be NULL. */
	void (*trouble)(void *ctx, const char *code, const char *sql);
	void *trouble_ctx;
} db_options;

/* URL: "sqlite:PATH", a plain path, or "postgresql://…". opt may be NULL. */
enum err db_open(cx *c, str url, const db_options *opt, db **out);
void db_close(db *d); /* all connections are released by then; NULL is fine */
const char *db_driver_name(const db *d); /* "sqlite" or "postgresql" */
const char *db_path(const db *d);        /* of the SQLite file, else NULL */

enum err db_reader(cx *c, db *d, db_conn **out);
enum err db_writer(cx *c, db *d, db_conn **out);
/* Whether the store answers: a connection and a small read, each within ms. Faults db.gone (the file is not there, or empty) and others. */
enum err db_ping(cx *c, db *d, int ms);
void db_release(db_conn *k); /* rolls back what is open; NULL is fine */
db *db_of(const db_conn *k);
/* A connection that is given back when its name goes out of scope:
 *     DB_READER(k);
 *     enum err e = db_reader(c, d, &k);
 *     return e ? e : work(c, k); */
#define DB_READER(k) __attribute__((cleanup(db_release_at))) db_conn *k = NULL
void db_release_at(db_conn **k);
/* Another bound for the reads of this connection until it is released; 0: none. */
void db_read_bound(db_conn *k, int ms);

/* ---- statements ---- */

typedef struct db_rows {
	db_conn *conn;
	cx *c;
	const char *sql;
	enum err err;
	int columns;
	bool open, started;
	int64_t row, affected;
	void *impl;
} db_rows;

/* Loop:
 *     db_rows r;
 *     db_query(c, k, "SELECT …", DB_ARGS(db_int(id)), &r);
 *     while (db_next(&r))
 *         … db_cell_int(&r, 0) …
 *     return db_end(&r);
 * A failure shows in db_end, whatever was ignored before. Texts and blobs of cells live until the next db_next or db_end. */
enum err db_query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, db_rows *out);
bool db_next(db_rows *r);
enum err db_end(db_rows *r);
enum err db_end_found(db_rows *r, bool found); /* of one row that is looked for: ERR_NOTFOUND, without a fault, when it was not there */
int64_t db_affected(const db_rows *r); /* after the last db_next */

db_val db_cell(const db_rows *r, int i);
bool db_cell_null(const db_rows *r, int i);
int64_t db_cell_int(const db_rows *r, int i); /* NULL: 0 */
double db_cell_real(const db_rows *r, int i);
str db_cell_text(const db_rows *r, int i); /* borrowed; NULL: empty */
str db_cell_blob(const db_rows *r, int i);
str db_cell_copy(cx *c, const db_rows *r, int i); /* text or blob in the arena of c, with a NUL behind it */
/* The same for columns that say the same in row after row: the text of the row before serves again. */
str db_cell_again(cx *c, const db_rows *r, int i, str before);
bool db_cell_dec(const db_rows *r, int i, dec *out); /* false: NULL */
db_dec db_cell_dec_if(const db_rows *r, int i);

/* Runs a statement to its end. affected may be NULL. */
enum err db_exec(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected);
/* The same without waiting: on PostgreSQL the statement is sent together with what follows it, and its failure shows there: at the latest in
 * db_commit, or in db_posted, which waits for all that was posted. *affected is set by then and must live so long (until the connection
 * is released, when nothing ends the transaction before); args need not. Inside a transaction only. */
enum err db_post(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected);
enum err db_posted(cx *c, db_conn *k);
/* The first cell of the first row; no row or NULL: *found is false (found may be NULL, then that leaves *out). */
enum err db_scalar(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *out, bool *found);
/* The same statement for each row of args (n values a row): a loop on SQLite, a pipeline on PostgreSQL. Stops at the first failure;
 * run it inside a transaction. affected may be NULL. */
enum err db_bulk(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, size_t rows, int64_t *affected);

/* ---- transactions ---- */

enum db_mode { DB_READ, DB_WRITE };

/* Writing transactions are serializable on both databases, reading ones see one snapshot. */
enum err db_begin(cx *c, db_conn *k, enum db_mode mode);
enum err db_commit(cx *c, db_conn *k); /* on failure it is rolled back */
void db_rollback(db_conn *k);
/* One level deep is enough for a request of the queue; deeper ones nest. */
enum err db_savepoint(cx *c, db_conn *k);
enum err db_savepoint_keep(cx *c, db_conn *k);
enum err db_savepoint_undo(cx *c, db_conn *k);

/* Work that may run again when the database says busy or cannot serialize: it must have no effect but through k, and set its outputs
 * anew each time. ERR_BUSY is tried again, a few times with growing pauses; faults of a try that is repeated are forgotten. */
typedef enum err (*db_work)(cx *c, db_conn *k, void *arg);
enum err db_tx(cx *c, db *d, enum db_mode mode, db_work work, void *arg);

/* Called by work before it writes a row that all such work writes (the head of the audit chain). From then on transactions of that work stand
 * in one line from their beginning: on PostgreSQL they would fail each other otherwise, and be done anew. */
void db_in_line(db_conn *k);
enum err db_begin_work(cx *c, db_conn *k, db_work work); /* db_begin(DB_WRITE), in the line when work belongs there */

/* ---- has it changed? ---- */

enum { DB_VERSION_MS = 5 };

/* A number that is another one after every commit: what was made of the store while it had this number holds as long as it has it. Commits
 * of this process count at once, those of other processes after DB_VERSION_MS at the latest. The store is asked once in that time: a few
 * microseconds on SQLite, a round trip on PostgreSQL. wait false: not if that could take longer. False: not known. From any thread. */
bool db_version(db *d, bool wait, uint64_t *out);

/* ---- small things ---- */

enum { DB_DAY_OPEN = 2932896 }; /* 9999-12-31: the end of what has not ended */

/* After a large load: PostgreSQL plans by what it knows of the tables, and would learn it only minutes later. */
enum err db_settle(cx *c, db *d);
int64_t db_new_id(cx *c, db_conn *k); /* 63 bits, ordered by time (c->now_ms), see id.h */
enum err db_meta_get(cx *c, db_conn *k, str key, str *out); /* missing: empty */
enum err db_meta_set(cx *c, db_conn *k, str key, str value);

#endif
