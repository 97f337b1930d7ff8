/* password: what is taken as one, and how it is kept: argon2id of libsodium, 32 MiB and three passes, some 60 ms of one processor.
 *
 * Whoever checks passwords for strangers bounds how many are checked at a time (session.c): each needs its 32 MiB. */
#ifndef APP_PASSWORD_H
#define APP_PASSWORD_H
#include "base/cx.h"

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 200, PASSWORD_FIRST = 15 };

/* NULL: good; else the message key of what is wrong: too short or long, known to everybody, one sign again and again, or made of the login or
 * the name. */
const char *password_weak(cx *c, str password, str login, str name);
/* For the store. first: of a random one (password_first), which needs no slowness. Empty: no memory. */
str password_hash(cx *c, str password, bool first);
/* hash empty: takes as long as a real one, and says no. */
bool password_fits(str hash, str password);
/* Three times four signs that nobody mixes up, 59 bits: "kfm7-2qxn-pd4w". */
str password_first(cx *c);

#endif
