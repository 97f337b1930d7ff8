/* gzip: compression of pages, and a small memory of what was compressed lately: a page that many people look at is the same for all of them,
 * and compressing it costs more than making it. What comes for the second time is kept; bytes are compared, so the hash need not be
 * a secret. */
#include <stdlib.h>
#include <zlib.h>
#include "web/inner.h"

enum { LEVEL = 1, SLOTS = 512, SEEN = 4096, KEEP_ENTRY = 256 << 10, KEEP_ALL = 16 << 20 };

struct kept {
	uint64_t hash;
	size_t n_raw, n_gz;
	atomic_int refs; /* the table's and one for each response */
	unsigned char bytes[]; /* raw, then gz */
};

struct memo {
	pthread_mutex_t lock;
	struct kept *slot[SLOTS];
	size_t bytes, hand;
	uint64_t seen[SEEN];
};

struct memo *memo_new(void)
{
	struct memo *m = calloc(1, sizeof *m);
	if (!m)
		abort();
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

static void kept_unref(void *p)
{
	struct kept *k = p;
	if (atomic_fetch_sub(&k->refs, 1) == 1)
		free(k);
}

void memo_free(struct memo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		if (m->slot[i])
			kept_unref(m->slot[i]);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* For ETags and the memory: fast and well spread; nothing is trusted to it. */
uint64_t body_hash(str s)
{
	static const uint64_t k0 = UINT64_C(0xa0761d6478bd642f), k1 = UINT64_C(0xe7037ed1a0b428db);
	uint64_t h = s.len * k1, v[2];
	while (s.len >= 16) {
		memcpy(v, s.p, 16);
		h = mix(h ^ v[0] ^ k0, v[1] ^ k1);
		s = (str){ s.p + 16, s.len - 16 };
	}
	v[0] = v[1] = 0;
	if (s.len)
		memcpy(v, s.p, s.len);
	return mix(mix(h ^ v[0] ^ k0, v[1] ^ k1), k0);
}

/* --- the memory --- */

static struct kept *memo_get(struct memo *m, str out, uint64_t hash, bool *again)
{
	pthread_mutex_lock(&m->lock);
	struct kept *k = m->slot[hash % SLOTS];
	if (k && (k->hash != hash || k->n_raw != out.len))
		k = NULL;
	if (k)
		atomic_fetch_add(&k->refs, 1);
	uint64_t *seen = &m->seen[hash % SEEN];
	*again = *seen == hash;
	*seen = hash;
	pthread_mutex_unlock(&m->lock);
	if (k && memcmp(k->bytes, out.p, out.len) != 0) {
		kept_unref(k);
		k = NULL;
	}
	return k;
}

static void drop(struct memo *m, size_t i)
{
	struct kept *k = m->slot[i];
	if (!k)
		return;
	m->slot[i] = NULL;
	m->bytes -= k->n_raw + k->n_gz;
	kept_unref(k);
}

static void memo_put(struct memo *m, str out, uint64_t hash, const void *gz, size_t n_gz)
{
	size_t size = out.len + n_gz;
	if (size > KEEP_ENTRY)
		return;
	struct kept *k = malloc(sizeof *k + size);
	if (!k)
		return;
	k->hash = hash;
	k->n_raw = out.len;
	k->n_gz = n_gz;
	atomic_init(&k->refs, 1);
	memcpy(k->bytes, out.p, out.len);
	memcpy(k->bytes + out.len, gz, n_gz);
	pthread_mutex_lock(&m->lock);
	drop(m, hash % SLOTS);
	while (m->bytes + size > KEEP_ALL)
		drop(m, m->hand++ % SLOTS);
	m->slot[hash % SLOTS] = k;
	m->bytes += size;
	pthread_mutex_unlock(&m->lock);
}

/* --- compressing --- */

/* A compressor for each worker, kept for its life: setting one up costs as much as a small page. */
static pthread_key_t stream_key;
static pthread_once_t stream_once = PTHREAD_ONCE_INIT;

static void stream_free(void *p)
{
	deflateEnd(p);
	free(p);
}

static void make_key(void)
{
	if (pthread_key_create(&stream_key, stream_free) != 0)
		abort();
}

static z_stream *stream(void)
{
	pthread_once(&stream_once, make_key);
	z_stream *z = pthread_getspecific(stream_key);
	if (z)
		return deflateReset(z) == Z_OK ? z : NULL;
	z = calloc(1, sizeof *z);
	if (!z)
		return NULL;
	if (deflateInit2(z, LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK || pthread_setspecific(stream_key, z) != 0) {
		free(z);
		return NULL;
	}
	return z;
}

static unsigned char *compress_all(str out, size_t *n)
{
	z_stream *z = stream();
	if (!z || out.len > UINT32_MAX / 2)
		return NULL;
	uLong room = deflateBound(z, (uLong)out.len);
	unsigned char *to = malloc(room);
	if (!to)
		return NULL;
	union { const char *from; unsigned char *in; } p = { out.p }; /* zlib's next_in is not const by default */
	z->next_in = p.in;
	z->avail_in = (uInt)out.len;
	z->next_out = to;
	z->avail_out = (uInt)room;
	if (deflate(z, Z_FINISH) != Z_STREAM_END) {
		free(to);
		return NULL;
	}
	*n = z->total_out;
	return to;
}

bool gzip_content(struct memo *m, str out, uint64_t hash, struct content *to)
{
	bool again;
	struct kept *k = memo_get(m, out, hash, &again);
	if (k) {
		*to = (struct content){ k->bytes + k->n_raw, k->n_gz, true, kept_unref, k };
		return true;
	}
	size_t n;
	unsigned char *gz = compress_all(out, &n);
	if (!gz)
		return false;
	if (again)
		memo_put(m, out, hash, gz, n);
	*to = (struct content){ gz, n, true, free, gz };
	return true;
}
