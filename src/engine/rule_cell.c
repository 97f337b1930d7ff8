/* Cells of a table are numbers, dates and truths where they look so, and yet text where a rule compares them with text: code = "01". */
#include "engine/rule_parser.h"

typedef struct rule_node node;

static bool gives_text(const node *call)
{
	static const char *const names[] = { "lower case", "string", "upper case" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(rule_fns[call->fn].name, names[i]) == 0)
			return true;
	return false;
}

/* Sums reach a thousand deep (RULE_MAX_TERMS), and only their first text counts. */
static bool is_text(const node *n)
{
	if (!n)
		return false;
	switch (n->op) {
	case OP_LIT: return n->lit.kind == VAL_STR;
	case OP_CALL: return gives_text(n);
	case OP_ADD: return is_text(n->a) || is_text(n->b);
	case OP_RANGE: return is_text(n->a) || is_text(n->b);
	case OP_LIST:
		for (uint32_t i = 0; i < n->n; i++)
			if (is_text(n->args[i]))
				return true;
		return false;
	default: return false;
	}
}

static void take_text(struct parser *p, node *n)
{
	if (!n)
		return;
	if (n->op == OP_SLOT && p->refs.p[n->ref].part == PART_VALUE)
		p->scope->find_text(p->scope->ctx, p->refs.p[n->ref].name, &n->slot);
	for (uint32_t i = 0; n->op == OP_LIST && i < n->n; i++)
		take_text(p, n->args[i]);
}

/* "Giới tính" = "Nữ": a name in the wrong quotes. */
static void refuse_literals(struct parser *p, const node *a, const node *b)
{
	if (a->op == OP_LIT && a->lit.kind == VAL_STR && b->op == OP_LIT && !p->failed) {
		fault_arg(p->c, parser_complain(p, FAULT_ERROR, "rule.two_literals", a->at, b->end), 1, a->lit.text);
		p->failed = true;
	}
}

void parser_compare_texts(struct parser *p, node *a, node *b, node *c)
{
	if (!p->scope->find_text || !a || !b)
		return;
	refuse_literals(p, a, b);
	if (is_text(a) || is_text(b) || is_text(c)) {
		take_text(p, a);
		take_text(p, b);
		take_text(p, c);
	}
}

void parser_call_texts(struct parser *p, node *call)
{
	static const char *const names[] = { "contains", "ends with", "lower case", "starts with", "string", "string length", "upper case" };
	const char *name = rule_fns[call->fn].name;
	if (!p->scope->find_text)
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (uint32_t k = 0; strcmp(name, names[i]) == 0 && k < call->n; k++)
			take_text(p, call->args[k]);
	if (strcmp(name, "list contains") == 0)
		parser_compare_texts(p, call->args[0], call->args[1], NULL);
}
