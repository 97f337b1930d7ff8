/* actor: who acts. Whatever changes the store, or shows what is not public, is given one and asks actor_may first.
 *
 * A permission is role x noun x verb x subtree of units: an actor holds grants, each "may VERB a NOUN in this unit and below". The command
 * line on the machine of the store, and the program's own jobs, act as the system, which may everything. */
#ifndef APP_ACTOR_H
#define APP_ACTOR_H
#include "app/app.h"

/* One line of a role as it holds for this actor. */
struct actor_grant {
	str noun, verb;       /* "round", "appraise"; "*": each */
	str level, unit_code; /* root of the subtree; level empty: all units */
};

struct actor {
	int64_t user_id; /* 0: nobody, or the system */
	str login, name; /* what the history shows; kept with the fact, so that a renamed account changes no past */
	str level, unit_code; /* the unit the account belongs to; empty: none */
	const struct actor_grant *grants;
	size_t n_grants;
	bool system;
};

/* The system under a name that the history shows, for instance "cli". */
struct actor actor_system(const char *name);

/* ERR_OK, or ERR_DENIED with the fault actor.denied (noun, verb). unit_id: the row of the unit concerned; 0: somewhere, for menus and
 * for what belongs to no unit. Other errors: the store. */
enum err actor_may(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, int64_t unit_id);

#endif
