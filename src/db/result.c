#include "db/result.h"
#include <stdlib.h>
#include "base/vec.h"

enum { RESULT_ARGS = 16 };

/* $4 unit, $16 recorded. Same = the last revision that is visible, or of this import, says the same. */
#define KEY_OF(o) #o ".index_code = $2 AND " #o ".year = $3 AND " #o ".series = $5 AND " #o ".unit_id = $4"
static const char put_result[] =
	"INSERT INTO result (id, index_code, year, unit_id, series, revision, score, score_real, rank, rank_kind, coverage, publisher, source,"
	" status, note, import_id, recorded_at)"
	" SELECT $1, $2, $3, $4, $5, 1 + COALESCE((SELECT MAX(o.revision) FROM result o WHERE " KEY_OF(o) "), 0),"
	" $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16"
	" WHERE NOT EXISTS (SELECT 1 FROM result o WHERE " KEY_OF(o)
	" AND o.revision = (SELECT MAX(n.revision) FROM result n JOIN import i ON i.id = n.import_id WHERE " KEY_OF(n)
	" AND (i.visible = 1 OR n.import_id = $15))"
	" AND o.score IS NOT DISTINCT FROM $6 AND o.rank IS NOT DISTINCT FROM $8 AND o.rank_kind IS NOT DISTINCT FROM $9"
	" AND o.coverage IS NOT DISTINCT FROM $10 AND o.publisher IS NOT DISTINCT FROM $11 AND o.source IS NOT DISTINCT FROM $12"
	" AND o.status = $13 AND o.note IS NOT DISTINCT FROM $14)";

enum err db_result_put(cx *c, db_conn *k, const db_result *r, size_t n, int64_t import_id, int64_t *changed)
{
	db_val *args = NEW_ARRAY(c->mem, db_val, n * RESULT_ARGS);
	for (size_t i = 0; i < n; i++) {
		const db_result *x = &r[i];
		const db_val row[RESULT_ARGS] = { db_int(db_new_id(c, k)), db_text(x->index_code), db_int(x->year), db_int(x->unit_id),
			db_text(x->series), db_bind_dec_if(c->mem, x->score), db_bind_dec_real(x->score), db_int_if(x->rank != 0, x->rank),
			db_text_if(x->rank_kind), db_text_if(x->coverage), db_text_if(x->publisher), db_text_if(x->source), db_text(x->status),
			db_text_if(x->note), db_int(import_id), db_int(c->now_ms) };
		memcpy(args + i * RESULT_ARGS, row, sizeof row);
	}
	return db_bulk(c, k, put_result, args, RESULT_ARGS, n, changed);
}

#define COLUMNS \
	"r.id, r.unit_id, r.index_code, r.series, r.year, r.revision, r.score, r.rank, r.rank_kind, r.coverage, r.publisher, r.source," \
	" r.status, r.note, r.import_id, r.recorded_at"
#define UNIT_COLUMNS "u.code, u.name, u.sort_key, u.type, u.region"

static db_result read_result(cx *c, const db_rows *r, const db_result *before)
{
	return (db_result){ .id = db_cell_int(r, 0), .unit_id = db_cell_int(r, 1), .index_code = db_cell_again(c, r, 2, before->index_code),
		.series = db_cell_again(c, r, 3, before->series), .year = (int)db_cell_int(r, 4), .revision = (int)db_cell_int(r, 5),
		.score = db_cell_dec_if(r, 6), .rank = (int)db_cell_int(r, 7), .rank_kind = db_cell_again(c, r, 8, before->rank_kind),
		.coverage = db_cell_again(c, r, 9, before->coverage), .publisher = db_cell_again(c, r, 10, before->publisher),
		.source = db_cell_again(c, r, 11, before->source), .status = db_cell_again(c, r, 12, before->status),
		.note = db_cell_again(c, r, 13, before->note), .import_id = db_cell_int(r, 14), .recorded_at = db_cell_int(r, 15) };
}

/* Puts a row behind the others. */
static db_standing *add_standing(cx *c, const db_rows *r, db_standing_list *list)
{
	static const db_standing none;
	const db_standing *before = list->n ? &list->p[list->n - 1] : &none;
	db_standing s = { .r = read_result(c, r, &before->r), .unit_code = db_cell_again(c, r, 16, before->unit_code),
		.unit_name = db_cell_again(c, r, 17, before->unit_name), .unit_sort = db_cell_again(c, r, 18, before->unit_sort),
		.unit_type = db_cell_again(c, r, 19, before->unit_type), .region = db_cell_again(c, r, 20, before->region) };
	db_standing *to = VEC_PUSH(c->mem, list);
	*to = s;
	return to;
}

/* ---- league ---- */

/* What a unit had a year before. */
struct past {
	int64_t unit_id;
	int rank;
	db_dec score;
};

/* Which unit a unit was before, when that was one and only one: then their ranks may be compared. */
struct before {
	int64_t unit_id, old_id;
};

struct history {
	VEC(struct past) past;     /* by unit_id */
	VEC(struct before) before; /* by unit_id */
};

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static enum err read_history(cx *c, db_conn *k, str index_code, int year, str series, struct history *h)
{
	db_rows r;
	db_query(c, k,
		"SELECT r.unit_id, r.rank, r.score FROM result_current r WHERE r.index_code = $1 AND r.year = $2 AND r.series = $3 ORDER BY r.unit_id",
		DB_ARGS(db_text(index_code), db_int(year), db_text(series)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, &h->past) = (struct past){ db_cell_int(&r, 0), (int)db_cell_int(&r, 1), db_cell_dec_if(&r, 2) };
	enum err e = db_end(&r);
	if (e || !h->past.n)
		return e;
	db_query(c, k,
		"SELECT s.new_id, MIN(s.old_id) FROM unit_successor s WHERE s.new_id IN"
		" (SELECT r.unit_id FROM result r WHERE r.index_code = $1 AND r.year = $2 AND r.series = $3)"
		" GROUP BY s.new_id HAVING COUNT(*) = 1 ORDER BY s.new_id",
		DB_ARGS(db_text(index_code), db_int(year + 1), db_text(series)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, &h->before) = (struct before){ db_cell_int(&r, 0), db_cell_int(&r, 1) };
	return db_end(&r);
}

static void add_history(const struct history *h, db_standing *s)
{
	if (!h->past.n)
		return;
	const struct past *p = bsearch(&s->r.unit_id, h->past.p, h->past.n, sizeof *h->past.p, by_id);
	if (!p && h->before.n) {
		const struct before *b = bsearch(&s->r.unit_id, h->before.p, h->before.n, sizeof *h->before.p, by_id);
		p = b ? bsearch(&b->old_id, h->past.p, h->past.n, sizeof *h->past.p, by_id) : NULL;
	}
	if (p) {
		s->previous_rank = p->rank;
		s->previous_score = p->score;
	}
}

enum err db_result_league(cx *c, db_conn *k, str index_code, int year, str series, str level, db_standing_list *out)
{
	struct history h = { 0 };
	db_rows r;
	*out = (db_standing_list){ 0 };
	enum err e = read_history(c, k, index_code, year - 1, series, &h);
	if (e)
		return e;
	db_query(c, k,
		"SELECT " COLUMNS ", " UNIT_COLUMNS " FROM result_current r JOIN unit u ON u.id = r.unit_id"
		" WHERE r.index_code = $1 AND r.year = $2 AND r.series = $3 AND u.level = $4"
		" ORDER BY r.rank NULLS LAST, r.score_real DESC NULLS LAST, u.sort_key, u.id",
		DB_ARGS(db_text(index_code), db_int(year), db_text(series), db_text(level)), &r);
	while (db_next(&r))
		add_history(&h, add_standing(c, &r, out));
	return db_end(&r);
}

/* ---- one unit ---- */

enum err db_result_of_unit(cx *c, db_conn *k, int64_t unit_id, bool line, str index_code, str series, db_standing_list *out)
{
	db_rows r;
	*out = (db_standing_list){ 0 };
	db_query(c, k,
		"WITH RECURSIVE line (id, generation) AS (SELECT $1, 0 UNION SELECT s.old_id, l.generation + 1"
		" FROM line l JOIN unit_successor s ON s.new_id = l.id WHERE $2 = 1 AND l.generation < 20)"
		" SELECT " COLUMNS ", " UNIT_COLUMNS ", l.generation FROM line l JOIN result_current r ON r.unit_id = l.id JOIN unit u ON u.id = l.id"
		" WHERE (r.index_code = $3 OR $3 = '') AND (r.series = $4 OR $4 = '')"
		" ORDER BY r.index_code, r.series, r.year, l.generation, u.sort_key, u.id",
		DB_ARGS(db_int(unit_id), db_int(line), db_text(index_code), db_text(series)), &r);
	while (db_next(&r))
		add_standing(c, &r, out)->generation = (int)db_cell_int(&r, 21);
	return db_end(&r);
}

enum err db_result_one(cx *c, db_conn *k, str index_code, int year, int64_t unit_id, str series, db_result *out)
{
	db_rows r;
	db_query(c, k,
		"SELECT " COLUMNS " FROM result_current r WHERE r.index_code = $1 AND r.year = $2 AND r.unit_id = $3 AND r.series = $4",
		DB_ARGS(db_text(index_code), db_int(year), db_int(unit_id), db_text(series)), &r);
	bool found = db_next(&r);
	if (found)
		*out = read_result(c, &r, &(db_result){ 0 });
	return db_end_found(&r, found);
}

enum err db_result_revisions(cx *c, db_conn *k, str index_code, int year, int64_t unit_id, str series, db_standing_list *out)
{
	db_rows r;
	*out = (db_standing_list){ 0 };
	db_query(c, k,
		"SELECT " COLUMNS ", " UNIT_COLUMNS " FROM result r JOIN unit u ON u.id = r.unit_id JOIN import i ON i.id = r.import_id"
		" WHERE i.visible = 1 AND r.index_code = $1 AND r.year = $2 AND r.unit_id = $3 AND r.series = $4 ORDER BY r.revision DESC",
		DB_ARGS(db_text(index_code), db_int(year), db_int(unit_id), db_text(series)), &r);
	while (db_next(&r))
		add_standing(c, &r, out);
	return db_end(&r);
}

/* ---- years ---- */

/* The years that an index ($1), or each ($1 empty), has; one look into the index for each. */
#define YEARS \
	"WITH RECURSIVE y (code, level, year) AS (SELECT d.code, d.level, (SELECT MIN(o.year) FROM result o WHERE o.index_code = d.code)" \
	" FROM index_def d WHERE $1 = '' OR d.code = $1 UNION ALL SELECT y.code, y.level, (SELECT MIN(n.year) FROM result n" \
	" WHERE n.index_code = y.code AND n.year > y.year) FROM y WHERE y.year IS NOT NULL)"

/* The rows come index by index, year after year; the store does not promise it. */
static db_result_year *year_of(cx *c, db_result_year_list *list, int year, str index_code)
{
	for (size_t i = list->n; i-- > 0;)
		if (list->p[i].year == year && str_eq(list->p[i].index_code, index_code))
			return &list->p[i];
	db_result_year *y = VEC_PUSH(c->mem, list);
	*y = (db_result_year){ .year = year, .index_code = arena_str(c->mem, index_code) };
	return y;
}

/* Whether the unit of this row comes before the first one so far. */
static bool is_first(const db_result_year *y, db_dec score, str sort)
{
	int d = !y->first_code.len                      ? 1
		: !score.there || !y->first_score.there ? (int)score.there - (int)y->first_score.there
							: dec_cmp(score.v, y->first_score.v);
	return d ? d > 0 : str_cmp(sort, y->first_sort) < 0;
}

static bool add_row(cx *c, const db_rows *r, db_result_year *y)
{
	db_dec score = db_cell_dec_if(r, 1);
	int rank = (int)db_cell_int(r, 2);
	y->units++;
	y->scored += score.there;
	y->ranked += rank > 0;
	y->figures += score.there || rank > 0; /* some rows have only a note: "among the last five" */
	if (rank == 1 && is_first(y, score, db_cell_text(r, 5))) {
		y->first_score = score;
		y->first_code = db_cell_copy(c, r, 3);
		y->first_name = db_cell_copy(c, r, 4);
		y->first_sort = db_cell_copy(c, r, 5);
	}
	return !score.there || dec_add(y->sum, score.v, &y->sum);
}

static enum err add_expected(cx *c, db_conn *k, str level, db_result_year_list *years)
{
	db_rows r;
	day *last = NEW_ARRAY(c->mem, day, years->n + 1);
	for (size_t i = 0; i < years->n; i++)
		if (!date_make(years->p[i].year, 12, 31, &last[i]))
			last[i] = INT32_MIN; /* nothing was there */
	db_query(c, k, "SELECT valid_from, valid_to FROM unit WHERE level = $1", DB_ARGS(db_text(level)), &r);
	while (db_next(&r)) {
		int64_t from = db_cell_int(&r, 0), to = db_cell_int(&r, 1);
		for (size_t i = 0; i < years->n; i++)
			years->p[i].expected += from <= last[i] && last[i] <= to;
	}
	return db_end(&r);
}

static int by_year(const void *a, const void *b)
{
	const db_result_year *x = a, *y = b;
	int d = str_cmp(x->index_code, y->index_code);
	return d ? d : (x->year > y->year) - (x->year < y->year);
}

enum err db_result_years(cx *c, db_conn *k, str index_code, str series, str level, db_result_year_list *out)
{
	db_rows r;
	bool fits = true;
	*out = (db_result_year_list){ 0 };
	/* CROSS JOIN: SQLite shall go from year to year, not through all series of all years. */
	db_query(c, k,
		YEARS " SELECT r.year, r.score, r.rank, u.code, u.name, u.sort_key, y.code FROM y CROSS JOIN result_current r JOIN unit u"
		" ON u.id = r.unit_id WHERE r.index_code = y.code AND r.year = y.year AND r.series = $2 AND u.level = $3",
		DB_ARGS(db_text(index_code), db_text(series), db_text(level)), &r);
	while (db_next(&r))
		fits &= add_row(c, &r, year_of(c, out, (int)db_cell_int(&r, 0), db_cell_text(&r, 6)));
	enum err e = db_end(&r);
	if (!e)
		e = fits ? add_expected(c, k, level, out) : cx_fail(c, ERR_LIMIT, "db.sum", (place){ 0 }, (str){ 0 });
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_year);
	return e;
}

enum err db_result_year_numbers(cx *c, db_conn *k, str index_code, str series, db_result_year_list *out)
{
	db_rows r;
	*out = (db_result_year_list){ 0 };
	db_query(c, k,
		/* Not EXISTS: PostgreSQL would join with all years at once, and read all of their rows. */
		YEARS " SELECT y.year, y.code FROM y WHERE y.year IS NOT NULL AND 1 = (SELECT 1 FROM result_current r JOIN unit u ON u.id = r.unit_id"
		" WHERE r.index_code = y.code AND r.year = y.year AND r.series = $2 AND u.level = y.level LIMIT 1) ORDER BY y.code, y.year",
		DB_ARGS(db_text(index_code), db_text(series)), &r);
	while (db_next(&r))
		*VEC_PUSH(c->mem, out) = (db_result_year){ .year = (int)db_cell_int(&r, 0), .index_code = db_cell_copy(c, &r, 1) };
	return db_end(&r);
}
