/* Evidence of criteria, and what happened to one. */
#include <stdlib.h>
#include "app/audit.h"
#include "app/file.h"
#include "app/round_entry.h"
#include "app/round_flow.h"
#include "app/round_left.h"
#include "app/round_work.h"
#include "app/sign.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/file.h"

struct proof {
	struct app *a;
	const struct actor *who;
	struct work w;
	struct work_sheet s;
	db_evidence x;
	int64_t id;
	str reason;
	bool adds;
};

static enum err read_sheet(cx *c, struct app *a, str round, str unit, struct work *w, struct work_sheet *s)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = work_round(c, k, a, round, w);
	if (!e)
		e = work_sheet(c, k, w, unit, s);
	return e;
}

static enum err may_part(cx *c, const struct proof *p, str owner)
{
	if (work_may(c, p->a, p->who, "score", "submit", p->s.s.unit_id))
		return ERR_OK;
	for (size_t i = 0; i < p->s.parts.n; i++)
		if (str_eq(p->s.parts.p[i].owner, owner) && str_is(p->w.plan.kind, "up") && p->s.parts.p[i].unit_id)
			return actor_may(c, p->a, p->who, "score", "fill", p->s.parts.p[i].unit_id);
	return actor_may(c, p->a, p->who, "score", "fill", p->s.s.unit_id);
}

static enum err may_prove(cx *c, const struct proof *p, str node)
{
	int32_t at = tree_find(p->w.t, node);
	if (at == NO_NODE || !tree_is_scored(&p->w.t->nodes.p[at]))
		return cx_fail(c, ERR_INPUT, "entry.no_such_row", (place){ .field = STR("node") }, node);
	return may_part(c, p, work_owner(c, p->w.t, at));
}

/* Of a criterion that the set has no more: the name that answered for it then. */
static enum err owner_then(cx *c, const struct proof *p, str *owner)
{
	const tree *t;
	int32_t at;
	DB_READER(k);
	enum err e = db_reader(c, p->a->db, &k);
	if (!e)
		e = left_find(c, k, p->a, &p->w, p->x.node, &t, &at);
	if (!e)
		*owner = work_owner(c, t, at);
	return e;
}

static enum err write(cx *c, db_conn *k, void *arg)
{
	struct proof *p = arg;
	db_round_plan plan;
	db_round_sheet now;
	enum err e = db_round_plan_get(c, k, p->w.round.id, &plan);
	if (!e)
		e = db_round_sheet_get(c, k, p->w.round.id, p->s.s.unit_id, &now);
	if (e)
		return e;
	const char *closed = work_closed_note(c, &p->w, plan.state, now.state, now.id);
	if (closed)
		return cx_fail(c, ERR_CONFLICT, closed, (place){ 0 }, p->w.round.code);
	p->x.stage = str_is(plan.state, "explanation") ? STR("explanation") : STR("self");
	db_who who = work_who(p->who);
	e = p->adds ? db_evidence_add(c, k, &p->x) : db_evidence_remove(c, k, p->id, &who, p->reason);
	if (!e && p->adds && p->x.file_id)
		e = db_file_ref(c, k, p->x.file_id, STR("evidence"), p->x.id);
	if (e == ERR_CONFLICT)
		return cx_fail(c, e, "entry.evidence_gone", (place){ 0 }, STR(""));
	if (!e && str_is(now.state, "new"))
		e = db_round_sheet_move(c, k, now.id, now.state, STR("work"));
	if (!e)
		e = db_round_sheet_touch(c, k, now.id);
	str object = arena_printf(c->mem, "%.*s/%.*s/%.*s", STR_ARG(p->w.round.code), STR_ARG(now.unit_code), STR_ARG(p->x.node));
	str detail = arena_printf(c->mem, "%lld", (long long)p->x.id);
	return e ? e : audit_add(c, k, p->who, p->adds ? "round.evidence_add" : "round.evidence_remove", object, detail);
}

static bool is_address(str s)
{
	return str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
}

static enum err check_new(cx *c, const struct evidence_new *x)
{
	if (!flow_word("document link file", x->kind))
		return cx_fail(c, ERR_INPUT, "entry.evidence_kind", (place){ .field = STR("kind") }, x->kind);
	if (!str_trim(x->title).len && !str_trim(x->number).len)
		return cx_fail(c, ERR_INPUT, "entry.evidence_title", (place){ .field = STR("title") }, STR(""));
	if (str_is(x->kind, "link") && (!is_address(x->url) || vn_length(x->url) > 2000))
		return cx_fail(c, ERR_INPUT, "entry.evidence_url", (place){ .field = STR("url") }, x->url);
	if (vn_length(x->title) > ENTRY_SHORT_MAX || vn_length(x->number) > 200)
		return cx_fail(c, ERR_LIMIT, "entry.too_long", (place){ .field = STR("title") }, STR(""));
	return ERR_OK;
}

enum err evidence_add(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct evidence_new *x, int64_t *id)
{
	struct proof p = { .a = a, .who = who, .adds = true };
	enum err e = check_new(c, x);
	if (!e)
		e = read_sheet(c, a, round, unit, &p.w, &p.s);
	if (!e)
		e = may_prove(c, &p, x->node);
	if (e)
		return e;
	str title = str_trim(x->title);
	p.x = (db_evidence){ .sheet_id = p.s.s.id, .node = x->node, .kind = x->kind, .title = title.len ? title : str_trim(x->number),
		.number = str_trim(x->number), .url = str_is(x->kind, "link") ? x->url : STR(""), .issued_on = x->issued_on, .file_id = x->file_id,
		.key = x->key, .who = work_who(who) };
	e = work_write(c, a, write, &p);
	if (e)
		return e;
	*id = p.x.id;
	return work_settle(c, a, &p.w, p.s.s.unit_id);
}

/* One that is there, of this sheet, by who may. */
static enum err find_proof(cx *c, struct proof *p, str round, str unit, int64_t id)
{
	enum err e = read_sheet(c, p->a, round, unit, &p->w, &p->s);
	if (!e) {
		DB_READER(k);
		e = db_reader(c, p->a->db, &k);
		if (!e)
			e = db_evidence_get(c, k, id, &p->x);
	}
	if (!e && p->x.sheet_id != p->s.s.id)
		e = ERR_NOTFOUND;
	return e ? e : may_prove(c, p, p->x.node);
}

static enum err check_free(cx *c, const struct proof *p)
{
	struct file_info f;
	enum err e = p->x.file_id ? file_get(c, p->a, p->x.file_id, &f) : ERR_OK;
	return !e && p->x.file_id && f.locked ? cx_fail(c, ERR_CONFLICT, "sign.keeps", (place){ 0 }, f.name) : e;
}

enum err evidence_remove(cx *c, struct app *a, const struct actor *who, str round, str unit, int64_t id, str reason)
{
	struct proof p = { .a = a, .who = who, .id = id, .reason = str_trim(reason) };
	enum err e = find_proof(c, &p, round, unit, id);
	if (!e)
		e = check_free(c, &p);
	if (!e)
		e = work_write(c, a, write, &p);
	return e ? e : work_settle(c, a, &p.w, p.s.s.unit_id);
}

/* ---- the year before ---- */

static enum err sheet_before(cx *c, db_conn *k, const struct entry_sheet *s, int64_t *sheet, str *round)
{
	db_round_sheet_list list;
	period now;
	char text[PERIOD_TEXT];
	*sheet = 0;
	if (!period_parse(s->round.period, &now))
		return ERR_OK;
	str before = period_text(period_prev(now), text);
	enum err e = db_round_sheets_of_unit(c, k, s->unit_id, &list);
	for (size_t i = 0; i < list.n && !e && !*sheet; i++) {
		db_round r;
		e = db_round_get(c, k, list.p[i].round_id, &r);
		if (!e && str_eq(r.period, before) && str_eq(r.level, s->round.level)) {
			*sheet = list.p[i].id;
			*round = r.code;
		}
	}
	return e;
}

enum err evidence_before(cx *c, struct app *a, const struct entry_sheet *s, str node, struct entry_evidence **out, size_t *n, str *round)
{
	DB_READER(k);
	db_evidence_list list = { 0 };
	int64_t sheet;
	*n = 0;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = sheet_before(c, k, s, &sheet, round);
	if (!e && sheet)
		e = db_evidence_of(c, k, sheet, &list);
	*out = NEW_ARRAY(c->mem, struct entry_evidence, list.n + 1);
	for (size_t i = 0; i < list.n && !e; i++) {
		const db_evidence *x = &list.p[i];
		if (str_eq(x->node, node) && !x->removed_at)
			(*out)[(*n)++] = (struct entry_evidence){ .id = x->id, .file_id = x->file_id, .kind = x->kind, .title = x->title, .number = x->number,
				.url = x->url, .stage = x->stage, .issued_on = x->issued_on, .who = { x->who.name, x->at } };
	}
	return e;
}

/* ---- signing ---- */

static enum err may_sign(cx *c, const struct proof *p)
{
	return str_is(p->s.s.state, "locked") ? cx_fail(c, ERR_CONFLICT, "flow.closed", (place){ 0 }, p->w.round.code) : ERR_OK;
}

bool evidence_signs(cx *c, struct app *a, const struct actor *who, str round, str unit, str node)
{
	struct proof p = { .a = a, .who = who };
	size_t faults = c->n_faults, errors = c->n_errors;
	enum err e = read_sheet(c, a, round, unit, &p.w, &p.s);
	if (!e)
		e = may_sign(c, &p);
	if (!e)
		e = may_prove(c, &p, node);
	c->n_faults = faults;
	c->n_errors = errors;
	return !e;
}

enum err evidence_sign(cx *c, struct app *a, const struct actor *who, str round, str unit, int64_t id)
{
	struct proof p = { .a = a, .who = who };
	int64_t request;
	enum err e = find_proof(c, &p, round, unit, id);
	if (!e)
		e = may_sign(c, &p);
	if (!e)
		e = p.x.file_id ? check_free(c, &p) : cx_fail(c, ERR_INPUT, "sign.not_pdf", (place){ 0 }, p.x.title);
	return e ? e : sign_send(c, a, who, STR("evidence"), id, p.x.file_id, &request);
}

enum err evidence_signed(cx *c, struct app *a, const struct actor *who, str round, str unit, int64_t request, str name, int fd, uint64_t size)
{
	struct proof p = { .a = a, .who = who };
	struct sign_request r;
	struct file_info f;
	enum err e = sign_request_get(c, a, request, &r);
	if (!e && !str_is(r.noun, "evidence"))
		e = ERR_NOTFOUND;
	if (!e)
		e = find_proof(c, &p, round, unit, r.object_id);
	if (!e)
		e = may_sign(c, &p);
	return e ? e : sign_accept(c, a, who, request, name, fd, size, &f);
}

enum err evidence_signed_file(cx *c, struct app *a, int64_t id, int64_t *file_id)
{
	struct sign_requests l;
	enum err e = sign_requests_of(c, a, STR("evidence"), id, &l);
	*file_id = 0;
	for (size_t i = 0; i < l.n && !e; i++)
		if (l.p[i].returned_id)
			*file_id = l.p[i].returned_id;
	return e;
}

/* ---- files ---- */

static enum err read_proof(cx *c, struct proof *p, int64_t id)
{
	db_round round;
	DB_READER(k);
	enum err e = db_reader(c, p->a->db, &k);
	if (!e)
		e = db_evidence_get(c, k, id, &p->x);
	if (!e)
		e = db_round_sheet_by_id(c, k, p->x.sheet_id, &p->s.s);
	if (!e)
		e = db_round_get(c, k, p->s.s.round_id, &round);
	if (!e)
		e = work_round(c, k, p->a, round.code, &p->w);
	return e ? e : db_round_parts(c, k, p->s.s.id, &p->s.parts);
}

/* Who sees the criterion sees its files. */
enum err evidence_may(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	struct proof p = { .a = a, .who = who };
	enum err e = read_proof(c, &p, id);
	if (e)
		return e;
	if (work_may(c, a, who, "score", "view", p.s.s.unit_id))
		return ERR_OK;
	if (!left_is(p.x.node))
		return may_prove(c, &p, p.x.node);
	str owner;
	e = owner_then(c, &p, &owner);
	return e ? e : may_part(c, &p, owner);
}

/* ---- history ---- */

struct past {
	cx *c;
	struct work w;
	struct work_sheet s;
	db_measure_def_list catalogue;
	str node;
	struct entry_history *out;
};

static bool names(const struct past *p, str measure)
{
	int32_t at = tree_find(p->w.t, p->node);
	if (!p->node.len)
		return true;
	const struct tree_node *n = at == NO_NODE ? NULL : &p->w.t->nodes.p[at];
	for (size_t i = 0; n && n->rule && i < n->rule->n_refs; i++)
		if (str_eq(n->rule->refs[i].name, measure))
			return true;
	return false;
}

static str figure_text(cx *c, const db_entry *e)
{
	if (str_is(e->status, "ok") && e->numerator.len + e->denominator.len)
		return arena_printf(c->mem, "%.*s / %.*s", STR_ARG(e->numerator), STR_ARG(e->denominator));
	if (str_is(e->status, "ok"))
		return e->value;
	return str_is(e->status, "empty") ? STR("") : e->status;
}

static void add(struct past *p, struct entry_event e)
{
	*VEC_PUSH(p->c->mem, p->out) = e;
}

static void add_figures(struct past *p, const db_entry_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const db_entry *e = &l->p[i], *before = i && e->revision > 1 ? &l->p[i - 1] : NULL;
		const db_measure_def *d = work_def(&p->catalogue, e->measure);
		if (names(p, e->measure))
			add(p, (struct entry_event){ .at = e->at, .who = e->who.name, .what = STR("figure"), .label_vi = d ? d->name_vi : e->measure,
				.label_en = d ? d->name_en : e->measure, .stage = e->stage, .old = before ? figure_text(p->c, before) : STR(""),
				.now = figure_text(p->c, e), .reason = e->reason });
	}
}

static void add_notes(struct past *p, const db_note_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const db_note *n = &l->p[i];
		if (!p->node.len || str_eq(n->node, p->node))
			add(p, (struct entry_event){ .at = n->at, .who = n->who.name, .what = n->kind, .node = n->node,
				.old = i && n->revision > 1 ? l->p[i - 1].body : STR(""), .now = n->body });
	}
}

static void add_proofs(struct past *p, const db_evidence_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const db_evidence *x = &l->p[i];
		if (p->node.len && !str_eq(x->node, p->node))
			continue;
		add(p, (struct entry_event){ .at = x->at, .who = x->who.name, .what = STR("evidence"), .node = x->node, .stage = x->stage, .now = x->title });
		if (x->removed_at)
			add(p, (struct entry_event){ .at = x->removed_at, .who = x->removed_who.name, .what = STR("evidence_removed"), .node = x->node,
				.old = x->title, .reason = x->removed_reason });
	}
}

static str points_text(cx *c, const db_decision *d)
{
	char text[DEC_TEXT];
	if (work_is_open(d))
		return STR("");
	return d->points.there ? arena_str(c->mem, dec_text(d->points.v, text)) : d->state;
}

static void add_decisions(struct past *p, const db_decision_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const db_decision *d = &l->p[i];
		if (!p->node.len || str_eq(d->node, p->node))
			add(p,
				(struct entry_event){ .at = d->at,
					.who = d->who.name,
					.what = work_is_open(d) ? STR("reopened") : STR("decision"),
					.node = d->node,
					.stage = d->stage,
					.old = i && d->revision > 1 ? points_text(p->c, &l->p[i - 1])
						: d->self_points.there
						? points_text(p->c, &(db_decision){ .points = d->self_points })
						: STR(""),
					.now = points_text(p->c, d),
					.reason = d->remark });
	}
}

static void add_steps(struct past *p, const db_round_step_list *l)
{
	for (size_t i = 0; i < l->n && !p->node.len; i++) {
		const db_round_step *x = &l->p[i];
		if (x->sheet_id)
			add(p, (struct entry_event){ .at = x->at, .who = x->who.name, .what = STR("step"), .node = x->owner, .stage = x->verb,
				.old = x->from, .now = x->to, .reason = x->reason });
	}
}

static int newest_first(const void *pa, const void *pb)
{
	const struct entry_event *a = pa, *b = pb;
	return (a->at < b->at) - (a->at > b->at);
}

static enum err read_past(struct past *p, struct app *a, str round, str unit)
{
	db_entry_list entries;
	db_note_list notes;
	db_evidence_list proofs;
	db_decision_list decisions;
	db_round_step_list steps;
	cx *c = p->c;
	DB_READER(k);
	enum err e = read_sheet(c, a, round, unit, &p->w, &p->s);
	if (!e)
		e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_measure_def_all(c, k, &p->catalogue);
	if (!e)
		e = db_entries(c, k, p->s.s.id, true, &entries);
	if (!e)
		e = db_notes(c, k, p->s.s.id, true, &notes);
	if (!e)
		e = db_evidence_of(c, k, p->s.s.id, &proofs);
	if (!e)
		e = db_decisions(c, k, p->s.s.id, true, &decisions);
	if (!e)
		e = db_round_steps(c, k, p->w.round.id, p->s.s.id, &steps);
	if (e)
		return e;
	add_figures(p, &entries);
	add_notes(p, &notes);
	add_proofs(p, &proofs);
	add_decisions(p, &decisions);
	add_steps(p, &steps);
	return ERR_OK;
}

enum err entry_history(cx *c, struct app *a, const struct actor *who, str round, str unit, str node, struct entry_history *out)
{
	struct entry_sheet sheet;
	struct past p = { .c = c, .node = node, .out = out };
	*out = (struct entry_history){ 0 };
	enum err e = entry_load(c, a, who, round, unit, &sheet); /* who sees the row sees its history */
	bool seen = !node.len && sheet.all;
	for (size_t i = 0; i < sheet.n_rows_all && !e; i++)
		seen |= node.len && str_eq(sheet.rows[i].code, node);
	if (!e && !seen)
		e = node.len ? ERR_NOTFOUND : actor_may(c, a, who, "score", "view", sheet.unit_id);
	if (!e)
		e = read_past(&p, a, round, unit);
	if (!e && out->n)
		qsort(out->p, out->n, sizeof *out->p, newest_first);
	return e;
}
