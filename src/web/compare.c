/* Only figures of the same index, series and year are set against each other. */
#include "web/compare.h"
#include "base/vec.h"
#include "web/unit.h"
#include "web/round.h"
#include "web/say.h"
#include "web_views.h"

enum { MOST = 4, LINES_SPARE = 64 };

typedef struct view_compare view;

struct chosen {
	struct unit_info unit[MOST];
	size_t n;
	struct index_info index;
	struct history h; /* own figures of all of them */
	struct break_list breaks;
	int common_year; /* newest year in which all have a score; 0: none */
};

static const char *const names[MOST] = { "a", "b", "c", "d" };

/* ---- what was asked for ---- */

static void add_note(struct web_cx *w, view *v, str text)
{
	if (!v->notes)
		v->notes = NEW_ARRAY(w->mem, str, 3 * MOST);
	v->notes[v->n_notes++] = text;
}

static enum err add_unit(struct web_cx *w, struct chosen *c, str slug, view *v)
{
	struct unit_info u;
	struct history h = { 0 };
	enum err e = unit_by_slug(w->cx, w->app, slug, &u);
	if (e == ERR_NOTFOUND) {
		add_note(w, v, SAY(w, "compare.unknown", slug));
		return ERR_OK;
	}
	if (!e)
		e = result_history(w->cx, w->app, u.id, true, c->index.code, &h);
	if (e)
		return e;
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->unit[i].slug, u.slug))
			return ERR_OK;
	for (size_t i = 0; i < h.n; i++)
		if (history_is_own(&h.p[i], &u))
			*VEC_PUSH(w->mem, &c->h) = h.p[i];
	c->unit[c->n++] = u;
	return ERR_OK;
}

static enum err load(struct web_cx *w, struct chosen *c, struct index_list *indices, view *v)
{
	enum err e = result_indices(w->cx, w->app, indices);
	if (e || !indices->n)
		return e;
	c->index = indices->p[0];
	for (size_t i = 0; i < indices->n; i++)
		if (str_eq(indices->p[i].slug, web_text(w, "chi-so")))
			c->index = indices->p[i];
	for (size_t i = 0; i < MOST && !e; i++)
		if (web_text(w, names[i]).len)
			e = add_unit(w, c, web_text(w, names[i]), v);
	return e ? e : result_breaks(w->cx, w->app, c->index.code, &c->breaks);
}

/* ---- the form ---- */

static void fill_options(const struct unit_list *from, const struct unit_list *without, str chosen, struct view_compare_option *to, size_t *n)
{
	for (size_t i = 0; i < from->n; i++) {
		bool known = false;
		for (size_t k = 0; without && k < without->n; k++)
			known |= str_eq(without->p[k].slug, from->p[i].slug);
		if (!known)
			to[(*n)++] = (struct view_compare_option){ from->p[i].slug, from->p[i].name, str_eq(from->p[i].slug, chosen) };
	}
}

static enum err fill_form(struct web_cx *w, const struct chosen *c, const struct index_list *indices, view *v)
{
	static const char *const labels[MOST] = { "compare.a", "compare.b", "compare.c", "compare.d" };
	struct unit_list now = { 0 }, then = { 0 };
	day before;
	date_make(2025, 6, 30, &before);
	enum err e = unit_on(w->cx, w->app, STR("province"), date_of_ms(w->cx->now_ms), &now);
	if (!e)
		e = unit_on(w->cx, w->app, STR("province"), before, &then);
	v->indices = NEW_ARRAY(w->mem, struct view_compare_option, indices->n + 1);
	for (size_t i = 0; i < indices->n; i++)
		v->indices[v->n_indices++] = (struct view_compare_option){ indices->p[i].slug, indices->p[i].code, str_eq(indices->p[i].code, c->index.code) };
	v->pickers = NEW_ARRAY(w->mem, struct view_compare_picker, MOST);
	for (size_t i = 0; i < MOST; i++) {
		struct view_compare_picker *p = &v->pickers[v->n_pickers++];
		*p = (struct view_compare_picker){ .name = str_of(names[i]), .label = say(w, labels[i]), .optional = i > 1 };
		p->now = NEW_ARRAY(w->mem, struct view_compare_option, now.n + 1);
		p->former = NEW_ARRAY(w->mem, struct view_compare_option, then.n + 1);
		fill_options(&now, NULL, web_text(w, names[i]), p->now, &p->n_now);
		fill_options(&then, &now, web_text(w, names[i]), p->former, &p->n_former);
	}
	return e;
}

/* ---- lines ---- */

static struct view_compare_cell cell_of(const struct point *p)
{
	struct view_compare_cell c = { .score = figure_dec(&p->score), .rank = { p->rank ? HAVE : HAVE_NONE, p->rank } };
	c.of = (opt_int){ p->complete && p->of ? HAVE : HAVE_NONE, p->of };
	c.computed = p->rank && str_is(p->rank_kind, "computed");
	return c;
}

static struct view_compare_diff diff_of(const struct point *a, const struct point *b)
{
	struct view_compare_diff d = { 0 };
	struct figure f = { 0 };
	f.there = a && b && a->score.there && b->score.there && dec_sub(b->score.v, a->score.v, &f.v);
	d.score = figure_dec(&f);
	d.higher = f.there && dec_cmp(f.v, DEC_ZERO) > 0;
	d.lower = f.there && dec_cmp(f.v, DEC_ZERO) < 0;
	return d;
}

/* Cells and differences of one series and year; returns how many units have a score. */
static size_t fill_cells(struct web_cx *w, const struct chosen *c, str series, int year, struct view_compare_cell **cells, size_t *n_cells,
	struct view_compare_diff **diffs, size_t *n_diffs, view *v)
{
	const struct point *first = NULL;
	size_t scored = 0;
	*cells = NEW_ARRAY(w->mem, struct view_compare_cell, MOST);
	*diffs = NEW_ARRAY(w->mem, struct view_compare_diff, MOST);
	for (size_t i = 0; i < c->n; i++) {
		const struct point *p = history_at(&c->h, c->unit[i].slug, c->index.code, series, year);
		first = i ? first : p;
		struct view_compare_diff d = diff_of(first, p);
		if (p)
			(*cells)[i] = cell_of(p);
		if (i)
			(*diffs)[(*n_diffs)++] = d;
		(*n_cells)++;
		scored += p && p->score.there;
		v->computed |= (*cells)[i].computed;
		if (p) {
			struct view_compare_row r = { year, series, c->unit[i].name, c->unit[i].slug, (*cells)[i].score, (*cells)[i].rank, d.score };
			v->rows[v->n_rows++] = r;
		}
	}
	return scored;
}

static void add_gaps(struct web_cx *w, const struct chosen *c, int from, int to, view *v)
{
	for (size_t i = c->breaks.n; i-- > 0;) {
		const struct break_info *b = &c->breaks.p[i];
		if (b->year > from && b->year <= to && (str_is(b->series, "total") || str_is(b->series, "*")))
			v->lines[v->n_lines++] = (struct view_compare_line){ .kind = VIEW_COMPARE_LINE_KIND_GAP, .year = b->year,
				.reason = say_either(w, b->reason_vi, b->reason_en) };
	}
}

static bool has_year(const struct chosen *c, int year)
{
	for (size_t i = 0; i < c->h.n; i++)
		if (c->h.p[i].year == year && str_is(c->h.p[i].series, "total"))
			return true;
	return false;
}

static void fill_lines(struct web_cx *w, struct chosen *c, view *v)
{
	int newer = 0;
	v->lines = NEW_ARRAY(w->mem, struct view_compare_line, c->index.n_years + c->breaks.n + 1);
	for (size_t i = 0; i < c->index.n_years; i++) {
		int year = c->index.years[i];
		if (!has_year(c, year))
			continue;
		if (newer)
			add_gaps(w, c, year, newer, v);
		struct view_compare_line *l = &v->lines[v->n_lines++];
		*l = (struct view_compare_line){ .kind = VIEW_COMPARE_LINE_KIND_YEAR, .year = year };
		size_t scored = fill_cells(w, c, STR("total"), year, &l->cells, &l->n_cells, &l->diffs, &l->n_diffs, v);
		if (scored == c->n && !c->common_year)
			c->common_year = year;
		newer = year;
	}
	v->common_year = c->common_year;
	v->span = 1 + 2 * (int64_t)c->n + (int64_t)v->n_others;
}

static bool has_dimensions(const struct chosen *c, int year)
{
	for (size_t i = 0; i < c->h.n; i++)
		if (c->h.p[i].year == year && !str_is(c->h.p[i].series, "total"))
			return true;
	return false;
}

static enum err fill_dimensions(struct web_cx *w, const struct chosen *c, view *v)
{
	struct series_info_list series = { 0 };
	if (!c->common_year || !has_dimensions(c, c->common_year))
		return ERR_OK;
	enum err e = result_series(w->cx, w->app, c->index.code, c->common_year, &series);
	v->dimensions = NEW_ARRAY(w->mem, struct view_compare_dimension, series.n + 1);
	v->dimension_year = c->common_year;
	for (size_t i = 0; i < series.n && !e; i++) {
		const struct series_info *s = &series.p[i];
		if (str_is(s->code, "total"))
			continue;
		struct view_compare_dimension *d = &v->dimensions[v->n_dimensions];
		*d = (struct view_compare_dimension){ .code = s->code, .name = say_either(w, s->name_vi, s->name_en), .maximum = figure_dec(&s->maximum) };
		if (fill_cells(w, c, s->code, c->common_year, &d->cells, &d->n_cells, &d->diffs, &d->n_diffs, v))
			v->n_dimensions++;
	}
	return e;
}

/* ---- words ---- */

static size_t highest(const struct chosen *c, int year)
{
	size_t best = 0;
	const struct point *top = NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct point *p = history_at(&c->h, c->unit[i].slug, c->index.code, STR("total"), year);
		if (p && p->score.there && (!top || dec_cmp(p->score.v, top->score.v) > 0)) {
			top = p;
			best = i;
		}
	}
	return best;
}

static str title_of_two(struct web_cx *w, const struct chosen *c)
{
	size_t best = highest(c, c->common_year);
	const struct point *p[2];
	dec gap = DEC_ZERO;
	for (size_t i = 0; i < 2; i++)
		p[i] = history_at(&c->h, c->unit[i].slug, c->index.code, STR("total"), c->common_year);
	dec_sub(p[best]->score.v, p[1 - best]->score.v, &gap);
	if (dec_is_zero(gap))
		return SAY(w, "compare.title_equal", c->index.code, say_year(w, c->common_year), c->unit[0].name, c->unit[1].name);
	return SAY(w, "compare.title_two", c->index.code, say_year(w, c->common_year), c->unit[best].name, c->unit[1 - best].name, say_dec(w, gap, 2));
}

static str title_of(struct web_cx *w, const struct chosen *c)
{
	if (c->n < 2)
		return say(w, "compare.title");
	if (!c->common_year)
		return SAY(w, "compare.title_none", c->index.code);
	if (c->n == 2)
		return title_of_two(w, c);
	return SAY(w, "compare.title_many", c->index.code, say_year(w, c->common_year), c->unit[highest(c, c->common_year)].name, say_int(w, (int64_t)c->n));
}

static str names_of(struct web_cx *w, const struct unit_list *l)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < l->n; i++) {
		buf_addz(&b, i ? ", " : "");
		buf_add(&b, l->p[i].name);
	}
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str date_of(struct web_cx *w, day d)
{
	buf b;
	buf_init(&b, 64);
	view_date(&b, d, w->lang);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* Units of different generations: what a name covered before and covers now. */
static enum err fill_notes(struct web_cx *w, const struct chosen *c, view *v)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < c->n && !e; i++) {
		struct unit_list before = { 0 }, after = { 0 };
		const struct unit_info *u = &c->unit[i];
		e = unit_line(w->cx, w->app, u->id, &before, &after);
		if (!e && !u->today && after.n)
			add_note(w, v, SAY(w, "compare.gone", u->name, date_of(w, u->valid_to), names_of(w, &after)));
		if (!e && u->today && before.n > 1)
			add_note(w, v, SAY(w, "compare.merged", u->name, date_of(w, u->valid_from), names_of(w, &before)));
	}
	if (c->n > 1 && !c->common_year && v->n_lines)
		add_note(w, v, say(w, "compare.no_common"));
	return e;
}

static void fill_units(struct web_cx *w, const struct chosen *c, view *v)
{
	v->units = NEW_ARRAY(w->mem, struct view_compare_unit, MOST);
	v->others = NEW_ARRAY(w->mem, struct view_compare_unit, MOST);
	for (size_t i = 0; i < c->n; i++) {
		const struct unit_info *u = &c->unit[i];
		struct view_compare_unit r = { .name = u->name, .slug = u->slug, .from = u->valid_from };
		if (!u->today)
			r.until = some_date(u->valid_to);
		v->units[v->n_units++] = r;
		if (i)
			v->others[v->n_others++] = r;
	}
	v->several = c->n > 1;
	v->wide = c->n > 2;
	v->first = c->n ? c->unit[0].name : STR("");
}

static void fill_charts(struct web_cx *w, const struct chosen *c, view *v)
{
	struct history_line lines[MOST];
	for (size_t i = 0; i < c->n; i++)
		lines[i] = (struct history_line){ c->unit[i].name, c->unit[i].slug };
	v->rank_chart = history_chart(w, &c->h, &c->breaks, c->index.code, lines, c->n, true, false, SAY(w, "compare.rank_label", c->index.code));
	v->score_chart = history_chart(w, &c->h, &c->breaks, c->index.code, lines, c->n, false, false, SAY(w, "compare.score_label", c->index.code));
}

static enum err fill(struct web_cx *w, view *v)
{
	struct chosen c = { 0 };
	struct index_list indices = { 0 };
	enum err e = load(w, &c, &indices, v);
	if (e)
		return e;
	v->index = c.index.code;
	v->index_slug = c.index.slug;
	v->index_name = say_either(w, c.index.name_vi, c.index.name_en);
	v->rows = NEW_ARRAY(w->mem, struct view_compare_row, c.h.n + LINES_SPARE);
	fill_units(w, &c, v);
	fill_lines(w, &c, v);
	e = fill_form(w, &c, &indices, v);
	if (!e)
		e = fill_dimensions(w, &c, v);
	if (!e)
		e = fill_notes(w, &c, v);
	if (e)
		return e;
	fill_charts(w, &c, v);
	v->none_common = c.n > 1 && !c.common_year;
	v->title = title_of(w, &c);
	v->lead = say(w, c.n > 1 ? "compare.lead" : "compare.lead_start");
	return ERR_OK;
}

void page_compare(struct web_cx *w)
{
	view v = { 0 };
	enum err e = fill(w, &v);
	if (e)
		web_fail(w, e);
	else
		reply_compare(w, &v);
}
