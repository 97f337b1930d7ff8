/* Paths and headers from strangers. Lines of the input: a path, an Accept header, an Accept-Encoding header, an X-Forwarded-For header. */
#include <stdlib.h>
#include "base/vn.h"
#include "web/inner.h"
#include "web/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void page(struct web_cx *w) { (void)w; }

#define DOC .doc = { "", "" }

static const struct web_route table[] = {
	{ WEB_GET, "/", page, "public", DOC },
	{ WEB_GET, "/a/b", page, "public", DOC },
	{ WEB_GET, "/a/{x}", page, "public", DOC },
	{ WEB_GET, "/a/{x}/{y:int}", page, "public", DOC },
	{ WEB_GET, "/a/{x:id}/{y:date}/c", page, "public", DOC },
	{ WEB_POST, "/a/{x}/{y}/{z}", page, "public", DOC },
	{ 0 },
};

static void path(arena *mem, str s)
{
	static const struct web_route *const tables[] = { table, NULL };
	static struct router *r;
	char why[200];
	str segments[ROUTE_SEGMENTS];
	if (!r)
		r = router_new(tables, why, sizeof why);
	int n = route_split(mem, s, segments);
	if (n < 0)
		return;
	for (int i = 0; i < n; i++)
		must(segments[i].len && vn_utf8_check(segments[i]) == segments[i].len);
	for (int m = 0; m < WEB_METHODS; m++) {
		struct route_match match = router_find(r, (enum web_method)m, segments, (size_t)n);
		must(!match.info || (match.methods & 1u << m));
		for (size_t i = 0; match.info && i < match.info->n_params; i++)
			must(match.param[i].len > 0);
	}
}

static void forwarded(const char *s)
{
	static const char *const proxies[] = { "10.0.0.1", "::1", NULL };
	static const struct web_config config = { .proxies = proxies };
	char out[CLIENT_TEXT], mask[CLIENT_TEXT];
	const char *client = client_forwarded(&config, "10.0.0.1", s, out);
	for (const char *p = client; *p; p++)
		must(strchr("0123456789abcdef:.", *p) != NULL); /* what is logged is never what a stranger wrote */
	client_mask(client, mask);
	must(strcmp(mask, "?") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 5000)
		return 0;
	arena *mem = arena_new(0);
	str rest = { size ? (const char *)data : "", size }, line;
	for (int i = 0; i < 4 && rest.p && str_next(&rest, '\n', &line); i++) {
		if (i == 0)
			path(mem, line);
		else if (i == 1)
			must(accept_quality(line, "text/html") >= 0 && accept_quality(line, "text/html") <= 1000);
		else if (i == 2)
			accepts_gzip(arena_cstr(mem, line));
		else
			forwarded(arena_cstr(mem, line));
	}
	arena_free(mem);
	return 0;
}
