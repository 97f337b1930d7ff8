#include "db/measure.h"
#include "base/vec.h"

enum { DEF_ARGS = 9, MEASURE_ARGS = 15 };

static const char put_def[] =
	"INSERT INTO measure_def (name, name_vi, name_en, value_unit, numerator, denominator, source_kind, period, note)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,"
	" value_unit = excluded.value_unit, numerator = excluded.numerator, denominator = excluded.denominator,"
	" source_kind = excluded.source_kind, period = excluded.period, note = excluded.note";

enum err db_measure_def_put(cx *c, db_conn *k, const db_measure_def *d, size_t n)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * DEF_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[DEF_ARGS] = { db_text(d[i].name), db_text(d[i].name_vi), db_text(d[i].name_en), db_text(d[i].value_unit),
			db_text_if(d[i].numerator), db_text_if(d[i].denominator), db_text(d[i].source_kind), db_text(d[i].period), db_text_if(d[i].note) };
		memcpy(args + i * DEF_ARGS, row, sizeof row);
	}
	return db_bulk(c, k, put_def, args, DEF_ARGS, n, NULL);
}

enum err db_measure_def_all(cx *c, db_conn *k, db_measure_def_list *out)
{
	db_rows r;
	*out = (db_measure_def_list){ 0 };
	db_query(c, k,
		"SELECT name, name_vi, name_en, value_unit, numerator, denominator, source_kind, period, note FROM measure_def ORDER BY name",
		DB_NONE, &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_measure_def){ .name = db_cell_copy(c, &r, 0), .name_vi = db_cell_copy(c, &r, 1),
			.name_en = db_cell_copy(c, &r, 2), .value_unit = db_cell_copy(c, &r, 3), .numerator = db_cell_copy(c, &r, 4),
			.denominator = db_cell_copy(c, &r, 5), .source_kind = db_cell_copy(c, &r, 6), .period = db_cell_copy(c, &r, 7),
			.note = db_cell_copy(c, &r, 8) };
	return db_end(&r);
}

#define KEY_OF(v) #v ".unit_id = $2 AND " #v ".period = $4 AND " #v ".stage = $5 AND " #v ".measure = $3 AND " #v ".seq = $6"
static const char put_measure[] =
	"INSERT INTO measure_value (id, unit_id, measure, period, stage, seq, revision, numerator, denominator, value, status, reason, source,"
	" as_of, import_id, recorded_at)"
	" SELECT $1, $2, $3, $4, $5, $6, 1 + COALESCE((SELECT MAX(v.revision) FROM measure_value v WHERE " KEY_OF(v) "), 0),"
	" $7, $8, $9, $10, $11, $12, $13, $14, $15"
	" WHERE NOT EXISTS (SELECT 1 FROM measure_value v WHERE " KEY_OF(v)
	" AND v.revision = (SELECT MAX(n.revision) FROM measure_value n JOIN import i ON i.id = n.import_id WHERE " KEY_OF(n)
	" AND (i.visible = 1 OR n.import_id = $14))"
	" AND v.numerator IS NOT DISTINCT FROM $7 AND v.denominator IS NOT DISTINCT FROM $8 AND v.value IS NOT DISTINCT FROM $9"
	" AND v.status = $10 AND v.reason IS NOT DISTINCT FROM $11 AND v.source IS NOT DISTINCT FROM $12 AND v.as_of IS NOT DISTINCT FROM $13)";

enum err db_measure_put(cx *c, db_conn *k, const db_measure *m, size_t n, int64_t import_id, int64_t *changed)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * MEASURE_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_measure *x = &m[i];
		const db_val row[MEASURE_ARGS] = { db_int(db_new_id(c, k)), db_int(x->unit_id), db_text(x->measure), db_text(x->period),
			db_text(x->stage), db_int(x->seq), db_text_if(x->numerator), db_text_if(x->denominator), db_text_if(x->value),
			db_text(x->status), db_text_if(x->reason), db_text_if(x->source), db_int_if(x->as_of != 0, x->as_of), db_int(import_id),
			db_int(c->now_ms) };
		memcpy(args + i * MEASURE_ARGS, row, sizeof row);
	}
	return db_bulk(c, k, put_measure, args, MEASURE_ARGS, n, changed);
}

#define COLUMNS \
	"v.id, v.unit_id, v.measure, v.period, v.stage, v.seq, v.revision, v.numerator, v.denominator, v.value, v.status, v.reason, v.source," \
	" v.as_of, v.import_id, v.recorded_at"

static db_measure read_measure(cx *c, const db_rows *r, const db_measure *before)
{
	return (db_measure){ .id = db_cell_int(r, 0), .unit_id = db_cell_int(r, 1), .measure = db_cell_copy(c, r, 2),
		.period = db_cell_again(c, r, 3, before->period), .stage = db_cell_again(c, r, 4, before->stage), .seq = (int)db_cell_int(r, 5),
		.revision = (int)db_cell_int(r, 6), .numerator = db_cell_copy(c, r, 7), .denominator = db_cell_copy(c, r, 8),
		.value = db_cell_copy(c, r, 9), .status = db_cell_again(c, r, 10, before->status), .reason = db_cell_again(c, r, 11, before->reason),
		.source = db_cell_again(c, r, 12, before->source), .as_of = (day)db_cell_int(r, 13), .import_id = db_cell_int(r, 14),
		.recorded_at = db_cell_int(r, 15) };
}

static enum err read_all(cx *c, db_rows *r, db_measure_list *out)
{
	static const db_measure none;
	*out = (db_measure_list){ 0 };
	while (db_next(r)) {
		db_measure m = read_measure(c, r, out->n ? &out->p[out->n - 1] : &none);
		*VEC_PUSH(c->mem, out) = m;
	}
	return db_end(r);
}

enum err db_measure_of(cx *c, db_conn *k, int64_t unit_id, str period, str stage, db_measure_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM measure_current v WHERE v.unit_id = $1 AND v.period = $2 AND v.stage = $3 ORDER BY v.measure, v.seq",
		DB_ARGS(db_int(unit_id), db_text(period), db_text(stage)), &r);
	return read_all(c, &r, out);
}

enum err db_measure_of_period(cx *c, db_conn *k, str level, str period, str stage, db_measure_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM unit u JOIN measure_current v ON v.unit_id = u.id WHERE u.level = $1 AND v.period = $2 AND v.stage = $3"
		" ORDER BY v.unit_id, v.measure, v.seq",
		DB_ARGS(db_text(level), db_text(period), db_text(stage)), &r);
	return read_all(c, &r, out);
}

enum err db_measure_history(cx *c, db_conn *k, int64_t unit_id, str measure, str stage, db_measure_list *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM measure_current v WHERE v.unit_id = $1 AND v.measure = $2 AND v.stage = $3 ORDER BY v.period, v.seq",
		DB_ARGS(db_int(unit_id), db_text(measure), db_text(stage)), &r);
	return read_all(c, &r, out);
}

enum err db_measure_sets(cx *c, db_conn *k, int64_t unit_id, db_measure_set_list *out)
{
	db_rows r;
	*out = (db_measure_set_list){ 0 };
	db_query(c, k,
		"SELECT v.stage, v.period, COUNT(*) FROM measure_current v WHERE v.unit_id = $1 GROUP BY v.stage, v.period ORDER BY v.period, v.stage",
		DB_ARGS(db_int(unit_id)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_measure_set){ db_cell_copy(c, &r, 0), db_cell_copy(c, &r, 1), db_cell_int(&r, 2) };
	return db_end(&r);
}
