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

/* ---- drafts ---- */

#define DRAFT_COLUMNS "code, base_version, revision, name, n_asked, n_faults, created_at, actor, changed_at, changed_by"

static db_form_draft read_draft(cx *c, const db_rows *r)
{
	return (db_form_draft){ .code = db_cell_copy(c, r, 0), .base = (int)db_cell_int(r, 1), .revision = db_cell_int(r, 2), .name = db_cell_copy(c, r, 3),
		.n_asked = (int)db_cell_int(r, 4), .n_faults = (int)db_cell_int(r, 5), .created_at = db_cell_int(r, 6), .actor = db_cell_copy(c, r, 7),
		.changed_at = db_cell_int(r, 8), .changed_by = db_cell_copy(c, r, 9) };
}

enum err db_form_draft_add(cx *c, db_conn *k, db_form_draft *d)
{
	int64_t n = 0;
	d->revision = 1;
	d->created_at = d->changed_at = c->now_ms;
	enum err e = db_exec(c, k,
		"INSERT INTO questionnaire_draft (" DRAFT_COLUMNS ", body, notes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		" ON CONFLICT (code) DO NOTHING",
		DB_ARGS(db_text(d->code), db_int(d->base), db_int(d->revision), db_text(d->name), db_int(d->n_asked), db_int(d->n_faults),
			db_int(d->created_at), db_text(d->actor), db_int(d->changed_at), db_text(d->changed_by), db_text(d->body), db_text_if(d->notes)), &n);
	return e ? e : n ? ERR_OK : ERR_CONFLICT;
}

enum err db_form_draft_get(cx *c, db_conn *k, str code, db_form_draft *out)
{
	db_rows r;
	db_query(c, k, "SELECT " DRAFT_COLUMNS ", body, notes FROM questionnaire_draft WHERE code = $1", DB_ARGS(db_text(code)), &r);
	bool found = db_next(&r);
	if (found) {
		*out = read_draft(c, &r);
		out->body = db_cell_copy(c, &r, 10);
		out->notes = db_cell_copy(c, &r, 11);
	}
	return db_end_found(&r, found);
}

enum err db_form_draft_all(cx *c, db_conn *k, db_form_draft_list *out)
{
	db_rows r;
	*out = (db_form_draft_list){ 0 };
	db_query(c, k, "SELECT " DRAFT_COLUMNS " FROM questionnaire_draft ORDER BY changed_at DESC, code", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_draft(c, &r);
	return db_end(&r);
}

enum err db_form_draft_save(cx *c, db_conn *k, db_form_draft *d)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE questionnaire_draft SET revision = revision + 1, body = $3, name = $4, n_asked = $5, n_faults = $6, changed_at = $7,"
		" changed_by = $8 WHERE code = $1 AND revision = $2",
		DB_ARGS(db_text(d->code), db_int(d->revision), db_text(d->body), db_text(d->name), db_int(d->n_asked), db_int(d->n_faults),
			db_int(c->now_ms), db_text(d->changed_by)), &n);
	d->revision += n;
	return e ? e : n ? ERR_OK : ERR_CONFLICT;
}

enum err db_form_draft_drop(cx *c, db_conn *k, str code)
{
	return db_exec(c, k, "DELETE FROM questionnaire_draft WHERE code = $1", DB_ARGS(db_text(code)), NULL);
}
