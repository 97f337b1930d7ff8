/* Behind the plain estimates: tests, scales, change, covariances, places. */
#include <math.h>
#include "cli/estimate.h"
#include "engine/est_test.h"

static const struct est_value NOTHING = { .estimate = (double)NAN, .variance = (double)NAN, .se = (double)NAN, .deff = (double)NAN, .df = (double)NAN,
	.ci = { (double)NAN, (double)NAN }, .cv = (double)NAN, .n_eff = (double)NAN };

static struct estimate_row *add(struct estimate_job *j, str stat, str level, str domain)
{
	struct estimate_row *row = VEC_PUSH(j->cli->c->mem, &j->report.rows);
	*row = (struct estimate_row){ .stat = stat, .level = level, .domain = domain, .v = NOTHING };
	return row;
}

static void add_figure(struct estimate_job *j, str stat, const char *level, size_t part, double x, size_t n)
{
	struct estimate_row *row = add(j, stat, arena_str(j->cli->c->mem, str_of(level)), j->parts.p[part].label);
	row->part = part;
	row->v.estimate = x;
	row->v.n = n;
	row->figure = true;
}

static void add_item(struct estimate_job *j, const struct estimate_stat *s, int k, const struct est_alpha *a, size_t part)
{
	static const char *const names[] = { "mean", "sd", "r_rest", "alpha_without" };
	const struct est_item_figures *f = &a->item[k];
	double figures[] = { f->mean, f->sd, f->rest_correlation, f->alpha_without };
	for (int i = 0; i < 4; i++) {
		str level = arena_printf(j->cli->c->mem, "%s:%.*s", names[i], STR_ARG(s->items[k]->name));
		add_figure(j, s->text, level.p, part, figures[i], a->n);
	}
}

static void special_alpha(struct estimate_job *j, const struct estimate_stat *s, size_t part)
{
	struct est_alpha a;
	est_alpha(j->d, s->items, s->n_items, &j->parts.p[part], &a);
	add_figure(j, s->text, "alpha", part, a.alpha, a.n);
	for (int k = 0; k < s->n_items; k++)
		add_item(j, s, k, &a, part);
}

bool estimate_special(struct estimate_job *j, const struct estimate_stat *s, size_t p)
{
	const struct est_part *part = &j->parts.p[p];
	if (s->kind == STAT_ALPHA) {
		special_alpha(j, s, p);
		return true;
	}
	if (s->kind == STAT_ICC) {
		struct est_icc icc;
		est_icc(j->d, s->y, s->x, part, &icc);
		add_figure(j, s->text, "icc", p, icc.icc, icc.n);
		add_figure(j, s->text, "groups", p, icc.groups, icc.n);
		return true;
	}
	struct est_test t;
	if (est_test(j->run, s->items[0], s->items[1], part, &t))
		return false;
	if (t.df == 0) { /* one part of several does not stop the others */
		bool stops = j->parts.n == 1;
		str label = j->o.cell ? STR("–") : part->label; /* a small one is not talked of */
		cx_fault(j->cli->c, stops ? FAULT_ERROR : FAULT_NOTE, "est.test_levels", (place){ .file = j->f->file, .field = s->text }, label);
		if (stops)
			return false;
	}
	const struct {
		const char *name;
		double value;
	} figures[] = { { "F", t.f }, { "ndf", t.ndf }, { "ddf", t.ddf }, { "p", t.p_second }, { "chi2", t.chi2 }, { "chi2_df", t.df },
		{ "chi2_p", t.p_first }, { "X2", t.x2 } };
	for (size_t k = 0; k < sizeof figures / sizeof figures[0]; k++)
		add_figure(j, s->text, figures[k].name, p, figures[k].value, t.n);
	return true;
}

/* ---- change ---- */

/* The number of a value of the first part column. False: told. */
static bool find_value(struct estimate_job *j, str value, uint32_t *code)
{
	return estimate_find_level(j, j->by[0], str_trim(value), code);
}

/* The part whose first value is `first` and whose others are those of `old`. */
static const struct est_part *find_part(const struct estimate_job *j, uint32_t first, const struct est_part *old)
{
	for (size_t p = 0; p < j->parts.n; p++) {
		uint32_t row = j->parts.p[p].rows[0];
		bool same = j->by[0]->code[row] == first;
		for (int k = 1; same && k < j->n_by; k++)
			same = j->by[k]->code[row] == j->by[k]->code[old->rows[0]];
		if (same)
			return &j->parts.p[p];
	}
	return NULL;
}

static bool add_change(struct estimate_job *j, const struct estimate_stat *s, const struct est_ask *ask, const struct est_part *old, const struct est_part *now)
{
	struct est_item items[2] = { { *ask, old }, { *ask, now } };
	struct est_value v[2];
	double cov[4];
	if (est_covariance(j->run, items, 2, v, cov))
		return false;
	str mark = arena_printf(j->cli->c->mem, "%.*s->%.*s", STR_ARG(old->label), STR_ARG(now->label));
	struct estimate_row *row = add(j, s->text, s->all_levels ? s->y->level[ask->level] : s->level, mark);
	row->share = ask->kind == EST_PROP;
	row->hidden = estimate_is_hidden(j, s, ask->level, (size_t)(old - j->parts.p)) || estimate_is_hidden(j, s, ask->level, (size_t)(now - j->parts.p));
	row->v.estimate = v[1].estimate - v[0].estimate;
	row->v.variance = fmax(cov[0] + cov[3] - 2 * cov[1], 0);
	row->v.se = sqrt(row->v.variance);
	row->v.df = fmin(v[0].df, v[1].df);
	row->v.n = v[0].n + v[1].n;
	row->v.ci = est_interval(EST_CI_T, row->v.estimate, row->v.variance, row->v.df, row->v.n, j->o.est.level);
	return true;
}

static bool change_note(struct estimate_job *j, const char *key, str value)
{
	cx_fault(j->cli->c, FAULT_NOTE, key, (place){ .file = j->f->file }, value);
	return true;
}

bool estimate_change(struct estimate_job *j, const struct estimate_stat *s)
{
	str rest = str_of(j->o.change), from;
	uint32_t before, after;
	size_t pairs = 0;
	str_next(&rest, ',', &from);
	if (!find_value(j, from, &before) || !find_value(j, rest, &after))
		return false;
	if (s->ask.kind == EST_QUANTILE)
		return change_note(j, "estimate.change_quantile", s->text);
	for (size_t p = 0; p < j->parts.n; p++) {
		const struct est_part *old = &j->parts.p[p], *now = j->by[0]->code[old->rows[0]] == before ? find_part(j, after, old) : NULL;
		pairs += now != NULL;
		for (uint32_t k = 0; now && k < (s->all_levels ? s->y->n_levels : 1); k++) {
			struct est_ask ask = s->ask;
			if (s->all_levels)
				ask.level = k;
			if (!add_change(j, s, &ask, old, now))
				return false;
		}
	}
	return pairs ? true : change_note(j, "estimate.change_none", str_of(j->o.change));
}

/* ---- covariances ---- */

static str name_of(const struct estimate_job *j, const struct estimate_stat *s, str level, const struct est_part *part)
{
	str name = s->all_levels ? arena_printf(j->cli->c->mem, "%.*s=%.*s", STR_ARG(s->text), STR_ARG(level)) : s->text;
	return part->label.len ? arena_printf(j->cli->c->mem, "%.*s @ %.*s", STR_ARG(name), STR_ARG(part->label)) : name;
}

bool estimate_covariance(struct estimate_job *j)
{
	arena *mem = j->cli->c->mem;
	VEC(struct est_item) items = { 0 };
	VEC(str) names = { 0 };
	VEC(bool) hidden = { 0 };
	for (int i = 0; i < j->o.stats.n; i++) {
		const struct estimate_stat *s = &j->stats[i];
		if (s->kind != STAT_PLAIN || s->ask.kind == EST_QUANTILE)
			continue;
		for (size_t p = 0; p < j->parts.n; p++)
			for (uint32_t k = 0; k < (s->all_levels ? s->y->n_levels : 1); k++) {
				struct est_item one = { s->ask, &j->parts.p[p] };
				if (s->all_levels)
					one.ask.level = k;
				*VEC_PUSH(mem, &items) = one;
				str name = name_of(j, s, s->all_levels ? s->y->level[k] : s->level, &j->parts.p[p]);
				*VEC_PUSH(mem, &names) = name;
				*VEC_PUSH(mem, &hidden) = estimate_is_hidden(j, s, one.ask.level, p);
			}
	}
	size_t k = items.n;
	if (k > 1000)
		return cli_misuse(j->cli, "estimate.too_many", "--covariance"), false;
	struct est_value *values = NEW_ARRAY(mem, struct est_value, k + 1);
	double *cov = NEW_ARRAY(mem, double, k *k + 1);
	if (k && est_covariance(j->run, items.p, (int)k, values, cov))
		return false;
	for (size_t a = 0; a < k; a++)
		for (size_t b = a + 1; b < k; b++) {
			struct estimate_row *row = add(j, STR("covariance"), names.p[a], names.p[b]);
			row->v.estimate = cov[a * k + b];
			row->v.n = values[a].n < values[b].n ? values[a].n : values[b].n;
			row->figure = true;
			row->hidden = hidden.p[a] || hidden.p[b];
		}
	return true;
}

/* ---- places ---- */

bool estimate_place(struct estimate_job *j, const struct est_ask *ask, size_t from)
{
	arena *mem = j->cli->c->mem;
	size_t m = j->parts.n;
	struct est_item *items = NEW_ARRAY(mem, struct est_item, m + 1);
	struct est_value *v = NEW_ARRAY(mem, struct est_value, m + 1);
	struct est_place *places = NEW_ARRAY(mem, struct est_place, m + 1);
	bool *ranked = NEW_ARRAY(mem, bool, m + 1);
	double *cov = NULL;
	for (size_t p = 0; p < m; p++) {
		struct estimate_row *row = &j->report.rows.p[from + p];
		items[p] = (struct est_item){ *ask, &j->parts.p[p] };
		v[p] = row->v;
		row->falls_short = est_falls_short(&row->v, &j->o.thresholds);
		ranked[p] = row->falls_short == EST_SHORT_NOTHING && !row->hidden;
	}
	if (ask->kind != EST_QUANTILE && m <= 1000 && m * j->d->n <= EST_MAX_COVARIANCE) {
		cov = NEW_ARRAY(mem, double, m *m + 1);
		if (est_covariance(j->run, items, (int)m, v, cov))
			return false;
	}
	est_rank(v, ranked, m, cov, j->o.est.level, places);
	for (size_t p = 0; p < m; p++)
		j->report.rows.p[from + p].place = places[p];
	return true;
}
