#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/vec.h"

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void test_alloc(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 100, 4095, 4096, 4097, 70000, 3 << 20 };
	arena *a = arena_new(0);
	size_t used = 0;
	(void)state;
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			unsigned char *p = arena_alloc(a, sizes[i]);
			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			assert_true(all_zero(p, sizes[i]));
			memset(p, 0xAA, sizes[i]); /* what comes next must be zero all the same */
			used += sizes[i];
			assert_int_equal(arena_used(a), used);
		}
	arena_free(a);
	arena_free(NULL);
}

/* Many small objects of odd sizes: none may touch another. */
static void test_no_overlap(void **state)
{
	enum { N = 5000 };
	arena *a = arena_new(0);
	unsigned char **p = NEW_ARRAY(a, unsigned char *, N);
	(void)state;
	for (size_t i = 0; i < N; i++) {
		p[i] = arena_alloc(a, i % 67);
		memset(p[i], (int)(i % 251), i % 67);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t k = 0; k < i % 67; k++)
			if (p[i][k] != i % 251)
				fail_msg("object %zu, byte %zu", i, k);
	arena_free(a);
}

static void test_copies(void **state)
{
	arena *a = arena_new(0);
	char source[] = "Tuyên Quang";
	(void)state;
	str s = arena_str(a, str_of(source));
	const char *z = arena_cstr(a, (str){ source, 5 });
	const int *n = arena_copy(a, &(int){ 7 }, sizeof(int));
	source[0] = '?';
	assert_true(str_is(s, "Tuyên Quang"));
	assert_int_equal(s.p[s.len], 0);
	assert_string_equal(z, "Tuyê");
	assert_int_equal(*n, 7);
	assert_true(str_is(arena_printf(a, "%s %d%%", "đạt", 80), "đạt 80%"));
	assert_int_equal(arena_str(a, (str){ 0 }).len, 0);
	assert_string_equal(arena_cstr(a, (str){ 0 }), "");
	assert_non_null(arena_copy(a, NULL, 0));
	assert_int_equal(arena_printf(a, "%s", "").len, 0);
	arena_free(a);
}

static void test_vec(void **state)
{
	arena *a = arena_new(0);
	VEC(size_t) v = { 0 };
	(void)state;
	for (size_t i = 0; i < 10000; i++)
		*VEC_PUSH(a, &v) = i * i;
	assert_int_equal(v.n, 10000);
	assert_true(v.cap >= v.n && v.cap < 2 * v.n);
	for (size_t i = 0; i < v.n; i++)
		assert_int_equal(v.p[i], i * i);
	arena_free(a);
}

struct jump {
	jmp_buf to;
	int times;
};

static void leave(void *ctx)
{
	struct jump *j = ctx;
	j->times++;
	longjmp(j->to, 1);
}

typedef void ask(arena *a);
static void ask_one_more(arena *a) { arena_alloc(a, 1); }
static void ask_too_much(arena *a) { arena_alloc(a, SIZE_MAX); }
static void ask_overflow(arena *a) { arena_array(a, SIZE_MAX / 2, 3); }
static void ask_printf(arena *a) { arena_printf(a, "%d", 12345); }
static void ask_vec(arena *a)
{
	size_t cap = SIZE_MAX / 4;
	vec_grow(a, NULL, 0, &cap, 16);
}

static bool is_refused(arena *a, ask *f, struct jump *j)
{
	int before = j->times;
	if (setjmp(j->to) == 0) {
		f(a);
		return false;
	}
	return j->times == before + 1;
}

static void test_full_leaves(void **state)
{
	arena *a = arena_new(1000);
	struct jump j = { .times = 0 };
	(void)state;
	arena_on_full(a, leave, &j);
	char *kept = arena_alloc(a, 999);
	memset(kept, 'x', 999);
	assert_true(is_refused(a, ask_too_much, &j));
	assert_true(is_refused(a, ask_overflow, &j));
	assert_true(is_refused(a, ask_printf, &j));
	assert_true(is_refused(a, ask_vec, &j));
	assert_int_equal(arena_used(a), 999); /* a refusal takes nothing */
	assert_false(is_refused(a, ask_one_more, &j)); /* the cap itself may be reached */
	assert_true(is_refused(a, ask_one_more, &j));
	assert_int_equal(kept[998], 'x');
	arena_free(a);
}

static void test_full_without_cap(void **state)
{
	arena *a = arena_new(0);
	struct jump j = { .times = 0 };
	(void)state;
	arena_on_full(a, leave, &j);
	assert_true(is_refused(a, ask_too_much, &j));
	assert_true(is_refused(a, ask_overflow, &j));
	assert_false(is_refused(a, ask_one_more, &j));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc), cmocka_unit_test(test_no_overlap), cmocka_unit_test(test_copies),
		cmocka_unit_test(test_vec), cmocka_unit_test(test_full_leaves), cmocka_unit_test(test_full_without_cap),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
