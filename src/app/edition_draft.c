#include "app/edition_draft.h"
#include "base/dec.h"
#include "base/map.h"
#include "base/vn.h"
#include "engine/tree.h"

/* ---- the heading ---- */

/* Folded words by which a heading is known; "=" in front: the whole cell. */
static const char *const words[DRAFT_COLUMNS][10] = {
	[DRAFT_CODE] = { "=stt", "=tt", "=so tt", "=ma", "=ma so", "=muc", "=ma tieu chi", "=ky hieu" },
	[DRAFT_NAME] = { "tieu chi", "noi dung", "linh vuc", "=ten", "ten chi" },
	[DRAFT_MAX] = { "diem toi da", "diem chuan", "thang diem", "=diem", "=toi da", "=diem so", "diem toi da" },
	[DRAFT_NOTE] = { "cach tinh", "cach cham", "huong dan", "ghi chu", "phuong phap" },
	[DRAFT_OWNER] = { "chu tri", "co quan", "don vi", "trach nhiem" },
	[DRAFT_EVIDENCE] = { "kiem chung", "minh chung" },
};

static bool means(str folded, int what)
{
	for (int i = 0; i < 10 && words[what][i]; i++) {
		const char *w = words[what][i];
		if (*w == '=' ? str_is(folded, w + 1) : memmem(folded.p, folded.len, w, strlen(w)) != NULL)
			return true;
	}
	return false;
}

/* A heading of two rows: the second says what the parts of merged cells of the first are. */
static bool goes_on(const grid *g, int row)
{
	for (int k = 0; row + 1 < g->rows && k < g->columns; k++)
		if (grid_at(g, row + 1, k)->spread && str_eq(grid_at(g, row, k)->text, grid_at(g, row + 1, k)->text) && grid_at(g, row, k)->text.len)
			return true;
	return false;
}

static str heading_of(cx *c, const grid *g, int row, int column, bool two)
{
	const grid_cell *below = two ? grid_at(g, row + 1, column) : NULL;
	const grid_cell *cell = below && !below->spread && below->text.len ? below : grid_at(g, row, column);
	return vn_fold(c->mem, cell->text);
}

static bool read_heading(cx *c, const grid *g, int row, struct draft_map *m)
{
	/* "Mã tiêu chí" is a code, "Điểm tiêu chí" points: what is surer is asked first. */
	static const int order[DRAFT_COLUMNS] = { DRAFT_CODE, DRAFT_MAX, DRAFT_NOTE, DRAFT_EVIDENCE, DRAFT_OWNER, DRAFT_NAME };
	bool two = goes_on(g, row);
	m->first = row + 1 + two;
	for (int i = 0; i < DRAFT_COLUMNS; i++)
		m->column[i] = -1;
	for (int k = 0; k < g->columns; k++) {
		str s = heading_of(c, g, row, k, two);
		for (int i = 0; s.len && i < DRAFT_COLUMNS; i++)
			if (m->column[order[i]] < 0 && means(s, order[i])) {
				m->column[order[i]] = k;
				break;
			}
	}
	return m->column[DRAFT_NAME] >= 0 && m->column[DRAFT_MAX] >= 0;
}

enum err draft_guess(cx *c, const grid *g, struct draft_map *out)
{
	enum { LOOKED_AT = 30 };
	for (int row = 0; row < g->rows && row < LOOKED_AT; row++)
		if (read_heading(c, g, row, out))
			return ERR_OK;
	return cx_fail(c, ERR_INPUT, "draft.no_heading", (place){ .file = g->file, .sheet = g->name }, STR(""));
}

/* ---- codes ---- */

enum code_kind { CODE_NONE, CODE_ROMAN, CODE_NUMBER, CODE_LETTER };

static enum code_kind kind_of(str s)
{
	bool roman = s.len > 0 && s.len <= 6, number = s.len > 0 && s.len <= 20;
	for (size_t i = 0; i < s.len; i++) {
		roman &= strchr("IVXLC", s.p[i]) != NULL && s.p[i];
		number &= (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '.' && i > 0);
	}
	if (roman || number)
		return roman ? CODE_ROMAN : CODE_NUMBER;
	return s.len == 1 && s.p[0] >= 'a' && s.p[0] <= 'z' ? CODE_LETTER : CODE_NONE;
}

/* "1.1." and "a)" without what ends them. */
static str bare(str s)
{
	s = str_trim(s);
	while (s.len && strchr(".)-:", s.p[s.len - 1]))
		s.len--;
	return s;
}

/* "I. Cải cách thể chế" -> code I, and the name without it. */
static enum code_kind split_code(str *name, str *code)
{
	size_t n = 0;
	while (n < name->len && !strchr(" \t\n)", name->p[n]))
		n++;
	str head = { name->p, n < name->len && name->p[n] == ')' ? n + 1 : n }, word = bare(head);
	bool ended = word.len < head.len || memchr(word.p, '.', word.len);
	enum code_kind k = ended ? kind_of(word) : CODE_NONE;
	if (k == CODE_NONE)
		return k;
	*code = word;
	*name = str_trim((str){ name->p + head.len, name->len - head.len });
	return k;
}

/* ---- rows ---- */

struct draft_row {
	str code, parent, name, max, owner, evidence;
	buf note;
	bool inner;
};

struct draft {
	cx *c;
	const grid *g;
	const struct draft_map *m;
	struct draft_report *report;
	VEC(struct draft_row) rows;
	map codes;
	str group, number; /* the group and the numbered row in hand */
};

static str cell_text(const struct draft *d, int row, int what)
{
	int k = d->m->column[what];
	return k < 0 ? (str){ "", 0 } : grid_at(d->g, row, k)->text;
}

/* "9,5", "2 điểm". */
static bool read_points(struct draft *d, str s, str *out)
{
	char room[64], text[DEC_TEXT];
	dec v;
	size_t n = 0;
	bool comma = false;
	for (size_t i = 0; i < s.len && n < sizeof room && (strchr("0123456789.,", s.p[i]) && s.p[i]); i++) {
		comma |= s.p[i] == ',';
		room[n++] = s.p[i] == ',' ? '.' : s.p[i];
	}
	str rest = vn_fold(d->c->mem, (str){ s.p + n, s.len - n });
	if (!dec_parse((str){ room, n }, &v) || (rest.len && !str_is(rest, "diem") && !str_is(rest, "d")))
		return false;
	d->report->commas += comma;
	*out = arena_str(d->c->mem, dec_text(v, text));
	return true;
}

static str join(cx *c, str group, str code) { return group.len ? arena_printf(c->mem, "%.*s.%.*s", STR_ARG(group), STR_ARG(code)) : arena_str(c->mem, code); }

/* The code above: "1.1" of "1.1.2" when it is there, else the group. */
static str parent_of(const struct draft *d, str code)
{
	while (code.len) {
		while (code.len && code.p[code.len - 1] != '.')
			code.len--;
		if (code.len)
			code.len--;
		str full = join(d->c, d->group, code);
		if (code.len && map_get(&d->codes, full))
			return full;
	}
	return d->group;
}

static void note_line(struct draft *d, str name, str points)
{
	if (!d->rows.n)
		return;
	buf *b = &d->rows.p[d->rows.n - 1].note;
	buf_printf(b, "%s%.*s", b->len ? "\n" : "", STR_ARG(name));
	if (points.len)
		buf_printf(b, ": %.*s", STR_ARG(points));
	d->report->notes++;
}

static void set_code(struct draft *d, struct draft_row *r, enum code_kind kind, str code)
{
	cx *c = d->c;
	if (kind == CODE_ROMAN) {
		r->code = arena_str(c->mem, code);
		r->parent = (str){ "", 0 };
		d->group = r->code;
		d->number = r->code;
	} else if (kind == CODE_LETTER) {
		r->parent = d->number;
		r->code = join(c, d->number, code);
	} else {
		r->parent = parent_of(d, code);
		r->code = join(c, d->group, code);
		d->number = r->code;
	}
}

static void add_row(struct draft *d, int row, enum code_kind kind, str code, str name)
{
	cx *c = d->c;
	struct draft_row r = { .name = name };
	str points = cell_text(d, row, DRAFT_MAX), group = d->group, number = d->number;
	bool added;
	set_code(d, &r, kind, code);
	int64_t *at = map_put(c->mem, &d->codes, r.code, &added);
	if (!added) {
		d->group = group;
		d->number = number;
		fault *f = cx_fault(c, FAULT_WARNING, "draft.twice", grid_place(d->g, row, d->m->column[DRAFT_CODE]), name);
		fault_arg(c, f, 1, r.code);
		note_line(d, name, points);
		return;
	}
	*at = (int64_t)d->rows.n;
	buf_init(&r.note, 64 << 10);
	/* A heading over all columns repeats its text in the column of points. */
	if (points.len && !str_eq(points, cell_text(d, row, DRAFT_NAME)) && !read_points(d, points, &r.max))
		cx_fault(c, FAULT_WARNING, "draft.max", grid_place(d->g, row, d->m->column[DRAFT_MAX]), points);
	r.owner = cell_text(d, row, DRAFT_OWNER);
	if (str_eq(r.owner, cell_text(d, row, DRAFT_NAME)))
		r.owner = (str){ "", 0 };
	r.evidence = cell_text(d, row, DRAFT_EVIDENCE).len ? STR("yes") : STR("");
	str note = cell_text(d, row, DRAFT_NOTE);
	if (note.len && !str_eq(note, cell_text(d, row, DRAFT_NAME)))
		buf_add(&r.note, note);
	*VEC_PUSH(c->mem, &d->rows) = r;
}

static bool is_sum(cx *c, str name) { return str_starts(vn_fold(c->mem, name), STR("tong")) && name.len < 40; }

static void read_row(struct draft *d, int row)
{
	int code_at = d->m->column[DRAFT_CODE];
	const grid_cell *name_cell = grid_at(d->g, row, d->m->column[DRAFT_NAME]);
	str name = name_cell->text, code = { "", 0 };
	dec number;
	bool own = true;
	if (code_at >= 0) {
		const grid_cell *k = grid_at(d->g, row, code_at);
		code = bare(k->shown);
		own = !k->spread && !str_eq(k->text, name);
	}
	/* The sum below the table, and the row that numbers its columns. */
	if (!name.len || is_sum(d->c, name) || dec_parse(name, &number))
		return;
	enum code_kind kind = own ? kind_of(code) : CODE_NONE;
	if (kind == CODE_NONE && (!own || !code.len || code_at < 0))
		kind = split_code(&name, &code);
	if (kind == CODE_NONE)
		note_line(d, name, cell_text(d, row, DRAFT_MAX));
	else
		add_row(d, row, kind, code, name);
}

/* ---- the table ---- */

static void put_cells(cx *c, buf *b, const str *cells)
{
	(void)c;
	for (int i = 0; i < TREE_COLUMNS; i++) {
		if (i)
			buf_char(b, ',');
		csv_cell(b, cells[i].p ? cells[i] : (str){ "", 0 });
	}
	buf_char(b, '\n');
}

static str sum_of_roots(struct draft *d)
{
	char text[DEC_TEXT];
	dec sum = DEC_ZERO, v;
	for (size_t i = 0; i < d->rows.n; i++)
		if (!d->rows.p[i].parent.len && dec_parse(d->rows.p[i].max, &v))
			dec_add(sum, v, &sum);
	return arena_str(d->c->mem, dec_text(sum, text));
}

static bool says_survey(cx *c, str name)
{
	str s = vn_fold(c->mem, name);
	return memmem(s.p, s.len, "dieu tra", 8) || memmem(s.p, s.len, "khao sat", 8) || memmem(s.p, s.len, "xhh", 3);
}

static void put_row(struct draft *d, buf *b, const struct draft_row *r, str root)
{
	str cells[TREE_COLUMNS] = { [TREE_CODE] = r->code, [TREE_PARENT] = r->parent.len ? r->parent : root, [TREE_NAME_VI] = r->name, [TREE_MAX] = r->max,
		[TREE_OWNER] = r->owner, [TREE_NOTE] = buf_str(&r->note) };
	cells[TREE_BY] = r->inner ? STR("sum") : says_survey(d->c, r->name) ? STR("survey") : STR("self");
	cells[TREE_EVIDENCE] = r->inner ? (str){ "", 0 } : r->evidence;
	d->report->scored += !r->inner;
	d->report->no_max += !r->max.len;
	put_cells(d->c, b, cells);
}

static void put_table(struct draft *d, str name, str *text)
{
	cx *c = d->c;
	const str root = STR("TONG");
	buf b;
	buf_init(&b, 0);
	str head[TREE_COLUMNS], first[TREE_COLUMNS] = { [TREE_CODE] = STR("@name"), [TREE_NAME_VI] = name };
	str top[TREE_COLUMNS] = { [TREE_CODE] = root, [TREE_NAME_VI] = name, [TREE_MAX] = sum_of_roots(d), [TREE_BY] = STR("sum") };
	for (int i = 0; i < TREE_COLUMNS; i++)
		head[i] = str_of(tree_columns[i].name);
	put_cells(c, &b, head);
	put_cells(c, &b, first);
	put_cells(c, &b, top);
	for (size_t i = 0; i < d->rows.n; i++)
		put_row(d, &b, &d->rows.p[i], root);
	*text = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
}

enum err draft_text(cx *c, const grid *g, const struct draft_map *m, str name, str *text, struct draft_report *out)
{
	struct draft d = { .c = c, .g = g, .m = m, .report = out };
	*out = (struct draft_report){ 0 };
	for (int row = m->first; row < g->rows; row++)
		read_row(&d, row);
	for (size_t i = 0; i < d.rows.n; i++) {
		const int64_t *up = map_get(&d.codes, d.rows.p[i].parent);
		if (up)
			d.rows.p[*up].inner = true;
	}
	out->rows = d.rows.n;
	if (d.rows.n)
		put_table(&d, name, text);
	for (size_t i = 0; i < d.rows.n; i++)
		buf_free(&d.rows.p[i].note);
	return d.rows.n ? ERR_OK : cx_fail(c, ERR_INPUT, "draft.no_rows", (place){ .file = g->file, .sheet = g->name }, STR(""));
}
