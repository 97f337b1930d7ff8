#include "web/server.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "web/asset.h"
#include "web/inner.h"

enum { SAVE_THREADS = 64, TICK_MS = 200, LAST_MS = 500, BACKLOG = 1024, LOOPS = 8, MIN_MEMORY = 4 << 20, DISCARD = 1 << 20 };

static int64_t real_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void web_config_default(struct web_config *c)
{
	*c = (struct web_config){
		.listen = "127.0.0.1:8080",
		.fast_queue = 512,
		.slow_queue = 16,
		.save_queue = 512,
		.slow_nice = 10,
		.max_connections = 4000,
		.max_per_client = 200,
		.max_header = 16 << 10,
		.max_url = 4096,
		.header_s = 10,
		.body_s = 30,
		.request_s = 10,
		.slow_s = 120,
		.send_s = 30,
		.idle_s = 30,
		.drain_s = 20,
		.request_memory = 64 << 20,
		.reply_memory = 64 << 20,
		.page_rate = { 6000, 300 },
		.form_rate = { 600, 60 },
		.mask_clients = true,
		.spool_dir = "/var/tmp",
		.now_ms = real_ms,
	};
}

/* --- what libmicrohttpd calls --- */

/* The first line of a request is there. Its query is ours to parse: libmicrohttpd would split it in the memory of the connection, and 0.9.75
 * hangs when that is not enough; so it is shown an empty one. */
static void *on_url(void *server, const char *url, struct MHD_Connection *mhd)
{
	struct request *r = request_new(server, url, mhd);
	union { const char *from; char *to; } query = { strchr(url, '?') };
	if (query.to)
		query.to[1] = '\0';
	if (r) {
		r->conn = conn_of(mhd);
		conn_current(r->conn, r);
	}
	return r;
}

/* Paths and queries are decoded by us, strictly. */
static size_t keep_escapes(void *cls, struct MHD_Connection *mhd, char *s)
{
	(void)cls;
	(void)mhd;
	return strlen(s);
}

static enum MHD_Result send_answer(struct request *r)
{
	struct web_server *s = r->server;
	conn_phase(s, r->conn, PHASE_SEND, mono_ms() + (s->config.send_s + (int64_t)(r->sent >> 14)) * 1000, NULL);
	if (atomic_load(&s->draining) && !r->shared)
		MHD_add_response_header(r->response, "Connection", "close");
	return MHD_queue_response(r->mhd, (unsigned)r->status, r->response);
}

static enum MHD_Result on_body(struct request *r, const char *data, size_t *size)
{
	request_body(r, (str){ data, *size });
	if (r->body_size > r->w.info->max_body + DISCARD)
		return MHD_NO; /* it does not stop: there is no polite way to say so any more */
	*size = 0;
	return MHD_YES;
}

/* A header that does not fit into the memory of its connection is answered by libmicrohttpd itself (431). One that just fits leaves no room
 * there for the header of an answer, and the connection would close without one: that refusal goes onto the socket, where nothing else has
 * been written for this request. */
static enum MHD_Result refuse_header(struct request *r)
{
	static const char text[] = "431 Phần đầu yêu cầu quá dài. / The request header is too long.\n";
	char answer[400];
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	int n = snprintf(answer, sizeof answer,
		"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\n\r\n%s",
		sizeof text - 1, text);
	r->begun = true;
	r->status = 431;
	atomic_fetch_add(&r->server->n_refused[REFUSED_SIZE], 1);
	if (fd && send(fd->connect_fd, answer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n)
		r->sent = sizeof text - 1;
	return MHD_NO;
}

static bool header_too_large(const struct web_server *s, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *size = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	return size && size->header_size > s->config.max_header;
}

static enum MHD_Result on_request(void *server, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
	const char *data, size_t *size, void **context)
{
	struct request *r = *context;
	struct web_server *s = server;
	(void)url;
	(void)version;
	if (!r)
		return MHD_NO; /* no memory */
	if (!r->begun) {
		if (atomic_load(&s->closed))
			return MHD_NO; /* it is counted already: web_stop waits for its end */
		if (header_too_large(s, mhd))
			return refuse_header(r);
		/* An answer given at this moment closes the connection: right for a body that nobody will read, a waste otherwise. */
		if (!request_begin(r, method))
			return r->has_body ? send_answer(r) : MHD_YES;
		const char *length = request_header(r, "Content-Length");
		int64_t n = length ? strtoll(length, NULL, 10) : 0;
		conn_phase(s, r->conn, PHASE_BODY, mono_ms() + (s->config.body_s + (n >> 14)) * 1000, NULL);
		return MHD_YES;
	}
	if (r->response)
		return send_answer(r);
	if (*size)
		return on_body(r, data, size);
	request_run(r);
	return MHD_YES;
}

static void on_completed(void *server, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
	struct web_server *s = server;
	struct request *r = *context;
	(void)mhd;
	*context = NULL;
	if (!r)
		return;
	/* The next request's line may take as long as the connection may be silent. */
	conn_phase(s, r->conn, PHASE_IDLE, mono_ms() + (s->config.idle_s + s->config.header_s) * 1000, NULL);
	conn_current(r->conn, NULL);
	request_end(r, code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : "broken-off");
}

static void on_log(void *cls, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static void on_log(void *cls, const char *fmt, va_list ap)
{
	char text[500];
	(void)cls;
	int n = vsnprintf(text, sizeof text, fmt, ap);
	while (n > 0 && (size_t)n < sizeof text && (text[n - 1] == '\n' || text[n - 1] == ' '))
		text[--n] = '\0';
	log_line(LOG_DEBUG, "http", "%s", text);
}

/* --- starting --- */

static bool parse_listen(const char *text, struct sockaddr_storage *addr, socklen_t *len)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	long port;
	if (!colon || !str_int(str_of(colon + 1), 0, 65535, &port))
		return false;
	size_t n = (size_t)(colon - text);
	bool six = n >= 2 && text[0] == '[' && text[n - 1] == ']';
	if (n - (six ? 2 : 0) >= sizeof host)
		return false;
	snprintf(host, sizeof host, "%.*s", (int)(n - (six ? 2 : 0)), text + six);
	memset(addr, 0, sizeof *addr);
	if (six) {
		struct sockaddr_in6 *a = (struct sockaddr_in6 *)addr;
		a->sin6_family = AF_INET6;
		a->sin6_port = htons((uint16_t)port);
		*len = sizeof *a;
		return inet_pton(AF_INET6, host, &a->sin6_addr) == 1;
	}
	struct sockaddr_in *a = (struct sockaddr_in *)addr;
	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)port);
	*len = sizeof *a;
	return inet_pton(AF_INET, host[0] ? host : "0.0.0.0", &a->sin_addr) == 1;
}

static int open_socket(const char *text, int *port, char *why, size_t why_size)
{
	struct sockaddr_storage addr;
	socklen_t len;
	if (!parse_listen(text, &addr, &len)) {
		snprintf(why, why_size, "not an address and port: %s", text);
		return -1;
	}
	int on = 1, fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 || bind(fd, (struct sockaddr *)&addr, len) != 0
		|| listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&addr, &len) != 0) {
		snprintf(why, why_size, "cannot listen on %s: %s", text, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	uint16_t p;
	memcpy(&p, (char *)&addr + 2, sizeof p); /* the port stands at the same place in both kinds of address */
	*port = ntohs(p);
	return fd;
}

static struct MHD_Response *asset_response(const struct web_server *s, const struct asset_data *a, bool gz)
{
	union { const unsigned char *from; void *to; } p = { gz ? a->gz : a->bytes };
	struct MHD_Response *response = MHD_create_response_from_buffer(gz ? a->n_gz : a->n, p.to, MHD_RESPMEM_PERSISTENT);
	if (!response)
		abort();
	MHD_add_response_header(response, "Content-Type", a->type);
	MHD_add_response_header(response, "Cache-Control", "public, max-age=31536000, immutable");
	if (a->gz)
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (gz)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	answer_security(s, response, NULL);
	return response;
}

static void make_assets(struct web_server *s)
{
	s->assets = calloc(asset_n + 1, sizeof *s->assets);
	if (!s->assets)
		abort();
	for (size_t i = 0; i < asset_n; i++)
		for (int gz = 0; gz < (asset_table[i].gz ? 2 : 1); gz++)
			s->assets[i][gz] = asset_response(s, &asset_table[i], gz);
}

static void free_assets(struct web_server *s)
{
	for (size_t i = 0; s->assets && i < asset_n; i++)
		for (int gz = 0; gz < 2; gz++)
			if (s->assets[i][gz])
				MHD_destroy_response(s->assets[i][gz]);
	free(s->assets);
}

static bool make_router(struct web_server *s, char *why, size_t why_size)
{
	const struct web_route *tables[64] = { web_own_routes };
	size_t n = 1;
	for (size_t i = 0; s->config.routes && s->config.routes[i] && n < 63; i++)
		tables[n++] = s->config.routes[i];
	s->router = router_new(tables, why, why_size);
	return s->router != NULL;
}

static bool make_lanes(struct web_server *s)
{
	const struct web_config *c = &s->config;
	s->lane[LANE_FAST] = pool_new(&(pool_options){ "page", c->fast_threads, c->fast_queue, 0 });
	s->lane[LANE_SLOW] = pool_new(&(pool_options){ "slow", c->slow_threads, c->slow_queue, c->slow_nice });
	s->lane[LANE_SAVE] = pool_new(&(pool_options){ "save", c->save_threads, c->save_queue, 0 });
	return s->lane[LANE_FAST] && s->lane[LANE_SLOW] && s->lane[LANE_SAVE];
}

static void *tick(void *arg)
{
	struct web_server *s = arg;
	pthread_setname_np(pthread_self(), "tick");
	pthread_mutex_lock(&s->tick_lock);
	while (s->ticking) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&s->tick_wake, &s->tick_lock, &until);
		pthread_mutex_unlock(&s->tick_lock);
		conns_tick(s);
		access_flush(s->access);
		pthread_mutex_lock(&s->tick_lock);
	}
	pthread_mutex_unlock(&s->tick_lock);
	return NULL;
}

static bool start_ticker(struct web_server *s)
{
	sigset_t all, before;
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->tick_wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&s->tick_lock, NULL);
	s->ticking = true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int e = pthread_create(&s->ticker, NULL, tick, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e == 0;
}

static bool start_daemon(struct web_server *s)
{
	const struct web_config *c = &s->config;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, NULL },
		{ MHD_OPTION_LISTEN_SOCKET, s->listen_fd, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, c->io_threads > 1 ? c->io_threads : 0, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, (intptr_t)c->max_connections, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, c->idle_s, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(c->max_header + 4096), NULL }, /* the rest is for our header */
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)conns_notify, s },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_url, s },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* its threads inherit the mask */
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, conns_accept, s, on_request, s,
		MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return s->daemon != NULL;
}

static int at_least(int n, int least) { return n < least ? least : n; }

static void complete_config(struct web_config *c)
{
	int cpus = at_least((int)sysconf(_SC_NPROCESSORS_ONLN), 1);
	if (c->io_threads <= 0)
		c->io_threads = at_least(cpus / 2, 1);
	if (c->fast_threads <= 0)
		c->fast_threads = at_least(cpus, 2);
	if (c->slow_threads <= 0)
		c->slow_threads = at_least(cpus / 2, 1);
	if (c->save_threads <= 0)
		c->save_threads = SAVE_THREADS;
	if (c->request_memory < MIN_MEMORY)
		c->request_memory = MIN_MEMORY;
}

static void free_server(struct web_server *s)
{
	for (int i = 0; i < LANES; i++)
		pool_stop(s->lane[i]);
	if (s->ticking) {
		pthread_mutex_lock(&s->tick_lock);
		s->ticking = false;
		pthread_cond_signal(&s->tick_wake);
		pthread_mutex_unlock(&s->tick_lock);
		pthread_join(s->ticker, NULL);
		pthread_cond_destroy(&s->tick_wake);
		pthread_mutex_destroy(&s->tick_lock);
	}
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	free_assets(s);
	access_close(s->access);
	router_free(s->router);
	conns_free(s->conns);
	rates_free(s->rates);
	memo_free(s->memo);
	shelf_free(s->shelf);
	sodium_memzero(s->secret, sizeof s->secret);
	free(s);
}

static struct web_server *give_up(struct web_server *s, char *why, size_t why_size, const char *what)
{
	if (what)
		snprintf(why, why_size, "%s: %s", what, strerror(errno));
	free_server(s);
	return NULL;
}

struct web_server *web_start(const struct web_config *config, char *why, size_t why_size)
{
	assert(config->now_ms && config->listen);
	if (sodium_init() < 0)
		return NULL;
	struct web_server *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	s->config = *config;
	complete_config(&s->config);
	s->started_ms = config->now_ms();
	s->id_salt = randombytes_random();
	memcpy(s->secret, config->secret, sizeof s->secret);
	if (sodium_is_zero(s->secret, sizeof s->secret))
		randombytes_buf(s->secret, sizeof s->secret);
	s->conns = conns_new(s);
	s->rates = rates_new();
	s->memo = memo_new();
	s->shelf = shelf_new();
	s->listen_fd = -1;
	if (!make_router(s, why, why_size))
		return give_up(s, why, why_size, NULL);
	if (config->access_log && !(s->access = access_open(config->access_log)))
		return give_up(s, why, why_size, config->access_log);
	s->listen_fd = open_socket(config->listen, &s->port, why, why_size);
	if (s->listen_fd < 0)
		return give_up(s, why, why_size, NULL);
	make_assets(s);
	if (!make_lanes(s) || !start_ticker(s) || !start_daemon(s))
		return give_up(s, why, why_size, "cannot start its threads");
	log_line(LOG_INFO, "listen", "address=%s port=%d", config->listen, s->port);
	return s;
}

int web_port(const struct web_server *s) { return s->port; }

const struct router *web_router(const struct web_server *s) { return s->router; }

/* --- running and stopping --- */

static void our_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

void web_block_signals(void)
{
	sigset_t set;
	our_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void web_wait(struct web_server *s)
{
	sigset_t set;
	int got = 0;
	our_signals(&set);
	while (sigwait(&set, &got) == 0 && got == SIGHUP) {
		log_line(LOG_INFO, "reload", "%s", "");
		access_reopen(s->access);
		if (s->config.reload)
			s->config.reload(s->config.app);
	}
	log_line(LOG_INFO, "stop", "signal=%d", got);
}

static bool all_idle(struct web_server *s)
{
	for (int i = 0; i < LANES; i++) {
		pool_counts n = pool_count(s->lane[i]);
		if (n.running || n.waiting)
			return false;
	}
	return atomic_load(&s->inflight) == 0;
}

static bool wait_idle(struct web_server *s, int64_t until_ms)
{
	while (!all_idle(s)) {
		if (mono_ms() >= until_ms)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
	return true;
}

/* Waits for the requests under way; those that are left then are told that their time is over. */
static bool end_all(struct web_server *s, int64_t ms)
{
	if (wait_idle(s, mono_ms() + ms))
		return true;
	conns_end(s);
	return wait_idle(s, mono_ms() + 2000);
}

bool web_stop(struct web_server *s)
{
	atomic_store(&s->draining, true);
	/* Nobody new gets in from here on. The thread of the daemon may still be taking the socket out of its set, so its number is given
	 * back only when that thread has ended (free_server). */
	if (MHD_quiesce_daemon(s->daemon) == MHD_INVALID_SOCKET)
		s->listen_fd = -1; /* the daemon keeps it, and closes it */
	else
		shutdown(s->listen_fd, SHUT_RDWR);
	bool all = end_all(s, s->config.drain_s * 1000);
	/* On a kept connection another request may come at this very moment, and libmicrohttpd must not be stopped with one that is suspended.
	 * A request is counted before it looks at `closed`, so either it sees it or we see the request. */
	atomic_store(&s->closed, true);
	if (!all || !end_all(s, LAST_MS)) {
		log_line(LOG_WARNING, "stop", "requests did not end: %d", atomic_load(&s->inflight));
		access_flush(s->access);
		return false;
	}
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	free_server(s);
	log_line(LOG_INFO, "stopped", "%s", "");
	return true;
}
