#include "app/edition_rows.h"
#include "app/edition_text.h"
#include "base/csv.h"

enum { BODY_COLUMNS = TREE_COLUMNS + 1 };

/* ---- the stored text ---- */

enum err edition_rows_read(cx *c, str body, struct edition_rows *out)
{
	csv_record rec;
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	*out = (struct edition_rows){ 0 };
	if (!body.len)
		return ERR_OK;
	csv *in = csv_open_mem(c, STR("draft"), body, &opt);
	while (csv_read(in, &rec)) {
		long key;
		if (rec.n != BODY_COLUMNS || !str_int(rec.cell[0], 1, 1000000000, &key))
			break;
		struct edition_row *r = VEC_PUSH(c->mem, out);
		r->key = key;
		for (int i = 0; i < TREE_COLUMNS; i++)
			r->cell[i] = arena_str(c->mem, rec.cell[i + 1]);
		if (key > out->last_key)
			out->last_key = key;
	}
	bool whole = !csv_broken(in) && !csv_rejected(in);
	csv_close(in);
	return whole ? ERR_OK : cx_fail(c, ERR_IO, "edit.body", (place){ 0 }, STR(""));
}

str edition_rows_body(cx *c, const struct edition_rows *r)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < r->n; i++) {
		buf_printf(&b, "%lld", (long long)r->p[i].key);
		for (int k = 0; k < TREE_COLUMNS; k++) {
			buf_char(&b, ',');
			csv_cell(&b, r->p[i].cell[k]);
		}
		buf_char(&b, '\n');
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- from and to tables ---- */

enum err edition_rows_take(cx *c, table_source from, struct edition_rows *out)
{
	table t;
	*out = (struct edition_rows){ 0 };
	enum err e = table_begin(c, from, tree_columns, TREE_COLUMNS, &t);
	while (!e && table_next(&t)) {
		if (out->n >= TREE_MAX_NODES) {
			e = cx_fail(c, ERR_LIMIT, "edition.too_many_rows", table_at(&t, TREE_CODE), t.cell[TREE_CODE]);
			break;
		}
		struct edition_row *r = edition_rows_add(c, out);
		for (int i = 0; i < TREE_COLUMNS; i++)
			r->cell[i] = arena_str(c->mem, t.cell[i]);
	}
	if (!e && !table_sound(&t))
		e = ERR_INPUT;
	table_close(&t);
	return e;
}

struct reading {
	const struct edition_rows *rows;
	size_t next; /* 0: the heading */
	str head[TREE_COLUMNS];
};

static bool next_row(void *ctx, table_row *row)
{
	struct reading *r = ctx;
	size_t i = r->next++;
	if (i > r->rows->n)
		return false;
	*row = (table_row){ .line = (int64_t)i + 1, .n = TREE_COLUMNS, .cell = i ? r->rows->p[i - 1].cell : r->head };
	return true;
}

static bool is_sound(void *ctx)
{
	(void)ctx;
	return true;
}

static void close_rows(void *ctx) { (void)ctx; }

table_source edition_rows_table(cx *c, const struct edition_rows *rows, str name)
{
	struct reading *r = NEW(c->mem, struct reading);
	r->rows = rows;
	for (int i = 0; i < TREE_COLUMNS; i++)
		r->head[i] = str_of(tree_columns[i].name);
	return (table_source){ .ctx = r, .file = name, .next = next_row, .sound = is_sound, .close = close_rows };
}

str edition_rows_text(cx *c, const struct edition_rows *r)
{
	str text = STR("");
	edition_text(c, edition_rows_table(c, r, STR("draft")), &text);
	return text;
}

/* ---- finding, adding ---- */

int edition_rows_find(const struct edition_rows *r, int64_t key)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->p[i].key == key)
			return (int)i;
	return -1;
}

int edition_rows_code(const struct edition_rows *r, str code)
{
	for (size_t i = 0; i < r->n && code.len; i++)
		if (str_eq(r->p[i].cell[TREE_CODE], code))
			return (int)i;
	return -1;
}

struct edition_row *edition_rows_add(cx *c, struct edition_rows *r)
{
	struct edition_row *x = VEC_PUSH(c->mem, r);
	*x = (struct edition_row){ .key = ++r->last_key };
	for (int i = 0; i < TREE_COLUMNS; i++)
		x->cell[i] = STR("");
	return x;
}

/* ---- the order ---- */

struct order {
	const struct edition_rows *rows;
	struct edition_row *out;
	int *level;
	int *first, *next; /* children of each row: place of the first, and of the next sibling; -1: none */
	bool *placed;
	size_t n;
};

static void place_row(struct order *o, int i, int level)
{
	o->placed[i] = true;
	o->out[o->n] = o->rows->p[i];
	o->level[o->n++] = level;
}

static void walk(struct order *o, int i, int level)
{
	if (o->placed[i] || level > TREE_MAX_DEPTH + 1)
		return;
	place_row(o, i, level);
	for (int k = o->first[i]; k >= 0; k = o->next[k])
		walk(o, k, level + 1);
}

void edition_rows_sort(cx *c, struct edition_rows *r, int *level)
{
	map codes = { 0 };
	struct order o = { .rows = r, .level = level };
	o.out = NEW_ARRAY(c->mem, struct edition_row, r->n + 1);
	o.first = NEW_ARRAY(c->mem, int, r->n + 1);
	o.next = NEW_ARRAY(c->mem, int, r->n + 1);
	o.placed = NEW_ARRAY(c->mem, bool, r->n + 1);
	for (size_t i = 0; i < r->n; i++) {
		bool added;
		int64_t *at = map_put(c->mem, &codes, r->p[i].cell[TREE_CODE], &added);
		if (added)
			*at = (int64_t)i;
		o.first[i] = o.next[i] = -1;
		if (edition_row_sets(&r->p[i]))
			place_row(&o, (int)i, -1);
	}
	for (size_t i = r->n; i-- > 0;) { /* backwards, so that siblings keep their order */
		const int64_t *up = map_get(&codes, r->p[i].cell[TREE_PARENT]);
		if (o.placed[i] || !r->p[i].cell[TREE_PARENT].len || !up || o.placed[*up] || *up == (int64_t)i)
			continue;
		o.next[i] = o.first[*up];
		o.first[*up] = (int)i;
	}
	for (size_t i = 0; i < r->n; i++)
		if (!o.placed[i] && !r->p[i].cell[TREE_PARENT].len)
			walk(&o, (int)i, 0);
	for (size_t i = 0; i < r->n; i++)
		if (!o.placed[i])
			place_row(&o, (int)i, -1);
	r->p = o.out;
	r->cap = r->n;
}

size_t edition_rows_below(const int *level, size_t n, size_t i)
{
	size_t k = i + 1;
	while (level[i] >= 0 && k < n && level[k] > level[i])
		k++;
	return k - i - 1;
}
