#include "net/oidc.h"
#include <sodium.h>
#include "base/buf.h"

static enum err wrong(cx *c, enum err code, const char *key, str what)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, STR(""));
	fault_arg(c, f, 1, what);
	return code;
}

static str member(const json_t *o, const char *name) { return str_of(json_string_value(json_object_get(o, name))); }

str oidc_random(arena *mem)
{
	unsigned char bytes[32];
	randombytes_buf(bytes, sizeof bytes);
	return jwt_base64(mem, (str){ (const char *)bytes, sizeof bytes });
}

static enum err get_json(cx *c, const struct oidc_client *o, str url, json_t **out)
{
	const struct http_ask ask = { .method = "GET", .url = url, .ca_file = o->ca_file, .plain = o->plain };
	struct http_reply r;
	enum err e = http_do(c, &ask, &r);
	if (!e && r.status != 200)
		e = wrong(c, r.status >= 500 ? ERR_BUSY : ERR_IO, "oidc.status", arena_printf(c->mem, "%d", r.status));
	if (e)
		return e;
	*out = json_read(c, STR("OIDC"), r.body, HTTP_REPLY_MAX);
	if (json_is_object(*out))
		return ERR_OK;
	json_decref(*out);
	return wrong(c, ERR_IO, "oidc.answer", STR("JSON"));
}

static bool address_ok(const struct oidc_client *o, str s)
{
	return str_starts(s, STR("https://")) || (o->plain && str_starts(s, STR("http://")));
}

static bool list_has(const json_t *list, str word)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (str_eq(str_of(json_string_value(json_array_get(list, i))), word))
			return true;
	return false;
}

enum err oidc_discover(cx *c, const struct oidc_client *o, struct oidc_server *out)
{
	json_t *j;
	str base = o->issuer;
	while (base.len && base.p[base.len - 1] == '/')
		base.len--;
	enum err e = get_json(c, o, arena_printf(c->mem, "%.*s/.well-known/openid-configuration", STR_ARG(base)), &j);
	if (e)
		return e;
	const json_t *ways = json_object_get(j, "token_endpoint_auth_methods_supported"), *pkce = json_object_get(j, "code_challenge_methods_supported");
	struct oidc_server s = { .authorization = arena_str(c->mem, member(j, "authorization_endpoint")),
		.token = arena_str(c->mem, member(j, "token_endpoint")), .jwks = arena_str(c->mem, member(j, "jwks_uri")),
		.basic = !ways || list_has(ways, STR("client_secret_basic")) };
	if (!str_eq(member(j, "issuer"), o->issuer))
		e = wrong(c, ERR_IO, "oidc.answer", STR("issuer"));
	else if (!address_ok(o, s.authorization) || !address_ok(o, s.token) || !address_ok(o, s.jwks))
		e = wrong(c, ERR_IO, "oidc.answer", STR("endpoint"));
	else if (pkce && !list_has(pkce, STR("S256")))
		e = wrong(c, ERR_IO, "oidc.answer", STR("S256"));
	json_decref(j);
	if (!e)
		*out = s;
	return e;
}

enum err oidc_keys(cx *c, const struct oidc_client *o, const struct oidc_server *s, str *jwks)
{
	json_t *j;
	enum err e = get_json(c, o, s->jwks, &j);
	if (e)
		return e;
	char *text = json_dumps(j, JSON_COMPACT);
	if (text)
		*jwks = arena_str(c->mem, str_of(text));
	else
		e = wrong(c, ERR_IO, "oidc.answer", STR("JWKS"));
	free(text);
	json_decref(j);
	return e;
}

str oidc_begin(cx *c, const struct oidc_client *o, const struct oidc_server *s, str state, str nonce, str verifier)
{
	unsigned char h[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(h, (const unsigned char *)verifier.p, verifier.len);
	str challenge = jwt_base64(c->mem, (str){ (const char *)h, sizeof h });
	return arena_printf(c->mem,
		"%.*s%cresponse_type=code&client_id=%.*s&redirect_uri=%.*s&scope=%.*s&state=%.*s&nonce=%.*s&code_challenge=%.*s&code_challenge_method=S256",
		STR_ARG(s->authorization), memchr(s->authorization.p, '?', s->authorization.len) ? '&' : '?', STR_ARG(net_escape(c->mem, o->client_id)),
		STR_ARG(net_escape(c->mem, o->redirect)), STR_ARG(net_escape(c->mem, o->scopes)), STR_ARG(state), STR_ARG(nonce), STR_ARG(challenge));
}

/* ---- the token ---- */

static enum err exchange(cx *c, const struct oidc_client *o, const struct oidc_server *s, str code, str verifier, str *id_token)
{
	arena *m = c->mem;
	str body = arena_printf(m, "grant_type=authorization_code&code=%.*s&redirect_uri=%.*s&code_verifier=%.*s", STR_ARG(net_escape(m, code)),
		STR_ARG(net_escape(m, o->redirect)), STR_ARG(net_escape(m, verifier)));
	static const str headers[] = { { "Accept: application/json", 24 }, { "Content-Type: application/x-www-form-urlencoded", 47 } };
	bool basic = o->client_secret.len && s->basic;
	if (!basic)
		body = arena_printf(m, "%.*s&client_id=%.*s", STR_ARG(body), STR_ARG(net_escape(m, o->client_id)));
	if (!basic && o->client_secret.len)
		body = arena_printf(m, "%.*s&client_secret=%.*s", STR_ARG(body), STR_ARG(net_escape(m, o->client_secret)));
	const struct http_ask ask = { .method = "POST", .url = s->token, .headers = headers, .n_headers = 2, .body = body,
		.user = basic ? net_escape(m, o->client_id) : STR(""), .password = basic ? net_escape(m, o->client_secret) : STR(""),
		.ca_file = o->ca_file, .plain = o->plain };
	struct http_reply r;
	enum err e = http_do(c, &ask, &r);
	if (e)
		return e;
	if (r.status != 200) /* 400: the code is used, or not for us; 401: the secret is wrong */
		return wrong(c, r.status >= 500 ? ERR_BUSY : r.status == 400 ? ERR_DENIED : ERR_IO, "oidc.status", arena_printf(m, "%d", r.status));
	json_t *j = json_read(c, STR("OIDC"), r.body, HTTP_REPLY_MAX);
	*id_token = arena_str(m, member(j, "id_token"));
	json_decref(j);
	return id_token->len ? ERR_OK : wrong(c, ERR_IO, "oidc.answer", STR("id_token"));
}

static enum err with_keys(cx *c, str token, str jwks, json_t **claims)
{
	json_t *keys = json_read(c, STR("JWKS"), jwks, HTTP_REPLY_MAX);
	enum err e = keys ? jwt_check(c, token, keys, claims) : ERR_NOTFOUND;
	json_decref(keys);
	return e;
}

static bool for_us(const struct oidc_client *o, const json_t *claims)
{
	const json_t *aud = json_object_get(claims, "aud"), *azp = json_object_get(claims, "azp");
	/* Whom it was made for, when that is said, must be us; among several receivers it must be said. */
	if (azp ? !str_eq(member(claims, "azp"), o->client_id) : json_array_size(aud) > 1)
		return false;
	return json_is_string(aud) ? str_eq(str_of(json_string_value(aud)), o->client_id) : list_has(aud, o->client_id);
}

enum err oidc_claims(cx *c, const struct oidc_client *o, const json_t *claims, str nonce, struct oidc_identity *out)
{
	const json_t *exp = json_object_get(claims, "exp"), *iat = json_object_get(claims, "iat");
	int64_t now = c->now_ms / 1000;
	if (!str_eq(member(claims, "iss"), o->issuer))
		return wrong(c, ERR_DENIED, "oidc.claim", STR("iss"));
	if (!for_us(o, claims))
		return wrong(c, ERR_DENIED, "oidc.claim", STR("aud"));
	if (!json_is_number(exp) || json_number_value(exp) + OIDC_LEEWAY_S < (double)now)
		return wrong(c, ERR_DENIED, "oidc.claim", STR("exp"));
	if (!json_is_number(iat) || json_number_value(iat) - OIDC_LEEWAY_S > (double)now)
		return wrong(c, ERR_DENIED, "oidc.claim", STR("iat"));
	str got = member(claims, "nonce"), sub = member(claims, "sub");
	if (!nonce.len || got.len != nonce.len || sodium_memcmp(got.p, nonce.p, nonce.len) != 0)
		return wrong(c, ERR_DENIED, "oidc.claim", STR("nonce"));
	if (!sub.len || sub.len > 255)
		return wrong(c, ERR_DENIED, "oidc.claim", STR("sub"));
	*out = (struct oidc_identity){ .issuer = arena_str(c->mem, o->issuer), .subject = arena_str(c->mem, sub),
		.email = arena_str(c->mem, member(claims, "email")), .username = arena_str(c->mem, member(claims, "preferred_username")),
		.name = arena_str(c->mem, member(claims, "name")), .email_verified = json_is_true(json_object_get(claims, "email_verified")) };
	return ERR_OK;
}

enum err oidc_finish(cx *c, const struct oidc_client *o, const struct oidc_server *s, str *jwks, str code, str nonce, str verifier,
	struct oidc_identity *out)
{
	str token;
	json_t *claims = NULL;
	enum err e = exchange(c, o, s, code, verifier, &token);
	if (e)
		return e;
	size_t faults = c->n_faults, errors = c->n_errors;
	e = jwks->len ? with_keys(c, token, *jwks, &claims) : ERR_NOTFOUND;
	if (e == ERR_NOTFOUND) { /* changed since */
		c->n_faults = faults;
		c->n_errors = errors;
		e = oidc_keys(c, o, s, jwks);
		if (!e)
			e = with_keys(c, token, *jwks, &claims);
	}
	if (!e)
		e = oidc_claims(c, o, claims, nonce, out);
	json_decref(claims);
	return e;
}
