#include "web/search.h"
#include "app/result.h"
#include "app/round.h"
#include "app/unit.h"
#include "base/vn.h"
#include "web/pager.h"
#include "web/say.h"
#include "web_views.h"

enum { UNITS = 30, UNITS_MOST = 1000, CRITERIA = 30, OTHERS = 20, GROUPS = 5, WORDS = 8 };

struct search {
	struct web_cx *w;
	struct view_search v;
	struct unit_list provinces; /* of today; read when a commune asks */
	str word[WORDS]; /* folded */
	size_t n_words;
};

/* Every word begins a word of the text. */
static bool matches(const struct search *s, str text)
{
	str fold = vn_fold(s->w->mem, text);
	for (size_t i = 0; i < s->n_words; i++) {
		bool found = false;
		for (size_t at = 0; at + s->word[i].len <= fold.len && !found; at++)
			found = (at == 0 || fold.p[at - 1] == ' ') && memcmp(fold.p + at, s->word[i].p, s->word[i].len) == 0;
		if (!found)
			return false;
	}
	return s->n_words > 0;
}

static struct view_search_group *group(struct search *s, const char *key, size_t room)
{
	struct view_search_group *g = &s->v.groups[s->v.n_groups];
	*g = (struct view_search_group){ .title = say(s->w, key), .hits = NEW_ARRAY(s->w->mem, struct view_search_hit, room) };
	return g;
}

/* A group without hits is not shown. */
static void close_group(struct search *s, struct view_search_group *g)
{
	if (!g->all)
		g->all = (int64_t)g->n_hits;
	s->v.total += g->all;
	if (g->n_hits)
		s->v.n_groups++;
}

/* Many communes have the same name: the province tells them apart. */
static enum err province_of(struct search *s, const struct unit_info *u, str *out)
{
	struct web_cx *w = s->w;
	enum err e = s->provinces.n ? ERR_OK : unit_on(w->cx, w->app, STR("province"), date_of_ms(w->cx->now_ms), &s->provinces);
	for (size_t i = 0; i < s->provinces.n && !e; i++)
		if (str_eq(s->provinces.p[i].code, u->parent_code))
			*out = s->provinces.p[i].name;
	return e;
}

/* A province that ended says what it became and when; one of today what it was made of. */
static enum err line_of(struct search *s, const struct unit_info *u, str *out)
{
	struct web_cx *w = s->w;
	struct unit_list before = { 0 }, after = { 0 };
	if (str_is(u->level, "commune"))
		return province_of(s, u, out);
	if (!str_is(u->level, "province"))
		return ERR_OK;
	enum err e = unit_line(w->cx, w->app, u->id, &before, &after);
	if (e)
		return e;
	if (!u->today && after.n)
		*out = SAY(w, "search.became", say_date(w, u->valid_to + 1), say_units(w, &after));
	else if (u->today && before.n > 1)
		*out = SAY(w, "search.made_of", say_units(w, &before));
	return ERR_OK;
}

/* Units are the one group that can be long: it has pages, the other groups stand on the first. */
static enum err find_units(struct search *s)
{
	struct web_cx *w = s->w;
	struct unit_list list = { 0 };
	struct pager_rows at = { 0 };
	size_t n = 0;
	enum err e = unit_search(w->cx, w->app, s->v.q, UNITS_MOST + 1, &list);
	for (size_t i = 0; i < list.n && n < UNITS_MOST; i++)
		if (!str_is(list.p[i].level, "country"))
			list.p[n++] = list.p[i];
	if (!e)
		e = pager_rows(w, n, &at);
	struct view_search_group *g = group(s, "search.units", at.to - at.from + 1);
	g->all = (int64_t)n;
	g->more = list.n > UNITS_MOST;
	for (size_t i = at.from; i < at.to && !e; i++) {
		const struct unit_info *u = &list.p[i];
		struct view_search_hit *hit = &g->hits[g->n_hits++];
		*hit = (struct view_search_hit){ .name = u->name, .url = arena_printf(w->mem, "/don-vi/%.*s", STR_ARG(u->slug)), .what = u->type,
			.illustrative = u->sample };
		e = line_of(s, u, &hit->more);
	}
	close_group(s, g);
	return e;
}

static enum err find_indices(struct search *s)
{
	struct web_cx *w = s->w;
	struct index_list list = { 0 };
	enum err e = result_indices(w->cx, w->app, &list);
	struct view_search_group *g = group(s, "search.indices", OTHERS);
	for (size_t i = 0; i < list.n && !e && g->n_hits < OTHERS; i++) {
		const struct index_info *x = &list.p[i];
		if (!x->n_years || !(matches(s, x->code) || matches(s, x->name_vi) || matches(s, x->name_en)))
			continue;
		g->hits[g->n_hits++] = (struct view_search_hit){ .name = arena_printf(
									 w->mem, "%.*s %d", STR_ARG(x->code), x->years[0]),
			.url = arena_printf(w->mem, "/chi-so/%.*s", STR_ARG(x->slug)),
			.what = say(w, "search.index"),
			.more = say_either(w, x->name_vi, x->name_en) };
	}
	close_group(s, g);
	return e;
}

static enum err find_rounds(struct search *s)
{
	struct web_cx *w = s->w;
	struct round_list list = { 0 };
	enum err e = round_all(w->cx, w->app, &list);
	struct view_search_group *g = group(s, "search.rounds", OTHERS);
	for (size_t i = 0; i < list.n && !e; i++) {
		const struct round_info *r = &list.p[i];
		if (!(matches(s, r->name_vi) || matches(s, r->name_en) || matches(s, r->code)))
			continue;
		if ((g->more = g->n_hits == OTHERS))
			break;
		g->hits[g->n_hits++] = (struct view_search_hit){ .name = say_either(w, r->name_vi, r->name_en),
			.url = arena_printf(w->mem, "/ket-qua/%.*s", STR_ARG(r->code)), .what = say(w, "search.round"), .illustrative = r->illustrative };
	}
	close_group(s, g);
	return e;
}

/* "3.4.1. Hồ sơ …"; a code that is a word ("fair_competition") says nothing to a reader. */
static str numbered(struct web_cx *w, str code, str name)
{
	for (size_t i = 0; i < code.len; i++)
		if (code.p[i] >= '0' && code.p[i] <= '9')
			return arena_printf(w->mem, "%.*s. %.*s", STR_ARG(code), STR_ARG(name));
	return name;
}

static void find_criteria(struct search *s, const struct edition_view *x, struct view_search_group *g)
{
	struct web_cx *w = s->w;
	for (size_t i = 0; i < x->n_nodes; i++) {
		const struct sheet_node *n = &x->nodes[i];
		if (!(matches(s, n->name_vi) || matches(s, n->name_en)))
			continue;
		if ((g->more = g->n_hits == CRITERIA))
			return;
		g->hits[g->n_hits++] = (struct view_search_hit){
			.name = numbered(w, n->code, say_either(w, n->name_vi, n->name_en)),
			.url = arena_printf(w->mem, "/bo-tieu-chi/%.*s", STR_ARG(x->code)), .what = say(w, "search.criterion"),
			.more = say_either(w, x->name_vi, x->name_en), .illustrative = x->illustrative };
	}
}

/* Editions by name first; then, for words long enough, their criteria. */
static enum err find_editions(struct search *s)
{
	struct web_cx *w = s->w;
	struct edition_brief_list list = { 0 };
	enum err e = edition_all(w->cx, w->app, &list);
	struct view_search_group *g = group(s, "search.editions", OTHERS);
	for (size_t i = 0; i < list.n && !e && g->n_hits < OTHERS; i++)
		if (matches(s, list.p[i].name_vi) || matches(s, list.p[i].name_en) || matches(s, list.p[i].code))
			g->hits[g->n_hits++] = (struct view_search_hit){ .name = say_either(w, list.p[i].name_vi, list.p[i].name_en),
				.url = arena_printf(w->mem, "/bo-tieu-chi/%.*s", STR_ARG(list.p[i].code)), .what = say(w, "search.edition"),
				.illustrative = list.p[i].illustrative };
	close_group(s, g);
	g = group(s, "search.criteria", CRITERIA);
	for (size_t i = 0; i < list.n && !e && !g->more && s->v.q.len >= 3; i++) {
		struct edition_view x = { 0 };
		e = edition_view_of(w->cx, w->app, list.p[i].code, &x);
		if (!e)
			find_criteria(s, &x, g);
	}
	close_group(s, g);
	return e;
}

static void split(struct search *s)
{
	str rest = vn_fold(s->w->mem, s->v.q), word;
	while (s->n_words < WORDS && str_next(&rest, ' ', &word))
		if (word.len)
			s->word[s->n_words++] = word;
}

static void page_search(struct web_cx *w)
{
	struct search s = { .w = w, .v = { .q = web_text(w, "q") } };
	enum err e;
	split(&s);
	s.v.asked = s.n_words > 0;
	s.v.groups = NEW_ARRAY(w->mem, struct view_search_group, GROUPS + 1);
	if (s.v.asked) {
		e = find_units(&s);
		if (!e)
			e = find_indices(&s);
		if (!e)
			e = find_rounds(&s);
		if (!e)
			e = find_editions(&s);
	} else {
		e = pager_total(w, 0);
	}
	if (w->pages && w->pages->number > 1) /* of units only; the rest was told on the first page */
		s.v.n_groups = 1;
	if (e) {
		web_fail(w, e);
		return;
	}
	s.v.title = !s.v.asked ? say(w, "search.title") : s.v.total ? SAY(w, "search.found", say_int(w, s.v.total), s.v.q) : SAY(w, "search.nothing", s.v.q);
	reply_search(w, &s.v);
}

const struct web_route routes_search[] = {
	{ WEB_GET, "/tim", page_search, "public", .view = "search", .section = "tong-quan", .rows = UNITS,
		.doc = { "Tìm kiếm", "Search" },
		.in = WEB_INPUTS({ "q", IN_TEXT, .max = 100, .doc = { "từ cần tìm; không cần dấu", "words; without marks is fine" } }) },
	{ 0 },
};
