#include "app/edition_round.h"
#include "app/round.h"
#include "app/round_flow.h"
#include "app/round_left.h"
#include "app/round_notice.h"
#include "base/po.h"
#include "db/unit.h"

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

/* ---- codes ---- */

str force_map_code(void *ctx, str code)
{
	const struct force *x = ctx;
	for (size_t i = 0; x && i < x->n_maps; i++)
		if (str_eq(x->maps[i].from, code))
			return x->maps[i].to;
	return code;
}

bool force_names(const str *codes, size_t n, str code)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(codes[i], code))
			return true;
	return false;
}

/* The node of the new set that one of the old became. */
static int32_t became(const struct moving *m, int32_t node)
{
	if (node == m->old->root)
		return m->now->root;
	str to = force_map_code((void *)(uintptr_t)m->x, m->old->nodes.p[node].code);
	return to.len ? tree_find(m->now, to) : NO_NODE;
}

/* ---- what becomes of a decision ---- */

static bool same_decimal(bool has_a, dec a, bool has_b, dec b) { return has_a == has_b && (!has_a || dec_eq(a, b)); }

static enum force_fate fate_of(const struct moving *m, int32_t node)
{
	int32_t to = became(m, node);
	const struct tree_node *a = &m->old->nodes.p[node], *b = to == NO_NODE ? NULL : &m->now->nodes.p[to];
	size_t sources = 0;
	if (!b)
		return FATE_LEFT;
	for (size_t i = 0; i < m->old->nodes.n; i++)
		sources += became(m, (int32_t)i) == to;
	if (sources > 1)
		return FATE_JOINED;
	if (!same_decimal(a->has_max, a->max, b->has_max, b->max))
		return FATE_MAX;
	if (!str_eq(a->rule_text, b->rule_text) || a->by != b->by)
		return FATE_RULE;
	bool points = a->digits == b->digits && a->rounding == b->rounding && a->na == b->na && same_decimal(a->has_cap, a->cap, b->has_cap, b->cap)
		&& m->old->round_at == m->now->round_at && m->old->clamp == m->now->clamp && m->old->na == m->now->na;
	return points ? FATE_CARRIED : FATE_POINTS;
}

/* Why it is opened again, as the record keeps it: in Vietnamese, as the work of a round is. */
static str why_open(cx *c, const struct moving *m, int32_t node, enum force_fate fate)
{
	static const char *const keys[] = { [FATE_JOINED] = "force.why_joined", [FATE_MAX] = "force.why_max", [FATE_RULE] = "force.why_rule",
		[FATE_POINTS] = "force.why_points" };
	buf b;
	char old[DEC_TEXT], now[DEC_TEXT];
	int32_t to = became(m, node);
	const str args[] = { arena_printf(c->mem, "%d", m->to->version), m->x->source.len ? m->x->source : STR("–"),
		str_of(dec_text(m->old->nodes.p[node].max, old).p), str_of(dec_text(m->now->nodes.p[to].max, now).p) };
	buf_init(&b, 8000);
	po_fill(&b, keys[fate], LANG_VI, m->old->nodes.p[node].code, args, 4);
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* ---- whether it can ---- */

static enum err find_obstacle(cx *c, db_conn *k, const db_round *r, db_round_plan *plan, bool *planned, struct force_round *out)
{
	enum err e = db_round_plan_get(c, k, r->id, plan);
	*planned = e == ERR_OK;
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (!e)
		e = db_round_decided(c, k, r->id, &out->n_decided);
	if (!e && flow_word("final published correcting", plan->state))
		out->kept = "force.finished";
	out->up = !e && str_is(plan->kind, "up");
	return e;
}

/* ---- agencies ---- */

static const db_round_part *part_of(const db_round_part_list *parts, str owner)
{
	for (size_t i = 0; i < parts->n; i++)
		if (str_eq(parts->p[i].owner, owner))
			return &parts->p[i];
	return NULL;
}

static void take_part(struct force_owner *o, const db_round_part *p)
{
	o->unit_id = p->unit_id;
	o->unit_code = p->unit_code;
	o->unit_name = p->unit_name;
}

/* The agency of the first criterion of the old set that became one of this name's. */
static void inherit(cx *c, const struct moving *m, const db_round_part_list *parts, struct force_owner *o)
{
	for (size_t i = 0; i < m->old->nodes.n && !o->unit_id; i++) {
		int32_t to = work_is_row(&m->old->nodes.p[i]) ? became(m, (int32_t)i) : NO_NODE;
		if (to == NO_NODE || !work_is_row(&m->now->nodes.p[to]) || !str_eq(work_owner(c, m->now, to), o->owner))
			continue;
		const db_round_part *p = part_of(parts, work_owner(c, m->old, (int32_t)i));
		if (p && p->unit_id) {
			take_part(o, p);
			o->carried = true;
		}
	}
}

static enum err choose(cx *c, db_conn *k, const struct moving *m, str round, struct force_owner *o)
{
	for (size_t i = 0; i < m->x->n_agencies; i++) {
		const struct force_agency *g = &m->x->agencies[i];
		db_unit u;
		if (!str_eq(g->round, round) || !str_eq(g->owner, o->owner))
			continue;
		enum err e = db_unit_at(c, k, g->level, g->code, date_of_ms(c->now_ms), &u);
		if (e == ERR_NOTFOUND)
			return wrong(c, "setup.owner_unit", "co-quan", g->code);
		if (e)
			return e;
		o->unit_id = u.id;
		o->unit_code = u.code;
		o->unit_name = u.name;
		o->chosen = true;
	}
	return ERR_OK;
}

/* Every name of the new set, with who answers for it in a round upwards: as before, as chosen, else as the criteria went. */
static enum err owners_of(cx *c, db_conn *k, const struct moving *m, str round, const db_round_part_list *parts, struct force_round *out)
{
	map done = { 0 };
	enum err e = ERR_OK;
	out->owners = NEW_ARRAY(c->mem, struct force_owner, m->now->nodes.n + 1);
	for (size_t i = 0; i < m->now->nodes.n && !e; i++) {
		bool added;
		str owner = work_owner(c, m->now, (int32_t)i);
		if (!work_is_row(&m->now->nodes.p[i]))
			continue;
		map_put(c->mem, &done, owner, &added);
		if (!added)
			continue;
		struct force_owner *o = &out->owners[out->n_owners++];
		*o = (struct force_owner){ .owner = owner, .unit_code = STR(""), .unit_name = STR("") };
		const db_round_part *p = part_of(parts, owner);
		o->known = p && p->unit_id;
		if (o->known)
			take_part(o, p);
		else
			e = choose(c, k, m, round, o);
		if (!o->unit_id)
			inherit(c, m, parts, o);
		out->n_open += !o->unit_id;
	}
	return e;
}

/* ---- points under both ---- */

struct scored {
	struct round_points_list list;
	struct score_cell *cells; /* of the one sheet of a round upwards */
};

/* Sheets as they are, under a tree. */
static enum err sheets_under(cx *c, db_conn *k, struct app *a, str round, const tree *t, struct scored *out)
{
	struct work w;
	db_round_sheet_list sheets;
	db_measure_def_list catalogue = { 0 };
	enum err e = work_round(c, k, a, round, &w);
	if (!e)
		e = db_round_sheets(c, k, w.round.id, &sheets);
	if (!e)
		e = db_measure_def_all(c, k, &catalogue);
	w.t = t;
	for (size_t i = 0; !e && i < sheets.n; i++) {
		struct work_sheet s = { .s = sheets.p[i] };
		struct measures *m;
		struct score_result r;
		e = work_facts(c, k, &w, &s);
		if (!e)
			e = work_measures(c, &w, &s, STR("self"), &catalogue, &m);
		if (!e)
			e = work_score(c, &w, m, &r);
		if (e)
			break;
		const struct score_cell *root = &r.cells[t->root];
		out->cells = r.cells;
		*VEC_PUSH(c->mem, &out->list) = (struct round_points){ .code = s.s.unit_code, .name = s.s.unit_name,
			.points = figure_if(true, root->points), .value = figure_if(r.available, r.published), .missing = r.missing + r.ask };
	}
	return e;
}

static enum err points_under(cx *c, db_conn *k, const struct moving *m, str round, bool planned, const tree *t, struct scored *out)
{
	*out = (struct scored){ 0 };
	return planned ? sheets_under(c, k, m->a, round, t, out) : round_points_under(c, m->a, k, round, t, &out->list);
}

static struct figure points_at(const struct score_cell *cells, int32_t node)
{
	return figure_if(node != NO_NODE && score_known(&cells[node]), node != NO_NODE ? cells[node].points : DEC_ZERO);
}

static bool same_figure(struct figure a, struct figure b) { return a.there == b.there && (!a.there || dec_eq(a.v, b.v)); }

/* The criteria of one sheet whose points change; what is new or left out has only one of the two. */
static void list_points(cx *c, const struct moving *m, const struct score_cell *old, const struct score_cell *now, struct force_round *out)
{
	bool *seen = NEW_ARRAY(c->mem, bool, m->now->nodes.n + 1);
	out->points = NEW_ARRAY(c->mem, struct force_point, m->old->nodes.n + m->now->nodes.n + 1);
	for (size_t i = 0; i < m->old->nodes.n + m->now->nodes.n; i++) {
		bool was = i < m->old->nodes.n;
		int32_t from = was ? (int32_t)i : NO_NODE, to = was ? became(m, from) : (int32_t)(i - m->old->nodes.n);
		const struct tree_node *n = to == NO_NODE ? &m->old->nodes.p[from] : &m->now->nodes.p[to];
		if (!tree_is_scored(n) || (!was && seen[to]))
			continue;
		if (to != NO_NODE)
			seen[to] = true;
		struct force_point p = { .from = was ? m->old->nodes.p[from].code : STR(""), .to = to == NO_NODE ? STR("") : n->code, .name_vi = n->name_vi,
			.name_en = n->name_en, .before = points_at(old, from), .after = points_at(now, to) };
		p.by = figure_minus(p.after, p.before);
		if (!same_figure(p.before, p.after) || from == NO_NODE || to == NO_NODE)
			out->points[out->n_points++] = p;
	}
}

static enum err score_both(cx *c, db_conn *k, const struct moving *m, bool planned, struct force_round *r)
{
	struct scored before, after;
	enum err e = points_under(c, k, m, r->code, planned, m->old, &before);
	if (!e)
		e = points_under(c, k, m, r->code, planned, m->now, &after);
	if (e)
		return e;
	r->units = NEW_ARRAY(c->mem, struct force_unit, after.list.n + 1);
	for (size_t i = 0; i < after.list.n; i++) {
		const struct round_points *p = &after.list.p[i];
		struct force_unit *u = &r->units[r->n_units++];
		*u = (struct force_unit){ .code = p->code, .name = p->name, .after = p->points, .missing_after = p->missing };
		for (size_t j = 0; j < before.list.n; j++)
			if (str_eq(before.list.p[j].code, u->code)) {
				u->before = before.list.p[j].points;
				u->missing_before = before.list.p[j].missing;
			}
		u->by = figure_minus(u->after, u->before);
		r->n_changed += !u->by.there || !dec_is_zero(u->by.v) || u->missing_before != u->missing_after;
	}
	if (r->up && before.cells && after.cells)
		list_points(c, m, before.cells, after.cells, r);
	return ERR_OK;
}

/* ---- decisions ---- */

struct held {
	db_round_sheet s;
	db_decision_list list; /* the last of each place */
};

static enum err read_decisions(cx *c, db_conn *k, int64_t round, struct held **out, size_t *n)
{
	db_round_sheet_list sheets;
	enum err e = db_round_sheets(c, k, round, &sheets);
	*n = 0;
	if (e)
		return e;
	*out = NEW_ARRAY(c->mem, struct held, sheets.n + 1);
	for (; *n < sheets.n && !e; ++*n) {
		(*out)[*n].s = sheets.p[*n];
		e = db_decisions(c, k, sheets.p[*n].id, false, &(*out)[*n].list);
	}
	return e;
}

static bool is_decided(const struct held *h, str code)
{
	for (size_t i = 0; i < h->list.n; i++)
		if (str_eq(h->list.p[i].node, code) && !work_is_open(&h->list.p[i]))
			return true;
	return false;
}

static void list_fates(cx *c, const struct moving *m, const struct held *held, size_t n, struct force_round *out)
{
	out->decisions = NEW_ARRAY(c->mem, struct force_decision, m->old->nodes.n + 1);
	for (size_t i = 0; i < m->old->nodes.n; i++) {
		const struct tree_node *a = &m->old->nodes.p[i];
		struct force_decision d = { .from = a->code, .name_vi = a->name_vi, .name_en = a->name_en, .to = STR("") };
		for (size_t s = 0; s < n; s++)
			d.sheets += is_decided(&held[s], a->code);
		if (!d.sheets)
			continue;
		int32_t to = became(m, (int32_t)i);
		d.fate = fate_of(m, (int32_t)i);
		d.old_max = figure_if(a->has_max, a->max);
		if (to != NO_NODE) {
			d.to = m->now->nodes.p[to].code;
			d.max = figure_if(m->now->nodes.p[to].has_max, m->now->nodes.p[to].max);
		}
		out->n_carried += d.fate == FATE_CARRIED ? d.sheets : 0;
		out->n_reopened += d.fate == FATE_CARRIED ? 0 : d.sheets;
		out->decisions[out->n_decisions++] = d;
	}
}

/* ---- a look ---- */

static enum err first_parts(cx *c, db_conn *k, int64_t round, db_round_part_list *out)
{
	db_round_sheet_list sheets;
	*out = (db_round_part_list){ 0 };
	enum err e = db_round_sheets(c, k, round, &sheets);
	return e || !sheets.n ? e : db_round_parts(c, k, sheets.p[0].id, out);
}

enum err moving_look(cx *c, db_conn *k, const struct moving *m, const db_round *r, bool look, struct force_round *out)
{
	db_round_plan plan;
	db_round_part_list parts;
	struct held *held;
	size_t n;
	bool planned;
	*out = (struct force_round){ .code = r->code, .name_vi = r->name_vi, .name_en = r->name_en, .period = r->period };
	enum err e = find_obstacle(c, k, r, &plan, &planned, out);
	out->goes = !e && !out->kept && force_names(m->x->rounds, m->x->n_rounds, r->code);
	out->reopens = force_names(m->x->reopen, m->x->n_reopen, r->code);
	if (e || !out->goes || !look)
		return e;
	e = score_both(c, k, m, planned, out);
	if (!e && out->n_decided) {
		e = read_decisions(c, k, r->id, &held, &n);
		if (!e)
			list_fates(c, m, held, n, out);
	}
	if (!e && out->up) {
		e = first_parts(c, k, r->id, &parts);
		if (!e)
			e = owners_of(c, k, m, r->code, &parts, out);
	}
	return e;
}

/* ---- doing it ---- */

/* First out of the way, so that two codes may change places; what is left out stays there. */
static enum err move_nodes(cx *c, db_conn *k, const struct moving *m, int64_t round)
{
	enum err e = ERR_OK;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < m->old->nodes.n && !e; i++) {
			str code = m->old->nodes.p[i].code, away = left_place(c, code, m->from->version);
			int32_t to = became(m, (int32_t)i);
			if (to != NO_NODE && str_eq(code, m->now->nodes.p[to].code))
				continue;
			if (pass == 0)
				e = db_round_rename_node(c, k, round, code, away);
			else if (to != NO_NODE)
				e = db_round_rename_node(c, k, round, away, m->now->nodes.p[to].code);
		}
	return e;
}

/* A further revision without points, at every stage that had decided; *list grows by the codes. */
static enum err open_again(cx *c, db_conn *k, const struct moving *m, const struct held *h, buf *list)
{
	map told = { 0 };
	enum err e = ERR_OK;
	for (size_t i = 0; i < h->list.n && !e; i++) {
		const db_decision *d = &h->list.p[i];
		int32_t node = tree_find(m->old, d->node), to = node == NO_NODE ? NO_NODE : became(m, node);
		enum force_fate fate = node == NO_NODE ? FATE_LEFT : fate_of(m, node);
		db_decision last;
		bool found;
		if (work_is_open(d) || fate == FATE_CARRIED || fate == FATE_LEFT)
			continue;
		e = db_decision_last(c, k, h->s.id, m->now->nodes.p[to].code, d->stage, &last, &found);
		if (e || !found || work_is_open(&last)) /* one of several that became the same */
			continue;
		last.basis = last.state = STR("open");
		last.points = last.raw = last.maximum = last.self_points = (db_dec){ 0 };
		last.asks = false;
		last.trace_vi = last.trace_en = last.key = STR("");
		last.remark = why_open(c, m, node, fate);
		last.revision++;
		last.who = work_who(m->who);
		e = db_decision_add(c, k, h->s.id, &last, 1);
		bool added;
		str code = m->now->nodes.p[to].code;
		map_put(c->mem, &told, code, &added);
		if (added)
			buf_printf(list, "%s%.*s", list->len ? ", " : "", STR_ARG(code));
	}
	return e;
}

/* The parts of a sheet by the owners of the new set; counts follow when it is settled. */
static enum err move_parts(cx *c, db_conn *k, int64_t sheet, const struct force_round *r)
{
	db_round_part_list parts;
	enum err e = db_round_parts(c, k, sheet, &parts);
	for (size_t i = 0; i < r->n_owners && !e; i++) {
		const db_round_part *p = part_of(&parts, r->owners[i].owner);
		int64_t unit = r->owners[i].unit_id ? r->owners[i].unit_id : p ? p->unit_id : 0;
		e = db_round_part_put(c, k, &(db_round_part){ .sheet_id = sheet, .owner = r->owners[i].owner, .unit_id = unit, .state = STR("new") });
		if (!e && r->up && !r->owners[i].known)
			e = db_round_owner_put(c, k, r->round_id, r->owners[i].owner, unit);
	}
	return e;
}

/* Whether the part of an owner has a criterion that is new or another one. */
static bool has_news(cx *c, const struct moving *m, str owner)
{
	for (size_t n = 0; n < m->now->nodes.n; n++) {
		bool same = false;
		if (!work_is_row(&m->now->nodes.p[n]) || !str_eq(work_owner(c, m->now, (int32_t)n), owner))
			continue;
		for (size_t i = 0; i < m->old->nodes.n; i++)
			same |= became(m, (int32_t)i) == (int32_t)n && fate_of(m, (int32_t)i) == FATE_CARRIED;
		if (!same)
			return true;
	}
	return false;
}

/* Upwards: what an agency has handed in goes back to it where it holds something new, as long as the sheet is not handed in itself. */
static enum err return_parts(cx *c, db_conn *k, const struct moving *m, const struct work *w, const db_round_sheet *sheet)
{
	struct work_sheet s = { .s = *sheet };
	enum err e = db_round_parts(c, k, sheet->id, &s.parts);
	bool open = flow_word("open closed", w->plan.state) && flow_word("new work returned", sheet->state);
	for (size_t i = 0; i < s.parts.n && !e && open; i++) {
		const db_round_part *p = &s.parts.p[i];
		if (!flow_word("submitted accepted", p->state) || !has_news(c, m, p->owner))
			continue;
		e = db_round_part_move(c, k, sheet->id, p->owner, p->state, STR("returned"));
		if (!e)
			e = db_round_step_add(c, k,
				&(db_round_step){ .round_id = w->round.id, .sheet_id = sheet->id, .owner = p->owner, .verb = STR("return"), .from = p->state,
					.to = STR("returned"), .reason = m->x->source, .who = work_who(m->who) });
		if (!e)
			e = round_tell_step(c, k, w, &s, p, m->who, STR("return"), m->x->source);
	}
	return e;
}

static enum err move_sheet(cx *c, db_conn *k, const struct moving *m, const struct work *w, const struct held *h, const struct force_round *r)
{
	buf opened;
	buf_init(&opened, 8000);
	enum err e = open_again(c, k, m, h, &opened);
	str list = arena_str(c->mem, buf_str(&opened));
	buf_free(&opened);
	if (!e)
		e = move_parts(c, k, h->s.id, r);
	if (!e && r->up)
		e = return_parts(c, k, m, w, &h->s);
	if (!e && list.len)
		e = db_round_step_add(c, k,
			&(db_round_step){ .round_id = w->round.id, .sheet_id = h->s.id, .verb = STR("reopen"), .from = h->s.state, .to = h->s.state,
				.reason = list, .who = work_who(m->who) });
	if (!e)
		e = db_round_sheet_touch(c, k, h->s.id);
	return e ? e : round_tell_edition(c, k, w, &h->s, m->who, m->x->source, list);
}

static enum err check_choice(cx *c, const struct force_round *r)
{
	if (r->kept)
		return wrong(c, r->kept, "dot", r->code);
	if (r->n_decided && !r->reopens)
		return wrong(c, "force.decided", "mo-lai", r->code);
	for (size_t i = 0; i < r->n_owners; i++)
		if (r->up && !r->owners[i].unit_id)
			return wrong(c, "setup.owner", "co-quan", r->owners[i].owner);
	return ERR_OK;
}

static enum err move_sheets(cx *c, db_conn *k, const struct moving *m, const struct work *w, const struct held *held, size_t n,
	const struct force_round *r)
{
	enum err e = move_nodes(c, k, m, w->round.id);
	for (size_t i = 0; i < n && !e; i++)
		e = move_sheet(c, k, m, w, &held[i], r);
	return e ? e
		 : db_round_step_add(c, k,
			 &(db_round_step){ .round_id = w->round.id, .verb = STR("edition"), .from = arena_printf(c->mem, "%d", m->from->version),
				 .to = arena_printf(c->mem, "%d", m->to->version), .reason = m->x->source, .who = work_who(m->who) });
}

enum err moving_do(cx *c, db_conn *k, const struct moving *m, const db_round *r, bool *planned)
{
	struct force_round f = { .code = r->code, .round_id = r->id, .reopens = force_names(m->x->reopen, m->x->n_reopen, r->code) };
	struct work w = { 0 };
	struct held *held = NULL;
	db_round_part_list parts;
	size_t n = 0;
	enum err e = find_obstacle(c, k, r, &w.plan, planned, &f);
	if (!e && *planned)
		e = work_round(c, k, m->a, r->code, &w);
	if (!e && *planned)
		e = first_parts(c, k, r->id, &parts);
	if (!e && *planned)
		e = owners_of(c, k, m, r->code, &parts, &f);
	if (!e)
		e = check_choice(c, &f);
	if (!e && *planned)
		e = read_decisions(c, k, r->id, &held, &n);
	if (!e)
		e = db_round_set_edition(c, k, r->id, m->to->id);
	return e || !*planned ? e : move_sheets(c, k, m, &w, held, n, &f);
}

enum err moving_settle(cx *c, struct app *a, int64_t id)
{
	struct work w;
	db_round r;
	db_round_sheet_list sheets = { 0 };
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (e)
		return e;
	e = db_round_get(c, k, id, &r);
	if (!e)
		e = work_round(c, k, a, r.code, &w);
	if (!e)
		e = db_round_sheets(c, k, id, &sheets);
	db_release(k);
	for (size_t i = 0; !e && i < sheets.n; i++)
		e = work_settle(c, a, &w, sheets.p[i].unit_id);
	return e;
}
