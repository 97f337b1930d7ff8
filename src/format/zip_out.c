/* Stored entries (APPNOTE 6.3): local header, bytes, and at the end the directory. Not libzip: docs/decisions/0050-zip-writing.md. */
#include "format/zip_out.h"
#include <unistd.h>
#include <zlib.h>
#include "base/buf.h"
#include "base/vec.h"

enum { PIECE = 256 << 10, UTF8_NAMES = 1 << 11, DOS_DATE = 0x21 /* 1980-01-01: no clock in an archive */, MAX_BYTES = 0x7fffffff };

struct entry {
	str name;
	uint32_t crc, size, at;
};

struct zip_out {
	cx *c;
	int fd;
	uint64_t at;
	char *piece; /* PIECE bytes, once for all files */
	VEC(struct entry) entries;
};

static void put16(buf *b, unsigned v)
{
	buf_char(b, (char)(v & 255));
	buf_char(b, (char)(v >> 8 & 255));
}

static void put32(buf *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

static enum err fail(zip_out *z)
{
	return cx_fail(z->c, ERR_IO, "zip.write", (place){ 0 }, STR(""));
}

static enum err put(zip_out *z, str s)
{
	while (s.len) {
		ssize_t n = write(z->fd, s.p, s.len);
		if (n <= 0)
			return fail(z);
		s = (str){ s.p + n, s.len - (size_t)n };
		z->at += (uint64_t)n;
	}
	return ERR_OK;
}

enum err zip_out_begin(cx *c, int fd, zip_out **out)
{
	*out = NEW(c->mem, zip_out);
	**out = (zip_out){ .c = c, .fd = fd, .piece = arena_alloc(c->mem, PIECE) };
	return ERR_OK;
}

static void header(buf *b, const struct entry *e, bool central)
{
	put32(b, central ? 0x02014b50 : 0x04034b50);
	if (central)
		put16(b, 20);
	put16(b, 20);
	put16(b, UTF8_NAMES);
	put16(b, 0); /* stored */
	put16(b, 0);
	put16(b, DOS_DATE);
	put32(b, e->crc);
	put32(b, e->size);
	put32(b, e->size);
	put16(b, (unsigned)e->name.len);
	put16(b, 0);
	if (central) {
		put16(b, 0);
		put16(b, 0);
		put16(b, 0);
		put32(b, 0);
		put32(b, e->at);
	}
	buf_add(b, e->name);
}

static enum err begin_entry(zip_out *z, str name, uint64_t size, uint32_t crc)
{
	if (name.len > ZIP_OUT_NAME || z->entries.n >= ZIP_OUT_ENTRIES || z->at + size > MAX_BYTES)
		return cx_fail(z->c, ERR_LIMIT, "zip.too_large", (place){ 0 }, name);
	struct entry e = { .name = arena_str(z->c->mem, name), .crc = crc, .size = (uint32_t)size, .at = (uint32_t)z->at };
	*VEC_PUSH(z->c->mem, &z->entries) = e;
	buf b;
	buf_init(&b, 0);
	header(&b, &e, false);
	enum err err = put(z, buf_str(&b));
	buf_free(&b);
	return err;
}

enum err zip_out_bytes(zip_out *z, str name, str bytes)
{
	uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)bytes.p, (unsigned)bytes.len);
	enum err e = begin_entry(z, name, bytes.len, crc);
	return e ? e : put(z, bytes);
}

/* Twice through the file: the checksum stands before the bytes. */
static enum err each_piece(zip_out *z, int fd, uint64_t size, uint32_t *crc, bool write_it)
{
	uint64_t at = 0;
	while (at < size) {
		size_t want = size - at < PIECE ? (size_t)(size - at) : PIECE;
		ssize_t n = pread(fd, z->piece, want, (off_t)at);
		if (n <= 0)
			return fail(z);
		*crc = (uint32_t)crc32(*crc, (const unsigned char *)z->piece, (unsigned)n);
		enum err e = write_it ? put(z, (str){ z->piece, (size_t)n }) : ERR_OK;
		if (e)
			return e;
		at += (uint64_t)n;
	}
	return ERR_OK;
}

enum err zip_out_file(zip_out *z, str name, int fd, uint64_t size)
{
	uint32_t crc = 0, again = 0;
	enum err e = each_piece(z, fd, size, &crc, false);
	if (!e)
		e = begin_entry(z, name, size, crc);
	return e ? e : each_piece(z, fd, size, &again, true);
}

enum err zip_out_end(zip_out *z)
{
	buf b;
	uint32_t from = (uint32_t)z->at;
	buf_init(&b, 0);
	for (size_t i = 0; i < z->entries.n; i++)
		header(&b, &z->entries.p[i], true);
	uint32_t size = (uint32_t)b.len;
	put32(&b, 0x06054b50);
	put32(&b, 0);
	put16(&b, (unsigned)z->entries.n);
	put16(&b, (unsigned)z->entries.n);
	put32(&b, size);
	put32(&b, from);
	put16(&b, 0);
	enum err e = put(z, buf_str(&b));
	buf_free(&b);
	return e;
}
