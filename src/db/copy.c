#include "db/copy.h"
#include <endian.h>
#include <sodium.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/vec.h"
#include "db/driver.h"
#include "db/publish.h"
#include "db/table_page.h"

enum { HASH_BYTES = 32 };

static int page_size(const db_copy_options *opt) { return opt && opt->page ? opt->page : 5000; }

static bool goes_on(const db_copy_options *opt, str table, int64_t rows)
{
	return !opt || !opt->progress || opt->progress(opt->ctx, table, rows);
}

typedef enum err (*page_fn)(cx *c, const db_table *t, const table_page *g, void *arg);

static void take_fault(cx *c, const cx *from)
{
	if (from->n_faults)
		cx_fault(c, FAULT_ERROR, from->faults[from->n_faults - 1].key, (place){ 0 }, (str){ 0 });
}

static enum err each_page(cx *c, db_conn *k, const db_table *t, const db_copy_options *opt, page_fn fn, void *arg, int64_t *rows)
{
	table_pager p;
	table_page a = { 0 }, b = { 0 };
	*rows = 0;
	/* Blobs are pieces of files, 256 KiB each. */
	int rows_a_page = page_size(opt);
	for (int i = 0; i < t->n; i++)
		if (t->column[i].type == DB_BLOB && rows_a_page > 100)
			rows_a_page /= 100;
	enum err e = table_pager_init(c, k, t, rows_a_page, &p);
	for (bool first = true; !e; first = false) {
		e = table_page_read(&p, first ? NULL : &a, &b);
		if (e)
			take_fault(c, b.c);
		if (!e && b.n)
			e = fn(c, t, &b, arg);
		*rows += (int64_t)b.n;
		if (!e && !goes_on(opt, t->name, *rows))
			e = cx_fail(c, ERR_CANCELLED, "db.cancelled", (place){ 0 }, (str){ 0 });
		cx_free(a.c);
		a = b;
		if (b.n < (size_t)p.page)
			break;
	}
	cx_free(a.c);
	return e;
}

/* ---- checksums ---- */

/* One encoding for both databases: type, length, bytes; little-endian. */
static void encode(buf *b, const db_val *v)
{
	uint64_t bits = 0;
	buf_char(b, v->null ? 0 : (char)v->type);
	if (v->null)
		return;
	if (v->type == DB_INT) {
		bits = (uint64_t)v->i;
	} else if (v->type == DB_REAL) {
		double r = v->r == 0 ? 0 : v->r; /* no negative zero */
		memcpy(&bits, &r, sizeof bits);
	} else {
		bits = v->s.len;
	}
	bits = htole64(bits);
	buf_add(b, (str){ (const char *)&bits, sizeof bits });
	if (v->type >= DB_TEXT)
		buf_add(b, v->s);
}

/* The state wants 64-byte alignment, which not every stack gives (a sanitizer's does not). */
struct hashing {
	crypto_generichash_state *state;
	buf b;
};

static enum err hash_page(cx *c, const db_table *t, const table_page *g, void *arg)
{
	struct hashing *h = arg;
	for (size_t i = 0; i < g->n; i++) {
		buf_clear(&h->b);
		for (int j = 0; j < t->n; j++)
			encode(&h->b, &g->cell[i * (size_t)t->n + (size_t)j]);
		if (buf_full(&h->b))
			return cx_fail(c, ERR_LIMIT, "db.row_too_long", (place){ 0 }, t->name);
		crypto_generichash_update(h->state, (const unsigned char *)h->b.p, h->b.len);
	}
	return ERR_OK;
}

static enum err sum_of(cx *c, db_conn *k, const db_table *t, const db_copy_options *opt, db_sum *out)
{
	struct hashing h;
	unsigned char bytes[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];
	h.state = aligned_alloc(64, (sizeof *h.state + 63) / 64 * 64);
	if (!h.state)
		return cx_fail(c, ERR_IO, "db.work_memory", (place){ 0 }, (str){ 0 });
	buf_init(&h.b, (size_t)1 << 30);
	crypto_generichash_init(h.state, NULL, 0, HASH_BYTES);
	*out = (db_sum){ .name = t->name };
	enum err e = each_page(c, k, t, opt, hash_page, &h, &out->rows);
	crypto_generichash_final(h.state, bytes, HASH_BYTES);
	free(h.state);
	buf_free(&h.b);
	sodium_bin2hex(hex, sizeof hex, bytes, HASH_BYTES);
	out->hash = arena_str(c->mem, str_of(hex));
	return e;
}

static bool is_fact(str table) { return !str_is(table, "schema_version") && !str_is(table, "copy_sum"); }

enum err db_sums(cx *c, db_conn *k, const db_copy_options *opt, db_sum_list *out)
{
	db_table *tables;
	size_t n;
	*out = (db_sum_list){ 0 };
	if (sodium_init() < 0)
		return cx_fail(c, ERR_IO, "db.failed", (place){ 0 }, (str){ 0 });
	enum err e = k->driver->tables(c, k, &tables, &n);
	for (size_t i = 0; i < n && !e; i++)
		if (is_fact(tables[i].name))
			e = sum_of(c, k, &tables[i], opt, VEC_PUSH(c->mem, out));
	return e;
}

enum err db_sums_write(cx *c, db_conn *k, const db_sum_list *sums)
{
	enum err e = db_exec(c, k, "DELETE FROM copy_sum", DB_NONE, NULL);
	for (size_t i = 0; i < sums->n && !e; i++)
		e = db_exec(c, k, "INSERT INTO copy_sum (name, n_rows, hash) VALUES ($1, $2, $3)",
			DB_ARGS(db_text(sums->p[i].name), db_int(sums->p[i].rows), db_text(sums->p[i].hash)), NULL);
	return e;
}

static const db_sum *sum_named(const db_sum_list *list, str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->p[i].name, name))
			return &list->p[i];
	return NULL;
}

static enum err differs(cx *c, const db_sum *a, const db_sum *b)
{
	fault *f = cx_fault(c, FAULT_ERROR, "db.sum_differs", (place){ 0 }, a->name);
	fault_arg(c, f, 1, arena_printf(c->mem, "%lld", (long long)a->rows));
	fault_arg(c, f, 2, arena_printf(c->mem, "%lld", b ? (long long)b->rows : 0));
	return ERR_IO;
}

enum err db_sums_compare(cx *c, const db_sum_list *a, const db_sum_list *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const db_sum *other = sum_named(b, a->p[i].name);
		if (!other || other->rows != a->p[i].rows || !str_eq(other->hash, a->p[i].hash))
			return differs(c, &a->p[i], other);
	}
	for (size_t i = 0; i < b->n; i++)
		if (!sum_named(a, b->p[i].name))
			return differs(c, &b->p[i], NULL);
	return ERR_OK;
}

/* ---- writing ---- */

struct writing {
	db_conn *k;
	const char *insert;
};

/* One transaction a page. */
static enum err write_page(cx *c, const db_table *t, const table_page *g, void *arg)
{
	struct writing *w = arg;
	enum err e = db_begin(c, w->k, DB_WRITE);
	if (!e)
		e = db_bulk(c, w->k, w->insert, g->cell, (size_t)t->n, g->n, NULL);
	if (!e)
		return db_commit(c, w->k);
	db_rollback(w->k);
	return e;
}

static enum err copy_tables(cx *c, db_conn *from, db_conn *to, const db_copy_options *opt)
{
	db_table *tables;
	size_t n;
	enum err e = from->driver->tables(c, from, &tables, &n);
	for (size_t i = 0; i < n && !e; i++) {
		struct writing w = { to, table_insert_sql(c, &tables[i]) };
		int64_t rows;
		if (is_fact(tables[i].name))
			e = each_page(c, from, &tables[i], opt, write_page, &w, &rows);
	}
	return e;
}

/* In the reverse order of creation, because of the references. The mark of the unfinished copy stays. */
static enum err empty_tables(cx *c, db_conn *k, bool keep_jobs)
{
	db_table *tables;
	size_t n;
	enum err e = k->driver->tables(c, k, &tables, &n);
	if (!e)
		e = db_begin(c, k, DB_WRITE);
	while (n-- > 0 && !e) {
		str name = tables[n].name;
		if (str_is(name, "schema_version") || (keep_jobs && str_is(name, "job")))
			continue;
		const char *where = str_is(name, "meta") ? " WHERE key <> 'incomplete'" : "";
		e = db_exec(c, k, arena_printf(c->mem, "DELETE FROM %.*s%s", STR_ARG(name), where).p, DB_NONE, NULL);
	}
	return e ? e : db_commit(c, k);
}

static enum err is_empty(cx *c, db_conn *k, bool *empty)
{
	db_table *tables;
	size_t n;
	*empty = true;
	enum err e = k->driver->tables(c, k, &tables, &n);
	for (size_t i = 0; i < n && !e && *empty; i++) {
		int64_t rows = 0;
		if (str_is(tables[i].name, "schema_version"))
			continue;
		e = db_scalar(c, k, arena_printf(c->mem, "SELECT COUNT(*) FROM (SELECT 1 AS one FROM %.*s LIMIT 1) a", STR_ARG(tables[i].name)).p,
			DB_NONE, &rows, NULL);
		*empty = rows == 0;
	}
	return e;
}

/* The last step: the checksums, and the mark goes. */
static enum err complete(cx *c, db_conn *k, const db_sum_list *sums)
{
	enum err e = db_begin(c, k, DB_WRITE);
	if (!e)
		e = db_sums_write(c, k, sums);
	if (!e)
		e = db_exec(c, k, "DELETE FROM meta WHERE key = 'incomplete'", DB_NONE, NULL);
	if (!e)
		return db_commit(c, k);
	db_rollback(k);
	return e;
}

static enum err sums_of(cx *c, db_conn *k, const db_copy_options *opt, db_sum_list *out)
{
	enum err e = db_begin(c, k, DB_READ);
	db_read_bound(k, 0);
	if (!e)
		e = db_sums(c, k, opt, out);
	db_rollback(k);
	return e;
}

/* from: in a reading transaction. to: an empty store with the mark. */
static enum err fill(cx *c, db_conn *from, db_conn *to, const db_copy_options *opt, db_sum_list *report)
{
	db_sum_list there;
	enum err e = copy_tables(c, from, to, opt);
	if (!e)
		e = db_sums(c, from, opt, report);
	if (!e)
		e = sums_of(c, to, opt, &there);
	if (!e)
		e = db_sums_compare(c, report, &there);
	return e ? e : complete(c, to, report);
}

static enum err mark(cx *c, db_conn *k) { return db_meta_set(c, k, STR("incomplete"), STR("copy")); }

/* ---- targets ---- */

static enum err to_file(cx *c, db_conn *from, str to, const db_copy_options *opt, db_sum_list *report)
{
	db_publish p;
	db *d = NULL;
	db_conn *k = NULL;
	enum err e = db_publish_begin(c, to, opt && opt->overwrite, &p);
	if (e)
		return e;
	e = db_open(c, str_of(p.part), NULL, &d);
	if (!e)
		e = db_writer(c, d, &k);
	if (!e)
		e = mark(c, k);
	if (!e)
		e = fill(c, from, k, opt, report);
	/* The readers that opening used would keep the log open. */
	db_release(k);
	db_close(d);
	if (!e)
		e = db_publish_settle(c, p.part);
	if (!e)
		return db_publish_end(c, &p);
	db_publish_abort(&p);
	return e;
}

static enum err prepare_server(cx *c, db_conn *k, bool overwrite)
{
	str unfinished;
	bool empty;
	enum err e = db_meta_get(c, k, STR("incomplete"), &unfinished);
	if (!e)
		e = is_empty(c, k, &empty);
	if (e)
		return e;
	if (!empty && !unfinished.len && !overwrite)
		return cx_fail(c, ERR_CONFLICT, "db.not_empty", (place){ 0 }, (str){ 0 });
	e = mark(c, k);
	return e || empty ? e : empty_tables(c, k, false);
}

static enum err to_server(cx *c, db_conn *from, str to, const db_copy_options *opt, db_sum_list *report)
{
	const db_options open = { .accept_incomplete = true };
	db *d;
	db_conn *k = NULL;
	enum err e = db_open(c, to, &open, &d);
	if (e)
		return e;
	e = db_writer(c, d, &k);
	if (!e)
		e = prepare_server(c, k, opt && opt->overwrite);
	if (!e)
		e = fill(c, from, k, opt, report);
	db_release(k);
	if (!e)
		e = db_settle(c, d);
	db_close(d);
	return e;
}

enum err db_copy_open(cx *c, db *from, str to, const db_copy_options *opt, db_sum_list *report)
{
	db_conn *k;
	bool server = str_starts(to, STR("postgres://")) || str_starts(to, STR("postgresql://"));
	enum err e = db_reader(c, from, &k);
	if (e)
		return e;
	db_read_bound(k, 0); /* the snapshot lasts as long as the copy */
	e = db_begin(c, k, DB_READ);
	if (!e)
		e = server ? to_server(c, k, to, opt, report) : to_file(c, k, to, opt, report);
	db_release(k);
	return e;
}

enum err db_copy(cx *c, str from, str to, const db_copy_options *opt, db_sum_list *report)
{
	const db_options open = { .schema = DB_SCHEMA_CHECK, .must_exist = true };
	db *d;
	if (str_eq(from, to))
		return cx_fail(c, ERR_INPUT, "db.same", (place){ 0 }, (str){ 0 });
	enum err e = db_open(c, from, &open, &d);
	if (!e)
		e = db_copy_open(c, d, to, opt, report);
	db_close(d);
	return e;
}

enum err db_clear(cx *c, db *d)
{
	db_conn *k;
	enum err e = db_writer(c, d, &k);
	if (e)
		return e;
	e = empty_tables(c, k, true);
	db_release(k);
	return e;
}
