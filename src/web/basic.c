#include "web/basic.h"
#include <sodium.h>
#include "app/session.h"
#include "base/vn.h"

enum { MOST = 1024 };

void basic_challenge(struct web_cx *w)
{
	web_error(w, 401);
	web_header(w, "WWW-Authenticate", STR("Basic realm=\"thuocdo\", charset=\"UTF-8\""));
}

/* "Basic bG9naW46cGFzc3dvcmQ=" */
static bool read_credentials(struct web_cx *w, str *login, str *password)
{
	str s = w->authorization;
	unsigned char *p = arena_alloc(w->mem, MOST);
	size_t n = 0;
	if (s.len < 6 || s.len > MOST || strncasecmp(s.p, "Basic ", 6) != 0)
		return false;
	s = str_trim((str){ s.p + 6, s.len - 6 });
	if (sodium_base642bin(p, MOST, s.p, s.len, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	str both = { (const char *)p, n };
	if (vn_utf8_check(both) != n || !str_next(&both, ':', login))
		return false;
	*password = both;
	return password->p != NULL;
}

bool basic_allow(struct web_cx *w)
{
	struct session_from from = { w->client, w->agent };
	struct actor *who = NEW(w->mem, struct actor);
	str login, password;
	if (!read_credentials(w, &login, &password)) {
		basic_challenge(w);
		return false;
	}
	enum err e = session_basic(w->cx, w->app, login, password, &from, who);
	if (e == ERR_DENIED && w->cx->n_faults && strcmp(w->cx->faults[0].key, "session.wrong") == 0)
		basic_challenge(w);
	else if (e == ERR_BUSY)
		web_error(w, 429);
	else if (e)
		web_fail(w, e);
	else
		w->actor = who;
	return !e;
}
