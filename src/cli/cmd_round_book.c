/* thuocdo round sheet, round fill: a unit's sheet out as a workbook, and a filled one back: what would change, or with --save, what was. */
#include <stdio.h>
#include "app/round_book.h"
#include "cli/store.h"
#include "format/package.h"

/* A round or unit that is not there has no fault of its own. */
static int failed(struct cli *cli, enum err e)
{
	if (e == ERR_NOTFOUND && !cli->c->n_errors)
		cx_fault(cli->c, FAULT_ERROR, "book.no_sheet", (place){ 0 }, arena_printf(cli->c->mem, "%s %s", cli->argv[0], cli->argv[1]));
	cli_report(cli);
	return EXIT_BAD;
}

int cmd_round_sheet(struct cli *cli)
{
	const char *db = NULL, *out = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &out, NULL }, { "output", &out, NULL }, { 0 } };
	struct entry_sheet s;
	str bytes;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 2 || !out)
		return cli_misuse(cli, "cli.round_sheet", "");
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	enum err e = entry_load(cli->c, a, &who, str_of(cli->argv[0]), str_of(cli->argv[1]), &s);
	if (!e)
		e = book_write(cli->c, &s, &bytes);
	app_close(a);
	if (!e)
		e = cli_save(cli, out, bytes);
	return e ? failed(cli, e) : EXIT_DONE;
}

static void put_change(struct cli *cli, buf *b, const struct book_change *k)
{
	str args[] = { k->row->code, k->cell ? (cli->lang == LANG_EN ? k->cell->label_en : k->cell->label_vi) : str_of(po_text("book.explanation", cli->lang)),
		k->old.len ? k->old : STR("–"), k->now.len ? k->now : STR("–"), k->theirs.name };
	po_fill(b, k->conflict ? "book.line_conflict" : "book.line", cli->lang, STR(""), args, 5);
	buf_char(b, '\n');
}

static int report(struct cli *cli, const struct book *k, const struct entry_saved *saved)
{
	buf b;
	buf_init(&b, 0);
	cx *c = cli->c;
	for (size_t i = 0; i < k->n; i++)
		put_change(cli, &b, &k->p[i]);
	str args[] = { arena_printf(c->mem, "%zu", k->n), arena_printf(c->mem, "%zu", k->conflicts), arena_printf(c->mem, "%zu", saved ? saved->saved : 0) };
	po_fill(&b, saved ? "book.saved" : "book.preview", cli->lang, k->file, args, 3);
	buf_char(&b, '\n');
	int code = cli_write(cli, &b);
	return code ? code : k->conflicts ? EXIT_NO : EXIT_DONE;
}

int cmd_round_fill(struct cli *cli)
{
	const char *db = NULL;
	bool save = false;
	const struct cli_option options[] = { { "db", &db, NULL }, { "save", NULL, &save }, { 0 } };
	struct entry_saved saved = { 0 };
	struct book k;
	str bytes;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 3)
		return cli_misuse(cli, "cli.round_fill", "");
	str round = str_of(cli->argv[0]), unit = str_of(cli->argv[1]), file = str_of(cli->argv[2]);
	if (package_read_file(cli->c, cli->argv[2], &bytes))
		return cli_report(cli);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	enum err e = book_read(cli->c, a, &who, round, unit, file, bytes, &k);
	if (!e && save)
		e = book_save(cli->c, a, &who, round, unit, &k, &saved);
	app_close(a);
	if (e)
		return failed(cli, e);
	cli_report(cli);
	return report(cli, &k, save ? &saved : NULL);
}
