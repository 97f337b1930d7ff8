#include "db/survey_public.h"
#include "base/vec.h"

enum err db_survey_public_add(cx *c, db_conn *k, int64_t survey_id, const db_survey_public *x, str was, const char *now)
{
	int64_t seq = 0, changed = 0;
	enum err e = db_exec(c, k, "UPDATE survey SET public = $2 WHERE id = $1 AND public = $3",
		DB_ARGS(db_int(survey_id), db_text(str_of(now)), db_text(was)), &changed);
	if (!e && !changed)
		return ERR_CONFLICT;
	if (!e)
		e = db_scalar(c, k, "SELECT COALESCE(MAX(seq), 0) FROM survey_publication WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), &seq, NULL);
	return e ? e
		 : db_exec(c, k,
			 "INSERT INTO survey_publication (survey_id, seq, verb, revision, live, note, body, actor, at)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			 DB_ARGS(db_int(survey_id), db_int(seq + 1), db_text(x->verb), db_int(x->revision), db_int(x->live),
				 db_text(x->note), db_text(x->body), db_text(x->actor), db_int(c->now_ms)),
			 NULL);
}

enum err db_survey_public_all(cx *c, db_conn *k, int64_t survey_id, db_survey_public_list *out)
{
	db_rows r;
	*out = (db_survey_public_list){ 0 };
	db_query(c, k, "SELECT seq, verb, revision, live, note, actor, at FROM survey_publication WHERE survey_id = $1 ORDER BY seq DESC",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_survey_public){ .seq = db_cell_int(&r, 0), .verb = db_cell_copy(c, &r, 1),
			.revision = (int)db_cell_int(&r, 2), .live = db_cell_int(&r, 3) != 0, .note = db_cell_copy(c, &r, 4),
			.actor = db_cell_copy(c, &r, 5), .at = db_cell_int(&r, 6) };
	return db_end(&r);
}

enum err db_survey_public_body(cx *c, db_conn *k, int64_t survey_id, int64_t seq, str *out)
{
	db_rows r;
	*out = STR("");
	db_query(c, k, "SELECT body FROM survey_publication WHERE survey_id = $1 AND seq = $2", DB_ARGS(db_int(survey_id), db_int(seq)), &r);
	if (db_next(&r))
		*out = db_cell_copy(c, &r, 0);
	return db_end(&r);
}
