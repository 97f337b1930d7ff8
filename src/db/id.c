#include "db/id.h"

enum { LOW_BITS = 22 };
#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01 */

void db_ids_init(db_ids *s, uint64_t seed)
{
	*s = (db_ids){ .last = 0 };
	pthread_mutex_init(&s->lock, NULL);
	rng_seed(&s->random, seed);
}

void db_ids_free(db_ids *s) { pthread_mutex_destroy(&s->lock); }

int64_t db_id_next(db_ids *s, int64_t now_ms)
{
	int64_t ms = now_ms - EPOCH_MS;
	if (ms < 0)
		ms = 0;
	if (ms >= INT64_C(1) << 41)
		ms = (INT64_C(1) << 41) - 1;
	pthread_mutex_lock(&s->lock);
	/* A full counter runs over into the next millisecond: still ordered, still unique. */
	if (ms > s->last >> LOW_BITS)
		s->last = ms << LOW_BITS | (int64_t)rng_below(&s->random, UINT64_C(1) << (LOW_BITS - 1));
	else
		s->last++;
	int64_t id = s->last;
	pthread_mutex_unlock(&s->lock);
	return id;
}

int64_t db_id_ms(int64_t id) { return (id >> LOW_BITS) + EPOCH_MS; }

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

str db_id_text(int64_t id, char out[DB_ID_TEXT])
{
	uint64_t n = (uint64_t)id;
	for (int i = DB_ID_TEXT - 2; i >= 0; i--, n >>= 5)
		out[i] = digits[n & 31];
	out[DB_ID_TEXT - 1] = '\0';
	return (str){ out, DB_ID_TEXT - 1 };
}

/* Digits that people confuse are taken as what they look like. */
static int digit(char ch)
{
	if (ch >= 'A' && ch <= 'Z')
		ch = (char)(ch - 'A' + 'a');
	if (ch == 'o')
		ch = '0';
	if (ch == 'i' || ch == 'l')
		ch = '1';
	for (int i = 0; i < 32; i++)
		if (digits[i] == ch)
			return i;
	return -1;
}

bool db_id_parse(str s, int64_t *out)
{
	uint64_t n = 0;
	if (s.len != DB_ID_TEXT - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int v = digit(s.p[i]);
		if (v < 0 || (i == 0 && v > 7))
			return false;
		n = n << 5 | (uint64_t)v;
	}
	*out = (int64_t)n;
	return true;
}
