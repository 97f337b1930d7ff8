#include "web/survey_result.h"
#include <math.h>
#include "app/actor.h"
#include "app/survey_change.h"
#include "app/survey_public.h"
#include "app/survey_weight.h"
#include "web/pages.h"
#include "web/say.h"
#include "web/svg.h"
#include "web_views.h"

enum { BAR_WIDTH = 192, BAR_HEIGHT = 18 };

struct sheet {
	struct web_cx *w;
	const struct survey_result *r;
	const questionnaire *q;
	struct view_survey_result *v;
};

bool survey_result_shown(const struct web_cx *w, const struct survey_info *s)
{
	return survey_is_public(s) || actor_can(w->actor, STR("survey"), STR("read"));
}

/* ---- figures as text ---- */

static bool is_share(enum survey_stat s)
{
	return s == SURVEY_SATISFIED || s == SURVEY_SHARE;
}

str survey_number(struct web_cx *w, double x, bool share)
{
	buf b;
	if (!isfinite(x))
		return STR("–");
	buf_init(&b, 0);
	if (share)
		view_real_pct(&b, x, 2, w->lang, VIEW_PLAIN);
	else
		view_real(&b, x, 2, w->lang, VIEW_PLAIN);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str estimate_text(struct web_cx *w, const struct survey_line *l)
{
	return l->f.state == SURVEY_HIDDEN      ? say(w, "survey_result.hidden")
		: l->f.state == SURVEY_NO_ANSWER ? STR("–")
						 : survey_number(w, l->f.v, is_share(l->stat));
}

static str interval_text(struct web_cx *w, const struct survey_line *l)
{
	if (l->f.state != SURVEY_FIGURE || !isfinite(l->f.low))
		return STR("–");
	str low = survey_number(w, l->f.low, is_share(l->stat)), high = survey_number(w, l->f.high, is_share(l->stat));
	return arena_printf(w->mem, "%.*s–%.*s", STR_ARG(low), STR_ARG(high));
}

str survey_counts_text(struct web_cx *w, const struct survey_line *l)
{
	if (l->f.state != SURVEY_FIGURE)
		return STR("–");
	str hits = say_int(w, l->f.hits), answers = say_int(w, l->f.answers);
	return is_share(l->stat) && survey_is_quotient(l) ? arena_printf(w->mem, "%.*s/%.*s", STR_ARG(hits), STR_ARG(answers)) : answers;
}

/* ---- roll-ups ---- */

static const char *const agg_keys[] = { "survey_result.agg.pooled", "survey_result.agg.mean_items", "survey_result.agg.mean_factors",
	"survey_result.agg.weights" };

struct view_survey_result_choice *survey_rolls(struct web_cx *w, const questionnaire *q, struct survey_rollup now, size_t *n)
{
	struct view_survey_result_choice *list = NEW_ARRAY(w->mem, struct view_survey_result_choice, FACTOR_WEIGHTS + 2);
	*n = 0;
	list[(*n)++] = (struct view_survey_result_choice){ STR("questionnaire"), say(w, "survey_result.f_own"), !now.choose };
	for (int i = 0; i <= FACTOR_WEIGHTS; i++)
		if (i != FACTOR_WEIGHTS || survey_has_weights(q))
			list[(*n)++] = (struct view_survey_result_choice){ str_of(survey_agg_word((enum factor_agg)i)), say(w, agg_keys[i]),
				now.choose && (int)now.agg == i };
	return list;
}

bool survey_roll_read(struct web_cx *w, struct survey_rollup *out)
{
	str word = web_text(w, "gop");
	if (survey_rollup_read(word, out))
		return true;
	cx_fault(w->cx, FAULT_ERROR, "survey_result.rollup_form", (place){ .field = STR("gop") }, word);
	return false;
}

/* A ruler from 0 to the end of the scale, the interval as a band, the estimate as a point. */
static str bar(const struct sheet *s, const struct survey_line *l)
{
	double end = is_share(l->stat) ? 1 : l->stat == SURVEY_POINTS ? 100 : 5;
	if (l->f.state != SURVEY_FIGURE || !(l->f.v >= 0) || l->f.v > end)
		return STR("");
	buf b;
	buf_init(&b, 0);
	double scale = BAR_WIDTH / end, x = l->f.v * scale;
	svg_open(&b, "ch--row", BAR_WIDTH, BAR_HEIGHT, STR(""));
	svg_path(&b, "ax", "M0 %d.5H%d", BAR_HEIGHT - 1, BAR_WIDTH);
	for (int i = 0; i <= 10; i++)
		svg_path(&b, "tk", "M%.1f %dv%d", i * BAR_WIDTH / 10.0, i % 5 ? 14 : 11, i % 5 ? 3 : 6);
	if (isfinite(l->f.low))
		svg_path(&b, "iv", "M%.1f 6H%.1f", l->f.low * scale, (l->f.high > end ? end : l->f.high) * scale);
	svg_path(&b, "ln", "M%.1f 1v10", x);
	svg_close(&b);
	str text = arena_str(s->w->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

/* ---- rows ---- */

static str words(const struct sheet *s, const str *text)
{
	return say_either(s->w, text[LANG_VI], text[LANG_EN]);
}

static const struct question_option *option_of(const struct sheet *s, const struct survey_line *l)
{
	return l->option == NO_ITEM ? NULL : &s->q->lists.p[s->q->items.p[l->item].list].options.p[l->option];
}

static str name_of(const struct sheet *s, const struct survey_line *l)
{
	if (l->option != NO_ITEM)
		return words(s, option_of(s, l)->text);
	if (l->item != NO_ITEM)
		return words(s, s->q->items.p[l->item].text);
	return l->factor != NO_ITEM ? words(s, s->q->factors.p[l->factor].text) : say(s->w, "survey_result.whole");
}

static opt_real real(double x)
{
	return isfinite(x) ? some_real(x) : (opt_real){ 0 };
}

static struct view_survey_result_row row_of(const struct sheet *s, const struct survey_line *l)
{
	const struct survey_group *g = &s->r->groups.p[l->group];
	const struct survey_figure *f = &l->f;
	struct view_survey_result_row v = { .group = g->code,
		.group_name = words(s, g->name),
		.kind = (enum view_survey_result_kind)l->row,
		.code = l->item != NO_ITEM ? s->q->items.p[l->item].code : l->factor != NO_ITEM ? s->q->factors.p[l->factor].code : STR(""),
		.name = name_of(s, l),
		.questionnaire = s->r->s->questionnaire,
		.version = s->r->s->version,
		.stat = (enum view_survey_result_stat)l->stat,
		.state = (enum view_survey_result_state)f->state };
	if (l->option != NO_ITEM)
		v.option = option_of(s, l)->code;
	if (l->row <= SURVEY_FACTOR)
		v.rollup = str_of(survey_agg_word(l->agg));
	if (l->row == SURVEY_INDEX && g->rank)
		v.rank = some_int(g->rank);
	if (f->state != SURVEY_FIGURE)
		return v;
	v.estimate = real(f->v);
	v.se = real(f->se);
	v.low = real(f->low);
	v.high = real(f->high);
	v.deff = real(f->deff);
	v.df = real(f->df);
	v.n_eff = real(f->n_eff);
	v.cv = real(f->cv);
	v.n = f->n;
	v.answers = f->answers;
	v.hits = f->hits;
	return v;
}

/* How it is made, or how many did not count. */
static str note_of(const struct sheet *s, const struct survey_line *l)
{
	struct web_cx *w = s->w;
	if (l->row <= SURVEY_FACTOR)
		return say(w, agg_keys[l->agg]);
	const struct survey_counts *k = &s->r->counts[l->item];
	int64_t other = k->dont_know + k->not_experienced + k->refused + k->left_out;
	return other ? SAY(w, "survey_result.not_counted", say_int(w, other)) : STR("");
}

static int64_t depth_of(const struct sheet *s, int32_t factor)
{
	int64_t n = 0;
	for (int32_t f = factor; f != NO_ITEM && s->q->factors.p[f].parent != NO_ITEM; f = s->q->factors.p[f].parent)
		n++;
	return n > 3 ? 3 : n;
}

static struct view_survey_result_line line_of(const struct sheet *s, const struct survey_line *l, bool head)
{
	return (struct view_survey_result_line){ .head = head,
		.depth = l->row == SURVEY_FACTOR ? depth_of(s, l->factor) : 0,
		.code = !head ? STR("") : l->item != NO_ITEM ? s->q->items.p[l->item].code : l->factor != NO_ITEM ? s->q->factors.p[l->factor].code : STR(""),
		.name = name_of(s, l),
		.note = head ? note_of(s, l) : STR(""),
		.estimate = estimate_text(s->w, l),
		.interval = interval_text(s->w, l),
		.counts = survey_counts_text(s->w, l),
		.bar = bar(s, l) };
}

/* Items of one factor follow one another under its name; those without one under the name of their section. */
static struct view_survey_result_fold *fold_of(const struct sheet *s, int32_t item, int32_t *last)
{
	const struct question *x = &s->q->items.p[item];
	struct view_survey_result *v = s->v;
	int32_t key = x->factor != NO_ITEM ? x->factor : -2 - x->section;
	if (v->n_folds && key == *last)
		return &v->folds[v->n_folds - 1];
	*last = key;
	struct view_survey_result_fold *f = &v->folds[v->n_folds++];
	*f = (struct view_survey_result_fold){ .id = arena_printf(s->w->mem, "n%zu", v->n_folds),
		.lines = NEW_ARRAY(s->w->mem, struct view_survey_result_line, s->r->lines.n + 1) };
	if (x->factor == NO_ITEM) {
		f->title = x->section == NO_ITEM ? say(s->w, "survey_result.items") : words(s, s->q->items.p[x->section].text);
		return f;
	}
	const struct question_factor *factor = &s->q->factors.p[x->factor];
	const struct survey_line *l = survey_result_line(s->r, 0, SURVEY_FACTOR, s->r->stat, x->factor, NO_ITEM, NO_ITEM);
	f->code = factor->code;
	f->title = words(s, factor->text);
	if (l && l->f.state == SURVEY_FIGURE) {
		f->estimate = estimate_text(s->w, l);
		f->interval = interval_text(s->w, l);
	}
	return f;
}

/* The head of an item without a figure of its own: "Nam 48,20% (269) · Nữ 51,80% (289)" grows behind it. */
static void spread(const struct sheet *s, const struct survey_line *l, struct view_survey_result_line *head)
{
	struct web_cx *w = s->w;
	str share = estimate_text(w, l), name = name_of(s, l), old = head->spread;
	head->spread = arena_printf(w->mem, "%.*s%s%.*s %.*s", STR_ARG(old), old.len ? " · " : "", STR_ARG(name), STR_ARG(share));
	if (l->f.state != SURVEY_FIGURE)
		return;
	head->counts = say_int(w, l->f.answers);
	head->spread = arena_printf(w->mem, "%.*s (%.*s)", STR_ARG(head->spread), STR_ARG(say_int(w, l->f.hits)));
}

static void fill_items(const struct sheet *s)
{
	const struct survey_result *r = s->r;
	struct view_survey_result *v = s->v;
	int32_t last = NO_ITEM, key = NO_ITEM;
	struct view_survey_result_line *bare = NULL; /* the head of such an item */
	v->folds = NEW_ARRAY(s->w->mem, struct view_survey_result_fold, s->q->items.n + 1);
	for (size_t i = 0; i < r->lines.n && !r->filter_hidden; i++) {
		const struct survey_line *l = &r->lines.p[i];
		bool figure = l->row == SURVEY_ITEM && (is_share(l->stat) || l->stat == r->stat);
		if (l->group || (!figure && l->row != SURVEY_OPTION))
			continue;
		struct view_survey_result_fold *f = fold_of(s, l->item, &key);
		if (figure)
			f->lines[f->n_lines++] = line_of(s, l, true);
		if (l->item != last) {
			struct survey_line head = { .row = SURVEY_ITEM, .stat = SURVEY_SHARE, .item = l->item, .option = NO_ITEM, .factor = NO_ITEM };
			bare = figure ? NULL : &f->lines[f->n_lines++];
			f->count++;
			if (bare)
				*bare = (struct view_survey_result_line){ .head = true, .code = s->q->items.p[l->item].code, .name = name_of(s, &head),
					.note = note_of(s, &head), .estimate = STR("–"), .interval = STR("–"), .counts = STR("–") };
			last = l->item;
		}
		if (l->row == SURVEY_OPTION && v->options)
			f->lines[f->n_lines++] = line_of(s, l, false);
		else if (l->row == SURVEY_OPTION && bare)
			spread(s, l, bare);
	}
}

/* Those below a factor stand under it. */
static void fill_factors(const struct sheet *s, int32_t parent)
{
	for (int32_t f = 0; f < (int32_t)s->q->factors.n && !s->r->filter_hidden; f++) {
		if (s->q->factors.p[f].parent != parent)
			continue;
		const struct survey_line *l = survey_result_line(s->r, 0, SURVEY_FACTOR, s->r->stat, f, NO_ITEM, NO_ITEM);
		if (l)
			s->v->factors[s->v->n_factors++] = line_of(s, l, true);
		fill_factors(s, f);
	}
}

static void fill_lines(const struct sheet *s)
{
	struct view_survey_result *v = s->v;
	const struct survey_result *r = s->r;
	v->rows = NEW_ARRAY(s->w->mem, struct view_survey_result_row, r->lines.n + 1);
	v->factors = NEW_ARRAY(s->w->mem, struct view_survey_result_line, r->lines.n + 1);
	for (size_t i = 0; i < r->lines.n; i++) {
		const struct survey_line *l = &r->lines.p[i];
		v->rows[v->n_rows++] = row_of(s, l);
		if (!l->group && !r->filter_hidden && l->row == SURVEY_INDEX && l->stat == r->stat && !s->q->factors.n)
			v->factors[v->n_factors++] = line_of(s, l, true);
	}
	fill_factors(s, NO_ITEM);
	fill_items(s);
}

static void fill_groups(const struct sheet *s)
{
	const struct survey_result *r = s->r;
	struct view_survey_result *v = s->v;
	v->groups = NEW_ARRAY(s->w->mem, struct view_survey_result_group, r->groups.n);
	v->ranks = survey_by_unit(&r->asked) && (r->basis == SURVEY_WEIGHTED || r->basis == SURVEY_EVERYBODY);
	for (size_t g = 1; g < r->groups.n && r->stat != SURVEY_SHARE; g++) {
		const struct survey_group *x = &r->groups.p[g];
		const struct survey_line *l = survey_result_line(r, g, SURVEY_INDEX, r->stat, NO_ITEM, NO_ITEM, NO_ITEM);
		struct view_survey_result_group *to = &v->groups[v->n_groups++];
		*to = (struct view_survey_result_group){ .name = words(s, x->name), .people = x->people, .hidden = x->hidden };
		to->place = x->rank ? say_int(s->w, x->rank) : say(s->w, "survey_result.not_enough");
		if (!l)
			continue;
		to->estimate = estimate_text(s->w, l);
		to->interval = interval_text(s->w, l);
		to->counts = survey_counts_text(s->w, l);
		to->bar = bar(s, l);
	}
}

/* ---- the cross-table ---- */

static struct view_survey_result_cross cross_row(const struct sheet *s, size_t g, int32_t item)
{
	const struct survey_result *r = s->r;
	const struct question_list *l = &s->q->lists.p[s->q->items.p[item].list];
	struct web_cx *w = s->w;
	struct view_survey_result_cross row = { .name = g ? words(s, r->groups.p[g].name) : say(w, "survey_result.everybody"),
		.people = STR("–"), .cells = NEW_ARRAY(w->mem, struct view_survey_result_cell, l->options.n + 1) };
	for (int32_t o = 0; o < (int32_t)l->options.n; o++) {
		const struct survey_line *x = survey_result_line(r, g, SURVEY_OPTION, SURVEY_SHARE, NO_ITEM, item, o);
		struct view_survey_result_cell *to = &row.cells[row.n_cells];
		if (l->options.p[o].means >= MEANS_DONT_KNOW)
			continue; /* outside the denominator */
		row.n_cells++;
		to->head = words(s, l->options.p[o].text);
		to->share = x ? estimate_text(w, x) : say(w, "survey_result.hidden");
		if (x && x->f.state == SURVEY_FIGURE) {
			to->counts = say_int(w, x->f.hits);
			row.people = say_int(w, x->f.answers);
		}
	}
	return row;
}

static void fill_cross(const struct sheet *s)
{
	const struct survey_result *r = s->r;
	struct view_survey_result *v = s->v;
	int32_t item = r->asked.cross.len ? questionnaire_find(s->q, r->asked.cross) : NO_ITEM;
	if (item == NO_ITEM || r->filter_hidden)
		return;
	const struct question_list *l = &s->q->lists.p[s->q->items.p[item].list];
	v->cross_name = words(s, s->q->items.p[item].text);
	v->heads = NEW_ARRAY(s->w->mem, struct view_survey_result_head, l->options.n + 1);
	for (size_t o = 0; o < l->options.n; o++)
		if (l->options.p[o].means < MEANS_DONT_KNOW)
			v->heads[v->n_heads++].name = words(s, l->options.p[o].text);
	v->cross = NEW_ARRAY(s->w->mem, struct view_survey_result_cross, r->groups.n);
	for (size_t g = 1; g < r->groups.n; g++)
		v->cross[v->n_cross++] = cross_row(s, g, item);
	v->cross[v->n_cross++] = cross_row(s, 0, item);
}

static void fill_can_cross(const struct sheet *s)
{
	struct view_survey_result *v = s->v;
	v->can_cross = NEW_ARRAY(s->w->mem, struct view_survey_result_choice, s->q->items.n + 1);
	for (size_t i = 0; i < s->q->items.n; i++) {
		const struct question *x = &s->q->items.p[i];
		if (question_is_asked(x) && x->list >= 0)
			v->can_cross[v->n_can_cross++] =
				(struct view_survey_result_choice){ x->code, words(s, x->text), str_eq(x->code, s->r->asked.cross) };
	}
}

/* ---- choices ---- */

static struct view_survey_result_choice choice(str value, str name, str now)
{
	return (struct view_survey_result_choice){ value, name, str_eq(value, now) };
}

static void fill_choices(const struct sheet *s)
{
	struct web_cx *w = s->w;
	const struct survey_result *r = s->r;
	struct view_survey_result *v = s->v;
	size_t options = 0;
	for (size_t i = 0; i < r->can_group.n; i++)
		options += s->q->lists.p[s->q->items.p[r->can_group.p[i]].list].options.n;
	v->can_group = NEW_ARRAY(w->mem, struct view_survey_result_choice, r->can_group.n + 3);
	v->can_filter = NEW_ARRAY(w->mem, struct view_survey_result_choice, options + 1);
	v->can_roll = survey_rolls(w, s->q, (struct survey_rollup){ r->asked.choose, r->asked.agg }, &v->n_can_roll);
	if (r->has_places)
		v->can_group[v->n_can_group++] = choice(STR("noi"), say(w, "survey_result.by_place"), r->asked.by);
	if (r->has_units)
		v->can_group[v->n_can_group++] = choice(STR("don-vi"), say(w, "survey_result.by_unit"), r->asked.by);
	if (r->has_strata)
		v->can_group[v->n_can_group++] = choice(STR("tang"), say(w, "survey_result.by_stratum"), r->asked.by);
	for (size_t i = 0; i < r->can_group.n; i++) {
		const struct question *x = &s->q->items.p[r->can_group.p[i]];
		const struct question_list *l = &s->q->lists.p[x->list];
		v->can_group[v->n_can_group++] = choice(x->code, words(s, x->text), r->asked.by);
		for (size_t o = 0; o < l->options.n; o++) {
			str value = arena_printf(w->mem, "%.*s=%.*s", STR_ARG(x->code), STR_ARG(l->options.p[o].code));
			str question = words(s, x->text), answer = words(s, l->options.p[o].text);
			bool now = str_eq(x->code, r->asked.item) && str_eq(l->options.p[o].code, r->asked.value);
			str name = arena_printf(w->mem, "%.*s – %.*s", STR_ARG(question), STR_ARG(answer));
			v->can_filter[v->n_can_filter++] = (struct view_survey_result_choice){ value, name, now };
			if (now)
				v->filter = name;
		}
	}
}

/* ---- the survey before ---- */

/* Of shares in points of a hundred: a difference of shares is no share. */
static str signed_number(struct web_cx *w, double x, bool share)
{
	str s = survey_number(w, fabs(share ? 100 * x : x), false);
	return arena_printf(w->mem, "%s%.*s", x < 0 ? "−" : "+", STR_ARG(s));
}

static struct view_survey_result_row *row_changed(const struct sheet *s, const struct survey_change *x)
{
	for (size_t i = 0; i < s->r->lines.n; i++) { /* rows stand as the lines do */
		const struct survey_line *l = &s->r->lines.p[i];
		if (!l->group && l->row == x->row && l->stat == x->stat && (l->row == SURVEY_INDEX || l->factor == x->factor))
			return &s->v->rows[i];
	}
	return NULL;
}

static void fill_changed_row(const struct sheet *s, const struct survey_change *x)
{
	struct view_survey_result_row *to = row_changed(s, x);
	if (!to || to->state != VIEW_SURVEY_RESULT_STATE_OK)
		return;
	to->earlier = real(x->old.v);
	to->change = real(x->diff);
	to->change_se = real(x->se);
	to->change_low = real(x->low);
	to->change_high = real(x->high);
	to->told = !isfinite(x->low) ? STR("") : x->told ? STR("yes") : STR("no");
}

static void fill_changes(const struct sheet *s, const struct survey_change_list *l)
{
	struct web_cx *w = s->w;
	s->v->shared = l->shared;
	s->v->changes = NEW_ARRAY(w->mem, struct view_survey_result_change, l->rows.n + 1);
	for (size_t i = 0; i < l->rows.n; i++) {
		const struct survey_change *x = &l->rows.p[i];
		bool share = is_share(x->stat);
		fill_changed_row(s, x);
		if (x->stat != s->r->stat || !isfinite(x->low))
			continue;
		str low = signed_number(w, x->low, share), high = signed_number(w, x->high, share);
		s->v->changes[s->v->n_changes++] = (struct view_survey_result_change){
			.code = x->factor == NO_ITEM ? STR("") : s->q->factors.p[x->factor].code, .before = real(x->old.v), .after = real(x->now.v),
			.difference = real(x->diff), .low = real(x->low), .high = real(x->high),
			.name = x->factor == NO_ITEM ? say(w, "survey_result.whole") : words(s, s->q->factors.p[x->factor].text),
			.old = survey_number(w, x->old.v, share), .now = survey_number(w, x->now.v, share), .diff = signed_number(w, x->diff, share),
			.interval = arena_printf(w->mem, "%.*s … %.*s", STR_ARG(low), STR_ARG(high)), .told = x->told };
	}
}

/* What cannot be compared is said in a line; the rest of the page stays. */
static enum err compare(const struct sheet *s)
{
	struct web_cx *w = s->w;
	struct survey_info old;
	struct survey_change_list list;
	str code = web_text(w, "so");
	size_t faults = w->cx->n_faults;
	if (!code.len)
		return ERR_OK;
	if (s->r->asked.choose || s->r->asked.item.len || s->r->asked.clean) { /* two figures on one page that are not of the same answers */
		s->v->change_refused = say(w, "survey_change.whole_only");
		return ERR_OK;
	}
	enum err e = survey_get(w->cx, w->app, code, &old);
	if (e == ERR_NOTFOUND || (!e && !survey_result_shown(w, &old)))
		return cx_fail(w->cx, ERR_INPUT, "survey_result.no_survey", (place){ .field = STR("so") }, code);
	if (!e)
		e = survey_change_of(w->cx, w->app, &old, s->r->s, &list);
	if (e == ERR_INPUT && w->cx->n_faults > faults) {
		s->v->change_refused = web_fault_text(w, &w->cx->faults[w->cx->n_faults - 1]);
		return ERR_OK;
	}
	if (!e)
		fill_changes(s, &list);
	return e;
}

/* The last one with the same questionnaire is offered at once. */
static void add_change(const struct sheet *s, const struct survey_info *x)
{
	struct web_cx *w = s->w;
	struct view_survey_result *v = s->v;
	str name = say_either(w, x->name[LANG_VI], x->name[LANG_EN]);
	v->can_change[v->n_can_change++] = choice(x->code, name, web_text(w, "so"));
	if (v->compare_url.len || !str_eq(x->questionnaire, s->r->s->questionnaire) || x->version != s->r->s->version || web_text(w, "so").len)
		return;
	v->compare_url = arena_printf(w->mem, "%.*s?so=%.*s%s#ky-truoc", STR_ARG(w->path), STR_ARG(x->code), s->r->asked.choose ? "&gop=questionnaire" : "");
	v->compare_name = name;
}

static enum err fill_can_change(const struct sheet *s)
{
	struct web_cx *w = s->w;
	struct survey_list all;
	enum err e = survey_all(w->cx, w->app, &all);
	if (e)
		return e;
	s->v->can_change = NEW_ARRAY(w->mem, struct view_survey_result_choice, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		const struct survey_info *x = &all.p[i];
		if (x->id != s->r->s->id && x->opens_on < s->r->s->opens_on && x->design == SURVEY_PROBABILITY && s->r->basis == SURVEY_WEIGHTED
			&& survey_result_shown(w, x))
			add_change(s, x);
	}
	return ERR_OK;
}

/* ---- the page ---- */

static str figure_title(struct web_cx *w, const struct survey_result *r)
{
	const struct survey_line *l = survey_result_line(r, 0, SURVEY_INDEX, r->stat, NO_ITEM, NO_ITEM, NO_ITEM);
	if (!l || l->f.state != SURVEY_FIGURE)
		return SAY(w, "survey_result.title_people", say_int(w, r->people));
	str v = survey_number(w, l->f.v, is_share(l->stat));
	bool satisfied = l->stat == SURVEY_SATISFIED;
	if (isfinite(l->f.low))
		return SAY(w, satisfied ? "survey_result.title_ci" : "survey_result.title_points_ci", v, interval_text(w, l));
	if (r->basis == SURVEY_WHO_LIKED)
		return SAY(w, satisfied ? "survey_result.title_self" : "survey_result.title_points_self", v);
	return SAY(w, satisfied ? "survey_result.title" : "survey_result.title_points", v);
}

/* Of whom it is said is part of it. */
static str title_of(const struct sheet *s)
{
	str title = figure_title(s->w, s->r), filter = s->v->filter;
	return filter.len ? SAY(s->w, "survey_result.title_filter", title, filter) : title;
}

static str design_of(struct web_cx *w, const struct survey_result *r)
{
	static const char *const keys[] = { "survey_result.basis.probability", "survey_result.basis.census", "survey_result.basis.self_selected",
		"survey_result.basis.incomplete" };
	str basis = say(w, keys[r->basis]);
	if (r->basis != SURVEY_WEIGHTED)
		return basis;
	str design = SAY(w, "survey_result.design", say_int(w, r->psus), say_int(w, r->strata));
	return arena_printf(w->mem, "%.*s; %.*s", STR_ARG(basis), STR_ARG(design));
}

/* This page with what was asked for; ends: ".csv", or more of the query. */
static str csv_url(struct web_cx *w)
{
	str path = arena_printf(w->mem, "%.*s.csv", STR_ARG(w->path));
	return w->query.len ? arena_printf(w->mem, "%.*s?%.*s", STR_ARG(path), STR_ARG(w->query)) : path;
}

static str with_options(struct web_cx *w)
{
	return arena_printf(w->mem, "%.*s?%.*s%slua-chon=1#tung-cau", STR_ARG(w->path), STR_ARG(w->query), w->query.len ? "&" : "");
}

/* Two results that differ by one answer would show it: only for who may look at answers anyway. */
static bool may_clean(const struct web_cx *w)
{
	return w->actor && actor_can(w->actor, STR("survey"), STR("check"));
}

/* False: answered. */
static bool read_question(struct web_cx *w, const struct survey_info *s, struct survey_question *q)
{
	str where = web_text(w, "loc");
	struct survey_rollup roll;
	enum err e;
	*q = (struct survey_question){ .by = web_text(w, "chia"), .cross = web_text(w, "cau"), .ci = EST_CI_LOGIT,
		.all = actor_can(w->actor, STR("survey"), STR("read")), .clean = web_bool(w, "sach") };
	if (q->clean && !may_clean(w)) {
		web_fail(w, cx_fail(w->cx, ERR_DENIED, "survey_result.no_clean", (place){ 0 }, (str){ 0 }));
		return false;
	}
	/* As it was published; another on request. */
	e = !survey_roll_read(w, &roll) ? ERR_INPUT : web_text(w, "gop").len ? ERR_OK : survey_public_rollup(w->cx, w->app, s, &roll);
	if (e) {
		web_fail(w, e);
		return false;
	}
	q->choose = roll.choose;
	q->agg = roll.agg;
	q->value = where;
	if (where.len && (!str_next(&q->value, '=', &q->item) || !q->item.len || !q->value.len)) {
		web_fail(w, cx_fail(w->cx, ERR_INPUT, "survey_result.where_form", (place){ .field = STR("loc") }, where));
		return false;
	}
	return true;
}

/* Which steps the weights went through, in the order of the steps. */
static enum err weighing_of(struct web_cx *w, const struct survey_info *s, const struct survey_result *r, str *out)
{
	db_weight_list l;
	*out = STR("");
	if (r->basis != SURVEY_WEIGHTED)
		return ERR_OK;
	enum err e = survey_weights(w->cx, w->app, s, &l);
	*out = say(w, "sample.step.base");
	for (size_t i = 0; i < l.n && !e && !r->unmet; i++) {
		str step = say(w, arena_printf(w->mem, "sample.step.%.*s", STR_ARG(l.p[i].kind)).p);
		*out = arena_printf(w->mem, "%.*s → %.*s", STR_ARG(*out), STR_ARG(step));
	}
	return e;
}

static bool has_texts(const questionnaire *q)
{
	for (size_t i = 0; i < q->items.n; i++)
		if (q->items.p[i].kind == ASK_TEXT)
			return true;
	return false;
}

static void reply(struct web_cx *w, const struct survey_info *s, const struct survey_result *r)
{
	struct view_survey_result v = { .code = s->code,
		.name = say_either(w, s->name[LANG_VI], s->name[LANG_EN]),
		.period = s->period,
		.basis = (enum view_survey_result_basis)r->basis,
		.design = design_of(w, r),
		.questionnaire = s->questionnaire,
		.version = s->version,
		.population = say_either(w, s->q->population[LANG_VI], s->q->population[LANG_EN]),
		.note = s->note,
		.form_note = say_either(w, s->q->note[LANG_VI], s->q->note[LANG_EN]),
		.rollup = str_of(survey_rollup_word((struct survey_rollup){ r->asked.choose, r->asked.agg })),
		.people = r->people,
		.everybody = r->everybody,
		.may_clean = may_clean(w),
		.clean = r->asked.clean,
		.all = r->asked.all && !r->asked.item.len,
		.flagged = r->flagged,
		.unmet = r->unmet,
		.hidden = r->filter_hidden,
		.divided = r->groups.n > 1,
		.empty = !r->everybody,
		.asked = r->groups.n > 1 || r->asked.item.len || r->asked.cross.len || web_text(w, "gop").len || r->asked.clean,
		.options = web_bool(w, "lua-chon"),
		.is_public = (enum view_survey_result_public)s->is_public,
		.illustrative = s->illustrative };
	struct sheet sheet = { w, r, s->q, &v };
	v.csv_url = csv_url(w);
	if (actor_can(w->actor, STR("measure"), STR("write")))
		v.measure_url = arena_printf(w->mem, "/khao-sat/%.*s/so-lieu", STR_ARG(s->code));
	if (s->is_public != SURVEY_UNPUBLISHED || actor_can(w->actor, STR("survey"), STR("publish")))
		v.public_url = arena_printf(w->mem, "/khao-sat/%.*s/cong-bo", STR_ARG(s->code));
	if (actor_can(w->actor, STR("survey"), STR("read")) && has_texts(s->q))
		v.texts_url = arena_printf(w->mem, "/khao-sat/%.*s/y-kien", STR_ARG(s->code));
	if (actor_can(w->actor, STR("survey"), STR("sample")) && s->design == SURVEY_PROBABILITY)
		v.weigh_url = arena_printf(w->mem, "/khao-sat/%.*s/trong-so", STR_ARG(s->code));
	if (survey_data_shown(w, s))
		v.data_url = arena_printf(w->mem, "/khao-sat/%.*s/du-lieu", STR_ARG(s->code));
	if (v.data_url.len)
		v.xlsx_url = arena_printf(w->mem, "%.*s?dang=xlsx", STR_ARG(v.data_url));
	v.options_url = with_options(w);
	fill_lines(&sheet);
	fill_groups(&sheet);
	fill_choices(&sheet);
	v.title = title_of(&sheet);
	fill_can_cross(&sheet);
	fill_cross(&sheet);
	enum err e = fill_can_change(&sheet);
	if (!e)
		e = compare(&sheet);
	if (!e)
		e = weighing_of(w, s, r, &v.weighing);
	if (e)
		web_fail(w, e);
	else
		reply_survey_result(w, &v);
}

static void page_result(struct web_cx *w)
{
	struct survey_info s;
	struct survey_result r;
	struct survey_question q;
	enum err e = survey_get(w->cx, w->app, web_text(w, "survey"), &s);
	if (!e && !survey_result_shown(w, &s)) {
		if (s.is_public != SURVEY_UNPUBLISHED) { /* what was published, and why it is not there now */
			web_redirect(w, arena_printf(w->mem, "/khao-sat/%.*s/cong-bo", STR_ARG(s.code)));
			return;
		}
		e = cx_fail(w->cx, ERR_DENIED, "survey_result.not_public", (place){ 0 }, (str){ 0 });
	}
	if (e) {
		web_fail(w, e);
		return;
	}
	if (!read_question(w, &s, &q))
		return;
	e = survey_result_of(w->cx, w->app, &s, &q, &r);
	if (e)
		web_fail(w, e);
	else
		reply(w, &s, &r);
}

const struct web_route routes_survey_result[] = {
	{ WEB_GET, "/khao-sat/{survey}/ket-qua", page_result, "public", .lane = LANE_SLOW, .faces = FACE_HTML | FACE_JSON | FACE_CSV,
		.view = "survey_result", .section = "khao-sat", .doc = { "Kết quả khảo sát", "Results of a survey" },
		.in = WEB_INPUTS({ "survey", IN_TEXT, .max = 60, .doc = { "mã khảo sát", "code of the survey" } },
			{ "chia", IN_TEXT, .max = 60,
				.doc = { "chia theo: noi, don-vi, tang hoặc mã câu",
					"divide by: noi (place), don-vi (unit), tang (stratum) or the code of an item" } },
			{ "loc", IN_TEXT, .max = 130,
				.doc = { "chỉ người trả lời CÂU=LỰA_CHỌN", "only those who answered ITEM=OPTION" } },
			SURVEY_ROLL_IN,
			{ "cau", IN_TEXT, .max = 60,
				.doc = { "thêm lựa chọn của câu theo nhóm", "adds the options of an item by groups" } },
			{ "so", IN_TEXT, .max = 60, .doc = { "so với khảo sát trước, mã khảo sát", "compares with an earlier survey, its code" } },
			{ "lua-chon", IN_BOOL, .doc = { "một dòng cho mỗi lựa chọn của mỗi câu", "a line for each option of each item" } },
			{ "sach", IN_BOOL, .doc = { "bỏ phiếu có dấu hiệu; cần quyền xem chất lượng", "without flagged answers; needs survey.check" } }) },
	{ 0 },
};
