/* audit: what happened, who did it, in an order that cannot be changed unnoticed. */
#ifndef APP_AUDIT_H
#define APP_AUDIT_H
#include "app/actor.h"
#include "db/db.h"

/* Adds an entry inside the transaction of the change itself, so that neither exists without the other.
 * what: "noun.verb", for instance "round.submit". object: the thing, by code or id. detail: what changed, as JSON or text; personal
 * values never stand there, only ids. */
enum err audit_add(cx *c, db_conn *k, const struct actor *who, const char *what, str object, str detail);

#endif
