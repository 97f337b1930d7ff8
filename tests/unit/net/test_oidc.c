/* Signing in through a real provider (tests/oidc), and tokens that are not what they say. */
#include "net/server.h"
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <time.h>
#include "net/oidc.h"

#define OK(e) assert_int_equal((e), ERR_OK)

static const char *last(const cx *c) { return c->n_faults ? c->faults[c->n_faults - 1].key : ""; }
static const char *last_arg(const cx *c) { return c->n_faults ? c->faults[c->n_faults - 1].arg[0].p : ""; }

static struct oidc_client client_of(cx *c, const struct test_server *s)
{
	return (struct oidc_client){ .issuer = arena_printf(c->mem, "http://127.0.0.1:%d", s->port), .client_id = STR("thuocdo"),
		.client_secret = STR("bi mat & dai"), .redirect = STR("http://127.0.0.1:1/dang-nhap/quay-ve"), .scopes = STR("openid email profile"),
		.plain = true };
}

/* Goes through the provider's pages and gives what comes back in the address. */
static str come_back(cx *c, const struct oidc_client *o, str url, const char *name)
{
	const struct http_ask ask = { .method = "GET", .plain = true,
		.url = arena_printf(c->mem, "%.*s/__browse?url=%.*s", STR_ARG(o->issuer), STR_ARG(net_escape(c->mem, url))) };
	struct http_reply r;
	OK(http_do(c, &ask, &r));
	assert_true(str_starts(r.body, o->redirect));
	const char *at = strstr(r.body.p, name);
	if (!at)
		fail_msg("%s", r.body.p);
	at += strlen(name);
	return arena_str(c->mem, (str){ at, strcspn(at, "&") });
}

static enum err sign_in(cx *c, const struct oidc_client *o, const struct oidc_server *s, str *jwks, struct oidc_identity *who)
{
	str state = oidc_random(c->mem), nonce = oidc_random(c->mem), verifier = oidc_random(c->mem);
	str url = oidc_begin(c, o, s, state, nonce, verifier);
	assert_true(str_eq(come_back(c, o, url, "state="), state));
	return oidc_finish(c, o, s, jwks, come_back(c, o, url, "code="), nonce, verifier, who);
}

static cx *now(void)
{
	cx *c = cx_new(0);
	c->now_ms = (int64_t)time(NULL) * 1000;
	return c;
}

static void provider(struct test_server *s, const char *const *options)
{
	server_start_in(s, (const char *const[]){ "sh", "tests/npm.sh", "oidc", "provider.mjs", NULL }, options);
}

static void whole_way(const char *alg)
{
	struct test_server s;
	cx *c = now();
	struct oidc_server server;
	struct oidc_identity who;
	str jwks = STR("");
	char option[20], port[20];
	snprintf(option, sizeof option, "alg=%s", alg);
	server_folder(&s);
	provider(&s, (const char *const[]){ option, "login=binh", NULL });
	struct oidc_client o = client_of(c, &s);
	OK(oidc_discover(c, &o, &server));
	OK(sign_in(c, &o, &server, &jwks, &who));
	assert_true(str_is(who.subject, "binh") && str_is(who.email, "binh@x.vn") && who.email_verified && str_eq(who.issuer, o.issuer));
	assert_true(jwks.len > 0);

	/* A code works once, only with its verifier, and only for its own secret. */
	str nonce = oidc_random(c->mem), verifier = oidc_random(c->mem);
	str code = come_back(c, &o, oidc_begin(c, &o, &server, STR("s"), nonce, verifier), "code=");
	assert_int_equal(oidc_finish(c, &o, &server, &jwks, code, nonce, oidc_random(c->mem), &who), ERR_DENIED);
	code = come_back(c, &o, oidc_begin(c, &o, &server, STR("s"), nonce, verifier), "code=");
	assert_int_equal(oidc_finish(c, &o, &server, &jwks, code, oidc_random(c->mem), verifier, &who), ERR_DENIED); /* somebody else's nonce */
	assert_string_equal(last_arg(c), "nonce");
	assert_int_equal(oidc_finish(c, &o, &server, &jwks, code, nonce, verifier, &who), ERR_DENIED);
	struct oidc_client other = o;
	other.client_secret = STR("sai");
	code = come_back(c, &o, oidc_begin(c, &o, &server, STR("s"), nonce, verifier), "code=");
	assert_int_equal(oidc_finish(c, &other, &server, &jwks, code, nonce, verifier, &who), ERR_IO);

	/* The provider is started anew with another key: it is fetched, once. */
	snprintf(port, sizeof port, "port=%d", s.port);
	server_end(&s);
	provider(&s, (const char *const[]){ option, port, "kid=b", "login=an", NULL });
	str before = jwks;
	OK(sign_in(c, &o, &server, &jwks, &who));
	assert_true(str_is(who.subject, "an") && !str_eq(before, jwks));

	/* Another key under the same name: the old one does not fit any more, and nobody is let in. */
	server_end(&s);
	provider(&s, (const char *const[]){ option, port, "kid=b", NULL });
	assert_int_equal(sign_in(c, &o, &server, &jwks, &who), ERR_INPUT);
	assert_string_equal(last(c), "jwt.signature");

	other = o;
	other.issuer = arena_printf(c->mem, "http://localhost:%d", s.port); /* it calls itself otherwise */
	assert_int_equal(oidc_discover(c, &other, &server), ERR_IO);
	server_end(&s);
	assert_int_equal(oidc_discover(c, &o, &server), ERR_BUSY);
	server_stop(&s);
	cx_free(c);
}

static void test_rs256(void **state)
{
	(void)state;
	whole_way("RS256");
}

static void test_es256(void **state)
{
	(void)state;
	whole_way("ES256");
}

/* ---- tokens made here ---- */

static str number(cx *c, EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;
	unsigned char bytes[600];
	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
	int len = name[0] == 'q' ? BN_bn2binpad(n, bytes, 32) : BN_bn2bin(n, bytes);
	BN_free(n);
	return jwt_base64(c->mem, (str){ (const char *)bytes, (size_t)len });
}

static json_t *jwks_of(cx *c, EVP_PKEY *rsa, EVP_PKEY *ec)
{
	str n = number(c, rsa, OSSL_PKEY_PARAM_RSA_N), e = number(c, rsa, OSSL_PKEY_PARAM_RSA_E);
	str x = number(c, ec, OSSL_PKEY_PARAM_EC_PUB_X), y = number(c, ec, OSSL_PKEY_PARAM_EC_PUB_Y);
	str text = arena_printf(c->mem,
		"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"%.*s\",\"e\":\"%.*s\"},"
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"x\":\"%.*s\",\"y\":\"%.*s\"}]}",
		STR_ARG(n), STR_ARG(e), STR_ARG(x), STR_ARG(y));
	json_t *j = json_loads(text.p, 0, NULL);
	assert_non_null(j);
	return j;
}

static str signed_text(cx *c, EVP_PKEY *key, bool es, str text)
{
	unsigned char der[600], raw[64];
	size_t n = sizeof der;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, der, &n, (const unsigned char *)text.p, text.len), 1);
	EVP_MD_CTX_free(ctx);
	if (!es)
		return jwt_base64(c->mem, (str){ (const char *)der, n });
	const unsigned char *p = der;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)n);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
	ECDSA_SIG_free(pair);
	return jwt_base64(c->mem, (str){ (const char *)raw, 64 });
}

static str token_of(cx *c, EVP_PKEY *key, bool es, const char *head, const char *body)
{
	str h = jwt_base64(c->mem, str_of(head)), b = jwt_base64(c->mem, str_of(body));
	str text = arena_printf(c->mem, "%.*s.%.*s", STR_ARG(h), STR_ARG(b));
	str s = signed_text(c, key, es, text);
	return arena_printf(c->mem, "%.*s.%.*s", STR_ARG(text), STR_ARG(s));
}

static enum err check(cx *c, str token, const json_t *jwks)
{
	json_t *claims = NULL;
	enum err e = jwt_check(c, token, jwks, &claims);
	assert_true(e || json_is_object(claims));
	json_decref(claims);
	return e;
}

static void test_tokens(void **state)
{
	(void)state;
	cx *c = now();
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *weak = EVP_RSA_gen(1024), *ec = EVP_EC_gen("P-256");
	json_t *keys = jwks_of(c, rsa, ec), *weak_keys = jwks_of(c, weak, ec);
	static const char BODY[] = "{\"sub\":\"a\"}";
	static const char R[] = "{\"alg\":\"RS256\",\"kid\":\"r\"}", E[] = "{\"alg\":\"ES256\",\"kid\":\"e\"}";
	str good = token_of(c, rsa, false, R, BODY);
	OK(check(c, good, keys));
	OK(check(c, token_of(c, ec, true, E, BODY), keys));
	OK(check(c, token_of(c, rsa, false, "{\"alg\":\"RS256\"}", BODY), keys)); /* only one of this kind */
	assert_int_equal(check(c, token_of(c, weak, false, R, BODY), weak_keys), ERR_INPUT);
	assert_int_equal(check(c, token_of(c, rsa, false, "{\"alg\":\"RS256\",\"kid\":\"x\"}", BODY), keys), ERR_NOTFOUND);
	assert_int_equal(check(c, token_of(c, rsa, false, "{\"alg\":\"RS256\",\"kid\":\"e\"}", BODY), keys), ERR_NOTFOUND);
	assert_int_equal(check(c, token_of(c, ec, true, "{\"alg\":\"RS256\",\"kid\":\"r\"}", BODY), keys), ERR_INPUT);
	static const char *const algorithms[] = { "none", "HS256", "RS512", "rs256", "" };
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(check(c,
					 token_of(c, rsa, false,
						 arena_printf(c->mem, "{\"alg\":\"%s\",\"kid\":\"r\"}", algorithms[i]).p, BODY),
					 keys),
			ERR_INPUT);
		assert_string_equal(last(c), "jwt.algorithm");
	}
	assert_int_equal(check(c, token_of(c, rsa, false, "{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"x\"]}", BODY), keys), ERR_INPUT);
	assert_int_equal(check(c, token_of(c, rsa, false, R, "[1]"), keys), ERR_INPUT);
	/* One sign changed, anywhere. */
	for (size_t i = 0; i < good.len; i += 7) {
		char *copy = arena_copy(c->mem, good.p, good.len);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		assert_int_not_equal(check(c, (str){ copy, good.len }, keys), ERR_OK);
	}
	for (size_t n = 0; n < good.len; n += 11)
		assert_int_not_equal(check(c, (str){ good.p, n }, keys), ERR_OK);
	assert_int_not_equal(check(c, STR("a.b.c.d"), keys), ERR_OK);
	json_decref(keys);
	json_decref(weak_keys);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(weak);
	EVP_PKEY_free(ec);
	cx_free(c);
}

static void test_claims(void **state)
{
	(void)state;
	cx *c = now();
	long t = (long)(c->now_ms / 1000);
	const struct oidc_client o = { .issuer = STR("https://i.vn"), .client_id = STR("thuocdo") };
	static const struct {
		const char *iss, *aud, *more;
		long exp, iat;
		const char *nonce, *sub, *wrong;
	} cases[] = {
		{ "https://i.vn", "\"thuocdo\"", "", 300, 0, "n", "a", NULL },
		{ "https://i.vn", "[\"thuocdo\"]", "", 300, 0, "n", "a", NULL },
		{ "https://i.vn", "[\"x\",\"thuocdo\"]", ",\"azp\":\"thuocdo\"", 300, 0, "n", "a", NULL },
		{ "https://i.vn", "\"thuocdo\"", "", -30, 30, "n", "a", NULL }, /* clocks differ a little */
		{ "https://i.vn", "[\"x\",\"thuocdo\"]", "", 300, 0, "n", "a", "aud" },
		{ "https://i.vn", "\"thuocdo\"", ",\"azp\":\"x\"", 300, 0, "n", "a", "aud" },
		{ "https://i.vn", "\"thuocdo2\"", "", 300, 0, "n", "a", "aud" },
		{ "https://i.vn", "7", "", 300, 0, "n", "a", "aud" },
		{ "https://i.vn/", "\"thuocdo\"", "", 300, 0, "n", "a", "iss" },
		{ "https://i.vn", "\"thuocdo\"", "", -90, -100, "n", "a", "exp" },
		{ "https://i.vn", "\"thuocdo\"", "", 300, 90, "n", "a", "iat" },
		{ "https://i.vn", "\"thuocdo\"", "", 300, 0, "m", "a", "nonce" },
		{ "https://i.vn", "\"thuocdo\"", "", 300, 0, "", "a", "nonce" },
		{ "https://i.vn", "\"thuocdo\"", "", 300, 0, "n", "", "sub" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		str text = arena_printf(c->mem,
			"{\"iss\":\"%s\",\"aud\":%s,\"exp\":%ld,\"iat\":%ld,\"nonce\":\"%s\",\"sub\":\"%s\"%s}", cases[i].iss,
			cases[i].aud, t + cases[i].exp, t + cases[i].iat, cases[i].nonce, cases[i].sub, cases[i].more);
		json_t *claims = json_loads(text.p, 0, NULL);
		struct oidc_identity who;
		enum err e = oidc_claims(c, &o, claims, STR("n"), &who);
		if (cases[i].wrong ? e != ERR_DENIED || strcmp(last_arg(c), cases[i].wrong) != 0 : e != ERR_OK)
			fail_msg("case %zu: %d %s", i, (int)e, last_arg(c));
		json_decref(claims);
	}
	json_t *claims = json_loads("{\"iss\":\"https://i.vn\",\"aud\":\"thuocdo\",\"exp\":99999999999,\"iat\":1,\"sub\":\"a\"}", 0, NULL);
	struct oidc_identity who;
	assert_int_equal(oidc_claims(c, &o, claims, STR("n"), &who), ERR_DENIED);
	assert_int_equal(oidc_claims(c, &o, claims, STR(""), &who), ERR_DENIED); /* no nonce at all is no nonce */
	json_decref(claims);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tokens), cmocka_unit_test(test_claims), cmocka_unit_test(test_rs256),
		cmocka_unit_test(test_es256) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
