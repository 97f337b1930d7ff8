#include "format/package.h"
#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

enum { PIECE = 64 << 10 };

struct relation {
	str from, id, type, target; /* type: its last word */
};

struct package {
	cx *c;
	str name, main;
	zip_t *zip;
	bool macros, failed;
	VEC(struct relation) relations;
	VEC(str) asked; /* parts whose relations were read */
	xml *parts;     /* open ones */
	struct cx_hold hold;
};

struct xml {
	package *p;
	XML_Parser parser;
	zip_file_t *file;
	str part;
	const struct xml_handler *h;
	void *user;
	uint64_t packed, unpacked;
	size_t since; /* bytes given to the parser since it last told something */
	int depth;
	bool paused, ended, failed;
	xml *next;
};

static fault *fail(package *p, const char *key, str arg1, str arg2)
{
	fault *f = cx_fault(p->c, FAULT_ERROR, key, (place){ .file = p->name }, STR(""));
	fault_arg(p->c, f, 1, arg1);
	fault_arg(p->c, f, 2, arg2);
	p->failed = true;
	return f;
}

static str number(cx *c, long long n) { return arena_printf(c->mem, "%lld", n); }

/* ---- the archive ---- */

static bool is_ole(str b) { return str_starts(b, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")); }

bool package_is_office(str bytes) { return is_ole(bytes) || str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("PK\x05\x06")); }

/* The streams of an OLE file have names in UTF-16; an encrypted package is one of them. */
static bool is_encrypted(str b)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	return memmem(b.p, b.len, name, sizeof name - 1) != NULL;
}

/* Entries as the archive lists them, counted before a library makes room for them. */
static size_t count_entries(str b)
{
	size_t n = 0;
	const char *end = b.p + b.len;
	for (const char *p = b.p; (p = memmem(p, (size_t)(end - p), "PK\x01\x02", 4)); p += 4)
		n++;
	return n;
}

static bool open_zip(package *p, str bytes)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.len, 0, &error);
	p->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	if (!p->zip) {
		fail(p, "office.damaged", STR(""), str_of(zip_error_strerror(&error)));
		if (source)
			zip_source_free(source);
	}
	zip_error_fini(&error);
	return p->zip != NULL;
}

static int64_t find(const package *p, str part)
{
	const char *name = arena_cstr(p->c->mem, part);
	int64_t at = zip_name_locate(p->zip, name, 0);
	return at >= 0 ? at : zip_name_locate(p->zip, name, ZIP_FL_NOCASE);
}

/* "a/b/../c.xml" -> "a/c.xml" */
static str straighten(cx *c, str path)
{
	str rest = path, step;
	buf b;
	buf_init(&b, 0);
	while (str_next(&rest, '/', &step)) {
		if (!step.len || str_is(step, "."))
			continue;
		if (str_is(step, "..")) {
			while (b.len && b.p[--b.len] != '/')
				continue;
			continue;
		}
		if (b.len)
			buf_char(&b, '/');
		buf_add(&b, step);
	}
	str s = arena_str(c->mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str folder_of(str part)
{
	while (part.len && part.p[part.len - 1] != '/')
		part.len--;
	return part;
}

static str last_word(str s)
{
	str f = folder_of(s);
	return (str){ s.p + f.len, s.len - f.len };
}

struct relation_reader {
	package *p;
	str from;
};

static void relation_open(void *user, const char *name, const char **attributes)
{
	struct relation_reader *r = user;
	cx *c = r->p->c;
	const char *id = xml_attr(attributes, "Id"), *type = xml_attr(attributes, "Type"), *target = xml_attr(attributes, "Target"),
		   *mode = xml_attr(attributes, "TargetMode");
	if (strcmp(name, "Relationship") != 0 || !type || !target || (mode && strcmp(mode, "External") == 0))
		return;
	str to = str_of(target);
	if (to.p[0] != '/')
		to = arena_printf(c->mem, "%.*s%s", STR_ARG(folder_of(r->from)), target);
	*VEC_PUSH(c->mem, &r->p->relations) = (struct relation){ r->from, arena_str(c->mem, str_of(id ? id : "")),
		arena_str(c->mem, last_word(str_of(type))), straighten(c, to) };
}

static void nothing(void *user, const char *name)
{
	(void)user;
	(void)name;
}

static void read_relations(package *p, str from)
{
	static const struct xml_handler h = { .open = relation_open, .close = nothing };
	for (size_t i = 0; i < p->asked.n; i++)
		if (str_eq(p->asked.p[i], from))
			return;
	struct relation_reader r = { p, arena_str(p->c->mem, from) };
	*VEC_PUSH(p->c->mem, &p->asked) = r.from;
	str folder = folder_of(from), file = last_word(from);
	str part = arena_printf(p->c->mem, "%.*s_rels/%.*s.rels", STR_ARG(folder), STR_ARG(file));
	if (find(p, part) >= 0)
		xml_read(p, part, &h, &r);
}

bool package_target(package *p, str from, str id, const char *type, str *part)
{
	read_relations(p, from);
	for (size_t i = 0; i < p->relations.n; i++) {
		const struct relation *r = &p->relations.p[i];
		if (!str_eq(r->from, from) || (id.len ? !str_eq(r->id, id) : !str_is(r->type, type)))
			continue;
		*part = r->target;
		return find(p, r->target) >= 0;
	}
	return false;
}

static bool find_main(package *p, enum package_kind kind)
{
	const char *wanted = kind == PACKAGE_XLSX ? "xl/workbook.xml" : "word/document.xml";
	for (int64_t i = 0; i < zip_get_num_entries(p->zip, 0); i++)
		p->macros |= str_ends_nocase(str_of(zip_get_name(p->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW)), "vbaProject.bin");
	if (!package_target(p, STR(""), STR(""), "officeDocument", &p->main))
		p->main = str_of(wanted);
	if (p->failed)
		return false;
	if (find(p, STR("mimetype")) >= 0 && find(p, p->main) < 0)
		return fail(p, "office.open_document", STR(""), STR("")), false;
	if (str_ends_nocase(p->main, ".bin"))
		return fail(p, "office.binary", STR(""), STR("")), false;
	if (find(p, p->main) < 0)
		return fail(p, "office.not_zip", STR(""), STR("")), false;
	return true;
}

static bool open_archive(package *p, str bytes, enum package_kind kind)
{
	if (is_ole(bytes))
		return fail(p, is_encrypted(bytes) ? "office.password" : "office.binary", STR(""), STR("")), false;
	if (!package_is_office(bytes))
		return fail(p, "office.not_zip", STR(""), STR("")), false;
	if (count_entries(bytes) > PACKAGE_MAX_PARTS)
		return fail(p, "office.too_many_parts", number(p->c, PACKAGE_MAX_PARTS), STR("")), false;
	return open_zip(p, bytes) && find_main(p, kind);
}

static void drop(void *what) { package_close(what); }

package *package_open(cx *c, str name, str bytes, enum package_kind kind)
{
	package *p = NEW(c->mem, package);
	p->c = c;
	p->name = arena_str(c->mem, name);
	cx_hold(c, &p->hold, drop, p);
	if (open_archive(p, bytes, kind))
		return p;
	package_close(p);
	return NULL;
}

void package_close(package *p)
{
	if (!p)
		return;
	cx_unhold(&p->hold);
	while (p->parts)
		xml_close(p->parts);
	if (p->zip)
		zip_discard(p->zip);
	p->zip = NULL;
}

str package_main(const package *p) { return p->main; }

bool package_macros(const package *p) { return p->macros; }

bool package_failed(const package *p) { return p->failed; }

static enum err read_all(cx *c, int fd, const char *path, str *bytes)
{
	buf b;
	buf_init(&b, PACKAGE_MAX_FILE);
	ssize_t n = 1;
	for (char *to; n > 0 && (to = buf_room(&b, PIECE));) {
		do
			n = read(fd, to, PIECE);
		while (n < 0 && errno == EINTR);
		b.len += n > 0 ? (size_t)n : 0;
	}
	int error = errno;
	place at = { .file = str_of(path) };
	enum err e = ERR_OK;
	if (n < 0) {
		fault_arg(c, cx_fault(c, FAULT_ERROR, "io.read", at, STR("")), 1, str_of(strerror(error)));
		e = ERR_IO;
	} else if (buf_full(&b)) {
		e = cx_fail(c, ERR_LIMIT, "office.file_size", at, STR(""));
		fault_arg(c, c->n_faults ? &c->faults[c->n_faults - 1] : NULL, 1, number(c, PACKAGE_MAX_FILE >> 20));
	} else {
		*bytes = arena_str(c->mem, buf_str(&b));
	}
	buf_free(&b);
	return e;
}

enum err package_read_file(cx *c, const char *path, str *bytes)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int error = fd < 0 || fstat(fd, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
	if (error) {
		fault_arg(c, cx_fault(c, FAULT_ERROR, "io.open", (place){ .file = str_of(path) }, STR("")), 1, str_of(strerror(error)));
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	enum err e = read_all(c, fd, path, bytes);
	close(fd);
	return e;
}

/* ---- a part as XML ---- */

static const char *local(const char *name)
{
	const char *colon = strchr(name, ':');
	return colon ? colon + 1 : name;
}

const char *xml_attr(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (strcmp(local(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

bool xml_flag(const char **attributes, const char *name, bool absent)
{
	const char *v = xml_attr(attributes, name);
	return v ? strcmp(v, "1") == 0 || strcmp(v, "true") == 0 : absent;
}

void xml_pause(xml *x) { XML_StopParser(x->parser, XML_TRUE); }

void xml_stop(xml *x)
{
	x->failed = true;
	XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL on_open(void *user, const XML_Char *name, const XML_Char **attributes)
{
	xml *x = user;
	x->since = 0;
	if (x->failed)
		return;
	if (++x->depth > PACKAGE_MAX_DEPTH) {
		fail(x->p, "office.too_deep", x->part, STR(""));
		xml_stop(x);
		return;
	}
	x->h->open(x->user, local(name), attributes);
}

static void XMLCALL on_close(void *user, const XML_Char *name)
{
	xml *x = user;
	x->since = 0;
	x->depth--;
	if (!x->failed)
		x->h->close(x->user, local(name));
}

static void XMLCALL on_text(void *user, const XML_Char *s, int n)
{
	xml *x = user;
	x->since = 0;
	if (!x->failed && x->h->text)
		x->h->text(x->user, s, (size_t)n);
}

static void XMLCALL on_comment(void *user, const XML_Char *s)
{
	(void)s;
	((xml *)user)->since = 0;
}

static void XMLCALL on_instruction(void *user, const XML_Char *target, const XML_Char *data)
{
	(void)target;
	on_comment(user, data);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_internal)
{
	xml *x = user;
	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	fail(x->p, "office.doctype", x->part, STR(""));
	xml_stop(x);
}

static bool open_part(xml *x)
{
	package *p = x->p;
	zip_stat_t st;
	int64_t at = find(p, x->part);
	if (at < 0)
		return fail(p, "office.no_part", x->part, STR("")), false;
	if (zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) == 0 && (st.valid & ZIP_STAT_COMP_SIZE))
		x->packed = st.comp_size;
	x->file = zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
	if (x->file)
		return true;
	zip_error_t *error = zip_get_error(p->zip);
	bool locked = zip_error_code_zip(error) == ZIP_ER_NOPASSWD;
	fail(p, locked ? "office.password" : "office.damaged", x->part, str_of(zip_error_strerror(error)));
	return false;
}

xml *xml_open(package *p, str part, const struct xml_handler *h, void *user)
{
	xml *x = NEW(p->c->mem, xml);
	*x = (xml){ .p = p, .part = arena_str(p->c->mem, part), .h = h, .user = user, .next = p->parts };
	p->parts = x;
	if (!open_part(x)) {
		xml_close(x);
		return NULL;
	}
	x->parser = XML_ParserCreate(NULL);
	if (!x->parser)
		abort();
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_open, on_close);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetCommentHandler(x->parser, on_comment);
	XML_SetProcessingInstructionHandler(x->parser, on_instruction);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

void xml_close(xml *x)
{
	if (!x)
		return;
	for (xml **at = &x->p->parts; *at; at = &(*at)->next)
		if (*at == x) {
			*at = x->next;
			break;
		}
	if (x->parser)
		XML_ParserFree(x->parser);
	if (x->file)
		zip_fclose(x->file);
	x->parser = NULL;
	x->file = NULL;
}

static enum xml_state failed(xml *x, const char *key, str arg2)
{
	if (!x->failed)
		fail(x->p, key, x->part, arg2);
	x->failed = true;
	return XML_RUN_FAILED;
}

static enum xml_state wrong_xml(xml *x)
{
	if (!x->failed) {
		cx *c = x->p->c;
		fault *f = fail(x->p, "office.xml", x->part, number(c, (long long)XML_GetCurrentLineNumber(x->parser)));
		fault_arg(c, f, 3, str_of(XML_ErrorString(XML_GetErrorCode(x->parser))));
	}
	x->failed = true;
	return XML_RUN_FAILED;
}

/* Another piece for the parser. False: failed. */
static bool feed(xml *x, enum XML_Status *status)
{
	void *to = XML_GetBuffer(x->parser, PIECE);
	if (!to)
		abort();
	int64_t n = zip_fread(x->file, to, PIECE);
	if (n < 0) {
		zip_error_t *error = zip_file_get_error(x->file);
		return failed(x, "office.damaged", str_of(zip_error_strerror(error))), false;
	}
	x->unpacked += (uint64_t)n;
	x->since += (size_t)n;
	if (x->unpacked > PACKAGE_FREE && x->unpacked / PACKAGE_MAX_RATIO > x->packed)
		return failed(x, "office.bomb", STR("")), false;
	if (x->unpacked > PACKAGE_MAX_PART) {
		fail(x->p, "office.part_too_large", number(x->p->c, PACKAGE_MAX_PART >> 20), x->part);
		return x->failed = true, false;
	}
	x->ended = n == 0;
	*status = XML_ParseBuffer(x->parser, (int)n, n == 0);
	if (*status != XML_STATUS_ERROR && x->since > PACKAGE_MAX_TAG)
		return failed(x, "office.tag_too_long", STR("")), false;
	return true;
}

enum xml_state xml_run(xml *x)
{
	enum XML_Status status = XML_STATUS_OK;
	if (x->failed)
		return XML_RUN_FAILED;
	if (x->paused) {
		x->paused = false;
		status = XML_ResumeParser(x->parser);
	}
	for (;;) {
		if (status == XML_STATUS_SUSPENDED) {
			x->paused = true;
			return XML_RUN_PAUSED;
		}
		if (status == XML_STATUS_ERROR)
			return wrong_xml(x);
		if (x->ended)
			return XML_RUN_END;
		if (!feed(x, &status))
			return XML_RUN_FAILED;
	}
}

enum err xml_read(package *p, str part, const struct xml_handler *h, void *user)
{
	xml *x = xml_open(p, part, h, user);
	if (!x)
		return ERR_INPUT;
	enum xml_state s = xml_run(x);
	xml_close(x);
	return s == XML_RUN_END ? ERR_OK : ERR_INPUT;
}
