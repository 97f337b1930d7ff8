/* estimate: what the parts of `thuocdo estimate` share: its options, the rows of its answer, and their three forms. */
#ifndef CLI_ESTIMATE_H
#define CLI_ESTIMATE_H
#include "cli/cli.h"
#include "engine/est.h"

enum { ESTIMATE_MAX_STATS = 64, ESTIMATE_MAX_COLUMNS = 64 };

/* A list of words of the command line. */
struct estimate_words {
	const char *word[ESTIMATE_MAX_COLUMNS];
	int n;
};

struct estimate_options {
	struct estimate_words stats, rakes;
	const char *ids, *strata, *weights, *fpc, *by, *where, *poststrat, *calibrate, *rake_epsilon, *ci, *level, *lonely, *df, *output, *delimiter, *encoding;
	bool nest, covariance;
	const char *data;
	enum output form;
	struct est_options est;
	enum est_lonely lonely_policy;
	double epsilon;
};

/* One row of the answer. */
struct estimate_row {
	str stat, level, domain;
	struct est_value v;
	bool share; /* shown as percent to people */
};

struct estimate_report {
	enum lang lang;
	const struct estimate_options *o;
	const est_design *d;
	VEC(struct estimate_row) rows;
};

/* Takes the options apart. An exit code: told. */
int estimate_read_options(struct cli *cli, struct estimate_options *o);

void estimate_report_text(buf *b, const struct estimate_report *r);
void estimate_report_csv(buf *b, const struct estimate_report *r);
void estimate_report_json(buf *b, const struct estimate_report *r);

#endif
