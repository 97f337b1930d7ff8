/* Forms from strangers: query strings and multipart bodies, cut into pieces of any size. The first byte chooses the kind, the second the
 * size of the pieces. However a multipart body is cut, the result is the same; what is accepted is UTF-8 without NUL, within the caps. */
#include <stdlib.h>
#include <unistd.h>
#include "base/vn.h"
#include "web/form.h"

enum { MAX_TEXT = 2000, MAX_FILE = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool good(str s) { return vn_utf8_check(s) == s.len; }

static void check_pairs(const struct form *f)
{
	size_t text = 0;
	must(f->n <= FORM_PAIRS);
	for (size_t i = 0; i < f->n; i++) {
		must(good(f->p[i].name) && good(f->p[i].value));
		text += f->p[i].value.len;
		if (f->p[i].file)
			must(f->p[i].file->size <= MAX_FILE && good(f->p[i].file->name));
	}
	must(text <= (size_t)1 << 20);
}

static enum err read_parts(cx *c, str body, size_t piece, struct form *f)
{
	struct multipart_limits limits = { MAX_TEXT, MAX_FILE, "/tmp" };
	struct multipart *m = multipart_new(c, STR("multipart/form-data; boundary=b"), &limits, f);
	must(m != NULL);
	for (size_t at = 0; at < body.len; at += piece)
		multipart_feed(m, (str){ body.p + at, body.len - at < piece ? body.len - at : piece });
	return multipart_end(m);
}

static void same(const struct form *a, const struct form *b)
{
	must(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		must(str_eq(a->p[i].name, b->p[i].name) && str_eq(a->p[i].value, b->p[i].value));
		must(!a->p[i].file == !b->p[i].file);
		if (a->p[i].file)
			must(a->p[i].file->size == b->p[i].file->size);
	}
}

static void multipart(cx *c, str body, size_t piece)
{
	struct form whole = { 0 }, cut = { 0 };
	enum err e = read_parts(c, body, body.len ? body.len : 1, &whole);
	must(read_parts(c, body, piece, &cut) == e);
	if (e == ERR_OK) {
		check_pairs(&whole);
		same(&whole, &cut);
	}
	form_close_files(&whole);
	form_close_files(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > 20000)
		return 0;
	cx *c = cx_new(0);
	str rest = { (const char *)data + 2, size - 2 };
	struct form f = { 0 };
	switch (data[0] % 4) {
	case 0:
		if (form_urlencoded(c, rest, &f) == ERR_OK)
			check_pairs(&f);
		break;
	case 1: form_cookies(c->mem, rest, &f); break;
	case 2: {
		struct multipart_limits limits = { MAX_TEXT, MAX_FILE, "/tmp" };
		struct multipart *m = multipart_new(c, rest, &limits, &f);
		if (m)
			multipart_end(m);
		break;
	}
	default: multipart(c, rest, (size_t)data[1] + 1);
	}
	cx_free(c);
	return 0;
}
