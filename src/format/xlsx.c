#include "format/xlsx.h"
#include <limits.h>
#include "base/vn.h"
#include "format/xlsx_in.h"

enum { SCRATCH_KEPT = 256 << 10 };

/* ---- references ---- */

str xlsx_ref(arena *mem, int64_t row, int column)
{
	char letters[8];
	size_t n = sizeof letters;
	for (int k = column; k > 0; k = (k - 1) / 26)
		letters[--n] = (char)('A' + (k - 1) % 26);
	str s = { letters + n, sizeof letters - n };
	return row ? arena_printf(mem, "%.*s%lld", STR_ARG(s), (long long)row) : arena_str(mem, s);
}

bool xlsx_parse_ref(const char *s, int64_t *row, int *column)
{
	int64_t r = 0;
	int k = 0;
	s += *s == '$';
	for (; *s >= 'A' && *s <= 'Z' && k <= XLSX_MAX_COLUMNS; s++)
		k = k * 26 + *s - 'A' + 1;
	s += *s == '$';
	for (; *s >= '0' && *s <= '9' && r <= XLSX_MAX_ROWS; s++)
		r = r * 10 + *s - '0';
	if (*s || !k || !r || k > XLSX_MAX_COLUMNS || r > XLSX_MAX_ROWS)
		return false;
	*row = r;
	*column = k;
	return true;
}

/* ---- faults ---- */

static place place_of(const xlsx *x, int64_t row, int column)
{
	str sheet = x->sheet >= 0 ? x->sheets.p[x->sheet].name : (str){ 0 };
	return (place){ .file = x->name, .sheet = sheet, .line = row, .column = column };
}

static void reject(xlsx *x, const char *key, str value)
{
	cx_fault(x->c, FAULT_ERROR, key, place_of(x, x->row, x->column), value);
	x->rejected++;
}

static fault *stop(xlsx *x, const char *key, long long cap)
{
	fault *f = cx_fault(x->c, FAULT_ERROR, key, place_of(x, x->row, x->column), STR(""));
	fault_arg(x->c, f, 1, arena_printf(x->c->mem, "%lld", cap));
	x->broken = true;
	if (x->xml)
		xml_stop(x->xml);
	return f;
}

/* ---- texts ---- */

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

/* "_x000D_" in a text is the sign of that number. */
static uint32_t escaped(const char *p, size_t n)
{
	uint32_t cp = 0;
	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return 0;
	for (int i = 2; i < 6; i++) {
		if (hex(p[i]) < 0)
			return 0;
		cp = cp * 16 + (uint32_t)hex(p[i]);
	}
	return cp >= 0xD800 && cp < 0xE000 ? 0 : cp;
}

str xlsx_plain_text(arena *mem, str s)
{
	if (memmem(s.p, s.len, "_x", 2)) {
		buf b;
		buf_init(&b, 0);
		for (size_t i = 0; i < s.len;) {
			uint32_t cp = escaped(s.p + i, s.len - i);
			if (cp)
				vn_put(&b, cp);
			else
				buf_char(&b, s.p[i]);
			i += cp ? 7 : 1;
		}
		s = arena_str(mem, buf_str(&b));
		buf_free(&b);
	}
	return vn_nfc(mem, s);
}

/* ---- a sheet ---- */

static void take_value(xlsx *x, const char *s, size_t n)
{
	if (x->value.len + n > x->max_cell) {
		stop(x, "xlsx.cell_too_long", (long long)x->max_cell);
		return;
	}
	buf_add(&x->value, (str){ s, n });
}

static void sheet_text(void *user, const char *s, size_t n)
{
	xlsx *x = user;
	if (x->in_value && !x->in_guide)
		take_value(x, s, n);
}

static void begin_row(xlsx *x, const char **attributes)
{
	const char *r = xml_attr(attributes, "r");
	long row = 0;
	bool good = !r || str_int(str_trim(str_of(r)), 1, XLSX_MAX_ROWS, &row);
	int64_t before = x->row;
	x->row = r && good ? row : before + 1;
	x->column = 0;
	x->in_row = true;
	x->row_hidden = xml_flag(attributes, "hidden", false);
	x->n_cells = 0;
	if (arena_used(x->scratch) > SCRATCH_KEPT) {
		arena_free(x->scratch);
		x->scratch = arena_new(0);
	}
	if (!good)
		reject(x, "xlsx.reference", str_of(r));
	if (x->row <= before) {
		reject(x, "xlsx.order", xlsx_ref(x->c->mem, x->row, 1));
		x->broken = true;
		xml_stop(x->xml);
	}
}

static enum cell_form form_of(const char *t)
{
	static const struct {
		const char *word;
		enum cell_form form;
	} words[] = { { "n", FORM_NUMBER }, { "s", FORM_SHARED }, { "str", FORM_STRING }, { "inlineStr", FORM_INLINE }, { "b", FORM_BOOL },
		{ "e", FORM_ERROR }, { "d", FORM_DATE } };
	if (!t)
		return FORM_NUMBER;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(t, words[i].word) == 0)
			return words[i].form;
	return FORM_UNKNOWN;
}

static void begin_cell(xlsx *x, const char **attributes)
{
	const char *r = NULL, *t = NULL, *s = NULL;
	int64_t row = x->row;
	int column = x->column + 1;
	long style = 0;
	for (const char **a = attributes; a[0]; a += 2)
		if (strcmp(a[0], "r") == 0)
			r = a[1];
		else if (strcmp(a[0], "t") == 0)
			t = a[1];
		else if (strcmp(a[0], "s") == 0)
			s = a[1];
	bool good = !r || (xlsx_parse_ref(r, &row, &column) && row == x->row);
	bool ordered = column > x->column;
	x->column = ordered && good ? column : x->column + 1;
	x->form = form_of(t);
	x->style = s && str_int(str_of(s), 0, XLSX_MAX_STYLES, &style) ? (int)style : 0;
	x->has_value = x->has_formula = false;
	buf_clear(&x->value);
	x->in_cell = good && ordered;
	if (!good)
		reject(x, "xlsx.reference", str_of(r));
	else if (!ordered)
		reject(x, "xlsx.order", str_of(r));
	else if (x->form == FORM_UNKNOWN)
		reject(x, "xlsx.type", str_of(t));
}

static void add_columns(xlsx *x, const char **attributes)
{
	const char *min = xml_attr(attributes, "min"), *max = xml_attr(attributes, "max");
	long a, b;
	if (!xml_flag(attributes, "hidden", false) || !min || !max || x->hidden.n >= XLSX_MAX_COLUMNS)
		return;
	if (str_int(str_of(min), 1, XLSX_MAX_COLUMNS, &a) && str_int(str_of(max), a, XLSX_MAX_COLUMNS, &b))
		*VEC_PUSH(x->c->mem, &x->hidden) = (struct span){ (int)a, (int)b };
}

static void add_merge(xlsx *x, const char **attributes)
{
	char first[32];
	const char *ref = xml_attr(attributes, "ref"), *colon = ref ? strchr(ref, ':') : NULL;
	xlsx_merge m;
	if (!colon || (size_t)(colon - ref) >= sizeof first)
		return;
	memcpy(first, ref, (size_t)(colon - ref));
	first[colon - ref] = 0;
	if (!xlsx_parse_ref(first, &m.row, &m.column) || !xlsx_parse_ref(colon + 1, &m.last_row, &m.last_column))
		return;
	if (m.last_row < m.row || m.last_column < m.column)
		return;
	if (x->merges.n == XLSX_MAX_MERGES)
		stop(x, "xlsx.too_many_merges", XLSX_MAX_MERGES);
	else
		*VEC_PUSH(x->c->mem, &x->merges) = m;
}

static void sheet_open(void *user, const char *name, const char **attributes)
{
	xlsx *x = user;
	if (x->in_cell) {
		if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
			x->in_value = x->has_value = true;
		else if (strcmp(name, "rPh") == 0)
			x->in_guide = true;
		else if (strcmp(name, "f") == 0)
			x->has_formula = true;
	} else if (x->in_data) {
		if (x->in_row && strcmp(name, "c") == 0)
			begin_cell(x, attributes);
		else if (!x->in_row && strcmp(name, "row") == 0)
			begin_row(x, attributes);
	} else if (strcmp(name, "sheetData") == 0) {
		x->in_data = true;
	} else if (strcmp(name, "col") == 0) {
		add_columns(x, attributes);
	} else if (strcmp(name, "mergeCell") == 0) {
		add_merge(x, attributes);
	}
}

static str keep_text(xlsx *x, str s)
{
	return arena_str(x->scratch, s);
}

static const struct number_format general = { .kind = NUMBER_GENERAL };

static const struct number_format *format_of(const xlsx *x, int style)
{
	return (size_t)style < x->styles.n ? x->styles.p[style] : &general;
}

static bool read_number(xlsx *x, xlsx_cell *cell)
{
	char room[DEC_TEXT], date[32];
	str text;
	if (!number_text(buf_str(&x->value), room, &text, &cell->value))
		return reject(x, "xlsx.number", buf_str(&x->value)), false;
	cell->type = XLSX_NUMBER;
	enum number_kind kind = format_of(x, cell->style)->kind;
	if (kind >= NUMBER_DATE && kind <= NUMBER_DATE_TIME && number_date(cell->value, kind, x->date1904, date, &text))
		cell->type = XLSX_DATE;
	cell->text = keep_text(x, text);
	return true;
}

static bool read_shared(xlsx *x, xlsx_cell *cell)
{
	long i;
	if (!str_int(str_trim(buf_str(&x->value)), 0, LONG_MAX, &i) || (size_t)i >= x->shared.n)
		return reject(x, "xlsx.shared", buf_str(&x->value)), false;
	cell->text = x->shared.p[i];
	return true;
}

static bool read_bool(xlsx *x, xlsx_cell *cell)
{
	str v = str_trim(buf_str(&x->value));
	if (!str_is(v, "0") && !str_is(v, "1") && !str_is(v, "true") && !str_is(v, "false"))
		return reject(x, "xlsx.type", v), false;
	cell->type = XLSX_BOOL;
	cell->text = str_is(v, "1") || str_is(v, "true") ? STR("true") : STR("false");
	return true;
}

/* ISO 8601 in a strict file: "2026-01-31T08:30:00". */
static void set_iso(xlsx *x, xlsx_cell *cell)
{
	str s = cell->text;
	const char *t = memchr(s.p, 'T', s.len);
	size_t at = t ? (size_t)(t - s.p) : s.len;
	cell->type = XLSX_DATE;
	cell->style = -1; /* shown as it is written */
	if (t && str_starts((str){ t, s.len - at }, STR("T00:00:00")))
		cell->text.len = at;
	else if (t)
		cell->text = arena_printf(x->scratch, "%.*s %.*s", (int)at, s.p, (int)(s.len - at - 1), t + 1);
}

static bool read_value(xlsx *x, xlsx_cell *cell)
{
	switch (x->form) {
	case FORM_NUMBER: return read_number(x, cell);
	case FORM_SHARED: return read_shared(x, cell);
	case FORM_BOOL: return read_bool(x, cell);
	case FORM_ERROR: cell->type = XLSX_ERROR; break;
	case FORM_STRING:
	case FORM_INLINE:
	case FORM_DATE: break;
	case FORM_UNKNOWN: return false;
	}
	cell->text = xlsx_plain_text(x->scratch, keep_text(x, buf_str(&x->value)));
	if (vn_utf8_check(cell->text) < cell->text.len)
		return reject(x, "xlsx.text", STR("")), false;
	if (x->form == FORM_DATE)
		set_iso(x, cell);
	return true;
}

static void note_formula(xlsx *x)
{
	if (x->seen.formulas++)
		return;
	x->seen.formula_row = x->row;
	x->seen.formula_column = x->column;
}

static void end_cell(xlsx *x)
{
	xlsx_cell cell = { .column = x->column, .type = XLSX_TEXT, .formula = x->has_formula, .style = x->style };
	if (x->has_formula)
		note_formula(x);
	if (!x->has_value || (!x->value.len && x->form == FORM_NUMBER)) {
		if (x->has_formula)
			reject(x, "xlsx.no_value", STR(""));
		return;
	}
	if (!read_value(x, &cell) || !cell.text.len)
		return;
	if (x->row > x->max_rows) {
		stop(x, "xlsx.too_many_rows", (long long)x->max_rows);
		return;
	}
	if (x->column > x->max_columns) {
		stop(x, "xlsx.too_many_columns", x->max_columns);
		return;
	}
	x->cells[x->n_cells++] = cell;
}

static void end_row(xlsx *x)
{
	x->in_row = false;
	if (x->row_hidden && x->n_cells) {
		x->seen.first_hidden_row = x->seen.hidden_rows ? x->seen.first_hidden_row : x->row;
		x->seen.hidden_rows++;
	}
	if (x->n_cells)
		xml_pause(x->xml);
}

static void sheet_close(void *user, const char *name)
{
	xlsx *x = user;
	if (x->in_value) {
		x->in_value = strcmp(name, "v") != 0 && strcmp(name, "t") != 0;
	} else if (x->in_cell) {
		if (strcmp(name, "c") == 0) {
			x->in_cell = false;
			end_cell(x);
		} else if (strcmp(name, "rPh") == 0) {
			x->in_guide = false;
		}
	} else if (x->in_row && strcmp(name, "row") == 0) {
		end_row(x);
	} else if (strcmp(name, "sheetData") == 0) {
		x->in_data = false;
	}
}

enum err xlsx_begin(xlsx *x, int sheet)
{
	static const struct xml_handler h = { sheet_open, sheet_close, sheet_text };
	xml_close(x->xml);
	x->sheet = sheet;
	x->row = x->column = 0;
	x->n_cells = 0;
	x->rejected = 0;
	x->in_data = x->in_row = x->in_cell = x->in_value = x->in_guide = x->ended = false;
	x->seen = (xlsx_seen){ 0 };
	x->hidden.n = x->merges.n = 0;
	x->xml = xml_open(x->package, x->sheets.p[sheet].part, &h, x);
	x->broken = !x->xml;
	return x->xml ? ERR_OK : ERR_INPUT;
}

bool xlsx_next(xlsx *x, xlsx_row *row)
{
	if (x->ended || x->broken)
		return false;
	switch (xml_run(x->xml)) {
	case XML_RUN_PAUSED: break;
	case XML_RUN_END: x->ended = true; return false;
	case XML_RUN_FAILED: x->broken = true; return false;
	}
	*row = (xlsx_row){ x->row, x->row_hidden, x->n_cells, x->cells };
	return true;
}

bool xlsx_broken(const xlsx *x) { return x->broken; }

int64_t xlsx_rejected(const xlsx *x) { return x->rejected; }

size_t xlsx_merges(const xlsx *x, const xlsx_merge **out)
{
	*out = x->merges.p;
	return x->merges.n;
}

bool xlsx_hidden_column(const xlsx *x, int column)
{
	for (size_t i = 0; i < x->hidden.n; i++)
		if (column >= x->hidden.p[i].from && column <= x->hidden.p[i].to)
			return true;
	return false;
}

const xlsx_seen *xlsx_met(const xlsx *x) { return &x->seen; }

str xlsx_shown(xlsx *x, const xlsx_cell *cell)
{
	const struct number_format *f = format_of(x, cell->style);
	if ((cell->type != XLSX_NUMBER && cell->type != XLSX_DATE) || f->kind == NUMBER_GENERAL)
		return cell->text;
	buf_clear(&x->texts);
	number_shown(&x->texts, cell->value, f, x->date1904);
	return keep_text(x, buf_str(&x->texts));
}
