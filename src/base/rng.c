#include "base/rng.h"

__extension__ typedef unsigned __int128 u128;

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void rng_seed(rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->s[i] = splitmix(&seed);
}

static uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

uint64_t rng_next(rng *r)
{
	uint64_t *s = r->s, result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

/* D. Lemire, "Fast random integer generation in an interval" (2019): the division happens only where a bias is possible. */
uint64_t rng_below(rng *r, uint64_t n)
{
	u128 m = (u128)rng_next(r) * n;
	if ((uint64_t)m < n) {
		uint64_t least = -n % n;
		while ((uint64_t)m < least)
			m = (u128)rng_next(r) * n;
	}
	return (uint64_t)(m >> 64);
}

double rng_double(rng *r) { return (double)(rng_next(r) >> 11) * 0x1p-53; }
