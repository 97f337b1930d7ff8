/* PostgreSQL through libpq: prepared statements with typed binary parameters, binary results. Results are fetched whole; what may be long
 * is read in pages by key (copy.c). Writing transactions are SERIALIZABLE, so that code thought out on SQLite's single writer holds. */
#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/vec.h"
#include "db/driver.h"

enum { STATEMENTS = 1024, MAX_ARGS = 64, PIPELINE = 512 /* answers not read yet: they must fit between two sockets */ };
/* Type numbers of pg_type, fixed for ever. */
enum {
	T_BOOL = 16, T_BYTEA = 17, T_CHAR = 18, T_NAME = 19, T_INT8 = 20, T_INT2 = 21, T_INT4 = 23, T_TEXT = 25, T_OID = 26,
	T_FLOAT4 = 700, T_FLOAT8 = 701, T_UNKNOWN = 705, T_BPCHAR = 1042, T_VARCHAR = 1043, T_NUMERIC = 1700
};

struct statement {
	uint64_t hash; /* of text and types */
	char *sql;
	unsigned number;
	char types[MAX_ARGS];
};

struct posted {
	const char *sql;
	int64_t *affected;
};

typedef struct pg_conn {
	db_conn k;
	PGconn *h;
	struct posted posted[PIPELINE]; /* sent, not answered yet: the connection is in pipeline mode while there are any */
	int n_posted;
	struct statement *cache[STATEMENTS];
	int n_cached;
	unsigned last_number;
} pg_conn;

/* Parameters as libpq takes them. */
struct params {
	Oid type[MAX_ARGS];
	const char *value[MAX_ARGS];
	int length[MAX_ARGS], format[MAX_ARGS];
	uint64_t number[MAX_ARGS]; /* what value points to, in network order */
};

static pg_conn *of(db_conn *k) { return (pg_conn *)k; }

static enum db_trouble meaning(const char *state)
{
	static const struct {
		const char *prefix;
		enum db_trouble what;
	} map[] = {
		{ "23505", DB_DUPLICATE },  { "23503", DB_REFERENCE },   { "23", DB_CONSTRAINT },    { "22021", DB_BAD_TEXT },
		{ "22P05", DB_BAD_TEXT },   { "22", DB_CONSTRAINT },     { "40001", DB_LOCKED },     { "40P01", DB_LOCKED },
		{ "55P03", DB_LOCKED },     { "57014", DB_TOO_SLOW },    { "53100", DB_FULL },       { "53", DB_LOCKED },
		{ "57P", DB_DISCONNECTED }, { "08", DB_DISCONNECTED },   { "25P03", DB_DISCONNECTED }, { "XX001", DB_CORRUPT },
		{ "XX002", DB_CORRUPT },    { "28", DB_CANNOT_OPEN },    { "3D", DB_CANNOT_OPEN },   { "42501", DB_CANNOT_OPEN },
		/* The tables changed below a prepared statement: another program migrated. A new connection knows them. */
		{ "0A000", DB_DISCONNECTED },
	};
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (strncmp(state, map[i].prefix, strlen(map[i].prefix)) == 0)
			return map[i].what;
	return DB_OTHER;
}

static enum err trouble(cx *c, pg_conn *q, const PGresult *r, const char *sql)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	if (!state)
		state = PQstatus(q->h) == CONNECTION_BAD ? "08000" : "?";
	/* A reason that names no values helps whoever runs the machine. */
	const char *where = r ? PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME) : NULL;
	char text[96];
	snprintf(text, sizeof text, where ? "pg-%s %s" : "pg-%s", state, where);
	return db_trouble(c, &q->k, meaning(state), text, sql);
}

static int64_t affected_by(const PGresult *r)
{
	/* libpq wants it writable and does not write. */
	const char *s = PQcmdTuples((PGresult *)(uintptr_t)r);
	return s && *s ? strtoll(s, NULL, 10) : 0;
}

/* ---- connections ---- */

static void be_quiet(void *ctx, const char *message)
{
	(void)ctx;
	(void)message;
}

/* Reads the answers of what was posted; the first failure is kept, what came after it was skipped by the server. */
static enum err collect(cx *c, pg_conn *q)
{
	int i = 0;
	enum err e = ERR_OK;
	if (!PQpipelineSync(q->h))
		return db_trouble(c, &q->k, DB_DISCONNECTED, "pg-send", q->posted[0].sql);
	for (;;) {
		PGresult *r = PQgetResult(q->h);
		if (!r && PQstatus(q->h) != CONNECTION_BAD)
			continue; /* between two statements */
		ExecStatusType s = PQresultStatus(r);
		const struct posted *p = &q->posted[i < q->n_posted ? i : q->n_posted - 1];
		if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK)
			*p->affected += affected_by(r);
		else if (!r)
			e = e ? e : db_trouble(c, &q->k, DB_DISCONNECTED, "pg-receive", p->sql);
		else if (s != PGRES_PIPELINE_SYNC && s != PGRES_PIPELINE_ABORTED && !e)
			e = trouble(c, q, r, p->sql);
		PQclear(r);
		if (!r || s == PGRES_PIPELINE_SYNC)
			return e;
		i++;
	}
}

static enum err flush(cx *c, db_conn *k)
{
	pg_conn *q = of(k);
	if (!q->n_posted)
		return ERR_OK;
	enum err e = collect(c, q);
	q->n_posted = 0;
	if (!PQexitPipelineMode(q->h))
		k->broken = true;
	return e;
}

static enum err script(cx *c, db_conn *k, const char *text)
{
	enum err f = flush(c, k);
	if (f && !str_starts(str_of(text), STR("ROLLBACK")))
		return f;
	PGresult *r = PQexec(of(k)->h, text);
	ExecStatusType s = PQresultStatus(r);
	enum err e = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY ? ERR_OK : trouble(c, of(k), r, NULL);
	PQclear(r);
	return e;
}

/* COMMIT of an aborted transaction would answer ROLLBACK, and no error; db_commit never sends it then. */
static enum err command(cx *c, db_conn *k, const char *sql) { return script(c, k, sql); }

static void clear_cache(pg_conn *q)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (q->cache[i]) {
			free(q->cache[i]->sql);
			free(q->cache[i]);
			q->cache[i] = NULL;
		}
	q->n_cached = 0;
}

static void disconnect(db_conn *k)
{
	clear_cache(of(k));
	PQfinish(of(k)->h);
	free(k);
}

/* Order and text must be what SQLite's are: bytes of UTF-8. */
static enum err check_encoding(cx *c, pg_conn *q)
{
	PGresult *r = PQexec(q->h, "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()");
	enum err e = ERR_OK;
	if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1) {
		e = trouble(c, q, r, NULL);
	} else {
		const char *collation = PQgetvalue(r, 0, 1);
		bool bytes = strcmp(collation, "C") == 0 || strcmp(collation, "POSIX") == 0 || strcmp(collation, "C.UTF-8") == 0;
		if (strcmp(PQgetvalue(r, 0, 0), "UTF8") != 0 || !bytes)
			e = cx_fail(c, ERR_INPUT, "db.pg_locale", (place){ 0 }, str_of(collation));
	}
	PQclear(r);
	return e;
}

static enum err setup(cx *c, pg_conn *q)
{
	char text[400];
	const db_options *opt = &q->k.db->opt;
	PQsetNoticeProcessor(q->h, be_quiet, NULL);
	snprintf(text, sizeof text,
		"SET statement_timeout = %d; SET lock_timeout = %d; SET idle_in_transaction_session_timeout = '10min'; SET TimeZone = 'UTC';"
		"SET synchronous_commit = on; SET client_min_messages = warning; SET extra_float_digits = 3",
		q->k.writer ? 0 : opt->read_ms, opt->busy_ms);
	enum err e = script(c, &q->k, text);
	return e ? e : check_encoding(c, q);
}

static enum err connect_server(cx *c, db *d, bool writer, db_conn **out)
{
	static const char *const keys[] = { "dbname", "client_encoding", "fallback_application_name", "connect_timeout", NULL };
	const char *values[] = { d->url, "UTF8", "thuocdo", "10", NULL };
	pg_conn *q = calloc(1, sizeof *q);
	if (!q)
		abort();
	q->k = (db_conn){ .db = d, .driver = &db_postgres, .writer = writer };
	q->h = PQconnectdbParams(keys, values, 1);
	enum err e = ERR_OK;
	if (PQstatus(q->h) != CONNECTION_OK)
		e = db_trouble(c, &q->k, DB_CANNOT_OPEN, "pg-connect", NULL); /* the message of libpq names host and user: not shown */
	if (!e)
		e = setup(c, q);
	if (e) {
		disconnect(&q->k);
		return e;
	}
	*out = &q->k;
	return ERR_OK;
}

/* ---- parameters ---- */

static void put_number(struct params *p, size_t i, uint64_t bits)
{
	p->number[i] = htobe64(bits);
	p->value[i] = (const char *)&p->number[i];
	p->length[i] = 8;
}

static void put_param(struct params *p, size_t i, const db_val *v)
{
	static const Oid types[] = { [DB_INT] = T_INT8, [DB_REAL] = T_FLOAT8, [DB_TEXT] = T_TEXT, [DB_BLOB] = T_BYTEA };
	uint64_t bits;
	p->type[i] = types[v->type];
	p->format[i] = 1;
	p->value[i] = NULL;
	p->length[i] = 0;
	if (v->null)
		return;
	switch (v->type) {
	case DB_INT: put_number(p, i, (uint64_t)v->i); break;
	case DB_REAL:
		memcpy(&bits, &v->r, sizeof bits);
		put_number(p, i, bits);
		break;
	case DB_TEXT:
	case DB_BLOB:
		p->value[i] = v->s.p ? v->s.p : "";
		p->length[i] = (int)v->s.len;
	}
}

static enum err put_params(cx *c, pg_conn *q, struct params *p, const db_val *args, size_t n, const char *sql)
{
	assert(n <= MAX_ARGS);
	for (size_t i = 0; i < n; i++) {
		if (args[i].type >= DB_TEXT && !args[i].null && args[i].s.len > 1 << 29)
			return db_trouble(c, &q->k, DB_CONSTRAINT, "too big", sql);
		put_param(p, i, &args[i]);
	}
	return ERR_OK;
}

/* ---- statements ---- */

static bool same(const struct statement *st, const char *sql, const db_val *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (st->types[i] != (char)args[i].type)
			return false;
	return strcmp(st->sql, sql) == 0;
}

static void name_of(const struct statement *st, char out[16]) { snprintf(out, 16, "s%u", st->number); }

static enum err prepare(cx *c, pg_conn *q, struct statement *st, const struct params *p, size_t n)
{
	char name[16];
	name_of(st, name);
	enum err f = flush(c, &q->k);
	if (f)
		return f;
	PGresult *r = PQprepare(q->h, name, st->sql, (int)n, p->type);
	enum err e = PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : trouble(c, q, r, st->sql);
	PQclear(r);
	return e;
}

static enum err new_statement(cx *c, pg_conn *q, const char *sql, const db_val *args, size_t n, const struct params *p, struct statement **out)
{
	if (q->n_cached >= STATEMENTS * 3 / 4) {
		enum err e = script(c, &q->k, "DEALLOCATE ALL");
		if (e)
			return e;
		clear_cache(q);
	}
	struct statement *st = calloc(1, sizeof *st);
	char *copy = strdup(sql);
	if (!st || !copy)
		abort();
	st->sql = copy;
	st->number = ++q->last_number;
	for (size_t i = 0; i < n; i++)
		st->types[i] = (char)args[i].type;
	enum err e = prepare(c, q, st, p, n);
	if (e) {
		free(copy);
		free(st);
		return e;
	}
	*out = st;
	return ERR_OK;
}

static enum err statement_of(cx *c, pg_conn *q, const char *sql, const db_val *args, size_t n, const struct params *p, struct statement **out)
{
	uint64_t hash = db_hash(sql);
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned)args[i].type) * UINT64_C(0x100000001b3);
	size_t i = hash % STATEMENTS;
	for (; q->cache[i]; i = (i + 1) % STATEMENTS)
		if (q->cache[i]->hash == hash && same(q->cache[i], sql, args, n)) {
			*out = q->cache[i];
			return ERR_OK;
		}
	enum err e = new_statement(c, q, sql, args, n, p, out);
	if (e)
		return e;
	for (i = hash % STATEMENTS; q->cache[i]; i = (i + 1) % STATEMENTS)
		;
	(*out)->hash = hash;
	q->cache[i] = *out;
	q->n_cached++;
	return ERR_OK;
}

static bool writes(const PGresult *r) { return strncmp(PQcmdStatus((PGresult *)(uintptr_t)r), "SELECT", 6) != 0; }

static enum err query(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, bool keep, db_rows *out)
{
	pg_conn *q = of(k);
	struct params p;
	struct statement *st;
	char name[16];
	(void)keep;
	enum err e = flush(c, k);
	if (!e)
		e = put_params(c, q, &p, args, n, sql);
	if (!e)
		e = statement_of(c, q, sql, args, n, &p, &st);
	if (e)
		return e;
	name_of(st, name);
	PGresult *r = PQexecPrepared(q->h, name, (int)n, p.value, p.length, p.format, 1);
	ExecStatusType s = PQresultStatus(r);
	if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK) {
		e = trouble(c, q, r, sql);
		PQclear(r);
		return e;
	}
	out->impl = r;
	out->columns = PQnfields(r);
	out->affected = writes(r) ? affected_by(r) : 0;
	return ERR_OK;
}

static bool next(db_rows *r)
{
	if (r->row >= PQntuples(r->impl))
		return false;
	r->row++;
	return true;
}

/* base 10,000 digits: sums and counts come as this type. */
static db_val numeric(const unsigned char *p)
{
	int n = p[0] << 8 | p[1], weight = (int16_t)(p[2] << 8 | p[3]), sign = p[4] << 8 | p[5];
	double v = 0;
	int64_t whole = 0;
	bool exact = n <= weight + 1;
	for (int i = 0; i < n; i++)
		v += (p[8 + 2 * i] << 8 | p[9 + 2 * i]) * pow(10000, weight - i);
	for (int i = 0; exact && i <= weight; i++)
		exact = !__builtin_mul_overflow(whole, 10000, &whole)
			&& !__builtin_add_overflow(whole, i < n ? p[8 + 2 * i] << 8 | p[9 + 2 * i] : 0, &whole);
	if (exact)
		return db_int(sign == 0x4000 ? -whole : whole);
	return db_real(sign == 0x4000 ? -v : v);
}

static db_val cell(const db_rows *r, int i)
{
	const PGresult *p = r->impl;
	int row = (int)r->row - 1;
	if (PQgetisnull(p, row, i))
		return (db_val){ .null = true };
	const char *v = PQgetvalue(p, row, i);
	str s = { v, (size_t)PQgetlength(p, row, i) };
	uint64_t b8;
	uint32_t b4;
	uint16_t b2;
	double d;
	float f;
	switch (PQftype(p, i)) {
	case T_INT8: memcpy(&b8, v, 8); return db_int((int64_t)be64toh(b8));
	case T_INT4: memcpy(&b4, v, 4); return db_int((int32_t)be32toh(b4));
	case T_OID: memcpy(&b4, v, 4); return db_int(be32toh(b4));
	case T_INT2: memcpy(&b2, v, 2); return db_int((int16_t)be16toh(b2));
	case T_BOOL: return db_int(v[0]);
	case T_FLOAT8:
		memcpy(&b8, v, 8);
		b8 = be64toh(b8);
		memcpy(&d, &b8, 8);
		return db_real(d);
	case T_FLOAT4:
		memcpy(&b4, v, 4);
		b4 = be32toh(b4);
		memcpy(&f, &b4, 4);
		return db_real((double)f);
	case T_NUMERIC: return numeric((const unsigned char *)v);
	case T_BYTEA: return db_blob(s);
	default: return db_text(s);
	}
}

static void end(db_rows *r) { PQclear(r->impl); }

/* ---- without waiting ---- */

static enum err post(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, int64_t *affected)
{
	pg_conn *q = of(k);
	struct params p;
	struct statement *st;
	char name[16];
	enum err e = put_params(c, q, &p, args, n, sql);
	if (!e)
		e = statement_of(c, q, sql, args, n, &p, &st);
	if (e)
		return e;
	name_of(st, name);
	if ((!q->n_posted && !PQenterPipelineMode(q->h)) || !PQsendQueryPrepared(q->h, name, (int)n, p.value, p.length, p.format, 1))
		return db_trouble(c, k, DB_DISCONNECTED, "pg-send", sql);
	q->posted[q->n_posted++] = (struct posted){ sql, affected };
	return q->n_posted == PIPELINE ? flush(c, k) : ERR_OK;
}

static enum err bulk(cx *c, db_conn *k, const char *sql, const db_val *args, size_t n, size_t rows, int64_t *affected)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < rows && !e; i++)
		e = post(c, k, sql, args + i * n, n, affected);
	enum err f = flush(c, k);
	return e ? e : f;
}

/* ---- what is in it ---- */

static enum db_type column_type(int64_t oid)
{
	switch (oid) {
	case T_INT8:
	case T_INT4:
	case T_INT2: return DB_INT;
	case T_FLOAT8: return DB_REAL;
	case T_BYTEA: return DB_BLOB;
	default: return DB_TEXT;
	}
}

static enum err columns(cx *c, db_conn *k, db_table *t, int64_t oid)
{
	VEC(db_column) found = { 0 };
	db_rows r;
	db_query(c, k,
		"SELECT a.attname, CAST(a.atttypid AS BIGINT),"
		" COALESCE(CAST(array_position(CAST(i.indkey AS SMALLINT[]), a.attnum) AS BIGINT), -1) AS place"
		" FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
		" WHERE CAST(a.attrelid AS BIGINT) = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
		DB_ARGS(db_int(oid)), &r);
	while (db_next(&r)) /* int2vector counts from 0 */
		*VEC_PUSH(c->mem, &found) =
			(db_column){ db_cell_copy(c, &r, 0), column_type(db_cell_int(&r, 1)), (int)db_cell_int(&r, 2) + 1 };
	t->column = found.p;
	t->n = (int)found.n;
	return db_end(&r);
}

static enum err tables(cx *c, db_conn *k, db_table **out, size_t *n)
{
	VEC(db_table) found = { 0 };
	VEC(int64_t) oids = { 0 };
	db_rows r;
	db_query(c, k,
		"SELECT c.relname, CAST(c.oid AS BIGINT) FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
		" WHERE s.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.oid",
		DB_NONE, &r);
	while (db_next(&r)) {
		*VEC_PUSH(c->mem, &found) = (db_table){ .name = db_cell_copy(c, &r, 0) };
		*VEC_PUSH(c->mem, &oids) = db_cell_int(&r, 1);
	}
	enum err e = db_end(&r);
	for (size_t i = 0; i < found.n && !e; i++)
		e = columns(c, k, &found.p[i], oids.p[i]);
	*out = found.p;
	*n = found.n;
	return e;
}

const struct db_driver db_postgres = {
	.name = "postgresql",
	.max_writers = 64,
	.begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.begin_write = "BEGIN ISOLATION LEVEL SERIALIZABLE",
	/* LOCK is no query: the snapshot is taken after it, so it shows what those before have written. */
	.begin_line = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE audit_head IN EXCLUSIVE MODE",
	.version = "SELECT CAST(pg_current_snapshot() AS TEXT)",
	/* Of this schema: stores side by side in one database do not wait for each other. Whoever comes second waits longer than a write does. */
	.migrate_lock = "BEGIN; SET LOCAL lock_timeout = '5min';"
			" SELECT pg_advisory_lock(7235419, hashtext(coalesce(current_schema(), '')::text)); COMMIT",
	.migrate_unlock = "SELECT pg_advisory_unlock_all()",
	.settle = "ANALYZE",
	.sweep = "VACUUM",
	.ddl = { "BIGINT PRIMARY KEY", "BIGINT", "DOUBLE PRECISION", "BYTEA", "" },
	.connect = connect_server,
	.disconnect = disconnect,
	.command = command,
	.script = script,
	.query = query,
	.next = next,
	.cell = cell,
	.end = end,
	.post = post,
	.flush = flush,
	.bulk = bulk,
	.tables = tables,
};
