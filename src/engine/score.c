#include "engine/score.h"

/* Arithmetic on points cannot leave the range of dec: maxima are bounded by the reader, and a failure keeps the old value. */
static dec plus(dec a, dec b)
{
	dec_add(a, b, &a);
	return a;
}

static dec times(dec a, dec b)
{
	dec_mul(a, b, &a);
	return a;
}

/* A quotient has 34 digits: 5/24 × 3 comes out as 0.62499…9 and must still be the half that it is. Shares of counts below 10^12 differ from
 * a half by far more than the guard takes away. */
static void round_to(dec d, int digits, enum dec_round mode, dec *out)
{
	enum { GUARD = 28 };
	if (d.exp < -GUARD)
		dec_round(d, GUARD, DEC_HALF_EVEN, &d);
	dec_round(d, digits, mode, out);
}

/* Clamps to [0, max]; true when that changed d. */
static bool clamp(dec *d, dec max)
{
	if (d->neg)
		*d = DEC_ZERO;
	else if (dec_cmp(*d, max) > 0)
		*d = max;
	else
		return false;
	return true;
}

static bool same_fact(enum rule_part a, enum rule_part b)
{
	return (a == PART_EVENTS) == (b == PART_EVENTS) && (a >= PART_PREV) == (b >= PART_PREV);
}

/* Whether the rule itself asks if this figure is there; a test of X speaks for X.num and X.den too. */
static bool tested(const rule *r, const struct rule_ref *ref)
{
	for (size_t i = 0; i < r->n_refs; i++)
		if (r->refs[i].tested_null && str_eq(r->refs[i].name, ref->name) && same_fact(r->refs[i].part, ref->part))
			return true;
	return false;
}

/* What stands in the way of the rule. */
static enum score_state before_rule(const tree *t, const struct measure_unit *u, const rule *r, const val *slots, int16_t *cause)
{
	enum score_state state = SCORE_OK;
	for (size_t i = 0; i < r->n_refs; i++) {
		const struct rule_ref *ref = &r->refs[i];
		if (ref->slot == SLOT_MAX || slots[ref->slot].kind != VAL_NULL)
			continue;
		const struct fact *f = measures_fact(u, tree_measure_find(t, ref->name), ref->part);
		if (f->status == FACT_NA) {
			*cause = (int16_t)i;
			return SCORE_ASK;
		}
		if (state == SCORE_OK && !tested(r, ref)) {
			*cause = (int16_t)i;
			state = SCORE_MISSING;
		}
	}
	return state;
}

static void not_applicable(const struct tree_node *n, struct score_cell *c)
{
	c->points = c->raw = DEC_ZERO;
	switch (n->na) {
	case NA_REDUCE:
		c->state = SCORE_NA_REDUCED;
		c->reduced = true;
		c->max = DEC_ZERO;
		break;
	case NA_MAX:
		c->state = SCORE_NA_MAX;
		c->points = c->raw = n->max;
		break;
	case NA_ZERO: c->state = SCORE_NA_ZERO; break;
	default: c->state = SCORE_ASK;
	}
}

static void score_leaf(
	const tree *t, const struct measure_unit *u, const struct tree_node *n, val *slots, arena *mem, struct score_cell *c)
{
	*c = (struct score_cell){ .max = n->max, .cause = -1 };
	enum score_state before = before_rule(t, u, n->rule, slots, &c->cause);
	if (before == SCORE_ASK) {
		not_applicable(n, c);
		return;
	}
	c->state = (uint8_t)before;
	if (before != SCORE_OK)
		return;
	slots[SLOT_MAX].kind = VAL_NUM;
	slots[SLOT_MAX].num = n->max;
	val v = rule_eval(n->rule, slots, mem);
	if (v.kind != VAL_NUM) {
		c->state = SCORE_NO_NUMBER;
		return;
	}
	c->raw = v.num;
	c->clamped = (t->clamp & CLAMP_COMPONENT) && clamp(&c->raw, n->max);
	if (n->has_cap && dec_cmp(c->raw, n->cap) > 0) {
		c->raw = n->cap;
		c->clamped = true;
	}
	c->points = c->raw;
	if (t->round_at == ROUND_COMPONENT)
		round_to(c->raw, n->digits, n->rounding, &c->points);
	if ((t->clamp & CLAMP_COMPONENT) && n->max.exp < -n->digits) /* a maximum of more digits than the points have */
		clamp(&c->points, n->max);
}

/* Sums over the children of a node. */
struct sums {
	struct dec_acc points, extra; /* extra: bonus minus penalty */
	dec weight, logs;             /* only where there are weights */
	int counted, unknown_ask, unknown;
	bool reduced;         /* some of the maximum fell away below */
	bool zero, undefined; /* for the geometric mean */
};

static void add_log(struct sums *s, dec value, dec weight)
{
	dec ln;
	if (dec_is_zero(value))
		s->zero = true;
	else if (dec_ln(value, &ln))
		s->logs = plus(s->logs, times(weight, ln));
	else
		s->undefined = true;
}

static bool is_outside(const struct tree_node *parent, const struct tree_node *child)
{
	return (child->by == BY_BONUS || child->by == BY_PENALTY) && parent->by != child->by;
}

static void add_child(struct sums *s, const struct tree_node *parent, const struct tree_node *child, const struct score_cell *c, dec points)
{
	s->reduced |= c->reduced;
	if (!score_known(c)) {
		s->unknown++;
		s->unknown_ask += c->state == SCORE_ASK;
	}
	if (is_outside(parent, child)) {
		dec_acc_add(&s->extra, child->by == BY_BONUS ? points : dec_neg(points));
		return;
	}
	if (c->state == SCORE_NA_REDUCED)
		return;
	s->counted++;
	if (parent->agg == AGG_SUM || parent->agg == AGG_MEAN) {
		dec_acc_add(&s->points, points);
		return;
	}
	s->weight = plus(s->weight, child->weight);
	if (parent->agg == AGG_GMEAN)
		add_log(s, points, child->weight);
	else
		dec_acc_add(&s->points, times(child->weight, points));
}

static dec over(dec a, dec b)
{
	dec_div(a, b, &a);
	return a;
}

/* What inner nodes are summed up from. */
struct basis {
	const struct score_cell *scored;
	struct score_cell *inner; /* may be the same cells */
	bool unrounded;           /* take the points of scored nodes before rounding */
};

static const struct score_cell *cell_of(const struct basis *b, const tree *t, int32_t i)
{
	return tree_is_scored(&t->nodes.p[i]) ? &b->scored[i] : &b->inner[i];
}

/* What is left of a node's maximum when some children are not applicable. */
static dec reduced_max(const tree *t, const struct tree_node *n, const struct basis *b, dec weight)
{
	dec max = DEC_ZERO;
	if (n->has_cap || n->agg == AGG_GMEAN)
		return n->max;
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling) {
		const struct tree_node *child = &t->nodes.p[k];
		const struct score_cell *c = cell_of(b, t, k);
		if (c->state == SCORE_NA_REDUCED || is_outside(n, child))
			continue;
		max = plus(max, n->agg == AGG_SUM || n->agg == AGG_MEAN ? c->max : times(child->weight, c->max));
	}
	return n->agg == AGG_MEAN || n->agg == AGG_WMEAN ? over(max, weight) : max;
}

static dec aggregate(const struct tree_node *n, const struct sums *s, dec weight)
{
	dec d = DEC_ZERO;
	if (n->agg == AGG_MEAN || n->agg == AGG_WMEAN)
		return over(dec_acc_sum(&s->points), weight);
	if (n->agg != AGG_GMEAN)
		return dec_acc_sum(&s->points);
	if (!s->zero)
		dec_exp(over(s->logs, weight), &d);
	return d;
}

static void score_inner(const tree *t, int32_t i, const struct basis *b)
{
	const struct tree_node *n = &t->nodes.p[i];
	struct score_cell *c = &b->inner[i];
	struct sums s = { 0 };
	*c = (struct score_cell){ .cause = -1 };
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling) {
		const struct score_cell *child = cell_of(b, t, k);
		/* An inner node's raw points are its points. */
		add_child(&s, n, &t->nodes.p[k], child, b->unrounded ? child->raw : child->points);
	}
	dec weight = n->agg == AGG_MEAN ? dec_int(s.counted) : s.weight;
	c->reduced = s.reduced;
	if (s.counted) {
		c->points = aggregate(n, &s, weight);
		c->max = c->reduced ? reduced_max(t, n, b, weight) : n->max;
	} else {
		c->state = SCORE_NA_REDUCED;
	}
	if (s.undefined)
		c->state = SCORE_NO_NUMBER;
	if (s.unknown)
		c->state = s.unknown_ask == s.unknown ? SCORE_ASK : SCORE_MISSING;
	c->points = plus(c->points, dec_acc_sum(&s.extra));
	if (n->has_cap && dec_cmp(c->points, n->cap) > 0) {
		c->points = n->cap;
		c->clamped = true;
	}
	if ((t->clamp & CLAMP_GROUP) || ((t->clamp & CLAMP_TOTAL) && i == t->root))
		c->clamped |= clamp(&c->points, c->max);
	c->raw = c->points;
}

static int group_of(const tree *t, dec value)
{
	for (size_t i = 0; i < t->groups.n; i++) {
		int d = dec_cmp(value, t->groups.p[i].from);
		if (d > 0 || (d == 0 && !t->groups.p[i].open))
			return (int)i;
	}
	return -1;
}

/* The value of the index by the root's points; false: it has none. */
static bool value_of(const tree *t, const struct score_cell *root, dec *out)
{
	*out = root->points;
	return t->value == VALUE_POINTS || dec_div(times(root->points, dec_int(100)), root->max, out);
}

static void finish(const tree *t, struct score_result *r)
{
	const struct tree_node *root = &t->nodes.p[t->root];
	struct score_cell *c = &r->cells[t->root];
	r->group = -1;
	r->available = value_of(t, c, &r->value) && score_known(c) && c->state != SCORE_NA_REDUCED;
	r->published = r->value;
	if (t->round_at != ROUND_NONE)
		round_to(r->value, root->digits, root->rounding, &r->published);
	if (t->round_at == ROUND_END)
		round_to(c->points, root->digits, root->rounding, &c->points);
	if (r->available)
		r->group = group_of(t, r->value);
}

dec score_unrounded(const tree *t, const struct score_result *r, struct score_cell *cells)
{
	dec value = r->value;
	if (t->round_at != ROUND_COMPONENT)
		return value;
	struct basis b = { .scored = r->cells, .inner = cells, .unrounded = true };
	for (size_t k = 0; k < t->nodes.n; k++)
		if (!tree_is_scored(&t->nodes.p[t->order[k]]))
			score_inner(t, t->order[k], &b);
	struct score_cell root = *cell_of(&b, t, t->root);
	root.points = root.raw;
	value_of(t, &root, &value);
	return value;
}

void score_unit(const tree *t, const struct measure_unit *u, val *slots, arena *mem, struct score_result *r)
{
	struct basis b = { .scored = r->cells, .inner = r->cells };
	measures_fill(u, t, slots);
	r->missing = r->ask = 0;
	for (size_t k = 0; k < t->nodes.n; k++) {
		int32_t i = t->order[k];
		const struct tree_node *n = &t->nodes.p[i];
		if (!tree_is_scored(n)) {
			score_inner(t, i, &b);
			continue;
		}
		score_leaf(t, u, n, slots, mem, &r->cells[i]);
		r->ask += r->cells[i].state == SCORE_ASK;
		r->missing += r->cells[i].state > SCORE_ASK;
	}
	finish(t, r);
}

void score_sum(const tree *t, struct score_result *r)
{
	struct basis b = { .scored = r->cells, .inner = r->cells };
	r->missing = r->ask = 0;
	for (size_t k = 0; k < t->nodes.n; k++) {
		int32_t i = t->order[k];
		if (!tree_is_scored(&t->nodes.p[i])) {
			score_inner(t, i, &b);
			continue;
		}
		r->ask += r->cells[i].state == SCORE_ASK;
		r->missing += r->cells[i].state > SCORE_ASK;
	}
	finish(t, r);
}

bool score_part(const tree *t, const struct score_cell *cells, int32_t node, unsigned kinds, dec *points, dec *max)
{
	bool known = true;
	const struct tree_node *n = &t->nodes.p[node];
	if (tree_is_scored(n)) {
		if (!(kinds & 1u << n->by))
			return true;
		*points = plus(*points, cells[node].points);
		*max = plus(*max, cells[node].max);
		return score_known(&cells[node]);
	}
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling)
		known &= score_part(t, cells, k, kinds, points, max);
	return known;
}
