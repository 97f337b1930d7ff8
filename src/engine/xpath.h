/* xpath: the conditions of a questionnaire in XPath, as XLSForm and XForms write them, and back into rules.
 *
 * Writing keeps the meaning to the letter, also where something was not answered: a condition in FEEL may be true, false or neither, XPath
 * knows two of these, so a part is written either as "is true" or as "is false". What has no counterpart is a fault with the character of
 * the rule:
 *     xpath.cannot          {value} the piece of the rule
 *     xpath.quotes          a text with both kinds of quotes
 * Reading understands what such forms usually say; the rest is a fault with the character of the expression:
 *     xpath.syntax          {value} the expression   {1} what was found there
 *     xpath.unknown         {value} the name
 *     xpath.function        {value} the function, or a piece that rules cannot say
 *     xpath.several         {value} a choice of several compared by = : selected() is meant
 *     xpath.deep            brackets in brackets, or more than RULE_MAX_TERMS operators: {value} the expression */
#ifndef ENGINE_XPATH_H
#define ENGINE_XPATH_H
#include "engine/questionnaire.h"

/* ---- writing ---- */

struct xpath_out {
	cx *c;
	const questionnaire *q;
	void (*ref)(const questionnaire *q, int32_t item, buf *out); /* "${A1}", "/data/P/A1" */
	place at;     /* of the rule */
	int32_t self; /* the item whose check it is: "."; NO_ITEM: a condition for showing */
};

/* Appends. ERR_INPUT: a fault. */
enum err xpath_write(const struct xpath_out *o, const rule *r, buf *out);
/* Everything that an item demands of an answer: bounds, an option that stands alone, the check, joined by "and"; nothing when there is none.
 * *integer: the check begins with floor(X) = X, which is left out (the type says it). */
enum err xpath_constraint(const struct xpath_out *o, bool *integer, buf *out);
/* "${A1}" */
void xpath_ref_name(const questionnaire *q, int32_t item, buf *out);

/* ---- reading ---- */

struct xpath_item {
	str name; /* as rules write it */
	enum question_kind kind;
	bool numbers; /* its options are numbers */
};

struct xpath_in {
	cx *c;
	bool (*find)(void *ctx, str name, struct xpath_item *out);
	void *ctx;
	place at;
	const struct xpath_item *self; /* what "." is; NULL: nothing */
};

/* What of a constraint has a place of its own in a questionnaire. */
struct xpath_bounds {
	bool has_min, has_max;
	dec min, max;
	str alone[8]; /* options that stand alone */
	size_t n_alone;
};

/* The expression as a rule. bounds: NULL, or takes bounds out of the whole, and *rule is empty when nothing else is left. */
enum err xpath_read(const struct xpath_in *in, str text, struct xpath_bounds *bounds, str *rule);

#endif
