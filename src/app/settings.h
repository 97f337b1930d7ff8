/* settings: what the administrator configures: thuocdo.ini, and beside it a file of secrets that only the program's user may read. Everything has
 * a default, and without a file the program works: no mail goes out, nobody signs in through another server. docs/guide, chapter "Vận hành".
 * Read once at the start; lives until settings_free. */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H
#include "base/cx.h"
#include "net/gateway.h"
#include "net/mail.h"

struct settings_oidc {
	str issuer, client_id, client_secret, claim, scopes, label; /* issuer empty: none */
	const char *ca_file;
	bool plain; /* an issuer on this machine, without TLS */
};

struct settings {
	str url;       /* of the program as people see it, without a slash at the end: for links in letters */
	bool has_mail, has_sms, has_zalo;
	struct mail_server mail;
	int digest_hour; /* local */
	struct gateway sms, zalo;
	struct settings_oidc oidc;
	const char *sign_ca; /* authorities whose signatures on documents are known; NULL: none */
	uint64_t file_max, files_max; /* bytes; 0: not set */
	cx *own;
	struct settings *before; /* of those set on pages: the ones these replaced */
};

/* Every fault of both files at once. */
enum err settings_read(cx *c, const char *path, struct settings **out);
void settings_free(struct settings *s); /* NULL is fine */

/* "https://…"; "http://…:" (*plain) only to this machine, for tests and a proxy on it. */
bool settings_address_good(str url, bool *plain);

#endif
