#include "db/round.h"
#include "base/vec.h"

enum { SCORE_ARGS = 11, RESULT_ARGS = 13 };

/* ---- rounds ---- */

enum err db_round_put(cx *c, db_conn *k, db_round *r)
{
	db_rows q;
	db_query(c, k,
		"INSERT INTO round (id, code, edition_id, name_vi, name_en, level, period, status, illustrative, created_at, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (code) DO UPDATE SET edition_id = excluded.edition_id,"
		" name_vi = excluded.name_vi, name_en = excluded.name_en, status = excluded.status, illustrative = excluded.illustrative"
		" RETURNING id, created_at",
		DB_ARGS(db_int(db_new_id(c, k)), db_text(r->code), db_int(r->edition_id), db_text(r->name_vi), db_text(r->name_en),
			db_text(r->level), db_text(r->period), db_text(r->status), db_int(r->illustrative), db_int(c->now_ms), db_text(r->actor)), &q);
	while (db_next(&q)) {
		r->id = db_cell_int(&q, 0);
		r->created_at = db_cell_int(&q, 1);
	}
	return db_end(&q);
}

#define ROUND_COLUMNS "id, code, edition_id, name_vi, name_en, level, period, status, illustrative, created_at, actor"

static db_round read_round(cx *c, const db_rows *r)
{
	return (db_round){ .id = db_cell_int(r, 0), .code = db_cell_copy(c, r, 1), .edition_id = db_cell_int(r, 2),
		.name_vi = db_cell_copy(c, r, 3), .name_en = db_cell_copy(c, r, 4), .level = db_cell_copy(c, r, 5), .period = db_cell_copy(c, r, 6),
		.status = db_cell_copy(c, r, 7), .illustrative = db_cell_int(r, 8) != 0, .created_at = db_cell_int(r, 9),
		.actor = db_cell_copy(c, r, 10) };
}

static enum err read_one(cx *c, db_rows *r, db_round *out)
{
	bool found = db_next(r);
	if (found)
		*out = read_round(c, r);
	return db_end_found(r, found);
}

static enum err read_all(cx *c, db_rows *r, db_round_list *out)
{
	*out = (db_round_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_round(c, r);
	return db_end(r);
}

enum err db_round_get(cx *c, db_conn *k, int64_t id, db_round *out)
{
	db_rows r;
	db_query(c, k, "SELECT " ROUND_COLUMNS " FROM round WHERE id = $1", DB_ARGS(db_int(id)), &r);
	return read_one(c, &r, out);
}

enum err db_round_by_code(cx *c, db_conn *k, str code, db_round *out)
{
	db_rows r;
	db_query(c, k, "SELECT " ROUND_COLUMNS " FROM round WHERE code = $1", DB_ARGS(db_text(code)), &r);
	return read_one(c, &r, out);
}

enum err db_round_list_all(cx *c, db_conn *k, str level, db_round_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " ROUND_COLUMNS " FROM round WHERE level = $1 OR $1 = '' ORDER BY period DESC, code", DB_ARGS(db_text(level)), &r);
	return read_all(c, &r, out);
}

enum err db_round_list_shown(cx *c, db_conn *k, str level, db_round_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " ROUND_COLUMNS " FROM round WHERE (level = $1 OR $1 = '') AND (NOT EXISTS (SELECT 1 FROM round_plan p WHERE p.round_id = round.id)"
		" OR EXISTS (SELECT 1 FROM round_publication b WHERE b.round_id = round.id)) ORDER BY period DESC, code",
		DB_ARGS(db_text(level)), &r);
	return read_all(c, &r, out);
}

enum err db_round_set_status(cx *c, db_conn *k, int64_t id, str status)
{
	int64_t n;
	enum err e = db_exec(c, k, "UPDATE round SET status = $2 WHERE id = $1", DB_ARGS(db_int(id), db_text(status)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_round_of_edition(cx *c, db_conn *k, int64_t edition_id, db_round_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " ROUND_COLUMNS " FROM round WHERE edition_id = $1 ORDER BY period DESC, code", DB_ARGS(db_int(edition_id)), &r);
	return read_all(c, &r, out);
}

enum err db_round_set_edition(cx *c, db_conn *k, int64_t id, int64_t edition_id)
{
	int64_t n;
	enum err e = db_exec(c, k, "UPDATE round SET edition_id = $2 WHERE id = $1", DB_ARGS(db_int(id), db_int(edition_id)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_round_decided(cx *c, db_conn *k, int64_t id, int64_t *out)
{
	*out = 0;
	return db_scalar(c, k,
		"SELECT COUNT(*) FROM round_decision d JOIN round_sheet s ON s.id = d.sheet_id WHERE s.round_id = $1"
		" AND d.basis <> 'open' AND SUBSTR(d.node, 1, 1) <> '@' AND NOT EXISTS (SELECT 1 FROM round_decision n"
		" WHERE n.sheet_id = d.sheet_id AND n.node = d.node AND n.stage = d.stage AND n.revision > d.revision)",
		DB_ARGS(db_int(id)), out, NULL);
}

enum err db_round_rename_node(cx *c, db_conn *k, int64_t id, str from, str to)
{
	static const char *const texts[] = {
		"UPDATE round_note SET node = $3 WHERE node = $2 AND sheet_id IN (SELECT s.id FROM round_sheet s WHERE s.round_id = $1)"
		" AND NOT EXISTS (SELECT 1 FROM round_note n WHERE n.sheet_id = round_note.sheet_id AND n.node = $3 AND n.kind = round_note.kind)",
		"UPDATE round_decision SET node = $3 WHERE node = $2 AND sheet_id IN (SELECT s.id FROM round_sheet s WHERE s.round_id = $1)"
		" AND NOT EXISTS (SELECT 1 FROM round_decision n WHERE n.sheet_id = round_decision.sheet_id AND n.node = $3"
		" AND n.stage = round_decision.stage)",
		"UPDATE round_evidence SET node = $3 WHERE node = $2 AND sheet_id IN (SELECT s.id FROM round_sheet s WHERE s.round_id = $1)",
	};
	enum err e = ERR_OK;
	for (int i = 0; i < 3 && !e; i++)
		e = db_exec(c, k, texts[i], DB_ARGS(db_int(id), db_text(from), db_text(to)), NULL);
	return e;
}

/* ---- points ---- */

enum err db_score_put(cx *c, db_conn *k, int64_t round_id, int64_t unit_id, str stage, const db_score *s, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * SCORE_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[SCORE_ARGS] = { db_int(round_id), db_int(unit_id), db_text(stage), db_text(s[i].node_code), db_int(s[i].sort_no),
			db_bind_dec_if(c->mem, s[i].points), db_bind_dec_if(c->mem, s[i].maximum), db_bind_dec_if(c->mem, s[i].percent),
			db_text(s[i].status), db_text_if(s[i].trace), db_text_if(s[i].note) };
		memcpy(args + i * SCORE_ARGS, row, sizeof row);
	}
	enum err e = db_exec(c, k, "DELETE FROM score WHERE round_id = $1 AND unit_id = $2 AND stage = $3",
		DB_ARGS(db_int(round_id), db_int(unit_id), db_text(stage)), NULL);
	if (e)
		return e;
	return db_bulk(c, k,
		"INSERT INTO score (round_id, unit_id, stage, node_code, sort_no, points, maximum, percent, status, trace, note)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		args, SCORE_ARGS, n, NULL);
}

#define SCORE_COLUMNS "s.node_code, s.sort_no, s.points, s.maximum, s.percent, s.status, s.trace, s.note"

static db_score read_score(cx *c, const db_rows *r)
{
	return (db_score){ .node_code = db_cell_copy(c, r, 0), .sort_no = (int)db_cell_int(r, 1), .points = db_cell_dec_if(r, 2),
		.maximum = db_cell_dec_if(r, 3), .percent = db_cell_dec_if(r, 4), .status = db_cell_copy(c, r, 5), .trace = db_cell_copy(c, r, 6),
		.note = db_cell_copy(c, r, 7) };
}

enum err db_score_of(cx *c, db_conn *k, int64_t round_id, int64_t unit_id, str stage, db_score_list *out)
{
	db_rows r;
	*out = (db_score_list){ 0 };
	db_query(c, k,
		"SELECT " SCORE_COLUMNS " FROM score s WHERE s.round_id = $1 AND s.unit_id = $2 AND s.stage = $3 ORDER BY s.sort_no, s.node_code",
		DB_ARGS(db_int(round_id), db_int(unit_id), db_text(stage)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_score(c, &r);
	return db_end(&r);
}

enum err db_score_of_node(cx *c, db_conn *k, int64_t round_id, str stage, str node_code, db_node_score_list *out)
{
	db_rows r;
	*out = (db_node_score_list){ 0 };
	db_query(c, k,
		"SELECT " SCORE_COLUMNS ", u.id, u.code, u.name FROM score s JOIN unit u ON u.id = s.unit_id"
		" WHERE s.round_id = $1 AND s.stage = $2 AND s.node_code = $3 ORDER BY u.sort_key, u.id",
		DB_ARGS(db_int(round_id), db_text(stage), db_text(node_code)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_node_score){ .s = read_score(c, &r), .unit_id = db_cell_int(&r, 8), .unit_code = db_cell_copy(c, &r, 9),
			.unit_name = db_cell_copy(c, &r, 10) };
	return db_end(&r);
}

/* ---- results ---- */

enum err db_round_result_put(cx *c, db_conn *k, int64_t round_id, str stage, const db_round_result *x, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * RESULT_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[RESULT_ARGS] = { db_int(round_id), db_int(x[i].unit_id), db_text(stage), db_bind_dec_if(c->mem, x[i].points),
			db_bind_dec_if(c->mem, x[i].maximum), db_bind_dec_if(c->mem, x[i].value), db_bind_dec_real(x[i].value),
			db_int_if(x[i].rank != 0, x[i].rank), db_text_if(x[i].rank_group), db_text(x[i].status), db_text(x[i].engine),
			db_text(x[i].edition_sha256), db_int(c->now_ms) };
		memcpy(args + i * RESULT_ARGS, row, sizeof row);
	}
	enum err e = db_exec(c, k, "DELETE FROM round_result WHERE round_id = $1 AND stage = $2", DB_ARGS(db_int(round_id), db_text(stage)), NULL);
	if (e)
		return e;
	return db_bulk(c, k,
		"INSERT INTO round_result (round_id, unit_id, stage, points, maximum, value, value_real, rank, rank_group, status, engine,"
		" edition_sha256, computed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		args, RESULT_ARGS, n, NULL);
}

enum err db_round_result_of(cx *c, db_conn *k, int64_t round_id, str stage, db_round_result_list *out)
{
	db_rows r;
	*out = (db_round_result_list){ 0 };
	db_query(c, k,
		"SELECT x.unit_id, x.points, x.maximum, x.value, x.rank, x.rank_group, x.status, x.engine, x.edition_sha256, x.computed_at,"
		" u.code, u.name, u.sort_key, u.type FROM round_result x JOIN unit u ON u.id = x.unit_id WHERE x.round_id = $1 AND x.stage = $2"
		" ORDER BY x.rank_group NULLS FIRST, x.rank NULLS LAST, x.value_real DESC NULLS LAST, u.sort_key, u.id",
		DB_ARGS(db_int(round_id), db_text(stage)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_round_result){ .unit_id = db_cell_int(&r, 0), .points = db_cell_dec_if(&r, 1),
			.maximum = db_cell_dec_if(&r, 2), .value = db_cell_dec_if(&r, 3), .rank = (int)db_cell_int(&r, 4),
			.rank_group = db_cell_copy(c, &r, 5), .status = db_cell_copy(c, &r, 6), .engine = db_cell_copy(c, &r, 7),
			.edition_sha256 = db_cell_copy(c, &r, 8), .computed_at = db_cell_int(&r, 9), .unit_code = db_cell_copy(c, &r, 10),
			.unit_name = db_cell_copy(c, &r, 11), .unit_sort = db_cell_copy(c, &r, 12), .unit_type = db_cell_copy(c, &r, 13) };
	return db_end(&r);
}
