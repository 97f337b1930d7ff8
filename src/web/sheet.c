#include "web/sheet.h"
#include "app/rule_said.h"
#include "web/bar.h"
#include "web/fold.h"
#include "web/round.h"
#include "web/say.h"
#include "web_views.h"

enum { BAR_ROW = 84, BAR_LOSS = 150 };

typedef struct view_sheet view;
typedef struct view_sheet_row row;

/* ---- addresses ---- */

/* The same page with other open nodes or another look; what is chosen in the filters stays. */
static str link_to(struct web_cx *w, const view *v, str open, const char *look, bool filters, str anchor)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "?xem=%s", look);
	if (filters && v->owner.len) {
		buf_addz(&b, "&chu-tri=");
		view_segment(&b, v->owner);
	}
	if (filters && v->filter != VIEW_SHEET_FILTER_TAT_CA)
		buf_addz(&b, v->filter == VIEW_SHEET_FILTER_MAT ? "&hien=mat" : "&hien=lech");
	if (open.len) {
		buf_addz(&b, "&mo=");
		view_segment(&b, open);
	}
	if (anchor.len) {
		buf_char(&b, '#');
		view_segment(&b, anchor);
	}
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- facts ---- */

static bool counts_make_it(const struct sheet_fact *f)
{
	return f->num.there && f->den.there && !dec_is_zero(f->den.v);
}

/* A figure as people read it: shares in percent, dates and yes or no in words. */
static str shown(struct web_cx *w, const struct sheet_fact *f)
{
	buf b;
	day date;
	if (str_is(f->unit, "yes_no"))
		return say(w, str_is(f->value, "true") ? "sheet.yes" : "sheet.no");
	buf_init(&b, 256);
	if (!f->number.there && date_parse(f->value, &date))
		view_date(&b, date, w->lang);
	else if (!f->number.there)
		buf_add(&b, f->value);
	else if (counts_make_it(f) || str_is(f->unit, "share"))
		view_pct(&b, f->number.v, 2, w->lang, VIEW_PLAIN);
	else
		view_dec(&b, f->number.v, -1, w->lang, VIEW_PLAIN);
	str s = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static struct view_sheet_fact fact_of(struct web_cx *w, const struct sheet_fact *f)
{
	struct view_sheet_fact r = { .name = f->name, .value = f->value, .source = f->source, .reason = f->reason };
	r.label = say_either(w, f->label_vi, f->label_en);
	r.part = str_is(f->part, "prev") ? VIEW_SHEET_PART_PREV : str_is(f->part, "events") ? VIEW_SHEET_PART_EVENTS : VIEW_SHEET_PART_NOW;
	r.state = f->status == FACT_IS_OK ? VIEW_SHEET_FACT_STATE_OK
		: f->status == FACT_IS_NA ? VIEW_SHEET_FACT_STATE_NA
					  : VIEW_SHEET_FACT_STATE_MISSING;
	if (f->status == FACT_IS_OK)
		r.shown = shown(w, f);
	r.num = figure_dec(&f->num);
	r.den = figure_dec(&f->den);
	if (w->lang == LANG_VI && f->denominator.len) { /* the catalogue says what is counted in Vietnamese only */
		r.num_label = f->numerator;
		r.den_label = f->denominator;
	}
	if (f->as_of)
		r.as_of = some_date(f->as_of);
	return r;
}

/* ---- rows ---- */

static enum view_sheet_by by_of(const char *word)
{
	for (int i = 0; i < VIEW_SHEET_BY_PENALTY; i++)
		if (strcmp(word, view_sheet_by_words[i]) == 0)
			return (enum view_sheet_by)i;
	return VIEW_SHEET_BY_PENALTY;
}

static enum view_sheet_state state_of(const char *word)
{
	for (int i = 0; i < VIEW_SHEET_STATE_NO_NUMBER; i++)
		if (strcmp(word, view_sheet_state_words[i]) == 0)
			return (enum view_sheet_state)i;
	return VIEW_SHEET_STATE_NO_NUMBER;
}

static void fill_signs(row *r, const struct sheet_node *n)
{
	r->lower = n->self.there && n->appraised.there && dec_cmp(n->appraised.v, n->self.v) < 0;
	r->rises = n->change.there && dec_cmp(n->change.v, DEC_ZERO) > 0;
	r->falls = n->change.there && dec_cmp(n->change.v, DEC_ZERO) < 0;
	r->loses = n->lost.there && dec_cmp(n->lost.v, DEC_ZERO) > 0;
	if (n->change.there)
		r->change_size = some_dec(dec_abs(n->change.v));
}

static void fill_points(row *r, const struct sheet_node *n)
{
	r->max = figure_dec(&n->max);
	r->applicable = figure_dec(&n->applicable);
	r->self = figure_dec(&n->self);
	r->appraised = figure_dec(&n->appraised);
	r->survey = figure_dec(&n->survey);
	r->points = figure_dec(&n->points);
	r->raw = figure_dec(&n->raw);
	r->percent = figure_dec(&n->percent);
	if (r->percent.is == HAVE)
		dec_round(r->percent.v, 4, DEC_HALF_UP, &r->percent.v);
	r->lost = figure_dec(&n->lost);
	r->change = figure_dec(&n->change);
	r->reduced = n->max.there && n->applicable.there && dec_cmp(n->max.v, n->applicable.v) != 0;
	r->appraised_open = !n->known && (r->by == VIEW_SHEET_BY_SELF || n->self.there);
	r->survey_open = !n->known && r->by == VIEW_SHEET_BY_SURVEY;
	fill_signs(r, n);
	if (r->state == VIEW_SHEET_STATE_NA_REDUCED) { /* left out: no points, which is not the same as zero */
		opt_dec na = { .is = HAVE_NA };
		r->self = r->appraised = r->survey = r->points = r->raw = r->percent = r->lost = r->change = na;
		r->loses = r->lower = r->rises = r->falls = false;
	}
}

static row row_of(struct web_cx *w, const struct sheet *s, const struct sheet_node *n)
{
	row r = { .code = n->code,
		.parent = n->parent,
		.level = n->level,
		.name = say_either(w, n->name_vi, n->name_en),
		.owner = n->owner,
		.by = by_of(n->by),
		.state = state_of(n->state),
		.rule = n->rule,
		.note = n->note,
		.scored = n->scored,
		.quiet = n->level >= 3 };
	r.n_words = rule_said(w->cx, s->catalogue, n->of, w->lang, &r.words);
	r.arithmetic = w->lang == LANG_EN ? n->trace_en : n->trace_vi;
	r.id = arena_printf(w->mem, "m-%.*s", STR_ARG(n->code));
	fill_points(&r, n);
	if (r.percent.is == HAVE)
		r.bar = bar_score(w->mem, dec_to_double(r.percent.v) / 100, BAR_ROW);
	return r;
}

static struct view_sheet_step *step_of(struct web_cx *w, const struct sheet_step *from)
{
	if (!from->there)
		return NULL;
	struct view_sheet_step *s = NEW(w->mem, struct view_sheet_step);
	dec percent;
	*s = (struct view_sheet_step){ .at = from->at, .points = from->points };
	if (dec_mul(from->at, dec_int(100), &percent))
		s->shown = SAY(w, "unit.percent", say_dec(w, percent, -1)); /* all its decimals: 12,5% is not 13% */
	if (from->counted && dec_to_int(from->count, &s->count.v))
		s->count.is = HAVE;
	return s;
}

static void fill_facts(struct web_cx *w, const struct sheet_node *n, row *r)
{
	if (n->scale) {
		r->up = step_of(w, &n->scale->up);
		r->down = step_of(w, &n->scale->down);
		r->scale = bar_scale(w, n->scale, n->digits);
	}
	r->facts = NEW_ARRAY(w->mem, struct view_sheet_fact, n->n_facts + 1);
	for (size_t i = 0; i < n->n_facts; i++)
		r->facts[r->n_facts++] = fact_of(w, &n->facts[i]);
}

/* ---- filters ---- */

/* "Sở Nội vụ; Sở Tài chính" are two. */
static bool is_led_by(str owners, str owner)
{
	for (str one; str_next(&owners, ';', &one);)
		if (str_eq(str_trim(one), owner))
			return true;
	return false;
}

/* Whether a component is wanted; fields and criteria are shown when one below them is. */
static bool wanted(const view *v, const struct sheet_node *n)
{
	if (!n->scored || (v->owner.len && !is_led_by(n->owner, v->owner)))
		return false;
	if (v->filter == VIEW_SHEET_FILTER_MAT)
		return n->lost.there && dec_cmp(n->lost.v, DEC_ZERO) > 0;
	if (v->filter == VIEW_SHEET_FILTER_LECH)
		return n->self.there && n->appraised.there && dec_cmp(n->appraised.v, n->self.v) != 0;
	return true;
}

static bool *wanted_rows(struct web_cx *w, const view *v, const struct sheet *s, const struct fold *f)
{
	bool *keep = NEW_ARRAY(w->mem, bool, s->n_nodes + 1);
	for (size_t i = 0; i < s->n_nodes; i++)
		for (int p = wanted(v, &s->nodes[i]) ? (int)i : -1; p >= 0 && !keep[p]; p = f->parents[p])
			keep[p] = true;
	return keep;
}

static void add_option(struct web_cx *w, struct view_sheet_option **list, size_t *n, size_t cap, struct view_sheet_option o)
{
	if (!*list)
		*list = NEW_ARRAY(w->mem, struct view_sheet_option, cap);
	for (size_t i = 0; i < *n; i++)
		if (str_eq((*list)[i].value, o.value))
			return;
	if (*n < cap)
		(*list)[(*n)++] = o;
}

static void add_owners(struct web_cx *w, const struct sheet *s, str owners, view *v)
{
	for (str one; str_next(&owners, ';', &one);) {
		str name = str_trim(one);
		if (name.len)
			add_option(w, &v->owners, &v->n_owners, 4 * s->n_nodes, (struct view_sheet_option){ name, name, str_eq(name, v->owner) });
	}
}

static void fill_choices(struct web_cx *w, const struct sheet *s, view *v)
{
	static const char *const filters[] = { "tat-ca", "mat", "lech" };
	static const char *const names[] = { "sheet.filter_all", "sheet.filter_lost", "sheet.filter_changed" };
	for (size_t i = 0; i < s->rounds.n; i++) {
		const struct round_info *r = &s->rounds.p[i];
		struct view_sheet_option o = { r->code, round_word(w, &s->rounds, i), str_eq(r->code, s->round.code) };
		add_option(w, &v->rounds, &v->n_rounds, s->rounds.n, o);
	}
	for (size_t i = 0; i < s->n_nodes; i++)
		add_owners(w, s, s->nodes[i].scored ? s->nodes[i].owner : STR(""), v);
	for (int i = 0; i < 3; i++) {
		struct view_sheet_option o = { str_of(filters[i]), say(w, names[i]), (int)v->filter == i };
		if (i < 2 || s->has_self)
			add_option(w, &v->filters, &v->n_filters, 3, o);
	}
}

/* ---- the whole ---- */

static void fill_sums(const struct sheet *s, view *v)
{
	const struct sheet_node *root = &s->nodes[0];
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct sheet_node *n = &s->nodes[i];
		v->fields += n->level == 1;
		v->criteria += n->level == 2;
		v->components += n->level >= 3;
	}
	v->self = figure_dec(&root->self);
	v->appraised = figure_dec(&root->appraised);
	v->survey = figure_dec(&root->survey);
	v->self_max = figure_dec(&s->self_max);
	v->survey_max = figure_dec(&s->survey_max);
	v->points = figure_dec(&root->points);
	v->lost = figure_dec(&root->lost);
	v->max = figure_dec(&root->applicable);
	v->full = root->max.there && root->applicable.there && dec_eq(root->max.v, root->applicable.v);
}

static void fill_head(struct web_cx *w, const struct sheet *s, view *v)
{
	v->round = s->round.code;
	v->round_name = say_either(w, s->round.name_vi, s->round.name_en);
	v->period = s->round.period;
	v->previous = s->previous;
	v->edition = s->round.edition_code;
	v->edition_name = say_either(w, s->round.edition_vi, s->round.edition_en);
	v->unit_name = s->unit.name;
	v->unit_slug = s->unit.slug;
	v->unit_code = s->unit.code;
	v->illustrative = s->round.illustrative;
	v->percent = s->percent;
	v->has_self = s->has_self;
	v->missing = s->unit.missing;
	v->ask = s->unit.ask;
	v->complete = s->unit.points.there;
	v->value = figure_dec(&s->unit.value);
	v->of = s->of;
	v->ranked = s->of > 1;
	if (s->unit.rank)
		v->rank = some_int(s->unit.rank);
	if (s->unit.previous_rank)
		v->previous_rank = some_int(s->unit.previous_rank);
	if (s->unit.group.len) {
		v->group = NEW(w->mem, struct view_sheet_group);
		*v->group = (struct view_sheet_group){ s->unit.group, group_class(s->unit.group) };
	}
	fill_sums(s, v);
}

static void fill_losses(struct web_cx *w, const struct sheet *s, view *v)
{
	v->losses = NEW_ARRAY(w->mem, struct view_sheet_loss, s->n_losses + 1);
	for (size_t i = 0; i < s->n_losses; i++) {
		const struct sheet_node *n = &s->nodes[s->losses[i].node];
		struct view_sheet_loss l = { .code = n->code, .name = say_either(w, n->name_vi, n->name_en), .owner = n->owner };
		l.lost = s->losses[i].lost.v;
		l.max = figure_dec(&n->max);
		l.total_share = s->losses[i].share.v;
		if (v->owner.len && !is_led_by(n->owner, v->owner))
			continue;
		l.at = link_to(w, v, n->code, "cay", false, arena_printf(w->mem, "m-%.*s", STR_ARG(n->code)));
		if (n->percent.there)
			l.bar = bar_score(w->mem, dec_to_double(n->percent.v) / 100, BAR_LOSS);
		v->losses[v->n_losses++] = l;
	}
}

/* For a program every row; for a reader those whose parents are open, or all that pass the filters. */
static void fill_rows(struct web_cx *w, const struct sheet *s, const struct fold *f, view *v)
{
	const bool all = w->face != FACE_HTML;
	const bool *keep = wanted_rows(w, v, s, f);
	v->rows = NEW_ARRAY(w->mem, row, s->n_nodes + 1);
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct sheet_node *n = &s->nodes[i];
		if (!all && (n->level == 0 || (v->filtered ? !keep[i] : !fold_shows(f, i))))
			continue;
		row *r = &v->rows[v->n_rows++];
		*r = row_of(w, s, n);
		r->opens = n->scored || (!v->filtered && n->has_children);
		r->open = f->open[i] || (v->filtered && n->has_children);
		r->traced = n->scored && f->open[i];
		r->toggle = link_to(w, v, fold_toggled(f, i), "cay", true, r->id);
		if (all || r->traced)
			fill_facts(w, n, r);
	}
}

static void fill(struct web_cx *w, const struct sheet *s, view *v)
{
	str *codes = NEW_ARRAY(w->mem, str, s->n_nodes + 1);
	int *levels = NEW_ARRAY(w->mem, int, s->n_nodes + 1);
	struct fold f;
	for (size_t i = 0; i < s->n_nodes; i++) {
		codes[i] = s->nodes[i].code;
		levels[i] = s->nodes[i].level;
	}
	fold_init(&f, w, codes, levels, s->n_nodes, web_text(w, "mo"));
	f.open[0] = true; /* the total always shows its fields */
	v->owner = web_text(w, "chu-tri");
	v->filter = (enum view_sheet_filter)web_enum(w, "hien");
	v->look = (enum view_sheet_look)web_enum(w, "xem");
	v->filtered = v->owner.len || v->filter != VIEW_SHEET_FILTER_TAT_CA;
	fill_head(w, s, v);
	fill_choices(w, s, v);
	fill_rows(w, s, &f, v);
	fill_losses(w, s, v);
	v->total = row_of(w, s, &s->nodes[0]);
	v->tree_link = link_to(w, v, web_text(w, "mo"), "cay", true, STR(""));
	v->loss_link = link_to(w, v, web_text(w, "mo"), "mat", true, STR(""));
	v->all_link = link_to(w, v, v->filtered ? STR("") : STR("*"), "cay", false, STR(""));
}

void page_sheet(struct web_cx *w)
{
	struct sheet s;
	view v = { 0 };
	str code = web_text(w, "round"), slug = web_text(w, "unit");
	if (web_has(w, "ky") && !str_eq(web_text(w, "ky"), code)) { /* the form chose another round: that is another page */
		web_redirect(w, arena_printf(w->mem, "/ket-qua/%.*s/%.*s", STR_ARG(web_text(w, "ky")), STR_ARG(slug)));
		return;
	}
	enum err e = round_sheet(w->cx, w->app, code, slug, &s);
	if (e) {
		web_fail(w, e);
		return;
	}
	fill(w, &s, &v);
	reply_sheet(w, &v);
}
