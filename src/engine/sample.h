/* sample: who is asked: draws from a list, in stages, with probabilities that are known for everybody who is drawn.
 *
 * The same plan, rows and seed give the same sample on every machine; each group (a stratum, or a unit of the stage above) has a stream of
 * random numbers of its own.
 *
 * Methods, n of N units of a group, pi the inclusion probability:
 *     srs         n without replacement by a shuffle that stops; pi = n / N
 *     systematic  every N/n-th from a random start along the list, in whole numbers, so that pi = n / N exactly; the order of the list
 *                 spreads the sample (implicit strata)
 *     pps         systematic with pi = n x / X along the list: the units whose stretch of the summed pi holds u, u+1, … (W. G. Madow,
 *                 Annals of Mathematical Statistics 20, 1949)
 *     brewer      the same pi, one unit after the other: at step j with the sum P of those drawn, a unit left is taken with a probability
 *                 in proportion to pi (n - P - pi) / (n - P - pi (n - j + 1)) (K. R. W. Brewer, Australian Journal of Statistics 17, 1975;
 *                 Y. Tillé, Sampling Algorithms, 2006, algorithm 6.10). No order of the list is used; n N steps.
 * Certainty units: those with n x >= X are taken (pi = 1), then n and X are what is left, until there is none more; units that the plan
 * marks as certain come first. A group with no more units than are wanted is taken whole.
 * Stages: the probability of a row is the product of those of its stages. For the variance a certain unit is a stratum of its own and its
 * parts are the primary units (est_design.h): `own` says at which stage chance began for a row.
 * Reserves: in the last stage, where probabilities are equal, further units in random order. Who cannot be reached is replaced by the next
 * one of the same group. With r of them used, main sample and used reserves together are a sample with pi = (n + r) / N, and the
 * answers of n of them weigh N / n as planned.
 *
 * Faults: sample.size_bounds (negative, infinite), sample.too_few (fewer units of a size above zero than are wanted), sample.reserve_unequal, sample.big. */
#ifndef ENGINE_SAMPLE_H
#define ENGINE_SAMPLE_H
#include "base/cx.h"
#include "base/rng.h"

enum { SAMPLE_STAGES = 4, SAMPLE_MAX_ROWS = 5000000 };
#define SAMPLE_MAX_SIZE 1e15 /* of a row; of a standard deviation, too */
enum sample_how { SAMPLE_SRS, SAMPLE_SYSTEMATIC, SAMPLE_PPS, SAMPLE_BREWER, SAMPLE_HOWS };

bool sample_how_read(str word, enum sample_how *out); /* "srs", "systematic", "pps", "brewer" */
const char *sample_how_word(enum sample_how how);

/* Inclusion probabilities in proportion to size, certain ones found. certain: NULL, or those to be taken anyway. False: fewer than n
 * units have a size above zero. */
bool sample_pi(const double *size, const bool *certain, size_t N, size_t n, double *pi);
/* Draws by probabilities that add up to n; in[i] of those drawn. srs and systematic take pi to be equal but for those that are 1. */
void sample_take(rng *r, enum sample_how how, const double *pi, size_t N, size_t n, arena *scratch, bool *in);

struct sample_stage {
	const uint32_t *unit; /* by row: its unit, numbers below `units`; NULL (in the last stage only): each row is one */
	uint32_t units;
	enum sample_how how;
	uint32_t n;           /* units in each unit of the stage above; first stage: see first_n */
	const double *size;   /* by row; that of a unit is the sum of its rows. NULL: the number of its rows */
	const bool *certain;  /* by row: one that says so makes its unit certain; NULL: none */
};

struct sample_plan {
	uint64_t seed;
	size_t rows;
	const uint32_t *stratum; /* by row; NULL: one stratum */
	uint32_t strata;         /* at least 1 */
	const uint32_t *first_n; /* by stratum: units of the first stage */
	int stages;
	struct sample_stage stage[SAMPLE_STAGES];
	uint32_t reserve;        /* in each group of the last stage, at most */
};

enum sample_role { SAMPLE_OUT, SAMPLE_MAIN, SAMPLE_RESERVE };
struct sample_row {
	enum sample_role role;
	int own;       /* the first stage at which it could have been left out; the last one when there is none */
	uint32_t turn; /* of a reserve: its place in the order, from 1 */
	double pi[SAMPLE_STAGES], p; /* by stage, and their product */
	uint32_t of[SAMPLE_STAGES];  /* units in the group it was drawn from */
};
/* out: by row; what was not drawn is SAMPLE_OUT. */
enum err sample_draw(cx *c, const struct sample_plan *plan, struct sample_row *out);

/* ---- how many in each stratum ---- */

enum sample_allocation { SAMPLE_PROPORTIONAL, SAMPLE_NEYMAN, SAMPLE_EQUAL, SAMPLE_ALLOCATIONS };
bool sample_allocation_read(str word, enum sample_allocation *out);

/* One stratum of an allocation: its size N, standard deviation and cost of an interview (both 1 where they are not known), and how many
 * units can be drawn at most. */
struct sample_stratum {
	double size, sd, cost, most;
};
/* n in proportion to N (proportional), N s / sqrt(cost) (neyman) or 1 (equal), no stratum below `least` or above `most`; rounded by largest
 * remainders, the first of equal ones first. False: n is less than the minima, more than there are units, or more than strata
 * with a share can hold. */
bool sample_allocate(enum sample_allocation how, const struct sample_stratum *s, size_t strata, uint32_t n, uint32_t least, arena *scratch, uint32_t *out);

/* ---- one person of a household ---- */

/* Whom the interviewer asks of those who could be: the unit is that person; by Kish's tables; whose birthday comes next. */
enum sample_person { SAMPLE_UNIT, SAMPLE_KISH, SAMPLE_BIRTHDAY, SAMPLE_PERSONS };
bool sample_person_read(str word, enum sample_person *out); /* "none", "kish", "birthday" */
const char *sample_person_word(enum sample_person how);

/* The selection tables of L. Kish (JASA 44, 1949): adults are numbered, men by age, then women by age; table and number of adults give the
 * one to be asked. Tables are dealt out by twelves (A A B1 B2 C C D D E1 E2 F F, shuffled). Up to six adults everybody has a chance, equal
 * but for five (1/6, 1/6, 1/4, 1/6, 1/4); beyond six nobody after the sixth has. */
enum { SAMPLE_KISH_TABLES = 8, SAMPLE_KISH_MOST = 6 };
const char *sample_kish_name(int table); /* "A" … "F" */
int sample_kish_table(str name);         /* -1: there is none of this name */
int sample_kish(int table, int adults);  /* from 1 */
double sample_kish_p(int person, int adults);
void sample_kish_deal(rng *r, size_t households, uint8_t *table);

#endif
