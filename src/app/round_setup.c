#include "app/round_setup.h"
#include <stdlib.h>
#include "app/audit.h"
#include "app/round_flow.h"
#include "app/round_publish.h"
#include "app/round_work.h"
#include "app/trees.h"
#include "app/unit.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/unit.h"

enum { DAY_END = 17 * 60, UNITS_MAX = 20000 };

/* ---- making one ---- */

struct making {
	const struct actor *who;
	const struct round_new *x;
	db_edition edition;
	const tree *t;
	db_unit_list units;
	VEC(str) owners;
	VEC(int) owner_rows;
	VEC(int64_t) owner_units; /* 0: none */
	int64_t round_id;
};

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

static bool good_code(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '-' && i)))
			return false;
	return s.len >= 3 && s.len <= 60;
}

static enum err check_dates(cx *c, const struct round_dates *d)
{
	if (d->opens_on <= 0)
		return wrong(c, "setup.order", "opens_on", STR(""));
	if (d->opens_on > d->self_due)
		return wrong(c, "setup.order", "self_due", STR(""));
	if (d->self_due > d->appraise_due)
		return wrong(c, "setup.order", "appraise_due", STR(""));
	if (d->appraise_due > d->explain_due)
		return wrong(c, "setup.order", "explain_due", STR(""));
	if (d->explain_due > d->final_due)
		return wrong(c, "setup.order", "final_due", STR(""));
	return d->due_minute < 0 || d->due_minute > 1439 ? wrong(c, "setup.minute", "due_minute", STR("")) : ERR_OK;
}

static enum err check(cx *c, const struct round_new *x)
{
	period p;
	if (!good_code(x->code))
		return wrong(c, "setup.code", "code", x->code);
	if (!str_trim(x->name_vi).len || vn_length(x->name_vi) > 300 || vn_length(x->name_en) > 300)
		return wrong(c, "setup.name", "name_vi", x->name_vi);
	if (!period_parse(x->period, &p))
		return wrong(c, "setup.period", "period", x->period);
	if (!flow_word("down up", x->kind))
		return wrong(c, "setup.kind", "kind", x->kind);
	const struct round_dates d = { x->opens_on, x->self_due, x->appraise_due, x->explain_due, x->final_due, x->due_minute };
	return check_dates(c, &d);
}

/* Those named, or all of the level. */
static enum err find_units(cx *c, db_conn *k, struct making *m)
{
	period p;
	day first, last;
	db_unit_list all;
	period_parse(m->x->period, &p);
	period_days(p, &first, &last);
	enum err e = db_unit_on(c, k, m->x->level, last, STR(""), &all);
	if (e)
		return e;
	for (size_t i = 0; i < all.n; i++) {
		bool wanted = !m->x->n_units;
		for (size_t j = 0; j < m->x->n_units; j++)
			wanted |= str_eq(m->x->units[j], all.p[i].code);
		if (wanted)
			*VEC_PUSH(c->mem, &m->units) = all.p[i];
	}
	if (!m->units.n || (m->x->n_units && m->units.n != m->x->n_units))
		return wrong(c, "setup.units", "units", m->x->level);
	if (m->units.n > UNITS_MAX)
		return cx_fail(c, ERR_LIMIT, "setup.too_many", (place){ .field = STR("units") }, STR(""));
	return str_is(m->x->kind, "up") && m->units.n != 1 ? wrong(c, "setup.one_unit", "units", m->x->level) : ERR_OK;
}

static enum err find_owner(cx *c, db_conn *k, const struct making *m, str owner, int64_t *unit)
{
	db_unit u;
	*unit = 0;
	for (size_t i = 0; i < m->x->n_owners; i++) {
		const struct round_owner_of *o = &m->x->owners[i];
		if (!str_eq(o->owner, owner))
			continue;
		enum err e = db_unit_at(c, k, o->level, o->code, date_of_ms(c->now_ms), &u);
		if (e == ERR_NOTFOUND)
			return wrong(c, "setup.owner_unit", "owners", o->code);
		*unit = e ? 0 : u.id;
		return e;
	}
	return str_is(m->x->kind, "up") ? wrong(c, "setup.owner", "owners", owner) : ERR_OK;
}

static enum err find_owners(cx *c, db_conn *k, struct making *m)
{
	for (size_t i = 0; i < m->t->nodes.n; i++) {
		if (!work_is_row(&m->t->nodes.p[i]))
			continue;
		str owner = work_owner(c, m->t, (int32_t)i);
		size_t at = 0;
		while (at < m->owners.n && !str_eq(m->owners.p[at], owner))
			at++;
		if (at == m->owners.n) {
			int64_t unit;
			enum err e = find_owner(c, k, m, owner, &unit);
			if (e)
				return e;
			*VEC_PUSH(c->mem, &m->owners) = owner;
			*VEC_PUSH(c->mem, &m->owner_rows) = 0;
			*VEC_PUSH(c->mem, &m->owner_units) = unit;
		}
		m->owner_rows.p[at]++;
	}
	return ERR_OK;
}

static enum err add_sheet(cx *c, db_conn *k, const struct making *m, const db_unit *u)
{
	db_round_sheet s = { .round_id = m->round_id, .unit_id = u->id, .state = STR("new") };
	for (size_t i = 0; i < m->owners.n; i++)
		s.n_rows += m->owner_rows.p[i];
	enum err e = db_round_sheet_add(c, k, &s);
	for (size_t i = 0; i < m->owners.n && !e; i++)
		e = db_round_part_put(c, k,
			&(db_round_part){ .sheet_id = s.id, .owner = m->owners.p[i], .unit_id = m->owner_units.p[i], .state = STR("new"),
				.n_rows = m->owner_rows.p[i] });
	return e;
}

static enum err add_all(cx *c, db_conn *k, void *arg)
{
	struct making *m = arg;
	const struct round_new *x = m->x;
	db_round there;
	db_who who = work_who(m->who);
	enum err e = db_round_by_code(c, k, x->code, &there);
	if (e == ERR_OK)
		return cx_fail(c, ERR_CONFLICT, "setup.taken", (place){ .field = STR("code") }, x->code);
	if (e != ERR_NOTFOUND)
		return e;
	db_round r = { .code = x->code, .edition_id = m->edition.id, .name_vi = x->name_vi, .name_en = x->name_en.len ? x->name_en : x->name_vi,
		.level = x->level, .period = x->period, .status = STR("in work"), .illustrative = x->illustrative, .actor = who.name };
	e = db_round_put(c, k, &r);
	m->round_id = r.id;
	if (!e)
		e = db_round_plan_add(c, k,
			&(db_round_plan){ .round_id = r.id, .kind = x->kind, .state = STR("draft"), .opens_on = x->opens_on, .self_due = x->self_due,
				.appraise_due = x->appraise_due, .explain_due = x->explain_due, .final_due = x->final_due,
				.due_minute = x->due_minute ? x->due_minute : DAY_END, .needs_proof = x->needs_proof, .who = who });
	for (size_t i = 0; i < m->owners.n && !e; i++)
		if (m->owner_units.p[i])
			e = db_round_owner_put(c, k, r.id, m->owners.p[i], m->owner_units.p[i]);
	for (size_t i = 0; i < m->units.n && !e; i++)
		e = add_sheet(c, k, m, &m->units.p[i]);
	if (!e)
		e = db_round_step_add(c, k,
			&(db_round_step){ .round_id = r.id, .verb = STR("create"), .from = STR(""), .to = STR("draft"), .who = who });
	str detail = arena_printf(c->mem, "edition %.*s, %zu sheets", STR_ARG(m->edition.sha256), m->units.n);
	return e ? e : audit_add(c, k, m->who, "round.create", x->code, detail);
}

enum err round_create(cx *c, struct app *a, const struct actor *who, const struct round_new *x)
{
	struct making m = { .who = who, .x = x };
	enum err e = actor_may(c, a, who, "round", "plan", 0);
	if (!e)
		e = check(c, x);
	if (e)
		return e;
	db_conn *k;
	e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_edition_on(c, k, x->edition, date_of_ms(c->now_ms), &m.edition);
	if (e == ERR_NOTFOUND)
		e = wrong(c, "setup.edition", "edition", x->edition);
	if (!e)
		e = trees_get(c, a, &m.edition, &m.t);
	if (!e)
		e = find_units(c, k, &m);
	if (!e)
		e = find_owners(c, k, &m);
	db_release(k);
	return e ? e : db_tx(c, a->db, DB_WRITE, add_all, &m);
}

/* ---- dates ---- */

struct dating {
	const struct actor *who;
	struct work w;
	const struct round_dates *x;
	str reason;
};

static enum err put_dates(cx *c, db_conn *k, void *arg)
{
	const struct dating *d = arg;
	const db_round_plan *old = &d->w.plan;
	db_round_plan p = *old;
	char a[2][DATE_TEXT], b[2][DATE_TEXT];
	p.opens_on = d->x->opens_on;
	p.self_due = d->x->self_due;
	p.appraise_due = d->x->appraise_due;
	p.explain_due = d->x->explain_due;
	p.final_due = d->x->final_due;
	p.due_minute = d->x->due_minute ? d->x->due_minute : DAY_END;
	enum err e = db_round_plan_dates(c, k, &p);
	str was = arena_printf(c->mem, "%s / %s", date_text_vn(old->self_due, a[0]).p, date_text_vn(old->explain_due, a[1]).p);
	str is = arena_printf(c->mem, "%s / %s", date_text_vn(p.self_due, b[0]).p, date_text_vn(p.explain_due, b[1]).p);
	if (!e)
		e = db_round_step_add(c, k,
			&(db_round_step){ .round_id = d->w.round.id,
				.verb = STR("dates"),
				.from = was,
				.to = is,
				.reason = d->reason,
				.who = work_who(d->who) });
	return e ? e
		 : audit_add(c, k, d->who, "round.dates", d->w.round.code,
			 arena_printf(c->mem, "%.*s -> %.*s", STR_ARG(was), STR_ARG(is)));
}

enum err round_set_dates(cx *c, struct app *a, const struct actor *who, str round, const struct round_dates *x, str reason)
{
	struct dating d = { .who = who, .x = x, .reason = str_trim(reason) };
	enum err e = actor_may(c, a, who, "round", "plan", 0);
	if (!e)
		e = check_dates(c, x);
	if (!e) {
		DB_READER(k);
		e = db_reader(c, a->db, &k);
		if (!e)
			e = work_round(c, k, a, round, &d.w);
	}
	if (!e && !d.reason.len && !str_is(d.w.plan.state, "draft"))
		e = wrong(c, "flow.reason", "reason", STR(""));
	return e ? e : work_write(c, a, put_dates, &d);
}

/* ---- what there is ---- */

/* The day that the work of this state ends. */
static day next_due(const db_round_plan *p)
{
	static const char *const states[] = { "draft open", "closed appraisal1", "explanation", "appraisal2 council final" };
	const day days[] = { p->self_due, p->appraise_due, p->explain_due, p->final_due };
	for (int i = 0; i < 4; i++)
		if (flow_word(states[i], p->state))
			return days[i];
	return 0;
}

static enum err info_of(cx *c, db_conn *k, const db_round *r, const db_round_plan *p, struct plan_info *out)
{
	db_edition edition;
	db_publication_list pubs;
	enum err e = db_edition_get(c, k, r->edition_id, &edition);
	if (!e)
		e = db_publications(c, k, r->id, &pubs);
	if (e)
		return e;
	*out = (struct plan_info){ .kind = p->kind, .state = p->state, .opens_on = p->opens_on, .self_due = p->self_due,
		.appraise_due = p->appraise_due, .explain_due = p->explain_due, .final_due = p->final_due, .due_minute = p->due_minute,
		.next_due = next_due(p), .needs_proof = p->needs_proof, .published = pubs.n > 0, .revision = pubs.n ? pubs.p[0].revision : 0 };
	out->round = (struct round_info){ .code = r->code, .name_vi = r->name_vi, .name_en = r->name_en, .level = r->level, .period = r->period,
		.edition_code = edition.code, .edition_vi = edition.name_vi, .edition_en = edition.name_en,
		.illustrative = r->illustrative || edition.illustrative };
	return out->next_due ? work_days_left(c, k, out->next_due, &out->days_left) : ERR_OK;
}

enum err plan_get(cx *c, struct app *a, str round, struct plan_info *out)
{
	struct work w;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = work_round(c, k, a, round, &w);
	return e ? e : info_of(c, k, &w.round, &w.plan, out);
}

struct seen {
	struct plan_info info;
	db_round_sheet_list sheets;
	db_round_part_list parts;
};

struct seen_list {
	struct seen *p;
	size_t n, cap;
};

static enum err read_plans(cx *c, struct app *a, struct seen_list *out)
{
	db_round_list rounds;
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_round_list_all(c, k, STR(""), &rounds);
	for (size_t i = 0; !e && i < rounds.n; i++) {
		db_round_plan plan;
		e = db_round_plan_get(c, k, rounds.p[i].id, &plan);
		if (e == ERR_NOTFOUND) {
			e = ERR_OK;
			continue;
		}
		struct seen *s = VEC_PUSH(c->mem, out);
		if (!e)
			e = info_of(c, k, &rounds.p[i], &plan, &s->info);
		if (!e)
			e = db_round_sheets(c, k, rounds.p[i].id, &s->sheets);
		if (!e && str_is(plan.kind, "up"))
			e = db_round_parts_of_round(c, k, rounds.p[i].id, &s->parts);
	}
	return e;
}

/* Everybody who may see all units need not be asked for each of them. */
static bool sees_all(cx *c, struct app *a, const struct actor *who)
{
	if (who->system)
		return true;
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!g->level.len && flow_word("* score", g->noun) && flow_word("* view fill submit appraise", g->verb))
			return true;
	}
	(void)c, (void)a;
	return false;
}

static bool sees(cx *c, struct app *a, const struct actor *who, bool all, int64_t unit)
{
	return all || work_may(c, a, who, "score", "view", unit) || work_may(c, a, who, "score", "fill", unit);
}

enum err plan_mine(cx *c, struct app *a, const struct actor *who, struct plan_list *out)
{
	struct seen_list list = { 0 };
	bool all = sees_all(c, a, who);
	*out = (struct plan_list){ 0 };
	enum err e = read_plans(c, a, &list);
	for (size_t i = 0; i < list.n && !e; i++) {
		struct seen *s = &list.p[i];
		for (size_t k = 0; k < s->sheets.n; k++)
			if (sees(c, a, who, all, s->sheets.p[k].unit_id)) {
				s->info.only = s->info.sheets++ ? STR("") : unit_slug(c, s->sheets.p[k].unit_code, s->sheets.p[k].unit_name);
				s->info.rows += s->sheets.p[k].n_rows;
				s->info.done += s->sheets.p[k].n_done;
			}
		for (size_t k = 0; k < s->parts.n && !s->info.sheets; k++)
			if (s->parts.p[k].unit_id && work_may(c, a, who, "score", "fill", s->parts.p[k].unit_id)) {
				s->info.rows += s->parts.p[k].n_rows;
				s->info.done += s->parts.p[k].n_done;
				if (s->sheets.n)
					s->info.only = unit_slug(c, s->sheets.p[0].unit_code, s->sheets.p[0].unit_name);
			}
		if (s->info.sheets || s->info.rows)
			*VEC_PUSH(c->mem, out) = s->info;
	}
	return e;
}

/* ---- the board ---- */

struct boarding {
	struct work w;
	db_round_sheet_list sheets;
	db_round_part_list parts;
	db_round_step_list steps;
};

static enum err read_board(cx *c, struct app *a, str round, struct boarding *b, struct board *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = work_round(c, k, a, round, &b->w);
	if (!e)
		e = info_of(c, k, &b->w.round, &b->w.plan, &out->plan);
	if (!e)
		e = db_round_sheets(c, k, b->w.round.id, &b->sheets);
	if (!e)
		e = db_round_parts_of_round(c, k, b->w.round.id, &b->parts);
	if (!e)
		e = db_round_steps_of_round(c, k, b->w.round.id, 50, &b->steps);
	return e;
}

static bool extended(const struct work *w, int64_t sheet)
{
	for (size_t i = 0; i < w->more.n; i++)
		if (w->more.p[i].sheet_id == sheet)
			return true;
	return false;
}

static struct board_row row_of(cx *c, const struct work *w, const db_round_sheet *s)
{
	struct board_row r = { .unit_id = s->unit_id, .code = s->unit_code, .name = s->unit_name, .slug = unit_slug(c, s->unit_code, s->unit_name),
		.type = s->unit_type, .state = s->state, .n_rows = s->n_rows, .n_done = s->n_done, .n_todo = s->n_todo, .n_wrong = s->n_wrong,
		.n_proof = s->n_proof, .n_asked = s->n_asked, .n_decided = s->n_decided, .saved_at = s->saved_at,
		.points = figure_if(s->points.there, s->points.v), .max = figure_if(s->maximum.there, s->maximum.v),
		.due_ms = work_due(w, "self", s->id), .extended = extended(w, s->id) };
	r.late = flow_word("new work returned", s->state) && c->now_ms > r.due_ms && !str_is(w->plan.state, "draft");
	return r;
}

static void add_owner(cx *c, const db_round_part *p, bool up, struct board *out)
{
	struct board_owner *o = out->n_owners ? &out->owners[out->n_owners - 1] : NULL;
	if (!o || !str_eq(o->owner, p->owner)) {
		o = &out->owners[out->n_owners++];
		*o = (struct board_owner){ .owner = p->owner, .unit_name = p->unit_name };
		if (p->unit_code.len)
			o->unit_slug = unit_slug(c, p->unit_code, p->unit_name);
	}
	o->parts++;
	o->n_rows += p->n_rows;
	o->n_done += p->n_done;
	o->handed_in += flow_word("submitted accepted", p->state);
	if (up)
		o->state = p->state;
}

/* After a crash between a save and its count the figures of a sheet are old: they are counted anew by who looks. */
static enum err settle_stale(cx *c, struct app *a, struct boarding *b, bool *any)
{
	enum { AT_ONCE = 200 };
	enum err e = ERR_OK;
	int n = 0;
	for (size_t i = 0; i < b->sheets.n && !e && n < AT_ONCE; i++) {
		const db_round_sheet *s = &b->sheets.p[i];
		if (s->summed == s->version || (!s->summed && str_is(s->state, "new")))
			continue;
		e = work_settle(c, a, &b->w, s->unit_id);
		n++;
	}
	*any = n > 0;
	return e;
}

enum err board_of(cx *c, struct app *a, const struct actor *who, str round, struct board *out)
{
	struct boarding b = { 0 };
	bool again = false, all = sees_all(c, a, who);
	*out = (struct board){ 0 };
	enum err e = read_board(c, a, round, &b, out);
	if (!e)
		e = settle_stale(c, a, &b, &again);
	if (!e && again)
		e = read_board(c, a, round, &b, out);
	if (e)
		return e;
	bool *seen = NEW_ARRAY(c->mem, bool, b.sheets.n + 1), up = str_is(b.w.plan.kind, "up");
	out->rows = NEW_ARRAY(c->mem, struct board_row, b.sheets.n + 1);
	for (size_t i = 0; i < b.sheets.n; i++) {
		seen[i] = sees(c, a, who, all, b.sheets.p[i].unit_id);
		if (!seen[i])
			continue;
		struct board_row *r = &out->rows[out->n_rows++];
		*r = row_of(c, &b.w, &b.sheets.p[i]);
		int rank = flow_rank(FLOW_SHEET, r->state);
		if (rank >= 0)
			out->by_state[rank]++;
		out->rows_all += r->n_rows;
		out->done_all += r->n_done;
		out->late += r->late;
	}
	if (!out->n_rows) {
		bool own = false;
		for (size_t i = 0; i < b.parts.n && up; i++)
			own |= b.parts.p[i].unit_id && work_may(c, a, who, "score", "fill", b.parts.p[i].unit_id);
		if (!own)
			return actor_may(c, a, who, "score", "view", b.sheets.n ? b.sheets.p[0].unit_id : 0);
	}
	/* The sums by owner are over all sheets: for those who see them all. */
	out->owners = NEW_ARRAY(c->mem, struct board_owner, b.parts.n + 1);
	for (size_t i = 0; i < b.parts.n && out->n_rows == b.sheets.n; i++)
		add_owner(c, &b.parts.p[i], up, out);
	out->may_plan = work_may(c, a, who, "round", "plan", 0);
	out->may_publish = work_may(c, a, who, "round", "publish", 0);
	out->may_appraise = work_may(c, a, who, "score", "appraise", 0);
	out->may_return = work_may(c, a, who, "score", "return", 0);
	out->steps = NEW_ARRAY(c->mem, struct board_step, b.steps.n + 1);
	for (size_t i = 0; i < b.steps.n; i++) {
		const db_round_step *s = &b.steps.p[i];
		out->steps[out->n_steps++] = (struct board_step){ .at = s->at, .verb = s->verb, .from = s->from, .to = s->to, .reason = s->reason,
			.who = s->who.name };
	}
	return ERR_OK;
}
