/* thuocdo backup, restore, copy: a store saved, brought back, carried to the other database. */
#include <stdio.h>
#include "app/backup.h"
#include "cli/store.h"

/* A line a table: rows, checksum, name. */
static int print(struct cli *cli, enum err e, const struct table_sums *sums, const char *done, str where)
{
	if (cli_report(cli) || e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < sums->n; i++)
		buf_printf(&b, "%10lld  %.*s  %.*s\n", (long long)sums->p[i].rows, STR_ARG(sums->p[i].hash), STR_ARG(sums->p[i].name));
	po_fill(&b, done, cli->lang, where, NULL, 0);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}

int cmd_backup(struct cli *cli)
{
	const char *db = NULL;
	bool overwrite = false, verify = false;
	struct table_sums sums = { 0 };
	const struct cli_option options[] = {
		{ "db", &db, NULL }, { "overwrite", NULL, &overwrite }, { "verify", NULL, &verify }, { 0 }
	};
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_file", "");
	str path = str_of(cli->argv[0]);
	if (verify)
		return print(cli, backup_verify(cli->c, path.p, &sums), &sums, "backup.verified", path);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = backup_write(cli->c, a, path.p, overwrite, &sums);
	app_close(a);
	return print(cli, e, &sums, "backup.written", path);
}

int cmd_restore(struct cli *cli)
{
	const char *db = NULL;
	bool overwrite = false;
	struct table_sums sums = { 0 };
	const struct cli_option options[] = { { "db", &db, NULL }, { "overwrite", NULL, &overwrite }, { 0 } };
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_file", "");
	if (!db)
		return cli_misuse(cli, "cli.no_db", "");
	return print(cli, backup_restore(cli->c, cli->argv[0], str_of(db), overwrite, &sums), &sums, "backup.restored", cli_shown(cli, str_of(db)));
}

int cmd_copy(struct cli *cli)
{
	bool overwrite = false;
	struct table_sums sums = { 0 };
	const struct cli_option options[] = { { "overwrite", NULL, &overwrite }, { 0 } };
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 2)
		return cli_misuse(cli, "cli.from_to", "");
	enum err e = backup_copy(cli->c, str_of(cli->argv[0]), str_of(cli->argv[1]), overwrite, &sums);
	return print(cli, e, &sums, "backup.copied", cli_shown(cli, str_of(cli->argv[1])));
}
