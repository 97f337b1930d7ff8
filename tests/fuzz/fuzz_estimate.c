/* A table of answers, its populations and its design, from any bytes: nothing crashes, and a design that is made gives variances that are not
 * negative. The first line names what is used: letters among i s w f (stages of ids, strata, weights, corrections), n (nest), a r v (policies),
 * p k c (post-strata, raking, calibration from the second table, behind a line of dashes), then the table. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "engine/est_rep.h"
#include "engine/est_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has(str s, char c)
{
	return s.len && memchr(s.p, c, s.len);
}

static int count(str s, char c)
{
	int n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == c;
	return n;
}

static struct frame_column *want(frame *f, const char *name, unsigned kinds)
{
	return frame_has(f, str_of(name)) ? frame_want(f, str_of(name), kinds) : NULL;
}

static bool calibrate(est_design *d, str use, struct est_margin *m, struct est_terms *t)
{
	bool good = !(m && has(use, 'p') && est_poststratify(d, m));
	good = good && !(m && has(use, 'k') && est_rake(d, &m, 1, has(use, '1') ? 1 : 0));
	return good && !(t && est_calibrate(d, t));
}

static void estimate(est_design *d, str use, struct frame_column *y, struct frame_column *g)
{
	struct est_parts parts;
	struct est_rep *rep = NULL;
	struct est_rep_options ro = { .kind = has(use, 'j') ? EST_JK1 : has(use, 'J') ? EST_JKN : has(use, 'B') ? EST_BRR : EST_BOOTSTRAP, .n = 5 };
	if (est_parts(d, &g, g && has(use, 'b'), &parts))
		return;
	if ((has(use, 'j') || has(use, 'J') || has(use, 'B') || has(use, 'o')) && est_rep_make(d, &ro, &rep))
		return;
	struct est_options o = { .ci = EST_CI_BETA, .rep = rep };
	struct est_run *r = est_start(d->c->mem, d, &o);
	for (size_t p = 0; p < parts.n && p < 20; p++) {
		static const enum est_kind kinds[] = { EST_MEAN, EST_TOTAL, EST_VAR, EST_QUANTILE, EST_RATIO };
		struct est_value v;
		for (size_t k = 0; y && k < 5; k++) {
			est_value(r, &(struct est_ask){ .kind = kinds[k], .y = y, .x = y, .p = 0.5 }, &parts.p[p], &v);
			assert(!(v.variance < 0));
		}
		if (g && g->n_levels)
			est_value(r, &(struct est_ask){ .kind = EST_PROP, .y = g }, &parts.p[p], &v);
		struct est_test t;
		if (g && g->n_levels < 12)
			(void)est_test(r, g, g, &parts.p[p], &t);
	}
}

static void work(cx *c, str use, str table, str population)
{
	frame *f;
	est_design *d;
	struct est_margin *m = NULL;
	struct est_terms *t = NULL;
	if (frame_open(c, csv_open_mem(c, STR("d"), table, NULL), STR("d"), &f))
		return;
	struct est_spec spec = { .nest = has(use, 'n'),
		.lonely = has(use, 'a') ? EST_ADJUST
			: has(use, 'r') ? EST_REMOVE
			: has(use, 'v') ? EST_AVERAGE
					: EST_FAIL };
	const char *const ids[] = { "i1", "i2", "i3" }, *const strata[] = { "h1", "h2", "h3" },
			  *const fpcs[] = { "f1", "f2", "f3" };
	while (spec.stages < 3 && spec.stages < count(use, 'i') && (spec.id[spec.stages] = want(f, ids[spec.stages], FRAME_FACTOR)))
		spec.stages++;
	int most = spec.stages ? spec.stages : 1;
	while (spec.strata < most && spec.strata < count(use, 's') && (spec.stratum[spec.strata] = want(f, strata[spec.strata], FRAME_FACTOR)))
		spec.strata++;
	while (spec.fpcs < most && spec.fpcs < count(use, 'f') && (spec.fpc[spec.fpcs] = want(f, fpcs[spec.fpcs], FRAME_NUMBER)))
		spec.fpcs++;
	spec.weight = has(use, 'w') ? want(f, "w", FRAME_NUMBER) : NULL;
	struct frame_column *y = want(f, "y", FRAME_NUMBER), *g = want(f, "g", FRAME_FACTOR);
	if (population.len && (has(use, 'p') || has(use, 'k'))
		&& (est_margin_read(c, csv_open_mem(c, STR("p"), population, NULL), STR("p"), &m) || est_margin_want(f, m)))
		return;
	if (population.len && has(use, 'c')
		&& (est_terms_read(c, csv_open_mem(c, STR("p"), population, NULL), STR("p"), &t) || est_terms_want(f, t)))
		return;
	if (frame_load(f) || est_design_make(f, &spec, &d) || !calibrate(d, use, m, t))
		return;
	estimate(d, use, y, g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 20000)
		return 0;
	cx *c = cx_new(64 << 20);
	str rest = { (const char *)data, size }, use = { "", 0 }, population = { "", 0 };
	str_next(&rest, '\n', &use);
	const char *mark = rest.len ? memmem(rest.p, rest.len, "\n---\n", 5) : NULL;
	if (mark) {
		size_t at = (size_t)(mark - rest.p);
		population = (str){ mark + 5, rest.len - at - 5 };
		rest.len = at + 1;
	}
	work(c, use, rest, population);
	cx_free(c);
	return 0;
}
