/* What people wrote: what leads to a person is masked, searching does without marks and cannot find what is masked. */
#include "filled.h"
#include "app/kept.h"
#include "app/survey_text.h"

static void test_mask(void **state)
{
	(void)state;
	static const struct { const char *in, *out; } cases[] = {
		{ "Gọi 0912345678 nhé", "Gọi ••• nhé" },
		{ "0912 345 678, 0912.345.678; +84 (912) 345-678", "•••, •••; •••" },
		{ "CCCD 001199012345.", "CCCD •••." },
		{ "chờ 2 giờ, 3 lần, hồ sơ 12345", "chờ 2 giờ, 3 lần, hồ sơ 12345" },
		{ "ngày 12/05/2026", "ngày 12/05/2026" },
		{ "thư an.nguyen+x@mau.gov.vn ạ", "thư •••@••• ạ" },
		{ "@ không phải thư", "@ không phải thư" },
		{ "", "" },
	};
	arena *mem = arena_new(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		str got = survey_mask(mem, str_of(cases[i].in));
		if (!str_is(got, cases[i].out))
			fail_msg("%s: %.*s", cases[i].in, STR_ARG(got));
	}
	arena_free(mem);
}

static void test_search(void **state)
{
	app_store t = app_empty(state);
	struct import_options opt = { 0 };
	struct survey_info s;
	struct survey_text_list list;
	app_load_forms(&t);
	app_load(&t, "units", "method/demo/units.csv");
	app_load(&t, "surveys", "method/demo/surveys.csv");
	t.app.kept = kept_new();
	OK(app_import(&t, "answers",
		"survey,key,day,mode,answers\n"
		"mot-cua-2026,a,2026-02-01,web,A1=1&A2=2&B1=4&B2=5&B3=4&B4=4&B5=4&B6=5&C1=cho&C2=Chờ lâu quá%2C gọi 0912345678\n"
		"mot-cua-2026,b,2026-02-02,web,A1=1&A2=2&B1=4&B2=5&B3=4&B4=4&B5=4&B6=5&C1=cho&C2=Cán bộ NHIỆT TÌNH\n"
		"mot-cua-2026,c,2026-03-02,web,A1=1&A2=2&B1=4&B2=5&B3=4&B4=4&B5=4&B6=5&C1=cho\n",
		&opt, NULL));
	OK(survey_get(t.c, &t.app, STR("mot-cua-2026"), &s));
	OK(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .most = 10 }, &list));
	assert_int_equal(list.written, 2);
	assert_int_equal(list.n, 2);
	OK(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .search = STR("nhiet  tinh"), .most = 10 }, &list));
	assert_int_equal(list.n, 1);
	assert_true(str_is(list.p[0].text, "Cán bộ NHIỆT TÌNH") && str_is(list.p[0].month, "2026-02"));
	OK(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .search = STR("0912345678"), .most = 10 }, &list));
	assert_int_equal(list.found, 0); /* looking for a number finds nobody */
	OK(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .search = STR("lau cho"), .item = STR("C2"), .most = 10 }, &list));
	assert_int_equal(list.found, 1);
	assert_true(str_is(list.p[0].text, "Chờ lâu quá, gọi •••"));
	OK(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .most = 1 }, &list));
	assert_true(list.n == 1 && list.more && list.found == 2);
	OK(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .from = 1, .most = 1 }, &list));
	assert_true(list.n == 1 && !list.more);
	assert_int_equal(survey_texts(t.c, &t.app, &s, &(struct survey_text_ask){ .item = STR("A1"), .most = 1 }, &list), ERR_INPUT);
	kept_free(t.app.kept);
	app_free(&t);
}

int main(void)
{
	const struct CMUnitTest sqlite[] = { cmocka_unit_test(test_mask), ON_SQLITE(test_search) };
	const struct CMUnitTest pg[] = { ON_PG(test_search) };
	return RUN_ON_BOTH("survey_text", sqlite, pg);
}
