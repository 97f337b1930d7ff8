#include "app/round_notice.h"
#include "app/notice.h"
#include "app/round_flow.h"
#include "app/unit.h"
#include "base/po.h"
#include "base/vec.h"

enum { CHUNK = 20 };

/* Those who fill in and hand in a unit's sheet; those of a part; those who hand in, appraise, decide, plan the round, approve it. */
enum to { TO_UNIT, TO_PART, TO_HEAD, TO_APPRAISER, TO_COUNCIL, TO_PLANNER, TO_LEADER };

static const struct telling {
	enum flow_of of;
	const char *verb, *kinds;
	enum notice_kind kind;
	enum to to;
} tellings[] = {
	{ FLOW_SHEET, "submit", "down up", NOTICE_SUBMITTED, TO_PLANNER },
	{ FLOW_SHEET, "submit", "up", NOTICE_SUBMITTED, TO_LEADER },
	{ FLOW_SHEET, "approve", "up", NOTICE_DECIDED, TO_UNIT },
	{ FLOW_SHEET, "return", "down up", NOTICE_RETURNED, TO_UNIT },
	{ FLOW_SHEET, "appraise1", "down up", NOTICE_DECIDED, TO_UNIT },
	{ FLOW_SHEET, "explain", "down up", NOTICE_SUBMITTED, TO_APPRAISER },
	{ FLOW_SHEET, "appraise2", "down up", NOTICE_DECIDED, TO_UNIT },
	{ FLOW_PART, "submit", "down up", NOTICE_SUBMITTED, TO_HEAD },
	{ FLOW_PART, "return", "down up", NOTICE_RETURNED, TO_PART },
	{ FLOW_PART, "accept", "down up", NOTICE_DECIDED, TO_PART },
	{ 0 },
};

static const char *const rights[][2] = { { "score", "fill" }, { "score", "submit" }, { "score", "appraise" }, { "score", "decide" },
	{ "round", "plan" }, { "round", "approve" } };
enum { RIGHT_FILL, RIGHT_SUBMIT, RIGHT_APPRAISE, RIGHT_DECIDE, RIGHT_PLAN, RIGHT_APPROVE, RIGHTS };

struct people {
	struct actor_holders of[RIGHTS];
	bool read[RIGHTS];
};

static enum err holders_of(cx *c, db_conn *k, struct people *p, int right, const struct actor_holders **out)
{
	enum err e = p->read[right] ? ERR_OK : actor_holders(c, k, rights[right][0], rights[right][1], &p->of[right]);
	p->read[right] = !e;
	*out = &p->of[right];
	return e;
}

static enum err add_people(cx *c, db_conn *k, struct people *p, enum to to, int64_t unit, struct actor_ids *out)
{
	static const int one[] = { [TO_PART] = RIGHT_FILL, [TO_HEAD] = RIGHT_SUBMIT, [TO_APPRAISER] = RIGHT_APPRAISE, [TO_COUNCIL] = RIGHT_DECIDE,
		[TO_PLANNER] = RIGHT_PLAN, [TO_LEADER] = RIGHT_APPROVE };
	const struct actor_holders *h[2];
	size_t n = to == TO_UNIT ? 2 : 1;
	enum err e = holders_of(c, k, p, to == TO_UNIT ? RIGHT_FILL : one[to], &h[0]);
	if (!e && to == TO_UNIT)
		e = holders_of(c, k, p, RIGHT_SUBMIT, &h[1]);
	/* Who may fill in everything is not told of each unit. */
	return e ? e : actor_meant(c, k, h, n, to == TO_UNIT || to == TO_PART, to >= TO_COUNCIL ? 0 : unit, out);
}

/* part_unit 0: a division of the sheet's unit. */
static enum err find(cx *c, db_conn *k, struct people *p, enum to to, int64_t unit, int64_t part_unit, struct actor_ids *out)
{
	*out = (struct actor_ids){ 0 };
	return add_people(c, k, p, to, to == TO_PART && part_unit ? part_unit : unit, out);
}

/* Nobody is told what he did himself. */
static enum err tell(cx *c, db_conn *k, const struct actor_ids *to, int64_t but, struct notice n)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < to->n && !e; i++) {
		n.user_id = to->p[i];
		if (n.user_id != but)
			e = notice_add(c, k, &n);
	}
	return e;
}

static str path_of(cx *c, const struct work *w, const db_round_sheet *s, const char *root)
{
	return arena_printf(c->mem, "/%s/%.*s/%.*s", root, STR_ARG(w->round.code), STR_ARG(unit_slug(c, s->unit_code, s->unit_name)));
}

static struct notice about(cx *c, const struct work *w, const db_round_sheet *s, enum notice_kind kind)
{
	return (struct notice){ .kind = kind,
		.subject = w->round.name_vi,
		.subject_en = w->round.name_en,
		.unit = s->unit_name,
		.path = path_of(c, w, s, "tu-cham") };
}

static day due_day(const struct work *w, const char *phase, int64_t sheet) { return date_of_ms(work_due(w, phase, sheet)); }

/* ---- steps ---- */

/* Which criteria wait for an explanation, with the remarks: "1.2: …; 3.4: …". */
static str asked(cx *c, const struct work *w, const struct work_sheet *s)
{
	buf b;
	buf_init(&b, 4 * NOTICE_TEXT_MAX);
	for (size_t i = 0; i < w->n_order && b.len < NOTICE_TEXT_MAX; i++) {
		const struct tree_node *n = &w->t->nodes.p[w->order[i]];
		const db_decision *d = work_is_row(n) ? work_decision(s, n->code, STR("council")) : NULL;
		if (d && d->asks)
			buf_printf(&b, "%s%.*s: %.*s", b.len ? "; " : "", STR_ARG(n->code), STR_ARG(d->remark));
	}
	str out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static enum err tell_asked(cx *c, db_conn *k, struct people *p, const struct work *w, const struct work_sheet *s, const struct actor *who)
{
	struct actor_ids to;
	struct notice n = about(c, w, &s->s, NOTICE_REMARK);
	n.detail = asked(c, w, s);
	n.due = due_day(w, "explain", s->s.id);
	enum err e = n.detail.len ? find(c, k, p, TO_UNIT, s->s.unit_id, 0, &to) : ERR_OK;
	return e || !n.detail.len ? e : tell(c, k, &to, who->user_id, n);
}

enum err round_tell_step(cx *c, db_conn *k, const struct work *w, const struct work_sheet *s, const db_round_part *part, const struct actor *who,
	str verb, str reason)
{
	struct people p = { 0 };
	enum err e = ERR_OK;
	for (const struct telling *t = tellings; t->verb && !e; t++) {
		struct actor_ids to;
		if (t->of != (part ? FLOW_PART : FLOW_SHEET) || !str_is(verb, t->verb) || !flow_word(t->kinds, w->plan.kind))
			continue;
		struct notice n = about(c, w, &s->s, t->kind);
		n.detail = !part ? reason : reason.len ? arena_printf(c->mem, "%.*s: %.*s", STR_ARG(part->owner), STR_ARG(reason)) : part->owner;
		if (t->kind == NOTICE_RETURNED)
			n.due = due_day(w, "self", s->s.id);
		e = find(c, k, &p, t->to, s->s.unit_id, part ? part->unit_id : 0, &to);
		if (!e)
			e = tell(c, k, &to, who->user_id, n);
	}
	return e || part || !str_is(verb, "appraise1") ? e : tell_asked(c, k, &p, w, s, who);
}

static enum err tell_more(cx *c, db_conn *k, struct people *p, const struct work *w, const db_round_sheet *s, int64_t but, const db_round_extension *x)
{
	struct actor_ids to;
	struct notice n = about(c, w, s, NOTICE_EXTENDED);
	n.detail = x->reason;
	n.due = x->until;
	n.once = arena_printf(c->mem, "more:%lld:%.*s:%d", (long long)s->id, STR_ARG(x->phase), (int)x->until);
	enum err e = find(c, k, p, TO_UNIT, s->unit_id, 0, &to);
	return e ? e : tell(c, k, &to, but, n);
}

enum err round_tell_more(cx *c, db_conn *k, const struct work *w, const db_round_sheet *s, const struct actor *who, const db_round_extension *x)
{
	struct people p = { 0 };
	return tell_more(c, k, &p, w, s, who->user_id, x);
}

static str words(cx *c, const char *key, str a, str b)
{
	buf text;
	buf_init(&text, 4 * NOTICE_TEXT_MAX);
	po_fill(&text, key, LANG_VI, a, (const str[]){ a, b }, 2); /* as the record of a round is kept */
	str s = arena_str(c->mem, buf_str(&text));
	buf_free(&text);
	return s;
}

enum err round_tell_edition(cx *c, db_conn *k, const struct work *w, const db_round_sheet *s, const struct actor *who, str source, str opened)
{
	struct people p = { 0 };
	struct actor_ids to;
	db_round_part_list parts = { 0 };
	struct notice n = about(c, w, s, NOTICE_REMARK);
	n.detail = words(c, opened.len ? "force.told_open" : "force.told", source.len ? source : STR("–"), opened);
	enum err e = find(c, k, &p, TO_UNIT, s->unit_id, 0, &to);
	if (!e)
		e = tell(c, k, &to, who->user_id, n);
	if (!e && str_is(w->plan.kind, "up"))
		e = db_round_parts(c, k, s->id, &parts);
	for (size_t i = 0; i < parts.n && !e; i++) {
		if (!parts.p[i].unit_id)
			continue;
		e = find(c, k, &p, TO_PART, s->unit_id, parts.p[i].unit_id, &to);
		if (!e)
			e = tell(c, k, &to, who->user_id, n);
	}
	return e;
}

/* ---- the sweep ---- */

struct sweep {
	struct work w;
	db_round_sheet_list sheets;
	db_round_part_list parts;
	db_round_step dates; /* the last change of dates since the round was opened; id 0: none */
	struct people people;
	str mark, mark_key;
	int revision;   /* of the publication */
	size_t from;    /* the chunk */
	day soon_until; /* how many working days there are to this day */
	int soon_left;
};

static bool handed_in(const db_round_sheet *s) { return !flow_word("new work returned", s->state); }

static enum err days_left(cx *c, db_conn *k, struct sweep *x, day until, int *out)
{
	enum err e = ERR_OK;
	if (x->soon_until != until)
		e = work_days_left(c, k, until, &x->soon_left);
	x->soon_until = until;
	*out = x->soon_left;
	return e;
}

/* Opened, due soon, late: of a sheet, or of a part by its owner. */
static enum err tell_open(cx *c, db_conn *k, struct sweep *x, const db_round_sheet *s, const char *phase, const db_round_part *part, bool done)
{
	struct actor_ids to;
	int left;
	struct notice n = about(c, &x->w, s, NOTICE_OPENED);
	n.due = due_day(&x->w, phase, s->id);
	n.detail = part ? part->owner : STR("");
	str name = arena_printf(c->mem, "%s:%lld:%.*s", phase, (long long)s->id, STR_ARG(n.detail));
	n.once = arena_printf(c->mem, "open:%.*s", STR_ARG(name));
	enum err e = find(c, k, &x->people, part ? TO_PART : TO_UNIT, s->unit_id, part ? part->unit_id : 0, &to);
	if (!e && flow_word("open explanation", x->w.plan.state))
		e = tell(c, k, &to, 0, n);
	if (!e)
		e = days_left(c, k, x, n.due, &left);
	if (e || done)
		return e;
	bool late = c->now_ms > work_due(&x->w, phase, s->id);
	n.kind = late ? NOTICE_LATE : NOTICE_DUE;
	n.once = arena_printf(c->mem, "%s:%.*s:%d", late ? "late" : "due", STR_ARG(name), (int)n.due);
	return late || left <= TELL_DAYS ? tell(c, k, &to, 0, n) : ERR_OK;
}

static enum err tell_parts(cx *c, db_conn *k, struct sweep *x, const db_round_sheet *s)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < x->parts.n && !e; i++) {
		const db_round_part *p = &x->parts.p[i];
		if (p->sheet_id == s->id && p->unit_id && p->n_rows)
			e = tell_open(c, k, x, s, "self", p, flow_word("submitted accepted", p->state));
	}
	return e;
}

/* Other dates and more time, to those who still have to do with it. */
static enum err tell_dates(cx *c, db_conn *k, struct sweep *x, const db_round_sheet *s, const char *phase)
{
	struct actor_ids to;
	enum err e = ERR_OK;
	for (size_t i = 0; i < x->w.more.n && !e; i++) {
		const db_round_extension *m = &x->w.more.p[i];
		if (str_is(m->phase, phase) && (!m->sheet_id || m->sheet_id == s->id) && m->until >= date_of_ms(c->now_ms))
			e = tell_more(c, k, &x->people, &x->w, s, m->who.id, m);
	}
	if (e || !x->dates.id)
		return e;
	struct notice n = about(c, &x->w, s, NOTICE_EXTENDED);
	n.detail = x->dates.reason;
	n.due = due_day(&x->w, phase, s->id);
	n.once = arena_printf(c->mem, "dates:%lld:%lld", (long long)s->id, (long long)x->dates.id);
	e = find(c, k, &x->people, TO_UNIT, s->unit_id, 0, &to);
	return e ? e : tell(c, k, &to, x->dates.who.id, n);
}

static enum err tell_public(cx *c, db_conn *k, struct sweep *x, const db_round_sheet *s)
{
	struct actor_ids to;
	struct notice n = about(c, &x->w, s, NOTICE_PUBLISHED);
	n.path = path_of(c, &x->w, s, "ket-qua");
	n.once = arena_printf(c->mem, "public:%lld:%d", (long long)s->id, x->revision);
	enum err e = find(c, k, &x->people, TO_UNIT, s->unit_id, 0, &to);
	return e ? e : tell(c, k, &to, 0, n);
}

static enum err sweep_sheet(cx *c, db_conn *k, struct sweep *x, const db_round_sheet *s)
{
	str state = x->w.plan.state;
	if (str_is(state, "published"))
		return tell_public(c, k, x, s);
	bool explains = str_is(state, "explanation");
	if (explains ? !str_is(s->state, "appraised1") || !s->n_asked : !flow_word("open closed", state) || handed_in(s))
		return ERR_OK;
	enum err e = tell_open(c, k, x, s, explains ? "explain" : "self", NULL, false);
	if (!e && !explains && str_is(x->w.plan.kind, "up"))
		e = tell_parts(c, k, x, s);
	return e ? e : tell_dates(c, k, x, s, explains ? "explain" : "self");
}

/* ---- who has the round as a whole ---- */

static enum err tell_round(cx *c, db_conn *k, struct sweep *x, enum to to, struct notice n, const char *once, int no)
{
	struct actor_ids ids = { 0 };
	enum err e = ERR_OK;
	n.subject = x->w.round.name_vi;
	n.subject_en = x->w.round.name_en;
	n.once = arena_printf(c->mem, "%s:%lld:%d", once, (long long)x->w.round.id, no);
	if (!n.path.len)
		n.path = arena_printf(c->mem, "/tu-cham/%.*s", STR_ARG(x->w.round.code));
	size_t places = to == TO_APPRAISER ? x->sheets.n : 1;
	for (size_t i = 0; i < places && !e; i++)
		e = add_people(c, k, &x->people, to, to == TO_APPRAISER ? x->sheets.p[i].unit_id : 0, &ids);
	return e ? e : tell(c, k, &ids, 0, n);
}

/* The units that are late, once for each last day. */
static enum err tell_late(cx *c, db_conn *k, struct sweep *x)
{
	buf b;
	day last = 0;
	buf_init(&b, 64 * 1024);
	for (size_t i = 0; i < x->sheets.n; i++) {
		const db_round_sheet *s = &x->sheets.p[i];
		if (handed_in(s) || c->now_ms <= work_due(&x->w, "self", s->id))
			continue;
		day due = due_day(&x->w, "self", s->id);
		last = due > last ? due : last;
		buf_printf(&b, "%s%.*s", b.len ? "; " : "", STR_ARG(s->unit_name));
	}
	struct notice n = { .kind = NOTICE_LATE, .detail = arena_str(c->mem, buf_str(&b)), .due = last };
	buf_free(&b);
	return n.detail.len ? tell_round(c, k, x, TO_PLANNER, n, "late", (int)last) : ERR_OK;
}

static enum err sweep_round(cx *c, db_conn *k, struct sweep *x)
{
	const db_round_plan *p = &x->w.plan;
	if (str_is(p->state, "appraisal1"))
		return tell_round(c, k, x, TO_APPRAISER, (struct notice){ .kind = NOTICE_OPENED, .due = p->appraise_due }, "appraisal1", 0);
	if (str_is(p->state, "appraisal2"))
		return tell_round(c, k, x, TO_APPRAISER, (struct notice){ .kind = NOTICE_OPENED, .due = p->final_due }, "appraisal2", 0);
	if (str_is(p->state, "council"))
		return tell_round(c, k, x, TO_COUNCIL, (struct notice){ .kind = NOTICE_OPENED, .due = p->final_due }, "council", 0);
	if (str_is(p->state, "published")) {
		str path = arena_printf(c->mem, "/ket-qua/%.*s", STR_ARG(x->w.round.code));
		return tell_round(c, k, x, TO_LEADER, (struct notice){ .kind = NOTICE_PUBLISHED, .path = path }, "public", x->revision);
	}
	return flow_word("open closed", p->state) ? tell_late(c, k, x) : ERR_OK;
}

static enum err sweep_chunk(cx *c, db_conn *k, void *arg)
{
	struct sweep *x = arg;
	enum err e = ERR_OK;
	for (size_t i = x->from; i < x->sheets.n && i < x->from + CHUNK && !e; i++)
		e = sweep_sheet(c, k, x, &x->sheets.p[i]);
	if (e || x->from + CHUNK < x->sheets.n)
		return e;
	e = sweep_round(c, k, x);
	return e ? e : db_meta_set(c, k, x->mark_key, x->mark);
}

/* What was told last holds until the day, the state, the dates or the extensions are others. */
static enum err read_mark(cx *c, db_conn *k, const db_round *r, const db_round_plan *plan, struct sweep *x, bool *same)
{
	db_round_step_list steps;
	db_publication_list pubs;
	db_round_extension_list more;
	str last;
	enum err e = db_round_steps_of_round(c, k, r->id, 100, &steps);
	if (!e)
		e = db_publications(c, k, r->id, &pubs);
	if (!e)
		e = db_round_extensions(c, k, r->id, &more);
	for (size_t i = 0; i < steps.n && !e && !str_is(steps.p[i].verb, "open"); i++)
		if (str_is(steps.p[i].verb, "dates") && !x->dates.id)
			x->dates = steps.p[i];
	x->revision = !e && pubs.n ? pubs.p[0].revision : 0;
	x->mark_key = arena_printf(c->mem, "told:%lld", (long long)r->id);
	/* The hour, too: the last day ends in the middle of it. */
	int hour = (int)((c->now_ms + INT64_C(7) * 3600000) / 3600000 % 24);
	x->mark = str_is(plan->state, "published")
		? arena_printf(c->mem, "published %d", x->revision)
		: arena_printf(c->mem, "%.*s %d %d %zu %zu", STR_ARG(plan->state), (int)date_of_ms(c->now_ms), hour, steps.n, more.n);
	if (!e)
		e = db_meta_get(c, k, x->mark_key, &last);
	*same = !e && str_eq(last, x->mark);
	return e;
}

static enum err read_sweep(cx *c, struct app *a, const db_round *r, struct sweep *x, bool *same)
{
	DB_READER(k);
	db_round_plan plan;
	*x = (struct sweep){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_round_plan_get(c, k, r->id, &plan);
	*same = e == ERR_NOTFOUND || (!e && str_is(plan.state, "draft"));
	if (e || *same)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	e = read_mark(c, k, r, &plan, x, same);
	if (e || *same)
		return e;
	e = work_round(c, k, a, r->code, &x->w);
	if (!e)
		e = db_round_sheets(c, k, r->id, &x->sheets);
	if (!e)
		e = db_round_parts_of_round(c, k, r->id, &x->parts);
	return e;
}

enum err round_tell_due(cx *c, struct app *a)
{
	db_round_list rounds;
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_round_list_all(c, k, STR(""), &rounds);
	db_release(k);
	for (size_t i = 0; !e && i < rounds.n; i++) {
		struct sweep x;
		bool same;
		e = read_sweep(c, a, &rounds.p[i], &x, &same);
		for (x.from = 0; !e && !same && (x.from < x.sheets.n || !x.from); x.from += CHUNK)
			e = db_tx(c, a->db, DB_WRITE, sweep_chunk, &x);
	}
	return e;
}
