#include "cli/store.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "app/survey.h"
#include "base/log.h"

static const char *readable(cx *c, str path)
{
	const char *z = arena_cstr(c->mem, path);
	return access(z, R_OK) == 0 ? z : NULL;
}

const char *cli_method(struct cli *cli, const char *beside, const char *file)
{
	cx *c = cli->c;
	const char *slash = beside ? strrchr(beside, '/') : NULL, *dir = getenv("THUOCDO_METHOD"), *out;
	char self[PATH_MAX];
	if (beside && (out = readable(c, arena_printf(c->mem, "%.*s%s", slash ? (int)(slash + 1 - beside) : 0, beside, file))))
		return out;
	if (dir)
		return readable(c, arena_printf(c->mem, "%s/%s", dir, file));
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	for (int up = 0; n > 0 && up < 6; up++) {
		while (n > 0 && self[n - 1] != '/')
			n--;
		if ((out = readable(c, arena_printf(c->mem, "%.*smethod/%s", (int)n, self, file)))
			|| (out = readable(c, arena_printf(c->mem, "%.*sshare/thuocdo/method/%s", (int)n, self, file))))
			return out;
		n--;
	}
	return NULL;
}

static void trouble(void *ctx, const char *code, const char *what)
{
	(void)ctx;
	log_line(LOG_ERROR, "store", "code=\"%s\" what=\"%.300s\"", code, what ? what : "");
}

/* Beside the file of the store; for PostgreSQL in the state folder of the service, or at home. NULL: nowhere. */
static const char *key_path(cx *c, const char *db)
{
	const char *given = getenv("THUOCDO_KEY"), *dir;
	if (given && *given)
		return given;
	if (strncmp(db, "postgresql:", 11) != 0 && strncmp(db, "postgres:", 9) != 0)
		return arena_printf(c->mem, "%s.key", strncmp(db, "sqlite:", 7) == 0 ? db + 7 : db).p;
	if ((dir = getenv("STATE_DIRECTORY")) && *dir)
		return arena_printf(c->mem, "%s/thuocdo.key", dir).p;
	return (dir = getenv("HOME")) && *dir ? arena_printf(c->mem, "%s/.thuocdo.key", dir).p : NULL;
}

struct app *cli_open(struct cli *cli, const char *db, enum store_wish how)
{
	return cli_open_with(cli, db, how, 0);
}

struct app *cli_open_with(struct cli *cli, const char *db, enum store_wish how, int connections)
{
	struct app *a = NULL;
	if (!db)
		db = getenv("THUOCDO_DB");
	if (!db || !*db) {
		cli_misuse(cli, "cli.no_db", "");
		return NULL;
	}
	const char *packs = cli_method(cli, NULL, "measures.csv");
	struct app_options opt = { .store = how, .connections = connections, .trouble = trouble, .key_path = key_path(cli->c, db) };
	if (packs)
		opt.method_dir = arena_cstr(cli->c->mem, (str){ packs, strlen(packs) - strlen("/measures.csv") });
	if (app_open(cli->c, str_of(db), &opt, &a)) {
		cli_report(cli);
		return NULL;
	}
	return a;
}

enum err cli_survey(struct cli *cli, struct app *a, const char *code, struct survey_info *out)
{
	enum err e = survey_get(cli->c, a, str_of(code), out);
	return e == ERR_NOTFOUND ? cx_fail(cli->c, e, "survey_result.no_survey", (place){ 0 }, str_of(code)) : e;
}

struct app *cli_open_survey(struct cli *cli, const char *db, struct survey_info *out)
{
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a || !cli_survey(cli, a, cli->argv[0], out))
		return a;
	cli_report(cli);
	app_close(a);
	return NULL;
}

struct app *cli_one_survey(struct cli *cli, const char *db, struct survey_info *out)
{
	if (cli->argc == 1)
		return cli_open_survey(cli, db, out);
	cli_misuse(cli, "cli.one_survey", "");
	return NULL;
}

str cli_shown(struct cli *cli, str url)
{
	const char *scheme = memmem(url.p, url.len, "://", 3), *at = memrchr(url.p, '@', url.len);
	const char *colon = scheme && at > scheme ? memchr(scheme + 3, ':', (size_t)(at - scheme) - 3) : NULL;
	if (!colon)
		return url;
	return arena_printf(cli->c->mem, "%.*s***%.*s", (int)(colon + 1 - url.p), url.p, (int)(url.p + url.len - at), at);
}
