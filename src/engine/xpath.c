/* Rules as XPath. P(x) is true exactly when the rule's part is true, N(x) exactly when it is false. */
#include "engine/xpath.h"
#include "base/vn.h"
#include "engine/rule_ast.h"

typedef struct rule_node node;

struct writer {
	const struct xpath_out *o;
	const rule *r;
	buf *b;
	enum err err;
};

void xpath_ref_name(const questionnaire *q, int32_t item, buf *out)
{
	buf_printf(out, "${%.*s}", STR_ARG(q->items.p[item].code));
}

static void cannot(struct writer *w, const node *n, const char *key)
{
	place at = w->o->at;
	at.offset = (int64_t)vn_length((str){ w->r->text.p, n->at }) + 1;
	if (!w->err)
		w->err = cx_fail(w->o->c, ERR_INPUT, key, at, (str){ w->r->text.p + n->at, n->end - n->at });
}

static bool is_call(const node *n, const char *name)
{
	return n->op == OP_CALL && strcmp(rule_fns[n->fn].name, name) == 0;
}

static bool is_null(const node *n)
{
	return n->op == OP_LIT && n->lit.kind == VAL_NULL;
}

static void put_ref(struct writer *w, const node *n)
{
	int32_t item = question_of_slot(n->slot);
	if (item == NO_ITEM)
		buf_addz(w->b, "today()");
	else if (item == w->o->self)
		buf_char(w->b, '.');
	else
		w->o->ref(w->o->q, item, w->b);
}

static void put_text(struct writer *w, const node *n, str s)
{
	char quote = memchr(s.p, '\'', s.len) ? '"' : '\'';
	if (s.len && memchr(s.p, quote, s.len))
		cannot(w, n, "xpath.quotes");
	buf_char(w->b, quote);
	buf_add(w->b, s);
	buf_char(w->b, quote);
}

static void put_bool(struct writer *w, const node *n, bool want);

static void put_literal(struct writer *w, const node *n)
{
	char room[DEC_TEXT];
	switch (n->lit.kind) {
	case VAL_NUM: buf_add(w->b, dec_text(n->lit.num, room)); break;
	case VAL_STR: put_text(w, n, n->lit.text); break;
	case VAL_NULL: buf_addz(w->b, "''"); break;
	case VAL_BOOL: buf_addz(w->b, n->lit.truth ? "true()" : "false()"); break;
	default: cannot(w, n, "xpath.cannot");
	}
}

static void put_value(struct writer *w, const node *n);

static void put_operand(struct writer *w, const node *n)
{
	bool binary = n->op >= OP_ADD && n->op <= OP_NEG;
	if (binary)
		buf_char(w->b, '(');
	put_value(w, n);
	if (binary)
		buf_char(w->b, ')');
}

static void put_binary(struct writer *w, const node *n, const char *op)
{
	put_operand(w, n->a);
	buf_printf(w->b, " %s ", op);
	put_operand(w, n->b);
}

/* What cannot be below zero: there int() and floor, mod and modulo are the same. */
static bool is_never_negative(const struct writer *w, const node *n)
{
	int32_t item = n->op == OP_SLOT ? question_of_slot(n->slot) : NO_ITEM;
	if (item != NO_ITEM)
		return w->o->q->items.p[item].has_min && !w->o->q->items.p[item].min.neg && w->o->q->items.p[item].kind == ASK_NUMBER;
	if (n->op == OP_ADD || n->op == OP_MUL || n->op == OP_DIV)
		return is_never_negative(w, n->a) && is_never_negative(w, n->b);
	if (n->op == OP_CALL && n->n && (is_call(n, "floor") || is_call(n, "modulo")))
		return is_never_negative(w, n->args[n->n - 1]);
	return (n->op == OP_LIT && n->lit.kind == VAL_NUM && !n->lit.num.neg) || is_call(n, "count") || is_call(n, "string length") || is_call(n, "abs");
}

/* XPath cuts towards zero. */
static void put_floor(struct writer *w, const node *n)
{
	bool plain = is_never_negative(w, n->args[0]);
	for (int k = 0; k < (plain ? 1 : 3); k++) {
		buf_addz(w->b, k == 0 ? plain ? "int(" : "(int(" : k == 1 ? ") - if(" : " < int(");
		put_operand(w, n->args[0]);
	}
	buf_addz(w->b, plain ? ")" : "), 1, 0))");
}

/* The rest of rules has the sign of the divisor, that of XPath the sign of what is divided. */
static void put_modulo(struct writer *w, const node *n, bool plain)
{
	buf_addz(w->b, plain ? "(" : "(((");
	put_operand(w, n->args[0]);
	buf_addz(w->b, " mod ");
	put_operand(w, n->args[1]);
	for (int k = 0; k < 2 && !plain; k++) {
		buf_addz(w->b, k ? ") mod " : ") + ");
		put_operand(w, n->args[1]);
	}
	buf_char(w->b, ')');
}

static void put_call_value(struct writer *w, const node *n)
{
	if (is_call(n, "modulo") && n->n == 2) {
		put_modulo(w, n, is_never_negative(w, n->args[0]) && is_never_negative(w, n->args[1]));
		return;
	}
	if (is_call(n, "floor") && n->n == 1) {
		put_floor(w, n);
		return;
	}
	const char *name = is_call(n, "count") ? "count-selected" : is_call(n, "string length") ? "string-length" : is_call(n, "abs") ? "abs" : NULL;
	if (is_call(n, "date") && n->n == 1 && n->args[0]->op == OP_LIT && n->args[0]->lit.kind == VAL_STR)
		name = "date";
	if (!name || n->n != 1 || (is_call(n, "count") && n->args[0]->op != OP_SLOT)) {
		cannot(w, n, "xpath.cannot");
		return;
	}
	buf_printf(w->b, "%s(", name);
	put_value(w, n->args[0]);
	buf_char(w->b, ')');
}

static void put_value(struct writer *w, const node *n)
{
	switch (n->op) {
	case OP_LIT: put_literal(w, n); break;
	case OP_SLOT: put_ref(w, n); break;
	case OP_ADD: put_binary(w, n, "+"); break;
	case OP_SUB: put_binary(w, n, "-"); break;
	case OP_MUL: put_binary(w, n, "*"); break;
	case OP_DIV: put_binary(w, n, "div"); break;
	case OP_NEG:
		buf_char(w->b, '-');
		put_operand(w, n->a);
		break;
	case OP_CALL: put_call_value(w, n); break;
	case OP_IF:
		buf_addz(w->b, "if(");
		put_bool(w, n->a, true);
		buf_addz(w->b, ", ");
		put_value(w, n->b);
		buf_addz(w->b, ", ");
		put_value(w, n->c);
		buf_char(w->b, ')');
		break;
	default: cannot(w, n, "xpath.cannot");
	}
}

static const struct {
	uint8_t op;
	const char *is, *is_not;
} compares[] = { { OP_EQ, "=", "!=" }, { OP_NE, "!=", "=" }, { OP_LT, "<", ">=" }, { OP_LE, "<=", ">" }, { OP_GT, ">", "<=" }, { OP_GE, ">=", "<" } };

/* A choice of several is a list in rules and a text in XPath: equal to nothing but nothing. */
static bool is_list(const struct writer *w, const node *n)
{
	int32_t item = n->op == OP_SLOT ? question_of_slot(n->slot) : NO_ITEM;
	return item != NO_ITEM && w->o->q->items.p[item].kind == ASK_MULTIPLE;
}

static void put_compared(struct writer *w, const node *a, uint8_t op, const node *b, bool want)
{
	size_t i = 0;
	while (compares[i].op != op)
		i++;
	if ((is_list(w, a) && !is_null(b)) || (is_list(w, b) && !is_null(a)))
		cannot(w, a, "xpath.cannot");
	bool divides = (op == OP_EQ || op == OP_NE) && is_call(a, "modulo") && a->n == 2 && b->op == OP_LIT
		&& b->lit.kind == VAL_NUM && dec_is_zero(b->lit.num);
	if (divides)
		put_modulo(w, a, true); /* no rest: whatever its sign would be */
	else
		put_operand(w, a);
	buf_printf(w->b, " %s ", want ? compares[i].is : compares[i].is_not);
	put_operand(w, b);
}

/* floor(X) = X: a whole number. */
static bool is_whole(const node *n)
{
	return n->op == OP_EQ && is_call(n->a, "floor") && n->a->n == 1 && n->a->args[0]->op == OP_SLOT && n->b->op == OP_SLOT
		&& n->a->args[0]->slot == n->b->slot;
}

static void put_whole(struct writer *w, const node *n, bool want)
{
	put_ref(w, n->b);
	buf_addz(w->b, want ? " = int(" : " != int(");
	put_ref(w, n->b);
	buf_char(w->b, ')');
}

/* A test that XPath answers with false where nothing was answered, rules with neither. */
static void put_test(struct writer *w, const node *n, const char *name, bool want)
{
	const node *of = n->args[0], *what = n->args[1];
	bool lone = what->op == OP_LIT && of->op == OP_SLOT;
	if (!lone) {
		cannot(w, n, "xpath.cannot");
		return;
	}
	if (!want) {
		buf_char(w->b, '(');
		put_ref(w, of);
		buf_addz(w->b, " != '' and not(");
	}
	char room[DEC_TEXT];
	buf_printf(w->b, "%s(", name);
	put_ref(w, of);
	buf_addz(w->b, ", ");
	put_text(w, what, what->lit.kind == VAL_NUM ? dec_text(what->lit.num, room) : what->lit.kind == VAL_STR ? what->lit.text : STR(""));
	buf_addz(w->b, want ? ")" : ")))");
}

static void put_call(struct writer *w, const node *n, bool want)
{
	if (is_call(n, "not"))
		put_bool(w, n->args[0], !want);
	else if (is_call(n, "list contains"))
		put_test(w, n, "selected", want);
	else if (is_call(n, "contains"))
		put_test(w, n, "contains", want);
	else if (is_call(n, "starts with"))
		put_test(w, n, "starts-with", want);
	else if (is_call(n, "ends with"))
		put_test(w, n, "ends-with", want);
	else
		cannot(w, n, "xpath.cannot");
}

static void put_joined(struct writer *w, const node *n, bool want)
{
	bool both = (n->op == OP_AND) == want;
	for (int i = 0; i < 2; i++) {
		const node *x = i ? n->b : n->a;
		bool inner = (x->op == OP_AND || x->op == OP_OR) && x->op != n->op;
		if (i)
			buf_addz(w->b, both ? " and " : " or ");
		if (inner)
			buf_char(w->b, '(');
		put_bool(w, x, want);
		if (inner)
			buf_char(w->b, ')');
	}
}

/* a between lo and hi; a missing end bounds nothing. */
static void put_range(struct writer *w, const node *a, const node *lo, const node *hi, bool lo_closed, bool hi_closed, bool want)
{
	bool two = lo && hi;
	if (two)
		buf_char(w->b, '(');
	if (lo)
		put_compared(w, a, lo_closed ? OP_GE : OP_GT, lo, want);
	if (two)
		buf_addz(w->b, want ? " and " : " or ");
	if (hi)
		put_compared(w, a, hi_closed ? OP_LE : OP_LT, hi, want);
	if (two)
		buf_char(w->b, ')');
}

static void put_in(struct writer *w, const node *a, const node *b, bool want)
{
	if (b->op == OP_RANGE && (b->flags & RANGE_NOT))
		put_compared(w, a, OP_NE, b->a, want);
	else if (b->op == OP_RANGE)
		put_range(w, a, b->flags & RANGE_LO ? b->a : NULL, b->flags & RANGE_HI ? b->b : NULL, b->flags & RANGE_LO_CLOSED,
			b->flags & RANGE_HI_CLOSED, want);
	else if (b->op != OP_LIST)
		put_compared(w, a, OP_EQ, b, want);
	else if (!b->n)
		cannot(w, b, "xpath.cannot");
	else {
		buf_char(w->b, '(');
		for (uint32_t i = 0; i < b->n; i++) {
			if (i)
				buf_addz(w->b, want ? " or " : " and ");
			put_in(w, a, b->args[i], want);
		}
		buf_char(w->b, ')');
	}
}

/* if c then a else b; where c is neither, b. */
static void put_if(struct writer *w, const node *n, bool want)
{
	buf_addz(w->b, "((");
	put_bool(w, n->a, true);
	buf_addz(w->b, " and ");
	put_bool(w, n->b, want);
	buf_addz(w->b, ") or (not(");
	put_bool(w, n->a, true);
	buf_addz(w->b, ") and ");
	put_bool(w, n->c, want);
	buf_addz(w->b, "))");
}

static void put_bool(struct writer *w, const node *n, bool want)
{
	switch (n->op) {
	case OP_LIT:
		if (n->lit.kind == VAL_BOOL)
			buf_addz(w->b, n->lit.truth == want ? "true()" : "false()");
		else
			cannot(w, n, "xpath.cannot");
		break;
	case OP_AND:
	case OP_OR: put_joined(w, n, want); break;
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		if (is_whole(n))
			put_whole(w, n, want);
		else
			put_compared(w, n->a, n->op, n->b, want);
		break;
	case OP_BETWEEN: put_range(w, n->a, n->b, n->c, true, true, want); break;
	case OP_IN: put_in(w, n->a, n->b, want); break;
	case OP_IF: put_if(w, n, want); break;
	case OP_CALL: put_call(w, n, want); break;
	default: cannot(w, n, "xpath.cannot");
	}
}

enum err xpath_write(const struct xpath_out *o, const rule *r, buf *out)
{
	struct writer w = { o, r, out, ERR_OK };
	put_bool(&w, r->root, true);
	return w.err;
}

/* ---- what an item demands ---- */

static void put_and(buf *b, size_t from)
{
	if (b->len > from)
		buf_addz(b, " and ");
}

static void put_bound(const struct question *i, dec d, const char *op, buf *b, size_t from)
{
	char room[DEC_TEXT];
	const char *of = i->kind == ASK_TEXT ? "string-length(.)" : i->kind == ASK_MULTIPLE ? "count-selected(.)" : ".";
	put_and(b, from);
	buf_printf(b, "%s %s ", of, op);
	buf_add(b, dec_text(d, room));
}

static void put_alone(const questionnaire *q, const struct question *i, buf *b, size_t from)
{
	if (i->kind != ASK_MULTIPLE)
		return;
	const struct question_list *l = &q->lists.p[i->list];
	for (size_t k = 0; k < l->options.n; k++)
		if (l->options.p[k].means >= MEANS_NONE) {
			put_and(b, from);
			buf_printf(b, "not(selected(., '%.*s') and count-selected(.) > 1)", STR_ARG(l->options.p[k].code));
		}
}

/* Parts joined by "and", from the left. first: the leftmost of them is left out. */
static void put_check(struct writer *w, const node *n, const node *leave, size_t from)
{
	if (n == leave)
		return;
	if (leave && n->op == OP_AND) {
		put_check(w, n->a, leave, from);
		put_check(w, n->b, leave, from);
		return;
	}
	bool own = true;
	for (size_t i = 0; i < w->r->n_refs; i++)
		own &= question_of_slot(w->r->refs[i].slot) == w->o->self || question_of_slot(w->r->refs[i].slot) == NO_ITEM;
	put_and(w->b, from);
	bool joined = n->op == OP_OR && w->b->len > from;
	buf_addz(w->b, !own ? "not(" : joined ? "(" : "");
	put_bool(w, n, own);
	buf_addz(w->b, !own || joined ? ")" : "");
}

enum err xpath_constraint(const struct xpath_out *o, bool *integer, buf *out)
{
	const struct question *i = &o->q->items.p[o->self];
	size_t from = out->len;
	*integer = false;
	if (i->has_min)
		put_bound(i, i->min, ">=", out, from);
	if (i->has_max)
		put_bound(i, i->max, "<=", out, from);
	put_alone(o->q, i, out, from);
	if (!i->check)
		return ERR_OK;
	struct writer w = { o, i->check, out, ERR_OK };
	const node *first = i->check->root;
	while (first->op == OP_AND)
		first = first->a;
	*integer = i->kind == ASK_NUMBER && is_whole(first) && question_of_slot(first->b->slot) == o->self;
	put_check(&w, i->check->root, *integer ? first : NULL, from);
	return w.err;
}
