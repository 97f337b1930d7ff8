/* thuocdo survey change: what changed from one survey to the next. */
#include <math.h>
#include <stdio.h>
#include "app/survey_change.h"
#include "cli/store.h"

static str code_of(const questionnaire *q, const struct survey_change *x)
{
	return x->factor == NO_ITEM ? STR("") : q->factors.p[x->factor].code;
}

static void write_csv(buf *b, const questionnaire *q, const struct survey_change_list *l)
{
	buf_addz(b, "row,code,stat,old,now,change,se,ci_low,ci_high,df,n_old,n_now,told\n");
	for (size_t i = 0; i < l->rows.n; i++) {
		const struct survey_change *x = &l->rows.p[i];
		const double numbers[] = { x->old.v, x->now.v, x->diff, x->se, x->low, x->high, x->df };
		str code = code_of(q, x);
		buf_printf(b, "%s,%.*s,%s", x->row == SURVEY_INDEX ? "index" : "factor", STR_ARG(code), survey_stat_word(x->stat));
		for (size_t k = 0; k < 7; k++) {
			buf_char(b, ',');
			if (isfinite(numbers[k]))
				buf_double(b, numbers[k]);
		}
		buf_printf(b, ",%lld,%lld,%s\n", (long long)x->old.n, (long long)x->now.n,
			x->old.state == SURVEY_HIDDEN ? "hidden" : x->told ? "yes" : "no");
	}
}

static str number(struct cli *cli, double x, bool share, bool sign)
{
	char text[48];
	snprintf(text, sizeof text, sign ? "%+.2f" : "%.2f", share ? x * 100 : x);
	for (char *p = text; *p && cli->lang == LANG_VI; p++)
		if (*p == '.')
			*p = ',';
	return isfinite(x) ? arena_str(cli->c->mem, str_of(text)) : STR("–");
}

static void write_text(buf *b, struct cli *cli, const questionnaire *q, const struct survey_change_list *l)
{
	str counts[] = { arena_printf(cli->c->mem, "%lld", (long long)l->shared), arena_printf(cli->c->mem, "%zu", l->rows.n) };
	for (size_t i = 0; i < l->rows.n; i++) {
		const struct survey_change *x = &l->rows.p[i];
		bool share = x->stat == SURVEY_SATISFIED;
		str name = x->factor == NO_ITEM ? str_of(po_text("survey_result.whole", cli->lang)) : q->factors.p[x->factor].text[cli->lang];
		str args[] = { number(cli, x->old.v, share, false), number(cli, x->now.v, share, false), number(cli, x->diff, share, true),
			number(cli, x->low, share, true), number(cli, x->high, share, true) };
		char key[64];
		snprintf(key, sizeof key, "survey_result.stat.%s", survey_stat_word(x->stat));
		buf_printf(b, "%.*s, %s: ", STR_ARG(name), po_text(key, cli->lang));
		if (x->old.state == SURVEY_HIDDEN)
			buf_addz(b, po_text("survey_result.hidden", cli->lang));
		else
			po_fill(b, x->told ? "survey_change.told" : "survey_change.not_told", cli->lang, (str){ 0 }, args, 5);
		buf_char(b, '\n');
	}
	po_fill(b, "survey_change.foot", cli->lang, (str){ 0 }, counts, 2);
	buf_char(b, '\n');
}

int cmd_survey_change(struct cli *cli)
{
	const char *db = NULL, *output = NULL;
	enum output form;
	const struct cli_option options[] = { { "db", &db, NULL }, { "o", &output, NULL }, { "output", &output, NULL }, { 0 } };
	struct survey_info s[2];
	struct survey_change_list list;
	if (!cli_options(cli, options) || !cli_output(cli, output, &form))
		return EXIT_BAD;
	if (cli->argc != 2 || form == OUT_JSON)
		return cli_misuse(cli, "survey_change.use", "");
	struct app *a = cli_open(cli, db, STORE_AS_IS);
	if (!a)
		return EXIT_BAD;
	enum err e = ERR_OK;
	for (int k = 0; k < 2 && !e; k++)
		e = cli_survey(cli, a, cli->argv[k], &s[k]);
	if (!e)
		e = survey_change_of(cli->c, a, &s[0], &s[1], &list);
	int code = cli_report(cli) || e ? EXIT_BAD : EXIT_DONE;
	if (!code) {
		buf b;
		buf_init(&b, 0);
		if (form == OUT_CSV)
			write_csv(&b, s[1].q, &list);
		else
			write_text(&b, cli, s[1].q, &list);
		code = cli_write(cli, &b);
	}
	app_close(a);
	return code;
}
