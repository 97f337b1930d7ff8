#include "base/log.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/date.h"

enum { LINE_MAX_BYTES = 2000 };

/* Set once by the edge before it starts threads. */
static enum log_level most_shown = LOG_INFO;
static int64_t (*clock_ms)(void);

void log_setup(enum log_level most, int64_t (*now_ms)(void))
{
	most_shown = most;
	clock_ms = now_ms;
}

static size_t put_time(char *to, size_t room)
{
	int64_t ms = clock_ms();
	int64_t d = ms / DAY_MS - (ms % DAY_MS < 0);
	int64_t t = (ms % DAY_MS + DAY_MS) % DAY_MS;
	int year, month, mday;
	date_parts((day)d, &year, &month, &mday);
	return (size_t)snprintf(to, room, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ ", year, month, mday, (int)(t / 3600000), (int)(t / 60000 % 60),
		(int)(t / 1000 % 60), (int)(t % 1000));
}

/* Copies at most room bytes; control characters would fake a second line or steer a terminal, so they are written as \xNN.
 * What does not fit is dropped at a character, and "…" says so. */
static size_t put_text(char *to, size_t room, const char *from)
{
	static const char hex[] = "0123456789abcdef", more[] = "…";
	size_t n = 0, whole = 0; /* whole: where "…" could still follow a character */
	for (; *from; from++) {
		unsigned char c = (unsigned char)*from;
		size_t need = c < 0x20 || c == 0x7F ? 4 : 1;
		if ((c & 0xC0) != 0x80 && n + sizeof more - 1 <= room)
			whole = n;
		if (n + need > room) {
			memcpy(to + whole, more, sizeof more - 1);
			return whole + sizeof more - 1;
		}
		if (need == 1)
			to[n] = (char)c;
		else
			memcpy(to + n, (char[]){ '\\', 'x', hex[c >> 4], hex[c & 15] }, 4);
		n += need;
	}
	return n;
}

static void put_out(const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(STDERR_FILENO, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return; /* nowhere to say it */
		p += done;
		n -= (size_t)done;
	}
}

void log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	if (level > most_shown)
		return;
	int saved = errno;
	char line[LINE_MAX_BYTES + 128], text[LINE_MAX_BYTES + 2];
	size_t n = clock_ms ? put_time(line, 64) : 0;
	n += (size_t)snprintf(line + n, 64, "%s %.40s%s", names[level], event, *fmt ? " " : "");
	va_list ap;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof text, fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	n += put_text(line + n, LINE_MAX_BYTES, text);
	line[n++] = '\n';
	put_out(line, n); /* one write, so that lines of threads do not mix */
	errno = saved;
}
