/* range: the part of a file that a client asks for (RFC 9110, 14). */
#include <inttypes.h>
#include "web/inner.h"

/* "bytes=5-", "bytes=5-9", "bytes=-5"; anything else is not a range that must be served. */
static bool read_range(str s, uint64_t size, uint64_t *from, uint64_t *to, bool *there)
{
	str first;
	long a = 0, b = 0;
	if (!str_starts(s, STR("bytes=")) || memchr(s.p, ',', s.len))
		return false;
	s = (str){ s.p + 6, s.len - 6 };
	if (!memchr(s.p, '-', s.len) || !str_next(&s, '-', &first))
		return false;
	first = str_trim(first);
	s = str_trim(s);
	if ((first.len && !str_int(first, 0, INT64_MAX, &a)) || (s.len && !str_int(s, 0, INT64_MAX, &b)) || (!first.len && !s.len))
		return false;
	if (!first.len) { /* so many bytes of the end */
		*there = b > 0 && size > 0;
		*from = (uint64_t)b < size ? size - (uint64_t)b : 0;
		*to = size;
		return true;
	}
	if (s.len && b < a)
		return false;
	*there = (uint64_t)a < size;
	*from = (uint64_t)a;
	*to = s.len && (uint64_t)b < size ? (uint64_t)b + 1 : size;
	return true;
}

int web_range(struct web_cx *w, const char *etag, uint64_t size, uint64_t *from, uint64_t *n)
{
	const struct request *r = request_of(w);
	const char *range = request_header(r, "Range"), *same = request_header(r, "If-Range");
	uint64_t a = 0, b = size;
	bool there = true;
	*from = 0;
	*n = size;
	web_header(w, "Accept-Ranges", STR("bytes"));
	web_header(w, "ETag", str_of(etag));
	if (!range || w->method != WEB_GET || (same && strcmp(same, etag) != 0) || !read_range(str_of(range), size, &a, &b, &there))
		return 200;
	if (!there) {
		web_header(w, "Content-Range", arena_printf(w->mem, "bytes */%" PRIu64, size));
		web_error(w, 416);
		return 416;
	}
	web_header(w, "Content-Range", arena_printf(w->mem, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, a, b - 1, size));
	w->status = 206;
	*from = a;
	*n = b - a;
	return 206;
}
