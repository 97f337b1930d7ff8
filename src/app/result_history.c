/* Looking things up in a unit's history (result.h). */
#include "app/result.h"

bool history_is_own(const struct point *p, const struct unit_info *u)
{
	return p->own || str_eq(p->unit_slug, u->slug);
}

static bool is_total(const struct point *p, str index_code)
{
	return str_eq(p->index_code, index_code) && str_is(p->series, "total");
}

const struct point *history_latest(const struct history *h, const struct unit_info *u, str index_code)
{
	const struct point *best = NULL;
	for (size_t i = 0; i < h->n; i++) {
		const struct point *p = &h->p[i];
		if (!is_total(p, index_code) || !history_is_own(p, u) || (!p->rank && !p->score.there))
			continue;
		if (!best || p->year > best->year)
			best = p;
	}
	return best;
}

const struct point *history_at(const struct history *h, str slug, str index_code, str series, int year)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct point *p = &h->p[i];
		if (p->year == year && str_eq(p->unit_slug, slug) && str_eq(p->series, series) && str_eq(p->index_code, index_code))
			return p;
	}
	return NULL;
}

bool history_broken(const struct break_list *b, str index_code, str series, int from, int to)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i].year > from && b->p[i].year <= to && str_eq(b->p[i].index_code, index_code)
			&& (str_eq(b->p[i].series, series) || str_is(b->p[i].series, "*")))
			return true;
	return false;
}
