#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "format/container.h"
#include "format/sniff.h"

static bool from_memory(void *ctx, uint64_t at, void *to, size_t n)
{
	const str *s = ctx;
	assert_true(at <= s->len && n <= s->len - at); /* never asked beyond the end */
	memcpy(to, s->p + at, n);
	return true;
}

static enum sniff_kind kind_of(str bytes)
{
	struct sniff_source s = { from_memory, &bytes, bytes.len };
	return sniff_content(&s);
}

static enum sniff_kind zip_of(const char *const *names, unsigned flags)
{
	buf b;
	buf_init(&b, 0);
	make_zip(&b, names, flags, "ghi chú");
	enum sniff_kind kind = kind_of(buf_str(&b));
	for (size_t n = b.len; n > 4; n -= 1 + n / 9) /* cut anywhere: never more than an archive, and nothing is read that is not there */
		(void)kind_of((str){ b.p, n });
	buf_free(&b);
	return kind;
}

static enum sniff_kind ole_of(const char *const *names)
{
	buf b;
	buf_init(&b, 0);
	make_ole(&b, names);
	enum sniff_kind kind = kind_of(buf_str(&b));
	for (size_t n = b.len; n > 8; n -= 1 + n / 9)
		(void)kind_of((str){ b.p, n });
	buf_free(&b);
	return kind;
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_magic(void **state)
{
	(void)state;
	assert_int_equal(kind_of(STR("")), SNIFF_EMPTY);
	assert_int_equal(kind_of(STR("%PDF-1.7\n")), SNIFF_PDF);
	assert_int_equal(kind_of(STR("\x89PNG\r\n\x1a\n....")), SNIFF_PNG);
	assert_int_equal(kind_of(STR("\xff\xd8\xff\xe0..")), SNIFF_JPEG);
	assert_int_equal(kind_of(STR("GIF89a..")), SNIFF_GIF);
	assert_int_equal(kind_of(STR("RIFF....WEBPVP8 ")), SNIFF_WEBP);
	assert_int_equal(kind_of(STR("RIFX....WEBPVP8 ")), SNIFF_UNKNOWN);
	assert_int_equal(kind_of(STR("II*\0....")), SNIFF_TIFF);
	assert_int_equal(kind_of(STR("\0\0\0\x18" "ftypheic")), SNIFF_HEIC);
	assert_int_equal(kind_of(STR("Rar!\x1a\x07\1\0")), SNIFF_RAR);
	assert_int_equal(kind_of(STR("7z\xbc\xaf\x27\x1c..")), SNIFF_7Z);
	assert_int_equal(kind_of(STR("MZ\x90\0")), SNIFF_UNKNOWN);
	assert_int_equal(kind_of(STR("<svg xmlns='http://www.w3.org/2000/svg'/>")), SNIFF_UNKNOWN);
	assert_int_equal(kind_of(STR("<!doctype html>%PDF-1.7")), SNIFF_UNKNOWN);
	assert_int_equal(kind_of(STR("#!/bin/sh\n")), SNIFF_UNKNOWN);
}

static void test_zip(void **state)
{
	(void)state;
	assert_int_equal(zip_of(NAMES("[Content_Types].xml=", "word/document.xml=x"), 0), SNIFF_DOCX);
	assert_int_equal(zip_of(NAMES("xl/workbook.xml=", "[Content_Types].xml="), 0), SNIFF_XLSX);
	assert_int_equal(zip_of(NAMES("[Content_Types].xml=", "ppt/presentation.xml="), 0), SNIFF_PPTX);
	assert_int_equal(zip_of(NAMES("[Content_Types].xml=", "word/document.xml=", "word/vbaProject.bin="), 0), SNIFF_MACRO);
	assert_int_equal(zip_of(NAMES("[Content_Types].xml=", "xl/workbook.xml=", "xl/macrosheets/sheet1.xml="), 0), SNIFF_MACRO);
	assert_int_equal(zip_of(NAMES("[Content_Types].xml=", "xl/workbook.xml="), 1), SNIFF_LOCKED);
	assert_int_equal(zip_of(NAMES("[Content_Types].xml=", "word/document.xml=", "xl/workbook.xml="), 0), SNIFF_ZIP); /* two at once */
	assert_int_equal(zip_of(NAMES("word/document.xml="), 0), SNIFF_ZIP);
	assert_int_equal(zip_of(NAMES("báo cáo.pdf=%PDF", "setup.exe=MZ"), 0), SNIFF_ZIP);
	assert_int_equal(zip_of(NAMES("mật.pdf=%PDF"), 1), SNIFF_ZIP);
	assert_int_equal(zip_of(NAMES("mimetype=application/vnd.oasis.opendocument.text", "content.xml="), 0), SNIFF_ODT);
	assert_int_equal(zip_of(NAMES("mimetype=application/vnd.oasis.opendocument.spreadsheet-template", "content.xml="), 0), SNIFF_ODS);
	assert_int_equal(zip_of(NAMES("mimetype=application/vnd.oasis.opendocument.presentation", "Basic/script-lc.xml="), 0), SNIFF_MACRO);
	assert_int_equal(zip_of(NAMES("mimetype=application/vnd.oasis.opendocument.textual", "content.xml="), 0), SNIFF_ZIP);
	assert_int_equal(zip_of(NAMES("mimetype=application/epub+zip"), 0), SNIFF_ZIP);
	assert_int_equal(kind_of(STR("PK\3\4 and nothing like a directory")), SNIFF_UNKNOWN);
}

/* A directory that is not where, or as long as, its end says. */
static void test_zip_lies(void **state)
{
	(void)state;
	buf b;
	buf_init(&b, 0);
	make_zip(&b, NAMES("[Content_Types].xml=", "word/document.xml="), 0, "");
	for (size_t i = b.len - 12; i < b.len; i++) {
		char was = b.p[i];
		b.p[i] = (char)(was ^ 0x41);
		assert_int_equal(kind_of(buf_str(&b)), SNIFF_UNKNOWN);
		b.p[i] = was;
	}
	assert_int_equal(kind_of(buf_str(&b)), SNIFF_DOCX);
	buf_free(&b);
}

static void test_ole(void **state)
{
	(void)state;
	assert_int_equal(ole_of(NAMES("Root Entry", "WordDocument", "1Table")), SNIFF_DOC);
	assert_int_equal(ole_of(NAMES("Root Entry", "a", "b", "c", "d", "Workbook")), SNIFF_XLS); /* in the second sector */
	assert_int_equal(ole_of(NAMES("Root Entry", "PowerPoint Document")), SNIFF_PPT);
	assert_int_equal(ole_of(NAMES("Root Entry", "Workbook", "_VBA_PROJECT_CUR")), SNIFF_MACRO);
	assert_int_equal(ole_of(NAMES("Root Entry", "EncryptionInfo", "EncryptedPackage")), SNIFF_LOCKED);
	assert_int_equal(ole_of(NAMES("Root Entry", "__properties_version1.0")), SNIFF_UNKNOWN); /* a mail */
	buf b;
	buf_init(&b, 0);
	make_ole(&b, NAMES("Root Entry", "Workbook"));
	memcpy(b.p + 516, "\1\0\0\0", 4); /* a chain that bites its tail ends */
	assert_int_equal(kind_of(buf_str(&b)), SNIFF_XLS);
	buf_free(&b);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(sniff_name_fits(SNIFF_PDF, STR("Quyết định 12.PDF")));
	assert_true(sniff_name_fits(SNIFF_JPEG, STR("a.b.jpeg")));
	assert_false(sniff_name_fits(SNIFF_PDF, STR("pdf")));
	assert_false(sniff_name_fits(SNIFF_PDF, STR("a.pdf.exe")));
	assert_false(sniff_name_fits(SNIFF_DOCX, STR("a.zip")));
	assert_false(sniff_name_fits(SNIFF_PDF, STR("a.")));
	for (int kind = SNIFF_PDF; kind < SNIFF_KINDS; kind++)
		assert_int_equal(sniff_named(str_of(sniff_type((enum sniff_kind)kind)->name)), kind);
	assert_int_equal(sniff_named(STR("exe")), SNIFF_UNKNOWN);
}

static void test_declared(void **state)
{
	(void)state;
	assert_true(sniff_declared_fits(SNIFF_PDF, STR("application/pdf")));
	assert_true(sniff_declared_fits(SNIFF_PDF, STR("application/octet-stream")));
	assert_true(sniff_declared_fits(SNIFF_RAR, STR("application/x-rar-compressed; x=y")));
	assert_true(sniff_declared_fits(SNIFF_DOCX, STR("application/zip")));
	assert_false(sniff_declared_fits(SNIFF_PDF, STR("image/png")));
	assert_false(sniff_declared_fits(SNIFF_PNG, STR("image/svg+xml")));
	assert_false(sniff_declared_fits(SNIFF_PDF, STR("TEXT/HTML; charset=utf-8")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_magic), cmocka_unit_test(test_zip), cmocka_unit_test(test_zip_lies),
		cmocka_unit_test(test_ole), cmocka_unit_test(test_names), cmocka_unit_test(test_declared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
