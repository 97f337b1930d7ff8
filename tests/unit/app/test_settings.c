/* thuocdo.ini and its secrets: what is read, and every fault with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "app/settings.h"

static char folder[] = "/tmp/tdconfXXXXXX";

static const char *file(cx *c, const char *name, const char *text, mode_t mode)
{
	const char *path = arena_printf(c->mem, "%s/%s", folder, name).p;
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void test_whole(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	struct settings *s = NULL;
	file(c, "secrets.ini", "[mail]\npassword = mật khẩu = 1\n[sms]\nheader = Authorization: Bearer x\n", 0600);
	const char *path = file(c, "a.ini",
		arena_printf(c->mem,
			"; chú thích\n[web]\nurl = https://do.tinh.gov.vn/\n[mail]\nhost=mail.x.vn\ntls = tls\nuser = u\nfrom = a@x.vn\n"
			"digest-hour = 0\n[sms]\nurl = https://s.vn/{to}\nheader = X: 1\nheader = Y: 2\n[file]\nmax-mib=5\n[secrets]\nfile = %s/secrets.ini\n",
			folder)
			.p,
		0644);
	assert_int_equal(settings_read(c, path, &s), ERR_OK);
	assert_true(str_is(s->url, "https://do.tinh.gov.vn") && s->has_mail && s->has_sms && !s->has_zalo);
	assert_true(s->mail.port == 465 && s->mail.tls == MAIL_TLS && str_is(s->mail.password, "mật khẩu = 1") && s->digest_hour == 0);
	assert_int_equal(s->sms.n_headers, 3);
	assert_true(str_is(s->sms.headers[2], "Authorization: Bearer x"));
	assert_int_equal(s->file_max, 5 << 20);
	assert_int_equal(s->files_max, 0);
	settings_free(s);
	s = NULL;
	assert_int_equal(settings_read(c, file(c, "b.ini", "", 0644), &s), ERR_OK);
	assert_false(s->has_mail || s->oidc.issuer.len);
	settings_free(s);
	cx_free(c);
}

static void bad(const char *text, const char *key, int64_t line)
{
	cx *c = cx_new(0);
	struct settings *s = NULL;
	enum err e = settings_read(c, file(c, "bad.ini", text, 0644), &s);
	if (!e || strcmp(c->faults[0].key, key) != 0 || c->faults[0].at.line != line)
		fail_msg("%s: %s, line %d", text, e ? c->faults[0].key : "fine", e ? (int)c->faults[0].at.line : 0);
	cx_free(c);
}

static void test_faults(void **state)
{
	(void)state;
	bad("[mail]\nhots = x\n", "conf.unknown", 2);
	bad("[mial]\nhost = x\n", "conf.unknown", 2);
	bad("url = x\n", "conf.unknown", 1);
	bad("[web]\n\nnichts\n", "conf.syntax", 3);
	bad("[web]\nurl = http://x.vn\n", "settings.address", 2);
	bad("[web]\nurl = javascript:x\n", "settings.address", 2);
	bad("[web]\nurl = https://x.vn\n[mail]\nhost = x\nfrom = a\n", "settings.from", 5);
	bad("[web]\nurl = https://x.vn\n[mail]\nhost = x\nfrom = a@b.vn\ntls = yes\n", "settings.tls", 6);
	bad("[web]\nurl = https://x.vn\n[mail]\nhost = x\nfrom = a@b.vn\nport = 0\n", "settings.number", 6);
	bad("[mail]\nhost = x\nfrom = a@b.vn\n", "settings.no_url", 2);
	bad("[oidc]\nissuer = https://x.vn\nclient-id = a\n", "settings.no_url", 2);
	bad("[web]\nurl = https://x.vn\n[oidc]\nissuer = https://x.vn\n", "settings.no_client", 4);
	bad("[file]\nmax-mib = -1\n", "settings.number", 2);
	bad("[web]\nurl = \xff\n", "conf.not_text", 0);
	bad("[mail]\npassword = x\n", "conf.unknown", 2); /* a secret in the open */
	cx *c = cx_new(0);
	struct settings *s = NULL;
	char *big = arena_alloc(c->mem, 70000), line[300] = "[web]\nurl = https://";
	memset(big, ';', 69999);
	assert_int_equal(settings_read(c, file(c, "big.ini", big, 0644), &s), ERR_INPUT);
	memset(line + strlen(line), 'x', 200);
	bad(line, "conf.long_line", 2);
	assert_int_equal(settings_read(c, "/nowhere/x.ini", &s), ERR_IO);
	assert_int_equal(settings_read(c, folder, &s), ERR_INPUT);
	cx_free(c);
}

/* A file of secrets that others may read, or that is not there. */
static void test_secrets(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	struct settings *s = NULL;
	const char *secrets = file(c, "open.ini", "[mail]\npassword = x\n", 0640);
	const char *path = file(c, "c.ini", arena_printf(c->mem, "[secrets]\nfile = %s\n", secrets).p, 0644);
	assert_int_equal(settings_read(c, path, &s), ERR_INPUT);
	assert_string_equal(c->faults[0].key, "conf.open_secret");
	chmod(secrets, 0600);
	assert_int_equal(settings_read(c, path, &s), ERR_OK);
	settings_free(s);
	unlink(secrets);
	assert_int_equal(settings_read(c, path, &s), ERR_IO);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_whole), cmocka_unit_test(test_faults), cmocka_unit_test(test_secrets) };
	if (!mkdtemp(folder))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	char command[60];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) ? 1 : failed;
}
