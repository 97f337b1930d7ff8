#include "engine/question_words.h"
#include "engine/rule_ast.h"
#include "engine/trace.h"

typedef const struct rule_node node;

struct words {
	cx *c;
	const questionnaire *q;
	const rule *r;
	const struct question_names *names;
	enum lang lang;
	bool lost; /* something has no words */
};

static str fill(struct words *w, const char *key, const str *args, size_t n)
{
	buf b;
	buf_init(&b, 1 << 16);
	po_fill(&b, key, w->lang, STR(""), args, n);
	str s = arena_str(w->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

#define FILL(w, key, ...) fill((w), (key), (const str[]){ __VA_ARGS__ }, sizeof((const str[]){ __VA_ARGS__ }) / sizeof(str))

static str lost(struct words *w)
{
	w->lost = true;
	return STR("");
}

static bool calls(node *n, const char *name) { return n->op == OP_CALL && strcmp(rule_fns[n->fn].name, name) == 0; }
static bool is_null(node *n) { return n->op == OP_LIT && n->lit.kind == VAL_NULL; }

/* The item that a node reads; NO_ITEM: it does something else. */
static int32_t item_of(const struct words *w, node *n)
{
	const int64_t *at = n->op == OP_SLOT ? map_get(&w->q->by_name, w->r->refs[n->ref].name) : NULL;
	return at ? (int32_t)*at : NO_ITEM;
}

static str name_of(struct words *w, int32_t item) { return w->names->name(w->names->ctx, item); }

/* Of an item with options their words, else the value; NO_ITEM: a number of ticks. */
static str value_of(struct words *w, int32_t item, node *n)
{
	const struct question *i = item == NO_ITEM ? NULL : &w->q->items.p[item];
	char text[DEC_TEXT], day_text[DATE_TEXT];
	if (n->op == OP_SLOT && question_of_slot(n->slot) == NO_ITEM)
		return FILL(w, "qwords.today", STR(""));
	if (n->op != OP_LIT)
		return lost(w);
	if (i && i->list >= 0) {
		str code = n->lit.kind == VAL_NUM ? dec_text(n->lit.num, text) : n->lit.kind == VAL_STR ? n->lit.text : STR("");
		const struct question_option *o = question_option(w->q, i, code);
		return o ? FILL(w, "words.quoted", o->text[w->lang].len ? o->text[w->lang] : o->text[LANG_VI]) : lost(w);
	}
	if (n->lit.kind == VAL_DATE)
		return arena_str(w->c->mem, w->lang == LANG_VI ? date_text_vn(n->lit.date, day_text) : date_text(n->lit.date, day_text));
	if (n->lit.kind == VAL_STR)
		return FILL(w, "words.quoted", n->lit.text);
	if (n->lit.kind != VAL_NUM)
		return lost(w);
	buf b;
	buf_init(&b, 128);
	trace_number(&b, n->lit.num, w->lang);
	str s = arena_str(w->c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

/* Sides the other way round: 3 < X. */
static int turned(int op)
{
	return op == OP_LT ? OP_GT : op == OP_LE ? OP_GE : op == OP_GT ? OP_LT : op == OP_GE ? OP_LE : op;
}

static const char *compare_key(int op)
{
	return op == OP_EQ ? "qwords.is"
		: op == OP_NE ? "qwords.is_not"
		: op == OP_LT ? "qwords.below"
		: op == OP_LE ? "qwords.most"
		: op == OP_GT ? "qwords.above"
			      : "qwords.least";
}

static str comparison(struct words *w, int op, node *a, node *b)
{
	bool counted = calls(a, "count") && a->n == 1;
	int32_t item = item_of(w, counted ? a->args[0] : a);
	if (item == NO_ITEM && (item_of(w, b) != NO_ITEM || calls(b, "count")))
		return comparison(w, turned(op), b, a);
	if (item == NO_ITEM || (w->q->items.p[item].kind == ASK_MULTIPLE && !counted && !is_null(b)))
		return lost(w);
	if (is_null(b) && !counted)
		return op == OP_EQ || op == OP_NE ? FILL(w, op == OP_EQ ? "qwords.empty" : "qwords.answered", name_of(w, item)) : lost(w);
	/* order among options is that of their codes, which a reader of the form does not see */
	if (w->q->items.p[item].list >= 0 && !counted && op != OP_EQ && op != OP_NE)
		return lost(w);
	str value = value_of(w, counted ? NO_ITEM : item, b);
	str name = counted ? FILL(w, "qwords.count", name_of(w, item)) : name_of(w, item);
	return FILL(w, compare_key(op), name, value);
}

/* "X in (1, 2)": any of some options. */
static str membership(struct words *w, node *n)
{
	int32_t item = item_of(w, n->a);
	str all = { 0 };
	if (item == NO_ITEM || w->q->items.p[item].kind == ASK_MULTIPLE || n->b->op != OP_LIST)
		return lost(w);
	for (uint32_t i = 0; i < n->b->n; i++) {
		str one = value_of(w, item, n->b->args[i]);
		all = i ? FILL(w, "qwords.or", all, one) : one;
	}
	return FILL(w, "qwords.is", name_of(w, item), all);
}

static str condition(struct words *w, node *n);

static str both(struct words *w, const char *key, node *n)
{
	str a = condition(w, n->a), b = condition(w, n->b);
	/* "or" inside "and" would read as its outer part */
	if (n->op == OP_AND && (n->a->op == OP_OR || n->b->op == OP_OR))
		return FILL(w, "qwords.and_also", n->a->op == OP_OR ? FILL(w, "qwords.part", a) : a, n->b->op == OP_OR ? FILL(w, "qwords.part", b) : b);
	return FILL(w, key, a, b);
}

static str negated(struct words *w, node *n)
{
	static const int other[] = { [OP_EQ] = OP_NE, [OP_NE] = OP_EQ, [OP_LT] = OP_GE, [OP_LE] = OP_GT, [OP_GT] = OP_LE, [OP_GE] = OP_LT };
	if (n->op >= OP_EQ && n->op <= OP_GE)
		return comparison(w, other[n->op], n->a, n->b);
	return FILL(w, "qwords.not", condition(w, n));
}

static str condition(struct words *w, node *n)
{
	int32_t item;
	if (w->lost)
		return STR("");
	switch (n->op) {
	case OP_AND: return both(w, "qwords.and", n);
	case OP_OR: return both(w, "qwords.or", n);
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE: return comparison(w, n->op, n->a, n->b);
	case OP_IN: return membership(w, n);
	case OP_BETWEEN:
		item = item_of(w, n->a);
		if (item == NO_ITEM || w->q->items.p[item].list >= 0)
			return lost(w);
		return FILL(w, "qwords.between", name_of(w, item), value_of(w, item, n->b), value_of(w, item, n->c));
	case OP_CALL: break;
	default: return lost(w);
	}
	if (calls(n, "not"))
		return negated(w, n->args[0]);
	item = calls(n, "list contains") ? item_of(w, n->args[0]) : NO_ITEM;
	return item == NO_ITEM ? lost(w) : FILL(w, "qwords.chosen", name_of(w, item), value_of(w, item, n->args[1]));
}

bool question_words(cx *c, const questionnaire *q, const rule *r, const struct question_names *names, enum lang lang, str *out)
{
	struct words w = { .c = c, .q = q, .r = r, .names = names, .lang = lang };
	*out = condition(&w, r->root);
	return !w.lost;
}
