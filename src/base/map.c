#include "base/map.h"

struct map_slot {
	str key;
	uint64_t hash; /* 0: free */
	int64_t value;
};

/* FNV-1a with a finishing mix; keys come from files with capped sizes, so worst cases stay small. */
static uint64_t hash_of(str s)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	h ^= h >> 32;
	return h ? h : 1;
}

static struct map_slot *slot_of(const map *m, str key, uint64_t h)
{
	size_t i = h & (m->cap - 1);
	while (m->slots[i].hash && !(m->slots[i].hash == h && str_eq(m->slots[i].key, key)))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

static void grow(arena *mem, map *m)
{
	map more = { .cap = m->cap ? m->cap * 2 : 16, .n = m->n };
	more.slots = NEW_ARRAY(mem, struct map_slot, more.cap);
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].hash)
			*slot_of(&more, m->slots[i].key, m->slots[i].hash) = m->slots[i];
	*m = more;
}

int64_t *map_put(arena *mem, map *m, str key, bool *added)
{
	if (m->n * 4 >= m->cap * 3)
		grow(mem, m);
	uint64_t h = hash_of(key);
	struct map_slot *s = slot_of(m, key, h);
	bool is_new = s->hash == 0;
	if (is_new) {
		*s = (struct map_slot){ .key = key, .hash = h };
		m->n++;
	}
	if (added)
		*added = is_new;
	return &s->value;
}

const int64_t *map_get(const map *m, str key)
{
	if (!m->n)
		return NULL;
	struct map_slot *s = slot_of(m, key, hash_of(key));
	return s->hash ? &s->value : NULL;
}
