/* thuocdo sample draw --db, list, replace, cases: the sample of a survey in a store. Reading the lists: thuocdo import frame. */
#include "app/sample.h"
#include "cli/sample.h"
#include "cli/store.h"

int sample_draw_stored(struct cli *cli, const char *store, const struct sample_wish *w, enum output form)
{
	struct survey_info s;
	struct sample_list *l;
	struct app *a = cli_open_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	enum err e = sample_make(cli->c, a, &who, &s, 0, w, &l);
	app_close(a);
	cli_report(cli);
	return e ? EXIT_BAD : sample_draw_report(cli, l, form);
}

int cmd_sample_list(struct cli *cli)
{
	const char *store = NULL;
	bool contacts = false;
	const struct cli_option options[] = { { "db", &store, NULL }, { "contacts", NULL, &contacts }, { 0 } };
	struct survey_info s;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	struct app *a = cli_one_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	buf b;
	buf_init(&b, 0);
	enum err e = sample_csv(cli->c, a, &who, &s, contacts, cli->lang, &b);
	app_close(a);
	cli_report(cli);
	int code = e ? EXIT_BAD : cli_write(cli, &b);
	buf_free(&b);
	return code;
}

int cmd_sample_replace(struct cli *cli)
{
	const char *store = NULL, *reason = "", *outcome = "new";
	const struct cli_option options[] = { { "db", &store, NULL }, { "reason", &reason, NULL }, { "outcome", &outcome, NULL }, { 0 } };
	struct survey_info s;
	db_sample_unit by;
	enum case_outcome how;
	long no;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (cli->argc != 2 || !str_int(str_of(cli->argv[1]), 1, SAMPLE_MAX_ROWS, &no) || !case_outcome_read(str_of(outcome), &how))
		return cli_misuse(cli, "sample.replace_use", "");
	struct app *a = cli_open_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	enum err e = sample_stand_in(cli->c, a, &who, &s, no, str_of(reason), how, &by);
	app_close(a);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	str args[] = { str_of(cli->argv[1]), arena_printf(cli->c->mem, "%lld", (long long)by.no), by.unit };
	po_fill(&b, "sample.replaced_by", cli->lang, (str){ 0 }, args, 3);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}

int cmd_sample_cases(struct cli *cli)
{
	const char *store = NULL, *interviewers = "";
	const struct cli_option options[] = { { "db", &store, NULL }, { "interviewers", &interviewers, NULL }, { 0 } };
	struct survey_info s;
	struct sample_cases done;
	if (!cli_options(cli, options))
		return EXIT_BAD;
	struct app *a = cli_one_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	struct actor who = actor_system("cli");
	enum err e = sample_cases_make(cli->c, a, &who, &s, str_of(interviewers), &done);
	app_close(a);
	cli_report(cli);
	if (e)
		return EXIT_BAD;
	buf b;
	buf_init(&b, 0);
	const int64_t n[] = { done.made, done.known, done.given };
	str args[3];
	for (int k = 0; k < 3; k++)
		args[k] = arena_printf(cli->c->mem, "%lld", (long long)n[k]);
	po_fill(&b, "sample.cases_made", cli->lang, (str){ 0 }, args, 3);
	buf_char(&b, '\n');
	return cli_write(cli, &b);
}
