/* Passwords: one's own, forgotten ones, links to set one. */
#include "app/audit.h"
#include "app/key.h"
#include "app/notice.h"
#include "app/password.h"
#include "app/session_inner.h"
#include "app/user.h"
#include "base/vn.h"
#include "db/session.h"
#include "db/user.h"

enum { LINK_MS = 1800000, TRIES = 5 };

static enum err account(cx *c, struct app *a, int64_t id, db_account *out)
{
	DB_READER(k);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_account_get(c, k, id, date_of_ms(c->now_ms), out);
	return e == ERR_NOTFOUND ? cx_fail(c, e, "user.unknown", (place){ 0 }, (str){ 0 }) : e;
}

static enum err wrong(cx *c, const char *key, const char *field)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, (str){ 0 });
}

struct setting {
	struct actor who;
	int64_t user_id, keep_session;
	str hash;
	const char *what;
};

static enum err set(cx *c, db_conn *k, void *arg)
{
	const struct setting *w = arg;
	enum err e = db_account_password(c, k, w->user_id, w->hash, false);
	if (!e)
		e = db_session_end_all(c, k, w->user_id, w->keep_session);
	if (!e)
		e = db_reset_drop(c, k, w->user_id);
	return e ? e : audit_add(c, k, &w->who, w->what, user_object(c, w->user_id), STR(""));
}

static enum err set_password(cx *c, struct app *a, const db_account *x, str password, struct setting *w)
{
	const char *weak = password_weak(c, password, x->login, x->name);
	if (weak)
		return wrong(c, weak, "password");
	w->user_id = x->id;
	w->hash = password_hash(c, password, false);
	return w->hash.len ? db_tx(c, a->db, DB_WRITE, set, w) : cx_fail(c, ERR_BUSY, "session.busy", (place){ 0 }, (str){ 0 });
}

enum err session_password(cx *c, struct app *a, const struct actor *who, str old, str password)
{
	db_account x;
	bool fits;
	enum err e = account(c, a, who->user_id, &x);
	if (!e)
		e = session_check(c, a, x.password, old, &fits);
	if (e)
		return e;
	if (!fits)
		return wrong(c, "session.wrong_old", "old");
	if (str_eq(old, password))
		return wrong(c, "password.same", "password");
	struct setting w = { .who = *who, .keep_session = who->session_id, .what = "user.password" };
	return set_password(c, a, &x, password, &w);
}

/* ---- links ---- */

struct link {
	const struct actor *who;
	int64_t user_id;
	str token;
	const char *what;
};

static enum err put_link(cx *c, db_conn *k, void *arg)
{
	const struct link *w = arg;
	enum err e = db_reset_add(c, k, session_token_hash(c, w->token), w->user_id, c->now_ms + LINK_MS);
	return e ? e : audit_add(c, k, w->who, w->what, user_object(c, w->user_id), STR(""));
}

enum err session_reset_link(cx *c, struct app *a, const struct actor *who, int64_t user_id, str *path)
{
	db_account x;
	struct link w = { who, user_id, session_token_new(c), "user.reset_link" };
	enum err e = account(c, a, user_id, &x);
	if (!e)
		e = actor_may_at(c, a, who, "user", "edit", x.unit_level, x.unit_code);
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, put_link, &w);
	*path = arena_printf(c->mem, "/dat-mat-khau/%.*s", STR_ARG(w.token));
	return e;
}

struct asking {
	struct app *a;
	str login;
	struct session_brakes brakes;
};

/* Asking counts like a failed try, so that nobody's mailbox is flooded and no list of logins is tried out. */
static enum err ask(cx *c, db_conn *k, void *arg)
{
	const struct asking *w = arg;
	db_account x;
	struct actor who = actor_system("server");
	enum err e = db_account_by_login(c, k, w->login, date_of_ms(c->now_ms), &x);
	if (e == ERR_NOTFOUND || (!e && (x.disabled || !x.email.len)))
		return ERR_OK;
	struct link l = { &who, x.id, session_token_new(c), "user.reset_asked" };
	if (!e)
		e = put_link(c, k, &l);
	str path = arena_printf(c->mem, "/dat-mat-khau/%.*s", STR_ARG(l.token));
	return e ? e : notice_letter(c, w->a, k, NOTICE_RESET, x.id, path, c->now_ms + LINK_MS);
}

enum err session_reset_ask(cx *c, struct app *a, str login, const struct session_from *from)
{
	struct asking w = { .a = a, .login = vn_lower(c->mem, str_trim(login)) };
	db_conn *k;
	if (w.login.len > USER_LOGIN_MAX)
		w.login.len = 0;
	session_brakes(c, a, w.login, from->client, &w.brakes);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = session_brake_look(c, k, &w.brakes);
	db_release(k);
	if (!e)
		e = session_brake_press(c, a, &w.brakes);
	return e ? e : db_tx(c, a->db, DB_WRITE, ask, &w);
}

static enum err by_link(cx *c, struct app *a, str token, db_account *out)
{
	int64_t id = 0;
	DB_READER(k);
	if (token.len != SESSION_TOKEN)
		return ERR_NOTFOUND;
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = db_reset_find(c, k, session_token_hash(c, token), &id);
	if (!e)
		e = id ? db_account_get(c, k, id, date_of_ms(c->now_ms), out) : ERR_NOTFOUND;
	return !e && out->disabled ? ERR_NOTFOUND : e;
}

enum err session_reset_look(cx *c, struct app *a, str token, str *login)
{
	db_account x;
	enum err e = by_link(c, a, token, &x);
	if (!e)
		*login = x.login;
	return e;
}

enum err session_reset_use(cx *c, struct app *a, str token, str password)
{
	db_account x;
	enum err e = by_link(c, a, token, &x);
	if (e)
		return e;
	struct setting w = { .who = { .user_id = x.id }, .what = "user.password" };
	return set_password(c, a, &x, password, &w);
}
