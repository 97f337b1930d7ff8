/* What is drawn is read back by a reader of our own that shares nothing with libqrencode: of small codes (versions 1 to 3 at level M, where
 * all bytes stand in one block), without the error correction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "base/buf.h"
#include "format/qr.h"

static cx *c;

static int at(const struct qr *q, int x, int y) { return q->dark[y * q->size + x]; }

/* Finders with their formats, timing, the alignment square: no data. */
static bool fixed(const struct qr *q, int x, int y)
{
	int n = q->size, a = n - 7;
	if (x == 6 || y == 6 || (x < 9 && y < 9) || (x < 9 && y >= n - 8) || (y < 9 && x >= n - 8))
		return true;
	return n > 21 && x >= a - 2 && x <= a + 2 && y >= a - 2 && y <= a + 2;
}

static bool flipped(int mask, int x, int y)
{
	switch (mask) {
	case 0: return (y + x) % 2 == 0;
	case 1: return y % 2 == 0;
	case 2: return x % 3 == 0;
	case 3: return (y + x) % 3 == 0;
	case 4: return (y / 2 + x / 3) % 2 == 0;
	case 5: return y * x % 2 + y * x % 3 == 0;
	case 6: return (y * x % 2 + y * x % 3) % 2 == 0;
	default: return ((y + x) % 2 + y * x % 3) % 2 == 0;
	}
}

/* Level (0 is M) and mask, from the bits beside the first finder. */
static int format_of(const struct qr *q, int *mask)
{
	int v = 0;
	for (int x = 0; x < 5; x++)
		v = v << 1 | at(q, x, 8);
	v ^= 0x15;
	*mask = v & 7;
	return v >> 3;
}

static size_t data_bits(const struct qr *q, unsigned char *bits)
{
	size_t n = 0;
	int mask;
	assert_int_equal(format_of(q, &mask), 0);
	bool up = true;
	for (int x = q->size - 1; x > 0; x -= 2, up = !up) {
		if (x == 6)
			x--;
		for (int i = 0; i < q->size; i++) {
			int y = up ? q->size - 1 - i : i;
			for (int d = 0; d < 2; d++)
				if (!fixed(q, x - d, y))
					bits[n++] = (unsigned char)(at(q, x - d, y) ^ flipped(mask, x - d, y));
		}
	}
	return n;
}

static unsigned take(const unsigned char *bits, size_t *i, int n)
{
	unsigned v = 0;
	while (n--)
		v = v << 1 | bits[(*i)++];
	return v;
}

/* Segments of bytes, capitals and digits, as libqrencode mixes them. */
static void read_back(const struct qr *q, buf *out)
{
	static const char capitals[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	unsigned char bits[29 * 29];
	size_t i = 0;
	data_bits(q, bits);
	for (unsigned mode; (mode = take(bits, &i, 4)) != 0;) {
		if (mode == 4) {
			for (unsigned n = take(bits, &i, 8); n; n--)
				buf_char(out, (char)take(bits, &i, 8));
		} else if (mode == 2) {
			unsigned n = take(bits, &i, 9);
			for (; n > 1; n -= 2) {
				unsigned v = take(bits, &i, 11);
				buf_char(out, capitals[v / 45]);
				buf_char(out, capitals[v % 45]);
			}
			if (n)
				buf_char(out, capitals[take(bits, &i, 6)]);
		} else {
			assert_int_equal(mode, 1);
			unsigned n = take(bits, &i, 10);
			for (; n > 2; n -= 3)
				buf_printf(out, "%03u", take(bits, &i, 10));
			if (n)
				buf_printf(out, n == 2 ? "%02u" : "%u", take(bits, &i, n == 2 ? 7 : 4));
		}
	}
}

static void test_read_back(void **state)
{
	(void)state;
	static const char *const texts[] = { "a", "Xã Tân An", "https://do.vn/k/Ab3", "HTTPS://TM.VN/K/7KQ2", "31415926535", "otpauth://totp/x?secret=7A" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct qr q;
		buf b;
		buf_init(&b, 0);
		assert_int_equal(qr_make(c, str_of(texts[i]), QR_MEDIUM, &q), ERR_OK);
		read_back(&q, &b);
		buf_char(&b, '\0');
		assert_string_equal(b.p, texts[i]);
		buf_free(&b);
	}
}

/* Dark squares of the drawing, counted from its path, are those of the code. */
static void test_svg(void **state)
{
	(void)state;
	str s;
	struct qr q;
	int dark = 0, drawn = 0;
	assert_int_equal(qr_svg(c, STR("Xã Tân An"), QR_QUARTILE, &s), ERR_OK);
	assert_int_equal(qr_make(c, STR("Xã Tân An"), QR_QUARTILE, &q), ERR_OK);
	for (int i = 0; i < q.size * q.size; i++)
		dark += q.dark[i];
	const char *z = arena_cstr(c->mem, s);
	for (const char *p = strstr(z, "#000"); (p = strstr(p, "v1h-")) != NULL; p += 4)
		for (int n = 0, k = 4; p[k] >= '0' && p[k] <= '9'; k++, drawn += n * (p[k] == 'z'))
			n = n * 10 + p[k] - '0';
	assert_int_equal(drawn, dark);
	assert_non_null(strstr(z, arena_cstr(c->mem, arena_printf(c->mem, "viewBox=\"0 0 %d %d\"", q.size + 8, q.size + 8))));
	assert_null(strstr(z, "style"));
	str again;
	assert_int_equal(qr_svg(c, STR("Xã Tân An"), QR_QUARTILE, &again), ERR_OK);
	assert_true(str_eq(s, again));
}

static void test_refused(void **state)
{
	(void)state;
	char big[QR_MAX + 1];
	struct qr q;
	memset(big, 'x', sizeof big);
	assert_int_equal(qr_make(c, (str){ big, QR_MAX }, QR_HIGH, &q), ERR_OK);
	assert_int_equal(qr_make(c, (str){ big, QR_MAX + 1 }, QR_LOW, &q), ERR_LIMIT);
	assert_string_equal(c->faults[0].key, "qr.long");
	assert_int_equal(qr_make(c, STR(""), QR_LOW, &q), ERR_INPUT);
	assert_int_equal(qr_make(c, STR("a\0b"), QR_LOW, &q), ERR_INPUT);
}

static int setup(void **state)
{
	(void)state;
	c = cx_new(16 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cx_free(c);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_svg, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	};
	return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}
