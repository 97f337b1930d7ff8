#include "base/buf.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(buf *b, size_t max)
{
	*b = (buf){ .max = max ? max : BUF_DEFAULT_MAX };
}

void buf_free(buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void buf_clear(buf *b)
{
	b->len = 0;
	b->full = false;
}

char *buf_room(buf *b, size_t n)
{
	if (b->full || n > b->max - b->len) {
		b->full = true;
		return NULL;
	}
	if (n > b->cap - b->len) {
		size_t cap = b->cap ? b->cap : 256;
		while (cap - b->len < n)
			cap *= 2;
		char *p = realloc(b->p, cap);
		if (!p) {
			b->full = true;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->len;
}

void buf_add(buf *b, str s)
{
	char *to = s.len ? buf_room(b, s.len) : NULL;
	if (!to)
		return;
	memcpy(to, s.p, s.len);
	b->len += s.len;
}

void buf_addz(buf *b, const char *z) { buf_add(b, str_of(z)); }

void buf_char(buf *b, char c) { buf_add(b, (str){ &c, 1 }); }

void buf_printf(buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	char none[1];
	int n = vsnprintf(none, sizeof none, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	char *to = buf_room(b, (size_t)n + 1);
	if (to) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_double(buf *b, double x)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	buf_addz(b, text);
}
