#include "base/vec.h"

void *vec_grow(arena *mem, void *p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 8;
	void *q = arena_array(mem, more, size);
	if (n)
		memcpy(q, p, n * size);
	*cap = more;
	return q;
}
