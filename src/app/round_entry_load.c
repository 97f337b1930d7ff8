#include "app/round_entry.h"
#include <stdlib.h>
#include "app/round_flow.h"
#include "app/round_left.h"
#include "app/round_work.h"
#include "app/unit.h"
#include "base/vec.h"
#include "engine/trace.h"

static const char *const by_words[] = { "sum", "self", "survey", "index", "bonus", "penalty" };
static const char *const state_words[] = { "ok", "na_reduced", "na_max", "na_zero", "ask", "missing", "no_number" };

/* A sheet while its rows are put together. */
struct load {
	cx *c;
	struct app *a;
	const struct actor *who;
	struct work w;
	struct work_sheet s;
	db_measure_def_list catalogue;
	db_round_step_list steps; /* of the sheet, newest first */
	struct measures *m;
	struct score_result now, last;
	bool has_last;
	map first; /* measure and part: place in the order of the row where it is entered */
	const char *closed, *closed_note;
	struct entry_left *left;
	size_t n_left;
	bool *part_mine;
	bool may_enter, may_submit, may_appraise, may_decide, may_read;
	struct entry_sheet *out;
};

static struct figure known(bool there, dec v)
{
	return (struct figure){ there, v };
}

static struct figure of(db_dec d)
{
	return (struct figure){ d.there, d.v };
}

static str part_of(const struct rule_ref *ref)
{
	return ref->part == PART_EVENTS ? STR("event") : ref->part >= PART_PREV ? STR("prev") : STR("now");
}

/* ---- reading ---- */

static enum err last_year(struct load *l)
{
	struct work_sheet before = { .live = l->s.before };
	struct work w = l->w;
	char text[PERIOD_TEXT];
	w.period = period_prev(l->w.period);
	w.round.period = arena_str(l->c->mem, period_text(w.period, text));
	if (!before.live.n)
		return ERR_OK;
	struct measures *m;
	enum err e = work_measures(l->c, &w, &before, STR("self"), &l->catalogue, &m);
	if (!e)
		e = work_score(l->c, &w, m, &l->last);
	l->has_last = !e;
	l->out->before = w.round.period;
	return e;
}

static enum err read(struct load *l, str round, str unit)
{
	DB_READER(k);
	enum err e = db_reader(l->c, l->a->db, &k);
	if (e)
		return e;
	e = db_begin(l->c, k, DB_READ);
	if (!e)
		e = work_round(l->c, k, l->a, round, &l->w);
	if (!e)
		e = work_sheet(l->c, k, &l->w, unit, &l->s);
	if (!e)
		e = work_facts(l->c, k, &l->w, &l->s);
	if (!e)
		e = db_measure_def_all(l->c, k, &l->catalogue);
	if (!e)
		e = db_round_steps(l->c, k, l->w.round.id, l->s.s.id, &l->steps);
	if (!e)
		e = work_days_left(l->c, k, date_of_ms(work_due(&l->w, "self", l->s.s.id)), &l->out->days_left);
	if (!e && str_is(l->w.plan.state, "explanation"))
		e = work_days_left(l->c, k, date_of_ms(work_due(&l->w, "explain", l->s.s.id)), &l->out->days_left);
	return e;
}

/* ---- rights ---- */

static enum err rights(struct load *l)
{
	int64_t unit = l->s.s.unit_id;
	bool up = str_is(l->w.plan.kind, "up"), any = false;
	l->may_submit = work_may(l->c, l->a, l->who, "score", "submit", unit);
	l->may_appraise = work_may(l->c, l->a, l->who, "score", "appraise", unit);
	l->may_decide = work_may(l->c, l->a, l->who, "score", "decide", unit);
	l->may_enter = work_may(l->c, l->a, l->who, "score", "fill", unit);
	l->may_read = l->may_enter || l->may_submit || l->may_appraise || work_may(l->c, l->a, l->who, "score", "view", unit);
	l->part_mine = NEW_ARRAY(l->c->mem, bool, l->s.parts.n + 1);
	for (size_t i = 0; i < l->s.parts.n; i++) {
		const db_round_part *p = &l->s.parts.p[i];
		l->part_mine[i] = up && p->unit_id ? work_may(l->c, l->a, l->who, "score", "fill", p->unit_id) : l->may_enter;
		any |= l->part_mine[i];
	}
	if (!l->may_read && !any)
		return actor_may(l->c, l->a, l->who, "score", "view", unit);
	return ERR_OK;
}

static const db_round_part *part_named(const struct load *l, str owner, bool *mine)
{
	for (size_t i = 0; i < l->s.parts.n; i++)
		if (str_eq(l->s.parts.p[i].owner, owner)) {
			*mine = l->part_mine[i];
			return &l->s.parts.p[i];
		}
	*mine = l->may_enter;
	return NULL;
}

/* ---- cells ---- */

static str cell_key(cx *c, str measure, str part)
{
	return arena_printf(c->mem, "%.*s|%.*s", STR_ARG(measure), STR_ARG(part));
}

static void find_firsts(struct load *l)
{
	for (size_t i = 0; i < l->w.n_order; i++) {
		const struct tree_node *n = &l->w.t->nodes.p[l->w.order[i]];
		for (size_t k = 0; tree_is_scored(n) && k < n->rule->n_refs; k++) {
			bool added;
			int64_t *at = map_put(l->c->mem, &l->first, cell_key(l->c, n->rule->refs[k].name, part_of(&n->rule->refs[k])), &added);
			if (added)
				*at = (int64_t)l->w.order[i];
		}
	}
}

static void take_entry(struct entry_cell *x, const db_entry *e)
{
	x->numerator = e->numerator;
	x->denominator = e->denominator;
	x->value = e->value;
	x->status = e->status;
	x->reason = e->reason;
	x->source = e->source;
	x->as_of = e->as_of;
	x->revision = e->revision;
	x->who = (struct entry_who){ e->who.name, e->at };
}

static void take_store(struct entry_cell *x, const db_measure *m)
{
	x->has_store = true;
	x->store_numerator = m->numerator;
	x->store_denominator = m->denominator;
	x->store_value = m->numerator.len ? STR("") : m->value;
	x->store_source = m->source;
	x->store_as_of = m->as_of;
	if (!str_is(x->status, "empty"))
		return;
	x->from_store = true;
	x->numerator = m->numerator;
	x->denominator = m->denominator;
	x->value = x->store_value;
	x->status = str_is(m->status, "missing") ? STR("none") : m->status;
	x->reason = m->reason;
	x->source = m->source;
	x->as_of = m->as_of;
}

/* The last revision of a place in the stage self, also one that says "empty". */
static const db_entry *self_entry(const struct load *l, const struct rule_ref *ref, str part, int seq, bool survey)
{
	for (size_t i = 0; i < l->s.entries.n; i++) {
		const db_entry *e = &l->s.entries.p[i];
		if (str_is(e->stage, survey ? "survey" : "self") && str_eq(e->measure, ref->name) && str_eq(e->part, part) && e->seq == seq)
			return e;
	}
	return NULL;
}

static void describe(const struct load *l, struct entry_cell *x)
{
	const db_measure_def *d = work_def(&l->catalogue, x->measure);
	x->label_vi = d ? d->name_vi : x->measure;
	x->label_en = d ? d->name_en : x->measure;
	x->unit = d ? d->value_unit : STR("");
	x->num_label = d ? d->numerator : STR("");
	x->den_label = d ? d->denominator : STR("");
	x->counts = str_is(x->unit, "share");
}

/* What appraisers entered in the stage that is on. */
static void take_appraised(const struct load *l, struct entry_cell *x)
{
	str stage = flow_word("appraisal1 appraisal2", l->w.plan.state) ? l->w.plan.state : STR("council");
	for (size_t i = 0; i < l->s.entries.n; i++) {
		const db_entry *e = &l->s.entries.p[i];
		if (!str_eq(e->stage, stage) || !str_eq(e->measure, x->measure) || !str_eq(e->part, x->part) || e->seq != x->seq)
			continue;
		x->appraised_numerator = e->numerator;
		x->appraised_denominator = e->denominator;
		x->appraised_revision = e->revision;
	}
}

static struct entry_cell cell_of(struct load *l, int32_t node, const struct rule_ref *ref, int seq)
{
	const struct tree_node *n = &l->w.t->nodes.p[node];
	struct entry_cell x = { .measure = ref->name, .part = part_of(ref), .seq = seq, .status = STR("empty") };
	describe(l, &x);
	x.counts |= ref->part == PART_NUM || ref->part == PART_DEN;
	bool survey = n->by == BY_SURVEY || n->by == BY_INDEX;
	const db_entry *e = self_entry(l, ref, x.part, seq, survey);
	if (e) {
		take_entry(&x, e);
		x.wrong = work_wrong(e, x.unit);
	}
	struct work_figure f = work_figure(&l->s, STR("self"), x.measure, x.part, seq);
	if (f.live && !seq)
		take_store(&x, f.live);
	take_appraised(l, &x);
	const int64_t *first = map_get(&l->first, cell_key(l->c, x.measure, x.part));
	if (first && *first != node)
		x.at = l->w.t->nodes.p[*first].code;
	for (size_t i = 0; i < n->rule->n_refs; i++)
		x.optional |= n->rule->refs[i].tested_null && str_eq(n->rule->refs[i].name, ref->name);
	return x;
}

static bool has_cell(const struct entry_row *r, str measure, str part)
{
	for (size_t i = 0; i < r->n_cells; i++)
		if (str_eq(r->cells[i].measure, measure) && str_eq(r->cells[i].part, part))
			return true;
	return false;
}

/* The events there are, and one more to be filled in. */
static void add_events(struct load *l, int32_t node, const struct rule_ref *ref, struct entry_row *r)
{
	int last = 0;
	for (size_t i = 0; i < l->s.entries.n; i++)
		if (str_is(l->s.entries.p[i].part, "event") && str_eq(l->s.entries.p[i].measure, ref->name) && l->s.entries.p[i].seq > last)
			last = l->s.entries.p[i].seq;
	for (int seq = 1; seq <= last + 1; seq++)
		r->cells[r->n_cells++] = cell_of(l, node, ref, seq);
}

static size_t count_events(const struct load *l)
{
	size_t n = 1;
	for (size_t i = 0; i < l->s.entries.n; i++)
		n += str_is(l->s.entries.p[i].part, "event");
	return n;
}

static void add_cells(struct load *l, int32_t node, struct entry_row *r)
{
	const struct tree_node *n = &l->w.t->nodes.p[node];
	r->cells = NEW_ARRAY(l->c->mem, struct entry_cell, n->rule->n_refs * count_events(l) + 1);
	for (size_t i = 0; i < n->rule->n_refs; i++) {
		const struct rule_ref *ref = &n->rule->refs[i];
		str part = part_of(ref);
		if (ref->slot == SLOT_MAX || has_cell(r, ref->name, part))
			continue;
		if (ref->part == PART_EVENTS)
			add_events(l, node, ref, r);
		else
			r->cells[r->n_cells++] = cell_of(l, node, ref, 0);
	}
	/* A share that the rule reads as counts somewhere is entered as counts. */
	for (size_t i = 0; i < n->rule->n_refs; i++)
		for (size_t k = 0; k < r->n_cells; k++)
			if ((n->rule->refs[i].part == PART_NUM || n->rule->refs[i].part == PART_DEN) && str_eq(n->rule->refs[i].name, r->cells[k].measure))
				r->cells[k].counts = true;
	for (size_t k = 0; k < r->n_cells; k++)
		r->na |= str_is(r->cells[k].status, "na");
}

/* ---- rows ---- */

static struct entry_evidence evidence_of(const db_evidence *x)
{
	return (struct entry_evidence){ .id = x->id, .file_id = x->file_id, .kind = x->kind, .title = x->title, .number = x->number, .url = x->url,
		.stage = x->stage, .issued_on = x->issued_on, .who = { x->who.name, x->at }, .removed = x->removed_at != 0,
		.removed_reason = x->removed_reason };
}

static void add_evidence(struct load *l, struct entry_row *r)
{
	size_t n = 0;
	for (size_t i = 0; i < l->s.evidence.n; i++)
		n += str_eq(l->s.evidence.p[i].node, r->code);
	r->evidence = NEW_ARRAY(l->c->mem, struct entry_evidence, n + 1);
	for (size_t i = 0; i < l->s.evidence.n; i++) {
		const db_evidence *x = &l->s.evidence.p[i];
		if (str_eq(x->node, r->code))
			r->evidence[r->n_evidence++] = evidence_of(x);
	}
}

static struct entry_decision decision_of(const struct load *l, str node, const char *stage)
{
	for (size_t i = 0; i < l->s.decisions.n; i++) {
		const db_decision *d = &l->s.decisions.p[i];
		if (str_eq(d->node, node) && str_is(d->stage, stage))
			return work_is_open(d) ? (struct entry_decision){ .opened = true,
				.remark = d->remark,
				.revision = d->revision,
				.who = { d->who.name, d->at } }
					       : (struct entry_decision){ .there = true,
							 .basis = d->basis,
							 .points = of(d->points),
							 .asks = d->asks,
							 .na = str_starts(d->state, STR("na_")),
							 .remark = d->remark,
							 .trace_vi = d->trace_vi,
							 .trace_en = d->trace_en,
							 .revision = d->revision,
							 .who = { d->who.name, d->at } };
	}
	return (struct entry_decision){ 0 };
}

static void add_points(struct load *l, int32_t node, const struct trace_source *trace, struct entry_row *r)
{
	const struct score_cell *x = &l->now.cells[node];
	bool there = score_known(x) && !(r->state && (str_is(str_of(r->state), "wrong") || str_is(str_of(r->state), "todo")));
	r->points_state = state_words[x->state];
	r->points = known(there, x->points);
	r->raw = known(there, x->raw);
	r->applicable = known(true, x->max);
	if (l->has_last)
		r->last_year = known(score_known(&l->last.cells[node]), l->last.cells[node].points);
	if (!r->scored)
		return;
	r->trace_vi = trace_str(l->c->mem, trace, node, LANG_VI);
	r->trace_en = trace_str(l->c->mem, trace, node, LANG_EN);
}

static void add_appraisal(struct load *l, struct entry_row *r)
{
	r->first = decision_of(l, r->code, "appraisal1");
	r->second = decision_of(l, r->code, "appraisal2");
	r->council = decision_of(l, r->code, "council");
	const db_decision *d = work_decision(&l->s, r->code, STR("council"));
	if (!d)
		return;
	r->final = of(d->points);
	r->lowered = d->points.there && d->self_points.there && dec_cmp(d->points.v, d->self_points.v) < 0;
}

static bool decides(const struct load *l)
{
	str round = l->w.plan.state, sheet = l->s.s.state;
	if (str_is(round, "appraisal1"))
		return l->may_appraise && flow_word("submitted approved new work returned appraised1", sheet);
	bool after = flow_word("appraised1 explained appraised2", sheet);
	return after && (str_is(round, "appraisal2") ? l->may_appraise : flow_word("council correcting", round) && l->may_decide);
}

/* Since the sheet, or the part of this owner, was last returned; else since it was first handed in. 0: neither yet. */
static int64_t shown_since(const struct load *l, str owner)
{
	int64_t since = 0;
	for (size_t i = 0; i < l->steps.n; i++) {
		const db_round_step *s = &l->steps.p[i];
		if (s->owner.len && !str_eq(s->owner, owner))
			continue;
		if (str_is(s->verb, "return"))
			return s->at;
		if (str_is(s->verb, "submit"))
			since = s->at;
	}
	return since;
}

static bool changed_since(const struct entry_row *r, int64_t since)
{
	bool yes = r->explanation_who.at > since;
	for (size_t i = 0; i < r->n_cells; i++)
		yes |= r->cells[i].who.at > since;
	for (size_t i = 0; i < r->n_evidence; i++)
		yes |= r->evidence[i].who.at > since;
	return since && yes;
}

/* Survey and index figures are the appraisers', as long as the sheet is open to anybody. */
static bool gives_survey(const struct load *l, const struct tree_node *n)
{
	return tree_is_scored(n) && (n->by == BY_SURVEY || n->by == BY_INDEX) && l->may_appraise && !str_is(l->s.s.state, "locked")
		&& flow_word("open closed appraisal1 explanation appraisal2 council correcting", l->w.plan.state);
}

static bool open_part(const db_round_part *p)
{
	return !p || flow_word("new work returned", p->state);
}

static void add_row(struct load *l, int32_t node, const struct trace_source *trace)
{
	const struct tree_node *n = &l->w.t->nodes.p[node];
	bool mine, row = work_is_row(n) || work_is_bonus(n);
	str owner = work_owner(l->c, l->w.t, node);
	const db_round_part *part = part_named(l, owner, &mine);
	if (!l->may_read && tree_is_scored(n) && !(mine && work_is_row(n)))
		return;
	struct entry_row *r = &l->out->rows[l->out->n_rows_all++];
	*r = (struct entry_row){ .code = n->code, .name_vi = n->name_vi, .name_en = n->name_en, .rule = n->rule_text, .note = n->note,
		.owner = owner, .owner_unit = part ? part->unit_name : STR(""), .by = by_words[n->by], .level = n->level, .digits = n->digits,
		.scored = tree_is_scored(n), .evidence_needed = n->evidence && l->w.plan.needs_proof, .max = known(n->has_max, n->max), .of = n };
	r->parent = n->parent == NO_NODE ? STR("") : l->w.t->nodes.p[n->parent].code;
	r->mine = gives_survey(l, n) || (row && !l->closed && (l->may_submit || (mine && open_part(part))));
	r->answer = row && !l->closed_note && (mine || l->may_submit);
	r->decide = row && decides(l);
	if (r->scored)
		add_cells(l, node, r);
	if (work_is_row(n))
		r->state = row_states[work_row_state(&l->w, &l->s, l->m, &l->now, node, &l->catalogue)];
	add_points(l, node, trace, r);
	add_evidence(l, r);
	add_appraisal(l, r);
	const db_note *note = work_note(&l->s, r->code, STR("explanation"));
	if (note) {
		r->explanation = note->body;
		r->explanation_revision = note->revision;
		r->explanation_who = (struct entry_who){ note->who.name, note->at };
	}
	r->changed = r->scored && changed_since(r, shown_since(l, owner));
	r->differs = r->scored && r->points.there && r->last_year.there && !dec_eq(r->points.v, r->last_year.v);
}

/* Headings without a row below are not to be seen. */
static void drop_empty(struct entry_sheet *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->n_rows_all; i++) {
		bool has = s->rows[i].scored;
		for (size_t k = i + 1; !has && k < s->n_rows_all && s->rows[k].level > s->rows[i].level; k++)
			has = s->rows[k].scored;
		if (has)
			s->rows[kept++] = s->rows[i];
	}
	s->n_rows_all = kept;
}

static void sum_decided(struct load *l)
{
	dec sum = DEC_ZERO;
	bool any = false;
	for (size_t i = 0; i < l->w.n_order; i++) {
		const struct tree_node *n = &l->w.t->nodes.p[l->w.order[i]];
		const db_decision *d = work_is_row(n) ? work_decision(&l->s, n->code, STR("council")) : NULL;
		if (d && d->points.there && dec_add(sum, d->points.v, &sum))
			any = true;
	}
	l->out->decided_points = known(any, sum);
}

/* For an agency the sheet is its own part. */
static void count_own(struct entry_sheet *s)
{
	static const char *const words[] = { "todo", "wrong", "proof", "asked" };
	int *counts[] = { &s->n_todo, &s->n_wrong, &s->n_proof, &s->n_asked };
	dec points = DEC_ZERO, max = DEC_ZERO;
	s->n_rows = s->n_done = s->n_todo = s->n_wrong = s->n_proof = s->n_asked = s->n_decided = 0;
	for (size_t i = 0; i < s->n_rows_all; i++) {
		const struct entry_row *r = &s->rows[i];
		if (!r->state)
			continue;
		s->n_rows++;
		s->n_decided += r->final.there;
		s->n_done += strcmp(r->state, "done") == 0 || strcmp(r->state, "na") == 0;
		for (int k = 0; k < 4; k++)
			*counts[k] += strcmp(r->state, words[k]) == 0;
		if (r->points.there)
			dec_add(points, r->points.v, &points);
		dec_add(max, r->applicable.v, &max);
	}
	s->points = known(true, points);
	s->max = known(true, max);
}

static void add_report_notes(const struct load *l)
{
	str root = l->w.t->nodes.p[l->w.t->root].code;
	const db_note *d = work_note(&l->s, root, STR("difficulty")), *p = work_note(&l->s, root, STR("proposal"));
	l->out->difficulty = d ? d->body : STR("");
	l->out->proposal = p ? p->body : STR("");
	l->out->difficulty_revision = d ? d->revision : 0;
	l->out->proposal_revision = p ? p->revision : 0;
}

static void add_parts(struct load *l)
{
	struct entry_sheet *o = l->out;
	o->parts = NEW_ARRAY(l->c->mem, struct entry_part, l->s.parts.n + 1);
	for (size_t i = 0; i < l->s.parts.n; i++) {
		const db_round_part *p = &l->s.parts.p[i];
		if (l->may_read || l->part_mine[i])
			o->parts[o->n_parts++] = (struct entry_part){ .owner = p->owner, .unit_name = p->unit_name, .unit_id = p->unit_id,
				.state = p->state, .n_rows = p->n_rows, .n_done = p->n_done, .mine = l->part_mine[i] };
	}
}

static void fill(struct load *l)
{
	struct entry_sheet *o = l->out;
	const struct work *w = &l->w;
	o->round = (struct round_info){ .code = w->round.code, .name_vi = w->round.name_vi, .name_en = w->round.name_en, .level = w->round.level,
		.period = w->round.period, .edition_code = w->edition.code, .edition_vi = w->edition.name_vi, .edition_en = w->edition.name_en,
		.illustrative = w->round.illustrative || w->edition.illustrative };
	o->kind = w->plan.kind;
	o->round_state = w->plan.state;
	o->state = l->s.s.state;
	o->unit_id = l->s.s.unit_id;
	o->unit_code = l->s.s.unit_code;
	o->unit_name = l->s.s.unit_name;
	o->unit_slug = unit_slug(l->c, o->unit_code, o->unit_name);
	o->version = l->s.s.version;
	o->saved_at = l->s.s.saved_at;
	o->percent = w->t->value == VALUE_PERCENT;
	o->needs_proof = w->plan.needs_proof;
	o->all = l->may_read;
	o->closed = l->closed;
	o->due_ms = work_due(w, "self", l->s.s.id);
	o->explain_due_ms = work_due(w, "explain", l->s.s.id);
	o->due = date_of_ms(o->due_ms);
	o->explain_due = date_of_ms(o->explain_due_ms);
	o->may_submit = l->may_submit;
	o->may_approve = work_may(l->c, l->a, l->who, "round", "approve", o->unit_id);
	o->may_return = work_may(l->c, l->a, l->who, "score", "return", o->unit_id);
	o->may_plan = work_may(l->c, l->a, l->who, "round", "plan", o->unit_id);
	o->decides = decides(l);
	add_parts(l);
	o->rows = NEW_ARRAY(l->c->mem, struct entry_row, w->n_order + 1);
	struct trace_source trace = { w->t, &l->m->units.p[0], l->now.cells, NEW_ARRAY(l->c->mem, val, w->t->slots.n), l->c->mem };
	trace_begin(&trace);
	find_firsts(l);
	for (size_t i = 0; i < w->n_order; i++)
		add_row(l, w->order[i], &trace);
	drop_empty(o);
	count_own(o);
	sum_decided(l);
	add_report_notes(l);
	o->left = l->left;
	o->n_left = l->n_left;
	for (size_t i = 0; i < o->n_rows_all; i++) {
		o->edits |= o->rows[i].mine;
		o->answers |= o->rows[i].answer;
	}
}

/* ---- what the set has no more ---- */

/* NULL: not to be seen, or of a set that is gone, of which nobody knows more than the code. */
static struct entry_left *left_at(struct load *l, db_conn *k, str node, enum err *e)
{
	const tree *t;
	int32_t at;
	str code;
	for (size_t i = 0; i < l->n_left; i++)
		if (str_eq(l->left[i].place, node))
			return &l->left[i];
	*e = left_find(l->c, k, l->a, &l->w, node, &t, &at);
	if (*e || (!l->may_read && !left_mine(l->c, &l->s, l->part_mine, t, at))) {
		*e = *e == ERR_NOTFOUND ? ERR_OK : *e;
		return NULL;
	}
	struct entry_left *x = &l->left[l->n_left++];
	*x = (struct entry_left){ .place = node, .code = t->nodes.p[at].code, .name_vi = t->nodes.p[at].name_vi, .name_en = t->nodes.p[at].name_en };
	left_parse(node, &code, &x->version);
	x->evidence = NEW_ARRAY(l->c->mem, struct entry_evidence, l->s.evidence.n + 1);
	return x;
}

static enum err read_left(struct load *l)
{
	DB_READER(k);
	enum err e = db_reader(l->c, l->a->db, &k);
	l->left = NEW_ARRAY(l->c->mem, struct entry_left, l->s.notes.n + l->s.evidence.n + l->s.decisions.n + 1);
	for (size_t i = 0; i < l->s.notes.n && !e; i++) {
		const db_note *n = &l->s.notes.p[i];
		struct entry_left *x = left_is(n->node) && n->body.len ? left_at(l, k, n->node, &e) : NULL;
		if (x) {
			x->explanation = n->body;
			x->explanation_who = (struct entry_who){ n->who.name, n->at };
		}
	}
	for (size_t i = 0; i < l->s.evidence.n && !e; i++) {
		const db_evidence *p = &l->s.evidence.p[i];
		struct entry_left *x = left_is(p->node) ? left_at(l, k, p->node, &e) : NULL;
		if (x)
			x->evidence[x->n_evidence++] = evidence_of(p);
	}
	for (size_t i = 0; i < l->s.decisions.n && !e; i++) {
		const db_decision *d = &l->s.decisions.p[i];
		struct entry_left *x = left_is(d->node) && !work_is_open(d) ? left_at(l, k, d->node, &e) : NULL;
		if (x)
			x->decision = decision_of(l, d->node, arena_cstr(l->c->mem, work_decision(&l->s, d->node, STR("council"))->stage));
	}
	return e;
}

enum err entry_load(cx *c, struct app *a, const struct actor *who, str round, str unit, struct entry_sheet *out)
{
	struct load l = { .c = c, .a = a, .who = who, .out = out };
	*out = (struct entry_sheet){ 0 };
	enum err e = read(&l, round, unit);
	if (!e)
		e = rights(&l);
	if (!e)
		e = work_sum(c, &l.w, &l.s, &l.catalogue, &l.m, &l.now);
	if (!e)
		e = last_year(&l);
	if (!e)
		e = read_left(&l);
	if (e)
		return e;
	db_measure_def_list *catalogue = NEW(c->mem, db_measure_def_list);
	*catalogue = l.catalogue;
	out->catalogue = catalogue;
	l.closed = work_closed(c, &l.w, l.w.plan.state, l.s.s.state, l.s.s.id);
	l.closed_note = work_closed_note(c, &l.w, l.w.plan.state, l.s.s.state, l.s.s.id);
	fill(&l);
	return ERR_OK;
}
