#include "db/survey_callback.h"
#include "base/vec.h"

#define COLUMNS "survey_id, code, name, phone, email, address, sealed"

enum err db_callback_plan_get(cx *c, db_conn *k, int64_t survey_id, db_callback_plan *out)
{
	db_rows r;
	db_query(c, k, "SELECT share, seed FROM survey_callback_plan WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = (db_callback_plan){ survey_id, db_cell_int(&r, 0), db_cell_int(&r, 1) };
	return db_end_found(&r, found);
}

enum err db_callback_plan_put(cx *c, db_conn *k, const db_callback_plan *p, str actor)
{
	return db_exec(c, k,
		"INSERT INTO survey_callback_plan (survey_id, share, seed, created_at, actor) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (survey_id) DO UPDATE SET share = excluded.share, seed = excluded.seed, created_at = excluded.created_at, actor = excluded.actor",
		DB_ARGS(db_int(p->survey_id), db_int(p->share), db_int(p->seed), db_int(c->now_ms), db_text(actor)), NULL);
}

enum err db_callback_plan_drop(cx *c, db_conn *k, int64_t survey_id)
{
	enum err e = db_exec(c, k, "DELETE FROM survey_callback WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), NULL);
	return e ? e : db_exec(c, k, "DELETE FROM survey_callback_plan WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), NULL);
}

static db_callback read_row(cx *c, const db_rows *r)
{
	return (db_callback){ db_cell_int(r, 0), db_cell_copy(c, r, 1), db_cell_copy(c, r, 2), db_cell_copy(c, r, 3), db_cell_copy(c, r, 4),
		db_cell_copy(c, r, 5), db_cell_copy(c, r, 6) };
}

enum err db_callback_add(cx *c, db_conn *k, const db_callback *x)
{
	return db_exec(c, k, "INSERT INTO survey_callback (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (survey_id, code) DO NOTHING",
		DB_ARGS(db_int(x->survey_id), db_text(x->code), db_text_if(x->name), db_text_if(x->phone), db_text_if(x->email), db_text_if(x->address),
			db_blob(x->sealed)),
		NULL);
}

enum err db_callback_all(cx *c, db_conn *k, int64_t survey_id, db_callback_list *out)
{
	db_rows r;
	*out = (db_callback_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM survey_callback WHERE survey_id = $1 ORDER BY code", DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_row(c, &r);
	return db_end(&r);
}

enum err db_callback_get(cx *c, db_conn *k, int64_t survey_id, str code, db_callback *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM survey_callback WHERE survey_id = $1 AND code = $2", DB_ARGS(db_int(survey_id), db_text(code)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_row(c, &r);
	return db_end_found(&r, found);
}

enum err db_callback_drop(cx *c, db_conn *k, int64_t survey_id, str code)
{
	return db_exec(c, k, "DELETE FROM survey_callback WHERE survey_id = $1 AND code = $2", DB_ARGS(db_int(survey_id), db_text(code)), NULL);
}

enum err db_callback_first(cx *c, db_conn *k, int64_t survey_id, int64_t response_id, str *line)
{
	db_rows r;
	db_query(c, k, "SELECT answers FROM response WHERE id = $1 AND survey_id = $2", DB_ARGS(db_int(response_id), db_int(survey_id)), &r);
	bool found = db_next(&r);
	if (found)
		*line = db_cell_copy(c, &r, 0);
	return db_end_found(&r, found);
}

enum err db_callback_count(cx *c, db_conn *k, int64_t survey_id, const db_callback_pair *x)
{
	return db_exec(c, k,
		"INSERT INTO survey_callback_pair (survey_id, item, first, second, n) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (survey_id, item, first, second) DO UPDATE SET n = survey_callback_pair.n + excluded.n",
		DB_ARGS(db_int(survey_id), db_text(x->item), db_text(x->first), db_text(x->second), db_int(x->n)), NULL);
}

enum err db_callback_pairs(cx *c, db_conn *k, int64_t survey_id, db_callback_pair_list *out)
{
	db_rows r;
	*out = (db_callback_pair_list){ 0 };
	db_query(c, k, "SELECT item, first, second, n FROM survey_callback_pair WHERE survey_id = $1 ORDER BY item, first, second", DB_ARGS(db_int(survey_id)),
		&r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_callback_pair){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2), db_cell_int(&r, 3) };
	return db_end(&r);
}
