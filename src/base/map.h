/* map: text to a small whole number, inside an arena. Insertion only; order of insertion is the caller's affair. */
#ifndef BASE_MAP_H
#define BASE_MAP_H
#include <stdint.h>
#include "base/arena.h"
#include "base/str.h"

typedef struct map {
	struct map_slot *slots;
	size_t n, cap;
} map;

/* The place of the value for key (new: *added is true and the value 0). Keys are not copied. added may be NULL. */
int64_t *map_put(arena *mem, map *m, str key, bool *added);
const int64_t *map_get(const map *m, str key); /* NULL: not there */

#endif
