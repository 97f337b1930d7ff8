/* pool: a fixed number of threads that take jobs from one bounded queue. A full queue refuses: the caller decides what that means.
 * Jobs run in the order in which they were put; with several threads they overlap. */
#ifndef BASE_POOL_H
#define BASE_POOL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pool pool;

typedef struct pool_options {
	const char *name; /* of the threads, at most 11 bytes */
	int threads;      /* at least 1 */
	size_t queue;     /* jobs that may wait, at least 1 */
	int nice;         /* 0 to 19, added to the priority of the threads (Linux: per thread) */
} pool_options;

typedef struct pool_counts {
	size_t waiting, running;
	uint64_t done, refused;
} pool_counts;

pool *pool_new(const pool_options *opt); /* NULL: threads could not be started */
/* false: the queue is full or the pool is stopping; run will not be called. */
bool pool_put(pool *p, void (*run)(void *), void *arg);
pool_counts pool_count(pool *p);
/* Takes no more jobs, runs those that wait, ends the threads and frees. NULL is fine. */
void pool_stop(pool *p);

#endif
