#include "db/intake.h"
#include "base/vec.h"

enum err db_intake_add(cx *c, db_conn *k, db_intake *x)
{
	x->id = db_new_id(c, k);
	x->created_at = c->now_ms;
	return db_exec(c, k, "INSERT INTO survey_intake (id, survey_id, name, bytes, map, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		DB_ARGS(db_int(x->id), db_int(x->survey_id), db_text(x->name), db_blob(x->bytes), db_text(x->map), db_text(x->actor),
			db_int(x->created_at)), NULL);
}

enum err db_intake_get(cx *c, db_conn *k, int64_t id, db_intake *out)
{
	db_rows r;
	db_query(c, k, "SELECT survey_id, name, map, actor, created_at, bytes FROM survey_intake WHERE id = $1", DB_ARGS(db_int(id)), &r);
	bool found = db_next(&r);
	if (found) {
		*out = (db_intake){ .id = id, .survey_id = db_cell_int(&r, 0), .name = db_cell_copy(c, &r, 1), .map = db_cell_copy(c, &r, 2),
			.actor = db_cell_copy(c, &r, 3), .created_at = db_cell_int(&r, 4), .bytes = db_cell_copy(c, &r, 5) };
		out->size = (int64_t)out->bytes.len;
	}
	return db_end_found(&r, found);
}

enum err db_intake_list_all(cx *c, db_conn *k, int64_t survey_id, db_intake_list *out)
{
	db_rows r;
	*out = (db_intake_list){ 0 };
	db_query(c, k, "SELECT id, name, actor, created_at, LENGTH(bytes) FROM survey_intake WHERE survey_id = $1 ORDER BY id DESC",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_intake){ .id = db_cell_int(&r, 0), .survey_id = survey_id, .name = db_cell_copy(c, &r, 1),
			.actor = db_cell_copy(c, &r, 2), .created_at = db_cell_int(&r, 3), .size = db_cell_int(&r, 4) };
	return db_end(&r);
}

enum err db_intake_map(cx *c, db_conn *k, int64_t id, str text)
{
	return db_exec(c, k, "UPDATE survey_intake SET map = $2 WHERE id = $1", DB_ARGS(db_int(id), db_text(text)), NULL);
}

enum err db_intake_drop(cx *c, db_conn *k, int64_t id)
{
	return db_exec(c, k, "DELETE FROM survey_intake WHERE id = $1", DB_ARGS(db_int(id)), NULL);
}

enum err db_intake_drop_old(cx *c, db_conn *k, int64_t before_ms)
{
	return db_exec(c, k, "DELETE FROM survey_intake WHERE created_at < $1", DB_ARGS(db_int(before_ms)), NULL);
}
