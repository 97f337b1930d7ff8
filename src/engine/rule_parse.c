/* Recursive descent over the grammar of DMN 1.5, 10.3.1.2, lowest precedence first: if, or, and, comparison, + -, * /, **, unary minus,
 * path. As the standard says, infix operators associate to the left and unary minus binds tighter than **: -2 ** 2 is 4. */
#include "base/vn.h"
#include "engine/rule_parser.h"

typedef struct rule_node node;

static node *sum(struct parser *p);

static bool deeper(struct parser *p)
{
	if (++p->depth <= RULE_MAX_DEPTH)
		return true;
	parser_fail(p, "rule.too_deep", p->tok);
	return false;
}

/* A sum inside a range or a unary test, which may hold ranges again. */
static node *inner_sum(struct parser *p)
{
	if (p->failed || !deeper(p))
		return NULL;
	node *n = sum(p);
	p->depth--;
	return n;
}

static node *range(struct parser *p, uint32_t at, node *lo, node *hi, unsigned flags)
{
	node *n = parser_node(p, OP_RANGE, at);
	n->a = lo;
	n->b = hi;
	if (lo)
		parser_put_above(p, n, lo);
	if (hi)
		parser_put_above(p, n, hi);
	n->flags = (uint8_t)flags;
	n->end = p->tok.end;
	return n;
}

/* Behind the first end of an interval, at the "..". */
static node *interval(struct parser *p, uint32_t at, node *lo, bool lo_closed)
{
	parser_next(p);
	node *hi = inner_sum(p);
	if (!hi)
		return NULL;
	bool closed = parser_at(p, ']');
	if (!closed && !parser_at(p, ')') && !parser_at(p, '['))
		return parser_unexpected(p);
	node *n = range(p, at, lo, hi, RANGE_LO | RANGE_HI | (lo_closed ? RANGE_LO_CLOSED : 0) | (closed ? RANGE_HI_CLOSED : 0));
	parser_next(p);
	return p->failed ? NULL : n;
}

/* The unary tests < e, <= e, > e, >= e, = e, != e. */
static node *unary_test(struct parser *p)
{
	uint32_t at = p->tok.at;
	char sign = p->tok.sign;
	parser_next(p);
	node *e = inner_sum(p);
	if (!e || sign == '=')
		return e;
	bool upper = sign == '<' || sign == SIGN_LE;
	unsigned closed = sign == SIGN_LE ? RANGE_HI_CLOSED : sign == SIGN_GE ? RANGE_LO_CLOSED : 0;
	unsigned ends = sign == SIGN_NE ? RANGE_NOT | RANGE_LO : upper ? RANGE_HI : RANGE_LO;
	node *n = range(p, at, upper ? NULL : e, upper ? e : NULL, ends | closed);
	n->end = e->end;
	return n;
}

static bool at_unary_test(const struct parser *p)
{
	return p->tok.kind == TOK_SIGN && strchr("<>=lgn", p->tok.sign) != NULL;
}

static node *list_node(struct parser *p, uint32_t at, struct args *items)
{
	node *n = parser_node(p, OP_LIST, at);
	n->n = (uint32_t)items->list.n;
	n->args = items->list.p;
	n->end = p->tok.end;
	for (size_t i = 0; i < items->list.n; i++)
		parser_put_above(p, n, items->list.p[i]);
	parser_next(p); /* the closing sign */
	return p->failed ? NULL : n;
}

/* [1, 2] or [1..2]. */
static node *bracket(struct parser *p)
{
	uint32_t at = p->tok.at;
	struct args items = { 0 };
	parser_next(p);
	while (!p->failed && !parser_at(p, ']')) {
		node *e = at_unary_test(p) ? unary_test(p) : parser_expression(p);
		if (e && items.list.n == 0 && parser_at(p, SIGN_DOTS))
			return interval(p, at, e, true);
		if (!e)
			return NULL;
		*VEC_PUSH(p->c->mem, &items.list) = e;
		if (!parser_at(p, ','))
			break;
		parser_next(p);
		if (parser_at(p, ']'))
			return parser_unexpected(p);
	}
	if (p->failed || !parser_at(p, ']'))
		return p->failed ? NULL : parser_unexpected(p);
	return list_node(p, at, &items);
}

/* ( e ), ( a..b ), and behind `in` also ( test, test, … ). */
static node *parenthesis(struct parser *p, bool tests)
{
	uint32_t at = p->tok.at;
	struct args items = { 0 };
	parser_next(p);
	while (!p->failed) {
		node *e = at_unary_test(p) ? unary_test(p) : parser_expression(p);
		if (!e)
			return NULL;
		if (items.list.n == 0 && parser_at(p, SIGN_DOTS))
			return interval(p, at, e, false);
		*VEC_PUSH(p->c->mem, &items.list) = e;
		if (!tests || !parser_at(p, ','))
			break;
		parser_next(p);
	}
	if (p->failed || !parser_at(p, ')'))
		return p->failed ? NULL : parser_unexpected(p);
	if (items.list.n > 1)
		return list_node(p, at, &items);
	parser_next(p);
	return p->failed ? NULL : items.list.p[0];
}

static node *primary(struct parser *p)
{
	if (p->failed)
		return NULL;
	switch (p->tok.kind) {
	case TOK_NUMBER: return parser_literal(p, val_num(p->tok.num), p->tok);
	case TOK_STRING: return parser_text(p);
	case TOK_AT: {
		node *n = parser_at_literal(p);
		return n ? parser_path(p, n, (str){ 0 }, PART_VALUE) : NULL;
	}
	case TOK_NAME: return parser_word(p);
	case TOK_SIGN:
		if (parser_at(p, '(')) {
			node *n = parenthesis(p, false);
			return n ? parser_path(p, n, (str){ 0 }, PART_VALUE) : NULL;
		}
		if (parser_at(p, '['))
			return bracket(p);
		if (parser_at(p, ']')) {
			uint32_t at = p->tok.at;
			parser_next(p);
			node *lo = inner_sum(p);
			return !lo ? NULL : parser_at(p, SIGN_DOTS) ? interval(p, at, lo, false) : parser_unexpected(p);
		}
		if (at_unary_test(p) && p->tok.sign != '=' && p->tok.sign != SIGN_NE)
			return unary_test(p);
		break;
	default: break;
	}
	return parser_unexpected(p);
}

static node *unary(struct parser *p)
{
	if (!parser_at(p, '-'))
		return primary(p);
	uint32_t at = p->tok.at;
	parser_next(p);
	if (p->failed || !deeper(p))
		return NULL;
	node *a = unary(p);
	p->depth--;
	if (!a)
		return NULL;
	if (a->op == OP_LIT && a->lit.kind == VAL_NUM) {
		a->lit = val_neg(a->lit);
		a->at = at;
		return a;
	}
	node *n = parser_node(p, OP_NEG, at);
	n->a = a;
	return parser_finish(p, n, a);
}

static node *power(struct parser *p)
{
	node *a = unary(p);
	while (a && parser_at(p, SIGN_POWER)) {
		parser_next(p);
		a = parser_binary(p, OP_POW, a, unary(p));
	}
	return a;
}

static node *term(struct parser *p)
{
	node *a = power(p);
	while (a && (parser_at(p, '*') || parser_at(p, '/'))) {
		enum rule_op op = p->tok.sign == '*' ? OP_MUL : OP_DIV;
		parser_next(p);
		a = parser_binary(p, op, a, power(p));
	}
	return a;
}

static node *sum(struct parser *p)
{
	node *a = term(p);
	while (a && (parser_at(p, '+') || parser_at(p, '-'))) {
		enum rule_op op = p->tok.sign == '+' ? OP_ADD : OP_SUB;
		parser_next(p);
		a = parser_binary(p, op, a, term(p));
	}
	return a;
}

/* `X = null`, `null != X`: the rule looks after the missing X itself. */
static void note_null_test(struct parser *p, const node *a, const node *b)
{
	if (a->op == OP_LIT && a->lit.kind == VAL_NULL && b->op == OP_SLOT)
		p->refs.p[b->ref].tested_null = true;
}

static node *between(struct parser *p, node *a)
{
	parser_next(p);
	node *lo = p->failed ? NULL : sum(p);
	if (!lo || !parser_expect_word(p, "and"))
		return NULL;
	node *hi = sum(p);
	if (!hi)
		return NULL;
	parser_compare_texts(p, a, lo, hi);
	node *n = parser_node(p, OP_BETWEEN, a->at);
	n->a = a;
	n->b = lo;
	n->c = hi;
	parser_put_above(p, n, a);
	parser_put_above(p, n, lo);
	return parser_finish(p, n, hi);
}

static node *membership(struct parser *p, node *a)
{
	parser_next(p);
	if (p->failed)
		return NULL;
	uint32_t from = p->tok.at;
	node *test = parser_at(p, '(') ? parenthesis(p, true) : at_unary_test(p) ? unary_test(p) : sum(p);
	parser_compare_texts(p, a, test, NULL);
	node *n = parser_binary(p, OP_IN, a, test);
	if (n && parser_at_word(p, "in"))
		return parser_unexpected(p);
	if (n && n->end < from)
		n->end = from;
	return n;
}

static bool comparison_op(const struct parser *p, enum rule_op *op)
{
	static const struct {
		char sign;
		enum rule_op op;
	} ops[] = { { '=', OP_EQ }, { SIGN_NE, OP_NE }, { '<', OP_LT }, { SIGN_LE, OP_LE }, { '>', OP_GT }, { SIGN_GE, OP_GE } };
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
		if (parser_at(p, ops[i].sign)) {
			*op = ops[i].op;
			return true;
		}
	return false;
}

static node *comparison(struct parser *p)
{
	enum rule_op op;
	node *a = sum(p);
	if (!a)
		return NULL;
	if (parser_at_word(p, "between"))
		a = between(p, a);
	else if (parser_at_word(p, "in"))
		a = membership(p, a);
	else if (comparison_op(p, &op)) {
		parser_next(p);
		if (at_unary_test(p)) /* <>, =>: x < (> 1) would always be null */
			return parser_unexpected(p);
		node *b = p->failed ? NULL : sum(p);
		if (b && (op == OP_EQ || op == OP_NE)) {
			note_null_test(p, a, b);
			note_null_test(p, b, a);
		}
		parser_compare_texts(p, a, b, NULL);
		a = parser_binary(p, op, a, b);
	}
	/* a < b < c would compare a truth with a number: null. Nobody means that. */
	if (a && (comparison_op(p, &op) || parser_at_word(p, "between")))
		return parser_fail(p, "rule.chained", p->tok);
	if (a && parser_at_word(p, "instance"))
		return parser_fail(p, "rule.unsupported", p->tok);
	return a;
}

static node *conjunction(struct parser *p)
{
	node *a = comparison(p);
	while (a && parser_at_word(p, "and")) {
		parser_next(p);
		a = parser_binary(p, OP_AND, a, comparison(p));
	}
	return a;
}

static node *disjunction(struct parser *p)
{
	node *a = conjunction(p);
	while (a && parser_at_word(p, "or")) {
		parser_next(p);
		a = parser_binary(p, OP_OR, a, conjunction(p));
	}
	return a;
}

static node *conditional(struct parser *p)
{
	uint32_t at = p->tok.at;
	parser_next(p);
	node *a = p->failed ? NULL : parser_expression(p);
	if (!a || !parser_expect_word(p, "then"))
		return NULL;
	node *b = parser_expression(p);
	if (!b || !parser_expect_word(p, "else"))
		return NULL;
	node *c = parser_expression(p);
	if (!c)
		return NULL;
	node *n = parser_node(p, OP_IF, at);
	n->a = a;
	n->b = b;
	n->c = c;
	parser_put_above(p, n, a);
	parser_put_above(p, n, b);
	return parser_finish(p, n, c);
}

node *parser_expression(struct parser *p)
{
	if (p->failed || !deeper(p))
		return NULL;
	node *n = parser_at_word(p, "if") ? conditional(p) : disjunction(p);
	p->depth--;
	return n;
}

enum err rule_compile(cx *c, str text, const struct rule_scope *scope, place at, const rule **out)
{
	if (text.len > RULE_MAX_LENGTH)
		return cx_fail(c, ERR_LIMIT, "rule.too_long", at, text);
	size_t fine = vn_utf8_check(text);
	if (fine < text.len) {
		at.offset = (int64_t)vn_length((str){ text.p, fine }) + 1;
		return cx_fail(c, ERR_INPUT, "rule.not_utf8", at, (str){ text.p, fine });
	}
	struct parser p = { .c = c, .s = arena_str(c->mem, vn_nfc(c->mem, text)), .at = at, .scope = scope };
	parser_next(&p);
	node *root = parser_expression(&p);
	if (root && p.tok.kind != TOK_END)
		root = parser_fail(&p, parser_at(&p, '[') ? "rule.unsupported" : "rule.unexpected", p.tok);
	if (!root || p.failed)
		return ERR_INPUT;
	rule *r = NEW(c->mem, rule);
	*r = (rule){ .text = p.s, .root = root, .refs = p.refs.p, .n_refs = p.refs.n };
	*out = r;
	return ERR_OK;
}
