/* file: files in the store. A content is stored once, named by its SHA-256, in pieces; a file is a name for a content; a reference says what
 * a file belongs to. db/file knows nothing of kinds and permissions: app/file.h does.
 *
 * Whoever keeps files (evidence, a report) calls db_file_ref inside the transaction that writes its own row, and db_file_unref in the one
 * that takes it away. A file without references is swept away after a day (app/file.h, file_sweep). */
#ifndef DB_FILE_H
#define DB_FILE_H
#include "db/db.h"

enum { DB_FILE_CHUNK = 256 * 1024 };

typedef struct db_file {
	int64_t id, content_id; /* content_id 0: erased */
	str name, kind, sha256;
	int64_t size, n_chunks;
	int64_t user_id;        /* who brought it; 0: the system */
	int64_t added_at, locked_at, erased_at, free_since; /* 0: not */
} db_file;

typedef struct db_file_list {
	db_file *p;
	size_t n, cap;
} db_file_list;

typedef struct db_file_owner {
	str noun;
	int64_t object_id;
} db_file_owner;

typedef struct db_file_owners {
	db_file_owner *p;
	size_t n, cap;
} db_file_owners;

/* ---- what belongs to what ---- */

/* ERR_NOTFOUND: no such file, or erased. Twice the same changes nothing. */
enum err db_file_ref(cx *c, db_conn *k, int64_t file, str noun, int64_t object);
enum err db_file_unref(cx *c, db_conn *k, int64_t file, str noun, int64_t object);
enum err db_file_owners_of(cx *c, db_conn *k, int64_t file, db_file_owners *out);
enum err db_file_of(cx *c, db_conn *k, str noun, int64_t object, db_file_list *out); /* in the order of their coming */
enum err db_file_get(cx *c, db_conn *k, int64_t file, db_file *out); /* ERR_NOTFOUND */
/* No reference may be taken away any more, and it may not be erased. */
enum err db_file_lock(cx *c, db_conn *k, int64_t file);

/* ---- signing (file_signing.c) ---- */

typedef struct db_signing {
	int64_t id, file_id, object_id, user_id, sent_at, returned_id, returned_at; /* returned_id 0: not back yet */
	str noun;
} db_signing;

typedef struct db_signings {
	db_signing *p;
	size_t n, cap;
} db_signings;

enum err db_signing_add(cx *c, db_conn *k, db_signing *s); /* sets id, sent_at */
enum err db_signing_get(cx *c, db_conn *k, int64_t id, db_signing *out); /* ERR_NOTFOUND */
/* *first false: it has come back already, and nothing was changed. */
enum err db_signing_done(cx *c, db_conn *k, int64_t id, int64_t returned, int64_t user, bool *first);
enum err db_signing_of(cx *c, db_conn *k, str noun, int64_t object, db_signings *out);

/* ---- contents ---- */

enum err db_file_whole(cx *c, db_conn *k, str sha256, int64_t *content, bool *found);
enum err db_file_total(cx *c, db_conn *k, int64_t *bytes); /* of all contents, arriving ones too */
enum err db_file_begin(cx *c, db_conn *k, str kind, int64_t size, int64_t *content);
/* The next piece. ERR_CONFLICT: the content was given up meanwhile. */
enum err db_file_chunk_add(cx *c, db_conn *k, int64_t content, int64_t no, str hash, str bytes);
/* ERR_CONFLICT: given up meanwhile, or pieces are missing. */
enum err db_file_finish(cx *c, db_conn *k, int64_t content, str sha256);
enum err db_file_add(cx *c, db_conn *k, int64_t content, str name, int64_t user, int64_t *file);
enum err db_file_chunk(cx *c, db_conn *k, int64_t content, int64_t no, str *hash, str *bytes); /* in the arena of c; ERR_NOTFOUND */

/* ---- going ---- */

enum err db_file_drop(cx *c, db_conn *k, int64_t content); /* while it is arriving */
/* Gives up what has not grown since `before`, and files to which nothing has referred since `free_before`; then contents without files. At
 * most `most` of each. */
enum err db_file_give_up(cx *c, db_conn *k, int64_t before, int64_t free_before, int64_t most, int64_t *n);
/* Deletes at most `most` pieces of what was dropped. */
enum err db_file_purge(cx *c, db_conn *k, int64_t most, bool *left);
/* The name and the way to the content go; the row stays, so that histories keep their place. */
enum err db_file_erase(cx *c, db_conn *k, int64_t file);

#endif
