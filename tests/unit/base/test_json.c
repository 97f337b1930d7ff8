#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { MAX_BYTES = 1 << 20 };

static void assert_text(str got, const char *want)
{
	if (!str_is(got, want))
		fail_msg("got  %.*s\nwant %s", STR_ARG(got), want);
}

static void test_write_shapes(void **state)
{
	buf b;
	json_out j;
	dec d;
	(void)state;
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_object(&j);
	json_put_key(&j, "none");
	json_put_array(&j);
	json_put_end(&j, ']');
	json_put_key(&j, "all");
	json_put_array(&j);
	json_put_null(&j);
	json_put_bool(&j, true);
	json_put_bool(&j, false);
	json_put_int(&j, INT64_MIN);
	json_put_int(&j, INT64_MAX);
	assert_true(dec_parse(STR("0.1000000000000000000000000000000001"), &d));
	json_put_dec(&j, d);
	json_put_str(&j, (str){ 0 });
	json_put_object(&j);
	json_put_key(&j, "a");
	json_put_int(&j, 1);
	json_put_end(&j, '}');
	json_put_object(&j);
	json_put_end(&j, '}');
	json_put_end(&j, ']');
	json_put_key(&j, "Tỉnh");
	json_put_str(&j, STR("Đắk Lắk"));
	json_put_end(&j, '}');
	assert_text(buf_str(&b), "{\"none\":[],\"all\":[null,true,false,-9223372036854775808,9223372036854775807,"
		"0.1000000000000000000000000000000001,\"\",{\"a\":1},{}],\"Tỉnh\":\"Đắk Lắk\"}");
	buf_free(&b);
}

static void test_write_escapes(void **state)
{
	static const struct { str in; const char *want; } rows[] = {
		{ STR("a\"b\\c"), "\"a\\\"b\\\\c\"" },
		{ STR("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"" },
		{ STR("\x01\x1f\x7f"), "\"\\u0001\\u001f\\u007f\"" },
		{ { "a\0b", 3 }, "\"a\\u0000b\"" },
		{ STR("</script><!--"), "\"\\u003c/script>\\u003c!--\"" },
		{ STR("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA"), "\"\\u2028\\u2029\xE2\x80\xAA\"" },
		{ STR("Hưng Yên 😀 é"), "\"Hưng Yên 😀 é\"" },
		{ STR("/ & '"), "\"/ & '\"" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf b;
		json_out j;
		buf_init(&b, 0);
		json_init(&j, &b);
		json_put_str(&j, rows[i].in);
		assert_text(buf_str(&b), rows[i].want);
		buf_free(&b);
	}
}

static void test_write_depth(void **state)
{
	buf b;
	json_out j;
	(void)state;
	buf_init(&b, 0);
	json_init(&j, &b);
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		json_put_array(&j);
	json_put_int(&j, 1);
	json_put_int(&j, 2);
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		json_put_end(&j, ']');
	cx *c = cx_new(0);
	json_t *v = json_read(c, STR("deep"), buf_str(&b), MAX_BYTES);
	assert_non_null(v);
	json_decref(v);
	cx_free(c);
	buf_free(&b);
}

/* What is written reads back as the same characters. */
static void test_round_trip(void **state)
{
	buf b, text;
	json_out j;
	(void)state;
	buf_init(&b, 0);
	buf_init(&text, 0);
	for (char ch = 1; ch < 127; ch++)
		buf_char(&text, ch);
	buf_addz(&text, "Quảng Ngãi\xE2\x80\xA8 đ \xE2\x80\xA9\xF0\x9F\x98\x80");
	json_init(&j, &b);
	json_put_object(&j);
	json_put_key(&j, "\"<khóa>\"");
	json_put_str(&j, buf_str(&text));
	json_put_end(&j, '}');
	cx *c = cx_new(0);
	json_t *v = json_read(c, STR("x"), buf_str(&b), MAX_BYTES);
	assert_non_null(v);
	const json_t *s = json_object_get(v, "\"<khóa>\"");
	assert_int_equal(json_string_length(s), text.len);
	assert_memory_equal(json_string_value(s), text.p, text.len);
	json_decref(v);
	cx_free(c);
	buf_free(&b);
	buf_free(&text);
}

static void test_read(void **state)
{
	cx *c = cx_new(0);
	(void)state;
	json_t *v = json_read(c, STR("x"), STR("\xEF\xBB\xBF {\"a\": [1, 2.5, \"Huế\", null, true], \"b\": {\"a\": -7}}\r\n"), MAX_BYTES);
	assert_non_null(v);
	assert_int_equal(json_array_size(json_object_get(v, "a")), 5);
	assert_string_equal(json_string_value(json_array_get(json_object_get(v, "a"), 2)), "Huế");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(v, "b"), "a")), -7);
	json_decref(v);
	assert_int_equal(c->n_faults, 0);
	cx_free(c);
}

static void test_refused(void **state)
{
	static const struct { str in; const char *key; int64_t line; int column; } rows[] = {
		{ STR(""), "json.syntax", 1, 1 },
		{ STR("  \n "), "json.syntax", 2, 1 },
		{ STR("{\"a\": 1,\n \"a\": 2}"), "json.syntax", 2, 4 },
		{ STR("{\"a\": 1,}"), "json.syntax", 1, 9 },
		{ STR("[1, 2] x"), "json.syntax", 1, 8 },
		{ STR("[1, 2"), "json.syntax", 1, 5 },
		{ STR("12"), "json.syntax", 1, 2 },
		{ STR("[01]"), "json.syntax", 1, 2 },
		{ STR("[NaN]"), "json.syntax", 1, 4 },
		{ STR("['a']"), "json.syntax", 1, 2 },
		{ STR("[\"a\nb\"]"), "json.syntax", 1, 3 },
		{ STR("[\"\\ud800\"]"), "json.syntax", 1, 9 },
		{ STR("[\"\\u0000\"]"), "json.syntax", 1, 9 },
		{ STR("[1e999]"), "json.syntax", 1, 6 },
		{ STR("[99999999999999999999]"), "json.syntax", 1, 21 },
		{ { "[1]\0", 4 }, "json.syntax", 1, 4 },
		{ STR("[\"Hu\xC3\"]"), "json.not_utf8", 1, 4 },
		{ STR("[\n\"\xC0\xAF\"]"), "json.not_utf8", 2, 1 },
		{ STR("[\"\xED\xA0\x80\"]"), "json.not_utf8", 1, 2 },
		{ STR("[\xFF]"), "json.not_utf8", 1, 1 },
		{ STR("[\"a\\"), "json.syntax", 1, 4 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		cx *c = cx_new(0);
		assert_null(json_read(c, STR("x.json"), rows[i].in, MAX_BYTES));
		assert_int_equal(c->n_errors, 1);
		const fault *f = c->faults;
		if (strcmp(f->key, rows[i].key) != 0 || f->at.line != rows[i].line || f->at.column != rows[i].column)
			fail_msg("row %zu: %s at %d:%d, %.*s", i, f->key, (int)f->at.line, f->at.column, STR_ARG(f->arg[0]));
		assert_true(f->arg[0].len > 0);
		assert_text(f->at.file, "x.json");
		cx_free(c);
	}
}

static void test_caps(void **state)
{
	cx *c = cx_new(0);
	(void)state;
	assert_null(json_read(c, STR("x"), STR("[1, 2]"), 5));
	assert_string_equal(c->faults[0].key, "json.too_long");
	assert_text(c->faults[0].arg[0], "5");
	json_t *v = json_read(c, STR("x"), STR("[1, 2]"), 6);
	assert_non_null(v);
	json_decref(v);
	cx_free(c);
}

/* n brackets on the line after a text full of brackets, then closed again. */
static void fill_deep(buf *b, int n)
{
	buf_clear(b);
	buf_addz(b, "[\"[[[{\\\"[[\\\\\",\n");
	for (int i = 1; i < n; i++)
		buf_addz(b, i % 2 ? "[" : "{\"đ\":");
	buf_addz(b, "0");
	for (int i = n - 1; i > 0; i--)
		buf_addz(b, i % 2 ? "]" : "}");
	buf_addz(b, "]");
}

static void test_depth(void **state)
{
	cx *c = cx_new(0);
	buf b;
	(void)state;
	buf_init(&b, 0);
	fill_deep(&b, JSON_MAX_DEPTH);
	json_t *v = json_read(c, STR("x"), buf_str(&b), MAX_BYTES);
	assert_non_null(v);
	json_decref(v);
	fill_deep(&b, JSON_MAX_DEPTH + 1);
	assert_null(json_read(c, STR("x"), buf_str(&b), MAX_BYTES));
	assert_int_equal(c->n_faults, 1);
	assert_string_equal(c->faults[0].key, "json.too_deep");
	assert_int_equal(c->faults[0].at.line, 2);
	assert_int_equal(c->faults[0].at.column, 30 + 29 * 5 + 1); /* 30 lists and 29 objects of five characters stand before it */
	assert_text(c->faults[0].arg[0], "60");
	buf_clear(&b);
	for (int i = 0; i < 500000; i++)
		buf_char(&b, '[');
	assert_null(json_read(c, STR("x"), buf_str(&b), MAX_BYTES));
	assert_string_equal(c->faults[1].key, "json.too_deep");
	buf_free(&b);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_shapes), cmocka_unit_test(test_write_escapes), cmocka_unit_test(test_write_depth),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_read), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_caps), cmocka_unit_test(test_depth),
	};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
