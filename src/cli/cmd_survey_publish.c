/* thuocdo survey publish: publication of a survey, its corrections and withdrawal. */
#include "app/actor.h"
#include "app/survey_public.h"
#include "base/vn.h"
#include "cli/store.h"

struct options {
	const char *db, *note, *correct, *withdraw, *rollup;
	bool live;
	struct survey_rollup roll;
};

static bool read_options(struct cli *cli, struct options *o)
{
	const struct cli_option options[] = { { "db", &o->db, NULL }, { "note", &o->note, NULL }, { "correct", &o->correct, NULL },
		{ "withdraw", &o->withdraw, NULL }, { "rollup", &o->rollup, NULL }, { "live", NULL, &o->live }, { 0 } };
	if (!cli_options(cli, options))
		return false;
	if (cli->argc != 1 || (o->correct && o->withdraw) || ((o->correct || o->withdraw) && (o->live || o->note || o->rollup)))
		return cli_misuse(cli, "survey_public.use", ""), false;
	const char *const texts[] = { o->note, o->correct, o->withdraw, cli->argv[0] };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && vn_utf8_check(str_of(texts[i])) < strlen(texts[i]))
			return cli_misuse(cli, "cli.not_utf8", ""), false;
	if (o->rollup && !survey_rollup_read(str_of(o->rollup), &o->roll))
		return cli_misuse(cli, "survey_result.rollup_form", o->rollup), false;
	return true;
}

int cmd_survey_publish(struct cli *cli)
{
	struct options o = { 0 };
	struct survey_info s;
	if (!read_options(cli, &o))
		return EXIT_BAD;
	struct app *a = cli_open_survey(cli, o.db, &s);
	if (!a)
		return EXIT_BAD;
	const struct actor who = actor_system("cli");
	enum err e = o.correct ? survey_correct(cli->c, a, &who, &s, str_of(o.correct))
		: o.withdraw   ? survey_withdraw(cli->c, a, &who, &s, str_of(o.withdraw))
			       : survey_publish(cli->c, a, &who, &s, o.live, o.roll, str_of(o.note));
	int code = cli_report(cli);
	if (!e && !code) {
		buf b;
		buf_init(&b, 0);
		po_fill(&b, o.correct ? "survey_public.said_correct" : o.withdraw ? "survey_public.said_withdraw" : "survey_public.said_publish", cli->lang,
			s.code, NULL, 0);
		buf_char(&b, '\n');
		code = cli_write(cli, &b);
	}
	app_close(a);
	return e ? EXIT_BAD : code;
}
