#include "engine/trace.h"
#include "engine/rule_ast.h"

enum { SHOWN_DECIMALS = 6 };

struct line {
	buf *b;
	const struct trace_source *s;
	const struct tree_node *n;
	enum lang lang;
	struct rule_run run;
	str subject; /* of the condition written last: not repeated */
	bool any;    /* some condition is written */
};

typedef const struct rule_node node;

static const char *point(enum lang lang)
{
	return lang == LANG_VI ? "," : ".";
}
static const char *group(enum lang lang)
{
	return lang == LANG_VI ? "." : ",";
}

void trace_points(buf *b, dec d, int digits, enum lang lang)
{
	if (d.neg) {
		buf_addz(b, "−");
		d = dec_neg(d);
	}
	dec_fixed(b, d, digits, DEC_HALF_UP, point(lang), group(lang));
}

void trace_number(buf *b, dec d, enum lang lang)
{
	dec cut;
	if (!dec_round(d, SHOWN_DECIMALS, DEC_DOWN, &cut))
		cut = d;
	int digits = SHOWN_DECIMALS;
	for (dec less; digits > 0 && dec_round(cut, digits - 1, DEC_DOWN, &less) && dec_eq(less, cut);)
		digits--;
	trace_points(b, cut, digits, lang);
	if (!dec_eq(cut, d))
		buf_addz(b, "…");
}

static void say(struct line *l, const char *key)
{
	buf_addz(l->b, po_text(key, l->lang));
}

static void counted(struct line *l, int64_t n, const char *key)
{
	trace_number(l->b, dec_int(n), l->lang);
	buf_char(l->b, ' ');
	say(l, key);
}

/* "30 ngày", "1 năm 2 tháng"; other durations as FEEL writes them. */
static void duration(struct line *l, val v)
{
	int64_t seconds;
	if (v.kind == VAL_DTD && dec_to_int(v.num, &seconds) && seconds % 86400 == 0) {
		counted(l, seconds / 86400, "trace.days");
	} else if (v.kind == VAL_YMD && v.months > 0) {
		if (v.months / 12)
			counted(l, v.months / 12, "trace.years");
		if (v.months / 12 && v.months % 12)
			buf_char(l->b, ' ');
		if (v.months % 12)
			counted(l, v.months % 12, "trace.months");
	} else {
		val_text(l->b, v);
	}
}

static void value(struct line *l, val v)
{
	char text[DATE_TEXT];
	switch (v.kind) {
	case VAL_NULL: say(l, "trace.nothing"); break;
	case VAL_BOOL: say(l, v.truth ? "trace.yes" : "trace.no"); break;
	case VAL_NUM: trace_number(l->b, v.num, l->lang); break;
	case VAL_DATE: buf_add(l->b, l->lang == LANG_VI ? date_text_vn(v.date, text) : date_text(v.date, text)); break;
	case VAL_DTD:
	case VAL_YMD: duration(l, v); break;
	default: val_text(l->b, v);
	}
}

static val eval(struct line *l, node *n)
{
	return rule_node_eval(n, &l->run);
}

static str source(struct line *l, node *n)
{
	return (str){ l->n->rule->text.p + n->at, n->end - n->at };
}

static const struct rule_ref *ref_of(struct line *l, node *n)
{
	return &l->n->rule->refs[n->ref];
}

static const struct fact *fact_of(struct line *l, node *n)
{
	const struct rule_ref *ref = ref_of(l, n);
	return measures_fact(l->s->unit, tree_measure_find(l->s->t, ref->name), ref->part);
}

static void expression(struct line *l, node *n, bool first);

/* A share shows its counts: 12.486 / 12.851 = 0,971597… */
static void slot(struct line *l, node *n, bool first)
{
	val v = l->run.slots[n->slot];
	if (n->slot == SLOT_MAX) {
		trace_points(l->b, v.num, l->n->digits, l->lang);
		return;
	}
	const struct rule_ref *ref = ref_of(l, n);
	const struct fact *f = fact_of(l, n);
	bool share = (ref->part == PART_VALUE || ref->part == PART_PREV) && f->has_counts && f->status == FACT_OK;
	if (!share) {
		value(l, v);
		return;
	}
	if (!first)
		buf_char(l->b, '(');
	trace_number(l->b, f->num, l->lang);
	buf_addz(l->b, " / ");
	trace_number(l->b, f->den, l->lang);
	if (v.kind == VAL_NUM) {
		buf_addz(l->b, " = ");
		trace_number(l->b, v.num, l->lang);
	}
	if (!first)
		buf_char(l->b, ')');
}

static int binding(node *n)
{
	switch (n->op) {
	case OP_ADD:
	case OP_SUB: return 1;
	case OP_MUL:
	case OP_DIV: return 2;
	case OP_POW: return 3;
	default: return 4;
	}
}

static const char *sign_of(int op)
{
	switch (op) {
	case OP_ADD: return " + ";
	case OP_SUB: return " − ";
	case OP_MUL: return " × ";
	case OP_DIV: return " / ";
	default: return " ^ ";
	}
}

static void operand(struct line *l, node *n, int outer, bool right, bool first)
{
	bool brackets = binding(n) < outer || (right && binding(n) == outer);
	if (brackets)
		buf_char(l->b, '(');
	expression(l, n, first || brackets);
	if (brackets)
		buf_char(l->b, ')');
}

static void call(struct line *l, node *n)
{
	if (str_is(str_of(rule_fns[n->fn].name), "date") || str_is(str_of(rule_fns[n->fn].name), "duration")) {
		value(l, eval(l, n));
		return;
	}
	buf_addz(l->b, rule_fns[n->fn].name);
	buf_char(l->b, '(');
	for (uint32_t i = 0; i < n->n; i++) {
		if (i)
			buf_addz(l->b, "; ");
		expression(l, n->args[i], true);
	}
	buf_char(l->b, ')');
}

/* The branch that an `if` takes here. */
static node *taken(struct line *l, node *n)
{
	while (n->op == OP_IF)
		n = val_is(eval(l, n->a), true) ? n->b : n->c;
	return n;
}

/* first: nothing stands before it, so a share needs no brackets. */
static void expression(struct line *l, node *n, bool first)
{
	n = taken(l, n);
	switch (n->op) {
	case OP_SLOT: slot(l, n, first); break;
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
	case OP_POW:
		operand(l, n->a, binding(n), false, first);
		buf_addz(l->b, sign_of(n->op));
		operand(l, n->b, binding(n), true, false);
		break;
	case OP_NEG:
		buf_addz(l->b, "−");
		operand(l, n->a, 4, true, false);
		break;
	case OP_CALL: call(l, n); break;
	default: value(l, eval(l, n));
	}
}

static bool compound(node *n)
{
	return n->op >= OP_ADD && n->op <= OP_NEG;
}

/* One side of a comparison: arithmetic also shows what it comes to. */
static void side(struct line *l, node *n, bool first)
{
	expression(l, n, first);
	n = taken(l, n);
	if (compound(n) && eval(l, n).kind == VAL_NUM) {
		buf_addz(l->b, " = ");
		value(l, eval(l, n));
	}
}

/* Begins a condition about `n`; when the last one was about the same, only a comma. */
static void subject(struct line *l, node *n)
{
	str s = source(l, n);
	bool same = l->any && str_eq(s, l->subject);
	if (l->any)
		buf_addz(l->b, same ? "," : "; ");
	if (!same)
		side(l, n, true);
	l->subject = s;
	l->any = true;
}

static const char *relation(int op, bool truth)
{
	static const char *const words[2][6] = { { " ≠ ", " = ", " ≥ ", " > ", " ≤ ", " < " }, { " = ", " ≠ ", " < ", " ≤ ", " > ", " ≥ " } };
	return words[truth][op - OP_EQ];
}

static bool is_null_literal(node *n)
{
	return n->op == OP_LIT && n->lit.kind == VAL_NULL;
}

/* X = null: said only when X is null. */
static bool null_test(struct line *l, node *n)
{
	if ((n->op != OP_EQ && n->op != OP_NE) || (!is_null_literal(n->a) && !is_null_literal(n->b)))
		return false;
	node *x = is_null_literal(n->a) ? n->b : n->a;
	if (eval(l, x).kind == VAL_NULL) {
		if (l->any)
			buf_addz(l->b, "; ");
		buf_add(l->b, source(l, x));
		buf_addz(l->b, ": ");
		say(l, "trace.nothing");
		l->any = true;
		l->subject = (str){ 0 };
	}
	return true;
}

static void interval(struct line *l, node *lo, node *hi, bool lo_closed, bool hi_closed)
{
	buf_char(l->b, lo_closed ? '[' : '(');
	expression(l, lo, true);
	buf_addz(l->b, "; ");
	expression(l, hi, true);
	buf_char(l->b, hi_closed ? ']' : ')');
}

static void test(struct line *l, node *n)
{
	if (n->op == OP_RANGE && (n->flags & RANGE_LO) && (n->flags & RANGE_HI)) {
		interval(l, n->a, n->b, (n->flags & RANGE_LO_CLOSED) != 0, (n->flags & RANGE_HI_CLOSED) != 0);
	} else if (n->op == OP_RANGE) {
		bool upper = (n->flags & RANGE_HI) != 0;
		buf_addz(l->b,
			n->flags & RANGE_NOT                 ? "≠ "
				: upper                      ? (n->flags & RANGE_HI_CLOSED ? "≤ " : "< ")
				: n->flags & RANGE_LO_CLOSED ? "≥ "
							     : "> ");
		expression(l, upper ? n->b : n->a, true);
	} else if (n->op == OP_LIST) {
		buf_char(l->b, '{');
		for (uint32_t i = 0; i < n->n; i++) {
			if (i)
				buf_addz(l->b, "; ");
			test(l, n->args[i]);
		}
		buf_char(l->b, '}');
	} else {
		expression(l, n, true);
	}
}

static void condition(struct line *l, node *n, bool truth);

/* Of `and` that failed, or `or` that held, only the parts that decided. */
static void logical(struct line *l, node *n, bool truth)
{
	bool all = (n->op == OP_AND) == truth;
	node *parts[] = { n->a, n->b };
	for (int i = 0; i < 2; i++) {
		bool held = val_is(eval(l, parts[i]), true);
		if (all || held == truth)
			condition(l, parts[i], held);
		if (!all && held == truth)
			break;
	}
}

static bool is_truth_slot(struct line *l, node *n)
{
	return n->op == OP_SLOT && eval(l, n).kind == VAL_BOOL;
}

static void named_truth(struct line *l, node *n)
{
	if (l->any)
		buf_addz(l->b, "; ");
	buf_add(l->b, source(l, n));
	buf_addz(l->b, " = ");
	value(l, eval(l, n));
	l->any = true;
	l->subject = (str){ 0 };
}

static bool is_call(node *n, const char *name)
{
	return n->op == OP_CALL && str_is(str_of(rule_fns[n->fn].name), name);
}

/* A condition as it turned out: negated where it did not hold. */
static void condition(struct line *l, node *n, bool truth)
{
	if (null_test(l, n))
		return;
	if (n->op == OP_AND || n->op == OP_OR) {
		logical(l, n, truth);
	} else if (n->op >= OP_EQ && n->op <= OP_GE) {
		bool undefined = eval(l, n).kind == VAL_NULL;
		subject(l, n->a);
		buf_addz(l->b, undefined ? po_text("trace.incomparable", l->lang) : relation(n->op, truth));
		side(l, n->b, false);
	} else if (n->op == OP_BETWEEN || n->op == OP_IN) {
		bool tests = n->op == OP_IN && n->b->op == OP_RANGE
			&& (n->b->flags & (RANGE_LO | RANGE_HI)) != (RANGE_LO | RANGE_HI);
		subject(l, n->a);
		buf_addz(l->b, !tests ? (truth ? " ∈ " : " ∉ ") : truth ? " " : po_text("trace.not", l->lang));
		if (n->op == OP_BETWEEN)
			interval(l, n->b, n->c, true, true);
		else
			test(l, n->b);
	} else if (is_call(n, "not")) {
		condition(l, n->args[0], !truth);
	} else if (is_truth_slot(l, n)) {
		named_truth(l, n);
	} else if ((is_call(n, "all") || is_call(n, "any")) && n->n == 1 && n->args[0]->op == OP_LIST) {
		for (uint32_t i = 0; i < n->args[0]->n; i++)
			condition(l, n->args[0]->args[i], val_is(eval(l, n->args[0]->args[i]), true));
	} else {
		named_truth(l, n);
	}
}

static bool reads_measures(node *n)
{
	switch (n->op) {
	case OP_SLOT: return n->slot != SLOT_MAX;
	case OP_LIT: return false;
	case OP_LIST:
	case OP_CALL:
		for (uint32_t i = 0; i < n->n; i++)
			if (reads_measures(n->args[i]))
				return true;
		return false;
	case OP_RANGE: return (n->a && reads_measures(n->a)) || (n->b && reads_measures(n->b));
	case OP_NEG:
	case OP_PROP: return reads_measures(n->a);
	case OP_IF:
	case OP_BETWEEN: return reads_measures(n->a) || reads_measures(n->b) || reads_measures(n->c);
	default: return reads_measures(n->a) || reads_measures(n->b);
	}
}

/* Along an if-chain: the condition that held or, for the last else, all that did not. */
static void conditions(struct line *l, node *n)
{
	for (; n->op == OP_IF; n = n->c)
		if (val_is(eval(l, n->a), true)) {
			/* What failed before it adds nothing. */
			condition(l, n->a, true);
			if (n->b->op == OP_IF)
				conditions(l, n->b);
			return;
		}
}

static void failed_conditions(struct line *l, node *n)
{
	for (; n->op == OP_IF; n = n->c) {
		if (val_is(eval(l, n->a), true)) {
			condition(l, n->a, true);
			n = n->b;
			if (n->op == OP_IF)
				failed_conditions(l, n);
			return;
		}
		condition(l, n->a, false);
	}
}

static bool ends_in_else(struct line *l, node *n)
{
	for (; n->op == OP_IF; n = n->c)
		if (val_is(eval(l, n->a), true))
			return n->b->op == OP_IF && ends_in_else(l, n->b);
	return true;
}

static void points(struct line *l, dec d)
{
	buf_addz(l->b, l->b->len ? " → " : "→ ");
	trace_points(l->b, d, l->n->digits, l->lang);
}

static void scored(struct line *l, const struct score_cell *c)
{
	node *root = l->n->rule->root, *branch = taken(l, root);
	if (reads_measures(branch) || root->op != OP_IF)
		expression(l, branch, true);
	else if (ends_in_else(l, root))
		failed_conditions(l, root);
	else
		conditions(l, root);
	if (c->state == SCORE_NO_NUMBER) {
		buf_addz(l->b, " → ");
		say(l, "trace.no_points");
		return;
	}
	if (c->clamped)
		say(l, "trace.clamped");
	buf_addz(l->b, " → ");
	trace_points(l->b, c->points, l->n->digits, l->lang);
}

/* Which figure is missing or not applicable, and what follows. */
static void not_scored(struct line *l, const struct score_cell *c)
{
	if (c->cause >= 0) {
		const struct rule_ref *ref = &l->n->rule->refs[c->cause];
		const struct fact *f = measures_fact(l->s->unit, tree_measure_find(l->s->t, ref->name), ref->part);
		static const char *const parts[] = { "", ".num", ".den", ".prev", ".prev.num", ".prev.den", "" };
		buf_add(l->b, ref->name);
		buf_addz(l->b, parts[ref->part]);
		buf_addz(l->b, ": ");
		if (f->status == FACT_OK && f->has_counts && dec_is_zero(f->den))
			say(l, "trace.zero_denominator");
		else
			say(l, f->status == FACT_NA ? "trace.not_applicable" : "trace.nothing");
		if (f->reason.len)
			buf_printf(l->b, " (%.*s)", STR_ARG(f->reason));
	}
	switch ((enum score_state)c->state) {
	case SCORE_NA_REDUCED:
		buf_addz(l->b, " → ");
		say(l, "trace.reduced");
		trace_points(l->b, l->n->max, l->n->digits, l->lang);
		break;
	case SCORE_NA_MAX:
	case SCORE_NA_ZERO: points(l, c->points); break;
	case SCORE_ASK:
		buf_addz(l->b, " → ");
		say(l, "trace.ask");
		break;
	default: buf_addz(l->b, " → "); say(l, "trace.no_points");
	}
}

/* An inner node: what its children add up to. */
static void inner(struct line *l, int32_t i)
{
	static const char *const names[] = { "trace.sum", "trace.wsum", "trace.mean", "trace.wmean", "trace.gmean" };
	const tree *t = l->s->t;
	const struct score_cell *c = &l->s->cells[i];
	bool first = true;
	say(l, names[l->n->agg]);
	for (int32_t k = l->n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling) {
		const struct tree_node *child = &t->nodes.p[k];
		const struct score_cell *x = &l->s->cells[k];
		bool taken_off = child->by == BY_PENALTY && l->n->by != BY_PENALTY;
		if (!first || taken_off)
			buf_addz(l->b, !taken_off ? " + " : first ? "− " : " − ");
		first = false;
		buf_printf(l->b, "[%.*s] ", STR_ARG(child->code));
		if (x->state == SCORE_NA_REDUCED)
			say(l, "trace.not_applicable");
		else if (!score_known(x))
			buf_char(l->b, '?');
		else
			trace_points(l->b, x->points, child->digits, l->lang);
		if (child->has_weight) {
			buf_addz(l->b, " × ");
			trace_number(l->b, child->weight, l->lang);
		}
	}
	if (c->clamped)
		say(l, "trace.clamped");
	buf_addz(l->b, " → ");
	if (score_known(c))
		trace_points(l->b, c->points, l->n->digits, l->lang);
	else
		say(l, "trace.no_points");
}

void trace_begin(const struct trace_source *s)
{
	measures_fill(s->unit, s->t, s->slots);
}

void trace_line(buf *b, const struct trace_source *s, int32_t i, enum lang lang)
{
	struct line l = { .b = b, .s = s, .n = &s->t->nodes.p[i], .lang = lang, .run = { .slots = s->slots, .mem = s->mem } };
	const struct score_cell *c = &s->cells[i];
	if (!tree_is_scored(l.n)) {
		inner(&l, i);
		return;
	}
	s->slots[SLOT_MAX] = val_num(l.n->max);
	if (c->state == SCORE_OK || c->state == SCORE_NO_NUMBER)
		scored(&l, c);
	else
		not_scored(&l, c);
}

str trace_str(arena *mem, const struct trace_source *s, int32_t i, enum lang lang)
{
	buf b;
	buf_init(&b, 0);
	trace_line(&b, s, i, lang);
	str text = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return text;
}
