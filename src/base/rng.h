/* rng: seeded random numbers, the same on every machine (xoshiro256**, seeded by splitmix64; D. Blackman and S. Vigna, 2018, public domain algorithm).
 * Not for secrets. */
#ifndef BASE_RNG_H
#define BASE_RNG_H
#include <stdint.h>

typedef struct rng {
	uint64_t s[4];
} rng;

void rng_seed(rng *r, uint64_t seed);
uint64_t rng_next(rng *r);
uint64_t rng_below(rng *r, uint64_t n); /* uniform in [0, n), without bias; n > 0 */
double rng_double(rng *r);              /* [0, 1), 53 bits */

#endif
