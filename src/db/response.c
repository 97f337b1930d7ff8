#include "db/response.h"
#include "base/vec.h"

static const char put_response[] =
	"INSERT INTO response (" DB_RESPONSE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (survey_id, receipt) DO NOTHING";

enum { RESPONSE_ARGS = 12, VISIT_ARGS = 5 };

static void response_args(const db_response *r, db_val *to)
{
	const db_val args[RESPONSE_ARGS] = { DB_RESPONSE_VALUES(r) };
	memcpy(to, args, sizeof args);
}

enum err db_response_post(cx *c, db_conn *k, const db_response *r, int64_t *added)
{
	db_val args[RESPONSE_ARGS];
	response_args(r, args);
	return db_post(c, k, put_response, args, RESPONSE_ARGS, added);
}

enum err db_response_add(cx *c, db_conn *k, const db_response *r, bool *known)
{
	int64_t n = 0;
	enum err e = db_response_post(c, k, r, &n);
	if (!e)
		e = db_posted(c, k);
	*known = !e && n == 0;
	return e;
}

enum err db_response_put(cx *c, db_conn *k, const db_response *r, size_t n, int64_t *added)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * RESPONSE_ARGS + 1);
	for (size_t i = 0; i < n; i++)
		response_args(&r[i], args + i * RESPONSE_ARGS);
	*added = 0;
	return db_bulk(c, k, put_response, args, RESPONSE_ARGS, n, added);
}

enum err db_response_has(cx *c, db_conn *k, int64_t survey_id, str receipt, bool *out)
{
	int64_t one;
	return db_scalar(c, k, "SELECT 1 FROM response WHERE survey_id = $1 AND receipt = $2", DB_ARGS(db_int(survey_id), db_blob(receipt)), &one, out);
}

enum err db_response_find(cx *c, db_conn *k, int64_t survey_id, str receipt, int64_t *id)
{
	*id = 0;
	return db_scalar(c, k, "SELECT id FROM response WHERE survey_id = $1 AND receipt = $2", DB_ARGS(db_int(survey_id), db_blob(receipt)), id, NULL);
}

enum err db_visit_add(cx *c, db_conn *k, const db_visit *v)
{
	return db_exec(c, k, "INSERT INTO response_visit (response_id, account_id, started_at, ended_at, received_at) VALUES ($1, $2, $3, $4, $5)",
		DB_ARGS(db_int(v->response_id), db_int(v->account_id), db_int_if(v->started_at != 0, v->started_at),
			db_int_if(v->ended_at != 0, v->ended_at), db_int(v->received_at ? v->received_at : c->now_ms)), NULL);
}

enum err db_visit_put(cx *c, db_conn *k, const db_visit *v, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * VISIT_ARGS + 1);
	for (size_t i = 0; i < n; i++) {
		const db_val row[VISIT_ARGS] = { db_int(v[i].response_id), db_int(v[i].account_id), db_int_if(v[i].started_at != 0, v[i].started_at),
			db_int_if(v[i].ended_at != 0, v[i].ended_at), db_int(c->now_ms) };
		memcpy(args + i * VISIT_ARGS, row, sizeof row);
	}
	return db_bulk(c, k,
		"INSERT INTO response_visit (response_id, account_id, started_at, ended_at, received_at)"
		" SELECT r.id, $2, $3, $4, $5 FROM response r WHERE r.id = $1 ON CONFLICT (response_id) DO NOTHING",
		args, VISIT_ARGS, n, NULL);
}

enum err db_visitor_all(cx *c, db_conn *k, int64_t survey_id, db_visitor_list *out)
{
	db_rows r;
	*out = (db_visitor_list){ 0 };
	db_query(c, k,
		"SELECT v.response_id, a.login, a.name FROM response_visit v JOIN response r ON r.id = v.response_id JOIN account a ON a.id = v.account_id"
		" WHERE r.survey_id = $1 ORDER BY v.response_id",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_visitor){ db_cell_int(&r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2) };
	return db_end(&r);
}

enum err db_response_count(cx *c, db_conn *k, int64_t survey_id, int64_t *out)
{
	return db_scalar(c, k, "SELECT COUNT(*) FROM response WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), out, NULL);
}

enum err db_response_each(cx *c, db_conn *k, int64_t survey_id, enum err (*each)(void *ctx, const db_response *r), void *ctx)
{
	db_rows r;
	enum err stop = ERR_OK;
	db_query(c, k, "SELECT id, receipt, on_day, mode, lang, place, stratum, psu, weight, answers, seconds FROM response WHERE survey_id = $1 ORDER BY id",
		DB_ARGS(db_int(survey_id)), &r);
	while (!stop && db_next(&r)) {
		db_response x = { .id = db_cell_int(&r, 0), .survey_id = survey_id, .receipt = db_cell_blob(&r, 1), .on = (day)db_cell_int(&r, 2),
			.mode = db_cell_text(&r, 3), .lang = db_cell_text(&r, 4), .answers = db_cell_text(&r, 9),
			.seconds = db_cell_int(&r, 10) };
		x.at = (db_sampled){ db_cell_text(&r, 5), db_cell_text(&r, 6), db_cell_text(&r, 7), db_cell_text(&r, 8) };
		stop = each(ctx, &x);
	}
	enum err e = db_end(&r);
	return e ? e : stop;
}

enum err db_response_sums(cx *c, db_conn *k, int64_t survey_id, db_response_sum_list *out)
{
	db_rows r;
	*out = (db_response_sum_list){ 0 };
	db_query(c, k,
		"SELECT COALESCE(place, ''), mode, COUNT(*), MAX(on_day) FROM response WHERE survey_id = $1 GROUP BY COALESCE(place, ''), mode"
		" ORDER BY 1, 2",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_response_sum){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_int(&r, 2), (day)db_cell_int(&r, 3) };
	return db_end(&r);
}
