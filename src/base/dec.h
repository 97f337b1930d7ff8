/* dec: the one number type for points and rules.
 *
 * A number is (-1)^neg * coef * 10^exp with 0 <= coef < 10^34 and -6176 <= exp <= 6111: the range of IEEE 754 decimal128, as FEEL
 * demands (DMN 1.5, 10.3.2.3.1). Results are rounded half-even to 34 digits. There is no NaN and no infinity: an operation without a
 * result returns false, and the caller makes it FEEL's null. There is no negative zero.
 *
 * Comparing two quotients of counts below 10^16 by their 34-digit values is exact: different fractions a/b and c/d differ by at least
 * 1/(b*d) > 10^-32, and rounding is monotone. So 79.996 % is not 80 %, whatever the counts. */
#ifndef BASE_DEC_H
#define BASE_DEC_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/str.h"

/* Two machine words, so that a number travels in registers: 10^34 has 113 bits, the exponent 14. */
typedef struct dec {
	uint64_t lo, hi : 49; /* coefficient */
	int16_t exp : 14;
	bool neg : 1;
} dec;
_Static_assert(sizeof(dec) == 16, "a number is two words");

enum dec_round {
	DEC_HALF_EVEN,
	DEC_HALF_UP,   /* halves away from zero */
	DEC_HALF_DOWN, /* halves towards zero */
	DEC_UP,        /* away from zero */
	DEC_DOWN,      /* towards zero: truncation */
	DEC_FLOOR,
	DEC_CEILING
};

enum { DEC_DIGITS = 34, DEC_TEXT = 48 };

extern const dec DEC_ZERO, DEC_ONE;

dec dec_int(int64_t n);
/* "-12.5", ".5", "1e3"; the whole text, decimal point, no spaces, no thousands marks, no "+5", no "5.". More than 34 digits are rounded
 * half-even; what is too small becomes 0. False: not a number, or too large. */
bool dec_parse(str s, dec *out);

/* Plain digits without superfluous zeros: "0.1", "-1200", "1000000". With more than 34 digits before the point or 44 behind it: "1E+40".
 * Buffer of DEC_TEXT bytes; returns the text in it, which a 0 byte follows. Equal values have equal texts. */
str dec_text(dec d, char out[DEC_TEXT]);
/* Exactly `digits` (0 to 34) decimals after rounding, with the given marks, for people: dec_fixed(b, d, 2, HALF_UP, ",", ".") = "1.234,50".
 * point and group may be "" (group "": none). Minus is '-'. */
void dec_fixed(buf *b, dec d, int digits, enum dec_round mode, const char *point, const char *group);

bool dec_is_zero(dec d);
bool dec_is_int(dec d);
bool dec_to_int(dec d, int64_t *out); /* exact or false */
double dec_to_double(dec d);          /* nearest; for statistics and drawing only */
bool dec_from_double(double v, dec *out); /* shortest decimal that reads back as v; false for NaN and infinities */

int dec_cmp(dec a, dec b); /* exact: -1, 0, 1 */
static inline bool dec_eq(dec a, dec b) { return dec_cmp(a, b) == 0; }
dec dec_neg(dec a);
dec dec_abs(dec a);
/* False: too large (or division by zero); *out is untouched then. Too small is 0. out may point to an operand's variable. */
bool dec_add(dec a, dec b, dec *out);
bool dec_sub(dec a, dec b, dec *out);
bool dec_mul(dec a, dec b, dec *out);
bool dec_div(dec a, dec b, dec *out);
/* A sum of many numbers that is rounded once, at the end: fast and exact while the terms have at most 34 decimals and the sum stays below
 * 10^3; what lies beyond is added as by dec_add. Starts as { 0 }. */
struct dec_acc {
	uint64_t lo, hi; /* two's complement, in units of 10^-34 */
	dec rest;
};
void dec_acc_add(struct dec_acc *a, dec d);
dec dec_acc_sum(const struct dec_acc *a);
/* To a multiple of 10^-digits (digits may be negative): FEEL's decimal() is HALF_EVEN. Digits outside [-6111, 6176]: false. */
bool dec_round(dec a, int digits, enum dec_round mode, dec *out);
/* a - b * floor(a / b): the sign of b (DMN 1.5, 10.3.4.5). b = 0: false. */
bool dec_modulo(dec a, dec b, dec *out);
bool dec_sqrt(dec a, dec *out); /* correctly rounded; negative: false */
bool dec_exp(dec a, dec *out);  /* this, dec_ln and dec_pow: rounded once, from 100 or more correct digits */
bool dec_ln(dec a, dec *out);   /* a <= 0: false */
/* a ** b. Whole b: exact then rounded when the exact power has at most some 300 digits. Negative a with fractional b, 0 ** negative: false. */
bool dec_pow(dec a, dec b, dec *out);
dec dec_strip(dec a); /* the same value without trailing zeros in the coefficient */
uint64_t dec_hash(dec a); /* equal values hash alike */

#endif
