/* reply: what a page answers with, and the response that is made of it: security headers, caching, compression. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "web/inner.h"
#include "web/pager.h"
#include "web/view.h"

static const char HTML[] = "text/html; charset=utf-8", JSON[] = "application/json; charset=utf-8", CSV[] = "text/csv; charset=utf-8; header=present";
static const char PROBLEM[] = "application/problem+json; charset=utf-8";
enum { COMPRESS_FROM = 700 }; /* bytes; less fits one packet anyway */

bool web_cancelled(const struct web_cx *w) { return w->cancelled && atomic_load(w->cancelled); }

/* --- what goes with the reply --- */

static bool is_header_text(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return true;
}

void web_header(struct web_cx *w, const char *name, str value)
{
	assert(is_header_text(value));
	struct web_header *h = NEW(w->mem, struct web_header);
	*h = (struct web_header){ name, arena_cstr(w->mem, value), w->headers };
	w->headers = h;
}

static void disposition(struct web_cx *w, const char *how, str file_name)
{
	buf b;
	buf_init(&b, 4096);
	buf_addz(&b, how);
	buf_addz(&b, "; filename=\"");
	for (size_t i = 0; i < file_name.len && i < 200; i++) { /* for old clients: ASCII only */
		char c = file_name.p[i];
		if (c >= 0x20 && c < 0x7F)
			buf_char(&b, c == '"' || c == '\\' || c == '/' ? '_' : c);
	}
	buf_addz(&b, "\"; filename*=UTF-8''");
	view_segment(&b, file_name);
	web_header(w, "Content-Disposition", buf_str(&b));
	buf_free(&b);
}

void web_download(struct web_cx *w, str file_name) { disposition(w, "attachment", file_name); }
void web_show(struct web_cx *w, str file_name) { disposition(w, "inline", file_name); }

void web_cookie(struct web_cx *w, const char *name, str value, int64_t max_age_s)
{
	char age[40] = "";
	if (max_age_s != 0)
		snprintf(age, sizeof age, "; Max-Age=%" PRId64, max_age_s < 0 ? 0 : max_age_s);
	const char *secure = w->server && w->server->config.tls ? "; Secure" : "";
	web_header(w, "Set-Cookie", arena_printf(w->mem, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%s", name, STR_ARG(value), age, secure));
}

str web_cookie_get(const struct web_cx *w, const char *name)
{
	for (size_t i = 0; i < w->n_cookies; i++)
		if (str_is(w->cookies[i].name, name))
			return w->cookies[i].value;
	return STR("");
}

void web_cache(struct web_cx *w, int64_t seconds) { w->max_age = seconds; }

str web_path(struct web_cx *w, enum lang lang, str path)
{
	if (lang == LANG_VI)
		return path;
	return str_eq(path, STR("/")) ? STR("/en") : arena_printf(w->mem, "/en%.*s", STR_ARG(path));
}

/* --- replies --- */

void answer_reset(struct web_cx *w)
{
	buf_clear(&w->out);
	w->done = false;
	w->pages = NULL;
	if (w->send_fd >= 0)
		close(w->send_fd);
	w->send_fd = -1;
	w->policy = NULL;
}

static void finish(struct web_cx *w, const char *type)
{
	assert(!w->done); /* one reply a request */
	w->done = true;
	w->type = type;
}

void web_reply_html(struct web_cx *w)
{
	pager_links(w);
	finish(w, HTML);
}

void web_reply_json_start(struct web_cx *w, json_out *j)
{
	json_init(j, &w->out);
	json_put_object(j);
	json_add_int(j, "version", 1);
	json_put_key(j, "data");
}

void web_reply_json_end(struct web_cx *w, json_out *j)
{
	pager_json(w, j);
	json_put_end(j, '}');
	buf_char(&w->out, '\n');
	pager_links(w);
	finish(w, JSON);
}

void web_reply_csv(struct web_cx *w, const char *name)
{
	web_download(w, arena_printf(w->mem, "%s.csv", name));
	finish(w, CSV);
}

void web_bytes(struct web_cx *w, const char *type, str bytes)
{
	buf_add(&w->out, bytes);
	finish(w, type);
}

void web_send_file(struct web_cx *w, const char *type, int fd, uint64_t size)
{
	w->send_fd = fd;
	w->send_size = size;
	finish(w, type);
}

int web_spool(struct web_cx *w)
{
	w->send_fd = spool_file(w->server->config.spool_dir);
	if (w->send_fd < 0)
		cx_fault(w->cx, FAULT_ERROR, "form.spool", (place){ 0 }, STR(""));
	return w->send_fd;
}

void web_policy(struct web_cx *w, const char *csp) { w->policy = csp; }

void web_redirect(struct web_cx *w, str path)
{
	assert(path.len && path.p[0] == '/');
	w->status = 303;
	web_header(w, "Location", web_path(w, w->lang, path));
	finish(w, "text/plain; charset=utf-8");
}

void web_redirect_out(struct web_cx *w, str url)
{
	assert(str_starts(url, STR("https://")) || str_starts(url, STR("http://")));
	w->status = 303;
	web_header(w, "Location", url);
	finish(w, "text/plain; charset=utf-8");
}

void answer_problem(struct web_cx *w) { finish(w, PROBLEM); }

/* --- the response --- */

static void header(struct MHD_Response *response, const char *name, const char *value)
{
	enum MHD_Result ok = MHD_add_response_header(response, name, value);
	(void)ok; /* no memory: a response without this header */
}

void answer_security(const struct web_server *s, struct MHD_Response *response, const char *policy)
{
	static const char pages[] =
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
	header(response, "Content-Security-Policy", policy ? policy : pages);
	header(response, "X-Content-Type-Options", "nosniff");
	header(response, "Referrer-Policy", "same-origin");
	header(response, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
	header(response, "Cross-Origin-Opener-Policy", "same-origin");
	header(response, "Cross-Origin-Resource-Policy", "same-origin");
	if (s->config.tls && s->config.hsts)
		header(response, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

struct MHD_Response *answer_plain(const struct web_server *s, const char *text)
{
	union { const char *from; void *to; } p = { text }; /* persistent: never written to */
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), p.to, MHD_RESPMEM_PERSISTENT);
	if (!response)
		abort();
	header(response, "Content-Type", "text/plain; charset=utf-8");
	header(response, "Cache-Control", "no-store");
	answer_security(s, response, NULL);
	return response;
}

static void cache_headers(const struct request *r, struct MHD_Response *response, int status)
{
	const struct web_cx *w = &r->w;
	char text[64];
	if (w->method != WEB_GET || status >= 400 || w->max_age < 0 || w->actor->user_id)
		snprintf(text, sizeof text, "no-store");
	else if (w->route && strcmp(w->route->may, "public") != 0)
		snprintf(text, sizeof text, "private, no-cache");
	else if (w->max_age > 0)
		snprintf(text, sizeof text, "public, max-age=%" PRId64, w->max_age);
	else
		snprintf(text, sizeof text, "no-cache"); /* may be kept, but is asked for again with its ETag */
	header(response, "Cache-Control", text);
	/* Only the HTML face looks as the reader's cookies say (display.h). */
	snprintf(text, sizeof text, "%sAccept-Encoding%s", r->negotiated ? "Accept, " : "", w->type == HTML ? ", Cookie" : "");
	header(response, "Vary", text);
}

static void page_headers(const struct request *r, struct MHD_Response *response, int status)
{
	const struct web_cx *w = &r->w;
	if (status != 304)
		header(response, "Content-Type", w->type);
	header(response, "Content-Language", w->lang == LANG_EN ? "en" : "vi");
	header(response, "X-Request-Id", r->id);
	cache_headers(r, response, status);
	answer_security(r->server, response, w->policy);
	for (const struct web_header *h = w->headers; h; h = h->next)
		header(response, h->name, h->value);
}

static bool etag_matches(str given, const char *etag)
{
	str one;
	while (given.len && str_next(&given, ',', &one)) {
		one = str_trim(one);
		if (str_is(one, "*") || str_is(one, etag))
			return true;
	}
	return false;
}

static bool compressible(const char *type)
{
	return strncmp(type, "text/", 5) == 0 || strncmp(type, "application/json", 16) == 0 || strncmp(type, "application/problem+json", 24) == 0
		|| strncmp(type, "image/svg", 9) == 0;
}

/* The buffer of the page, taken over. */
static struct content out_content(struct web_cx *w)
{
	struct content body = { w->out.p, w->out.len, false, free, w->out.p };
	w->out = (buf){ .max = w->out.max };
	return body;
}

static struct reply broken(struct request *r)
{
	atomic_fetch_add(&r->server->n_broken, 1);
	static const char text[] = "500 Lỗi máy chủ. / Server error.\n";
	return (struct reply){ answer_plain(r->server, text), 500, sizeof text - 1 };
}

static struct reply file_reply(struct request *r)
{
	struct web_cx *w = &r->w;
	struct reply reply = { .status = w->status, .size = w->send_size };
	reply.response = MHD_create_response_from_fd64(w->send_size, w->send_fd);
	if (!reply.response)
		return broken(r);
	w->send_fd = -1; /* MHD closes it */
	page_headers(r, reply.response, w->status);
	return reply;
}

/* Answers that can be asked for again with their ETag. */
static bool is_tagged(const struct web_cx *w)
{
	return w->status == 200 && w->method == WEB_GET && w->max_age >= 0;
}

struct reply answer_content(struct request *r, struct content *body, uint64_t hash)
{
	struct web_cx *w = &r->w;
	struct reply reply = { .status = w->status, .size = body->n };
	char etag[32];
	snprintf(etag, sizeof etag, "W/\"%016" PRIx64 "\"", hash); /* weak: the same for gzip and plain */
	if (is_tagged(w) && etag_matches(r->if_none_match, etag)) {
		body->free(body->owner);
		*body = (struct content){ .free = free };
		reply.status = 304;
		reply.size = 0;
	}
	union { const void *from; void *to; } p = { body->p }; /* never written to */
	reply.response = MHD_create_response_from_buffer_with_free_callback_cls(body->n, p.to, body->free, body->owner);
	if (!reply.response) {
		body->free(body->owner);
		return broken(r);
	}
	if (body->gzip)
		header(reply.response, "Content-Encoding", "gzip");
	page_headers(r, reply.response, reply.status);
	if (is_tagged(w))
		header(reply.response, "ETag", etag);
	if (r->head)
		reply.size = 0;
	return reply;
}

struct reply answer_build(struct request *r)
{
	struct web_cx *w = &r->w;
	if (!w->done || buf_full(&w->out))
		return broken(r);
	if (!w->status)
		w->status = 200;
	if (w->send_fd >= 0)
		return file_reply(r);
	str out = buf_str(&w->out);
	uint64_t hash = body_hash(out);
	struct content body;
	if (!r->gzip || out.len < COMPRESS_FROM || !compressible(w->type) || !gzip_content(r->server->memo, out, hash, &body))
		body = out_content(w);
	if (r->version && is_tagged(w) && (w->type == HTML || w->type == JSON || w->type == CSV))
		shelf_put(r, &body, hash);
	return answer_content(r, &body, hash);
}
