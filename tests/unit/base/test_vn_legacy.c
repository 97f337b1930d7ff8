#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/rng.h"
#include "base/vn.h"
#include "base/vn_legacy.h"

/* What people have in their files. */
static const struct {
	const char *unicode, *tcvn3, *vni;
} samples[] = {
	{ "Cộng hòa xã hội chủ nghĩa Việt Nam", "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam" },
	{ "Độc lập - Tự do - Hạnh phúc", "§éc lËp - Tù do - H¹nh phóc", "Ñoäc laäp - Töï do - Haïnh phuùc" },
	{ "Ủy ban nhân dân tỉnh", NULL, "UÛy ban nhaân daân tænh" },
	{ "cải cách thủ tục hành chính", "c¶i c¸ch thñ tôc hµnh chÝnh", "caûi caùch thuû tuïc haønh chính" },
	{ "tỷ lệ hồ sơ giải quyết đúng hạn", "tû lÖ hå s¬ gi¶i quyÕt ®óng h¹n", "tyû leä hoà sô giaûi quyeát ñuùng haïn" },
};

enum { SAMPLES = sizeof samples / sizeof samples[0] };

static void test_samples(void **state)
{
	arena *mem = arena_new(0);
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		if (samples[i].tcvn3)
			assert_string_equal(vn_legacy_decode(mem, VN_TCVN3, str_of(samples[i].tcvn3)).p, samples[i].unicode);
		assert_string_equal(vn_legacy_decode(mem, VN_VNI, str_of(samples[i].vni)).p, samples[i].unicode);
		assert_string_equal(vn_legacy_encode(mem, VN_VNI, str_of(samples[i].unicode), NULL).p, samples[i].vni);
	}
	arena_free(mem);
}

static const char letters[] = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";

/* Any Vietnamese letters: out and back is the same. VNI: every two letters too, as marks stand behind letters there. */
static void test_round_trip(void **state)
{
	rng r;
	uint32_t all[256];
	size_t n = 0, lost;
	(void)state;
	rng_seed(&r, 1);
	for (size_t at = 0; at < strlen(letters);)
		all[n++] = vn_next(str_of(letters), &at);
	for (int run = 0; run < 20000; run++) {
		arena *mem = arena_new(0);
		buf b;
		buf_init(&b, 0);
		for (uint64_t k = 1 + rng_below(&r, 12); k; k--)
			vn_put(&b, all[rng_below(&r, n)]);
		str s = buf_str(&b), upper = vn_upper(mem, s);
		str back = vn_legacy_decode(mem, VN_TCVN3, vn_legacy_encode(mem, VN_TCVN3, s, &lost));
		assert_true(lost == 0 && str_eq(back, s));
		back = vn_legacy_decode(mem, VN_VNI, vn_legacy_encode(mem, VN_VNI, s, &lost));
		if (!str_eq(back, s))
			print_error("seed 1, run %d: %.*s became %.*s\n", run, STR_ARG(s), STR_ARG(back));
		assert_true(lost == 0 && str_eq(back, s));
		back = vn_legacy_decode(mem, VN_VNI, vn_legacy_encode(mem, VN_VNI, upper, &lost));
		assert_true(lost == 0 && str_eq(back, upper));
		buf_free(&b);
		arena_free(mem);
	}
}

static void test_lost(void **state)
{
	arena *mem = arena_new(0);
	size_t lost;
	(void)state;
	vn_legacy_encode(mem, VN_TCVN3, STR("ĐÃ → €"), &lost);
	assert_int_equal(lost, 3);
	assert_true(str_is(vn_legacy_decode(mem, VN_TCVN3, STR("a € → 1")), "a € → 1"));
	assert_true(str_is(vn_legacy_decode(mem, VN_UNICODE, STR("é")), "é"));
	arena_free(mem);
}

static enum vn_legacy guess(const char *text)
{
	arena *mem = arena_new(0);
	struct vn_guess g = { 0 };
	vn_guess_add(mem, &g, str_of(text));
	arena_free(mem);
	return vn_guess_end(&g);
}

static void test_guess(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		assert_int_equal(guess(samples[i].unicode), VN_UNICODE);
		if (samples[i].tcvn3)
			assert_int_equal(guess(samples[i].tcvn3), VN_TCVN3);
		assert_int_equal(guess(samples[i].vni), VN_VNI);
	}
	assert_int_equal(guess(""), VN_UNICODE);
	assert_int_equal(guess("plain words only"), VN_UNICODE);
	assert_int_equal(guess("déjà vu à l'été, œuvre française"), VN_UNICODE);
	assert_int_equal(guess("Straße, Müller, Größe, Österreich, schön"), VN_UNICODE);
	assert_int_equal(guess("hßa"), VN_UNICODE); /* too little to go by */
	assert_int_equal(guess("là và có thì mà"), VN_UNICODE); /* Latin-1 letters alone can be good Vietnamese */
}

static void test_fonts(void **state)
{
	bool capitals;
	(void)state;
	assert_int_equal(vn_legacy_font(STR(".VnTime"), &capitals), VN_TCVN3);
	assert_false(capitals);
	assert_int_equal(vn_legacy_font(STR(".VnArialH"), &capitals), VN_TCVN3);
	assert_true(capitals);
	assert_int_equal(vn_legacy_font(STR("VNI-Times"), &capitals), VN_VNI);
	assert_int_equal(vn_legacy_font(STR("Times New Roman"), &capitals), VN_UNICODE);
	assert_int_equal(vn_legacy_font(STR(""), &capitals), VN_UNICODE);
	assert_false(capitals);
}

static void test_syllables(void **state)
{
	static const char *const good[] = { "Việt", "nghĩa", "quyết", "giờ", "giấy", "gì", "khuyến", "ươm", "yêu", "uống", "người", "Đắk", "thuở" };
	static const char *const bad[] = { "", "b", "ViÖt", "nghóaá", "xyz", "streng", "áà", "été" };
	arena *mem = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (strcmp(good[i], "Đắk") != 0) /* k ends words of other tongues only */
			assert_true(vn_is_syllable(mem, str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(vn_is_syllable(mem, str_of(bad[i])));
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_fonts),
		cmocka_unit_test(test_syllables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
