/* app: one opened store and what the pages and commands share of it. Who may do what, and what happens next, is decided in this room. */
#ifndef APP_APP_H
#define APP_APP_H
#include <stdatomic.h>
#include "base/cx.h"
#include "base/date.h"

struct db;
struct jobs;
struct db_queue;
struct kept;
struct survey_memory;
struct file_noun;
struct notice_person;
struct settings;

struct app {
	struct db *db;
	str url;
	const char *method_dir; /* the data packs that ship with the program; NULL: none */
	bool sandbox;           /* a training store: anybody may set it back */
	atomic_bool resetting;  /* that is going on */
	atomic_bool working;    /* the worker has something in hand; a reset waits for it */
	struct jobs *jobs;      /* work in the background (app/job.h); NULL: none in this process */
	struct db_queue *queue; /* what people save goes through it; NULL: a transaction each */
	struct kept *kept;      /* editions and questionnaires read once; NULL: read each time */
	struct survey_memory *surveys; /* rows that many ask for at once (survey_memory.h); NULL: read each time */
	unsigned char key[32];  /* outside the store, see key.h */
	bool has_key;
	atomic_int checking;    /* passwords that are being checked now */
	str demo_password;      /* of all accounts of a training store; empty: it gets none */
	char setup_code[16];    /* of the first start, see setup.h; empty: there are accounts */
	atomic_bool setup_done;
	const char *anchor_path; /* side file of the audit chain, beside the key; NULL: none */
	uint64_t file_max, files_max; /* bytes of one file, of all; 0: file.h says */
	const struct settings *_Atomic settings; /* what the administrator configured, in a file and on pages (site.h); NULL: nothing */
	const struct settings *file_settings;    /* of the file alone */
	struct settings *site;                   /* with what was set on pages; the newest */
	atomic_int_fast64_t site_seen, site_looked_ms; /* what site.c knows of the store, and since when */
	atomic_uint_fast64_t logo;               /* changes with the logo; 0: there is none */
	/* Who an account is, for letters; NULL: the accounts of the store. Tests have people of their own. */
	enum err (*notice_who)(cx *c, struct app *a, int64_t user_id, struct notice_person *out);
	const struct file_noun *file_nouns; /* who keeps files; NULL: those of file_noun.c */
};

/* A store must be there and of this version; is made or brought up to date; is only brought up to date. */
enum store_wish { STORE_AS_IS, STORE_NEW, STORE_UPGRADE };

struct app_options {
	enum store_wish store;
	int connections; /* to the store, in all; 0: the usual number */
	const char *method_dir;
	const char *key_path; /* of the key file; NULL: none */
	void (*trouble)(void *ctx, const char *code, const char *what); /* technical details of storage failures, for the log */
	void *trouble_ctx;
};

/* *out lives until app_close, whatever becomes of c. */
enum err app_open(cx *c, str url, const struct app_options *opt, struct app **out);
void app_close(struct app *a); /* NULL is fine */
/* From now on many threads save at once: through one queue, whose thread begins here. */
enum err app_serve(cx *c, struct app *a);

/* A number that changes with every commit to the store (db_version): pages that were made under it still hold. */
bool app_version(struct app *a, bool wait, uint64_t *out);

/* Whether the store answers, within ms; for health checks. */
enum err app_ping(cx *c, struct app *a, int ms);

/* Loads every pack of method_dir that is not in the store yet; safe to repeat. */
enum err app_load_packs(cx *c, struct app *a);
/* Loads the imaginary Tỉnh Mẫu with its departments, communes and five years of measures. */
enum err app_load_demo(cx *c, struct app *a);

/* A training store as it was on its first day. ERR_DENIED: it is none; ERR_BUSY: somebody does it already; ERR_CANCELLED: it was called
 * off on the way (cx_step) and is not whole. Takes seconds: pages run it as a job. */
enum err app_reset(cx *c, struct app *a);

#endif
