/* Only figures of the same index, series and year are set against each other. */
#include "web/compare.h"
#include "app/compare.h"
#include "web/unit.h"
#include "web/round.h"
#include "web/say.h"
#include "web_views.h"

enum { MOST = COMPARE_MOST, LINES_SPARE = 64 };

typedef struct view_compare view;

static const char *const names[MOST] = { "a", "b", "c", "d" };

/* ---- what was asked for ---- */

static void add_note(struct web_cx *w, view *v, str text)
{
	if (!v->notes)
		v->notes = NEW_ARRAY(w->mem, str, 3 * MOST);
	v->notes[v->n_notes++] = text;
}

static enum err load(struct web_cx *w, struct comparison *c, struct index_list *indices, view *v)
{
	str slugs[MOST];
	for (size_t i = 0; i < MOST; i++)
		slugs[i] = web_text(w, names[i]);
	enum err e = result_indices(w->cx, w->app, indices);
	if (!e)
		e = compare_units(w->cx, w->app, indices, web_text(w, "chi-so"), slugs, MOST, c);
	for (size_t i = 0; i < c->n_unknown; i++)
		add_note(w, v, SAY(w, "compare.unknown", c->unknown[i]));
	return e;
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

static enum err fill_form(struct web_cx *w, const struct comparison *c, const struct index_list *indices, view *v)
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

static struct view_compare_diff diff_of(struct figure gap)
{
	struct view_compare_diff d = { .score = figure_dec(&gap) };
	d.higher = gap.there && dec_cmp(gap.v, DEC_ZERO) > 0;
	d.lower = gap.there && dec_cmp(gap.v, DEC_ZERO) < 0;
	return d;
}

/* Cells and differences of one series and year; returns how many units have a score. */
static size_t fill_cells(struct web_cx *w, const struct comparison *c, str series, int year, struct view_compare_cell **cells, size_t *n_cells,
	struct view_compare_diff **diffs, size_t *n_diffs, view *v)
{
	size_t scored = 0;
	*cells = NEW_ARRAY(w->mem, struct view_compare_cell, MOST);
	*diffs = NEW_ARRAY(w->mem, struct view_compare_diff, MOST);
	for (size_t i = 0; i < c->n; i++) {
		const struct point *p = compare_at(c, i, series, year);
		struct view_compare_diff d = diff_of(compare_gap(c, i, 0, series, year));
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

static void add_gaps(struct web_cx *w, const struct comparison *c, int from, int to, view *v)
{
	for (size_t i = c->breaks.n; i-- > 0;) {
		const struct break_info *b = &c->breaks.p[i];
		if (b->year > from && b->year <= to && (str_is(b->series, "total") || str_is(b->series, "*")))
			v->lines[v->n_lines++] = (struct view_compare_line){ .kind = VIEW_COMPARE_LINE_KIND_GAP, .year = b->year,
				.reason = say_either(w, b->reason_vi, b->reason_en) };
	}
}

static void fill_lines(struct web_cx *w, const struct comparison *c, view *v)
{
	int newer = 0;
	v->lines = NEW_ARRAY(w->mem, struct view_compare_line, c->index.n_years + c->breaks.n + 1);
	for (size_t i = 0; i < c->index.n_years; i++) {
		int year = c->index.years[i];
		if (!compare_has_year(c, year))
			continue;
		if (newer)
			add_gaps(w, c, year, newer, v);
		struct view_compare_line *l = &v->lines[v->n_lines++];
		*l = (struct view_compare_line){ .kind = VIEW_COMPARE_LINE_KIND_YEAR, .year = year };
		fill_cells(w, c, STR("total"), year, &l->cells, &l->n_cells, &l->diffs, &l->n_diffs, v);
		newer = year;
	}
	v->common_year = c->common_year;
	v->span = 1 + 2 * (int64_t)c->n + (int64_t)v->n_others;
}

static enum err fill_dimensions(struct web_cx *w, const struct comparison *c, view *v)
{
	struct series_info_list series = { 0 };
	if (!c->common_year || !compare_has_dimensions(c, c->common_year))
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

static str title_of_two(struct web_cx *w, const struct comparison *c)
{
	size_t best = compare_highest(c, c->common_year);
	struct figure gap = compare_gap(c, best, 1 - best, STR("total"), c->common_year);
	str year = say_year(w, c->common_year);
	if (!gap.there || dec_is_zero(gap.v))
		return SAY(w, "compare.title_equal", c->index.code, year, c->unit[0].name, c->unit[1].name);
	return SAY(w, "compare.title_two", c->index.code, year, c->unit[best].name, c->unit[1 - best].name, say_dec(w, gap.v, 2));
}

static str title_of(struct web_cx *w, const struct comparison *c)
{
	if (c->n < 2)
		return say(w, "compare.title");
	if (!c->common_year)
		return SAY(w, "compare.title_none", c->index.code);
	if (c->n == 2)
		return title_of_two(w, c);
	return SAY(w, "compare.title_many", c->index.code, say_year(w, c->common_year),
		c->unit[compare_highest(c, c->common_year)].name, say_int(w, (int64_t)c->n));
}

/* Units of different generations: what a name covered before and covers now. */
static enum err fill_notes(struct web_cx *w, const struct comparison *c, view *v)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < c->n && !e; i++) {
		struct unit_list before = { 0 }, after = { 0 };
		const struct unit_info *u = &c->unit[i];
		e = unit_line(w->cx, w->app, u->id, &before, &after);
		if (!e && !u->today && after.n)
			add_note(w, v, SAY(w, "compare.gone", u->name, say_date(w, u->valid_to), say_units(w, &after)));
		if (!e && u->today && before.n > 1)
			add_note(w, v, SAY(w, "compare.merged", u->name, say_date(w, u->valid_from), say_units(w, &before)));
	}
	if (c->n > 1 && !c->common_year && v->n_lines)
		add_note(w, v, say(w, "compare.no_common"));
	return e;
}

static void fill_units(struct web_cx *w, const struct comparison *c, view *v)
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

static void fill_charts(struct web_cx *w, const struct comparison *c, view *v)
{
	struct history_line lines[MOST];
	for (size_t i = 0; i < c->n; i++)
		lines[i] = (struct history_line){ c->unit[i].name, c->unit[i].slug };
	v->rank_chart = history_chart(w, &c->h, &c->breaks, c->index.code, lines, c->n, true, false, SAY(w, "compare.rank_label", c->index.code));
	v->score_chart = history_chart(w, &c->h, &c->breaks, c->index.code, lines, c->n, false, false, SAY(w, "compare.score_label", c->index.code));
}

static enum err fill(struct web_cx *w, view *v)
{
	struct comparison c = { 0 };
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
