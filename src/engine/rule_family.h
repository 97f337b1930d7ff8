/* rule_family: the usual kinds of rules (docs/rules.md, 10) as data: a pattern in the language itself, with holes. From values for its holes
 * a family writes a rule, and of a rule it is found out whether some family would have written it, and with which values.
 *
 * Holes are names that begin with `_`; the letter says what stands there: m a measure, n a number, p points (a number, `max`, `0.5 * max`,
 * `max / 2`, null), k days, d a date, t a text; `_ms` one measure or more. Capital letters are holes of the steps of a chain: `_rest` is the
 * next step or the end, `_L` the `_N` of the step before. */
#ifndef ENGINE_RULE_FAMILY_H
#define ENGINE_RULE_FAMILY_H
#include "engine/rule.h"

enum { FAMILY_HOLES = 6, FAMILY_STEPS = 12, FAMILY_STEP_HOLES = 2 };

struct rule_family {
	const char *name;
	const char *first, *next, *last; /* next, last NULL: no chain */
};

extern const struct rule_family rule_families[]; /* ends with a NULL name */

/* Holes of a family in the order in which they first appear, without "_": "m", "n2", "ms"; steps: those of its steps, "N", "P". */
struct family_holes {
	str fixed[FAMILY_HOLES], step[FAMILY_STEP_HOLES];
	int n_fixed, n_step;
};

struct family_values {
	const struct rule_family *family;
	str fixed[FAMILY_HOLES]; /* as text: a name, "0.8", "max / 2", "30", "2026-01-31", "regular"; of ms: names divided by ", " */
	str step[FAMILY_STEPS][FAMILY_STEP_HOLES];
	int n_steps;
};

const struct rule_family *rule_family_find(str name); /* NULL: none */
void rule_family_holes(const struct rule_family *f, struct family_holes *out);

/* As people type them: "80%" and "0,8" are 0.8, "50%" of points is 0.5 * max. False: not of that kind. */
bool rule_family_value(arena *mem, char kind, str typed, str *out);

/* Writes the rule. ERR_INPUT: a fault family.empty or family.value at the field of the hole ("n", "N2" of the second step), or
 * family.no_steps. ERR_LIMIT: family.too_long. */
enum err rule_family_write(cx *c, const struct family_values *v, str *rule);
/* False: no family would write that rule. */
bool rule_family_read(cx *c, const rule *r, struct family_values *out);

#endif
