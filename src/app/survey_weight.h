/* survey_weight: weights of the answers of a survey as recorded steps on top of the base weight that each answer has: non-response by strata of
 * the draw, one person of a household, trimming, post-strata, raking. Steps are recipes: figures of the survey do them anew over the answers
 * there are, and what each changed when it was recorded stands beside it. Margins are tables of item codes and option codes, last the number
 * of people (est_cal.h).
 *
 * Non-response is made good for households, before their persons count: of those that gave no answer nobody knows how many live there.
 * Trimming stands before post-strata and raking, so that these hold in the end. When the steps cannot be met by the answers there are (a
 * cell of the population nobody has), figures go by the base weights, and say so.
 *
 * Faults: weight.no_draw, weight.no_item, weight.no_number, weight.persons, weight.bound, weight.not_probability, sample.class_empty, sample.trim, est.*. */
#ifndef APP_SURVEY_WEIGHT_H
#define APP_SURVEY_WEIGHT_H
#include "app/actor.h"
#include "app/survey_data.h"
#include "db/sample.h"
#include "engine/est_cal.h"

enum { WEIGHT_MARGINS = 8, WEIGHT_MARGIN_BYTES = 64 << 10, WEIGHT_PERSONS = 100 /* in a household, at most */ };

struct survey_weigher {
	db_weight_list steps;
	map drawn; /* stratum of the draw -> 1 + its place in drawn_sum */
	VEC(double) drawn_sum;
	struct est_margin *margin[WEIGHT_MARGINS]; /* post-strata first, then those of the raking */
	int n_margins;
	bool post;
};

/* NULL in *out: there are no steps. */
struct db_conn;
enum err survey_weigher_load(cx *c, struct db_conn *k, int64_t survey_id, struct survey_weigher **out);
/* Before the design is made: changes w (by answer) and gives the frame the columns of the margins. After it: the rest. Both note in the
 * steps what was changed. False: faults. */
bool survey_weigh_before(cx *c, const struct survey_data *d, struct survey_weigher *g, double *w, frame *f);
bool survey_weigh_after(struct survey_weigher *g, est_design *d);

struct weight_wish {
	bool nonresponse;
	str within;           /* number item: how many persons one was chosen from; empty: not so */
	str low, high;       /* "12.5", or "3x": times the median; empty: no bound */
	str poststrat;       /* text of a table (weight_margin.h); empty: none */
	str rake[WEIGHT_MARGINS];
	int n_rake;
};
/* Tries the steps on the answers there are and records them in place of the former ones; none: there are none any more. */
enum err survey_weigh(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct weight_wish *wish, db_weight_list *out);

/* What the steps would come to: base weights first, and the cells of the margins with the answers there are. */
enum { WEIGHT_FEW = 20 /* answers; below, a cell should be joined with another */ };
struct weight_cell {
	str name; /* "A1=2, A3=1" */
	double total;
	int64_t people;
};
struct weight_look {
	db_weight_list steps; /* the first is "base" */
	VEC(struct weight_cell) cells;
};
/* Records nothing. Cells are there also when the steps cannot be met. */
enum err survey_weigh_look(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct weight_wish *wish,
	struct weight_look *out);
str weight_bounds(arena *mem, str params); /* of a step that trims: "≥ 0.3x, ≤ 3x" */
enum err survey_weights(cx *c, struct app *a, const struct survey_info *s, db_weight_list *out);

#endif
