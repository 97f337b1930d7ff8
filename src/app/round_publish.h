/* round_publish: the results of a round with a workflow: from decisions to points of every node, value, group and rank; frozen when they are
 * published, with the version of the program and the hash of the edition. A correction is a further revision; the earlier ones stay.
 *
 * Publishing writes sheet by sheet, each in a transaction of its own; the last transaction makes all of it visible. A program that is killed
 * before leaves rows that nobody sees and the next attempt replaces. */
#ifndef APP_ROUND_PUBLISH_H
#define APP_ROUND_PUBLISH_H
#include "app/round_work.h"
#include "app/round.h"

/* All sheets must be locked. decision: number of the decision that publishes, or the reason; may be empty. */
enum err round_publish(cx *c, struct app *a, const struct actor *who, str round, str decision);

/* Scored nodes by their decisions; survey and index by their figures; bonus and penalty only as far as decided. */
enum err publish_score(cx *c, const struct work *w, struct work_sheet *s, const db_measure_def_list *catalogue, struct measures **m,
	struct score_result *self, struct score_result *final);

struct round_revision {
	int revision;
	str decision, reason, who, engine, edition_sha256;
	int64_t at;
};

struct round_archive {
	struct round_revision *p;
	size_t n, cap;
};

/* ---- for round.c ---- */

/* The last publication; ERR_NOTFOUND: the round has a workflow and nothing of it is published. *planned: it has a workflow. */
enum err publish_last(cx *c, db_conn *k, int64_t round_id, bool *planned, db_publication *out);
enum err publish_archive(cx *c, db_conn *k, int64_t round_id, struct round_archive *out);
/* The frozen results, by rank. */
enum err publish_table(cx *c, db_conn *k, const db_round *round, const db_publication *p, const tree *t, struct round_table *out);
/* Replaces what a sheet of bare nodes says of points, traces and facts by what was frozen. */
enum err publish_sheet(cx *c, db_conn *k, const db_round *round, const db_publication *p, int64_t unit_id, struct sheet *out);

#endif
