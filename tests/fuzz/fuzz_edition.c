/* Any bytes as an edition: faults with their places, or a tree that scores made-up figures of a few units: points within their bounds, places
 * that are right, losses in order, and a trace for every row. */
#include <stdlib.h>
#include "base/rng.h"
#include "base/vn.h"
#include "engine/loss.h"
#include "engine/rank.h"
#include "engine/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { UNITS = 4, MOST_NODES = 400 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Figures of every kind for the measures that the rules name. */
static void figures(buf *b, const tree *t)
{
	static const char *const cells[] = { ",,0.5,,,,", "3,4,,,,,2024-05-06", "0,0,,,,,", ",,2024-02-29,,,,", ",,true,,,,",
		",,có,,,,", ",,,na,vì sao,,", ",,,missing,,,", ",,-3,,,,", ",,1e40,,,,", ",,0,,,,2023-12-31", "19999,25000,,,,," };
	rng r;
	rng_seed(&r, t->measures.n);
	buf_addz(b, "unit,measure,period,numerator,denominator,value,status,reason,source,as_of\n");
	for (int u = 0; u < UNITS; u++)
		for (size_t i = 0; i < t->measures.n; i++)
			for (int year = 2023; year <= 2024; year++) {
				buf_printf(b, "unit %d,", u);
				csv_cell(b, t->measures.p[i].name);
				buf_printf(b, ",%d,%s\n", year, cells[rng_below(&r, sizeof cells / sizeof cells[0])]);
			}
}

static void check_cells(const tree *t, const struct score_result *r)
{
	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct score_cell *x = &r->cells[i];
		bool clamped = (t->clamp & CLAMP_COMPONENT) && tree_is_scored(&t->nodes.p[i]);
		must(x->state <= SCORE_NO_NUMBER && !x->max.neg);
		if (clamped || (t->clamp & CLAMP_GROUP && !tree_is_scored(&t->nodes.p[i])))
			must(!x->points.neg && dec_cmp(x->points, x->max) <= 0);
	}
	must(!r->available || score_known(&r->cells[t->root]));
	must(r->group >= -1 && r->group < (int)t->groups.n && (r->available || r->group == -1));
}

static void check_losses(cx *c, const tree *t, const struct score_result *r)
{
	struct loss *list = NEW_ARRAY(c->mem, struct loss, t->nodes.n);
	size_t n = loss_list(t, r->cells, c->mem, list);
	must(n <= t->nodes.n);
	for (size_t i = 1; i < n; i++) {
		int d = dec_cmp(list[i - 1].lost, list[i].lost);
		must(d > 0 || (d == 0 && list[i - 1].node < list[i].node));
	}
}

static void check_ranks(const struct rank_entry *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		must((e[i].place > 0) == (e[i].ranked && e[i].result->available) && e[i].place <= (int)n);
		for (size_t k = 0; k < n && e[i].place; k++)
			if (e[k].place && dec_cmp(e[i].result->value, e[k].result->value) > 0)
				must(e[i].place < e[k].place);
	}
}

static void traces(const struct trace_source *s)
{
	buf b;
	buf_init(&b, 1 << 20);
	trace_begin(s);
	for (int32_t i = 0; i < (int32_t)s->t->nodes.n; i++) {
		buf_clear(&b);
		trace_line(&b, s, i, LANG_VI);
		trace_line(&b, s, i, LANG_EN);
		must(buf_full(&b) || (b.len && vn_utf8_check(buf_str(&b)) == b.len));
	}
	buf_free(&b);
}

static void score(cx *c, const tree *t)
{
	struct measures *m;
	buf b;
	period year = { .year = 2024, .kind = 'Y', .part = 1 };
	csv_options opt = { .encoding = CSV_UTF8, .delimiter = ',' };
	buf_init(&b, 0);
	figures(&b, t);
	if (!measures_read(c, csv_open_mem(c, STR("m"), buf_str(&b), &opt), STR("m"), t, &year, &m)) {
		val *slots = NEW_ARRAY(c->mem, val, t->slots.n);
		struct score_result *r = NEW_ARRAY(c->mem, struct score_result, m->units.n);
		struct rank_entry *e = NEW_ARRAY(c->mem, struct rank_entry, m->units.n);
		for (size_t u = 0; u < m->units.n; u++) {
			r[u].cells = NEW_ARRAY(c->mem, struct score_cell, t->nodes.n);
			score_unit(t, &m->units.p[u], slots, c->mem, &r[u]);
			e[u] = (struct rank_entry){ .result = &r[u], .name = m->units.p[u].name, .ranked = !rank_is_left_out(t, c->mem, m->units.p[u].name) };
			check_cells(t, &r[u]);
			check_losses(c, t, &r[u]);
			traces(&(struct trace_source){ t, &m->units.p[u], r[u].cells, slots, c->mem });
		}
		rank_units(t, c->mem, e, m->units.n);
		check_ranks(e, m->units.n);
	}
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(0);
	tree *t;
	enum err e = tree_read(c, csv_open_mem(c, STR("e"), (str){ (const char *)data, size }, NULL), STR("e"), &t);
	must((e == ERR_OK) == (c->n_errors == 0) && (t || e));
	for (size_t i = 0; i < c->n_faults; i++)
		must(c->faults[i].at.line >= 0 && vn_utf8_check(c->faults[i].value) == c->faults[i].value.len);
	if (t && t->nodes.n <= MOST_NODES)
		tree_check_bands(c, t, FAULT_WARNING);
	if (!e && t->nodes.n <= MOST_NODES)
		score(c, t);
	cx_free(c);
	return 0;
}
