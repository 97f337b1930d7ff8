/* conn: the connections, so that each has a time limit for what it is doing (libmicrohttpd only knows silence, and a byte now and then
 * breaks it), and so that one client cannot hold all of them. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "web/inner.h"

enum { BUCKETS = 1024 };

struct conn {
	struct conn *next, *prev; /* all */
	struct conn *same;        /* of one bucket */
	char client[CLIENT_TEXT];
	unsigned bucket;
	int fd;
	enum phase phase;
	int64_t deadline_ms;
	struct request *request; /* while phase is PHASE_RUN */
	struct request *current; /* from its first line to its end; only the thread of the connection looks at it */
};

struct conns {
	pthread_mutex_t lock;
	struct conn *all;
	struct conn *bucket[BUCKETS];
	unsigned n;
};

struct conns *conns_new(struct web_server *s)
{
	(void)s;
	struct conns *cs = calloc(1, sizeof *cs);
	if (!cs)
		abort();
	pthread_mutex_init(&cs->lock, NULL);
	return cs;
}

void conns_free(struct conns *cs)
{
	if (!cs)
		return;
	pthread_mutex_destroy(&cs->lock);
	free(cs);
}

unsigned conns_count(struct conns *cs)
{
	pthread_mutex_lock(&cs->lock);
	unsigned n = cs->n;
	pthread_mutex_unlock(&cs->lock);
	return n;
}

/* --- addresses --- */

void client_text(const struct sockaddr *addr, char out[CLIENT_TEXT])
{
	const void *from = NULL;
	if (addr && addr->sa_family == AF_INET) {
		from = &((const struct sockaddr_in *)(const void *)addr)->sin_addr;
	} else if (addr && addr->sa_family == AF_INET6) {
		const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(six)) {
			inet_ntop(AF_INET, six->s6_addr + 12, out, CLIENT_TEXT);
			return;
		}
		from = six;
	}
	if (!from || !inet_ntop(addr->sa_family, from, out, CLIENT_TEXT))
		snprintf(out, CLIENT_TEXT, "?");
}

void client_mask(const char *client, char out[CLIENT_TEXT])
{
	struct in_addr four;
	struct in6_addr six;
	if (inet_pton(AF_INET, client, &four) == 1) {
		((unsigned char *)&four)[3] = 0;
		inet_ntop(AF_INET, &four, out, CLIENT_TEXT);
		memcpy(out + strlen(out), "/24", 4);
	} else if (inet_pton(AF_INET6, client, &six) == 1) {
		memset(six.s6_addr + 6, 0, 10);
		inet_ntop(AF_INET6, &six, out, CLIENT_TEXT - 4);
		memcpy(out + strlen(out), "/48", 4);
	} else {
		snprintf(out, CLIENT_TEXT, "?");
	}
}

bool client_is_local(const char *client) { return strncmp(client, "127.", 4) == 0 || strcmp(client, "::1") == 0; }

static bool is_proxy(const struct web_config *config, const char *address)
{
	for (size_t i = 0; config->proxies && config->proxies[i]; i++)
		if (strcmp(config->proxies[i], address) == 0)
			return true;
	return false;
}

/* An address in its usual form, or false: what a client writes into the header is not copied as it is. */
static bool normal_address(str s, char out[CLIENT_TEXT])
{
	char text[CLIENT_TEXT];
	unsigned char raw[16];
	s = str_trim(s);
	if (!s.len || s.len >= sizeof text)
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	int family = memchr(text, ':', s.len) ? AF_INET6 : AF_INET;
	return inet_pton(family, text, raw) == 1 && inet_ntop(family, raw, out, CLIENT_TEXT);
}

/* The last address of X-Forwarded-For that is not one of our proxies: what stands before it the client may have made up. */
const char *client_forwarded(const struct web_config *config, const char *peer, const char *forwarded, char out[CLIENT_TEXT])
{
	if (!forwarded || !is_proxy(config, peer))
		return peer;
	str rest = str_of(forwarded);
	while (rest.len) {
		size_t from = rest.len;
		while (from && rest.p[from - 1] != ',')
			from--;
		if (!normal_address((str){ rest.p + from, rest.len - from }, out))
			return peer;
		if (!is_proxy(config, out))
			return out;
		rest.len = from ? from - 1 : 0;
	}
	return peer;
}

/* --- coming and going --- */

static unsigned bucket_of(const char *client)
{
	unsigned h = 2166136261u;
	for (; *client; client++)
		h = (h ^ (unsigned char)*client) * 16777619u;
	return h % BUCKETS;
}

static unsigned count_same(const struct conns *cs, const char *client)
{
	unsigned n = 0;
	for (const struct conn *c = cs->bucket[bucket_of(client)]; c; c = c->same)
		n += strcmp(c->client, client) == 0;
	return n;
}

enum MHD_Result conns_accept(void *server, const struct sockaddr *addr, socklen_t len)
{
	(void)len;
	struct web_server *s = server;
	char client[CLIENT_TEXT];
	client_text(addr, client);
	if (!s->config.max_per_client || is_proxy(&s->config, client))
		return MHD_YES;
	pthread_mutex_lock(&s->conns->lock);
	unsigned n = count_same(s->conns, client);
	pthread_mutex_unlock(&s->conns->lock);
	if (n < s->config.max_per_client)
		return MHD_YES;
	atomic_fetch_add(&s->n_refused[REFUSED_CLIENT], 1);
	return MHD_NO;
}

static void add(struct web_server *s, struct MHD_Connection *mhd, void **socket_context)
{
	struct conn *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	client_text(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, c->client);
	c->bucket = bucket_of(c->client);
	c->phase = PHASE_HEAD;
	c->deadline_ms = mono_ms() + s->config.header_s * 1000;
	struct conns *cs = s->conns;
	pthread_mutex_lock(&cs->lock);
	c->next = cs->all;
	if (c->next)
		c->next->prev = c;
	cs->all = c;
	c->same = cs->bucket[c->bucket];
	cs->bucket[c->bucket] = c;
	cs->n++;
	pthread_mutex_unlock(&cs->lock);
	*socket_context = c;
}

void conn_current(struct conn *c, struct request *r)
{
	if (c)
		c->current = r;
}

static void forget(struct conns *cs, struct conn *c)
{
	pthread_mutex_lock(&cs->lock);
	if (c->prev)
		c->prev->next = c->next;
	else
		cs->all = c->next;
	if (c->next)
		c->next->prev = c->prev;
	struct conn **at = &cs->bucket[c->bucket];
	while (*at != c)
		at = &(*at)->same;
	*at = c->same;
	cs->n--;
	pthread_mutex_unlock(&cs->lock);
	if (c->current) /* libmicrohttpd does not report the end of every request that it answered itself */
		request_end(c->current, "broken-off");
	free(c);
}

void conns_notify(void *server, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct web_server *s = server;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		add(s, mhd, socket_context);
	else if (*socket_context)
		forget(s->conns, *socket_context); /* before the socket is closed, so fd in the list is always ours */
}

struct conn *conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

void conn_phase(struct web_server *s, struct conn *c, enum phase phase, int64_t deadline_ms, struct request *r)
{
	if (!c)
		return;
	pthread_mutex_lock(&s->conns->lock);
	c->phase = phase;
	c->deadline_ms = deadline_ms;
	c->request = phase == PHASE_RUN ? r : NULL;
	pthread_mutex_unlock(&s->conns->lock);
}

/* --- time limits --- */

static bool client_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };
	return poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

static void check(struct web_server *s, struct conn *c, int64_t now)
{
	if (c->phase == PHASE_RUN) {
		if (now >= c->deadline_ms)
			request_time_out(c->request);
		else if (client_gone(c->fd))
			atomic_store(&c->request->cancelled, true);
		return;
	}
	if (now < c->deadline_ms)
		return;
	/* The event loop sees the end of the stream and closes; closing here would pull the descriptor from under it. */
	shutdown(c->fd, SHUT_RDWR);
	c->deadline_ms = INT64_MAX;
	if (c->phase != PHASE_IDLE)
		atomic_fetch_add(&s->n_slow_closed, 1);
}

void conns_tick(struct web_server *s)
{
	int64_t now = mono_ms();
	pthread_mutex_lock(&s->conns->lock);
	for (struct conn *c = s->conns->all; c; c = c->next)
		check(s, c, now);
	pthread_mutex_unlock(&s->conns->lock);
}

void conns_end(struct web_server *s)
{
	pthread_mutex_lock(&s->conns->lock);
	for (struct conn *c = s->conns->all; c; c = c->next)
		c->deadline_ms = 0;
	pthread_mutex_unlock(&s->conns->lock);
}
