/* notice: lines of people's lists, their choices, and the outbox. app/notice.h says what they mean. */
#ifndef DB_NOTICE_H
#define DB_NOTICE_H
#include "db/db.h"

typedef struct db_notice {
	int64_t id, user_id;
	str kind, subject, unit, detail, path, once; /* once empty: none */
	int64_t due, created_at, read_at;            /* 0: none */
	bool shown, for_digest;
	str subject_en; /* empty: there is none */
} db_notice;

typedef struct db_notice_list {
	db_notice *p;
	size_t n, cap;
} db_notice_list;

typedef struct db_notice_choice {
	str kind, mail, phone; /* mail: none, digest, now; phone: none, sms, zalo */
	bool shown;
} db_notice_choice;

typedef struct db_notice_choices {
	db_notice_choice *p;
	size_t n, cap;
} db_notice_choices;

/* Sets id; 0: it was told already (once). */
enum err db_notice_add(cx *c, db_conn *k, db_notice *n);
/* Newest first, those of the list that are older than `before` (0: from the newest). */
enum err db_notice_of(cx *c, db_conn *k, int64_t user, bool unread_only, int64_t before, int limit, db_notice_list *out);
enum err db_notice_get(cx *c, db_conn *k, int64_t id, db_notice *out); /* ERR_NOTFOUND */
enum err db_notice_unread(cx *c, db_conn *k, int64_t user, int64_t *n);
/* id 0: all up to `until`. */
enum err db_notice_read(cx *c, db_conn *k, int64_t user, int64_t id, int64_t until, int64_t *n);

enum err db_notice_choice_put(cx *c, db_conn *k, int64_t user, const db_notice_choice *x);
enum err db_notice_choice_of(cx *c, db_conn *k, int64_t user, db_notice_choices *out);
enum err db_notice_lang_put(cx *c, db_conn *k, int64_t user, str lang);
enum err db_notice_lang(cx *c, db_conn *k, int64_t user, str *out); /* empty: not chosen */

/* Personal data: everything of an account. */
enum err db_notice_forget(cx *c, db_conn *k, int64_t user);
/* Old ones that were read, or so old that nobody will: at most `most`, with what went out for them. */
enum err db_notice_trim(cx *c, db_conn *k, int64_t before, int64_t most, int64_t *n);

/* ---- the outbox (notice_outbox.c) ---- */

typedef struct db_outbox {
	int64_t id, user_id, notice_id; /* notice_id 0: none */
	str channel, kind, secret, state, error, reply;
	int64_t expires_at, tries, next_at, claimed_at, done_at, created_at; /* 0: none */
} db_outbox;

typedef struct db_outbox_list {
	db_outbox *p;
	size_t n, cap;
} db_outbox_list;

typedef struct db_outbox_counts {
	int64_t waiting, sending, sent, failed;
} db_outbox_counts;

enum err db_outbox_add(cx *c, db_conn *k, db_outbox *o); /* sets id; goes at next_at */
/* The next one that is due, or that a sender has had in hand since before `lease`. *found false: none. It is this one's until db_outbox_end. */
enum err db_outbox_claim(cx *c, db_conn *k, int64_t lease, db_outbox *out, bool *found);
/* o as claimed, with state, next_at, error and reply anew. *mine false: somebody else has taken it meanwhile, nothing was changed. */
enum err db_outbox_end(cx *c, db_conn *k, const db_outbox *o, bool *mine);
enum err db_outbox_get(cx *c, db_conn *k, int64_t id, db_outbox *out);
enum err db_outbox_of(cx *c, db_conn *k, str state, int limit, int64_t skip, db_outbox_list *out); /* state empty: all; newest first */
enum err db_outbox_count(cx *c, db_conn *k, db_outbox_counts *out);
enum err db_outbox_again(cx *c, db_conn *k, int64_t id, int64_t *n); /* one that failed, and has no secret that is gone */
/* The next user with unread notices waiting for a digest, behind `after`; *user 0: there is none. */
enum err db_digest_next(cx *c, db_conn *k, int64_t after, int64_t *user);
/* They wait no more: a letter of them goes out, or none does. */
enum err db_digest_make(cx *c, db_conn *k, int64_t user, bool letter);
enum err db_notice_digest_of(cx *c, db_conn *k, int64_t outbox, db_notice_list *out); /* what the digest took and is still unread */

#endif
