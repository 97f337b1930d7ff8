#include "format/xform.h"
#include <expat.h>
#include <openssl/evp.h>
#include "base/vn.h"

struct reader {
	cx *c;
	str name;
	struct xform *out;
	XML_Parser parser;
	int depth;
	size_t path_end[XFORM_MAX_DEPTH + 1]; /* of path, at each depth */
	bool has_child[XFORM_MAX_DEPTH + 1];
	buf path, text;
	const char *failed; /* key */
};

static void stop(struct reader *r, const char *key)
{
	if (!r->failed)
		r->failed = key;
	XML_StopParser(r->parser, XML_FALSE);
}

/* "orx:meta" -> "meta" */
static str local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return str_of(colon ? colon + 1 : name);
}

static void read_root(struct reader *r, const char **attributes)
{
	for (size_t i = 0; attributes[i]; i += 2) {
		str *to = strcmp(attributes[i], "id") == 0 ? &r->out->id : strcmp(attributes[i], "version") == 0 ? &r->out->version : NULL;
		if (to)
			*to = vn_nfc(r->c->mem, str_trim(arena_str(r->c->mem, str_of(attributes[i + 1]))));
	}
}

static void XMLCALL on_open(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = user;
	if (r->depth >= XFORM_MAX_DEPTH) {
		stop(r, "xform.too_deep");
		return;
	}
	if (r->depth)
		r->has_child[r->depth] = true;
	r->depth++;
	r->has_child[r->depth] = false;
	if (r->depth == 1)
		read_root(r, attributes);
	else {
		if (r->path.len)
			buf_char(&r->path, '/');
		buf_add(&r->path, local_name(name));
		if (r->path.len > XFORM_MAX_PATH) /* each leaf keeps its path */
			stop(r, "xform.too_deep");
	}
	r->path_end[r->depth] = r->path.len;
	buf_clear(&r->text);
}

static void XMLCALL on_close(void *user, const XML_Char *name)
{
	struct reader *r = user;
	(void)name;
	if (r->depth > 1 && !r->has_child[r->depth]) {
		if (r->out->leaves.n >= XFORM_MAX_LEAVES)
			stop(r, "xform.too_many");
		else
			*VEC_PUSH(r->c->mem, &r->out->leaves) = (struct xform_leaf){ arena_str(r->c->mem, buf_str(&r->path)),
				vn_nfc(r->c->mem, str_trim(arena_str(r->c->mem, buf_str(&r->text)))) };
	}
	r->depth--;
	r->path.len = r->depth > 0 ? r->path_end[r->depth] : 0;
	buf_clear(&r->text);
}

static void XMLCALL on_text(void *user, const XML_Char *s, int n)
{
	struct reader *r = user;
	buf_add(&r->text, (str){ s, (size_t)n });
	if (r->text.len > XFORM_MAX_TEXT || buf_full(&r->text))
		stop(r, "xform.text_long");
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_internal)
{
	(void)name, (void)system, (void)public, (void)has_internal;
	stop(user, "xform.doctype");
}

static enum err tell(struct reader *r)
{
	char line[24];
	snprintf(line, sizeof line, "%lu", (unsigned long)XML_GetCurrentLineNumber(r->parser));
	const char *key = r->failed ? r->failed : "xform.xml";
	fault *f = cx_fault(r->c, FAULT_ERROR, key, (place){ .file = r->name }, (str){ 0 });
	fault_arg(r->c, f, 1, str_of(line));
	if (!r->failed)
		fault_arg(r->c, f, 2, str_of(XML_ErrorString(XML_GetErrorCode(r->parser))));
	return ERR_INPUT;
}

enum err xform_read(cx *c, str name, str bytes, struct xform *out)
{
	struct reader r = { .c = c, .name = name, .out = out };
	*out = (struct xform){ 0 };
	if (bytes.len > XFORM_MAX) {
		fault_arg(c, cx_fault(c, FAULT_ERROR, "xform.too_large", (place){ .file = name }, (str){ 0 }), 1, STR("1024"));
		return ERR_LIMIT;
	}
	buf_init(&r.path, XFORM_MAX);
	buf_init(&r.text, XFORM_MAX);
	r.parser = XML_ParserCreate(NULL);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_open, on_close);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	enum XML_Status status = XML_Parse(r.parser, bytes.p, (int)bytes.len, 1);
	enum err e = status == XML_STATUS_ERROR || r.failed ? tell(&r) : ERR_OK;
	if (!e && !out->id.len)
		e = cx_fail(c, ERR_INPUT, "xform.no_id", (place){ .file = name }, (str){ 0 });
	XML_ParserFree(r.parser);
	buf_free(&r.path);
	buf_free(&r.text);
	return e;
}

str xform_leaf(const struct xform *x, const char *path)
{
	for (size_t i = 0; i < x->leaves.n; i++)
		if (str_is(x->leaves.p[i].path, path))
			return x->leaves.p[i].text;
	return STR("");
}

/* ---- writing ---- */

void xform_text(buf *b, str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		switch (ch) {
		case '&': buf_addz(b, "&amp;"); break;
		case '<': buf_addz(b, "&lt;"); break;
		case '>': buf_addz(b, "&gt;"); break;
		case '"': buf_addz(b, "&quot;"); break;
		case '\n': buf_addz(b, "&#10;"); break;
		case '\t': buf_addz(b, "&#9;"); break;
		case '\r': buf_addz(b, "&#13;"); break;
		default:
			if (ch >= 0x20)
				buf_char(b, (char)ch);
		}
	}
}

str xform_hash(arena *mem, str bytes)
{
	unsigned char h[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	if (!EVP_Digest(bytes.p, bytes.len, h, &n, EVP_md5(), NULL))
		return STR("");
	char *hex = arena_alloc(mem, 4 + n * 2 + 1);
	memcpy(hex, "md5:", 4);
	for (unsigned i = 0; i < n; i++)
		snprintf(hex + 4 + i * 2, 3, "%02x", h[i]);
	return (str){ hex, 4 + (size_t)n * 2 };
}
