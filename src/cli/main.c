/* thuocdo: the command line. Words choose the command ("edition check"), the rest is its own. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/vn.h"
#include "cli/cli.h"
#include "format/package.h"
#include "format/tabular.h"

enum { MEMORY_CAP = 2047 }; /* MiB for one command */
enum { WIDE_COLUMNS = 4096, WIDE_RECORD = 8 << 20 };

const struct cli_command cli_commands[] = {
	{ "rule eval", cmd_rule_eval, "help.rule_eval" },
	{ "score", cmd_score, "help.score" },
	{ "estimate", cmd_estimate, "help.estimate" },
	{ "sample size", cmd_sample_size, "help.sample_size" },
	{ "sample draw", cmd_sample_draw, "help.sample_draw" },
	{ "sample weights", cmd_sample_weights, "help.sample_weights" },
	{ "sample list", cmd_sample_list, "help.sample_list" },
	{ "sample replace", cmd_sample_replace, "help.sample_replace" },
	{ "sample cases", cmd_sample_cases, "help.sample_cases" },
	{ "edition check", cmd_edition_check, "help.edition_check" },
	{ "edition draft", cmd_edition_draft, "help.edition_draft" },
	{ "edition export", cmd_edition_export, "help.edition_export" },
	{ "round sheet", cmd_round_sheet, "help.round_sheet" },
	{ "round fill", cmd_round_fill, "help.round_fill" },
	{ "init", cmd_init, "help.init" },
	{ "import", cmd_import, "help.import" },
	{ "results show", cmd_results_show, "help.results_show" },
	{ "round status", cmd_round_status, "help.round_status" },
	{ "questionnaire check", cmd_questionnaire_check, "help.questionnaire_check" },
	{ "questionnaire convert", cmd_questionnaire_convert, "help.questionnaire_convert" },
	{ "questionnaire export", cmd_questionnaire_export, "help.questionnaire_export" },
	{ "survey list", cmd_survey_list, "help.survey_list" },
	{ "survey quality", cmd_survey_quality, "help.survey_quality" },
	{ "survey rates", cmd_survey_rates, "help.survey_rates" },
	{ "survey agree", cmd_survey_agree, "help.survey_agree" },
	{ "survey callback", cmd_survey_callback, "help.survey_callback" },
	{ "survey weigh", cmd_survey_weigh, "help.survey_weigh" },
	{ "survey results", cmd_survey_results, "help.survey_results" },
	{ "survey progress", cmd_survey_progress, "help.survey_progress" },
	{ "survey export", cmd_survey_export, "help.survey_export" },
	{ "survey change", cmd_survey_change, "help.survey_change" },
	{ "survey measures", cmd_survey_measures, "help.survey_measures" },
	{ "survey publish", cmd_survey_publish, "help.survey_publish" },
	{ "serve", cmd_serve, "help.serve" },
	{ "backup", cmd_backup, "help.backup" },
	{ "restore", cmd_restore, "help.restore" },
	{ "copy", cmd_copy, "help.copy" },
	{ "user add", cmd_user_add, "help.user_add" },
	{ "user list", cmd_user_list, "help.user_list" },
	{ "user disable", cmd_user_disable, "help.user_disable" },
	{ "user enable", cmd_user_enable, "help.user_enable" },
	{ "user password", cmd_user_password, "help.user_password" },
	{ "audit verify", cmd_audit_verify, "help.audit_verify" },
	{ "audit anchor", cmd_audit_anchor, "help.audit_anchor" },
	{ 0 },
};

static void out_of_memory(void *ctx)
{
	const struct cli *cli = ctx;
	fprintf(stderr, "thuocdo: %s\n", po_text("cli.memory", cli->lang));
	exit(EXIT_BAD);
}

static int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int cli_misuse(struct cli *cli, const char *key, const char *value)
{
	buf b;
	buf_init(&b, 0);
	po_fill(&b, key, cli->lang, str_of(value), NULL, 0);
	fprintf(stderr, "thuocdo: %.*s\n%s\n", STR_ARG(buf_str(&b)), po_text("cli.see_help", cli->lang));
	buf_free(&b);
	return EXIT_BAD;
}

static const struct cli_option *find_option(const struct cli_option *options, const char *name, size_t len)
{
	for (; options->name; options++)
		if (strlen(options->name) == len && memcmp(options->name, name, len) == 0)
			return options;
	return NULL;
}

/* One option at argv[*i]: --name value, --name=value, -o value. */
static bool take_option(struct cli *cli, const struct cli_option *options, int *i)
{
	const char *arg = cli->argv[*i], *name = arg + 1 + (arg[1] == '-'), *equals = strchr(name, '=');
	const struct cli_option *o = find_option(options, name, equals ? (size_t)(equals - name) : strlen(name));
	if (!o || (o->flag && equals))
		return cli_misuse(cli, "cli.unknown_option", arg), false;
	if (o->flag) {
		*o->flag = true;
		return true;
	}
	if (!equals && *i + 1 >= cli->argc)
		return cli_misuse(cli, "cli.option_value", arg), false;
	*o->value = equals ? equals + 1 : cli->argv[++*i];
	return true;
}

bool cli_options(struct cli *cli, const struct cli_option *options)
{
	int kept = 0;
	bool ended = false;
	for (int i = 0; i < cli->argc; i++) {
		char *arg = cli->argv[i];
		if (!ended && strcmp(arg, "--") == 0)
			ended = true;
		else if (ended || arg[0] != '-' || arg[1] == '\0')
			cli->argv[kept++] = arg;
		else if (!take_option(cli, options, &i))
			return false;
	}
	cli->argc = kept;
	return true;
}

bool cli_output(struct cli *cli, const char *word, enum output *out)
{
	static const char *const words[] = { "text", "csv", "json" };
	*out = OUT_TEXT;
	for (int i = 0; word && i < 3; i++)
		if (strcmp(word, words[i]) == 0) {
			*out = (enum output)i;
			return true;
		}
	return !word || (cli_misuse(cli, "cli.output", word), false);
}

int cli_report(struct cli *cli)
{
	cx *c = cli->c;
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < c->n_faults; i++) {
		po_fault(&b, &c->faults[i], cli->lang);
		buf_char(&b, '\n');
	}
	if (c->n_dropped) {
		char n[24];
		str count = { n, (size_t)snprintf(n, sizeof n, "%zu", c->n_dropped) };
		po_fill(&b, "cli.more_faults", cli->lang, count, NULL, 0);
		buf_char(&b, '\n');
	}
	fflush(stdout);
	if (b.len)
		fwrite(b.p, 1, b.len, stderr);
	buf_free(&b);
	c->n_faults = c->n_dropped = 0;
	return c->n_errors ? EXIT_BAD : EXIT_DONE;
}

int cli_write(struct cli *cli, buf *b)
{
	bool full = buf_full(b), good = !full && fwrite(b->p, 1, b->len, stdout) == b->len && fflush(stdout) == 0;
	buf_free(b);
	if (good)
		return EXIT_DONE;
	if (full)
		return cli_misuse(cli, "cli.too_much_output", "");
	fprintf(stderr, "thuocdo: %s\n", po_text("cli.write", cli->lang));
	return EXIT_BAD;
}

enum err cli_unsaved(struct cli *cli, const char *path)
{
	fault_arg(cli->c, cx_fault(cli->c, FAULT_ERROR, "io.write", (place){ .file = str_of(path) }, STR("")), 1, str_of(strerror(errno)));
	return ERR_IO;
}

enum err cli_save(struct cli *cli, const char *path, str bytes)
{
	FILE *f = fopen(path, "wb");
	bool good = f && fwrite(bytes.p, 1, bytes.len, f) == bytes.len;
	good = f && fclose(f) == 0 && good;
	return good ? ERR_OK : cli_unsaved(cli, path);
}

bool cli_csv_options(struct cli *cli, const char *delimiter, const char *encoding, csv_options *opt)
{
	static const struct {
		const char *word;
		enum csv_encoding encoding;
	} encodings[] = { { "utf-8", CSV_UTF8 }, { "utf-16le", CSV_UTF16LE }, { "utf-16be", CSV_UTF16BE },
		{ "windows-1258", CSV_WINDOWS1258 } };
	if (delimiter) {
		opt->delimiter = strcmp(delimiter, "tab") == 0 ? '\t' : delimiter[0];
		if (!opt->delimiter || !strchr(",;\t|", opt->delimiter) || (delimiter[1] && opt->delimiter != '\t'))
			return cli_misuse(cli, "cli.delimiter", delimiter), false;
	}
	for (size_t i = 0; encoding && i < sizeof encodings / sizeof encodings[0]; i++)
		if (strcasecmp(encoding, encodings[i].word) == 0)
			opt->encoding = encodings[i].encoding;
	if (encoding && opt->encoding == CSV_DETECT)
		return cli_misuse(cli, "cli.encoding", encoding), false;
	return true;
}

static csv *open_csv(struct cli *cli, const char *path, const char *delimiter, const char *encoding, csv_options opt)
{
	if (!cli_csv_options(cli, delimiter, encoding, &opt))
		exit(EXIT_BAD);
	csv *f = csv_open_file(cli->c, path, &opt);
	if (!f)
		return NULL;
	const csv_info *in = csv_input(f);
	/* A comma and UTF-8 are the documented form; anything else was found by looking, and is told. */
	bool unusual = (in->delimiter_detected && in->delimiter != ',') || (in->encoding_detected && in->encoding != CSV_UTF8);
	if (unusual) {
		char sign[2] = { in->delimiter, 0 };
		fault *n = cx_fault(cli->c, FAULT_NOTE, "csv.detected", (place){ .file = str_of(path) }, STR(""));
		fault_arg(cli->c, n, 1, in->delimiter == '\t' ? STR("TAB") : str_of(sign));
		fault_arg(cli->c, n, 2, str_of(csv_encoding_name(in->encoding)));
	}
	return f;
}

csv *cli_csv(struct cli *cli, const char *path, const char *delimiter, const char *encoding)
{
	return open_csv(cli, path, delimiter, encoding, (csv_options){ 0 });
}

csv *cli_csv_wide(struct cli *cli, const char *path, const char *delimiter, const char *encoding)
{
	return open_csv(cli, path, delimiter, encoding, (csv_options){ .max_columns = WIDE_COLUMNS, .max_record = WIDE_RECORD });
}

/* Whether the file begins like an Office file. */
static bool is_office(const char *path)
{
	char head[8];
	FILE *f = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
	size_t n = f ? fread(head, 1, sizeof head, f) : 0;
	if (f)
		fclose(f);
	return package_is_office((str){ head, n });
}

table_source cli_table(struct cli *cli, const char *path, const char *delimiter, const char *encoding, const char *sheet)
{
	str bytes;
	if (!is_office(path) && !sheet)
		return table_csv(cli_csv(cli, path, delimiter, encoding), str_of(path));
	if (package_read_file(cli->c, path, &bytes))
		return (table_source){ .file = str_of(path) };
	return tabular_open(cli->c, str_of(path), bytes, NULL, str_of(sheet ? sheet : ""));
}

static int help(struct cli *cli, const char *key)
{
	buf b;
	buf_init(&b, 0);
	buf_printf(&b, "%s\n", po_text(key, cli->lang));
	return cli_write(cli, &b);
}

/* The number of arguments that name the command; 0: they do not. */
static int matches(const struct cli *cli, const char *name)
{
	int used = 0;
	str rest = str_of(name), word;
	while (str_next(&rest, ' ', &word)) {
		if (used >= cli->argc || !str_is(word, cli->argv[used]))
			return 0;
		used++;
	}
	return used;
}

/* --lang and THUOCDO_LANG hold for every command; they are taken out first. */
static bool take_language(struct cli *cli)
{
	const char *word = getenv("THUOCDO_LANG");
	int kept = 0;
	bool ended = false;
	for (int i = 0; i < cli->argc; i++) {
		const char *arg = cli->argv[i];
		ended = ended || strcmp(arg, "--") == 0;
		if (!ended && strncmp(arg, "--lang=", 7) == 0)
			word = arg + 7;
		else if (!ended && strcmp(arg, "--lang") == 0 && i + 1 < cli->argc)
			word = cli->argv[++i];
		else
			cli->argv[kept++] = cli->argv[i];
	}
	cli->argc = kept;
	if (word && strcmp(word, "en") == 0)
		cli->lang = LANG_EN;
	else if (word && *word && strcmp(word, "vi") != 0)
		return cli_misuse(cli, "cli.language", word), false;
	return true;
}

/* Commands of two words that begin like this: how each is used, in a line or two. False: there are none. */
static bool group_help(struct cli *cli, const char *group, buf *b)
{
	size_t n = strlen(group);
	bool any = false;
	for (const struct cli_command *cmd = cli_commands; cmd->name; cmd++) {
		if (strncmp(cmd->name, group, n) != 0 || cmd->name[n] != ' ')
			continue;
		if (!any)
			po_fill(b, "help.group", cli->lang, str_of(group), NULL, 0);
		const char *text = po_text(cmd->help, cli->lang), *from = strstr(text, "thuocdo "), *end = strstr(text, "\n\n");
		from = from ? from : text;
		buf_printf(b, "\n  %.*s", (int)(end ? end - from : (ptrdiff_t)strlen(from)), from);
		any = true;
	}
	buf_char(b, '\n');
	return any;
}

static bool wants_help(const struct cli *cli)
{
	for (int i = 0; i < cli->argc && strcmp(cli->argv[i], "--") != 0; i++)
		if (strcmp(cli->argv[i], "--help") == 0 || strcmp(cli->argv[i], "-h") == 0)
			return true;
	return false;
}

static int run(struct cli *cli)
{
	if (!take_language(cli))
		return EXIT_BAD;
	for (const struct cli_command *cmd = cli_commands; cmd->name; cmd++) {
		int used = matches(cli, cmd->name);
		if (!used)
			continue;
		cli->argv += used;
		cli->argc -= used;
		return wants_help(cli) ? help(cli, cmd->help) : cmd->run(cli);
	}
	if (cli->argc == 0) {
		fprintf(stderr, "%s\n", po_text("help.main", cli->lang));
		return EXIT_BAD;
	}
	buf b;
	buf_init(&b, 0);
	if (group_help(cli, cli->argv[0], &b) && wants_help(cli))
		return cli_write(cli, &b);
	buf_free(&b);
	if (strcmp(cli->argv[0], "--version") == 0) {
		puts("thuocdo " THUOCDO_VERSION);
		return EXIT_DONE;
	}
	if (wants_help(cli) || strcmp(cli->argv[0], "help") == 0)
		return help(cli, "help.main");
	return cli_misuse(cli, "cli.unknown_command", cli->argv[0]);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, told by cli_write */
	struct cli cli = { .c = cx_new((size_t)MEMORY_CAP << 20), .argc = argc - 1, .argv = argv + 1 };
	cli.c->now_ms = clock_ms();
	arena_on_full(cli.c->mem, out_of_memory, &cli);
	int code = argc > 0 ? run(&cli) : EXIT_BAD;
	cx_free(cli.c);
	return code;
}
