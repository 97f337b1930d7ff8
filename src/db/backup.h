/* backup: one format for both databases: a SQLite file in which copy_sum holds the checksum of each table. */
#ifndef DB_BACKUP_H
#define DB_BACKUP_H
#include "db/copy.h"

/* Of a store in use, from one snapshot. The file appears at path only when it is complete, verified and on the disk. */
enum err db_backup(cx *c, db *d, const char *path, const db_copy_options *opt, db_sum_list *report);
/* Integrity of the file, and its rows against the checksums in it. */
enum err db_backup_verify(cx *c, const char *path, db_sum_list *report);
/* Verifies, then makes a store of it. A store that is there is refused unless opt->overwrite, a SQLite file in use always. */
enum err db_restore(cx *c, const char *path, str to, const db_copy_options *opt, db_sum_list *report);

#endif
