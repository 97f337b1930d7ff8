#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/cx.h"

static void test_fault_is_kept(void **state)
{
	cx *c = cx_new(0);
	char file[] = "a.csv", value[] = "1,5";
	(void)state;
	assert_int_equal(c->n_faults, 0);
	assert_int_equal(c->max_faults, 1000);
	place at = { .file = str_of(file), .line = 7, .column = 3, .field = STR("max"), .offset = 2 };
	fault *f = cx_fault(c, FAULT_WARNING, "csv.odd", at, str_of(value));
	fault_arg(c, f, 1, STR("một"));
	fault_arg(c, f, FAULT_ARGS, str_of(value));
	file[0] = value[0] = '?'; /* copied */
	assert_ptr_equal(f, c->faults);
	assert_int_equal(f->level, FAULT_WARNING);
	assert_string_equal(f->key, "csv.odd");
	assert_true(str_is(f->at.file, "a.csv") && str_is(f->at.field, "max") && str_is(f->value, "1,5"));
	assert_int_equal(f->at.line, 7);
	assert_int_equal(f->at.column, 3);
	assert_int_equal(f->at.offset, 2);
	assert_true(str_is(f->arg[0], "một") && str_is(f->arg[FAULT_ARGS - 1], "1,5"));
	assert_int_equal(f->arg[1].len, 0);
	assert_int_equal(c->n_errors, 0);
	cx_free(c);
	cx_free(NULL);
}

static void test_fail_returns_its_code(void **state)
{
	static const enum err codes[] = { ERR_INPUT, ERR_LIMIT, ERR_NOTFOUND, ERR_DENIED, ERR_CONFLICT, ERR_BUSY, ERR_IO, ERR_CANCELLED };
	cx *c = cx_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		assert_int_equal(cx_fail(c, codes[i], "x", (place){ 0 }, (str){ 0 }), codes[i]);
		assert_int_equal(c->n_errors, i + 1);
		assert_int_equal(c->faults[i].level, FAULT_ERROR);
	}
	cx_free(c);
}

static void test_limit(void **state)
{
	cx *c = cx_new(0);
	(void)state;
	for (int i = 0; i < 1500; i++) {
		fault *f = cx_fault(c, i % 2 ? FAULT_ERROR : FAULT_NOTE, "x", (place){ .line = i + 1 }, STR("v"));
		assert_int_equal(f != NULL, i < 1000);
		fault_arg(c, f, 1, STR("also without a fault"));
	}
	assert_int_equal(c->n_faults, 1000);
	assert_int_equal(c->n_dropped, 500);
	assert_int_equal(c->n_errors, 750); /* dropped ones count too */
	for (size_t i = 0; i < c->n_faults; i++)
		assert_int_equal(c->faults[i].at.line, i + 1);
	cx_free(c);
}

/* A long value is cut at a character, within 80 bytes, and the cut is shown. */
static void test_long_value(void **state)
{
	static const struct { const char *unit; size_t size, times, kept; } rows[] = {
		{ "a", 1, 80, 80 }, { "a", 1, 81, 80 }, { "đ", 2, 40, 80 }, { "đ", 2, 41, 80 }, { "ế", 3, 26, 78 }, { "ế", 3, 27, 78 }, { "😀", 4, 21, 80 },
	};
	cx *c = cx_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256] = "";
		for (size_t k = 0; k < rows[i].times; k++)
			memcpy(text + k * rows[i].size, rows[i].unit, rows[i].size);
		str s = { text, rows[i].times * rows[i].size };
		str got = cx_fault(c, FAULT_NOTE, "x", (place){ 0 }, s)->value;
		bool cut = s.len > 80;
		assert_int_equal(got.len, rows[i].kept + (cut ? strlen("…") : 0));
		assert_memory_equal(got.p, text, rows[i].kept);
		if (cut)
			assert_memory_equal(got.p + rows[i].kept, "…", strlen("…"));
	}
	cx_free(c);
}

struct seen {
	int64_t done, total;
	int left; /* so many steps until it is called off */
};

static bool note(void *ctx, int64_t done, int64_t total)
{
	struct seen *s = ctx;
	s->done = done;
	s->total = total;
	return s->left-- > 0;
}

static void test_steps(void **state)
{
	cx *c = cx_new(0);
	struct seen s = { .left = 100 };
	(void)state;
	assert_true(cx_step(c, 1, 2)); /* nobody watches */
	c->watch = note;
	c->watch_ctx = &s;
	assert_true(cx_step(c, 3, 7));
	assert_true(s.done == 3 && s.total == 7);
	struct cx_span whole = cx_part(c, 1, 4); /* the second quarter */
	assert_true(cx_step(c, 0, 0));
	assert_true(s.done == 2500 && s.total == 10000);
	struct cx_span quarter = cx_part(c, 1, 2); /* its second half */
	assert_true(cx_step(c, 1, 2));
	assert_int_equal(s.done, 2500 + 1250 + 625);
	assert_true(cx_step(c, 9, 2)); /* more than there is: the end of the part */
	assert_int_equal(s.done, 5000);
	cx_part_end(c, quarter);
	assert_true(cx_step(c, 2, 2));
	assert_int_equal(s.done, 5000);
	cx_part_end(c, whole);
	assert_true(cx_step(c, 9, 9));
	assert_true(s.done == 9 && s.total == 9);
	s.left = 0;
	assert_false(cx_step(c, 9, 9));
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault_is_kept), cmocka_unit_test(test_fail_returns_its_code),
		cmocka_unit_test(test_limit), cmocka_unit_test(test_long_value), cmocka_unit_test(test_steps),
	};
	return cmocka_run_group_tests_name("cx", tests, NULL, NULL);
}
