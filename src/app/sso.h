/* sso: signing in through the server of the configuration ([oidc] in thuocdo.ini).
 *
 * The provider says who somebody is; accounts, roles and their end are ours. The first time, the account is found by the configured claim
 * (email, which the provider must have verified, preferred_username or sub as login), and linked to the provider's own name of that person; from
 * then on the link counts, so that somebody who gets another's old address does not get the account. Nobody gets an account by signing in. */
#ifndef APP_SSO_H
#define APP_SSO_H
#include "app/session.h"

struct sso_start {
	str url;    /* where the browser goes */
	str cookie; /* what it keeps meanwhile: state, nonce, verifier, and where to go afterwards */
};

bool sso_there(const struct app *a);
str sso_label(const struct app *a); /* of the button; empty: no name was configured */
enum err sso_begin(cx *c, struct app *a, str back, struct sso_start *out);
/* What came back, with the cookie of sso_begin. ERR_DENIED: another state, a token that is not good, no account; faults sso.*, oidc.*, jwt.*. */
enum err sso_finish(cx *c, struct app *a, str cookie, str state, str code, const struct session_from *from, struct session_start *out, str *back);

#endif
