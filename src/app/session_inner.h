/* session_inner: what the files of session share. Not for others. */
#ifndef APP_SESSION_INNER_H
#define APP_SESSION_INNER_H
#include "app/session.h"
#include "db/db.h"

struct session_brakes {
	str pair, account, network, place; /* keys */
};

struct session_second {
	int64_t user_id, step;
	str hash;
	bool good;
};

str session_token_new(cx *c);
str session_token_hash(cx *c, str token);
str session_code_plain(cx *c, str code);
void session_brakes(cx *c, const struct app *a, str login, str client, struct session_brakes *b);
enum err session_brake_look(cx *c, db_conn *k, const struct session_brakes *b);
enum err session_brake_press(cx *c, struct app *a, struct session_brakes *b);
/* Checks a password, bounded in number. */
enum err session_check(cx *c, struct app *a, str hash, str password, bool *fits);
/* A code of now, or of the step before or after; *step is its number. secret: base32. */
bool totp_matches(cx *c, str secret, str code, int64_t *step);

#endif
