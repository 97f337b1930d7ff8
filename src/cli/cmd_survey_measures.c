/* thuocdo survey measures: figures of a survey as measures of units. */
#include <stdio.h>
#include "app/survey_measures.h"
#include "base/vn.h"
#include "cli/store.h"

struct options {
	const char *db, *output, *measure, *what, *unit, *period, *stage, *rollup;
	bool self_selected, preview;
	struct survey_rollup roll;
};

static bool read_options(struct cli *cli, struct options *o, enum output *form)
{
	const struct cli_option options[] = { { "db", &o->db, NULL }, { "o", &o->output, NULL }, { "output", &o->output, NULL },
		{ "measure", &o->measure, NULL }, { "what", &o->what, NULL }, { "unit", &o->unit, NULL },
		{ "period", &o->period, NULL }, { "stage", &o->stage, NULL }, { "rollup", &o->rollup, NULL },
		{ "self-selected", NULL, &o->self_selected }, { "preview", NULL, &o->preview }, { 0 } };
	if (!cli_options(cli, options) || !cli_output(cli, o->output, form))
		return false;
	if (cli->argc != 1 || !o->measure || !*o->measure || *form == OUT_JSON)
		return cli_misuse(cli, "survey_measures.use", ""), false;
	const char *const texts[] = { o->measure, o->what, o->unit, o->period, o->stage, cli->argv[0] };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && vn_utf8_check(str_of(texts[i])) < strlen(texts[i]))
			return cli_misuse(cli, "cli.not_utf8", ""), false;
	if (o->unit && !strchr(o->unit, '/'))
		return cli_misuse(cli, "survey_measures.unit_form", o->unit), false;
	if (o->rollup && !survey_rollup_read(str_of(o->rollup), &o->roll))
		return cli_misuse(cli, "survey_result.rollup_form", o->rollup), false;
	return true;
}

static void say_row(buf *b, struct cli *cli, const struct survey_measure *x)
{
	char n[24], se[40] = "–", value[80];
	snprintf(n, sizeof n, "%lld", (long long)x->f.n);
	if (x->f.se == x->f.se)
		snprintf(se, sizeof se, "%.4f", x->f.se);
	if (x->numerator.len)
		snprintf(value, sizeof value, "%.*s/%.*s", STR_ARG(x->numerator), STR_ARG(x->denominator));
	else
		snprintf(value, sizeof value, "%.*s", STR_ARG(x->value));
	str args[] = { str_of(value), str_of(n), str_of(se) };
	if (x->enough)
		po_fill(b, "survey_measures.row", cli->lang, x->name, args, 3);
	else
		po_fill(b, "survey_measures.no_row", cli->lang, x->name, args, 3);
	buf_char(b, '\n');
}

static void write_text(buf *b, struct cli *cli, const struct survey_measure_list *l, bool preview)
{
	str args[] = { l->period, l->stage, arena_printf(cli->c->mem, "%lld", (long long)l->changed) };
	for (size_t i = 0; i < l->rows.n; i++)
		say_row(b, cli, &l->rows.p[i]);
	po_fill(b, preview ? "survey_measures.preview" : "survey_measures.done", cli->lang, l->measure, args, 3);
	buf_char(b, '\n');
}

static void write_csv(buf *b, struct cli *cli, const struct survey_measure_list *l)
{
	(void)cli;
	buf_addz(b, "level,unit,measure,period,stage,numerator,denominator,value,n,se,n_eff,cv,status,reason,source\n");
	for (size_t i = 0; i < l->rows.n; i++) {
		const struct survey_measure *x = &l->rows.p[i];
		const str cells[] = { x->level, x->name, l->measure, l->period, l->stage, x->numerator, x->denominator, x->value };
		const double numbers[] = { x->f.se, x->f.n_eff, x->f.cv };
		for (size_t k = 0; k < 8; k++) {
			csv_cell(b, cells[k]);
			buf_char(b, ',');
		}
		if (x->f.state != SURVEY_HIDDEN)
			buf_printf(b, "%lld", (long long)x->f.n);
		for (size_t k = 0; k < 3; k++) {
			buf_char(b, ',');
			if (numbers[k] == numbers[k] && x->f.state == SURVEY_FIGURE)
				buf_double(b, numbers[k]);
		}
		buf_printf(b, ",%s,", x->enough ? "ok" : "missing");
		csv_cell(b, x->reason);
		buf_char(b, ',');
		csv_cell(b, x->source);
		buf_char(b, '\n');
	}
}

int cmd_survey_measures(struct cli *cli)
{
	struct options o = { 0 };
	enum output form;
	struct survey_info s;
	struct survey_measure_list list;
	if (!read_options(cli, &o, &form))
		return EXIT_BAD;
	struct survey_measure_ask ask = { .measure = str_of(o.measure), .what = str_of(o.what), .period = str_of(o.period), .stage = o.stage,
		.self_selected = o.self_selected, .preview = o.preview, .rollup = o.roll, .unit = str_of(o.unit) };
	if (o.unit)
		str_next(&ask.unit, '/', &ask.level);
	struct app *a = cli_open_survey(cli, o.db, &s);
	if (!a)
		return EXIT_BAD;
	enum err e = survey_measures(cli->c, a, &s, &ask, &list);
	int code = cli_report(cli);
	if (!e && !code) {
		buf b;
		buf_init(&b, 0);
		if (form == OUT_CSV)
			write_csv(&b, cli, &list);
		else
			write_text(&b, cli, &list, o.preview);
		code = cli_write(cli, &b);
	}
	app_close(a);
	return e ? EXIT_BAD : code;
}
