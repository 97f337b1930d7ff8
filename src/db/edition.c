#include "db/edition.h"
#include "base/vec.h"

#define COLUMNS \
	"id, code, version, name_vi, name_en, level, first_year, last_year, valid_from, valid_to, status, illustrative, sha256, source, note," \
	" actor, created_at"

static db_edition read_edition(cx *c, const db_rows *r)
{
	return (db_edition){ .id = db_cell_int(r, 0), .code = db_cell_copy(c, r, 1), .version = (int)db_cell_int(r, 2),
		.name_vi = db_cell_copy(c, r, 3), .name_en = db_cell_copy(c, r, 4), .level = db_cell_copy(c, r, 5),
		.first_year = (int)db_cell_int(r, 6), .last_year = (int)db_cell_int(r, 7), .valid_from = (day)db_cell_int(r, 8),
		.valid_to = (day)db_cell_int(r, 9), .status = db_cell_copy(c, r, 10), .illustrative = db_cell_int(r, 11) != 0,
		.sha256 = db_cell_copy(c, r, 12), .source = db_cell_copy(c, r, 13), .note = db_cell_copy(c, r, 14), .actor = db_cell_copy(c, r, 15),
		.created_at = db_cell_int(r, 16) };
}

static enum err read_one(cx *c, db_rows *r, db_edition *out)
{
	bool found = db_next(r);
	if (found) {
		*out = read_edition(c, r);
		out->csv = db_cell_copy(c, r, 17);
	}
	return db_end_found(r, found);
}

static enum err find_same(cx *c, db_conn *k, db_edition *e, bool *found)
{
	db_rows r;
	db_query(c, k, "SELECT id, version, created_at FROM edition WHERE code = $1 AND sha256 = $2", DB_ARGS(db_text(e->code), db_text(e->sha256)), &r);
	*found = db_next(&r);
	if (*found) {
		e->id = db_cell_int(&r, 0);
		e->version = (int)db_cell_int(&r, 1);
		e->created_at = db_cell_int(&r, 2);
	}
	return db_end(&r);
}

enum err db_edition_put(cx *c, db_conn *k, db_edition *e, bool *stored)
{
	bool found;
	int64_t last = 0;
	enum err err = find_same(c, k, e, &found);
	*stored = false;
	if (err || found)
		return err;
	err = db_scalar(c, k, "SELECT MAX(version) FROM edition WHERE code = $1", DB_ARGS(db_text(e->code)), &last, NULL);
	if (err)
		return err;
	e->id = db_new_id(c, k);
	e->version = (int)last + 1;
	e->created_at = c->now_ms;
	*stored = true;
	return db_exec(c, k,
		"INSERT INTO edition (id, code, version, name_vi, name_en, level, first_year, last_year, valid_from, valid_to, status, illustrative,"
		" csv, sha256, source, note, created_at, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
		DB_ARGS(db_int(e->id), db_text(e->code), db_int(e->version), db_text(e->name_vi), db_text(e->name_en), db_text(e->level),
			db_int(e->first_year), db_int(e->last_year), db_int(e->valid_from), db_int(e->valid_to), db_text(e->status),
			db_int(e->illustrative), db_text(e->csv), db_text(e->sha256), db_text_if(e->source), db_text_if(e->note),
			db_int(e->created_at), db_text(e->actor)), NULL);
}

enum err db_edition_get(cx *c, db_conn *k, int64_t id, db_edition *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", csv FROM edition WHERE id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_edition_on(cx *c, db_conn *k, str code, day on, db_edition *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS ", csv FROM edition WHERE code = $1 AND valid_from <= $2 AND valid_to >= $2 ORDER BY version DESC LIMIT 1",
		DB_ARGS(db_text(code), db_int(on)), &r);
	return read_one(c, &r, out);
}

enum err db_edition_list_all(cx *c, db_conn *k, str level, db_edition_list *out)
{
	db_rows r;
	*out = (db_edition_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM edition WHERE level = $1 OR $1 = '' ORDER BY level, code, version DESC", DB_ARGS(db_text(level)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_edition(c, &r);
	return db_end(&r);
}

enum err db_edition_newest(cx *c, db_conn *k, str code, db_edition *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", csv FROM edition WHERE code = $1 ORDER BY version DESC LIMIT 1", DB_ARGS(db_text(code)), &r);
	return read_one(c, &r, out);
}

enum err db_edition_version(cx *c, db_conn *k, str code, int version, db_edition *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS ", csv FROM edition WHERE code = $1 AND version = $2", DB_ARGS(db_text(code), db_int(version)), &r);
	return read_one(c, &r, out);
}

enum err db_edition_end(cx *c, db_conn *k, int64_t id, day last)
{
	return db_exec(c, k, "UPDATE edition SET valid_to = $2, status = 'replaced' WHERE id = $1", DB_ARGS(db_int(id), db_int(last)), NULL);
}

enum err db_edition_map_put(cx *c, db_conn *k, int64_t id, str old_code, str new_code)
{
	return db_exec(c, k,
		"INSERT INTO edition_map (edition_id, old_code, new_code) VALUES ($1, $2, $3)"
		" ON CONFLICT (edition_id, old_code) DO UPDATE SET new_code = excluded.new_code",
		DB_ARGS(db_int(id), db_text(old_code), db_text_if(new_code)), NULL);
}

enum err db_edition_set_status(cx *c, db_conn *k, int64_t id, str status)
{
	int64_t n;
	enum err e = db_exec(c, k, "UPDATE edition SET status = $2 WHERE id = $1", DB_ARGS(db_int(id), db_text(status)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}
