/* thuocdo edition draft: criteria out of a Word annex, a workbook or a pasted table, as a criteria set to be completed. */
#include <stdio.h>
#include "app/edition_draft.h"
#include "app/edition_text.h"
#include "cli/store.h"
#include "format/package.h"
#include "format/xlsx.h"

/* The table of a name or number, else the first one whose heading is known. */
static const grid *choose_table(struct cli *cli, const grid_list *list, const char *wanted, struct draft_map *m)
{
	cx *c = cli->c;
	long n = 0;
	size_t errors = c->n_errors, faults = c->n_faults;
	for (size_t i = 0; i < list->n; i++) {
		const grid *g = &list->p[i];
		bool named = wanted && (str_is(g->name, wanted) || (str_int(str_of(wanted), 1, GRID_MAX_TABLES, &n) && (size_t)n == i + 1));
		if (wanted && !named)
			continue;
		c->n_errors = errors;
		c->n_faults = faults;
		if (draft_guess(c, g, m) == ERR_OK)
			return g;
	}
	if (wanted && c->n_errors == errors)
		cx_fault(c, FAULT_ERROR, "draft.no_table", (place){ .file = list->p[0].file }, str_of(wanted));
	return NULL;
}

static int tell(struct cli *cli, const grid *g, const struct draft_map *m, const struct draft_report *r)
{
	buf b;
	cx *c = cli->c;
	buf_init(&b, 0);
	buf columns;
	buf_init(&columns, 0);
	for (int i = 0; i < DRAFT_COLUMNS; i++)
		if (m->column[i] >= 0)
			buf_printf(&columns, "%s%.*s = %.*s", columns.len ? ", " : "", STR_ARG(xlsx_ref(c->mem, 0, m->column[i] + 1)),
				STR_ARG(grid_at(g, m->first - 1, m->column[i])->text));
	str args[] = { arena_printf(c->mem, "%zu", r->rows), arena_printf(c->mem, "%zu", r->scored), arena_printf(c->mem, "%zu", r->notes),
		arena_printf(c->mem, "%zu", r->commas), buf_str(&columns) };
	po_fill(&b, "draft.done", cli->lang, g->name.len ? g->name : g->file, args, 5);
	buf_char(&b, '\n');
	buf_free(&columns);
	return cli_write(cli, &b);
}

int cmd_edition_draft(struct cli *cli)
{
	const char *out = NULL, *wanted = NULL, *name = NULL, *delimiter = NULL, *encoding = NULL;
	const struct cli_option options[] = { { "o", &out, NULL }, { "output", &out, NULL }, { "table", &wanted, NULL }, { "name", &name, NULL },
		{ "delimiter", &delimiter, NULL }, { "encoding", &encoding, NULL }, { 0 } };
	csv_options opt = { 0 };
	if (!cli_options(cli, options) || !cli_csv_options(cli, delimiter, encoding, &opt))
		return EXIT_BAD;
	if (cli->argc != 1 || !out)
		return cli_misuse(cli, "cli.edition_draft", "");
	cx *c = cli->c;
	str bytes, text, book, file = str_of(cli->argv[0]);
	grid_list list;
	struct draft_map m;
	struct draft_report report;
	if (package_read_file(c, cli->argv[0], &bytes) || grid_read(c, file, bytes, &opt, &list))
		return cli_report(cli);
	const grid *g = choose_table(cli, &list, wanted, &m);
	if (!g || draft_text(c, g, &m, name ? str_of(name) : file, &text, &report) || edition_workbook(c, text, name ? str_of(name) : file, &book))
		return cli_report(cli);
	enum err e = cli_save(cli, out, book);
	cli_report(cli);
	return e ? EXIT_BAD : tell(cli, g, &m, &report);
}
