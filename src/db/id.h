/* id: 63-bit numbers ordered by time. The upper 41 bits are milliseconds since 2020-01-01, the lower 22 a counter that starts at a
 * random place of its lower half in each millisecond, so that two processes hardly ever meet. When the clock stands still or goes back,
 * the counter goes on. Outside the program an id is 13 signs of base32: JavaScript and spreadsheets lose digits beyond 2^53. */
#ifndef DB_ID_H
#define DB_ID_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/rng.h"
#include "base/str.h"

typedef struct db_ids {
	pthread_mutex_t lock;
	int64_t last;
	rng random;
} db_ids;

enum { DB_ID_TEXT = 14 };

void db_ids_init(db_ids *s, uint64_t seed);
void db_ids_free(db_ids *s);
int64_t db_id_next(db_ids *s, int64_t now_ms);
int64_t db_id_ms(int64_t id); /* UTC milliseconds in which it was made */

str db_id_text(int64_t id, char out[DB_ID_TEXT]); /* Crockford's digits, lower case */
bool db_id_parse(str s, int64_t *out);

#endif
