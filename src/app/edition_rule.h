/* edition_rule: one rule of a draft on the bench: its words, what is wrong with it, its family, what it gives for sample figures and why,
 * and how its points go with one of its figures. Nothing is stored here. */
#ifndef APP_EDITION_RULE_H
#define APP_EDITION_RULE_H
#include "app/edition_edit.h"
#include "app/round.h"
#include "engine/rule_family.h"
#include "engine/rule_words.h"

/* A figure that the rule reads, and the sample for it as typed: "12/15", "80%", "1250", "31/01/2026", "có". */
struct bench_figure {
	str name, part; /* part: "", "prev", "events" */
	str label_vi, label_en, unit;
	str given;
	bool wrong; /* the sample is none */
};

struct bench {
	const struct draft *draft;
	int row;
	str text;
	bool good;                 /* it compiles, and stands in a set */
	struct draft_fault *notes; /* about this rule: faults and warnings */
	size_t n_notes;
	str *words[LANGS];
	size_t n_words;
	struct family_values family; /* .family NULL: of none */
	struct bench_figure *figures;
	size_t n_figures;
	bool tried;                /* some sample was given */
	const char *state;         /* as in sheet_node */
	struct figure points;
	str trace_vi, trace_en;
	const struct sheet_scale *scale; /* NULL: none that is exact */
	str scale_of_vi, scale_of_en;    /* label of its figure */
};

/* given: the sample for a figure, or an empty text. */
typedef str (*bench_given)(void *ctx, str name, str part);
void bench_open(cx *c, const struct draft *d, int row, str text, bench_given given, void *ctx, struct bench *out);
/* Rule words of a row of a checked draft. */
size_t draft_words(cx *c, const struct draft *d, int row, enum lang lang, str **lines);

/* The measures of the catalogue, to choose from. */
struct draft_measure {
	str name, label_vi, label_en;
};
const struct draft_measure *draft_measures(cx *c, const struct draft *d, size_t *n);

#endif
