/* audit: the rows of the audit chain. What they mean and how they are hashed is decided in app/audit. */
#ifndef DB_AUDIT_H
#define DB_AUDIT_H
#include "db/db.h"

typedef struct db_audit {
	int64_t seq, at, account_id, behalf_id; /* account_id 0: the system under the name actor */
	str actor, what, object, detail, salt;  /* object, detail, salt empty: none, or erased */
	bool erased;
	str content_hash, hash;
	str account_name, account_login, behalf_name; /* as they are today; only read by db_audit_find */
} db_audit;

typedef struct db_audit_list {
	db_audit *p;
	size_t n, cap;
} db_audit_list;

typedef struct db_anchor {
	int64_t seq, at;
	str hash, signer, signature;
} db_anchor;

typedef struct db_anchor_list {
	db_anchor *p;
	size_t n, cap;
} db_anchor_list;

typedef struct db_audit_filter {
	str login; /* who; empty: anybody */
	str what;  /* "round.submit", or "round": each of that noun */
	str object;
	int64_t from_ms, to_ms; /* to_ms not included; 0: open */
	int64_t below_seq;      /* 0: from the end */
} db_audit_filter;

/* The next number, and the hash of the entry before it; whoever comes next waits for the end of this transaction. */
enum err db_audit_next(cx *c, db_conn *k, int64_t *seq, str *before);
enum err db_audit_put(cx *c, db_conn *k, const db_audit *a); /* and makes it the end of the chain */
enum err db_audit_head(cx *c, db_conn *k, int64_t *seq, str *hash); /* 0: nothing yet */
/* Entries in order, from a number on. */
enum err db_audit_walk(cx *c, db_conn *k, int64_t from_seq, int limit, db_audit_list *out);
enum err db_audit_get(cx *c, db_conn *k, int64_t seq, db_audit *out); /* ERR_NOTFOUND without a fault */
/* Newest first. */
enum err db_audit_find(cx *c, db_conn *k, const db_audit_filter *f, int limit, db_audit_list *out);
/* Takes out what an entry says, and its salt; hashes stay. */
enum err db_audit_erase(cx *c, db_conn *k, int64_t seq);

enum err db_anchor_put(cx *c, db_conn *k, const db_anchor *a);
enum err db_anchor_last(cx *c, db_conn *k, int limit, db_anchor_list *out); /* newest first */

#endif
