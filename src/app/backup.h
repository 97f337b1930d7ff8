/* backup: a store saved, brought back, and carried between the two databases; each verified by checksums of its tables. */
#ifndef APP_BACKUP_H
#define APP_BACKUP_H
#include "app/app.h"

struct table_sum {
	str name, hash; /* BLAKE2b-256 over the rows in the order of the key, the same on both databases */
	int64_t rows;
};

struct table_sums {
	struct table_sum *p;
	size_t n, cap;
};

/* Of a store in use, from one snapshot; the file appears only when it is complete. */
enum err backup_write(cx *c, struct app *a, const char *path, bool overwrite, struct table_sums *out);
enum err backup_verify(cx *c, const char *path, struct table_sums *out);
enum err backup_restore(cx *c, const char *path, str to, bool overwrite, struct table_sums *out);
enum err backup_copy(cx *c, str from, str to, bool overwrite, struct table_sums *out);

#endif
