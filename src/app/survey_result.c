#include "app/survey_result.h"
#include "app/quality.h"
#include <math.h>
#include <stdlib.h>
#include "app/survey_figure.h"
#include "app/survey_hide.h"
#include "db/unit.h"

struct maker {
	cx *c;
	struct app *a;
	const struct survey_data *d;
	const questionnaire *q;
	const struct survey_question *ask;
	struct survey_sheet *sheet;
	struct survey_result *r;
	struct survey_place_list places;
	struct survey_crossing x;
	int32_t by_item, where_item, where_option, cross, index;
	int32_t *group; /* by row: number of the group, from 1; NO_ITEM: none */
	struct est_part *parts;
};

/* ---- words ---- */

static const char *const agg_words[] = { "pooled", "mean_items", "mean_factors", "weights" };

const char *survey_agg_word(enum factor_agg a)
{
	return agg_words[a];
}

bool survey_agg_read(str word, enum factor_agg *out)
{
	for (int i = 0; i < 4; i++)
		if (str_is(word, agg_words[i])) {
			*out = (enum factor_agg)i;
			return true;
		}
	return false;
}

const char *survey_rollup_word(struct survey_rollup r)
{
	return r.choose ? survey_agg_word(r.agg) : "questionnaire";
}

bool survey_rollup_read(str word, struct survey_rollup *out)
{
	*out = (struct survey_rollup){ .choose = word.len && !str_is(word, "questionnaire") };
	return !out->choose || survey_agg_read(word, &out->agg);
}

const char *survey_stat_word(enum survey_stat s)
{
	static const char *const words[] = { "satisfied", "mean", "points", "share" };
	return words[s];
}

const char *survey_basis_word(enum survey_basis b)
{
	static const char *const words[] = { "probability", "census", "self_selected", "incomplete" };
	return words[b];
}

/* ---- what is asked ---- */

static enum err wrong(struct maker *m, const char *key, str value)
{
	return cx_fail(m->c, ERR_INPUT, key, (place){ .file = m->d->s->code }, value);
}

static enum err find_item(struct maker *m, str code, int32_t *out)
{
	*out = code.len ? questionnaire_find(m->q, code) : NO_ITEM;
	if (code.len && (*out == NO_ITEM || !question_is_asked(&m->q->items.p[*out])))
		return wrong(m, "survey_result.no_item", code);
	return ERR_OK;
}

static enum err find_options(struct maker *m, str code, int32_t *out)
{
	enum err e = find_item(m, code, out);
	if (!e && *out != NO_ITEM && m->q->items.p[*out].list < 0)
		e = wrong(m, "survey_result.not_single", code);
	return e;
}

static int32_t option_at(const questionnaire *q, int32_t item, str code)
{
	const struct question_list *l = &q->lists.p[q->items.p[item].list];
	for (size_t i = 0; i < l->options.n; i++)
		if (str_eq(l->options.p[i].code, code))
			return (int32_t)i;
	return NO_ITEM;
}

bool survey_has_weights(const questionnaire *q)
{
	bool has = false;
	for (size_t i = 0; i < q->factors.n; i++)
		has |= q->factors.p[i].has_weight;
	for (size_t i = 0; i < q->items.n; i++)
		has |= q->items.p[i].has_weight;
	return has;
}

static bool any(const str *column, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (column[i].len)
			return true;
	return false;
}

static enum err load_places(struct maker *m)
{
	enum err e = m->r->has_places || m->r->has_strata ? survey_places(m->c, m->a, m->d->s, &m->places) : ERR_OK;
	for (size_t i = 0; i < m->places.n; i++)
		m->r->has_units |= m->places.p[i].unit_id != 0;
	return e;
}

static enum err look_at_question(struct maker *m)
{
	const struct survey_question *ask = m->ask;
	struct survey_result *r = m->r;
	r->has_places = any(m->d->place, m->d->n);
	r->has_strata = any(m->d->stratum, m->d->n);
	r->has_weights = survey_has_weights(m->q);
	for (int32_t i = 0; i < (int32_t)m->q->items.n; i++)
		if (m->q->items.p[i].kind == ASK_SINGLE)
			*VEC_PUSH(m->c->mem, &r->can_group) = i;
	m->by_item = m->where_option = NO_ITEM;
	enum err e = find_options(m, ask->item, &m->where_item);
	if (!e)
		e = find_options(m, ask->cross, &m->cross);
	if (!e && m->where_item != NO_ITEM && (m->where_option = option_at(m->q, m->where_item, ask->value)) == NO_ITEM)
		e = wrong(m, "survey_result.no_value", ask->value);
	if (!e)
		e = load_places(m);
	if (e || survey_by_unit(ask)) {
		bool desk = str_is(ask->by, "noi"), unit = str_is(ask->by, "don-vi");
		if (!e && (desk ? !r->has_places : unit ? !r->has_units : !r->has_strata))
			e = wrong(m, desk ? "survey_result.no_places" : unit ? "survey_result.no_units" : "survey_result.no_strata", (str){ 0 });
	} else {
		e = find_options(m, ask->by, &m->by_item);
		if (!e && m->by_item != NO_ITEM && m->q->items.p[m->by_item].kind == ASK_MULTIPLE)
			e = wrong(m, "survey_result.not_single", ask->by);
	}
	if (!e && ask->choose && ask->agg == FACTOR_WEIGHTS && !r->has_weights)
		e = wrong(m, "survey_result.no_weights", (str){ 0 });
	return e;
}

static void choose_index(struct maker *m)
{
	static const enum survey_stat order[] = { SURVEY_SATISFIED, SURVEY_POINTS, SURVEY_MEAN };
	m->index = NO_ITEM;
	m->r->stat = SURVEY_SHARE;
	for (int k = 0; k < 3; k++) {
		if (!survey_factor_has(m->q, NO_ITEM, order[k]))
			continue;
		m->r->stat = order[k];
		for (int32_t f = (int32_t)m->q->factors.n - 1; f >= 0; f--)
			if (m->q->factors.p[f].parent == NO_ITEM && survey_factor_has(m->q, f, order[k]))
				m->index = f;
		return;
	}
}

/* ---- groups ---- */

static void add_group(struct maker *m, str code, str vi, str en)
{
	*VEC_PUSH(m->c->mem, &m->r->groups) = (struct survey_group){ .code = code, .name = { vi, en.len ? en : vi } };
}

static void group_by_item(struct maker *m)
{
	const struct question_list *l = &m->q->lists.p[m->q->items.p[m->by_item].list];
	for (size_t i = 0; i < l->options.n; i++)
		add_group(m, l->options.p[i].code, l->options.p[i].text[LANG_VI], l->options.p[i].text[LANG_EN]);
	for (size_t row = 0; row < m->d->n; row++) {
		int16_t o = m->d->item[m->by_item].code[row];
		m->group[row] = o < 0 ? NO_ITEM : o + 1;
	}
}

static void group_by_label(struct maker *m, const str *labels)
{
	map known = { 0 };
	for (size_t row = 0; row < m->d->n; row++) {
		bool added = false;
		m->group[row] = NO_ITEM;
		if (!labels[row].len)
			continue;
		int64_t *at = map_put(m->c->mem, &known, labels[row], &added);
		if (added) {
			*at = (int64_t)m->r->groups.n;
			add_group(m, labels[row], labels[row], (str){ 0 });
		}
		m->group[row] = (int32_t)*at;
	}
}

static int by_code(const void *a, const void *b)
{
	return str_cmp(((const struct survey_group *)a)->code, ((const struct survey_group *)b)->code);
}

/* Labels come in the order of random ids: sort them, so that the same answers give the same table. */
static void sort_labels(struct maker *m)
{
	struct survey_result *r = m->r;
	map at = { 0 };
	int32_t *now = NEW_ARRAY(m->c->mem, int32_t, r->groups.n + 1);
	str *before = NEW_ARRAY(m->c->mem, str, r->groups.n + 1);
	for (size_t i = 1; i < r->groups.n; i++)
		before[i] = r->groups.p[i].code;
	if (r->groups.n > 2)
		qsort(r->groups.p + 1, r->groups.n - 1, sizeof *r->groups.p, by_code);
	for (size_t i = 1; i < r->groups.n; i++)
		*map_put(m->c->mem, &at, r->groups.p[i].code, &(bool){ false }) = (int64_t)i;
	for (size_t i = 1; i < r->groups.n; i++)
		now[i] = (int32_t)*map_get(&at, before[i]);
	for (size_t row = 0; row < m->d->n; row++)
		if (m->group[row] != NO_ITEM)
			m->group[row] = now[m->group[row]];
}

/* Places, and strata that bear the code of a place. */
static void name_places(struct maker *m)
{
	for (size_t i = 0; i < m->places.n; i++)
		for (size_t g = 1; g < m->r->groups.n; g++)
			if (str_eq(m->places.p[i].code, m->r->groups.p[g].code)) {
				m->r->groups.p[g].name[LANG_VI] = m->places.p[i].name[LANG_VI];
				m->r->groups.p[g].name[LANG_EN] = m->places.p[i].name[LANG_EN];
			}
}

/* Several desks of one unit are one group. */
static enum err group_by_unit(struct maker *m)
{
	DB_READER(k);
	map of_place = { 0 };
	str *labels = NEW_ARRAY(m->c->mem, str, m->d->n + 1);
	db_unit *unit = NEW_ARRAY(m->c->mem, db_unit, m->places.n + 1);
	str *name = NEW_ARRAY(m->c->mem, str, m->places.n + 1);
	enum err e = db_reader(m->c, m->a->db, &k);
	for (size_t i = 0; i < m->places.n && !e; i++) {
		*map_put(m->c->mem, &of_place, m->places.p[i].code, NULL) = (int64_t)i;
		e = m->places.p[i].unit_id ? db_unit_get(m->c, k, m->places.p[i].unit_id, &unit[i]) : ERR_OK;
		if (unit[i].code.len)
			name[i] = arena_printf(m->c->mem, "%.*s/%.*s", STR_ARG(unit[i].level), STR_ARG(unit[i].code));
	}
	for (size_t row = 0; row < m->d->n && !e; row++) {
		const int64_t *at = m->d->place[row].len ? map_get(&of_place, m->d->place[row]) : NULL;
		labels[row] = at ? name[*at] : (str){ 0 };
	}
	if (e)
		return e;
	group_by_label(m, labels);
	sort_labels(m);
	for (size_t i = 0; i < m->places.n; i++)
		for (size_t g = 1; g < m->r->groups.n; g++)
			if (str_eq(name[i], m->r->groups.p[g].code)) {
				struct survey_group *x = &m->r->groups.p[g];
				x->name[LANG_VI] = x->name[LANG_EN] = unit[i].name;
				x->level = unit[i].level;
			}
	return ERR_OK;
}

static enum err make_groups(struct maker *m)
{
	enum err e = ERR_OK;
	m->group = NEW_ARRAY(m->c->mem, int32_t, m->d->n + 1);
	for (size_t row = 0; row < m->d->n; row++)
		m->group[row] = NO_ITEM;
	add_group(m, (str){ 0 }, (str){ 0 }, (str){ 0 });
	if (m->by_item != NO_ITEM) {
		group_by_item(m);
	} else if (str_is(m->ask->by, "don-vi")) {
		e = group_by_unit(m);
	} else if (m->ask->by.len) {
		bool by_place = str_is(m->ask->by, "noi");
		group_by_label(m, by_place ? m->d->place : m->d->stratum);
		sort_labels(m);
		name_places(m);
	}
	return !e && m->r->groups.n > SURVEY_MAX_GROUPS + 1 ? wrong(m, "survey_result.too_many_groups", m->ask->by) : e;
}

/* ---- who is in ---- */

static void make_parts(struct maker *m)
{
	struct survey_result *r = m->r;
	uint32_t **rows = NEW_ARRAY(m->c->mem, uint32_t *, r->groups.n);
	m->parts = NEW_ARRAY(m->c->mem, struct est_part, r->groups.n);
	for (size_t g = 0; g < r->groups.n; g++) {
		rows[g] = NEW_ARRAY(m->c->mem, uint32_t, (size_t)r->groups.p[g].people + 1);
		m->parts[g].rows = rows[g];
	}
	for (size_t at = 0; at < m->d->n; at++) {
		size_t row = survey_sheet_row(m->sheet, at);
		if (survey_crossing_filter(&m->x, row) != survey_crossing_mine(&m->x) || r->filter_hidden || (m->d->flags && m->d->flags[row]))
			continue;
		rows[0][m->parts[0].n++] = (uint32_t)at;
		size_t g = m->group[row] == NO_ITEM ? 0 : (size_t)m->group[row];
		if (g && !r->groups.p[g].hidden)
			rows[g][m->parts[g].n++] = (uint32_t)at;
	}
}

static void count_states(struct maker *m)
{
	struct survey_result *r = m->r;
	r->counts = NEW_ARRAY(m->c->mem, struct survey_counts, m->q->items.n);
	for (size_t i = 0; i < m->q->items.n; i++) {
		struct survey_counts *k = &r->counts[i];
		int64_t *const of[] = { &k->not_asked, &k->left_out, &k->valid, &k->dont_know, &k->not_experienced, &k->refused };
		for (size_t p = 0; p < m->parts[0].n && m->d->item[i].state; p++)
			++*of[m->d->item[i].state[survey_sheet_row(m->sheet, m->parts[0].rows[p])]];
	}
}

/* ---- lines ---- */

static struct survey_line *line(struct maker *m, size_t group, enum survey_row row, enum survey_stat stat, int32_t factor, int32_t item, int32_t option)
{
	struct survey_line *l = VEC_PUSH(m->c->mem, &m->r->lines);
	*l = (struct survey_line){ .group = group, .row = row, .stat = stat, .factor = factor, .item = item, .option = option };
	l->agg = m->ask->choose ? m->ask->agg : factor == NO_ITEM ? FACTOR_POOLED : m->q->factors.p[factor].agg;
	return l;
}

static void add_factor(struct maker *m, size_t g, int32_t factor, enum survey_row row)
{
	for (int stat = SURVEY_SATISFIED; stat <= SURVEY_POINTS; stat++) {
		if (!survey_factor_has(m->q, factor, (enum survey_stat)stat))
			continue;
		struct survey_line *l = line(m, g, row, (enum survey_stat)stat, row == SURVEY_INDEX ? NO_ITEM : factor, NO_ITEM, NO_ITEM);
		if (row == SURVEY_INDEX && factor != NO_ITEM && !m->ask->choose)
			l->agg = m->q->factors.p[factor].agg;
		survey_sheet_roll(m->sheet, &m->parts[g], factor, l->stat, m->ask->choose, m->ask->agg, m->ask->ci, &l->f);
	}
}

static void add_options(struct maker *m, size_t g, int32_t item)
{
	const struct question_list *l = &m->q->lists.p[m->q->items.p[item].list];
	for (int32_t o = 0; o < (int32_t)l->options.n; o++) {
		if (l->options.p[o].means >= MEANS_DONT_KNOW)
			continue; /* outside the denominator; in the counts */
		struct survey_figure *f = &line(m, g, SURVEY_OPTION, SURVEY_SHARE, NO_ITEM, item, o)->f;
		survey_sheet_item(m->sheet, &m->parts[g], item, SURVEY_SHARE, o, m->ask->ci, f);
	}
}

static void add_item(struct maker *m, size_t g, int32_t item)
{
	for (int stat = SURVEY_SATISFIED; stat <= SURVEY_POINTS; stat++)
		if (survey_item_has(m->q, item, (enum survey_stat)stat))
			survey_sheet_item(m->sheet, &m->parts[g], item, (enum survey_stat)stat, NO_ITEM, m->ask->ci,
				&line(m, g, SURVEY_ITEM, (enum survey_stat)stat, NO_ITEM, item, NO_ITEM)->f);
	if ((!g || item == m->cross) && survey_item_has(m->q, item, SURVEY_SHARE))
		add_options(m, g, item);
}

static void make_lines(struct maker *m)
{
	for (size_t g = 0; g < m->r->groups.n; g++) {
		if (m->r->groups.p[g].hidden) {
			line(m, g, SURVEY_INDEX, m->r->stat, NO_ITEM, NO_ITEM, NO_ITEM)->f = (struct survey_figure){ .state = SURVEY_HIDDEN };
			continue;
		}
		if (m->r->stat != SURVEY_SHARE)
			add_factor(m, g, m->index, SURVEY_INDEX);
		for (int32_t f = 0; f < (int32_t)m->q->factors.n; f++)
			add_factor(m, g, f, SURVEY_FACTOR);
		for (int32_t i = 0; i < (int32_t)m->q->items.n; i++)
			if (question_is_asked(&m->q->items.p[i]))
				add_item(m, g, i);
	}
}

/* ---- ranks ---- */

bool survey_enough(const struct survey_result *r, const struct survey_figure *f)
{
	if (!f || f->state != SURVEY_FIGURE || f->n < SURVEY_MIN_N)
		return false;
	if (r->basis == SURVEY_EVERYBODY)
		return true;
	return r->basis == SURVEY_WEIGHTED && f->df >= 1 && !(f->n_eff < SURVEY_MIN_N_EFF) && f->cv <= SURVEY_MAX_CV;
}

bool survey_by_unit(const struct survey_question *ask)
{
	return str_is(ask->by, "noi") || str_is(ask->by, "don-vi") || str_is(ask->by, "tang");
}

static void rank_groups(struct maker *m)
{
	struct survey_result *r = m->r;
	bool units = survey_by_unit(m->ask);
	for (size_t g = 1; g < r->groups.n && units; g++)
		r->groups.p[g].ranked = survey_enough(r, survey_result_index(r, g));
	for (size_t g = 1; g < r->groups.n; g++) {
		struct survey_group *x = &r->groups.p[g];
		x->rank = x->ranked;
		for (size_t k = 1; k < r->groups.n && x->ranked; k++)
			x->rank += r->groups.p[k].ranked && survey_result_index(r, k)->v > survey_result_index(r, g)->v;
	}
}

const struct survey_line *survey_result_line(
	const struct survey_result *r, size_t group, enum survey_row row, enum survey_stat stat, int32_t factor, int32_t item, int32_t option)
{
	for (size_t i = 0; i < r->lines.n; i++) {
		const struct survey_line *l = &r->lines.p[i];
		if (l->group == group && l->row == row && l->stat == stat && l->factor == factor && l->item == item && l->option == option)
			return l;
	}
	return NULL;
}

/* ---- all of it ---- */

enum err survey_result_from(cx *c, struct app *a, const struct survey_data *d, const struct survey_question *ask, struct survey_result *out)
{
	*out = (struct survey_result){ .s = d->s, .asked = *ask, .everybody = (int64_t)d->n };
	struct maker m = { .c = c, .a = a, .d = d, .q = d->s->q, .ask = ask, .r = out };
	enum err e = look_at_question(&m);
	if (e)
		return e;
	choose_index(&m);
	out->index = m.index;
	m.sheet = survey_sheet_new(c, d, &out->basis, &out->psus, &out->strata);
	if (!m.sheet)
		return ERR_INPUT;
	out->unmet = survey_sheet_unmet(m.sheet);
	e = make_groups(&m);
	if (e)
		return e;
	m.x = (struct survey_crossing){ d, m.group, m.by_item, m.where_item, m.where_option };
	survey_hide_groups(c, &m.x, out);
	make_parts(&m);
	count_states(&m);
	make_lines(&m);
	survey_hide_lines(c, &m.x, m.cross, out);
	rank_groups(&m);
	return ERR_OK;
}

enum err survey_result_of(cx *c, struct app *a, const struct survey_info *s, const struct survey_question *ask, struct survey_result *out)
{
	struct survey_data *d = NEW(c->mem, struct survey_data);
	enum err e = survey_data_load(c, a, s, false, d);
	struct quality q;
	if (!e && ask->clean)
		e = quality_of(c, a, s, 0, &q);
	if (!e && ask->clean && q.n == d->n) /* the order is the same; one that came in between: the next time */
		d->flags = q.flags;
	return e ? e : survey_result_from(c, a, d, ask, out);
}
