#include "engine/est_frame.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include "base/vn.h"
#include "engine/measure.h"

enum { BLOCK = 1 << 16, WHERE_ROWS = 4096 };

/* Blocks of one type of value while the number of rows is unknown; they live in an arena of their own. */
struct blocks {
	VEC(void *) p;
};

/* The texts of a factor: an open table of level numbers. */
struct intern {
	VEC(str) level;
	VEC(uint64_t) hash;
	uint32_t *slot; /* level + 1; 0: free */
	size_t cap;
	uint32_t last; /* the level found last: neighbours are often equal */
};

struct frame_fill {
	struct blocks number, code;
	struct intern texts;
};

/* ---- heading ---- */

static void drop_csv(void *in)
{
	csv_close(in);
}

enum err frame_open(cx *c, csv *in, str file, frame **out)
{
	csv_record head;
	if (!in)
		return ERR_INPUT;
	if (!csv_read(in, &head)) {
		if (!csv_broken(in) && csv_rejected(in) == 0)
			cx_fault(c, FAULT_ERROR, "table.empty", (place){ .file = file, .line = 1 }, STR(""));
		csv_close(in);
		return ERR_INPUT;
	}
	frame *f = NEW(c->mem, frame);
	f->c = c;
	f->in = in;
	cx_hold(c, &f->hold, drop_csv, in);
	f->file = arena_str(c->mem, file);
	for (int i = 0; i < head.n; i++)
		*VEC_PUSH(c->mem, &f->heading) = arena_str(c->mem, str_trim(head.cell[i]));
	*out = f;
	return ERR_OK;
}

/* From 0; -1: not there, -2: more than once. */
static int find(const frame *f, str name)
{
	int found = -1;
	for (size_t i = 0; i < f->heading.n; i++)
		if (str_eq(f->heading.p[i], name)) {
			if (found >= 0)
				return -2;
			found = (int)i;
		}
	return found;
}

bool frame_has(const frame *f, str name)
{
	return find(f, name) >= 0;
}

static struct frame_column *add(frame *f, str name, int column, unsigned kinds)
{
	struct frame_column *col = NEW(f->c->mem, struct frame_column);
	*col = (struct frame_column){ .name = name, .column = column, .kinds = kinds };
	return *VEC_PUSH(f->c->mem, &f->columns) = col;
}

struct frame_column *frame_want(frame *f, str name, unsigned kinds)
{
	for (size_t i = 0; i < f->columns.n; i++)
		if (str_eq(f->columns.p[i]->name, name)) {
			f->columns.p[i]->kinds |= kinds;
			return f->columns.p[i];
		}
	int at = find(f, name);
	if (at < 0) {
		cx_fault(f->c, FAULT_ERROR, at == -1 ? "frame.no_column" : "frame.twice", (place){ .file = f->file, .line = 1 }, name);
		return NULL;
	}
	return add(f, f->heading.p[at], at + 1, kinds);
}

/* ---- filter ---- */

static bool where_cell(frame *f, str name, bool text, uint32_t *slot)
{
	int at = find(f, name);
	if (at < 0)
		return false;
	size_t i = 0;
	while (i < f->where_cells.n && (f->where_cells.p[i].column != (uint32_t)at || f->where_cells.p[i].text != text))
		i++;
	if (i == f->where_cells.n)
		*VEC_PUSH(f->c->mem, &f->where_cells) = (struct frame_cell){ (uint32_t)at, text };
	*slot = (uint32_t)i;
	return true;
}

static bool where_slot(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	return part == PART_VALUE && where_cell(ctx, name, false, slot);
}

static bool where_text(void *ctx, str name, uint32_t *slot)
{
	return where_cell(ctx, name, true, slot);
}

enum err frame_where(frame *f, str text)
{
	struct rule_scope scope = { .find = where_slot, .find_text = where_text, .ctx = f };
	return rule_compile(f->c, text, &scope, (place){ .field = STR("--where") }, &f->where);
}

static bool is_missing(str s)
{
	return s.len == 0 || str_is(s, "NA") || str_is(s, "NaN");
}

static bool passes(const frame *f, const csv_record *r, val *slots, arena *scratch)
{
	for (size_t i = 0; i < f->where_cells.n; i++) {
		struct frame_cell cell = f->where_cells.p[i];
		str s = cell.column < (uint32_t)r->n ? str_trim(r->cell[cell.column]) : (str){ "", 0 };
		slots[i] = is_missing(s) ? VAL_NONE : cell.text ? val_str(s) : measure_value(s);
	}
	return val_is(rule_eval(f->where, slots, scratch), true);
}

/* ---- cells ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* [-]digits[.digits][e[+-]digits], .5, 5. */
static bool has_number_form(str s)
{
	size_t i = s.p[0] == '-' || s.p[0] == '+', digits = 0;
	for (; i < s.len && is_digit(s.p[i]); i++)
		digits++;
	if (i < s.len && s.p[i] == '.')
		for (i++; i < s.len && is_digit(s.p[i]); i++)
			digits++;
	if (digits && i < s.len && (s.p[i] | 32) == 'e') {
		i += 1 + (size_t)(i + 1 < s.len && strchr("+-", s.p[i + 1]));
		size_t from = i;
		while (i < s.len && is_digit(s.p[i]))
			i++;
		if (i == from)
			return false;
	}
	return digits && i == s.len;
}

bool frame_parse(str s, double *out)
{
	/* Up to 15 digits and 22 decimals: both parts are exact doubles, so one division rounds right. */
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
	*out = (double)NAN;
	if (is_missing(s))
		return true;
	int64_t n = 0;
	size_t i = s.p[0] == '-', digits = 0, decimals = 0;
	bool point = false;
	for (; i < s.len && digits < 16; i++) {
		if (is_digit(s.p[i])) {
			n = n * 10 + (s.p[i] - '0');
			digits++;
			decimals += point;
		} else if (s.p[i] == '.' && !point) {
			point = true;
		} else {
			break;
		}
	}
	if (i == s.len && digits && digits <= 15) {
		double x = (double)n / tens[decimals];
		*out = s.p[0] == '-' ? -x : x;
		return true;
	}
	if (str_is(s, "Inf") || str_is(s, "-Inf")) {
		*out = s.p[0] == '-' ? -(double)INFINITY : (double)INFINITY;
		return true;
	}
	char z[64];
	if (s.len >= sizeof z || !has_number_form(s))
		return false;
	memcpy(z, s.p, s.len);
	z[s.len] = 0;
	*out = strtod(z, NULL);
	return isfinite(*out);
}

static uint64_t hash_of(str s)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

static void grow(struct intern *t, arena *scratch)
{
	t->cap = t->cap ? t->cap * 2 : 64;
	t->slot = NEW_ARRAY(scratch, uint32_t, t->cap);
	for (size_t k = 0; k < t->level.n; k++) {
		size_t i = t->hash.p[k] & (t->cap - 1);
		while (t->slot[i])
			i = (i + 1) & (t->cap - 1);
		t->slot[i] = (uint32_t)k + 1;
	}
}

static uint32_t intern(struct intern *t, str s, arena *mem, arena *scratch)
{
	if (t->level.n && str_eq(t->level.p[t->last], s))
		return t->last;
	if (t->level.n * 3 >= t->cap * 2)
		grow(t, scratch);
	uint64_t h = hash_of(s);
	size_t i = h & (t->cap - 1);
	for (; t->slot[i]; i = (i + 1) & (t->cap - 1)) {
		uint32_t k = t->slot[i] - 1;
		if (t->hash.p[k] == h && str_eq(t->level.p[k], s))
			return t->last = k;
	}
	t->slot[i] = (uint32_t)t->level.n + 1;
	*VEC_PUSH(scratch, &t->level) = arena_str(mem, s);
	*VEC_PUSH(scratch, &t->hash) = h;
	return t->last = (uint32_t)t->level.n - 1;
}

/* ---- rows ---- */

static void *block_at(struct blocks *b, size_t row, size_t size, arena *scratch)
{
	if (row % BLOCK == 0)
		*VEC_PUSH(scratch, &b->p) = arena_array(scratch, BLOCK, size);
	return (char *)b->p.p[row / BLOCK] + row % BLOCK * size;
}

static void *flatten(const struct blocks *b, size_t n, size_t size, arena *mem)
{
	char *all = arena_array(mem, n ? n : 1, size);
	for (size_t k = 0; k * BLOCK < n; k++)
		memcpy(all + k * BLOCK * size, b->p.p[k], (n - k * BLOCK < BLOCK ? n - k * BLOCK : BLOCK) * size);
	return all;
}

static void fill(frame *f, const csv_record *r, arena *scratch)
{
	for (size_t k = 0; k < f->columns.n; k++) {
		struct frame_column *col = f->columns.p[k];
		str s = col->column <= r->n ? str_trim(r->cell[col->column - 1]) : (str){ "", 0 };
		if (col->kinds & FRAME_NUMBER) {
			double *to = block_at(&col->fill->number, f->n, sizeof(double), scratch);
			if (!frame_parse(s, to)) {
				place at = { .file = f->file, .line = r->line, .column = col->column, .field = col->name };
				cx_fault(f->c, FAULT_ERROR, "frame.number", at, s);
			}
		}
		if (col->kinds & FRAME_FACTOR) {
			uint32_t *to = block_at(&col->fill->code, f->n, sizeof(uint32_t), scratch);
			*to = is_missing(s) ? FRAME_MISSING : intern(&col->fill->texts, s, f->c->mem, scratch);
		}
	}
}

static bool row_fits(frame *f, const csv_record *r)
{
	if ((size_t)r->n > f->heading.n) {
		place at = { .file = f->file, .line = r->line, .column = (int)f->heading.n + 1 };
		cx_fault(f->c, FAULT_ERROR, "table.too_many_cells", at, r->cell[f->heading.n]);
		return false;
	}
	return true;
}

static bool is_full(frame *f, const csv_record *r)
{
	if (f->n < FRAME_MAX_ROWS && f->n * (f->columns.n + 1) < FRAME_MAX_CELLS)
		return false;
	fault *made = cx_fault(f->c, FAULT_ERROR, "frame.too_big", (place){ .file = f->file, .line = r->line }, STR(""));
	fault_arg(f->c, made, 1, arena_printf(f->c->mem, "%d", FRAME_MAX_ROWS));
	fault_arg(f->c, made, 2, arena_printf(f->c->mem, "%d", FRAME_MAX_CELLS));
	return true;
}

static void read_rows(frame *f, arena *scratch)
{
	struct blocks lines = { 0 }, parts = { 0 };
	val *slots = NEW_ARRAY(scratch, val, f->where_cells.n + 1);
	arena *texts = arena_new(0); /* what the rule makes, thrown away now and then */
	csv_record r;
	bool any = false;
	while (csv_read(f->in, &r) && !is_full(f, &r)) {
		if (!row_fits(f, &r))
			continue;
		*(uint32_t *)block_at(&lines, f->n, sizeof(uint32_t), scratch) = (uint32_t)r.line;
		if (f->where) {
			bool in = passes(f, &r, slots, texts);
			any = any || in;
			*(bool *)block_at(&parts, f->n, sizeof(bool), scratch) = in;
			if (f->n % WHERE_ROWS == 0) {
				arena_free(texts);
				texts = arena_new(0);
			}
		}
		fill(f, &r, scratch);
		f->n++;
	}
	arena_free(texts);
	if (f->where && f->n && !any)
		cx_fault(f->c, FAULT_NOTE, "frame.where_none", (place){ .file = f->file, .field = STR("--where") }, f->where->text);
	f->line = flatten(&lines, f->n, sizeof(uint32_t), f->c->mem);
	if (f->where)
		f->in_part = flatten(&parts, f->n, sizeof(bool), f->c->mem);
}

static void drop_scratch(void *scratch)
{
	arena_free(scratch);
}

enum err frame_load(frame *f)
{
	size_t errors = f->c->n_errors;
	arena *scratch = arena_new(0);
	struct cx_hold hold;
	cx_hold(f->c, &hold, drop_scratch, scratch);
	for (size_t k = 0; k < f->columns.n; k++)
		f->columns.p[k]->fill = NEW(scratch, struct frame_fill);
	read_rows(f, scratch);
	for (size_t k = 0; k < f->columns.n; k++) {
		struct frame_column *col = f->columns.p[k];
		if (col->kinds & FRAME_NUMBER)
			col->number = flatten(&col->fill->number, f->n, sizeof(double), f->c->mem);
		if (col->kinds & FRAME_FACTOR) {
			struct intern *t = &col->fill->texts;
			col->code = flatten(&col->fill->code, f->n, sizeof(uint32_t), f->c->mem);
			col->level = arena_copy(f->c->mem, t->level.p, t->level.n * sizeof(str));
			col->n_levels = (uint32_t)t->level.n;
		}
		col->fill = NULL;
	}
	bool broken = csv_broken(f->in) || csv_rejected(f->in) > 0;
	cx_unhold(&f->hold);
	csv_close(f->in);
	f->in = NULL;
	cx_unhold(&hold);
	arena_free(scratch);
	return broken || f->c->n_errors > errors ? ERR_INPUT : ERR_OK;
}

/* ---- made in memory ---- */

frame *frame_new(cx *c, size_t n)
{
	frame *f = NEW(c->mem, frame);
	f->c = c;
	f->n = n;
	return f;
}

struct frame_column *frame_number(frame *f, str name, double *values)
{
	struct frame_column *col = add(f, name, 0, FRAME_NUMBER);
	col->number = values;
	return col;
}

struct frame_column *frame_factor(frame *f, str name, uint32_t *codes, const str *levels, uint32_t n_levels)
{
	struct frame_column *col = add(f, name, 0, FRAME_FACTOR);
	col->code = codes;
	col->level = levels;
	col->n_levels = n_levels;
	return col;
}

/* ---- order ---- */

static void put_in_order(void *p, size_t size, size_t n, const uint32_t *order, char *scratch)
{
	memcpy(scratch, p, n * size);
	if (size == sizeof(double))
		for (size_t i = 0; i < n; i++)
			((double *)p)[i] = ((double *)(void *)scratch)[order[i]];
	else if (size == sizeof(uint32_t))
		for (size_t i = 0; i < n; i++)
			((uint32_t *)p)[i] = ((uint32_t *)(void *)scratch)[order[i]];
	else
		for (size_t i = 0; i < n; i++)
			((bool *)p)[i] = ((bool *)(void *)scratch)[order[i]];
}

void frame_order(frame *f, const uint32_t *order)
{
	arena *a = arena_new(0);
	char *scratch = arena_alloc(a, f->n * sizeof(double));
	for (size_t k = 0; k < f->columns.n; k++) {
		struct frame_column *col = f->columns.p[k];
		if (col->number)
			put_in_order(col->number, sizeof(double), f->n, order, scratch);
		if (col->code)
			put_in_order(col->code, sizeof(uint32_t), f->n, order, scratch);
	}
	if (f->line)
		put_in_order(f->line, sizeof(uint32_t), f->n, order, scratch);
	if (f->in_part)
		put_in_order(f->in_part, sizeof(bool), f->n, order, scratch);
	arena_free(a);
}

place frame_at(const frame *f, const struct frame_column *col, size_t row)
{
	return (place){ .file = f->file, .line = f->line ? f->line[row] : (int64_t)row + 1, .column = col ? col->column : 0,
		.field = col ? col->name : (str){ 0 } };
}

struct sortable {
	double number; /* NaN: text */
	str key;
	uint32_t code;
};

static int by_sense(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;
	bool p = isnan(x->number), q = isnan(y->number);
	if (p != q)
		return p - q;
	int d = p ? str_cmp(x->key, y->key) : (x->number > y->number) - (x->number < y->number);
	return d ? d : (x->code > y->code) - (x->code < y->code);
}

/* Digit by digit: 10 before 9. */
static str text_key(arena *mem, str s)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < s.len; i++) {
		if (i && is_digit(s.p[i - 1]) && is_digit(s.p[i]))
			buf_char(&b, ' ');
		buf_char(&b, s.p[i]);
	}
	str key = vn_sort_key(mem, buf_str(&b));
	buf_free(&b);
	return key;
}

static uint32_t *ranks(arena *mem, const struct frame_column *col, bool numbers)
{
	uint32_t *rank = NEW_ARRAY(mem, uint32_t, col->n_levels + 1);
	struct sortable *s = NEW_ARRAY(mem, struct sortable, col->n_levels + 1);
	for (uint32_t k = 0; k < col->n_levels; k++) {
		s[k].code = k;
		if (!numbers || !frame_parse(col->level[k], &s[k].number))
			s[k].number = (double)NAN;
		if (isnan(s[k].number))
			s[k].key = numbers ? vn_sort_key(mem, col->level[k]) : text_key(mem, col->level[k]);
	}
	qsort(s, col->n_levels, sizeof *s, by_sense);
	for (uint32_t k = 0; k < col->n_levels; k++)
		rank[s[k].code] = k;
	return rank;
}

uint32_t *frame_ranks(arena *mem, const struct frame_column *col)
{
	return ranks(mem, col, true);
}

uint32_t *frame_text_ranks(arena *mem, const struct frame_column *col)
{
	return ranks(mem, col, false);
}

/* ---- combinations ---- */

struct combination {
	uint32_t rank[FRAME_MAX_BY];
	uint32_t number, first;
};

struct combinations {
	struct combination *p;
	size_t n, cap;
};

static int by_ranks(const void *a, const void *b)
{
	const struct combination *x = a, *y = b;
	for (int k = 0; k < FRAME_MAX_BY; k++)
		if (x->rank[k] != y->rank[k])
			return x->rank[k] < y->rank[k] ? -1 : 1;
	return 0;
}

/* Numbers by row and the combinations, in order of appearance. */
static bool find_combinations(arena *scratch, const frame *f, struct frame_column *const *columns, int n, const bool *in,
	uint32_t *cell, struct combinations *all)
{
	map known = { 0 };
	struct combination last = { .number = FRAME_MISSING };
	for (size_t i = 0; i < f->n; i++) {
		struct combination now = { 0 };
		bool good = !in || in[i];
		for (int k = 0; good && k < n; k++) {
			now.rank[k] = columns[k]->code[i];
			good = now.rank[k] != FRAME_MISSING;
		}
		cell[i] = FRAME_MISSING;
		if (!good)
			continue;
		if (last.number == FRAME_MISSING || memcmp(now.rank, last.rank, sizeof now.rank) != 0) {
			bool added;
			str key = { (const char *)now.rank, sizeof now.rank };
			const int64_t *there = map_get(&known, key);
			now.number = there ? (uint32_t)*there : (uint32_t)all->n;
			if (!there) {
				if (all->n == FRAME_MAX_CROSS)
					return false;
				*map_put(scratch, &known, arena_str(scratch, key), &added) = now.number;
				now.first = (uint32_t)i;
				*VEC_PUSH(scratch, all) = now;
			}
			last = now;
		}
		cell[i] = last.number;
	}
	return true;
}

bool frame_cross(arena *mem, const frame *f, struct frame_column *const *columns, int n, const bool *in, struct frame_cross *out)
{
	assert(n >= 1 && n <= FRAME_MAX_BY);
	struct combinations all = { 0 };
	arena *scratch = arena_new(0);
	out->cell = NEW_ARRAY(mem, uint32_t, f->n + 1);
	bool good = find_combinations(scratch, f, columns, n, in, out->cell, &all);
	if (good) {
		uint32_t *to = NEW_ARRAY(scratch, uint32_t, all.n + 1);
		for (int k = 0; k < n; k++) {
			const uint32_t *rank = frame_ranks(scratch, columns[k]);
			for (size_t i = 0; i < all.n; i++)
				all.p[i].rank[k] = rank[all.p[i].rank[k]];
		}
		if (all.n)
			qsort(all.p, all.n, sizeof *all.p, by_ranks);
		out->n_cells = (uint32_t)all.n;
		out->first = NEW_ARRAY(mem, uint32_t, all.n + 1);
		for (size_t i = 0; i < all.n; i++) {
			to[all.p[i].number] = (uint32_t)i;
			out->first[i] = all.p[i].first;
		}
		for (size_t i = 0; i < f->n; i++)
			if (out->cell[i] != FRAME_MISSING)
				out->cell[i] = to[out->cell[i]];
	}
	arena_free(scratch);
	return good;
}

str frame_label(arena *mem, struct frame_column *const *columns, int n, size_t row)
{
	if (n == 1)
		return columns[0]->level[columns[0]->code[row]];
	buf b;
	buf_init(&b, 0);
	for (int k = 0; k < n; k++) {
		if (k)
			buf_char(&b, ',');
		csv_cell(&b, columns[k]->level[columns[k]->code[row]]);
	}
	str label = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return label;
}
