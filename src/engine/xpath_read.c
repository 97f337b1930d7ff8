/* XPath as rules: what the conditions of forms made elsewhere say. */
#include "base/vn.h"
#include "engine/xpath.h"

enum { MAX_DEPTH = 60, MAX_ARGS = 8 };

enum kind { X_NUM, X_STR, X_ITEM, X_CALL, X_BINARY, X_NEG };
enum token { T_END, T_NUM, T_STR, T_NAME, T_ITEM, T_DOT, T_OP };

struct xp {
	enum kind kind;
	str text; /* number, text, function, operator */
	struct xpath_item item;
	struct xp *arg[MAX_ARGS];
	size_t n;
	size_t at;
};

struct reader {
	const struct xpath_in *in;
	str text;
	size_t p; /* behind the token */
	enum token token;
	str word;
	size_t at;
	int depth, terms;
	bool bad;
};

static void complain_at(struct reader *r, const char *key, str value, size_t at, str what)
{
	place where = r->in->at;
	where.offset = (int64_t)vn_length((str){ r->text.p, at }) + 1;
	if (!r->bad)
		fault_arg(r->in->c, cx_fault(r->in->c, FAULT_ERROR, key, where, value), 1, what);
	r->bad = true;
}

/* ---- tokens ---- */

static bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }
static bool is_letter(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_'; }

static size_t take(struct reader *r, enum token t, size_t n)
{
	r->token = t;
	r->word = (str){ r->text.p + r->p, n };
	r->p += n;
	return n;
}

static void next_number(struct reader *r)
{
	size_t n = 0, left = r->text.len - r->p;
	while (n < left && (is_digit(r->text.p[r->p + n]) || r->text.p[r->p + n] == '.'))
		n++;
	take(r, T_NUM, n);
}

static void next_item(struct reader *r)
{
	const char *p = r->text.p + r->p, *end = memchr(p, '}', r->text.len - r->p);
	if (!end) {
		take(r, T_OP, 2);
		return;
	}
	str whole = { p, (size_t)(end - p) + 1 };
	take(r, T_ITEM, whole.len);
	r->word = str_trim((str){ p + 2, whole.len - 3 });
}

static void next_text(struct reader *r)
{
	const char *p = r->text.p + r->p, *end = memchr(p + 1, *p, r->text.len - r->p - 1);
	if (!end) {
		take(r, T_OP, 1);
		return;
	}
	take(r, T_STR, (size_t)(end - p) + 1);
	r->word = (str){ p + 1, (size_t)(end - p) - 1 };
}

static void next_name(struct reader *r)
{
	size_t n = 0, left = r->text.len - r->p;
	while (n < left && (is_letter(r->text.p[r->p + n]) || is_digit(r->text.p[r->p + n]) || r->text.p[r->p + n] == '-' || r->text.p[r->p + n] == ':'))
		n++;
	take(r, T_NAME, n);
}

static void next(struct reader *r)
{
	while (r->p < r->text.len && strchr(" \t\r\n", r->text.p[r->p]))
		r->p++;
	r->at = r->p;
	if (r->p == r->text.len) {
		take(r, T_END, 0);
		return;
	}
	char ch = r->text.p[r->p], after = r->p + 1 < r->text.len ? r->text.p[r->p + 1] : 0;
	if (is_digit(ch) || (ch == '.' && is_digit(after)))
		next_number(r);
	else if (ch == '$' && after == '{')
		next_item(r);
	else if (ch == '\'' || ch == '"')
		next_text(r);
	else if (is_letter(ch))
		next_name(r);
	else if (ch == '.' && after != '.' && after != '/')
		take(r, T_DOT, 1);
	else
		take(r, T_OP, (ch == '!' || ch == '<' || ch == '>') && after == '=' ? 2 : 1);
}

static bool is_word(const struct reader *r, const char *z)
{
	return (r->token == T_OP || r->token == T_NAME) && str_is(r->word, z);
}

/* ---- grammar ---- */

static struct xp *new_xp(struct reader *r, enum kind kind)
{
	struct xp *x = NEW(r->in->c->mem, struct xp);
	x->kind = kind;
	x->text = r->word;
	x->at = r->at;
	return x;
}

static struct xp *syntax(struct reader *r)
{
	complain_at(r, "xpath.syntax", r->text, r->at, r->word);
	return new_xp(r, X_NUM);
}

static struct xp *read_level(struct reader *r, int level);

static struct xp *read_call(struct reader *r)
{
	struct xp *x = new_xp(r, X_CALL);
	next(r);
	if (!is_word(r, "("))
		return syntax(r);
	next(r);
	while (!is_word(r, ")") && !r->bad) {
		if (x->n == MAX_ARGS)
			return syntax(r);
		x->arg[x->n++] = read_level(r, 0);
		if (!is_word(r, ","))
			break;
		next(r);
	}
	if (!is_word(r, ")"))
		return syntax(r);
	next(r);
	return x;
}

static struct xp *read_item(struct reader *r)
{
	struct xp *x = new_xp(r, X_ITEM);
	const struct xpath_item *self = r->in->self;
	if (r->token == T_DOT && self)
		x->item = *self;
	else if (r->token == T_DOT || !r->in->find(r->in->ctx, r->word, &x->item))
		complain_at(r, "xpath.unknown", r->word, r->at, (str){ 0 });
	next(r);
	return x;
}

static struct xp *read_primary(struct reader *r)
{
	struct xp *x;
	if (++r->depth > MAX_DEPTH) {
		complain_at(r, "xpath.deep", r->text, r->at, (str){ 0 });
		return new_xp(r, X_NUM);
	}
	if (r->token == T_NUM || r->token == T_STR) {
		dec d;
		x = new_xp(r, r->token == T_NUM ? X_NUM : X_STR);
		if (r->token == T_NUM && !dec_parse(r->word, &d))
			syntax(r);
		next(r);
	} else if (r->token == T_ITEM || r->token == T_DOT) {
		x = read_item(r);
	} else if (is_word(r, "(")) {
		next(r);
		x = read_level(r, 0);
		if (!is_word(r, ")"))
			syntax(r);
		next(r);
	} else if (is_word(r, "-")) {
		x = new_xp(r, X_NEG);
		next(r);
		x->arg[x->n++] = read_primary(r);
	} else {
		x = r->token == T_NAME ? read_call(r) : syntax(r);
	}
	r->depth--;
	return x;
}

/* Operators from the loosest to the tightest. */
static const char *const levels[][5] = { { "or", NULL }, { "and", NULL }, { "=", "!=", NULL }, { "<", "<=", ">", ">=", NULL }, { "+", "-", NULL },
	{ "*", "div", "mod", NULL } };
enum { LEVELS = sizeof levels / sizeof levels[0] };

static bool is_of_level(const struct reader *r, int level)
{
	for (const char *const *op = levels[level]; *op; op++)
		if (is_word(r, *op))
			return true;
	return false;
}

static struct xp *read_level(struct reader *r, int level)
{
	if (level == LEVELS)
		return read_primary(r);
	struct xp *left = read_level(r, level + 1);
	while (!r->bad && is_of_level(r, level)) {
		struct xp *x = new_xp(r, X_BINARY);
		if (++r->terms > RULE_MAX_TERMS) { /* what walks over the tree goes down the left sides by recursion */
			complain_at(r, "xpath.deep", r->text, r->at, (str){ 0 });
			return left;
		}
		next(r);
		x->arg[0] = left;
		x->arg[1] = read_level(r, level + 1);
		x->n = 2;
		left = x;
	}
	return left;
}

/* ---- as a rule ---- */

struct printer {
	struct reader *r;
	buf *b;
};

static void put(struct printer *p, const struct xp *x);

static bool is_choice(const struct xp *x)
{
	return x->kind == X_ITEM && (x->item.kind == ASK_SINGLE || x->item.kind == ASK_SCALE || x->item.kind == ASK_MULTIPLE);
}

/* A literal as the item it is compared with has its values. */
static void put_like(struct printer *p, const struct xp *x, const struct xp *other)
{
	dec d;
	day on;
	bool literal = x->kind == X_STR || x->kind == X_NUM;
	if (!literal || !other || other->kind != X_ITEM)
		put(p, x);
	else if (is_choice(other) ? other->item.numbers && dec_parse(x->text, &d) : other->item.kind == ASK_NUMBER && dec_parse(x->text, &d))
		buf_add(p->b, x->text);
	else if (other->item.kind == ASK_DATE && date_parse(x->text, &on))
		buf_printf(p->b, "date(\"%.*s\")", STR_ARG(x->text));
	else
		val_text(p->b, val_str(x->text));
}

static void wrong_function(struct printer *p, const struct xp *x)
{
	complain_at(p->r, "xpath.function", x->text, x->at, (str){ 0 });
}

static bool is_call(const struct xp *x, const char *name, size_t n)
{
	return x->kind == X_CALL && str_is(x->text, name) && x->n == n;
}

static void put_selected(struct printer *p, const struct xp *x)
{
	const struct xp *item = x->arg[0], *what = x->arg[1];
	if (!is_choice(item) || what->kind > X_STR) {
		wrong_function(p, x);
		return;
	}
	bool several = item->item.kind == ASK_MULTIPLE;
	buf_printf(p->b, several ? "list contains(%.*s, " : "%.*s = ", STR_ARG(item->item.name));
	put_like(p, what, item);
	buf_addz(p->b, several ? ")" : "");
}

/* Where nothing was answered, not(selected()) is true in XPath; not(list contains()) is neither. */
static void put_not(struct printer *p, const struct xp *x)
{
	const struct xp *of = x->arg[0];
	bool ticks = is_call(of, "selected", 2) && of->arg[0]->kind == X_ITEM && of->arg[0]->item.kind == ASK_MULTIPLE;
	if (ticks)
		buf_printf(p->b, "(%.*s = null or ", STR_ARG(of->arg[0]->item.name));
	buf_addz(p->b, "not(");
	put(p, of);
	buf_addz(p->b, ticks ? "))" : ")");
}

static const struct {
	const char *name, *rule;
	size_t n;
} functions[] = { { "count-selected", "count", 1 }, { "string-length", "string length", 1 }, { "contains", "contains", 2 },
	{ "starts-with", "starts with", 2 }, { "ends-with", "ends with", 2 }, { "int", "floor", 1 }, { "abs", "abs", 1 } };

static void put_named(struct printer *p, const struct xp *x)
{
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
		if (is_call(x, functions[i].name, functions[i].n)) {
			buf_printf(p->b, "%s(", functions[i].rule);
			for (size_t k = 0; k < x->n; k++) {
				if (k)
					buf_addz(p->b, ", ");
				put(p, x->arg[k]);
			}
			buf_char(p->b, ')');
			return;
		}
	wrong_function(p, x);
}

static void put_call(struct printer *p, const struct xp *x)
{
	day on;
	if (is_call(x, "true", 0) || is_call(x, "false", 0))
		buf_add(p->b, x->text);
	else if (is_call(x, "today", 0))
		buf_addz(p->b, "today()");
	else if (is_call(x, "not", 1))
		put_not(p, x);
	else if (is_call(x, "selected", 2))
		put_selected(p, x);
	else if (is_call(x, "number", 1) && x->arg[0]->kind == X_ITEM)
		put(p, x->arg[0]);
	else if (is_call(x, "date", 1) && x->arg[0]->kind == X_STR && date_parse(x->arg[0]->text, &on))
		buf_printf(p->b, "date(\"%.*s\")", STR_ARG(x->arg[0]->text));
	else if (is_call(x, "if", 3)) {
		buf_addz(p->b, "if ");
		put(p, x->arg[0]);
		buf_addz(p->b, " then ");
		put(p, x->arg[1]);
		buf_addz(p->b, " else ");
		put(p, x->arg[2]);
	} else
		put_named(p, x);
}

static bool is_empty_text(const struct xp *x)
{
	return x->kind == X_STR && !x->text.len;
}

static bool is_equal(const struct xp *x)
{
	return str_is(x->text, "=") || str_is(x->text, "!=");
}

/* "Something was answered" in its usual spellings; false: another comparison. */
static bool put_answered(struct printer *p, const struct xp *x)
{
	const struct xp *a = x->arg[0], *b = x->arg[1];
	bool length = is_call(a, "string-length", 1) && a->arg[0]->kind == X_ITEM && b->kind == X_NUM && str_is(b->text, "0");
	if (length && !is_equal(x) && !str_is(x->text, ">"))
		return false;
	if (!length && (!is_equal(x) || !(a->kind == X_ITEM && is_empty_text(b))))
		return false;
	const struct xp *item = length ? a->arg[0] : a;
	buf_printf(p->b, "%.*s %s null", STR_ARG(item->item.name), str_is(x->text, "=") ? "=" : "!=");
	return true;
}

enum { LEVEL_COMPARES = 2, LEVEL_TIGHT = LEVELS };

static int level_of(const struct xp *x)
{
	if (is_call(x, "if", 3))
		return -1;
	if (x->kind != X_BINARY || str_is(x->text, "mod"))
		return LEVEL_TIGHT;
	int level = 0;
	for (; level < LEVELS; level++)
		for (const char *const *op = levels[level]; *op; op++)
			if (str_is(x->text, *op))
				return level == LEVEL_COMPARES + 1 ? LEVEL_COMPARES : level; /* rules compare once */
	return level;
}

static void put_side(struct printer *p, const struct xp *x, const struct xp *other, const struct xp *of)
{
	int level = level_of(x), outer = level_of(of);
	bool wrap = level < outer || (level == outer && (of->arg[1] == x || outer == LEVEL_COMPARES));
	if (wrap)
		buf_char(p->b, '(');
	put_like(p, x, other);
	if (wrap)
		buf_char(p->b, ')');
}

static void put_binary(struct printer *p, const struct xp *x)
{
	const struct xp *a = x->arg[0], *b = x->arg[1];
	bool several = (a->kind == X_ITEM && a->item.kind == ASK_MULTIPLE) || (b->kind == X_ITEM && b->item.kind == ASK_MULTIPLE);
	if (put_answered(p, x))
		return;
	if (several) {
		complain_at(p->r, "xpath.several", a->kind == X_ITEM ? a->item.name : b->item.name, x->at, (str){ 0 });
		return;
	}
	if (str_is(x->text, "mod")) {
		buf_addz(p->b, "modulo(");
		put(p, a);
		buf_addz(p->b, ", ");
		put(p, b);
		buf_char(p->b, ')');
		return;
	}
	put_side(p, a, b, x);
	buf_printf(p->b, " %.*s ", STR_ARG(str_is(x->text, "div") ? STR("/") : x->text));
	put_side(p, b, a, x);
}

static void put(struct printer *p, const struct xp *x)
{
	switch (x->kind) {
	case X_NUM: buf_add(p->b, x->text); break;
	case X_STR: val_text(p->b, val_str(x->text)); break;
	case X_ITEM: buf_add(p->b, x->item.name); break;
	case X_NEG:
		buf_addz(p->b, x->arg[0]->kind == X_NUM ? "-" : "-(");
		put(p, x->arg[0]);
		buf_addz(p->b, x->arg[0]->kind == X_NUM ? "" : ")");
		break;
	case X_CALL: put_call(p, x); break;
	case X_BINARY: put_binary(p, x); break;
	}
}

/* ---- bounds ---- */

static bool is_self(const struct reader *r, const struct xp *x)
{
	return x->kind == X_ITEM && r->in->self && str_eq(x->item.name, r->in->self->name);
}

/* What min and max count: the value of a number, the characters of a text, the ticks of a choice. */
static bool is_counted(const struct reader *r, const struct xp *x)
{
	enum question_kind k = r->in->self->kind;
	if (k == ASK_NUMBER)
		return is_self(r, x);
	return (k == ASK_TEXT ? is_call(x, "string-length", 1) : k == ASK_MULTIPLE && is_call(x, "count-selected", 1)) && is_self(r, x->arg[0]);
}

static bool take_bound(const struct reader *r, const struct xp *x, struct xpath_bounds *out)
{
	bool low = str_is(x->text, ">="), high = str_is(x->text, "<=");
	if (x->kind != X_BINARY || (!low && !high) || x->arg[1]->kind != X_NUM || !is_counted(r, x->arg[0]) || (low ? out->has_min : out->has_max))
		return false;
	dec_parse(x->arg[1]->text, low ? &out->min : &out->max);
	*(low ? &out->has_min : &out->has_max) = true;
	return true;
}

/* not(selected(., 'x') and count-selected(.) > 1) */
static bool take_alone(const struct reader *r, const struct xp *x, struct xpath_bounds *out)
{
	const struct xp *both = is_call(x, "not", 1) ? x->arg[0] : NULL;
	if (!both || both->kind != X_BINARY || !str_is(both->text, "and") || out->n_alone == sizeof out->alone / sizeof out->alone[0])
		return false;
	const struct xp *what = both->arg[0], *count = both->arg[1];
	if (!is_call(what, "selected", 2) || !is_self(r, what->arg[0]) || what->arg[1]->kind > X_STR)
		return false;
	if (count->kind != X_BINARY || !str_is(count->text, ">") || !is_call(count->arg[0], "count-selected", 1) || !is_self(r, count->arg[0]->arg[0])
		|| count->arg[1]->kind != X_NUM || !str_is(count->arg[1]->text, "1"))
		return false;
	out->alone[out->n_alone++] = what->arg[1]->text;
	return true;
}

/* The parts joined by "and", without those that are bounds. NULL: nothing is left. */
static struct xp *without_bounds(struct reader *r, struct xp *x, struct xpath_bounds *out)
{
	if (x->kind == X_BINARY && str_is(x->text, "and")) {
		struct xp *a = without_bounds(r, x->arg[0], out), *b = without_bounds(r, x->arg[1], out);
		x->arg[0] = a;
		x->arg[1] = b;
		return !a ? b : !b ? a : x;
	}
	return take_bound(r, x, out) || take_alone(r, x, out) ? NULL : x;
}

enum err xpath_read(const struct xpath_in *in, str text, struct xpath_bounds *bounds, str *out)
{
	struct reader r = { .in = in, .text = text };
	buf b;
	*out = STR("");
	next(&r);
	struct xp *x = read_level(&r, 0);
	if (r.token != T_END && !r.bad)
		syntax(&r);
	if (r.bad)
		return ERR_INPUT;
	if (bounds)
		*bounds = (struct xpath_bounds){ 0 };
	if (bounds && in->self)
		x = without_bounds(&r, x, bounds);
	buf_init(&b, RULE_MAX_LENGTH);
	struct printer p = { &r, &b };
	if (x)
		put(&p, x);
	if (!r.bad && buf_full(&b))
		complain_at(&r, "xpath.deep", text, 0, (str){ 0 });
	if (!r.bad) /* half an expression would be a fault of its own */
		*out = arena_str(in->c->mem, buf_str(&b));
	buf_free(&b);
	return r.bad ? ERR_INPUT : ERR_OK;
}
