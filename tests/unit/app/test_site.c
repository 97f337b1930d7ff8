/* What an administrator sets on a page: the logo, known by its content; the mail server, with its password sealed, against a real SMTP server. */
#include "net/server.h"
#include "app/filled.h"
#include "app/settings.h"
#include "app/site.h"

static const char PROGRAM[] = "tests/unit/net/smtp_server.py";
static struct actor root;

static app_store begun(void **state)
{
	app_store t = app_empty(state);
	root = actor_system("test");
	t.app.has_key = true;
	memset(t.app.key, 5, sizeof t.app.key);
	OK(site_load(t.c, &t.app));
	return t;
}

static void end(app_store *t)
{
	site_close(&t->app);
	t->app.settings = NULL;
	app_free(t);
}

static void test_logo(void **state)
{
	app_store t = begun(state);
	static const char png[] = "\x89PNG\r\n\x1a\n........";
	const str image = { png, sizeof png - 1 };
	struct actor nobody = { .user_id = 3 };
	static char big[SITE_LOGO_MAX + 1];
	const char *media;
	str bytes;
	assert_int_equal(site_logo(t.c, &t.app, &bytes, &media), ERR_NOTFOUND);
	assert_int_equal(site_logo_put(t.c, &t.app, &nobody, STR("a.png"), image), ERR_DENIED);
	assert_int_equal(site_logo_put(t.c, &t.app, &root, STR("a.png"), STR("<svg onload='x'/>")), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "site.logo");
	assert_int_equal(site_logo_put(t.c, &t.app, &root, STR("a.png"), (str){ big, sizeof big }), ERR_LIMIT);
	assert_int_equal(t.app.logo, 0);
	app_forget(&t);
	OK(site_logo_put(t.c, &t.app, &root, STR("a.png"), image));
	OK(site_logo(t.c, &t.app, &bytes, &media));
	assert_true(str_eq(bytes, image));
	assert_string_equal(media, "image/png");
	uint64_t mark = t.app.logo;
	assert_true(mark != 0);
	t.app.logo = 0;
	OK(site_load(t.c, &t.app)); /* as at the next start */
	assert_true(t.app.logo == mark);
	OK(site_logo_drop(t.c, &t.app, &root));
	assert_int_equal(t.app.logo, 0);
	end(&t);
}

static void test_mail(void **state)
{
	app_store t = begun(state);
	struct test_server s;
	server_start(&s, PROGRAM, NULL);
	struct site_mail x = { .url = STR("https://do.tinh.gov.vn/"), .host = STR("127.0.0.1"), .tls = STR("none"), .from = STR("khong phai dia chi"),
		.from_name = STR("Thước Đo"), .port = s.port };
	struct actor nobody = { .user_id = 3 };
	int reply;
	assert_int_equal(site_mail_put(t.c, &t.app, &nobody, &x, STR("")), ERR_DENIED);
	assert_int_equal(site_mail_put(t.c, &t.app, &root, &x, STR("")), ERR_INPUT);
	assert_string_equal(store_last_fault(t.s), "settings.from");
	assert_int_equal(site_mail_test(t.c, &t.app, &root, STR("canbo@x.vn"), &reply), ERR_INPUT); /* nothing is set yet */
	app_forget(&t);
	x.from = STR("thuocdo@x.vn");
	OK(site_mail_put(t.c, &t.app, &root, &x, STR("")));
	assert_true(t.app.settings && t.app.settings->has_mail);
	assert_string_equal(app_z(&t, t.app.settings->url), "https://do.tinh.gov.vn");
	OK(site_mail_test(t.c, &t.app, &root, STR("canbo@x.vn"), &reply));
	json_t *got = server_got(&s, 1);
	assert_non_null(got);
	json_decref(got);
	/* A password is sealed, kept when none is typed, and gone with its user. */
	x.user = STR("thuocdo");
	OK(site_mail_put(t.c, &t.app, &root, &x, STR("bi-mat-cua-may-chu")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM meta WHERE key = 'mail_password' AND value <> ''"), 1);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM meta WHERE REPLACE(value, 'bi-mat', '') <> value"), 0);
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM audit_entry WHERE REPLACE(detail, 'bi-mat', '') <> detail"), 0);
	OK(site_mail_put(t.c, &t.app, &root, &x, STR("")));
	assert_string_equal(app_z(&t, t.app.settings->mail.password), "bi-mat-cua-may-chu");
	struct site_mail back;
	OK(site_mail_get(t.c, &t.app, &root, &back));
	assert_true(back.has_password && !back.fixed && back.port == s.port);
	x.user = STR("");
	OK(site_mail_put(t.c, &t.app, &root, &x, STR("")));
	assert_int_equal(app_count(&t, "SELECT COUNT(*) FROM meta WHERE key = 'mail_password' AND value = ''"), 1);
	/* Where everybody is administrator, nobody sends mail. */
	t.app.sandbox = true;
	assert_int_equal(site_mail_put(t.c, &t.app, &root, &x, STR("")), ERR_DENIED);
	assert_int_equal(site_mail_test(t.c, &t.app, &root, STR("canbo@x.vn"), &reply), ERR_DENIED);
	server_stop(&s);
	end(&t);
}

static void test_file_first(void **state)
{
	app_store t = begun(state);
	struct settings file = { .url = STR("https://x.vn"), .has_mail = true, .mail = { .host = STR("mail.x.vn"), .port = 587 } };
	struct site_mail x;
	t.app.settings = &file;
	OK(site_load(t.c, &t.app));
	OK(site_mail_get(t.c, &t.app, &root, &x));
	assert_true(x.fixed);
	assert_string_equal(app_z(&t, x.host), "mail.x.vn");
	assert_int_equal(site_mail_put(t.c, &t.app, &root, &x, STR("")), ERR_DENIED);
	end(&t);
}

/* Another server on the same store: what is set here shows there after a second, and what is taken away is gone. */
static void test_two_servers(void **state)
{
	static const char png[] = "\x89PNG\r\n\x1a\n........";
	app_store t = begun(state);
	struct app other = { .db = t.app.db, .has_key = true };
	struct site_mail x = { .url = STR("https://do.tinh.gov.vn"), .host = STR("mail.x.vn"), .tls = STR("tls"), .from = STR("a@x.vn"), .port = 465 };
	int64_t now = t.c->now_ms;
	memcpy(other.key, t.app.key, sizeof other.key);
	OK(site_load(t.c, &other));
	site_refresh(&other, now);
	OK(site_mail_put(t.c, &t.app, &root, &x, STR("")));
	OK(site_logo_put(t.c, &t.app, &root, STR("a.png"), (str){ png, sizeof png - 1 }));
	site_refresh(&other, now + SITE_LOOK_MS - 1);
	assert_true(!other.settings && !other.logo);
	now += SITE_LOOK_MS;
	site_refresh(&other, now);
	assert_true(other.settings && other.settings->has_mail && other.settings->mail.port == 465);
	assert_string_equal(app_z(&t, other.settings->mail.host), "mail.x.vn");
	assert_true(other.logo && other.logo == t.app.logo);
	/* Nothing was changed: nothing is made anew. */
	const struct settings *before = other.settings;
	now += SITE_LOOK_MS;
	site_refresh(&other, now);
	assert_ptr_equal(other.settings, before);
	x.host = STR("");
	OK(site_mail_put(t.c, &other, &root, &x, STR("")));
	OK(site_logo_drop(t.c, &other, &root));
	site_refresh(&t.app, now);
	assert_true(t.app.settings && !t.app.settings->has_mail && !t.app.logo);
	site_close(&other);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { ON_SQLITE(test_logo), ON_SQLITE(test_mail), ON_SQLITE(test_file_first), ON_SQLITE(test_two_servers) };
	const struct CMUnitTest pg[] = { ON_PG(test_logo), ON_PG(test_mail), ON_PG(test_file_first), ON_PG(test_two_servers) };
	return RUN_ON_BOTH("site", sqlite, pg);
}
