#include "db/session.h"
#include "base/vec.h"

#define COLUMNS "hash, id, account_id, stage, created_at, seen_at, expires_at, client, agent"

static db_session read_session(cx *c, const db_rows *r)
{
	return (db_session){ .hash = db_cell_copy(c, r, 0), .id = db_cell_int(r, 1), .account_id = db_cell_int(r, 2),
		.full = str_is(db_cell_text(r, 3), "full"), .created_at = db_cell_int(r, 4), .seen_at = db_cell_int(r, 5), .expires_at = db_cell_int(r, 6),
		.client = db_cell_copy(c, r, 7), .agent = db_cell_copy(c, r, 8) };
}

enum err db_session_add(cx *c, db_conn *k, db_session *s)
{
	s->id = db_new_id(c, k);
	s->created_at = s->seen_at = c->now_ms;
	enum err e = db_exec(c, k, "DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT 100)",
		DB_ARGS(db_int(c->now_ms)), NULL);
	if (e)
		return e;
	return db_exec(c, k, "INSERT INTO session (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
		DB_ARGS(db_text(s->hash), db_int(s->id), db_int(s->account_id), db_text(s->full ? STR("full") : STR("code")), db_int(s->created_at),
			db_int(s->expires_at), db_text(s->client), db_text(s->agent)), NULL);
}

enum err db_session_get(cx *c, db_conn *k, str hash, db_session *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM session WHERE hash = $1", DB_ARGS(db_text(hash)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_session(c, &r);
	return db_end_found(&r, found);
}

enum err db_session_seen(cx *c, db_conn *k, int64_t id)
{
	return db_exec(c, k, "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2", DB_ARGS(db_int(id), db_int(c->now_ms)), NULL);
}

enum err db_session_end(cx *c, db_conn *k, int64_t id, int64_t account_id, bool *ended)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "DELETE FROM session WHERE id = $1 AND account_id = $2", DB_ARGS(db_int(id), db_int(account_id)), &n);
	*ended = n > 0;
	return e;
}

enum err db_session_end_all(cx *c, db_conn *k, int64_t account_id, int64_t but_id)
{
	return db_exec(c, k, "DELETE FROM session WHERE account_id = $1 AND id <> $2", DB_ARGS(db_int(account_id), db_int(but_id)), NULL);
}

enum err db_session_of(cx *c, db_conn *k, int64_t account_id, db_session_list *out)
{
	db_rows r;
	*out = (db_session_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM session WHERE account_id = $1 AND stage = 'full' AND expires_at > $2 ORDER BY seen_at DESC, id DESC",
		DB_ARGS(db_int(account_id), db_int(c->now_ms)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_session(c, &r);
	return db_end(&r);
}

/* ---- failed tries ---- */

enum err db_try_get(cx *c, db_conn *k, str key, db_try *out)
{
	db_rows r;
	*out = (db_try){ .key = key };
	db_query(c, k, "SELECT fails, last_at, until_at FROM sign_in_try WHERE key = $1", DB_ARGS(db_text(key)), &r);
	if (db_next(&r)) {
		out->fails = db_cell_int(&r, 0);
		out->last_at = db_cell_int(&r, 1);
		out->until_at = db_cell_int(&r, 2);
	}
	return db_end(&r);
}

enum err db_try_put(cx *c, db_conn *k, const db_try *t)
{
	enum err e = db_exec(c, k, "DELETE FROM sign_in_try WHERE key IN (SELECT key FROM sign_in_try WHERE last_at < $1 ORDER BY key LIMIT 100)",
		DB_ARGS(db_int(c->now_ms - DAY_MS)), NULL);
	return e ? e
		: db_exec(c, k,
			"INSERT INTO sign_in_try (key, fails, last_at, until_at) VALUES ($1, $2, $3, $4)"
			" ON CONFLICT (key) DO UPDATE SET fails = excluded.fails, last_at = excluded.last_at, until_at = excluded.until_at",
			DB_ARGS(db_text(t->key), db_int(t->fails), db_int(t->last_at), db_int(t->until_at)), NULL);
}

enum err db_try_drop(cx *c, db_conn *k, str key)
{
	return db_exec(c, k, "DELETE FROM sign_in_try WHERE key = $1", DB_ARGS(db_text(key)), NULL);
}

enum err db_place_put(cx *c, db_conn *k, str key, int64_t account_id)
{
	return db_exec(c, k,
		"INSERT INTO sign_in_place (key, account_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at",
		DB_ARGS(db_text(key), db_int(account_id), db_int(c->now_ms)), NULL);
}

enum err db_place_has(cx *c, db_conn *k, str key, int64_t since_ms, bool *has)
{
	int64_t n = 0;
	enum err e = db_scalar(c, k, "SELECT COUNT(*) FROM sign_in_place WHERE key = $1 AND seen_at >= $2", DB_ARGS(db_text(key), db_int(since_ms)), &n, NULL);
	*has = n > 0;
	return e;
}

/* ---- recovery codes, links ---- */

enum err db_recovery_set(cx *c, db_conn *k, int64_t account_id, const str *hash, size_t n)
{
	enum err e = db_exec(c, k, "DELETE FROM recovery_code WHERE account_id = $1", DB_ARGS(db_int(account_id)), NULL);
	for (size_t i = 0; i < n && !e; i++)
		e = db_exec(c, k, "INSERT INTO recovery_code (account_id, hash) VALUES ($1, $2)", DB_ARGS(db_int(account_id), db_text(hash[i])), NULL);
	return e;
}

enum err db_recovery_take(cx *c, db_conn *k, int64_t account_id, str hash, bool *taken)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2", DB_ARGS(db_int(account_id), db_text(hash)), &n);
	*taken = n == 1;
	return e;
}

enum err db_recovery_count(cx *c, db_conn *k, int64_t account_id, int64_t *out)
{
	return db_scalar(c, k, "SELECT COUNT(*) FROM recovery_code WHERE account_id = $1", DB_ARGS(db_int(account_id)), out, NULL);
}

enum err db_reset_add(cx *c, db_conn *k, str hash, int64_t account_id, int64_t expires_at)
{
	enum err e = db_reset_drop(c, k, account_id);
	return e ? e
		 : db_exec(c, k, "INSERT INTO password_reset (hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
			 DB_ARGS(db_text(hash), db_int(account_id), db_int(c->now_ms), db_int(expires_at)), NULL);
}

enum err db_reset_find(cx *c, db_conn *k, str hash, int64_t *account_id)
{
	*account_id = 0;
	return db_scalar(c, k, "SELECT account_id FROM password_reset WHERE hash = $1 AND expires_at > $2", DB_ARGS(db_text(hash), db_int(c->now_ms)),
		account_id, NULL);
}

enum err db_reset_drop(cx *c, db_conn *k, int64_t account_id)
{
	return db_exec(c, k, "DELETE FROM password_reset WHERE account_id = $1", DB_ARGS(db_int(account_id)), NULL);
}
