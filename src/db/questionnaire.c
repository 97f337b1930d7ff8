#include "db/questionnaire.h"
#include "base/vec.h"

#define COLUMNS "id, code, version, name_vi, name_en, illustrative, sha256, source, note, actor, created_at"

static db_questionnaire read_row(cx *c, const db_rows *r)
{
	return (db_questionnaire){ .id = db_cell_int(r, 0), .code = db_cell_copy(c, r, 1), .version = (int)db_cell_int(r, 2),
		.name_vi = db_cell_copy(c, r, 3), .name_en = db_cell_copy(c, r, 4), .illustrative = db_cell_int(r, 5) != 0,
		.sha256 = db_cell_copy(c, r, 6), .source = db_cell_copy(c, r, 7), .note = db_cell_copy(c, r, 8), .actor = db_cell_copy(c, r, 9),
		.created_at = db_cell_int(r, 10) };
}

static enum err read_one(cx *c, db_rows *r, db_questionnaire *out)
{
	bool found = db_next(r);
	if (found) {
		*out = read_row(c, r);
		out->csv = db_cell_copy(c, r, 11);
	}
	return db_end_found(r, found);
}

static enum err find_same(cx *c, db_conn *k, db_questionnaire *q, bool *found)
{
	db_rows r;
	db_query(c, k, "SELECT id, version, created_at FROM questionnaire WHERE code = $1 AND sha256 = $2",
		DB_ARGS(db_text(q->code), db_text(q->sha256)), &r);
	*found = db_next(&r);
	if (*found) {
		q->id = db_cell_int(&r, 0);
		q->version = (int)db_cell_int(&r, 1);
		q->created_at = db_cell_int(&r, 2);
	}
	return db_end(&r);
}

enum err db_questionnaire_put(cx *c, db_conn *k, db_questionnaire *q, bool *stored)
{
	bool found;
	int64_t last = 0;
	enum err e = find_same(c, k, q, &found);
	*stored = false;
	if (e || found)
		return e;
	e = db_scalar(c, k, "SELECT MAX(version) FROM questionnaire WHERE code = $1", DB_ARGS(db_text(q->code)), &last, NULL);
	if (e)
		return e;
	q->id = db_new_id(c, k);
	q->version = (int)last + 1;
	q->created_at = c->now_ms;
	*stored = true;
	return db_exec(c, k,
		"INSERT INTO questionnaire (id, code, version, name_vi, name_en, illustrative, csv, sha256, source, note, created_at, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		DB_ARGS(db_int(q->id), db_text(q->code), db_int(q->version), db_text(q->name_vi), db_text(q->name_en), db_int(q->illustrative),
			db_text(q->csv), db_text(q->sha256), db_text_if(q->source), db_text_if(q->note), db_int(q->created_at), db_text(q->actor)),
		NULL);
}

enum err db_questionnaire_get(cx *c, db_conn *k, int64_t id, db_questionnaire *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", csv FROM questionnaire WHERE id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_questionnaire_last(cx *c, db_conn *k, str code, db_questionnaire *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", csv FROM questionnaire WHERE code = $1 ORDER BY version DESC LIMIT 1", DB_ARGS(db_text(code)), &r);
	return read_one(c, &r, out);
}

enum err db_questionnaire_version(cx *c, db_conn *k, str code, int version, db_questionnaire *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", csv FROM questionnaire WHERE code = $1 AND version = $2", DB_ARGS(db_text(code), db_int(version)), &r);
	return read_one(c, &r, out);
}

enum err db_questionnaire_all(cx *c, db_conn *k, db_questionnaire_list *out)
{
	db_rows r;
	*out = (db_questionnaire_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM questionnaire ORDER BY code, version DESC", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_row(c, &r);
	return db_end(&r);
}
