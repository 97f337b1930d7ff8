#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <gmp.h>
#include "base/dec.h"
#include "base/rng.h"

enum { CASES = 20000, EXP_MIN = -6176, EXP_MAX = 6111, MODES = DEC_CEILING + 1 };

/* ---- helpers ---- */

static dec D(const char *z)
{
	dec d = DEC_ZERO;
	if (!dec_parse(str_of(z), &d))
		fail_msg("not a number: %s", z);
	return d;
}

static const char *T(dec d)
{
	static char text[4][DEC_TEXT];
	static int i;
	i = (i + 1) % 4;
	dec_text(d, text[i]);
	return text[i];
}

static void same(dec got, const char *want)
{
	assert_string_equal(T(got), want);
	assert_true(dec_eq(got, D(want)));
	assert_false(got.neg && dec_is_zero(got));
}

/* coef * 10^exp, whatever the representation */
static dec with_exp(dec d, int exp)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
	d.exp = (int16_t)exp;
#pragma GCC diagnostic pop
	return d;
}
static dec raw(uint64_t coef, int exp) { return with_exp((dec){ .lo = coef }, exp); }

static const char *fixed(const char *z, int digits, enum dec_round mode)
{
	static char text[64];
	buf b;
	buf_init(&b, 0);
	dec_fixed(&b, D(z), digits, mode, ",", ".");
	snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&b)));
	buf_free(&b);
	return text;
}

/* ---- random numbers that like edges ---- */

static dec random_coef(rng *r)
{
	char z[DEC_DIGITS + 1] = { 0 };
	int n = 1 + (int)rng_below(r, rng_below(r, 3) ? 34 : 6), kind = (int)rng_below(r, 8);
	for (int i = 0; i < n; i++)
		z[i] = (char)('0' + rng_below(r, 10));
	int tail = (int)rng_below(r, (uint64_t)n + 1);
	if (kind == 0) /* 4300000 */
		memset(z + n - tail, '0', (size_t)tail);
	if (kind == 1) /* 9999999, 4399999 */
		memset(z + n - tail, '9', (size_t)tail);
	if (kind == 2) /* 1000000 */
		memset(z, '0', (size_t)n), z[0] = '1';
	if (kind == 3) { /* 4350000 */
		memset(z + n - tail, '0', (size_t)tail);
		z[n - tail - (tail == n ? 0 : 1)] = '5';
	}
	if (kind == 4) /* 1000003 */
		memset(z + 1, '0', (size_t)(n > 2 ? n - 2 : 0));
	return D(z);
}

static int random_exp(rng *r)
{
	switch (rng_below(r, 12)) {
	case 0:
		return EXP_MIN + (int)rng_below(r, 40);
	case 1:
		return EXP_MAX - (int)rng_below(r, 40);
	case 2:
		return EXP_MIN + (int)rng_below(r, EXP_MAX - EXP_MIN + 1);
	case 3:
	case 4:
		return -(int)rng_below(r, 80);
	case 5:
		return (int)rng_below(r, 80);
	default:
		return -(int)rng_below(r, 8);
	}
}

static dec random_dec(rng *r)
{
	if (rng_below(r, 50) == 0)
		return DEC_ZERO;
	dec d = random_coef(r);
	d = with_exp(d, dec_is_zero(d) ? 0 : random_exp(r));
	return rng_below(r, 3) ? d : dec_neg(d);
}

/* An operand that makes ties, cancellation and equal values with a likely. */
static dec random_partner(rng *r, dec a)
{
	dec b = random_dec(r);
	uint64_t kind = rng_below(r, 6);
	if (dec_is_zero(b) || dec_is_zero(a) || kind > 2)
		return b;
	if (kind == 0) {
		b = a;
		b.lo -= b.lo > 3 ? rng_below(r, 3) : 0;
	} else {
		int exp = a.exp + (int)rng_below(r, 80) - 40;
		b = with_exp(b, exp < EXP_MIN ? EXP_MIN : exp > EXP_MAX ? EXP_MAX : exp);
	}
	if (kind == 1) {
		b.hi = 0;
		b.lo = 5;
	}
	b.neg = rng_below(r, 2);
	return b;
}

/* ---- the oracle: rationals ---- */

static void ten_to(mpz_t z, int k) { mpz_ui_pow_ui(z, 10, (unsigned long)k); }

static void coef_to(mpz_t z, dec d)
{
	mpz_set_ui(z, d.hi);
	mpz_mul_2exp(z, z, 64);
	mpz_add_ui(z, z, d.lo);
	if (d.neg)
		mpz_neg(z, z);
}

static void q_scale(mpq_t q, int exp)
{
	mpz_t t;
	mpz_init(t);
	ten_to(t, abs(exp));
	if (exp >= 0)
		mpz_mul(mpq_numref(q), mpq_numref(q), t);
	else
		mpz_mul(mpq_denref(q), mpq_denref(q), t);
	mpq_canonicalize(q);
	mpz_clear(t);
}

static void to_q(mpq_t q, dec d)
{
	mpq_set_ui(q, 0, 1);
	coef_to(mpq_numref(q), d);
	q_scale(q, d.exp);
}

/* q to a whole number, sign apart. */
static void q_whole(mpz_t z, const mpq_t q, enum dec_round mode)
{
	mpz_t left;
	mpz_init(left);
	mpz_fdiv_qr(z, left, mpq_numref(q), mpq_denref(q));
	bool any = mpz_sgn(left) != 0, neg = mpz_sgn(mpq_numref(q)) < 0, up = false; /* up: to the next above the floor */
	mpz_mul_2exp(left, left, 1);
	int half = mpz_cmp(left, mpq_denref(q));
	switch (mode) {
	case DEC_HALF_EVEN:
		up = half > 0 || (half == 0 && mpz_odd_p(z));
		break;
	case DEC_HALF_UP:
		up = half > 0 || (half == 0 && !neg);
		break;
	case DEC_HALF_DOWN:
		up = half > 0 || (half == 0 && neg);
		break;
	case DEC_UP:
		up = any && !neg;
		break;
	case DEC_DOWN:
		up = any && neg;
		break;
	case DEC_FLOOR:
		break;
	case DEC_CEILING:
		up = any;
		break;
	}
	if (up)
		mpz_add_ui(z, z, 1);
	mpz_clear(left);
}

/* Rounds q to a multiple of 10^exp. */
static void q_round_at(mpq_t q, int exp, enum dec_round mode)
{
	mpz_t z;
	mpz_init(z);
	q_scale(q, -exp);
	q_whole(z, q, mode);
	mpq_set_z(q, z);
	q_scale(q, exp);
	mpz_clear(z);
}

/* floor(log10 |q|) for q != 0 */
static int q_log10(const mpq_t q)
{
	mpq_t t, limit;
	mpq_inits(t, limit, NULL);
	mpq_abs(t, q);
	int e = (int)mpz_sizeinbase(mpq_numref(t), 10) - (int)mpz_sizeinbase(mpq_denref(t), 10) + 1;
	for (;; e--) {
		mpq_set_ui(limit, 1, 1);
		q_scale(limit, e);
		if (mpq_cmp(t, limit) >= 0)
			break;
	}
	mpq_clears(t, limit, NULL);
	return e;
}

/* Half-even to 34 digits and the subnormal limit; false: overflow. */
static bool q_round(mpq_t q)
{
	if (mpq_sgn(q) == 0)
		return true;
	int e = q_log10(q) - DEC_DIGITS + 1;
	q_round_at(q, e < EXP_MIN ? EXP_MIN : e, DEC_HALF_EVEN);
	return mpq_sgn(q) == 0 || q_log10(q) <= EXP_MAX + DEC_DIGITS - 1;
}

static void valid(dec d)
{
	mpz_t z, limit;
	mpz_inits(z, limit, NULL);
	coef_to(z, dec_abs(d));
	ten_to(limit, DEC_DIGITS);
	assert_true(mpz_cmp(z, limit) < 0);
	assert_true(d.exp >= EXP_MIN && d.exp <= EXP_MAX);
	assert_false(d.neg && dec_is_zero(d));
	mpz_clears(z, limit, NULL);
}

static void check_q(bool ok, dec got, const mpq_t want, const char *op, dec a, dec b)
{
	mpq_t q;
	mpq_init(q);
	if (ok) {
		valid(got);
		to_q(q, got);
	}
	if (!ok || !mpq_equal(q, want))
		fail_msg("%s %s %s: got %s", T(a), op, T(b), ok ? T(got) : "nothing");
	mpq_clear(q);
}

/* Checks ok and got against the exact value q, which it rounds. */
static void check(bool ok, dec got, mpq_t q, const char *op, dec a, dec b)
{
	if (q_round(q))
		check_q(ok, got, q, op, a, b);
	else if (ok)
		fail_msg("%s %s %s: out of range, but %s", T(a), op, T(b), T(got));
}

/* ---- text ---- */

static void parses(void **state)
{
	(void)state;
	same(D("-12.5"), "-12.5");
	same(D(".5"), "0.5");
	same(D("-.5"), "-0.5");
	same(D("1e3"), "1000");
	same(D("1E+3"), "1000");
	same(D("1.50e-2"), "0.015");
	same(D("000123"), "123");
	same(D("-0.000"), "0");
	same(D("0e999999999999999999999"), "0");
	same(D("1e-999999999999999999999"), "0");
	same(D("1234567890123456789012345678901234"), "1234567890123456789012345678901234");
	same(D("1234567890123456789012345678901234.5"), "1234567890123456789012345678901234");
	same(D("1234567890123456789012345678901235.5"), "1234567890123456789012345678901236");
	same(D("1234567890123456789012345678901234.50000000000000000000000000000001"), "1234567890123456789012345678901235");
	same(D("9999999999999999999999999999999999.5"), "1E+34");
	same(D("9.999999999999999999999999999999999E6144"), "9.999999999999999999999999999999999E+6144");
	same(D("1E6144"), "1E+6144");
	same(D("1E-6176"), "1E-6176");
	same(D("15E-6177"), "2E-6176");
	same(D("25E-6177"), "2E-6176");
	same(D("5E-6177"), "0");
	same(D("5.1E-6177"), "1E-6176");
}

static void rejects(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "-", ".", "-.", "5.", "+5", " 5", "5 ", "1,5", "1.2.3", "--1", "1e", "1e+", "1e5.", "e5", ".e5", "0x10",
		"NaN", "Infinity", "1_000", "1E6145", "9.9999999999999999999999999999999995E6144", "1e999999999999999999999" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		dec d = DEC_ONE;
		if (dec_parse(str_of(bad[i]), &d))
			fail_msg("taken as a number: \"%s\"", bad[i]);
		assert_true(dec_eq(d, DEC_ONE));
	}
	dec d;
	assert_false(dec_parse((str){ NULL, 0 }, &d));
	assert_false(dec_parse((str){ "1\0002", 3 }, &d));
}

static void long_texts(void **state)
{
	(void)state;
	enum { N = 20000 };
	char *z = malloc(N + 16);
	dec d;
	memset(z, '0', N);
	memcpy(z, "0.", 2);
	strcpy(z + N, "12e20001");
	assert_true(dec_parse(str_of(z), &d));
	same(d, "120");
	memset(z, '0', N);
	z[0] = '7';
	strcpy(z + N, "e-19999");
	assert_true(dec_parse(str_of(z), &d));
	same(d, "7");
	free(z);
}

static void texts(void **state)
{
	(void)state;
	same(raw(150, -2), "1.5");
	same(raw(0, 0), "0");
	same(raw(100, -2), "1");
	same(raw(1, 6), "1000000");
	same(raw(1, -6), "0.000001");
	same(raw(1, 33), "1000000000000000000000000000000000");
	same(raw(1, 34), "1E+34");
	same(raw(1, 40), "1E+40");
	same(raw(15, -51), "1.5E-50");
	same(raw(1, -44), "0.00000000000000000000000000000000000000000001");
	same(raw(1, -45), "1E-45");
	same(dec_neg(raw(12345, 40)), "-1.2345E+44");
	same(D("-0.00000000001234567890123456789012345678901234"), "-0.00000000001234567890123456789012345678901234");
	dec third;
	assert_true(dec_div(DEC_ONE, dec_int(3), &third));
	same(third, "0.3333333333333333333333333333333333");
	char out[DEC_TEXT];
	assert_int_equal(dec_text(third, out).len, 36);
	assert_int_equal(dec_text(D("-9.876543210987654321098765432109876E-6143"), out).len, 42);
}

static void text_round_trip(void **state)
{
	(void)state;
	rng r;
	rng_seed(&r, 1);
	for (int i = 0; i < CASES; i++) {
		dec a = random_dec(&r), b;
		char out[DEC_TEXT];
		str s = dec_text(a, out);
		assert_true(s.p == out && s.len < DEC_TEXT);
		assert_true(dec_parse(s, &b));
		if (!dec_eq(a, b))
			fail_msg("%.*s comes back as %s", STR_ARG(s), T(b));
		assert_true(s.len < 2 || s.p[0] != '0' || s.p[1] == '.');
		assert_true(!memchr(s.p, '.', s.len) || memchr(s.p, 'E', s.len) || s.p[s.len - 1] != '0');
	}
}

static void fixed_texts(void **state)
{
	(void)state;
	assert_string_equal(fixed("12486", 0, DEC_HALF_UP), "12.486");
	assert_string_equal(fixed("-1234.5", 2, DEC_HALF_UP), "-1.234,50");
	assert_string_equal(fixed("0", 2, DEC_HALF_UP), "0,00");
	assert_string_equal(fixed("-0.001", 2, DEC_HALF_UP), "0,00");
	assert_string_equal(fixed("-0.005", 2, DEC_HALF_UP), "-0,01");
	assert_string_equal(fixed("0", 0, DEC_HALF_UP), "0");
	assert_string_equal(fixed("999.995", 2, DEC_HALF_UP), "1.000,00");
	assert_string_equal(fixed("999", 0, DEC_HALF_UP), "999");
	assert_string_equal(fixed("1e6", 1, DEC_HALF_UP), "1.000.000,0");
	assert_string_equal(fixed("1e9", 0, DEC_HALF_UP), "1.000.000.000");
	assert_string_equal(fixed("0.05", 1, DEC_HALF_EVEN), "0,0");
	assert_string_equal(fixed("0.05", 1, DEC_UP), "0,1");
	assert_string_equal(fixed("1e-6000", 3, DEC_HALF_UP), "0,000");
	assert_string_equal(fixed("0.333", 34, DEC_HALF_UP), "0,3330000000000000000000000000000000");
	buf b;
	buf_init(&b, 0);
	dec_fixed(&b, D("1234567.891"), 2, DEC_DOWN, ".", "");
	assert_true(str_is(buf_str(&b), "1234567.89"));
	buf_clear(&b);
	dec_fixed(&b, D("1E6144"), 1, DEC_DOWN, ".", "");
	assert_int_equal(buf_str(&b).len, 6147);
	buf_free(&b);
}

/* ---- conversions ---- */

static void ints(void **state)
{
	(void)state;
	static const int64_t n[] = { 0, 1, -1, 10, -1200, INT64_MAX, INT64_MIN, 1000000000000000000 };
	int64_t v;
	for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
		assert_true(dec_to_int(dec_int(n[i]), &v) && v == n[i]);
		assert_true(dec_is_int(dec_int(n[i])));
	}
	same(dec_int(INT64_MIN), "-9223372036854775808");
	assert_true(dec_to_int(raw(1200, -2), &v) && v == 12);
	assert_true(dec_to_int(raw(12, 2), &v) && v == 1200);
	assert_true(dec_to_int(raw(0, 100), &v) && v == 0);
	assert_true(dec_to_int(D("-9223372036854775808.000"), &v) && v == INT64_MIN);
	static const char *const bad[] = { "0.5", "9223372036854775808", "-9223372036854775809", "1e19", "1e6000", "1e-6000", "1e33" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(dec_to_int(D(bad[i]), &v));
	assert_true(dec_is_int(raw(100, -2)) && dec_is_int(raw(1, 6000)) && dec_is_int(raw(0, -5)));
	assert_false(dec_is_int(raw(101, -2)) || dec_is_int(raw(1, -6000)));
	assert_true(dec_is_zero(raw(0, 3)) && !dec_is_zero(DEC_ONE));
}

static void from_doubles(void **state)
{
	(void)state;
	static const struct {
		double v;
		const char *want;
	} known[] = { { 0.1, "0.1" }, { -2.5, "-2.5" }, { 1e22, "10000000000000000000000" }, { 1.0 / 3, "0.3333333333333333" },
		{ 0.1 + 0.2, "0.30000000000000004" }, { 5e-324, "5E-324" }, { 1.7976931348623157e308, "1.7976931348623157E+308" }, { 0, "0" }, { -0.0, "0" },
		{ 1e15, "1000000000000000" }, { 123456789, "123456789" }, { 2.2250738585072014e-308, "2.2250738585072014E-308" } };
	dec d;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_true(dec_from_double(known[i].v, &d));
		same(d, known[i].want);
	}
	volatile double zero = 0;
	assert_false(dec_from_double(1 / zero, &d) || dec_from_double(-1 / zero, &d) || dec_from_double(zero / zero, &d));
	rng r;
	rng_seed(&r, 2);
	for (int i = 0; i < CASES; i++) {
		uint64_t bits = rng_next(&r);
		double v;
		memcpy(&v, &bits, sizeof v);
		if (v - v == 0) {
			assert_true(dec_from_double(v, &d));
			assert_true(dec_to_double(d) == v);
		}
	}
}

static void to_doubles(void **state)
{
	(void)state;
	assert_true(dec_to_double(D("0.1")) == 0.1);
	assert_true(dec_to_double(D("-12.5")) == -12.5);
	assert_true(dec_to_double(D("1e400")) > 1.7e308);
	assert_true(dec_to_double(D("1e-400")) == 0);
	assert_true(dec_to_double(raw(100, -2)) == 1);
	assert_true(dec_to_double(D("9007199254740993")) == 9007199254740992.0);
	assert_true(dec_to_double(D("9007199254740993.000000000000000001")) == 9007199254740994.0);
}

/* ---- comparing ---- */

static void compares(void **state)
{
	(void)state;
	rng r;
	mpq_t x, y;
	mpq_inits(x, y, NULL);
	rng_seed(&r, 3);
	for (int i = 0; i < CASES; i++) {
		dec a = random_dec(&r), b = random_partner(&r, a);
		to_q(x, a);
		to_q(y, b);
		int want = mpq_cmp(x, y);
		want = (want > 0) - (want < 0);
		if (dec_cmp(a, b) != want || dec_cmp(b, a) != -want)
			fail_msg("%s cmp %s is not %d", T(a), T(b), want);
		assert_true(dec_eq(a, b) == (want == 0));
	}
	mpq_clears(x, y, NULL);
}

static void representations_are_equal(void **state)
{
	(void)state;
	rng r;
	rng_seed(&r, 4);
	assert_true(dec_eq(raw(0, 5), DEC_ZERO) && dec_hash(raw(0, 5)) == dec_hash(DEC_ZERO));
	for (int i = 0; i < CASES; i++) {
		dec a = random_dec(&r), s = dec_strip(a);
		assert_true(dec_eq(a, s) && dec_hash(a) == dec_hash(s));
		assert_true(dec_is_zero(s) || s.exp == EXP_MAX || s.exp >= a.exp);
		char at[DEC_TEXT], st[DEC_TEXT];
		assert_true(str_eq(dec_text(a, at), dec_text(s, st)));
		dec more = with_exp((dec){ .lo = a.lo * 10, .neg = a.neg }, a.exp - 1);
		if (!a.hi && a.lo < 1000000000 && a.exp > EXP_MIN)
			assert_true(dec_eq(a, more) && dec_hash(a) == dec_hash(more) && dec_cmp(more, a) == 0);
		assert_true(dec_eq(dec_neg(dec_neg(a)), a));
		assert_false(dec_abs(a).neg);
	}
	assert_true(dec_hash(dec_int(1)) != dec_hash(dec_int(-1)));
	assert_true(dec_hash(dec_int(1)) != dec_hash(dec_int(10)));
	assert_false(dec_neg(DEC_ZERO).neg);
}

/* ---- arithmetic ---- */

typedef bool op2(dec a, dec b, dec *out);

static void each_pair(uint64_t seed, const char *name, op2 *op, void (*exact)(mpq_t, const mpq_t, const mpq_t), bool no_zero)
{
	rng r;
	mpq_t x, y, q;
	mpq_inits(x, y, q, NULL);
	rng_seed(&r, seed);
	for (int i = 0; i < CASES; i++) {
		dec a = random_dec(&r), b = random_partner(&r, a), got = DEC_ZERO;
		if (no_zero && dec_is_zero(b))
			continue;
		to_q(x, a);
		to_q(y, b);
		exact(q, x, y);
		bool ok = op(a, b, &got);
		check(ok, got, q, name, a, b);
	}
	mpq_clears(x, y, q, NULL);
}

static void adds(void **state)
{
	(void)state;
	each_pair(5, "+", dec_add, mpq_add, false);
}

static void subtracts(void **state)
{
	(void)state;
	each_pair(6, "-", dec_sub, mpq_sub, false);
}

static void multiplies(void **state)
{
	(void)state;
	each_pair(7, "*", dec_mul, mpq_mul, false);
}

static void divides(void **state)
{
	(void)state;
	each_pair(8, "/", dec_div, mpq_div, true);
}

static void floor_modulo(mpq_t q, const mpq_t a, const mpq_t b)
{
	mpz_t z;
	mpz_init(z);
	mpq_div(q, a, b);
	mpz_fdiv_q(z, mpq_numref(q), mpq_denref(q));
	mpq_set_z(q, z);
	mpq_mul(q, q, b);
	mpq_sub(q, a, q);
	mpz_clear(z);
}

static void modulo(void **state)
{
	(void)state;
	static const char *const known[][3] = { { "12", "5", "2" }, { "-12", "5", "3" }, { "12", "-5", "-3" }, { "-12", "-5", "-2" }, { "10.1", "4.5", "1.1" },
		{ "-10.1", "4.5", "3.4" }, { "10.1", "-4.5", "-3.4" }, { "-10.1", "-4.5", "-1.1" }, { "0", "3", "0" }, { "6", "3", "0" } };
	dec d = DEC_ONE;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		assert_true(dec_modulo(D(known[i][0]), D(known[i][1]), &d));
		same(d, known[i][2]);
	}
	assert_false(dec_modulo(DEC_ONE, DEC_ZERO, &d));
	each_pair(9, "modulo", dec_modulo, floor_modulo, true);
}

/* Products and quotients of small factors hit exact results, ties and every branch of the short division. */
static void small_operands(void **state)
{
	(void)state;
	mpq_t x, y, q;
	mpq_inits(x, y, q, NULL);
	for (int i = -60; i <= 60; i++)
		for (int j = 1; j <= 130; j++) {
			dec a = dec_int(i), b = dec_int(j), got;
			to_q(x, a);
			to_q(y, b);
			mpq_div(q, x, y);
			bool ok = dec_div(a, b, &got);
			check(ok, got, q, "/", a, b);
		}
	mpq_clears(x, y, q, NULL);
}

static void out_of_range(void **state)
{
	(void)state;
	dec d = D("42"), most = D("9.999999999999999999999999999999999E6144"), least = D("1E-6176");
	assert_false(dec_add(most, D("5E6110"), &d));
	assert_false(dec_mul(most, D("1.1"), &d));
	assert_false(dec_div(most, D("0.1"), &d));
	assert_false(dec_div(DEC_ONE, DEC_ZERO, &d));
	assert_false(dec_div(DEC_ZERO, DEC_ZERO, &d));
	assert_false(dec_sqrt(dec_int(-1), &d));
	assert_false(dec_ln(DEC_ZERO, &d) || dec_ln(dec_int(-1), &d));
	assert_false(dec_exp(dec_int(14150), &d) || dec_exp(D("1e6000"), &d));
	assert_false(dec_pow(DEC_ZERO, dec_int(-1), &d) || dec_pow(dec_int(-8), D("0.5"), &d) || dec_pow(dec_int(10), dec_int(6145), &d));
	assert_false(dec_round(DEC_ONE, 6177, DEC_UP, &d) || dec_round(DEC_ONE, -6112, DEC_UP, &d));
	same(d, "42");
	assert_true(dec_add(most, D("4E6110"), &d) && dec_eq(d, most));
	assert_true(dec_div(least, dec_int(2), &d) && dec_is_zero(d) && !d.neg);
	assert_true(dec_div(dec_neg(least), dec_int(3), &d) && dec_is_zero(d) && !d.neg);
	assert_true(dec_mul(raw(1, 6111), raw(1, 33), &d));
	same(d, "1E+6144");
}

#if defined __GNUC__ && !defined __clang__
__extension__ typedef _Decimal128 native;

/* The binary encoding: sign, 14 bits of exponent, 113 bits of coefficient. */
static native to_native(dec d)
{
	uint64_t w[2] = { d.lo, d.hi | (uint64_t)(d.exp - EXP_MIN) << 49 | (uint64_t)d.neg << 63 };
	native n;
	memcpy(&n, w, sizeof n);
	return n;
}

/* False: infinite. */
static bool from_native(native n, dec *out)
{
	uint64_t w[2];
	memcpy(w, &n, sizeof n);
	if ((w[1] >> 61 & 3) == 3)
		return false;
	*out = with_exp((dec){ .lo = w[0], .hi = w[1] & (((uint64_t)1 << 49) - 1), .neg = w[1] >> 63 }, (int)(w[1] >> 49 & 0x3fff) + EXP_MIN);
	if (dec_is_zero(*out))
		*out = DEC_ZERO;
	return true;
}

static void check_native(const char *op, dec a, dec b, bool ok, dec got, native n)
{
	dec want = DEC_ZERO;
	bool want_ok = from_native(n, &want);
	if (ok != want_ok || (ok && !dec_eq(got, want)))
		fail_msg("%s %s %s: got %s, the compiler %s", T(a), op, T(b), ok ? T(got) : "nothing", want_ok ? T(want) : "nothing");
}

static void as_native(void **state)
{
	(void)state;
	rng r;
	rng_seed(&r, 10);
	for (int i = 0; i < CASES * 10; i++) {
		dec a = random_dec(&r), b = random_partner(&r, a), d = DEC_ZERO;
		native x = to_native(a), y = to_native(b);
		bool ok = dec_add(a, b, &d);
		check_native("+", a, b, ok, d, x + y);
		ok = dec_sub(a, b, &d);
		check_native("-", a, b, ok, d, x - y);
		ok = dec_mul(a, b, &d);
		check_native("*", a, b, ok, d, x * y);
		if (dec_is_zero(b))
			continue;
		ok = dec_div(a, b, &d);
		check_native("/", a, b, ok, d, x / y);
	}
}
#endif

/* ---- rounding ---- */

static void rounds(void **state)
{
	(void)state;
	static const char *const known[][MODES + 1] = {
		/* half-even, half-up, half-down, up, down, floor, ceiling to a whole number */
		{ "2.5", "2", "3", "2", "3", "2", "2", "3" },
		{ "3.5", "4", "4", "3", "4", "3", "3", "4" },
		{ "-2.5", "-2", "-3", "-2", "-3", "-2", "-3", "-2" },
		{ "2.4", "2", "2", "2", "3", "2", "2", "3" },
		{ "-2.6", "-3", "-3", "-3", "-3", "-2", "-3", "-2" },
		{ "0.5", "0", "1", "0", "1", "0", "0", "1" },
		{ "-0.5", "0", "-1", "0", "-1", "0", "-1", "0" },
		{ "1e-6000", "0", "0", "0", "1", "0", "0", "1" },
		{ "7", "7", "7", "7", "7", "7", "7", "7" },
		{ "1e40", "1E+40", "1E+40", "1E+40", "1E+40", "1E+40", "1E+40", "1E+40" },
	};
	dec d;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		for (int mode = 0; mode < MODES; mode++) {
			assert_true(dec_round(D(known[i][0]), 0, (enum dec_round)mode, &d));
			same(d, known[i][mode + 1]);
		}
	assert_true(dec_round(D("12345"), -3, DEC_HALF_UP, &d));
	same(d, "12000");
	assert_true(dec_round(D("12345"), -6, DEC_UP, &d));
	same(d, "1000000");
	assert_true(dec_round(D("9999999999999999999999999999999999"), -1, DEC_HALF_UP, &d));
	same(d, "1E+34");
	assert_true(dec_round(DEC_ONE, -6111, DEC_UP, &d));
	same(d, "1E+6111");
}

static void rounds_in_every_mode(void **state)
{
	(void)state;
	rng r;
	mpq_t q;
	mpq_init(q);
	rng_seed(&r, 11);
	for (int i = 0; i < CASES; i++) {
		dec a = random_dec(&r), got = DEC_ZERO;
		int digits = -a.exp - (int)rng_below(&r, 42) + 3;
		enum dec_round mode = (enum dec_round)rng_below(&r, MODES);
		bool ok = dec_round(a, digits, mode, &got);
		assert_true(ok == (digits >= -EXP_MAX && digits <= -EXP_MIN));
		if (!ok)
			continue;
		to_q(q, a);
		q_round_at(q, -digits, mode);
		check_q(ok, got, q, "round", a, dec_int(digits));
	}
	mpq_clear(q);
}

/* ---- square root ---- */

static void check_root(dec a)
{
	dec got = DEC_ZERO, up;
	mpq_t q, low, high;
	mpq_inits(q, low, high, NULL);
	assert_true(dec_sqrt(a, &got));
	valid(got);
	/* half a unit of the last place of 34 digits to both sides encloses the root; roots of 34 digits never tie */
	to_q(q, a);
	to_q(low, got);
	mpq_set_ui(high, 1, 2);
	q_scale(high, q_log10(low) - DEC_DIGITS + 1);
	up = got;
	mpq_sub(low, low, high);
	mpq_add(high, high, high);
	mpq_add(high, low, high);
	mpq_mul(low, low, low);
	mpq_mul(high, high, high);
	if (mpq_cmp(low, q) >= 0 || mpq_cmp(high, q) <= 0)
		fail_msg("sqrt %s: got %s", T(a), T(up));
	mpq_clears(q, low, high, NULL);
}

static void roots(void **state)
{
	(void)state;
	static const char *const exact[][2] = { { "0", "0" }, { "4", "2" }, { "2.25", "1.5" }, { "1e6000", "1E+3000" },
		{ "1e-6176", "1E-3088" }, { "0.01", "0.1" },
		{ "15241578753238836750495351562536198787501905199875019052100", "123456789012345678901234567890" } };
	dec d;
	for (size_t i = 0; i + 1 < sizeof exact / sizeof *exact; i++) {
		assert_true(dec_sqrt(D(exact[i][0]), &d));
		same(d, exact[i][1]);
	}
	assert_true(dec_sqrt(dec_int(2), &d));
	same(d, "1.414213562373095048801688724209698");
	rng r;
	rng_seed(&r, 12);
	for (int i = 0; i < CASES / 4; i++) {
		dec a = dec_abs(random_dec(&r));
		if (!dec_is_zero(a))
			check_root(a);
		dec root = raw(rng_below(&r, 100000000000000000), -(int)rng_below(&r, 20)), square;
		assert_true(dec_mul(root, root, &square) && dec_sqrt(square, &d) && dec_eq(d, root));
	}
}

/* ---- whole powers ---- */

static void whole_powers(void **state)
{
	(void)state;
	rng r;
	mpq_t q, one;
	mpq_inits(q, one, NULL);
	mpq_set_ui(one, 1, 1);
	rng_seed(&r, 13);
	for (int i = 0; i < CASES / 4; i++) {
		dec a = random_coef(&r), got = DEC_ZERO;
		if (dec_is_zero(a))
			continue;
		unsigned long n = 1 + rng_below(&r, rng_below(&r, 2) ? 4 : 40);
		a = with_exp(a, -(int)rng_below(&r, 40));
		a.neg = rng_below(&r, 2);
		to_q(q, a);
		mpz_pow_ui(mpq_numref(q), mpq_numref(q), n);
		mpz_pow_ui(mpq_denref(q), mpq_denref(q), n);
		bool inverse = rng_below(&r, 2);
		if (inverse)
			mpq_inv(q, q);
		dec b = dec_int(inverse ? -(int64_t)n : (int64_t)n);
		bool ok = dec_pow(a, b, &got);
		check(ok, got, q, "**", a, b);
	}
	mpq_clears(q, one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(rejects),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(texts),
		cmocka_unit_test(text_round_trip),
		cmocka_unit_test(fixed_texts),
		cmocka_unit_test(ints),
		cmocka_unit_test(from_doubles),
		cmocka_unit_test(to_doubles),
		cmocka_unit_test(compares),
		cmocka_unit_test(representations_are_equal),
		cmocka_unit_test(adds),
		cmocka_unit_test(subtracts),
		cmocka_unit_test(multiplies),
		cmocka_unit_test(divides),
		cmocka_unit_test(modulo),
		cmocka_unit_test(small_operands),
		cmocka_unit_test(out_of_range),
#if defined __GNUC__ && !defined __clang__
		cmocka_unit_test(as_native),
#endif
		cmocka_unit_test(rounds),
		cmocka_unit_test(rounds_in_every_mode),
		cmocka_unit_test(roots),
		cmocka_unit_test(whole_powers),
	};
	return cmocka_run_group_tests_name("dec", tests, NULL, NULL);
}
