#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "edition.h"

/* The rows behind MEASURES_HEAD begin in line 2. Columns: unit 1, measure 2, period 3, numerator 4, denominator 5, value 6, status 7, reason 8,
 * source 9, as_of 10. */
static const char names_x_y_ev[] = EDITION_NAME "R,,Gốc,3,sum\nA,R,a,1,self,,,,x\nB,R,b,1,self,,,,y + y.prev + y.prev.num\nC,R,c,1,self,,,,events(ev)\n";

static enum err read_period(struct edition *e, const char *rows, const char *want)
{
	str text = arena_printf(e->c->mem, MEASURES_HEAD "%s", rows);
	return edition_measures(e, csv_open_mem(e->c, STR("m.csv"), text, NULL), want);
}

struct faulty {
	const char *rows, *wanted;
};

static void check(const struct faulty *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct edition e = edition_of(names_x_y_ev);
		enum err result = read_period(&e, f[i].rows, NULL);
		str got = fault_lines(e.c);
		if (!str_is(got, f[i].wanted) || (result == ERR_OK) != (e.c->n_errors == 0))
			fail_msg("%s\n  %.*s", f[i].rows, STR_ARG(got));
		edition_end(&e);
	}
}
#define CHECK(...) \
	do { \
		static const struct faulty cases[] = { __VA_ARGS__ }; \
		check(cases, COUNT(cases)); \
	} while (0)

#define GOOD "Tỉnh A,x,2024,,,1,,,,\n"

static void test_faults(void **state)
{
	(void)state;
	CHECK({ GOOD, "" }, { GOOD ",x,2024,,,1,,,,\n", "! measure.empty 3:1\n" },
		{ GOOD "Tỉnh B,,2024,,,1,,,,\n", "! measure.empty 3:2\n" },
		{ GOOD "Tỉnh B,x,2024-13,,,1,,,,\n", "! measure.period 3:3 <2024-13>\n" },
		{ GOOD "Tỉnh B,x,,,,1,,,,\n", "! measure.period 3:3\n" },
		{ GOOD "Tỉnh B,x,24,,,1,,,,\n", "! measure.period 3:3 <24>\n" },
		{ GOOD "Tỉnh B,x,2024-Q5,,,1,,,,\n", "! measure.period 3:3 <2024-Q5>\n" },
		{ GOOD "Tỉnh B,x,2024,a,5,,,,,\n", "! measure.number 3:4 <a>\n" },
		{ GOOD "Tỉnh B,x,2024,5,\"1,0\",,,,,\n", "! measure.number 3:5 <1,0>\n" },
		{ GOOD "Tỉnh B,x,2024,5,,,,,,\n", "! measure.half_fraction 3:5\n" },
		{ GOOD "Tỉnh B,x,2024,,5,,,,,\n", "! measure.half_fraction 3:4\n" },
		{ GOOD "Tỉnh B,x,2024,,,\"83,1\",,,,\n", "! measure.number 3:6 <83,1>\n" },
		{ GOOD "Tỉnh B,x,2024,,,1.234.567,,,,\n", "! measure.number 3:6 <1.234.567>\n" },
		{ GOOD "Tỉnh B,x,2024,,,80%,,,,\n", "! measure.number 3:6 <80%>\n" },
		{ GOOD "Tỉnh B,x,2024,,,31/12/2024,,,,\n", "! measure.date 3:6 <31/12/2024>\n" },
		{ GOOD "Tỉnh B,x,2024,,,2024-2-1,,,,\n", "! measure.date 3:6 <2024-2-1>\n" },
		{ GOOD "Tỉnh B,x,2024,,,1.2.3,,,,\n", "! measure.number 3:6 <1.2.3>\n" },
		{ GOOD "Tỉnh B,x,2024,,,Sở 12-34-56,,,,\n", "" },
		{ GOOD "Tỉnh B,ev,2024,,,1,,,,\n", "! measure.event_date 3:10\n" }, { GOOD "Tỉnh B,ev,2024,,,0,,,,\n", "" },
		{ GOOD "Tỉnh B,x,2024,,,1 234,,,,\n", "! measure.number 3:6 <1 234>\n" },
		{ GOOD "Tỉnh B,x,2024,,,1,good,,,\n", "! measure.status 3:7 <good>\n" },
		{ GOOD "Tỉnh B,x,2024,,,1,OK,,,\n", "! measure.status 3:7 <OK>\n" },
		{ GOOD "Tỉnh B,x,2024,,,,na,,,\n", "? measure.na_without_reason 3:8\n" },
		{ GOOD "Tỉnh B,x,2024,,,,na,không có hồ sơ,,\n", "" },
		{ GOOD "Tỉnh B,x,2024,,,1,,,,31/12/2024\n", "! measure.date 3:10 <31/12/2024>\n" },
		{ GOOD "Tỉnh B,x,2024,,,1,,,,2024-02-30\n", "! measure.date 3:10 <2024-02-30>\n" },
		{ GOOD "Tỉnh A,x,2024,,,2,,,,\n", "! measure.twice 3:2 <x> (2)\n" },
		{ GOOD "Tỉnh A,x,2023,,,2,,,,\nTỉnh A,x,2023,,,3,,,,\n", "! measure.twice 4:2 <x> (3)\n" },
		{ "Tỉnh A,z,2024,,,1,,,,\n", ". measure.unused 0:0 <z> (1) (1)\n! measure.no_rows 1:0\n" },
		{ "", "! measure.no_rows 1:0\n" },
		{ GOOD "Tỉnh B,x,20,a,,1,good,,,x\n",
			"! measure.period 3:3 <20>\n! measure.number 3:4 <a>\n! measure.status 3:7 <good>\n! measure.date 3:10 <x>\n" });
}

/* The value beside counts is for reading: it must be theirs up to a unit of its last digit. */
static void test_value_and_counts(void **state)
{
	(void)state;
	CHECK({ "A,x,2024,12486,12851,0.971598,,,,\n", "" }, { "A,x,2024,12486,12851,0.97,,,,\n", "" }, { "A,x,2024,12486,12851,0.972,,,,\n", "" },
		{ "A,x,2024,12486,12851,1,,,,\n", "" }, { "A,x,2024,12486,12851,,,,,\n", "" }, { "A,x,2024,1,0,0.5,,,,\n", "" },
		{ "A,x,2024,12486,12851,0.96,,,,\n", "? measure.value_differs 2:6 <0.96> (0.9715975410473893082250408528519181)\n" },
		{ "A,x,2024,1,2,5,,,,\n", "? measure.value_differs 2:6 <5> (0.5)\n" }, { "A,x,2024,1,2,50,,,,\n", "? measure.value_differs 2:6 <50> (0.5)\n" });
	struct edition e = edition_of(names_x_y_ev);
	assert_int_equal(read_period(&e, "A,x,2024,1,2,5,,,,\n", NULL), ERR_OK);
	is_dec(e.m->units.p[0].now[tree_measure_find(e.t, STR("x"))].value.num, "0.5");
	edition_end(&e);
}

/* "x=1 y.prev=- …": the values a unit's rules see; "-" is null. */
static str slots_text(struct edition *e, size_t unit)
{
	static const char *const part[] = { "", ".num", ".den", ".prev", ".prev.num", ".prev.den", "()" };
	val *slots = NEW_ARRAY(e->c->mem, val, e->t->slots.n);
	buf b;
	buf_init(&b, 0);
	measures_fill(&e->m->units.p[unit], e->t, slots);
	for (size_t i = 1; i < e->t->slots.n; i++) {
		struct tree_slot s = e->t->slots.p[i];
		buf_printf(&b, "%s%.*s%s=", i > 1 ? " " : "", STR_ARG(e->t->measures.p[s.measure].name), part[s.part]);
		if (slots[i].kind == VAL_NULL)
			buf_char(&b, '-');
		else
			val_string(&b, slots[i]);
	}
	str text = arena_str(e->c->mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void check_slots(const char *rule_text, const char *rows, const char *want, const char *wanted)
{
	arena *mem = arena_new(0);
	struct edition e = edition_of(arena_cstr(mem, arena_printf(mem, EDITION_NAME "R,,t,1,self,,,,\"%s\"\n", rule_text)));
	if (read_period(&e, rows, want))
		fail_msg("%.*s", STR_ARG(fault_lines(e.c)));
	is_text(slots_text(&e, 0), wanted);
	edition_end(&e);
	arena_free(mem);
}

static void test_values(void **state)
{
	(void)state;
	static const char rule_text[] = "[x, x.num, x.den, x.prev, x.prev.num, x.prev.den]";
	check_slots(rule_text, "A,x,2024,3,4,,,,,\nA,x,2023,1,8,,,,,\n", NULL, "x=0.75 x.num=3 x.den=4 x.prev=0.125 x.prev.num=1 x.prev.den=8");
	check_slots(rule_text, "A,x,2024,,,0.5,,,,\n", NULL, "x=0.5 x.num=- x.den=- x.prev=- x.prev.num=- x.prev.den=-");
	check_slots(rule_text, "A,x,2024,0,0,,,,,\n", NULL, "x=- x.num=0 x.den=0 x.prev=- x.prev.num=- x.prev.den=-");
	check_slots(rule_text, "A,x,2024,3,4,,missing,,,\n", NULL, "x=- x.num=- x.den=- x.prev=- x.prev.num=- x.prev.den=-");
	check_slots(rule_text, "A,x,2024,3,4,,na,lý do,,\n", NULL, "x=- x.num=- x.den=- x.prev=- x.prev.num=- x.prev.den=-");
	check_slots("x", "A,x,2024,,,true,,,,\n", NULL, "x=true");
	check_slots("x", "A,x,2024,,,2024-06-30,,,,\n", NULL, "x=2024-06-30");
	check_slots("x", "A,x,2024,,,có,,,,\n", NULL, "x=có");
	check_slots("x", "A,x,2024,,,0,,,,\n", NULL, "x=0");
	check_slots("x", "A,x,2024,,,,,,,\n", NULL, "x=-");
}

static void test_periods(void **state)
{
	static const char rows[] =
		"A,x,2022,,,22,,,,\nA,x,2023,,,23,,,,\nA,x,2024,,,24,,,,\nA,x,2024-H1,,,241,,,,\nA,x,2023-H2,,,232,,,,\nA,x,2024-Q1,,,2401,,,,\n"
		"A,x,2023-Q4,,,2304,,,,\nA,x,2024-01,,,20241,,,,\nA,x,2023-12,,,20232,,,,\n";
	(void)state;
	check_slots("x + x.prev", rows, NULL, "x=24 x.prev=23"); /* the latest; of those that end on one day, the longest */
	check_slots("x + x.prev", rows, "2023", "x=23 x.prev=22");
	check_slots("x + x.prev", rows, "2024-H1", "x=241 x.prev=232");
	check_slots("x + x.prev", rows, "2024-Q1", "x=2401 x.prev=2304");
	check_slots("x + x.prev", rows, "2024-01", "x=20241 x.prev=20232");
	check_slots("x + x.prev", rows, "2025", "x=- x.prev=24");
	check_slots("x + x.prev", rows, "2030", "x=- x.prev=-");
	check_slots("x", "A,x,2024-Q1,,,1,,,,\nA,x,2024-03,,,3,,,,\n", NULL, "x=1");
	check_slots("x", "A,x,2024-Q1,,,1,,,,\nA,x,2024-04,,,4,,,,\n", NULL, "x=4");
}

/* Events count by the day of their decision, whatever the period of their row. */
static void test_events(void **state)
{
	(void)state;
#define EV(value, period, status, day) "A,ev," period ",,," value "," status ",,," day "\n"
	static const char two_years[] = EV("1", "2024", "", "2023-11-20") EV("1", "2024", "", "2023-12-31") EV("1", "2024", "", "2024-01-01")
		EV("1", "2024", "", "2024-12-31") EV("1", "2024", "", "2025-01-01");
	check_slots("events(ev)", two_years, NULL, "ev()=2");
	check_slots("events(ev)", two_years, "2023", "ev()=2");
	check_slots("events(ev)", two_years, "2025", "ev()=1");
	check_slots("events(ev)", two_years, "2024-Q1", "ev()=1");
	check_slots("events(ev)", two_years, "2022", "ev()=-"); /* nobody looked: not zero */
	check_slots("events(ev)", EV("0", "2024", "", ""), NULL, "ev()=0");
	check_slots("events(ev)", EV("1", "2024", "", "2023-12-31"), NULL, "ev()=0"); /* looked at, but none of this year */
	check_slots("events(ev)", EV("3", "2024", "", "2024-05-05") EV("1", "2024", "", "2024-05-06"), NULL, "ev()=4");
	check_slots("events(ev)", EV("", "2024", "missing", ""), NULL, "ev()=-");
	check_slots("events(ev)", EV("", "2024", "missing", "") EV("1", "2024", "", "2024-05-05"), NULL, "ev()=1");
	struct edition e = edition_of(names_x_y_ev);
	assert_int_equal(read_period(&e, EV("", "2024", "na", "") "A,x,2024,,,1,,,,\n", NULL), ERR_OK);
	assert_int_equal(e.m->units.p[0].events[tree_measure_find(e.t, STR("ev"))].status, FACT_NA);
	edition_end(&e);
}

static void test_units(void **state)
{
	(void)state;
	struct edition e = edition_of(names_x_y_ev);
	/* Old and new tone placement, composed or not, are one unit; other names are others. */
	assert_int_equal(
		read_period(&e,
			"Thanh Hóa,x,2024,,,1,,,,\nThanh Hoá,y,2024,,,2,,,,\nThanh Ho\x61\xCC\x81,y,2023,,,3,,,,\nHòa Bình,x,2024,,,1,,,,\n"
			" Thanh Hóa ,ev,2024,,,0,,,,\n",
			NULL),
		ERR_OK);
	assert_int_equal(e.m->units.n, 2);
	is_text(e.m->units.p[0].name, "Thanh Hóa");
	is_text(slots_text(&e, 0), "x=1 y=2 y.prev=3 y.prev.num=- ev()=0");
	is_text(slots_text(&e, 1), "x=1 y=- y.prev=- y.prev.num=- ev()=-");
	assert_int_equal(measures_find_unit(e.c, e.m, STR("Thanh Hoá")), 0);
	assert_int_equal(measures_find_unit(e.c, e.m, STR(" Thanh Ho\xCC\x81\x61")), 0);
	assert_int_equal(measures_find_unit(e.c, e.m, STR(" Hoà Bình ")), 1);
	assert_int_equal(measures_find_unit(e.c, e.m, STR("thanh hóa")), -1);
	assert_int_equal(measures_find_unit(e.c, e.m, STR("")), -1);
	edition_end(&e);
}

static void test_unused_rows(void **state)
{
	(void)state;
	struct edition e = edition_of(names_x_y_ev);
	assert_int_equal(read_period(&e, "A,x,2024,,,1,,,,\nA,other,2024,,,1,,,,\nA,other,2024,,,2,,,,\nB,other,2025,,,1,,,,\n", NULL), ERR_OK);
	assert_int_equal(e.m->rows, 4);
	assert_int_equal(e.m->unused_rows, 3);
	is_text(fault_lines(e.c), ". measure.unused 0:0 <other> (3) (1)\n");
	assert_int_equal(e.m->period.year, 2024); /* rows that nobody reads do not choose the period */
	assert_int_equal(e.m->units.n, 2);
	edition_end(&e);
}

static void test_facts(void **state)
{
	(void)state;
	struct edition e = edition_of(names_x_y_ev);
	assert_int_equal(read_period(&e, "A,x,2024,3,4,,ok,vì sao,báo cáo,2024-12-31\nA,y,2024,,,,na,không có,,\n", NULL), ERR_OK);
	const struct fact *x = measures_fact(&e.m->units.p[0], 0, PART_DEN), *y = measures_fact(&e.m->units.p[0], 1, PART_VALUE);
	assert_true(x->status == FACT_OK && x->has_counts && x->has_as_of && x->line == 2);
	is_text(x->source, "báo cáo");
	is_text(x->reason, "vì sao");
	is_dec(x->den, "4");
	assert_true(y->status == FACT_NA && y->line == 3 && !y->has_counts);
	assert_int_equal(measures_fact(&e.m->units.p[0], 1, PART_PREV_NUM)->line, 0);
	edition_end(&e);
}

static void test_heading(void **state)
{
	static const struct faulty cases[] = { { "", "! table.empty 1:0\n" }, { "unit,measure,period\n", "! table.missing_column 1:0 <value>\n" },
		{ "unit,measure,period,value,colour\n", "! table.unknown_column 1:5 <colour>\n" }, { "value,period,measure,unit\n1,2024,x,A\n", "" },
		{ "unit;measure;period;value\nA;x;2024;0.5\n", "" }, { "unit,measure,period,value\nA,x,2024,1,2\n", "! table.too_many_cells 2:5 <2>\n" },
		{ "unit,measure,period,value\nA,x,2024,\xE1\n", "! csv.not_utf8 2:4+1 <�> (35) (E1)\n" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct edition e = edition_of(names_x_y_ev);
		enum err result = edition_measures(&e, csv_open_mem(e.c, STR("m.csv"), str_of(cases[i].rows), NULL), NULL);
		is_text(fault_lines(e.c), cases[i].wanted);
		assert_int_equal(result == ERR_OK, e.c->n_errors == 0);
		edition_end(&e);
	}
}

/* Rows without end. */
static long endless(void *ctx, char *p, size_t room)
{
	static const char head[] = "unit,measure,period,value\n", row[] = "A,z,2024,1\n";
	size_t *at = ctx;
	for (size_t i = 0; i < room; i++, ++*at)
		p[i] = *at < sizeof head - 1 ? head[*at] : row[(*at - (sizeof head - 1)) % (sizeof row - 1)];
	return (long)room;
}

static void test_too_many_rows(void **state)
{
	size_t at = 0;
	(void)state;
	struct edition e = edition_of(names_x_y_ev);
	assert_int_equal(edition_measures(&e, csv_open(e.c, STR("m.csv"), endless, &at, NULL), NULL), ERR_INPUT);
	is_text(fault_lines(e.c), "! measure.too_many_rows 3000002:1 <A>\n. measure.unused 0:0 <z> (3000000) (1)\n");
	edition_end(&e);
}

/* Rows that come from elsewhere are read like those of a file; faults tell the number of the row. */
static void test_rows_without_a_file(void **state)
{
	(void)state;
	struct edition e = edition_of(names_x_y_ev);
	struct measures_in *in = measures_begin(e.c, STR("store"), e.t);
	str cells[MEASURE_COLUMNS] = { [MEASURE_UNIT] = STR("A"),
		[MEASURE_NAME] = STR("y"),
		[MEASURE_PERIOD] = STR("2024"),
		[MEASURE_NUMERATOR] = STR("3"),
		[MEASURE_DENOMINATOR] = STR("4") };
	assert_true(measures_add(in, cells));
	cells[MEASURE_PERIOD] = STR("2023");
	cells[MEASURE_NUMERATOR] = STR("1");
	assert_true(measures_add(in, cells));
	assert_int_equal(measures_end(in, NULL, &e.m), ERR_OK);
	assert_int_equal(e.m->period.year, 2024);
	const struct measure_unit *u = &e.m->units.p[0];
	int32_t y = tree_measure_find(e.t, STR("y"));
	assert_true(dec_eq(u->now[y].num, dec_int(3)) && dec_eq(u->prev[y].num, dec_int(1)) && dec_eq(u->prev[y].den, dec_int(4)));

	in = measures_begin(e.c, STR("store"), e.t);
	cells[MEASURE_DENOMINATOR] = STR("");
	assert_true(measures_add(in, cells));
	cells[MEASURE_NUMERATOR] = STR("");
	cells[MEASURE_VALUE] = STR("83,1");
	assert_true(measures_add(in, cells));
	assert_int_equal(measures_end(in, NULL, &e.m), ERR_INPUT);
	is_text(fault_lines(e.c), "! measure.half_fraction 1:0\n! measure.number 2:0 <83,1>\n");
	edition_end(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_value_and_counts),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_unused_rows),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_heading),
		cmocka_unit_test(test_too_many_rows),
		cmocka_unit_test(test_rows_without_a_file),
	};
	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
