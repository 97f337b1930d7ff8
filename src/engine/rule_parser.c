#include "engine/rule_parser.h"
#include "base/vn.h"

typedef struct rule_node node;

int64_t parser_character(const struct parser *p, uint32_t byte)
{
	return (int64_t)vn_length((str){ p->s.p, byte }) + 1;
}

fault *parser_complain(struct parser *p, enum fault_level level, const char *key, uint32_t from, uint32_t to)
{
	place at = p->at;
	at.offset = parser_character(p, from);
	return cx_fault(p->c, level, key, at, (str){ p->s.p + from, to - from });
}

/* The first error only: what follows it is rarely true. */
node *parser_fail(struct parser *p, const char *key, struct tok t)
{
	if (!p->failed)
		parser_complain(p, FAULT_ERROR, key, t.at, t.end);
	p->failed = true;
	return NULL;
}

void parser_next(struct parser *p)
{
	p->tok = rule_lex(p->s, p->tok.end);
	if (p->tok.kind == TOK_BAD)
		parser_fail(p, p->tok.error, p->tok);
	else if (p->tok.quoted && !p->scope->find_text)
		parser_fail(p, "rule.character", p->tok);
}

bool parser_at(const struct parser *p, char sign)
{
	return p->tok.kind == TOK_SIGN && p->tok.sign == sign;
}
bool parser_at_word(const struct parser *p, const char *word)
{
	return p->tok.kind == TOK_NAME && !p->tok.quoted && str_is(p->tok.text, word);
}

node *parser_unexpected(struct parser *p)
{
	if (p->tok.kind == TOK_END)
		return parser_fail(p, "rule.ends_early", p->tok);
	if (parser_at(p, '{') || parser_at(p, '}') || parser_at(p, ':') || parser_at(p, '?'))
		return parser_fail(p, "rule.unsupported", p->tok);
	return parser_fail(p, "rule.unexpected", p->tok);
}

bool parser_expect(struct parser *p, char sign)
{
	if (!parser_at(p, sign)) {
		parser_unexpected(p);
		return false;
	}
	parser_next(p);
	return !p->failed;
}

bool parser_expect_word(struct parser *p, const char *word)
{
	if (!parser_at_word(p, word)) {
		if (p->tok.kind == TOK_END)
			parser_fail(p, "rule.ends_early", p->tok);
		else if (!p->failed)
			fault_arg(p->c, parser_complain(p, FAULT_ERROR, "rule.expected", p->tok.at, p->tok.end), 1, str_of(word));
		p->failed = true;
		return false;
	}
	parser_next(p);
	return !p->failed;
}

node *parser_node(struct parser *p, enum rule_op op, uint32_t at)
{
	node *n = NEW(p->c->mem, node);
	n->op = (uint8_t)op;
	n->at = at;
	return n;
}

/* Keeps the tree as high as recursion over it can go. */
void parser_put_above(struct parser *p, node *n, const node *child)
{
	if (n->height <= child->height)
		n->height = child->height + 1;
	if (n->height > RULE_MAX_TERMS)
		parser_fail(p, "rule.too_many_terms", p->tok);
}

/* A node that ends where its last part ends. */
node *parser_finish(struct parser *p, node *n, const node *last)
{
	n->end = last->end;
	parser_put_above(p, n, last);
	return p->failed ? NULL : n;
}

node *parser_binary(struct parser *p, enum rule_op op, node *a, node *b)
{
	if (!a || !b)
		return NULL;
	node *n = parser_node(p, op, a->at);
	n->a = a;
	n->b = b;
	parser_put_above(p, n, a);
	return parser_finish(p, n, b);
}
