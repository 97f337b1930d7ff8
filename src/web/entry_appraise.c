/* The page of appraisers. Its fields stand in lists, one of each for every open row: "o" (criterion|revision|basis|points|num|den), "c" the
 * basis, "d" points, "f" and "h" the appraiser's counts, "k" the figure they belong to (measure|part|revision), "g" the remark; "y" the
 * criteria that an explanation is asked for. */
#include "app/round_appraise.h"
#include "app/round_flow.h"
#include "app/rule_said.h"
#include "web/entry.h"
#include "web/say.h"
#include "web_views.h"

typedef struct view_appraise_row row;

static const char *const bases[] = { "", "self", "figures", "points" };

struct sent {
	const struct appraise_saved *saved;
	const struct appraise_change *x;
	size_t n;
};

static bool is_now(const struct entry_sheet *s, const char *stage)
{
	return str_is(s->round_state, stage);
}

static const char *stage_of(const struct entry_sheet *s)
{
	return is_now(s, "appraisal1")                                            ? "appraisal1"
		: is_now(s, "appraisal2")                                         ? "appraisal2"
		: flow_word("council correcting final published", s->round_state) ? "council"
										  : "appraisal1";
}

/* The decision of the stage that is on. */
static const struct entry_decision *of_stage(const struct entry_row *r, const char *stage)
{
	return strcmp(stage, "appraisal1") == 0 ? &r->first : strcmp(stage, "appraisal2") == 0 ? &r->second : &r->council;
}

/* The one share of a row whose counts an appraiser may correct. */
static const struct entry_cell *share_of(const struct entry_row *r)
{
	const struct entry_cell *x = NULL;
	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].counts && !r->cells[i].seq && str_is(r->cells[i].part, "now")) {
			if (x)
				return NULL;
			x = &r->cells[i];
		}
	return x;
}

static bool open_in_second(const struct entry_row *r)
{
	return (r->first.there && r->first.asks && !r->second.there) || (!r->first.there && !r->second.there);
}

static bool is_decided(const struct entry_row *r, const char *stage)
{
	if (strcmp(stage, "appraisal2") == 0)
		return !open_in_second(r);
	return strcmp(stage, "council") == 0 ? r->final.there : r->first.there;
}

static void add_share(struct web_cx *w, const struct entry_row *r, const struct entry_decision *d, row *v)
{
	const struct entry_cell *c = share_of(r);
	if (!c)
		return;
	v->has_counts = true;
	v->num_label = c->num_label.len ? c->num_label : say(w, "entry.numerator");
	v->den_label = c->den_label.len ? c->den_label : say(w, "entry.denominator");
	bool own = d->there && str_is(d->basis, "figures");
	v->a = own ? entry_shown(w, c->appraised_numerator.len ? c->appraised_numerator : c->numerator) : STR("");
	v->b = own ? entry_shown(w, c->appraised_denominator.len ? c->appraised_denominator : c->denominator) : STR("");
	v->cell_key = arena_printf(w->mem, "%.*s|now|%d", STR_ARG(c->measure), c->appraised_revision);
}

static row row_of(struct web_cx *w, const struct entry_sheet *s, const struct entry_row *r, const char *stage)
{
	const struct entry_decision *d = of_stage(r, stage);
	row v = { .code = r->code, .level = r->level, .name = say_either(w, r->name_vi, r->name_en), .owner = r->owner, .scored = r->scored,
		.rule = r->rule, .note = r->note, .max = entry_dec(r->max), .self = entry_dec(r->points), .first = entry_dec(r->first.points),
		.second = entry_dec(r->second.points), .last_year = entry_dec(r->last_year), .final = entry_dec(r->final),
		.decided = is_decided(r, stage), .lower = r->lowered, .arithmetic = r->points.there ? say_either(w, r->trace_vi, r->trace_en) : STR(""),
		.explanation = r->explanation, .figures = entry_figures(w, r), .evidence_needed = r->evidence_needed, .na = r->na, .open = r->decide };
	if (!r->note.len)
		v.n_words = rule_said(w->cx, s->catalogue, r->of, w->lang, &v.words);
	for (size_t i = 0; i < r->n_evidence; i++)
		v.proofs += !r->evidence[i].removed;
	v.state = str_of(r->state ? r->state : "none");
	v.state_name = say(w, arena_printf(w->mem, "entry.state.%.*s", STR_ARG(v.state)).p);
	v.id = arena_printf(w->mem, "r-%.*s", STR_ARG(r->code));
	v.remark = d->remark;
	v.asks = d->asks;
	for (int i = 1; i < 4 && d->there; i++)
		if (str_is(d->basis, bases[i]))
			v.basis = (enum view_appraise_basis)i;
	v.points_text = d->there && v.basis == VIEW_APPRAISE_BASIS_POINTS && d->points.there ? say_dec(w, d->points.v, -1) : STR("");
	v.has_first = strcmp(stage, "appraisal1") != 0 && r->first.there && (r->first.asks || r->lowered);
	v.first_remark = r->first.remark;
	v.has_who = d->there;
	v.who = d->who.name;
	if (d->there)
		v.at = some_time(d->who.at);
	add_share(w, r, d, &v);
	v.key = arena_printf(w->mem, "%.*s|%d|%s|%.*s|%.*s|%.*s", STR_ARG(r->code), d->revision, bases[v.basis], STR_ARG(v.points_text), STR_ARG(v.a),
		STR_ARG(v.b));
	(void)s;
	return v;
}

static bool is_clear(const struct entry_row *r, const char *stage)
{
	return r->decide && r->state && r->points.there && (strcmp(r->state, "done") == 0 || strcmp(r->state, "na") == 0) && !is_decided(r, stage);
}

static void keep_sent(struct web_cx *w, const struct sent *sent, row *v)
{
	for (size_t i = 0; sent && i < sent->n; i++) {
		const struct entry_outcome *o = &sent->saved->p[i];
		const struct appraise_change *x = &sent->x[i];
		if (!str_eq(x->node, v->code) || o->is == OUTCOME_SAVED || o->is == OUTCOME_SAME)
			continue;
		v->remark = x->remark;
		v->asks = x->asks;
		v->points_text = x->points.len ? entry_shown(w, x->points) : v->points_text;
		for (int b = 1; b < 4; b++)
			if (str_is(x->basis, bases[b]))
				v->basis = (enum view_appraise_basis)b;
		if (o->is == OUTCOME_CONFLICT)
			v->theirs = SAY(w, "appraise.theirs", o->who.name, entry_shown(w, o->value), o->reason);
	}
}

static void add_faults(struct web_cx *w, struct view_appraise *v)
{
	v->faults = NEW_ARRAY(w->mem, str, w->cx->n_faults + 1);
	for (size_t i = 0; i < w->cx->n_faults; i++) {
		const fault *f = &w->cx->faults[i];
		v->faults[v->n_faults++] = arena_printf(w->mem, "%.*s: %.*s", STR_ARG(f->at.field), STR_ARG(say_with(w, f->key, (const str[]){ f->value }, 1)));
	}
}

static void add_done(struct web_cx *w, const struct entry_sheet *s, struct view_appraise *v)
{
	const char *verb = is_now(s, "appraisal1") ? "appraise1" : is_now(s, "appraisal2") ? "appraise2" : is_now(s, "correcting") ? "lock" : NULL;
	if (!verb || !flow_can(FLOW_SHEET, verb, s->state, s->round_state, s->kind))
		return;
	v->done_verb = str_of(verb);
	v->done_label = say(w, arena_printf(w->mem, "sheet_step.%s", verb).p);
	if (v->left)
		v->done_off = SAY(w, "appraise.left", say_int(w, v->left));
}

static void show(struct web_cx *w, const struct entry_sheet *s, const struct sent *sent)
{
	const char *stage = stage_of(s);
	struct view_appraise v = { .round = s->round.code, .round_name = say_either(w, s->round.name_vi, s->round.name_en), .period = s->round.period,
		.unit_name = s->unit_name, .unit_slug = s->unit_slug, .illustrative = s->round.illustrative, .stage = str_of(stage),
		.stage_name = say(w, arena_printf(w->mem, "history.stage.%s", stage).p), .open = s->decides, .self = entry_dec(s->points),
		.decided_points = entry_dec(s->decided_points), .max = entry_dec(s->max), .before = s->before };
	v.rows = NEW_ARRAY(w->mem, row, s->n_rows_all + 1);
	for (size_t i = 0; i < s->n_rows_all; i++) {
		const struct entry_row *r = &s->rows[i];
		bool survey = strcmp(r->by, "survey") == 0 || strcmp(r->by, "index") == 0;
		if (!r->level || survey)
			continue;
		row *shown = &v.rows[v.n_rows++];
		*shown = row_of(w, s, r, stage);
		keep_sent(w, sent, shown);
		if (!r->state)
			continue;
		v.rows_all++;
		v.decided += is_decided(r, stage);
		v.clear += is_clear(r, stage);
	}
	v.left = v.rows_all - v.decided;
	if (!s->decides)
		v.closed = SAY(w, "appraise.closed", s->unit_name);
	add_done(w, s, &v);
	add_faults(w, &v);
	web_cache(w, -1);
	reply_appraise(w, &v);
}

static enum err load(struct web_cx *w, struct entry_sheet *s)
{
	enum err e = entry_load(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), s);
	return !e && !s->all ? ERR_DENIED : e;
}

void page_appraise(struct web_cx *w)
{
	struct entry_sheet s;
	enum err e = load(w, &s);
	if (e)
		web_fail(w, e);
	else
		show(w, &s, NULL);
}

/* ---- saving ---- */

static str text_of(const struct web_value *v)
{
	return v && v->has ? v->text : STR("");
}

static bool asked(const struct web_cx *w, str code)
{
	for (const struct web_value *v = web_values(w, "y"); v; v = v->more)
		if (str_eq(text_of(v), code))
			return true;
	return false;
}

static str number(struct web_cx *w, str s)
{
	str out;
	return s.len && entry_number(w->cx, s, w->lang, &out) ? out : s;
}

static const struct entry_row *find(const struct entry_sheet *s, str code)
{
	for (size_t i = 0; i < s->n_rows_all; i++)
		if (str_eq(s->rows[i].code, code))
			return &s->rows[i];
	return NULL;
}

static void add_figures(struct web_cx *w, struct appraise_change *x, str key, str num, str den)
{
	str rest = key, measure = { 0 }, part = { 0 };
	long revision;
	if (!str_is(x->basis, "figures") || !str_next(&rest, '|', &measure) || !str_next(&rest, '|', &part) || !str_int(rest, 0, 1000000, &revision))
		return;
	struct entry_change *f = NEW(w->mem, struct entry_change);
	*f = (struct entry_change){ .measure = measure, .part = part, .base = (int)revision, .numerator = number(w, num), .denominator = number(w, den),
		.reason = x->remark };
	x->figures = f;
	x->n_figures = 1;
}

static size_t read_form(struct web_cx *w, const struct entry_sheet *s, struct appraise_change *out)
{
	static const char *const lists[] = { "c", "d", "f", "h", "k", "g" };
	const struct web_value *at[6];
	size_t n = 0;
	for (int i = 0; i < 6; i++)
		at[i] = web_values(w, lists[i]);
	for (const struct web_value *o = web_values(w, "o"); o; o = o->more) {
		str rest = text_of(o), code, revision;
		long base;
		str_next(&rest, '|', &code);
		str_next(&rest, '|', &revision);
		const struct entry_row *r = find(s, code);
		str basis = text_of(at[0]), points = text_of(at[1]), num = text_of(at[2]), den = text_of(at[3]), key = text_of(at[4]), remark = text_of(at[5]);
		for (int i = 0; i < 6; i++)
			at[i] = at[i] ? at[i]->more : NULL;
		if (!r || !basis.len || !str_int(revision, 0, 1000000, &base))
			continue;
		const struct entry_decision *d = of_stage(r, stage_of(s));
		str was = arena_printf(w->mem, "%.*s|%.*s|%.*s|%.*s", STR_ARG(basis), STR_ARG(points), STR_ARG(num), STR_ARG(den));
		if (str_eq(was, rest) && str_eq(remark, d->remark) && asked(w, code) == d->asks)
			continue;
		struct appraise_change *x = &out[n++];
		*x = (struct appraise_change){ .node = r->code, .basis = basis, .points = number(w, points), .remark = remark, .asks = asked(w, code),
			.base = (int)base };
		add_figures(w, x, key, num, den);
	}
	return n;
}

static void accept_all(struct web_cx *w)
{
	int n;
	enum err e = appraise_accept(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &n);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, entry_path(w, "/tham-dinh"));
}

void page_appraise_save(struct web_cx *w)
{
	struct entry_sheet s;
	struct appraise_saved saved;
	if (web_has(w, "dong-y")) {
		accept_all(w);
		return;
	}
	enum err e = load(w, &s);
	struct appraise_change *x = e ? NULL : NEW_ARRAY(w->mem, struct appraise_change, s.n_rows_all + 1);
	size_t n = e ? 0 : read_form(w, &s, x);
	if (!e)
		e = appraise_save(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), x, n, &saved);
	if (!e)
		e = load(w, &s);
	if (e) {
		web_fail(w, e);
	} else if (saved.conflicts || saved.refused) {
		w->status = saved.conflicts ? 409 : 422;
		show(w, &s, &(struct sent){ &saved, x, n });
	} else {
		web_redirect(w, entry_path(w, "/tham-dinh"));
	}
}
