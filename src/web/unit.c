/* unit: the page of a unit with all its published figures; the routes of units and their comparison. */
#include "web/unit.h"
#include "web/bar.h"
#include "web/compare.h"
#include "web/pages.h"
#include "web/round.h"
#include "web/say.h"
#include "web/svg.h"
#include "web_views.h"

enum { BAR_ROW = 84, MAX_COLUMNS = 6, MAX_ROUNDS = 12 };

typedef struct view_unit view;

/* What the page is made of. */
struct facts {
	struct unit_info unit;
	struct unit_list before, after;
	struct index_list indices;
	struct history h;
	struct break_list all_breaks, breaks; /* of all indices; of the index at hand */
};

static enum err load(struct web_cx *w, struct facts *f)
{
	enum err e = unit_by_slug(w->cx, w->app, web_text(w, "unit"), &f->unit);
	if (!e)
		e = unit_line(w->cx, w->app, f->unit.id, &f->before, &f->after);
	if (!e)
		e = result_indices(w->cx, w->app, &f->indices);
	if (!e)
		e = result_history(w->cx, w->app, f->unit.id, true, STR(""), &f->h);
	if (!e)
		e = result_breaks(w->cx, w->app, STR(""), &f->all_breaks);
	return e;
}

/* ---- words ---- */

static enum view_unit_status status_of(str status)
{
	for (int i = 0; i < VIEW_UNIT_STATUS_OTHER; i++)
		if (str_is(status, view_unit_status_words[i]))
			return (enum view_unit_status)i;
	return VIEW_UNIT_STATUS_OTHER;
}

static enum view_unit_move move_of(const struct point *p)
{
	if (!p->moved_known || p->after_break)
		return VIEW_UNIT_MOVE_NONE;
	return p->moved > 0 ? VIEW_UNIT_MOVE_UP : p->moved < 0 ? VIEW_UNIT_MOVE_DOWN : VIEW_UNIT_MOVE_SAME;
}

static int places_of(const struct point *p)
{
	return p->moved < 0 ? -p->moved : p->moved;
}

static opt_int rank_of(int rank)
{
	return (opt_int){ rank ? HAVE : HAVE_NONE, rank };
}

static opt_int of_all(const struct point *p)
{
	return (opt_int){ p->complete && p->of ? HAVE : HAVE_NONE, p->of };
}

static int sign_of(const struct figure *f)
{
	return f->there ? dec_cmp(f->v, DEC_ZERO) : 0;
}

static str type_name(struct web_cx *w, str type)
{
	if (w->lang == LANG_VI)
		return type;
	return say(w, str_is(type, "tỉnh") ? "unit_page.type_province" : str_starts(type, STR("thành phố")) ? "unit_page.type_city" : "unit_page.type_other");
}

static const struct index_info *index_of(const struct facts *f, str code)
{
	for (size_t i = 0; i < f->indices.n; i++)
		if (str_eq(f->indices.p[i].code, code))
			return &f->indices.p[i];
	return NULL;
}

static str finding(struct web_cx *w, const struct facts *f, const struct index_info *x, const struct point *p)
{
	str what = p->rank ? say_rank(w, p) : say_score(w, p->score.v, x->percent), moved = say_moved(w, p);
	if (p->rank && moved.len)
		return SAY(w, "unit_page.title_moved", f->unit.name, p->index_code, say_year(w, p->year), what, moved);
	return SAY(w, "unit_page.title", f->unit.name, p->index_code, say_year(w, p->year), what);
}

/* The finding of the first index that has a rank, else a score. */
static str title_of(struct web_cx *w, const struct facts *f)
{
	for (int any = 0; any < 2; any++)
		for (size_t i = 0; i < f->indices.n; i++) {
			const struct point *p = history_latest(&f->h, &f->unit, f->indices.p[i].code);
			if (p && (p->rank || any))
				return finding(w, f, &f->indices.p[i], p);
		}
	return SAY(w, "unit_page.title_none", f->unit.name);
}

/* Of an imaginary unit: its newest round with a value. */
static str title_of_rounds(struct web_cx *w, const view *v)
{
	for (size_t i = 0; i < v->n_rounds; i++)
		if (v->rounds[i].value.is == HAVE)
			return SAY(w, "unit_page.title_round", v->name, v->rounds[i].period, say_dec(w, v->rounds[i].value.v, 2));
	return v->title;
}

static str lead_of(struct web_cx *w, const struct facts *f)
{
	int first = 0, last = 0;
	for (size_t i = 0; i < f->h.n; i++) {
		first = first && first < f->h.p[i].year ? first : f->h.p[i].year;
		last = last > f->h.p[i].year ? last : f->h.p[i].year;
	}
	if (f->unit.sample)
		return say(w, "unit_page.lead_sample");
	str kind = type_name(w, f->unit.type);
	if (f->unit.region.len)
		kind = SAY(w, "unit_page.in_region", kind, f->unit.region);
	return first ? SAY(w, "unit_page.lead", kind, say_year(w, first), say_year(w, last)) : kind;
}

/* ---- head ---- */

static void fill_relatives(struct web_cx *w, const struct facts *f, view *v)
{
	v->before = NEW_ARRAY(w->mem, struct view_unit_relative, f->before.n + 1);
	v->after = NEW_ARRAY(w->mem, struct view_unit_relative, f->after.n + 1);
	for (size_t i = 0; i < f->before.n; i++) {
		const struct unit_info *u = &f->before.p[i];
		if (f->before.n == 1 && str_eq(u->slug, f->unit.slug))
			continue; /* the same unit, entered anew */
		v->before[v->n_before++] = (struct view_unit_relative){ u->name, u->slug, some_date(u->valid_to + 1), str_eq(u->slug, f->unit.slug) };
	}
	for (size_t i = 0; i < f->after.n; i++)
		v->after[v->n_after++] = (struct view_unit_relative){ f->after.p[i].name, f->after.p[i].slug, some_date(f->after.p[i].valid_from), false };
}

static str scale_of(struct web_cx *w, const struct point *p)
{
	buf b;
	if (!p->rank || !p->complete || !p->of)
		return STR("");
	bool same_ranking = p->previous_rank && !p->after_break;
	buf_init(&b, 1 << 16);
	svg_rank(&b, &(struct svg_rank){ .n = p->of, .rank = p->rank, .previous = same_ranking ? p->previous_rank : 0, .label = say_rank(w, p) });
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void fill_tiles(struct web_cx *w, const struct facts *f, view *v)
{
	v->tiles = NEW_ARRAY(w->mem, struct view_unit_tile, f->indices.n + 1);
	for (size_t i = 0; i < f->indices.n; i++) {
		const struct index_info *x = &f->indices.p[i];
		const struct point *p = history_latest(&f->h, &f->unit, x->code);
		if (!p)
			continue;
		struct view_unit_tile *t = &v->tiles[v->n_tiles++];
		*t = (struct view_unit_tile){ .index = x->code, .slug = x->slug, .percent = x->percent, .publisher = say_publisher(w, p->publisher) };
		t->name = say_either(w, x->name_vi, x->name_en);
		t->year = some_int(p->year);
		t->score = figure_dec(&p->score);
		t->change = figure_dec(&p->change);
		t->change_up = sign_of(&p->change) > 0;
		t->change_down = sign_of(&p->change) < 0;
		t->rank = rank_of(p->rank);
		t->of = of_all(p);
		t->previous_rank = rank_of(p->previous_rank);
		t->move = move_of(p);
		t->places = places_of(p);
		t->status = status_of(p->status);
		t->scale = scale_of(w, p);
		t->computed = p->rank && str_is(p->rank_kind, "computed");
		for (size_t k = 0; k < f->h.n; k++)
			t->years += str_eq(f->h.p[k].index_code, x->code) && str_is(f->h.p[k].series, "total") && history_is_own(&f->h.p[k], &f->unit);
	}
}

static void fill_points(struct web_cx *w, const struct facts *f, view *v)
{
	v->points = NEW_ARRAY(w->mem, struct view_unit_point, f->h.n + 1);
	for (size_t i = 0; i < f->h.n; i++) {
		const struct point *p = &f->h.p[i];
		struct view_unit_point *r = &v->points[v->n_points++];
		*r = (struct view_unit_point){ .index = p->index_code, .series = p->series, .year = p->year, .unit = p->unit_name,
			.former = !history_is_own(p, &f->unit),
			.score = figure_dec(&p->score), .change = figure_dec(&p->change), .rank = rank_of(p->rank), .of = of_all(p),
			.previous_rank = rank_of(p->previous_rank), .after_break = p->after_break, .computed = str_is(p->rank_kind, "computed"),
			.status = status_of(p->status), .source = p->source, .publisher = say_publisher(w, p->publisher), .note = p->note };
		if (p->moved_known && !p->after_break)
			r->moved = some_int(p->moved);
	}
}

/* ---- tables over the years ---- */

static bool in_table(const struct point *p, str index_code)
{
	return str_eq(p->index_code, index_code) && str_is(p->series, "total");
}

/* The unit itself first, then those it came from. */
static void fill_columns(struct web_cx *w, const struct facts *f, struct view_unit_table *t)
{
	t->columns = NEW_ARRAY(w->mem, struct view_unit_column, MAX_COLUMNS);
	for (int former = 0; former < 2; former++)
		for (size_t i = 0; i < f->h.n && t->n_columns < MAX_COLUMNS; i++) {
			const struct point *p = &f->h.p[i];
			bool known = !in_table(p, t->index) || history_is_own(p, &f->unit) == (former == 1);
			for (size_t k = 0; k < t->n_columns; k++)
				known |= str_eq(t->columns[k].slug, p->unit_slug);
			if (!known)
				t->columns[t->n_columns++] = (struct view_unit_column){ p->unit_name, p->unit_slug, former == 1 };
		}
	t->several = t->n_columns > 1 || (t->n_columns == 1 && t->columns[0].former);
	t->span = t->several ? 2 + 2 * (int64_t)t->n_columns : 6;
}

static int64_t source_no(struct view_unit_table *t, str source)
{
	if (!source.len)
		return 0;
	for (size_t i = 0; i < t->n_sources; i++)
		if (str_eq(t->sources[i].name, source))
			return t->sources[i].number;
	t->sources[t->n_sources] = (struct view_unit_source){ (int64_t)t->n_sources + 1, source };
	return t->sources[t->n_sources++].number;
}

static struct view_unit_cell cell_of(const struct point *p)
{
	struct view_unit_cell c = { .there = true, .rank = rank_of(p->rank), .of = of_all(p), .move = move_of(p), .places = places_of(p) };
	c.score = figure_dec(&p->score);
	c.change = figure_dec(&p->change);
	c.computed = p->rank && str_is(p->rank_kind, "computed");
	c.change_up = sign_of(&p->change) > 0;
	c.change_down = sign_of(&p->change) < 0;
	return c;
}

/* false: nobody has a figure in that year. */
static bool fill_line(struct web_cx *w, const struct facts *f, struct view_unit_table *t, int year, struct view_unit_line *l)
{
	bool any = false;
	*l = (struct view_unit_line){ .kind = VIEW_UNIT_LINE_KIND_YEAR, .year = year, .cells = NEW_ARRAY(w->mem, struct view_unit_cell, MAX_COLUMNS) };
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct point *p = history_at(&f->h, t->columns[i].slug, t->index, STR("total"), year);
		struct view_unit_cell *c = &l->cells[l->n_cells++];
		if (!p)
			continue;
		*c = cell_of(p);
		t->computed |= c->computed;
		int64_t no = source_no(t, p->source);
		enum view_unit_status status = status_of(p->status);
		l->source_no = any ? l->source_no : no;
		l->note_no = any ? l->note_no : source_no(t, p->note);
		l->status = any && l->status > status ? l->status : status;
		any = true;
	}
	return any;
}

/* Breaks between a year and the one listed before it stand between the two. */
static void add_gaps(struct web_cx *w, const struct facts *f, struct view_unit_table *t, int from, int to)
{
	for (size_t i = f->breaks.n; i-- > 0;) {
		const struct break_info *b = &f->breaks.p[i];
		if (b->year <= from || b->year > to || !(str_is(b->series, "total") || str_is(b->series, "*")))
			continue;
		t->lines[t->n_lines++] = (struct view_unit_line){ .kind = VIEW_UNIT_LINE_KIND_GAP, .year = b->year,
			.reason = say_either(w, b->reason_vi, b->reason_en), .source = b->source };
	}
}

static void fill_lines(struct web_cx *w, const struct facts *f, struct view_unit_table *t)
{
	int first = 0, last = 0, newer = 0;
	for (size_t i = 0; i < f->h.n; i++)
		if (in_table(&f->h.p[i], t->index)) {
			first = first && first < f->h.p[i].year ? first : f->h.p[i].year;
			last = last > f->h.p[i].year ? last : f->h.p[i].year;
		}
	t->lines = NEW_ARRAY(w->mem, struct view_unit_line, (size_t)(last - first + 2) + f->breaks.n);
	t->sources = NEW_ARRAY(w->mem, struct view_unit_source, 2 * f->h.n + 1);
	for (int year = last; year >= first && year; year--) {
		struct view_unit_line l;
		if (!fill_line(w, f, t, year, &l))
			continue;
		if (newer)
			add_gaps(w, f, t, year, newer);
		t->lines[t->n_lines++] = l;
		newer = year;
	}
}

static void fill_charts(struct web_cx *w, const struct facts *f, struct view_unit_table *t)
{
	struct history_line lines[MAX_COLUMNS];
	for (size_t i = 0; i < t->n_columns; i++)
		lines[i] = (struct history_line){ t->several ? t->columns[i].name : STR(""), t->columns[i].slug };
	str rank_label = SAY(w, "unit_page.rank_label", f->unit.name, t->index), score_label = SAY(w, "unit_page.score_label", f->unit.name, t->index);
	t->rank_chart = history_chart(w, &f->h, &f->breaks, t->index, lines, t->n_columns, true, !t->several, rank_label);
	t->score_chart = history_chart(w, &f->h, &f->breaks, t->index, lines, t->n_columns, false, !t->several, score_label);
}

static void fill_tables(struct web_cx *w, struct facts *f, view *v)
{
	v->tables = NEW_ARRAY(w->mem, struct view_unit_table, f->indices.n + 1);
	for (size_t i = 0; i < f->indices.n; i++) {
		const struct index_info *x = &f->indices.p[i];
		struct view_unit_table *t = &v->tables[v->n_tables];
		*t = (struct view_unit_table){ .index = x->code, .slug = x->slug, .percent = x->percent };
		t->name = say_either(w, x->name_vi, x->name_en);
		fill_columns(w, f, t);
		if (!t->n_columns)
			continue;
		f->breaks = (struct break_list){ 0 };
		for (size_t k = 0; k < f->all_breaks.n; k++)
			if (str_eq(f->all_breaks.p[k].index_code, x->code))
				*VEC_PUSH(w->mem, &f->breaks) = f->all_breaks.p[k];
		fill_lines(w, f, t);
		fill_charts(w, f, t);
		v->n_tables++;
	}
}

/* ---- dimensions of one year ---- */

static bool is_dimension(const struct facts *f, const struct point *p)
{
	return !str_is(p->series, "total") && history_is_own(p, &f->unit);
}

/* The years with dimensions of the first index that has some; the one asked for, or the newest. */
static int choose_year(struct web_cx *w, const struct facts *f, view *v)
{
	int asked = (int)web_int(w, "nam"), newest = 0;
	bool there = false;
	for (size_t i = 0; i < f->h.n; i++) {
		const struct point *p = &f->h.p[i];
		if (!is_dimension(f, p) || (v->dimension_index.len && !str_eq(v->dimension_index, p->index_code)))
			continue;
		v->dimension_index = p->index_code;
		newest = p->year > newest ? p->year : newest;
		there |= p->year == asked;
	}
	return there ? asked : newest;
}

static void fill_years(struct web_cx *w, const struct facts *f, int chosen, view *v)
{
	const struct index_info *x = index_of(f, v->dimension_index);
	size_t n = x ? x->n_years : 0;
	v->years = NEW_ARRAY(w->mem, struct view_unit_option, n + 1);
	for (size_t i = 0; i < n; i++) {
		bool has = false;
		for (size_t k = 0; k < f->h.n; k++)
			has |= f->h.p[k].year == x->years[i] && str_eq(f->h.p[k].index_code, x->code) && is_dimension(f, &f->h.p[k]);
		str year = say_year(w, x->years[i]);
		if (has)
			v->years[v->n_years++] = (struct view_unit_option){ year, year, x->years[i] == chosen };
	}
}

static struct view_unit_dimension dimension_of(struct web_cx *w, const struct point *p, const struct series_info *s)
{
	struct view_unit_dimension d = { .code = p->series, .name = p->series, .score = figure_dec(&p->score), .change = figure_dec(&p->change),
		.rank = rank_of(p->rank), .of = of_all(p), .move = move_of(p), .places = places_of(p), .after_break = p->after_break,
		.change_up = sign_of(&p->change) > 0, .change_down = sign_of(&p->change) < 0 };
	if (!s)
		return d;
	d.name = say_either(w, s->name_vi, s->name_en);
	d.maximum = figure_dec(&s->maximum);
	if (p->score.there && s->maximum.there && !dec_is_zero(s->maximum.v))
		d.bar = bar_score(w->mem, dec_to_double(p->score.v) / dec_to_double(s->maximum.v), BAR_ROW);
	return d;
}

static enum err fill_dimensions(struct web_cx *w, const struct facts *f, view *v)
{
	struct series_info_list series = { 0 };
	int year = choose_year(w, f, v);
	if (!year)
		return ERR_OK;
	enum err e = result_series(w->cx, w->app, v->dimension_index, year, &series);
	if (e)
		return e;
	v->dimension_year = year;
	v->dimensions = NEW_ARRAY(w->mem, struct view_unit_dimension, f->h.n + 1);
	for (size_t i = 0; i < f->h.n; i++) {
		const struct point *p = &f->h.p[i];
		const struct series_info *s = NULL;
		if (p->year != year || !str_eq(p->index_code, v->dimension_index) || !is_dimension(f, p))
			continue;
		for (size_t k = 0; k < series.n; k++)
			if (str_eq(series.p[k].code, p->series))
				s = &series.p[k];
		v->dimensions[v->n_dimensions++] = dimension_of(w, p, s);
	}
	fill_years(w, f, year, v);
	return ERR_OK;
}

/* ---- rounds of an imaginary unit ---- */

static enum err fill_rounds(struct web_cx *w, const struct facts *f, view *v)
{
	struct round_list list = { 0 };
	enum err e = round_all(w->cx, w->app, &list);
	v->rounds = NEW_ARRAY(w->mem, struct view_unit_round, MAX_ROUNDS);
	for (size_t i = 0; i < list.n && !e && v->n_rounds < MAX_ROUNDS; i++) {
		struct round_table t;
		if (!str_eq(list.p[i].level, f->unit.level))
			continue;
		e = round_table_of(w->cx, w->app, list.p[i].code, &t);
		for (size_t k = 0; k < t.n && !e; k++) {
			const struct round_unit *u = &t.p[k];
			if (!str_eq(u->slug, f->unit.slug))
				continue;
			struct view_unit_round *r = &v->rounds[v->n_rounds++];
			*r = (struct view_unit_round){ .code = t.round.code, .period = t.round.period, .group = u->group, .group_class = group_class(u->group),
				.value = figure_dec(&u->value), .change = figure_dec(&u->change), .rank = rank_of(u->rank), .ranked = (int64_t)t.ranked };
			r->name = say_either(w, t.round.name_vi, t.round.name_en);
			r->among = t.ranked > 1 && u->rank;
			r->change_up = sign_of(&u->change) > 0;
			r->change_down = sign_of(&u->change) < 0;
			break;
		}
	}
	return e;
}

/* ---- the page ---- */

static enum err fill(struct web_cx *w, struct facts *f, view *v)
{
	const struct unit_info *u = &f->unit;
	*v = (view){ .name = u->name, .slug = u->slug, .code = u->code, .type = u->type, .region = u->region, .today = u->today, .sample = u->sample };
	v->title = title_of(w, f);
	v->lead = lead_of(w, f);
	v->from = some_date(u->valid_from);
	if (!u->today)
		v->until = some_date(u->valid_to);
	fill_relatives(w, f, v);
	fill_tiles(w, f, v);
	fill_points(w, f, v);
	v->compare = v->n_tiles ? v->tiles[0].slug : f->indices.n ? f->indices.p[0].slug : STR("");
	for (size_t i = 0; i < v->n_tiles; i++)
		if (v->tiles[i].years > 5) { /* an index with a long series compares best */
			v->compare = v->tiles[i].slug;
			break;
		}
	fill_tables(w, f, v);
	enum err e = fill_dimensions(w, f, v);
	if (!e && u->sample) {
		e = fill_rounds(w, f, v);
		v->title = title_of_rounds(w, v);
	}
	return e;
}

static void page_unit(struct web_cx *w)
{
	struct facts f = { 0 };
	view v;
	enum err e = load(w, &f);
	if (!e)
		e = fill(w, &f, &v);
	if (e) {
		web_fail(w, e);
		return;
	}
	reply_unit(w, &v);
}

#define ALL_FACES .faces = FACE_HTML | FACE_JSON | FACE_CSV
#define UNIT_DOC { "tên ngắn của đơn vị", "slug of a unit" }

const struct web_route routes_unit[] = {
	{ WEB_GET, "/don-vi/{unit}", page_unit, .may = "public", ALL_FACES, .view = "unit", .section = "unit",
		.doc = { "Một đơn vị: các chỉ số qua các năm, hạng, chỗ đứt dãy số, đơn vị trước khi sắp xếp",
			"A unit: its indices over the years, ranks, breaks of method, former units" },
		.in = WEB_INPUTS({ "unit", IN_TEXT, .max = 200, .doc = UNIT_DOC },
			{ "nam", IN_INT, .min = 1990, .max = 2200, .doc = { "năm của các nội dung", "year of the dimensions" } }) },
	{ WEB_GET, "/so-sanh", page_compare, .may = "public", ALL_FACES, .view = "compare", .section = "compare",
		.doc = { "So sánh đến bốn đơn vị", "Compares up to four units" },
		.in = WEB_INPUTS({ "a", IN_TEXT, .max = 200, .doc = UNIT_DOC }, { "b", IN_TEXT, .max = 200, .doc = UNIT_DOC },
			{ "c", IN_TEXT, .max = 200, .doc = UNIT_DOC }, { "d", IN_TEXT, .max = 200, .doc = UNIT_DOC },
			{ "chi-so", IN_TEXT, .max = 60, .doc = { "chỉ số", "index" } }) },
	{ 0 },
};
