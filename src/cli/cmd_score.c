/* thuocdo score: an edition and measures in; values, ranks, losses and traces out. */
#include <stdio.h>
#include <stdlib.h>
#include "base/vn.h"
#include "cli/cli.h"
#include "cli/score_report.h"

struct job {
	const char *output, *unit, *trace, *period, *delimiter, *encoding, *measures_delimiter, *measures_encoding;
	enum output form;
	tree *t;
	struct measures *m;
};

static int read_options(struct cli *cli, struct job *job)
{
	const struct cli_option options[] = {
		{ "o", &job->output, NULL },
		{ "output", &job->output, NULL },
		{ "unit", &job->unit, NULL },
		{ "trace", &job->trace, NULL },
		{ "period", &job->period, NULL },
		{ "delimiter", &job->delimiter, NULL },
		{ "encoding", &job->encoding, NULL },
		{ "measures-delimiter", &job->measures_delimiter, NULL },
		{ "measures-encoding", &job->measures_encoding, NULL },
		{ 0 },
	};
	if (!cli_options(cli, options) || !cli_output(cli, job->output, &job->form))
		return EXIT_BAD;
	return cli->argc == 2 ? EXIT_DONE : cli_misuse(cli, "cli.edition_measures", "");
}

/* The edition must be good; slips in its bands are told, the points are still what it says. */
static int read_files(struct cli *cli, struct job *job)
{
	cx *c = cli->c;
	period p;
	const char *edition = cli->argv[0], *measures = cli->argv[1];
	if (job->period && !period_parse(str_of(job->period), &p))
		return cli_misuse(cli, "cli.period", job->period);
	if (tree_read_table(c, cli_table(cli, edition, job->delimiter, job->encoding, NULL), &job->t))
		return cli_report(cli), EXIT_BAD;
	tree_check_bands(c, job->t, FAULT_WARNING);
	table_source in = cli_table(cli, measures, job->measures_delimiter ? job->measures_delimiter : job->delimiter,
		job->measures_encoding ? job->measures_encoding : job->encoding, NULL);
	if (measures_read_table(c, in, job->t, job->period ? &p : NULL, &job->m))
		return cli_report(cli), EXIT_BAD;
	if (!tree_for_year(job->t, job->m->period.year)) {
		char text[PERIOD_TEXT];
		fault *f = cx_fault(c, FAULT_WARNING, "score.other_year", (place){ .file = str_of(edition) },
			period_text(job->m->period, text));
		fault_arg(c, f, 1, job->t->years);
	}
	return EXIT_DONE;
}

static void score_all(struct cli *cli, struct job *job, struct score_report *r)
{
	cx *c = cli->c;
	size_t n = job->m->units.n;
	struct score_result *results = NEW_ARRAY(c->mem, struct score_result, n + 1);
	struct rank_entry *ranks = NEW_ARRAY(c->mem, struct rank_entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		str name = job->m->units.p[i].name;
		results[i].cells = NEW_ARRAY(c->mem, struct score_cell, job->t->nodes.n);
		score_unit(job->t, &job->m->units.p[i], r->slots, r->scratch, &results[i]);
		ranks[i] = (struct rank_entry){
			.result = &results[i], .name = name, .ranked = !rank_is_left_out(job->t, c->mem, name)
		};
	}
	rank_units(job->t, c->mem, ranks, n);
	r->results = results;
	r->ranks = ranks;
}

static int choose(struct cli *cli, const struct job *job, struct score_report *r)
{
	if (job->unit) {
		str name = str_of(job->unit);
		r->only = vn_utf8_check(name) < name.len ? -1 : measures_find_unit(cli->c, job->m, name);
		if (r->only < 0)
			return cli_misuse(cli, "cli.no_unit", job->unit);
	}
	if (job->trace) {
		r->trace = tree_find(job->t, str_trim(str_of(job->trace)));
		if (r->trace == NO_NODE)
			return cli_misuse(cli, "cli.no_code", job->trace);
	}
	return EXIT_DONE;
}

int cmd_score(struct cli *cli)
{
	struct job job = { 0 };
	int code = read_options(cli, &job);
	if (!code)
		code = read_files(cli, &job);
	if (code)
		return code;
	struct score_report r = {
		.c = cli->c, .lang = cli->lang, .t = job.t, .m = job.m, .only = -1, .trace = NO_NODE, .scratch = cli->c->mem
	};
	code = choose(cli, &job, &r);
	if (code)
		return code;
	r.slots = NEW_ARRAY(cli->c->mem, val, job.t->slots.n);
	score_all(cli, &job, &r);
	cli_report(cli);
	buf b;
	buf_init(&b, (size_t)1 << 30);
	if (job.form == OUT_TEXT)
		score_report_text(&b, &r);
	else if (job.form == OUT_CSV)
		score_report_csv(&b, &r);
	else
		score_report_json(&b, &r);
	return cli_write(cli, &b);
}
