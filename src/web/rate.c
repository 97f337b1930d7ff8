/* rate: token buckets per client, in a table of fixed size. A bucket is a set of four entries chosen by a keyed hash; the entry that was
 * used longest ago makes room, so that an attacker with many addresses can only shorten the memory of others, never grow the table. */
#include <arpa/inet.h>
#include <math.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include "web/inner.h"

enum { SETS = 2048, WAYS = 4 };

struct bucket {
	uint64_t key; /* 0: free */
	int64_t seen_ms;
	double tokens;
};

struct rates {
	pthread_mutex_t lock;
	unsigned char key[crypto_shorthash_KEYBYTES];
	struct bucket b[SETS][WAYS];
};

struct rates *rates_new(void)
{
	struct rates *t = calloc(1, sizeof *t);
	if (!t)
		abort();
	pthread_mutex_init(&t->lock, NULL);
	crypto_shorthash_keygen(t->key);
	return t;
}

void rates_free(struct rates *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* An IPv6 customer has a /64 at least: the last half does not tell clients apart. */
static uint64_t key_of(const struct rates *t, int kind, const char *client)
{
	unsigned char in[1 + 16] = { (unsigned char)kind }, out[crypto_shorthash_BYTES];
	if (inet_pton(AF_INET6, client, in + 1) == 1)
		memset(in + 9, 0, 8);
	else if (inet_pton(AF_INET, client, in + 1) != 1)
		memset(in + 1, 0xFF, 16);
	crypto_shorthash(out, in, sizeof in, t->key);
	uint64_t key;
	memcpy(&key, out, sizeof key);
	return key ? key : 1;
}

static struct bucket *find(struct rates *t, uint64_t key, int64_t now_ms, double burst)
{
	struct bucket *set = t->b[key % SETS], *oldest = set;
	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].seen_ms < oldest->seen_ms)
			oldest = &set[i];
	}
	*oldest = (struct bucket){ key, now_ms, burst };
	return oldest;
}

int rates_take(struct rates *t, const struct web_rate *rate, int kind, const char *client, int64_t now_ms)
{
	if (rate->per_minute <= 0)
		return 0;
	double burst = rate->burst > 0 ? rate->burst : 1, per_ms = rate->per_minute / 60000.0;
	uint64_t key = key_of(t, kind, client);
	pthread_mutex_lock(&t->lock);
	struct bucket *b = find(t, key, now_ms, burst);
	if (now_ms > b->seen_ms) { /* threads may come in another order than their clocks */
		b->tokens += (double)(now_ms - b->seen_ms) * per_ms;
		b->seen_ms = now_ms;
	}
	if (b->tokens > burst)
		b->tokens = burst;
	double left = b->tokens - 1;
	if (left >= 0)
		b->tokens = left;
	pthread_mutex_unlock(&t->lock);
	return left >= 0 ? 0 : (int)ceil(-left / per_ms / 1000);
}
