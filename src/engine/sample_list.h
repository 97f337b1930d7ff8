/* sample_list: a draw from a frame by the names of its columns: what is wished in words, the plan made of it, and the list that was drawn.
 *
 * Stages: "COLUMN:METHOD:N[:SIZE[:CERTAIN]]", joined by commas, from the largest units to the smallest; the last has no column when each row
 * is a unit. N of the first stage is the number over all strata, shared out by `allocate`; of the others the number in each unit above.
 * SIZE: a column of numbers, added up over the rows of a unit (left out: the number of rows). CERTAIN: a column; whatever is not empty, 0 or
 * "no" there makes the unit certain.
 * Allocation: proportional (to SIZE of the first stage, else to rows), neyman (with sd, cost), equal, or given:COLUMN (units in the stratum).
 * Columns that describe a stratum (sd, cost, given) have one value in each.
 *
 * The list names for each row what estimates need: var_stratum and var_psu, where a certain unit is a stratum of its own and what was drawn
 * in it are its primary units; weight = 1 / probability.
 *
 * Faults: sample.stage, sample.stages_many, sample.method, sample.count, sample.column_in_stages, sample.allocate, sample.allocation_not,
 * sample.varies, sample.missing, sample.prior, sample.no_rows, and those of est_frame and sample. */
#ifndef ENGINE_SAMPLE_LIST_H
#define ENGINE_SAMPLE_LIST_H
#include "base/buf.h"
#include "engine/est_frame.h"
#include "engine/sample.h"

struct sample_wish {
	str stages, strata, allocate, sd, cost, prior; /* prior: a column with the probability of earlier draws; it is multiplied */
	uint32_t least, reserve;
	uint64_t seed;
	enum sample_person person; /* SAMPLE_KISH: tables are dealt out */
};

/* One stratum. */
struct sample_sum {
	str label;
	size_t rows, units, wanted, drawn, reserves; /* rows of the frame, units of the first stage, how many of them; rows drawn */
	double low, high, total; /* weights: least, greatest, sum */
	bool lonely;             /* chance took one single unit of the first stage: no variance without help */
};

struct sample_list {
	frame *f;
	struct sample_wish wish;
	struct frame_column *strata[FRAME_MAX_BY], *unit[SAMPLE_STAGES], *size[SAMPLE_STAGES], *certain[SAMPLE_STAGES];
	struct frame_column *sd, *cost, *given, *prior;
	int n_strata;
	enum sample_allocation how;
	uint32_t n;
	struct sample_plan plan;
	struct sample_row *row; /* by row of the frame */
	uint8_t *kish;          /* by row, or NULL: no tables were dealt out */
	VEC(struct sample_sum) sums;
	size_t drawn, reserves;
	str frame_hash;         /* of all cells that were loaded, in their order */
};

/* Reads the whole table and draws. Takes over `in` (NULL: it failed to open). *out is set only with ERR_OK. */
enum err sample_list_draw(cx *c, csv *in, str file, const struct sample_wish *wish, struct sample_list **out);

double sample_list_p(const struct sample_list *l, size_t row); /* with the prior */
str sample_list_stratum(const struct sample_list *l, arena *mem, size_t row);
str sample_list_psu(const struct sample_list *l, arena *mem, size_t row);
/* Main sample as the frame has it, then the reserves of each group in their order: rows of the frame, drawn + reserves of them. */
uint32_t *sample_list_order(const struct sample_list *l, arena *mem);

/* The list as CSV: the columns of the frame, then those of the draw. Frame columns with the name of one of ours are left out. */
void sample_list_csv(const struct sample_list *l, buf *b);

#endif
