/* What dec.c, dec_text.c and dec_math.c share; nobody else includes it. */
#ifndef BASE_DEC_IMPL_H
#define BASE_DEC_IMPL_H
#include "base/dec.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

enum { EXP_MIN = -6176, EXP_MAX = 6111, POW_MAX = 38 };

/* What a cut dropped, in units of the last digit kept. */
enum rest { REST_NONE, REST_BELOW, REST_HALF, REST_ABOVE };

/* 10^k; magic = floor(2^(128+shift) / 10^k) + 1 has 128 bits, so that n / 10^k = (n * magic) >> (128 + shift) for all n < 2^127. */
struct dec_power {
	u128 ten, magic;
	int shift;
};
extern const struct dec_power dec_power[POW_MAX + 1];

#define U128(h, l) ((u128)(h) << 64 | (l))
#define TEN34 U128(0x1ed09bead87c0, 0x378d8e6400000000)

typedef struct u256 {
	u128 lo, hi;
} u256;

static inline u128 coef_of(dec d) { return U128(d.hi, d.lo); }

static inline int bits_of(u128 n)
{
	uint64_t hi = (uint64_t)(n >> 64);
	return hi ? 128 - __builtin_clzll(hi) : n ? 64 - __builtin_clzll((uint64_t)n) : 0;
}

static inline int digits_of(u128 n)
{
	int t = (bits_of(n) * 1233) >> 12; /* log10 2: exact enough up to 128 bits */
	return t + (n >= dec_power[t].ten);
}

static inline u256 mul_wide(u128 a, u128 b)
{
	uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
	u128 low = (u128)a0 * b0, mid = (u128)a0 * b1 + (low >> 64), mid2 = (u128)a1 * b0 + (uint64_t)mid;
	return (u256){ U128((uint64_t)mid2, (uint64_t)low), (u128)a1 * b1 + (mid >> 64) + (mid2 >> 64) };
}

/* n / 10^k for n < 2^127, 1 <= k <= POW_MAX. */
static inline u128 div_power(u128 n, int k)
{
	return mul_wide(n, dec_power[k].magic).hi >> dec_power[k].shift;
}

/* As it stands. The fields are as wide as the ranges: a conversion loses nothing of a number that is one. */
static inline dec dec_put(bool neg, u128 coef, int exp)
{
	dec d = { .lo = (uint64_t)coef, .neg = neg };
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
	d.hi = (uint64_t)(coef >> 64);
	d.exp = (int16_t)exp;
#pragma GCC diagnostic pop
	return d;
}

/* The zero of all results is DEC_ZERO: no sign, no exponent. */
static inline dec dec_of(bool neg, u128 coef, int exp)
{
	return coef ? dec_put(neg, coef, exp) : (dec){ 0 };
}

/* Rounds half-even to 34 digits and to the range; coef < 2^127. rest: what follows the coefficient (then it has 34 digits or more). */
bool dec_make(bool neg, u128 coef, int exp, enum rest rest, dec *out);

#endif
