/* right: what the program asks leave for: each noun with the verbs that some page, step or function demands. Roles may name others, too (of
 * parts of the work that are to come); the page of a role offers these, whichever role has them already.
 *
 * A new permission belongs into this table: the tests look up those of the routes and of the steps, the lint those that stand in the source. */
#ifndef APP_RIGHT_H
#define APP_RIGHT_H
#include "base/str.h"

struct right_noun {
	const char *noun;  /* "round" */
	const char *verbs; /* with spaces: "view plan …" */
};

extern const struct right_noun right_nouns[]; /* ends with a NULL noun */

/* Whether "noun.verb" is one of them; the verb may be "*". */
bool right_known(str right);

#endif
