/* index: published indices and their league tables. */
#include "web/index.h"
#include "web/index_map.h"
#include "web/pager.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/svg.h"

enum { SHORT_ROWS = 20, MERGER_YEAR = 2025, MAX_SOURCES = 200, BORDERS_34 = 1 /* place in the words of dia-gioi */ };

/* ---- what may be said ---- */

enum league_scope league_scope(const struct league *l)
{
	if (l->complete)
		return SCOPE_ALL;
	bool counted = l->n && l->ranked == l->n && l->scored == l->n;
	for (size_t i = 0; i < l->n && counted; i++)
		counted = str_is(l->p[i].rank_kind, "computed");
	return counted ? SCOPE_COUNTED : SCOPE_PART;
}

int64_t league_figures(const struct league *l)
{
	int64_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		n += l->p[i].score.there || l->p[i].rank;
	return n;
}

const struct league_row *league_first(const struct league *l)
{
	return l->n && l->p[0].rank == 1 ? &l->p[0] : NULL;
}

str series_name(const struct web_cx *w, const struct series_info *s)
{
	return say_either(w, s->name_vi, s->name_en);
}

str league_url(struct web_cx *w, const struct index_info *index, int year, str series)
{
	bool plain = !series.len || str_is(series, "total");
	return arena_printf(w->mem, "/chi-so/%.*s/%d%s%.*s", STR_ARG(index->slug), year, plain ? "" : "?chuoi=", plain ? 0 : (int)series.len, series.p);
}

static bool is_total(const struct league *l)
{
	return str_is(l->series.code, "total");
}

/* "PAPI 2019" or "PAPI 2019, Thủ tục hành chính công". */
static str subject(struct web_cx *w, const struct league *l)
{
	str year = arena_printf(w->mem, "%.*s %d", STR_ARG(l->index.code), l->year);
	return is_total(l) ? year : SAY(w, "league.subject", year, series_name(w, &l->series));
}

static bool percent_of(const struct league *l)
{
	return l->index.percent && is_total(l);
}

str league_title(struct web_cx *w, const struct league *l)
{
	const struct league_row *first = league_first(l);
	enum league_scope scope = league_scope(l);
	str of = subject(w, l), n = say_int(w, league_figures(l)), all = say_int(w, l->expected);
	if (!first)
		return SAY(w, "league.title_part", of, n, all);
	str score = first->score.there ? say_score(w, first->score.v, percent_of(l)) : STR("");
	if (scope == SCOPE_ALL)
		return SAY(w, "league.title_all", of, first->unit_name, n, score);
	if (scope == SCOPE_COUNTED)
		return SAY(w, "league.title_counted", of, first->unit_name, n, score);
	return SAY(w, score.len ? "league.title_first" : "league.title_rank", of, first->unit_name, n, all, score);
}

str league_finding(struct web_cx *w, const struct league *l)
{
	const struct league_row *first = league_first(l);
	if (!first)
		return say(w, "league.no_first");
	if (!first->score.there)
		return SAY(w, "league.first", first->unit_name);
	str score = say_score(w, first->score.v, percent_of(l));
	return SAY(w, league_scope(l) == SCOPE_COUNTED ? "league.highest_score" : "league.first_score", first->unit_name, score);
}

str league_status(struct web_cx *w, const struct league *l)
{
	bool derived = false, recalled = false;
	for (size_t i = 0; i < l->n; i++) {
		derived |= str_starts(l->p[i].status, STR("derived"));
		recalled |= str_starts(l->p[i].status, STR("recollection"));
	}
	return say(w, recalled ? "league.status_some" : derived ? "status.derived" : "status.verified");
}

str league_strip(struct web_cx *w, const struct league *l)
{
	if (!l->scored)
		return (str){ 0 };
	double *v = NEW_ARRAY(w->mem, double, l->scored);
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].score.there)
			v[n++] = dec_to_double(l->p[i].score.v);
	struct svg_strip s = { .v = v, .n = n, .lang = w->lang };
	bool percent = percent_of(l);
	s.label = SAY(w, "league.strip", say_int(w, (int64_t)n), say_score(w, l->lowest.v, percent), say_score(w, l->highest.v, percent));
	if (league_scope(l) != SCOPE_PART && l->mean.there) {
		s.has_mean = true;
		s.mean = dec_to_double(l->mean.v);
		s.mean_label = SAY(w, "league.mean_label", say_dec(w, l->mean.v, 2));
	}
	buf b;
	buf_init(&b, 1 << 16);
	svg_strip(&b, &s);
	str out = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

/* ---- the league table ---- */

static enum view_league_status status_of(str status)
{
	static const char *const words[] = { "verified", "derived", "recollection" };
	for (int i = 0; i < 3; i++)
		if (str_starts(status, str_of(words[i])))
			return (enum view_league_status)i;
	return VIEW_LEAGUE_STATUS_OTHER;
}

/* Sources and notes repeat from row to row: each is told once, under the table. */
static int source_no(struct web_cx *w, struct view_league *v, const struct league_row *r)
{
	enum view_league_status status = status_of(r->status);
	for (size_t i = 0; i < v->n_sources; i++)
		if (str_eq(v->sources[i].name, r->source) && str_eq(v->sources[i].note, r->note) && v->sources[i].status == status) {
			v->sources[i].rows++;
			return (int)v->sources[i].number;
		}
	if (!v->sources)
		v->sources = NEW_ARRAY(w->mem, struct view_league_source, MAX_SOURCES);
	if (v->n_sources == MAX_SOURCES)
		return MAX_SOURCES;
	struct view_league_source *s = &v->sources[v->n_sources++];
	*s = (struct view_league_source){ .number = (int64_t)v->n_sources, .name = r->source, .rows = 1, .status = status };
	if (r->note.len)
		s->note = r->note;
	return (int)s->number;
}

static opt_dec opt(struct figure f)
{
	return f.there ? some_dec(f.v) : (opt_dec){ HAVE_NONE, DEC_ZERO };
}

/* "hạng 6, năm trước 4" */
static str scale(struct web_cx *w, const struct league_row *r, int of, bool compared)
{
	buf b;
	if (!of || !r->rank)
		return (str){ 0 };
	int previous = compared ? r->previous_rank : 0;
	str label = previous ? SAY(w, "league.rank_moved", say_int(w, r->rank), say_int(w, of), say_int(w, previous))
			     : SAY(w, "league.rank", say_int(w, r->rank), say_int(w, of));
	buf_init(&b, 8192);
	svg_rank_row(&b, of, r->rank, previous, label);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static void fill_row(struct web_cx *w, struct view_league *v, const struct league_row *r, struct view_league_row *to)
{
	*to = (struct view_league_row){ .unit = r->unit_name, .region = r->region, .score = opt(r->score), .status = status_of(r->status),
		.rank_kind = r->rank_kind, .source = r->source, .note = r->note, .source_no = source_no(w, v, r) };
	to->url = arena_printf(w->mem, "/don-vi/%.*s", STR_ARG(r->slug));
	if (!r->note.len)
		to->note = (str){ 0 };
	if (r->rank)
		to->rank = some_int(r->rank);
	to->scale = scale(w, r, (int)v->scale_of, v->compared);
	if (!v->compared)
		return;
	to->change = opt(r->change);
	if (r->previous_rank)
		to->previous_rank = some_int(r->previous_rank);
	if (r->moved_known) {
		to->move = r->moved > 0 ? VIEW_LEAGUE_MOVE_UP : r->moved < 0 ? VIEW_LEAGUE_MOVE_DOWN : VIEW_LEAGUE_MOVE_SAME;
		to->places = r->moved < 0 ? -r->moved : r->moved;
		v->has_moves = true;
	}
}

static enum err fill_rows(struct web_cx *w, struct view_league *v, const struct league *l)
{
	const struct league_row **wanted = NEW_ARRAY(w->mem, const struct league_row *, l->n + 1);
	struct pager_rows at;
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (!v->region.len || str_eq(say_slug(w, l->p[i].region), v->region))
			wanted[n++] = &l->p[i];
	enum err e = pager_rows(w, n, &at);
	if (e)
		return e;
	v->rows = NEW_ARRAY(w->mem, struct view_league_row, at.to - at.from + 1);
	for (size_t i = at.from; i < at.to; i++)
		fill_row(w, v, wanted[i], &v->rows[v->n_rows++]);
	v->shown = (int64_t)n;
	v->brief = v->n_rows <= SHORT_ROWS;
	return ERR_OK;
}

static void fill_scale(struct web_cx *w, struct view_league *v, const struct league *l)
{
	buf b;
	v->scale_of = v->scope == VIEW_LEAGUE_SCOPE_ALL ? l->expected : v->scope == VIEW_LEAGUE_SCOPE_COUNTED ? (int64_t)l->n : 0;
	if (!v->scale_of)
		return;
	buf_init(&b, 1 << 16);
	svg_rank_ticks(&b, (int)v->scale_of);
	v->ticks = arena_str(w->mem, buf_str(&b));
	buf_clear(&b);
	svg_rank_head(&b, (int)v->scale_of);
	v->scale_head = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
}

static bool applies(const struct break_info *b, const struct league *l)
{
	return str_eq(b->series, l->series.code) || str_is(b->series, "*");
}

static void fill_notices(struct web_cx *w, struct view_league *v, const struct league *l)
{
	v->notices = NEW_ARRAY(w->mem, struct view_league_notice, l->breaks.n);
	for (size_t i = 0; i < l->breaks.n; i++) {
		const struct break_info *b = &l->breaks.p[i];
		if (applies(b, l) && b->year > l->previous_year && b->year <= l->year && l->previous_year)
			v->notices[v->n_notices++] = (struct view_league_notice){ say_either(w, b->reason_vi, b->reason_en), b->source };
	}
}

static struct view_league_choice *choose(struct view_league_choice *list, size_t *n, str value, str name, str chosen)
{
	list[*n] = (struct view_league_choice){ value, name, str_eq(value, chosen) };
	return &list[(*n)++];
}

static void fill_choices(struct web_cx *w, struct view_league *v, const struct league *l)
{
	str year = say_year(w, l->year);
	v->years = NEW_ARRAY(w->mem, struct view_league_choice, l->index.n_years + 1);
	for (size_t i = 0; i < l->index.n_years; i++)
		choose(v->years, &v->n_years, say_year(w, l->index.years[i]), say_year(w, l->index.years[i]), year);
	v->all_series = NEW_ARRAY(w->mem, struct view_league_choice, l->all_series.n + 1);
	for (size_t i = 0; i < l->all_series.n; i++)
		choose(v->all_series, &v->n_all_series, l->all_series.p[i].code, series_name(w, &l->all_series.p[i]), l->series.code);
	v->many_series = v->n_all_series > 1;
	v->regions = NEW_ARRAY(w->mem, struct view_league_choice, l->n);
	for (size_t i = 0; i < l->n; i++) {
		str slug = say_slug(w, l->p[i].region);
		bool known = !slug.len;
		for (size_t j = 0; j < v->n_regions && !known; j++)
			known = str_eq(v->regions[j].value, slug);
		if (!known)
			choose(v->regions, &v->n_regions, slug, l->p[i].region, v->region);
	}
	for (size_t i = 0; i < v->n_regions; i++)
		if (v->regions[i].chosen)
			v->region_name = v->regions[i].name;
	/* by name, not by who leads */
	for (size_t i = 1; i < v->n_regions; i++)
		for (size_t j = i; j > 0 && str_cmp(v->regions[j].value, v->regions[j - 1].value) < 0; j--) {
			struct view_league_choice t = v->regions[j];
			v->regions[j] = v->regions[j - 1];
			v->regions[j - 1] = t;
		}
}

/* The number of the decision that brought the break, "2948", when it is told; else the year says enough. */
static str break_label(str reason)
{
	for (size_t i = 0; i + 4 < reason.len; i++)
		if (memcmp(reason.p + i, "/Q\xc4\x90", 4) == 0) { /* /QĐ */
			size_t from = i;
			while (from > 0 && reason.p[from - 1] >= '0' && reason.p[from - 1] <= '9')
				from--;
			return (str){ reason.p + from, i - from };
		}
	return STR("");
}

static bool breaks_at(const struct league *l, int year)
{
	for (size_t i = 0; i < l->breaks.n; i++)
		if (applies(&l->breaks.p[i], l) && l->breaks.p[i].year == year)
			return true;
	return false;
}

/* A mean of nine tenths of the units or more is drawn, hollow unless it is of all; of fewer it would mislead. */
static bool mean_counts(const struct trend_year *y)
{
	return y->mean.there && (int64_t)y->scored * 10 >= y->expected * 9;
}

static void fill_trend(struct web_cx *w, struct view_league *v, const struct league *l, const struct trend *t)
{
	v->trend = NEW_ARRAY(w->mem, struct view_league_trend, t->n);
	for (size_t i = t->n; i-- > 0;) {
		const struct trend_year *y = &t->p[i];
		struct view_league_trend *to = &v->trend[v->n_trend++];
		*to = (struct view_league_trend){ .year = y->year, .url = league_url(w, &l->index, y->year, l->series.code), .figures = (int64_t)y->figures,
			.expected = y->expected, .leader_score = opt(y->leading), .broken = i > 0 && breaks_at(l, y->year) };
		if (mean_counts(y))
			to->mean = some_dec(y->mean.v);
		if (y->leader.len)
			to->leader = y->leader;
	}
}

static size_t fill_lines(const struct trend *t, struct svg_value *mean, struct svg_value *top)
{
	size_t points = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct trend_year *y = &t->p[i];
		size_t at = (size_t)(y->year - t->p[0].year);
		mean[at] = (struct svg_value){ mean_counts(y), !y->complete, mean_counts(y) ? dec_to_double(y->mean.v) : 0 };
		top[at] = (struct svg_value){ y->leading.there, false, y->leading.there ? dec_to_double(y->leading.v) : 0 };
		points += mean[at].there + top[at].there;
	}
	return points;
}

static void draw_trend(struct web_cx *w, struct view_league *v, const struct league *l, const struct trend *t)
{
	if (t->n < 2)
		return;
	size_t n = (size_t)(t->p[t->n - 1].year - t->p[0].year) + 1, n_breaks = 0;
	struct svg_value *mean = NEW_ARRAY(w->mem, struct svg_value, n), *top = NEW_ARRAY(w->mem, struct svg_value, n);
	struct svg_break *breaks = NEW_ARRAY(w->mem, struct svg_break, l->breaks.n);
	if (fill_lines(t, mean, top) < 3)
		return;
	for (size_t i = 0; i < l->breaks.n; i++)
		if (applies(&l->breaks.p[i], l))
			breaks[n_breaks++] = (struct svg_break){ l->breaks.p[i].year, break_label(l->breaks.p[i].reason_vi) };
	bool has_mean = false;
	for (size_t i = 0; i < n; i++)
		has_mean |= mean[i].there;
	v->trend_mean = has_mean;
	struct svg_line lines[] = { { say(w, "league.line_top"), top, has_mean, 0 }, { say(w, "league.line_mean"), mean, false, 0 } };
	struct svg_chart c = { .first_year = t->p[0].year,
		.n_years = n,
		.lines = lines,
		.n_lines = has_mean ? 2 : 1,
		.breaks = breaks,
		.n_breaks = n_breaks,
		.digits = 2,
		.lang = w->lang,
		.label = SAY(w, has_mean ? "league.chart" : "league.chart_top", subject(w, l), say_year(w, t->p[0].year),
			say_year(w, t->p[t->n - 1].year)) };
	buf b;
	buf_init(&b, 1 << 18);
	svg_lines(&b, &c);
	v->chart = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
}

static void fill_summary(struct web_cx *w, struct view_league *v, const struct league *l)
{
	v->index = l->index.code;
	v->index_name = say_either(w, l->index.name_vi, l->index.name_en);
	v->index_url = arena_printf(w->mem, "/chi-so/%.*s", STR_ARG(l->index.slug));
	v->series = l->series.code;
	v->series_name = series_name(w, &l->series);
	v->year = l->year;
	v->scope = (enum view_league_scope)league_scope(l);
	v->figures = league_figures(l);
	v->all_rows = (int64_t)l->n;
	v->expected = l->expected;
	v->percent = percent_of(l);
	v->maximum = opt(l->series.maximum);
	v->highest = opt(l->highest);
	v->lowest = opt(l->lowest);
	if (v->scope != VIEW_LEAGUE_SCOPE_PART)
		v->mean = opt(l->mean);
	v->previous_year = l->previous_year;
	v->broken = l->broken;
	v->merged = l->merged;
	v->compared = l->previous_year && !l->broken && !l->merged;
	v->publisher = say_publisher(w, l->index.publisher);
	v->strip = league_strip(w, l);
	for (size_t i = 0; i < l->n; i++) {
		if (l->p[i].score.there && dec_eq(l->p[i].score.v, l->highest.v) && !v->highest_unit.len)
			v->highest_unit = l->p[i].unit_name;
		if (l->p[i].score.there && dec_eq(l->p[i].score.v, l->lowest.v))
			v->lowest_unit = l->p[i].unit_name;
	}
}

/* What the sentence under the title adds: how far the figures reach. */
static str lead(struct web_cx *w, const struct view_league *v)
{
	str name = v->index_name, n = say_int(w, v->figures), all = say_int(w, v->expected);
	return SAY(w,
		v->scope == VIEW_LEAGUE_SCOPE_ALL               ? "league.lead_all"
			: v->scope == VIEW_LEAGUE_SCOPE_COUNTED ? "league.lead_counted"
								: "league.lead_part",
		name, v->publisher, n, all);
}

static str with_suffix(struct web_cx *w, const char *suffix)
{
	str path = arena_printf(w->mem, "%.*s%s", STR_ARG(w->path), suffix);
	return w->query.len ? arena_printf(w->mem, "%.*s?%.*s", STR_ARG(path), STR_ARG(w->query)) : path;
}

static enum err fill_league(struct web_cx *w, const struct league *l, struct view_league *v)
{
	struct trend t = { 0 };
	enum err e = result_trend(w->cx, w->app, l->index.code, l->series.code, &t);
	if (e)
		return e;
	fill_summary(w, v, l);
	v->region = say_slug(w, web_text(w, "vung"));
	v->title = league_title(w, l);
	v->lead = lead(w, v);
	fill_notices(w, v, l);
	fill_choices(w, v, l);
	fill_scale(w, v, l);
	e = fill_rows(w, v, l);
	if (e)
		return e;
	fill_trend(w, v, l, &t);
	draw_trend(w, v, l, &t);
	v->can_choose_borders = l->year < MERGER_YEAR;
	v->borders = !v->can_choose_borders || web_enum(w, "dia-gioi") == BORDERS_34 ? 34 : 63;
	v->borders34 = v->borders == 34;
	v->borders63 = !v->borders34;
	v->csv_url = with_suffix(w, ".csv");
	return index_map(w, l, (int)v->scale_of, v->borders == 34, v);
}

static void page_league(struct web_cx *w)
{
	struct league l;
	struct view_league v = { 0 };
	enum err e = result_league(w->cx, w->app, web_text(w, "index"), (int)web_int(w, "year"), web_text(w, "chuoi"), &l);
	if (!e)
		e = fill_league(w, &l, &v);
	if (e)
		web_fail(w, e);
	else
		reply_league(w, &v);
}

/* ---- the indices ---- */

/* The choice of a year in the form arrives here as well: the table has one address. */
static void page_index(struct web_cx *w)
{
	struct index_info index;
	enum err e = result_index(w->cx, w->app, web_text(w, "index"), &index);
	if (!e && !index.n_years)
		e = ERR_NOTFOUND;
	if (e) {
		web_fail(w, e);
		return;
	}
	static const char *const kept[] = { "chuoi", "vung" };
	buf b;
	buf_init(&b, 4096);
	buf_printf(&b, "/chi-so/%.*s/%d%s", STR_ARG(index.slug), web_has(w, "nam") ? (int)web_int(w, "nam") : index.years[0],
		w->face == FACE_JSON ? ".json" : "");
	bool any = false;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		str value = web_text(w, kept[i]);
		if (!value.len || str_is(value, "total"))
			continue;
		buf_printf(&b, "%c%s=", any ? '&' : '?', kept[i]);
		view_segment(&b, value);
		any = true;
	}
	if (web_enum(w, "dia-gioi") == BORDERS_34)
		buf_printf(&b, "%cdia-gioi=34", any ? '&' : '?');
	web_redirect(w, arena_str(w->mem, buf_str(&b)));
	buf_free(&b);
}

static enum err fill_index(struct web_cx *w, const struct index_info *from, struct view_indices_index *to)
{
	struct trend t = { 0 };
	enum err e = result_trend(w->cx, w->app, from->code, STR("total"), &t);
	*to = (struct view_indices_index){ .code = from->code, .name = say_either(w, from->name_vi, from->name_en), .percent = from->percent,
		.url = arena_printf(w->mem, "/chi-so/%.*s", STR_ARG(from->slug)), .publisher = say_publisher(w, from->publisher) };
	if (from->note.len && w->lang == LANG_VI)
		to->note = from->note;
	to->years = NEW_ARRAY(w->mem, struct view_indices_year, t.n);
	for (size_t i = t.n; i-- > 0 && !e;) {
		const struct trend_year *y = &t.p[i];
		to->years[to->n_years++] = (struct view_indices_year){ .year = y->year,
			.url = league_url(w, from, y->year, STR("total")),
			.figures = (int64_t)y->figures,
			.expected = y->expected,
			.full = y->complete,
			.newest = i + 1 == t.n };
		to->complete_years += y->complete;
	}
	if (t.n) {
		to->first = t.p[0].year;
		to->last = t.p[t.n - 1].year;
	}
	return e;
}

static void page_indices(struct web_cx *w)
{
	struct index_list list = { 0 };
	struct view_indices v = { 0 };
	enum err e = result_indices(w->cx, w->app, &list);
	int64_t tables = 0, full = 0;
	v.indices = NEW_ARRAY(w->mem, struct view_indices_index, list.n);
	for (size_t i = 0; i < list.n && !e; i++) {
		struct view_indices_index *x = &v.indices[v.n_indices++];
		e = fill_index(w, &list.p[i], x);
		tables += (int64_t)x->n_years;
		full += x->complete_years;
	}
	if (e) {
		web_fail(w, e);
		return;
	}
	v.title = tables ? SAY(w, "indices.heading", say_int(w, (int64_t)v.n_indices), say_int(w, tables)) : say(w, "indices.heading_none");
	v.lead = tables ? SAY(w, "indices.lead", say_int(w, full), say_int(w, tables)) : say(w, "indices.lead_none");
	reply_indices(w, &v);
}

#define BORDERS { "dia-gioi", IN_ENUM, .values = "63 34", .doc = { "bản đồ theo 63 hay 34 tỉnh, thành phố", "map of the 63 or the 34 provinces" } }
#define SERIES { "chuoi", IN_TEXT, .max = 20, .doc = { "chuỗi số: total, D1, D5 …", "series: total, D1, D5 …" } }
#define REGION { "vung", IN_TEXT, .max = 60, .doc = { "chỉ một vùng, ví dụ tay-nguyen", "one region only, for instance tay-nguyen" } }
#define INDEX { "index", IN_TEXT, .max = 30, .doc = { "chỉ số, ví dụ papi", "index, for instance papi" } }

const struct web_route routes_index[] = {
	{ WEB_GET, "/chi-so", page_indices, "public", .view = "indices", .section = "chi-so", .doc = { "Các chỉ số đã công bố", "Published indices" } },
	{ WEB_GET, "/chi-so/{index}", page_index, "public", .section = "chi-so", .doc = { "Bảng mới nhất của một chỉ số", "Newest table of an index" },
		.in = WEB_INPUTS(INDEX, { "nam", IN_INT, .min = 1990, .max = 2100, .doc = { "năm", "year" } }, SERIES, REGION, BORDERS) },
	{ WEB_GET, "/chi-so/{index}/{year:int}", page_league, "public", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "league", .section = "chi-so",
		.rows = PAGER_ROWS,
		.doc = { "Bảng xếp hạng của một chỉ số và một năm", "League table of an index and year" },
		.in = WEB_INPUTS(INDEX, { "year", IN_INT, .min = 1990, .max = 2100, .doc = { "năm", "year" } }, SERIES, REGION, BORDERS) },
	{ 0 },
};
