#include "db/notice.h"
#include "base/vec.h"

#define COLUMNS "id, user_id, kind, subject, unit, detail, path, once, due, created_at, read_at, shown, digest, subject_en"

static db_notice read_notice(cx *c, const db_rows *r)
{
	return (db_notice){ .id = db_cell_int(r, 0), .user_id = db_cell_int(r, 1), .kind = db_cell_copy(c, r, 2), .subject = db_cell_copy(c, r, 3),
		.unit = db_cell_copy(c, r, 4), .detail = db_cell_copy(c, r, 5), .path = db_cell_copy(c, r, 6), .once = db_cell_copy(c, r, 7),
		.due = db_cell_int(r, 8), .created_at = db_cell_int(r, 9), .read_at = db_cell_int(r, 10), .shown = db_cell_int(r, 11) != 0,
		.for_digest = !db_cell_null(r, 12), .subject_en = db_cell_copy(c, r, 13) };
}

static enum err read_all(cx *c, db_rows *r, db_notice_list *out)
{
	*out = (db_notice_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_notice(c, r);
	return db_end(r);
}

enum err db_notice_add(cx *c, db_conn *k, db_notice *n)
{
	int64_t added = 0;
	n->id = db_new_id(c, k);
	n->created_at = c->now_ms;
	enum err e = db_exec(c, k,
		"INSERT INTO notice (id, user_id, kind, subject, unit, detail, path, due, once, shown, digest, created_at, subject_en)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
		DB_ARGS(db_int(n->id), db_int(n->user_id), db_text(n->kind), db_text(n->subject), db_text(n->unit), db_text(n->detail),
			db_text(n->path), db_int_if(n->due != 0, n->due), db_text_if(n->once), db_int(n->shown), db_int_if(n->for_digest, 0),
			db_int(n->created_at), db_text(n->subject_en)),
		&added);
	if (!e && !added)
		n->id = 0;
	return e;
}

enum err db_notice_of(cx *c, db_conn *k, int64_t user, bool unread_only, int64_t before, int limit, db_notice_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM notice WHERE user_id = $1 AND shown = 1 AND ($2 = 0 OR read_at IS NULL) AND ($3 = 0 OR id < $3)"
		" ORDER BY id DESC LIMIT $4",
		DB_ARGS(db_int(user), db_int(unread_only), db_int(before), db_int(limit)), &r);
	return read_all(c, &r, out);
}

enum err db_notice_get(cx *c, db_conn *k, int64_t id, db_notice *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM notice WHERE id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_notice(c, &r);
	return db_end_found(&r, found);
}

enum err db_notice_unread(cx *c, db_conn *k, int64_t user, int64_t *n)
{
	*n = 0;
	return db_scalar(c, k, "SELECT COUNT(*) FROM notice WHERE user_id = $1 AND shown = 1 AND read_at IS NULL", DB_ARGS(db_int(user)), n, NULL);
}

enum err db_notice_read(cx *c, db_conn *k, int64_t user, int64_t id, int64_t until, int64_t *n)
{
	return db_exec(c, k,
		"UPDATE notice SET read_at = $4 WHERE user_id = $1 AND read_at IS NULL AND ((id = $2) OR ($2 = 0 AND id <= $3))",
		DB_ARGS(db_int(user), db_int(id), db_int(until), db_int(c->now_ms)), n);
}

/* ---- choices ---- */

enum err db_notice_choice_put(cx *c, db_conn *k, int64_t user, const db_notice_choice *x)
{
	return db_exec(c, k,
		"INSERT INTO notice_choice (user_id, kind, shown, mail, phone) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (user_id, kind) DO UPDATE SET shown = excluded.shown, mail = excluded.mail, phone = excluded.phone",
		DB_ARGS(db_int(user), db_text(x->kind), db_int(x->shown), db_text(x->mail), db_text(x->phone)), NULL);
}

enum err db_notice_choice_of(cx *c, db_conn *k, int64_t user, db_notice_choices *out)
{
	db_rows r;
	*out = (db_notice_choices){ 0 };
	db_query(c, k, "SELECT kind, mail, shown, phone FROM notice_choice WHERE user_id = $1 ORDER BY kind", DB_ARGS(db_int(user)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_notice_choice){ .kind = db_cell_copy(c, &r, 0),
			.mail = db_cell_copy(c, &r, 1),
			.shown = db_cell_int(&r, 2) != 0,
			.phone = db_cell_copy(c, &r, 3) };
	return db_end(&r);
}

enum err db_notice_lang_put(cx *c, db_conn *k, int64_t user, str lang)
{
	return db_exec(c, k,
		"INSERT INTO notice_setting (user_id, lang) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET lang = excluded.lang",
		DB_ARGS(db_int(user), db_text(lang)), NULL);
}

enum err db_notice_lang(cx *c, db_conn *k, int64_t user, str *out)
{
	db_rows r;
	*out = (str){ 0 };
	db_query(c, k, "SELECT lang FROM notice_setting WHERE user_id = $1", DB_ARGS(db_int(user)), &r);
	while (db_next(&r))
		*out = db_cell_copy(c, &r, 0);
	return db_end(&r);
}

/* ---- going ---- */

enum err db_notice_forget(cx *c, db_conn *k, int64_t user)
{
	static const char *const sql[] = {
		"DELETE FROM outbox WHERE user_id = $1",
		"DELETE FROM notice WHERE user_id = $1",
		"DELETE FROM notice_choice WHERE user_id = $1",
		"DELETE FROM notice_setting WHERE user_id = $1",
	};
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < sizeof sql / sizeof *sql; i++)
		e = db_exec(c, k, sql[i], DB_ARGS(db_int(user)), NULL);
	return e;
}

enum err db_notice_trim(cx *c, db_conn *k, int64_t before, int64_t most, int64_t *n)
{
	int64_t letters = 0, notices = 0;
	enum err e = db_exec(c, k,
		"DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < $1 AND state IN ('sent', 'failed') ORDER BY id LIMIT $2)",
		DB_ARGS(db_int(before), db_int(most)), &letters);
	if (!e)
		e = db_exec(c, k,
			"DELETE FROM notice WHERE id IN (SELECT n.id FROM notice n WHERE n.created_at < $1"
			" AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.notice_id = n.id) ORDER BY n.id LIMIT $2)",
			DB_ARGS(db_int(before), db_int(most)), &notices);
	*n = letters + notices;
	return e;
}

enum err db_notice_digest_of(cx *c, db_conn *k, int64_t outbox, db_notice_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM notice WHERE digest = $1 AND read_at IS NULL ORDER BY id LIMIT 200", DB_ARGS(db_int(outbox)), &r);
	return read_all(c, &r, out);
}
