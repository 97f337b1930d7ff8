/* The way back after a choice of ground or size stays on this site. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "web/display.h"

static void test_here(void **state)
{
	static const char *const here[] = { "/", "/chi-so/papi/2019?chuoi=D5", "/don-vi/38.thanh-hoa?nam=2019", "/tim?q=thanh+h%C3%B3a", "/a//b", "/?q=//x" };
	static const char *const elsewhere[] = { "", "chi-so", "//example.com", "/\\example.com", "https://example.com/", "/x y", "/x\r\nSet-Cookie: a=b",
		"/th\xC3\xAA", "/\x7F" };
	(void)state;
	for (size_t i = 0; i < sizeof here / sizeof *here; i++)
		if (!display_is_here(str_of(here[i])))
			fail_msg("%s is refused", here[i]);
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		if (display_is_here(str_of(elsewhere[i])))
			fail_msg("%s is taken", elsewhere[i]);
}

static void test_length(void **state)
{
	static char path[4000];
	(void)state;
	memset(path, 'x', sizeof path - 1);
	path[0] = '/';
	assert_false(display_is_here(str_of(path)));
	path[2000] = 0;
	assert_true(display_is_here(str_of(path)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_here), cmocka_unit_test(test_length) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
