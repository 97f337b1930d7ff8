#include "app/session.h"
#include <arpa/inet.h>
#include <sodium.h>
#include "app/audit.h"
#include "app/key.h"
#include "app/password.h"
#include "app/session_inner.h"
#include "app/user.h"
#include "base/vec.h"
#include "base/vn.h"
#include "db/session.h"
#include "db/user.h"

enum { CHECKS_AT_ONCE = 4, TOKEN_BYTES = 32, SEEN_MS = 60000, HOUR_MS = 3600000, PLACE_DAYS = 90 };

/* ---- tokens ---- */

str session_token_new(cx *c)
{
	unsigned char raw[TOKEN_BYTES];
	char *text = arena_alloc(c->mem, SESSION_TOKEN + 1);
	randombytes_buf(raw, sizeof raw);
	sodium_bin2base64(text, SESSION_TOKEN + 1, raw, sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return (str){ text, SESSION_TOKEN };
}

str session_token_hash(cx *c, str token)
{
	unsigned char h[32];
	char *hex = arena_alloc(c->mem, sizeof h * 2 + 1);
	crypto_generichash(h, sizeof h, (const unsigned char *)token.p, token.len, (const unsigned char *)"thuocdo session token", 21);
	sodium_bin2hex(hex, sizeof h * 2 + 1, h, sizeof h);
	return (str){ hex, sizeof h * 2 };
}

/* ---- slowing down ---- */

struct brake {
	int64_t free, window_ms, most_s, ease; /* after `free` failures 2^((fails - free) / ease) seconds */
};

static const struct brake of_pair = { 4, DAY_MS, 900, 1 }, of_account = { 19, HOUR_MS, 60, 2 }, of_network = { 29, HOUR_MS, 60, 4 };

/* /24 and /48: what one owner of a line has. */
static str network_of(cx *c, str client)
{
	unsigned char in[16];
	const char *z = arena_cstr(c->mem, client);
	if (inet_pton(AF_INET, z, in) == 1)
		return arena_printf(c->mem, "%d.%d.%d", in[0], in[1], in[2]);
	if (inet_pton(AF_INET6, z, in) == 1)
		return arena_printf(c->mem, "%02x%02x:%02x%02x:%02x%02x", in[0], in[1], in[2], in[3], in[4], in[5]);
	return client;
}

/* A keyed hash: neither logins nor addresses can be read from the table. */
static str try_key(cx *c, const struct app *a, const char *kind, str one, str two)
{
	unsigned char key[32], h[16];
	char hex[sizeof h * 2 + 1];
	str text = arena_printf(c->mem, "%zu|%.*s|%.*s", one.len, STR_ARG(one), STR_ARG(two));
	app_subkey(a, APP_KEY_TRIES, key);
	crypto_generichash(h, sizeof h, (const unsigned char *)text.p, text.len, key, sizeof key);
	return arena_printf(c->mem, "%s:%s", kind, sodium_bin2hex(hex, sizeof hex, h, sizeof h));
}

void session_brakes(cx *c, const struct app *a, str login, str client, struct session_brakes *b)
{
	str network = network_of(c, client);
	b->pair = try_key(c, a, "pair", login, network);
	b->account = try_key(c, a, "account", login, STR(""));
	b->network = try_key(c, a, "network", network, STR(""));
	b->place = try_key(c, a, "place", login, network);
}

static enum err waits(cx *c, db_conn *k, str key, int64_t *until)
{
	db_try t;
	enum err e = db_try_get(c, k, key, &t);
	if (!e && t.until_at > *until)
		*until = t.until_at;
	return e;
}

enum err session_brake_look(cx *c, db_conn *k, const struct session_brakes *b)
{
	int64_t until = 0;
	bool known = false;
	enum err e = db_place_has(c, k, b->place, c->now_ms - PLACE_DAYS * (int64_t)DAY_MS, &known);
	if (!e)
		e = waits(c, k, b->pair, &until);
	if (!e && !known)
		e = waits(c, k, b->account, &until);
	if (!e && !known)
		e = waits(c, k, b->network, &until);
	if (e || until <= c->now_ms)
		return e;
	fault *f = cx_fault(c, FAULT_ERROR, "session.wait", (place){ 0 }, (str){ 0 });
	fault_arg(c, f, 1, arena_printf(c->mem, "%lld", (long long)((until - c->now_ms + 999) / 1000)));
	return ERR_BUSY;
}

static enum err press(cx *c, db_conn *k, str key, const struct brake *br)
{
	db_try t;
	enum err e = db_try_get(c, k, key, &t);
	if (e)
		return e;
	if (c->now_ms - t.last_at > br->window_ms)
		t.fails = 0;
	t.fails++;
	t.last_at = c->now_ms;
	if (t.fails > br->free) {
		int64_t power = (t.fails - br->free) / br->ease, wait_s = power > 20 ? br->most_s : INT64_C(1) << power;
		t.until_at = c->now_ms + (wait_s < br->most_s ? wait_s : br->most_s) * 1000;
	}
	return db_try_put(c, k, &t);
}

static enum err press_all(cx *c, db_conn *k, void *arg)
{
	const struct session_brakes *b = arg;
	enum err e = press(c, k, b->pair, &of_pair);
	if (!e)
		e = press(c, k, b->account, &of_account);
	return e ? e : press(c, k, b->network, &of_network);
}

enum err session_brake_press(cx *c, struct app *a, struct session_brakes *b)
{
	return db_tx(c, a->db, DB_WRITE, press_all, b);
}

/* ---- signing in ---- */

struct begin {
	struct app *a;
	const struct session_from *from;
	struct session_brakes brakes;
	db_account account;
	str token, old_hash; /* old_hash: of the session that waited for the code */
	bool needs_code, by_provider;
	int64_t expires_at;
};

static str shortened(cx *c, str s, size_t most)
{
	while (s.len > most || (s.len && most && s.len == most && ((unsigned char)s.p[s.len - 1] & 0x80)))
		s.len--;
	while (s.len && ((unsigned char)s.p[s.len - 1] & 0xC0) == 0x80)
		s.len--;
	if (s.len && ((unsigned char)s.p[s.len - 1] & 0xC0) == 0xC0)
		s.len--;
	return arena_str(c->mem, s);
}

static enum err open_session(cx *c, db_conn *k, void *arg)
{
	struct begin *w = arg;
	int64_t id = w->account.id;
	struct actor who = { .user_id = id };
	bool ended;
	db_session old, s = { .hash = session_token_hash(c, w->token), .account_id = id, .full = !w->needs_code,
		.client = w->from->client, .agent = shortened(c, w->from->agent, 200) };
	s.expires_at = w->expires_at = c->now_ms + (w->needs_code ? SESSION_CODE_MS : SESSION_MOST_MS);
	enum err e = w->old_hash.len ? db_session_get(c, k, w->old_hash, &old) : ERR_OK;
	if (!e && w->old_hash.len)
		e = db_session_end(c, k, old.id, id, &ended);
	if (!e)
		e = db_session_add(c, k, &s);
	if (e || w->needs_code)
		return e;
	e = db_try_drop(c, k, w->brakes.pair);
	if (!e)
		e = db_place_put(c, k, w->brakes.place, id);
	if (!e)
		e = db_account_signed_in(c, k, id);
	return e ? e : audit_add(c, k, &who, "session.begin", user_object(c, id), STR(""));
}

static enum err finish_begin(cx *c, struct begin *w, struct session_start *out)
{
	w->token = session_token_new(c);
	enum err e = db_tx(c, w->a->db, DB_WRITE, open_session, w);
	*out = (struct session_start){ w->token, w->needs_code, w->expires_at };
	return e;
}

static bool may_check(struct app *a)
{
	if (atomic_fetch_add(&a->checking, 1) < CHECKS_AT_ONCE)
		return true;
	atomic_fetch_sub(&a->checking, 1);
	return false;
}

enum err session_check(cx *c, struct app *a, str hash, str password, bool *fits)
{
	*fits = false;
	if (!may_check(a))
		return cx_fail(c, ERR_BUSY, "session.busy", (place){ 0 }, (str){ 0 });
	*fits = password.len <= PASSWORD_MAX && password_fits(hash, password);
	atomic_fetch_sub(&a->checking, 1);
	return ERR_OK;
}

/* The account, or zeros; nobody may know which. */
static enum err find(cx *c, struct app *a, str login, struct begin *w)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = session_brake_look(c, k, &w->brakes);
	if (!e)
		e = db_account_by_login(c, k, login, date_of_ms(c->now_ms), &w->account);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* The password fits, or the failure is counted. */
static enum err check_login(cx *c, struct app *a, str login, str password, const struct session_from *from, struct begin *w)
{
	bool fits;
	str known = vn_lower(c->mem, str_trim(login));
	if (known.len > USER_LOGIN_MAX)
		known.len = 0;
	session_brakes(c, a, known, from->client, &w->brakes);
	enum err e = find(c, a, known, w);
	if (!e)
		e = session_check(c, a, w->account.password, password, &fits);
	if (e || (fits && !w->account.disabled))
		return e;
	e = session_brake_press(c, a, &w->brakes);
	return e ? e : cx_fail(c, ERR_DENIED, "session.wrong", (place){ .field = STR("password") }, (str){ 0 });
}

static enum err forgive(cx *c, db_conn *k, void *arg)
{
	const struct begin *w = arg;
	enum err e = db_try_drop(c, k, w->brakes.pair);
	return e ? e : db_place_put(c, k, w->brakes.place, w->account.id);
}

enum err session_basic(cx *c, struct app *a, str login, str password, const struct session_from *from, struct actor *out)
{
	struct begin w = { .a = a, .from = from };
	DB_READER(k);
	bool known = false;
	enum err e = check_login(c, a, login, password, from, &w);
	if (!e && (w.account.totp.len || w.account.must_change))
		e = cx_fail(c, ERR_DENIED, "session.no_basic", (place){ 0 }, (str){ 0 });
	if (!e)
		e = db_reader(c, a->db, &k);
	if (!e)
		e = db_place_has(c, k, w.brakes.place, c->now_ms - DAY_MS, &known);
	if (!e)
		e = user_actor_of(c, k, &w.account, out);
	db_release(k);
	k = NULL;
	/* Once a day is enough: this comes with every request. */
	return e || known ? e : db_tx(c, a->db, DB_WRITE, forgive, &w);
}

enum err session_begin(cx *c, struct app *a, str login, str password, const struct session_from *from, struct session_start *out)
{
	struct begin w = { .a = a, .from = from };
	enum err e = check_login(c, a, login, password, from, &w);
	if (e)
		return e;
	w.needs_code = w.account.totp.len > 0;
	return finish_begin(c, &w, out);
}

enum err session_begin_for(cx *c, struct app *a, int64_t user_id, const struct session_from *from, struct session_start *out)
{
	struct begin w = { .a = a, .from = from };
	db_conn *k;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_account_get(c, k, user_id, date_of_ms(c->now_ms), &w.account);
	db_release(k);
	if (e || w.account.disabled)
		return e ? e : cx_fail(c, ERR_DENIED, "session.wrong", (place){ 0 }, (str){ 0 });
	session_brakes(c, a, w.account.login, from->client, &w.brakes);
	return finish_begin(c, &w, out);
}

/* ---- who is it ---- */

static bool is_over(const cx *c, const db_session *s)
{
	return c->now_ms >= s->expires_at || c->now_ms - s->seen_at > SESSION_IDLE_MS;
}

static enum err touch(cx *c, db_conn *k, void *arg)
{
	return db_session_seen(c, k, *(const int64_t *)arg);
}

/* A busy store shall not cost anybody his page. */
static void seen(cx *c, struct app *a, int64_t id)
{
	size_t faults = c->n_faults, errors = c->n_errors;
	if (db_tx(c, a->db, DB_WRITE, touch, &id)) {
		c->n_faults = faults;
		c->n_errors = errors;
	}
}

static enum err look(cx *c, struct app *a, str token, db_session *s, db_account *x, struct actor *out)
{
	DB_READER(k);
	if (token.len != SESSION_TOKEN)
		return ERR_NOTFOUND;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_session_get(c, k, session_token_hash(c, token), s);
	if (!e && is_over(c, s))
		e = ERR_NOTFOUND;
	if (!e)
		e = db_account_get(c, k, s->account_id, date_of_ms(c->now_ms), x);
	if (!e && x->disabled)
		e = ERR_NOTFOUND;
	if (!e && out)
		e = user_actor_of(c, k, x, out);
	return e;
}

enum err session_actor(cx *c, struct app *a, str token, struct actor *out, bool *awaits_code)
{
	db_session s;
	db_account x;
	*awaits_code = false;
	enum err e = look(c, a, token, &s, &x, out);
	if (e)
		return e;
	if (!s.full) {
		*awaits_code = true;
		*out = (struct actor){ .login = x.login };
		return ERR_OK;
	}
	out->session_id = s.id;
	if (c->now_ms - s.seen_at >= SEEN_MS)
		seen(c, a, s.id);
	return ERR_OK;
}

/* ---- the second factor ---- */

static enum err take_recovery(cx *c, db_conn *k, void *arg)
{
	struct session_second *w = arg;
	struct actor who = { .user_id = w->user_id };
	enum err e = db_recovery_take(c, k, w->user_id, w->hash, &w->good);
	return e || !w->good ? e : audit_add(c, k, &who, "session.recovery_code", user_object(c, w->user_id), STR(""));
}

static enum err take_step(cx *c, db_conn *k, void *arg)
{
	struct session_second *w = arg;
	return db_account_totp_step(c, k, w->user_id, w->step, &w->good);
}

/* Letters and digits only: "ab3d-9k2m" may be typed as it is shown, or not. */
str session_code_plain(cx *c, str code)
{
	char *out = arena_alloc(c->mem, code.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < code.len; i++) {
		char ch = code.p[i];
		if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z'))
			out[n++] = ch;
		else if (ch >= 'A' && ch <= 'Z')
			out[n++] = (char)(ch | 0x20);
	}
	return (str){ out, n };
}

static enum err second(cx *c, struct app *a, const db_account *x, str code, bool *good)
{
	struct session_second w = { .user_id = x->id };
	str plain = session_code_plain(c, code), secret = app_unseal(c, a, x->totp);
	*good = false;
	if (plain.len > 40)
		return ERR_OK;
	if (totp_matches(c, secret, plain, &w.step)) {
		enum err e = db_tx(c, a->db, DB_WRITE, take_step, &w);
		*good = w.good;
		return e;
	}
	w.hash = session_token_hash(c, plain);
	enum err e = db_tx(c, a->db, DB_WRITE, take_recovery, &w);
	*good = w.good;
	return e;
}

enum err session_code(cx *c, struct app *a, str token, str code, const struct session_from *from, struct session_start *out)
{
	struct begin w = { .a = a, .from = from };
	db_session s;
	bool good = false;
	db_conn *k;
	enum err e = look(c, a, token, &s, &w.account, NULL);
	if (e || s.full)
		return e ? e : ERR_NOTFOUND;
	session_brakes(c, a, w.account.login, from->client, &w.brakes);
	e = db_reader(c, a->db, &k);
	if (!e)
		e = session_brake_look(c, k, &w.brakes);
	db_release(k);
	if (!e)
		e = second(c, a, &w.account, code, &good);
	if (e)
		return e;
	if (!good) {
		e = session_brake_press(c, a, &w.brakes);
		return e ? e : cx_fail(c, ERR_DENIED, "session.wrong_code", (place){ .field = STR("code") }, (str){ 0 });
	}
	w.old_hash = s.hash;
	return finish_begin(c, &w, out);
}

/* ---- ending ---- */

struct ending {
	const struct actor *who;
	int64_t id;
	bool ended;
};

static enum err end_one(cx *c, db_conn *k, void *arg)
{
	struct ending *w = arg;
	enum err e = w->id ? db_session_end(c, k, w->id, w->who->user_id, &w->ended) : db_session_end_all(c, k, w->who->user_id, w->who->session_id);
	if (e || (w->id && !w->ended))
		return e;
	return audit_add(c, k, w->who, w->id == w->who->session_id ? "session.end" : "session.revoke", user_object(c, w->who->user_id), STR(""));
}

enum err session_end(cx *c, struct app *a, str token)
{
	struct actor who;
	db_session s;
	db_account x;
	enum err e = look(c, a, token, &s, &x, &who);
	if (e)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	who.session_id = s.id;
	struct ending w = { .who = &who, .id = s.id };
	return db_tx(c, a->db, DB_WRITE, end_one, &w);
}

enum err session_list(cx *c, struct app *a, const struct actor *who, struct session_list *out)
{
	db_session_list list;
	DB_READER(k);
	*out = (struct session_list){ 0 };
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_session_of(c, k, who->user_id, &list);
	for (size_t i = 0; !e && i < list.n; i++) {
		const db_session *s = &list.p[i];
		if (!is_over(c, s))
			*VEC_PUSH(c->mem, out) = (struct session_info){ s->id, s->created_at, s->seen_at, s->expires_at, s->client,
				s->agent, s->id == who->session_id };
	}
	return e;
}

enum err session_revoke(cx *c, struct app *a, const struct actor *who, int64_t id)
{
	struct ending w = { .who = who, .id = id };
	enum err e = db_tx(c, a->db, DB_WRITE, end_one, &w);
	return e ? e : id && !w.ended ? ERR_NOTFOUND : ERR_OK;
}
