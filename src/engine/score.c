#include "engine/score.h"

/* Arithmetic on points cannot leave the range of dec: maxima are bounded by the reader, and a failure keeps the old value. */
static dec plus(dec a, dec b)
{
	dec_add(a, b, &a);
	return a;
}

static dec minus(dec a, dec b)
{
	dec_sub(a, b, &a);
	return a;
}

static dec times(dec a, dec b)
{
	dec_mul(a, b, &a);
	return a;
}

static dec rounded(dec d, int digits, enum dec_round mode)
{
	dec_round(d, digits, mode, &d);
	return d;
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
	slots[SLOT_MAX] = val_num(n->max);
	val v = rule_eval(n->rule, slots, mem);
	if (v.kind != VAL_NUM) {
		c->state = SCORE_NO_NUMBER;
		return;
	}
	c->raw = v.num;
	c->clamped = (t->clamp & CLAMP_COMPONENT) && clamp(&c->raw, n->max);
	c->points = t->round_at == ROUND_COMPONENT ? rounded(c->raw, n->digits, n->rounding) : c->raw;
	if (t->clamp & CLAMP_COMPONENT)
		clamp(&c->points, n->max); /* a maximum of more digits than the points have */
}

/* Sums over the children of a node. */
struct sums {
	dec raw, points, weight, log_raw, log_points; /* weight: only where there are weights */
	dec extra_raw, extra_points;                  /* bonus minus penalty */
	int counted, unknown_ask, unknown;
	bool zero, undefined; /* for the geometric mean */
};

static void add_log(struct sums *s, dec *sum, dec value, dec weight)
{
	dec ln;
	if (dec_is_zero(value))
		s->zero = true;
	else if (dec_ln(value, &ln))
		*sum = plus(*sum, times(weight, ln));
	else
		s->undefined = true;
}

static void add_child(struct sums *s, const struct tree_node *parent, const struct tree_node *child, const struct score_cell *c)
{
	bool outside = (child->by == BY_BONUS || child->by == BY_PENALTY) && parent->by != child->by;
	if (!score_known(c)) {
		s->unknown++;
		s->unknown_ask += c->state == SCORE_ASK;
	}
	if (outside) {
		s->extra_raw = child->by == BY_BONUS ? plus(s->extra_raw, c->raw) : minus(s->extra_raw, c->raw);
		s->extra_points = child->by == BY_BONUS ? plus(s->extra_points, c->points) : minus(s->extra_points, c->points);
		return;
	}
	if (c->state == SCORE_NA_REDUCED)
		return;
	bool plain = parent->agg == AGG_SUM || parent->agg == AGG_MEAN;
	dec w = plain ? DEC_ONE : child->weight;
	s->counted++;
	if (!plain)
		s->weight = plus(s->weight, w);
	s->raw = plus(s->raw, plain ? c->raw : times(w, c->raw));
	s->points = plus(s->points, plain ? c->points : times(w, c->points));
	if (parent->agg == AGG_GMEAN) {
		add_log(s, &s->log_raw, c->raw, w);
		add_log(s, &s->log_points, c->points, w);
	}
}

static dec over(dec a, dec b)
{
	dec_div(a, b, &a);
	return a;
}

static dec geometric(const struct sums *s, dec log_sum)
{
	dec d = DEC_ZERO;
	if (!s->zero)
		dec_exp(over(log_sum, s->weight), &d);
	return d;
}

/* What is left of a node's maximum when some children are not applicable. */
static dec reduced_max(const tree *t, const struct tree_node *n, const struct score_cell *cells, dec weight)
{
	dec max = DEC_ZERO;
	if (n->has_cap || n->agg == AGG_GMEAN)
		return n->max;
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling) {
		const struct tree_node *child = &t->nodes.p[k];
		if (cells[k].state == SCORE_NA_REDUCED
			|| ((child->by == BY_BONUS || child->by == BY_PENALTY) && child->by != n->by))
			continue;
		max = plus(max, n->agg == AGG_SUM || n->agg == AGG_MEAN ? cells[k].max : times(child->weight, cells[k].max));
	}
	return n->agg == AGG_MEAN || n->agg == AGG_WMEAN ? over(max, weight) : max;
}

/* Whether some part of the node's maximum fell away below it. */
static bool has_reduced(const tree *t, const struct tree_node *n, const struct score_cell *cells)
{
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling)
		if (cells[k].reduced)
			return true;
	return false;
}

static void aggregate(const struct tree_node *n, const struct sums *s, dec weight, struct score_cell *c)
{
	switch (n->agg) {
	case AGG_SUM:
	case AGG_WSUM:
		c->raw = s->raw;
		c->points = s->points;
		break;
	case AGG_MEAN:
	case AGG_WMEAN:
		c->raw = over(s->raw, weight);
		c->points = over(s->points, weight);
		break;
	case AGG_GMEAN:
		c->raw = geometric(s, s->log_raw);
		c->points = geometric(s, s->log_points);
		break;
	}
}

static void score_inner(const tree *t, int32_t i, struct score_cell *cells)
{
	const struct tree_node *n = &t->nodes.p[i];
	struct score_cell *c = &cells[i];
	struct sums s = { 0 };
	*c = (struct score_cell){ .cause = -1 };
	for (int32_t k = n->first_child; k != NO_NODE; k = t->nodes.p[k].next_sibling)
		add_child(&s, n, &t->nodes.p[k], &cells[k]);
	dec weight = n->agg == AGG_MEAN ? dec_int(s.counted) : s.weight;
	c->reduced = has_reduced(t, n, cells);
	if (s.counted) {
		aggregate(n, &s, weight, c);
		c->max = c->reduced ? reduced_max(t, n, cells, weight) : n->max;
	} else {
		c->state = SCORE_NA_REDUCED;
	}
	if (s.undefined)
		c->state = SCORE_NO_NUMBER;
	if (s.unknown)
		c->state = s.unknown_ask == s.unknown ? SCORE_ASK : SCORE_MISSING;
	c->raw = plus(c->raw, s.extra_raw);
	c->points = plus(c->points, s.extra_points);
	if (n->has_cap) {
		bool over_cap = dec_cmp(c->raw, n->cap) > 0;
		c->clamped = over_cap;
		if (over_cap)
			c->raw = n->cap;
		if (dec_cmp(c->points, n->cap) > 0)
			c->points = n->cap;
	}
	if ((t->clamp & CLAMP_GROUP) || ((t->clamp & CLAMP_TOTAL) && i == t->root)) {
		c->clamped |= clamp(&c->raw, c->max);
		clamp(&c->points, c->max);
	}
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

static void finish(const tree *t, struct score_result *r)
{
	const struct tree_node *root = &t->nodes.p[t->root];
	struct score_cell *c = &r->cells[t->root];
	dec share;
	r->group = -1;
	r->value = c->points;
	r->available = score_known(c) && c->state != SCORE_NA_REDUCED;
	if (t->value == VALUE_PERCENT) {
		if (dec_div(times(c->points, dec_int(100)), c->max, &share))
			r->value = share;
		else
			r->available = false;
	}
	r->published = t->round_at == ROUND_NONE ? r->value : rounded(r->value, root->digits, root->rounding);
	if (t->round_at == ROUND_END)
		c->points = rounded(c->points, root->digits, root->rounding);
	if (r->available)
		r->group = group_of(t, r->value);
}

void score_unit(const tree *t, const struct measure_unit *u, val *slots, arena *mem, struct score_result *r)
{
	measures_fill(u, t, slots);
	r->missing = r->ask = 0;
	for (size_t k = 0; k < t->nodes.n; k++) {
		int32_t i = t->order[k];
		const struct tree_node *n = &t->nodes.p[i];
		if (!tree_is_scored(n)) {
			score_inner(t, i, r->cells);
			continue;
		}
		score_leaf(t, u, n, slots, mem, &r->cells[i]);
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
