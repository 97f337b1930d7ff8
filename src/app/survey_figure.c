#include "app/survey_figure.h"
#include <math.h>
#include "app/survey_weight.h"

enum { DEEPEST = 16, OPTION_STATS = 3 /* satisfied, mean, points */ };

struct survey_sheet {
	cx *c;
	const struct survey_data *d;
	const questionnaire *q;
	est_design *design;
	struct est_run *run;
	bool has_errors; /* of sampling */
	bool unmet;      /* the steps of the weights */
	uint32_t *row;   /* by place in the design */
	double *y, *x, *residual; /* residual: room, when the weights were calibrated */
	double **option; /* by list: OPTION_STATS values of each option */
	double *z[DEEPEST + 1]; /* influences, a level of the tree each */
	struct est_work *work;
};

/* ---- the design ---- */

static size_t filled(const str *column, size_t n)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		k += column[i].len > 0;
	return k;
}

static enum survey_basis basis_of(const struct survey_data *d)
{
	if (d->s->design == SURVEY_SELF_SELECTED)
		return SURVEY_WHO_LIKED;
	for (size_t i = 0; i < d->n; i++) /* whoever passes by a screen belongs to no sample: never pooled with one */
		if (str_is(d->mode[i], "kiosk"))
			return SURVEY_INCOMPLETE;
	const str *const columns[] = { d->weight, d->stratum, d->psu };
	for (size_t i = 0; i < 3; i++) {
		size_t k = filled(columns[i], d->n);
		if (k && k < d->n)
			return SURVEY_INCOMPLETE;
	}
	double w;
	for (size_t i = 0; i < d->n && d->weight[i].len; i++)
		if (!frame_parse(d->weight[i], &w) || !(w > 0) || !isfinite(w))
			return SURVEY_INCOMPLETE;
	return d->s->design == SURVEY_CENSUS ? SURVEY_EVERYBODY : SURVEY_WEIGHTED;
}

static struct frame_column *label_column(frame *f, const char *name, const str *labels, size_t n)
{
	arena *mem = f->c->mem;
	map known = { 0 };
	uint32_t *code = NEW_ARRAY(mem, uint32_t, n + 1);
	VEC(str) levels = { 0 };
	for (size_t i = 0; i < n; i++) {
		bool added;
		int64_t *at = map_put(mem, &known, labels[i], &added);
		if (added) {
			*at = (int64_t)levels.n;
			*VEC_PUSH(mem, &levels) = labels[i];
		}
		code[i] = (uint32_t)*at;
	}
	return frame_factor(f, str_of(name), code, levels.p, (uint32_t)levels.n);
}

/* weigh: do the steps that were recorded, too. */
static enum err make_design(struct survey_sheet *s, enum survey_basis basis, bool weigh)
{
	const struct survey_data *d = s->d;
	cx *c = s->c;
	frame *f = frame_new(c, d->n);
	double *number = NEW_ARRAY(c->mem, double, d->n + 1), *weight = NEW_ARRAY(c->mem, double, d->n + 1);
	bool use = basis == SURVEY_WEIGHTED || basis == SURVEY_EVERYBODY, weighted = use && d->n && d->weight[0].len;
	for (size_t i = 0; i < d->n; i++) {
		number[i] = (double)i;
		weight[i] = 1;
		if (weighted)
			frame_parse(d->weight[i], &weight[i]);
	}
	struct frame_column *at = frame_number(f, STR("row"), number);
	struct est_spec spec = { .weight = frame_number(f, STR("weight"), weight), .nest = true, .lonely = EST_ADJUST };
	if (use && d->n && d->stratum[0].len) {
		spec.stratum[0] = label_column(f, "stratum", d->stratum, d->n);
		spec.strata = 1;
	}
	if (use && d->n && d->psu[0].len) {
		spec.id[0] = label_column(f, "psu", d->psu, d->n);
		spec.stages = 1;
	}
	if (weigh && !(weighted && survey_weigh_before(c, d, d->weigh, weight, f)))
		return ERR_INPUT;
	enum err e = est_design_make(f, &spec, &s->design);
	for (size_t i = 0; i < d->n && !e; i++)
		s->row[i] = (uint32_t)at->number[i];
	return !e && weigh && !survey_weigh_after(d->weigh, s->design) ? ERR_INPUT : e;
}

static void index_options(struct survey_sheet *s);

struct survey_sheet *survey_sheet_new(cx *c, const struct survey_data *d, enum survey_basis *basis, int64_t *psus, int64_t *strata)
{
	struct survey_sheet *s = NEW(c->mem, struct survey_sheet);
	*basis = basis_of(d);
	*s = (struct survey_sheet){ .c = c, .d = d, .q = d->s->q, .has_errors = *basis == SURVEY_WEIGHTED };
	s->row = NEW_ARRAY(c->mem, uint32_t, d->n + 1);
	s->y = NEW_ARRAY(c->mem, double, d->n + 1);
	s->x = NEW_ARRAY(c->mem, double, d->n + 1);
	index_options(s);
	*psus = *strata = 0;
	if (!d->n) /* no answers, no design */
		return s;
	size_t faults = c->n_faults, errors = c->n_errors;
	bool weigh = d->weigh && *basis == SURVEY_WEIGHTED;
	enum err e = make_design(s, *basis, weigh);
	if (e && weigh && !d->weigh_must) { /* by the base weights, then */
		c->n_faults = faults;
		c->n_errors = errors;
		s->unmet = true;
		e = make_design(s, *basis, false);
	}
	if (e)
		return NULL;
	if (s->design->cal)
		s->residual = NEW_ARRAY(c->mem, double, est_cal_room(s->design) + 1);
	s->run = est_start(c->mem, s->design, &(struct est_options){ .df_of_part = true });
	s->work = est_work_new(c->mem, s->design, 1);
	*psus = s->design->psus;
	*strata = s->design->strata;
	return s;
}

bool survey_sheet_unmet(const struct survey_sheet *s)
{
	return s->unmet;
}

size_t survey_sheet_row(const struct survey_sheet *s, size_t at)
{
	return s->row[at];
}

/* ---- values of one person ---- */

/* Figures ask for the same options of every row again and again: they are looked at once. */
static void index_options(struct survey_sheet *s)
{
	const questionnaire *q = s->q;
	dec d;
	s->option = NEW_ARRAY(s->c->mem, double *, q->lists.n + 1);
	for (size_t l = 0; l < q->lists.n; l++) {
		s->option[l] = NEW_ARRAY(s->c->mem, double, q->lists.p[l].options.n *OPTION_STATS + 1);
		for (size_t i = 0; i < q->lists.p[l].options.n; i++) {
			const struct question_option *o = &q->lists.p[l].options.p[i];
			double *to = s->option[l] + i * OPTION_STATS;
			to[SURVEY_SATISFIED] = o->means == MEANS_GOOD;
			to[SURVEY_POINTS] = o->has_weight ? dec_to_double(o->weight) : (double)NAN;
			to[SURVEY_MEAN] = dec_parse(o->code, &d) ? dec_to_double(d) : (double)NAN;
		}
	}
}

static double value_of(const struct survey_sheet *s, int32_t item, enum survey_stat stat, int32_t option, size_t row)
{
	const struct survey_column *k = &s->d->item[item];
	if (k->state[row] != ANSWER_GIVEN)
		return (double)NAN;
	if (k->number)
		return k->number[row];
	if (k->ticks)
		return option < 0 ? (double)NAN : survey_ticked(k, row, (size_t)option);
	if (!k->code || k->code[row] < 0)
		return (double)NAN;
	if (stat == SURVEY_SHARE)
		return k->code[row] == option;
	return s->option[s->q->items.p[item].list][k->code[row] * OPTION_STATS + (int)stat];
}

bool survey_item_has(const questionnaire *q, int32_t item, enum survey_stat stat)
{
	const struct question *x = &q->items.p[item];
	bool good = false, points = false;
	if (x->kind == ASK_NUMBER)
		return stat == SURVEY_MEAN;
	if (x->kind == ASK_MULTIPLE)
		return stat == SURVEY_SHARE;
	if (x->kind != ASK_SINGLE && x->kind != ASK_SCALE)
		return false;
	const struct question_list *l = &q->lists.p[x->list];
	for (size_t i = 0; i < l->options.n; i++) {
		good |= l->options.p[i].means == MEANS_GOOD;
		points |= l->options.p[i].has_weight;
	}
	return stat == SURVEY_SATISFIED ? good : stat == SURVEY_POINTS ? points : stat == SURVEY_MEAN ? x->kind == ASK_SCALE && l->numbers : true;
}

/* Whether an item counts for a factor or for what is below it. */
static bool is_under(const questionnaire *q, int32_t item, int32_t factor, enum survey_stat stat)
{
	const struct question *x = &q->items.p[item];
	if (!question_is_asked(x) || x->kind == ASK_NUMBER || !survey_item_has(q, item, stat))
		return false;
	if (factor == NO_ITEM)
		return true;
	for (int32_t f = x->factor; f != NO_ITEM; f = q->factors.p[f].parent)
		if (f == factor)
			return true;
	return false;
}

bool survey_factor_has(const questionnaire *q, int32_t factor, enum survey_stat stat)
{
	for (int32_t i = 0; i < (int32_t)q->items.n; i++)
		if (is_under(q, i, factor, stat))
			return true;
	return false;
}

/* ---- one item ---- */

static void count(const struct survey_sheet *s, const struct est_part *part, int32_t item, enum survey_stat stat, int32_t option,
	struct survey_figure *f)
{
	enum survey_stat of = stat == SURVEY_MEAN || stat == SURVEY_POINTS ? SURVEY_SATISFIED : stat;
	for (size_t i = 0; i < part->n; i++) {
		double y = value_of(s, item, of, option, s->row[part->rows[i]]);
		f->answers += !isnan(y);
		f->hits += y > 0;
	}
}

static void fill_value(const struct survey_sheet *s, int32_t item, enum survey_stat stat, int32_t option)
{
	for (size_t i = 0; i < s->d->n; i++)
		s->y[i] = value_of(s, item, stat, option, s->row[i]);
}

static void no_errors(struct survey_figure *f)
{
	f->se = f->low = f->high = f->deff = f->df = f->n_eff = f->cv = (double)NAN;
}

/* What is known of a figure by its variance; nothing for a survey without sampling errors. */
static void finish(const struct survey_sheet *s, double variance, double deff, double df, bool share, enum est_ci ci, struct survey_figure *f)
{
	no_errors(f);
	f->state = isnan(f->v) ? SURVEY_NO_ANSWER : SURVEY_FIGURE;
	if (!s->has_errors || f->state != SURVEY_FIGURE)
		return;
	/* Nobody or everybody: no variance that an interval could be made of, and one without width would say that the population is known. */
	bool edge = share && (f->hits == 0 || f->hits == f->answers);
	struct est_interval i = est_interval(share ? ci : EST_CI_T, f->v, variance, df, (size_t)f->n, 0.95);
	f->se = sqrt(variance);
	f->low = edge ? (double)NAN : i.low;
	f->high = edge ? (double)NAN : i.high;
	f->df = df;
	f->deff = deff;
	f->n_eff = isnan(deff) ? (double)NAN : deff > 1 ? (double)f->n / deff : (double)f->n;
	f->cv = f->v != 0 ? f->se / fabs(f->v) : (double)NAN;
}

void survey_sheet_item(struct survey_sheet *s, const struct est_part *part, int32_t item, enum survey_stat stat, int32_t option, enum est_ci ci,
	struct survey_figure *out)
{
	*out = (struct survey_figure){ .v = (double)NAN };
	no_errors(out);
	if (!part->n)
		return;
	struct est_value v;
	struct frame_column y = { .number = s->y };
	fill_value(s, item, stat, option);
	est_value(s->run, &(struct est_ask){ .kind = EST_MEAN, .y = &y }, part, &v);
	count(s, part, item, stat, option, out);
	out->v = v.estimate;
	out->n = out->answers = (int64_t)v.n;
	finish(s, v.variance, v.deff, v.df, stat == SURVEY_SHARE || stat == SURVEY_SATISFIED, ci, out);
}

/* ---- roll-ups ---- */

struct roll {
	struct survey_sheet *s;
	const struct est_part *part;
	enum survey_stat stat;
	bool choose;
	enum factor_agg agg;
};

static enum factor_agg agg_of(const struct roll *r, int32_t factor)
{
	return r->choose ? r->agg : factor == NO_ITEM ? FACTOR_POOLED : r->s->q->factors.p[factor].agg;
}

static double *room(struct survey_sheet *s, int depth)
{
	if (!s->z[depth])
		s->z[depth] = NEW_ARRAY(s->c->mem, double, s->d->n + 1);
	return s->z[depth];
}

/* y: sum of a person's values, x: how many are valid. */
static void fill_sums(const struct roll *r, int32_t factor)
{
	struct survey_sheet *s = r->s;
	for (size_t i = 0; i < s->d->n; i++)
		s->y[i] = s->x[i] = 0;
	for (int32_t k = 0; k < (int32_t)s->q->items.n; k++) {
		if (!is_under(s->q, k, factor, r->stat))
			continue;
		for (size_t i = 0; i < s->d->n; i++) {
			double v = value_of(s, k, r->stat, NO_ITEM, s->row[i]);
			if (isnan(v))
				continue;
			s->y[i] += v;
			s->x[i] += 1;
		}
	}
	for (size_t i = 0; i < s->d->n; i++)
		if (s->x[i] == 0)
			s->y[i] = (double)NAN;
}

static double pooled(const struct roll *r, int32_t factor, double *z)
{
	struct survey_sheet *s = r->s;
	struct frame_column y = { .number = s->y }, x = { .number = s->x };
	struct est_value v;
	fill_sums(r, factor);
	est_value(s->run, &(struct est_ask){ .kind = EST_RATIO, .y = &y, .x = &x }, r->part, &v);
	est_influence(s->run, z);
	return v.estimate;
}

static double one_item(const struct roll *r, int32_t item, double *z)
{
	struct survey_sheet *s = r->s;
	struct frame_column y = { .number = s->y };
	struct est_value v;
	fill_value(s, item, r->stat, NO_ITEM);
	est_value(s->run, &(struct est_ask){ .kind = EST_MEAN, .y = &y }, r->part, &v);
	est_influence(s->run, z);
	return v.estimate;
}

/* A weighted mean that grows; what nobody answered is not in it. */
struct mean {
	double sum, weight;
	double *z;
};

static void add(const struct survey_sheet *s, struct mean *m, double v, const double *z, double weight)
{
	if (isnan(v) || !(weight > 0))
		return;
	m->sum += weight * v;
	m->weight += weight;
	for (size_t i = 0; i < s->d->n; i++)
		m->z[i] += weight * z[i];
}

static double weight_of(const struct roll *r, int32_t factor, bool has, dec weight)
{
	return agg_of(r, factor) != FACTOR_WEIGHTS ? 1 : has ? dec_to_double(weight) : 0;
}

static double rolled(const struct roll *r, int32_t factor, int depth, double *z);

static void add_factors(const struct roll *r, int32_t factor, int depth, struct mean *m)
{
	const questionnaire *q = r->s->q;
	for (int32_t k = 0; k < (int32_t)q->factors.n; k++) {
		const struct question_factor *f = &q->factors.p[k];
		if (f->parent != factor || factor == NO_ITEM || !survey_factor_has(q, k, r->stat))
			continue;
		double *z = room(r->s, depth + 1);
		add(r->s, m, rolled(r, k, depth + 1, z), z, weight_of(r, factor, f->has_weight, f->weight));
	}
}

static double rolled(const struct roll *r, int32_t factor, int depth, double *z)
{
	struct survey_sheet *s = r->s;
	const questionnaire *q = s->q;
	enum factor_agg agg = agg_of(r, factor);
	if (agg == FACTOR_POOLED || depth + 1 >= DEEPEST)
		return pooled(r, factor, z);
	bool all = agg == FACTOR_MEAN_ITEMS;
	struct mean m = { .z = z };
	memset(z, 0, s->d->n * sizeof *z);
	if (!all)
		add_factors(r, factor, depth, &m);
	for (int32_t k = 0; k < (int32_t)q->items.n; k++) {
		const struct question *x = &q->items.p[k];
		if (!is_under(q, k, factor, r->stat) || !(all || factor == NO_ITEM || x->factor == factor))
			continue;
		double *of = room(s, depth + 1);
		add(s, &m, one_item(r, k, of), of, weight_of(r, factor, x->has_weight, x->weight));
	}
	for (size_t i = 0; i < s->d->n && m.weight > 0; i++)
		z[i] /= m.weight;
	return m.weight > 0 ? m.sum / m.weight : (double)NAN;
}

/* Variance of a simple random sample of the same people, for the design effect: of the total of e = z / w. */
static double simple_variance(const struct survey_sheet *s, const struct est_part *part, const double *z)
{
	const double *w = s->design->weight;
	double total = 0, mean = 0, squares = 0, n = 0;
	for (size_t i = 0; i < part->n; i++) {
		size_t at = part->rows[i];
		if (s->x[at] == 0)
			continue;
		n++;
		total += w[at];
		mean += z[at];
	}
	mean /= total;
	for (size_t i = 0; i < part->n; i++) {
		size_t at = part->rows[i];
		if (s->x[at] != 0)
			squares += w[at] * (z[at] / w[at] - mean) * (z[at] / w[at] - mean);
	}
	return n > 1 && total > n ? squares / total * n / (n - 1) * (1 - n / total) / n * total * total : (double)NAN;
}

static void count_people(const struct roll *r, int32_t factor, struct survey_figure *f)
{
	struct survey_sheet *s = r->s;
	fill_sums(r, factor);
	for (size_t i = 0; i < r->part->n; i++) {
		size_t at = r->part->rows[i];
		if (s->x[at] == 0)
			continue;
		f->n++;
		f->answers += (int64_t)s->x[at];
		f->hits += r->stat == SURVEY_SATISFIED ? (int64_t)s->y[at] : 0;
	}
}

void survey_sheet_roll(struct survey_sheet *s, const struct est_part *part, int32_t factor, enum survey_stat stat, bool choose, enum factor_agg agg,
	enum est_ci ci, struct survey_figure *out)
{
	*out = (struct survey_figure){ .v = (double)NAN };
	no_errors(out);
	if (!part->n)
		return;
	struct roll r = { s, part, stat, choose, agg };
	double *z = room(s, 0);
	out->v = rolled(&r, factor, 0, z);
	count_people(&r, factor, out);
	if (isnan(out->v))
		return;
	double simple = simple_variance(s, part, z);
	if (s->residual)
		est_cal_residuals(s->design, z, s->residual);
	double variance = est_variance(s->design, NULL, s->d->n, z, s->work), deff = variance / simple;
	finish(s, variance, isfinite(deff) ? deff : (double)NAN, (double)est_rows_df(s->design, part->rows, part->n), stat == SURVEY_SATISFIED, ci, out);
}

void survey_sheet_change(struct survey_sheet *s, const struct est_part part[2], int32_t factor, enum survey_stat stat, struct survey_figure *old,
	struct survey_figure *now, double *variance, double *df)
{
	double *z = NEW_ARRAY(s->c->mem, double, s->d->n + 1);
	uint32_t *rows = NEW_ARRAY(s->c->mem, uint32_t, s->d->n + 1);
	survey_sheet_roll(s, &part[0], factor, stat, false, FACTOR_POOLED, EST_CI_LOGIT, old);
	memcpy(z, room(s, 0), s->d->n * sizeof *z);
	survey_sheet_roll(s, &part[1], factor, stat, false, FACTOR_POOLED, EST_CI_LOGIT, now);
	for (size_t i = 0; i < s->d->n; i++) {
		z[i] = room(s, 0)[i] - z[i];
		rows[i] = (uint32_t)i;
	}
	*variance = est_variance(s->design, NULL, s->d->n, z, s->work);
	*df = (double)est_rows_df(s->design, rows, s->d->n);
}
