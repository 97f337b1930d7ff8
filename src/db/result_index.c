/* result_index: definitions of indices, their series and breaks, and what publishers say about whole years. */
#include "base/vec.h"
#include "db/result.h"

enum err db_index_put(cx *c, db_conn *k, const db_index *d)
{
	return db_exec(c, k,
		"INSERT INTO index_def (code, sort_no, name_vi, name_en, publisher, value_unit, higher_is_better, level, source, note)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (code) DO UPDATE SET sort_no = excluded.sort_no,"
		" name_vi = excluded.name_vi, name_en = excluded.name_en, publisher = excluded.publisher, value_unit = excluded.value_unit,"
		" higher_is_better = excluded.higher_is_better, level = excluded.level, source = excluded.source, note = excluded.note",
		DB_ARGS(db_text(d->code), db_int(d->sort_no), db_text(d->name_vi), db_text(d->name_en), db_text(d->publisher),
			db_text(d->value_unit), db_int(d->higher_is_better), db_text(d->level), db_text_if(d->source), db_text_if(d->note)), NULL);
}

#define INDEX_COLUMNS "code, sort_no, name_vi, name_en, publisher, value_unit, higher_is_better, level, source, note"

static db_index read_index(cx *c, const db_rows *r)
{
	return (db_index){ .code = db_cell_copy(c, r, 0), .sort_no = (int)db_cell_int(r, 1), .name_vi = db_cell_copy(c, r, 2),
		.name_en = db_cell_copy(c, r, 3), .publisher = db_cell_copy(c, r, 4), .value_unit = db_cell_copy(c, r, 5),
		.higher_is_better = db_cell_int(r, 6) != 0, .level = db_cell_copy(c, r, 7), .source = db_cell_copy(c, r, 8),
		.note = db_cell_copy(c, r, 9) };
}

enum err db_index_list_all(cx *c, db_conn *k, db_index_list *out)
{
	db_rows r;
	*out = (db_index_list){ 0 };
	db_query(c, k, "SELECT " INDEX_COLUMNS " FROM index_def ORDER BY sort_no, code", DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = read_index(c, &r);
	return db_end(&r);
}

enum err db_index_get(cx *c, db_conn *k, str code, db_index *out)
{
	db_rows r;
	db_query(c, k, "SELECT " INDEX_COLUMNS " FROM index_def WHERE code = $1", DB_ARGS(db_text(code)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_index(c, &r);
	return db_end_found(&r, found);
}

enum err db_series_put(cx *c, db_conn *k, const db_series *s)
{
	return db_exec(c, k,
		"INSERT INTO series (index_code, code, first_year, last_year, sort_no, name_vi, name_en, maximum, note)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (index_code, code, first_year) DO UPDATE SET last_year = excluded.last_year,"
		" sort_no = excluded.sort_no, name_vi = excluded.name_vi, name_en = excluded.name_en, maximum = excluded.maximum, note = excluded.note",
		DB_ARGS(db_text(s->index_code), db_text(s->code), db_int(s->first_year), db_int(s->last_year), db_int(s->sort_no), db_text(s->name_vi),
			db_text(s->name_en), db_bind_dec_if(c->mem, s->maximum), db_text_if(s->note)), NULL);
}

enum err db_series_of(cx *c, db_conn *k, str index_code, db_series_list *out)
{
	db_rows r;
	*out = (db_series_list){ 0 };
	db_query(c, k,
		"SELECT index_code, code, first_year, last_year, sort_no, name_vi, name_en, maximum, note FROM series WHERE index_code = $1"
		" ORDER BY sort_no, code, first_year",
		DB_ARGS(db_text(index_code)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_series){ .index_code = db_cell_copy(c, &r, 0), .code = db_cell_copy(c, &r, 1),
			.first_year = (int)db_cell_int(&r, 2), .last_year = (int)db_cell_int(&r, 3), .sort_no = (int)db_cell_int(&r, 4),
			.name_vi = db_cell_copy(c, &r, 5), .name_en = db_cell_copy(c, &r, 6), .maximum = db_cell_dec_if(&r, 7),
			.note = db_cell_copy(c, &r, 8) };
	return db_end(&r);
}

enum err db_break_put(cx *c, db_conn *k, const db_break *b)
{
	return db_exec(c, k,
		"INSERT INTO series_break (index_code, series, year, reason_vi, reason_en, source) VALUES ($1, $2, $3, $4, $5, $6)"
		" ON CONFLICT (index_code, series, year) DO UPDATE SET reason_vi = excluded.reason_vi, reason_en = excluded.reason_en,"
		" source = excluded.source",
		DB_ARGS(db_text(b->index_code), db_text(b->series), db_int(b->year), db_text(b->reason_vi), db_text(b->reason_en),
			db_text_if(b->source)), NULL);
}

enum err db_break_of(cx *c, db_conn *k, str index_code, db_break_list *out)
{
	db_rows r;
	*out = (db_break_list){ 0 };
	db_query(c, k,
		"SELECT index_code, series, year, reason_vi, reason_en, source FROM series_break WHERE index_code = $1 OR $1 = ''"
		" ORDER BY index_code, series, year",
		DB_ARGS(db_text(index_code)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_break){ .index_code = db_cell_copy(c, &r, 0), .series = db_cell_copy(c, &r, 1),
			.year = (int)db_cell_int(&r, 2), .reason_vi = db_cell_copy(c, &r, 3), .reason_en = db_cell_copy(c, &r, 4),
			.source = db_cell_copy(c, &r, 5) };
	return db_end(&r);
}

enum err db_index_year_put(cx *c, db_conn *k, const db_index_year *y, size_t n, int64_t import_id)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && !e; i++)
		e = db_exec(c, k,
			"INSERT INTO index_year (index_code, year, series, area, release_year, mean, minimum, maximum, decision, published_on, source,"
			" status, note, import_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
			" ON CONFLICT (index_code, year, series, area, release_year) DO UPDATE SET mean = excluded.mean, minimum = excluded.minimum,"
			" maximum = excluded.maximum, decision = excluded.decision, published_on = excluded.published_on, source = excluded.source,"
			" status = excluded.status, note = excluded.note, import_id = excluded.import_id",
			DB_ARGS(db_text(y[i].index_code), db_int(y[i].year), db_text(y[i].series), db_text(y[i].area), db_int(y[i].release_year),
				db_bind_dec_if(c->mem, y[i].mean), db_bind_dec_if(c->mem, y[i].minimum), db_bind_dec_if(c->mem, y[i].maximum),
				db_text_if(y[i].decision), db_int_if(y[i].published_on != 0, y[i].published_on), db_text_if(y[i].source),
				db_text(y[i].status), db_text_if(y[i].note), db_int(import_id)), NULL);
	return e;
}

enum err db_index_year_of(cx *c, db_conn *k, str index_code, str area, db_index_year_list *out)
{
	db_rows r;
	*out = (db_index_year_list){ 0 };
	db_query(c, k,
		"SELECT y.index_code, y.year, y.series, y.area, y.release_year, y.mean, y.minimum, y.maximum, y.decision, y.published_on, y.source,"
		" y.status, y.note, y.import_id FROM index_year y JOIN import i ON i.id = y.import_id AND i.visible = 1"
		" WHERE y.index_code = $1 AND (y.area = $2 OR $2 = '') ORDER BY y.series, y.area, y.year, y.release_year",
		DB_ARGS(db_text(index_code), db_text(area)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_index_year){ .index_code = db_cell_copy(c, &r, 0), .year = (int)db_cell_int(&r, 1),
			.series = db_cell_copy(c, &r, 2), .area = db_cell_copy(c, &r, 3), .release_year = (int)db_cell_int(&r, 4),
			.mean = db_cell_dec_if(&r, 5), .minimum = db_cell_dec_if(&r, 6), .maximum = db_cell_dec_if(&r, 7),
			.decision = db_cell_copy(c, &r, 8), .published_on = (day)db_cell_int(&r, 9), .source = db_cell_copy(c, &r, 10),
			.status = db_cell_copy(c, &r, 11), .note = db_cell_copy(c, &r, 12), .import_id = db_cell_int(&r, 13) };
	return db_end(&r);
}
