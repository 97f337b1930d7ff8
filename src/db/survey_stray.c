#include "db/survey_stray.h"
#include "base/vec.h"

#define COLUMNS \
	"x.id, x.survey_id, x.receipt, x.key, x.case_code, x.reason, x.account_id, x.started_at, x.ended_at, x.received_at, x.answers, a.login, a.name, x.place"
#define FROM " FROM survey_stray x JOIN account a ON a.id = x.account_id "

static db_stray read_row(cx *c, const db_rows *r)
{
	return (db_stray){ .id = db_cell_int(r, 0), .survey_id = db_cell_int(r, 1), .receipt = db_cell_copy(c, r, 2), .key = db_cell_copy(c, r, 3),
		.case_code = db_cell_copy(c, r, 4), .reason = db_cell_copy(c, r, 5), .account_id = db_cell_int(r, 6), .started_at = db_cell_int(r, 7),
		.ended_at = db_cell_int(r, 8), .received_at = db_cell_int(r, 9), .answers = db_cell_copy(c, r, 10), .login = db_cell_copy(c, r, 11),
		.name = db_cell_copy(c, r, 12), .place = db_cell_copy(c, r, 13) };
}

enum err db_stray_add(cx *c, db_conn *k, const db_stray *x)
{
	return db_exec(c, k,
		"INSERT INTO survey_stray (id, survey_id, receipt, key, case_code, reason, account_id, started_at, ended_at, received_at, answers, place)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (survey_id, receipt) DO NOTHING",
		DB_ARGS(db_int(x->id), db_int(x->survey_id), db_blob(x->receipt), db_text(x->key), db_text_if(x->case_code), db_text(x->reason),
			db_int(x->account_id), db_int_if(x->started_at != 0, x->started_at), db_int_if(x->ended_at != 0, x->ended_at),
			db_int(x->received_at), db_text(x->answers), db_text_if(x->place)),
		NULL);
}

enum err db_stray_find(cx *c, db_conn *k, int64_t survey_id, str receipt, int64_t *id)
{
	*id = 0;
	return db_scalar(c, k, "SELECT id FROM survey_stray WHERE survey_id = $1 AND receipt = $2", DB_ARGS(db_int(survey_id), db_blob(receipt)), id, NULL);
}

enum err db_stray_count(cx *c, db_conn *k, int64_t survey_id, int64_t *n)
{
	return db_scalar(c, k, "SELECT COUNT(*) FROM survey_stray WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), n, NULL);
}

enum err db_stray_all(cx *c, db_conn *k, int64_t survey_id, int limit, db_stray_list *out)
{
	db_rows r;
	*out = (db_stray_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS FROM "WHERE x.survey_id = $1 ORDER BY x.received_at, x.id LIMIT $2", DB_ARGS(db_int(survey_id), db_int(limit)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_row(c, &r);
	return db_end(&r);
}

enum err db_stray_get(cx *c, db_conn *k, int64_t survey_id, int64_t id, db_stray *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS FROM "WHERE x.survey_id = $1 AND x.id = $2", DB_ARGS(db_int(survey_id), db_int(id)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_row(c, &r);
	return db_end_found(&r, found);
}

enum err db_stray_drop(cx *c, db_conn *k, int64_t id)
{
	return db_exec(c, k, "DELETE FROM survey_stray WHERE id = $1", DB_ARGS(db_int(id)), NULL);
}
