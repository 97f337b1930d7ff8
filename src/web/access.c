/* access: the access log, one line a request: time, method, path (never the query), status, bytes, time taken, client, id.
 * Lines are gathered and written together, at the latest at the next tick. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/log.h"
#include "web/inner.h"
#include "web/view.h"

enum { GATHERED = 32 << 10, LINE_MAX_BYTES = 1200, PATH_SHOWN = 500 };

struct access_log {
	pthread_mutex_t lock;
	char *path;
	int fd;
	size_t n;
	char text[GATHERED];
};

static int open_log(const char *path)
{
	if (strcmp(path, "-") == 0)
		return STDOUT_FILENO;
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

struct access_log *access_open(const char *path)
{
	struct access_log *a = calloc(1, sizeof *a);
	if (!a)
		abort();
	a->fd = open_log(path);
	a->path = strdup(path);
	if (a->fd < 0 || !a->path) {
		free(a->path);
		free(a);
		return NULL;
	}
	pthread_mutex_init(&a->lock, NULL);
	return a;
}

static void write_out(struct access_log *a)
{
	for (size_t at = 0; at < a->n;) {
		ssize_t done = write(a->fd, a->text + at, a->n - at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break; /* a full disk must not stop the service; /metrics and the error log show what happens */
		at += (size_t)done;
	}
	a->n = 0;
}

void access_flush(struct access_log *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	write_out(a);
	pthread_mutex_unlock(&a->lock);
}

void access_reopen(struct access_log *a)
{
	if (!a || a->fd == STDOUT_FILENO)
		return;
	pthread_mutex_lock(&a->lock);
	write_out(a);
	int fd = open_log(a->path);
	if (fd >= 0) {
		close(a->fd);
		a->fd = fd;
	} else {
		log_line(LOG_ERROR, "access_log", "cannot be opened again: %s", strerror(errno));
	}
	pthread_mutex_unlock(&a->lock);
}

void access_close(struct access_log *a)
{
	if (!a)
		return;
	access_flush(a);
	if (a->fd != STDOUT_FILENO)
		close(a->fd);
	pthread_mutex_destroy(&a->lock);
	free(a->path);
	free(a);
}

/* The path as it came, without the query; quotes and control characters as %XX, long ones cut. */
static size_t put_path(char *to, const char *url)
{
	size_t n = 0;
	for (; *url && *url != '?' && *url != '#'; url++) {
		unsigned char c = (unsigned char)*url;
		if (n >= PATH_SHOWN) {
			memcpy(to + n, "…", 3);
			return n + 3;
		}
		if (c > 0x20 && c < 0x7F && c != '"' && c != '\\')
			to[n++] = (char)c;
		else
			n += (size_t)snprintf(to + n, 4, "%%%02X", c);
	}
	return n;
}

void access_write(struct request *r, int64_t micros, const char *how)
{
	struct access_log *a = r->server->access;
	if (!a)
		return;
	char line[LINE_MAX_BYTES], path[PATH_SHOWN + 8];
	const struct web_route *route = r->w.route;
	bool secret = route && (route->flags & WEB_SECRET_PATH);
	size_t n_path = put_path(path, secret ? route->path : r->url);
	const char *method = r->head ? "HEAD" : r->bad_method ? "-" : web_method_name(r->w.method);
	buf when;
	buf_init(&when, 64);
	view_time_iso(&when, r->server->config.now_ms());
	int n = snprintf(line, sizeof line, "%.*s %s %.*s %d %" PRIu64 " %" PRId64 ".%03dms %s %s%s%s\n", STR_ARG(buf_str(&when)), method,
		(int)n_path, path, r->status, r->sent, micros / 1000, (int)(micros % 1000), r->shown, r->id, *how ? " " : "", how);
	buf_free(&when);
	pthread_mutex_lock(&a->lock);
	if (a->n + (size_t)n > sizeof a->text)
		write_out(a);
	memcpy(a->text + a->n, line, (size_t)n);
	a->n += (size_t)n;
	pthread_mutex_unlock(&a->lock);
}
