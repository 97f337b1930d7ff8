#include "format/docx.h"
#include "base/map.h"
#include "base/vn.h"
#include "format/package.h"

enum vertical { ALONE, BEGINS, GOES_ON };

struct cell {
	int row, column, span;
	enum vertical vertical;
	str text;
};

struct reader {
	cx *c;
	package *package;
	xml *xml;
	str name;
	grid_list *out;
	enum err err;

	/* Fonts: of the document, of styles by their id (an index into fonts). */
	str plain_font;
	map by_style;
	VEC(str) fonts;
	str style; /* while styles are read: the one in hand, or the default one */
	bool in_defaults, is_default_style;

	/* The table in hand. */
	int depth, fallback; /* tables, and what is left out, inside one another */
	VEC(struct cell) cells;
	int rows, columns, column;
	struct cell cell;
	bool in_cell, in_run, in_text, lines;
	str paragraph_font, run_font;

	/* Text of one kind, waiting to be read: VNI marks may stand in the next run. */
	buf piece, text;
	enum vn_legacy piece_kind;
	bool piece_capitals;
	str piece_font;
	enum vn_legacy seen; /* an old encoding met in this table */
	str seen_font, seen_text;
	struct cx_hold hold;
};

/* ---- fonts of styles ---- */

static str font_of_style(const struct reader *r, str id)
{
	const int64_t *at = map_get(&r->by_style, id);
	return at ? r->fonts.p[*at] : (str){ 0 };
}

static void set_font(struct reader *r, const char *font)
{
	arena *mem = r->c->mem;
	str f = arena_str(mem, str_of(font));
	if (r->in_defaults || r->is_default_style)
		r->plain_font = f;
	if (!r->style.len)
		return;
	*map_put(mem, &r->by_style, r->style, NULL) = (int64_t)r->fonts.n;
	*VEC_PUSH(mem, &r->fonts) = f;
}

static void style_open(void *user, const char *name, const char **attributes)
{
	struct reader *r = user;
	const char *value;
	if (strcmp(name, "docDefaults") == 0) {
		r->in_defaults = true;
	} else if (strcmp(name, "style") == 0) {
		value = xml_attr(attributes, "styleId");
		r->style = arena_str(r->c->mem, str_of(value ? value : ""));
		value = xml_attr(attributes, "type");
		r->is_default_style = xml_flag(attributes, "default", false) && value && strcmp(value, "paragraph") == 0;
	} else if (strcmp(name, "basedOn") == 0 && (value = xml_attr(attributes, "val"))) {
		str font = font_of_style(r, str_of(value));
		if (font.len && !font_of_style(r, r->style).len)
			set_font(r, arena_cstr(r->c->mem, font));
	} else if (strcmp(name, "rFonts") == 0 && (value = xml_attr(attributes, "ascii"))) {
		set_font(r, value);
	}
}

static void style_close(void *user, const char *name)
{
	struct reader *r = user;
	if (strcmp(name, "docDefaults") == 0)
		r->in_defaults = false;
	if (strcmp(name, "style") == 0) {
		r->style = (str){ 0 };
		r->is_default_style = false;
	}
}

static enum err read_styles(struct reader *r)
{
	static const struct xml_handler h = { style_open, style_close, NULL };
	str part;
	if (!package_target(r->package, package_main(r->package), STR(""), "styles", &part))
		return ERR_OK;
	return xml_read(r->package, part, &h, r);
}

/* ---- text ---- */

static void end_piece(struct reader *r)
{
	str s = buf_str(&r->piece);
	if (!s.len)
		return;
	arena *mem = r->c->mem;
	if (r->piece_kind != VN_UNICODE) {
		str was = arena_str(mem, s);
		s = vn_legacy_decode(mem, r->piece_kind, was);
		if (r->seen == VN_UNICODE && !str_eq(s, was)) {
			r->seen = r->piece_kind;
			r->seen_font = r->piece_font;
			r->seen_text = was;
		}
		if (r->piece_capitals)
			s = vn_upper(mem, s);
	}
	buf_add(&r->text, s);
	buf_clear(&r->piece);
}

static void add_text(struct reader *r, str s)
{
	enum { MAX_CELL = 64 << 10 };
	bool capitals;
	str font = r->run_font.len ? r->run_font : r->paragraph_font.len ? r->paragraph_font : r->plain_font;
	enum vn_legacy kind = vn_legacy_font(font, &capitals);
	if (kind != r->piece_kind || capitals != r->piece_capitals)
		end_piece(r);
	r->piece_kind = kind;
	r->piece_capitals = capitals;
	if (!r->piece.len)
		r->piece_font = font;
	if (r->piece.len + r->text.len + s.len > MAX_CELL) {
		fault *f = cx_fault(r->c, FAULT_ERROR, "xlsx.cell_too_long", (place){ .file = r->name, .line = r->rows, .column = r->column + 1 }, STR(""));
		fault_arg(r->c, f, 1, arena_printf(r->c->mem, "%d", MAX_CELL));
		r->err = ERR_LIMIT;
		xml_stop(r->xml);
		return;
	}
	buf_add(&r->piece, s);
}

/* ---- tables ---- */

static int number(const char **attributes, int lo, int hi, int absent)
{
	const char *v = xml_attr(attributes, "val");
	long n = absent;
	return v && str_int(str_of(v), lo, hi, &n) ? (int)n : absent;
}

static void begin_table(struct reader *r)
{
	if (r->depth++)
		return;
	r->cells.n = 0;
	r->rows = r->columns = 0;
	r->seen = VN_UNICODE;
}

static void begin_cell(struct reader *r)
{
	r->in_cell = true;
	r->lines = false;
	r->cell = (struct cell){ .row = r->rows - 1, .column = r->column, .span = 1 };
	buf_clear(&r->text);
	buf_clear(&r->piece);
}

static void end_cell(struct reader *r)
{
	arena *mem = r->c->mem;
	end_piece(r);
	r->in_cell = false;
	str s = vn_nfc(mem, arena_str(mem, str_trim(buf_str(&r->text))));
	r->cell.text = s;
	*VEC_PUSH(mem, &r->cells) = r->cell;
	r->column += r->cell.span;
	r->columns = r->column > r->columns ? r->column : r->columns;
	if (r->column > GRID_MAX_COLUMNS || r->cells.n > GRID_MAX_CELLS) {
		fault *f = cx_fault(r->c, FAULT_ERROR, "grid.too_large", (place){ .file = r->name }, STR(""));
		fault_arg(r->c, f, 1, arena_printf(mem, "%d", GRID_MAX_CELLS));
		r->err = ERR_LIMIT;
		xml_stop(r->xml);
	}
}

static void fill(const struct reader *r, grid *g)
{
	/* The cell that goes on downwards in each column, and how wide it is. */
	const struct cell *above[GRID_MAX_COLUMNS] = { 0 };
	for (size_t i = 0; i < r->cells.n; i++) {
		const struct cell *k = &r->cells.p[i];
		const struct cell *from = k->vertical == GOES_ON ? above[k->column] : NULL;
		if (from && from->span == k->span) {
			grid_cell covered = { .text = from->text, .shown = from->text, .spread = true };
			*grid_at(g, k->row, k->column) = covered;
		} else {
			*grid_at(g, k->row, k->column) = (grid_cell){ .text = k->text, .shown = k->text };
			from = k->vertical == BEGINS ? k : NULL;
		}
		above[k->column] = from;
		grid_spread(g, k->row, k->column, k->row, k->column + k->span - 1);
	}
}

static void end_table(struct reader *r)
{
	cx *c = r->c;
	grid g;
	if (--r->depth || !r->cells.n)
		return;
	str name = arena_printf(c->mem, "#%zu", r->out->n + 1);
	r->err = r->out->n >= GRID_MAX_TABLES ? ERR_OK : grid_new(c, r->name, name, r->rows, r->columns, &g);
	if (r->err)
		xml_stop(r->xml);
	if (r->err || r->out->n >= GRID_MAX_TABLES)
		return;
	fill(r, &g);
	g.read_as = r->seen;
	if (r->seen != VN_UNICODE) {
		fault *f = cx_fault(c, FAULT_NOTE, "grid.legacy_font", (place){ .file = r->name, .sheet = name }, r->seen_text);
		fault_arg(c, f, 1, str_of(vn_legacy_name(r->seen)));
		fault_arg(c, f, 2, r->seen_font);
	}
	grid_finish(c, &g);
	*VEC_PUSH(c->mem, r->out) = g;
}

static void open_in_cell(struct reader *r, const char *name, const char **attributes)
{
	const char *v;
	if (strcmp(name, "t") == 0) {
		r->in_text = true;
	} else if (strcmp(name, "tab") == 0) {
		if (r->in_run)
			add_text(r, STR(" "));
	} else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0) {
		add_text(r, STR("\n"));
	} else if (strcmp(name, "p") == 0) {
		if (r->lines) {
			end_piece(r);
			buf_char(&r->text, '\n');
		}
		r->lines = true;
		r->paragraph_font = (str){ 0 };
	} else if (strcmp(name, "r") == 0) {
		r->in_run = true;
		r->run_font = (str){ 0 };
	} else if (strcmp(name, "rFonts") == 0 && r->in_run && (v = xml_attr(attributes, "ascii"))) {
		r->run_font = arena_str(r->c->mem, str_of(v));
	} else if (strcmp(name, "rStyle") == 0 && (v = xml_attr(attributes, "val")) && !r->run_font.len) {
		r->run_font = font_of_style(r, str_of(v));
	} else if (strcmp(name, "pStyle") == 0 && (v = xml_attr(attributes, "val"))) {
		r->paragraph_font = font_of_style(r, str_of(v));
	} else if (strcmp(name, "gridSpan") == 0 && r->depth == 1) {
		r->cell.span = number(attributes, 1, GRID_MAX_COLUMNS, 1);
	} else if (strcmp(name, "vMerge") == 0 && r->depth == 1) {
		v = xml_attr(attributes, "val");
		r->cell.vertical = v && strcmp(v, "restart") == 0 ? BEGINS : GOES_ON;
	}
}

static void body_open(void *user, const char *name, const char **attributes)
{
	struct reader *r = user;
	if (r->fallback || strcmp(name, "Fallback") == 0) {
		r->fallback++;
	} else if (strcmp(name, "tbl") == 0) {
		begin_table(r);
	} else if (r->depth == 1 && strcmp(name, "tr") == 0) {
		r->rows++;
		r->column = 0;
	} else if (r->depth == 1 && !r->in_cell && strcmp(name, "gridBefore") == 0) {
		r->column = number(attributes, 0, GRID_MAX_COLUMNS - 1, 0);
	} else if (r->depth == 1 && !r->in_cell && strcmp(name, "tc") == 0 && r->rows) {
		begin_cell(r);
	} else if (r->in_cell) {
		open_in_cell(r, name, attributes);
	}
}

static void body_close(void *user, const char *name)
{
	struct reader *r = user;
	if (r->fallback)
		r->fallback--;
	else if (strcmp(name, "tbl") == 0 && r->depth)
		end_table(r);
	else if (strcmp(name, "tc") == 0 && r->depth == 1 && r->in_cell)
		end_cell(r);
	else if (strcmp(name, "t") == 0)
		r->in_text = false;
	else if (strcmp(name, "r") == 0)
		r->in_run = false;
}

static void body_text(void *user, const char *s, size_t n)
{
	struct reader *r = user;
	if (r->in_text && r->in_cell && !r->fallback)
		add_text(r, (str){ s, n });
}

static enum err read_body(struct reader *r)
{
	static const struct xml_handler h = { body_open, body_close, body_text };
	r->xml = xml_open(r->package, package_main(r->package), &h, r);
	if (!r->xml)
		return ERR_INPUT;
	enum xml_state s = xml_run(r->xml);
	xml_close(r->xml);
	return r->err ? r->err : s == XML_RUN_END ? ERR_OK : ERR_INPUT;
}

static void drop(void *what)
{
	struct reader *r = what;
	buf_free(&r->piece);
	buf_free(&r->text);
}

bool docx_is_one(str bytes)
{
	return memmem(bytes.p, bytes.len, "word/document", 13) && !memmem(bytes.p, bytes.len, "xl/workbook", 11);
}

enum err docx_tables(cx *c, str name, str bytes, grid_list *out)
{
	struct reader *r = NEW(c->mem, struct reader);
	r->c = c;
	r->name = arena_str(c->mem, name);
	r->out = out;
	r->package = package_open(c, name, bytes, PACKAGE_DOCX);
	if (!r->package)
		return ERR_INPUT;
	buf_init(&r->piece, 0);
	buf_init(&r->text, 0);
	cx_hold(c, &r->hold, drop, r);
	enum err e = read_styles(r);
	if (!e)
		e = read_body(r);
	cx_unhold(&r->hold);
	drop(r);
	package_close(r->package);
	return e;
}
