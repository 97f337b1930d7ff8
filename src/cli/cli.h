/* cli: the commands. Each returns the exit code: 0 done, 1 the answer is no, 2 bad input or use. Results go to standard output, everything
 * else to standard error. */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "base/po.h"
#include "engine/tree.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_BAD = 2 };
enum output { OUT_TEXT, OUT_CSV, OUT_JSON };

/* One option of a command. */
struct cli_option {
	const char *name;   /* without the dashes; one letter: -o */
	const char **value; /* gets the argument; NULL: a flag */
	bool *flag;
};

struct cli {
	cx *c;
	enum lang lang;
	int argc; /* arguments behind the command's name; options are taken out by cli_options */
	char **argv;
};

struct cli_command {
	const char *name; /* "rule eval" */
	int (*run)(struct cli *);
	const char *help; /* message key */
};

extern const struct cli_command cli_commands[];

int cmd_rule_eval(struct cli *cli);
int cmd_edition_check(struct cli *cli);
int cmd_edition_export(struct cli *cli);
int cmd_edition_draft(struct cli *cli);
int cmd_round_sheet(struct cli *cli);
int cmd_round_fill(struct cli *cli);
int cmd_score(struct cli *cli);
int cmd_estimate(struct cli *cli);
int cmd_sample_size(struct cli *cli);
int cmd_sample_draw(struct cli *cli);
int cmd_sample_weights(struct cli *cli);
int cmd_sample_list(struct cli *cli);
int cmd_sample_replace(struct cli *cli);
int cmd_sample_cases(struct cli *cli);
int cmd_survey_quality(struct cli *cli);
int cmd_survey_rates(struct cli *cli);
int cmd_survey_agree(struct cli *cli);
int cmd_survey_callback(struct cli *cli);
int cmd_survey_weigh(struct cli *cli);
int cmd_init(struct cli *cli);
int cmd_import(struct cli *cli);
int cmd_results_show(struct cli *cli);
int cmd_round_status(struct cli *cli);
int cmd_questionnaire_check(struct cli *cli);
int cmd_questionnaire_convert(struct cli *cli);
int cmd_questionnaire_export(struct cli *cli);
int cmd_survey_list(struct cli *cli);
int cmd_survey_results(struct cli *cli);
int cmd_survey_progress(struct cli *cli);
int cmd_survey_export(struct cli *cli);
int cmd_survey_change(struct cli *cli);
int cmd_survey_measures(struct cli *cli);
int cmd_survey_publish(struct cli *cli);
int cmd_serve(struct cli *cli);
int cmd_backup(struct cli *cli);
int cmd_restore(struct cli *cli);
int cmd_copy(struct cli *cli);
int cmd_user_add(struct cli *cli);
int cmd_user_list(struct cli *cli);
int cmd_user_disable(struct cli *cli);
int cmd_user_enable(struct cli *cli);
int cmd_user_password(struct cli *cli);
int cmd_audit_verify(struct cli *cli);
int cmd_audit_anchor(struct cli *cli);

/* Takes the options (ended by a NULL name) out of argv; what is left are operands. "--" ends them. False: told. */
bool cli_options(struct cli *cli, const struct cli_option *options);
/* The -o option. False: told. */
bool cli_output(struct cli *cli, const char *word, enum output *out);
/* Prints the faults to standard error and returns the exit code: EXIT_BAD when one is an error. Prints each fault once. */
int cli_report(struct cli *cli);
/* An error of use: message, then how to get help. Returns EXIT_BAD. */
int cli_misuse(struct cli *cli, const char *key, const char *value);
/* Writes a buffer to standard output and frees it; failing (a closed pipe) is EXIT_BAD. */
int cli_write(struct cli *cli, buf *b);
/* Writes a whole file. ERR_IO: a fault, not yet told. */
enum err cli_save(struct cli *cli, const char *path, str bytes);
/* The fault of a file that could not be written, as errno says; ERR_IO. */
enum err cli_unsaved(struct cli *cli, const char *path);

/* The --delimiter and --encoding options; NULL: to be found by looking. False: told. */
bool cli_csv_options(struct cli *cli, const char *delimiter, const char *encoding, csv_options *opt);
/* Opens a CSV file as its options say, and reports what had to be detected. */
csv *cli_csv(struct cli *cli, const char *path, const char *delimiter, const char *encoding);
/* Opens a table: a workbook (its sheet; NULL: the first) or CSV as cli_csv does. Standard input is CSV. */
table_source cli_table(struct cli *cli, const char *path, const char *delimiter, const char *encoding, const char *sheet);
/* The same with room for thousands of columns (replicate weights). */
csv *cli_csv_wide(struct cli *cli, const char *path, const char *delimiter, const char *encoding);

#endif
