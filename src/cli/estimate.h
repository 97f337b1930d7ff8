/* estimate: what the parts of `thuocdo estimate` share: its options, the rows of its answer, and their three forms. */
#ifndef CLI_ESTIMATE_H
#define CLI_ESTIMATE_H
#include "cli/cli.h"
#include "engine/est.h"
#include "engine/est_publish.h"
#include "engine/est_rep.h"
#include "engine/est_scale.h"

enum { ESTIMATE_MAX_STATS = 64, ESTIMATE_MAX_COLUMNS = 64 };

/* A list of words of the command line. */
struct estimate_words {
	const char *word[ESTIMATE_MAX_COLUMNS];
	int n;
};

struct estimate_options {
	struct estimate_words stats, rakes;
	const char *ids, *strata, *weights, *fpc, *by, *where, *poststrat, *calibrate, *rake_epsilon, *ci, *level, *lonely, *df, *output, *delimiter, *encoding;
	const char *rep, *rep_scale, *threads, *change, *min_cell, *min_n, *min_neff, *max_cv;
	bool nest, covariance, mse, rank;
	const char *data;
	enum output form;
	struct est_options est;
	enum est_lonely lonely_policy;
	double epsilon;
	struct est_rep_options replicate;
	const char *rep_prefix; /* cols:PREFIX */
	long cell;              /* smallest count that is shown; 0: all */
	struct est_thresholds thresholds;
};

enum estimate_kind { STAT_PLAIN, STAT_TEST, STAT_ALPHA, STAT_ICC };

/* One --stat, taken apart. A share without a level stands for all levels. */
struct estimate_stat {
	str text;
	enum estimate_kind kind;
	struct est_ask ask;
	struct frame_column *y, *x, *items[EST_MAX_ITEMS];
	int n_items;
	str level; /* as asked for; prop without one: empty */
	bool all_levels;
};

/* One row of the answer. */
struct estimate_row {
	str stat, level, domain;
	struct est_value v;
	bool share;  /* shown as percent to people */
	bool figure; /* one number of a test or scale, not an estimate */
	size_t part; /* of a statistic of a part: its place in the job's */
	bool hidden; /* a small cell, or what would give one away */
	enum est_short falls_short;
	struct est_place place;
};

struct estimate_report {
	enum lang lang;
	const struct estimate_options *o;
	const est_design *d;
	VEC(struct estimate_row) rows;
};

/* The work from the options to the report. */
struct estimate_job {
	struct cli *cli;
	struct estimate_options o;
	frame *f;
	struct est_spec spec;
	struct frame_column *by[FRAME_MAX_BY];
	int n_by;
	struct estimate_stat stats[ESTIMATE_MAX_STATS];
	struct est_margin *post, *rakes[EST_MAX_MARGINS];
	int n_rakes;
	struct est_terms *terms;
	est_design *d;
	struct est_parts parts;
	struct est_run *run;
	bool *hidden[ESTIMATE_MAX_STATS]; /* by statistic, when small cells are hidden: by level and part (estimate_hide) */
	bool tells; /* a list of hidden rows would tell which of them are empty */
	struct estimate_report report;
};

/* Takes the options apart. An exit code: told. */
int estimate_read_options(struct cli *cli, struct estimate_options *o);

/* Asks the frame for all columns that the options name. False: told, or faults. */
bool estimate_want(struct estimate_job *j);
/* The number of a level. False: a fault that names those there are. */
bool estimate_find_level(struct estimate_job *j, const struct frame_column *y, str level, uint32_t *code);
/* Tests, scales, change, covariances behind the plain estimates. False: faults. */
bool estimate_special(struct estimate_job *j, const struct estimate_stat *s, size_t part);
bool estimate_change(struct estimate_job *j, const struct estimate_stat *s);
bool estimate_covariance(struct estimate_job *j);
/* With --min-cell: hides small cells and what would give them away (estimate_hide.c), among the rows from … of one statistic and level.
 * False: told. */
bool estimate_hide(struct estimate_job *j, const struct estimate_stat *s, uint32_t level, size_t from);
bool estimate_is_hidden(const struct estimate_job *j, const struct estimate_stat *s, uint32_t level, size_t part);
/* Takes hidden rows out of the answer where it would tell too much that they are there; a note says so. */
void estimate_leave_out(struct estimate_job *j);
/* Gives places to such rows. */
bool estimate_place(struct estimate_job *j, const struct est_ask *ask, size_t from);

void estimate_report_text(buf *b, const struct estimate_report *r);
void estimate_report_csv(buf *b, const struct estimate_report *r);
void estimate_report_json(buf *b, const struct estimate_report *r);

#endif
