#include "app/compare.h"
#include "base/vec.h"

static enum err add_unit(cx *c, struct app *a, str slug, struct comparison *x)
{
	struct unit_info u;
	struct history h = { 0 };
	enum err e = unit_by_slug(c, a, slug, &u);
	if (e == ERR_NOTFOUND) {
		x->unknown[x->n_unknown++] = slug;
		return ERR_OK;
	}
	if (!e)
		e = result_history(c, a, u.id, true, x->index.code, &h);
	if (e)
		return e;
	for (size_t i = 0; i < x->n; i++)
		if (str_eq(x->unit[i].slug, u.slug))
			return ERR_OK;
	for (size_t i = 0; i < h.n; i++)
		if (history_is_own(&h.p[i], &u))
			*VEC_PUSH(c->mem, &x->h) = h.p[i];
	x->unit[x->n++] = u;
	return ERR_OK;
}

static bool all_scored(const struct comparison *x, int year)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct point *p = compare_at(x, i, STR("total"), year);
		if (!p || !p->score.there)
			return false;
	}
	return x->n > 0;
}

enum err compare_units(cx *c, struct app *a, const struct index_list *indices, str index, const str *slugs, size_t n, struct comparison *out)
{
	enum err e = ERR_OK;
	*out = (struct comparison){ 0 };
	if (!indices->n)
		return ERR_OK;
	out->index = indices->p[0];
	for (size_t i = 0; i < indices->n; i++)
		if (str_eq(indices->p[i].slug, index))
			out->index = indices->p[i];
	for (size_t i = 0; i < n && i < COMPARE_MOST && !e; i++)
		if (slugs[i].len)
			e = add_unit(c, a, slugs[i], out);
	if (!e)
		e = result_breaks(c, a, out->index.code, &out->breaks);
	for (size_t i = 0; i < out->index.n_years && !out->common_year; i++)
		if (all_scored(out, out->index.years[i]))
			out->common_year = out->index.years[i];
	return e;
}

const struct point *compare_at(const struct comparison *x, size_t unit, str series, int year)
{
	return history_at(&x->h, x->unit[unit].slug, x->index.code, series, year);
}

struct figure compare_gap(const struct comparison *x, size_t unit, size_t less, str series, int year)
{
	const struct point *p = compare_at(x, unit, series, year), *q = compare_at(x, less, series, year);
	return p && q ? figure_minus(p->score, q->score) : (struct figure){ 0 };
}

size_t compare_highest(const struct comparison *x, int year)
{
	const struct point *top = NULL;
	size_t best = 0;
	for (size_t i = 0; i < x->n; i++) {
		const struct point *p = compare_at(x, i, STR("total"), year);
		if (p && p->score.there && (!top || dec_cmp(p->score.v, top->score.v) > 0)) {
			top = p;
			best = i;
		}
	}
	return best;
}

static bool has(const struct comparison *x, int year, bool total)
{
	for (size_t i = 0; i < x->h.n; i++)
		if (x->h.p[i].year == year && str_is(x->h.p[i].series, "total") == total)
			return true;
	return false;
}

bool compare_has_year(const struct comparison *x, int year) { return has(x, year, true); }
bool compare_has_dimensions(const struct comparison *x, int year) { return has(x, year, false); }
