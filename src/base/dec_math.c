/* exp, ln and powers of dec, in fixed point wide enough that the one rounding at the end decides. Near ties such as ln(1 + 3e-33) are
 * broken by the hundredth decimal; there are 154. */
#include "base/dec_impl.h"

enum { FRAC = 8, LIMBS = FRAC + 2, BIG = 20, BIG_BITS = 1024, HALVINGS = 16, MOST_EXP = 20000 };

/* Unsigned, 512 bits after the point and 128 before it, least limb first. */
typedef struct fx {
	uint64_t w[LIMBS];
} fx;

static const fx LN2 = { { 0x27573b291169b825, 0xed2eae35c1382144, 0x559552fb4afa1b10, 0xe7b876206debac98, 0x8a0d175b8baafa2b,
	0x40f343267298b62d, 0xc9e3b39803f2f6af, 0xb17217f7d1cf79ab } };
static const fx LN10 = { { 0xee3de2100b945b5a, 0xb1889061042f8b6b, 0x31c32f00b17c35a0, 0x58bc0b5ec6a04173, 0x0f187a0807c0b5ca,
	0x8a3fb3e76977e43a, 0xa95b58ae0b4c28a3, 0x4d763776aaa2b05b, 2 } };

/* ---- limbs ---- */

static u128 whole_of(const fx *x) { return U128(x->w[FRAC + 1], x->w[FRAC]); }

static void set_whole(fx *x, u128 n)
{
	x->w[FRAC] = (uint64_t)n;
	x->w[FRAC + 1] = (uint64_t)(n >> 64);
}

static int fx_cmp(const fx *a, const fx *b)
{
	for (int i = LIMBS; i--;)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return 0;
}

static bool fx_is_zero(const fx *x)
{
	static const fx zero;
	return fx_cmp(x, &zero) == 0;
}

static fx fx_add(fx a, fx b)
{
	u128 t = 0;
	for (int i = 0; i < LIMBS; i++) {
		t += (u128)a.w[i] + b.w[i];
		a.w[i] = (uint64_t)t;
		t >>= 64;
	}
	return a;
}

/* a >= b */
static fx fx_sub(fx a, fx b)
{
	uint64_t borrow = 0;
	for (int i = 0; i < LIMBS; i++) {
		u128 t = (u128)a.w[i] - b.w[i] - borrow;
		a.w[i] = (uint64_t)t;
		borrow = t >> 64 ? 1 : 0;
	}
	return a;
}

/* |a - b|; whether a < b */
static fx fx_distance(fx a, fx b, bool *less)
{
	*less = fx_cmp(&a, &b) < 0;
	return *less ? fx_sub(b, a) : fx_sub(a, b);
}

static fx fx_mul(fx a, fx b)
{
	uint64_t p[LIMBS * 2] = { 0 };
	fx r;
	for (int i = 0; i < LIMBS; i++) {
		u128 t = 0;
		for (int j = 0; j < LIMBS; j++) {
			t += (u128)a.w[i] * b.w[j] + p[i + j];
			p[i + j] = (uint64_t)t;
			t >>= 64;
		}
		p[i + LIMBS] = (uint64_t)t;
	}
	for (int i = 0; i < LIMBS; i++)
		r.w[i] = p[i + FRAC];
	return r;
}

static void limbs_mul(uint64_t *w, int n, uint64_t by)
{
	u128 t = 0;
	for (int i = 0; i < n; i++) {
		t += (u128)w[i] * by;
		w[i] = (uint64_t)t;
		t >>= 64;
	}
}

/* The remainder. */
static uint64_t limbs_div(uint64_t *w, int n, uint64_t by)
{
	u128 left = 0;
	while (n--) {
		u128 t = left << 64 | w[n];
		w[n] = (uint64_t)(t / by);
		left = t - w[n] * (u128)by;
	}
	return (uint64_t)left;
}

static fx fx_shift_right(fx a, int bits)
{
	for (int i = 0; i < LIMBS; i++)
		a.w[i] = a.w[i] >> bits | (i + 1 < LIMBS ? a.w[i + 1] << (64 - bits) : 0);
	return a;
}

/* a / b for a < b, bit by bit. */
static fx fx_div(fx a, fx b)
{
	fx q = { { 0 } };
	for (int i = FRAC * 64; i--;) {
		a = fx_add(a, a);
		if (fx_cmp(&a, &b) >= 0) {
			a = fx_sub(a, b);
			q.w[i / 64] |= (uint64_t)1 << i % 64;
		}
	}
	return q;
}

/* x times 10^exp; false: that is more than MOST_EXP by far. */
static bool fx_scale(fx *x, int exp)
{
	while (exp < 0) {
		int k = exp < -19 ? 19 : -exp;
		limbs_div(x->w, LIMBS, (uint64_t)dec_power[k].ten);
		exp += k;
	}
	for (; exp > 0; exp--) {
		if (whole_of(x) > MOST_EXP)
			return false;
		limbs_mul(x->w, LIMBS, 10);
	}
	return true;
}

/* x * 10^exp as a decimal. snap: what is within the error of a number of 36 digits is that number. */
static bool fx_out(bool neg, fx x, int exp, bool snap, dec *out)
{
	int digits;
	while ((digits = digits_of(whole_of(&x))) < 36 && !fx_is_zero(&x)) {
		int k = 36 - digits < 19 ? 36 - digits : 19;
		limbs_mul(x.w, LIMBS, (uint64_t)dec_power[k].ten);
		exp -= k;
	}
	u128 n = whole_of(&x);
	uint64_t any = 0, all = UINT64_MAX;
	for (int i = snap ? FRAC / 2 : 0; i < FRAC; i++) {
		any |= x.w[i];
		all &= x.w[i];
	}
	if (snap && all == UINT64_MAX)
		return dec_make(neg, n + 1, exp, REST_NONE, out);
	return dec_make(neg, n, exp, any ? REST_BELOW : REST_NONE, out);
}

/* ---- exp ---- */

/* e^x for x < 3: Taylor's series for a small part of x, then squares. */
static fx exp_series(fx x)
{
	fx term = { { 0 } };
	set_whole(&term, 1);
	fx sum = term;
	x = fx_shift_right(x, HALVINGS);
	for (uint64_t n = 1; !fx_is_zero(&term); n++) {
		term = fx_mul(term, x);
		limbs_div(term.w, LIMBS, n);
		sum = fx_add(sum, term);
	}
	for (int i = 0; i < HALVINGS; i++)
		sum = fx_mul(sum, sum);
	return sum;
}

/* e^x or e^-x = 10^k * e^r with 0 <= r <= ln 10. */
static bool exp_out(bool result_neg, bool neg, fx x, bool snap, dec *out)
{
	u128 whole = whole_of(&x);
	if (whole > MOST_EXP) {
		if (neg)
			*out = DEC_ZERO;
		return neg;
	}
	int k = (int)whole * 1000 / 2303; /* may be a few too small */
	fx r = LN10;
	limbs_mul(r.w, LIMBS, (uint64_t)k);
	for (r = fx_sub(x, r); fx_cmp(&r, &LN10) >= 0; r = fx_sub(r, LN10))
		k++;
	if (neg) {
		r = fx_sub(LN10, r);
		k = -k - 1;
	}
	return fx_out(result_neg, exp_series(r), k, snap, out);
}

bool dec_exp(dec a, dec *out)
{
	fx x = { { 0 } };
	int top = digits_of(coef_of(a)) + a.exp; /* |a| < 10^top */
	if (dec_is_zero(a) || top < -40) {
		*out = DEC_ONE;
		return true;
	}
	set_whole(&x, coef_of(a));
	if (top > 5 || !fx_scale(&x, a.exp))
		set_whole(&x, MOST_EXP + 1);
	return exp_out(false, a.neg, x, false, out);
}

/* ---- ln ---- */

/* 2 artanh z, z < 0.2 */
static fx log_series(fx z)
{
	fx square = fx_mul(z, z), power = z, sum = z;
	for (uint64_t n = 3; !fx_is_zero(&power); n += 2) {
		power = fx_mul(power, square);
		fx term = power;
		limbs_div(term.w, LIMBS, n);
		sum = fx_add(sum, term);
	}
	return fx_add(sum, sum);
}

/* ln n for n >= 1: n = 2^f * m with m near 1, ln m = 2 artanh((m - 1) / (m + 1)). */
static fx log_whole(u128 n)
{
	fx m = { { 0 } }, one = { { 0 } }, sum = LN2;
	bool less;
	int f = bits_of(n);
	n <<= 128 - f;
	m.w[FRAC - 1] = (uint64_t)(n >> 64);
	m.w[FRAC - 2] = (uint64_t)n;
	if (n >> 121 < 91) { /* m < sqrt(1/2) */
		m = fx_add(m, m);
		f--;
	}
	set_whole(&one, 1);
	fx z = fx_distance(m, one, &less);
	z = log_series(fx_div(z, fx_add(m, one)));
	limbs_mul(sum.w, LIMBS, (uint64_t)f);
	return less ? fx_sub(sum, z) : fx_add(sum, z);
}

/* |ln(a)| of a stripped positive number. */
static fx log_of(dec a, bool *neg)
{
	fx x = log_whole(coef_of(a)), y = LN10;
	limbs_mul(y.w, LIMBS, (uint64_t)(a.exp < 0 ? -a.exp : a.exp));
	*neg = false;
	return a.exp < 0 ? fx_distance(x, y, neg) : fx_add(x, y);
}

bool dec_ln(dec a, dec *out)
{
	bool neg;
	if (a.neg || dec_is_zero(a))
		return false;
	fx x = log_of(dec_strip(a), &neg);
	return fx_out(neg, x, 0, false, out);
}

/* ---- powers ---- */

/* Cuts the big number down to 36 digits or so. */
static bool big_out(bool neg, uint64_t *w, int exp, dec *out)
{
	enum rest rest = REST_NONE;
	for (int n = BIG;;) {
		while (n > 2 && !w[n - 1])
			n--;
		u128 top = U128(w[n - 1], w[n - 2]);
		int bits = bits_of(top) + (n - 2) * 64;
		if (bits < 128)
			return dec_make(neg, top, exp, rest, out);
		int k = ((bits * 1233) >> 12) - 36;
		k = k < 19 ? k : 19;
		if (limbs_div(w, n, (uint64_t)dec_power[k].ten))
			rest = REST_BELOW;
		exp += k;
	}
}

static void big_mul(uint64_t *w, u128 by)
{
	uint64_t upper[BIG];
	u128 t = 0;
	memcpy(upper, w, sizeof upper);
	limbs_mul(w, BIG, (uint64_t)by);
	limbs_mul(upper, BIG, (uint64_t)(by >> 64));
	for (int i = 1; i < BIG; i++) {
		t += (u128)w[i] + upper[i - 1];
		w[i] = (uint64_t)t;
		t >>= 64;
	}
}

/* coef^n, exactly, then rounded; n >= 1, n * bits_of(coef) <= BIG_BITS. */
static bool pow_exact(bool neg, u128 coef, int n, int exp, dec *out)
{
	uint64_t w[BIG] = { 1 };
	while (n) {
		u128 by = coef;
		for (n--; n && bits_of(by) + bits_of(coef) < 128; n--)
			by *= coef;
		big_mul(w, by);
	}
	return big_out(neg, w, exp, out);
}

/* |a|^b by way of logarithms; |a| != 1, both stripped. */
static bool pow_log(bool neg, dec a, dec b, dec *out)
{
	bool less;
	fx x = log_of(dec_abs(a), &less), y = x;
	if (b.exp < -90) { /* no more than 1 +- 10^-50 */
		*out = DEC_ONE;
		return true;
	}
	/* |ln a| < 2^14: its product with the coefficient fits */
	limbs_mul(x.w, LIMBS, b.lo);
	limbs_mul(y.w, LIMBS, b.hi);
	memmove(y.w + 1, y.w, sizeof y.w - sizeof y.w[0]);
	y.w[0] = 0;
	x = fx_add(x, y);
	if (!fx_scale(&x, b.exp))
		set_whole(&x, MOST_EXP + 1);
	return exp_out(neg, less != b.neg, x, true, out);
}

/* b a whole number. */
static bool pow_whole(dec a, dec b, dec *out)
{
	u128 coef = coef_of(a);
	bool neg = a.neg && b.exp == 0 && (b.lo & 1);
	int n = b.exp == 0 && !b.hi && b.lo <= BIG_BITS ? (int)b.lo : 0;
	dec inverse;
	if (coef == 1 && a.exp == 0) {
		*out = dec_of(neg, 1, 0);
		return true;
	}
	if (n && !b.neg && n * bits_of(coef) <= BIG_BITS)
		return pow_exact(neg, coef, n, a.exp * n, out);
	if (n && b.neg && n * bits_of(coef) < 112 && a.exp * n >= EXP_MIN && pow_exact(neg, coef, n, a.exp * n, &inverse))
		return dec_div(DEC_ONE, inverse, out);
	return pow_log(neg, a, b, out);
}

bool dec_pow(dec a, dec b, dec *out)
{
	a = dec_strip(a);
	b = dec_strip(b);
	if (dec_is_zero(b)) {
		*out = DEC_ONE;
		return true;
	}
	if (dec_is_zero(a)) {
		if (!b.neg)
			*out = DEC_ZERO;
		return !b.neg;
	}
	if (b.exp >= 0)
		return pow_whole(a, b, out);
	if (a.neg)
		return false;
	if (dec_eq(a, DEC_ONE)) {
		*out = DEC_ONE;
		return true;
	}
	if (b.exp == -1 && coef_of(b) == 5 && !b.neg)
		return dec_sqrt(a, out);
	return pow_log(false, a, b, out);
}
