/* actor: who acts. Whatever changes the store, or shows what is not public, is given one and asks actor_may first.
 *
 * A permission is role x noun x verb x subtree of units: an actor holds grants, each "may VERB a NOUN in this unit and below". Which role has
 * which rights is data (method/packs/role_rights.csv). The command line on the machine of the store, and the program's own jobs, act as the
 * system, which may everything. */
#ifndef APP_ACTOR_H
#define APP_ACTOR_H
#include "app/app.h"

/* One line of a role as it holds for this actor. */
struct actor_grant {
	str noun, verb;       /* "round", "appraise"; "*": each */
	str level, unit_code; /* root of the subtree; level empty: all units; "group": the units of that group and below them */
	str role;
	int64_t delegator;    /* while this one is absent; 0: the actor's own */
	str delegator_name;
};

struct db_conn;

struct actor {
	int64_t user_id; /* 0: nobody, or the system */
	str login, name; /* what the history shows; kept with the fact, so that a renamed account changes no past */
	str level, unit_code; /* the unit the account belongs to; empty: none */
	const struct actor_grant *grants;
	size_t n_grants;
	bool system;
	/* for the head of pages */
	str unit_name, role_vi, role_en;
	bool must_change;    /* the first password: nothing else until it is changed */
	bool has_totp;
	int64_t session_id;
};

/* The system under a name that the history shows, for instance "cli". */
struct actor actor_system(const char *name);
static inline str actor_name(const struct actor *who) { return who->name.len ? who->name : who->login; } /* as records keep it */

/* ERR_OK, or ERR_DENIED with the fault actor.denied (noun, verb). unit_id: the row of the unit concerned; 0: somewhere, for menus and
 * for what belongs to no unit. The unit belongs to the subtree of its parents as they are today, or were on its last day. Other errors: the
 * store. */
enum err actor_may(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, int64_t unit_id);
/* The same without a fault and without the store: whether any grant says so, wherever. For menus, and the first look at a route. */
bool actor_can(const struct actor *who, str noun, str verb);
bool actor_grant_says(const struct actor_grant *g, str noun, str verb); /* one line of it, wherever */
/* A unit by level and code, as of today; level empty: all units at once. */
enum err actor_may_at(cx *c, struct app *a, const struct actor *who, const char *noun, const char *verb, str level, str code);
/* ---- who is meant ---- */

/* Active accounts with a right, and where; those who act for somebody absent as well. Read once, asked for many units. */
struct actor_holders {
	const struct actor_holder {
		int64_t user_id;
		str level, unit_code;
		bool named; /* the role has this very right; else by "*" */
	} * p;
	size_t n;
};

struct actor_ids {
	int64_t *p; /* rising, each once */
	size_t n, cap;
};

enum err actor_holders(cx *c, struct db_conn *k, const char *noun, const char *verb, struct actor_holders *out);
/* Adds those whose work it is in a unit: whose role names one of n rights; where nobody's does and it is not only about those, whoever may by
 * "*". unit_id 0: wherever. */
enum err actor_meant(cx *c, struct db_conn *k, const struct actor_holders *const *rights, size_t n, bool only_named, int64_t unit_id,
	struct actor_ids *out);

/* For whom the actor does it: 0 when one of its own grants says noun.verb ("round.submit"), else the absent one whose grant does. */
int64_t actor_behalf(const struct actor *who, str what);

#endif
