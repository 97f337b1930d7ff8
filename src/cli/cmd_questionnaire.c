/* thuocdo questionnaire: check (every fault of one, in any form), convert (CSV, XLSForm), export (one of the store). */
#include "app/survey.h"
#include "app/xlsform.h"
#include "cli/store.h"
#include "format/package.h"

static str base_name(str path)
{
	for (size_t i = path.len; i-- > 0;)
		if (path.p[i] == '/')
			return (str){ path.p + i + 1, path.len - i - 1 };
	return path;
}

static enum err read_any(struct cli *cli, const char *path, csv_options *opt, str *text, const questionnaire **q)
{
	str bytes;
	enum err e = package_read_file(cli->c, path, &bytes);
	return e ? e : questionnaire_text(cli->c, str_of(path), bytes, opt, STR(""), text, q);
}

int cmd_questionnaire_check(struct cli *cli)
{
	const char *delimiter = NULL, *encoding = NULL;
	const struct cli_option options[] = { { "delimiter", &delimiter, NULL }, { "encoding", &encoding, NULL }, { 0 } };
	csv_options opt = { 0 };
	const questionnaire *q;
	str text;
	if (!cli_options(cli, options) || !cli_csv_options(cli, delimiter, encoding, &opt))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_questionnaire", "");
	enum err e = read_any(cli, cli->argv[0], &opt, &text, &q);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	str args[] = { arena_printf(cli->c->mem, "%d", q->n_sections), arena_printf(cli->c->mem, "%d", q->n_asked),
		arena_printf(cli->c->mem, "%zu", q->factors.n) };
	po_fill(&b, "questionnaire.good", cli->lang, q->name[cli->lang], args, 3);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}

static int write_as(struct cli *cli, const char *out, const questionnaire *q, str text, str code, int version)
{
	str bytes = text;
	if (str_ends_nocase(str_of(out), ".xlsx") && xlsform_write(cli->c, q, code, version, &bytes)) {
		for (size_t i = 0; i < cli->c->n_faults; i++)
			cli->c->faults[i].at.file = str_of(out);
		return cli_report(cli);
	}
	cli_save(cli, out, bytes);
	return cli_report(cli);
}

static bool good_output(struct cli *cli, const char *out, int *code)
{
	if (!out || cli->argc != 1)
		*code = cli_misuse(cli, out ? "cli.one_questionnaire" : "cli.code_output", "");
	else if (!str_ends_nocase(str_of(out), ".xlsx") && !str_ends_nocase(str_of(out), ".csv"))
		*code = cli_misuse(cli, "cli.xlsx_or_csv", out);
	else
		return true;
	return false;
}

int cmd_questionnaire_convert(struct cli *cli)
{
	const char *delimiter = NULL, *encoding = NULL, *out = NULL;
	const struct cli_option options[] = { { "delimiter", &delimiter, NULL }, { "encoding", &encoding, NULL }, { "o", &out, NULL },
		{ "output", &out, NULL }, { 0 } };
	csv_options opt = { 0 };
	const questionnaire *q;
	str text;
	int code;
	if (!cli_options(cli, options) || !cli_csv_options(cli, delimiter, encoding, &opt))
		return EXIT_BAD;
	if (!good_output(cli, out, &code))
		return code;
	if (read_any(cli, cli->argv[0], &opt, &text, &q))
		return cli_report(cli);
	return write_as(cli, out, q, text, import_code(base_name(str_of(cli->argv[0]))), 1);
}

int cmd_questionnaire_export(struct cli *cli)
{
	const char *db = NULL, *out = NULL, *version = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &out, NULL }, { "output", &out, NULL }, { "version", &version, NULL }, { 0 } };
	struct questionnaire_info info;
	int code;
	long n = 0;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (!good_output(cli, out, &code))
		return code;
	if (version && !str_int(str_of(version), 1, 1000000, &n))
		return cli_misuse(cli, "cli.version", version);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = questionnaire_get(cli->c, a, str_of(cli->argv[0]), (int)n, &info);
	app_close(a);
	if (e)
		return cli_report(cli);
	return write_as(cli, out, info.q, info.text, info.code, info.version);
}
