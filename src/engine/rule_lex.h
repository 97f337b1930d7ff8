/* rule_lex: cuts a rule's text into tokens. Not for others than the parser. */
#ifndef ENGINE_RULE_LEX_H
#define ENGINE_RULE_LEX_H
#include "base/buf.h"
#include "base/dec.h"
#include "base/str.h"

enum tok_kind {
	TOK_END,
	TOK_NUMBER,
	TOK_STRING, /* text with the quotes */
	TOK_AT,     /* @"…": text with quotes, without the @ */
	TOK_NAME,
	TOK_SIGN, /* sign: one of the characters, or '.' '.' as 'D', ** as 'P', <= 'l', >= 'g', != 'n' */
	TOK_BAD   /* error is set */
};

enum { SIGN_DOTS = 'D', SIGN_POWER = 'P', SIGN_LE = 'l', SIGN_GE = 'g', SIGN_NE = 'n' };

struct tok {
	enum tok_kind kind;
	char sign;
	bool quoted; /* a name in backticks, without them; no keyword, no function */
	uint32_t at, end; /* bytes */
	str text;
	dec num;
	const char *error; /* message key */
};

/* The token at byte `at`, white space and comments skipped. s must be checked UTF-8. */
struct tok rule_lex(str s, uint32_t at);

/* What a quoted text means: its characters without the quotes, escapes resolved. False: an escape is wrong. */
bool rule_unescape(str quoted, buf *b);

#endif
