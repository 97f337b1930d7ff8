#include "db/import.h"
#include "base/vec.h"

enum err db_import_begin(cx *c, db_conn *k, str kind, str file_name, str sha256, str actor, int64_t *id, bool *resumed)
{
	enum err e = db_scalar(c, k, "SELECT MAX(id) FROM import WHERE kind = $1 AND sha256 = $2 AND state = 'running'",
		DB_ARGS(db_text(kind), db_text(sha256)), id, resumed);
	if (e || *resumed)
		return e;
	*id = db_new_id(c, k);
	return db_exec(c, k,
		"INSERT INTO import (id, kind, file_name, sha256, state, started_at, actor) VALUES ($1, $2, $3, $4, 'running', $5, $6)",
		DB_ARGS(db_int(*id), db_text(kind), db_text(file_name), db_text(sha256), db_int(c->now_ms), db_text(actor)), NULL);
}

enum err db_import_count(cx *c, db_conn *k, int64_t id, int64_t rows, int64_t accepted, int64_t rejected)
{
	return db_exec(c, k, "UPDATE import SET n_rows = $2, n_accepted = $3, n_rejected = $4 WHERE id = $1",
		DB_ARGS(db_int(id), db_int(rows), db_int(accepted), db_int(rejected)), NULL);
}

static enum err end_import(cx *c, db_conn *k, int64_t id, str state, bool visible)
{
	return db_exec(c, k, "UPDATE import SET state = $2, visible = $3, finished_at = $4 WHERE id = $1",
		DB_ARGS(db_int(id), db_text(state), db_int(visible), db_int(c->now_ms)), NULL);
}

enum err db_import_finish(cx *c, db_conn *k, int64_t id) { return end_import(c, k, id, STR("done"), true); }
enum err db_import_fail(cx *c, db_conn *k, int64_t id) { return end_import(c, k, id, STR("failed"), false); }

enum err db_import_purge(cx *c, db_conn *k, int64_t id, int64_t most, bool *left)
{
	static const char *const sql[] = {
		"DELETE FROM result WHERE id IN (SELECT r.id FROM result r JOIN import i ON i.id = r.import_id"
		" WHERE r.import_id = $1 AND i.visible = 0 ORDER BY r.id LIMIT $2)",
		"DELETE FROM measure_value WHERE id IN (SELECT v.id FROM measure_value v JOIN import i ON i.id = v.import_id"
		" WHERE v.import_id = $1 AND i.visible = 0 ORDER BY v.id LIMIT $2)",
	};
	*left = false;
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		int64_t n;
		enum err e = db_exec(c, k, sql[i], DB_ARGS(db_int(id), db_int(most)), &n);
		if (e)
			return e;
		*left |= n == most;
	}
	return ERR_OK;
}

#define COLUMNS "id, kind, file_name, sha256, state, actor, visible, n_rows, n_accepted, n_rejected, started_at, finished_at"

static db_import read_import(cx *c, const db_rows *r)
{
	return (db_import){ .id = db_cell_int(r, 0), .kind = db_cell_copy(c, r, 1), .file_name = db_cell_copy(c, r, 2),
		.sha256 = db_cell_copy(c, r, 3), .state = db_cell_copy(c, r, 4), .actor = db_cell_copy(c, r, 5), .visible = db_cell_int(r, 6) != 0,
		.n_rows = db_cell_int(r, 7), .n_accepted = db_cell_int(r, 8), .n_rejected = db_cell_int(r, 9), .started_at = db_cell_int(r, 10),
		.finished_at = db_cell_int(r, 11) };
}

enum err db_import_get(cx *c, db_conn *k, int64_t id, db_import *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM import WHERE id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_import(c, &r);
	return db_end_found(&r, found);
}

enum err db_import_last(cx *c, db_conn *k, str kind, int limit, db_import_list *out)
{
	db_rows r;
	*out = (db_import_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM import WHERE kind = $1 OR $1 = '' ORDER BY id DESC LIMIT $2", DB_ARGS(db_text(kind), db_int(limit)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_import(c, &r);
	return db_end(&r);
}
