/* arena: memory that is freed all at once, at the end of a request or a command.
 * Allocation never returns NULL: past the cap, or out of memory, it calls the arena's `full` hook, and aborts when there is none
 * (the edges set a hook that ends the request). With THUOCDO_ARENA_DEBUG defined each object is a malloc of its own, so that the
 * sanitizers see every overrun. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>
#include "base/str.h"

typedef struct arena arena;

arena *arena_new(size_t cap_bytes); /* cap 0: no cap */
void arena_free(arena *a);          /* NULL is fine */
void arena_on_full(arena *a, void (*full)(void *), void *ctx);
size_t arena_used(const arena *a);

void *arena_alloc(arena *a, size_t n); /* zeroed, aligned to 16 */
void *arena_array(arena *a, size_t count, size_t size); /* zeroed; overflow of count * size counts as full */
void *arena_copy(arena *a, const void *p, size_t n);
str arena_str(arena *a, str s);          /* a copy, with a NUL behind it */
const char *arena_cstr(arena *a, str s); /* the same as a C string */
str arena_printf(arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define NEW_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

#endif
