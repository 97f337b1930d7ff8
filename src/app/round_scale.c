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

static struct sheet_step step_of(struct scale_step from, const struct sheet_fact *f, bool up)
{
	struct figure count = from.there ? scale_count(from.at, f->num, f->den, up) : (struct figure){ 0 };
	return (struct sheet_step){ .there = from.there, .at = from.at, .points = from.points, .counted = count.there, .count = count.v };
}

struct sheet_scale *round_scale_copy(cx *c, const struct scale *from)
{
	struct sheet_scale *s = NEW(c->mem, struct sheet_scale);
	s->n = from->n;
	s->piece = NEW_ARRAY(c->mem, struct sheet_piece, from->n);
	s->point = NEW_ARRAY(c->mem, dec, from->n + 1);
	for (size_t i = 0; i < from->n; i++)
		s->piece[i] = (struct sheet_piece){ from->piece[i].from, from->piece[i].to, from->piece[i].at_from, from->piece[i].at_to };
	memcpy(s->point, from->point, (from->n + 1) * sizeof *s->point);
	return s;
}

const struct sheet_scale *round_scale(cx *c, const struct trace_source *t, int32_t node, const struct sheet_node *n)
{
	struct scale from;
	dec end;
	const struct sheet_fact *f = the_share(n);
	int32_t measure = f ? tree_measure_find(t->t, f->name) : -1;
	if (measure < 0 || dec_cmp(f->number.v, DEC_ZERO) < 0)
		return NULL;
	if (!scale_end(f->number.v, &end))
		return NULL;
	uint32_t slot = t->t->measures.p[measure].slot[PART_VALUE];
	if (!scale_of(t->t, node, slot, DEC_ZERO, end, t->slots, t->mem, &from))
		return NULL;
	struct sheet_scale *s = round_scale_copy(c, &from);
	s->now = f->number.v;
	s->high = end;
	s->low = scale_low(&from, s->now);
	s->up = step_of(scale_up(&from, s->now), f, true);
	s->down = step_of(scale_down(&from, s->now), f, false);
	return s;
}
