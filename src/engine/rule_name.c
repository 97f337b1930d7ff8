/* What a rule is made of: literals, names with their parts, properties, calls of functions. */
#include "engine/rule_parser.h"

typedef struct rule_node node;

node *parser_literal(struct parser *p, val v, struct tok t)
{
	node *n = parser_node(p, OP_LIT, t.at);
	n->end = t.end;
	n->lit = v;
	parser_next(p);
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
		parser_fail(p, "rule.escape", t);
	return ok;
}

node *parser_text(struct parser *p)
{
	str s;
	struct tok t = p->tok;
	return text_of(p, t, &s) ? parser_literal(p, val_str(s), t) : NULL;
}

/* @"2026-01-31", @"P1D": a date or a duration (grammar rule 65). */
node *parser_at_literal(struct parser *p)
{
	str s;
	day d;
	val v;
	struct tok t = p->tok;
	if (!text_of(p, t, &s))
		return NULL;
	if (date_parse(s, &d))
		return parser_literal(p, val_date(d), t);
	if (val_parse_duration(s, &v))
		return parser_literal(p, v, t);
	return parser_fail(p, "rule.at_literal", t);
}

static node *name_node(struct parser *p, str name, enum rule_part part, uint32_t at, uint32_t end)
{
	uint32_t slot;
	struct tok t = { .at = at, .end = end };
	if (!p->scope->find(p->scope->ctx, name, part, &slot))
		return parser_fail(p, "rule.unknown_name", t);
	size_t i = 0;
	while (i < p->refs.n && !(p->refs.p[i].slot == slot && p->refs.p[i].part == part && str_eq(p->refs.p[i].name, name)))
		i++;
	if (i == p->refs.n)
		*VEC_PUSH(p->c->mem, &p->refs) = (struct rule_ref){
			.name = arena_str(p->c->mem, name), .part = part, .slot = slot, .offset = parser_character(p, at)
		};
	node *n = parser_node(p, OP_SLOT, at);
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
node *parser_path(struct parser *p, node *n, str name, enum rule_part part)
{
	while (n && parser_at(p, '.')) {
		parser_next(p);
		if (p->tok.kind != TOK_NAME)
			return parser_unexpected(p);
		struct tok t = p->tok;
		enum rule_part more;
		int prop = prop_of(t.text);
		if (name.p && part_of(t.text, part, &more)) {
			part = more;
			n = name_node(p, name, part, n->at, t.end);
		} else if (prop >= 0) {
			node *of = parser_node(p, OP_PROP, n->at);
			of->a = n;
			of->flags = (uint8_t)prop;
			of->end = t.end;
			parser_put_above(p, of, n);
			n = of;
			name = (str){ 0 };
		} else {
			return parser_fail(p, "rule.unknown_property", t);
		}
		parser_next(p);
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
		parser_next(p);
	}
}

/* A name, or with it a property. A measure that only appears as X.prev is not read as X. */
static node *name_or_path(struct parser *p, struct tok t)
{
	if (p->scope->find_text && !t.quoted && parser_at(p, '.'))
		take_dotted(p, &t);
	if (!parser_at(p, '.'))
		return name_node(p, t.text, PART_VALUE, t.at, t.end);
	struct tok ahead = rule_lex(p->s, p->tok.end);
	enum rule_part part;
	if (ahead.kind != TOK_NAME || !part_of(ahead.text, PART_VALUE, &part))
		return parser_path(p, name_node(p, t.text, PART_VALUE, t.at, t.end), (str){ 0 }, PART_VALUE);
	parser_next(p);
	struct tok dot = rule_lex(p->s, p->tok.end);
	struct tok second = dot.kind == TOK_SIGN && dot.sign == '.' ? rule_lex(p->s, dot.end) : dot;
	enum rule_part deeper;
	if (part == PART_PREV && second.kind == TOK_NAME && dot.kind == TOK_SIGN && part_of(second.text, PART_PREV, &deeper)) {
		parser_next(p);
		parser_next(p);
		part = deeper;
	}
	node *n = name_node(p, t.text, part, t.at, p->tok.end);
	parser_next(p);
	return parser_path(p, n, (str){ 0 }, part);
}

/* events(X). */
static node *events_call(struct parser *p, uint32_t at)
{
	if (p->tok.kind != TOK_NAME)
		return parser_fail(p, "rule.events_name", p->tok);
	str name = p->tok.text;
	parser_next(p);
	uint32_t end = p->tok.end;
	return parser_expect(p, ')') ? name_node(p, name, PART_EVENTS, at, end) : NULL;
}

/* today(): a name like others, so that a rule reads no clock. */
static node *today_call(struct parser *p, uint32_t at)
{
	uint32_t end = p->tok.end;
	return parser_expect(p, ')') ? name_node(p, STR("today()"), PART_VALUE, at, end) : NULL;
}

/* Positional or named arguments up to the ')'. Named ones are put in the order of the parameters; *known false: such a name does not exist. */
static bool arguments(struct parser *p, const struct rule_fn *fn, struct args *args, bool *known);

static bool named_argument(struct parser *p, const struct rule_fn *fn, struct args *args, bool *known)
{
	str want = { 0 }, params = str_of(fn->params), one, name;
	uint32_t from = p->tok.at;
	while (p->tok.kind == TOK_NAME)
		want = (str){ p->s.p + from, p->tok.end - from }, parser_next(p);
	if (!parser_expect(p, ':'))
		return false;
	node *value = parser_expression(p);
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
	if (parser_at(p, ')'))
		return parser_expect(p, ')');
	bool named = is_named(p);
	do {
		bool ok = true;
		if (named && !named_argument(p, fn, args, &ok))
			return false;
		*known = *known && ok;
		if (!named) {
			node *a = parser_expression(p);
			if (!a)
				return false;
			*VEC_PUSH(p->c->mem, &args->list) = a;
		}
		if (!parser_at(p, ','))
			break;
		parser_next(p);
	} while (!p->failed);
	return parser_expect(p, ')');
}

/* A call whose arguments do not fit is null by the standard; an author wants to know. */
static node *misfit(struct parser *p, struct tok name, uint32_t end, const struct rule_fn *fn)
{
	fault *f = parser_complain(p, FAULT_WARNING, "rule.arguments", name.at, end);
	fault_arg(p->c, f, 1, str_of(fn->name));
	fault_arg(p->c, f, 2, str_of(fn->params));
	node *n = parser_node(p, OP_LIT, name.at);
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
	parser_next(p); /* ( */
	if (p->failed)
		return NULL;
	if (str_is(name.text, "events"))
		return events_call(p, name.at);
	if (p->scope->today && str_is(name.text, "today"))
		return today_call(p, name.at);
	int fn = rule_fn_find(name.text);
	if (fn < 0)
		return parser_fail(p, rule_fn_unsupported(name.text) ? "rule.unsupported_function" : "rule.unknown_function", name);
	uint32_t end;
	const struct rule_fn *f = &rule_fns[fn];
	if (!arguments(p, f, &args, &known))
		return NULL;
	/* The ')' was the token before the current one. */
	for (end = p->tok.at; end > name.end && p->s.p[end - 1] != ')';)
		end--;
	if (!known || !fits(f, &args))
		return misfit(p, name, end, f);
	node *n = parser_node(p, OP_CALL, name.at);
	for (size_t i = 0; i < args.list.n; i++)
		if (!args.list.p[i]) {
			node *none = parser_node(p, OP_LIT, name.at);
			none->end = name.at;
			args.list.p[i] = none;
		}
	for (size_t i = 0; i < args.list.n; i++)
		parser_put_above(p, n, args.list.p[i]);
	n->fn = (uint16_t)fn;
	n->n = (uint32_t)args.list.n;
	n->args = args.list.p;
	n->end = end;
	parser_call_texts(p, n);
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
	while (behind.kind == TOK_NAME && !behind.quoted && len + 1 + behind.text.len < sizeof words && rule_fn_prefix((str){ words, len })) {
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
	parser_next(p);
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

node *parser_word(struct parser *p)
{
	struct tok t = p->tok;
	if (t.quoted) {
		parser_next(p);
		return p->failed ? NULL : name_or_path(p, t);
	}
	if (str_is(t.text, "true") || str_is(t.text, "false"))
		return parser_literal(p, val_bool(t.text.p[0] == 't'), t);
	if (str_is(t.text, "null"))
		return parser_literal(p, VAL_NONE, t);
	if (str_is(t.text, "if"))
		return parser_expression(p);
	if (is_keyword(t.text))
		return parser_unexpected(p);
	if (is_left_out(t.text))
		return parser_fail(p, "rule.unsupported", t);
	if (function_name(p, &t)) {
		node *n = call(p, t);
		return n ? parser_path(p, n, (str){ 0 }, PART_VALUE) : NULL;
	}
	parser_next(p);
	return p->failed ? NULL : name_or_path(p, t);
}
