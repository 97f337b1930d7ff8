#include "web/unit.h"
#include "web/say.h"
#include "web/svg.h"

enum { CHART_LINES = 6, CHART_BREAKS = 16, CHART_MIN_YEARS = 3, CHART_LOW = 224 };

static bool is_total(const struct point *p, str index_code)
{
	return str_eq(p->index_code, index_code) && str_is(p->series, "total");
}

/* ---- sentences ---- */

str say_rank(struct web_cx *w, const struct point *p)
{
	return p->complete ? SAY(w, "unit_page.rank_of", say_int(w, p->rank), say_int(w, p->of)) : SAY(w, "unit_page.rank_only", say_int(w, p->rank));
}

str say_moved(struct web_cx *w, const struct point *p)
{
	if (!p->moved_known || p->after_break)
		return STR("");
	if (!p->moved)
		return say(w, "move.same");
	int places = p->moved < 0 ? -p->moved : p->moved;
	const char *key = p->moved > 0 ? places == 1 ? "unit_page.up_one" : "unit_page.up" : places == 1 ? "unit_page.down_one" : "unit_page.down";
	return SAY(w, key, say_int(w, places));
}

/* ---- charts ---- */

/* The number of the decision that brought a break stands above it; without one the dashes say enough. */
static str break_number(str reason)
{
	static const char mark[] = "/Q\xC4\x90";
	for (size_t i = 0; i + sizeof mark <= reason.len; i++) {
		if (memcmp(reason.p + i, mark, sizeof mark - 1) != 0)
			continue;
		size_t from = i;
		while (from > 0 && reason.p[from - 1] >= '0' && reason.p[from - 1] <= '9')
			from--;
		return (str){ reason.p + from, i - from };
	}
	return STR("");
}

static void span(const struct history *h, str index_code, bool ranks, int *first, int *last)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct point *p = &h->p[i];
		if (!is_total(p, index_code) || !(ranks ? p->rank > 0 : p->score.there))
			continue;
		*first = *first && *first < p->year ? *first : p->year;
		*last = *last > p->year ? *last : p->year;
	}
}

struct chart {
	const struct history *h;
	str index_code;
	bool ranks;
	int first, worst;
	size_t n_years;
};

/* Returns how many years have a value. */
static size_t fill_line(struct web_cx *w, struct chart *c, const struct history_line *from, struct svg_line *to)
{
	struct svg_value *v = NEW_ARRAY(w->mem, struct svg_value, c->n_years);
	size_t n = 0;
	for (size_t y = 0; y < c->n_years; y++) {
		const struct point *p = history_at(c->h, from->slug, c->index_code, STR("total"), c->first + (int)y);
		if (!p || !(c->ranks ? p->rank > 0 : p->score.there))
			continue;
		v[y] = (struct svg_value){ true, !p->complete, c->ranks ? p->rank : dec_to_double(p->score.v) };
		c->worst = p->of > c->worst ? p->of : p->rank > c->worst ? p->rank : c->worst;
		n++;
	}
	*to = (struct svg_line){ .name = from->name, .p = v };
	return n;
}

static size_t fill_breaks(const struct break_list *from, struct svg_break *to)
{
	size_t n = 0;
	for (size_t i = 0; i < from->n && n < CHART_BREAKS; i++)
		if (str_is(from->p[i].series, "total") || str_is(from->p[i].series, "*"))
			to[n++] = (struct svg_break){ from->p[i].year, break_number(from->p[i].reason_vi) };
	return n;
}

str history_chart(struct web_cx *w, const struct history *h, const struct break_list *breaks, str index_code, const struct history_line *lines,
	size_t n, bool ranks, bool low, str label)
{
	struct chart c = { .h = h, .index_code = index_code, .ranks = ranks };
	struct svg_line drawn[CHART_LINES];
	struct svg_break gaps[CHART_BREAKS];
	int last = 0;
	size_t most = 0, n_lines = 0;
	span(h, index_code, ranks, &c.first, &last);
	if (!c.first || last - c.first + 1 < CHART_MIN_YEARS)
		return STR("");
	c.n_years = (size_t)(last - c.first + 1);
	for (size_t i = 0; i < n && n_lines < CHART_LINES; i++) {
		size_t years = fill_line(w, &c, &lines[i], &drawn[n_lines]);
		drawn[n_lines].look = (int)i;
		drawn[n_lines].quiet = i >= SVG_LOOKS;
		most = years > most ? years : most;
		n_lines += years > 0;
	}
	if (most < CHART_MIN_YEARS)
		return STR("");
	buf b;
	buf_init(&b, 1 << 18);
	svg_lines(&b,
		&(struct svg_chart){ .first_year = c.first,
			.n_years = c.n_years,
			.lines = drawn,
			.n_lines = n_lines,
			.breaks = gaps,
			.n_breaks = fill_breaks(breaks, gaps),
			.ranks = ranks,
			.worst = c.worst,
			.digits = ranks ? 0 : 2,
			.height = low ? CHART_LOW : 0,
			.lang = w->lang,
			.label = label });
	str svg = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return svg;
}
