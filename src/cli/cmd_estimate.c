/* thuocdo estimate: a table of answers and its sample design in; estimates with their errors out. */
#include <math.h>
#include "base/vn.h"
#include "cli/estimate.h"

/* One --stat, taken apart. A share without a level stands for all levels. */
struct stat {
	str text;
	struct est_ask ask;
	struct frame_column *y;
	str level; /* as asked for; prop without one: empty */
	bool all_levels;
};

struct job {
	struct cli *cli;
	struct estimate_options o;
	frame *f;
	struct est_spec spec;
	struct frame_column *by[FRAME_MAX_BY];
	int n_by;
	struct stat stats[ESTIMATE_MAX_STATS];
	struct est_margin *post, *rakes[EST_MAX_MARGINS];
	int n_rakes;
	struct est_terms *terms;
	est_design *d;
	struct est_parts parts;
	struct est_run *run;
	struct estimate_report report;
};

static int bad(struct job *j)
{
	cli_report(j->cli);
	return EXIT_BAD;
}

/* ---- what is asked for ---- */

/* Columns of an option, divided by commas. A name may have a comma in it when it stands alone. */
static bool want_list(struct job *j, const char *option, unsigned kinds, const struct frame_column **out, int most, int *n)
{
	*n = 0;
	if (!option)
		return true;
	str rest = str_of(option), name;
	bool alone = frame_has(j->f, rest);
	bool good = true;
	while (alone ? *n == 0 : str_next(&rest, ',', &name)) {
		if (*n == most)
			return cli_misuse(j->cli, "estimate.too_many", option), false;
		struct frame_column *col = frame_want(j->f, alone ? rest : str_trim(name), kinds);
		out[(*n)++] = col;
		good = good && col;
	}
	return good;
}

static bool want_design(struct job *j)
{
	const struct estimate_options *o = &j->o;
	struct est_spec *s = &j->spec;
	const struct frame_column *weight = NULL;
	int n_weights;
	bool good = want_list(j, o->ids && strcmp(o->ids, "none") != 0 ? o->ids : NULL, FRAME_FACTOR, s->id, EST_STAGES, &s->stages)
		&& want_list(j, o->strata, FRAME_FACTOR, s->stratum, EST_STAGES, &s->strata)
		&& want_list(j, o->weights, FRAME_NUMBER, &weight, 1, &n_weights)
		&& want_list(j, o->fpc, FRAME_NUMBER, s->fpc, EST_STAGES, &s->fpcs);
	int most = s->stages ? s->stages : 1;
	s->weight = weight;
	s->nest = o->nest;
	s->lonely = o->lonely_policy;
	if (good && (s->strata > most || s->fpcs > most))
		return cli_misuse(j->cli, "estimate.too_many_stages", s->strata > most ? o->strata : o->fpc), false;
	return good;
}

static bool bad_stat(struct job *j, const char *text)
{
	cli_misuse(j->cli, "estimate.stat", text);
	return false;
}

/* Cuts s at the last `sign` (or first); false: it is not there. */
static bool cut(str s, char sign, bool last, str *head, str *tail)
{
	for (size_t k = 0; k < s.len; k++) {
		size_t i = last ? s.len - 1 - k : k;
		if (s.p[i] == sign) {
			*head = (str){ s.p, i };
			*tail = (str){ s.p + i + 1, s.len - i - 1 };
			return true;
		}
	}
	return false;
}

/* Y/X: the slash that leaves two names of the data, else the first. */
static bool cut_ratio(const frame *f, str s, str *y, str *x)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '/' && frame_has(f, (str){ s.p, i }) && frame_has(f, (str){ s.p + i + 1, s.len - i - 1 })) {
			*y = (str){ s.p, i };
			*x = (str){ s.p + i + 1, s.len - i - 1 };
			return true;
		}
	return cut(s, '/', false, y, x);
}

static bool want_stat(struct job *j, const char *text, struct stat *out)
{
	static const struct {
		const char *word;
		enum est_kind kind;
	} kinds[] = { { "mean", EST_MEAN }, { "total", EST_TOTAL }, { "ratio", EST_RATIO }, { "prop", EST_PROP }, { "quantile", EST_QUANTILE },
		{ "var", EST_VAR } };
	str word, rest, y, x = { 0 };
	size_t k = 0;
	*out = (struct stat){ .text = str_of(text) };
	if (!cut(out->text, ':', false, &word, &rest) || !rest.len)
		return bad_stat(j, text);
	while (k < sizeof kinds / sizeof kinds[0] && !str_is(word, kinds[k].word))
		k++;
	if (k == sizeof kinds / sizeof kinds[0])
		return bad_stat(j, text);
	out->ask.kind = kinds[k].kind;
	y = rest;
	if (out->ask.kind == EST_RATIO && !cut_ratio(j->f, rest, &y, &x))
		return bad_stat(j, text);
	if (out->ask.kind == EST_QUANTILE) {
		if (!cut(rest, ':', true, &y, &out->level) || !frame_parse(out->level, &out->ask.p) || !(out->ask.p > 0 && out->ask.p < 1))
			return bad_stat(j, text);
	} else if (out->ask.kind == EST_PROP) {
		out->all_levels = frame_has(j->f, rest) || !cut(rest, '=', false, &y, &out->level);
	}
	out->y = frame_want(j->f, str_trim(y), out->ask.kind == EST_PROP ? FRAME_FACTOR : FRAME_NUMBER);
	out->ask.y = out->y;
	if (x.p)
		out->ask.x = frame_want(j->f, str_trim(x), FRAME_NUMBER);
	return out->ask.y && (!x.p || out->ask.x);
}

static bool want_populations(struct job *j)
{
	cx *c = j->cli->c;
	const struct estimate_options *o = &j->o;
	if (o->rakes.n > EST_MAX_MARGINS)
		return cli_misuse(j->cli, "estimate.too_many", "--rake"), false;
	if (o->poststrat
		&& (est_margin_read(c, cli_csv(j->cli, o->poststrat, o->delimiter, o->encoding), str_of(o->poststrat), &j->post)
			|| est_margin_want(j->f, j->post)))
		return false;
	for (int i = 0; i < o->rakes.n; i++, j->n_rakes++)
		if (est_margin_read(c, cli_csv(j->cli, o->rakes.word[i], o->delimiter, o->encoding), str_of(o->rakes.word[i]), &j->rakes[i])
			|| est_margin_want(j->f, j->rakes[i]))
			return false;
	return !o->calibrate
		|| (est_terms_read(c, cli_csv(j->cli, o->calibrate, o->delimiter, o->encoding), str_of(o->calibrate), &j->terms) == ERR_OK
			&& est_terms_want(j->f, j->terms) == ERR_OK);
}

static bool want_all(struct job *j)
{
	const struct frame_column *by[FRAME_MAX_BY];
	bool good = want_design(j) && want_list(j, j->o.by, FRAME_FACTOR, by, FRAME_MAX_BY, &j->n_by);
	for (int k = 0; good && k < j->n_by; k++)
		j->by[k] = frame_want(j->f, by[k]->name, FRAME_FACTOR);
	for (int i = 0; good && i < j->o.stats.n; i++)
		good = want_stat(j, j->o.stats.word[i], &j->stats[i]);
	if (good && j->o.where) {
		str text = str_of(j->o.where);
		good = vn_utf8_check(text) == text.len ? frame_where(j->f, text) == ERR_OK : (cli_misuse(j->cli, "cli.not_utf8", ""), false);
	}
	return good && want_populations(j);
}

/* ---- reading and weighting ---- */

static bool find_level(struct job *j, struct stat *s)
{
	for (uint32_t k = 0; k < s->y->n_levels; k++)
		if (str_eq(s->y->level[k], s->level)) {
			s->ask.level = k;
			return true;
		}
	arena *mem = j->cli->c->mem;
	str known = { "", 0 };
	for (uint32_t k = 0; k < s->y->n_levels && k < 8; k++)
		known = arena_printf(mem, "%.*s%s%.*s", STR_ARG(known), k ? ", " : "", STR_ARG(s->y->level[k]));
	fault *made = cx_fault(j->cli->c, FAULT_ERROR, "estimate.no_level",
		(place){ .file = j->f->file, .line = 1, .column = s->y->column, .field = s->y->name }, s->level);
	fault_arg(j->cli->c, made, 1, known);
	return false;
}

static bool weigh(struct job *j)
{
	return !(j->post && est_poststratify(j->d, j->post)) && !(j->n_rakes && est_rake(j->d, j->rakes, j->n_rakes, j->o.epsilon))
		&& !(j->terms && est_calibrate(j->d, j->terms));
}

static bool read_data(struct job *j)
{
	if (frame_load(j->f))
		return false;
	bool good = true;
	for (int i = 0; i < j->o.stats.n; i++)
		if (j->stats[i].ask.kind == EST_PROP && !j->stats[i].all_levels)
			good &= find_level(j, &j->stats[i]);
	return good && est_design_make(j->f, &j->spec, &j->d) == ERR_OK && weigh(j) && est_parts(j->d, j->by, j->n_by, &j->parts) == ERR_OK;
}

/* ---- estimating ---- */

static void add_row(struct job *j, const struct stat *s, const struct est_ask *ask, str level, const struct est_part *part)
{
	struct estimate_row *row = VEC_PUSH(j->cli->c->mem, &j->report.rows);
	*row = (struct estimate_row){ .stat = s->text, .level = level, .domain = part->label, .share = ask->kind == EST_PROP };
	est_value(j->run, ask, part, &row->v);
}

static void estimate_all(struct job *j)
{
	for (int i = 0; i < j->o.stats.n; i++) {
		const struct stat *s = &j->stats[i];
		uint32_t n = s->all_levels ? s->y->n_levels : 1;
		uint32_t *order = NEW_ARRAY(j->cli->c->mem, uint32_t, n + 1);
		if (s->all_levels) {
			uint32_t *rank = frame_ranks(j->cli->c->mem, s->y);
			for (uint32_t k = 0; k < n; k++)
				order[rank[k]] = k;
		}
		for (size_t p = 0; p < j->parts.n; p++)
			for (uint32_t k = 0; k < n; k++) {
				struct est_ask ask = s->ask;
				if (s->all_levels)
					ask.level = order[k];
				add_row(j, s, &ask, s->all_levels ? s->y->level[order[k]] : s->level, &j->parts.p[p]);
			}
	}
}

static int write_report(struct job *j)
{
	buf b;
	buf_init(&b, (size_t)1 << 30);
	if (j->o.form == OUT_TEXT)
		estimate_report_text(&b, &j->report);
	else if (j->o.form == OUT_CSV)
		estimate_report_csv(&b, &j->report);
	else
		estimate_report_json(&b, &j->report);
	int code = cli_write(j->cli, &b);
	buf_free(&b);
	return code;
}

int cmd_estimate(struct cli *cli)
{
	struct job *j = NEW(cli->c->mem, struct job);
	j->cli = cli;
	int code = estimate_read_options(cli, &j->o);
	if (code)
		return code;
	csv *in = cli_csv_wide(cli, j->o.data, j->o.delimiter, j->o.encoding);
	if (frame_open(cli->c, in, str_of(j->o.data), &j->f) || !want_all(j) || !read_data(j))
		return bad(j);
	j->run = est_start(cli->c->mem, j->d, &j->o.est);
	j->report = (struct estimate_report){ .lang = cli->lang, .o = &j->o, .d = j->d };
	estimate_all(j);
	cli_report(cli);
	return write_report(j);
}
