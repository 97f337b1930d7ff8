#include "engine/rule_words.h"
#include "base/vec.h"
#include "engine/rule_ast.h"
#include "engine/trace.h"

typedef const struct rule_node node;

struct words {
	cx *c;
	const rule *r;
	const struct words_scope *scope;
	enum lang lang;
	str subject; /* of the condition said before: not said again */
	VEC(str) lines;
};

static str kept(struct words *w, buf *b)
{
	str s = arena_str(w->c->mem, buf_str(b));
	buf_free(b);
	return s;
}

static str fill(struct words *w, const char *key, const str *args, size_t n)
{
	buf b;
	buf_init(&b, 1 << 16);
	po_fill(&b, key, w->lang, STR(""), args, n);
	return kept(w, &b);
}

#define FILL(w, key, ...) fill((w), (key), (const str[]){ __VA_ARGS__ }, sizeof((const str[]){ __VA_ARGS__ }) / sizeof(str))

static str word(struct words *w, const char *key) { return str_of(po_text(key, w->lang)); }

static str number(struct words *w, dec d)
{
	buf b;
	buf_init(&b, 128);
	trace_number(&b, d, w->lang);
	return kept(w, &b);
}

static str percent(struct words *w, dec d)
{
	dec v;
	return dec_mul(d, dec_int(100), &v) ? FILL(w, "words.percent", number(w, v)) : number(w, d);
}

/* ---- names ---- */

static bool is_max(node *n) { return n->op == OP_SLOT && n->slot == 0; }
static bool is_null(node *n) { return n->op == OP_LIT && n->lit.kind == VAL_NULL; }
static bool is_measure(node *n) { return n->op == OP_SLOT && n->slot != 0; }
static const struct rule_ref *ref_of(struct words *w, node *n) { return &w->r->refs[n->ref]; }

static struct words_measure measure_of(struct words *w, node *n)
{
	const struct rule_ref *ref = ref_of(w, n);
	if (!w->scope->measure)
		return (struct words_measure){ ref->name, WORDS_PLAIN };
	return w->scope->measure(w->scope->ctx, ref->name, w->lang);
}

static enum words_kind kind_of(struct words *w, node *n)
{
	if (!is_measure(n))
		return n->op == OP_LIT && n->lit.kind == VAL_DATE ? WORDS_DATE : WORDS_PLAIN;
	enum rule_part part = ref_of(w, n)->part;
	return part == PART_VALUE || part == PART_PREV ? measure_of(w, n).kind : WORDS_PLAIN;
}

static str name(struct words *w, node *n)
{
	static const char *const parts[RULE_PARTS] = { [PART_NUM] = "words.num", [PART_DEN] = "words.den", [PART_PREV] = "words.prev",
		[PART_PREV_NUM] = "words.prev_num", [PART_PREV_DEN] = "words.prev_den", [PART_EVENTS] = "words.events" };
	str label = FILL(w, "words.name", measure_of(w, n).label);
	enum rule_part part = ref_of(w, n)->part;
	return parts[part] ? FILL(w, parts[part], label) : label;
}

/* ---- values ---- */

static str value(struct words *w, node *n);
static str condition(struct words *w, node *n);

static str duration(struct words *w, val v)
{
	buf b;
	int64_t seconds;
	if (v.kind == VAL_DTD && dec_to_int(v.num, &seconds) && seconds % 86400 == 0)
		return FILL(w, "words.days", number(w, dec_int(seconds / 86400)));
	if (v.kind == VAL_YMD && v.months % 12 == 0)
		return FILL(w, "words.years", number(w, dec_int(v.months / 12)));
	if (v.kind == VAL_YMD)
		return FILL(w, "words.months", number(w, dec_int(v.months)));
	buf_init(&b, 256);
	val_text(&b, v);
	return kept(w, &b);
}

static str literal(struct words *w, val v)
{
	buf b;
	char text[DATE_TEXT];
	switch (v.kind) {
	case VAL_NULL: return word(w, "words.nothing");
	case VAL_BOOL: return word(w, v.truth ? "words.yes" : "words.no");
	case VAL_NUM: return number(w, v.num);
	case VAL_DATE: return arena_str(w->c->mem, w->lang == LANG_VI ? date_text_vn(v.date, text) : date_text(v.date, text));
	case VAL_STR: return FILL(w, "words.quoted", v.text);
	case VAL_DTD:
	case VAL_YMD: return duration(w, v);
	default: break;
	}
	buf_init(&b, 4096);
	val_text(&b, v);
	return kept(w, &b);
}

static int strength(node *n)
{
	switch (n->op) {
	case OP_IF: return 0;
	case OP_ADD:
	case OP_SUB: return 2;
	case OP_MUL:
	case OP_DIV: return 3;
	case OP_POW: return 4;
	default: return n->op >= OP_AND && n->op <= OP_IN ? 1 : 5;
	}
}

static str in_brackets(struct words *w, node *n, int than)
{
	str s = value(w, n);
	return strength(n) < than ? arena_printf(w->c->mem, "(%.*s)", STR_ARG(s)) : s;
}

static str infix(struct words *w, node *n)
{
	static const char *const signs[] = { [OP_ADD] = "+", [OP_SUB] = "−", [OP_MUL] = "×", [OP_DIV] = ":", [OP_POW] = "^" };
	int own = strength(n);
	str a = in_brackets(w, n->a, own), b = in_brackets(w, n->b, own + (n->op == OP_SUB || n->op == OP_DIV || n->op == OP_POW));
	return arena_printf(w->c->mem, "%.*s %s %.*s", STR_ARG(a), signs[n->op], STR_ARG(b));
}

static str list(struct words *w, struct rule_node *const *args, size_t n, bool conditions)
{
	buf b;
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < n; i++) {
		str subject = w->subject;
		w->subject = STR("");
		str s = conditions ? condition(w, args[i]) : value(w, args[i]);
		buf_printf(&b, "%s%.*s", i ? "; " : "", STR_ARG(s));
		w->subject = subject;
	}
	return kept(w, &b);
}

static str minus(struct words *w, node *n)
{
	str s = in_brackets(w, n->a, 4);
	return arena_printf(w->c->mem, "−%.*s", STR_ARG(s));
}

/* The things in f(list) and in f(a, b, …). */
static str things(struct words *w, node *n, bool conditions)
{
	if (n->n == 1 && n->args[0]->op == OP_LIST)
		return list(w, n->args[0]->args, n->args[0]->n, conditions);
	return list(w, n->args, n->n, conditions);
}

static str call(struct words *w, node *n)
{
	static const struct {
		const char *fn, *key;
	} known[] = { { "min", "words.min" }, { "max", "words.of_max" }, { "sum", "words.sum" }, { "mean", "words.mean" }, { "count", "words.count" },
		{ "abs", "words.abs" } };
	static const struct {
		const char *fn, *key;
	} rounded[] = { { "round half up", "words.half_up" }, { "decimal", "words.half_even" }, { "round down", "words.cut" },
		{ "round up", "words.round_up" }, { "round half down", "words.half_down" } };
	const char *fn = rule_fns[n->fn].name;
	val v;
	if ((strcmp(fn, "date") == 0 || strcmp(fn, "duration") == 0) && n->n == 1 && n->args[0]->op == OP_LIT) {
		v = rule_node_eval(n, &(struct rule_run){ .mem = w->c->mem });
		return literal(w, v);
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(fn, known[i].fn) == 0)
			return FILL(w, known[i].key, things(w, n, false));
	for (size_t i = 0; i < sizeof rounded / sizeof *rounded; i++)
		if (strcmp(fn, rounded[i].fn) == 0 && n->n == 2)
			return FILL(w, rounded[i].key, value(w, n->args[0]), value(w, n->args[1]));
	if (strcmp(fn, "all") == 0 || strcmp(fn, "any") == 0 || strcmp(fn, "not") == 0)
		return condition(w, n);
	str inside = things(w, n, false);
	return arena_printf(w->c->mem, "%s(%.*s)", fn, STR_ARG(inside));
}

static str property(struct words *w, node *n)
{
	static const char *const keys[] = { "words.of_year", "words.of_month", "words.of_day", "words.of_weekday", "words.of_years", "words.of_months",
		"words.of_days", "words.of_hours", "words.of_minutes", "words.of_seconds" };
	return FILL(w, keys[n->flags], value(w, n->a));
}

static str max_text(struct words *w) { return word(w, "words.max"); }

static str value(struct words *w, node *n)
{
	switch (n->op) {
	case OP_LIT: return literal(w, n->lit);
	case OP_SLOT: return is_max(n) ? max_text(w) : name(w, n);
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
	case OP_POW: return infix(w, n);
	case OP_NEG: return minus(w, n);
	case OP_CALL: return call(w, n);
	case OP_PROP: return property(w, n);
	case OP_LIST: return list(w, n->args, n->n, false);
	case OP_IF: return FILL(w, "words.if_inside", condition(w, n->a), value(w, n->b), value(w, n->c));
	case OP_RANGE: return (str){ w->r->text.p + n->at, n->end - n->at };
	default: return condition(w, n);
	}
}

/* ---- conditions ---- */

/* A constant beside a share is said in per cent. */
static str beside(struct words *w, node *n, enum words_kind kind)
{
	if (kind == WORDS_SHARE && n->op == OP_LIT && n->lit.kind == VAL_NUM)
		return percent(w, n->lit.num);
	return value(w, n);
}

/* "X …", or "…" when X was the subject of the condition before. */
static str about(struct words *w, node *subject, str rest)
{
	str s = value(w, subject);
	if (w->subject.len && str_eq(w->subject, s))
		return rest;
	w->subject = s;
	return FILL(w, "words.about", s, rest);
}

static str comparison(struct words *w, node *n)
{
	static const char *const keys[] = { [OP_EQ] = "words.eq", [OP_NE] = "words.ne", [OP_LT] = "words.lt", [OP_LE] = "words.le", [OP_GT] = "words.gt",
		[OP_GE] = "words.ge" };
	static const char *const dates[] = { [OP_EQ] = "words.eq", [OP_NE] = "words.ne", [OP_LT] = "words.before", [OP_LE] = "words.not_after",
		[OP_GT] = "words.after", [OP_GE] = "words.not_before" };
	static const int turned[] = { [OP_EQ] = OP_EQ, [OP_NE] = OP_NE, [OP_LT] = OP_GT, [OP_LE] = OP_GE, [OP_GT] = OP_LT, [OP_GE] = OP_LE };
	bool swap = n->a->op == OP_LIT && n->b->op != OP_LIT;
	node *a = swap ? n->b : n->a, *b = swap ? n->a : n->b;
	int op = swap ? turned[n->op] : n->op;
	if (is_null(b))
		return about(w, a, word(w, op == OP_EQ ? "words.is_missing" : "words.is_there"));
	enum words_kind kind = kind_of(w, a);
	if (b->op == OP_LIT && b->lit.kind == VAL_STR)
		return about(w, a, FILL(w, op == OP_EQ ? "words.is" : "words.is_not", value(w, b)));
	if (b->op == OP_LIT && b->lit.kind == VAL_BOOL && (op == OP_EQ || op == OP_NE))
		return about(w, a, word(w, b->lit.truth == (op == OP_EQ) ? "words.yes" : "words.no"));
	if (kind == WORDS_SHARE && op == OP_GE && b->op == OP_LIT && b->lit.kind == VAL_NUM && dec_eq(b->lit.num, DEC_ONE))
		return about(w, a, FILL(w, "words.full", percent(w, b->lit.num)));
	return about(w, a, FILL(w, (kind == WORDS_DATE ? dates : keys)[op], beside(w, b, kind)));
}

static str range(struct words *w, node *n, enum words_kind kind)
{
	if (n->op != OP_RANGE)
		return n->op == OP_LIST ? list(w, n->args, n->n, false) : FILL(w, "words.eq", beside(w, n, kind));
	bool lo = n->flags & RANGE_LO, hi = n->flags & RANGE_HI, lo_in = n->flags & RANGE_LO_CLOSED, hi_in = n->flags & RANGE_HI_CLOSED;
	if (n->flags & RANGE_NOT)
		return FILL(w, "words.ne", beside(w, n->a, kind));
	if (!lo || !hi)
		return lo ? FILL(w, lo_in ? "words.ge" : "words.gt", beside(w, n->a, kind)) : FILL(w, hi_in ? "words.le" : "words.lt", beside(w, n->b, kind));
	const char *key = lo_in ? (hi_in ? "words.in_cc" : "words.in_co") : hi_in ? "words.in_oc" : "words.in_oo";
	return FILL(w, key, beside(w, n->a, kind), beside(w, n->b, kind));
}

static str within(struct words *w, node *n)
{
	enum words_kind kind = kind_of(w, n->a);
	if (n->b->op != OP_LIST)
		return about(w, n->a, range(w, n->b, kind));
	buf b;
	buf_init(&b, 1 << 14);
	for (uint32_t i = 0; i < n->b->n; i++) {
		str s = range(w, n->b->args[i], kind);
		buf_printf(&b, "%s%.*s", i ? po_text("words.or", w->lang) : "", STR_ARG(s));
	}
	return about(w, n->a, kept(w, &b));
}

/* Inside "and", an "or" wants brackets. */
static str side(struct words *w, node *n, int op)
{
	str s = condition(w, n);
	bool other = (n->op == OP_AND || n->op == OP_OR) && n->op != op;
	return other ? arena_printf(w->c->mem, "(%.*s)", STR_ARG(s)) : s;
}

static str both(struct words *w, node *n)
{
	str a = side(w, n->a, n->op), b = side(w, n->b, n->op);
	return arena_printf(w->c->mem, "%.*s%s%.*s", STR_ARG(a), po_text(n->op == OP_AND ? "words.and" : "words.or", w->lang), STR_ARG(b));
}

static str negated(struct words *w, node *n)
{
	if (is_measure(n))
		return about(w, n, word(w, "words.no"));
	return FILL(w, "words.not", condition(w, n));
}

static str condition(struct words *w, node *n)
{
	if (n->op == OP_AND || n->op == OP_OR)
		return both(w, n);
	if (n->op >= OP_EQ && n->op <= OP_GE)
		return comparison(w, n);
	if (n->op == OP_BETWEEN)
		return about(w, n->a, FILL(w, "words.in_cc", beside(w, n->b, kind_of(w, n->a)), beside(w, n->c, kind_of(w, n->a))));
	if (n->op == OP_IN)
		return within(w, n);
	if (is_measure(n))
		return about(w, n, word(w, "words.yes"));
	if (n->op == OP_CALL && strcmp(rule_fns[n->fn].name, "not") == 0 && n->n == 1)
		return negated(w, n->args[0]);
	if (n->op == OP_CALL && (strcmp(rule_fns[n->fn].name, "all") == 0 || strcmp(rule_fns[n->fn].name, "any") == 0)) {
		str inside = things(w, n, true);
		w->subject = STR("");
		return FILL(w, strcmp(rule_fns[n->fn].name, "all") == 0 ? "words.all" : "words.any", inside);
	}
	return value(w, n);
}

/* ---- sentences ---- */

/* What a branch gives, as the end of a sentence. */
static str outcome(struct words *w, node *n)
{
	if (n->op == OP_LIT && n->lit.kind == VAL_NUM)
		return FILL(w, "words.points", number(w, n->lit.num));
	if (is_null(n))
		return word(w, "words.no_points");
	if (is_max(n))
		return w->scope->has_max ? FILL(w, "words.max_of", number(w, w->scope->max)) : max_text(w);
	return value(w, n);
}

static void add(struct words *w, str line) { *VEC_PUSH(w->c->mem, &w->lines) = line; }

static void chain(struct words *w, node *n, const char *first, const char *last)
{
	const char *key = first;
	for (; n->op == OP_IF; n = n->c) {
		str cond = condition(w, n->a), subject = w->subject;
		if (n->b->op == OP_IF) { /* a chain of its own below the condition */
			add(w, FILL(w, "words.if_then", cond));
			w->subject = STR("");
			chain(w, n->b, "words.inner_if", "words.inner_else");
			w->subject = STR("");
		} else {
			w->subject = STR("");
			str gives = outcome(w, n->b);
			w->subject = subject;
			add(w, FILL(w, key, cond, gives));
		}
	}
	w->subject = STR("");
	add(w, FILL(w, last, outcome(w, n)));
}

size_t rule_words(cx *c, const rule *r, const struct words_scope *scope, enum lang lang, str **lines)
{
	struct words w = { .c = c, .r = r, .scope = scope, .lang = lang, .subject = STR("") };
	bool plain = r->root->op != OP_IF;
	chain(&w, r->root, "words.if", plain ? "words.alone" : "words.else");
	*lines = w.lines.p;
	return w.lines.n;
}
