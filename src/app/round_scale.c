#include "app/round_scale.h"
#include "engine/scale.h"

/* The one share of this period among the figures; others may stand beside it as they are. */
static const struct sheet_fact *the_share(const struct sheet_node *n)
{
	const struct sheet_fact *share = NULL;
	for (size_t i = 0; i < n->n_facts; i++) {
		const struct sheet_fact *f = &n->facts[i];
		if (!str_is(f->unit, "share") || f->part.len)
			continue;
		if (share || f->status != FACT_IS_OK || !f->number.there)
			return NULL;
		share = f;
	}
	return share;
}

/* The stretch around the numbers of the rule and the figure: as much below the lowest of them as there is above it. */
static void choose_stretch(struct sheet_scale *s, dec end)
{
	static const dec step = { .lo = 5, .exp = -2 };
	dec lowest = s->now, below;
	for (size_t i = 1; i < s->n; i++)
		lowest = dec_cmp(s->piece[i].from, lowest) < 0 ? s->piece[i].from : lowest;
	s->high = end;
	s->low = DEC_ZERO;
	bool ok = dec_sub(end, lowest, &below) && dec_sub(lowest, below, &below) && dec_div(below, step, &below) && dec_round(below, 0, DEC_FLOOR, &below)
		&& dec_mul(below, step, &below);
	if (ok && dec_cmp(below, DEC_ZERO) > 0)
		s->low = below;
}

/* How many of what is counted lie between the figure and a number. */
static void count_to(struct sheet_step *step, const struct sheet_fact *f, bool up)
{
	dec need;
	if (!f->num.there || !f->den.there || !dec_is_int(f->num.v) || !dec_is_int(f->den.v))
		return;
	if (!dec_mul(step->at, f->den.v, &need) || !dec_round(need, 0, DEC_CEILING, &need))
		return;
	step->counted = up ? dec_sub(need, f->num.v, &step->count) : dec_sub(f->num.v, need, &step->count);
}

static void find_steps(struct sheet_scale *s, const struct scale *from, const struct sheet_fact *f)
{
	dec here = scale_at(from, s->now);
	for (size_t i = 1; i <= s->n && !s->up.there; i++) {
		dec at = i < s->n ? s->piece[i].from : s->piece[i - 1].to;
		if (dec_cmp(at, s->now) > 0 && dec_cmp(s->point[i], here) > 0)
			s->up = (struct sheet_step){ .there = true, .at = at, .points = s->point[i] };
	}
	for (size_t i = s->n; i-- > 1 && !s->down.there;) { /* a fall, not a slope */
		bool falls = dec_cmp(s->piece[i - 1].at_to, s->point[i]) < 0;
		if (dec_cmp(s->piece[i].from, s->now) <= 0 && falls)
			s->down = (struct sheet_step){ .there = true, .at = s->piece[i].from, .points = s->piece[i - 1].at_to };
	}
	if (s->up.there)
		count_to(&s->up, f, true);
	if (s->down.there)
		count_to(&s->down, f, false);
}

const struct sheet_scale *round_scale(cx *c, const struct trace_source *t, int32_t node, const struct sheet_node *n)
{
	struct scale from;
	dec end = DEC_ONE;
	const struct sheet_fact *f = the_share(n);
	int32_t measure = f ? tree_measure_find(t->t, f->name) : -1;
	if (measure < 0 || dec_cmp(f->number.v, DEC_ZERO) < 0)
		return NULL;
	if (dec_cmp(f->number.v, end) > 0 && (!dec_round(f->number.v, 1, DEC_CEILING, &end)))
		return NULL;
	uint32_t slot = t->t->measures.p[measure].slot[PART_VALUE];
	if (!scale_of(t->t, node, slot, DEC_ZERO, end, t->slots, t->mem, &from))
		return NULL;
	struct sheet_scale *s = NEW(c->mem, struct sheet_scale);
	*s = (struct sheet_scale){ .n = from.n, .now = f->number.v };
	s->piece = NEW_ARRAY(c->mem, struct sheet_piece, from.n);
	s->point = NEW_ARRAY(c->mem, dec, from.n + 1);
	for (size_t i = 0; i < from.n; i++)
		s->piece[i] = (struct sheet_piece){ from.piece[i].from, from.piece[i].to, from.piece[i].at_from, from.piece[i].at_to };
	memcpy(s->point, from.point, (from.n + 1) * sizeof *s->point);
	choose_stretch(s, end);
	find_steps(s, &from, f);
	return s;
}
