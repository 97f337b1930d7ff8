/* vec: growing arrays inside an arena. A vector is any struct with the members p, n, cap:
 *     struct { thing *p; size_t n, cap; } things = { 0 };
 *     *VEC_PUSH(mem, &things) = thing;
 * Growth doubles and copies; the old array stays in the arena until it ends. */
#ifndef BASE_VEC_H
#define BASE_VEC_H
#include "base/arena.h"

#define VEC(type) struct { type *p; size_t n, cap; }
#define VEC_PUSH(mem, v) \
	((v)->n == (v)->cap ? (void)((v)->p = vec_grow((mem), (v)->p, (v)->n, &(v)->cap, sizeof *(v)->p)) : (void)0, &(v)->p[(v)->n++])

void *vec_grow(arena *mem, void *p, size_t n, size_t *cap, size_t size);

#endif
