/* thuocdo edition: check (every fault of a criteria table), export (a set of the store as a file to work on). */
#include <stdio.h>
#include "app/edition.h"
#include "app/edition_text.h"
#include "cli/store.h"

enum { CATALOGUE_NAME, CATALOGUE_COLUMNS = 10 };

static const struct table_column catalogue_columns[CATALOGUE_COLUMNS] = {
	{ "name", true },
	{ "name_vi", true },
	{ "name_en", false },
	{ "unit", false },
	{ "numerator", false },
	{ "denominator", false },
	{ "source_kind", false },
	{ "period", false },
	{ "editions", false },
	{ "criteria", false },
};

/* Figures of units may well stand in a file called measures.csv too; only a catalogue has Vietnamese names in its heading. */
static bool is_catalogue(const char *path)
{
	char head[512] = "";
	FILE *f = fopen(path, "r");
	bool is = f && fgets(head, sizeof head, f) && strstr(head, "name_vi");
	if (f)
		fclose(f);
	return is;
}

static const char *find_catalogue(struct cli *cli, const char *edition)
{
	const char *beside = cli_method(cli, edition, "measures.csv");
	return beside && is_catalogue(beside) ? beside : cli_method(cli, NULL, "measures.csv");
}

static bool read_catalogue(struct cli *cli, const char *path, map *names)
{
	table t;
	cx *c = cli->c;
	enum err e = table_open(c, cli_csv(cli, path, NULL, NULL), str_of(path), catalogue_columns, CATALOGUE_COLUMNS, &t);
	while (!e && table_next(&t))
		*map_put(c->mem, names, arena_str(c->mem, t.cell[CATALOGUE_NAME]), NULL) = 1;
	table_close(&t);
	return !e;
}

/* A name that no catalogue knows is most often a slip of the pen. */
static void check_measures(struct cli *cli, const tree *t, const map *known)
{
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct tree_node *n = &t->nodes.p[i];
		for (size_t k = 0; n->rule && k < n->rule->n_refs; k++) {
			const struct rule_ref *ref = &n->rule->refs[k];
			if (ref->slot == SLOT_MAX || map_get(known, ref->name))
				continue;
			place at = { .file = t->file,
				.line = n->line,
				.column = n->rule_column,
				.field = STR("rule"),
				.offset = ref->offset,
				.sheet = t->sheet };
			fault_arg(cli->c, cx_fault(cli->c, FAULT_ERROR, "edition.unknown_measure", at, ref->name), 1, n->code);
		}
	}
}

int cmd_edition_check(struct cli *cli)
{
	const char *catalogue = NULL, *delimiter = NULL, *encoding = NULL, *sheet = NULL;
	const struct cli_option options[] = { { "measures", &catalogue, NULL }, { "delimiter", &delimiter, NULL },
		{ "encoding", &encoding, NULL }, { "sheet", &sheet, NULL }, { 0 } };
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1)
		return cli_misuse(cli, "cli.one_edition", "");
	const char *path = cli->argv[0];
	tree *t;
	map known = { 0 };
	tree_read_table(cli->c, cli_table(cli, path, delimiter, encoding, sheet), &t);
	if (t) {
		tree_check_bands(cli->c, t, FAULT_ERROR);
		if (!catalogue)
			catalogue = find_catalogue(cli, path);
		if (!catalogue)
			cx_fault(cli->c, FAULT_NOTE, "edition.no_catalogue", (place){ .file = str_of(path) }, STR(""));
		else if (read_catalogue(cli, catalogue, &known))
			check_measures(cli, t, &known);
	}
	bool good = cli->c->n_errors == 0;
	cli_report(cli);
	if (!good)
		return EXIT_BAD;
	size_t scored = 0;
	for (size_t i = 0; i < t->nodes.n; i++)
		scored += tree_is_scored(&t->nodes.p[i]);
	buf b;
	buf_init(&b, 0);
	str args[] = { arena_printf(cli->c->mem, "%zu", t->nodes.n), arena_printf(cli->c->mem, "%zu", scored),
		arena_printf(cli->c->mem, "%zu", t->measures.n) };
	po_fill(&b, "edition.good", cli->lang, cli->lang == LANG_EN && t->name_en.len ? t->name_en : t->name_vi, args, 3);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}

int cmd_edition_export(struct cli *cli)
{
	const char *db = NULL, *out = NULL;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &out, NULL }, { "output", &out, NULL }, { 0 } };
	str text, name, bytes;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 1 || !out)
		return cli_misuse(cli, "cli.code_output", "");
	bool workbook = str_ends_nocase(str_of(out), ".xlsx");
	if (!workbook && !str_ends_nocase(str_of(out), ".csv"))
		return cli_misuse(cli, "cli.xlsx_or_csv", out);
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = edition_csv(cli->c, a, str_of(cli->argv[0]), &text, &name);
	app_close(a);
	if (!e && workbook)
		e = edition_workbook(cli->c, text, name, &bytes);
	if (!e)
		e = cli_save(cli, out, workbook ? bytes : text);
	return cli_report(cli) || e ? EXIT_BAD : EXIT_DONE;
}
