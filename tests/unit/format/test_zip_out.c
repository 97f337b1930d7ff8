/* Archives written here, read by libzip: names, bytes, checksums; what does not fit is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <zip.h>
#include "base/buf.h"
#include "format/zip_out.h"

#define OK(e) assert_int_equal((e), ERR_OK)

static const struct {
	const char *name, *bytes;
} entries[] = {
	{ "bang-diem.csv", "\xEF\xBB\xBF" "code,name\r\n1.1,Kế hoạch\r\n" },
	{ "1.1.1/01 Quyết định số 15 (bản ký).pdf", "%PDF-1.4\n%%EOF\n" },
	{ "1.1.1/02 Đường dẫn hồ sơ một cửa.txt", "" },
	{ "3.4.1/01 Ảnh màn hình.png", "\x89PNG\r\n" },
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

static str text(const char *s) { return str_of(s); }

static int written(cx *c)
{
	FILE *to = tmpfile();
	zip_out *z;
	assert_non_null(to);
	int fd = dup(fileno(to));
	fclose(to);
	OK(zip_out_begin(c, fd, &z));
	for (int i = 0; i < ENTRIES; i++)
		OK(zip_out_bytes(z, text(entries[i].name), text(entries[i].bytes)));
	OK(zip_out_end(z));
	return fd;
}

static zip_t *opened(int fd)
{
	zip_error_t error;
	zip_source_t *s = zip_source_filep_create(fdopen(fd, "rb"), 0, -1, &error);
	assert_non_null(s);
	zip_t *a = zip_open_from_source(s, ZIP_RDONLY | ZIP_CHECKCONS, &error);
	assert_non_null(a);
	return a;
}

static void test_read_by_libzip(void **state)
{
	cx *c = cx_new(0);
	(void)state;
	zip_t *a = opened(written(c));
	assert_int_equal(zip_get_num_entries(a, 0), ENTRIES);
	for (int i = 0; i < ENTRIES; i++) {
		zip_stat_t st;
		char room[200] = "";
		assert_string_equal(zip_get_name(a, (zip_uint64_t)i, ZIP_FL_ENC_STRICT), entries[i].name); /* said to be UTF-8, and is */
		assert_int_equal(zip_stat_index(a, (zip_uint64_t)i, 0, &st), 0);
		assert_int_equal(st.size, strlen(entries[i].bytes));
		assert_int_equal(st.comp_method, ZIP_CM_STORE);
		zip_file_t *f = zip_fopen_index(a, (zip_uint64_t)i, 0);
		assert_non_null(f);
		assert_int_equal(zip_fread(f, room, sizeof room - 1), st.size);
		assert_int_equal(zip_fclose(f), 0); /* the checksum too */
		assert_string_equal(room, entries[i].bytes);
	}
	zip_discard(a);
	cx_free(c);
}

/* A file of several pieces, from its beginning wherever its offset stands. */
static void test_files(void **state)
{
	enum { SIZE = 700001 };
	cx *c = cx_new(0);
	FILE *from = tmpfile(), *to = tmpfile();
	zip_out *z;
	(void)state;
	for (int i = 0; i < SIZE; i++)
		putc(i * 31 + i / 7, from);
	fflush(from);
	OK(zip_out_begin(c, fileno(to), &z));
	OK(zip_out_file(z, STR("Tệp lớn.bin"), fileno(from), SIZE));
	OK(zip_out_file(z, STR("nửa.bin"), fileno(from), SIZE / 2));
	OK(zip_out_end(z));
	int fd = dup(fileno(to));
	zip_t *a = opened(fd);
	for (int k = 0; k < 2; k++) {
		unsigned char *room = malloc(SIZE);
		zip_file_t *f = zip_fopen_index(a, (zip_uint64_t)k, 0);
		int size = k ? SIZE / 2 : SIZE;
		assert_int_equal(zip_fread(f, room, SIZE), size);
		for (int i = 0; i < size; i++)
			assert_int_equal(room[i], (unsigned char)(i * 31 + i / 7));
		assert_int_equal(zip_fclose(f), 0);
		free(room);
	}
	zip_discard(a);
	assert_int_equal(zip_out_file(z, STR("kürzer"), fileno(from), SIZE + 1), ERR_IO); /* the file is shorter than was said */
	fclose(from);
	fclose(to);
	cx_free(c);
}

static void test_same_bytes(void **state)
{
	cx *c = cx_new(0);
	char one[2000], two[2000];
	int a = written(c), b = written(c);
	(void)state;
	ssize_t n = pread(a, one, sizeof one, 0);
	assert_int_equal(pread(b, two, sizeof two, 0), n);
	assert_memory_equal(one, two, (size_t)n);
	close(a);
	close(b);
	cx_free(c);
}

static void test_limits(void **state)
{
	cx *c = cx_new(0);
	FILE *to = tmpfile(), *hole = tmpfile();
	zip_out *z;
	buf name;
	(void)state;
	buf_init(&name, 0);
	for (int i = 0; i <= ZIP_OUT_NAME; i++)
		buf_char(&name, 'x');
	OK(zip_out_begin(c, fileno(to), &z));
	assert_int_equal(zip_out_bytes(z, buf_str(&name), STR("x")), ERR_LIMIT);
	assert_string_equal(c->faults[0].key, "zip.too_large");
	assert_int_equal(lseek(fileno(to), 0, SEEK_CUR), 0); /* nothing of it was written */
	for (int i = 0; i < ZIP_OUT_ENTRIES; i++)
		OK(zip_out_bytes(z, arena_printf(c->mem, "%d", i), STR("")));
	assert_int_equal(zip_out_bytes(z, STR("a"), STR("")), ERR_LIMIT);
	OK(zip_out_end(z));
	zip_t *a = opened(dup(fileno(to)));
	assert_int_equal(zip_get_num_entries(a, 0), ZIP_OUT_ENTRIES);
	zip_discard(a);
	/* 2 GiB and more would need ZIP64; a file that is all hole takes no room. */
	OK(zip_out_begin(c, fileno(to), &z));
	OK(ftruncate(fileno(hole), (off_t)1 << 31));
	assert_int_equal(zip_out_file(z, STR("a"), fileno(hole), UINT64_C(1) << 31), ERR_LIMIT);
	buf_free(&name);
	fclose(to);
	fclose(hole);
	cx_free(c);
}

static void test_full_disk(void **state)
{
	cx *c = cx_new(0);
	zip_out *z;
	FILE *full = fopen("/dev/full", "wb");
	(void)state;
	assert_non_null(full);
	OK(zip_out_begin(c, fileno(full), &z));
	assert_int_equal(zip_out_bytes(z, STR("a"), STR("x")), ERR_IO);
	assert_string_equal(c->faults[0].key, "zip.write");
	fclose(full);
	cx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_read_by_libzip), cmocka_unit_test(test_files), cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_full_disk) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
