/* Signatures of PDF files made here: good ones, changed files, what hides in gaps, and certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "format/pdf_make.h"
#include "format/pdf_sign.h"

#define OK(e) assert_int_equal((e), ERR_OK)

static bool from_memory(void *ctx, uint64_t at, void *to, size_t n)
{
	const str *s = ctx;
	assert_true(at <= s->len && n <= s->len - at);
	memcpy(to, s->p + at, n);
	return true;
}

static struct pdf_signatures look(cx *c, str bytes, const char *ca)
{
	str *kept = NEW(c->mem, str);
	*kept = bytes;
	struct sniff_source s = { from_memory, kept, bytes.len };
	struct pdf_signatures l;
	OK(pdf_sign_look(c, &s, ca, &l));
	return l;
}

static cx *now(void)
{
	cx *c = cx_new(0);
	c->now_ms = (int64_t)time(NULL) * 1000;
	return c;
}

static void test_good(void **state)
{
	(void)state;
	cx *c = now();
	buf b;
	buf_init(&b, 0);
	struct signer ca = make_signer("Cơ quan chứng thực", NULL, -10, 100), an = make_signer("Nguyễn Thị An", &ca, -1, 10);
	const char *path = arena_printf(c->mem, "/tmp/tdca%d.pem", (int)getpid()).p;
	write_authority(&ca, path);
	make_pdf(&b, "báo cáo");
	assert_int_equal(look(c, buf_str(&b), path).n, 0);
	sign_pdf(&b, &an);
	struct pdf_signatures l = look(c, buf_str(&b), path);
	assert_int_equal(l.n, 1);
	assert_true(l.p[0].state == PDF_SIGN_GOOD && l.p[0].whole && l.p[0].trust == PDF_TRUST_KNOWN && l.p[0].covered == b.len);
	assert_true(str_is(l.p[0].signer, "Nguyễn Thị An") && str_is(l.p[0].organization, "Sở Nội vụ") && str_is(l.p[0].issuer, "Cơ quan chứng thực"));
	assert_true(l.p[0].signed_at > c->now_ms - 60000 && l.p[0].signed_at <= c->now_ms + 60000 && l.p[0].certificate.len == 64);
	assert_int_equal(look(c, buf_str(&b), NULL).p[0].trust, PDF_TRUST_UNKNOWN);
	/* A second one behind it: the first is still good, but not of the whole any more. */
	struct signer binh = make_signer("Trần Bình", NULL, -1, 10);
	sign_pdf(&b, &binh);
	l = look(c, buf_str(&b), path);
	assert_int_equal(l.n, 2);
	assert_true(l.p[0].state == PDF_SIGN_GOOD && !l.p[0].whole && l.p[1].state == PDF_SIGN_GOOD && l.p[1].whole);
	assert_int_equal(l.p[1].trust, PDF_TRUST_UNKNOWN);
	int changes;
	str bytes = buf_str(&b);
	struct sniff_source s = { from_memory, &bytes, bytes.len };
	OK(pdf_sign_changes(c, &s, 0, &changes));
	assert_int_equal(changes, 3);
	struct pdf_signatures none;
	assert_int_equal(pdf_sign_look(c, &s, "/nowhere.pem", &none), ERR_IO);
	unlink(path);
	free_signer(&ca);
	free_signer(&an);
	free_signer(&binh);
	buf_free(&b);
	cx_free(c);
}

static void test_expired(void **state)
{
	(void)state;
	cx *c = now();
	buf b;
	buf_init(&b, 0);
	struct signer ca = make_signer("CA", NULL, -100, 300), old = make_signer("Cũ", &ca, -50, 10);
	const char *path = arena_printf(c->mem, "/tmp/tdcb%d.pem", (int)getpid()).p;
	write_authority(&ca, path);
	make_pdf(&b, "x");
	sign_pdf(&b, &old);
	assert_int_equal(look(c, buf_str(&b), path).p[0].trust, PDF_TRUST_EXPIRED);
	unlink(path);
	free_signer(&ca);
	free_signer(&old);
	buf_free(&b);
	cx_free(c);
}

/* Each byte outside the signature changed: it says so, whichever. */
static void test_changed(void **state)
{
	(void)state;
	cx *c = now();
	buf b;
	buf_init(&b, 0);
	struct signer an = make_signer("An", NULL, -1, 10);
	make_pdf(&b, "điểm 95,5");
	size_t original = b.len;
	sign_pdf(&b, &an);
	for (size_t i = 0; i < original; i += 3) {
		b.p[i] ^= 1;
		struct pdf_signatures l = look(c, buf_str(&b), NULL);
		assert_true(l.n == 1 && l.p[0].state == PDF_SIGN_CHANGED);
		b.p[i] ^= 1;
	}
	b.p[b.len - 2] ^= 1;
	assert_int_equal(look(c, buf_str(&b), NULL).p[0].state, PDF_SIGN_CHANGED);
	b.p[b.len - 2] ^= 1;
	change_pdf(&b, "điểm 99,9"); /* behind the signature */
	struct pdf_signatures l = look(c, buf_str(&b), NULL);
	assert_true(l.n == 1 && l.p[0].state == PDF_SIGN_GOOD && !l.p[0].whole);
	free_signer(&an);
	buf_free(&b);
	cx_free(c);
}

/* What is not covered may hold the signature and nothing else. */
static void test_gaps(void **state)
{
	(void)state;
	cx *c = now();
	buf b;
	buf_init(&b, 0);
	struct signer an = make_signer("An", NULL, -1, 10);
	make_pdf(&b, "x");
	sign_pdf(&b, &an);
	char *gap = strstr(b.p, "/Contents <");
	assert_non_null(gap);
	gap += 11 + 7000; /* the padding behind the signature */
	memcpy(gap, "(hidden)", 8);
	assert_int_equal(look(c, buf_str(&b), NULL).p[0].state, PDF_SIGN_UNREADABLE);
	memcpy(gap, "00000000", 8);
	assert_int_equal(look(c, buf_str(&b), NULL).p[0].state, PDF_SIGN_GOOD);
	static const char *const ranges[] = { "[1 0000000002 0000000003 0000000004]", "[0 0000000000 0000000003 0000000004]",
		"[0 9999999999 9999999999 9999999999]", "[0 0000000009 0000000008 0000000004]",
		"[0 0000000001 0000999999 0000000004]" };
	char *range = strstr(b.p, "/ByteRange ") + 11;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		memcpy(range, ranges[i], 36);
		assert_int_equal(look(c, buf_str(&b), NULL).p[0].state, PDF_SIGN_UNREADABLE);
	}
	memcpy(range, "[0 -1 x ", 8);
	assert_int_equal(look(c, buf_str(&b), NULL).n, 0);
	/* Many of them, and one at the very end. */
	buf_clear(&b);
	for (int i = 0; i < 1000; i++)
		buf_addz(&b, "/ByteRange [0 1 2 3]");
	assert_int_equal(look(c, buf_str(&b), NULL).n, PDF_SIGNATURES);
	buf_clear(&b);
	buf_addz(&b, "%PDF-1.7 /ByteRange");
	assert_int_equal(look(c, buf_str(&b), NULL).n, 0);
	free_signer(&an);
	buf_free(&b);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_good), cmocka_unit_test(test_expired), cmocka_unit_test(test_changed),
		cmocka_unit_test(test_gaps) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
