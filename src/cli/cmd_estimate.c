/* thuocdo estimate: a table of answers and its sample design in; estimates with their errors out. */
#include "cli/estimate.h"

static int bad(struct estimate_job *j)
{
	cli_report(j->cli);
	return EXIT_BAD;
}

/* ---- reading and weighting ---- */

bool estimate_find_level(struct estimate_job *j, const struct frame_column *y, str level, uint32_t *code)
{
	for (uint32_t k = 0; k < y->n_levels; k++)
		if (str_eq(y->level[k], level)) {
			*code = k;
			return true;
		}
	arena *mem = j->cli->c->mem;
	str known = { "", 0 };
	for (uint32_t k = 0; k < y->n_levels && k < 8; k++)
		known = arena_printf(mem, "%.*s%s%.*s", STR_ARG(known), k ? ", " : "", STR_ARG(y->level[k]));
	fault *made = cx_fault(j->cli->c, FAULT_ERROR, "estimate.no_level",
		(place){ .file = j->f->file, .line = 1, .column = y->column, .field = y->name }, level);
	fault_arg(j->cli->c, made, 1, known);
	return false;
}

static bool weigh(struct estimate_job *j)
{
	return !(j->post && est_poststratify(j->d, j->post)) && !(j->n_rakes && est_rake(j->d, j->rakes, j->n_rakes, j->o.epsilon))
		&& !(j->terms && est_calibrate(j->d, j->terms));
}

static bool read_data(struct estimate_job *j)
{
	if (frame_load(j->f))
		return false;
	bool good = true;
	for (int i = 0; i < j->o.stats.n; i++)
		if (j->stats[i].level.len && j->stats[i].ask.kind != EST_QUANTILE)
			good &= estimate_find_level(j, j->stats[i].y, j->stats[i].level, &j->stats[i].ask.level);
	return good && est_design_make(j->f, &j->spec, &j->d) == ERR_OK && weigh(j) && est_parts(j->d, j->by, j->n_by, &j->parts) == ERR_OK;
}

static bool replicate(struct estimate_job *j)
{
	struct est_rep *rep = NULL;
	if (j->o.rep && est_rep_make(j->d, &j->o.replicate, &rep))
		return false;
	j->o.est.rep = rep;
	return true;
}

/* ---- estimating ---- */

static void add_row(struct estimate_job *j, const struct estimate_stat *s, const struct est_ask *ask, str level, size_t p)
{
	const struct est_part *part = &j->parts.p[p];
	struct estimate_row *row = VEC_PUSH(j->cli->c->mem, &j->report.rows);
	*row = (struct estimate_row){ .stat = s->text, .level = level, .domain = part->label, .part = p, .share = ask->kind == EST_PROP };
	est_value(j->run, ask, part, &row->v);
}

/* One statistic at one level, over all parts. */
static bool estimate_level(struct estimate_job *j, const struct estimate_stat *s, const struct est_ask *ask, str level)
{
	size_t from = j->report.rows.n;
	for (size_t p = 0; p < j->parts.n; p++)
		add_row(j, s, ask, level, p);
	return estimate_hide(j, s, ask->level, from) && (!j->o.rank || estimate_place(j, ask, from));
}

static bool estimate_stat(struct estimate_job *j, const struct estimate_stat *s)
{
	if (s->kind != STAT_PLAIN) {
		bool good = true;
		size_t from = j->report.rows.n;
		for (size_t p = 0; good && p < j->parts.n; p++)
			good = estimate_special(j, s, p);
		return good && estimate_hide(j, s, 0, from);
	}
	bool good = true;
	if (!s->all_levels) {
		good = estimate_level(j, s, &s->ask, s->level);
	} else {
		uint32_t *order = NEW_ARRAY(j->cli->c->mem, uint32_t, s->y->n_levels + 1), *rank = frame_ranks(j->cli->c->mem, s->y);
		for (uint32_t k = 0; k < s->y->n_levels; k++)
			order[rank[k]] = k;
		for (uint32_t k = 0; good && k < s->y->n_levels; k++) {
			struct est_ask ask = s->ask;
			ask.level = order[k];
			good = estimate_level(j, s, &ask, s->y->level[order[k]]);
		}
	}
	return good && (!j->o.change || estimate_change(j, s));
}

static bool estimate_all(struct estimate_job *j)
{
	bool good = true;
	for (int i = 0; good && i < j->o.stats.n; i++)
		good = estimate_stat(j, &j->stats[i]);
	return good && (!j->o.covariance || estimate_covariance(j));
}

static int write_report(struct estimate_job *j)
{
	buf b;
	buf_init(&b, (size_t)1 << 30);
	if (j->o.form == OUT_TEXT)
		estimate_report_text(&b, &j->report);
	else if (j->o.form == OUT_CSV)
		estimate_report_csv(&b, &j->report);
	else
		estimate_report_json(&b, &j->report);
	return cli_write(j->cli, &b);
}

int cmd_estimate(struct cli *cli)
{
	struct estimate_job *j = NEW(cli->c->mem, struct estimate_job);
	j->cli = cli;
	int code = estimate_read_options(cli, &j->o);
	if (code)
		return code;
	csv *in = cli_csv_wide(cli, j->o.data, j->o.delimiter, j->o.encoding);
	if (frame_open(cli->c, in, str_of(j->o.data), &j->f) || !estimate_want(j) || !read_data(j) || !replicate(j))
		return bad(j);
	j->run = est_start(cli->c->mem, j->d, &j->o.est);
	j->report = (struct estimate_report){ .lang = cli->lang, .o = &j->o, .d = j->d };
	if (!estimate_all(j) || cli->c->n_errors) /* lonely units are told on the way */
		return bad(j);
	estimate_leave_out(j);
	cli_report(cli);
	return write_report(j);
}
