/* inner: what the files of the server share; not for pages. */
#ifndef WEB_INNER_H
#define WEB_INNER_H
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include "app/actor.h"
#include "base/pool.h"
#include "web/accept.h"
#include "web/form.h"
#include "web/route.h"
#include "web/server.h"
#include "web/web.h"

#define SESSION_COOKIE "td_session"

enum { CLIENT_TEXT = 64, REQUEST_ID = 24, BODY_READ_MAX = 1 << 20 };

struct access_log;
struct conns;
struct memo;
struct rates;
struct shelf;

struct web_server {
	struct web_config config;
	struct MHD_Daemon *daemon;
	struct router *router;
	pool *lane[LANES];
	struct conns *conns;
	struct rates *rates;
	struct access_log *access;
	struct memo *memo;
	struct shelf *shelf;
	struct MHD_Response *(*assets)[2]; /* plain, gzip */
	int listen_fd, port;
	int64_t started_ms;
	unsigned char secret[32];
	uint32_t id_salt;
	atomic_bool draining, closed; /* answers close their connections; no request begins any more */
	atomic_int inflight; /* requests from the first header to the end of the answer */
	atomic_uint_fast64_t n_requests, n_refused[6], n_slow_closed, n_timed_out, n_broken, n_shelved; /* n_refused: by enum refused */
	pthread_t ticker;
	pthread_mutex_t tick_lock;
	pthread_cond_t tick_wake;
	bool ticking;
};

enum refused { REFUSED_CONNECTION, REFUSED_CLIENT, REFUSED_RATE, REFUSED_LANE, REFUSED_SIZE, REFUSED_INPUT };

enum phase { PHASE_IDLE, PHASE_HEAD, PHASE_BODY, PHASE_RUN, PHASE_SEND };

/* States of the handler's part; whoever moves it on from RUNNING owns the answer. */
enum run_state { RUN_NONE, RUN_PENDING, RUN_DONE, RUN_TIMED_OUT };

struct request {
	struct web_cx w;
	struct web_server *server;
	struct MHD_Connection *mhd;
	struct conn *conn;
	atomic_int refs;  /* the connection's and the worker's */
	atomic_int state; /* enum run_state */
	atomic_bool cancelled;
	bool begun, head, bad_method, has_body, shared; /* shared: response belongs to the server, not to the request */
	bool gzip, own_site, negotiated, chosen;        /* of the headers; chosen: face is known */
	bool shelved;     /* the shelf may be looked at */
	uint64_t version; /* of the store, before the page was made; 0: not known */
	str if_none_match;
	char *url;        /* as on the wire */
	char client[CLIENT_TEXT], shown[CLIENT_TEXT], id[REQUEST_ID];
	int64_t start_us;
	int64_t deadline_ms; /* of the page, monotonic */
	str params[ROUTE_PARAMS];
	struct form query, form, cookies;
	buf body;
	struct multipart *multipart;
	size_t body_size;
	enum err body_err;
	struct MHD_Response *response; /* the answer, once there is one */
	int status;
	uint64_t sent;    /* bytes of the answer's body */
};

/* --- clocks --- */
int64_t mono_us(void);
static inline int64_t mono_ms(void) { return mono_us() / 1000; }

/* --- request.c: one request from its first line to its end --- */
struct request *request_new(struct web_server *s, const char *url, struct MHD_Connection *mhd);
void request_unref(struct request *r);
void request_end(struct request *r, const char *how); /* log, figures, and the connection's reference */
/* Headers are there: routes, checks and limits. false: refused; r->response is the answer. */
bool request_begin(struct request *r, const char *method);
void request_body(struct request *r, str bytes);
/* Everything is there: a worker gets it, or it is refused; the connection is suspended until then. */
void request_run(struct request *r);
void request_time_out(struct request *r); /* from the ticker */

/* --- reply.c, error.c: building answers (reply_NAME is the name of compiled views) --- */
struct reply {
	struct MHD_Response *response;
	int status;
	uint64_t size;
};
/* Turns what the page left in w into an MHD response. */
struct reply answer_build(struct request *r);
void answer_reset(struct web_cx *w); /* forgets a half-made answer */
void answer_security(const struct web_server *s, struct MHD_Response *response, const char *policy); /* NULL: that of pages */
void answer_problem(struct web_cx *w); /* the reply in w->out is problem+json */
struct MHD_Response *answer_plain(const struct web_server *s, const char *text); /* when a page cannot be made any more */

/* The body of an answer, and how it is given back. */
struct content {
	const void *p;
	size_t n;
	bool gzip;
	void (*free)(void *);
	void *owner;
};
/* The answer with that body, which it takes over; status 304 when the client has it. hash: body_hash of what is not compressed. */
struct reply answer_content(struct request *r, struct content *body, uint64_t hash);

/* --- shelf.c: finished public pages, for as long as the store stays as it is --- */
struct shelf *shelf_new(void);
void shelf_free(struct shelf *s); /* no request is left then */
/* Whether answers to this request may come from the shelf and go there. */
bool shelf_suits(struct request *r);
/* False: there is none. wait: the store may be waited for (by a worker; the event loop must not wait). */
bool shelf_get(struct request *r, bool wait, struct reply *reply);
/* Copies the body of a page that was just made. */
void shelf_put(struct request *r, const struct content *body, uint64_t hash);

/* --- gzip.c --- */
struct memo *memo_new(void);
void memo_free(struct memo *m);
/* out, compressed; false: not worth it. Same bytes that come again come from memory. out is left alone. */
bool gzip_content(struct memo *m, str out, uint64_t hash, struct content *to);
uint64_t body_hash(str s);

/* --- conn.c: connections, their time limits, their number per client --- */
struct conns *conns_new(struct web_server *s);
void conns_free(struct conns *cs);
enum MHD_Result conns_accept(void *server, const struct sockaddr *addr, socklen_t len);
void conns_notify(void *server, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode code);
struct conn *conn_of(struct MHD_Connection *mhd);
void conn_phase(struct web_server *s, struct conn *c, enum phase phase, int64_t deadline_ms, struct request *r);
void conn_current(struct conn *c, struct request *r);
void conns_tick(struct web_server *s);
void conns_end(struct web_server *s); /* every time limit is over now */
unsigned conns_count(struct conns *cs);
void client_text(const struct sockaddr *addr, char out[CLIENT_TEXT]);
void client_mask(const char *client, char out[CLIENT_TEXT]); /* 10.1.2.0/24, 2001:db8:1::/48 */
const char *client_forwarded(const struct web_config *config, const char *peer, const char *forwarded, char out[CLIENT_TEXT]);
bool client_is_local(const char *client);

/* --- rate.c --- */
struct rates *rates_new(void);
void rates_free(struct rates *t);
/* Takes one; 0, or the seconds after which to come again. */
int rates_take(struct rates *t, const struct web_rate *rate, int kind, const char *client, int64_t now_ms);

/* --- csrf.c --- */
bool csrf_check(struct request *r); /* a POST carries the token of its session and comes from this site */
bool same_site(const struct request *r); /* as the headers say; only while they are there */

/* --- access.c --- */
struct access_log *access_open(const char *path);
void access_close(struct access_log *a);
void access_reopen(struct access_log *a);
void access_flush(struct access_log *a);
void access_write(struct request *r, int64_t micros, const char *how);

/* --- health.c, openapi.c: the server's own routes --- */
extern const struct web_route web_own_routes[];
extern const char *const bucket_labels[ROUTE_BUCKETS];
void count_request(struct request *r, int64_t micros);

static inline const char *request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name);
}

static inline struct request *request_of(struct web_cx *w) { return (struct request *)w; }

#endif
