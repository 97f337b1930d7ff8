#include "engine/figure.h"

struct figure figure_if(bool there, dec v)
{
	return (struct figure){ there, there ? v : DEC_ZERO };
}

struct figure figure_minus(struct figure a, struct figure b)
{
	struct figure d = { 0 };
	d.there = a.there && b.there && dec_sub(a.v, b.v, &d.v);
	return d;
}

struct figure figure_percent(struct figure part, struct figure whole)
{
	struct figure p = { 0 };
	p.there = part.there && whole.there && dec_mul(part.v, dec_int(100), &p.v) && dec_div(p.v, whole.v, &p.v);
	return p;
}

struct figure figure_mean(struct figure sum, int64_t n)
{
	struct figure m = { 0 };
	m.there = sum.there && n > 0 && dec_div(sum.v, dec_int(n), &m.v);
	return m;
}

struct figure figure_plus(struct figure sum, struct figure a)
{
	if (sum.there && a.there)
		sum.there = dec_add(sum.v, a.v, &sum.v);
	return sum;
}
