#include "web/home.h"
#include "app/round.h"
#include "app/round_flow.h"
#include "app/round_setup.h"
#include "app/unit.h"
#include "web/entry.h"
#include "web/index.h"
#include "web/round.h"
#include "web/say.h"
#include "web_views.h"

enum { RESULTS = 10, TILES = 8, WORKS = 5 };

struct home {
	struct web_cx *w;
	struct view_home v;
	struct index_list indices;
	struct league *leagues; /* the newest of each index; year 0: none */
};

static enum err fill_tile(struct home *h, const struct league *l)
{
	struct web_cx *w = h->w;
	const struct league_row *first = league_first(l);
	struct view_home_tile *t = &h->v.tiles[h->v.n_tiles++];
	*t = (struct view_home_tile){ .code = l->index.code, .name = say_either(w, l->index.name_vi, l->index.name_en), .year = l->year,
		.url = league_url(w, &l->index, l->year, STR("")), .figures = league_figures(l), .expected = l->expected,
		.scope = (enum view_home_scope)league_scope(l), .percent = l->index.percent, .publisher = say_publisher(w, l->index.publisher),
		.status = league_status(w, l), .strip = league_strip(w, l) };
	if (first) {
		t->leader = first->unit_name;
		t->leader_url = arena_printf(w->mem, "/don-vi/%.*s", STR_ARG(first->slug));
		t->score = first->score.there ? some_dec(first->score.v) : (opt_dec){ HAVE_NONE, DEC_ZERO };
	}
	return ERR_OK;
}

static enum err fill_tiles(struct home *h)
{
	struct web_cx *w = h->w;
	enum err e = result_indices(w->cx, w->app, &h->indices);
	h->leagues = NEW_ARRAY(w->mem, struct league, h->indices.n);
	h->v.tiles = NEW_ARRAY(w->mem, struct view_home_tile, TILES);
	for (size_t i = 0; i < h->indices.n && !e; i++) {
		const struct index_info *x = &h->indices.p[i];
		if (!x->n_years)
			continue;
		h->v.indices++;
		h->v.last_year = x->years[0] > h->v.last_year ? x->years[0] : h->v.last_year;
		if (!h->v.first_year || x->years[x->n_years - 1] < h->v.first_year)
			h->v.first_year = x->years[x->n_years - 1];
		e = result_league_of(w->cx, w->app, x, 0, STR(""), &h->leagues[i]);
		if (!e && h->v.n_tiles < TILES)
			e = fill_tile(h, &h->leagues[i]);
	}
	return e;
}

/* The newest table that reaches furthest makes the headline. */
static const struct league *headline(const struct home *h)
{
	const struct league *best = NULL;
	for (size_t i = 0; i < h->indices.n; i++) {
		const struct league *l = &h->leagues[i];
		if (!l->year || !l->expected)
			continue;
		if (!best || league_figures(l) * best->expected > league_figures(best) * l->expected)
			best = l;
	}
	return best;
}

static void add_result(struct home *h, const struct league *l)
{
	h->v.results[h->v.n_results++] = (struct view_home_result){ .code = l->index.code,
		.year = l->year,
		.url = league_url(h->w, &l->index, l->year, STR("")),
		.figures = league_figures(l),
		.expected = l->expected,
		.scope = (enum view_home_scope)league_scope(l),
		.finding = league_finding(h->w, l),
		.publisher = say_publisher(h->w, l->index.publisher) };
}

/* The newest tables over all indices, by year. */
static enum err fill_results(struct home *h)
{
	struct web_cx *w = h->w;
	enum err e = ERR_OK;
	h->v.results = NEW_ARRAY(w->mem, struct view_home_result, RESULTS);
	for (int64_t year = h->v.last_year; year >= h->v.first_year && h->v.n_results < RESULTS && !e; year--)
		for (size_t i = 0; i < h->indices.n && h->v.n_results < RESULTS && !e; i++) {
			const struct index_info *x = &h->indices.p[i];
			struct league l = h->leagues[i];
			bool has = false;
			for (size_t y = 0; y < x->n_years; y++)
				has |= x->years[y] == year;
			if (!has)
				continue;
			if (l.year != year)
				e = result_league_of(w->cx, w->app, x, (int)year, STR(""), &l);
			if (!e)
				add_result(h, &l);
		}
	return e;
}

static enum err fill_units(struct home *h)
{
	struct web_cx *w = h->w;
	struct unit_list list = { 0 };
	enum err e = unit_on(w->cx, w->app, STR("province"), date_of_ms(w->cx->now_ms), &list);
	h->v.units = NEW_ARRAY(w->mem, struct view_home_unit, list.n);
	for (size_t i = 0; i < list.n && !e; i++)
		h->v.units[h->v.n_units++] = (struct view_home_unit){ list.p[i].name, arena_printf(w->mem, "/don-vi/%.*s", STR_ARG(list.p[i].slug)) };
	return e;
}

static str level_text(struct web_cx *w, str level)
{
	return say(w, str_is(level, "sample-province") ? "level.sample_province" : str_is(level, "sample-department") ? "level.sample_department"
		: str_is(level, "sample-commune") ? "level.sample_commune" : "level.other");
}

/* The rounds of each kind of unit, in the order in which the kinds come first. */
static void fill_levels(struct home *h)
{
	struct view_home *v = &h->v;
	v->levels = NEW_ARRAY(h->w->mem, struct view_home_level, v->n_rounds);
	for (size_t i = 0; i < v->n_rounds; i++) {
		struct view_home_level *l = NULL;
		for (size_t k = 0; k < v->n_levels && !l; k++)
			l = str_eq(v->levels[k].name, v->rounds[i].level) ? &v->levels[k] : NULL;
		if (!l) {
			l = &v->levels[v->n_levels++];
			*l = (struct view_home_level){ .name = v->rounds[i].level };
			l->rounds = NEW_ARRAY(h->w->mem, struct view_home_round, v->n_rounds);
		}
		l->rounds[l->n_rounds++] = v->rounds[i];
	}
}

static enum err fill_rounds(struct home *h)
{
	struct web_cx *w = h->w;
	struct round_list list = { 0 };
	enum err e = round_all(w->cx, w->app, &list);
	h->v.rounds = NEW_ARRAY(w->mem, struct view_home_round, list.n);
	for (size_t i = 0; i < list.n && !e; i++) {
		const struct round_info *r = &list.p[i];
		h->v.rounds[h->v.n_rounds++] = (struct view_home_round){ say_either(w, r->name_vi, r->name_en),
			arena_printf(w->mem, "/ket-qua/%.*s", STR_ARG(r->code)), level_text(w, r->level), r->period, r->illustrative };
		h->v.illustrative |= r->illustrative;
	}
	fill_levels(h);
	return e;
}

/* What waits for who is signed in: the first thing to see then. */
static enum err fill_works(struct home *h)
{
	struct web_cx *w = h->w;
	struct plan_list list = { 0 };
	enum err e = w->actor->user_id ? plan_mine(w->cx, w->app, w->actor, &list) : ERR_OK;
	h->v.works = NEW_ARRAY(w->mem, struct view_home_work, WORKS);
	for (size_t i = 0; i < list.n && !e && h->v.n_works < WORKS; i++) {
		const struct plan_info *p = &list.p[i];
		if (flow_word("published draft", p->state))
			continue;
		struct view_home_work *x = &h->v.works[h->v.n_works++];
		*x = (struct view_home_work){ .name = say_either(w, p->round.name_vi, p->round.name_en), .link = round_work_link(w, p), .done = p->done,
			.rows = p->rows, .days_left = p->days_left, .bar = entry_bar(w, p->done, p->rows) };
		if (p->next_due) {
			x->next_due = some_date(p->next_due);
			x->over = round_is_over(w, p->next_due);
			x->soon = !x->over && p->days_left <= 3;
		}
	}
	return e;
}

static void page_home(struct web_cx *w)
{
	struct home h = { .w = w };
	enum err e = fill_tiles(&h);
	if (!e)
		e = fill_results(&h);
	if (!e)
		e = fill_units(&h);
	if (!e)
		e = fill_rounds(&h);
	if (!e)
		e = fill_works(&h);
	if (e) {
		web_fail(w, e);
		return;
	}
	const struct league *best = headline(&h);
	h.v.title = best ? league_title(w, best) : say(w, "home.empty_title");
	h.v.lead = best ? SAY(w, "home.lead", say_int(w, h.v.indices), say_year(w, h.v.first_year), say_year(w, h.v.last_year)) : say(w, "home.empty_lead");
	reply_home(w, &h.v);
}

const struct web_route routes_home[] = {
	{ WEB_GET, "/", page_home, "public", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .view = "home", .section = "tong-quan",
		.doc = { "Tổng quan", "Overview" } },
	{ 0 },
};
