/* Bands of a rule: the conditions of an if-chain that speak of one name and constants, as sets of intervals. A later band that the earlier
 * ones cover is dead. One that reaches into an earlier one is told of, except where it takes all of it in: that is the usual descending
 * chain (>= 0.9, >= 0.7, …). What lies between the bands and belongs to none of them is told too: it falls to the last `else`. Conditions of
 * another shape are passed over. */
#include "base/vec.h"
#include "base/vn.h"
#include "engine/rule_ast.h"
#include "engine/tree.h"

typedef const struct rule_node node;

/* Bounds of the work: a condition of more intervals is passed over, and the bands behind so many of them. */
enum { SET_MAX = 128, CHAIN_MAX = 512 };

/* One side that is not bounded has kind VAL_NULL. */
struct interval {
	val lo, hi;
	bool lo_closed, hi_closed;
};

struct set {
	VEC(struct interval) parts;
};

struct band {
	struct set set;
	node *cond;
	uint32_t slot;
};

struct checker {
	cx *c;
	arena *mem;
	const tree *t;
	const struct tree_node *n;
	enum fault_level level;
	bool too_fine; /* some set would have had more than SET_MAX intervals */
};

static bool less(val a, val b)
{
	return val_is(val_cmp_lt(a, b, false), true);
}
static bool equal(val a, val b)
{
	return val_is(val_eq(a, b), true);
}

static bool is_empty(struct interval i)
{
	if (i.lo.kind == VAL_NULL || i.hi.kind == VAL_NULL)
		return false;
	return less(i.hi, i.lo) || (equal(i.lo, i.hi) && !(i.lo_closed && i.hi_closed));
}

static struct interval intersect(struct interval a, struct interval b)
{
	struct interval r = a;
	if (r.lo.kind == VAL_NULL || (b.lo.kind != VAL_NULL && (less(r.lo, b.lo) || (equal(r.lo, b.lo) && !b.lo_closed)))) {
		r.lo = b.lo;
		r.lo_closed = b.lo_closed;
	}
	if (r.hi.kind == VAL_NULL || (b.hi.kind != VAL_NULL && (less(b.hi, r.hi) || (equal(r.hi, b.hi) && !b.hi_closed)))) {
		r.hi = b.hi;
		r.hi_closed = b.hi_closed;
	}
	return r;
}

static void add(struct checker *k, struct set *s, struct interval i)
{
	if (is_empty(i))
		return;
	if (s->parts.n < SET_MAX)
		*VEC_PUSH(k->mem, &s->parts) = i;
	else
		k->too_fine = true;
}

static struct set both(struct checker *k, const struct set *a, const struct set *b)
{
	struct set r = { 0 };
	for (size_t i = 0; i < a->parts.n; i++)
		for (size_t j = 0; j < b->parts.n; j++)
			add(k, &r, intersect(a->parts.p[i], b->parts.p[j]));
	return r;
}

static struct set minus(struct checker *k, const struct set *a, const struct set *b)
{
	struct set rest = *a;
	for (size_t j = 0; j < b->parts.n; j++) {
		struct interval e = b->parts.p[j];
		struct set next = { 0 };
		struct set below = { 0 }, above = { 0 };
		if (e.lo.kind != VAL_NULL)
			add(k, &below, (struct interval){ .lo = VAL_NONE, .hi = e.lo, .hi_closed = !e.lo_closed });
		if (e.hi.kind != VAL_NULL)
			add(k, &above, (struct interval){ .lo = e.hi, .lo_closed = !e.hi_closed, .hi = VAL_NONE });
		below = both(k, &rest, &below);
		above = both(k, &rest, &above);
		for (size_t i = 0; i < below.parts.n; i++)
			add(k, &next, below.parts.p[i]);
		for (size_t i = 0; i < above.parts.n; i++)
			add(k, &next, above.parts.p[i]);
		rest = next;
	}
	return rest;
}

/* A constant that has an order. */
static bool constant(struct checker *k, node *n, val *out)
{
	struct rule_run run = { .mem = k->mem };
	bool plain = n->op == OP_LIT || (n->op == OP_CALL && n->n == 1 && n->args[0]->op == OP_LIT)
		|| (n->op == OP_NEG && n->a->op == OP_LIT);
	if (!plain)
		return false;
	*out = rule_node_eval(n, &run);
	return out->kind == VAL_NUM || out->kind == VAL_DATE;
}

static bool condition(struct checker *k, node *n, struct band *out);

static bool comparison(struct checker *k, node *n, struct band *out)
{
	val v;
	bool swapped = n->b->op == OP_SLOT;
	node *name = swapped ? n->b : n->a, *other = swapped ? n->a : n->b;
	if (name->op != OP_SLOT || !constant(k, other, &v))
		return false;
	int op = n->op;
	if (swapped)
		op = op == OP_LT ? OP_GT : op == OP_LE ? OP_GE : op == OP_GT ? OP_LT : op == OP_GE ? OP_LE : op;
	struct interval i = { .lo = VAL_NONE, .hi = VAL_NONE };
	if (op == OP_GT || op == OP_GE || op == OP_EQ) {
		i.lo = v;
		i.lo_closed = op != OP_GT;
	}
	if (op == OP_LT || op == OP_LE || op == OP_EQ) {
		i.hi = v;
		i.hi_closed = op != OP_LT;
	}
	if (op == OP_NE)
		return false;
	out->slot = name->slot;
	add(k, &out->set, i);
	return true;
}

static bool test(struct checker *k, node *n, struct set *out)
{
	struct interval i = { .lo = VAL_NONE, .hi = VAL_NONE };
	if (n->op == OP_RANGE && !(n->flags & RANGE_NOT)) {
		if (((n->flags & RANGE_LO) && !constant(k, n->a, &i.lo)) || ((n->flags & RANGE_HI) && !constant(k, n->b, &i.hi)))
			return false;
		i.lo_closed = (n->flags & RANGE_LO_CLOSED) != 0;
		i.hi_closed = (n->flags & RANGE_HI_CLOSED) != 0;
		add(k, out, i);
		return true;
	}
	if (n->op == OP_LIST) {
		for (uint32_t j = 0; j < n->n; j++)
			if (!test(k, n->args[j], out))
				return false;
		return true;
	}
	if (!constant(k, n, &i.lo))
		return false;
	i.hi = i.lo;
	i.lo_closed = i.hi_closed = true;
	add(k, out, i);
	return true;
}

static bool conjunction(struct checker *k, node *n, struct band *out)
{
	struct band a = { 0 }, b = { 0 };
	if (!condition(k, n->a, &a) || !condition(k, n->b, &b) || a.slot != b.slot)
		return false;
	out->slot = a.slot;
	out->set = both(k, &a.set, &b.set);
	return true;
}

/* The set of values of one name for which a condition holds; false: it is not of that shape. */
static bool condition(struct checker *k, node *n, struct band *out)
{
	out->cond = n;
	if (n->op == OP_AND)
		return conjunction(k, n, out);
	if (n->op >= OP_EQ && n->op <= OP_GE)
		return comparison(k, n, out);
	if (n->op == OP_IN && n->a->op == OP_SLOT) {
		out->slot = n->a->slot;
		return test(k, n->b, &out->set);
	}
	if (n->op == OP_BETWEEN && n->a->op == OP_SLOT) {
		struct interval i = { .lo_closed = true, .hi_closed = true };
		out->slot = n->a->slot;
		if (!constant(k, n->b, &i.lo) || !constant(k, n->c, &i.hi))
			return false;
		add(k, &out->set, i);
		return true;
	}
	return false;
}

static void tell(struct checker *k, const char *key, node *cond, node *earlier)
{
	const rule *r = k->n->rule;
	place at = { .file = k->t->file, .line = k->n->line, .column = k->n->rule_column, .field = STR("rule"), .sheet = k->t->sheet };
	at.offset = (int64_t)vn_length((str){ r->text.p, cond->at }) + 1;
	fault *f = cx_fault(k->c, k->level, key, at, (str){ r->text.p + cond->at, cond->end - cond->at });
	fault_arg(k->c, f, 1, k->n->code);
	if (earlier)
		fault_arg(k->c, f, 2, (str){ r->text.p + earlier->at, earlier->end - earlier->at });
}

static void compare(struct checker *k, const struct band *earlier, size_t n, const struct band *b)
{
	struct set rest = b->set;
	for (size_t i = 0; i < n; i++)
		if (earlier[i].slot == b->slot)
			rest = minus(k, &rest, &earlier[i].set);
	if (!rest.parts.n && !k->too_fine) {
		tell(k, "edition.band_dead", b->cond, NULL);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (earlier[i].slot != b->slot)
			continue;
		k->too_fine = false;
		struct set common = both(k, &b->set, &earlier[i].set);
		struct set outside = minus(k, &earlier[i].set, &b->set);
		if (common.parts.n && outside.parts.n && !k->too_fine)
			tell(k, "edition.band_overlap", b->cond, earlier[i].cond);
	}
}

/* The sets made while comparing are many, and needed no longer. */
static void compare_apart(struct checker *k, const struct band *earlier, size_t n, const struct band *b)
{
	struct checker own = *k;
	own.mem = arena_new(0);
	compare(&own, earlier, n, b);
	arena_free(own.mem);
}

static void put_end(buf *b, val v)
{
	if (v.kind != VAL_NULL)
		val_text(b, v);
}

/* Whole numbers next to each other leave nothing between them: bands of counts (>= 10, [5..9]). */
static bool is_between_counts(struct interval i)
{
	dec next;
	return i.lo.kind == VAL_NUM && i.hi.kind == VAL_NUM && dec_is_int(i.lo.num) && dec_is_int(i.hi.num) && !i.lo_closed && !i.hi_closed
		&& dec_add(i.lo.num, DEC_ONE, &next) && dec_eq(next, i.hi.num);
}

static void tell_gap(struct checker *k, struct interval i, node *cond)
{
	const rule *r = k->n->rule;
	place at = { .file = k->t->file, .line = k->n->line, .column = k->n->rule_column, .field = STR("rule"), .sheet = k->t->sheet };
	buf b;
	at.offset = (int64_t)vn_length((str){ r->text.p, cond->at }) + 1;
	buf_init(&b, 1024);
	buf_char(&b, i.lo_closed ? '[' : '(');
	put_end(&b, i.lo);
	buf_addz(&b, "..");
	put_end(&b, i.hi);
	buf_char(&b, i.hi_closed ? ']' : ')');
	fault_arg(k->c, cx_fault(k->c, FAULT_WARNING, "edition.band_missing", at, buf_str(&b)), 1, k->n->code);
	buf_free(&b);
}

/* What lies between the bands of a chain and belongs to none of them. bands: all its conditions, of one name. */
static void gaps(struct checker *k, const struct band *bands, size_t n)
{
	struct set rest = { 0 };
	struct interval hull = bands[0].set.parts.p[0];
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < bands[i].set.parts.n; j++) {
			struct interval x = bands[i].set.parts.p[j];
			if (x.lo.kind == VAL_NULL || (hull.lo.kind != VAL_NULL && less(x.lo, hull.lo)))
				hull.lo = x.lo;
			if (x.hi.kind == VAL_NULL || (hull.hi.kind != VAL_NULL && less(hull.hi, x.hi)))
				hull.hi = x.hi;
		}
	hull.lo_closed = hull.hi_closed = false; /* at its ends some band begins */
	add(k, &rest, hull);
	for (size_t i = 0; i < n; i++)
		rest = minus(k, &rest, &bands[i].set);
	for (size_t i = 0; i < rest.parts.n && !k->too_fine; i++)
		if (!is_between_counts(rest.parts.p[i]))
			tell_gap(k, rest.parts.p[i], bands[n - 1].cond);
}

static void find_gaps(struct checker *k, const struct band *bands, size_t n)
{
	struct checker own = *k;
	for (size_t i = 0; i < n; i++)
		if (bands[i].slot != bands[0].slot || !bands[i].set.parts.n)
			return;
	if (n < 2)
		return;
	own.mem = arena_new(0);
	own.too_fine = false;
	gaps(&own, bands, n);
	arena_free(own.mem);
}

/* An end that gives points is a band of its own: what the others leave over. */
static bool gives_nothing(node *n)
{
	return n->op == OP_LIT && (n->lit.kind == VAL_NULL || (n->lit.kind == VAL_NUM && dec_is_zero(n->lit.num)));
}

/* One chain from its first `if` to its last `else`; chains inside its branches on their own. */
static void chain(struct checker *k, node *n)
{
	VEC(struct band) bands = { 0 };
	size_t parts = 0, conditions = 0;
	for (; n->op == OP_IF; n = n->c) {
		struct band b = { 0 };
		k->too_fine = false;
		conditions++;
		if (condition(k, n->a, &b) && !k->too_fine && parts <= CHAIN_MAX) {
			compare_apart(k, bands.p, bands.n, &b);
			*VEC_PUSH(k->mem, &bands) = b;
			parts += b.set.parts.n;
		}
		if (n->b->op == OP_IF)
			chain(k, n->b);
	}
	if (bands.n && bands.n == conditions && gives_nothing(n))
		find_gaps(k, bands.p, bands.n);
}

void tree_check_bands(cx *c, const tree *t, enum fault_level level)
{
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct tree_node *n = &t->nodes.p[i];
		if (!tree_is_scored(n))
			continue;
		struct checker k = { .c = c, .mem = arena_new(0), .t = t, .n = n, .level = level };
		chain(&k, n->rule->root);
		arena_free(k.mem);
	}
}
