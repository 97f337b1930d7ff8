#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/buf.h"

static void test_adds(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 0);
	assert_int_equal(buf_str(&b).len, 0);
	assert_non_null(buf_str(&b).p);
	buf_add(&b, (str){ 0 });
	buf_addz(&b, "Sở ");
	buf_char(&b, 'X');
	buf_printf(&b, " %d/%s", 7, "10");
	buf_printf(&b, "%s", "");
	buf_add(&b, (str){ "a\0b", 3 });
	assert_true(str_eq(buf_str(&b), (str){ "Sở X 7/10a\0b", 14 }));
	assert_false(buf_full(&b));
	buf_clear(&b);
	assert_int_equal(buf_str(&b).len, 0);
	buf_free(&b);
	assert_null(b.p);
	buf_addz(&b, "again"); /* usable after buf_free */
	assert_true(str_is(buf_str(&b), "again"));
	buf_free(&b);
}

static void test_grows(void **state)
{
	enum { N = 200000 };
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (int i = 0; i < N; i++)
		buf_printf(&b, "%06d,", i);
	assert_int_equal(b.len, 7 * N);
	assert_memory_equal(b.p + (size_t)7 * 123456, "123456,", 7);
	buf_free(&b);
}

/* Past the cap nothing more is taken, not even what would fit, until the buffer is cleared. */
static void test_cap(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 10);
	buf_addz(&b, "12345678");
	assert_false(buf_full(&b));
	buf_addz(&b, "abc");
	assert_true(buf_full(&b));
	assert_true(str_is(buf_str(&b), "12345678"));
	buf_char(&b, 'x');
	buf_printf(&b, "%d", 1);
	assert_null(buf_room(&b, 1));
	assert_true(str_is(buf_str(&b), "12345678"));
	buf_clear(&b);
	assert_false(buf_full(&b));
	buf_addz(&b, "1234567890");
	assert_false(buf_full(&b));
	assert_true(str_is(buf_str(&b), "1234567890"));
	buf_addz(&b, "");
	assert_false(buf_full(&b));
	buf_char(&b, 'x');
	assert_true(buf_full(&b));
	buf_free(&b);
}

static void test_cap_printf(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 10);
	buf_printf(&b, "%s", "12345678901");
	assert_true(buf_full(&b));
	assert_int_equal(b.len, 0);
	buf_clear(&b);
	buf_printf(&b, "%s", "123456789");
	assert_false(buf_full(&b));
	assert_int_equal(b.len, 9);
	buf_free(&b);
}

static void test_room(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 1000);
	char *p = buf_room(&b, 1000);
	assert_non_null(p);
	memset(p, 'x', 1000);
	b.len += 1000;
	assert_null(buf_room(&b, 1));
	buf_clear(&b);
	assert_null(buf_room(&b, SIZE_MAX)); /* no overflow */
	assert_true(buf_full(&b));
	buf_free(&b);
	buf_init(&b, 0);
	assert_null(buf_room(&b, (size_t)BUF_DEFAULT_MAX + 1));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adds), cmocka_unit_test(test_grows), cmocka_unit_test(test_cap),
		cmocka_unit_test(test_cap_printf), cmocka_unit_test(test_room),
	};
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
