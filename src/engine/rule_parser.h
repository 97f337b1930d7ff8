/* rule_parser: what the files of the parser share: the token at hand, faults at its place, nodes. rule_parse.c has the expressions, rule_name.c
 * what they are made of. Not for others.
 *
 * Whatever returns a node returns NULL after a fault; `failed` says so, too, and only the first fault is told. */
#ifndef ENGINE_RULE_PARSER_H
#define ENGINE_RULE_PARSER_H
#include "base/vec.h"
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

/* Nodes of a list, or arguments of a call. */
struct args {
	VEC(struct rule_node *) list;
};

/* ---- tokens and faults: rule_parser.c ---- */

int64_t parser_character(const struct parser *p, uint32_t byte); /* from 1 */
fault *parser_complain(struct parser *p, enum fault_level level, const char *key, uint32_t from, uint32_t to);
struct rule_node *parser_fail(struct parser *p, const char *key, struct tok t);
void parser_next(struct parser *p);
bool parser_at(const struct parser *p, char sign);
bool parser_at_word(const struct parser *p, const char *word);
struct rule_node *parser_unexpected(struct parser *p);
bool parser_expect(struct parser *p, char sign);
bool parser_expect_word(struct parser *p, const char *word);

/* ---- nodes ---- */

struct rule_node *parser_node(struct parser *p, enum rule_op op, uint32_t at);
void parser_put_above(struct parser *p, struct rule_node *n, const struct rule_node *child);
struct rule_node *parser_finish(struct parser *p, struct rule_node *n, const struct rule_node *last);
struct rule_node *parser_binary(struct parser *p, enum rule_op op, struct rule_node *a, struct rule_node *b);

/* ---- pieces: rule_name.c ---- */

struct rule_node *parser_literal(struct parser *p, val v, struct tok t);
struct rule_node *parser_text(struct parser *p);
struct rule_node *parser_at_literal(struct parser *p); /* @"…" */
/* Properties behind n. name: of the measure that n is, for whose parts they may be; without one none. */
struct rule_node *parser_path(struct parser *p, struct rule_node *n, str name, enum rule_part part);
struct rule_node *parser_word(struct parser *p); /* a name, a call, true, false, null, if */

/* ---- cells of a table as text: rule_cell.c ---- */

/* a is compared with b (NULL: nothing) and c: where one of them is text, cells among the others are taken as they stand. */
void parser_compare_texts(struct parser *p, struct rule_node *a, struct rule_node *b, struct rule_node *c);
/* The arguments of a call of which the function wants text. */
void parser_call_texts(struct parser *p, struct rule_node *call);

/* ---- whole expressions: rule_parse.c ---- */

struct rule_node *parser_expression(struct parser *p);

#endif
