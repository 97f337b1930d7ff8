/* Any bytes as a PDF: signatures are found or not, and what is said of them holds: within the caps, within the file, in UTF-8. */
#include <stdlib.h>
#include "base/vn.h"
#include "format/pdf_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool from_memory(void *ctx, uint64_t at, void *to, size_t n)
{
	const str *s = ctx;
	must(at <= s->len && n <= s->len - at);
	memcpy(to, s->p + at, n);
	return true;
}

static void good(str s) { must(vn_utf8_check(s) == s.len); }

static void check(const struct pdf_signature *g, size_t size)
{
	must(g->state <= PDF_SIGN_UNREADABLE && g->trust <= PDF_TRUST_EXPIRED);
	must(g->covered <= size && (!g->whole || g->covered == size));
	must(g->trust != PDF_TRUST_KNOWN); /* nobody is trusted here */
	good(g->signer);
	good(g->organization);
	good(g->issuer);
	good(g->certificate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx *c = cx_new(0);
	str bytes = { (const char *)data, size };
	struct sniff_source s = { from_memory, &bytes, size };
	struct pdf_signatures l;
	int changes;
	if (pdf_sign_look(c, &s, NULL, &l) == ERR_OK) {
		must(l.n <= PDF_SIGNATURES);
		for (size_t i = 0; i < l.n; i++)
			check(&l.p[i], size);
	} else {
		must(c->n_errors > 0);
	}
	must(pdf_sign_changes(c, &s, size / 2, &changes) != ERR_OK || changes >= 0);
	must(!c->held);
	cx_free(c);
	return 0;
}
