/* form_multipart: a stream reader of multipart/form-data. The bytes of a part are held back only as far as they may be the start of the
 * delimiter (CRLF, two hyphens, the boundary), so memory stays bounded whatever the size of a file. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "base/vec.h"
#include "base/vn.h"
#include "web/form.h"

enum { BOUNDARY_MAX = 70 }; /* RFC 2046 */

enum stage {
	PREAMBLE, /* before the first delimiter */
	AFTER,    /* behind a delimiter: CRLF or -- */
	HEAD,     /* header lines of a part */
	BODY,
	DONE      /* behind the closing delimiter: the rest is ignored */
};

struct multipart {
	cx *c;
	struct form *f;
	struct multipart_limits limits;
	enum stage stage;
	enum err err;
	char mark[BOUNDARY_MAX + 5]; /* CRLF -- boundary */
	size_t mark_len, matched;    /* matched: bytes of mark seen and held back */
	size_t after;                /* bytes seen in AFTER */
	char after_byte;
	buf head, text;
	size_t text_total;
	struct web_pair pair;
	struct web_file *file;
};

static enum err fail(struct multipart *m, enum err e, const char *key)
{
	m->err = cx_fail(m->c, e, key, (place){ .field = m->pair.name }, (str){ 0 });
	return m->err;
}

/* The value of a parameter of a header, `; name=value` or `; name="quoted"`; false: not there. */
static bool header_param(arena *mem, str header, const char *name, str *out)
{
	size_t n = strlen(name), i = 0;
	while (i < header.len && header.p[i] != ';')
		i++;
	while (i < header.len) {
		i++; /* ; */
		while (i < header.len && (header.p[i] == ' ' || header.p[i] == '\t'))
			i++;
		bool mine = header.len - i > n && strncasecmp(header.p + i, name, n) == 0 && header.p[i + n] == '=';
		while (i < header.len && header.p[i] != '=' && header.p[i] != ';')
			i++;
		if (i >= header.len || header.p[i] == ';')
			continue;
		i++;
		char *to = arena_alloc(mem, header.len - i + 1);
		size_t len = 0;
		if (i < header.len && header.p[i] == '"') {
			for (i++; i < header.len && header.p[i] != '"'; i++) {
				/* Browsers send %22 for a quote; old ones a backslash before it, and Windows paths keep theirs. */
				if (header.p[i] == '\\' && i + 1 < header.len && (header.p[i + 1] == '"' || header.p[i + 1] == '\\'))
					i++;
				to[len++] = header.p[i];
			}
			while (i < header.len && header.p[i] != ';')
				i++;
		} else {
			for (; i < header.len && header.p[i] != ';' && header.p[i] != ' '; i++)
				to[len++] = header.p[i];
			while (i < header.len && header.p[i] != ';')
				i++;
		}
		if (mine) {
			*out = (str){ to, len };
			return true;
		}
	}
	return false;
}

struct multipart *multipart_new(cx *c, str content_type, const struct multipart_limits *limits, struct form *f)
{
	str boundary;
	if (!header_param(c->mem, content_type, "boundary", &boundary) || !boundary.len || boundary.len > BOUNDARY_MAX) {
		cx_fail(c, ERR_INPUT, "form.no_boundary", (place){ 0 }, (str){ 0 });
		return NULL;
	}
	struct multipart *m = NEW(c->mem, struct multipart);
	m->c = c;
	m->f = f;
	m->limits = *limits;
	memcpy(m->mark, "\r\n--", 4);
	memcpy(m->mark + 4, boundary.p, boundary.len);
	m->mark_len = boundary.len + 4;
	m->matched = 2; /* the first delimiter may stand at the very start, without CRLF */
	buf_init(&m->head, FORM_PART_HEAD);
	buf_init(&m->text, limits->max_text + 1);
	return m;
}

int spool_file(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	char path[512]; /* a file system without unnamed files */
	snprintf(path, sizeof path, "%s/upload.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

/* One line of the head of a part: name and value, or false. */
static bool header_line(str line, const char *name, str *value)
{
	size_t n = strlen(name);
	if (line.len <= n || strncasecmp(line.p, name, n) != 0 || line.p[n] != ':')
		return false;
	*value = str_trim((str){ line.p + n + 1, line.len - n - 1 });
	return true;
}

static bool good_text(str s) { return vn_utf8_check(s) == s.len; }

static enum err begin_part(struct multipart *m)
{
	str rest = buf_str(&m->head), line, value, disposition = { 0 }, type = { 0 };
	m->pair = (struct web_pair){ 0 };
	m->file = NULL;
	while (rest.len && str_next(&rest, '\n', &line)) {
		if (line.len && line.p[line.len - 1] == '\r')
			line.len--;
		if (header_line(line, "Content-Disposition", &value))
			disposition = value;
		else if (header_line(line, "Content-Type", &value))
			type = value;
	}
	str name, file_name;
	if (!header_param(m->c->mem, disposition, "name", &name) || !name.len || name.len > FORM_NAME || !good_text(name))
		return fail(m, ERR_INPUT, "form.bad_name");
	if (m->f->n >= FORM_PAIRS)
		return fail(m, ERR_LIMIT, "form.too_many");
	m->pair.name = name;
	buf_clear(&m->text);
	if (!header_param(m->c->mem, disposition, "filename", &file_name))
		return ERR_OK;
	if (!good_text(file_name) || !good_text(type))
		return fail(m, ERR_INPUT, "form.bad_text");
	m->file = NEW(m->c->mem, struct web_file);
	*m->file = (struct web_file){ .name = file_name, .type = arena_str(m->c->mem, type), .fd = spool_file(m->limits.spool_dir) };
	m->pair.file = m->file;
	*VEC_PUSH(m->c->mem, m->f) = m->pair; /* at once, so that the file is closed whatever comes */
	return m->file->fd < 0 ? fail(m, ERR_IO, "form.spool") : ERR_OK;
}

static enum err put_file(struct multipart *m, str s)
{
	if (s.len > m->limits.max_file - m->file->size)
		return fail(m, ERR_LIMIT, "form.file_too_large");
	m->file->size += s.len;
	while (s.len) {
		ssize_t n = write(m->file->fd, s.p, s.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(m, ERR_IO, "form.spool");
		s = (str){ s.p + n, s.len - (size_t)n };
	}
	return ERR_OK;
}

static enum err put_body(struct multipart *m, str s)
{
	if (!s.len || m->stage != BODY)
		return ERR_OK;
	if (m->file)
		return put_file(m, s);
	m->text_total += s.len;
	if (m->text_total > m->limits.max_text)
		return fail(m, ERR_LIMIT, "form.too_large");
	buf_add(&m->text, s);
	return ERR_OK;
}

static enum err end_part(struct multipart *m)
{
	if (m->file)
		return lseek(m->file->fd, 0, SEEK_SET) < 0 ? fail(m, ERR_IO, "form.spool") : ERR_OK;
	m->pair.value = arena_str(m->c->mem, buf_str(&m->text));
	if (!good_text(m->pair.value))
		return fail(m, ERR_INPUT, "form.bad_text");
	*VEC_PUSH(m->c->mem, m->f) = m->pair;
	return ERR_OK;
}

/* Bytes of PREAMBLE or BODY up to the delimiter. Returns how many were used. */
static size_t feed_body(struct multipart *m, str s)
{
	size_t from = 0, i = 0;
	while (i < s.len) {
		if (s.p[i] == m->mark[m->matched]) {
			if (m->matched == 0) {
				if (put_body(m, (str){ s.p + from, i - from }))
					return s.len;
				from = i + 1; /* held back */
			} else {
				from = i + 1;
			}
			m->matched++;
			i++;
			if (m->matched < m->mark_len)
				continue;
			m->matched = 0;
			if (m->stage == BODY && end_part(m))
				return s.len;
			m->stage = AFTER;
			m->after = 0;
			return i;
		}
		if (m->matched) {
			/* CR stands only at the start of the mark, so nothing inside what was held back can begin a new one. */
			size_t held = m->matched;
			m->matched = 0;
			if (put_body(m, (str){ m->mark, held }))
				return s.len;
			from = i;
			continue; /* this byte again, from the start of the mark */
		}
		const char *cr = memchr(s.p + i, '\r', s.len - i);
		i = cr ? (size_t)(cr - s.p) : s.len;
	}
	put_body(m, (str){ s.p + from, s.len - from });
	return s.len;
}

/* Behind a delimiter: "--" ends everything; blanks and CRLF begin a part. */
static size_t feed_after(struct multipart *m, str s)
{
	char c = s.p[0];
	if (m->after == 0 && (c == ' ' || c == '\t'))
		return 1;
	if (m->after == 0) {
		m->after_byte = c;
		m->after = 1;
		if (c != '-' && c != '\r')
			fail(m, ERR_INPUT, "form.bad_multipart");
		return 1;
	}
	if (m->after_byte == '-' && c == '-') {
		m->stage = DONE;
	} else if (m->after_byte == '\r' && c == '\n') {
		m->stage = HEAD;
		buf_clear(&m->head);
	} else {
		fail(m, ERR_INPUT, "form.bad_multipart");
	}
	return 1;
}

static bool head_ended(str h)
{
	return (h.len >= 4 && memcmp(h.p + h.len - 4, "\r\n\r\n", 4) == 0) || (h.len == 2 && memcmp(h.p, "\r\n", 2) == 0);
}

static size_t feed_head(struct multipart *m, str s)
{
	size_t i = 0;
	while (i < s.len) {
		buf_char(&m->head, s.p[i++]);
		if (buf_full(&m->head)) {
			fail(m, ERR_LIMIT, "form.bad_multipart");
			return s.len;
		}
		if (!head_ended(buf_str(&m->head)))
			continue;
		if (begin_part(m) == ERR_OK) {
			m->stage = BODY;
			m->matched = 0;
		}
		return i;
	}
	return i;
}

enum err multipart_feed(struct multipart *m, str bytes)
{
	while (bytes.len && !m->err && m->stage != DONE) {
		size_t used;
		if (m->stage == HEAD)
			used = feed_head(m, bytes);
		else if (m->stage == AFTER)
			used = feed_after(m, bytes);
		else
			used = feed_body(m, bytes);
		bytes = (str){ bytes.p + used, bytes.len - used };
	}
	return m->err;
}

enum err multipart_end(struct multipart *m)
{
	if (!m->err && m->stage != DONE)
		fail(m, ERR_INPUT, "form.cut_short");
	buf_free(&m->head);
	buf_free(&m->text);
	return m->err;
}
