/* archive: a ZIP of stored entries in memory, for targets that put fuzzed parts into a whole Office file. */
#ifndef FUZZ_ARCHIVE_H
#define FUZZ_ARCHIVE_H
#include "base/buf.h"

static inline void put(buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_char(b, (char)(v >> (8 * i)));
}

static inline uint32_t crc(str s)
{
	uint32_t c = 0xFFFFFFFFu;
	for (size_t i = 0; i < s.len; i++) {
		c ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (0xEDB88320u & (0u - (c & 1)));
	}
	return ~c;
}

static inline void put_entry(buf *to, const char *name, str body, bool central, uint32_t offset)
{
	buf_addz(to, central ? "PK\x01\x02" : "PK\x03\x04");
	put(to, 20, central ? 4 : 2);
	put(to, 0, 4); /* no flags, stored */
	put(to, 0x00210000, 4);
	put(to, crc(body), 4);
	put(to, (uint32_t)body.len, 4);
	put(to, (uint32_t)body.len, 4);
	put(to, (uint32_t)strlen(name), 2);
	put(to, 0, 2);
	if (central) {
		put(to, 0, 4);
		put(to, 0, 2);
		put(to, 0, 4);
		put(to, offset, 4);
	}
	buf_addz(to, name);
	if (!central)
		buf_add(to, body);
}

struct part {
	const char *name;
	str body;
};

static inline void archive(buf *b, const struct part *parts, uint32_t n)
{
	uint32_t offsets[8];
	for (uint32_t i = 0; i < n; i++) {
		offsets[i] = (uint32_t)b->len;
		put_entry(b, parts[i].name, parts[i].body, false, 0);
	}
	uint32_t from = (uint32_t)b->len;
	for (uint32_t i = 0; i < n; i++)
		put_entry(b, parts[i].name, parts[i].body, true, offsets[i]);
	uint32_t length = (uint32_t)b->len - from;
	buf_addz(b, "PK\x05\x06");
	put(b, 0, 4);
	put(b, n, 2);
	put(b, n, 2);
	put(b, length, 4);
	put(b, from, 4);
	put(b, 0, 2);
}

#endif
