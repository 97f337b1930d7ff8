#include "db/calendar.h"
#include "base/vec.h"

enum { HOLIDAY_ARGS = 7 };

static const char put_holiday[] =
	"INSERT INTO holiday (day, kind, name, source_kind, source, status, note) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	" ON CONFLICT (day, kind) DO UPDATE SET name = excluded.name, source_kind = excluded.source_kind, source = excluded.source,"
	" status = excluded.status, note = excluded.note WHERE holiday.name <> excluded.name OR holiday.source_kind <> excluded.source_kind"
	" OR holiday.source IS DISTINCT FROM excluded.source OR holiday.status <> excluded.status OR holiday.note IS DISTINCT FROM excluded.note";

enum err db_holiday_put(cx *c, db_conn *k, const db_holiday *h, size_t n, int64_t *changed)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * HOLIDAY_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_val row[HOLIDAY_ARGS] = { db_int(h[i].on), db_text(h[i].kind), db_text(h[i].name), db_text(h[i].source_kind),
			db_text_if(h[i].source), db_text(h[i].status), db_text_if(h[i].note) };
		memcpy(args + i * HOLIDAY_ARGS, row, sizeof row);
	}
	return db_bulk(c, k, put_holiday, args, HOLIDAY_ARGS, n, changed);
}

enum err db_holiday_drop(cx *c, db_conn *k, day on, str kind)
{
	int64_t n;
	enum err e = db_exec(c, k, "DELETE FROM holiday WHERE day = $1 AND kind = $2", DB_ARGS(db_int(on), db_text(kind)), &n);
	return e ? e : n ? ERR_OK : ERR_NOTFOUND;
}

enum err db_holiday_between(cx *c, db_conn *k, day from, day to, db_holiday_list *out)
{
	db_rows r;
	*out = (db_holiday_list){ 0 };
	db_query(c, k,
		"SELECT day, kind, name, source_kind, source, status, note FROM holiday WHERE day >= $1 AND day <= $2 ORDER BY day, kind",
		DB_ARGS(db_int(from), db_int(to)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_holiday){ .on = (day)db_cell_int(&r, 0), .kind = db_cell_copy(c, &r, 1), .name = db_cell_copy(c, &r, 2),
			.source_kind = db_cell_copy(c, &r, 3), .source = db_cell_copy(c, &r, 4), .status = db_cell_copy(c, &r, 5),
			.note = db_cell_copy(c, &r, 6) };
	return db_end(&r);
}

enum err db_holiday_span(cx *c, db_conn *k, day *from, day *to, bool *any)
{
	db_rows r;
	db_query(c, k, "SELECT MIN(day), MAX(day) FROM holiday", DB_NONE, &r);
	*any = db_next(&r) && !db_cell_null(&r, 0);
	if (*any) {
		*from = (day)db_cell_int(&r, 0);
		*to = (day)db_cell_int(&r, 1);
	}
	return db_end(&r);
}
