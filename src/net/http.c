#include "net/http.h"
#include <curl/curl.h>
#include <pthread.h>
#include "base/buf.h"
#include "base/vn.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

void net_init(void) { pthread_once(&once, start); }

str net_escape(arena *mem, str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *p = arena_alloc(mem, 3 * s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char b = (unsigned char)s.p[i];
		if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || memchr("-._~", b, 4)) {
			p[n++] = (char)b;
			continue;
		}
		p[n++] = '%';
		p[n++] = hex[b >> 4];
		p[n++] = hex[b & 15];
	}
	return (str){ p, n };
}

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	buf_add(ctx, (str){ p, size * n });
	return buf_full(ctx) ? 0 : size * n; /* less than given: libcurl ends it */
}

static bool one_line(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return s.len > 0;
}

static enum err fail(cx *c, enum err code, const char *key, const char *why)
{
	fault *f = cx_fault(c, FAULT_ERROR, key, (place){ 0 }, STR(""));
	fault_arg(c, f, 1, str_of(why));
	return code;
}

static enum err trouble(cx *c, CURLcode code, const buf *body)
{
	const char *why = curl_easy_strerror(code);
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL: return fail(c, ERR_INPUT, "net.address", why);
	case CURLE_WRITE_ERROR: return buf_full(body) ? fail(c, ERR_LIMIT, "net.too_long", why) : fail(c, ERR_IO, "net.failed", why);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE: return fail(c, ERR_IO, "net.certificate", why);
	case CURLE_OPERATION_TIMEDOUT: return fail(c, ERR_BUSY, "net.too_slow", why);
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR: return fail(c, ERR_BUSY, "net.unreachable", why);
	default: return fail(c, ERR_IO, "net.failed", why);
	}
}

static void set_up(CURL *h, cx *c, const struct http_ask *ask, struct curl_slist *headers, buf *body)
{
	curl_easy_setopt(h, CURLOPT_URL, arena_cstr(c->mem, ask->url));
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, ask->plain ? "http,https" : "https");
	curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, ask->connect_ms ? ask->connect_ms : (long)HTTP_CONNECT_MS);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, ask->total_ms ? ask->total_ms : (long)HTTP_TOTAL_MS);
	curl_easy_setopt(h, CURLOPT_USERAGENT, "thuocdo/" THUOCDO_VERSION);
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, body);
	if (ask->ca_file)
		curl_easy_setopt(h, CURLOPT_CAINFO, ask->ca_file);
	if (ask->user.len) {
		curl_easy_setopt(h, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(h, CURLOPT_USERNAME, arena_cstr(c->mem, ask->user));
		curl_easy_setopt(h, CURLOPT_PASSWORD, arena_cstr(c->mem, ask->password));
	}
	if (strcmp(ask->method, "POST") == 0) {
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.len);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, ask->body.len ? ask->body.p : "");
	}
}

static enum err perform(cx *c, CURL *h, buf *body, struct http_reply *out)
{
	CURLcode code = curl_easy_perform(h);
	if (code != CURLE_OK)
		return trouble(c, code, body);
	long status = 0;
	const char *type = NULL;
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
	*out = (struct http_reply){ (int)status, arena_str(c->mem, str_of(type)), arena_str(c->mem, buf_str(body)) };
	return ERR_OK;
}

enum err http_do(cx *c, const struct http_ask *ask, struct http_reply *out)
{
	struct curl_slist *headers = NULL;
	buf body;
	if (!one_line(ask->url))
		return fail(c, ERR_INPUT, "net.address", "");
	for (size_t i = 0; i < ask->n_headers; i++)
		if (!one_line(ask->headers[i]))
			return fail(c, ERR_INPUT, "net.header", "");
	net_init();
	CURL *h = curl_easy_init();
	if (!h)
		return fail(c, ERR_IO, "net.failed", "");
	for (size_t i = 0; i < ask->n_headers; i++)
		headers = curl_slist_append(headers, arena_cstr(c->mem, ask->headers[i]));
	buf_init(&body, ask->max_reply ? ask->max_reply : HTTP_REPLY_MAX);
	set_up(h, c, ask, headers, &body);
	enum err e = perform(c, h, &body, out);
	buf_free(&body);
	curl_slist_free_all(headers);
	curl_easy_cleanup(h);
	return e;
}
