/* container: small ZIP and OLE files for tests, made in memory: names in a directory, contents that say little. */
#ifndef TEST_CONTAINER_H
#define TEST_CONTAINER_H
#include "base/buf.h"

static inline void put16(buf *b, unsigned n)
{
	buf_char(b, (char)(n & 0xFF));
	buf_char(b, (char)(n >> 8 & 0xFF));
}

static inline void put32(buf *b, unsigned n)
{
	put16(b, n & 0xFFFF);
	put16(b, n >> 16);
}

/* names: "a/b=content", stored and without checksums; flags of the entries (1: behind a password). */
static inline void make_zip(buf *b, const char *const *names, unsigned flags, const char *comment)
{
	buf dir;
	buf_init(&dir, 0);
	unsigned n = 0, start = (unsigned)b->len;
	for (; names[n]; n++) {
		str content = str_of(names[n]), name;
		str_next(&content, '=', &name);
		unsigned at = (unsigned)b->len - start;
		for (int i = 0; i < 2; i++) { /* the local header and the one of the directory */
			buf *to = i ? &dir : b;
			put32(to, i ? 0x02014b50 : 0x04034b50);
			if (i)
				put16(to, 20);
			put16(to, 20), put16(to, flags), put16(to, 0), put32(to, 0), put32(to, 0);
			put32(to, (unsigned)content.len), put32(to, (unsigned)content.len), put16(to, (unsigned)name.len), put16(to, 0);
			if (i)
				put16(to, 0), put16(to, 0), put16(to, 0), put32(to, 0), put32(to, at);
			buf_add(to, name);
		}
		buf_add(b, content);
	}
	unsigned at = (unsigned)b->len - start;
	buf_add(b, buf_str(&dir));
	put32(b, 0x06054b50), put16(b, 0), put16(b, 0), put16(b, n), put16(b, n);
	put32(b, (unsigned)dir.len), put32(b, at), put16(b, (unsigned)strlen(comment));
	buf_addz(b, comment);
	buf_free(&dir);
}

/* Sector 0 is the table, the directory begins in sector 1 and goes on in 2. At most eight names. */
static inline void make_ole(buf *b, const char *const *names)
{
	buf_add(b, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
	while (b->len < 30)
		buf_char(b, 0);
	put16(b, 9);
	while (b->len < 44)
		buf_char(b, 0);
	put32(b, 1), put32(b, 1); /* sectors of the table; first one of the directory */
	while (b->len < 76)
		buf_char(b, 0);
	put32(b, 0); /* where the table is */
	while (b->len < 512)
		buf_char(b, '\xff');
	put32(b, 0xFFFFFFFD), put32(b, 2), put32(b, 0xFFFFFFFE);
	while (b->len < 1024)
		buf_char(b, '\xff');
	for (int i = 0; i < 8; i++) {
		size_t n = *names ? strlen(*names) : 0, end = b->len + 128;
		for (size_t j = 0; j < n; j++)
			put16(b, (unsigned char)(*names)[j]);
		while (b->len < end - 64)
			buf_char(b, 0);
		put16(b, n ? (unsigned)(n + 1) * 2 : 0);
		while (b->len < end)
			buf_char(b, 0);
		names += *names != NULL;
	}
}

#endif
