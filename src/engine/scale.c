#include "engine/scale.h"
#include <stdlib.h>
#include "engine/rule_ast.h"

typedef const struct rule_node node;

struct reader {
	const tree *t;
	const struct tree_node *n;
	uint32_t slot;
	struct rule_run run;
	val *slots; /* those of run */
	dec mark[SCALE_PIECES];
	size_t n_marks;
};

/* ---- the shape of a rule ---- */

static bool reads(node *n, uint32_t slot);

static bool any_reads(node *n, uint32_t slot)
{
	for (uint32_t i = 0; i < n->n; i++)
		if (reads(n->args[i], slot))
			return true;
	return false;
}

static bool reads(node *n, uint32_t slot)
{
	switch (n->op) {
	case OP_LIT: return false;
	case OP_SLOT: return n->slot == slot;
	case OP_LIST:
	case OP_CALL: return any_reads(n, slot);
	case OP_NEG:
	case OP_PROP: return reads(n->a, slot);
	case OP_RANGE: return ((n->flags & RANGE_LO) && reads(n->a, slot)) || ((n->flags & RANGE_HI) && reads(n->b, slot));
	case OP_IF:
	case OP_BETWEEN: return reads(n->a, slot) || reads(n->b, slot) || reads(n->c, slot);
	default: return reads(n->a, slot) || reads(n->b, slot);
	}
}

static bool is_figure(const struct reader *r, node *n)
{
	return n->op == OP_SLOT && n->slot == r->slot;
}

/* A number that does not go with the figure: the points may jump or bend there. */
static bool mark(struct reader *r, node *n)
{
	if (reads(n, r->slot))
		return false;
	val v = rule_node_eval(n, &r->run);
	if (v.kind != VAL_NUM)
		return false;
	for (size_t i = 0; i < r->n_marks; i++)
		if (dec_eq(r->mark[i], v.num))
			return true;
	if (r->n_marks + 1 == SCALE_PIECES) /* with both ends, as many pieces as there is room for */
		return false;
	r->mark[r->n_marks++] = v.num;
	return true;
}

static bool is_null(node *n)
{
	return n->op == OP_LIT && n->lit.kind == VAL_NULL;
}

static bool comparison(struct reader *r, node *n)
{
	node *other = is_figure(r, n->a) ? n->b : is_figure(r, n->b) ? n->a : NULL;
	if (!other)
		return false;
	return ((n->op == OP_EQ || n->op == OP_NE) && is_null(other)) || mark(r, other);
}

static bool unary_test(struct reader *r, node *n)
{
	if (n->op == OP_RANGE)
		return !(n->flags & RANGE_NOT) && (!(n->flags & RANGE_LO) || mark(r, n->a)) && (!(n->flags & RANGE_HI) || mark(r, n->b));
	if (n->op != OP_LIST)
		return mark(r, n);
	for (uint32_t i = 0; i < n->n; i++)
		if (!unary_test(r, n->args[i]))
			return false;
	return true;
}

static bool condition(struct reader *r, node *n)
{
	if (!reads(n, r->slot))
		return true;
	if (n->op == OP_AND || n->op == OP_OR)
		return condition(r, n->a) && condition(r, n->b);
	if (n->op >= OP_EQ && n->op <= OP_GE)
		return comparison(r, n);
	if (n->op == OP_IN)
		return is_figure(r, n->a) && unary_test(r, n->b);
	return n->op == OP_BETWEEN && is_figure(r, n->a) && mark(r, n->b) && mark(r, n->c);
}

static bool linear(const struct reader *r, node *n)
{
	if (!reads(n, r->slot) || is_figure(r, n))
		return true;
	switch (n->op) {
	case OP_NEG: return linear(r, n->a);
	case OP_ADD:
	case OP_SUB: return linear(r, n->a) && linear(r, n->b);
	case OP_MUL: return linear(r, n->a) && linear(r, n->b) && !(reads(n->a, r->slot) && reads(n->b, r->slot));
	case OP_DIV: return linear(r, n->a) && !reads(n->b, r->slot);
	default: return false;
	}
}

static bool branches(struct reader *r, node *n)
{
	if (n->op != OP_IF)
		return linear(r, n);
	return condition(r, n->a) && branches(r, n->b) && branches(r, n->c);
}

/* ---- its points ---- */

/* Where the edition cuts points, the line has bends of its own: then there is no scale. */
static bool points_at(struct reader *r, dec x, dec *out)
{
	r->slots[r->slot] = val_num(x);
	val v = rule_node_eval(r->n->rule->root, &r->run);
	if (v.kind != VAL_NUM)
		return false;
	*out = v.num;
	if ((r->t->clamp & CLAMP_COMPONENT) && (dec_cmp(v.num, DEC_ZERO) < 0 || dec_cmp(v.num, r->n->max) > 0))
		return false;
	return !r->n->has_cap || dec_cmp(v.num, r->n->cap) <= 0;
}

/* A straight line is known by two points of it; quarters are exact decimals. */
static bool fill_piece(struct reader *r, struct scale_piece *p)
{
	static const dec quarter = { .lo = 25, .exp = -2 };
	dec step, u, v, at_u, at_v, half;
	bool ok = dec_sub(p->to, p->from, &step) && dec_mul(step, quarter, &step) && dec_add(p->from, step, &u) && dec_sub(p->to, step, &v);
	if (!ok || !points_at(r, u, &at_u) || !points_at(r, v, &at_v))
		return false;
	return dec_sub(at_v, at_u, &half) && dec_div(half, dec_int(2), &half) && dec_sub(at_u, half, &p->at_from) && dec_add(at_v, half, &p->at_to);
}

static int by_value(const void *a, const void *b)
{
	return dec_cmp(*(const dec *)a, *(const dec *)b);
}

/* The numbers inside (low, high), with both ends, in order. */
static size_t inside(struct reader *r, dec low, dec high, dec out[SCALE_PIECES + 1])
{
	size_t n = 0;
	out[n++] = low;
	for (size_t i = 0; i < r->n_marks; i++)
		if (dec_cmp(r->mark[i], low) > 0 && dec_cmp(r->mark[i], high) < 0)
			out[n++] = r->mark[i];
	out[n++] = high;
	qsort(out, n, sizeof *out, by_value);
	return n;
}

/* The counts behind a share go with it, so a rule that reads both has no line of its own in the share alone. */
static bool reads_counts(const struct reader *r)
{
	const rule *u = r->n->rule;
	const struct tree_measure *m = &r->t->measures.p[r->t->slots.p[r->slot].measure];
	for (size_t i = 0; i < u->n_refs; i++)
		if (u->refs[i].part == PART_NUM && str_eq(u->refs[i].name, m->name))
			return true;
	return false;
}

bool scale_of(const tree *t, int32_t i, uint32_t slot, dec low, dec high, const val *slots, arena *mem, struct scale *out)
{
	dec x[SCALE_PIECES + 1];
	struct reader r = { .t = t, .n = &t->nodes.p[i], .slot = slot };
	if (!tree_is_scored(r.n) || !r.n->has_max || slot == SLOT_MAX || reads_counts(&r))
		return false;
	r.slots = NEW_ARRAY(mem, val, t->slots.n);
	memcpy(r.slots, slots, t->slots.n * sizeof *slots);
	r.slots[SLOT_MAX] = val_num(r.n->max);
	r.run = (struct rule_run){ .slots = r.slots, .mem = mem };
	if (!reads(r.n->rule->root, slot) || !branches(&r, r.n->rule->root))
		return false;
	size_t n = inside(&r, low, high, x);
	*out = (struct scale){ .n = n - 1 };
	for (size_t k = 0; k < n; k++) {
		if (!points_at(&r, x[k], &out->point[k]))
			return false;
		if (k + 1 == n)
			break;
		out->piece[k] = (struct scale_piece){ .from = x[k], .to = x[k + 1] };
		if (!fill_piece(&r, &out->piece[k]))
			return false;
	}
	return true;
}

dec scale_at(const struct scale *s, dec x)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct scale_piece *p = &s->piece[i];
		dec share, width, rise;
		if (dec_cmp(x, p->from) <= 0)
			return s->point[i];
		if (dec_cmp(x, p->to) >= 0)
			continue;
		if (dec_sub(x, p->from, &share) && dec_sub(p->to, p->from, &width) && dec_div(share, width, &share) && dec_sub(p->at_to, p->at_from, &rise)
			&& dec_mul(share, rise, &rise) && dec_add(p->at_from, rise, &rise))
			return rise;
	}
	return s->point[s->n];
}

bool scale_end(dec now, dec *out)
{
	*out = DEC_ONE;
	return dec_cmp(now, DEC_ONE) <= 0 || dec_round(now, 1, DEC_CEILING, out);
}

dec scale_low(const struct scale *s, dec now)
{
	static const dec step = { .lo = 5, .exp = -2 };
	dec lowest = now, low;
	for (size_t i = 1; i < s->n; i++)
		lowest = dec_cmp(s->piece[i].from, lowest) < 0 ? s->piece[i].from : lowest;
	bool ok = dec_sub(s->piece[s->n - 1].to, lowest, &low) && dec_sub(lowest, low, &low) && dec_div(low, step, &low)
		&& dec_round(low, 0, DEC_FLOOR, &low) && dec_mul(low, step, &low);
	return ok && dec_cmp(low, DEC_ZERO) > 0 ? low : DEC_ZERO;
}

struct scale_step scale_up(const struct scale *s, dec now)
{
	dec here = scale_at(s, now);
	for (size_t i = 1; i <= s->n; i++) {
		dec at = i < s->n ? s->piece[i].from : s->piece[i - 1].to;
		if (dec_cmp(at, now) > 0 && dec_cmp(s->point[i], here) > 0)
			return (struct scale_step){ true, at, s->point[i] };
	}
	return (struct scale_step){ 0 };
}

struct scale_step scale_down(const struct scale *s, dec now)
{
	for (size_t i = s->n; i-- > 1;) {
		bool falls = dec_cmp(s->piece[i - 1].at_to, s->point[i]) < 0;
		if (dec_cmp(s->piece[i].from, now) <= 0 && falls)
			return (struct scale_step){ true, s->piece[i].from, s->piece[i - 1].at_to };
	}
	return (struct scale_step){ 0 };
}

struct figure scale_count(dec at, struct figure num, struct figure den, bool up)
{
	struct figure n = { 0 };
	dec need;
	if (!num.there || !den.there || !dec_is_int(num.v) || !dec_is_int(den.v))
		return n;
	if (dec_mul(at, den.v, &need) && dec_round(need, 0, DEC_CEILING, &need))
		n.there = up ? dec_sub(need, num.v, &n.v) : dec_sub(num.v, need, &n.v);
	return n;
}
