/* notice: what people are told: in their list, by mail at once, or in the digest of the morning; and letters of their account.
 *
 * Whoever changes something calls notice_add inside the transaction of the change: neither exists without the other. What leaves the house goes
 * through the outbox: a letter is sent, or waits for the next try, or has failed for good and says why; it survives restarts, and outages of
 * the mail server. A letter that was acknowledged is never sent again. A program that dies between the server's acknowledgement and its own note
 * of it sends the letter once more, with the same Message-ID, by which receivers know it.
 *
 * Addresses and names are looked up when a letter is written, never kept here. */
#ifndef APP_NOTICE_H
#define APP_NOTICE_H
#include "app/actor.h"
#include "base/po.h"

struct db_conn;

enum notice_kind {
	NOTICE_OPENED,    /* a round is open for the unit */
	NOTICE_DUE,       /* the deadline is near */
	NOTICE_LATE,      /* it has passed */
	NOTICE_RETURNED,  /* sent back for correction */
	NOTICE_REMARK,    /* somebody remarked, or asks for an explanation */
	NOTICE_DECIDED,   /* appraised, approved, decided */
	NOTICE_PUBLISHED, /* results are public */
	NOTICE_EXTENDED,  /* more time, or other dates */
	NOTICE_SUBMITTED, /* handed in, waits for who asks next */
	NOTICE_KINDS
};

enum notice_mail { NOTICE_MAIL_NONE, NOTICE_MAIL_DIGEST, NOTICE_MAIL_NOW };

enum notice_phone { NOTICE_PHONE_NONE, NOTICE_PHONE_SMS, NOTICE_PHONE_ZALO }; /* a short message at once, where a gateway is configured */

enum {
	NOTICE_TEXT_MAX = 500,  /* bytes of subject, unit and detail, each */
	NOTICE_KEEP_DAYS = 400,   /* how long notices and letters are kept */
};

struct notice {
	enum notice_kind kind;
	int64_t user_id;
	str subject; /* what it is about: name of the round, criterion */
	str unit;    /* or empty */
	str detail;  /* the remark, the reason; or empty */
	str path;    /* where to go: "/dot/…", without language */
	day due;     /* 0: none */
	str subject_en; /* the same in English; empty: there is none */
	str once;    /* the same thing is told once: "due:ROUND:UNIT:3"; empty: each time */
};

/* Does what the user has chosen for this kind; longer texts are cut with an ellipsis. */
enum err notice_add(cx *c, struct db_conn *k, const struct notice *n);

enum notice_letter { NOTICE_INVITE, NOTICE_RESET };
/* A letter with a secret address ("/dat-mat-khau/TOKEN"); not sent after expires_ms. In the outbox the address stands sealed with the key file,
 * and is forgotten when it has gone. Fault app.no_key. */
enum err notice_letter(cx *c, struct app *a, struct db_conn *k, enum notice_letter which, int64_t user_id, str path, int64_t expires_ms);

/* ---- the list ---- */

struct notice_item {
	int64_t id;
	enum notice_kind kind;
	str subject, subject_en, unit, detail, path;
	day due;
	int64_t at;
	bool unread;
};

struct notice_items {
	struct notice_item *p;
	size_t n, cap;
	int64_t unread; /* in all */
	bool more;
};

enum err notice_list(cx *c, struct app *a, int64_t user_id, bool unread_only, int64_t before, int limit, struct notice_items *out);
enum err notice_unread(cx *c, struct app *a, int64_t user_id, int64_t *n);
enum err notice_mark(cx *c, struct app *a, int64_t user_id, int64_t id); /* read; not this user's: nothing happens */
enum err notice_mark_all(cx *c, struct app *a, int64_t user_id, int64_t until);

/* ---- choices ---- */

struct notice_choice {
	bool shown;
	enum notice_mail mail;
	enum notice_phone phone;
};

struct notice_choices {
	struct notice_choice of[NOTICE_KINDS];
	enum lang lang; /* of mails */
};

enum err notice_choices_get(cx *c, struct app *a, int64_t user_id, struct notice_choices *out);
enum err notice_choices_put(cx *c, struct app *a, int64_t user_id, const struct notice_choices *x);
/* Personal data: everything of an account, also what is on its way. */
enum err notice_forget(cx *c, struct db_conn *k, int64_t user_id);

const char *notice_kind_name(enum notice_kind kind); /* "opened", as in the messages notice.kind.* */

/* ---- the outbox (notice_send.c) ---- */

struct notice_person {
	str name, email, phone;
	bool active;
};
enum err notice_person(cx *c, struct app *a, int64_t user_id, struct notice_person *out); /* ERR_NOTFOUND: the account is gone */

struct notice_state {
	int64_t waiting, sending, sent, failed;
};

struct notice_letter_info {
	int64_t id, user_id, tries, next_at, done_at, created_at;
	str channel, kind, state, error, reply; /* error: a message key */
};

struct notice_letters {
	struct notice_letter_info *p;
	size_t n, cap;
};

/* Permission "notice" "watch". */
enum err notice_outbox(cx *c, struct app *a, const struct actor *who, str state, int limit, int64_t skip, struct notice_letters *out,
	struct notice_state *counts);
/* Tries a failed letter again; permission "notice" "send". A letter of the account cannot: its secret is gone. */
enum err notice_again(cx *c, struct app *a, const struct actor *who, int64_t id);

/* Sends what is due, at most `most`; *sent of them were answered, whatever the answer. Needs a->settings with a mail server; without one
 * nothing happens. */
enum err notice_send_due(cx *c, struct app *a, int most, int *sent);
/* Makes the digests of this day when its hour has come and they are not made yet. */
enum err notice_digests(cx *c, struct app *a);
/* Takes away what is older than NOTICE_KEEP_DAYS. */
enum err notice_trim(cx *c, struct app *a);

#endif
