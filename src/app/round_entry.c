/* Saving: checked outside the transaction as far as the sheet does not matter, then revision by revision inside it. */
#include "app/round_entry.h"
#include "app/audit.h"
#include "app/round_flow.h"
#include "app/round_work.h"
#include "base/vec.h"
#include "base/vn.h"
#include "engine/measure.h"

/* ---- numbers as people write them ---- */

/* Groups of three digits between the marks. */
static bool grouped(str s, char group, char point)
{
	size_t run = 0;
	bool any = false;
	if (s.len > 1 && s.p[0] == '0' && s.p[1] == group) /* 0.125: nobody writes thousands so */
		return false;
	for (size_t i = 0; i < s.len && s.p[i] != point; i++) {
		if (s.p[i] == group) {
			if ((any && run != 3) || run == 0 || run > 3)
				return false;
			any = true;
			run = 0;
		} else if (s.p[i] >= '0' && s.p[i] <= '9') {
			run++;
		}
	}
	return any && run == 3;
}

bool entry_number(cx *c, str text, enum lang lang, str *out)
{
	char point = lang == LANG_VI ? ',' : '.', group = lang == LANG_VI ? '.' : ',', canonical[DEC_TEXT];
	str s = str_trim(text);
	dec d;
	if (s.len > 60)
		return false;
	bool groups = grouped(s, group, point);
	char *p = arena_alloc(c->mem, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (groups && s.p[i] == group)
			continue;
		p[n++] = s.p[i] == point ? '.' : s.p[i];
	}
	/* "4218.6" on a Vietnamese page is no group: it is meant as a decimal point. */
	if (!dec_parse((str){ p, n }, &d))
		return false;
	*out = arena_str(c->mem, dec_text(d, canonical));
	return true;
}

/* ---- checking changes ---- */

/* One change, on its way. */
struct item {
	const struct entry_change *from;
	struct entry_outcome *out;
	db_entry entry;
	db_note note;
	bool skip; /* refused */
	str owner;
};

struct save {
	struct app *a;
	const struct actor *who;
	str round, unit;
	struct work w;
	struct work_sheet s;
	db_measure_def_list catalogue;
	struct item *items;
	size_t n;
	bool may_submit, may_enter, may_appraise;
	bool *part_mine;
	struct entry_saved *out;
};

static void refuse(cx *c, struct item *x, const char *key, str field, str value)
{
	if (x->skip)
		return;
	x->skip = true;
	x->out->is = OUTCOME_REFUSED;
	cx_fault(c, FAULT_ERROR, key, (place){ .field = field }, value);
}

static str field_of(cx *c, const db_entry *e)
{
	return e->seq ? arena_printf(c->mem, "%.*s.%.*s.%d", STR_ARG(e->measure), STR_ARG(e->part), e->seq)
		      : arena_printf(c->mem, "%.*s.%.*s", STR_ARG(e->measure), STR_ARG(e->part));
}

static bool check_number(cx *c, struct item *x, str *text, str field)
{
	char canonical[DEC_TEXT];
	dec d;
	if (!dec_parse(*text, &d)) {
		refuse(c, x, "entry.number", field, *text);
		return false;
	}
	if (d.neg) {
		refuse(c, x, "entry.negative", field, *text);
		return false;
	}
	*text = arena_str(c->mem, dec_text(d, canonical));
	return true;
}

static void check_value(cx *c, struct item *x, str unit, str field)
{
	db_entry *e = &x->entry;
	day d;
	char text[DATE_TEXT];
	if (str_is(unit, "date")) {
		if (!date_parse_vn(e->value, &d))
			refuse(c, x, "entry.date", field, e->value);
		else
			e->value = arena_str(c->mem, date_text(d, text));
	} else if (str_is(unit, "yes_no")) {
		if (!str_is(e->value, "true") && !str_is(e->value, "false"))
			refuse(c, x, "entry.yes_no", field, e->value);
	} else if (!str_is(unit, "text")) {
		check_number(c, x, &e->value, field);
	}
}

static void check_figures(cx *c, struct item *x, const struct save *s)
{
	db_entry *e = &x->entry;
	const db_measure_def *def = work_def(&s->catalogue, e->measure);
	str field = field_of(c, e);
	if (e->numerator.len || e->denominator.len) {
		if (!e->numerator.len || !e->denominator.len) {
			/* Half a fraction is kept as a draft: the other half comes with the next key. */
			str *half = e->numerator.len ? &e->numerator : &e->denominator;
			check_number(c, x, half, field);
		} else if (check_number(c, x, &e->numerator, field) && check_number(c, x, &e->denominator, field)) {
			e->value = STR("");
		}
	} else if (e->value.len) {
		check_value(c, x, def ? def->value_unit : STR(""), field);
	} else {
		e->status = STR("empty");
	}
	if (str_is(e->part, "event") && str_is(e->status, "ok") && !e->as_of)
		refuse(c, x, "entry.event_date", field, e->value);
}

static bool same_text(str a, str b)
{
	dec x, y;
	return str_eq(a, b) || (dec_parse(a, &x) && dec_parse(b, &y) && dec_eq(x, y));
}

/* Another figure than that of the store wants a reason. */
static void check_override(cx *c, struct item *x, const struct save *s)
{
	const db_entry *e = &x->entry;
	struct work_figure f = work_figure(&s->s, STR("self"), e->measure, e->part, e->seq);
	if (!str_is(e->part, "now") || !flow_word("self survey", e->stage) || !f.live || str_is(e->status, "empty"))
		return;
	const db_measure *m = f.live;
	bool same = str_is(e->status, "ok") && str_eq(m->status, STR("ok")) && same_text(e->numerator, m->numerator)
		&& same_text(e->denominator, m->denominator) && (e->numerator.len || same_text(e->value, m->value));
	if (same && !f.entry) {
		x->skip = true;
		x->out->is = OUTCOME_SAME;
	} else if (!same && !e->reason.len) {
		refuse(c, x, "entry.override_reason", field_of(c, e), e->numerator.len ? e->numerator : e->value);
	}
}

/* A measure of the edition with such a part, and the row it is entered in. */
static int32_t first_row(const struct save *s, const db_entry *e)
{
	for (size_t i = 0; i < s->w.n_order; i++) {
		const struct tree_node *n = &s->w.t->nodes.p[s->w.order[i]];
		for (size_t k = 0; tree_is_scored(n) && k < n->rule->n_refs; k++) {
			const struct rule_ref *ref = &n->rule->refs[k];
			const char *part = ref->part == PART_EVENTS ? "event" : ref->part >= PART_PREV ? "prev" : "now";
			if (str_eq(ref->name, e->measure) && str_is(e->part, part))
				return s->w.order[i];
		}
	}
	return NO_NODE;
}

static bool mine(const struct save *s, str owner, bool *open)
{
	*open = true;
	for (size_t i = 0; i < s->s.parts.n; i++)
		if (str_eq(s->s.parts.p[i].owner, owner)) {
			*open = flow_word("new work returned", s->s.parts.p[i].state);
			return s->part_mine[i];
		}
	return s->may_enter;
}

static void check_right(cx *c, struct item *x, const struct save *s, int32_t node, str field)
{
	bool open;
	x->owner = work_owner(c, s->w.t, node);
	bool own = mine(s, x->owner, &open);
	if (!own && !s->may_submit)
		refuse(c, x, "entry.not_yours", field, x->owner);
	else if (!open && !s->may_submit && !str_is(s->w.plan.state, "explanation"))
		refuse(c, x, "entry.part_handed_in", field, x->owner);
}

static void check_lengths(cx *c, struct item *x, str field)
{
	const struct entry_change *f = x->from;
	const str shorts[] = { f->numerator, f->denominator, f->value, f->source, f->key, f->measure };
	for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++)
		if (vn_length(shorts[i]) > ENTRY_SHORT_MAX)
			refuse(c, x, "entry.too_long", field, STR(""));
	if (vn_length(f->body) > ENTRY_TEXT_MAX || vn_length(f->reason) > ENTRY_TEXT_MAX)
		refuse(c, x, "entry.too_long", field, STR(""));
}

static void check_figure(cx *c, struct item *x, const struct save *s)
{
	const struct entry_change *f = x->from;
	db_entry *e = &x->entry;
	*e = (db_entry){ .stage = f->stage.len ? f->stage : STR("self"), .measure = f->measure, .part = f->part.len ? f->part : STR("now"),
		.seq = f->seq, .numerator = str_trim(f->numerator), .denominator = str_trim(f->denominator), .value = str_trim(f->value),
		.status = f->status.len ? f->status : STR("ok"), .reason = str_trim(f->reason), .source = f->source, .as_of = f->as_of,
		.origin = f->origin.len ? f->origin : STR("typed"), .key = f->key, .who = work_who(s->who) };
	str field = field_of(c, e);
	check_lengths(c, x, field);
	int32_t node = first_row(s, e);
	if (node == NO_NODE || f->seq < 0 || f->seq > 1000 || str_is(e->part, "event") != (f->seq > 0)) {
		refuse(c, x, "entry.no_such_cell", field, f->measure);
		return;
	}
	if (!flow_word("ok na none empty", e->status)) {
		refuse(c, x, "entry.status", field, e->status);
		return;
	}
	const struct tree_node *n = &s->w.t->nodes.p[node];
	bool own = work_is_row(n) || work_is_bonus(n);
	if (str_is(e->stage, "self") && own)
		check_right(c, x, s, node, field);
	else if (!s->may_appraise || (str_is(e->stage, "self") && !own) || !flow_word("self appraisal1 appraisal2 council survey", e->stage))
		refuse(c, x, "entry.not_yours", field, x->owner);
	if (str_is(e->status, "na") && !e->reason.len)
		refuse(c, x, "entry.na_reason", field, STR(""));
	if (!str_is(e->status, "ok"))
		e->numerator = e->denominator = e->value = STR("");
	else if (!x->skip)
		check_figures(c, x, s);
	if (!x->skip)
		check_override(c, x, s);
}

static void check_note(cx *c, struct item *x, const struct save *s)
{
	const struct entry_change *f = x->from;
	x->note = (db_note){ .node = f->node, .kind = f->kind.len ? f->kind : STR("explanation"), .body = str_trim(f->body), .key = f->key,
		.who = work_who(s->who) };
	int32_t node = tree_find(s->w.t, f->node);
	check_lengths(c, x, f->node);
	bool explains = str_is(x->note.kind, "explanation");
	if (node == NO_NODE || (explains && !tree_is_scored(&s->w.t->nodes.p[node])) || !flow_word("explanation difficulty proposal", x->note.kind))
		refuse(c, x, "entry.no_such_row", f->node, f->kind);
	else if (explains)
		check_right(c, x, s, node, f->node);
	else if (!s->may_submit)
		refuse(c, x, "entry.not_yours", f->node, STR(""));
}

/* ---- inside the transaction ---- */

static enum err put_figure(cx *c, db_conn *k, struct save *s, struct item *x)
{
	db_entry last = { 0 };
	bool found;
	enum err e = db_entry_last(c, k, s->s.s.id, &x->entry, &last, &found);
	if (e)
		return e;
	struct entry_outcome *o = x->out;
	bool same = found && str_eq(last.status, x->entry.status) && str_eq(last.numerator, x->entry.numerator)
		&& str_eq(last.denominator, x->entry.denominator) && str_eq(last.value, x->entry.value) && str_eq(last.reason, x->entry.reason)
		&& last.as_of == x->entry.as_of;
	bool nothing = !found && str_is(x->entry.status, "empty");
	o->revision = found ? last.revision : 0;
	if (same || nothing || (found && last.key.len && str_eq(last.key, x->entry.key))) {
		o->is = OUTCOME_SAME;
		return ERR_OK;
	}
	if (o->revision != x->from->base) {
		o->is = OUTCOME_CONFLICT;
		return ERR_OK;
	}
	x->entry.revision = ++o->revision;
	o->is = OUTCOME_SAVED;
	return db_entry_add(c, k, s->s.s.id, &x->entry, 1);
}

static enum err put_note(cx *c, db_conn *k, struct save *s, struct item *x)
{
	db_note last = { 0 };
	bool found;
	enum err e = db_note_last(c, k, s->s.s.id, x->note.node, x->note.kind, &last, &found);
	if (e)
		return e;
	struct entry_outcome *o = x->out;
	o->revision = found ? last.revision : 0;
	if (str_eq(found ? last.body : STR(""), x->note.body) || (found && last.key.len && str_eq(last.key, x->note.key))) {
		o->is = OUTCOME_SAME;
		return ERR_OK;
	}
	if (o->revision != x->from->base) {
		o->is = OUTCOME_CONFLICT;
		return ERR_OK;
	}
	x->note.revision = ++o->revision;
	o->is = OUTCOME_SAVED;
	return db_note_add(c, k, s->s.s.id, &x->note);
}

/* What may be entered now, by the states as they are inside the transaction. */
static const char *closed_for(cx *c, const struct save *s, const struct item *x, str round_state, str sheet_state)
{
	int64_t sheet = s->s.s.id;
	if (x->from->what == ENTRY_NOTE)
		return work_closed_note(c, &s->w, round_state, sheet_state, sheet);
	if (str_is(x->entry.stage, "self"))
		return work_closed(c, &s->w, round_state, sheet_state, sheet);
	if (str_is(x->entry.stage, "survey"))
		return flow_word("open closed appraisal1 explanation appraisal2 council correcting", round_state)
				&& !str_is(sheet_state, "locked")
			? NULL
			: "flow.closed";
	bool council = str_is(x->entry.stage, "council") && flow_word("council correcting", round_state);
	return council || str_eq(x->entry.stage, round_state) ? NULL : "flow.closed";
}

static enum err begin_work(cx *c, db_conn *k, struct save *s, const db_round_sheet *now)
{
	enum err e = ERR_OK;
	if (str_is(now->state, "new"))
		e = db_round_sheet_move(c, k, now->id, now->state, STR("work"));
	for (size_t i = 0; i < s->n && !e; i++) {
		struct item *x = &s->items[i];
		if (x->out->is != OUTCOME_SAVED || x->skip || !x->owner.len)
			continue;
		e = db_round_part_move(c, k, now->id, x->owner, STR("new"), STR("work"));
		if (e == ERR_CONFLICT) /* it is in work already */
			e = ERR_OK;
	}
	return e;
}

static str audit_detail(cx *c, const struct save *s)
{
	buf b;
	buf_init(&b, 4000);
	for (size_t i = 0; i < s->n; i++) {
		const struct item *x = &s->items[i];
		if (x->skip || x->out->is != OUTCOME_SAVED)
			continue;
		str name = x->from->what == ENTRY_NOTE ? x->note.node : field_of(c, &x->entry);
		buf_printf(&b, "%s%.*s#%d", b.len ? " " : "", STR_ARG(name), x->out->revision);
	}
	str out = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static enum err put_all(cx *c, db_conn *k, void *arg)
{
	struct save *s = arg;
	db_round_plan plan;
	db_round_sheet now;
	size_t saved = 0;
	enum err e = db_round_plan_get(c, k, s->w.round.id, &plan);
	if (!e)
		e = db_round_sheet_get(c, k, s->w.round.id, s->s.s.unit_id, &now);
	for (size_t i = 0; i < s->n && !e; i++) {
		struct item *x = &s->items[i];
		if (x->skip)
			continue;
		const char *closed = closed_for(c, s, x, plan.state, now.state);
		if (closed)
			return cx_fail(c, ERR_CONFLICT, closed, (place){ 0 }, s->round);
		*x->out = (struct entry_outcome){ 0 };
		e = x->from->what == ENTRY_NOTE ? put_note(c, k, s, x) : put_figure(c, k, s, x);
		saved += !e && x->out->is == OUTCOME_SAVED;
	}
	if (e || !saved)
		return e;
	e = begin_work(c, k, s, &now);
	if (!e)
		e = db_round_sheet_touch(c, k, now.id);
	str object = arena_printf(c->mem, "%.*s/%.*s", STR_ARG(s->w.round.code), STR_ARG(now.unit_code));
	return e ? e : audit_add(c, k, s->who, "round.enter", object, audit_detail(c, s));
}

/* ---- around it ---- */

static enum err read_for_save(cx *c, struct save *s)
{
	DB_READER(k);
	enum err e = db_reader(c, s->a->db, &k);
	if (e)
		return e;
	e = db_begin(c, k, DB_READ);
	if (!e)
		e = work_round(c, k, s->a, s->round, &s->w);
	if (!e)
		e = work_sheet(c, k, &s->w, s->unit, &s->s);
	if (!e)
		e = work_facts(c, k, &s->w, &s->s);
	if (!e)
		e = db_measure_def_all(c, k, &s->catalogue);
	return e;
}

static void rights(cx *c, struct save *s)
{
	bool up = str_is(s->w.plan.kind, "up");
	int64_t unit = s->s.s.unit_id;
	s->may_submit = work_may(c, s->a, s->who, "score", "submit", unit);
	s->may_enter = work_may(c, s->a, s->who, "score", "fill", unit);
	s->may_appraise = work_may(c, s->a, s->who, "score", "appraise", unit);
	s->part_mine = NEW_ARRAY(c->mem, bool, s->s.parts.n + 1);
	for (size_t i = 0; i < s->s.parts.n; i++)
		s->part_mine[i] = up && s->s.parts.p[i].unit_id ? work_may(c, s->a, s->who, "score", "fill", s->s.parts.p[i].unit_id) : s->may_enter;
}

static void count_outcomes(struct save *s)
{
	for (size_t i = 0; i < s->n; i++) {
		s->out->saved += s->out->p[i].is == OUTCOME_SAVED;
		s->out->conflicts += s->out->p[i].is == OUTCOME_CONFLICT;
		s->out->refused += s->out->p[i].is == OUTCOME_REFUSED;
	}
}

/* What is stored instead, as it is now. */
static void tell_theirs(const struct entry_sheet *sheet, const struct item *x)
{
	struct entry_outcome *o = x->out;
	for (size_t i = 0; i < sheet->n_rows_all; i++) {
		const struct entry_row *r = &sheet->rows[i];
		if (x->from->what == ENTRY_NOTE && str_eq(r->code, x->note.node) && str_is(x->note.kind, "explanation")) {
			o->body = r->explanation;
			o->who = r->explanation_who;
			o->revision = r->explanation_revision;
		}
		for (size_t k = 0; k < r->n_cells && x->from->what == ENTRY_FIGURE; k++) {
			const struct entry_cell *t = &r->cells[k];
			if (!str_eq(t->measure, x->entry.measure) || !str_eq(t->part, x->entry.part) || t->seq != x->entry.seq || t->at.len)
				continue;
			*o = (struct entry_outcome){ .is = OUTCOME_CONFLICT, .revision = t->revision, .numerator = t->numerator,
				.denominator = t->denominator, .value = t->value, .status = t->status, .reason = t->reason, .who = t->who };
		}
	}
	if (x->from->what == ENTRY_NOTE && str_is(x->note.kind, "difficulty"))
		o->body = sheet->difficulty;
	if (x->from->what == ENTRY_NOTE && str_is(x->note.kind, "proposal"))
		o->body = sheet->proposal;
}

static enum err after(cx *c, struct save *s)
{
	struct entry_sheet sheet;
	struct entry_saved *o = s->out;
	enum err e = entry_load(c, s->a, s->who, s->round, s->unit, &sheet);
	if (e)
		return e;
	for (size_t i = 0; i < s->n; i++)
		if (o->p[i].is == OUTCOME_CONFLICT)
			tell_theirs(&sheet, &s->items[i]);
	o->version = sheet.version;
	o->at = sheet.saved_at;
	o->n_rows = sheet.n_rows;
	o->n_done = sheet.n_done;
	o->n_todo = sheet.n_todo;
	o->n_wrong = sheet.n_wrong;
	o->n_proof = sheet.n_proof;
	o->n_asked = sheet.n_asked;
	o->points = sheet.points;
	o->max = sheet.max;
	o->points_of = NEW_ARRAY(c->mem, struct entry_point, sheet.n_rows_all + 1);
	for (size_t i = 0; i < sheet.n_rows_all; i++)
		o->points_of[o->n_points++] = (struct entry_point){ sheet.rows[i].code, sheet.rows[i].state, sheet.rows[i].points,
			sheet.rows[i].applicable, sheet.rows[i].trace_vi, sheet.rows[i].trace_en };
	return ERR_OK;
}

enum err entry_save(cx *c, struct app *a, const struct actor *who, str round, str unit, const struct entry_change *changes, size_t n,
	struct entry_saved *out)
{
	struct save s = { .a = a, .who = who, .round = round, .unit = unit, .n = n, .out = out };
	*out = (struct entry_saved){ .n = n };
	if (n > ENTRY_CHANGES_MAX)
		return cx_fail(c, ERR_LIMIT, "entry.too_many", (place){ 0 }, STR(""));
	enum err e = read_for_save(c, &s);
	if (e)
		return e;
	rights(c, &s);
	s.items = NEW_ARRAY(c->mem, struct item, n + 1);
	out->p = NEW_ARRAY(c->mem, struct entry_outcome, n + 1);
	for (size_t i = 0; i < n; i++) {
		s.items[i] = (struct item){ .from = &changes[i], .out = &out->p[i] };
		if (changes[i].what == ENTRY_NOTE)
			check_note(c, &s.items[i], &s);
		else
			check_figure(c, &s.items[i], &s);
	}
	e = work_write(c, a, put_all, &s);
	if (e)
		return e;
	count_outcomes(&s);
	if (out->saved)
		e = work_settle(c, a, &s.w, s.s.s.unit_id);
	return e ? e : after(c, &s);
}
