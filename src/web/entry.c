#include "web/entry.h"
#include "app/round_flow.h"
#include "app/rule_said.h"
#include "web/bar.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

enum { BAR_ROW = 62, BAR_WIDE = 420 };

typedef struct view_entry view;
typedef struct view_entry_row row;
typedef struct view_entry_cell cell;

/* ---- small things ---- */

opt_dec entry_dec(struct figure f)
{
	return (opt_dec){ f.there ? HAVE : HAVE_NONE, f.v };
}

str entry_path(struct web_cx *w, const char *below)
{
	return arena_printf(w->mem, "/tu-cham/%.*s/%.*s%s", STR_ARG(web_text(w, "round")), STR_ARG(web_text(w, "unit")), below);
}

str entry_shown(struct web_cx *w, str s)
{
	dec d;
	day on;
	char text[DATE_TEXT];
	if (str_is(s, "true"))
		return say(w, "entry.yes");
	if (str_is(s, "false"))
		return say(w, "entry.no");
	if (date_parse(s, &on))
		return arena_str(w->mem, date_text_vn(on, text));
	return dec_parse(s, &d) ? say_dec(w, d, -1) : s;
}

static str cell_text(struct web_cx *w, const struct entry_cell *c)
{
	if (str_is(c->status, "na"))
		return say(w, "entry.na");
	if (str_is(c->status, "none"))
		return say(w, "entry.none");
	if (c->numerator.len || c->denominator.len)
		return arena_printf(w->mem, "%.*s / %.*s", STR_ARG(entry_shown(w, c->numerator)), STR_ARG(entry_shown(w, c->denominator)));
	return entry_shown(w, c->value);
}

str entry_figures(struct web_cx *w, const struct entry_row *r)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < r->n_cells; i++) {
		str text = cell_text(w, &r->cells[i]);
		if (text.len)
			buf_printf(&b, "%s%.*s", b.len ? "; " : "", STR_ARG(text));
	}
	str out = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

str entry_missing(struct web_cx *w, int todo, int wrong, int proof, int asked)
{
	static const char *const keys[] = { "entry.n_todo", "entry.n_wrong", "entry.n_proof", "entry.n_asked" };
	const int n[] = { todo, wrong, proof, asked };
	buf b;
	buf_init(&b, 0);
	for (int i = 0; i < 4; i++)
		if (n[i])
			buf_printf(&b, "%s%.*s", b.len ? ", " : "", STR_ARG(SAY(w, keys[i], say_int(w, n[i]))));
	str out = b.len ? SAY(w, "entry.missing", buf_str(&b)) : STR("");
	buf_free(&b);
	return out;
}

/* A ruler of ten parts, filled as far as it is done. */
str entry_bar(struct web_cx *w, int done, int of)
{
	int width = of > 0 ? done * BAR_WIDE / of : 0;
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "<svg class=\"pb\" viewBox=\"0 0 %d 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path class=\"pb-bg\" d=\"M0 0h%dv14H0z\"/>"
		"<path class=\"pb-got\" d=\"M0 0h%dv14H0z\"/><path class=\"pb-tk\" d=\"", BAR_WIDE, BAR_WIDE, width);
	for (int i = 1; i < 10; i++)
		buf_printf(&b, "M%d 10v4", i * BAR_WIDE / 10);
	buf_printf(&b, "M0 14h%d\"/></svg>", BAR_WIDE);
	str out = arena_str(w->mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static str id_of(struct web_cx *w, const char *before, str s)
{
	char *p = arena_alloc(w->mem, s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		p[i] = s.p[i] == '.' || s.p[i] == ' ' || s.p[i] == '|' ? '-' : s.p[i];
	return arena_printf(w->mem, "%s%.*s", before, (int)s.len, p);
}

/* ---- cells ---- */

static enum view_entry_input input_of(const struct entry_cell *c)
{
	if (c->seq)
		return VIEW_ENTRY_INPUT_EVENT;
	if (c->counts)
		return VIEW_ENTRY_INPUT_COUNTS;
	return str_is(c->unit, "date")      ? VIEW_ENTRY_INPUT_DATE
		: str_is(c->unit, "yes_no") ? VIEW_ENTRY_INPUT_YES_NO
		: str_is(c->unit, "text")   ? VIEW_ENTRY_INPUT_TEXT
					    : VIEW_ENTRY_INPUT_VALUE;
}

/* What the two fields hold, canonical. */
static void fields_of(struct web_cx *w, const struct entry_cell *c, str *a, str *b)
{
	char text[DATE_TEXT];
	bool ok = str_is(c->status, "ok");
	*a = !ok ? STR("") : c->counts && !c->seq ? c->numerator : c->value;
	*b = !ok ? STR("") : c->seq ? c->as_of ? arena_str(w->mem, date_text(c->as_of, text)) : STR("") : c->counts ? c->denominator : STR("");
}

static str store_text(struct web_cx *w, const struct entry_cell *c)
{
	if (c->store_numerator.len)
		return arena_printf(w->mem, "%.*s / %.*s", STR_ARG(entry_shown(w, c->store_numerator)), STR_ARG(entry_shown(w, c->store_denominator)));
	return entry_shown(w, c->store_value);
}

static const struct entry_typed *typed_in(const struct entry_form *f, const struct entry_cell *c)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (f->changes[i].what == ENTRY_FIGURE && f->typed[i].seq == c->seq && str_eq(f->typed[i].measure, c->measure)
			&& str_eq(f->typed[i].part, c->part))
			return &f->typed[i];
	return NULL;
}

static str theirs_of(struct web_cx *w, const struct entry_outcome *o)
{
	buf b;
	buf_init(&b, 0);
	view_time(&b, o->who.at, w->lang);
	str at = arena_str(w->mem, buf_str(&b)), what;
	buf_free(&b);
	if (o->body.len)
		what = o->body;
	else if (o->numerator.len || o->denominator.len)
		what = arena_printf(w->mem, "%.*s / %.*s", STR_ARG(entry_shown(w, o->numerator)), STR_ARG(entry_shown(w, o->denominator)));
	else
		what = o->value.len ? entry_shown(w, o->value) : str_is(o->status, "na") ? say(w, "entry.na") : say(w, "entry.nothing");
	return SAY(w, "entry.theirs", o->who.name, what, at);
}

/* What was typed and not stored stays in the fields. */
static void keep_typed(struct web_cx *w, const struct entry_form *f, const struct entry_cell *c, cell *v)
{
	const struct entry_typed *t = typed_in(f, c);
	if (!t || !t->out || (t->out->is != OUTCOME_CONFLICT && t->out->is != OUTCOME_REFUSED))
		return;
	v->a = t->a;
	v->b = t->b;
	v->yes = str_is(t->a, "true");
	v->no = str_is(t->a, "false");
	if (t->out->is == OUTCOME_CONFLICT)
		v->theirs = theirs_of(w, t->out);
}

static cell cell_of(struct web_cx *w, const struct entry_cell *c, const struct entry_form *f)
{
	str a, b, name = arena_printf(w->mem, "%.*s-%.*s-%d", STR_ARG(c->measure), STR_ARG(c->part), c->seq);
	fields_of(w, c, &a, &b);
	cell v = { .measure = c->measure, .part = c->part, .seq = c->seq, .revision = c->revision, .label = say_either(w, c->label_vi, c->label_en),
		.input = input_of(c), .num_label = c->num_label, .den_label = c->den_label, .numerator = c->numerator, .denominator = c->denominator,
		.value = c->value, .status = c->status, .reason = c->reason, .source = c->source, .who = c->who.name, .from_store = c->from_store,
		.has_store = c->has_store, .store_source = c->store_source, .elsewhere = c->at, .yes = str_is(a, "true"), .no = str_is(a, "false") };
	if (str_is(c->part, "prev"))
		v.label = SAY(w, "entry.year_before", v.label);
	v.id = id_of(w, "o-", c->at.len ? arena_printf(w->mem, "%.*s-x", STR_ARG(name)) : name);
	v.key = arena_printf(w->mem, "%.*s|%.*s|%d|%d|%.*s|%.*s", STR_ARG(c->measure), STR_ARG(c->part), c->seq, c->revision, STR_ARG(a), STR_ARG(b));
	v.a = v.input == VIEW_ENTRY_INPUT_YES_NO ? a : entry_shown(w, a);
	v.b = entry_shown(w, b);
	v.shown = cell_text(w, c);
	if (c->as_of)
		v.as_of = some_date(c->as_of);
	if (c->who.at)
		v.at = some_time(c->who.at);
	if (c->has_store)
		v.store = store_text(w, c);
	if (c->store_as_of) {
		v.store_as_of = some_date(c->store_as_of);
		day age = date_of_ms(w->cx->now_ms) - c->store_as_of;
		if (age > 0)
			v.store_age = some_int(age);
	}
	if (c->wrong)
		v.wrong = say(w, c->wrong);
	keep_typed(w, f, c, &v);
	return v;
}

/* ---- rows ---- */

static enum view_entry_row_state state_of(const char *s)
{
	static const char *const words[] = { "done", "todo", "wrong", "proof", "asked", "na" };
	for (int i = 0; s && i < 6; i++)
		if (strcmp(words[i], s) == 0)
			return (enum view_entry_row_state)(VIEW_ENTRY_ROW_STATE_DONE + i);
	return VIEW_ENTRY_ROW_STATE_NONE;
}

static struct view_entry_proof *proofs_of(struct web_cx *w, const struct entry_evidence *list, size_t n_list, size_t *n)
{
	struct view_entry_proof *proofs = NEW_ARRAY(w->mem, struct view_entry_proof, n_list + 1);
	for (size_t i = 0; i < n_list; i++) {
		const struct entry_evidence *x = &list[i];
		if (x->removed)
			continue;
		struct view_entry_proof *p = &proofs[(*n)++];
		*p = (struct view_entry_proof){ .id = (uint64_t)x->id, .kind = x->kind, .title = x->title, .number = x->number, .url = x->url,
			.who = x->who.name, .at = x->who.at, .is_link = str_is(x->kind, "link"), .is_file = str_is(x->kind, "file") && x->file_id };
		if (x->issued_on)
			p->issued_on = some_date(x->issued_on);
		if (x->file_id)
			p->file = some_id((uint64_t)x->file_id);
	}
	return proofs;
}

static struct view_entry_decision *decision_of(struct web_cx *w, const struct entry_decision *d, struct figure self)
{
	if (!d->there)
		return NULL;
	struct view_entry_decision *v = NEW(w->mem, struct view_entry_decision);
	struct figure by = figure_minus(d->points, self);
	*v = (struct view_entry_decision){ .points = entry_dec(d->points), .remark = d->remark, .who = d->who.name, .at = d->who.at, .asks = d->asks };
	v->lower = by.there && by.v.neg;
	v->higher = by.there && !by.v.neg && !dec_is_zero(by.v);
	v->same = by.there && dec_is_zero(by.v);
	by.v = dec_abs(by.v);
	v->by = entry_dec(by);
	return v;
}

static str reason_in(const struct entry_row *r, const struct entry_form *f)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (str_eq(f->typed[i].row, r->code) && f->typed[i].reason.len)
			return f->typed[i].reason;
	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].reason.len && !r->cells[i].from_store)
			return r->cells[i].reason;
	return STR("");
}

static void add_note(struct web_cx *w, const struct entry_row *r, const struct entry_form *f, row *v)
{
	v->explanation = r->explanation;
	v->explanation_revision = r->explanation_revision;
	v->note_key = arena_printf(w->mem, "%.*s|explanation|%d|%zu.%llx", STR_ARG(r->code), r->explanation_revision, r->explanation.len,
		(unsigned long long)entry_text_mark(r->explanation));
	for (size_t i = 0; f && i < f->n; i++) {
		const struct entry_typed *t = &f->typed[i];
		if (f->changes[i].what != ENTRY_NOTE || !str_eq(t->row, r->code) || !t->out || t->out->is == OUTCOME_SAVED || t->out->is == OUTCOME_SAME)
			continue;
		v->explanation = t->a;
		if (t->out->is == OUTCOME_CONFLICT)
			v->note_theirs = theirs_of(w, t->out);
	}
}

static row row_of(struct web_cx *w, const struct entry_sheet *s, const struct entry_row *r, const struct entry_form *f)
{
	dec share;
	row v = { .code = r->code,
		.level = r->level,
		.name = say_either(w, r->name_vi, r->name_en),
		.owner = r->owner,
		.owner_unit = str_eq(r->owner_unit, r->owner) ? STR("") : r->owner_unit,
		.rule = r->rule,
		.note = r->note,
		.scored = r->scored,
		.state = state_of(r->state),
		.max = entry_dec(r->max),
		.applicable = entry_dec(r->applicable),
		.points = entry_dec(r->points),
		.last_year = entry_dec(r->last_year),
		.final = entry_dec(r->final),
		.arithmetic = r->points.there ? say_either(w, r->trace_vi, r->trace_en) : STR(""),
		.evidence_needed = r->evidence_needed,
		.na = r->na,
		.mine = r->mine,
		.answer = r->answer,
		.digits = r->digits,
		.unknown = !r->points.there,
		.locked = r->scored && r->state && !r->mine && !r->answer };
	if (!r->note.len)
		v.n_words = rule_said(w->cx, s->catalogue, r->of, w->lang, &v.words);
	v.id = id_of(w, "r-", r->code);
	v.cells = NEW_ARRAY(w->mem, cell, r->n_cells + 1);
	for (size_t i = 0; i < r->n_cells; i++) {
		v.cells[v.n_cells++] = cell_of(w, &r->cells[i], f);
		v.optional |= r->cells[i].optional;
		v.has_none |= str_is(r->cells[i].status, "none");
		v.reason_open |= r->cells[i].wrong != NULL || (r->cells[i].has_store && !r->cells[i].from_store);
	}
	v.reason = reason_in(r, f);
	v.reason_open |= v.reason.len > 0 || r->na;
	if (r->points.there && r->max.there && dec_div(r->points.v, r->max.v, &share))
		v.bar = bar_score(w->mem, dec_to_double(share), BAR_ROW);
	v.evidence = proofs_of(w, r->evidence, r->n_evidence, &v.n_evidence);
	add_note(w, r, f, &v);
	v.first = decision_of(w, &r->first, r->points);
	v.second = decision_of(w, &r->second, r->points);
	v.council = decision_of(w, &r->council, r->points);
	v.opened = r->final.there ? STR("") : r->council.opened ? r->council.remark : r->second.opened ? r->second.remark : r->first.remark;
	if (!r->first.opened && !r->second.opened && !r->council.opened)
		v.opened = STR("");
	return v;
}

/* ---- filters ---- */

static bool wanted(const struct entry_row *r, enum view_entry_filter f)
{
	bool is_done = r->state && (strcmp(r->state, "done") == 0 || strcmp(r->state, "na") == 0);
	switch (f) {
	case VIEW_ENTRY_FILTER_CAN_LAM: return r->state && !is_done;
	case VIEW_ENTRY_FILTER_THIEU_MINH_CHUNG: return r->state && strcmp(r->state, "proof") == 0;
	case VIEW_ENTRY_FILTER_CHUA_CHAM: return r->state && !r->points.there;
	case VIEW_ENTRY_FILTER_DA_SUA: return r->changed;
	case VIEW_ENTRY_FILTER_KHAC_NAM_TRUOC: return r->differs;
	case VIEW_ENTRY_FILTER_HA_DIEM: return r->lowered;
	case VIEW_ENTRY_FILTER_KHAO_SAT: return strcmp(r->by, "survey") == 0 || strcmp(r->by, "index") == 0;
	default: return true;
	}
}

static bool shows(const struct entry_sheet *s, size_t i, enum view_entry_filter f)
{
	if (s->rows[i].scored)
		return wanted(&s->rows[i], f);
	for (size_t k = i + 1; k < s->n_rows_all && s->rows[k].level > s->rows[i].level; k++)
		if (s->rows[k].scored && wanted(&s->rows[k], f))
			return true;
	return false;
}

static const char *const filter_words[] = { "tat-ca", "can-lam", "thieu-minh-chung", "chua-cham", "da-sua", "khac-nam-truoc", "ha-diem",
	"khao-sat" };
static const char *const filter_keys[] = { "entry.f_all", "entry.f_todo", "entry.f_proof", "entry.f_empty", "entry.f_changed",
	"entry.f_differs", "entry.f_lower", "entry.f_survey" };

static void add_filters(struct web_cx *w, const struct entry_sheet *s, view *v)
{
	v->filters = NEW_ARRAY(w->mem, struct view_entry_option, 8);
	for (int f = 0; f < 8; f++) {
		int64_t n = 0;
		for (size_t i = 0; i < s->n_rows_all; i++)
			n += s->rows[i].scored && wanted(&s->rows[i], (enum view_entry_filter)f);
		v->filters[v->n_filters++] = (struct view_entry_option){ str_of(filter_words[f]), say(w, filter_keys[f]), n, f == (int)v->filter };
	}
}

/* ---- steps and parts ---- */

static void add_step(struct web_cx *w, view *v, const char *verb, bool main, str off)
{
	const struct flow_step *s = flow_steps;
	while (s->verb && !(s->of == FLOW_SHEET && strcmp(s->verb, verb) == 0))
		s++;
	const char *key = arena_printf(w->mem, "sheet_step.%s", verb).p;
	v->steps[v->n_steps++] = (struct view_entry_step){ .verb = str_of(verb), .label = say(w, key), .reason = s->reason, .main = main, .off = off };
}

static int open_parts(const struct entry_sheet *s)
{
	int n = 0;
	for (size_t i = 0; i < s->n_parts; i++)
		n += s->parts[i].n_rows && !flow_word("submitted accepted", s->parts[i].state);
	return n;
}

static void add_steps(struct web_cx *w, const struct entry_sheet *s, view *v)
{
	v->steps = NEW_ARRAY(w->mem, struct view_entry_step, 8);
	str off = entry_missing(w, s->n_todo, s->n_wrong, s->n_proof, 0);
	bool up = str_is(s->kind, "up");
	if (!off.len && up && open_parts(s))
		off = SAY(w, "entry.parts_open", say_int(w, open_parts(s)));
	if (!off.len && s->closed)
		off = SAY(w, s->closed, say_either(w, s->round.name_vi, s->round.name_en));
	if (s->may_submit && flow_can(FLOW_SHEET, "submit", s->state, s->round_state, s->kind))
		add_step(w, v, "submit", true, off);
	if (s->may_submit && flow_can(FLOW_SHEET, "explain", s->state, s->round_state, s->kind))
		add_step(w, v, "explain", true, entry_missing(w, 0, 0, 0, s->n_asked));
	if (s->may_approve && flow_can(FLOW_SHEET, "approve", s->state, s->round_state, s->kind))
		add_step(w, v, "approve", true, STR(""));
	if (s->may_return && flow_can(FLOW_SHEET, "return", s->state, s->round_state, s->kind))
		add_step(w, v, "return", false, STR(""));
	if (s->may_plan && flow_can(FLOW_SHEET, "unlock", s->state, s->round_state, s->kind))
		add_step(w, v, "unlock", false, STR(""));
	if (s->may_plan && flow_can(FLOW_SHEET, "lock", s->state, s->round_state, s->kind))
		add_step(w, v, "lock", true, STR(""));
}

static void add_parts(struct web_cx *w, const struct entry_sheet *s, view *v)
{
	v->parts = NEW_ARRAY(w->mem, struct view_entry_part, s->n_parts + 1);
	bool now = flow_word("new work returned", s->state);
	for (size_t i = 0; i < s->n_parts; i++) {
		const struct entry_part *p = &s->parts[i];
		int rank = flow_rank(FLOW_PART, p->state);
		if (!p->n_rows)
			continue;
		v->parts[v->n_parts++] = (struct view_entry_part){ .owner = p->owner, .unit_name = p->unit_name,
			.state = (enum view_entry_part_state)(rank < 0 ? 0 : rank), .rows = p->n_rows, .done = p->n_done,
			.missing = p->n_rows - p->n_done, .submit = now && p->mine && flow_can(FLOW_PART, "submit", p->state, s->round_state, s->kind),
			.accept = now && s->may_submit && flow_can(FLOW_PART, "accept", p->state, s->round_state, s->kind),
			.back = now && s->may_submit && flow_can(FLOW_PART, "return", p->state, s->round_state, s->kind) };
	}
}

/* ---- the page ---- */

static void add_time(struct web_cx *w, const struct entry_sheet *s, view *v)
{
	v->due = s->due_ms;
	v->explain_due = s->explain_due_ms;
	v->explaining = str_is(s->round_state, "explanation");
	int64_t until = v->explaining ? s->explain_due_ms : s->due_ms;
	v->days_left = s->days_left;
	v->over = w->cx->now_ms > until;
	v->days_over = v->over ? date_of_ms(w->cx->now_ms) - date_of_ms(until) : 0;
	v->last_day = !v->over && !s->days_left;
	v->soon = !v->over && s->days_left > 0 && s->days_left <= 3;
	if (s->saved_at)
		v->saved_at = some_time(s->saved_at);
}

static void add_report(struct web_cx *w, const struct entry_sheet *s, view *v)
{
	str root = s->n_rows_all ? s->rows[0].code : STR("");
	v->difficulty = s->difficulty;
	v->proposal = s->proposal;
	v->difficulty_key = arena_printf(w->mem, "%.*s|difficulty|%d|%zu.%llx", STR_ARG(root), s->difficulty_revision, s->difficulty.len,
		(unsigned long long)entry_text_mark(s->difficulty));
	v->proposal_key = arena_printf(w->mem, "%.*s|proposal|%d|%zu.%llx", STR_ARG(root), s->proposal_revision, s->proposal.len,
		(unsigned long long)entry_text_mark(s->proposal));
	v->may_report = s->may_submit;
}

/* What there is of criteria that the set has no more. */
static void add_left(struct web_cx *w, const struct entry_sheet *s, view *v)
{
	v->left_over = NEW_ARRAY(w->mem, struct view_entry_left_over, s->n_left + 1);
	for (size_t i = 0; i < s->n_left; i++) {
		const struct entry_left *x = &s->left[i];
		const struct entry_who *who = x->decision.there ? &x->decision.who : &x->explanation_who;
		struct view_entry_left_over *to = &v->left_over[v->n_left_over++];
		*to = (struct view_entry_left_over){ .code = x->code, .name = say_either(w, x->name_vi, x->name_en), .version = x->version,
			.explanation = x->explanation, .points = entry_dec(x->decision.points), .remark = x->decision.remark, .who = who->name };
		if (who->at)
			to->at = some_time(who->at);
		to->evidence = proofs_of(w, x->evidence, x->n_evidence, &to->n_evidence);
	}
}

static void add_outcome(struct web_cx *w, const struct entry_form *f, view *v)
{
	if (!f || !f->saved)
		return;
	v->conflicts = (int64_t)f->saved->conflicts;
	v->refused = (int64_t)f->saved->refused;
	v->saved = (int64_t)f->saved->saved;
	v->faults = NEW_ARRAY(w->mem, str, w->cx->n_faults + 1);
	for (size_t i = 0; i < w->cx->n_faults; i++)
		v->faults[v->n_faults++] = web_fault_text(w, &w->cx->faults[i]);
}

void entry_show(struct web_cx *w, const struct entry_sheet *s, const struct entry_form *f)
{
	int state = flow_rank(FLOW_SHEET, s->state), round_state = flow_rank(FLOW_ROUND, s->round_state);
	view v = { .round = s->round.code, .round_name = say_either(w, s->round.name_vi, s->round.name_en), .period = s->round.period,
		.kind = str_is(s->kind, "up") ? VIEW_ENTRY_KIND_UP : VIEW_ENTRY_KIND_DOWN, .round_state = (enum view_entry_round_state)round_state,
		.state = (enum view_entry_state)state, .unit_name = s->unit_name, .unit_slug = s->unit_slug, .edition = s->round.edition_code,
		.edition_name = say_either(w, s->round.edition_vi, s->round.edition_en), .illustrative = s->round.illustrative, .all = s->all,
		.edits = s->edits, .answers = s->answers, .decides = s->decides, .rows_all = s->n_rows, .done = s->n_done,
		.left = s->n_rows - s->n_done, .todo = s->n_todo, .wrong = s->n_wrong, .proof = s->n_proof, .asked = s->n_asked,
		.decided = s->n_decided, .points = entry_dec(s->points), .max = entry_dec(s->max), .decided_points = entry_dec(s->decided_points),
		.before = s->before, .percent_done = s->n_rows ? s->n_done * 100 / s->n_rows : 0 };
	if (s->closed && !s->answers)
		v.closed = SAY(w, s->closed, v.round_name);
	v.filter = web_has(w, "loc") ? (enum view_entry_filter)web_enum(w, "loc") : VIEW_ENTRY_FILTER_TAT_CA;
	v.bar = entry_bar(w, s->n_done, s->n_rows);
	add_time(w, s, &v);
	add_filters(w, s, &v);
	v.rows = NEW_ARRAY(w->mem, row, s->n_rows_all + 1);
	for (size_t i = 0; i < s->n_rows_all; i++)
		if (s->rows[i].level > 0 && shows(s, i, v.filter)) {
			v.rows[v.n_rows++] = row_of(w, s, &s->rows[i], f);
			v.shown += s->rows[i].scored;
		}
	add_steps(w, s, &v);
	add_parts(w, s, &v);
	add_report(w, s, &v);
	add_left(w, s, &v);
	add_outcome(w, f, &v);
	web_cache(w, -1);
	reply_entry(w, &v);
}

void page_entry(struct web_cx *w)
{
	struct entry_sheet s;
	enum err e = entry_load(w->cx, w->app, w->actor, web_text(w, "round"), web_text(w, "unit"), &s);
	if (e)
		web_fail(w, e);
	else
		entry_show(w, &s, NULL);
}

/* ---- saving ---- */

static void add_result(struct web_cx *w, const struct entry_form *f, size_t i, struct view_entry_saved *v)
{
	const struct entry_outcome *o = &f->saved->p[i];
	const struct entry_typed *t = &f->typed[i];
	struct view_entry_saved_result *r = &v->results[v->n_results++];
	r->field = f->changes[i].what == ENTRY_NOTE ? t->row : arena_printf(w->mem, "%.*s-%.*s-%d", STR_ARG(t->measure), STR_ARG(t->part), t->seq);
	r->outcome = (enum view_entry_saved_outcome)o->is;
	r->revision = o->revision;
	if (o->is == OUTCOME_CONFLICT) {
		r->theirs = theirs_of(w, o);
		r->their_name = o->who.name;
		r->message = r->theirs;
	}
	for (size_t k = 0; o->is == OUTCOME_REFUSED && k < w->cx->n_faults; k++) {
		const fault *x = &w->cx->faults[k];
		str field = arena_printf(w->mem, "%.*s.%.*s", STR_ARG(t->measure), STR_ARG(t->part));
		if (str_starts(x->at.field, f->changes[i].what == ENTRY_NOTE ? t->row : field))
			r->message = say_with(w, x->key, (const str[]){ x->value }, 1);
	}
}

/* The names of the fields as the page would have them now. */
static void add_keys(struct web_cx *w, const struct entry_sheet *s, const struct entry_form *f, struct view_entry_saved *v)
{
	v->keys = NEW_ARRAY(w->mem, struct view_entry_saved_key, f->n + 1);
	for (size_t i = 0; i < s->n_rows_all; i++) {
		const struct entry_row *r = &s->rows[i];
		row shown = row_of(w, s, r, NULL);
		for (size_t k = 0; k < f->n && v->n_keys < f->n; k++) {
			const struct entry_typed *t = &f->typed[k];
			if (f->changes[k].what == ENTRY_NOTE && str_eq(t->row, r->code))
				v->keys[v->n_keys++] = (struct view_entry_saved_key){
					arena_printf(w->mem, "%.*s|explanation|", STR_ARG(r->code)), shown.note_key
				};
			for (size_t c = 0; c < shown.n_cells && f->changes[k].what == ENTRY_FIGURE && v->n_keys < f->n; c++)
				if (!r->cells[c].at.len && str_eq(shown.cells[c].measure, t->measure) && str_eq(shown.cells[c].part, t->part)
					&& shown.cells[c].seq == t->seq)
					v->keys[v->n_keys++] = (struct view_entry_saved_key){
						arena_printf(w->mem, "%.*s|%.*s|%d|", STR_ARG(t->measure), STR_ARG(t->part), t->seq), shown.cells[c].key };
		}
	}
}

static void reply_to_program(struct web_cx *w, const struct entry_sheet *s, const struct entry_form *f)
{
	const struct entry_saved *x = f->saved;
	buf b;
	struct view_entry_saved v = { .saved = (int64_t)x->saved, .conflicts = (int64_t)x->conflicts, .refused = (int64_t)x->refused,
		.done = x->n_done, .rows_all = x->n_rows, .left = x->n_rows - x->n_done };
	if (x->at) {
		v.at = some_time(x->at);
		buf_init(&b, 0);
		view_time(&b, x->at, w->lang);
		v.at_text = arena_str(w->mem, buf_str(&b));
		buf_free(&b);
	}
	v.done_text = SAY(w, "entry.done", say_int(w, x->n_done), say_int(w, x->n_rows));
	v.points_text = arena_printf(w->mem, "%.*s / %.*s", STR_ARG(say_dec(w, x->points.v, 2)), STR_ARG(say_dec(w, x->max.v, 2)));
	v.missing_text = entry_missing(w, x->n_todo, x->n_wrong, x->n_proof, x->n_asked);
	v.results = NEW_ARRAY(w->mem, struct view_entry_saved_result, f->n + 1);
	for (size_t i = 0; i < f->n; i++)
		add_result(w, f, i, &v);
	v.rows = NEW_ARRAY(w->mem, struct view_entry_saved_row, s->n_rows_all + 1);
	for (size_t i = 0; i < s->n_rows_all; i++) {
		const struct entry_row *r = &s->rows[i];
		bool shown = false;
		for (size_t k = 0; k < f->n; k++)
			shown |= str_eq(f->typed[k].row, r->code);
		for (size_t c = 0; c < r->n_cells; c++) /* rows that share a figure with a changed one */
			for (size_t k = 0; k < f->n; k++)
				shown |= str_eq(f->typed[k].measure, r->cells[c].measure);
		if (!r->scored || !shown)
			continue;
		v.rows[v.n_rows++] = (struct view_entry_saved_row){ .code = r->code, .state = str_of(r->state ? r->state : "none"),
			.state_name = say(w, arena_printf(w->mem, "entry.state.%s", r->state ? r->state : "none").p), .points = entry_dec(r->points),
			.points_text = r->points.there ? say_dec(w, r->points.v, 2) : STR("…"), .max_text = say_dec(w, r->max.v, 2),
			.arithmetic = r->points.there ? say_either(w, r->trace_vi, r->trace_en) : STR("") };
	}
	add_keys(w, s, f, &v);
	w->status = x->conflicts ? 409 : x->refused ? 422 : 200;
	web_cache(w, -1);
	reply_entry_saved(w, &v);
}

void page_entry_save(struct web_cx *w)
{
	struct entry_sheet s;
	struct entry_form f;
	struct entry_saved saved;
	str round = web_text(w, "round"), unit = web_text(w, "unit");
	enum err e = entry_load(w->cx, w->app, w->actor, round, unit, &s);
	if (!e)
		e = entry_read(w, &s, web_text(w, "dong"), &f);
	if (!e)
		e = entry_save(w->cx, w->app, w->actor, round, unit, f.changes, f.n, &saved);
	if (!e)
		e = entry_load(w->cx, w->app, w->actor, round, unit, &s);
	if (e) {
		web_fail(w, e);
		return;
	}
	f.saved = &saved;
	for (size_t i = 0; i < f.n; i++)
		f.typed[i].out = &saved.p[i];
	if (w->face == FACE_JSON) {
		reply_to_program(w, &s, &f);
	} else if (saved.conflicts || saved.refused) {
		w->status = saved.conflicts ? 409 : 422;
		entry_show(w, &s, &f);
	} else {
		str only = web_text(w, "dong");
		str anchor = only.len ? id_of(w, "#r-", only) : STR("");
		web_redirect(w, arena_printf(w->mem, "%.*s?loc=%s%.*s", STR_ARG(entry_path(w, "")), filter_words[web_has(w, "loc") ? web_enum(w, "loc") : 0],
			STR_ARG(anchor)));
	}
}

void page_entry_step(struct web_cx *w)
{
	str round = web_text(w, "round"), unit = web_text(w, "unit"), verb = web_text(w, "buoc"), part = web_text(w, "phan"), why = web_text(w, "ly-do");
	enum err e = part.len ? round_part_do(w->cx, w->app, w->actor, round, unit, part, verb, why)
			      : round_sheet_do(w->cx, w->app, w->actor, round, unit, verb, why);
	if (e)
		web_fail(w, e);
	else
		web_redirect(w, entry_path(w, ""));
}
