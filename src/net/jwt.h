/* jwt: a signed token (compact JWS) checked against a set of public keys (JWKS).
 *
 * Only RS256 (RSA of 2,048 bits and more) and ES256 are taken; "none" and HMAC are not, whatever the token says. A key is chosen by its kid, and
 * must be of the kind the algorithm needs. What the token claims is looked at by the caller (oidc.h). */
#ifndef NET_JWT_H
#define NET_JWT_H
#include "base/json.h"

enum { JWT_MAX = 16 << 10, JWT_KEYS = 50 };

/* *claims is the caller's (json_decref). ERR_INPUT: the token is none, its algorithm is not taken, or its signature is wrong (jwt.*);
 * ERR_NOTFOUND: no key with its kid: the keys may have been changed. */
enum err jwt_check(cx *c, str token, const json_t *jwks, json_t **claims);

/* base64url without padding; NULL .p: it is none. With a NUL behind it. */
str jwt_base64_read(arena *mem, str s);
str jwt_base64(arena *mem, str bytes);

#endif
