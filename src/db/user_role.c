/* Roles, grants, groups of units. */
#include "base/map.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/user.h"

/* ---- roles ---- */

enum { ROLE_ARGS = 7 };

enum err db_role_put(cx *c, db_conn *k, const db_role *r, size_t n, int64_t *changed)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * ROLE_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[ROLE_ARGS] = { db_text(r[i].code), db_int(r[i].sort_no), db_text(r[i].name_vi), db_text(r[i].name_en),
			db_int(r[i].delegable), db_text_if(r[i].note_vi), db_text_if(r[i].note_en) };
		memcpy(args + i * ROLE_ARGS, row, sizeof row);
	}
	return db_bulk(c, k,
		"INSERT INTO role (code, sort_no, name_vi, name_en, delegable, note_vi, note_en) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (code) DO UPDATE SET sort_no = excluded.sort_no, name_vi = excluded.name_vi, name_en = excluded.name_en,"
		" delegable = excluded.delegable, note_vi = excluded.note_vi, note_en = excluded.note_en",
		args, ROLE_ARGS, n, changed);
}

enum err db_right_put(cx *c, db_conn *k, const db_right *r, size_t n, int64_t *changed)
{
	map seen = { 0 };
	db_val *args = NEW_ARRAY(c->mem, db_val, n * 3);
	for (size_t i = 0; i < n; i++) {
		bool added;
		map_put(c->mem, &seen, r[i].role, &added);
		enum err e = added ? db_exec(c, k, "DELETE FROM role_right WHERE role = $1", DB_ARGS(db_text(r[i].role)), NULL) : ERR_OK;
		if (e)
			return e;
		const db_val row[] = { db_text(r[i].role), db_text(r[i].noun), db_text(r[i].verb) };
		memcpy(args + i * 3, row, sizeof row);
	}
	return db_bulk(c, k, "INSERT INTO role_right (role, noun, verb) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", args, 3, n, changed);
}

enum err db_right_drop(cx *c, db_conn *k, str role)
{
	return db_exec(c, k, "DELETE FROM role_right WHERE role = $1", DB_ARGS(db_text(role)), NULL);
}

enum err db_role_list_all(cx *c, db_conn *k, db_role_list *out)
{
	db_rows r;
	*out = (db_role_list){ 0 };
	db_query(c, k, "SELECT code, sort_no, name_vi, name_en, delegable, note_vi, note_en FROM role ORDER BY sort_no, code", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_role){ .code = db_cell_copy(c, &r, 0), .sort_no = (int)db_cell_int(&r, 1), .name_vi = db_cell_copy(c, &r, 2),
			.name_en = db_cell_copy(c, &r, 3), .delegable = db_cell_int(&r, 4) != 0, .note_vi = db_cell_copy(c, &r, 5),
			.note_en = db_cell_copy(c, &r, 6) };
	return db_end(&r);
}

enum err db_right_list_all(cx *c, db_conn *k, db_right_list *out)
{
	db_rows r;
	*out = (db_right_list){ 0 };
	db_query(c, k, "SELECT role, noun, verb FROM role_right ORDER BY role, noun, verb", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_right){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2) };
	return db_end(&r);
}

/* ---- grants ---- */

enum err db_grant_put(cx *c, db_conn *k, int64_t account_id, const db_grant *g)
{
	return db_exec(c, k,
		"INSERT INTO account_grant (account_id, role, unit_level, unit_code, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6)"
		" ON CONFLICT (account_id, role, unit_level, unit_code) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to",
		DB_ARGS(db_int(account_id), db_text(g->role), db_text(g->unit_level), db_text(g->unit_code), db_int(g->valid_from), db_int(g->valid_to)),
		NULL);
}

enum err db_grant_drop(cx *c, db_conn *k, int64_t account_id, str role, str unit_level, str unit_code)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "DELETE FROM account_grant WHERE account_id = $1 AND role = $2 AND unit_level = $3 AND unit_code = $4",
		DB_ARGS(db_int(account_id), db_text(role), db_text(unit_level), db_text(unit_code)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_grant_of(cx *c, db_conn *k, int64_t account_id, day on, db_grant_list *out)
{
	db_rows r;
	*out = (db_grant_list){ 0 };
	db_query(c, k,
		"SELECT g.role, g.unit_level, g.unit_code, g.valid_from, g.valid_to, r.name_vi, r.name_en, COALESCE(p.name, u.name)"
		" FROM account_grant g JOIN role r ON r.code = g.role"
		" LEFT JOIN unit u ON u.level = g.unit_level AND u.code = g.unit_code AND u.valid_from <= $2 AND u.valid_to >= $2"
		" LEFT JOIN unit_group p ON g.unit_level = 'group' AND p.code = g.unit_code"
		" WHERE g.account_id = $1 ORDER BY r.sort_no, g.unit_level, g.unit_code",
		DB_ARGS(db_int(account_id), db_int(on)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_grant){ .role = db_cell_copy(c, &r, 0), .unit_level = db_cell_copy(c, &r, 1),
			.unit_code = db_cell_copy(c, &r, 2), .valid_from = (day)db_cell_int(&r, 3), .valid_to = (day)db_cell_int(&r, 4),
			.role_vi = db_cell_copy(c, &r, 5), .role_en = db_cell_copy(c, &r, 6), .unit_name = db_cell_copy(c, &r, 7) };
	return db_end(&r);
}

enum err db_held_by(cx *c, db_conn *k, int64_t account_id, day on, db_held_list *out)
{
	db_rows r;
	*out = (db_held_list){ 0 };
	/* A delegation goes one step: what was delegated to the absent one does not go on. */
	db_query(c, k,
		"SELECT x.noun, x.verb, g.unit_level, g.unit_code, g.role, 0, '' FROM account_grant g JOIN role_right x ON x.role = g.role"
		" WHERE g.account_id = $1 AND g.valid_from <= $2 AND g.valid_to >= $2"
		" UNION ALL"
		" SELECT x.noun, x.verb, g.unit_level, g.unit_code, g.role, d.from_id, a.name FROM delegation d"
		" JOIN account a ON a.id = d.from_id AND a.state = 'active' JOIN account_grant g ON g.account_id = d.from_id"
		" JOIN role o ON o.code = g.role AND o.delegable = 1 JOIN role_right x ON x.role = g.role"
		" WHERE d.to_id = $1 AND d.valid_from <= $2 AND d.valid_to >= $2 AND d.ended_at IS NULL AND g.valid_from <= $2 AND g.valid_to >= $2",
		DB_ARGS(db_int(account_id), db_int(on)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_held){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2), db_cell_copy(c, &r, 3),
			db_cell_copy(c, &r, 4), db_cell_int(&r, 5), db_cell_copy(c, &r, 6) };
	return db_end(&r);
}

enum err db_holders(cx *c, db_conn *k, str noun, str verb, day on, db_holder_list *out)
{
	db_rows r;
	*out = (db_holder_list){ 0 };
	db_query(c, k,
		"WITH able AS (SELECT role, MAX(CASE WHEN noun = $1 AND verb = $2 THEN 1 ELSE 0 END) AS named FROM role_right"
		" WHERE noun IN ($1, '*') AND verb IN ($2, '*') GROUP BY role),"
		" held AS (SELECT g.account_id, g.account_id AS owner, g.unit_level, g.unit_code, x.named FROM account_grant g JOIN able x ON x.role = g.role"
		" WHERE g.valid_from <= $3 AND g.valid_to >= $3"
		" UNION SELECT d.to_id, d.from_id, g.unit_level, g.unit_code, x.named FROM delegation d JOIN account_grant g ON g.account_id = d.from_id"
		" JOIN role o ON o.code = g.role AND o.delegable = 1 JOIN able x ON x.role = g.role"
		" WHERE d.valid_from <= $3 AND d.valid_to >= $3 AND d.ended_at IS NULL AND g.valid_from <= $3 AND g.valid_to >= $3)"
		" SELECT DISTINCT h.account_id, h.unit_level, h.unit_code, h.named FROM held h JOIN account a ON a.id = h.account_id AND a.state = 'active'"
		" JOIN account b ON b.id = h.owner AND b.state = 'active' ORDER BY h.account_id, h.unit_level, h.unit_code, h.named",
		DB_ARGS(db_text(noun), db_text(verb), db_int(on)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_holder){ db_cell_int(&r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2), db_cell_int(&r, 3) != 0 };
	return db_end(&r);
}

enum err db_grant_holders(cx *c, db_conn *k, str role, day on, int64_t *out)
{
	return db_scalar(c, k,
		"SELECT COUNT(*) FROM account_grant g JOIN account a ON a.id = g.account_id AND a.state = 'active' AND a.password IS NOT NULL"
		" WHERE g.role = $1 AND g.unit_level = '' AND g.valid_from <= $2 AND g.valid_to >= $2",
		DB_ARGS(db_text(role), db_int(on)), out, NULL);
}

/* ---- groups ---- */

enum err db_group_put(cx *c, db_conn *k, const db_group *g, const db_member *m, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * 3);
	for (size_t i = 0; i < n; i++) {
		const db_val row[] = { db_text(g->code), db_text(m[i].level), db_text(m[i].code) };
		memcpy(args + i * 3, row, sizeof row);
	}
	enum err e = db_exec(c, k,
		"INSERT INTO unit_group (code, name, sort_key, note) VALUES ($1, $2, $3, $4)"
		" ON CONFLICT (code) DO UPDATE SET name = excluded.name, sort_key = excluded.sort_key, note = excluded.note",
		DB_ARGS(db_text(g->code), db_text(g->name), db_text(vn_sort_key(c->mem, g->name)), db_text_if(g->note)), NULL);
	if (!e)
		e = db_exec(c, k, "DELETE FROM unit_group_member WHERE group_code = $1", DB_ARGS(db_text(g->code)), NULL);
	return e ? e
		 : db_bulk(c, k,
			 "INSERT INTO unit_group_member (group_code, level, code) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", args,
			 3, n, NULL);
}

enum err db_group_drop(cx *c, db_conn *k, str code)
{
	int64_t n = 0;
	enum err e = db_exec(c, k, "DELETE FROM unit_group_member WHERE group_code = $1", DB_ARGS(db_text(code)), NULL);
	if (!e)
		e = db_exec(c, k, "DELETE FROM account_grant WHERE unit_level = 'group' AND unit_code = $1", DB_ARGS(db_text(code)), NULL);
	if (!e)
		e = db_exec(c, k, "DELETE FROM unit_group WHERE code = $1", DB_ARGS(db_text(code)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_group_list_all(cx *c, db_conn *k, db_group_list *out)
{
	db_rows r;
	*out = (db_group_list){ 0 };
	db_query(c, k,
		"SELECT g.code, g.name, g.note, COUNT(m.code) FROM unit_group g LEFT JOIN unit_group_member m ON m.group_code = g.code"
		" GROUP BY g.code, g.name, g.note, g.sort_key ORDER BY g.sort_key, g.code",
		DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_group){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2), db_cell_int(&r, 3) };
	return db_end(&r);
}

enum err db_group_members(cx *c, db_conn *k, str code, day on, db_member_list *out)
{
	db_rows r;
	*out = (db_member_list){ 0 };
	db_query(c, k,
		"SELECT m.level, m.code, u.name FROM unit_group_member m LEFT JOIN unit u ON u.level = m.level AND u.code = m.code"
		" AND u.valid_from <= $2 AND u.valid_to >= $2 WHERE m.group_code = $1 ORDER BY u.sort_key NULLS LAST, m.level, m.code",
		DB_ARGS(db_text(code), db_int(on)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_member){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2) };
	return db_end(&r);
}

enum err db_group_has(cx *c, db_conn *k, str code, str level, str unit_code, bool *has)
{
	int64_t n = 0;
	enum err e = db_scalar(c, k, "SELECT COUNT(*) FROM unit_group_member WHERE group_code = $1 AND level = $2 AND code = $3",
		DB_ARGS(db_text(code), db_text(level), db_text(unit_code)), &n, NULL);
	*has = n > 0;
	return e;
}
