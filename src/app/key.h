/* key: 32 secret bytes in a file outside the store, from which the program's own keys are made: for signing the audit chain, sealing the
 * secrets of second factors, form tokens. A stolen database or backup is of no use for these without it. It must be kept apart from the
 * backups: without it second factors must be set up anew, and older anchors show another signer. */
#ifndef APP_KEY_H
#define APP_KEY_H
#include "app/app.h"

enum app_key { APP_KEY_AUDIT = 1, APP_KEY_SEAL, APP_KEY_FORM, APP_KEY_TRIES };

/* Reads the file (64 hexadecimal digits); not there: makes it, mode 0600, if create, else the app has no key. Sets anchor_path. A file that
 * others may read is refused. */
enum err app_key_open(cx *c, struct app *a, const char *path, bool create);
void app_key_close(struct app *a);
/* A key of its own for each purpose. false: there is no key; out is zeros. */
bool app_subkey(const struct app *a, enum app_key purpose, unsigned char out[32]);
/* Encrypted with the key; NULL .p: there is none, or (unseal) it was another one. */
str app_seal(cx *c, const struct app *a, str plain);
str app_unseal(cx *c, const struct app *a, str sealed);
/* The same as text (base64 for addresses), for forms and columns. */
str app_seal_text(cx *c, const struct app *a, str plain);
str app_unseal_text(cx *c, const struct app *a, str sealed);

#endif
