/* csrf: a form is accepted only from a page of this site. The session cookie holds a random name; the token in the form is an HMAC of it,
 * masked anew in every page so that compression cannot be used to guess it. Browsers also say where a request comes from. */
#include <sodium.h>
#include <stdio.h>
#include <strings.h>
#include "web/inner.h"
#include "web/view.h"

enum { SID_BYTES = 16, MAC_BYTES = 16, TOKEN_TEXT = 64 };
static const char COOKIE[] = "td_form", FIELD[] = "_csrf";

static void mac_of(const struct web_server *s, str session, str who, unsigned char out[MAC_BYTES])
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, s->secret, sizeof s->secret, MAC_BYTES);
	crypto_generichash_update(&st, (const unsigned char *)"csrf:", 5);
	crypto_generichash_update(&st, (const unsigned char *)session.p, session.len);
	/* Who signed in, or out, since has another token: a form made before is not his. */
	crypto_generichash_update(&st, (const unsigned char *)"|", 1);
	crypto_generichash_update(&st, (const unsigned char *)who.p, who.len);
	crypto_generichash_final(&st, out, MAC_BYTES);
}

/* The session of the form: the cookie's, or a new one that goes with the answer. */
static str session_of(struct web_cx *w)
{
	if (w->session.len)
		return w->session;
	str cookie = web_cookie_get(w, COOKIE);
	if (cookie.len == 22) { /* base64 of SID_BYTES */
		w->session = cookie;
		return cookie;
	}
	unsigned char sid[SID_BYTES];
	char text[TOKEN_TEXT];
	randombytes_buf(sid, sizeof sid);
	sodium_bin2base64(text, sizeof text, sid, sizeof sid, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	w->session = arena_str(w->mem, str_of(text));
	web_cookie(w, COOKIE, w->session, 0);
	return w->session;
}

void web_csrf_field(struct web_cx *w, buf *b)
{
	unsigned char token[2 * MAC_BYTES];
	char text[TOKEN_TEXT];
	str session = session_of(w);
	mac_of(w->server, session, web_cookie_get(w, SESSION_COOKIE), token + MAC_BYTES);
	randombytes_buf(token, MAC_BYTES);
	for (size_t i = 0; i < MAC_BYTES; i++)
		token[MAC_BYTES + i] ^= token[i];
	sodium_bin2base64(text, sizeof text, token, sizeof token, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	buf_printf(b, "<input type=\"hidden\" name=\"%s\" value=\"%s\">", FIELD, text);
	web_cache(w, -1); /* the page is this client's alone */
}

static bool token_fits(struct web_server *s, str session, str who, str text)
{
	unsigned char token[2 * MAC_BYTES], mac[MAC_BYTES];
	size_t n;
	if (!session.len || sodium_base642bin(token, sizeof token, text.p, text.len, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0
		|| n != sizeof token)
		return false;
	mac_of(s, session, who, mac);
	for (size_t i = 0; i < MAC_BYTES; i++)
		token[MAC_BYTES + i] ^= token[i];
	return sodium_memcmp(token + MAC_BYTES, mac, MAC_BYTES) == 0;
}

/* What the browser itself says, which a page of another site cannot change. Programs say nothing. */
bool same_site(const struct request *r)
{
	const char *site = request_header(r, "Sec-Fetch-Site"), *origin = request_header(r, "Origin"), *host = request_header(r, "Host");
	if (site)
		return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
	if (!origin)
		return true;
	const char *at = strstr(origin, "://");
	return at && host && strcasecmp(at + 3, host) == 0;
}

bool csrf_check(struct request *r)
{
	if (!r->own_site)
		return false;
	const struct web_pair *token = form_find(&r->form, FIELD);
	return token && token_fits(r->server, web_cookie_get(&r->w, COOKIE), web_cookie_get(&r->w, SESSION_COOKIE), token->value);
}
