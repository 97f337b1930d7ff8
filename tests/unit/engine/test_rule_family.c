/* Families of rules: what they write, that it is read back as the same family and values, and which of the rules we ship belong to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "base/csv.h"
#include "engine/rule_family.h"
#include "engine/tree.h"

static bool any_name(void *ctx, str name, enum rule_part part, uint32_t *slot)
{
	uint32_t *n = ctx;
	*slot = str_is(name, "max") ? 0 : ++*n;
	return !str_is(name, "max") || part == PART_VALUE;
}

static const rule *compiled(cx *c, str text)
{
	const rule *r;
	uint32_t n = 0;
	struct rule_scope scope = { .find = any_name, .ctx = &n };
	assert_int_equal(rule_compile(c, text, &scope, (place){ 0 }, &r), ERR_OK);
	return r;
}

static const char *z(cx *c, str s) { return arena_cstr(c->mem, s); }

/* family, fixed values and steps divided by |, the rule */
static const struct {
	const char *family, *fixed, *steps, *rule;
} cases[] = {
	{ "yes_no", "m=issued", "", "if issued then max else 0" },
	{ "all_of", "ms=issued,  complete,on_time", "", "if all([issued, complete, on_time]) then max else 0" },
	{ "share", "m=r", "", "r * max" },
	{ "survey", "m=share m2=answers n=30", "", "if answers < 30 then null else share * max" },
	{ "proportional", "m=r n=80%", "", "if r >= 1 then max else if r in [0.8..1) then r * max else 0" },
	{ "target", "m=r n=0,2 n2=5%", "", "if r >= 0.2 then max else if r in [0.05..0.2) then r / 0.2 * max else 0" },
	{ "linear", "m=r n=0.5 n2=0.9", "", "if r >= 0.9 then max else if r <= 0.5 then 0 else (r - 0.5) / (0.9 - 0.5) * max" },
	{ "linear_down", "m=r n=1% n2=5%", "", "if r <= 0.01 then max else if r >= 0.05 then 0 else (0.05 - r) / (0.05 - 0.01) * max" },
	{ "growth", "m=n n=1,1", "", "if n >= 1.1 * n.prev then max else 0" },
	{ "none_is_good", "m=found m2=handled", "", "if found = 0 then max else if handled >= found then max else 0" },
	{ "steps_up", "m=r p=0", "N=1 P=max|N=90% P=75%|N=0.8 P=max/2|N=70% P=0,25",
		"if r >= 1 then max else if r in [0.9..1) then 0.75 * max else if r in [0.8..0.9) then max/2 else if r in [0.7..0.8) then 0.25 else 0" },
	{ "steps_down", "m=r p=0", "N=1% P=max|N=3% P=0.5", "if r <= 0.01 then max else if r in (0.01..0.03] then 0.5 else 0" },
	{ "counts", "m=n p=0", "N=2 P=max|N=1 P=max/2", "if n >= 2 then max else if n = 1 then max/2 else 0" },
	{ "items", "m=n n=0,05", "", "min(max, 0.05 * n)" },
	{ "bonus_events", "m=x n=0.5", "", "min(max, 0.5 * events(x))" },
	{ "deduct_events", "m=x n=0.25", "", "if 0.25 * events(x) >= max then 0 else max - 0.25 * events(x)" },
	{ "deduct_each", "m=days n=0.1", "", "if 0.1 * days >= max then 0 else max - 0.1 * days" },
	{ "date_fixed", "m=d d=31/01/2026 p=max p2=0", "K=30 P=50%",
		"if d <= date(\"2026-01-31\") then max else if d <= date(\"2026-01-31\") + duration(\"P30D\") then 0.5 * max else 0" },
	{ "date_steps", "m=d m2=due p=max p2=0", "K=30 P=50%|K=60 P=0.25",
		"if d <= due then max else if d <= due + duration(\"P30D\") then 0.5 * max else if d <= due + duration(\"P60D\") then 0.25 else 0" },
	{ "date_steps_zero", "m=d m2=due p=max p2=0", "K=30 P=50%",
		"if d = null then 0 else if d <= due then max else if d <= due + duration(\"P30D\") then 0.5 * max else 0" },
	{ "answers", "m=a p=0", "T=regular P=max|T=a\"b P=30%", "if a = \"regular\" then max else if a = \"a\\\"b\" then 0.3 * max else 0" },
};

static void put(const str *names, int n, str *to, str hole, str value)
{
	for (int i = 0; i < n; i++)
		if (str_eq(names[i], hole)) {
			to[i] = value;
			return;
		}
	fail_msg("no such hole: %.*s", (int)hole.len, hole.p);
}

static str value_of(str pair, str *hole)
{
	str value = pair;
	str_next(&value, '=', hole);
	return value;
}

static struct family_values values(const char *family, const char *fixed, const char *steps)
{
	struct family_values v = { .family = rule_family_find(str_of(family)) };
	struct family_holes h;
	str rest = str_of(fixed), pair, hole;
	assert_non_null(v.family);
	rule_family_holes(v.family, &h);
	if (str_starts(rest, STR("ms=")))
		v.fixed[0] = (str){ rest.p + 3, rest.len - 3 };
	else
		while (str_next(&rest, ' ', &pair)) {
			str value = value_of(pair, &hole);
			put(h.fixed, h.n_fixed, v.fixed, hole, value);
		}
	str all = str_of(steps), one;
	while (str_next(&all, '|', &one)) {
		if (!one.len)
			continue;
		while (str_next(&one, ' ', &pair)) {
			str value = value_of(pair, &hole);
			put(h.step, h.n_step, v.step[v.n_steps], hole, value);
		}
		v.n_steps++;
	}
	return v;
}

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cx *c = cx_new(0);
		str text, again;
		struct family_values v = values(cases[i].family, cases[i].fixed, cases[i].steps), back;
		assert_int_equal(rule_family_write(c, &v, &text), ERR_OK);
		assert_string_equal(z(c, text), cases[i].rule);
		assert_true(rule_family_read(c, compiled(c, text), &back));
		assert_string_equal(back.family->name, cases[i].family);
		assert_int_equal(back.n_steps, v.n_steps);
		assert_int_equal(rule_family_write(c, &back, &again), ERR_OK);
		assert_string_equal(z(c, again), z(c, text));
		assert_int_equal(c->n_faults, 0);
		cx_free(c);
	}
}

static void test_every_family_is_tried(void **state)
{
	(void)state;
	for (const struct rule_family *f = rule_families; f->name; f++) {
		bool found = false;
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
			found |= strcmp(cases[i].family, f->name) == 0;
		if (!found)
			fail_msg("no case for %s", f->name);
	}
}

static const char *family_of(cx *c, const char *text)
{
	struct family_values v;
	return rule_family_read(c, compiled(c, str_of(text)), &v) ? v.family->name : "";
}

static void test_others(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	assert_string_equal(family_of(c, "if r >= 1 then max else if r in [0.9..0.99) then 1 else 0"), ""); /* the bands do not meet */
	assert_string_equal(family_of(c, "if r >= 1 then max else if s in [0.9..1) then 1 else 0"), "");   /* another name */
	assert_string_equal(family_of(c, "if r >= 1 then max else if r in [0.9..1) then r else 0"), "");   /* not points */
	assert_string_equal(family_of(c, "if r.num >= 1 then max else 0"), "");
	assert_string_equal(family_of(c, "if r >= 1 then max else 0"), "steps_up");
	assert_string_equal(family_of(c, "if (r >= 1.0) then max else (0)"), "steps_up");
	assert_string_equal(family_of(c, "max"), "");
	assert_string_equal(family_of(c, "x + y"), "");
	assert_string_equal(family_of(c, "min(max, 0.05 * n)"), "items");
	cx_free(c);
}

static void test_wrong(void **state)
{
	(void)state;
	cx *c = cx_new(0);
	str text;
	struct family_values v = values("steps_up", "m=r=1 p=x", "N=viele P=max|N=0.8 P=");
	assert_int_equal(rule_family_write(c, &v, &text), ERR_INPUT);
	bool name = false, n = false, p = false, end = false;
	for (size_t i = 0; i < c->n_faults; i++) {
		name |= str_is(c->faults[i].at.field, "m");
		n |= str_is(c->faults[i].at.field, "N1");
		p |= str_is(c->faults[i].at.field, "P2");
		end |= str_is(c->faults[i].at.field, "p");
	}
	assert_true(name && n && p && end);
	v = values("steps_up", "m=r p=0", "");
	c->n_faults = c->n_errors = 0;
	assert_int_equal(rule_family_write(c, &v, &text), ERR_INPUT);
	assert_string_equal(c->faults[0].key, "family.no_steps");
	cx_free(c);
}

/* Most rules of the sets we ship are of some family. */
static void test_shipped(void **state)
{
	static const char *const sets[] = { "method/par-index-province-illustrative.csv", "method/so-illustrative.csv", "method/xa-illustrative.csv" };
	size_t known = 0, all = 0;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		cx *c = cx_new(0);
		tree *t;
		assert_int_equal(tree_read(c, csv_open_file(c, sets[i], NULL), str_of(sets[i]), &t), ERR_OK);
		for (size_t k = 0; k < t->nodes.n; k++) {
			struct family_values v;
			str again;
			if (!tree_is_scored(&t->nodes.p[k]))
				continue;
			all++;
			if (!rule_family_read(c, t->nodes.p[k].rule, &v))
				continue;
			known++;
			struct family_values back;
			assert_int_equal(rule_family_write(c, &v, &again), ERR_OK);
			assert_true(rule_family_read(c, compiled(c, again), &back));
			assert_string_equal(back.family->name, v.family->name);
		}
		cx_free(c);
	}
	printf("# %zu of %zu rules are of a family\n", known, all);
	assert_true(known * 3 > all * 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip), cmocka_unit_test(test_every_family_is_tried), cmocka_unit_test(test_others),
		cmocka_unit_test(test_wrong), cmocka_unit_test(test_shipped) };
	return cmocka_run_group_tests_name("rule_family", tests, NULL, NULL);
}
