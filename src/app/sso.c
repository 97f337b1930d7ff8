#include "app/sso.h"
#include <sodium.h>
#include "app/audit.h"
#include "app/settings.h"
#include "app/user.h"
#include "base/vn.h"
#include "db/identity.h"
#include "db/user.h"
#include "net/oidc.h"

enum { BACK_MAX = 500 };

bool sso_there(const struct app *a) { return a->settings && a->settings->oidc.issuer.len; }
str sso_label(const struct app *a) { return sso_there(a) ? a->settings->oidc.label : STR(""); }

static struct oidc_client client_of(cx *c, const struct app *a)
{
	const struct settings_oidc *o = &a->settings->oidc;
	return (struct oidc_client){ .issuer = o->issuer, .client_id = o->client_id, .client_secret = o->client_secret, .scopes = o->scopes,
		.ca_file = o->ca_file, .plain = o->plain, .redirect = arena_printf(c->mem, "%.*s/dang-nhap/quay-ve", STR_ARG(a->settings->url)) };
}

static enum err denied(cx *c, const char *key) { return cx_fail(c, ERR_DENIED, key, (place){ 0 }, STR("")); }

enum err sso_begin(cx *c, struct app *a, str back, struct sso_start *out)
{
	struct oidc_server server;
	if (!sso_there(a))
		return cx_fail(c, ERR_NOTFOUND, "sso.none", (place){ 0 }, STR(""));
	struct oidc_client o = client_of(c, a);
	enum err e = oidc_discover(c, &o, &server);
	if (e)
		return e;
	str state = oidc_random(c->mem), nonce = oidc_random(c->mem), verifier = oidc_random(c->mem);
	str kept = jwt_base64(c->mem, back.len <= BACK_MAX ? back : STR(""));
	*out = (struct sso_start){ oidc_begin(c, &o, &server, state, nonce, verifier),
		arena_printf(c->mem, "%.*s.%.*s.%.*s.%.*s", STR_ARG(state), STR_ARG(nonce), STR_ARG(verifier), STR_ARG(kept)) };
	return ERR_OK;
}

/* ---- whose account ---- */

struct link {
	const struct oidc_identity *who;
	str claim;
	int64_t account; /* 0: none */
	bool fresh;
};

/* The one account with this verified address; none, or several: nobody. */
static enum err by_email(cx *c, db_conn *k, const struct oidc_identity *who, int64_t *out)
{
	db_account_list l;
	if (!who->email.len || !who->email_verified)
		return denied(c, "sso.no_email");
	enum err e = db_account_by_email(c, k, user_email(c, who->email), &l);
	if (e)
		return e;
	if (l.n != 1)
		return denied(c, l.n ? "sso.several" : "sso.no_account");
	*out = l.p[0].id;
	return ERR_OK;
}

static enum err by_login(cx *c, db_conn *k, str login, int64_t *out)
{
	db_account x;
	enum err e = login.len ? db_account_by_login(c, k, vn_lower(c->mem, login), date_of_ms(c->now_ms), &x) : ERR_NOTFOUND;
	if (!e)
		*out = x.id;
	return e == ERR_NOTFOUND ? denied(c, "sso.no_account") : e;
}

static enum err find_account(cx *c, db_conn *k, void *arg)
{
	struct link *x = arg;
	bool found = false;
	x->account = 0;
	x->fresh = false;
	enum err e = db_identity_find(c, k, x->who->issuer, x->who->subject, &x->account, &found);
	if (e || found)
		return e;
	x->fresh = true;
	if (str_is(x->claim, "email"))
		e = by_email(c, k, x->who, &x->account);
	else
		e = by_login(c, k, str_is(x->claim, "sub") ? x->who->subject : x->who->username, &x->account);
	if (!e)
		e = db_identity_add(c, k, x->who->issuer, x->who->subject, x->account);
	const struct actor self = { .user_id = x->account };
	return e ? e : audit_add(c, k, &self, "user.link", user_object(c, x->account), x->who->issuer);
}

/* ---- coming back ---- */

static bool same(str a, str b) { return a.len && a.len == b.len && sodium_memcmp(a.p, b.p, a.len) == 0; }

enum err sso_finish(cx *c, struct app *a, str cookie, str state, str code, const struct session_from *from, struct session_start *out, str *back)
{
	struct oidc_server server;
	struct oidc_identity who;
	str kept, nonce, verifier, jwks = STR("");
	if (!sso_there(a))
		return cx_fail(c, ERR_NOTFOUND, "sso.none", (place){ 0 }, STR(""));
	if (!str_next(&cookie, '.', &kept) || !str_next(&cookie, '.', &nonce) || !str_next(&cookie, '.', &verifier) || !same(kept, state) || !code.len)
		return denied(c, "sso.state");
	*back = jwt_base64_read(c->mem, cookie);
	struct oidc_client o = client_of(c, a);
	enum err e = oidc_discover(c, &o, &server);
	if (!e) /* the keys are fetched each time: people sign in rarely, and a changed key is never a surprise */
		e = oidc_finish(c, &o, &server, &jwks, code, nonce, verifier, &who);
	if (e)
		return e;
	struct link x = { .who = &who, .claim = a->settings->oidc.claim };
	e = db_tx(c, a->db, DB_WRITE, find_account, &x);
	return e ? e : session_begin_for(c, a, x.account, from, out);
}
