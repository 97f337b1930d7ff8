/* The bench of a rule: families, words, a try, the scale. */
#include "app/edition_rule.h"
#include "web/bar.h"
#include "web/edition_edit.h"
#include "web/fault.h"
#include "web/form.h"
#include "web/pages.h"
#include "web/say.h"
#include "web_views.h"

/* In the order of enum score_state. */
static const char *const state_keys[][2] = { { "ok", "edit.try_ok" }, { "na_reduced", "edit.try_reduced" }, { "na_max", "edit.try_na_max" },
	{ "na_zero", "edit.try_na_zero" }, { "ask", "edit.try_ask" }, { "missing", "edit.try_missing" }, { "no_number", "edit.try_no_number" } };

enum { STEPS_MORE = 2 };

/* Fields of the form are data: holes h-NAME and s-NAME-N, samples t-NAME or t-NAME-PART. */
static str field(struct web_cx *w, str name) { return str_trim(web_pair_text(w, name)); }

static str hole_name(struct web_cx *w, str hole, int step)
{
	if (step < 0)
		return arena_printf(w->mem, "h-%.*s", STR_ARG(hole));
	return arena_printf(w->mem, "s-%.*s-%d", STR_ARG(hole), step + 1);
}

static str sample_name(struct web_cx *w, str name, str part)
{
	return arena_printf(w->mem, "t-%.*s%s%.*s", STR_ARG(name), part.len ? "-" : "", STR_ARG(part));
}

static str given(void *ctx, str name, str part)
{
	struct web_cx *w = ctx;
	return w->method == WEB_POST ? field(w, sample_name(w, name, part)) : STR("");
}

/* ---- the family ---- */

static struct family_values typed_values(struct web_cx *w, const struct rule_family *f)
{
	struct family_values v = { .family = f };
	struct family_holes h;
	rule_family_holes(f, &h);
	for (int i = 0; i < h.n_fixed; i++)
		v.fixed[i] = field(w, hole_name(w, h.fixed[i], -1));
	for (int s = 0; s < FAMILY_STEPS; s++) {
		bool any = false;
		for (int i = 0; i < h.n_step; i++) {
			v.step[v.n_steps][i] = field(w, hole_name(w, h.step[i], s));
			any |= v.step[v.n_steps][i].len > 0;
		}
		v.n_steps += any;
	}
	return v;
}

/* Numbers as they are written here: 0,8. */
static str for_people(struct web_cx *w, str hole, str value)
{
	dec v;
	char kind = hole.p[0] | 0x20;
	return (kind == 'n' || kind == 'p') && dec_parse(value, &v) ? say_dec(w, v, -1) : value;
}

static str label_of(struct web_cx *w, const struct rule_family *f, str hole)
{
	str part = hole.p[0] >= 'a' ? hole : arena_printf(w->mem, "step_%c", hole.p[0] + 'a' - 'A');
	const char *key = arena_printf(w->mem, "family.%s.%.*s", f->name, STR_ARG(part)).p, *text = po_text(key, w->lang);
	if (text != key)
		return str_of(text);
	key = arena_printf(w->mem, "family.%.*s", STR_ARG(part)).p;
	return str_of(po_text(key, w->lang));
}

static struct view_draft_rule_hole hole_of(struct web_cx *w, const struct rule_family *f, str hole, int step, str value)
{
	return (struct view_draft_rule_hole){ .id = hole_name(w, hole, step), .label = label_of(w, f, hole), .value = for_people(w, hole, value),
		.measure = hole.p[0] == 'm' && !str_is(hole, "ms") };
}

static void add_family(struct web_cx *w, const struct family_values *x, struct view_draft_rule *v)
{
	for (const struct rule_family *f = rule_families; f->name; f++)
		v->n_families++;
	v->families = NEW_ARRAY(w->mem, struct view_draft_rule_choice, v->n_families);
	for (size_t i = 0; i < v->n_families; i++) {
		const struct rule_family *f = &rule_families[i];
		str name = str_of(po_text(arena_printf(w->mem, "family.%s", f->name).p, w->lang));
		v->families[i] = (struct view_draft_rule_choice){ str_of(f->name), name, f == x->family };
	}
	if (!x->family)
		return;
	struct family_holes h;
	rule_family_holes(x->family, &h);
	v->family = str_of(x->family->name);
	v->holes = NEW_ARRAY(w->mem, struct view_draft_rule_hole, FAMILY_HOLES);
	for (int i = 0; i < h.n_fixed; i++)
		v->holes[v->n_holes++] = hole_of(w, x->family, h.fixed[i], -1, x->fixed[i]);
	int n = x->n_steps + STEPS_MORE < FAMILY_STEPS ? x->n_steps + STEPS_MORE : FAMILY_STEPS;
	v->steps = NEW_ARRAY(w->mem, struct view_draft_rule_step, FAMILY_STEPS);
	for (int s = 0; h.n_step && s < n; s++) {
		struct view_draft_rule_step *to = &v->steps[v->n_steps++];
		to->number = s + 1;
		to->holes = NEW_ARRAY(w->mem, struct view_draft_rule_hole, FAMILY_STEP_HOLES);
		for (int i = 0; i < h.n_step; i++)
			to->holes[to->n_holes++] = hole_of(w, x->family, h.step[i], s, s < x->n_steps ? x->step[s][i] : STR(""));
	}
}

/* Faults of writing name holes ("n", "N2"); people know them by their labels. */
static void name_holes(struct web_cx *w, const struct rule_family *f, size_t from)
{
	for (size_t i = from; i < w->cx->n_faults; i++) {
		str *at = &w->cx->faults[i].at.field, hole = *at;
		size_t n = hole.len;
		long step = 0;
		while (n > 1 && hole.p[0] < 'a' && hole.p[n - 1] >= '0' && hole.p[n - 1] <= '9')
			n--;
		str_int((str){ hole.p + n, hole.len - n }, 1, FAMILY_STEPS, &step);
		str label = label_of(w, f, (str){ hole.p, n });
		*at = step ? SAY(w, "edit.step_n", say_int(w, step), label) : label;
	}
}

/* ---- the page ---- */

static void add_bench(struct web_cx *w, const struct bench *b, struct view_draft_rule *v)
{
	v->good = b->good;
	v->words = b->words[w->lang];
	v->n_words = b->n_words;
	v->notes = NEW_ARRAY(w->mem, struct view_draft_rule_note, b->n_notes + 1);
	for (; v->n_notes < b->n_notes; v->n_notes++)
		v->notes[v->n_notes] = (struct view_draft_rule_note){ draft_note(w, &b->notes[v->n_notes]), b->notes[v->n_notes].f.level != FAULT_ERROR };
	v->figures = NEW_ARRAY(w->mem, struct view_draft_rule_figure, b->n_figures + 1);
	for (size_t i = 0; i < b->n_figures; i++) {
		const struct bench_figure *f = &b->figures[i];
		const char *hint = str_is(f->unit, "share") ? "edit.hint_share"
			: str_is(f->unit, "date")           ? "edit.hint_date"
			: str_is(f->unit, "yes_no")         ? "edit.hint_yes"
							    : "edit.hint_number";
		v->figures[v->n_figures++] = (struct view_draft_rule_figure){ .id = sample_name(w, f->name, f->part),
			.label = say_either(w, f->label_vi, f->label_en),
			.part = str_is(f->part, "prev") ? say(w, "edit.part_prev")
				: f->part.len           ? say(w, "edit.part_events")
							: STR(""),
			.hint = say(w, hint),
			.value = f->given,
			.wrong = f->wrong };
	}
	v->tried = b->tried;
	v->arithmetic = say_either(w, b->trace_vi, b->trace_en);
	for (size_t i = 0; b->state && i < sizeof state_keys / sizeof *state_keys; i++)
		if (strcmp(b->state, state_keys[i][0]) == 0)
			v->state_text = say(w, state_keys[i][1]);
	if (b->points.there)
		v->points = some_dec(b->points.v);
	if (b->scale) {
		v->scale = bar_scale(w, b->scale, 2);
		v->scale_of = say_either(w, b->scale_of_vi, b->scale_of_en);
	}
}

static void add_measures(struct web_cx *w, const struct draft *d, struct view_draft_rule *v)
{
	size_t n = 0;
	const struct draft_measure *all = draft_measures(w->cx, d, &n);
	v->measures = NEW_ARRAY(w->mem, struct view_draft_rule_choice, n + 1);
	for (; v->n_measures < n; v->n_measures++)
		v->measures[v->n_measures] = (struct view_draft_rule_choice){ all[v->n_measures].name,
			say_either(w, all[v->n_measures].label_vi, all[v->n_measures].label_en), false };
}

struct shown {
	str rule, note;
	bool typed; /* note and mark come from the form */
	const struct family_values *family; /* NULL: the one that the rule is of */
};

static void show(struct web_cx *w, const struct draft *d, int row, const struct shown *s)
{
	struct bench b;
	const str *cell = d->rows.p[row].cell;
	struct view_draft_rule v = { .id = (uint64_t)d->id, .key = d->rows.p[row].key, .set = d->name, .code = cell[TREE_CODE], .max = cell[TREE_MAX],
		.rule = s->rule, .note = s->note };
	dec max;
	if (dec_parse(v.max, &max))
		v.max = say_dec(w, max, -1);
	v.name = say_either(w, cell[TREE_NAME_VI], cell[TREE_NAME_EN]);
	v.mark = edition_row_mark(w->cx, &d->rows.p[row]);
	v.faults = fault_rows(w, &v.n_faults);
	bench_open(w->cx, d, row, s->rule, given, w, &b);
	add_family(w, s->family ? s->family : &b.family, &v);
	add_measures(w, d, &v);
	add_bench(w, &b, &v);
	web_cache(w, -1);
	reply_draft_rule(w, &v);
}

static enum err open_row(struct web_cx *w, struct draft *d, int *row)
{
	enum err e = draft_open(w->cx, w->app, w->actor, (int64_t)web_id(w, "id"), d);
	*row = e ? -1 : edition_rows_find(&d->rows, web_int(w, "key"));
	return e ? e : *row < 0 || edition_row_sets(&d->rows.p[*row]) ? ERR_NOTFOUND : ERR_OK;
}

static void page_rule(struct web_cx *w)
{
	struct draft d;
	int row;
	enum err e = open_row(w, &d, &row);
	if (e)
		web_fail(w, e);
	else
		show(w, &d, row, &(struct shown){ d.rows.p[row].cell[TREE_RULE], d.rows.p[row].cell[TREE_NOTE], false, NULL });
}

static void page_rule_do(struct web_cx *w)
{
	struct draft d;
	int row;
	struct family_values v = { .family = rule_family_find(web_text(w, "mau")) };
	struct shown s = { web_text(w, "rule"), web_text(w, "note"), true, &v };
	const struct rule_family *chosen = v.family;
	enum err e = open_row(w, &d, &row);
	if (e) {
		web_fail(w, e);
		return;
	}
	if (chosen)
		v = typed_values(w, chosen);
	bool write = str_is(web_text(w, "lam"), "viet") && chosen;
	size_t faults = w->cx->n_faults;
	if (write && !w->cx->n_errors && rule_family_write(w->cx, &v, &s.rule)) {
		name_holes(w, chosen, faults);
		w->status = 422;
	}
	if (str_is(web_text(w, "lam"), "luu") && !w->cx->n_errors) {
		e = draft_put_rule(w->cx, w->app, w->actor, d.id, d.rows.p[row].key, web_text(w, "ban"), s.rule, &s.note);
		if (!e) {
			web_redirect(w, arena_printf(w->mem, "%.*s#d-%lld", STR_ARG(draft_path(w, "?luu=1")), (long long)d.rows.p[row].key));
			return;
		}
		if (e != ERR_INPUT && e != ERR_CONFLICT) {
			web_fail(w, e);
			return;
		}
		w->status = e == ERR_CONFLICT ? 409 : 422;
		if (open_row(w, &d, &row)) {
			web_fail(w, e);
			return;
		}
	}
	show(w, &d, row, &s);
}

#define RULE "/bo-tieu-chi/soan/{id:id}/quy-tac/{key:int}"

const struct web_route routes_edition_rule[] = {
	{ WEB_GET, RULE, page_rule, "edition.edit", .faces = FACE_HTML, .section = "edition", .view = "draft_rule",
		.doc = { "Quy tắc của một tiêu chí trong dự thảo", "Rule of a criterion of a draft" } },
	{ WEB_POST, RULE, page_rule_do, "edition.edit", .lane = LANE_SLOW, .faces = FACE_HTML, .section = "edition", .flags = WEB_FORM_ERRORS,
		.view = "draft_rule", .max_body = 256 << 10,
		.doc = { "Viết quy tắc theo mẫu, thử, lưu. Ô của mẫu: h-TÊN, s-TÊN-SỐ; số liệu thử: t-TÊN",
			"Writes a rule from a family, tries it, saves it. Holes: h-NAME, s-NAME-N; samples: t-NAME" },
		.in = WEB_INPUTS({ "lam", IN_ENUM, .values = "xem mau viet thu luu", .def = "xem", .doc = { "việc", "what to do" } },
			{ "ban", IN_TEXT, .max = 16, .doc = { "dấu của bản đang sửa", "mark of what was edited" } },
			{ "mau", IN_TEXT, .max = 40, .doc = { "mẫu quy tắc", "family" } },
			{ "rule", IN_TEXT, .max = 16384, .doc = { "quy tắc", "rule" } },
			{ "note", IN_TEXT, .max = 3500, .doc = { "ghi chú", "note" } }) },
	{ 0 },
};
