#include "net/jwt.h"
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>

enum { ES256_HALF = 32, RSA_LEAST = 2048 };

static enum err wrong(cx *c, const char *key) { return cx_fail(c, ERR_INPUT, key, (place){ 0 }, STR("")); }

str jwt_base64_read(arena *mem, str s)
{
	size_t n = 0;
	unsigned char *p = arena_alloc(mem, s.len + 1);
	const char *end;
	if (!s.p) /* the member is not there */
		return s;
	if (sodium_base642bin(p, s.len + 1, s.p, s.len, NULL, &n, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || end != s.p + s.len)
		return (str){ 0 };
	p[n] = 0;
	return (str){ (const char *)p, n };
}

str jwt_base64(arena *mem, str bytes)
{
	size_t n = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *p = arena_alloc(mem, n);
	sodium_bin2base64(p, n, (const unsigned char *)bytes.p, bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return str_of(p);
}

static str member(const json_t *o, const char *name) { return str_of(json_string_value(json_object_get(o, name))); }

static str member_bytes(cx *c, const json_t *o, const char *name) { return jwt_base64_read(c->mem, member(o, name)); }

/* ---- keys ---- */

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *build)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = build ? OSSL_PARAM_BLD_to_param(build) : NULL;
	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) <= 0 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *rsa_key(cx *c, const json_t *jwk)
{
	str n = member_bytes(c, jwk, "n"), e = member_bytes(c, jwk, "e");
	if (!n.len || !e.len || n.len > 1024 || e.len > 8)
		return NULL;
	BIGNUM *bn = BN_bin2bn((const unsigned char *)n.p, (int)n.len, NULL), *be = BN_bin2bn((const unsigned char *)e.p, (int)e.len, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;
	if (bn && be && build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be))
		key = from_params("RSA", build);
	OSSL_PARAM_BLD_free(build);
	BN_free(bn);
	BN_free(be);
	if (key && EVP_PKEY_get_bits(key) < RSA_LEAST) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static EVP_PKEY *ec_key(cx *c, const json_t *jwk)
{
	str x = member_bytes(c, jwk, "x"), y = member_bytes(c, jwk, "y");
	unsigned char point[1 + 2 * ES256_HALF] = { 4 };
	if (!str_is(member(jwk, "crv"), "P-256") || x.len != ES256_HALF || y.len != ES256_HALF)
		return NULL;
	memcpy(point + 1, x.p, ES256_HALF);
	memcpy(point + 1 + ES256_HALF, y.p, ES256_HALF);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;
	if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0)
		&& OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
		key = from_params("EC", build);
	OSSL_PARAM_BLD_free(build);
	return key;
}

/* The key with this kid and of this type, for signatures. A token without kid is taken when there is one such key only. */
static const json_t *find_key(const json_t *jwks, str kid, const char *type)
{
	const json_t *found = NULL, *keys = json_object_get(jwks, "keys");
	for (size_t i = 0; i < json_array_size(keys) && i < JWT_KEYS; i++) {
		const json_t *k = json_array_get(keys, i);
		str use = member(k, "use");
		if (!str_is(member(k, "kty"), type) || (use.len && !str_is(use, "sig")))
			continue;
		if (kid.len && str_eq(member(k, "kid"), kid))
			return k;
		if (!kid.len && found)
			return NULL;
		if (!kid.len)
			found = k;
	}
	return found;
}

/* ---- signatures ---- */

static bool verify(EVP_PKEY *key, str signature, str text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) > 0
		&& EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.len, (const unsigned char *)text.p, text.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* JOSE writes the two numbers side by side, OpenSSL wants them as DER. */
static bool verify_es256(EVP_PKEY *key, str signature, str text)
{
	if (signature.len != 2 * ES256_HALF)
		return false;
	const unsigned char *p = (const unsigned char *)signature.p;
	BIGNUM *r = BN_bin2bn(p, ES256_HALF, NULL), *s = BN_bin2bn(p + ES256_HALF, ES256_HALF, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	if (!pair || !r || !s || !ECDSA_SIG_set0(pair, r, s)) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(pair);
		return false;
	}
	unsigned char *der = NULL;
	int n = i2d_ECDSA_SIG(pair, &der);
	bool ok = n > 0 && verify(key, (str){ (const char *)der, (size_t)n }, text);
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	return ok;
}

static enum err check_signature(cx *c, const json_t *head, str signed_text, str signature, const json_t *jwks)
{
	str alg = member(head, "alg");
	bool es = str_is(alg, "ES256");
	if ((!es && !str_is(alg, "RS256")) || json_object_get(head, "crit"))
		return wrong(c, "jwt.algorithm");
	const json_t *jwk = find_key(jwks, member(head, "kid"), es ? "EC" : "RSA");
	if (!jwk)
		return cx_fail(c, ERR_NOTFOUND, "jwt.no_key", (place){ 0 }, STR(""));
	EVP_PKEY *key = es ? ec_key(c, jwk) : rsa_key(c, jwk);
	bool ok = key && (es ? verify_es256(key, signature, signed_text) : verify(key, signature, signed_text));
	EVP_PKEY_free(key);
	return ok ? ERR_OK : wrong(c, "jwt.signature");
}

static json_t *json_part(cx *c, str part)
{
	str text = jwt_base64_read(c->mem, part);
	return text.len ? json_read(c, STR("JWT"), text, JWT_MAX) : NULL;
}

enum err jwt_check(cx *c, str token, const json_t *jwks, json_t **claims)
{
	str rest = token, head, body;
	if (token.len > JWT_MAX || !str_next(&rest, '.', &head) || !str_next(&rest, '.', &body) || !rest.p || memchr(rest.p, '.', rest.len))
		return wrong(c, "jwt.form");
	str signature = jwt_base64_read(c->mem, rest);
	json_t *h = json_part(c, head);
	if (!json_is_object(h) || !signature.len) {
		json_decref(h);
		return wrong(c, "jwt.form");
	}
	enum err e = check_signature(c, h, (str){ token.p, head.len + 1 + body.len }, signature, jwks);
	json_decref(h);
	if (e)
		return e;
	json_t *found = json_part(c, body);
	if (!json_is_object(found)) {
		json_decref(found);
		return wrong(c, "jwt.form");
	}
	*claims = found;
	return ERR_OK;
}
