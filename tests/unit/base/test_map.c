#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/map.h"

static void test_small(void **state)
{
	arena *a = arena_new(0);
	map m = { 0 };
	bool added = false;
	(void)state;
	assert_null(map_get(&m, STR("Huế")));
	*map_put(a, &m, STR("Huế"), &added) = 46;
	assert_true(added);
	assert_int_equal(*map_put(a, &m, STR("Huế"), &added), 46);
	assert_false(added);
	assert_int_equal(*map_put(a, &m, STR("Hu"), NULL), 0);
	assert_int_equal(*map_get(&m, STR("Huế")), 46);
	assert_null(map_get(&m, STR("Hue")));
	assert_int_equal(m.n, 2);
	arena_free(a);
}

static void test_odd_keys(void **state)
{
	arena *a = arena_new(0);
	map m = { 0 };
	(void)state;
	assert_null(map_get(&m, (str){ 0 }));
	*map_put(a, &m, STR(""), NULL) = 1;
	assert_int_equal(*map_get(&m, (str){ 0 }), 1);
	*map_put(a, &m, (str){ "a\0b", 3 }, NULL) = 2;
	*map_put(a, &m, (str){ "a\0c", 3 }, NULL) = 3;
	*map_put(a, &m, STR("a"), NULL) = 4;
	assert_int_equal(*map_get(&m, (str){ "a\0b", 3 }), 2);
	assert_int_equal(*map_get(&m, (str){ "a\0c", 3 }), 3);
	assert_int_equal(*map_get(&m, STR("a")), 4);
	assert_int_equal(m.n, 4);
	arena_free(a);
}

static str key_of(arena *a, size_t i) { return arena_printf(a, "xã %zu/%zx", i, i * 2654435761u); }

static void test_many(void **state)
{
	enum { N = 100000 };
	arena *a = arena_new(0);
	map m = { 0 };
	(void)state;
	for (size_t i = 0; i < N; i++) {
		bool added = false;
		*map_put(a, &m, key_of(a, i), &added) = (int64_t)i - N / 2;
		if (!added)
			fail_msg("key %zu was there", i);
	}
	assert_int_equal(m.n, N);
	assert_true(m.cap > m.n && m.cap < 4 * (size_t)N);
	for (size_t i = 0; i < N; i++) {
		const int64_t *v = map_get(&m, key_of(a, i));
		if (!v || *v != (int64_t)i - N / 2)
			fail_msg("key %zu", i);
		bool added = true;
		if (map_put(a, &m, key_of(a, i), &added) != v || added)
			fail_msg("key %zu twice", i);
	}
	for (size_t i = N; i < 2 * N; i++)
		if (map_get(&m, key_of(a, i)))
			fail_msg("key %zu is not in it", i);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_small), cmocka_unit_test(test_odd_keys), cmocka_unit_test(test_many) };
	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
