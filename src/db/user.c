#include "db/user.h"
#include "base/vec.h"
#include "base/vn.h"

/* ---- accounts ---- */

#define COLUMNS \
	"a.id, a.login, a.name, a.sort_key, a.title, a.email, a.phone, a.unit_level, a.unit_code, a.state, a.must_change, a.password," \
	" a.password_at, a.totp, a.totp_step, a.created_at, a.changed_at, a.signed_in_at, u.name"
/* The unit as it is on the day $1. */
#define FROM " FROM account a LEFT JOIN unit u ON u.level = a.unit_level AND u.code = a.unit_code AND u.valid_from <= $1 AND u.valid_to >= $1"

static db_account read_account(cx *c, const db_rows *r)
{
	return (db_account){ .id = db_cell_int(r, 0), .login = db_cell_copy(c, r, 1), .name = db_cell_copy(c, r, 2),
		.sort_key = db_cell_copy(c, r, 3), .title = db_cell_copy(c, r, 4), .email = db_cell_copy(c, r, 5), .phone = db_cell_copy(c, r, 6),
		.unit_level = db_cell_copy(c, r, 7), .unit_code = db_cell_copy(c, r, 8), .disabled = str_is(db_cell_text(r, 9), "disabled"),
		.must_change = db_cell_int(r, 10) != 0, .password = db_cell_copy(c, r, 11), .password_at = db_cell_int(r, 12),
		.totp = db_cell_copy(c, r, 13), .totp_step = db_cell_int(r, 14), .created_at = db_cell_int(r, 15), .changed_at = db_cell_int(r, 16),
		.signed_in_at = db_cell_int(r, 17), .unit_name = db_cell_copy(c, r, 18) };
}

static enum err read_one(cx *c, db_rows *r, db_account *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_account(c, r);
	return db_end_found(r, found);
}

static enum err insert(cx *c, db_conn *k, db_account *a)
{
	int64_t n;
	a->id = db_new_id(c, k);
	a->created_at = a->changed_at = c->now_ms;
	enum err e = db_exec(c, k,
		"INSERT INTO account (id, login, name, name_fold, sort_key, title, email, phone, unit_level, unit_code, state, must_change, created_at,"
		" changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $12) ON CONFLICT (login) DO NOTHING",
		DB_ARGS(db_int(a->id), db_text(a->login), db_text(a->name), db_text(vn_fold(c->mem, a->name)), db_text(a->sort_key),
			db_text_if(a->title), db_text_if(a->email), db_text_if(a->phone), db_text_if(a->unit_level), db_text_if(a->unit_code),
			db_text(a->disabled ? STR("disabled") : STR("active")), db_int(c->now_ms)), &n);
	return e ? e : n ? ERR_OK : ERR_CONFLICT;
}

enum err db_account_put(cx *c, db_conn *k, db_account *a)
{
	int64_t n;
	a->sort_key = vn_sort_key(c->mem, a->name);
	if (!a->id)
		return insert(c, k, a);
	a->changed_at = c->now_ms;
	enum err e = db_exec(c, k,
		"UPDATE account SET name = $2, name_fold = $3, sort_key = $4, title = $5, email = $6, phone = $7, unit_level = $8, unit_code = $9,"
		" state = $10, changed_at = $11 WHERE id = $1",
		DB_ARGS(db_int(a->id), db_text(a->name), db_text(vn_fold(c->mem, a->name)), db_text(a->sort_key), db_text_if(a->title),
			db_text_if(a->email), db_text_if(a->phone), db_text_if(a->unit_level), db_text_if(a->unit_code),
			db_text(a->disabled ? STR("disabled") : STR("active")), db_int(c->now_ms)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_account_get(cx *c, db_conn *k, int64_t id, day on, db_account *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS FROM " WHERE a.id = $2", DB_ARGS(db_int(on), db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_account_by_login(cx *c, db_conn *k, str login, day on, db_account *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS FROM " WHERE a.login = $2", DB_ARGS(db_int(on), db_text(login)), &r);
	return read_one(c, &r, out);
}

enum err db_account_by_email(cx *c, db_conn *k, str email, db_account_list *out)
{
	db_rows r;
	*out = (db_account_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS FROM " WHERE a.email = $2 ORDER BY a.id LIMIT 10", DB_ARGS(db_int(date_of_ms(c->now_ms)), db_text(email)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_account(c, &r);
	return db_end(&r);
}

/* Codes hold no "|". Whether a place stands in $7, without LIKE. */
#define PLACE(level, code) "REPLACE($7, '|' || " level " || '/' || " code " || '|', '') <> $7"

/* $2 text in the folded name or the login, $3 and $4 the unit, $5 the state, $6 the role, $7 the places; empty: any. */
#define FIND \
	FROM " WHERE ($2 = '' OR REPLACE(a.name_fold, $2, '') <> a.name_fold OR REPLACE(a.login, $2, '') <> a.login)" \
	     " AND ($3 = '' OR (a.unit_level = $3 AND a.unit_code = $4))" \
	     " AND ($5 = 0 OR ($5 = 1 AND a.state = 'active') OR ($5 = 2 AND a.state = 'disabled')" \
	     " OR ($5 = 3 AND a.state = 'active' AND a.password IS NULL))" \
	     " AND ($6 = '' OR EXISTS (SELECT 1 FROM account_grant g WHERE g.account_id = a.id AND g.role = $6 AND g.valid_from <= $1 AND g.valid_to >= $1))" \
	     " AND ($7 = '' OR " PLACE("a.unit_level", "a.unit_code") " OR " PLACE("u.parent_level", "u.parent_code") \
	     " OR EXISTS (SELECT 1 FROM unit_group_member m WHERE m.level = a.unit_level AND m.code = a.unit_code AND " PLACE("'group'", "m.group_code") "))"

enum { FIND_ARGS = 7 };

enum err db_account_find(cx *c, db_conn *k, const db_account_filter *f, int limit, int64_t skip, db_account_list *out, int64_t *total)
{
	db_rows r;
	db_val args[FIND_ARGS + 2] = { db_int(f->on), db_text(vn_fold(c->mem, f->text)), db_text(f->unit_level), db_text(f->unit_code),
		db_int(f->state), db_text(f->role), db_text(f->places) };
	args[FIND_ARGS] = db_int(limit);
	args[FIND_ARGS + 1] = db_int(skip);
	*out = (db_account_list){ 0 };
	enum err e = db_scalar(c, k, "SELECT COUNT(*)" FIND, args, FIND_ARGS, total, NULL);
	if (e)
		return e;
	db_query(c, k, "SELECT " COLUMNS FIND " ORDER BY a.sort_key, a.id LIMIT $8 OFFSET $9", args, FIND_ARGS + 2, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_account(c, &r);
	return db_end(&r);
}

enum err db_account_count(cx *c, db_conn *k, int64_t *out)
{
	return db_scalar(c, k, "SELECT COUNT(*) FROM account", DB_NONE, out, NULL);
}

enum err db_account_password(cx *c, db_conn *k, int64_t id, str hash, bool must_change)
{
	return db_exec(c, k, "UPDATE account SET password = $2, password_at = $3, must_change = $4, changed_at = $3 WHERE id = $1",
		DB_ARGS(db_int(id), db_text_if(hash), db_int(c->now_ms), db_int(must_change)), NULL);
}

enum err db_account_totp(cx *c, db_conn *k, int64_t id, str sealed, int64_t step)
{
	return db_exec(c, k, "UPDATE account SET totp = $2, totp_step = $3, changed_at = $4 WHERE id = $1",
		DB_ARGS(db_int(id), sealed.len ? db_blob(sealed) : db_null(DB_BLOB), db_int(step), db_int(c->now_ms)), NULL);
}

enum err db_account_totp_step(cx *c, db_conn *k, int64_t id, int64_t step, bool *fresh)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2", DB_ARGS(db_int(id), db_int(step)), &n);
	*fresh = n == 1;
	return e;
}

enum err db_account_signed_in(cx *c, db_conn *k, int64_t id)
{
	return db_exec(c, k, "UPDATE account SET signed_in_at = $2 WHERE id = $1", DB_ARGS(db_int(id), db_int(c->now_ms)), NULL);
}

/* ---- delegation ---- */

#define DELEGATION \
	"SELECT d.id, d.from_id, d.to_id, d.valid_from, d.valid_to, d.reason, d.created_at, d.created_by, d.ended_at, f.name, t.name" \
	" FROM delegation d JOIN account f ON f.id = d.from_id JOIN account t ON t.id = d.to_id"

static db_delegation read_delegation(cx *c, const db_rows *r)
{
	return (db_delegation){ .id = db_cell_int(r, 0), .from_id = db_cell_int(r, 1), .to_id = db_cell_int(r, 2),
		.valid_from = (day)db_cell_int(r, 3), .valid_to = (day)db_cell_int(r, 4), .reason = db_cell_copy(c, r, 5),
		.created_at = db_cell_int(r, 6), .created_by = db_cell_int(r, 7), .ended_at = db_cell_int(r, 8), .from_name = db_cell_copy(c, r, 9),
		.to_name = db_cell_copy(c, r, 10) };
}

enum err db_delegation_add(cx *c, db_conn *k, db_delegation *d)
{
	d->id = db_new_id(c, k);
	d->created_at = c->now_ms;
	return db_exec(c, k,
		"INSERT INTO delegation (id, from_id, to_id, valid_from, valid_to, reason, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		DB_ARGS(db_int(d->id), db_int(d->from_id), db_int(d->to_id), db_int(d->valid_from), db_int(d->valid_to), db_text(d->reason),
			db_int(d->created_at), db_int_if(d->created_by != 0, d->created_by)), NULL);
}

enum err db_delegation_end(cx *c, db_conn *k, int64_t id, bool *ended)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "UPDATE delegation SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", DB_ARGS(db_int(id), db_int(c->now_ms)), &n);
	*ended = n == 1;
	return e;
}

enum err db_delegation_get(cx *c, db_conn *k, int64_t id, db_delegation *out)
{
	db_rows r;
	db_query(c, k, DELEGATION " WHERE d.id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_delegation(c, &r);
	return db_end_found(&r, found);
}

enum err db_delegation_of(cx *c, db_conn *k, int64_t account_id, int limit, db_delegation_list *out)
{
	db_rows r;
	*out = (db_delegation_list){ 0 };
	db_query(c, k, DELEGATION " WHERE $1 = 0 OR d.from_id = $1 OR d.to_id = $1 ORDER BY d.id DESC LIMIT $2",
		DB_ARGS(db_int(account_id), db_int(limit)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_delegation(c, &r);
	return db_end(&r);
}
