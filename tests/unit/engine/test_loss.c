#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rng.h"
#include "edition.h"

/* "B 2.5 A 1": the losses of a unit in their order. */
static void has_losses_at(const struct edition *e, size_t unit, const char *wanted, int line)
{
	struct loss *list = NEW_ARRAY(e->c->mem, struct loss, e->t->nodes.n);
	size_t n = loss_list(e->t, e->r[unit].cells, e->c->mem, list);
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++) {
		char text[DEC_TEXT];
		str s = dec_text(list[i].lost, text);
		buf_printf(&b, "%s%.*s %.*s", i ? " " : "", STR_ARG(e->t->nodes.p[list[i].node].code), STR_ARG(s));
	}
	is_text_at(buf_str(&b), wanted, __FILE__, line);
	buf_free(&b);
}
#define has_losses(e, unit, wanted) has_losses_at((e), (unit), (wanted), __LINE__)

static void test_order(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME "R,,g,20,sum\nA,R,a,5,self,,,,x\nF,R,f,10,sum\nB,F,b,4,self,,,,y\nC,F,c,6,self,,,,4\nD,R,d,5,self,,,,5\n");
	edition_run(&e, "U,x,2024,,,4,,,,\nU,y,2024,,,1.5,,,,\nV,x,2024,,,3,,,,\nV,y,2024,,,2,,,,\nW,x,2024,,,5,,,,\nW,y,2024,,,4,,,,\nX,x,2024,,,1,,,,\n");
	has_losses(&e, 0, "B 2.5 C 2 A 1"); /* full points are no loss; inner rows are not listed */
	has_losses(&e, 1, "A 2 B 2 C 2");   /* equal ones in the edition's order */
	has_losses(&e, 2, "C 2");
	has_losses(&e, 3, "A 4 C 2"); /* what is missing is not lost */
	is_dec(loss_of(e.t, e.r[0].cells, node_of(&e, "F")), "4.5");
	is_dec(loss_of(e.t, e.r[0].cells, node_of(&e, "R")), "5.5");
	edition_end(&e);
}

static void test_kinds(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME
		"@clamp,,component\n@na,,reduce\nR,,g,10,sum\nA,R,a,6,self,,,,x\nB,R,b,4,self,,,,y\nT,R,t,2,bonus,,,2\nT1,T,u,2,bonus,,,,0.5\n"
		"P,R,p,3,penalty,,,3\nP1,P,q,3,penalty,,,,2\n");
	edition_run(&e, "U,x,2024,,,5,,,,\nU,y,2024,,,,na,lý do,,\n");
	has_losses(&e, 0, "P1 2 A 1"); /* a penalty costs its points; a bonus not had is no loss, nor is what does not apply */
	is_dec(loss_of(e.t, e.r[0].cells, node_of(&e, "P")), "2");
	is_dec(loss_of(e.t, e.r[0].cells, node_of(&e, "T")), "0");
	is_dec(loss_of(e.t, e.r[0].cells, node_of(&e, "B")), "0");
	is_dec(loss_of(e.t, e.r[0].cells, node_of(&e, "R")), "2.5"); /* 6 - (5 + 0.5 - 2) */
	edition_end(&e);
	e = edition_of(EDITION_NAME "@clamp,,none\nR,,g,2,sum\nA,R,a,1,self,,,,x\nB,R,b,1,self,,,,-1\n");
	edition_run(&e, "U,x,2024,,,3,,,,\n");
	has_losses(&e, 0, "B 2"); /* more than the maximum is no loss */
	edition_end(&e);
}

/* Losses that differ late, or are large, are still put in order. */
static void test_fine_and_large(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME
		"@clamp,,none\n@round,,none\nR,,g,100004,sum\nA,R,a,1,self,,,,x\nB,R,b,1,self,,,,x - 1e-12\nC,R,c,1,self,,,,x + 1e-20\nD,R,d,1,self,,,,x\n"
		"E,R,e,50000,self,,,,1\nF,R,f,50000,self,,,,0.5\n");
	edition_run(&e, "U,x,2024,,,0.5,,,,\n");
	has_losses(&e, 0, "F 49999.5 E 49999 B 0.500000000001 A 0.5 D 0.5 C 0.49999999999999999999");
	edition_end(&e);
	e = edition_of(EDITION_NAME "@clamp,,none\nR,,g,3,sum\nA,R,a,1,self,,,,-1e30\nB,R,b,1,self,,,,-1e33\nC,R,c,1,self,,,,-x * 1e6000\n");
	edition_run(&e, "U,x,2024,,,1,,,,\n");
	assert_int_equal(loss_list(e.t, e.r[0].cells, e.c->mem, NEW_ARRAY(e.c->mem, struct loss, e.t->nodes.n)), 3);
	edition_end(&e);
}

static int by_loss_then_order(const struct loss *a, const struct loss *b)
{
	int d = dec_cmp(b->lost, a->lost);
	return d ? d : (a->node > b->node) - (a->node < b->node);
}

/* Random units: losses go down, ties in order, each loss is maximum minus points, and together they are the root's loss. */
static void random_edition(rng *r, int criteria, const char *round)
{
	buf b, data;
	buf_init(&b, 0);
	buf_init(&data, 0);
	int sum = 0;
	buf_printf(&b, EDITION_NAME "@clamp,,component\n@round,,%s\n", round);
	for (int i = 0; i < criteria; i++) {
		int max = 1 + (int)rng_below(r, 4) * 50 + (int)rng_below(r, 3);
		sum += max;
		buf_printf(&b, "c%d,R,t,%d.%02d,self,,,,x%d * max\n", i, max / 100, max % 100, i);
		for (int u = 0; u < 3; u++)
			buf_printf(&data, "u%d,x%d,2024,%d,%d,,,,,\n", u, i, (int)rng_below(r, 8), 7);
	}
	buf_printf(&b, "R,,g,%d.%02d,sum\n", sum / 100, sum % 100);
	buf_char(&b, '\0');
	buf_char(&data, '\0');
	struct edition e = edition_of(b.p);
	edition_run(&e, data.p);
	for (size_t u = 0; u < 3; u++) {
		struct loss *list = NEW_ARRAY(e.c->mem, struct loss, e.t->nodes.n);
		size_t n = loss_list(e.t, e.r[u].cells, e.c->mem, list), lossy = 0;
		dec total = DEC_ZERO, off;
		for (size_t i = 0; i < n; i++) {
			dec lost;
			const struct score_cell *x = &e.r[u].cells[list[i].node];
			assert_true(dec_sub(x->max, x->points, &lost) && dec_eq(lost, list[i].lost) && !dec_is_zero(lost));
			assert_true(i == 0 || by_loss_then_order(&list[i - 1], &list[i]) < 0);
			assert_true(dec_add(total, lost, &total));
		}
		for (size_t i = 0; i + 1 < e.t->nodes.n; i++)
			lossy += dec_cmp(e.r[u].cells[i].points, e.r[u].cells[i].max) < 0;
		assert_int_equal(n, lossy);
		assert_true(dec_sub(total, loss_of(e.t, e.r[u].cells, e.t->root), &off));
		assert_true(e.t->round_at == ROUND_COMPONENT ? dec_is_zero(off) : dec_cmp(dec_abs(off), dec_of_text("0.01")) < 0);
	}
	edition_end(&e);
	buf_free(&b);
	buf_free(&data);
}

static void test_random(void **state)
{
	rng r;
	(void)state;
	rng_seed(&r, 24);
	for (int i = 0; i < 60; i++)
		random_edition(&r, 1 + (int)rng_below(&r, 60), i % 3 ? "component 2" : i % 2 ? "end 2" : "none");
	random_edition(&r, 300, "component 2"); /* more than fit on the stack */
	random_edition(&r, 700, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_fine_and_large),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests_name("loss", tests, NULL, NULL);
}
