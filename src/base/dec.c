#include "base/dec_impl.h"
#include <assert.h>

const dec DEC_ZERO = { 0 }, DEC_ONE = { .lo = 1 };

const struct dec_power dec_power[POW_MAX + 1] = {
	{ U128(0x0, 0x1), U128(0x0, 0x0), 0 },
	{ U128(0x0, 0xa), U128(0xcccccccccccccccc, 0xcccccccccccccccd), 3 },
	{ U128(0x0, 0x64), U128(0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4), 6 },
	{ U128(0x0, 0x3e8), U128(0x83126e978d4fdf3b, 0x645a1cac083126ea), 9 },
	{ U128(0x0, 0x2710), U128(0xd1b71758e219652b, 0xd3c36113404ea4a9), 13 },
	{ U128(0x0, 0x186a0), U128(0xa7c5ac471b478423, 0xfcf80dc33721d54), 16 },
	{ U128(0x0, 0xf4240), U128(0x8637bd05af6c69b5, 0xa63f9a49c2c1b110), 19 },
	{ U128(0x0, 0x989680), U128(0xd6bf94d5e57a42bc, 0x3d32907604691b4d), 23 },
	{ U128(0x0, 0x5f5e100), U128(0xabcc77118461cefc, 0xfdc20d2b36ba7c3e), 26 },
	{ U128(0x0, 0x3b9aca00), U128(0x89705f4136b4a597, 0x31680a88f8953031), 29 },
	{ U128(0x0, 0x2540be400), U128(0xdbe6fecebdedd5be, 0xb573440e5a884d1c), 33 },
	{ U128(0x0, 0x174876e800), U128(0xafebff0bcb24aafe, 0xf78f69a51539d749), 36 },
	{ U128(0x0, 0xe8d4a51000), U128(0x8cbccc096f5088cb, 0xf93f87b7442e45d4), 39 },
	{ U128(0x0, 0x9184e72a000), U128(0xe12e13424bb40e13, 0x2865a5f206b06fba), 43 },
	{ U128(0x0, 0x5af3107a4000), U128(0xb424dc35095cd80f, 0x538484c19ef38c95), 46 },
	{ U128(0x0, 0x38d7ea4c68000), U128(0x901d7cf73ab0acd9, 0xf9d37014bf60a11), 49 },
	{ U128(0x0, 0x2386f26fc10000), U128(0xe69594bec44de15b, 0x4c2ebe687989a9b4), 53 },
	{ U128(0x0, 0x16345785d8a0000), U128(0xb877aa3236a4b449, 0x9befeb9fad487c3), 56 },
	{ U128(0x0, 0xde0b6b3a7640000), U128(0x9392ee8e921d5d07, 0x3aff322e62439fd0), 59 },
	{ U128(0x0, 0x8ac7230489e80000), U128(0xec1e4a7db69561a5, 0x2b31e9e3d06c32e6), 63 },
	{ U128(0x5, 0x6bc75e2d63100000), U128(0xbce5086492111aea, 0x88f4bb1ca6bcf585), 66 },
	{ U128(0x36, 0x35c9adc5dea00000), U128(0x971da05074da7bee, 0xd3f6fc16ebca5e04), 69 },
	{ U128(0x21e, 0x19e0c9bab2400000), U128(0xf1c90080baf72cb1, 0x5324c68b12dd6339), 73 },
	{ U128(0x152d, 0x2c7e14af6800000), U128(0xc16d9a0095928a27, 0x75b7053c0f178294), 76 },
	{ U128(0xd3c2, 0x1bcecceda1000000), U128(0x9abe14cd44753b52, 0xc4926a9672793543), 79 },
	{ U128(0x84595, 0x161401484a000000), U128(0xf79687aed3eec551, 0x3a83ddbd83f52205), 83 },
	{ U128(0x52b7d2, 0xdcc80cd2e4000000), U128(0xc612062576589dda, 0x95364afe032a819e), 86 },
	{ U128(0x33b2e3c, 0x9fd0803ce8000000), U128(0x9e74d1b791e07e48, 0x775ea264cf55347e), 89 },
	{ U128(0x204fce5e, 0x3e25026110000000), U128(0xfd87b5f28300ca0d, 0x8bca9d6e188853fd), 93 },
	{ U128(0x1431e0fae, 0x6d7217caa0000000), U128(0xcad2f7f5359a3b3e, 0x96ee45813a04331), 96 },
	{ U128(0xc9f2c9cd0, 0x4674edea40000000), U128(0xa2425ff75e14fc31, 0xa1258379a94d028e), 99 },
	{ U128(0x7e37be2022, 0xc0914b2680000000), U128(0x81ceb32c4b43fcf4, 0x80eacf948770ced8), 102 },
	{ U128(0x4ee2d6d415b, 0x85acef8100000000), U128(0xcfb11ead453994ba, 0x67de18eda5814af3), 106 },
	{ U128(0x314dc6448d93, 0x38c15b0a00000000), U128(0xa6274bbdd0fadd61, 0xecb1ad8aeacdd58f), 109 },
	{ U128(0x1ed09bead87c0, 0x378d8e6400000000), U128(0x84ec3c97da624ab4, 0xbd5af13bef0b113f), 112 },
	{ U128(0x13426172c74d82, 0x2b878fe800000000), U128(0xd4ad2dbfc3d07787, 0x955e4ec64b44e865), 116 },
	{ U128(0xc097ce7bc90715, 0xb34b9f1000000000), U128(0xaa242499697392d2, 0xdde50bd1d5d0b9ea), 119 },
	{ U128(0x785ee10d5da46d9, 0xf436a000000000), U128(0x881cea14545c7575, 0x7e50d64177da2e55), 122 },
	{ U128(0x4b3b4ca85a86c47a, 0x98a224000000000), U128(0xd9c7dced53c72255, 0x96e7bd358c904a22), 126 },
};

/* ---- digits ---- */

/* Without branches where data decide: half of them would be mispredicted. */
static inline enum rest rest_of(u128 left, u128 half, enum rest rest)
{
	if (left == half)
		return rest ? REST_ABOVE : REST_HALF;
	return (enum rest)((int)((left | rest) != 0) + 2 * (left > half));
}

/* Divides by 10^k (k > 0, n < 2^127), adding what it drops to *rest, which stands for digits still further right. */
static inline u128 cut(u128 n, int k, enum rest *rest)
{
	if (k > POW_MAX) {
		*rest = n || *rest ? REST_BELOW : REST_NONE;
		return 0;
	}
	u128 ten = dec_power[k].ten, q = div_power(n, k);
	*rest = rest_of(n - q * ten, ten >> 1, *rest);
	return q;
}

/* The same for n >= 2^127, 0 < k <= 37 and a quotient below 2^127: its estimate from the top 128 bits of n is off by two at most. */
static inline u128 cut_wide(u256 n, int k, enum rest *rest)
{
	int t = bits_of(n.hi);
	assert(k > 0 && t < 128 && t <= dec_power[k].shift);
	u128 top = t ? n.hi << (128 - t) | n.lo >> t : n.lo;
	u128 ten = dec_power[k].ten, q = mul_wide(top, dec_power[k].magic).hi >> (dec_power[k].shift - t);
	u128 left = n.lo - q * ten;
	for (; (i128)left < 0; left += ten)
		q--;
	for (; left >= ten; left -= ten)
		q++;
	*rest = rest_of(left, ten >> 1, *rest);
	return q;
}

/* Takes off up to `most` trailing zeros. */
static u128 strip(u128 n, int *exp, int most)
{
	static const int step[] = { 16, 16, 8, 4, 2, 1 };
	for (int i = 0; i < 6; i++) {
		int k = step[i];
		/* 10^k divides n only if 2^k does */
		if (k > most || (uint64_t)n & ((1u << k) - 1))
			continue;
		u128 q = n >> 64 ? div_power(n, k) : (uint64_t)n / (uint64_t)dec_power[k].ten;
		if (q * dec_power[k].ten != n)
			continue;
		n = q;
		*exp += k;
		most -= k;
	}
	return n;
}

bool dec_make(bool neg, u128 coef, int exp, enum rest rest, dec *out)
{
	int drop = coef >= TEN34 ? digits_of(coef) - DEC_DIGITS : 0;
	if (exp + drop < EXP_MIN)
		drop = EXP_MIN - exp;
	if (drop > 0) {
		coef = cut(coef, drop, &rest);
		exp += drop;
	}
	coef += (unsigned)(rest == REST_ABOVE) | ((unsigned)(rest == REST_HALF) & (unsigned)coef);
	if (coef == TEN34) {
		coef = dec_power[DEC_DIGITS - 1].ten;
		exp++;
	}
	if (exp > EXP_MAX && coef) {
		int k = exp - EXP_MAX;
		if (digits_of(coef) + k > DEC_DIGITS)
			return false;
		coef *= dec_power[k].ten;
		exp = EXP_MAX;
	}
	*out = dec_of(neg, coef, exp);
	return true;
}

/* dec_make for results that usually are in range and short enough as they are. */
static inline bool make(bool neg, u128 coef, int exp, dec *out)
{
	if (coef >= TEN34 || (unsigned)(exp - EXP_MIN) > (unsigned)(EXP_MAX - EXP_MIN))
		return dec_make(neg, coef, exp, REST_NONE, out);
	*out = dec_of(neg, coef, exp);
	return true;
}

/* n below 10^71. Inline, as is all that takes a u256: passing one through memory costs as much as the work. */
__attribute__((always_inline)) static inline bool make_wide(bool neg, u256 n, int exp, dec *out)
{
	if (!n.hi && !(n.lo >> 127))
		return make(neg, n.lo, exp, out);
	enum rest rest = REST_NONE;
	int bits = 128 + bits_of(n.hi), k = ((bits * 1233) >> 12) - DEC_DIGITS; /* keeps 34 digits or little more */
	u128 q = cut_wide(n, k, &rest);
	return dec_make(neg, q, exp + k, rest, out);
}

/* ---- making, asking ---- */

dec dec_int(int64_t n)
{
	uint64_t u = (uint64_t)n;
	return dec_of(n < 0, n < 0 ? 0 - u : u, 0);
}

bool dec_is_zero(dec d) { return !(d.lo | d.hi); }

dec dec_neg(dec a)
{
	a.neg = !a.neg && !dec_is_zero(a);
	return a;
}

dec dec_abs(dec a)
{
	a.neg = false;
	return a;
}

dec dec_strip(dec a)
{
	if (dec_is_zero(a))
		return DEC_ZERO;
	int exp = a.exp;
	u128 n = strip(coef_of(a), &exp, EXP_MAX - exp);
	return dec_of(a.neg, n, exp);
}

bool dec_is_int(dec d)
{
	return d.exp >= 0 || dec_strip(d).exp >= 0;
}

bool dec_to_int(dec d, int64_t *out)
{
	if (d.exp < 0)
		d = dec_strip(d);
	u128 n = coef_of(d), most = (u128)INT64_MAX + d.neg;
	if (d.exp < 0 || (n && digits_of(n) + d.exp > 19))
		return false;
	if (n)
		n *= dec_power[d.exp].ten;
	if (n > most)
		return false;
	*out = d.neg ? (int64_t)-(uint64_t)n : (int64_t)n;
	return true;
}

uint64_t dec_hash(dec a)
{
	a = dec_strip(a);
	uint64_t h = (a.lo ^ (a.hi * 0x9e3779b97f4a7c15u)) + (uint64_t)(a.exp * 2 + a.neg) * 0xd1342543de82ef95u;
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return h ^ (h >> 31);
}

/* ---- comparing ---- */

/* n * 10^k, if that surely fits. */
static inline bool scaled(u128 n, int k, u128 *out)
{
	if (k > POW_MAX || bits_of(n) + ((k * 3402) >> 10) >= 128) /* log2 10 is a little less than 3402/1024 */
		return false;
	*out = n * dec_power[k].ten;
	return true;
}

/* Both positive, exponents different: the one of the larger takes zeros until the exponents meet. */
static int cmp_scaled(u128 a, int a_exp, u128 b, int b_exp)
{
	u128 x = a, y = b;
	if (a_exp > b_exp ? scaled(a, a_exp - b_exp, &x) : scaled(b, b_exp - a_exp, &y))
		return (x > y) - (x < y);
	int da = digits_of(a) + a_exp, db = digits_of(b) + b_exp;
	if (da != db)
		return da < db ? -1 : 1;
	if (a_exp > b_exp)
		a *= dec_power[a_exp - b_exp].ten;
	else
		b *= dec_power[b_exp - a_exp].ten;
	return (a > b) - (a < b);
}

int dec_cmp(dec a, dec b)
{
	u128 x = coef_of(a), y = coef_of(b);
	int c;
	if (!x || !y)
		return !x ? !y ? 0 : b.neg ? 1 : -1 : a.neg ? -1 : 1;
	if (a.neg != b.neg)
		return a.neg ? -1 : 1;
	if (a.exp == b.exp)
		c = (x > y) - (x < y);
	else
		c = cmp_scaled(x, a.exp, y, b.exp);
	return a.neg ? -c : c;
}

/* ---- adding ---- */

/* Adds b to a of the larger exponent. */
static bool add_scaled(dec a, dec b, dec *out)
{
	u128 x = coef_of(a), y = coef_of(b);
	int k = a.exp - b.exp, digits = digits_of(x);
	if (digits + k <= POW_MAX) {
		x *= dec_power[k].ten;
		if (a.neg == b.neg)
			return make(a.neg, x + y, b.exp, out);
		return x >= y ? make(a.neg, x - y, b.exp, out) : make(b.neg, y - x, b.exp, out);
	}
	if (digits + k > 71) { /* b is too small to be seen */
		*out = a;
		return true;
	}
	int fill = k < DEC_DIGITS - digits ? k : DEC_DIGITS - digits;
	u256 n = mul_wide(x * dec_power[fill].ten, dec_power[k - fill].ten);
	if (a.neg == b.neg) {
		n.lo += y;
		n.hi += n.lo < y;
	} else { /* x has more digits than y */
		n.hi -= n.lo < y;
		n.lo -= y;
	}
	return make_wide(a.neg, n, b.exp, out);
}

bool dec_add(dec a, dec b, dec *out)
{
	if (a.exp == b.exp) {
		u128 x = coef_of(a), y = coef_of(b);
		if (a.neg == b.neg)
			return make(a.neg, x + y, a.exp, out);
		*out = x >= y ? dec_of(a.neg, x - y, a.exp) : dec_of(b.neg, y - x, a.exp);
		return true;
	}
	if (dec_is_zero(a) || dec_is_zero(b)) {
		*out = dec_is_zero(a) ? dec_is_zero(b) ? DEC_ZERO : b : a;
		return true;
	}
	return a.exp > b.exp ? add_scaled(a, b, out) : add_scaled(b, a, out);
}

bool dec_sub(dec a, dec b, dec *out)
{
	return dec_add(a, dec_neg(b), out);
}

/* ---- multiplying and dividing ---- */

bool dec_mul(dec a, dec b, dec *out)
{
	bool neg = a.neg != b.neg;
	/* Times one: most maxima of most criteria. */
	if (b.lo == 1 && b.hi == 0 && b.exp == 0 && (a.lo | a.hi)) {
		*out = a;
		out->neg = neg;
		return true;
	}
	int exp = a.exp + b.exp;
	if (!(a.hi | b.hi)) {
		u128 n = (u128)a.lo * b.lo;
		if (!(n >> 127))
			return make(neg, n, exp, out);
	}
	return make_wide(neg, mul_wide(coef_of(a), coef_of(b)), exp, out);
}

/* (*r * 2^64 + low) / d, the rest to *r; *r < d, d has its top bit set (Knuth's algorithm D). */
static uint64_t div_step(u128 *r, uint64_t low, u128 d)
{
	uint64_t d1 = (uint64_t)(d >> 64), d0 = (uint64_t)d;
	uint64_t q = (uint64_t)(*r >> 64) >= d1 ? UINT64_MAX : (uint64_t)(*r / d1);
	u128 p = (u128)q * d0;
	uint64_t left = low - (uint64_t)p;
	i128 over = (i128)(*r - (u128)q * d1) - (i128)(p >> 64) - (low < (uint64_t)p);
	while (over < 0) {
		q--;
		left += d0;
		over += (i128)d1 + (left < d0);
	}
	*r = U128((uint64_t)over, left);
	return q;
}

/* n / d where n.hi < d. */
static inline u128 div_wide(u256 n, u128 d, u128 *left)
{
	int s = 128 - bits_of(d);
	if (s) {
		d <<= s;
		n.hi = n.hi << s | n.lo >> (128 - s);
		n.lo <<= s;
	}
	uint64_t q1 = div_step(&n.hi, (uint64_t)(n.lo >> 64), d);
	uint64_t q0 = div_step(&n.hi, (uint64_t)n.lo, d);
	*left = n.hi >> s;
	return U128(q1, q0);
}

/* An exact quotient: without the zeros that the scaling brought, so that it stays cheap to work with. */
static bool make_exact(bool neg, u128 q, int exp, dec *out)
{
	q = strip(q, &exp, POW_MAX);
	return make(neg, q, exp, out);
}

/* In two steps: 16 digits or more, which is all there is to most exact quotients, then up to 34. */
static bool div_short(bool neg, uint64_t a, uint64_t b, int exp, dec *out)
{
	int k = 16 + digits_of(b) - digits_of(a);
	if (k < 0)
		k = 0;
	u128 n = a * dec_power[k].ten;
	uint64_t q = (uint64_t)(n / b), left = (uint64_t)n - q * b;
	exp -= k;
	if (!left)
		return make_exact(neg, q, exp, out);
	k = DEC_DIGITS - digits_of(q);
	n = left * dec_power[k].ten;
	uint64_t q2 = (uint64_t)(n / b);
	left = (uint64_t)n - q2 * b;
	u128 all = q * dec_power[k].ten + q2;
	if (!left)
		return make_exact(neg, all, exp - k, out);
	return dec_make(neg, all, exp - k, left == b - left ? REST_HALF : left > b - left ? REST_ABOVE : REST_BELOW, out);
}

bool dec_div(dec a, dec b, dec *out)
{
	u128 x = coef_of(a), y = coef_of(b), left;
	bool neg = a.neg != b.neg;
	if (!y)
		return false;
	if (!x) {
		*out = DEC_ZERO;
		return true;
	}
	if (!(a.hi | b.hi))
		return div_short(neg, a.lo, b.lo, a.exp - b.exp, out);
	/* 35 or 36 digits */
	int fill = DEC_DIGITS - digits_of(x), k = 1 + digits_of(y);
	u128 q = div_wide(mul_wide(x * dec_power[fill].ten, dec_power[k].ten), y, &left);
	int exp = a.exp - b.exp - fill - k;
	return left ? dec_make(neg, q, exp, REST_BELOW, out) : make_exact(neg, q, exp, out);
}

/* ---- rounding ---- */

static bool rounds_up(bool odd, bool neg, enum rest rest, enum dec_round mode)
{
	switch (mode) {
	case DEC_HALF_EVEN:
		return rest == REST_ABOVE || (rest == REST_HALF && odd);
	case DEC_HALF_UP:
		return rest >= REST_HALF;
	case DEC_HALF_DOWN:
		return rest == REST_ABOVE;
	case DEC_UP:
		return rest != REST_NONE;
	case DEC_DOWN:
		return false;
	case DEC_FLOOR:
		return neg && rest;
	case DEC_CEILING:
		return !neg && rest;
	}
	return false;
}

bool dec_round(dec a, int digits, enum dec_round mode, dec *out)
{
	if (digits < -EXP_MAX || digits > -EXP_MIN)
		return false;
	if (a.exp >= -digits || dec_is_zero(a)) {
		*out = a;
		return true;
	}
	enum rest rest = REST_NONE;
	u128 n = cut(coef_of(a), -digits - a.exp, &rest);
	*out = dec_of(a.neg, n + rounds_up(n & 1, a.neg, rest, mode), -digits);
	return true;
}

/* ---- modulo ---- */

static u128 mul_mod(u128 a, u128 b, u128 m)
{
	u128 left;
	div_wide(mul_wide(a, b), m, &left);
	return left;
}

/* (a * 10^k) % m */
static u128 scale_mod(u128 a, int k, u128 m)
{
	u128 ten = 10 % m;
	for (a %= m; k; k >>= 1) {
		if (k & 1)
			a = mul_mod(a, ten, m);
		ten = mul_mod(ten, ten, m);
	}
	return a;
}

bool dec_modulo(dec a, dec b, dec *out)
{
	u128 x = coef_of(a), y = coef_of(b);
	int k = a.exp - b.exp;
	if (!y)
		return false;
	if (k >= 0)
		x = scale_mod(x, k, y);
	else if (digits_of(y) - k <= POW_MAX)
		x %= y * dec_power[-k].ten;
	/* else |a| < |b| */
	dec left = dec_of(a.neg, x, k >= 0 ? b.exp : a.exp);
	if (!x || a.neg == b.neg) {
		*out = left;
		return true;
	}
	return dec_add(left, b, out);
}

/* ---- square root ---- */

static u128 root_wide(u256 n, bool *exact)
{
	u128 left, s = (u128)1 << 126;
	for (;;) { /* Newton from above */
		u128 next = (s + div_wide(n, s, &left)) / 2;
		if (next >= s)
			break;
		s = next;
	}
	u256 square = mul_wide(s, s);
	*exact = square.hi == n.hi && square.lo == n.lo;
	return s;
}

bool dec_sqrt(dec a, dec *out)
{
	u128 x = coef_of(a);
	if (a.neg)
		return false;
	if (!x) {
		*out = DEC_ZERO;
		return true;
	}
	/* 71 or 72 digits with an even exponent: a root of 36 */
	int fill = DEC_DIGITS - digits_of(x), k = 37 + ((a.exp - fill - 37) & 1), exp = a.exp - fill - k;
	bool exact;
	u128 s = root_wide(mul_wide(x * dec_power[fill].ten, dec_power[k].ten), &exact);
	return exact ? make_exact(false, s, exp / 2, out) : dec_make(false, s, exp / 2, REST_BELOW, out);
}

/* ---- sums ---- */

static void add_rest(struct dec_acc *a, dec d)
{
	dec_add(a->rest, d, &a->rest); /* out of range: the sum stays, as sums of points never get there */
}

void dec_acc_add(struct dec_acc *a, dec d)
{
	/* Largest coefficients whose multiple of 10^k stays below 10^37; then a term is below 10^3. */
	int k = d.exp + DEC_DIGITS;
	u128 coef = coef_of(d);
	if (!coef)
		return;
	if (k < 0 || k >= 37 || coef >= dec_power[37 - k].ten) {
		add_rest(a, d);
		return;
	}
	i128 sum = (i128)U128(a->hi, a->lo), term = (i128)(coef * dec_power[k].ten);
	sum = d.neg ? sum - term : sum + term;
	if (sum > (i128)dec_power[37].ten || sum < -(i128)dec_power[37].ten) {
		add_rest(a, d);
		return;
	}
	a->lo = (uint64_t)(u128)sum;
	a->hi = (uint64_t)((u128)sum >> 64);
}

dec dec_acc_sum(const struct dec_acc *a)
{
	i128 sum = (i128)U128(a->hi, a->lo);
	bool neg = sum < 0;
	u128 coef = neg ? (u128)-sum : (u128)sum;
	int exp = -DEC_DIGITS;
	/* Sums of rounded points are whole hundredths; short numbers keep what follows fast. */
	u128 hundredths = coef ? div_power(coef, DEC_DIGITS - 2) : 0;
	if (hundredths * dec_power[DEC_DIGITS - 2].ten == coef) {
		coef = hundredths;
		exp = -2;
	}
	dec d;
	dec_make(neg, coef, exp, REST_NONE, &d);
	if (!dec_is_zero(a->rest))
		dec_add(d, a->rest, &d);
	return d;
}
