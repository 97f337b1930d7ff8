#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "edition.h"

/* The rows behind EDITION_NAME begin in line 3. Columns: code 1, parent 2, name_vi 3, max 4, by 5, agg 6, weight 7, cap 8, rule 9, na 10,
 * digits 11, rounding 12. */
struct faulty {
	const char *rows, *wanted;
};

static void check_text(const char *text, const char *wanted)
{
	enum err result;
	struct edition e = edition_read(text, &result);
	str got = fault_lines(e.c);
	if (!str_is(got, wanted) || (result == ERR_OK) != (e.c->n_errors == 0))
		fail_msg("%.600s\n  %.*s", text, (int)(got.len < 600 ? got.len : 600), got.p);
	edition_end(&e);
}

static void check_rows(const struct faulty *f, size_t n)
{
	arena *mem = arena_new(0);
	for (size_t i = 0; i < n; i++)
		check_text(arena_cstr(mem, arena_printf(mem, EDITION_NAME "%s", f[i].rows)), f[i].wanted);
	arena_free(mem);
}
#define CHECK(...) \
	do { \
		static const struct faulty cases[] = { __VA_ARGS__ }; \
		check_rows(cases, COUNT(cases)); \
	} while (0)

#define R3 "R,,Gốc,3,sum,,,,,,,\n"
#define A1 "A,R,Một,1,self,,,,x,,,\n"
#define B2 "B,R,Hai,2,self,,,,y,,,\n"

static void test_good(void **state)
{
	(void)state;
	CHECK({ R3 A1 B2, "" }, { B2 A1 R3, "" }, { "R,,Một,1,self,,,,x,,,\n", "" });
}

static void test_cells(void **state)
{
	(void)state;
	CHECK({ R3 "A,R,Một,một,self,,,,x,,,\n" B2, "! cell.number 4:4 <một>\n" },
		{ R3 "A,R,Một,\"1,5\",self,,,,x,,,\n" B2, "! cell.number 4:4 <1,5>\n" },
		{ R3 "A,R,Một,-1,self,,,,x,,,\n" B2, "! cell.negative 4:4 <-1>\n" },
		{ R3 "A,R,Một,,self,,,,x,,,\n" B2, "! edition.no_max 4:4 <A>\n" },
		{ R3 "A,R,Một,,self,,,,x,,,\nB,R,Hai,,self,,,,y,,,\n", "! edition.no_max 4:4 <A>\n! edition.no_max 5:4 <B>\n" },
		{ R3 "A,R,,1,self,,,,x,,,\n" B2, "! edition.no_name 4:3\n" },
		{ R3 "A,R,Một,1,Self,,,,x,,,\n" B2, "! cell.choice 4:5 <Self> (sum, self, survey, index, bonus, penalty)\n! edition.leaf_by 4:5 <A>\n" },
		{ R3 "A,R,Một,1,,,,,x,,,\n" B2, "! cell.choice 4:5 (sum, self, survey, index, bonus, penalty)\n! edition.leaf_by 4:5 <A>\n" },
		{ "R,,Gốc,3,sum,avg,,,,,,\n" A1 B2, "! cell.choice 3:6 <avg> (sum, wsum, mean, wmean, gmean)\n" },
		{ R3 "A,R,Một,1,self,,,,x,drop,,\n" B2, "! cell.choice 4:10 <drop> (ask, reduce, max, zero)\n" },
		{ R3 "A,R,Một,1,self,,,,x,,,up\n" B2, "! cell.choice 4:12 <up> (half_up, half_even, truncate)\n" },
		{ R3 "A,R,Một,1,self,,,,x,,13,\n" B2, "! cell.whole_number 4:11 <13>\n" },
		{ R3 "A,R,Một,1,self,,,,x,,-1,\n" B2, "! cell.whole_number 4:11 <-1>\n" },
		{ R3 "A,R,Một,1,self,,,,x,,1.5,\n" B2, "! cell.whole_number 4:11 <1.5>\n" },
		{ "R,,Gốc,3,sum,wsum,,,,,,\nA,R,Một,1,self,,0,,x,,,\nB,R,Hai,2,self,,1,,y,,,\n",
			"! cell.not_positive 4:7 <0>\n! edition.no_weight 4:7 <A>\n" },
		{ "R,,Gốc,3,sum,,,x,,,,\n" A1 B2, "! cell.number 3:8 <x>\n" }, { "R,,Gốc,3,sum,,,0,,,,\n" A1 B2, "" });
}

static void test_codes_and_parents(void **state)
{
	(void)state;
	CHECK({ R3 ",R,Một,1,self,,,,x,,,\n" A1 B2, "! edition.no_code 4:1\n" }, { R3 A1 "A,R,Hai,2,self,,,,y,,,\n" B2, "! edition.code_twice 5:1 <A>\n" },
		{ R3 A1 "B,Q,Hai,2,self,,,,y,,,\n", "! edition.no_parent 5:2 <Q>\n! edition.maxima 3:4 <R> (1) (3)\n" },
		{ "A,B,Một,1,sum,,,,,,,\nB,A,Hai,1,sum,,,,,,,\n",
			"! edition.no_root 3:2 <A>\n! edition.cycle 3:2 <A>\n! edition.cycle 4:2 <B>\n" },
		{ R3 A1 B2 "C,C,Ba,1,sum,,,,,,,\n", "! edition.cycle 6:2 <C>\n" },
		{ R3 A1 B2 "C,D,Ba,1,sum,,,,,,,\nD,C,Bốn,1,sum,,,,,,,\nE,D,Năm,1,self,,,,z,,,\n",
			"! edition.cycle 6:2 <C>\n! edition.cycle 7:2 <D>\n! edition.cycle 8:2 <E>\n! edition.maxima 7:4 <D> (2) (1)\n" },
		{ R3 A1 B2 "S,,Gốc hai,1,self,,,,z,,,\n", "! edition.second_root 6:2 <S>\n" },
		{ "R,,Gốc,3,sum,,,,,,,\nS,,Gốc hai,1,self,,,,z,,,\nT,,Gốc ba,1,self,,,,z,,,\n" A1 B2,
			"! edition.second_root 5:2 <T>\n! edition.second_root 4:2 <S>\n" },
		{ "", "! edition.no_rows 1:0\n" });
}

static void test_rules_and_children(void **state)
{
	(void)state;
	CHECK({ "R,,Gốc,3,sum,,,,x,,,\n" A1 B2, "! edition.rule_and_children 3:9 <R>\n" },
		{ "R,,Gốc,3,self,,,,,,,\n" A1 B2, "! edition.inner_by 3:5 <R>\n" },
		{ "R,,Gốc,3,survey,,,,,,,\n" A1 B2, "! edition.inner_by 3:5 <R>\n" },
		{ R3 A1 "B,R,Hai,2,self,,,,,,,\n", "! edition.no_rule 5:9 <B>\n" },
		{ R3 A1 "B,R,Hai,2,sum,,,,y,,,\n", "! edition.leaf_by 5:5 <B>\n" },
		{ R3 A1 "B,R,Hai,2,sum,,,,,,,\n", "! edition.no_rule 5:9 <B>\n! edition.leaf_by 5:5 <B>\n" },
		{ R3 A1 "B,R,Hai,2,self,,,,1 +,,,\n", "! rule.ends_early 5:9+4\n" },
		{ R3 A1 "B,R,Hai,2,self,,,,\"đ + \"\"x\",,,\n", "! rule.string_unclosed 5:9+5 <\"x>\n" },
		{ R3 A1 "B,R,Hai,2,self,,,,max.num,,,\n", "! rule.unknown_name 5:9+1 <max.num>\n" },
		{ R3 A1 "B,R,Hai,2,self,,,,abs(),,,\n", "? rule.arguments 5:9+1 <abs()> (abs) (n)\n" });
}

static void test_maxima(void **state)
{
	(void)state;
	CHECK({ "R,,Gốc,4,sum,,,,,,,\n" A1 B2, "! edition.maxima 3:4 <R> (3) (4)\n" },
		{ "R,,Gốc,3.00,sum,,,,,,,\n" A1 B2, "" }, { "R,,Gốc,2,sum,,,2,,,,\n" A1 B2, "" } /* a cap */,
		{ "R,,Gốc,9,sum,mean,,,,,,\n" A1 B2, "" },
		{ R3 A1 B2 "T,R,Thưởng,5,bonus,,,,t,,,\nP,R,Trừ,5,penalty,,,,p,,,\n", "" } /* outside the maximum */,
		{ R3 A1 B2 "T,R,Thưởng,5,bonus,,,2,,,,\nT1,T,a,4,bonus,,,,t,,,\nT2,T,b,3,bonus,,,,u,,,\n", "" },
		{ R3 A1 B2 "T,R,Thưởng,5,bonus,,,,,,,\nT1,T,a,4,bonus,,,,t,,,\nT2,T,b,3,bonus,,,,u,,,\n", "! edition.maxima 6:4 <T> (7) (5)\n" },
		{ "R,,Gốc,3,sum,,,,,,,\nA,R,Một,2,sum,,,,,,,\nA1,A,a,1,self,,,,x,,,\nA2,A,b,0.5,self,,,,y,,,\nB,R,Hai,1,self,,,,z,,,\n",
			"! edition.maxima 4:4 <A> (1.5) (2)\n" },
		{ "R,,Gốc,0.3,sum,,,,,,,\nA,R,a,0.1,self,,,,x,,,\nB,R,b,0.2,self,,,,y,,,\n", "" });
}

static void test_weights(void **state)
{
	(void)state;
	CHECK({ "R,,Gốc,5,sum,wsum,,,,,,\nA,R,Một,1,self,,1,,x,,,\nB,R,Hai,2,self,,2,,y,,,\n", "" },
		{ "R,,Gốc,5,sum,wsum,,,,,,\nA,R,Một,1,self,,,,x,,,\nB,R,Hai,2,self,,2,,y,,,\n", "! edition.no_weight 4:7 <A>\n" },
		{ "R,,Gốc,5,sum,wmean,,,,,,\nA,R,Một,1,self,,,,x,,,\nB,R,Hai,2,self,,2,,y,,,\n", "! edition.no_weight 4:7 <A>\n" },
		{ "R,,Gốc,5,sum,gmean,,,,,,\n" A1 B2, "" }, { R3 "A,R,Một,1,self,,2,,x,,,\n" B2, "! edition.idle_weight 4:7 <A>\n" });
}

static void test_settings(void **state)
{
	(void)state;
	CHECK({ "@round,,component 3 half_even\n" R3 A1 B2, "" }, { "@round,,end\n" R3 A1 B2, "" }, { "@round,,none\n" R3 A1 B2, "" },
		{ "@round,,later 2\n" R3 A1 B2, "! cell.choice 3:3 <later> (component, end, none)\n" },
		{ "@round,,\n" R3 A1 B2, "! cell.choice 3:3 (component, end, none)\n" },
		{ "@round,,component two\n" R3 A1 B2, "! cell.whole_number 3:3 <component two>\n" },
		{ "@round,,component 13\n" R3 A1 B2, "! cell.whole_number 3:3 <component 13>\n" },
		{ "@round,,component 2 up\n" R3 A1 B2, "! cell.choice 3:3 <up> (half_up, half_even, truncate)\n" },
		{ "@round,,component 2 half_up now\n" R3 A1 B2, "! edition.setting_rest 3:3 <component 2 half_up now>\n" },
		{ "@ties,,dense\n" R3 A1 B2, "" }, { "@ties,,\"order:A,name,input\"\n" R3 A1 B2, "" },
		{ "@ties,,order:\n" R3 A1 B2, "! edition.ties 3:3 <order:>\n" },
		{ "@ties,,first\n" R3 A1 B2, "! edition.ties 3:3 <first>\n" }, { "@ties,,\n" R3 A1 B2, "! edition.ties 3:3\n" },
		{ "@ties,,\"order:Z,name\"\n" R3 A1 B2, "! edition.unknown_code 3:3 <Z>\n" }, { "@groups,,A>=90;B>80\n" R3 A1 B2, "" },
		{ "@groups,,A>=90;B80\n" R3 A1 B2, "! edition.group 3:3 <B80>\n" }, { "@groups,,>=90\n" R3 A1 B2, "! edition.group 3:3 <>=90>\n" },
		{ "@groups,,A>=x\n" R3 A1 B2, "! edition.group 3:3 <A>=x>\n" }, { "@groups,,A>\n" R3 A1 B2, "! edition.group 3:3 <A>>\n" },
		{ "@groups,,A>=80;B>=90\n" R3 A1 B2, "! edition.group_order 3:3 <B>=90>\n" },
		{ "@groups,,A>=80;B>=80\n" R3 A1 B2, "! edition.group_order 3:3 <B>=80>\n" }, { "@clamp,,component total\n" R3 A1 B2, "" },
		{ "@clamp,,all\n" R3 A1 B2, "! cell.choice 3:3 <all> (component, group, total, none)\n" },
		{ "@na,,later\n" R3 A1 B2, "! cell.choice 3:3 <later> (ask, reduce, max, zero)\n" },
		{ "@value,,points\n" R3 A1 B2, "" },
		{ "@value,,percents\n" R3 A1 B2, "! cell.choice 3:3 <percents> (percent, points)\n" },
		{ "@years,,2022-2025\n" R3 A1 B2, "" }, { "@years,,2022;2024\n" R3 A1 B2, "" },
		{ "@years,,22\n" R3 A1 B2, "! edition.years 3:3 <22>\n" },
		{ "@years,,2025-2022\n" R3 A1 B2, "! edition.years 3:3 <2025-2022>\n" },
		{ "@years,,2022-2025-2026\n" R3 A1 B2, "! edition.years 3:3 <2022-2025-2026>\n" },
		{ "@years,,2022-x\n" R3 A1 B2, "! edition.years 3:3 <2022-x>\n" },
		{ "@note,,bất kỳ\n@source,,nguồn\n@level,,province\n" R3 A1 B2, "" },
		{ "@rounds,,end 2\n" R3 A1 B2, "! edition.unknown_setting 3:1 <@rounds>\n" },
		{ "@level,,a\n@level,,b\n" R3 A1 B2, "! edition.setting_twice 4:1 <@level>\n" },
		{ "@ties,,order:A\n@ties,,x\n" R3 A1 B2, "! edition.setting_twice 4:1 <@ties>\n! edition.ties 4:3 <x>\n" });
	check_text(EDITION_HEAD R3 A1 B2, "! edition.no_title 1:0 <@name>\n");
	check_text(EDITION_HEAD "@name,,\n" R3 A1 B2, "! edition.no_title 1:0 <@name>\n");
}

static void test_values_of_settings(void **state)
{
	(void)state;
	struct edition e = edition_of(
		"code,parent,name_vi,max,by,rule,name_en,note\n@name,,Bộ,,,,Set,ghi chú\n@level,,so\n@years,,2019;2022-2024\n@round,,end 3 truncate\n"
		"@ties,,\"order:A,input\"\n@groups,,A>=90;B > 80\n@clamp,,component total\n@na,,reduce\n@value,,points\n@unranked,,Thanh tra ; Ủy ban\n"
		"R,,Gốc,1,sum,,Root\nA,R,Một,1,self,x\n");
	const tree *t = e.t;
	assert_true(str_is(t->name_vi, "Bộ") && str_is(t->name_en, "Set") && str_is(t->note, "ghi chú") && str_is(t->level, "so"));
	assert_int_equal(t->round_at, ROUND_END);
	assert_int_equal(t->digits, 3);
	assert_int_equal(t->rounding, DEC_DOWN);
	assert_int_equal(t->ties, TIES_ORDER);
	assert_int_equal(t->keys.n, 2);
	assert_true(t->keys.p[0].what == KEY_NODE && t->keys.p[0].node == tree_find(t, STR("A")) && t->keys.p[1].what == KEY_INPUT);
	assert_int_equal(t->groups.n, 2);
	assert_true(str_is(t->groups.p[1].name, "B") && t->groups.p[1].open && !t->groups.p[0].open);
	is_dec(t->groups.p[1].from, "80");
	assert_int_equal(t->clamp, CLAMP_COMPONENT | CLAMP_TOTAL);
	assert_int_equal(t->na, NA_REDUCE);
	assert_int_equal(t->value, VALUE_POINTS);
	assert_int_equal(t->unranked.n, 2);
	assert_true(str_is(t->unranked.p[0], "Thanh tra") && str_is(t->unranked.p[1], "Ủy ban"));
	static const int years[] = { 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025 };
	static const bool covered[] = { false, true, false, false, true, true, true, false };
	for (size_t i = 0; i < COUNT(years); i++)
		assert_int_equal(tree_for_year(t, years[i]), covered[i]);
	assert_true(str_is(t->nodes.p[0].name_en, "Root") && str_is(t->nodes.p[1].name_en, "Một"));
	edition_end(&e);
}

static void test_defaults(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME "@round,,component 1 half_even\n@na,,zero\n" R3 A1 "B,R,Hai,2,survey,,,,y,max,3,truncate\n");
	const struct tree_node *a = &e.t->nodes.p[1], *b = &e.t->nodes.p[2];
	assert_true(a->digits == 1 && a->rounding == DEC_HALF_EVEN && a->na == NA_ZERO && a->by == BY_SELF);
	assert_true(b->digits == 3 && b->rounding == DEC_DOWN && b->na == NA_MAX && b->by == BY_SURVEY);
	assert_true(tree_for_year(e.t, 1990));
	edition_end(&e);
	e = edition_of(EDITION_NAME "@clamp,,none\n" R3 A1 B2);
	assert_int_equal(e.t->clamp, 0);
	edition_end(&e);
	e = edition_of(EDITION_NAME R3 A1 B2);
	assert_true(e.t->round_at == ROUND_COMPONENT && e.t->digits == 2 && e.t->rounding == DEC_HALF_UP && e.t->ties == TIES_COMPETITION);
	assert_true(e.t->na == NA_ASK && e.t->value == VALUE_PERCENT && e.t->clamp == CLAMP_COMPONENT);
	edition_end(&e);
}

/* Parents may stand below their children; siblings keep the order of the file; children come before parents in `order`. */
static void test_order(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME
		"A2,A,b,1,self,,,,x,,,\nA1,A,a,1,self,,,,y,,,\nA,R,Một,2,sum,,,,,,,\nR,,Gốc,5,sum,,,,,,,\nB,R,Hai,3,self,,,,z,,,\n");
	const tree *t = e.t;
	int32_t at[5];
	for (int32_t k = 0; k < 5; k++)
		at[t->order[k]] = k;
	for (int32_t i = 0; i < 5; i++)
		assert_true(t->nodes.p[i].parent == NO_NODE || at[i] < at[t->nodes.p[i].parent]);
	int32_t a = tree_find(t, STR("A")), first = t->nodes.p[a].first_child;
	assert_true(t->root == tree_find(t, STR("R")));
	assert_true(str_is(t->nodes.p[first].code, "A2") && str_is(t->nodes.p[t->nodes.p[first].next_sibling].code, "A1"));
	assert_int_equal(t->nodes.p[first].level, 2);
	assert_int_equal(tree_find(t, STR("Q")), NO_NODE);
	assert_int_equal(tree_measure_find(t, STR("z")), 2);
	assert_int_equal(tree_measure_find(t, STR("q")), -1);
	edition_end(&e);
}

/* Each (measure, part) has one slot, however many rules read it. */
static void test_slots(void **state)
{
	(void)state;
	struct edition e = edition_of(EDITION_NAME R3 "A,R,Một,1,self,,,,x + x.prev + x,,,\nB,R,Hai,2,self,,,,max * x + x.num + events(y),,,\n");
	assert_int_equal(e.t->slots.n, 5);
	assert_int_equal(e.t->measures.n, 2);
	assert_true(e.t->measures.p[0].slot[PART_VALUE] == 1 && e.t->measures.p[0].slot[PART_PREV] == 2 && e.t->measures.p[0].slot[PART_NUM] == 3);
	assert_true(e.t->measures.p[1].slot[PART_EVENTS] == 4 && e.t->measures.p[1].slot[PART_VALUE] == 0);
	edition_end(&e);
}

static void test_depth_and_size(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 0);
	buf_addz(&b, EDITION_NAME);
	for (int i = 0; i <= TREE_MAX_DEPTH + 1; i++)
		buf_printf(&b, i ? "n%d,n%d,t,1,%s\n" : "n%d,,t,1,sum\n", i, i - 1, i > TREE_MAX_DEPTH ? "self,,,,x" : "sum");
	buf_char(&b, '\0');
	check_text(b.p, "! edition.too_deep 15:1 <n12>\n");
	buf_clear(&b);
	buf_addz(&b, EDITION_NAME "R,,t,20005,sum\n");
	for (int i = 0; i < TREE_MAX_NODES + 5; i++)
		buf_printf(&b, "n%d,R,t,1,self,,,,x\n", i);
	buf_char(&b, '\0');
	/* Told once, and not followed by what comes of it. */
	check_text(b.p, "! edition.too_many_rows 20003:1 <n19999>\n! edition.maxima 3:4 <R> (19999) (20005)\n");
	buf_free(&b);
}

static void test_heading(void **state)
{
	(void)state;
	check_text("", "! table.empty 1:0\n");
	check_text("\n\n", "! table.empty 1:0\n");
	check_text("code,parent,name_vi,max,by\n", "! table.missing_column 1:0 <rule>\n");
	check_text("code,parent,name_vi,max,by,rule,points\n", "! table.unknown_column 1:7 <points>\n");
	check_text("code,parent,name_vi,max,by,rule,max\n", "! table.column_twice 1:7 <max>\n");
	check_text("code;parent;name_vi;max;by;rule\n@name;;T;;;\nR;;t;1;self;x\n", "");
	check_text("rule,by,max,name_vi,parent,code\n,,,T,,@name\nx,self,1,t,,R\n", "");
	check_text("code,parent,name_vi,max,by,rule\n@name,,T,,,\nR,,t,1,self,x,y\n", "! table.too_many_cells 3:7 <y>\n");
	check_text("code,parent,name_vi,max,by,rule\n@name,,T,,,\nR,,t,1,self,\xC3\n", "! csv.not_utf8 3:6+1 <�> (56) (C3)\n");
	check_text("code,parent,name_vi,max,by,rule\n@name,,T,,,\nR,,t,1,self,\"x\n", "! csv.quote_unclosed 3:6 <x�>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_codes_and_parents),
		cmocka_unit_test(test_rules_and_children),
		cmocka_unit_test(test_maxima),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_values_of_settings),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_depth_and_size),
		cmocka_unit_test(test_heading),
	};
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
