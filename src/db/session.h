/* session: who is signed in, and what guards signing in: failed tries, recovery codes, links to set a password. Tokens and codes stand
 * here only as hashes. */
#ifndef DB_SESSION_H
#define DB_SESSION_H
#include "db/db.h"

typedef struct db_session {
	str hash;
	int64_t id, account_id;
	bool full; /* false: the second factor is awaited */
	int64_t created_at, seen_at, expires_at;
	str client, agent;
} db_session;

typedef struct db_session_list {
	db_session *p;
	size_t n, cap;
} db_session_list;

/* A new one; sets id and created_at. Those whose time is over go with it, some at a time. */
enum err db_session_add(cx *c, db_conn *k, db_session *s);
enum err db_session_get(cx *c, db_conn *k, str hash, db_session *out); /* ERR_NOTFOUND without a fault */
enum err db_session_seen(cx *c, db_conn *k, int64_t id);
enum err db_session_end(cx *c, db_conn *k, int64_t id, int64_t account_id, bool *ended);
enum err db_session_end_all(cx *c, db_conn *k, int64_t account_id, int64_t but_id);
enum err db_session_of(cx *c, db_conn *k, int64_t account_id, db_session_list *out); /* full ones, last seen first */

/* ---- failed tries ---- */

typedef struct db_try {
	str key;
	int64_t fails, last_at, until_at;
} db_try;

enum err db_try_get(cx *c, db_conn *k, str key, db_try *out); /* none: zeros */
enum err db_try_put(cx *c, db_conn *k, const db_try *t);       /* forgets some that are a day old */
enum err db_try_drop(cx *c, db_conn *k, str key);
enum err db_place_put(cx *c, db_conn *k, str key, int64_t account_id);
enum err db_place_has(cx *c, db_conn *k, str key, int64_t since_ms, bool *has);

/* ---- recovery codes, links to set a password ---- */

enum err db_recovery_set(cx *c, db_conn *k, int64_t account_id, const str *hash, size_t n); /* these and no others */
enum err db_recovery_take(cx *c, db_conn *k, int64_t account_id, str hash, bool *taken);
enum err db_recovery_count(cx *c, db_conn *k, int64_t account_id, int64_t *out);

enum err db_reset_add(cx *c, db_conn *k, str hash, int64_t account_id, int64_t expires_at); /* earlier ones of the account go */
/* The account; 0: no such link, or its time is over. */
enum err db_reset_find(cx *c, db_conn *k, str hash, int64_t *account_id);
enum err db_reset_drop(cx *c, db_conn *k, int64_t account_id);

#endif
