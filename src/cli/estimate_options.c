/* The options of thuocdo estimate. --stat may stand several times, --rake takes several files. */
#include <limits.h>
#include <math.h>
#include <unistd.h>
#include "cli/estimate.h"

static bool add_word(struct cli *cli, struct estimate_words *list, const char *word, const char *option)
{
	if (list->n == ESTIMATE_MAX_COLUMNS)
		return cli_misuse(cli, "estimate.too_many", option), false;
	list->word[list->n++] = word;
	return true;
}

/* --stat X, --stat=X; --rake F…: taken out of argv. */
static bool take_lists(struct cli *cli, struct estimate_options *o)
{
	int kept = 0;
	bool ended = false;
	for (int i = 0; i < cli->argc; i++) {
		char *arg = cli->argv[i];
		ended = ended || strcmp(arg, "--") == 0;
		bool is_stat = !ended && strncmp(arg, "--stat", 6) == 0 && (arg[6] == 0 || arg[6] == '=');
		bool is_rake = !ended && strncmp(arg, "--rake", 6) == 0 && (arg[6] == 0 || arg[6] == '=');
		if (!is_stat && !is_rake) {
			cli->argv[kept++] = arg;
			continue;
		}
		struct estimate_words *list = is_stat ? &o->stats : &o->rakes;
		const char *name = is_stat ? "--stat" : "--rake";
		if (arg[6] == 0 && i + 1 >= cli->argc)
			return cli_misuse(cli, "cli.option_value", name), false;
		if (!add_word(cli, list, arg[6] ? arg + 7 : cli->argv[++i], name))
			return false;
		while (is_rake && i + 1 < cli->argc && cli->argv[i + 1][0] != '-')
			if (!add_word(cli, list, cli->argv[++i], name))
				return false;
	}
	cli->argc = kept;
	return true;
}

/* The number of a word in a list; the default for NULL. -1: told. */
static int choice(struct cli *cli, const char *word, const char *const *words, int n, int otherwise, const char *key)
{
	if (!word)
		return otherwise;
	for (int i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	cli_misuse(cli, key, word);
	return -1;
}

static bool take_words(struct cli *cli, struct estimate_options *o)
{
	static const char *const intervals[] = { "t", "logit", "beta", "wilson", "asin", "likelihood" };
	static const char *const policies[] = { "fail", "adjust", "remove", "average", "certainty" };
	static const char *const dfs[] = { "design", "part" };
	int ci = choice(cli, o->ci, intervals, 6, EST_CI_T, "estimate.ci");
	int lonely = ci < 0 ? -1 : choice(cli, o->lonely, policies, 5, EST_FAIL, "estimate.lonely_word");
	int df = lonely < 0 ? -1 : choice(cli, o->df, dfs, 2, 0, "estimate.df_word");
	if (df < 0)
		return false;
	o->est.ci = (enum est_ci)ci;
	o->lonely_policy = lonely == 4 ? EST_REMOVE : (enum est_lonely)lonely;
	o->est.df_of_part = df == 1;
	return true;
}

static bool positive(struct cli *cli, const char *word, double *out)
{
	if (word && (!frame_parse(str_of(word), out) || !(*out > 0) || isinf(*out)))
		return cli_misuse(cli, "estimate.positive", word), false;
	return true;
}

static bool whole(struct cli *cli, const char *word, long lo, long hi, long *out)
{
	if (word && !str_int(str_of(word), lo, hi, out))
		return cli_misuse(cli, "estimate.whole", word), false;
	return true;
}

/* JK1, JKn, BRR, bootstrap:N[:seed], cols:PREFIX. */
static bool take_replicates(struct cli *cli, struct estimate_options *o)
{
	static const char *const words[] = { "JK1", "JKn", "BRR" };
	struct est_rep_options *r = &o->replicate;
	long threads = sysconf(_SC_NPROCESSORS_ONLN), n, seed = 1;
	if (!positive(cli, o->rep_scale, &r->scale) || !whole(cli, o->threads, 1, 256, &threads))
		return false;
	r->mse = o->mse;
	r->threads = (int)(threads < 1 ? 1 : threads > 256 ? 256 : threads);
	if (!o->rep)
		return true;
	for (int k = 0; k < 3; k++)
		if (strcmp(o->rep, words[k]) == 0) {
			r->kind = k == 0 ? EST_JK1 : k == 1 ? EST_JKN : EST_BRR;
			return true;
		}
	str rest = str_of(o->rep), word, count;
	str_next(&rest, ':', &word);
	if (str_is(word, "cols") && rest.len) {
		r->kind = EST_COLUMNS;
		o->rep_prefix = rest.p;
		return true;
	}
	bool good = str_is(word, "bootstrap") && str_next(&rest, ':', &count) && str_int(count, 2, EST_MAX_REPLICATES, &n)
		&& (rest.len == 0 || str_int(rest, 0, LONG_MAX, &seed));
	if (!good)
		return cli_misuse(cli, "estimate.rep", o->rep), false;
	r->kind = EST_BOOTSTRAP;
	r->n = (int)n;
	r->seed = (uint64_t)seed;
	return true;
}

static bool take_numbers(struct cli *cli, struct estimate_options *o)
{
	o->est.level = 0.95;
	if (o->level && (!frame_parse(str_of(o->level), &o->est.level) || !(o->est.level > 0 && o->est.level < 1)))
		return cli_misuse(cli, "estimate.level", o->level), false;
	long n = 0;
	bool good = positive(cli, o->rake_epsilon, &o->epsilon) && whole(cli, o->min_cell, 2, 1000000, &o->cell) && whole(cli, o->min_n, 1, 1000000000, &n)
		&& positive(cli, o->min_neff, &o->thresholds.n_eff) && positive(cli, o->max_cv, &o->thresholds.cv);
	o->thresholds.n = (size_t)n;
	return good && take_replicates(cli, o);
}

int estimate_read_options(struct cli *cli, struct estimate_options *o)
{
	const struct cli_option options[] = {
		{ "ids", &o->ids, NULL },
		{ "strata", &o->strata, NULL },
		{ "weights", &o->weights, NULL },
		{ "fpc", &o->fpc, NULL },
		{ "by", &o->by, NULL },
		{ "where", &o->where, NULL },
		{ "poststrat", &o->poststrat, NULL },
		{ "calibrate", &o->calibrate, NULL },
		{ "rake-epsilon", &o->rake_epsilon, NULL },
		{ "ci", &o->ci, NULL },
		{ "level", &o->level, NULL },
		{ "lonely", &o->lonely, NULL },
		{ "df", &o->df, NULL },
		{ "rep", &o->rep, NULL },
		{ "rep-scale", &o->rep_scale, NULL },
		{ "threads", &o->threads, NULL },
		{ "change", &o->change, NULL },
		{ "min-cell", &o->min_cell, NULL },
		{ "min-n", &o->min_n, NULL },
		{ "min-neff", &o->min_neff, NULL },
		{ "max-cv", &o->max_cv, NULL },
		{ "mse", NULL, &o->mse },
		{ "rank", NULL, &o->rank },
		{ "nest", NULL, &o->nest },
		{ "covariance", NULL, &o->covariance },
		{ "o", &o->output, NULL },
		{ "output", &o->output, NULL },
		{ "delimiter", &o->delimiter, NULL },
		{ "encoding", &o->encoding, NULL },
		{ 0 },
	};
	if (!take_lists(cli, o) || !cli_options(cli, options) || !cli_output(cli, o->output, &o->form) || !take_words(cli, o)
		|| !take_numbers(cli, o))
		return EXIT_BAD;
	/* --rake A B DATA.csv: the data are the last operand of all. */
	if (cli->argc == 0 && o->rakes.n > 1)
		o->data = o->rakes.word[--o->rakes.n];
	else if (cli->argc == 1)
		o->data = cli->argv[0];
	else
		return cli_misuse(cli, "estimate.one_file", "");
	if (o->change && (!o->by || !strchr(o->change, ',')))
		return cli_misuse(cli, "estimate.change", o->change);
	if (!o->rank && (o->min_n || o->min_neff || o->max_cv))
		return cli_misuse(cli, "estimate.rank_needed", o->min_n ? "--min-n" : o->min_neff ? "--min-neff" : "--max-cv");
	if (!o->stats.n)
		return cli_misuse(cli, "estimate.no_stat", "");
	return EXIT_DONE;
}
