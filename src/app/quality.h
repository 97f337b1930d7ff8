/* quality: which answers of a survey deserve a second look. Flags, never deletions: what was answered stays as it came, results tell how many
 * are flagged and can leave them out.
 *
 *     duplicate     word for word the same as another one of the same place and day, with at least QUALITY_ENOUGH answers
 *     straight      one and the same option for all of at least QUALITY_BLOCK items of one scale
 *     missing       more than a fifth of what was asked is left out
 *     out_of_frame  a place that the survey has not, or a stratum that its draw has not
 *     inconsistent  what the form would not have let through: a check that is not met, a required item left out, no such option
 *     fast          in less than a share (QUALITY_FAST_SHARE unless told) of the median of the answers that came the same way, where at least
 *                   QUALITY_TIMED of them have a time; how long it took is known in bands (engine/fieldwork.h), of forms on the web and of apps */
#ifndef APP_QUALITY_H
#define APP_QUALITY_H
#include "app/actor.h"
#include "app/survey.h"
#include "engine/answer.h"
#include "engine/est_scale.h"

enum { QUALITY_ENOUGH = 8, QUALITY_BLOCK = 6, QUALITY_TIMED = 20 };
#define QUALITY_FAST_SHARE (1.0 / 3)
enum quality_flag { QUALITY_DUPLICATE, QUALITY_STRAIGHT, QUALITY_MISSING, QUALITY_OUT, QUALITY_INCONSISTENT, QUALITY_FAST, QUALITY_FLAGS };
extern const char *const quality_words[QUALITY_FLAGS];

/* Of a place, or of an interviewer. */
struct quality_group {
	str code, name; /* code empty: no place, nobody. name: of an interviewer */
	int64_t answers, flagged, fast;
	double index; /* mean of the people's satisfied shares; NaN: none */
};

struct quality_groups {
	struct quality_group *p;
	size_t n, cap;
};

struct quality_mode {
	str mode;
	int64_t answers, timed, fast;
	double median; /* seconds; NaN: fewer than QUALITY_TIMED times */
};

struct quality {
	size_t n;
	uint8_t *flags;  /* by answer, in the order of survey_data; a bit each */
	int64_t *ids;    /* by answer; for app alone */
	int64_t count[QUALITY_FLAGS], flagged;
	double fast_share;
	int64_t strays; /* interviews kept aside (survey_stray.h); none of the answers above */
	struct quality_groups places, interviewers; /* interviewers: of the answers that were given to one */
	VEC(struct quality_mode) modes;
	struct est_icc icc, icc_interviewers; /* of the people's satisfied shares, by place and by interviewer; groups below 2: there is none */
};

/* One flagged answer: what it holds, and nothing that leads to a person. */
struct quality_answer {
	uint8_t flags;
	str mode, place;           /* place: code; only where the survey has no sample, for with one it would narrow down who it was */
	const struct given *given; /* by item */
};

struct quality_list {
	struct quality_answer *p;
	size_t n, cap;
	size_t found, answers; /* that have the flag; of the survey */
};

enum { QUALITY_ANY = -1 };
struct quality_ask {
	double fast_share;
	int flag; /* enum quality_flag, or QUALITY_ANY */
	size_t from, most;
};

/* Those with a flag, in the order of the random ids: from .. from + most - 1 of them. Permission survey.check. */
enum err quality_flagged(cx *c, struct app *a, const struct actor *who, const struct survey_info *s, const struct quality_ask *ask,
	struct quality_list *out);

/* fast_share: 0 to 1; 0: the usual one. ERR_LIMIT as survey_data_load. */
enum err quality_of(cx *c, struct app *a, const struct survey_info *s, double fast_share, struct quality *out);

#endif
