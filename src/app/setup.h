/* setup: the first start of a store in which nobody can sign in. The server makes a code and prints it where it was started; who types it on
 * the page /cai-dat becomes the first administrator. With the first account the page is gone. */
#ifndef APP_SETUP_H
#define APP_SETUP_H
#include "app/user.h"

enum { SETUP_CODE = 15 };

/* Makes the code when there is no account yet; out gets it as text. Empty: there are accounts. */
enum err setup_begin(cx *c, struct app *a, char out[SETUP_CODE]);
bool setup_open(const struct app *a);

struct setup {
	str code, password;
	str province; /* code of the province of today, whose installation this is; empty: none (a ministry) */
	struct user user;
};

/* The administrator over all units; packs are loaded when the roles are not there. Faults at code, login, name, email, password, province.
 * ERR_NOTFOUND: it is done already. ERR_BUSY with session.wait after wrong codes. */
enum err setup_do(cx *c, struct app *a, struct setup *s, str client);

#endif
