#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "edition.h"
#include "engine/scale.h"

static void put(buf *b, dec d)
{
	char t[DEC_TEXT];
	buf_add(b, dec_text(d, t));
}

/* "0:0 (0..0) 0.95:0.95 (0.95..1) 1:1": points at each number, and between them just behind and just before. "-": no scale. */
static str pieces(cx *c, const struct scale *s)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i <= s->n; i++) {
		put(&b, i < s->n ? s->piece[i].from : s->piece[i - 1].to);
		buf_char(&b, ':');
		put(&b, s->point[i]);
		if (i == s->n)
			break;
		buf_addz(&b, " (");
		put(&b, s->piece[i].at_from);
		buf_addz(&b, "..");
		put(&b, s->piece[i].at_to);
		buf_addz(&b, ") ");
	}
	str t = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return t;
}

/* The scale of r over [0, 1] in a rule with the maximum 1; other figures: s = 0.5, r.prev = 0.4, r.den = 10, t is missing. */
static void check_scale(const char *rule_text, const char *wanted)
{
	buf b;
	enum err result;
	struct scale s;
	buf_init(&b, 0);
	buf_addz(&b, "code,parent,name_vi,max,by,rule\n@name,,T\nA,,a,1,self,");
	csv_cell(&b, str_of(rule_text));
	buf_addz(&b, "\n");
	buf_char(&b, '\0');
	struct edition e = edition_read(b.p, &result);
	assert_int_equal(result, ERR_OK);
	int32_t measure = tree_measure_find(e.t, STR("r"));
	val *slots = NEW_ARRAY(e.c->mem, val, e.t->slots.n);
	for (size_t i = 0; i < e.t->slots.n; i++) {
		const struct tree_slot *p = &e.t->slots.p[i];
		bool missing = p->measure >= 0 && str_is(e.t->measures.p[p->measure].name, "t");
		dec d = dec_int(p->part == PART_DEN ? 10 : p->part == PART_PREV ? 4 : 5);
		if (p->part != PART_DEN)
			dec_div(d, dec_int(10), &d);
		slots[i] = missing ? VAL_NONE : val_num(d);
	}
	bool ok = scale_of(e.t, 0, e.t->measures.p[measure].slot[PART_VALUE], DEC_ZERO, DEC_ONE, slots, e.c->mem, &s);
	str got = ok ? pieces(e.c, &s) : STR("-");
	if (!str_is(got, wanted))
		fail_msg("%s\n  %.*s\n  %s", rule_text, STR_ARG(got), wanted);
	edition_end(&e);
	buf_free(&b);
}

static void test_steps_and_slopes(void **state)
{
	(void)state;
	check_scale("if r >= 1 then max else if r in [0.95..1) then r * max else 0", "0:0 (0..0) 0.95:0.95 (0.95..1) 1:1");
	check_scale("if r >= 0.5 then max else if r in [0.2..0.5) then 0.5 else 0", "0:0 (0..0) 0.2:0.5 (0.5..0.5) 0.5:1 (1..1) 1:1");
	check_scale("if r > 0.5 then max else 0", "0:0 (0..0) 0.5:0 (1..1) 1:1");
	check_scale("r * max", "0:0 (0..1) 1:1");
	check_scale("if r >= 0.6 then max else r / 0.6 * max", "0:0 (0..1) 0.6:1 (1..1) 1:1");
	check_scale("if r = 0.5 then 1 else 0", "0:0 (0..0) 0.5:1 (0..0) 1:0");
	check_scale("if r between 0.2 and 0.4 then 1 else 0", "0:0 (0..0) 0.2:1 (1..1) 0.4:1 (0..0) 1:0");
	check_scale("if 0.3 <= r and r < 0.6 then 1 else 0", "0:0 (0..0) 0.3:1 (1..1) 0.6:0 (0..0) 1:0");
	check_scale("if r in (0.1, 0.2) then 1 else 1 - r", "0:1 (1..0.9) 0.1:1 (0.9..0.8) 0.2:1 (0.8..0) 1:0");
}

/* Other figures stay as they are, and may make the numbers. */
static void test_other_figures(void **state)
{
	(void)state;
	check_scale("if r >= s then max else 0", "0:0 (0..0) 0.5:1 (1..1) 1:1");
	check_scale("if r >= 1.5 * r.prev then max else if r >= r.prev then s else 0", "0:0 (0..0) 0.4:0.5 (0.5..0.5) 0.6:1 (1..1) 1:1");
	check_scale("if r = null then (if r.den = 0 then max else null) else if r >= 0.7 then max else 0", "0:0 (0..0) 0.7:1 (1..1) 1:1");
	check_scale("if s > 0.4 and r >= 0.7 then max else 0", "0:0 (0..0) 0.7:1 (1..1) 1:1");
}

/* Numbers outside the stretch looked at do not matter. */
static void test_outside(void **state)
{
	(void)state;
	check_scale("if r >= 1.2 then max else if r > 0 then 0.5 else 0", "0:0 (0.5..0.5) 1:0.5");
}

static void test_other_shapes(void **state)
{
	(void)state;
	check_scale("min(max, 2 * r)", "-");              /* bends where no number stands */
	check_scale("r * r * max", "-");                  /* no straight line */
	check_scale("max / (r + 1)", "-");
	check_scale("if r - s >= 0.1 then max else 0", "-");
	check_scale("if not(r >= 0.5) then 0 else max", "-");
	check_scale("if r.num >= 5 then max else r * max", "-"); /* the count goes with the share */
	check_scale("if r >= t then max else 0", "-");    /* a missing number */
	check_scale("2 * r", "-");                        /* cut at the maximum */
	check_scale("if r >= 0.5 then null else 0", "-"); /* no points on one side */
	check_scale("if r != 0.5 then max else (if r in (!= 0.2) then 1 else 0)", "-");
}

static void test_at(void **state)
{
	(void)state;
	struct scale s = { .n = 1, .piece = { { DEC_ZERO, DEC_ONE, DEC_ZERO, dec_int(2) } }, .point = { dec_int(7), dec_int(9) } };
	dec half = { .lo = 5, .exp = -1 };
	assert_true(dec_eq(scale_at(&s, DEC_ZERO), dec_int(7)));
	assert_true(dec_eq(scale_at(&s, half), DEC_ONE));
	assert_true(dec_eq(scale_at(&s, DEC_ONE), dec_int(9)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_steps_and_slopes), cmocka_unit_test(test_other_figures), cmocka_unit_test(test_outside),
		cmocka_unit_test(test_other_shapes), cmocka_unit_test(test_at) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
