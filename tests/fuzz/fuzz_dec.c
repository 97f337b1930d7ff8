/* Two numbers, one a line; every operation on them must give a number that is one. */
#include <stdio.h>
#include <stdlib.h>
#include "base/dec.h"

enum { LONGEST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

static const dec LIMIT = { .lo = 0x378d8e63ffffffff, .hi = 0x1ed09bead87c0 }; /* 10^34 - 1 */

static void valid(dec d)
{
	char text[DEC_TEXT];
	dec back;
	MUST(d.exp >= -6176 && d.exp <= 6111);
	MUST(d.hi < LIMIT.hi || (d.hi == LIMIT.hi && d.lo <= LIMIT.lo));
	MUST(!d.neg || !dec_is_zero(d));
	MUST(dec_parse(dec_text(d, text), &back));
	MUST(dec_eq(d, back) && dec_hash(d) == dec_hash(back));
	MUST(dec_eq(dec_strip(d), d));
}

static int sign(dec d) { return dec_cmp(d, DEC_ZERO); }

static void try_one(dec a)
{
	dec d;
	int64_t n;
	valid(a);
	valid(dec_neg(a));
	MUST(dec_sqrt(a, &d) == !a.neg);
	if (!a.neg)
		valid(d);
	if (dec_exp(a, &d)) {
		valid(d);
		MUST(!d.neg);
	}
	if (dec_ln(a, &d)) {
		valid(d);
		MUST(sign(d) == dec_cmp(a, DEC_ONE));
	}
	if (dec_to_int(a, &n))
		MUST(dec_is_int(a) && dec_eq(dec_int(n), a));
	if (dec_from_double(dec_to_double(a), &d))
		valid(d);
}

static void try_round(dec a, int digits)
{
	dec up, down, d;
	for (int mode = DEC_HALF_EVEN; mode <= DEC_CEILING; mode++) {
		MUST(dec_round(a, digits, (enum dec_round)mode, &d));
		valid(d);
		MUST(dec_round(a, digits, DEC_UP, &up) && dec_round(a, digits, DEC_DOWN, &down));
		MUST(dec_eq(d, up) || dec_eq(d, down));
		MUST(dec_cmp(dec_abs(down), dec_abs(a)) <= 0 && dec_cmp(dec_abs(up), dec_abs(a)) >= 0);
	}
	if (digits >= 0 && digits <= DEC_DIGITS) {
		buf b;
		buf_init(&b, LONGEST * 4);
		dec_fixed(&b, a, digits, DEC_HALF_UP, ",", ".");
		MUST(!buf_full(&b));
		buf_free(&b);
	}
}

static void try_two(dec a, dec b)
{
	dec d, e;
	bool ok;
	MUST(dec_cmp(a, b) == -dec_cmp(b, a));
	if (dec_add(a, b, &d)) {
		valid(d);
		MUST(dec_add(b, a, &e) && dec_eq(d, e));
	}
	if (dec_sub(a, b, &d)) {
		valid(d);
		MUST(sign(d) == dec_cmp(a, b));
	}
	if (dec_mul(a, b, &d)) {
		valid(d);
		MUST(dec_mul(b, a, &e) && dec_eq(d, e));
	}
	if (dec_div(a, b, &d))
		valid(d);
	ok = dec_modulo(a, b, &d);
	MUST(ok == !dec_is_zero(b));
	if (ok) {
		valid(d);
		MUST(dec_cmp(dec_abs(d), dec_abs(b)) <= 0 && (dec_is_zero(d) || d.neg == b.neg));
	}
	if (dec_pow(a, b, &d))
		valid(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = { (const char *)data, size }, text[2] = { { 0 } };
	dec a, b;
	if (!size || size > LONGEST || !str_next(&rest, '\n', &text[0]) || !str_next(&rest, '\n', &text[1]))
		return 0;
	bool has_a = dec_parse(text[0], &a), has_b = dec_parse(text[1], &b);
	if (!has_a || !has_b)
		return 0;
	try_one(a);
	try_one(b);
	try_two(a, b);
	try_round(a, b.lo % 45 < 40 ? (int)(b.lo % 40) - 3 : -b.exp);
	return 0;
}
