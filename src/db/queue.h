/* queue: group commit. Many requests, one transaction, one fsync, then all are answered.
 *
 * A thread takes requests (interactive before flood before bulk) and commits when nothing waits or after some 20 ms. A failing request
 * leaves the others alone: the transaction is run anew with each request in a savepoint of its own, and so are the next ones for a
 * while. Bulk requests are chunks of about that length and go one a transaction, when nothing else waits; every eighth transaction
 * begins with what would otherwise wait for ever.
 *
 * Work runs in the thread of the queue, with a context of its own: its faults come back to who submitted it, its memory does not, so
 * results go through arg. It may run again (db.h says so about db_work) and must not use the arena hook or longjmp of its request. */
#ifndef DB_QUEUE_H
#define DB_QUEUE_H
#include "db/db.h"

typedef struct db_queue db_queue;

enum db_lane { DB_INTERACTIVE, DB_FLOOD, DB_BULK };

typedef struct db_queue_options {
	int batch_ms;       /* 0: 20 */
	int batch_max;      /* requests a transaction; 0: 1,024 */
	size_t waiting_max; /* requests a lane; 0: 20,000 */
	size_t work_memory; /* of one request; 0: 64 MiB */
} db_queue_options;

typedef struct db_queue_counts {
	uint64_t requests, failed, batches, largest, again; /* again: transactions run anew */
	size_t waiting[3];
} db_queue_counts;

db_queue *db_queue_new(db *d, const db_queue_options *opt); /* opt may be NULL; NULL: no thread could be started */
/* Takes no more, does what waits, ends. NULL is fine. */
void db_queue_stop(db_queue *q);

/* Returns when the work is durable, or has failed and left nothing. ERR_BUSY at once when the lane is full or the queue stops. */
enum err db_submit(db_queue *q, enum db_lane lane, cx *c, db_work work, void *arg);
/* done runs in the thread of the queue, once, and must be short; what is in w->faults is gone afterwards. On an error that is returned here
 * it does not run. */
enum err db_submit_async(db_queue *q, enum db_lane lane, cx *c, db_work work, void *arg, void (*done)(void *ctx, enum err e, const cx *w),
	void *ctx);
db_queue_counts db_queue_count(db_queue *q);

#endif
