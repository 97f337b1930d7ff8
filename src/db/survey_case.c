#include "db/survey_case.h"
#include "base/vec.h"

#define COLUMNS \
	"x.id, x.survey_id, x.code, x.outcome, x.place, x.stratum, x.psu, x.weight, x.interviewer, x.attempts, x.due_at, x.token," \
	" p.case_id, p.name, p.phone, p.email, p.address, p.lang, p.sealed, p.invitations, p.invited_on, x.person"
#define FROM " FROM survey_case x LEFT JOIN survey_contact p ON p.case_id = x.id "
/* Words of app/survey_case.h. */
#define OVER "('completed', 'quota_full', 'refused', 'ineligible', 'unreachable', 'no_contact')"

static db_case read_row(cx *c, const db_rows *r)
{
	return (db_case){ .id = db_cell_int(r, 0), .survey_id = db_cell_int(r, 1), .code = db_cell_copy(c, r, 2), .outcome = db_cell_copy(c, r, 3),
		.at = { db_cell_copy(c, r, 4), db_cell_copy(c, r, 5), db_cell_copy(c, r, 6), db_cell_copy(c, r, 7) },
		.interviewer = db_cell_copy(c, r, 8), .attempts = db_cell_int(r, 9), .due_at = db_cell_int(r, 10), .token = db_cell_copy(c, r, 11),
		.has_contact = !db_cell_null(r, 12), .name = db_cell_copy(c, r, 13), .phone = db_cell_copy(c, r, 14), .email = db_cell_copy(c, r, 15),
		.address = db_cell_copy(c, r, 16), .lang = db_cell_copy(c, r, 17), .sealed = db_cell_copy(c, r, 18), .invitations = db_cell_int(r, 19),
		.invited_on = (day)db_cell_int(r, 20), .person = db_cell_copy(c, r, 21) };
}

static db_val blob_if(str s) { return s.len ? db_blob(s) : db_null(DB_BLOB); }

static enum err read_one(cx *c, db_rows *r, db_case *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_row(c, r);
	return db_end_found(r, found);
}

static enum err read_all(cx *c, db_rows *r, db_case_list *out)
{
	*out = (db_case_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_row(c, r);
	return db_end(r);
}

enum err db_case_get(cx *c, db_conn *k, int64_t survey_id, str code, db_case *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS FROM "WHERE x.survey_id = $1 AND x.code = $2", DB_ARGS(db_int(survey_id), db_text(code)), &r);
	return read_one(c, &r, out);
}

enum err db_case_by_id(cx *c, db_conn *k, int64_t id, db_case *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS FROM "WHERE x.id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_case_by_token(cx *c, db_conn *k, str hash, db_case *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS FROM "WHERE x.token = $1", DB_ARGS(db_blob(hash)), &r);
	return read_one(c, &r, out);
}

enum err db_case_of(cx *c, db_conn *k, int64_t survey_id, str interviewer, bool open_only, int limit, db_case_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS FROM "WHERE x.survey_id = $1 AND ($2 = '' OR x.interviewer = $2) AND ($3 = 0 OR x.outcome NOT IN " OVER ")"
		" ORDER BY x.due_at NULLS LAST, x.attempts, x.code LIMIT $4",
		DB_ARGS(db_int(survey_id), db_text(interviewer), db_int(open_only), db_int(limit)), &r);
	return read_all(c, &r, out);
}

enum err db_case_to_invite(cx *c, db_conn *k, int64_t survey_id, bool again, day before, int limit, db_case_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS FROM "WHERE x.survey_id = $1 AND x.outcome NOT IN " OVER " AND p.case_id IS NOT NULL"
		" AND (p.email IS NOT NULL OR p.phone IS NOT NULL)"
		" AND (($2 = 0 AND p.invitations = 0) OR ($2 = 1 AND p.invitations > 0 AND p.invited_on < $3)) ORDER BY x.code LIMIT $4",
		DB_ARGS(db_int(survey_id), db_int(again), db_int(before), db_int(limit)), &r);
	return read_all(c, &r, out);
}

static enum err put_contact(cx *c, db_conn *k, const db_case *x)
{
	if (!x->name.len && !x->phone.len && !x->email.len && !x->address.len)
		return ERR_OK;
	return db_exec(c, k,
		"INSERT INTO survey_contact (case_id, name, phone, email, address, lang, invitations) VALUES ($1, $2, $3, $4, $5, $6, 0)"
		" ON CONFLICT (case_id) DO UPDATE SET name = excluded.name, phone = excluded.phone, email = excluded.email, address = excluded.address,"
		" lang = excluded.lang",
		DB_ARGS(db_int(x->id), db_text_if(x->name), db_text_if(x->phone), db_text_if(x->email), db_text_if(x->address),
			db_text(x->lang.len ? x->lang : STR("vi"))),
		NULL);
}

enum err db_case_add(cx *c, db_conn *k, db_case *x, bool *known)
{
	int64_t n = 0;
	x->id = db_new_id(c, k);
	enum err e = db_exec(c, k,
		"INSERT INTO survey_case (id, survey_id, code, outcome, place, stratum, psu, weight, interviewer, attempts, person)"
		" VALUES ($1, $2, $3, 'new', $4, $5, $6, $7, $8, 0, $9) ON CONFLICT (survey_id, code) DO NOTHING",
		DB_ARGS(db_int(x->id), db_int(x->survey_id), db_text(x->code), db_text_if(x->at.place), db_text_if(x->at.stratum), db_text_if(x->at.psu),
			db_text_if(x->at.weight), db_text_if(x->interviewer), db_text_if(x->person)),
		&n);
	*known = !e && !n;
	return e || *known ? e : put_contact(c, k, x);
}

enum err db_case_put(cx *c, db_conn *k, db_case *x, bool *known)
{
	db_case old;
	enum err e = db_case_add(c, k, x, known);
	if (!e && *known)
		e = db_case_get(c, k, x->survey_id, x->code, &old);
	if (e || !*known)
		return e;
	x->id = old.id;
	int64_t n = 0;
	e = db_exec(c, k,
		"UPDATE survey_case SET place = $2, stratum = $3, psu = $4, weight = $5, interviewer = $6, person = $7 WHERE id = $1 AND outcome NOT IN " OVER,
		DB_ARGS(db_int(x->id), db_text_if(x->at.place), db_text_if(x->at.stratum), db_text_if(x->at.psu), db_text_if(x->at.weight),
			db_text_if(x->interviewer), db_text_if(x->person)),
		&n);
	return e || !n ? e : put_contact(c, k, x);
}

enum err db_case_outcome(cx *c, db_conn *k, const db_case *x)
{
	return db_exec(c, k, "UPDATE survey_case SET outcome = $2, attempts = $3, due_at = $4, interviewer = $5 WHERE id = $1",
		DB_ARGS(db_int(x->id), db_text(x->outcome), db_int(x->attempts), db_int_if(x->due_at != 0, x->due_at), db_text_if(x->interviewer)), NULL);
}

enum err db_case_invited(cx *c, db_conn *k, const db_case *x)
{
	enum err e = db_exec(c, k, "UPDATE survey_case SET token = $2 WHERE id = $1", DB_ARGS(db_int(x->id), blob_if(x->token)), NULL);
	return e ? e
		 : db_exec(c, k, "UPDATE survey_contact SET sealed = $2, invitations = $3, invited_on = $4 WHERE case_id = $1",
			 DB_ARGS(db_int(x->id), blob_if(x->sealed), db_int(x->invitations), db_int(x->invited_on)), NULL);
}

enum err db_contact_drop(cx *c, db_conn *k, int64_t case_id)
{
	return db_exec(c, k, "DELETE FROM survey_contact WHERE case_id = $1", DB_ARGS(db_int(case_id)), NULL);
}

enum err db_case_over(cx *c, db_conn *k, const db_case *x, str outcome)
{
	enum err e = db_exec(c, k,
		"INSERT INTO survey_field (survey_id, interviewer, place, outcome, cases, attempts) VALUES ($1, $2, $3, $4, 1, $5)"
		" ON CONFLICT (survey_id, interviewer, place, outcome) DO UPDATE SET cases = survey_field.cases + 1,"
		" attempts = survey_field.attempts + excluded.attempts",
		DB_ARGS(db_int(x->survey_id), db_text(x->interviewer), db_text(x->at.place), db_text(outcome), db_int(x->attempts)), NULL);
	if (!e && x->token.len) /* one that was used stays, as a hash */
		e = db_exec(c, k, "DELETE FROM survey_token WHERE hash = $1 AND receipt IS NULL", DB_ARGS(db_blob(x->token)), NULL);
	if (!e)
		e = db_exec(c, k, "DELETE FROM survey_call WHERE case_id = $1", DB_ARGS(db_int(x->id)), NULL);
	if (!e)
		e = db_contact_drop(c, k, x->id);
	return e
		? e
		: db_exec(c, k,
			"UPDATE survey_case SET outcome = $2, place = NULL, stratum = NULL, psu = NULL, weight = NULL, person = NULL, interviewer = NULL,"
			" attempts = 0, due_at = NULL, token = NULL WHERE id = $1",
			DB_ARGS(db_int(x->id), db_text(outcome)), NULL);
}

enum err db_case_close(cx *c, db_conn *k, const db_case *x, str outcome)
{
	enum err e = x->token.len ? db_exec(c, k, "DELETE FROM survey_token WHERE hash = $1 AND receipt IS NULL", DB_ARGS(db_blob(x->token)), NULL) : ERR_OK;
	if (!e)
		e = db_contact_drop(c, k, x->id);
	return e ? e
		 : db_exec(c, k, "UPDATE survey_case SET outcome = $2, due_at = NULL, token = NULL WHERE id = $1", DB_ARGS(db_int(x->id), db_text(outcome)),
			 NULL);
}

enum err db_case_marks(cx *c, db_conn *k, int64_t survey_id, db_case_mark_list *out)
{
	db_rows r;
	*out = (db_case_mark_list){ 0 };
	db_query(c, k, "SELECT code, CASE WHEN outcome = 'new' AND token IS NULL THEN 0 ELSE 1 END FROM survey_case WHERE survey_id = $1 ORDER BY code",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_case_mark){ db_cell_copy(c, &r, 0), db_cell_int(&r, 1) != 0 };
	return db_end(&r);
}

enum err db_case_give(cx *c, db_conn *k, int64_t survey_id, str code, str interviewer, bool *given)
{
	int64_t n = 0;
	enum err e = db_exec(c, k,
		"UPDATE survey_case SET interviewer = $3 WHERE survey_id = $1 AND code = $2 AND interviewer IS NULL AND outcome NOT IN " OVER,
		DB_ARGS(db_int(survey_id), db_text(code), db_text(interviewer)), &n);
	*given = n > 0;
	return e;
}

enum err db_case_drop(cx *c, db_conn *k, int64_t survey_id, str code)
{
	enum err e = db_exec(c, k, "DELETE FROM survey_contact WHERE case_id IN (SELECT id FROM survey_case WHERE survey_id = $1 AND code = $2)",
		DB_ARGS(db_int(survey_id), db_text(code)), NULL);
	return e ? e
		 : db_exec(c, k, "DELETE FROM survey_case WHERE survey_id = $1 AND code = $2 AND outcome = 'new' AND token IS NULL",
			 DB_ARGS(db_int(survey_id), db_text(code)), NULL);
}

/* ---- attempts ---- */

enum err db_call_add(cx *c, db_conn *k, int64_t case_id, const db_call *x)
{
	return db_exec(c, k, "INSERT INTO survey_call (case_id, no, at, outcome, interviewer, note) VALUES ($1, $2, $3, $4, $5, $6)",
		DB_ARGS(db_int(case_id), db_int(x->no), db_int(x->at), db_text(x->outcome), db_text(x->interviewer), db_text_if(x->note)), NULL);
}

enum err db_call_of(cx *c, db_conn *k, int64_t case_id, db_call_list *out)
{
	db_rows r;
	*out = (db_call_list){ 0 };
	db_query(c, k, "SELECT no, at, outcome, interviewer, note FROM survey_call WHERE case_id = $1 ORDER BY no", DB_ARGS(db_int(case_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_call){ db_cell_int(&r, 0), db_cell_int(&r, 1), db_cell_copy(c, &r, 2), db_cell_copy(c, &r, 3),
			db_cell_copy(c, &r, 4) };
	return db_end(&r);
}

/* ---- sums ---- */

enum err db_case_sums(cx *c, db_conn *k, int64_t survey_id, db_case_sum_list *out)
{
	db_rows r;
	*out = (db_case_sum_list){ 0 };
	db_query(c, k,
		"SELECT interviewer, place, outcome, CAST(SUM(cases) AS BIGINT), CAST(SUM(attempts) AS BIGINT) FROM ("
		"SELECT COALESCE(interviewer, '') AS interviewer, COALESCE(place, '') AS place, outcome, COUNT(*) AS cases, SUM(attempts) AS attempts"
		" FROM survey_case WHERE survey_id = $1 AND outcome NOT IN ('completed', 'quota_full') GROUP BY COALESCE(interviewer, ''),"
		" COALESCE(place, ''), outcome"
		" UNION ALL SELECT interviewer, place, outcome, cases, attempts FROM survey_field WHERE survey_id = $1) s"
		" GROUP BY interviewer, place, outcome ORDER BY interviewer, place, outcome",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_case_sum){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_copy(c, &r, 2), db_cell_int(&r, 3),
			db_cell_int(&r, 4) };
	return db_end(&r);
}

enum err db_contact_count(cx *c, db_conn *k, int64_t survey_id, int64_t *contacts, int64_t *invited)
{
	db_rows r;
	*contacts = *invited = 0;
	db_query(c, k,
		"SELECT COUNT(*), COUNT(p.invited_on) FROM survey_case x JOIN survey_contact p ON p.case_id = x.id"
		" WHERE x.survey_id = $1 AND (p.email IS NOT NULL OR p.phone IS NOT NULL)",
		DB_ARGS(db_int(survey_id)), &r);
	if (db_next(&r)) {
		*contacts = db_cell_int(&r, 0);
		*invited = db_cell_int(&r, 1);
	}
	return db_end(&r);
}
