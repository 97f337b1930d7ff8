/* The outbox: letters on their way out. One sender has a letter at a time; what it has learned counts only while it still has it. */
#include "base/vec.h"
#include "db/notice.h"

#define COLUMNS \
	"id, user_id, notice_id, channel, kind, secret, state, error, reply, expires_at, tries, next_at, claimed_at, done_at, created_at" \
	" FROM outbox "

static db_outbox read_one(cx *c, const db_rows *r)
{
	return (db_outbox){ .id = db_cell_int(r, 0), .user_id = db_cell_int(r, 1), .notice_id = db_cell_int(r, 2), .channel = db_cell_copy(c, r, 3),
		.kind = db_cell_copy(c, r, 4), .secret = db_cell_copy(c, r, 5), .state = db_cell_copy(c, r, 6), .error = db_cell_copy(c, r, 7),
		.reply = db_cell_copy(c, r, 8), .expires_at = db_cell_int(r, 9), .tries = db_cell_int(r, 10), .next_at = db_cell_int(r, 11),
		.claimed_at = db_cell_int(r, 12), .done_at = db_cell_int(r, 13), .created_at = db_cell_int(r, 14) };
}

enum err db_outbox_add(cx *c, db_conn *k, db_outbox *o)
{
	o->id = db_new_id(c, k);
	o->created_at = c->now_ms;
	return db_exec(c, k,
		"INSERT INTO outbox (id, user_id, channel, kind, notice_id, secret, expires_at, state, tries, next_at, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $9)",
		DB_ARGS(db_int(o->id), db_int(o->user_id), db_text(o->channel), db_text(o->kind), db_int_if(o->notice_id != 0, o->notice_id),
			db_text(o->secret), db_int_if(o->expires_at != 0, o->expires_at), db_int(o->next_at), db_int(o->created_at)),
		NULL);
}

static enum err one(cx *c, db_rows *r, db_outbox *out, bool *found)
{
	*found = db_next(r);
	if (*found)
		*out = read_one(c, r);
	return db_end(r);
}

enum err db_outbox_claim(cx *c, db_conn *k, int64_t lease, db_outbox *out, bool *found)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS "WHERE (state = 'waiting' AND next_at <= $1) OR (state = 'sending' AND claimed_at < $2) ORDER BY next_at, id LIMIT 1",
		DB_ARGS(db_int(c->now_ms), db_int(lease)), &r);
	enum err e = one(c, &r, out, found);
	if (e || !*found)
		return e;
	/* A claim is known by its moment: never the same twice. */
	int64_t at = out->claimed_at >= c->now_ms ? out->claimed_at + 1 : c->now_ms;
	out->claimed_at = at;
	out->tries++;
	return db_exec(c, k, "UPDATE outbox SET state = 'sending', claimed_at = $2, tries = $3 WHERE id = $1",
		DB_ARGS(db_int(out->id), db_int(at), db_int(out->tries)), NULL);
}

enum err db_outbox_end(cx *c, db_conn *k, const db_outbox *o, bool *mine)
{
	bool over = str_is(o->state, "sent") || str_is(o->state, "failed");
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE outbox SET state = $3, next_at = $4, error = $5, reply = $6, done_at = $7, secret = $8"
		" WHERE id = $1 AND state = 'sending' AND claimed_at = $2",
		DB_ARGS(db_int(o->id), db_int(o->claimed_at), db_text(o->state), db_int(o->next_at), db_text_if(o->error), db_text_if(o->reply),
			db_int_if(over, c->now_ms), db_text(over ? STR("") : o->secret)),
		&n);
	*mine = n == 1;
	return e;
}

enum err db_outbox_get(cx *c, db_conn *k, int64_t id, db_outbox *out)
{
	db_rows r;
	bool found;
	db_query(c, k, "SELECT " COLUMNS "WHERE id = $1", DB_ARGS(db_int(id)), &r);
	enum err e = one(c, &r, out, &found);
	return e ? e : found ? ERR_OK : ERR_NOTFOUND;
}

enum err db_outbox_of(cx *c, db_conn *k, str state, int limit, int64_t skip, db_outbox_list *out)
{
	db_rows r;
	*out = (db_outbox_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS "WHERE $1 = '' OR state = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
		DB_ARGS(db_text(state), db_int(limit), db_int(skip)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_one(c, &r);
	return db_end(&r);
}

enum err db_outbox_count(cx *c, db_conn *k, db_outbox_counts *out)
{
	db_rows r;
	*out = (db_outbox_counts){ 0 };
	db_query(c, k, "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state", DB_NONE, &r);
	while (db_next(&r)) {
		str state = db_cell_text(&r, 0);
		int64_t n = db_cell_int(&r, 1);
		if (str_is(state, "waiting"))
			out->waiting = n;
		else if (str_is(state, "sending"))
			out->sending = n;
		else if (str_is(state, "sent"))
			out->sent = n;
		else
			out->failed = n;
	}
	return db_end(&r);
}

enum err db_outbox_again(cx *c, db_conn *k, int64_t id, int64_t *n)
{
	return db_exec(c, k,
		"UPDATE outbox SET state = 'waiting', tries = 0, next_at = $2, done_at = NULL"
		" WHERE id = $1 AND state = 'failed' AND kind IN ('notice', 'digest')",
		DB_ARGS(db_int(id), db_int(c->now_ms)), n);
}

enum err db_digest_next(cx *c, db_conn *k, int64_t after, int64_t *user)
{
	bool found = false;
	*user = 0;
	/* What was read meanwhile needs no mail. */
	enum err e = db_exec(c, k, "UPDATE notice SET digest = NULL WHERE digest = 0 AND read_at IS NOT NULL", DB_NONE, NULL);
	return e ? e : db_scalar(c, k, "SELECT MIN(user_id) FROM notice WHERE digest = 0 AND user_id > $1", DB_ARGS(db_int(after)), user, &found);
}

enum err db_digest_make(cx *c, db_conn *k, int64_t user, bool letter)
{
	db_outbox o = { .user_id = user, .channel = STR("mail"), .kind = STR("digest"), .next_at = c->now_ms };
	enum err e = letter ? db_outbox_add(c, k, &o) : ERR_OK;
	return e ? e
		 : db_exec(c, k, "UPDATE notice SET digest = $2 WHERE digest = 0 AND user_id = $1",
			 DB_ARGS(db_int(user), db_int_if(letter, o.id)), NULL);
}
