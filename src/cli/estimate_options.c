/* The options of thuocdo estimate. --stat may stand several times, --rake takes several files. */
#include <math.h>
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
	int kept = 0, operands = 0;
	bool ended = false;
	for (int i = 0; i < cli->argc; i++) {
		char *arg = cli->argv[i];
		ended = ended || strcmp(arg, "--") == 0;
		bool is_stat = !ended && strncmp(arg, "--stat", 6) == 0 && (arg[6] == 0 || arg[6] == '=');
		bool is_rake = !ended && strncmp(arg, "--rake", 6) == 0 && (arg[6] == 0 || arg[6] == '=');
		if (!is_stat && !is_rake) {
			cli->argv[kept++] = arg;
			operands += arg[0] != '-';
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
	/* --rake A B DATA.csv: the data are the last operand of all. */
	if (operands == 0 && o->rakes.n > 1)
		cli->argv[kept++] = (char *)(uintptr_t)o->rakes.word[--o->rakes.n];
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

static bool take_numbers(struct cli *cli, struct estimate_options *o)
{
	o->est.level = 0.95;
	if (o->level && (!frame_parse(str_of(o->level), &o->est.level) || !(o->est.level > 0 && o->est.level < 1)))
		return cli_misuse(cli, "estimate.level", o->level), false;
	if (o->rake_epsilon && (!frame_parse(str_of(o->rake_epsilon), &o->epsilon) || !(o->epsilon > 0) || isinf(o->epsilon)))
		return cli_misuse(cli, "estimate.positive", o->rake_epsilon), false;
	return true;
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
	if (cli->argc != 1)
		return cli_misuse(cli, "estimate.one_file", "");
	if (!o->stats.n)
		return cli_misuse(cli, "estimate.no_stat", "");
	o->data = cli->argv[0];
	return EXIT_DONE;
}
