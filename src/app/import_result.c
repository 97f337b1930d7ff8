/* Indices, their series and breaks, and published results. */
#include "app/import_row.h"
#include "db/result.h"

enum { D_CODE, D_VI, D_EN, D_PUB_VI, D_PUB_EN, D_UNIT, D_MAX, D_FIRST, D_NOTE_VI, D_NOTE_EN, INDEX_COLUMNS };

static const struct table_column index_columns[INDEX_COLUMNS] = {
	{ "code", true, true },
	{ "name_vi", true },
	{ "name_en", true },
	{ "publisher_vi", true },
	{ "publisher_en", false },
	{ "unit", true },
	{ "max", false },
	{ "first_year", false },
	{ "note_vi", false },
	{ "note_en", false },
};

struct indices {
	VEC(db_index) list;
};

static void read_index(struct import_job *j, void *state)
{
	struct indices *s = state;
	db_index d = {
		.code = import_required(j, D_CODE), .name_vi = import_required(j, D_VI), .name_en = import_required(j, D_EN)
	};
	d.publisher = import_required(j, D_PUB_VI);
	d.value_unit = import_required(j, D_UNIT);
	d.higher_is_better = true;
	d.level = STR("province");
	d.note = import_text(j, D_NOTE_VI);
	d.sort_no = (int)s->list.n + 1;
	*VEC_PUSH(j->c->mem, &s->list) = d;
}

static enum err put_indices(struct import_job *j, void *state, size_t from, size_t n)
{
	struct indices *s = state;
	enum err e = ERR_OK;
	for (size_t i = from; i < from + n && !e; i++)
		e = db_index_put(j->c, j->conn, &s->list.p[i]);
	j->changed += (int64_t)n;
	return e;
}

static enum err write_indices(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct indices *)state)->list.n, put_indices, state, NULL);
}

const struct import_kind import_indices = { "indices", index_columns, INDEX_COLUMNS, sizeof(struct indices), read_index,
	write_indices };

enum { S_INDEX, S_CODE, S_VI, S_EN, S_MAX, S_YEARS, S_NOTE, SERIES_COLUMNS };

static const struct table_column series_columns[SERIES_COLUMNS] = {
	{ "index", true },
	{ "series", true },
	{ "name_vi", true },
	{ "name_en", true },
	{ "max", false },
	{ "years", false },
	{ "note", false },
};

struct series_list {
	VEC(db_series) list;
};

/* "2018-2024", "2018-" or "2018". */
static void read_years(struct import_job *j, db_series *s)
{
	long a = 0, b = 9999;
	str rest = j->t.cell[S_YEARS], from, to = { 0 };
	bool has_to = rest.len && str_next(&rest, '-', &from) && rest.p && str_next(&rest, '-', &to);
	if (j->t.cell[S_YEARS].len && (!str_int(from, 1990, 2200, &a) || (to.len && !str_int(to, a, 9999, &b))))
		import_fault(j, "import.years", S_YEARS);
	s->first_year = (int)a;
	s->last_year = j->t.cell[S_YEARS].len && !has_to ? (int)a : (int)b;
}

static void read_series(struct import_job *j, void *state)
{
	struct series_list *list = state;
	db_series s = {
		.index_code = import_required(j, S_INDEX), .code = import_required(j, S_CODE), .name_vi = import_required(j, S_VI)
	};
	import_check_index(j, s.index_code, S_INDEX);
	s.name_en = import_required(j, S_EN);
	s.maximum.there = import_dec(j, S_MAX, &s.maximum.v);
	s.note = import_text(j, S_NOTE);
	s.sort_no = (int)list->list.n + 1;
	read_years(j, &s);
	*VEC_PUSH(j->c->mem, &list->list) = s;
}

static enum err put_series(struct import_job *j, void *state, size_t from, size_t n)
{
	struct series_list *s = state;
	enum err e = ERR_OK;
	for (size_t i = from; i < from + n && !e; i++)
		e = db_series_put(j->c, j->conn, &s->list.p[i]);
	j->changed += (int64_t)n;
	return e;
}

static enum err write_series(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct series_list *)state)->list.n, put_series, state, NULL);
}

const struct import_kind import_series = { "series", series_columns, SERIES_COLUMNS, sizeof(struct series_list), read_series,
	write_series };

enum { B_INDEX, B_SERIES, B_YEAR, B_VI, B_EN, B_SOURCE, B_STATUS, BREAK_COLUMNS };

static const struct table_column break_columns[BREAK_COLUMNS] = {
	{ "index", true },
	{ "series", true },
	{ "year", true },
	{ "reason_vi", true },
	{ "reason_en", true },
	{ "source", false },
	{ "status", false },
};

struct breaks {
	VEC(db_break) list;
};

static void read_break(struct import_job *j, void *state)
{
	struct breaks *s = state;
	db_break b = { .index_code = import_required(j, B_INDEX), .series = import_required(j, B_SERIES) };
	import_check_index(j, b.index_code, B_INDEX);
	b.year = (int)import_int(j, B_YEAR, 1990, 2200, 0);
	b.reason_vi = import_required(j, B_VI);
	b.reason_en = import_required(j, B_EN);
	b.source = import_text(j, B_SOURCE);
	/* What was not verified says so wherever it is shown. */
	if (j->t.cell[B_STATUS].len && !str_is(j->t.cell[B_STATUS], "verified"))
		b.source = arena_printf(j->c->mem, "%.*s (%.*s)", STR_ARG(b.source), STR_ARG(j->t.cell[B_STATUS]));
	if (!b.year)
		import_fault(j, "import.int", B_YEAR);
	*VEC_PUSH(j->c->mem, &s->list) = b;
}

static enum err put_breaks(struct import_job *j, void *state, size_t from, size_t n)
{
	struct breaks *s = state;
	enum err e = ERR_OK;
	for (size_t i = from; i < from + n && !e; i++)
		e = db_break_put(j->c, j->conn, &s->list.p[i]);
	j->changed += (int64_t)n;
	return e;
}

static enum err write_breaks(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct breaks *)state)->list.n, put_breaks, state, NULL);
}

const struct import_kind import_breaks = { "breaks", break_columns, BREAK_COLUMNS, sizeof(struct breaks), read_break,
	write_breaks };

enum {
	V_INDEX,
	V_YEAR,
	V_CODE,
	V_UNIT,
	V_SERIES,
	V_SCORE,
	V_RANK,
	V_RANK_KIND,
	V_PUBLISHER,
	V_SOURCE,
	V_STATUS,
	V_COVERAGE,
	V_NOTE,
	RESULT_COLUMNS
};

/* A pasted national table needs only unit and score or rank; index and year may come as options. */
static const struct table_column result_columns[RESULT_COLUMNS] = {
	{ "index", false },
	{ "year", false },
	{ "unit_code", false, true },
	{ "unit_name", false },
	{ "series", false },
	{ "score", false },
	{ "rank", false },
	{ "rank_kind", false },
	{ "publisher", false },
	{ "source", false },
	{ "status", false },
	{ "coverage", false },
	{ "note", false },
};

struct results {
	VEC(db_result) list;
	map seen; /* index, year, series, unit */
};

static str option_or_cell(struct import_job *j, int column, const char *option)
{
	if (j->t.cell[column].len)
		return import_text(j, column);
	return option ? str_of(option) : STR("");
}

static void check_once(struct import_job *j, struct results *s, const db_result *r)
{
	str key = arena_printf(
		j->c->mem, "%.*s|%d|%.*s|%lld", STR_ARG(r->index_code), r->year, STR_ARG(r->series), (long long)r->unit_id);
	import_once(j, &s->seen, key, j->t.cell[V_UNIT].len ? V_UNIT : V_CODE);
}

static void read_result(struct import_job *j, void *state)
{
	struct results *s = state;
	size_t before = j->c->n_errors;
	long year = 0;
	day first, last;
	db_result r = { .index_code = option_or_cell(j, V_INDEX, j->opt->index),
		.series = option_or_cell(j, V_SERIES, j->opt->series) };
	if (!r.series.len)
		r.series = STR("total");
	if (!r.index_code.len)
		import_fault(j, "import.no_index", V_INDEX);
	import_check_index(j, r.index_code, V_INDEX);
	if (!str_int(option_or_cell(j, V_YEAR, j->opt->year), 1990, 2200, &year))
		import_fault(j, "import.no_year", V_YEAR);
	r.year = (int)year;
	r.score.there = import_dec(j, V_SCORE, &r.score.v);
	r.rank = (int)import_int(j, V_RANK, 1, 100000, 0);
	/* A row without figures may still say something about the unit: then in its note. */
	if (!j->t.cell[V_SCORE].len && !j->t.cell[V_RANK].len && !j->t.cell[V_NOTE].len)
		import_fault(j, "import.no_figure", V_SCORE);
	r.rank_kind = j->t.cell[V_RANK_KIND].len ? import_text(j, V_RANK_KIND) : r.rank ? STR("published") : STR("");
	r.publisher = import_text(j, V_PUBLISHER);
	r.source = import_text(j, V_SOURCE);
	r.status = j->t.cell[V_STATUS].len ? import_text(j, V_STATUS) : STR("not verified");
	r.coverage = import_text(j, V_COVERAGE);
	r.note = import_text(j, V_NOTE);
	if (j->c->n_errors > before || !date_make(r.year, 1, 1, &first) || !date_make(r.year, 12, 31, &last))
		return;
	const char *level = j->opt->level ? j->opt->level : "province";
	str code = j->t.cell[V_CODE];
	bool country = str_is(code, "VN");
	r.unit_id = import_unit(
		j, country ? STR("country") : str_of(level), code, j->t.cell[V_UNIT], first, last, code.len ? V_CODE : V_UNIT);
	if (!r.unit_id)
		return;
	check_once(j, s, &r);
	*VEC_PUSH(j->c->mem, &s->list) = r;
}

static enum err put_results(struct import_job *j, void *state, size_t from, size_t n)
{
	int64_t changed;
	enum err e = db_result_put(j->c, j->conn, ((struct results *)state)->list.p + from, n, j->import_id, &changed);
	j->changed += changed;
	return e;
}

static enum err write_results(struct import_job *j, void *state)
{
	return import_chunks(j, ((struct results *)state)->list.n, put_results, state);
}

const struct import_kind import_results = { "results", result_columns, RESULT_COLUMNS, sizeof(struct results), read_result,
	write_results };
