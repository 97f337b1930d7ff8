/* Signing in against a clock: delays that grow and end, sessions that end,
 * links and codes that are good once, passwords that are refused. */
#include "app/filled.h"
#include "app/password.h"
#include "app/session.h"
#include "app/user.h"
#include "db/session.h"

static const struct actor root = { .login = { "cli", 3 }, .system = true };
static const char GOOD[] = "con mèo trèo cây cau";

static app_store people(void **state)
{
	app_store t = app_empty(state);
	app_load(&t, "roles", "method/packs/roles.csv");
	app_load(&t, "rights", "method/packs/role_rights.csv");
	t.c->now_ms = INT64_C(1790000000000);
	t.app.has_key = true;
	memset(t.app.key, 7, sizeof t.app.key);
	return t;
}

/* An account with the password GOOD. */
static int64_t add(app_store *t, const char *login)
{
	struct user u = { .login = str_of(login), .name = STR("Trần Thử") };
	struct user_letters letters;
	struct session_start s;
	struct session_from from = { STR("10.0.0.1"), STR("x") };
	struct actor who;
	bool awaits;
	OK(user_add(t->c, &t->app, &root, &u));
	OK(user_letters(t->c, &t->app, &root, &u.id, 1, &letters));
	OK(session_begin(t->c, &t->app, u.login, letters.p[0].password, &from, &s));
	OK(session_actor(t->c, &t->app, s.token, &who, &awaits));
	assert_true(who.must_change);
	OK(session_password(t->c, &t->app, &who, letters.p[0].password, str_of(GOOD)));
	return u.id;
}

static enum err sign_in(app_store *t, const char *login, const char *password, const char *client, struct session_start *out)
{
	struct session_start s;
	struct session_from from = { str_of(client), STR("test") };
	enum err e = session_begin(t->c, &t->app, str_of(login), str_of(password), &from, out ? out : &s);
	if (e == ERR_DENIED)
		assert_string_equal(store_last_fault(t->s), "session.wrong");
	return e;
}

/* Seconds that the last refusal asked for. */
static long wait_s(app_store *t)
{
	long n = 0;
	const fault *f = &t->c->faults[t->c->n_faults - 1];
	assert_string_equal(f->key, "session.wait");
	assert_true(str_int(f->arg[0], 1, 100000, &n));
	return n;
}

static void test_delays(void **state)
{
	app_store t = people(state);
	add(&t, "chu");
	for (int i = 0; i < 5; i++)
		assert_int_equal(sign_in(&t, "chu", "wrong", "192.0.2.7", NULL), ERR_DENIED);
	assert_int_equal(sign_in(&t, "chu", GOOD, "192.0.2.200", NULL), ERR_BUSY); /* the same /24 */
	assert_int_equal(wait_s(&t), 2);
	assert_int_equal(sign_in(&t, "khac", "wrong", "192.0.2.7", NULL), ERR_DENIED); /* another login is not concerned */
	OK(sign_in(&t, "chu", GOOD, "10.0.0.9", NULL));                                /* nor its owner elsewhere */
	/* Each failure after its wait doubles it, up to 15 minutes. */
	long longest = 0;
	for (int i = 0; i < 14; i++) {
		t.c->now_ms += longest * 1000 + 2000;
		assert_int_equal(sign_in(&t, "chu", "wrong", "192.0.2.7", NULL), ERR_DENIED);
		assert_int_equal(sign_in(&t, "chu", "wrong", "192.0.2.7", NULL), ERR_BUSY);
		assert_true(wait_s(&t) >= longest);
		longest = wait_s(&t);
	}
	assert_int_equal(longest, 900);
	t.c->now_ms += INT64_C(901000);
	OK(sign_in(&t, "chu", GOOD, "192.0.2.7", NULL)); /* and then all is forgotten */
	assert_int_equal(sign_in(&t, "chu", "wrong", "192.0.2.7", NULL), ERR_DENIED);
	assert_int_equal(sign_in(&t, "chu", "wrong", "192.0.2.7", NULL), ERR_DENIED);
	app_free(&t);
}

static void test_strangers_do_not_delay_the_owner(void **state)
{
	app_store t = people(state);
	add(&t, "chu");
	/* Guessing from many networks. */
	int refused = 0;
	for (int i = 0; i < 60; i++) {
		const char *client = arena_printf(t.c->mem, "198.51.%d.1", i).p;
		refused += sign_in(&t, "chu", "wrong", client, NULL) == ERR_BUSY;
		t.c->now_ms += 100;
	}
	assert_true(refused > 30);
	assert_int_equal(sign_in(&t, "chu", GOOD, "203.0.113.1", NULL), ERR_BUSY); /* from a new place even the owner waits, */
	assert_true(wait_s(&t) <= 60);                                             /* a minute at most */
	OK(sign_in(&t, "chu", GOOD, "10.0.0.77", NULL));                           /* where he usually sits he does not */
	/* One network that tries many logins. */
	refused = 0;
	for (int i = 0; i < 40; i++)
		refused += sign_in(&t, arena_printf(t.c->mem, "ai%d", i).p, "wrong", "203.0.113.9", NULL) == ERR_BUSY;
	assert_true(refused > 5);
	app_free(&t);
}

static void test_sessions_end(void **state)
{
	app_store t = people(state);
	struct session_start s;
	struct actor who;
	bool awaits;
	int64_t id = add(&t, "chu");
	OK(sign_in(&t, "chu", GOOD, "10.0.0.1", &s));
	OK(session_actor(t.c, &t.app, s.token, &who, &awaits));
	assert_true(who.user_id == id && !awaits);
	/* Used each half hour it lives for twelve hours, and no longer. */
	for (int i = 0; i < 23; i++) {
		t.c->now_ms += 1800000;
		OK(session_actor(t.c, &t.app, s.token, &who, &awaits));
	}
	t.c->now_ms += 1800001;
	assert_int_equal(session_actor(t.c, &t.app, s.token, &who, &awaits), ERR_NOTFOUND);
	OK(sign_in(&t, "chu", GOOD, "10.0.0.1", &s));
	t.c->now_ms += SESSION_IDLE_MS + 1;
	assert_int_equal(session_actor(t.c, &t.app, s.token, &who, &awaits), ERR_NOTFOUND);
	/* No token is in the store. */
	OK(sign_in(&t, "chu", GOOD, "10.0.0.1", &s));
	db_conn *k = store_reader(t.s);
	int64_t n = -1;
	OK(db_scalar(t.c, k, "SELECT COUNT(*) FROM session WHERE hash = $1", DB_ARGS(db_text(s.token)), &n, NULL));
	db_release(k);
	assert_int_equal(n, 0);
	app_free(&t);
}

static void test_links(void **state)
{
	app_store t = people(state);
	str path, login, token;
	int64_t id = add(&t, "chu");
	OK(session_reset_link(t.c, &t.app, &root, id, &path));
	token = (str){ path.p + strlen("/dat-mat-khau/"), path.len - strlen("/dat-mat-khau/") };
	OK(session_reset_look(t.c, &t.app, token, &login));
	assert_string_equal(app_z(&t, login), "chu");
	assert_int_equal(session_reset_use(t.c, &t.app, token, STR("chu1234567")), ERR_INPUT); /* weak: the link stays good */
	t.c->now_ms += 1800001;
	assert_int_equal(session_reset_use(t.c, &t.app, token, STR("mưa rơi trên mái")), ERR_NOTFOUND);
	OK(session_reset_link(t.c, &t.app, &root, id, &path));
	str second = { path.p + strlen("/dat-mat-khau/"), path.len - strlen("/dat-mat-khau/") };
	assert_int_equal(session_reset_look(t.c, &t.app, token, &login), ERR_NOTFOUND); /* the earlier one went */
	OK(session_reset_use(t.c, &t.app, second, STR("mưa rơi trên mái")));
	assert_int_equal(session_reset_use(t.c, &t.app, second, STR("mưa rơi trên mái nhà")), ERR_NOTFOUND);
	OK(sign_in(&t, "chu", "mưa rơi trên mái", "10.0.0.1", NULL));
	/* Asking by a login that is not there, or has no address, says the same. */
	struct session_from from = { STR("10.0.0.1"), STR("x") };
	OK(session_reset_ask(t.c, &t.app, STR("chu"), &from));
	OK(session_reset_ask(t.c, &t.app, STR("khong.co"), &from));
	app_free(&t);
}

static void test_another_key(void **state)
{
	app_store t = people(state);
	struct actor who = { .user_id = add(&t, "chu"), .login = STR("chu") }, other = { .user_id = 5, .login = STR("x") };
	struct totp_setup setup, again;
	OK(totp_begin(t.c, &t.app, &who, &setup));
	assert_int_equal(setup.secret.len, 32);
	OK(totp_resume(t.c, &t.app, &who, setup.sealed, &again));
	assert_true(str_eq(setup.secret, again.secret));
	assert_int_equal(totp_resume(t.c, &t.app, &other, setup.sealed, &again), ERR_NOTFOUND);
	assert_int_equal(totp_resume(t.c, &t.app, &who, STR("AAAA"), &again), ERR_NOTFOUND);
	memset(t.app.key, 9, sizeof t.app.key);
	assert_int_equal(totp_resume(t.c, &t.app, &who, setup.sealed, &again), ERR_NOTFOUND);
	t.app.has_key = false;
	assert_int_equal(totp_begin(t.c, &t.app, &who, &setup), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "app.no_key");
	app_free(&t);
}

static void test_weak(void **state)
{
	static const struct {
		const char *password, *key;
	} cases[] = {
		{ "ngắn", "password.short" },
		{ "123456789012", "password.monotonous" },
		{ "abcdefghijkl", "password.monotonous" },
		{ "aaaaabbbbbaa", "password.monotonous" },
		{ "P@ssw0rd2026", "password.known" },
		{ "Password2026", "password.known" },
		{ "Mật khẩu 2026!", "password.known" },
		{ "QWERTYUIOP12", "password.known" },
		{ "nguyenvanan1990", "password.of_name" },
		{ "an.nv@2026!!", "password.of_name" },
		{ "con mèo trèo cây cau", NULL },
		{ "tôi thích phở bò tái", NULL },
	};
	cx *c = cx_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *key = password_weak(c, str_of(cases[i].password), STR("an.nv"), STR("Nguyễn Văn An"));
		if (!key != !cases[i].key || (key && strcmp(key, cases[i].key) != 0))
			fail_msg("%s: %s", cases[i].password, key ? key : "good");
	}
	str hash = password_hash(c, STR("con mèo"), false);
	assert_true(password_fits(hash, STR("con mèo")));
	assert_false(password_fits(hash, STR("con meo")));
	assert_false(password_fits(STR(""), STR("con mèo")));
	assert_true(str_starts(hash, STR("$argon2id$")));
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_delays), ON_SQLITE(test_strangers_do_not_delay_the_owner),
		ON_SQLITE(test_sessions_end), ON_SQLITE(test_links), ON_SQLITE(test_another_key), ON_SQLITE(test_weak) };
	const struct CMUnitTest pg[] = { ON_PG(test_delays), ON_PG(test_strangers_do_not_delay_the_owner), ON_PG(test_sessions_end),
		ON_PG(test_links), ON_PG(test_another_key) };
	return RUN_ON_BOTH("session", sqlite, pg);
}
