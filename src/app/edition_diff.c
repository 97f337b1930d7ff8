#include "app/edition_diff.h"
#include "app/edition_rows.h"
#include "app/trees.h"
#include "base/csv.h"
#include "db/edition.h"

/* The rows of one side by their codes; of a setting that stands twice the first. */
struct side {
	const tree *t;
	struct edition_rows rows;
	map by_code;
};

struct differ {
	cx *c;
	struct side old, now;
	diff_map map_code;
	void *ctx;
};

static const str no_cells[TREE_COLUMNS];

static enum err read_side(cx *c, const struct edition_side *from, struct side *to)
{
	csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
	*to = (struct side){ .t = from->t };
	enum err e = edition_rows_take(c, table_csv(csv_open_mem(c, STR("edition"), from->text, &opt), STR("edition")), &to->rows);
	for (size_t i = 0; i < to->rows.n && !e; i++) {
		bool added;
		int64_t *at = map_put(c->mem, &to->by_code, to->rows.p[i].cell[TREE_CODE], &added);
		if (added)
			*at = (int64_t)i;
	}
	return e;
}

static const str *cells_of(const struct side *s, str code)
{
	const int64_t *at = map_get(&s->by_code, code);
	return at ? s->rows.p[*at].cell : no_cells;
}

static str mapped(const struct differ *d, str code) { return d->map_code && code.len ? d->map_code(d->ctx, code) : code; }

/* Room for every column must be there. */
static void add_changes(const struct differ *d, str setting, const str *old, const str *now, struct edition_change *to, size_t *n)
{
	for (int k = 0; k < TREE_COLUMNS; k++) {
		bool same = str_eq(old[k], now[k]) || (k == TREE_PARENT && str_eq(mapped(d, old[k]), now[k])) || (setting.len && k == TREE_CODE);
		if (!same)
			to[(*n)++] = (struct edition_change){ k, setting, old[k], now[k] };
	}
}

static void compare_settings(const struct differ *d, struct edition_diff *out)
{
	const struct side *sides[] = { &d->now, &d->old };
	out->settings = NEW_ARRAY(d->c->mem, struct edition_change, (d->old.rows.n + d->now.rows.n) * TREE_COLUMNS + 1);
	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < sides[s]->rows.n; i++) {
			const struct edition_row *r = &sides[s]->rows.p[i];
			str code = r->cell[TREE_CODE];
			bool first = edition_row_sets(r) && cells_of(sides[s], code) == r->cell;
			if (first && (s == 0 || !map_get(&d->now.by_code, code)))
				add_changes(d, code, cells_of(&d->old, code), cells_of(&d->now, code), out->settings, &out->n_settings);
		}
}

static void put_old(struct edition_diff_row *r, const struct tree_node *n)
{
	r->old_code = n->code;
	r->old_vi = n->name_vi;
	r->old_en = n->name_en;
	r->old_max = figure_if(n->has_max, n->max);
	r->level = n->level;
	r->scored = tree_is_scored(n);
}

static void put_new(struct edition_diff_row *r, const struct tree_node *n)
{
	r->code = n->code;
	r->name_vi = n->name_vi;
	r->name_en = n->name_en;
	r->max = figure_if(n->has_max, n->max);
	r->level = n->level;
	r->scored = tree_is_scored(n);
}

static struct edition_diff_row row_of(const struct differ *d, const struct diff_row *x)
{
	struct edition_diff_row r = { .is = DIFF_IS_SAME };
	if (x->old != NO_NODE)
		put_old(&r, &d->old.t->nodes.p[x->old]);
	if (x->now != NO_NODE)
		put_new(&r, &d->now.t->nodes.p[x->now]);
	if (x->old == NO_NODE || x->now == NO_NODE) {
		r.is = x->old == NO_NODE ? DIFF_IS_ADDED : DIFF_IS_LEFT_OUT;
		return r;
	}
	r.changes = NEW_ARRAY(d->c->mem, struct edition_change, TREE_COLUMNS);
	add_changes(d, STR(""), cells_of(&d->old, r.old_code), cells_of(&d->now, r.code), r.changes, &r.n_changes);
	if (r.n_changes)
		r.is = DIFF_IS_CHANGED;
	return r;
}

enum err edition_diff_of(cx *c, const struct edition_side *old, const struct edition_side *now, diff_map map_code, void *ctx, struct edition_diff *out)
{
	struct differ d = { .c = c, .map_code = map_code, .ctx = ctx };
	struct diff_row *rows;
	enum err e = read_side(c, old, &d.old);
	if (!e)
		e = read_side(c, now, &d.now);
	if (e)
		return e;
	compare_settings(&d, out);
	size_t n = tree_diff(c->mem, old->t, now->t, map_code, ctx, &rows);
	out->p = NEW_ARRAY(c->mem, struct edition_diff_row, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct edition_diff_row *r = &out->p[out->n++];
		*r = row_of(&d, &rows[i]);
		out->n_added += r->is == DIFF_IS_ADDED;
		out->n_left += r->is == DIFF_IS_LEFT_OUT;
		out->n_changed += r->is == DIFF_IS_CHANGED;
	}
	return ERR_OK;
}

enum err edition_compare(cx *c, struct app *a, int64_t old_id, int64_t id, struct edition_diff *out)
{
	db_edition old, now;
	const tree *t[2];
	DB_READER(k);
	*out = (struct edition_diff){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_edition_get(c, k, old_id, &old);
	if (!e)
		e = db_edition_get(c, k, id, &now);
	if (!e)
		e = trees_get(c, a, &old, &t[0]);
	if (!e)
		e = trees_get(c, a, &now, &t[1]);
	if (e)
		return e;
	*out = (struct edition_diff){ .old_code = old.code, .old_version = old.version, .old_name_vi = old.name_vi, .old_name_en = old.name_en,
		.code = now.code, .version = now.version, .name_vi = now.name_vi, .name_en = now.name_en };
	return edition_diff_of(c, &(struct edition_side){ t[0], old.csv }, &(struct edition_side){ t[1], now.csv }, NULL, NULL, out);
}
