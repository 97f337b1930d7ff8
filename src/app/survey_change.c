#include "app/survey_change.h"
#include <math.h>
#include <stdio.h>
#include "app/survey_figure.h"

struct maker {
	cx *c;
	struct survey_data d[2], both; /* old, now */
	struct est_part part[2];
	struct survey_sheet *sheet;
	struct survey_change_list *out;
};

static enum err refuse(cx *c, const char *key, str value, str arg)
{
	enum err e = cx_fail(c, ERR_INPUT, key, (place){ 0 }, value);
	fault_arg(c, &c->faults[c->n_faults - 1], 1, arg);
	return e;
}

static enum err may_compare(cx *c, const struct survey_info *old, const struct survey_info *now)
{
	if (!str_eq(old->questionnaire, now->questionnaire))
		return refuse(c, "survey_change.questionnaire", old->questionnaire, now->questionnaire);
	if (old->version != now->version)
		return refuse(c, "survey_change.version", arena_printf(c->mem, "%d", old->version), arena_printf(c->mem, "%d", now->version));
	for (int i = 0; i < 2; i++)
		if ((i ? now : old)->design != SURVEY_PROBABILITY)
			return refuse(c, "survey_change.basis", (i ? now : old)->code, (str){ 0 });
	return ERR_OK;
}

/* ---- both as one ---- */

static str unit_of(cx *c, const struct survey_data *d, size_t row)
{
	return arena_printf(c->mem, "%.*s\n%.*s", STR_ARG(d->stratum[row]), STR_ARG(d->psu[row]));
}

/* Strata in which some unit was drawn both times. */
static void find_shared(struct maker *m, map *strata)
{
	map units = { 0 };
	const struct survey_data *old = &m->d[0], *now = &m->d[1];
	for (size_t i = 0; i < old->n; i++)
		if (old->psu[i].len)
			*map_put(m->c->mem, &units, unit_of(m->c, old, i), NULL) = 1;
	for (size_t i = 0; i < now->n; i++) {
		const int64_t *seen = map_get(&units, unit_of(m->c, now, i));
		if (!seen)
			continue;
		*map_put(m->c->mem, strata, now->stratum[i], NULL) = 1;
		m->out->shared += *seen == 1;
		*map_put(m->c->mem, &units, unit_of(m->c, now, i), NULL) = 2;
	}
}

static void append(struct maker *m, int which, const map *shared)
{
	struct survey_data *to = &m->both;
	const struct survey_data *from = &m->d[which];
	for (size_t i = 0; i < from->n; i++, to->n++) {
		bool together = map_get(shared, from->stratum[i]) != NULL;
		to->stratum[to->n] = together ? from->stratum[i] : arena_printf(m->c->mem, "%d\n%.*s", which, STR_ARG(from->stratum[i]));
		to->psu[to->n] = from->psu[i];
		to->weight[to->n] = from->weight[i].len ? from->weight[i] : STR("1");
		to->mode[to->n] = from->mode[i];
	}
}

static void append_items(struct maker *m)
{
	const questionnaire *q = m->both.s->q;
	arena *mem = m->c->mem;
	size_t n = m->d[0].n + m->d[1].n;
	m->both.item = NEW_ARRAY(mem, struct survey_column, q->items.n);
	for (size_t i = 0; i < q->items.n; i++) {
		struct survey_column *to = &m->both.item[i];
		if (!question_is_asked(&q->items.p[i]))
			continue;
		to->state = NEW_ARRAY(mem, uint8_t, n + 1);
		to->code = m->d[0].item[i].code ? NEW_ARRAY(mem, int16_t, n + 1) : NULL;
		to->number = m->d[0].item[i].number ? NEW_ARRAY(mem, double, n + 1) : NULL;
		for (int k = 0; k < 2; k++) {
			const struct survey_column *from = &m->d[k].item[i];
			size_t at = k ? m->d[0].n : 0;
			memcpy(to->state + at, from->state, m->d[k].n * sizeof *to->state);
			if (to->code)
				memcpy(to->code + at, from->code, m->d[k].n * sizeof *to->code);
			if (to->number)
				memcpy(to->number + at, from->number, m->d[k].n * sizeof *to->number);
		}
	}
}

static enum err put_together(struct maker *m)
{
	size_t n = m->d[0].n + m->d[1].n;
	map shared = { 0 };
	enum survey_basis basis;
	int64_t psus, strata;
	m->both = (struct survey_data){ .s = m->d[1].s, .stratum = NEW_ARRAY(m->c->mem, str, n + 1), .psu = NEW_ARRAY(m->c->mem, str, n + 1),
		.weight = NEW_ARRAY(m->c->mem, str, n + 1), .mode = NEW_ARRAY(m->c->mem, str, n + 1) };
	find_shared(m, &shared);
	append(m, 0, &shared);
	append(m, 1, &shared);
	append_items(m);
	m->sheet = survey_sheet_new(m->c, &m->both, &basis, &psus, &strata);
	if (!m->sheet)
		return ERR_INPUT;
	if (basis != SURVEY_WEIGHTED)
		return refuse(m->c, "survey_change.basis", m->both.s->code, (str){ 0 });
	uint32_t *rows[2];
	for (int k = 0; k < 2; k++)
		m->part[k].rows = rows[k] = NEW_ARRAY(m->c->mem, uint32_t, n + 1);
	for (size_t at = 0; at < n; at++) {
		int k = survey_sheet_row(m->sheet, at) >= m->d[0].n;
		rows[k][m->part[k].n++] = (uint32_t)at;
	}
	return ERR_OK;
}

/* ---- differences ---- */

static void add(struct maker *m, enum survey_row row, int32_t factor)
{
	for (int stat = SURVEY_SATISFIED; stat <= SURVEY_POINTS; stat++) {
		if (!survey_factor_has(m->both.s->q, factor, (enum survey_stat)stat))
			continue;
		struct survey_change *x = VEC_PUSH(m->c->mem, &m->out->rows);
		double variance;
		*x = (struct survey_change){ .row = row, .factor = factor, .stat = (enum survey_stat)stat };
		survey_sheet_change(m->sheet, m->part, factor, x->stat, &x->old, &x->now, &variance, &x->df);
		struct est_interval i = est_interval(EST_CI_T, x->now.v - x->old.v, variance, x->df, m->both.n, 0.95);
		x->diff = x->now.v - x->old.v;
		x->se = isnan(x->diff) ? (double)NAN : sqrt(variance);
		x->low = i.low;
		x->high = i.high;
		x->told = i.low > 0 || i.high < 0;
	}
}

/* What the results of either survey do not show is not shown here: nothing of it, since two of the three figures give the third. */
static enum err hide(struct maker *m, struct app *a)
{
	enum err e = ERR_OK;
	for (int k = 0; k < 2 && !e; k++) {
		struct survey_result *r = NEW(m->c->mem, struct survey_result);
		e = survey_result_from(m->c, a, &m->d[k], &(struct survey_question){ .ci = EST_CI_LOGIT }, r);
		for (size_t i = 0; i < m->out->rows.n && !e; i++) {
			struct survey_change *x = &m->out->rows.p[i];
			const struct survey_line *l =
				survey_result_line(r, 0, x->row, x->stat, x->row == SURVEY_INDEX ? NO_ITEM : x->factor, NO_ITEM, NO_ITEM);
			const struct survey_figure none = { .state = SURVEY_HIDDEN, .v = (double)NAN };
			if (l && l->f.state != SURVEY_HIDDEN)
				continue;
			x->old = x->now = none;
			x->diff = x->se = x->low = x->high = x->df = (double)NAN;
			x->told = false;
		}
	}
	return e;
}

static int32_t root_of(const questionnaire *q)
{
	for (int32_t f = 0; f < (int32_t)q->factors.n; f++)
		if (q->factors.p[f].parent == NO_ITEM)
			return f;
	return NO_ITEM;
}

enum err survey_change_of(cx *c, struct app *a, const struct survey_info *old, const struct survey_info *now, struct survey_change_list *out)
{
	struct maker *m = NEW(c->mem, struct maker);
	*out = (struct survey_change_list){ 0 };
	*m = (struct maker){ .c = c, .out = out };
	enum err e = may_compare(c, old, now);
	if (!e)
		e = survey_data_load(c, a, old, false, &m->d[0]);
	if (!e)
		e = survey_data_load(c, a, now, false, &m->d[1]);
	for (int k = 0; k < 2 && !e; k++)
		if (!m->d[k].n)
			e = refuse(c, "survey_change.empty", (k ? now : old)->code, (str){ 0 });
	if (!e)
		e = put_together(m);
	if (e)
		return e;
	int32_t root = root_of(now->q);
	add(m, SURVEY_INDEX, root);
	for (int32_t f = 0; f < (int32_t)now->q->factors.n; f++)
		if (f != root)
			add(m, SURVEY_FACTOR, f);
	return hide(m, a);
}
