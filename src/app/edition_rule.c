#include "app/edition_rule.h"
#include "app/round_scale.h"
#include "app/round_work.h"
#include "app/rule_said.h"
#include "db/measure.h"
#include "engine/scale.h"
#include "engine/trace.h"

size_t draft_words(cx *c, const struct draft *d, int row, enum lang lang, str **lines)
{
	int32_t i = d->t ? tree_find(d->t, d->rows.p[row].cell[TREE_CODE]) : NO_NODE;
	return i == NO_NODE || d->t->nodes.p[i].line != row + 2 ? 0 : rule_said(c, d->catalogue, &d->t->nodes.p[i], lang, lines);
}

/* ---- the bench: the rule in a set of one criterion, with the settings of the draft ---- */

struct set {
	cx *c;
	struct edition_rows rows;
	tree *t;
	int32_t node;
};

static const char *const kept_settings[] = { "@name", "@round", "@clamp", "@na" };

static void make_set(struct set *s, const struct draft *d, int row, str text)
{
	cx *c = s->c;
	for (size_t i = 0; i < sizeof kept_settings / sizeof *kept_settings; i++) {
		int k = edition_rows_code(&d->rows, str_of(kept_settings[i]));
		if (k >= 0)
			memcpy(edition_rows_add(c, &s->rows)->cell, d->rows.p[k].cell, sizeof d->rows.p[k].cell);
	}
	struct edition_row *root = edition_rows_add(c, &s->rows);
	const str *from = d->rows.p[row].cell;
	dec v;
	str max = dec_parse(from[TREE_MAX], &v) ? from[TREE_MAX] : STR("1");
	root->cell[TREE_CODE] = STR("~");
	root->cell[TREE_NAME_VI] = STR("~");
	root->cell[TREE_MAX] = max;
	root->cell[TREE_BY] = STR("sum");
	struct edition_row *x = edition_rows_add(c, &s->rows);
	x->cell[TREE_CODE] = STR("x");
	x->cell[TREE_PARENT] = STR("~");
	x->cell[TREE_NAME_VI] = STR("x");
	x->cell[TREE_MAX] = max;
	x->cell[TREE_BY] = STR("self");
	x->cell[TREE_RULE] = text;
	x->cell[TREE_NA] = from[TREE_NA];
	x->cell[TREE_DIGITS] = from[TREE_DIGITS];
	x->cell[TREE_ROUNDING] = from[TREE_ROUNDING];
	x->cell[TREE_CAP] = from[TREE_CAP];
}

/* What is told of the rule, and of nothing else. */
static void check_set(struct set *s, const struct draft *d, struct bench *out)
{
	struct draft x = { .rows = s->rows, .catalogue = d->catalogue };
	draft_check(s->c, &x);
	out->notes = NEW_ARRAY(s->c->mem, struct draft_fault, x.n_faults + 1);
	for (size_t i = 0; i < x.n_faults; i++)
		if (x.faults[i].row == (int)x.rows.n - 1 && x.faults[i].column == TREE_RULE)
			out->notes[out->n_notes++] = x.faults[i];
	s->t = x.t;
	s->node = x.t ? tree_find(x.t, STR("x")) : NO_NODE;
	out->good = s->node != NO_NODE && tree_is_scored(&x.t->nodes.p[s->node]);
}

/* ---- figures ---- */

static void add_figure(cx *c, const struct draft *d, str name, str part, struct bench *out)
{
	const db_measure_def *def = d->catalogue ? work_def(d->catalogue, name) : NULL;
	(void)c;
	for (size_t i = 0; i < out->n_figures; i++)
		if (str_eq(out->figures[i].name, name) && str_eq(out->figures[i].part, part))
			return;
	out->figures[out->n_figures++] = (struct bench_figure){ .name = name, .part = part, .label_vi = def ? def->name_vi : name,
		.label_en = def ? def->name_en : name, .unit = def ? def->value_unit : STR("") };
}

static void list_figures(struct set *s, const struct draft *d, struct bench *out)
{
	const rule *r = s->t->nodes.p[s->node].rule;
	out->figures = NEW_ARRAY(s->c->mem, struct bench_figure, r->n_refs + 1);
	for (size_t i = 0; i < r->n_refs; i++) {
		enum rule_part p = r->refs[i].part;
		if (r->refs[i].slot != SLOT_MAX)
			add_figure(s->c, d, r->refs[i].name, p == PART_EVENTS ? STR("events") : p >= PART_PREV ? STR("prev") : STR(""), out);
	}
}

static bool plain_number(cx *c, str s, str *out)
{
	return rule_family_value(c->mem, 'n', s, out);
}

/* A sample as the cells of a row of measures. */
static bool read_sample(cx *c, str typed, str cells[MEASURE_COLUMNS])
{
	day d;
	char text[DATE_TEXT];
	str rest = typed, num = { 0 };
	if (date_parse_vn(typed, &d)) {
		cells[MEASURE_VALUE] = arena_str(c->mem, date_text(d, text));
		return true;
	}
	if (memchr(typed.p, '/', typed.len)) {
		str_next(&rest, '/', &num);
		return plain_number(c, str_trim(num), &cells[MEASURE_NUMERATOR]) && plain_number(c, str_trim(rest), &cells[MEASURE_DENOMINATOR]);
	}
	if (str_is(typed, "-")) {
		cells[MEASURE_STATUS] = STR("na");
		return true;
	}
	if (str_is(typed, "có") || str_is(typed, "yes") || str_is(typed, "true"))
		cells[MEASURE_VALUE] = STR("true");
	else if (str_is(typed, "không") || str_is(typed, "no") || str_is(typed, "false"))
		cells[MEASURE_VALUE] = STR("false");
	else if (!plain_number(c, typed, &cells[MEASURE_VALUE]))
		cells[MEASURE_VALUE] = typed;
	return typed.len <= 200;
}

static struct measures *samples(struct set *s, bench_given given, void *ctx, struct bench *out)
{
	struct measures *m = NULL;
	struct measures_in *in = measures_begin(s->c, STR("m"), s->t);
	period now;
	const str nothing[MEASURE_COLUMNS] = { [MEASURE_UNIT] = STR("u"), [MEASURE_NAME] = STR("-"), [MEASURE_PERIOD] = STR("2025"),
		[MEASURE_NUMERATOR] = STR(""), [MEASURE_DENOMINATOR] = STR(""), [MEASURE_VALUE] = STR("0"), [MEASURE_STATUS] = STR("ok"),
		[MEASURE_REASON] = STR(""), [MEASURE_SOURCE] = STR(""), [MEASURE_AS_OF] = STR("") };
	measures_add(in, nothing); /* a unit without figures is one, too */
	for (size_t i = 0; i < out->n_figures; i++) {
		struct bench_figure *f = &out->figures[i];
		str cells[MEASURE_COLUMNS];
		memcpy(cells, nothing, sizeof cells);
		f->given = str_trim(given(ctx, f->name, f->part));
		if (!f->given.len)
			continue;
		out->tried = true;
		cells[MEASURE_NAME] = f->name;
		cells[MEASURE_PERIOD] = str_is(f->part, "prev") ? STR("2024") : STR("2025");
		cells[MEASURE_VALUE] = STR("");
		f->wrong = !read_sample(s->c, f->given, cells);
		if (!f->wrong)
			measures_add(in, cells);
	}
	period_parse(STR("2025"), &now);
	return measures_end(in, &now, &m) ? NULL : m;
}

/* ---- what comes out ---- */

static str trace_text(cx *c, const struct trace_source *s, int32_t node, enum lang lang)
{
	buf b;
	buf_init(&b, 0);
	trace_line(&b, s, node, lang);
	str text = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static const char *const states[] = { "ok", "na_reduced", "na_max", "na_zero", "ask", "missing", "no_number" };

static void score(struct set *s, struct measures *m, val *slots, struct bench *out)
{
	cx *c = s->c;
	struct score_result r = { .cells = NEW_ARRAY(c->mem, struct score_cell, s->t->nodes.n) };
	score_unit(s->t, &m->units.p[0], slots, c->mem, &r);
	const struct score_cell *x = &r.cells[s->node];
	struct trace_source from = { .t = s->t, .unit = &m->units.p[0], .cells = r.cells, .slots = slots, .mem = c->mem };
	trace_begin(&from);
	out->state = states[x->state];
	out->points = figure_if(score_known(x), x->points);
	out->trace_vi = trace_text(c, &from, s->node, LANG_VI);
	out->trace_en = trace_text(c, &from, s->node, LANG_EN);
}

/* Where to look: shares to 1, counts a quarter beyond the last number of the rule. */
static bool find_scale(struct set *s, uint32_t slot, bool share, const val *slots, struct scale *out)
{
	dec high = share ? DEC_ONE : dec_int(1000000000), more;
	if (slots[slot].kind == VAL_NUM && dec_cmp(slots[slot].num, high) > 0)
		return false;
	if (!scale_of(s->t, s->node, slot, DEC_ZERO, high, slots, s->c->mem, out) || share)
		return out->n > 0 && share;
	if (out->n < 2)
		return false;
	high = out->piece[out->n - 1].from;
	if (slots[slot].kind == VAL_NUM && dec_cmp(slots[slot].num, high) > 0)
		high = slots[slot].num;
	if (!dec_div(high, dec_int(4), &more) || !dec_add(high, more, &high) || !dec_round(high, 0, DEC_CEILING, &high))
		return false;
	return scale_of(s->t, s->node, slot, DEC_ZERO, high, slots, s->c->mem, out);
}

static void draw(struct set *s, const val *given, struct bench *out)
{
	cx *c = s->c;
	const rule *r = s->t->nodes.p[s->node].rule;
	struct scale from = { 0 };
	const struct bench_figure *of = NULL;
	uint32_t slot = 0;
	for (size_t i = 0; i < r->n_refs && !of; i++) { /* the first figure that the points go with in steps or straight lines */
		if (r->refs[i].part != PART_VALUE || r->refs[i].slot == SLOT_MAX)
			continue;
		for (size_t k = 0; k < out->n_figures; k++)
			if (str_eq(out->figures[k].name, r->refs[i].name) && !out->figures[k].part.len)
				of = &out->figures[k];
		bool number = of && (str_is(of->unit, "share") || str_is(of->unit, "count") || !of->unit.len || given[r->refs[i].slot].kind == VAL_NUM);
		slot = r->refs[i].slot;
		if (!number || !find_scale(s, slot, str_is(of->unit, "share"), given, &from))
			of = NULL;
	}
	if (!of || !from.n)
		return;
	struct sheet_scale *x = round_scale_copy(c, &from);
	x->plain = !str_is(of->unit, "share");
	x->bare = given[slot].kind != VAL_NUM;
	x->high = from.piece[from.n - 1].to;
	x->now = x->bare ? from.piece[from.n - 1].from : given[slot].num;
	x->low = x->plain ? DEC_ZERO : scale_low(&from, x->now);
	out->scale = x;
	out->scale_of_vi = of->label_vi;
	out->scale_of_en = of->label_en;
}

void bench_open(cx *c, const struct draft *d, int row, str text, bench_given given, void *ctx, struct bench *out)
{
	struct set s = { .c = c };
	size_t faults = c->n_faults, errors = c->n_errors;
	*out = (struct bench){ .draft = d, .row = row, .text = text };
	if (!str_trim(text).len)
		return;
	make_set(&s, d, row, text);
	check_set(&s, d, out);
	if (!out->good)
		return;
	const struct tree_node *n = &s.t->nodes.p[s.node];
	for (int lang = 0; lang < LANGS; lang++)
		out->n_words = rule_said(c, d->catalogue, n, (enum lang)lang, &out->words[lang]);
	if (!rule_family_read(c, n->rule, &out->family))
		out->family.family = NULL;
	list_figures(&s, d, out);
	struct measures *m = samples(&s, given, ctx, out);
	val *slots = NEW_ARRAY(c->mem, val, s.t->slots.n);
	if (m) {
		measures_fill(&m->units.p[0], s.t, slots);
		val *kept = NEW_ARRAY(c->mem, val, s.t->slots.n);
		memcpy(kept, slots, s.t->slots.n * sizeof *slots);
		draw(&s, kept, out);
		if (out->tried)
			score(&s, m, slots, out);
	}
	c->n_faults = faults;
	c->n_errors = errors;
}

const struct draft_measure *draft_measures(cx *c, const struct draft *d, size_t *n)
{
	struct draft_measure *p = NEW_ARRAY(c->mem, struct draft_measure, d->catalogue->n + 1);
	for (*n = 0; *n < d->catalogue->n; ++*n)
		p[*n] = (struct draft_measure){ d->catalogue->p[*n].name, d->catalogue->p[*n].name_vi, d->catalogue->p[*n].name_en };
	return p;
}
