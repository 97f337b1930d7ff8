#include "db/audit.h"
#include "base/vec.h"

enum err db_audit_next(cx *c, db_conn *k, int64_t *seq, str *before)
{
	db_rows r;
	*seq = 0;
	db_in_line(k);
	db_query(c, k, "UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash", DB_NONE, &r);
	if (db_next(&r)) {
		*seq = db_cell_int(&r, 0);
		*before = db_cell_copy(c, &r, 1);
	}
	enum err e = db_end(&r);
	if (e || *seq)
		return e;
	*seq = 1;
	*before = STR("");
	return db_exec(c, k, "INSERT INTO audit_head (id, seq, hash) VALUES (1, 1, '')", DB_NONE, NULL);
}

enum err db_audit_put(cx *c, db_conn *k, const db_audit *a)
{
	enum err e = db_exec(c, k,
		"INSERT INTO audit_entry (seq, at, account_id, behalf_id, actor, what, object, detail, salt, content_hash, hash)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		DB_ARGS(db_int(a->seq), db_int(a->at), db_int(a->account_id), db_int(a->behalf_id), db_text(a->actor), db_text(a->what),
			db_text(a->object), db_text(a->detail), db_text(a->salt), db_text(a->content_hash), db_text(a->hash)), NULL);
	return e ? e : db_exec(c, k, "UPDATE audit_head SET hash = $1 WHERE id = 1", DB_ARGS(db_text(a->hash)), NULL);
}

enum err db_audit_head(cx *c, db_conn *k, int64_t *seq, str *hash)
{
	db_rows r;
	*seq = 0;
	*hash = STR("");
	db_query(c, k, "SELECT seq, hash FROM audit_head WHERE id = 1", DB_NONE, &r);
	if (db_next(&r)) {
		*seq = db_cell_int(&r, 0);
		*hash = db_cell_copy(c, &r, 1);
	}
	return db_end(&r);
}

#define COLUMNS "e.seq, e.at, e.account_id, e.behalf_id, e.actor, e.what, e.object, e.detail, e.salt, e.content_hash, e.hash"

static db_audit read_entry(cx *c, const db_rows *r)
{
	return (db_audit){ .seq = db_cell_int(r, 0), .at = db_cell_int(r, 1), .account_id = db_cell_int(r, 2), .behalf_id = db_cell_int(r, 3),
		.actor = db_cell_copy(c, r, 4), .what = db_cell_copy(c, r, 5), .object = db_cell_copy(c, r, 6), .detail = db_cell_copy(c, r, 7),
		.salt = db_cell_copy(c, r, 8), .erased = db_cell_null(r, 8), .content_hash = db_cell_copy(c, r, 9), .hash = db_cell_copy(c, r, 10) };
}

enum err db_audit_walk(cx *c, db_conn *k, int64_t from_seq, int limit, db_audit_list *out)
{
	db_rows r;
	*out = (db_audit_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM audit_entry e WHERE e.seq >= $1 ORDER BY e.seq LIMIT $2", DB_ARGS(db_int(from_seq), db_int(limit)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_entry(c, &r);
	return db_end(&r);
}

enum err db_audit_get(cx *c, db_conn *k, int64_t seq, db_audit *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM audit_entry e WHERE e.seq = $1", DB_ARGS(db_int(seq)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_entry(c, &r);
	return db_end_found(&r, found);
}

enum err db_audit_find(cx *c, db_conn *k, const db_audit_filter *f, int limit, db_audit_list *out)
{
	db_rows r;
	*out = (db_audit_list){ 0 };
	/* "round" stands for "round.…": '.' to '/' is the next sign. */
	str from = f->what, to = arena_printf(c->mem, "%.*s/", STR_ARG(f->what));
	db_query(c, k,
		"SELECT " COLUMNS ", a.name, a.login, b.name FROM audit_entry e LEFT JOIN account a ON a.id = e.account_id"
		" LEFT JOIN account b ON b.id = e.behalf_id"
		" WHERE ($1 = '' OR a.login = $1 OR (e.account_id = 0 AND e.actor = $1)) AND ($2 = '' OR e.what = $2 OR (e.what > $2 AND e.what < $3))"
		" AND ($4 = '' OR e.object = $4) AND ($5 = 0 OR e.at >= $5) AND ($6 = 0 OR e.at < $6) AND ($7 = 0 OR e.seq < $7)"
		" ORDER BY e.seq DESC LIMIT $8",
		DB_ARGS(db_text(f->login), db_text(from), db_text(to), db_text(f->object), db_int(f->from_ms), db_int(f->to_ms), db_int(f->below_seq),
			db_int(limit)), &r);
	while (db_next(&r)) {
		db_audit *a = VEC_PUSH(c->mem, out);
		*a = read_entry(c, &r);
		a->account_name = db_cell_copy(c, &r, 11);
		a->account_login = db_cell_copy(c, &r, 12);
		a->behalf_name = db_cell_copy(c, &r, 13);
	}
	return db_end(&r);
}

enum err db_audit_erase(cx *c, db_conn *k, int64_t seq)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE audit_entry SET object = NULL, detail = NULL, salt = NULL WHERE seq = $1", DB_ARGS(db_int(seq)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_anchor_put(cx *c, db_conn *k, const db_anchor *a)
{
	return db_exec(c, k,
		"INSERT INTO audit_anchor (seq, at, hash, signer, signature) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq) DO NOTHING",
		DB_ARGS(db_int(a->seq), db_int(a->at), db_text(a->hash), db_text(a->signer), db_text(a->signature)), NULL);
}

enum err db_anchor_last(cx *c, db_conn *k, int limit, db_anchor_list *out)
{
	db_rows r;
	*out = (db_anchor_list){ 0 };
	db_query(c, k, "SELECT seq, at, hash, signer, signature FROM audit_anchor ORDER BY seq DESC LIMIT $1", DB_ARGS(db_int(limit)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_anchor){ db_cell_int(&r, 0), db_cell_int(&r, 1), db_cell_copy(c, &r, 2), db_cell_copy(c, &r, 3),
			db_cell_copy(c, &r, 4) };
	return db_end(&r);
}
