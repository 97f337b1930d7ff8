#include "app/result.h"
#include <stdlib.h>
#include "base/vec.h"
#include "base/vn.h"
#include "db/result.h"

enum { MERGER_YEAR = 2025 }; /* 63 provinces became 34 on 1 July 2025 (Nghị quyết 202/2025/QH15) */

static struct figure figure_of(db_dec d)
{
	return (struct figure){ d.there, d.v };
}

str result_slug(cx *c, str index_code)
{
	str fold = vn_fold(c->mem, index_code);
	char *p = arena_copy(c->mem, fold.p, fold.len);
	for (size_t i = 0; i < fold.len; i++)
		if (p[i] == ' ')
			p[i] = '-';
	return (str){ p, fold.len };
}

/* A table of a year in which a unit ended may hold it still: PCI 2008 has 64 units, though Hà Tây went into Hà Nội in August. */
static int64_t expected_or_more(int64_t expected, size_t figures)
{
	return (int64_t)figures > expected ? (int64_t)figures : expected;
}

/* years: of this index, or of all; oldest first. */
static struct index_info index_of(cx *c, const db_index *d, const db_result_year_list *years)
{
	struct index_info x = { .code = d->code,
		.slug = result_slug(c, d->code),
		.name_vi = d->name_vi,
		.name_en = d->name_en,
		.publisher = d->publisher,
		.note = d->note,
		.level = d->level,
		.percent = str_is(d->value_unit, "percent") };
	x.years = NEW_ARRAY(c->mem, int, years->n + 1);
	for (size_t i = years->n; i-- > 0;)
		if (str_eq(years->p[i].index_code, d->code))
			x.years[x.n_years++] = years->p[i].year;
	return x;
}

static enum err indices(cx *c, db_conn *k, struct index_list *out)
{
	db_index_list list = { 0 };
	db_result_year_list years = { 0 };
	enum err e = db_index_list_all(c, k, &list);
	if (!e)
		e = db_result_year_numbers(c, k, STR(""), STR("total"), &years);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = index_of(c, &list.p[i], &years);
	return e;
}

enum err result_indices(cx *c, struct app *a, struct index_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : indices(c, k, out);
}

/* A slug is the folded code, so one look at the handful of indices finds it. */
static enum err find_index(cx *c, db_conn *k, str slug, db_index *d, struct index_info *out)
{
	db_index_list list = { 0 };
	db_result_year_list years = { 0 };
	size_t i = 0;
	str want = result_slug(c, slug);
	enum err e = db_index_list_all(c, k, &list);
	while (!e && i < list.n && !str_eq(result_slug(c, list.p[i].code), want))
		i++;
	if (!e && i == list.n)
		return ERR_NOTFOUND;
	if (!e)
		e = db_result_year_numbers(c, k, list.p[i].code, STR("total"), &years);
	if (e)
		return e;
	*d = list.p[i];
	*out = index_of(c, d, &years);
	return ERR_OK;
}

enum err result_index(cx *c, struct app *a, str slug, struct index_info *out)
{
	DB_READER(k);
	db_index d;
	enum err e = db_reader(c, a->db, &k);
	return e ? e : find_index(c, k, slug, &d, out);
}

static enum err breaks_of(cx *c, db_conn *k, str index_code, struct break_list *out)
{
	db_break_list list = { 0 };
	enum err e = db_break_of(c, k, index_code, &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, out) = (struct break_info){ list.p[i].index_code, list.p[i].year, list.p[i].series, list.p[i].reason_vi,
			list.p[i].reason_en, list.p[i].source };
	return e;
}

enum err result_breaks(cx *c, struct app *a, str index_code, struct break_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : breaks_of(c, k, index_code, out);
}

static enum err series_all(cx *c, db_conn *k, str index_code, int year, struct series_info_list *out)
{
	db_series_list list = { 0 };
	enum err e = db_series_of(c, k, index_code, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_series *s = &list.p[i];
		if (year < s->first_year || year > s->last_year)
			continue;
		*VEC_PUSH(c->mem, out) = (struct series_info){ s->code, s->name_vi, s->name_en, figure_of(s->maximum),
			s->first_year, s->last_year };
	}
	return e;
}

enum err result_series(cx *c, struct app *a, str index_code, int year, struct series_info_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : series_all(c, k, index_code, year, out);
}

static struct league_row row_of(cx *c, const db_standing *s, const struct league *l)
{
	struct league_row r = { .unit_id = s->r.unit_id,
		.unit_code = s->unit_code,
		.unit_name = s->unit_name,
		.slug = unit_slug(c, s->unit_code, s->unit_name),
		.region = s->region,
		.score = figure_of(s->r.score),
		.rank = s->r.rank,
		.previous_rank = s->previous_rank,
		.rank_kind = s->r.rank_kind,
		.status = s->r.status,
		.source = s->r.source,
		.publisher = s->r.publisher,
		.coverage = s->r.coverage,
		.note = s->r.note };
	r.moved_known = r.rank && r.previous_rank && !l->broken && !l->merged;
	if (r.moved_known)
		r.moved = r.previous_rank - r.rank;
	if (!l->broken && !l->merged)
		r.change = figure_minus(r.score, figure_of(s->previous_score));
	return r;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Whether each unit of the year's last day has a score. Units that ended during the year may stand in the table too: Hà Tây in PCI 2008. */
static enum err count_expected(cx *c, db_conn *k, str level, int year, const db_standing_list *list, int64_t *expected, bool *complete)
{
	day last;
	int64_t *ids;
	size_t n, present = 0, former = 0;
	enum err e = date_make(year, 12, 31, &last) ? db_unit_ids_on(c, k, level, last, &ids, &n) : ERR_NOTFOUND;
	if (e)
		return e;
	for (size_t i = 0; i < list->n; i++) {
		bool today = n && bsearch(&list->p[i].r.unit_id, ids, n, sizeof *ids, by_id) != NULL;
		present += today && list->p[i].r.score.there;
		former += !today;
	}
	*expected = (int64_t)(n + former);
	*complete = present == n && present > 0;
	return ERR_OK;
}

static void fill_spread(struct league *l)
{
	struct figure sum = { .there = true };
	for (size_t i = 0; i < l->n; i++) {
		struct figure score = l->p[i].score;
		sum = figure_plus(sum, score);
		if (score.there && (!l->lowest.there || dec_cmp(score.v, l->lowest.v) < 0))
			l->lowest = score;
		if (score.there && (!l->highest.there || dec_cmp(score.v, l->highest.v) > 0))
			l->highest = score;
	}
	l->mean = figure_mean(sum, (int64_t)l->scored);
}

static enum err fill_rows(cx *c, db_conn *k, struct league *l, str level)
{
	db_standing_list list = { 0 };
	enum err e = db_result_league(c, k, l->index.code, l->year, l->series.code, level, &list);
	if (!e)
		e = count_expected(c, k, level, l->year, &list, &l->expected, &l->complete);
	for (size_t i = 0; i < list.n && !e; i++) {
		*VEC_PUSH(c->mem, l) = row_of(c, &list.p[i], l);
		l->ranked += list.p[i].r.rank > 0;
		l->scored += list.p[i].r.score.there;
	}
	fill_spread(l);
	return e ? e : l->n ? ERR_OK : ERR_NOTFOUND;
}

/* The table of l->index. */
static enum err league_of(cx *c, db_conn *k, int year, str series, struct league *l)
{
	if (!l->index.n_years)
		return ERR_NOTFOUND;
	l->year = year ? year : l->index.years[0];
	for (size_t i = 0; i < l->index.n_years; i++)
		if (l->index.years[i] < l->year && l->index.years[i] > l->previous_year)
			l->previous_year = l->index.years[i];
	str code = series.len ? series : STR("total");
	enum err e = series_all(c, k, l->index.code, l->year, &l->all_series);
	if (!e)
		e = breaks_of(c, k, l->index.code, &l->breaks);
	if (e)
		return e;
	l->series = (struct series_info){ .code = code, .name_vi = code, .name_en = code };
	for (size_t i = 0; i < l->all_series.n; i++)
		if (str_eq(l->all_series.p[i].code, code))
			l->series = l->all_series.p[i];
	l->broken = l->previous_year && history_broken(&l->breaks, l->index.code, code, l->previous_year, l->year);
	l->merged = l->previous_year && l->previous_year < MERGER_YEAR && l->year >= MERGER_YEAR;
	e = fill_rows(c, k, l, l->index.level);
	l->complete &= l->ranked == l->n;
	return e;
}

enum err result_league(cx *c, struct app *a, str index_slug, int year, str series, struct league *out)
{
	DB_READER(k);
	db_index d;
	*out = (struct league){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = find_index(c, k, index_slug, &d, &out->index);
	return e ? e : league_of(c, k, year, series, out);
}

enum err result_league_of(cx *c, struct app *a, const struct index_info *index, int year, str series, struct league *out)
{
	DB_READER(k);
	*out = (struct league){ .index = *index };
	enum err e = db_reader(c, a->db, &k);
	return e ? e : league_of(c, k, year, series, out);
}

static struct trend_year trend_year_of(cx *c, const db_result_year *y)
{
	struct trend_year t = { .year = y->year, .figures = (size_t)y->figures, .scored = (size_t)y->scored, .leader = y->first_name,
		.leading = figure_of(y->first_score) };
	if (t.leader.len)
		t.leader_slug = unit_slug(c, y->first_code, y->first_name);
	t.expected = expected_or_more(y->expected, t.figures);
	t.complete = y->scored >= t.expected;
	t.mean = figure_mean(figure_if(true, y->sum), y->scored);
	return t;
}

enum err result_trend(cx *c, struct app *a, str index_code, str series, struct trend *out)
{
	DB_READER(k);
	db_index d;
	db_result_year_list years = { 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_index_get(c, k, index_code, &d);
	if (!e)
		e = db_result_years(c, k, d.code, series.len ? series : STR("total"), d.level, &years);
	for (size_t i = 0; i < years.n && !e; i++)
		*VEC_PUSH(c->mem, out) = trend_year_of(c, &years.p[i]);
	return e;
}

static const db_result_year *year_of(const db_result_year_list *years, str index_code, int year)
{
	for (size_t i = 0; i < years->n; i++)
		if (years->p[i].year == year && str_eq(years->p[i].index_code, index_code))
			return &years->p[i];
	return NULL;
}

static void relate(struct point *p, const struct point *before, const struct break_list *breaks)
{
	if (!before || before->year != p->year - 1 || !str_eq(before->unit_slug, p->unit_slug))
		return;
	p->after_break = history_broken(breaks, p->index_code, p->series, before->year, p->year);
	if (before->year < MERGER_YEAR && p->year >= MERGER_YEAR)
		return; /* other units, another ranking */
	p->previous_rank = before->rank;
	p->moved_known = p->rank && before->rank && !p->after_break;
	p->moved = p->moved_known ? before->rank - p->rank : 0;
	if (!p->after_break)
		p->change = figure_minus(p->score, before->score);
}

static enum err points_of(cx *c, db_conn *k, int64_t unit_id, bool line, str index_code, struct history *out)
{
	db_standing_list list = { 0 };
	struct break_list breaks = { 0 };
	db_result_year_list years = { 0 }; /* how many units each table has */
	enum err e = db_result_of_unit(c, k, unit_id, line, index_code, STR(""), &list);
	if (!e && list.n)
		e = db_result_years(c, k, index_code, STR("total"), STR("province"), &years);
	if (!e && list.n)
		e = breaks_of(c, k, index_code, &breaks);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_standing *s = &list.p[i];
		const db_result_year *year = year_of(&years, s->r.index_code, s->r.year);
		struct point p = { .index_code = s->r.index_code,
			.series = s->r.series,
			.unit_name = s->unit_name,
			.unit_slug = unit_slug(c, s->unit_code, s->unit_name),
			.year = s->r.year,
			.own = s->generation == 0,
			.score = figure_of(s->r.score),
			.rank = s->r.rank,
			.of = year ? (int)(year->units > year->expected ? year->units : year->expected) : 0,
			.complete = year && year->scored >= year->expected,
			.rank_kind = s->r.rank_kind,
			.status = s->r.status,
			.source = s->r.source,
			.publisher = s->r.publisher,
			.note = s->r.note };
		/* The rows come by index, series and year; the one before of the same unit is a few rows back at most. */
		const struct point *before = NULL;
		for (size_t b = out->n; b-- > 0 && !before && out->n - b < 12;)
			if (str_eq(out->p[b].unit_slug, p.unit_slug) && str_eq(out->p[b].series, p.series)
				&& str_eq(out->p[b].index_code, p.index_code))
				before = &out->p[b];
		relate(&p, before, &breaks);
		*VEC_PUSH(c->mem, out) = p;
	}
	return e;
}

enum err result_history(cx *c, struct app *a, int64_t unit_id, bool line, str index_code, struct history *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : points_of(c, k, unit_id, line, index_code, out);
}
