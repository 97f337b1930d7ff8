/* The JSON reader takes any bytes without harm, and what it took is written and read back unchanged. */
#include "base/json.h"
#include <math.h>
#include <stdlib.h>

enum { MAX_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Whole numbers beyond 64 bits are no numbers for the reader; what is tested here is not the decimals. */
static bool plain_real(const json_t *v) { return fabs(json_real_value(v)) < 1e15; }

static void write_value(json_out *j, json_t *v);

static void write_members(json_out *j, json_t *v)
{
	const char *key;
	json_t *member;
	json_put_object(j);
	json_object_foreach(v, key, member) {
		json_put_key(j, key);
		write_value(j, member);
	}
	json_put_end(j, '}');
}

static void write_elements(json_out *j, json_t *v)
{
	json_put_array(j);
	for (size_t i = 0; i < json_array_size(v); i++)
		write_value(j, json_array_get(v, i));
	json_put_end(j, ']');
}

static void write_real(json_out *j, const json_t *v)
{
	dec d;
	if (!plain_real(v)) {
		json_put_null(j);
		return;
	}
	must(dec_from_double(json_real_value(v), &d));
	json_put_dec(j, d);
}

static void write_value(json_out *j, json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: write_members(j, v); break;
	case JSON_ARRAY: write_elements(j, v); break;
	case JSON_STRING: json_put_str(j, (str){ json_string_value(v), json_string_length(v) }); break;
	case JSON_INTEGER: json_put_int(j, json_integer_value(v)); break;
	case JSON_REAL: write_real(j, v); break;
	case JSON_TRUE:
	case JSON_FALSE: json_put_bool(j, json_is_true(v)); break;
	case JSON_NULL: json_put_null(j); break;
	}
}

static bool same(const json_t *a, const json_t *b);

static bool same_members(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *member;
	if (!json_is_object(b) || json_object_size(a) != json_object_size(b))
		return false;
	/* the macro is declared for a json_t that may be changed */
	json_object_foreach((json_t *)(uintptr_t)a, key, member) {
		if (!same(member, json_object_get(b, key)))
			return false;
	}
	return true;
}

static bool same_elements(const json_t *a, const json_t *b)
{
	if (!json_is_array(b) || json_array_size(a) != json_array_size(b))
		return false;
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!same(json_array_get(a, i), json_array_get(b, i)))
			return false;
	return true;
}

static bool same(const json_t *a, const json_t *b)
{
	if (json_is_object(a))
		return same_members(a, b);
	if (json_is_array(a))
		return same_elements(a, b);
	if (json_is_real(a)) /* 1.0 comes back as 1 */
		return plain_real(a) ? !(json_number_value(a) < json_number_value(b) || json_number_value(a) > json_number_value(b)) : json_is_null(b);
	return json_equal(a, b);
}

static void round_trip(cx *c, json_t *v)
{
	buf b;
	json_out j;
	buf_init(&b, 0);
	json_init(&j, &b);
	write_value(&j, v);
	must(!buf_full(&b) && !memchr(b.p, '<', b.len) && !memchr(b.p, '\n', b.len));
	json_t *again = json_read(c, STR("again"), buf_str(&b), b.len);
	must(again && same(v, again));
	json_decref(again);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(0);
	json_t *v = json_read(c, STR("fuzz"), (str){ (const char *)data, size }, MAX_BYTES);
	if (v)
		round_trip(c, v);
	else
		must(c->n_errors == 1 && c->faults[0].arg[0].len > 0);
	json_decref(v);
	cx_free(c);
	return 0;
}
