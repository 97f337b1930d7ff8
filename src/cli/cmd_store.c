/* thuocdo init, import: filling a store. */
#include <stdio.h>
#include "app/import.h"
#include "cli/intake.h"
#include "cli/store.h"

static int told(struct cli *cli, const char *key, str value, int64_t a, int64_t b)
{
	buf out;
	buf_init(&out, 0);
	str args[] = { arena_printf(cli->c->mem, "%lld", (long long)a), arena_printf(cli->c->mem, "%lld", (long long)b) };
	po_fill(&out, key, cli->lang, value, args, 2);
	buf_char(&out, '\n');
	return cli_write(cli, &out);
}

int cmd_init(struct cli *cli)
{
	const char *db = NULL;
	bool demo = false, bare = false;
	const struct cli_option options[] = { { "db", &db, NULL }, { "demo", NULL, &demo }, { "bare", NULL, &bare }, { 0 } };
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc)
		return cli_misuse(cli, "cli.too_many", cli->argv[0]);
	if (bare && demo)
		return cli_misuse(cli, "cli.not_both", "--bare, --demo");
	struct app *a = cli_open(cli, db, STORE_NEW);
	if (!a)
		return EXIT_BAD;
	str url = arena_str(cli->c->mem, a->url);
	enum err e = bare ? ERR_OK : app_load_packs(cli->c, a);
	if (!e && demo)
		e = app_load_demo(cli->c, a);
	app_close(a);
	int code = cli_report(cli);
	return e ? EXIT_BAD : code ? code : told(cli, "store.ready", cli_shown(cli, url), 0, 0);
}

/* "results, units, …", for the message about a wrong kind. */
static str kinds(cx *c)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; import_kind(i); i++)
		buf_printf(&b, "%s%s", i ? ", " : "", import_kind(i));
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static bool is_kind(const char *word)
{
	for (size_t i = 0; import_kind(i); i++)
		if (strcmp(word, import_kind(i)) == 0)
			return true;
	return false;
}

int cmd_import(struct cli *cli)
{
	const char *db = NULL, *delimiter = NULL, *encoding = NULL, *decimal = NULL;
	struct import_options opt = { .actor = "cli" };
	struct import_report report;
	struct intake_command in = { 0 };
	const struct cli_option options[] = {
		{ "db", &db, NULL },
		{ "index", &opt.index, NULL },
		{ "year", &opt.year, NULL },
		{ "series", &opt.series, NULL },
		{ "level", &opt.level, NULL },
		{ "stage", &opt.stage, NULL },
		{ "code", &opt.code, NULL },
		{ "sheet", &opt.sheet, NULL },
		{ "delimiter", &delimiter, NULL },
		{ "encoding", &encoding, NULL },
		{ "decimal", &decimal, NULL },
		{ "survey", &in.survey, NULL },
		{ "map", &in.map, NULL },
		{ "preview", NULL, &in.preview },
		{ "o", &in.output, NULL },
		{ "output", &in.output, NULL },
		{ 0 },
	};
	if (!cli_options(cli, options) || !cli_csv_options(cli, delimiter, encoding, &opt.csv))
		return EXIT_BAD;
	if (decimal && strcmp(decimal, ",") != 0 && strcmp(decimal, ".") != 0)
		return cli_misuse(cli, "cli.decimal", decimal);
	opt.decimal = decimal ? decimal[0] : 0;
	if (cli->argc != 2)
		return cli_misuse(cli, "cli.kind_file", "");
	if (!is_kind(cli->argv[0]))
		return cli_misuse(cli, "cli.kind", arena_printf(cli->c->mem, "%s (%.*s)", cli->argv[0], STR_ARG(kinds(cli->c))).p);
	if (in.survey && strcmp(cli->argv[0], "answers") == 0) {
		in.csv = &opt.csv;
		in.sheet = opt.sheet;
		in.decimal = opt.decimal;
		return cmd_intake(cli, db, &in);
	}
	if (in.survey || in.map || in.preview || in.output)
		return cli_misuse(cli, "cli.intake_only", "");
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = import_file(cli->c, a, str_of(cli->argv[0]), cli->argv[1], &opt, &report);
	app_close(a);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	return told(cli, report.known ? "store.known" : "store.imported", str_of(cli->argv[1]), report.rows, report.changed);
}
