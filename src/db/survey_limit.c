#include "db/survey_limit.h"
#include "base/vec.h"

enum { ALL_DAYS = 0 };

#define OPEN_DOOR "mode IN ('web', 'qr', 'kiosk')"

enum err db_tally_make(cx *c, db_conn *k, const db_survey *s)
{
	enum err e = db_exec(c, k, "DELETE FROM survey_tally WHERE survey_id = $1", DB_ARGS(db_int(s->id)), NULL);
	if (!e && s->max_day)
		e = db_exec(c, k,
			"INSERT INTO survey_tally (survey_id, on_day, n) SELECT survey_id, on_day, COUNT(*) FROM response WHERE survey_id = $1 AND " OPEN_DOOR
			" GROUP BY survey_id, on_day",
			DB_ARGS(db_int(s->id)), NULL);
	if (!e && s->max_answers)
		e = db_exec(c, k,
			"INSERT INTO survey_tally (survey_id, on_day, n) SELECT $1, $2, COUNT(*) FROM response WHERE survey_id = $1 AND " OPEN_DOOR,
			DB_ARGS(db_int(s->id), db_int(ALL_DAYS)), NULL);
	return e;
}

enum err db_tally_add(cx *c, db_conn *k, int64_t survey_id, day on, const db_limits *most)
{
	const day days[] = { ALL_DAYS, on };
	const bool counted[] = { most->all, most->day };
	enum err e = ERR_OK;
	for (int i = 0; i < 2 && !e; i++)
		if (counted[i])
			e = db_exec(c, k,
				"INSERT INTO survey_tally (survey_id, on_day, n) VALUES ($1, $2, 1)"
				" ON CONFLICT (survey_id, on_day) DO UPDATE SET n = survey_tally.n + 1",
				DB_ARGS(db_int(survey_id), db_int(days[i])), NULL);
	return e;
}

/* Whether the answer before it was stored is told by its id, which is in use for nothing else. */
#define COUNT_STORED "INSERT INTO survey_tally (survey_id, on_day, n) SELECT survey_id, $2, 1 FROM response WHERE id = $1"
#define ONE_MORE " ON CONFLICT (survey_id, on_day) DO UPDATE SET n = survey_tally.n + 1"

static enum err count_stored(cx *c, db_conn *k, const db_response *r, const db_limits *most)
{
	int64_t *ignored = NEW(c->mem, int64_t); /* lives until the transaction has ended */
	const char *sql = most->all && most->day ? COUNT_STORED " UNION ALL SELECT survey_id, on_day, 1 FROM response WHERE id = $1" ONE_MORE
						 : COUNT_STORED ONE_MORE;
	return db_post(c, k, sql, DB_ARGS(db_int(r->id), db_int(most->all ? ALL_DAYS : r->on)), ignored);
}

#define STORE_IF "INSERT INTO response (" DB_RESPONSE_COLUMNS ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12" \
	" WHERE NOT EXISTS (SELECT 1 FROM survey_tally t WHERE t.survey_id = $2 AND "
#define STORE_ONCE ") ON CONFLICT (survey_id, receipt) DO NOTHING"

enum err db_tally_post(cx *c, db_conn *k, const db_response *r, const db_limits *most, int64_t *added)
{
	enum err e = most->all && most->day
		? db_post(c, k, STORE_IF "(t.on_day = $13 AND t.n >= $14 OR t.on_day = $4 AND t.n >= $15)" STORE_ONCE,
			DB_ARGS(DB_RESPONSE_VALUES(r), db_int(ALL_DAYS), db_int(most->all), db_int(most->day)), added)
		: db_post(c, k, STORE_IF "t.on_day = $13 AND t.n >= $14" STORE_ONCE,
			DB_ARGS(DB_RESPONSE_VALUES(r), db_int(most->all ? ALL_DAYS : r->on), db_int(most->all ? most->all : most->day)), added);
	return e ? e : count_stored(c, k, r, most);
}

enum err db_tally_get(cx *c, db_conn *k, int64_t survey_id, day on, int64_t *all, int64_t *today)
{
	db_rows r;
	*all = *today = 0;
	db_query(c, k, "SELECT on_day, n FROM survey_tally WHERE survey_id = $1 AND on_day IN ($2, $3)",
		DB_ARGS(db_int(survey_id), db_int(ALL_DAYS), db_int(on)), &r);
	while (db_next(&r))
		*(db_cell_int(&r, 0) == ALL_DAYS ? all : today) = db_cell_int(&r, 1);
	return db_end(&r);
}

/* ---- quotas ---- */

enum err db_quota_put(cx *c, db_conn *k, const db_quota *q)
{
	return db_exec(c, k,
		"INSERT INTO survey_quota (survey_id, code, cell, most, n, name_vi, name_en) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (survey_id, code) DO UPDATE SET cell = excluded.cell, most = excluded.most, n = excluded.n, name_vi = excluded.name_vi,"
		" name_en = excluded.name_en",
		DB_ARGS(db_int(q->survey_id), db_text(q->code), db_text(q->cell), db_int(q->most), db_int(q->n), db_text(q->name_vi), db_text(q->name_en)),
		NULL);
}

enum err db_quota_all(cx *c, db_conn *k, int64_t survey_id, db_quota_list *out)
{
	db_rows r;
	*out = (db_quota_list){ 0 };
	db_query(c, k, "SELECT code, cell, most, n, name_vi, name_en FROM survey_quota WHERE survey_id = $1 ORDER BY code", DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_quota){ survey_id, db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_int(&r, 2), db_cell_int(&r, 3),
			db_cell_copy(c, &r, 4), db_cell_copy(c, &r, 5) };
	return db_end(&r);
}

enum err db_quota_drop(cx *c, db_conn *k, int64_t survey_id, str code)
{
	return db_exec(c, k, "DELETE FROM survey_quota WHERE survey_id = $1 AND code = $2", DB_ARGS(db_int(survey_id), db_text(code)), NULL);
}

enum err db_quota_add(cx *c, db_conn *k, int64_t survey_id, str code)
{
	return db_exec(c, k, "UPDATE survey_quota SET n = n + 1 WHERE survey_id = $1 AND code = $2", DB_ARGS(db_int(survey_id), db_text(code)), NULL);
}

/* ---- screened out ---- */

enum err db_screened_add(cx *c, db_conn *k, const db_response *r, str quota, bool *known)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"INSERT INTO response_screened (id, survey_id, receipt, on_day, mode, lang, place, stratum, psu, weight, answers, quota)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (survey_id, receipt) DO NOTHING",
		DB_ARGS(db_int(r->id), db_int(r->survey_id), db_blob(r->receipt), db_int(r->on), db_text(r->mode), db_text(r->lang),
			db_text_if(r->at.place), db_text_if(r->at.stratum), db_text_if(r->at.psu), db_text_if(r->at.weight), db_text(r->answers),
			db_text(quota)), &n);
	*known = !e && n == 0;
	return e;
}

enum err db_screened_has(cx *c, db_conn *k, int64_t survey_id, str receipt, bool *out)
{
	int64_t one;
	return db_scalar(c, k, "SELECT 1 FROM response_screened WHERE survey_id = $1 AND receipt = $2", DB_ARGS(db_int(survey_id), db_blob(receipt)),
		&one, out);
}

enum err db_screened_count(cx *c, db_conn *k, int64_t survey_id, int64_t *out)
{
	return db_scalar(c, k, "SELECT COUNT(*) FROM response_screened WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), out, NULL);
}
