#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <utf8proc.h>
#include <cmocka.h>
#include "base/rng.h"
#include "base/vn.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static arena *mem;

static int set_up(void **state)
{
	(void)state;
	mem = arena_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static void is_text(str got, const char *wanted)
{
	if (!str_is(got, wanted))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), wanted);
}

static str mapped(str s, utf8proc_option_t how)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.len, &out, how);
	assert_true(n >= 0);
	str copy = arena_str(mem, (str){ (const char *)out, (size_t)n });
	free(out);
	return copy;
}

static str nfd(str s) { return mapped(s, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE); }

/* ---- UTF-8 ---- */

static void test_utf8_check(void **state)
{
	static const struct {
		const char *text;
		size_t len, bad;
	} cases[] = {
		{ "", 0, 0 },
		{ "abc", 3, 3 },
		{ "Tuyên Quang, Hà Giang", 23, 23 },
		{ "12345678901234567", 17, 17 },
		{ "1234567\0abcdefgh", 16, 7 },
		{ "12345678\0", 9, 8 },
		{ "a\x80", 2, 1 },
		{ "a\xC3", 2, 1 },
		{ "a\xC3(", 3, 1 },
		{ "12345678\xC0\x80", 10, 8 },
		{ "\xC1\xBF", 2, 0 },
		{ "\xE0\x9F\xBF", 3, 0 },
		{ "\xE0\xA0\x80", 3, 3 },
		{ "\xED\x9F\xBF", 3, 3 },
		{ "\xED\xA0\x80", 3, 0 },
		{ "\xEF\xBF\xBF", 3, 3 },
		{ "\xE1\xBA", 2, 0 },
		{ "\xE1\xBA\xC3", 3, 0 },
		{ "\xF0\x8F\xBF\xBF", 4, 0 },
		{ "\xF0\x90\x80\x80", 4, 4 },
		{ "\xF4\x8F\xBF\xBF", 4, 4 },
		{ "\xF4\x90\x80\x80", 4, 0 },
		{ "\xF0\x9F\x98", 3, 0 },
		{ "\xF5\x80\x80\x80", 4, 0 },
		{ "\xFF", 1, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t bad = vn_utf8_check((str){ cases[i].text, cases[i].len });
		if (bad != cases[i].bad)
			fail_msg("case %zu: %zu, not %zu", i, bad, cases[i].bad);
	}
}

static void test_code_points(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		buf_clear(&b);
		vn_put(&b, cp);
		size_t at = 0;
		bool ok = vn_utf8_check(buf_str(&b)) == b.len && vn_length(buf_str(&b)) == 1 && vn_next(buf_str(&b), &at) == cp && at == b.len;
		if (!ok)
			fail_msg("U+%04X", (unsigned)cp);
	}
	buf_free(&b);
	assert_int_equal(vn_length(STR("Tuyên Quang")), 11);
	assert_int_equal(vn_length(STR("")), 0);
}

/* ---- NFC ---- */

static void test_nfc(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "abc", "abc" },
		{ "Tuye\xCC\x82n", "Tuyên" },
		{ "Vie\xCC\xA3\xCC\x82t", "Việt" },
		{ "Vie\xCC\x82\xCC\xA3t", "Việt" },
		{ "Vi\xC3\xAA\xCC\xA3t", "Việt" },
		{ "u\xCC\x9B\xCC\x80", "ừ" },
		{ "\xE2\x84\xAB", "Å" },
		{ "\xCC\x81"
		  "a",
			"\xCC\x81"
			"a" },
		{ "\xE2\x80\x80", "\xE2\x80\x82" },
		{ "\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80" },
		{ "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA7", "\xEA\xB0\x80\xE1\x86\xA7" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		is_text(vn_nfc(mem, str_of(pairs[i][0])), pairs[i][1]);
		str done = str_of(pairs[i][1]);
		assert_ptr_equal(vn_nfc(mem, done).p, done.p);
	}
}

/* The quick path agrees with the library for every character, alone and behind a letter. */
static void test_nfc_of_all(void **state)
{
	buf b;
	(void)state;
	buf_init(&b, 0);
	for (uint32_t cp = 1; cp < 0x30000; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		buf_clear(&b);
		buf_addz(&b, cp % 2 ? "a" : "ư");
		vn_put(&b, cp);
		if (!str_eq(vn_nfc(mem, buf_str(&b)), mapped(buf_str(&b), UTF8PROC_STABLE | UTF8PROC_COMPOSE)))
			fail_msg("U+%04X", (unsigned)cp);
		if (cp % 4096 == 0) {
			arena_free(mem);
			mem = arena_new(0);
		}
	}
	buf_free(&b);
}

/* Hundreds of thousands of marks out of order behind one letter take no quadratic time. */
static void test_nfc_of_many_marks(void **state)
{
	buf b, wanted;
	(void)state;
	buf_init(&b, 0);
	buf_init(&wanted, 0);
	buf_char(&b, 'a');
	for (int i = 0; i < 300000; i++)
		buf_addz(&b, i % 2 ? "\xCC\xA3" : "\xCC\x82");
	buf_addz(&wanted, "ậ");
	for (int i = 2; i < 300000; i++)
		buf_addz(&wanted, i < 150001 ? "\xCC\xA3" : "\xCC\x82");
	assert_true(str_eq(vn_nfc(mem, buf_str(&b)), buf_str(&wanted)));
	assert_true(str_eq(vn_nfc(mem, buf_str(&wanted)), buf_str(&wanted)));
	buf_free(&b);
	buf_free(&wanted);
}

/* ---- fold ---- */

static void test_fold(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "  ", "" },
		{ "Hoà Bình", "hoa binh" },
		{ "Hòa  Bình", "hoa binh" },
		{ "HOA BINH", "hoa binh" },
		{ "Đắk Lắk", "dak lak" },
		{ "đường ĐƯỜNG", "duong duong" },
		{ "Bà Rịa - Vũng Tàu", "ba ria vung tau" },
		{ "Thừa Thiên–Huế", "thua thien hue" },
		{ "TP. Hồ Chí Minh", "tp ho chi minh" },
		{ "Phường 10, Q.3", "phuong 10 q 3" },
		{ "  (Xã)  Ea H'leo ", "xa ea h leo" },
		{ "Quý\xC2\xA0I/2026", "quy i 2026" },
		{ "Ðà Nẵng", "da nang" }, /* with eth */
		{ "ấ ầ ẩ ẫ ậ ắ ằ ẳ ẵ ặ", "a a a a a a a a a a" },
		{ "é è ẻ ẽ ẹ ế ề ể ễ ệ", "e e e e e e e e e e" },
		{ "ó ỏ ỡ ợ ỗ Ơ Ô", "o o o o o o o" },
		{ "ú ụ ứ ự Ư í ị ý ỵ Ỷ", "u u u u u i i y y y" },
		{ "m² №", "m2 no" },
		{ "A_b", "a b" },
		{ "Straße", "strasse" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		is_text(vn_fold(mem, str_of(pairs[i][0])), pairs[i][1]);
		is_text(vn_fold(mem, nfd(str_of(pairs[i][0]))), pairs[i][1]);
		is_text(vn_fold(mem, str_of(pairs[i][1])), pairs[i][1]);
	}
}

static const char *const provinces[] = { "Hà Nội", "Hà Giang", "Cao Bằng", "Bắc Kạn", "Tuyên Quang", "Lào Cai", "Điện Biên", "Lai Châu", "Sơn La",
	"Yên Bái", "Hòa Bình", "Thái Nguyên", "Lạng Sơn", "Quảng Ninh", "Bắc Giang", "Phú Thọ", "Vĩnh Phúc", "Bắc Ninh", "Hải Dương", "Hải Phòng",
	"Hưng Yên", "Thái Bình", "Hà Nam", "Nam Định", "Ninh Bình", "Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Quảng Bình", "Quảng Trị", "Thừa Thiên Huế",
	"Đà Nẵng", "Quảng Nam", "Quảng Ngãi", "Bình Định", "Phú Yên", "Khánh Hòa", "Ninh Thuận", "Bình Thuận", "Kon Tum", "Gia Lai", "Đắk Lắk",
	"Đắk Nông", "Lâm Đồng", "Bình Phước", "Tây Ninh", "Bình Dương", "Đồng Nai", "Bà Rịa - Vũng Tàu", "Hồ Chí Minh", "Long An", "Tiền Giang",
	"Bến Tre", "Trà Vinh", "Vĩnh Long", "Đồng Tháp", "An Giang", "Kiên Giang", "Cần Thơ", "Hậu Giang", "Sóc Trăng", "Bạc Liêu", "Cà Mau" };

static void test_provinces(void **state)
{
	(void)state;
	assert_int_equal(COUNT(provinces), 63);
	for (size_t i = 0; i < COUNT(provinces); i++) {
		str name = str_of(provinces[i]), fold = vn_fold(mem, name);
		assert_true(str_eq(fold, vn_fold(mem, nfd(name))));
		assert_true(str_eq(fold, vn_fold(mem, vn_upper(mem, name))));
		assert_true(str_eq(fold, vn_fold(mem, vn_tone(mem, name))));
		assert_true(str_eq(name, vn_nfc(mem, nfd(name))));
		assert_true(str_eq(name, vn_tone(mem, nfd(name))));
		assert_true(str_eq(vn_sort_key(mem, name), vn_sort_key(mem, nfd(name))));
		for (size_t k = 0; k < fold.len; k++)
			assert_true(fold.p[k] == ' ' || (fold.p[k] >= 'a' && fold.p[k] <= 'z'));
		for (size_t k = 0; k < i; k++)
			assert_false(str_eq(fold, vn_fold(mem, str_of(provinces[k]))));
	}
}

/* ---- tone placement ---- */

static void test_tone(void **state)
{
	static const char *const pairs[][2] = {
		{ "hoà", "hòa" },
		{ "Hoà Bình", "Hòa Bình" },
		{ "HOÀ BÌNH", "HÒA BÌNH" },
		{ "Khánh Hoà", "Khánh Hòa" },
		{ "Thanh Hoá", "Thanh Hóa" },
		{ "thuý", "thúy" },
		{ "THUÝ", "THÚY" },
		{ "thuỷ lợi", "thủy lợi" },
		{ "Uỷ ban", "Ủy ban" },
		{ "UỶ BAN", "ỦY BAN" },
		{ "huỷ", "hủy" },
		{ "luỹ", "lũy" },
		{ "tuỳ", "tùy" },
		{ "luỵ", "lụy" },
		{ "khoẻ", "khỏe" },
		{ "loè", "lòe" },
		{ "oẹ", "ọe" },
		{ "hoẽ", "hõe" },
		{ "toé", "tóe" },
		{ "hoạ", "họa" },
		{ "hoả", "hỏa" },
		{ "xoã", "xõa" },
		{ "Hoà.", "Hòa." },
		{ "(hoà)", "(hòa)" },
		{ "hoà2", "hòa2" },
		{ "Hoà, Thuý; goá", "Hòa, Thúy; góa" },
		{ "hoA\xCC\x80", "hòA" },
	};
	static const char *const same[] = { "", "ab", "quý", "Quý", "QUÝ", "quà", "quỳ", "quỷ", "quỵ", "hòa", "thúy", "hoàn", "hoàng", "HOÀNG", "khuỷu",
		"huỳnh", "Huýt", "toàn", "toán", "loét", "hoằng", "hoặc", "già", "tuệ", "mùa", "của", "quả", "lý", "Mỹ", "ý", "à", "oa", "xoài", "suýt" };
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		is_text(vn_tone(mem, str_of(pairs[i][0])), pairs[i][1]);
		is_text(vn_tone(mem, str_of(pairs[i][1])), pairs[i][1]);
		assert_true(str_eq(vn_fold(mem, str_of(pairs[i][0])), vn_fold(mem, str_of(pairs[i][1]))));
	}
	for (size_t i = 0; i < COUNT(same); i++)
		is_text(vn_tone(mem, str_of(same[i])), same[i]);
}

/* ---- order ---- */

static const char *const ordered[] = { "", "1", "2", "10", "a", "A", "à", "ả", "ã", "á", "ạ", "ai", "An Giang", "ang", "ao", "ă", "Ă", "ăn", "â", "ấm", "ba",
	"bà", "Bà Rịa", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "bất", "Bến Tre", "Bình Định", "Bình Thuận", "ca", "Cà Mau",
	"Cần Thơ", "da", "dạ", "Dương", "đa", "Đà Nẵng", "Đắk Lắk", "Đắk Nông", "Điện Biên", "em", "ê", "f", "gà", "Hà Giang", "Hà Nam", "Hà Nội",
	"Hả An", "Hải Dương", "Hải Phòng", "Hoà", "Hòa", "Hòa Bình", "Huế", "Hưng Yên", "im", "j", "ko", "lang", "nghe", "o", "ông", "ơn", "Phường 1",
	"Phường 2", "Phường 2A", "Phường 03", "Phường 10", "Phường 10 B", "Phường 127", "Phường An", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "tu",
	"tù", "tủ", "tũ", "tú", "tụ", "từ", "vì", "w", "xa", "y", "ý", "z", "Ω", "Я" };

static int by_key(const void *a, const void *b)
{
	return str_cmp(vn_sort_key(mem, str_of(*(const char *const *)a)), vn_sort_key(mem, str_of(*(const char *const *)b)));
}

static void test_order(void **state)
{
	const char *list[COUNT(ordered)];
	rng r;
	(void)state;
	rng_seed(&r, 7);
	memcpy(list, ordered, sizeof list);
	for (size_t i = COUNT(list); i > 1; i--) {
		size_t k = (size_t)rng_below(&r, i);
		const char *t = list[i - 1];
		list[i - 1] = list[k];
		list[k] = t;
	}
	qsort(list, COUNT(list), sizeof *list, by_key);
	for (size_t i = 0; i < COUNT(list); i++)
		assert_string_equal(list[i], ordered[i]);
}

static void test_sort_key_is_text(void **state)
{
	static const char *const odd[] = { "0", "00", "\xF4\x8F\xBF\xBF", "\xCC\x81", "\xF0\x9F\x98\x80", "中文", "x\xCC\x88\xCC\x81" };
	(void)state;
	for (size_t i = 0; i < COUNT(ordered) + COUNT(odd); i++) {
		str key = vn_sort_key(mem, str_of(i < COUNT(ordered) ? ordered[i] : odd[i - COUNT(ordered)]));
		for (size_t k = 0; k < key.len; k++)
			assert_true(key.p[k] > 0);
	}
}

/* Numbers longer than one length byte. */
static void test_long_numbers(void **state)
{
	static const size_t lengths[] = { 1, 2, 30, 125, 126, 127, 252, 253, 400 };
	str before = { 0 };
	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		char *digits = arena_alloc(mem, lengths[i]);
		memset(digits, i % 2 ? '1' : '9', lengths[i]);
		str key = vn_sort_key(mem, (str){ digits, lengths[i] });
		assert_true(i == 0 || str_cmp(before, key) < 0);
		before = key;
	}
}

/* ---- case ---- */

static void test_case(void **state)
{
	(void)state;
	is_text(vn_lower(mem, STR("ĐẮK LẮK, ƯỚC Ỹ Ợ 10")), "đắk lắk, ước ỹ ợ 10");
	is_text(vn_upper(mem, STR("đắk lắk, ước ỹ ợ 10")), "ĐẮK LẮK, ƯỚC Ỹ Ợ 10");
	is_text(vn_lower(mem, STR("")), "");
	for (size_t i = 0; i < COUNT(provinces); i++) {
		str up = vn_upper(mem, str_of(provinces[i])), low = vn_lower(mem, up);
		assert_true(str_eq(vn_upper(mem, low), up));
		assert_true(str_eq(vn_lower(mem, str_of(provinces[i])), low));
		assert_true(str_eq(vn_nfc(mem, up), up));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_utf8_check),
		TEST(test_code_points),
		TEST(test_nfc),
		TEST(test_nfc_of_all),
		TEST(test_nfc_of_many_marks),
		TEST(test_fold),
		TEST(test_provinces),
		TEST(test_tone),
		TEST(test_order),
		TEST(test_sort_key_is_text),
		TEST(test_long_numbers),
		TEST(test_case),
	};
	return cmocka_run_group_tests_name("vn", tests, NULL, NULL);
}
