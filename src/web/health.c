/* health: is the service well, and its figures for Prometheus. */
#include <inttypes.h>
#include "web/inner.h"

const char *const bucket_labels[ROUTE_BUCKETS] = { "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.5", "2.5", "+Inf" };
static const int64_t bucket_us[ROUTE_BUCKETS - 1] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 500000, 2500000 };

void count_request(struct request *r, int64_t micros)
{
	if (!r->w.info)
		return;
	struct route_info *info = router_at(r->server->router, r->w.info->index);
	int class = r->status / 100 - 1, i = 0;
	if (class >= 0 && class < 5)
		atomic_fetch_add(&info->status[class], 1);
	atomic_fetch_add(&info->bytes, r->sent);
	atomic_fetch_add(&info->micros, (uint64_t)micros);
	while (i < ROUTE_BUCKETS - 1 && micros > bucket_us[i])
		i++;
	atomic_fetch_add(&info->bucket[i], 1);
}

static void page_health(struct web_cx *w)
{
	buf why;
	buf_init(&why, 4096);
	bool well = !atomic_load(&w->server->draining) && (!w->server->config.healthy || w->server->config.healthy(w->app, &why));
	w->status = well ? 200 : 503;
	web_cache(w, -1);
	str text = arena_printf(w->mem, "%s thuocdo %s\n%.*s%s", well ? "ok" : "unwell", THUOCDO_VERSION, STR_ARG(buf_str(&why)), why.len ? "\n" : "");
	buf_free(&why);
	web_bytes(w, "text/plain; charset=utf-8", text);
}

/* The program lives, whatever becomes of its store: who restarts it shall look here. */
static void page_live(struct web_cx *w)
{
	web_cache(w, -1);
	web_bytes(w, "text/plain; charset=utf-8", STR("ok thuocdo " THUOCDO_VERSION "\n"));
}

static void gauge(buf *b, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_printf(b, "# HELP thuocdo_%s %s\n# TYPE thuocdo_%s %s\nthuocdo_%s %" PRIu64 "\n", name, help, name, type, name, value);
}

static void server_metrics(struct web_server *s, buf *b)
{
	static const char *const why[] = { "connections", "client_connections", "rate", "lane_full", "size", "input" };
	gauge(b, "uptime_seconds", "counter", "Seconds since the start.", (uint64_t)(s->config.now_ms() - s->started_ms) / 1000);
	gauge(b, "connections", "gauge", "Open connections.", conns_count(s->conns));
	gauge(b, "requests_in_flight", "gauge", "Requests between their first line and the end of their answer.", (uint64_t)atomic_load(&s->inflight));
	gauge(b, "requests_total", "counter", "Requests since the start.", atomic_load(&s->n_requests));
	gauge(b, "slow_closed_total", "counter", "Connections closed because they sent or took too slowly.", atomic_load(&s->n_slow_closed));
	gauge(b, "timed_out_total", "counter", "Requests whose time was over.", atomic_load(&s->n_timed_out));
	gauge(b, "shelf_total", "counter", "Answers with a page that was kept.", atomic_load(&s->n_shelved));
	gauge(b, "broken_total", "counter", "Pages that could not be made.", atomic_load(&s->n_broken));
	buf_addz(b, "# HELP thuocdo_refused_total What was refused, by reason.\n# TYPE thuocdo_refused_total counter\n");
	for (size_t i = 0; i < sizeof why / sizeof *why; i++)
		buf_printf(b, "thuocdo_refused_total{why=\"%s\"} %" PRIu64 "\n", why[i], (uint64_t)atomic_load(&s->n_refused[i]));
	buf_addz(b, "# HELP thuocdo_lane Requests waiting and running in a lane.\n# TYPE thuocdo_lane gauge\n");
	for (int i = 0; i < LANES; i++) {
		pool_counts n = pool_count(s->lane[i]);
		const char *name = i == LANE_SLOW ? "slow" : i == LANE_SAVE ? "save" : "fast";
		buf_printf(b, "thuocdo_lane{lane=\"%s\",state=\"waiting\"} %zu\nthuocdo_lane{lane=\"%s\",state=\"running\"} %zu\n",
			name, n.waiting, name, n.running);
	}
}

static void route_metrics(const struct route_info *info, buf *b)
{
	const char *method = web_method_name(info->route->method), *path = info->route->path;
	uint64_t n = 0;
	for (int i = 0; i < ROUTE_BUCKETS; i++) {
		n += atomic_load(&info->bucket[i]);
		buf_printf(b, "thuocdo_http_seconds_bucket{method=\"%s\",route=\"%s\",le=\"%s\"} %" PRIu64 "\n", method, path, bucket_labels[i], n);
	}
	uint64_t us = atomic_load(&info->micros);
	buf_printf(b, "thuocdo_http_seconds_sum{method=\"%s\",route=\"%s\"} %" PRIu64 ".%06" PRIu64 "\n", method, path, us / 1000000, us % 1000000);
	buf_printf(b, "thuocdo_http_seconds_count{method=\"%s\",route=\"%s\"} %" PRIu64 "\n", method, path, n);
}

static void status_metrics(const struct route_info *info, buf *b)
{
	for (int i = 0; i < 5; i++) {
		uint64_t n = atomic_load(&info->status[i]);
		if (n)
			buf_printf(b, "thuocdo_http_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %" PRIu64 "\n",
				web_method_name(info->route->method), info->route->path, i + 1, n);
	}
}

static bool was_asked(const struct route_info *info)
{
	for (int i = 0; i < ROUTE_BUCKETS; i++)
		if (atomic_load(&info->bucket[i]))
			return true;
	return false;
}

static void page_metrics(struct web_cx *w)
{
	const struct router *router = w->server->router;
	web_cache(w, -1);
	server_metrics(w->server, &w->out);
	buf_addz(&w->out, "# HELP thuocdo_http_requests_total Answers by route and class of status.\n# TYPE thuocdo_http_requests_total counter\n");
	for (size_t i = 0; i < router_count(router); i++)
		status_metrics(router_at(router, i), &w->out);
	buf_addz(&w->out, "# HELP thuocdo_http_seconds Time from the request's first line to the end of its answer.\n# TYPE thuocdo_http_seconds histogram\n");
	for (size_t i = 0; i < router_count(router); i++)
		if (was_asked(router_at(router, i)))
			route_metrics(router_at(router, i), &w->out);
	web_bytes(w, "text/plain; version=0.0.4; charset=utf-8", (str){ 0 });
}

void page_openapi(struct web_cx *w); /* openapi.c */

const struct web_route web_own_routes[] = {
	{ WEB_GET, "/healthz", page_health, "public", .faces = FACE_HTML, .flags = WEB_BUILTIN,
		.doc = { "Dịch vụ và kho dữ liệu có sẵn sàng nhận yêu cầu không", "Whether the service is well, its store included: it can take requests" } },
	{ WEB_GET, "/livez", page_live, "public", .faces = FACE_HTML, .flags = WEB_BUILTIN,
		.doc = { "Chương trình còn chạy", "Whether the program lives, whatever its store does" } },
	{ WEB_GET, "/metrics", page_metrics, "public", .faces = FACE_HTML, .flags = WEB_BUILTIN | WEB_LOCAL,
		.doc = { "Số đo vận hành cho Prometheus", "Operating figures for Prometheus" } },
	{ WEB_GET, "/openapi.json", page_openapi, "public", .faces = FACE_JSON, .flags = WEB_BUILTIN,
		.doc = { "Tài liệu OpenAPI của các trang", "OpenAPI document of all pages" } },
	{ 0 },
};
