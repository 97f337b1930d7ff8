/* buf: a growing piece of bytes with a cap. Past the cap it stops taking bytes and says so (buf_full): it never lies about its
 * content by cutting silently. Owns its memory. */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

typedef struct buf {
	char *p;
	size_t len, cap, max;
	bool full;
} buf;

enum { BUF_DEFAULT_MAX = 256 << 20 };

void buf_init(buf *b, size_t max); /* 0: BUF_DEFAULT_MAX */
void buf_free(buf *b);
void buf_clear(buf *b);
void buf_add(buf *b, str s);
void buf_addz(buf *b, const char *z);
void buf_char(buf *b, char c);
void buf_printf(buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_double(buf *b, double x); /* the shortest decimals that read back as the same double */
static inline bool buf_full(const buf *b) { return b->full; }
static inline str buf_str(const buf *b) { return (str){ b->p ? b->p : "", b->len }; }
/* Room for n more bytes; returns where they go (then add to len) or NULL at the cap. */
char *buf_room(buf *b, size_t n);

#endif
