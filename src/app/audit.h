/* audit: what happened, who did it, in an order that cannot be changed unnoticed.
 *
 * Each entry holds the hash of the one before. What an entry says goes into it as a salted hash, so that it can be erased (audit_erase)
 * and the chain stays whole. No entry holds a personal value: people stand there by the number of their account.
 *
 * Whoever can write the database could still make a whole chain anew, or cut its end. Therefore the end is signed with a key outside the
 * database and written into a side file, the anchors, daily and when asked (audit_anchor_write): verification with such a file proves
 * everything up to its last anchor. What came after it is only known to be whole in itself. */
#ifndef APP_AUDIT_H
#define APP_AUDIT_H
#include "app/actor.h"

struct db_conn;

/* Adds an entry inside the transaction of the change itself, so that neither exists without the other. A flood adds one entry a batch.
 * what: "noun.verb", for instance "round.submit". object: the thing, by code or id. detail: what changed, as JSON or text, at most 16 KiB;
 * personal values never stand there, only ids. Entries stand in one line: add them late in a transaction. */
enum err audit_add(cx *c, struct db_conn *k, const struct actor *who, const char *what, str object, str detail);

/* ---- checking ---- */

enum audit_break {
	AUDIT_WHOLE,
	AUDIT_MISSING,   /* entries seq … until - 1 are not there */
	AUDIT_CONTENT,   /* entry seq says something else than when it was written */
	AUDIT_CHANGED,   /* entry seq, or its place, was changed */
	AUDIT_INSERTED,  /* entry seq should not be there */
	AUDIT_TAIL,      /* the end, from entry seq on, was cut off: the head or an anchor knows of it */
	AUDIT_ANCHOR,    /* the anchor of entry seq names another hash: everything up to there may have been made anew */
	AUDIT_SIGNATURE, /* the anchor of entry seq is not signed by the key that it should be */
};

struct audit_state {
	int64_t entries, erased, last_seq, last_at;
	enum audit_break broken;
	int64_t seq, until;  /* of the first break */
	int64_t anchors, anchor_seq, anchor_at; /* good ones, and the last of them: proved up to there */
	bool key_known;      /* the signatures were checked against the key of this machine, not only against the one that they name */
};

/* Goes through the whole chain. anchors: lines of a side file; empty: only those in the database, which prove less. */
enum err audit_verify(cx *c, struct app *a, str anchors, struct audit_state *out);

/* Signs the end of the chain and appends a line to the side file (path NULL: beside the key). *written false: there is nothing new. */
enum err audit_anchor_write(cx *c, struct app *a, const char *path, bool *written);
/* The same once a day, when there is a key and something new. */
enum err audit_anchor_daily(cx *c, struct app *a);
/* Where the side file is by default; NULL: nowhere. */
const char *audit_anchor_path(const struct app *a);

/* ---- reading ---- */

struct audit_entry {
	int64_t seq, at, user_id;
	str who, login; /* name as of today; the system's name */
	str behalf;     /* name of the absent one */
	str what, object, detail;
	bool erased;
};

struct audit_query {
	str login, what, object;
	day from, to;   /* both included; 0: open */
	int64_t below;  /* entries before this number; 0: from the end */
	int limit;
};

struct audit_list {
	struct audit_entry *p;
	size_t n, cap;
	bool more;
};

enum err audit_list(cx *c, struct app *a, const struct audit_query *q, struct audit_list *out); /* newest first */
/* Takes out what entry seq says, for the law's sake, and adds an entry that says so. */
enum err audit_erase(cx *c, struct app *a, const struct actor *who, int64_t seq);

#endif
