/* session: signing in and out, the second factor, passwords.
 *
 * A session is a random token in a cookie; the store keeps its hash. It ends after an hour without a request, after twelve hours in any case,
 * when it is ended by its owner, and at once when the account is disabled or its password changes.
 *
 * Guessing is slowed down three ways, and none can lock anybody out for good:
 *   per account and network  from the 5th failure on 2, 4, 8 … seconds, at most 15 minutes;
 *   per account              from the 20th failure within an hour on, at most a minute; not for networks from which the account signed in
 *                            within 90 days, so that strangers do not delay its owner where he usually sits;
 *   per network              from the 30th failure within an hour on, at most a minute.
 * A login that does not exist behaves like one that does. At most four passwords are checked at a time (32 MiB each); more is ERR_BUSY. */
#ifndef APP_SESSION_H
#define APP_SESSION_H
#include "app/actor.h"

enum { SESSION_TOKEN = 43, SESSION_IDLE_MS = 3600000, SESSION_MOST_MS = 12 * 3600000, SESSION_CODE_MS = 600000 };

struct session_start {
	str token;       /* of the cookie */
	bool needs_code; /* the password was right; session_code goes on */
	int64_t expires_at;
};

struct session_from {
	str client, agent; /* address, and what the browser calls itself */
};

/* ERR_DENIED with session.wrong; ERR_BUSY with session.wait (seconds) or session.busy. */
enum err session_begin(cx *c, struct app *a, str login, str password, const struct session_from *from, struct session_start *out);
/* The second factor: a code of the application, or a recovery code. A new token takes the place of the old one. */
enum err session_code(cx *c, struct app *a, str token, str code, const struct session_from *from, struct session_start *out);
/* For single sign-on, where the password was checked by the provider (with its own second factor). The account must be active. */
enum err session_begin_for(cx *c, struct app *a, int64_t user_id, const struct session_from *from, struct session_start *out);

/* For a program that carries login and password with each request: the same checks and delays, no session. An account with a second factor, or
 * whose first password was not changed yet, is refused (session.no_basic). */
enum err session_basic(cx *c, struct app *a, str login, str password, const struct session_from *from, struct actor *out);

/* Who the token stands for. ERR_NOTFOUND without a fault: nobody (any more). *awaits_code: the password was right, and that is all. */
enum err session_actor(cx *c, struct app *a, str token, struct actor *out, bool *awaits_code);
enum err session_end(cx *c, struct app *a, str token);

struct session_info {
	int64_t id, created_at, seen_at, expires_at;
	str client, agent;
	bool this_one;
};

struct session_list {
	struct session_info *p;
	size_t n, cap;
};

enum err session_list(cx *c, struct app *a, const struct actor *who, struct session_list *out);
enum err session_revoke(cx *c, struct app *a, const struct actor *who, int64_t id); /* of one's own; 0: all but this one */

/* ---- passwords ---- */

/* One's own. Faults at old, password. The other sessions end. */
enum err session_password(cx *c, struct app *a, const struct actor *who, str old, str password);
/* A link to set a password, for half an hour: the path "/dat-mat-khau/TOKEN". By who may edit the account. */
enum err session_reset_link(cx *c, struct app *a, const struct actor *who, int64_t user_id, str *path);
/* Somebody forgot his password: a letter goes to the address of the account, when there are both. Says nothing about whether there are;
 * ERR_BUSY with session.wait when asked too often. */
enum err session_reset_ask(cx *c, struct app *a, str login, const struct session_from *from);
/* What the link leads to: the login. ERR_NOTFOUND without a fault: it is not or no more good. */
enum err session_reset_look(cx *c, struct app *a, str token, str *login);
enum err session_reset_use(cx *c, struct app *a, str token, str password); /* faults at password; ends all sessions */

/* ---- the second factor ---- */

enum { TOTP_CODES = 10 };

struct totp_setup {
	str secret; /* base32, to type in */
	str uri;    /* otpauth:// */
	str qr;     /* the same as a QR code, inline SVG */
	str sealed; /* goes through the form and back to totp_confirm */
};

enum err totp_begin(cx *c, struct app *a, const struct actor *who, struct totp_setup *out);
enum err totp_resume(cx *c, struct app *a, const struct actor *who, str sealed, struct totp_setup *out); /* the same again, from the form */
/* A code shows that it works; codes are the recovery codes, shown once. Fault at code. */
enum err totp_confirm(cx *c, struct app *a, const struct actor *who, str sealed, str code, str codes[TOTP_CODES]);
enum err totp_drop(cx *c, struct app *a, const struct actor *who, str password); /* one's own; fault at password */
/* Of somebody who lost both telephone and codes; needs user.edit for him. */
enum err totp_reset(cx *c, struct app *a, const struct actor *who, int64_t user_id);

#endif
