#include "app/kept.h"
#include <pthread.h>
#include <stdlib.h>

enum { MOST = 128 };

struct kept {
	pthread_mutex_t lock;
	size_t n;
	struct {
		int64_t id;
		cx *c;
		const void *what;
	} p[MOST];
};

struct kept *kept_new(void)
{
	struct kept *k = calloc(1, sizeof *k);
	if (k)
		pthread_mutex_init(&k->lock, NULL);
	return k;
}

void kept_free(struct kept *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		cx_free(k->p[i].c);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

static const void *find(const struct kept *k, int64_t id)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->p[i].id == id)
			return k->p[i].what;
	return NULL;
}

const void *kept_find(struct kept *k, int64_t id)
{
	if (!k)
		return NULL;
	pthread_mutex_lock(&k->lock);
	const void *what = find(k, id);
	pthread_mutex_unlock(&k->lock);
	return what;
}

/* Under the lock. */
static const void *add(struct kept *k, int64_t id, kept_read read, const void *stored)
{
	const void *what;
	if (k->n == MOST)
		return NULL;
	cx *own = cx_new(0);
	if (read(own, stored, &what)) {
		cx_free(own);
		return NULL;
	}
	k->p[k->n].id = id;
	k->p[k->n].c = own;
	k->p[k->n++].what = what;
	return what;
}

const void *kept_make(struct kept *k, int64_t id, kept_read read, const void *stored)
{
	if (!k)
		return NULL;
	pthread_mutex_lock(&k->lock);
	const void *what = find(k, id);
	if (!what)
		what = add(k, id, read, stored);
	pthread_mutex_unlock(&k->lock);
	return what;
}
