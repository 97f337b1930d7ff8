/* web: what a page sees of the server.
 *
 * A page is `void page_NOUN(struct web_cx *w)`: it reads its inputs (checked and typed before it is called), asks app for what it needs,
 * fills one view and ends with reply_VIEW(w, &view), web_redirect or web_fail. It runs in a worker thread; everything it allocates from
 * w->mem goes when the answer has been written. It never reads a clock: w->cx->now_ms is the time of the request. */
#ifndef WEB_WEB_H
#define WEB_WEB_H
#include <stdatomic.h>
#include "base/buf.h"
#include "base/cx.h"
#include "base/date.h"
#include "base/dec.h"
#include "base/po.h"

struct actor;
struct app; /* whatever the program hands to its pages; the server only passes it on */
struct web_cx;
struct web_server;
struct route_info;

enum web_method { WEB_GET, WEB_POST, WEB_METHODS }; /* HEAD comes with GET */
enum web_lane {
	LANE_FAST,
	LANE_SLOW,
	LANE_SAVE, /* what waits for the disk together with others: many threads, each with little to do */
	LANES
};
enum web_face { FACE_HTML = 1, FACE_JSON = 2, FACE_CSV = 4 };
enum web_flag {
	WEB_SECRET_PATH = 1, /* a segment is a secret (a survey token): logs show the pattern, not the path */
	WEB_FORM_ERRORS = 2, /* wrong inputs do not end the request: the page is called and shows them (w->cx->n_errors) */
	WEB_NO_CSRF = 4,     /* a POST without a form token: for programs that carry their own proof, and anonymous answers */
	WEB_LOCAL = 8,       /* only for clients on this machine unless the configuration opens it */
	WEB_BUILTIN = 16,    /* of the server itself: not in the OpenAPI document */
	WEB_STREAM = 32,     /* pages of its list go by place, `truoc`, not by number (web/pager.h) */
	WEB_PROGRAM = 64     /* for programs: HTTP Basic (web/basic.h) instead of a session, one form of answer whatever Accept says */
};

enum in_type { IN_TEXT, IN_INT, IN_DEC, IN_DATE, IN_ENUM, IN_ID, IN_BOOL, IN_FILE, IN_TYPES };

/* One input: a path segment, a parameter of the query or a field of the form. */
struct web_input {
	const char *name;
	enum in_type type;
	bool required, many;   /* many: may be given more than once */
	bool secret;           /* a password: no message repeats it */
	int64_t min, max;      /* IN_TEXT: characters; IN_INT, IN_DEC: value; IN_FILE: bytes. Both 0: the bounds of the type */
	const char *def;       /* value when it is not given, as text */
	const char *values;    /* IN_ENUM: "early ontime overdue" */
	const char *doc[2];    /* Vietnamese, English */
};

struct web_route {
	enum web_method method;
	const char *path; /* "/chi-so/{index}/{year:int}"; types of segments: text (default), int, id, date */
	void (*page)(struct web_cx *);
	const char *may;  /* "public": everybody; "signed-in": who has an account; "noun.verb": who holds that right somewhere */
	enum web_lane lane;
	unsigned faces;   /* enum web_face; 0: HTML and JSON */
	unsigned flags;   /* enum web_flag */
	size_t max_body;  /* bytes of a form; 0: 64 KiB */
	const char *view; /* name of the view it answers with, for the OpenAPI document */
	int rows;         /* of its list on one page; 0: the list is not paged (web/pager.h) */
	const char *section; /* word that the navigation marks as current */
	const char *doc[2];  /* Vietnamese, English */
	const struct web_input *in; /* ends with an entry without name; NULL: none but the segments */
};

#define WEB_INPUTS(...) ((const struct web_input[]){ __VA_ARGS__, { 0 } })

struct web_file {
	str name, type; /* as the browser says: never to be trusted */
	int fd;         /* an unnamed temporary file, read from offset 0; closed with the request */
	size_t size;
};

struct web_value {
	const struct web_input *in;
	bool has;      /* given, or by default */
	bool listed;   /* there, though perhaps empty, as a member of many */
	str text;      /* as given, trimmed and NFC */
	int64_t n;     /* IN_INT, IN_BOOL, IN_ID; IN_DATE: day; IN_ENUM: place in values */
	dec d;         /* IN_DEC, IN_INT */
	const struct web_file *file;
	struct web_value *more; /* the next one of many */
};

/* Which page of a list this is (web/pager.h). Addresses are whole, empty: there is none. */
struct web_pages {
	int64_t number, pages, size, total, first, last; /* first, last: rows shown, counted from 1; a list by place has size only */
	str start, prev, next, end;
	bool stream;
};

struct web_header {
	const char *name, *value;
	struct web_header *next;
};

/* One request. Pages read the first part and use the functions below for the rest. */
struct web_cx {
	cx *cx;     /* arena, faults, now_ms */
	arena *mem; /* = cx->mem */
	struct app *app;
	const struct actor *actor; /* who asks; user_id 0: nobody. What a right covers is asked of app (actor_may) */
	enum lang lang;
	enum web_method method;
	enum web_face face; /* the one the client asked for */
	const struct web_route *route;
	str path;       /* as asked, without language and suffix */
	str query;      /* as asked, not decoded */
	str client;     /* address */
	str host;       /* of this server, as the client called it; empty: not a good one */
	str authorization; /* header of a program; never logged */
	str agent;      /* what the browser calls itself; not to be trusted */
	const char *id; /* of the request */

	/* the server's part */
	struct web_server *server;
	const struct route_info *info;
	struct web_value *values; /* one per input of info */
	struct web_pair *cookies;
	size_t n_cookies;
	str session;       /* of the form token; empty: none yet */
	atomic_bool *cancelled;
	int status;
	bool done;         /* a reply was made */
	const char *type;  /* media type of out */
	buf out;
	struct web_header *headers;
	int64_t max_age;   /* seconds for shared caches; 0: revalidate; -1: do not store */
	int send_fd;       /* -1, or a file to send instead of out */
	uint64_t send_size;
	const char *policy; /* content security policy of this answer; NULL: the usual one */
	const struct web_pages *pages; /* NULL: no list with pages */
};

/* --- inputs: name must be declared with the fitting type --- */
bool web_has(const struct web_cx *w, const char *name);
str web_text(const struct web_cx *w, const char *name);         /* empty when not given */
int64_t web_int(const struct web_cx *w, const char *name);      /* 0 when not given */
dec web_dec(const struct web_cx *w, const char *name);
day web_date(const struct web_cx *w, const char *name);
int web_enum(const struct web_cx *w, const char *name);         /* place in values; -1 when not given */
uint64_t web_id(const struct web_cx *w, const char *name);
bool web_bool(const struct web_cx *w, const char *name);
const struct web_file *web_file(const struct web_cx *w, const char *name);
/* All of a file, in w->mem; what it may hold is capped by its input. ERR_IO: it ended too early, or could not be read. */
enum err web_file_bytes(struct web_cx *w, const struct web_file *f, str *out);
/* Of many: follow ->more; NULL when none. An empty one keeps its place, without has. */
const struct web_value *web_values(const struct web_cx *w, const char *name);

/* Every field of the form as it came, for forms whose fields are data (a questionnaire). Decoded and checked UTF-8, nothing more. */
const struct web_pair *web_pairs(struct web_cx *w, size_t *n);
/* The first field of that name in the form, for names that depend on data; empty: none. */
str web_pair_text(struct web_cx *w, str name);

/* True when nobody waits for the answer any more: long loops ask now and then. */
bool web_cancelled(const struct web_cx *w);

/* --- replies: exactly one a request; w->status may be set before (default 200) --- */
/* Faults of w->cx as a page (or problem+json) with the status that fits e. */
void web_fail(struct web_cx *w, enum err e);
/* What nobody has signed in for: the sign-in page, which leads back here; programs get 401. */
void web_sign_in(struct web_cx *w);
/* The same with a status and the message key of its title, for instance 404 and "http.404". */
void web_error(struct web_cx *w, int status);
/* 303 to a path of this server ("/nhiem-vu/x?y=z"), in the language of the request. */
void web_redirect(struct web_cx *w, str path);
/* 303 to another server, named by the configuration. */
void web_redirect_out(struct web_cx *w, str url);
void web_bytes(struct web_cx *w, const char *type, str bytes); /* copies */
/* Sends an open file from its beginning and closes it. */
void web_send_file(struct web_cx *w, const char *type, int fd, uint64_t size);
/* An unnamed temporary file that goes with the request; for web_send_file. -1: a fault says so. */
int web_spool(struct web_cx *w);
/* What the client asks for of size bytes (Range, If-Range with this ETag): 200 all, 206 a part, 416 one that is not there (as a reply, made
 * already). Sets status and headers. Several parts at once are answered with all. */
int web_range(struct web_cx *w, const char *etag, uint64_t size, uint64_t *from, uint64_t *n);

/* --- what goes with the reply --- */
void web_header(struct web_cx *w, const char *name, str value); /* control characters are refused (assert) */
void web_download(struct web_cx *w, str file_name);             /* Content-Disposition; any Unicode name */
void web_show(struct web_cx *w, str file_name);                 /* the same for what is to be shown */
void web_cookie(struct web_cx *w, const char *name, str value, int64_t max_age_s); /* HttpOnly, SameSite=Lax, Secure behind TLS */
str web_cookie_get(const struct web_cx *w, const char *name);
void web_policy(struct web_cx *w, const char *csp); /* for what is not a page of ours; csp lives on */
void web_cache(struct web_cx *w, int64_t seconds); /* shared caches may keep it; -1: nobody stores it */

/* The path of this server with the prefix of the language: "/en/x" */
str web_path(struct web_cx *w, enum lang lang, str path);
/* Fault as one sentence, values in place. */
str web_fault_text(struct web_cx *w, const fault *f);

#endif
