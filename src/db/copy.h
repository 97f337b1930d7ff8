/* copy: a store into another one, table by table in the order of its primary key, and checksums that are the same on both databases. */
#ifndef DB_COPY_H
#define DB_COPY_H
#include "db/db.h"

typedef struct db_sum {
	str name; /* of the table */
	int64_t rows;
	str hash; /* BLAKE2b-256 over the rows in the order of the key, hexadecimal */
} db_sum;

typedef struct db_sum_list {
	db_sum *p;
	size_t n, cap;
} db_sum_list;

typedef struct db_copy_options {
	bool overwrite; /* what stands at the target */
	/* Called now and then; false: stop, ERR_CANCELLED. May be NULL. */
	bool (*progress)(void *ctx, str table, int64_t rows);
	void *ctx;
	int page; /* rows a page and a transaction; 0: 5,000 */
} db_copy_options;

/* Of every table but schema_version and copy_sum, in the order of creation; k is in a reading transaction. */
enum err db_sums(cx *c, db_conn *k, const db_copy_options *opt, db_sum_list *out);
/* Into copy_sum, in place of what is there; in a writing transaction. */
enum err db_sums_write(cx *c, db_conn *k, const db_sum_list *sums);
/* The fault db.sum_differs names the first table that differs. */
enum err db_sums_compare(cx *c, const db_sum_list *a, const db_sum_list *b);

/* Both stores are of this program's version. A file as target appears only when it is complete and compared; a PostgreSQL target is
 * marked incomplete until then, and db_open refuses it meanwhile. opt may be NULL. */
enum err db_copy(cx *c, str from, str to, const db_copy_options *opt, db_sum_list *report);
/* The same from an open store, from one snapshot. */
enum err db_copy_open(cx *c, db *from, str to, const db_copy_options *opt, db_sum_list *report);

/* Takes every fact out of the store in one transaction; jobs stay, for one of them may be doing it. Only for stores that exist to be set back. */
enum err db_clear(cx *c, db *d);

#endif
