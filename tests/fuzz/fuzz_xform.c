/* Any bytes as what an interviewers' app sends: a fault, or leaves within their caps, each in valid text. */
#include <stdlib.h>
#include "base/vn.h"
#include "format/xform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(64 << 20);
	struct xform x;
	buf b;
	enum err e = xform_read(c, STR("x"), (str){ (const char *)data, size }, &x);
	must((e == ERR_OK) == (c->n_errors == 0));
	buf_init(&b, 0);
	for (size_t i = 0; !e && i < x.leaves.n; i++) {
		const struct xform_leaf *l = &x.leaves.p[i];
		must(l->path.len && l->text.len <= 3 * XFORM_MAX_TEXT && vn_utf8_check(l->text) == l->text.len);
		buf_addz(&b, i ? "</a><a>" : "<d id='d'><a>");
		xform_text(&b, l->text);
	}
	must(e || (x.id.len && x.leaves.n <= XFORM_MAX_LEAVES));
	if (!e && x.leaves.n && b.len < XFORM_MAX - 20) { /* what was written is read again as it was */
		struct xform again;
		buf_addz(&b, "</a></d>");
		must(xform_read(c, STR("x"), buf_str(&b), &again) == ERR_OK && again.leaves.n == x.leaves.n);
		must(str_eq(again.leaves.p[0].text, x.leaves.p[0].text));
	}
	buf_free(&b);
	cx_free(c);
	return 0;
}
