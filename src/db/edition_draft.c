#include "db/edition_draft.h"
#include "base/vec.h"

#define COLUMNS \
	"id, code, state, base_id, edition_id, revision, name, n_rows, n_faults, source_name, created_at, changed_at, actor, changed_by"

static db_draft read_draft(cx *c, const db_rows *r)
{
	return (db_draft){ .id = db_cell_int(r, 0), .code = db_cell_copy(c, r, 1), .state = db_cell_copy(c, r, 2), .base_id = db_cell_int(r, 3),
		.edition_id = db_cell_int(r, 4), .revision = db_cell_int(r, 5), .name = db_cell_copy(c, r, 6), .n_rows = (int)db_cell_int(r, 7),
		.n_faults = (int)db_cell_int(r, 8), .source_name = db_cell_copy(c, r, 9), .created_at = db_cell_int(r, 10),
		.changed_at = db_cell_int(r, 11), .actor = db_cell_copy(c, r, 12), .changed_by = db_cell_copy(c, r, 13) };
}

enum err db_draft_add(cx *c, db_conn *k, db_draft *d, str source)
{
	d->id = db_new_id(c, k);
	d->revision = 1;
	d->created_at = d->changed_at = c->now_ms;
	d->changed_by = d->actor;
	return db_exec(c, k,
		"INSERT INTO edition_draft (id, code, state, base_id, revision, body, name, n_rows, n_faults, source_name, source, created_at,"
		" actor, changed_at, changed_by) VALUES ($1, $2, 'draft', $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)",
		DB_ARGS(db_int(d->id), db_text(d->code), db_int_if(d->base_id != 0, d->base_id), db_text(d->body), db_text(d->name),
			db_int(d->n_rows), db_int(d->n_faults), db_text_if(d->source_name),
			d->source_name.len ? db_blob(source) : db_null(DB_BLOB), db_int(d->created_at), db_text(d->actor)), NULL);
}

enum err db_draft_get(cx *c, db_conn *k, int64_t id, db_draft *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", body FROM edition_draft WHERE id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found) {
		*out = read_draft(c, &r);
		out->body = db_cell_copy(c, &r, 14);
	}
	return db_end_found(&r, found);
}

enum err db_draft_source(cx *c, db_conn *k, int64_t id, str *bytes)
{
	db_rows r;
	db_query(c, k, "SELECT source FROM edition_draft WHERE id = $1 AND source_name IS NOT NULL", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*bytes = db_cell_copy(c, &r, 0);
	return db_end_found(&r, found);
}

enum err db_draft_list_all(cx *c, db_conn *k, str state, db_draft_list *out)
{
	db_rows r;
	*out = (db_draft_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM edition_draft WHERE state = $1 OR $1 = '' ORDER BY changed_at DESC, id DESC", DB_ARGS(db_text(state)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_draft(c, &r);
	return db_end(&r);
}

enum err db_draft_save(cx *c, db_conn *k, db_draft *d)
{
	int64_t n;
	enum err e = db_exec(c, k,
		"UPDATE edition_draft SET body = $3, name = $4, n_rows = $5, n_faults = $6, changed_by = $7, changed_at = $8, source_name = NULL,"
		" source = NULL, revision = revision + 1 WHERE id = $1 AND revision = $2 AND state = 'draft'",
		DB_ARGS(db_int(d->id), db_int(d->revision), db_text(d->body), db_text(d->name), db_int(d->n_rows), db_int(d->n_faults),
			db_text(d->changed_by), db_int(c->now_ms)), &n);
	if (e || !n)
		return e ? e : ERR_CONFLICT;
	d->revision++;
	d->changed_at = c->now_ms;
	return ERR_OK;
}

enum err db_draft_end(cx *c, db_conn *k, const db_draft *d, str state, int64_t edition_id)
{
	int64_t n;
	enum err e = db_exec(c, k,
		"UPDATE edition_draft SET state = $3, edition_id = $4, changed_by = $5, changed_at = $6 WHERE id = $1 AND revision = $2 AND state = 'draft'",
		DB_ARGS(db_int(d->id), db_int(d->revision), db_text(state), db_int_if(edition_id != 0, edition_id), db_text(d->changed_by),
			db_int(c->now_ms)), &n);
	return e ? e : n ? ERR_OK : ERR_CONFLICT;
}
