#include "engine/measure.h"
#include "base/vn.h"

const struct table_column measure_columns[MEASURE_COLUMNS] = {
	{ "unit", true },
	{ "measure", true },
	{ "period", true },
	{ "numerator", false },
	{ "denominator", false },
	{ "value", true },
	{ "status", false },
	{ "reason", false },
	{ "source", false },
	{ "as_of", false },
};

/* A row, until the period is known. */
struct row {
	int32_t unit, measure;
	period period;
	struct fact fact;
};

struct measures_in {
	cx *c;
	const tree *t;
	str file, sheet;
	const table *in;  /* NULL: the rows do not come from a file */
	const str *cell;  /* the row that is read */
	int64_t line;
	struct measures *m;
	VEC(struct row) rows;
	map unused;
	VEC(str) unused_names;
	size_t errors; /* of the context, before */
};

static place at_cell(const struct measures_in *r, int column)
{
	if (r->in)
		return table_at(r->in, column);
	return (place){ .file = r->file, .line = r->line, .field = str_of(measure_columns[column].name) };
}

static void fault_cell(struct measures_in *r, enum fault_level level, const char *key, int column)
{
	cx_fault(r->c, level, key, at_cell(r, column), r->cell[column]);
}

val measure_value(str s)
{
	dec d;
	day date;
	if (!s.len)
		return VAL_NONE;
	if (dec_parse(s, &d))
		return val_num(d);
	if (str_is(s, "true") || str_is(s, "false"))
		return val_bool(s.p[0] == 't');
	if (str_is(s, "TRUE") || str_is(s, "FALSE")) /* as spreadsheets write them */
		return val_bool(s.p[0] == 'T');
	return date_parse(s, &date) ? val_date(date) : val_str(s);
}

/* "31/12/2024": a date, but which form? "2024-2-1" likewise. "1.234.567" is a number: a month has at most two digits. */
static bool looks_like_date(str s)
{
	size_t digits[3] = { 0 }, marks = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits[marks]++;
		else if ((s.p[i] != '/' && s.p[i] != '-' && s.p[i] != '.') || marks++ == 2)
			return false;
	}
	return marks == 2 && digits[0] && digits[1] && digits[1] <= 2 && digits[2] && digits[0] + digits[1] + digits[2] >= 4;
}

/* "83,1" or "1.234.567": surely meant as a number, surely not what a rule can reckon with. */
static bool looks_like_number(str s)
{
	bool digit = false, mark = false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digit = true;
		else if (s.p[i] == ',' || s.p[i] == '.' || s.p[i] == '%' || s.p[i] == ' ')
			mark = true;
		else if (s.p[i] != '-' && s.p[i] != '+')
			return false;
	}
	return digit && mark;
}

const char *measure_value_fault(str s)
{
	if (measure_value(s).kind != VAL_STR)
		return NULL;
	return looks_like_date(s) ? "measure.date" : looks_like_number(s) ? "measure.number" : NULL;
}

static bool count_cell(struct measures_in *r, int column, dec *out)
{
	str s = r->cell[column];
	if (s.len && !dec_parse(s, out)) {
		fault_cell(r, FAULT_ERROR, "measure.number", column);
		return false;
	}
	return s.len > 0;
}

/* The value beside the counts is for reading; it must be theirs up to its last digit. */
static void check_value(struct measures_in *r, const struct fact *f)
{
	dec shown, off, unit = DEC_ONE;
	if (f->value.kind != VAL_NUM || !dec_parse(r->cell[MEASURE_VALUE], &shown) || !dec_sub(shown, f->value.num, &off))
		return;
	const char *point = memchr(r->cell[MEASURE_VALUE].p, '.', r->cell[MEASURE_VALUE].len);
	int digits = point ? (int)(r->cell[MEASURE_VALUE].p + r->cell[MEASURE_VALUE].len - point - 1) : 0;
	for (int i = 0; i < digits && i < DEC_DIGITS; i++)
		dec_div(unit, dec_int(10), &unit);
	if (dec_cmp(dec_abs(off), unit) < 0)
		return;
	char text[DEC_TEXT];
	fault *w = cx_fault(r->c, FAULT_WARNING, "measure.value_differs", at_cell(r, MEASURE_VALUE), r->cell[MEASURE_VALUE]);
	fault_arg(r->c, w, 1, dec_text(f->value.num, text));
}

static void read_value(struct measures_in *r, struct fact *f)
{
	const str *cell = r->cell;
	bool num = count_cell(r, MEASURE_NUMERATOR, &f->num), den = count_cell(r, MEASURE_DENOMINATOR, &f->den);
	if (num != den) {
		if (cell[MEASURE_NUMERATOR].len && cell[MEASURE_DENOMINATOR].len)
			return; /* one of them is no number: told */
		fault_cell(r, FAULT_ERROR, "measure.half_fraction", num ? MEASURE_DENOMINATOR : MEASURE_NUMERATOR);
		return;
	}
	f->has_counts = num;
	if (num) {
		dec q;
		f->value = dec_div(f->num, f->den, &q) ? val_num(q) : VAL_NONE;
		check_value(r, f);
		return;
	}
	f->value = measure_value(cell[MEASURE_VALUE]);
	if (f->value.kind == VAL_STR) {
		const char *key = measure_value_fault(cell[MEASURE_VALUE]);
		if (key)
			fault_cell(r, FAULT_ERROR, key, MEASURE_VALUE);
		f->value.text = arena_str(r->c->mem, cell[MEASURE_VALUE]);
	}
}

static void read_status(struct measures_in *r, struct fact *f)
{
	str s = r->cell[MEASURE_STATUS];
	if (!s.len || str_is(s, "ok"))
		f->status = f->has_counts || f->value.kind != VAL_NULL ? FACT_OK : FACT_MISSING;
	else if (str_is(s, "na"))
		f->status = FACT_NA;
	else if (!str_is(s, "missing"))
		fault_cell(r, FAULT_ERROR, "measure.status", MEASURE_STATUS);
	if (f->status == FACT_NA && !r->cell[MEASURE_REASON].len)
		fault_cell(r, FAULT_WARNING, "measure.na_without_reason", MEASURE_REASON);
}

static int32_t unit_of(struct measures_in *r)
{
	bool added;
	struct measures *m = r->m;
	str key = vn_tone(r->c->mem, r->cell[MEASURE_UNIT]);
	const int64_t *known = map_get(&m->by_name, key);
	if (known)
		return (int32_t)*known;
	int64_t *at = map_put(r->c->mem, &m->by_name, arena_str(r->c->mem, key), &added);
	*at = (int64_t)m->units.n;
	*VEC_PUSH(r->c->mem, &m->units) = (struct measure_unit){ .name = arena_str(r->c->mem, r->cell[MEASURE_UNIT]) };
	return (int32_t)*at;
}

/* A figure that no rule reads is usual; a misspelt name looks the same, so the names are told. */
static void note_unused(struct measures_in *r)
{
	str name = r->cell[MEASURE_NAME];
	r->m->unused_rows++;
	if (map_get(&r->unused, name))
		return;
	name = arena_str(r->c->mem, name);
	*map_put(r->c->mem, &r->unused, name, NULL) = 1;
	*VEC_PUSH(r->c->mem, &r->unused_names) = name;
}

static void tell_unused(struct measures_in *r)
{
	enum { TOLD = 5 };
	if (!r->unused_names.n)
		return;
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < r->unused_names.n && i < TOLD; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(r->unused_names.p[i]));
	fault *f = cx_fault(r->c, FAULT_NOTE, "measure.unused", (place){ .file = r->file, .sheet = r->sheet }, buf_str(&b));
	fault_arg(r->c, f, 1, arena_printf(r->c->mem, "%lld", (long long)r->m->unused_rows));
	fault_arg(r->c, f, 2, arena_printf(r->c->mem, "%zu", r->unused_names.n));
	buf_free(&b);
}

static void read_row(struct measures_in *r)
{
	const str *cell = r->cell;
	struct row row = { .fact.line = r->line };
	size_t before = r->c->n_errors;
	if (!cell[MEASURE_UNIT].len || !cell[MEASURE_NAME].len) {
		fault_cell(r, FAULT_ERROR, "measure.empty", cell[MEASURE_UNIT].len ? MEASURE_NAME : MEASURE_UNIT);
		return;
	}
	if (!period_parse(cell[MEASURE_PERIOD], &row.period))
		fault_cell(r, FAULT_ERROR, "measure.period", MEASURE_PERIOD);
	row.unit = unit_of(r);
	row.measure = tree_measure_find(r->t, cell[MEASURE_NAME]);
	read_value(r, &row.fact);
	read_status(r, &row.fact);
	row.fact.has_as_of = cell[MEASURE_AS_OF].len && date_parse(cell[MEASURE_AS_OF], &row.fact.as_of);
	if (cell[MEASURE_AS_OF].len && !row.fact.has_as_of)
		fault_cell(r, FAULT_ERROR, "measure.date", MEASURE_AS_OF);
	if (r->c->n_errors > before)
		return;
	if (row.measure < 0) {
		note_unused(r);
		return;
	}
	const uint32_t *slot = r->t->measures.p[row.measure].slot;
	bool counted = row.fact.status == FACT_OK && row.fact.value.kind == VAL_NUM && !dec_is_zero(row.fact.value.num);
	if (slot[PART_EVENTS] && !slot[PART_VALUE] && counted && !row.fact.has_as_of)
		fault_cell(r, FAULT_ERROR, "measure.event_date", MEASURE_AS_OF);
	row.fact.reason = arena_str(r->c->mem, cell[MEASURE_REASON]);
	row.fact.source = arena_str(r->c->mem, cell[MEASURE_SOURCE]);
	*VEC_PUSH(r->c->mem, &r->rows) = row;
}

static bool latest(const struct measures_in *r, period *out)
{
	for (size_t i = 0; i < r->rows.n; i++)
		if (i == 0 || period_cmp(r->rows.p[i].period, *out) > 0)
			*out = r->rows.p[i].period;
	return r->rows.n > 0;
}

static void place_fact(struct measures_in *r, struct fact *to, const struct row *row)
{
	if (to->line) {
		char line[24];
		place at = { .file = r->file,
			.sheet = r->sheet,
			.line = row->fact.line,
			.column = r->in ? r->in->at[MEASURE_NAME] : 0,
			.field = str_of(measure_columns[MEASURE_NAME].name) };
		fault *f = cx_fault(r->c, FAULT_ERROR, "measure.twice", at, r->t->measures.p[row->measure].name);
		fault_arg(r->c, f, 1, (str){ line, (size_t)snprintf(line, sizeof line, "%lld", (long long)to->line) });
		return;
	}
	*to = row->fact;
}

/* Events count by their decision date, whatever the period of the row; a row for the period, or a date in it, says that the register was
 * looked at. */
static void count_event(struct fact *to, const struct row *row, period p)
{
	day first, last;
	period_days(p, &first, &last);
	bool dated = row->fact.has_as_of && row->fact.as_of >= first && row->fact.as_of <= last;
	if (!dated && !period_eq(row->period, p))
		return;
	if (row->fact.status != FACT_OK) {
		if (to->status == FACT_MISSING)
			to->status = row->fact.status;
		return;
	}
	if (to->status != FACT_OK)
		*to = (struct fact){
			.status = FACT_OK, .value = val_num(DEC_ZERO), .line = row->fact.line, .source = row->fact.source
		};
	if (!dated || row->fact.value.kind != VAL_NUM)
		return;
	if (dec_is_zero(to->value.num)) { /* the source shown is that of an event which counts */
		to->source = row->fact.source;
		to->line = row->fact.line;
	}
	dec_add(to->value.num, row->fact.value.num, &to->value.num);
}

static void distribute(struct measures_in *r)
{
	struct measures *m = r->m;
	const tree *t = r->t;
	period before = period_prev(m->period);
	for (size_t i = 0; i < m->units.n; i++) {
		m->units.p[i].now = NEW_ARRAY(r->c->mem, struct fact, t->measures.n);
		m->units.p[i].prev = NEW_ARRAY(r->c->mem, struct fact, t->measures.n);
		m->units.p[i].events = NEW_ARRAY(r->c->mem, struct fact, t->measures.n);
	}
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct row *row = &r->rows.p[i];
		struct measure_unit *u = &m->units.p[row->unit];
		const uint32_t *slot = t->measures.p[row->measure].slot;
		if (slot[PART_EVENTS])
			count_event(&u->events[row->measure], row, m->period);
		if (slot[PART_EVENTS] && !slot[PART_VALUE])
			continue; /* many rows are many events */
		if (period_eq(row->period, m->period))
			place_fact(r, &u->now[row->measure], row);
		else if (period_eq(row->period, before))
			place_fact(r, &u->prev[row->measure], row);
	}
}

struct measures_in *measures_begin(cx *c, str file, const tree *t)
{
	struct measures_in *r = NEW(c->mem, struct measures_in);
	*r = (struct measures_in){ .c = c, .t = t, .file = file, .m = NEW(c->mem, struct measures), .errors = c->n_errors };
	r->m->t = t;
	return r;
}

static bool add_row(struct measures_in *r, const str *cells, int64_t line)
{
	r->cell = cells;
	r->line = line;
	if (r->m->rows == MEASURES_MAX_ROWS) {
		fault_cell(r, FAULT_ERROR, "measure.too_many_rows", MEASURE_UNIT);
		return false;
	}
	r->m->rows++;
	read_row(r);
	return true;
}

bool measures_add(struct measures_in *r, const str cells[MEASURE_COLUMNS])
{
	return add_row(r, cells, r->m->rows + 1);
}

enum err measures_end(struct measures_in *r, const period *want, struct measures **out)
{
	struct measures *m = r->m;
	cx *c = r->c;
	tell_unused(r);
	if (c->n_errors > r->errors)
		return ERR_INPUT;
	if (want)
		m->period = *want;
	else if (!latest(r, &m->period))
		return cx_fail(c, ERR_INPUT, "measure.no_rows", (place){ .file = r->file, .line = 1, .sheet = r->sheet }, STR(""));
	distribute(r);
	*out = m;
	return c->n_errors == r->errors ? ERR_OK : ERR_INPUT;
}

enum err measures_read_table(cx *c, table_source from, const tree *t, const period *want, struct measures **out)
{
	table tab;
	struct measures_in *r = measures_begin(c, from.file, t);
	enum err e = table_begin(c, from, measure_columns, MEASURE_COLUMNS, &tab);
	r->sheet = from.sheet;
	r->in = &tab;
	while (!e && table_next(&tab) && add_row(r, tab.cell, tab.line))
		;
	if (!e && table_sound(&tab)) {
		e = measures_end(r, want, out);
	} else {
		tell_unused(r); /* whatever else is wrong */
		e = ERR_INPUT;
	}
	table_close(&tab);
	return e;
}

enum err measures_read(cx *c, csv *in, str file, const tree *t, const period *want, struct measures **out)
{
	return measures_read_table(c, table_csv(in, file), t, want, out);
}

int measures_find_unit(cx *c, const struct measures *m, str name)
{
	const int64_t *at = map_get(&m->by_name, vn_tone(c->mem, vn_nfc(c->mem, str_trim(name))));
	return at ? (int)*at : -1;
}

const struct fact *measures_fact(const struct measure_unit *u, int32_t measure, enum rule_part part)
{
	if (part == PART_EVENTS)
		return &u->events[measure];
	return part >= PART_PREV ? &u->prev[measure] : &u->now[measure];
}

static val part_of(const struct fact *f, enum rule_part part)
{
	if (f->status != FACT_OK)
		return VAL_NONE;
	if (part == PART_NUM || part == PART_PREV_NUM)
		return f->has_counts ? val_num(f->num) : VAL_NONE;
	if (part == PART_DEN || part == PART_PREV_DEN)
		return f->has_counts ? val_num(f->den) : VAL_NONE;
	return f->value;
}

void measures_fill(const struct measure_unit *u, const tree *t, val *slots)
{
	for (size_t i = 1; i < t->slots.n; i++) {
		struct tree_slot s = t->slots.p[i];
		slots[i] = part_of(measures_fact(u, s.measure, s.part), s.part);
	}
}
