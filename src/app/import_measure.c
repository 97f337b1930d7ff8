/* The catalogue of measures, measures of units, and rounds. */
#include "app/import_row.h"
#include "app/edition.h"
#include "base/period.h"
#include "db/edition.h"
#include "db/measure.h"
#include "db/round.h"
#include "engine/measure.h"

enum { K_NAME, K_VI, K_EN, K_UNIT, K_NUM, K_DEN, K_SOURCE, K_PERIOD, K_EDITIONS, K_CRITERIA, CATALOGUE_COLUMNS };

static const struct table_column catalogue_columns[CATALOGUE_COLUMNS] = {
	{ "name", true },
	{ "name_vi", true },
	{ "name_en", true },
	{ "unit", true },
	{ "numerator", false },
	{ "denominator", false },
	{ "source_kind", true },
	{ "period", true },
	{ "editions", false },
	{ "criteria", false },
};

static void read_catalogue(struct import_job *j, void *state)
{
	db_measure_def_list *list = state;
	db_measure_def d = {
		.name = import_required(j, K_NAME), .name_vi = import_required(j, K_VI), .name_en = import_required(j, K_EN)
	};
	d.value_unit = import_required(j, K_UNIT);
	d.numerator = import_text(j, K_NUM);
	d.denominator = import_text(j, K_DEN);
	d.source_kind = import_required(j, K_SOURCE);
	d.period = import_required(j, K_PERIOD);
	*VEC_PUSH(j->c->mem, list) = d;
}

static enum err put_catalogue(struct import_job *j, void *state, size_t from, size_t n)
{
	j->changed += (int64_t)n;
	return db_measure_def_put(j->c, j->conn, ((db_measure_def_list *)state)->p + from, n);
}

static enum err write_catalogue(struct import_job *j, void *state)
{
	return import_at_once(j, ((db_measure_def_list *)state)->n, put_catalogue, state, NULL);
}

const struct import_kind import_catalogue = { "catalogue", catalogue_columns, CATALOGUE_COLUMNS, sizeof(db_measure_def_list),
	read_catalogue, write_catalogue };

struct measure_rows {
	db_measure_list list;
	map seen; /* unit, measure, period -> number of rows: events are told apart by it */
	map plain; /* measures that an edition reads as one value */
	bool looked;
};

static void add_plain(struct import_job *j, struct measure_rows *s, int64_t edition_id)
{
	db_edition e;
	tree *t;
	if (db_edition_get(j->c, j->conn, edition_id, &e) || tree_read(j->c, csv_open_mem(j->c, e.code, e.csv, NULL), e.code, &t))
		return;
	for (size_t i = 0; i < t->measures.n; i++)
		if (t->measures.p[i].slot[PART_VALUE])
			map_put(j->c->mem, &s->plain, t->measures.p[i].name, NULL);
}

/* A second figure of what a rule reads as one value would leave the whole round without points. */
static bool may_repeat(struct import_job *j, struct measure_rows *s, str measure)
{
	db_edition_list list = { 0 };
	if (!s->looked && db_edition_list_all(j->c, j->conn, STR(""), &list) == ERR_OK)
		for (size_t i = 0; i < list.n; i++)
			add_plain(j, s, list.p[i].id);
	s->looked = true;
	return !map_get(&s->plain, measure);
}

/* What the scorer would refuse is refused here, where the file and its line are known. */
static void check_figure(struct import_job *j, const db_measure *m)
{
	if (!m->numerator.len != !m->denominator.len)
		import_fault(j, "measure.half_fraction", m->numerator.len ? MEASURE_DENOMINATOR : MEASURE_NUMERATOR);
	const char *key = m->numerator.len ? NULL : measure_value_fault(m->value);
	if (key)
		import_fault(j, key, MEASURE_VALUE);
	if (!str_is(m->status, "ok") && !str_is(m->status, "na") && !str_is(m->status, "missing"))
		import_fault(j, "measure.status", MEASURE_STATUS);
}

static void read_measure(struct import_job *j, void *state)
{
	struct measure_rows *s = state;
	period p;
	day first = 0, last = 0;
	dec d;
	db_measure m = { .measure = import_required(j, MEASURE_NAME), .period = import_required(j, MEASURE_PERIOD) };
	if (!period_parse(m.period, &p))
		import_fault(j, "import.period", MEASURE_PERIOD);
	else
		period_days(p, &first, &last);
	m.numerator = import_number(j, MEASURE_NUMERATOR);
	m.denominator = import_number(j, MEASURE_DENOMINATOR);
	if (m.numerator.len && !dec_parse(m.numerator, &d))
		import_fault(j, "import.number", MEASURE_NUMERATOR);
	if (m.denominator.len && !dec_parse(m.denominator, &d))
		import_fault(j, "import.number", MEASURE_DENOMINATOR);
	m.value = import_number(j, MEASURE_VALUE);
	m.status = j->t.cell[MEASURE_STATUS].len ? import_text(j, MEASURE_STATUS) : STR("ok");
	m.reason = import_text(j, MEASURE_REASON);
	m.source = import_text(j, MEASURE_SOURCE);
	m.as_of = import_day(j, MEASURE_AS_OF, 0);
	check_figure(j, &m);
	m.stage = str_of(j->opt->stage ? j->opt->stage : "appraised");
	if (!j->t.cell[MEASURE_UNIT].len) {
		import_fault(j, "import.empty", MEASURE_UNIT);
		return;
	}
	m.unit_id = import_unit(
		j, str_of(j->opt->level ? j->opt->level : "province"), STR(""), j->t.cell[MEASURE_UNIT], first, last, MEASURE_UNIT);
	str key = arena_printf(j->c->mem, "%lld|%.*s|%.*s", (long long)m.unit_id, STR_ARG(m.measure), STR_ARG(m.period));
	m.seq = (int)(*map_put(j->c->mem, &s->seen, key, NULL))++;
	if (m.unit_id && m.seq && !may_repeat(j, s, m.measure))
		import_fault(j, "import.measure_twice", MEASURE_NAME);
	*VEC_PUSH(j->c->mem, &s->list) = m;
}

static enum err put_measures(struct import_job *j, void *state, size_t from, size_t n)
{
	int64_t changed;
	enum err e = db_measure_put(j->c, j->conn, ((struct measure_rows *)state)->list.p + from, n, j->import_id, &changed);
	j->changed += changed;
	return e;
}

static enum err write_measures(struct import_job *j, void *state)
{
	return import_chunks(j, ((struct measure_rows *)state)->list.n, put_measures, state);
}

const struct import_kind import_measures = { "measures", measure_columns, MEASURE_COLUMNS, sizeof(struct measure_rows),
	read_measure, write_measures };

enum { R_CODE, R_EDITION, R_VI, R_EN, R_LEVEL, R_PERIOD, R_ILLUSTRATIVE, ROUND_COLUMNS };

static const struct table_column round_columns[ROUND_COLUMNS] = {
	{ "code", true },
	{ "edition", true },
	{ "name_vi", true },
	{ "name_en", true },
	{ "level", true },
	{ "period", true },
	{ "illustrative", true },
};

static void read_round(struct import_job *j, void *state)
{
	db_round_list *list = state;
	period p;
	db_round r = {
		.code = import_required(j, R_CODE), .name_vi = import_required(j, R_VI), .name_en = import_required(j, R_EN)
	};
	r.level = import_required(j, R_LEVEL);
	r.period = import_required(j, R_PERIOD);
	r.illustrative = str_is(j->t.cell[R_ILLUSTRATIVE], "yes");
	r.status = STR("published");
	r.actor = str_of(j->opt->actor ? j->opt->actor : "system");
	if (!period_parse(r.period, &p))
		import_fault(j, "import.period", R_PERIOD);
	r.edition_id = edition_find_id(j->c, j->conn, import_required(j, R_EDITION));
	if (!r.edition_id)
		import_fault(j, "import.no_edition", R_EDITION);
	*VEC_PUSH(j->c->mem, list) = r;
}

static enum err put_rounds(struct import_job *j, void *state, size_t from, size_t n)
{
	enum err e = ERR_OK;
	for (size_t i = from; i < from + n && !e; i++)
		e = db_round_put(j->c, j->conn, &((db_round_list *)state)->p[i]);
	j->changed += (int64_t)n;
	return e;
}

static enum err write_rounds(struct import_job *j, void *state)
{
	return import_at_once(j, ((db_round_list *)state)->n, put_rounds, state, NULL);
}

const struct import_kind import_rounds = { "rounds", round_columns, ROUND_COLUMNS, sizeof(db_round_list), read_round,
	write_rounds };
