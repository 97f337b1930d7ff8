/* oidc: signing in through another server (OpenID Connect): discovery, authorization code with PKCE, tokens checked.
 *
 * oidc_begin gives the address to send the browser to. It comes back with a code and the state; the caller compares the state with the one it
 * kept, then oidc_finish changes the code for an ID token and checks it: signature (jwt.h), issuer, audience, time, nonce. Keys are kept by the
 * caller between calls and fetched anew when a token names one that is not among them. */
#ifndef NET_OIDC_H
#define NET_OIDC_H
#include "net/http.h"
#include "net/jwt.h"

enum { OIDC_LEEWAY_S = 60, OIDC_RANDOM = 43 };

struct oidc_client {
	str issuer, client_id, client_secret; /* secret empty: a public client */
	str redirect, scopes;                 /* where the provider sends the browser; "openid email" */
	const char *ca_file;
	bool plain; /* the provider is on this machine, without TLS */
};

struct oidc_server {
	str authorization, token, jwks; /* addresses */
	bool basic;                     /* the secret goes as basic authentication, else in the form */
};

struct oidc_identity {
	str issuer, subject, email, username, name;
	bool email_verified;
};

/* The provider's own description. It must call itself exactly as it is configured. */
enum err oidc_discover(cx *c, const struct oidc_client *o, struct oidc_server *out);
enum err oidc_keys(cx *c, const struct oidc_client *o, const struct oidc_server *s, str *jwks); /* JSON as text */

/* state, nonce, verifier: each from oidc_random. */
str oidc_random(arena *mem);
str oidc_begin(cx *c, const struct oidc_client *o, const struct oidc_server *s, str state, str nonce, str verifier);
/* *jwks is replaced when the keys were fetched anew. Faults: oidc.*, jwt.*, net.*. */
enum err oidc_finish(cx *c, const struct oidc_client *o, const struct oidc_server *s, str *jwks, str code, str nonce, str verifier,
	struct oidc_identity *out);

/* What an ID token must claim, now (c->now_ms). For oidc_finish, and for its tests. */
enum err oidc_claims(cx *c, const struct oidc_client *o, const json_t *claims, str nonce, struct oidc_identity *out);

#endif
