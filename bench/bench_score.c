/* The main job: 3,321 communes × 100 criteria, each a rule on a share; score, rank, losses and the records traces are written from, on one
 * thread. Then rules alone, and traces written out. Budgets: design 8. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/rng.h"
#include "engine/loss.h"
#include "engine/rank.h"
#include "engine/trace.h"

enum { UNITS = 3321, CRITERIA = 100, RUNS = 11, RULES = 5000000 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static const tree *make_tree(cx *c)
{
	buf b;
	tree *t;
	buf_init(&b, 0);
	buf_addz(&b,
		"code,parent,name_vi,max,by,rule,na\n@name,,bench,,,,\n@round,,component 2,,,,\n@groups,,A>=90;B>=80;C>=70;D>=0,,,,\n@clamp,,component,,,,\n"
		"R,,Chỉ số,100,sum,,\n");
	for (int i = 0; i < CRITERIA; i++)
		buf_printf(&b, "%d,R,Tiêu chí %d,1,self,if m%d >= 1 then max else if m%d in [0.8..1) then m%d * max else 0,ask\n",
			i, i, i, i, i);
	if (tree_read(c, csv_open_mem(c, STR("bench"), buf_str(&b), NULL), STR("bench"), &t))
		exit(1);
	return t;
}

static struct measures *make_measures(cx *c, const tree *t)
{
	buf b;
	rng r;
	struct measures *m;
	rng_seed(&r, 42);
	buf_init(&b, (size_t)1 << 30);
	buf_addz(&b, "unit,measure,period,numerator,denominator,value\n");
	for (int u = 0; u < UNITS; u++)
		for (int i = 0; i < CRITERIA; i++) {
			uint64_t den = 100 + rng_below(&r, 20000), num = den - rng_below(&r, den / 3);
			buf_printf(&b, "Xã %d,m%d,2025,%llu,%llu,\n", u, i, (unsigned long long)num, (unsigned long long)den);
		}
	double start = now();
	if (measures_read(c, csv_open_mem(c, STR("bench"), buf_str(&b), NULL), STR("bench"), t, NULL, &m))
		exit(1);
	printf("read %d measures: %.0f ms\n", UNITS * CRITERIA, (now() - start) * 1e3);
	buf_free(&b);
	return m;
}

int main(void)
{
	cx *c = cx_new(0);
	const tree *t = make_tree(c);
	struct measures *m = make_measures(c, t);
	val *slots = NEW_ARRAY(c->mem, val, t->slots.n);
	struct score_result *results = NEW_ARRAY(c->mem, struct score_result, UNITS);
	struct rank_entry *ranks = NEW_ARRAY(c->mem, struct rank_entry, UNITS);
	struct loss *losses = NEW_ARRAY(c->mem, struct loss, (size_t)UNITS * CRITERIA);
	for (size_t i = 0; i < UNITS; i++)
		results[i].cells = NEW_ARRAY(c->mem, struct score_cell, t->nodes.n);
	double times[RUNS];
	size_t n_losses = 0;
	for (int run = 0; run < RUNS; run++) {
		arena *scratch = arena_new(0);
		double start = now();
		n_losses = 0;
		for (size_t i = 0; i < UNITS; i++) {
			score_unit(t, &m->units.p[i], slots, scratch, &results[i]);
			ranks[i] = (struct rank_entry){ .result = &results[i], .name = m->units.p[i].name, .ranked = true };
			n_losses += loss_list(t, results[i].cells, scratch, losses + n_losses);
		}
		rank_units(t, scratch, ranks, UNITS);
		times[run] = now() - start;
		arena_free(scratch);
	}
	qsort(times, RUNS, sizeof *times, by_time);
	printf("score, rank, loss, trace records of %d x %d: median %.1f ms, best %.1f ms (%zu losses; budget 50 ms)\n", UNITS,
		CRITERIA, times[RUNS / 2] * 1e3, times[0] * 1e3, n_losses);

	measures_fill(&m->units.p[0], t, slots);
	slots[SLOT_MAX] = val_num(DEC_ONE);
	double start = now();
	int sum = 0;
	for (int i = 0; i < RULES; i++)
		sum += rule_eval(t->nodes.p[1 + i % CRITERIA].rule, slots, c->mem).kind == VAL_NUM;
	double millions = RULES / (now() - start) / 1e6;
	printf("rules: %.1f million evaluations/s (check %d; budget 10)\n", millions, sum);

	buf b;
	buf_init(&b, 0);
	struct trace_source s = { t, &m->units.p[0], results[0].cells, slots, c->mem };
	start = now();
	trace_begin(&s);
	for (int i = 0; i < CRITERIA; i++)
		trace_line(&b, &s, 1 + i, LANG_VI);
	double trace_us = (now() - start) * 1e6 / CRITERIA;
	printf("one trace written out: %.2f us (budget 50)\n", trace_us);
	buf_free(&b);
	cx_free(c);
	return times[RUNS / 2] >= 0.05 || millions < 10 || trace_us >= 50;
}
