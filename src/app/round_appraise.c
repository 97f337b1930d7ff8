#include "app/round_appraise.h"
#include "app/audit.h"
#include "app/round_flow.h"
#include "app/round_work.h"
#include "base/vec.h"
#include "base/vn.h"
#include "engine/trace.h"

static const char *const state_words[] = { "ok", "na_reduced", "na_max", "na_zero", "ask", "missing", "no_number" };

struct item {
	db_decision d;
	struct entry_outcome *out;
	int base;
	bool skip;
};

struct appraise {
	struct app *a;
	const struct actor *who;
	struct work w;
	struct work_sheet s;
	db_measure_def_list catalogue;
	struct measures *self_m, *stage_m;
	struct score_result self, figures;
	str stage;
	struct item *items;
	size_t n;
};

static str stage_of(const struct work *w)
{
	return flow_word("appraisal1 appraisal2", w->plan.state) ? w->plan.state : STR("council");
}

static enum err read_sheet(cx *c, struct appraise *p, str round, str unit)
{
	DB_READER(k);
	enum err e = db_reader(c, p->a->db, &k);
	if (!e)
		e = db_begin(c, k, DB_READ);
	if (!e)
		e = work_round(c, k, p->a, round, &p->w);
	if (!e)
		e = work_sheet(c, k, &p->w, unit, &p->s);
	if (!e)
		e = work_facts(c, k, &p->w, &p->s);
	if (!e)
		e = db_measure_def_all(c, k, &p->catalogue);
	if (e)
		return e;
	p->stage = stage_of(&p->w);
	e = work_sum(c, &p->w, &p->s, &p->catalogue, &p->self_m, &p->self);
	if (!e)
		e = work_measures(c, &p->w, &p->s, p->stage, &p->catalogue, &p->stage_m);
	return e ? e : work_score(c, &p->w, p->stage_m, &p->figures);
}

static enum err may_decide(cx *c, const struct appraise *p)
{
	bool council = str_is(p->stage, "council");
	enum err e = actor_may(c, p->a, p->who, "score", council ? "decide" : "appraise", p->s.s.unit_id);
	if (e)
		return e;
	bool now = str_is(p->w.plan.state, "appraisal1")
		? flow_word("new work returned submitted approved appraised1", p->s.s.state)
		: flow_word("appraisal2 council correcting", p->w.plan.state)
			&& flow_word("appraised1 explained appraised2", p->s.s.state);
	return now ? ERR_OK : cx_fail(c, ERR_CONFLICT, "appraise.not_now", (place){ 0 }, p->s.s.unit_name);
}

static void refuse(cx *c, struct item *x, const char *key, str value)
{
	x->skip = true;
	x->out->is = OUTCOME_REFUSED;
	cx_fault(c, FAULT_ERROR, key, (place){ .field = x->d.node }, value);
}

static str trace_text(cx *c, const struct appraise *p, bool figures, int32_t node, enum lang lang)
{
	struct trace_source s = { p->w.t, figures ? &p->stage_m->units.p[0] : &p->self_m->units.p[0], figures ? p->figures.cells : p->self.cells,
		NEW_ARRAY(c->mem, val, p->w.t->slots.n), c->mem };
	trace_begin(&s);
	return trace_str(c->mem, &s, node, lang);
}

static void take_cell(cx *c, const struct appraise *p, struct item *x, int32_t node, bool figures)
{
	const struct score_cell *cell = figures ? &p->figures.cells[node] : &p->self.cells[node];
	if (!score_known(cell)) {
		refuse(c, x, "appraise.no_points", x->d.node);
		return;
	}
	x->d.state = str_of(state_words[cell->state]);
	x->d.points = db_dec_of(cell->points);
	x->d.raw = db_dec_of(cell->raw);
	x->d.maximum = db_dec_of(cell->max);
	x->d.trace_vi = trace_text(c, p, figures, node, LANG_VI);
	x->d.trace_en = trace_text(c, p, figures, node, LANG_EN);
}

static void take_points(cx *c, const struct appraise *p, struct item *x, int32_t node, str text)
{
	const struct tree_node *n = &p->w.t->nodes.p[node];
	dec d;
	if (!dec_parse(str_trim(text), &d) || d.neg || (n->has_max && dec_cmp(d, n->max) > 0)) {
		refuse(c, x, "appraise.points", text);
		return;
	}
	x->d.state = STR("ok");
	x->d.raw = x->d.points = db_dec_of(d);
	x->d.maximum = db_dec_of(n->max);
}

static void check(cx *c, const struct appraise *p, struct item *x, const struct appraise_change *f)
{
	int32_t node = tree_find(p->w.t, f->node);
	x->base = f->base;
	x->d = (db_decision){ .node = f->node, .stage = p->stage, .basis = f->basis, .remark = str_trim(f->remark), .asks = f->asks, .key = f->key,
		.who = work_who(p->who) };
	if (node == NO_NODE || !(work_is_row(&p->w.t->nodes.p[node]) || work_is_bonus(&p->w.t->nodes.p[node]))) {
		refuse(c, x, "entry.no_such_row", f->node);
		return;
	}
	if (vn_length(x->d.remark) > ENTRY_TEXT_MAX || vn_length(f->key) > ENTRY_SHORT_MAX)
		refuse(c, x, "entry.too_long", STR(""));
	else if (str_is(f->basis, "points"))
		take_points(c, p, x, node, f->points);
	else if (flow_word("self figures", f->basis))
		take_cell(c, p, x, node, str_is(f->basis, "figures"));
	else
		refuse(c, x, "appraise.basis", f->basis);
	if (x->skip)
		return;
	const struct score_cell *own = &p->self.cells[node];
	if (score_known(own))
		x->d.self_points = db_dec_of(own->points);
	bool differs = !score_known(own) || !dec_eq(own->points, x->d.points.v) || !str_is(x->d.state, state_words[own->state]);
	if ((differs || x->d.asks) && !x->d.remark.len)
		refuse(c, x, "appraise.remark", f->node);
}

/* ---- inside the transaction ---- */

static enum err put_decision(cx *c, db_conn *k, const struct appraise *p, struct item *x)
{
	db_decision last = { 0 };
	bool found;
	enum err e = db_decision_last(c, k, p->s.s.id, x->d.node, p->stage, &last, &found);
	if (e)
		return e;
	struct entry_outcome *o = x->out;
	*o = (struct entry_outcome){ .revision = found ? last.revision : 0 };
	if (found
		&& ((last.key.len && str_eq(last.key, x->d.key))
			|| (str_eq(last.basis, x->d.basis) && last.points.there && dec_eq(last.points.v, x->d.points.v)
				&& last.asks == x->d.asks && str_eq(last.remark, x->d.remark)))) {
		o->is = OUTCOME_SAME;
		return ERR_OK;
	}
	if (o->revision != x->base) {
		o->is = OUTCOME_CONFLICT;
		return ERR_OK;
	}
	x->d.revision = ++o->revision;
	o->is = OUTCOME_SAVED;
	return db_decision_add(c, k, p->s.s.id, &x->d, 1);
}

static enum err put_all(cx *c, db_conn *k, void *arg)
{
	const struct appraise *p = arg;
	db_round_plan plan;
	db_round_sheet now;
	buf detail;
	enum err e = db_round_plan_get(c, k, p->w.round.id, &plan);
	if (!e)
		e = db_round_sheet_get(c, k, p->w.round.id, p->s.s.unit_id, &now);
	if (!e && (!str_eq(plan.state, p->w.plan.state) || !str_eq(now.state, p->s.s.state)))
		return cx_fail(c, ERR_CONFLICT, "flow.moved", (place){ 0 }, now.unit_name);
	buf_init(&detail, 4000);
	for (size_t i = 0; i < p->n && !e; i++) {
		struct item *x = &p->items[i];
		if (x->skip)
			continue;
		e = put_decision(c, k, p, x);
		if (!e && x->out->is == OUTCOME_SAVED)
			buf_printf(&detail, "%s%.*s#%d", detail.len ? " " : "", STR_ARG(x->d.node), x->out->revision);
	}
	str text = arena_str(c->mem, buf_str(&detail));
	buf_free(&detail);
	if (e || !text.len)
		return e;
	e = db_round_sheet_touch(c, k, now.id);
	str object = arena_printf(c->mem, "%.*s/%.*s", STR_ARG(p->w.round.code), STR_ARG(now.unit_code));
	str what = arena_printf(c->mem, "round.%.*s", STR_ARG(p->stage));
	return e ? e : audit_add(c, k, p->who, arena_cstr(c->mem, what), object, text);
}

static enum err write(cx *c, struct appraise *p)
{
	enum err e = work_write(c, p->a, put_all, p);
	return e ? e : work_settle(c, p->a, &p->w, p->s.s.unit_id);
}

/* The figures of appraisers are entries of their stage, stored before the decision that rests on them. */
static enum err save_figures(cx *c, struct app *a, const struct actor *who, str round, str unit, str stage, const struct appraise_change *x, size_t n)
{
	VEC(struct entry_change) list = { 0 };
	struct entry_saved saved;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < x[i].n_figures && str_is(x[i].basis, "figures"); k++) {
			struct entry_change *f = VEC_PUSH(c->mem, &list);
			*f = x[i].figures[k];
			f->what = ENTRY_FIGURE;
			f->stage = stage;
		}
	return list.n ? entry_save(c, a, who, round, unit, list.p, list.n, &saved) : ERR_OK;
}

/* What stands there instead. */
static void tell_theirs(cx *c, const struct appraise *p, struct item *x)
{
	char text[DEC_TEXT];
	for (size_t i = 0; i < p->s.decisions.n; i++) {
		const db_decision *d = &p->s.decisions.p[i];
		if (!str_eq(d->node, x->d.node) || !str_eq(d->stage, p->stage))
			continue;
		x->out->value = d->points.there ? arena_str(c->mem, dec_text(d->points.v, text)) : d->state;
		x->out->reason = d->remark;
		x->out->who = (struct entry_who){ d->who.name, d->at };
	}
}

enum err appraise_save(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct appraise_change *x, size_t n,
	struct appraise_saved *out)
{
	struct appraise p = { .a = a, .who = who, .n = n };
	*out = (struct appraise_saved){ .n = n };
	if (n > ENTRY_CHANGES_MAX)
		return cx_fail(c, ERR_LIMIT, "entry.too_many", (place){ 0 }, STR(""));
	enum err e = read_sheet(c, &p, round, unit);
	if (!e)
		e = may_decide(c, &p);
	if (!e)
		e = save_figures(c, a, who, round, unit, p.stage, x, n);
	if (!e)
		e = read_sheet(c, &p, round, unit);
	if (e)
		return e;
	out->p = NEW_ARRAY(c->mem, struct entry_outcome, n + 1);
	p.items = NEW_ARRAY(c->mem, struct item, n + 1);
	for (size_t i = 0; i < n; i++) {
		p.items[i].out = &out->p[i];
		check(c, &p, &p.items[i], &x[i]);
	}
	e = write(c, &p);
	for (size_t i = 0; i < n && !e; i++) {
		out->saved += out->p[i].is == OUTCOME_SAVED;
		out->refused += out->p[i].is == OUTCOME_REFUSED;
		out->conflicts += out->p[i].is == OUTCOME_CONFLICT;
	}
	if (!e && out->conflicts)
		e = read_sheet(c, &p, round, unit);
	for (size_t i = 0; i < n && !e; i++)
		if (out->p[i].is == OUTCOME_CONFLICT)
			tell_theirs(c, &p, &p.items[i]);
	return e;
}

/* ---- all that is clear ---- */

/* In appraisal 2 only what was asked and is open; what was clear in appraisal 1 stays decided. */
static bool is_open(const struct appraise *p, str node)
{
	const db_decision *d = work_decision(&p->s, node, p->stage);
	return !d || (str_is(p->stage, "appraisal2") && d->asks && !str_is(d->stage, "appraisal2"));
}

enum err appraise_accept(cx *c, struct app *a, const struct actor *who, str round, str unit, int *accepted)
{
	struct appraise p = { .a = a, .who = who };
	*accepted = 0;
	enum err e = read_sheet(c, &p, round, unit);
	if (!e)
		e = may_decide(c, &p);
	if (e)
		return e;
	struct entry_outcome *outcomes = NEW_ARRAY(c->mem, struct entry_outcome, p.w.n_order + 1);
	p.items = NEW_ARRAY(c->mem, struct item, p.w.n_order + 1);
	for (size_t i = 0; i < p.w.n_order; i++) {
		int32_t node = p.w.order[i];
		const struct tree_node *n = &p.w.t->nodes.p[node];
		if (!work_is_row(n) || !score_known(&p.self.cells[node]) || !is_open(&p, n->code))
			continue;
		enum row_state state = work_row_state(&p.w, &p.s, p.self_m, &p.self, node, &p.catalogue);
		if (state != ROW_DONE && state != ROW_NA)
			continue;
		struct item *x = &p.items[p.n];
		x->out = &outcomes[p.n++];
		check(c, &p, x, &(struct appraise_change){ .node = n->code, .basis = STR("self") });
	}
	e = write(c, &p);
	for (size_t i = 0; i < p.n && !e; i++)
		*accepted += outcomes[i].is == OUTCOME_SAVED;
	return e;
}
