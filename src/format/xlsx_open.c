/* Opening a workbook: its sheets, number formats and shared strings. */
#include "base/map.h"
#include "base/vn.h"
#include "format/xlsx_in.h"

static enum err limit(xlsx *x, const char *key, long long cap)
{
	fault *f = cx_fault(x->c, FAULT_ERROR, key, (place){ .file = x->name }, STR(""));
	fault_arg(x->c, f, 1, arena_printf(x->c->mem, "%lld", cap));
	return ERR_LIMIT;
}

/* ---- workbook ---- */

struct workbook {
	xlsx *x;
	bool is_one; /* the root element says so */
};

static void add_sheet(xlsx *x, const char **attributes)
{
	const char *name = xml_attr(attributes, "name"), *id = xml_attr(attributes, "id"), *state = xml_attr(attributes, "state");
	xlsx_sheet s = { .hidden = state && strcmp(state, "visible") != 0 };
	if (!name || !id || x->sheets.n >= XLSX_MAX_SHEETS)
		return;
	/* Chart sheets have no cells. */
	if (!package_target(x->package, package_main(x->package), str_of(id), "", &s.part) || memmem(s.part.p, s.part.len, "chartsheet", 10))
		return;
	s.name = vn_nfc(x->c->mem, arena_str(x->c->mem, str_of(name)));
	*VEC_PUSH(x->c->mem, &x->sheets) = s;
}

static void workbook_open(void *user, const char *name, const char **attributes)
{
	struct workbook *w = user;
	w->is_one |= strcmp(name, "workbook") == 0;
	if (strcmp(name, "sheet") == 0)
		add_sheet(w->x, attributes);
	else if (strcmp(name, "workbookPr") == 0)
		w->x->date1904 = xml_flag(attributes, "date1904", false);
}

static void nothing(void *user, const char *name)
{
	(void)user;
	(void)name;
}

static enum err read_workbook(xlsx *x)
{
	static const struct xml_handler h = { .open = workbook_open, .close = nothing };
	struct workbook w = { .x = x };
	enum err e = xml_read(x->package, package_main(x->package), &h, &w);
	if (!e && !w.is_one)
		return cx_fail(x->c, ERR_INPUT, "xlsx.not_one", (place){ .file = x->name }, STR(""));
	if (!e && !x->sheets.n)
		return cx_fail(x->c, ERR_INPUT, "xlsx.no_sheets", (place){ .file = x->name }, STR(""));
	return e;
}

/* ---- styles ---- */

struct styles {
	xlsx *x;
	bool in_cells; /* cellXfs: what cells refer to */
	VEC(int) ids;
	VEC(str) codes; /* of ids */
	VEC(int) used;
};

static void style_open(void *user, const char *name, const char **attributes)
{
	struct styles *s = user;
	arena *mem = s->x->c->mem;
	const char *id = xml_attr(attributes, "numFmtId"), *code = xml_attr(attributes, "formatCode");
	long n = 0;
	if (strcmp(name, "cellXfs") == 0) {
		s->in_cells = true;
	} else if (strcmp(name, "xf") == 0 && s->in_cells && s->used.n < XLSX_MAX_STYLES) {
		*VEC_PUSH(mem, &s->used) = id && str_int(str_of(id), 0, 1 << 30, &n) ? (int)n : 0;
	} else if (strcmp(name, "numFmt") == 0 && !s->in_cells && id && code && s->ids.n < XLSX_MAX_STYLES && str_int(str_of(id), 0, 1 << 30, &n)) {
		*VEC_PUSH(mem, &s->ids) = (int)n;
		*VEC_PUSH(mem, &s->codes) = arena_str(mem, str_of(code));
	}
}

static void style_close(void *user, const char *name)
{
	if (strcmp(name, "cellXfs") == 0)
		((struct styles *)user)->in_cells = false;
}

/* One format for all cells of the same number. */
static void make_styles(xlsx *x, const struct styles *s)
{
	arena *mem = x->c->mem;
	map known = { 0 };
	VEC(const struct number_format *) formats = { 0 };
	for (size_t i = 0; i < s->ids.n; i++)
		*map_put(mem, &known, arena_printf(mem, "c%d", s->ids.p[i]), NULL) = (int64_t)i;
	for (size_t i = 0; i < s->used.n; i++) {
		bool added;
		int64_t *at = map_put(mem, &known, arena_printf(mem, "f%d", s->used.p[i]), &added);
		if (added) {
			const int64_t *code = map_get(&known, arena_printf(mem, "c%d", s->used.p[i]));
			struct number_format *f = NEW(mem, struct number_format);
			*f = number_format_read(mem, s->used.p[i], code ? s->codes.p[*code] : STR(""));
			*map_put(mem, &known, arena_printf(mem, "f%d", s->used.p[i]), NULL) = (int64_t)formats.n;
			*VEC_PUSH(mem, &formats) = f;
			*VEC_PUSH(mem, &x->styles) = f;
		} else {
			*VEC_PUSH(mem, &x->styles) = formats.p[*at];
		}
	}
}

static enum err read_styles(xlsx *x)
{
	static const struct xml_handler h = { .open = style_open, .close = style_close };
	struct styles s = { .x = x };
	str part;
	if (!package_target(x->package, package_main(x->package), STR(""), "styles", &part))
		return ERR_OK;
	enum err e = xml_read(x->package, part, &h, &s);
	if (!e)
		make_styles(x, &s);
	return e;
}

/* ---- shared strings ---- */

struct texts {
	xlsx *x;
	xml *xml;
	bool in_item, in_text, in_guide;
	size_t bytes;
	enum err err;
};

static void text_open(void *user, const char *name, const char **attributes)
{
	struct texts *t = user;
	(void)attributes;
	if (strcmp(name, "si") == 0) {
		t->in_item = true;
		buf_clear(&t->x->value);
	} else if (t->in_item && strcmp(name, "rPh") == 0) {
		t->in_guide = true;
	} else if (t->in_item && strcmp(name, "t") == 0) {
		t->in_text = !t->in_guide;
	}
}

static void stop(struct texts *t, const char *key, long long cap)
{
	t->err = limit(t->x, key, cap);
	xml_stop(t->xml);
}

static void text_text(void *user, const char *s, size_t n)
{
	struct texts *t = user;
	if (!t->in_text)
		return;
	t->bytes += n;
	if (t->x->value.len + n > t->x->max_cell)
		stop(t, "xlsx.cell_too_long", (long long)t->x->max_cell);
	else if (t->bytes > XLSX_MAX_TEXT_BYTES)
		stop(t, "xlsx.too_many_texts", XLSX_MAX_TEXT_BYTES);
	else
		buf_add(&t->x->value, (str){ s, n });
}

static void text_close(void *user, const char *name)
{
	struct texts *t = user;
	xlsx *x = t->x;
	arena *mem = x->c->mem;
	if (strcmp(name, "t") == 0) {
		t->in_text = false;
	} else if (strcmp(name, "rPh") == 0) {
		t->in_guide = false;
	} else if (strcmp(name, "si") == 0 && t->in_item) {
		t->in_item = false;
		str s = xlsx_plain_text(mem, arena_str(mem, buf_str(&x->value)));
		/* A sign that is no text (U+0000 by an escape) makes the cell empty rather than the file unreadable. */
		*VEC_PUSH(mem, &x->shared) = vn_utf8_check(s) == s.len ? s : STR("\xEF\xBF\xBD");
		if (x->shared.n > XLSX_MAX_TEXTS)
			stop(t, "xlsx.too_many_texts", XLSX_MAX_TEXTS);
	}
}

static enum err read_shared(xlsx *x)
{
	static const struct xml_handler h = { text_open, text_close, text_text };
	struct texts t = { .x = x };
	str part;
	if (!package_target(x->package, package_main(x->package), STR(""), "sharedStrings", &part))
		return ERR_OK;
	t.xml = xml_open(x->package, part, &h, &t);
	if (!t.xml)
		return ERR_INPUT;
	enum xml_state s = xml_run(t.xml);
	xml_close(t.xml);
	return t.err ? t.err : s == XML_RUN_END ? ERR_OK : ERR_INPUT;
}

/* ---- the whole ---- */

static void drop(void *what)
{
	xlsx *x = what;
	buf_free(&x->value);
	buf_free(&x->texts);
	arena_free(x->scratch);
	x->scratch = NULL;
}

xlsx *xlsx_open(cx *c, str name, str bytes, const xlsx_caps *caps)
{
	static const xlsx_caps none;
	caps = caps ? caps : &none;
	package *p = package_open(c, name, bytes, PACKAGE_XLSX);
	if (!p)
		return NULL;
	xlsx *x = NEW(c->mem, xlsx);
	*x = (xlsx){ .c = c, .package = p, .name = arena_str(c->mem, name), .sheet = -1, .scratch = arena_new(0) };
	x->max_cell = caps->max_cell ? caps->max_cell : 64 << 10;
	x->max_columns = caps->max_columns > 0 && caps->max_columns <= XLSX_MAX_COLUMNS ? caps->max_columns : 256;
	x->max_rows = caps->max_rows > 0 && caps->max_rows <= XLSX_MAX_ROWS ? caps->max_rows : XLSX_MAX_ROWS;
	x->cells = NEW_ARRAY(c->mem, xlsx_cell, (size_t)x->max_columns);
	buf_init(&x->value, 0);
	buf_init(&x->texts, 0);
	cx_hold(c, &x->hold, drop, x);
	if (!read_workbook(x) && !read_styles(x) && !read_shared(x) && !package_failed(p))
		return x;
	xlsx_close(x);
	return NULL;
}

void xlsx_close(xlsx *x)
{
	if (!x)
		return;
	cx_unhold(&x->hold);
	drop(x);
	package_close(x->package);
	x->package = NULL;
	x->xml = NULL;
}

bool xlsx_macros(const xlsx *x) { return package_macros(x->package); }

size_t xlsx_sheets(const xlsx *x) { return x->sheets.n; }

const xlsx_sheet *xlsx_sheet_at(const xlsx *x, size_t i) { return &x->sheets.p[i]; }

static str folded(xlsx *x, str name) { return vn_lower(x->c->mem, vn_tone(x->c->mem, name)); }

int xlsx_find_sheet(xlsx *x, str name)
{
	arena *mem = x->c->mem;
	for (size_t i = 0; !name.len && i < x->sheets.n; i++)
		if (!x->sheets.p[i].hidden)
			return (int)i;
	str wanted = folded(x, vn_nfc(mem, name));
	for (size_t i = 0; name.len && i < x->sheets.n; i++)
		if (str_eq(folded(x, x->sheets.p[i].name), wanted))
			return (int)i;
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < x->sheets.n && i < 20; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(x->sheets.p[i].name));
	fault_arg(x->c, cx_fault(x->c, FAULT_ERROR, "xlsx.no_sheet", (place){ .file = x->name }, name), 1, buf_str(&b));
	buf_free(&b);
	return -1;
}
