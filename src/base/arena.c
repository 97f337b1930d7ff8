#include "base/arena.h"
#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A block; its bytes follow it. In debug mode each object is a block. */
struct block {
	struct block *prev;
	size_t size, used;
};

struct arena {
	struct block *top;
	size_t used, cap, next_size;
	void (*full)(void *);
	void *ctx;
};

enum { ALIGN = 16, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };
#define HEAD ((sizeof(struct block) + ALIGN - 1) / ALIGN * ALIGN)

arena *arena_new(size_t cap_bytes)
{
	arena *a = calloc(1, sizeof *a);
	if (!a)
		abort();
	a->cap = cap_bytes ? cap_bytes : SIZE_MAX;
	a->next_size = FIRST_BLOCK;
	return a;
}

void arena_free(arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->top; b;) {
		struct block *prev = b->prev;
		free(b);
		b = prev;
	}
	free(a);
}

void arena_on_full(arena *a, void (*full)(void *), void *ctx)
{
	a->full = full;
	a->ctx = ctx;
}

size_t arena_used(const arena *a) { return a->used; }

static void is_full(arena *a)
{
	if (a->full)
		a->full(a->ctx); /* does not return */
	fputs("thuocdo: out of memory\n", stderr);
	abort();
}

static void new_block(arena *a, size_t n)
{
	size_t size = n;
#ifndef THUOCDO_ARENA_DEBUG
	if (size < a->next_size)
		size = a->next_size;
	if (a->next_size < LARGEST_BLOCK)
		a->next_size *= 2;
#endif
	struct block *b = calloc(1, HEAD + size);
	if (!b)
		is_full(a);
	assert(b);
	b->size = size;
	b->prev = a->top;
	a->top = b;
}

void *arena_alloc(arena *a, size_t n)
{
	if (n > SIZE_MAX - 4096 || n > a->cap - a->used)
		is_full(a);
#ifdef THUOCDO_ARENA_DEBUG
	size_t step = n ? n : 1;
	new_block(a, step);
#else
	size_t step = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (!a->top || a->top->size - a->top->used < step)
		new_block(a, step);
#endif
	void *p = (char *)a->top + HEAD + a->top->used;
	a->top->used += step;
	a->used += n;
	return p;
}

void *arena_array(arena *a, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		is_full(a);
	return arena_alloc(a, n);
}

void *arena_copy(arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);
	if (n)
		memcpy(q, p, n);
	return q;
}

str arena_str(arena *a, str s) { return (str){ arena_cstr(a, s), s.len }; }

const char *arena_cstr(arena *a, str s)
{
	char *p = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(p, s.p, s.len);
	return p;
}

str arena_printf(arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	char none[1];
	int n = vsnprintf(none, sizeof none, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (str){ p, (size_t)n };
}
