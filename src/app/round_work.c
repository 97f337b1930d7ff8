#include "app/round_work.h"
#include "app/audit.h"
#include "app/round_flow.h"
#include "app/trees.h"
#include "app/unit.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/calendar.h"
#include "db/queue.h"
#include "db/unit.h"

const char *const row_states[] = { "done", "todo", "wrong", "proof", "asked", "na" };

/* ---- loading ---- */

enum err work_round(cx *c, db_conn *k, struct app *a, str code, struct work *out)
{
	*out = (struct work){ 0 };
	enum err e = db_round_by_code(c, k, code, &out->round);
	if (!e)
		e = db_edition_get(c, k, out->round.edition_id, &out->edition);
	if (!e)
		e = db_round_plan_get(c, k, out->round.id, &out->plan);
	if (e == ERR_NOTFOUND && out->edition.id)
		return cx_fail(c, e, "flow.no_plan", (place){ 0 }, code);
	if (!e)
		e = db_round_extensions(c, k, out->round.id, &out->more);
	if (!e)
		e = trees_get(c, a, &out->edition, &out->t);
	if (!e && !period_parse(out->round.period, &out->period))
		e = ERR_NOTFOUND;
	if (e)
		return e;
	out->order = NEW_ARRAY(c->mem, int32_t, out->t->nodes.n);
	out->n_order = trees_walk(out->t, out->order);
	return ERR_OK;
}

/* Addresses begin with the code of the unit in small letters, then a point. */
enum err work_sheet(cx *c, db_conn *k, const struct work *w, str unit, struct work_sheet *out)
{
	str rest = unit, code;
	*out = (struct work_sheet){ 0 };
	str_next(&rest, '.', &code);
	enum err e = db_round_sheet_by_code(c, k, w->round.id, vn_upper(c->mem, code), &out->s);
	return e ? e : db_round_parts(c, k, out->s.id, &out->parts);
}

static enum err add_live(cx *c, db_conn *k, const struct work *w, struct work_sheet *s, const char *stage)
{
	db_measure_list list = { 0 };
	enum err e = db_measure_of(c, k, s->s.unit_id, w->round.period, str_of(stage), &list);
	for (size_t i = 0; i < list.n && !e; i++)
		*VEC_PUSH(c->mem, &s->live) = list.p[i];
	return e;
}

enum err work_facts(cx *c, db_conn *k, const struct work *w, struct work_sheet *s)
{
	char text[PERIOD_TEXT];
	enum err e = db_entries(c, k, s->s.id, false, &s->entries);
	if (!e)
		e = db_notes(c, k, s->s.id, false, &s->notes);
	if (!e)
		e = db_evidence_of(c, k, s->s.id, &s->evidence);
	if (!e)
		e = db_decisions(c, k, s->s.id, false, &s->decisions);
	s->live = (db_measure_list){ 0 };
	if (!e)
		e = add_live(c, k, w, s, "counted");
	if (!e)
		e = add_live(c, k, w, s, "imported");
	if (!e)
		e = db_measure_of(c, k, s->s.unit_id, period_text(period_prev(w->period), text), STR("appraised"), &s->before);
	return e;
}

/* ---- rights ---- */

bool work_may(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, int64_t unit_id)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	bool may = actor_may(c, a, who, noun, verb, unit_id) == ERR_OK;
	c->n_faults = faults;
	c->n_errors = errors;
	return may;
}

/* ---- time ---- */

int64_t work_due(const struct work *w, const char *phase, int64_t sheet_id)
{
	day last = str_is(STR("explain"), phase) ? w->plan.explain_due : w->plan.self_due;
	for (size_t i = 0; i < w->more.n; i++) {
		const db_round_extension *x = &w->more.p[i];
		if (str_is(x->phase, phase) && (!x->sheet_id || x->sheet_id == sheet_id) && x->until > last)
			last = x->until;
	}
	return (int64_t)last * DAY_MS + (int64_t)w->plan.due_minute * 60000 - INT64_C(7) * 3600000;
}

static bool is_working_day(const db_holiday_list *l, day d)
{
	bool works = date_weekday(d) < 6;
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].on == d)
			works = str_is(l->p[i].kind, "swap_work");
	return works;
}

enum err work_days_left(cx *c, db_conn *k, day until, int *out)
{
	day today = date_of_ms(c->now_ms);
	db_holiday_list list = { 0 };
	*out = 0;
	if (until <= today)
		return ERR_OK;
	enum err e = db_holiday_between(c, k, today + 1, until, &list);
	for (day d = today + 1; d <= until && !e && d - today < 2000; d++)
		*out += is_working_day(&list, d);
	return e;
}

const char *work_closed(cx *c, const struct work *w, str round_state, str sheet_state, int64_t sheet_id)
{
	if (!flow_word("open closed", round_state))
		return flow_word("draft", round_state) ? "flow.not_open" : "flow.closed";
	if (!flow_word("new work returned", sheet_state))
		return "flow.handed_in";
	if (date_of_ms(c->now_ms) < w->plan.opens_on)
		return "flow.not_open";
	return c->now_ms > work_due(w, "self", sheet_id) ? "flow.too_late" : NULL;
}

const char *work_closed_note(cx *c, const struct work *w, str round_state, str sheet_state, int64_t sheet_id)
{
	if (!str_is(round_state, "explanation"))
		return work_closed(c, w, round_state, sheet_state, sheet_id);
	if (!str_is(sheet_state, "appraised1"))
		return "flow.handed_in";
	return c->now_ms > work_due(w, "explain", sheet_id) ? "flow.too_late" : NULL;
}

/* ---- rows ---- */

str work_owner(cx *c, const tree *t, int32_t node)
{
	(void)c;
	for (int32_t i = node; i != NO_NODE; i = t->nodes.p[i].parent) {
		str rest = t->nodes.p[i].owner, first;
		if (rest.len) {
			str_next(&rest, ';', &first);
			return str_trim(first);
		}
	}
	return STR("");
}

bool work_is_row(const struct tree_node *n)
{
	return tree_is_scored(n) && n->by == BY_SELF;
}

bool work_is_bonus(const struct tree_node *n)
{
	return tree_is_scored(n) && (n->by == BY_BONUS || n->by == BY_PENALTY);
}

int work_stage_rank(str stage)
{
	static const char *const stages[] = { "self", "appraisal1", "appraisal2", "council" };
	for (int i = 0; i < 4; i++)
		if (str_is(stage, stages[i]))
			return i;
	return -1;
}

static bool at_place(const db_entry *x, str measure, str part, int seq)
{
	return str_eq(x->measure, measure) && str_eq(x->part, part) && x->seq == seq;
}

static const db_entry *newest_entry(const struct work_sheet *s, str stage, str measure, str part, int seq)
{
	const db_entry *best = NULL;
	int limit = work_stage_rank(stage);
	for (size_t i = 0; i < s->entries.n; i++) {
		const db_entry *x = &s->entries.p[i];
		int rank = work_stage_rank(x->stage); /* figures of the survey count in every stage */
		if (!at_place(x, measure, part, seq) || rank > limit || str_is(x->status, "empty"))
			continue;
		if (!best || rank > work_stage_rank(best->stage))
			best = x;
	}
	return best;
}

static const db_measure *in_store(const db_measure_list *l, str measure)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i].measure, measure) && l->p[i].seq == 0)
			return &l->p[i];
	return NULL;
}

struct work_figure work_figure(const struct work_sheet *s, str stage, str measure, str part, int seq)
{
	struct work_figure f = { .entry = newest_entry(s, stage, measure, part, seq) };
	if (str_is(part, "now"))
		f.live = in_store(&s->live, measure);
	else if (str_is(part, "prev"))
		f.live = in_store(&s->before, measure);
	return f;
}

const db_measure_def *work_def(const db_measure_def_list *l, str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i].name, name))
			return &l->p[i];
	return NULL;
}

const char *work_wrong(const db_entry *x, str unit)
{
	dec num, den;
	if (!str_is(x->status, "ok") || !dec_parse(x->numerator, &num) || !dec_parse(x->denominator, &den))
		return NULL;
	if (dec_is_zero(den) && !dec_is_zero(num))
		return "entry.no_denominator";
	return str_is(unit, "share") && dec_cmp(num, den) > 0 && !x->reason.len ? "entry.exceeds" : NULL;
}

/* ---- figures for the engine ---- */

struct rows {
	struct measures_in *in;
	str period, before;
};

static void put_row(struct rows *r, str measure, bool prev, const str cells[7])
{
	str row[MEASURE_COLUMNS] = { [MEASURE_UNIT] = STR("u"), [MEASURE_NAME] = measure, [MEASURE_PERIOD] = prev ? r->before : r->period };
	memcpy(row + MEASURE_NUMERATOR, cells, 7 * sizeof *cells);
	measures_add(r->in, row);
}

static void put_entry(struct rows *r, const db_entry *x)
{
	char as_of[DATE_TEXT];
	const str cells[] = { x->numerator, x->denominator, x->numerator.len ? STR("") : x->value,
		str_is(x->status, "none") ? STR("missing") : x->status, x->reason, x->source.len ? x->source : x->who.name,
		x->as_of ? date_text(x->as_of, as_of) : STR("") };
	put_row(r, x->measure, str_is(x->part, "prev"), cells);
}

static void put_live(struct rows *r, const db_measure *m, bool prev)
{
	char as_of[DATE_TEXT];
	const str cells[] = { m->numerator, m->denominator, m->numerator.len ? STR("") : m->value, m->status, m->reason, m->source,
		m->as_of ? date_text(m->as_of, as_of) : STR("") };
	put_row(r, m->measure, prev, cells);
}

static void put_nothing(struct rows *r, str measure)
{
	put_row(r, measure, false, (const str[7]){ STR(""), STR(""), STR("0"), STR("ok"), STR(""), STR(""), STR("") });
}

/* Whether a measure is read by bonus and penalties only: what nobody entered there has not happened. */
static bool only_bonus(const tree *t, str measure)
{
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct tree_node *n = &t->nodes.p[i];
		if (!tree_is_scored(n) || work_is_bonus(n))
			continue;
		for (size_t k = 0; k < n->rule->n_refs; k++)
			if (str_eq(n->rule->refs[k].name, measure))
				return false;
	}
	return true;
}

static void put_events(struct rows *r, const struct work_sheet *s, str stage, str measure)
{
	int n = 0;
	for (size_t i = 0; i < s->entries.n; i++) {
		const db_entry *x = &s->entries.p[i];
		if (str_is(x->part, "event") && str_eq(x->measure, measure) && newest_entry(s, stage, measure, x->part, x->seq) == x
			&& str_is(x->status, "ok")) {
			put_entry(r, x);
			n++;
		}
	}
	if (!n)
		put_nothing(r, measure);
}

/* One of two numbers: a draft. */
static bool is_half(const db_entry *x)
{
	return (x->numerator.len > 0) != (x->denominator.len > 0);
}

static void put_measure(struct rows *r, const struct work *w, const struct work_sheet *s, str stage, const struct tree_measure *m,
	const db_measure_def_list *catalogue)
{
	static const char *const parts[] = { "now", "prev" };
	const bool read[] = { m->slot[PART_VALUE] || m->slot[PART_NUM] || m->slot[PART_DEN],
		m->slot[PART_PREV] || m->slot[PART_PREV_NUM] || m->slot[PART_PREV_DEN] };
	const db_measure_def *def = work_def(catalogue, m->name);
	for (int i = 0; i < 2; i++) {
		if (!read[i])
			continue;
		struct work_figure f = work_figure(s, stage, m->name, str_of(parts[i]), 0);
		if (f.entry && !is_half(f.entry) && !work_wrong(f.entry, def ? def->value_unit : STR("")))
			put_entry(r, f.entry);
		else if (!f.entry && f.live)
			put_live(r, f.live, i == 1);
		else if (!f.entry && i == 0 && only_bonus(w->t, m->name))
			put_nothing(r, m->name);
	}
	if (m->slot[PART_EVENTS])
		put_events(r, s, stage, m->name);
}

enum err work_measures(cx *c, const struct work *w, const struct work_sheet *s, str stage, const db_measure_def_list *catalogue,
	struct measures **out)
{
	char text[PERIOD_TEXT];
	struct rows r = { measures_begin(c, STR("measures"), w->t), w->round.period,
		arena_str(c->mem, period_text(period_prev(w->period), text)) };
	size_t faults = c->n_faults;
	put_nothing(&r, STR("-")); /* a unit without any figure is there, too */
	for (size_t i = 0; i < w->t->measures.n; i++)
		put_measure(&r, w, s, stage, &w->t->measures.p[i], catalogue);
	enum err e = measures_end(r.in, &w->period, out);
	if (!e)
		c->n_faults = faults; /* notes about what no rule reads */
	return e;
}

enum err work_score(cx *c, const struct work *w, struct measures *m, struct score_result *r)
{
	r->cells = NEW_ARRAY(c->mem, struct score_cell, w->t->nodes.n);
	score_unit(w->t, &m->units.p[0], NEW_ARRAY(c->mem, val, w->t->slots.n), c->mem, r);
	return ERR_OK;
}

const db_decision *work_decision(const struct work_sheet *s, str node, str up_to)
{
	const db_decision *best = NULL;
	int limit = work_stage_rank(up_to);
	for (size_t i = 0; i < s->decisions.n; i++) {
		const db_decision *d = &s->decisions.p[i];
		int rank = work_stage_rank(d->stage);
		if (str_eq(d->node, node) && !work_is_open(d) && rank <= limit && (!best || rank > work_stage_rank(best->stage)))
			best = d;
	}
	return best;
}

/* ---- progress ---- */

const db_note *work_note(const struct work_sheet *s, str node, str kind)
{
	for (size_t i = 0; i < s->notes.n; i++)
		if (str_eq(s->notes.p[i].node, node) && str_eq(s->notes.p[i].kind, kind) && s->notes.p[i].body.len)
			return &s->notes.p[i];
	return NULL;
}

bool work_asked(const struct work_sheet *s, str node)
{
	const db_decision *d = work_decision(s, node, STR("appraisal2"));
	const db_note *n = work_note(s, node, STR("explanation"));
	return d && d->asks && (!n || n->at <= d->at);
}

static bool has_proof(const struct work_sheet *s, str node)
{
	for (size_t i = 0; i < s->evidence.n; i++)
		if (str_eq(s->evidence.p[i].node, node) && !s->evidence.p[i].removed_at)
			return true;
	return work_note(s, node, STR("explanation")) != NULL;
}

static str part_of_ref(const struct rule_ref *ref)
{
	return ref->part == PART_EVENTS ? STR("event") : ref->part >= PART_PREV ? STR("prev") : STR("now");
}

enum row_state work_row_state(const struct work *w, const struct work_sheet *s, const struct measures *m, const struct score_result *r, int32_t node,
	const db_measure_def_list *catalogue)
{
	const struct tree_node *n = &w->t->nodes.p[node];
	const struct score_cell *x = &r->cells[node];
	bool any = false;
	(void)m;
	for (size_t i = 0; i < n->rule->n_refs; i++) {
		const struct rule_ref *ref = &n->rule->refs[i];
		any |= ref->part == PART_EVENTS; /* none of them is an answer */
		if (ref->slot == SLOT_MAX || ref->part == PART_EVENTS)
			continue;
		struct work_figure f = work_figure(s, STR("self"), ref->name, part_of_ref(ref), 0);
		const db_measure_def *def = work_def(catalogue, ref->name);
		if (f.entry && work_wrong(f.entry, def ? def->value_unit : STR("")))
			return ROW_WRONG;
		/* A deadline that came from the store says nothing yet; other figures do. */
		any |= f.entry || (f.live && !(def && str_is(def->value_unit, "date") && n->rule->n_refs > 1));
	}
	bool not_applicable = x->state == SCORE_ASK || (x->state >= SCORE_NA_REDUCED && x->state <= SCORE_NA_ZERO);
	if (!any || x->state == SCORE_MISSING || x->state == SCORE_NO_NUMBER)
		return ROW_TODO;
	if (work_asked(s, n->code))
		return ROW_ASKED;
	if (not_applicable)
		return ROW_NA;
	return n->evidence && w->plan.needs_proof && !has_proof(s, n->code) ? ROW_PROOF : ROW_DONE;
}

static db_round_part *part_named(struct work_sheet *s, str owner)
{
	for (size_t i = 0; i < s->parts.n; i++)
		if (str_eq(s->parts.p[i].owner, owner))
			return &s->parts.p[i];
	return NULL;
}

static void count_row(struct work_sheet *s, enum row_state state, db_round_part *part)
{
	bool done = state == ROW_DONE || state == ROW_NA;
	s->s.n_rows++;
	s->s.n_done += done;
	s->s.n_todo += state == ROW_TODO;
	s->s.n_wrong += state == ROW_WRONG;
	s->s.n_proof += state == ROW_PROOF;
	s->s.n_asked += state == ROW_ASKED;
	if (part) {
		part->n_rows++;
		part->n_done += done;
	}
}

enum err work_sum(cx *c, const struct work *w, struct work_sheet *s, const db_measure_def_list *catalogue, struct measures **m,
	struct score_result *r)
{
	dec points = DEC_ZERO, max = DEC_ZERO;
	enum err e = work_measures(c, w, s, STR("self"), catalogue, m);
	if (!e)
		e = work_score(c, w, *m, r);
	if (e)
		return e;
	db_round_sheet *x = &s->s;
	x->n_rows = x->n_done = x->n_todo = x->n_wrong = x->n_proof = x->n_asked = x->n_decided = 0;
	for (size_t i = 0; i < s->parts.n; i++)
		s->parts.p[i].n_rows = s->parts.p[i].n_done = 0;
	for (size_t i = 0; i < w->n_order; i++) {
		const struct tree_node *n = &w->t->nodes.p[w->order[i]];
		if (!work_is_row(n))
			continue;
		count_row(s, work_row_state(w, s, *m, r, w->order[i], catalogue), part_named(s, work_owner(c, w->t, w->order[i])));
		x->n_decided += work_decision(s, n->code, STR("council")) != NULL;
	}
	score_part(w->t, r->cells, w->t->root, KIND_SELF, &points, &max);
	x->points = db_dec_of(points);
	x->maximum = db_dec_of(max);
	return ERR_OK;
}

/* ---- writing ---- */

enum err work_write(cx *c, struct app *a, db_work work, void *arg)
{
	return a->queue ? db_submit(a->queue, DB_INTERACTIVE, c, work, arg) : db_tx(c, a->db, DB_WRITE, work, arg);
}

struct settle {
	struct work_sheet *s;
};

static enum err put_sum(cx *c, db_conn *k, void *arg)
{
	const struct work_sheet *s = ((struct settle *)arg)->s;
	enum err e = db_round_sheet_sum(c, k, &s->s);
	for (size_t i = 0; i < s->parts.n && !e; i++)
		e = db_round_part_sum(c, k, s->s.id, s->parts.p[i].owner, s->parts.p[i].n_rows, s->parts.p[i].n_done);
	return e;
}

enum err work_settle(cx *c, struct app *a, const struct work *w, int64_t unit_id)
{
	struct work_sheet s = { 0 };
	db_measure_def_list catalogue = { 0 };
	struct measures *m;
	struct score_result r;
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_begin(c, k, DB_READ);
	if (!e)
		e = db_round_sheet_get(c, k, w->round.id, unit_id, &s.s);
	if (!e)
		e = db_round_parts(c, k, s.s.id, &s.parts);
	if (!e)
		e = work_facts(c, k, w, &s);
	if (!e)
		e = db_measure_def_all(c, k, &catalogue);
	db_release(k);
	if (!e)
		e = work_sum(c, w, &s, &catalogue, &m, &r);
	return e ? e : work_write(c, a, put_sum, &(struct settle){ &s });
}

enum err work_move_sheet(cx *c, db_conn *k, const struct work *w, const db_round_sheet *s, const struct actor *who, str verb, str to, str reason)
{
	enum err e = db_round_sheet_move(c, k, s->id, s->state, to);
	if (e == ERR_CONFLICT)
		return cx_fail(c, e, "flow.moved", (place){ 0 }, s->unit_name);
	if (!e)
		e = db_round_step_add(c, k,
			&(db_round_step){ .round_id = w->round.id, .sheet_id = s->id, .verb = verb, .from = s->state, .to = to, .reason = reason,
				.who = work_who(who) });
	if (e)
		return e;
	str what = arena_printf(c->mem, "round.sheet_%.*s", STR_ARG(verb));
	str object = arena_printf(c->mem, "%.*s/%.*s", STR_ARG(w->round.code), STR_ARG(s->unit_code));
	return audit_add(c, k, who, arena_cstr(c->mem, what), object, reason);
}
