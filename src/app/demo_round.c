#include "app/demo_round.h"
#include "app/edition_edit.h"
#include "app/round_appraise.h"
#include "app/round_entry.h"
#include "app/round_flow.h"
#include "app/round_setup.h"
#include "base/vec.h"
#include "db/measure.h"
#include "db/round.h"
#include "db/round_plan.h"

struct demo {
	cx *c;
	struct app *a;
	str round, period;
	struct actor officer, appraiser, coordinator;
};

/* How far a unit has come. */
enum how { UNTOUCHED, BEGUN, NEARLY, WRONG, HANDED_IN, RETURNED };

static struct actor person(const char *name)
{
	struct actor a = actor_system("demo");
	a.name = str_of(name);
	return a;
}

/* A round that was filled to its end is left alone: people have worked with it since. One that a run left half filled is gone on with: each
 * step below looks at what is there. */
static str mark_of(cx *c, str code) { return arena_printf(c->mem, "demo:%.*s", STR_ARG(code)); }

static enum err is_filled(cx *c, struct app *a, str code, bool *yes)
{
	str mark = STR("");
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_meta_get(c, k, mark_of(c, code), &mark);
	*yes = mark.len > 0;
	return e;
}

static enum err set_filled(cx *c, db_conn *k, void *arg) { return db_meta_set(c, k, mark_of(c, *(const str *)arg), STR("filled")); }

/* Where the round stands; empty: it is not there yet. */
static enum err state_of(struct demo *d, str *out)
{
	db_round r;
	db_round_plan plan;
	DB_READER(k);
	*out = STR("");
	enum err e = db_reader(d->c, d->a->db, &k);
	if (!e)
		e = db_round_by_code(d->c, k, d->round, &r);
	if (!e)
		e = db_round_plan_get(d->c, k, r.id, &plan);
	if (!e)
		*out = plan.state;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err figures_of(struct demo *d, int64_t unit, db_measure_list *out)
{
	DB_READER(k);
	enum err e = db_reader(d->c, d->a->db, &k);
	return e ? e : db_measure_of(d->c, k, unit, d->period, STR("appraised"), out);
}

static const db_measure *figure(const db_measure_list *l, str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->p[i].measure, name))
			return &l->p[i];
	return NULL;
}

/* Every third figure is left out where the sheet is only begun, the last ones where it is nearly done. */
static bool left_out(enum how how, size_t i, size_t n)
{
	return how == BEGUN ? i % 3 != 0 : how == NEARLY || how == WRONG ? i + 4 > n : false;
}

static enum err fill(struct demo *d, str unit, const struct entry_sheet *s, enum how how)
{
	VEC(struct entry_change) list = { 0 };
	struct entry_saved saved;
	db_measure_list figures;
	size_t at = 0, rows = (size_t)s->n_rows;
	enum err e = figures_of(d, s->unit_id, &figures);
	for (size_t i = 0; i < s->n_rows_all && !e; i++) {
		const struct entry_row *r = &s->rows[i];
		if (!r->mine || !r->state || left_out(how, at++, rows))
			continue;
		for (size_t k = 0; k < r->n_cells; k++) {
			const struct entry_cell *x = &r->cells[k];
			const db_measure *m = figure(&figures, x->measure);
			if (!m || x->at.len || !str_is(x->part, "now") || x->from_store || x->revision)
				continue;
			struct entry_change *f = VEC_PUSH(d->c->mem, &list);
			*f = (struct entry_change){ .measure = x->measure, .part = x->part, .status = str_is(m->status, "missing") ? STR("none") : m->status,
				.numerator = m->numerator, .denominator = m->denominator, .value = m->numerator.len ? STR("") : m->value, .reason = m->reason };
			if (how == WRONG && m->numerator.len && at % 9 == 0) { /* turned round by mistake */
				f->numerator = m->denominator;
				f->denominator = m->numerator;
			}
			if (!f->reason.len && m->numerator.len && str_is(x->unit, "share") && str_is(x->measure, "budget_revenue"))
				f->reason = STR("Thu vượt dự toán");
		}
	}
	return e || !list.n ? e : entry_save(d->c, d->a, &d->officer, d->round, unit, list.p, list.n, &saved);
}

static enum err prove(struct demo *d, str unit, enum how how)
{
	struct entry_sheet s;
	VEC(struct entry_change) notes = { 0 };
	struct entry_saved saved;
	int number = 100;
	enum err e = entry_load(d->c, d->a, &d->officer, d->round, unit, &s);
	for (size_t i = 0; i < s.n_rows_all && !e; i++) {
		const struct entry_row *r = &s.rows[i];
		int64_t id;
		if (!r->state || strcmp(r->state, "proof") != 0 || (how != HANDED_IN && how != RETURNED && i % 7 == 0))
			continue;
		if (i % 5 == 0) {
			*VEC_PUSH(d->c->mem, &notes) = (struct entry_change){ .what = ENTRY_NOTE, .node = r->code,
				.body = STR("Số liệu lấy từ phần mềm chuyên ngành, có ảnh màn hình kèm theo khi cần.") };
			continue;
		}
		struct evidence_new x = { .node = r->code, .kind = STR("document"),
			.title = arena_printf(d->c->mem, "Báo cáo về %.*s (minh họa)", STR_ARG(r->name_vi)),
			.number = arena_printf(d->c->mem, "%d/BC", number++), .issued_on = date_of_ms(d->c->now_ms) - 20, .key = STR("demo") };
		e = evidence_add(d->c, d->a, &d->officer, d->round, unit, &x, &id);
	}
	return e || !notes.n ? e : entry_save(d->c, d->a, &d->officer, d->round, unit, notes.p, notes.n, &saved);
}

/* What still lacks a figure is explained away so that the sheet can be handed in. */
static enum err hand_in(struct demo *d, str unit)
{
	struct entry_sheet s;
	enum err e = entry_load(d->c, d->a, &d->officer, d->round, unit, &s);
	VEC(struct entry_change) list = { 0 };
	struct entry_saved saved;
	for (size_t i = 0; i < s.n_rows_all && !e; i++) {
		const struct entry_row *r = &s.rows[i];
		bool open = r->state && (strcmp(r->state, "todo") == 0 || strcmp(r->state, "wrong") == 0);
		for (size_t k = 0; k < r->n_cells && open; k++)
			if (!r->cells[k].at.len && !r->cells[k].seq && (str_is(r->cells[k].status, "empty") || r->cells[k].wrong))
				*VEC_PUSH(d->c->mem, &list) = (struct entry_change){ .measure = r->cells[k].measure, .part = r->cells[k].part,
					.status = STR("na"), .reason = STR("Không phát sinh trong năm (minh họa)"), .base = r->cells[k].revision };
	}
	if (!e && list.n)
		e = entry_save(d->c, d->a, &d->officer, d->round, unit, list.p, list.n, &saved);
	if (!e)
		e = entry_load(d->c, d->a, &d->officer, d->round, unit, &s);
	return e || s.n_done < s.n_rows ? e : round_sheet_do(d->c, d->a, &d->coordinator, d->round, unit, STR("submit"), STR(""));
}

static enum err bring(struct demo *d, str unit, enum how how)
{
	struct entry_sheet s;
	if (how == UNTOUCHED)
		return ERR_OK;
	enum err e = entry_load(d->c, d->a, &d->officer, d->round, unit, &s);
	bool open = !e && flow_word("new work", s.state);
	if (e || (!open && (how != RETURNED || !str_is(s.state, "submitted"))))
		return e;
	if (open)
		e = fill(d, unit, &s, how);
	if (!e && open)
		e = prove(d, unit, how);
	if (!e && open && (how == HANDED_IN || how == RETURNED))
		e = hand_in(d, unit);
	if (!e && how == RETURNED)
		e = round_sheet_do(d->c, d->a, &d->coordinator, d->round, unit, STR("return"),
			STR("Đề nghị rà lại số liệu tiêu chí 1.1.2 và bổ sung minh chứng"));
	return e;
}

/* Sheets are large: the memory of one unit's work goes when it is done. Between two units the whole may be called off. */
static struct demo apart(const struct demo *d)
{
	struct demo own = *d;
	own.c = cx_new(0);
	own.c->now_ms = d->c->now_ms;
	return own;
}

static enum err done(struct demo *d, struct demo *own, enum err e)
{
	for (size_t i = 0; i < own->c->n_faults && e; i++) {
		const fault *f = &own->c->faults[i];
		fault *told = cx_fault(d->c, f->level, f->key, f->at, f->value);
		for (int k = 0; k < FAULT_ARGS; k++)
			fault_arg(d->c, told, k + 1, f->arg[k]);
	}
	cx_free(own->c);
	return e;
}

static enum err make(struct demo *d, struct round_new x)
{
	day today = date_of_ms(d->c->now_ms);
	x.code = d->round;
	x.period = d->period;
	x.opens_on = today - 20;
	x.self_due = today + 5;
	x.appraise_due = today + 25;
	x.explain_due = today + 40;
	x.final_due = today + 60;
	x.needs_proof = x.illustrative = true;
	str state;
	enum err e = state_of(d, &state);
	if (!e && !state.len)
		e = round_create(d->c, d->a, &d->coordinator, &x);
	return e || !flow_word("draft", state.len ? state : STR("draft")) ? e : round_do(d->c, d->a, &d->coordinator, d->round, STR("open"), STR(""));
}

static enum err every_unit(struct demo *d, const enum how *how, size_t n)
{
	struct board b;
	str state;
	enum err e = state_of(d, &state);
	if (e || !str_is(state, "open"))
		return e;
	e = board_of(d->c, d->a, &d->coordinator, d->round, &b);
	for (size_t i = 0; i < b.n_rows && !e; i++) {
		struct demo own = apart(d);
		e = done(d, &own, bring(&own, b.rows[i].code, how[i % n]));
		if (!e && !cx_step(d->c, 1, 1))
			e = ERR_CANCELLED;
	}
	return e;
}

/* ---- departments, self-scoring ---- */

static enum err departments(struct demo *d)
{
	static const enum how how[] = { HANDED_IN, NEARLY, WRONG, BEGUN, HANDED_IN, RETURNED, NEARLY, UNTOUCHED, BEGUN, HANDED_IN, NEARLY, UNTOUCHED };
	d->round = STR("tu-cham-so-2025");
	enum err e = make(d, (struct round_new){ .name_vi = STR("Đợt tự chấm các sở, ngành năm 2025 (số liệu minh họa)"),
		.name_en = STR("Self-scoring of departments 2025 (illustrative figures)"), .edition = STR("so-nganh-minh-hoa"),
		.level = STR("sample-department"), .kind = STR("down") });
	return e ? e : every_unit(d, how, sizeof how / sizeof how[0]);
}

/* ---- communes, explanation ---- */

static enum err appraise(struct demo *d, const struct board_row *row, size_t i)
{
	struct entry_sheet s;
	struct appraise_saved saved;
	int n;
	if (!str_is(row->state, "submitted"))
		return ERR_OK;
	enum err e = entry_load(d->c, d->a, &d->appraiser, d->round, row->code, &s);
	for (size_t k = i % 4 + 3; k < s.n_rows_all && !e; k += 17) {
		const struct entry_row *r = &s.rows[k];
		dec half;
		char text[DEC_TEXT];
		if (!r->decide || !r->state || !r->points.there || dec_is_zero(r->points.v) || !dec_div(r->points.v, dec_int(2), &half)
			|| !dec_round(half, 2, DEC_HALF_UP, &half))
			continue;
		struct appraise_change x = { .node = r->code, .basis = STR("points"), .points = arena_str(d->c->mem, dec_text(half, text)), .asks = true,
			.remark = STR("Minh chứng mới xác nhận một phần số liệu. Đề nghị bổ sung văn bản hoặc giải trình.") };
		e = appraise_save(d->c, d->a, &d->appraiser, d->round, row->code, &x, 1, &saved);
	}
	if (!e)
		e = appraise_accept(d->c, d->a, &d->appraiser, d->round, row->code, &n);
	if (!e)
		e = entry_load(d->c, d->a, &d->appraiser, d->round, row->code, &s);
	return e || s.n_decided < s.n_rows || i % 5 == 4 ? e : round_sheet_do(d->c, d->a, &d->appraiser, d->round, row->code, STR("appraise1"), STR(""));
}

static enum err communes(struct demo *d)
{
	static const enum how how[] = { HANDED_IN, HANDED_IN, HANDED_IN, HANDED_IN, NEARLY };
	static const char *const steps[] = { "close", "appraise1" };
	struct board b;
	d->round = STR("tu-cham-xa-2025");
	enum err e = make(d, (struct round_new){ .name_vi = STR("Đợt tự chấm các xã, phường năm 2025 (số liệu minh họa)"),
		.name_en = STR("Self-scoring of communes 2025 (illustrative figures)"), .edition = STR("cap-xa-minh-hoa"), .level = STR("sample-commune"),
		.kind = STR("down") });
	if (!e)
		e = every_unit(d, how, sizeof how / sizeof how[0]);
	str state = STR("");
	if (!e)
		e = state_of(d, &state);
	for (int i = str_is(state, "open") ? 0 : 1; i < 2 && !e && flow_word("open closed", state); i++)
		e = round_do(d->c, d->a, &d->coordinator, d->round, str_of(steps[i]), STR(""));
	if (e || !flow_word("open closed appraisal1", state))
		return e;
	if (!e)
		e = board_of(d->c, d->a, &d->coordinator, d->round, &b);
	for (size_t i = 0; i < b.n_rows && !e; i++) {
		struct demo own = apart(d);
		e = done(d, &own, appraise(&own, &b.rows[i], i));
		if (!e && !cx_step(d->c, 1, 1))
			e = ERR_CANCELLED;
	}
	return e ? e : round_do(d->c, d->a, &d->coordinator, d->round, STR("explain"), STR(""));
}

/* ---- the province ---- */

static enum err find_owners(struct demo *d, struct round_owner_of *out, size_t *n)
{
	struct edition_view t;
	struct unit_list units = { 0 };
	enum err e = edition_view_of(d->c, d->a, STR("par-index-minh-hoa"), &t);
	if (!e)
		e = unit_on(d->c, d->a, STR("sample-department"), date_of_ms(d->c->now_ms), &units);
	for (size_t i = 0; i < t.n_nodes && !e && units.n; i++) {
		str rest = t.nodes[i].owner, owner;
		if (!rest.len || *n == 60)
			continue;
		str_next(&rest, ';', &owner);
		owner = str_trim(owner);
		size_t unit = 0, known = 0;
		while (known < *n && !str_eq(out[known].owner, owner))
			known++;
		while (unit < units.n && !str_eq(units.p[unit].name, owner))
			unit++;
		if (known < *n)
			continue;
		for (size_t k = 0; k < units.n && unit == units.n; k++)
			if (str_is(units.p[k].code, "TM-SO-02")) /* who is no agency of the sample: the department of home affairs */
				unit = k;
		if (unit == units.n)
			continue;
		out[(*n)++] = (struct round_owner_of){ owner, units.p[unit].level, units.p[unit].code };
	}
	return e;
}

static enum err province(struct demo *d)
{
	struct round_owner_of owners[60];
	size_t n = 0;
	struct entry_sheet s;
	int handed = 0;
	d->round = STR("tu-cham-tinh-2025");
	enum err e = find_owners(d, owners, &n);
	if (!e)
		e = make(d, (struct round_new){ .name_vi = STR("Tự đánh giá của tỉnh năm 2025 (số liệu minh họa)"),
			.name_en = STR("Self-assessment of the province 2025 (illustrative figures)"), .edition = STR("par-index-minh-hoa"),
			.level = STR("sample-province"), .kind = STR("up"), .owners = owners, .n_owners = n });
	if (!e)
		e = bring(d, STR("TM"), NEARLY);
	if (!e)
		e = entry_load(d->c, d->a, &d->coordinator, d->round, STR("TM"), &s);
	for (size_t i = 0; i < s.n_parts && !e; i++)
		if (str_is(s.parts[i].state, "submitted"))
			handed++;
		else if (s.parts[i].n_rows && s.parts[i].n_done == s.parts[i].n_rows && handed++ < 3)
			e = round_part_do(d->c, d->a, &d->officer, d->round, STR("TM"), s.parts[i].owner, STR("submit"), STR(""));
	return e;
}

/* ---- departments, a year ago: published ---- */

/* What the survey said, and nothing of a criterion that the store has no figure for. */
static enum err survey(struct demo *d, str unit, const struct entry_sheet *s)
{
	VEC(struct entry_change) list = { 0 };
	struct entry_saved saved;
	db_measure_list figures;
	enum err e = figures_of(d, s->unit_id, &figures);
	for (size_t i = 0; i < s->n_rows_all && !e; i++) {
		const struct entry_row *r = &s->rows[i];
		for (size_t k = 0; k < r->n_cells && r->mine && !r->state; k++) {
			const struct entry_cell *x = &r->cells[k];
			const db_measure *m = figure(&figures, x->measure);
			if (m && !x->at.len && !x->seq && str_is(x->part, "now") && !x->from_store && !x->revision)
				*VEC_PUSH(d->c->mem, &list) = (struct entry_change){ .stage = STR("survey"), .measure = x->measure, .part = x->part,
					.status = m->status, .numerator = m->numerator, .denominator = m->denominator,
					.value = m->numerator.len ? STR("") : m->value, .reason = m->reason };
		}
	}
	return e || !list.n ? e : entry_save(d->c, d->a, &d->appraiser, d->round, unit, list.p, list.n, &saved);
}

/* Most as the unit says, some lower, and nothing for what nobody filled in. */
static enum err settle(struct demo *d, const struct board_row *row, size_t i)
{
	struct entry_sheet s;
	struct appraise_saved saved;
	VEC(struct appraise_change) list = { 0 };
	int n;
	if (str_is(row->state, "appraised1"))
		return ERR_OK;
	enum err e = entry_load(d->c, d->a, &d->appraiser, d->round, row->code, &s);
	if (!e)
		e = survey(d, row->code, &s);
	if (!e)
		e = appraise_accept(d->c, d->a, &d->appraiser, d->round, row->code, &n);
	if (!e)
		e = entry_load(d->c, d->a, &d->appraiser, d->round, row->code, &s);
	for (size_t k = 0; k < s.n_rows_all && !e; k++) {
		const struct entry_row *r = &s.rows[k];
		bool lower = r->final.there && r->first.revision == 1 && (k + i) % 23 == 0 && r->points.there && !dec_is_zero(r->points.v);
		dec half = DEC_ZERO;
		char text[DEC_TEXT];
		if (!r->state || (r->final.there && !lower))
			continue;
		if (lower && (!dec_div(r->points.v, dec_int(2), &half) || !dec_round(half, 2, DEC_HALF_UP, &half)))
			continue;
		*VEC_PUSH(d->c->mem, &list) = (struct appraise_change){ .node = r->code, .basis = STR("points"),
			.points = arena_str(d->c->mem, dec_text(half, text)), .base = r->first.revision,
			.remark = lower ? STR("Minh chứng xác nhận một nửa số liệu (minh họa)") : STR("Không có số liệu, không có minh chứng (minh họa)") };
	}
	if (!e && list.n)
		e = appraise_save(d->c, d->a, &d->appraiser, d->round, row->code, list.p, list.n, &saved);
	return e ? e : round_sheet_do(d->c, d->a, &d->appraiser, d->round, row->code, STR("appraise1"), STR(""));
}

static enum err steps_to(struct demo *d, const char *const *steps, const char *const *states, size_t n, str reason)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && !e; i++) {
		str state;
		e = state_of(d, &state);
		if (!e && str_is(state, states[i]))
			e = round_do(d->c, d->a, &d->coordinator, d->round, str_of(steps[i]), reason);
	}
	return e;
}

static enum err year_before(struct demo *d)
{
	static const enum how how[] = { HANDED_IN };
	static const char *const begin[] = { "close", "appraise1" }, *const at[] = { "open", "closed" };
	static const char *const end[] = { "final", "publish" }, *const then[] = { "appraisal1", "final" };
	struct board b;
	str state;
	d->round = STR("tu-cham-so-2024");
	enum err e = make(d, (struct round_new){ .name_vi = STR("Đợt chấm các sở, ngành năm 2024 (số liệu minh họa)"),
		.name_en = STR("Scoring of departments 2024 (illustrative figures)"), .edition = STR("so-nganh-minh-hoa"),
		.level = STR("sample-department"), .kind = STR("down") });
	if (!e)
		e = every_unit(d, how, 1);
	if (!e)
		e = steps_to(d, begin, at, 2, STR(""));
	if (!e)
		e = state_of(d, &state);
	if (!e && str_is(state, "appraisal1"))
		e = board_of(d->c, d->a, &d->coordinator, d->round, &b);
	for (size_t i = 0; !e && str_is(state, "appraisal1") && i < b.n_rows; i++) {
		struct demo own = apart(d);
		e = done(d, &own, settle(&own, &b.rows[i], i));
		if (!e && !cx_step(d->c, 1, 1))
			e = ERR_CANCELLED;
	}
	return e ? e : steps_to(d, end, then, 2, STR("Quyết định công bố kết quả năm 2024 (minh họa)"));
}

/* It all happened a year ago. */
static enum err past(struct demo *d)
{
	enum { YEAR_MS_DAYS = 330 };
	const int64_t now = d->c->now_ms;
	d->period = STR("2024");
	d->c->now_ms = now - (int64_t)YEAR_MS_DAYS * DAY_MS;
	enum err e = year_before(d);
	d->c->now_ms = now;
	d->period = STR("2025");
	return e;
}

/* ---- a draft, ready to be put in force ---- */

/* Another rule for one criterion, another code for another, a name, and how values are rounded. */
static enum err change_draft(struct demo *d, int64_t id, const struct draft *x)
{
	size_t changed = 0;
	enum err e = ERR_OK;
	for (size_t i = 0; i < x->rows.n && !e && changed < 2; i++) {
		const struct edition_row *r = &x->rows.p[i];
		str cell[TREE_COLUMNS];
		int64_t key = r->key;
		dec max;
		if (!r->cell[TREE_RULE].len || !str_is(r->cell[TREE_BY], "self") || !dec_parse(r->cell[TREE_MAX], &max))
			continue;
		memcpy(cell, r->cell, sizeof cell);
		if (changed++ == 0)
			cell[TREE_RULE] = arena_printf(d->c->mem, "0.8 * (%.*s)", STR_ARG(r->cell[TREE_RULE]));
		else {
			cell[TREE_CODE] = arena_printf(d->c->mem, "%.*s.9", STR_ARG(r->cell[TREE_PARENT]));
			cell[TREE_NAME_VI] = arena_printf(d->c->mem, "%.*s (dự thảo)", STR_ARG(r->cell[TREE_NAME_VI]));
		}
		e = draft_put_row(d->c, d->a, &d->coordinator, id, &key, edition_row_mark(d->c, r), cell);
	}
	return e;
}

static enum err draft(struct demo *d)
{
	struct edition_version_list versions;
	struct draft_brief_list drafts;
	struct draft x;
	int64_t id = 0;
	str code = STR("so-nganh-minh-hoa");
	enum err e = edition_versions(d->c, d->a, &versions);
	if (!e)
		e = draft_list(d->c, d->a, &d->coordinator, &drafts);
	for (size_t i = 0; i < drafts.n && !e; i++)
		if (str_eq(drafts.p[i].code, code))
			return ERR_OK;
	struct draft_new from = { .code = code };
	for (size_t i = 0; i < versions.n && !e && !from.base_id; i++)
		if (str_eq(versions.p[i].code, code))
			from.base_id = versions.p[i].id;
	if (e || !from.base_id)
		return e;
	e = draft_add(d->c, d->a, &d->coordinator, &from, &id);
	if (!e)
		e = draft_open(d->c, d->a, &d->coordinator, id, &x);
	return e ? e : change_draft(d, id, &x);
}

enum err demo_rounds(cx *c, struct app *a)
{
	static const struct {
		const char *code;
		enum err (*make)(struct demo *d);
	} rounds[] = { { "tu-cham-so-2024", past }, { "du-thao-so-nganh", draft }, { "tu-cham-so-2025", departments },
		{ "tu-cham-xa-2025", communes }, { "tu-cham-tinh-2025", province } };
	struct demo d = { .c = c,
		.a = a,
		.period = STR("2025"),
		.officer = person("Đỗ Minh Tuấn"),
		.appraiser = person("Phạm Thu Hà"),
		.coordinator = person("Lê Quang Vinh") };
	enum err e = ERR_OK;
	for (size_t i = 0; i < sizeof rounds / sizeof rounds[0] && !e; i++) {
		bool filled;
		str code = str_of(rounds[i].code);
		e = is_filled(c, a, code, &filled);
		if (!e && !filled)
			e = rounds[i].make(&d);
		if (!e && !filled)
			e = db_tx(c, a->db, DB_WRITE, set_filled, &code);
	}
	return e;
}
