/* rule_words: a rule as sentences, in Vietnamese or English, from its syntax tree: one for each branch of its chain of conditions, in the order in
 * which they are asked. What a name stands for is told by the caller (the catalogue of measures); shares are said in per cent. Nothing is
 * left out: what has no words of its own is said as a formula. */
#ifndef ENGINE_RULE_WORDS_H
#define ENGINE_RULE_WORDS_H
#include "base/po.h"
#include "engine/rule.h"

enum words_kind { WORDS_PLAIN, WORDS_SHARE, WORDS_DATE, WORDS_YES };

struct words_measure {
	str label;
	enum words_kind kind;
};

struct words_scope {
	struct words_measure (*measure)(void *ctx, str name, enum lang lang);
	void *ctx;
	dec max;     /* shown behind "the maximum" */
	bool has_max;
};

/* The number of lines, which live in c->mem. */
size_t rule_words(cx *c, const rule *r, const struct words_scope *scope, enum lang lang, str **lines);

#endif
