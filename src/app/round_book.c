#include "app/round_book.h"
#include "base/dec.h"
#include "base/map.h"
#include "base/table.h"
#include "base/vec.h"
#include "format/tabular.h"
#include "format/xlsx.h"
#include "format/xlsx_write.h"

enum column { CODE, NAME, MAXIMUM, LABEL, NUMERATOR, DENOMINATOR, VALUE, STATUS, REASON, SOURCE, DAY, EXPLANATION, POINTS, KEY, BASIS, COLUMNS };

enum { SPARE_EVENTS = 3 };

static const struct {
	const char *heading, *hint;
	double width;
	enum sheet_form form;
	bool locked, wrap, label;
} shapes[COLUMNS] = {
	[CODE] = { "book.code", NULL, 8, SHEET_TEXT, true, false, true },
	[NAME] = { "book.name", NULL, 44, SHEET_TEXT, true, true, false },
	[MAXIMUM] = { "book.max", NULL, 8, SHEET_NUMBER, true, false, false },
	[LABEL] = { "book.label", NULL, 40, SHEET_TEXT, true, true, false },
	[NUMERATOR] = { "book.numerator", "book.numerator_hint", 11, SHEET_NUMBER, false, false, false },
	[DENOMINATOR] = { "book.denominator", "book.denominator_hint", 11, SHEET_NUMBER, false, false, false },
	[VALUE] = { "book.value", "book.value_hint", 14, SHEET_NUMBER, false, false, false },
	[STATUS] = { "book.status", "book.status_hint", 10, SHEET_TEXT, false, false, false },
	[REASON] = { "book.reason", "book.reason_hint", 28, SHEET_TEXT, false, true, false },
	[SOURCE] = { "book.source", "book.source_hint", 24, SHEET_TEXT, false, true, false },
	[DAY] = { "book.day", "book.day_hint", 12, SHEET_DAY, false, false, false },
	[EXPLANATION] = { "book.explanation", "book.explanation_hint", 40, SHEET_TEXT, false, true, false },
	[POINTS] = { "book.points", NULL, 8, SHEET_NUMBER, true, false, false },
	[KEY] = { "book.key_column", NULL, 16, SHEET_TEXT, true, false, false },
	[BASIS] = { "book.basis", NULL, 16, SHEET_TEXT, true, false, false },
};

static const char *const status_words[] = { "ok", "na", "none", NULL };

/* Figures of surveys and of others' indices are entered on the page, by appraisers. */
static bool own_row(const struct entry_row *r)
{
	return r->mine && strcmp(r->by, "survey") != 0 && strcmp(r->by, "index") != 0;
}

static str page_name(void) { return str_of(po_text("book.page", LANG_VI)); }

static str figure_text(cx *c, const struct figure *f)
{
	char room[DEC_TEXT];
	return f->there ? arena_str(c->mem, dec_text(f->v, room)) : (str){ "", 0 };
}

/* ---- what identifies a figure, and what stood there ---- */

static str key_of(cx *c, const struct entry_cell *k)
{
	return arena_printf(c->mem, "%.*s/%.*s/%d", STR_ARG(k->measure), STR_ARG(k->part), k->seq);
}

/* Revision and content; of figures from the store too, so that taking them over is no change. */
static str basis_of(cx *c, int revision, const str *parts, int n)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "%d", revision);
	for (int i = 0; i < n; i++) {
		buf_char(&b, '|');
		buf_add(&b, parts[i]);
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str day_text(cx *c, day d)
{
	char room[DATE_TEXT];
	return d ? arena_str(c->mem, date_text(d, room)) : (str){ "", 0 };
}

enum { FIGURE_PARTS = 6 };

/* The cells of a figure in the order NUMERATOR to SOURCE and DAY, as they are written. */
static void figure_cells(cx *c, const struct entry_cell *k, str cells[COLUMNS])
{
	bool live = k->from_store;
	cells[NUMERATOR] = live ? k->store_numerator : k->numerator;
	cells[DENOMINATOR] = live ? k->store_denominator : k->denominator;
	bool counted = cells[NUMERATOR].len || cells[DENOMINATOR].len;
	cells[VALUE] = counted ? (str){ "", 0 } : live ? k->store_value : k->value;
	cells[STATUS] = str_is(k->status, "empty") && !live ? (str){ "", 0 } : live ? STR("ok") : k->status;
	cells[REASON] = live ? (str){ "", 0 } : k->reason;
	cells[SOURCE] = live ? k->store_source : k->source;
	cells[DAY] = day_text(c, live ? k->store_as_of : k->as_of);
}

/* Source and day of an ordinary figure belong to it, but do not make it another one. */
static str figure_basis(cx *c, int revision, const str cells[COLUMNS])
{
	const str parts[FIGURE_PARTS] = { cells[NUMERATOR], cells[DENOMINATOR], cells[VALUE], cells[STATUS], cells[REASON], cells[DAY] };
	return basis_of(c, revision, parts, FIGURE_PARTS);
}

/* ---- writing ---- */

static void set_columns(cx *c, struct sheet_column *k)
{
	for (int i = 0; i < COLUMNS; i++) {
		const char *hint = shapes[i].hint;
		k[i] = (struct sheet_column){ .heading = po_text(shapes[i].heading, LANG_VI),
			.width = shapes[i].width,
			.form = shapes[i].form,
			.locked = shapes[i].locked,
			.wrap = shapes[i].wrap,
			.choices = i == STATUS ? status_words : NULL };
		if (hint)
			k[i].hint = arena_printf(c->mem, "%s\n%s", po_text(hint, LANG_VI), po_text(hint, LANG_EN));
	}
}

static str label_of(cx *c, const struct entry_cell *k)
{
	str part = str_is(k->part, "prev") ? str_of(po_text("book.prev", LANG_VI)) : (str){ "", 0 };
	if (k->seq)
		return arena_printf(c->mem, "%.*s (%d)", STR_ARG(k->label_vi), k->seq);
	return part.len ? arena_printf(c->mem, "%.*s (%.*s)", STR_ARG(k->label_vi), STR_ARG(part)) : k->label_vi;
}

static void put_event(cx *c, xlsx_out *o, const struct entry_row *r, const struct entry_cell *like, int seq)
{
	struct entry_cell k = { .measure = like->measure, .part = STR("event"), .label_vi = like->label_vi, .seq = seq, .status = STR("empty") };
	str cells[COLUMNS] = { [CODE] = r->code, [LABEL] = label_of(c, &k), [KEY] = key_of(c, &k), [BASIS] = figure_basis(c, 0, cells) };
	for (int i = 0; i < COLUMNS; i++)
		if (!cells[i].p)
			cells[i] = (str){ "", 0 };
	xlsx_out_row(o, cells, COLUMNS, own_row(r) ? 0 : SHEET_ROW_LOCKED);
}

static void put_figure(cx *c, xlsx_out *o, const struct entry_row *r, const struct entry_cell *k, str cells[COLUMNS])
{
	cells[LABEL] = label_of(c, k);
	figure_cells(c, k, cells);
	cells[KEY] = key_of(c, k);
	cells[BASIS] = figure_basis(c, k->revision, cells);
	xlsx_out_row(o, cells, COLUMNS, own_row(r) ? 0 : SHEET_ROW_LOCKED);
	for (int i = LABEL; i < COLUMNS; i++)
		cells[i] = (str){ "", 0 };
	cells[NAME] = cells[MAXIMUM] = (str){ "", 0 };
}

static void put_row(cx *c, xlsx_out *o, const struct entry_row *r)
{
	str cells[COLUMNS];
	int last_event = 0;
	const struct entry_cell *event = NULL;
	bool used = false;
	for (int i = 0; i < COLUMNS; i++)
		cells[i] = (str){ "", 0 };
	cells[CODE] = r->code;
	cells[NAME] = r->name_vi;
	cells[MAXIMUM] = figure_text(c, &r->max);
	cells[POINTS] = figure_text(c, &r->points);
	if (!r->scored || !r->state) {
		xlsx_out_row(o, cells, COLUMNS, SHEET_ROW_LOCKED | (r->scored ? 0 : SHEET_ROW_BOLD | SHEET_ROW_SHADED));
		return;
	}
	/* The criterion's own row has its explanation; figures follow. */
	cells[EXPLANATION] = r->explanation;
	cells[KEY] = arena_printf(c->mem, "#%.*s", STR_ARG(r->code));
	cells[BASIS] = basis_of(c, r->explanation_revision, &r->explanation, 1);
	xlsx_out_row(o, cells, COLUMNS, (own_row(r) || r->answer) ? SHEET_ROW_SHADED : SHEET_ROW_LOCKED | SHEET_ROW_SHADED);
	for (int i = NAME; i < COLUMNS; i++)
		cells[i] = (str){ "", 0 };
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct entry_cell *k = &r->cells[i];
		if (k->at.len)
			continue; /* entered in another criterion */
		used = true;
		if (str_is(k->part, "event")) {
			event = k;
			last_event = k->seq > last_event ? k->seq : last_event;
			if (!k->seq)
				continue;
		}
		put_figure(c, o, r, k, cells);
	}
	for (int i = 1; event && used && i <= SPARE_EVENTS; i++)
		put_event(c, o, r, event, last_event + i);
}

enum err book_write(cx *c, const struct entry_sheet *s, str *bytes)
{
	struct sheet_column *columns = NEW_ARRAY(c->mem, struct sheet_column, COLUMNS);
	struct sheet_column *about = NEW_ARRAY(c->mem, struct sheet_column, 2);
	set_columns(c, columns);
	about[0] = (struct sheet_column){ .heading = "key", .width = 14, .locked = true };
	about[1] = (struct sheet_column){ .heading = "value", .width = 60, .locked = true };
	struct sheet_layout page = { .name = page_name(), .columns = columns, .n = COLUMNS, .frozen_columns = 2, .protect = true, .landscape = true };
	struct sheet_layout second = { .name = str_of(po_text("book.about", LANG_VI)), .columns = about, .n = 2, .protect = true };
	xlsx_out *o = xlsx_out_open(c, arena_printf(c->mem, "%.*s - %.*s", STR_ARG(s->round.name_vi), STR_ARG(s->unit_name)));
	xlsx_out_sheet(o, &page);
	for (size_t i = 0; i < s->n_rows_all; i++)
		put_row(c, o, &s->rows[i]);
	xlsx_out_sheet(o, &second);
	xlsx_out_row(o, (const str[]){ STR("round"), s->round.code }, 2, 0);
	xlsx_out_row(o, (const str[]){ STR("unit"), s->unit_code }, 2, 0);
	xlsx_out_row(o, (const str[]){ STR("name"), s->unit_name }, 2, 0);
	return xlsx_out_end(o, bytes);
}

/* ---- reading ---- */

struct reader {
	cx *c;
	struct book *b;
	table t;
	map keys; /* key -> line */
	bool vi_numbers;
};

static void wrong(struct reader *r, const char *key, int column)
{
	cx_fault(r->c, FAULT_ERROR, key, table_at(&r->t, column), r->t.cell[column]);
}

/* The second sheet: is the file for this sheet? */
static enum err check_about(cx *c, const struct entry_sheet *s, str name, str bytes)
{
	static const struct table_column columns[] = { { "key", true }, { "value", true, true } };
	table t;
	str round = { 0 }, unit = { 0 };
	enum err e = table_begin(c, tabular_open(c, name, bytes, NULL, str_of(po_text("book.about", LANG_VI))), columns, 2, &t);
	while (!e && table_next(&t)) {
		if (str_is(t.cell[0], "round"))
			round = arena_str(c->mem, t.cell[1]);
		else if (str_is(t.cell[0], "unit"))
			unit = arena_str(c->mem, t.cell[1]);
	}
	table_close(&t);
	bool other_round = !str_eq(round, s->round.code);
	if (e || (!other_round && str_eq(unit, s->unit_code)))
		return e;
	fault *f = cx_fault(c, FAULT_ERROR, other_round ? "book.other_round" : "book.other_unit", (place){ .file = name }, other_round ? round : unit);
	fault_arg(c, f, 1, other_round ? s->round.code : s->unit_code);
	return ERR_INPUT;
}

/* The row and figure of a key; *cell is NULL for a new event, *row for a key that there is not. */
static void find(const struct reader *r, str key, struct entry_change *x, const struct entry_row **row, const struct entry_cell **cell)
{
	const struct entry_sheet *s = &r->b->sheet;
	str rest = key, measure = { 0 }, part = { 0 }, seq = { 0 };
	long n = 0;
	*row = NULL;
	*cell = NULL;
	str_next(&rest, '/', &measure);
	str_next(&rest, '/', &part);
	str_next(&rest, '/', &seq);
	if (!str_int(seq, 0, 1000, &n))
		return;
	x->measure = arena_str(r->c->mem, measure);
	x->part = arena_str(r->c->mem, part);
	x->seq = (int)n;
	for (size_t i = 0; i < s->n_rows_all; i++)
		for (size_t k = 0; k < s->rows[i].n_cells; k++) {
			const struct entry_cell *at = &s->rows[i].cells[k];
			if (at->at.len || !str_eq(at->measure, measure) || !str_eq(at->part, part))
				continue;
			bool new_event = str_is(part, "event") && n > 0;
			if (at->seq != n && !new_event)
				continue;
			*row = &s->rows[i];
			if (at->seq == n)
				*cell = at;
			if (*cell)
				return;
		}
}

/* A number as it was typed: a cell with a number, or text with a comma. */
static bool number(struct reader *r, int column, str *out)
{
	str s = r->t.cell[column];
	dec d;
	char room[DEC_TEXT];
	if (!s.len)
		return true;
	if (dec_parse(s, &d))
		*out = arena_str(r->c->mem, dec_text(d, room));
	else if (!entry_number(r->c, s, LANG_VI, out) || !dec_parse(*out, &d))
		return wrong(r, "book.number", column), false;
	return !d.neg || (wrong(r, "book.number", column), false);
}

static bool value(struct reader *r, const char *unit, str *out)
{
	str s = r->t.cell[VALUE];
	char room[DATE_TEXT];
	day d;
	if (!s.len)
		return true;
	if (strcmp(unit, "date") == 0) {
		if (!date_parse_vn(s, &d))
			return wrong(r, "book.not_day", VALUE), false;
		*out = arena_str(r->c->mem, date_text(d, room));
		return true;
	}
	if (strcmp(unit, "yes_no") == 0) {
		bool yes = str_is(s, "true") || str_is(s, "TRUE") || str_is(s, "1") || str_is(s, po_text("book.yes", LANG_VI));
		bool no = str_is(s, "false") || str_is(s, "FALSE") || str_is(s, "0") || str_is(s, po_text("book.no", LANG_VI));
		if (!yes && !no)
			return wrong(r, "book.yes_no", VALUE), false;
		*out = yes ? STR("true") : STR("false");
		return true;
	}
	if (strcmp(unit, "text") == 0) {
		*out = arena_str(r->c->mem, s);
		return true;
	}
	return number(r, VALUE, out);
}

static bool read_status(struct reader *r, struct entry_change *x)
{
	str s = r->t.cell[STATUS];
	bool says = x->numerator.len || x->denominator.len || x->value.len;
	if (!s.len)
		x->status = says ? STR("ok") : STR("empty");
	else if (str_is(s, "ok") || str_is(s, "na") || str_is(s, "none"))
		x->status = arena_str(r->c->mem, s);
	else
		return wrong(r, "book.wrong_status", STATUS), false;
	if (str_is(x->status, "ok") && !says)
		x->status = STR("empty");
	return true;
}

/* What entry_save would refuse, at its cell. */
static bool check_figure(struct reader *r, const struct book_change *k)
{
	const struct entry_change *x = &k->change;
	const struct entry_cell *cell = k->cell;
	size_t before = r->c->n_errors;
	if (!own_row(k->row))
		wrong(r, "book.not_yours", CODE);
	if (str_is(x->status, "ok") && !x->numerator.len != !x->denominator.len)
		wrong(r, "book.half", x->numerator.len ? DENOMINATOR : NUMERATOR);
	if (str_is(x->status, "na") && !x->reason.len)
		wrong(r, "book.no_reason", REASON);
	if (str_is(x->part, "event") && str_is(x->status, "ok") && !x->as_of)
		wrong(r, "book.event_day", DAY);
	if (cell && cell->has_store && str_is(x->part, "now") && !str_is(x->status, "empty") && !x->reason.len)
		wrong(r, "book.override", REASON);
	return r->c->n_errors == before;
}

static str figure_words(cx *c, str numerator, str denominator, str value, str status)
{
	if (str_is(status, "na") || str_is(status, "none"))
		return status;
	if (numerator.len || denominator.len)
		return arena_printf(c->mem, "%.*s/%.*s", STR_ARG(numerator), STR_ARG(denominator));
	return value;
}

/* Whether the row still says what it said when it was written, and of which revision that was. */
static bool is_untouched(struct reader *r, str now, int *base)
{
	str rest = r->t.cell[BASIS], first = { 0 };
	long n = 0;
	str_next(&rest, '|', &first);
	*base = str_int(first, 0, INT32_MAX, &n) ? (int)n : 0;
	return str_eq(now, str_trim(r->t.cell[BASIS]));
}

static void note_conflict(struct reader *r, struct book_change *k, int revision, struct entry_who theirs)
{
	k->conflict = k->change.base != revision;
	k->theirs = theirs;
	r->b->conflicts += k->conflict;
}

static void read_figure(struct reader *r, str key)
{
	cx *c = r->c;
	struct book_change k = { .line = r->t.line, .change = { .what = ENTRY_FIGURE, .origin = STR("file") } };
	struct entry_change *x = &k.change;
	find(r, key, x, &k.row, &k.cell);
	if (!k.row) {
		wrong(r, "book.key", KEY);
		return;
	}
	day d = 0;
	bool good = number(r, NUMERATOR, &x->numerator);
	good &= number(r, DENOMINATOR, &x->denominator);
	good &= value(r, k.cell ? arena_cstr(c->mem, k.cell->unit) : "", &x->value);
	if (r->t.cell[DAY].len && !date_parse_vn(r->t.cell[DAY], &d)) {
		wrong(r, "book.not_day", DAY);
		good = false;
	}
	x->as_of = d;
	x->reason = arena_str(c->mem, r->t.cell[REASON]);
	x->source = arena_str(c->mem, r->t.cell[SOURCE]);
	if (!good || !read_status(r, x))
		return;
	str cells[COLUMNS] = { [NUMERATOR] = x->numerator, [DENOMINATOR] = x->denominator, [VALUE] = x->value, [REASON] = x->reason,
		[DAY] = day_text(c, d), [STATUS] = str_is(x->status, "empty") ? (str){ "", 0 } : x->status };
	int base = 0;
	str first = { 0 }, rest = r->t.cell[BASIS];
	str_next(&rest, '|', &first);
	long revision = 0;
	str_int(first, 0, INT32_MAX, &revision);
	if (is_untouched(r, str_trim(figure_basis(c, (int)revision, cells)), &base))
		return;
	x->base = base;
	if (!check_figure(r, &k))
		return;
	static const struct entry_cell none;
	const struct entry_cell *was = k.cell ? k.cell : &none;
	str have[COLUMNS];
	figure_cells(c, was, have);
	k.old = figure_words(c, have[NUMERATOR], have[DENOMINATOR], have[VALUE], have[STATUS]);
	k.now = figure_words(c, x->numerator, x->denominator, x->value, x->status);
	note_conflict(r, &k, was->revision, was->who);
	*VEC_PUSH(c->mem, r->b) = k;
}

static void read_explanation(struct reader *r, str code)
{
	cx *c = r->c;
	struct book_change k = { .line = r->t.line,
		.change = { .what = ENTRY_NOTE, .origin = STR("file"), .kind = STR("explanation"), .node = arena_str(c->mem, code) } };
	for (size_t i = 0; i < r->b->sheet.n_rows_all && !k.row; i++)
		if (str_eq(r->b->sheet.rows[i].code, code))
			k.row = &r->b->sheet.rows[i];
	if (!k.row) {
		wrong(r, "book.key", KEY);
		return;
	}
	k.change.body = arena_str(c->mem, r->t.cell[EXPLANATION]);
	str first = { 0 }, rest = r->t.cell[BASIS];
	long revision = 0;
	str_next(&rest, '|', &first);
	str_int(first, 0, INT32_MAX, &revision);
	if (is_untouched(r, str_trim(basis_of(c, (int)revision, &k.change.body, 1)), &k.change.base))
		return;
	if (!own_row(k.row) && !k.row->answer) {
		wrong(r, "book.not_yours", CODE);
		return;
	}
	k.old = k.row->explanation;
	k.now = k.change.body;
	note_conflict(r, &k, k.row->explanation_revision, k.row->explanation_who);
	*VEC_PUSH(c->mem, r->b) = k;
}

static void read_row(struct reader *r)
{
	str key = arena_str(r->c->mem, r->t.cell[KEY]);
	bool added;
	if (!key.len)
		return;
	r->b->rows++;
	int64_t *line = map_put(r->c->mem, &r->keys, key, &added);
	if (!added) {
		fault_arg(r->c, cx_fault(r->c, FAULT_ERROR, "book.twice", table_at(&r->t, KEY), key), 1, arena_printf(r->c->mem, "%lld", (long long)*line));
		return;
	}
	*line = r->t.line;
	if (key.p[0] == '#')
		read_explanation(r, (str){ key.p + 1, key.len - 1 });
	else
		read_figure(r, key);
}

enum err book_read(cx *c, struct app *a, const struct actor *who, str round, str unit, str name, str bytes, struct book *out)
{
	struct table_column *columns = NEW_ARRAY(c->mem, struct table_column, COLUMNS);
	size_t before = c->n_errors;
	*out = (struct book){ .file = arena_str(c->mem, name), .page = page_name() };
	for (int i = 0; i < COLUMNS; i++)
		columns[i] = (struct table_column){ po_text(shapes[i].heading, LANG_VI), true, shapes[i].label };
	enum err e = entry_load(c, a, who, round, unit, &out->sheet);
	if (!e)
		e = check_about(c, &out->sheet, out->file, bytes);
	if (e)
		return e;
	struct reader r = { .c = c, .b = out };
	e = table_begin(c, tabular_open(c, out->file, bytes, NULL, out->page), columns, COLUMNS, &r.t);
	while (!e && table_next(&r.t))
		read_row(&r);
	bool good = !e && table_sound(&r.t) && c->n_errors == before;
	table_close(&r.t);
	return good ? ERR_OK : e ? e : ERR_INPUT;
}

/* ---- saving ---- */

enum err book_save(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct book *b, struct entry_saved *out)
{
	struct entry_change *changes = NEW_ARRAY(c->mem, struct entry_change, b->n + 1);
	const struct book_change **of = NEW_ARRAY(c->mem, const struct book_change *, b->n + 1);
	size_t n = 0, faults = c->n_faults;
	*out = (struct entry_saved){ 0 };
	for (size_t i = 0; i < b->n; i++)
		if (!b->p[i].conflict) {
			of[n] = &b->p[i];
			changes[n++] = b->p[i].change;
		}
	if (!n)
		return ERR_OK;
	enum err e = entry_save(c, a, who, round, unit, changes, n, out);
	/* Faults come in the order of the changes that were refused. */
	for (size_t i = 0, f = faults; i < out->n && f < c->n_faults; i++)
		if (out->p[i].is == OUTCOME_REFUSED)
			c->faults[f++].at = (place){ .file = b->file, .sheet = b->page, .line = of[i]->line, .column = VALUE + 1 };
	return e ? e : out->refused ? ERR_INPUT : ERR_OK;
}
