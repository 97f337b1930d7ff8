/* The second factor: codes of an application on the telephone (RFC 6238, SHA-1, 30 seconds, six digits), and recovery codes. */
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include "app/audit.h"
#include "app/key.h"
#include "app/session_inner.h"
#include "app/user.h"
#include "db/session.h"
#include "db/user.h"
#include "format/qr.h"

enum { SECRET = 20, STEP_S = 30, CODE = 9 };

/* RFC 4648, without padding. */
static str base32(cx *c, const unsigned char *p, size_t n)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = arena_alloc(c->mem, n * 8 / 5 + 2);
	size_t len = 0;
	for (size_t bit = 0; bit < n * 8; bit += 5) {
		unsigned v = 0;
		for (size_t i = bit; i < bit + 5; i++)
			v = v << 1 | (i < n * 8 ? (unsigned)p[i / 8] >> (7 - i % 8) & 1u : 0u);
		out[len++] = signs[v];
	}
	return (str){ out, len };
}

bool totp_matches(cx *c, str secret, str code, int64_t *step)
{
	char *raw = NULL;
	size_t n = 0;
	uint64_t counter = 0;
	int off;
	if (!secret.len || code.len != 6 || oath_base32_decode(secret.p, secret.len, &raw, &n) != OATH_OK)
		return false;
	const char *z = arena_cstr(c->mem, code);
	bool ok = oath_totp_validate3(raw, n, (time_t)(c->now_ms / 1000), STEP_S, 0, 1, &off, &counter, z) >= 0;
	sodium_memzero(raw, n);
	free(raw);
	*step = (int64_t)counter;
	return ok;
}

static enum err no_key(cx *c) { return cx_fail(c, ERR_INPUT, "app.no_key", (place){ 0 }, (str){ 0 }); }

static str uri_of(cx *c, str login, str secret)
{
	return arena_printf(c->mem, "otpauth://totp/Thuoc%%20Do:%.*s?secret=%.*s&issuer=Thuoc%%20Do", STR_ARG(login), STR_ARG(secret));
}

/* What applications read: the address, and the same for the camera. */
static enum err address(cx *c, str login, struct totp_setup *out)
{
	out->uri = uri_of(c, login, out->secret);
	return qr_svg(c, out->uri, QR_MEDIUM, &out->qr);
}

enum err totp_begin(cx *c, struct app *a, const struct actor *who, struct totp_setup *out)
{
	unsigned char raw[SECRET];
	randombytes_buf(raw, sizeof raw);
	out->secret = base32(c, raw, sizeof raw);
	sodium_memzero(raw, sizeof raw);
	out->sealed = app_seal_text(c, a, arena_printf(c->mem, "%lld %.*s", (long long)who->user_id, STR_ARG(out->secret)));
	if (!out->sealed.len)
		return no_key(c);
	return address(c, who->login, out);
}

enum err totp_resume(cx *c, struct app *a, const struct actor *who, str sealed, struct totp_setup *out)
{
	long id = 0;
	str word, plain = app_unseal_text(c, a, sealed);
	if (!plain.p || !str_next(&plain, ' ', &word) || !str_int(word, 1, INT64_MAX, &id) || id != who->user_id)
		return ERR_NOTFOUND; /* made for somebody else, or with another key */
	out->secret = plain;
	out->sealed = sealed;
	return address(c, who->login, out);
}

struct setup {
	const struct actor *who;
	int64_t user_id, step;
	str sealed, hash[TOTP_CODES];
	size_t n;
	const char *what;
};

static enum err put(cx *c, db_conn *k, void *arg)
{
	const struct setup *w = arg;
	enum err e = db_account_totp(c, k, w->user_id, w->sealed, w->step);
	if (!e)
		e = db_recovery_set(c, k, w->user_id, w->hash, w->n);
	return e ? e : audit_add(c, k, w->who, w->what, user_object(c, w->user_id), STR(""));
}

/* "k7mq-2xnp" */
static str recovery_code(cx *c)
{
	static const char signs[] = "abcdefghkmnpqrstuvwxyz23456789";
	char *out = arena_alloc(c->mem, CODE + 1);
	for (int i = 0; i < CODE; i++)
		out[i] = i == 4 ? '-' : signs[randombytes_uniform(sizeof signs - 1)];
	return (str){ out, CODE };
}

enum err totp_confirm(cx *c, struct app *a, const struct actor *who, str sealed, str code, str codes[TOTP_CODES])
{
	struct totp_setup t;
	struct setup w = { .who = who, .user_id = who->user_id, .n = TOTP_CODES, .what = "user.totp_on" };
	enum err e = totp_resume(c, a, who, sealed, &t);
	if (e)
		return e;
	if (!totp_matches(c, t.secret, session_code_plain(c, code), &w.step))
		return cx_fail(c, ERR_INPUT, "session.wrong_code", (place){ .field = STR("code") }, (str){ 0 });
	w.sealed = app_seal(c, a, t.secret);
	if (!w.sealed.p)
		return no_key(c);
	for (int i = 0; i < TOTP_CODES; i++) {
		codes[i] = recovery_code(c);
		w.hash[i] = session_token_hash(c, session_code_plain(c, codes[i]));
	}
	return db_tx(c, a->db, DB_WRITE, put, &w);
}

static enum err account(cx *c, struct app *a, int64_t id, db_account *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_account_get(c, k, id, date_of_ms(c->now_ms), out);
	return e == ERR_NOTFOUND ? cx_fail(c, e, "user.unknown", (place){ 0 }, (str){ 0 }) : e;
}

enum err totp_drop(cx *c, struct app *a, const struct actor *who, str password)
{
	struct setup w = { .who = who, .user_id = who->user_id, .what = "user.totp_off" };
	db_account x;
	bool fits;
	enum err e = account(c, a, who->user_id, &x);
	if (!e)
		e = session_check(c, a, x.password, password, &fits);
	if (!e && !fits)
		e = cx_fail(c, ERR_INPUT, "session.wrong_old", (place){ .field = STR("password") }, (str){ 0 });
	return e ? e : db_tx(c, a->db, DB_WRITE, put, &w);
}

enum err totp_reset(cx *c, struct app *a, const struct actor *who, int64_t user_id)
{
	struct setup w = { .who = who, .user_id = user_id, .what = "user.totp_off" };
	db_account x;
	enum err e = account(c, a, user_id, &x);
	if (!e)
		e = actor_may_at(c, a, who, "user", "edit", x.unit_level, x.unit_code);
	return e ? e : db_tx(c, a->db, DB_WRITE, put, &w);
}
