/* server: HTTP/1.1 over libmicrohttpd. An epoll pool reads and writes; while a page is made its connection is suspended and a bounded
 * pool of workers runs the handler. What is slow has a lane of its own: few threads of low priority, 503 when its queue is full. So has what
 * waits for the disk (answers to surveys): many threads, since as many as wait at once share one commit.
 *
 * Every resource has a bound: connections in all and per client address, bytes of the URL, the headers and the body, time for
 * each of them, memory and time of a request, waiting requests. What is beyond a bound is refused with a status that says so, or closed. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H
#include "base/buf.h"
#include "web/web.h"

struct web_rate {
	int per_minute; /* 0: no limit */
	int burst;
};

struct web_config {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080"; port 0: any */
	int io_threads, fast_threads, slow_threads; /* 0: by the number of processors */
	int save_threads;   /* 0: 64 */
	size_t fast_queue, slow_queue, save_queue;  /* requests that may wait */
	int slow_nice;
	unsigned max_connections, max_per_client;   /* per client address; 0: no limit */
	size_t max_header;  /* request line and header fields, bytes */
	size_t max_url;     /* bytes */
	int header_s;       /* seconds for the whole request line and header */
	int body_s;         /* seconds for a body, plus one for each 16 KiB */
	int request_s;      /* seconds for a page of the fast lane, waiting included */
	int slow_s;         /* the same for the slow lane */
	int send_s;         /* seconds to take the answer, plus one for each 16 KiB */
	int idle_s;         /* seconds a kept connection may be silent */
	int drain_s;        /* seconds that requests may take to end at a stop */
	size_t request_memory, reply_memory; /* bytes of one request */
	struct web_rate page_rate, form_rate; /* per client address, GET and POST */
	bool tls;           /* a proxy in front speaks TLS: Secure cookies, and Strict-Transport-Security if hsts */
	bool hsts;
	const char *const *proxies; /* addresses whose X-Forwarded-For is believed; NULL-terminated, or NULL */
	bool mask_clients;  /* the log shows networks (/24, /48), not addresses */
	const char *access_log; /* path, "-" for standard output, NULL: none */
	bool open_metrics;  /* /metrics for everybody, not only this machine */
	const char *spool_dir; /* for uploads */
	unsigned char secret[32]; /* of form tokens; all zero: a random one each start */
	int64_t (*now_ms)(void);  /* the clock */
	struct app *app;
	const struct web_route *const *routes; /* NULL-terminated list of tables; the server adds its own */
	/* In the worker, before the body is read: sets w->actor and looks at route->may; false: it made the answer. NULL: only public routes. */
	bool (*allow)(struct web_cx *w);
	const char *sign_in; /* path of the sign-in page; NULL: none */
	void (*end)(struct web_cx *w);         /* after each page, also one that was broken off; NULL: nothing */
	/* A number that changes with every change of what public pages are made of (app_version); NULL: no page is kept. wait false: only
	 * if it takes no longer than looking at a request. */
	bool (*version)(struct app *app, bool wait, uint64_t *out);
	bool (*healthy)(struct app *app, buf *why); /* for /healthz, in a worker: bounded in time; NULL: healthy */
	void (*reload)(struct app *app);       /* on SIGHUP; NULL: nothing */
};

/* Sensible values for everything but routes and app. */
void web_config_default(struct web_config *config);

/* Starts listening and serving. NULL: why says what failed. The configuration is copied, what it points to is not. */
struct web_server *web_start(const struct web_config *config, char *why, size_t why_size);
int web_port(const struct web_server *s);
/* Waits for SIGTERM or SIGINT (SIGHUP: reload and reopen the log), in the main thread. To be called with these signals blocked since before
 * web_start: web_block_signals(). */
void web_block_signals(void);
void web_wait(struct web_server *s);
/* No new connections; requests under way end, at most drain_s; then everything is freed. false: some did not end in time
 * (their memory is left to the end of the process). */
bool web_stop(struct web_server *s);

/* For tests and documents. */
struct router;
const struct router *web_router(const struct web_server *s);

#endif
