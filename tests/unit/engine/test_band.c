#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "edition.h"

/* What is told of the bands of one rule. */
static void check_rule(str rule_text, const char *wanted)
{
	buf b;
	enum err result;
	buf_init(&b, 0);
	buf_addz(&b, "code,parent,name_vi,max,by,rule\n@name,,T\nA,,a,2,self,");
	csv_cell(&b, rule_text);
	buf_addz(&b, "\n");
	buf_char(&b, '\0');
	struct edition e = edition_read(b.p, &result);
	assert_int_equal(result, ERR_OK);
	tree_check_bands(e.c, e.t, FAULT_WARNING);
	str got = fault_lines(e.c);
	if (!str_is(got, wanted))
		fail_msg("%.*s\n  %.*s", (int)(rule_text.len < 300 ? rule_text.len : 300), rule_text.p, STR_ARG(got));
	edition_end(&e);
	buf_free(&b);
}

struct ruled {
	const char *rule, *wanted;
};

static void check(const struct ruled *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_rule(str_of(r[i].rule), r[i].wanted);
}
#define CHECK(...) \
	do { \
		static const struct ruled cases[] = { __VA_ARGS__ }; \
		check(cases, COUNT(cases)); \
	} while (0)

/* Chains as people write them say nothing. */
static void test_sound_chains(void **state)
{
	(void)state;
	CHECK({ "if r >= 0.9 then max else if r >= 0.7 then 1 else 0", "" }, { "if r > 0.9 then 2 else if r > 0.7 then 1 else if r >= 0 then 0 else null", "" },
		{ "if r < 0.1 then 2 else if r < 0.3 then 1 else 0", "" }, { "if r >= 1 then 2 else if r in [0.8..1) then 1 else 0", "" },
		{ "if r > 0.9 then 2 else if r in [0.7..0.9] then 1 else if r < 0.7 then 0 else null", "" },
		{ "if r = 1 then 2 else if r in [0.9..1] then 1 else 0", "" } /* takes all of the earlier in */,
		{ "if n = 0 then 0 else if n = 1 then 1 else if n in (2, 3) then 2 else 0", "" },
		{ "if n in (0, 1) then 0 else if n in (5, > 5) then 2 else 1", "" },
		{ "if d <= date(\"2024-03-31\") then 2 else if d <= date(\"2024-06-30\") then 1 else 0", "" },
		{ "if r then 1 else 0", "" }, { "r", "" });
}

static void test_edges(void **state)
{
	(void)state;
	CHECK({ "if r in [0.8..0.9] then 2 else if r in (0.9..1] then 1 else 0", "" }, { "if r in [0.8..0.9) then 2 else if r in [0.9..1] then 1 else 0", "" },
		{ "if r in [0.8..0.9] then 2 else if r in [0.9..1] then 1 else 0",
			"? edition.band_overlap 3:6+35 <r in [0.9..1]> (A) (r in [0.8..0.9])\n" },
		{ "if r > 0.9 then 2 else if r = 0.9 then 1 else 0", "" },
		{ "if r >= 0.9 then 2 else if r = 0.9 then 1 else 0", "? edition.band_dead 3:6+28 <r = 0.9> (A)\n" },
		{ "if r < 0.5 then 2 else if r > 0.5 then 1 else if r = 0.5 then 0 else null", "" },
		{ "if r <= 0.5 then 2 else if r > 0.5 then 1 else if r = 0.5 then 0 else null", "? edition.band_dead 3:6+51 <r = 0.5> (A)\n" },
		{ "if r in (0.9..0.9) then 2 else 0", "? edition.band_dead 3:6+4 <r in (0.9..0.9)> (A)\n" }, { "if r in [0.9..0.9] then 2 else 0", "" },
		{ "if r in [1..0] then 2 else 0", "? edition.band_dead 3:6+4 <r in [1..0]> (A)\n" },
		{ "if r between 0.5 and 0.4 then 2 else 0", "? edition.band_dead 3:6+4 <r between 0.5 and 0.4> (A)\n" },
		{ "if r > 0.5 and r < 0.5 then 2 else 0", "? edition.band_dead 3:6+4 <r > 0.5 and r < 0.5> (A)\n" });
}

/* What no band speaks of, where the end of the chain gives nothing. */
static void test_gaps(void **state)
{
	(void)state;
	CHECK({ "if r >= 0.9 then max else if r in [0.7..0.85) then 1 else 0", "? edition.band_missing 3:6+30 <[0.85..0.9)> (A)\n" },
		{ "if r > 0.9 then 2 else if r in [0.7..0.9) then 1 else null", "? edition.band_missing 3:6+27 <[0.9..0.9]> (A)\n" },
		{ "if n >= 10 then max else if n in [5..9] then 1 else 0", "" } /* counts */,
		{ "if n >= 10 then max else if n in [5..8] then 1 else 0", "? edition.band_missing 3:6+29 <(8..10)> (A)\n" },
		{ "if r >= 0.9 then max else if r in [0.7..0.85) then 1 else 0.5", "" } /* the end is a band */,
		{ "if r >= 0.9 then max else if s in [0.7..0.85) then 1 else 0", "" } /* another name */);
}

static void test_dead(void **state)
{
	(void)state;
	CHECK({ "if r >= 0.7 then 1 else if r >= 0.9 then 2 else 0", "? edition.band_dead 3:6+28 <r >= 0.9> (A)\n" },
		{ "if tỷ >= 0.7 then 1 else if tỷ >= 0.9 then 2 else 0", "? edition.band_dead 3:6+29 <tỷ >= 0.9> (A)\n" },
		{ "if r < 0.5 then 0 else if r >= 0.5 then 1 else if r > 0.7 then 2 else 0", "? edition.band_dead 3:6+51 <r > 0.7> (A)\n" },
		{ "if r in [0..0.5] then 0 else if r in [0.5..1] then 1 else if r in [0.2..0.9] then 2 else 0",
			"? edition.band_overlap 3:6+33 <r in [0.5..1]> (A) (r in [0..0.5])\n? edition.band_dead 3:6+62 <r in [0.2..0.9]> (A)\n" },
		{ "if n in (0, 1) then 0 else if n = 1 then 1 else 2", "? edition.band_dead 3:6+31 <n = 1> (A)\n" },
		{ "if 0.7 <= r then 1 else if 0.9 <= r then 2 else 0", "? edition.band_dead 3:6+28 <0.9 <= r> (A)\n" },
		{ "if r > -1 then 1 else if r > 0 then 2 else 0", "? edition.band_dead 3:6+26 <r > 0> (A)\n" },
		{ "if d <= date(\"2024-06-30\") then 2 else if d <= date(\"2024-03-31\") then 1 else 0",
			"? edition.band_dead 3:6+43 <d <= date(\"2024-03-31\")> (A)\n" },
		{ "if d <= @\"2024-06-30\" then 2 else if d < @\"2024-06-30\" then 1 else 0", "? edition.band_dead 3:6+38 <d < @\"2024-06-30\"> (A)\n" },
		{ "if r.prev > 1 then 2 else if r.prev > 2 then 1 else 0", "? edition.band_dead 3:6+30 <r.prev > 2> (A)\n" });
}

static void test_overlap(void **state)
{
	(void)state;
	CHECK({ "if r in [0.5..0.8] then 1 else if r in [0.7..1] then 2 else 0", "? edition.band_overlap 3:6+35 <r in [0.7..1]> (A) (r in [0.5..0.8])\n" },
		{ "if r >= 0.5 then 1 else if r <= 0.7 then 2 else 0", "? edition.band_overlap 3:6+28 <r <= 0.7> (A) (r >= 0.5)\n" },
		{ "if n in (0, 1) then 0 else if n in (1, 2) then 1 else 2", "? edition.band_overlap 3:6+31 <n in (1, 2)> (A) (n in (0, 1))\n" },
		{ "if r >= 0.5 and r < 0.7 then 1 else if r >= 0.6 and r < 0.8 then 2 else 0",
			"? edition.band_overlap 3:6+40 <r >= 0.6 and r < 0.8> (A) (r >= 0.5 and r < 0.7)\n" });
}

/* Other names, other shapes and inner chains do not meddle with one another. */
static void test_other_shapes(void **state)
{
	(void)state;
	CHECK({ "if r >= 0.7 then 1 else if s >= 0.9 then 2 else 0", "" }, { "if r >= 0.7 then 1 else if r.prev >= 0.9 then 2 else 0", "" },
		{ "if r >= 0.7 and s > 1 then 1 else if r >= 0.9 then 2 else 0", "" }, { "if r >= s then 1 else if r >= 0.9 then 2 else 0", "" },
		{ "if r + 0 >= 0.7 then 1 else if r >= 0.9 then 2 else 0", "" }, { "if r >= 0.7 or s then 1 else if r >= 0.9 then 2 else 0", "" },
		{ "if not(r >= 0.7) then 1 else if r < 0.5 then 2 else 0", "" }, { "if t = \"có\" then 1 else if t = \"có\" then 2 else 0", "" },
		{ "if r != 1 then 1 else if r = 2 then 2 else 0", "" },
		{ "if r >= 0.9 then (if r >= 0.5 then 1 else 2) else 0", "" } /* chains of their own */,
		{ "if s > 1 then (if r >= 0.5 then 1 else if r >= 0.9 then 2 else 0) else 0", "? edition.band_dead 3:6+43 <r >= 0.9> (A)\n" });
}

/* As much work as a rule of greatest length can make: done soon, in little memory, and never a false word. */
static void test_bounded(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (int part = 0; part < 2; part++) {
		buf_addz(&b, part ? ") then 1 else if x in (" : "if x in (");
		for (int i = 0; i < 1300; i++)
			buf_printf(&b, part ? "%s%d.5" : "%s%d", i ? "," : "", i);
	}
	buf_addz(&b, ") then 2 else 0");
	check_rule(buf_str(&b), "");
	buf_clear(&b);
	for (int part = 0; part < 3; part++) {
		buf_addz(&b, part ? ") and x in (" : "if x in (");
		for (int i = 1; i < 700; i++)
			buf_printf(&b, "%s%c%d", i > 1 ? "," : "", part == 1 ? '>' : '<', i);
	}
	buf_addz(&b, ") then 1 else 0");
	check_rule(buf_str(&b), "");
	buf_clear(&b);
	for (int i = 0; i < 190; i++) {
		buf_printf(&b, "%sif x in (", i ? " else " : "");
		for (int k = 0; k < 8; k++)
			buf_printf(&b, "%s>%d", k ? "," : "", 8 * (190 - i) + k);
		buf_addz(&b, ") then 1");
	}
	buf_addz(&b, " else 0");
	check_rule(buf_str(&b), "");
	buf_free(&b);
}

static void test_level(void **state)
{
	enum err result;
	(void)state;
	struct edition e = edition_read("code,parent,name_vi,max,by,rule\n@name,,T\nA,,a,2,self,if r > 1 then 1 else if r > 2 then 2 else 0\n", &result);
	tree_check_bands(e.c, e.t, FAULT_ERROR);
	assert_int_equal(e.c->n_errors, 1);
	is_text(fault_lines(e.c), "! edition.band_dead 3:6+25 <r > 2> (A)\n");
	edition_end(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound_chains),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_gaps), cmocka_unit_test(test_dead),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_other_shapes),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_level),
	};
	return cmocka_run_group_tests_name("band", tests, NULL, NULL);
}
