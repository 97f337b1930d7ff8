#include "engine/rule_ast.h"

static val list_value(const struct rule_node *n, const struct rule_run *run)
{
	struct val_list *list = arena_alloc(run->mem, sizeof *list + n->n * sizeof(val));
	list->n = n->n;
	for (size_t i = 0; i < n->n; i++)
		list->item[i] = rule_node_eval(n->args[i], run);
	return (val){ .kind = VAL_LIST, .list = list };
}

static struct val_range range_of(const struct rule_node *n, const struct rule_run *run)
{
	return (struct val_range){ .lo = n->flags & RANGE_LO ? rule_node_eval(n->a, run) : VAL_NONE,
		.hi = n->flags & RANGE_HI ? rule_node_eval(n->b, run) : VAL_NONE,
		.lo_bounded = (n->flags & RANGE_LO) != 0,
		.hi_bounded = (n->flags & RANGE_HI) != 0,
		.lo_closed = (n->flags & RANGE_LO_CLOSED) != 0,
		.hi_closed = (n->flags & RANGE_HI_CLOSED) != 0,
		.negated = (n->flags & RANGE_NOT) != 0 };
}

/* Ends of different kinds, or in the wrong order, make no range (10.3.2.7). */
static bool sound(const struct val_range *r)
{
	return r->negated || !r->lo_bounded || !r->hi_bounded || val_is(val_cmp_lt(r->lo, r->hi, true), true);
}

static val range_value(const struct rule_node *n, const struct rule_run *run)
{
	struct val_range r = range_of(n, run);
	if (!sound(&r))
		return VAL_NONE;
	return (val){ .kind = VAL_RANGE, .range = arena_copy(run->mem, &r, sizeof r) };
}

static val whole(int64_t n)
{
	return val_num(dec_int(n));
}

static val date_property(day d, enum rule_prop prop)
{
	int y, m, dd;
	date_parts(d, &y, &m, &dd);
	switch (prop) {
	case PROP_YEAR: return whole(y);
	case PROP_MONTH: return whole(m);
	case PROP_DAY: return whole(dd);
	case PROP_WEEKDAY: return whole(date_weekday(d));
	default: return VAL_NONE;
	}
}

/* days, hours, minutes, seconds of a duration: what is left beside the larger units, with its sign (Table 66). */
static val seconds_property(dec seconds, enum rule_prop prop)
{
	static const int64_t unit[] = { [PROP_DAYS] = 86400, [PROP_HOURS] = 3600, [PROP_MINUTES] = 60, [PROP_SECONDS] = 1 };
	static const int64_t larger[] = { [PROP_DAYS] = 0, [PROP_HOURS] = 86400, [PROP_MINUTES] = 3600, [PROP_SECONDS] = 60 };
	dec rest = dec_abs(seconds), q;
	if (prop < PROP_DAYS)
		return VAL_NONE;
	if (larger[prop] && !dec_modulo(rest, dec_int(larger[prop]), &rest))
		return VAL_NONE;
	if (prop != PROP_SECONDS && (!dec_div(rest, dec_int(unit[prop]), &q) || !dec_round(q, 0, DEC_FLOOR, &rest)))
		return VAL_NONE;
	return val_num(seconds.neg ? dec_neg(rest) : rest);
}

static val property(val of, enum rule_prop prop)
{
	if (of.kind == VAL_DATE)
		return date_property(of.date, prop);
	if (of.kind == VAL_DTD)
		return seconds_property(of.num, prop);
	if (of.kind == VAL_YMD && prop == PROP_YEARS)
		return whole(of.months / 12);
	if (of.kind == VAL_YMD && prop == PROP_MONTHS)
		return whole(of.months % 12);
	return VAL_NONE;
}

static val call(const struct rule_node *n, const struct rule_run *run)
{
	val few[4], *arg = few;
	if (n->n > sizeof few / sizeof few[0])
		arg = NEW_ARRAY(run->mem, val, n->n);
	for (size_t i = 0; i < n->n; i++)
		arg[i] = rule_node_eval(n->args[i], run);
	return rule_fns[n->fn].call(run, arg, n->n);
}

/* The value of a name or a literal without copying it, else NULL. */
static const val *at_hand(const struct rule_node *n, const struct rule_run *run)
{
	return n->op == OP_SLOT ? &run->slots[n->slot] : n->op == OP_LIT ? &n->lit : NULL;
}

/* Two numbers at hand, as in most conditions of most rules. */
static bool numbers_at_hand(const struct rule_node *a, const struct rule_node *b, const struct rule_run *run, const val **x, const val **y)
{
	return (*x = at_hand(a, run)) && (*y = at_hand(b, run)) && (*x)->kind == VAL_NUM && (*y)->kind == VAL_NUM;
}

static bool holds(int op, int order)
{
	switch (op) {
	case OP_EQ: return order == 0;
	case OP_NE: return order != 0;
	case OP_LT: return order < 0;
	case OP_LE: return order <= 0;
	case OP_GT: return order > 0;
	default: return order >= 0;
	}
}

/* A comparison of numbers at hand, or whether one lies in a range of such: the truth without making values. */
static bool quick_truth(const struct rule_node *n, const struct rule_run *run, bool *truth)
{
	const val *x, *y, *z;
	if (n->op >= OP_EQ && n->op <= OP_GE) {
		if (!numbers_at_hand(n->a, n->b, run, &x, &y))
			return false;
		*truth = holds(n->op, dec_cmp(x->num, y->num));
		return true;
	}
	if (n->op != OP_IN || n->b->op != OP_RANGE)
		return false;
	const struct rule_node *r = n->b;
	if ((r->flags & (RANGE_LO | RANGE_HI | RANGE_NOT)) != (RANGE_LO | RANGE_HI) || !numbers_at_hand(n->a, r->a, run, &x, &y)
		|| !numbers_at_hand(n->a, r->b, run, &x, &z))
		return false;
	*truth = holds(r->flags & RANGE_LO_CLOSED ? OP_GE : OP_GT, dec_cmp(x->num, y->num))
		&& holds(r->flags & RANGE_HI_CLOSED ? OP_LE : OP_LT, dec_cmp(x->num, z->num));
	return true;
}

static bool is_true(const struct rule_node *n, const struct rule_run *run)
{
	bool truth;
	return quick_truth(n, run, &truth) ? truth : val_is(rule_node_eval(n, run), true);
}

static val in(const struct rule_node *n, const struct rule_run *run)
{
	bool truth;
	if (quick_truth(n, run, &truth))
		return val_bool(truth);
	val x = rule_node_eval(n->a, run);
	if (n->b->op != OP_RANGE)
		return val_in(x, rule_node_eval(n->b, run));
	/* The usual case, without putting the range into the arena. Its meaning is that of the two comparisons (Table 55), so an unsound
	 * range is not null but holds nothing. */
	struct val_range r = range_of(n->b, run);
	return val_in(x, (val){ .kind = VAL_RANGE, .range = &r });
}

static val between(const struct rule_node *n, const struct rule_run *run)
{
	val x = rule_node_eval(n->a, run);
	return val_and(val_cmp_lt(rule_node_eval(n->b, run), x, true), val_cmp_lt(x, rule_node_eval(n->c, run), true));
}

static val logical(const struct rule_node *n, const struct rule_run *run)
{
	bool decides = n->op == OP_OR;
	val a = rule_node_eval(n->a, run);
	if (val_is(a, decides))
		return a;
	val b = rule_node_eval(n->b, run);
	return decides ? val_or(a, b) : val_and(a, b);
}

static val compare(const struct rule_node *n, const struct rule_run *run)
{
	bool truth;
	if (quick_truth(n, run, &truth))
		return val_bool(truth);
	val a = rule_node_eval(n->a, run), b = rule_node_eval(n->b, run);
	switch (n->op) {
	case OP_EQ: return val_eq(a, b);
	case OP_NE: return val_not(val_eq(a, b));
	case OP_LT: return val_cmp_lt(a, b, false);
	case OP_LE: return val_cmp_lt(a, b, true);
	case OP_GT: return val_cmp_lt(b, a, false);
	default: return val_cmp_lt(b, a, true);
	}
}

static val arithmetic(const struct rule_node *n, const struct rule_run *run)
{
	const val *x, *y;
	if (n->op == OP_MUL && numbers_at_hand(n->a, n->b, run, &x, &y))
		return val_mul(*x, *y);
	val a = rule_node_eval(n->a, run), b = rule_node_eval(n->b, run);
	switch (n->op) {
	case OP_ADD: return val_add(run->mem, a, b);
	case OP_SUB: return val_sub(a, b);
	case OP_MUL: return val_mul(a, b);
	case OP_DIV: return val_div(a, b);
	default: return val_pow(a, b);
	}
}

val rule_node_eval(const struct rule_node *n, const struct rule_run *run)
{
	while (n->op == OP_IF) /* chains of else-ifs without recursion */
		n = is_true(n->a, run) ? n->b : n->c;
	switch ((enum rule_op)n->op) {
	case OP_LIT: return n->lit;
	case OP_SLOT: return run->slots[n->slot];
	case OP_AND:
	case OP_OR: return logical(n, run);
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE: return compare(n, run);
	case OP_BETWEEN: return between(n, run);
	case OP_IN: return in(n, run);
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
	case OP_POW: return arithmetic(n, run);
	case OP_NEG: return val_neg(rule_node_eval(n->a, run));
	case OP_LIST: return list_value(n, run);
	case OP_RANGE: return range_value(n, run);
	case OP_PROP: return property(rule_node_eval(n->a, run), (enum rule_prop)n->flags);
	case OP_CALL: return call(n, run);
	case OP_IF: break;
	}
	return VAL_NONE;
}

val rule_eval(const rule *r, const val *slots, arena *mem)
{
	struct rule_run run = { .slots = slots, .mem = mem };
	return rule_node_eval(r->root, &run);
}
