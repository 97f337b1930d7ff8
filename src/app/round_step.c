/* Doing the steps of the state machines: rights, what a step demands, and its one transaction. */
#include "app/audit.h"
#include "app/round_flow.h"
#include "app/round_notice.h"
#include "app/round_publish.h"
#include "app/round_work.h"
#include "base/vec.h"

struct doing {
	struct app *a;
	const struct actor *who;
	struct work w;
	struct work_sheet s;
	str verb, reason, owner;
	const db_round_part *part;
	const struct flow_step *step;
};

static enum err read_all(cx *c, struct app *a, str round, str unit, struct doing *d)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_begin(c, k, DB_READ);
	if (!e)
		e = work_round(c, k, a, round, &d->w);
	if (!e && unit.len)
		e = work_sheet(c, k, &d->w, unit, &d->s);
	if (!e && unit.len)
		e = work_facts(c, k, &d->w, &d->s);
	return e;
}

static enum err check_reason(cx *c, const struct doing *d)
{
	return d->step->reason && !d->reason.len ? cx_fail(c, ERR_INPUT, "flow.reason", (place){ .field = STR("reason") }, d->verb) : ERR_OK;
}

/* Who may not take the step in any state learns nothing of the state. */
static enum err may_ever(cx *c, const struct doing *d, enum flow_of of, int64_t unit_id)
{
	const struct flow_step *first = NULL;
	for (const struct flow_step *s = flow_steps; s->verb; s++) {
		if (s->of != of || !str_is(d->verb, s->verb))
			continue;
		if (work_may(c, d->a, d->who, s->noun, s->may, unit_id))
			return ERR_OK;
		first = first ? first : s;
	}
	return actor_may(c, d->a, d->who, first ? first->noun : "score", first ? first->may : "view", unit_id);
}

/* ---- the round ---- */

static enum err note_step(cx *c, db_conn *k, const struct doing *d, str from)
{
	enum err e = db_round_step_add(c, k,
		&(db_round_step){ .round_id = d->w.round.id, .verb = d->verb, .from = from, .to = str_of(d->step->to), .reason = d->reason,
			.who = work_who(d->who) });
	str what = arena_printf(c->mem, "round.%.*s", STR_ARG(d->verb));
	return e ? e : audit_add(c, k, d->who, arena_cstr(c->mem, what), d->w.round.code, d->reason);
}

/* Every sheet is locked with the round; one that was not appraised holds it up. */
static enum err lock_all(cx *c, db_conn *k, const struct doing *d)
{
	db_round_sheet_list list;
	enum err e = db_round_sheets(c, k, d->w.round.id, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_round_sheet *s = &list.p[i];
		if (str_is(s->state, "locked"))
			continue;
		if (!flow_can(FLOW_SHEET, "lock", s->state, STR("final"), d->w.plan.kind))
			return cx_fail(c, ERR_CONFLICT, "flow.sheet_open", (place){ 0 }, s->unit_name);
		if (s->n_decided < s->n_rows) { /* opened again since it was appraised */
			fault *f = cx_fault(c, FAULT_ERROR, "flow.undecided", (place){ 0 }, s->unit_name);
			fault_arg(c, f, 1, arena_printf(c->mem, "%d", s->n_rows - s->n_decided));
			return ERR_CONFLICT;
		}
		e = db_round_sheet_move(c, k, s->id, s->state, STR("locked"));
		if (!e)
			e = db_round_step_add(c, k,
				&(db_round_step){ .round_id = d->w.round.id, .sheet_id = s->id, .verb = STR("lock"), .from = s->state, .to = STR("locked"),
					.who = work_who(d->who) });
	}
	return e;
}

static enum err move_round(cx *c, db_conn *k, void *arg)
{
	const struct doing *d = arg;
	str from = d->w.plan.state;
	enum err e = str_is(d->verb, "final") ? lock_all(c, k, d) : ERR_OK;
	if (!e)
		e = db_round_plan_move(c, k, d->w.round.id, from, str_of(d->step->to));
	if (e == ERR_CONFLICT && !c->n_errors)
		return cx_fail(c, e, "flow.moved", (place){ 0 }, d->w.round.code);
	return e ? e : note_step(c, k, d, from);
}

static enum err check_plan(cx *c, const struct doing *d)
{
	if (str_is(d->verb, "open") && date_of_ms(c->now_ms) > d->w.plan.self_due)
		return cx_fail(c, ERR_CONFLICT, "flow.due_past", (place){ 0 }, d->w.round.code);
	return ERR_OK;
}

enum err round_do(cx *c, struct app *a, const struct actor *who, str round, str verb, str reason)
{
	struct doing d = { .a = a, .who = who, .verb = verb, .reason = str_trim(reason) };
	enum err e = read_all(c, a, round, STR(""), &d);
	if (!e)
		e = may_ever(c, &d, FLOW_ROUND, 0);
	if (!e)
		e = flow_find(c, FLOW_ROUND, verb, d.w.plan.state, STR(""), d.w.plan.kind, &d.step);
	if (!e)
		e = actor_may(c, a, who, d.step->noun, d.step->may, 0);
	if (!e)
		e = check_reason(c, &d);
	if (!e)
		e = check_plan(c, &d);
	if (!e && str_is(verb, "publish"))
		return round_publish(c, a, who, round, d.reason);
	return e ? e : work_write(c, a, move_round, &d);
}

/* ---- a sheet ---- */

static enum err incomplete(cx *c, const struct doing *d, int n, const char *key)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, d->s.s.unit_name);
	fault_arg(c, f, 1, arena_printf(c->mem, "%d", n));
	return ERR_CONFLICT;
}

static enum err check_complete(cx *c, const struct doing *d)
{
	const db_round_sheet *s = &d->s.s;
	int open = s->n_todo + s->n_wrong + s->n_proof;
	if (open)
		return incomplete(c, d, open, "flow.incomplete");
	for (size_t i = 0; i < d->s.parts.n && str_is(d->w.plan.kind, "up"); i++)
		if (d->s.parts.p[i].n_rows && !flow_word("submitted accepted", d->s.parts.p[i].state)) {
			fault *f = cx_fault(c, FAULT_ERROR, "flow.part_open", (place){ 0 }, d->s.parts.p[i].owner);
			fault_arg(c, f, 1, s->unit_name);
			return ERR_CONFLICT;
		}
	if (c->now_ms > work_due(&d->w, "self", s->id))
		return cx_fail(c, ERR_CONFLICT, "flow.too_late", (place){ 0 }, d->w.round.code);
	return ERR_OK;
}

/* Rows without a decision of the stage that has to decide them. */
static int undecided(const struct doing *d, const char *stage)
{
	int n = 0;
	bool second = strcmp(stage, "appraisal2") == 0;
	for (size_t i = 0; i < d->w.n_order; i++) {
		const struct tree_node *node = &d->w.t->nodes.p[d->w.order[i]];
		const db_decision *x = work_is_row(node) ? work_decision(&d->s, node->code, str_of(stage)) : NULL;
		n += work_is_row(node) && (!x || (second && x->asks && !str_is(x->stage, stage)));
	}
	return n;
}

static enum err check_sheet(cx *c, const struct doing *d)
{
	if (str_is(d->verb, "submit"))
		return check_complete(c, d);
	if (str_is(d->verb, "explain")) {
		if (d->s.s.n_asked)
			return incomplete(c, d, d->s.s.n_asked, "flow.unexplained");
		return c->now_ms > work_due(&d->w, "explain", d->s.s.id)
			? cx_fail(c, ERR_CONFLICT, "flow.too_late", (place){ 0 }, d->w.round.code)
			: ERR_OK;
	}
	const char *stage = str_is(d->verb, "appraise1") ? "appraisal1"
		: str_is(d->verb, "appraise2")           ? "appraisal2"
		: str_is(d->verb, "lock")                ? "council"
							 : NULL;
	int open = stage ? undecided(d, stage) : 0;
	return open ? incomplete(c, d, open, "flow.undecided") : ERR_OK;
}

/* What the store filled in becomes a fact of the sheet: a later count changes no sheet that was handed in. */
static enum err keep_store(cx *c, db_conn *k, const struct doing *d)
{
	static const char *const parts[] = { "now", "prev" };
	db_entry *list = NEW_ARRAY(c->mem, db_entry, 2 * d->w.t->measures.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < 2 * d->w.t->measures.n; i++) {
		str measure = d->w.t->measures.p[i / 2].name;
		const uint32_t *slot = d->w.t->measures.p[i / 2].slot;
		bool read = i % 2 ? slot[PART_PREV] || slot[PART_PREV_NUM] || slot[PART_PREV_DEN] : slot[PART_VALUE] || slot[PART_NUM] || slot[PART_DEN];
		db_entry last = { .stage = STR("self"), .measure = measure, .part = str_of(parts[i % 2]) };
		struct work_figure f = work_figure(&d->s, last.stage, measure, last.part, 0);
		bool found;
		if (!read || f.entry || !f.live)
			continue;
		enum err e = db_entry_last(c, k, d->s.s.id, &last, &last, &found);
		if (e)
			return e;
		list[n++] = (db_entry){ .stage = STR("self"), .measure = measure, .part = str_of(parts[i % 2]), .revision = found ? last.revision + 1 : 1,
			.numerator = f.live->numerator, .denominator = f.live->denominator, .value = f.live->numerator.len ? STR("") : f.live->value,
			.status = str_is(f.live->status, "missing") ? STR("none") : f.live->status, .reason = f.live->reason, .source = f.live->source,
			.as_of = f.live->as_of, .origin = STR("store"), .who = { 0, STR("store") } };
	}
	return n ? db_entry_add(c, k, d->s.s.id, list, n) : ERR_OK;
}

static enum err move_sheet(cx *c, db_conn *k, void *arg)
{
	const struct doing *d = arg;
	db_round_sheet now;
	enum err e = db_round_sheet_get(c, k, d->w.round.id, d->s.s.unit_id, &now);
	if (!e && now.version != d->s.s.version) /* somebody saved meanwhile: what was checked may not hold */
		return cx_fail(c, ERR_CONFLICT, "flow.moved", (place){ 0 }, now.unit_name);
	if (!e && str_is(d->verb, "submit"))
		e = keep_store(c, k, d);
	if (!e)
		e = round_tell_step(c, k, &d->w, &d->s, NULL, d->who, d->verb, d->reason);
	return e ? e : work_move_sheet(c, k, &d->w, &d->s.s, d->who, d->verb, str_of(d->step->to), d->reason);
}

/* Counted to this moment. */
static enum err read_counted(cx *c, struct app *a, str round, str unit, struct doing *d)
{
	db_measure_def_list catalogue = { 0 };
	struct measures *m;
	struct score_result r;
	enum err e = read_all(c, a, round, unit, d);
	DB_READER(k);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_measure_def_all(c, k, &catalogue);
	return e ? e : work_sum(c, &d->w, &d->s, &catalogue, &m, &r);
}

enum err round_sheet_do(cx *c, struct app *a, const struct actor *who, str round, str unit, str verb, str reason)
{
	struct doing d = { .a = a, .who = who, .verb = verb, .reason = str_trim(reason) };
	if (str_is(verb, "begin"))
		return cx_fail(c, ERR_INPUT, "flow.no_such_step", (place){ .field = STR("verb") }, verb);
	enum err e = read_counted(c, a, round, unit, &d);
	if (!e)
		e = may_ever(c, &d, FLOW_SHEET, d.s.s.unit_id);
	if (!e)
		e = flow_find(c, FLOW_SHEET, verb, d.s.s.state, d.w.plan.state, d.w.plan.kind, &d.step);
	if (!e)
		e = actor_may(c, a, who, d.step->noun, d.step->may, d.s.s.unit_id);
	if (!e)
		e = check_reason(c, &d);
	if (!e)
		e = check_sheet(c, &d);
	if (!e)
		e = work_write(c, a, move_sheet, &d);
	return e ? e : work_settle(c, a, &d.w, d.s.s.unit_id);
}

/* ---- a part ---- */

static enum err move_part(cx *c, db_conn *k, void *arg)
{
	const struct doing *d = arg;
	const db_round_part *part = d->part;
	str from = part->state;
	enum err e = db_round_part_move(c, k, d->s.s.id, d->owner, from, str_of(d->step->to));
	if (e == ERR_CONFLICT)
		return cx_fail(c, e, "flow.moved", (place){ 0 }, d->owner);
	if (!e)
		e = db_round_step_add(c, k,
			&(db_round_step){ .round_id = d->w.round.id, .sheet_id = d->s.s.id, .owner = d->owner, .verb = d->verb, .from = from,
				.to = str_of(d->step->to), .reason = d->reason, .who = work_who(d->who) });
	if (!e)
		e = round_tell_step(c, k, &d->w, &d->s, part, d->who, d->verb, d->reason);
	str what = arena_printf(c->mem, "round.part_%.*s", STR_ARG(d->verb));
	str object = arena_printf(c->mem, "%.*s/%.*s/%.*s", STR_ARG(d->w.round.code), STR_ARG(d->s.s.unit_code), STR_ARG(d->owner));
	return e ? e : audit_add(c, k, d->who, arena_cstr(c->mem, what), object, d->reason);
}

/* Upwards an agency answers for its part by its own unit; what is done with the part goes by the unit of the sheet. */
static int64_t part_unit(const struct doing *d, const db_round_part *part)
{
	for (const struct flow_step *s = flow_steps; s->verb; s++)
		if (s->of == FLOW_PART && str_is(d->verb, s->verb) && strcmp(s->may, "fill") == 0 && str_is(d->w.plan.kind, "up") && part->unit_id)
			return part->unit_id;
	return d->s.s.unit_id;
}

enum err round_part_do(cx *c, struct app *a, const struct actor *who, str round, str unit, str owner, str verb, str reason)
{
	struct doing d = { .a = a, .who = who, .verb = verb, .reason = str_trim(reason), .owner = owner };
	enum err e = read_counted(c, a, round, unit, &d);
	for (size_t i = 0; !e && i < d.s.parts.n; i++)
		if (str_eq(d.s.parts.p[i].owner, owner))
			d.part = &d.s.parts.p[i];
	const db_round_part *part = d.part;
	if (!e && !part)
		return ERR_NOTFOUND;
	if (!e && str_is(verb, "begin"))
		return cx_fail(c, ERR_INPUT, "flow.no_such_step", (place){ .field = STR("verb") }, verb);
	if (!e)
		e = may_ever(c, &d, FLOW_PART, part_unit(&d, part));
	if (!e)
		e = flow_find(c, FLOW_PART, verb, part->state, d.w.plan.state, d.w.plan.kind, &d.step);
	if (!e && !flow_word("new work returned", d.s.s.state))
		e = cx_fail(c, ERR_CONFLICT, "flow.handed_in", (place){ 0 }, d.s.s.unit_name);
	if (!e)
		e = check_reason(c, &d);
	if (!e && str_is(verb, "submit") && part->n_done < part->n_rows)
		e = incomplete(c, &d, part->n_rows - part->n_done, "flow.incomplete");
	return e ? e : work_write(c, a, move_part, &d);
}

/* ---- more time ---- */

struct extend {
	struct doing d;
	str phase;
	day until;
};

static enum err add_extension(cx *c, db_conn *k, void *arg)
{
	const struct extend *x = arg;
	const struct doing *d = &x->d;
	char text[DATE_TEXT];
	const db_round_extension more = { .sheet_id = d->s.s.id, .phase = x->phase, .until = x->until, .reason = d->reason, .who = work_who(d->who) };
	enum err e = db_round_extension_add(c, k, d->w.round.id, &more);
	if (!e && d->s.s.id)
		e = round_tell_more(c, k, &d->w, &d->s.s, d->who, &more);
	str object = d->s.s.id ? arena_printf(c->mem, "%.*s/%.*s", STR_ARG(d->w.round.code), STR_ARG(d->s.s.unit_code)) : d->w.round.code;
	str detail = arena_printf(c->mem, "%.*s %.*s %.*s", STR_ARG(x->phase), STR_ARG(date_text(x->until, text)), STR_ARG(d->reason));
	return e ? e : audit_add(c, k, d->who, "round.extend", object, detail);
}

enum err round_extend(cx *c, struct app *a, const struct actor *who, str round, str unit, str phase, day until, str reason)
{
	struct extend x = { .d = { .a = a, .who = who, .reason = str_trim(reason) }, .phase = phase, .until = until };
	if (!flow_word("self explain", phase))
		return cx_fail(c, ERR_INPUT, "flow.phase", (place){ .field = STR("phase") }, phase);
	if (!x.d.reason.len)
		return cx_fail(c, ERR_INPUT, "flow.reason", (place){ .field = STR("reason") }, STR("extend"));
	enum err e = read_all(c, a, round, unit, &x.d);
	if (!e)
		e = actor_may(c, a, who, "round", "plan", x.d.s.s.unit_id);
	if (!e && (until < date_of_ms(c->now_ms) || date_of_ms(work_due(&x.d.w, arena_cstr(c->mem, phase), x.d.s.s.id)) >= until))
		e = cx_fail(c, ERR_INPUT, "flow.until", (place){ .field = STR("until") }, STR(""));
	return e ? e : work_write(c, a, add_extension, &x);
}
