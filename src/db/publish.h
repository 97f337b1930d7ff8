/* publish: a file appears at its place whole or not at all. Only db/ includes this. */
#ifndef DB_PUBLISH_H
#define DB_PUBLISH_H
#include "db/db.h"

typedef struct db_publish {
	const char *path, *part; /* part: beside path, so that a rename moves it */
	db *old;                 /* the store that is replaced, held exclusively */
	db_conn *held;
} db_publish;

/* Refuses when path is there (unless overwrite) or in use. Removes what an earlier try left at part. */
enum err db_publish_begin(cx *c, str path, bool overwrite, db_publish *out);
/* fsync, rename, fsync of the folder. */
enum err db_publish_end(cx *c, db_publish *p);
void db_publish_abort(db_publish *p); /* NULL parts are fine; after db_publish_end it does nothing */

/* The new file, which nobody has open, out of WAL: then it is one file, and can be read where nothing can be written. */
enum err db_publish_settle(cx *c, const char *part);

#endif
