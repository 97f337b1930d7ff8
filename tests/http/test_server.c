/* A server with pages that do odd things, for tests/http and bench: test_server PORT [name=value …]. Prints "port N" when it listens. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "web/server.h"
#include "web_views.h"

static int64_t fixed_ms(void) { return INT64_C(1790000000123); } /* 2026-09-21T14:13:20.123Z */

static int64_t real_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static dec number(const char *text)
{
	dec d = DEC_ZERO;
	if (!dec_parse(str_of(text), &d))
		abort();
	return d;
}

static const char *const names[] = { "Sở Nội vụ", "Sở Tài chính", "Văn phòng UBND tỉnh", "Trung tâm <PVHCC> & \"một cửa\"", "Xã Hòa Bình" };

static void fill_row(arena *mem, struct view_trial_row *r, int64_t i)
{
	*r = (struct view_trial_row){ .number = i + 1, .name = str_of(names[i % 5]), .share = { 12486 - i, 12851 }, .due = (day)(20000 + i) };
	r->points = i % 3 ? some_dec(number("1234.565")) : (opt_dec){ .is = i ? HAVE_NA : HAVE_NONE };
	r->change = number(i % 2 ? "-0.35" : "2.86");
	r->state = (enum view_trial_state)(i % 3);
	r->tags = NEW_ARRAY(mem, struct view_trial_tag, 1);
	r->tags[0] = (struct view_trial_tag){ STR("nhãn"), some_dec(number("1000000.125")) };
	r->n_tags = 1;
}

static void page_trial(struct web_cx *w)
{
	struct view_trial v = { .title = STR("Thử <b>&\"nghiệm\"</b>"), .year = 2026, .home = STR("/thu/dong/x"), .source = STR("javascript:alert(1)"),
		.id = UINT64_C(0x123456789abcdef), .seen = w->cx->now_ms, .mean = 1234.5678, .inapplicable = { .is = HAVE_NA }, .secret = STR("hush") };
	v.n_rows = (size_t)web_int(w, "n");
	v.rows = NEW_ARRAY(w->mem, struct view_trial_row, v.n_rows);
	for (size_t i = 0; i < v.n_rows; i++)
		fill_row(w->mem, &v.rows[i], (int64_t)i);
	static str words[] = { { "a", 1 }, { "<b>", 3 } };
	v.words = words;
	v.n_words = 2;
	v.best = v.n_rows > 1 ? &v.rows[1] : NULL;
	v.drawing = STR("<svg viewBox=\"0 0 1 1\"></svg>");
	reply_trial(w, &v);
}

static void page_plain(struct web_cx *w)
{
	struct view_trial_plain v = { .title = STR("Bảng thử") };
	v.n_rows = (size_t)web_int(w, "n");
	v.rows = NEW_ARRAY(w->mem, struct view_trial_plain_row, v.n_rows);
	for (size_t i = 0; i < v.n_rows; i++) {
		v.rows[i] = (struct view_trial_plain_row){
			.name = str_of(names[i % 5]), .points = dec_int((int64_t)i * 7), .share = { 12486 - (int64_t)i, 12851 }
		};
		v.rows[i].due = (day)(20000 + i);
		if (web_bool(w, "fresh")) /* never the same page twice: compression cannot be remembered */
			v.rows[i].share.num = (int64_t)(w->cx->now_ms + (intptr_t)w + (intptr_t)i) % 12851;
	}
	reply_trial_plain(w, &v);
}

static void page_row(struct web_cx *w)
{
	str text = arena_printf(w->mem, "%.*s %" PRId64 " %.*s\n", STR_ARG(web_text(w, "name")), web_int(w, "y"), STR_ARG(web_text(w, "q")));
	web_bytes(w, "text/plain; charset=utf-8", text);
}

static void page_types(struct web_cx *w)
{
	char d[DEC_TEXT], t[DATE_TEXT], id[ID_TEXT];
	web_bytes(w, "text/plain; charset=utf-8", arena_printf(w->mem, "%" PRId64 " %.*s %.*s %d %.*s %d %.*s\n", web_int(w, "year"),
		STR_ARG(dec_text(web_dec(w, "points"), d)), STR_ARG(date_text(web_date(w, "from"), t)), web_enum(w, "kind"),
		STR_ARG(view_id_text(web_id(w, "id"), id)), web_bool(w, "all"), STR_ARG(web_text(w, "text"))));
}

static void page_echo(struct web_cx *w)
{
	struct view_trial_echo v = { 0 };
	v.pairs = NEW_ARRAY(w->mem, struct view_trial_echo_pair, 3);
	v.pairs[v.n_pairs++] = (struct view_trial_echo_pair){ STR("name"), web_text(w, "name") };
	for (const struct web_value *x = web_values(w, "more"); x && v.n_pairs < 3; x = x->more)
		v.pairs[v.n_pairs++] = (struct view_trial_echo_pair){ STR("more"), x->text };
	const struct web_file *f = web_file(w, "file");
	if (f) {
		struct view_trial_echo_file *to = v.files = NEW(w->mem, struct view_trial_echo_file);
		unsigned char bytes[65536];
		ssize_t n;
		v.n_files = 1;
		*to = (struct view_trial_echo_file){ .name = f->name, .size = (int64_t)f->size };
		while ((n = read(f->fd, bytes, sizeof bytes)) > 0)
			for (ssize_t i = 0; i < n; i++)
				to->sum += bytes[i];
	}
	reply_trial_echo(w, &v);
}

static void page_form(struct web_cx *w)
{
	if (w->cx->n_errors) {
		web_fail(w, ERR_INPUT);
		return;
	}
	web_redirect(w, STR("/thu/trang?ok=1"));
}

static void page_sleep(struct web_cx *w)
{
	for (int64_t ms = web_int(w, "ms"); ms > 0 && !web_cancelled(w); ms -= 10)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	web_bytes(w, "text/plain; charset=utf-8", STR("slept\n"));
}

/* A file of 100,000 bytes, or the part that was asked for. */
static void page_part(struct web_cx *w)
{
	uint64_t from, n;
	if (web_range(w, "\"tag\"", 100000, &from, &n) == 416)
		return;
	int fd = web_spool(w);
	for (uint64_t i = from; i < from + n; i++)
		if (write(fd, &(unsigned char){ (unsigned char)(i % 251) }, 1) != 1)
			abort();
	web_policy(w, "sandbox");
	web_show(w, STR("Báo cáo.pdf"));
	web_send_file(w, "application/pdf", fd, n);
}

/* Uses the processor for so many milliseconds. */
static void page_burn(struct web_cx *w)
{
	struct timespec t;
	volatile double x = 1;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	int64_t end = t.tv_sec * 1000 + t.tv_nsec / 1000000 + web_int(w, "ms"), now = 0;
	while (now < end && !web_cancelled(w)) {
		for (int i = 0; i < 10000; i++)
			x = x * 1.0000001 + 1e-9;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
		now = t.tv_sec * 1000 + t.tv_nsec / 1000000;
	}
	web_bytes(w, "text/plain; charset=utf-8", STR("burned\n"));
}

static atomic_int made;                      /* pages of this kind */
static atomic_uint_fast64_t store_version = 1;

static bool version(struct app *app, bool wait, uint64_t *out)
{
	(void)app;
	(void)wait;
	*out = atomic_load(&store_version);
	return true;
}

/* Says how many pages like it were made: what comes from the shelf says the same again. */
static void page_count(struct web_cx *w)
{
	struct view_trial_plain v = { .title = arena_printf(w->mem, "Lần %d, bản %d.", atomic_fetch_add(&made, 1) + 1,
					      (int)atomic_load(&store_version)) };
	v.n_rows = (size_t)web_int(w, "n");
	v.rows = NEW_ARRAY(w->mem, struct view_trial_plain_row, v.n_rows);
	for (size_t i = 0; i < v.n_rows; i++)
		v.rows[i] = (struct view_trial_plain_row){ .name = STR("Xã"), .points = dec_int((int64_t)i), .share = { 1, 2 }, .due = 20000 };
	if (web_bool(w, "cookie"))
		web_cookie(w, "td_x", STR("1"), 0);
	if (web_bool(w, "private"))
		web_cache(w, -1);
	w->status = web_bool(w, "wrong") ? 409 : 200;
	reply_trial_plain(w, &v);
}

static void page_change(struct web_cx *w)
{
	atomic_fetch_add(&store_version, 1);
	web_redirect(w, STR("/thu/dem"));
}

static void page_greedy(struct web_cx *w)
{
	for (;;)
		memset(arena_alloc(w->mem, 1 << 20), 1, 1 << 20);
}

static void page_silent(struct web_cx *w) { (void)w; }

static void page_denied(struct web_cx *w) { web_bytes(w, "text/plain", STR("never\n")); }

static void page_big(struct web_cx *w)
{
	for (int64_t i = 0; i < web_int(w, "kb"); i++)
		buf_printf(&w->out, "%1023d\n", (int)i);
	web_bytes(w, "text/plain; charset=utf-8", (str){ 0 });
}

#define DOC .doc = { "Thử", "Test" }

static const struct web_route routes[] = {
	{ WEB_GET, "/", page_plain, "public", .view = "trial_plain", DOC, .in = WEB_INPUTS({ "n", IN_INT, .min = 0, .max = 100, .def = "1" },
		{ "fresh", IN_BOOL }) },
	{ WEB_GET, "/thu/trang", page_trial, "public", .view = "trial", .faces = FACE_HTML | FACE_JSON | FACE_CSV, .section = "thu", DOC,
		.in = WEB_INPUTS({ "n", IN_INT, .min = 0, .max = 1000, .def = "4", .doc = { "số dòng", "number of rows" } }, { "ok", IN_BOOL }) },
	{ WEB_GET, "/thu/bang", page_plain, "public", .view = "trial_plain", .faces = FACE_HTML | FACE_JSON | FACE_CSV, DOC,
		.in = WEB_INPUTS({ "n", IN_INT, .min = 0, .max = 1000, .def = "34" }, { "fresh", IN_BOOL }) },
	{ WEB_GET, "/thu/dong/{name}", page_row, "public", .faces = FACE_HTML, DOC,
		.in = WEB_INPUTS({ "name", IN_TEXT, .max = 40 }, { "y", IN_INT }, { "q", IN_TEXT, .max = 10 }) },
	{ WEB_GET, "/thu/kieu/{year:int}", page_types, "public", .faces = FACE_HTML, DOC,
		.in = WEB_INPUTS({ "year", IN_INT, .min = 1990, .max = 2100 }, { "points", IN_DEC, .min = 0, .max = 100 },
			{ "from", IN_DATE },
			{ "kind", IN_ENUM, .values = "early ontime overdue", .def = "ontime", .doc = { "tình trạng", "state" } },
			{ "id", IN_ID }, { "all", IN_BOOL }, { "text", IN_TEXT, .required = true, .max = 10 }) },
	{ WEB_POST, "/thu/gui", page_echo, "public", .view = "trial_echo", .max_body = 3 << 20, DOC,
		.in = WEB_INPUTS({ "name", IN_TEXT, .required = true, .max = 100 }, { "more", IN_TEXT, .many = true }, { "file", IN_FILE }) },
	{ WEB_POST, "/thu/tu-do", page_echo, "public", .view = "trial_echo", .max_body = 3 << 20, .flags = WEB_NO_CSRF, DOC,
		.in = WEB_INPUTS({ "name", IN_TEXT, .required = true, .max = 100 }, { "more", IN_TEXT, .many = true }, { "file", IN_FILE }) },
	{ WEB_POST, "/thu/mau", page_form, "public", .flags = WEB_NO_CSRF | WEB_FORM_ERRORS, DOC, .in = WEB_INPUTS({ "year", IN_INT, .min = 1, .max = 9 }) },
	{ WEB_GET, "/thu/ngu", page_sleep, "public", .faces = FACE_HTML, DOC, .in = WEB_INPUTS({ "ms", IN_INT, .max = 60000, .def = "100" }) },
	{ WEB_GET, "/thu/phan", page_part, "public", .faces = FACE_HTML, DOC },
	{ WEB_GET, "/thu/cham", page_sleep, "public", LANE_SLOW, .faces = FACE_HTML, DOC, .in = WEB_INPUTS({ "ms", IN_INT, .max = 60000, .def = "100" }) },
	{ WEB_GET, "/thu/nang", page_burn, "public", LANE_SLOW, .faces = FACE_HTML, DOC, .in = WEB_INPUTS({ "ms", IN_INT, .max = 60000, .def = "2000" }) },
	{ WEB_GET, "/thu/dem", page_count, "public", .view = "trial_plain", .faces = FACE_HTML | FACE_JSON | FACE_CSV, DOC,
		.in = WEB_INPUTS({ "n", IN_INT, .min = 0, .max = 5000, .def = "20" }, { "cookie", IN_BOOL }, { "private", IN_BOOL }, { "wrong", IN_BOOL }) },
	{ WEB_POST, "/thu/doi", page_change, "public", .flags = WEB_NO_CSRF, DOC },
	{ WEB_GET, "/thu/tham", page_greedy, "public", .faces = FACE_HTML, DOC },
	{ WEB_GET, "/thu/im", page_silent, "public", .faces = FACE_HTML, DOC },
	{ WEB_GET, "/thu/cam", page_denied, "admin", .faces = FACE_HTML, DOC },
	{ WEB_GET, "/thu/lon", page_big, "public", .faces = FACE_HTML, DOC, .in = WEB_INPUTS({ "kb", IN_INT, .max = 100000, .def = "1000" }) },
	{ WEB_GET, "/thu/bi-mat/{token}", page_row, "public", .faces = FACE_HTML, .flags = WEB_SECRET_PATH, DOC,
		.in = WEB_INPUTS({ "name", IN_TEXT }, { "y", IN_INT }, { "q", IN_TEXT }) },
	{ 0 },
};

static const char *const proxies[] = { "127.0.0.1", NULL };

static bool set(struct web_config *c, const char *arg)
{
	const struct { const char *name; int *n; unsigned *u; size_t *z; bool *b; } options[] = {
		{ "io", &c->io_threads, NULL, NULL, NULL }, { "fast", &c->fast_threads, NULL, NULL, NULL }, { "slow", &c->slow_threads, NULL, NULL, NULL },
		{ "slow_queue", NULL, NULL, &c->slow_queue, NULL }, { "fast_queue", NULL, NULL, &c->fast_queue, NULL },
		{ "per_client", NULL, &c->max_per_client, NULL, NULL }, { "connections", NULL, &c->max_connections, NULL, NULL },
		{ "header_s", &c->header_s, NULL, NULL, NULL }, { "body_s", &c->body_s, NULL, NULL, NULL }, { "request_s", &c->request_s, NULL, NULL, NULL },
		{ "slow_s", &c->slow_s, NULL, NULL, NULL }, { "send_s", &c->send_s, NULL, NULL, NULL }, { "idle_s", &c->idle_s, NULL, NULL, NULL },
		{ "drain_s", &c->drain_s, NULL, NULL, NULL }, { "page_rate", &c->page_rate.per_minute, NULL, NULL, NULL },
		{ "page_burst", &c->page_rate.burst, NULL, NULL, NULL }, { "form_rate", &c->form_rate.per_minute, NULL, NULL, NULL },
		{ "form_burst", &c->form_rate.burst, NULL, NULL, NULL }, { "tls", NULL, NULL, NULL, &c->tls }, { "hsts", NULL, NULL, NULL, &c->hsts },
		{ "mask", NULL, NULL, NULL, &c->mask_clients },
	};
	const char *eq = strchr(arg, '=');
	long v;
	if (!eq || !str_int(str_of(eq + 1), 0, 1000000, &v))
		return false;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (!str_eq((str){ arg, (size_t)(eq - arg) }, str_of(options[i].name)))
			continue;
		if (options[i].n)
			*options[i].n = (int)v;
		else if (options[i].u)
			*options[i].u = (unsigned)v;
		else if (options[i].z)
			*options[i].z = (size_t)v;
		else
			*options[i].b = v != 0;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	static const struct web_route *const tables[] = { routes, NULL };
	struct web_config c;
	char why[300] = "", listen[64];
	web_config_default(&c);
	c.routes = tables;
	c.page_rate.per_minute = c.form_rate.per_minute = 0;
	c.now_ms = fixed_ms;
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], "log=", 4) == 0)
			c.access_log = argv[i] + 4;
		else if (strcmp(argv[i], "proxy") == 0)
			c.proxies = proxies;
		else if (strcmp(argv[i], "clock") == 0)
			c.now_ms = real_ms;
		else if (strcmp(argv[i], "shelf") == 0)
			c.version = version;
		else if (!set(&c, argv[i])) {
			fprintf(stderr, "unknown: %s\n", argv[i]);
			return 2;
		}
	}
	snprintf(listen, sizeof listen, "127.0.0.1:%s", argc > 1 ? argv[1] : "0");
	c.listen = listen;
	log_setup(LOG_WARNING, NULL);
	web_block_signals();
	struct web_server *s = web_start(&c, why, sizeof why);
	if (!s) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("port %d\n", web_port(s));
	fflush(stdout);
	web_wait(s);
	return web_stop(s) ? 0 : 1;
}
