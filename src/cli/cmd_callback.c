/* thuocdo survey callback: which interviews are asked again, and who waits for it. */
#include "app/survey_callback.h"
#include "cli/store.h"

static int print(struct cli *cli, const db_callback_list *l)
{
	buf b;
	buf_init(&b, 0);
	buf_addz(&b, "survey,code,name,phone,email,address\n");
	for (size_t i = 0; i < l->n; i++) {
		const db_callback *x = &l->p[i];
		const str cell[] = { str_of(cli->argv[0]), x->code, x->name, x->phone, x->email, x->address };
		for (size_t k = 0; k < sizeof cell / sizeof *cell; k++) {
			if (k)
				buf_char(&b, ',');
			csv_cell(&b, cell[k]);
		}
		buf_char(&b, '\n');
	}
	return cli_write(cli, &b);
}

int cmd_survey_callback(struct cli *cli)
{
	const char *store = NULL, *share = NULL, *seed = NULL;
	bool end = false;
	long percent = 0, from = 0;
	const struct cli_option options[] = { { "db", &store, NULL }, { "share", &share, NULL }, { "seed", &seed, NULL }, { "end", NULL, &end }, { 0 } };
	struct survey_info s;
	db_callback_list list = { 0 };
	struct actor who = actor_system("cli");
	if (!cli_options(cli, options))
		return EXIT_BAD;
	if (share && !str_int(str_of(share), 1, 100, &percent))
		return cli_misuse(cli, "callback.share", share);
	if (!share != !seed || (share && end) || (seed && !str_int(str_of(seed), 0, CALLBACK_SEED_MAX, &from)))
		return cli_misuse(cli, "callback.seed", seed ? seed : "");
	struct app *a = cli_one_survey(cli, store, &s);
	if (!a)
		return EXIT_BAD;
	enum err e = share || end ? survey_callback_plan(cli->c, a, &who, &s, percent, from) : survey_callbacks(cli->c, a, &who, &s, &list);
	cli_report(cli);
	int code = e ? EXIT_BAD : share || end ? EXIT_DONE : print(cli, &list);
	app_close(a);
	return code;
}
