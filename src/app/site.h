/* site: what an administrator sets on a page instead of in a file: the logo, the address of the installation, the mail server. In the store; the
 * password of the mail server is sealed with the key file and never shown again. What the configuration file names goes before (site.h says so
 * with `fixed`). What is saved holds at once in this server; others on the same store take it over within a second (site_refresh).
 *
 * The logo is a PNG, JPEG or WebP of at most 128 KiB, known by its content: nothing that could run. Permission "setting" "edit". In a training
 * store no mail server can be set: everybody there is administrator. */
#ifndef APP_SITE_H
#define APP_SITE_H
#include "app/actor.h"

struct settings;

enum { SITE_LOGO_MAX = 128 << 10, SITE_LOOK_MS = 1000 };

/* At the start, before pages are served. */
enum err site_load(cx *c, struct app *a);
void site_close(struct app *a);
/* Takes over what was set through another server. Asks the store once in SITE_LOOK_MS, so whoever makes a page or sends letters may call it
 * each time; what cannot be read now is read the next time. */
void site_refresh(struct app *a, int64_t now_ms);

/* ---- logo ---- */

enum err site_logo_put(cx *c, struct app *a, const struct actor *who, str name, str bytes); /* faults site.logo, site.logo_size at "logo" */
enum err site_logo_drop(cx *c, struct app *a, const struct actor *who);
/* ERR_NOTFOUND without a fault: there is none. */
enum err site_logo(cx *c, struct app *a, str *bytes, const char **media);

/* ---- mail ---- */

struct site_mail {
	str url;                          /* of the installation as people see it; letters carry links */
	str host, tls, user, from, from_name; /* tls: starttls, tls, none */
	int port;
	bool has_password;
	bool fixed; /* the configuration file says it: nothing can be set here */
};

enum err site_mail_get(cx *c, struct app *a, const struct actor *who, struct site_mail *out);
/* password empty: as it was. host empty: no mail. Faults at url, host, port, from. */
enum err site_mail_put(cx *c, struct app *a, const struct actor *who, const struct site_mail *x, str password);
/* Sends a test letter now. Faults mail.*; site.no_mail. */
enum err site_mail_test(cx *c, struct app *a, const struct actor *who, str to, int *reply);

#endif
