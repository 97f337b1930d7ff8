#include "app/setup.h"
#include <sodium.h>
#include "app/audit.h"
#include "app/password.h"
#include "app/session_inner.h"
#include "db/unit.h"
#include "db/user.h"

enum err setup_begin(cx *c, struct app *a, char out[SETUP_CODE])
{
	int64_t n = 0;
	out[0] = '\0';
	enum err e = user_count(c, a, &n);
	if (e || n)
		return e;
	str code = password_first(c);
	memcpy(a->setup_code, code.p, code.len);
	a->setup_code[code.len] = '\0';
	memcpy(out, a->setup_code, SETUP_CODE);
	return ERR_OK;
}

bool setup_open(const struct app *a) { return a->setup_code[0] && !atomic_load(&a->setup_done); }

static enum err wrong(cx *c, const char *key, const char *field, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .field = str_of(field) }, value);
}

/* A wrong code waits like a wrong password, whatever the login. */
static enum err check_code(cx *c, struct app *a, str code, str client)
{
	struct session_brakes b;
	db_conn *k;
	session_brakes(c, a, STR("/cai-dat"), client, &b);
	enum err e = db_reader(c, a->db, &k);
	if (!e)
		e = session_brake_look(c, k, &b);
	db_release(k);
	if (e)
		return e;
	str given = session_code_plain(c, code), want = session_code_plain(c, str_of(a->setup_code));
	if (given.len == want.len && sodium_memcmp(given.p, want.p, want.len) == 0)
		return ERR_OK;
	e = session_brake_press(c, a, &b);
	return e ? e : wrong(c, "setup.wrong_code", "code", (str){ 0 });
}

struct making {
	struct setup *s;
	str hash;
};

static enum err make(cx *c, db_conn *k, void *arg)
{
	struct making *w = arg;
	struct user *u = &w->s->user;
	struct actor who = actor_system("setup");
	day on = date_of_ms(c->now_ms);
	db_account x = { .login = u->login, .name = u->name, .title = u->title, .email = user_email(c, u->email) };
	db_grant g = { .role = STR("administrator"), .unit_level = STR(""), .unit_code = STR(""), .valid_from = on, .valid_to = DB_DAY_OPEN };
	db_unit unit;
	int64_t n = 0;
	enum err e = db_account_count(c, k, &n);
	if (!e && n)
		return ERR_NOTFOUND;
	if (!e && w->s->province.len) {
		e = db_unit_at(c, k, STR("province"), w->s->province, on, &unit);
		if (e == ERR_NOTFOUND)
			return wrong(c, "user.no_unit", "province", w->s->province);
		x.unit_level = unit.level;
		x.unit_code = unit.code;
	}
	if (!e)
		e = db_account_put(c, k, &x);
	if (!e)
		e = db_account_password(c, k, x.id, w->hash, false);
	if (!e)
		e = db_grant_put(c, k, x.id, &g);
	if (!e && w->s->province.len)
		e = db_meta_set(c, k, STR("province"), w->s->province);
	u->id = x.id;
	return e ? e : audit_add(c, k, &who, "setup.administrator", user_object(c, x.id), STR(""));
}

/* A store that was only made has no roles yet. */
static enum err packs(cx *c, struct app *a)
{
	struct role_list roles;
	enum err e = role_list(c, a, &roles);
	return e || roles.n ? e : app_load_packs(c, a);
}

enum err setup_do(cx *c, struct app *a, struct setup *s, str client)
{
	if (!setup_open(a))
		return ERR_NOTFOUND;
	enum err e = check_code(c, a, s->code, client);
	if (e)
		return e;
	if (!user_login_read(c, s->user.login, &s->user.login))
		return wrong(c, "user.login", "login", s->user.login);
	const char *key = user_text_wrong(&s->user);
	if (key)
		return wrong(c, key, "email", (str){ 0 });
	if ((key = password_weak(c, s->password, s->user.login, s->user.name)))
		return wrong(c, key, "password", (str){ 0 });
	struct making w = { s, password_hash(c, s->password, false) };
	e = w.hash.len ? packs(c, a) : cx_fail(c, ERR_BUSY, "session.busy", (place){ 0 }, (str){ 0 });
	if (!e)
		e = db_tx(c, a->db, DB_WRITE, make, &w);
	if (!e || e == ERR_NOTFOUND)
		atomic_store(&a->setup_done, true);
	return e;
}
