#include "app/survey_weight.h"
#include "app/survey_public.h"
#include <math.h>
#include "app/audit.h"
#include "app/survey_figure.h"
#include "engine/weigh.h"

static bool refuse(cx *c, const char *key, str value)
{
	cx_fault(c, FAULT_ERROR, key, (place){ 0 }, value);
	return false;
}

/* ---- loading ---- */

static enum err load_drawn(cx *c, db_conn *k, int64_t survey_id, struct survey_weigher *g)
{
	db_draw draw;
	db_sample_list units = { 0 };
	enum err e = db_draw_last(c, k, survey_id, &draw);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (!e)
		e = db_sample_all(c, k, draw.id, &units);
	for (size_t i = 0; i < units.n && !e; i++) {
		bool added;
		double w;
		if (units.p[i].reserve || !frame_parse(units.p[i].weight, &w))
			continue;
		int64_t *at = map_put(c->mem, &g->drawn, units.p[i].stratum, &added);
		if (added) {
			*VEC_PUSH(c->mem, &g->drawn_sum) = 0;
			*at = (int64_t)g->drawn_sum.n;
		}
		g->drawn_sum.p[*at - 1] += w;
	}
	return e;
}

/* What faults call a margin: "A1, A3". */
static str name_of(cx *c, const struct est_margin *m)
{
	str s = m->name[0];
	for (int k = 1; k < m->n_by; k++)
		s = arena_printf(c->mem, "%.*s, %.*s", STR_ARG(s), STR_ARG(m->name[k]));
	return s;
}

static bool read_margins(cx *c, struct survey_weigher *g, const db_weight_step *step)
{
	str rest = step->margins;
	bool good = true;
	while (good && rest.len && g->n_margins < WEIGHT_MARGINS) {
		const char *z = arena_cstr(c->mem, rest), *end = strstr(z, "\n\n");
		str one = end ? (str){ z, (size_t)(end - z) + 1 } : (str){ z, rest.len };
		rest = end ? (str){ end + 2, rest.len - one.len - 1 } : (str){ 0 };
		csv_options opt = { .delimiter = ',', .encoding = CSV_UTF8 };
		good = est_margin_read(c, csv_open_mem(c, step->kind, one, &opt), step->kind, &g->margin[g->n_margins]) == ERR_OK;
		if (good)
			g->margin[g->n_margins]->file = name_of(c, g->margin[g->n_margins]);
		g->n_margins++;
	}
	g->post |= str_is(step->kind, "poststratify");
	return good;
}

/* What the steps go by. */
static enum err load_needed(cx *c, db_conn *k, int64_t survey_id, struct survey_weigher *g)
{
	enum err e = load_drawn(c, k, survey_id, g);
	for (size_t i = 0; i < g->steps.n && !e; i++)
		if (g->steps.p[i].margins.len && !read_margins(c, g, &g->steps.p[i]))
			e = ERR_INPUT;
	return e;
}

enum err survey_weigher_load(cx *c, db_conn *k, int64_t survey_id, struct survey_weigher **out)
{
	struct survey_weigher *g = NEW(c->mem, struct survey_weigher);
	enum err e = db_weights_all(c, k, survey_id, &g->steps);
	*out = e || !g->steps.n ? NULL : g;
	if (e || !g->steps.n)
		return e;
	return load_needed(c, k, survey_id, g);
}

/* ---- doing the steps ---- */

static void note(db_weight_step *s, const double *w, size_t n, bool after)
{
	struct weigh_figures f;
	weigh_look(w, n, &f);
	if (!after) {
		s->total_before = f.total;
		return;
	}
	s->people = (int64_t)f.n;
	s->total_after = f.total;
	s->least = f.min;
	s->greatest = f.max;
	s->deff = f.deff;
}

static bool do_nonresponse(cx *c, const struct survey_data *d, const struct survey_weigher *g, double *w)
{
	uint32_t *class = NEW_ARRAY(c->mem, uint32_t, d->n + 1), classes = (uint32_t)g->drawn_sum.n;
	if (!classes)
		return refuse(c, "weight.no_draw", d->s->code);
	for (size_t i = 0; i < d->n; i++) {
		const int64_t *at = map_get(&g->drawn, d->stratum[i]);
		if (!at)
			return refuse(c, "sample.class_empty", d->stratum[i]);
		class[i] = (uint32_t)(*at - 1);
	}
	return weigh_to(w, d->n, class, classes, g->drawn_sum.p) == classes || refuse(c, "sample.class_empty", d->s->code);
}

static bool counts_persons(cx *c, const struct survey_info *of, const db_weight_step *s)
{
	int32_t item = questionnaire_find(of->q, s->params);
	return (item != NO_ITEM && of->q->items.p[item].kind == ASK_NUMBER) || refuse(c, "weight.no_number", s->params);
}

/* Chosen from so many: an answer without the number, or with one that no household has, tells nothing about its weight. */
static bool do_within(cx *c, const struct survey_data *d, const db_weight_step *s, double *w)
{
	const double *persons = d->item[questionnaire_find(d->s->q, s->params)].number;
	size_t without = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (persons[i] >= 1 && persons[i] <= WEIGHT_PERSONS)
			w[i] *= persons[i];
		else
			without++;
	}
	return !without || refuse(c, "weight.persons", arena_printf(c->mem, "%.*s: %zu", STR_ARG(s->params), without));
}

str weight_bounds(arena *mem, str params)
{
	str high = params, low;
	str_next(&high, ':', &low);
	return arena_printf(mem, "%s%.*s%s%s%.*s", low.len ? "≥ " : "", STR_ARG(low), low.len && high.len ? ", " : "", high.len ? "≤ " : "", STR_ARG(high));
}

static double bound(str s, const double *w, size_t n, double otherwise, arena *mem)
{
	bool times = s.len && s.p[s.len - 1] == 'x';
	double x = otherwise;
	if (s.len && !(frame_parse((str){ s.p, s.len - times }, &x) && x >= 0))
		return (double)NAN;
	return times ? x * weigh_median(w, n, mem) : x;
}

static bool do_trim(cx *c, size_t n, const db_weight_step *s, double *w)
{
	bool fits = false;
	str rest = s->params, low;
	str_next(&rest, ':', &low);
	double lo = bound(low, w, n, 0, c->mem), hi = bound(rest, w, n, (double)INFINITY, c->mem);
	if (isnan(lo) || isnan(hi))
		return refuse(c, "weight.bound", isnan(lo) ? low : rest);
	weigh_trim(w, n, lo, hi, c->mem, &fits);
	return fits || refuse(c, "sample.trim", weight_bounds(c->mem, s->params));
}

static bool do_step(cx *c, const struct survey_data *d, const struct survey_weigher *g, const db_weight_step *s, double *w)
{
	if (str_is(s->kind, "trim"))
		return do_trim(c, d->n, s, w);
	if (!str_is(s->kind, "within"))
		return do_nonresponse(c, d, g, w);
	return counts_persons(c, d->s, s) && do_within(c, d, s, w);
}

/* An item as a factor of its options' codes. */
static bool add_column(cx *c, const struct survey_data *d, frame *f, str code)
{
	const questionnaire *q = d->s->q;
	for (size_t i = 0; i < f->columns.n; i++)
		if (str_eq(f->columns.p[i]->name, code))
			return true;
	for (size_t i = 0; i < q->items.n; i++) {
		const struct question *x = &q->items.p[i];
		if (!str_eq(x->code, code) || !d->item[i].code)
			continue;
		const struct question_list *l = &q->lists.p[x->list];
		str *level = NEW_ARRAY(c->mem, str, l->options.n + 1);
		uint32_t *at = NEW_ARRAY(c->mem, uint32_t, d->n + 1);
		for (size_t k = 0; k < l->options.n; k++)
			level[k] = l->options.p[k].code;
		for (size_t r = 0; r < d->n; r++)
			at[r] = d->item[i].code[r] < 0 ? FRAME_MISSING : (uint32_t)d->item[i].code[r];
		frame_factor(f, x->code, at, level, (uint32_t)l->options.n);
		return true;
	}
	return refuse(c, "weight.no_item", code);
}

bool survey_weigh_before(cx *c, const struct survey_data *d, struct survey_weigher *g, double *w, frame *f)
{
	bool good = true;
	for (size_t i = 0; i < g->steps.n && good; i++) {
		db_weight_step *s = &g->steps.p[i];
		if (s->margins.len)
			continue;
		note(s, w, d->n, false);
		good = do_step(c, d, g, s, w);
		note(s, w, d->n, true);
	}
	for (int m = 0; m < g->n_margins && good; m++)
		for (int k = 0; k < g->margin[m]->n_by && good; k++)
			good = add_column(c, d, f, g->margin[m]->name[k]);
	return good;
}

bool survey_weigh_after(struct survey_weigher *g, est_design *d)
{
	bool good = true;
	for (int m = 0; m < g->n_margins && good; m++)
		good = est_margin_want(d->f, g->margin[m]) == ERR_OK;
	for (size_t i = 0; i < g->steps.n && good; i++) {
		db_weight_step *s = &g->steps.p[i];
		if (!s->margins.len)
			continue;
		bool post = str_is(s->kind, "poststratify");
		note(s, d->weight, d->n, false);
		good = !(post ? est_poststratify(d, g->margin[0]) : est_rake(d, g->margin + g->post, g->n_margins - g->post, 0));
		note(s, d->weight, d->n, true);
	}
	return good;
}

/* ---- recording ---- */

static void add_step(cx *c, db_weight_list *l, const char *kind, str params, str margins)
{
	db_weight_step *s = VEC_PUSH(c->mem, l);
	*s = (db_weight_step){ .no = (int64_t)l->n, .kind = str_of(kind), .params = params, .margins = margins };
}

/* One table after the other, an empty line between; no other empty lines. */
static str join(cx *c, const str *text, int n)
{
	buf b;
	buf_init(&b, WEIGHT_MARGINS * WEIGHT_MARGIN_BYTES);
	for (int k = 0; k < n; k++) {
		str rest = text[k], line;
		if (k)
			buf_char(&b, '\n');
		while (str_next(&rest, '\n', &line)) {
			line = str_trim(line);
			if (line.len) {
				buf_add(&b, line);
				buf_char(&b, '\n');
			}
		}
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

struct weigh_work {
	const struct actor *who;
	const struct survey_info *s;
	db_weight_list steps;
};

static enum err store(cx *c, db_conn *k, void *arg)
{
	struct weigh_work *w = arg;
	enum err e = db_weights_put(c, k, w->s->id, w->who->login, w->steps.p, w->steps.n);
	return e ? e : audit_add(c, k, w->who, "sample.weigh", w->s->code, arena_printf(c->mem, "{\"steps\":%zu}", w->steps.n));
}

/* ---- looking ---- */

static str cell_name(buf *b, const struct est_margin *m, const str *level)
{
	b->len = 0;
	for (int k = 0; k < m->n_by; k++)
		buf_printf(b, "%s%.*s=%.*s", k ? ", " : "", STR_ARG(m->name[k]), STR_ARG(level[k]));
	return buf_str(b);
}

static void look_margin(cx *c, const struct survey_data *d, const struct est_margin *m, struct weight_look *look)
{
	map at = { 0 };
	size_t first = look->cells.n;
	bool added;
	buf b;
	for (int k = 0; k < m->n_by; k++)
		if (!m->by[k])
			return; /* not an item of the survey: told as a fault */
	buf_init(&b, 0);
	for (size_t i = 0; i < m->rows.n; i++) {
		str name = arena_str(c->mem, cell_name(&b, m, m->rows.p[i].level));
		*map_put(c->mem, &at, name, &added) = (int64_t)(first + i);
		*VEC_PUSH(c->mem, &look->cells) = (struct weight_cell){ .name = name, .total = m->rows.p[i].total };
	}
	for (size_t r = 0; r < d->n; r++) {
		str level[FRAME_MAX_BY];
		bool there = true;
		for (int k = 0; k < m->n_by && there; k++) {
			const struct frame_column *x = m->by[k];
			there = x->code[r] != FRAME_MISSING;
			level[k] = there ? x->level[x->code[r]] : STR("");
		}
		const int64_t *found = there ? map_get(&at, cell_name(&b, m, level)) : NULL;
		if (found)
			look->cells.p[*found].people++;
	}
	buf_free(&b);
}

static void look_base(cx *c, const struct survey_data *d, struct weight_look *look)
{
	double *w = NEW_ARRAY(c->mem, double, d->n + 1);
	db_weight_step *s = VEC_PUSH(c->mem, &look->steps);
	*s = (db_weight_step){ .kind = STR("base") };
	for (size_t i = 0; i < d->n; i++)
		if (!frame_parse(d->weight[i], &w[i]) || !isfinite(w[i]))
			w[i] = 0;
	note(s, w, d->n, false);
	note(s, w, d->n, true);
}

/* look: NULL, or what is to be filled. */
static enum err try_steps(cx *c, struct app *a, const struct survey_info *s, struct survey_weigher *g, struct weight_look *look)
{
	DB_READER(k);
	struct survey_data *d = NEW(c->mem, struct survey_data);
	enum survey_basis basis;
	int64_t psus, strata;
	for (size_t i = 0; i < g->steps.n; i++) /* also while nobody has answered */
		if (str_is(g->steps.p[i].kind, "within") && !counts_persons(c, s, &g->steps.p[i]))
			return ERR_INPUT;
	enum err e = survey_data_load(c, a, s, false, d);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = load_needed(c, k, s->id, g);
	size_t errors = c->n_errors;
	if (e)
		return e;
	d->weigh = g;
	d->weigh_must = true;
	bool good = survey_sheet_new(c, d, &basis, &psus, &strata) && c->n_errors == errors;
	if (look)
		look_base(c, d, look);
	for (int m = 0; m < g->n_margins && look; m++)
		look_margin(c, d, g->margin[m], look);
	if (!good)
		return ERR_INPUT;
	return basis == SURVEY_WEIGHTED ? ERR_OK : cx_fail(c, ERR_INPUT, "weight.not_probability", (place){ 0 }, s->code);
}

static struct survey_weigher *weigher_of(cx *c, const struct weight_wish *wish)
{
	struct survey_weigher *g = NEW(c->mem, struct survey_weigher);
	if (wish->nonresponse)
		add_step(c, &g->steps, "nonresponse", STR("stratum"), STR(""));
	if (wish->within.len)
		add_step(c, &g->steps, "within", wish->within, STR(""));
	if (wish->low.len || wish->high.len)
		add_step(c, &g->steps, "trim", arena_printf(c->mem, "%.*s:%.*s", STR_ARG(wish->low), STR_ARG(wish->high)), STR(""));
	if (wish->poststrat.len)
		add_step(c, &g->steps, "poststratify", STR(""), join(c, &wish->poststrat, 1));
	if (wish->n_rake)
		add_step(c, &g->steps, "rake", STR(""), join(c, wish->rake, wish->n_rake));
	return g;
}

enum err survey_weigh_look(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct weight_wish *wish,
	struct weight_look *out)
{
	struct survey_weigher *g = weigher_of(c, wish);
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	*out = (struct weight_look){ 0 };
	if (!e)
		e = try_steps(c, a, s, g, out);
	for (size_t i = 0; i < g->steps.n && !e; i++)
		*VEC_PUSH(c->mem, &out->steps) = g->steps.p[i];
	return e;
}

enum err survey_weigh(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct weight_wish *wish, db_weight_list *out)
{
	struct survey_weigher *g = weigher_of(c, wish);
	struct weigh_work w = { .who = who, .s = s };
	enum err e = actor_may(c, a, who, "survey", "sample", 0);
	if (!e)
		e = survey_changes(c, s);
	if (!e && g->steps.n)
		e = try_steps(c, a, s, g, NULL);
	*out = w.steps = g->steps;
	return e ? e : db_tx(c, a->db, DB_WRITE, store, &w);
}

enum err survey_weights(cx *c, struct app *a, const struct survey_info *s, db_weight_list *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	return e ? e : db_weights_all(c, k, s->id, out);
}
