/* fieldwork: how well a survey was carried out: response rates, agreement of a call-back with the first answers.
 *
 * Outcomes and rates are those of the American Association for Public Opinion Research (Standard Definitions, 10th edition, 2023):
 *     I complete, P partial, R refusal, NC non-contact, O other (eligible, no interview), UH unknown whether a household, UO unknown, other,
 *     NE not eligible (in no rate)
 *     RR1 = I / (I+P + R+NC+O + UH+UO)      RR2: I+P above the line       RR3, RR4: e (UH+UO) below it       RR5, RR6: without UH+UO
 *     COOP1 = I / (I+P + R + O)  COOP2: I+P above    COOP3, COOP4: without O below
 *     REF1 = R / (… + UH+UO)     REF2: e (UH+UO)     REF3: without
 *     CON1 = (I+P+R+O) / (I+P+R+O + NC + UH+UO)      CON2: e (UH+UO)      CON3: without
 *     e: share of the eligible among those of whom it is known, (I+P+R+NC+O) / (… + NE), unless it is given
 * A rate without a denominator is NaN.
 *
 * Agreement of two codings of n answers: po = share of equal ones; kappa = (po - pe) / (1 - pe) (J. Cohen, Educational and Psychological
 * Measurement 20, 1960), its standard error by J. Fleiss, J. Cohen, B. Everitt (Psychological Bulletin 72, 1969). NaN where all are in one
 * class: there is nothing to tell apart. */
#ifndef ENGINE_FIELDWORK_H
#define ENGINE_FIELDWORK_H
#include <stdint.h>
#include "base/arena.h"

/* How long somebody took, in bands that tell speeders from others and nobody from anybody: steps of 15 s below two minutes, 30 s below five,
 * a minute below ten, five minutes below thirty; thirty minutes and more are 1800. At least 1; below 0 or 0: 0, not known. */
int64_t field_seconds(int64_t seconds);
/* The middle one of n > 0, which are sorted. */
double field_median(int64_t *seconds, size_t n);

enum outcome { OUTCOME_I, OUTCOME_P, OUTCOME_R, OUTCOME_NC, OUTCOME_O, OUTCOME_UH, OUTCOME_UO, OUTCOME_NE, OUTCOMES };
extern const char *const outcome_words[OUTCOMES]; /* "I", "P" … */

enum { FIELD_RATES = 16 };
extern const char *const field_rate_names[FIELD_RATES]; /* "RR1" … "CON3" */
/* e: NaN: as above. Returns the e that was used. */
double field_rates(const double n[OUTCOMES], double e, double out[FIELD_RATES]);

struct agreement {
	size_t n;
	double agree, expected, kappa, se;
};
/* first, second: by pair, below `classes`. */
void field_agreement(const uint32_t *first, const uint32_t *second, size_t n, uint32_t classes, arena *scratch, struct agreement *out);

#endif
