/* thuocdo survey export: the answers of a survey for others. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/survey_export.h"
#include "base/vn.h"
#include "cli/store.h"

enum { MAX_QUASI = 50 };

static enum err write_folder(struct cli *cli, const char *folder, const struct survey_export *x)
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return cli_unsaved(cli, folder);
	enum err e = ERR_OK;
	for (size_t i = 0; i < x->files.n && !e; i++)
		e = cli_save(cli, arena_cstr(cli->c->mem, arena_printf(cli->c->mem, "%s/%s", folder, x->files.p[i].name)), x->files.p[i].bytes);
	return e;
}

static enum err write_zip(struct cli *cli, const char *path, const struct survey_export *x)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return cli_unsaved(cli, path);
	enum err e = survey_export_zip(cli->c, x, fd);
	return close(fd) != 0 && !e ? cli_unsaved(cli, path) : e;
}

/* False: told. */
static bool read_options(struct cli *cli, const char *k, const char *quasi, struct survey_export_options *opt)
{
	long n = 0;
	str rest = str_of(quasi), code;
	str *codes = NEW_ARRAY(cli->c->mem, str, MAX_QUASI);
	if (k && !str_int(str_of(k), 2, SURVEY_K_MAX, &n))
		return cli_misuse(cli, "survey_export.k_form", k), false;
	if (quasi && vn_utf8_check(rest) < rest.len)
		return cli_misuse(cli, "cli.not_utf8", ""), false;
	*opt = (struct survey_export_options){ .k = (int)n, .quasi = codes };
	while (rest.len && str_next(&rest, ',', &code))
		if (opt->n_quasi == MAX_QUASI)
			return cli_misuse(cli, "survey_export.many_quasi", quasi), false;
		else if (code.len)
			codes[opt->n_quasi++] = code;
	return true;
}

static enum err make(struct cli *cli, struct app *a, const struct survey_info *s, const char *out, const struct survey_export_options *opt,
	struct survey_export *x)
{
	enum err e;
	str bytes;
	if (str_ends_nocase(str_of(out), ".xlsx")) {
		e = survey_export_workbook(cli->c, a, s, opt, x, &bytes);
		return e ? e : cli_save(cli, out, bytes);
	}
	e = survey_export_make(cli->c, a, s, opt, x);
	if (e)
		return e;
	return str_ends_nocase(str_of(out), ".zip") ? write_zip(cli, out, x) : write_folder(cli, out, x);
}

int cmd_survey_export(struct cli *cli)
{
	const char *db = NULL, *out = NULL, *k = NULL, *quasi = NULL;
	bool flags = false;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &out, NULL }, { "output", &out, NULL }, { "k", &k, NULL },
		{ "quasi", &quasi, NULL }, { "flags", NULL, &flags }, { 0 } };
	struct survey_export_options opt;
	struct survey_export x;
	struct survey_info s;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1 || !out || !*out)
		return cli_misuse(cli, "survey_export.use", "");
	if (!read_options(cli, k, quasi, &opt))
		return EXIT_BAD;
	opt.flags = flags;
	struct app *a = cli_open_survey(cli, db, &s);
	if (!a)
		return EXIT_BAD;
	enum err e = make(cli, a, &s, out, &opt, &x);
	app_close(a);
	if (cli_report(cli) || e)
		return EXIT_BAD;
	buf b;
	arena *mem = cli->c->mem;
	str args[] = { arena_printf(mem, "%zu", x.rows), arena_printf(mem, "%d", x.k), arena_printf(mem, "%zu", x.anonymity.small),
		arena_printf(mem, "%zu", x.suppressed), arena_printf(mem, "%zu", x.anonymity.least) };
	buf_init(&b, 0);
	po_fill(&b, "survey_export.done", cli->lang, str_of(out), args, 5);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}
