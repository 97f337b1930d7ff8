#include "engine/measure.h"
#include "base/vn.h"

enum column { UNIT, MEASURE, PERIOD, NUMERATOR, DENOMINATOR, VALUE, STATUS, REASON, SOURCE, AS_OF, COLUMNS };

static const struct table_column columns[COLUMNS] = {
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

/* A row of the file, until the period is known. */
struct row {
	int32_t unit, measure;
	period period;
	struct fact fact;
};

struct reader {
	cx *c;
	const tree *t;
	table *in;
	struct measures *m;
	VEC(struct row) rows;
	map unused;
	VEC(str) unused_names;
};

static void fault_cell(struct reader *r, enum fault_level level, const char *key, int column)
{
	cx_fault(r->c, level, key, table_at(r->in, column), r->in->cell[column]);
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

static bool count_cell(struct reader *r, int column, dec *out)
{
	str s = r->in->cell[column];
	if (s.len && !dec_parse(s, out)) {
		fault_cell(r, FAULT_ERROR, "measure.number", column);
		return false;
	}
	return s.len > 0;
}

/* The value beside the counts is for reading; it must be theirs up to its last digit. */
static void check_value(struct reader *r, const struct fact *f)
{
	dec shown, off, unit = DEC_ONE;
	if (f->value.kind != VAL_NUM || !dec_parse(r->in->cell[VALUE], &shown) || !dec_sub(shown, f->value.num, &off))
		return;
	const char *point = memchr(r->in->cell[VALUE].p, '.', r->in->cell[VALUE].len);
	int digits = point ? (int)(r->in->cell[VALUE].p + r->in->cell[VALUE].len - point - 1) : 0;
	for (int i = 0; i < digits && i < DEC_DIGITS; i++)
		dec_div(unit, dec_int(10), &unit);
	if (dec_cmp(dec_abs(off), unit) < 0)
		return;
	char text[DEC_TEXT];
	fault *w = cx_fault(r->c, FAULT_WARNING, "measure.value_differs", table_at(r->in, VALUE), r->in->cell[VALUE]);
	fault_arg(r->c, w, 1, dec_text(f->value.num, text));
}

static void read_value(struct reader *r, struct fact *f)
{
	const str *cell = r->in->cell;
	bool num = count_cell(r, NUMERATOR, &f->num), den = count_cell(r, DENOMINATOR, &f->den);
	if (num != den) {
		if (cell[NUMERATOR].len && cell[DENOMINATOR].len)
			return; /* one of them is no number: told */
		fault_cell(r, FAULT_ERROR, "measure.half_fraction", num ? DENOMINATOR : NUMERATOR);
		return;
	}
	f->has_counts = num;
	if (num) {
		dec q;
		f->value = dec_div(f->num, f->den, &q) ? val_num(q) : VAL_NONE;
		check_value(r, f);
		return;
	}
	f->value = measure_value(cell[VALUE]);
	if (f->value.kind == VAL_STR) {
		const char *key = measure_value_fault(cell[VALUE]);
		if (key)
			fault_cell(r, FAULT_ERROR, key, VALUE);
		f->value.text = arena_str(r->c->mem, cell[VALUE]);
	}
}

static void read_status(struct reader *r, struct fact *f)
{
	str s = r->in->cell[STATUS];
	if (!s.len || str_is(s, "ok"))
		f->status = f->has_counts || f->value.kind != VAL_NULL ? FACT_OK : FACT_MISSING;
	else if (str_is(s, "na"))
		f->status = FACT_NA;
	else if (!str_is(s, "missing"))
		fault_cell(r, FAULT_ERROR, "measure.status", STATUS);
	if (f->status == FACT_NA && !r->in->cell[REASON].len)
		fault_cell(r, FAULT_WARNING, "measure.na_without_reason", REASON);
}

static int32_t unit_of(struct reader *r)
{
	bool added;
	struct measures *m = r->m;
	str key = vn_tone(r->c->mem, r->in->cell[UNIT]);
	const int64_t *known = map_get(&m->by_name, key);
	if (known)
		return (int32_t)*known;
	int64_t *at = map_put(r->c->mem, &m->by_name, arena_str(r->c->mem, key), &added);
	*at = (int64_t)m->units.n;
	*VEC_PUSH(r->c->mem, &m->units) = (struct measure_unit){ .name = arena_str(r->c->mem, r->in->cell[UNIT]) };
	return (int32_t)*at;
}

/* A figure that no rule reads is usual; a misspelt name looks the same, so the names are told. */
static void note_unused(struct reader *r)
{
	str name = r->in->cell[MEASURE];
	r->m->unused_rows++;
	if (map_get(&r->unused, name))
		return;
	name = arena_str(r->c->mem, name);
	*map_put(r->c->mem, &r->unused, name, NULL) = 1;
	*VEC_PUSH(r->c->mem, &r->unused_names) = name;
}

static void tell_unused(struct reader *r)
{
	enum { TOLD = 5 };
	if (!r->unused_names.n)
		return;
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < r->unused_names.n && i < TOLD; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(r->unused_names.p[i]));
	fault *f = cx_fault(r->c, FAULT_NOTE, "measure.unused", (place){ .file = r->in->from.file, .sheet = r->in->from.sheet }, buf_str(&b));
	fault_arg(r->c, f, 1, arena_printf(r->c->mem, "%lld", (long long)r->m->unused_rows));
	fault_arg(r->c, f, 2, arena_printf(r->c->mem, "%zu", r->unused_names.n));
	buf_free(&b);
}

static void read_row(struct reader *r)
{
	const str *cell = r->in->cell;
	struct row row = { .fact.line = r->in->line };
	size_t before = r->c->n_errors;
	if (!cell[UNIT].len || !cell[MEASURE].len) {
		fault_cell(r, FAULT_ERROR, "measure.empty", cell[UNIT].len ? MEASURE : UNIT);
		return;
	}
	if (!period_parse(cell[PERIOD], &row.period))
		fault_cell(r, FAULT_ERROR, "measure.period", PERIOD);
	row.unit = unit_of(r);
	row.measure = tree_measure_find(r->t, cell[MEASURE]);
	read_value(r, &row.fact);
	read_status(r, &row.fact);
	row.fact.has_as_of = cell[AS_OF].len && date_parse(cell[AS_OF], &row.fact.as_of);
	if (cell[AS_OF].len && !row.fact.has_as_of)
		fault_cell(r, FAULT_ERROR, "measure.date", AS_OF);
	if (r->c->n_errors > before)
		return;
	if (row.measure < 0) {
		note_unused(r);
		return;
	}
	const uint32_t *slot = r->t->measures.p[row.measure].slot;
	bool counted = row.fact.status == FACT_OK && row.fact.value.kind == VAL_NUM && !dec_is_zero(row.fact.value.num);
	if (slot[PART_EVENTS] && !slot[PART_VALUE] && counted && !row.fact.has_as_of)
		fault_cell(r, FAULT_ERROR, "measure.event_date", AS_OF);
	row.fact.reason = arena_str(r->c->mem, cell[REASON]);
	row.fact.source = arena_str(r->c->mem, cell[SOURCE]);
	*VEC_PUSH(r->c->mem, &r->rows) = row;
}

static bool latest(const struct reader *r, period *out)
{
	for (size_t i = 0; i < r->rows.n; i++)
		if (i == 0 || period_cmp(r->rows.p[i].period, *out) > 0)
			*out = r->rows.p[i].period;
	return r->rows.n > 0;
}

static void place_fact(struct reader *r, struct fact *to, const struct row *row)
{
	if (to->line) {
		char line[24];
		place at = { .file = r->in->from.file,
			.sheet = r->in->from.sheet,
			.line = row->fact.line,
			.column = r->in->at[MEASURE],
			.field = str_of(columns[MEASURE].name) };
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

static void distribute(struct reader *r)
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

enum err measures_read_table(cx *c, table_source from, const tree *t, const period *want, struct measures **out)
{
	table tab;
	size_t before = c->n_errors;
	enum err e = table_begin(c, from, columns, COLUMNS, &tab);
	struct measures *m = NEW(c->mem, struct measures);
	struct reader r = { .c = c, .t = t, .in = &tab, .m = m };
	m->t = t;
	while (!e && table_next(&tab)) {
		if (tab.rows > MEASURES_MAX_ROWS) {
			fault_cell(&r, FAULT_ERROR, "measure.too_many_rows", UNIT);
			break;
		}
		read_row(&r);
	}
	m->rows = tab.rows;
	tell_unused(&r);
	bool good = !e && c->n_errors == before && table_sound(&tab);
	table_close(&tab);
	if (!good)
		return ERR_INPUT;
	if (want)
		m->period = *want;
	else if (!latest(&r, &m->period))
		return cx_fail(c, ERR_INPUT, "measure.no_rows", (place){ .file = from.file, .line = 1, .sheet = from.sheet }, STR(""));
	distribute(&r);
	*out = m;
	return c->n_errors == before ? ERR_OK : ERR_INPUT;
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
