#include "db/survey.h"
#include "db/survey_limit.h"
#include "base/vec.h"

#define COLUMNS \
	"id, code, questionnaire_id, name_vi, name_en, period, design, access, state, opens_on, closes_on, max_answers, illustrative, note," \
	" actor, created_at, max_day, (SELECT COUNT(*) FROM survey_quota u WHERE u.survey_id = survey.id), public"

static db_survey read_row(cx *c, const db_rows *r)
{
	return (db_survey){ .id = db_cell_int(r, 0), .code = db_cell_copy(c, r, 1), .questionnaire_id = db_cell_int(r, 2),
		.name_vi = db_cell_copy(c, r, 3), .name_en = db_cell_copy(c, r, 4), .period = db_cell_copy(c, r, 5),
		.design = db_cell_copy(c, r, 6), .access = db_cell_copy(c, r, 7), .state = db_cell_copy(c, r, 8),
		.opens_on = (day)db_cell_int(r, 9), .closes_on = (day)db_cell_int(r, 10), .max_answers = db_cell_int(r, 11),
		.illustrative = db_cell_int(r, 12) != 0, .note = db_cell_copy(c, r, 13), .actor = db_cell_copy(c, r, 14),
		.created_at = db_cell_int(r, 15), .max_day = db_cell_int(r, 16), .quotas = db_cell_int(r, 17), .public = db_cell_copy(c, r, 18) };
}

static enum err read_one(cx *c, db_rows *r, db_survey *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_row(c, r);
	return db_end_found(r, found);
}

enum err db_survey_answered(cx *c, db_conn *k, int64_t id, bool *out)
{
	int64_t any;
	return db_scalar(c, k,
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM response WHERE survey_id = $1) OR EXISTS (SELECT 1 FROM response_screened WHERE survey_id = $1)"
		" OR EXISTS (SELECT 1 FROM survey_sheet WHERE survey_id = $1 AND state IN ('once', 'differs'))"
		" OR EXISTS (SELECT 1 FROM survey_stray WHERE survey_id = $1)",
		DB_ARGS(db_int(id)), &any, out);
}

static enum err correct(cx *c, db_conn *k, const db_survey *s, const db_survey *old)
{
	bool answered = false;
	if (s->questionnaire_id != old->questionnaire_id || !str_eq(s->design, old->design) || !str_eq(s->access, old->access)) {
		enum err e = db_survey_answered(c, k, old->id, &answered);
		if (e || answered)
			return e ? e : ERR_CONFLICT;
	}
	return db_exec(c, k,
		"UPDATE survey SET questionnaire_id = $2, name_vi = $3, name_en = $4, period = $5, design = $6, access = $7, state = $8,"
		" opens_on = $9, closes_on = $10, max_answers = $11, illustrative = $12, note = $13, max_day = $14 WHERE id = $1",
		DB_ARGS(db_int(old->id), db_int(s->questionnaire_id), db_text(s->name_vi), db_text(s->name_en), db_text(s->period),
			db_text(s->design), db_text(s->access), db_text(s->state), db_int(s->opens_on), db_int(s->closes_on), db_int(s->max_answers),
			db_int(s->illustrative), db_text_if(s->note), db_int(s->max_day)), NULL);
}

enum err db_survey_put(cx *c, db_conn *k, db_survey *s)
{
	db_survey old;
	enum err e = db_survey_by_code(c, k, s->code, &old);
	if (!e) {
		s->id = old.id;
		e = correct(c, k, s, &old);
		return e ? e : db_tally_make(c, k, s);
	}
	if (e != ERR_NOTFOUND)
		return e;
	s->id = db_new_id(c, k);
	s->created_at = c->now_ms;
	return db_exec(c, k,
		"INSERT INTO survey (id, code, questionnaire_id, name_vi, name_en, period, design, access, state, opens_on, closes_on,"
		" max_answers, illustrative, note, created_at, actor, max_day)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
		DB_ARGS(db_int(s->id), db_text(s->code), db_int(s->questionnaire_id), db_text(s->name_vi), db_text(s->name_en),
			db_text(s->period), db_text(s->design), db_text(s->access), db_text(s->state), db_int(s->opens_on), db_int(s->closes_on),
			db_int(s->max_answers), db_int(s->illustrative), db_text_if(s->note), db_int(s->created_at), db_text(s->actor),
			db_int(s->max_day)), NULL);
}

enum err db_survey_by_code(cx *c, db_conn *k, str code, db_survey *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM survey WHERE code = $1", DB_ARGS(db_text(code)), &r);
	return read_one(c, &r, out);
}

enum err db_survey_get(cx *c, db_conn *k, int64_t id, db_survey *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS " FROM survey WHERE id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_survey_all(cx *c, db_conn *k, db_survey_list *out)
{
	db_rows r;
	*out = (db_survey_list){ 0 };
	db_query(c, k, "SELECT " COLUMNS " FROM survey ORDER BY period DESC, code", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_row(c, &r);
	return db_end(&r);
}

/* ---- places ---- */

enum err db_survey_place_put(cx *c, db_conn *k, const db_survey_place *p, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * 5);
	for (size_t i = 0; i < n; i++) {
		db_val *a = args + i * 5;
		a[0] = db_int(p[i].survey_id);
		a[1] = db_text(p[i].code);
		a[2] = db_int_if(p[i].unit_id != 0, p[i].unit_id);
		a[3] = db_text(p[i].name_vi);
		a[4] = db_text(p[i].name_en);
	}
	return db_bulk(c, k,
		"INSERT INTO survey_place (survey_id, code, unit_id, name_vi, name_en) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (survey_id, code) DO UPDATE SET unit_id = excluded.unit_id, name_vi = excluded.name_vi, name_en = excluded.name_en",
		args, 5, n, NULL);
}

static db_survey_place read_place(cx *c, const db_rows *r)
{
	return (db_survey_place){ db_cell_int(r, 0), db_cell_copy(c, r, 1), db_cell_int(r, 2), db_cell_copy(c, r, 3), db_cell_copy(c, r, 4) };
}

enum err db_survey_place_get(cx *c, db_conn *k, int64_t survey_id, str code, db_survey_place *out)
{
	db_rows r;
	db_query(c, k, "SELECT survey_id, code, unit_id, name_vi, name_en FROM survey_place WHERE survey_id = $1 AND code = $2",
		DB_ARGS(db_int(survey_id), db_text(code)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_place(c, &r);
	return db_end_found(&r, found);
}

enum err db_survey_place_all(cx *c, db_conn *k, int64_t survey_id, db_survey_place_list *out)
{
	db_rows r;
	*out = (db_survey_place_list){ 0 };
	db_query(c, k, "SELECT survey_id, code, unit_id, name_vi, name_en FROM survey_place WHERE survey_id = $1 ORDER BY code",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_place(c, &r);
	return db_end(&r);
}

enum err db_survey_place_used(cx *c, db_conn *k, int64_t survey_id, str code, bool *out)
{
	int64_t any;
	return db_scalar(c, k,
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM response WHERE survey_id = $1 AND place = $2)"
		" OR EXISTS (SELECT 1 FROM response_screened WHERE survey_id = $1 AND place = $2)"
		" OR EXISTS (SELECT 1 FROM survey_token WHERE survey_id = $1 AND place = $2)"
		" OR EXISTS (SELECT 1 FROM survey_case WHERE survey_id = $1 AND place = $2)"
		" OR EXISTS (SELECT 1 FROM survey_field WHERE survey_id = $1 AND place = $2)"
		" OR EXISTS (SELECT 1 FROM survey_sheet WHERE survey_id = $1 AND place = $2)",
		DB_ARGS(db_int(survey_id), db_text(code)), &any, out);
}

enum err db_survey_place_drop(cx *c, db_conn *k, int64_t survey_id, str code)
{
	return db_exec(c, k, "DELETE FROM survey_place WHERE survey_id = $1 AND code = $2", DB_ARGS(db_int(survey_id), db_text(code)), NULL);
}

/* ---- tokens ---- */

enum err db_token_add(cx *c, db_conn *k, int64_t survey_id, str hash, const db_sampled *at)
{
	return db_exec(c, k, "INSERT INTO survey_token (hash, survey_id, place, stratum, psu, weight) VALUES ($1, $2, $3, $4, $5, $6)",
		DB_ARGS(db_blob(hash), db_int(survey_id), db_text_if(at->place), db_text_if(at->stratum), db_text_if(at->psu), db_text_if(at->weight)),
		NULL);
}

struct token {
	bool found, used;
	int64_t survey_id;
	str receipt;
	db_sampled at;
};

static enum err find_token(cx *c, db_conn *k, str hash, struct token *t)
{
	db_rows r;
	db_query(c, k, "SELECT survey_id, receipt, place, stratum, psu, weight FROM survey_token WHERE hash = $1", DB_ARGS(db_blob(hash)), &r);
	*t = (struct token){ .found = db_next(&r) };
	if (t->found) {
		t->survey_id = db_cell_int(&r, 0);
		t->used = !db_cell_null(&r, 1);
		t->receipt = db_cell_copy(c, &r, 1);
		t->at = (db_sampled){ db_cell_copy(c, &r, 2), db_cell_copy(c, &r, 3), db_cell_copy(c, &r, 4), db_cell_copy(c, &r, 5) };
	}
	return db_end(&r);
}

enum err db_token_use(cx *c, db_conn *k, int64_t survey_id, str hash, str receipt, db_sampled *at, bool *again)
{
	struct token t;
	*again = false;
	enum err e = find_token(c, k, hash, &t);
	if (e)
		return e;
	if (!t.found || t.survey_id != survey_id)
		return ERR_NOTFOUND;
	if (t.used) {
		*again = str_eq(t.receipt, receipt);
		return *again ? ERR_OK : ERR_CONFLICT;
	}
	*at = t.at;
	return db_exec(c, k, "UPDATE survey_token SET receipt = $2, place = NULL, stratum = NULL, psu = NULL, weight = NULL WHERE hash = $1",
		DB_ARGS(db_blob(hash), db_blob(receipt)), NULL);
}

enum err db_token_look(cx *c, db_conn *k, str hash, int64_t *survey_id, bool *used, str *where)
{
	struct token t;
	enum err e = find_token(c, k, hash, &t);
	if (e)
		return e;
	*survey_id = t.survey_id;
	*used = t.used;
	*where = t.at.place;
	return t.found ? ERR_OK : ERR_NOTFOUND;
}

enum err db_token_count(cx *c, db_conn *k, int64_t survey_id, int64_t *all, int64_t *used)
{
	db_rows r;
	db_query(c, k, "SELECT COUNT(*), COUNT(receipt) FROM survey_token WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), &r);
	*all = *used = 0;
	if (db_next(&r)) {
		*all = db_cell_int(&r, 0);
		*used = db_cell_int(&r, 1);
	}
	return db_end(&r);
}
