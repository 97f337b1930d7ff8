/* Recursive descent over the grammar of DMN 1.5, 10.3.1.2, lowest precedence first: if, or, and, comparison, + -, * /, **, unary minus,
 * path. As the standard says, infix operators associate to the left and unary minus binds tighter than **: -2 ** 2 is 4. */
#include <assert.h>
#include "base/vec.h"
#include "base/vn.h"
#include "engine/rule_ast.h"
#include "engine/rule_lex.h"

struct parser {
	cx *c;
	str s;
	place at;
	const struct rule_scope *scope;
	struct tok tok;
	int depth;
	bool failed;
	VEC(struct rule_ref) refs;
};

typedef struct rule_node node;

static node *expression(struct parser *p);
static node *sum(struct parser *p);

static int64_t character(const struct parser *p, uint32_t byte)
{
	return (int64_t)vn_length((str){ p->s.p, byte }) + 1;
}

static fault *complain(struct parser *p, enum fault_level level, const char *key, uint32_t from, uint32_t to)
{
	place at = p->at;
	at.offset = character(p, from);
	return cx_fault(p->c, level, key, at, (str){ p->s.p + from, to - from });
}

/* The first error only: what follows it is rarely true. */
static node *fail(struct parser *p, const char *key, struct tok t)
{
	if (!p->failed)
		complain(p, FAULT_ERROR, key, t.at, t.end);
	p->failed = true;
	return NULL;
}

static void next(struct parser *p)
{
	p->tok = rule_lex(p->s, p->tok.end);
	if (p->tok.kind == TOK_BAD)
		fail(p, p->tok.error, p->tok);
}

static bool is_sign(const struct parser *p, char sign)
{
	return p->tok.kind == TOK_SIGN && p->tok.sign == sign;
}
static bool is_word(const struct parser *p, const char *word)
{
	return p->tok.kind == TOK_NAME && str_is(p->tok.text, word);
}

static node *unexpected(struct parser *p)
{
	if (p->tok.kind == TOK_END)
		return fail(p, "rule.ends_early", p->tok);
	if (is_sign(p, '{') || is_sign(p, '}') || is_sign(p, ':') || is_sign(p, '?'))
		return fail(p, "rule.unsupported", p->tok);
	return fail(p, "rule.unexpected", p->tok);
}

static bool expect(struct parser *p, char sign)
{
	if (!is_sign(p, sign)) {
		unexpected(p);
		return false;
	}
	next(p);
	return !p->failed;
}

static bool expect_word(struct parser *p, const char *word)
{
	if (!is_word(p, word)) {
		if (p->tok.kind == TOK_END)
			fail(p, "rule.ends_early", p->tok);
		else if (!p->failed)
			fault_arg(p->c, complain(p, FAULT_ERROR, "rule.expected", p->tok.at, p->tok.end), 1, str_of(word));
		p->failed = true;
		return false;
	}
	next(p);
	return !p->failed;
}

static node *new_node(struct parser *p, enum rule_op op, uint32_t at)
{
	node *n = NEW(p->c->mem, node);
	n->op = (uint8_t)op;
	n->at = at;
	return n;
}

/* Keeps the tree as high as recursion over it can go. */
static void put_above(struct parser *p, node *n, const node *child)
{
	if (n->height <= child->height)
		n->height = child->height + 1;
	if (n->height > RULE_MAX_TERMS)
		fail(p, "rule.too_many_terms", p->tok);
}

/* A node that ends where its last part ends. */
static node *finish(struct parser *p, node *n, const node *last)
{
	n->end = last->end;
	put_above(p, n, last);
	return p->failed ? NULL : n;
}

static node *binary(struct parser *p, enum rule_op op, node *a, node *b)
{
	if (!a || !b)
		return NULL;
	node *n = new_node(p, op, a->at);
	n->a = a;
	n->b = b;
	put_above(p, n, a);
	return finish(p, n, b);
}

static node *literal(struct parser *p, val v, struct tok t)
{
	node *n = new_node(p, OP_LIT, t.at);
	n->end = t.end;
	n->lit = v;
	next(p);
	return p->failed ? NULL : n;
}

static bool text_of(struct parser *p, struct tok t, str *out)
{
	buf b;
	buf_init(&b, RULE_MAX_LENGTH * 4);
	bool ok = rule_unescape(t.text, &b);
	*out = arena_str(p->c->mem, buf_str(&b));
	buf_free(&b);
	if (!ok)
		fail(p, "rule.escape", t);
	return ok;
}

static node *text_literal(struct parser *p)
{
	str s;
	struct tok t = p->tok;
	return text_of(p, t, &s) ? literal(p, val_str(s), t) : NULL;
}

/* @"2026-01-31", @"P1D": a date or a duration (grammar rule 65). */
static node *at_literal(struct parser *p)
{
	str s;
	day d;
	val v;
	struct tok t = p->tok;
	if (!text_of(p, t, &s))
		return NULL;
	if (date_parse(s, &d))
		return literal(p, val_date(d), t);
	if (val_parse_duration(s, &v))
		return literal(p, v, t);
	return fail(p, "rule.at_literal", t);
}

static node *name_node(struct parser *p, str name, enum rule_part part, uint32_t at, uint32_t end)
{
	uint32_t slot;
	struct tok t = { .at = at, .end = end };
	if (!p->scope->find(p->scope->ctx, name, part, &slot))
		return fail(p, "rule.unknown_name", t);
	size_t i = 0;
	while (i < p->refs.n && !(p->refs.p[i].slot == slot && p->refs.p[i].part == part && str_eq(p->refs.p[i].name, name)))
		i++;
	if (i == p->refs.n)
		*VEC_PUSH(p->c->mem, &p->refs) = (struct rule_ref){
			.name = arena_str(p->c->mem, name), .part = part, .slot = slot, .offset = character(p, at)
		};
	node *n = new_node(p, OP_SLOT, at);
	n->end = end;
	n->slot = slot;
	n->ref = (uint32_t)i;
	return n;
}

static bool part_of(str word, enum rule_part from, enum rule_part *out)
{
	if (from == PART_VALUE)
		*out = str_is(word, "num")     ? PART_NUM
			: str_is(word, "den")  ? PART_DEN
			: str_is(word, "prev") ? PART_PREV
					       : PART_VALUE;
	else if (from == PART_PREV)
		*out = str_is(word, "num") ? PART_PREV_NUM : str_is(word, "den") ? PART_PREV_DEN : PART_VALUE;
	else
		*out = PART_VALUE;
	return *out != PART_VALUE;
}

static int prop_of(str word)
{
	static const char *const props[] = { "year", "month", "day", "weekday", "years", "months", "days", "hours", "minutes",
		"seconds" };
	for (int i = 0; i < (int)(sizeof props / sizeof props[0]); i++)
		if (str_is(word, props[i]))
			return i;
	return -1;
}

/* .num, .den, .prev behind a name belong to it; the other properties are asked of the value. */
static node *path(struct parser *p, node *n, str name, enum rule_part part)
{
	while (n && is_sign(p, '.')) {
		next(p);
		if (p->tok.kind != TOK_NAME)
			return unexpected(p);
		struct tok t = p->tok;
		enum rule_part more;
		int prop = prop_of(t.text);
		if (name.p && part_of(t.text, part, &more)) {
			part = more;
			n = name_node(p, name, part, n->at, t.end);
		} else if (prop >= 0) {
			node *of = new_node(p, OP_PROP, n->at);
			of->a = n;
			of->flags = (uint8_t)prop;
			of->end = t.end;
			put_above(p, of, n);
			n = of;
			name = (str){ 0 };
		} else {
			return fail(p, "rule.unknown_property", t);
		}
		next(p);
	}
	return p->failed ? NULL : n;
}

/* Where names may have dots, *t becomes the longest one that the scope knows. */
static void take_dotted(struct parser *p, struct tok *t)
{
	struct tok dot = p->tok, last = { .kind = TOK_END }, word;
	for (uint32_t slot; dot.kind == TOK_SIGN && dot.sign == '.'; dot = rule_lex(p->s, word.end)) {
		word = rule_lex(p->s, dot.end);
		if (word.kind != TOK_NAME)
			break;
		str whole = { p->s.p + t->at, word.end - t->at };
		if (p->scope->find(p->scope->ctx, whole, PART_VALUE, &slot)) {
			t->text = whole;
			t->end = word.end;
			last = word;
		}
	}
	if (last.kind == TOK_NAME) {
		p->tok = last;
		next(p);
	}
}

/* A name, or with it a property. A measure that only appears as X.prev is not read as X. */
static node *name_or_path(struct parser *p, struct tok t)
{
	if (p->scope->dotted && is_sign(p, '.'))
		take_dotted(p, &t);
	if (!is_sign(p, '.'))
		return name_node(p, t.text, PART_VALUE, t.at, t.end);
	struct tok ahead = rule_lex(p->s, p->tok.end);
	enum rule_part part;
	if (ahead.kind != TOK_NAME || !part_of(ahead.text, PART_VALUE, &part))
		return path(p, name_node(p, t.text, PART_VALUE, t.at, t.end), (str){ 0 }, PART_VALUE);
	next(p);
	struct tok dot = rule_lex(p->s, p->tok.end);
	struct tok second = dot.kind == TOK_SIGN && dot.sign == '.' ? rule_lex(p->s, dot.end) : dot;
	enum rule_part deeper;
	if (part == PART_PREV && second.kind == TOK_NAME && dot.kind == TOK_SIGN && part_of(second.text, PART_PREV, &deeper)) {
		next(p);
		next(p);
		part = deeper;
	}
	node *n = name_node(p, t.text, part, t.at, p->tok.end);
	next(p);
	return path(p, n, (str){ 0 }, part);
}

/* events(X). */
static node *events_call(struct parser *p, uint32_t at)
{
	if (p->tok.kind != TOK_NAME)
		return fail(p, "rule.events_name", p->tok);
	str name = p->tok.text;
	next(p);
	uint32_t end = p->tok.end;
	return expect(p, ')') ? name_node(p, name, PART_EVENTS, at, end) : NULL;
}

struct args {
	VEC(node *) list;
};

/* Positional or named arguments up to the ')'. Named ones are put in the order of the parameters; *known false: such a name does not exist. */
static bool arguments(struct parser *p, const struct rule_fn *fn, struct args *args, bool *known);

static bool named_argument(struct parser *p, const struct rule_fn *fn, struct args *args, bool *known)
{
	str want = { 0 }, params = str_of(fn->params), one, name;
	uint32_t from = p->tok.at;
	while (p->tok.kind == TOK_NAME)
		want = (str){ p->s.p + from, p->tok.end - from }, next(p);
	if (!expect(p, ':'))
		return false;
	node *value = expression(p);
	if (!value)
		return false;
	size_t index = 0;
	for (*known = false; str_next(&params, ',', &one); index++) {
		one = str_trim(one);
		while (one.len && (one.p[one.len - 1] == '?' || one.p[one.len - 1] == '.'))
			one.len--;
		while (!*known && str_next(&one, '|', &name)) /* "from | year" */
			*known = str_eq(str_trim(name), want);
		if (*known)
			break;
	}
	if (!*known)
		return true;
	while (args->list.n <= index)
		*VEC_PUSH(p->c->mem, &args->list) = NULL;
	args->list.p[index] = value;
	return true;
}

static bool is_named(struct parser *p)
{
	struct tok t = p->tok;
	if (t.kind != TOK_NAME)
		return false;
	while (t.kind == TOK_NAME)
		t = rule_lex(p->s, t.end);
	return t.kind == TOK_SIGN && t.sign == ':';
}

static bool arguments(struct parser *p, const struct rule_fn *fn, struct args *args, bool *known)
{
	*known = true;
	if (is_sign(p, ')'))
		return expect(p, ')');
	bool named = is_named(p);
	do {
		bool ok = true;
		if (named && !named_argument(p, fn, args, &ok))
			return false;
		*known = *known && ok;
		if (!named) {
			node *a = expression(p);
			if (!a)
				return false;
			*VEC_PUSH(p->c->mem, &args->list) = a;
		}
		if (!is_sign(p, ','))
			break;
		next(p);
	} while (!p->failed);
	return expect(p, ')');
}

/* A call whose arguments do not fit is null by the standard; an author wants to know. */
static node *misfit(struct parser *p, struct tok name, uint32_t end, const struct rule_fn *fn)
{
	fault *f = complain(p, FAULT_WARNING, "rule.arguments", name.at, end);
	fault_arg(p->c, f, 1, str_of(fn->name));
	fault_arg(p->c, f, 2, str_of(fn->params));
	node *n = new_node(p, OP_LIT, name.at);
	n->end = end;
	n->lit = VAL_NONE;
	return n;
}

static bool fits(const struct rule_fn *fn, const struct args *args)
{
	if (args->list.n < fn->min_args || (fn->max_args != 255 && args->list.n > fn->max_args))
		return false;
	return fn != &rule_fns[rule_fn_find(STR("date"))] || args->list.n != 2;
}

static node *call(struct parser *p, struct tok name)
{
	bool known;
	struct args args = { 0 };
	next(p); /* ( */
	if (p->failed)
		return NULL;
	if (str_is(name.text, "events"))
		return events_call(p, name.at);
	int fn = rule_fn_find(name.text);
	if (fn < 0)
		return fail(p, rule_fn_unsupported(name.text) ? "rule.unsupported_function" : "rule.unknown_function", name);
	uint32_t end;
	const struct rule_fn *f = &rule_fns[fn];
	if (!arguments(p, f, &args, &known))
		return NULL;
	/* The ')' was the token before the current one. */
	for (end = p->tok.at; end > name.end && p->s.p[end - 1] != ')';)
		end--;
	if (!known || !fits(f, &args))
		return misfit(p, name, end, f);
	node *n = new_node(p, OP_CALL, name.at);
	for (size_t i = 0; i < args.list.n; i++)
		if (!args.list.p[i]) {
			node *none = new_node(p, OP_LIT, name.at);
			none->end = name.at;
			args.list.p[i] = none;
		}
	for (size_t i = 0; i < args.list.n; i++)
		put_above(p, n, args.list.p[i]);
	n->fn = (uint16_t)fn;
	n->n = (uint32_t)args.list.n;
	n->args = args.list.p;
	n->end = end;
	return p->failed ? NULL : n;
}

/* Reads further words while they may belong to the name of a function, and a '(' follows: "round half up (". */
static bool function_name(struct parser *p, struct tok *name)
{
	struct tok last = p->tok, behind = rule_lex(p->s, last.end);
	char words[64];
	size_t len = last.text.len;
	if (len >= sizeof words)
		return behind.kind == TOK_SIGN && behind.sign == '(' && (*name = last, true);
	memcpy(words, last.text.p, len);
	while (behind.kind == TOK_NAME && len + 1 + behind.text.len < sizeof words && rule_fn_prefix((str){ words, len })) {
		words[len++] = ' ';
		memcpy(words + len, behind.text.p, behind.text.len);
		len += behind.text.len;
		last = behind;
		behind = rule_lex(p->s, last.end);
	}
	if (behind.kind != TOK_SIGN || behind.sign != '(')
		return false;
	*name = p->tok;
	name->end = last.end;
	name->text = arena_str(p->c->mem, (str){ words, len });
	p->tok = last;
	next(p);
	return true;
}

static bool is_keyword(str s)
{
	static const char *const words[] = { "then", "else", "and", "or", "between", "in", "return", "satisfies", "instance",
		"of" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_is(s, words[i]))
			return true;
	return false;
}

static bool is_left_out(str s)
{
	static const char *const words[] = { "for", "some", "every", "function", "external" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_is(s, words[i]))
			return true;
	return false;
}

static node *word(struct parser *p)
{
	struct tok t = p->tok;
	if (str_is(t.text, "true") || str_is(t.text, "false"))
		return literal(p, val_bool(t.text.p[0] == 't'), t);
	if (str_is(t.text, "null"))
		return literal(p, VAL_NONE, t);
	if (str_is(t.text, "if"))
		return expression(p);
	if (is_keyword(t.text))
		return unexpected(p);
	if (is_left_out(t.text))
		return fail(p, "rule.unsupported", t);
	if (function_name(p, &t)) {
		node *n = call(p, t);
		return n ? path(p, n, (str){ 0 }, PART_VALUE) : NULL;
	}
	next(p);
	return p->failed ? NULL : name_or_path(p, t);
}

static bool deeper(struct parser *p)
{
	if (++p->depth <= RULE_MAX_DEPTH)
		return true;
	fail(p, "rule.too_deep", p->tok);
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
	node *n = new_node(p, OP_RANGE, at);
	n->a = lo;
	n->b = hi;
	if (lo)
		put_above(p, n, lo);
	if (hi)
		put_above(p, n, hi);
	n->flags = (uint8_t)flags;
	n->end = p->tok.end;
	return n;
}

/* Behind the first end of an interval, at the "..". */
static node *interval(struct parser *p, uint32_t at, node *lo, bool lo_closed)
{
	next(p);
	node *hi = inner_sum(p);
	if (!hi)
		return NULL;
	bool closed = is_sign(p, ']');
	if (!closed && !is_sign(p, ')') && !is_sign(p, '['))
		return unexpected(p);
	node *n = range(p, at, lo, hi, RANGE_LO | RANGE_HI | (lo_closed ? RANGE_LO_CLOSED : 0) | (closed ? RANGE_HI_CLOSED : 0));
	next(p);
	return p->failed ? NULL : n;
}

/* The unary tests < e, <= e, > e, >= e, = e, != e. */
static node *unary_test(struct parser *p)
{
	uint32_t at = p->tok.at;
	char sign = p->tok.sign;
	next(p);
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
	node *n = new_node(p, OP_LIST, at);
	n->n = (uint32_t)items->list.n;
	n->args = items->list.p;
	n->end = p->tok.end;
	for (size_t i = 0; i < items->list.n; i++)
		put_above(p, n, items->list.p[i]);
	next(p); /* the closing sign */
	return p->failed ? NULL : n;
}

/* [1, 2] or [1..2]. */
static node *bracket(struct parser *p)
{
	uint32_t at = p->tok.at;
	struct args items = { 0 };
	next(p);
	while (!p->failed && !is_sign(p, ']')) {
		node *e = at_unary_test(p) ? unary_test(p) : expression(p);
		if (e && items.list.n == 0 && is_sign(p, SIGN_DOTS))
			return interval(p, at, e, true);
		if (!e)
			return NULL;
		*VEC_PUSH(p->c->mem, &items.list) = e;
		if (!is_sign(p, ','))
			break;
		next(p);
		if (is_sign(p, ']'))
			return unexpected(p);
	}
	if (p->failed || !is_sign(p, ']'))
		return p->failed ? NULL : unexpected(p);
	return list_node(p, at, &items);
}

/* ( e ), ( a..b ), and behind `in` also ( test, test, … ). */
static node *parenthesis(struct parser *p, bool tests)
{
	uint32_t at = p->tok.at;
	struct args items = { 0 };
	next(p);
	while (!p->failed) {
		node *e = at_unary_test(p) ? unary_test(p) : expression(p);
		if (!e)
			return NULL;
		if (items.list.n == 0 && is_sign(p, SIGN_DOTS))
			return interval(p, at, e, false);
		*VEC_PUSH(p->c->mem, &items.list) = e;
		if (!tests || !is_sign(p, ','))
			break;
		next(p);
	}
	if (p->failed || !is_sign(p, ')'))
		return p->failed ? NULL : unexpected(p);
	if (items.list.n > 1)
		return list_node(p, at, &items);
	next(p);
	return p->failed ? NULL : items.list.p[0];
}

static node *primary(struct parser *p)
{
	if (p->failed)
		return NULL;
	switch (p->tok.kind) {
	case TOK_NUMBER: return literal(p, val_num(p->tok.num), p->tok);
	case TOK_STRING: return text_literal(p);
	case TOK_AT: {
		node *n = at_literal(p);
		return n ? path(p, n, (str){ 0 }, PART_VALUE) : NULL;
	}
	case TOK_NAME: return word(p);
	case TOK_SIGN:
		if (is_sign(p, '(')) {
			node *n = parenthesis(p, false);
			return n ? path(p, n, (str){ 0 }, PART_VALUE) : NULL;
		}
		if (is_sign(p, '['))
			return bracket(p);
		if (is_sign(p, ']')) {
			uint32_t at = p->tok.at;
			next(p);
			node *lo = inner_sum(p);
			return !lo ? NULL : is_sign(p, SIGN_DOTS) ? interval(p, at, lo, false) : unexpected(p);
		}
		if (at_unary_test(p) && p->tok.sign != '=' && p->tok.sign != SIGN_NE)
			return unary_test(p);
		break;
	default: break;
	}
	return unexpected(p);
}

static node *unary(struct parser *p)
{
	if (!is_sign(p, '-'))
		return primary(p);
	uint32_t at = p->tok.at;
	next(p);
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
	node *n = new_node(p, OP_NEG, at);
	n->a = a;
	return finish(p, n, a);
}

static node *power(struct parser *p)
{
	node *a = unary(p);
	while (a && is_sign(p, SIGN_POWER)) {
		next(p);
		a = binary(p, OP_POW, a, unary(p));
	}
	return a;
}

static node *term(struct parser *p)
{
	node *a = power(p);
	while (a && (is_sign(p, '*') || is_sign(p, '/'))) {
		enum rule_op op = p->tok.sign == '*' ? OP_MUL : OP_DIV;
		next(p);
		a = binary(p, op, a, power(p));
	}
	return a;
}

static node *sum(struct parser *p)
{
	node *a = term(p);
	while (a && (is_sign(p, '+') || is_sign(p, '-'))) {
		enum rule_op op = p->tok.sign == '+' ? OP_ADD : OP_SUB;
		next(p);
		a = binary(p, op, a, term(p));
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
	next(p);
	node *lo = p->failed ? NULL : sum(p);
	if (!lo || !expect_word(p, "and"))
		return NULL;
	node *hi = sum(p);
	if (!hi)
		return NULL;
	node *n = new_node(p, OP_BETWEEN, a->at);
	n->a = a;
	n->b = lo;
	n->c = hi;
	put_above(p, n, a);
	put_above(p, n, lo);
	return finish(p, n, hi);
}

static node *membership(struct parser *p, node *a)
{
	next(p);
	if (p->failed)
		return NULL;
	uint32_t from = p->tok.at;
	node *test = is_sign(p, '(') ? parenthesis(p, true) : at_unary_test(p) ? unary_test(p) : sum(p);
	node *n = binary(p, OP_IN, a, test);
	if (n && is_word(p, "in"))
		return unexpected(p);
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
		if (is_sign(p, ops[i].sign)) {
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
	if (is_word(p, "between"))
		a = between(p, a);
	else if (is_word(p, "in"))
		a = membership(p, a);
	else if (comparison_op(p, &op)) {
		next(p);
		if (at_unary_test(p)) /* <>, =>: x < (> 1) would always be null */
			return unexpected(p);
		node *b = p->failed ? NULL : sum(p);
		if (b && (op == OP_EQ || op == OP_NE)) {
			note_null_test(p, a, b);
			note_null_test(p, b, a);
		}
		a = binary(p, op, a, b);
	}
	/* a < b < c would compare a truth with a number: null. Nobody means that. */
	if (a && (comparison_op(p, &op) || is_word(p, "between")))
		return fail(p, "rule.chained", p->tok);
	if (a && is_word(p, "instance"))
		return fail(p, "rule.unsupported", p->tok);
	return a;
}

static node *conjunction(struct parser *p)
{
	node *a = comparison(p);
	while (a && is_word(p, "and")) {
		next(p);
		a = binary(p, OP_AND, a, comparison(p));
	}
	return a;
}

static node *disjunction(struct parser *p)
{
	node *a = conjunction(p);
	while (a && is_word(p, "or")) {
		next(p);
		a = binary(p, OP_OR, a, conjunction(p));
	}
	return a;
}

static node *conditional(struct parser *p)
{
	uint32_t at = p->tok.at;
	next(p);
	node *a = p->failed ? NULL : expression(p);
	if (!a || !expect_word(p, "then"))
		return NULL;
	node *b = expression(p);
	if (!b || !expect_word(p, "else"))
		return NULL;
	node *c = expression(p);
	if (!c)
		return NULL;
	node *n = new_node(p, OP_IF, at);
	n->a = a;
	n->b = b;
	n->c = c;
	put_above(p, n, a);
	put_above(p, n, b);
	return finish(p, n, c);
}

static node *expression(struct parser *p)
{
	if (p->failed || !deeper(p))
		return NULL;
	node *n = is_word(p, "if") ? conditional(p) : disjunction(p);
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
	next(&p);
	node *root = expression(&p);
	if (root && p.tok.kind != TOK_END)
		root = fail(&p, is_sign(&p, '[') ? "rule.unsupported" : "rule.unexpected", p.tok);
	if (!root || p.failed)
		return ERR_INPUT;
	rule *r = NEW(c->mem, rule);
	*r = (rule){ .text = p.s, .root = root, .refs = p.refs.p, .n_refs = p.refs.n };
	*out = r;
	return ERR_OK;
}
