/* Units, communes, aliases, regions, holidays. */
#include "app/import_row.h"
#include "db/calendar.h"

enum {
	LEVEL,
	CODE,
	NAME,
	TYPE,
	REGION,
	VALID_FROM,
	VALID_TO,
	SUCCESSOR,
	PARENT_LEVEL,
	PARENT_CODE,
	SOURCE,
	STATUS,
	NOTE,
	UNIT_COLUMNS
};

static const struct table_column unit_columns[UNIT_COLUMNS] = {
	{ "level", true },
	{ "code", true, true },
	{ "name", true },
	{ "type", false },
	{ "region", false },
	{ "valid_from", false },
	{ "valid_to", false },
	{ "successor_code", false },
	{ "parent_level", false },
	{ "parent_code", false },
	{ "source", false },
	{ "status", false },
	{ "note", false },
};

struct units {
	db_unit_list list;
	VEC(int64_t) lines;
	map seen; /* level, code, first day */
};

static void read_unit(struct import_job *j, void *state)
{
	struct units *s = state;
	db_unit u = { .level = import_required(j, LEVEL), .code = import_required(j, CODE), .name = import_required(j, NAME) };
	u.type = import_text(j, TYPE);
	u.region = import_text(j, REGION);
	u.valid_from = import_day(j, VALID_FROM, 0);
	u.valid_to = import_day(j, VALID_TO, DB_DAY_OPEN);
	u.successor_code = import_text(j, SUCCESSOR);
	u.parent_level = import_text(j, PARENT_LEVEL);
	u.parent_code = import_text(j, PARENT_CODE);
	u.source = import_text(j, SOURCE);
	u.status = j->t.cell[STATUS].len ? import_text(j, STATUS) : STR("not verified");
	u.note = import_text(j, NOTE);
	if (u.valid_to < u.valid_from)
		import_fault(j, "import.period", VALID_TO);
	import_once(j, &s->seen, arena_printf(j->c->mem, "%.*s|%.*s|%d", STR_ARG(u.level), STR_ARG(u.code), u.valid_from), CODE);
	*VEC_PUSH(j->c->mem, &s->list) = u;
	*VEC_PUSH(j->c->mem, &s->lines) = table_at(&j->t, CODE).line;
}

static enum err put_units(struct import_job *j, void *state, size_t from, size_t n)
{
	int64_t changed;
	enum err e = db_unit_put(j->c, j->conn, ((struct units *)state)->list.p + from, n, j->import_id, &changed);
	j->changed += changed;
	return e;
}

static enum err write_units(struct import_job *j, void *state)
{
	/* The words for search and the successors are made anew with them. */
	return import_at_once(j, ((struct units *)state)->list.n, put_units, state, db_unit_finish);
}

static str days_text(cx *c, const db_unit *u)
{
	char from[DATE_TEXT], to[DATE_TEXT];
	return arena_printf(c->mem, "%s – %s", u->valid_from ? (date_text(u->valid_from, from), from) : "",
		u->valid_to < DB_DAY_OPEN ? (date_text(u->valid_to, to), to) : "");
}

static bool same_unit(const db_unit *a, const db_unit *b)
{
	return a->valid_to == b->valid_to && str_eq(a->name, b->name) && str_eq(a->type, b->type) && str_eq(a->parent_level, b->parent_level)
		&& str_eq(a->parent_code, b->parent_code) && str_eq(a->region, b->region) && str_eq(a->successor_code, b->successor_code)
		&& str_eq(a->source, b->source) && str_eq(a->status, b->status) && str_eq(a->note, b->note);
}

/* What it would do, without doing it. */
static enum err look_at_units(struct import_job *j, void *state)
{
	const struct units *s = state;
	DB_READER(k);
	enum err e = db_reader(j->c, j->a->db, &k);
	for (size_t i = 0; i < s->list.n && !e; i++) {
		const db_unit *u = &s->list.p[i];
		db_unit_list old = { 0 };
		enum import_look_is is = LOOK_NEW;
		e = db_unit_versions(j->c, k, u->level, u->code, &old);
		for (size_t v = 0; v < old.n; v++)
			if (old.p[v].valid_from == u->valid_from)
				is = same_unit(u, &old.p[v]) ? LOOK_SAME : LOOK_CHANGED;
		str above = u->parent_code.len ? arena_printf(j->c->mem, "%.*s/%.*s", STR_ARG(u->parent_level), STR_ARG(u->parent_code)) : STR("");
		*VEC_PUSH(j->c->mem, j->opt->look) = (struct import_look){ s->lines.p[i],
			arena_printf(j->c->mem, "%.*s/%.*s", STR_ARG(u->level), STR_ARG(u->code)), u->name, { u->type, above, days_text(j->c, u) }, is };
	}
	return e;
}

const struct import_kind import_units = { "units", unit_columns, UNIT_COLUMNS, sizeof(struct units), read_unit, write_units, look_at_units };

enum { C_CODE, C_NAME, C_TYPE, C_PROVINCE, C_FROM, C_KNOWN, C_NOTE, COMMUNE_COLUMNS };

static const struct table_column commune_columns[COMMUNE_COLUMNS] = {
	{ "code", true, true },
	{ "name", true },
	{ "type", false },
	{ "province_code", true, true },
	{ "valid_from", false },
	{ "known_on", false },
	{ "note", false },
};

static void read_commune(struct import_job *j, void *state)
{
	struct units *s = state;
	db_unit u = { .level = STR("commune"), .code = import_required(j, C_CODE), .name = import_required(j, C_NAME) };
	u.type = import_text(j, C_TYPE);
	u.parent_level = STR("province");
	u.parent_code = import_required(j, C_PROVINCE);
	u.valid_from = import_day(j, C_FROM, 20270); /* 2025-07-01: the communes of today begin there */
	u.valid_to = DB_DAY_OPEN;
	u.status = STR("verified");
	u.note = import_text(j, C_NOTE);
	import_once(j, &s->seen, arena_printf(j->c->mem, "%.*s|%d", STR_ARG(u.code), u.valid_from), C_CODE);
	*VEC_PUSH(j->c->mem, &s->list) = u;
}

const struct import_kind import_communes = { "communes", commune_columns, COMMUNE_COLUMNS, sizeof(struct units), read_commune,
	write_units };

enum { A_LEVEL, A_CODE, A_FROM, A_ALIAS, ALIAS_COLUMNS };

static const struct table_column alias_columns[ALIAS_COLUMNS] = { { "level", true }, { "code", true, true }, { "valid_from", true },
	{ "alias", true } };

struct aliases {
	VEC(db_unit_alias) list;
};

static void read_alias(struct import_job *j, void *state)
{
	struct aliases *s = state;
	db_unit_alias a = { .alias = import_required(j, A_ALIAS) };
	str level = import_required(j, A_LEVEL), code = import_required(j, A_CODE);
	day from = import_day(j, A_FROM, 0);
	if (!import_required(j, A_FROM).len)
		return;
	a.unit_id = import_unit(j, level, code, STR(""), from, from, A_CODE);
	*VEC_PUSH(j->c->mem, &s->list) = a;
}

static enum err put_aliases(struct import_job *j, void *state, size_t from, size_t n)
{
	j->changed += (int64_t)n;
	return db_unit_alias_put(j->c, j->conn, ((struct aliases *)state)->list.p + from, n);
}

static enum err write_aliases(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct aliases *)state)->list.n, put_aliases, state, db_unit_finish);
}

const struct import_kind import_aliases = { "aliases", alias_columns, ALIAS_COLUMNS, sizeof(struct aliases), read_alias,
	write_aliases };

enum { R_SCHEME, R_DECIDED, R_REGION, R_CODE, R_NAME, R_STATUS, REGION_COLUMNS };

static const struct table_column region_columns[REGION_COLUMNS] = { { "scheme", true }, { "decided_on", true }, { "region", true },
	{ "unit_code", true, true }, { "unit_name", false }, { "status", true } };

struct regions {
	VEC(db_unit_region) list;
	map seen; /* scheme, code */
};

static void read_region(struct import_job *j, void *state)
{
	struct regions *s = state;
	db_unit_region r = { .scheme = import_required(j, R_SCHEME), .level = STR("province"), .code = import_required(j, R_CODE) };
	r.decided_on = import_day(j, R_DECIDED, 0);
	r.region = import_required(j, R_REGION);
	r.status = import_required(j, R_STATUS);
	import_once(j, &s->seen, arena_printf(j->c->mem, "%.*s|%.*s", STR_ARG(r.scheme), STR_ARG(r.code)), R_CODE);
	*VEC_PUSH(j->c->mem, &s->list) = r;
}

static enum err put_regions(struct import_job *j, void *state, size_t from, size_t n)
{
	j->changed += (int64_t)n;
	return db_unit_region_put(j->c, j->conn, ((struct regions *)state)->list.p + from, n);
}

static enum err write_regions(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct regions *)state)->list.n, put_regions, state, NULL);
}

const struct import_kind import_regions = { "regions", region_columns, REGION_COLUMNS, sizeof(struct regions), read_region,
	write_regions };

enum { H_DATE, H_NAME, H_KIND, H_SOURCE_KIND, H_SOURCE, H_STATUS, H_NOTE, HOLIDAY_COLUMNS };

static const struct table_column holiday_columns[HOLIDAY_COLUMNS] = {
	{ "date", true },
	{ "name", true },
	{ "kind", true },
	{ "source_kind", true },
	{ "source", false },
	{ "status", true },
	{ "note", false },
};

struct holidays {
	db_holiday_list list;
	map seen; /* day, kind */
};

static void read_holiday(struct import_job *j, void *state)
{
	struct holidays *s = state;
	db_holiday h = { .on = import_day(j, H_DATE, 0), .kind = import_required(j, H_KIND), .name = import_required(j, H_NAME) };
	if (!h.on)
		import_fault(j, "import.date", H_DATE);
	if (!str_is(h.kind, "holiday") && !str_is(h.kind, "swap_off") && !str_is(h.kind, "swap_work"))
		import_fault(j, "import.holiday_kind", H_KIND);
	h.source_kind = import_required(j, H_SOURCE_KIND);
	h.source = import_text(j, H_SOURCE);
	h.status = import_required(j, H_STATUS);
	h.note = import_text(j, H_NOTE);
	import_once(j, &s->seen, arena_printf(j->c->mem, "%d|%.*s", h.on, STR_ARG(h.kind)), H_DATE);
	*VEC_PUSH(j->c->mem, &s->list) = h;
}

static enum err put_holidays(struct import_job *j, void *state, size_t from, size_t n)
{
	int64_t changed;
	enum err e = db_holiday_put(j->c, j->conn, ((struct holidays *)state)->list.p + from, n, &changed);
	j->changed += changed;
	return e;
}

static enum err write_holidays(struct import_job *j, void *state)
{
	return import_at_once(j, ((struct holidays *)state)->list.n, put_holidays, state, NULL);
}

const struct import_kind import_holidays = { "holidays", holiday_columns, HOLIDAY_COLUMNS, sizeof(struct holidays), read_holiday,
	write_holidays };
