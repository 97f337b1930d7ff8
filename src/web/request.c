/* request: one request from its first line to its end. The header part runs in a thread of the event loop and must be quick; the page runs
 * in a worker, which must not look at the MHD connection: when its time is over, the connection goes on without it. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "web/basic.h"
#include "web/accept.h"
#include "web/asset.h"
#include "web/inner.h"
#include "web/input.h"
#include "web/view.h"

int64_t mono_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void make_id(struct request *r)
{
	uint64_t n = atomic_fetch_add(&r->server->n_requests, 1) + 1;
	snprintf(r->id, sizeof r->id, "%08x-%llx", r->server->id_salt, (unsigned long long)n);
}

struct request *request_new(struct web_server *s, const char *url, struct MHD_Connection *mhd)
{
	struct request *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->url = strdup(url);
	if (!r->url) {
		free(r);
		return NULL;
	}
	r->server = s;
	r->mhd = mhd;
	r->start_us = mono_us();
	atomic_init(&r->refs, 1);
	r->w.server = s;
	r->w.app = s->config.app;
	r->w.cancelled = &r->cancelled;
	r->w.send_fd = -1;
	static const struct actor nobody;
	r->w.id = r->id;
	r->w.actor = &nobody;
	make_id(r);
	atomic_fetch_add(&s->inflight, 1);
	return r;
}

void request_unref(struct request *r)
{
	if (atomic_fetch_sub(&r->refs, 1) > 1)
		return;
	if (r->multipart)
		multipart_end(r->multipart);
	form_close_files(&r->form);
	if (r->w.send_fd >= 0)
		close(r->w.send_fd);
	if (r->response && !r->shared)
		MHD_destroy_response(r->response);
	buf_free(&r->body);
	buf_free(&r->w.out);
	cx_free(r->w.cx);
	free(r->url);
	free(r);
}

void request_end(struct request *r, const char *how)
{
	int64_t micros = mono_us() - r->start_us;
	atomic_store(&r->cancelled, true);
	access_write(r, micros, how);
	count_request(r, micros);
	atomic_fetch_sub(&r->server->inflight, 1);
	request_unref(r);
}

/* --- refusing --- */

static bool refuse(struct request *r, int status)
{
	web_error(&r->w, status);
	struct reply reply = answer_build(r);
	r->response = reply.response;
	r->status = reply.status;
	r->sent = reply.size;
	return false;
}

static bool refuse_fault(struct request *r, int status, const char *key, str value)
{
	cx_fail(r->w.cx, ERR_INPUT, key, (place){ 0 }, value);
	return refuse(r, status);
}

static bool redirect(struct request *r, int status, str to)
{
	r->w.status = status;
	web_header(&r->w, "Location", to);
	r->w.done = true;
	r->w.type = "text/plain; charset=utf-8";
	struct reply reply = answer_build(r);
	r->response = reply.response;
	r->status = reply.status;
	return false;
}

/* --- the header --- */

static bool set_method(struct request *r, const char *method)
{
	r->head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	r->w.method = strcmp(method, MHD_HTTP_METHOD_POST) == 0 ? WEB_POST : WEB_GET;
	r->bad_method = !r->head && r->w.method == WEB_GET && strcmp(method, MHD_HTTP_METHOD_GET) != 0;
	return !r->bad_method;
}

static void open_context(struct request *r)
{
	struct web_cx *w = &r->w;
	w->cx = cx_new(r->server->config.request_memory);
	w->mem = w->cx->mem;
	w->cx->max_faults = 100;
	w->cx->now_ms = r->server->config.now_ms();
	w->client = str_of(r->client);
	w->face = FACE_HTML;
	buf_init(&w->out, r->server->config.reply_memory);
	buf_init(&r->body, BODY_READ_MAX);
}

static str good_host(arena *mem, const char *host)
{
	str s = str_of(host);
	for (size_t i = 0; i < s.len; i++)
		if (s.len > 255 || !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]", s.p[i]))
			return (str){ 0 };
	return arena_str(mem, s);
}

/* Header fields that the worker needs: it may outlive the connection. */
static void read_fields(struct request *r)
{
	const char *v = request_header(r, "If-None-Match");
	r->if_none_match = arena_str(r->w.mem, str_of(v));
	r->gzip = accepts_gzip(request_header(r, "Accept-Encoding"));
	r->own_site = same_site(r);
	r->w.host = good_host(r->w.mem, request_header(r, "Host"));
	r->w.agent = arena_str(r->w.mem, str_of(request_header(r, "User-Agent")));
	r->w.authorization = arena_str(r->w.mem, str_of(request_header(r, "Authorization")));
	v = request_header(r, "Cookie");
	form_cookies(r->w.mem, arena_str(r->w.mem, str_of(v)), &r->cookies);
	r->w.cookies = r->cookies.p;
	r->w.n_cookies = r->cookies.n;
}

/* Path and query of the request line; an absolute URL loses its scheme and host. */
static str split_url(struct request *r)
{
	str url = str_of(r->url), path;
	if (str_starts(url, STR("http://")) || str_starts(url, STR("https://"))) {
		const char *host = strstr(url.p, "://") + 3, *slash = strchr(host, '/');
		url = slash ? str_of(slash) : STR("/");
	}
	const char *hash = url.len ? memchr(url.p, '#', url.len) : NULL;
	if (hash)
		url.len = (size_t)(hash - url.p);
	str rest = url;
	str_next(&rest, '?', &path);
	r->w.query = rest.p ? rest : STR("");
	return path;
}

static str take_language(struct request *r, str path)
{
	if (!str_starts(path, STR("/en")) || (path.len > 3 && path.p[3] != '/' && path.p[3] != '.'))
		return path;
	r->w.lang = LANG_EN;
	return path.len > 3 ? (str){ path.p + 3, path.len - 3 } : STR("/");
}

static bool ends(str s, const char *suffix)
{
	size_t n = strlen(suffix);
	return s.len >= n && memcmp(s.p + s.len - n, suffix, n) == 0;
}

/* ".json" or ".csv" at the end asks for that face. */
static str take_suffix(str path, enum web_face *face)
{
	*face = ends(path, ".json") ? FACE_JSON : ends(path, ".csv") ? FACE_CSV : FACE_HTML;
	if (*face != FACE_HTML)
		path.len -= *face == FACE_JSON ? 5 : 4;
	return path.len ? path : STR("/");
}

static bool choose_face(struct request *r)
{
	static const struct { enum web_face face; const char *type; } faces[] = {
		{ FACE_HTML, "text/html" }, { FACE_JSON, "application/json" }, { FACE_CSV, "text/csv" },
	};
	const char *accept = request_header(r, "Accept");
	int best = 0;
	r->negotiated = true;
	for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
		if (!(r->w.info->faces & faces[i].face))
			continue;
		int q = accept ? accept_quality(str_of(accept), faces[i].type) : 1;
		if (q > best) {
			best = q;
			r->w.face = faces[i].face;
		}
	}
	return best > 0;
}

/* --- routing --- */

static bool method_not_allowed(struct request *r, unsigned methods)
{
	const char *allow = methods == 1u << WEB_POST ? "POST, OPTIONS" : methods == 1u << WEB_GET ? "GET, HEAD, OPTIONS" : "GET, HEAD, POST, OPTIONS";
	web_header(&r->w, "Allow", str_of(allow));
	return refuse(r, 405);
}

static bool options(struct request *r, unsigned methods)
{
	method_not_allowed(r, methods);
	MHD_destroy_response(r->response);
	r->response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	const char *allow = methods == 1u << WEB_POST ? "POST, OPTIONS" : methods == 1u << WEB_GET ? "GET, HEAD, OPTIONS" : "GET, HEAD, POST, OPTIONS";
	MHD_add_response_header(r->response, "Allow", allow);
	answer_security(r->server, r->response, NULL);
	r->status = 204;
	r->sent = 0;
	return false;
}

/* The route of a path, with its suffix taken as a face or, where no route is found so, as part of the path ("/openapi.json"). */
static struct route_match look_up(struct request *r, str path)
{
	str segments[ROUTE_SEGMENTS];
	enum web_face face;
	str bare = take_suffix(path, &face);
	struct route_match m = { 0 };
	int n = route_split(r->w.mem, bare, segments);
	if (n >= 0)
		m = router_find(r->server->router, r->w.method, segments, (size_t)n);
	if (face == FACE_HTML) {
		r->w.path = path;
		return m;
	}
	if (m.methods && (!m.info || (m.info->faces & face))) {
		r->w.face = face;
		r->chosen = true;
		r->w.path = bare;
		return m;
	}
	r->w.path = path;
	n = route_split(r->w.mem, path, segments);
	m = (struct route_match){ 0 };
	if (n >= 0)
		m = router_find(r->server->router, r->w.method, segments, (size_t)n);
	return m;
}

/* ?lang=en is for people who type: they are sent to the address that keeps the language. */
static bool language_asked(struct request *r, str path, str *to)
{
	struct form f = { 0 };
	if (!r->w.query.len || r->w.method != WEB_GET || form_urlencoded(r->w.cx, r->w.query, &f) != ERR_OK)
		return false;
	const struct web_pair *lang = form_find(&f, "lang");
	if (!lang || (!str_is(lang->value, "en") && !str_is(lang->value, "vi")))
		return false;
	buf b;
	buf_init(&b, 16384);
	buf_add(&b, web_path(&r->w, str_is(lang->value, "en") ? LANG_EN : LANG_VI, path));
	char sep = '?';
	for (size_t i = 0; i < f.n; i++)
		if (&f.p[i] != lang) {
			buf_char(&b, sep);
			view_segment(&b, f.p[i].name);
			buf_char(&b, '=');
			view_segment(&b, f.p[i].value);
			sep = '&';
		}
	*to = arena_str(r->w.mem, buf_str(&b));
	buf_free(&b);
	return true;
}

static bool trailing_slash(struct request *r, str path)
{
	if (r->w.method != WEB_GET || path.len < 2 || path.p[path.len - 1] != '/')
		return false;
	while (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	struct route_match m = look_up(r, path);
	if (!m.info)
		return false;
	str to = web_path(&r->w, r->w.lang, path);
	redirect(r, 308, r->w.query.len ? arena_printf(r->w.mem, "%.*s?%.*s", STR_ARG(to), STR_ARG(r->w.query)) : to);
	return true;
}

static bool may_come(struct request *r)
{
	const struct web_route *route = r->w.route;
	struct web_server *s = r->server;
	if ((route->flags & WEB_LOCAL) && !s->config.open_metrics && !client_is_local(r->client))
		return false;
	return s->config.allow || strcmp(route->may, "public") == 0;
}

/* Who shows no session is not even asked for the body of his form; whether a session is good is looked up in the worker. */
static bool is_stranger(const struct request *r)
{
	str shown = r->w.route->flags & WEB_PROGRAM ? r->w.authorization : web_cookie_get(&r->w, SESSION_COOKIE);
	return strcmp(r->w.route->may, "public") != 0 && !shown.len;
}

static bool refuse_stranger(struct request *r)
{
	if (r->w.route->flags & WEB_PROGRAM)
		basic_challenge(&r->w);
	else
		web_sign_in(&r->w);
	struct reply reply = answer_build(r);
	r->response = reply.response;
	r->status = reply.status;
	r->sent = reply.size;
	return false;
}

static bool within_rate(struct request *r)
{
	struct web_server *s = r->server;
	if (r->w.route->flags & WEB_BUILTIN)
		return true;
	const struct web_rate *rate = r->w.method == WEB_POST ? &s->config.form_rate : &s->config.page_rate;
	int wait = rates_take(s->rates, rate, (int)r->w.method, r->client, mono_ms());
	if (!wait)
		return true;
	atomic_fetch_add(&s->n_refused[REFUSED_RATE], 1);
	web_header(&r->w, "Retry-After", arena_printf(r->w.mem, "%d", wait));
	return false;
}

static bool begin_body(struct request *r)
{
	const char *type = request_header(r, "Content-Type"), *length = request_header(r, "Content-Length");
	const struct route_info *info = r->w.info;
	long n = 0;
	if (length && (!str_int(str_of(length), 0, INT64_MAX, &n) || (size_t)n > info->max_body)) {
		atomic_fetch_add(&r->server->n_refused[REFUSED_SIZE], 1);
		return refuse_fault(r, 413, "form.too_large", (str){ 0 });
	}
	str t = str_of(type);
	if (type && strncasecmp(type, "multipart/form-data", 19) == 0) {
		struct multipart_limits limits = { info->max_body < BODY_READ_MAX ? info->max_body : BODY_READ_MAX, info->files ? info->max_body : 0,
			r->server->config.spool_dir };
		r->multipart = multipart_new(r->w.cx, arena_str(r->w.mem, t), &limits, &r->form);
		return r->multipart ? true : refuse(r, 400);
	}
	if (!type || strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
		return true;
	return refuse(r, 415);
}

static bool static_asset(struct request *r, str path)
{
	long i = asset_find(path);
	if (i < 0 || r->w.method != WEB_GET || r->bad_method)
		return false;
	bool gzip = asset_table[i].gz && accepts_gzip(request_header(r, "Accept-Encoding"));
	r->response = r->server->assets[i][gzip];
	r->shared = true;
	r->status = 200;
	r->sent = r->head ? 0 : gzip ? asset_table[i].n_gz : asset_table[i].n;
	return true;
}

static void find_client(struct request *r)
{
	char peer[CLIENT_TEXT];
	client_text(MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, peer);
	const char *from = client_forwarded(&r->server->config, peer, request_header(r, "X-Forwarded-For"), r->client);
	if (from != r->client)
		memcpy(r->client, peer, sizeof r->client);
	if (r->server->config.mask_clients)
		client_mask(r->client, r->shown);
	else
		memcpy(r->shown, r->client, sizeof r->shown);
}

static bool has_body(const struct request *r)
{
	const char *length = request_header(r, "Content-Length");
	return request_header(r, "Transfer-Encoding") || (length && strcmp(length, "0") != 0);
}

/* Without a worker, when what is known of the store is young enough. */
static bool from_shelf(struct request *r)
{
	struct reply reply;
	if (!shelf_get(r, false, &reply))
		return false;
	r->response = reply.response;
	r->status = reply.status;
	r->sent = reply.size;
	return true;
}

/* Errors before a route is known, or before its face is: a program gets problem+json by the suffix of the address or by its Accept. */
static void default_face(struct request *r, str path)
{
	const char *accept = request_header(r, "Accept");
	take_suffix(path, &r->w.face);
	if (r->w.face != FACE_HTML || !accept)
		return;
	str a = str_of(accept);
	int html = accept_quality(a, "text/html"), json = accept_quality(a, "application/json"), problem = accept_quality(a, "application/problem+json");
	if (json > html || problem > html)
		r->w.face = FACE_JSON;
	r->negotiated = true;
}

bool request_begin(struct request *r, const char *method)
{
	struct web_server *s = r->server;
	r->begun = true;
	r->has_body = has_body(r);
	find_client(r);
	str path = split_url(r), to;
	set_method(r, method);
	if (static_asset(r, path))
		return false;
	open_context(r);
	read_fields(r);
	default_face(r, path);
	if (strlen(r->url) > s->config.max_url)
		return refuse(r, 414);
	path = take_language(r, path);
	if (language_asked(r, path, &to))
		return redirect(r, 303, to);
	if (trailing_slash(r, path))
		return false;
	struct route_match m = look_up(r, path);
	if (!m.methods)
		return refuse(r, 404);
	if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0)
		return options(r, m.methods);
	if (!m.info || r->bad_method)
		return method_not_allowed(r, m.methods);
	r->w.info = m.info;
	r->w.route = m.info->route;
	memcpy(r->params, m.param, sizeof r->params);
	if (r->w.route->flags & WEB_PROGRAM)
		r->w.face = FACE_JSON; /* for what goes wrong before the page */
	else if (!r->chosen && !choose_face(r))
		return refuse(r, 406);
	if (!may_come(r))
		return refuse(r, 403);
	if (!within_rate(r))
		return refuse(r, 429);
	if (is_stranger(r))
		return refuse_stranger(r);
	if (r->w.method == WEB_GET && r->has_body)
		return refuse_fault(r, 400, "http.body_refused", (str){ 0 });
	if (r->w.method == WEB_POST)
		return begin_body(r);
	r->shelved = shelf_suits(r);
	return !from_shelf(r);
}

void request_body(struct request *r, str bytes)
{
	r->body_size += bytes.len;
	if (r->body_err)
		return;
	if (r->body_size > r->w.info->max_body)
		r->body_err = cx_fail(r->w.cx, ERR_LIMIT, "form.too_large", (place){ 0 }, (str){ 0 });
	else if (r->multipart)
		r->body_err = multipart_feed(r->multipart, bytes);
	else
		buf_add(&r->body, bytes);
	if (!r->body_err && buf_full(&r->body))
		r->body_err = cx_fail(r->w.cx, ERR_LIMIT, "form.too_large", (place){ 0 }, (str){ 0 });
}

/* --- the page, in a worker --- */

static bool read_body(struct request *r)
{
	struct web_cx *w = &r->w;
	if (w->method != WEB_POST)
		return true;
	if (r->multipart && !r->body_err)
		r->body_err = multipart_end(r->multipart);
	else if (!r->body_err)
		r->body_err = form_urlencoded(w->cx, buf_str(&r->body), &r->form);
	r->multipart = r->body_err ? r->multipart : NULL;
	if (r->body_err) {
		web_error(w, r->body_err == ERR_LIMIT ? 413 : r->body_err == ERR_IO ? 500 : 400);
		return false;
	}
	if (!(w->route->flags & WEB_NO_CSRF) && !csrf_check(r)) {
		cx_fail(w->cx, ERR_DENIED, "form.old", (place){ 0 }, (str){ 0 });
		web_error(w, 403);
		return false;
	}
	return true;
}

static bool read_inputs(struct request *r)
{
	struct web_cx *w = &r->w;
	bool path_wrong, ok = true;
	if (form_urlencoded(w->cx, w->query, &r->query) != ERR_OK) {
		web_error(w, 400);
		return false;
	}
	ok = input_read(w, r->params, &r->query, w->method == WEB_POST ? &r->form : NULL, &path_wrong);
	if (ok || (!path_wrong && (w->route->flags & WEB_FORM_ERRORS)))
		return true;
	atomic_fetch_add(&r->server->n_refused[REFUSED_INPUT], 1);
	web_error(w, path_wrong ? 404 : w->method == WEB_POST ? 422 : 400);
	return false;
}

static void make_page(struct request *r)
{
	bool (*allow)(struct web_cx *) = r->server->config.allow;
	if (allow && !(r->w.route->flags & WEB_BUILTIN) && !allow(&r->w))
		return;
	if (!read_body(r) || !read_inputs(r))
		return;
	r->w.route->page(&r->w);
	if (!r->w.done)
		log_line(LOG_ERROR, "page", "made no answer id=%s", r->id);
}

static void answer(struct request *r, struct reply reply)
{
	r->response = reply.response;
	r->status = reply.status;
	r->sent = reply.size;
	MHD_resume_connection(r->mhd);
}

static bool win(struct request *r, enum run_state to)
{
	int expected = RUN_PENDING;
	return atomic_compare_exchange_strong(&r->state, &expected, to);
}

static struct reply plain_reply(struct request *r, int status, const char *text)
{
	struct reply reply = { answer_plain(r->server, text), status, strlen(text) };
	MHD_add_response_header(reply.response, "Retry-After", r->w.route->lane == LANE_SLOW ? "10" : "2");
	return reply;
}

static struct reply page_reply(struct request *r)
{
	struct cx_exit full = { .c = r->w.cx };
	if (setjmp(full.to)) { /* the cap of the memory was reached: the page cannot go on */
		log_line(LOG_ERROR, "page", "out of its memory id=%s", r->id);
		atomic_fetch_add(&r->server->n_broken, 1);
		return plain_reply(r, 500, "500 Trang quá lớn. / The page is too large.\n");
	}
	arena_on_full(r->w.mem, cx_leave, &full);
	struct reply kept;
	if (shelf_get(r, true, &kept)) /* made while this request waited, or the store is as it was */
		return kept;
	make_page(r);
	return answer_build(r);
}

static void work(void *arg)
{
	struct request *r = arg;
	if (atomic_load(&r->state) == RUN_PENDING) {
		struct reply reply = page_reply(r);
		if (r->server->config.end)
			r->server->config.end(&r->w);
		if (win(r, RUN_DONE))
			answer(r, reply);
		else
			MHD_destroy_response(reply.response);
	}
	request_unref(r);
}

void request_time_out(struct request *r)
{
	if (!win(r, RUN_TIMED_OUT))
		return;
	atomic_store(&r->cancelled, true);
	atomic_fetch_add(&r->server->n_timed_out, 1);
	answer(r, plain_reply(r, 503, "503 Quá thời gian xử lý, xin thử lại sau. / Took too long, please try again later.\n"));
}

void request_run(struct request *r)
{
	struct web_server *s = r->server;
	enum web_lane lane = r->w.route->lane;
	int limit_s = lane == LANE_SLOW ? s->config.slow_s : s->config.request_s;
	atomic_store(&r->state, RUN_PENDING);
	atomic_fetch_add(&r->refs, 1);
	MHD_suspend_connection(r->mhd);
	conn_phase(s, r->conn, PHASE_RUN, mono_ms() + limit_s * 1000, r);
	if (pool_put(s->lane[lane], work, r))
		return;
	request_unref(r);
	atomic_fetch_add(&s->n_refused[REFUSED_LANE], 1);
	if (win(r, RUN_DONE))
		answer(r, plain_reply(r, 503, "503 Máy chủ đang bận, xin thử lại sau. / The server is busy, please try again later.\n"));
}
