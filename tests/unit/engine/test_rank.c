#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/rng.h"
#include "edition.h"

/* Thanh Hóa 2024: the published indices of twenty agencies, with two ties at two decimals. */
static const struct {
	const char *unit, *index;
	int published;
} agencies[] = { { "Sở Tài chính", "90.05", 1 }, { "Sở Nội vụ", "90.02", 2 }, { "Văn phòng UBND tỉnh", "90.02", 3 },
	{ "Sở Tư pháp", "89.30", 4 }, { "Sở Thông tin và Truyền thông", "88.04", 5 }, { "BQL KKT Nghi Sơn và các KCN", "86.32", 6 },
	{ "Sở NN&PTNT", "86.02", 7 }, { "Sở Xây dựng", "85.91", 8 }, { "Sở Giao thông vận tải", "85.83", 9 },
	{ "Sở Công Thương", "85.26", 10 }, { "Sở Kế hoạch và Đầu tư", "85.10", 11 }, { "Sở LĐ-TB&XH", "85.03", 12 },
	{ "Sở Khoa học và Công nghệ", "85.02", 13 }, { "Sở Y tế", "85.02", 14 }, { "Sở VH-TT&DL", "85.01", 15 },
	{ "Thanh tra tỉnh", "84.60", 16 }, { "Sở Ngoại vụ", "83.69", 17 }, { "Ban Dân tộc", "82.91", 18 },
	{ "Sở TN&MT", "78.56", 19 }, { "Sở GD&ĐT", "76.53", 20 } };

enum { AGENCIES = COUNT(agencies) };

static struct edition ranked(const char *settings, const char *rows)
{
	arena *mem = arena_new(0);
	struct edition e = edition_of(arena_cstr(mem, arena_printf(mem, EDITION_NAME "%sR,,g,100,sum\nA,R,a,60,self,,,,x\nB,R,b,40,survey,,,,y\n", settings)));
	edition_run(&e, rows);
	arena_free(mem);
	return e;
}

/* "1 2 2 4": the places in order of the file; 0 is none. */
static void has_places_at(const struct edition *e, const char *wanted, int line)
{
	buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < e->m->units.n; i++)
		buf_printf(&b, "%s%d", i ? " " : "", e->ranks[i].place);
	is_text_at(buf_str(&b), wanted, __FILE__, line);
	buf_free(&b);
}
#define has_places(e, wanted) has_places_at((e), (wanted), __LINE__)

static void agencies_ranked(const char *ties, bool backwards, const char *wanted)
{
	char settings[80];
	buf b;
	buf_init(&b, 0);
	for (int k = 0; k < AGENCIES; k++) {
		int i = backwards ? AGENCIES - 1 - k : k;
		buf_printf(&b, "%s,x,2024,,,%s,,,,\n", agencies[i].unit, agencies[i].index);
	}
	buf_char(&b, '\0');
	snprintf(settings, sizeof settings, "@ties,,%s\n", ties);
	arena *mem = arena_new(0);
	struct edition e = edition_of(arena_cstr(mem, arena_printf(mem, EDITION_NAME "%sR,,g,100,sum\nA,R,a,100,index,,,,x\n", settings)));
	edition_run(&e, b.p);
	has_places(&e, wanted);
	dec sum = DEC_ZERO;
	for (int i = 0; i < AGENCIES; i++)
		assert_true(dec_add(sum, e.r[i].published, &sum));
	assert_true(dec_div(sum, dec_int(AGENCIES), &sum));
	is_dec(sum, "85.412");
	assert_true(dec_round(sum, 2, DEC_HALF_UP, &sum));
	is_dec(sum, "85.41");
	edition_end(&e);
	arena_free(mem);
	buf_free(&b);
}

static void test_thanh_hoa(void **state)
{
	static const char forced[] = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20";
	(void)state;
	agencies_ranked("competition", false, "1 2 2 4 5 6 7 8 9 10 11 12 13 13 15 16 17 18 19 20");
	agencies_ranked("dense", false, "1 2 2 3 4 5 6 7 8 9 10 11 12 12 13 14 15 16 17 18");
	agencies_ranked("order:name", false, forced); /* Sở Nội vụ before Văn phòng, Sở Khoa học before Sở Y tế: as published */
	agencies_ranked("order:input", false, forced);
	agencies_ranked("order:name", true, "20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1");
	agencies_ranked("order:input", true, "20 19 18 17 16 15 13 14 12 11 10 9 8 7 6 5 4 2 3 1");
	agencies_ranked("competition", true, "20 19 18 17 16 15 13 13 12 11 10 9 8 7 6 5 4 2 2 1");
	for (int i = 0; i < AGENCIES; i++)
		assert_int_equal(agencies[i].published, i + 1);
}

static void test_policies(void **state)
{
	static const char rows[] =
		"C,x,2024,,,10,,,,\nC,y,2024,,,10,,,,\nA,x,2024,,,12,,,,\nA,y,2024,,,8,,,,\nB,x,2024,,,8,,,,\nB,y,2024,,,12,,,,\n"
		"Z,x,2024,,,30,,,,\nZ,y,2024,,,0,,,,\nD,x,2024,,,0,,,,\nD,y,2024,,,0,,,,\n";
	static const struct {
		const char *settings, *places; /* of C, A, B (each 20 points), Z (30), D (0) */
	} cases[] = { { "", "2 2 2 1 5" }, { "@ties,,competition\n", "2 2 2 1 5" }, { "@ties,,dense\n", "2 2 2 1 3" }, { "@ties,,order:name\n", "4 2 3 1 5" },
		{ "@ties,,order:input\n", "2 3 4 1 5" }, { "@ties,,order:A\n", "3 2 4 1 5" }, { "@ties,,order:B\n", "3 4 2 1 5" },
		{ "@ties,,\"order:R,input\"\n", "2 3 4 1 5" }, { "@ties,,\"order:R,name\"\n", "4 2 3 1 5" }, { "@ties,,\"order: B , name\"\n", "3 4 2 1 5" } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct edition e = ranked(cases[i].settings, rows);
		has_places_at(&e, cases[i].places, (int)i);
		edition_end(&e);
	}
}

static void test_left_out(void **state)
{
	(void)state;
	struct edition e = ranked("@unranked,,Thanh tra Chính phủ; Uỷ ban Dân tộc\n",
		"Thanh tra Chính phủ,x,2024,,,50,,,,\nThanh tra Chính phủ,y,2024,,,40,,,,\nBộ A,x,2024,,,5,,,,\nBộ A,y,2024,,,4,,,,\n"
		"Ủy ban Dân tộc,x,2024,,,1,,,,\n"
		"Ủy ban Dân tộc,y,2024,,,1,,,,\nBộ B,x,2024,,,6,,,,\nBộ B,y,2024,,,,missing,,,\nBộ C,x,2024,,,6,,,,\nBộ C,y,2024,,,6,,,,\n");
	has_places(&e, "0 2 0 0 1"); /* scored but not ranked; not available */
	assert_true(e.r[0].available);
	is_dec(e.r[0].published, "90");
	assert_false(e.r[3].available);
	edition_end(&e);
	e = ranked("", "A,x,2024,,,,missing,,,\n");
	has_places(&e, "0");
	edition_end(&e);
}

/* Units are compared by percent of what applies to them, not by points. */
static void test_other_maximum(void **state)
{
	static const char *const rounds[] = { "@round,,component 2\n", "@round,,end 2\n", "@round,,none\n" };
	(void)state;
	for (size_t i = 0; i < COUNT(rounds); i++) {
		arena *mem = arena_new(0);
		struct edition e = edition_of(arena_cstr(
			mem, arena_printf(mem, EDITION_NAME "%s@na,,reduce\nR,,g,100,sum\nA,R,a,84,self,,,,x\nB,R,b,16,survey,,,,y\n", rounds[i])));
		edition_run(&e, "A,x,2024,,,42,,,,\nA,y,2024,,,8,,,,\nB,x,2024,,,42,,,,\nB,y,2024,,,,na,lý do,,\nC,x,2024,,,43,,,,\nC,y,2024,,,8,,,,\n"
				"D,x,2024,,,43,,,,\nD,y,2024,,,,na,lý do,,\n");
		has_places(&e, "3 3 2 1"); /* 50/100, 42/84, 51/100, 43/84 */
		edition_end(&e);
		arena_free(mem);
	}
}

/* Equal at two decimals and yet not equal: by what lies behind, where components are rounded; never against the official value. */
static void test_unrounded(void **state)
{
	(void)state;
	struct edition e = ranked("@round,,end 2\n",
		"A,x,2024,,,50.001,,,,\nA,y,2024,,,0,,,,\nB,x,2024,,,50.004,,,,\nB,y,2024,,,0,,,,\nC,x,2024,,,50.001,,,,\nC,y,2024,,,0,,,,\n");
	has_places(&e, "2 1 2");
	is_dec(e.r[0].published, "50");
	is_dec(e.r[1].published, "50");
	edition_end(&e);
	e = ranked("@round,,component 2\n",
		"A,x,2024,,,50.001,,,,\nA,y,2024,,,0,,,,\nB,x,2024,,,50.004,,,,\nB,y,2024,,,0,,,,\nC,x,2024,,,50.0049,,,,\nC,y,2024,,,0.004,,,,\n");
	has_places(&e, "3 2 1");
	edition_end(&e);
	/* A: 25.01 + 25.01 official, 50.01 behind; B: 50.01 + 0 official, 50.014 behind. */
	e = ranked("@round,,component 2\n", "A,x,2024,,,25.005,,,,\nA,y,2024,,,25.005,,,,\nB,x,2024,,,50.014,,,,\nB,y,2024,,,0,,,,\n");
	has_places(&e, "1 2");
	edition_end(&e);
}

static void test_values(void **state)
{
	static const char *const text[] = { "5", "7", "5.0", "9", "7", "1" };
	static const struct {
		enum tie_policy ties;
		int places[6];
	} cases[] = { { TIES_COMPETITION, { 4, 2, 4, 1, 2, 6 } }, { TIES_DENSE, { 3, 2, 3, 1, 2, 4 } } };
	dec value[6];
	int places[6];
	arena *mem = arena_new(0);
	(void)state;
	for (int i = 0; i < 6; i++)
		value[i] = dec_of_text(text[i]);
	for (size_t k = 0; k < COUNT(cases); k++) {
		rank_values(cases[k].ties, mem, value, 6, places);
		assert_memory_equal(places, cases[k].places, sizeof places);
	}
	rank_values(TIES_ORDER, mem, value, 6, places);
	int seen = 0;
	for (int i = 0; i < 6; i++)
		seen |= 1 << places[i];
	assert_int_equal(seen, 126); /* 1 to 6, each once */
	rank_values(TIES_DENSE, mem, value, 0, places);
	arena_free(mem);
}

/* The definitions, on random values with many ties: a competition place is one more than the units ahead, a dense one one more than the
 * different values ahead, and an order gives every place once, higher values first. */
static void test_random(void **state)
{
	enum { UNITS = 60 };
	rng r;
	(void)state;
	rng_seed(&r, 7);
	for (int round = 0; round < 40; round++) {
		static const char *const ties[] = { "competition", "dense", "order:name", "order:B" };
		int policy = round % 4, points[UNITS];
		char settings[40];
		buf b;
		buf_init(&b, 0);
		for (int i = 0; i < UNITS; i++) {
			int x = (int)rng_below(&r, 20), y = (int)rng_below(&r, 10);
			points[i] = rng_below(&r, 10) ? x + y : -1; /* -1: a figure is missing */
			buf_printf(&b, "u%d,x,2024,,,%d,,,,\nu%d,y,2024,,,%d,%s,,,\n", i, x, i, y, points[i] < 0 ? "missing" : "");
		}
		buf_char(&b, '\0');
		snprintf(settings, sizeof settings, "@ties,,%s\n", ties[policy]);
		struct edition e = ranked(settings, b.p);
		for (int i = 0; i < UNITS; i++) {
			int ahead = 0, values = 0, same = 0;
			bool seen[40] = { false };
			for (int k = 0; k < UNITS; k++) {
				ahead += points[k] > points[i];
				same += points[k] == points[i];
				if (points[k] > points[i] && !seen[points[k]])
					values += (seen[points[k]] = true);
			}
			int got = e.ranks[i].place;
			if (points[i] < 0)
				assert_int_equal(got, 0);
			else if (policy == 0)
				assert_int_equal(got, ahead + 1);
			else if (policy == 1)
				assert_int_equal(got, values + 1);
			else
				assert_true(got > ahead && got <= ahead + same);
			for (int k = 0; k < i && policy > 1 && got; k++)
				assert_true(e.ranks[k].place != got);
		}
		edition_end(&e);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thanh_hoa),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_other_maximum),
		cmocka_unit_test(test_unrounded),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
