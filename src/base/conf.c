#include "base/conf.h"
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/vec.h"
#include "base/vn.h"

enum { CONF_BYTES = 64 << 10, CONF_ENTRIES = 500, CONF_LINE = 190 }; /* inih takes lines of 200 bytes */

struct reading {
	cx *c;
	struct conf *out;
	const char *const *names;
	str rest; /* what is not read yet */
	int line;
};

static enum err fail(cx *c, const char *key, str file, int line, str value)
{
	return cx_fail(c, ERR_INPUT, key, (place){ .file = file, .line = line }, value);
}

static bool known(const struct reading *r, str section, str name)
{
	for (const char *const *n = r->names; *n; n++) {
		str rest = str_of(*n), head;
		if (str_next(&rest, '/', &head) && str_eq(head, section) && str_eq(rest, name))
			return true;
	}
	return false;
}

/* inih asks for lines with this, and its own count of them begins at 1 as ours does. */
static char *next_line(char *to, int n, void *ctx)
{
	struct reading *r = ctx;
	str line;
	if (!r->rest.len || !str_next(&r->rest, '\n', &line))
		return NULL;
	r->line++;
	size_t most = (size_t)n - 1;
	if (line.len > CONF_LINE) {
		fail(r->c, "conf.long_line", r->out->file, r->line, line);
		line.len = 0;
	}
	memcpy(to, line.p, line.len < most ? line.len : most);
	to[line.len < most ? line.len : most] = 0;
	return to;
}

static int one_entry(void *ctx, const char *section, const char *name, const char *value)
{
	struct reading *r = ctx;
	str s = str_of(section), n = str_of(name);
	if (!known(r, s, n)) {
		fail(r->c, "conf.unknown", r->out->file, r->line, arena_printf(r->c->mem, "[%s] %s", section, name));
		return 1;
	}
	if (r->out->n >= CONF_ENTRIES) {
		fail(r->c, "conf.too_many", r->out->file, r->line, n);
		return 0;
	}
	*VEC_PUSH(r->c->mem, r->out) =
		(struct conf_entry){ arena_str(r->c->mem, s), arena_str(r->c->mem, n), arena_str(r->c->mem, str_of(value)), r->line };
	return 1;
}

static enum err read_bytes(cx *c, const char *path, bool secret, str *out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fault *f = cx_fault(c, FAULT_ERROR, "io.open", (place){ .file = str_of(path) }, STR(""));
		fault_arg(c, f, 1, str_of(path));
		return ERR_IO;
	}
	enum err e = ERR_OK;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		e = fail(c, "conf.not_a_file", str_of(path), 0, STR(""));
	else if (secret && (st.st_mode & 077) != 0)
		e = fail(c, "conf.open_secret", str_of(path), 0, STR(""));
	else if (st.st_size > CONF_BYTES)
		e = fail(c, "conf.too_big", str_of(path), 0, STR(""));
	char *p = arena_alloc(c->mem, CONF_BYTES + 1);
	ssize_t n = e ? 0 : read(fd, p, CONF_BYTES);
	close(fd);
	if (!e && n < 0)
		e = cx_fail(c, ERR_IO, "io.read", (place){ .file = str_of(path) }, STR(""));
	*out = (str){ p, n > 0 ? (size_t)n : 0 };
	if (!e && vn_utf8_check(*out) < out->len)
		e = fail(c, "conf.not_text", str_of(path), 0, STR(""));
	return e;
}

enum err conf_read(cx *c, const char *path, const char *const *names, bool secret, struct conf *out)
{
	struct reading r = { .c = c, .out = out, .names = names };
	*out = (struct conf){ .file = arena_str(c->mem, str_of(path)) };
	enum err e = read_bytes(c, path, secret, &r.rest);
	if (e)
		return e;
	size_t before = c->n_errors;
	int wrong = ini_parse_stream(next_line, &r, one_entry, &r);
	if (c->n_errors > before)
		return ERR_INPUT;
	return wrong ? fail(c, "conf.syntax", out->file, wrong < 0 ? 0 : wrong, STR("")) : ERR_OK;
}

const struct conf_entry *conf_find(const struct conf *f, const char *name)
{
	str rest = str_of(name), section;
	if (!str_next(&rest, '/', &section))
		return NULL;
	for (size_t i = f->n; i-- > 0;)
		if (str_eq(f->p[i].section, section) && str_eq(f->p[i].name, rest))
			return &f->p[i];
	return NULL;
}

str conf_get(const struct conf *f, const char *name)
{
	const struct conf_entry *e = conf_find(f, name);
	return e ? e->value : STR("");
}
