#include "db/survey_sheet.h"
#include "base/vec.h"

#define COLUMNS \
	"number, state, key, place, stratum, psu, weight, entry1, entry2, entry1_by, entry2_by, settled_by, reason, n_items, n_differ FROM survey_sheet "

static db_sheet read_row(cx *c, const db_rows *r, int64_t survey_id)
{
	return (db_sheet){ .survey_id = survey_id, .number = db_cell_int(r, 0), .state = db_cell_copy(c, r, 1), .key = db_cell_copy(c, r, 2),
		.at = { db_cell_copy(c, r, 3), db_cell_copy(c, r, 4), db_cell_copy(c, r, 5), db_cell_copy(c, r, 6) },
		.entry1 = db_cell_copy(c, r, 7), .entry2 = db_cell_copy(c, r, 8), .entry1_by = db_cell_copy(c, r, 9), .entry2_by = db_cell_copy(c, r, 10),
		.settled_by = db_cell_copy(c, r, 11), .reason = db_cell_copy(c, r, 12), .n_items = db_cell_int(r, 13), .n_differ = db_cell_int(r, 14) };
}

enum err db_sheet_last(cx *c, db_conn *k, int64_t survey_id, int64_t *number)
{
	*number = 0;
	return db_scalar(c, k, "SELECT COALESCE(MAX(number), 0) FROM survey_sheet WHERE survey_id = $1", DB_ARGS(db_int(survey_id)), number, NULL);
}

enum err db_sheet_add(cx *c, db_conn *k, const db_sheet *x)
{
	return db_exec(c, k,
		"INSERT INTO survey_sheet (survey_id, number, state, key, place, stratum, psu, weight, n_items, n_differ)"
		" VALUES ($1, $2, 'printed', $3, $4, $5, $6, $7, 0, 0)",
		DB_ARGS(db_int(x->survey_id), db_int(x->number), db_text(x->key), db_text_if(x->at.place), db_text_if(x->at.stratum),
			db_text_if(x->at.psu), db_text_if(x->at.weight)),
		NULL);
}

enum err db_sheet_get(cx *c, db_conn *k, int64_t survey_id, int64_t number, db_sheet *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS "WHERE survey_id = $1 AND number = $2", DB_ARGS(db_int(survey_id), db_int(number)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_row(c, &r, survey_id);
	return db_end_found(&r, found);
}

static enum err read_all(cx *c, db_rows *r, int64_t survey_id, db_sheet_list *out)
{
	*out = (db_sheet_list){ 0 };
	while (db_next(r))
		*VEC_PUSH(c->mem, out) = read_row(c, r, survey_id);
	return db_end(r);
}

enum err db_sheet_of(cx *c, db_conn *k, int64_t survey_id, int64_t first, int64_t last, db_sheet_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS "WHERE survey_id = $1 AND number >= $2 AND number <= $3 ORDER BY number",
		DB_ARGS(db_int(survey_id), db_int(first), db_int(last)), &r);
	return read_all(c, &r, survey_id, out);
}

enum err db_sheet_in(cx *c, db_conn *k, int64_t survey_id, str state, int limit, db_sheet_list *out)
{
	db_rows r;
	db_query(c, k, "SELECT " COLUMNS "WHERE survey_id = $1 AND state = $2 ORDER BY number LIMIT $3",
		DB_ARGS(db_int(survey_id), db_text(state), db_int(limit)), &r);
	return read_all(c, &r, survey_id, out);
}

enum err db_sheet_entry(cx *c, db_conn *k, const db_sheet *x)
{
	return db_exec(c, k,
		"UPDATE survey_sheet SET state = $3, entry1 = $4, entry2 = $5, entry1_by = $6, entry2_by = $7, n_items = $8, n_differ = $9"
		" WHERE survey_id = $1 AND number = $2",
		DB_ARGS(db_int(x->survey_id), db_int(x->number), db_text(x->state), db_text(x->entry1), db_text_if(x->entry2), db_text_if(x->entry1_by),
			db_text_if(x->entry2_by), db_int(x->n_items), db_int(x->n_differ)),
		NULL);
}

enum err db_sheet_close(cx *c, db_conn *k, const db_sheet *x, str state)
{
	return db_exec(c, k,
		"UPDATE survey_sheet SET state = $3, key = NULL, place = NULL, stratum = NULL, psu = NULL, weight = NULL, entry1 = NULL, entry2 = NULL,"
		" entry1_by = $4, entry2_by = $5, settled_by = $6, reason = $7, n_items = $8, n_differ = $9 WHERE survey_id = $1 AND number = $2",
		DB_ARGS(db_int(x->survey_id), db_int(x->number), db_text(state), db_text_if(x->entry1_by), db_text_if(x->entry2_by),
			db_text_if(x->settled_by), db_text_if(x->reason), db_int(x->n_items), db_int(x->n_differ)),
		NULL);
}

enum err db_sheet_sums(cx *c, db_conn *k, int64_t survey_id, db_sheet_sum_list *out)
{
	db_rows r;
	*out = (db_sheet_sum_list){ 0 };
	db_query(c, k,
		"SELECT how, COUNT(*), CAST(SUM(n_items) AS BIGINT), CAST(SUM(n_differ) AS BIGINT) FROM (SELECT CASE WHEN state = 'void' AND"
		" reason = 'blank' THEN reason ELSE state END AS how, n_items, n_differ FROM survey_sheet WHERE survey_id = $1) s"
		" GROUP BY how ORDER BY how",
		DB_ARGS(db_int(survey_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_sheet_sum){ db_cell_copy(c, &r, 0), db_cell_int(&r, 1), db_cell_int(&r, 2), db_cell_int(&r, 3) };
	return db_end(&r);
}
